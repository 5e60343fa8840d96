"""Trains on the exported version and says what refusing rows changed: train.py OUT DATA

OUT holds the exported splits of flights_train; DATA the monthly files as they were delivered, with
the June that the gate refused as flights-2001-06-bad.parquet.
"""

import pathlib
import sys

import pandas
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import log_loss, roc_auc_score

EVERY = 5  # flights are learnt from, so that this takes seconds


def features(flights):
    """Return what is known of a flight before it starts."""
    hour, weekday = flights["date"].dt.hour, flights["date"].dt.day_of_week
    airport = flights["origin"].map(usual).fillna(0)
    return pandas.DataFrame({"hour": hour, "weekday": weekday, "distance": flights["distance"],
                             "airport": airport})


def delivered(pattern):
    """Return the flights of files as they came: repeats, impossible delays and all."""
    flights = pandas.concat(map(pandas.read_parquet, sorted(data.glob(pattern))))
    return flights.assign(late=flights["delay"] > 15)


def fit(flights):
    """Return a model of whether a flight is late."""
    some = flights.sort_values(["date", "origin", "destination"])[::EVERY]
    return HistGradientBoostingClassifier(random_state=0).fit(features(some), some["late"])


def judge(model, flights):
    """Return how well the model knows which flights are late, in words."""
    score = model.predict_proba(features(flights))[:, 1]
    return (f"log loss {log_loss(flights['late'], score):.3f}, "
            f"area under the curve {roc_auc_score(flights['late'], score):.3f}")


out, data = map(pathlib.Path, sys.argv[1:])
train, test = (pandas.read_parquet(out / f"{split}.parquet") for split in ("train", "test"))
usual = train["origin"].value_counts()
careless = delivered("flights-2001-0[1-4].parquet")
bad_june = delivered("flights-2001-06-bad.parquet")
model = fit(train)
print(f"trained on {len(train):,} flights, tried on {len(test):,} of June: {judge(model, test)}")
print(f"with the {len(careless) - len(train):,} repeated and refused rows in the training: "
      f"{judge(fit(careless), test)}")
print(f"tried on the June that the gate refused: {judge(model, bad_june)}")
print(f"late in June: {test['late'].mean():.1%}; in the refused file: {bad_june['late'].mean():.1%}")
