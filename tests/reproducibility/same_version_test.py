"""The same rows and the same project give the same version ids, whatever else differs."""

import json
import os
import pathlib
import random
import shutil
import sys
import tempfile
import unittest

import trips

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from reachable import reachable  # noqa: E402 (beside the folder of this file)

NOBODY = 65534

SPILLS = """\
format: 1
project: spills
sources:
  src: {files: data/*.csv}
steps:
  groups: {sql: "SELECT k, count(*) AS n FROM src GROUP BY k LIMIT 5"}
  pairs: {sql: "SELECT a.k, b.x FROM src AS a JOIN src AS b ON a.k = b.k LIMIT 5"}
datasets:
  groups_set: {input: groups, ungated: made up}
  pairs_set: {input: pairs, ungated: made up}
"""


class SameVersion(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="assay-same-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.folder.chmod(0o755)
        cls.lines = trips.trips(trips.ROWS)
        third = len(cls.lines) // 3
        cls.parts = {"trips-1.csv": cls.lines[:third], "trips-2.csv": cls.lines[third:2 * third],
                     "trips-3.csv": cls.lines[2 * third:]}
        trips.write_project(cls.folder / "first", cls.parts)
        cls.expected = trips.run_for_versions(cls.folder / "first")

    def expect_same(self, name, parts, *arguments, **options):
        folder = trips.write_project(self.folder / name, parts)
        self.addCleanup(shutil.rmtree, folder)
        self.assertEqual(trips.run_for_versions(folder, *arguments, **options), self.expected)

    def test_the_datasets_are_all_there(self):
        self.assertEqual(sorted(self.expected), ["cities_set", "hashed", "train"])
        self.assertEqual(len(set(self.expected.values())), 3)

    def test_with_one_thread(self):
        self.expect_same("one", self.parts, "--threads", "1")

    def test_with_two_threads(self):
        self.expect_same("two", self.parts, "--threads", "2")

    def test_with_many_threads_and_little_memory(self):
        self.expect_same("many", self.parts, "--threads", "7", "--memory", "256MB")

    def test_from_renamed_files(self):
        one, two, three = self.parts.values()
        self.expect_same("renamed", {"trips-z.csv": one, "trips-b.csv": two, "trips-m.csv": three})

    def test_from_rows_moved_to_other_files_and_shuffled(self):
        lines = list(self.lines)
        random.Random(11).shuffle(lines)
        self.expect_same("moved", {"trips-1.csv": lines[:1000], "trips-2.csv": lines[1000:]})
        self.expect_same("in one", {"trips-all.csv": lines})

    def test_in_another_folder_and_environment(self):
        home = self.folder / "another home"
        home.mkdir()
        env = {"PATH": "/usr/bin:/bin", "HOME": str(home), "TZ": "Asia/Kathmandu", "USER": "other",
               "LANG": "de_DE.UTF-8", "LC_ALL": "de_DE.UTF-8", "COLUMNS": "40", "TMPDIR": str(home),
               **{name: value for name, value in os.environ.items() if name.endswith("SAN_OPTIONS")}}
        self.expect_same("füße & co", self.parts, env=env)

    @unittest.skipIf(os.geteuid() != 0, "needs root to become another user")
    def test_as_another_user(self):
        folder = trips.write_project(self.folder / "nobody", self.parts)
        for path in [folder, *folder.rglob("*")]:
            os.chown(path, NOBODY, NOBODY)
        program = reachable(trips.PROGRAM, self.folder / "program")
        self.assertEqual(trips.run_for_versions(folder, user=NOBODY, program=program),
                         self.expected)
        log = trips.assay(folder, "dataset", "log", "train").stdout
        self.assertNotIn("root", log)

    def test_step_by_step_and_at_once(self):
        """A store that grew month by month ends at the same versions as a fresh one."""
        folder = self.folder / "grown"
        for count in (1, 2, 3):
            trips.write_project(folder, dict(list(self.parts.items())[:count]))
            versions = trips.run_for_versions(folder)
        self.assertEqual(versions, self.expected)
        shown = trips.assay(folder, "dataset", "show", "train").stdout
        self.assertTrue(shown.startswith("train@v3\n"), shown)
        trips.assay(folder, "dataset", "verify")

    def test_memory_decides_no_answer(self):
        """Hash tables that spill come back in another order; what has no order of its own must not
        take theirs. Too little memory may be an error, never another version."""
        folder = self.folder / "spills"
        trips.write_file(folder / "assay.yaml", SPILLS.splitlines())
        chance = random.Random(3)
        keys = (chance.randrange(2 ** 40) for _ in range(20 * trips.ROWS))
        trips.write_file(folder / "data" / "a.csv", ["k,x", *(f"{key},{key % 97}" for key in keys)])
        expected = trips.run_for_versions(folder)
        self.assertEqual(sorted(expected), ["groups_set", "pairs_set"])
        for memory in ("400MB", "200MB", "120MB", "80MB"):
            shutil.rmtree(folder / ".assay")
            done = trips.assay(folder, "run", "--json", "--memory", memory, check=False)
            report = json.loads(done.stdout)
            for dataset in report["datasets"]:
                self.assertEqual(dataset["version"], expected[dataset["name"]], memory)
            for node in report["nodes"]:
                if node["status"] == "failed":
                    self.assertIn("the memory is used up", node["error"])
                    self.assertIn("--memory", node["hint"])

    def test_other_rows_are_another_version(self):
        parts = dict(self.parts)
        parts["trips-3.csv"] = parts["trips-3.csv"][:-1]
        folder = trips.write_project(self.folder / "other", parts)
        self.assertNotEqual(trips.run_for_versions(folder)["hashed"], self.expected["hashed"])


if __name__ == "__main__":
    unittest.main()
