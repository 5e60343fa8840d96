"""Projects, datasets and splits as people use them."""

from __future__ import annotations

import json
import operator
import os
from collections.abc import Sequence
from typing import Any

from assay import _core
from assay.errors import UserError

_BATCH_ROWS = 65536
_SEEDS = 1 << 64


def open(  # pylint: disable=redefined-builtin
    folder: str | os.PathLike[str] = ".", *, threads: int = 0, memory: int = 0
) -> Project:
    """Open the project in `folder`.

    threads: of the engine; 0 means all cores. memory: of the engine, in bytes; 0 means half of the
    machine's. Nothing stays open but, once rows were read, the engine.
    """
    return Project(folder, threads=threads, memory=memory)


class Project:
    """A project's folder."""

    folder: str

    def __init__(
        self, folder: str | os.PathLike[str] = ".", *, threads: int = 0, memory: int = 0
    ) -> None:
        self.folder = os.path.abspath(os.fspath(folder))
        self._threads = _whole("threads", threads, 1025)
        self._memory = _whole("memory", memory, _SEEDS)
        self._reader = _core.Reader(self.folder, self._threads, self._memory)

    def dataset(self, name: str) -> Dataset:
        """Look `name@ref` up; a bare name means the latest version.

        What it finds stays the same when the name moves on.
        """
        return Dataset(self, self._reader.find(name))

    def __repr__(self) -> str:
        return f"assay.open({self.folder!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        return _reopen, (self.folder, self._threads, self._memory)


class Dataset:
    """One version of a dataset."""

    name: str
    ref: str
    """As it was asked for; `latest` for a bare name."""
    version: str
    """Version id: the same rows, schema, splits and label have the same one on any machine."""
    number: str | None
    """`v2`, or None where the version has no number."""
    commit: str
    """Commit id: how the version came to be."""
    schema: dict[str, str]
    """Column -> type, in order: `int64`, `timestamp[us]`, `list<string>`."""
    label: str | None
    """Column of the label."""
    splits: dict[str, int]
    """Split -> number of rows, in declared order."""
    record: dict[str, Any]
    """The whole commit: sources, recipe, gates, profile, owner, who, when, message."""

    def __init__(self, project: Project, found: _core.Version) -> None:
        self._project = project
        self._found = found
        self.record = json.loads(found.record)["assay.commit/1"]
        self.name = found.dataset
        self.ref = found.ref
        self.version = self.record["version"]
        self.number = found.number or None
        self.commit = found.commit
        self.schema = dict(found.columns)
        self.label = self.record.get("label", {}).get("column")
        self.splits = dict(found.splits)

    def split(self, name: str) -> Split:
        """Return the split of this name."""
        return Split(self, name)

    def verify(self) -> None:
        """Hash every file of the version; DataError names one that is not what was committed."""
        self._project._reader.verify(self._found)

    def __repr__(self) -> str:
        return f"<assay.Dataset {self.name}@{self.number or self.ref} {self.version[:12]}>"

    def __reduce__(self) -> tuple[Any, ...]:
        return _refind, (self._project, f"{self.name}@commit:{self.commit}", self.ref)


class Split:
    """The rows of one split; anything that reads Arrow streams takes it as it is."""

    name: str
    rows: int
    digest: str
    """sha256 of the rows (docs/design/0001, section 4)."""
    files: list[str]
    """The stored Parquet files in order; read them, never change them."""

    def __init__(self, dataset: Dataset, name: str) -> None:
        self._dataset = dataset
        self.files = [os.fspath(f) for f in self._reader.files(dataset._found, name)]
        self.name = name
        self.rows = dataset.splits[name]
        self.digest = dataset.record["tables"][name]["digest"]

    def arrow(
        self,
        columns: Sequence[str] | None = None,
        *,
        shuffle: int | None = None,
        epoch: int = 0,
        batch_rows: int = _BATCH_ROWS,
    ) -> Rows:
        """All rows as an Arrow stream: `pyarrow.table(split.arrow())`, `polars.DataFrame(...)`.

        columns: these, in this order. shuffle and epoch: as in `batches`.
        """
        return Rows(self, _wanted(columns, batch_rows, shuffle, epoch))

    def batches(
        self,
        rows: int = _BATCH_ROWS,
        *,
        shuffle: int | None = None,
        epoch: int = 0,
        columns: Sequence[str] | None = None,
    ) -> _core.Batches:
        """Iterate over record batches of exactly `rows` rows; the last one may have fewer.

        shuffle: a seed, from 0 to 2**64 - 1; None keeps the stored order. The order of an epoch
        depends on version, split, seed and epoch alone, and has every row once.
        """
        wanted = _wanted(columns, rows, shuffle, epoch)
        return self._reader.read(self._dataset._found, self.name, wanted)

    @property
    def _reader(self) -> _core.Reader:
        return self._dataset._project._reader

    def __len__(self) -> int:
        return self.rows

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self.arrow().__arrow_c_stream__(requested_schema)

    def __repr__(self) -> str:
        return f"<assay.Split {self.name} of {self._dataset!r}, {self.rows} rows>"

    def __reduce__(self) -> tuple[Any, ...]:
        return Split, (self._dataset, self.name)


class Rows:
    """Rows of a split that are read anew for each one who asks for their stream."""

    def __init__(self, split: Split, wanted: _core.WantedRows) -> None:
        self._split = split
        self._wanted = wanted

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Begin to read; a requested schema is not looked at."""
        split = self._split
        return split._reader.stream(split._dataset._found, split.name, self._wanted)


def _whole(what: str, value: int, end: int) -> int:
    number = operator.index(value)
    if not 0 <= number < end:
        raise UserError(f"{what} must be from 0 to {end - 1}: {number}")
    return number


def _wanted(
    columns: Sequence[str] | None, batch_rows: int, shuffle: int | None, epoch: int
) -> _core.WantedRows:
    if isinstance(columns, str):
        raise UserError(f"columns must be a list of names: {columns}", f"write [{columns!r}]")
    if columns is not None and not columns:
        raise UserError("columns is empty", "leave it out for all columns")
    order = None
    if shuffle is not None:
        order = (_whole("shuffle", shuffle, _SEEDS), _whole("epoch", epoch, _SEEDS))
    elif epoch != 0:
        raise UserError("an epoch without shuffle", "give shuffle=SEED, or leave epoch out")
    return _core.WantedRows(list(columns or []), _whole("rows", batch_rows, _SEEDS), order)


def _reopen(folder: str, threads: int, memory: int) -> Project:
    return Project(folder, threads=threads, memory=memory)


def _refind(project: Project, name: str, ref: str) -> Dataset:
    dataset = project.dataset(name)
    dataset.ref = ref
    return dataset
