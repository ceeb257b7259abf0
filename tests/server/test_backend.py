"""A shop's own backend behind the chat: actions that only the shop knows, in whole conversations."""
import hashlib
import hmac
import http.server
import json
import os
import subprocess
import threading
import unittest

from harness import PATIENCE, PROGRAM, Server, rows

SECRET = "a secret that the backend shares with the server"


def intent(name, question, variant):
    return (f'<intent id="do-{name}" category="order" updated="2026-01-01"><question>{question}</question><variant>{variant}</variant>'
            '<slot name="order" type="order-number" ask="ask-order"/><slot name="proof" type="email postcode" ask="ask-proof"/>'
            f'<action name="shop.{name}" confirm="confirm-{name}"/></intent>'
            f'<message id="confirm-{name}">Tehdäänkö {name} tilaukselle {{order}}?</message><message id="done-{name}">Tehty: {name}, tunnus {{code}}.</message>')


class Backend(http.server.BaseHTTPRequestHandler):
    """Wraps gifts; engraves nothing that is packed; does not know what polishing is."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        operation = self.path.rsplit("/", 1)[1]
        signed = f"{self.headers['Luukku-Timestamp']}.{operation}.".encode() + body
        right = "sha256=" + hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
        call = json.loads(body)
        self.server.calls.append((operation, self.headers["Idempotency-Key"], call))
        answers = {"shop.giftwrap": {"reason": "done", "reference": "LAHJA-7"}, "shop.engrave": {"reason": "already-packed"}}
        answer = answers.get(call.get("action"))
        status = 401 if self.headers["Luukku-Signature"] != right else 404 if answer is None else 200
        text = json.dumps(answer or {}).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        pass


class BackendTest(unittest.TestCase):
    def setUp(self):
        self.backend = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Backend)
        self.backend.calls = []
        threading.Thread(target=self.backend.serve_forever).start()
        self.addCleanup(self.backend.server_close)
        self.addCleanup(self.backend.shutdown)
        self.server = Server()
        self.addCleanup(self.server.remove)
        secret, orders = (os.path.join(self.server.folder, name) for name in ("secret", "orders.db"))
        with open(secret, "w", encoding="utf-8") as file:
            file.write(SECRET + "\n")
        subprocess.run([PROGRAM, "orders", "init", "--orders", orders], check=True, capture_output=True, timeout=PATIENCE)
        with open(os.path.join(self.server.kb, "fi", "zz-own.xml"), "w", encoding="utf-8") as file:
            file.write('<kb xmlns="urn:luukku:kb:1" xml:lang="fi">' + intent("giftwrap", "Paketoi tilaukseni lahjaksi.", "haluan lahjapaketin tilaukselleni")
                       + intent("engrave", "Kaiverra nimi tilaamaani lusikkaan.", "haluan kaiverruksen lusikkaan")
                       + intent("polish", "Kiillota tilaamani lusikka.", "haluan lusikalle kiillotuksen") + "</kb>")
        self.server.settings.update({"orders": orders, "backend-url": f"http://127.0.0.1:{self.backend.server_port}/luukku", "backend-secret-file": secret})
        self.server.start()
        self.addCleanup(self.server.stop)

    def led_to_the_question(self, wish, name):
        c = self.server.conversation()
        c.say(wish)
        c.say("100234")
        asked = c.say("00100").body["messages"]
        self.assertIn(f"Tehdäänkö {name} tilaukselle 100234?", [m["text"] for m in asked])
        self.assertEqual(self.backend.calls, [])  # nothing before the customer has said yes
        return c

    def event(self, c):
        return rows(self.server.db, "SELECT e.type, e.reason FROM event e JOIN conversation c ON c.key = e.conversation WHERE c.id = ? AND e.type LIKE 'action.%'", c.id)

    def test_an_action_that_only_the_shop_knows_is_done_by_it_once(self):
        c = self.led_to_the_question("haluan lahjapaketin tilaukselleni", "giftwrap")
        first, again = c.say("kyllä", "yes").body, c.say("kyllä", "yes").body
        self.assertIn("Tehty: giftwrap, tunnus LAHJA-7.", [m["text"] for m in first["messages"]])
        self.assertTrue(again["repeated"])
        [(operation, key, call)] = self.backend.calls
        self.assertEqual((operation, call["action"], call["order"], call["key"]), ("perform", "shop.giftwrap", "100234", key))
        self.assertEqual(self.event(c), [("action.performed", None)])

    def test_what_the_shop_refuses_is_told_with_its_reason_and_nothing_is_claimed(self):
        c = self.led_to_the_question("haluan kaiverruksen lusikkaan", "engrave")
        said = c.say("kyllä").body["messages"]
        self.assertIn("refused-packed", [m.get("entry") for m in said])
        self.assertFalse([m for m in said if m["text"].startswith("Tehty")])
        self.assertEqual(self.event(c), [("action.refused", "already-packed")])

    def test_what_the_shop_does_not_know_is_told_as_not_done(self):
        c = self.led_to_the_question("haluan lusikalle kiillotuksen", "polish")
        answer = c.say("kyllä").body
        self.assertFalse([m for m in answer["messages"] if m["text"].startswith("Tehty")])
        self.assertEqual([type for type, _ in self.event(c)], ["action.refused"])

    def test_a_backend_that_is_away_brings_a_person(self):
        c = self.led_to_the_question("haluan lahjapaketin tilaukselleni", "giftwrap")
        self.backend.shutdown()
        self.backend.server_close()
        answer = c.say("kyllä").body
        self.assertIn("trouble-orders", [m.get("entry") for m in answer["messages"]])
        self.assertEqual(answer["state"]["phase"], "waiting")
        self.assertEqual(self.event(c), [("action.failed", "backend")])

    def test_the_other_actions_stay_with_the_order_book(self):
        c = self.server.conversation()
        c.say("tilaus 100234 tilanne")
        self.assertTrue([m for m in c.say("00100").body["messages"] if m.get("card")])
        self.assertEqual(self.backend.calls, [])


if __name__ == "__main__":
    unittest.main()
