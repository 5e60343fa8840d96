"""Feedback through import and report against other programs: scikit-learn on made data, and plain Python
on published forecasts."""

import csv
import datetime
import io
import json
import math
import os
import pathlib
import subprocess
import tarfile
import tempfile
import unittest

import numpy
import pyarrow
import pyarrow.parquet
import sklearn.metrics

PROGRAM = pathlib.Path(os.environ["ASSAY"]).resolve()
# Beside the project, where it is; nothing of it is in the project.
FORECASTS = (pathlib.Path(__file__).resolve().parents[3] /
             "shared/data/stream_538_forecasts/stream_538_forecasts.tar.xz")
PROJECT = """\
format: 1
project: made
feedback:
  made: {positive: 1}
"""
BORDERS = [i / 10 for i in range(1, 10)]


class Project:
    """A project with one stream of feedback, in a folder of its own."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        (self.folder / "assay.yaml").write_text(PROJECT, encoding="utf-8")

    def assay(self, *words):
        done = subprocess.run([PROGRAM, *words], cwd=self.folder, text=True, capture_output=True,
                              check=False)
        if done.returncode != 0:
            raise AssertionError(f"{' '.join(words)}: {done.stderr}")
        return done.stdout

    def report(self, *words):
        return json.loads(self.assay("feedback", "report", "--json", *words))


def calibration_error(came, scores):
    """Return the expected calibration error over ten bins of equal width."""
    bins = numpy.digitize(scores, BORDERS)
    return sum((bins == b).mean() * abs(scores[bins == b].mean() - came[bins == b].mean())
               for b in numpy.unique(bins))


def judged(came, predicted, scores):
    """Return the metrics as scikit-learn computes them."""
    return {
        "accuracy": sklearn.metrics.accuracy_score(came, predicted),
        "precision": sklearn.metrics.precision_score(came, predicted),
        "recall": sklearn.metrics.recall_score(came, predicted),
        "f1": sklearn.metrics.f1_score(came, predicted),
        "roc_auc": sklearn.metrics.roc_auc_score(came, scores),
        "log_loss": sklearn.metrics.log_loss(came, scores),
        "brier_score": sklearn.metrics.brier_score_loss(came, scores),
        "calibration_error": calibration_error(came, scores),
    }


class MadeFeedback(unittest.TestCase):
    def same(self, quality, came, predicted, scores):
        self.assertEqual(quality["joined"], len(came))
        self.assertAlmostEqual(quality["positive_share"], came.mean(), delta=1e-12)
        expected = judged(came, predicted, scores)
        self.assertEqual(set(quality["metrics"]), set(expected))
        for metric, value in expected.items():
            self.assertAlmostEqual(quality["metrics"][metric], value, delta=1e-12, msg=metric)

    def test_metrics_are_those_of_scikit_learn(self):
        made = numpy.random.default_rng(538)
        rows = 30_000
        scores = numpy.where(made.random(rows) < 0.5, made.integers(1, 50, rows) / 50,
                             made.random(rows))
        came = (made.random(rows) < scores ** 1.5).astype(int)
        predicted = (scores >= 0.5).astype(int)
        start = numpy.datetime64("2001-04-01", "us")
        times = start + made.integers(0, 91 * 86_400, rows).astype("timedelta64[s]")
        groups = numpy.array(["a", "b", "c"])[made.integers(0, 3, rows)]
        known = made.random(rows) < 0.8
        with tempfile.TemporaryDirectory(prefix="assay-feedback-") as folder:
            project = Project(folder)
            table = pyarrow.table({"id": numpy.arange(rows), "time": times, "prediction": predicted,
                                   "score": scores, "group": groups})
            pyarrow.parquet.write_table(table, project.folder / "p.parquet", row_group_size=999)
            with open(project.folder / "o.csv", "w", newline="", encoding="utf-8") as file:
                writer = csv.writer(file)
                writer.writerow(["id", "time", "outcome"])
                for i in made.permutation(numpy.flatnonzero(known)):
                    writer.writerow([i, "2001-08-01T00:00:00Z", came[i]])
            project.assay("feedback", "import", "p.parquet", "o.csv")
            by_month = project.report("--slice", "group")
            by_week = project.report("--by", "week")

        self.same(by_month["all"], came[known], predicted[known], scores[known])
        self.assertEqual(by_month["all"]["waiting"], int((~known).sum()))
        months = times.astype("datetime64[M]").astype(str)
        self.assertEqual([w["window"] for w in by_month["windows"]], ["2001-04", "2001-05", "2001-06"])
        for window in by_month["windows"]:
            of = known & (months == window["window"])
            self.same(window, came[of], predicted[of], scores[of])
        for one in by_month["slices"][0]["slices"]:
            of = known & (groups == one["slice"])
            self.same(one["all"], came[of], predicted[of], scores[of])
            for window in one["windows"]:
                part = of & (months == window["window"])
                self.same(window, came[part], predicted[part], scores[part])

        weeks = numpy.array([day.strftime("%G-W%V") for day in times.astype("datetime64[D]").tolist()])
        self.assertEqual([w["window"] for w in by_week["windows"]], sorted(set(weeks)))
        for window in by_week["windows"]:
            of = known & (weeks == window["window"])
            self.same(window, came[of], predicted[of], scores[of])


def later(day, days):
    return (datetime.date.fromisoformat(day) + datetime.timedelta(days)).isoformat()


# Of each file: the columns of probability and outcome, and when they were told and came true.
STREAMS = {
    "governors_elections.csv": (
        [("probwin", "probwin_outcome")], lambda row: row["forecast_date"],
        lambda row: later(row["election_date"], 60)),
    "us_senate_election_night.csv": (
        [("probwin", "probwin_outcome")], lambda row: row["forecast_date"],
        lambda row: later(row["election_date"], 60)),
    "mlb_games.csv": (
        [("prob1", "prob1_outcome"), ("prob2", "prob2_outcome")], lambda row: row["date"],
        lambda row: row["date"]),
    "nfl_playoffs.csv": (
        [("make_playoffs", "make_playoffs_outcome"), ("win_division", "win_division_outcome"),
         ("win_superbowl", "win_superbowl_outcome")], lambda row: row["forecast_date"],
        lambda row: f"{int(row['season']) + 1}-03-01"),
}


@unittest.skipUnless(FORECASTS.is_file(), "the published forecasts are not there")
class PublishedForecasts(unittest.TestCase):
    def check(self, name, text):
        columns, told_at, came_at = STREAMS[name]
        pairs = []
        with tempfile.TemporaryDirectory(prefix="assay-forecasts-") as folder:
            project = Project(folder)
            with open(project.folder / "p.csv", "w", newline="", encoding="utf-8") as first, \
                    open(project.folder / "o.csv", "w", newline="", encoding="utf-8") as second:
                predictions, outcomes = csv.writer(first), csv.writer(second)
                predictions.writerow(["id", "time", "prediction", "score"])
                outcomes.writerow(["id", "time", "outcome"])
                for number, row in enumerate(csv.DictReader(io.StringIO(text))):
                    for score, outcome in columns:
                        # A tied game (0.5) is of neither class.
                        if not row[score] or row[outcome] not in ("0", "1", "0.0", "1.0"):
                            continue
                        key = f"{number}:{score}"
                        likely = int(float(row[score]) >= 0.5)
                        predictions.writerow([key, told_at(row), likely, row[score]])
                        outcomes.writerow([key, came_at(row), row[outcome]])
                        pairs.append((float(row[score]), float(row[outcome]), likely))
            project.assay("feedback", "import", "o.csv", "p.csv")
            report = project.report()

        quality = report["all"]
        self.assertEqual(quality["joined"], len(pairs))
        self.assertEqual(report["outcomes"]["unmatched"], 0)
        brier = math.fsum((score - came) ** 2 for score, came, _ in pairs) / len(pairs)
        self.assertAlmostEqual(quality["metrics"]["brier_score"], brier, delta=1e-12)
        hits = sum(came == likely for _, came, likely in pairs)
        self.assertAlmostEqual(quality["metrics"]["accuracy"], hits / len(pairs), delta=1e-12)
        error = 0
        for number, bin_ in enumerate(quality["calibration"]):
            inside = [(score, came) for score, came, _ in pairs
                      if sum(score >= border for border in BORDERS) == number]
            self.assertEqual(bin_["rows"], len(inside))
            if not inside:
                continue
            mean = math.fsum(score for score, _ in inside) / len(inside)
            share = math.fsum(came for _, came in inside) / len(inside)
            self.assertAlmostEqual(bin_["mean_score"], mean, delta=1e-12)
            self.assertAlmostEqual(bin_["positive_share"], share, delta=1e-12)
            error += len(inside) / len(pairs) * abs(mean - share)
        self.assertAlmostEqual(quality["metrics"]["calibration_error"], error, delta=1e-12)
        return len(pairs)

    def test_brier_score_and_calibration_are_theirs(self):
        with tarfile.open(FORECASTS) as archive:
            texts = {pathlib.Path(member.name).name: archive.extractfile(member).read().decode()
                     for member in archive if member.name.endswith(".csv")}
        for name in STREAMS:
            with self.subTest(file=name):
                self.assertGreater(self.check(name, texts[name]), 10_000)


if __name__ == "__main__":
    unittest.main()
