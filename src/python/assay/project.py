"""Projects, datasets and splits as people use them."""

from __future__ import annotations

import json
import operator
import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, overload

from assay import _core, feedback
from assay.errors import UserError
from assay.values import from_json, to_json

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
        self._records = _core.Records(self.folder, self._threads, self._memory)

    def dataset(self, name: str) -> Dataset:
        """Look `name@ref` up; a bare name means the latest version.

        What it finds stays the same when the name moves on.
        """
        return Dataset(self, self._reader.find(name))

    def models(self, name: str = "") -> list[Model]:
        """Return all models, or those of one name; by name and number."""
        return [Model(self, one) for one in json.loads(self._records.models(name))]

    def model(self, name: str) -> Model:
        """Look `NAME@vN`, `NAME@ROLE` or `NAME` (the newest) up."""
        return Model(self, json.loads(self._records.model(name)))

    def log_model(
        self,
        path: str | os.PathLike[str],
        dataset: Dataset | str,
        *,
        name: str = "",
        metrics: Mapping[str, Any] | None = None,
        role: str = "",
        split: str | Sequence[str] = "train",
    ) -> Model:
        """Store a model's file with the version it was trained on.

        dataset: a Dataset or `NAME@REF`. name: without it, made from the file's. metrics: numbers, or
        mappings of numbers. role: given at once, such as `champion`. split: it was trained on. The
        same file from the same version with the same metrics is the model that is there already.
        """
        if isinstance(dataset, Dataset):
            dataset = f"{dataset.name}@commit:{dataset.commit}"
        splits = [split] if isinstance(split, str) else list(split)
        text = to_json(dict(metrics or {}))
        file = os.path.abspath(os.fspath(path))
        added = self._records.add_model(file, dataset, name, role, splits, text)
        return Model(self, json.loads(added))

    @overload
    def log_predictions(self, stream: str | None, rows: Any) -> int: ...
    @overload
    def log_predictions(self, stream: Any) -> int: ...
    @overload
    def log_predictions(self, *, rows: Any) -> int: ...
    def log_predictions(self, stream: Any = None, rows: Any = None) -> int:
        """Add predictions to a stream of feedback; return how many are new.

        stream: may be left out where the project has one: `log_predictions(rows)`. rows: dicts with
        `id`, `time`, `prediction`, and where there are `score`, `model`, `features`; or what gives an
        Arrow stream with these columns (each further one is a feature). All or none are added; what
        is there already stays once.
        """
        return self._log("prediction", stream, rows)

    @overload
    def log_outcomes(self, stream: str | None, rows: Any) -> int: ...
    @overload
    def log_outcomes(self, stream: Any) -> int: ...
    @overload
    def log_outcomes(self, *, rows: Any) -> int: ...
    def log_outcomes(self, stream: Any = None, rows: Any = None) -> int:
        """Add outcomes: `id`, `time`, `outcome`. Otherwise as `log_predictions`."""
        return self._log("outcome", stream, rows)

    def _log(self, kind: str, stream: Any, rows: Any) -> int:
        if rows is None and not isinstance(stream, str):
            stream, rows = None, stream
        if stream is not None and not isinstance(stream, str):
            raise TypeError(f"stream must be a name: {type(stream).__name__}")
        engine = feedback.Engine(self._threads, self._memory)
        return feedback.log(self.folder, engine, stream, kind, rows)

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

    def split(self, name: str, *, prepared: bool = False) -> Split:
        """Return the split of this name; prepared: as the version's preparation made it."""
        return Split(self, name, prepared)

    def preparation(self) -> Preparation:
        """Return what was learnt from the training split; UserError without a preparation."""
        return Preparation(self, self._project._reader.preparation(self._found))

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
    prepared: bool
    """Whether these are the prepared rows; they stand in the order of the raw ones."""
    schema: dict[str, str]
    """Column -> type, in order."""
    files: list[str]
    """The stored Parquet files in order; read them, never change them."""

    def __init__(self, dataset: Dataset, name: str, prepared: bool = False) -> None:
        self._dataset = dataset
        self._found = self._reader.prepared(dataset._found) if prepared else dataset._found
        self.files = [os.fspath(f) for f in self._reader.files(self._found, name)]
        self.name = name
        self.prepared = prepared
        self.schema = dict(self._found.columns)
        self.rows = dataset.splits[name]
        self.digest = dataset.record["prepared" if prepared else "tables"][name]["digest"]

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
        depends on version, split, seed and epoch alone, and has every row once. It is the same one
        for raw and prepared rows.
        """
        wanted = _wanted(columns, rows, shuffle, epoch)
        return self._reader.read(self._found, self.name, wanted)

    @property
    def _reader(self) -> _core.Reader:
        return self._dataset._project._reader

    def __len__(self) -> int:
        return self.rows

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self.arrow().__arrow_c_stream__(requested_schema)

    def __repr__(self) -> str:
        kind = "prepared rows" if self.prepared else "rows"
        return f"<assay.Split {self.name} of {self._dataset!r}, {self.rows} {kind}>"

    def __reduce__(self) -> tuple[Any, ...]:
        return Split, (self._dataset, self.name, self.prepared)


class Rows:
    """Rows of a split that are read anew for each one who asks for their stream."""

    def __init__(self, split: Split, wanted: _core.WantedRows) -> None:
        self._split = split
        self._wanted = wanted

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Begin to read; a requested schema is not looked at."""
        split = self._split
        return split._reader.stream(split._found, split.name, self._wanted)


class Step:
    """One transform of a preparation."""

    kind: str
    """`standard_scale`."""
    column: str
    """What it reads, as the transforms before left it."""
    outputs: list[str]
    """Names of the columns that it makes."""
    params: dict[str, Any]
    """As declared."""
    state: dict[str, Any]
    """What it learnt; numbers are texts that read back to the same bits."""

    def __init__(self, body: dict[str, Any]) -> None:
        self.kind = body["kind"].partition("/")[0]
        self.column = body["column"]
        self.outputs = body["outputs"]
        self.params = body["params"]
        self.state = body["state"]

    def __repr__(self) -> str:
        return f"<assay.Step {self.kind} of {self.column}>"


class Preparation:
    """What a version's training split taught, and what it makes of any row."""

    input: dict[str, str]
    """Column -> type of a raw row."""
    output: dict[str, str]
    """Column -> type of a prepared row, in order."""
    steps: list[Step]
    """The transforms in order."""
    record: dict[str, Any]
    """The stored state as a whole."""

    def __init__(self, dataset: Dataset, fitted: _core.Preparation) -> None:
        self._dataset = dataset
        self._fitted = fitted
        self.record = json.loads(fitted.text)["assay.preparation/1"]
        self.input = dict(fitted.input)
        self.output = dict(fitted.output)
        self.steps = [Step(body) for body in self.record["transforms"]]

    def transform(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Prepare one row, with the bits that the table has, without an engine.

        Every column that a transform reads must be there, None for a missing value; others may be
        left out, and are then left out of what comes back.
        """
        return self._values(json.loads(self._fitted.transform(to_json(dict(row)))))

    def transform_many(self, rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Prepare some rows; an error names the first one that cannot be prepared."""
        text = self._fitted.transform_many(to_json([dict(row) for row in rows]))
        return [self._values(row) for row in json.loads(text)]

    def _values(self, row: dict[str, Any]) -> dict[str, Any]:
        return {n: from_json(row[n], type_) for n, type_ in self.output.items() if n in row}

    def __repr__(self) -> str:
        return f"<assay.Preparation of {self._dataset!r}, {len(self.steps)} steps>"

    def __reduce__(self) -> tuple[Any, ...]:
        return Dataset.preparation, (self._dataset,)


class Model:
    """A model: a file, and the version it was trained on."""

    name: str
    number: int
    """The `2` of `late@v2`."""
    ref: str
    """`late@v2`."""
    roles: list[str]
    """That it had when it was looked up."""
    dataset: str
    """The version it was trained on: `flights_train@v1`."""
    splits: list[str]
    """That it was trained on."""
    metrics: dict[str, float]
    path: str
    """The stored file; read it, never change it."""
    record: dict[str, Any]
    """All that is known: ids, file name and sha256, who, when, preparation."""

    def __init__(self, project: Project, record: dict[str, Any]) -> None:
        self._project = project
        self.record = record
        self.name = record["name"]
        self.number = record["number"]
        self.ref = record["model"]
        self.roles = record["roles"]
        self.dataset = record["trained_on"]
        self.splits = record["trained_splits"]
        self.metrics = {name: float(text) for name, text in record["metrics"].items()}
        self.path = record["path"]

    def copy(self, to: str | os.PathLike[str], *, overwrite: bool = False) -> str:
        """Copy the file to a path, or into a folder under its own name; return where it is."""
        target = os.path.abspath(os.fspath(to))
        return os.fspath(self._project._records.copy_model(self.ref, target, overwrite))

    def __repr__(self) -> str:
        roles = f", {', '.join(self.roles)}" if self.roles else ""
        return f"<assay.Model {self.ref}{roles}>"

    def __reduce__(self) -> tuple[Any, ...]:
        return Model, (self._project, self.record)


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
