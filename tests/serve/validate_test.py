"""POST /v1/validate: rows that pass and fail, against what the gate itself says of the same rows."""

import json
import pathlib
import tempfile
import unittest

import served

GOOD = {"day": "2001-01-05T10:00:00", "delay": 5, "distance": 1.5, "start": "C1", "late": False}
# A rule that lets some rows through: it is a warning for one.
CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: trips
version: 1.0.0
status: active
schema:
  - name: trips
    logicalType: object
    properties:
      - name: distance
        logicalType: number
        quality:
          - {type: library, metric: nullValues, mustBeLessThan: 50, unit: percent}
"""


class Validate(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory(prefix="assay-serve-")
        cls.project = served.make_project(pathlib.Path(cls.temporary.name, "project"), run=False)
        file = cls.project / "assay.yaml"
        file.write_text(file.read_text().replace(
            "{not_null: start}]",
            "{not_null: start}, {share: late, of: true, between: [1 %, 99 %]}, "
            "{rule: \"delay < 100 OR late\", name: late_is_late},"
            " {pattern: start, regex: \"C[0-9]\", severity: warning}]\n"
            "    contract: trips.odcs.yaml"))
        (cls.project / "trips.odcs.yaml").write_text(CONTRACT)
        served.assay(cls.project, "run")
        cls.server = served.Server(cls.project)

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__()
        cls.temporary.cleanup()

    def post(self, body, content_type="application/json"):
        text = body if isinstance(body, (str, bytes)) else json.dumps(body)
        return self.server.ask("/v1/validate", "POST", text, {"Content-Type": content_type})

    def judge(self, **changes):
        reply = self.post({"gate": "checked", "row": {**GOOD, **changes}})
        self.assertEqual(reply.status, 200, reply.body)
        return reply.json()

    def findings(self, **changes):
        answer = self.judge(**changes)
        return answer["verdict"], [(each["check"], each["kind"], each["column"], each["severity"])
                                   for each in answer["findings"]]

    def test_a_good_row_passes(self):
        self.assertEqual(self.judge(), {"gate": "checked", "verdict": "pass", "findings": [],
                                        "not_judged": ["share_late"]})

    def test_checks_find_what_is_bad(self):
        self.assertEqual(self.findings(delay=601, late=True),
                         ("fail", [("range_delay", "range", "delay", "error")]))
        self.assertEqual(self.findings(delay=500, late=False),
                         ("fail", [("late_is_late", "rule", None, "error")]))
        self.assertEqual(self.findings(start="D"),
                         ("warn", [("pattern_start", "pattern", "start", "warning")]))
        self.assertEqual(self.findings(distance=None),
                         ("warn", [("not_null_distance", "not_null", "distance", "warning")]))
        verdict, found = self.findings(start=None, delay=-61)
        self.assertEqual((verdict, [each[0] for each in found]),
                         ("fail", ["range_delay", "not_null_start"]))
        message = self.judge(delay=601, late=True)["findings"][0]["message"]
        self.assertEqual(message, "expected: at least -60 and at most 600")

    def test_the_gate_itself_refuses_the_same_rows(self):
        for delay in (-61, -60, 0, 99, 100, 600, 601):
            refused = json.loads(served.assay(
                self.project, "sql", f"SELECT ({delay} < -60 OR {delay} > 600) AS bad FROM trips "
                "LIMIT 1", "--json"))
            expected = "fail" if json.dumps(refused).count("true") else "pass"
            self.assertEqual(self.judge(delay=delay, late=True)["verdict"], expected, delay)

    def test_fields_that_are_missing_extra_or_wrong(self):
        row = dict(GOOD, dleay=3)
        del row["delay"]
        answer = self.post({"gate": "checked", "row": row}).json()
        self.assertEqual(answer["verdict"], "fail")
        self.assertEqual([(each["kind"], each["column"], each["hint"])
                          for each in answer["findings"]],
                         [("missing_field", "delay", "give it, or null"),
                          ("extra_field", "dleay", "did you mean delay?")])
        for changes, column in (({"delay": "5"}, "delay"), ({"delay": 5.5}, "delay"),
                                ({"delay": 2**31}, "delay"), ({"delay": True}, "delay"),
                                ({"delay": 10**30}, "delay"), ({"late": 1}, "late"),
                                ({"late": "true"}, "late"), ({"day": "yesterday"}, "day"),
                                ({"day": 5}, "day"), ({"start": 7}, "start"),
                                ({"start": ["C1"]}, "start"), ({"start": "C\0"}, "start"),
                                ({"distance": "far"}, "distance")):
            with self.subTest(changes=changes):
                self.assertEqual(self.findings(**changes),
                                 ("fail", [(None, "wrong_type", column, "error")]))

    def test_text_is_text_and_no_sql(self):
        for text in ("C1'; DROP TABLE x; --", "C\"1", "\\", "%", "é\u2028\U0001f600", "a\nb", "' || '"):
            with self.subTest(text=text):
                self.assertEqual(self.findings(start=text)[0], "warn")
        answer = self.post({"gate": "checked", "row": {**GOOD, "\"; --": 1}}).json()
        self.assertEqual(answer["findings"][0]["kind"], "extra_field")

    def test_numbers_at_the_border(self):
        self.assertEqual(self.findings(distance="nan")[0], "pass")
        self.assertEqual(self.findings(distance=1e308)[0], "pass")
        self.assertEqual(self.findings(distance=5e-324)[0], "pass")
        reply = self.post('{"gate": "checked", "row": {"distance": 1e999}}')
        self.assertEqual(reply.status, 400, reply.body)

    def test_wrong_bodies(self):
        for body, message in (
                ("", "reading the body"), ("{", "reading the body"), ("[" * 5000, "reading the body"),
                (b"\xff\xfe", "reading the body"), ("null", "must be an object with `gate` and `row`"),
                ("[]", "must be an object with `gate` and `row`"),
                ("{}", "must be an object with `gate` and `row`"),
                ({"gate": "checked"}, "must be an object with `gate` and `row`"),
                ({"gate": "checked", "row": {}, "rows": []}, "unknown member of the body: rows"),
                ({"gate": 1, "row": {}}, "`gate` must be the name of a gate"),
                ({"gate": "checked", "row": [1]}, "`row` must be an object of columns")):
            with self.subTest(body=str(body)[:40]):
                reply = self.post(body)
                self.assertEqual(reply.status, 400, reply.body)
                self.assertIn(message, reply.error()["message"])
        self.assertEqual(self.post({}, "text/plain").status, 415)
        reply = self.server.ask("/v1/validate")
        self.assertEqual((reply.status, reply.headers["Allow"]), (405, "POST"))

    def test_a_gate_that_is_not_there(self):
        reply = self.post({"gate": "chekced", "row": {}})
        self.assertEqual((reply.status, reply.error()["message"], reply.error()["hint"]),
                         (404, "no such gate: chekced", "did you mean checked?"))

    def test_a_project_that_is_not_ready(self):
        folder = served.make_project(served.temporary_folder(self) / "new", run=False)
        body = json.dumps({"gate": "checked", "row": GOOD})
        headers = {"Content-Type": "application/json"}
        with served.Server(folder) as server:
            reply = server.ask("/v1/validate", "POST", body, headers)
            self.assertEqual(reply.status, 409)
            self.assertEqual(reply.error()["message"],
                             "the columns of `checked` are not known: labelled was never made")
            self.assertEqual(reply.error()["hint"], "run `assay run` first")
            (folder / "assay.yaml").write_text("format: 1\nproject: [")
            self.assertEqual(server.ask("/v1/validate", "POST", body, headers).status, 409)


if __name__ == "__main__":
    unittest.main()
