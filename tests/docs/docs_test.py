"""Runs what the documentation shows.

    ASSAY=PROGRAM docs_test.py [--update [PAGE]...]

The reference pages must be what the program prints. A guide's files are written and its console
blocks run, in order, in a fresh folder; the Python of store.md reads the store of the first one, with
the packages in ASSAY_VENV. The README's verbs must exist, and its output must be in the output of the
demo. That and the guides to the examples need the fetched data in ASSAY_CACHE and are skipped without.
`--update` rewrites the output in the guides; look at the difference before it is committed.

In a page, a block ```LANGUAGE PATH is a file of the project, and ```console holds commands after
`$ ` (`> ` continues one) with what they print on both streams.
"""

import difflib
import importlib.util
import os
import pathlib
import pwd
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import generate_reference

ROOT = pathlib.Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
GUIDE = ROOT / "docs" / "guides" / "first-pipeline.md"
OWN_DATA = ROOT / "docs" / "guides" / "your-own-data.md"
FLIGHTS = ROOT / "docs" / "guides" / "flights.md"
EMAILS = ROOT / "docs" / "guides" / "emails.md"
LOOP = ROOT / "docs" / "guides" / "the-loop.md"
TESTING = ROOT / "docs" / "guides" / "testing-steps.md"
LOOP_PROJECT = ROOT / "examples" / "loop"
STORE_PAGE = ROOT / "docs" / "reference" / "store.md"
PROGRAM = os.path.abspath(os.environ.get("ASSAY", ROOT / "build" / "release" / "assay"))
CACHE = os.environ.get("ASSAY_CACHE", "")
VENV = os.environ.get("ASSAY_VENV", "")
SHOWN_USER = "ana"  # the user in the pages

FENCE = re.compile(r"^```(.*)\n((?:(?!```).*\n)*)```$", re.MULTILINE)


class Command:
    """A command of a console block and the lines it shows."""

    def __init__(self, text):
        self.text = text
        self.output = []

    def shown(self):
        return "\n".join(["$ " + self.text.replace("\n", "\n> "), *self.output])


def commands(block):
    """Return the commands of a console block."""
    found = []
    for line in block.splitlines():
        if line.startswith("$ "):
            found.append(Command(line[2:]))
        elif line.startswith("> ") and not found[-1].output:
            found[-1].text += "\n" + line[2:]
        else:
            found[-1].output.append(line)
    return found


def filtered(lines, user):
    """Return the lines without what differs from run to run."""
    text = "\n".join(line.rstrip() for line in lines)
    text = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", "[DATE]", text)
    text = re.sub(r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", "[RUN]", text)
    text = re.sub(r"(?<![\w.])[0-9a-f]{12,64}\b", "[SHA]", text)
    text = re.sub(r"\b(less than )?\d+(\.\d+)? (ms|s|min|h)\b", "[TIME]", text)
    text = text.replace("[TIME] -> [TIME]", "[TIME]")  # two that are alike are told once
    text = re.sub(r"\b\d+(\.\d+)? x (slower|faster)\b", "", text)
    text = re.sub(r"\b\d+(\.\d+)? (B|kB|MB|GB)(?![\w])", "[SIZE]", text)
    text = re.sub(r"(?<=\b0\.\d{3})\d{2,}", "", text)  # last digits are the processor's
    text = re.sub(rf"(?<=\[DATE\]) (by |  *){re.escape(user)}\b", r" \1[USER]", text)
    return re.sub(r" {2,}", "  ", text).split("\n")


def by_command(lines):
    """Return [(command, its lines)]; nodes that run side by side end in any order."""
    commands = [("", [])]
    for line in lines:
        if line.startswith(("$ ", "# ")):
            commands.append((line, []))
        else:
            commands[-1][1].append(re.sub(r"^\d+(?=/\d+ )", "[N]", line))
    return commands


def user_name():
    return pwd.getpwuid(os.geteuid()).pw_name


def environment(folder):
    """Return the environment in which `assay` is the program under test."""
    door = pathlib.Path(folder, "bin")
    door.mkdir()
    (door / "assay").symlink_to(PROGRAM)
    path = f"{door}{os.pathsep}{os.environ.get('PATH', '')}"
    return {**os.environ, "PATH": path, "NO_COLOR": "1", "LC_ALL": "C.UTF-8"}


# What is learnt is the same on all processors only where all compute it with the same instructions.
SAME_LEARNING = {"OPENBLAS_CORETYPE": "Haswell", "OPENBLAS_NUM_THREADS": "1",
                 "NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512_ICL AVX512_SPR"}


def loop_environment(folder):
    """Return the environment of the examples' guides: Assay's source, and a python3 that learns."""
    source = pathlib.Path(folder, "source")
    source.mkdir()
    (source / "examples").symlink_to(ROOT / "examples")
    (source / ".cache").symlink_to(os.path.abspath(CACHE))
    env = environment(folder)
    return {**env, "PATH": f"{VENV}/bin{os.pathsep}{env['PATH']}", "SOURCE": str(source),
            "PYTHONDONTWRITEBYTECODE": "1", **SAME_LEARNING}


def loop_is_skipped():
    """Return why the guide to the loop cannot be run; empty when it can."""
    if not CACHE or not list(pathlib.Path(CACHE).glob("**/flights-3m.parquet")):
        return "the loop needs the demo's data: ./dev demo, and ASSAY_CACHE set to the cache"
    if not list(pathlib.Path(VENV).glob("lib/*/site-packages/sklearn")):
        return "the loop needs scikit-learn, in ASSAY_VENV"
    return ""


def run_page(text, folder, env, visit):
    """Write the files and run the commands of a page; `visit` gets each command and its output."""
    for block in FENCE.finditer(text):
        language, _, path = block[1].partition(" ")
        if path:
            target = pathlib.Path(folder, path)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(block[2], encoding="utf-8")
        elif language == "console":
            for command in commands(block[2]):
                done = subprocess.run(["sh", "-c", command.text], cwd=folder, env=env, text=True,
                                      stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                      stderr=subprocess.STDOUT, timeout=600, check=False)
                visit(command, done.stdout.splitlines(), done.returncode)


def updated_guide(guide, make_environment):
    """Return a guide with the output that the program gives now."""
    text = guide.read_text(encoding="utf-8")
    user = user_name()

    with tempfile.TemporaryDirectory() as folder:
        outputs = []
        project = pathlib.Path(folder, "loans" if guide == OWN_DATA else "project")
        project.mkdir()
        run_page(text, project, make_environment(folder),
                 lambda command, lines, _: outputs.append((command, lines)))

    def rewritten(block):
        if block[1] != "console":
            return block[0]
        shown = []
        for command in commands(block[2]):
            _, lines = outputs.pop(0)
            same = filtered(command.output, SHOWN_USER) == filtered(lines, user)
            command.output = command.output if same else [
                re.sub(rf"(Z +(?:by )?){re.escape(user)}\b", rf"\g<1>{SHOWN_USER}", line).rstrip()
                for line in lines]
            shown.append(command.shown())
        return "```console\n" + "\n".join(shown) + "\n```"

    return FENCE.sub(rewritten, text)


class Reference(unittest.TestCase):
    def test_pages_are_what_the_program_prints(self):
        for name, text in generate_reference.pages(PROGRAM).items():
            with self.subTest(page=name):
                page = (generate_reference.REFERENCE / name).read_text(encoding="utf-8")
                self.assertEqual(page, text, "run tests/docs/generate_reference.py --write")


class Guide(unittest.TestCase):
    maxDiff = None

    def check_page(self, guide, project, env):
        """Run the guide's commands in the folder `project`; each must print what the guide shows."""
        user = user_name()

        def visit(command, lines, status):
            with self.subTest(command=command.text):
                shown = filtered(command.output, SHOWN_USER)
                printed = filtered(lines, user) if lines else []
                difference = difflib.unified_diff(shown if command.output else [], printed,
                                                  "guide", "program", lineterm="")
                self.assertEqual("\n".join(difference), "")
                self.assertEqual(status, 0)

        project.mkdir()
        run_page(guide.read_text(encoding="utf-8"), project, env, visit)

    def test_commands_print_what_the_guide_shows(self):
        with tempfile.TemporaryDirectory() as folder:
            project = pathlib.Path(folder, "project")
            self.check_page(GUIDE, project, environment(folder))
            self.read_the_store(project)

    def test_cases_are_tested_as_their_guide_says(self):
        with tempfile.TemporaryDirectory() as folder:
            self.check_page(TESTING, pathlib.Path(folder, "project"), environment(folder))

    def test_own_data_goes_as_its_guide_says(self):
        with tempfile.TemporaryDirectory() as folder:
            self.check_page(OWN_DATA, pathlib.Path(folder, "loans"), environment(folder))

    def test_the_examples_go_as_their_guides_say(self):
        if loop_is_skipped():
            self.skipTest(loop_is_skipped())
        for page in (FLIGHTS, EMAILS):
            with tempfile.TemporaryDirectory() as folder:
                self.check_page(page, pathlib.Path(folder, "project"), loop_environment(folder))

    def test_the_loop_goes_as_its_guide_says(self):
        if loop_is_skipped():
            self.skipTest(loop_is_skipped())
        with tempfile.TemporaryDirectory() as folder:
            self.check_page(LOOP, pathlib.Path(folder, "project"), loop_environment(folder))

    def test_the_loops_guide_shows_its_project(self):
        parts = {"yaml": "assay.yaml", "python": "train.py"}
        shown = [(b[1], b[2]) for b in FENCE.finditer(LOOP.read_text(encoding="utf-8"))
                 if b[1] in parts]
        self.assertTrue(shown)
        for language, block in shown:
            with self.subTest(block=block.split("\n", 1)[0]):
                self.assertIn(block, (LOOP_PROJECT / parts[language]).read_text(encoding="utf-8"))

    def read_the_store(self, project):
        """Run the Python of store.md on the guide's project, where pyarrow is there."""
        with self.subTest(page="store.md"):
            python = os.path.join(VENV, "bin", "python")
            if not os.access(python, os.X_OK):
                python = sys.executable
                if importlib.util.find_spec("pyarrow") is None:
                    self.skipTest("the Python of store.md needs pyarrow, in ASSAY_VENV")
            snippets = [b[2] for b in FENCE.finditer(STORE_PAGE.read_text(encoding="utf-8"))
                        if b[1] == "python"]
            self.assertEqual(len(snippets), 1)
            done = subprocess.run([python, "-", "rides_train", "v2", "train"], cwd=project,
                                  input=snippets[0], stdout=subprocess.PIPE, text=True,
                                  stderr=subprocess.STDOUT, check=False)
            self.assertEqual(done.returncode, 0, done.stdout)
            self.assertIn("7 rows", done.stdout)


class Readme(unittest.TestCase):
    def setUp(self):
        self.text = README.read_text(encoding="utf-8")
        self.blocks = [(b[1], b[2]) for b in FENCE.finditer(self.text)]

    def test_verbs_exist(self):
        found = set(re.findall(r"(?:^\$ |`)assay ((?:[a-z]+ ?){1,2})", self.text, re.MULTILINE))
        self.assertTrue(found)
        for words in sorted(found):
            verb, *rest = words.split()
            below = generate_reference.subverbs(
                generate_reference.program_text(PROGRAM, verb, "--help"))
            with self.subTest(verb=words):
                if below and rest:
                    self.assertIn(rest[0], below)

    def test_verbs_of_dev_exist(self):
        usage = subprocess.run([ROOT / "dev", "help"], stdout=subprocess.PIPE, text=True,
                               check=True).stdout
        known = re.findall(r"^  ([a-z]+) ", usage, re.MULTILINE)
        found = re.findall(r"\./dev ([a-z]+)", self.text)
        self.assertIn("demo", found)
        self.assertIn("test", found)
        for verb in found:
            with self.subTest(verb=verb):
                self.assertIn(verb, known)

    def test_links_lead_somewhere(self):
        pages = [README, ROOT / "CHANGELOG.md", ROOT / "src" / "README.md"]
        for page in pages + sorted(ROOT.glob("docs/**/*.md")):
            text = FENCE.sub("", page.read_text(encoding="utf-8"))
            for link in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", text):
                with self.subTest(page=str(page.relative_to(ROOT)), link=link):
                    self.assertTrue((page.parent / link).exists())

    def test_output_is_the_demos(self):
        if loop_is_skipped():
            self.skipTest(loop_is_skipped())
        printed = []
        with tempfile.TemporaryDirectory() as folder:
            env = {**os.environ, "NO_COLOR": "1", **SAME_LEARNING,
                   "PATH": f"{VENV}/bin{os.pathsep}{os.environ['PATH']}"}
            for half in ("flights/demo.sh", "loop/loop.sh"):
                done = subprocess.run(
                    [ROOT / "examples" / half, os.path.join(folder, "demo"), PROGRAM,
                     os.path.abspath(CACHE)],
                    env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                    check=False)
                self.assertEqual(done.returncode, 0, done.stdout)
                printed += done.stdout.splitlines()
        printed = iter(by_command(filtered(printed, user_name())))
        shown = [line for language, block in self.blocks if language == "text"
                 for line in block.splitlines() if line]
        self.assertTrue(shown)
        for command, lines in by_command(filtered(shown, SHOWN_USER)):
            found = next((there for other, there in printed if other == command), None)
            self.assertIsNotNone(found, f"the demo does not run this there: {command}")
            for line in lines:
                self.assertIn(line, found, f"README shows it below {command}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--update"]:
        for page, make in ((GUIDE, environment), (OWN_DATA, environment), (TESTING, environment),
                           (FLIGHTS, loop_environment), (EMAILS, loop_environment),
                           (LOOP, loop_environment)):
            if sys.argv[2:] and page.name not in sys.argv[2:]:
                continue
            if make == loop_environment and loop_is_skipped():
                sys.exit(f"docs_test: {loop_is_skipped()}")
            page.write_text(updated_guide(page, make), encoding="utf-8")
    elif not shutil.which(PROGRAM):
        sys.exit(f"docs_test: there is no program {PROGRAM}: run ./dev build, or set ASSAY")
    else:
        unittest.main()
