"""Whether a workbook is still as xlhedge wrote it: every other program puts the time of saving into it."""

import io
import zipfile

from .guard import DAMAGED_ZIP

CORE = "docProps/core.xml"
MODIFIED = b"2000-01-01T00:00:00Z"
"""The time of the last change in every workbook of ours, so that the same values give the same bytes."""


def is_as_written(content: bytes) -> bool:
    """Whether xlhedge wrote a workbook and nobody saved it since."""
    core = _whole(content)
    return (
        core is not None and b"<dc:creator>xlhedge</dc:creator>" in core and MODIFIED + b"</dcterms:modified>" in core
    )


def is_whole(content: bytes) -> bool:
    """Whether somebody's work may be in it: a workbook that is not damaged."""
    return _whole(content) is not None


def _whole(content: bytes) -> bytes | None:
    """The properties of a workbook of which every part can be read; None for anything else."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return archive.read(CORE) if archive.testzip() is None else None
    except (KeyError, *DAMAGED_ZIP):
        return None
