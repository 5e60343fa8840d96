"""The preparation of the flights by scikit-learn, and whether all ways give the same; prints JSON.

    prepare_by_sklearn.py check DATA OURS HAND
    prepare_by_sklearn.py memory DATA
    prepare_by_sklearn.py files DATA OUT

DATA holds train, validation and test.parquet; OURS and HAND what prepare_flights made of them. `check`
compares all columns of all splits, then takes single rows; exit 1 when an answer differs. `memory`
reads the three files with pandas, fits on train and keeps all three transformed; `files` writes them
too, with the columns that pass, as Parquet with the same compression as the others.
"""

import json
import pathlib
import sys
import time

import numpy
import pandas
import pyarrow.parquet
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, OrdinalEncoder, StandardScaler

SPLITS = ("train", "validation", "test")
COLUMNS = ["date", "distance", "origin", "destination"]
PASSING = ["origin_state", "destination_state", "late"]
TOP = 50
SINGLE_ROWS = 200


def calendar(frame):
    date = frame["date"].dt
    return pandas.DataFrame({"date_month": date.month, "date_weekday": date.day_of_week + 1,
                             "date_hour": date.hour})


def transformer():
    # Its last column of origins stands for all that are not among the most frequent.
    origins = OneHotEncoder(max_categories=TOP + 1, handle_unknown="ignore", sparse_output=False,
                            dtype=numpy.uint8)
    places = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1, dtype=numpy.int32)
    return ColumnTransformer([
        ("date", FunctionTransformer(calendar), ["date"]),
        ("distance", make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), ["distance"]),
        ("origin", origins, ["origin"]), ("destination", places, ["destination"]),
    ], verbose_feature_names_out=False).set_output(transform="pandas")


def run(data, passing=()):
    """The three frames as read, the fitted transformer, and the frames as prepared."""
    columns = COLUMNS + list(passing)
    frames = [pandas.read_parquet(data / f"{split}.parquet", columns=columns) for split in SPLITS]
    made = transformer().fit(frames[0])
    return frames, made, [made.transform(frame) for frame in frames]


def write(frames, prepared, out):
    for split, frame, values in zip(SPLITS, frames, prepared):
        for name in PASSING:
            values[name] = frame[name]
        values.to_parquet(out / f"{split}.parquet", index=False, compression="zstd",
                          compression_level=1)


def table(folder, split):
    return pyarrow.parquet.read_table(folder / f"{split}.parquet")


def check(ours, theirs, names):
    for name in names:
        one, other = ours[name].to_numpy(), numpy.asarray(theirs[name])
        if name == "distance":
            same = numpy.allclose(one, other, rtol=1e-12, atol=1e-12)
        else:
            same = numpy.array_equal(one, other)
        if len(one) != len(other) or not same:
            sys.exit(f"another answer in {name}")


def compare(data, ours, hand):
    frames, made, prepared = run(data)
    for split, frame in zip(SPLITS, prepared):
        mine = table(ours, split)
        names = [name for name in frame.columns if name != "origin_infrequent_sklearn"]
        check(mine, frame, names)
        by_hand = table(hand, split)
        if mine.column_names != by_hand.column_names:
            sys.exit("by hand there are other columns")
        check(mine, by_hand, mine.column_names)
    rows = sum(len(frame) for frame in frames)
    one = frames[0].iloc[:SINGLE_ROWS]
    single = []
    for i in range(len(one)):
        row = one.iloc[i:i + 1]
        start = time.perf_counter()
        made.transform(row)
        single.append(time.perf_counter() - start)
    return {"rows": rows, "columns": len(names), "single_row": sorted(single)[len(single) // 2]}


def main():
    how, *folders = sys.argv[1:]
    data, *others = map(pathlib.Path, folders)
    start, used = time.perf_counter(), time.process_time()
    if how == "check":
        print(json.dumps(compare(data, *others)))
        return
    frames, _, prepared = run(data, PASSING if how == "files" else ())
    if how == "files":
        write(frames, prepared, others[0])
    print(json.dumps({"seconds": time.perf_counter() - start, "cpu": time.process_time() - used}))


if __name__ == "__main__":
    main()
