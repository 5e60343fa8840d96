"""The comparison `profile` of bench/run: a first look at a file."""

import json
import math
import statistics

from measure import ROOT, Stop, others, ratios_line, run, spread, verdict

SUMMARIZE_TARGET = 1.5  # assay over SUMMARIZE, wall time
YDATA_TARGET = 20.0  # ydata-profiling over assay, wall time
FLIGHTS = ROOT / ".cache" / "vega-datasets" / "flights-3m.parquet"


def run_profile(bench, file):
    page = bench.work / "profile.html"
    return run([bench.assay, "--threads", bench.threads, "profile", file, "--json", "--html", page],
               output=bench.work / "profile.json")


def run_summarize(bench, file):
    return run([bench.build / "summarize_file", "--threads", bench.threads, file],
               output=bench.work / "summarize.json")


def run_ydata(bench, mode, file):
    return run([bench.ydata, ROOT / "bench" / "profile_by_ydata.py", mode, file],
               output=bench.work / f"ydata-{mode}.json")


def differences(ours, theirs):
    """Where our profile and SUMMARIZE, which guesses distinct values and quartiles, disagree."""
    found = []
    for column in theirs:
        name, mine = column["column_name"], ours[column["column_name"]]
        rows = int(column["count"])
        present = rows - mine["nulls"]
        pairs = [("rows", mine["rows"], rows), ("min", mine["min"], column["min"]),
                 ("max", mine["max"], column["max"])]
        found += [(name, what, a, b) for what, a, b in pairs if a != b]
        share = 100 * mine["nulls"] / rows
        if abs(share - float(column["null_percentage"])) > 0.006:
            found.append((name, "nulls", share, column["null_percentage"]))
        if abs(math.log(max(int(column["approx_unique"]), 1) / max(mine["distinct"], 1))) > 0.25:
            found.append((name, "distinct", mine["distinct"], column["approx_unique"]))
        if "stddev" not in mine:
            continue
        # Theirs is of a sample: divided by one less.
        deviation = float(column["std"]) * math.sqrt((present - 1) / present)
        for what, a, b in (("mean", float(mine["mean"]), float(column["avg"])),
                           ("stddev", float(mine["stddev"]), deviation)):
            if not math.isclose(a, b, rel_tol=1e-9):
                found.append((name, what, a, b))
        span = float(mine["max"]) - float(mine["min"])
        for theirs_name, share in (("q25", "0.25"), ("q50", "0.5"), ("q75", "0.75")):
            a, b = float(mine["quantiles"][share]), float(column[theirs_name])
            if abs(a - b) > 0.01 * span:
                found.append((name, theirs_name, a, b))
    return found


def ydata_differences(ours, theirs):
    found = []
    for name, column in theirs.items():
        mine = ours[name]
        found += [(name, what, mine[what], column[what]) for what in ("distinct", "nulls")
                  if mine[what] != column[what]]
        if "mean" not in column or "stddev" not in mine:
            continue
        present = mine["rows"] - mine["nulls"]
        deviation = column["std"] * math.sqrt((present - 1) / present)
        if not (math.isclose(float(mine["mean"]), column["mean"], rel_tol=1e-9)
                and math.isclose(float(mine["stddev"]), deviation, rel_tol=1e-9)):
            found.append((name, "mean or deviation", mine["mean"], column["mean"]))
    return found


def profile(bench):
    """`assay profile` of the flights, with its page, against SUMMARIZE and ydata-profiling."""
    if not (bench.build / "summarize_file").exists():
        raise Stop("summarize_file is not there; `./dev bench` builds it")
    ours = {column["name"]: column
            for column in json.loads(run_profile(bench, FLIGHTS).output)["columns"]}
    far = differences(ours, json.loads(run_summarize(bench, FLIGHTS).output))
    if far:
        raise Stop(f"SUMMARIZE says something else: {far}")
    modes = ("minimal", "default") if bench.ydata else ()
    for mode in modes:
        far = ydata_differences(ours, json.loads(run_ydata(bench, mode, FLIGHTS).output)["answers"])
        if far:
            raise Stop(f"ydata-profiling says something else: {far}")
    done = {"assay": [], "summarize": [], **{mode: [] for mode in modes}}
    for _ in range(bench.pairs):
        done["assay"].append(run_profile(bench, FLIGHTS))
        done["summarize"].append(run_summarize(bench, FLIGHTS))
        for mode in modes:
            done[mode].append(run_ydata(bench, mode, FLIGHTS))
    table = ["| | `assay profile` | SUMMARIZE | ratio | min to max |", "|---|---|---|---|---|"]
    ratios = {}
    for what, unit, form, values in (
            ("wall time", "s", "{:.2f}", lambda r: r.seconds),
            ("CPU time", "s", "{:.2f}", lambda r: r.cpu),
            ("peak memory", "MB", "{:.0f}", lambda r: r.peak_mb)):
        line, ratios[what] = ratios_line(what, unit, form, [values(r) for r in done["assay"]],
                                         [values(r) for r in done["summarize"]])
        table.append(line)
    lines = ["### First look at 3,000,000 flights", "",
             "Both print the same counts, bounds, means and deviations; ours has exact distinct "
             "values, 103 exact quantiles, histograms, frequent values, what is suspicious, and a "
             "page beside it.", "",
             f"{bench.pairs} pairs of whole processes, {bench.threads} threads. Target: at most "
             f"{SUMMARIZE_TARGET} times SUMMARIZE: {verdict(ratios['wall time'], SUMMARIZE_TARGET)}.",
             others([r for runs in done.values() for r in runs]), "", *table, ""]
    for mode in modes:
        seconds = [json.loads(r.output)["page"] for r in done[mode]]
        times = [theirs / r.seconds for theirs, r in zip(seconds, done["assay"])]
        met = "met" if statistics.median(times) >= YDATA_TARGET else "MISSED"
        lines.append(f"- ydata-profiling, {mode}, reading, report and page without its start: "
                     f"**{statistics.median(seconds):.1f} s**, {statistics.median(times):.1f} times "
                     f"as long ({spread(times, '{:.1f}')}); target {YDATA_TARGET:.0f}: {met}")
    if not modes:
        lines.append("Not compared with ydata-profiling: --ydata names a Python that has it.")
    return lines
