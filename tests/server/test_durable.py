"""Nothing lost, nothing doubled: the server is killed at random moments while customers write, and what was acknowledged is counted.

LUUKKU_KILLS says how often (30 when it is not set); the seed is printed with a failure."""
import http.client
import os
import random
import socket
import threading
import time
import unittest

from harness import Server, rows, until

KILLS = int(os.environ.get("LUUKKU_KILLS", "30"))
SEED = int(os.environ.get("LUUKKU_SEED", "1"))
WRITERS = 4


class Writer(threading.Thread):
    """A customer whose client does as the API's description asks: an id of its own for each message, and the same message again until it is acknowledged."""

    def __init__(self, server, number):
        super().__init__(daemon=True)
        self.server, self.number = server, number
        self.conversation = server.conversation()
        self.acknowledged, self.answers, self.over, self.trouble = [], {}, False, None

    def run(self):
        for i in range(1000000):
            if self.over:
                return
            client_id, text = f"w{self.number}-{i}", f"viesti {self.number} {i}"
            while not self.over:
                try:
                    answer = self.conversation.say(text, client_id)
                except (OSError, http.client.HTTPException):
                    time.sleep(0.01)
                    continue
                if answer.status == 200:
                    self.acknowledged.append(client_id)
                    self.answers[client_id] = answer.body["messages"]
                    break
                if answer.status != 503:
                    self.trouble = answer.raw
                    return


class KillTest(unittest.TestCase):
    def test_kill_at_random_moments_loses_and_doubles_nothing(self):
        dice = random.Random(SEED)
        server = Server()
        self.addCleanup(server.remove)
        server.start()
        writers = [Writer(server, i) for i in range(WRITERS)]
        for w in writers:
            w.start()
        for _ in range(KILLS):
            time.sleep(dice.uniform(0, 0.15))
            server.kill()
            server.start()
        until(lambda: all(w.acknowledged for w in writers) or any(w.trouble for w in writers))
        for w in writers:
            w.over = True
        for w in writers:
            w.join(60)
            self.assertIsNone(w.trouble)
        self.count(server, writers)
        self.assertEqual(server.stop(), 0)
        self.assertEqual(rows(server.db, "PRAGMA integrity_check")[0][0], "ok")
        print(f"{KILLS} kills, {sum(len(w.acknowledged) for w in writers)} messages acknowledged, none lost, none doubled (seed {SEED})")

    def count(self, server, writers):
        for w in writers:
            history = w.conversation.history()
            mine = [m["text"] for m in history if m["from"] == "customer"]
            wanted = [f"viesti {w.number} {client_id.split('-')[1]}" for client_id in w.acknowledged]
            self.assertEqual(mine[:len(wanted)], wanted, f"seed {SEED}")
            self.assertLessEqual(len(mine), len(wanted) + 1)  # the last one may have been written without having been acknowledged
            by_id = {m["id"]: m for m in history}
            for messages in w.answers.values():
                for message in messages:
                    self.assertEqual(by_id[message["id"]]["text"], message["text"], f"seed {SEED}")
            turns = [m["turn"] for m in history if m["from"] == "customer"]
            self.assertEqual(turns, sorted(set(turns)))
            again = w.conversation.say("something else", w.acknowledged[0])
            self.assertTrue(again.body["repeated"])
            self.assertEqual([m["id"] for m in again.body["messages"]], [m["id"] for m in w.answers[w.acknowledged[0]]])


class InterleaveTest(unittest.TestCase):
    def test_turns_of_one_conversation_do_not_interleave(self):
        server = Server(workers=4)
        self.addCleanup(server.remove)
        server.start()
        self.addCleanup(server.stop)
        c = server.conversation()
        threads = [threading.Thread(target=lambda n=n: [c.say(f"{n}", f"t{n}-{i}") for i in range(15)]) for n in range(6)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        history = c.history()
        self.assertEqual(len([m for m in history if m["from"] == "customer"]), 90)
        turns = [m["turn"] for m in history]
        self.assertEqual(turns, sorted(turns))
        for turn in set(turns) - {1}:
            self.assertEqual([m["from"] for m in history if m["turn"] == turn].count("customer"), 1)

    def test_the_same_id_sent_many_times_at_once_is_one_message(self):
        server = Server(workers=4)
        self.addCleanup(server.remove)
        server.start()
        self.addCleanup(server.stop)
        c, answers = server.conversation(), []
        threads = [threading.Thread(target=lambda: answers.append(c.say("moi", "same"))) for _ in range(12)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        self.assertEqual([a.body["repeated"] for a in answers].count(False), 1)
        self.assertEqual(len([m for m in c.history() if m["from"] == "customer"]), 1)


class StopTest(unittest.TestCase):
    def test_an_orderly_stop_answers_what_was_accepted(self):
        for _ in range(5):
            server = Server(workers=1)
            server.start()
            conversations = [server.conversation() for _ in range(12)]
            answers, threads = [], []
            def say(c):
                try:
                    answers.append((c, c.say("moi", "last").status))
                except (OSError, http.client.HTTPException):
                    answers.append((c, 0))
            for c in conversations:
                threads.append(threading.Thread(target=say, args=(c,)))
                threads[-1].start()
            self.assertEqual(server.stop(), 0)
            for t in threads:
                t.join()
            server.start()
            for c, status in answers:
                kept = len([m for m in c.history() if m["from"] == "customer"])
                self.assertEqual(kept, 1 if status == 200 else 0 if status == 503 else kept)
                self.assertIn(status, (200, 503, 0))
            server.stop()
            server.remove()


class FullStoreTest(unittest.TestCase):
    def test_what_cannot_be_kept_is_not_acknowledged(self):
        server = Server()
        self.addCleanup(server.remove)
        server.start()
        self.addCleanup(server.stop)
        c = server.conversation()
        import sqlite3
        lock = sqlite3.connect(server.db, isolation_level=None, timeout=30)
        lock.execute("BEGIN IMMEDIATE")
        answer = c.say("moi", "locked")
        self.assertEqual(answer.status, 503)
        self.assertIn("retry-after", answer.headers)
        lock.execute("ROLLBACK")
        lock.close()
        answer = c.say("moi", "locked")
        self.assertEqual((answer.status, answer.body["repeated"]), (200, False))
        self.assertEqual(len([m for m in c.history() if m["from"] == "customer"]), 1)


if __name__ == "__main__":
    unittest.main()
