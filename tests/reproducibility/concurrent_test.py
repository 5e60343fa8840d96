"""Several processes at one project: one runs, the others are told; readers go on.

A run is stopped (SIGSTOP) while it holds the lock, so that nothing here depends on speed.
"""

import json
import pathlib
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import unittest

import trips

WAIT_SECONDS = 120
READERS = 8
VERSIONS = 4


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

    def test_eight_readers_beside_one_writer(self):
        """Each reader asks again and again while versions are committed; none fails or sees half."""
        done = threading.Event()
        seen = [[] for _ in range(READERS)]
        failures = []

        def read(reader):
            out = self.project.parent / f"out-{reader}"
            count = 0
            while not done.is_set():
                count += 1
                shown = self.ask("dataset", "show", "train", "--json")
                seen[reader].append(self.version_and_rows(shown))
                self.ask("dataset", "list", "--json")
                self.ask("dataset", "diff", "train@v1", "train", "--json")
                if count % 3 == 1:
                    exported = self.ask("dataset", "export", "train", "--to", out / str(count),
                                        "--format", "csv", "--json")
                    rows = sum(file["rows"] for file in exported["files"])
                    seen[reader].append((exported["version"], rows))
                    lines = sum(len(pathlib.Path(file["path"]).read_bytes().splitlines()) - 1
                                for file in exported["files"])
                    self.assertEqual(lines, rows)

        def guarded(reader):
            try:
                read(reader)
            except Exception as error:  # told by the thread that waits
                failures.append(error)

        made = dict([self.version_and_rows(self.ask("dataset", "show", "train", "--json"))])
        threads = [threading.Thread(target=guarded, args=(reader,)) for reader in range(READERS)]
        for thread in threads:
            thread.start()
        try:
            for number in range(VERSIONS):
                trips.write_file(self.project / f"data/trips-{number + 3}.csv",
                                 [trips.HEADER, f"2001-02-0{number + 1} 08:00:00,1,1.5,C01,C02"])
                trips.assay(self.project, "run")
                version, rows = self.version_and_rows(self.ask("dataset", "show", "train", "--json"))
                made[version] = rows
        finally:
            done.set()
            for thread in threads:
                thread.join(trips.TIMEOUT_SECONDS)
        self.assertEqual(failures, [])
        self.assertEqual(len(made), VERSIONS + 1)
        self.assertLessEqual({each for reader in seen for each in reader}, set(made.items()))
        order = list(made)
        for reader in seen:
            places = [order.index(version) for version, _ in reader]
            self.assertEqual(places, sorted(places), "it went back")
        self.assertGreater(len({version for reader in seen for version, _ in reader}), 1)
        trips.assay(self.project, "dataset", "verify")
        print(f"{sum(map(len, seen))} answers while {VERSIONS} versions were committed")

    def ask(self, *arguments):
        return json.loads(trips.assay(self.project, *map(str, arguments)).stdout)

    def version_and_rows(self, shown):
        tables = shown["body"]["tables"].values()
        return shown["body"]["version"], sum(table["rows"] for table in tables)

    def test_two_projects_at_once(self):
        """Two projects on one machine know nothing of each other."""
        lines = trips.trips(trips.ROWS)
        half = len(lines) // 2
        parts = {"trips-1.csv": lines[:half], "trips-2.csv": lines[half:]}
        expected = trips.run_for_versions(self.project)
        projects = [trips.write_project(self.project.parent / name, parts) for name in "ab"]
        runs = [subprocess.Popen([trips.PROGRAM, "run", "--json"], cwd=project, text=True,
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE)
                for project in projects]
        for run, project in zip(runs, projects):
            stdout, stderr = run.communicate(timeout=trips.TIMEOUT_SECONDS)
            self.assertEqual(run.returncode, 0, stderr)
            versions = {each["name"]: each["version"] for each in json.loads(stdout)["datasets"]}
            self.assertEqual(versions, expected)
            trips.assay(project, "dataset", "verify")
            self.assertEqual(trips.left_over(project), [])

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
