"""Disks that are full and disks that are read-only: an error that says so, and nothing lost.

The disks are mounted in a mount namespace of this process, so nobody else sees them and they go with
it. Skipped where no file system may be mounted.
"""

import ctypes
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

import trips

SKIPPED = 77
CLONE_NEWNS = 0x20000
ROWS = min(trips.ROWS, 20000)


def mount(*arguments):
    subprocess.run(["mount", *map(str, arguments)], check=True, capture_output=True, text=True)


def enter_namespace():
    """Be alone with what is mounted from here on; False where that is not allowed."""
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNS) != 0:
        return False
    try:
        mount("--make-rprivate", "/")
        with tempfile.TemporaryDirectory(prefix="assay-disks-") as folder:
            mount("-t", "tmpfs", "none", folder)
            subprocess.run(["umount", folder], check=True)
    except (OSError, subprocess.CalledProcessError):
        return False
    return True


class Disks(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="assay-disks-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.lines = trips.trips(ROWS)
        half = len(cls.lines) // 2
        cls.project = trips.write_project(cls.folder / "project", {"trips-1.csv": cls.lines[:half]})
        trips.assay(cls.project, "run")
        shutil.copytree(cls.project / ".assay", cls.folder / "earlier")
        cls.first = trips.assay(cls.project, "dataset", "show", "train").stdout
        trips.write_file(cls.project / "data/trips-2.csv", [trips.HEADER, *cls.lines[half:]])
        cls.expected = trips.run_for_versions(cls.project)
        cls.bytes = sum(file.stat().st_size for file in (cls.project / ".assay").rglob("*")
                        if file.is_file())
        shutil.rmtree(cls.project / ".assay")

    def mounted(self, folder, *arguments):
        folder.mkdir(exist_ok=True)
        mount(*arguments, folder)
        self.addCleanup(subprocess.run, ["umount", "--lazy", folder], check=True)

    def run_on(self, share, earlier):
        """Run on a disk of that share of what is needed, then on one that is large enough."""
        store = self.project / ".assay"
        room = 2 * self.bytes if earlier else 0
        self.mounted(store, "-t", "tmpfs", "-o", f"size={room + 8 * self.bytes}", "none")
        if earlier:
            shutil.copytree(self.folder / "earlier", store, dirs_exist_ok=True)
        used = sum(file.stat().st_blocks * 512 for file in store.rglob("*"))
        mount("-o", f"remount,size={used + int(share * self.bytes)}", store)

        run = trips.assay(self.project, "run", check=False)
        if run.returncode != 0:
            self.assertEqual(run.returncode, 3, run.stderr)
            self.assertRegex(run.stderr, r"disk is full|No space left on device")
            self.assertIn("hint: ", run.stderr)
            # Where not one block is free, SQLite has no room for what its readers share.
            verified = trips.assay(self.project, "dataset", "verify", check=False)
            if verified.returncode != 0:
                self.assertRegex(verified.stderr, "has been run here|no store yet|disk is full")

        mount("-o", f"remount,size={used + 8 * self.bytes}", store)
        verified = trips.assay(self.project, "dataset", "verify", check=False)
        if earlier:
            self.assertEqual(verified.returncode, 0, verified.stdout + verified.stderr)
            shown = trips.assay(self.project, "dataset", "show", "train@v1").stdout
            self.assertEqual(shown.splitlines()[1:], self.first.splitlines()[1:])
        elif verified.returncode != 0:
            self.assertRegex(verified.stderr, "nothing has been run here yet|no store yet")
        self.assertEqual(trips.run_for_versions(self.project), self.expected)
        trips.assay(self.project, "dataset", "verify")
        self.assertEqual(trips.left_over(self.project), [])
        return run.returncode == 0

    def test_a_full_disk(self):
        for earlier in (False, True):
            ended = []
            for share in (0.001, 0.05, 0.3, 0.6, 0.9, 2):
                with self.subTest(share=share, earlier=earlier):
                    ended.append(self.run_on(share, earlier))
                self.doCleanups()
            self.assertFalse(ended[0], "the smallest disk was large enough")
            self.assertTrue(ended[-1], "the largest disk was too small")

    def test_a_read_only_disk(self):
        trips.assay(self.project, "run")
        self.addCleanup(shutil.rmtree, self.project / ".assay")
        shown = trips.assay(self.project, "dataset", "show", "train").stdout
        self.mounted(self.project, "--bind", self.project)
        mount("-o", "remount,bind,ro", self.project)

        run = trips.assay(self.project, "run", check=False)
        self.assertEqual(run.returncode, 3, run.stderr)
        self.assertIn("(read-only file system)", run.stderr)
        self.assertEqual(trips.assay(self.project, "dataset", "gc", check=False).returncode, 3)
        self.assertEqual(trips.assay(self.project, "dataset", "show", "train").stdout, shown)
        self.assertIn("nothing to do", trips.assay(self.project, "plan").stderr)
        for arguments in (["lint"], ["dataset", "list"], ["dataset", "log", "train"],
                          ["dataset", "verify"], ["runs", "list"], ["quarantine", "list"],
                          ["sql", "SELECT count(*) FROM train"],
                          ["dataset", "export", "train", "--to", str(self.folder / "out")]):
            with self.subTest(arguments=arguments):
                trips.assay(self.project, *arguments)

    def test_a_read_only_disk_without_a_store(self):
        project = trips.write_project(self.folder / "new", {"trips-1.csv": self.lines[:10]})
        self.mounted(project, "--bind", project)
        mount("-o", "remount,bind,ro", project)
        run = trips.assay(project, "run", check=False)
        self.assertEqual(run.returncode, 3)
        self.assertIn(f"cannot make (read-only file system): {project}/.assay", run.stderr)


if __name__ == "__main__":
    if not enter_namespace():
        print("skipped: no file system may be mounted here", file=sys.stderr)
        sys.exit(SKIPPED)
    unittest.main()
