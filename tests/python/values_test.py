"""Values, batches and orders, judged by pyarrow reading the same stored files."""

import subprocess
import sys
import unittest

import pandas
import polars
import pyarrow as pa
import pyarrow.parquet as pq
import xxhash

import assay
import sample_project


def by_the_rule(version, split, seed, epoch, rows):
    """Return row numbers in the order that docs/reference/python.md writes down."""
    key = xxhash.xxh3_64_intdigest(f"{version}/{split}/{seed}/{epoch}".encode())
    return sorted(range(rows), key=lambda n: (
        xxhash.xxh3_64_intdigest(n.to_bytes(8, "little"), seed=key), n))


class Values(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.sample = sample_project.Sample(many=200_000)
        cls.addClassCleanup(cls.sample.remove)
        cls.project = assay.open(cls.sample.folder)
        cls.types = cls.project.dataset("types@v1")
        cls.numbers = cls.project.dataset("numbers").split("all")

    def stored(self, split):
        return pa.concat_tables([pq.read_table(file) for file in split.files])

    def test_a_version_tells_what_it_is(self):
        shown = sample_project.run(self.sample.folder, "dataset", "show", "types", "--json")
        self.assertEqual((self.types.name, self.types.ref, self.types.number),
                         ("types", "v1", "v1"))
        self.assertIn(self.types.version, shown)
        self.assertIn(self.types.commit, shown)
        self.assertEqual(self.types.label, "truth")
        self.assertEqual(list(self.types.splits), ["train", "validation", "test"])
        self.assertEqual(sum(self.types.splits.values()), sample_project.ROWS)
        self.assertEqual(self.types.schema["at_utc"], "timestamp[us,utc]")
        self.assertEqual(self.types.schema["numbers"], "list<int32>")
        self.assertEqual(self.types.record["owner"]["name"], "Types")
        self.assertEqual(self.project.dataset("numbers").label, None)
        self.assertEqual(self.project.dataset("numbers").ref, "latest")

    def test_values_of_all_types_are_those_of_the_files(self):
        for name, rows in self.types.splits.items():
            split = self.types.split(name)
            expected = self.stored(split)
            for batch_rows in (1, 7, 2048, 3001, 65536):
                if batch_rows == 1 and rows > 3700:
                    continue  # slow, and no new case
                table = pa.table(split.arrow(batch_rows=batch_rows))
                table.validate(full=True)
                self.assertEqual(table.num_rows, rows)
                for column in expected.column_names:
                    with self.subTest(split=name, batch_rows=batch_rows, column=column):
                        self.assertEqual(table[column].to_pylist(), expected[column].to_pylist())

    def test_types_are_those_that_pyarrow_reads(self):
        split = self.types.split("train")
        schema = pa.table(split).schema
        expected = self.stored(split).schema
        for field in expected:
            with self.subTest(column=field.name):
                self.assertEqual(schema.field(field.name).type, field.type)

    def test_shuffled_values_of_all_types_stay_in_their_rows(self):
        split = self.types.split("train")
        expected = {row["id"]: row for row in self.stored(split).to_pylist()}
        table = pa.table(split.arrow(shuffle=3, epoch=2, batch_rows=1000))
        table.validate(full=True)
        rows = table.to_pylist()
        self.assertEqual(len(rows), len(expected))
        for row in rows:
            self.assertEqual(row, expected.pop(row["id"]))

    def test_polars_and_pandas_take_it(self):
        split = self.types.split("train")
        frame = polars.DataFrame(split)
        self.assertEqual(frame.shape, (split.rows, len(self.types.schema)))
        self.assertEqual(frame["id"].to_list(), self.stored(split)["id"].to_pylist())
        self.assertEqual(frame["pairs"].to_list(), self.stored(split)["pairs"].to_pylist())
        batch = next(self.numbers.batches(10))
        self.assertEqual(polars.DataFrame(batch)["number"].to_list(), list(range(10)))
        table = pa.table(self.numbers.arrow(["double", "number"]))
        wide = table.to_pandas()
        self.assertIsInstance(wide, pandas.DataFrame)
        self.assertEqual(list(wide.columns), ["double", "number"])
        self.assertEqual(wide["double"].sum(), sum(n / 2 for n in range(200_000)))

    def test_an_empty_split_has_its_schema(self):
        split = self.types.split("test")
        self.assertEqual((split.rows, len(split)), (0, 0))
        self.assertEqual(list(split.batches(10)), [])
        self.assertEqual(list(split.batches(10, shuffle=1)), [])
        self.assertEqual(pa.table(split).schema.names, list(self.types.schema))

    def test_batches_have_exactly_the_rows_asked_for(self):
        for rows in (100, 2047, 2048, 2049, 65536, 200_000, 10 ** 12):
            sizes = []
            numbers = []
            for batch in self.numbers.batches(rows, columns=["number"]):
                record = pa.record_batch(batch)
                record.validate(full=True)
                self.assertEqual((len(batch), batch.num_rows), (record.num_rows,) * 2)
                sizes.append(record.num_rows)
                numbers += record["number"].to_pylist()
            self.assertEqual(numbers, list(range(200_000)))
            self.assertTrue(all(size == rows for size in sizes[:-1]))

    def test_a_batch_can_be_taken_more_than_once(self):
        batch = next(self.types.split("train").batches(100))
        one, two = pa.record_batch(batch), pa.record_batch(batch)
        del batch
        self.assertEqual(one.to_pylist(), two.to_pylist())
        self.assertEqual(one.schema, two.schema)


class Orders(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.sample = sample_project.Sample(many=200_000)
        cls.addClassCleanup(cls.sample.remove)
        cls.numbers = assay.open(cls.sample.folder, threads=2).dataset("numbers@v1")

    def order(self, seed, epoch, dataset=None, rows=4096):
        split = (dataset or self.numbers).split("all")
        return [number for batch in split.batches(rows, shuffle=seed, epoch=epoch, columns=["number"])
                for number in pa.record_batch(batch)["number"].to_pylist()]

    def test_every_epoch_has_each_row_once_and_another_order(self):
        orders = [self.order(seed, epoch) for seed, epoch in ((7, 0), (7, 1), (8, 0))]
        for order in orders:
            self.assertEqual(sorted(order), list(range(200_000)))
        for place, order in enumerate(orders):
            for other in orders[:place]:
                same = sum(a == b for a, b in zip(order, other))
                self.assertLess(same, 20)  # 1 is expected of two permutations

    def test_the_order_is_that_of_the_written_rule(self):
        for seed, epoch in ((0, 0), (7, 3), (2 ** 64 - 1, 2 ** 64 - 1)):
            expected = by_the_rule(self.numbers.version, "all", seed, epoch, 200_000)
            self.assertEqual(self.order(seed, epoch), expected)

    def test_the_order_is_frozen(self):
        self.assertEqual(self.numbers.version, 
                         "58c9fed0476c291eae9b68f5ea2ac695fbb352b36ee088a35ad5eef14b867c55")
        self.assertEqual(self.order(7, 1)[:8],
                         [75405, 62531, 11249, 178854, 191167, 85761, 90453, 100579])

    def test_threads_batches_and_processes_do_not_change_it(self):
        order = self.order(7, 0)
        one = assay.open(self.sample.folder, threads=1).dataset("numbers@v1")
        self.assertEqual(self.order(7, 0, one), order)
        self.assertEqual(self.order(7, 0, rows=999), order)
        small = assay.open(self.sample.folder, threads=2, memory=100_000_000).dataset("numbers@v1")
        self.assertEqual(self.order(7, 0, small), order)
        code = ("import assay, sys, pyarrow\n"
                "rows = assay.open(sys.argv[1]).dataset('numbers').split('all').arrow(shuffle=7)\n"
                "print(pyarrow.table(rows)['number'].to_pylist()[:1000])\n")
        other = subprocess.run([sys.executable, "-c", code, self.sample.folder], check=True,
                               text=True, stdout=subprocess.PIPE).stdout
        self.assertEqual(other.strip(), str(order[:1000]))


if __name__ == "__main__":
    unittest.main()
