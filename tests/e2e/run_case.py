"""Runs cases: project files and commands, with the exit status and the text they must give.

    run_case.py --assay PROGRAM [--update] [--keep] CASE...

A case is a text file. Its first lines say what it shows; then come sections, in the order in which
they happen:

    === file PATH          what follows is written to PATH, in a fresh folder
    === options            words that change the comparison, see OPTIONS
    === run                commands, each with what it must give

    # a remark
    $ assay run            a command for `sh`; `assay` is the program under test
    | text                 a line of its standard output
    ! text                 a line of its standard error
    = 2                    its exit status, when it is not 0

A file may be written again between two runs. What changes from run to run is replaced before
texts are compared: the folder by [DIR], times by [TIME], ids of runs by [RUN], sizes by [SIZE],
hashes by [SHA], the user by [USER]. `--update` rewrites what the commands must give; look at the
difference before it is committed. `--keep` leaves the folder of the last case behind.

TOOLS holds shell functions that any command can use.
"""

import argparse
import difflib
import os
import pathlib
import pwd
import re
import shutil
import socket
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from reachable import reachable  # noqa: E402 (beside the folder of this file)

TIMEOUT_SECONDS = 240
SKIPPED = 77

# Words after `=== options`.
OPTIONS = {
    "versions": "version ids are compared, not replaced: they must be the same everywhere",
    "squeeze": "runs of spaces count as two: for tables with a column of times",
    "stdout": "standard error is not compared",
    "terminal": "needs a terminal; skipped where the system gives none",
}

# Shell functions for cases. $ASSAY_STORE is the store of the project in the folder.
TOOLS = r"""
# object NODE [OUTPUT]: path of the first file that a node made.
object() {
  python3 - "$@" <<'PYTHON'
import json, sqlite3, sys
node, output = (sys.argv[1:] + [""])[:2]
row = sqlite3.connect(".assay/catalog.sqlite").execute(
    "SELECT result FROM node_result WHERE node = ? ORDER BY rowid DESC", (node,)).fetchone()
sha256 = json.loads(row[0])["outputs"][output]["files"][0]["sha256"]
print(f".assay/objects/sha256/{sha256[:2]}/{sha256[2:]}")
PYTHON
}
# kept FILE: path of the stored copy of a file.
kept() {
  sha256sum < "$1" | sed -E 's#^(..)([0-9a-f]{62}).*#.assay/objects/sha256/\1/\2#'
}
# sqlite SQL: run it on the catalog and print the rows.
sqlite() {
  python3 - "$1" <<'PYTHON'
import sqlite3, sys
with sqlite3.connect(".assay/catalog.sqlite") as catalog:
    for row in catalog.execute(sys.argv[1]):
        print(*row)
PYTHON
}
# damage FILE: change one byte in the middle.
damage() {
  chmod u+w "$1"
  python3 - "$1" <<'PYTHON'
import sys
with open(sys.argv[1], "r+b") as file:
    data = file.read()
    file.seek(len(data) // 2)
    file.write(bytes([data[len(data) // 2] ^ 0x55]))
PYTHON
}
# cut FILE BYTES: keep the first bytes only.
cut_file() {
  chmod u+w "$1"
  truncate -s "$2" "$1"
}
# members: the names of the members of a JSON object on standard input, one object a line.
members() {
  python3 -c '
import json, sys
def tell(value, path):
    if isinstance(value, dict):
        print(path + ": " + " ".join(sorted(value)))
        for key in sorted(value):
            tell(value[key], path + "." + key)
    elif isinstance(value, list) and value:
        tell(value[0], path + "[]")
tell(json.load(sys.stdin), "")'
}
# pick EXPRESSION: a Python expression over the JSON on standard input, as `it`.
pick() {
  python3 -c 'import json, sys; it = json.load(sys.stdin); print(eval(sys.argv[1]))' "$1"
}
# as_nobody COMMAND...: without the rights of root, where the test has them.
as_nobody() {
  if [ "$(id -u)" = 0 ]; then
    setpriv --reuid 65534 --regid 65534 --clear-groups "$@"
  else
    "$@"
  fi
}
"""


class CaseError(Exception):
    """The case itself is not written as it must be."""


class Command:
    """One command and what it gives."""

    def __init__(self, line, text):
        self.line = line
        self.text = text          # the command for the shell
        self.before = []          # remarks and empty lines above it
        self.stdout = []
        self.stderr = []
        self.status = 0

    def lines(self):
        """The command as it stands in a case."""
        result = [*self.before, "$ " + self.text]
        result += [("| " + line).rstrip() for line in self.stdout]
        result += [("! " + line).rstrip() for line in self.stderr]
        if self.status:
            result.append(f"= {self.status}")
        return result


class Case:
    """A parsed case: a description and sections ("file", path, lines) or ("run", commands, rest)."""

    def __init__(self, path):
        self.path = path
        self.description = []
        self.sections = []
        self.options = set()
        section = None
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            if line.startswith("=== "):
                section = self.open_section(number, line[4:].split())
            elif section is None:
                self.description.append(line)
            elif section[0] == "run":
                self.add_run_line(number, line, section)
            elif section[0] == "options":
                self.add_options(number, line)
            else:
                section[2].append(line)
        if not "".join(self.description).strip():
            raise CaseError(f"{path}:1: the first line says what the case shows")

    def open_section(self, number, words):
        if len(words) >= 2 and words[0] == "file":
            section = ("file", " ".join(words[1:]), [])
        elif words == ["run"]:
            section = ("run", [], [])
        elif words == ["options"]:
            section = ("options", None, [])
        else:
            raise CaseError(f"{self.path}:{number}: a section is `file PATH`, `options` or `run`")
        if section[0] != "options":
            self.sections.append(section)
        return section

    def add_options(self, number, line):
        for word in line.split():
            if word not in OPTIONS:
                raise CaseError(f"{self.path}:{number}: known options are {', '.join(OPTIONS)}")
            self.options.add(word)

    def add_run_line(self, number, line, section):
        _, commands, waiting = section
        if line.startswith("$ "):
            command = Command(number, line[2:])
            command.before = list(waiting)
            waiting.clear()
            commands.append(command)
        elif not line.strip() or line.startswith("#"):
            waiting.append(line)
        elif not commands or waiting:
            raise CaseError(f"{self.path}:{number}: a line without its command")
        elif line.startswith("|"):
            commands[-1].stdout.append(line[2:])
        elif line.startswith("!"):
            commands[-1].stderr.append(line[2:])
        elif re.fullmatch(r"= \d+", line):
            commands[-1].status = int(line[2:])
        else:
            raise CaseError(f"{self.path}:{number}: a line begins with one of $ | ! = #")

    def text(self):
        lines = list(self.description)
        if self.options:
            lines += ["=== options", " ".join(sorted(self.options)), ""]
        for kind, what, rest in self.sections:
            if kind == "file":
                lines += [f"=== file {what}", *rest]
            else:
                lines.append("=== run")
                for command in what:
                    lines += command.lines()
                lines += rest
        return "\n".join(lines).rstrip("\n") + "\n"


class Filter:
    """Replaces what differs between two runs of one case."""

    def __init__(self, folder, options):
        user = re.escape(pwd.getpwuid(os.geteuid()).pw_name)
        host = re.escape(socket.gethostname())
        hashes = r"(?<![0-9a-zA-Z])(?:[0-9a-f]{64}|[0-9a-f]{12})(?![0-9a-zA-Z])"
        if "versions" in options:
            hashes = r"(?<!version )(?<!\"version\": \")" + hashes
        day, clock = r"\d{4}-\d\d-\d\d", r"\d\d:\d\d:\d\d"
        run = r"\b[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}\b"
        self.rules = [
            (re.escape(str(folder)), "[DIR]"),
            (run, "[RUN]"),
            (r"objects/sha256/[0-9a-f]{2}/[0-9a-f]{62}", "objects/[SHA]"),
            # A cell of the engine's table may be cut short.
            (r"(?<![0-9a-zA-Z])[0-9a-f]{57}\.\.\.", "[SHA]"),
            (hashes, "[SHA]"),
            (rf"{day}T{clock}(\.\d+)?Z", "[TIME]"),
            (r" +\d+ min \d+ s\b", " [TIME]"),
            (r" +\d+ ms\b", " [TIME]"),
            (r" +\d+\.\d s\b", " [TIME]"),
            (r"\(\d+ ms\)|\(\d+\.\d s\)", "([TIME])"),
            (r'"(seconds)": [-+.e0-9]+', r'"\1": [TIME]'),
            (r'"(peak_buffer_bytes|bytes)": \d+', r'"\1": [SIZE]'),
            (r"\bits \d+ bytes\b", "its [SIZE] bytes"),
            (r" +\d+(\.\d)? (B|kB|MB|GB|TB)\b", " [SIZE]"),
            (r"\(\d+(\.\d)? (B|kB|MB|GB|TB)\)", "([SIZE])"),
            (r"\b\d+ cores\b", "[N] cores"),
            (r"\bat most \d+ threads?\b", "at most [N] threads"),
            (r"\bprocess \d+ on .* since", "process [PID] on [HOST] since"),
            (r"staging/\d+-\d+-", "staging/[PID]-"),
            (rf"\bby {user}\b", "by [USER]"),
            (rf'"(created_by|who)": "{user}"', r'"\1": "[USER]"'),
            (rf"(\[TIME\]) +{user}\b", r"\1  [USER]"),
            (rf"(\[TIME\].*) {user}$", r"\1 [USER]"),
            (rf"\b{host}\b", "[HOST]") if len(host) > 3 else ("$^", ""),
        ]
        if "squeeze" in options:
            self.rules.append((r"(?<=\S)  +", "  "))
        self.rules = [(re.compile(pattern), by) for pattern, by in self.rules]

    def lines(self, data):
        text = data.decode("utf-8", "backslashreplace").replace("\r", "\\r")
        # On a terminal only; here it would be a mistake worth seeing.
        text = text.replace("\033", "\\e")
        lines = text.split("\n")
        if lines and lines[-1] == "":
            lines.pop()
        elif data:
            lines.append("(no end of line)")
        lines = [self.line(line) for line in lines]
        # A table with the user's name is as wide as the name.
        if any("[USER]" in line for line in lines):
            lines = [re.sub(r"(?<=\S)  +", "  ", line) for line in lines]
        return lines

    def line(self, line):
        for pattern, by in self.rules:
            line = pattern.sub(by, line)
        return line.rstrip()


def environment(program, folder):
    """A plain environment: nothing of the machine but the way to its tools."""
    env = {"PATH": f"{program.parent}:/usr/local/bin:/usr/bin:/bin", "HOME": str(folder / ".home"),
           "LC_ALL": "C.UTF-8", "TERM": "dumb", "TMPDIR": str(folder / ".home"),
           "ASSAY_JOBS": "1"}  # one node after the other, so that lines come in one order
    for name, value in os.environ.items():
        if name.endswith("SAN_OPTIONS"):
            env[name] = value
    return env


def run_command(command, folder, env):
    """Run it and return what it gave, as a Command."""
    shell = TOOLS + "\n" + command.text
    try:
        done = subprocess.run(["/bin/sh", "-c", shell], cwd=folder, env=env, timeout=TIMEOUT_SECONDS,
                              stdin=subprocess.DEVNULL, capture_output=True, check=False)
    except subprocess.TimeoutExpired:
        raise CaseError(f"no end after {TIMEOUT_SECONDS} s: {command.text}") from None
    return done.returncode, done.stdout, done.stderr


def play(case, program, folder):
    """Run the whole case in the folder; return the case as it went, as text."""
    (folder / ".home").mkdir()
    env = environment(program, folder)
    filters = Filter(folder, case.options)
    for kind, what, rest in case.sections:
        if kind == "file":
            path = folder / what
            path.parent.mkdir(parents=True, exist_ok=True)
            # An empty line before the next section belongs to the case, not to the file.
            lines = list(rest)
            while lines and not lines[-1]:
                lines.pop()
            path.write_text("".join(line + "\n" for line in lines), "utf-8")
            continue
        for command in what:
            status, stdout, stderr = run_command(command, folder, env)
            command.status = status
            command.stdout = filters.lines(stdout)
            command.stderr = [] if "stdout" in case.options else filters.lines(stderr)
    return case.text()


def remove(folder):
    """Remove the folder, also what a case made read-only."""
    for path in [folder, *folder.rglob("*")]:
        if path.is_dir() and not path.is_symlink():
            path.chmod(0o700)
    shutil.rmtree(folder)


def has_terminals():
    try:
        for descriptor in os.openpty():
            os.close(descriptor)
    except OSError:
        return False
    return True


def run_case(path, program, update, keep):
    """True when the case went as written."""
    case = Case(path)
    if "terminal" in case.options and not has_terminals():
        print(f"skipped: {path.name} needs a terminal, and the system gives none")
        sys.exit(SKIPPED)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="assay-e2e-")).resolve()
    folder.chmod(0o755)
    beside = pathlib.Path(f"{folder}-program")
    if any("as_nobody" in line for line in path.read_text("utf-8").splitlines()):
        program = reachable(program, beside)
    try:
        got = play(case, program, folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
        if keep:
            print(f"{path.name}: {folder}")
        else:
            remove(folder)
    expected = path.read_text("utf-8")
    if got == expected:
        return True
    if update:
        path.write_text(got, "utf-8")
        print(f"updated {path}")
        return True
    print(f"{path}: {case.description[0]}")
    sys.stdout.writelines(
        line + "\n" for line in difflib.unified_diff(expected.splitlines(), got.splitlines(),
                                                     "expected", "got", lineterm="", n=4))
    print("if this is right: tests/e2e/run_case.py --assay PROGRAM --update CASE")
    return False


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--assay", type=pathlib.Path, required=True, help="the program")
    parser.add_argument("--update", action="store_true", help="rewrite what is expected")
    parser.add_argument("--keep", action="store_true", help="leave the folder behind")
    parser.add_argument("cases", nargs="+", type=pathlib.Path)
    arguments = parser.parse_args()
    os.umask(0o022)
    program = arguments.assay.resolve()
    if not os.access(program, os.X_OK):
        sys.exit(f"no such program: {program}")
    failed = 0
    for path in arguments.cases:
        try:
            failed += not run_case(path, program, arguments.update, arguments.keep)
        except CaseError as error:
            print(error)
            failed += 1
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
