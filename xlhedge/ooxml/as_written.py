"""Whether a workbook is still as xlhedge wrote it: every other program puts the time of saving into it.

One of ours was last changed when it was created, to the second: at the time of its prices.
"""

import re
from pathlib import Path

from ..errors import FileError, Unreadable
from ..files import OLE
from .guard import Archive, Damaged, NotAPackage

CORE = "docProps/core.xml"
CREATOR = b"<dc:creator>xlhedge</dc:creator>"
_TIMES = re.compile(rb"<dcterms:(created|modified)[^>]*>([^<]*)<")


def is_as_written(content: bytes) -> bool:
    """Whether xlhedge wrote a workbook and nobody saved it since."""
    try:
        core = _properties(content)
    except Unreadable:
        return False
    times = dict(_TIMES.findall(core))
    is_untouched = b"<cp:lastModifiedBy>" not in core and times.get(b"created") == times.get(b"modified") is not None
    return CREATOR in core and is_untouched


def is_ours(name: str, content: bytes) -> bool:
    """Whether xlhedge wrote a workbook, saved by others since or not; Unreadable where it is none."""
    return CREATOR in _properties(content, name)


CHANGED = "a file of this name is there that xlhedge did not write, or that was changed since; move it, or use --force"
"""Why a file is not written over."""


def check_replaceable(path: Path) -> None:
    """Refuse to write over a file that is somebody's work: FileError unless there is none, or xlhedge's own untouched one."""
    try:
        content = path.read_bytes() if path.exists() else None
    except OSError as error:
        raise FileError(f"{path}: is there and cannot be read: {error.strerror}") from None
    if content is not None and not is_as_written(content):
        raise FileError(f"{path}: {CHANGED}")


def is_whole(content: bytes) -> bool:
    """Whether somebody's work may be in it: a workbook that is not damaged.

    So it may in one that only a password opens, and in one that is larger than anything that is looked through here.
    """
    try:
        _properties(content)
    except NotAPackage:
        return content.startswith(OLE)
    except Damaged:
        return False
    except Unreadable:
        return True
    return True


def _properties(content: bytes, name: str = "") -> bytes:
    """The properties of a workbook, b"" if it has none; every part is read, for any of them may be damaged."""
    archive, core = Archive(name, content), b""
    for part in archive.parts:
        found = archive.read(part)
        core = found if part == CORE else core
    return core
