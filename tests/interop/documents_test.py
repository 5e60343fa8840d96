"""XML, web pages and e-mails, read by the program and by Python's own and others' readers: the same
rows."""

import email
import email.errors
import email.header
import email.policy
import email.utils
import io
import json
import os
import pathlib
import quopri
import random
import re
import subprocess
import tarfile
import tempfile
import unittest
import xml.etree.ElementTree

PROGRAM = pathlib.Path(os.environ["ASSAY"]).resolve()
CACHE = pathlib.Path(os.environ.get("ASSAY_CACHE", ""))
# Beside the project, where it is; nothing of it is in the project.
BOXES = pathlib.Path(__file__).resolve().parents[3] / "shared/data/img_bccd/img_bccd.tar.gz"


class Project:
    """A project of one source in a folder of its own, until `close`."""

    def __init__(self, source):
        self.held = tempfile.TemporaryDirectory(prefix="assay-documents-")
        self.folder = pathlib.Path(self.held.name)
        (self.folder / "assay.yaml").write_text(
            "format: 1\nproject: documents\nsources:\n  src: " + json.dumps(source) + "\n")

    def close(self):
        self.held.cleanup()

    def run(self, *words):
        return subprocess.run([PROGRAM, *words], cwd=self.folder, capture_output=True, text=True)

    def rows(self, select="SELECT * FROM src"):
        """Run, and return the rows of a query as dicts, null as None."""
        done = self.run("run")
        if done.returncode != 0:
            raise AssertionError(done.stderr)
        return self.query(select)

    def query(self, select):
        shown = self.run("sql", select, "--json", "--limit", "0")
        if shown.returncode != 0:
            raise AssertionError(shown.stderr)
        return json.loads(shown.stdout)


def text_of(element):
    return "".join(element.itertext()).strip(" \t\r\n") if element is not None else None


class Xml(unittest.TestCase):
    def test_boxes_of_images(self):
        if not BOXES.exists():
            self.skipTest(f"{BOXES} is not there")
        paths = {"image": "../filename", "width": "../size/width", "height": "../size/height",
                 "label": "name", "xmin": "bndbox/xmin", "ymin": "bndbox/ymin",
                 "xmax": "bndbox/xmax", "ymax": "bndbox/ymax"}
        project = Project({"files": "data/*.xml", "rows": "object", "paths": paths})
        self.addCleanup(project.close)
        expected = []
        (project.folder / "data").mkdir()
        with tarfile.open(BOXES) as packed:
            for member in sorted(packed.getnames()):
                if not member.endswith(".xml"):
                    continue
                content = packed.extractfile(member).read()
                (project.folder / "data" / pathlib.Path(member).name).write_bytes(content)
                root = xml.etree.ElementTree.fromstring(content)
                for box in root.findall("object"):
                    row = {"image": root.findtext("filename"), "label": box.findtext("name")}
                    for name in ("width", "height"):
                        row[name] = int(root.findtext("size/" + name))
                    for name in ("xmin", "ymin", "xmax", "ymax"):
                        row[name] = int(box.findtext("bndbox/" + name))
                    expected.append(row)
        found = project.rows()
        self.assertEqual(len(found), 4888)
        self.assertEqual(found, expected)
        empty = [row for row in found
                 if row["xmin"] >= row["xmax"] or row["ymin"] >= row["ymax"]]
        self.assertEqual(len(empty), 2)

    def test_documents_made_at_random(self):
        seed = random.randrange(1 << 32)
        rng = random.Random(seed)

        def element(name, depth):
            attributes = "".join(f" {key}='{rng.randrange(100)}'" for key in "kl"
                                 if rng.random() < 0.3)
            content = ""
            for _ in range(rng.randrange(4) if depth < 5 else 0):
                content += rng.choice(["", " ", "x", "é&amp;", "<![CDATA[<]]>", "&#8364;", "\n"])
                content += element(rng.choice("abcd"), depth + 1)
            content += rng.choice(["", " t ", "<!-- c -->", "<?p i?>", "u&lt;v"])
            return f"<{name}{attributes}>{content}</{name}>"

        paths = {"own": ".", "k": "@k", "b": "b", "deep": "b/c", "deep_l": "b/c/@l", "up": "../@k",
                 "up2": "../../@l"}
        project = Project({"files": "data/*.xml", "rows": "//a", "paths": paths,
                           "lists": ["b", "deep", "deep_l"], "nulls": ["no word"],
                           "columns": {name: "string" for name in paths}})
        self.addCleanup(project.close)
        (project.folder / "data").mkdir()
        expected = []
        for i in range(60):
            content = element("r", 0)
            (project.folder / "data" / f"{i:02}.xml").write_text(content)
            root = xml.etree.ElementTree.fromstring(content)
            above = {child: parent for parent in root.iter() for child in parent}
            for row in root.iter("a"):
                def all_of(values):
                    values = [value for value in values if value is not None]
                    return json.dumps(values, ensure_ascii=False,
                                      separators=(",", ":")) if values else None
                parent = above[row]
                grand = above.get(parent)
                expected.append({
                    "own": text_of(row), "k": row.get("k"),
                    "b": all_of(text_of(one) for one in row.findall("b")),
                    "deep": all_of(text_of(one) for one in row.findall("b/c")),
                    "deep_l": all_of(one.get("l") for one in row.findall("b/c")),
                    "up": parent.get("k"), "up2": None if grand is None else grand.get("l")})
        self.assertEqual(project.rows(), expected, f"seed {seed}")


class Html(unittest.TestCase):
    """Tables made at random, as pandas with lxml reads them."""

    def test_tables_made_at_random(self):
        try:
            import lxml  # noqa: F401
            import pandas
        except ImportError:
            self.skipTest("lxml is not there")
        seed = random.randrange(1 << 32)
        rng = random.Random(seed)
        words = ["a", "b c", "<b>d</b> e", "1", "2.5", "&amp;", "é", " f\n g ", "h<!-- i -->j",
                 "<span style='display:none'>no</span>k", "<a href=x>l</a>"]
        for _ in range(25):
            width = rng.randrange(2, 6)
            page = "<!doctype html><meta charset=utf-8><table>"  # in lxml, rows have one parent
            levels = rng.choice([1, 1, 2])
            if levels == 2:
                page += "<thead><tr>" + "<th colspan=1>t</th>" * width + "</tr>"
            header = "".join(f"<th>n{i}</th>" for i in range(width))
            page += (f"<tr>{header}</tr></thead><tbody>" if levels == 2
                     else f"<tbody><tr>{header}</tr>")
            left = [0] * width  # rows that a cell above still covers
            count = rng.randrange(1, 9)
            for i in range(count):
                page += "<tr>"
                column = 0
                while column < width:
                    if left[column] > 0:
                        left[column] -= 1
                        column += 1
                        continue
                    free = 1
                    while column + free < width and left[column + free] == 0 and free < 3:
                        free += 1
                    span = rng.randrange(1, min(free, width - 1) + 1)
                    rows = rng.choice([1, 1, 1, 2, 3])
                    rows = min(rows, count - i)
                    page += (f"<td colspan={span} rowspan={rows}>"
                             + rng.choice(words) + rng.choice(["", rng.choice(words)]) + "x</td>")
                    for one in range(column, column + span):
                        left[one] = rows - 1
                    column += span
                page += "</tr>"
            page += "</table>"
            with self.subTest(seed=seed, page=page):
                frame = pandas.read_html(io.StringIO(page), flavor="lxml", thousands=None,
                                         keep_default_na=False,
                                         converters={i: str for i in range(width)})[0]
                expected = [[re.sub(r"\s+", " ", str(value)) for value in row]
                            for row in frame.values.tolist()]
                project = Project({"files": "a.html",
                                   "columns": {f"{'t ' if levels == 2 else ''}n{i}": "string"
                                               for i in range(width)}})
                self.addCleanup(project.close)
                (project.folder / "a.html").write_text(page)
                self.assertEqual([list(row.values()) for row in project.rows()], expected)


def as_browsers_have_it(text):
    """Return the text with control characters of latin-1 as what windows-1252 has in their place."""
    return re.sub("[\x80-\x9f]", lambda found: found[0].encode("latin-1").decode("cp1252", "replace"),
                  text)


def parts_of(message):
    """Return the parts that hold no others; a message in a message is one."""
    if not message.get_content_type().startswith("multipart/") or not message.is_multipart():
        return [message]
    return [one for part in message.get_payload() for one in parts_of(part)]


def decoded_header(raw):
    """Return the text of a header as Python has it, or None where it gives up."""
    try:
        return as_browsers_have_it(
            str(email.header.make_header(email.header.decode_header(raw))))
    except (LookupError, UnicodeError, email.errors.HeaderParseError):
        return None


class Email(unittest.TestCase):
    """The e-mails of the example, as Python's email package reads them."""

    def test_collected_mails(self):
        folder = CACHE / "spam-assassin"
        if not folder.is_dir():
            self.skipTest("the e-mails are not fetched")
        project = Project({"kind": "email", "files": "data/*/*.txt", "encoding": "detect",
                           "file_column": "file"})
        self.addCleanup(project.close)
        os.symlink(folder, project.folder / "data")
        found = {row["file"]: row for row in project.rows("SELECT * REPLACE (epoch(date)::BIGINT "
                                                          "AS date) FROM src")}
        refused = project.query('SELECT location, reason FROM "src.refused"')
        self.assertEqual({row["reason"] for row in refused}, {"no text: a zero character"})
        self.assertEqual((len(found), len(refused)), (6045, 1))
        differ = {"date": [], "subject": [], "message_id": [], "body": []}
        seen = dict.fromkeys(differ, 0)
        for path in sorted(folder.glob("*/*.txt")):
            name = f"data/{path.parent.name}/{path.name}"
            if name == refused[0]["location"]:
                continue
            row = found[name]
            message = email.message_from_bytes(path.read_bytes(), policy=email.policy.compat32)
            self.compare_date(message, row, seen, differ)
            self.compare_headers(message, row, seen, differ)
            self.compare_body(message, row, seen, differ)
        # What is left are mails that Python reads otherwise; each was looked at.
        self.assertEqual({name: len(files) for name, files in differ.items()},
                         {name: 0 for name in differ},
                         {name: files[:5] for name, files in differ.items()})
        # Python takes zones that there are none of (-1900) and years like 102 for dates.
        for name, least in (("date", 5500), ("subject", 5900), ("message_id", 5900),
                            ("body", 4900)):
            self.assertGreater(seen[name], least, name)

    def compare_date(self, message, row, seen, differ):
        parsed = email.utils.parsedate_tz(message.get("date", ""))
        if parsed is None or row["date"] is None:
            return
        seen["date"] += 1
        if email.utils.mktime_tz(parsed) != row["date"]:
            differ["date"].append((row["file"], message["date"], row["date"]))

    def compare_headers(self, message, row, seen, differ):
        for name, column in (("subject", "subject"), ("message-id", "message_id")):
            raw = message.get(name)
            if raw is None:
                self.assertIsNone(row[column])
                continue
            if not isinstance(raw, str):
                continue  # bytes that are no ASCII
            expected = decoded_header(re.sub(r"[\r\n]", "", raw).strip())
            if expected is None:
                continue
            seen[column] += 1
            if expected != row[column]:
                differ[column].append((row["file"], expected, row[column]))

    def compare_body(self, message, row, seen, differ):
        plain = []
        for part in parts_of(message):
            if part.get_content_type() != "text/plain":
                continue
            if part.get_content_disposition() != "attachment":
                plain.append(part)
        texts = []
        for part in plain:
            content = part.get_payload(decode=True)
            encoding = str(part.get("content-transfer-encoding")).strip().lower()
            if encoding == "base64" and re.search(r"[^A-Za-z0-9+/=\s]", part.get_payload()):
                # What a list wrote behind it: Python drops that, here the text stays as it is.
                return
            if str(part.get("content-transfer-encoding")).strip().lower() == "quoted-printable":
                # RFC 2045, 6.7 (3): blanks at the end of a line are none; Python keeps them.
                lines = part.get_payload().replace("\r\n", "\n")
                lines = re.sub(r"[ \t]+$", "", lines, flags=re.MULTILINE)
                if not lines.isascii() or "==" in lines:
                    return  # not the encoding
                content = quopri.decodestring(lines.encode("ascii"))
            try:
                text = content.decode(part.get_content_charset("us-ascii"))
            except (LookupError, UnicodeError):
                return
            texts.append(as_browsers_have_it(text).replace("\r\n", "\n"))
        if not texts:
            return
        expected = texts[0]
        for text in texts[1:]:
            expected += text if expected.endswith("\n") or not expected else "\n" + text
        seen["body"] += 1
        # Where the last part has no end, Python takes off its last line end.
        found = row["body"] if not message.is_multipart() else row["body"].rstrip("\n")
        if (expected.rstrip("\n") if message.is_multipart() else expected) != found:
            differ["body"].append((row["file"], expected[-80:], (row["body"] or "")[-80:]))


if __name__ == "__main__":
    unittest.main()
