"""Projects for the tests of the Python package, made with the command that the wheel installs."""

import datetime
import decimal
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile

import numpy
import pyarrow as pa
import pyarrow.parquet as pq

PROGRAM = pathlib.Path(sys.prefix) / "bin" / "assay"
ROWS = 5000
UTC = datetime.timezone.utc

TYPES = {
    "i8": pa.int8(), "i16": pa.int16(), "i32": pa.int32(), "i64": pa.int64(),
    "u8": pa.uint8(), "u16": pa.uint16(), "u32": pa.uint32(), "u64": pa.uint64(),
    "f32": pa.float32(), "f64": pa.float64(), "truth": pa.bool_(),
    "d4": pa.decimal128(4, 2), "d9": pa.decimal128(9, 0), "d18": pa.decimal128(18, 6),
    "d38": pa.decimal128(38, 10),
    "text": pa.string(), "bytes": pa.binary(),
    "day": pa.date32(), "clock": pa.time64("us"),
    "at": pa.timestamp("us"), "at_utc": pa.timestamp("us", "UTC"),
    "numbers": pa.list_(pa.int32()), "words": pa.list_(pa.list_(pa.string())),
    "pair": pa.struct([("a", pa.int64()), ("b", pa.string())]),
    "pairs": pa.list_(pa.struct([("x", pa.float64()), ("y", pa.list_(pa.bool_()))])),
    "counts": pa.map_(pa.string(), pa.int64()),
    "nothing": pa.string(),
}


def _values(chance, type_):
    """Return a function that makes one value of a type."""
    def text():
        return chance.choice(["", "a", "twelve bytes", "thirteen byte", "Zoë 🙂", "x" * 300])

    if pa.types.is_integer(type_):
        bits = type_.bit_width
        low, high = 0, (1 << bits) - 1
        if pa.types.is_signed_integer(type_):
            low, high = -(1 << bits - 1), (1 << bits - 1) - 1
        return lambda: chance.choice([low, high, chance.randint(low, high), 0])
    if pa.types.is_floating(type_):
        return lambda: chance.choice([0.5, -1.25, float("inf"), float("-inf"), 1e30, 3.0])
    if pa.types.is_boolean(type_):
        return lambda: chance.random() < 0.5
    if pa.types.is_decimal(type_):
        limit = 10 ** type_.precision - 1
        exact = decimal.Context(prec=60)
        return lambda: decimal.Decimal(chance.randint(-limit, limit)).scaleb(-type_.scale, exact)
    if pa.types.is_string(type_):
        return text
    if pa.types.is_binary(type_):
        return lambda: text().encode() + b"\x00\xff"
    if pa.types.is_date(type_):
        return lambda: datetime.date(1, 1, 1) + datetime.timedelta(chance.randrange(3_000_000))
    if pa.types.is_time(type_):
        return lambda: datetime.time(chance.randrange(24), 59, 59, chance.randrange(10 ** 6))
    if pa.types.is_timestamp(type_):
        start = datetime.datetime(1900, 1, 1, tzinfo=UTC if type_.tz else None)
        return lambda: start + datetime.timedelta(microseconds=chance.randrange(10 ** 16))
    if pa.types.is_map(type_):
        return lambda: [(f"k{i}", chance.choice([None, i])) for i in range(chance.randrange(4))]
    if pa.types.is_list(type_):
        return lambda: _some(chance, type_.value_type, chance.randrange(5))
    fields = [type_.field(i) for i in range(type_.num_fields)]
    return lambda: {f.name: _some(chance, f.type, 1)[0] for f in fields}


def _some(chance, type_, count):
    make = _values(chance, type_)
    return [None if chance.random() < 0.1 else make() for _ in range(count)]


def table_of_types(rows=ROWS):
    """Return a table with a column of each type that a version can hold, with nulls."""
    chance = random.Random(5)
    columns = {"id": pa.array(range(rows), pa.int64())}
    for name, type_ in TYPES.items():
        values = [None] * rows if name == "nothing" else _some(chance, type_, rows)
        columns[name] = pa.array(values, type_)
    # No nulls up to the second batch: where the bits of what is null begin late.
    columns["late_nulls"] = pa.array([i if i < 3000 else None for i in range(rows)], pa.int64())
    moment = datetime.datetime(2001, 1, 1)
    columns["moment"] = pa.array([moment + datetime.timedelta(hours=i) for i in range(rows)],
                                 pa.timestamp("us"))
    return pa.table(columns)


PROJECT = """\
format: 1
project: types
owner: {name: Types, email: types@example.org}
sources:
  all_types: {files: all_types.parquet}
  many: {files: many.parquet}
gates:
  checked: {input: all_types, checks: [{unique: id}]}
  many_checked: {input: many, checks: [{not_null: number}]}
datasets:
  types:
    input: checked
    label: truth
    key: [id]
    split: {time: moment, validation_from: 2001-06-01, test_from: 2030-01-01}
  numbers: {input: many_checked}
"""


def run(folder, *words, program=PROGRAM):
    """Run the program there; anything but exit status 0 is an error."""
    done = subprocess.run([program, *words], cwd=folder, text=True, capture_output=True,
                          check=False)
    if done.returncode != 0:
        raise AssertionError(f"assay {' '.join(words)}: {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


class Sample:
    """A folder with datasets `types` (every type; its test split is empty) and `numbers`."""

    def __init__(self, many=3_000_000):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="assay-python-"))
        (self.folder / "assay.yaml").write_text(PROJECT, encoding="utf-8")
        pq.write_table(table_of_types(), self.folder / "all_types.parquet")
        number = numpy.arange(many)
        numbers = pa.table({"number": number, "double": number / 2})
        pq.write_table(numbers, self.folder / "many.parquet")
        run(self.folder, "run")

    def remove(self):
        shutil.rmtree(self.folder)
