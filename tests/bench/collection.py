#!/usr/bin/env python3
"""Short Finnish documents and questions made of real word forms, the same ones for the same numbers.

usage: collection.py DOCUMENTS QUESTIONS FOLDER    writes docs.tsv and queries.tsv there

The forms are those of tests/ranking/questions_fi.tsv, drawn by Zipf's law; to have as many kinds of words as a large collection has, some are joined to compounds."""
import pathlib
import random
import re
import sys

SOURCE = pathlib.Path(__file__).resolve().parent.parent / "ranking" / "questions_fi.tsv"


def forms():
    counts = {}
    for line in SOURCE.read_text(encoding="utf-8").splitlines()[1:]:
        for word in re.findall(r"[a-zåäö]{3,}", line.split("\t")[1].lower()):
            counts[word] = counts.get(word, 0) + 1
    return sorted(counts, key=lambda word: (-counts[word], word))


class Source:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.words = forms()

    def word(self):
        first = self.words[int(len(self.words) ** self.random.random()) - 1]
        if self.random.random() < 0.2:
            return first + self.words[int(self.random.random() * len(self.words))]
        return first

    def text(self, count):
        return " ".join(self.word() for _ in range(count))


def write(folder, documents, questions):
    source = Source(20261122)
    with open(folder / "docs.tsv", "w", encoding="utf-8") as out:
        for d in range(documents):
            out.write(f"d{d}\t{source.text(4)}\t{source.text(source.random.randint(30, 90))}\n")
    with open(folder / "queries.tsv", "w", encoding="utf-8") as out:
        for q in range(questions):
            out.write(f"q{q}\t{source.text(5)}\n")


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    write(pathlib.Path(sys.argv[3]), int(sys.argv[1]), int(sys.argv[2]))
