"""Files of sources that lie in a store which speaks S3 and on web servers."""

import base64
import gzip
import io
import json
import os
import pathlib
import subprocess
import tempfile
import unittest
import unittest.mock

import pyarrow
import pyarrow.parquet

try:
    import remote_servers
    from remote_servers import KEY_ID, REGION, SECRET, TOKEN
except ImportError as error:  # an environment that was made before moto was in it
    raise unittest.SkipTest(f"a Python package is not there: {error}") from error

PROGRAM = pathlib.Path(os.environ["ASSAY"]).resolve()
PASSWORD = "password-of-ana"


def plain_environment(**more):
    kept = {name: value for name, value in os.environ.items()
            if not name.startswith("AWS_") and not name.lower().endswith("_proxy")}
    return {**kept, "NO_COLOR": "1", **more}


class Project(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.environment = plain_environment()
        self.said = ""  # all that the program printed

    def write(self, sources):
        text = json.dumps({"format": 1, "project": "far", "sources": sources}, ensure_ascii=False)
        (self.folder / "assay.yaml").write_text(text, encoding="utf-8")

    def assay(self, *arguments, status=0, **environment):
        done = subprocess.run([PROGRAM, "--project", self.folder, *arguments], capture_output=True, check=False,
                              encoding="utf-8", env={**self.environment, **environment}, timeout=120)
        self.said += done.stdout + done.stderr
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done.stdout if status == 0 else done.stderr

    def rows(self, query):
        found = json.loads(self.assay("sql", query, "--json", "--limit", "100000"))
        return [list(row.values()) for row in (found["rows"] if isinstance(found, dict) else found)]

    def check_no_secret(self, *secrets):
        kept = [path for path in self.folder.rglob("*") if path.is_file() and path.name != "assay.yaml"]
        self.assertGreater(len(kept), 0)
        for secret in secrets:
            self.assertNotIn(secret, self.said)
            for path in kept:
                self.assertNotIn(secret.encode(), path.read_bytes(), path)


class Store(Project):
    def setUp(self):
        super().setUp()
        self.store = remote_servers.Store()
        self.addCleanup(self.store.close)
        self.environment.update(RIDES_SECRET=SECRET, RIDES_TOKEN=TOKEN)
        self.keys = {"endpoint": self.store.url, "region": REGION, "key_id": KEY_ID,
                     "secret_key": "${RIDES_SECRET}"}

    def fetched(self):
        return [target for _, target, _ in self.store.asked if "list-type" not in target]

    def test_objects_of_a_pattern_are_read_and_only_changed_ones_again(self):
        self.store.make("rides")
        for day in (1, 2, 3):
            self.store.put("rides", f"2026/day-{day}.csv", f"ride,km\n{day},{day}.5\n".encode())
        self.store.put("rides", "2026/notes.txt", b"no")
        self.store.put("rides", "2026/old/day-9.csv", b"ride,km\n9,9\n")
        self.write({"rides": {"files": "s3://rides/2026/day-*.csv", "remote": self.keys}})
        refused = self.assay("plan", status=2)
        self.assertIn("nothing was fetched yet", refused)
        self.assay("run")
        self.assertEqual(self.rows("SELECT km, ride FROM rides ORDER BY ride"),
                         [[1.5, 1], [2.5, 2], [3.5, 3]])
        self.assertTrue(all(signed for _, _, signed in self.store.asked))

        self.store.asked.clear()
        self.assay("run")
        self.assertEqual(self.fetched(), [])
        self.assertEqual(len(self.store.asked), 1)

        self.store.put("rides", "2026/day-2.csv", b"ride,km\n2,20\n")
        self.store.put("rides", "2026/day-4.csv", b"ride,km\n4,4\n")
        self.assay("run")
        self.assertEqual(self.fetched(), ["/rides/2026/day-2.csv", "/rides/2026/day-4.csv"])
        self.assertEqual(self.rows("SELECT km FROM rides ORDER BY ride"), [[1.5], [20.0], [3.5], [4.0]])
        self.check_no_secret(SECRET)

    def test_a_listing_has_many_parts(self):
        self.store.make("public-many")
        for number in range(90):
            self.store.put("public-many", f"part-{number:02}.csv", f"a\n{number}\n".encode())
        self.write({"parts": {"files": "s3://public-many/*.csv", "remote": {"endpoint": self.store.url}}})
        with unittest.mock.patch.dict(os.environ, MOTO_S3_DEFAULT_MAX_KEYS="40"):
            self.assay("run")
        self.assertEqual(self.rows("SELECT count(*), sum(a) FROM parts"), [[90, sum(range(90))]])
        listed = [target for _, target, _ in self.store.asked if "list-type" in target]
        self.assertEqual(["continuation-token" in target for target in listed], [False, True, True])
        self.assertEqual(len(self.fetched()), 90)

    def test_odd_keys(self):
        names = ["a b", "plus+", "äö€", "100%", "a&b=c", "quote'\"", "back\\slash", "hash#mark", "semi;colon", "star*"]
        self.store.make("rides")
        for number, name in enumerate(names):
            self.store.put("rides", f"odd dir/{name}.csv", f"a\n{number}\n".encode())
        self.write({"odd": {"files": "s3://rides/odd dir/*.csv", "remote": self.keys, "file_column": "file"},
                    "one": {"files": "s3://rides/odd dir/star\\*.csv", "remote": self.keys}})
        self.assay("run")
        self.assertEqual(self.rows("SELECT a, file FROM odd ORDER BY a"),
                         [[number, f"s3://rides/odd dir/{name}.csv"] for number, name in enumerate(names)])
        self.assertEqual(self.rows("SELECT a FROM one"), [[len(names) - 1]])

    def test_parquet_and_packed_files_stay_as_they_are(self):
        table = io.BytesIO()
        pyarrow.parquet.write_table(pyarrow.table({"a": [1, 2]}), table)
        self.store.make("rides")
        self.store.put("rides", "t.parquet", table.getvalue())
        self.store.put("rides", "t.csv.gz", gzip.compress(b"a\n3\n"))
        self.store.put("rides", "way.csv", gzip.compress(b"a\n4\n"), ContentEncoding="gzip")
        self.write({"t": {"files": "s3://rides/t.parquet", "remote": self.keys},
                    "packed": {"files": "s3://rides/{t,u}.csv.gz", "remote": self.keys},
                    "way": {"files": "s3://rides/way.csv", "remote": self.keys}})
        self.assay("run")
        self.assertEqual(self.rows("SELECT a FROM t UNION ALL SELECT a FROM packed UNION ALL SELECT a FROM way "
                                   "ORDER BY a"), [[1], [2], [3], [4]])

    def test_keys_of_the_environment_and_lent_ones(self):
        self.store.make("rides")
        self.store.put("rides", "a.csv", b"a\n1\n")
        self.write({"a": {"files": "s3://rides/a.csv"}})
        self.store.is_lent = True
        environment = {"AWS_ACCESS_KEY_ID": KEY_ID, "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_REGION": REGION,
                       "AWS_ENDPOINT_URL": self.store.url}
        self.assertIn("InvalidToken", self.assay("run", status=3, **environment))
        self.assay("run", AWS_SESSION_TOKEN=TOKEN, **environment)
        self.write({"a": {"files": "s3://rides/a.csv", "remote": {**self.keys, "session_token": "${RIDES_TOKEN}"}}})
        self.assay("run")
        self.check_no_secret(SECRET, TOKEN)

    def test_nothing_is_signed_where_nothing_shall_be(self):
        self.store.make("public")
        self.store.put("public", "a.csv", b"a\n1\n")
        self.write({"a": {"files": "s3://public/*.csv", "remote": {"endpoint": self.store.url, "anonymous": True}}})
        self.assay("run", AWS_ACCESS_KEY_ID="other", AWS_SECRET_ACCESS_KEY="other")
        self.assertEqual([signed for _, _, signed in self.store.asked], [False, False])

    def test_the_bucket_may_stand_before_the_host(self):
        self.store.make("rides")
        self.store.put("rides", "x/a.csv", b"a\n1\n")
        remote = {**self.keys, "endpoint": f"http://localhost:{self.store.port}", "path_style": False}
        self.write({"a": {"files": "s3://rides/x/*.csv", "remote": remote}})
        self.assay("run")
        self.assertEqual(self.fetched(), ["/x/a.csv"])

    def test_what_the_store_refuses_is_told(self):
        self.store.make("rides")
        self.store.put("rides", "a.csv", b"a\n1\n")
        wrong = {"anonymous": ("AccessDenied", "what they may read", {"endpoint": self.store.url}),
                 "key": ("InvalidAccessKeyId", "key_id", {**self.keys, "key_id": "OTHER"}),
                 "secret": ("SignatureDoesNotMatch", "secret_key", {**self.keys, "secret_key": "${RIDES_TOKEN}"}),
                 "region": ("AuthorizationHeaderMalformed", f"remote: {{region: {REGION}}}",
                            {**self.keys, "region": "us-east-1"})}
        for name, (code, hint, remote) in wrong.items():
            for files in ("s3://rides/a.csv", "s3://rides/*.csv"):
                with self.subTest(name, files=files):
                    self.write({"a": {"files": files, "remote": remote}})
                    said = self.assay("run", status=3)
                    self.assertIn(f"{files}: the store refuses: {code}", said)
                    self.assertIn(hint, said)
        for files, told in {"s3://rides/b.csv": "NoSuchKey", "s3://public-none/b.csv": "NoSuchBucket",
                            "s3://public-none/*.csv": "NoSuchBucket",
                            "s3://rides/*.parquet": "no object matches: s3://rides/*.parquet"}.items():
            with self.subTest(files):
                self.write({"a": {"files": files, "kind": "csv", "remote": self.keys}})
                self.assertIn(told, self.assay("run", status=3))
        self.check_no_secret(SECRET, TOKEN)

    def test_a_project_begins_with_a_pattern(self):
        self.store.make("rides")
        for day in (1, 2):
            self.store.put("rides", f"days/ride-{day}.csv", f"ride,km\n{day},{day}.5\n".encode())
        self.store.put("rides", "days/stations.csv", b"station;city\nHarbour;Ems\nMarket;Ems\n")
        self.store.put("rides", "days/_SUCCESS", b"")
        self.environment.update(AWS_ACCESS_KEY_ID=KEY_ID, AWS_SECRET_ACCESS_KEY=SECRET, AWS_REGION=REGION,
                                AWS_ENDPOINT_URL=self.store.url)
        new = self.folder / "new"
        said = self.assay("init", str(new), "--from", "s3://rides/days/ride-*.csv")
        self.assertIn("ride: 2 rows, 2 columns, 2 files", said)
        self.assertIn('files: "s3://rides/days/ride-*.csv"', (new / "assay.yaml").read_text())
        self.folder = new
        self.assay("run")
        self.assertEqual(self.rows("SELECT count(*) FROM ride"), [[2]])

        both = self.folder / "both"
        said = self.assay("init", str(both), "--from", "s3://rides/days/*")
        text = (both / "assay.yaml").read_text()
        self.assertIn('- "s3://rides/days/ride-1.csv"', text)
        self.assertIn('files: "s3://rides/days/stations.csv"', text)
        self.folder = both
        self.assay("run")
        self.assertEqual(self.rows("SELECT count(*) FROM stations"), [[2]])
        self.check_no_secret(SECRET)


class WebServer(Project):
    def setUp(self):
        super().setUp()
        self.web = remote_servers.Web()
        self.addCleanup(self.web.close)

    def test_a_file_is_fetched_once(self):
        self.web.file("/day.csv", b"a\n1\n", etag='"1"')
        self.write({"day": {"files": self.web.url + "/day.csv?key=hush-hush"}})
        self.assay("run")
        self.assay("run")
        self.assertEqual([headers.get("If-None-Match") for _, headers in self.web.asked], [None, '"1"'])
        self.assertTrue(all(path == "/day.csv?key=hush-hush" for path, _ in self.web.asked))
        self.web.file("/day.csv", b"a\n2\n", etag='"2"')
        self.assay("run")
        self.assertEqual(self.rows("SELECT a FROM day"), [[2]])
        self.check_no_secret("hush-hush")

    def test_keys_do_not_go_to_another_host(self):
        other = remote_servers.Web()
        self.addCleanup(other.close)
        other.file("/day.csv", b"a\n1\n")
        basic = "Basic " + base64.b64encode(f"ana:{PASSWORD}".encode()).decode()
        self.environment.update(ANA=PASSWORD, BEARER="bearer-of-ana")
        self.web.pages["/day.csv"] = lambda _: (302, {"Location": other.url + "/day.csv"}, b"")
        for remote, sent in (({"basic_user": "ana", "basic_password": "${ANA}"}, basic),
                             ({"bearer": "${BEARER}"}, "Bearer bearer-of-ana")):
            with self.subTest(sent):
                self.web.asked.clear()
                other.asked.clear()
                remote["headers"] = {"X-Api-Key": "${ANA}"}
                self.write({"day": {"files": self.web.url + "/day.csv", "remote": remote}})
                self.assay("run", "--fetch-anew")
                self.assertEqual(self.web.asked[0][1]["Authorization"], sent)
                self.assertEqual(self.web.asked[0][1]["X-Api-Key"], PASSWORD)
                self.assertNotIn("Authorization", other.asked[0][1])
                self.assertNotIn("X-Api-Key", other.asked[0][1])
        self.check_no_secret(PASSWORD, "bearer-of-ana", basic[6:])

    def test_a_file_that_is_cut_off_is_fetched_again_or_is_an_error(self):
        whole = b"a\n" + b"1\n" * 50_000
        breaks = [1, 1]
        def page(_):
            if breaks and breaks.pop():
                return 200, {"length": len(whole)}, whole[:70_000]
            return 200, {}, whole
        self.web.pages["/day.csv"] = page
        self.write({"day": {"files": self.web.url + "/day.csv"}})
        self.assay("run")
        self.assertEqual(self.rows("SELECT count(*) FROM day"), [[50_000]])
        objects = sorted(path.name for path in (self.folder / ".assay/objects").rglob("*") if path.is_file())

        self.web.pages["/day.csv"] = lambda _: (200, {"length": len(whole)}, whole[:70_000])
        said = self.assay("run", "--fetch-anew", status=3)
        self.assertIn("ended in the middle of the answer; tried 5 times", said)
        self.assertEqual(sorted(path.name for path in (self.folder / ".assay/objects").rglob("*")
                                if path.is_file()), objects)
        self.assertEqual(list((self.folder / ".assay/staging").iterdir()), [])
        self.assertEqual(self.rows("SELECT count(*) FROM day"), [[50_000]])

    def test_what_is_not_there_is_told(self):
        self.write({"day": {"files": self.web.url + "/none.csv?key=hush-hush"}})
        said = self.assay("run", status=3)
        self.assertIn(f"{self.web.url}/none.csv answered 404: not here", said)
        self.assertNotIn("hush-hush", self.said)

    def test_a_project_begins_with_an_address(self):
        self.web.file("/data/rides.csv", b"ride;km\n1;1,5\n2;2,5\n", etag='"1"')
        new = self.folder / "new"
        said = self.assay("init", str(new), "--from", self.web.url + "/data/rides.csv")
        self.assertIn("rides: 2 rows, 2 columns", said)
        self.assertIn(f'files: "{self.web.url}/data/rides.csv"', (new / "assay.yaml").read_text())
        self.folder = new
        self.assay("lint")
        self.assay("run")
        self.assertEqual(self.rows("SELECT count(*) FROM rides"), [[2]])

        for address, status, told in (
                (self.web.url + "/none.csv", 3, "answered 404"),
                (self.web.url + "/data/rides", 2, "the suffix tells no kind of source"),
                (self.web.url + "/*.csv", 2, "a web server lists nothing"),
                (f"http://ana:{PASSWORD}@127.0.0.1/a.csv", 2, "an address with a user in it"),
                ("gs://bucket/a.csv", 2, "files of this scheme cannot be read"),
                ("http://127.0.0.1:1/a.csv", 3, "nothing answers there")):
            with self.subTest(address):
                said = self.assay("init", str(self.folder / "other"), "--from", address, status=status)
                self.assertIn(told, said)
                self.assertFalse((self.folder / "other").exists())
        self.assertNotIn(PASSWORD, self.said)


if __name__ == "__main__":
    unittest.main()
