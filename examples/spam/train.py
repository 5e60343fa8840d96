"""Trains a filter on the exported versions and says what taking repeats out changed: train.py OUT

OUT/clean holds the splits of the dataset spam, OUT/careless those of spam_careless: the same e-mails
with the repeats left in, split without a look at their bodies.
"""

import pathlib
import sys

import pandas
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.pipeline import make_pipeline


def read(folder):
    """Return the splits train and test of an exported version."""
    return (pandas.read_json(out / folder / f"{split}.jsonl", lines=True, dtype=False)
            for split in ("train", "test"))


def score(model, mails):
    """Return how well the model tells spam, as F1."""
    return f1_score(mails["label"], model.predict(mails["body"]), pos_label="spam")


out = pathlib.Path(sys.argv[1])
for folder, what in (("careless", "repeats left in"), ("clean", "repeats out")):
    train, test = read(folder)
    model = make_pipeline(TfidfVectorizer(min_df=2), LogisticRegression(C=20, max_iter=1000))
    model.fit(train["body"], train["label"])
    seen = test["body_key"].isin(set(train["body_key"]))
    print(f"{what}: {len(train):,} e-mails to learn from, {len(test):,} to be tried on, "
          f"{seen.sum()} of which were learnt from, too: F1 {score(model, test):.4f}, "
          f"without these {score(model, test[~seen]):.4f}")
