"""kill -9 at KILLS moments of a run (20); each time the next run makes the same versions, and the store holds.

Only runs that were killed before their end count. Half of them start with no store, half with the
versions of an earlier input in it.
"""

import os
import pathlib
import random
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

import trips

KILLS = int(os.environ.get("KILLS", "20"))
TRIES = 5 * KILLS


class Killed(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="assay-kill-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        lines = trips.trips(trips.ROWS)
        half = len(lines) // 2
        cls.second = lines[half:]
        cls.project = trips.write_project(cls.folder / "project", {"trips-1.csv": lines[:half]})
        trips.assay(cls.project, "run")
        shutil.copytree(cls.project / ".assay", cls.folder / "earlier")
        trips.write_file(cls.project / "data/trips-2.csv", [trips.HEADER, *cls.second])

        # The quicker of two: on a busy machine one may take longer than any run to be killed.
        cls.seconds = float("inf")
        for _ in range(2):
            shutil.rmtree(cls.project / ".assay")
            start = time.monotonic()
            cls.expected = trips.run_for_versions(cls.project)
            cls.seconds = min(cls.seconds, time.monotonic() - start)

    def prepare(self, with_earlier):
        shutil.rmtree(self.project / ".assay", ignore_errors=True)
        if with_earlier:
            shutil.copytree(self.folder / "earlier", self.project / ".assay")

    def kill_at(self, seconds):
        """Start a run and kill it; True when it was still going on."""
        with subprocess.Popen([trips.PROGRAM, "run"], cwd=self.project, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL) as process:
            time.sleep(seconds)
            process.kill()
            return process.wait() == -signal.SIGKILL

    def check(self, with_earlier):
        # Nothing of a killed run may look like a result: what is recorded is whole, if anything is.
        verified = trips.assay(self.project, "dataset", "verify", check=False)
        nothing = "nothing has been run here yet" in verified.stderr or (
            "this project has no store yet" in verified.stderr)
        if with_earlier or not nothing:
            self.assertEqual(verified.returncode, 0, verified.stdout + verified.stderr)
        self.assertEqual(trips.run_for_versions(self.project), self.expected)
        trips.assay(self.project, "dataset", "verify")
        self.assertEqual(trips.left_over(self.project), [])
        number = "v2" if with_earlier else "v1"
        shown = trips.assay(self.project, "dataset", "show", "train").stdout
        self.assertTrue(shown.startswith(f"train@{number}\n"), shown)
        again = trips.assay(self.project, "run").stdout
        self.assertIn("nothing to do", again)

    def test_the_next_run_makes_the_same_versions(self):
        chance = random.Random(7)
        killed, right, tries, seconds = 0, 0, 0, self.seconds
        while killed < KILLS and tries < TRIES:
            tries += 1
            with_earlier = killed % 2 == 1
            # Spread over an undisturbed run, so that all of it is covered.
            moment = seconds * (killed + chance.random()) / KILLS
            self.prepare(with_earlier)
            if not self.kill_at(moment):
                seconds *= 0.95  # runs end sooner than was measured
                continue
            killed += 1
            with self.subTest(moment=round(moment, 3), with_earlier=with_earlier):
                self.check(with_earlier)
                right += 1
        print(f"{right} of {killed} killed runs were followed by the same versions, {tries} tries; "
              f"an undisturbed run takes {self.seconds:.1f} s")
        self.assertEqual(killed, KILLS, f"{tries} runs were too few, most ended by themselves")
        self.assertEqual(right, KILLS)

    def test_a_killed_run_is_listed_as_interrupted(self):
        for attempt in range(10):
            self.prepare(with_earlier=False)
            self.kill_at(self.seconds * (0.5 - 0.04 * attempt))
            trips.assay(self.project, "run")
            listed = trips.assay(self.project, "runs", "list").stdout.splitlines()[1:]
            if len(listed) == 2:
                self.assertIn("interrupted", listed[1])
                return
        self.fail("no run was killed between its record and its end")

    def test_a_run_killed_again_and_again_ends_well(self):
        self.prepare(with_earlier=False)
        chance = random.Random(8)
        for _ in range(5):
            self.kill_at(self.seconds * chance.random() / 2)
        self.check(with_earlier=False)


if __name__ == "__main__":
    unittest.main()
