#!/usr/bin/env python3
"""luukku kb stats against a knowledge base that was counted by hand."""
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

PROGRAM, SAMPLE = sys.argv.pop(1), pathlib.Path(sys.argv.pop(1))
VARIANTS = "".join(f"<variant>{word} tapa</variant>" for word in ("eka", "toka", "kolmas", "neljäs", "viides"))
FI = f"""<kb xmlns="urn:luukku:kb:1" xml:lang="fi">
<category id="c"><title>Asiat</title></category>
<category id="d"><title>Muut</title></category>
<article id="a" category="c" updated="2020-01-01"><question>Mikä on palautusaika?</question>{VARIANTS}<answer><p>Yksi kaksi – kolme.</p><ul><li>neljä</li><li>5 %</li></ul></answer></article>
<article id="b" category="c"><question>Kuka?</question><variant>kuka sitten</variant><answer>Hän.</answer></article>
<article id="e" category="d"><question>Missä myymälä on?</question><answer>Siellä tai täällä.</answer></article>
<chat id="chat-x"><question>Hei</question><answer>Hei</answer></chat>
<not-covered id="not-x"><question>Sää</question><answer>Ei.</answer></not-covered>
<lexicon><set>a, b</set><map from="x, y" to="z"/><spoken from="mä" to="minä"/><name>Klarna</name></lexicon>
</kb>"""
SV = '<kb xmlns="urn:luukku:kb:1" xml:lang="sv"><article id="a" category="c"><question>Vad?</question><answer>Ja.</answer></article></kb>'


class Stats(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.kb = pathlib.Path(folder.name)
        for name, text in ("fi.xml", FI), ("sv.xml", SV):
            (self.kb / name).write_text(text, encoding="utf-8")
        for file in [*SAMPLE.glob("*/messages.xml"), SAMPLE / "shop.xml"]:
            (self.kb / f"{file.parent.name}-{file.name}").write_bytes(file.read_bytes())

    def run_stats(self, *arguments):
        done = subprocess.run([PROGRAM, "kb", "stats", "--kb", self.kb, *arguments], capture_output=True, text=True, timeout=120)
        return done.returncode, done.stdout, done.stderr

    def test_every_figure_is_as_counted_by_hand(self):
        status, said, told = self.run_stats("--json")
        self.assertEqual(status, 0, told)
        all = json.loads(said)
        fi, sv, en = all["languages"]
        self.assertEqual([language["lang"] for language in all["languages"]], ["fi", "sv", "en"])
        expected = {"articles": 3, "intents": 0, "chats": 1, "not_covered": 1, "phrasings": 9, "phrasings_median": 2, "phrasings_least": 1, "few": ["b", "e"],
                    "answer_words_median": 3, "answer_words_most": 5, "longest": "a", "missing": [], "stale": ["a"],
                    "lexicon": {"sets": 1, "maps": 2, "spoken": 1, "names": 1}, "documents": 5}
        self.assertEqual({name: fi[name] for name in expected}, expected)
        c, d = fi["categories"]
        self.assertEqual((c["category"], c["title"], c["articles"], c["phrasings"], c["phrasings_median"], c["few"]), ("c", "Asiat", 2, 8, 2, 1))
        self.assertEqual((d["category"], d["articles"], d["answer_words_median"]), ("d", 1, 3))
        self.assertEqual((sv["articles"], sv["missing"]), (1, ["b", "e", "chat-x", "not-x"]))
        self.assertEqual((en["articles"], en["phrasings_median"], en["longest"], en["missing"]), (0, 0, None, ["a", "b", "e", "chat-x", "not-x"]))
        self.assertGreater(all["kb_bytes"], 0)
        self.assertGreater(fi["index_bytes"], 0)
        self.assertGreater(fi["terms"], 10)

    def test_the_text_says_the_same(self):
        status, said, _ = self.run_stats("--lang", "fi", "--few", "2")
        self.assertEqual(status, 0)
        self.assertRegex(said, r"all +3 +9 +2 +1 +1 +3 +5\n")
        self.assertIn("fewer than 2 phrasings (1): e\n", said)
        self.assertIn("not read for long (1): a\n", said)
        self.assertIn("longest answer: a, 5 words", said)
        self.assertNotIn("sv", said.split())

    def test_misuse_and_a_broken_knowledge_base(self):
        self.assertEqual(self.run_stats("--few", "x")[0], 2)
        self.assertEqual(self.run_stats("x")[0], 2)
        (self.kb / "sv.xml").write_text("<kb>")
        status, said, told = self.run_stats()
        self.assertEqual((status, said), (2, ""))
        self.assertIn("sv.xml:1: error:", told)


if __name__ == "__main__":
    unittest.main()
