"""Comparisons of the scheduler, of gates and of size; bench/run calls them."""

import itertools
import json
import os
import shutil
import statistics
import subprocess
import sys

from measure import ROOT, Stop, others, ratios_line, run, spread, verdict

MONTH_TARGET = 0.35  # a month added over all computed anew, wall time
JUDGE_TARGET = 1.3  # a gate over a plain scan, wall time
IDLE_GRAPH_TARGET_MS = 110.0
FIRST_PLAN_TARGET_MS = 400.0
LARGE_GB = 4
LARGE_MEMORY = f"{LARGE_GB}GB"
EXAMPLE = ROOT / "examples" / "flights"
# Makes July of June: the same flights a month later.
JULY = """
import sys
import pyarrow as pa, pyarrow.compute as pc, pyarrow.parquet as pq
table = pq.read_table(sys.argv[1])
at = table.schema.get_field_index("date")
moved = pc.add(table["date"], pa.scalar(30 * 86_400_000_000, pa.duration("us")))
pq.write_table(table.set_column(at, "date", moved.cast(table.schema.field("date").type)), sys.argv[2])
"""


def assay(bench, project, *words):
    return [bench.assay, "--project", project, "--threads", bench.threads, *words]


# ---- a month more ----


def months_project(bench, folder, months):
    """The flights by month, of so many months, without a store."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "data").mkdir(parents=True)
    text = (EXAMPLE / "assay.yaml").read_text()
    plain = "{files: data/flights-2001-*.parquet,"
    if plain not in text:
        raise Stop(f"{EXAMPLE}/assay.yaml declares its flights in another way")
    (folder / "assay.yaml").write_text(
        text.replace(plain, plain + " partition: month(date),"))
    for name in ("sql", "contracts"):
        shutil.copytree(EXAMPLE / name, folder / name)
    for name in ("airports.csv", "target.parquet"):
        shutil.copy(bench.data / name, folder / "data")
    for month in range(1, months + 1):
        shutil.copy(month_file(bench, month), folder / "data")


def month_file(bench, month):
    if month <= 6:
        return bench.data / f"flights-2001-{month:02}.parquet"
    july = bench.work / "flights-2001-07.parquet"
    if not july.exists():
        python = ROOT / "build" / "venv" / "bin" / "python"
        run([python, "-c", JULY, bench.data / "flights-2001-06.parquet", july],
            output=bench.work / "july.log")
    return july


def version_of(bench, project):
    show = run(assay(bench, project, "dataset", "show", "flights_train", "--json"),
               output=bench.work / "show.json")
    return json.loads(show.output)["body"]["version"]


def month(bench):
    """July added to a store with six months, against seven months from an empty store."""
    six, added, anew = (bench.work / name for name in ("six", "added", "anew"))
    months_project(bench, six, 6)
    run(assay(bench, six, "run", "--json"), output=bench.work / "six.json")
    pairs = []
    for number in range(bench.pairs):
        shutil.rmtree(added, ignore_errors=True)
        shutil.copytree(six, added)
        shutil.copy(month_file(bench, 7), added / "data")
        months_project(bench, anew, 7)
        os.sync()
        more = run(assay(bench, added, "run", "--json"), output=bench.work / "added.json")
        os.sync()
        whole = run(assay(bench, anew, "run", "--json"), output=bench.work / "anew.json")
        if version_of(bench, added) != version_of(bench, anew):
            raise Stop("a month added gives another version than all at once")
        pairs.append((more, whole))
        print(f"pair {number + 1}: added {more.seconds:.2f} s, anew {whole.seconds:.2f} s, "
              f"ratio {more.seconds / whole.seconds:.2f}", file=sys.stderr)
    table = ["| | a month added | seven anew | ratio, median of the pairs | ratio, min to max |",
             "|---|---|---|---|---|"]
    medians = []
    for what, unit, form, of in (("wall time", "s", "{:.2f}", lambda r: r.seconds),
                                 ("CPU time", "s", "{:.2f}", lambda r: r.cpu),
                                 ("peak memory", "MB", "{:.0f}", lambda r: r.peak_mb)):
        line, median = ratios_line(what, unit, form, [of(a) for a, _ in pairs],
                                   [of(b) for _, b in pairs])
        table.append(line)
        medians.append(median)
    return ["### A month added to six", "",
            "The flights with `partition: month(date)`; July is June a month later. Both ways give the "
            f"same version. {bench.pairs} pairs, {bench.threads} threads. Target: at most "
            f"{MONTH_TARGET} times: {verdict(medians[0], MONTH_TARGET)}.",
            others([r for pair in pairs for r in pair]), "", *table]


# ---- judging ----


def judge(bench):
    """A gate's scan in process against a plain one over the same rows."""
    program = bench.build / "judge_rates"
    if not program.exists():
        raise Stop(f"{program} is not there; `./dev bench` builds it")
    done = run([program, "--pairs", bench.pairs, "--threads", bench.threads],
               output=bench.work / "judge.json")
    found = json.loads(done.output)
    line, median = ratios_line("wall time", "s", "{:.2f}", found["judged_seconds"],
                               found["plain_seconds"])
    return [f"### {found['checks']} row-local checks over {found['rows']:,} rows in memory", "",
            "Counts of all checks and of refused rows equal. One process, "
            f"{bench.pairs} pairs, {found['threads']} threads. Target: at most {JUDGE_TARGET} times: "
            f"{verdict(median, JUDGE_TARGET)}.", others([done]), "",
            "| | gate | plain scan | ratio, median of the pairs | ratio, min to max |",
            "|---|---|---|---|---|", line]


# ---- many nodes ----

SOURCES, LAYERS, WIDTH = 60, 22, 40  # a gate behind each of the last layer, a dataset behind half


def graph_edges():
    """Steps as (name, the two that it reads): 22 layers of 40, the first over 60 sources."""
    before = [f"s{i:02}" for i in range(SOURCES)]
    for layer in range(LAYERS):
        names = [f"n{layer:02}_{i:02}" for i in range(WIDTH)]
        for i, name in enumerate(names):
            yield name, [before[i % len(before)], before[(i * 7 + layer + 1) % len(before)]]
        before = names


def last_layer():
    return [f"n{LAYERS - 1:02}_{i:02}" for i in range(WIDTH)]


def assay_graph(folder):
    lines = ["format: 1", "project: graph", "sources:"]
    for i in range(SOURCES):
        (folder / f"s{i:02}.csv").write_text("id,v\n" + "".join(f"{n},{n * i}\n" for n in range(5)))
        lines.append(f"  s{i:02}: {{files: s{i:02}.csv}}")
    lines.append("steps:")
    for name, (a, b) in graph_edges():
        lines.append(f'  {name}: {{sql: "SELECT a.id, (a.v + b.v) % 1000 AS v FROM {a} AS a '
                     f'JOIN {b} AS b USING (id)"}}')
    lines.append("gates:")
    for name in last_layer():
        lines.append(f"  g_{name}: {{input: {name}, checks: [{{not_null: v}}]}}")
    lines.append("datasets:")
    for name in last_layer()[::2]:
        lines.append(f"  d_{name}: {{input: g_{name}, key: [id]}}")
    (folder / "assay.yaml").write_text("\n".join(lines) + "\n")


def ninja_graph(folder):
    lines = ["rule add", "  command = cat $in > $out"]
    for i in range(SOURCES):
        (folder / f"s{i:02}").write_text(f"{i}\n")
    for name, inputs in graph_edges():
        lines.append(f"build {name}: add {' '.join(dict.fromkeys(inputs))}")
    for name in last_layer():
        lines.append(f"build g_{name}: add {name}")
    for name in last_layer()[::2]:
        lines.append(f"build d_{name}: add g_{name}")
    (folder / "build.ninja").write_text("\n".join(lines) + "\n")


def dvc_graph(folder):
    lines = ["stages:"]

    def stage(name, inputs):
        read = list(dict.fromkeys(inputs))
        lines.extend([f"  {name}:", f"    cmd: cat {' '.join(read)} | head -c 1000 > {name}",
                      "    deps:", *[f"    - {one}" for one in read], "    outs:", f"    - {name}"])
        # What the command would write: `dvc commit` takes it as done, far sooner than `dvc repro`.
        text = "".join((folder / one).read_text() for one in read)
        (folder / name).write_text(text[:1000])

    for i in range(SOURCES):
        (folder / f"s{i:02}").write_text(f"{i}\n")
    for name, inputs in graph_edges():
        stage(name, inputs)
    for name in last_layer():
        stage(f"g_{name}", [name])
    for name in last_layer()[::2]:
        stage(f"d_{name}", [f"g_{name}"])
    (folder / "dvc.yaml").write_text("\n".join(lines) + "\n")


def dbt_graph(folder):
    (folder / "dbt_project.yml").write_text(
        "name: nodes\nversion: '1.0'\nprofile: nodes\nmodel-paths: [models]\nflags: "
        "{send_anonymous_usage_stats: false}\n")
    (folder / "profiles.yml").write_text(
        "nodes: {target: dev, outputs: {dev: {type: duckdb, path: graph.duckdb, threads: 2}}}\n")
    models = folder / "models"
    models.mkdir()
    for i in range(SOURCES):
        (models / f"s{i:02}.sql").write_text(f"select range as id, range * {i} as v from range(5)\n")
    for name, (a, b) in graph_edges():
        (models / f"{name}.sql").write_text(
            f"select a.id, (a.v + b.v) % 1000 as v from {{{{ ref('{a}') }}}} as a join "
            f"{{{{ ref('{b}') }}}} as b using (id)\n")
    for name in last_layer():
        (models / f"g_{name}.sql").write_text(f"select * from {{{{ ref('{name}') }}}}\n")
    for name in last_layer()[::2]:
        (models / f"d_{name}.sql").write_text(f"select * from {{{{ ref('g_{name}') }}}}\n")


def fresh(bench, name, make):
    folder = bench.work / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    make(folder)
    return folder


def timed(commands, rounds):
    """Name -> runs of each command, taken in turns."""
    runs = {name: [] for name in commands}
    for _ in range(rounds):
        for name, (command, environment, prepare) in commands.items():
            prepare()
            runs[name].append(run(command, environment=environment))
    return runs


def table_of(runs):
    lines = ["| | median | min to max |", "|---|---|---|"]
    for name, done in runs.items():
        times = [r.seconds * 1000 for r in done]
        lines.append(f"| {name} | **{statistics.median(times):,.0f} ms** | "
                     f"{spread(times, '{:,.0f}')} ms |")
    return lines


def graph(bench):
    """A thousand nodes: the first plan and a run with nothing to do, beside the peers'."""
    ours = fresh(bench, "graph", assay_graph)
    nothing = lambda: None  # noqa: E731
    without_store = lambda: shutil.rmtree(ours / ".assay", ignore_errors=True)  # noqa: E731
    first = timed({"`assay plan`, no store yet": (
        assay(bench, ours, "plan", "--json"), None, without_store)}, bench.pairs)
    nodes = len(json.loads(run(assay(bench, ours, "plan", "--json"),
                               output=bench.work / "plan.json").output)["nodes"])
    run(assay(bench, ours, "run", "--json"), output=bench.work / "graph.json")
    again = json.loads(run(assay(bench, ours, "run", "--json"),
                           output=bench.work / "graph.json").output)
    if again["status"] != "nothing-to-do":
        raise Stop(f"a second run is not idle but {again['status']}")
    idle = {"`assay run`, nothing to do": (assay(bench, ours, "run"), None, nothing)}
    if bench.peers:
        add_peers(bench, idle, nothing)
    runs = timed(idle, max(bench.pairs, 5))
    idle_ms = statistics.median(r.seconds * 1000 for r in runs["`assay run`, nothing to do"])
    first_ms = statistics.median(r.seconds * 1000 for r in next(iter(first.values())))
    done = list(itertools.chain(*first.values(), *runs.values()))
    return [f"### A project of {nodes:,} nodes", "",
            f"{SOURCES} sources, {LAYERS * WIDTH} SQL steps of two inputs each, gates and datasets; the "
            "peers have the same graph, each node of which copies a few bytes (ninja, DVC) or is a "
            "view over five rows (dbt, which has no run with nothing to do: it reads the project "
            "again, from its cache and without).",
            f"Targets: nothing to do at most {IDLE_GRAPH_TARGET_MS:.0f} ms: "
            f"{verdict(idle_ms, IDLE_GRAPH_TARGET_MS)}; first plan at most "
            f"{FIRST_PLAN_TARGET_MS:.0f} ms: {verdict(first_ms, FIRST_PLAN_TARGET_MS)}.",
            others(done), "", *table_of({**first, **runs})]


def add_peers(bench, idle, nothing):
    program = lambda name: bench.peers / name  # noqa: E731
    by_ninja = fresh(bench, "graph-ninja", ninja_graph)
    run([program("ninja"), "-C", by_ninja])
    idle["`ninja`, nothing to do"] = ([program("ninja"), "-C", by_ninja], None, nothing)
    by_dvc = fresh(bench, "graph-dvc", dvc_graph)
    quiet = {**os.environ, "DVC_NO_ANALYTICS": "1", "DO_NOT_TRACK": "1"}
    run([program("dvc"), "--cd", by_dvc, "init", "--no-scm", "-q"], environment=quiet)
    run([program("dvc"), "--cd", by_dvc, "commit", "-f", "-q"], environment=quiet)
    idle["`dvc repro`, nothing to do"] = (
        [program("dvc"), "--cd", by_dvc, "repro", "-q"], quiet, nothing)
    by_dbt = fresh(bench, "graph-dbt", dbt_graph)
    where = ["--project-dir", by_dbt, "--profiles-dir", by_dbt, "--quiet"]
    run([program("dbt"), "parse", *where], environment=quiet)
    idle["`dbt parse`, nothing changed"] = ([program("dbt"), "parse", *where], quiet, nothing)
    idle["`dbt parse --no-partial-parse`"] = (
        [program("dbt"), "--no-partial-parse", "parse", *where], quiet, nothing)


# ---- many rows ----


def large(bench):
    """Many rows from CSV to a version and out as JSON lines, within a limit of memory."""
    project = bench.work / "large"
    project.mkdir(exist_ok=True)
    shutil.rmtree(project / ".assay", ignore_errors=True)
    shutil.rmtree(project / "out", ignore_errors=True)
    shutil.copy(ROOT / "bench" / "questions" / "assay.yaml", project)
    questions = project / "questions.csv"
    stamp = project / "rows"
    if not stamp.exists() or stamp.read_text() != str(bench.rows):
        print(f"making {bench.rows:,} questions ...", file=sys.stderr)
        with open(questions, "wb") as out:
            subprocess.run([bench.build / "question_rows", str(bench.rows)], stdout=out, check=True)
        stamp.write_text(str(bench.rows))
    size = questions.stat().st_size
    os.sync()
    limits = ["--memory", LARGE_MEMORY]
    made = run([bench.assay, "--project", project, "--threads", bench.threads, *limits, "run", "--json"],
               output=bench.work / "large.json")
    report = json.loads(made.output)
    export = run([bench.assay, "--project", project, "--threads", bench.threads, *limits, "dataset",
                  "export", "questions@v1", "--to", project / "out", "--format", "jsonl"],
                 output=bench.work / "large-export.log")
    nodes = {node["name"]: node for node in report["nodes"]}
    lines = [f"| {name} | {node['rows_out']:,} | {node['seconds']:.1f} s | "
             f"{node['peak_buffer_bytes'] / 1e6:,.0f} MB |" for name, node in nodes.items()]
    lines.append(f"| export, JSON lines | | {export.seconds:.1f} s | |")
    total = made.seconds + export.seconds
    return [f"### {bench.rows:,} rows from CSV to a version and out again", "",
            f"{size / 1e9:.1f} GB of CSV; exact dedup of two columns, 20 checks, hash split, profile, "
            f"version, JSON lines. `--memory {LARGE_MEMORY}`, {bench.threads} threads, one run: "
            f"**{total / 60:.1f} minutes** ({made.cpu + export.cpu:.0f} s of CPU), peak memory of the "
            f"process **{made.peak_mb:,.0f} MB**, of the export {export.peak_mb:,.0f} MB "
            f"(target at most {LARGE_MEMORY}: "
            f"{'met' if max(made.peak_mb, export.peak_mb) <= 1000 * LARGE_GB else 'MISSED'}).",
            others([made, export]), "",
            "| node | rows | wall time | engine's peak |", "|---|---|---|---|", *lines]
