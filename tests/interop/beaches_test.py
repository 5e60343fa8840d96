"""Twenty-two years of water tests at beaches, whose label changes its spelling: loaded year by year and all
at once. The numbers are counted with Python's csv module. Skipped where the files are absent."""

import collections
import csv
import io
import json
import os
import pathlib
import subprocess
import tarfile
import tempfile
import unittest

PROGRAM = pathlib.Path(os.environ["ASSAY"]).resolve()
# Beside the project, where they are; nothing of them is in the project.
SHARED = pathlib.Path(os.environ.get("ASSAY_SHARED", pathlib.Path(__file__).resolve().parents[3] / "shared"))
BEACHES = SHARED / "data/tab_ma_beaches_2002_2023/tab_ma_beaches_2002_2023.tar.xz"

PROJECT = """\
format: 1
project: beaches
sources:
  tests:
    files: data/water-body-testing-*.csv
    partition: file
    columns: {Violation: VARCHAR, "Sample Date": "timestamp[us]", "Community Code": VARCHAR,
              "County Code": VARCHAR, "Indicator Level": float64}
steps:
  labelled:
    kind: map_labels
    input: tests
    column: Violation
    labels: LABELS
gates:
  checked: {input: labelled, checks: [{not_null: "Beach Name"}CHECKS]}
datasets:
  violations: {input: checked, label: Violation}
"""
ALL_SPELLINGS = "{yes: [YES, Yes], no: [NO, No]}"
FIRST_SPELLINGS = '{"yes": [], "no": []}'


def read_years():
    """Return the bytes of each yearly file, by its name, from the first year to the last."""
    years = {}
    with tarfile.open(BEACHES) as archive:
        for member in archive.getmembers():
            name = pathlib.PurePath(member.name).name
            if name.startswith("water-body-testing-"):
                years[name] = archive.extractfile(member).read()
    return dict(sorted(years.items()))


def spellings(data):
    rows = csv.DictReader(io.StringIO(data.decode("utf-8-sig")))
    return collections.Counter(row["Violation"] for row in rows)


class Project:
    def __init__(self, folder, labels=ALL_SPELLINGS, checks=""):
        self.folder = pathlib.Path(folder)
        (self.folder / "data").mkdir(parents=True)
        text = PROJECT.replace("LABELS", labels).replace("CHECKS", checks)
        (self.folder / "assay.yaml").write_text(text, encoding="utf-8")

    def add(self, name, data):
        (self.folder / "data" / name).write_bytes(data)

    def assay(self, *words, code=0):
        done = subprocess.run([PROGRAM, *words], cwd=self.folder, text=True, capture_output=True, check=False)
        if done.returncode != code:
            raise AssertionError(f"{' '.join(words)}: {done.returncode}: {done.stdout}{done.stderr}")
        return done

    def run(self, code=0):
        return json.loads(self.assay("run", "--json", code=code).stdout)

    def sql(self, text):
        return json.loads(self.assay("sql", "--json", text).stdout)


def warnings_of(report, node):
    return [text for each in report["nodes"] if each["name"] == node for text in each.get("warnings", [])]


@unittest.skipUnless(BEACHES.is_file(), "the tests at beaches are not there")
class BeachesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.years = read_years()
        cls.counted = {name: spellings(data) for name, data in cls.years.items()}

    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.scratch = pathlib.Path(scratch.name)

    def test_year_by_year_and_all_at_once_are_one_version(self):
        self.assertEqual(len(self.years), 22)
        slowly = Project(self.scratch / "slowly")
        told = {}
        for name, data in self.years.items():
            slowly.add(name, data)
            report = slowly.run()
            told[name] = warnings_of(report, "labelled")
        at_once = Project(self.scratch / "at_once")
        for name, data in self.years.items():
            at_once.add(name, data)
        whole = at_once.run()
        self.assertEqual(report["datasets"][0]["version"], whole["datasets"][0]["version"])
        self.assertNotEqual(report["datasets"][0]["version"], "")

        # Each spelling is told in the year in which it comes up, and never again.
        def new_in(year):
            return [text for text in told[f"water-body-testing-{year}.csv"] if "the spelling" in text]

        sample = self.counted["water-body-testing-2019.csv"]
        self.assertEqual(new_in(2019), [
            "Violation: the load before did not have the spelling NO "
            f"({sample['NO']:,} cells, mapped to no)",
            f"Violation: the load before did not have the spelling YES ({sample['YES']:,} cells, mapped to yes)"])
        self.assertEqual([text.split("spelling ")[1].split(" ")[0] for text in new_in(2020)], ["No", "Yes"])
        self.assertEqual([text.split("spelling ")[1] for text in new_in(2003)], ["n/a (7 cells, unknown)"])
        for year in set(range(2002, 2024)) - {2003, 2019, 2020}:
            self.assertEqual(new_in(year), [], year)

        for project in (slowly, at_once):
            self.check_ledgers(project)

    def check_ledgers(self, project):
        everything = sum(self.counted.values(), collections.Counter())
        rows = project.sql('SELECT spelling, became, change, cells, "of" FROM "labelled.ledger"')
        self.assertEqual({row["spelling"]: row["cells"] for row in rows}, dict(everything))
        self.assertEqual({row["of"] for row in rows}, {sum(everything.values())})
        self.assertEqual({(row["spelling"], row["became"], row["change"]) for row in rows},
                         {("no", "no", "none"), ("yes", "yes", "none"), ("NO", "no", "mapped"),
                          ("YES", "yes", "mapped"), ("No", "no", "mapped"), ("Yes", "yes", "mapped"),
                          ("n/a", None, "unknown")})
        loads = project.sql('SELECT load, file, cells, type FROM "tests.ledger" '
                            "WHERE \"column\" = 'Violation' ORDER BY load")
        self.assertEqual([(row["file"], row["cells"]) for row in loads],
                         [(f"data/{name}", sum(counts.values())) for name, counts in self.counted.items()])
        self.assertEqual([row["load"] for row in loads], list(range(1, 23)))
        refused = project.sql('SELECT count(*) AS n FROM "labelled.refused"')
        self.assertEqual(refused[0]["n"], everything["n/a"])

    def test_a_taxonomy_refuses_spellings_that_it_does_not_know(self):
        project = Project(self.scratch / "project", FIRST_SPELLINGS)
        for name in ("water-body-testing-2018.csv", "water-body-testing-2021.csv"):
            project.add(name, self.years[name])
        project.run()
        counts = self.counted["water-body-testing-2021.csv"]
        refused = project.sql('SELECT "Violation" AS v, count(*) AS n FROM "labelled.refused" GROUP BY 1')
        self.assertEqual({row["v"]: row["n"] for row in refused}, dict(counts))
        rows = project.sql("SELECT spelling, cells FROM \"labelled.ledger\" WHERE change = 'unknown'")
        self.assertEqual({row["spelling"]: row["cells"] for row in rows}, dict(counts))

    def test_a_gate_holds_back_the_load_whose_spelling_changed(self):
        project = Project(self.scratch / "project",
                          checks=", {coercion: Violation, change: mapped, max: 1 %}")
        project.add("water-body-testing-2018.csv", self.years["water-body-testing-2018.csv"])
        project.run()
        project.add("water-body-testing-2019.csv", self.years["water-body-testing-2019.csv"])
        report = project.run(code=1)
        gate = next(node for node in report["nodes"] if node["name"] == "checked")
        self.assertEqual(gate["verdict"], "fail")
        finding = next(check for check in gate["checks"] if check["kind"] == "coercion")
        of = sum(sum(self.counted[f"water-body-testing-{year}.csv"].values()) for year in (2018, 2019))
        mapped = sum(self.counted["water-body-testing-2019.csv"].values())
        self.assertEqual(finding["observed"], f"{100 * mapped / of:.4g} %")


if __name__ == "__main__":
    unittest.main()
