"""Exceptions, one for each thing that can be done about them."""

from __future__ import annotations


class Error(Exception):
    """What all errors of Assay have in common: a message, and a hint with the way out."""

    message: str
    hint: str

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message, hint)
        self.message = message
        self.hint = hint
        if hint:
            self.add_note(f"hint: {hint}")

    def __str__(self) -> str:
        return self.message


class UserError(Error):
    """Wrong use, or a project file or name that is wrong: mend what you wrote."""


class DataError(Error):
    """Content that cannot be read or is not what was committed: mend the data."""


class IoError(Error):
    """The environment: a missing file, a lock, a full disk."""


class InternalError(Error):
    """A bug in Assay."""
