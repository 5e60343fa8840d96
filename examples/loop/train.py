"""Trains the model; `assay retrain trigger` runs this, and says by ASSAY_... what is where."""

import json
import os
import pathlib

import numpy
import pyarrow
import pyarrow.parquet
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, log_loss

import model

EVERY = 5  # flights of the training split are learnt from, so that this takes seconds


def read(split):
    """Return the features of a split, their names, and the label."""
    table = pyarrow.parquet.read_table(os.environ[f"ASSAY_{split}_PREPARED"])
    late = table[os.environ["ASSAY_LABEL"]].to_numpy()
    features = table.drop_columns(["day", os.environ["ASSAY_LABEL"]])
    columns = [column.to_numpy().astype(float) for column in features.columns]
    return numpy.column_stack(columns), features.column_names, late


version = f"{os.environ['ASSAY_DATASET']}@{os.environ['ASSAY_VERSION']}"
output = pathlib.Path(os.environ["ASSAY_OUTPUT"])
features, names, late = read("TRAIN")
# The newest month has no weight of its own: the intercept stands for it, and so for months to come.
months = [name for name in names if name.startswith("date_month_")]
kept = [i for i, name in enumerate(names) if name != max(months, key=lambda name: int(name[11:]))]
features, names = features[:, kept], [names[i] for i in kept]
regression = LogisticRegression(max_iter=1000, tol=1e-6).fit(features[::EVERY], late[::EVERY])
model.save(output / "model.json", version, names, regression)

features, _, late = read("TEST")
score = regression.predict_proba(features[:, kept])[:, 1].round(6)
metrics = {"log_loss": log_loss(late, score), "accuracy": accuracy_score(late, score >= 0.5),
           "calibration_error": model.calibration_error(late, score)}
metrics = {name: round(float(value), 6) for name, value in metrics.items()}
(output / "metrics.json").write_text(json.dumps({"test": metrics}), encoding="utf-8")
pyarrow.parquet.write_table(pyarrow.table({"row": range(len(score)), "score": score}),
                            output / "predictions.parquet")
print(f"{version}: log loss {metrics['log_loss']:.4f}, "
      f"calibration error {metrics['calibration_error']:.4f}")
