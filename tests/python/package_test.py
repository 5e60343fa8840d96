"""What the wheel brings: the command, the version, types, and nothing of the machine it was built on."""

import importlib.metadata
import inspect
import os
import pathlib
import subprocess
import sys
import unittest

import assay
import sample_project

PACKAGE = pathlib.Path(assay.__file__).parent


class Package(unittest.TestCase):
    def test_it_is_the_wheels(self):
        self.assertTrue(PACKAGE.is_relative_to(sys.prefix), PACKAGE)

    def test_versions_are_one(self):
        said = sample_project.run(".", "version").split()
        self.assertEqual(said, ["assay", assay.__version__])
        self.assertEqual(importlib.metadata.version("assay"), assay.__version__)

    def test_the_command_is_the_program(self):
        done = subprocess.run([sample_project.PROGRAM, "doctor", "--project", "nowhere"], text=True,
                              capture_output=True, check=False)
        self.assertEqual(done.returncode, 3, done.stderr)  # the program's own exit status
        done = subprocess.run([sys.executable, "-m", "assay", "version"], text=True,
                              capture_output=True, check=True)
        self.assertEqual(done.stdout, f"assay {assay.__version__}\n")

    def test_it_is_typed(self):
        self.assertTrue((PACKAGE / "py.typed").exists())
        stub = (PACKAGE / "_core.pyi").read_text(encoding="utf-8")
        self.assertIn("def __arrow_c_array__(self, requested_schema: object | None", stub)
        for name in assay.__all__:
            thing = getattr(assay, name)
            if inspect.isclass(thing) and thing.__module__.startswith("assay."):
                self.assertTrue(inspect.getdoc(thing), name)

    def test_no_place_of_the_build_is_in_it(self):
        source = os.environ["ASSAY_SOURCE_DIR"].encode()
        for file in PACKAGE.iterdir():
            if file.is_file() and file.name != "libduckdb.so":
                self.assertFalse(source in file.read_bytes(), file.name)


if __name__ == "__main__":
    unittest.main()
