"""Other chat systems' protocols: the Rasa REST channel and Direct Line 3.0."""
import json
import os
import unittest

from harness import Case, Server, rows, until

SECRET = "a secret of at least thirty-two bytes"
PERSON = "haluan puhua ihmisen kanssa"


def write_secret(server):
    path = os.path.join(server.folder, "secret")
    with open(path, "w", encoding="utf-8") as file:
        file.write(SECRET + "\n")
    return path


def claim(server, agent, conversation):
    agent.arrive()
    answer = agent.call("POST", f"/conversations/{conversation}/claim", {})
    assert answer.status == 200, answer.raw


def reply(agent, conversation, text, client_id):
    answer = agent.call("POST", f"/conversations/{conversation}/messages", {"client_id": client_id, "text": text})
    assert answer.status == 200, answer.raw


def waiting(agent):
    return [case["conversation"] for case in agent.call("GET", "/queue").body["waiting"]]


class Rasa:
    def __init__(self, server, sender, **more):
        self.server, self.sender, self.more = server, sender, more

    def post(self, message, query="", **members):
        body = {"message": message, **members}
        if self.sender is not None:
            body["sender"] = self.sender
        return self.server.call("POST", "/webhooks/rest/webhook" + query, body, checked=False, **self.more)

    def say(self, message, **members):
        answer = self.post(message, **members)
        assert answer.status == 200, answer.raw
        return answer.body


class DirectLine:
    def __init__(self, server, bearer=None, locale="fi-FI", address="127.0.0.1"):
        self.server, self.address = server, address
        answer = self.call("POST", "/conversations", {"user": {"id": "dl_u"}, "locale": locale}, bearer=bearer)
        self.started, self.status = answer.body, answer.status
        self.id, self.token = answer.body.get("conversationId"), answer.body.get("token")
        self.watermark = ""

    def call(self, method, path, body=None, bearer=None, headers=None, **more):
        headers = dict(headers or {})
        if bearer:
            headers["Authorization"] = "Bearer " + bearer
        return self.server.call(method, "/v3/directline" + path, body, headers, address=self.address, checked=False, **more)

    def own(self, method, rest="", body=None, **more):
        return self.call(method, f"/conversations/{self.id}{rest}", body, more.pop("bearer", self.token), **more)

    def post(self, text, **members):
        return self.own("POST", "/activities", {"type": "message", "from": {"id": "dl_u", "name": "Aino"}, "text": text, **members})

    def poll(self):
        answer = self.own("GET", f"/activities?watermark={self.watermark}")
        if answer.status == 200:
            self.watermark = answer.body["watermark"]
        return answer

    def activities(self):
        answer = self.poll()
        assert answer.status == 200, answer.raw
        return answer.body["activities"]


class SwitchTest(Case):
    def test_channels_are_off_until_they_are_switched_on(self):
        self.assertEqual(self.server.call("POST", "/webhooks/rest/webhook", {"message": "hei"}, checked=False).status, 405)
        self.assertEqual(self.server.call("GET", "/webhooks/rest/", checked=False).status, 404)
        self.assertEqual(self.server.call("GET", "/v3/directline/conversations/x", checked=False).status, 404)


class RasaTest(Case):
    settings = {"rasa": "yes"}

    def test_the_status_is_read_at_the_root(self):
        self.assertEqual(self.server.call("GET", "/webhooks/rest/", checked=False).body, {"status": "ok"})

    def test_a_message_is_answered_with_a_list_of_messages_for_its_sender(self):
        answer = Rasa(self.server, "anna-1").post("mikä on toimitusaika?")
        self.assertEqual(answer.headers["content-type"], "application/json")
        for message in answer.body:
            self.assertEqual(message["recipient_id"], "anna-1")
            self.assertTrue(message["text"])
            self.assertLessEqual(set(message), {"recipient_id", "text", "buttons"})
        self.assertGreaterEqual(len(answer.body), 2, "the bot says that it is one, and answers")

    def test_a_stream_has_the_same_messages_one_a_line(self):
        whole, lines = Rasa(self.server, "s-1").post("hei"), Rasa(self.server, "s-2").post("hei", "?stream=true")
        self.assertEqual(lines.headers["content-type"], "application/x-ndjson")
        self.assertTrue(lines.raw.endswith(b"\n"))
        parsed = [json.loads(line) for line in lines.raw.decode().splitlines()]
        self.assertEqual([m["text"] for m in parsed], [m["text"] for m in whole.body])

    def test_a_sender_that_is_missing_is_default_and_not_shared_between_addresses(self):
        here, there = Rasa(self.server, None), Rasa(self.server, None, address="127.0.0.9")
        self.assertEqual({m["recipient_id"] for m in here.say("hei")}, {"default"})
        self.assertEqual(len(here.say("hei")), len(here.say("hei")), "greeted once")
        conversations = rows(self.server.db, "SELECT count(*) FROM conversation")[0][0]
        there.say("hei")
        self.assertEqual(rows(self.server.db, "SELECT count(*) FROM conversation")[0][0], conversations + 1)

    def test_a_sender_keeps_its_conversation_over_a_restart_and_its_id_says_nothing(self):
        server = Server(rasa="yes")
        self.addCleanup(server.remove)
        server.start()
        first = Rasa(server, "anna").say("hei")
        [[conversation, channel]] = rows(server.db, "SELECT id, channel FROM conversation")
        self.assertEqual(channel, "rasa")
        self.assertRegex(conversation, r"^[a-z2-7]{26}$")
        server.stop()
        server.start()
        again = Rasa(server, "anna").say("hei")
        self.assertLess(len(again), len(first), "greeted once")
        self.assertEqual(rows(server.db, "SELECT id FROM conversation"), [(conversation,)])
        server.stop()

        other = Server(rasa="yes")
        self.addCleanup(other.remove)
        other.start()
        Rasa(other, "anna").say("hei")
        self.assertNotEqual(rows(other.db, "SELECT id FROM conversation"), [(conversation,)])
        other.stop()

    def offer(self, sender):
        """A sender who has buttons before them, and the buttons."""
        rasa = Rasa(self.server, sender)
        for question in ("palautus", "tilaus", "maksu", "toimitus", "paketti"):
            for message in rasa.say(question):
                if "buttons" in message:
                    return rasa, message["buttons"]
        self.fail("nothing was offered")

    def test_a_button_comes_back_as_its_payload_or_its_title(self):
        rasa, buttons = self.offer("b-1")
        for button in buttons:
            self.assertEqual(set(button), {"title", "payload"})
            self.assertTrue(button["payload"].startswith("/"))
        rasa.say(buttons[0]["payload"])
        other, buttons_again = self.offer("b-2")
        self.assertEqual(buttons, buttons_again)
        other.say(buttons[0]["title"])
        texts = [t for (t,) in rows(self.server.db, "SELECT text FROM message WHERE author = 'customer' AND text = ?", buttons[0]["title"])]
        self.assertEqual(len(texts), 2, "the transcript has the words of the button both times")

    def test_a_payload_that_was_not_offered_is_a_message_like_any_other(self):
        rasa = Rasa(self.server, "b-3")
        rasa.say("/person")
        self.assertEqual(rows(self.server.db, "SELECT count(*) FROM message WHERE text = '/person'")[0][0], 1)

    def test_opening_commands_get_the_greeting_and_take_no_turn(self):
        rasa = Rasa(self.server, "o-1")
        greeting = rasa.say("/session_start")
        self.assertTrue(greeting)
        self.assertEqual(rasa.say("/session_start"), greeting)
        self.assertEqual(rasa.say("hei")[:len(greeting)], greeting)
        self.assertEqual(rows(self.server.db, "SELECT count(*) FROM message WHERE text = '/session_start'")[0][0], 0)

    def test_the_language_is_the_messages_or_the_one_that_metadata_names(self):
        english = Rasa(self.server, "l-1").say("how long does the delivery take?")
        named = Rasa(self.server, "l-2").say("/greet", metadata={"locale": "en-GB"})
        self.assertEqual(english[0]["text"], named[0]["text"])
        self.assertNotEqual(named[0]["text"], Rasa(self.server, "l-3").say("/greet")[0]["text"])

    def test_the_same_message_id_is_one_message(self):
        rasa = Rasa(self.server, "m-1")
        first = rasa.say("mikä on toimitusaika?", metadata={"message_id": "one"})
        self.assertEqual(rasa.say("mikä on toimitusaika?", metadata={"message_id": "one"}), first)

    def test_what_an_agent_writes_comes_with_the_next_call_and_only_once(self):
        rasa, agent = Rasa(self.server, "h-1"), self.server.agent("reetta")
        agent.arrive()
        before = set(waiting(agent))
        rasa.say(PERSON)
        [conversation] = set(waiting(agent)) - before
        claim(self.server, agent, conversation)
        reply(agent, conversation, "Hei, täällä Reetta.", "r1")
        reply(agent, conversation, "Miten voin auttaa?", "r2")
        agent.call("POST", f"/conversations/{conversation}/notes", {"client_id": "n1", "text": "salainen"})
        self.assertEqual(rasa.say("onko siellä ketään?"),
                         [{"recipient_id": "h-1", "text": "Hei, täällä Reetta."}, {"recipient_id": "h-1", "text": "Miten voin auttaa?"}])
        self.assertEqual(rasa.say("no niin"), [])
        reply(agent, conversation, "Hetki.", "r3")
        self.assertEqual([m["text"] for m in rasa.say("ok")], ["Hetki."])
        shown = agent.call("GET", f"/conversations/{conversation}").body
        self.assertEqual(shown["channel"], "rasa")
        self.assertIn("onko siellä ketään?", [m["text"] for m in shown["messages"]])

    def test_malformed_calls_are_refused(self):
        rasa = Rasa(self.server, "x-1")
        self.assertEqual(rasa.post("   ").code, "bad-member")
        self.assertEqual(rasa.post(7).code, "bad-member")
        self.assertEqual(rasa.post("a" * 2001).code, "message-too-long")
        self.assertEqual(Rasa(self.server, "s" * 257).post("hei").code, "bad-member")
        self.assertEqual(Rasa(self.server, {"a": 1}).post("hei").code, "bad-member")
        self.assertEqual(self.server.call("POST", "/webhooks/rest/webhook", raw=b"{", checked=False).code, "bad-json")
        self.assertEqual(self.server.call("POST", "/webhooks/rest/webhook", raw=b"[]", checked=False).code, "bad-json")
        self.assertEqual(self.server.call("POST", "/webhooks/rest/webhook", raw=b"x" * 20000, checked=False).code, "body-too-large")
        self.assertEqual(self.server.call("GET", "/webhooks/rest/webhook", checked=False).status, 405)
        self.assertEqual(self.server.call("GET", "/webhooks/rest/other", checked=False).status, 404)

    def test_no_other_origin_may_call_unless_it_is_listed(self):
        answer = self.server.call("OPTIONS", "/webhooks/rest/webhook", headers={"Origin": "https://shop.example"}, checked=False)
        self.assertNotIn("access-control-allow-origin", answer.headers)


class LimitsTest(unittest.TestCase):
    def serve(self, **settings):
        server = Server(rasa="yes", directline="yes", **settings)
        self.addCleanup(server.remove)
        self.addCleanup(server.stop)
        return server.start()

    def test_messages_of_a_sender_and_conversations_of_an_address_are_limited(self):
        server = self.serve(messages_per_minute=3)
        rasa = Rasa(server, "a")
        self.assertEqual([rasa.post("hei").status for _ in range(4)], [200, 200, 200, 429])
        self.assertEqual(rasa.post("hei").code, "rate-conversation")
        server = self.serve(conversations_per_hour=2)
        answers = [Rasa(server, name).post("hei") for name in "abc"]
        self.assertEqual([a.status for a in answers], [200, 200, 429])
        self.assertEqual(answers[2].code, "rate-start")
        self.assertIn("retry-after", answers[2].headers)
        self.assertEqual(DirectLine(server).started["error"]["code"], "rate-start")

    def test_a_poll_is_never_refused_for_coming_too_often(self):
        server = self.serve(requests_per_minute=5)
        line = DirectLine(server)
        self.assertTrue(line.activities())
        watermark = line.watermark
        for _ in range(10):
            answer = line.poll()
            self.assertEqual((answer.status, answer.body), (200, {"activities": [], "watermark": watermark}))
        self.assertEqual(line.post("hei").status, 429)
        self.assertEqual(server.call("POST", "/webhooks/rest/webhook", {"message": "hei"}, checked=False).code, "rate-address")

    def test_with_a_secret_only_those_who_have_it_are_heard(self):
        server = Server(rasa="yes", directline="yes", conversations_per_hour=1)
        self.addCleanup(server.remove)
        self.addCleanup(server.stop)
        server.settings["rasa-secret-file"] = server.settings["directline-secret-file"] = write_secret(server)
        server.start()
        good, bad = {"Authorization": "Bearer " + SECRET}, {"Authorization": "Bearer no"}
        self.assertEqual([Rasa(server, "a").post("hei").status, Rasa(server, "a", headers=bad).post("hei").status], [401, 401])
        self.assertEqual([Rasa(server, name, headers=good).post("hei").status for name in "abc"], [200] * 3, "one address, many customers")

        self.assertEqual(DirectLine(server).status, 401)
        self.assertEqual(DirectLine(server, "no").status, 403)
        self.assertEqual(server.call("POST", "/v3/directline/tokens/generate", checked=False).status, 401)
        given = server.call("POST", "/v3/directline/tokens/generate", {"user": {"id": "u"}}, good, checked=False)
        self.assertEqual(given.status, 200)
        line = DirectLine(server, given.body["token"])
        self.assertEqual((line.status, line.id), (201, given.body["conversationId"]))
        self.assertEqual(DirectLine(server, given.body["token"]).status, 200, "the same conversation")
        whole = DirectLine(server, SECRET)
        self.assertEqual(whole.status, 201)
        self.assertEqual(whole.own("GET", "/activities", bearer=SECRET).status, 200)
        self.assertEqual(whole.call("POST", "/tokens/refresh", bearer=SECRET).status, 403)

    def test_the_secret_opens_no_conversation_of_another_channel(self):
        server = Server(directline="yes")
        self.addCleanup(server.remove)
        self.addCleanup(server.stop)
        server.settings["directline-secret-file"] = write_secret(server)
        server.start()
        c = server.conversation()
        answer = server.call("GET", f"/v3/directline/conversations/{c.id}/activities", headers={"Authorization": "Bearer " + SECRET}, checked=False)
        self.assertEqual(answer.status, 404)

    def test_a_secret_that_is_too_short_is_a_clear_error(self):
        server = Server(directline="yes")
        self.addCleanup(server.remove)
        path = os.path.join(server.folder, "short")
        with open(path, "w", encoding="utf-8") as file:
            file.write("short")
        server.settings["directline-secret-file"] = path
        with self.assertRaisesRegex(AssertionError, "shorter than 32 bytes"):
            server.start()


class DirectLineTest(Case):
    settings = {"directline": "yes", "origins": "https://shop.example"}

    def start(self, **more):
        line = DirectLine(self.server, **more)
        self.assertEqual(line.status, 201, line.started)
        return line

    def test_a_conversation_starts_with_a_token_and_a_greeting(self):
        line = self.start()
        self.assertEqual(set(line.started), {"conversationId", "token", "expires_in", "streamUrl"})
        self.assertEqual(line.started["expires_in"], 3600)
        [greeting, *_] = line.activities()
        self.assertEqual((greeting["type"], greeting["from"]["role"], greeting["conversation"]), ("message", "bot", {"id": line.id}))
        self.assertRegex(greeting["timestamp"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
        self.assertEqual((greeting["locale"], greeting["textFormat"]), ("fi", "plain"))
        self.assertEqual(line.activities(), [], "nothing comes twice")
        self.assertEqual(self.start(locale="en-US").activities()[0]["locale"], "en")

    def test_the_customers_own_activities_come_back_as_they_were_and_the_bots_carry_nothing_of_them(self):
        line = self.start()
        line.activities()
        data = {"clientActivityID": "abc.1", "mine": {"deep": [1, 2]}}
        posted = line.post("mikä on toimitusaika?", channelData=data)
        self.assertEqual(posted.status, 200)
        [echo, *answers] = line.activities()
        self.assertEqual((echo["id"], echo["text"], echo["channelData"]), (posted.body["id"], "mikä on toimitusaika?", data))
        self.assertEqual(echo["from"], {"id": "dl_u", "name": "Aino", "role": "user"})
        self.assertTrue(answers)
        for answer in answers:
            self.assertNotIn("channelData", answer)
            self.assertEqual(answer["replyToId"], echo["id"])

    def test_the_same_client_activity_is_one_message(self):
        line = self.start()
        ids = [line.post("hei", channelData={"clientActivityID": "again"}).body["id"] for _ in range(2)]
        self.assertEqual(ids[0], ids[1])
        self.assertEqual(sum(a.get("channelData") == {"clientActivityID": "again"} for a in line.activities()), 1)

    def test_what_a_client_keeps_with_its_message_is_never_shown_as_the_bots_form(self):
        line = self.start()
        agent = self.server.agent("kirsi")
        line.post(PERSON, channelData={"html": "<b>", "choices": [{"label": "x", "payload": "y"}]}, html="<b>", choices=[1])
        claim(self.server, agent, line.id)
        for message in agent.call("GET", f"/conversations/{line.id}").body["messages"]:
            if message["from"] == "customer":
                self.assertFalse({"html", "choices", "card"} & set(message))

    def test_large_channel_data_is_not_kept(self):
        line = self.start()
        line.activities()
        line.post("hei", channelData={"much": "x" * 5000})
        self.assertNotIn("channelData", line.activities()[0])

    def test_choices_are_suggested_actions_that_come_back_as_messages(self):
        line = self.start()
        offered = None
        for question in ("palautus", "tilaus", "maksu", "toimitus", "paketti"):
            line.post(question)
            offered = next((a for a in line.activities() if a.get("suggestedActions")), None)
            if offered:
                break
        actions = offered["suggestedActions"]["actions"]
        self.assertEqual(offered["inputHint"], "expectingInput")
        for action in actions:
            self.assertEqual((set(action), action["type"]), ({"type", "title", "value"}, "imBack"))
        line.post(actions[0]["value"])
        [echo, *_] = line.activities()
        self.assertEqual(echo["text"], actions[0]["title"])
        chosen = rows(self.server.db, "SELECT count(*) FROM event JOIN conversation c ON c.key = event.conversation WHERE c.id = ? AND type = 'turn.chosen'", line.id)
        self.assertEqual(chosen[0][0], 1)

    def test_a_conversation_is_resumed_by_its_watermark(self):
        line = self.start()
        line.activities()
        line.post("hei")
        again = line.own("GET", f"?watermark={line.watermark}")
        self.assertEqual((again.status, again.body["conversationId"]), (200, line.id))
        line.token = again.body["token"]
        self.assertEqual(line.activities()[0]["text"], "hei")
        for odd in ("", "null", "undefined", "-1", "99999999999999999999"):
            line.watermark = odd
            self.assertGreater(len(line.activities()), 1, odd)

    def test_long_histories_come_in_parts(self):
        line = self.start()
        for i in range(60):
            line.post(f"hei {i}")
        seen = []
        while got := line.activities():
            self.assertLessEqual(len(got), 100)
            seen += got
        self.assertEqual([a["text"] for a in seen if a["from"]["role"] == "user"], [f"hei {i}" for i in range(60)])
        self.assertEqual(len({a["id"] for a in seen}), len(seen))

    def test_a_token_opens_its_own_conversation_until_it_expires_and_is_renewed(self):
        line, other = self.start(), self.start()
        self.assertEqual(line.own("GET", "/activities", bearer=other.token).status, 403)
        self.assertEqual(line.own("GET", "/activities", bearer=line.token[:-1] + ("A" if line.token[-1] != "A" else "B")).status, 403)
        self.assertEqual(line.own("GET", "/activities", bearer="x").status, 403)
        self.assertEqual(line.call("GET", f"/conversations/{line.id}/activities").status, 401)
        parts = line.token.split(".")
        self.assertEqual(line.own("GET", "/activities", bearer=".".join([parts[0], str(int(parts[1]) + 1000), parts[2]])).status, 403)
        renewed = line.call("POST", "/tokens/refresh", bearer=line.token)
        self.assertEqual((renewed.status, renewed.body["conversationId"]), (200, line.id))
        self.assertEqual(line.own("GET", "/activities", bearer=renewed.body["token"]).status, 200)
        self.assertEqual(line.call("POST", "/tokens/refresh", bearer="x").status, 403)

        server = Server(directline="yes", directline_token_seconds=1)
        self.addCleanup(server.remove)
        server.start()
        short = DirectLine(server)
        until(lambda: short.poll().status == 403)
        self.assertEqual(short.poll().body["error"]["code"], "TokenExpired")
        self.assertEqual(short.post("hei").status, 403)
        self.assertEqual(short.call("POST", "/tokens/refresh", bearer=short.token).status, 403)
        self.assertEqual(short.call("POST", "/conversations", bearer=short.token).status, 403)
        server.stop()

    def test_without_a_secret_anybody_may_get_a_token(self):
        given = self.server.call("POST", "/v3/directline/tokens/generate", checked=False).body
        line = DirectLine(self.server, given["token"])
        self.assertEqual((line.status, line.id), (201, given["conversationId"]))

    def test_the_end_is_told_after_everything_that_was_said_and_then_it_is_404(self):
        line, agent = self.start(), self.server.agent("liisa")
        line.post(PERSON)
        claim(self.server, agent, line.id)
        reply(agent, line.id, "Asia on hoidettu.", "c1")
        self.assertEqual(agent.call("POST", f"/conversations/{line.id}/close", {"kind": "other"}).status, 200)
        last = line.activities()
        self.assertEqual(last[-1]["type"], "endOfConversation")
        self.assertIn("Asia on hoidettu.", [a.get("text") for a in last])
        self.assertEqual((line.poll().status, line.poll().body["error"]["code"]), (404, "ConversationEnded"))
        self.assertEqual(line.own("GET").status, 404)
        self.assertEqual(line.post("vielä yksi asia").status, 200, "what is written meanwhile takes it up again")
        self.assertEqual(line.activities()[0]["text"], "vielä yksi asia")

    def test_the_customer_can_end_the_conversation(self):
        line = self.start()
        line.activities()
        self.assertEqual(line.own("POST", "/activities", {"type": "endOfConversation", "from": {"id": "u"}}).status, 200)
        self.assertEqual([a["type"] for a in line.activities()], ["endOfConversation"])
        self.assertEqual(line.poll().status, 404)

    def test_an_erased_conversation_is_404(self):
        line = self.start()
        line.id = "a" * 26
        self.assertEqual(line.poll().status, 403, "the token is not its own")
        given = self.server.call("POST", "/v3/directline/tokens/generate", checked=False).body
        line.id, line.token = given["conversationId"], given["token"]
        self.assertEqual(line.poll().status, 404, "it was never started")

    def test_typing_goes_both_ways(self):
        line, agent = self.start(), self.server.agent("tuuli")
        line.post(PERSON)
        claim(self.server, agent, line.id)
        line.activities()
        events = agent.events()
        self.addCleanup(events.close)
        events.next("queue")
        self.assertEqual(line.own("POST", "/activities", {"type": "typing", "from": {"id": "dl_u"}}).status, 200)
        self.assertEqual(events.next("typing")[2], {"conversation": line.id, "from": "customer"})
        agent.call("POST", f"/conversations/{line.id}/typing")
        before = line.watermark
        self.assertEqual([a["type"] for a in line.activities()], ["typing"])
        self.assertEqual(line.watermark, before)

    def test_an_agents_messages_come_under_their_name_and_notes_do_not(self):
        line, agent = self.start(), self.server.agent("outi")
        line.post(PERSON)
        claim(self.server, agent, line.id)
        line.activities()
        agent.call("POST", f"/conversations/{line.id}/notes", {"client_id": "n", "text": "salainen"})
        reply(agent, line.id, "Hei, olen Outi.", "o1")
        [message] = line.activities()
        self.assertEqual((message["text"], message["from"]["name"], message["from"]["role"]), ("Hei, olen Outi.", "outi", "bot"))
        line.post("moi Outi")
        self.assertEqual([a["text"] for a in line.activities()], ["moi Outi"], "the bot is silent")

    def test_files_are_refused_in_an_orderly_way(self):
        line = self.start()
        body = b"--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nhi\r\n--x--\r\n"
        answer = line.call("POST", f"/conversations/{line.id}/upload?userId=dl_u", raw=body, bearer=line.token,
                           headers={"Content-Type": "multipart/form-data; boundary=x"})
        self.assertEqual((answer.status, answer.body["error"]["code"]), (415, "AttachmentsNotSupported"))
        answer = line.post("katso", attachments=[{"contentType": "image/png", "contentUrl": "data:,"}])
        self.assertEqual((answer.status, answer.body["error"]["code"]), (415, "AttachmentsNotSupported"))
        self.assertEqual(line.post("hei").status, 200)

    def test_other_activities_are_accepted_and_say_nothing(self):
        line = self.start()
        line.activities()
        for kind in ("event", "conversationUpdate", "invoke"):
            answer = line.own("POST", "/activities", {"type": kind, "name": "webchat/join", "from": {"id": "u"}})
            self.assertEqual((answer.status, set(answer.body)), (200, {"id"}))
        self.assertEqual(line.activities(), [])

    def test_malformed_activities_are_refused_with_a_code(self):
        line = self.start()
        self.assertEqual(line.post("  ").body["error"]["code"], "bad-member")
        self.assertEqual(line.post("a" * 2001).status, 413)
        self.assertEqual(line.own("POST", "/activities", {"text": "hei"}).body["error"]["code"], "BadArgument")
        self.assertEqual(line.own("POST", "/activities", raw=b"{").status, 400)
        self.assertEqual(line.own("DELETE").status, 405)
        self.assertEqual(line.call("GET", "/session/getsessionid", bearer=line.token).status, 404)

    def test_the_preflight_of_a_listed_origin_passes_with_the_clients_own_header(self):
        asked = {"Origin": "https://shop.example", "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,content-type,x-ms-bot-agent"}
        answer = self.server.call("OPTIONS", "/v3/directline/conversations", headers=asked, checked=False)
        self.assertEqual((answer.status, answer.headers["access-control-allow-origin"]), (204, "https://shop.example"))
        allowed = {h.strip().lower() for h in answer.headers["access-control-allow-headers"].split(",")}
        self.assertLessEqual({"authorization", "content-type", "x-ms-bot-agent"}, allowed)
        answer = self.server.call("OPTIONS", "/v3/directline/conversations", headers={**asked, "Origin": "https://evil.example"}, checked=False)
        self.assertNotIn("access-control-allow-origin", answer.headers)
        refused = self.server.call("GET", "/v3/directline/conversations/x/activities", headers={"Origin": "https://shop.example"}, checked=False)
        self.assertEqual((refused.status, refused.headers["access-control-allow-origin"]), (401, "https://shop.example"), "a page must be able to read it")


if __name__ == "__main__":
    unittest.main()
