"""A workbook printed to a PDF file by LibreOffice."""

import re
from pathlib import Path
from tempfile import TemporaryDirectory

from .errors import FileError
from .files import file_bytes, replacing
from .ooxml.as_written import is_ours

PATIENCE = 300.0
"""Seconds that LibreOffice may take for a step."""
OURS = b"/Author<FEFF" + "xlhedge".encode("utf-16-be").hex().upper().encode() + b">"
"""How LibreOffice writes into a PDF file that the workbook was made by xlhedge."""
PAGE = re.compile(rb"/Type\s*/Page\b")
NOT_FOUND = (
    "to print needs LibreOffice, which is not here: install LibreOffice 25.2 or later (on Debian and Ubuntu with the package "
    "python3-uno), or print the workbook to PDF in your spreadsheet program"
)
THERE = "a file of this name is there that is no PDF of a workbook of xlhedge; move it, or use --force"

FOREIGN = "is not a workbook of xlhedge, whose pages are set up; print it in your spreadsheet program"


def write_pdf(workbook: Path, out: Path, force: bool = False) -> int:
    """Print a workbook, recalculated, as its print areas say, and return the number of pages; the file appears whole or not at all.

    A file that is there is only written over where it is such a PDF, or by `force`. Without LibreOffice, and where the
    workbook cannot be read or the file not be written, it raises FileError.
    """
    from .hosts.calc import Calc, find

    workbook, out = Path(workbook), Path(out)
    if not force and out.exists() and not _is_ours(out):
        raise FileError(f"{out}: {THERE}")
    if not out.parent.is_dir():
        raise FileError(f"{out}: there is no folder {out.parent}")
    if find() is None:
        raise FileError(NOT_FOUND)
    if not is_ours(workbook.name, file_bytes(workbook)):
        raise FileError(f"{workbook}: {FOREIGN}")
    with TemporaryDirectory(prefix="xlhedge-") as folder, Calc(PATIENCE) as calc, calc.open(workbook) as book:
        book.recalculate()
        book.show_printed()
        content = book.to_pdf(Path(folder) / "printed.pdf").read_bytes()
    try:
        with replacing(out, f".{out.name[:40]}.") as file:
            file.write(content)
    except OSError as error:
        raise FileError(f"{out}: cannot be written: {error.strerror}; is it open in a viewer?") from None
    return len(PAGE.findall(content))


def _is_ours(path: Path) -> bool:
    """Whether a file is a PDF that was printed from a workbook of xlhedge."""
    try:
        content = path.read_bytes()
    except OSError:
        return False
    return content.startswith(b"%PDF-") and OURS in content
