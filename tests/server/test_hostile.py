"""Clients that are slow, wrong or too many: bounded, noted, and the others are served."""
import http.client
import re
import resource
import socket
import threading
import time
import unittest

from harness import PATIENCE, Case, Server, until

HEAD = b"POST /api/v1/conversations HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"


def closed(s):
    """Reads to the end: True when the server has closed, within the harness's patience."""
    try:
        while s.recv(65536):
            pass
        return True
    except ConnectionResetError:
        return True
    except socket.timeout:
        return False


class SlowTest(Case):
    settings = {"header_seconds": 2, "body_seconds": 2, "idle_seconds": 3}

    def trickle(self, s, chunk, until_closed):
        """One piece every fifth of a second: never idle, never done."""
        try:
            while not until_closed.is_set():
                s.sendall(chunk)
                time.sleep(0.2)
        except OSError:
            pass

    def assert_closed_while_trickling(self, begin, chunk):
        with self.server.socket() as s:
            over = threading.Event()
            s.sendall(begin)
            thread = threading.Thread(target=self.trickle, args=(s, chunk, over))
            thread.start()
            self.assertEqual(self.server.call("POST", "/api/v1/conversations", {}).status, 201)
            self.assertTrue(closed(s))
            over.set()
            thread.join()

    def test_trickled_headers(self):
        self.assert_closed_while_trickling(b"GET / HTTP/1.1\r\nHost: x\r\n", b"X-A: b\r\n")

    def test_a_trickled_request_line(self):
        self.assert_closed_while_trickling(b"GET /", b"a")

    def test_a_trickled_body(self):
        self.assert_closed_while_trickling(HEAD + b"Content-Length: 10000\r\n\r\n", b" ")

    def test_a_trickled_chunked_body(self):
        self.assert_closed_while_trickling(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n")

    def test_trickled_headers_on_a_connection_that_was_good_before(self):
        self.assert_closed_while_trickling(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n", b"X-A: b\r\n")

    def test_nothing_at_all(self):
        with self.server.socket() as s:
            self.assertTrue(closed(s))
        self.assertIn('"event":"connection"', self.server.log_text())

    def test_an_event_stream_lives_longer_than_any_deadline(self):
        events = self.server.conversation().events()
        events.next("state")
        time.sleep(6)
        self.assertEqual(self.server.figure("luukku_streams"), 1)
        events.close()


class SizeTest(Case):
    def status(self, got):
        return int(got.split(b" ", 2)[1]) if got else 0

    def test_a_body_that_says_it_is_too_large_is_refused_before_it_comes(self):
        with self.server.socket() as s:
            s.sendall(HEAD + b"Content-Length: 16385\r\nExpect: 100-continue\r\n\r\n")
            self.assertIn(b" 413 ", s.recv(4096).split(b"\r\n")[0])

    def test_a_chunked_body_is_counted(self):
        chunk = b"1000\r\n" + b" " * 4096 + b"\r\n"
        got = self.server.raw(HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + chunk * 5 + b"0\r\n\r\n")
        self.assertEqual(self.status(got), 413)
        self.assertIn(b"body-too-large", got)

    def test_an_endless_chunked_body_is_cut(self):
        chunk = b"1000\r\n" + b" " * 4096 + b"\r\n"
        with self.server.socket() as s:
            s.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
            with self.assertRaises(OSError):
                for _ in range(100000):
                    s.sendall(chunk)

    def test_the_largest_body_is_taken(self):
        body = b'{"lang":"fi"' + b" " * (16384 - 13) + b"}"
        self.assertEqual(self.server.call("POST", "/api/v1/conversations", raw=body).status, 201)

    def test_headers_are_bounded(self):
        for head in (b"GET /healthz HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 40000 + b"\r\n\r\n", b"GET /" + b"a" * 40000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
                     b"GET /healthz HTTP/1.1\r\nHost: x\r\n" + b"X: a\r\n" * 5000 + b"\r\n"):
            self.assertIn(self.status(self.server.raw(head)), (0, 400, 413, 414, 431))
        self.assertEqual(self.server.call("GET", "/healthz").status, 200)


class SmugglingTest(Case):
    def refused(self, head):
        got = self.server.raw(head)
        self.assertNotIn(b" 200 ", got, head)
        self.assertNotIn(b" 201 ", got, head)

    def test_what_can_be_read_in_two_ways_is_refused(self):
        inner = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
        post = HEAD
        length = b"Content-Length: %d\r\n" % len(inner)
        for head in (post + length + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + inner,
                     post + b"Transfer-Encoding: chunked\r\n" + length + b"\r\n0\r\n\r\n" + inner,
                     post + length + b"Content-Length: 0\r\n\r\n" + inner,
                     post + b"Content-Length: 0\r\nContent-Length: 0\r\n\r\n",
                     post + b"Content-Length: +5\r\n\r\nhello",
                     post + b"Content-Length: 0x5\r\n\r\nhello",
                     post + b"Content-Length: 5, 5\r\n\r\nhello",
                     post + b"Content-Length: -1\r\n\r\n",
                     post + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
                     post + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
                     post + b"Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                     post + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
                     post.replace(b"HTTP/1.1", b"HTTP/1.0") + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                     b"GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello"):
            self.refused(head)

    def test_hosts(self):
        for head in (b"GET /healthz HTTP/1.1\r\n\r\n", b"GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", b"GET /healthz HTTP/1.1\r\nHost: a, b\r\n\r\n",
                     b"GET /healthz HTTP/1.1\r\nHost: a@b\r\n\r\n"):
            self.refused(head)

    def test_paths_have_nothing_encoded(self):
        for path in (b"/health%7a", b"/healthz%00x", b"/%2e%2e/etc/passwd", b"/../etc/passwd", b"//healthz", b"/healthz/..", b"/a\\b", b"http://x/healthz", b"*"):
            self.refused(b"GET " + path + b" HTTP/1.1\r\nHost: x\r\n\r\n")

    def test_odd_lines(self):
        for head in (b"\x16\x03\x01\x02\x00", b"GET\r\n\r\n", b"GET /healthz\r\n\r\n", b"GET /healthz HTTP/3.0\r\nHost: x\r\n\r\n", b"\x00" * 100, b"GET /healthz HTTP/1.1\r\nHost: x\r\nX\x00Y: b\r\n\r\n",
                     b"GET /healthz HTTP/1.1\r\nHost: x\r\nA: b\x01\r\n\r\n"):
            self.refused(head)
        self.assertEqual(self.server.call("GET", "/healthz").status, 200)


class PipelineTest(Case):
    def test_pipelined_requests_are_answered_in_order(self):
        body = b'{"lang":"sv"}'
        one = HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body
        two = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
        got = self.server.raw((one + two) * 10 + b"GET /nothing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        lines = [line for line in got.split(b"\r\n") if line.startswith(b"HTTP/1.1 ") or b"HTTP/1.1 " in line]
        statuses = [line[line.index(b"HTTP/1.1 ") + 9:][:3] for line in lines]
        self.assertEqual(statuses, [b"201", b"200"] * 10 + [b"404"])

    def test_messages_sent_at_once_stay_in_order(self):
        c = self.server.conversation()
        requests = b""
        for i in range(20):
            body = b'{"client_id":"p%d","text":"viesti %d"}' % (i, i)
            requests += (b"POST /api/v1/conversations/%s/messages HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAuthorization: Bearer %s\r\n"
                         b"Content-Length: %d\r\n\r\n" % (c.id.encode(), c.token.encode(), len(body))) + body
        self.assertEqual(self.server.raw(requests).count(b"HTTP/1.1 200"), 20)
        self.assertEqual([m["text"] for m in c.history() if m["from"] == "customer"], [f"viesti {i}" for i in range(20)])


class CrowdTest(unittest.TestCase):
    def test_idle_connections_of_one_address_are_bounded_and_others_are_served(self):
        server = Server(connections_per_address=50, connections=400, idle_seconds=20, header_seconds=20)
        self.addCleanup(server.remove)
        server.start()
        self.addCleanup(server.stop)
        idle = []
        for i in range(1000):
            try:
                idle.append(socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE, source_address=("127.0.0.5", 0)))
            except OSError:
                break
        self.assertEqual(server.call("POST", "/api/v1/conversations", {}).status, 201)
        self.assertLessEqual(server.figure("luukku_connections"), 60)
        self.assertGreater(server.figure("luukku_disconnected_total"), 0)
        for s in idle:
            s.close()

    IDLE = 10000

    def start_for_idle(self, **settings):
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        if hard != resource.RLIM_INFINITY and hard < self.IDLE + 1000:
            self.skipTest(f"10,000 connections need as many open files, and this system allows {hard}")
        before = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (self.IDLE + 1000, hard))
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, before)
        server = Server(connections=self.IDLE + 500, **settings)
        self.addCleanup(server.remove)
        server.start()
        self.addCleanup(server.stop)
        return server

    def idle(self, server, addresses, each):
        """Connections that send the beginning of a request and no more, from many addresses of this machine."""
        sockets = []
        for i in range(addresses):
            for _ in range(each):
                s = socket.socket()
                self.addCleanup(s.close)
                s.bind((f"127.0.{2 + i // 250}.{1 + i % 250}", 0))
                s.connect(("127.0.0.1", server.port))
                try:
                    s.sendall(b"GET /healthz HTTP/1.1\r\n")
                except OSError:  # refused at once
                    pass
                sockets.append(s)
        return sockets

    def resident_kilobytes(self, server):
        with open(f"/proc/{server.process.pid}/status", encoding="ascii") as file:
            return int(re.search(r"VmRSS:\s+(\d+)", file.read()).group(1))

    def test_ten_thousand_idle_connections_are_bounded_and_logged_and_others_are_served(self):
        server = self.start_for_idle(connections_per_address=50, header_seconds=60)
        c = server.conversation()
        c.say("paljonko maksaa toimitus")
        before = self.resident_kilobytes(server)
        self.idle(server, 200, 50)
        until(lambda: server.figure("luukku_connections") >= self.IDLE)
        self.assertEqual(c.say("paljonko maksaa toimitus").status, 200)
        self.assertEqual(server.conversation().say("moi").status, 200)
        self.assertLess(self.resident_kilobytes(server) - before, 16 * self.IDLE)

    def test_idle_connections_end_at_their_deadline_and_are_logged(self):
        server = self.start_for_idle(connections_per_address=50, header_seconds=10)
        sockets = self.idle(server, 200, 50)
        self.assertEqual(server.conversation().say("moi").status, 200)
        until(lambda: server.figure("luukku_connections") < 50, 60)
        self.assertGreaterEqual(server.figure("luukku_disconnected_total"), self.IDLE)
        self.assertGreaterEqual(server.log_text().count("too slow and was disconnected"), self.IDLE)
        self.assertTrue(all(closed(s) for s in sockets[::100]))

    def test_it_is_the_limit_of_an_address_that_stops_who_wants_more(self):
        server = self.start_for_idle(connections_per_address=50, header_seconds=60)
        self.idle(server, 20, 500)
        until(lambda: server.figure("luukku_disconnected_total") >= self.IDLE - 20 * 50)
        self.assertLessEqual(server.figure("luukku_connections"), 20 * 50 + 5)
        self.assertGreaterEqual(server.figure("luukku_connections"), 20 * 50)
        with self.assertRaises(OSError):
            server.call("GET", "/healthz", address="127.0.2.1")
        self.assertEqual(server.call("GET", "/healthz", address="127.0.9.9").status, 200)
        self.assertIn("limit", server.log_text().lower())

    def test_many_streams_hear_what_is_told(self):
        server = Server(streams=600, connections_per_address=2000)
        self.addCleanup(server.remove)
        server.start()
        self.addCleanup(server.stop)
        other = server.conversation()
        streams = [(c, c.events()) for c in (server.conversation() for _ in range(300))]
        for c, events in streams:
            events.next("state")
        for c, events in streams:
            c.say("moi")
        for c, events in streams:
            self.assertEqual(events.next("message")[2]["text"], "moi")
            events.close()
        self.assertEqual(other.call("GET").status, 200)

    def test_a_reader_that_does_not_read_holds_nobody_up(self):
        server = Server()
        self.addCleanup(server.remove)
        server.start()
        self.addCleanup(server.stop)
        c = server.conversation()
        deaf = server.socket()
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        deaf.sendall(f"GET /api/v1/conversations/{c.id}/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {c.token}\r\n\r\n".encode())
        until(lambda: server.figure("luukku_streams") == 1)
        for i in range(150):
            self.assertEqual(c.say("x" * 1900).status, 200)
        deaf.close()


if __name__ == "__main__":
    unittest.main()
