"""Preparations through the program against scikit-learn, numpy and pandas fitted on the same training
rows; and one row at a time against the table."""

import collections
import datetime
import decimal
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

import numpy
import pandas
import pyarrow
import pyarrow.compute
import pyarrow.parquet
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import (KBinsDiscretizer, MinMaxScaler, OneHotEncoder, OrdinalEncoder,
                                   StandardScaler)

PROGRAM = pathlib.Path(os.environ["ASSAY"]).resolve()
FLIGHTS = (pathlib.Path(__file__).resolve().parents[2] / ".cache" / "vega-datasets" /
           "flights-3m.parquet")
PROJECT = """\
format: 1
project: made
sources:
  src: {files: rows.parquet}
gates:
  good: {input: src, checks: [{not_null: id}]}
datasets:
  made:
    input: good
    split: {time: SPLIT_COLUMN, validation_from: VALIDATION, test_from: TEST}
    prepare:
"""
FAR = 1e-12
NOTHING = "\0nothing"  # stands for null where a category is wanted; no row has it
PARTS = {
    "year": lambda moment: moment.dt.year, "quarter": lambda moment: moment.dt.quarter,
    "month": lambda moment: moment.dt.month, "week": lambda moment: moment.dt.isocalendar().week,
    "day": lambda moment: moment.dt.day, "day_of_year": lambda moment: moment.dt.day_of_year,
    "weekday": lambda moment: moment.dt.day_of_week + 1, "hour": lambda moment: moment.dt.hour,
    "minute": lambda moment: moment.dt.minute,
}


class Prepared:
    """A project whose only dataset is prepared; raw and prepared rows as tables by split."""

    def __init__(self, table, split, transforms):
        self._folder = tempfile.TemporaryDirectory(prefix="assay-prepare-")
        self.folder = pathlib.Path(self._folder.name)
        text = PROJECT
        for word, value in zip(("SPLIT_COLUMN", "VALIDATION", "TEST"), split):
            text = text.replace(word, value)
        text += "".join(f"      - {{{one}}}\n" for one in transforms)
        (self.folder / "assay.yaml").write_text(text, encoding="utf-8")
        pyarrow.parquet.write_table(table, self.folder / "rows.parquet", row_group_size=1111)
        self.assay("run")
        self.assay("dataset", "export", "made", "--to", "raw")
        self.assay("dataset", "export", "made", "--prepared", "--to", "prepared")
        self.raw = {name: self._read("raw", name) for name in ("train", "validation", "test")}
        self.prepared = {name: self._read("prepared", name) for name in self.raw}
        shown = json.loads(self.assay("prepare", "show", "made", "--json"))
        self.transforms = shown["assay.preparation/1"]["transforms"]

    def _read(self, kind, split):
        return pyarrow.parquet.read_table(self.folder / kind / f"{split}.parquet")

    def assay(self, *words):
        done = subprocess.run([PROGRAM, *words], cwd=self.folder, text=True, capture_output=True,
                              check=False)
        if done.returncode != 0:
            raise AssertionError(f"{' '.join(words)}: {done.stdout}{done.stderr}")
        return done.stdout

    def learnt(self, output):
        """Return the state of what makes this column, and nothing else."""
        return next(one["state"] for one in self.transforms if one["outputs"] == [output])

    def one_row_at_a_time(self, rows):
        """Return what `assay transform` makes of these rows (dicts)."""
        lines = "".join(json.dumps(row) + "\n" for row in rows)
        (self.folder / "rows.jsonl").write_text(lines, encoding="utf-8")
        said = self.assay("transform", "made", "--rows", "rows.jsonl")
        return [json.loads(line) for line in said.splitlines()]

    def close(self):
        self._folder.cleanup()


def numbers(column):
    """Return a column as one column of doubles; null is NaN."""
    if pyarrow.types.is_boolean(column.type):
        column = column.cast(pyarrow.int8())
    return column.cast(pyarrow.float64(), safe=False).to_numpy(zero_copy_only=False).reshape(-1, 1)


def categories(column):
    """Return a column as one column of objects; null is a value that no training row has."""
    values = [NOTHING if value is None else value for value in column.to_pylist()]
    return numpy.array([*values, None], dtype=object)[:-1].reshape(-1, 1)


def known(column):
    return column.filter(pyarrow.compute.is_valid(column))


def json_value(value):
    """Return a value as `assay transform` reads and writes it."""
    if isinstance(value, datetime.datetime):
        return str(value.replace(tzinfo=None))
    if isinstance(value, (datetime.date, decimal.Decimal)):
        return str(value)
    if isinstance(value, float) and value != value:
        return "nan"
    return value


class Comparison(unittest.TestCase):
    """What the comparisons have in common; `of` is a Prepared."""

    def near(self, ours, theirs, what):
        """Relative to the value, and where a difference cancels, to one deviation."""
        ours = numpy.asarray(ours, dtype=float).ravel()
        theirs = numpy.asarray(theirs, dtype=float).ravel()
        numpy.testing.assert_array_equal(numpy.isnan(ours), numpy.isnan(theirs), what)
        numpy.testing.assert_allclose(ours, theirs, rtol=FAR, atol=FAR, err_msg=what)

    def fitted(self, of, transformer, column, output, relative=False):
        """A transformer of numbers, fitted on the training rows."""
        transformer.fit(numbers(of.raw["train"][column]))
        for split, raw in of.raw.items():
            if not raw.num_rows:
                continue
            ours, theirs = numbers(of.prepared[split][output]), numbers(raw[column])
            theirs = transformer.transform(theirs)
            what = f"{split} {output}"
            if relative:  # of tiny numbers too
                numpy.testing.assert_allclose(ours, theirs, rtol=FAR, err_msg=what)
            self.near(ours, theirs, what)

    def one_hot(self, of, column, prefix, top=None):
        train = known(of.raw["train"][column]).to_pylist()
        frequent = sorted(collections.Counter(train).items(), key=lambda item: (-item[1], item[0]))
        kept = sorted(value for value, _ in frequent[:top])
        encoders = [OneHotEncoder(categories=[kept], handle_unknown="ignore", sparse_output=False)]
        if top is None:
            encoders.append(OneHotEncoder(handle_unknown="ignore", sparse_output=False))
        elif top < len(frequent) and frequent[top - 1][1] > frequent[top][1]:
            # Its last column is for all others, which are zeros everywhere with us. Of categories
            # that are equally frequent at the border it keeps the last ones, we the first.
            encoders.append(OneHotEncoder(handle_unknown="ignore", sparse_output=False,
                                          max_categories=top + 1))
        names = [prefix + "_" + {True: "true", False: "false"}.get(value, str(value))
                 if isinstance(value, bool) else f"{prefix}_{value}" for value in kept]
        for encoder in encoders:
            encoder.fit(categories(known(of.raw["train"][column])))
            for split, raw in of.raw.items():
                if not raw.num_rows:
                    continue
                theirs = encoder.transform(categories(raw[column]))[:, :len(kept)]
                made = [name for name in of.prepared[split].column_names
                        if name.startswith(prefix + "_")]
                self.assertEqual(made, names)
                ours = numpy.column_stack([of.prepared[split][name].to_numpy() for name in names])
                numpy.testing.assert_array_equal(ours, theirs, f"{split} {prefix}")
        return encoders

    def ordinal(self, of, column, output, order="auto"):
        encoder = OrdinalEncoder(categories=order if order == "auto" else [order],
                                 handle_unknown="use_encoded_value", unknown_value=-1)
        encoder.fit(categories(known(of.raw["train"][column])))
        for split, raw in of.raw.items():
            if not raw.num_rows:
                continue
            theirs = encoder.transform(categories(raw[column])).ravel()
            theirs[raw[column].is_null().to_numpy()] = numpy.nan
            self.near(numbers(of.prepared[split][output]), theirs, f"{split} {output}")

    def most_frequent(self, of, column, output):
        imputer = SimpleImputer(strategy="most_frequent", missing_values=NOTHING)
        imputer.fit(categories(of.raw["train"][column]))
        for split, raw in of.raw.items():
            if raw.num_rows:
                theirs = imputer.transform(categories(raw[column])).ravel().tolist()
                self.assertEqual(of.prepared[split][output].to_pylist(), theirs, f"{split} {output}")

    def buckets(self, of, column, output, count):
        """The borders are the inner percentiles, equal ones once."""
        train = numbers(of.raw["train"][column])
        borders = numpy.unique(numpy.nanquantile(train, numpy.arange(1, count) / count))
        learnt = numpy.array([float(edge) for edge in of.learnt(output)["edges"]])
        numpy.testing.assert_allclose(learnt, borders, rtol=FAR, err_msg=output)
        for split, raw in of.raw.items():
            values = numbers(raw[column])
            theirs = numpy.searchsorted(learnt, values, side="right").astype(float)
            theirs[numpy.isnan(values)] = numpy.nan
            self.near(numbers(of.prepared[split][output]), theirs, f"{split} {output}")
        return learnt

    def k_bins(self, of, column, output, count):
        """KBinsDiscretizer says the same where it can be asked: it takes no missing values. Its borders
        are percentiles: 100 * 1 / 7 of a hundred is another number than 1 / 7, so that the last bit
        of a border may differ, and with it the bucket of the row that the border was made of."""
        bins = KBinsDiscretizer(count, encode="ordinal", strategy="quantile", subsample=None,
                                quantile_method="linear")
        train = numbers(of.raw["train"][column])
        learnt = numpy.array([float(edge) for edge in of.learnt(output)["edges"]])
        bins.fit(train[~numpy.isnan(train)].reshape(-1, 1))
        for split, raw in of.raw.items():
            values = numbers(raw[column])
            there = ~numpy.isnan(values).ravel()
            ours = numbers(of.prepared[split][output])[there]
            theirs = bins.transform(values[there]) if there.any() else ours
            for value in values[there][ours != theirs]:
                far = numpy.abs(learnt - value).min() / abs(value)
                self.assertLess(far, FAR, f"{split} {output} of {value}")
            self.assertLessEqual((ours != theirs).sum(), count, f"{split} {output}")

    def calendar(self, of, column, prefix, parts):
        for split, raw in of.raw.items():
            moment = raw[column].to_pandas()
            if pyarrow.types.is_date(raw[column].type):
                moment = pandas.Series(raw[column].cast(pyarrow.timestamp("us")).to_pandas())
            for part in parts:
                theirs = PARTS[part](moment).astype("Float64").to_numpy(float, na_value=numpy.nan)
                self.near(numbers(of.prepared[split][f"{prefix}_{part}"]), theirs,
                          f"{split} {prefix}_{part}")

    def one_row(self, of, rows=400):
        """`assay transform` has the same bits as the table, also for categories never seen."""
        for split, raw in of.raw.items():
            asked = [{name: json_value(value) for name, value in row.items()}
                     for row in raw.slice(0, rows).to_pylist()]
            there = [{name: json_value(value) for name, value in row.items()}
                     for row in of.prepared[split].slice(0, rows).to_pylist()]
            # What no transform reads passes as it was written.
            for row, came in zip(asked, of.one_row_at_a_time(asked)):
                expected = there.pop(0)
                self.assertEqual(set(came), set(expected))
                for name, value in expected.items():
                    if name in row and came[name] == row[name]:
                        continue
                    self.assertEqual(json.dumps(came[name]), json.dumps(value), f"{split} {name}")


def some_null(made, values, share=0.1):
    return [None if empty else value for value, empty in zip(values, made.random(len(values)) < share)]


def made_rows(seed, rows=6000):
    """Return a table of everything that is odd: two thirds are for training."""
    made = numpy.random.default_rng(seed)
    start = datetime.datetime(2001, 1, 1)
    late = numpy.arange(rows) > rows * 2 // 3
    real = made.normal(50, 20, rows)
    holes = real.copy()
    holes[made.random(rows) < 0.05] = numpy.nan
    # Farther than in training: below, above and in between.
    beyond = numpy.where(late, made.normal(0, 500, rows), made.uniform(-10, 10, rows))
    wild = made.choice([-1, 1], rows) * 10.0 ** made.uniform(-140, 140, rows)
    cities = numpy.array(["Ōsaka", "Zürich", "Aachen", "oslo", "Bern", "", "x y", "Żory"])
    chosen = cities[numpy.minimum(made.geometric(0.3, rows) - 1, 7)].tolist()
    new = ["Atlantis" if unseen else city
           for city, unseen in zip(chosen, late & (made.random(rows) < 0.2))]
    moments = [datetime.datetime(1, 1, 1) + datetime.timedelta(microseconds=int(micros))
               for micros in made.integers(0, 315_000_000_000_000_000, rows)]
    return pyarrow.table({
        "id": pyarrow.array(range(rows), pyarrow.int64()),
        "at": pyarrow.array([start + datetime.timedelta(minutes=i) for i in range(rows)],
                            pyarrow.timestamp("us")),
        "real": pyarrow.array(some_null(made, holes.tolist()), pyarrow.float64()),
        "single": pyarrow.array(some_null(made, real.tolist()), pyarrow.float32()),
        "beyond": pyarrow.array(some_null(made, beyond.tolist()), pyarrow.float64()),
        "wild": pyarrow.array(some_null(made, wild.tolist()), pyarrow.float64()),
        "far": pyarrow.array((1e9 + made.random(rows)).tolist(), pyarrow.float64()),
        "whole": pyarrow.array(some_null(made, made.poisson(4, rows).tolist()), pyarrow.int64()),
        "huge": pyarrow.array(some_null(made, made.integers(-2**62, 2**62, rows).tolist()),
                              pyarrow.int64()),
        "small": pyarrow.array(made.integers(0, 200, rows), pyarrow.uint8()),
        "money": pyarrow.array([decimal.Decimal(int(cents)).scaleb(-2)
                                for cents in made.integers(-10**6, 10**6, rows)],
                               pyarrow.decimal128(12, 2)),
        "same": pyarrow.array([7] * rows, pyarrow.int32()),
        "truth": pyarrow.array(some_null(made, (made.random(rows) < 0.3).tolist()),
                               pyarrow.bool_()),
        "city": pyarrow.array(some_null(made, new), pyarrow.string()),
        "size": pyarrow.array(some_null(made, made.choice(["s", "m", "l", "xl"], rows).tolist()),
                              pyarrow.string()),
        "moment": pyarrow.array(some_null(made, moments), pyarrow.timestamp("us")),
        "moment_utc": pyarrow.array(moments, pyarrow.timestamp("us", "UTC")),
        "day": pyarrow.array(some_null(made, [moment.date() for moment in moments]),
                             pyarrow.date32()),
    })


NUMBERS = ["real", "single", "beyond", "wild", "far", "whole", "huge", "small", "money", "truth"]


def made_transforms():
    every = ", ".join(PARTS)
    transforms = []
    for name in NUMBERS:
        transforms += [f"impute: {name}, with: mean, keep: true, as: {name}_mean",
                       f"impute: {name}, with: median, keep: true, as: {name}_median",
                       f"standard_scale: {name}, keep: true, as: {name}_standard",
                       f"min_max_scale: {name}, keep: true, as: {name}_range",
                       f"standard_scale: {name}_median, keep: true, as: {name}_median_standard",
                       f"min_max_scale: {name}_mean, keep: true, as: {name}_mean_range",
                       f"standard_scale: {name}_mean, keep: true, as: {name}_mean_standard",
                       f"bucketize: {name}, quantiles: 7, keep: true, as: {name}_bucket"]
    return [*transforms,
            "bucketize: whole, quantiles: 100, keep: true, as: whole_many",
            "standard_scale: same, keep: true, as: same_standard",
            "min_max_scale: same, keep: true, as: same_range",
            "impute: whole, with: most_frequent, keep: true, as: whole_frequent",
            "impute: city, with: most_frequent, keep: true, as: city_frequent",
            "one_hot: city, keep: true, as: city_all", "one_hot: city, top: 3, keep: true, as: city_top",
            "one_hot: truth, keep: true, as: truth_all",
            "one_hot: whole, top: 6, keep: true, as: whole_top",
            "ordinal: city, keep: true, as: city_place", "ordinal: whole, keep: true, as: whole_place",
            "ordinal: size, order: [s, m, l], keep: true, as: size_place",
            "one_hot: city_frequent, keep: true, as: frequent_all",
            f"calendar: moment, parts: [{every}], keep: true",
            f"calendar: moment_utc, parts: [{every}], keep: true",
            "calendar: day, parts: [year, quarter, month, week, day, day_of_year, weekday], keep: true"]


class MadeRows(Comparison):
    def compare(self, seed):
        of = Prepared(made_rows(seed), ("at", "2001-01-03T18:40:00", "2001-01-04T12:00:00"),
                      made_transforms())
        self.addCleanup(of.close)
        for split in of.raw:
            self.assertGreater(of.raw[split].num_rows, 500)
        for name in NUMBERS:
            with self.subTest(column=name):
                for strategy in ("mean", "median"):
                    self.fitted(of, SimpleImputer(strategy=strategy), name, f"{name}_{strategy}",
                                relative=name != "truth")
                self.buckets(of, name, f"{name}_bucket", 7)
                # Its values differ in their last digits; scikit-learn loses them (x * scale + least).
                if name == "far":
                    continue
                self.fitted(of, MinMaxScaler(), name, f"{name}_range")
                self.fitted(of, make_pipeline(SimpleImputer(strategy="mean"), MinMaxScaler()), name,
                            f"{name}_mean_range")
                self.fitted(of, StandardScaler(), name, f"{name}_standard")
                for strategy in ("mean", "median"):
                    self.fitted(of, make_pipeline(SimpleImputer(strategy=strategy),
                                                  StandardScaler()),
                                name, f"{name}_{strategy}_standard")
        for name in ("real", "single", "beyond", "huge", "small", "money"):
            with self.subTest(buckets=name):
                self.k_bins(of, name, f"{name}_bucket", 7)
        self.same_column(of)
        self.far_column(of)
        self.many_buckets(of)
        self.categories(of)
        for column in ("moment", "moment_utc"):
            self.calendar(of, column, column, PARTS)
        self.calendar(of, "day", "day", [part for part in PARTS if part not in ("hour", "minute")])
        self.one_row(of)

    def same_column(self, of):
        self.fitted(of, StandardScaler(), "same", "same_standard")
        self.fitted(of, MinMaxScaler(), "same", "same_range")

    def far_column(self, of):
        """Values that differ in their last digits: against exact sums."""
        exact = [decimal.Decimal(value) for value in of.raw["train"]["far"].to_pylist()]
        with decimal.localcontext(decimal.Context(prec=60)):
            mean = sum(exact) / len(exact)
            deviation = (sum((value - mean) ** 2 for value in exact) / len(exact)).sqrt()
        learnt = of.learnt("far_standard")
        self.assertEqual(float(learnt["mean"]), float(mean))
        self.assertAlmostEqual(float(learnt["deviation"]) / float(deviation), 1, delta=FAR)
        low, high = min(exact), max(exact)
        for split, raw in of.raw.items():
            values = [decimal.Decimal(value) for value in raw["far"].to_pylist()]
            self.near(numbers(of.prepared[split]["far_range"]),
                      [(value - low) / (high - low) for value in values], "far_range")
            # To one deviation: the mean as a number of 64 bits is half a last digit away.
            numpy.testing.assert_allclose(
                numbers(of.prepared[split]["far_standard"]).ravel(),
                [float((value - decimal.Decimal(float(mean))) / deviation) for value in values],
                rtol=FAR, atol=FAR)

    def many_buckets(self, of):
        """Where quantiles are equal KBinsDiscretizer differs: it takes a border away that is the least
        value too, and borders that are less than 1e-8 apart; ours are the percentiles alone."""
        borders = self.buckets(of, "whole", "whole_many", 100)
        self.assertLess(len(borders), 20)
        self.assertEqual(borders[0], min(known(of.raw["train"]["whole"]).to_pylist()))

    def categories(self, of):
        self.most_frequent(of, "city", "city_frequent")
        self.fitted(of, SimpleImputer(strategy="most_frequent"), "whole", "whole_frequent")
        self.one_hot(of, "city", "city_all")
        self.assertEqual(len(self.one_hot(of, "city", "city_top", 3)), 2)
        self.one_hot(of, "truth", "truth_all")
        self.assertEqual(len(self.one_hot(of, "whole", "whole_top", 6)), 2)
        self.ordinal(of, "city", "city_place")
        self.ordinal(of, "whole", "whole_place")
        self.ordinal(of, "size", "size_place", ["s", "m", "l"])
        self.assertIn(-1, of.prepared["validation"]["city_place"].to_pylist())
        self.assertIn(-1, of.prepared["train"]["size_place"].to_pylist())

    def test_made_rows(self):
        for seed in (1, 2, 3):
            with self.subTest(seed=seed):
                self.compare(seed)


@unittest.skipUnless(FLIGHTS.is_file(), "the flights are not there; ./dev demo fetches them")
class Flights(Comparison):
    def test_flights(self):
        table = pyarrow.parquet.read_table(FLIGHTS)
        chosen = numpy.sort(numpy.random.default_rng(2001).choice(table.num_rows, 50_000, False))
        table = table.take(chosen).append_column("id", pyarrow.array(chosen))
        numbers_ = ("delay", "distance")
        transforms = ["calendar: date, parts: [month, weekday, hour], keep: true",
                      "one_hot: origin, top: 50, keep: true", "ordinal: destination, keep: true, as: place"]
        for name in numbers_:
            transforms += [f"impute: {name}, with: median, keep: true, as: {name}_filled",
                           f"standard_scale: {name}_filled, keep: true, as: {name}_scaled",
                           f"min_max_scale: {name}, keep: true, as: {name}_range",
                           f"bucketize: {name}, quantiles: 10, keep: true, as: {name}_bucket"]
        of = Prepared(table, ("date", "2001-05-01", "2001-06-01"), transforms)
        self.addCleanup(of.close)
        self.assertEqual(sum(raw.num_rows for raw in of.raw.values()), 50_000)
        for name in numbers_:
            self.fitted(of, make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), name,
                        f"{name}_scaled")
            self.fitted(of, MinMaxScaler(), name, f"{name}_range")
            self.buckets(of, name, f"{name}_bucket", 10)
            self.k_bins(of, name, f"{name}_bucket", 10)
        self.calendar(of, "date", "date", ("month", "weekday", "hour"))
        self.one_hot(of, "origin", "origin", 50)
        self.ordinal(of, "destination", "place")
        self.one_row(of)


if __name__ == "__main__":
    unittest.main()
