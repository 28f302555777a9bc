"""Open documents of LibreOffice, read and typed into by the texts beside and above their cells."""

import re

from xlhedge.hosts.calc import OpenDocument


def place(document: OpenDocument, sheet: str, text: str, column: str = "A") -> tuple[str, int]:
    """The first cell of a column that holds a text."""
    rows = [int(at[len(column):]) for at, found in document.cells(sheet).items()
            if found == text and re.fullmatch(rf"{column}\d+", at)]  # fmt: skip
    return column, min(rows)


def log(document: OpenDocument, rows: list[dict[str, object]]) -> None:
    """Type rows into the log of Monitor, by its headers."""
    first, cells = place(document, "Monitor", "Before the log")[1] + 1, document.cells("Monitor")
    columns = {cells.get(f"{letter}{first - 3}"): letter for letter in "BCDEFGHIJ"}
    for row, typed in enumerate(rows, first):
        for header, value in typed.items():
            document.set("Monitor", f"{columns[header]}{row}", value)


def below_header(document: OpenDocument, sheet: str, header: str, row: int = 0) -> object:
    """The value in a row below the topmost header of a name and its unit."""
    found = (re.fullmatch(r"([A-Z]+)(\d+)", at) for at, text in document.cells(sheet).items() if text == header)
    column, top = min(((match[1], int(match[2])) for match in found), key=lambda place: place[1])
    return document.get(sheet, f"{column}{top + 2 + row}")


def beside(document: OpenDocument, sheet: str, label: str, column: str, value: str) -> object:
    """The value in a column beside a label."""
    return document.get(sheet, f"{value}{place(document, sheet, label, column)[1]}")


def letter_below(document: OpenDocument, sheet: str, header: str) -> str:
    """The letter of the column under a header."""
    return next(re.match(r"[A-Z]+", at)[0] for at, text in document.cells(sheet).items() if text == header)
