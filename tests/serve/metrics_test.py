"""GET /metrics: its numbers against what was asked."""

import re
import subprocess
import unittest

import served

SAMPLE = re.compile(r'^([a-z_]+)(?:\{(.*)\})? (\S+)$')


def samples(page):
    """Return {(name, labels): value} of a page."""
    found = {}
    for line in page.splitlines():
        if not line.startswith("#"):
            match = SAMPLE.match(line)
            if not match:
                raise AssertionError(f"no sample: {line}")
            found[match[1], match[2] or ""] = float(match[3])
    return found


class Metrics(unittest.TestCase):
    def setUp(self):
        self.project = served.make_project(served.temporary_folder(self) / "project")
        self.server = served.Server(self.project)
        self.addCleanup(self.server.__exit__)

    def test_requests_are_counted(self):
        for _ in range(3):
            self.server.ask("/v1/runs")
            self.server.ask("/v1/runs/last")
        self.server.ask("/v1/runs/nope")
        self.server.ask("/v1/runs?limit=x")
        self.server.ask("/v1/runs", "BREW")
        for i in range(50):
            self.server.ask(f"/nothing/{i}", method=f"M{i}")
        self.server.raw(b"what\r\n\r\n")
        reply = self.server.ask("/metrics")
        self.assertEqual(reply.headers["Content-Type"], "text/plain; version=0.0.4; charset=utf-8")
        found = samples(reply.body)
        requests = {labels: value for (name, labels), value in found.items()
                    if name == "assay_http_requests_total"}
        self.assertEqual(requests, {
            'method="GET",route="/v1/runs",status="200"': 3,
            'method="GET",route="/v1/runs/{id}",status="200"': 3,
            'method="GET",route="/v1/runs/{id}",status="404"': 1,
            'method="GET",route="/v1/runs",status="400"': 1,
            'method="other",route="/v1/runs",status="405"': 1,
            'method="other",route="none",status="404"': 50,
            'method="other",route="none",status="400"': 1})
        name = "assay_http_request_duration_seconds"
        self.assertEqual(found[name + "_count", 'route="/v1/runs"'], 5)
        self.assertGreater(found[name + "_sum", 'route="/v1/runs"'], 0)
        self.assertEqual(found[name + "_bucket", 'route="none",le="+Inf"'], 51)
        buckets = [value for (each, labels), value in found.items()
                   if each == name + "_bucket" and labels.startswith('route="/v1/runs",')]
        self.assertEqual(buckets, sorted(buckets))

    def test_numbers_of_the_catalog_and_the_process(self):
        found = samples(self.server.ask("/metrics").body)
        self.assertEqual(found["assay_runs", 'status="done"'], 1)
        self.assertEqual(found["assay_datasets", ""], 2)
        self.assertEqual(found["assay_versions", ""], 2)
        self.assertEqual(found["assay_commits", ""], 2)
        self.assertEqual(found["assay_catalog_readable", ""], 1)
        self.assertEqual(found["assay_http_connections", ""], 1)
        self.assertEqual(found["assay_newest_event", ""], len(self.server.json("/v1/events")))
        run = self.server.json("/v1/runs")[0]
        for name, member in (("start", "started_at"), ("finish", "finished_at")):
            done = subprocess.run(["date", "-u", "-d", run[member], "+%s"], text=True, check=True,
                                  stdout=subprocess.PIPE)
            self.assertEqual(found[f"assay_last_run_{name}_timestamp_seconds", ""],
                             int(done.stdout))
        self.assertGreater(found["process_resident_memory_bytes", ""], 1e6)
        self.assertGreater(found["process_open_fds", ""], 5)
        self.assertGreater(found["process_start_time_seconds", ""], 1.7e9)


if __name__ == "__main__":
    unittest.main()
