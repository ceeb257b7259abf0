#!/usr/bin/env python3
"""luukku kb check as a program: exit statuses, formats, choice of findings."""
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

PROGRAM, SAMPLE = sys.argv.pop(1), pathlib.Path(sys.argv.pop(1))

HEAD = '<kb xmlns="urn:luukku:kb:1" xml:lang="fi"><category id="c"><title>Asiat</title></category>\n'
TWICE = "".join(f"<variant>kysymys {n} on tässä</variant>\n<variant>tässä on kysymys {n}</variant>\n" for n in range(12))
ARTICLE = '<article id="a" category="c"><question>Mikä on palautusaika?</question>\n{}<answer><p>Palautusaika on pitkä.</p></answer></article>\n'
INTENT = '<intent id="do-x" category="c"><question>Soittakaa minulle</question>\n<pattern>{}</pattern><action name="handoff"/></intent>\n'


class Check(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        for file in [*SAMPLE.glob("*/messages.xml"), SAMPLE / "shop.xml"]:
            target = pathlib.Path(self.folder.name) / f"{file.parent.name}-{file.name}"
            target.write_bytes(file.read_bytes())

    def write(self, body):
        (pathlib.Path(self.folder.name) / "test.xml").write_text(HEAD + body + "</kb>", encoding="utf-8")

    def run_check(self, *options):
        done = subprocess.run([PROGRAM, "kb", "check", "--kb", self.folder.name, *options], capture_output=True, text=True, timeout=120)
        return done.returncode, done.stdout, done.stderr

    def only(self, code, *options):
        return self.run_check("--only", code, *options)

    def test_a_broken_pattern_is_an_error_with_its_place(self):
        self.write(ARTICLE.format("") + INTENT.format("soittaa ("))
        status, said, found = self.only("pattern-broken")
        self.assertEqual(status, 1)
        self.assertIn("test.xml:5: error: the pattern 'soittaa (' can't be read", found)
        self.assertIn("[pattern-broken]", found)
        self.assertIn("1 error, 0 warnings", said)

    def test_a_broken_pattern_keeps_the_other_commands_from_starting(self):
        self.write(ARTICLE.format("") + INTENT.format("soittaa ("))
        done = subprocess.run([PROGRAM, "ask", "--kb", self.folder.name, "moi"], capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, 2)
        self.assertIn("test.xml:5: error:", done.stderr)

    def test_warnings_fail_only_when_strict(self):
        self.write(ARTICLE.format(TWICE))
        self.assertEqual(self.only("variant-adds-nothing")[0], 0)
        self.assertEqual(self.only("variant-adds-nothing", "--strict")[0], 1)
        self.assertEqual(self.only("stale", "--strict")[0], 0)

    def test_findings_of_a_kind_are_limited(self):
        self.write(ARTICLE.format(TWICE))
        found = self.only("variant-adds-nothing")[2]
        self.assertEqual(found.count("adds nothing to it"), 10)
        self.assertIn("… and 2 more [variant-adds-nothing]", found)
        self.assertEqual(self.only("variant-adds-nothing", "--limit", "0")[2].count("adds nothing to it"), 12)
        self.assertEqual(len(json.loads(self.only("variant-adds-nothing", "--json")[1])["findings"]), 12)

    def test_kinds_can_be_left_out(self):
        self.write(ARTICLE.format(TWICE))
        self.assertNotIn("[variant-adds-nothing]", self.run_check("--except", "variant-adds-nothing,stale")[2])
        self.assertIn("[variant-adds-nothing]", self.run_check("--except", "variant-adds,stale")[2])

    def test_json_and_annotations_say_the_same(self):
        self.write(ARTICLE.format("") + INTENT.format("soittaa"))
        value = json.loads(self.only("pattern-loose", "--json")[1])
        self.assertEqual((value["errors"], value["warnings"], len(value["findings"])), (0, 1, 1))
        finding = value["findings"][0]
        self.assertEqual((finding["code"], finding["severity"], finding["line"]), ("pattern-loose", "warning", 5))
        annotation = self.only("pattern-loose", "--format", "github")[2]
        self.assertIn(f"::warning title=pattern-loose,file={finding['file']},line=5::", annotation)

    def test_what_cannot_be_loaded_is_always_told(self):
        self.write("<article/>")
        status, _, found = self.only("stale")
        self.assertEqual(status, 2)
        self.assertIn("test.xml:2: error:", found)

    def test_messages_that_the_dialogue_says_are_missed(self):
        for file in pathlib.Path(self.folder.name).glob("*messages.xml"):
            file.unlink()
        self.write(ARTICLE.format(""))
        status, _, found = self.only("missing-message")
        self.assertEqual(status, 1)
        self.assertIn("which the dialogue says, is missing", found)

    def test_nothing_but_findings_is_written_where_nobody_looks(self):
        self.write(ARTICLE.format(""))
        self.assertEqual(self.only("stale")[2], "")

    def test_misuse_is_told_apart(self):
        self.assertEqual(self.run_check("--limit", "many")[0], 2)
        self.assertEqual(self.run_check("--format", "xml")[0], 2)
        self.assertEqual(self.run_check("folder")[0], 2)


if __name__ == "__main__":
    unittest.main()
