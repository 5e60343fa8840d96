"""Boxes of objects as COCO and YOLO write them, compared with what a few lines of Python read."""

import json
import os
import pathlib
import random
import subprocess
import tempfile
import unittest

from PIL import Image

PROGRAM = pathlib.Path(os.environ["ASSAY"]).resolve()
CLASSES = ["cat", "dog", "on"]


class Boxes(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="assay-boxes-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.random = random.Random(9)

    def read(self, source, columns):
        (self.folder / "assay.yaml").write_text(f"format: 1\nproject: boxes\nsources:\n  s: {source}\n")
        run = subprocess.run([PROGRAM, "run"], cwd=self.folder, text=True, capture_output=True)
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertNotIn("refused", run.stdout)
        shown = subprocess.run([PROGRAM, "sql", "SELECT * FROM s", "--json", "--limit", "0"], cwd=self.folder,
                               text=True, capture_output=True, check=True)
        return [tuple(row[name] for name in columns.split()) for row in json.loads(shown.stdout)]

    def test_coco(self):
        expected = []
        for part in ("a", "b"):
            images = [{"id": 1000 - i, "file_name": f"{part} {i} é.jpg", "width": 640 + i, "height": 480}
                      for i in range(50)]
            categories = [{"id": 10 * i, "name": name} for i, name in enumerate(CLASSES)]
            annotations = []
            for i in range(500):
                image, category = self.random.choice(images), self.random.choice(categories)
                box = [round(self.random.uniform(0, 400), 2) for _ in range(4)]
                one = {"id": i, "image_id": image["id"], "category_id": category["id"], "bbox": box,
                       "area": box[2] * box[3], "iscrowd": i % 2, "segmentation": [[1, 2], [3]]}
                annotations.append(one)
                expected.append((image["file_name"], image["width"], 480, category["name"], box[0], box[1],
                                 box[0] + box[2], box[1] + box[3], one["area"], i % 2 == 1, image["id"], i,
                                 category["id"]))
            (self.folder / f"{part}.json").write_text(json.dumps(
                {"info": {}, "annotations": annotations, "images": images, "categories": categories},
                indent=self.random.choice([None, 1])))
        columns = ("image image_width image_height category x_min y_min x_max y_max area iscrowd image_id "
                   "annotation_id category_id")
        self.assertEqual(self.read("{kind: coco, files: \"*.json\"}", columns), expected)

    def test_yolo(self):
        expected = []
        for name in ("labels/train", "images/train"):
            (self.folder / name).mkdir(parents=True)
        (self.folder / "data.yaml").write_text(f"names: {json.dumps(CLASSES)}\n")
        for i in range(20):
            width, height = self.random.randint(1, 99), self.random.randint(1, 99)
            image, label = f"images/train/{i:02}.png", f"labels/train/{i:02}.txt"
            Image.new("L", (width, height)).save(self.folder / image)
            lines = []
            for _ in range(self.random.randint(0, 9)):
                class_, box = self.random.randrange(3), [self.random.random() for _ in range(4)]
                x, y, w, h = box
                lines.append(" ".join(map(str, [class_, *box])))
                expected.append((label, class_, CLASSES[class_], *box, None, image, width, height,
                                 (x - w / 2) * width, (y - h / 2) * height, (x + w / 2) * width,
                                 (y + h / 2) * height))
            (self.folder / label).write_text("\n".join(lines))
        files = "[labels/train/*.txt, images/train/*.png, data.yaml]"
        columns = ("file class_id class x_center y_center width height confidence image image_width "
                   "image_height x_min y_min x_max y_max")
        self.assertEqual(self.read(f"{{kind: yolo, files: {files}}}", columns), expected)


if __name__ == "__main__":
    unittest.main()
