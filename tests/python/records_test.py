"""Models from Python, as the program sees them."""

import json
import os
import pathlib
import pickle
import subprocess
import sys
import tempfile
import unittest

import numpy

import assay
import sample_project

PROJECT = """\
format: 1
project: records
sources:
  src: {files: rows.csv, columns: {day: DATE, late: BOOLEAN}}
gates:
  good: {input: src, checks: [{not_null: day}]}
datasets:
  rows: {input: good, label: late}
"""


class Records(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="assay-records-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        (self.folder / "assay.yaml").write_text(PROJECT, encoding="utf-8")
        (self.folder / "rows.csv").write_text("day,late\n2001-01-01,true\n", encoding="utf-8")
        self.file = self.folder / "late.bin"
        self.file.write_bytes(b"one")
        self.project = assay.open(self.folder)

    def run_program(self, *words):
        return json.loads(sample_project.run(self.folder, *words, "--json"))

    def refused(self, kind, message, hint, work):
        with self.assertRaises(kind) as caught:
            work()
        self.assertIn(message, str(caught.exception))
        self.assertIn(hint, caught.exception.hint)


class Models(Records):
    def setUp(self):
        super().setUp()
        sample_project.run(self.folder, "run")

    def test_a_model_is_the_programs(self):
        dataset = self.project.dataset("rows@v1")
        self.assertEqual(self.project.models(), [])
        metrics = {"auc": numpy.float32(0.5), "by": {"may": 1}, "loss": 1e-9}
        model = self.project.log_model(self.file, dataset, metrics=metrics, split="all",
                                       role="champion")
        self.assertEqual((model.name, model.number, model.ref, model.roles),
                         ("late", 1, "late@v1", ["champion"]))
        self.assertEqual((model.dataset, model.splits), ("rows@v1", ["all"]))
        self.assertEqual(model.metrics, {"auc": 0.5, "by.may": 1.0, "loss": 1e-9})
        self.assertEqual(pathlib.Path(model.path).read_bytes(), b"one")
        self.assertEqual(model.record["commit"], dataset.commit)
        shown = self.run_program("model", "show", "late@champion")
        self.assertEqual((shown["model"], shown["id"]), (model.ref, model.record["id"]))
        again = pickle.loads(pickle.dumps(model))
        self.assertEqual((again.ref, repr(again)), (model.ref, "<assay.Model late@v1, champion>"))

    def test_numbers_roles_and_names(self):
        log = self.project.log_model
        self.assertEqual(log(self.file, "rows", split=["all"]).ref, "late@v1")
        self.assertEqual(log(self.file, "rows@v1", split=["all"]).ref, "late@v1")
        self.assertEqual(log(self.file, "rows", split="all", metrics={"auc": 1}).ref, "late@v2")
        self.assertEqual(log(self.file, "rows", split="all", name="tardy").ref, "tardy@v1")
        sample_project.run(self.folder, "model", "promote", "late@v1")
        self.assertEqual(self.project.model("late@champion").ref, "late@v1")
        self.assertEqual(self.project.model("late").ref, "late@v2")
        self.assertEqual([model.ref for model in self.project.models()],
                         ["late@v1", "late@v2", "tardy@v1"])
        self.assertEqual([model.ref for model in self.project.models("tardy")], ["tardy@v1"])

    def test_a_file_can_be_copied(self):
        model = self.project.log_model(self.file, "rows", split="all")
        (self.folder / "out").mkdir()
        copied = model.copy(self.folder / "out")
        self.assertEqual(copied, str(self.folder / "out" / "late.bin"))
        self.assertEqual(pathlib.Path(copied).read_bytes(), b"one")
        with self.assertRaises(assay.Error):
            model.copy(copied)
        self.assertEqual(model.copy(copied, overwrite=True), copied)

    def test_a_relative_path_is_the_programs_folder(self):
        here = os.getcwd()
        self.addCleanup(os.chdir, here)
        os.chdir(self.folder)
        self.assertEqual(self.project.log_model("late.bin", "rows", split="all").ref, "late@v1")

    def test_errors(self):
        log = self.project.log_model
        self.refused(assay.UserError, "no such split in rows@latest: train", "all",
                     lambda: log(self.file, "rows"))
        self.refused(assay.UserError, "no such dataset: rwos", "did you mean rows?",
                     lambda: log(self.file, "rwos"))
        self.refused(assay.IoError, "none.bin", "",
                     lambda: log(self.folder / "none.bin", "rows", split="all"))
        self.refused(assay.UserError, "not a name for a model: A b", "a-z",
                     lambda: log(self.file, "rows", split="all", name="A b"))
        self.refused(assay.UserError, "not a name for a role: v1", "champion",
                     lambda: log(self.file, "rows", split="all", role="v1"))
        for bad in (float("nan"), "good", [1]):
            self.refused(assay.Error, "metrics", "",
                         lambda bad=bad: log(self.file, "rows", split="all", metrics={"auc": bad}))
        log(self.file, "rows", split="all")
        self.refused(assay.UserError, "no such model: laet", "late",
                     lambda: self.project.model("laet"))

    def test_one_writer(self):
        holder = subprocess.Popen(
            [sys.executable, "-c", "import fcntl, sys\nfile = open(sys.argv[1], 'r+')\n"
             "fcntl.flock(file, fcntl.LOCK_EX)\nprint('held', flush=True)\nsys.stdin.read()",
             self.folder / ".assay" / "lock"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.addCleanup(holder.stdout.close)
        self.addCleanup(holder.wait)
        self.addCleanup(holder.stdin.close)
        holder.stdout.readline()
        with self.assertRaises(assay.IoError) as caught:
            self.project.log_model(self.file, "rows", split="all")
        self.assertIn("another", str(caught.exception))


if __name__ == "__main__":
    unittest.main()
