"""POST /v1/feedback: what is acknowledged is there, once, whatever happens to the server."""

import collections
import http.client
import json
import pathlib
import random
import sqlite3
import tempfile
import threading
import time
import unittest

import served


def prediction(number, **more):
    return {"id": f"t-{number}", "time": f"2001-05-{1 + number % 28:02}T09:00:00Z",
            "prediction": number % 2 == 0, "score": (number % 100) / 100, **more}


def outcome(number):
    return {"id": f"t-{number}", "time": f"2001-06-{1 + number % 28:02}T09:00:00Z",
            "outcome": number % 3 == 0}


def stored(project):
    """How often each (kind, id) is in the catalog."""
    catalog = sqlite3.connect(project / ".assay/catalog.sqlite")
    rows = catalog.execute("SELECT kind, id FROM feedback_event").fetchall()
    catalog.close()
    return collections.Counter(rows)


class Feedback(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory(prefix="assay-serve-")
        cls.project = served.make_loop_project(pathlib.Path(cls.temporary.name, "project"))
        cls.server = served.Server(cls.project)

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__()
        cls.temporary.cleanup()

    def post(self, *events, stream="late"):
        return self.server.post("/v1/feedback", {"stream": stream, "events": list(events)})

    def test_events_are_new_once(self):
        events = [prediction(i) for i in range(1000, 1010)] + [outcome(1000)]
        self.assertEqual(self.post(*events).json(), {"new": 11, "known": 0})
        self.assertEqual(self.post(*events).json(), {"new": 0, "known": 11})
        self.assertEqual(self.post(events[0], events[0]).json(), {"new": 0, "known": 2})
        self.assertEqual(self.post(prediction(1020), prediction(1020)).json(),
                         {"new": 1, "known": 1})
        # The same in another spelling, and with the one stream left out.
        other = {**events[0], "time": events[0]["time"].replace("T09:00:00Z", "T11:00:00+02:00")}
        reply = self.server.post("/v1/feedback", {"events": [other]})
        self.assertEqual(reply.json(), {"new": 0, "known": 1})
        self.assertEqual(self.post().json(), {"new": 0, "known": 0})

    def test_a_report_has_them(self):
        for number in range(2000, 2040):
            self.post(prediction(number, features={"start": f"C{number % 2}"}), outcome(number))
        for path, verb in (("", []), ("?by=week", ["--by", "week"]),
                           ("?slice=start&by=day", ["--slice", "start", "--by", "day"]),
                           ("?model=late", ["--model", "late"])):
            with self.subTest(path=path):
                self.assertEqual(self.server.json("/v1/feedback/late/report" + path),
                                 served.assay_json(self.project, "feedback", "report", *verb))

    def test_reports_that_there_are_not(self):
        for path, status, message in (
                ("/v1/feedback/early/report", 404, "no such stream of feedback: early"),
                ("/v1/feedback/late/report?by=year", 400,
                 "parameter by must be one of day, week, month, found: year"),
                ("/v1/feedback/late/report?slice=colour", 404, "colour"),
                ("/v1/feedback/late/report?model=early", 404, "early")):
            with self.subTest(path=path):
                self.post(prediction(3000))
                reply = self.server.ask(path)
                self.assertEqual(reply.status, status, reply.body)
                self.assertIn(message, reply.error()["message"])

    def test_wrong_events_are_refused_whole_with_their_place(self):
        good = prediction(4000)
        before = stored(self.project)
        for event, message in (
                ({**good, "score": 1.5}, "/events/1: score is not between 0 and 1: 1.5"),
                ({**good, "score": "0.5"}, "/events/1: score is no number"),
                ({**good, "time": "yesterday"}, "/events/1: time is no moment: \"yesterday\""),
                ({**good, "id": ""}, "/events/1: id is empty"),
                ({**good, "id": None}, "/events/1: an event has no `id`"),
                ({**good, "outcome": True}, "/events/1: an event has both"),
                ({"id": 1, "time": "2001-05-01"}, "/events/1: an event has neither"),
                ({**good, "scroe": 1}, "/events/1: an event has no such member: scroe"),
                ({**good, "features": [1]}, "/events/1: features is no object: [1]"),
                ({**good, "features": {"x": "y" * 70_000}}, "/events/1: an event is too large"),
                (5, "/events/1: an event is no object: 5")):
            with self.subTest(message=message):
                reply = self.post(good, event)
                self.assertEqual(reply.status, 400, reply.body)
                self.assertEqual(reply.error()["code"], "user")
                self.assertIn(message, reply.error()["message"])
        self.assertEqual(stored(self.project), before)

    def test_wrong_bodies(self):
        for body, message in (
                ("", "reading the body"), ("{", "reading the body"),
                ("[" * 5000, "reading the body"), (b"\xff", "reading the body"),
                ({}, "no list of events"), ([], "no list of events"),
                ({"events": {}}, "no list of events"),
                ({"events": [], "steam": 1}, "no such member: steam"),
                ({"events": [], "stream": 5}, "stream is no text: 5"),
                ({"events": [prediction(1)] * 10_001}, "too many events at once: 10001")):
            with self.subTest(message=message):
                reply = self.server.post("/v1/feedback", body)
                self.assertEqual(reply.status, 400, reply.body)
                self.assertIn(message, reply.error()["message"])
        reply = self.post(prediction(1), stream="lite")
        self.assertEqual((reply.status, reply.error()["message"]),
                         (404, "no such stream of feedback: lite"))
        self.assertIn("late", reply.error()["hint"])
        self.assertEqual(self.server.post("/v1/feedback", "{}", {"Content-Type": "text/plain"})
                         .status, 415)
        self.assertIn("HTTP/1.1 413 ", self.server.post_too_much("/v1/feedback"))
        self.assertEqual(self.server.ask("/v1/feedback").status, 405)


class NotReady(unittest.TestCase):
    def test_no_store_no_stream_no_project(self):
        folder = served.make_loop_project(served.temporary_folder(self) / "new", run=False)
        file = folder / "assay.yaml"
        body = {"events": [prediction(1)]}
        with served.Server(folder) as server:
            reply = server.post("/v1/feedback", body)
            self.assertEqual(reply.status, 409)
            self.assertIn("this project has no store yet", reply.error()["message"])
            self.assertFalse((folder / ".assay").exists(), "it made a store")
            self.assertEqual(server.ask("/v1/feedback/late/report").status, 404)
            good = file.read_text()
            file.write_text(good[:good.index("feedback:")])
            reply = server.post("/v1/feedback", body)
            self.assertEqual((reply.status, reply.error()["message"]),
                             (409, "assay.yaml declares no stream of feedback"))
            file.write_text("format: 1\nproject: [")
            self.assertEqual(server.post("/v1/feedback", body).status, 409)


class Killed(unittest.TestCase):
    CLIENTS, POSTS, KILLS = 4, 1000, 10

    def setUp(self):
        self.project = served.make_loop_project(served.temporary_folder(self) / "project")
        self.server = served.Server(self.project)
        self.addCleanup(lambda: self.server.__exit__())
        self.lock = threading.Lock()
        self.acknowledged = {}  # (kind, id): answer
        self.repeated = 0
        self.wrong = []

    def client(self, numbers):
        for number in numbers:
            kind, event = (("outcome", outcome(number // 2)) if number % 2 else
                           ("prediction", prediction(number // 2, features={"start": "C1"})))
            body = {"stream": "late", "events": [event]}
            end = time.monotonic() + served.TIMEOUT_SECONDS
            while time.monotonic() < end:
                try:
                    reply = self.server.post("/v1/feedback", body)
                except (OSError, http.client.HTTPException):
                    with self.lock:
                        self.repeated += 1
                    time.sleep(0.01)
                    continue
                with self.lock:
                    if reply.status == 200:
                        self.acknowledged[kind, event["id"]] = reply.json()
                    else:
                        self.wrong.append(reply.body)
                break

    def test_every_acknowledged_event_is_there_once(self):
        threads = [threading.Thread(target=self.client, args=(range(i, self.POSTS, self.CLIENTS),))
                   for i in range(self.CLIENTS)]
        for thread in threads:
            thread.start()
        chance = random.Random(7)
        for kill in range(1, self.KILLS + 1):
            end = time.monotonic() + served.TIMEOUT_SECONDS
            while len(self.acknowledged) < kill * self.POSTS // (self.KILLS + 1):
                self.assertLess(time.monotonic(), end)
                time.sleep(0.001)
            time.sleep(chance.random() / 100)
            self.server.process.kill()
            self.server.process.wait()
            with self.lock:
                acknowledged = set(self.acknowledged)
            there = stored(self.project)
            self.assertLessEqual(acknowledged, set(there))
            self.assertEqual(set(there.values()), {1})
            dead, self.server = self.server, served.Server(self.project)
            dead.__exit__()
        for thread in threads:
            thread.join()
        self.assertEqual(self.wrong, [])
        self.assertEqual(len(self.acknowledged), self.POSTS)
        self.assertGreater(self.repeated, 0)
        there = stored(self.project)
        self.assertEqual(set(there), set(self.acknowledged))
        self.assertEqual(set(there.values()), {1})
        for answer in self.acknowledged.values():
            self.assertEqual(answer["new"] + answer["known"], 1)
        report = self.server.json("/v1/feedback/late/report")
        half = self.POSTS // 2
        self.assertEqual(report["predictions"], {"counted": half, "repeated": 0, "conflicts": 0})
        self.assertEqual(report["outcomes"],
                         {"counted": half, "repeated": 0, "corrected": 0, "unmatched": 0})
        self.assertEqual(report["all"]["joined"], half)
        served.assay(self.project, "dataset", "verify")


if __name__ == "__main__":
    unittest.main()
