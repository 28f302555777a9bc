"""Write a file so that it appears whole or not at all."""

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO


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
