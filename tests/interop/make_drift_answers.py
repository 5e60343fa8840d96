"""Writes drift_answers.json: what Evidently says of the pairs in drift_columns.py.

    python -m venv V; V/bin/pip install evidently==0.7.23 'pandas<3'; V/bin/python make_drift_answers.py

Evidently and what it needs are some eighty packages, so that its answers are kept instead.
"""

import json
import pathlib
import warnings

import evidently
import numpy
import pandas
import scipy
from evidently.core.datasets import infer_column_type
from evidently.legacy.calculations.data_drift import get_one_column_drift
from evidently.legacy.core import ColumnType
from evidently.legacy.options.data_drift import DataDriftOptions
from evidently.legacy.utils.data_operations import DatasetColumns, DatasetUtilityColumns

import drift_columns


def answer(name, reference, current):
    """What Evidently's own metric of one column computes, with nothing set."""
    sides = [pandas.DataFrame({name: [value for value in side if value is not None]})
             for side in (reference, current)]
    kind = infer_column_type(sides[1][name])
    found = get_one_column_drift(
        current_data=sides[1], reference_data=sides[0], column_name=name,
        options=DataDriftOptions(), column_type=kind, agg_data=True,
        dataset_columns=DatasetColumns(
            utility_columns=DatasetUtilityColumns(date=None, id=None, target=None, prediction=None),
            target_type=None, task=None,
            num_feature_names=[name] if kind == ColumnType.Numerical else [],
            cat_feature_names=[name] if kind == ColumnType.Categorical else [],
            text_feature_names=[], datetime_feature_names=[], target_names=None))
    return {"kind": kind.value, "method": found.stattest_name,
            "statistic": float(found.drift_score), "threshold": float(found.stattest_threshold),
            "drifted": bool(found.drift_detected)}


def main():
    warnings.simplefilter("ignore")
    answers = {name: answer(name, *sides) for name, sides in drift_columns.columns().items()}
    written = {"made_with": {"evidently": evidently.__version__, "scipy": scipy.__version__,
                             "numpy": numpy.__version__, "pandas": pandas.__version__},
               "answers": answers}
    path = pathlib.Path(__file__).with_name("drift_answers.json")
    path.write_text(json.dumps(written, indent=1) + "\n")


if __name__ == "__main__":
    main()
