#!/usr/bin/env python3
"""Counts the instructions of a fixed work under callgrind and holds them against instructions.tsv.

usage: instructions.py LUUKKU [--update]

Work: luukku rank over a generated collection, without the dictionary, whose version is the system's. More than the tolerance is a failure; so is far less, since then
the figure is out of date: --update writes the new one. Exit status 77, which CTest takes as skipped, where valgrind is missing or the program has sanitizers."""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
FIGURES = HERE / "instructions.tsv"
TOLERANCE = 0.10
WORKS = {"build and 200 questions, 1,000 documents": (1000, 200), "build and 2,000 questions, 300 documents": (300, 2000)}


def count(program, documents, questions):
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, HERE / "collection.py", str(documents), str(questions), folder], check=True)
        command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={folder}/out", program, "rank", "--no-voikko", "--docs",
                   f"{folder}/docs.tsv", "--queries", f"{folder}/queries.tsv"]
        run = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=True)
    return int(re.search(r"Collected : (\d+)", run.stderr).group(1))


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    program = sys.argv[1]
    if not shutil.which("valgrind") or b"__asan_init" in pathlib.Path(program).read_bytes() or b"__tsan_init" in pathlib.Path(program).read_bytes():
        print("skipped: valgrind is missing, or the program has sanitizers")
        sys.exit(77)
    counted = {name: count(program, *size) for name, size in WORKS.items()}
    if "--update" in sys.argv:
        FIGURES.write_text("".join(f"{name}\t{number}\n" for name, number in counted.items()), encoding="utf-8")
    failed = False
    for line in FIGURES.read_text(encoding="utf-8").splitlines():
        name, wanted = line.split("\t")
        change = counted[name] / int(wanted) - 1
        print(f"{name}: {counted[name]:,} instructions, {change:+.1%} to the figure")
        failed = failed or abs(change) > TOLERANCE
    if failed:
        sys.exit("error: more than 10 % away; find out why, or write new figures with --update and say why in the commit")


if __name__ == "__main__":
    main()
