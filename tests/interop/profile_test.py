"""`assay profile` against pandas, numpy, scipy and scikit-learn: figures, and what is suspicious."""

import fractions
import json
import math
import os
import pathlib
import subprocess
import tempfile
import unittest

import numpy
import pandas
import scipy.stats
import sklearn.metrics

PROGRAM = pathlib.Path(os.environ["ASSAY"]).resolve()
ROWS = 20000
NULL_WORDS = {"NA", "n/a", "", "-", "null"}


def table():
    random = numpy.random.default_rng(7)
    amount = numpy.round(random.lognormal(3, 0.6, ROWS), 2)
    amount[random.random(ROWS) < 0.03] = numpy.nan
    city = random.choice([f"city {i}" for i in range(40)], ROWS, p=scipy.stats.zipfian.pmf(
        range(1, 41), 1.2, 40))
    late = amount > numpy.nanquantile(amount, 0.8)
    answer = random.choice(["yes", "no", "No", " no", "NA", "n/a", "", "-", "3"], ROWS)
    day = pandas.Timestamp("2001-01-01") + pandas.to_timedelta(random.integers(0, 400, ROWS), "D")
    code = pandas.Series(city).map({name: i * 3 for i, name in enumerate(sorted(set(city)))})
    wrong = random.random(ROWS) < 0.004
    nearly = code.where(~wrong, random.choice(code, ROWS))
    return pandas.DataFrame({
        "id": numpy.arange(ROWS), "amount": amount,
        "normal": random.normal(0, 1, ROWS), "whole": random.poisson(4, ROWS),
        "city": city, "code": code, "nearly": nearly, "noise": random.integers(0, 40, ROWS),
        "answer": answer, "day": day, "late": late,
    })


class Profile(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.rows = table()
        cls.folder = tempfile.TemporaryDirectory(prefix="assay-profile-")
        path = pathlib.Path(cls.folder.name)
        cls.rows.to_parquet(path / "rows.parquet", index=False)
        cls.rows.to_csv(path / "rows.csv", index=False)
        cls.look = cls.profile("rows.parquet")
        cls.columns = {column["name"]: column for column in cls.look["columns"]}

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    @classmethod
    def profile(cls, *words):
        done = subprocess.run([PROGRAM, "profile", *words, "--json"], cwd=cls.folder.name,
                              capture_output=True, text=True, check=True)
        return json.loads(done.stdout)

    def suspicious(self, kind, look=None):
        return [one for one in (look or self.look)["suspicious"] if one["kind"] == kind]

    def test_counts(self):
        self.assertEqual(self.look["rows"], ROWS)
        for name, column in self.columns.items():
            with self.subTest(name):
                self.assertEqual(column["rows"], ROWS)
                self.assertEqual(column["nulls"], int(self.rows[name].isna().sum()))
                self.assertEqual(column["distinct"], self.rows[name].nunique())

    def test_numbers(self):
        for name in ("id", "amount", "normal", "whole", "code", "noise"):
            with self.subTest(name):
                column, values = self.columns[name], self.rows[name].dropna().to_numpy()
                self.assertEqual(float(column["min"]), values.min())
                self.assertEqual(float(column["max"]), values.max())
                self.assertAlmostEqual(float(column["mean"]), values.mean(), delta=1e-9)
                self.assertAlmostEqual(float(column["stddev"]), values.std(), delta=1e-9)
                ordered = numpy.sort(values)
                for share, value in column["quantiles"].items():
                    # Numpy's own rank is that of the nearest double to the share.
                    rank = math.ceil(fractions.Fraction(share) * len(values))
                    self.assertEqual(float(value), ordered[rank - 1], share)
                for share in ("0.25", "0.5", "0.75"):
                    theirs = numpy.quantile(values, float(share), method="inverted_cdf")
                    self.assertEqual(float(column["quantiles"][share]), theirs, share)
                bins, _ = numpy.histogram(values, 20)
                # A value on a border may fall to either side: both round.
                self.assertLessEqual(numpy.abs(numpy.cumsum(bins) - numpy.cumsum(
                    column["histogram"])).max(), (values == numpy.round(values, 2)).sum() / 20)
                self.assertEqual(sum(column["histogram"]), len(values))

    def test_times(self):
        column, values = self.columns["day"], self.rows["day"]
        self.assertEqual(pandas.Timestamp(column["min"]), values.min())
        self.assertEqual(pandas.Timestamp(column["max"]), values.max())
        median = values.quantile(0.5, interpolation="lower")
        self.assertEqual(pandas.Timestamp(column["quantiles"]["0.5"]), median)

    def test_most_frequent_values(self):
        theirs = self.rows["city"].value_counts()
        ours = {one["value"]: one["rows"] for one in self.columns["city"]["top"]}
        self.assertEqual(ours, theirs.to_dict())
        counts = [one["rows"] for one in self.columns["city"]["top"]]
        self.assertEqual(counts, sorted(counts, reverse=True))

    def test_a_csv_file_has_the_same_figures(self):
        others = {column["name"]: column for column in self.profile("rows.csv")["columns"]}
        for name in ("id", "amount", "normal", "whole", "city", "code"):
            with self.subTest(name):
                for figure in ("nulls", "distinct", "min", "max", "mean", "stddev", "histogram"):
                    self.assertEqual(others[name].get(figure), self.columns[name].get(figure))

    def test_outliers(self):
        found = {one["columns"][0]: one["rows"] for one in self.suspicious("outliers")}
        expected = {}
        for name in ("id", "amount", "normal", "whole", "code", "nearly", "noise"):
            values = self.rows[name].dropna().to_numpy()
            low, high = (numpy.quantile(values, q, method="inverted_cdf") for q in (0.25, 0.75))
            far = ((values < low - 3 * (high - low)) | (values > high + 3 * (high - low))).sum()
            if 0 < far <= 0.05 * len(values):
                expected[name] = far
        self.assertIn("amount", expected)
        self.assertEqual(found, expected)

    def test_text(self):
        answers = self.rows["answer"]
        [words] = self.suspicious("null_words")
        self.assertEqual(words["rows"], answers.isin(NULL_WORDS).sum())
        [space] = self.suspicious("white_space")
        self.assertEqual(space["rows"], ((answers != answers.str.strip()) & (
            answers.str.strip() != "")).sum())
        [spellings] = self.suspicious("spellings")
        plain = answers[~answers.isin(NULL_WORDS)]
        groups = plain.groupby(plain.str.strip().str.lower()).agg(
            lambda group: len(group) - group.value_counts().max())
        self.assertEqual(spellings["rows"], groups.sum())

    def test_pairs(self):
        found = {tuple(one["columns"]): one["rows"] for one in self.suspicious("one_to_one")}
        expected = {}
        for a, b in (("city", "code"), ("city", "nearly"), ("code", "nearly"), ("code", "noise")):
            both = pandas.crosstab(self.rows[a], self.rows[b]).to_numpy()
            mutual = (both == both.max(0)) & (both == both.max(1)[:, None]) & (both > 0)
            if (both * mutual).sum() >= 0.99 * ROWS:
                expected[a, b] = (both * mutual).sum()
        self.assertEqual(len(expected), 3)
        self.assertEqual(found, expected)
        # Another measure of the same: 1 where one tells the other.
        self.assertEqual(sklearn.metrics.v_measure_score(self.rows["city"], self.rows["code"]), 1)
        self.assertLess(sklearn.metrics.v_measure_score(self.rows["code"], self.rows["noise"]), 0.1)

    def test_identifiers(self):
        self.assertEqual([one["columns"] for one in self.suspicious("near_unique")], [["id"]])

    def test_repeats(self):
        path = pathlib.Path(self.folder.name) / "repeats.parquet"
        twice = pandas.concat([self.rows, self.rows.head(77), self.rows.head(5)])
        twice.to_parquet(path, index=False)
        [repeats] = self.suspicious("repeats", self.profile(path.name))
        self.assertEqual(repeats["rows"], twice.duplicated().sum())


class Label(unittest.TestCase):
    """How much a column tells of the label: Goodman and Kruskal's lambda."""

    def test_lambda(self):
        rows = table()
        rows["late_in_words"] = numpy.where(rows["late"], "late", "on time")
        flips = numpy.random.default_rng(1).random(ROWS)
        rows["nearly_late"] = rows["late"] ^ (flips < 0.005)
        rows["hardly_late"] = rows["late"] ^ (flips < 0.05)
        project = ("format: 1\nproject: p\nsources:\n  src: {files: rows.parquet}\ngates:\n  good: "
                   "{input: src, checks: [{row_count: [1, null]}]}\ndatasets:\n  train: {input: "
                   "good, key: [id], label: late}\n")
        with tempfile.TemporaryDirectory(prefix="assay-profile-") as folder:
            path = pathlib.Path(folder)
            (path / "assay.yaml").write_text(project)
            rows.to_parquet(path / "rows.parquet", index=False)
            subprocess.run([PROGRAM, "run"], cwd=path, check=True, capture_output=True)
            done = subprocess.run([PROGRAM, "profile", "train@v1", "--json"], cwd=path, check=True,
                                  capture_output=True, text=True)
        look = json.loads(done.stdout)
        found = {one["columns"][0]: one["rows"] for one in look["suspicious"]
                 if one["kind"] == "label_in_disguise"}
        base = rows["late"].value_counts().max()
        expected = {}
        for name in ("whole", "city", "code", "answer", "late_in_words", "nearly_late",
                     "hardly_late"):
            right = pandas.crosstab(rows[name].fillna("null"), rows["late"]).max(axis=1).sum()
            if (right - base) / (ROWS - base) >= 0.95:
                expected[name] = right
        self.assertEqual(set(expected), {"late_in_words", "nearly_late"})
        # It has too many values to count each; its hundredths tell as much.
        self.assertGreaterEqual(found.pop("amount"), 0.99 * ROWS)
        self.assertEqual(found, expected)
        classes = {one["value"]: sum(one["rows"].values()) for one in look["label"]["classes"]}
        counts = rows["late"].value_counts()
        self.assertEqual(classes, {"false": counts[False], "true": counts[True]})


if __name__ == "__main__":
    unittest.main()
