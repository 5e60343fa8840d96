"""Writes the pages of docs/reference that the program itself knows, or says which are out of date.

    ASSAY=PROGRAM generate_reference.py           compare; exit status 1 when a page differs
    ASSAY=PROGRAM generate_reference.py --write   write the pages
"""

import os
import pathlib
import re
import subprocess
import sys

REFERENCE = pathlib.Path(__file__).resolve().parents[2] / "docs" / "reference"
GROUPS = ("sources", "steps", "splits", "checks", "transforms", "exports", "signals")
VERBS_HEAD = """# Verbs

What `assay --help` and `assay VERB --help` print.

Written by `tests/docs/generate_reference.py --write`; do not edit.
"""


def program_text(program, *arguments):
    """Return what the program prints; anything but exit status 0 is an error."""
    return subprocess.run([program, *arguments], check=True, stdout=subprocess.PIPE,
                          encoding="utf-8").stdout


def subverbs(help_text):
    """Return the verbs that a help text lists under `Subcommands:`."""
    listed = help_text.partition("\nSubcommands:\n")[2].partition("\n\n")[0]
    return re.findall(r"^  ([a-z][a-z-]*)", listed, re.MULTILINE)


def verb_sections(program, path=()):
    """Return the help of a verb and of the verbs below it."""
    text = program_text(program, *path, "--help").rstrip("\n")
    title = " ".join(("assay", *path))
    sections = [f"\n{'##' if len(path) < 2 else '###'} {title}\n\n```text\n{text}\n```\n"]
    for verb in subverbs(text):
        sections += verb_sections(program, (*path, verb))
    return sections


def pages(program):
    """Return the text of each generated page by its file name."""
    texts = {f"{group}.md": program_text(program, "kinds", "--markdown", group)
             for group in GROUPS}
    texts["http.md"] = program_text(program, "serve", "--print", "markdown")
    texts["verbs.md"] = VERBS_HEAD + "".join(verb_sections(program))
    return texts


def main():
    program = os.path.abspath(os.environ["ASSAY"])
    wrong = 0
    for name, text in pages(program).items():
        path = REFERENCE / name
        if "--write" in sys.argv[1:]:
            path.write_text(text, encoding="utf-8")
        elif not path.exists() or path.read_text(encoding="utf-8") != text:
            print(f"docs/reference/{name} is not what the program prints", file=sys.stderr)
            wrong = 1
    return wrong


if __name__ == "__main__":
    sys.exit(main())
