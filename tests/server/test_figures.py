"""Key figures for supervisors: /desk/api/figures, and the page that shows them."""
import datetime
import signal
import subprocess
import unittest

from harness import PROGRAM, Case

AFTER = str(datetime.date.today() + datetime.timedelta(days=2))
PATH = f"/figures?to={AFTER}"


class FiguresTest(Case):
    def test_figures_are_for_supervisors(self):
        agent, boss = self.server.agent("anna"), self.server.agent("boss", "supervisor")
        self.assertEqual(self.server.call("GET", "/desk/api/figures").code, "no-session")
        refused = agent.call("GET", "/figures")
        self.assertEqual((refused.status, refused.code), (403, "not-allowed"))
        self.assertEqual(boss.call("GET", "/figures").status, 200)

    def test_they_say_what_was_said_and_a_retry_says_nothing_new(self):
        boss = self.server.agent("boss", "supervisor")
        before = boss.call("GET", PATH).body["figures"]
        c = self.server.conversation()
        first = c.say("paljonko toimitus maksaa", client_id="m1")
        again = c.say("paljonko toimitus maksaa", client_id="m1")
        self.assertTrue(again.body["repeated"])
        for _ in range(2):
            c.call("POST", "/rating", {"kind": "csat", "value": 4, "text": "soita 040 123 4567"})
        figures = boss.call("GET", PATH).body
        now = figures["figures"]
        for name, more in (("conversations", 1), ("messages", 1), ("csat.ratings", 1), ("cases", 0)):
            self.assertEqual(now[name]["value"] - before[name]["value"], more, name)
        self.assertEqual(figures["remarks"][0]["text"], "soita [puhelin]")
        self.assertEqual(first.status, 200)

    def test_a_reload_of_knowledge_base_or_page_is_not_counted(self):
        boss = self.server.agent("boss", "supervisor")
        c = self.server.conversation()
        c.say("paljonko toimitus maksaa")
        before = boss.call("GET", PATH).body
        self.server.process.send_signal(signal.SIGHUP)
        c.history()
        c.call("GET", "")
        self.assertEqual(boss.call("GET", PATH).body, before)

    def test_formats_are_files_to_keep_and_a_part_for_the_page(self):
        boss = self.server.agent("boss", "supervisor")
        csv = boss.call("GET", PATH + "&format=csv")
        self.assertIn("attachment; filename=\"luukku-", csv.headers["content-disposition"])
        self.assertIn("figure,dimension,key,value,before", str(csv.body))
        page, part = boss.call("GET", PATH + "&format=html&lang=sv"), boss.call("GET", PATH + "&format=part&lang=sv")
        self.assertIn("Chattens nyckeltal", str(page.body))
        self.assertNotIn("content-disposition", part.headers)
        self.assertIn("sandbox", part.headers["content-security-policy"])
        for answer in (csv, page, part):
            self.assertEqual(answer.headers["cache-control"], "no-store")
        self.assertNotIn("before", boss.call("GET", PATH + "&compare=0").body)

    def test_what_is_no_period_or_format_is_refused_with_the_reason(self):
        boss = self.server.agent("boss", "supervisor")
        for query in ("from=yesterday", "from=2026-02-31", "from=2026-02-02&to=2026-02-01", "from=0001-01-01&to=9999-01-01", "format=pdf"):
            answer = boss.call("GET", "/figures?" + query)
            self.assertEqual((answer.status, answer.code), (400, "bad-request"), query)
            self.assertIn(";", answer.body["detail"])
        self.assertEqual(boss.call("POST", "/figures", {}).code, "method")

    def test_the_report_and_the_server_say_the_same(self):
        boss = self.server.agent("boss", "supervisor")
        self.server.conversation().say("haluan puhua ihmisen kanssa")
        here = boss.call("GET", PATH + "&lang=en").body
        report = subprocess.run([PROGRAM, "report", "--db", self.server.db, "--to", AFTER, "--format", "csv"], capture_output=True, text=True, check=True).stdout
        self.assertIn(f"\nmessages,,,{here['figures']['messages']['value']},", report)
        self.assertIn(f"\ncases,,,{here['figures']['cases']['value']},", report)

    def test_the_page_and_its_style_are_there(self):
        page = self.server.call("GET", "/desk/dashboard", checked=False)
        self.assertEqual(page.status, 200)
        self.assertIn("script-src 'self'", page.headers["content-security-policy"])
        self.assertEqual(self.server.call("GET", "/desk/dashboard/report.css", checked=False).headers["content-type"], "text/css; charset=utf-8")


if __name__ == "__main__":
    unittest.main()
