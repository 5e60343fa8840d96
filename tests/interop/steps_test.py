"""Steps beside the world outside: a program in Python with pyarrow, tokens as Python's hmac makes them, and
no secret in anything that Assay keeps."""

import hashlib
import hmac
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

PROGRAM = pathlib.Path(os.environ["ASSAY"]).resolve()
SECRET = "s3cret of nobody"

PROJECT = """
format: 1
project: steps
sources:
  people: {files: people.csv}
steps:
  hidden: {kind: hash, input: people, columns: [email], key: "${ASSAY_TEST_KEY}", length: 64}
  features: {kind: command, inputs: hidden, command: [PYTHON, features.py], row_ids: true}
gates:
  few: {input: features, checks: [{range: twice, max: 5}]}
datasets:
  train: {input: few}
"""

PEOPLE = "email,n\nx@y.z,1\na@b.c,9\nx@y.z,2\n"

READ = """
import os
import pyarrow
import pyarrow.compute
import pyarrow.parquet
rows = pyarrow.parquet.read_table(os.environ["ASSAY_INPUT"])
"""

DOUBLED = READ + """
rows = rows.append_column("twice", pyarrow.compute.multiply(rows["n"], 2))
rows = rows.take(list(reversed(range(len(rows)))))
pyarrow.parquet.write_table(rows, os.environ["ASSAY_OUTPUT"])
"""

STRANGE_IDS = READ + """
ids = pyarrow.array([number] * len(rows), pyarrow.uint64())
rows = rows.set_column(rows.column_names.index("_assay_row_id"), "_assay_row_id", ids)
rows = rows.append_column("twice", rows["n"])
pyarrow.parquet.write_table(rows, os.environ["ASSAY_OUTPUT"])
"""


class Steps(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        (self.folder / "assay.yaml").write_text(PROJECT.replace("PYTHON", sys.executable),
                                                encoding="utf-8")
        (self.folder / "people.csv").write_text(PEOPLE, encoding="utf-8")
        self.write(DOUBLED)

    def write(self, script):
        (self.folder / "features.py").write_text(script, encoding="utf-8")

    def assay(self, *arguments, key=SECRET):
        return subprocess.run([PROGRAM, *arguments], cwd=self.folder, text=True, capture_output=True,
                              env={**os.environ, "ASSAY_TEST_KEY": key}, check=False)

    def test_tokens_are_those_of_hmac_and_the_key_is_nowhere(self):
        run = self.assay("run")
        sql = self.assay("sql", "SELECT DISTINCT email FROM features", "--json")
        tokens = {row["email"] for row in json.loads(sql.stdout)}
        self.assertEqual(tokens, {hmac.new(SECRET.encode(), email, hashlib.sha256).hexdigest()
                                  for email in (b"x@y.z", b"a@b.c")})
        kept = [path for path in self.folder.rglob("*") if path.is_file()]
        self.assertGreater(len(kept), 5)
        for path in kept:
            self.assertNotIn(SECRET.encode(), path.read_bytes(), path)
        plan = self.assay("plan", key="another")
        self.assertIn("param key changed", plan.stdout)
        for text in (run.stdout, run.stderr, plan.stdout):
            self.assertNotIn(SECRET, text)

    def test_rows_are_traced_through_a_program_in_python(self):
        self.assertEqual(self.assay("run").returncode, 1)
        shown = self.assay("quarantine", "show", "few")
        self.assertIn("people.csv row 2", shown.stdout)
        self.assertEqual(len(shown.stdout.splitlines()), 2, shown.stdout)

    def test_ids_that_no_row_has_are_refused(self):
        for number in (3, 1 << 40, (1 << 64) - 1):
            with self.subTest(number=number):
                self.write(STRANGE_IDS.replace("number", str(number)))
                run = self.assay("run")
                self.assertEqual(run.returncode, 2, run.stderr)
                self.assertIn("that no row of its input has", run.stderr)


if __name__ == "__main__":
    unittest.main()
