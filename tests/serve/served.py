"""A project with a store, and the program serving it on a free port.

The project is small and made up: one CSV source, a gate that refuses rows, two datasets.
"""

import http.client
import json
import os
import pathlib
import re
import select
import signal
import socket
import subprocess
import tempfile
import threading
import time

PROGRAM = pathlib.Path(os.environ["ASSAY"]).resolve()
TIMEOUT_SECONDS = 120

PROJECT = """\
format: 1
project: trips
owner: {name: ML data, email: ml-data@example.org}

sources:
  trips: {files: data/trips-*.csv, columns: {day: TIMESTAMP, delay: INTEGER, distance: DOUBLE}}

steps:
  labelled: {sql: "SELECT *, delay > 15 AS late FROM trips"}

gates:
  checked:
    input: labelled
    bad_rows: quarantine
    fail_above: 50 %
    checks: [{range: delay, min: -60, max: 600}, {not_null: start}]

datasets:
  train:
    input: checked
    label: late
    split: {time: day, validation_from: 2001-02-01, test_from: 2001-03-01}
  whole: {input: checked, key: none}
"""

# What the loop needs beside it: ids, a preparation, feedback, monitors, a policy.
LOOP_PROJECT = """\
format: 1
project: trips
owner: {name: ML data, email: ml-data@example.org}

sources:
  trips:
    files: data/trips-*.csv
    columns: {id: BIGINT, day: TIMESTAMP, delay: INTEGER, distance: DOUBLE, start: VARCHAR}

steps:
  labelled: {sql: "SELECT id, day, distance, start, delay > 15 AS late FROM trips"}

gates:
  checked: {input: labelled, checks: [{not_null: start}]}

datasets:
  train:
    input: checked
    label: late
    split: {time: day, validation_from: 2001-02-01, test_from: 2001-03-01}
    prepare:
      - {impute: distance, with: median}
      - {standard_scale: distance}
      - {one_hot: start}
  whole: {input: checked, key: none}

feedback:
  late: {positive: true, slices: [start]}

monitors:
  serving: {skew: late, against: trips, id: id}
  arrived: {watch: labelled, reference: train@v1}

retrain:
  late:
    dataset: train
    when: any
    signals: [{new_rows: 100}]
    train: {command: ["false"], max_duration: 1 min}
    evaluate: {split: test, metric: log_loss}
"""


def write_data(folder, name, rows, first=0):
    """Write a file of trips; three rows in a hundred have a delay that no trip has."""
    lines = ["day,delay,distance,start"]
    for i in range(first, first + rows):
        delay = 5000 if i % 100 < 3 else i % 60 - 10
        lines.append(f"2001-{1 + i % 3:02}-{1 + i % 28:02} 10:00:00,{delay},{i * 0.5},C{i % 7}")
    path = pathlib.Path(folder, "data", name)
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(lines) + "\n", "utf-8")


def make_project(folder, run=True):
    """Write the project into the folder and run it."""
    folder = pathlib.Path(folder)
    folder.mkdir(exist_ok=True)
    (folder / "assay.yaml").write_text(PROJECT, "utf-8")
    write_data(folder, "trips-1.csv", 1000)
    if run:
        assay(folder, "run")
    return folder


def loop_rows(rows, first=0):
    """Rows as `write_loop_data` writes them; every tenth has no distance."""
    return [{"id": i, "day": f"2001-{1 + i % 3:02}-{1 + i % 28:02} 10:00:00", "delay": i % 60 - 10,
             "distance": None if i % 10 == 0 else i * 0.5, "start": f"C{i % 7}"}
            for i in range(first, first + rows)]


def write_loop_data(folder, name, rows, first=0):
    lines = [",".join("" if value is None else str(value) for value in row.values())
             for row in loop_rows(rows, first)]
    path = pathlib.Path(folder, "data", name)
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(["id,day,delay,distance,start", *lines]) + "\n", "utf-8")


def make_loop_project(folder, run=True):
    """Write the project of the loop, run it, and add a model as champion."""
    folder = pathlib.Path(folder)
    folder.mkdir(exist_ok=True)
    (folder / "assay.yaml").write_text(LOOP_PROJECT, "utf-8")
    write_loop_data(folder, "trips-1.csv", 1000)
    if run:
        assay(folder, "run")
        (folder / "late.json").write_text("{}", "utf-8")
        assay(folder, "model", "add", "late.json", "--from", "train@v1", "--role", "champion")
    return folder


def assay(folder, *arguments, status=0):
    """Run a verb and return what it prints on stdout; it must end with this status (None: any)."""
    done = subprocess.run([PROGRAM, *arguments], cwd=folder, text=True, capture_output=True,
                          timeout=TIMEOUT_SECONDS, check=False)
    if status is not None and done.returncode != status:
        raise AssertionError(f"assay {' '.join(arguments)}: exit {done.returncode}\n{done.stderr}")
    return done.stdout


def assay_json(folder, *arguments):
    return json.loads(assay(folder, *arguments, "--json"))


class Reply:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def json(self):
        return json.loads(self.body)

    def error(self):
        return self.json()["error"]


class Server:
    """`assay serve` on a free port; its log is read all the time, so that it never waits."""

    def __init__(self, folder, *arguments, stderr=subprocess.PIPE):
        self.folder = folder
        self.log = []
        self.process = subprocess.Popen([PROGRAM, "serve", "--port", "0", *arguments], cwd=folder,
                                        text=True, stdout=subprocess.PIPE, stderr=stderr)
        self.reader = threading.Thread(target=self.read_log, daemon=True)
        self.reader.start()
        ready, _, _ = select.select([self.process.stdout], [], [], TIMEOUT_SECONDS)
        line = self.process.stdout.readline() if ready else ""
        match = re.fullmatch(r"listening on (http://127\.0\.0\.1:(\d+))\n", line)
        if not match:
            self.process.kill()
            raise AssertionError(f"it does not listen: {line!r}\n{''.join(self.log)}")
        self.url, self.port = match[1], int(match[2])

    def read_log(self):
        for line in self.process.stderr or []:
            self.log.append(line)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(TIMEOUT_SECONDS)
        self.reader.join(TIMEOUT_SECONDS)
        self.process.stdout.close()
        if self.process.stderr:
            self.process.stderr.close()

    def stop(self, number=signal.SIGTERM):
        """Send a signal and return (exit status, seconds it took)."""
        start = time.monotonic()
        self.process.send_signal(number)
        return self.process.wait(TIMEOUT_SECONDS), time.monotonic() - start

    def ask(self, path, method="GET", body=None, headers=None, timeout=TIMEOUT_SECONDS):
        """One request on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(method, path, body=body, headers=headers or {})
            response = connection.getresponse()
            return Reply(response.status, response.headers, response.read().decode())
        finally:
            connection.close()

    def post(self, path, body, headers=None):
        """A body that is no text is sent as its JSON."""
        if not isinstance(body, (str, bytes)):
            body = json.dumps(body)
        return self.ask(path, "POST", body, headers or {"Content-Type": "application/json"})

    def post_too_much(self, path):
        """The answer to a body of a byte too many, of which only the head is sent."""
        head = [f"POST {path} HTTP/1.1", "Host: localhost", "Content-Type: application/json",
                f"Content-Length: {(8 << 20) + 1}", "Connection: close"]
        return self.raw(("\r\n".join(head) + "\r\n\r\n").encode()).decode()

    def json(self, path):
        reply = self.ask(path)
        if reply.status != 200:
            raise AssertionError(f"{path}: {reply.status} {reply.body}")
        return reply.json()

    def connect(self, timeout=TIMEOUT_SECONDS):
        return socket.create_connection(("127.0.0.1", self.port), timeout)

    def raw(self, *pieces, timeout=TIMEOUT_SECONDS, pause=0):
        """Send bytes as they are; return all that comes until the server closes."""
        with self.connect(timeout) as sock:
            try:
                for piece in pieces:
                    sock.sendall(piece)
                    time.sleep(pause)
            except (BrokenPipeError, ConnectionResetError):
                pass  # it has answered and closed
            return read_all(sock)


def read_all(sock):
    data = b""
    while True:
        try:
            piece = sock.recv(65536)
        except ConnectionResetError:
            return data
        if not piece:
            return data
        data += piece


class Stream:
    """An event stream: `next()` gives (id, type, JSON of the data)."""

    def __init__(self, server, path="/v1/events", last_event_id=None):
        self.sock = server.connect()
        lines = [f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{server.port}",
                 "Accept: text/event-stream"]
        if last_event_id is not None:
            lines.append(f"Last-Event-ID: {last_event_id}")
        self.sock.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        self.file = self.sock.makefile("r", encoding="utf-8", newline="\n")
        self.status = int(self.file.readline().split()[1])
        self.headers = {}
        while (line := self.file.readline().strip()):
            name, _, value = line.partition(": ")
            self.headers[name.lower()] = value

    def next(self):
        """The next event; None at the end of the stream."""
        fields = {}
        for line in self.file:
            line = line.rstrip("\n")
            if not line and "data" in fields:
                return int(fields["id"]), fields["event"], json.loads(fields["data"])
            name, _, value = line.partition(": ")
            fields[name] = value
        return None

    def close(self):
        self.file.close()
        self.sock.close()


def temporary_folder(test):
    folder = tempfile.TemporaryDirectory(prefix="assay-serve-")
    test.addCleanup(folder.cleanup)
    return pathlib.Path(folder.name)
