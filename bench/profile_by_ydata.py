"""Profile of a Parquet file by ydata-profiling, as its own documentation runs it, with its page;
prints answers and seconds.

    PYTHON bench/profile_by_ydata.py minimal|default FILE

Needs ydata-profiling, pandas and pyarrow.
"""

import json
import sys
import time
import warnings

import pandas
from ydata_profiling import ProfileReport


def main():
    warnings.simplefilter("ignore")
    start = time.perf_counter()
    rows = pandas.read_parquet(sys.argv[2])
    report = ProfileReport(rows, minimal=sys.argv[1] == "minimal", progress_bar=False)
    found = report.get_description()
    described = time.perf_counter()
    report.to_html()
    done = time.perf_counter()
    answers = {}
    for name, column in found.variables.items():
        figures = {"distinct": int(column["n_distinct"]), "nulls": int(column["n_missing"])}
        if "mean" in column and "std" in column:
            figures |= {"mean": float(column["mean"]), "std": float(column["std"])}
        answers[name] = figures
    print(json.dumps({"described": described - start, "page": done - start, "answers": answers}))


if __name__ == "__main__":
    main()
