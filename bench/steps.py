"""The comparison `steps`: kinds of steps against the same SQL in a sql step; bench/run calls it."""

import json
import shutil
import statistics

from measure import ROOT, Stop, others, run, spread, verdict

FLIGHTS = ROOT / ".cache" / "vega-datasets" / "flights-3m.parquet"
TARGET = 1.2  # a kind over the same SQL, seconds of the node

# Kind: how the kind is declared, and the same by hand. Both are written whole, from stored flights.
PAIRS = {
    "filter": ('where: "distance > 1000"', "SELECT * FROM flights WHERE distance > 1000"),
    "derive": ('columns: {late: "delay > 15"}', "SELECT *, delay > 15 AS late FROM flights"),
    "select": ("columns: [origin, delay]", "SELECT origin, delay FROM flights"),
    "drop": ("columns: [delay]", "SELECT * EXCLUDE (delay) FROM flights"),
    "rename": ("columns: {delay: minutes}", "SELECT * RENAME (delay AS minutes) FROM flights"),
    "clean": ("case: lower",
              "SELECT * REPLACE (nullif(lower(trim(origin)), '') AS origin, "
              "nullif(lower(trim(destination)), '') AS destination) FROM flights"),
    "fill": ("columns: [delay], with: constant, value: 0",
             "SELECT * REPLACE (coalesce(delay, 0) AS delay) FROM flights"),
    "map_labels": ("column: origin, unknown: keep, labels: {Chicago: [ORD, MDW], Dallas: [DFW, DAL]}",
                   "SELECT * REPLACE (CASE origin WHEN 'ORD' THEN 'Chicago' WHEN 'MDW' THEN 'Chicago' "
                   "WHEN 'DFW' THEN 'Dallas' WHEN 'DAL' THEN 'Dallas' ELSE origin END AS origin) "
                   "FROM flights"),
    "units": ("column: distance, from: mi, to: m",
              "SELECT * REPLACE (distance::DOUBLE * 1609344 / 1000 AS distance) FROM flights"),
    "window": ("partition_by: origin, order_by: date, columns: {before: lag(delay)}",
               "SELECT *, lag(delay) OVER (PARTITION BY origin ORDER BY date NULLS LAST, "
               "delay NULLS LAST, distance NULLS LAST, destination NULLS LAST) AS before "
               "FROM flights"),
    "unpivot": ("columns: [delay, distance], name: what, value: number",
                "SELECT date, origin, destination, unnest(['delay', 'distance']) AS what, "
                "unnest([delay, distance]) AS number FROM flights"),
}
# No SQL says the same; against a step that copies the rows.
COMMANDS = {
    "command, sorted input": "kind: command, inputs: flights, command: [sh, copy.sh]",
    "command, order_free": "kind: command, inputs: flights, command: [sh, copy.sh], order_free: true",
}


def nodes_of(bench, project):
    """Return the nodes of a run that computes all of them, by name."""
    told = run([bench.assay, "--project", project, "run", "--jobs", "1", "--force", "--json"],
               output=bench.work / "steps.json")
    return told, {node["name"]: node for node in json.loads(told.output)["nodes"]}


def steps(bench):
    """Each kind on 3,000,000 flights, beside the same SQL by hand."""
    project = bench.work / "steps"
    shutil.rmtree(project, ignore_errors=True)
    project.mkdir(parents=True)
    (project / "flights.parquet").symlink_to(FLIGHTS)
    (project / "copy.sh").write_text('cp "$ASSAY_INPUT" "$ASSAY_OUTPUT"\n')
    lines = ["format: 1", "project: steps", "sources:", "  flights: {files: flights.parquet}", "steps:",
             '  copied: {sql: "SELECT * FROM flights"}']
    for kind, (params, sql) in PAIRS.items():
        lines.append(f"  {kind}_kind: {{kind: {kind}, input: flights, {params}}}")
        lines.append(f'  {kind}_hand: {{sql: "{sql}"}}')
    for i, command in enumerate(COMMANDS.values()):
        lines.append(f"  command_{i}: {{{command}}}")
    (project / "assay.yaml").write_text("\n".join(lines) + "\n")
    told = [nodes_of(bench, project) for _ in range(bench.pairs)]
    detail = json.loads(run([bench.assay, "--project", project, "runs", "show", "last", "--json"],
                            output=bench.work / "steps-run.json").output)
    content = {node["name"]: [out["content"] for out in node.get("outputs", []) if not out["name"]]
               for node in detail["nodes"]}
    for kind in PAIRS:
        if content[f"{kind}_kind"] != content[f"{kind}_hand"] or not content[f"{kind}_kind"]:
            raise Stop(f"{kind} makes other rows than the SQL by hand")
    seconds = lambda name: [nodes[name]["seconds"] for _, nodes in told]  # noqa: E731
    rows = []
    for name, ours, theirs in (
            [(f"`{kind}`", f"{kind}_kind", f"{kind}_hand") for kind in PAIRS]
            + [(f"`{name}`", f"command_{i}", "copied") for i, name in enumerate(COMMANDS)]):
        ratios = [a / b for a, b in zip(seconds(ours), seconds(theirs))]
        ratio = statistics.median(ratios)
        told_target = verdict(ratio, TARGET) if ours.endswith("_kind") else "told"
        rows.append(f"| {name} | {statistics.median(seconds(ours)) * 1000:.0f} ms | "
                    f"{statistics.median(seconds(theirs)) * 1000:.0f} ms | **{ratio:.2f}** | "
                    f"{spread(ratios, '{:.2f}')} | {told_target} |")
    return ["### Kinds of steps on 3,000,000 flights", "",
            "Seconds of a node, from stored flights to stored and checked rows, beside a sql step with the "
            "same SQL in the same run; equal content ids first. A command (`cp`) is told beside a step "
            f"that copies the rows in SQL. {bench.pairs} runs, one node at a time. Target: at most "
            f"{TARGET} times the SQL by hand.",
            others([done for done, _ in told]), "",
            "| kind | step | by hand | ratio | min to max | target |", "|---|---|---|---|---|---|", *rows]
