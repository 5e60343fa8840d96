"""The kind `http`: pages of an API on loopback, compared with what the server holds."""

import csv
import http.server
import io
import json
import os
import pathlib
import signal
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.parse

PROGRAM = pathlib.Path(os.environ["ASSAY"]).resolve()
TOKEN = "tok-9f31/a+b=c d"
COLUMNS = {"id": "int64", "name": "string", "at": "string"}


def named(way):
    return "by_" + way.replace(".", "_")


def row(number, at=None, **more):
    return {"id": number, "name": f"n {number}, \u00e9\"", "at": at or f"2001-05-01T00:00:{number % 60:02}Z", **more}


class Answer:
    """What a request gets; a body that is cut is announced whole, and half of it is sent."""

    def __init__(self, body=b"", status=200, headers=None, is_cut=False):
        self.body, self.status, self.headers, self.is_cut = body, status, headers or {}, is_cut


def as_json(document, **headers):
    return Answer(json.dumps(document).encode(), headers={"Content-Type": "application/json", **headers})


class Api:
    """`rows` in pages of `size`, in the way that the path names; `asked` holds (path, query) of each request.
    `troubles` are answers that are given instead, one a request: functions of the proper answer."""

    def __init__(self):
        self.rows, self.size = [], 3
        self.asked, self.troubles, self.refused = [], [], 0
        self.token = None
        self.held = threading.Event()  # set: a page that `hold` stopped at may go on
        self.reached = threading.Event()
        api = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                path, _, text = self.path.partition("?")
                query = dict(urllib.parse.parse_qsl(text))
                api.asked.append((path, query))
                answer = api.answer(path, query, self.headers)
                if api.troubles:
                    answer = api.troubles.pop(0)(answer)
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                body = answer.body if answer.status != 304 else b""
                self.wfile.write(body[:len(body) // 2] if answer.is_cut else body)
                if answer.is_cut:
                    self.close_connection = True

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_):
                pass  # a client that was killed

        self._server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()

    def close(self):
        self.held.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def hold(self, answer):
        self.reached.set()
        self.held.wait(30)
        return answer

    def answer(self, path, query, headers):
        if self.token and headers.get("Authorization") != f"Bearer {self.token}":
            self.refused += 1
            return Answer(b"who are you?", 401)
        rows = [one for one in self.rows if one["at"] >= query.get("since", "")]
        way = path.strip("/").removesuffix(".csv")
        if way == "whole":
            tag = f'"{hash(json.dumps(rows))}"'
            if headers.get("If-None-Match") == tag:
                return Answer(status=304, headers={"ETag": tag})
            return as_json(rows, ETag=tag)
        first = {"page": lambda: (int(query.get("page", "1")) - 1) * self.size,
                 "offset": lambda: int(query.get("offset", "0"))}.get(
                     way, lambda: int(query.get("after", "0")))()
        page, follows = rows[first:first + self.size], first + self.size < len(rows)
        after = urllib.parse.urlencode({**query, "after": first + self.size})
        if path.endswith(".csv"):
            written = io.StringIO()
            writer = csv.DictWriter(written, list(COLUMNS), lineterminator="\n", extrasaction="ignore")
            writer.writeheader()
            writer.writerows(page)
            more = {"Link": f'<{path}?{after}>; rel="next"'} if follows and way == "header" else {}
            return Answer(written.getvalue().encode(), headers={"Content-Type": "text/csv", **more})
        document = {"data": page, "total": len(rows)}
        if way == "link":
            document["links"] = {"next": f"{path}?{after}" if follows else None}
        if way == "cursor":
            document["next"] = first + self.size if follows else None
        if way == "header":
            return as_json(document, **({"Link": f'<{path}?{after}>; rel="next"'} if follows else {}))
        return as_json(document)


WAYS = {
    "link": {"records": "/data", "pages": "next_link", "next": "/links/next"},
    "header": {"records": "/data", "pages": "link_header"},
    "cursor": {"records": "/data", "pages": "cursor", "next": "/next", "next_param": "after"},
    "page": {"records": "/data", "pages": "page"},
    "offset": {"records": "/data", "pages": "offset", "total": "/total"},
    "header.csv": {"pages": "link_header"},
    "page.csv": {"pages": "page"},
    "offset.csv": {"pages": "offset"},
}
SINCE = {"cursor": "at", "cursor_param": "since"}


class Http(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="assay-http-")))
        self.api = Api()
        self.addCleanup(self.api.close)
        kept = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
        self.environment = {**kept, "NO_COLOR": "1", "API_TOKEN": TOKEN}
        self.said = ""

    def source(self, way, **more):
        return {"kind": "http", "url": f"{self.api.url}/{way}", "columns": {"at": "string"},
                **WAYS.get(way, {}), **more}

    def declare(self, **sources):
        (self.folder / "assay.yaml").write_text(
            json.dumps({"format": 1, "project": "pages", "sources": sources}))

    def assay(self, *words, status=0):
        done = subprocess.run([PROGRAM, *words], cwd=self.folder, capture_output=True, text=True,
                              env=self.environment, timeout=60)
        self.said += done.stdout + done.stderr
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done.stdout if status == 0 else done.stderr

    def table(self, source="rows"):
        return json.loads(self.assay("sql", f"SELECT * FROM {source}", "--json", "--limit", "0"))

    def assert_holds(self, rows, source="rows"):
        self.assertEqual(sorted(self.table(source), key=lambda one: (one["id"], one["at"])),
                         sorted(rows, key=lambda one: (one["id"], one["at"])))

    def test_each_way_of_pages_reads_all_rows_in_order(self):
        self.api.rows = [row(i) for i in range(1, 11)]  # the last page is not full
        self.declare(**{named(way): self.source(way) for way in WAYS})
        self.assay("run")
        for way in WAYS:
            with self.subTest(way=way):
                self.assertEqual(self.table(named(way)), self.api.rows)
        asked = len(self.api.asked)
        for words in (["plan"], ["sql", "SELECT count(*) FROM by_link"], ["run", "--no-fetch"]):
            self.assay(*words)
        self.assertEqual(len(self.api.asked), asked)

    def test_pages_that_are_all_full(self):
        self.api.rows = [row(i) for i in range(1, 7)]
        ways = ("page", "offset", "page.csv", "link")
        self.declare(**{named(way): self.source(way) for way in ways})
        self.assay("run")
        for way in ways:
            with self.subTest(way=way):
                self.assertEqual(self.table(named(way)), self.api.rows)

    def test_a_server_in_trouble_is_asked_again(self):
        self.api.rows = [row(i) for i in range(1, 11)]
        self.declare(rows=self.source("link"))
        waited = []

        def throttled(_):
            waited.append(time.monotonic())
            return Answer(b"slower", 429, {"Retry-After": "1"})

        def fault(_):
            return Answer(b"oh", 500)

        def cut(answer):
            answer.is_cut = True
            return answer

        def proper(answer):
            if waited:
                waited.append(time.monotonic())
            return answer

        self.api.troubles = [proper, throttled, proper, fault, fault, proper, cut]
        self.assay("run")
        self.assertEqual(self.table(), self.api.rows)
        self.assertEqual(len(self.api.asked), 4 + 4)
        self.assertGreaterEqual(waited[1] - waited[0], 0.9, "Retry-After was not waited for")

    def test_columns_that_come_and_go(self):
        self.api.rows = [row(1), row(2), row(3), row(4, extra="x"), row(5, extra="y"), row(6)]
        self.declare(rows=self.source("link"))
        self.assay("run")
        self.assert_holds([{**one, "extra": one.get("extra")} for one in self.api.rows])
        self.api.rows = [{name: value for name, value in one.items() if name != "name"} | {"extra": i, "new": True}
                         for i, one in enumerate(self.api.rows)]
        self.assay("run")
        self.assertEqual(self.table(), self.api.rows)

    def test_the_token_is_sent_and_kept_secret(self):
        self.api.rows = [{**row(i), "name": TOKEN if i == 4 else "n"} for i in range(1, 8)]
        self.api.token = TOKEN

        def escaped(answer):  # as others write JSON
            answer.body = answer.body.replace(b"/", b"\\/").replace(b"+", b"\\u002B").replace(b"=", b"\\u003d")
            return answer

        self.api.troubles = [lambda answer: answer, escaped]
        self.declare(rows=self.source("link", bearer="${API_TOKEN}"))
        self.assay("run")
        self.assertEqual(self.api.refused, 0)
        self.assert_holds([{**one, "name": one["name"].replace(TOKEN, "***")} for one in self.api.rows])
        self.assay("plan")
        self.api.troubles = [lambda _: Answer(f"no {TOKEN}".encode(), 403)]
        self.assertIn("403", self.assay("run", status=3))
        self.assay("runs", "list", "--json")
        self.api.token = "another"
        self.assay("run", "--json", status=3)
        del self.environment["API_TOKEN"]
        self.assertIn("API_TOKEN", self.assay("run", status=2))
        files = [path for path in self.folder.rglob("*") if path.is_file()]
        self.assertTrue(any(".assay" in path.parts for path in files))
        for secret in (TOKEN, urllib.parse.quote(TOKEN, safe=""), urllib.parse.quote_plus(TOKEN)):
            self.assertNotIn(secret, self.said)
            for path in files:
                self.assertNotIn(secret.encode(), path.read_bytes(), path)

    def test_what_did_not_change_is_not_sent_again(self):
        self.api.rows = [row(i) for i in range(1, 5)]
        self.declare(rows=self.source("whole"))
        sent = []

        def note(answer):
            sent.append(answer.status)
            return answer

        self.api.troubles = [note] * 4
        self.assay("run")
        self.assay("run")
        self.api.rows.append(row(9))
        self.assay("run")
        self.assertEqual(self.table(), self.api.rows)
        self.assay("run", "--fetch-anew")
        self.assertEqual(sent, [200, 304, 200, 200])
        self.assertEqual(self.table(), self.api.rows)

    def test_only_what_is_new_is_asked_for(self):
        first = [row(i) for i in range(1, 8)]
        self.api.rows = list(first)
        self.declare(log=self.source("link", write="append", **SINCE),
                     newest=self.source("cursor", write="merge", key=["id"], **SINCE))
        self.assay("run")
        self.assertTrue(all("since" not in query for _, query in self.api.asked))
        # Row 3 changes, row 8 comes, and row 7, which has the highest value, comes again.
        self.api.rows = [*first[:2], *first[3:], row(8), {**row(3), "at": "2001-05-01T00:00:09Z", "name": "other"}]
        self.api.asked.clear()
        self.assay("run")
        self.assertEqual({query.get("since") for _, query in self.api.asked}, {first[-1]["at"]})
        self.assert_holds(self.api.rows, "newest")
        self.assert_holds([*first, first[-1], *self.api.rows[-2:]], "log")
        self.api.asked.clear()
        self.assay("run")
        self.assertEqual({query.get("since") for _, query in self.api.asked}, {"2001-05-01T00:00:09Z"})
        self.assert_holds(self.api.rows, "newest")
        self.assay("run", "--fetch-anew")
        self.assert_holds(self.api.rows, "newest")

    def fail_in_the_middle(self, fail):
        """Loads 4 rows, then has a load of what is new fail, and looks that the next run gets it all."""
        for write, key in (("append", {}), ("merge", {"key": ["id"]})):
            with self.subTest(write=write):
                old = [row(i) for i in range(1, 5)]
                self.api.rows = list(old)
                self.declare(**{write: self.source("link", write=write, **key, **SINCE)})
                self.assay("run")
                self.api.rows += [row(i) for i in range(5, 15)]
                self.api.asked.clear()
                fail()
                self.assert_holds(old, write)
                self.api.asked.clear()
                self.assay("run")
                self.assertEqual({query["since"] for _, query in self.api.asked}, {old[-1]["at"]})
                repeated = [old[-1]] if write == "append" else []  # the server gives the highest value again
                self.assert_holds(self.api.rows + repeated, write)

    def test_a_load_that_fails_leaves_all_as_it_was(self):
        def fail():
            self.api.troubles = [lambda answer: answer, lambda answer: answer, lambda _: Answer(b"{", 200)]
            told = self.assay("run", status=2)
            self.assertIn("#page=3:1:2 is not JSON", told)
            self.assertIn("look at what the server answers", told)
            self.assertNotIn("kind: jsonl", told)

        self.fail_in_the_middle(fail)

    def test_a_load_that_is_killed_leaves_all_as_it_was(self):
        def fail():
            self.api.held.clear()
            self.api.reached.clear()
            self.api.troubles = [lambda answer: answer, lambda answer: answer, self.api.hold]
            with subprocess.Popen([PROGRAM, "run"], cwd=self.folder, env=self.environment,
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
                self.assertTrue(self.api.reached.wait(30), "the third page was never asked for")
                process.send_signal(signal.SIGKILL)
                self.assertEqual(process.wait(), -signal.SIGKILL)
            self.api.held.set()

        self.fail_in_the_middle(fail)


if __name__ == "__main__":
    unittest.main()
