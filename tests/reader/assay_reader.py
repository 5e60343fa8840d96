"""Reads and verifies a store without the program that wrote it.

    assay_reader.py verify PROJECT_DIR [NAME@REF]   check one commit, or all of them and the catalog
    assay_reader.py rows PROJECT_DIR NAME@REF SPLIT print the rows of a split as JSON lines

Follows docs/design/0001-formats.md and shares no code with the program, so it can judge it. Values
are taken from Parquet exactly: times as integers, decimals as unscaled integers, text as bytes.
Needs pyarrow and xxhash, pinned in deps/python.txt.
"""

import argparse
import datetime
import fractions
import hashlib
import json
import os
import pathlib
import re
import sqlite3
import struct
import sys

import pyarrow as pa
import pyarrow.parquet as pq
import xxhash

import assay_formats as formats

BATCH_ROWS = 65536
LONGEST_BOUND = 64  # characters of a text in `columns`
TEXT_TYPES = (pa.string(), pa.large_string(), pa.string_view())
BYTES_TYPES = (pa.binary(), pa.large_binary(), pa.binary_view())
ARROW_TYPES = {
    **{name: [getattr(pa, name)()] for name in (
        "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float32",
        "float64")},
    "bool": [pa.bool_()], "date": [pa.date32()], "time": [pa.time64("us")],
    "timestamp[us]": [pa.timestamp("us")], "string": TEXT_TYPES, "bytes": BYTES_TYPES,
}
# What a damaged or foreign file may raise; anything else is a bug of this reader.
UNREADABLE = (OSError, ValueError, KeyError, TypeError, AttributeError, ArithmeticError,
              sqlite3.Error, pa.ArrowException)


class StoreError(ValueError):
    """The store does not hold what was asked for."""


# --- Parquet to Python values

def wrong_type(type_, array):
    return StoreError(f"the file holds {array.type}, the schema says {type_}")


def values(type_, array):
    """Return the values of an Arrow array as assay_formats takes them."""
    if isinstance(array, pa.ExtensionArray):  # JSON text is stored as text
        array = array.storage
    if isinstance(array, pa.DictionaryArray):
        array = array.dictionary_decode()
    if formats.nested_type(type_):
        return nested_values(type_, array)
    if formats.decimal_type(type_) or type_ == "int128":
        return unscaled_values(type_, array)
    if type_ == "timestamp[us,utc]":
        fits = pa.types.is_timestamp(array.type) and array.type.unit == "us" and array.type.tz
    else:
        fits = array.type in ARROW_TYPES[type_]
    if not fits:
        raise wrong_type(type_, array)
    if type_ == "string":
        array = array.cast(pa.large_binary())
    elif type_ == "date":
        array = array.cast(pa.int32())
    elif type_ == "time" or type_.startswith("timestamp"):
        array = array.cast(pa.int64())
    return array.to_pylist()


def unscaled_values(type_, array):
    """Return decimals as unscaled integers. An int128 is expected as a decimal of scale 0."""
    precision_and_scale = formats.decimal_type(type_)
    if not pa.types.is_decimal(array.type) or array.type.scale != (
            precision_and_scale[1] if precision_and_scale else 0) or (
            precision_and_scale and array.type.precision != precision_and_scale[0]):
        raise wrong_type(type_, array)
    width = array.type.byte_width
    numbers = memoryview(array.buffers()[1] or b"")[array.offset * width:]
    return [int.from_bytes(numbers[i * width:(i + 1) * width], "little", signed=True)
            if valid else None for i, valid in enumerate(array.is_valid().to_pylist())]


def nested_values(type_, array):
    kind, inner = formats.nested_type(type_)
    matches = {"list": lambda t: pa.types.is_list(t) or pa.types.is_large_list(t),
               "struct": pa.types.is_struct, "map": pa.types.is_map}[kind]
    if not matches(array.type):
        raise wrong_type(type_, array)
    valid = array.is_valid().to_pylist()
    if kind == "struct":
        names = [field["name"] for field in type_["struct"]]
        if [field.name for field in array.type] != names:
            raise wrong_type(type_, array)
        fields = [values(t, array.field(i)) for i, t in enumerate(inner)]
        return [list(row) if ok else None for row, ok in zip(zip(*fields), valid)]
    if kind == "list":
        elements = values(inner, array.values)
    else:
        elements = list(zip(values(inner[0], array.keys), values(inner[1], array.items)))
    ends = array.offsets.to_pylist()
    return [elements[ends[i]:ends[i + 1]] if ok else None for i, ok in enumerate(valid)]


def read_columns(path, schema, with_ids=False):
    """Yield the rows of a Parquet file in file order, batch by batch, as one list per column.

    A file of a node, unlike one of a version, may have columns of ids behind those of the schema.
    """
    with pq.ParquetFile(path) as file:
        names = [column["name"] for column in schema]
        found = file.schema_arrow.names
        if with_ids:
            found = [name for name in found if not name.startswith("_assay_row_")]
        if found != names or file.schema_arrow.names[:len(names)] != names:
            raise StoreError(f"the file's columns are {file.schema_arrow.names}, not {names}")
        for column, field in zip(schema, file.schema_arrow):
            values(column["type"], pa.nulls(0, field.type))  # so a file of no rows is judged too
        for batch in file.iter_batches(batch_size=BATCH_ROWS):
            yield [values(c["type"], batch.column(i)) for i, c in enumerate(schema)]


# --- The texts of `min` and `max`

DAY = 86_400_000_000
CLOCK = r"(\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?"
MOMENT = (r"(?P<year>\d{4,})-(?P<month>\d\d)-(?P<day>\d\d)(?P<bc> \(BC\))?"
          r"(?:[ T](?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)(?:\.(?P<fraction>\d{1,6}))?)?"
          r"(?:Z|(?P<sign>[+-])(?P<zone_hour>\d\d)(?::?(?P<zone_minute>\d\d))?)?")


def whole_days(year, month, day):
    """Return the days since 1970-01-01 of a date in any year of the Gregorian calendar."""
    cycles = (year - 2000) // 400  # of 146,097 days; Python knows the years 1 to 9999 only
    date = datetime.date(year - cycles * 400, month, day)
    return cycles * 146_097 + date.toordinal() - datetime.date(1970, 1, 1).toordinal()


def clock_micros(hour, minute, second, fraction):
    """Return the microseconds since midnight; 24:00:00 is allowed."""
    micros = ((int(hour) * 60 + int(minute)) * 60 + int(second)) * 1_000_000
    micros += int((fraction or "").ljust(6, "0"))
    if int(minute) > 59 or int(second) > 59 or micros > DAY:
        raise StoreError(f"not a time: {hour}:{minute}:{second}")
    return micros


def time_from_text(type_, text):
    """Return the integer of a date, time or timestamp."""
    if type_ == "time":
        match = re.fullmatch(CLOCK, text)
        if not match:
            raise StoreError(f"not a time: {text}")
        return clock_micros(*match.groups())
    if text in ("infinity", "-infinity"):
        last = 2 ** 31 - 1 if type_ == "date" else 2 ** 63 - 1
        return last if text == "infinity" else -last
    match = re.fullmatch(MOMENT, text)
    if not match:
        raise StoreError(f"not a {type_}: {text}")
    year = int(match["year"])
    days = whole_days(1 - year if match["bc"] else year, int(match["month"]), int(match["day"]))
    clock = match.group("hour", "minute", "second", "fraction")
    micros = clock_micros(*clock) if match["hour"] else 0
    if type_ == "date":
        if micros:
            raise StoreError(f"not a date: {text}")
        return days
    if match["sign"]:
        offset = clock_micros(match["zone_hour"], match["zone_minute"] or 0, 0, "")
        micros -= offset if match["sign"] == "+" else -offset
    return days * DAY + micros


def from_text(type_, text):
    """Return the value that a text of `min` or `max` stands for, None where no form is known."""
    if not isinstance(text, str):
        raise StoreError(f"not a text: {text}")
    if type_ == "bytes":
        return None
    if type_ == "string":
        return text.encode()
    if type_ == "bool":
        return {"true": True, "false": False}[text]
    if type_ == "float32":
        return struct.unpack("<f", struct.pack("<f", float(text)))[0]
    if type_ == "float64":
        return float(text)
    if type_ in ("date", "time", "timestamp[us]", "timestamp[us,utc]"):
        return time_from_text(type_, text)
    if formats.decimal_type(type_):
        unscaled = fractions.Fraction(text) * 10 ** formats.decimal_type(type_)[1]
        if unscaled.denominator != 1:
            raise StoreError(f"not a {type_}: {text}")
        return int(unscaled)
    return int(text)


# --- The store

class Store:
    """A project's objects and catalog, opened for reading."""

    def __init__(self, project):
        self.root = pathlib.Path(project).resolve() / ".assay"
        if not (self.root / "catalog.sqlite").is_file():
            raise StoreError(f"no store in {project}")
        uri = (self.root / "catalog.sqlite").as_uri() + "?mode=ro"
        if not os.access(self.root, os.W_OK):
            uri += "&immutable=1"  # a WAL database needs a file beside it otherwise
        self.catalog = sqlite3.connect(uri, uri=True)
        # Section 13 says what the table holds, not how its column is called.
        named = {row[1] for row in self.query("PRAGMA table_info(ref)")}
        self.ref_commit = '"commit"' if "commit" in named else "commit_id"

    def close(self):
        self.catalog.close()

    def query(self, sql, *parameters):
        return self.catalog.execute(sql, parameters).fetchall()

    def path(self, digest):
        if not re.fullmatch("[0-9a-f]{64}", digest):
            raise StoreError(f"not a sha256: {digest}")
        return self.root / "objects" / "sha256" / digest[:2] / digest[2:]

    def text(self, digest, kind):
        """Return the body of a stored text after checking its address, form and kind."""
        data = self.path(digest).read_bytes()
        if formats.sha256(data) != digest:
            raise StoreError(f"the object's bytes do not have its address {digest}")
        value = formats.parse_canonical(data)
        if not isinstance(value, dict) or list(value) != [kind]:
            raise StoreError(f"not a text of kind {kind}: {digest}")
        return value[kind]

    def resolve(self, name_at_ref):
        """Return the id of the commit that `name@ref` means; see section 12."""
        name, _, ref = name_at_ref.partition("@")
        ref = ref or "latest"
        by_id = re.fullmatch("(version|commit):([0-9a-f]{8,64})", ref)
        if by_id:
            return self.resolve_id(name, *by_id.groups())
        if ref == "latest":
            wanted = [("branch", "main")]
        elif re.fullmatch("v[1-9][0-9]*", ref):
            wanted = [("version", ref)]
        else:
            wanted = [("tag", ref), ("branch", ref)]
        for kind, ref_name in wanted:
            found = self.query(f"SELECT {self.ref_commit} FROM ref WHERE dataset = ? AND "
                               "kind = ? AND name = ?", name, kind, ref_name)
            if found:
                return found[0][0]
        raise StoreError(f"no such ref: {name_at_ref}")

    def resolve_id(self, name, kind, digits):
        """Return the one commit of a dataset with such an id, or the first of such a version."""
        column = "id" if kind == "commit" else "version"
        # rowid is no part of the format, so commits of one version are told apart by time, then id.
        found = self.query(f'SELECT {column}, id FROM "commit" WHERE dataset = ? AND '
                           f"substr({column}, 1, ?) = ? ORDER BY created_at, id",
                           name, len(digits), digits)
        if len({row[0] for row in found}) != 1:
            raise StoreError(f"{len(found)} commits match {name}@{kind}:{digits}")
        return found[0][1]


# --- Verification

class Report:
    """Prints one line for each check and counts them."""

    def __init__(self, out=sys.stdout):
        self.out = out
        self.passed = 0
        self.failures = []

    def check(self, name, ok, detail=""):
        """Record a check; `detail` is printed when it failed."""
        if ok:
            self.passed += 1
            print(f"ok    {name}", file=self.out)
        else:
            self.failures.append(f"{name}: {detail}")
            print(f"FAIL  {name}: {detail}", file=self.out)
        return ok

    def equal(self, name, expected, found):
        """Record a check of what is found against what the commit or the format says."""
        return self.check(name, found == expected, f"expected {expected}, found {found}")

    def attempt(self, name, function, *arguments):
        """Call a function and return (True, result); a call that raises is a failed check."""
        try:
            return True, function(*arguments)
        except UNREADABLE as error:
            self.check(name, False, f"{type(error).__name__}: {error}")
            return False, None

    def summary(self):
        print(f"{self.passed} checks passed, {len(self.failures)} failed", file=self.out)
        return 1 if self.failures else 0


class Verifier:
    """Checks commits of a store; an object is read once however many commits name it."""

    def __init__(self, store, report):
        self.store = store
        self.report = report
        self.sound = {}  # digest of an object -> whether it was found and sound

    def commit(self, commit_id):
        """Check a commit and everything it names."""
        name = f"commit {commit_id[:12]}"
        found, commit = self.report.attempt(f"{name}: text", self.store.text, commit_id,
                                            "assay.commit/1")
        if found:
            self.report.check(f"{name}: address, canonical form and kind of the text", True)
            self.report.attempt(f"{name}: members", self.commit_body, name, commit_id, commit)

    def commit_body(self, name, commit_id, commit):
        report = self.report
        self.catalog_row(name, commit_id, commit)
        for parent in commit["parents"]:
            if report.attempt(f"{name}: parent", self.store.text, parent, "assay.commit/1")[0]:
                report.check(f"{name}: parent {parent[:12]}", True)
        if report.attempt(f"{name}: profile", self.store.text, commit["profile"],
                          "assay.profile/1")[0]:
            report.check(f"{name}: profile", True)
        for source in commit["sources"]:
            for receipt in source["receipts"]:
                self.object(f"{name}: receipt of {source['name']}", receipt["sha256"],
                            receipt["bytes"])
        for file in commit["recipe"]["files"]:
            self.object(f"{name}: project file {file['path']}", file["sha256"])
        self.declared_split(name, commit)

        schema = commit["schema"]
        if not report.attempt(f"{name}: schema", formats.check_schema, schema)[0]:
            return
        report.check(f"{name}: schema", True)
        found, ordered = report.attempt(f"{name}: order of rows", formats.order_columns, schema,
                                        commit.get("key"))
        if not found:
            return
        keys = Keys(schema, ordered) if commit.get("key") else None
        digests = {}
        for split_name, split in commit["tables"].items():
            label = f"{name}: split {split_name}"
            read, digest = report.attempt(f"{label}: rows", self.split, label, split, schema,
                                          ordered, keys)
            if read:
                report.equal(f"{label}: digest", split["digest"], digest)
                digests[split_name] = digest
        if len(digests) < len(commit["tables"]):
            report.check(f"{name}: version id", False, "not computed, for a split was not read")
            return
        version = formats.sha256(formats.version_text(schema, commit.get("label"), digests,
                                                      commit.get("preparation")))
        report.equal(f"{name}: version id", commit["version"], version)
        if keys:
            keys.check(name, report)
        if "preparation" in commit:
            report.attempt(f"{name}: preparation", self.prepared, name, commit, digests)

    def prepared(self, name, commit, digests):
        """Check the fitted state, and that each split's prepared rows are what the commit says."""
        report = self.report
        state = self.store.text(commit["preparation"], "assay.preparation/1")
        report.equal(f"{name}: preparation: input", commit["schema"], state["input"])
        fitted_on = state["fitted_on"]
        report.equal(f"{name}: preparation: fitted on",
                     {"split": "train", "rows": commit["tables"]["train"]["rows"],
                      "digest": digests["train"]}, fitted_on)
        report.equal(f"{name}: prepared splits", list(commit["tables"]), list(commit["prepared"]))
        for split_name, split in commit["prepared"].items():
            label = f"{name}: prepared split {split_name}"
            report.equal(f"{label}: rows of the raw split", commit["tables"][split_name]["rows"],
                         split["rows"])
            read, digest = report.attempt(f"{label}: rows", self.split, label, split,
                                          state["output"], (), None)
            if read:
                report.equal(f"{label}: digest", split["digest"], digest)

    def declared_split(self, name, commit):
        """Check the form of `split`, which only a commit whose one split is `all` may lack."""
        if "split" in commit:
            split = commit["split"]
            self.report.check(f"{name}: split", isinstance(split["kind"], str)
                              and isinstance(split["params"], dict), f"no split: {split}")
        else:
            self.report.equal(f"{name}: splits where none is declared", ["all"],
                              list(commit["tables"]))

    def catalog_row(self, name, commit_id, commit):
        rows = self.store.query('SELECT dataset, version, run, created_at FROM "commit" '
                                "WHERE id = ?", commit_id)
        self.report.equal(f"{name}: row in the catalog", [tuple(
            commit[member] for member in ("dataset", "version", "run", "created_at"))], rows)

    def object(self, name, digest, size=None):
        """Check that an object is there with its address and size, and that the catalog agrees.

        Without a size the file's own is what the catalog must hold.
        """
        if digest not in self.sound:
            read, found = self.report.attempt(f"{name}: object", self.hash_object, digest)
            self.sound[digest] = read and self.report.equal(
                f"{name}: sha256 of {digest[:12]}", digest, found)
            rows = self.store.query("SELECT bytes FROM object WHERE sha256 = ?", digest)
            if size is not None or self.sound[digest]:
                expected = self.store.path(digest).stat().st_size if size is None else size
                self.report.equal(f"{name}: catalog's bytes of {digest[:12]}", [(expected,)], rows)
        if self.sound[digest] and size is not None:
            self.report.equal(f"{name}: bytes of {digest[:12]}", size,
                              self.store.path(digest).stat().st_size)
        return self.sound[digest]

    def hash_object(self, digest):
        with open(self.store.path(digest), "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def split(self, name, split, schema, ordered, keys):
        """Check a split's files and rows against the commit and return its digest."""
        report, partitions = self.report, split["partitions"]
        for partition in partitions:
            for file in partition["files"]:
                if not self.object(f"{name}: file", file["sha256"], file["bytes"]):
                    raise StoreError("not read, for a file is damaged or missing")
        places = partition_places(partitions)
        report.check(f"{name}: order of partitions",
                     all(a < b for a, b in zip(places, places[1:])), "not ascending")
        pages, total = formats.Pages(), Sum()
        rows = sum([self.partition(f"{name}: partition {i}", partition, schema, ordered, keys,
                                   pages, total) for i, partition in enumerate(partitions)])
        report.equal(f"{name}: rows", split["rows"], rows)
        if "content_id" in split:  # old commits have none
            report.equal(f"{name}: content id", split["content_id"],
                         formats.sha256(formats.content_text_of(schema, rows, total.value)))
        return pages.digest()

    def partition(self, name, partition, schema, ordered, keys, pages, total):
        """Add a partition's rows to the pages, check their order, and return their number."""
        types = {column["name"]: column["type"] for column in schema}
        order_keys = {column: formats.order_key(types[column]) for column in ordered}
        previous, rows, breaks = None, 0, 0
        for number, file in enumerate(partition["files"]):
            bounds = Bounds(types, file)
            file_rows = 0
            for columns in read_columns(self.store.path(file["sha256"]), schema):
                for row in formats.encode_columns(schema, columns):
                    pages.add(row)
                    total.add(row)
                cells = dict(zip(types, columns))
                for place in zip(*[map(order_keys[c], cells[c]) for c in ordered]):
                    if previous is not None and place < previous:
                        breaks += 1
                    previous = place
                if keys:
                    keys.add(cells)
                bounds.add(cells)
                file_rows += len(columns[0])
            self.report.equal(f"{name}: rows of file {number}", file["rows"], file_rows)
            bounds.check(f"{name}: file {number}", self.report)
            rows += file_rows
        self.report.equal(f"{name}: rows", partition["rows"], rows)
        self.report.check(f"{name}: canonical order", breaks == 0,
                          f"{breaks} rows do not stand behind the row before them")
        pages.end_partition()
        return rows


def partition_places(partitions):
    """Return what orders each partition: its values, a null (it has no text) last."""
    named = []
    for partition in partitions:
        entries = partition.get("values", [])
        values_ = {entry["name"]: entry.get("value") for entry in entries}
        if len(values_) < len(entries):
            raise StoreError("a partition has two values of one name")
        named.append(values_)
    names = list(max(named, key=len, default={}))
    if any(name not in names for values_ in named for name in values_):
        raise StoreError("the partitions have values of different names")
    # Texts are compared by their bytes.
    return [[(values_.get(name) is None, (values_.get(name) or "").encode()) for name in names]
            for values_ in named]


class Sum:
    """Of the hashes of rows, in any order."""

    def __init__(self):
        self.value = 0

    def add(self, row):
        self.value = (self.value + xxhash.xxh3_128_intdigest(row)) % 2 ** 128


class Keys:
    """The declared key of the rows of all splits: it is unique and holds no null."""

    def __init__(self, schema, ordered):
        types = {column["name"]: column["type"] for column in schema}
        self.schema = [{"name": name, "type": types[name]} for name in ordered]
        self.hashes = [pa.array([], pa.binary(16))]
        self.nulls = 0

    def add(self, cells):
        """Take the next cells of the columns, as column -> list of values."""
        columns = [cells[column["name"]] for column in self.schema]
        self.nulls += sum(None in row for row in zip(*columns))
        # 16 bytes a row, for memory; that two keys share them is out of the question.
        self.hashes.append(pa.array([xxhash.xxh3_128_digest(row) for row in
                                     formats.encode_columns(self.schema, columns)],
                                    pa.binary(16)))

    def check(self, name, report):
        report.check(f"{name}: key without nulls", not self.nulls, f"{self.nulls} rows have one")
        hashes = pa.chunked_array(self.hashes)
        again = len(hashes) - len(hashes.unique())
        report.check(f"{name}: key is unique over all splits", not again,
                     f"{again} rows have the key of a row before them")


def end_is_cut(which, text):
    """Whether a text may be the beginning of a longer value, which only `min` can be."""
    return which == 0 and len(text) == LONGEST_BOUND


class Bounds:
    """The `columns` that a file declares beside those of its rows; nulls do not count."""

    def __init__(self, types, file):
        self.types = types
        self.listed = "columns" in file
        self.declared, self.bad = {}, []
        for entry in file.get("columns", []):
            name = entry["name"]
            if name in self.declared or name not in types or formats.nested_type(types[name]):
                self.bad.append(name)
            else:
                self.declared[name] = entry
        self.seen = {}  # column -> [least, greatest] value

    def add(self, columns):
        """Take the next cells of the columns, as column -> list of values."""
        for column in self.declared:
            found = [v for v in columns[column] if v is not None]
            numbers = [v for v in found if v == v]
            if numbers:
                numbers = [min(numbers), max(numbers)]
            if len(numbers) < len(found):
                numbers += [v for v in found if v != v][:1]
            numbers += self.seen.get(column, [])
            if numbers:
                order = formats.order_key(self.types[column])
                self.seen[column] = [min(numbers, key=order), max(numbers, key=order)]

    def check(self, name, report):
        if self.listed:
            report.check(f"{name}: columns", not self.bad,
                         f"unknown, nested or listed twice: {', '.join(self.bad)}")
        for column, entry in self.declared.items():
            for which, end in enumerate(("min", "max")):
                if end in entry:
                    self.check_end(f"{name}: {end} of {column}", column, which, entry[end], report)

    def check_end(self, name, column, which, text, report):
        type_ = self.types[column]
        read, value = report.attempt(name, from_text, type_, text)
        if read and value is None:
            print(f"note  {name} is not checked: no text form is known for {type_}",
                  file=report.out)
        elif read:
            seen, order = self.seen.get(column), formats.order_key(type_)
            found = seen[which] if seen else None
            if seen and type_ == "string" and end_is_cut(which, text):
                found = found.decode()[:LONGEST_BOUND].encode()
            report.check(name, seen and order(found) == order(value),
                         f"expected {text}, found {found if seen else 'no value'}")


def verify_catalog(store, report):
    """Check the catalog's schema version, and its refs against its commits; return their ids."""
    # Version 2 has more tables (models, feedback, decisions); those of version 1 are the same.
    version = store.query("PRAGMA user_version")[0][0]
    report.check("catalog: user_version", version in (1, 2, 3, 4), f"found {version}")
    report.equal("catalog: meta has `format`", 1,
                 len(store.query("SELECT value FROM meta WHERE key = 'format'")))
    missing = [digest for digest, size in store.query("SELECT sha256, bytes FROM object")
               if not store.path(digest).is_file() or store.path(digest).stat().st_size != size]
    report.check("catalog: objects are on disk with their size", not missing,
                 f"not so: {', '.join(missing)}")
    commits = {commit_id: (dataset, version) for commit_id, dataset, version in
               store.query('SELECT id, dataset, version FROM "commit" ORDER BY created_at, id')}
    numbers = {}
    for dataset, kind, name, commit_id in store.query(
            f"SELECT dataset, kind, name, {store.ref_commit} FROM ref "
            "ORDER BY dataset, kind, name"):
        known = commits.get(commit_id)
        report.check(f"catalog: {kind} {dataset}@{name}", known and known[0] == dataset,
                     f"no commit {commit_id} of {dataset}")
        if kind == "version" and known:
            numbers.setdefault(dataset, {})[name] = known[1]
    for dataset, named in numbers.items():
        report.equal(f"catalog: numbers of {dataset}",
                     {f"v{i + 1}" for i in range(len(named))}, set(named))
        report.equal(f"catalog: different versions of {dataset}", len(named),
                     len(set(named.values())))
    return list(commits)


def verify(project, name_at_ref=None, out=sys.stdout):
    """Check one commit, or the catalog and every commit; return 0 when all is sound, else 1."""
    report = Report(out)
    opened, store = report.attempt("store", Store, project)
    if opened:
        if name_at_ref:
            found, commit_id = report.attempt(f"ref {name_at_ref}", store.resolve, name_at_ref)
            commits = [commit_id] if found else []
        else:
            commits = report.attempt("catalog", verify_catalog, store, report)[1] or []
        verifier = Verifier(store, report)
        for commit_id in commits:
            verifier.commit(commit_id)
        store.close()
    return report.summary()


def print_rows(project, name_at_ref, split_name, out=sys.stdout):
    """Print the rows of a split in stored order, each as a JSON object of plain values."""
    store = Store(project)
    commit = store.text(store.resolve(name_at_ref), "assay.commit/1")
    if split_name not in commit["tables"]:
        raise StoreError(f"no split {split_name}; there are {', '.join(commit['tables'])}")
    schema = commit["schema"]
    for partition in commit["tables"][split_name]["partitions"]:
        for file in partition["files"]:
            for columns in read_columns(store.path(file["sha256"]), schema):
                for row in zip(*columns):
                    plain = {c["name"]: formats.to_plain(c["type"], v)
                             for c, v in zip(schema, row)}
                    print(json.dumps(plain, ensure_ascii=False), file=out)
    store.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = parser.add_subparsers(dest="verb", required=True)
    verb = verbs.add_parser("verify", help="check one commit, or the catalog and all commits")
    verb.add_argument("project")
    verb.add_argument("name_at_ref", nargs="?", metavar="NAME@REF")
    verb = verbs.add_parser("rows", help="print the rows of a split as JSON lines")
    verb.add_argument("project")
    verb.add_argument("name_at_ref", metavar="NAME@REF")
    verb.add_argument("split")
    arguments = parser.parse_args()
    if arguments.verb == "verify":
        return verify(arguments.project, arguments.name_at_ref)
    try:
        print_rows(arguments.project, arguments.name_at_ref, arguments.split)
    except UNREADABLE as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
