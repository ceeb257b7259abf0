"""A draft of the knowledge base beside the live one."""
import os
import shutil
import subprocess
import tempfile
import unittest

from harness import PATIENCE, PROGRAM, Server, rows, until

HEAD = '<kb xmlns="urn:luukku:kb:1" xml:lang="fi">'


def article(answer, question="Kulkeeko ilmatyynyalus?"):
    return (HEAD + f'<article id="test-hovercraft" category="delivery" updated="2026-01-01"><question>{question}</question>'
            f"<variant>kulkeeko ilmatyynyalus talvella</variant><answer><p>{answer}</p></answer></article></kb>")


class PreviewTest(unittest.TestCase):
    def start(self, text=article("Luonnoksen vastaus."), **settings):
        self.server = Server(logins_per_hour=1000, **settings)
        self.addCleanup(self.server.remove)
        self.draft = os.path.join(self.server.folder, "draft")
        shutil.copytree(self.server.kb, self.draft)
        self.change(text)
        self.server.settings["preview"] = self.draft
        self.server.start()
        self.addCleanup(self.server.stop)
        self.agent = self.server.agent("anna")

    def change(self, text):
        path = os.path.join(self.draft, "fi", "zz-draft.xml")
        with open(path + ".new", "w", encoding="utf-8") as file:
            file.write(text)
        os.rename(path + ".new", path)

    def status(self):
        return self.agent.call("GET", "/preview").body

    def loaded(self, generation=1):
        return until(lambda: self.status()["draft"]["generation"] == generation)

    def ask(self, text):
        return self.agent.call("POST", "/preview/ask", {"text": text}).body

    def compare(self, **how):
        self.assertEqual(self.agent.call("POST", "/preview/compare", how).status, 202)
        return until(lambda: (s := self.status())["comparing"] is None and s["comparison"])

    def changes(self, query=""):
        return self.agent.call("GET", "/preview/changes" + query).body

    def test_a_question_is_answered_by_both_with_the_explanation_of_the_terminal(self):
        self.start()
        self.loaded()
        both = self.ask("kulkeeko ilmatyynyalus")
        self.assertEqual((both["draft"]["act"], both["draft"]["entry"], both["draft"]["band"]), ("answer", "test-hovercraft", "sure"))
        self.assertIn("Luonnoksen vastaus.", both["draft"]["html"])
        self.assertNotEqual(both["live"]["entry"], "test-hovercraft")
        told = subprocess.run([PROGRAM, "ask", "--kb", self.draft, "--explain", "kulkeeko ilmatyynyalus"], capture_output=True, text=True, timeout=PATIENCE, check=True).stdout
        self.assertIn(both["draft"]["why"].strip(), told)
        same = self.ask("paljonko maksaa toimitus")
        self.assertEqual(same["live"]["entry"], same["draft"]["entry"])

    def test_customers_hear_nothing_of_the_draft(self):
        self.start()
        self.loaded()
        said = self.server.conversation().say("kulkeeko ilmatyynyalus").body["messages"]
        self.assertNotIn("test-hovercraft", [m.get("entry") for m in said])

    def test_what_customers_asked_is_compared_once_each_and_every_change_is_listed(self):
        self.start()
        self.loaded()
        for _ in range(3):
            c = self.server.conversation()
            c.say("Kulkeeko  ilmatyynyalus?")
            c.say("paljonko maksaa toimitus")
            c.say("kulkeeko ilmatyynyalus")
        comparison = self.compare()
        self.assertNotIn("trouble", comparison)
        self.assertEqual((comparison["asked"], comparison["messages"], comparison["changed"]), (2, 9, 1))
        [change] = self.changes()["changes"]
        self.assertEqual((change["count"], change["draft"]["entry"], change["draft"]["act"]), (6, "test-hovercraft", "answer"))
        self.assertGreater(change["gain"], 0)
        self.assertIn("entry", change["changed"])
        self.assertEqual((self.changes("?direction=worse")["total"], self.changes("?direction=better&kind=entry&lang=fi")["total"], self.changes("?lang=sv")["total"]), (0, 1, 0))
        self.assertEqual(self.changes("?from=1"), {"changes": [], "from": 1, "total": 1})

    def test_answers_to_the_bot_and_taps_are_no_questions(self):
        orders = os.path.join(tempfile.mkdtemp(), "orders.db")
        self.addCleanup(shutil.rmtree, os.path.dirname(orders))
        subprocess.run([PROGRAM, "orders", "init", "--orders", orders], check=True, capture_output=True, timeout=PATIENCE)
        self.start(orders=orders)
        self.loaded()
        c = self.server.conversation()
        c.say("missä tilaukseni on")
        c.say("100234")
        c.say("00100")
        choice = c.say("toimitus").body["messages"][-1]["choices"][0]
        c.say(choice["label"], choice=choice["payload"])
        self.assertEqual((self.compare()["asked"], self.compare(questions=1)["asked"]), (2, 1))

    def test_the_worst_comes_first_and_the_best_when_asked(self):
        self.start()
        self.loaded()
        os.remove(os.path.join(self.draft, "fi", "zz-draft.xml"))
        with open(os.path.join(self.draft, "fi", "delivery.xml"), encoding="utf-8") as file:
            text = file.read()
        begin = text.index('<article id="delivery-cost"')
        end = text.index("</article>", begin)
        cut = text[:text.index("<question>", begin)] + "<question>Aivan muuta asiaa zeppeliinistä.</question>" + text[text.index("<answer>", begin):]
        self.assertLess(begin, end)
        self.change(article("Vastaus."))
        with open(os.path.join(self.draft, "fi", "delivery.xml"), "w", encoding="utf-8") as file:
            file.write(cut)
        self.agent.server.process.send_signal(1)
        self.loaded(2)
        c = self.server.conversation()
        c.say("paljonko maksaa toimitus")
        c.say("kulkeeko ilmatyynyalus")
        self.compare()
        gains = [change["gain"] for change in self.changes()["changes"]]
        self.assertEqual(len(gains), 2)
        self.assertTrue(gains[0] < 0 < gains[1], gains)
        self.assertEqual([change["gain"] for change in self.changes("?order=best")["changes"]], gains[::-1])

    def test_the_file_of_changes_is_read_by_luukku_eval(self):
        self.start()
        self.loaded()
        c = self.server.conversation()
        c.say("kulkeeko\tilmatyynyalus")
        c.say("soita 040 123 4567 kulkeeko ilmatyynyalus talvella")
        self.compare()
        answer = self.agent.call("GET", "/preview/changes.tsv")
        text = answer.raw.decode()
        self.assertEqual(text.split("\n")[0], "id\ttext\tlabel\talso\tstyle")
        self.assertNotIn("040 123", text)
        path = os.path.join(self.server.folder, "changes_fi.tsv")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        result = subprocess.run([PROGRAM, "eval", "--questions", path, "--kb", self.draft, "--bootstrap", "0"], capture_output=True, text=True, timeout=PATIENCE)
        self.assertEqual(result.returncode, 0, result.stderr)

    def test_a_spreadsheet_finds_no_formula_of_a_customers_in_the_file(self):
        self.start()
        self.loaded()
        c = self.server.conversation()
        for mark in "=+-":
            c.say(mark + "kulkeeko ilmatyynyalus")
        self.compare()
        rows = self.agent.call("GET", "/preview/changes.tsv").raw.decode().splitlines()[1:]
        self.assertEqual({row.split("\t")[1] for row in rows}, {f"'{mark}kulkeeko ilmatyynyalus" for mark in "=+-"})

    def test_personal_data_is_masked_in_what_is_compared(self):
        self.start()
        self.loaded()
        c = self.server.conversation()
        c.say("kulkeeko ilmatyynyalus osoitteeseen maija@example.fi")
        self.compare()
        self.assertNotIn("maija@", str(self.changes()))

    def test_a_changed_draft_is_taken_and_a_broken_one_leaves_the_one_before_and_says_why(self):
        self.start(reload_seconds=1)
        self.loaded()
        self.change(article("Toinen vastaus."))
        self.loaded(2)
        self.assertIn("Toinen vastaus.", self.ask("kulkeeko ilmatyynyalus")["draft"]["html"])
        self.change("<kb xmlns='urn:luukku:kb:1'><article>")
        troubles = until(lambda: self.status()["draft"]["troubles"])
        self.assertRegex(troubles[0], r"^fi/zz-draft\.xml:1: .+; .+")
        self.assertIn("Toinen vastaus.", self.ask("kulkeeko ilmatyynyalus")["draft"]["html"])
        self.assertEqual(self.server.figure("luukku_preview_ok"), 0)
        self.assertIn('"event":"preview-broken"', self.server.log_text())
        self.assertEqual(self.server.call("GET", "/healthz").body["status"], "ok")
        self.change(article("Kolmas vastaus."))
        self.loaded(3)
        self.assertEqual((self.status()["draft"]["troubles"], self.server.figure("luukku_preview_ok")), ([], 1))

    def test_a_draft_that_is_broken_from_the_start_is_waited_for_and_all_its_errors_are_told(self):
        self.start(article("x").replace('category="delivery"', 'category="nowhere"').replace("</answer>", '</answer><see ref="nothing"/>'), reload_seconds=1)
        troubles = until(lambda: self.status()["draft"]["troubles"])
        self.assertEqual(len(troubles), 2, troubles)
        self.assertIsNone(self.ask("kulkeeko ilmatyynyalus")["draft"])
        self.assertIn("no draft", self.compare()["trouble"])
        self.change(article("Nyt toimii."))
        self.loaded()
        self.assertEqual(self.ask("kulkeeko ilmatyynyalus")["draft"]["entry"], "test-hovercraft")

    def test_what_is_wrong_with_the_folder_itself_is_told_as_it_is_now(self):
        self.start(reload_seconds=1)
        self.loaded()
        os.rename(self.draft, self.draft + ".away")
        told = lambda words: until(lambda: [line for line in self.status()["draft"]["troubles"] if words in line])
        self.assertRegex(told("does not exist")[0], r"^the knowledge base's folder")
        os.mkdir(self.draft)
        self.assertRegex(told("no XML file")[0], r"^there is ")
        os.rmdir(self.draft)
        os.rename(self.draft + ".away", self.draft)
        self.loaded(2)
        link = os.path.join(self.draft, "fi", "zz-link.xml")
        os.symlink("nowhere", link)
        self.assertRegex(told("zz-link")[0], r"^fi/zz-link\.xml: \w")
        os.remove(link)
        until(lambda: not self.status()["draft"]["troubles"])

    def test_a_broken_live_knowledge_base_is_told_there_too(self):
        self.start()
        with open(os.path.join(self.server.kb, "fi", "zz-broken.xml"), "w", encoding="utf-8") as file:
            file.write("<kb>")
        self.server.process.send_signal(1)
        self.assertIn("zz-broken.xml:1", until(lambda: self.status()["live"]["troubles"])[0])

    def test_only_agents_see_it_and_only_with_the_csrf_value(self):
        self.start()
        for method, path in (("GET", ""), ("GET", "/changes"), ("GET", "/changes.tsv"), ("POST", "/ask"), ("POST", "/compare")):
            self.assertEqual(self.server.call(method, "/desk/api/preview" + path, {} if method == "POST" else None).code, "no-session", path)
        self.assertEqual(self.agent.call("POST", "/preview/ask", {"text": "moi"}, headers={"X-CSRF-Token": "x"}).code, "csrf")
        self.assertTrue(self.agent.call("GET", "/session").body["preview"])

    def test_bounds_are_told(self):
        self.start()
        for body in ({"weeks": 521}, {"questions": 50001}, {"weeks": -1}, {"weeks": "8"}):
            self.assertEqual(self.agent.call("POST", "/preview/compare", body).code, "bad-member", body)
        self.assertEqual(self.agent.call("POST", "/preview/ask", {"text": "x" * 3000}).code, "message-too-long")

    def test_a_server_without_a_draft_says_so(self):
        server = Server(logins_per_hour=1000)
        self.addCleanup(server.remove)
        server.start()
        self.addCleanup(server.stop)
        agent = server.agent("anna")
        self.assertEqual(agent.call("GET", "/preview").code, "no-preview")
        self.assertFalse(agent.call("GET", "/session").body["preview"])


class LoadTest(unittest.TestCase):
    def test_a_comparison_of_thousands_stands_in_nobodys_way(self):
        server = Server(logins_per_hour=1000)
        self.addCleanup(server.remove)
        server.settings["preview"] = server.kb
        server.start()
        self.addCleanup(server.stop)
        c = server.conversation()
        for i in range(400):
            self.assertEqual(c.say(f"paljonko maksaa toimitus {i} kilolle").status, 200)
        agent = server.agent("anna")
        until(lambda: agent.call("GET", "/preview").body["draft"]["generation"] == 1)
        self.assertEqual(agent.call("POST", "/preview/compare", {}).status, 202)
        said = 0
        while agent.call("GET", "/preview").body["comparing"]:
            self.assertEqual(c.say("moi").status, 200)
            said += 1
        comparison = agent.call("GET", "/preview").body["comparison"]
        self.assertGreater(comparison["asked"], 350)
        self.assertEqual(comparison["changed"], 0)
        self.assertEqual(rows(server.db, "SELECT count(*) FROM message WHERE author = 'customer'")[0][0], 400 + said)


if __name__ == "__main__":
    unittest.main()
