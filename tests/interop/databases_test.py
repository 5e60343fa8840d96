"""Sources of kind postgres, mysql and sqlite against real servers and Python's own drivers.

    ASSAY=PROGRAM databases_test.py

The servers are started here, on loopback (database_servers.py). A server, a driver or an extension that is
not there skips its tests, with a message.
"""

import datetime
import decimal
import io
import json
import os
import pathlib
import sqlite3
import subprocess
import sys
import tempfile
import threading
import unittest

import pyarrow.compute
import pyarrow.parquet

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import database_servers as servers

PROGRAM = pathlib.Path(os.environ["ASSAY"]).resolve()
UTC = datetime.timezone.utc


def has_driver(name):
    try:
        __import__(name)
        return True
    except ImportError:
        return False


def extension_is_missing(name):
    """Whether `assay doctor` misses it."""
    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder, "assay.yaml").write_text("format: 1\nproject: x\n")
        done = subprocess.run([PROGRAM, "doctor", "--json"], cwd=folder, capture_output=True, text=True)
        return any(found["what"] == f"extension {name}" and found["detail"].startswith("not there")
                   for found in json.loads(done.stdout))


class Project(unittest.TestCase):
    """A project with one source, `rows`, and what is stored of it."""

    kind = ""
    maxDiff = None

    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.declared = {}

    def declare(self, **params):
        self.declared = params
        lines = ["format: 1", "project: shop", "sources:", "  rows:", f"    kind: {self.kind}"]
        if self.kind != "sqlite":
            lines.append("    connection: ${SHOP_DATABASE}")
        lines += [f"    {name}: {json.dumps(value)}" for name, value in params.items()]
        lines += ["steps:", "  all: {sql: SELECT * FROM rows}"]
        (self.folder / "assay.yaml").write_text("\n".join(lines) + "\n")

    def url(self):
        return ""

    def environment(self):
        return {**os.environ, "NO_COLOR": "1", "SHOP_DATABASE": self.url()}

    def assay(self, *words, code=0):
        done = subprocess.run([PROGRAM, *words], cwd=self.folder, capture_output=True, text=True,
                              env=self.environment())
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done

    def refused(self, code=2):
        """The message of a run that fails."""
        return self.assay("run", code=code).stderr

    def state(self):
        with sqlite3.connect(self.folder / ".assay" / "catalog.sqlite") as catalog:
            return json.loads(catalog.execute("SELECT state FROM load_state").fetchone()[0])

    def objects(self):
        """The table of each object that was fetched."""
        tables = []
        for receipt in self.state()["objects"]:
            path = self.folder / ".assay" / "objects" / "sha256" / receipt["sha256"][:2]
            tables.append(pyarrow.parquet.read_table(path / receipt["sha256"][2:]))
        return tables

    def fetch(self, **params):
        """Declares the source, runs, and returns the table that was fetched."""
        self.declare(**params)
        self.assay("run")
        return self.objects()[-1]

    def assert_nowhere(self, *secrets):
        """No file of the project holds a secret."""
        for path in self.folder.rglob("*"):
            if path.is_file():
                content = path.read_bytes()
                for secret in secrets:
                    self.assertNotIn(secret.encode(), content, path)


class OnServer(Project):
    """What holds for each server; `server` is started once for a class."""

    server_class = None
    server = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = cls.server_class()
        cls.addClassCleanup(cls.server.stop)

    def url(self):
        return self.server.url()

    def ask(self, sql):
        return self.server.ask(sql)

    def make_orders(self, rows):
        self.ask("DROP TABLE IF EXISTS orders")
        self.ask("CREATE TABLE orders (id BIGINT PRIMARY KEY, name VARCHAR(20), amount DECIMAL(10, 2))")
        self.add_orders(1, rows)

    def add_orders(self, first, count):
        values = ", ".join(f"({i}, 'n{i}', {i}.25)" for i in range(first, first + count))
        self.ask(f"INSERT INTO orders VALUES {values}")

    # ---- what all servers do alike ----

    def check_table_and_query(self):
        self.make_orders(50)
        table = self.fetch(table="orders")
        self.assertEqual(table.num_rows, 50)
        self.assertEqual(table["amount"][0].as_py(), decimal.Decimal("1.25"))
        self.assertEqual(table["id"].to_pylist(), list(range(1, 51)))
        part = self.fetch(table="orders", columns=["name", "id"])
        self.assertEqual(part.column_names, ["name", "id"])
        asked = self.fetch(query="SELECT id * 2 AS twice FROM orders WHERE id <= 3;")
        self.assertEqual(asked.to_pydict(), {"twice": [2, 4, 6]})
        ordered = self.fetch(table="orders", order_by=["name"])
        self.assertEqual(ordered["name"].to_pylist(), sorted(f"n{i}" for i in range(1, 51)))

    def check_same_rows_same_object(self):
        self.make_orders(50)
        self.fetch(table="orders")
        first = self.state()
        self.ask("DELETE FROM orders WHERE id < 20")
        self.add_orders(1, 19)
        self.assay("run")
        self.assertEqual(self.state(), first)

    def check_increments(self):
        self.make_orders(10)
        self.declare(table="orders", cursor="id")
        self.assay("run")
        self.assertEqual(self.state()["cursor"], {"column": "id", "type": "int64", "value": "10"})
        self.assay("run")
        self.assertEqual([table.num_rows for table in self.objects()], [10])
        self.add_orders(11, 5)
        self.ask("UPDATE orders SET name = 'changed' WHERE id = 3")
        self.assay("run")
        self.assertEqual([table.num_rows for table in self.objects()], [10, 5])
        self.assertEqual(self.state()["cursor"]["value"], "15")
        self.assertEqual(self.state()["objects"][1]["location"], f"{self.kind} orders, id > 10")
        rows = json.loads(self.assay("sql", "SELECT id, name FROM rows ORDER BY id", "--json").stdout)
        self.assertEqual([row["id"] for row in rows], list(range(1, 16)))
        self.assertEqual(rows[2]["name"], "n3")
        # Another question begins anew.
        self.fetch(table="orders", cursor="name")
        self.assertEqual([table.num_rows for table in self.objects()], [15])

    def check_increments_by(self, column_type, values, later):
        """Cursors of other types: rows behind the highest, and none twice."""
        self.ask("DROP TABLE IF EXISTS moments")
        self.ask(f"CREATE TABLE moments (at {column_type}, n INT)")
        for n, value in enumerate(values):
            self.ask(f"INSERT INTO moments VALUES ({value}, {n})")
        self.declare(table="moments", cursor="at")
        self.assay("run", "--fetch-anew")
        self.assay("run")
        self.assertEqual([table.num_rows for table in self.objects()], [len(values)], column_type)
        self.ask(f"INSERT INTO moments VALUES ({later}, 100)")
        self.assay("run")
        self.assertEqual([table["n"].to_pylist() for table in self.objects()][1:], [[100]], column_type)
        self.assay("run")
        self.assertEqual(len(self.objects()), 2)

    def check_cursor_refusals(self):
        self.make_orders(5)
        self.declare(table="orders", cursor="other")
        self.assertIn("there is no column for the cursor: other", self.refused())
        self.ask("INSERT INTO orders VALUES (6, NULL, 1)")
        self.declare(table="orders", cursor="name")
        self.assertIn("cursor `name` is null", self.refused())
        self.ask("DROP TABLE IF EXISTS floats")
        self.ask("CREATE TABLE floats (f DOUBLE PRECISION)")
        self.declare(table="floats", cursor="f")
        self.assertIn("cursor `f` is of a type without an exact order: float64", self.refused())
        # One that becomes null later would never be asked for.
        self.ask("DELETE FROM orders WHERE id = 6")
        self.declare(table="orders", cursor="name")
        self.assay("run")
        self.ask("INSERT INTO orders VALUES (6, NULL, 1)")
        self.assertIn("cursor `name` is null", self.refused())

    def check_wrong_connections(self, wrong_password):
        self.make_orders(1)
        self.declare(table="orders")
        self.url = lambda: self.server.url("wr0ng%2Fpass")
        said = self.refused(code=3)
        self.assertIn(f"{self.kind} cannot be reached", said)
        self.assertIn(wrong_password, said)
        for secret in ("wr0ng", "%2Fpass"):
            self.assertNotIn(secret, said)
        self.url = lambda: f"{self.kind}://assay:h%40sh@127.0.0.1:1/none"
        said = self.refused(code=3)
        self.assertIn("cannot be reached", said)
        for text in ("h@sh:ing", "host=127.0.0.1 password=h@sh:ing who", "h@sh:ing://x", "h@sh:ing=x",
                     f"{self.kind}://assay:h@sh:ing@nowhere.invalid:1/none"):
            self.url = lambda text=text: text
            said = self.refused(code=3)
            self.assertNotIn("h@sh", said)
            self.assertNotIn("sh:ing", said)
        self.assert_nowhere("wr0ng", "h@sh", "h%40sh")

    def check_no_password_anywhere(self):
        self.make_orders(2000)
        self.declare(table="orders", cursor="id")
        arguments = []
        running = subprocess.Popen([PROGRAM, "run"], cwd=self.folder, stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT, text=True, env=self.environment())
        while running.poll() is None:
            try:
                arguments.append(pathlib.Path(f"/proc/{running.pid}/cmdline").read_bytes())
            except OSError:
                break
        printed = running.stdout.read()
        running.stdout.close()
        self.assertEqual(running.wait(), 0, printed)
        printed += self.assay("plan").stdout + self.assay("plan", "--explain", "rows").stdout
        printed += self.assay("runs", "show", "--json").stdout
        for secret in (servers.PASSWORD, servers.IN_URL):
            self.assertNotIn(secret, printed)
            self.assertFalse(any(secret.encode() in one for one in arguments))
        self.assert_nowhere(servers.PASSWORD, servers.IN_URL)

    def check_wrong_sql(self):
        self.declare(table="nowhere")
        self.assertIn(f"{self.kind} has no table, or does not show it: nowhere", self.refused())
        self.make_orders(3)
        self.declare(query="SELECT nothing FROM orders")
        self.assertRegex(self.refused(), f"{self.kind} says: .*nothing")
        self.declare(query="DELETE FROM orders")
        self.refused()
        self.declare(query="SELECT 1 AS a) AS q; DELETE FROM orders; SELECT * FROM (SELECT 1 AS a")
        self.refused()
        self.assertEqual(self.ask("SELECT count(*) FROM orders")[0][0], 3)
        self.declare(query="SELECT 1 AS a, 2 AS a")
        self.refused()

    def check_snapshot(self, rows):
        """Rows move between two halves of the table while it is read; their sum never changes."""
        self.ask("DROP TABLE IF EXISTS accounts")
        self.ask("CREATE TABLE accounts (id INT PRIMARY KEY, amount BIGINT, filler VARCHAR(200))")
        step = 5000
        for first in range(0, rows, step):
            values = ", ".join(f"({i}, 100, '{'x' * 150}')" for i in range(first, first + step))
            self.ask(f"INSERT INTO accounts VALUES {values}")
        stop = threading.Event()
        moved = []

        def move():
            while not stop.is_set():
                low, high = len(moved) % 100, rows - 1 - len(moved) % 100
                # One statement, so that each state has the same sum.
                self.ask("UPDATE accounts SET amount = CASE WHEN id = "
                         f"{low} THEN amount - 7 ELSE amount + 7 END WHERE id IN ({low}, {high})")
                moved.append(1)

        writer = threading.Thread(target=move)
        writer.start()
        try:
            for _ in range(3):
                before = len(moved)
                table = self.fetch(table="accounts")
                self.assertGreater(len(moved), before + 1)
                self.assertEqual(table.num_rows, rows)
                self.assertEqual(pyarrow.compute.sum(table["amount"]).as_py(), 100 * rows)
        finally:
            stop.set()
            writer.join()

    def check_dropped_server(self):
        """A server that dies ends the fetch with 3, and what was there before stays."""
        other = self.server_class()
        self.addCleanup(other.stop)
        self.server = other
        self.make_orders(20)
        before = self.fetch(table="orders", cursor="id")
        state = self.state()
        other.kill()
        said = self.refused(code=3)
        self.assertIn("cannot be reached", said)
        self.assertNotIn(servers.PASSWORD, said)
        self.assertEqual(self.state(), state)
        self.assertEqual(self.objects()[-1], before)
        rows = json.loads(self.assay("sql", "SELECT count(*) AS n FROM rows", "--json").stdout)
        self.assertEqual(rows, [{"n": 20}])

    def check_dies_while_it_answers(self, slow_query):
        other = self.server_class()
        self.addCleanup(other.stop)
        self.server = other
        self.declare(query=slow_query)
        killer = threading.Timer(2, other.kill)
        killer.start()
        said = self.refused(code=3)
        killer.join()
        self.assertNotIn(servers.PASSWORD, said)
        self.assertFalse((self.folder / ".assay" / "staging").exists()
                         and any((self.folder / ".assay" / "staging").iterdir()))


NUMBERS = {"i2": ("smallint", -32768), "i4": ("integer", 2147483647), "i8": ("bigint", -2**63),
           "f4": ("real", 1.25), "f8": ("double precision", 0.1),
           "n": ("numeric(10, 2)", decimal.Decimal("12345678.91")),
           "wide": ("numeric(38, 0)", decimal.Decimal("9" * 38)),
           "truth": ("boolean", True)}
POSTGRES_TEXTS = {"t": ("text", "h\u00e9 \U0001f600\n'\\"), "vc": ("varchar(5)", "ab  "),
                  "u": ("uuid", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
                  "j": ("json", '{"a": 1.10}'), "jb": ("jsonb", '{"a": 1.10}'), "m": ("mood", "ok"),
                  "bits": ("bit(3)", "101"), "ip": ("inet", "10.0.0.1/8"), "x": ("xml", "<a/>"),
                  "r": ("int4range", "[1,5)"), "cash": ("money", "$12.34"), "pt": ("pair", "(1,z)"),
                  "o": ("oid", "42")}
OTHERS = {"ba": ("bytea", b"\x00\xff'"), "d": ("date", datetime.date(2020, 2, 29)),
          "far": ("date", datetime.date(1, 1, 1)),
          "tm": ("time", datetime.time(23, 59, 59, 123456)),
          "ts": ("timestamp", datetime.datetime(2020, 1, 1, 12, 0, 0, 123456)),
          "tz": ("timestamptz", datetime.datetime(2020, 1, 1, 10, 0, 0, 123456, tzinfo=UTC)),
          "ai": ("int[]", [1, None, 3]), "at": ("text[]", ["a", 'b,"c', None]),
          "an": ("numeric(5, 2)[]", [decimal.Decimal("1.50")]), "pos": ("positive", 5)}


@unittest.skipUnless(has_driver("psycopg"), "there is no psycopg; ./dev test installs it")
@unittest.skipUnless(servers.postgres_programs(), "there is no PostgreSQL; ./dev test fetches it")
@unittest.skipIf(extension_is_missing("postgres_scanner"), "there is no postgres_scanner; see assay doctor")
class PostgresTest(OnServer):
    kind = "postgres"
    server_class = servers.Postgres

    def test_table_and_query(self):
        self.check_table_and_query()

    def test_same_rows_give_the_same_object(self):
        self.check_same_rows_same_object()

    def test_increments(self):
        self.check_increments()

    def test_increments_by_other_types(self):
        self.check_increments_by("timestamptz", ["'2020-01-01 10:00:00.000001+02'", "'1999-01-01 00:00+00'"],
                                 "'2020-01-01 08:00:00.000002+00'")
        self.check_increments_by("timestamp", ["'2020-01-01 10:00:00.5'"], "'2020-01-01 10:00:00.500001'")
        self.check_increments_by("date", ["'2020-01-01'", "'2019-01-01'"], "'2020-01-02'")
        self.check_increments_by("numeric(38, 3)", ["99999999999999999999999999999999999.998"],
                                 "99999999999999999999999999999999999.999")
        # In the order of bytes, whatever the collation: B before a, a before umlauts.
        self.check_increments_by('text COLLATE "en-x-icu"', ["'B'", "'a''\\'", "'Z'"], "'\u00e4'")
        self.check_increments_by("uuid", ["'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'"],
                                 "'b0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'")

    def test_cursors_that_cannot_be(self):
        self.check_cursor_refusals()

    def test_connections_that_fail(self):
        self.check_wrong_connections('password authentication failed for user "assay"')

    def test_no_password_anywhere(self):
        self.check_no_password_anywhere()

    def test_sql_that_is_wrong_or_writes(self):
        self.check_wrong_sql()

    def test_one_snapshot(self):
        self.check_snapshot(100_000)

    def test_server_that_is_gone(self):
        self.check_dropped_server()

    def test_server_that_dies_while_it_answers(self):
        self.check_dies_while_it_answers(
            "SELECT i, pg_sleep(0.001)::text AS s FROM generate_series(1, 100000) AS i")

    def make_types(self):
        self.ask("DROP SCHEMA IF EXISTS kinds CASCADE")
        self.ask("CREATE SCHEMA kinds; SET search_path = kinds, public; "
                 "CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE TYPE pair AS (x int, y text); "
                 "CREATE DOMAIN positive AS integer CHECK (value > 0)")
        columns = {**NUMBERS, **POSTGRES_TEXTS, **OTHERS}
        self.ask("CREATE TABLE kinds.t (id int, " +
                 ", ".join(f"{name} kinds.{kind}" if kind in ("mood", "pair", "positive")
                           else f"{name} {kind}" for name, (kind, _) in columns.items()) + ")")
        marks = ", ".join("%s::" + kind for kind, _ in columns.values())
        self.server.connection.execute(f"INSERT INTO kinds.t VALUES (1, {marks})",
                                       [value for _, value in columns.values()])
        self.ask("INSERT INTO kinds.t (id) VALUES (2)")
        self.ask("RESET search_path")
        return columns

    def test_types(self):
        columns = self.make_types()
        names = list(columns)
        as_driver = self.server.connection.execute(
            "SELECT " + ", ".join(f"{n}::text" if n in POSTGRES_TEXTS else n for n in names)
            + " FROM kinds.t ORDER BY id").fetchall()
        for params in ({"table": "kinds.t"}, {"query": "SELECT * FROM kinds.t"}):
            rows = self.fetch(**params, order_by=["id"]).select(names).to_pylist()
            for row, expected in zip(rows, as_driver, strict=True):
                for name, value in zip(names, expected, strict=True):
                    self.assertEqual(row[name], value, (name, params))
            self.assertEqual([rows[0][name] for name in names], [value for _, value in columns.values()])
        schema = self.objects()[-1].schema
        self.assertEqual(str(schema.field("tz").type), "timestamp[us, tz=UTC]")
        self.assertEqual(str(schema.field("n").type), "decimal128(10, 2)")
        self.assertEqual(str(schema.field("pos").type), "int32")
        self.assertEqual(str(schema.field("f4").type), "float")

    def test_scanned_and_asked_types_are_equal(self):
        self.ask("DROP TABLE IF EXISTS scanned")
        self.ask("CREATE TABLE scanned (a int, b numeric(12, 3), c timestamptz, d text, e int[], f bytea)")
        self.ask("INSERT INTO scanned SELECT i, i / 8.0, timestamptz '2020-01-01' + i * interval '1 s', "
                 "'t' || i, ARRAY[i, NULL], decode('00', 'hex') FROM generate_series(1, 1000) AS i")
        self.assertEqual(self.fetch(table="scanned"), self.fetch(query="SELECT * FROM scanned"))

    def test_two_dimensions(self):
        self.ask("DROP TABLE IF EXISTS grids")
        self.ask("CREATE TABLE grids (g int[][])")
        self.ask("INSERT INTO grids VALUES (ARRAY[[1, 2], [3, 4]])")
        self.declare(table="grids")
        self.assertIn("dimension", self.refused())
        self.assertEqual(self.fetch(query="SELECT g::text AS g FROM grids").to_pydict(),
                         {"g": ["{{1,2},{3,4}}"]})

    def test_what_no_version_holds(self):
        for kind, value, code_says in [
                ("numeric", "1.5", "numeric without digits"),
                ("numeric(50, 5)", "1.5", "numeric without digits"),
                ("numeric(5, -2)", "12300", "numeric without digits"),
                ("numeric[]", "ARRAY[1.5]", "numeric"),
                ("numeric(10, 2)", "'NaN'", "has NaN"),
                ("numeric(10, 2)[]", "ARRAY['NaN'::numeric]", "has NaN"),
                ("timestamp", "'infinity'", "a time that no version can hold"),
                ("timestamptz", "'-infinity'", "a time that no version can hold"),
                ("date", "'infinity'", "a time that no version can hold"),
                ("date[]", "ARRAY['infinity'::date]", "a time that no version can hold"),
                ("timestamp", "'294276-12-31'", "a time that no version can hold"),
                ("interval", "'1 day'", "INTERVAL"),
                ("timetz", "'12:00+02'", "TIME WITH TIME ZONE")]:
            with self.subTest(kind=kind, value=value):
                self.ask("DROP TABLE IF EXISTS odd")
                self.ask(f"CREATE TABLE odd (id int, x {kind})")
                self.ask(f"INSERT INTO odd VALUES (1, {value})")
                for params in ({"table": "odd"}, {"query": "SELECT * FROM odd"}):
                    self.declare(**params)
                    said = self.refused()
                    self.assertIn("column `x`", said)
                    self.assertIn(code_says, said)
                    self.assertIn("`query`", said)
                text = self.ask("SELECT x::text FROM odd")[0][0]
                self.assertEqual(self.fetch(query="SELECT x::text AS x FROM odd")["x"].to_pylist(), [text])

    def test_parallel_equals_serial(self):
        self.ask("DROP TABLE IF EXISTS wide")
        self.ask("CREATE TABLE wide AS SELECT i AS id, i % 7 AS k, repeat('x', 300) || i AS t "
                 "FROM generate_series(1, 60000) AS i; ANALYZE wide")
        pages = self.ask("SELECT relpages FROM pg_class WHERE relname = 'wide'")[0][0]
        self.assertGreater(pages, 2000)  # several pieces of 1,000 pages
        tables = []
        for threads in ("1", "4"):
            self.declare(table="wide")
            self.assay("run", "--fetch-anew", "--threads", threads)
            tables.append((self.state()["objects"][0]["sha256"], self.objects()[0]))
        self.assertEqual(tables[0], tables[1])
        expected = self.ask("SELECT id, k, t FROM wide ORDER BY id")
        self.assertEqual([tuple(row.values()) for row in tables[1][1].to_pylist()], expected)

    def test_parts_and_views(self):
        self.ask("DROP TABLE IF EXISTS parted CASCADE")
        self.ask("CREATE TABLE parted (id int, t text) PARTITION BY RANGE (id); "
                 "CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM (0) TO (5000); "
                 "CREATE TABLE parted_2 PARTITION OF parted FOR VALUES FROM (5000) TO (10000); "
                 "INSERT INTO parted SELECT i, repeat('y', 900) FROM generate_series(0, 9999) AS i; "
                 "ANALYZE parted; CREATE VIEW seen AS SELECT id * 2 AS twice FROM parted")
        self.assertEqual(self.fetch(table="parted")["id"].to_pylist(), list(range(10000)))
        self.assertEqual(self.fetch(table="seen")["twice"].to_pylist(), list(range(0, 20000, 2)))

    def test_names_that_need_quotes(self):
        self.ask('DROP TABLE IF EXISTS "Odd ""table"')
        self.ask('CREATE TABLE "Odd ""table" ("a ""b" int, "select" text)')
        self.ask("""INSERT INTO "Odd ""table" VALUES (1, 'x')""")
        self.assertEqual(self.fetch(table='Odd "table').to_pydict(), {'a "b': [1], "select": ["x"]})
        self.declare(table='Odd "table', cursor='a "b')
        self.assay("run")
        self.ask("""INSERT INTO "Odd ""table" VALUES (2, 'y')""")
        self.assay("run")
        self.assertEqual(self.objects()[1].to_pydict(), {'a "b': [2], "select": ["y"]})


MYSQL_TYPES = {
    "i1": ("tinyint", -128), "u1": ("tinyint unsigned", 255), "b1": ("tinyint(1)", 2),
    "u3": ("mediumint unsigned", 16777215), "u4": ("int unsigned", 4294967295),
    "i8": ("bigint", -2**63), "u8": ("bigint unsigned", 2**64 - 1), "d": ("double", 0.1),
    "f": ("float", 1.5), "n": ("decimal(10, 2)", decimal.Decimal("12345678.91")),
    "wide": ("decimal(38, 0)", decimal.Decimal("9" * 38)), "y": ("year", 2024),
    "da": ("date", datetime.date(2020, 2, 29)),
    "dt": ("datetime(6)", datetime.datetime(2020, 1, 1, 12, 0, 0, 123456)),
    "vc": ("varchar(20)", "h\u00e9 \U0001f600\n'\\"), "lat": ("varchar(10) character set latin1", "\u00e9"),
    "tx": ("longtext", "t" * 70000), "bn": ("varchar(9) collate utf8mb4_bin", "bin"),
    "bi": ("binary(4)", b"\x00\xff\x00\x00"), "bl": ("blob", b"\x00\xff'"), "bits": ("bit(10)", b"\x02\x01"),
    "e": ("enum('a','b')", "b"), "s": ("set('x','y','z')", "x,z"), "j": ("json", '{"a": 1.10}')}


@unittest.skipUnless(has_driver("pymysql"), "there is no PyMySQL; ./dev test installs it")
@unittest.skipUnless(servers.mariadb_program(), "there is no MariaDB; ./dev test installs it")
@unittest.skipIf(extension_is_missing("mysql_scanner"), "there is no mysql_scanner; see assay doctor")
class MysqlTest(OnServer):
    kind = "mysql"
    server_class = servers.Mariadb

    def test_table_and_query(self):
        self.check_table_and_query()

    def test_same_rows_give_the_same_object(self):
        self.check_same_rows_same_object()

    def test_increments(self):
        self.check_increments()

    def test_increments_by_other_types(self):
        self.check_increments_by("timestamp(6) null", ["'2020-01-01 10:00:00.000001'"],
                                 "'2020-01-01 10:00:00.000002'")
        self.check_increments_by("datetime", ["'2020-01-01 10:00:00'", "'1999-01-01'"], "'2020-01-01 10:00:01'")
        self.check_increments_by("date", ["'2020-01-01'"], "'2020-01-02'")
        self.check_increments_by("decimal(38, 3)", ["99999999999999999999999999999999999.998"],
                                 "99999999999999999999999999999999999.999")
        self.check_increments_by("bigint unsigned", ["18446744073709551614"], "18446744073709551615")
        # In the order of bytes, whatever the collation.
        self.check_increments_by("varchar(9)", ["'B'", "'a''\\\\'", "'Z'"], "'\u00e4'")

    def test_cursors_that_cannot_be(self):
        self.check_cursor_refusals()

    def test_connections_that_fail(self):
        self.check_wrong_connections("access denied for user 'assay'")

    def test_no_password_anywhere(self):
        self.check_no_password_anywhere()

    def test_sql_that_is_wrong_or_writes(self):
        self.check_wrong_sql()

    def test_one_snapshot(self):
        self.check_snapshot(20_000)

    def test_server_that_is_gone(self):
        self.check_dropped_server()

    def test_server_that_dies_while_it_answers(self):
        self.check_dies_while_it_answers("SELECT seq, SLEEP(0.001) AS s FROM shop.seq_1_to_100000")

    def test_types(self):
        self.ask("DROP TABLE IF EXISTS kinds")
        columns = ", ".join(f"{name} {kind}" for name, (kind, _) in MYSQL_TYPES.items())
        self.ask(f"CREATE TABLE kinds (id int primary key, {columns}, tm time(6), ts timestamp(6) null, "
                 "u uuid)")
        with self.server.connection.cursor() as cursor:
            cursor.execute("SET time_zone = '+02:00'")
            cursor.execute(f"INSERT INTO kinds VALUES (1, {', '.join(['%s'] * len(MYSQL_TYPES))}, "
                           "'-838:59:59.123456', '2020-01-01 12:00:00.5', "
                           "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11')",
                           [value for _, value in MYSQL_TYPES.values()])
            cursor.execute("SET time_zone = 'SYSTEM'")
        self.ask("INSERT INTO kinds (id) VALUES (2)")
        names = list(MYSQL_TYPES)
        as_driver = self.ask(f"SELECT {', '.join(names)} FROM kinds ORDER BY id")
        rows = self.fetch(table="kinds", order_by=["id"]).to_pylist()
        for row, expected in zip(rows, as_driver, strict=True):
            self.assertEqual([row[name] for name in names], list(expected))
        self.assertEqual([rows[0][name] for name in names], [value for _, value in MYSQL_TYPES.values()])
        self.assertEqual(rows[0]["tm"], "-838:59:59.123456")
        self.assertEqual(rows[0]["ts"], datetime.datetime(2020, 1, 1, 10, 0, 0, 500000))
        self.assertEqual(rows[0]["u"], "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11")
        # A query has the same but for texts of a binary collation, as its page says.
        asked = self.fetch(query="SELECT * FROM kinds", order_by=["id"]).to_pylist()
        for name in rows[0]:
            value = rows[0][name]
            expected = value.encode() if name in ("bn", "j", "u") else value
            self.assertEqual(asked[0][name], expected, name)
            self.assertIsNone(asked[1][name] if name != "id" else None)

    def test_floats_are_whole(self):
        self.ask("DROP TABLE IF EXISTS floats")
        self.ask("CREATE TABLE floats (id int, f float, d double)")
        self.ask("INSERT INTO floats VALUES (1, 1.2345678, 1.2345678901234567), (2, 16777217, 1e300)")
        rows = self.fetch(table="floats").to_pylist()
        self.assertEqual([row["d"] for row in rows], [1.2345678901234567, 1e300])
        doubled = self.ask("SELECT CAST(f AS DOUBLE) FROM floats ORDER BY id")
        self.assertEqual([row["f"] for row in rows], [each[0] for each in doubled])

    def test_what_no_version_holds(self):
        for kind, value, says in [("decimal(65, 5)", "1.5", "decimal of more than 38 digits"),
                                  ("date", "'0000-00-00'", "a date without a month or a day"),
                                  ("date", "'2020-00-15'", "a date without a month or a day"),
                                  ("datetime", "'0000-00-00 00:00:00'", "a date without a month or a day"),
                                  ("timestamp null", "'0000-00-00 00:00:00'",
                                   "a date without a month or a day")]:
            with self.subTest(kind=kind, value=value):
                self.ask("DROP TABLE IF EXISTS odd")
                self.ask(f"CREATE TABLE odd (id int, x {kind})")
                self.ask("SET sql_mode = ''")
                self.ask(f"INSERT INTO odd VALUES (1, {value}), (2, NULL)")
                for params in ({"table": "odd"}, {"query": "SELECT * FROM odd"}):
                    self.declare(**params)
                    said = self.refused()
                    self.assertIn("column `x`", said)
                    self.assertIn(says, said)
                    self.assertIn("`query`", said)
                text = self.ask("SELECT CAST(x AS CHAR) FROM odd WHERE id = 1")[0][0]
                asked = self.fetch(query="SELECT id, CAST(x AS CHAR) AS x FROM odd")
                self.assertEqual(asked["x"].to_pylist(), [text, None])

    def test_sums_need_a_cast(self):
        self.make_orders(3)
        self.declare(query="SELECT sum(id) AS s FROM orders")
        self.assertIn("CAST(s AS DECIMAL(38, 10))", self.refused())
        asked = self.fetch(query="SELECT CAST(sum(id) AS SIGNED) AS s FROM orders")
        self.assertEqual(asked.to_pydict(), {"s": [6]})

    def test_names_that_need_quotes(self):
        self.ask("DROP TABLE IF EXISTS `Odd ``\"table`")
        self.ask("CREATE TABLE `Odd ``\"table` (`a ``\"b` int, `select` text)")
        self.ask("INSERT INTO `Odd ``\"table` VALUES (1, 'x')")
        self.assertEqual(self.fetch(table='Odd `"table').to_pydict(), {'a `"b': [1], "select": ["x"]})


class SqliteTest(Project):
    kind = "sqlite"

    def setUp(self):
        super().setUp()
        self.database = sqlite3.connect(self.folder / "shop.db", isolation_level=None)
        self.addCleanup(self.database.close)

    def fetch(self, **params):
        return super().fetch(database="shop.db", **params)

    def test_all_that_pythons_sqlite_reads(self):
        self.database.execute("CREATE TABLE t (i INTEGER PRIMARY KEY, r REAL, x TEXT, b BLOB, flag BOOLEAN, "
                              "d DATE, at TIMESTAMP, n NUMERIC(10, 2), w VARCHAR(3))")
        rows = [(1, 0.1, "h\u00e9 \U0001f600\n'", b"\x00\xff", 1, "2020-02-29", "2020-01-01 12:00:00.123456",
                 5, "long text"),
                (2, 1e300, "", b"", 0, "0001-01-01", "1999-12-31 23:59", 2.5, "5"),
                (2**63 - 1, 5e-324, None, None, None, None, None, None, None),
                (-2**63, float("inf"), None, None, None, None, None, None, None)]
        self.database.executemany("INSERT INTO t VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
        table = self.fetch(table="t")
        found = sorted(tuple(row.values()) for row in table.to_pylist())
        at = datetime.datetime
        expected = sorted([
            (*rows[0][:4], True, datetime.date(2020, 2, 29), at(2020, 1, 1, 12, 0, 0, 123456), 5.0, "long text"),
            (*rows[1][:4], False, datetime.date(1, 1, 1), at(1999, 12, 31, 23, 59), 2.5, "5"),
            rows[2], rows[3]])
        self.assertEqual(found, expected)
        self.assertEqual([str(field.type) for field in table.schema],
                         ["int64", "double", "string", "binary", "bool", "date32[day]", "timestamp[us]",
                          "double", "string"])

    def test_snapshot_while_it_is_written(self):
        self.database.execute("PRAGMA journal_mode = WAL")
        self.database.execute("CREATE TABLE accounts (id INTEGER PRIMARY KEY, amount INTEGER)")
        self.database.executemany("INSERT INTO accounts VALUES (?, 100)", [(i,) for i in range(50_000)])
        moved = []

        def move(stop):
            own = sqlite3.connect(self.folder / "shop.db", isolation_level=None)
            while not stop.is_set():
                own.execute("UPDATE accounts SET amount = CASE WHEN id = 1 THEN amount - 7 ELSE amount + 7 "
                            "END WHERE id IN (1, 49999)")
                moved.append(1)
            own.close()

        stop = threading.Event()
        writer = threading.Thread(target=move, args=(stop,))
        writer.start()
        try:
            for _ in range(3):
                before = len(moved)
                table = self.fetch(table="accounts")
                self.assertGreater(len(moved), before)
                self.assertEqual(pyarrow.compute.sum(table["amount"]).as_py(), 100 * 50_000)
        finally:
            stop.set()
            writer.join()


if __name__ == "__main__":
    unittest.main()
