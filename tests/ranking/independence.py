#!/usr/bin/env python3
"""The development questions measure what customers nobody has seen will meet: no phrasing of the knowledge base may be one of them.

usage: independence.py KB_FOLDER"""
import pathlib
import re
import sys
import xml.etree.ElementTree as xml

NAMESPACE = "{urn:luukku:kb:1}"


def plain(text):
    return " ".join(re.findall(r"\w+", text.lower()))


def main():
    phrasings = {}
    for path in pathlib.Path(sys.argv[1]).rglob("*.xml"):
        for element in xml.parse(path).iter():
            if element.tag in (NAMESPACE + "question", NAMESPACE + "variant") and element.text:
                phrasings[plain(element.text)] = path
    copied = 0
    for path in sorted(pathlib.Path(__file__).parent.glob("questions_*.tsv")):
        for number, line in enumerate(path.read_text().splitlines()[1:], 2):
            cells = line.split("\t")
            # A greeting or a single word is everybody's; what an article or intent is asked for by is not.
            if cells[2] in ("@chat", "@handoff", "none") or len(plain(cells[1]).split()) < 3:
                continue
            if plain(cells[1]) in phrasings:
                print(f"{path}:{number}: error: \"{cells[1]}\" stands in {phrasings[plain(cells[1])]}; write a phrasing of your own")
                copied += 1
    print(f"{len(phrasings)} phrasings, {copied} copied")
    return copied > 0


if __name__ == "__main__":
    sys.exit(main())
