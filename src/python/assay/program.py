"""The program `assay` that is in the package: what it refuses is raised as it says it."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
from typing import Any

from assay import _core
from assay.errors import DataError, Error, InternalError, IoError, UserError

# Beside the compiled module, where the wheel and the build have it.
PROGRAM = pathlib.Path(_core.__file__).parent / "assay"

_CLASSES: dict[str, type[Error]] = {"user": UserError, "data": DataError, "io": IoError}


def run(folder: str, *words: str) -> Any:
    """Run a verb with `--json` on the project in `folder`; return what it answers.

    It has the environment of this process, no input, and a process group of its own: Ctrl-C reaches
    this process alone, which ends the program before the exception goes on.
    """
    command = [os.fspath(PROGRAM), "--json-errors", "--project", folder, *words, "--json"]
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            process_group=0,
        )
    except OSError as error:
        raise IoError(f"cannot run {PROGRAM}: {error.strerror}", "install the package again") from error
    with process:
        try:
            answer, said = process.communicate()
        except BaseException:
            process.kill()
            process.wait()  # leaving `with` does not, after Ctrl-C
            raise
    if process.returncode == 0:
        return json.loads(answer)
    raise _error(process.returncode, said.decode(errors="replace"))


def _error(status: int, said: str) -> Error:
    if status < 0:
        return IoError(f"the program was ended by signal {-status}", "nothing was taken; try again")
    lines = said.splitlines()
    try:
        told = json.loads(lines[-1])["error"]
        return _CLASSES.get(told["code"], InternalError)(told["message"], told["hint"])
    except (IndexError, KeyError, TypeError, ValueError):
        return InternalError(f"the program ended with status {status}: {said.strip()}")
