"""Image files of another program in all its formats and modes, compared with what it reads of them."""

import hashlib
import json
import os
import pathlib
import random
import subprocess
import tarfile
import tempfile
import unittest

from PIL import Image

PROGRAM = pathlib.Path(os.environ["ASSAY"]).resolve()
# Beside the project, where it is; nothing of it is in the project.
REAL = pathlib.Path(__file__).resolve().parents[3] / "shared/data/img_bccd/img_bccd.tar.gz"
ORIENTATION = 274
SIZES = [(1, 1), (3, 2), (2, 3), (17, 33), (300, 200)]
MODES = {"png": ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"], "jpeg": ["L", "RGB", "CMYK"],
         "gif": ["P", "L"], "bmp": ["1", "L", "P", "RGB"], "webp": ["RGB", "RGBA"],
         "tiff": ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16", "F"]}
OPTIONS = {"png": [{}], "gif": [{}], "bmp": [{}], "webp": [{}, {"lossless": True}],
           "jpeg": [{}, {"progressive": True}, {"quality": 30, "subsampling": 0},
                    {"restart_marker_blocks": 2}],
           "tiff": [{}, {"compression": "tiff_lzw"}, {"big_tiff": True}]}
# Mode, channels and bits of a channel, by the other program's modes.
TOLD = {"1": ("gray", 1, 1), "L": ("gray", 1, 8), "LA": ("gray_alpha", 2, 8), "RGB": ("rgb", 3, 8),
        "RGBA": ("rgba", 4, 8), "CMYK": ("cmyk", 4, 8), "I;16": ("gray", 1, 16), "F": ("gray", 1, 32)}


def noise(mode, size, seed):
    """Return an image of a mode that packs badly."""
    pixels = random.Random(seed).randbytes(size[0] * size[1] * 3)
    image = Image.frombytes("RGB", size, pixels)
    if mode in ("LA", "RGBA"):
        image = image.convert(mode)
        image.putalpha(Image.frombytes("L", size, pixels[:size[0] * size[1]]))
        return image
    return image.convert("L").convert("I").convert("I;16") if mode == "I;16" else image.convert(mode)


class Images(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="assay-images-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def read(self, pattern, expected=0):
        (self.folder / "assay.yaml").write_text(
            f"format: 1\nproject: images\nsources:\n  s: {{kind: images, files: {pattern}}}\n")
        run = subprocess.run([PROGRAM, "run"], cwd=self.folder, text=True, capture_output=True)
        self.assertEqual(run.returncode, expected, run.stderr)
        shown = subprocess.run([PROGRAM, "sql", "SELECT * FROM s", "--json", "--limit", "0"], cwd=self.folder,
                               text=True, capture_output=True, check=True)
        return {row["file"]: row for row in json.loads(shown.stdout)}

    def compare(self, rows):
        for name, row in rows.items():
            path = self.folder / name
            with self.subTest(name=name), Image.open(path) as image:
                bytes_ = path.read_bytes()
                self.assertEqual(row["sha256"], hashlib.sha256(bytes_).hexdigest())
                self.assertEqual(row["bytes"], len(bytes_))
                size = image.size
                if image.format == "TIFF" and image.getexif().get(ORIENTATION, 1) > 4:
                    size = size[::-1]  # the other program tells the size of what is shown
                self.assertEqual((row["format"], row["width"], row["height"]),
                                 (image.format.lower(), *size))
                self.assertEqual(row["orientation"], image.getexif().get(ORIENTATION))
                self.assertEqual(row["frames"], getattr(image, "n_frames", 1))
                if image.mode == "P":
                    self.assertEqual((row["mode"], row["channels"]), ("palette", 1))
                elif image.format not in ("GIF", "BMP"):
                    self.assertEqual((row["mode"], row["channels"], row["bit_depth"]), TOLD[image.mode])
                image.load()  # what is called whole can be decoded

    def test_all_formats_and_modes(self):
        made = 0
        for suffix, modes in MODES.items():
            for mode in modes:
                for size in SIZES:
                    for options in OPTIONS[suffix]:
                        made += 1
                        exif = Image.Exif()
                        if made % 3 == 0 and suffix not in ("gif", "bmp"):
                            exif[ORIENTATION] = made % 8 + 1
                            options = {**options, "exif": exif}
                        noise(mode, size, made).save(self.folder / f"{made:04}.{suffix}", suffix, **options)
        frames = [noise("RGB", (20, 10), seed) for seed in range(3)]
        for suffix in ("gif", "webp", "png", "tiff"):
            frames[0].save(self.folder / f"frames.{suffix}", save_all=True, append_images=frames[1:])
        rows = self.read('"*.*g*"') | self.read('"*.[btw]*"')
        self.assertEqual(len(rows), made + 4)
        self.compare(rows)

    def test_what_is_cut_short_is_refused(self):
        for suffix in MODES:
            noise("L", (40, 30), 1).save(self.folder / f"whole.{suffix}")
            bytes_ = (self.folder / f"whole.{suffix}").read_bytes()
            (self.folder / f"whole.{suffix}").unlink()
            for share in (5, 50, 95):
                (self.folder / f"cut_{share}.{suffix}").write_bytes(bytes_[:len(bytes_) * share // 100])
        noise("L", (4, 3), 1).save(self.folder / "whole.png")
        self.assertEqual(list(self.read('"[cw]*.*"')), ["whole.png"])

    @unittest.skipUnless(REAL.is_file(), "the images are beside the project, and not there")
    def test_photographs(self):
        with tarfile.open(REAL) as archive:
            archive.extractall(self.folder)
        rows = self.read('"BCCD/JPEGImages/*.jpg"')
        self.assertEqual(len(rows), 364)
        self.compare(rows)


if __name__ == "__main__":
    unittest.main()
