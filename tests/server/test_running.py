"""Starting, settings, reloading the knowledge base, log, figures, pages."""
import json
import os
import sqlite3
import signal
import subprocess
import tempfile
import threading
import time
import unittest

from harness import PROGRAM, SOURCE, Case, Server, rows, until


def serve(*arguments, environment=None):
    return subprocess.run([PROGRAM, "serve", *arguments], capture_output=True, text=True, timeout=60, env={**os.environ, **(environment or {})})


class SettingsTest(unittest.TestCase):
    def setUp(self):
        self.server = Server()
        self.addCleanup(self.server.remove)

    def file(self, text):
        with tempfile.NamedTemporaryFile("w", dir=self.server.folder, delete=False, encoding="utf-8") as file:
            file.write(text)
        return file.name

    def test_help_lists_all(self):
        result = serve("--help")
        self.assertEqual(result.returncode, 0)
        for name in ("--config", "--listen", "--db", "--body-bytes", "--origins", "--quiet"):
            self.assertIn(name + " ", result.stdout)

    def test_a_wrong_setting_is_a_clear_error(self):
        for arguments, words in ((["--nothing", "1"], "no setting"), (["--workers", "many"], "whole number from 0 to 128"), (["--body-bytes", "1"], "1024 to 1048576"),
                                 (["--csat=maybe"], "neither yes nor no"), (["--listen"], "lacks its value"), (["extra"], "not understood"),
                                 (["--listen", "here"], "ADDRESS:PORT"), (["--listen", "127.0.0.1:99999"], "ADDRESS:PORT"), (["--kb", "/nowhere"], "/nowhere"),
                                 (["--config", "/nowhere"], "cannot read /nowhere"), (["--config", self.file("workers = 2\nnothing = 3\n")], ":2: there is no setting"),
                                 (["--config", self.file("workers\n")], ":1: this is no setting"), (["--vouch-secret-file", self.file("short\n")], "32 bytes")):
            result = serve("--db", self.server.db, *arguments)
            self.assertEqual(result.returncode, 2, arguments)
            self.assertRegex(result.stderr, words)
            self.assertIn("; ", result.stderr)

    def test_a_flag_wins_over_the_environment_and_that_over_the_file(self):
        path = self.file("# limits\nbody-bytes = 2000\nworkers = nonsense\n")
        self.assertIn(":3: ", serve("--config", path, "--db", self.server.db).stderr)
        self.assertIn("LUUKKU_BODY_BYTES", serve("--config", self.file("body-bytes = 2000"), environment={"LUUKKU_BODY_BYTES": "7"}).stderr)
        del self.server.settings["reload-seconds"]
        self.server.settings.update({"config": self.file("body-bytes = 2000\nreload-seconds = 0\ncsat = no\n"), "body-bytes": "4000"})
        self.server.start()
        shop = self.server.call("GET", "/api/v1/shop").body
        self.assertEqual((shop["limits"]["body"], shop["rating"]["csat"]), (4000, False))
        self.server.stop()

    def test_a_port_in_use_and_a_foreign_database_are_clear_errors(self):
        self.server.start()
        result = serve("--listen", f"127.0.0.1:{self.server.port}", "--db", os.path.join(self.server.folder, "other.db"), "--kb", self.server.kb)
        self.assertEqual(result.returncode, 2)
        self.assertIn("in use", result.stderr)
        self.server.stop()
        self.assertEqual(serve("--db", os.path.join(self.server.kb, "shop.xml"), "--kb", self.server.kb, "--key", self.server.db + ".key").returncode, 2)

    def test_a_key_that_others_can_read_is_refused(self):
        self.server.start()
        self.server.stop()
        os.chmod(self.server.db + ".key", 0o644)
        result = serve("--db", self.server.db, "--kb", self.server.kb)
        self.assertEqual(result.returncode, 2)
        self.assertIn("chmod 600", result.stderr)


class ReloadTest(unittest.TestCase):
    def start(self, **settings):
        self.server = Server(**settings)
        self.addCleanup(self.server.remove)
        self.server.start()
        self.addCleanup(self.server.stop)
        return self.server

    def change(self, text):
        path = os.path.join(self.server.kb, "fi", "zz-test.xml")
        with open(path + ".new", "w", encoding="utf-8") as file:
            file.write(text)
        os.rename(path + ".new", path)

    def article(self, answer):
        self.change('<kb xmlns="urn:luukku:kb:1" xml:lang="fi"><article id="test-hovercraft" category="delivery" updated="2026-01-01">'
                    f"<question>Kulkeeko ilmatyynyalus?</question><answer><p>{answer}</p></answer></article></kb>")

    def kb(self):
        return self.server.call("GET", "/healthz").body["kb"]

    def test_a_changed_file_is_taken_into_use(self):
        server = self.start(reload_seconds=1)
        self.article("Ensimmäinen vastaus.")
        until(lambda: self.kb()["generation"] == 2)
        answer = server.conversation().say("kulkeeko ilmatyynyalus")
        self.assertIn("Ensimmäinen vastaus.", [m["text"] for m in answer.body["messages"]])

    def test_a_broken_knowledge_base_leaves_the_old_one_and_says_why(self):
        server = self.start()
        self.change("<kb xmlns='urn:luukku:kb:1'><article>")
        server.process.send_signal(signal.SIGHUP)
        trouble = until(lambda: self.kb().get("trouble"))
        self.assertIn("zz-test.xml:1", trouble)
        health = server.call("GET", "/healthz")
        self.assertEqual((health.status, health.body["status"], health.body["kb"]["generation"]), (200, "degraded", 1))
        self.assertEqual(server.figure("luukku_kb_reload_failures_total"), 1)
        self.assertIn('"event":"reload-failed"', server.log_text())
        self.assertEqual(server.conversation().say("paljonko maksaa toimitus").status, 200)
        self.article("Toinen vastaus.")
        server.process.send_signal(signal.SIGHUP)
        until(lambda: self.kb()["generation"] == 2)
        self.assertNotIn("trouble", self.kb())

    def test_reloading_under_load_drops_no_turn(self):
        server = self.start(workers=3)
        over, statuses = threading.Event(), []
        def talk():
            c = server.conversation()
            while not over.is_set():
                statuses.append(c.say("paljonko maksaa toimitus").status)
        threads = [threading.Thread(target=talk) for _ in range(4)]
        for t in threads:
            t.start()
        for i in range(8):
            self.article(f"Vastaus {i}.")
            server.process.send_signal(signal.SIGHUP)
            until(lambda: self.kb()["generation"] == i + 2)
        over.set()
        for t in threads:
            t.join()
        self.assertEqual(set(statuses), {200})
        self.assertGreater(len(statuses), 20)


class NoticeTest(unittest.TestCase):
    def test_an_incident_is_told_ahead_of_the_answer_while_it_lasts(self):
        server = Server()
        self.addCleanup(server.remove)
        text = lambda words: f"<p>{words}</p>"
        with open(os.path.join(server.kb, "fi", "zz-notices.xml"), "w", encoding="utf-8") as file:
            file.write('<kb xmlns="urn:luukku:kb:1" xml:lang="fi">'
                       f'<notice id="test-strike" from="2020-01-01" until="2090-01-01" category="delivery">{text("Postin lakko viivästyttää.")}</notice>'
                       f'<notice id="test-over" from="2020-01-01" until="2020-02-01" category="delivery">{text("Tämä on ohi.")}</notice>'
                       f'<notice id="test-all" from="2020-01-01" until="2090-01-01">{text("Puhelin ei toimi.")}</notice></kb>')
        server.start()
        self.addCleanup(server.stop)
        shop = server.call("GET", "/api/v1/shop?lang=fi").body
        self.assertEqual([n["id"] for n in shop["notices"]], ["test-all"])
        c = server.conversation(lang="fi")
        self.assertIn("test-all", [m.get("entry") for m in c.started["messages"]])
        said = [m.get("entry") for m in c.say("paljonko maksaa toimitus").body["messages"]]
        self.assertLess(said.index("test-strike"), said.index("delivery-cost"))
        self.assertNotIn("test-over", said)
        self.assertEqual(rows(server.db, "SELECT count(*) FROM event WHERE type = 'notice.shown' AND entry = 'test-strike'")[0][0], 1)


class IndexTest(unittest.TestCase):
    def start(self, of):
        server = Server()
        self.addCleanup(server.remove)
        index = os.path.join(server.folder, "kb.idx")
        subprocess.run([PROGRAM, "index", "--kb", of or server.kb, "-o", index], check=True, timeout=60)
        server.settings["index"] = index
        server.start()
        self.addCleanup(server.stop)
        with open(server.errors.name, encoding="utf-8") as file:
            return server, file.read()

    def test_an_index_file_gives_the_same_answers(self):
        server, said = self.start(None)
        self.assertNotIn("warning", said)
        with open(f"/proc/{server.process.pid}/maps", encoding="utf-8") as file:
            self.assertIn("kb.idx", file.read())
        self.assertIn("delivery-cost", [m.get("entry") for m in server.conversation().say("paljonko maksaa toimitus").body["messages"]])

    def test_one_that_does_not_fit_is_told_and_not_used(self):
        server, said = self.start(os.path.join(SOURCE, "kb"))
        self.assertIn("another state of the knowledge base", said)
        self.assertIn('"event":"index-not-used"', server.log_text())
        self.assertIn("delivery-cost", [m.get("entry") for m in server.conversation().say("paljonko maksaa toimitus").body["messages"]])

    def test_a_changed_knowledge_base_is_taken_into_use_although_its_index_is_an_old_one(self):
        server, _ = self.start(None)
        with open(os.path.join(server.kb, "fi", "zz-test.xml"), "w", encoding="utf-8") as file:
            file.write('<kb xmlns="urn:luukku:kb:1" xml:lang="fi"><message id="canned-new">Uusi</message></kb>')
        server.process.send_signal(signal.SIGHUP)
        until(lambda: server.call("GET", "/healthz").body["kb"]["generation"] == 2)


class DictionaryTest(unittest.TestCase):
    HIDE = ["unshare", "--mount", "sh", "-c", 'for place in /usr/lib/voikko /etc/voikko /usr/share/voikko; do [ ! -d $place ] || mount -t tmpfs none $place || exit; done; exec "$@"', "hide"]

    def test_a_missing_dictionary_is_told_at_the_start_in_health_and_in_figures(self):
        if subprocess.run([*self.HIDE, "true"], capture_output=True).returncode:
            self.skipTest("this system does not let the test hide Voikko's dictionary")
        server = Server()
        self.addCleanup(server.remove)
        server.before = self.HIDE
        server.start()
        self.addCleanup(server.stop)
        with open(server.errors.name, encoding="utf-8") as file:
            self.assertIn("install voikko-fi", file.read())
        self.assertIn('"event":"no-dictionary"', server.log_text())
        health = server.call("GET", "/healthz")
        self.assertEqual((health.status, health.body["status"], health.body["kb"]["dictionary"]), (200, "degraded", False))
        self.assertEqual(server.figure("luukku_dictionary"), 0)
        self.assertEqual(server.conversation().say("paljonko maksaa toimitus").status, 200)

    def test_with_the_dictionary_nothing_is_said(self):
        server = Server()
        self.addCleanup(server.remove)
        server.start()
        self.addCleanup(server.stop)
        self.assertEqual((server.call("GET", "/healthz").body["status"], server.figure("luukku_dictionary")), ("ok", 1))


class RetentionTest(unittest.TestCase):
    def test_what_is_past_its_time_is_deleted_and_figures_stay(self):
        server = Server()
        self.addCleanup(server.remove)
        server.start()
        old, fresh = server.conversation(), server.conversation()
        old.say("sana jota ei muualla ole: krokotiilikeitto")
        fresh.say("moi")
        server.stop()
        with sqlite3.connect(server.db) as connection:
            connection.execute("UPDATE conversation SET changed = changed - 366 * 86400 WHERE id = ?", (old.id,))
        connection.close()
        server.start()
        self.addCleanup(server.stop)
        until(lambda: server.figure("luukku_purged_total") == 1)
        self.assertEqual(old.call("GET").code, "no-conversation")
        self.assertEqual(fresh.call("GET").status, 200)
        until(lambda: '"event":"purged"' in server.log_text())
        self.assertEqual(rows(server.db, "SELECT count(*) FROM event WHERE type = 'conversation.started'")[0][0], 2)
        for ending in ("", "-wal"):
            with open(server.db + ending, "rb") as file:
                self.assertNotIn("krokotiilikeitto".encode(), file.read())


class QuietTest(unittest.TestCase):
    def test_deleting_waits_until_nobody_has_said_anything_for_a_while(self):
        server = Server()
        self.addCleanup(server.remove)
        server.start()
        old = server.conversation()
        server.stop()
        with sqlite3.connect(server.db) as connection:
            connection.execute("UPDATE conversation SET changed = changed - 366 * 86400 WHERE id = ?", (old.id,))
        connection.close()
        server.start()
        self.addCleanup(server.stop)
        c = server.conversation()
        end = time.monotonic() + 15
        while time.monotonic() < end:
            c.say("moi")
            self.assertEqual(server.figure("luukku_purged_total"), 0)
            time.sleep(0.5)
        until(lambda: server.figure("luukku_purged_total") == 1)


class LogTest(Case):
    def test_the_log_is_json_lines_without_personal_data(self):
        c = self.server.conversation()
        c.say("numeroni on 040 123 4567 ja hetu 131052-308T")
        text = self.server.log_text()
        for line in text.strip().split("\n"):
            entry = json.loads(line)
            self.assertTrue({"time", "level", "event"} <= set(entry))
        for secret in ("040 123", "131052-308T", c.token, c.id, "127.0.0.1\""):
            self.assertNotIn(secret, text)

    def test_figures_are_in_prometheus_form(self):
        c = self.server.conversation()
        before = self.server.figure("luukku_turns_total")
        c.say("moi", "a")
        c.say("moi", "a")
        self.assertEqual(self.server.figure("luukku_turns_total"), before + 1)
        answer = self.server.call("GET", "/metrics")
        for line in answer.raw.decode().strip().split("\n"):
            self.assertRegex(line, r'^(# (HELP|TYPE) \w+ .+|\w+(\{\w+="[^"]+"\})? [-+0-9.e]+)$')


class PagesTest(unittest.TestCase):
    def test_pages_come_from_a_folder_with_their_headers(self):
        server = Server()
        self.addCleanup(server.remove)
        web = os.path.join(server.folder, "web")
        os.makedirs(os.path.join(web, "desk"))
        for name, text in (("index.html", "<p>shop"), ("chat.js", "// chat"), ("desk/index.html", "<p>desk"), (".secret.html", "x"), ("notes.md", "x")):
            with open(os.path.join(web, name), "w", encoding="utf-8") as file:
                file.write(text)
        server.settings["web"] = web
        server.start()
        self.addCleanup(server.stop)
        get = lambda path: server.call("GET", path, checked=False)
        self.assertEqual([get(path).raw for path in ("/", "/index.html", "/chat.js", "/desk", "/desk/")], [b"<p>shop", b"<p>shop", b"// chat", b"<p>desk", b"<p>desk"])
        for path in ("/.secret.html", "/notes.md", "/chat", "/web", "/chat.js/x"):
            self.assertEqual(get(path).status, 404, path)
        page = get("/desk").headers
        self.assertIn("default-src 'none'", page["content-security-policy"])
        self.assertNotIn("unsafe", page["content-security-policy"])
        self.assertEqual((page["x-frame-options"], page["x-content-type-options"], page["referrer-policy"]), ("DENY", "nosniff", "no-referrer"))
        self.assertEqual(get("/chat.js").headers["content-type"], "text/javascript; charset=utf-8")
        self.assertEqual(server.call("HEAD", "/chat.js", checked=False).status, 200)


class VouchTest(unittest.TestCase):
    SECRET = "a secret that the shop's page shares with the server"

    def token(self, secret=SECRET, **claims):
        import base64
        import hashlib
        import hmac
        import time
        part = lambda value: base64.urlsafe_b64encode(value).rstrip(b"=")
        claims = {"sub": "K1001", "aud": "luukku", "exp": int(time.time()) + 600, **claims}
        text = part(json.dumps({"alg": "HS256", "typ": "JWT"}).encode()) + b"." + part(json.dumps(claims).encode())
        return (text + b"." + part(hmac.new(secret.encode(), text, hashlib.sha256).digest())).decode()

    def test_the_shop_s_page_vouches_for_a_customer(self):
        server = Server()
        self.addCleanup(server.remove)
        path = os.path.join(server.folder, "secret")
        with open(path, "w", encoding="utf-8") as file:
            file.write(self.SECRET + "\n")
        server.settings["vouch-secret-file"] = path
        server.start()
        self.addCleanup(server.stop)
        c = server.conversation(vouch=self.token())
        self.assertEqual(rows(server.db, "SELECT customer FROM conversation WHERE id = ?", c.id)[0][0], "K1001")
        for wrong in (self.token(secret="x" * 40), self.token(aud="other"), self.token(exp=1), "nonsense", self.token()[:-2]):
            self.assertEqual(server.call("POST", "/api/v1/conversations", {"vouch": wrong}).code, "bad-vouch")

    def test_a_server_without_a_secret_believes_nobody(self):
        server = Server()
        self.addCleanup(server.remove)
        server.start()
        self.addCleanup(server.stop)
        self.assertEqual(server.call("POST", "/api/v1/conversations", {"vouch": self.token()}).code, "bad-vouch")


if __name__ == "__main__":
    unittest.main()
