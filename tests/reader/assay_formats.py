"""The formats that enter an id, as docs/design/0001-formats.md gives them.

Pure functions on Python values: no files, no catalog, no Parquet. The section numbers in the
docstrings are those of the page. Standard library and xxhash only.

Python values of a column, None for null:

    integers, date, time, timestamps   int (days or microseconds for the times)
    float32, float64                   float
    decimal(p,s)                       int, the unscaled number
    string, bytes                      bytes
    bool                               bool
    list                               list of values
    struct                             list of values in field order
    map                                list of (key, value) pairs, in any order
"""

import hashlib
import json
import re
import struct

import xxhash

SIGNED = {"int8", "int16", "int32", "int64", "date", "time", "timestamp[us]", "timestamp[us,utc]"}
UNSIGNED = {"uint8", "uint16", "uint32", "uint64"}
FLOATS = {"float32": ("<f", "<I"), "float64": ("<d", "<Q")}
DECIMAL = re.compile(r"decimal\((\d+),(\d+)\)")

PAGE_MIN_ROWS = 256
PAGE_MAX_ROWS = 65536
PAGE_MASK = 0xFFF
SPLITS = ("train", "validation", "test")  # the order in which shares are cumulated


# --- Types (section 1)

def decimal_type(type_):
    """Return (precision, scale) of a decimal type, None for any other type."""
    match = DECIMAL.fullmatch(type_) if isinstance(type_, str) else None
    if not match:
        return None
    precision, scale = int(match[1]), int(match[2])
    if not 1 <= precision <= 38 or scale > precision or type_ != f"decimal({precision},{scale})":
        raise ValueError(f"bad decimal type: {type_}")
    return precision, scale


def nested_type(type_):
    """Return ("list", T), ("struct", [field types]) or ("map", (K, V)), None for a scalar type."""
    if not isinstance(type_, dict):
        return None
    if len(type_) != 1:
        raise ValueError(f"a nested type has one member: {type_}")
    (kind, inner), = type_.items()
    if kind == "list":
        return kind, inner
    if kind == "struct":
        return kind, [field["type"] for field in inner]
    if kind == "map" and len(inner) == 2:
        return kind, tuple(inner)
    raise ValueError(f"unknown type: {type_}")


def check_schema(schema):
    """Refuse a schema with an unknown type, a name twice or a reserved name."""
    seen = set()
    for column in schema:
        name = column["name"]
        folded = re.sub("[A-Z]", lambda letter: letter[0].lower(), name)
        if folded in seen:
            raise ValueError(f"column name twice: {name}")
        if folded.startswith("_assay_") or folded in ("file_row_number", "file_index"):
            raise ValueError(f"reserved column name: {name}")
        if set(column) != {"name", "type"}:
            raise ValueError(f"a column has a name and a type, nothing else: {column}")
        seen.add(folded)
        encoder(column["type"])


# --- row/1 (section 2)

NULL = b"\x00"
VALUE = b"\x01"


def encoder(type_):
    """Return the function that writes one value of a type as row/1 bytes, tag included."""
    if type_ in ("string", "bytes"):
        head = struct.Struct("<BI").pack
        return lambda v: NULL if v is None else head(1, len(v)) + v
    if type_ == "bool":
        return lambda v: NULL if v is None else (b"\x01\x01" if v else b"\x01\x00")
    if type_ == "int128":
        return lambda v: NULL if v is None else VALUE + v.to_bytes(16, "little", signed=True)
    if isinstance(type_, str) and (type_ in SIGNED or type_ in UNSIGNED):
        whole = struct.Struct("<Bq" if type_ in SIGNED else "<BQ").pack
        return lambda v: NULL if v is None else whole(1, v)
    if isinstance(type_, str) and type_ in FLOATS:
        return float_encoder(type_)
    if decimal_type(type_):
        return decimal_encoder(*decimal_type(type_))
    if nested_type(type_):
        return nested_encoder(*nested_type(type_))
    raise ValueError(f"unknown type: {type_}")


def float_encoder(type_):
    bits = struct.Struct("<B" + FLOATS[type_][0][1:]).pack
    one_nan = VALUE + bytes.fromhex({"float32": "0000c07f", "float64": "000000000000f87f"}[type_])

    def encode(v):
        if v is None:
            return NULL
        if v != v:
            return one_nan
        return bits(1, v or 0.0)  # `or` brings -0.0 to 0.0

    return encode


def decimal_encoder(precision, scale):
    limit = 10 ** precision
    tail = bytes([scale])

    def encode(v):
        if v is None:
            return NULL
        if not -limit < v < limit:
            raise ValueError(f"{v} has more than {precision} digits")
        return VALUE + v.to_bytes(16, "little", signed=True) + tail

    return encode


def nested_encoder(kind, inner):
    count = struct.Struct("<BI").pack
    if kind == "list":
        element = encoder(inner)
        return lambda v: NULL if v is None else count(1, len(v)) + b"".join(map(element, v))
    if kind == "struct":
        fields = [encoder(type_) for type_ in inner]
        return lambda v: NULL if v is None else VALUE + b"".join(
            field(x) for field, x in zip(fields, v, strict=True))
    value = encoder(inner[1])

    def encode(v):
        if v is None:
            return NULL
        entries = map_entries(inner[0], v)
        return count(1, len(v)) + b"".join(key + value(x) for key, _, x in entries)

    return encode


def map_entries(key_type, pairs):
    """Return (key bytes, key, value) of a map's entries in row/1 order: by the key's bytes."""
    key_bytes = encoder(key_type)
    entries = sorted(((key_bytes(k), k, v) for k, v in pairs), key=lambda entry: entry[0])
    for left, right in zip(entries, entries[1:]):
        if left[0] == right[0]:
            raise ValueError(f"a map holds a key twice: {left[1]}")
    if any(k is None for k, _ in pairs):
        raise ValueError("a map's key is null")
    return entries


def encode_columns(schema, columns):
    """Return the row/1 bytes of every row of a table given as one list of values per column."""
    encoded = [map(encoder(c["type"]), values) for c, values in zip(schema, columns, strict=True)]
    return [b"".join(row) for row in zip(*encoded, strict=True)]


def encode_row(schema, row):
    """Return the row/1 bytes of one row."""
    return b"".join(encoder(c["type"])(v) for c, v in zip(schema, row, strict=True))


# --- Canonical order (section 3)

LAST = (1,)  # sorts behind every (0, ...): the place of a null


def order_key(type_):
    """Return the function from a value to what Python compares in canonical order.

    A type that is or holds a map is refused: maps have no order.
    """
    if isinstance(type_, str) and type_ in FLOATS:
        # NaN stands behind +infinity; Python itself takes -0.0 and 0.0 as equal.
        return lambda v: LAST if v is None else ((0, 0, v) if v == v else (0, 1))
    nested = nested_type(type_)
    if not nested:
        return lambda v: LAST if v is None else (0, v)
    kind, inner = nested
    if kind == "list":
        element = order_key(inner)
        return lambda v: LAST if v is None else (0, tuple(map(element, v)))
    if kind == "struct":
        fields = [order_key(t) for t in inner]
        return lambda v: LAST if v is None else (0, tuple(f(x) for f, x in zip(fields, v)))
    raise ValueError("maps have no order")


def order_columns(schema, key):
    """Return the names of the columns that order the rows; refuse what cannot order them."""
    types = {column["name"]: column["type"] for column in schema}
    names = key or list(types)
    if len(set(names)) != len(names):
        raise ValueError("the key holds a column twice")
    for name in names:
        if name not in types:
            raise ValueError(f"the key names no column: {name}")
        try:
            order_key(types[name])
        except ValueError as error:
            raise ValueError(f"{error}, so a key without {name} is needed") from None
    return names


# --- Pages and digests (section 4)

class Pages:
    """Cuts the rows of a split into pages and digests them."""

    def __init__(self):
        self.rows = []        # of the page that is open
        self.page_rows = []   # number of rows of each finished page
        self.split = hashlib.sha256()

    def add(self, row):
        """Take the row/1 bytes of the next row."""
        rows = self.rows
        rows.append(row)
        if len(rows) >= PAGE_MIN_ROWS and (
                xxhash.xxh3_64_intdigest(row) & PAGE_MASK == 0 or len(rows) == PAGE_MAX_ROWS):
            self.end_page()

    def end_page(self):
        self.split.update(hashlib.sha256(b"".join(self.rows)).digest())
        self.page_rows.append(len(self.rows))
        self.rows = []

    def end_partition(self):
        """End the open page; a partition without rows has no page."""
        if self.rows:
            self.end_page()

    def digest(self):
        """Return the split's digest; every partition must have ended."""
        assert not self.rows
        return self.split.hexdigest()


# --- Canonical JSON and hashed texts (section 5)

ESCAPES = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r",
           "\t": "\\t"}


def write_string(text):
    text.encode()  # a lone surrogate has no UTF-8 form and is refused here
    return '"' + "".join(
        ESCAPES.get(c) or (f"\\u{ord(c):04x}" if c < " " else c) for c in text) + '"'


def write_json(value):
    if value is True or value is False:
        return "true" if value else "false"
    if isinstance(value, int):
        if abs(value) >= 2 ** 53:
            raise ValueError(f"integer too large for canonical JSON: {value}")
        return str(value)
    if isinstance(value, str):
        return write_string(value)
    if isinstance(value, list):
        return "[" + ",".join(map(write_json, value)) + "]"
    if isinstance(value, dict):
        if not all(isinstance(key, str) and key.isascii() for key in value):
            raise ValueError("a key is not ASCII")
        return "{" + ",".join(f"{write_string(k)}:{write_json(value[k])}"
                              for k in sorted(value)) + "}"
    raise ValueError(f"canonical JSON has no {type(value).__name__}")


def canonical(value):
    """Return the canonical JSON bytes of a value; refuse what the restricted form does not have."""
    return write_json(value).encode()


def object_of(pairs):
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a key stands twice in an object")
    return dict(pairs)


def refuse_number(text):
    raise ValueError(f"canonical JSON has integers only: {text}")


def parse_json(data):
    """Return the value of JSON bytes, canonical or not; refuse what has no canonical form."""
    try:
        value = json.loads(data.decode(), object_pairs_hook=object_of,
                           parse_float=refuse_number, parse_constant=refuse_number)
        canonical(value)
    except RecursionError:
        raise ValueError("JSON nested too deeply") from None
    return value


def parse_canonical(data):
    """Return the value of canonical JSON bytes; refuse any other bytes."""
    value = parse_json(data)
    if canonical(value) != data:
        raise ValueError("JSON is not in its canonical form")
    return value


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def named_text(kind, body):
    """Return the bytes of a hashed text; its id is their sha256."""
    return canonical({kind: body})


# --- Version id, content id, hash split (sections 6 to 8)

def version_text(schema, label, digests, preparation=None):
    """Return the text whose sha256 is the version id; label and preparation (sha256 of the fitted
    state's text) are None where there is none."""
    body = {"schema": schema, "splits": digests}
    if label is not None:
        body["label"] = label
    if preparation is not None:
        body["preparation"] = preparation
    return named_text("assay.version/1", body)


def content_text(schema, rows):
    """Return the text whose sha256 is the content id of rows given as row/1 bytes in any order."""
    total = sum(map(xxhash.xxh3_128_intdigest, rows)) % 2 ** 128
    return content_text_of(schema, len(rows), total)


def content_text_of(schema, rows, total):
    """The same from the number of rows and the sum of their hashes."""
    return named_text("assay.content/1",
                      {"rows": rows, "schema": schema, "sum": f"{total:032x}"})


def hash_split_part(row, seed):
    """Return the place of a row of the split columns, in millionths from 0 to 999,999."""
    return millionths(xxhash.xxh3_64_intdigest(row, seed))


def millionths(hash64):
    return hash64 * 1_000_000 >> 64


def hash_split(part, shares):
    """Return the split that a place belongs to; shares are millionths by the split's name."""
    if not set(shares) <= set(SPLITS):
        raise ValueError(f"a split is one of {', '.join(SPLITS)}")
    if sum(shares.values()) != 1_000_000 or min(shares.values()) < 0:
        raise ValueError("shares must add up to 1,000,000 millionths")
    border = 0
    for name in SPLITS:
        border += shares.get(name, 0)
        if part < border:
            return name
    raise AssertionError("the last border is 1,000,000")


# --- Values as plain JSON, for the test vectors and for `assay_reader.py rows`

def to_plain(type_, v):
    """Return a value as plain JSON: see "about" in vectors.json."""
    if v is None or type_ == "bool":
        return v
    if type_ == "string":
        return v.decode()
    if type_ == "bytes":
        return v.hex()
    if isinstance(type_, str) and type_ in FLOATS:
        pack, unpack = FLOATS[type_]
        bits, = struct.unpack(unpack, struct.pack(pack, v))
        return f"{bits:0{2 * struct.calcsize(unpack)}x}"
    if decimal_type(type_):
        return str(v)
    nested = nested_type(type_)
    if not nested:
        return v if abs(v) < 2 ** 53 else str(v)
    kind, inner = nested
    if kind == "list":
        return [to_plain(inner, x) for x in v]
    if kind == "struct":
        return [to_plain(t, x) for t, x in zip(inner, v, strict=True)]
    return [[to_plain(inner[0], k), to_plain(inner[1], x)] for k, x in v]


def from_plain(type_, v):
    """Return the value that plain JSON stands for."""
    if v is None or type_ == "bool":
        return v
    if type_ == "string":
        return v.encode()
    if type_ == "bytes":
        return bytes.fromhex(v)
    if isinstance(type_, str) and type_ in FLOATS:
        pack, unpack = FLOATS[type_]
        return struct.unpack(pack, struct.pack(unpack, int(v, 16)))[0]
    nested = nested_type(type_)
    if not nested:
        return int(v)
    kind, inner = nested
    if kind == "list":
        return [from_plain(inner, x) for x in v]
    if kind == "struct":
        return [from_plain(t, x) for t, x in zip(inner, v, strict=True)]
    return [(from_plain(inner[0], k), from_plain(inner[1], x)) for k, x in v]
