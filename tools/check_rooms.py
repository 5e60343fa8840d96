#!/usr/bin/env python3
"""Check that the rooms under src/ include each other in one direction only.

A room may include itself and the rooms of the rows above its own, never a neighbour in its row or
a row below. Includes are written "room/file.h". Only engine/ may include DuckDB's header.

    tools/check_rooms.py [ROOT]    exit 0: in order; exit 1: each fault as file:line: what is wrong
"""

import pathlib
import re
import sys

ROWS = [
    ["base"],
    ["contract"],
    ["plan", "engine", "store"],
    ["stats", "lineage", "learn"],
    ["source", "step", "gate", "prepare", "export"],
    ["run"],
    ["monitor", "feedback"],
    ["retrain"],
    ["serve"],
    ["cli", "python"],
]
ROW_OF = {room: row for row, rooms in enumerate(ROWS) for room in rooms}
INCLUDE = re.compile(r'\s*#\s*include\s*([<"])([^>"]+)[>"]')
DUCKDB = re.compile(r"(.*/)?duckdb\.(h|hpp)$")
SUFFIXES = {".h", ".cc", ".inc"}


def fault_of_include(room, quote, path):
    """Return what is wrong with one include in a file of `room`, or None."""
    if DUCKDB.match(path):
        return None if room == "engine" else f"{room}/ must not include {path}: only engine/ may"
    if quote == "<":
        return None
    target, slash, _ = path.partition("/")
    if not slash:
        return f'write "{path}" with its room, as in "{room}/{path}"'
    if target not in ROW_OF:
        return f'"{path}" is in no known room; other libraries are included with <>'
    if target != room and ROW_OF[target] >= ROW_OF[room]:
        return f"{room}/ must not include {target}/"
    return None


def faults_of_file(root, file, room):
    text = file.read_text(encoding="utf-8", errors="replace")
    for number, line in enumerate(text.splitlines(), start=1):
        match = INCLUDE.match(line)
        fault = match and fault_of_include(room, *match.groups())
        if fault:
            yield f"{file.relative_to(root)}:{number}: {fault}"


def faults_of_tree(root):
    """Return (faults, number of files read) of the tree at `root`."""
    faults, files = [], 0
    for entry in sorted((root / "src").iterdir()):
        name = entry.relative_to(root)
        if entry.is_file():
            if entry.suffix in SUFFIXES:
                faults.append(f"{name}: code belongs into a room, not into src/ itself")
            continue
        if entry.name not in ROW_OF:
            faults.append(f"{name}/: unknown room; tools/check_rooms.py lists the known ones")
            continue
        for file in sorted(entry.rglob("*")):
            if file.is_file() and file.suffix in SUFFIXES:
                files += 1
                faults.extend(faults_of_file(root, file, entry.name))
    return faults, files


def main():
    here = pathlib.Path(__file__).resolve().parent.parent
    root = pathlib.Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else here
    if not (root / "src").is_dir():
        print(f"{root}: has no src/")
        return 1
    faults, files = faults_of_tree(root)
    for fault in faults:
        print(fault)
    if not faults:
        print(f"rooms in order: {files} files")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
