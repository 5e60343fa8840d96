"""The program where every user can run it."""

import pathlib
import shutil


def reachable(program, folder):
    """Return the program, or where a folder on the way to it is closed to others (a checkout in
    /root, say) a copy of it and its libraries in `folder`."""
    program = pathlib.Path(program).resolve()
    if all(parent.stat().st_mode & 0o001 for parent in program.parents):
        return program
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)
    for file in (program, *program.parent.glob("*.so")):
        shutil.copy(file, folder / file.name)  # follows links
        (folder / file.name).chmod(0o755)
    return folder / program.name
