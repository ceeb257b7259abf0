#!/usr/bin/python3
"""Times luukku report on a store with years behind it, and compares what it says with what was written.

usage: tests/bench/figures.py --program build/luukku --history build/…/bench_history [--messages 2000000] [--days 730]

Two years of a million messages each by default, so that the newer one is compared with the older. Wall times, best of five; processor time beside them, since that
means something on a busy machine too."""
import argparse
import json
import os
import subprocess
import sys
import tempfile
import time


def run(command):
    begin = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"error: {' '.join(map(str, command))} failed")
    return output, time.perf_counter() - begin, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def show(title, command, times):
    wall, work, peak = min(t[1] for t in times), min(t[2] for t in times), max(t[3] for t in times)
    print(f"| {title} | {wall:.2f} s | {work:.2f} s | {peak:.0f} MB | `{command}` |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", required=True)
    parser.add_argument("--history", required=True)
    parser.add_argument("--messages", default="2000000")
    parser.add_argument("--days", default="730")
    wish = parser.parse_args()
    last, after, year_ago = "2026-06-30", "2026-07-01", "2025-07-01"
    with tempfile.TemporaryDirectory() as folder:
        store = f"{folder}/history.db"
        output, wall, work, peak = run([wish.history, store, wish.messages, wish.days, last, "1"])
        written = json.loads(output)
        report = [wish.program, "report", "--db", store]
        print(f"{written['messages']:,} messages in {written['conversations']:,} conversations over {wish.days} days, {os.path.getsize(store) / 1e6:.0f} MB\n")
        print("| report | wall | processor | peak memory | command |\n|---|---|---|---|---|")
        show("first of all: counts every day", "luukku report", [run(report + ["--from", year_ago, "--to", after])])
        show("a year beside the year before", f"luukku report --from {year_ago} --to {after}", [run(report + ["--from", year_ago, "--to", after]) for _ in range(5)])
        show("the same as HTML", "… --format html", [run(report + ["--from", year_ago, "--to", after, "--format", "html"]) for _ in range(5)])
        show("28 days beside the 28 before", "luukku report --from 2026-06-03", [run(report + ["--from", "2026-06-03", "--to", after]) for _ in range(5)])
        everything = json.loads(run(report + ["--from", "2010-01-01", "--to", after, "--format", "json", "--no-compare"])[0])["figures"]
        for name in ("conversations", "cases"):
            if everything[name]["value"] != written[name]:
                sys.exit(f"error: the report says {everything[name]['value']} {name}, {written[name]} were written")
        if everything["messages"]["value"] != written["customer"]:
            sys.exit("error: the report has another number of messages than were written")


if __name__ == "__main__":
    main()
