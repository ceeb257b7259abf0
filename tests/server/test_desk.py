"""The agents' side of the API."""
import os
import subprocess
import threading
import unittest

from harness import PASSWORD, PROGRAM, Case, Server, add_agent, rows, until


def waiting(server, text="haluan puhua ihmisen kanssa"):
    """A conversation that waits for a person."""
    c = server.conversation()
    state = c.say(text).body["state"]
    assert state["phase"] == "waiting", state
    return c


class SessionTest(Case):
    settings = {"logins_per_hour": 1000}

    def test_a_session_is_a_cookie_that_scripts_cannot_read(self):
        add_agent(self.server.db, "anna")
        answer = self.server.call("POST", "/desk/api/login", {"name": "anna", "password": PASSWORD})
        for part in ("HttpOnly", "SameSite=Strict", "Path=/desk"):
            self.assertIn(part, answer.headers["set-cookie"])
        self.assertNotIn("Secure", answer.headers["set-cookie"])

    def test_behind_tls_the_cookie_is_for_tls_only(self):
        server = Server(proxies="127.0.0.1")
        self.addCleanup(server.remove)
        server.start()
        add_agent(server.db, "anna")
        answer = server.call("POST", "/desk/api/login", {"name": "anna", "password": PASSWORD}, {"X-Forwarded-Proto": "https"})
        self.assertIn("; Secure", answer.headers["set-cookie"])
        server.stop()

    def test_a_wrong_password_and_an_unknown_name_are_told_alike(self):
        add_agent(self.server.db, "anna")
        answers = [self.server.call("POST", "/desk/api/login", {"name": name, "password": "not the password"}) for name in ("anna", "nobody")]
        self.assertEqual(answers[0].body, answers[1].body)
        self.assertEqual(answers[0].code, "wrong-password")

    def test_without_a_session_nothing_is_shown(self):
        for method, path in (("GET", "/queue"), ("GET", "/agents"), ("GET", "/events"), ("GET", "/canned"), ("POST", "/presence"), ("GET", "/conversations/x"),
                             ("POST", "/conversations/x/claim"), ("POST", "/logout")):
            self.assertEqual(self.server.call(method, "/desk/api" + path, {} if method == "POST" else None).code, "no-session", path)

    def test_a_change_needs_the_csrf_value(self):
        agent = self.server.agent()
        for token in ({"X-CSRF-Token": ""}, {"X-CSRF-Token": "x" * 43}):
            self.assertEqual(agent.call("POST", "/presence", {"here": True}, headers=token).code, "csrf")
        self.assertEqual(agent.arrive().status, 200)

    def test_logout_and_removal_end_sessions(self):
        agent, other = self.server.agent("anna"), self.server.agent("olli")
        self.assertEqual(agent.call("POST", "/logout").status, 204)
        self.assertEqual(agent.call("GET", "/session").code, "no-session")
        self.assertEqual(other.call("GET", "/session").body["agent"], {"name": "olli", "role": "agent"})
        subprocess.run([PROGRAM, "agent", "remove", "olli", "--db", self.server.db], check=True, stdout=subprocess.DEVNULL)
        self.assertEqual(other.call("GET", "/session").code, "no-session")

    def test_a_supervisor_ends_sessions_and_an_agent_does_not(self):
        agent, boss = self.server.agent("anna"), self.server.agent("boss", "supervisor")
        self.assertEqual(agent.call("POST", "/agents/boss/revoke").code, "not-allowed")
        events = agent.events()
        events.next("queue")
        self.assertEqual(boss.call("POST", "/agents/anna/revoke").status, 204)
        self.assertEqual(agent.call("GET", "/session").code, "no-session")
        while events.next():
            pass
        events.close()

    def test_neither_password_nor_session_stands_in_the_file(self):
        agent = self.server.agent("anna")
        secret = agent.cookie.split("=", 1)[1].encode()
        for ending in (".agents", ".agents-wal"):
            path = self.server.db + ending
            if os.path.exists(path):
                with open(path, "rb") as file:
                    content = file.read()
                self.assertNotIn(PASSWORD.encode(), content)
                self.assertNotIn(secret, content)

    def test_guessing_is_limited_by_name_and_by_address(self):
        server = Server(logins_per_hour=3)
        self.addCleanup(server.remove)
        server.start()
        add_agent(server.db, "anna")
        guess = lambda name, address: server.call("POST", "/desk/api/login", {"name": name, "password": "not the password"}, address=address).code
        self.assertEqual([guess("anna", f"127.0.0.{i}") for i in range(2, 6)], ["wrong-password"] * 3 + ["rate-login"])
        self.assertEqual([guess(f"name{i}", "127.0.1.1") for i in range(4)], ["wrong-password"] * 3 + ["rate-login"])
        server.stop()


class AccountsTest(unittest.TestCase):
    def run_agent(self, *arguments, password=PASSWORD):
        return subprocess.run([PROGRAM, "agent", *arguments], input=password + "\n", text=True, capture_output=True, timeout=30)

    def setUp(self):
        self.server = Server()
        self.addCleanup(self.server.remove)
        self.db = ["--db", self.server.db]

    def test_add_list_remove(self):
        self.assertEqual(self.run_agent("add", "anna", *self.db).returncode, 0)
        self.assertEqual(self.run_agent("add", "boss", "--role", "supervisor", *self.db).returncode, 0)
        self.assertEqual(self.run_agent("list", "--json", *self.db).stdout, '{"name":"anna","role":"agent"}\n{"name":"boss","role":"supervisor"}\n')
        self.assertEqual(self.run_agent("remove", "anna", *self.db).returncode, 0)
        self.assertNotIn("anna", self.run_agent("list", *self.db).stdout)

    def test_what_does_not_hold_is_1_and_what_cannot_be_used_is_2(self):
        self.run_agent("add", "anna", *self.db)
        for status, arguments in ((1, ["add", "anna"]), (1, ["remove", "nobody"]), (2, ["add", "two words"]), (2, ["add"]), (2, ["add", "olli", "--role", "king"]),
                                  (2, []), (2, ["list", "anna"])):
            self.assertEqual(self.run_agent(*arguments, *self.db).returncode, status, arguments)
        self.assertEqual(self.run_agent("add", "olli", *self.db, password="short").returncode, 2)

    def test_a_file_of_something_else_is_left_alone(self):
        self.server.start()
        self.server.stop()
        result = self.run_agent("add", "anna", "--accounts", self.server.db)
        self.assertEqual(result.returncode, 2)
        self.assertIn("something else", result.stderr)


class CaseTest(Case):
    settings = {"logins_per_hour": 1000}

    def setUp(self):
        self.agent = self.server.agent("anna")
        self.agent.arrive()

    def test_ready_replies_come_from_the_knowledge_base_in_each_language(self):
        for lang in ("fi", "sv", "en"):
            replies = self.agent.call("GET", f"/canned?lang={lang}").body["replies"]
            self.assertIn("canned-checking", [r["id"] for r in replies])
            self.assertTrue(all(r["text"] for r in replies))

    def test_a_handoff_stands_in_the_queue_and_the_customer_knows_the_place(self):
        c = self.server.conversation()
        state = c.say("haluan puhua ihmisen kanssa").body["state"]
        self.assertGreaterEqual(state["queue"]["position"], 1)
        self.assertTrue(state["queue"]["available"])
        mine = [case for case in self.agent.call("GET", "/queue").body["waiting"] if case["conversation"] == c.id]
        self.assertEqual((mine[0]["reason"], mine[0]["subject"], mine[0]["attended"]), ("asked", "haluan puhua ihmisen kanssa", True))

    def test_who_asked_for_a_person_in_a_word_is_shown_with_what_they_asked_before(self):
        subject = lambda c: [case["subject"] for case in self.agent.call("GET", "/queue").body["waiting"] if case["conversation"] == c.id][0]
        c = self.server.conversation()
        c.say("paljonko maksaa toimitus")
        c.say("kiitos")
        c.say("ihminen")
        self.assertEqual(subject(c), "paljonko maksaa toimitus")
        other = self.server.conversation()
        other.say("paljonko maksaa toimitus")
        words = "haluan puhua ihmisen kanssa, koska pakettini on rikki ja palautus ei onnistu"
        other.say(words)
        self.assertEqual(subject(other), words)

    def test_a_whole_conversation_with_a_person(self):
        c = waiting(self.server)
        events, desk = c.events(), self.agent.events()
        self.addCleanup(events.close)
        self.addCleanup(desk.close)
        desk.next("queue")
        self.assertEqual(self.agent.call("POST", f"/conversations/{c.id}/claim").body["agent"], "anna")
        while (state := events.next("state")[2])["phase"] != "agent":
            pass
        self.assertEqual(state["agent"], "anna")
        self.assertEqual(desk.next("case")[2]["state"], "claimed")
        sent = self.agent.call("POST", f"/conversations/{c.id}/messages", {"client_id": "r1", "text": "Hei!"}).body["messages"][0]
        self.assertEqual(events.next("message")[2], sent)
        self.assertEqual((sent["from"], sent["agent"]), ("agent", "anna"))
        answer = c.say("kiitos").body["messages"]
        self.assertEqual([m["from"] for m in answer], ["customer"])  # the bot is silent
        self.assertEqual(desk.next("message")[2]["message"]["from"], "agent")
        self.assertEqual(desk.next("message")[2], {"conversation": c.id, "message": answer[0]})
        self.assertEqual(self.agent.call("POST", f"/conversations/{c.id}/typing").status, 204)
        self.assertEqual(events.next("typing")[2], {"from": "agent"})
        self.assertEqual(c.call("POST", "/typing").status, 204)
        self.assertEqual(desk.next("typing")[2], {"conversation": c.id, "from": "customer"})
        self.assertEqual(self.agent.call("POST", f"/conversations/{c.id}/close", {"kind": "delivery"}).body["kind"], "delivery")
        while events.next("state")[2]["phase"] != "ended":
            pass

    def test_the_agent_sees_what_the_bot_understood(self):
        c = self.server.conversation()
        c.say("paljonko maksaa toimitus")
        c.say("ihminen")
        seen = self.agent.call("GET", f"/conversations/{c.id}").body
        self.assertIn(("turn.answered", "delivery-cost"), [(e["type"], e.get("entry")) for e in seen["events"]])
        self.assertIn("paljonko maksaa toimitus", [m["text"] for m in seen["messages"]])
        self.assertTrue(seen["kinds"])

    def test_articles_are_suggested_for_the_last_message_of_the_customer(self):
        c = waiting(self.server)
        self.agent.call("POST", f"/conversations/{c.id}/claim")
        last = c.say("paljonko maksaa toimitus").body["messages"][0]
        answer = self.agent.call("GET", f"/conversations/{c.id}/suggestions").body
        self.assertEqual(answer["message"], last["id"])
        self.assertEqual(answer["suggestions"][0]["entry"], "delivery-cost")

    def test_notes_are_for_agents_only(self):
        c = waiting(self.server)
        events = c.events(last=0)
        self.addCleanup(events.close)
        self.assertEqual(self.agent.call("POST", f"/conversations/{c.id}/notes", {"client_id": "n1", "text": "vanha tuttu"}).status, 200)
        c.say("haloo")
        self.assertNotIn("vanha tuttu", str(c.history()))
        self.assertNotIn("vanha tuttu", c.call("GET", "/transcript").raw.decode())
        while (message := events.next("message")[2])["text"] != "haloo":
            self.assertNotEqual(message["from"], "note")
        self.assertIn("vanha tuttu", str(self.agent.call("GET", f"/conversations/{c.id}").body["messages"]))

    def test_the_same_reply_twice_is_one(self):
        c = waiting(self.server)
        self.agent.call("POST", f"/conversations/{c.id}/claim")
        answers = [self.agent.call("POST", f"/conversations/{c.id}/messages", {"client_id": "same", "text": "Hei!"}).body for _ in range(2)]
        self.assertEqual([a["repeated"] for a in answers], [False, True])
        self.assertEqual([m["text"] for m in c.history()].count("Hei!"), 1)
        # The customer's ids are another matter.
        self.assertFalse(c.say("moi", "same").body["repeated"])

    def test_only_who_has_a_conversation_writes_gives_back_and_closes(self):
        c, other = waiting(self.server), self.server.agent("olli")
        reply = {"client_id": "r1", "text": "Hei!"}
        self.assertEqual(self.agent.call("POST", f"/conversations/{c.id}/messages", reply).code, "not-yours")
        self.agent.call("POST", f"/conversations/{c.id}/claim")
        self.assertEqual(other.call("POST", f"/conversations/{c.id}/messages", reply).code, "not-yours")
        for verb, body in (("release", None), ("give-back", None), ("close", {"kind": "order"}), ("transfer", {"to": "olli"}), ("claim", None)):
            self.assertEqual(other.call("POST", f"/conversations/{c.id}/{verb}", body).code, "taken", verb)
        self.assertEqual(self.agent.call("POST", f"/conversations/{c.id}/transfer", {"to": "nobody"}).code, "bad-member")
        self.assertEqual(self.agent.call("POST", f"/conversations/{c.id}/transfer", {"to": "olli"}).body["agent"], "olli")
        self.assertEqual(other.call("POST", f"/conversations/{c.id}/messages", reply).status, 200)
        boss = self.server.agent("boss", "supervisor")
        self.assertEqual(boss.call("POST", f"/conversations/{c.id}/release").body["state"], "waiting")

    def test_given_back_the_bot_goes_on_and_says_so(self):
        c = waiting(self.server)
        self.agent.call("POST", f"/conversations/{c.id}/claim")
        self.assertEqual(self.agent.call("POST", f"/conversations/{c.id}/give-back").body["state"], "given-back")
        self.assertEqual(c.history()[-1]["entry"], "handoff-back")
        self.assertGreater(len(c.say("paljonko maksaa toimitus").body["messages"]), 1)

    def test_a_customer_may_leave_the_queue_until_somebody_comes(self):
        c = waiting(self.server)
        self.assertEqual(c.call("POST", "/withdraw").body["phase"], "bot")
        other = waiting(self.server)
        self.agent.call("POST", f"/conversations/{other.id}/claim")
        self.assertEqual(other.call("POST", "/withdraw").code, "taken")

    def test_of_many_who_claim_at_once_one_gets_it(self):
        agents = [self.server.agent(f"agent{i}") for i in range(6)]
        for _ in range(15):
            c = waiting(self.server)
            start, answers = threading.Barrier(len(agents)), {}
            def claim(agent):
                start.wait()
                answers[agent.name] = agent.call("POST", f"/conversations/{c.id}/claim")
            threads = [threading.Thread(target=claim, args=(agent,)) for agent in agents]
            for t in threads:
                t.start()
            for t in threads:
                t.join()
            winners = [name for name, a in answers.items() if a.status == 200]
            self.assertEqual(len(winners), 1)
            self.assertEqual({a.code for a in answers.values() if a.status != 200}, {"taken"})
            self.assertEqual(c.call("GET").body["agent"], winners[0])
            self.assertEqual(rows(self.server.db, "SELECT count(*) FROM event e JOIN conversation c ON c.key = e.conversation WHERE type = 'case.claimed' AND c.id = ?",
                                  c.id)[0][0], 1)


class QueueTest(unittest.TestCase):
    def test_who_waits_is_told_a_better_place_and_an_expected_wait_from_real_ones(self):
        server = Server(logins_per_hour=1000)
        self.addCleanup(server.remove)
        server.start()
        self.addCleanup(server.stop)
        agent = server.agent("anna")
        agent.arrive()
        first, second = waiting(server), waiting(server)
        events = second.events()
        self.addCleanup(events.close)
        queue = events.next("state")[2]["queue"]
        self.assertEqual((queue["position"], queue["expected_wait"]), (2, None))
        self.assertIsNone(server.call("GET", "/api/v1/shop").body["availability"]["expected_wait"])
        agent.call("POST", f"/conversations/{first.id}/claim")
        while queue["position"] == 2:
            queue = events.next("state")[2]["queue"]
        self.assertEqual(queue["position"], 1)
        for _ in range(5):
            other = waiting(server)
            agent.call("POST", f"/conversations/{other.id}/claim")
        self.assertIsNotNone(server.call("GET", "/api/v1/shop").body["availability"]["expected_wait"])


class LostAgentTest(unittest.TestCase):
    def test_conversations_of_an_agent_who_is_gone_wait_again(self):
        server = Server(presence_seconds=5)
        self.addCleanup(server.remove)
        server.start()
        self.addCleanup(server.stop)
        agent = server.agent("anna")
        agent.arrive()
        c = waiting(server)
        agent.call("POST", f"/conversations/{c.id}/claim")
        events = c.events()
        self.addCleanup(events.close)
        self.assertEqual(events.next("state")[2]["phase"], "agent")
        self.assertEqual(events.next("message")[2]["entry"], "agent-lost")
        state = events.next("state")[2]
        self.assertEqual((state["phase"], state["queue"]["position"]), ("waiting", 1))

    def test_who_logs_out_or_leaves_with_conversations_gives_them_back_and_the_customers_are_told(self):
        server = Server(presence_seconds=3000, logins_per_hour=1000)
        self.addCleanup(server.remove)
        server.start()
        self.addCleanup(server.stop)
        for how in (("/logout", None), ("/presence", {"here": False})):
            agent = server.agent("anna")
            agent.arrive()
            c = waiting(server)
            agent.call("POST", f"/conversations/{c.id}/claim")
            events = c.events()
            self.addCleanup(events.close)
            self.assertEqual(events.next("state")[2]["phase"], "agent")
            self.assertIn(agent.call("POST", *how).status, (200, 204))
            self.assertEqual(events.next("message")[2]["entry"], "agent-lost")
            self.assertEqual(events.next("state")[2]["phase"], "waiting")

    def test_a_message_to_a_conversation_that_is_over_begins_it_again(self):
        server = Server()
        self.addCleanup(server.remove)
        server.start()
        self.addCleanup(server.stop)
        c = server.conversation()
        self.assertEqual(c.call("POST", "/end").body["phase"], "ended")
        answer = c.say("paljonko maksaa toimitus").body
        self.assertEqual(answer["state"]["phase"], "bot")
        self.assertIn("delivery-cost", [m.get("entry") for m in answer["messages"]])
        agent = server.agent("anna")
        agent.arrive()
        c.say("haluan puhua ihmisen kanssa")
        agent.call("POST", f"/conversations/{c.id}/claim")
        self.assertEqual([m["from"] for m in c.say("haloo").body["messages"]], ["customer"])
        agent.call("POST", f"/conversations/{c.id}/close", {"kind": "delivery"})
        self.assertEqual(agent.call("POST", f"/conversations/{c.id}/messages", {"client_id": "late", "text": "Vielä"}).code, "not-open")
        self.assertEqual(c.call("GET").body["phase"], "ended")
        self.assertEqual(c.say("paljonko maksaa toimitus").body["state"]["phase"], "bot")


if __name__ == "__main__":
    unittest.main()
