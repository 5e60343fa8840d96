"""Writes a small store by hand, with pyarrow and SQLite alone, into a directory given.

    make_handwritten.py PROJECT_DIR

The store holds two datasets of one commit each. `flights` has no key; its `train` has two
partitions, the first of two files, and its `test` is empty. `routes` has a map column, so it has a
key too, in another order than the schema's, and the one split `all`. The store shows what section
13 of docs/design/0001-formats.md asks for to be readable, and gives the program a store that it did
not write.
"""

import contextlib
import copy
import datetime
import decimal
import math
import os
import pathlib
import sqlite3
import sys

import pyarrow as pa
import pyarrow.parquet as pq

import assay_formats as formats

CREATED_AT = "2026-01-31T09:00:00Z"
RUN = "run-1"
SCHEMA = [
    {"name": "date", "type": "timestamp[us]"},
    {"name": "flight", "type": "int64"},
    {"name": "carrier", "type": "string"},
    {"name": "delay", "type": "float64"},
    {"name": "fare", "type": "decimal(9,2)"},
    {"name": "stops", "type": {"list": "string"}},
    {"name": "late", "type": "bool"},
]
ROUTES_SCHEMA = [
    {"name": "from", "type": "string"},
    {"name": "to", "type": "string"},
    {"name": "flights", "type": {"map": ["string", "int64"]}},
]
ROUTES_KEY = ["to", "from"]
ROUTES = [  # in canonical order of the key
    (b"ATL", b"BOS", [(b"UA", 3), (b"DL", 120)]),
    (b"JFK", b"BOS", []),
    (b"BOS", b"JFK", None),
    (b"ZRH", b"JFK", [(b"LX", None)]),
    (b"JFK", b"ZRH", [(b"LX", 58), (b"DELTA", 31), (b"UA", 1)]),
]
ARROW_TYPES = {"timestamp[us]": pa.timestamp("us"), "int64": pa.int64(), "string": pa.string(),
               "float64": pa.float64(), "decimal(9,2)": pa.decimal128(9, 2), "bool": pa.bool_()}
EXACT = decimal.Context(prec=38)
PROJECT_FILE = b"format: 1\nproject: handwritten\n"
JANUARY = 978307200_000000   # 2001-01-01T00:00:00 in microseconds
FEBRUARY = 980985600_000000  # 2001-02-01T00:00:00
HOUR = 3600_000000

TABLES = """
PRAGMA journal_mode = WAL;
PRAGMA user_version = 1;
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE object (sha256 TEXT PRIMARY KEY, bytes INTEGER NOT NULL, created_at TEXT NOT NULL);
CREATE TABLE "commit" (id TEXT PRIMARY KEY, dataset TEXT NOT NULL, version TEXT NOT NULL,
                       run TEXT NOT NULL, created_at TEXT NOT NULL);
CREATE TABLE ref (dataset TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL,
                  commit_id TEXT NOT NULL, PRIMARY KEY (dataset, kind, name));
"""


def rows_of(start, number):
    """Return rows of one month in canonical order, as Python values of assay_formats."""
    delays = [0.0, -0.0, 12.5, -3.25, math.inf, math.nan, None, 0.1]
    stops = [[], [b"BOS"], [b"BOS", None], None, [b""], ["Zürich".encode(), b"JFK"]]
    rows = []
    for i in range(number):
        rows.append((
            start + i // 20 * HOUR,
            i % 7 * 1000 - 3000,
            [b"AA", None, b"", "Æro".encode(), "日本".encode()][i % 5],
            delays[i % 8],
            None if i % 11 == 0 else (i - 40) * 99,
            stops[i % 6],
            i % 3 == 0,
        ))
    keys = [formats.order_key(column["type"]) for column in SCHEMA]
    return sorted(rows, key=lambda row: [key(v) for key, v in zip(keys, row)])


def arrow_type(type_):
    if isinstance(type_, str):
        return ARROW_TYPES[type_]
    kind, inner = formats.nested_type(type_)
    return pa.list_(arrow_type(inner)) if kind == "list" else pa.map_(*map(arrow_type, inner))


def arrow_value(type_, v):
    if v is None or type_ in ("timestamp[us]", "int64", "float64", "bool"):
        return v
    if type_ == "string":
        return v.decode()
    if formats.decimal_type(type_):
        return EXACT.scaleb(decimal.Decimal(v), -formats.decimal_type(type_)[1])
    kind, inner = formats.nested_type(type_)
    if kind == "list":
        return [arrow_value(inner, x) for x in v]
    return [tuple(map(arrow_value, inner, entry)) for entry in v]


def columns_of(schema, rows):
    return list(zip(*rows)) or [()] * len(schema)


def arrow_table(schema, rows):
    """Return rows as an Arrow table of the data files' types."""
    return pa.table([pa.array([arrow_value(c["type"], v) for v in column], arrow_type(c["type"]))
                     for c, column in zip(schema, columns_of(schema, rows))],
                    [c["name"] for c in schema])


def text_of(type_, v):
    """Return a value as the engine prints it."""
    if type_ == "bool":
        return "true" if v else "false"
    if type_ == "timestamp[us]":
        moment = datetime.datetime(1970, 1, 1) + datetime.timedelta(microseconds=v)
        return str(moment)  # "2001-01-01 00:00:00"
    return str(arrow_value(type_, v))


def column_bounds(schema, rows):
    """Return `columns` of a file: the bounds of each column that is not nested and has values."""
    bounds = []
    for column, cells in zip(schema, columns_of(schema, rows)):
        found = [v for v in cells if v is not None]
        if found and isinstance(column["type"], str):
            order = formats.order_key(column["type"])
            bounds.append({"name": column["name"],
                           "min": text_of(column["type"], min(found, key=order)),
                           "max": text_of(column["type"], max(found, key=order))})
    return bounds


class StoreWriter:
    """Writes objects, then with `seal` the catalog, which makes the store complete."""

    def __init__(self, project):
        self.root = pathlib.Path(project) / ".assay"
        (self.root / "objects" / "sha256").mkdir(parents=True)
        (self.root / "staging").mkdir()
        self.objects = {}

    def object(self, data):
        """Store bytes and return their address."""
        digest = formats.sha256(data)
        path = self.root / "objects" / "sha256" / digest[:2] / digest[2:]
        if digest not in self.objects:
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(data)
            path.chmod(0o444)
            self.objects[digest] = len(data)
        return digest

    def data_file(self, schema, rows):
        """Store rows as a Parquet file and return its entry in a commit."""
        sink = pa.BufferOutputStream()
        pq.write_table(arrow_table(schema, rows), sink, row_group_size=1000, compression="zstd")
        data = sink.getvalue().to_pybytes()
        entry = {"sha256": self.object(data), "bytes": len(data), "rows": len(rows)}
        if rows:
            entry["columns"] = column_bounds(schema, rows)
        return entry

    def partition(self, schema, files, **named):
        """Store lists of rows, one for each file, and return the partition's entry."""
        entry = {"rows": sum(map(len, files)),
                 "files": [self.data_file(schema, rows) for rows in files]}
        if named:
            entry["values"] = [{"name": name, "value": value} for name, value in named.items()]
        return entry

    def source(self, name, data):
        """Store what a source read and return the source's entry in a commit."""
        return {"name": name, "kind": "csv", "license": "CC0-1.0", "receipts": [{
            "location": f"data/{name}.csv", "sha256": self.object(data), "bytes": len(data),
            "collected_at": "2026-01-30T08:00:00Z"}]}

    def seal(self, commits):
        """Write the catalog: commits are (body, id), one for each dataset."""
        with contextlib.closing(sqlite3.connect(self.root / "catalog.sqlite")) as catalog:
            catalog.executescript(TABLES)
            catalog.executemany("INSERT INTO meta VALUES (?, ?)", [
                ("format", "1"), ("created_at", CREATED_AT), ("assay", "0.1.0")])
            catalog.executemany("INSERT INTO object VALUES (?, ?, ?)", [
                (digest, size, CREATED_AT) for digest, size in self.objects.items()])
            for body, commit_id in commits:  # the first and so far only one of its dataset
                catalog.execute('INSERT INTO "commit" VALUES (?, ?, ?, ?, ?)', (
                    commit_id, body["dataset"], body["version"], body["run"],
                    body["created_at"]))
                catalog.executemany("INSERT INTO ref VALUES (?, ?, ?, ?)", [
                    (body["dataset"], "version", "v1", commit_id),
                    (body["dataset"], "branch", "main", commit_id)])
            catalog.commit()


def split_entry(schema, partitions, rows_by_partition):
    """Return a split's entry in a commit; its digest comes from the rows, not from the files."""
    pages = formats.Pages()
    for rows in rows_by_partition:
        for row in formats.encode_columns(schema, columns_of(schema, rows)):
            pages.add(row)
        pages.end_partition()
    return {"digest": pages.digest(), "rows": sum(map(len, rows_by_partition)),
            "partitions": partitions}


def commit_body(writer, dataset, schema, label, tables, source):
    """Store the receipts, profile and project file of a commit and return its body."""
    version = formats.version_text(schema, label, {name: table["digest"]
                                                   for name, table in tables.items()})
    body = {
        "dataset": dataset,
        "version": formats.sha256(version),
        "parents": [],
        "schema": copy.deepcopy(schema),
        "tables": tables,
        "sources": [writer.source(dataset, source)],
        "recipe": {"engine": "duckdb 1.5.5", "assay": "0.1.0",
                   "fingerprint": formats.sha256(b"assay.node/1\nkind dataset/1\n"), "nodes": {},
                   "files": [{"path": "assay.yaml", "sha256": writer.object(PROJECT_FILE)}]},
        "run": RUN,
        "gates": [],
        "waivers": [],
        "profile": writer.object(formats.named_text("assay.profile/1", {
            "rows": sum(table["rows"] for table in tables.values())})),
        "owner": {"name": "ML data", "email": "ml-data@example.org"},
        "licenses": ["CC0-1.0"],
        "message": "Written by hand",
        "created_at": CREATED_AT,
        "created_by": "make_handwritten.py",
    }
    if label:
        body["label"] = label
    return body


def flights_body(writer):
    january, february = rows_of(JANUARY, 9000), rows_of(FEBRUARY, 300)
    train = split_entry(SCHEMA, [
        writer.partition(SCHEMA, [january[:5000], january[5000:]], month="2001-01"),
        writer.partition(SCHEMA, [february], month="2001-02"),
    ], [january, february])
    test = split_entry(SCHEMA, [writer.partition(SCHEMA, [[]])], [[]])
    body = commit_body(writer, "flights", SCHEMA, {"column": "late", "type": "bool"},
                       {"train": train, "test": test}, b"date,flight\n")
    return {**body, "split": {"kind": "hash", "params": {"columns": ["flight"], "shares": [
        {"name": "train", "millionths": 1_000_000}, {"name": "test", "millionths": 0}]}}}


def routes_body(writer):
    table = split_entry(ROUTES_SCHEMA, [writer.partition(ROUTES_SCHEMA, [ROUTES])], [ROUTES])
    body = commit_body(writer, "routes", ROUTES_SCHEMA, None, {"all": table}, b"from,to\n")
    return {**body, "key": ROUTES_KEY}


def make_store(project):
    """Write the store and return the ids of the commits by dataset."""
    writer = StoreWriter(project)
    commits = [(body, writer.object(formats.named_text("assay.commit/1", body)))
               for body in (flights_body(writer), routes_body(writer))]
    writer.seal(commits)
    (pathlib.Path(project) / "assay.yaml").write_bytes(PROJECT_FILE)
    return {body["dataset"]: commit_id for body, commit_id in commits}


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: make_handwritten.py PROJECT_DIR")
    os.makedirs(sys.argv[1], exist_ok=True)
    for dataset, commit_id in make_store(sys.argv[1]).items():
        print(f"{dataset}@commit:{commit_id}")


if __name__ == "__main__":
    main()
