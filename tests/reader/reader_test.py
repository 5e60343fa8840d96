"""Tests of the reader, of the vectors and of the store written by hand."""

import contextlib
import decimal
import hashlib
import io
import json
import pathlib
import random
import shutil
import sqlite3
import struct
import subprocess
import sys
import tempfile
import unittest
from unittest import mock

import pyarrow as pa
import pyarrow.parquet as pq
import xxhash

import assay_formats as formats
import assay_reader as reader
import make_handwritten
import make_vectors

HERE = pathlib.Path(__file__).parent
VECTORS = json.loads(make_vectors.PATH.read_bytes())
NAN = float("nan")


def encoded(type_, v):
    return formats.encoder(type_)(v).hex()


class RowByHand(unittest.TestCase):
    """Section 2, each value written out by hand."""

    def expect(self, type_, v, *parts):
        self.assertEqual(encoded(type_, v), "".join(parts), f"{type_} {v}")

    def test_null_is_one_byte_whatever_the_type(self):
        for type_ in ("int8", "uint64", "int128", "float32", "decimal(4,1)", "string", "bytes",
                      "bool", "date", "time", "timestamp[us]", {"list": "bool"},
                      {"struct": [{"name": "x", "type": "bool"}]}, {"map": ["string", "bool"]}):
            self.expect(type_, None, "00")

    def test_integers_take_eight_bytes(self):
        self.expect("int8", 1, "01", "0100000000000000")
        self.expect("int16", -2, "01", "feffffffffffffff")
        self.expect("int32", -2147483648, "01", "00000080ffffffff")
        self.expect("int64", 258, "01", "0201000000000000")
        self.expect("uint8", 255, "01", "ff00000000000000")
        self.expect("uint32", 4294967295, "01", "ffffffff00000000")
        self.expect("uint64", 18446744073709551615, "01", "ffffffffffffffff")

    def test_int128_takes_sixteen(self):
        self.expect("int128", 1, "01", "01000000000000000000000000000000")
        self.expect("int128", -1, "01", "ffffffffffffffffffffffffffffffff")
        self.expect("int128", 2 ** 64, "01", "00000000000000000100000000000000")
        self.expect("int128", -2 ** 127, "01", "00000000000000000000000000000080")

    def test_times(self):
        self.expect("date", -1, "01", "ffffffffffffffff")
        self.expect("date", 365, "01", "6d01000000000000")
        self.expect("time", 1_000_000, "01", "40420f0000000000")
        self.expect("timestamp[us]", -1, "01", "ffffffffffffffff")
        # 2001-01-01T00:00:00: 11,323 days of 86,400,000,000 microseconds = 0x379c3e5232000.
        self.expect("timestamp[us,utc]", 978307200000000, "01", "002023e5c3790300")

    def test_floats(self):
        self.expect("float64", 1.0, "01", "000000000000f03f")
        self.expect("float64", -2.0, "01", "00000000000000c0")
        self.expect("float32", 1.0, "01", "0000803f")
        self.expect("float64", -0.0, "01", "0000000000000000")
        self.expect("float32", -0.0, "01", "00000000")
        self.expect("float64", float("-inf"), "01", "000000000000f0ff")

    def test_there_is_one_nan(self):
        for bits in ("7ff8000000000000", "fff8000000000001", "7ff0000000000001"):
            self.expect("float64", formats.from_plain("float64", bits), "01", "000000000000f87f")
        for bits in ("7fc00000", "ffc00001", "7f800001"):
            self.expect("float32", formats.from_plain("float32", bits), "01", "0000c07f")

    def test_decimals_carry_their_scale(self):
        self.expect("decimal(4,1)", 15, "01", "0f000000000000000000000000000000", "01")
        self.expect("decimal(18,3)", -1, "01", "ffffffffffffffffffffffffffffffff", "03")
        self.expect("decimal(38,38)", 256, "01", "00010000000000000000000000000000", "26")
        with self.assertRaises(ValueError):
            encoded("decimal(4,1)", 10000)

    def test_bool(self):
        self.expect("bool", False, "0100")
        self.expect("bool", True, "0101")

    def test_text_and_bytes(self):
        self.expect("string", b"", "01", "00000000")
        self.expect("string", b"abc", "01", "03000000", "616263")
        self.expect("string", "é".encode(), "01", "02000000", "c3a9")
        self.expect("string", b"x" * 300, "01", "2c010000", "78" * 300)
        self.expect("bytes", b"\x00\xff", "01", "02000000", "00ff")

    def test_lists(self):
        self.expect({"list": "bool"}, [], "01", "00000000")
        self.expect({"list": "bool"}, [True, None], "01", "02000000", "0101", "00")
        self.expect({"list": {"list": "string"}}, [[b"a"], None, []],
                    "01", "03000000",
                    "01" "01000000" "01" "01000000" "61",
                    "00",
                    "01" "00000000")

    def test_structs(self):
        point = {"struct": [{"name": "x", "type": "int8"}, {"name": "y", "type": "bool"}]}
        self.expect(point, [1, True], "01", "01" "0100000000000000", "0101")
        self.expect(point, [None, None], "01", "00", "00")
        self.expect({"list": point}, [[None, False], None], "01", "02000000",
                    "01" "00" "0100", "00")

    def test_maps_are_ordered_by_the_bytes_of_the_key(self):
        self.expect({"map": ["string", "bool"]}, [(b"b", True), (b"a", None)],
                    "01", "02000000",
                    "01" "01000000" "61", "00",
                    "01" "01000000" "62", "0101")
        # Little-endian bytes: 256 is 00 01, 1 is 01 00.
        self.expect({"map": ["int64", "bool"]}, [(1, True), (256, False)],
                    "01", "02000000",
                    "01" "0001000000000000", "0100",
                    "01" "0100000000000000", "0101")
        # The length comes first, low byte leading: 256 is 00 01, 1 is 01 00. Bytes are unsigned.
        self.expect({"map": ["string", "bool"]},
                    [(b"b", None), (b"k" * 128, None), (b"k" * 256, None)],
                    "01", "03000000",
                    "01" "00010000" + "6b" * 256, "00",
                    "01" "01000000" "62", "00",
                    "01" "80000000" + "6b" * 128, "00")
        for pairs in ([(1, True), (1, False)], [(None, True)], [(None, True), (None, True)]):
            with self.assertRaises(ValueError):
                encoded({"map": ["int64", "bool"]}, pairs)

    def test_a_row_is_its_columns_one_after_the_other(self):
        schema = make_vectors.columns("int64", "string", "bool")
        self.assertEqual(formats.encode_row(schema, [7, b"hi", None]).hex(),
                         "01" "0700000000000000" "01" "02000000" "6869" "00")
        rows = [[7, b"hi", None], [None, None, True]]
        self.assertEqual(formats.encode_columns(schema, list(zip(*rows))),
                         [formats.encode_row(schema, row) for row in rows])


class Schemas(unittest.TestCase):
    def test_bad_schemas_are_refused(self):
        for schema in (
                make_vectors.columns("int65"), make_vectors.columns("decimal(39,0)"),
                make_vectors.columns("decimal(4,5)"), make_vectors.columns("decimal(04,1)"),
                make_vectors.columns({"set": "int8"}),
                [{"name": "a", "type": "bool"}, {"name": "A", "type": "bool"}],
                [{"name": "_assay_row", "type": "int64"}],
                [{"name": "file_row_number", "type": "int64"}],
                [{"name": "a", "type": "bool", "nullable": True}]):
            with self.assertRaises(ValueError, msg=str(schema)):
                formats.check_schema(schema)
        formats.check_schema(make_handwritten.SCHEMA)

    def test_a_map_column_needs_a_key_without_one(self):
        schema = make_vectors.columns("int64", {"map": ["string", "int64"]}, "string")
        self.assertEqual(formats.order_columns(schema, ["c", "a"]), ["c", "a"])
        self.assertEqual(formats.order_columns(schema[::2], None), ["a", "c"])
        for key in (None, ["b"], ["a", "b"], ["d"], ["a", "a"]):
            with self.assertRaises(ValueError, msg=str(key)):
                formats.order_columns(schema, key)


class Pages(unittest.TestCase):
    @staticmethod
    def digest_by_hand(pages):
        return hashlib.sha256(b"".join(
            hashlib.sha256(b"".join(page)).digest() for page in pages)).hexdigest()

    def test_the_minimum_and_the_maximum(self):
        row = formats.encode_row(make_vectors.SQUARE, (7, b"same"))
        hit = formats.encode_row(make_vectors.SQUARE, (make_vectors.first_hit(), b"same"))
        self.assertNotEqual(xxhash.xxh3_64_intdigest(row) % 4096, 0)
        self.assertEqual(xxhash.xxh3_64_intdigest(hit) % 4096, 0)
        for rows, sizes in (([row] * 300, [300]), ([row] * 65537, [65536, 1]),
                            ([hit] * 255, [255]), ([hit] * 600, [256, 256, 88]),
                            ([row] * 300 + [hit] + [row], [301, 1]), ([], [])):
            pages = formats.Pages()
            for data in rows:
                pages.add(data)
            pages.end_partition()
            self.assertEqual(pages.page_rows, sizes)
            place = iter(rows)
            self.assertEqual(pages.digest(), self.digest_by_hand(
                [[next(place) for _ in range(size)] for size in sizes]))

    def test_an_empty_split_is_sha256_of_nothing(self):
        self.assertEqual(formats.Pages().digest(), hashlib.sha256(b"").hexdigest())

    def test_a_partition_ends_a_page(self):
        pages = formats.Pages()
        for rows in ([b"a"], [], [b"b", b"c"]):
            for row in rows:
                pages.add(row)
            pages.end_partition()
        self.assertEqual(pages.digest(), self.digest_by_hand([[b"a"], [b"b", b"c"]]))


class Ids(unittest.TestCase):
    def test_xxh3_is_the_published_one(self):
        self.assertEqual(xxhash.xxh3_64_intdigest(b""), 0x2d06800538d394c2)
        self.assertEqual(xxhash.xxh3_128_intdigest(b""), 0x99aa06d3014798d86001c324468d497f)

    def test_version_text(self):
        self.assertEqual(
            formats.version_text([{"name": "late", "type": "bool"}],
                                 {"type": "bool", "column": "late"}, {"train": "1", "test": "0"}),
            b'{"assay.version/1":{"label":{"column":"late","type":"bool"},'
            b'"schema":[{"name":"late","type":"bool"}],"splits":{"test":"0","train":"1"}}}')

    def test_content_id_sums_modulo_2_to_the_128(self):
        first, second = (xxhash.xxh3_128_intdigest(row) for row in (b"\x00", b"\x01\x01"))
        schema = [{"name": "a", "type": "bool"}]
        for rows in ([b"\x00", b"\x01\x01", b"\x01\x01"], [b"\x01\x01", b"\x00", b"\x01\x01"]):
            self.assertEqual(
                formats.content_text(schema, rows).decode(),
                '{"assay.content/1":{"rows":3,"schema":[{"name":"a","type":"bool"}],'
                f'"sum":"{(first + 2 * second) % 2 ** 128:032x}"}}}}')

    def test_hash_split_takes_the_first_border_above(self):
        shares = {"train": 800_000, "validation": 0, "test": 200_000}
        self.assertEqual([formats.hash_split(part, shares)
                          for part in (0, 799_999, 800_000, 999_999)],
                         ["train", "train", "test", "test"])
        for bad in ({"train": 800_000}, {"train": 1_100_000, "test": -100_000},
                    {"train": 500_000, "holdout": 500_000}):
            with self.assertRaises(ValueError):
                formats.hash_split(0, bad)

    def test_shares_are_cumulated_as_train_validation_test(self):
        shares = {"test": 200_000, "validation": 300_000, "train": 500_000}
        self.assertEqual([formats.hash_split(part, shares)
                          for part in (0, 499_999, 500_000, 799_999, 800_000)],
                         ["train", "train", "validation", "validation", "test"])
        self.assertEqual([formats.hash_split(part, {"test": 300_000, "validation": 700_000})
                          for part in (0, 699_999, 700_000)],
                         ["validation", "validation", "test"])


class Vectors(unittest.TestCase):
    def test_the_file_is_up_to_date_and_small(self):
        data = make_vectors.PATH.read_bytes()
        self.assertEqual(data, make_vectors.vectors(), "run make_vectors.py")
        self.assertLess(len(data), 300_000)

    def test_plain_values_read_back(self):
        for case in VECTORS["rows"]:
            for column, plain in zip(case["schema"], case["values"]):
                v = formats.from_plain(column["type"], plain)
                back = formats.from_plain(column["type"], formats.to_plain(column["type"], v))
                self.assertEqual(encoded(column["type"], back), encoded(column["type"], v))

    def test_rows_in_canonical_order_sort_to_themselves(self):
        for case in VECTORS["order"]:
            types = {column["name"]: column["type"] for column in case["schema"]}
            rows = [dict(zip(types, make_vectors.from_plain_row(case["schema"], row)))
                    for row in case["rows"]]

            def place(row):
                return [formats.order_key(types[column])(row[column])
                        for column in case.get("key", types)]

            mixed = random.Random(1).sample(rows, len(rows))
            self.assertEqual([str(row) for row in sorted(mixed, key=place)],
                             [str(row) for row in rows], case["name"])
            for left, right in zip(rows, rows[1:]):
                self.assertLess(place(left), place(right))

    def test_what_has_no_bytes_or_no_order_is_refused(self):
        for case in VECTORS["row_refuse"]:
            with self.assertRaises(ValueError, msg=case["why"]):
                formats.encode_row(case["schema"], make_vectors.from_plain_row(case["schema"],
                                                                               case["values"]))
        for case in VECTORS["order_refuse"]:
            formats.check_schema(case["schema"])
            with self.assertRaises(ValueError, msg=case["why"]):
                formats.order_columns(case["schema"], case.get("key"))

    def test_canonical_json(self):
        for case in VECTORS["json_accept"]:
            data = bytes.fromhex(case["canonical"])
            self.assertEqual(formats.canonical(formats.parse_json(bytes.fromhex(case["input"]))),
                             data)
            formats.parse_canonical(data)
        for case in VECTORS["json_refuse"]:
            with self.assertRaises(ValueError, msg=case["why"]):
                formats.parse_json(bytes.fromhex(case["input"]))
        for case in VECTORS["json_not_canonical"]:
            formats.parse_json(bytes.fromhex(case["input"]))
            with self.assertRaises(ValueError, msg=case["why"]):
                formats.parse_canonical(bytes.fromhex(case["input"]))
        with self.assertRaises(ValueError):
            formats.parse_json(b"[" * 100_000)


class ParquetValues(unittest.TestCase):
    """Every vector's values come back exactly from a Parquet file."""

    def arrow_type(self, type_):
        if type_ == "int128":
            return pa.decimal256(39, 0)
        if type_ == "timestamp[us,utc]":
            return pa.timestamp("us", "UTC")
        if formats.decimal_type(type_):
            return pa.decimal128(*formats.decimal_type(type_))
        if not formats.nested_type(type_):
            return reader.ARROW_TYPES[type_][0]
        kind, inner = formats.nested_type(type_)
        if kind == "list":
            return pa.list_(self.arrow_type(inner))
        if kind == "map":
            return pa.map_(*map(self.arrow_type, inner))
        return pa.struct([(f["name"], self.arrow_type(f["type"])) for f in type_["struct"]])

    def for_arrow(self, type_, v):
        if v is None:
            return None
        if type_ == "string":
            return v.decode()
        if type_ == "int128" or formats.decimal_type(type_):
            scale = 0 if type_ == "int128" else formats.decimal_type(type_)[1]
            return decimal.Context(prec=80).scaleb(decimal.Decimal(v), -scale)
        if not formats.nested_type(type_):
            return v
        kind, inner = formats.nested_type(type_)
        if kind == "list":
            return [self.for_arrow(inner, x) for x in v]
        if kind == "map":
            return [tuple(self.for_arrow(t, x) for t, x in zip(inner, pair)) for pair in v]
        return {f["name"]: self.for_arrow(f["type"], x) for f, x in zip(type_["struct"], v)}

    def test_vectors_read_back_from_parquet(self):
        tables = {}
        for case in VECTORS["rows"]:
            tables.setdefault(json.dumps(case["schema"]), []).append(case)
        with tempfile.TemporaryDirectory() as folder, mock.patch.object(reader, "BATCH_ROWS", 3):
            path = pathlib.Path(folder) / "x.parquet"
            for cases in tables.values():
                schema = cases[0]["schema"]
                rows = [make_vectors.from_plain_row(schema, case["values"]) for case in cases]
                arrays = [pa.array([self.for_arrow(c["type"], row[i]) for row in rows],
                                   self.arrow_type(c["type"])) for i, c in enumerate(schema)]
                pq.write_table(pa.table(arrays, [c["name"] for c in schema]), path)
                found = [row.hex() for columns in reader.read_columns(path, schema)
                         for row in formats.encode_columns(schema, columns)]
                self.assertEqual(found, [case["row"] for case in cases], schema)

    def test_slices_read_as_what_they_show(self):
        for type_, arrow_type, cells in (
                ("decimal(9,2)", pa.decimal128(9, 2), [decimal.Decimal("1.25"), None] * 2),
                ({"list": "int8"}, pa.list_(pa.int8()), [[1], [2, 3], None, [], [4]]),
                ({"struct": [{"name": "x", "type": "int8"}]}, pa.struct([("x", pa.int8())]),
                 [{"x": 1}, None, {"x": 3}, {"x": None}]),
                ({"map": ["string", "int8"]}, pa.map_(pa.string(), pa.int8()),
                 [[("a", 1)], None, [("b", 2), ("c", None)], []])):
            array = pa.array(cells, arrow_type)
            self.assertEqual(reader.values(type_, array.slice(1)), reader.values(type_, array)[1:])

    def test_another_type_is_refused(self):
        for type_, array in (
                ("int64", pa.array([1], pa.int32())), ("string", pa.array([b"a"])),
                ("timestamp[us]", pa.array([1], pa.timestamp("us", "UTC"))),
                ("timestamp[us,utc]", pa.array([1], pa.timestamp("us"))),
                ("timestamp[us]", pa.array([1], pa.timestamp("ns"))),
                ("decimal(9,2)", pa.array([decimal.Decimal("1.25")], pa.decimal128(9, 3))),
                ("int128", pa.array([1.0])), ({"list": "int8"}, pa.array([1], pa.int8())),
                ({"struct": [{"name": "x", "type": "int8"}]},
                 pa.array([{"y": 1}], pa.struct([("y", pa.int8())])))):
            with self.assertRaises(ValueError, msg=str(type_)):
                reader.values(type_, array)


class Texts(unittest.TestCase):
    def test_texts_of_min_and_max(self):
        tenth, = struct.unpack("<f", struct.pack("<f", 0.1))
        for type_, text, v in (
                ("int64", "-5", -5), ("uint64", "18446744073709551615", 2 ** 64 - 1),
                ("float64", "0.1", 0.1), ("float64", "-inf", float("-inf")),
                ("float64", "1e+22", 1e22), ("float64", "1e+05", 100000.0),
                ("float64", "100000.0", 100000.0), ("float64", "1234.5", 1234.5),
                ("float64", "1e-05", 0.00001),
                ("float32", "3.4028235e+38", 2.0 ** 128 - 2.0 ** 104),
                ("float32", "0.1", tenth), ("decimal(9,2)", "-12.50", -1250),
                ("decimal(9,2)", "-12.5", -1250), ("decimal(2,2)", "-.05", -5),
                ("decimal(38,0)", "9" * 38, 10 ** 38 - 1), ("bool", "true", True),
                ("bool", "false", False), ("string", "é", "é".encode()), ("string", "", b""),
                ("string", " a'\"\n\0", b" a'\"\n\0"), ("date", "1969-12-31", -1),
                ("date", "0001-01-01", -719162), ("date", "0001-12-31 (BC)", -719163),
                ("date", "12000-02-29", 3663441), ("date", "infinity", 2 ** 31 - 1),
                ("date", "-infinity", 1 - 2 ** 31), ("time", "00:00:01.5", 1_500_000),
                ("time", "24:00:00", 86_400_000_000),
                ("timestamp[us]", "2001-01-01", 978307200000000),
                ("timestamp[us]", "2001-01-01T00:00:00", 978307200000000),
                ("timestamp[us]", "2001-01-01 00:00:00", 978307200000000),
                ("timestamp[us]", "1969-12-31 23:59:59.999999", -1),
                ("timestamp[us]", "1969-12-31 23:59:59.5", -500_000),
                ("timestamp[us]", "0001-12-31 (BC) 23:59:59", -62135596801000000),
                ("timestamp[us]", "infinity", 2 ** 63 - 1),
                ("timestamp[us,utc]", "-infinity", 1 - 2 ** 63),
                ("timestamp[us,utc]", "2001-01-01", 978307200000000),
                ("timestamp[us,utc]", "2001-01-01 00:00:00+00", 978307200000000),
                ("timestamp[us,utc]", "2001-01-01 00:00:00.25+00", 978307200250000),
                ("timestamp[us,utc]", "2001-01-01T00:00:00Z", 978307200000000),
                ("timestamp[us,utc]", "2001-01-01 01:00:00+01:00", 978307200000000),
                ("timestamp[us,utc]", "2000-12-31 20:30:00-0330", 978307200000000),
                ("bytes", "00", None)):
            self.assertEqual(reader.from_text(type_, text), v, f"{type_} {text}")
        for text in ("nan", "-nan"):
            self.assertNotEqual(reader.from_text("float64", text),
                                reader.from_text("float64", text))
        for type_, text in (("decimal(9,2)", "1.255"), ("decimal(9,2)", "1/0"), ("int64", "x"),
                            ("int64", "1.5"), ("date", "2001-13-01"), ("date", "2001-02-29"),
                            ("date", "2001-01-01 00:00:01"), ("date", 1), ("bool", "yes"),
                            ("bool", True), ("time", "24:00:01"), ("time", "00:60:00"),
                            ("float32", "1e39"), ("timestamp[us]", "2001-01-01 00:00"),
                            ("timestamp[us,utc]", "2001-01-01 00:00:00 UTC")):
            with self.assertRaises(reader.UNREADABLE, msg=text):
                reader.from_text(type_, text)


class HandwrittenStore(unittest.TestCase):
    """The store written by hand verifies, and every damage done to it is found."""

    @classmethod
    def setUpClass(cls):
        folder = cls.enterClassContext(tempfile.TemporaryDirectory())
        cls.original = pathlib.Path(folder) / "original"
        cls.original.mkdir()
        cls.ids = make_handwritten.make_store(cls.original)

    def setUp(self):
        folder = self.enterContext(tempfile.TemporaryDirectory())
        self.project = pathlib.Path(folder) / "project"
        shutil.copytree(self.original, self.project)
        self.choose("flights")

    # What the tests do to the store.

    def choose(self, dataset):
        """Let the helpers below work on the commit of a dataset."""
        self.dataset, self.commit_id = dataset, self.ids[dataset]

    def start_again(self, dataset):
        shutil.rmtree(self.project)
        shutil.copytree(self.original, self.project)
        self.choose(dataset)

    def path(self, digest):
        return self.project / ".assay" / "objects" / "sha256" / digest[:2] / digest[2:]

    def catalog(self, sql, *parameters):
        with contextlib.closing(sqlite3.connect(self.project / ".assay/catalog.sqlite")) as opened:
            opened.execute(sql, parameters)
            opened.commit()

    def body(self):
        return json.loads(self.path(self.commit_id).read_bytes())["assay.commit/1"]

    def store(self, data):
        """Add an object as the program would and return its address."""
        digest = hashlib.sha256(data).hexdigest()
        self.path(digest).parent.mkdir(exist_ok=True)
        self.path(digest).write_bytes(data)
        self.catalog("INSERT OR REPLACE INTO object VALUES (?, ?, 'now')", digest, len(data))
        return digest

    def replace_commit(self, body, data=None):
        """Let another commit text take the commit's place everywhere."""
        new = self.store(data or formats.named_text("assay.commit/1", body))
        self.catalog('UPDATE "commit" SET id = ?, version = ? WHERE dataset = ?', new,
                     body["version"], self.dataset)
        self.catalog("UPDATE ref SET commit_id = ? WHERE dataset = ?", new, self.dataset)
        self.commit_id = new

    def replace_rows(self, file, table):
        sink = pa.BufferOutputStream()
        pq.write_table(table, sink)
        data = sink.getvalue().to_pybytes()
        file.update(sha256=self.store(data), bytes=len(data), rows=len(table))

    def digest_again(self, body):
        """Let the digests and the version id of a commit be those of its files."""
        for table in body["tables"].values():
            pages = formats.Pages()
            for partition in table["partitions"]:
                for file in partition["files"]:
                    for columns in reader.read_columns(self.path(file["sha256"]), body["schema"]):
                        for row in formats.encode_columns(body["schema"], columns):
                            pages.add(row)
                pages.end_partition()
            table["digest"] = pages.digest()
        body["version"] = hashlib.sha256(formats.version_text(
            body["schema"], body.get("label"), {name: table["digest"] for name, table in
                                                body["tables"].items()})).hexdigest()

    def failures(self, name_at_ref=None):
        out = io.StringIO()
        code = reader.verify(self.project, name_at_ref, out)
        self.output = out.getvalue()
        lines = [line[6:] for line in out.getvalue().splitlines() if line.startswith("FAIL")]
        self.assertEqual(code, 1 if lines else 0)
        return lines

    def expect_failures(self, *parts):
        """Expect one failed check for each part, in order, that holds this part."""
        lines = self.failures()
        self.assertEqual(len(lines), len(parts), lines)
        for part, line in zip(parts, lines):
            self.assertIn(part, line)

    # Without damage.

    def test_it_is_sound(self):
        self.expect_failures()
        for ref in ("flights", "flights@v1", "flights@main", "routes", "routes@v1"):
            self.assertEqual(self.failures(ref), [])
        self.assertNotIn("note", self.output)

    def test_it_shows_what_the_format_has(self):
        body = self.body()
        first = body["tables"]["train"]["partitions"][0]
        self.assertEqual(first["values"], [{"name": "month", "value": "2001-01"}])
        self.assertEqual(first["files"][0]["columns"][:2], [
            {"name": "date", "min": "2001-01-01 00:00:00", "max": "2001-01-11 09:00:00"},
            {"name": "flight", "min": "-3000", "max": "3000"}])
        self.assertEqual([column["name"] for column in first["files"][0]["columns"]],
                         ["date", "flight", "carrier", "delay", "fare", "late"])
        test = body["tables"]["test"]["partitions"][0]
        self.assertNotIn("values", test)
        self.assertNotIn("columns", test["files"][0])
        self.assertEqual(set(body["split"]), {"kind", "params"})
        self.choose("routes")
        self.assertEqual(self.body()["key"], ["to", "from"])
        self.assertNotIn("split", self.body())

    def test_what_a_program_may_write_besides(self):
        for key in ("host", "created_by"):
            self.catalog("INSERT INTO meta VALUES (?, 'x')", key)
        self.catalog("CREATE TABLE event (seq INTEGER PRIMARY KEY, body TEXT)")
        self.catalog('ALTER TABLE "commit" ADD COLUMN message TEXT')
        for profile in ({}, [], "none", {"columns": [{"name": "delay", "mean": "1e+05"}]}):
            body = self.body()
            body["recipe"].update(code_commit="0" * 40, seed=7, parameters={"x": ["1.5", True]})
            body.update(fitted=[], profile=self.store(formats.named_text("assay.profile/1",
                                                                         profile)))
            for table in body["tables"].values():
                table["more"] = 1
                for partition in table["partitions"]:
                    partition.update(more=1)
                    partition.setdefault("values", [])
                    for file in partition["files"]:
                        file.setdefault("columns", [])
                        file["more"] = {}
            self.replace_commit(body)
            self.expect_failures()
        self.choose("routes")
        body = {**self.body(), "split": {"kind": "none", "params": {}}}
        self.replace_commit(body)
        self.expect_failures()

    def test_the_column_of_a_ref_may_be_called_commit(self):
        self.catalog('ALTER TABLE ref RENAME COLUMN commit_id TO "commit"')
        self.expect_failures()
        self.assertEqual(self.failures("routes@v1"), [])

    def test_a_lower_bound_may_be_the_beginning_of_a_text(self):
        long = "\u00e9" * 65
        for ends, failures in (({"min": long[1:]}, 0), ({"min": long}, 0), ({"max": long}, 0),
                               ({"max": long[1:]}, 1), ({"min": long[2:]}, 1),
                               ({"min": "f" * 64}, 1)):
            with self.subTest(ends=ends):
                report = reader.Report(io.StringIO())
                bounds = reader.Bounds({"s": "string"}, {"columns": [{"name": "s", **ends}]})
                bounds.add({"s": [long.encode(), None]})
                bounds.check("file", report)
                self.assertEqual(len(report.failures), failures, report.failures)

    def test_bounds_may_be_left_out(self):
        body = self.body()
        files = body["tables"]["train"]["partitions"][0]["files"]
        files[0]["columns"] = [{"name": "flight", "max": "3000"}, {"name": "carrier"}]
        del files[1]["columns"]
        self.replace_commit(body)
        self.expect_failures()

    def test_a_new_hash_of_the_same_rows_is_the_same_version(self):
        body = self.body()
        file = body["tables"]["train"]["partitions"][0]["files"][0]
        self.replace_rows(file, pq.read_table(self.path(file["sha256"])))
        self.replace_commit(body)
        self.expect_failures()

    def test_rows_of_a_file_may_move_to_the_next(self):
        body = self.body()
        files = body["tables"]["train"]["partitions"][0]["files"]
        both = pa.concat_tables([pq.read_table(self.path(file["sha256"])) for file in files])
        for file, table in zip(files, (both.slice(0, 100), both.slice(100))):
            file.pop("columns")
            self.replace_rows(file, table)
        self.replace_commit(body)
        self.expect_failures()

    # Damage to files.

    def flip_byte(self, digest):
        data = bytearray(self.path(digest).read_bytes())
        data[len(data) // 2] ^= 1
        self.path(digest).chmod(0o644)
        self.path(digest).write_bytes(data)

    def test_a_flipped_byte_in_a_data_file(self):
        self.flip_byte(self.body()["tables"]["train"]["partitions"][0]["files"][1]["sha256"])
        self.expect_failures("sha256 of", "split train: rows", "version id")

    def test_a_flipped_byte_in_a_receipt_or_profile(self):
        body = self.body()
        self.flip_byte(body["sources"][0]["receipts"][0]["sha256"])
        self.flip_byte(body["profile"])
        self.expect_failures("profile", "receipt of flights: sha256")

    def test_a_flipped_byte_in_the_commit(self):
        self.flip_byte(self.commit_id)
        self.expect_failures("text")

    def test_a_missing_file(self):
        self.path(self.body()["tables"]["test"]["partitions"][0]["files"][0]["sha256"]).unlink()
        self.expect_failures("objects are on disk", "object: FileNotFoundError",
                             "split test: rows", "version id")

    def test_a_file_that_is_no_parquet(self):
        body = self.body()
        file = body["tables"]["train"]["partitions"][0]["files"][0]
        data = self.path(file["sha256"]).read_bytes()[:-100]
        file.update(sha256=self.store(data), bytes=len(data))
        self.replace_commit(body)
        self.expect_failures("split train: rows", "version id")

    # Damage to rows.

    def swap_rows(self, body):
        file = body["tables"]["train"]["partitions"][1]["files"][0]
        table = pq.read_table(self.path(file["sha256"]))
        self.replace_rows(file, table.take([1, 0, *range(2, len(table))]))
        return table

    def test_swapped_rows(self):
        body = self.body()
        self.swap_rows(body)
        self.replace_commit(body)
        self.expect_failures("canonical order: 1 rows", "split train: digest", "version id")

    def test_swapped_rows_with_a_digest_to_match(self):
        body = self.body()
        self.swap_rows(body)
        self.digest_again(body)
        self.replace_commit(body)
        self.expect_failures("canonical order: 1 rows")

    def test_a_row_less(self):
        body = self.body()
        file = body["tables"]["train"]["partitions"][1]["files"][0]
        del file["columns"]
        self.replace_rows(file, pq.read_table(self.path(file["sha256"])).slice(1))
        self.replace_commit(body)
        self.expect_failures("partition 1: rows", "split train: rows", "digest", "version id")

    def test_a_column_of_another_type(self):
        body = self.body()
        body["schema"][1]["type"] = "int32"
        self.replace_commit(body)
        self.expect_failures("split test: rows", "split train: rows", "version id")

    # A commit that says what is not so.

    def test_wrong_members_of_a_commit(self):
        def train(body):
            return body["tables"]["train"]

        def first_file(body):
            return train(body)["partitions"][0]["files"][0]

        def column(body, name):
            return next(c for c in first_file(body)["columns"] if c["name"] == name)

        def parts_of(body):
            return train(body)["partitions"]

        zeros = "0" * 64
        for change, *parts in (
                (lambda body: train(body).update(digest=zeros), "split train: digest"),
                (lambda body: body.update(version=zeros), "version id"),
                (lambda body: train(body).update(rows=1), "split train: rows"),
                (lambda body: train(body)["partitions"][0].update(rows=1), "partition 0: rows"),
                (lambda body: first_file(body).update(rows=1), "rows of file 0"),
                (lambda body: column(body, "flight").update(min="0"), "min of flight"),
                (lambda body: column(body, "carrier").update(max="a"), "max of carrier"),
                (lambda body: column(body, "delay").update(max="inf"), "max of delay"),
                (lambda body: column(body, "date").update(min="2001-01-01 00:00:01"),
                 "min of date"),
                (lambda body: column(body, "fare").update(min="-38.61001"), "min of fare"),
                (lambda body: column(body, "late").update(max="yes"), "max of late"),
                (lambda body: column(body, "late").update(max=True), "max of late"),
                (lambda body: first_file(body)["columns"].append({"name": "gone", "min": "1"}),
                 "file 0: columns"),
                (lambda body: first_file(body)["columns"].append({"name": "stops", "min": "[]"}),
                 "file 0: columns"),
                (lambda body: first_file(body)["columns"].append({"name": "flight"}),
                 "file 0: columns"),
                (lambda body: first_file(body).update(columns={"flight": {"min": "1"}}),
                 "rows: TypeError", "version id"),
                (lambda body: body["tables"]["test"]["partitions"][0]["files"][0].update(
                    columns=[{"name": "flight", "min": "0"}]), "min of flight"),
                (lambda body: parts_of(body)[0].update(values={"month": "2001-01"}),
                 "rows: TypeError", "version id"),
                (lambda body: parts_of(body)[0]["values"].append({"name": "month"}),
                 "rows: StoreError: a partition has two values", "version id"),
                (lambda body: parts_of(body)[0]["values"][0].update(name="year"),
                 "rows: StoreError: the partitions have values", "version id"),
                (lambda body: parts_of(body)[0]["values"][0].update(value="2001-02"),
                 "order of partitions"),
                (lambda body: parts_of(body)[0]["values"][0].pop("value"),
                 "order of partitions"),
                (lambda body: body["recipe"].update(files={"assay.yaml": zeros}),
                 "members: TypeError"),
                (lambda body: body["recipe"]["files"].append({"path": "x.sql", "sha256": zeros}),
                 "project file x.sql: object: FileNotFoundError"),
                (lambda body: body["recipe"]["files"].append({"path": "x.sql"}),
                 "members: KeyError"),
                (lambda body: body.pop("split"), "splits where none is declared"),
                (lambda body: body.update(split={"kind": "hash", "columns": []}),
                 "members: KeyError"),
                (lambda body: body.update(split={"kind": "hash", "params": []}), "split"),
                (lambda body: body.pop("label"), "version id"),
                (lambda body: body.update(key=["flight"]), "canonical order", "canonical order",
                 "key is unique"),
                (lambda body: body.update(key=["date", "carrier"]), "canonical order",
                 "canonical order", "key without nulls", "key is unique"),
                (lambda body: body.update(key=["gone"]), "order of rows: ValueError"),
                (lambda body: body.update(profile=zeros), "profile"),
                (lambda body: body.update(profile=self.commit_id), "profile"),
                (lambda body: body.update(parents=[zeros]), "parent"),
                (lambda body: body.pop("tables"), "members: KeyError"),
                (lambda body: body.update(run="run-2"), "row in the catalog"),
                (lambda body: body["schema"][0].update(name="_assay_x"), "schema")):
            self.start_again("flights")
            body = self.body()
            change(body)
            with self.subTest(parts):
                self.replace_commit(body)
                self.expect_failures(*parts)

    # Keys and maps.

    def routes(self, *rows, split=None, **changes):
        """Let the routes be other rows: train and test where `split` gives the border."""
        self.start_again("routes")
        body = self.body()
        body.update(changes)
        file = body["tables"]["all"]["partitions"][0]["files"][0]
        del file["columns"]
        if split is None:
            cuts = {"all": rows}
        else:
            cuts = {"train": rows[:split], "test": rows[split:]}
            body["split"] = {"kind": "time", "params": {}}
        body["tables"] = {}
        for name, part in cuts.items():
            entry = dict(file)
            self.replace_rows(entry, make_handwritten.arrow_table(body["schema"], part))
            body["tables"][name] = {"rows": len(part), "digest": "", "partitions": [
                {"rows": len(part), "files": [entry]}]}
        self.digest_again(body)
        for member in [name for name, value in body.items() if value is None]:
            del body[member]
        self.replace_commit(body)

    def test_rows_stand_by_the_key_in_declared_order(self):
        ab, ba, bc = (b"a", b"b", []), (b"b", b"a", []), (b"b", b"c", None)
        self.routes(ba, ab, bc)
        self.expect_failures()
        self.routes(ab, ba, bc)
        self.expect_failures("canonical order: 1 rows")
        self.routes(ab, ba, bc, key=["from", "to"])
        self.expect_failures()

    def test_a_key_is_unique_over_all_splits(self):
        ab, ba = (b"a", b"b", []), (b"b", b"a", [])
        self.routes(ba, ab, split=1)
        self.expect_failures()
        self.routes(ba, ab, (b"a", b"b", [(b"x", 1)]))
        self.expect_failures("key is unique over all splits: 1 rows")
        self.routes(ba, ab, (b"a", b"b", [(b"x", 1)]), split=2)
        self.expect_failures("key is unique over all splits: 1 rows")

    def test_a_key_holds_no_null(self):
        self.routes((b"a", b"b", None), (None, b"b", None), (b"a", None, []))
        self.expect_failures("key without nulls: 2 rows")

    def test_maps_have_no_order(self):
        row = (b"a", b"b", [(b"x", 1)])
        self.routes(row, key=["to", "from", "flights"])
        self.expect_failures("order of rows: ValueError: maps have no order")
        self.routes(row, key=None)
        self.expect_failures("order of rows: ValueError: maps have no order")

    def test_the_order_of_a_maps_entries_is_free(self):
        entries = [(b"UA", 1), (b"DELTA", 2), (b"LX", 3)]
        versions = set()
        for mixed in (entries, entries[::-1]):
            self.routes((b"a", b"b", mixed))
            self.expect_failures()
            versions.add(self.body()["version"])
        self.assertEqual(len(versions), 1)

    def test_a_map_with_a_key_twice_is_refused(self):
        self.start_again("routes")
        body = self.body()
        file = body["tables"]["all"]["partitions"][0]["files"][0]
        del file["columns"]
        self.replace_rows(file, make_handwritten.arrow_table(body["schema"], [
            (b"a", b"b", [(b"x", 1), (b"x", 2)])]))
        self.replace_commit(body)
        self.expect_failures("split all: rows: ValueError: a map holds a key twice", "version id")

    # Objects.

    def test_a_damaged_project_file(self):
        self.flip_byte(self.body()["recipe"]["files"][0]["sha256"])
        self.expect_failures("project file assay.yaml: sha256")

    def test_a_project_file_that_the_catalog_does_not_know(self):
        self.catalog("DELETE FROM object WHERE sha256 = ?",
                     self.body()["recipe"]["files"][0]["sha256"])
        self.expect_failures("project file assay.yaml: catalog's bytes")

    def test_wrong_bytes_of_a_file(self):
        body = self.body()
        body["tables"]["test"]["partitions"][0]["files"][0]["bytes"] += 1
        self.replace_commit(body)
        self.expect_failures("catalog's bytes", "file: bytes")

    def test_partitions_out_of_order(self):
        body = self.body()
        body["tables"]["train"]["partitions"].reverse()
        self.replace_commit(body)
        self.expect_failures("order of partitions", "split train: digest", "version id")

    def test_a_commit_that_is_not_canonical(self):
        canonical = self.path(self.commit_id).read_bytes()
        for data in (canonical + b"\n", canonical.replace(b'":', b'": ', 1),
                     canonical.replace(b"/1", b"\\/1", 1)):
            self.replace_commit(self.body(), data)
            self.expect_failures("text: ValueError: JSON is not in its canonical form")
            self.choose("flights")

    def test_a_text_of_another_kind(self):
        self.replace_commit(self.body(), formats.named_text("assay.commit/2", self.body()))
        self.expect_failures("not a text of kind assay.commit/1")

    # Damage to the catalog.

    def test_a_ref_without_its_commit(self):
        self.catalog("UPDATE ref SET commit_id = ? WHERE dataset = 'flights' AND kind = 'branch'",
                     "0" * 64)
        self.expect_failures("branch flights@main")

    def test_a_number_that_is_left_out(self):
        self.catalog("UPDATE ref SET name = 'v2' WHERE dataset = 'flights' AND kind = 'version'")
        self.expect_failures("numbers of flights")

    def test_a_catalog_of_another_schema(self):
        self.catalog("PRAGMA user_version = 5")
        self.expect_failures("user_version")

    def test_an_object_that_the_catalog_does_not_know(self):
        file = self.body()["tables"]["test"]["partitions"][0]["files"][0]
        self.catalog("DELETE FROM object WHERE sha256 = ?", file["sha256"])
        self.expect_failures("catalog's bytes")

    def test_no_store(self):
        shutil.rmtree(self.project / ".assay")
        self.expect_failures("store")

    # Refs.

    def test_refs(self):
        other = "1" * 64
        self.catalog("INSERT INTO \"commit\" VALUES (?, 'flights', ?, 'run-0', '2026-01-30')",
                     other, "2" * 64)
        for kind, name in (("tag", "good"), ("branch", "good"), ("branch", "try")):
            self.catalog("INSERT INTO ref VALUES ('flights', ?, ?, ?)", kind, name,
                         other if kind == "tag" else self.commit_id)
        store = reader.Store(self.project)
        self.addCleanup(store.close)
        version = self.body()["version"]
        for ref in ("flights", "flights@latest", "flights@main", "flights@v1", "flights@try",
                    f"flights@commit:{self.commit_id[:8]}", f"flights@version:{version[:8]}",
                    f"flights@version:{version}"):
            self.assertEqual(store.resolve(ref), self.commit_id, ref)
        for ref in ("flights@good", "flights@commit:11111111", "flights@version:22222222"):
            self.assertEqual(store.resolve(ref), other, ref)
        for ref in ("flight", "flights@v2", "flights@bad", "flights@version:33333333",
                    f"flights@commit:{self.commit_id[:7]}", "other@main",
                    f"flights@commit:{self.ids['routes']}"):
            with self.assertRaises(ValueError, msg=ref):
                store.resolve(ref)

    # The command line.

    def run_reader(self, *arguments):
        return subprocess.run([sys.executable, HERE / "assay_reader.py", *arguments],
                              capture_output=True, encoding="utf-8", env={"PYTHONUTF8": "1"})

    def test_verify_on_the_command_line(self):
        done = self.run_reader("verify", self.project, "flights@v1")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertRegex(done.stdout, r"\n\d\d checks passed, 0 failed\n$")
        self.path(self.commit_id).unlink()
        done = self.run_reader("verify", self.project)
        self.assertEqual((done.returncode, done.stderr), (1, ""))
        self.assertRegex(done.stdout, r"\n\d+ checks passed, 2 failed\n$")

    def test_rows_on_the_command_line(self):
        done = self.run_reader("rows", self.project, "flights", "train")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        rows = [json.loads(line) for line in done.stdout.splitlines()]
        written = (make_handwritten.rows_of(make_handwritten.JANUARY, 9000)
                   + make_handwritten.rows_of(make_handwritten.FEBRUARY, 300))
        self.assertEqual([list(row.values()) for row in rows], [
            [formats.to_plain(c["type"], v) for c, v in zip(make_handwritten.SCHEMA, row)]
            for row in written])
        self.assertEqual(self.run_reader("rows", self.project, "flights", "test").stdout, "")
        self.assertEqual(self.run_reader("rows", self.project, "flights", "no").returncode, 1)


if __name__ == "__main__":
    unittest.main()
