"""What is read lives as long as someone reads it, and no longer; signals, threads and forks."""

import gc
import multiprocessing
import os
import pathlib
import pickle
import signal
import statistics
import threading
import time
import unittest

import pyarrow as pa

import assay
import sample_project

ROWS = 3_000_000


def resident_bytes():
    pages = int(pathlib.Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def open_files():
    names = []
    for link in pathlib.Path("/proc/self/fd").iterdir():
        try:
            names.append(os.readlink(link))
        except OSError:
            pass  # the folder's own
    return names


def numbers_of(batch):
    return pa.record_batch(batch)["number"].to_pylist()


def read_in_child(folder, batches, said):
    """In a forked child: what the parent opened is refused, what is opened anew works."""
    try:
        next(batches)
        said.put("the parent's batches went on")
    except assay.UserError as error:
        said.put(error.message)
    del batches
    said.put(numbers_of(next(assay.open(folder).dataset("numbers").split("all").batches(3))))


class Lifetime(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.sample = sample_project.Sample(many=ROWS)
        cls.addClassCleanup(cls.sample.remove)

    def split(self, **options):
        return assay.open(self.sample.folder, **options).dataset("numbers").split("all")

    def test_rows_outlive_what_they_came_from(self):
        batches = self.split().batches(1000)
        stream = pa.RecordBatchReader.from_stream(self.split())
        gc.collect()
        first = next(batches)
        self.assertEqual(stream.read_next_batch()["number"][0].as_py(), 0)
        record = pa.record_batch(first)
        del batches, stream, first
        gc.collect()
        self.assertEqual(record["number"].to_pylist(), list(range(1000)))

    def test_streams_that_are_never_read_or_dropped_halfway_are_no_trouble(self):
        split = self.split()
        for _ in range(20):
            capsule = split.__arrow_c_stream__()
            del capsule
            batches = split.batches(10, shuffle=1)
            del batches
            next(split.batches(10))
        stream = pa.RecordBatchReader.from_stream(split)
        stream.read_next_batch()
        stream.close()

    def test_no_database_stays_open(self):
        project = assay.open(self.sample.folder)
        dataset = project.dataset("numbers")
        self.assertEqual([f for f in open_files() if ".assay" in f], [])
        batches = dataset.split("all").batches(1000)
        next(batches)
        kept = [f for f in open_files() if ".assay" in f and "/objects/" not in f]
        self.assertEqual(kept, [])
        self.assertEqual(list(self.sample.folder.glob("**/*.duckdb")), [])

    def test_reading_again_and_again_takes_no_more_memory(self):
        split = self.split(threads=1)
        sizes = []
        for epoch in range(28):
            for batch in split.batches(50_000, columns=["number"]):
                pa.record_batch(batch)
            for _, batch in zip(range(3), split.batches(1000, shuffle=epoch)):
                pa.record_batch(batch)
            split.__arrow_c_stream__()
            gc.collect()
            sizes.append(resident_bytes())
        # What the allocators hold for a while comes and goes, 50 MB either way; the median of
        # eight stays. The medians lie 16 epochs apart: a fifth of an epoch's rows kept shows.
        growth = statistics.median(sizes[-8:]) - statistics.median(sizes[4:12])
        self.assertLess(growth, 60_000_000, sizes)

    def test_a_stream_does_not_hold_all_rows(self):
        split = self.split(threads=1)
        next(split.batches(1000))
        before = resident_bytes()
        most = 0
        for _ in split.batches(10_000):
            most = max(most, resident_bytes())
        self.assertLess(most - before, ROWS * 16)  # two columns of eight bytes

    def test_threads_read_beside_each_other(self):
        split = self.split(threads=2)
        results = []

        def read(seed):
            total = rows = 0
            for batch in split.batches(100_000, shuffle=seed, columns=["number"]):
                values = pa.record_batch(batch)["number"]
                total += sum(values.to_pylist()[:10])
                rows += len(values)
            results.append((seed, rows, total))

        readers = [threading.Thread(target=read, args=(seed % 2,)) for seed in range(4)]
        for reader in readers:
            reader.start()
        for reader in readers:
            reader.join()
        self.assertEqual([rows for _, rows, _ in results], [ROWS] * 4)
        self.assertEqual(len(set(results)), 2)  # two seeds, twice the same each

    def test_a_thread_reads_what_another_one_opened(self):
        batches = self.split().batches(1000)
        next(batches)
        found = []
        reader = threading.Thread(target=lambda: found.extend(numbers_of(next(batches))))
        reader.start()
        reader.join()
        self.assertEqual(found, list(range(1000, 2000)))

    def test_a_forked_child_opens_its_own(self):
        batches = self.split().batches(1000)
        next(batches)
        fork = multiprocessing.get_context("fork")
        said = fork.Queue()
        child = fork.Process(target=read_in_child, args=(self.sample.folder, batches, said))
        child.start()
        self.assertEqual(said.get(timeout=60),
                         "reading all: these rows were opened in the parent of this process")
        self.assertEqual(said.get(timeout=60), [0, 1, 2])
        child.join(60)
        self.assertEqual(child.exitcode, 0)
        self.assertEqual(numbers_of(next(batches))[:2], [1000, 1001])

    def test_a_forked_child_may_go_on_with_the_split(self):
        split = self.split()
        next(split.batches(1000))
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            status = 1
            try:
                os.write(write, str(numbers_of(next(split.batches(2, shuffle=5)))).encode())
                status = 0
            finally:
                os._exit(status)
        os.close(write)
        self.assertEqual(os.waitpid(child, 0)[1], 0)
        with os.fdopen(read) as pipe:
            self.assertEqual(pipe.read(), str(numbers_of(next(split.batches(2, shuffle=5)))))

    def test_what_is_pickled_names_the_same_commit(self):
        project = assay.open(self.sample.folder, threads=1)
        split = pickle.loads(pickle.dumps(project.dataset("numbers").split("all")))
        self.assertEqual(split.rows, ROWS)
        dataset = pickle.loads(pickle.dumps(project.dataset("numbers@v1")))
        self.assertEqual((dataset.ref, dataset.commit), ("v1", project.dataset("numbers").commit))

    def interrupt(self, work):
        """Call `work` with a signal after 50 ms whose handler raises; return the seconds it took."""
        before = signal.signal(signal.SIGALRM, signal.default_int_handler)
        start = time.monotonic()
        try:
            signal.setitimer(signal.ITIMER_REAL, 0.05)
            with self.assertRaises(KeyboardInterrupt):
                try:
                    work()
                except OSError as error:  # another library's, for the stream that broke off
                    self.assertIn("cancelled", str(error))
                    time.sleep(0)  # the interrupt comes behind it
            time.sleep(0)  # a second one would come here
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)
        return time.monotonic() - start

    def test_ctrl_c_ends_a_long_query(self):
        split = self.split(threads=1)
        next(split.batches(10))  # the engine is open
        start = time.monotonic()
        next(split.batches(10, shuffle=1))
        whole = time.monotonic() - start
        self.assertGreater(whole, 0.1)
        seconds = self.interrupt(lambda: next(split.batches(10, shuffle=2)))
        self.assertLess(seconds, max(whole, 0.5))
        seconds = self.interrupt(lambda: pa.table(split.arrow(shuffle=2)))
        self.assertLess(seconds, max(whole, 0.5))
        self.assertEqual(numbers_of(next(split.batches(3))), [0, 1, 2])

    def test_a_handler_that_does_not_raise_stops_nothing(self):
        split = self.split(threads=1)
        rang = []
        before = signal.signal(signal.SIGALRM, lambda *_: rang.append(1))
        try:
            signal.setitimer(signal.ITIMER_REAL, 0.05)
            rows = sum(len(batch) for batch in split.batches(65536, shuffle=3))
        finally:
            signal.signal(signal.SIGALRM, before)
        self.assertEqual((rows, rang), (ROWS, [1]))


if __name__ == "__main__":
    unittest.main()
