"""PostgreSQL and MariaDB for tests: servers of their own on loopback, on free ports, in a folder that goes
with them. As root they run as nobody, since neither runs as root."""

import os
import pathlib
import pwd
import shutil
import socket
import subprocess
import tempfile
import time

USER, PASSWORD = "assay", "p@ss/w:rd%1"
IN_URL = "p%40ss%2Fw%3Ard%251"
SECONDS = 60


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def as_nobody():
    """What Popen needs so that a process does not run as root."""
    if os.getuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def find(variable, *places):
    """The first folder or file that is there: what the variable names, or a pattern below /."""
    if os.environ.get(variable):
        return pathlib.Path(os.environ[variable])
    root = pathlib.Path(__file__).resolve().parents[2]
    for place in places:
        start = pathlib.Path("/") if place.startswith("/") else root
        found = sorted(start.glob(place.lstrip("/")))
        if found:
            return found[-1]
    return None


class Server:
    """One that runs in a folder of its own until it is stopped."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="assay_database_"))
        self.folder.chmod(0o700)
        if os.getuid() == 0:
            nobody = pwd.getpwnam("nobody")
            os.chown(self.folder, nobody.pw_uid, nobody.pw_gid)
        self.port = free_port()
        self.process = None

    def run(self, *words, **more):
        return subprocess.run([*map(str, words)], cwd=self.folder, check=True, capture_output=True,
                              **as_nobody(), **more)

    def start(self, *words, **more):
        self.log = open(self.folder / "log", "ab")
        self.process = subprocess.Popen([*map(str, words)], cwd=self.folder, stdout=self.log,
                                        stderr=self.log, stdin=subprocess.DEVNULL, **as_nobody(), **more)

    def await_connection(self, connect):
        until = time.monotonic() + SECONDS
        while True:
            try:
                return connect()
            except Exception:
                if self.process.poll() is not None or time.monotonic() > until:
                    raise RuntimeError((self.folder / "log").read_text(errors="replace")[-2000:])
                time.sleep(0.1)

    def reach(self):
        socket.create_connection(("127.0.0.1", self.port), 1).close()

    def kill(self):
        if getattr(self, "connection", None):
            self.connection.close()
            self.connection = None
        if self.process and self.process.poll() is None:
            self.process.kill()
        if self.process:
            self.process.wait()
            self.log.close()

    def stop(self):
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


def postgres_programs():
    return find("ASSAY_POSTGRES", ".cache/postgresql/lib/postgresql/*/bin", "/usr/lib/postgresql/*/bin")


class Postgres(Server):
    name = "postgres"

    def __init__(self, made=(), driver=True):
        """`made`: statements that are run before it starts; `driver`: whether to connect by psycopg."""
        super().__init__()
        programs = postgres_programs()
        (self.folder / "password").write_text(PASSWORD)
        (self.folder / "password").chmod(0o644)
        self.run(programs / "initdb", "-D", "data", "-U", USER, "--pwfile=password", "--auth=scram-sha-256",
                 "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", env={**os.environ, "TZ": "UTC"})
        if made:
            self.run(programs / "postgres", "--single", "-D", "data", "postgres",
                     input="".join(f"{sql}\n" for sql in made).encode())
        self.start(programs / "postgres", "-D", "data", "-c", "listen_addresses=127.0.0.1",
                   "-c", f"port={self.port}", "-c", "unix_socket_directories=", "-c", "fsync=off",
                   "-c", "max_connections=40", "-c", "log_statement=all")
        self.connection = self.await_connection(self.connect if driver else self.reach)

    def connect(self):
        import psycopg
        return psycopg.connect(host="127.0.0.1", port=self.port, user=USER, password=PASSWORD,
                               dbname="postgres", autocommit=True)

    def url(self, password=IN_URL):
        return f"postgres://{USER}:{password}@127.0.0.1:{self.port}/postgres"

    def ask(self, sql):
        cursor = self.connection.execute(sql)
        return cursor.fetchall() if cursor.description else None


def mariadb_program():
    return find("ASSAY_MARIADBD", "/usr/sbin/mariadbd")


class Mariadb(Server):
    name = "mysql"

    def __init__(self, made=(), driver=True):
        super().__init__()
        program = mariadb_program()
        share = find("ASSAY_MARIADB_SHARE", "/usr/share/mysql")
        common = ["--no-defaults", f"--datadir={self.folder}/data", f"--lc-messages-dir={share}",
                  "--innodb-buffer-pool-size=64M", "--innodb-flush-log-at-trx-commit=0"]
        tables = b"CREATE DATABASE IF NOT EXISTS mysql;\nUSE mysql;\n" + b"\n".join(
            (share / f"mysql_{name}.sql").read_bytes()
            for name in ("system_tables", "performance_tables", "system_tables_data"))
        self.run("mkdir", "data")
        self.run(program, *common, "--bootstrap", input=tables)
        (self.folder / "users").write_text(
            f"CREATE USER '{USER}'@'%' IDENTIFIED BY '{PASSWORD}';\nGRANT ALL ON *.* TO '{USER}'@'%';\n"
            "CREATE DATABASE shop CHARACTER SET utf8mb4;\nUSE shop;\n" + "".join(f"{sql};\n" for sql in made))
        (self.folder / "users").chmod(0o644)
        self.start(program, *common, f"--port={self.port}", "--bind-address=127.0.0.1",
                   f"--socket={self.folder}/socket", f"--init-file={self.folder}/users")
        self.connection = self.await_connection(self.connect if driver else self.reach)

    def connect(self):
        import pymysql
        return pymysql.connect(host="127.0.0.1", port=self.port, user=USER, password=PASSWORD,
                               database="shop", autocommit=True, charset="utf8mb4")

    def url(self, password=IN_URL):
        return f"mysql://{USER}:{password}@127.0.0.1:{self.port}/shop"

    def ask(self, sql):
        with self.connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall()
