"""Runs the example of every kind that the reference shows, and looks at what came of it.

    ASSAY=PROGRAM kind_examples_test.py

One project for the kinds of a table, so that the engine starts once; where it cannot be planned, each
kind is tried alone, so that the failure has a name. What the examples read and must make stands in
kind_examples.py.
"""

import contextlib
import csv
import fnmatch
import hashlib
import http.server
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import threading
import unittest
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "interop"))
import database_servers
import kind_examples as known

PROGRAM = os.path.abspath(os.environ.get(
    "ASSAY", pathlib.Path(__file__).resolve().parents[2] / "build" / "release" / "assay"))
REFERENCE = pathlib.Path(__file__).resolve().parents[2] / "docs" / "reference"
SECTION = re.compile(r"^## (\w+)$(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
FENCE = re.compile(r"^```\w*\n((?:(?!```).*\n)*)```$", re.MULTILINE)
# Run in the tests below.
GROUPS = {"sources", "steps", "checks", "splits", "transforms", "exports", "signals"}


def assay(folder, *words, **environment):
    """Run the program in a folder; return the finished process."""
    return subprocess.run([PROGRAM, *map(str, words)], cwd=folder, capture_output=True, text=True,
                          env={**os.environ, "NO_COLOR": "1", **environment}, check=False)


def answer(folder, *words, **environment):
    """What a verb prints as JSON; an error where it fails."""
    done = assay(folder, *words, **environment)
    if done.returncode not in (0, 1) or not done.stdout:
        raise AssertionError(f"{shlex.join(map(str, words))}: exit {done.returncode}\n{done.stderr}")
    return json.loads(done.stdout)


def examples(group):
    """Return the example of each kind of a table, as the reference shows it."""
    page = assay(".", "kinds", "--markdown", group).stdout
    shown = {}
    for kind, text in SECTION.findall(page):
        fence = FENCE.search(text)
        shown[kind] = fence[1] if fence else ""
    return shown


def fenced(page, first):
    """Return the block of a page of the reference that begins with this line."""
    text = (REFERENCE / page).read_text(encoding="utf-8")
    return next(block for block in FENCE.findall(text) if block.startswith(first))


def write(folder, path, content):
    target = pathlib.Path(folder, path)
    target.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(content, str):
        content = content.encode()
    target.write_bytes(content)


def as_named(example, section, name):
    """Return an example with its first node called `name`; others keep theirs."""
    lines = example.splitlines()
    if lines[0] != f"{section}:" or not re.match(r"  \w+:", lines[1]):
        raise AssertionError(f"an example of {section} is `{section}:` and nodes below:\n{example}")
    first = re.match(r"  (\w+):", lines[1])[1]
    text = re.sub(r"^  \w+:", f"  {name}:", "\n".join(lines[1:]) + "\n", count=1)
    return re.sub(rf"\b(inputs?: ){first}\b", rf"\1{name}", text)


def exported_flights(folder):
    """Make a Parquet file of FLIGHTS, by the program; return its bytes."""
    write(folder, "flights.csv", known.FLIGHTS)
    write(folder, "assay.yaml", "format: 1\nproject: flights\nsources: {flights: {files: flights.csv}}\n"
                                "datasets: {made: {input: flights, ungated: a test}}\n")
    answer(folder, "run", "--json")
    answer(folder, "dataset", "export", "made", "--to", "out", "--json")
    return pathlib.Path(folder, "out", "all.parquet").read_bytes()


def declared_columns(example):
    """Return [(column, type)] of an example that declares them."""
    listed = re.search(r"\bcolumns: \{(.*?)\}", example)
    typed = r'(\w+): (?:"([^"]*)"|([\w\[\]()]+))'
    return [(name, quoted or plain) for name, quoted, plain in re.findall(typed, listed[1])] \
        if listed else []


def made_file(example):
    """Return {path: content} for an example that declares all types, None where there is no way."""
    named = re.search(r"files: ([\w/*.-]+)", example)
    columns = declared_columns(example)
    if not named or not columns:
        return None
    path, packer = pathlib.PurePath(named[1].replace("*", "1")), None
    if path.suffix in known.PACKERS:
        packer, inner = known.PACKERS[path.suffix], path.with_suffix("").suffix
    else:
        inner = path.suffix
    if inner not in known.WRITERS:
        return None
    content = known.WRITERS[inner](columns)
    return {str(path): packer(content) if packer else content}


def takes(example, path):
    """Whether a path is one of the `files` of an example, or fits one of its patterns."""
    named = re.findall(r"\b(?:files|database): (\[[^\]]*\]|[^\s,}]+)", example)
    patterns = [one.strip(' "') for names in named for one in names.strip("[]").split(",")]
    return any(fnmatch.fnmatch(path, pattern) for pattern in patterns)


def apart(shown, files):
    """Return groups of kinds, none of which takes a file of another one of its group."""
    groups = []
    for kind, example in shown.items():
        def disturbs(other):
            return any(takes(example, path) for path in files[other]) or any(
                takes(shown[other], path) for path in files[kind])
        group = next((group for group in groups if not any(map(disturbs, group))), None)
        if group is None:
            groups.append([kind])
        else:
            group.append(kind)
    return groups


def two_rows_of(columns):
    """Return a query, and its answer, that sees whether a table has two rows of declared columns."""
    types = ", ".join(f'typeof("{name}")' for name, _ in columns)
    return (f"SELECT list([{types}]) FROM example",
            [[known.ENGINE_TYPES.get(declared, declared.upper()) for _, declared in columns]] * 2)


def csv_ids(path):
    with path.open(encoding="utf-8") as file:
        return [int(row["id"]) for row in csv.DictReader(file)]


def jsonl_ids(path):
    return [json.loads(line)["id"] for line in path.read_text(encoding="utf-8").splitlines()]


class Loopback:
    """A server on loopback, while the block lasts."""

    def handler(self):
        raise NotImplementedError

    def __enter__(self):
        self.server = http.server.HTTPServer(("127.0.0.1", 0), self.handler())
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


class Alerts(Loopback):
    """A webhook that keeps what it is sent."""

    def handler(self):
        kept = self.kept = []

        class Hook(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                kept.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_):
                pass

        return Hook


class Api(Loopback):
    """Answers each path with its JSON, to whom sends one of `authorizations`; keeps what was asked for."""

    def __init__(self, pages, authorizations):
        self.pages = pages
        self.authorizations = authorizations
        self.asked = []

    def handler(self):
        api = self

        class Pages(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                api.asked.append(self.path)
                is_known = self.headers["Authorization"] in api.authorizations
                self.send_response((200 if self.path in api.pages else 404) if is_known else 401)
                self.end_headers()
                self.wfile.write(json.dumps(api.pages.get(self.path)).encode())

            def log_message(self, *_):
                pass

        return Pages


@contextlib.contextmanager
def served(folder, environment):
    """`assay serve` of a project, while the block lasts; gives its address."""
    with subprocess.Popen([PROGRAM, "serve", "--port", "0", "--quiet"], cwd=folder, text=True,
                          env={**os.environ, **environment}, stdout=subprocess.PIPE) as process:
        try:
            yield process.stdout.readline().strip().rpartition(" ")[2]
        finally:
            process.terminate()


def post(url, body):
    request = urllib.request.Request(url, json.dumps(body).encode(),
                                     {"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as reply:
        return json.load(reply)


def take_feedback(folder, month, rows, environment):
    """Import predictions, [(class, score, class that came)], and their outcomes."""
    predictions, outcomes = ["id,time,prediction,score,origin"], ["id,time,outcome"]
    for number, (said, score, came) in enumerate(rows):
        predictions.append(f"{month}-{number},{month}-02,{said},{score},ORD")
        outcomes.append(f"{month}-{number},{month}-03,{came}")
    for name, lines in (("predictions.csv", predictions), ("outcomes.csv", outcomes)):
        write(folder, name, "\n".join(lines) + "\n")
    answer(folder, "feedback", "import", "predictions.csv", "outcomes.csv", "--stream", "late",
           "--json", **environment)


def write_loop(folder, signals):
    """Write a project whose monitors and policy are those of the reference's pages."""
    for path, content in known.LOOP_FILES.items():
        write(folder, path, content)
    listed = "".join(f"      {example.strip()}\n" for example in signals.values())
    write(folder, "assay.yaml", known.LOOP + fenced("feedback.md", "feedback:")
          + fenced("drift.md", "monitors:") + fenced("retrain.md", "retrain:")
          + "  shown:\n    model: late\n    dataset: flights_train\n    signals:\n" + listed
          + '    train: {command: ["true"]}\n    evaluate: {split: test, metric: log_loss}\n')


class Examples(unittest.TestCase):
    maxDiff = None

    @contextlib.contextmanager
    def folder(self):
        with tempfile.TemporaryDirectory() as folder:
            yield pathlib.Path(folder)

    def each_that_is_known(self, group, entries, what):
        """Return the examples of a table; those without an entry fail."""
        shown = examples(group)
        self.assertTrue(shown, group)
        for kind, example in shown.items():
            with self.subTest(kind=kind):
                self.assertTrue(example, f"{group}: `{kind}` has no `example`")
                self.assert_known(kind, entries, group, what)
        self.assertEqual([kind for kind in entries if kind not in shown], [],
                         f"{group}: entries of kinds that are not there")
        return {kind: example for kind, example in shown.items() if example and kind in entries}

    def assert_known(self, kind, entries, group, what):
        if kind not in entries:
            self.fail(f"{group}: nothing here runs the example of `{kind}`: {what} "
                      "in tests/docs/kind_examples.py")

    def run_of(self, write_project, shown):
        """Run one project of all examples; return (its folder, {node: its record})."""
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        write_project(folder, shown)
        done = assay(folder, "run", "--json")
        nodes = json.loads(done.stdout)["nodes"] if done.stdout else []
        if nodes:
            return folder, {node["name"]: node for node in nodes}
        for kind, example in shown.items():
            with self.subTest(kind=kind), self.folder() as alone:
                write_project(alone, {kind: example})
                told = assay(alone, "run")
                self.assertIn(told.returncode, (0, 1), f"{example}\n{told.stderr}")
        self.fail(f"exit {done.returncode}\n{done.stderr}")

    def check_answers(self, folder, answers):
        """Ask all queries at once; where that fails, one by one."""
        def rows(kinds):
            asked = " UNION ALL ".join(
                f"SELECT '{kind}' AS kind, to_json((" + re.sub(r"\bexample\b", f"{kind}_example",
                                                               answers[kind][0]) + "))::VARCHAR AS made"
                for kind in kinds)
            return assay(folder, "sql", "--json", asked)

        done = rows(answers)
        told = json.loads(done.stdout) if done.returncode == 0 else []
        made = {row["kind"]: row["made"] for row in told}
        for kind, (query, expected) in answers.items():
            with self.subTest(kind=kind):
                if not told:
                    done = rows([kind])
                    self.assertEqual(done.returncode, 0, f"{query}\n{done.stderr}")
                    made[kind] = json.loads(done.stdout)[0]["made"]
                self.assertEqual(json.loads(made[kind]), expected, query)

    def check_nodes(self, folder, nodes, kinds, refused):
        for kind in kinds:
            with self.subTest(kind=kind):
                node = nodes[f"{kind}_example"]
                if node["status"] != "ran":
                    said = assay(folder, "runs", "show", "last").stdout
                    self.fail(f"{kind}: {node['status']}\n{said}")
                self.assertEqual(node["rows_refused"], refused.get(kind, 0), "rows refused")
        self.assertEqual({name for name, node in nodes.items() if node["status"] == "failed"}, set())


class Nodes(Examples):
    """Sources, steps and checks."""

    def test_sources(self):
        shown = examples("sources")
        files, answers = dict(known.FILES), dict(known.SOURCES)
        for kind, example in shown.items():
            made = made_file(example) if kind not in files else None
            if made:
                files[kind] = made
                answers[kind] = two_rows_of(declared_columns(example))
        shown = self.each_that_is_known(
            "sources", [*(kind for kind in files if kind in answers), *known.DATABASES, *known.APIS],
            "add the files that it names to FILES, what is read of them to SOURCES")
        elsewhere = {*known.DATABASES, *known.APIS}
        shown = {kind: example for kind, example in shown.items() if kind not in elsewhere}
        with self.folder() as folder:
            parquet = exported_flights(folder)

        def project(folder, shown):
            text = "format: 1\nproject: sources\nsources:\n"
            for kind, example in shown.items():
                for path, content in files[kind].items():
                    write(folder, path, parquet if content == "PARQUET" else content)
                text += as_named(example, "sources", f"{kind}_example")
            write(folder, "assay.yaml", text)

        for kind, example in shown.items():
            with self.subTest(kind=kind):
                self.assertEqual([path for path in files[kind] if not takes(example, path)], [],
                                 "files that the example does not name")
        for kinds in apart(shown, files):
            folder, nodes = self.run_of(project, {kind: shown[kind] for kind in kinds})
            self.check_nodes(folder, nodes, kinds, {})
            self.check_answers(folder, {kind: answers[kind] for kind in kinds})

    def test_databases(self):
        servers = {"postgres": (database_servers.Postgres, database_servers.postgres_programs()),
                   "mysql": (database_servers.Mariadb, database_servers.mariadb_program())}
        shown = examples("sources")
        for kind, (made, answered) in known.DATABASES.items():
            server_class, program = servers[kind]
            with self.subTest(kind=kind), self.folder() as folder:
                if program is None:
                    self.skipTest(f"there is no server for `{kind}`; ./dev test fetches it")
                write(folder, "assay.yaml", "format: 1\nproject: sources\nsources:\n"
                      + as_named(shown[kind], "sources", f"{kind}_example"))
                server = server_class(made, driver=False)
                self.addCleanup(server.stop)
                done = assay(folder, "run", SHOP_DATABASE=server.url())
                if "the engine's extension is not there" in done.stderr:
                    self.skipTest(done.stderr)
                self.assertEqual(done.returncode, 0, done.stderr)
                os.environ["SHOP_DATABASE"] = server.url()
                self.check_answers(folder, {kind: answered})

    def test_apis(self):
        shown = examples("sources")
        for kind, (host, environment, pages, answered) in known.APIS.items():
            example = as_named(shown[kind], "sources", f"{kind}_example")
            with self.subTest(kind=kind), self.folder() as folder, \
                    Api(pages, [f"Bearer {value}" for value in environment.values()]) as api:
                self.assertIn(host, example)
                write(folder, "assay.yaml", "format: 1\nproject: sources\nsources:\n"
                      + example.replace(host, api.url))
                done = assay(folder, "run", **environment)
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertEqual(api.asked, list(pages))
                self.check_answers(folder, {kind: answered})

    def test_steps(self):
        shown = self.each_that_is_known(
            "steps", known.STEPS, "add what it makes to STEPS, and tables that it reads to TABLES")

        def project(folder, shown):
            tables, steps = dict(known.TABLES), ""
            for path, script in known.SCRIPTS.items():
                write(folder, path, script)
            for kind, example in shown.items():
                for name, rows in known.TABLES_OF.get(kind, {}).items():
                    tables[f"{kind}_{name}"] = rows
                    example = re.sub(rf"\b{name}\b", f"{kind}_{name}", example)
                steps += as_named(example, "steps", f"{kind}_example")
            sources = ""
            for name, rows in tables.items():
                write(folder, f"{name}.csv", rows)
                sources += f"  {name}: {{files: {name}.csv}}\n"
            write(folder, "assay.yaml",
                  f"format: 1\nproject: steps\nsources:\n{sources}steps:\n{steps}")

        folder, nodes = self.run_of(project, shown)
        self.check_nodes(folder, nodes, shown, known.REFUSED)
        self.check_answers(folder, {kind: known.STEPS[kind] for kind in shown})

    def test_checks(self):
        """Each passes rows that are as they should be, and fails at those that are broken for it."""
        shown = self.each_that_is_known("checks", known.BROKEN, "add rows that break it to BROKEN")

        def project(folder, shown):
            write(folder, "flights.csv", known.judged_flights())
            steps = "".join(f'  broken_{kind}: {{sql: "{known.BROKEN[kind]}"}}\n' for kind in shown)
            gates = ""
            for kind, example in shown.items():
                for name, rows in (("good", "flights"), ("bad", f"broken_{kind}")):
                    judged = example.strip()
                    if name == "bad":
                        judged = judged.replace(*known.BROKEN_TARGETS.get(kind, ("", "")))
                    gates += f"  {name}_{kind}:\n    input: {rows}\n    checks:\n      {judged}\n"
            write(folder, "assay.yaml", "format: 1\nproject: checks\nsources:\n"
                  "  flights: {files: flights.csv}\n  target: {files: flights.csv}\n"
                  f"steps:\n{steps}gates:\n{gates}")

        folder, nodes = self.run_of(project, shown)
        for kind in shown:
            with self.subTest(kind=kind):
                for gate, verdict in (("good", "pass"), ("bad", "fail")):
                    node = nodes[f"{gate}_{kind}"]
                    self.assertEqual([(check["kind"], check["verdict"]) for check in node["checks"]],
                                     [(kind, verdict)], node)


class Datasets(Examples):
    """Splits, transforms and exports, of the same rows."""

    def test_datasets(self):
        splits = self.each_that_is_known("splits", known.SPLITS, "add the rows of each split to SPLITS")
        transforms = self.each_that_is_known("transforms", known.TRANSFORMS,
                                             "add what it makes of a row to TRANSFORMS")
        exports = examples("exports")
        shown = {**{f"split_{kind}": example for kind, example in splits.items()},
                 **{f"transform_{kind}": example for kind, example in transforms.items()}}

        def project(folder, shown):
            write(folder, "rides.jsonl", "".join(json.dumps(ride) + "\n" for ride in known.RIDES))
            datasets = f"  flights_train:\n    input: checked\n    {known.LATE_SPLIT}\n"
            for name, example in shown.items():
                datasets += f"  {name}:\n    input: checked\n"
                if name.startswith("split_"):
                    datasets += f"    {example.strip()}\n"
                else:
                    listed = "".join(f"      {line}\n" for line in example.splitlines())
                    datasets += f"    {known.LATE_SPLIT}\n    prepare:\n{listed}"
            write(folder, "assay.yaml", "format: 1\nproject: datasets\nsources:\n"
                  "  rides: {files: rides.jsonl, columns: {date: \"timestamp[us]\"}}\n"
                  "gates:\n  checked: {input: rides, checks: [{not_null: id}]}\n"
                  f"datasets:\n{datasets}")

        folder, nodes = self.run_of(project, shown)
        for name in shown:
            with self.subTest(dataset=name):
                self.assertEqual(nodes[name]["status"], "ran", nodes[name])
                self.assertIn(nodes[name]["verdict"], ("pass", None), nodes[name])
        self.check_splits(folder, splits)
        self.check_transforms(folder, transforms)
        self.check_exports(folder, exports)

    def check_splits(self, folder, splits):
        for kind in splits:
            with self.subTest(split=kind):
                told = answer(folder, "dataset", "export", f"split_{kind}", "--to", f"split-{kind}",
                              "--format", "jsonl", "--json")
                rows = {pathlib.PurePath(file["path"]).stem: file["rows"] for file in told["files"]}
                self.assertEqual(rows.keys(), known.SPLITS[kind].keys())
                self.assertEqual(sum(rows.values()), len(known.RIDES))
                for split, (least, most) in known.SPLITS[kind].items():
                    self.assertTrue(least <= rows[split] <= most, f"{split}: {rows[split]} rows")

    def check_transforms(self, folder, transforms):
        for kind in transforms:
            with self.subTest(transform=kind):
                own, expected = known.TRANSFORMS[kind]
                row = json.dumps({**known.ASKED, **own})
                made = answer(folder, "transform", f"transform_{kind}", "--json", row)
                for column, value in expected.items():
                    if isinstance(value, float):
                        self.assertAlmostEqual(made[column], value, places=12)
                    else:
                        self.assertEqual(made[column], value, column)

    def check_exports(self, folder, exports):
        ids = {"train": [ride["id"] for ride in known.TRAIN], "test": [r["id"] for r in known.TEST]}
        for kind, example in exports.items():
            with self.subTest(export=kind):
                self.assertTrue(example, f"exports: `{kind}` has no `example`")
                words = shlex.split(example.strip().removeprefix("$ assay "))
                self.assertEqual(words[words.index("--format") + 1], kind)
                shutil.rmtree(folder / "out", ignore_errors=True)
                told = answer(folder, *words, "--json")
                rows = {pathlib.PurePath(file["path"]).name: file["rows"] for file in told["files"]}
                for split, expected in ids.items():
                    path = folder / "out" / f"{split}.{kind}"
                    self.assertEqual(rows[path.name], len(expected))
                    self.check_exported(kind, folder, path, expected)

    def check_exported(self, kind, folder, path, ids):
        if kind == "parquet":  # test_sources reads one
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            stored = folder / ".assay" / "objects" / "sha256" / digest[:2] / digest[2:]
            self.assertTrue(stored.exists(), "byte for byte as it is stored")
        else:
            readers = {"csv": csv_ids, "jsonl": jsonl_ids}
            self.assertIn(kind, readers, f"exports: nothing here reads what the example of `{kind}` "
                          "writes: add a reader to check_exported")
            self.assertEqual(sorted(readers[kind](path)), ids)


class Loop(Examples):
    """Signals, methods of drift, metrics, monitors and their alerts."""

    def test_loop(self):
        signals = self.each_that_is_known("signals", known.SIGNALS,
                                          "let it fire in test_loop, and add it to SIGNALS")
        with self.folder() as folder, Alerts() as alerts:
            environment = {"ALERT_URL": alerts.url + "/"}
            write_loop(folder, signals)
            answer(folder, "run", "--json", **environment)
            self.check_drift_methods(folder, environment)
            answer(folder, "model", "add", "model.json", "--from", "flights_train@v1", "--name", "late",
                   "--metrics", "metrics.json", "--role", "champion", "--at", "2001-05-01", "--json",
                   **environment)
            self.check_metrics(folder, environment)
            self.check_signals(folder, "2001-05-30", 0, environment)
            self.check_monitors(folder, alerts, environment)
            take_feedback(folder, "2001-06", known.WORSE, environment)
            answer(folder, "--env", "large", "run", "--json", **environment)
            self.check_signals(folder, "2001-12-01", 1, environment)
            told = answer(folder, "retrain", "trigger", "late", "--dry-run", "--as-of", "2001-12-01",
                          "--json", **environment)
            self.assertEqual(told["decision"]["action"], "retrain", told)

    def check_drift_methods(self, folder, environment):
        """No column has drifted from itself, each has from values that differ, by its own method."""
        schema = answer(folder, "kinds", "--schema")
        methods = schema["$defs"]["monitor"]["properties"]["methods"]["additionalProperties"]["enum"]
        page = (REFERENCE / "drift.md").read_text(encoding="utf-8")
        for method in methods:
            with self.subTest(method=method):
                self.assert_known(method, known.DRIFTED, "methods of drift",
                                  "add values that drift to DRIFTED")
                self.assertRegex(page, rf"(?m)^\| `{method}` \|")
        words = [word for method in methods for word in ("--method", f"{method}={method}")]
        for current, drifted in (("reference.csv", False), ("moved.csv", True)):
            told = answer(folder, "drift", "methods", current, *words, "--json", **environment)
            columns = {each["column"]: each for each in told["data_drift"]["columns"]}
            for method in methods:
                with self.subTest(method=method, current=current):
                    self.assertEqual((columns[method]["method"], columns[method]["drifted"]),
                                     (method, drifted), columns[method])

    def check_metrics(self, folder, environment):
        take_feedback(folder, "2001-05", known.PREDICTED, environment)
        told = answer(folder, "feedback", "report", "--stream", "late", "--json", **environment)
        schema = answer(folder, "kinds", "--schema")
        names = schema["$defs"]["policy"]["properties"]["evaluate"]["properties"]["metric"]["enum"]
        expected = known.metrics_of(known.PREDICTED)
        page = (REFERENCE / "feedback.md").read_text(encoding="utf-8")
        for name in names:
            with self.subTest(metric=name):
                self.assert_known(name, expected, "metrics", "add its definition to metrics_of")
                self.assertAlmostEqual(told["all"]["metrics"][name], expected[name], places=12)
                self.assertRegex(page, rf"(?m)^\| .*`{name}`.* \|")

    def check_signals(self, folder, as_of, state, environment):
        told = answer(folder, "retrain", "status", "shown", "--as-of", as_of, "--json", **environment)
        told = told[0]["signals"]
        states = {each["kind"]: each["state"] for each in told}
        for kind, expected in known.SIGNALS.items():
            with self.subTest(signal=kind, as_of=as_of):
                self.assertEqual(states[kind], expected[state], told)

    def check_monitors(self, folder, alerts, environment):
        """Both channels hear that `june` drifts; `serving` sees what was served otherwise."""
        told = answer(folder, "monitor", "run", "june", "--json", **environment)
        self.assertEqual(told[0]["verdict"], "drift", told)
        channels = answer(folder, "kinds", "--schema")["$defs"]["monitor"]["properties"]["alert"]
        self.assertEqual(set(channels["properties"]), {"webhook", "command"},
                         "a channel is new: show it in drift.md, and hear of the drift here")
        self.assertEqual([alert["type"] for alert in alerts.kept], ["assay.monitor.judged"])
        heard = json.loads((folder / "told.json").read_text(encoding="utf-8"))
        self.assertEqual(heard["data"]["verdict"], "drift")
        with served(folder, environment) as address:
            for flight, row, verdict in known.SERVED:
                post(f"{address}/v1/transform", {"version": "flights_train@v1", "stream": "late",
                                                 "id": flight, "row": row})
                told = answer(folder, "monitor", "run", "serving", "--json", **environment)
                self.assertEqual(told[0]["verdict"], verdict, told)

class Tables(unittest.TestCase):
    def test_each_table_of_kinds_is_run_here(self):
        self.assertEqual(set(answer(".", "kinds", "--json")), GROUPS,
                         "a table of kinds is new: write a test that runs its examples, and name "
                         "the table in GROUPS")


if __name__ == "__main__":
    if not shutil.which(PROGRAM):
        sys.exit(f"kind_examples_test: there is no program {PROGRAM}: run ./dev build, or set ASSAY")
    unittest.main()
