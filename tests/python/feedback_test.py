"""Predictions and outcomes from Python, as the program takes them."""

import datetime
import itertools
import json
import os
import pathlib
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import unittest

import numpy
import pandas
import polars
import pyarrow as pa

import assay
import sample_project

PROJECT = """\
format: 1
project: feedback
sources:
  src: {files: rows.csv, columns: {day: DATE, late: BOOLEAN}}
gates:
  good: {input: src, checks: [{not_null: day}]}
datasets:
  rows: {input: good, label: late}
feedback:
  late: {positive: true}
  other: {positive: true, id: number, time: at}
"""
ONE_STREAM = """\
format: 1
project: feedback
feedback: {late: {positive: true}}
"""

PREDICTIONS = [
    {"id": 1, "time": datetime.datetime(2001, 6, 1, 9, tzinfo=datetime.timezone.utc),
     "prediction": True, "score": 0.75, "features": {"origin": "ORD", "distance": 733}},
    {"id": "b", "time": "2001-06-01", "prediction": False, "score": numpy.float64(0.25)}]
OUTCOME = {"id": "1", "time": datetime.date(2001, 6, 2), "outcome": numpy.bool_(True)}


def outcomes(*ids):
    return pa.table({"id": list(ids), "time": ["2001-06-02"] * len(ids),
                     "outcome": [True] * len(ids)})


class Feedback(unittest.TestCase):
    """Each test has a project without a store, and folders of its own."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="assay-feedback-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name, "project")
        self.folder.mkdir()
        (self.folder / "assay.yaml").write_text(PROJECT, encoding="utf-8")
        (self.folder / "rows.csv").write_text("day,late\n2001-01-01,true\n", encoding="utf-8")
        self.project = assay.open(self.folder)
        # Where the package puts what it hands over.
        self.places = pathlib.Path(folder.name, "places")
        self.places.mkdir()
        self.addCleanup(setattr, tempfile, "tempdir", tempfile.tempdir)
        tempfile.tempdir = str(self.places)

    def tearDown(self):
        self.assertEqual(list(self.places.iterdir()), [])

    def run_program(self, *words):
        return json.loads(sample_project.run(self.folder, *words, "--json"))

    def taken(self):
        listed = self.run_program("feedback", "list")
        return ([(batch["kind"], batch["rows"]) for batch in listed["batches"]],
                [(event["kind"], event["events"]) for event in listed["events"]])

    def refused(self, kind, message, hint, work):
        with self.assertRaises(kind) as caught:
            work()
        self.assertIs(type(caught.exception), kind)
        self.assertIn(message, str(caught.exception))
        self.assertIn(hint, caught.exception.hint)


class Taken(Feedback):
    def test_dicts_become_events(self):
        self.assertEqual(self.project.log_predictions("late", PREDICTIONS), 2)
        self.assertEqual(self.project.log_predictions("late", iter(PREDICTIONS)), 0)
        self.assertEqual(self.project.log_outcomes("late", [OUTCOME, OUTCOME]), 1)
        more = {**OUTCOME, "id": "b"}
        self.assertEqual(self.project.log_outcomes(stream="late", rows=(OUTCOME, more)), 1)
        self.assertEqual(self.taken(), ([], [("outcome", 2), ("prediction", 2)]))
        report = self.run_program("feedback", "report", "--stream", "late", "--slice", "origin")
        self.assertEqual((report["all"]["rows"], report["all"]["joined"]), (2, 2))
        # Scores 0.75 and 0.25, and both came.
        self.assertEqual(report["all"]["metrics"]["brier_score"], (0.0625 + 0.5625) / 2)
        self.assertEqual([one["column"] for one in report["slices"]], ["origin"])

    def test_arrow_becomes_a_batch(self):
        rows = 200_000
        made = numpy.random.default_rng(1)
        scores, came = made.random(rows), made.random(rows) < 0.5
        start = numpy.datetime64("2001-04-01", "us")
        table = pa.table({"number": numpy.arange(rows), "at": start + numpy.arange(rows),
                          "prediction": scores >= 0.5, "score": scores,
                          "origin": pa.array(["ORD", "LAX"] * (rows // 2)).dictionary_encode()})
        parts = pa.concat_tables([table.slice(0, 777), table.slice(777)])
        self.assertEqual(self.project.log_predictions("other", parts), rows)
        self.assertEqual(self.project.log_predictions("other", parts), 0)
        frame = polars.DataFrame({"number": numpy.arange(rows), "outcome": came}).with_columns(
            at=polars.lit(datetime.datetime(2001, 7, 1)))
        self.assertEqual(self.project.log_outcomes("other", frame), rows)
        self.assertEqual(self.project.log_outcomes("other", frame), 0)
        report = self.run_program("feedback", "report", "--stream", "other")
        self.assertEqual(report["all"]["joined"], rows)
        self.assertAlmostEqual(report["all"]["metrics"]["brier_score"],
                               ((scores - came) ** 2).mean(), delta=1e-12)
        listed = self.run_program("feedback", "list")
        self.assertEqual([batch["location"] for batch in listed["batches"]], ["Arrow stream"] * 2)

    def test_what_gives_arrow(self):
        table = outcomes("a", "b")
        frame = pandas.DataFrame({"id": ["c"], "time": [pandas.Timestamp("2001-06-02")],
                                  "outcome": [False]})
        for rows, count in ((table, 2), (table.slice(1).to_batches()[0], 1),
                            (polars.from_arrow(outcomes("x", "y", "z")), 3), (frame, 1),
                            (pa.RecordBatchReader.from_batches(table.schema, []), 0),
                            (table.slice(0, 0), 0)):
            self.assertEqual(self.project.log_outcomes("late", rows), count)

    def test_no_rows_are_none_that_are_new(self):
        self.assertEqual(self.project.log_predictions("late", []), 0)
        self.refused(assay.UserError, "no such stream of feedback: laet", "late",
                     lambda: self.project.log_predictions("laet", []))

    def test_the_only_stream_needs_no_name(self):
        self.refused(assay.UserError, "there are several streams of feedback",
                     "name one of them: late, other",
                     lambda: self.project.log_predictions(PREDICTIONS))
        (self.folder / "assay.yaml").write_text(ONE_STREAM, encoding="utf-8")
        self.assertEqual(self.project.log_predictions(PREDICTIONS), 2)
        self.assertEqual(self.project.log_predictions(rows=PREDICTIONS), 0)
        self.assertEqual(self.project.log_predictions(None, PREDICTIONS), 0)
        self.assertEqual(self.project.log_outcomes(outcomes("1")), 1)

    def test_a_relative_folder_stays_the_one_it_was(self):
        self.addCleanup(os.chdir, os.getcwd())
        os.chdir(self.folder.parent)
        project = assay.open("project", threads=1, memory=100_000_000)
        os.chdir("/")
        self.assertEqual(project.log_predictions("late", PREDICTIONS), 2)
        self.assertEqual(project.log_outcomes("late", outcomes("1")), 1)
        self.assertEqual(self.taken(), ([("outcome", 1)], [("prediction", 2)]))

    def test_several_threads(self):
        sample_project.run(self.folder, "run")
        counts = []
        def log(number):
            rows = [{**OUTCOME, "id": f"{number}-{i}"} for i in range(50)]
            counts.append(self.project.log_outcomes("late", rows))
        threads = [threading.Thread(target=log, args=[i]) for i in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(counts, [50] * 4)
        self.assertEqual(self.taken(), ([], [("outcome", 200)]))


class Refused(Feedback):
    def tearDown(self):
        super().tearDown()
        self.assertEqual(self.taken(), ([], []))

    def test_wrong_dicts(self):
        log = self.project.log_predictions
        self.refused(assay.UserError, "rows must be a list of dicts or an Arrow stream: dict",
                     "write [{...}]", lambda: log("late", PREDICTIONS[0]))
        self.refused(assay.UserError, "an Arrow stream: NoneType", "", lambda: log("late"))
        self.refused(assay.UserError, "row 2 is no dict: 'id'", "",
                     lambda: log("late", [PREDICTIONS[0], "id"]))
        with self.assertRaisesRegex(TypeError, "row 2: no value of a row: <object"):
            log("late", [PREDICTIONS[0], {"id": object()}])
        with self.assertRaisesRegex(TypeError, "stream must be a name: int"):
            log(5, PREDICTIONS)
        self.refused(assay.DataError,
                     "list of rows is refused: 2 of 3 rows are wrong\n"
                     "  row 2: an event has neither `prediction` nor `outcome`\n"
                     "  row 3: score is no number: \"nan\"", "nothing of it was taken",
                     lambda: log("late", [PREDICTIONS[0], {"id": 2},
                                          {**PREDICTIONS[0], "score": float("nan")}]))
        self.refused(assay.DataError, "row 1: is no outcome, but of kind prediction", "",
                     lambda: self.project.log_outcomes("late", PREDICTIONS))
        self.refused(assay.DataError, "row 1: not JSON: ", "",
                     lambda: log("late", [{**PREDICTIONS[0], "id": "\ud800"}]))

    def test_wrong_tables(self):
        bad = pa.table({"id": ["a", "b"], "time": ["2001-01-01"] * 2, "prediction": [True] * 2,
                        "score": [0.5, 1.5]})
        self.refused(assay.DataError, "Arrow stream is refused: 1 of 2 rows is wrong\n  row 2: score",
                     "nothing of it was taken", lambda: self.project.log_predictions("late", bad))
        self.refused(assay.DataError, "Arrow stream has no column `outcome`", "its columns are id",
                     lambda: self.project.log_outcomes("late", bad))
        self.refused(assay.DataError, "Arrow stream has no column `number`", "",
                     lambda: self.project.log_predictions("other", bad))
        twice = pa.table([[1], [2]], names=["id", "id"])
        self.refused(assay.DataError, "a column of the Arrow stream comes twice: id", "rename",
                     lambda: self.project.log_outcomes("late", twice))
        self.refused(assay.DataError, "values in place of rows", "hand over a table",
                     lambda: self.project.log_outcomes("late", pa.chunked_array([[1, 2]])))

    def test_an_own_split_is_a_stream_like_any_other(self):
        sample_project.run(self.folder, "run")
        split = self.project.dataset("rows").split("all")
        self.refused(assay.DataError, "Arrow stream has no column `prediction`", "",
                     lambda: self.project.log_predictions("late", split))

    def test_a_stream_that_fails(self):
        def batches():
            yield outcomes("a").to_batches()[0]
            raise ValueError("the well ran dry")
        reader = pa.RecordBatchReader.from_batches(outcomes("a").schema, batches())
        self.refused(assay.DataError, "the well ran dry", "",
                     lambda: self.project.log_outcomes("late", reader))

    def test_a_project_that_is_wrong(self):
        (self.folder / "assay.yaml").write_text("format: 1\nproject: p\nfeedback: {late: {slice: a}}\n")
        self.refused(assay.UserError, "assay.yaml:3:19: error: unknown key: slice", "",
                     lambda: self.project.log_predictions("late", PREDICTIONS))
        (self.folder / "assay.yaml").write_text(PROJECT, encoding="utf-8")

    def test_a_folder_that_is_gone(self):
        moved = self.folder.rename(self.folder.parent / "moved")
        self.refused(assay.IoError, "no such folder: ", "",
                     lambda: self.project.log_predictions("late", PREDICTIONS))
        moved.rename(self.folder)

    def test_another_writer_is_named(self):
        holder = subprocess.Popen(
            [sys.executable, "-c", "import fcntl, sys\nfile = open(sys.argv[1], 'w+')\n"
             "fcntl.flock(file, fcntl.LOCK_EX)\n"
             "file.write('run\\n123\\nhere\\n2001-06-01T09:00:00Z\\n')\nfile.flush()\n"
             "print('held', flush=True)\nsys.stdin.read()",
             self.lock()], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.addCleanup(holder.stdout.close)
        self.addCleanup(holder.wait)
        self.addCleanup(holder.stdin.close)
        holder.stdout.readline()
        # The store is not there yet, and a table needs the lock anyway.
        for rows in ([OUTCOME], outcomes("a")):
            self.refused(assay.IoError, "another assay run holds the lock: process 123 on here since "
                         "2001-06-01T09:00:00Z", "wait for it, or stop it",
                         lambda rows=rows: self.project.log_outcomes("late", rows))

    def lock(self):
        (self.folder / ".assay").mkdir()
        return self.folder / ".assay" / "lock"


class Interrupted(Feedback):
    def setUp(self):
        super().setUp()
        sample_project.run(self.folder, "run")

    def children(self):
        return pathlib.Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split()

    def interrupt_soon(self):
        """Send Ctrl-C once the program runs."""
        def send():
            while not self.children():
                time.sleep(0.01)
            time.sleep(0.3)
            os.kill(os.getpid(), signal.SIGINT)
        thread = threading.Thread(target=send)
        thread.start()
        self.addCleanup(thread.join)

    def test_ctrl_c_ends_the_program_too(self):
        # The program waits for who writes into the catalog.
        catalog = sqlite3.connect(self.folder / ".assay" / "catalog.sqlite", isolation_level=None)
        self.addCleanup(catalog.close)
        for rows in ([OUTCOME], outcomes("a")):
            catalog.execute("BEGIN IMMEDIATE")
            self.interrupt_soon()
            began = time.monotonic()
            with self.assertRaises(KeyboardInterrupt):
                self.project.log_outcomes("late", rows)
            self.assertLess(time.monotonic() - began, 4)
            self.assertEqual(self.children(), [])
            self.assertEqual(list(self.places.iterdir()), [])
            catalog.execute("ROLLBACK")
        self.assertEqual(self.taken(), ([], []))
        # What the killed one had begun goes with the next.
        self.assertEqual(self.project.log_outcomes("late", outcomes("a")), 1)
        self.assertEqual(list((self.folder / ".assay" / "staging").iterdir()), [])

    def test_ctrl_c_while_a_stream_is_read(self):
        batch = outcomes(*map(str, range(1000))).to_batches()[0]
        def made_in_python():
            while True:
                sum(range(100_000))
                yield batch
        # The signal finds Python code here, and there the engine.
        for batches in (made_in_python(), itertools.repeat(batch)):
            reader = pa.RecordBatchReader.from_batches(batch.schema, batches)
            timer = threading.Timer(0.5, os.kill, [os.getpid(), signal.SIGINT])
            timer.start()
            with self.assertRaises(KeyboardInterrupt):
                self.project.log_outcomes("late", reader)
            timer.join()
        self.assertEqual(self.taken(), ([], []))

    def test_a_program_that_is_killed(self):
        catalog = sqlite3.connect(self.folder / ".assay" / "catalog.sqlite", isolation_level=None)
        self.addCleanup(catalog.close)
        catalog.execute("BEGIN IMMEDIATE")
        def kill():
            while not self.children():
                time.sleep(0.01)
            time.sleep(0.3)
            os.kill(int(self.children()[0]), signal.SIGKILL)
        thread = threading.Thread(target=kill)
        thread.start()
        self.refused(assay.IoError, "the program was ended by signal 9", "try again",
                     lambda: self.project.log_outcomes("late", [OUTCOME]))
        thread.join()


if __name__ == "__main__":
    unittest.main()
