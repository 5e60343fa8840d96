"""Lets a champion predict a split that it has not seen; `assay retrain trigger` runs this."""

import os
import pathlib

import pyarrow
import pyarrow.parquet

import model
import world

table = pyarrow.parquet.read_table(os.environ["ASSAY_SPLIT"])
score = model.scores(os.environ["ASSAY_MODEL"], world.requests(table))
output = pathlib.Path(os.environ["ASSAY_OUTPUT"])
pyarrow.parquet.write_table(pyarrow.table({"row": range(len(score)), "score": score}),
                            output / "predictions.parquet")
