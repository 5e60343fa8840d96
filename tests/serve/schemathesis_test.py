"""schemathesis against the running server: every answer must be as the OpenAPI document says, and
right and wrong arguments, generated from it, must be taken and refused.

    ASSAY=PROGRAM [EXAMPLES=N] schemathesis_test.py    with the packages of deps/python.txt
"""

import os
import pathlib
import subprocess
import sys
import unittest

import served

PROGRAM = pathlib.Path(sys.executable).with_name("schemathesis")
SKIPPED = 77
EXAMPLES = os.environ.get("EXAMPLES", "30")
# A list cannot be followed (406) and a row cannot be judged before a run (409): right answers to
# values that the document allows. What fields a row has the version says, and ids must be as many
# as rows, which a schema cannot say; to a schema 7.0 is an integer, to an id it is none.
SETTINGS = """\
[checks.positive_data_acceptance]
expected-statuses = [200, 404, 406, 409]

[[operations]]
include-path-regex = "^/v1/(transform|feedback)$"
[operations.checks.positive_data_acceptance]
expected-statuses = [200, 400, 404, 409]
"""


class Schemathesis(unittest.TestCase):
    def test_the_document_is_true(self):
        folder = served.temporary_folder(self)
        project = served.make_loop_project(folder / "project")
        (folder / "schemathesis.toml").write_text(SETTINGS, "utf-8")
        with served.Server(project) as server:
            done = subprocess.run(
                [PROGRAM, "run", server.url + "/openapi.json", "--checks", "all", "--seed", "7",
                 "--max-examples", EXAMPLES, "--continue-on-failure", "--suppress-health-check",
                 "all", "--request-timeout", "30"],
                cwd=folder, text=True, capture_output=True, check=False,
                env={**os.environ, "NO_COLOR": "1"})
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            # It leaves out the path that it has the document from.
            paths = server.json("/openapi.json")["paths"]
            operations = sum(len(item) for path, item in paths.items() if path != "/openapi.json")
            self.assertIn(f"Tested: {operations}\n", done.stdout)
            self.assertEqual(server.ask("/healthz").status, 200)
            self.assertEqual(server.stop()[0], 0)


if __name__ == "__main__":
    if not PROGRAM.exists():
        print(f"skipped: there is no {PROGRAM}; ./dev test installs it")
        sys.exit(SKIPPED)
    unittest.main()
