"""Collections of files that readers of a format are judged by, read by the program: JSON that must be
accepted or refused, and delimited text with what it means."""

import json
import os
import pathlib
import subprocess
import tempfile
import unittest

PROGRAM = pathlib.Path(os.environ["ASSAY"]).resolve()
CACHE = pathlib.Path(os.environ.get("ASSAY_CACHE", ""))
SPECTRUM = CACHE / "csv-spectrum"
# Beside the project, where it is; nothing of it is in the project.
JSON_SUITE = pathlib.Path(__file__).resolve().parents[3] / "shared/cases/jsontestsuite/test_parsing"
FAILED_SOURCES = 2  # exit code of a run with data that cannot be read


class Project:
    """A project of some sources in a folder of its own, {name: source}."""

    def __init__(self, files, sources):
        self.held = tempfile.TemporaryDirectory(prefix="assay-suites-")
        self.folder = pathlib.Path(self.held.name)
        for name, content in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        (self.folder / "assay.yaml").write_text(
            "format: 1\nproject: suites\nsources: " + json.dumps(sources) + "\n")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.held.cleanup()

    def run(self, *words):
        return subprocess.run([PROGRAM, *words], cwd=self.folder, capture_output=True, text=True)

    def rows(self, select):
        shown = self.run("sql", select, "--json", "--limit", "0")
        if shown.returncode != 0:
            raise AssertionError(shown.stderr)
        return json.loads(shown.stdout)


@unittest.skipUnless(JSON_SUITE.is_dir(), "JSONTestSuite is not there")
class JsonTestSuite(unittest.TestCase):
    """github.com/nst/JSONTestSuite: y_ must be accepted, n_ refused, i_ may be either."""

    @staticmethod
    def cases(prefix):
        return {file.stem: file.read_bytes() for file in sorted(JSON_SUITE.glob(prefix + "*.json"))}

    def test_what_must_be_accepted_is_with_its_values(self):
        cases = self.cases("y_")
        self.assertEqual(len(cases), 95)
        # Each as the value of a key, for a row is an object.
        files = {f"y/{name}.json": b'{"v": ' + content + b"}" for name, content in cases.items()}
        with Project(files, {"accepted": {"files": "y/*.json", "file_column": "file",
                                          "columns": {"v": "text"}}}) as project:
            done = project.run("run")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertNotIn("refused", done.stdout + done.stderr)
            rows = {pathlib.Path(row["file"]).stem: row["v"]
                    for row in project.rows("SELECT * FROM accepted")}
        self.assertEqual(rows.keys(), cases.keys())
        for name, content in cases.items():
            with self.subTest(name=name):
                expected = json.loads(content)
                shown = rows[name]
                if isinstance(expected, (list, dict)):
                    self.assertEqual(json.loads(shown), expected)
                elif isinstance(expected, str) or expected is None:
                    self.assertEqual(shown, expected)
                else:
                    self.assertEqual(json.loads(shown), expected)

    def test_what_must_be_refused_is_and_the_rest_does_no_harm(self):
        cases = {**self.cases("n_"), **self.cases("i_")}
        refused = [name for name in cases if name.startswith("n_")]
        self.assertEqual((len(refused), len(cases)), (188, 188 + 35))
        sources = {f"s{number}": {"kind": "json", "files": f"cases/{number}.json"}
                   for number in range(len(cases))}
        files = {f"cases/{number}.json": content for number, content in enumerate(cases.values())}
        with Project(files, sources) as project:
            done = project.run("run")
            self.assertEqual(done.returncode, FAILED_SOURCES, done.stderr)
            made = {row["name"] for row in self.nodes(project) if row["status"] != "failed"}
        told = done.stdout + done.stderr
        for number, name in enumerate(cases):
            if name in refused:
                with self.subTest(name=name):
                    self.assertNotIn(f"s{number}", made)
                    self.assertIn(f"cases/{number}.json", told)

    @staticmethod
    def nodes(project):
        shown = project.run("runs", "show", "--json")
        return json.loads(shown.stdout)["nodes"]


@unittest.skipUnless(SPECTRUM.is_dir(), "csv-spectrum is not there; ./dev test fetches it")
class CsvSpectrum(unittest.TestCase):
    def test_every_file_means_what_the_suite_says(self):
        files = {path.stem: path for path in sorted((SPECTRUM / "csvs").glob("*.csv"))}
        self.assertEqual(len(files), 12)
        sources = {name: {"files": f"{name}.csv"} for name in files}
        with Project({f"{name}.csv": path.read_bytes() for name, path in files.items()},
                     sources) as project:
            done = project.run("run")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertNotIn("refused", done.stdout + done.stderr)
            for name in files:
                with self.subTest(name=name):
                    rows = project.rows(f'SELECT COLUMNS(*)::VARCHAR FROM "{name}"')
                    expected = json.loads((SPECTRUM / f"json/{name}.json").read_text())
                    if name == "location_coordinates":  # another number than in its csv file
                        expected = [{**expected, "Contact Phone Number": "2095257564"}]
                    # An empty cell is null.
                    self.assertEqual(rows, [{key: value or None for key, value in row.items()}
                                            for row in expected])


if __name__ == "__main__":
    unittest.main()
