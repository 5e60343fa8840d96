"""What `assay init` writes, as others read it: the contract by the standard's own JSON Schema, both files
by another reader of YAML, the columns by pandas. And it runs as it is."""

import datetime
import decimal
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

import jsonschema
import pandas
import pyarrow
import pyarrow.parquet
import yaml

PROGRAM = pathlib.Path(os.environ["ASSAY"]).resolve()
# Beside the project, where it is; nothing of it is in the project.
SHARED = pathlib.Path(os.environ.get("ASSAY_SHARED",
                                     pathlib.Path(__file__).resolve().parents[3] / "shared"))
SCHEMA = SHARED / "cases/odcs/schema/odcs-json-schema-v3.1.0.json"

ODD_NAMES = ["a b", "größe", "日本", "yes", "no", "null", "none", "1", "2024-01-01", "- a", "a: b", "a #b",
             "#a", "*a", "&a", "!a", "%a", "@a", "[a]", "{a}", "a, b", "|", "'q'", '"q"', "back\\slash",
             "line\nfeed", "tab\tin", "${HOME}", " lead", "trail ", "true", "~", "1e5", "drop table x; --"]


def assay(*arguments, cwd):
    return subprocess.run([PROGRAM, *arguments], cwd=cwd, text=True, capture_output=True, check=False)


class Init(unittest.TestCase):
    @unittest.skipUnless(SCHEMA.exists(), "what init writes is not validated: the schema is not there")
    def test_the_schema_that_validates_refuses_what_lacks_its_version(self):
        validator = jsonschema.Draft201909Validator(json.loads(SCHEMA.read_text()))
        with tempfile.TemporaryDirectory() as folder:
            pathlib.Path(folder, "rides.csv").write_text("ride\n1\n2\n", encoding="utf-8")
            contract = self.begin(folder, "rides.csv")[2][0]
        self.assertTrue(validator.is_valid(contract))
        del contract["apiVersion"]
        self.assertFalse(validator.is_valid(contract))

    def begin(self, folder, name):
        """Begin a project, validate what was written, run it; return what init and the files tell."""
        done = assay("init", "made", "--from", name, "--json", cwd=folder)
        self.assertEqual(done.returncode, 0, done.stderr)
        told = json.loads(done.stdout)
        made = pathlib.Path(folder, "made")
        project = yaml.safe_load((made / "assay.yaml").read_text(encoding="utf-8"))
        contracts = []
        for source in told["sources"]:
            text = (made / source["contract"]).read_text(encoding="utf-8")
            contracts.append(yaml.safe_load(text))
            if SCHEMA.exists():
                validator = jsonschema.Draft201909Validator(json.loads(SCHEMA.read_text()))
                errors = [error.message for error in validator.iter_errors(contracts[-1])]
                self.assertEqual(errors, [], text)
        lint = assay("--project", "made", "lint", cwd=folder)
        self.assertEqual((lint.returncode, lint.stderr), (0, ""))
        run = assay("--project", "made", "run", cwd=folder)
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
        self.assertIn("new version v1", run.stdout)
        return told, project, contracts

    def test_odd_names_of_columns_are_the_same_to_all(self):
        with tempfile.TemporaryDirectory(prefix="assay-init-") as folder:
            frame = pandas.DataFrame({name: range(i, i + 60) for i, name in enumerate(ODD_NAMES)})
            frame.to_csv(pathlib.Path(folder, "odd.csv"), index=False)
            told, project, contracts = self.begin(folder, "odd.csv")
            names = [column["name"] for column in contracts[0]["schema"][0]["properties"]]
            wanted = [name.strip() for name in ODD_NAMES]  # as the kind csv reads a header
            self.assertEqual(names, wanted)
            self.assertEqual([column["name"] for column in told["sources"][0]["columns"]], wanted)
            self.assertEqual(project["datasets"]["odd_train"]["key"], ["no"])
            declared = project["sources"]["odd"]["columns"]
            self.assertEqual(sorted(declared), sorted(wanted))

    def test_odd_values_are_the_same_to_all(self):
        with tempfile.TemporaryDirectory(prefix="assay-init-") as folder:
            values = ODD_NAMES[:18]
            frame = pandas.DataFrame({"id": range(len(values) * 6), "kind": values * 6})
            frame.to_csv(pathlib.Path(folder, "values.csv"), index=False)
            _, _, contracts = self.begin(folder, "values.csv")
            kind = contracts[0]["schema"][0]["properties"][1]
            accepted = kind["quality"][0]["arguments"]["validValues"]
            self.assertEqual(sorted(accepted), sorted(values))

    def test_every_type_of_a_parquet_file_can_be_in_a_contract(self):
        day = datetime.date(2024, 1, 2)
        moment = datetime.datetime(2024, 1, 2, 3, 4, 5)
        columns = {
            "i8": pyarrow.array([1, 2], pyarrow.int8()), "u64": pyarrow.array([1, 2], pyarrow.uint64()),
            "f32": pyarrow.array([1, 2], pyarrow.float32()), "f64": pyarrow.array([1.5, None]),
            "d": pyarrow.array([decimal.Decimal("1.50")] * 2, pyarrow.decimal128(10, 2)),
            "text": pyarrow.array(["x", "y"]), "bytes": pyarrow.array([b"\x00", b"\xff"]),
            "truth": pyarrow.array([True, False]), "day": pyarrow.array([day, None]),
            "time": pyarrow.array([datetime.time(1, 2, 3)] * 2, pyarrow.time64("us")),
            "moment": pyarrow.array([moment] * 2, pyarrow.timestamp("us")),
            "utc": pyarrow.array([moment] * 2, pyarrow.timestamp("us", "UTC")),
            "list": pyarrow.array([[1, 2], None]), "struct": pyarrow.array([{"a": 1, "b": "x"}] * 2),
            "map": pyarrow.array([[("a", 1)]] * 2, pyarrow.map_(pyarrow.string(), pyarrow.int64())),
            "nothing": pyarrow.array([None, None], pyarrow.string()),
        }
        with tempfile.TemporaryDirectory(prefix="assay-init-") as folder:
            pyarrow.parquet.write_table(pyarrow.table(columns), pathlib.Path(folder, "types.parquet"))
            _, _, contracts = self.begin(folder, "types.parquet")
            properties = contracts[0]["schema"][0]["properties"]
            self.assertEqual([each["name"] for each in properties], list(columns))
            nullable = {name for name, array in columns.items() if array.null_count > 0}
            self.assertEqual({each["name"] for each in properties if not each.get("required")}, nullable)

    def test_what_is_unique_is_what_pandas_says(self):
        with tempfile.TemporaryDirectory(prefix="assay-init-") as folder:
            rows = [(f"s{i % 7}", str(datetime.date(2024, 1, 1) + datetime.timedelta(i // 7)), i % 5)
                    for i in range(100)]
            frame = pandas.DataFrame(rows, columns=["shop", "day", "amount"])
            frame.to_csv(pathlib.Path(folder, "sales.csv"), index=False)
            told, _, contracts = self.begin(folder, "sales.csv")
            key = told["sources"][0]["key"]
            self.assertEqual(len(key), 2)
            self.assertFalse(frame.duplicated(key).any())
            positions = {each["name"]: each.get("primaryKeyPosition")
                         for each in contracts[0]["schema"][0]["properties"]}
            self.assertEqual([positions[name] for name in key], [1, 2])


if __name__ == "__main__":
    unittest.main()
