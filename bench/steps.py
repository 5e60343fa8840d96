"""The comparison `steps`: kinds of steps against the same SQL in a sql step; bench/run calls it."""

import json
import re
import shutil
import statistics

from measure import ROOT, Stop, others, run, spread, verdict

CACHE = ROOT / ".cache" / "vega-datasets"
FLIGHTS = 3_000_000
TARGET = 1.2  # a kind over the same SQL, seconds of the node

# Tables that the kinds read beside `flights` and `airports`, made of the flights first.
MADE = {
    "texts": "SELECT date, origin, destination, CAST(delay AS VARCHAR) AS delay, "
             "replace(CAST(distance / 4 AS VARCHAR), '.', ',') AS quarters FROM flights",
    "measured": "SELECT date, origin, destination, distance, "
                "CASE WHEN delay % 10 <> 0 THEN delay / 4 END AS delay FROM flights",
    "months": "SELECT origin, destination, month(date) AS month, delay FROM flights",
    "weather": "SELECT origin, time_bucket(INTERVAL 1 HOUR, date) AS observed_at, max(distance) AS wind "
               "FROM flights GROUP BY ALL",
    "with_units": "SELECT *, CASE WHEN delay % 2 = 0 THEN 'mi' ELSE 'km' END AS unit FROM flights",
}
TOTAL = "delay NULLS LAST, distance NULLS LAST, destination NULLS LAST"
MEASURED_TOTAL = "destination NULLS LAST, distance NULLS LAST, delay NULLS LAST"

# What is compared: how the kind is declared, and the same by hand. Both are written whole, from
# stored rows. A name begins with its kind.
PAIRS = {
    "filter": ('input: flights, where: "distance > 1000"',
               "SELECT * FROM flights WHERE distance > 1000"),
    "derive": ('input: flights, columns: {late: "delay > 15"}',
               "SELECT *, delay > 15 AS late FROM flights"),
    "select": ("input: flights, columns: [origin, delay]", "SELECT origin, delay FROM flights"),
    "drop": ("input: flights, columns: [delay]", "SELECT * EXCLUDE (delay) FROM flights"),
    "rename": ("input: flights, columns: {delay: minutes}",
               "SELECT * RENAME (delay AS minutes) FROM flights"),
    "clean": ("input: flights, case: lower",
              "SELECT * REPLACE (nullif(lower(trim(origin)), '') AS origin, "
              "nullif(lower(trim(destination)), '') AS destination) FROM flights"),
    "clean, cast": ("input: texts, columns: [delay], cast: {delay: int64}",
                    "SELECT * REPLACE (CAST(nullif(trim(delay), '') AS BIGINT) AS delay) FROM texts"),
    "clean, decimal marks": (
        'input: texts, columns: [quarters], cast: {quarters: float64}, decimal: ","',
        "SELECT * REPLACE (CAST(replace(nullif(trim(quarters), ''), ',', '.') AS DOUBLE) AS quarters) "
        "FROM texts"),
    "fill": ("input: flights, columns: [delay], with: constant, value: 0",
             "SELECT * REPLACE (coalesce(delay, 0) AS delay) FROM flights"),
    "fill, forward": (
        "input: measured, columns: [delay], with: forward, by: [origin], order_by: [date]",
        "SELECT * REPLACE (last_value(delay IGNORE NULLS) OVER (PARTITION BY origin ORDER BY "
        f"date NULLS LAST, {MEASURED_TOTAL} ROWS UNBOUNDED PRECEDING) AS delay) FROM measured"),
    # What is exact by hand as well: quarters, as decimals.
    "fill, mean by group": (
        "input: measured, columns: [delay], with: mean, by: [origin]",
        "SELECT m.* REPLACE (coalesce(m.delay, g.delay) AS delay) FROM measured m JOIN (SELECT origin, "
        "avg(CAST(delay AS DECIMAL(18, 2))) AS delay FROM measured GROUP BY origin) g "
        "ON m.origin = g.origin"),
    "fill, median": (
        "input: measured, columns: [delay], with: median",
        "SELECT * REPLACE (coalesce(delay, (SELECT median(delay) FROM measured)) AS delay) "
        "FROM measured"),
    "fill, mode": (
        "input: measured, columns: [delay], with: mode",
        "SELECT * REPLACE (coalesce(delay, (SELECT delay FROM measured WHERE delay IS NOT NULL "
        "GROUP BY delay ORDER BY count(*) DESC, delay LIMIT 1)) AS delay) FROM measured"),
    "map_labels": (
        "input: flights, column: origin, unknown: keep, "
        "labels: {Chicago: [ORD, MDW], Dallas: [DFW, DAL]}",
        "SELECT * REPLACE (CASE origin WHEN 'ORD' THEN 'Chicago' WHEN 'MDW' THEN 'Chicago' "
        "WHEN 'DFW' THEN 'Dallas' WHEN 'DAL' THEN 'Dallas' ELSE origin END AS origin) FROM flights"),
    "map_labels, refusing": (
        "input: with_units, column: unit, labels: {miles: [mi], kilometers: [km]}",
        "SELECT * REPLACE (CASE unit WHEN 'mi' THEN 'miles' WHEN 'km' THEN 'kilometers' END AS unit) "
        "FROM with_units WHERE unit IN ('mi', 'km')"),
    "units": ("input: flights, column: distance, from: mi, to: m",
              "SELECT * REPLACE (distance::DOUBLE * 1609344 / 1000 AS distance) FROM flights"),
    "units, by row": (
        "input: with_units, column: distance, unit_column: unit, to: m",
        "SELECT * REPLACE (CASE unit WHEN 'mi' THEN distance::DOUBLE * 1609344 / 1000 "
        "WHEN 'km' THEN distance::DOUBLE * 1000 END AS distance, 'm' AS unit) FROM with_units "
        "WHERE unit IN ('mi', 'km')"),
    "time_zone": (
        "input: flights, columns: [date], from: America/Chicago, missing: shift, ambiguous: earlier",
        "SELECT * REPLACE (timezone('America/Chicago', date) AS date) FROM flights"),
    "time_zone, refusing": (
        "input: flights, columns: [date], from: America/Phoenix",
        "SELECT * REPLACE (timezone('America/Phoenix', date) AS date) FROM flights"),
    "hash": ("input: flights, columns: [origin]",
             "SELECT * REPLACE (left(sha256(origin), 32) AS origin) FROM flights"),
    "sample": ("input: flights, share: 10 %, by: [origin, date]",
               "SELECT * FROM flights WHERE assay_bucket(0::UBIGINT, origin, date) < 100000"),
    "union": ("inputs: [flights, copied], source_column: source",
              "SELECT *, 'flights' AS source FROM flights UNION ALL BY NAME "
              "SELECT *, 'copied' AS source FROM copied"),
    "join": ("left: flights, right: airports, on: origin, right_on: iata, columns: [city, state]",
             "SELECT f.*, a.city, a.state FROM flights f LEFT JOIN airports a ON f.origin = a.iata"),
    "join, full": (
        "left: flights, right: airports, on: origin, right_on: iata, columns: [city, state], "
        "how: full, cardinality: many_to_many",
        "SELECT f.* REPLACE (coalesce(f.origin, a.iata) AS origin), a.city, a.state "
        "FROM flights f FULL JOIN airports a ON f.origin = a.iata"),
    "join, semi": ("left: flights, right: airports, on: origin, right_on: iata, how: semi",
                   "SELECT f.* FROM flights f SEMI JOIN airports a ON f.origin = a.iata"),
    "asof_join": (
        "left: flights, right: weather, time: date, right_time: observed_at, by: origin, "
        "within: 3 hours, columns: [wind]",
        "SELECT f.*, CASE WHEN f.date - w.observed_at <= INTERVAL 3 HOUR THEN w.wind END AS wind "
        "FROM flights f ASOF LEFT JOIN weather w ON f.origin = w.origin AND f.date >= w.observed_at"),
    "pivot": (
        "input: months, rows: [origin, destination], columns: month, values: delay, "
        "names: [1, 2, 3, 4, 5, 6, 7], aggregate: sum",
        "SELECT origin, destination, " + ", ".join(
            f'sum(delay) FILTER (WHERE month = {month}) AS \\"{month}\\"' for month in range(1, 8))
        + " FROM months GROUP BY origin, destination"),
    "unpivot": ("input: flights, columns: [delay, distance], name: what, value: number",
                "SELECT date, origin, destination, unnest(['delay', 'distance']) AS what, "
                "unnest([delay, distance]) AS number FROM flights"),
    "resample": (
        'input: flights, time: date, every: 1 day, by: origin, '
        'columns: {flights: count(*), mean_delay: avg(delay)}',
        "SELECT origin, time_bucket(INTERVAL 1 DAY, date) AS date, count(*) AS flights, "
        "avg(delay) AS mean_delay FROM flights GROUP BY 1, 2"),
    "resample, floats": (
        "input: measured, time: date, every: 1 day, by: origin, columns: {mean_delay: avg(delay)}",
        "SELECT origin, time_bucket(INTERVAL 1 DAY, date) AS date, avg(delay) AS mean_delay "
        "FROM measured GROUP BY 1, 2"),
    "window": ("input: flights, partition_by: origin, order_by: date, columns: {before: lag(delay)}",
               "SELECT *, lag(delay) OVER (PARTITION BY origin ORDER BY date NULLS LAST, "
               f"{TOTAL}) AS before FROM flights"),
}
# No SQL says the same; against a step that copies the rows.
COMMANDS = {
    "command, sorted input": "kind: command, inputs: flights, command: [sh, copy.sh]",
    "command, order_free": "kind: command, inputs: flights, command: [sh, copy.sh], order_free: true",
}


SHAPE = re.compile(r"^(\w+)_step\.cc$")
ELSEWHERE = {"sql", "dedup", "command"}  # by hand itself; in `flights`; below


def nodes_of(bench, project):
    """Return the nodes of a run that computes all of them, by name."""
    told = run([bench.assay, "--project", project, "run", "--jobs", "1", "--force", "--json"],
               output=bench.work / "steps.json")
    return told, {node["name"]: node for node in json.loads(told.output)["nodes"]}


def write_project(bench, project):
    """Write a project with every pair: `kind_N` and `hand_N`."""
    shutil.rmtree(project, ignore_errors=True)
    project.mkdir(parents=True)
    (project / "flights.parquet").symlink_to(CACHE / "flights-3m.parquet")
    (project / "airports.csv").symlink_to(CACHE / "airports.csv")
    (project / "copy.sh").write_text('cp "$ASSAY_INPUT" "$ASSAY_OUTPUT"\n')
    all_rows = bench.step_rows >= FLIGHTS
    lines = ["format: 1", "project: steps", "sources:", "  airports: {files: airports.csv}",
             f"  {'flights' if all_rows else 'all_flights'}: {{files: flights.parquet}}", "steps:"]
    if not all_rows:
        lines.append(f"  flights: {{kind: sample, input: all_flights, rows: {bench.step_rows}}}")
    for name, sql in {**MADE, "copied": "SELECT * FROM flights"}.items():
        lines.append(f'  {name}: {{materialize: true, sql: "{sql}"}}')
    for i, (name, (params, sql)) in enumerate(PAIRS.items()):
        lines.append(f"  kind_{i}: {{kind: {kind_of(name)}, {params}}}")
        lines.append(f'  hand_{i}: {{sql: "{sql}"}}')
    for i, command in enumerate(COMMANDS.values()):
        lines.append(f"  command_{i}: {{{command}}}")
    (project / "assay.yaml").write_text("\n".join(lines) + "\n")


def kind_of(name):
    return name.partition(",")[0]


def look_for_missing_kinds():
    """Stop where a kind of step is compared with nothing."""
    kinds = {SHAPE.match(path.name)[1] for path in (ROOT / "src" / "step").glob("*_step.cc")}
    missing = kinds - {kind_of(name) for name in PAIRS} - ELSEWHERE
    if missing:
        raise Stop("no SQL by hand in bench/steps.py for " + ", ".join(sorted(missing)))


def look_at_rows(bench, project):
    """Stop where a kind makes other rows than the SQL by hand, or rows with other columns."""
    detail = json.loads(run([bench.assay, "--project", project, "runs", "show", "last", "--json"],
                            output=bench.work / "steps-run.json").output)
    content = {node["name"]: [out["content"] for out in node.get("outputs", []) if not out["name"]]
               for node in detail["nodes"]}
    for i, name in enumerate(PAIRS):
        if content[f"kind_{i}"] != content[f"hand_{i}"] or not content[f"kind_{i}"]:
            raise Stop(f"{name} makes other rows than the SQL by hand")


def steps(bench):
    """Each kind on 3,000,000 flights, beside the same SQL by hand."""
    look_for_missing_kinds()
    project = bench.work / "steps"
    write_project(bench, project)
    told = [nodes_of(bench, project) for _ in range(bench.pairs)]
    look_at_rows(bench, project)
    seconds = lambda name: [nodes[name]["seconds"] for _, nodes in told]  # noqa: E731
    rows = []
    for name, ours, theirs in (
            [(f"`{name}`", f"kind_{i}", f"hand_{i}") for i, name in enumerate(PAIRS)]
            + [(f"`{name}`", f"command_{i}", "copied") for i, name in enumerate(COMMANDS)]):
        ratios = [a / b for a, b in zip(seconds(ours), seconds(theirs))]
        ratio = statistics.median(ratios)
        told_target = verdict(ratio, TARGET) if ours.startswith("kind_") else "told"
        rows.append(f"| {name} | {statistics.median(seconds(ours)) * 1000:.0f} ms | "
                    f"{statistics.median(seconds(theirs)) * 1000:.0f} ms | **{ratio:.2f}** | "
                    f"{spread(ratios, '{:.2f}')} | {told_target} |")
    return [f"### Kinds of steps on {min(bench.step_rows, FLIGHTS):,} flights", "",
            "Seconds of a node, from stored flights to stored and checked rows, beside a sql step with the "
            "same SQL in the same run; equal content ids first. A command (`cp`) is told beside a step "
            f"that copies the rows in SQL. {bench.pairs} runs, one node at a time. Target: at most "
            f"{TARGET} times the SQL by hand.",
            others([done for done, _ in told]), "",
            "| kind | step | by hand | ratio | min to max | target |", "|---|---|---|---|---|---|", *rows]
