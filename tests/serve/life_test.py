"""Start, end and the store beneath: signals, kills, a store that goes away or is damaged, a broken
project file."""

import os
import pathlib
import shutil
import signal
import sqlite3
import threading
import time
import unittest

import served

PATHS = ("/v1/project", "/v1/runs", "/v1/runs/last", "/v1/events", "/v1/datasets",
         "/v1/datasets/train/versions", "/v1/versions/train%40v1")


class Life(unittest.TestCase):
    def setUp(self):
        self.project = served.make_project(served.temporary_folder(self) / "project")

    def serve(self, **options):
        server = served.Server(self.project, **options)
        self.addCleanup(server.__exit__)
        return server

    def test_signals_end_it_cleanly(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(signal=number):
                server = self.serve()
                idle, stream = server.connect(), served.Stream(server)
                self.addCleanup(idle.close)
                self.addCleanup(stream.close)
                self.assertEqual(stream.next()[0], 1)
                status, seconds = server.stop(number)
                self.assertEqual(status, 0, "".join(server.log))
                self.assertLess(seconds, 5)
                self.assertEqual(served.read_all(idle), b"")
                while stream.next():
                    pass

    def test_what_runs_is_finished(self):
        server = self.serve()
        asked = []

        def ask():
            # Without the catalog's memory of the SQL, it has to open the engine first.
            asked.append(server.ask("/v1/project").status)

        with sqlite3.connect(self.project / ".assay/catalog.sqlite") as catalog:
            catalog.execute("DELETE FROM sql_seen")
        catalog.close()
        threads = [threading.Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        end = time.monotonic() + served.TIMEOUT_SECONDS
        while "assay_http_connections 9" not in server.ask("/metrics").body and not asked:
            self.assertLess(time.monotonic(), end)
        self.assertEqual(server.stop()[0], 0)
        for thread in threads:
            thread.join()
        self.assertEqual(asked, [200] * 8)

    def test_killed_and_started_again_it_is_the_same(self):
        server = self.serve()
        before = [server.json(path) for path in PATHS]
        for _ in range(5):
            server.process.kill()
            server.process.wait()
            server = self.serve()
            self.assertEqual([server.json(path) for path in PATHS], before)
        served.assay(self.project, "dataset", "verify")

    def test_a_project_without_a_store(self):
        shutil.rmtree(self.project / ".assay")
        server = self.serve()
        for path in ("/v1/runs", "/v1/events", "/v1/datasets"):
            self.assertEqual(server.json(path), [])
        self.assertTrue(server.json("/v1/project")["ok"])
        for path in ("/v1/runs/last", "/v1/versions/train", "/v1/datasets/train"):
            reply = server.ask(path)
            self.assertEqual(reply.status, 404)
            self.assertIn("this project has no store yet", reply.error()["message"])
            self.assertEqual(reply.error()["hint"], "run `assay run` first")
        self.assertIn("assay_catalog_readable 0\n", server.ask("/metrics").body)
        self.assertFalse((self.project / ".assay").exists(), "it made a store")
        served.assay(self.project, "run")
        self.assertEqual(len(server.json("/v1/datasets")), 2)

    def test_a_store_that_goes_away_and_comes_back(self):
        server = self.serve()
        before = server.json("/v1/datasets")
        store, away = self.project / ".assay", self.project / "away"
        store.rename(away)
        self.assertEqual(server.json("/v1/datasets"), [])
        away.rename(store)
        self.assertEqual(server.json("/v1/datasets"), before)

    def test_a_damaged_catalog_is_an_error_and_the_server_stays(self):
        server = self.serve()
        before = server.json("/v1/datasets")
        catalog = self.project / ".assay/catalog.sqlite"
        for name in ("catalog.sqlite-wal", "catalog.sqlite-shm"):
            (catalog.parent / name).unlink(missing_ok=True)
        good = catalog.read_bytes()
        catalog.unlink()
        catalog.write_bytes(b"this is no database" * 1000)
        for path in PATHS:
            with self.subTest(path=path):
                reply = server.ask(path)
                self.assertEqual(reply.status, 500, reply.body)
                self.assertEqual(reply.error()["code"], "data")
        self.assertEqual(server.ask("/healthz").status, 200)
        self.assertIn("assay_catalog_readable 0\n", server.ask("/metrics").body)
        catalog.unlink()
        catalog.write_bytes(good)
        self.assertEqual(server.json("/v1/datasets"), before)

    def test_a_commit_that_is_gone(self):
        server = self.serve()
        commit = server.json("/v1/datasets/train")["commit"]
        path = next(pathlib.Path(self.project, ".assay/objects").glob(f"**/*{commit[4:]}"))
        path.unlink()
        reply = server.ask("/v1/versions/train")
        self.assertIn(reply.status, (500, 503), reply.body)
        self.assertIn(reply.error()["code"], ("io", "data"))
        self.assertEqual(server.ask("/v1/runs").status, 200)

    def test_a_broken_project_file_is_told_and_mended(self):
        server = self.serve()
        file = self.project / "assay.yaml"
        good = file.read_text()
        file.write_text(good.replace("fail_above", "fial_above"))
        project = server.json("/v1/project")
        self.assertEqual((project["ok"], project["name"], project["nodes"]), (False, None, []))
        self.assertEqual(project["diagnostics"][0]["message"], "unknown key: fial_above")
        self.assertEqual(project["diagnostics"][0]["line"], 15)
        self.assertEqual(len(server.json("/v1/datasets")), 2)
        for text in (b"", b"\xff\xfe\x00", b"a: [", b"- 1\n"):
            file.write_bytes(text)
            self.assertFalse(server.json("/v1/project")["ok"])
        file.unlink()
        self.assertFalse(server.json("/v1/project")["ok"])
        file.write_text(good)
        self.assertTrue(server.json("/v1/project")["ok"])

    def test_reads_go_on_while_a_run_writes(self):
        server = self.serve()
        statuses = set()
        stop = threading.Event()

        def ask():
            while not stop.is_set():
                for path in ("/v1/datasets", "/v1/runs/last", "/v1/project", "/metrics"):
                    statuses.add(server.ask(path).status)

        threads = [threading.Thread(target=ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        for i in range(2, 6):
            served.write_data(self.project, f"trips-{i}.csv", 500, 1000 * i)
            served.assay(self.project, "run")
        stop.set()
        for thread in threads:
            thread.join()
        self.assertEqual(statuses, {200})
        self.assertEqual(server.json("/v1/datasets/train")["latest"], "v5")

    def test_nobody_reads_the_log(self):
        reading, writing = os.pipe()
        os.close(reading)
        server = self.serve(stderr=writing)
        os.close(writing)
        for _ in range(100):
            self.assertEqual(server.ask("/healthz").status, 200)


if __name__ == "__main__":
    unittest.main()
