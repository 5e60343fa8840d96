"""Real tasks over messy files: each is a project of its own, which reads the files as they are and says the
answer. The files and the answers are those of ../shared/cases/kramabench; where they are absent the test is skipped.

    kramabench_test.py [TASK...]
"""

import decimal
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

SKIPPED = 77
PROGRAM = pathlib.Path(os.environ["ASSAY"]).resolve()
PROJECTS = pathlib.Path(__file__).resolve().parent
SHARED = pathlib.Path(os.environ.get("ASSAY_SHARED", PROJECTS.parents[2] / "shared"))
CASES = SHARED / "cases/kramabench"


def assay(folder, *arguments):
    done = subprocess.run([PROGRAM, "--project", folder, *arguments], capture_output=True, text=True, check=False)
    told = json.loads(done.stdout, parse_float=decimal.Decimal) if done.stdout else {}
    if done.returncode != 0:
        errors = [node["error"] for node in told.get("nodes", []) if "error" in node]
        raise AssertionError("\n".join(errors) or done.stderr or f"{arguments[0]} ends with {done.returncode}")
    return told


def answer_of(task):
    """The cells of the step `answer`, of a run that refuses no row."""
    with tempfile.TemporaryDirectory() as parent:
        folder = pathlib.Path(parent) / task
        shutil.copytree(PROJECTS / task, folder)
        (folder / "data").symlink_to(CASES / "files", target_is_directory=True)
        refused = {node["name"]: node["rows_refused"] for node in assay(folder, "run", "--json")["nodes"]}
        if any(refused.values()):
            raise AssertionError(f"rows are refused: {refused}")
        rows = assay(folder, "sql", "--json", "--limit", "0", "SELECT * FROM answer")
    if any(len(row) != 1 for row in rows):
        raise AssertionError(f"the answer has one column: {rows}")
    return [cell for row in rows for cell in row.values()]


def bare(text):
    return re.sub(r"[\W_]", "", str(text)).casefold()


def equal(found, expected):
    """Numbers at the decimals that are shown, texts by their letters and digits, lists as sets."""
    if isinstance(expected, list):
        return {bare(cell) for cell in found} == {bare(cell) for cell in expected}
    if len(found) != 1:
        return False
    if isinstance(expected, str):
        return bare(found[0]) == bare(expected)
    expected = decimal.Decimal(expected)
    shown = decimal.Decimal(1).scaleb(expected.as_tuple().exponent)
    return found[0] is not None and decimal.Decimal(found[0]).quantize(shown, decimal.ROUND_HALF_UP) == expected


def main():
    if not CASES.is_dir():
        print(f"skipped: there is no {CASES}")
        return SKIPPED
    tasks = {task["id"]: task["answer"]
             for task in json.loads((CASES / "tasks.json").read_text(encoding="utf-8"), parse_float=decimal.Decimal)}
    projects = {path.parent.name for path in PROJECTS.glob("*/assay.yaml")}
    if projects != set(tasks):
        print(f"projects without a task, or tasks without a project: {sorted(projects ^ set(tasks))}")
        return 1
    chosen = sys.argv[1:] or sorted(tasks)
    right = 0
    for task in chosen:
        begun = time.monotonic()
        try:
            found = answer_of(task)
            is_right = equal(found, tasks[task])
            said = ", ".join(map(str, found)) + ("" if is_right else f", and not {tasks[task]}")
        except AssertionError as problem:
            is_right, said = False, str(problem)
        right += is_right
        print(f"{'right' if is_right else 'WRONG'}  {task:20}  {time.monotonic() - begun:4.1f} s  {said}", flush=True)
    print(f"{right} of {len(chosen)}")
    return 0 if right == len(chosen) else 1


if __name__ == "__main__":
    sys.exit(main())
