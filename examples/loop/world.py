"""Plays the world outside: flights are asked about, fly, and their delays become known.

    world.py begin FLIGHTS   lays out April and May in data/, the days of June in world/
    world.py replay          hands in what the first model said of the flights it was tested on
    world.py days FROM TO    lets these days of June pass
"""

import datetime
import json
import pathlib
import shutil
import subprocess
import sys

import pyarrow
import pyarrow.compute
import pyarrow.parquet

import model

EVERY = 10  # flights that somebody asks the model about


def assay(*words):
    return subprocess.run(["assay", *words], stdout=subprocess.PIPE, text=True, check=True).stdout


def begin(path):
    flights = pyarrow.parquet.read_table(path)
    pathlib.Path("data").mkdir()
    pathlib.Path("world").mkdir()

    moment = datetime.datetime

    def cut(target, start, end):
        inside = pyarrow.compute.and_(pyarrow.compute.greater_equal(flights["date"], start),
                                      pyarrow.compute.less(flights["date"], end))
        pyarrow.parquet.write_table(flights.filter(inside), target)

    cut("data/flights-2001-04.parquet", moment(2001, 4, 1), moment(2001, 5, 1))
    cut("data/flights-2001-05.parquet", moment(2001, 5, 1), moment(2001, 6, 1))
    for number in range(1, 31):
        day = moment(2001, 6, number)
        cut(f"world/flights-{day:%Y-%m-%d}.parquet", day, day + datetime.timedelta(days=1))


def requests(flights):
    """Return what is known of flights before they fly, as rows for the model."""
    return [{"date": f"{row['date']:%Y-%m-%d %H:%M:%S}", "day": f"{row['date']:%Y-%m-%d}",
             "distance": row["distance"], "origin": row["origin"],
             "destination": row["destination"]}
            for row in flights.select(["date", "distance", "origin", "destination"]).to_pylist()]


def predict(name, champion, ids, flights, score):
    """Hand in what a model said."""
    pyarrow.parquet.write_table(pyarrow.table({
        "id": ids, "time": flights["date"], "prediction": [s >= 0.5 for s in score],
        "score": score, "model": [champion] * len(ids), "origin": flights["origin"],
    }), f"world/predictions-{name}.parquet")
    assay("feedback", "import", f"world/predictions-{name}.parquet")


def find_out(name, ids, flights, late):
    """Hand in what came of it, on the morning after each flight."""
    morning = datetime.timedelta(days=1, hours=6)
    pyarrow.parquet.write_table(pyarrow.table({
        "id": ids, "outcome": late,
        "time": [datetime.datetime.combine(date, datetime.time()) + morning
                 for date in flights["date"].to_pylist()],
    }), f"world/outcomes-{name}.parquet")
    assay("feedback", "import", f"world/outcomes-{name}.parquet")


def replay():
    """Hand in the flights of April and May that the first model was tested on."""
    flights = pyarrow.parquet.read_table("raw/test.parquet")
    score = pyarrow.parquet.read_table("first/predictions.parquet")["score"].to_pylist()
    ids = [f"test-{row}" for row in range(len(flights))]
    predict("test", "late@v1", ids, flights, score)
    find_out("test", ids, flights, flights["late"])


def live(day):
    """Let a day pass; its file arrives when it is over."""
    flights = pyarrow.parquet.read_table(f"world/flights-{day}.parquet")
    asked = flights.take(list(range(0, len(flights), EVERY)))
    ids = [f"{day}-{row}" for row in range(len(asked))]
    champion = json.loads(assay("model", "show", "late@champion", "--json"))["model"]
    assay("model", "export", "late@champion", "--to", "world/model.json", "--overwrite")
    score = model.scores("world/model.json", requests(asked))
    predict(day, champion, ids, asked, score)
    find_out(day, ids, asked, pyarrow.compute.greater(asked["delay"], 15))
    shutil.copy(f"world/flights-{day}.parquet", f"data/flights-{day}.parquet")
    print(f"{day}: {champion} was asked about {len(ids):,} of {len(flights):,} flights")


if __name__ == "__main__":
    if sys.argv[1] == "begin":
        begin(sys.argv[2])
    elif sys.argv[1] == "replay":
        replay()
    else:
        for number in range(int(sys.argv[2]), int(sys.argv[3]) + 1):
            live(datetime.date(2001, 6, number))
