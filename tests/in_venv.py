"""Runs a script in a virtual environment; exit 77, which means skipped, where there is none.

    in_venv.py VENV SCRIPT [ARGUMENT...]
"""

import os
import pathlib
import sys

SKIPPED = 77


def main():
    python = pathlib.Path(sys.argv[1]) / "bin/python"
    if not os.access(python, os.X_OK):
        print(f"skipped: there is no {python}; ./dev test makes it")
        sys.exit(SKIPPED)
    os.execv(python, [python, *sys.argv[2:]])


if __name__ == "__main__":
    main()
