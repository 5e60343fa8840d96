"""The model: a logistic regression as a JSON file, and what both its users need to apply it."""

import json
import math
import subprocess

import numpy


def save(path, version, columns, regression):
    """Write a fitted LogisticRegression with the version whose preparation it needs."""
    weights = dict(zip(columns, regression.coef_[0].round(6).tolist()))
    text = {"version": version, "intercept": round(regression.intercept_[0], 6), "weights": weights}
    path.write_text(json.dumps(text, indent=1) + "\n", encoding="utf-8")


def scores(path, rows):
    """Return the probability of `late` of raw rows, a list of dicts.

    The rows go through `assay transform`, one by one, as those of a server do.
    """
    with open(path, encoding="utf-8") as file:
        model = json.load(file)
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    prepared = subprocess.run(["assay", "transform", model["version"], "--rows", "-"],
                              input=lines, stdout=subprocess.PIPE, text=True, check=True).stdout
    found = []
    for line in prepared.splitlines():
        row = json.loads(line)
        total = sum(weight * row[name] for name, weight in model["weights"].items() if row[name])
        found.append(round(1 / (1 + math.exp(-model["intercept"] - total)), 6))
    return found


def calibration_error(late, score):
    """Return the expected calibration error over ten bins of equal width."""
    bins = numpy.minimum((score * 10).astype(int), 9)
    return sum(abs(late[bins == b].mean() - score[bins == b].mean()) * (bins == b).mean()
               for b in numpy.unique(bins))
