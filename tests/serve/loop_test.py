"""Drift, monitors, models and policies over HTTP, against what the verbs print."""

import json
import pathlib
import tempfile
import unittest

import served


class Loop(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory(prefix="assay-serve-")
        cls.project = served.make_loop_project(pathlib.Path(cls.temporary.name, "project"))
        served.write_loop_data(cls.project, "trips-2.csv", 600, 5000)
        served.assay(cls.project, "run")
        served.assay(cls.project, "monitor", "run", "arrived", status=1)
        cls.server = served.Server(cls.project)

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__()
        cls.temporary.cleanup()

    def assert_error(self, status, message, reply):
        self.assertEqual(reply.status, status, reply.body)
        self.assertEqual(reply.error()["code"], "user")
        self.assertIn(message, reply.error()["message"])

    def test_drift_is_what_the_verb_prints(self):
        for query, arguments, status in (
                ("reference=train@v1&current=train@v2", ["train@v1", "train@v2"], 1),
                ("reference=train%40v1&current=%40v2&split=train",
                 ["train@v1", "@v2", "--split", "train"], 1),
                ("reference=train@v1&current=@v1", ["train@v1", "@v1"], 0)):
            with self.subTest(query=query):
                printed = json.loads(served.assay(self.project, "drift", *arguments, "--json",
                                                  status=status))
                self.assertEqual(self.server.json("/v1/drift?" + query), printed)

    def test_drift_of_what_there_is_not(self):
        for query, status, message in (
                ("reference=train@v1", 400, "query parameter is missing: current"),
                ("current=train@v1", 400, "query parameter is missing: reference"),
                ("reference=trian&current=train", 404, "no such dataset: trian"),
                ("reference=train&current=@v9", 404, "v9"),
                ("reference=train&current=train&split=night", 404, "night"),
                ("reference=train&current=train&spilt=train", 400,
                 "unknown query parameter: spilt")):
            with self.subTest(query=query):
                self.assert_error(status, message, self.server.ask("/v1/drift?" + query))

    def test_monitors(self):
        found = self.server.json("/v1/monitors")
        self.assertEqual(found, served.assay_json(self.project, "monitor", "status"))
        monitors = {each["monitor"]: each for each in found["monitors"]}
        self.assertEqual(list(monitors), ["serving", "arrived"])
        self.assertEqual(monitors["arrived"]["verdict"], "drift")
        self.assertNotIn("verdict", monitors["serving"])

    def test_models(self):
        listed = self.server.json("/v1/models")
        self.assertEqual(listed, served.assay_json(self.project, "model", "list"))
        self.assertEqual([each["model"] for each in listed], ["late@v1"])
        shown = served.assay_json(self.project, "model", "show", "late")
        for name in ("late", "late@v1", "late%40champion"):
            self.assertEqual(self.server.json("/v1/models/" + name), shown)
        self.assertEqual(shown["data"]["splits"][0]["name"], "train")
        self.assert_error(404, "lite", self.server.ask("/v1/models/lite"))
        self.assert_error(404, "v9", self.server.ask("/v1/models/late@v9"))
        self.assert_error(404, "judge", self.server.ask("/v1/models/late@judge"))

    def test_policies_decide_and_write_nothing(self):
        before = self.server.json("/v1/retrain/late/decisions")
        events = len(self.server.json("/v1/events?limit=1000"))
        decision = self.server.json("/v1/retrain")[0]
        self.assertEqual(decision["action"], "retrain")
        body = {"as_of": "2026-06-30T12:00:00Z"}
        answer = self.server.post("/v1/retrain/late", body).json()
        printed = served.assay_json(self.project, "retrain", "trigger", "late", "--dry-run",
                                    "--as-of", body["as_of"])
        self.assertEqual(answer, printed)
        self.assertEqual(self.server.post("/v1/retrain/late", {}).json()["decision"]["action"],
                         "retrain")
        self.assertEqual(self.server.json("/v1/retrain/late/decisions"), before)
        self.assertEqual(len(self.server.json("/v1/events?limit=1000")), events)

    def test_decisions_newest_first_with_what_followed(self):
        for day in ("2030-01-01", "2030-01-02"):
            served.assay(self.project, "retrain", "trigger", "late", "--as-of", day, status=1
                         if day == "2030-01-01" else None)
        decisions = self.server.json("/v1/retrain/late/decisions")
        shown = served.assay_json(self.project, "retrain", "explain", "late")
        self.assertEqual(decisions[0], shown)
        self.assertEqual(decisions[-1]["training"]["action"], "failed")
        self.assertEqual(self.server.json("/v1/retrain/late/decisions?limit=1"), [shown])
        numbers = [each["number"] for each in decisions]
        self.assertEqual(numbers, sorted(numbers, reverse=True))
        self.assertEqual(len(decisions), 2)

    def test_policies_that_there_are_not_and_wrong_bodies(self):
        self.assert_error(404, "no such policy: lite",
                          self.server.ask("/v1/retrain/lite/decisions"))
        for body, status, message in (
                ({"as_of": "soon"}, 400, "/as_of: "), ({"as_of": 5}, 400, "/as_of is no text: 5"),
                ({"approve": "yes"}, 400, "/approve is neither true nor false: \"yes\""),
                ({"aprove": True}, 400, "unknown member of the body: aprove"),
                ([], 400, "the body is no object: []"), ("", 400, "reading the body")):
            with self.subTest(body=body):
                self.assert_error(status, message, self.server.post("/v1/retrain/late", body))
        self.assert_error(404, "no such policy: lite", self.server.post("/v1/retrain/lite", {}))
        self.assertEqual(self.server.ask("/v1/retrain/late", "POST").status, 415)


class NotReady(unittest.TestCase):
    def test_without_a_store_and_with_a_broken_project(self):
        folder = served.make_loop_project(served.temporary_folder(self) / "new", run=False)
        with served.Server(folder) as server:
            self.assertEqual(server.json("/v1/models"), [])
            self.assertEqual(server.json("/v1/retrain"), [])
            self.assertEqual(server.json("/v1/retrain/late/decisions"), [])
            monitors = server.json("/v1/monitors")
            self.assertEqual([each["monitor"] for each in monitors["monitors"]],
                             ["serving", "arrived"])
            for path in ("/v1/models/late", "/v1/drift?reference=train&current=train"):
                self.assertEqual(server.ask(path).status, 404)
            self.assertEqual(server.post("/v1/retrain/late", {}).status, 409)
            body = {"version": "train", "row": {}}
            self.assertEqual(server.post("/v1/transform", body).status, 404)
            (folder / "assay.yaml").write_text("format: 1\nproject: [")
            for path in ("/v1/monitors", "/v1/retrain", "/v1/retrain/late/decisions",
                         "/v1/feedback/late/report"):
                reply = server.ask(path)
                self.assertEqual((reply.status, reply.error()["code"]), (409, "user"))


if __name__ == "__main__":
    unittest.main()
