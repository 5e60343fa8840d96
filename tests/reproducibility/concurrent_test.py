"""Several processes at one project: one runs, the others are told; readers go on.

A run is stopped (SIGSTOP) while it holds the lock, so that nothing here depends on speed.
"""

import pathlib
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

import trips

WAIT_SECONDS = 120


class Concurrent(unittest.TestCase):
    def setUp(self):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="assay-concurrent-"))
        self.addCleanup(shutil.rmtree, folder)
        lines = trips.trips(trips.ROWS)
        half = len(lines) // 2
        self.project = trips.write_project(folder / "project", {"trips-1.csv": lines[:half]})
        trips.assay(self.project, "run")
        self.first = trips.assay(self.project, "dataset", "show", "train").stdout
        trips.write_file(self.project / "data/trips-2.csv", [trips.HEADER, *lines[half:]])

    def stopped(self, *arguments):
        """Start the program and stop it while it writes a file into staging."""
        process = subprocess.Popen([trips.PROGRAM, *arguments], cwd=self.project, text=True,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        end = time.monotonic() + WAIT_SECONDS
        while not list((self.project / ".assay/staging").iterdir()):
            self.assertIsNone(process.poll(), "it ended before it could be stopped")
            self.assertLess(time.monotonic(), end, "it writes nothing")
            time.sleep(0.001)
        process.send_signal(signal.SIGSTOP)
        return process

    def go_on(self, process):
        process.send_signal(signal.SIGCONT)
        stdout, stderr = process.communicate(timeout=trips.TIMEOUT_SECONDS)
        return process.returncode, stdout, stderr

    def test_the_second_run_is_told_who_holds_the_lock(self):
        run = self.stopped("run")
        second = trips.assay(self.project, "run", check=False)
        self.assertEqual(second.returncode, 3, second.stderr)
        self.assertEqual(second.stdout, "")
        self.assertIn(f" run holds the lock: process {run.pid} on ", second.stderr)
        self.assertIn("hint: ", second.stderr)
        self.assertEqual(trips.assay(self.project, "dataset", "gc", check=False).returncode, 3)
        status, stdout, stderr = self.go_on(run)
        self.assertEqual(status, 0, stderr)
        self.assertIn("train: new version v2", stdout)
        self.assertIn("nothing to do", trips.assay(self.project, "run").stdout)
        trips.assay(self.project, "dataset", "verify")

    def test_readers_go_on(self):
        run = self.stopped("run")
        self.assertEqual(trips.assay(self.project, "dataset", "show", "train").stdout, self.first)
        rows = trips.assay(self.project, "sql", "SELECT count(*) AS n FROM train", "--format", "csv")
        self.assertRegex(rows.stdout, r"^n\n\d+\n$")
        for arguments in (["dataset", "list"], ["dataset", "log", "train"], ["dataset", "verify"],
                          ["quarantine", "list"], ["quarantine", "show", "plausible"],
                          ["runs", "list"], ["plan"], ["lint"], ["kinds"],
                          ["dataset", "export", "train", "--to", "out"],
                          ["dataset", "export", "train", "--to", "out", "--format", "csv"]):
            with self.subTest(arguments=arguments):
                trips.assay(self.project, *arguments)
        status, _, stderr = self.go_on(run)
        self.assertEqual(status, 0, stderr)
        trips.assay(self.project, "dataset", "verify")
        self.assertEqual(trips.left_over(self.project), [])

    def test_readers_see_the_old_version_or_the_new_one(self):
        first = self.first.splitlines()[1]
        with subprocess.Popen([trips.PROGRAM, "run"], cwd=self.project, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL) as run:
            seen = []
            while run.poll() is None:
                seen.append(trips.assay(self.project, "dataset", "show", "train").stdout)
        self.assertEqual(run.returncode, 0)
        last = trips.assay(self.project, "dataset", "show", "train").stdout
        versions = [text.splitlines()[1] for text in seen] + [last.splitlines()[1]]
        self.assertNotEqual(versions[-1], first)
        self.assertLessEqual(set(versions), {first, versions[-1]})
        self.assertEqual(versions, sorted(versions, key=versions.index), "it went back")

    def test_many_at_once(self):
        processes = [subprocess.Popen([trips.PROGRAM, "run"], cwd=self.project,
                                      stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                     for _ in range(5)]
        statuses = sorted(process.wait(trips.TIMEOUT_SECONDS) for process in processes)
        self.assertEqual(statuses[0], 0)
        self.assertLessEqual(set(statuses), {0, 3})
        trips.assay(self.project, "dataset", "verify")
        log = trips.assay(self.project, "dataset", "log", "train").stdout
        self.assertEqual(len(log.splitlines()), 3, log)

    def test_many_at_once_where_no_store_is(self):
        shutil.rmtree(self.project / ".assay")
        processes = [subprocess.Popen([trips.PROGRAM, "run"], cwd=self.project, text=True,
                                      stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
                     for _ in range(5)]
        errors = [process.communicate(timeout=trips.TIMEOUT_SECONDS)[1] for process in processes]
        statuses = sorted(process.returncode for process in processes)
        self.assertEqual(statuses[0], 0, errors)
        self.assertLessEqual(set(statuses), {0, 3}, errors)
        trips.assay(self.project, "dataset", "verify")

    def test_an_export_outlives_a_run(self):
        (self.project / "data/trips-2.csv").unlink()
        for form in ("csv", "jsonl"):
            export = self.stopped("dataset", "export", "train", "--to", "out", "--format", form)
            trips.assay(self.project, "run")
            status, _, stderr = self.go_on(export)
            self.assertEqual(status, 0, stderr)


if __name__ == "__main__":
    unittest.main()
