"""POST /v1/transform: rows as `assay transform` prepares them, and requests that are kept."""

import json
import pathlib
import sqlite3
import tempfile
import unittest

import served

ROW = {"day": "2001-01-03 10:00:00", "distance": 120.5, "start": "C3"}


class Transform(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory(prefix="assay-serve-")
        cls.project = served.make_loop_project(pathlib.Path(cls.temporary.name, "project"))
        cls.server = served.Server(cls.project)

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__()
        cls.temporary.cleanup()

    def answer(self, **body):
        reply = self.server.post("/v1/transform", body)
        self.assertEqual(reply.status, 200, reply.body)
        return reply.json()

    def requests(self):
        """Kept requests as (id, commit, row, prepared), in order of arrival."""
        catalog = sqlite3.connect(self.project / ".assay/catalog.sqlite")
        bodies = [json.loads(body) for (body,) in catalog.execute(
            "SELECT body FROM feedback_event WHERE kind = 'request' ORDER BY seq")]
        catalog.close()
        return [(body["id"], body["commit"], json.loads(body["row"]), json.loads(body["prepared"]))
                for body in bodies]

    def test_a_row_is_what_the_verb_makes_of_it(self):
        for row in (ROW, {**ROW, "distance": None}, {**ROW, "start": "nowhere"},
                    {"distance": 7, "start": None}, {**ROW, "distance": "nan"}):
            with self.subTest(row=row):
                printed = served.assay(self.project, "transform", "train@v1", "--json",
                                       json.dumps(row))
                self.assertEqual(self.answer(version="train@v1", row=row)["rows"],
                                 [json.loads(printed)])

    def test_it_tells_which_version_answered(self):
        commit = self.server.json("/v1/versions/train@v1")["commit"]
        for asked in ({"version": "train"}, {"version": "train@v1"},
                      {"version": "train@commit:" + commit}, {"model": "late@champion"},
                      {"model": "late@v1"}, {"model": "late"}):
            with self.subTest(asked=asked):
                answer = self.answer(row=ROW, **asked)
                self.assertEqual((answer["version"], answer["commit"]), ("train@v1", commit))

    def test_rows_keep_their_order(self):
        rows = [{**ROW, "distance": float(i)} for i in range(100)]
        together = self.answer(version="train", rows=rows)["rows"]
        self.assertEqual(together, [self.answer(version="train", row=row)["rows"][0]
                                    for row in rows])
        self.assertEqual(len({row["distance"] for row in together}), 100)
        self.assertEqual(self.answer(version="train", rows=[])["rows"], [])

    def test_a_request_is_kept_with_what_was_answered(self):
        before = len(self.requests())
        rows = [{**ROW, "distance": 0.1}, {**ROW, "distance": None}]
        answer = self.answer(model="late@champion", rows=rows, ids=["a-1", 10**15], stream="late")
        self.assertEqual(self.requests()[before:],
                         [("a-1", answer["commit"], rows[0], answer["rows"][0]),
                          ("1000000000000000", answer["commit"], rows[1], answer["rows"][1])])
        self.answer(version="train", row=ROW, id="a-2", stream="late")
        self.answer(version="train", row=ROW)
        self.assertEqual([each[0] for each in self.requests()[before:]],
                         ["a-1", "1000000000000000", "a-2"])

    def test_wrong_bodies(self):
        version = {"version": "train@v1"}
        many = [ROW] * 10_001
        for body, message in (
                ("", "reading the body"), ("[" * 5000, "reading the body"),
                ("[]", "the body is no object: []"),
                ({}, "the body has neither of `version` and `model`"),
                ({**version, "model": "late", "row": ROW}, "the body has both `version` and `model`"),
                (version, "the body has neither of `row` and `rows`"),
                ({**version, "row": ROW, "rows": []}, "the body has both `row` and `rows`"),
                ({"version": 1, "row": ROW}, "/version is no text: 1"),
                ({**version, "row": []}, "/row is no object: []"),
                ({**version, "rows": ROW}, "/rows is no list: {"),
                ({**version, "row": ROW, "steam": "late"}, "unknown member of the body: steam"),
                ({**version, "rows": [ROW, 5]}, "/rows/1: a row must be a JSON object of fields"),
                ({**version, "row": {**ROW, "dsitance": 1}}, "/row: no such field: dsitance"),
                ({**version, "rows": [ROW, {"start": "C1"}]},
                 "/rows/1: fields are missing: distance"),
                ({**version, "row": {**ROW, "distance": "far"}}, "/row: "),
                ({**version, "rows": many}, "too many rows at once: 10001"),
                ({**version, "row": ROW, "stream": "late"}, "a request that is kept needs /id"),
                ({**version, "row": ROW, "id": "a"}, "/id without /stream"),
                ({**version, "rows": [ROW], "stream": "late", "id": "a"},
                 "/id does not go with `rows`"),
                ({**version, "row": ROW, "stream": "late", "ids": ["a"]},
                 "/ids does not go with `row`"),
                ({**version, "rows": [ROW], "stream": "late", "ids": ["a", "b"]},
                 "/ids has another length than /rows: 2"),
                ({**version, "row": ROW, "stream": "late", "id": ""}, "/row: id is empty"),
                ({**version, "row": ROW, "stream": "late", "id": 1.5},
                 "/row: id is neither text nor a whole number: 1.5"),
                ({**version, "row": {**ROW, "start": "x" * 70_000}, "stream": "late", "id": "a"},
                 "/row: an event is too large")):
            with self.subTest(message=message):
                reply = self.server.post("/v1/transform", body)
                self.assertEqual(reply.status, 400, reply.body)
                self.assertEqual(reply.error()["code"], "user")
                self.assertIn(message, reply.error()["message"])

    def test_a_wrong_row_keeps_none(self):
        before = self.requests()
        reply = self.server.post("/v1/transform", {"version": "train", "rows": [ROW, {"x": 1}],
                                                   "ids": ["b-1", "b-2"], "stream": "late"})
        self.assertEqual(reply.status, 400)
        self.assertEqual(self.requests(), before)

    def test_hints_name_the_nearest(self):
        for body, hint in (({"version": "train", "row": ROW, "steam": "late"}, "stream"),
                           ({"version": "train", "row": {"dsitance": 1}}, "distance")):
            self.assertIn(hint, self.server.post("/v1/transform", body).error()["hint"])

    def test_what_is_named_must_exist(self):
        for body, message in (({"version": "trian", "row": ROW}, "trian"),
                              ({"version": "train@v9", "row": ROW}, "v9"),
                              ({"model": "early", "row": ROW}, "early"),
                              ({"model": "late@challenger", "row": ROW}, "challenger"),
                              ({"version": "train", "row": ROW, "stream": "early", "id": 1},
                               "no such stream of feedback: early")):
            with self.subTest(body=body):
                reply = self.server.post("/v1/transform", body)
                self.assertEqual(reply.status, 404, reply.body)
                self.assertIn(message, reply.error()["message"])
        reply = self.server.post("/v1/transform", {"version": "whole", "row": ROW})
        self.assertEqual(reply.status, 409, reply.body)
        self.assertEqual(reply.error()["message"], "this version has no preparation: whole")

    def test_other_forms_and_sizes(self):
        self.assertEqual(self.server.post("/v1/transform", "{}", {"Content-Type": "text/plain"})
                         .status, 415)
        self.assertEqual(self.server.ask("/v1/transform").status, 405)
        self.assertIn("HTTP/1.1 413 ", self.server.post_too_much("/v1/transform"))


class Skew(unittest.TestCase):
    def setUp(self):
        self.project = served.make_loop_project(served.temporary_folder(self) / "project")

    def test_a_monitor_finds_what_was_served_otherwise(self):
        rows = served.loop_rows(60)
        served_rows = [{name: row[name] for name in ("day", "distance", "start")} for row in rows]
        with served.Server(self.project) as server:
            ids = [row["id"] for row in rows]
            body = {"model": "late@champion", "rows": served_rows, "ids": ids, "stream": "late"}
            self.assertEqual(server.post("/v1/transform", body).status, 200)
            result = self.judge(status=0)
            self.assertEqual((result["verdict"], result["body"]["requests"]), ("pass", 60))
            self.assertEqual({column["different"] for column in result["body"]["columns"]}, {0})
            # Three rows are asked again: two with the distance in other units, one without a start.
            for i in (11, 12):
                served_rows[i] = {**served_rows[i], "distance": served_rows[i]["distance"] * 1.6}
            served_rows[13] = {**served_rows[13], "start": None}
            for i in (11, 12, 13):
                body = {"version": "train@v1", "row": served_rows[i], "id": ids[i], "stream": "late"}
                self.assertEqual(server.post("/v1/transform", body).status, 200)
            result = self.judge(status=1)
            self.assertEqual(result["verdict"], "drift")
            different = {(column["column"], column["prepared"]): column["different"]
                         for column in result["body"]["columns"] if column["different"]}
            self.assertEqual(different, {("distance", False): 2, ("distance", True): 2,
                                         ("start", False): 1, ("start_C6", True): 1})
            self.assertEqual(result["body"]["joined"], 60)
            listed = {each["monitor"]: each for each in server.json("/v1/monitors")["monitors"]}
            self.assertEqual(listed["serving"]["verdict"], "drift")

    def judge(self, status):
        return json.loads(served.assay(self.project, "monitor", "run", "serving", "--json",
                                       status=status))[0]


if __name__ == "__main__":
    unittest.main()
