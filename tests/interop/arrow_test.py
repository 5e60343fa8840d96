"""Programs as steps with `format: arrow`: what pyarrow, pandas and polars are given and what they write, with
every type that a version holds; what is no Arrow IPC, or not whole, is refused and nothing of it kept."""

import datetime
import decimal
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest
import uuid

import pyarrow as pa
import pyarrow.parquet
import pyarrow.ipc

PROGRAM = pathlib.Path(os.environ["ASSAY"]).resolve()
PROJECT = """
format: 1
project: arrow
sources:
  src: {files: src.parquet}
steps:
  made: {kind: command, inputs: src, command: [PYTHON, make.py], format: arrow, row_ids: IDS}
  seen: {kind: command, inputs: made, command: [PYTHON, see.py]}
"""
READ = """
import os, datetime, decimal
from decimal import Decimal
import pyarrow as pa, pyarrow.ipc
source = pa.memory_map(os.environ["ASSAY_INPUT"])
rows = pa.ipc.open_file(source).read_all()
path = os.environ["ASSAY_OUTPUT"]
def write(table, new=pa.ipc.new_file, **options):
    with new(path, table.schema, options=pa.ipc.IpcWriteOptions(**options)) as writer:
        writer.write_table(table)
"""
# The rows of the step, as Parquet, and what was given to the step.
SEE = """
import os, shutil
shutil.copy(os.environ["ASSAY_INPUT"], "seen.parquet")
open(os.environ["ASSAY_OUTPUT"], "wb").write(open("seen.parquet", "rb").read())
"""
N = pa.table({"n": pa.array([1, 2], pa.int32())})


def utc(*parts):
    return datetime.datetime(*parts, tzinfo=datetime.timezone.utc)


def every_type():
    """One column of each type, four rows in order, each column with a null."""
    columns = {
        "n": pa.array([1, 2, 3, 4], pa.int32()),
        "bool": pa.array([True, None, False, True]),
        "date": pa.array([datetime.date(1, 1, 1), None, datetime.date(1969, 12, 31),
                          datetime.date(9999, 12, 31)]),
        "time": pa.array([datetime.time(0), None, datetime.time(23, 59, 59, 999999),
                          datetime.time(12)], pa.time64("us")),
        "stamp": pa.array([datetime.datetime(1, 1, 1), None, datetime.datetime(1969, 12, 31, 23, 59, 59, 999999),
                           datetime.datetime(9999, 12, 31)], pa.timestamp("us")),
        "utc": pa.array([utc(1900, 1, 1), None, utc(2001, 2, 3, 4, 5, 6, 7), utc(9999, 1, 1)],
                        pa.timestamp("us", "UTC")),
        "text": pa.array(["", None, "ä \u0000 \U0001f600", "x" * 100_000]),
        "bytes": pa.array([b"", None, b"\x00\xff", b"y" * 100_000], pa.binary()),
        "f32": pa.array([0.1, None, float("inf"), -0.0], pa.float32()),
        "f64": pa.array([0.1, None, float("-inf"), 5e-324], pa.float64()),
        "list": pa.array([[1, None], None, [], [3]], pa.list_(pa.int64())),
        "struct": pa.array([{"a": 1, "b": "x"}, None, {"a": None, "b": None}, {"a": 4, "b": ""}],
                           pa.struct([("a", pa.int16()), ("b", pa.string())])),
        "map": pa.array([[("k", 1), ("l", None)], None, [], [("", 2)]], pa.map_(pa.string(), pa.int32())),
        "deep": pa.array([[{"a": [b"z"], "b": [("k", decimal.Decimal("1.50"))]}], None, [None], []],
                         pa.list_(pa.struct([("a", pa.list_(pa.binary())),
                                             ("b", pa.map_(pa.string(), pa.decimal128(5, 2)))]))),
    }
    for bits in (8, 16, 32, 64):
        top = 2 ** (bits - 1)
        columns[f"i{bits}"] = pa.array([-top, None, top - 1, 0], f"int{bits}")
        columns[f"u{bits}"] = pa.array([0, None, 2 * top - 1, 1], f"uint{bits}")
    for precision, scale in ((1, 0), (4, 2), (9, 9), (18, 3), (38, 0), (38, 38)):
        most = decimal.Decimal((0, (9,) * precision, -scale))
        columns[f"d{precision}_{scale}"] = pa.array([most, None, most.copy_negate(), 0],
                                                    pa.decimal128(precision, scale))
    return pa.table(columns)


class Arrow(unittest.TestCase):
    maxDiff = 2000

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        (self.folder / "see.py").write_text(SEE)

    def run_program(self, script, rows=N, ids=False):
        """Run the project with this program; return the process."""
        (self.folder / "assay.yaml").write_text(
            PROJECT.replace("PYTHON", sys.executable).replace("IDS", str(ids).lower()))
        pa.parquet.write_table(rows, self.folder / "src.parquet")
        (self.folder / "make.py").write_text(READ + script)
        (self.folder / "seen.parquet").unlink(missing_ok=True)
        return subprocess.run([PROGRAM, "run"], cwd=self.folder, text=True, capture_output=True)

    def made(self, script, rows=N):
        """The table that the program's rows became."""
        done = self.run_program(script, rows)
        self.assertEqual(done.returncode, 0, done.stderr)
        return pa.parquet.read_table(self.folder / "seen.parquet")

    def refused(self, script, *messages):
        done = self.run_program(script)
        self.assertEqual(done.returncode, 2, done.stderr)
        errors = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
        self.assertEqual(len(errors), 1, done.stderr)
        self.assertIn("assay.yaml:7:3: step `made`: what the program wrote: ", errors[0])
        for message in messages:
            self.assertIn(message, done.stderr)
        self.assertFalse((self.folder / "seen.parquet").exists())
        self.assertEqual(list((self.folder / ".assay/staging").iterdir()), [])
        return done.stderr

    def test_every_type_goes_there_and_back_unchanged(self):
        rows = every_type()
        for table in (rows, rows.slice(0, 0)):
            made = self.made("""
open("given.arrow", "wb").write(open(os.environ["ASSAY_INPUT"], "rb").read())
write(rows)
""", table)
            given = pa.ipc.open_file(self.folder / "given.arrow").read_all()
            given.validate(full=True)
            for found in (given, made):
                self.assertEqual(found.column_names, table.column_names)
                for name in table.column_names:
                    with self.subTest(name, rows=len(table)):
                        self.assertTrue(same_type(found.schema.field(name).type, table.schema.field(name).type),
                                        found.schema.field(name))
                        self.assertEqual(found[name].to_pylist(), table[name].to_pylist())

    def test_what_pandas_and_polars_read_and_write(self):
        rows = pa.table({"n": [1, 2, 3], "s": ["a", None, "b"], "x": [0.5, None, -1.0]})
        pandas = self.made("""
import pandas
frame = pandas.read_feather(os.environ["ASSAY_INPUT"])
frame["kind"] = frame["s"].fillna("none").astype("category")
frame["at"] = pandas.to_datetime(["2001-01-01", "2001-01-02", None])
frame.to_feather(path, compression='uncompressed')
""", rows)
        self.assertEqual(pandas.select(["n", "s", "x"]).to_pylist(), rows.to_pylist())
        self.assertEqual(pandas["kind"].to_pylist(), ["a", "none", "b"])
        self.assertEqual(pandas["at"].to_pylist(), [datetime.datetime(2001, 1, 1),
                                                    datetime.datetime(2001, 1, 2), None])
        for compression in ("uncompressed", "lz4", "zstd"):
            polars = self.made(f"""
import polars
frame = polars.read_ipc(os.environ["ASSAY_INPUT"])
if "{compression}" == "uncompressed":
    frame = frame.with_columns(kind=polars.col("s").cast(polars.Categorical))
frame.write_ipc(path, compression="{compression}", compat_level=polars.CompatLevel.oldest())
""", rows)
            self.assertEqual(polars.select(["n", "s", "x"]).to_pylist(), rows.to_pylist())
            if compression == "uncompressed":
                self.assertEqual(polars["kind"].to_pylist(), ["a", None, "b"])

    def test_files_and_streams_plain_and_compressed(self):
        rows = pa.table({"n": list(range(10_000)), "s": [str(i % 7) * (i % 50) for i in range(10_000)]})
        for form in ("new_file", "new_stream"):
            for compression in ("None", "'lz4'", "'zstd'"):
                with self.subTest(form=form, compression=compression):
                    made = self.made(f"write(rows, pa.ipc.{form}, compression={compression})", rows)
                    self.assertEqual(made.to_pylist(), rows.to_pylist())

    def test_dictionaries_are_what_they_stand_for(self):
        # Each batch has another dictionary, in a stream; and one that grows.
        batches = """
batches = [pa.record_batch({"s": pa.array([f"b{i}v{j % 3}" for j in range(1000)]).dictionary_encode()})
           for i in range(50)]
with pa.ipc.new_stream(path, batches[0].schema) as writer:
    for batch in batches: writer.write_batch(batch)
"""
        expected = [f"b{i}v{j % 3}" for i in range(50) for j in range(1000)]
        self.assertEqual(self.made(batches)["s"].to_pylist(), expected)
        growing = """
words = [f"w{i}" for i in range(50)]
schema = pa.schema({"s": pa.dictionary(pa.int8(), pa.string())})
form = pa.ipc.IpcWriteOptions(emit_dictionary_deltas=True)
with NEW(path, schema, options=form) as writer:
    for i in range(1, 50):
        indices = pa.array([j % i for j in range(100)], pa.int8())
        writer.write_batch(pa.record_batch([pa.DictionaryArray.from_arrays(indices, words[:i])], schema=schema))
"""
        self.refused(growing.replace("NEW", "pa.ipc.new_stream"), "it has a dictionary that grows")
        self.refused("write(pa.table({'s': pa.array(['a'] * 9).dictionary_encode()}), compression='lz4')",
                     "it is compressed and has columns that are encoded by a dictionary", "uncompressed")
        kinds = self.made("""
write(pa.table({
    "number": pa.array([5, None, 5]).dictionary_encode(),
    "null": pa.DictionaryArray.from_arrays(pa.array([0, 1, None], pa.uint16()), ["a", None]),
    "inside": pa.array([[1, 1], None, [2]], pa.list_(pa.dictionary(pa.int32(), pa.int64())))}))
""").to_pydict()
        self.assertEqual(kinds, {"number": [5, None, 5], "null": ["a", None, None],
                                 "inside": [[1, 1], None, [2]]})

    def test_types_of_others_become_those_of_a_version(self):
        stamp, day = datetime.datetime(2001, 2, 3, 4, 5, 6), datetime.date(2001, 2, 3)
        begin, number = utc(2001, 1, 1), decimal.Decimal("1.50")
        columns, wanted = [], []
        for type_, value, as_type, expected in (
                ("pa.large_string()", "x", pa.string(), "x"),
                ("pa.large_binary()", b"x", pa.binary(), b"x"),
                ("pa.binary(2)", b"xy", pa.binary(), b"xy"),
                ("pa.large_list(pa.int8())", [1], pa.list_(pa.int8()), [1]),
                ("pa.list_(pa.int8(), 2)", [1, 2], pa.list_(pa.int8()), [1, 2]),
                ("pa.time32('s')", datetime.time(1), pa.time64("us"), datetime.time(1)),
                ("pa.time32('ms')", datetime.time(1), pa.time64("us"), datetime.time(1)),
                ("pa.date64()", day, pa.date32(), day),
                ("pa.timestamp('s')", stamp, pa.timestamp("us"), stamp),
                ("pa.timestamp('ms')", stamp, pa.timestamp("us"), stamp),
                ("pa.timestamp('ns')", stamp, pa.timestamp("us"), stamp),
                ("pa.timestamp('ns', 'UTC')", begin, pa.timestamp("us", "UTC"), begin),
                ("pa.timestamp('s', 'Europe/Berlin')", begin, pa.timestamp("us", "UTC"), begin),
                ("pa.decimal32(5, 2)", number, pa.decimal128(5, 2), number),
                ("pa.decimal64(15, 2)", number, pa.decimal128(15, 2), number),
                ("pa.uuid()", uuid.UUID(int=5).bytes, pa.string(), str(uuid.UUID(int=5))),
                ("pa.null()", None, pa.int32(), None)):
            columns.append(f"'c{len(columns)}': pa.array([{value!r}, None], {type_})")
            wanted.append((type_, as_type, expected))
        made = self.made("write(pa.table({" + ", ".join(columns) + "}))")
        for i, (type_, as_type, expected) in enumerate(wanted):
            with self.subTest(type_=type_):
                self.assertEqual(made[f"c{i}"].to_pylist(), [expected, None])
                self.assertTrue(same_type(made.schema.field(f"c{i}").type, as_type), made.schema)

    def test_types_that_no_version_holds_are_refused_by_name(self):
        for values, said in (
                ("pa.array([datetime.timedelta(1)], pa.duration('us'))", "duration('us')"),
                ("pa.array([(1, 2, 3)], pa.month_day_nano_interval())", "interval_month_day_nano"),
                ("pa.array([decimal.Decimal(1)], pa.decimal256(60, 2))", "decimal256(60, 2)"),
                ("pa.array([1.5], pa.float16())", "half_float"),
                ("pa.array([1], pa.time64('ns'))", "time64('ns')"),
                ("pa.UnionArray.from_sparse(pa.array([0], pa.int8()), [pa.array([1])])", "sparse_union"),
                ("pa.array([[datetime.timedelta(1)]], pa.list_(pa.duration('s')))", "list<item: duration('s')>"),
                ("pa.array([datetime.timedelta(1)]).dictionary_encode()", "duration")):
            with self.subTest(values=values):
                self.refused(f"write(pa.table({{'n': [1], 'odd': {values}}}))",
                             "column `odd` has a type that a version cannot hold: ", said)
        for values, said in (
                ("pa.array(['x'], pa.string_view())", "string_view"),
                ("pa.array([b'x'], pa.binary_view())", "binary_view"),
                ("pa.array([{'a': ['x']}], pa.struct([('a', pa.list_(pa.string_view()))]))", "string_view"),
                ("pa.array([[1]], pa.list_view(pa.int8()))", "list_view"),
                ("pa.array(['x'], pa.run_end_encoded(pa.int32(), pa.string()))", "run_end_encoded")):
            with self.subTest(values=values):
                self.refused(f"write(pa.table({{'n': [1], 'odd': {values}}}))",
                             f"column `odd` is written as {said}, which is not read", "compat_level=")

    def test_values_that_would_be_changed_are_refused(self):
        self.refused("write(pa.table({'at': pa.array([1001], pa.timestamp('ns', 'UTC'))}))",
                     "column `at` has nanoseconds, and a version keeps microseconds")
        raw = "pa.Array.from_buffers({type}, 1, [None, {buffers}])"
        text = raw.format(type="pa.string()", buffers="pa.py_buffer(bytes([0,0,0,0,1,0,0,0])), pa.py_buffer(b'\\xff')")
        self.refused(f"write(pa.table({{'s': {text}}}))", "column `s` has text that is not UTF-8")
        self.refused(f"write(pa.table({{'s': pa.StructArray.from_arrays([{text}], ['a'])}}))",
                     "column `s` has text that is not UTF-8")
        digits = raw.format(type="pa.decimal128(5, 2)", buffers="pa.py_buffer((100000).to_bytes(16, 'little'))")
        self.refused(f"write(pa.table({{'d': {digits}}}))", "column `d` has a value with more digits than its type")
        self.refused("write(pa.Table.from_arrays([rows['n'], rows['n']], ['a', 'a']))",
                     "a column of the Arrow stream comes twice: a")
        done = self.run_program("write(pa.table({'at': pa.array([1001], pa.timestamp('ns'))}))")
        self.assertEqual(done.returncode, 2)
        self.assertIn("column `at` has nanoseconds", done.stderr)

    def test_what_is_not_whole_is_refused(self):
        cut = """
write(pa.table({"n": list(range(100)), "s": ["x" * 20] * 100}), pa.ipc.FORM)
whole = open(path, "rb").read()
open(path, "wb").write(whole[:CUT])
"""
        for form in ("new_file", "new_stream"):
            for place in ("100", "-8"):
                with self.subTest(form=form, place=place):
                    self.refused(cut.replace("FORM", form).replace("CUT", place), "it breaks off before its end",
                                 "close the writer before the program ends")
        self.refused("write(rows, pa.ipc.new_stream); open(path, 'ab').write(open(path, 'rb').read())",
                     "it has bytes behind its end")
        self.refused("open(path, 'w')", "it is empty")
        self.refused("import pyarrow.parquet; pa.parquet.write_table(rows, path)", "it is a Parquet file")
        self.refused("open(path, 'w').write('n,s\\n1,x\\n')", "it is no Arrow IPC that can be read")

    def test_damage_is_told_or_does_no_harm(self):
        """A byte changed anywhere: either rows that the file still says, or one message."""
        write = """
write(pa.table({"n": list(range(9)), "s": ["x", None, "yy"] * 3, "d": pa.array(["u", "v", "u"] * 3).dictionary_encode()}))
whole = bytearray(open(path, "rb").read())
for at in range(START, len(whole), 97): whole[at] ^= 0x5A
open(path, "wb").write(whole)
"""
        for start in range(8, 97, 22):
            done = self.run_program(write.replace("START", str(start)))
            self.assertIn(done.returncode, (0, 2), done.stderr)
            self.assertEqual(done.stderr.count("error: "), 1 if done.returncode == 2 else 0, done.stderr)

    def test_rows_are_traced_through_it(self):
        done = self.run_program("write(rows.take([1, 0]))", ids=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        lineage = subprocess.run([PROGRAM, "lineage", "made", "--json"], cwd=self.folder, text=True,
                                 capture_output=True)
        self.assertNotIn("a program", lineage.stdout)
        for number in (2, 1 << 40, (1 << 64) - 1):
            done = self.run_program(f"""
ids = pa.array([{number}] * 2, pa.uint64())
write(rows.set_column(rows.column_names.index("_assay_row_id"), "_assay_row_id", ids))
""", ids=True)
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertIn("that no row of its input has", done.stderr)

    def test_a_million_rows_and_long_texts(self):
        rows = pa.table({"n": pa.array(range(1_000_000), pa.int64()),
                         "s": pa.array([f"{i:07}" for i in range(1_000_000)])})
        made = self.made("assert source.size() > 1 and pa.ipc.open_file(source).num_record_batches > 1; write(rows)",
                         rows)
        self.assertTrue(made.equals(rows))
        rows = pa.table({"n": [1, 2, 3], "s": [c * 30_000_000 for c in "abc"]})
        made = self.made("write(rows, compression='zstd')", rows)
        self.assertTrue(made.equals(rows))


def same_type(found, wanted):
    """Equal but for the names of a list's element and of a map's entry, and what may be null."""
    if pa.types.is_list(wanted):
        return pa.types.is_list(found) and same_type(found.value_type, wanted.value_type)
    if pa.types.is_map(wanted):
        return (pa.types.is_map(found) and same_type(found.key_type, wanted.key_type)
                and same_type(found.item_type, wanted.item_type))
    if pa.types.is_struct(wanted):
        return (pa.types.is_struct(found) and [field.name for field in found] == [field.name for field in wanted]
                and all(same_type(one.type, other.type) for one, other in zip(found, wanted)))
    return found == wanted


if __name__ == "__main__":
    unittest.main()
