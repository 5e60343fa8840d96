"""Every route, against what the verbs print; wrong paths, methods and arguments."""

import http.client
import json
import pathlib
import subprocess
import tempfile
import time
import unittest

import served


class Routes(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory(prefix="assay-serve-")
        cls.project = served.make_project(pathlib.Path(cls.temporary.name, "project"))
        cls.server = served.Server(cls.project)

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__()
        cls.temporary.cleanup()

    def assert_error(self, path, status, message, hint="", method="GET", **options):
        reply = self.server.ask(path, method, **options)
        self.assertEqual(reply.status, status, reply.body)
        self.assertEqual(reply.headers["Content-Type"], "application/json")
        error = reply.error()
        self.assertEqual(set(error), {"code", "message", "hint"})
        self.assertEqual(error["code"], "user")
        self.assertIn(message, error["message"])
        self.assertIn(hint, error["hint"])
        return reply

    def test_answers_are_what_the_verbs_print(self):
        run = served.assay_json(self.project, "runs", "list")[0]["id"]
        for path, verb in (("/v1/runs", ["runs", "list"]),
                           ("/v1/runs/last", ["runs", "show", "last"]),
                           (f"/v1/runs/{run}", ["runs", "show", run]),
                           (f"/v1/runs/{run[:13]}", ["runs", "show", run]),
                           ("/v1/datasets", ["dataset", "list"]),
                           ("/v1/datasets/train/versions", ["dataset", "log", "train"]),
                           ("/v1/versions/train", ["dataset", "show", "train"]),
                           ("/v1/versions/train@v1", ["dataset", "show", "train@v1"]),
                           ("/v1/versions/%74rain%40latest", ["dataset", "show", "train"])):
            with self.subTest(path=path):
                self.assertEqual(self.server.json(path), served.assay_json(self.project, *verb))

    def test_a_dataset_alone(self):
        listed = {each["name"]: each for each in self.server.json("/v1/datasets")}
        self.assertEqual(sorted(listed), ["train", "whole"])
        self.assertEqual(self.server.json("/v1/datasets/train"), listed["train"])
        self.assertEqual(listed["train"]["rows"], 970)

    def test_versions_by_their_ids(self):
        head = self.server.json("/v1/datasets/train")
        for ref in ("commit:" + head["commit"], "version:" + head["version"]):
            self.assertEqual(self.server.json("/v1/versions/train%40" + ref)["commit"],
                             head["commit"])

    def test_the_project(self):
        project = self.server.json("/v1/project")
        self.assertTrue(project["ok"])
        self.assertEqual(project["name"], "trips")
        self.assertEqual(project["owner"], {"name": "ML data", "email": "ml-data@example.org"})
        self.assertEqual([(each["name"], each["type"], each["kind"], each["inputs"])
                          for each in project["nodes"]],
                         [("trips", "source", "csv", []),
                          ("labelled", "step", "sql", ["trips"]),
                          ("checked", "gate", "gate", ["labelled"]),
                          ("train", "dataset", "dataset", ["checked"]),
                          ("whole", "dataset", "dataset", ["checked"])])
        self.assertEqual([each["label"] for each in project["datasets"]], ["late", None])
        self.assertEqual(project["diagnostics"], [])

    def test_events_as_a_list(self):
        events = self.server.json("/v1/events")
        self.assertEqual([each["seq"] for each in events], list(range(1, len(events) + 1)))
        self.assertEqual(events[0]["type"], "run.started")
        self.assertEqual(events[-1]["type"], "run.finished")
        self.assertEqual(self.server.json("/v1/events?after=3&limit=2"), events[3:5])
        self.assertEqual(self.server.json(f"/v1/events?after={len(events)}"), [])
        self.assertEqual(self.server.json("/v1/events?after=9007199254740991"), [])

    def test_health_and_openapi(self):
        self.assertEqual(self.server.json("/healthz"), {"status": "ok"})
        document = self.server.json("/openapi.json")
        self.assertEqual(document["openapi"], "3.1.0")
        printed = served.assay(self.project, "serve", "--print", "openapi")
        self.assertEqual(document, json.loads(printed))

    def test_head_is_get_without_a_body(self):
        for path in ("/healthz", "/v1/runs", "/v1/versions/train", "/v1/nothing"):
            with self.subTest(path=path):
                get, head = self.server.ask(path), self.server.ask(path, "HEAD")
                self.assertEqual((head.status, head.body), (get.status, ""))
                for name in ("Content-Length", "Content-Type"):
                    self.assertEqual(head.headers[name], get.headers[name])
        followed = self.server.ask("/v1/events", "HEAD", headers={"Accept": "text/event-stream"})
        self.assertEqual(followed.headers["Content-Type"], "text/event-stream")

    def test_headers_of_every_answer(self):
        headers = self.server.ask("/healthz").headers
        self.assertRegex(headers["Date"], r"^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} .* GMT$")
        self.assertEqual(headers["X-Content-Type-Options"], "nosniff")
        self.assertEqual(headers["Cache-Control"], "no-store")
        self.assertNotIn("Access-Control-Allow-Origin", headers)

    def test_unknown_paths_name_the_nearest(self):
        self.assert_error("/v1/rums", 404, "no such path: /v1/rums", "did you mean /v1/runs?")
        self.assert_error("/v1/dataset/train", 404, "no such path",
                          "did you mean /v1/datasets/train?")
        self.assert_error("/", 404, "no such path: /", "GET /openapi.json tells all paths")
        self.assert_error("/v1/runs/", 404, "no such path", "did you mean /v1/runs?")
        self.assert_error("//v1/runs", 404, "no such path")
        self.assert_error("/" + "x" * 5000, 404, "no such path: /xxx")

    def test_what_a_path_names_must_exist(self):
        self.assert_error("/v1/datasets/trian", 404, "no such dataset: trian",
                          "did you mean train?")
        self.assert_error("/v1/datasets/train@v1", 404, "not the name of a dataset: train@v1",
                          "GET /v1/versions/NAME@REF")
        self.assert_error("/v1/datasets/train@v1/versions", 404, "not the name of a dataset")
        self.assert_error("/v1/versions/train@v9", 404, "v9")
        self.assert_error("/v1/versions/@v1", 404, "not the name of a version: @v1")
        self.assert_error("/v1/runs/0000", 404, "no run has this id: 0000")
        self.assert_error("/v1/runs/abc", 404, "too short for the id of a run: abc")

    def test_no_path_leads_to_a_file(self):
        for path in ("/../../etc/passwd", "/v1/../../etc/passwd", "/v1/versions/../../etc/passwd",
                     "/v1/versions/%2e%2e%2f%2e%2e%2fetc%2fpasswd", "/assay.yaml",
                     "/v1/runs/..%2f..%2fassay.yaml", "/v1/datasets/%2Fetc%2Fpasswd",
                     "/v1/versions/train@commit:..%2F..%2F..%2Fassay.yaml",
                     "/v1/versions/train@version:%2Fetc%2Fpasswd"):
            with self.subTest(path=path):
                reply = self.server.ask(path)
                self.assertEqual(reply.status, 404, reply.body)
                self.assertNotIn("root:", reply.body)

    def test_other_methods_are_told_which(self):
        for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"):
            with self.subTest(method=method):
                reply = self.assert_error("/v1/runs", 405, "does not take the method: " + method,
                                          "it takes GET, HEAD", method=method)
                self.assertEqual(reply.headers["Allow"], "GET, HEAD")
        self.assert_error("/v1/rums", 404, "no such path", method="POST")

    def test_wrong_arguments(self):
        for path, message, hint in (
                ("/v1/runs?limt=5", "unknown query parameter: limt", "did you mean limit?"),
                ("/v1/runs?after=5", "unknown query parameter: after", "its parameters are limit"),
                ("/healthz?a=1", "unknown query parameter: a", "takes no parameters"),
                ("/v1/runs?limit=", "whole number from 1 to 10000, found: ", ""),
                ("/v1/runs?limit=0", "whole number from 1 to 10000, found: 0", ""),
                ("/v1/runs?limit=10001", "whole number from 1 to 10000, found: 10001", ""),
                ("/v1/runs?limit=-1", "whole number", ""),
                ("/v1/runs?limit=1e3", "whole number", ""),
                ("/v1/runs?limit=5%20", "whole number", ""),
                ("/v1/runs?limit=+5", "whole number", ""),
                ("/v1/runs?limit=99999999999999999999999", "whole number", ""),
                ("/v1/runs?limit=5&limit=6", "query parameter given twice: limit", ""),
                ("/v1/runs?id=x", "unknown query parameter: id", ""),
                ("/v1/runs/last?id=x", "unknown query parameter: id", ""),
                ("/v1/events?after=9007199254740992", "whole number from 0 to", ""),
                ("/v1/events?follow=yes", "parameter follow must be true or false, found: yes", ""),
                ("/v1/runs?limit=%", "% without two hex digits", ""),
                ("/v1/versions/%00", "decodes to a control character", ""),
                ("/v1/versions/%ff%fe", "decodes to what is no UTF-8", ""),
                ("/v1/runs?a=%0d%0aX-Evil:%201", "decodes to a control character", ""),
                ("/?" + "a=1&" * 101, "more query parameters than 100", "")):
            with self.subTest(path=path[:60]):
                self.assert_error(path, 400, message, hint)

    def test_only_a_stream_can_be_followed(self):
        self.assert_error("/v1/events?follow=true", 406, "only an event stream can be followed",
                          "text/event-stream")

    def test_hosts_of_strangers_are_refused(self):
        for host in ("example.org", "127.0.0.1.example.org", "10.0.0.1", "[::2]:80", "localhost.x"):
            with self.subTest(host=host):
                self.assert_error("/v1/runs", 421, "answers to this machine alone",
                                  headers={"Host": host})
        for host in ("localhost", "LocalHost:1", "127.0.0.1", "[::1]:99"):
            with self.subTest(host=host):
                self.assertEqual(self.server.ask("/healthz", headers={"Host": host}).status, 200)

    def test_ten_thousand_requests_on_one_connection(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        paths = ("/healthz", "/v1/nothing", "/v1/runs?limit=1", "/healthz?x=1")
        expected = (200, 404, 200, 400)
        for i in range(10000):
            connection.request("GET", paths[i % 4])
            response = connection.getresponse()
            response.read()
            self.assertEqual(response.status, expected[i % 4])
            self.assertIsNotNone(connection.sock, "it closed the connection")
        connection.close()

    def test_one_line_a_request_without_the_query(self):
        self.server.ask("/v1/runs?limit=7&token=geheim")
        self.server.ask("/v1/%1b%5b31m?x=1")
        for _ in range(100):
            lines = [line for line in self.server.log if "/v1/%1b" in line]
            if lines:
                break
            time.sleep(0.05)
        self.assertRegex(lines[0], r"^\d{4}-\d\d-\d\dT\S+Z GET /v1/%1b%5b31m 400 \d+ B [\d.]+ ms\n$")
        self.assertNotIn("geheim", "".join(self.server.log))


class Quiet(unittest.TestCase):
    def test_no_line_is_logged(self):
        folder = served.make_project(served.temporary_folder(self) / "p", run=False)
        with served.Server(folder, "--quiet") as server:
            self.assertEqual(server.ask("/healthz").status, 200)
            self.assertEqual(server.stop()[0], 0)
        self.assertEqual(server.log, [])


class Address(unittest.TestCase):
    def setUp(self):
        self.folder = served.make_project(served.temporary_folder(self) / "p", run=False)

    def refused(self, *arguments, status):
        done = subprocess.run([served.PROGRAM, "serve", *arguments], cwd=self.folder, text=True,
                              capture_output=True, timeout=60, check=False)
        self.assertEqual(done.returncode, status, done.stderr)
        self.assertEqual(done.stdout, "")
        return done.stderr

    def test_only_loopback(self):
        for host in ("0.0.0.0", "::", "192.0.2.1", "example.org", ""):
            with self.subTest(host=host):
                said = self.refused("--host", host, "--port", "0", status=2)
                self.assertIn("it answers to this machine alone, not at: " + host, said)
                self.assertIn("hint: leave --host out, or give 127.0.0.1 or ::1", said)

    def test_a_port_in_use(self):
        with served.Server(self.folder) as server:
            said = self.refused("--port", str(server.port), status=3)
            self.assertIn(f"cannot listen at 127.0.0.1:{server.port}: ", said)
            self.assertIn("hint: --port 0 takes a free one", said)

    def test_wrong_use(self):
        self.assertIn("--port", self.refused("--port", "65536", status=2))
        self.assertIn("--print", self.refused("--print", "html", status=2))
        self.assertIn("no such folder", self.refused("--project", "nowhere", status=3))


if __name__ == "__main__":
    unittest.main()
