"""Drift as Evidently judges it: kind, method, threshold, verdict and statistic of thirty columns.

drift_answers.json holds Evidently's answers; make_drift_answers.py made it. What is compared here:
the rows against them, and the profiles against the rows.
"""

import json
import os
import pathlib
import subprocess
import tempfile
import unittest

import pyarrow
import pyarrow.parquet

import drift_columns

PROGRAM = pathlib.Path(os.environ["ASSAY"]).resolve()
ANSWERS = json.loads(pathlib.Path(__file__).with_name("drift_answers.json").read_text())["answers"]
METHODS = {"K-S p_value": "ks", "chi-square p_value": "chi_square", "Z-test p_value": "z_test",
           "Jensen-Shannon distance": "jensen_shannon",
           "Wasserstein distance (normed)": "wasserstein"}
KINDS = {"num": "numeric", "cat": "categorical"}
PROJECT = """\
format: 1
project: drift
sources:
  src: {files: rows.parquet}
gates:
  good: {input: src, checks: [{row_count: [1, null]}]}
datasets:
  rows: {input: good}
"""


class Drift(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="assay-drift-")
        path = pathlib.Path(cls.folder.name)
        (path / "assay.yaml").write_text(PROJECT)
        made = drift_columns.columns()
        for side in range(2):
            # Shorter columns end with nulls, which count for neither.
            rows = {name: sides[side] + [None] * (drift_columns.ROWS - len(sides[side]))
                    for name, sides in made.items()}
            pyarrow.parquet.write_table(pyarrow.table(rows), path / "rows.parquet")
            subprocess.run([PROGRAM, "run"], cwd=path, check=True, capture_output=True)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def drift(self, *words):
        done = subprocess.run([PROGRAM, "drift", "rows@v1", "@v2", "--json", *words],
                              cwd=self.folder.name, capture_output=True, text=True)
        self.assertIn(done.returncode, (0, 1), done.stderr)
        report = json.loads(done.stdout)
        return report, {column["column"]: column for column in report["data_drift"]["columns"]}

    def test_the_rows_give_evidentlys_answers(self):
        report, columns = self.drift("--from", "data")
        self.assertEqual(set(columns), set(ANSWERS))
        for name, answer in ANSWERS.items():
            with self.subTest(column=name):
                ours = columns[name]
                self.assertEqual(ours["kind"], KINDS[answer["kind"]])
                self.assertEqual(ours["method"], METHODS[answer["method"]])
                self.assertEqual(float(ours["threshold"]), answer["threshold"])
                self.assertAlmostEqual(float(ours["statistic"]), answer["statistic"], delta=1e-6)
                self.assertEqual(ours["drifted"], answer["drifted"])
        drifted = sum(answer["drifted"] for answer in ANSWERS.values())
        self.assertEqual(report["data_drift"]["drifted_columns"], drifted)
        self.assertEqual(report["data_drift"]["drifted"], 2 * drifted >= len(ANSWERS))

    def test_threads_change_nothing(self):
        one, _ = self.drift("--from", "data", "--threads", "1")
        more, _ = self.drift("--from", "data", "--threads", "4")
        self.assertEqual(one, more)

    def test_the_profile_is_near_the_rows_and_says_when_it_is_exact(self):
        _, rows = self.drift("--from", "data")
        _, profiled = self.drift("--from", "profile")
        exact = 0
        for name, column in profiled.items():
            with self.subTest(column=name):
                self.assertEqual(column["from"], "profile")
                self.assertEqual(column["kind"], rows[name]["kind"])
                if "note" not in column:
                    exact += 1
                    self.assertEqual(column["statistic"], rows[name]["statistic"])
                    self.assertEqual(column["method"], rows[name]["method"])
                elif column["method"] == "wasserstein":
                    self.assertAlmostEqual(float(column["statistic"]),
                                           float(rows[name]["statistic"]), delta=0.01)
        self.assertGreaterEqual(exact, 15)

    def test_by_itself_it_reads_rows_only_where_the_profile_is_not_enough(self):
        _, columns = self.drift()
        sources = {name: column["from"] for name, column in columns.items()}
        self.assertEqual(sources["word_long"], "profile")
        self.assertEqual(sources["normal_long"], "profile")
        self.assertEqual(sources["normal_same"], "data")
        _, rows = self.drift("--from", "data")
        for name, column in columns.items():
            self.assertEqual(column["drifted"], rows[name]["drifted"], name)


if __name__ == "__main__":
    unittest.main()
