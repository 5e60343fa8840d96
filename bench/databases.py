"""The comparison `databases`: a table of PostgreSQL fetched by `assay run` against psql; bench/run calls it."""

import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys

from measure import ROOT, Stop, others, ratios_line, run, verdict

sys.path.insert(0, str(ROOT / "tests" / "interop"))
import database_servers  # noqa: E402 (in the folder named above)

CACHE = ROOT / ".cache" / "vega-datasets"
FLIGHTS = 3_000_000
TARGET = 1.0  # assay over psql, wall time
COLUMNS = {"date": "timestamp", "delay": "smallint", "distance": "smallint", "origin": "text",
           "destination": "text"}
OURS = {"timestamp": "TIMESTAMP", "smallint": "SMALLINT", "text": "VARCHAR"}
COPY = "\\copy (SELECT * FROM flights) TO '{}' WITH (FORMAT csv, HEADER)"


def psql_command(server, statement):
    program = os.environ.get("ASSAY_PSQL") or ROOT / ".cache" / "postgresql" / "psql"
    if not pathlib.Path(program).exists():
        raise Stop(f"{program} is not there; `./dev bench` fetches it")
    return [program, "--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1", "--dbname", server.url(),
            "--command", statement]


def flights_as_csv(bench, folder):
    """The flights as CSV, made by the program."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / "flights.parquet").symlink_to(CACHE / "flights-3m.parquet")
    names = ", ".join(COLUMNS)
    limit = f" ORDER BY ALL LIMIT {bench.step_rows}" if bench.step_rows < FLIGHTS else ""
    (folder / "assay.yaml").write_text(
        "format: 1\nproject: flights\nsources:\n  flights: {files: flights.parquet}\nsteps:\n"
        f'  some: {{sql: "SELECT {names} FROM flights{limit}"}}\n'
        "datasets:\n  made: {input: some, ungated: a comparison}\n")
    run([bench.assay, "--project", folder, "run"])
    run([bench.assay, "--project", folder, "dataset", "export", "made", "--to", folder / "out",
         "--format", "csv"])
    return next((folder / "out").glob("*.csv"))


def write_project(bench, project):
    shutil.rmtree(project, ignore_errors=True)
    project.mkdir(parents=True)
    (project / "assay.yaml").write_text(
        "format: 1\nproject: fetched\nsources:\n"
        '  flights: {kind: postgres, connection: "${BENCH_DATABASE}", table: flights}\n')


def fetch(bench, project, server):
    write_project(bench, project)
    os.sync()
    return run([bench.assay, "--project", project, "--threads", bench.threads, "run"],
               environment={**os.environ, "BENCH_DATABASE": server.url()})


def copy(bench, server):
    target = bench.work / "databases" / "by-psql.csv"
    target.unlink(missing_ok=True)
    os.sync()
    return run(psql_command(server, COPY.format(target))), target


def look_at_rows(bench, project, server, copied):
    """Stop where what was fetched is not, row by row, what psql copied."""
    types = ", ".join(f"{name}: {OURS[kind]}" for name, kind in COLUMNS.items())
    with (project / "assay.yaml").open("a") as file:
        file.write(f"  copied: {{files: {copied.name}, columns: {{{types}}}}}\n")
    shutil.copy(copied, project / copied.name)
    environment = {**os.environ, "BENCH_DATABASE": server.url()}
    run([bench.assay, "--project", project, "run"], environment=environment)
    asked = ("SELECT (SELECT count(*) FROM flights) AS rows, (SELECT count(*) FROM (SELECT * FROM flights "
             "EXCEPT ALL SELECT * FROM copied)) + (SELECT count(*) FROM (SELECT * FROM copied EXCEPT ALL "
             "SELECT * FROM flights)) AS unlike")
    told = json.loads(run([bench.assay, "--project", project, "sql", "--json", asked],
                          output=bench.work / "databases.json", environment=environment).output)[0]
    if told["unlike"] != 0 or told["rows"] != min(bench.step_rows, FLIGHTS):
        raise Stop(f"what was fetched is not what psql copied: {told}")


def databases(bench):
    """A table of PostgreSQL into the store against `psql \\copy` of the same rows into a file."""
    if database_servers.postgres_programs() is None:
        raise Stop("there is no PostgreSQL; `./dev bench` fetches it")
    folder = bench.work / "databases"
    made = flights_as_csv(bench, folder)
    server = database_servers.Postgres(driver=False)
    try:
        columns = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())
        subprocess.run(psql_command(server, f"CREATE TABLE flights ({columns})"), check=True)
        subprocess.run(psql_command(server, f"\\copy flights FROM '{made}' WITH (FORMAT csv, HEADER)"),
                       check=True)
        subprocess.run(psql_command(server, "ANALYZE flights"), check=True)
        project = folder / "project"
        fetch(bench, project, server)
        _, copied = copy(bench, server)
        look_at_rows(bench, project, server, copied)
        ours, theirs = [], []
        for _ in range(bench.pairs):
            ours.append(fetch(bench, project, server))
            theirs.append(copy(bench, server)[0])
    finally:
        server.stop()
    line, ratio = ratios_line("wall time", "s", "{:.2f}", [r.seconds for r in ours],
                              [r.seconds for r in theirs])
    return [f"### PostgreSQL, {min(bench.step_rows, FLIGHTS):,} flights", "",
            "`assay run` of a source of kind postgres from an empty store, its rows ordered and stored as a "
            "Parquet object, against `psql \\copy (SELECT * FROM flights) TO` a CSV file, from the same server "
            f"on loopback. Equal rows first. {bench.pairs} pairs, {bench.threads} threads. Target: at most "
            f"{TARGET} times: {verdict(ratio, TARGET)}.", others([*ours, *theirs]), "",
            "| | assay run | psql | ratio, median of the pairs | ratio, min to max |", "|---|---|---|---|---|",
            line, f"\nPeak memory of assay: {statistics.median(r.peak_mb for r in ours):.0f} MB."]
