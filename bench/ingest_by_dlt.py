"""Load a CSV or Parquet file with dlt into its DuckDB destination: ingest_by_dlt.py MODE FILE FOLDER.
MODE is `default`, the readers as its guide shows them, or `arrow`, batches of Arrow. Prints rows and
sums as JSON. FOLDER is made anew; dlt keeps all of its own there."""

import json
import os
import pathlib
import shutil
import sys

mode = sys.argv[1]
file, folder = pathlib.Path(sys.argv[2]).resolve(), pathlib.Path(sys.argv[3]).resolve()
shutil.rmtree(folder, ignore_errors=True)
folder.mkdir(parents=True)
os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
os.environ["DLT_DATA_DIR"] = str(folder / "data")

import dlt  # noqa: E402 (reads the environment)
from dlt.sources.filesystem import (  # noqa: E402
    filesystem, read_csv, read_csv_duckdb, read_parquet)

files = filesystem(bucket_url=f"file://{file.parent}", file_glob=file.name)
if file.suffix == ".csv":
    reader = read_csv_duckdb(use_pyarrow=True) if mode == "arrow" else read_csv()
else:
    reader = read_parquet(use_pyarrow=mode == "arrow")
pipeline = dlt.pipeline("ingest", pipelines_dir=str(folder / "pipelines"), dataset_name="loaded",
                        destination=dlt.destinations.duckdb(str(folder / "store.duckdb")))
pipeline.run((files | reader).with_name("flights"))
with pipeline.sql_client() as client:
    rows = client.execute_sql("SELECT count(*), sum(delay), sum(distance) FROM flights")
print(json.dumps([int(value) for value in rows[0]]))
