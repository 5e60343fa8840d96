"""Excel workbooks of two other writers and of the real world, compared cell by cell with openpyxl."""

import datetime
import json
import os
import pathlib
import random
import shutil
import subprocess
import tempfile
import unittest
import warnings

import openpyxl
import openpyxl.utils.datetime
import xlsxwriter

PROGRAM = pathlib.Path(os.environ["ASSAY"]).resolve()
# Beside the project, where it is; nothing of it is in the project.
REAL = pathlib.Path(__file__).resolve().parents[3] / "shared/cases/kramabench/files"
FIRST_DAY = datetime.date(1904, 1, 2)


def text_of(value):
    """Return a value as Assay gives it in a column of text."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    if isinstance(value, (datetime.datetime, datetime.time)):
        text = value.isoformat(" ") if isinstance(value, datetime.datetime) else value.isoformat()
        return text.rstrip("0") if value.microsecond else text
    return str(value)


def same(ours, theirs):
    """Whether a text of ours is a value of theirs; numbers by value, since 1e+20 is 1E20."""
    if theirs is None or theirs == "":
        return ours is None
    if isinstance(theirs, (int, float)) and not isinstance(theirs, bool):
        return ours is not None and float(ours) == float(theirs)
    return ours == text_of(theirs)


class Excel(unittest.TestCase):
    def setUp(self):
        warnings.simplefilter("ignore")
        folder = tempfile.TemporaryDirectory(prefix="assay-excel-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.random = random.Random(4)

    def rows_of(self, path, sheet, columns):
        """Return the rows of a sheet without a header, all cells as text."""
        types = ", ".join(f"column{i:0{len(str(columns - 1))}}: VARCHAR" for i in columns_of(path, sheet))
        (self.folder / "assay.yaml").write_text(
            "format: 1\nproject: excel\nsources:\n  s: {files: a.xlsx, sheets: "
            f"[{json.dumps(sheet)}], header: false, blank_rows: keep, columns: {{{types}}}}}\n")
        if path != self.folder / "a.xlsx":
            (self.folder / "a.xlsx").unlink(missing_ok=True)
            shutil.copyfile(path, self.folder / "a.xlsx")
        run = subprocess.run([PROGRAM, "run"], cwd=self.folder, text=True, capture_output=True)
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertNotIn("refused", run.stdout)
        shown = subprocess.run([PROGRAM, "sql", "SELECT * FROM s", "--json", "--limit", "0"], cwd=self.folder,
                               text=True, capture_output=True, check=True)
        return [list(row.values()) for row in json.loads(shown.stdout)]

    def compare(self, path):
        """Compare all sheets of a workbook; return how many cells were."""
        compared = 0
        book = openpyxl.load_workbook(path, data_only=True)
        for sheet in book.worksheets:
            rows = list(sheet.iter_rows(values_only=True))
            used = [i for i in range(sheet.max_column) if any(row[i] not in (None, "") for row in rows)]
            filled = [i for i, row in enumerate(rows) if any(v not in (None, "") for v in row)]
            if not filled:
                continue
            expected = [[row[i] for i in used] for row in rows[filled[0]:filled[-1] + 1]]
            ours = self.rows_of(path, sheet.title, used[-1] - used[0] + 1)
            self.assertEqual(len(ours), len(expected), sheet.title)
            for number, (our, their) in enumerate(zip(ours, expected)):
                for column, (a, b) in enumerate(zip(our, their, strict=True)):
                    self.assertTrue(same(a, b), f"{path.name} {sheet.title} row {filled[0] + number + 1} "
                                    f"column {used[column] + 1}: {a!r}, {b!r}")
                    compared += 1
        return compared

    def values(self):
        choice, integer = self.random.choice, self.random.randint
        day = FIRST_DAY + datetime.timedelta(days=integer(0, 60000))
        moment = datetime.datetime.combine(day, datetime.time(integer(1, 23), integer(0, 59)))
        return [choice([integer(-10**9, 10**9), self.random.random() * 10.0**integer(-20, 20), 1e300, 0]),
                choice(["text", " lead", "a\nb", "ü€😀", "<&>\"'", "x" * 300, "tab\there", "1", "TRUE"]),
                choice([True, False, None]), moment + datetime.timedelta(milliseconds=integer(0, 999)),
                day, datetime.time(integer(0, 23), integer(0, 59), integer(0, 59)),
                choice([None, 5, "mixed", 2.5, True])]

    def test_workbooks_of_openpyxl(self):
        for epoch in (openpyxl.utils.datetime.WINDOWS_EPOCH, openpyxl.utils.datetime.MAC_EPOCH):
            with self.subTest(epoch=epoch):
                book = openpyxl.Workbook()
                book.epoch = epoch
                book.active.append([None])
                for _ in range(200):
                    book.active.append(self.values())
                other = book.create_sheet("far away")
                other["C7"], other["E9"] = "first", 3.5
                book.create_sheet("empty")
                book.save(self.folder / "a.xlsx")
                self.assertGreater(self.compare(self.folder / "a.xlsx"), 1400)

    def test_workbooks_of_xlsxwriter(self):
        # Texts are shared, or stand in the cells where its memory is constant.
        for options in ({}, {"constant_memory": True}, {"date_1904": True}):
            with self.subTest(options=options):
                book = xlsxwriter.Workbook(self.folder / "a.xlsx", options)
                sheet = book.add_worksheet()
                formats = {name: book.add_format({"num_format": name})
                           for name in ("yyyy-mm-dd hh:mm:ss.000", "d/m/yy", "hh:mm:ss", "0.00%")}
                for row in range(200):
                    for column, value in enumerate(self.values()):
                        if isinstance(value, datetime.datetime):
                            sheet.write_datetime(row, column, value, formats["yyyy-mm-dd hh:mm:ss.000"])
                        elif isinstance(value, datetime.date):
                            sheet.write_datetime(row, column, value, formats["d/m/yy"])
                        elif isinstance(value, datetime.time):
                            sheet.write_datetime(row, column, value, formats["hh:mm:ss"])
                        elif isinstance(value, str):
                            sheet.write_string(row, column, value)
                        elif value is not None:
                            sheet.write(row, column, value)
                    sheet.write_formula(row, 7, "=A1*2", formats["0.00%"], row * 2)
                sheet.write_rich_string(200, 1, "plain ", book.add_format({"bold": True}), "bold")
                book.close()
                self.assertGreater(self.compare(self.folder / "a.xlsx"), 1400)

    def test_cells_are_filled_as_they_are_merged(self):
        book = openpyxl.Workbook()
        sheet = book.active
        sheet.append(["state", "city", "n"])
        expected, row = [], 2
        while row < 200:
            height, width = self.random.randint(1, 4), self.random.randint(1, 2)
            for i in range(height):
                sheet.cell(row + i, 3, row + i)
                if width == 1:
                    sheet.cell(row + i, 2, f"city {row + i}")
                expected.append([f"state {row}", f"state {row}" if width == 2 else f"city {row + i}",
                                 row + i])
            sheet.cell(row, 1, f"state {row}")
            if height * width > 1:
                sheet.merge_cells(start_row=row, start_column=1, end_row=row + height - 1, end_column=width)
            row += height
        book.save(self.folder / "a.xlsx")
        (self.folder / "assay.yaml").write_text(
            "format: 1\nproject: excel\nsources:\n  s: {files: a.xlsx, merged_cells: fill}\n")
        subprocess.run([PROGRAM, "run"], cwd=self.folder, capture_output=True, check=True)
        shown = subprocess.run([PROGRAM, "sql", "SELECT * FROM s", "--json", "--limit", "0"], cwd=self.folder,
                               text=True, capture_output=True, check=True)
        self.assertEqual([[row["state"], row["city"], row["n"]] for row in json.loads(shown.stdout)],
                         expected)

    @unittest.skipUnless(REAL.is_dir(), "the files are beside the project, and not there")
    def test_workbooks_of_the_real_world(self):
        files = sorted(REAL.rglob("*.xlsx"))
        self.assertGreater(len(files), 2)
        self.assertGreater(sum(self.compare(path) for path in files), 100_000)


def columns_of(path, sheet):
    """Return the places of a sheet's columns that hold anything, counted from the first of them."""
    rows = list(openpyxl.load_workbook(path, data_only=True)[sheet].iter_rows(values_only=True))
    used = [i for i in range(len(rows[0])) if any(row[i] not in (None, "") for row in rows)]
    return [i - used[0] for i in used]


if __name__ == "__main__":
    unittest.main()
