#!/usr/bin/env python3
"""Short Finnish documents and questions made of real word forms, the same ones for the same numbers.

usage: collection.py DOCUMENTS QUESTIONS FOLDER    writes docs.tsv, queries.tsv and qrels.tsv there

Words are drawn by Zipf's law. words.txt has the particles, pronouns and verbs of the sample shop's articles, commonest first; nouns.tsv its nouns with the stems that all
their forms are made of; two nouns make a compound, of which there are as many as a large collection has. A document has a few subjects, which come back in other
cases: so do the questions that are made from it, with parts of compounds, typing errors and left-out dots as customers write them."""
import itertools
import pathlib
import random
import sys

HERE = pathlib.Path(__file__).resolve().parent
COMPOUNDS = 200000
LETTERS = "abcdefghijklmnoprstuvyäö"


def forms(noun):
    """The forms of a noun in the order of FORM_WEIGHTS: what Finnish text has most of first."""
    nominative, genitive, essive, partitive, illative, plural, plural_partitive, plural_genitive, plural_illative = noun
    a = "a" if partitive[-1] == "a" else "ä"
    return [nominative, genitive + "n", partitive, genitive + "t", plural_partitive, plural_genitive, illative, genitive + "ss" + a, genitive + "st" + a, genitive + "ll" + a,
            genitive + "lle", genitive + "lt" + a, plural + "ss" + a, plural + "st" + a, plural + "ll" + a, plural_illative, plural + "lle", essive + "n" + a, genitive + "ksi",
            genitive + "tt" + a, essive + "ni", essive + "mme", genitive + "ss" + a + "ni", genitive + "st" + a + "kin", nominative + ("ko" if a == "a" else "kö")]


FORM_WEIGHTS = [28, 20, 12, 6, 5, 3, 5, 4, 3, 3, 2, 1, 1, 1, 1, 1, 1, 1.5, 1.5, 0.5, 1, 0.5, 0.5, 0.5, 0.5]


def accumulated(weights):
    return list(itertools.accumulate(weights))


def zipf(count, offset=2.7):
    return [1 / (rank + offset) for rank in range(count)]


def mistyped(word, dice):
    """One letter left out, added, exchanged or beside the right one; the first and the last one stay."""
    if len(word) < 5:
        return word
    at = dice.randrange(1, len(word) - 2)
    return [word[:at] + word[at + 1:], word[:at] + dice.choice(LETTERS) + word[at:], word[:at] + word[at + 1] + word[at] + word[at + 2:],
            word[:at] + dice.choice(LETTERS) + word[at + 1:]][dice.randrange(4)]


class Source:
    def __init__(self, seed):
        self.dice = random.Random(seed)
        nouns = [line.split("\t") for line in (HERE / "nouns.tsv").read_text(encoding="utf-8").splitlines()[1:]]
        self.words = (HERE / "words.txt").read_text(encoding="utf-8").split()
        self.forms = [forms(noun) for noun in nouns]
        self.firsts = [noun[0] for noun in nouns]
        weights = zipf(len(nouns))
        self.noun_weights, self.word_weights, self.form_weights = accumulated(weights), accumulated(zipf(len(self.words))), accumulated(FORM_WEIGHTS)
        self.noun_forms = [form for noun in self.forms for form in noun]
        self.noun_form_weights = accumulated(weight * form for weight in weights for form in FORM_WEIGHTS)
        pairs = [divmod(pair, len(nouns)) for pair in self.dice.sample(range(len(nouns) ** 2), COMPOUNDS)]
        self.compounds = [pair for pair in pairs if pair[0] != pair[1]]
        self.compound_weights = accumulated(zipf(len(self.compounds), 50))

    def subjects(self):
        """(first part or None, noun) each, three nouns and three compounds."""
        nouns = self.dice.choices(range(len(self.forms)), cum_weights=self.noun_weights, k=3)
        return [(None, noun) for noun in nouns] + self.dice.choices(self.compounds, cum_weights=self.compound_weights, k=3)

    def inflected(self, subject):
        first, noun = subject
        form = self.dice.choices(self.forms[noun], cum_weights=self.form_weights)[0]
        return form if first is None else self.firsts[first] + form

    def body(self, subjects):
        dice = self.dice
        count = dice.randint(30, 90)
        some = count // 6
        words = dice.choices(self.words, cum_weights=self.word_weights, k=count - 4 * some)
        words += dice.choices(self.noun_forms, cum_weights=self.noun_form_weights, k=2 * some)
        words += [self.inflected(compound) for compound in dice.choices(self.compounds, cum_weights=self.compound_weights, k=some)]
        words += [self.inflected(subject) for subject in dice.choices(subjects, k=some)]
        dice.shuffle(words)
        return " ".join(words)

    def title(self, subjects):
        words = [self.inflected(subject) for subject in self.dice.sample(subjects, 3)]
        return " ".join(self.dice.choices(self.words, cum_weights=self.word_weights) + words)

    def asked(self, subject):
        dice = self.dice
        if subject[0] is not None and dice.random() < 0.2:
            subject = (None, subject[1])
        word = self.inflected(subject)
        luck = dice.random()
        if luck < 0.1:
            return mistyped(word, dice)
        return word.translate(str.maketrans("äö", "ao")) if luck < 0.15 else word

    def question(self, subjects):
        """Five words: two compounds, one noun, two others."""
        words = [self.asked(subject) for subject in self.dice.sample(subjects[3:], 2) + self.dice.sample(subjects[:3], 1)]
        words += self.dice.choices(self.words, cum_weights=self.word_weights, k=2)
        self.dice.shuffle(words)
        return " ".join(words)


    def stranger(self):
        """A word that is in no text: two typing errors in a compound, a compound that nobody made, one without its dots, a word with a letter held down, or none at all."""
        dice = self.dice
        made = (dice.randrange(len(self.firsts)), dice.randrange(len(self.forms)))
        kind = dice.randrange(5)
        if kind == 0:
            return mistyped(mistyped(self.inflected(dice.choice(self.compounds)), dice), dice)
        if kind == 1:
            return self.inflected(made)
        if kind == 2:
            return self.inflected(made).translate(str.maketrans("äö", "ao"))
        if kind == 3:
            word = self.inflected((None, made[1]))
            at = dice.randrange(1, len(word))
            return word[:at] + word[at] * dice.randint(2, 4) + word[at:]
        return "".join(dice.choice("hjklmnprstv") + dice.choice("aeiouyäö") for _ in range(dice.randint(3, 5))) + dice.choice("snt")


def strangers(questions, known):
    """Questions of five words, none of them in `known` nor in another question."""
    source, taken, rows = Source(20261123), set(known), []
    for _ in range(questions):
        words = []
        while len(words) < 5:
            word = source.stranger()
            if word not in taken:
                taken.add(word)
                words.append(word)
        rows.append(" ".join(words))
    return rows


def write(folder, documents, questions):
    source = Source(20261122)
    asked = set(source.dice.sample(range(documents), min(documents, questions)))
    rows = []
    with open(folder / "docs.tsv", "w", encoding="utf-8") as out:
        for d in range(documents):
            subjects = source.subjects()
            out.write(f"d{d}\t{source.title(subjects)}\t{source.body(subjects)}\n")
            if d in asked:
                rows.append((source.question(subjects), d))
    while len(rows) < questions and rows:
        rows += rows[:questions - len(rows)]
    source.dice.shuffle(rows)
    with open(folder / "queries.tsv", "w", encoding="utf-8") as out, open(folder / "qrels.tsv", "w", encoding="utf-8") as gold:
        for q, (text, d) in enumerate(rows):
            out.write(f"q{q}\t{text}\n")
            gold.write(f"q{q}\td{d}\n")


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    write(pathlib.Path(sys.argv[3]), int(sys.argv[1]), int(sys.argv[2]))
