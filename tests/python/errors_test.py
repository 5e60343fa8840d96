"""What is wrong becomes an exception of the class that says what can be done, with its hint."""

import os
import pathlib
import pickle
import stat
import tempfile
import traceback
import unittest

import pyarrow as pa

import assay
import sample_project


class Errors(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.sample = sample_project.Sample(many=100_000)
        cls.addClassCleanup(cls.sample.remove)
        cls.project = assay.open(cls.sample.folder)
        cls.dataset = cls.project.dataset("types")

    def refused(self, kind, message, hint, work):
        with self.assertRaises(kind) as caught:
            work()
        self.assertIs(type(caught.exception), kind)
        self.assertIn(message, str(caught.exception))
        self.assertEqual(str(caught.exception), caught.exception.message)
        self.assertIn(hint, caught.exception.hint)
        return caught.exception

    def test_one_base_for_all(self):
        for kind in (assay.UserError, assay.DataError, assay.IoError, assay.InternalError):
            self.assertTrue(issubclass(kind, assay.Error))

    def test_an_error_shows_its_hint_and_can_be_pickled(self):
        error = self.refused(assay.UserError, "", "", lambda: self.project.dataset("tpyes"))
        shown = "".join(traceback.format_exception(error))
        self.assertIn("assay.errors.UserError: no such dataset: tpyes\nhint: did you mean", shown)
        again = pickle.loads(pickle.dumps(error))
        self.assertEqual((type(again), again.message, again.hint),
                         (assay.UserError, error.message, error.hint))

    def test_no_project(self):
        with tempfile.TemporaryDirectory() as folder:
            self.refused(assay.UserError, "not the folder of a project: ", "assay.yaml",
                         lambda: assay.open(folder))
            self.refused(assay.IoError, "no such folder: ", "give the folder of a project",
                         lambda: assay.open(os.path.join(folder, "none")))
            pathlib.Path(folder, "assay.yaml").write_text("format: 1\n", encoding="utf-8")
            project = assay.open(folder)
            self.refused(assay.UserError, "this project has no store yet: ", "assay run",
                         lambda: project.dataset("types"))
        with self.assertRaises(TypeError):
            assay.open(5)

    def test_names_that_are_not_there(self):
        self.refused(assay.UserError, "no such dataset: tpyes", "did you mean types?",
                     lambda: self.project.dataset("tpyes@v1"))
        self.refused(assay.UserError, "types@v9", "v1", lambda: self.project.dataset("types@v9"))
        self.refused(assay.UserError, "not the name of a version: @v1", "NAME@REF",
                     lambda: self.project.dataset("@v1"))
        self.refused(assay.UserError, "no such split: types@latest.trian",
                     "its splits are train, validation, test", lambda: self.dataset.split("trian"))
        split = self.dataset.split("train")
        self.refused(assay.UserError, "no such column: txet", "did you mean text?",
                     lambda: split.batches(10, columns=["id", "txet"]))
        self.refused(assay.UserError, "no such column: txet", "",
                     lambda: pa.table(split.arrow(["txet"])))
        self.refused(assay.UserError, "a column is asked for twice: id", "",
                     lambda: split.batches(10, columns=["id", "id"]))

    def test_wrong_use(self):
        split = self.dataset.split("train")
        self.refused(assay.UserError, "a batch of 0 rows", "at least 1", lambda: split.batches(0))
        self.refused(assay.UserError, "rows must be from 0 to", "", lambda: split.batches(-1))
        self.refused(assay.UserError, "shuffle must be from 0 to 18446744073709551615: -1", "",
                     lambda: split.batches(10, shuffle=-1))
        self.refused(assay.UserError, "epoch must be from 0 to", "",
                     lambda: split.batches(10, shuffle=1, epoch=2 ** 64))
        self.refused(assay.UserError, "an epoch without shuffle", "give shuffle=SEED",
                     lambda: split.batches(10, epoch=3))
        self.refused(assay.UserError, "columns must be a list of names: id", "write ['id']",
                     lambda: split.batches(10, columns="id"))
        self.refused(assay.UserError, "columns is empty", "leave it out",
                     lambda: split.batches(10, columns=[]))
        self.refused(assay.UserError, "threads must be from 0 to 1024: 2000", "",
                     lambda: assay.open(self.sample.folder, threads=2000))
        with self.assertRaises(TypeError):
            split.batches(1.5)


class Damage(unittest.TestCase):
    def setUp(self):
        self.sample = sample_project.Sample(many=1000)
        self.addCleanup(self.sample.remove)
        self.dataset = assay.open(self.sample.folder).dataset("types")
        self.split = self.dataset.split("train")
        self.file = pathlib.Path(self.split.files[0])
        self.file.chmod(self.file.stat().st_mode | stat.S_IWUSR)
        self.content = self.file.read_bytes()

    def refused(self, work, message):
        with self.assertRaises(assay.DataError) as caught:
            work()
        self.assertIn(message, str(caught.exception))
        self.assertIn(str(self.file), str(caught.exception))
        self.assertNotEqual(caught.exception.hint, "")

    def test_a_sound_version_is_verified(self):
        self.dataset.verify()

    def test_a_file_cut_short(self):
        self.file.write_bytes(self.content[:1000])
        for work in (self.dataset.verify, lambda: self.split.batches(10),
                     lambda: pa.table(self.split)):
            self.refused(work, "is damaged, its 1000 bytes have another sha256")

    def test_a_file_that_is_gone(self):
        self.file.unlink()
        self.refused(self.dataset.verify, "is missing: ")
        self.refused(lambda: pa.table(self.split), "is missing: ")

    def test_a_file_of_zeros(self):
        self.file.write_bytes(bytes(len(self.content)))
        self.refused(lambda: self.split.batches(10), "not a Parquet file: ")

    def test_bytes_that_changed_within(self):
        middle = len(self.content) // 2
        self.file.write_bytes(self.content[:middle] + bytes(4000) + self.content[middle + 4000:])
        self.refused(self.dataset.verify, "is damaged")
        self.refused(lambda: list(self.split.batches(10)), "reading train: ")
        # A library that reads the stream has exceptions of its own; the words are ours.
        with self.assertRaisesRegex(OSError, "reading train: "):
            pa.table(self.split)


if __name__ == "__main__":
    unittest.main()
