#!/usr/bin/env python3
"""How fast the chat server answers, beside libmicrohttpd alone in the same run; and what thousands of event streams cost. One JSON line for each.

  server.py [--program build/luukku] [--seconds 10] [--connections 64] [--streams 5000] [--folder DIR] [--only questions|streams] [SETTING=VALUE …]

Questions: wrk asks the sample shop's own phrasings in 256 conversations, each message kept on disk before its answer. --folder: where the database is (its disk is what is measured).
"""
import argparse
import glob
import http.client
import json
import os
import re
import resource
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import xml.etree.ElementTree as xml

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.path.dirname(os.path.dirname(HERE))
KB = "{urn:luukku:kb:1}"
CONVERSATIONS = 256


def phrasings():
    """One phrasing of each article, in three languages, shuffled by a fixed rule."""
    found = []
    for path in sorted(glob.glob(os.path.join(SOURCE, "kb", "*", "*.xml"))):
        for article in xml.parse(path).getroot().iter(KB + "article"):
            question = article.find(KB + "question")
            if question is not None and article.get("handoff") != "always":
                found.append(re.sub(r"\s+", " ", "".join(question.itertext())).strip())
    return [found[i * 7919 % len(found)] for i in range(len(found))]


class Server:
    def __init__(self, program, folder, settings):
        self.folder = tempfile.mkdtemp(prefix="luukku-bench-", dir=folder)
        given = {"listen": "127.0.0.1:0", "db": os.path.join(self.folder, "chat.db"), "kb": os.path.join(SOURCE, "kb"), "log": os.path.join(self.folder, "log"),
                 "quiet": "yes", "conversations-per-hour": "0", "requests-per-minute": "0", "messages-per-minute": "0", "connections-per-address": "100000",
                 "streams": "20000", "connections": "20000", **settings}
        arguments = [program, "serve"] + [f"--{name}={value}" for name, value in given.items()]
        self.process = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        self.port = int(re.search(r":(\d+)/", line).group(1))
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    def call(self, method, path, body=None, token=None):
        headers = {"Content-Type": "application/json"}
        if token:
            headers["Authorization"] = "Bearer " + token
        self.connection.request(method, path, json.dumps(body).encode() if body is not None else None, headers)
        answer = self.connection.getresponse()
        raw = answer.read()
        assert answer.status < 300, raw
        return json.loads(raw) if raw else None

    def start(self):
        return self.call("POST", "/api/v1/conversations", {})

    def say(self, conversation, text, client_id):
        return self.call("POST", f"/api/v1/conversations/{conversation['id']}/messages", {"client_id": client_id, "text": text}, conversation["token"])

    def memory(self):
        """Kilobytes resident, and what of it no file stands behind."""
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as file:
            text = file.read()
        return tuple(int(re.search(name + r":\s+(\d+)", text).group(1)) for name in ("VmRSS", "RssAnon"))

    def processor(self):
        with open(f"/proc/{self.process.pid}/stat", encoding="ascii") as file:
            fields = file.read().rsplit(") ", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)
        shutil.rmtree(self.folder, ignore_errors=True)


def wrk(port, seconds, connections, plan):
    result = subprocess.run(["wrk", "-t2", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", "-s", os.path.join(HERE, "server.lua"), f"http://127.0.0.1:{port}"],
                            capture_output=True, text=True, env={**os.environ, "LUUKKU_BENCH": plan}, check=True)
    found = json.loads(re.search(r"^JSON (.*)$", result.stdout, re.M).group(1))
    found["per_second"] = round(found["requests"] / found["seconds"], 1)
    return found


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def disk_sync(folder):
    """Microseconds of one fdatasync after a write as large as a small commit: the median of 200."""
    path = os.path.join(folder, "sync")
    file = os.open(path, os.O_CREAT | os.O_RDWR)
    times = []
    for i in range(200):
        os.pwrite(file, b"x" * 16384, i * 16384)
        begun = time.perf_counter()
        os.fdatasync(file)
        times.append(time.perf_counter() - begun)
    os.close(file)
    os.unlink(path)
    return round(sorted(times)[100] * 1e6)


def measure_questions(options, settings):
    server = Server(options.program, options.folder, settings)
    questions = phrasings()
    conversations = [server.start() for _ in range(CONVERSATIONS)]
    plan = os.path.join(server.folder, "plan")
    with open(plan, "w", encoding="utf-8") as file:
        file.writelines(f"{c['id']}\t{c['token']}\n" for c in conversations)
        file.writelines(json.dumps(q) + "\n" for q in questions)
    probe = [server.start() for _ in range(8)]
    answers = [server.say(probe[i % 8], q, f"p{i}") for i, q in enumerate(questions[:100])]
    path = os.path.join(server.folder, "answers.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump(answers, file)
    program = os.path.join(server.folder, "server_bare")
    flags = subprocess.run(["pkg-config", "--cflags", "--libs", "libmicrohttpd", "jansson"], capture_output=True, text=True, check=True).stdout.split()
    subprocess.run(["cc", "-O2", "-D_GNU_SOURCE", os.path.join(HERE, "server_bare.c"), "-o", program] + flags, check=True)
    port = free_port()
    bare = subprocess.Popen([program, str(port), path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    bare.stdout.readline()
    wrk(server.port, 2, options.connections, plan)  # warm
    base = wrk(port, options.seconds, options.connections, plan)
    before = server.processor()
    ours = wrk(server.port, options.seconds, options.connections, plan)
    used = server.processor() - before
    again = wrk(port, options.seconds, options.connections, plan)
    bare.communicate("\n")
    sync = disk_sync(server.folder)
    server.stop()
    bare_rate = (base["per_second"] + again["per_second"]) / 2
    print(json.dumps({"bench": "server.questions", "connections": options.connections, "per_second": ours["per_second"], "bare_per_second": round(bare_rate, 1),
                      "ratio": round(ours["per_second"] / bare_rate, 3), "p50_ms": ours["p50"], "p90_ms": ours["p90"], "p99_ms": ours["p99"], "max_ms": ours["max"],
                      "not_200": ours["not_200"], "socket_errors": ours["socket_errors"], "cpu_us_each": round(used / ours["requests"] * 1e6, 1),
                      "disk_sync_us": sync, "processors": os.cpu_count(), "answer_bytes": sum(len(json.dumps(a)) for a in answers) // len(answers)}), flush=True)


def read_until(sockets, mark, begun):
    """Waits until each socket has sent `mark`; seconds since `begun` for each."""
    poll = select.epoll()
    waiting = {}
    for s in sockets:
        poll.register(s.fileno(), select.EPOLLIN)
        waiting[s.fileno()] = (s, b"")
    times = []
    while waiting and time.perf_counter() - begun < 60:
        for number, _ in poll.poll(1):
            if number not in waiting:
                continue
            s, got = waiting[number]
            got = got[-64:] + s.recv(65536)
            if mark in got:
                times.append(time.perf_counter() - begun)
                del waiting[number]
                poll.unregister(number)
            else:
                waiting[number] = (s, got)
    poll.close()
    return times, len(waiting)


def open_stream(server, conversation):
    s = socket.create_connection(("127.0.0.1", server.port), timeout=30)
    s.sendall(f"GET /api/v1/conversations/{conversation['id']}/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {conversation['token']}\r\n\r\n".encode())
    return s


def open_streams(server, count, conversation):
    sockets = []
    while len(sockets) < count:
        fresh = [open_stream(server, conversation(i)) for i in range(len(sockets), min(len(sockets) + 50, count))]
        _, missing = read_until(fresh, b"event: state", time.perf_counter())
        assert not missing, f"{missing} streams did not open"
        sockets += fresh
    return sockets


def empty(sockets):
    for s in sockets:
        s.setblocking(False)
        try:
            while s.recv(1 << 16):
                pass
        except BlockingIOError:
            pass
        s.setblocking(True)


def fan_out(server, conversation, sockets, number):
    begun = time.perf_counter()
    asker = threading.Thread(target=server.say, args=(conversation, "kiitos", f"fan{number}"))
    asker.start()
    times, missing = read_until(sockets, b"event: message", begun)
    asker.join()
    assert not missing, f"{missing} streams heard nothing"
    time.sleep(0.3)
    empty(sockets)
    return max(times) * 1000


def measure_streams(options, settings):
    result = {"bench": "server.streams", "streams": options.streams}
    for kind in ("many", "one"):  # each customer's own conversation (four streams), and one message to all
        server = Server(options.program, options.folder, {**settings, "streams-per-conversation": "10000", "heartbeat-seconds": "300"})
        conversations = [server.start() for _ in range((options.streams + 3) // 4 if kind == "many" else 1)]
        server.say(conversations[0], "paljonko toimitus maksaa", "warm")
        result.setdefault("memory_before_mb", round(server.memory()[0] / 1024, 1))
        sockets = open_streams(server, options.streams, lambda i: conversations[i % len(conversations)])
        if kind == "many":
            result["memory_mb"], result["anonymous_mb"] = (round(kilobytes / 1024, 1) for kilobytes in server.memory())
        else:
            result["memory_one_mb"] = round(server.memory()[0] / 1024, 1)
            rounds = [fan_out(server, conversations[0], sockets, i) for i in range(9)]
            result.update(fan_out_ms=[round(r, 1) for r in rounds], fan_out_median_ms=round(sorted(rounds)[4], 1), memory_after_fan_out_mb=round(server.memory()[0] / 1024, 1))
        for s in sockets:
            s.close()
        server.stop()
    print(json.dumps(result), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=os.path.join(SOURCE, "build", "luukku"))
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--streams", type=int, default=5000)
    parser.add_argument("--folder")
    parser.add_argument("--only", choices=("questions", "streams"))
    parser.add_argument("settings", nargs="*", help="of luukku serve, as NAME=VALUE")
    options = parser.parse_args()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    settings = dict(s.split("=", 1) for s in options.settings)
    if options.only != "streams":
        if not shutil.which("wrk"):
            sys.exit("error: wrk is not installed; apt-get install wrk")
        measure_questions(options, settings)
    if options.only != "questions":
        measure_streams(options, settings)


if __name__ == "__main__":
    main()
