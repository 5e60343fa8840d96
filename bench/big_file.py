"""Reads one large file within `--memory 2GB`, as text in cells, as JSON lines and as text that needs
decoding, and reports time and the most memory that the process had. It is made in a temporary folder, of
rows like those of the flights, and removed. `./dev bench` does not run it: 20 GB take a while.

    python3 bench/big_file.py --assay build/release/assay --gb 1 --gb 2
"""

import argparse
import itertools
import os
import pathlib
import resource
import subprocess
import sys
import tempfile
import time

LATIN_1 = "latin-1"
FORMS = {"csv": "flights.csv", "jsonl": "flights.jsonl", LATIN_1: "flights.csv"}
HEADER = "number,date,delay,distance,origin,destination,note\n"
BLOCK_ROWS = 20_000


def blocks(form):
    """Yield blocks of rows without end. No two rows are alike, so that none can be kept once for all."""
    for number in itertools.count():
        first = number * BLOCK_ROWS
        rows = ((i, f"2001-{i % 12 + 1:02}-{i % 28 + 1:02}", i % 181 - 30, i * 37 % 2500 + 100,
                 ("SFO", "JFK", "ORD", "LAX")[i % 4], ("DEN", "ATL", "MEX")[i % 3])
                for i in range(first, first + BLOCK_ROWS))
        if form == "jsonl":
            yield "".join(f'{{"number": {n}, "date": "{date}", "delay": {delay}, "distance": {distance}, '
                          f'"origin": "{origin}", "destination": "{destination}", "note": "row {n}"}}\n'
                          for n, date, delay, distance, origin, destination in rows).encode()
        else:
            note = "na\u00efve" if form == LATIN_1 else "row"
            yield "".join(f"{n},{date},{delay},{distance},{origin},{destination},{note} {n}\n"
                          for n, date, delay, distance, origin, destination in rows).encode(
                              "latin-1" if form == LATIN_1 else "utf-8")


def make_file(path, form, size):
    written = 0
    with path.open("wb") as file:
        if form != "jsonl":
            written += file.write(HEADER.encode())
        for block in blocks(form):
            if written >= size:
                return
            written += file.write(block)


def measure(program, form, size, memory):
    """Return seconds and the most bytes in memory of a run over a file of `size` bytes."""
    with tempfile.TemporaryDirectory(prefix="assay-big-", dir=os.environ.get("TMPDIR")) as held:
        folder = pathlib.Path(held)
        make_file(folder / FORMS[form], form, size)
        source = {"files": FORMS[form]}
        if form == LATIN_1:
            source["encoding"] = LATIN_1
        text = "\n".join(f"    {key}: {value}" for key, value in source.items())
        (folder / "assay.yaml").write_text(f"format: 1\nproject: big\nsources:\n  big:\n{text}\n")
        begin = time.monotonic()
        child = subprocess.Popen([program, "run", "--memory", memory], cwd=folder,
                                 stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        stderr = child.stderr.read()
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode != 0:
            raise SystemExit(stderr.decode())
        return time.monotonic() - begin, usage.ru_maxrss * 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--assay", required=True, type=lambda path: pathlib.Path(path).resolve())
    parser.add_argument("--gb", type=float, action="append", help="size of the file; may be repeated")
    parser.add_argument("--form", choices=FORMS, action="append")
    parser.add_argument("--memory", default="2GB")
    chosen = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for form in chosen.form or FORMS:
        for gigabytes in chosen.gb or [20]:
            seconds, most = measure(chosen.assay, form, int(gigabytes * 1e9), chosen.memory)
            print(f"{form:8} {gigabytes:5g} GB  {seconds:8.1f} s  {most / 1e6:8.0f} MB at most", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
