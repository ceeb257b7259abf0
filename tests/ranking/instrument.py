#!/usr/bin/env python3
"""Is `luukku eval` a true instrument? A tiny knowledge base and fourteen questions, whose outcomes are certain (very phrasings, a pattern, words that are
none) and counted by hand.

usage: instrument.py LUUKKU KB_FOLDER (for its shop and messages)"""
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as xml

here = pathlib.Path(__file__).parent
luukku, sample = sys.argv[1], pathlib.Path(sys.argv[2])
questions = here / "tiny" / "questions_fi.tsv"

# Of fourteen: t1, t2, t3 and t5 are answered and right; t4 and t11 get another article, t12 one where nothing answers; t7 gets small talk for an entry;
# t8, t9 and t10 get a person, whom t9 did not want. Nine are about an entry: t1 … t7, t9 and t10, whose person comes first among the candidates.
EXPECTED = {
    "messages": 14,
    "recall@1": 5 / 9,
    "answered": 7 / 14,
    "precision": 4 / 7,
    "resolved": 5 / 9,
    "wrong": 4 / 14,
    "false answers": 1 / 2,
    "choices over none": 0,
    "handoff recall": 1 / 2,
    "needless handoff": 1 / 9,
    "language": 1,
}


def run(*arguments, status=0):
    done = subprocess.run([luukku, "eval", *map(str, arguments)], capture_output=True, text=True)
    if done.returncode != status:
        raise AssertionError(f"exit status {done.returncode}, not {status}: {done.stderr}{done.stdout}")
    return done.stdout if status == 0 else done.stderr


class Instrument(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls.temporary.name)
        cls.kb = cls.folder / "kb"
        cls.kb.mkdir()
        shutil.copy(sample / "shop.xml", cls.kb)
        shutil.copy(sample / "fi" / "messages.xml", cls.kb / "messages_fi.xml")
        shutil.copy(here / "tiny" / "shop_fi.xml", cls.kb)
        cls.fixed = ["--kb", cls.kb, "--questions", questions, "--lang", "fi"]

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def measure(self, *more):
        return json.loads(run(*self.fixed, "--json", *more))

    def test_figures_are_those_counted_by_hand(self):
        got = self.measure("--bootstrap", 0)
        for name, value in EXPECTED.items():
            self.assertAlmostEqual(got[name], value, 5, name)

    def test_each_question_is_told(self):
        each = {one["id"]: one for one in self.measure("--each")["each"]}
        told = {key: (one["act"], one["entry"], one["right"], one["wrong"]) for key, one in each.items()}
        self.assertEqual(told["t1"], ("answer", "tiny-return", True, False))
        self.assertEqual(told["t3"], ("answer", "tiny-hours", True, False))
        self.assertEqual(told["t4"], ("answer", "tiny-delivery", False, True))
        self.assertEqual(told["t6"][2:], (False, False))
        self.assertEqual(told["t7"], ("chat", "chat-tiny-hello", False, True))
        self.assertEqual(told["t8"], ("handoff", "do-tiny-person", True, False))
        self.assertEqual(told["t9"], ("handoff", "do-tiny-person", False, False))
        self.assertEqual(told["t10"], ("handoff", "do-tiny-person", True, False))
        self.assertEqual(told["t12"], ("answer", "tiny-return", False, True))
        self.assertEqual(told["t14"], ("chat", "chat-tiny-hello", True, False))
        self.assertEqual(each["t8"]["action"], "handoff")
        self.assertIsNone(each["t1"]["action"])

    def test_errors_are_sorted_by_kind(self):
        faults = {one["id"]: one["fault"] for one in self.measure("--errors")["errors"]}
        self.assertEqual(faults, {"t4": "wrong answer", "t6": "not among three", "t7": "wrong answer", "t9": "needless handoff", "t11": "missed handoff",
                                  "t12": "false answer"})
        text = run(*self.fixed, "--errors")
        self.assertLess(text.index("==== wrong answer: 2"), text.index("==== false answer: 1"))
        self.assertIn("wanted  tiny-hours", text)
        self.assertIn("Candidates", text)

    def test_parts_sum_to_the_whole(self):
        got = self.measure("--by", "style", "--by", "lang", "--by", "label")
        for part in ("by_style", "by_lang", "by_label"):
            self.assertEqual(sum(one["messages"] for one in got[part].values()), 14, part)
        self.assertEqual(got["by_style"]["plain"]["recall@1"], 3 / 4)
        self.assertEqual(list(got["by_lang"]), ["fi"])

    def test_intervals_come_again_with_the_same_seed_and_change_with_another(self):
        once = self.measure("--seed", 3)
        self.assertEqual(once, self.measure("--seed", 3))
        self.assertNotEqual(once["intervals"], self.measure("--seed", 4)["intervals"])
        low, high = once["intervals"]["answered"]
        self.assertTrue(low < EXPECTED["answered"] < high)

    def test_confusion_counts_pairs(self):
        pairs = {(one["wanted"], one["got"]): one["ids"] for one in self.measure("--confusion")["confusion"]}
        self.assertEqual(pairs[("tiny-hours", "tiny-delivery")], ["t4"])
        self.assertEqual(pairs[("tiny-return", "do-tiny-person")], ["t9"])
        self.assertIn("tiny-hours → tiny-delivery", run(*self.fixed, "--confusion"))

    def test_a_young_shop_has_fewer_phrasings(self):
        whole = self.measure("--each", "--young", 3)
        young = self.measure("--each", "--young", 2)
        self.assertTrue(whole["each"][4]["right"])
        self.assertFalse(young["each"][4]["right"])
        self.assertTrue(young["each"][2]["right"])
        self.assertEqual(whole["each"], self.measure("--each")["each"])

    def test_a_run_is_compared_with_a_saved_one(self):
        saved = self.folder / "saved.json"
        saved.write_text(run(*self.fixed, "--json", "--each"))
        same = self.measure("--against", saved)["against"]
        self.assertEqual((same["better"], same["worse"], same["changed"]), ([], [], []))
        young = self.measure("--against", saved, "--young", 2)["against"]
        self.assertEqual(young["better"], [])
        self.assertIn("t5", young["worse"])  # t7, which no entry resembles, may change places among them all
        self.assertEqual(young["measures"]["answered"]["worse"], 1)
        self.assertIn(f"==== worse: {len(young['worse'])}", run(*self.fixed, "--young", 2, "--against", saved))

    def test_the_present_thresholds_row_is_what_was_measured(self):
        got = self.measure("--thresholds")
        for rows in got["thresholds"].values():
            now = [row for row in rows if row["now"]]
            self.assertEqual(len(now), 1)
            for name in ("answered", "precision", "wrong", "resolved", "false answers"):
                self.assertAlmostEqual(now[0][name], got[name], 5, name)

    def test_the_reliability_picture_is_well_formed(self):
        picture = self.folder / "picture.svg"
        run(*self.fixed, "--reliability", picture)
        circles = [element for element in xml.parse(picture).iter() if element.tag.endswith("circle")]
        self.assertGreater(len(circles), 0)

    def test_a_calibration_is_xml_that_comes_again(self):
        once = run(*self.fixed, "--calibrate")
        self.assertEqual(once, run(*self.fixed, "--calibrate"))
        model = xml.fromstring(f"<kb>{once}</kb>").find("model")
        self.assertEqual((model.get("name"), model.get("lang"), model.get("questions")), ("confidence", "fi", "14"))

    def test_a_fit_comes_again_and_its_weights_are_c(self):
        once = run(*self.fixed, "--fit", "--threads", 1)
        self.assertEqual(once, run(*self.fixed, "--fit", "--threads", 2))
        self.assertRegex(once, r"\.score = \{\[LK_CLASS_WORD\] = \{\.143f, [.\d]+f\}")
        self.assertIn("cross-validated", once)

    def test_the_help_names_every_option_and_measure(self):
        text = subprocess.run([luukku, "eval", "--help"], capture_output=True, text=True, check=True).stdout
        source = (here.parent.parent / "tools" / "luukku" / "eval.c").read_text()
        for name in re.findall(r'\{"([a-z]+)", (?:no|required)_argument', source):
            self.assertRegex(text, rf"--{name}\b")
        for name in EXPECTED:
            self.assertTrue(name == "messages" or name in text, name)

    def test_misuse_is_told(self):
        self.assertIn("--by is style, lang or label", run(*self.fixed, "--by", "colour", status=2))
        self.assertIn("--bootstrap is a whole number", run(*self.fixed, "--bootstrap", "many", status=2))
        self.assertIn("--each needs --json", run(*self.fixed, "--each", status=2))
        self.assertIn("which questions?", run("--kb", self.kb, status=2))
        self.assertIn("cannot be read", run("--kb", self.kb, "--questions", self.folder / "none.tsv", status=2))
        self.assertIn("not a saved run", run(*self.fixed, "--against", questions, status=2))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
