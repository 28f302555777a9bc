"""Files: only ordinary ones are read, and one is written whole or not at all."""

import contextlib
import os
import secrets
import stat
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from difflib import get_close_matches
from pathlib import Path
from typing import BinaryIO

from .errors import Unreadable

LARGEST_AT_ONCE = 100 * 2**20
"""Bytes of a file that is held in memory as a whole; a batch keeps rows on the disk and takes larger ones."""
LARGEST_STREAMED = 2 * 2**30
"""Bytes of a file whose rows are gone through one by one."""
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""What an old .xls and a password-protected workbook begin with."""


def ordinary_size(path: Path, largest: int = LARGEST_AT_ONCE) -> int:
    """The size of a file in bytes; what is no ordinary file, or is larger than it may be, is refused."""
    try:
        found = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        raise Unreadable(path, f"there is no such file{_similar(path)}") from None
    except (OSError, ValueError) as error:
        raise Unreadable(path, f"cannot be read: {getattr(error, 'strerror', None) or error}") from None
    if stat.S_ISDIR(found.st_mode):
        raise Unreadable(path, "is a folder, not a file")
    if not stat.S_ISREG(found.st_mode):
        raise Unreadable(path, "is not an ordinary file")
    if found.st_size > largest:
        raise Unreadable(path.name, f"is larger than {largest // 2**20:,} MB")
    return found.st_size


def file_bytes(path: Path) -> bytes:
    """The content of a file that fits in memory."""
    ordinary_size(path)
    try:
        return path.read_bytes()
    except OSError as error:
        raise Unreadable(path, f"cannot be read: {error.strerror}") from None


def _similar(path: Path) -> str:
    try:
        close = get_close_matches(path.name, [entry.name for entry in path.parent.iterdir()], 1, 0.85)
    except OSError:
        return ""
    return f"; did you mean {close[0]}?" if close else ""


def files_in(folder: Path, endings: tuple[str, ...]) -> Iterator[Path]:
    """The files of a folder with these endings, by name; hidden files and Excel's locks are passed over."""
    try:
        with os.scandir(folder) as entries:
            names = sorted(entry.name for entry in entries if entry.name.lower().endswith(endings))
    except OSError as error:
        raise Unreadable(folder, f"cannot be read: {error.strerror}") from None
    return (folder / name for name in names if not name.startswith((".", "~$")))


@contextlib.contextmanager
def replacing(path: Path, prefix: str) -> Iterator[BinaryIO]:
    """A file under a temporary name beside `path`; on leaving it is flushed to the disk and takes the path's name."""
    temporary = temporary_beside(path, prefix)
    try:
        with open(temporary, "xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def temporary_beside(path: Path, prefix: str) -> Path:
    """A name of its own for what is to become a file, in the folder of that."""
    return path.parent / f"{prefix}{secrets.token_hex(8)}.part"


def flush_together(folder: Path, files: Iterable[Path]) -> None:
    """Have the disk take files of a folder: all at once where the system can, else one by one."""
    if sync_all := file_system_sync():
        _of_folder(folder, sync_all)
        return
    for path in files:
        with open(path, "rb+") as file:
            os.fsync(file.fileno())


def flush_names(folder: Path) -> None:
    """Have the disk take the names in a folder; Windows does so by itself."""
    if os.name != "nt":
        _of_folder(folder, os.fsync)


def _of_folder(folder: Path, flush: Callable[[int], object]) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        flush(handle)
    finally:
        os.close(handle)


@cache
def file_system_sync() -> Callable[[int], None] | None:
    """What flushes all that waits for the disk of an open folder and tells of errors, as Linux does from 5.8 on; else None."""
    if sys.platform != "linux" or _kernel() < (5, 8):
        return None
    import ctypes

    syncfs = getattr(ctypes.CDLL(None, use_errno=True), "syncfs", None)

    def flush(handle: int) -> None:
        if syncfs(handle):
            code = ctypes.get_errno()
            raise OSError(code, os.strerror(code))

    return flush if syncfs else None


def _kernel() -> tuple[int, ...]:
    return tuple(int(part) for part in os.uname().release.split("-")[0].split(".")[:2] if part.isdigit())
