"""What a built add-in says of itself, read from its file; it needs nothing of what building one does."""

import zipfile
from pathlib import Path

SETTINGS_PART = "xl/worksheets/sheet1.xml"
SIGNATURE = "vbaProjectSignature"
"""What the parts of a signature of the VBA project are called."""


def addin_settings(path: Path) -> dict[str, str]:
    """The settings in the sheet of a built add-in; empty if it is none."""
    from defusedxml import ElementTree

    try:
        with zipfile.ZipFile(path) as archive:
            root = ElementTree.fromstring(archive.read(SETTINGS_PART))
    except (OSError, KeyError, zipfile.BadZipFile, ElementTree.ParseError):
        return {}
    texts = [each.text or "" for each in root.iter() if each.tag.endswith("}t")]
    return dict(zip(texts[::2], texts[1::2]))


def is_signed(path: Path) -> bool:
    """Whether somebody has signed the macros of an add-in."""
    try:
        with zipfile.ZipFile(path) as archive:
            return any(SIGNATURE in name for name in archive.namelist())
    except (OSError, zipfile.BadZipFile):
        return False
