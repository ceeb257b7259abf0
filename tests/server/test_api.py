"""The customer's side of the API. Every answer is held against openapi.yaml by the harness."""
import json
import os
import subprocess
import unittest


from harness import API, PROGRAM, SOURCE, Case, Server, rows, until


class ConversationTest(Case):
    def test_it_begins_with_a_greeting_and_a_token(self):
        c = self.server.conversation(lang="fi")
        self.assertEqual(c.started["state"]["phase"], "bot")
        self.assertEqual(c.started["messages"][0]["from"], "bot")
        self.assertGreaterEqual(len(c.token), 32)

    def test_it_begins_in_the_language_that_is_asked_for(self):
        texts = {lang: self.server.conversation(lang=lang).started["messages"][0]["text"] for lang in ("fi", "sv", "en")}
        self.assertEqual(len(set(texts.values())), 3)
        self.assertEqual(self.server.call("POST", "/api/v1/conversations").status, 201)

    def test_a_question_is_answered_with_the_article(self):
        answer = self.server.conversation().say("paljonko maksaa toimitus")
        self.assertEqual(answer.status, 200)
        article = [m for m in answer.body["messages"] if m.get("entry") == "delivery-cost"]
        self.assertEqual(len(article), 1)
        self.assertTrue(article[0]["rate"])
        self.assertIn("<li>", article[0]["html"])
        self.assertNotIn("<", article[0]["text"])

    def test_no_customer_gets_a_cookie(self):
        answer = self.server.call("POST", "/api/v1/conversations", {})
        self.assertNotIn("set-cookie", answer.headers)

    def test_the_same_client_id_is_one_message_with_one_answer(self):
        c = self.server.conversation()
        first, second = c.say("moi", "one-id"), c.say("moi", "one-id")
        self.assertFalse(first.body["repeated"])
        self.assertTrue(second.body["repeated"])
        self.assertEqual(first.body["messages"], second.body["messages"])
        self.assertEqual(len([m for m in c.history() if m["from"] == "customer"]), 1)

    def test_history_goes_on_after_a_message(self):
        c = self.server.conversation()
        c.say("moi")
        everything = c.history()
        self.assertEqual(c.history(everything[1]["id"]), everything[2:])

    def test_a_choice_is_taken_by_its_payload(self):
        c = self.server.conversation()
        for text in ("palautus", "toimitus", "maksu", "kortti", "lasku ei tullut", "paketti", "tili"):
            messages = c.say(text).body["messages"]
            if messages[-1].get("choices"):
                choice = messages[-1]["choices"][0]
                answer = c.say(choice["label"], choice=choice["payload"])
                self.assertEqual(answer.status, 200)
                self.assertGreater(len(answer.body["messages"]), 1)
                return
        self.fail("nothing was offered")

    def test_ratings_are_kept_as_events(self):
        c = self.server.conversation()
        article = [m for m in c.say("paljonko maksaa toimitus").body["messages"] if m.get("rate")][0]
        for rating in ({"kind": "helpful", "value": 1, "message": article["id"]}, {"kind": "csat", "value": 5, "text": "soita 040 123 4567"},
                       {"kind": "nps", "value": 10}):
            self.assertEqual(c.call("POST", "/rating", rating).status, 204)
        kept = rows(self.server.db, "SELECT type, number, entry, text FROM event WHERE type LIKE 'rated.%' ORDER BY id DESC LIMIT 3")
        self.assertEqual([(r[0], r[1]) for r in kept], [("rated.nps", 10), ("rated.csat", 5), ("rated.helpful", 1)])
        self.assertEqual(kept[2][2], "delivery-cost")
        self.assertNotIn("123 4567", kept[1][3])

    def test_a_rating_that_does_not_exist_is_refused(self):
        c = self.server.conversation()
        for rating in ({"kind": "csat", "value": 6}, {"kind": "nps", "value": -1}, {"kind": "stars", "value": 1}, {"kind": "helpful", "value": 1, "message": 1},
                       {"kind": "csat"}, {"kind": "csat", "value": "5"}, {"kind": "csat", "value": True}):
            self.assertEqual(c.call("POST", "/rating", rating).code, "bad-member", rating)

    def test_an_ended_conversation_can_be_taken_up_again(self):
        c = self.server.conversation()
        self.assertEqual(c.call("POST", "/end").body["phase"], "ended")
        self.assertEqual(c.call("POST", "/end").body["phase"], "ended")
        self.assertEqual(c.say("moi").body["state"]["phase"], "bot")

    def test_the_transcript_is_a_text_file(self):
        c = self.server.conversation()
        c.say("moi vaan")
        answer = c.call("GET", "/transcript")
        self.assertIn("moi vaan", answer.raw.decode())
        self.assertIn("attachment", answer.headers["content-disposition"])

    def test_erasing_leaves_nothing(self):
        c = self.server.conversation()
        c.say("poista tämä salaisuus")
        self.assertEqual(c.call("DELETE").status, 204)
        self.assertEqual(c.call("GET").code, "no-conversation")
        self.assertEqual(rows(self.server.db, "SELECT count(*) FROM message WHERE text LIKE '%salaisuus%'")[0][0], 0)

    def test_the_shop_tells_limits_hours_and_ratings(self):
        shop = self.server.call("GET", "/api/v1/shop?lang=sv").body
        self.assertEqual(shop["limits"], {"message": 2000, "body": 16384})
        self.assertTrue(shop["availability"]["open"])


class CardTest(unittest.TestCase):
    def test_an_order_s_status_is_a_card_in_the_answer_in_history_and_in_events(self):
        server = Server()
        self.addCleanup(server.remove)
        server.settings["orders"] = os.path.join(server.folder, "orders.db")
        subprocess.run([PROGRAM, "orders", "init", "--orders", server.settings["orders"]], check=True, stdout=subprocess.DEVNULL)
        server.start()
        self.addCleanup(server.stop)
        for lang, text, state in (("fi", "tilaus 100234 tilanne", "matkalla"), ("sv", "status för beställning 100234", "på väg"), ("en", "status of order 100234", "on its way")):
            c = server.conversation(lang=lang)
            events = c.events()
            self.addCleanup(events.close)
            c.say(text)
            told = c.say("00100").body["messages"]
            [said] = [m for m in told if "card" in m]
            card = said["card"]
            self.assertEqual((card["number"], card["state"], card["state_name"]), ("100234", "shipped", state))
            self.assertRegex(card["link"], "^https://")
            self.assertIn(card["expected_day"], said["text"])
            self.assertTrue(card["lines"] and all(line["name"] and line["quantity"] > 0 for line in card["lines"]))
            for m in told:
                self.assertEqual(m["from"] == "bot", "html" in m)
            self.assertEqual([m for m in c.history() if m["id"] == said["id"]], [said])
            self.assertEqual(next(data for _, number, data in iter(lambda: events.next("message"), None) if number == said["id"]), said)


class TokenTest(Case):
    def test_a_token_opens_its_own_conversation_only(self):
        a, b = self.server.conversation(), self.server.conversation()
        a.token, b.token = b.token, a.token
        self.assertEqual(a.call("GET").code, "bad-token")
        self.assertEqual(b.say("moi").code, "bad-token")

    def test_a_token_is_needed_everywhere(self):
        c = self.server.conversation()
        for method, rest in (("GET", ""), ("DELETE", ""), ("GET", "/messages"), ("POST", "/messages"), ("GET", "/events"), ("POST", "/typing"),
                             ("POST", "/rating"), ("POST", "/end"), ("POST", "/withdraw"), ("GET", "/transcript")):
            answer = self.server.call(method, f"/api/v1/conversations/{c.id}{rest}")
            self.assertEqual((answer.status, answer.code), (401, "no-token"), rest)

    def test_a_changed_token_is_refused(self):
        c = self.server.conversation()
        for at in (0, 20, 42):
            other = "A" if c.token[at] != "A" else "B"
            wrong = c.token[:at] + other + c.token[at + 1:]
            answer = self.server.call("GET", f"/api/v1/conversations/{c.id}", headers={"Authorization": "Bearer " + wrong})
            self.assertEqual(answer.code, "bad-token")

    def test_a_token_outlives_a_restart(self):
        server = Server()
        self.addCleanup(server.remove)
        server.start()
        c = server.conversation()
        self.assertEqual(server.stop(), 0)
        server.start()
        self.assertEqual(c.call("GET").status, 200)
        server.stop()

    def test_the_key_is_its_owner_s_alone(self):
        self.assertEqual(os.stat(self.server.db + ".key").st_mode & 0o077, 0)
        self.assertEqual(os.stat(self.server.db + ".agents").st_mode & 0o077, 0)


class BadInputTest(Case):
    def problem(self, raw, kind="application/json"):
        c = self.server.conversation()
        answer = c.call("POST", "/messages", raw=raw, headers={"Content-Type": kind})
        return answer.status, answer.code

    def test_what_is_no_json_object_is_refused(self):
        for raw in (b"", b"{", b"[]", b"null", b'"a"', b"{}x", b'{"a":1,"a":2}', b'{"text":"\xff"}', b'{"text":"\\ud800"}', b"{'a':1}",
                    b'{"client_id":"a","text":"\\u0000"}', b"[" * 8000, b'{"a":' * 3000):
            self.assertEqual(self.problem(raw), (400, "bad-json"), raw[:40])

    def test_members_are_checked(self):
        for raw in (b"{}", b'{"client_id":"a"}', b'{"client_id":"","text":"a"}', b'{"client_id":"a b","text":"a"}', b'{"client_id":1,"text":"a"}',
                    b'{"client_id":"a","text":1}', b'{"client_id":"a","text":"  \\n"}', b'{"client_id":"a","text":"a","choice":{}}',
                    json.dumps({"client_id": "a" * 65, "text": "a"}).encode()):
            self.assertEqual(self.problem(raw), (400, "bad-member"), raw[:60])

    def test_another_media_type_is_refused(self):
        for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/jsonx"):
            self.assertEqual(self.problem(b'{"client_id":"a","text":"a"}', kind), (415, "media-type"))

    def test_a_message_has_two_thousand_characters_at_the_most(self):
        c = self.server.conversation()
        answer = c.say("ä" * 2001)
        self.assertEqual((answer.status, answer.code, answer.body["limit"]), (413, "message-too-long", 2000))
        self.assertEqual(c.say("ä" * 2000).status, 200)

    def test_odd_text_is_answered(self):
        c = self.server.conversation()
        for text in ("\U0001f600" * 50, "a" + "\u0301" * 1500, "\u202eabc\u202c", "'; DROP TABLE message; --", "<script>alert(1)</script>", "\x07\x1b[2J", "\ufeff\u200b."):
            answer = c.say(text)
            self.assertEqual(answer.status, 200, text[:20])
            self.assertEqual(answer.body["messages"][0]["text"], text)

    def test_what_is_not_there_is_said_so(self):
        for path in ("/api/v1", "/api/v1/other", "/api/v1x", "/nothing", "/desk/api/nothing"):
            self.assertEqual(self.server.call("GET", path).status, 404, path)
        self.assertEqual(self.server.call("PUT", "/api/v1/conversations").status, 405)
        self.assertEqual(self.server.call("POST", "/").status, 405)


class OriginTest(Case):
    settings = {"origins": "https://shop.example,https://other.example"}

    def preflight(self, origin):
        return self.server.call("OPTIONS", "/api/v1/conversations", headers={"Origin": origin, "Access-Control-Request-Method": "POST"}, checked=False)

    def test_a_configured_origin_may_call(self):
        answer = self.preflight("https://shop.example")
        self.assertEqual(answer.status, 204)
        self.assertEqual(answer.headers["access-control-allow-origin"], "https://shop.example")
        self.assertIn("Authorization", answer.headers["access-control-allow-headers"])
        self.assertNotIn("access-control-allow-credentials", answer.headers)

    def test_another_origin_may_not(self):
        for origin in ("https://evil.example", "https://shop.example.evil.example", "null", "http://shop.example"):
            self.assertNotIn("access-control-allow-origin", self.preflight(origin).headers, origin)

    def test_the_desk_is_for_no_other_origin(self):
        answer = self.server.call("GET", "/desk/api/session", headers={"Origin": "https://shop.example"})
        self.assertNotIn("access-control-allow-origin", answer.headers)


class EventsTest(Case):
    def test_the_state_comes_first_and_then_what_happens(self):
        c = self.server.conversation()
        events = c.events()
        self.addCleanup(events.close)
        self.assertEqual(events.next()[0], "state")
        sent = c.say("moi", "mine").body["messages"]
        for message in sent:
            kind, number, data = events.next("message")
            self.assertEqual((number, data), (message["id"], message))

    def test_what_was_missed_comes_after_the_last_event_s_id(self):
        c = self.server.conversation()
        c.say("moi")
        everything = c.history()
        events = c.events(last=everything[0]["id"])
        self.addCleanup(events.close)
        self.assertEqual([events.next("message")[1] for _ in everything[1:]], [m["id"] for m in everything[1:]])

    def test_a_long_absence_is_made_up_for_in_parts(self):
        c = self.server.conversation()
        for i in range(60):
            self.assertEqual(c.say("sanoja " * 200 + str(i)).status, 200)
        wanted, last, got = [m["id"] for m in c.history()], 0, []
        for _ in range(50):
            events = c.events(last)
            while len(got) < len(wanted) and (event := events.next("message")):
                got.append(event[1])
                last = event[1]
            events.close()
            if len(got) == len(wanted):
                break
        self.assertEqual(got, wanted)

    def test_streams_of_one_conversation_are_limited(self):
        c = self.server.conversation()
        streams = [c.events() for _ in range(4)]
        answer = c.call("GET", "/events")
        self.assertEqual((answer.status, answer.code), (429, "streams"))
        self.assertIn("retry-after", answer.headers)
        for stream in streams:
            stream.close()

    def test_an_idle_stream_gets_a_heartbeat(self):
        server = Server(heartbeat_seconds=1)
        self.addCleanup(server.remove)
        server.start()
        events = server.conversation().events()
        events.next("state")
        self.assertEqual(events.response.readline(), b":\n")
        events.close()
        server.stop()

    def test_stopping_ends_streams(self):
        server = Server()
        self.addCleanup(server.remove)
        server.start()
        streams = [server.conversation().events() for _ in range(20)]
        self.assertEqual(server.stop(), 0)
        for events in streams:
            while events.next():
                pass
            events.close()

    def test_a_gone_reader_is_forgotten(self):
        c = self.server.conversation()
        events = c.events()
        events.next("state")
        before = self.server.figure("luukku_streams")
        events.response.close()
        events.connection.close()
        def forgotten():
            c.say("moi")
            return self.server.figure("luukku_streams") < before
        until(forgotten)


class LimitsTest(unittest.TestCase):
    def start(self, **settings):
        server = Server(**settings)
        self.addCleanup(server.remove)
        server.start()
        self.addCleanup(server.stop)
        return server

    def assert_limited(self, answer, code):
        self.assertEqual((answer.status, answer.code), (429, code))
        self.assertEqual(str(answer.body["retry_after"]), answer.headers["retry-after"])
        self.assertGreater(answer.body["retry_after"], 0)
        self.assertGreater(answer.body["limit"], 0)

    def test_messages_of_one_conversation(self):
        server = self.start(messages_per_minute=3)
        c, other = server.conversation(), server.conversation()
        answers = [c.say("moi") for _ in range(4)]
        self.assertEqual([a.status for a in answers[:3]], [200, 200, 200])
        self.assert_limited(answers[3], "rate-conversation")
        self.assertEqual(other.say("moi").status, 200)

    def test_conversations_of_one_address(self):
        server = self.start(conversations_per_hour=2)
        answers = [server.call("POST", "/api/v1/conversations", {}) for _ in range(3)]
        self.assert_limited(answers[2], "rate-start")
        self.assertEqual(server.call("POST", "/api/v1/conversations", {}, address="127.0.0.2").status, 201)

    def test_requests_of_one_address(self):
        server = self.start(requests_per_minute=5)
        answers = [server.call("GET", "/api/v1/shop") for _ in range(6)]
        self.assert_limited(answers[5], "rate-address")
        self.assertEqual(server.call("GET", "/healthz").status, 200)

    def test_behind_a_proxy_each_client_counts_for_itself(self):
        server = self.start(requests_per_minute=2, proxies="127.0.0.1")
        shop = lambda forwarded, address="127.0.0.1": server.call("GET", "/api/v1/shop", headers={"X-Forwarded-For": forwarded}, address=address).status
        self.assertEqual([shop("192.0.2.1") for _ in range(3)], [200, 200, 429])
        self.assertEqual(shop("192.0.2.2"), 200)
        self.assertEqual(shop("192.0.2.2, 192.0.2.1"), 429)  # the client wrote the first itself
        self.assertEqual([shop(f"198.51.100.{i}", "127.0.0.9") for i in range(3)], [200, 200, 429])  # no proxy: not believed


class UndescribedTest(unittest.TestCase):
    """Reads the sources only."""

    def test_every_code_in_the_program_is_described(self):
        import re
        described = set(API.doc["components"]["schemas"]["Problem"]["properties"]["code"]["enum"])
        used = set()
        folder = os.path.join(SOURCE, "tools", "serve")
        for name in os.listdir(folder):
            if name.endswith(".c"):
                with open(os.path.join(folder, name), encoding="utf-8") as file:
                    text = file.read()
                used |= set(re.findall(r'\(lk_problem\)\{(?:\.status = )?\d+, (?:\.code = )?"([a-z-]+)"', text))
                used |= set(re.findall(r'lk_api_wrong\([^,]*, \d+, "([a-z-]+)"', text))
                used |= set(re.findall(r'"(rate-[a-z]+)"', text))
        self.assertTrue(used)
        self.assertEqual(used - described, set())


if __name__ == "__main__":
    unittest.main()
