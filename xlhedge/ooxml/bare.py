"""A copy of a workbook for an engine that calculates: without what no value depends on, and with calls that it knows.

Charts, colours, rules of typing and what is printed take a spreadsheet program more than half of the time that it needs to open
a file.
"""

import io
import re
import zipfile
from collections.abc import Collection

from .package import Package

_SHEET = re.compile(r"xl/worksheets/[^/]*\.xml")
_IDLE = re.compile(
    rb"<(?:drawing|legacyDrawing)\b[^>]*/>|<(conditionalFormatting|dataValidations|extLst)\b[^>]*[^/]>.*?</\1>",
    re.DOTALL,
)
_STYLED = re.compile(rb'(<(?:c|row)\b[^<>]*?) s="[0-9]+"')
"""How a cell looks: no value depends on it, and a spreadsheet program makes an object of each change."""
_FORMULA = re.compile(rb"<f\b[^>]*>[^<]*\[[^<]*</f>")
_LINKED = re.compile(rb"(?:'[^'!]*)?\[[^\]']*\](?:[^\]'!]*')?!(?=([A-Za-z0-9_.]+)\()")
_NAMED = re.compile(rb'<definedName\b[^>]*\bname="([^"]*)"[^>]*>[^<]*</definedName>')
REPEATED = b"_xlnm.Print_Titles"
"""The rows and columns that are repeated on each page: LibreOffice needs longer for those than for the formulas."""


def bare_copy(package: Package, functions: Collection[str] = ()) -> bytes:
    """The copy; each of `functions`, be it called in a linked add-in or named in the workbook, is left to the engine's own."""
    own, copy = {name.encode() for name in functions}, io.BytesIO()
    with zipfile.ZipFile(copy, "w", zipfile.ZIP_STORED) as archive:
        for part, content in package.parts.items():
            if _SHEET.fullmatch(part):
                content = _STYLED.sub(rb"\1", _IDLE.sub(b"", content))
                content = _FORMULA.sub(lambda found: _plain_calls(found[0], own), content)
            elif part == package.workbook:
                content = _NAMED.sub(
                    lambda found: b"" if found[1] in own or found[1] == REPEATED else found[0], content
                )
            archive.writestr(part, content)
    return copy.getvalue()


def _plain_calls(formula: bytes, functions: set[bytes]) -> bytes:
    return _LINKED.sub(lambda found: b"" if found[1].upper() in functions else found[0], formula)
