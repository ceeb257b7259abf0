#!/usr/bin/env python3
"""Counts the letter trigrams from which languages are told apart, in the words of a knowledge base:

    python3 trigrams.py KB_FOLDER

writes fi/trigrams.tsv, sv/trigrams.tsv and en/trigrams.tsv beside itself. Each word counts once, a frequent one a little more; a word with
dots counts also without them, since many people type so.
"""
import argparse, collections, glob, math, os, re, unicodedata

KEPT = 2600  # trigrams a language; more change nothing


def fold(word):
    return "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))


def words(folder):
    counts = collections.Counter()
    for name in sorted(glob.glob(os.path.join(folder, "*.xml"))):
        text = re.sub(r"<[^>]*>", " ", open(name, encoding="utf-8").read())
        counts.update(w.lower() for w in re.findall(r"[^\W\d_]+(?:'[^\W\d_]+)?", text))
    return counts


def trigrams(counts):
    grams = collections.Counter()
    for word, count in counts.items():
        weight = 1 + math.log(count)
        spellings = {word: 1.0} if fold(word) == word else {word: 0.6, fold(word): 0.4}
        for spelling, share in spellings.items():
            bounded = f"^{spelling}$"
            for i in range(len(bounded) - 2):
                grams[bounded[i : i + 3]] += weight * share
    return grams


def write(path, grams):
    total = sum(grams.values())
    rows = sorted((-n, g) for g, n in grams.items())[:KEPT]
    with open(path, "w", encoding="utf-8") as out:
        out.write("# Letter trigrams: thousandths of the natural logarithm of their probability, negated. Made by trigrams.py.\n")
        for n, gram in sorted(rows, key=lambda row: row[1]):
            out.write(f"{gram}\t{round(-1000 * math.log(-n / total))}\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder")
    parser.add_argument("--out", default=os.path.dirname(os.path.abspath(__file__)))
    arguments = parser.parse_args()
    for lang in ("fi", "sv", "en"):
        write(os.path.join(arguments.out, lang, "trigrams.tsv"), trigrams(words(os.path.join(arguments.folder, lang))))


if __name__ == "__main__":
    main()
