"""Text files as people and programs leave them, read with declared options alone, beside readings of
Python's csv module and of pandas. The real files are those of ../shared/cases/kramabench; what needs them is
skipped where they are absent."""

import codecs
import csv
import datetime
import decimal
import io
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import tempfile
import unittest

import pandas
import yaml

PROGRAM = pathlib.Path(os.environ["ASSAY"]).resolve()
SHARED = pathlib.Path(os.environ.get("ASSAY_SHARED", pathlib.Path(__file__).resolve().parents[3] / "shared"))
FILES = SHARED / "cases/kramabench/files"
REPORTS = "legal/csn-data-book-2024-csv/CSVs"

PROJECT = f"""
format: 1
project: messy
sources:
  report_count:
    files: {REPORTS}/2024_CSN_Report_Count.csv
    skip: 2
    drop_footer: blank
    columns: {{"# of Reports": {{type: int64, read: number}}}}
  categories:
    files: {REPORTS}/2024_CSN_Report_Categories.csv
    encoding: windows-1252
    skip: "Rank,*"
    drop_footer: blank
    trim: true
    columns:
      "# of Reports": {{type: int64, read: number}}
      Percentage: {{type: "decimal(5,2)", read: percent}}
  categories_notes:
    files: {REPORTS}/2024_CSN_Report_Categories.csv
    encoding: detect
    header: false
    names: [rank, category, reports, percentage]
  by_age:
    files: {REPORTS}/2024_CSN_Identity_Theft_Reports_by_Age.csv
    skip: 2
    drop_footer: 4
    columns: {{"# of Reports": {{read: number}}}}
  areas:
    files: "{REPORTS}/State MSA Identity Theft data/*.csv"
    skip: 2
    drop_footer: blank
    file_column: file
    columns: {{"# of Reports": {{type: int64, read: number}}}}
"""
for table in ("Status", "Branch", "Rank"):
    PROJECT += f"""
  military_{table.lower()}:
    files: "{REPORTS}/2024_CSN_Fraud, Identity Theft, and Other Reports by Military Consumers.csv"
    table_header: [Military {table}]
    columns:
      "# of Reports": {{type: int64, read: number}}
      "# of Fraud Reports": {{type: int64, read: number}}
      "% Reporting Fraud Loss": {{type: "decimal(5,2)", read: fraction}}
      Total Fraud Loss: {{type: int64, read: money}}
      Median Fraud Loss: {{type: "decimal(12,2)", read: money}}
"""
PROJECT += """
  waters: {files: environment/water-body-testing-2023.csv, columns: {Violation: string, Sample Date: string}}
  justice: {files: environment/environmental-justice-populations.csv}
  beach:
    files: environment/pleasure_bay_and_castle_island_beach_datasheet.csv
    skip: 1
    header_rows: 2
    unpivot: [place]
    columns: {Date: {type: date, format: "%B %d, %Y"}, Enterococcus: {type: int64, read: number}}
  rain:
    files: environment/monthly_precipitations_*.csv
    drop_footer: "Mean,*"
    nulls: ["", M]
    file_column: file
  acres: {kind: tsv, files: wildfire/nifc_human_caused_acres.csv, nulls: ["", N/A], thousands: ","}
  costs:
    files: wildfire/nifc_suppression_costs.csv
    delimiter: detect
    thousands: ","
    columns:
      Forest Service: {type: int64, read: money}
      DOI Agencies: {type: int64, read: money}
      Total: {type: int64, read: money}
  kp:
    kind: fixed_width
    files: astronomy/geomag_forecast/*.txt
    table_title: "NOAA Kp index forecast*"
    starts: [1, 14, 24, 34]
    header: true
    names: [hours, first, second, third]
    file_column: file
"""


def read_csv(path, encoding="utf-8", **options):
    with open(FILES / path, encoding=encoding, newline="") as file:
        return list(csv.reader(file, **options))


def whole(text):
    return int(re.sub(r"[^0-9-]", "", text))


def money(text):
    text = text.strip()
    power = {"K": 1000, "M": 10**6, "B": 10**9}.get(text[-1], 1)
    return decimal.Decimal(re.sub(r"[^0-9.]", "", text)) * power


def value(text):
    return None if text == "" else decimal.Decimal(text)


def typed(rows):
    """Columns as numbers where all of their cells are one; what begins with a zero is a code."""
    number = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")
    columns = []
    for column in zip(*rows):
        is_number = all(cell == "" or number.fullmatch(cell) for cell in column)
        columns.append([value(cell) if is_number else cell or None for cell in column])
    return list(zip(*columns))


def canonical(cell):
    if cell is None or isinstance(cell, str):
        return cell
    return f"{decimal.Decimal(str(cell)).normalize():f}"


class Project(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def assay(self, *arguments):
        done = subprocess.run([PROGRAM, "--project", self.folder, *arguments], capture_output=True, text=True,
                              check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def check(self, source, columns, expected, numbers=()):
        """The rows of a source, in any order; `numbers` are columns that are so written as decimals."""
        text = self.assay("sql", f"SELECT * FROM {source}", "--json", "--limit", "100000")
        rows = json.loads(text, parse_float=decimal.Decimal)
        rows = rows["rows"] if isinstance(rows, dict) else rows
        self.assertEqual(sorted(rows[0]), sorted(columns), source)
        found = [tuple(canonical(decimal.Decimal(row[name]) if name in numbers and row[name] is not None
                                 else row[name]) for name in columns) for row in rows]
        wanted = [tuple(map(canonical, row)) for row in expected]
        order = repr
        self.assertEqual(sorted(found, key=order), sorted(wanted, key=order), source)


@unittest.skipUnless(FILES.is_dir(), f"there is no {FILES}")
class RealFiles(Project):
    def test_each_is_a_right_table(self):
        for folder in FILES.iterdir():
            shutil.copytree(folder, self.folder / folder.name)
        (self.folder / "assay.yaml").write_text(PROJECT)
        self.assay("run")

        rows = read_csv(f"{REPORTS}/2024_CSN_Report_Count.csv")
        self.check("report_count", ["Year", "# of Reports"], [(int(r[0]), whole(r[1])) for r in rows[3:27]])
        rows = read_csv(f"{REPORTS}/2024_CSN_Report_Categories.csv", "cp1252")
        self.assertTrue(rows[33][0].startswith("Percentages"))
        self.check("categories", ["Rank", "Category", "# of Reports", "Percentage"],
                   [(int(r[0]), r[1], whole(r[2]), decimal.Decimal(r[3][:-1])) for r in rows[3:32]],
                   ["Percentage"])
        self.assertIn("\u201cOther Misc.\u201d", rows[33][0])
        self.check("categories_notes", ["rank", "category", "reports", "percentage"],
                   [tuple(cell or None for cell in r) for r in rows])
        rows = read_csv(f"{REPORTS}/2024_CSN_Identity_Theft_Reports_by_Age.csv")
        self.check("by_age", ["Age Range", "# of Reports"], [(r[0], whole(r[1])) for r in rows[3:11]])

        wanted = []
        for path in sorted((FILES / REPORTS / "State MSA Identity Theft data").glob("*.csv")):
            name = path.relative_to(FILES).as_posix()
            wanted += [(r[0], whole(r[1]), name) for r in read_csv(name)[3:] if r[1]]
        self.assertEqual(len({row[2] for row in wanted}), 52)
        self.check("areas", ["Metropolitan Area", "# of Reports", "file"], wanted)

        rows = read_csv(f"{REPORTS}/2024_CSN_Fraud, Identity Theft, and Other Reports by Military Consumers.csv")
        for table in ("Status", "Branch", "Rank"):
            first = next(i for i, r in enumerate(rows) if r[0] == f"Military {table}")
            last = next(i for i in range(first, len(rows)) if not any(rows[i]))
            self.check(f"military_{table.lower()}", rows[first],
                       [(r[0], whole(r[1]), whole(r[2]), decimal.Decimal(whole(r[3])) / 100, money(r[4]), money(r[5]))
                        for r in rows[first + 1:last]], rows[first][3:])

        rows = read_csv("environment/environmental-justice-populations.csv")
        self.check("justice", rows[0], typed(rows[1:]))
        rows = read_csv("environment/water-body-testing-2023.csv")
        self.check("waters", rows[0], typed(rows[1:]))

        rows = read_csv("environment/pleasure_bay_and_castle_island_beach_datasheet.csv")
        wanted = []
        for r in rows[3:]:
            day = datetime.datetime.strptime(r[0], "%B %d, %Y").date().isoformat()
            for at in (4, 6, 8):
                wanted.append((day, *map(value, r[1:4]), rows[1][at], r[at] or None, value(r[at + 1].replace(",", ""))))
        self.check("beach", ["Date", "1-Day Rain", "2-Day Rain", "3-Day Rain", "place", "Tag", "Enterococcus"], wanted)

        wanted = []
        for path in sorted((FILES / "environment").glob("monthly_precipitations_*.csv")):
            name = path.relative_to(FILES).as_posix()
            rows = read_csv(name)
            wanted += [(*(None if cell == "M" else value(cell) for cell in r), name)
                       for r in rows[1:] if r[0].isdigit()]
        self.check("rain", [*rows[0], "file"], wanted)

        rows = read_csv("wildfire/nifc_human_caused_acres.csv", delimiter="\t")
        self.check("acres", rows[0], [tuple(None if c == "N/A" else whole(c) for c in r) for r in rows[1:]])
        rows = read_csv("wildfire/nifc_suppression_costs.csv", delimiter="\t")
        self.check("costs", rows[0], [tuple(map(whole, r)) for r in rows[1:]])

        wanted = []
        for path in sorted((FILES / "astronomy/geomag_forecast").glob("*.txt")):
            lines = path.read_text().splitlines()
            first = next(i for i, line in enumerate(lines) if line.startswith("NOAA Kp index forecast"))
            for line in lines[first + 2:]:
                hours, *days = line.split()
                wanted.append((hours, *map(decimal.Decimal, days), path.relative_to(FILES).as_posix()))
        self.check("kp", ["hours", "first", "second", "third", "file"], wanted)
        self.assertEqual(len(wanted), 40)

    def test_all_delimited_files_are_looked_at(self):
        seen = set()
        for source in yaml.safe_load(PROJECT)["sources"].values():
            seen |= set(FILES.glob(source["files"]))
        there = {path for path in FILES.rglob("*") if path.suffix in (".csv", ".txt")}
        self.assertEqual(there - seen, set())


class BesidePandas(Project):
    def run_project(self, sources):
        (self.folder / "assay.yaml").write_text("format: 1\nproject: messy\nsources:\n" + sources)
        self.assay("run")

    def rows_of(self, frame):
        return [tuple(None if pandas.isna(cell) else cell.item() if hasattr(cell, "item") else cell for cell in row)
                for row in frame.itertuples(index=False)]

    def test_delimited(self):
        draw = random.Random(3)
        out = io.StringIO(newline="")
        out.write("Bericht \u201eA\u201c\r\n\r\n")
        writer = csv.writer(out, delimiter=";")
        writer.writerow(["id", "betrag", "wort", "n"])
        for i in range(500):
            amount = draw.randrange(-10**9, 10**9) / 100
            text = f"{amount:,.2f}".replace(",", "_").replace(".", ",").replace("_", ".")
            word = "".join(draw.choice("ab;\"\n\u20ac\u00e9 ") for _ in range(5))
            writer.writerow([i, "k.A." if draw.random() < 0.1 else text, f"w{word}w", f"{draw.randrange(10**7):,}".replace(",", ".")])
        out.write("Summe;1;;\r\nQuelle: x;;;\r\n")
        path = self.folder / "a.csv"
        path.write_bytes(codecs.encode(out.getvalue(), "cp1252"))
        self.run_project("""  a: {files: a.csv, encoding: cp1252, delimiter: ";", skip: 2, drop_footer: 2, decimal: ",",
      columns: {betrag: {type: float64, nulls: [k.A.]}}}\n""")
        frame = pandas.read_csv(path, sep=";", encoding="cp1252", skiprows=2, skipfooter=2, decimal=",", thousands=".",
                                na_values={"betrag": ["k.A."]}, keep_default_na=False, engine="python")
        self.check("a", list(frame), self.rows_of(frame))

    def test_utf_16(self):
        text = "a\tb\r\n1\t\"x\r\ny \U0001f600\"\r\n2\tz\r\n"
        path = self.folder / "a.csv"
        path.write_bytes(codecs.BOM_UTF16_LE + text.encode("utf-16-le"))
        self.run_project("  a: {files: a.csv, encoding: utf-16, delimiter: \"\\t\"}\n")
        frame = pandas.read_csv(path, sep="\t", encoding="utf-16")
        self.check("a", list(frame), self.rows_of(frame))

    def test_fixed_width(self):
        draw = random.Random(4)
        widths = [5, 12, 9, 3]
        lines = ["id   name        amount   n  "]
        for i in range(300):
            cells = [str(i), "".join(draw.choice("abc \u00e9") for _ in range(draw.randrange(1, 12))).strip() or "x",
                     f"{draw.randrange(10**6) / 100:.2f}", str(draw.randrange(100)) if draw.random() < 0.8 else ""]
            line = "".join(cell.rjust(w) if draw.random() < 0.5 else cell.ljust(w) for cell, w in zip(cells, widths))
            lines.append(line.rstrip() if draw.random() < 0.5 else line)
        path = self.folder / "a.txt"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        self.run_project("  a: {kind: fixed_width, files: a.txt, widths: [5, 12, 9, 3], header: true}\n")
        frame = pandas.read_fwf(path, widths=widths, encoding="utf-8", keep_default_na=False, na_values={"n": [""]})
        self.check("a", list(frame), self.rows_of(frame))


if __name__ == "__main__":
    unittest.main()
