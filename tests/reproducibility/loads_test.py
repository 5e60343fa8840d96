"""Incremental loads killed at any moment and repeated: each row of the database once, in the table of
every way to write, and with the version that one load of all gives."""

import json
import os
import pathlib
import random
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time
import unittest

PROGRAM = pathlib.Path(os.environ["ASSAY"]).resolve()
ROUNDS = int(os.environ.get("ROUNDS", "12"))
PROJECT = """\
format: 1
project: loads
sources:
  appended: {kind: sqlite, database: shop.db, table: orders, cursor: id}
  newest: {kind: sqlite, database: shop.db, table: changes, cursor: seq, write: merge, key: id}
  whole: {kind: sqlite, database: shop.db, table: orders}
datasets:
  orders: {input: appended, key: [id], ungated: "a test of loads"}
  states: {input: newest, key: [id], ungated: "a test of loads"}
  all_at_once: {input: whole, key: [id], ungated: "a test of loads"}
"""


class Loads(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="assay-loads-"))
        self.addCleanup(shutil.rmtree, self.folder)
        (self.folder / "assay.yaml").write_text(PROJECT)
        self.database = sqlite3.connect(self.folder / "shop.db")
        self.addCleanup(self.database.close)
        self.database.execute("CREATE TABLE orders (id INTEGER, amount REAL, word TEXT)")
        self.database.execute("CREATE TABLE changes (seq INTEGER, id INTEGER, state TEXT)")

    def assay(self, *words):
        done = subprocess.run([PROGRAM, *words], cwd=self.folder, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def rows(self, node, *columns):
        shown = json.loads(self.assay("sql", f"SELECT * FROM {node}", "--json", "--limit", "0"))
        return sorted(tuple(row[name] for name in columns) for row in shown)

    def kill_at(self, seconds):
        with subprocess.Popen([PROGRAM, "run"], cwd=self.folder, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL) as process:
            time.sleep(seconds)
            process.kill()
            return process.wait() == -signal.SIGKILL

    def test_each_row_once(self):
        chance = random.Random(5)
        killed, last, seq, seconds = 0, 0, 0, 0.5
        for turn in range(ROUNDS):
            rows = chance.randrange(1, 4000)
            self.database.executemany(
                "INSERT INTO orders VALUES (?, ?, ?)",
                [(last + i + 1, chance.randrange(1000) / 8, chance.choice("xyz")) for i in range(rows)])
            last += rows
            changes = [(seq + i + 1, chance.randrange(50), f"state {chance.randrange(9)}")
                       for i in range(chance.randrange(1, 60))]
            seq += len(changes)
            self.database.executemany("INSERT INTO changes VALUES (?, ?, ?)", changes)
            self.database.commit()
            killed += self.kill_at(chance.random() * seconds)
            if turn % 3 == 2:
                start = time.monotonic()
                self.assay("run")
                seconds = time.monotonic() - start
            if turn % 4 == 3 and (self.folder / ".assay" / "catalog.sqlite").exists():
                self.assay("dataset", "gc")
        self.assay("run")
        self.assertGreater(killed, ROUNDS // 4)
        expected = list(self.database.execute("SELECT id, amount, word FROM orders ORDER BY id"))
        found = self.rows("appended", "id", "amount", "word")
        self.assertEqual(len(found), len(expected))
        self.assertEqual([pair for pair in zip(found, expected) if pair[0] != pair[1]][:3], [])
        states = dict(self.database.execute("SELECT id, state FROM changes ORDER BY seq"))
        self.assertEqual(self.rows("newest", "id", "state"), sorted(states.items()))
        self.assay("dataset", "verify")
        # Loads by and by give the version that one load of all does.
        versions = [json.loads(self.assay("dataset", "show", name, "--json"))["body"]["version"]
                    for name in ("orders", "all_at_once")]
        self.assertEqual(versions[0], versions[1])
        self.assertIn("nothing to do", self.assay("run"))


if __name__ == "__main__":
    unittest.main()
