"""Writes vectors.json, the test vectors of docs/design/0001-formats.md, beside this file.

The values are chosen here, the results come from assay_formats, and reader_test.py holds
assay_formats to examples worked by hand. The output depends on nothing but this code.
"""

import json
import pathlib

import xxhash

import assay_formats as formats

PATH = pathlib.Path(__file__).with_name("vectors.json")

ABOUT = [
    "Test vectors for docs/design/0001-formats.md, written by make_vectors.py. ASCII only.",
    "Values are plain JSON by the type of their column; null is null. Integers, dates (days), times "
    "and timestamps (microseconds): a number, or its decimal text from 2^53 on. Floats: the IEEE "
    "bits as hex, most significant digit first. Decimals: the unscaled integer as text. string: a "
    "string. bytes: hex. bool: true or false. list: a list. struct: a list of values in field "
    "order. map: a list of [key, value]. No number in this file has a point or an exponent.",
    "row: the row/1 bytes in hex, and xxh3 of them with seed 0, most significant digit first.",
    "row_refuse: values that have no row/1 bytes.",
    "order: the rows stand in canonical order, by key where one is given; no two are equal.",
    "order_refuse: schemas and keys without a canonical order.",
    "pages: row i of rule `square` is (i, decimal text of i * i), i from 0; rule `constant` repeats "
    "`row`. `partitions` are numbers of rows, taken one after the other. `page_rows` are the "
    "numbers of rows of the pages of all partitions; `digest` is the split's.",
    "content: the rows in any order, or those of a rule; `id` is the sha256 of `text`.",
    "hash_split: `rows` hold the split columns in declared order, or the columns named are taken "
    "from a rule; digit i of `splits` is the index of row i's split in `shares`. These stand in "
    "any order and are cumulated as train, validation, test. `seed` is text. `places`: "
    "floor(hash * 1,000,000 / 2^64).",
    "json_accept: input text and its canonical form. json_refuse: input without a canonical form. "
    "json_not_canonical: input that has one but is not it, so a stored text may not hold it. All "
    "as hex, since some are no valid UTF-8.",
    "version: `id` is the sha256 of `text`.",
]

COUNTS = {"map": ["string", "int64"]}
SQUARE = [{"name": "n", "type": "int64"}, {"name": "s", "type": "string"}]


def square(count):
    """Return rows 0 to count - 1 of the rule `square`."""
    return [(i, str(i * i).encode()) for i in range(count)]


def columns(*types):
    """Return a schema of columns a, b, c, ... of the types."""
    return [{"name": "abcdefghijklmnopqrstuvwxyz"[i], "type": type_}
            for i, type_ in enumerate(types)]


def from_plain_row(schema, row):
    return [formats.from_plain(column["type"], v) for column, v in zip(schema, row, strict=True)]


# --- row/1

def row_case(name, schema, row):
    data = formats.encode_row(schema, from_plain_row(schema, row))
    return {"name": name, "schema": schema, "values": row, "row": data.hex(),
            "xxh3_64": f"{xxhash.xxh3_64_intdigest(data):016x}",
            "xxh3_128": f"{xxhash.xxh3_128_intdigest(data):032x}"}


def integer(v):
    return v if abs(v) < 2 ** 53 else str(v)


def scalar_values():
    """Yield (type, plain values worth a vector)."""
    for bits in (8, 16, 32, 64, 128):
        low, high = -2 ** (bits - 1), 2 ** (bits - 1) - 1
        yield f"int{bits}", [0, 1, -1, 42, integer(low), integer(high)]
    for bits in (8, 16, 32, 64):
        yield f"uint{bits}", [0, 1, 42, integer(2 ** (bits - 1)), integer(2 ** bits - 1)]
    yield "int64", [2 ** 53 - 1, str(2 ** 53), str(-2 ** 53)]
    yield "float32", ["00000000", "80000000", "3f800000", "bf800000", "3dcccccd", "00000001",
                      "007fffff", "00800000", "7f7fffff", "7f800000", "ff800000", "7fc00000",
                      "ffc00000", "7fc00001", "7f800001", "ffffffff"]
    yield "float64", ["0000000000000000", "8000000000000000", "3ff0000000000000",
                      "bff0000000000000", "3fb999999999999a", "0000000000000001",
                      "800fffffffffffff", "0010000000000000", "7fefffffffffffff",
                      "ffefffffffffffff", "7ff0000000000000", "fff0000000000000",
                      "7ff8000000000000", "fff8000000000000", "7ff8000000000001",
                      "7ff0000000000001", "ffffffffffffffff"]
    yield "decimal(4,1)", ["0", "15", "-15", "9999", "-9999"]
    yield "decimal(18,3)", ["0", "123456", "-1", str(10 ** 18 - 1), str(1 - 10 ** 18)]
    yield "decimal(38,0)", [str(10 ** 38 - 1), str(1 - 10 ** 38), str(2 ** 64), str(-2 ** 64)]
    yield "decimal(38,10)", ["12345678901", "-12345678901"]
    yield "decimal(38,38)", ["1", str(1 - 10 ** 38)]
    yield "string", ["", "a", "assay", "\u00e9", "e\u0301", "\u65e5\u672c", "\U0001f600",
                     "nul\u0000in", "line\nbreak", "\ufeff", "x" * 300]
    yield "bytes", ["", "00", "ff", "00ff80", "c328", "61"]
    yield "bool", [False, True]
    yield "date", [0, 1, -1, 11323, -719162, -2 ** 31 + 1, 2 ** 31 - 1]
    yield "time", [0, 1, 43200000000, 86399999999]
    for zone in ("", ",utc"):
        yield f"timestamp[us{zone}]", [0, 1, -1, 978307200000000, -62135596800000000,
                                       str(-2 ** 63), str(1 - 2 ** 63), str(2 ** 63 - 1)]


def nested_cases():
    """Yield (name, types, row) of nested and of wider rows."""
    strings = {"list": "string"}
    point = {"struct": [{"name": "x", "type": "float64"}, {"name": "y", "type": "float64"}]}
    deep = {"list": {"struct": [{"name": "name", "type": "string"},
                                {"name": "marks", "type": {"list": {"list": "int16"}}}]}}
    yield "list null", [strings], [None]
    yield "list empty", [strings], [[]]
    yield "list of an empty string", [strings], [[""]]
    yield "list of nulls", [strings], [[None, None]]
    yield "list mixed", [strings], [["a", None, "\u00e9", ""]]
    yield "list of floats", [{"list": "float64"}], [["8000000000000000", "7ff8000000000001", None]]
    yield "list of decimals", [{"list": "decimal(9,2)"}], [["1250", "-1", None]]
    yield "list of lists", [{"list": strings}], [[[], None, [None], ["a", "b"]]]
    yield "struct null", [point], [None]
    yield "struct of nulls", [point], [[None, None]]
    yield "struct", [point], [["3ff0000000000000", None]]
    yield "struct in struct", [{"struct": [{"name": "p", "type": point},
                                           {"name": "n", "type": "uint8"}]}], [[None, 255]]
    yield "structs with lists of lists", [deep], [[["a", [[1, -1], [], None]], [None, None], None]]
    yield "map null", [{"map": ["string", "int64"]}], [None]
    yield "map empty", [{"map": ["string", "int64"]}], [[]]
    yield "map in order", [{"map": ["string", "int64"]}], [[["a", 1], ["b", 2]]]
    yield "map out of order", [{"map": ["string", "int64"]}], [[["b", 2], ["a", 1]]]
    yield "map: a short key before a long one", [{"map": ["string", "int64"]}], [
        [["aa", 1], ["b", 2], ["", 3]]]
    yield "map: integers by their bytes", [{"map": ["int32", "string"]}], [
        [[-1, "c"], [1, "b"], [256, "a"]]]
    yield "map: the length's low byte leads", [{"map": ["string", "bool"]}], [
        [["b", True], ["k" * 200, False], ["k" * 256, None], ["", True]]]
    yield "map: null values", [{"map": ["string", strings]}], [[["b", None], ["a", [None]]]]
    yield "map: struct keys", [{"map": [point, "bool"]}], [
        [[["3ff0000000000000", None], True], [[None, "3ff0000000000000"], False]]]
    yield "list of maps", [{"list": {"map": ["string", "uint8"]}}], [
        [[["z", 1], ["y", 2]], None, []]]
    yield "flight", ["timestamp[us]", "int64", "string", "float64", "decimal(9,2)", strings,
                     "bool"], [978307200000000, 42, None, "8000000000000000", "-1250",
                               ["BOS", None], True]
    yield "all null", ["int8", "float32", "decimal(4,1)", "string", "bool", "date", strings,
                       point], [None] * 8
    yield "no border between texts", ["string", "string"], ["ab", "c"]
    yield "no border between texts, moved", ["string", "string"], ["a", "bc"]


def row_cases():
    cases = []
    for type_, plain_values in scalar_values():
        for v in [None, *plain_values]:
            shown = "null" if v is None else str(v) if len(str(v)) < 40 else "long"
            cases.append(row_case(f"{type_} {shown}", columns(type_), [v]))
    return cases + [row_case(name, columns(*types), row) for name, types, row in nested_cases()]


def row_refuse_cases():
    marks = {"map": ["float64", "bool"]}
    cases = [
        ("a null key", COUNTS, [["a", 1], [None, 2]]),
        ("a repeated key", COUNTS, [["a", 1], ["b", 2], ["a", 1]]),
        ("0 and -0 are one key", marks, [["0000000000000000", True], ["8000000000000000", True]]),
        ("every NaN is one key", marks, [["7ff8000000000000", True], ["fff8000000000001", True]]),
        ("a repeated key within a list", {"list": COUNTS}, [[], [["a", 1], ["a", 2]]]),
    ]
    return [{"why": why, "schema": columns(type_), "values": [v]} for why, type_, v in cases]


# --- Canonical order

def order_cases():
    strings = {"list": "string"}
    pair = {"struct": [{"name": "x", "type": "int64"}, {"name": "y", "type": "string"}]}
    single = [
        ("int64", [str(-2 ** 63), -1, 0, 1, 256, str(2 ** 63 - 1), None]),
        ("uint64", [0, 1, str(2 ** 63), str(2 ** 64 - 1), None]),
        ("float64", ["fff0000000000000", "bff0000000000000", "8000000000000001",
                     "8000000000000000", "0000000000000001", "3ff0000000000000",
                     "7fefffffffffffff", "7ff0000000000000", "fff8000000000000", None]),
        ("float32", ["ff800000", "bf800000", "00000000", "3f800000", "7f800000", "7fc00000",
                     None]),
        ("decimal(38,2)", [str(1 - 10 ** 38), "-1", "0", "1", "100", str(10 ** 38 - 1), None]),
        ("string", ["", "\u0000", "A", "B", "a", "aa", "ab", "b", "\u00e9", "\u65e5", "\uffff",
                    "\U0001f600", None]),
        ("bytes", ["", "00", "0000", "01", "7f", "80", "ff", "ff00", None]),
        ("bool", [False, True, None]),
        ("date", [1 - 2 ** 31, -719162, -1, 0, 11323, 2 ** 31 - 1, None]),
        ("timestamp[us,utc]", [str(1 - 2 ** 63), -62135596800000000, -1, 0, 978307200000000,
                               str(2 ** 63 - 1), None]),
        (strings, [[], [""], ["a"], ["a", ""], ["a", "b"], ["a", None], ["b"], [None],
                   [None, "a"], None]),
        ({"list": "float64"}, [["7ff0000000000000"], ["7ff8000000000000"], [None], None]),
        (pair, [[1, "a"], [1, "b"], [1, None], [2, "a"], [None, "a"], [None, None], None]),
    ]
    cases = [{"name": json.dumps(type_), "schema": columns(type_),
              "rows": [[v] for v in plain_values]} for type_, plain_values in single]
    cases.append({"name": "all columns", "schema": columns("int64", "string"), "rows": [
        [1, "a"], [1, "b"], [1, None], [2, ""], [None, "a"], [None, None]]})
    cases.append({"name": "key", "schema": columns("int64", "string", "bool"), "key": ["c", "a"],
                  "rows": [[2, "z", False], [3, None, False], [1, "y", True], [2, "a", True]]})
    cases.append({"name": "key beside a map", "schema": columns(COUNTS, "int64"), "key": ["b"],
                  "rows": [[[["z", 1]], 1], [None, 2], [[], 3]]})
    return cases


def order_refuse_cases():
    cases = [
        ("a map without a key", columns("int64", COUNTS), None),
        ("a map in a list without a key", columns("int64", {"list": COUNTS}), None),
        ("a map in a struct without a key", columns({"struct": [{"name": "m", "type": COUNTS}]}),
         None),
        ("a key with a map", columns("int64", COUNTS), ["a", "b"]),
        ("a key that is no column", columns("int64"), ["b"]),
        ("a column twice in a key", columns("int64", "string"), ["a", "a"]),
    ]
    return [{"why": why, "schema": schema, **({"key": key} if key else {})}
            for why, schema, key in cases]


# --- Pages

def digest_of(schema, rows, partitions):
    """Return (numbers of rows of the pages, digest) of rows cut into partitions."""
    pages = formats.Pages()
    place = iter(formats.encode_columns(schema, list(zip(*rows)) or [()] * len(schema)))
    for count in partitions:
        for _ in range(count):
            pages.add(next(place))
        pages.end_partition()
    return pages.page_rows, pages.digest()


def first_hit():
    """Return the least n for which the hash of row (n, "same") would end a page."""
    n = 0
    while xxhash.xxh3_64_intdigest(formats.encode_row(SQUARE, (n, b"same"))) & formats.PAGE_MASK:
        n += 1
    return n


def page_cases():
    wanted = [("square", None, [n]) for n in (0, 1, 255, 256, 257, 10_000, 200_000)]
    wanted += [("square", None, [100, 0, 9900]), ("square", None, [0, 0])]
    wanted += [("constant", [7, "same"], [n]) for n in (65_535, 65_536, 65_537, 100_000)]
    wanted += [("constant", [first_hit(), "same"], [n]) for n in (255, 256, 257, 10_000)]
    cases = []
    for rule, row, partitions in wanted:
        count = sum(partitions)
        rows = square(count) if rule == "square" else [from_plain_row(SQUARE, row)] * count
        page_rows, digest = digest_of(SQUARE, rows, partitions)
        case = {"schema": SQUARE, "rule": rule, "partitions": partitions}
        if row:
            case["row"] = row
        cases.append({**case, "page_rows": page_rows, "digest": digest})
    return cases


# --- Content id

def content_cases():
    schema = columns("int64", "string", "float64")
    rows = [[1, "a", "3ff0000000000000"], [2, None, "8000000000000000"],
            [2, None, "8000000000000000"], [None, "\u00e9", "fff8000000000001"], [-5, "", None]]
    # The same rows for a model: shuffled, 0 for -0, another NaN.
    same = [[2, None, "0000000000000000"], [-5, "", None], [1, "a", "3ff0000000000000"],
            [None, "\u00e9", "7ff8000000000000"], [2, None, "8000000000000000"]]
    cases = []
    for name, table in [("no rows", []), ("one row", rows[:1]), ("five rows", rows),
                        ("five rows, shuffled", same), ("one of two equal rows less", same[1:])]:
        text = formats.content_text(schema, [
            formats.encode_row(schema, from_plain_row(schema, row)) for row in table])
        cases.append({"name": name, "schema": schema, "rows": table, "text": text.decode(),
                      "id": formats.sha256(text)})
    text = formats.content_text(SQUARE, formats.encode_columns(SQUARE, list(zip(*square(10_000)))))
    cases.append({"name": "rule", "schema": SQUARE, "rule": "square", "count": 10_000,
                  "text": text.decode(), "id": formats.sha256(text)})
    return cases


# --- Hash split

def split_digits(schema, rows, seed, shares):
    millionths = {share["name"]: share["millionths"] for share in shares}
    names = list(millionths)
    return "".join(str(names.index(formats.hash_split(formats.hash_split_part(
        formats.encode_row(schema, row), seed), millionths))) for row in rows)


def hash_split_cases():
    def shares(**parts):
        return [{"name": name, "millionths": part} for name, part in parts.items()]

    thirds = shares(train=333_333, validation=333_333, test=333_334)
    usual = shares(train=800_000, validation=100_000, test=100_000)
    wanted = [
        (["n"], 0, usual), (["s"], 0, usual), (["n", "s"], 0, usual), (["s", "n"], 0, usual),
        (["n"], 1, usual), (["n"], 42, usual), (["n"], 2 ** 64 - 1, usual), (["n"], 0, thirds),
        (["n"], 0, shares(train=900_000, test=100_000)),
        (["n"], 0, shares(test=100_000, train=900_000)),
        (["n"], 0, shares(test=100_000, validation=300_000, train=600_000)),
        (["n"], 0, shares(validation=500_000, test=500_000)),
        (["n"], 0, shares(train=1_000_000, test=0)), (["n"], 0, shares(train=0, test=1_000_000)),
        (["n"], 0, shares(train=1, validation=999_998, test=1)),
    ]
    places = {"n": 0, "s": 1}
    cases = []
    for names, seed, parts in wanted:
        schema = [SQUARE[places[name]] for name in names]
        rows = [[row[places[name]] for name in names] for row in square(200)]
        cases.append({"rule": "square", "columns": names, "count": 200, "seed": str(seed),
                      "shares": parts, "splits": split_digits(schema, rows, seed, parts)})
    schema = columns("string", "date")
    rows = [[None, None], ["", None], ["a", 0], ["\u00e9", -1], ["a", 11323], [None, 11323]]
    for seed in (0, 7):
        cases.append({"schema": schema, "rows": rows, "seed": str(seed), "shares": usual,
                      "splits": split_digits(schema, [from_plain_row(schema, row) for row in rows],
                                             seed, usual)})
    return cases


def place_cases():
    """Return hashes on both sides of some borders between millionths."""
    hashes = [0, 2 ** 63 - 1, 2 ** 63, 2 ** 64 - 1]
    for part in (1, 333_333, 800_000, 999_999):
        border = -(-part * 2 ** 64 // 1_000_000)  # the least hash of this millionth
        hashes += [border - 1, border]
    return [{"hash": f"{h:016x}", "millionths": formats.millionths(h)} for h in hashes]


# --- Canonical JSON

ACCEPT = [
    '{}', '[]', '""', 'true', 'false', '0', '-1', '{"b":1,"a":2}', ' { "a" : [ 1 , 2 ] } ',
    '{"a":{"z":[],"y":{}},"B":true,"_":false,"":"","1":1}', '9007199254740991',
    '-9007199254740991', '-0', '"\\u0041"', '"\\/"', '"\\u001F\\u0000\\u007f"',
    '"\\b\\f\\n\\r\\t\\"\\\\"', '"\\u0008\\u000c\\u000a\\u000d\\u0009\\u0022\\u005c"',
    '"\u00e9 \u65e5\u672c \U0001f600"', '"\\u00e9 \\ud83d\\ude00"', '"\u2028\u2029\ufeff"',
    '"e\u0301"', '{"10":1,"9":2,"a b":3,"a\\nb":4}', '[[],[[]],{"a":[{"b":[]}]}]',
    '{"assay.version/1":{"splits":{"train":"00"},"schema":[]}}', '"1.5"',
    '{"a":"\\u003c\\u003e\\u0026\\u0027"}', '["0.1","1234.5","1e+05","1e+22","-0"]',
]
REFUSE = [
    (b"1.5", "a number with a fraction"), (b"1.0", "a number with a fraction"),
    (b"1e3", "a number with an exponent"), (b"[-0.0]", "a number with a fraction"),
    (b"null", "null"), (b'{"a":null}', "null"), (b"9007199254740992", "2^53"),
    (b"-9007199254740992", "-2^53"), (b"100000000000000000000", "beyond 64 bits"),
    ('{"\u00e9":1}'.encode(), "a key that is not ASCII"),
    (b'{"\\u00e9":1}', "a key that is not ASCII"), (b'{"a":1,"a":1}', "a key twice"),
    (b'{"a":1,"\\u0061":2}', "a key twice"), (b'"\\ud800"', "a lone surrogate"),
    (b'"\\ude00\\ud83d"', "surrogates in the wrong order"), (b'"\xff"', "bytes that are no UTF-8"),
    (b'"\xed\xa0\x80"', "a surrogate in UTF-8"), (b'"\xc0\x80"', "an overlong form"),
    (b'"\x01"', "a control character as it stands"), (b'"\n"', "a line feed in a string"),
    (b'\xef\xbb\xbf{}', "a byte order mark"), (b"NaN", "no JSON"), (b"Infinity", "no JSON"),
    (b"[1,]", "a comma too many"), (b"{}{}", "two texts"), (b"", "nothing"), (b"01", "a leading 0"),
    (b"+1", "a plus sign"), (b"'a'", "single quotes"), (b'{"a":1', "an end too early"),
]
NOT_CANONICAL = [
    (b"{}\n", "a line feed behind it"), (b'{"a": 1}', "a space"), (b'{"b":1,"a":2}', "key order"),
    (b"-0", "minus zero"), (b'"\\u0041"', "an escape without need"), (b'"\\/"', "an escaped slash"),
    (b'"\\u001F"', "upper-case hex"), (b'"\\u000a"', "the long form of a short escape"),
    (b'"\\u00e9"', "an escape of a character that is not ASCII"), (b'"\\u007f"', "escaped DEL"),
]


def json_accept_cases():
    cases = []
    for text in ACCEPT:
        data = formats.canonical(formats.parse_json(text.encode()))
        cases.append({"input": text.encode().hex(), "canonical": data.hex(),
                      "sha256": formats.sha256(data)})
    return cases


def json_bad_cases(inputs):
    return [{"why": why, "input": data.hex()} for data, why in inputs]


# --- Version id

def version_cases():
    digests = [formats.sha256(data) for data in (b"", b"a", b"b")]
    flight = [{"name": "date", "type": "timestamp[us]"}, {"name": "late", "type": "bool"}]
    nested = [
        {"name": "n\u00e9 \"q\"", "type": {"list": {"struct": [
            {"name": "k", "type": {"map": ["string", "decimal(18,3)"]}}]}}},
        {"name": "label", "type": "string"},
    ]
    cases = []
    for name, schema, label, splits in [
            ("one split, no label", flight, None, {"all": digests[1]}),
            ("label", flight, {"column": "late", "type": "bool"}, {"all": digests[1]}),
            ("three splits, one empty", flight, {"column": "late", "type": "bool"},
             {"train": digests[1], "validation": digests[2], "test": digests[0]}),
            ("nested types", nested, {"column": "label", "type": "string"},
             {"train": digests[2], "test": digests[1]}),
            ("columns in another order", flight[::-1], None, {"all": digests[1]}),
            ("no rows", flight, None, {"all": digests[0]})]:
        text = formats.version_text(schema, label, splits)
        case = {"name": name, "schema": schema, "splits": splits}
        if label:
            case["label"] = label
        cases.append({**case, "text": text.decode(), "id": formats.sha256(text)})
    return cases


def vectors():
    """Return the bytes of vectors.json: one case a line."""
    members = {
        "about": ABOUT,
        "rows": row_cases(),
        "row_refuse": row_refuse_cases(),
        "order": order_cases(),
        "order_refuse": order_refuse_cases(),
        "pages": page_cases(),
        "content": content_cases(),
        "hash_split": hash_split_cases(),
        "places": place_cases(),
        "json_accept": json_accept_cases(),
        "json_refuse": json_bad_cases(REFUSE),
        "json_not_canonical": json_bad_cases(NOT_CANONICAL),
        "version": version_cases(),
    }
    parts = []
    for name, cases in members.items():
        lines = ",\n".join("  " + json.dumps(case) for case in cases)
        parts.append(f"{json.dumps(name)}: [\n{lines}\n]")
    return ("{\n" + ",\n".join(parts) + "\n}\n").encode("ascii")


if __name__ == "__main__":
    PATH.write_bytes(vectors())
    print(f"{PATH.name}: {PATH.stat().st_size} bytes")
