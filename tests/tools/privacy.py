#!/usr/bin/env python3
"""luukku privacy as a program: what is given out is all there is, and what is erased is in no byte of the database any more."""
import json
import pathlib
import resource
import sqlite3
import subprocess
import sys
import tempfile
import unittest

PROGRAM, SAMPLE = sys.argv.pop(1), pathlib.Path(sys.argv.pop(1))
MESSAGES = {
    "anna": ["missä tilaukseni 100234 viipyy", "anna.virtanen@posti.example", "kiitos xyzannasana"],
    "bertil": ["haluan jutella ihmiselle, numeroni on +358 (0)40 765 4321", "xyzbertilsana"],
    "carita": ["paljonko toimitus maksaa", "xyzcaritasana"],
    "vanha": ["paljonko toimitus maksaa", "xyzvanhasana"],
}


class Privacy(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.db, cls.ids = pathlib.Path(folder.name) / "conversations.db", {}
        for name, lines in MESSAGES.items():
            before = set(cls.kept())
            cls.chat(lines, "2020-01-02 12:00" if name == "vanha" else "2026-11-02 12:00")
            (cls.ids[name],) = set(cls.kept()) - before
        cls.filled = {path.name: path.read_bytes() for path in cls.db.parent.iterdir()}

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        self.db = self.root / "conversations.db"
        for name, text in self.filled.items():
            (self.root / name).write_bytes(text)

    @classmethod
    def chat(cls, lines, now):
        done = subprocess.run([PROGRAM, "chat", "--kb", SAMPLE, "--db", cls.db, "--now", now], input="\n".join(lines) + "\n", capture_output=True, text=True, timeout=120)
        if done.returncode:
            raise AssertionError(done.stderr)

    @classmethod
    def kept(cls, db=None):
        db = db or cls.db
        if not db.exists():
            return []
        with sqlite3.connect(db) as base:
            return [row[0] for row in base.execute("select id from conversation")]

    def run_privacy(self, *arguments, db=True):
        done = subprocess.run([PROGRAM, "privacy", *map(str, arguments), *(["--db", str(self.db)] if db else [])], capture_output=True, text=True, timeout=120)
        return done.returncode, done.stdout, done.stderr

    def bytes(self):
        return b"".join(path.read_bytes() for path in self.root.iterdir())

    def found(self, *who):
        status, said, _ = self.run_privacy("erase", "--dry-run", "--json", *who)
        found = {conversation["id"] for conversation in json.loads(said)["conversations"]} if said.strip() else set()
        self.assertEqual(status, 0 if found else 1)
        return {name for name, id in self.ids.items() if id in found}

    def test_a_customer_is_found_by_what_is_known(self):
        self.assertEqual(self.found("--conversation", self.ids["anna"]), {"anna"})
        self.assertEqual(self.found("--email", "ANNA.Virtanen@posti.example"), {"anna"})
        self.assertEqual(self.found("--email", "virtanen@posti.example"), set())
        self.assertEqual(self.found("--order", "100234"), {"anna"})
        self.assertEqual(self.found("--order", "10023"), set())
        for phone in ("040-7654321", "+358407654321", "00358 40 7654321", "(040) 765 43 21"):
            self.assertEqual(self.found("--phone", phone), {"bertil"}, phone)
        self.assertEqual(self.found("--phone", "0407654322"), set())
        self.assertEqual(self.found("--email", "anna.virtanen@posti.example", "--phone", "0407654321"), {"anna", "bertil"})
        self.assertEqual(self.found("--customer", "nobody"), set())

    def test_an_export_has_every_message_and_nobody_elses(self):
        file = self.root / "export.json"
        status, said, told = self.run_privacy("export", "--email", "anna.virtanen@posti.example", "-o", file)
        self.assertEqual((status, said), (0, ""), told)
        self.assertEqual(file.stat().st_mode & 0o777, 0o600)
        (conversation,) = json.loads(file.read_text())["conversations"]
        self.assertEqual(conversation["id"], self.ids["anna"])
        self.assertEqual([m["text"] for m in conversation["messages"] if m["author"] == "customer"], MESSAGES["anna"])
        self.assertTrue(conversation["events"])
        self.assertNotIn("xyzbertil", file.read_text())
        self.assertEqual(self.run_privacy("export", "--email", "anna.virtanen@posti.example", "-o", file)[0], 2)

    def test_what_is_erased_is_in_no_byte_of_the_database_or_its_log(self):
        secrets = [b"xyzannasana", b"anna.virtanen@posti.example", self.ids["anna"].encode()]
        for secret in secrets:
            self.assertIn(secret, self.bytes())
        with sqlite3.connect(self.db) as reader:  # somebody has it open, as luukku serve does
            reader.execute("select count(*) from sqlite_master").fetchall()
            status, said, told = self.run_privacy("erase", "--email", "anna.virtanen@posti.example")
        self.assertEqual((status, "1 conversation erased" in said), (0, True), told)
        for secret in secrets:
            self.assertNotIn(secret, self.bytes())
        self.assertIn(b"xyzbertilsana", self.bytes())
        self.assertEqual(set(self.kept(self.db)), {self.ids["bertil"], self.ids["carita"], self.ids["vanha"]})
        self.assertEqual(self.run_privacy("erase", "--email", "anna.virtanen@posti.example")[0], 1)

    def test_all_of_a_customers_conversations_are_erased_while_somebody_reads(self):
        for name in ("anna", "carita"):
            self.say(name, "sama@posti.example")
        with sqlite3.connect(self.db, isolation_level=None) as reader:
            reader.execute("begin")
            reader.execute("select count(*) from message").fetchall()
            status, _, told = self.run_privacy("erase", "--email", "sama@posti.example")
            reader.execute("rollback")
        self.assertEqual((status, set(self.kept(self.db))), (2, {self.ids["bertil"], self.ids["vanha"]}), told)
        self.assertIn("is still in the store's log", told)
        self.assertEqual(self.run_privacy("purge", "--older-than", "36500")[0], 0)
        self.assertNotIn(b"sama@posti.example", self.bytes())

    def test_a_dry_run_deletes_nothing(self):
        status, said, _ = self.run_privacy("erase", "--order", "100234", "--dry-run")
        self.assertEqual(status, 0)
        self.assertIn("1 conversation would be erased; nothing was", said)
        self.assertIn(self.ids["anna"], said)
        status, said, _ = self.run_privacy("purge", "--older-than", "0", "--dry-run")
        self.assertIn("would be purged", said)
        self.assertEqual(len(self.kept(self.db)), 4)

    def test_a_purge_takes_what_is_past_its_time(self):
        dry = json.loads(self.run_privacy("purge", "--kb", SAMPLE, "--dry-run", "--json")[1])
        self.assertEqual(len(dry["conversations"]), 1)
        status, said, told = self.run_privacy("purge", "--kb", SAMPLE)
        self.assertEqual((status, said), (0, "1 conversation older than 365 days purged\n"), told)
        self.assertNotIn(b"xyzvanhasana", self.bytes())
        self.assertEqual(set(self.kept(self.db)), set(self.ids.values()) - {self.ids["vanha"]})

    def say(self, name, text):
        with sqlite3.connect(self.db) as base:
            base.execute("update message set text = ? where id = (select min(m.id) from message m join conversation c on c.key = m.conversation where c.id = ? and m.author = 'customer')", (text, self.ids[name]))

    def test_a_telephone_number_is_found_behind_other_numbers(self):
        self.say("carita", "kortti 4242 4242 4242 4242 040 111 2223")
        self.say("vanha", "4242424242424242 0401112223 ja 100234")
        self.assertEqual(self.found("--phone", "+358 40 1112223"), {"carita", "vanha"})

    def test_half_an_export_is_not_left_as_if_it_were_all(self):
        self.say("anna", "x" * 200000)
        file = self.root / "export.json"
        limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536))  # as a full disk does, writing fails in between
        done = subprocess.run([PROGRAM, "privacy", "export", "--db", self.db, "--conversation", self.ids["anna"], "-o", file], capture_output=True, text=True, timeout=60, preexec_fn=limit, restore_signals=False)
        self.assertEqual((done.returncode, file.exists()), (2, False), done.stderr)
        self.assertIn("can't be written", done.stderr)

    def test_a_word_is_nobodys_address_or_order(self):
        for who in [("--email", "on"), ("--email", "--dry-run"), ("--email", "@b.example"), ("--order", "tilaukseni")]:
            status, _, told = self.run_privacy("erase", *who)
            self.assertEqual(status, 2, told)
            self.assertIn(f"'{who[1]}' is no ", told)

    def test_misuse_is_told_apart(self):
        for arguments in [[], ["shred"], ["erase"], ["export"], ["purge", "--older-than", "soon"], ["purge", "--email", "a@b.example"], ["erase", "--email", ""], ["erase", "--phone", "040"], ["purge", "x"]]:
            self.assertEqual(self.run_privacy(*arguments)[0], 2, arguments)
        self.assertEqual(self.run_privacy("purge", db=False)[0], 2)
        missing = self.root / "missing.db"
        done = subprocess.run([PROGRAM, "privacy", "purge", "--older-than", "1", "--db", missing], capture_output=True, text=True, timeout=60)
        self.assertEqual((done.returncode, missing.exists()), (2, False))
        self.assertIn("there is no such database", done.stderr)
        other = self.root / "other.db"
        other.write_text("no database at all, though long enough to be looked at")
        done = subprocess.run([PROGRAM, "privacy", "erase", "--customer", "x", "--db", other], capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 2)


if __name__ == "__main__":
    unittest.main()
