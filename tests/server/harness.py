"""A real server on a free port with a folder of its own, and clients for it."""
import http.client
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
import time
import unittest
import uuid

from openapi import Api

SOURCE = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
PROGRAM = os.environ.get("LUUKKU_PROGRAM", os.path.join(SOURCE, "build", "luukku"))
API = Api(os.path.join(SOURCE, "tools", "serve", "openapi.yaml"))
PASSWORD = "a rather long password"
PATIENCE = 30  # seconds for anything that has to happen; nothing here is measured by time


def until(what, patience=PATIENCE):
    """Waits for `what` to become true, and gives what it returned."""
    end = time.monotonic() + patience
    while not (result := what()):
        if time.monotonic() > end:
            raise AssertionError("this did not happen in time")
        time.sleep(0.02)
    return result


class Answer:
    def __init__(self, status, headers, raw):
        self.status, self.headers, self.raw = status, headers, raw
        kind = headers.get("content-type", "")
        self.body = json.loads(raw) if kind.endswith(("/json", "+json")) else raw

    @property
    def code(self):
        return self.body.get("code") if isinstance(self.body, dict) else None


class Server:
    """`settings` are flags of luukku serve. The knowledge base is a copy of the sample shop's whose desk is always open."""

    def __init__(self, **settings):
        self.folder = tempfile.mkdtemp(prefix="luukku-")
        self.kb = os.path.join(self.folder, "kb")
        self.db = os.path.join(self.folder, "chat.db")
        self.log = os.path.join(self.folder, "log")
        shutil.copytree(os.path.join(SOURCE, "kb"), self.kb)
        shop = os.path.join(self.kb, "shop.xml")
        with open(shop, encoding="utf-8") as file:
            text = file.read()
        text = re.sub(r'<hours desk="chat">.*?</hours>',
                      '<hours desk="chat"><open days="mon-sun" from="00:00" to="24:00"/></hours>', text, flags=re.S)
        with open(shop, "w", encoding="utf-8") as file:
            file.write(text)
        self.settings = {"conversations-per-hour": "0", "requests-per-minute": "0", "messages-per-minute": "0", "connections-per-address": "2000",
                         "reload-seconds": "0", "stop-seconds": "10"}
        self.settings.update({name.replace("_", "-"): str(value) for name, value in settings.items()})
        self.before = []  # a command that the program is run by
        self.process = None
        self.port = None

    def start(self):
        arguments = [*self.before, PROGRAM, "serve", "--listen", "127.0.0.1:0", "--db", self.db, "--kb", self.kb, "--log", self.log]
        for name, value in self.settings.items():
            arguments += ["--" + name, value]
        self.errors = open(os.path.join(self.folder, "stderr"), "ab")
        self.process = subprocess.Popen(arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self.errors, text=True)
        line = self.process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:(\d+)/", line)
        if not found:
            self.process.wait(PATIENCE)
            with open(self.errors.name, encoding="utf-8") as file:
                raise AssertionError("the server did not start: " + file.read())
        self.port = int(found.group(1))
        return self

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(PATIENCE)
        self.process.stdout.close()
        self.errors.close()

    def stop(self):
        """Orderly; its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(PATIENCE)
        self.process.stdout.close()
        self.errors.close()
        return status

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def log_text(self):
        with open(self.log, encoding="utf-8") as file:
            return file.read()

    def figure(self, name):
        for line in self.call("GET", "/metrics").raw.decode().split("\n"):
            if line.startswith(name + " "):
                return float(line.split()[1])
        raise AssertionError("no figure " + name)

    # ---- Calling ----

    def call(self, method, path, body=None, headers=None, address="127.0.0.1", raw=None, checked=True):
        headers = dict(headers or {})
        data = raw
        if body is not None:
            data = json.dumps(body).encode()
        if data is not None:
            headers.setdefault("Content-Type", "application/json")
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE, source_address=(address, 0))
        try:
            connection.request(method, path, data, headers)
            response = connection.getresponse()
            answer = Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
        finally:
            connection.close()
        if checked:
            API.check(method, path, answer.status, answer.headers.get("content-type"), answer.body)
        return answer

    def socket(self, address="127.0.0.1"):
        s = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE, source_address=(address, 0))
        return s

    def raw(self, data, address="127.0.0.1"):
        """Sends bytes as they are; what comes back until the server closes or is silent."""
        with self.socket(address) as s:
            got = b""
            try:
                s.sendall(data)
                s.shutdown(socket.SHUT_WR)
                while chunk := s.recv(65536):
                    got += chunk
            except OSError:  # closed on us, or silent
                pass
            return got

    def conversation(self, **start):
        answer = self.call("POST", "/api/v1/conversations", start)
        assert answer.status == 201, answer.raw
        return Conversation(self, answer.body)

    def agent(self, name="maija", role="agent"):
        add_agent(self.db, name, role)
        return Agent(self, name)


class Conversation:
    def __init__(self, server, started):
        self.server, self.started = server, started
        self.id, self.token = started["id"], started["token"]

    def call(self, method, rest="", body=None, **more):
        headers = {"Authorization": "Bearer " + self.token, **more.pop("headers", {})}
        return self.server.call(method, f"/api/v1/conversations/{self.id}{rest}", body, headers, **more)

    def say(self, text, client_id=None, **more):
        return self.call("POST", "/messages", {"client_id": client_id or str(uuid.uuid4()), "text": text, **more})

    def history(self, after=0):
        return self.call("GET", f"/messages?after={after}").body["messages"]

    def events(self, last=None):
        headers = {"Authorization": "Bearer " + self.token}
        if last is not None:
            headers["Last-Event-ID"] = str(last)
        return Events(self.server, f"/api/v1/conversations/{self.id}/events", headers)


class Agent:
    def __init__(self, server, name):
        self.server, self.name = server, name
        answer = server.call("POST", "/desk/api/login", {"name": name, "password": PASSWORD})
        assert answer.status == 200, answer.raw
        self.cookie = answer.headers["set-cookie"].split(";")[0]
        self.csrf = answer.body["csrf"]

    def call(self, method, path, body=None, **more):
        headers = {"Cookie": self.cookie, "X-CSRF-Token": self.csrf, **more.pop("headers", {})}
        return self.server.call(method, "/desk/api" + path, body, headers, **more)

    def arrive(self):
        return self.call("POST", "/presence", {"here": True})

    def events(self):
        return Events(self.server, "/desk/api/events", {"Cookie": self.cookie})


class Events:
    """A stream of events, read as it comes."""

    def __init__(self, server, path, headers):
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
        self.connection.request("GET", path, headers=headers)
        self.response = self.connection.getresponse()
        self.status = self.response.status

    def next(self, wanted=None):
        """The next event (of a kind) as (kind, id, data); None when the stream has ended."""
        kind, number, data = None, None, None
        while line := self.response.readline():
            line = line.decode().rstrip("\n")
            if line.startswith("event: "):
                kind = line[7:]
            elif line.startswith("id: "):
                number = int(line[4:])
            elif line.startswith("data: "):
                data = json.loads(line[6:])
            elif line == "" and kind:
                if wanted in (None, kind):
                    return kind, number, data
                kind, number, data = None, None, None
        return None

    def close(self):
        self.response.close()
        self.connection.close()


def add_agent(db, name, role="agent"):
    subprocess.run([PROGRAM, "agent", "add", name, "--role", role, "--db", db, "--replace"], input=PASSWORD + "\n", text=True, check=True,
                   stdout=subprocess.DEVNULL, timeout=PATIENCE)


def rows(db, sql, *values):
    with sqlite3.connect(f"file:{db}?mode=ro", uri=True, timeout=PATIENCE) as connection:
        return connection.execute(sql, values).fetchall()


class Case(unittest.TestCase):
    """Tests that share one server, with the class's settings."""

    settings = {}

    @classmethod
    def setUpClass(cls):
        cls.server = Server(**cls.settings)
        cls.addClassCleanup(cls.server.remove)
        cls.server.start()

    @classmethod
    def tearDownClass(cls):
        status = cls.server.stop()
        assert status == 0, f"the server ended with {status}"
