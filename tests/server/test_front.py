"""The sample configurations of nginx and systemd, where those are installed."""
import http.client
import json
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import unittest

from harness import PATIENCE, SOURCE, Server, until

FOLDER = os.path.join(SOURCE, "tools", "serve")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


@unittest.skipUnless(shutil.which("nginx") and shutil.which("openssl"), "nginx or openssl is not installed")
class NginxTest(unittest.TestCase):
    def setUp(self):
        self.server = Server(proxies="127.0.0.1", requests_per_minute=8)
        self.addCleanup(self.server.remove)
        self.server.start()
        self.addCleanup(self.server.stop)
        self.port = free_port()
        self.start_nginx()

    def start_nginx(self):
        folder = self.server.folder
        key, certificate = os.path.join(folder, "key.pem"), os.path.join(folder, "certificate.pem")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate, "-subj", "/CN=localhost", "-days", "2"],
                       check=True, capture_output=True, timeout=60)
        with open(os.path.join(FOLDER, "nginx.conf.sample"), encoding="utf-8") as file:
            sample = file.read()
        for pattern, replacement in ((r"127\.0\.0\.1:8080", f"127.0.0.1:{self.server.port}"), (r"listen 443 ", f"listen 127.0.0.1:{self.port} "),
                                     (r"(?m)^ *listen \[::\].*\n", ""), (r"listen 80;", f"listen 127.0.0.1:{free_port()};"),
                                     (r"/etc/ssl/chat.shop.example.pem", certificate), (r"/etc/ssl/chat.shop.example.key", key)):
            sample, count = re.subn(pattern, replacement, sample)
            self.assertGreater(count, 0, pattern)
        path = os.path.join(folder, "nginx.conf")
        temporary = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        with open(path, "w", encoding="utf-8") as file:
            file.write(f"daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx.log; worker_processes 1;\nevents {{}}\nhttp {{ access_log off;\n{temporary}{sample}\n}}\n")
        self.nginx = subprocess.Popen(["nginx", "-c", path], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(self.nginx.wait, PATIENCE)
        self.addCleanup(self.nginx.send_signal, signal.SIGTERM)
        def listens():
            with socket.socket() as s:
                return s.connect_ex(("127.0.0.1", self.port)) == 0
        until(listens)

    def connect(self):
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return http.client.HTTPSConnection("127.0.0.1", self.port, timeout=PATIENCE, context=context)

    def call(self, method, path, body=None, headers=None):
        connection = self.connect()
        connection.request(method, path, body, {"Content-Type": "application/json", **(headers or {})})
        response = connection.getresponse()
        answer = response.status, response.read(), response.getheaders()
        connection.close()
        return answer

    def test_a_conversation_goes_through_it_and_events_come_at_once(self):

        status, raw, _ = self.call("POST", "/api/v1/conversations", "{}")
        self.assertEqual(status, 201)
        started = json.loads(raw)
        headers = {"Authorization": "Bearer " + started["token"]}
        path = "/api/v1/conversations/" + started["id"]
        stream = self.connect()
        stream.request("GET", path + "/events", headers=headers)
        response = stream.getresponse()
        self.assertEqual(response.readline(), b"event: state\n")
        self.assertEqual(self.call("POST", path + "/messages", '{"client_id":"a","text":"moi"}', headers)[0], 200)
        while response.readline() != b"event: message\n":
            pass
        stream.close()

    def test_limits_count_the_customer_and_not_what_the_customer_claims(self):
        statuses = [self.call("GET", "/api/v1/shop", headers={"X-Forwarded-For": f"192.0.2.{i}"})[0] for i in range(10)]
        self.assertEqual(statuses, [200] * 8 + [429] * 2)

    def test_too_large_a_body_is_refused(self):
        self.assertEqual(self.call("POST", "/api/v1/conversations", b" " * 20000)[0], 413)


@unittest.skipUnless(shutil.which("systemd-analyze"), "systemd is not installed")
class UnitFileTest(unittest.TestCase):
    def test_systemd_understands_it(self):
        server = Server()
        self.addCleanup(server.remove)
        with open(os.path.join(FOLDER, "luukku.service"), encoding="utf-8") as file:
            text = file.read().replace("/usr/local/bin/luukku", "/bin/true")
        path = os.path.join(server.folder, "luukku.service")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        result = subprocess.run(["systemd-analyze", "verify", path], capture_output=True, text=True, timeout=60)
        self.assertEqual((result.returncode, result.stderr), (0, ""))


if __name__ == "__main__":
    unittest.main()
