"""The shop of the simulation: a young knowledge base, and the development questions parted into those that customers ask and those that nobody ever sees."""

import csv
import pathlib
import random
import re
import shutil

LANGUAGES = ("fi", "sv", "en")
HEADER = "id\ttext\tlabel\talso\tstyle\n"


def read_questions(path):
    with open(path, encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def write_questions(path, rows):
    with open(path, "w", encoding="utf-8") as file:
        file.write(HEADER)
        for row in rows:
            file.write("\t".join((row["id"], row["text"], row["label"], row["also"] or "", row["style"])) + "\n")


def part(rows, chance):
    """Half of each label's questions; of an odd number the larger half goes to one side and the other in turn."""
    by_label, seen, held = {}, [], []
    for row in rows:
        by_label.setdefault(row["label"], []).append(row)
    odd = 0
    for label in sorted(by_label):
        of_label = by_label[label]
        chance.shuffle(of_label)
        half = len(of_label) // 2
        if len(of_label) % 2:
            half += odd
            odd = 1 - odd
        seen += of_label[:half]
        held += of_label[half:]
    return seen, held


def part_questions(folder, out, seed):
    """Writes seen_XX.tsv and held_XX.tsv. Swedish and English have one question a label: there the labels are parted."""
    for lang in LANGUAGES:
        seen, held = part(read_questions(pathlib.Path(folder) / f"questions_{lang}.tsv"), random.Random(f"{seed}{lang}"))
        write_questions(out / f"seen_{lang}.tsv", seen)
        write_questions(out / f"held_{lang}.tsv", held)


ENTRY = re.compile(r"<(article|intent|chat|not-covered)\b.*?</\1>", re.S)
PHRASING = re.compile(r"\s*<(question|variant)\b[^>]*>(.*?)</\1>", re.S)


def young(entry, most):
    """An entry with its first `most` phrasings, and the phrasings that it lost."""
    count, lost = 0, []

    def keep(match):
        nonlocal count
        count += 1
        if count <= most:
            return match.group(0)
        lost.append(re.sub(r"\s+", " ", match.group(2)).strip())
        return ""

    return PHRASING.sub(keep, entry), lost


def unescape(text):
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&apos;", "'").replace("&amp;", "&")


def make_young(kb, out, most):
    """Copies the knowledge base with each entry cut to `most` phrasings (0: all). Returns the lost phrasings as rows of questions, by language."""
    shutil.copytree(kb, out)
    lost = {lang: [] for lang in LANGUAGES}
    for path in sorted(out.rglob("*.xml")):
        text = path.read_text(encoding="utf-8")
        lang = re.search(r'<kb\b[^>]*xml:lang="(\w+)"', text)

        def cut(match):
            entry, phrasings = young(match.group(0), most)
            identity = re.search(r'\bid="([^"]*)"', entry).group(1)
            if lang and match.group(1) == "article":
                for number, phrasing in enumerate(phrasings):
                    row = {"id": f"{identity}.{number}", "text": unescape(phrasing), "label": identity, "also": "", "style": "kb"}
                    lost[lang.group(1)].append(row)
            return entry

        if most:
            path.write_text(ENTRY.sub(cut, text), encoding="utf-8")
    return lost
