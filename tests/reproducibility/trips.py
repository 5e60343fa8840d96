"""A project with made-up trips, large enough that a run takes its time, and the same everywhere.

Its pipeline has every kind of node: csv sources, dedup, a join, an aggregate whose answer depends on
the order of rows, gates that refuse rows, a split by time and one by hash.
"""

import json
import os
import pathlib
import random
import subprocess

PROGRAM = pathlib.Path(os.environ["ASSAY"]).resolve()
ROWS = int(os.environ.get("ROWS", "200000"))
TIMEOUT_SECONDS = 900

PROJECT = """\
format: 1
project: trips
owner: {name: ML data, email: ml-data@example.org}

sources:
  trips: {files: data/trips-*.csv, columns: {day: TIMESTAMP, delay: INTEGER, distance: DOUBLE}}
  cities: {files: data/cities.csv}

steps:
  unique: {kind: dedup, input: trips, rows: whole}
  joined: {sql: {file: sql/joined.sql}}
  by_city: {sql: {file: sql/by_city.sql}}

gates:
  plausible:
    input: unique
    bad_rows: quarantine
    fail_above: 20 %
    checks: [{range: delay, min: -60, max: 600}, {not_null: start}]
  checked:
    input: joined
    by: month(day)
    checks: [{share: late, of: true, between: [10 %, 90 %]}, {not_null: region}]
  cities_checked: {input: by_city, checks: [{unique: start}]}

datasets:
  train:
    input: checked
    label: late
    split: {time: day, validation_from: 2001-03-01, test_from: 2001-03-20}
  hashed:
    input: checked
    split: {hash: [start, day], train: 80 %, test: 20 %}
  cities_set: {input: cities_checked, key: [start]}
"""

JOINED = """\
-- One row per trip; late from 16 minutes on.
SELECT t.day, t.start, t.finish, t.distance, c.region, t.delay > 15 AS late
FROM plausible AS t
LEFT JOIN cities AS c ON c.city = t.start
"""

BY_CITY = """\
-- Depends on the order of rows: floating-point sums, lists, the first of a group.
SELECT start, sum(distance) AS distance, avg(distance) AS mean, stddev(delay) AS spread,
  first(finish) AS some_finish, string_agg(finish, ' ')[:40] AS finishes, count(*) AS trips
FROM plausible
GROUP BY start
"""

CITIES = {f"C{number:02}": ("north", "south", "west")[number % 3] for number in range(40)}
HEADER = "day,delay,distance,start,finish"


def trips(rows):
    """Return so many lines, one a trip; two in a hundred are there twice."""
    chance = random.Random(7)
    names = sorted(CITIES)
    lines = []
    for _ in range(rows):
        second = chance.randrange(90 * 86400)
        day = f"2001-{1 + second // 2592000:02}-{1 + second // 86400 % 28:02}"
        clock = f"{second // 3600 % 24:02}:{second // 60 % 60:02}:{second % 60:02}"
        delay = chance.randrange(-1200, 700) if chance.random() < 0.1 else chance.randrange(-20, 60)
        distance = chance.random() * 10 ** chance.randrange(5)
        start = chance.choice(names) if chance.random() < 0.999 else ""
        lines.append(f"{day} {clock},{delay},{distance!r},{start},{chance.choice(names)}")
        if chance.random() < 0.02:
            lines.append(lines[-1])
    return lines


def write_file(path, lines):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(line + "\n" for line in lines), "utf-8")


def write_project(folder, parts):
    """Write a project into the folder; parts: name -> lines of a file of trips."""
    write_file(folder / "assay.yaml", PROJECT.splitlines())
    write_file(folder / "sql/joined.sql", JOINED.splitlines())
    write_file(folder / "sql/by_city.sql", BY_CITY.splitlines())
    write_file(folder / "data/cities.csv",
               ["city,region", *(f"{city},{region}" for city, region in CITIES.items())])
    for name, lines in parts.items():
        write_file(folder / "data" / name, [HEADER, *lines])
    return folder


def assay(folder, *arguments, check=True, env=None, user=None, program=PROGRAM):
    """Run the program there; with check, an exit status other than 0 is an error with its text."""
    done = subprocess.run([program, *arguments], cwd=folder, env=env, user=user, text=True,
                          capture_output=True, timeout=TIMEOUT_SECONDS, check=False)
    if check and done.returncode != 0:
        raise AssertionError(f"assay {' '.join(arguments)}: exit {done.returncode}\n"
                             f"{done.stdout}{done.stderr}")
    return done


def run_for_versions(folder, *arguments, **options):
    """Run the project and return dataset -> version id."""
    report = json.loads(assay(folder, "run", "--json", *arguments, **options).stdout)
    return {each["name"]: each["version"] for each in report["datasets"]}


def left_over(folder):
    """Names of what must be gone after a run: files being written, spilled pages."""
    return [str(path.relative_to(folder)) for name in ("staging", "spill")
            for path in (folder / ".assay" / name).glob("*")]
