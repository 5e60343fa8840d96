"""Read dataset versions of an Assay project as Arrow, prepare rows, keep models and feedback.

    import assay

    project = assay.open(".")
    dataset = project.dataset("flights_train@v1")
    for batch in dataset.split("train").batches(65536, shuffle=7, epoch=0):
        ...
"""

from assay._core import Batch, Batches
from assay._core import program_version as __version__
from assay.errors import DataError, Error, InternalError, IoError, UserError
from assay.project import (  # pylint: disable=redefined-builtin
    Dataset,
    Model,
    Preparation,
    Project,
    Rows,
    Split,
    Step,
    open,
)

__all__ = [
    "Batch",
    "Batches",
    "DataError",
    "Dataset",
    "Error",
    "InternalError",
    "IoError",
    "Model",
    "Preparation",
    "Project",
    "Rows",
    "Split",
    "Step",
    "UserError",
    "__version__",
    "open",
]
