"""Two servers on one database: a customer's stream at one, the turns and the agent at the other."""
import unittest

from harness import Agent, Conversation, Server, add_agent


class SharedTest(unittest.TestCase):
    def setUp(self):
        self.one, self.other = Server(shared="yes", logins_per_hour=1000), Server(shared="yes", logins_per_hour=1000)
        self.addCleanup(self.one.remove)
        self.addCleanup(self.other.remove)
        self.other.db = self.one.db
        for server in (self.one, self.other):
            server.start()
            self.addCleanup(server.stop)

    def at_other(self, conversation):
        return Conversation(self.other, conversation.started)

    def test_a_token_of_one_opens_the_conversation_at_the_other_and_a_message_twice_is_one(self):
        c = self.one.conversation()
        self.assertFalse(c.say("paljonko maksaa toimitus", "same").body["repeated"])
        self.assertTrue(self.at_other(c).say("paljonko maksaa toimitus", "same").body["repeated"])
        self.assertEqual([m["text"] for m in c.history()].count("paljonko maksaa toimitus"), 1)

    def test_what_is_said_at_one_is_heard_at_the_other_once_and_in_order(self):
        c = self.one.conversation()
        first, second = c.events(), self.at_other(c).events(last=0)
        self.addCleanup(first.close)
        self.addCleanup(second.close)
        said = []
        for i in range(6):
            said += (c if i % 2 else self.at_other(c)).say(f"paljonko maksaa toimitus {i}").body["messages"]
        greeting = [m["id"] for m in c.started["messages"]]
        ids = [m["id"] for m in said]
        self.assertEqual([first.next("message")[1] for _ in ids], ids)
        self.assertEqual([second.next("message")[1] for _ in greeting + ids], greeting + ids)
        c.say("viimeinen")
        for events in (first, second):
            self.assertEqual(events.next("message")[2]["text"], "viimeinen")

    def test_an_agent_at_one_serves_a_customer_at_the_other(self):
        add_agent(self.one.db, "anna")
        agent = Agent(self.other, "anna")
        agent.arrive()
        desk = agent.events()
        self.addCleanup(desk.close)
        desk.next("queue")
        c = self.one.conversation()
        events = c.events()
        self.addCleanup(events.close)
        c.say("haluan puhua ihmisen kanssa")
        found = desk.next("case")[2]
        self.assertEqual((found["conversation"], found["state"]), (c.id, "waiting"))
        self.assertEqual(agent.call("POST", f"/conversations/{c.id}/claim").status, 200)
        while events.next("state")[2]["phase"] != "agent":
            pass
        agent.call("POST", f"/conversations/{c.id}/messages", {"client_id": "r1", "text": "Hei!"})
        while events.next("message")[2]["text"] != "Hei!":
            pass
        c.say("hei vaan")
        while desk.next("message")[2]["message"]["text"] != "hei vaan":
            pass
        agent.call("POST", f"/conversations/{c.id}/close", {"kind": "delivery"})
        while events.next("state")[2]["phase"] != "ended":
            pass


if __name__ == "__main__":
    unittest.main()
