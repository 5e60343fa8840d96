"""Refused rows name the rows of files that they come from, over many kinds of steps.

Each row of each file says in a column which it is; what `assay quarantine show` tells must be that, for
every refused row of every gate. Needs the Python packages of deps/python.txt.
"""

import json
import os
import pathlib
import random
import subprocess
import tempfile
import unittest

import pyarrow as pa
import pyarrow.parquet as pq

PROGRAM = pathlib.Path(os.environ["ASSAY"]).resolve()
KEYS = 6
PROJECT = """\
format: 1
project: origins
sources:
  named: {files: p/*.parquet, file_column: file}
  plain: {files: p/*.parquet}
  by_file: {files: p/*.parquet, partition: file}
  text: {files: c/*.csv, columns: {v: BIGINT}}
  text_by_file: {files: c/*.csv, columns: {v: BIGINT}, partition: file}
  text_by_month: {files: c/*.csv, columns: {v: BIGINT}, partition: month(day)}
  names: {files: names.csv}
steps:
  filtered: {sql: "SELECT * EXCLUDE (file) FROM named WHERE v > 3"}
  joined: {sql: "SELECT f.*, n.other FROM filtered AS f JOIN names AS n USING (k)"}
  united: {sql: "SELECT k, v, pos, other FROM joined UNION ALL BY NAME SELECT * EXCLUDE (day) FROM plain"}
  limited: {sql: "SELECT * FROM united ORDER BY v DESC, pos LIMIT 150"}
  latest: {sql: "SELECT a.k, a.v, a.pos, b.pos AS other FROM by_file AS a ASOF JOIN (SELECT * FROM text WHERE v < 90) AS b ON a.k = b.k AND a.v >= b.v"}
  fused: {sql: "SELECT k, v * 2 AS v, pos FROM text_by_file"}
  known: {sql: "SELECT k, v / 2 AS v, pos FROM fused WHERE EXISTS (SELECT 1 FROM names WHERE names.k = fused.k)"}
  once: {kind: dedup, input: text_by_month, key: [k, v], order_by: [day]}
  threefold: {sql: "SELECT k, v, pos, unnest([1, 2, 3]) AS u FROM once QUALIFY row_number() OVER (PARTITION BY k ORDER BY v, pos) <= 20"}
gates:
  g_joined: {input: joined, fail_above: 99 %, checks: [{range: v, max: 60}]}
  g_united: {input: united, fail_above: 99 %, checks: [{range: v, max: 60}]}
  g_limited: {input: limited, fail_above: 99 %, checks: [{range: v, max: 85}]}
  g_latest: {input: latest, fail_above: 99 %, checks: [{range: v, max: 60}]}
  g_known: {input: known, fail_above: 99 %, checks: [{range: v, max: 60}]}
  g_threefold: {input: threefold, fail_above: 99 %, checks: [{range: u, max: 1}]}
  g_again: {input: g_threefold, fail_above: 99 %, checks: [{range: v, max: 5}]}
  g_few: {input: text_by_month, fail_above: 99 %, checks: [{range: v, max: 90}]}
  g_more: {input: g_few, fail_above: 99 %, checks: [{range: v, max: 60}]}
"""
GATES = [line.split(":")[0].strip() for line in PROJECT.splitlines() if line.startswith("  g_")]


class RowOrigins(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="assay-origins-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.chance = random.Random(1)
        for name in ("p", "c"):
            (self.folder / name).mkdir()
        for file in range(4):
            self.write_parquet(f"p/{file}.parquet", 50 + 7 * file)
            self.write_csv(f"c/{file}.csv", 50 + 7 * file)
        lines = [f"{k},names.csv row {k + 1}" for k in range(KEYS)]
        (self.folder / "names.csv").write_text("\n".join(["k,other", *lines]) + "\n")
        (self.folder / "assay.yaml").write_text(PROJECT)

    def values(self):
        return {"k": self.chance.randrange(KEYS), "v": self.chance.randrange(100),
                "day": f"2024-0{1 + self.chance.randrange(4)}-0{1 + self.chance.randrange(9)}"}

    def write_parquet(self, name, rows):
        pq.write_table(pa.Table.from_pylist(
            [{**self.values(), "pos": f"{name} row {i + 1}"} for i in range(rows)]),
            self.folder / name)

    def write_csv(self, name, rows):
        lines, read = ["k,v,day,pos"], 0
        for i in range(rows):
            row = self.values()
            if i % 11 == 5:  # does not parse
                lines.append(f"{row['k']},oops,{row['day']},none")
                continue
            read += 1
            lines.append(f"{row['k']},{row['v']},{row['day']},{name} row {read}")
        (self.folder / name).write_text("\n".join(lines) + "\n")

    def assay(self, *words):
        done = subprocess.run([PROGRAM, *words], cwd=self.folder, text=True, capture_output=True,
                              timeout=600, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def check_gates(self, gates):
        for gate in gates:
            rows = json.loads(self.assay("quarantine", "show", gate, "--json", "--limit", "0"))
            self.assertGreater(len(rows), 5, gate)
            for row in rows:
                truth = sorted(filter(None, [row["pos"], row.get("other")]))
                told = sorted(f"{origin.get('location')} row {origin.get('row')}"
                              for origin in row["_assay_from"])
                self.assertEqual(told, truth, gate)

    def test_each_refused_row_is_where_it_says(self):
        self.assay("run")
        self.check_gates(GATES)
        # Of fewer rows, of parts from which some are taken.
        self.assay("run", "--as-of", "2024-03-05")
        self.check_gates(["g_threefold", "g_again", "g_few", "g_more"])
        # After a sweep of all that is not in use.
        self.assay("dataset", "gc", "--grace", "0")
        self.check_gates(GATES)


if __name__ == "__main__":
    unittest.main()
