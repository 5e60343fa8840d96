"""Reads one split in turns with pyarrow alone, with assay, and with assay shuffled; prints JSON.

    python_batches.py PROJECT NAME@REF SPLIT THREADS ROUNDS

All three end in pyarrow record batches. Exit 1 when rows or order differ.
"""

import json
import sys
import time

import pyarrow
import pyarrow.parquet

import assay

BATCH_ROWS = 65536


def plain(split):
    for file in split.files:
        yield from pyarrow.parquet.ParquetFile(file).iter_batches(BATCH_ROWS)


def ours(split, **order):
    for batch in split.batches(BATCH_ROWS, **order):
        yield pyarrow.record_batch(batch)


def check(split):
    """Compare the answers; also opens the engine and warms the page cache."""
    expected = pyarrow.Table.from_batches(plain(split))
    if not pyarrow.Table.from_batches(ours(split)).equals(expected):
        sys.exit("the rows of assay are not those that pyarrow reads")
    order = [(name, "ascending") for name in expected.column_names]
    shuffled = pyarrow.Table.from_batches(ours(split, shuffle=7))
    if not shuffled.sort_by(order).equals(expected.sort_by(order)):
        sys.exit("a shuffled epoch does not have each row once")
    return expected


def main():
    folder, name, split_name, threads, rounds = sys.argv[1:]
    pyarrow.set_cpu_count(int(threads))
    split = assay.open(folder, threads=int(threads)).dataset(name).split(split_name)
    table = check(split)
    readers = {"pyarrow": lambda _: plain(split), "assay": lambda _: ours(split),
               "shuffled": lambda epoch: ours(split, shuffle=7, epoch=epoch)}
    seconds = {reader: [] for reader in readers}
    cpu = {reader: [] for reader in readers}
    for number in range(int(rounds)):
        for reader, batches in readers.items():
            wall, used = time.perf_counter(), time.process_time()
            rows = sum(batch.num_rows for batch in batches(number))
            cpu[reader].append(time.process_time() - used)
            seconds[reader].append(time.perf_counter() - wall)
            if rows != table.num_rows:
                sys.exit(f"{reader} read {rows} of {table.num_rows} rows")
    json.dump({"rows": table.num_rows, "columns": table.num_columns, "batch_rows": BATCH_ROWS,
               "seconds": seconds, "cpu": cpu}, sys.stdout)


if __name__ == "__main__":
    main()
