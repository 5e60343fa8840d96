"""HTTP that is malformed, oversized, split, or sent ahead, by raw sockets. After each the server must
still answer."""

import json
import pathlib
import socket
import tempfile
import unittest

import served

GET = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n"
CLOSE = b"Connection: close\r\n\r\n"
OK = b'{"status":"ok"}\n'


def replies(data):
    """The answers in a byte string: [(status, headers, body)]."""
    found = []
    while data:
        head, _, rest = data.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        status = int(lines[0].split()[1])
        headers = dict(line.split(": ", 1) for line in lines[1:])
        length = int(headers.get("Content-Length", 0))
        found.append((status, headers, rest[:length]))
        data = rest[length:]
    return found


class RawHttp(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory(prefix="assay-serve-")
        cls.server = served.Server(
            served.make_project(pathlib.Path(cls.temporary.name, "project"), run=False))

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__()
        cls.temporary.cleanup()

    def tearDown(self):
        self.assertEqual(self.server.ask("/healthz").status, 200)

    def refused(self, status, *pieces, message=""):
        """One answer with that status and our form of an error, then the connection is closed."""
        found = replies(self.server.raw(*pieces))
        self.assertEqual([each[0] for each in found], [status])
        error = json.loads(found[0][2])["error"]
        self.assertIn(message, error["message"])
        return found[0]

    def test_what_is_no_http(self):
        for text in (b"\x00\x01\x02\x03\r\n\r\n", b"hello\r\n\r\n", b"GET\r\n\r\n",
                     b"GET /healthz\r\n\r\n", b"GET /healthz HTTP/9.9\r\n\r\n",
                     b"GET /healthz HTTP/2.0\r\n\r\n", b"GET  /healthz HTTP/1.1\r\n\r\n",
                     b"GET /healthz HTTP/1.1 x\r\n\r\n", b"GET /hea lthz HTTP/1.1\r\n\r\n",
                     b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 200,
                     b"G\xc3\x84T / HTTP/1.1\r\nHost: localhost\r\n\r\n",
                     GET + b"no colon\r\n\r\n", GET + b": no name\r\n\r\n",
                     GET + b"Bad Name: x\r\n\r\n", GET + b"A: b\x00c\r\n\r\n",
                     GET + b"A: b\x01c\r\n\r\n", GET + b"A: b\rc\r\n\r\n"):
            with self.subTest(text=text[:40]):
                self.refused(400, text, message="the request is no HTTP/1.1: ")

    def test_targets_that_are_no_paths(self):
        for target, message in ((b"*", "is no path"), (b"healthz", "is no path"),
                                (b"/heal\x80thz", ""), (b"/a\"b", "must be encoded"),
                                (b"/a#b", "must be encoded"), (b"/a%zz", "% without"),
                                (b"http:///healthz", "names no host")):
            with self.subTest(target=target):
                self.refused(400, b"GET " + target + b" HTTP/1.1\r\nHost: localhost\r\n" + CLOSE,
                             message=message)

    def test_absolute_targets(self):
        ask = b"GET http://%s/healthz HTTP/1.1\r\nHost: localhost\r\n" + CLOSE
        self.assertEqual(replies(self.server.raw(ask % b"127.0.0.1:1"))[0][0], 200)
        self.refused(421, ask % b"example.org", message="not to the host: example.org")

    def test_hosts(self):
        one = b"GET /healthz HTTP/1.1\r\n"
        self.refused(400, one + CLOSE, message="a request needs one Host header")
        self.refused(400, one + b"Host: localhost\r\nHost: localhost\r\n" + CLOSE,
                     message="a request needs one Host header")
        self.assertEqual(replies(self.server.raw(b"GET /healthz HTTP/1.0\r\n\r\n"))[0][0], 200)
        self.refused(421, b"GET /healthz HTTP/1.0\r\nHost: a.b\r\n\r\n")

    def test_heads_have_a_limit(self):
        self.refused(431, GET + b"X-Long: " + b"x" * 20000 + b"\r\n" + CLOSE,
                     message="larger than this many bytes: 16384")
        self.refused(431, GET + b"".join(b"X-%d: y\r\n" % i for i in range(2000)) + CLOSE)
        self.refused(431, b"GET /" + b"x" * 20000 + b" HTTP/1.1\r\nHost: localhost\r\n" + CLOSE)
        self.refused(431, GET + b"X-Long: " + b"x" * 3_000_000)
        within = GET + b"X-Long: " + b"x" * 15000 + b"\r\n" + CLOSE
        self.assertEqual(replies(self.server.raw(within))[0][0], 200)

    def test_bodies_have_a_limit(self):
        post = b"POST /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        message = "larger than this many bytes: 8000000"
        self.refused(413, post + b"Content-Length: 8000001\r\n\r\n", message=message)
        self.refused(413, post + b"Content-Length: 99999999999999999\r\n\r\n" + b"x" * 100,
                     message=message)
        self.refused(413, post + b"Content-Length: 20000000\r\n\r\n", b"x" * 20_000_000,
                     message=message)
        chunk = b"100000\r\n" + b"x" * 0x100000 + b"\r\n"
        self.refused(413, post + b"Transfer-Encoding: chunked\r\n\r\n", *[chunk] * 9,
                     message=message)
        within = post + b"Connection: close\r\nContent-Length: 8000000\r\n\r\n"
        self.assertEqual(replies(self.server.raw(within, b"x" * 8_000_000))[0][0], 405)

    def test_lengths_that_cannot_be(self):
        for length in (b"-1", b"x", b"1e3", b"99999999999999999999999", b"5, 6"):
            with self.subTest(length=length):
                self.refused(400, GET + b"Content-Length: " + length + b"\r\n\r\n")
        self.refused(400, GET + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx")
        self.refused(400, GET + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")
        self.refused(400, GET + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n")
        self.refused(400, GET + b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n")

    def test_requests_sent_ahead_are_answered_in_order(self):
        data = self.server.raw((GET + b"\r\n") * 50 + b"GET /v1/runs HTTP/1.1\r\nHost: localhost\r\n"
                               b"\r\n" + b"GET /no HTTP/1.1\r\nHost: localhost\r\n" + CLOSE +
                               GET + b"\r\n")
        found = replies(data)
        self.assertEqual([each[0] for each in found], [200] * 51 + [404])
        self.assertEqual([each[2] for each in found], [OK] * 50 + [b"[]\n"] + [found[-1][2]])

    def test_a_body_is_no_second_request(self):
        inner = GET + b"\r\n"
        data = self.server.raw(GET + b"Content-Length: %d\r\n\r\n" % len(inner) + inner + GET + CLOSE)
        self.assertEqual([each[0] for each in replies(data)], [200, 200])

    def test_bytes_may_come_one_by_one(self):
        text = GET + b"Content-Length: 3\r\n" + CLOSE + b"abc"
        pieces = [text[i:i + 1] for i in range(len(text))]
        self.assertEqual(replies(self.server.raw(*pieces, pause=0.001))[0][0], 200)

    def test_who_goes_away_in_the_middle(self):
        for text in (b"", b"G", GET, GET + b"Content-Length: 100\r\n\r\nabc",
                     b"GET /v1/project HTTP/1.1\r\nHost: localhost\r\n\r\n"):
            for _ in range(20):
                sock = self.server.connect()
                sock.sendall(text)
                # Reset it, as a machine that lost power would.
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
                sock.close()

    def test_who_sends_half_a_request_gets_no_answer(self):
        with self.server.connect() as sock:
            sock.sendall(GET + b"Content-Length: 100\r\n\r\nabc")
            sock.shutdown(socket.SHUT_WR)
            self.assertEqual(served.read_all(sock), b"")

    def test_expect_continue(self):
        with self.server.connect() as sock:
            sock.sendall(GET + b"Connection: close\r\nContent-Length: 3\r\n"
                         b"Expect: 100-continue\r\n\r\n")
            self.assertEqual(sock.recv(100), b"HTTP/1.1 100 Continue\r\n\r\n")
            sock.sendall(b"abc")
            self.assertEqual(replies(served.read_all(sock))[0][0], 200)

    def test_old_clients(self):
        status, headers, _ = replies(self.server.raw(b"GET /healthz HTTP/1.0\r\n\r\n"))[0]
        self.assertEqual((status, headers.get("Connection")), (200, None))
        data = self.server.raw(b"GET /healthz HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"
                               b"GET /healthz HTTP/1.0\r\n\r\n")
        self.assertEqual([each[0] for each in replies(data)], [200, 200])

    def test_connections_have_a_limit(self):
        socks = []
        try:
            for _ in range(1000):
                socks.append(self.server.connect())
            with self.server.connect() as sock:
                status, _, body = replies(served.read_all(sock))[0]
            self.assertEqual(status, 503)
            self.assertIn("too many connections are open", json.loads(body)["error"]["message"])
            # One that is there goes on.
            socks[0].sendall(GET + CLOSE)
            self.assertEqual(replies(served.read_all(socks[0]))[0][0], 200)
        finally:
            for sock in socks:
                sock.close()
        for _ in range(100):
            if self.server.raw(GET + CLOSE).startswith(b"HTTP/1.1 200"):
                break


if __name__ == "__main__":
    unittest.main()
