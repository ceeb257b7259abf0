#!/usr/bin/env python3
"""MRR@10 of luukku rank on documents that nobody wrote for it: questions as they are, without dots, and with typing errors.

usage: documents.py LUUKKU FOLDER [EVERY]    FOLDER has docs.tsv (id, title, body), queries.tsv (id, text) and qrels.tsv (id, document); EVERY nth question

The typing errors are the same each time: three in ten words of five letters and more have one letter left out, added, exchanged or beside the right one."""
import pathlib
import random
import subprocess
import sys
import tempfile

LETTERS = "abcdefghijklmnopqrstuvwxyzäö"


def read(path):
    return [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]


def without_dots(text):
    return text.translate(str.maketrans("äöåÄÖÅ", "aoaAOA"))


def mistyped(word, dice):
    if len(word) < 5 or dice.random() >= 0.3:
        return word
    at, other = dice.randrange(1, len(word) - 1), dice.choice(LETTERS)
    return [word[:at] + word[at + 1:], word[:at] + other + word[at:], word[:at] + word[at + 1] + word[at] + word[at + 2:],
            word[:at] + other + word[at + 1:]][dice.randrange(4)]


def reciprocal_rank(program, folder, questions, gold):
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".tsv") as file:
        file.writelines(f"{name}\t{text}\n" for name, text in questions)
        file.flush()
        run = subprocess.run([program, "rank", "--docs", folder / "docs.tsv", "--queries", file.name], check=True, capture_output=True, text=True)
    rows = (line.split() for line in run.stdout.splitlines())
    return sum(1 / int(rank) for name, _, document, rank, _, _ in rows if document in gold[name]) / len(questions)


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    program, folder, every = sys.argv[1], pathlib.Path(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 1
    if not (folder / "docs.tsv").is_file():
        sys.exit(f"error: {folder} has no docs.tsv; name the folder of the collection")
    questions = [row[:2] for row in read(folder / "queries.tsv")][::every]
    gold = {}
    for row in read(folder / "qrels.tsv"):
        gold.setdefault(row[0], set()).update(row[1:])
    dice = random.Random(20261122)
    kinds = {"clean": questions, "without dots": [(name, without_dots(text)) for name, text in questions],
             "typing errors": [(name, " ".join(mistyped(word, dice) for word in text.split())) for name, text in questions]}
    for kind, asked in kinds.items():
        print(f"{kind}: MRR@10 {reciprocal_rank(program, folder, asked, gold):.4f} over {len(asked)} questions", flush=True)


if __name__ == "__main__":
    main()
