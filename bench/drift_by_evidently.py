"""Drift of two tables by Evidently, as its own documentation runs it; prints answers and seconds.

    PYTHON bench/drift_by_evidently.py COLUMNS REFERENCE CURRENT

COLUMNS are separated by commas; the two are Parquet files, or folders of them. Needs evidently,
pandas and pyarrow (tests/interop/make_drift_answers.py has the versions).
"""

import json
import sys
import time
import warnings

import pandas
from evidently import DataDefinition, Dataset, Report
from evidently.presets import DataDriftPreset


def main():
    warnings.simplefilter("ignore")
    columns = sys.argv[1].split(",")
    start = time.perf_counter()
    frames = [pandas.read_parquet(path, columns=columns) for path in sys.argv[2:4]]
    read = time.perf_counter()
    reference, current = (Dataset.from_pandas(frame, data_definition=DataDefinition())
                          for frame in frames)
    result = Report([DataDriftPreset()]).run(current_data=current, reference_data=reference).dict()
    done = time.perf_counter()
    answers = {metric["config"]["column"]: {"statistic": float(metric["value"]),
                                            "method": metric["config"]["method"]}
               for metric in result["metrics"] if "column" in metric["config"]}
    print(json.dumps({"read": read - start, "report": done - read, "answers": answers}))


if __name__ == "__main__":
    main()
