#!/usr/bin/env python3
"""Holds the figures of `luukku eval` on the development questions against floor.tsv: they may only get better.

usage: regression.py LUUKKU"""
import json
import pathlib
import subprocess
import sys

here = pathlib.Path(__file__).parent


def measure(luukku, questions, more):
    command = [luukku, "eval", "--questions", here / questions, "--by", "style", "--bootstrap", "0", "--json", *more]
    run = subprocess.run(command, capture_output=True, text=True)
    if run.returncode:
        sys.exit(f"{questions}: {run.stderr}")
    return json.loads(run.stdout)


def bounds():
    """(questions, further options, style, measure, is it a ceiling?, bound)"""
    for number, line in enumerate((here / "floor.tsv").read_text().splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        cells = line.split("\t")
        if len(cells) != 4:
            sys.exit(f"floor.tsv:{number}: error: not file, style, measure and bound, separated by tabs; write four columns")
        questions, *more = cells[0].split()
        yield questions, tuple(more), cells[1], cells[2].lstrip("<"), cells[2].startswith("<"), float(cells[3])


def main():
    failed, passed, figures = 0, 0, {}
    for questions, more, style, name, ceiling, bound in bounds():
        if (questions, more) not in figures:
            figures[questions, more] = measure(sys.argv[1], questions, more)
        whole = figures[questions, more]
        value = (whole if style == "all" else whole["by_style"][style])[name]
        good = value <= bound + 1e-9 if ceiling else value >= bound - 1e-9
        what = " ".join((questions, *more, style, name))
        print(f"{'ok  ' if good else 'FAIL'} {what}: {value:.3f} ({'at most' if ceiling else 'at least'} {bound:.3f})")
        passed += good
        failed += not good
    print(f"{passed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
