"""Prepared rows, single rows and their errors, on the types that a transform takes."""

import datetime
import decimal
import json
import math
import pathlib
import pickle
import tempfile
import unittest

import numpy
import pyarrow as pa
import pyarrow.parquet as pq

import assay
import sample_project

PROJECT = """\
format: 1
project: prepared
sources:
  src: {files: rows.parquet}
gates:
  good: {input: src, checks: [{not_null: id}]}
datasets:
  rows:
    input: good
    label: late
    split: {time: at, validation_from: 2001-02-01, test_from: 2001-03-01}
    prepare:
      - {impute: real, with: mean, keep: true, as: filled}
      - {standard_scale: real, keep: true, as: scaled}
      - {bucketize: price, edges: [10, 20], keep: true, as: dear}
      - {ordinal: city, keep: true, as: place}
      - {one_hot: flag, keep: true}
      - {calendar: at_utc, parts: [hour], keep: true}
      - {calendar: day, parts: [weekday], keep: true}
  plain: {input: good}
"""
ROWS = 9000


def made_rows():
    made = numpy.random.default_rng(7)
    start = datetime.datetime(2001, 1, 1)
    real = made.normal(0, 1, ROWS)
    real[made.random(ROWS) < 0.1] = math.nan
    late = made.random(ROWS) < 0.5
    at = [start + datetime.timedelta(minutes=10 * i) for i in range(ROWS)]
    return pa.table({
        "id": pa.array(made.permutation(ROWS), pa.int64()),
        "at": pa.array(at, pa.timestamp("us")),
        "at_utc": pa.array([moment.replace(tzinfo=datetime.timezone.utc) for moment in at],
                           pa.timestamp("us", "UTC")),
        "day": pa.array([moment.date() for moment in at], pa.date32()),
        "real": pa.array(real, pa.float64()),
        "price": pa.array([decimal.Decimal(int(n)).scaleb(-2) for n in made.integers(0, 3000, ROWS)],
                          pa.decimal128(9, 2)),
        "city": pa.array(["Zürich" if n < 4 else None if n < 5 else "Bern"
                          for n in made.integers(0, 9, ROWS)], pa.string()),
        "flag": pa.array(late, pa.bool_()),
        "late": pa.array(late, pa.bool_()),
        "words": pa.array([["a", str(i)] for i in range(ROWS)], pa.list_(pa.string())),
    })


def same(one, other):
    """Equal, where NaN equals NaN."""
    both = isinstance(one, float) and isinstance(other, float)
    return one == other or (both and math.isnan(one) and math.isnan(other))


class Prepared(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="assay-prepared-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        (cls.folder / "assay.yaml").write_text(PROJECT, encoding="utf-8")
        pq.write_table(made_rows(), cls.folder / "rows.parquet", row_group_size=1000)
        sample_project.run(cls.folder, "run")
        cls.project = assay.open(cls.folder)
        cls.dataset = cls.project.dataset("rows@v1")
        cls.preparation = cls.dataset.preparation()

    def refused(self, kind, message, hint, work):
        with self.assertRaises(kind) as caught:
            work()
        self.assertIn(message, str(caught.exception))
        self.assertIn(hint, caught.exception.hint)

    def test_a_split_tells_what_it_is(self):
        raw, prepared = self.dataset.split("train"), self.dataset.split("train", prepared=True)
        self.assertEqual((raw.prepared, prepared.prepared), (False, True))
        self.assertEqual(raw.schema, self.dataset.schema)
        self.assertEqual(prepared.schema, self.preparation.output)
        self.assertEqual((raw.rows, len(prepared)), (prepared.rows, raw.rows))
        self.assertNotEqual(raw.digest, prepared.digest)
        self.assertNotEqual(raw.files, prepared.files)
        self.assertTrue(repr(prepared).endswith(f", {prepared.rows} prepared rows>"), repr(prepared))
        again = pickle.loads(pickle.dumps(prepared))
        self.assertEqual((again.prepared, again.digest), (True, prepared.digest))

    def test_rows_are_those_of_the_files(self):
        for name in self.dataset.splits:
            split = self.dataset.split(name, prepared=True)
            stored = pa.concat_tables([pq.read_table(file) for file in split.files])
            self.assertEqual(pa.table(split).to_pydict().keys(), stored.to_pydict().keys())
            for ours, theirs in zip(pa.table(split).to_pylist(), stored.to_pylist()):
                self.assertTrue(all(same(ours[n], theirs[n]) for n in theirs), (ours, theirs))
            self.assertEqual(split.digest, self.dataset.record["prepared"][name]["digest"])

    def test_a_shuffle_is_the_one_of_the_raw_rows(self):
        raw, prepared = self.dataset.split("train"), self.dataset.split("train", prepared=True)
        stored = pa.table(raw.arrow(["id"]))["id"].to_pylist()
        for seed, epoch in ((0, 0), (7, 3)):
            order = {"shuffle": seed, "epoch": epoch}
            pairs = zip(raw.batches(500, columns=["id", "late"], **order),
                        prepared.batches(500, columns=["id", "flag_true"], **order))
            seen = []
            for features, labels in pairs:
                one, two = pa.record_batch(features), pa.record_batch(labels)
                self.assertEqual(one["id"].to_pylist(), two["id"].to_pylist())
                self.assertEqual([int(late) for late in one["late"].to_pylist()],
                                 two["flag_true"].to_pylist())
                seen += one["id"].to_pylist()
            self.assertNotEqual(seen, stored)
            self.assertEqual(sorted(seen), sorted(stored))

    def test_one_row_is_the_tables(self):
        for name in ("train", "validation"):
            raw = pa.table(self.dataset.split(name)).to_pylist()[:1500]
            table = pa.table(self.dataset.split(name, prepared=True)).to_pylist()[:1500]
            many = self.preparation.transform_many(raw)
            for row, expected, of_many in zip(raw, table, many):
                self.assertEqual(list(of_many), list(expected))
                for column, value in expected.items():
                    self.assertTrue(same(of_many[column], value), (column, of_many[column], value))
                    self.assertIs(type(of_many[column]), type(value), column)
            self.assertTrue(all(same(a, b) for a, b in zip(
                self.preparation.transform(raw[0]).values(), many[0].values())))

    def test_what_is_not_read_may_be_left_out(self):
        row = {"real": 1, "price": "12.50", "city": "Atlantis", "flag": None,
               "at_utc": "2001-01-01T12:00:00+02:00", "day": "2001-01-01"}
        self.assertEqual(
            {n: v for n, v in self.preparation.transform(row).items() if n not in ("scaled", "price")},
            {"at_utc": datetime.datetime(2001, 1, 1, 10, tzinfo=datetime.timezone.utc),
             "at_utc_hour": 10, "day": datetime.date(2001, 1, 1), "day_weekday": 1, "real": 1.0,
             "filled": 1.0, "dear": 1, "city": "Atlantis", "place": -1, "flag": None, "flag_false": 0,
             "flag_true": 0})

    def test_values_of_other_kinds(self):
        row = {"real": numpy.float32(0.5), "price": decimal.Decimal("1E+1"), "city": None,
               "flag": numpy.bool_(True), "at_utc": numpy.datetime64("2001-01-01T12:00:00", "us"),
               "day": datetime.date(2001, 1, 7), "id": numpy.int64(5)}
        made = self.preparation.transform(row)
        self.assertEqual((made["real"], made["dear"], made["place"], made["flag_true"], made["id"],
                          made["at_utc_hour"], made["day_weekday"]), (0.5, 1, None, 1, 5, 12, 7))
        self.assertTrue(math.isnan(self.preparation.transform({**row, "real": math.nan})["real"]))
        self.assertEqual(self.preparation.transform({**row, "real": -math.inf})["scaled"], -math.inf)
        far = self.preparation.transform({**row, "day": "0000-05-01"})
        self.assertEqual(far["day"], "0000-05-01")
        with self.assertRaisesRegex(TypeError, "no value of a row: <object"):
            self.preparation.transform({**row, "real": object()})

    def test_steps(self):
        steps = self.preparation.steps
        self.assertEqual([step.kind for step in steps],
                         ["impute", "standard_scale", "bucketize", "ordinal", "one_hot", "calendar",
                          "calendar"])
        self.assertEqual(steps[3].state, {"categories": ["Bern", "Zürich"]})
        self.assertEqual((steps[4].column, steps[4].outputs), ("flag", ["flag_false", "flag_true"]))
        self.assertEqual(steps[2].params["edges"], ["10", "20"])
        real = numpy.array(pa.table(self.dataset.split("train").arrow(["real"]))["real"])
        self.assertAlmostEqual(float(steps[1].state["deviation"]), numpy.nanstd(real), delta=1e-12)
        shown = sample_project.run(self.folder, "prepare", "show", "rows@v1", "--json")
        self.assertEqual(json.loads(shown)["assay.preparation/1"], self.preparation.record)
        again = pickle.loads(pickle.dumps(self.preparation))
        self.assertEqual(again.record, self.preparation.record)

    def test_errors(self):
        plain = self.project.dataset("plain")
        for work in (plain.preparation, lambda: plain.split("all", prepared=True)):
            self.refused(assay.UserError, "this version has no preparation: plain",
                         "declare `prepare:`", work)
        transform = self.preparation.transform
        self.refused(assay.DataError, "fields are missing: ", "write null", lambda: transform({}))
        row = self.dataset.split("train").arrow()
        row = pa.table(row).to_pylist()[0]
        self.refused(assay.DataError, "no such field: ctiy", "did you mean city?",
                     lambda: transform({**row, "ctiy": "Bern"}))
        self.refused(assay.DataError, "row 2: ", "",
                     lambda: self.preparation.transform_many([row, row, {**row, "real": "much"}]))
        self.refused(assay.UserError, "no such split: ", "its splits are",
                     lambda: self.dataset.split("trian", prepared=True))


if __name__ == "__main__":
    unittest.main()
