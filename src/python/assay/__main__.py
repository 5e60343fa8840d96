"""The command `assay`: becomes the program that is in the package."""

import os
import pathlib
import sys


def main() -> None:
    """Run the program with the same words; it takes the place of this process."""
    program = pathlib.Path(__file__).resolve().parent / "assay"
    os.execv(program, ["assay", *sys.argv[1:]])


if __name__ == "__main__":
    main()
