"""Write a file so that it appears whole or not at all; what reading a damaged archive raises."""

import contextlib
import os
import secrets
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

DAMAGED_ZIP = (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, RuntimeError)
"""What zipfile raises for what is no archive or is damaged; a RuntimeError is for a password, or, as its subclass
NotImplementedError, for a packing that nobody uses in workbooks."""


@contextlib.contextmanager
def replacing(path: Path, prefix: str) -> Iterator[BinaryIO]:
    """A file under a temporary name beside `path`; on leaving it is flushed to the disk and takes the path's name."""
    temporary = path.parent / f"{prefix}{secrets.token_hex(8)}.part"
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
