"""Place the Windows bundle for the user who runs it, and install the add-in from there; a failure leaves everything as it was.

    python\\python.exe -P -B -m xlhedge.hosts.excel.bundle

The bundle's own Python runs it, in the folder that the zip was extracted to. An xlhedge that is there already, of this or of
an earlier version, gives way.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from xlhedge import __version__
from xlhedge.errors import XlhedgeError

from .install import IN_USE, NOT_WINDOWS
from .locations import ExcelError

PLACED = ("python", "docs", "licences", "Uninstall xlhedge.bat", "Check xlhedge.bat", "xlhedge.bat", "contents.txt")
"""What of the bundle is placed."""
EARLIER = ("Scripts", "Lib", "Include", "share", "pyvenv.cfg", ".gitignore", "CACHEDIR.TAG", "xlwings*.dll")
"""What stands there where install.bat has made an environment."""
LOADED = "import openpyxl, xlwings, xlhedge.udfs"
"""What Excel's Python imports: done once here, it is checked, and compiled for the next time."""
LOADED_TO_ASK = "import ccxt, keyring"
"""What asking venues imports besides; nothing else fails without it."""
PATIENCE = 3.0
"""Seconds in which a scanner lets go of files that were just written."""


def place_bundle(source: Path, target: Path) -> list[str]:
    """Copy the bundle beside what is there, put it in its place and install the add-in; returns what was done.

    Arguments: source, the folder of the extracted bundle; target, the folder to be replaced. Whatever in that is not xlhedge's
    stays. Raises ExcelError with the reason, and everything is as it was.
    """
    new, before, removed = (target.with_name(target.name + end) for end in (".new", ".old", ".removed"))
    python = target / "python/python.exe"
    if before.exists():  # an installation was interrupted
        _put_back(before, target)
    with _copied(source, new), _replaced(new, target, before):
        _run(python, "-c", LOADED)
        told = _run(python, "-m", "xlhedge", "install")
        if before.exists():
            _move_own(before, target)
            _remove(removed)
            _rename(before, removed)
    _remove(removed)
    return [f"placed xlhedge {__version__} in {target}", *told, *_without_venues(python)]


def _without_venues(python: Path) -> list[str]:
    """What is to be told where venues cannot be asked."""
    try:
        _run(python, "-c", LOADED_TO_ASK)
    except ExcelError as error:
        return [f"Prices and accounts of venues cannot be asked for: {error}"]
    return []


@contextmanager
def _copied(source: Path, new: Path) -> Iterator[None]:
    """A copy of the bundle, which is gone afterwards unless it has been moved."""
    _remove(new)
    try:
        try:
            new.mkdir(parents=True)
            for (
                name
            ) in PLACED:  # the contents alone: Windows keeps with a file that it was downloaded, and distrusts it
                copy = shutil.copyfile if (source / name).is_file() else _copy_folder
                copy(source / name, new / name)
        except OSError as error:
            raise ExcelError(f"cannot copy the bundle to {new}: {error.strerror or error}") from None
        yield
    finally:
        _remove(new)


def _copy_folder(source: Path, new: Path) -> None:
    shutil.copytree(source, new, copy_function=shutil.copyfile)


@contextmanager
def _replaced(new: Path, target: Path, before: Path) -> Iterator[None]:
    """A folder in the place of another, which comes back if anything fails."""
    had = target.exists()
    if had:
        _rename(target, before)
    try:
        _rename(new, target)
        yield
    except BaseException:
        if had:
            _put_back(before, target)
        else:
            _remove(target)
        raise


def _put_back(before: Path, target: Path) -> None:
    """What was there before comes back, with what was moved out of it already."""
    if target.exists():
        _move_own(target, before)
        _remove(target)
    _rename(before, target)


def _move_own(folder: Path, other: Path) -> None:
    """Move what is not xlhedge's, but the user's own, to another folder."""
    for path in folder.iterdir():
        if not any(path.match(name) for name in (*PLACED, *EARLIER)):
            path.rename(other / path.name)


def _remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)


def _rename(path: Path, other: Path) -> None:
    """Rename a folder; one of whose files is open stays what it was, and that is told."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            path.rename(other)
            return
        except OSError:
            if time.monotonic() > end:
                raise ExcelError(IN_USE.format(path=path)) from None
        time.sleep(0.2)


def _run(python: Path, *words: str) -> list[str]:
    """The lines that the placed Python prints; its last words where it fails.

    They go to a file: what it starts in its turn may live longer than it, and would keep a pipe open.
    """
    with tempfile.TemporaryFile() as output:
        try:
            run = subprocess.run(
                [python, "-P", *words], stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                env={**os.environ, "PYTHONIOENCODING": "utf-8"},
            )  # fmt: skip
        except OSError as error:
            raise ExcelError(f"{python} cannot be run: {error.strerror or error}") from None
        output.seek(0)
        lines = output.read().decode("utf-8", errors="replace").strip().splitlines()
    if run.returncode:
        raise ExcelError(lines[-1].removeprefix("xlhedge: ") if lines else f"{python} ended with {run.returncode}")
    return lines


def main() -> int:
    """Install from the bundle that this Python belongs to; the exit code."""
    sys.stdout.reconfigure(errors="replace")  # a user's name may not be among the characters of where this is shown
    try:
        if sys.platform != "win32":
            raise ExcelError(NOT_WINDOWS)
        target = Path(os.environ["LOCALAPPDATA"]) / "xlhedge"
        print(f"Installing xlhedge {__version__} in {target} (this takes half a minute)", flush=True)
        for line in place_bundle(Path(sys.executable).parents[1], target):
            print(line)
    except XlhedgeError as error:
        print(f"xlhedge: {error}\nThat failed. Everything is as it was before.")
        return 1
    print('Done. To remove it again: "Uninstall xlhedge.bat" in that folder.')
    return 0


if __name__ == "__main__":
    sys.exit(main())
