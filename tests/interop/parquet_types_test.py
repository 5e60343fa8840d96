"""Parquet files of another writer, with types that a version cannot hold: an error that names file and
column, never other values."""

import datetime
import decimal
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

import pyarrow
import pyarrow.parquet

PROGRAM = pathlib.Path(os.environ["ASSAY"]).resolve()
# Beside the project, where it is; nothing of it is in the project.
BAD_DATA = pathlib.Path(__file__).resolve().parents[3] / "shared/cases/parquet-testing/bad_data"
PROJECT = """\
format: 1
project: types
sources:
  src: {files: a.parquet}
"""


class ParquetTypes(unittest.TestCase):
    def read(self, values, type_):
        """Write one column `v`, read it as a source; return the process and the values by SQL."""
        with tempfile.TemporaryDirectory(prefix="assay-types-") as folder:
            table = pyarrow.table({"v": pyarrow.array(values, type_)})
            pyarrow.parquet.write_table(table, pathlib.Path(folder) / "a.parquet")
            (pathlib.Path(folder) / "assay.yaml").write_text(PROJECT)
            done = subprocess.run([PROGRAM, "run"], cwd=folder, text=True, capture_output=True)
            shown = subprocess.run([PROGRAM, "sql", "SELECT v FROM src", "--format", "csv"],
                                   cwd=folder, text=True, capture_output=True).stdout
            return done, shown.splitlines()[1:]

    def refused(self, values, type_, message):
        done, _ = self.read(values, type_)
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn(message, done.stderr)
        self.assertIn("a.parquet", done.stderr)

    def test_a_wide_decimal_is_refused(self):
        values = [decimal.Decimal("1.00"), decimal.Decimal("12345.00")]
        self.refused(values, pyarrow.decimal256(60, 2), "a decimal of more than 38 digits: v")
        _, shown = self.read(values, pyarrow.decimal128(38, 2))
        self.assertEqual(shown, ["1.00", "12345.00"])

    def test_nanoseconds_are_refused_unless_they_are_whole_microseconds(self):
        self.refused([1001, 1002], pyarrow.time64("ns"), "a time of the day in nanoseconds: v")
        self.refused([1001, 1002], pyarrow.timestamp("ns"), "column `v` has nanoseconds")
        _, shown = self.read([1000, 2000], pyarrow.timestamp("ns"))
        self.assertEqual(shown, ["1970-01-01 00:00:00.000001", "1970-01-01 00:00:00.000002"])
        _, shown = self.read([1001], pyarrow.time64("us"))
        self.assertEqual(shown, ["00:00:00.001001"])

    def test_common_types_are_read_as_they_are(self):
        for values, type_, expected in (
                ([1, None], pyarrow.int8(), ["1", ""]),
                ([2 ** 64 - 1], pyarrow.uint64(), ["18446744073709551615"]),
                ([0.1], pyarrow.float64(), ["0.1"]),
                ([b"\x00a"], pyarrow.binary(), ["\\x00a"]),
                ([datetime.date(2001, 2, 3)], pyarrow.date32(), ["2001-02-03"]),
                ([["a", None]], pyarrow.list_(pyarrow.string()), ['"[a, NULL]"'])):
            done, shown = self.read(values, type_)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(shown, expected)


    @unittest.skipUnless(BAD_DATA.is_dir(), "the damaged files of parquet-testing are not there")
    def test_damaged_files_of_others_are_named(self):
        files = sorted(BAD_DATA.glob("*.parquet"))
        self.assertTrue(files)
        for file in files:
            with self.subTest(file=file.name), tempfile.TemporaryDirectory() as folder:
                shutil.copy(file, pathlib.Path(folder) / "a.parquet")
                (pathlib.Path(folder) / "assay.yaml").write_text(PROJECT)
                done = subprocess.run([PROGRAM, "run"], cwd=folder, text=True,
                                      capture_output=True, timeout=120)
                self.assertIn(done.returncode, (0, 2), done.stderr)
                if done.returncode == 2:
                    self.assertIn("a.parquet", done.stderr)
                    self.assertIn("hint: ", done.stderr)


if __name__ == "__main__":
    unittest.main()
