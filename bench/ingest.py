"""The comparison `ingest` of bench/run: a file becomes a source's table."""

import json
import shutil
import statistics

from measure import ROOT, Stop, others, ratios_line, run, spread, verdict

COPY_TARGET = 1.15  # assay over the engine's own COPY, wall time
DLT_TARGET = 5.0  # dlt over assay, wall time
FLIGHTS = ROOT / ".cache" / "vega-datasets" / "flights-3m.parquet"
SUMS = "SELECT count(*) AS rows, sum(delay) AS delay, sum(distance) AS distance FROM flights"


def project(folder, file):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / "assay.yaml").write_text(
        "format: 1\nproject: ingest\nsources:\n  flights: " + json.dumps({"files": str(file)}) + "\n")
    return folder


def run_assay(bench, folder):
    shutil.rmtree(folder / ".assay", ignore_errors=True)
    return run([bench.assay, "--threads", bench.threads, "--project", folder, "run"],
               output=bench.work / "ingest.txt")


def sums(bench, folder):
    return json.loads(run([bench.assay, "--project", folder, "sql", SUMS, "--json"],
                          output=bench.work / "ingest.json").output)


def run_copy(bench, file, out):
    return run([bench.build / "copy_rows", "--threads", bench.threads, file, out],
               output=bench.work / "copy.txt")


def run_dlt(bench, mode, file):
    return run([bench.dlt, ROOT / "bench" / "ingest_by_dlt.py", mode, file, bench.work / "dlt"],
               output=bench.work / "dlt.json")


def ingest(bench):
    """CSV and Parquet of the flights against the engine's COPY and dlt."""
    if not (bench.build / "copy_rows").exists():
        raise Stop("copy_rows is not there; `./dev bench` builds it")
    csv = bench.work / "flights.csv"
    source = project(bench.work / "ingest-source", FLIGHTS)
    run_assay(bench, source)
    if not csv.exists():
        csv.write_text(run([bench.assay, "--project", source, "sql", "SELECT * FROM flights", "--format", "csv",
                            "--limit", "0"], output=bench.work / "flights.out").output)
    lines = ["### A file of 3,000,000 flights becomes a table", "",
             "`assay run` of one source from an empty store: the file is hashed and kept, its types "
             "are those of all its cells, rows are written, read back and summed, and the ledger is "
             "counted. Beside it COPY of the same file into Parquet by the same engine, which does "
             "none of these; rows and sums are compared first.", ""]
    table = ["| | `assay run` | COPY | ratio | min to max | target |", "|---|---|---|---|---|---|"]
    told, done = [], []
    for file in (csv, FLIGHTS):
        form = file.suffix[1:]
        ours = project(bench.work / f"ingest-{form}", file)
        run_assay(bench, ours)
        copied = bench.work / "copied.parquet"
        run_copy(bench, file, copied)
        theirs = project(bench.work / "ingest-copied", copied)
        run_assay(bench, theirs)
        expected = sums(bench, theirs)
        if sums(bench, ours) != expected:
            raise Stop(f"{form}: {sums(bench, ours)} where COPY has {expected}")
        pairs = [(run_assay(bench, ours), run_copy(bench, file, copied)) for _ in range(bench.pairs)]
        done += [one for pair in pairs for one in pair]
        for what, values in (("wall time", lambda r: r.seconds), ("CPU time", lambda r: r.cpu)):
            line, ratio = ratios_line(f"{form}, {what}", "s", "{:.2f}",
                                      [values(a) for a, _ in pairs], [values(b) for _, b in pairs])
            met = verdict(ratio, COPY_TARGET) if what == "wall time" else ""
            table.append(f"{line} {met} |")
        seconds = statistics.median(a.seconds for a, _ in pairs)
        for mode in ("arrow", "default") if bench.dlt else ():
            found = run_dlt(bench, mode, file)
            rows = [int(value) for value in expected[0].values()]
            if json.loads(found.output.splitlines()[-1]) != rows:
                raise Stop(f"dlt has other rows: {found.output}")
            # Its own readers take minutes: once is enough to tell.
            times = [found] if mode == "default" else [run_dlt(bench, mode, file)
                                                       for _ in range(bench.pairs)]
            ratios = [one.seconds / seconds for one in times]
            met = "met" if statistics.median(ratios) >= DLT_TARGET else "MISSED"
            told.append(f"- dlt into DuckDB, {form}, {mode} reader: "
                        f"**{statistics.median(r.seconds for r in times):.1f} s**, "
                        f"{statistics.median(ratios):.1f} times as long "
                        f"({spread(ratios, '{:.1f}')}); target {DLT_TARGET:.0f}: {met}")
    if not bench.dlt:
        told = ["Not compared with dlt: --dlt names a Python that has it."]
    return [*lines, f"{bench.pairs} pairs of whole processes, {bench.threads} threads.",
            others(done), "", *table, "", *told]
