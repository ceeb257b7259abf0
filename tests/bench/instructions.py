#!/usr/bin/env python3
"""Counts the instructions of a fixed work under callgrind and holds them against instructions.tsv.

usage: instructions.py LUUKKU [--update]        all figures anew: tests/bench/instructions.py build/luukku --update

Work: luukku rank over generated collections, without the dictionary, whose version is the system's; and the sample shop's knowledge base likewise. More than the tolerance
is a failure; so is far less, since then the figure is out of date: --update writes the new ones. Exit status 77, which CTest takes as skipped, where valgrind is missing or
the program has sanitizers."""
import concurrent.futures
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
FIGURES = HERE / "instructions.tsv"
TOLERANCE = 0.10
ROOT = HERE.parent.parent
QUESTIONS = "".join(f"q{number}\t{text}\n" for number, text in enumerate(
    ["paljonko toimitus maksaa", "miten palautan tuotteen", "missä tilaukseni on", "voinko maksaa laskulla", "vad kostar frakten", "how do I return an item"] * 20))


def made(folder, documents, questions):
    subprocess.run([sys.executable, HERE / "collection.py", str(documents), str(questions), folder], check=True)
    return folder / "docs.tsv", folder / "queries.tsv"


def counted(folder, program, *command, asked=""):
    command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={folder}/out", program, *command]
    run = subprocess.run(command, input=asked, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if run.returncode:
        sys.exit(f"error: {run.stderr[-2000:]}")
    return int(re.search(r"Collected : (\d+)", run.stderr).group(1))


def building(documents, questions):
    """Tokens, stems, index, and questions over it."""
    def work(program, folder):
        docs, queries = made(folder, documents, questions)
        return counted(folder, program, "rank", "--no-voikko", "--docs", docs, "--queries", queries)
    return work


def searching(documents, questions):
    """What so many questions take more than one: the start is the same."""
    def work(program, folder):
        docs, queries = made(folder, documents, questions)
        one = folder / "one.tsv"
        one.write_text(queries.read_text(encoding="utf-8").split("\n")[0] + "\n", encoding="utf-8")
        subprocess.run([program, "rank", "--no-voikko", "--docs", docs, "--save", folder / "index"], check=True)
        return counted(folder, program, "rank", "--index", folder / "index", "--queries", queries) - counted(folder, program, "rank", "--index", folder / "index", "--queries", one)
    return work


def opening(documents):
    """A mapped index's start: the checksum, the walk, one question."""
    def work(program, folder):
        docs, queries = made(folder, documents, 1)
        subprocess.run([program, "rank", "--no-voikko", "--docs", docs, "--save", folder / "index"], check=True)
        return counted(folder, program, "rank", "--index", folder / "index", "--queries", queries)
    return work


def shop(program, folder, asked):
    """The sample shop's index, mapped; the same with or without a dictionary, which --no-voikko leaves alone."""
    command = ["--kb", ROOT / "kb", "--no-voikko"]
    subprocess.run([program, "index", *command, "-o", folder / "index"], check=True)
    return counted(folder, program, "ask", "--batch", *command, "--index", folder / "index", asked=asked)


def starting(program, folder):
    return shop(program, folder, QUESTIONS.split("\n")[0] + "\n")


def understanding(program, folder):
    """What so many whole questions take more than one."""
    return shop(program, folder, QUESTIONS) - starting(program, folder)


WORKS = {"build and 200 questions, 1,000 documents": building(1000, 200), "build and 2,000 questions, 300 documents": building(300, 2000),
         "300 questions, 10,000 documents mapped": searching(10000, 300), "start, 10,000 documents mapped": opening(10000),
         "start, sample shop mapped": starting, "120 questions understood, sample shop mapped": understanding}


def count(program, work):
    with tempfile.TemporaryDirectory() as folder:
        return work(program, pathlib.Path(folder))


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    program = sys.argv[1]
    if not shutil.which("valgrind") or b"__asan_init" in pathlib.Path(program).read_bytes() or b"__tsan_init" in pathlib.Path(program).read_bytes():
        print("skipped: valgrind is missing, or the program has sanitizers")
        sys.exit(77)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        numbers = dict(zip(WORKS, pool.map(lambda work: count(program, work), WORKS.values())))
    if "--update" in sys.argv:
        FIGURES.write_text("".join(f"{name}\t{number}\n" for name, number in numbers.items()), encoding="utf-8")
    wanted_of = dict(line.split("\t") for line in FIGURES.read_text(encoding="utf-8").splitlines())
    if wanted_of.keys() != WORKS.keys():
        sys.exit("error: the figures are of other works; write new ones with --update")
    failed = False
    for name, wanted in wanted_of.items():
        change = numbers[name] / int(wanted) - 1
        print(f"{name}: {numbers[name]:,} instructions, {change:+.1%} to the figure")
        failed = failed or abs(change) > TOLERANCE
    if failed:
        sys.exit("error: more than 10 % away; find out why, or write new figures with --update and say why in the commit")


if __name__ == "__main__":
    main()
