"""What the examples of the kinds of sources read, and what they must be read as.

FILES has the files that an example names; SOURCES a query over the source, there called `example`, and
the JSON that it gives.
"""

import io
import pathlib
import sqlite3
import tempfile
import zipfile


def workbook(sheets):
    """Return an Excel workbook: {sheet: rows of texts and numbers}."""
    def cell(value):
        if value is None:
            return "<c/>"
        if isinstance(value, str):
            return f'<c t="inlineStr"><is><t>{value}</t></is></c>'
        return f"<c><v>{value}</v></c>"

    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    numbers = range(1, len(sheets) + 1)
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
        + "".join(f'<Override PartName="/xl/worksheets/sheet{n}.xml" '
                  f'ContentType="{kind}.worksheet+xml"/>' for n in numbers) + "</Types>",
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" '
                       f'Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>'
        + "".join(f'<sheet name="{name}" sheetId="{n}" r:id="r{n}"/>' for n, name in zip(numbers, sheets))
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">'
        + "".join(f'<Relationship Id="r{n}" Type="{office}/worksheet" Target="worksheets/sheet{n}.xml"/>'
                  for n in numbers) + "</Relationships>",
    }
    for n, rows in zip(numbers, sheets.values()):
        parts[f"xl/worksheets/sheet{n}.xml"] = (
            f'<worksheet xmlns="{main}"><sheetData>'
            + "".join(f'<row r="{r}">{"".join(map(cell, row))}</row>' for r, row in enumerate(rows, 1))
            + "</sheetData></worksheet>")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, '<?xml version="1.0" encoding="UTF-8"?>' + text)
    return packed.getvalue()


def sqlite_file(*statements):
    """Return a SQLite file that these statements make."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "made.sqlite")
        database = sqlite3.connect(path)
        for statement in statements:
            database.execute(statement)
        database.commit()
        database.close()
        return path.read_bytes()


def jpeg(width, height):
    """Return the parts of a JPEG file; its pixels are not decoded."""
    def part(mark, content):
        return bytes([0xFF, mark]) + (len(content) + 2).to_bytes(2, "big") + content

    frame = bytes([8]) + height.to_bytes(2, "big") + width.to_bytes(2, "big") + bytes(
        [3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0])
    scan = bytes([3, 1, 0, 2, 0, 3, 0, 0, 63, 0])
    return (b"\xFF\xD8" + part(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0") + part(0xDB, bytes([0] + [1] * 64))
            + part(0xC0, frame) + part(0xC4, bytes([0] + [1] + [0] * 15 + [0])) + part(0xDA, scan)
            + b"\x3F\xFF\xD9")


def sales(year):
    return [["Sales"], [str(year)], ["store", "amount"], ["a", 1.5], ["b", 2], ["Total", 3.5]]


def mail(sender, subject, body):
    return (f"From: {sender}\nTo: ana@example.org\nSubject: {subject}\n"
            f"Date: Mon, 1 Jan 2001 10:00:00 +0100\n\n{body}\n")


FILES = {
    "csv": {"data/airports.csv": "iata,city,state\nSFO,San Francisco,CA\nMEX,Mexico City,NA\nXXX,,\n",
            "data/reports-1.csv": "Report\n2001\nshop,amount,share\nZ\u00fcrich,\"$1,234.50\",17.5%\nBern,N/A,\n\n"
                                  "Source: shops\n".encode("windows-1252")},
    "json": {"data/answers.json": '{"data": {"rows": [{"id": 1, "label": "ok"}, {"id": 2}]}}\n'},
    "parquet": {"data/flights-1.parquet": "PARQUET", "data/flights-2.parquet": "PARQUET"},
    "text": {"mails/ham/1": "Hello\n", "mails/ham/2": "Gr\u00fc\u00dfe\n".encode("windows-1252"),
             "mails/spam/1": "\u20ac 1,000,000\n",
             "logs/access-1.log": '::1 [2001-02-03] "GET /" 200 17\n::2 [2001-02-04] "POST /a" 404 -\n',
             "quiz/one.quiz": "#Q Who\nwas it?\n^ B\nA one\nB two\n\n"},
    "tsv": {"data/words.tsv": 'word\tmeaning\n"\tquotation mark\n\'\tapostrophe\n'},
    "fixed_width": {"data/stations.txt":
                    "".join(f"{name:<11}{lat:>9}{lon:>10}{height:>7}\n" for name, lat, lon, height in
                            (("ACW00011604", "17.1167", "-61.7833", "10.1"),
                             ("AE000041196", "25.3330", "55.5170", "-999.9")))},
    "html": {"pages/cities-1.html":
             "<!DOCTYPE html><html><head><meta charset=utf-8><title>t</title></head><body>"
             "<table><tr><th>Other</th></tr><tr><td>1</td></tr></table>"
             "<table><tr><th>City</th><th>Population</th></tr><tr><td>Bern<sup class=reference>[1]</sup></td>"
             "<td>134000</td></tr><tr><td>Thun</td><td>n/a</td></tr></table></body></html>"},
    "xml": {"annotations/1.xml":
            "<annotation><filename>1.jpg</filename><size><width>640</width><height>480</height></size>"
            "<object><name>dog</name><bndbox><xmin>1</xmin><ymin>2</ymin><xmax>30</xmax><ymax>40</ymax>"
            "</bndbox></object><object><name>cat</name><bndbox><xmin>5</xmin><ymin>6</ymin>"
            "<xmax>70</xmax><ymax>80</ymax></bndbox></object></annotation>"},
    "email": {"mails/ham/1": mail("bo@example.org", "lunch", "At noon?"),
              "mails/spam/1": mail("win@example.org", "=?utf-8?q?=E2=82=AC_1?=", "Now!")},
    "excel": {"data/sales-all.xlsx": workbook({"2023": sales(2023), "2024": sales(2024),
                                               "notes": [["none of this"]]})},
    "coco": {"annotations/instances_1.json":
             '{"images": [{"id": 1, "file_name": "1.jpg", "width": 640, "height": 480}], '
             '"categories": [{"id": 7, "name": "dog"}], "annotations": [{"id": 3, "image_id": 1, '
             '"category_id": 7, "bbox": [10, 20, 30.5, 40], "area": 1220, "iscrowd": 0}]}'},
    "yolo": {"labels/1.txt": "0 0.5 0.5 0.25 0.5\n", "data.yaml": "names: [dog, cat]\n",
             "images/1.jpg": jpeg(640, 480)},
    "images": {"photos/dogs/1.jpg": jpeg(640, 480), "photos/cats/2.jpg": jpeg(32, 64)},
    "sqlite": {"data/shop.sqlite": sqlite_file(
        "CREATE TABLE orders (id INTEGER PRIMARY KEY, placed DATE, amount DECIMAL(10, 2))",
        "INSERT INTO orders VALUES (1, '2024-02-29', 12.5), (2, NULL, 3)")},
}
SOURCES = {
    "csv": ("SELECT [list([iata, city, state] ORDER BY iata), (SELECT list([shop, amount::VARCHAR, share::VARCHAR] "
            "ORDER BY shop) FROM reports)] FROM example",
            [[["MEX", "Mexico City", None], ["SFO", "San Francisco", "CA"], ["XXX", None, None]],
             [["Bern", None, None], ["Z\u00fcrich", "1234.50", "17.5"]]]),
    "json": ("SELECT list([id::VARCHAR, label] ORDER BY id) FROM example",
             [["1", "ok"], ["2", None]]),
    # Twice the file of three flights that PARQUET stands for.
    "parquet": ("SELECT list(distance ORDER BY distance) FROM example",
                [350, 350, 1200, 1200, 2700, 2700]),
    "text": ("SELECT [(SELECT list([folder, name, text, encoding] ORDER BY file) FROM example), "
             "(SELECT list([address, day::VARCHAR, method, path, status::VARCHAR, size::VARCHAR] ORDER BY line) "
             "FROM requests), (SELECT list([question, answer, choices, line::VARCHAR]) FROM questions)]",
             [[["ham", "1", "Hello\n", "utf-8"], ["ham", "2", "Gr\u00fc\u00dfe\n", "windows-1252"],
              ["spam", "1", "\u20ac 1,000,000\n", "utf-8"]],
              [["::1", "2001-02-03", "GET", "/", "200", "17"], ["::2", "2001-02-04", "POST", "/a", "404", None]],
              [["Who\nwas it?", "B", '["one","two"]', "1"]]]),
    "tsv": ("SELECT list([word, meaning] ORDER BY meaning) FROM example",
            [["'", "apostrophe"], ['"', "quotation mark"]]),
    "fixed_width": ("SELECT list([id, latitude::VARCHAR, elevation::VARCHAR] ORDER BY id) FROM example",
                    [["ACW00011604", "17.1167", "10.1"], ["AE000041196", "25.333", None]]),
    "html": ("SELECT list([City, Population::VARCHAR] ORDER BY City) FROM example",
             [["Bern", "134000"], ["Thun", None]]),
    "xml": ("SELECT list([image, label, width::VARCHAR, xmin::VARCHAR, xmax::VARCHAR] ORDER BY label) "
            "FROM example", [["1.jpg", "cat", "640", "5", "70"], ["1.jpg", "dog", "640", "1", "30"]]),
    "email": ('SELECT list(["from", subject, rtrim(body, chr(10)), strftime(date, \'%H:%M\'), file] '
              "ORDER BY file) FROM example",
              [["bo@example.org", "lunch", "At noon?", "09:00", "mails/ham/1"],
               ["win@example.org", "\u20ac 1", "Now!", "09:00", "mails/spam/1"]]),
    "excel": ("SELECT list([year::VARCHAR, store, amount::VARCHAR] ORDER BY year, store) FROM example",
              [["2023", "a", "1.5"], ["2023", "b", "2.0"], ["2024", "a", "1.5"], ["2024", "b", "2.0"]]),
    "coco": ("SELECT list([image, category, x_min::VARCHAR, x_max::VARCHAR, y_max::VARCHAR]) FROM example",
             [["1.jpg", "dog", "10.0", "40.5", "60.0"]]),
    "yolo": ("SELECT list([class, x_min::INTEGER::VARCHAR, x_max::INTEGER::VARCHAR, "
             "y_min::INTEGER::VARCHAR]) FROM example", [["dog", "240", "400", "120"]]),
    "images": ("SELECT list([folder, format, width::VARCHAR, height::VARCHAR] ORDER BY folder) "
               "FROM example", [["cats", "jpeg", "32", "64"], ["dogs", "jpeg", "640", "480"]]),
    "sqlite": ("SELECT list([id::VARCHAR, placed::VARCHAR, amount::VARCHAR] ORDER BY id) FROM example",
               [["1", "2024-02-29", "12.5"], ["2", None, "3.0"]]),
}

# What the examples of databases find on a server, made by these statements, and the answer.
DATABASES = {
    "postgres": (["CREATE SCHEMA shop",
                  "CREATE TABLE shop.orders (id bigint PRIMARY KEY, amount numeric(10, 2))",
                  "INSERT INTO shop.orders VALUES (1, 12.50), (2, NULL)"],
                 ("SELECT list([id::VARCHAR, amount::VARCHAR] ORDER BY id) FROM example",
                  [["1", "12.50"], ["2", None]])),
    "mysql": (["CREATE TABLE orders (id BIGINT PRIMARY KEY, placed_at DATETIME, amount DECIMAL(10, 2))",
               "INSERT INTO orders VALUES (1, '2024-02-29 12:00:00', 12.50), (2, NULL, 0)"],
              ("SELECT list([id::VARCHAR, placed_at::VARCHAR, amount::VARCHAR]) FROM example",
               [["1", "2024-02-29 12:00:00", "12.50"]])),
}

# What the examples of APIs ask: the host that they name, what stands in the environment (all of it is sent
# as `Authorization: Bearer`), the answer to each path with its query, and what is read of them.
APIS = {
    "http": ("https://api.example.org", {"ORDERS_TOKEN": "token-of-the-orders"},
             {"/v1/orders": {"data": [{"id": 1, "placed_at": "2024-02-29T12:00:00Z"},
                                      {"id": 2, "placed_at": "2024-03-01T00:00:00+01:00"}],
                             "links": {"next": "/v1/orders?after=2"}},
              "/v1/orders?after=2": {"data": [{"id": 3, "placed_at": None}], "links": {"next": None}}},
             ("SELECT list([id::VARCHAR, epoch(placed_at)::BIGINT::VARCHAR] ORDER BY id) FROM example",
              [["1", "1709208000"], ["2", "1709247600"], ["3", None]])),
}
