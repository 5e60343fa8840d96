#!/usr/bin/env python3
"""Plants faults in a small tree and checks that check_rooms.py names each of them."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

CHECK = pathlib.Path(__file__).resolve().parent / "check_rooms.py"


class CheckRooms(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name).resolve()
        self.write("src/base/result.h", "#pragma once\n#include <string>\n")

    def write(self, path, text):
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def check(self):
        done = subprocess.run([sys.executable, CHECK, self.root], capture_output=True, text=True)
        self.assertEqual(done.stderr, "")
        return done.returncode, done.stdout

    def assert_fault(self, path, text, fault):
        self.write(path, text)
        self.assertEqual(self.check(), (1, fault + "\n"))

    def test_a_room_may_include_itself_and_the_rows_above(self):
        self.write("src/step/step.h", '#include "step/kind.h"\n#include "engine/duck.h"\n')
        self.write("src/cli/main.cc", '#include "run/run.h"\n#  include "base/result.h"\n')
        self.assertEqual(self.check(), (0, "rooms in order: 3 files\n"))

    def test_a_row_below_is_a_fault(self):
        self.assert_fault(
            "src/step/bad.h",
            '#pragma once\n#include "cli/options.h"\n',
            "src/step/bad.h:2: step/ must not include cli/",
        )

    def test_a_neighbour_in_the_row_is_a_fault(self):
        self.assert_fault(
            "src/store/bad.cc",
            '#include "engine/duck.h"\n',
            "src/store/bad.cc:1: store/ must not include engine/",
        )

    def test_duckdb_belongs_to_engine(self):
        self.write("src/engine/duck.h", "#include <duckdb.h>\n")
        self.assert_fault(
            "src/run/bad.cc",
            "\n#include <duckdb.h>\n",
            "src/run/bad.cc:2: run/ must not include duckdb.h: only engine/ may",
        )
        self.write("src/run/bad.cc", '#include "duckdb.h"\n')
        self.assertEqual(self.check()[0], 1)

    def test_an_unknown_room_is_a_fault(self):
        self.assert_fault(
            "src/utils/bad.h",
            "",
            "src/utils/: unknown room; tools/check_rooms.py lists the known ones",
        )

    def test_an_include_of_no_room_is_a_fault(self):
        self.assert_fault(
            "src/step/bad.h",
            '#include "yaml-cpp/yaml.h"\n',
            'src/step/bad.h:1: "yaml-cpp/yaml.h" is in no known room;'
            " other libraries are included with <>",
        )
        self.write("src/step/bad.h", '#include "step.h"\n')
        self.assertEqual(
            self.check()[1], 'src/step/bad.h:1: write "step.h" with its room, as in "step/step.h"\n'
        )

    def test_code_outside_a_room_is_a_fault(self):
        self.assert_fault(
            "src/main.cc", "", "src/main.cc: code belongs into a room, not into src/ itself"
        )

    def test_all_faults_are_listed(self):
        self.write("src/base/a.h", '#include "run/a.h"\n#include "plan/b.h"\n')
        self.write("src/plan/b.cc", '#include "store/c.h"\n')
        self.assertEqual(len(self.check()[1].splitlines()), 3)

    def test_a_comment_is_not_an_include(self):
        self.write("src/base/a.h", '// #include "cli/a.h"\n')
        self.assertEqual(self.check()[0], 0)


if __name__ == "__main__":
    unittest.main()
