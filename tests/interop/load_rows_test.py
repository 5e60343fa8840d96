"""Merged and historic loads, and what rows say of where they come from, against a loop over the same
files."""

import csv
import json
import os
import pathlib
import random
import subprocess
import tempfile
import unittest

PROGRAM = pathlib.Path(os.environ["ASSAY"]).resolve()
COLUMNS = ["id", "part", "value", "at"]


def written(rng):
    """Rows of a file as texts; an empty cell is null."""
    return [[rng.choice(["", "1", "2", "3", "4"]), rng.choice(["a", "b", ""]),
             rng.choice(["x", "y", "z"]), rng.choice(["", "1", "2", "3"])]
            for _ in range(rng.randrange(1, 30))]


def rows_of(files):
    """All rows in order, each with its file and line."""
    return [({**{name: text or None for name, text in zip(COLUMNS, row)}}, file, line)
            for file, rows in sorted(files.items()) for line, row in enumerate(rows, 2)]


def merged(rows, key, newest_by):
    kept = {}
    for number, row in enumerate(rows):
        values = tuple(row[0][name] for name in key)
        if None in values:
            kept[("no key", number)] = (number, row)
            continue
        if values in kept and newest_by:
            before = kept[values][1][0][newest_by]
            now = row[0][newest_by]
            if before is not None and (now is None or int(now) < int(before)):
                continue
        kept[values] = (number, row)
    return [row for _, row in sorted(kept.values(), key=lambda entry: entry[0])]


def history(rows, key):
    kept, before = [], {}
    for row in rows:
        values = tuple(row[0][name] for name in key)
        if None not in values and before.get(values) == row[0]:
            continue
        before[values] = row[0]
        kept.append(row)
    return kept


class LoadRows(unittest.TestCase):
    def run_project(self, folder, *words):
        done = subprocess.run([PROGRAM, *words], cwd=folder, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_files_made_at_random(self):
        seed = random.randrange(1 << 32)
        rng = random.Random(seed)
        for _ in range(8):
            files = {f"data/{i}.csv": written(rng) for i in range(rng.randrange(1, 5))}
            key = rng.choice([["id"], ["id", "part"]])
            newest_by = rng.choice(["", "at"])
            common = {"files": "data/*.csv", "columns": {name: "string" for name in COLUMNS},
                      "receipt": {"file": "from_file", "line": "from_line"}}
            merge = {**common, "write": "merge", "key": key}
            if newest_by:
                merge["newest_by"] = newest_by
            project = {"format": 1, "project": "loads", "sources": {
                "all_rows": common, "newest": merge,
                "states": {**common, "write": "merge", "key": key, "history": True}}}
            with self.subTest(seed=seed, files=files, merge=merge), \
                    tempfile.TemporaryDirectory(prefix="assay-loads-") as name:
                folder = pathlib.Path(name)
                (folder / "data").mkdir()
                for path, rows in files.items():
                    with open(folder / path, "w", newline="") as file:
                        csv.writer(file, lineterminator="\n").writerows([COLUMNS, *rows])
                (folder / "assay.yaml").write_text(json.dumps(project))
                self.run_project(folder, "run")
                rows = rows_of(files)
                for node, expected in (("all_rows", rows), ("newest", merged(rows, key, newest_by)),
                                       ("states", history(rows, key))):
                    shown = json.loads(self.run_project(
                        folder, "sql", f"SELECT * FROM {node}", "--json", "--limit", "0"))
                    self.assertEqual(shown, [{**row, "from_file": file, "from_line": line}
                                             for row, file, line in expected], node)


if __name__ == "__main__":
    unittest.main()
