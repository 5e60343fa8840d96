"""The comparison `cases`: a hundred cases of steps and gates; bench/run calls it."""

import json
import random
import shutil
import statistics

from measure import Stop, others, run, spread, verdict

TARGET_S = 1.0
PROJECT = """format: 1
project: cases
sources:
  flights: {files: data/flights.csv}
  airports: {files: data/airports.csv}
steps:
  late: {sql: "SELECT *, delay > 15 AS late FROM flights"}
  unique: {kind: dedup, input: flights, rows: whole}
  named: {sql: "SELECT f.*, a.state FROM late f LEFT JOIN airports a ON a.iata = f.origin"}
  by_origin: {sql: "SELECT origin, count(*) AS flights, sum(delay) AS delay FROM flights GROUP BY origin"}
  ranked: {sql: "SELECT *, row_number() OVER (PARTITION BY origin ORDER BY delay) AS place FROM flights"}
gates:
  plausible:
    input: flights
    fail_above: 99 %
    checks:
      - {not_null: origin}
      - {range: delay, min: -60, max: 600}
      - {accepted: origin, values: [SFO, JFK, LAX, ORD]}
      - {pattern: origin, regex: "[A-Z]{3}"}
      - {rule: "delay <> 13", name: unlucky}
      - {unique: [origin, delay]}
"""
ORIGINS = ["SFO", "JFK", "LAX", "ORD"]


def unlike_rows(numbers, count):
    """Rows no two of which are equal."""
    rows = [(origin, delay) for origin in ORIGINS for delay in range(-60, 601) if delay != 13]
    return [{"origin": o, "delay": d} for o, d in numbers.sample(rows, count)]


def sums(rows):
    found = {}
    for row in rows:
        flights, delay = found.get(row["origin"], (0, 0))
        found[row["origin"]] = (flights + 1, delay + row["delay"])
    return [{"origin": o, "flights": n, "delay": d} for o, (n, d) in found.items()]


def ranked(rows):
    made = []
    for origin in ORIGINS:
        own = sorted((r for r in rows if r["origin"] == origin), key=lambda r: r["delay"])
        made += [{**row, "place": place} for place, row in enumerate(own, 1)]
    return made


def case(node, numbers):
    """A case of a node, with what must come out computed here."""
    rows = unlike_rows(numbers, 8)
    late = [{**row, "late": row["delay"] > 15} for row in rows]
    if node == "late":
        return {"given": {"flights": rows}, "expect": late}
    if node == "unique":
        return {"given": {"flights": rows + rows[:3]}, "expect": rows}
    if node == "named":
        states = {"SFO": "CA", "JFK": "NY", "LAX": "CA"}
        return {"given": {"late": late,
                          "airports": [{"iata": i, "state": s} for i, s in states.items()]},
                "expect": [{**row, "state": states.get(row["origin"])} for row in late]}
    if node == "by_origin":
        return {"given": {"flights": rows}, "expect": sums(rows)}
    if node == "ranked":
        return {"given": {"flights": rows}, "expect": ranked(rows)}
    bad = [{"origin": "SFO", "delay": 601}, {"origin": None, "delay": 1},
           {"origin": "ORD", "delay": 13}]
    names = [["range_delay"], ["not_null_origin"], ["unlucky"]]
    return {"given": {"flights": rows + bad}, "expect": rows, "verdict": "warn",
            "expect_refused": [{"row": r, "checks": n} for r, n in zip(bad, names)]}


def cases(bench):
    """A hundred cases, of five steps and a gate, each with rows of its own."""
    project = bench.work / "cases"
    shutil.rmtree(project, ignore_errors=True)
    (project / "tests").mkdir(parents=True)
    (project / "assay.yaml").write_text(PROJECT)
    nodes = ["late", "unique", "named", "by_origin", "ranked", "plausible"]
    numbers = random.Random(5)
    for node in nodes:
        # JSON is YAML.
        own = [{"name": f"{node} {i}", "node": node, **case(node, numbers)}
               for i in range(100) if nodes[i % len(nodes)] == node]
        (project / "tests" / f"{node}.yaml").write_text(json.dumps(own, indent=1))
    command = [bench.assay, "--project", project, "test"]
    told = json.loads(run([*command, "--json"], output=bench.work / "cases.json").output)
    if (told["passed"], told["failed"]) != (100, 0):
        raise Stop(f"not all cases pass: {told['passed']} of 100")
    if (project / ".assay").exists():
        raise Stop("`assay test` made a store")
    done = [run(command) for _ in range(bench.idle_runs)]
    version = [run([bench.assay, "version"]) for _ in range(bench.idle_runs)]
    seconds = [r.seconds for r in done]
    by_node = {node: [c["seconds"] * 1000 for c in told["cases"] if c["node"] == node]
               for node in nodes}
    lines = [f"| `{node}` | {len(ms)} | {statistics.median(ms):.1f} ms | {spread(ms, '{:.1f}')} ms |"
             for node, ms in by_node.items()]
    median = statistics.median(seconds)
    return ["### A hundred cases of steps and gates", "",
            "`assay test`, whole process, one thread. All cases pass; what they expect is computed "
            f"in Python. {bench.idle_runs} runs: median **{median * 1000:.0f} ms** "
            f"({spread([s * 1000 for s in seconds], '{:.0f}')} ms), of CPU "
            f"{statistics.median([r.cpu for r in done]) * 1000:.0f} ms; `assay version` takes "
            f"{statistics.median([r.seconds for r in version]) * 1000:.0f} ms. "
            f"Target: at most {TARGET_S:.0f} s: {verdict(median, TARGET_S)}.",
            others(done), "",
            "| node | cases | median | min to max |", "|---|---|---|---|", *lines]
