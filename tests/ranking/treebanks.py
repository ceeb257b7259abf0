#!/usr/bin/env python3
"""Token and lemma scores on Universal Dependencies treebanks of Finnish.

    tests/ranking/treebanks.py TREEBANK_FOLDER [--luukku build/luukku] [--by-error]

For each .conllu file in the folder: the F1 of token boundaries (a token counts when both its ends are gold), and the pairwise conflation F1 over
content words: do two tokens share an index term exactly when they share a lemma? Treebanks are other people's data and not part of this repository;
see https://universaldependencies.org (UD_Finnish-TDT, UD_Finnish-FTB)."""
import argparse, collections, glob, json, os, subprocess, sys

CONTENT = {"NOUN", "PROPN", "VERB", "ADJ", "ADV"}


def sentences(path):
    """(text, [(start, end, lemma, part of speech)]), offsets in bytes of the text; a multiword token is one token."""
    text, tokens, at, skip_until = "", [], 0, 0
    for line in open(path, encoding="utf-8"):
        line = line.rstrip("\n")
        if line.startswith("# text = "):
            text, tokens, at, skip_until = line[len("# text = ") :], [], 0, 0
        elif not line:
            yield text, tokens
        elif not line.startswith("#"):
            column = line.split("\t")
            number, form, lemma, tag = column[0], column[1], column[2], column[3]
            if "." in number:
                continue
            if "-" in number:
                skip_until, tag = int(number.split("-")[1]), "X"
            elif int(number) <= skip_until:
                continue
            start = text.find(form, at)
            if start < 0:
                raise SystemExit(f"{path}: the text of a sentence lacks its token {form!r}; is the file whole?")
            at = start + len(form)
            tokens.append((len(text[:start].encode()), len(text[:at].encode()), lemma.replace("#", "").lower(), tag))


def analyze(program, texts):
    run = subprocess.run([program, "analyze", "--lang", "fi", "--json"], input="\n".join(texts) + "\n", capture_output=True, text=True)
    if run.returncode:
        raise SystemExit(f"{program} analyze failed: {run.stderr.strip()}")
    return [json.loads(line) for line in run.stdout.splitlines()]


def f1(hit, got, gold):
    return 2 * hit / (got + gold) if got + gold else 0.0


def pairs(n):
    return n * (n - 1) // 2


def conflation(words):
    """`words`: (lemma, frozenset of terms). Pairs are counted by kinds of words, each kind once."""
    kinds = collections.Counter(words)
    by_lemma, by_term = collections.Counter(), collections.defaultdict(list)
    for (lemma, terms), count in kinds.items():
        by_lemma[lemma] += count
        for term in terms:
            by_term[term].append((lemma, terms))
    gold = sum(pairs(n) for n in by_lemma.values())
    got = hit = 0
    for kind, count in kinds.items():
        lemma, terms = kind
        near = {other for term in terms for other in by_term[term]}
        for other in near:
            both = count * (count - 1) if other == kind else count * kinds[other]
            got += both
            hit += both if other[0] == lemma else 0
    return f1(hit / 2, got / 2, gold)


def measure(path, program, by_error):
    gold = [(text, tokens) for text, tokens in sentences(path)]
    analyses = analyze(program, [text for text, _ in gold])
    hit = got = count = 0
    words, wrong = [], collections.Counter()
    for (text, tokens), words_found in zip(gold, analyses):
        found = {(w["start"], w["end"]): w for w in words_found}
        raw = text.encode()
        got, count = got + len(found), count + len(tokens)
        for start, end, lemma, tag in tokens:
            word = found.get((start, end))
            if not word:
                wrong[raw[start:end].decode()] += 1
                continue
            hit += 1
            if tag in CONTENT:
                terms = frozenset(t["term"] for t in word["terms"] if t["kind"] == "lemma")
                words.append((lemma, terms))
    print(f"{os.path.basename(path)}\ttokens F1 {f1(hit, got, count):.4f}\tconflation F1 {conflation(words):.4f}\t"
          f"terms a word {sum(len(t) for _, t in words) / max(1, len(words)):.3f}")
    if by_error:
        print("  missed:", "  ".join(f"{form} ×{n}" for form, n in wrong.most_common(by_error)))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--luukku", default=os.path.join(os.path.dirname(__file__), "..", "..", "build", "luukku"))
    parser.add_argument("--by-error", type=int, default=0, metavar="N", help="list the N commonest tokens missed")
    arguments = parser.parse_args()
    files = sorted(glob.glob(os.path.join(arguments.folder, "*.conllu")))
    if not files:
        print(f"{arguments.folder}: no .conllu files; give the folder of a treebank, such as UD_Finnish-TDT", file=sys.stderr)
        return 2
    if not os.path.exists(arguments.luukku):
        print(f"{arguments.luukku}: missing; build the program first or name it with --luukku", file=sys.stderr)
        return 2
    for path in files:
        measure(path, arguments.luukku, arguments.by_error)
    return 0


if __name__ == "__main__":
    sys.exit(main())
