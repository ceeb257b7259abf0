#!/usr/bin/env python3
"""The benchmark's own parts: the made collections, and what is said of an engine that has no figures."""
import pathlib
import tempfile
import unittest
import unittest.mock

import collection
import peers


class Folder(unittest.TestCase):
    def setUp(self):
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.folder = pathlib.Path(place.name)

    def made(self, name, documents=50, questions=20):
        folder = self.folder / name
        folder.mkdir()
        collection.write(folder, documents, questions)
        return folder


class Collections(Folder):
    def test_the_same_numbers_make_the_same_collection(self):
        first, second = self.made("first"), self.made("second")
        for name in ("docs.tsv", "queries.tsv", "qrels.tsv"):
            self.assertEqual((first / name).read_bytes(), (second / name).read_bytes())

    def test_every_question_has_five_words_and_a_document_that_exists(self):
        work = peers.Work("made", self.made("one"), 1)
        rows = [line.split("\t") for line in work.queries.read_text(encoding="utf-8").splitlines()]
        self.assertEqual([len(text.split()) for _, text in rows], [5] * 20)
        self.assertEqual({name for name, _ in rows}, set(work.gold))
        self.assertTrue(all(documents <= set(work.names) for documents in work.gold.values()))

    def test_only_questions_that_are_asked_count(self):
        folder = self.made("one")
        (folder / "queries.tsv").write_text("q3\tmikä\n", encoding="utf-8")
        self.assertEqual(set(peers.Work("made", folder, 1).gold), {"q3"})

    def test_more_questions_than_documents_ask_for_some_twice(self):
        work = peers.Work("made", self.made("few", 3, 8), 1)
        self.assertEqual(len(work.gold), 8)

    def test_a_noun_is_inflected_with_the_vowels_of_its_own(self):
        forms = collection.forms("kenkä kengä kenkä kenkää kenkään kengi kenkiä kenkien kenkiin".split())
        self.assertLess({"kengän", "kengässä", "kengillä", "kenkänä", "kenkäkö"}, set(forms))
        self.assertEqual(len(forms), len(collection.FORM_WEIGHTS))

    def test_words_never_seen_are_in_no_document_and_in_one_question_only(self):
        known = set((self.made("one") / "docs.tsv").read_text(encoding="utf-8").lower().split())
        questions = [question.split() for question in collection.strangers(100, known)]
        words = [word for question in questions for word in question]
        self.assertEqual([len(question) for question in questions], [5] * 100)
        self.assertEqual((len(set(words)), set(words) & known), (500, set()))
        self.assertEqual(collection.strangers(100, known), [" ".join(question) for question in questions])

    def test_an_error_leaves_the_first_and_the_last_letter(self):
        dice = collection.random.Random(1)
        for _ in range(200):
            self.assertRegex(collection.mistyped("toimitus", dice), "^t.*s$")
        self.assertEqual(collection.mistyped("tili", dice), "tili")


class HalfWorking(peers.Engine):
    """Answers everything, and fails with two threads."""

    def build(self, work, index):
        return {"build_seconds": 1, "build_peak": 1, "index_bytes": 1, "version": "1"}

    def ask(self, work, index, threads):
        return {"answers": {name: list(documents) for name, documents in work.gold.items()}, "queries": 20, "p50_us": 7, "p99_us": 9, "first_p50_us": 8,
                "queries_per_second": 100, "peak": 1}

    def threads(self, work, index):
        raise peers.Failure("no second thread")

    def cold(self, work, index):
        return 0.5


class Figures(Folder):
    def test_quality_counts_the_first_right_document_of_ten(self):
        work = peers.Work("made", self.made("one", 20, 4), 1)
        work.gold = {"q0": {"d1"}, "q1": {"d2", "d3"}, "q2": {"d4"}, "q3": {"d5"}}
        answers = {"q0": ["d1"], "q1": ["d9", "d3", "d2"], "q2": [], "q3": [f"d{i}" for i in range(8, 18)] + ["d5"]}
        self.assertEqual(work.quality(answers), (1.5 / 4, 1 / 4))

    def test_a_ratio_has_two_digits_and_none_where_there_is_no_figure(self):
        self.assertEqual(peers.beside(50, 20), "50 (2.5×)")
        self.assertEqual(peers.beside(5000, 20), "5,000 (250×)")
        self.assertEqual(peers.beside(1, 400), "1 (0.0025×)")
        self.assertEqual(peers.beside(None, 20), "–")

    def test_a_missing_engine_and_a_failed_one_have_rows_that_say_so(self):
        work = peers.Work("made", self.made("one"), 1)
        printed = peers.table(work, [peers.Luukku("luukku")], {"**Luukku**": peers.Failure("failed: no memory")}, {"Xapian": "not measured: install libxapian-dev and g++"})
        self.assertIn("| **Luukku** | failed: no memory |", printed)
        self.assertIn("| Xapian | not measured: install libxapian-dev and g++ |", printed)

    def test_what_fails_after_a_round_leaves_the_figures_and_a_note(self):
        work, engine = peers.Work("made", self.made("one"), 2), HalfWorking("Half", [], "")
        printed = peers.table(work, [engine], peers.measure(work, [engine], lambda text: None), {})
        self.assertIn("| Half | 1.000 | 1.000 | 7 |", printed)
        self.assertIn("Half, two threads: no second thread.", printed)

    def test_two_threads_are_held_against_one_by_the_best_of_the_rounds(self):
        class Busy(HalfWorking):
            two = [150, 190, 120]

            def threads(self, work, index):
                return self.two.pop(0)

        work, engine = peers.Work("made", self.made("one"), 3), Busy("Busy", [], "")
        row = peers.measure(work, [engine], lambda text: None)["Busy"]
        self.assertEqual((row["scale"], row["two"]), (1.9, 150))

    def test_an_engine_that_takes_long_for_a_round_has_one_round_only(self):
        class Slow(HalfWorking):
            asked = 0

            def ask(self, work, index, threads):
                self.asked += 1
                return super().ask(work, index, threads)

            def threads(self, work, index):
                return 1

        work, slow, quick = peers.Work("made", self.made("one"), 3), Slow("Slow", [], ""), Slow("Quick", [], "")
        peers.measure(work, [quick], lambda text: None)
        with unittest.mock.patch.object(peers, "PATIENCE", 0):
            peers.measure(work, [slow], lambda text: None)
        self.assertEqual((quick.asked, slow.asked), (3, 1))

    def test_engines_measured_later_stand_in_the_same_table(self):
        work, first, second = peers.Work("made", self.made("one"), 1), HalfWorking("First", [], ""), HalfWorking("Second", [], "")
        rows = peers.measure(work, [second], lambda text: None)
        rows.update(peers.measure(work, [first], lambda text: None))
        printed = peers.table(work, [first, second], rows, {})
        self.assertLess(printed.index("| First |"), printed.index("| Second |"))

    def test_a_process_is_measured_without_the_memory_of_the_one_that_started_it(self):
        ballast = bytearray(200_000_000)
        ballast[::4096] = b"x" * len(ballast[::4096])
        stats, out, peak, _ = peers.run(["sh", "-c", "echo found; echo '{\"build_seconds\": 2}' >&2"])
        self.assertEqual((stats, out), ({"build_seconds": 2}, "found\n"))
        self.assertTrue(0 < peak < 50_000_000, peak)

    def test_a_process_that_fails_or_does_not_end_is_no_silence(self):
        with self.assertRaisesRegex(peers.Failure, "failed: no such index"):
            peers.run(["sh", "-c", "echo no such index >&2; exit 3"])
        with self.assertRaisesRegex(peers.Failure, "not done within 1 s"):
            peers.run(["sleep", "60"], 1)

    def test_when_the_time_of_a_run_is_over_no_engine_begins(self):
        work = peers.Work("made", self.made("one"), 1, deadline=0)
        row, = peers.measure(work, [peers.Luukku("luukku")], lambda text: None).values()
        self.assertEqual(str(row), "not measured: the run's time was over")

    def test_made_documents_become_articles_in_files_of_so_many(self):
        work = peers.Work("made", self.made("one"), 1)
        peers.write_articles(work, self.folder, 20)
        files = sorted(path.name for path in self.folder.glob("documents-*.xml"))
        self.assertEqual(files, ["documents-0.xml", "documents-20.xml", "documents-40.xml"])


if __name__ == "__main__":
    unittest.main()
