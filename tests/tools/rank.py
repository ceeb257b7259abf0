#!/usr/bin/env python3
"""luukku rank with a saved index: the answers are those of the documents, whatever the threads, and what is no such index is refused."""
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

PROGRAM = sys.argv.pop(1)
DOCUMENTS = "d1\tToimitus\tToimitus maksaa 4,90 euroa.\nd2\tPalautus\tTuotteen voi palauttaa 30 päivän kuluessa.\n\nd3\tTakuu\nö4\tLahjakortti\tLahjakortti on voimassa vuoden\r\n"
QUERIES = "q1\tpaljonko toimitus maksaa\nq2\tlahjakorti\nq3\txyzzy\n"


class Rank(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.docs, self.queries, self.index = self.folder / "docs.tsv", self.folder / "queries.tsv", self.folder / "index"
        self.docs.write_text(DOCUMENTS, encoding="utf-8", newline="")
        self.queries.write_text(QUERIES, encoding="utf-8")

    def rank(self, *arguments, status=0, asked=None):
        done = subprocess.run([PROGRAM, "rank", *map(str, arguments)], capture_output=True, text=True, timeout=120, input=asked)
        self.assertEqual(done.returncode, status, done.stderr)
        return done

    def save(self, *more):
        self.rank("--docs", self.docs, "--no-voikko", "--save", self.index, *more)

    def answers(self, *arguments):
        return self.rank(*arguments, "--queries", self.queries).stdout

    def test_a_saved_index_answers_as_its_documents(self):
        built = self.answers("--docs", self.docs, "--no-voikko")
        self.assertRegex(built, r"^q1 Q0 d1 1 \d+\.\d+ luukku\n")
        self.assertIn("q2 Q0 ö4 1 ", built)
        self.save()
        self.docs.unlink()
        self.assertEqual(self.answers("--index", self.index), built)

    def test_threads_and_rounds_change_nothing(self):
        self.docs.write_text("".join(f"d{d}\tsana{d % 7} toinen{d % 11}\tkolmas{d % 13} neljäs{d}\n" for d in range(3000)), encoding="utf-8")
        self.queries.write_text("".join(f"q{q}\tsana{q % 7} kolmas{q % 13}\n" for q in range(200)), encoding="utf-8")
        one = self.answers("--docs", self.docs, "--no-voikko")
        self.assertEqual(self.answers("--docs", self.docs, "--no-voikko", "--threads", 2, "--rounds", 3), one)
        self.save("--threads", 3)
        self.assertEqual(self.answers("--index", self.index, "--threads", 4), one)

    def test_documents_come_from_standard_input_too(self):
        self.rank("--docs", "-", "--no-voikko", "--save", self.index, asked=DOCUMENTS)
        self.assertEqual(self.answers("--index", self.index), self.answers("--docs", self.docs, "--no-voikko"))

    def test_documents_with_the_dictionary_ask_for_it_when_they_are_mapped(self):
        self.rank("--docs", self.docs, "--save", self.index)
        self.assertEqual(self.answers("--index", self.index), self.answers("--docs", self.docs))

    def test_stats_are_of_the_file_and_the_process(self):
        built = json.loads(self.rank("--docs", self.docs, "--no-voikko", "--save", self.index, "--stats").stderr)
        self.assertEqual((built["documents"], built["index_bytes"]), (4, self.index.stat().st_size))
        self.assertGreaterEqual(built["build_seconds"], built["analysis_seconds"])
        self.assertNotIn("queries", built)
        mapped = json.loads(self.rank("--index", self.index, "--queries", self.queries, "--stats", "--threads", 2, "--rounds", 2).stderr)
        self.assertEqual((mapped["documents"], mapped["queries"], mapped["threads"], mapped["build_seconds"]), (4, 3, 2, 0))
        self.assertGreaterEqual(mapped["cold_ms"], mapped["open_seconds"] * 1000)
        self.assertGreater(mapped["peak_rss_bytes"], 0)

    def test_a_damaged_or_foreign_index_is_refused(self):
        self.save()
        good = self.index.read_bytes()
        for bad, why in ((good[:-1], "cut short"), (good[:len(good) // 2] + bytes([good[len(good) // 2] ^ 1]) + good[len(good) // 2 + 1:], "damaged"),
                         (b"", "no index file"), (DOCUMENTS.encode() * 20, "no index file")):
            self.index.write_bytes(bad)
            told = self.rank("--index", self.index, "--queries", self.queries, status=2).stderr
            self.assertIn(f"{self.index}", told)
            self.assertIn(why, told)
            self.assertIn("; make it with luukku rank --save", told)
        kb_index = subprocess.run([PROGRAM, "ask", "--index", self.index, "toimitus"], capture_output=True, text=True, timeout=120)
        self.assertEqual(kb_index.returncode, 2)

    def test_another_language_than_the_index_has_is_refused(self):
        self.save()
        self.assertIn("another language (fi)", self.rank("--index", self.index, "--queries", self.queries, "--lang", "sv", status=2).stderr)
        self.assertTrue(self.answers("--index", self.index, "--lang", "fi"))

    def test_wrong_usage_is_told(self):
        for arguments, why in (((), "--docs"), (("--docs", self.docs), "--queries"), (("--docs", self.docs, "--index", self.index, "--queries", self.queries), "--index"),
                               (("--index", self.index, "--save", self.index, "--queries", self.queries), "--save"), (("--index", self.index), "--queries"),
                               (("--docs", self.docs, "--queries", self.queries, "--threads", "0"), "--threads"),
                               (("--docs", self.folder / "missing", "--queries", self.queries), "cannot be read"),
                               (("--index", self.folder / "missing", "--queries", self.queries), "can't be read"),
                               (("--docs", self.docs, "--queries", self.folder / "missing"), "cannot be read"),
                               (("--docs", self.docs, "--save", self.folder / "no" / "where"), "can't be written")):
            self.assertIn(why, self.rank(*arguments, status=2).stderr)

    def test_a_text_that_is_too_long_is_told_with_its_document(self):
        self.docs.write_text("d1\ta\tb\nd2\ta\t" + "sana " * 20000 + "\n", encoding="utf-8")
        self.assertIn("document d2: the text has", self.rank("--docs", self.docs, "--save", self.index, status=2).stderr)
        self.assertFalse(self.index.exists())


if __name__ == "__main__":
    unittest.main()
