"""File permissions hold for an ordinary user only: tests that need them step down when root runs them."""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

NOBODY = 65534


@contextlib.contextmanager
def ordinary_user(folder: Path) -> Iterator[None]:
    """Act as a user who owns nothing but may walk to `folder`; what the test needs must be imported before."""
    if os.geteuid() != 0:
        yield
        return
    top = Path(tempfile.gettempdir())
    walked = [path for path in (folder, *folder.parents) if top in path.parents]
    modes = [path.stat().st_mode for path in walked]
    for path, mode in zip(walked, modes):
        path.chmod(mode | 0o055)
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)
        for path, mode in zip(walked, modes):
            path.chmod(mode)
