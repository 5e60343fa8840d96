"""What promtool says of GET /metrics: nothing. Exit 77, which means skipped, without promtool.

    ASSAY=PROGRAM PROMTOOL=PROGRAM promtool_test.py
"""

import os
import subprocess
import sys
import unittest

import served

PROMTOOL = os.environ.get("PROMTOOL", "")
SKIPPED = 77


def check(page):
    """Return (exit status, what promtool says) of a page."""
    done = subprocess.run([PROMTOOL, "check", "metrics"], input=page, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    return done.returncode, done.stdout


class Promtool(unittest.TestCase):
    def test_the_page_has_no_fault(self):
        folder = served.temporary_folder(self)
        for run in (False, True):
            project = served.make_project(folder / f"project-{run}", run=run)
            with self.subTest(run=run), served.Server(project) as server:
                for path in ("/v1/runs", "/v1/nothing", "/v1/runs?a=%22", "/v1/datasets/train"):
                    server.ask(path)
                page = server.ask("/metrics").body
                self.assertEqual(check(page), (0, ""))
        # It does find what is wrong.
        self.assertNotEqual(check(page.replace("_total", "_sum_of"))[0], 0)
        self.assertNotEqual(check(page + "assay_runs 1 2 3\n")[0], 0)


if __name__ == "__main__":
    if not os.access(PROMTOOL, os.X_OK):
        print(f"skipped: there is no promtool at {PROMTOOL!r}; ./dev test fetches it")
        sys.exit(SKIPPED)
    unittest.main()
