"""Rows of feedback become a file that the program takes in: its rules and messages are all there is."""

from __future__ import annotations

import dataclasses
import os
import tempfile
from collections.abc import Iterable, Mapping
from typing import Any

from assay import _core, program
from assay.errors import DataError, UserError
from assay.values import to_json


@dataclasses.dataclass(frozen=True)
class Engine:
    """Threads and memory in bytes of an engine; 0 as in `assay.open`."""

    threads: int
    memory: int


def log(folder: str, engine: Engine, stream: str | None, kind: str, rows: Any) -> int:
    """Hand rows to the program; return how many are new."""
    words = ["feedback"]
    if engine.threads:
        words.insert(0, f"--threads={engine.threads}")
    if engine.memory:
        words.insert(0, f"--memory={engine.memory}")
    which = [f"--kind={kind}"]
    if stream:
        which.append(f"--stream={stream}")
    with tempfile.TemporaryDirectory(prefix="assay-") as place:
        if hasattr(rows, "__arrow_c_stream__"):
            file = os.path.join(place, "rows.parquet")
            if _write_parquet(rows, file, engine.memory) > 0:
                taken = program.run(folder, *words, "import", file, "--as=Arrow stream", *which)
                return sum(batch["rows"] for batch in taken if batch["new"])
            rows = ()
        file = os.path.join(place, "rows.jsonl")
        _write_lines(rows, file)
        return program.run(folder, *words, "add", file, "--as=list of rows", *which)["new"]


def _write_parquet(rows: Any, file: str, memory: int) -> int:
    try:
        return _core.write_parquet(rows, file, memory)
    except DataError as error:
        # Ctrl-C in a stream that Python code makes: its library tells it as an error of the stream.
        if "KeyboardInterrupt" in error.message:
            raise KeyboardInterrupt from error
        raise


def _write_lines(rows: Iterable[Mapping[str, Any]], file: str) -> None:
    if isinstance(rows, (Mapping, str, bytes)) or not isinstance(rows, Iterable):
        raise UserError(
            f"rows must be a list of dicts or an Arrow stream: {type(rows).__name__}",
            "write [{...}], or hand over a table",
        )
    # Text that has half a character in it is told by the program.
    with open(file, "w", encoding="utf-8", errors="surrogatepass", newline="\n") as lines:
        for number, row in enumerate(rows, start=1):
            if not isinstance(row, Mapping):
                raise UserError(f"row {number} is no dict: {row!r:.100}", "write {'id': ...}")
            try:
                lines.write(to_json(row) + "\n")
            except TypeError as error:
                raise TypeError(f"row {number}: {error}") from None
