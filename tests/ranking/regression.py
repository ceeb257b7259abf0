#!/usr/bin/env python3
"""Holds the figures of `luukku eval` against tests/ranking/floor.tsv: they may only rise.

usage: regression.py LUUKKU"""
import json
import pathlib
import subprocess
import sys

here = pathlib.Path(__file__).parent


def measure(luukku, questions):
    run = subprocess.run([luukku, "eval", "--questions", here / questions, "--expect", questions[10:12], "--json"], capture_output=True, text=True, check=True)
    return json.loads(run.stdout)


def main():
    failed, passed, figures = 0, 0, {}
    for line in (here / "floor.tsv").read_text().splitlines():
        if not line or line.startswith("#"):
            continue
        questions, name, bound = line.split("\t")
        ceiling = name.startswith("<")
        name = name.lstrip("<")
        if questions not in figures:
            figures[questions] = measure(sys.argv[1], questions)
        value = figures[questions][name]
        good = value <= float(bound) if ceiling else value >= float(bound)
        print(f"{'ok  ' if good else 'FAIL'} {questions} {name} {value:.3f} ({'at most' if ceiling else 'at least'} {bound})")
        passed += good
        failed += not good
    print(f"{passed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
