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

    Arguments: source, the folder of the extracted bundle; target, the folder to be replaced. Whatever in that is not xlhedge's stays.
    """
    before, python = target.with_name(target.name + ".old"), target / "python/python.exe"
    _mend_interrupted(target, before)
    with _copied(source, target.with_name(target.name + ".new")) as new, _replaced(new, target, before):
        _run(python, "-c", LOADED)
        told = _run(python, "-m", "xlhedge", "install")
        _keep_own(before, target)
    shutil.rmtree(before, ignore_errors=True)
    return [f"placed xlhedge {__version__} in {target}", *told, *_without_venues(python)]


def _without_venues(python: Path) -> list[str]:
    """What is to be told where venues cannot be asked."""
    try:
        _run(python, "-c", LOADED_TO_ASK)
    except ExcelError as error:
        return [f"Prices and accounts of venues cannot be asked for: {error}"]
    return []


def _mend_interrupted(target: Path, before: Path) -> None:
    """What was there before an installation that was interrupted comes back."""
    if before.exists():
        shutil.rmtree(target, ignore_errors=True)
        _rename(before, target)


@contextmanager
def _copied(source: Path, new: Path) -> Iterator[Path]:
    """A copy of the bundle, which is gone afterwards unless it has been moved."""
    shutil.rmtree(new, ignore_errors=True)
    try:
        new.mkdir(parents=True)
        for name in PLACED:  # the contents alone: Windows keeps with a file that it was downloaded, and distrusts it
            if (source / name).is_dir():
                shutil.copytree(source / name, new / name, copy_function=shutil.copyfile)
            else:
                shutil.copyfile(source / name, new / name)
        yield new
    except OSError as error:
        raise ExcelError(f"cannot copy the bundle to {new}: {error.strerror or error}") from None
    finally:
        shutil.rmtree(new, ignore_errors=True)


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
        shutil.rmtree(target, ignore_errors=True)
        if had:
            _rename(before, target)
        raise


def _keep_own(before: Path, target: Path) -> None:
    """Move what was not xlhedge's over to the new folder."""
    for path in before.iterdir() if before.exists() else ():
        if not any(path.match(name) for name in (*PLACED, *EARLIER)):
            path.rename(target / path.name)


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
