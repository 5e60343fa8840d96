"""Makes a virtual environment with the wheel alone, tries it, then lets it see the test packages.

    make_venv.py FOLDER WHEEL-FOLDER VENV-WITH-PACKAGES
"""

import pathlib
import shutil
import subprocess
import sys
import venv


def main():
    folder, wheels, packages = map(pathlib.Path, sys.argv[1:])
    found = sorted(wheels.glob("assay-*.whl"))
    if not found:
        sys.exit(f"make_venv: there is no wheel in {wheels}; ./dev build makes it")
    shutil.rmtree(folder, ignore_errors=True)
    venv.create(folder, with_pip=False, symlinks=True)
    python = folder / "bin" / "python"
    subprocess.run([packages / "bin/python", "-m", "pip", "--python", python, "install", "--quiet",
                    "--disable-pip-version-check", "--no-index", "--no-deps", found[-1]],
                   check=True)
    # Nothing but Python and the wheel.
    subprocess.run([python, "-I", "-c", "import assay; assert len(assay.__version__.split('.')) == 3"],
                   check=True)
    subprocess.run([folder / "bin" / "assay", "version"], check=True)
    site = next((folder / "lib").glob("python3*/site-packages"))
    others = next((packages / "lib").glob("python3*/site-packages"))
    (site / "test_packages.pth").write_text(f"{others}\n")


if __name__ == "__main__":
    main()
