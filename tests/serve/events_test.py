"""Event streams: history, what comes while one listens, where a cut one goes on, many at once."""

import statistics
import time
import unittest

import served


class Events(unittest.TestCase):
    def setUp(self):
        self.project = served.make_project(served.temporary_folder(self) / "project")
        self.server = served.Server(self.project)
        self.addCleanup(self.server.__exit__)

    def stream(self, *arguments, **options):
        stream = served.Stream(self.server, *arguments, **options)
        self.addCleanup(stream.close)
        return stream

    def next_run(self):
        """Run again with more rows; return its events."""
        newest = self.server.json("/v1/events")[-1]["seq"]
        served.write_data(self.project, "trips-2.csv", 100, 1000)
        served.assay(self.project, "run")
        return self.server.json(f"/v1/events?after={newest}")

    def test_history_then_what_comes(self):
        events = self.server.json("/v1/events")
        stream = self.stream()
        self.assertEqual(stream.status, 200)
        self.assertEqual(stream.headers["content-type"], "text/event-stream")
        self.assertEqual(stream.headers["cache-control"], "no-store")
        for event in events:
            self.assertEqual(stream.next(), (event["seq"], event["type"], event))
        for event in self.next_run():
            self.assertEqual(stream.next(), (event["seq"], event["type"], event))

    def test_a_cut_stream_goes_on_where_it_was(self):
        events = self.server.json("/v1/events")
        first = self.stream("/v1/events?after=2")
        self.assertEqual(first.next()[0], 3)
        first.close()
        again = self.stream("/v1/events?after=2", last_event_id=3)
        self.assertEqual([again.next()[0] for _ in events[3:]],
                         [event["seq"] for event in events[3:]])

    def test_nothing_is_lost_or_told_twice_over_restarts(self):
        seen = []
        for _ in range(4):
            stream = self.stream(last_event_id=seen[-1] if seen else None)
            for _ in range(3):
                seen.append(stream.next()[0])
            self.server.process.kill()
            while stream.next():
                pass  # was on its way
            self.server.__exit__()
            self.server = served.Server(self.project)
            self.addCleanup(self.server.__exit__)
        self.assertEqual(seen, list(range(1, 13)))

    def test_a_wrong_last_event_id(self):
        for value in ("x", "-1", "1.5", "99999999999999999999", ""):
            with self.subTest(value=value):
                reply = self.server.ask("/v1/events?follow=false", headers={
                    "Accept": "text/event-stream", "Last-Event-ID": value})
                self.assertEqual(reply.status, 200 if value == "" else 400)
                if reply.status == 400:
                    self.assertEqual(reply.error()["message"],
                                     "Last-Event-ID must be the id of an event: " + value)

    def test_a_stream_that_is_not_followed_ends(self):
        events = self.server.json("/v1/events")
        stream = self.stream("/v1/events?follow=false&limit=5")
        self.assertEqual([stream.next()[0] for _ in range(5)],
                         [event["seq"] for event in events[:5]])
        self.assertEqual(int(stream.headers["content-length"]) > 0, True)

    def test_a_project_that_never_ran(self):
        folder = served.make_project(served.temporary_folder(self) / "new", run=False)
        with served.Server(folder) as server:
            stream = served.Stream(server)
            served.assay(folder, "run")
            self.assertEqual(stream.next()[1], "run.started")
            stream.close()

    def test_two_hundred_streams_hold_up_nobody(self):
        events = self.server.json("/v1/events")
        streams = [self.stream() for _ in range(200)]
        for stream in streams:
            self.assertEqual(stream.next()[0], 1)
        seconds = []
        for _ in range(50):
            start = time.monotonic()
            self.assertEqual(self.server.ask("/v1/runs").status, 200)
            seconds.append(time.monotonic() - start)
        self.assertLess(statistics.median(seconds), 0.5)
        self.assertIn("assay_http_event_streams 200\n", self.server.ask("/metrics").body)
        new = self.next_run()
        for stream in streams:
            got = [stream.next()[0] for _ in events[1:] + new]
            self.assertEqual(got, [event["seq"] for event in events[1:] + new])
        for stream in streams:
            stream.close()
        end = time.monotonic() + served.TIMEOUT_SECONDS
        while "assay_http_event_streams 0\n" not in self.server.ask("/metrics").body:
            self.assertLess(time.monotonic(), end, "closed streams stay")
            time.sleep(0.05)


if __name__ == "__main__":
    unittest.main()
