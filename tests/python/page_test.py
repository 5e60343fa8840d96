"""The examples of docs/reference/python.md give what the page shows, and the README's code runs."""

import doctest
import os
import pathlib
import re
import tempfile
import unittest

import sample_project

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "reference" / "python.md"
README = ROOT / "src" / "python" / "README.md"
PROJECT = """\
format: 1
project: flights
sources:
  flights: {files: flights.csv, columns: {date: TIMESTAMP, delay: BIGINT, origin: VARCHAR}}
steps:
  labelled: {sql: "SELECT *, delay > 15 AS late FROM flights"}
gates:
  checked: {input: labelled, checks: [{not_null: origin}]}
datasets:
  flights_train:
    input: checked
    label: late
    split: {time: date, validation_from: 2001-05-01, test_from: 2001-06-01}
    prepare:
      - {calendar: date, parts: [month, hour]}
      - {impute: delay, with: median}
      - {standard_scale: delay}
      - {one_hot: origin}
feedback:
  late: {positive: true}
"""
FLIGHTS = """\
date,delay,origin
2001-01-01 07:00,-3,ORD
2001-01-09 08:30,21,LAX
2001-02-03 09:15,0,ORD
2001-03-04 23:50,45,JFK
2001-04-05 12:00,7,SFO
2001-04-28 18:20,16,ORD
2001-05-01 06:00,-8,LAX
2001-05-02 10:10,33,JFK
2001-05-20 16:45,2,SFO
2001-05-31 21:05,19,LAX
"""


class Page(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="assay-page-")
        self.addCleanup(folder.cleanup)
        pathlib.Path(folder.name, "assay.yaml").write_text(PROJECT, encoding="utf-8")
        pathlib.Path(folder.name, "flights.csv").write_text(FLIGHTS, encoding="utf-8")
        sample_project.run(folder.name, "run")
        self.addCleanup(os.chdir, os.getcwd())
        os.chdir(folder.name)

    def test_examples_of_the_page(self):
        text = PAGE.read_text(encoding="utf-8")
        code = "\n".join(re.findall(r"```python\n(.*?)```", text, re.DOTALL))
        examples = doctest.DocTestParser().get_doctest(code, {}, PAGE.name, str(PAGE), 0)
        self.assertGreater(len(examples.examples), 30)
        said = []
        doctest.DocTestRunner().run(examples, out=said.append)
        self.assertEqual("".join(said), "")

    def test_code_of_the_readme(self):
        blocks = re.findall(r"(?:^    .*\n|^\n)+", README.read_text(encoding="utf-8"), re.MULTILINE)
        code = next(block for block in blocks if "import assay" in block)
        exec(re.sub("^    ", "", code, flags=re.MULTILINE), {})  # pylint: disable=exec-used


if __name__ == "__main__":
    unittest.main()
