#!/usr/bin/python3
"""luukku report as it is called: formats, periods, languages, exit statuses.   usage: test_report.py LUUKKU"""
import csv
import datetime
import html.parser
import io
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

LUUKKU = sys.argv.pop(1)
KB = pathlib.Path(__file__).resolve().parents[2] / "kb"
TOMORROW = str(datetime.date.today() + datetime.timedelta(days=2))


class Balance(html.parser.HTMLParser):
    """Every element that is opened is closed."""

    def __init__(self):
        super().__init__()
        self.open, self.tags = [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)

    def handle_endtag(self, tag):
        assert self.open and self.open[-1] == tag, f"</{tag}> closes <{self.open[-1:]}>"
        self.open.pop()


class Report(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.db = f"{cls.folder.name}/talks.db"
        for lines in ("paljonko toimitus maksaa\nkyllä\nhaluan puhua ihmiselle\n", "what does delivery cost\nblurgh zzzz qwx\n"):
            subprocess.run([LUUKKU, "chat", "--kb", KB, "--db", cls.db], input=lines, text=True, check=True, stdout=subprocess.DEVNULL)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def report(self, *arguments, status=0):
        run = subprocess.run([LUUKKU, "report", "--kb", KB, "--db", self.db, "--to", TOMORROW, *arguments], capture_output=True, text=True)
        self.assertEqual(run.returncode, status, run.stderr)
        return run.stderr if status else run.stdout

    def test_the_text_says_what_was_said(self):
        text = self.report()
        self.assertRegex(text, r"Conversations +2 +0")
        self.assertRegex(text, r"Customers' messages +5 +0")
        self.assertRegex(text, r"The customer asked +1 ")
        self.assertNotIn("report-", text)

    def test_json_and_csv_agree(self):
        value = json.loads(self.report("--json"))
        rows = list(csv.DictReader(io.StringIO(self.report("--format", "csv"))))
        single = {row["figure"]: row for row in rows if not row["dimension"]}
        self.assertEqual(set(single), set(value["figures"]))
        for name, figure in value["figures"].items():
            said = single[name]["value"]
            self.assertEqual(float(said) if said else None, figure["value"], name)
        topics = value["tables"]["topics"]
        self.assertEqual(topics["rows"][0]["key"], "delivery")
        self.assertEqual(value["period"]["days"], 28)
        self.assertEqual(value["before"]["until"], value["period"]["from"])

    def test_the_page_is_well_formed_in_each_language_and_every_title_is_there(self):
        for lang, title in (("fi", "Keskusteluja"), ("sv", "Samtal"), ("en", "Conversations")):
            page = self.report("--format", "html", "--lang", lang)
            balance = Balance()
            balance.feed(page)
            self.assertEqual(balance.open, [])
            self.assertNotIn("script", balance.tags)
            self.assertIn(f'<html lang="{lang}">', page)
            self.assertIn(title, page)
            for name in json.loads(self.report("--format", "json", "--lang", lang))["tables"].values():
                for row in name["rows"]:
                    self.assertTrue(row["title"])
        value = json.loads(self.report("--format", "json", "--lang", "sv"))
        for name, figure in value["figures"].items():
            self.assertNotEqual(figure["title"], name, "a figure without a title in the knowledge base")
        for name, table in value["tables"].items():
            self.assertNotEqual(table["title"], name, "a table without a title in the knowledge base")

    def test_alone_without_comparison(self):
        value = json.loads(self.report("--no-compare", "--format", "json"))
        self.assertNotIn("before", value)
        self.assertNotIn("before", value["figures"]["conversations"])

    def test_it_is_written_where_it_is_wanted(self):
        path = f"{self.folder.name}/report.html"
        self.assertEqual(self.report("--format", "html", "-o", path), "")
        self.assertTrue(pathlib.Path(path).read_text().startswith("<!DOCTYPE html>"))

    def test_what_cannot_be_done_says_why(self):
        self.assertIn("2026-02-31", self.report("--from", "2026-02-31", status=2))
        self.assertIn("--format", self.report("--format", "pdf", status=2))
        self.assertIn("nobody.db", self.report("--db", f"{self.folder.name}/nobody.db", status=2))
        self.assertFalse(pathlib.Path(f"{self.folder.name}/nobody.db").exists())
        self.assertIn("ends before", self.report("--from", "2030-01-01", status=2))

    def test_without_a_knowledge_base_things_are_called_by_their_ids(self):
        run = subprocess.run([LUUKKU, "report", "--kb", "/nowhere", "--db", self.db, "--to", TOMORROW], capture_output=True, text=True)
        self.assertEqual(run.returncode, 0)
        self.assertIn("warning: no titles", run.stderr)
        self.assertIn("delivery-cost" if "delivery-cost" in run.stdout else "delivery-price", run.stdout)


if __name__ == "__main__":
    unittest.main()
