"""What the examples of the kinds read, and what they must make of it.

A kind that is new needs an entry here; kind_examples_test.py says which when it is missing. An answer is
a query over the node that the example makes, there called `example`, and the JSON that it gives. It is
written by hand or computed here from the rows, never taken from what the program printed.
"""

import datetime
import gzip
import hashlib
import itertools
import math
import statistics

from source_examples import APIS, DATABASES, FILES, SOURCES  # noqa: F401, handed on

# ---- sources: source_examples.py has what their examples read ----

# Of examples that declare the types of their columns, files are made; by type, two cells of each.
CELLS = {"text": ("one", "two"), "string": ("one", "two"), "bool": ("true", "false"),
         "date": ("2001-01-01", "2001-01-02"), "time": ("09:00:00", "10:00:00"),
         "timestamp": ("2001-01-01 09:00:00", "2001-01-02 10:00:00"),
         "decimal": ("1.5", "2.5"), "float": ("1.5", "2.5"), "int": ("1", "2"), "uint": ("1", "2")}


# What the engine calls types whose name is not ours in capitals.
ENGINE_TYPES = {"timestamp[us,utc]": "TIMESTAMP WITH TIME ZONE", "timestamp[us]": "TIMESTAMP",
                "text": "VARCHAR", "string": "VARCHAR", "bool": "BOOLEAN", "float32": "FLOAT",
                "float64": "DOUBLE", "int8": "TINYINT", "int16": "SMALLINT", "int32": "INTEGER",
                "int64": "BIGINT"}


def delimited(columns, mark):
    """Return a file with two rows of declared columns, [(name, type)]."""
    rows = zip(*(cells_of(declared) for _, declared in columns))
    return "\n".join(mark.join(cells) for cells in [[name for name, _ in columns], *rows]) + "\n"


def json_lines(columns):
    rows = zip(*(cells_of(declared) for _, declared in columns))
    quoted = [[f'"{name}": "{cell}"' for (name, _), cell in zip(columns, row)] for row in rows]
    return "".join("{" + ", ".join(cells) + "}\n" for cells in quoted)


def cells_of(declared):
    name = declared.lower().rstrip("0123456789").split("[")[0].split("(")[0].rstrip("0123456789")
    return CELLS[name]


# What is written into a file of this suffix, before it is packed.
WRITERS = {".csv": lambda columns: delimited(columns, ","),
           ".tsv": lambda columns: delimited(columns, "\t"),
           ".jsonl": json_lines,
           ".json": lambda columns: "[" + json_lines(columns).strip().replace("\n", ",") + "]"}
PACKERS = {".gz": lambda content: gzip.compress(content.encode())}

# ---- steps: the tables that examples read, and what they are made into ----

FLIGHTS = """date,departed,origin,tail_number,distance,delay
2001-01-01 09:00:00,2001-01-01 09:05:00,SFO,N1,2700,61
2001-01-02 10:00:00,2001-01-02 10:01:00,JFK,N2,1200,-3
2001-01-02 11:00:00,2001-01-02 11:09:00,SFO,N1,350,
"""
REPEATED = "2001-01-02 10:00:00,2001-01-02 10:01:00,JFK,N2,1200,-3\n"
TABLES = {
    "flights": FLIGHTS,
    "more_flights": FLIGHTS + REPEATED,
    "airports": "iata,city,state\nSFO,San Francisco,CA\n",
    "weather": "origin,observed_at,wind\nSFO,2001-01-01 08:00:00,12.5\nSFO,2001-01-02 07:00:00,9\n",
    "answers": "label\nSPAM\nok\neggs\n",
    "sales": "store,quarter,amount\na,q1,1.5\na,q2,2\nb,q1,3\na,q1,2.25\n",
}
# Where the table of that name does not show what the kind is for.
TABLES_OF = {
    "clean": {"flights": "date,origin,delay\n2001-01-01, SFO ,61\n2001-01-02,JFK,NA\n"
                         "2001-01-03,LAX,-\n2001-01-04,ORD,soon\n"},
    "dedup": {"flights": FLIGHTS + REPEATED},
    "sample": {"flights": "id\n" + "".join(f"{number}\n" for number in range(2000))},
    "unpivot": {"sales": "store,q1,q2\na,1.5,2.5\nb,3.5,4\n"},
}
COPY = "import os, shutil\nshutil.copy(os.environ['ASSAY_INPUT'], os.environ['ASSAY_OUTPUT'])\n"
SCRIPTS = {"scripts/features.py": COPY}
NAMES = "SELECT json_keys(to_json(min(row))) FROM example row"
FLIGHT_COLUMNS = ["date", "departed", "origin", "tail_number", "distance", "delay"]


def token(text):
    return hashlib.sha256(text.encode()).hexdigest()[:32]


STEPS = {
    "asof_join": ("SELECT list(wind ORDER BY date) FROM example", [12.5, None, None]),
    "clean": ("SELECT list([date::VARCHAR, origin, delay::VARCHAR] ORDER BY date) FROM example",
              [["2001-01-01", "SFO", "61"], ["2001-01-02", "JFK", None], ["2001-01-03", "LAX", None]]),
    "command": ("SELECT list(distance ORDER BY date) FROM example", [2700, 1200, 350]),
    "dedup": ("SELECT list(distance ORDER BY date) FROM example", [2700, 1200, 350]),
    "derive": ("SELECT list(late ORDER BY date) FROM example", [True, False, None]),
    "drop": (NAMES, FLIGHT_COLUMNS[:-1]),
    "fill": ("SELECT list(delay ORDER BY date) FROM example", [61, -3, 0]),
    "filter": ("SELECT list(distance ORDER BY date) FROM example", [2700, 1200]),
    "hash": ("SELECT list(tail_number ORDER BY date) FROM example",
             [token("N1"), token("N2"), token("N1")]),
    "join": ("SELECT list([city, state] ORDER BY date) FROM example",
             [["San Francisco", "CA"], [None, None], ["San Francisco", "CA"]]),
    "map_labels": ("SELECT list(label ORDER BY label) FROM example", ["ham", "spam"]),
    "pivot": ("SELECT list(row ORDER BY store) FROM example row",
              [{"store": "a", "q1": 3.75, "q2": 2.0}, {"store": "b", "q1": 3.0, "q2": None}]),
    "rename": (NAMES, [*FLIGHT_COLUMNS[:-1], "delay_minutes"]),
    "resample": ("SELECT list([date::DATE::VARCHAR, origin, mean_delay::VARCHAR, flights::VARCHAR] "
                 "ORDER BY date, origin) FROM example",
                 [["2001-01-01", "SFO", "61.0", "1"], ["2001-01-02", "JFK", "-3.0", "1"],
                  ["2001-01-02", "SFO", None, "1"]]),
    "sample": ("SELECT [count(*) BETWEEN 150 AND 250, count(DISTINCT id) = count(*)] FROM example",
               [True, True]),
    "select": (NAMES, ["distance", "delay"]),
    "sql": ("SELECT list(late ORDER BY date) FROM example", [True, False, None]),
    "time_zone": ("SELECT list(strftime(departed, '%d %H:%M') ORDER BY departed) FROM example",
                  ["01 15:05", "02 16:01", "02 17:09"]),
    "union": ("SELECT list([file, rows::VARCHAR] ORDER BY file) FROM "
              "(SELECT file, count(*) AS rows FROM example GROUP BY file)",
              [["flights", "3"], ["more_flights", "4"]]),
    "units": ("SELECT list(round(distance, 6) ORDER BY date) FROM example",
              [4345.2288, 1931.2128, 563.2704]),
    "unpivot": ("SELECT list([store, quarter, amount::VARCHAR] ORDER BY store, quarter) FROM example",
                [["a", "q1", "1.5"], ["a", "q2", "2.5"], ["b", "q1", "3.5"], ["b", "q2", "4.0"]]),
    "window": ("SELECT list(before ORDER BY date) FROM example", [None, None, 61]),
}
REFUSED = {"clean": 1, "map_labels": 1}  # rows that the example refuses; of all others none

# ---- checks: rows that all examples let pass, and for each kind what makes its example fail ----

JUDGED_ROWS = 1200


def judged_flights():
    """Return flights of the last days, as a csv file."""
    now = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0, tzinfo=None)
    letters = "ABCDEFG"
    codes = ["".join(code) for code in itertools.product(letters, repeat=3)][:250]
    lines = ["flight,date,origin,destination,status,distance,delay,late\n"]
    for i in range(JUDGED_ROWS):
        delay = i * 7 % 60 - 10
        lines.append(f"{i},{now - datetime.timedelta(minutes=i)},{codes[i % 250]},{codes[i * 3 % 250]},"
                     f"{'closed' if i % 3 else 'open'},{300 + i * 37 % 900},{delay},"
                     f"{str(delay > 36).lower()}\n")
    return "".join(lines)


BROKEN = {
    "accepted": "SELECT * REPLACE ('lost' AS status) FROM flights",
    "aggregate": "SELECT * REPLACE (distance + 5000 AS distance) FROM flights",
    "coercion": r"SELECT * REPLACE (cells AS decimal_marks) FROM \"flights.ledger\"",
    "imbalance": "SELECT * REPLACE (flight = 0 AS late) FROM flights",
    "label_conflict": "SELECT * FROM flights UNION ALL SELECT * REPLACE (NOT late AS late) FROM flights",
    "newest": "SELECT * REPLACE (date - INTERVAL 40 DAY AS date) FROM flights",
    "not_null": "SELECT * REPLACE (nullif(origin, 'AAB') AS origin) FROM flights",
    "pattern": "SELECT * REPLACE (lower(origin) AS origin) FROM flights",
    "population_stability": "SELECT * REPLACE (distance // 2 AS distance) FROM flights",
    "query": "SELECT * REPLACE ('AAA' AS origin) FROM flights",
    "range": "SELECT * REPLACE (delay + 1000 AS delay) FROM flights",
    "row_count": "SELECT * FROM flights WHERE flight < 999",
    "rule": "SELECT * REPLACE (-distance AS distance) FROM flights",
    "share": "SELECT * REPLACE (NOT late AS late) FROM flights",
    "type": "SELECT * REPLACE (distance::VARCHAR AS distance) FROM flights",
    "unique": "SELECT * FROM flights UNION ALL SELECT * FROM flights WHERE flight = 7",
}

# What an example compares with, where that is broken and not the rows.
BROKEN_TARGETS = {"coercion": ("flights.ledger", "broken_coercion")}

# ---- datasets: splits, transforms and exports ----

MONTHS = [datetime.datetime(2001, 1, 1, 9) + datetime.timedelta(hours=11 * i) for i in range(390)]
RIDES = [{"id": i, "date": str(moment), "origin": ("ORD", "LAX", "SFO")[i % 3],
          "size": ("small", "medium", "large")[i % 3],
          "origin_state": None if i % 10 == 0 else "CA",
          "distance": None if i % 13 == 0 else 200 + i * 37 % 2100,
          "late": i % 4 == 0} for i, moment in enumerate(MONTHS)]
TRAIN = [ride for ride in RIDES if ride["date"] < "2001-05-01"]
TEST = [ride for ride in RIDES if ride["date"] >= "2001-06-01"]
DISTANCES = [ride["distance"] for ride in TRAIN if ride["distance"] is not None]
LATE_SPLIT = "split: {time: date, validation_from: 2001-05-01, test_from: 2001-06-01}"

# Rows of each split of the example: the same number, or between two.
SPLITS = {
    "hash": {"train": (280, 344), "validation": (15, 65), "test": (15, 65)},
    "time": {"train": (len(TRAIN),) * 2, "test": (len(TEST),) * 2,
             "validation": (len(RIDES) - len(TRAIN) - len(TEST),) * 2},
}
ASKED = {"id": 1, "date": "2001-06-10 15:30:00", "origin": "ORD", "size": "medium",
         "origin_state": None, "distance": 1200, "late": True}
# What the example makes of ASKED with some values of its own: (those values, what must be made).
TRANSFORMS = {
    "bucketize": ({}, {"distance": 2}),
    "calendar": ({}, {"date_month": 6, "date_weekday": 7, "date_hour": 15}),
    "impute": ({"distance": None}, {"distance": statistics.median(DISTANCES), "origin_state": "?"}),
    "min_max_scale": ({}, {"distance": (1200 - min(DISTANCES)) / (max(DISTANCES) - min(DISTANCES))}),
    "one_hot": ({}, {"origin_LAX": 0, "origin_ORD": 1, "origin_SFO": 0}),
    "ordinal": ({}, {"size": 1}),
    "standard_scale": ({}, {"distance": (1200 - statistics.fmean(DISTANCES))
                            / statistics.pstdev(DISTANCES)}),
}

# ---- the loop: methods of drift, signals, metrics ----

# Of each method a column: values of the reference, and values that have drifted from them.
DRIFTED = {
    "ks": (lambda i: i % 97, lambda i: i % 97 + 40),
    "chi_square": (lambda i: "abc"[i % 3], lambda i: "aab"[i % 3]),
    "z_test": (lambda i: "no" if i % 2 else "yes", lambda i: "no" if i % 5 else "yes"),
    "psi": (lambda i: i % 97, lambda i: i % 97 + 40),
    "jensen_shannon": (lambda i: "abc"[i % 3], lambda i: "aab"[i % 3]),
    "wasserstein": (lambda i: i % 97, lambda i: i % 97 + 40),
}
# Predictions of a month and what came: (class predicted, score of `true`, class that came).
PREDICTED = [(True, 0.75, True), (True, 0.75, False), (False, 0.25, False), (False, 0.25, True),
             (True, 0.875, True)] * 24


def area_under_curve(rows):
    pairs = [(yes, no) for _, yes, came in rows if came for _, no, other in rows if not other]
    return sum(1.0 if yes > no else 0.5 if yes == no else 0.0 for yes, no in pairs) / len(pairs)


def calibration_error(rows):
    error = 0.0
    for index in range(10):
        found = [(score, came) for _, score, came in rows if min(int(score * 10), 9) == index]
        if found:
            error += abs(sum(score for score, _ in found) - sum(came for _, came in found)) / len(rows)
    return error


def metrics_of(rows):
    """Return each metric of predictions, by its definition."""
    hits = sum(said and came for said, _, came in rows)
    precision = hits / sum(said for said, _, _ in rows)
    recall = hits / sum(came for _, _, came in rows)
    return {
        "accuracy": sum(said == came for said, _, came in rows) / len(rows),
        "precision": precision,
        "recall": recall,
        "f1": 2 * precision * recall / (precision + recall),
        "roc_auc": area_under_curve(rows),
        "log_loss": -sum(math.log(score if came else 1 - score) for _, score, came in rows) / len(rows),
        "brier_score": sum((score - came) ** 2 for _, score, came in rows) / len(rows),
        "calibration_error": calibration_error(rows),
    }


# The same with other outcomes.
WORSE = [(said, score, not came) for said, score, came in PREDICTED]

# What a signal says before anything has happened, and when all has.
SIGNALS = {"age": ("quiet", "fired"), "drift": ("unknown", "fired"), "metric": ("quiet", "fired"),
           "new_rows": ("quiet", "fired")}


def late_flights(distance):
    """Return flights of six months as a csv file; `distance` is the first one."""
    lines = ["flight,date,origin,distance,late\n"]
    for number, moment in enumerate(MONTHS):
        lines.append(f"{number},{moment},ORD,{distance + number % 97},{str(number % 4 == 0).lower()}\n")
    return "".join(lines)


def drifting(moved):
    rows = [[str(values[moved](number)) for values in DRIFTED.values()] for number in range(400)]
    return "\n".join(",".join(cells) for cells in [list(DRIFTED), *rows]) + "\n"


LOOP = """format: 1
project: loop
vars: {rows: 1}
sources:
  flights: {files: flights.csv}
  arrived: {files: arrived.csv}
  reference: {files: reference.csv}
steps:
  grown:
    sql: |
      SELECT flight, date, origin, distance, late FROM flights
      UNION ALL
      SELECT 1000 + range, TIMESTAMP '2001-01-01', 'ORD', 600, false FROM range(${vars.rows})
datasets:
  flights_train:
    input: grown
    ungated: a test
    label: late
    split: {time: date, validation_from: 2001-05-01, test_from: 2001-06-01}
    prepare: [{min_max_scale: distance}]
  methods: {input: reference, ungated: a test}
"""
LOOP_FILES = {
    "flights.csv": late_flights(500), "arrived.csv": late_flights(900),
    "reference.csv": drifting(0), "moved.csv": drifting(1),
    "environments/large.yaml": "vars: {rows: 200002}\n",
    "tell.sh": 'cp "$ASSAY_EVENT" told.json\n',
    "model.json": "{}\n",
    "metrics.json": '{"log_loss": 0.69}\n',
}
# What the server was asked: a flight as the pipeline made it, then one of another distance.
SERVED = [
    ("0", {"flight": 0, "date": str(MONTHS[0]), "origin": "ORD", "distance": 900}, "pass"),
    ("1", {"flight": 1, "date": str(MONTHS[1]), "origin": "ORD", "distance": 333}, "drift"),
]
