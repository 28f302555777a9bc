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
from contextlib import contextmanager, suppress
from pathlib import Path

from xlhedge import __version__
from xlhedge.errors import XlhedgeError

from .install import NOT_WINDOWS, in_use, make_writable, need_room
from .locations import BEFORE, CONTENTS, ExcelError, free_name, this_computer
from .server import NEEDED

PLACED = ("python", "docs", "licences", "Uninstall xlhedge.bat", "Check xlhedge.bat", "xlhedge.bat", CONTENTS)
"""What of the bundle is placed."""
EARLIER = ("Scripts", "Lib", "Include", "share", "pyvenv.cfg", ".gitignore", "CACHEDIR.TAG", "xlwings*.dll")
"""What stands there where install.bat has made an environment."""
LOADED = f"import openpyxl, {', '.join(NEEDED)}"
"""What Excel's Python imports: done once here, it is checked, and compiled for the next time."""
LOADED_TO_ASK = "import ccxt, keyring"
"""What asking venues imports besides; nothing else fails without it."""
REMOVED = ".removed"
"""The end of the name of the folder whose files are being removed."""
UNRESTORED = (
    "{error}\nWhat was there before could not be put back: {again}. The next installation puts it back from {folder}."
)
PATIENCE = 3.0
"""Seconds in which a scanner lets go of files that were just written."""


class Unrestored(ExcelError):
    """The installation failed, and so did putting back what was there before."""


def place_bundle(source: Path, target: Path) -> Iterator[str]:
    """Put the bundle in its place and install the add-in; yields what was done.

    Arguments: source, the folder of the extracted bundle; target, the folder it goes to. Of that only what is xlhedge's is
    replaced: the user's own files and folders in it are not touched. Raises ExcelError with the reason, and everything is as it
    was.
    """
    new, before, removed = (target.with_name(target.name + end) for end in (".new", BEFORE, REMOVED))
    python = target / "python/python.exe"
    need_room(folders=(target, new, before))
    if before.exists():
        yield from _put_in_order(before, target)
    with _copied(source, new), _replaced(new, target, before):
        _run(python, "-c", LOADED)
        told = _run(python, "-m", "xlhedge", "install")  # at last: nothing that can fail comes after it
    with suppress(OSError):  # under another name what cannot be removed yet is not taken for what an interruption left
        before.rename(free_name(removed))
    for left in target.parent.glob(f"{target.name}*{REMOVED}*"):
        _remove(left)
    yield from (f"placed xlhedge {__version__} in {target}", *told, *_without_venues(python))


def _put_in_order(before: Path, target: Path) -> Iterator[str]:
    """What an interrupted installation left goes back to its place; yields which of the user's files have another name now.

    The installer of 0.1.0 moved the user's own files aside too, and they may have been made again since: both are kept.
    """
    target.mkdir(exist_ok=True)
    for path in _ours(before):
        _remove(target / path.name)
        _rename(path, target / path.name)
    for path in list(before.iterdir()):
        other = free_name(target / path.name)
        _rename(path, other)
        if other.name != path.name:
            yield f"kept both: the older {path.name} in {target} is now {other.name}"
    before.rmdir()


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
    """What is xlhedge's in a folder, replaced by what is in another; it comes back if anything fails."""
    made = [folder for folder in (before, target) if not folder.exists()]
    try:
        for folder in made:
            folder.mkdir()
        with _set_aside(target, before):
            try:
                for path in _ours(new):
                    _rename(path, target / path.name)
                yield
            except BaseException:
                for path in _ours(target):
                    _remove(path)
                raise
    except BaseException:
        for folder in made:
            with suppress(OSError):
                folder.rmdir()
        raise


@contextmanager
def _set_aside(target: Path, before: Path) -> Iterator[None]:
    """What is xlhedge's in a folder, moved to another; what was moved comes back if anything fails."""
    moved = []
    try:
        for path in _ours(target):
            _rename(path, before / path.name)
            moved.append(path)
        yield
    except BaseException as error:
        try:
            for path in moved:
                _rename(before / path.name, path)
        except ExcelError as again:
            raise Unrestored(UNRESTORED.format(error=error, again=again, folder=before)) from None
        raise


def _ours(folder: Path) -> list[Path]:
    """What of a folder is xlhedge's, not the user's own."""
    return [path for name in (*PLACED, *EARLIER) for path in folder.glob(name)]


def _remove(path: Path) -> None:
    """Remove a file or folder as far as it goes, what is only to be read too."""
    if not path.is_dir():
        make_writable(path)
        with suppress(OSError):
            path.unlink()
        return
    shutil.rmtree(path, ignore_errors=True)
    for left in path.rglob("*"):
        if not left.is_symlink():
            make_writable(left)
    shutil.rmtree(path, ignore_errors=True)


def _rename(path: Path, other: Path) -> None:
    """Rename a file or folder; what is open stays what it was, and that is told."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            path.rename(other)
            return
        except OSError as error:
            if time.monotonic() > end:
                raise ExcelError(in_use(path, error)) from None
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
        target = this_computer().place
        print(f"Installing xlhedge {__version__} in {target} (this takes half a minute)", flush=True)
        for line in place_bundle(Path(sys.executable).parents[1], target):
            print(line)
    except Unrestored as error:
        print(f"xlhedge: {error}\nThat failed.")
        return 1
    except (XlhedgeError, OSError) as error:
        told = f"{error.filename}: {error.strerror}" if isinstance(error, OSError) and error.filename else error
        print(f"xlhedge: {told}\nThat failed. Everything is as it was before.")
        return 1
    except KeyboardInterrupt:
        print("Stopped. Everything is as it was before.")
        return 1
    print('Done. To remove it again: "Uninstall xlhedge.bat" in that folder.')
    return 0


if __name__ == "__main__":
    sys.exit(main())
