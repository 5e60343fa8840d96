"""The reader, which shares no code with the program, judges stores that the program made.

The vectors of tests/reader/vectors.json go in as Parquet: what the program calls their content, their
order and their splits must be what the vectors say. Then a project with all types and odd values, of
which the reader checks every digest, order and id. Needs the Python packages of deps/python.txt.
"""

import decimal
import io
import json
import os
import pathlib
import random
import shutil
import sqlite3
import struct
import subprocess
import sys
import tempfile
import unittest

import pyarrow as pa
import pyarrow.parquet as pq

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "reader"))

import assay_formats as formats  # noqa: E402
import assay_reader as reader  # noqa: E402

PROGRAM = pathlib.Path(os.environ["ASSAY"]).resolve()
VECTORS = json.loads((HERE.parent / "reader/vectors.json").read_bytes())
TIMEOUT_SECONDS = 600
ARROW = {"string": pa.string(), "bytes": pa.binary(), "bool": pa.bool_(), "date": pa.date32(),
         "time": pa.time64("us"), "timestamp[us]": pa.timestamp("us"),
         "timestamp[us,utc]": pa.timestamp("us", "UTC"), "float32": pa.float32(),
         "float64": pa.float64()}
EXACT = decimal.Context(prec=60)


# --- Vectors as Parquet

def arrow_type(type_):
    """Return the Arrow type of a type of ours."""
    if isinstance(type_, str) and type_ in ARROW:
        return ARROW[type_]
    if formats.decimal_type(type_):
        return pa.decimal128(*formats.decimal_type(type_))
    if isinstance(type_, str):
        return getattr(pa, type_)()
    kind, inner = formats.nested_type(type_)
    if kind == "list":
        return pa.list_(arrow_type(inner))
    if kind == "map":
        return pa.map_(arrow_type(inner[0]), arrow_type(inner[1]))
    return pa.struct([(field["name"], arrow_type(field["type"])) for field in type_["struct"]])


def arrow_value(type_, v):
    """Return a value, as formats.from_plain gives it, in the form Arrow takes."""
    if v is None:
        return None
    if type_ == "string":
        return v.decode()
    if formats.decimal_type(type_):
        return decimal.Decimal(v).scaleb(-formats.decimal_type(type_)[1], EXACT)
    nested = formats.nested_type(type_)
    if not nested:
        return v
    kind, inner = nested
    if kind == "list":
        return [arrow_value(inner, x) for x in v]
    if kind == "map":
        return [(arrow_value(inner[0], k), arrow_value(inner[1], x)) for k, x in v]
    names = [field["name"] for field in type_["struct"]]
    return {name: arrow_value(t, x) for name, t, x in zip(names, inner, v)}


def write_parquet(path, schema, rows):
    """Write rows of plain values."""
    columns = []
    for i, column in enumerate(schema):
        values = [arrow_value(column["type"], formats.from_plain(column["type"], row[i]))
                  for row in rows]
        columns.append(pa.array(values, arrow_type(column["type"])))
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_arrays(columns, [column["name"] for column in schema]), path)


def square(count):
    """Rows of the rule `square` of the vectors."""
    return [(i, str(i * i)) for i in range(count)]


def holds(schema, what):
    """True when a type of the schema holds such a type."""
    return what in json.dumps([column["type"] for column in schema])


# --- A project in a folder of its own

class Project:
    def __init__(self, test):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="assay-reader-"))
        test.addCleanup(shutil.rmtree, self.folder)
        self.sections = {"sources": [], "steps": [], "gates": [], "datasets": []}

    def add(self, section, line):
        self.sections[section].append(line)

    def run(self):
        lines = ["format: 1", "project: vectors"]
        for section, entries in self.sections.items():
            if entries:
                lines += [f"{section}:", *("  " + entry for entry in entries)]
        (self.folder / "assay.yaml").write_text("\n".join(lines) + "\n", "utf-8")
        done = subprocess.run([PROGRAM, "run"], cwd=self.folder, text=True, capture_output=True,
                              timeout=TIMEOUT_SECONDS, check=False)
        if done.returncode != 0:
            raise AssertionError(f"exit {done.returncode}\n{done.stdout}{done.stderr}")

    def result(self, node):
        catalog = sqlite3.connect(self.folder / ".assay/catalog.sqlite")
        row = catalog.execute("SELECT result FROM node_result WHERE node = ?", (node,)).fetchone()
        catalog.close()
        return json.loads(row[0])["outputs"][""]

    def stored_rows(self, name_at_ref, split):
        """The rows of a split as plain values, in stored order."""
        store = reader.Store(self.folder)
        try:
            commit = store.text(store.resolve(name_at_ref), "assay.commit/1")
            rows = []
            for partition in commit["tables"][split]["partitions"]:
                for file in partition["files"]:
                    for columns in reader.read_columns(store.path(file["sha256"]),
                                                       commit["schema"]):
                        rows += zip(*columns)
        finally:
            store.close()
        return commit["schema"], rows


class VectorsThroughTheProgram(unittest.TestCase):
    def verify(self, project):
        out = io.StringIO()
        status = reader.verify(project.folder, out=out)
        failed = [line for line in out.getvalue().splitlines() if line.startswith("FAIL")]
        self.assertEqual((status, failed), (0, []))

    def test_row_vectors_make_the_content_id(self):
        by_schema = {}
        for vector in VECTORS["rows"]:
            # No Parquet file holds an int128, and of a null in a map's key nobody says a word.
            if not holds(vector["schema"], "int128"):
                by_schema.setdefault(json.dumps(vector["schema"]), []).append(vector)
        project, expected = Project(self), {}
        for number, (schema, vectors) in enumerate(by_schema.items()):
            schema = json.loads(schema)
            write_parquet(project.folder / f"s{number}.parquet", schema,
                          [vector["values"] for vector in vectors])
            project.add("sources", f"s{number}: {{files: s{number}.parquet}}")
            expected[f"s{number}"] = formats.sha256(formats.content_text(
                schema, [bytes.fromhex(vector["row"]) for vector in vectors])), schema
        project.run()
        for name, (content_id, schema) in expected.items():
            with self.subTest(schema=schema):
                result = project.result(name)
                self.assertEqual(result["schema"], schema)
                self.assertEqual(result["content_id"], content_id)

    def test_content_vectors(self):
        project = Project(self)
        for number, vector in enumerate(VECTORS["content"]):
            rows = vector["rows"] if "rows" in vector else square(vector["count"])
            write_parquet(project.folder / f"s{number}.parquet", vector["schema"], rows)
            project.add("sources", f"s{number}: {{files: s{number}.parquet}}")
        project.run()
        for number, vector in enumerate(VECTORS["content"]):
            with self.subTest(vector["name"]):
                self.assertEqual(project.result(f"s{number}")["content_id"], vector["id"])

    def test_order_vectors(self):
        project, chance = Project(self), random.Random(3)
        vectors = [vector for vector in VECTORS["order"] if not holds(vector["schema"], "int128")]
        for number, vector in enumerate(vectors):
            rows = list(vector["rows"])
            chance.shuffle(rows)
            write_parquet(project.folder / f"s{number}.parquet", vector["schema"], rows)
            project.add("sources", f"s{number}: {{files: s{number}.parquet}}")
            key = f", key: {json.dumps(vector['key'])}" if "key" in vector else ""
            project.add("datasets", f"d{number}: {{input: s{number}, ungated: vectors{key}}}")
        project.run()
        for number, vector in enumerate(vectors):
            with self.subTest(vector["name"]):
                schema, rows = project.stored_rows(f"d{number}", "all")
                expected = [formats.encode_row(schema, [
                    formats.from_plain(column["type"], v) for column, v in zip(schema, row)])
                    for row in vector["rows"]]
                self.assertEqual([formats.encode_row(schema, row).hex() for row in rows],
                                 [row.hex() for row in expected])
        self.verify(project)

    def test_rows_of_every_vector_stand_in_canonical_order(self):
        """Datasets of the row vectors; the reader judges every digest, order and id."""
        by_schema = {}
        for vector in VECTORS["rows"]:
            schema = vector["schema"]
            if not holds(schema, "int128") and not holds(schema, '"map"'):
                by_schema.setdefault(json.dumps(schema), []).append(vector["values"])
        project, chance = Project(self), random.Random(5)
        for number, (schema, rows) in enumerate(by_schema.items()):
            rows = rows * 3
            chance.shuffle(rows)
            write_parquet(project.folder / f"s{number}.parquet", json.loads(schema), rows)
            project.add("sources", f"s{number}: {{files: s{number}.parquet}}")
            project.add("datasets", f"d{number}: {{input: s{number}, ungated: vectors}}")
        project.run()
        self.verify(project)

    def test_hash_split_vectors(self):
        project, expected, declared = Project(self), {}, set()
        schema = [{"name": "n", "type": "int64"}, {"name": "s", "type": "string"}]
        write_parquet(project.folder / "square.parquet", schema, square(200))
        project.add("sources", "square: {files: square.parquet}")
        for number, vector in enumerate(VECTORS["hash_split"]):
            # A project always has a training split, and its seeds are numbers of YAML.
            named = [share["name"] for share in vector["shares"]]
            if vector.get("rule") != "square" or "train" not in named or (
                    int(vector["seed"]) >= 2 ** 53):
                continue
            shares = ", ".join(sorted(f"{share['name']}: {share['millionths'] / 10000} %"
                                      for share in vector["shares"]))
            split = f"{{hash: {json.dumps(vector['columns'])}, seed: {vector['seed']}, {shares}}}"
            if split in declared:  # the same shares in another order
                continue
            declared.add(split)
            project.add("datasets", f"d{number}: {{input: square, ungated: vectors, split: {split}}}")
            expected[f"d{number}"] = vector
        project.run()
        for name, vector in expected.items():
            for index, share in enumerate(vector["shares"]):
                if not share["millionths"]:
                    continue
                with self.subTest(columns=vector["columns"], split=share["name"]):
                    _, rows = project.stored_rows(name, share["name"])
                    self.assertEqual(sorted(row[0] for row in rows),
                                     [i for i, digit in enumerate(vector["splits"])
                                      if int(digit) == index])
        self.verify(project)


# --- All types at once, made by SQL

# Texts that the engine casts; each becomes a value of a row, in every combination the dice give.
TEXTS = {
    "i8": ("TINYINT", ["-128", "0", "127"]),
    "u64": ("UBIGINT", ["0", "18446744073709551615"]),
    "huge": ("HUGEINT", ["-9999999999999999999999", "7"]),
    "f32": ("FLOAT", ["nan", "-0.0", "0.0", "1e-45", "inf"]),
    "f64": ("DOUBLE", ["nan", "-nan", "-inf", "-0.0", "0.0", "5e-324", "0.1", "1e308"]),
    "dec": ("DECIMAL(38,10)", ["-12345678901234567890.0000000001", "0", "0.0000000001", "99999.5"]),
    "word": ("VARCHAR", ["", "a", "ab", "Z", "ä", "日本", "🙂", "a b", "\x7f", "null", "\\"]),
    "data": ("BLOB", ["", "\\x00", "\\xFF\\x00", "abc"]),
    "yes": ("BOOLEAN", ["true", "false"]),
    "day": ("DATE", ["0001-01-01", "1582-10-04", "1969-12-31", "1970-01-01", "infinity",
                     "-infinity", "9999-12-31", "0044-03-15 (BC)"]),
    "clock": ("TIME", ["00:00:00", "23:59:59.999999", "12:30:00.5"]),
    "at": ("TIMESTAMP", ["1969-12-31 23:59:59.999999", "1970-01-01", "infinity", "-infinity"]),
    "zoned": ("TIMESTAMPTZ", ["2001-01-01 12:00:00+02", "1900-01-01 00:00:00+00"]),
    "list": ("INTEGER[]", ["[]", "[1]", "[1, NULL]", "[NULL]", "[1, 2]", "[0]", "[-1, 5]"]),
    "nested": ("VARCHAR[][]", ["[]", "[[]]", "[[a], [b, NULL]]", "[NULL, [a]]", "[[a]]"]),
    "pair": ("STRUCT(x DOUBLE, y VARCHAR)", ["{'x': 1, 'y': a}", "{'x': NULL, 'y': b}",
                                             "{'x': nan, 'y': NULL}", "{'x': -0.0, 'y': a}",
                                             "{'x': 0.0, 'y': a}"]),
    "deep": ("STRUCT(a STRUCT(b DATE[]))[]", ["[]", "[{'a': {'b': [1970-01-01, NULL]}}]",
                                              "[{'a': NULL}]", "[NULL]"]),
}


class NastyStore(unittest.TestCase):
    ROWS = 700

    @classmethod
    def setUpClass(cls):
        cls.project = Project(cls)
        chance = random.Random(13)
        folder = cls.project.folder
        lines = [",".join(["id", *TEXTS])]
        for number in range(cls.ROWS):
            cells = [None if chance.random() < 0.15 else chance.choice(texts)
                     for _, texts in TEXTS.values()]
            # A cell for null has a word of its own: an empty text is a value here.
            quoted = ["NULL" if cell is None else '"' + cell.replace('"', '""') + '"'
                      for cell in cells]
            lines.append(",".join([str(number // 2), *quoted]))
        (folder / "in.csv").write_text("\n".join(lines) + "\n", "utf-8")
        names = ", ".join(f"{name}: VARCHAR" for name in TEXTS)
        cls.project.add("sources", f"src: {{files: in.csv, nulls: ['NULL'], columns: {{{names}}}}}")
        cast = ", ".join(f'CAST("{name}" AS {type_}) AS "{name}"'
                         for name, (type_, _) in TEXTS.items())
        (folder / "typed.sql").write_text(f"SELECT id, {cast} FROM src\n", "utf-8")
        cls.project.add("steps", "typed: {sql: {file: typed.sql}}")
        (folder / "mapped.sql").write_text(
            "SELECT id, max(f64) AS f64, map {max(word): [max(f64)], 'k': NULL} AS m FROM typed "
            "GROUP BY id HAVING max(word) <> 'k'\n", "utf-8")
        cls.project.add("steps", "mapped: {sql: {file: mapped.sql}}")
        # Every column once in front, so that its own order decides.
        for name in TEXTS:
            cls.project.add("steps", f"by_{name}: {{sql: 'SELECT \"{name}\", * EXCLUDE "
                                     f"(\"{name}\") FROM typed'}}")
            cls.project.add("gates", f"g_{name}: {{input: by_{name}, fail_above: 50 %, "
                                     f"checks: [{{not_null: '{name}'}}]}}")
            cls.project.add("datasets", f"d_{name}: {{input: g_{name}, label: yes, split: "
                                        f"{{hash: [id, '{name}'], train: 70 %, test: 30 %}}}}")
        cls.project.add("datasets", "mapped_set: {input: mapped, ungated: vectors, key: [id]}")
        cls.project.add("datasets", "typed_set: {input: typed, ungated: vectors}")
        cls.project.run()

    def test_the_reader_finds_every_digest_order_and_id(self):
        out = io.StringIO()
        status = reader.verify(self.project.folder, out=out)
        failed = [line for line in out.getvalue().splitlines() if line.startswith("FAIL")]
        self.assertEqual((status, failed), (0, []))

    def test_content_ids_are_those_of_the_reader(self):
        result = self.project.result("typed")
        rows = []
        for file in result["files"]:
            store = reader.Store(self.project.folder)
            for columns in reader.read_columns(store.path(file["sha256"]), result["schema"],
                                               with_ids=True):
                rows += formats.encode_columns(result["schema"], columns)
            store.close()
        self.assertEqual(len(rows), self.ROWS)
        self.assertEqual(result["content_id"],
                         formats.sha256(formats.content_text(result["schema"], rows)))

    def test_each_row_is_in_the_split_of_its_hash(self):
        shares = {"train": 700_000, "test": 300_000}
        for name in TEXTS:
            for split in shares:
                schema, rows = self.project.stored_rows(f"d_{name}", split)
                by_name = {column["name"]: i for i, column in enumerate(schema)}
                places = [by_name["id"], by_name[name]]
                of = [schema[i] for i in places]
                found = {formats.hash_split(formats.hash_split_part(
                    formats.encode_row(of, [row[i] for i in places]), 0), shares) for row in rows}
                self.assertEqual(found, {split}, name)

    def test_types_are_those_of_section_1(self):
        schema, _ = self.project.stored_rows("typed_set", "all")
        types = {column["name"]: column["type"] for column in schema}
        self.assertEqual(types["huge"], "decimal(38,0)")
        self.assertEqual(types["nested"], {"list": {"list": "string"}})
        self.assertEqual(types["zoned"], "timestamp[us,utc]")
        self.assertEqual(types["pair"], {"struct": [{"name": "x", "type": "float64"},
                                                    {"name": "y", "type": "string"}]})

    @classmethod
    def addCleanup(cls, function, *arguments):  # Project asks a test; here it is the class
        cls.addClassCleanup(function, *arguments)


if __name__ == "__main__":
    unittest.main()
