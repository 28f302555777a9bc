"""Built workbooks for tests: build one from lines of text, and read its cells by section, header and row."""

import io
from functools import cache, lru_cache
from pathlib import Path

from openpyxl import Workbook, load_workbook

from xlhedge.intake import read_portfolios
from xlhedge.template import build_template
from xlhedge.workbook.file.writer import render, write
from xlhedge.workbook.grid.sheet import Book
from xlhedge.workbook.model import build_model

SAMPLES = Path(__file__).parents[1] / "workbooks/samples"
SAMPLE_FILES = [
    ("btc-50.csv", "btc-50.settings.csv"), ("drift-85-15.csv", None), ("six-assets.csv", None),
    ("miner.csv", "miner.settings.csv"), ("dao.csv", None), ("fund.csv", "fund.settings.csv"),
]  # fmt: skip


def render_sample(number: int, mode: str = "native") -> bytes:
    """The workbook of one of the samples, built anew."""
    holdings, settings = SAMPLE_FILES[number]
    portfolios, errors = read_portfolios(SAMPLES / holdings, settings and SAMPLES / settings)
    assert not errors, errors
    return render(build_model(portfolios[0], mode))


_rendered = cache(render_sample)
"""Every test that asks for the same sample gets the same bytes: building them takes a second."""


def build_sample(number: int, folder: Path, mode: str = "native") -> Path:
    """Write the workbook of one of the samples, which is built once for all tests of a process."""
    path = folder / f"{SAMPLE_FILES[number][0]}-{mode}.xlsx"
    path.write_bytes(_rendered(number, mode))
    return path


@cache
def template_model(mode: str = "native") -> Book:
    """The template before it is written, computed once for all tests of a process."""
    return build_template(mode)


@cache
def _template(mode: str) -> bytes:
    return render(template_model(mode))


def write_template(path: Path, mode: str = "native") -> Path:
    """Write the template as the program makes it."""
    path.write_bytes(_template(mode))
    return path


def loaded(path: Path, data_only: bool = False) -> Workbook:
    """A workbook to look at, not to change: one of the same content is loaded once."""
    return _loaded(path.read_bytes(), data_only)


@lru_cache(maxsize=6)
def _loaded(content: bytes, data_only: bool) -> Workbook:
    return load_workbook(io.BytesIO(content), data_only=data_only)


def build_text(folder: Path, holdings: str, **settings: str) -> "Cells":
    """Build a workbook from the text of a holdings file and settings, and read it."""
    source, path = folder / "holdings.csv", folder / "book.xlsx"
    source.write_text(holdings)
    portfolios, errors = read_portfolios(source, overrides=settings)
    assert not errors, errors
    write(build_model(portfolios[0]), path)
    return Cells(path)


def letter_of(page, header: str) -> str:
    """The letter of the first column of a sheet under a header; columns move when others come between them."""
    return next(cell.column_letter for row in page.iter_rows() for cell in row if cell.value == header)


def under(path: Path, sheet: str, header: str, row: int) -> str:
    """The cell of a row of a sheet of a workbook under a header."""
    return f"{letter_of(loaded(path)[sheet], header)}{row}"


class Cells:
    """The cached values of a workbook, found as a reader would: by sheet, section title, header and unit."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.book = load_workbook(path, data_only=True)

    def column(self, sheet: str, section: str, header: str, unit: str | None = None) -> list:
        """The values below a header and its unit, which the header of a table object tells itself, down to the first blank cell.

        Where the first cell of a row is blank, the row is a spare one, and the table ends above it. A table without a title
        of its own is that of the section "".
        """
        page = self.book[sheet]
        if section:
            top = next(row for row in range(1, page.max_row) if str(page.cell(row, 1).value).startswith(section)) + 1
        else:
            top = next(cell.row for row in page.iter_rows() for cell in row if cell.value == header)
        above, below = ([page.cell(row, c).value for c in range(1, page.max_column + 1)] for row in (top, top + 1))
        has_units = all(isinstance(cell, str | None) for cell in below)
        column = next(
            c for c, (title, below_it) in enumerate(zip(above, below), 1)
            if (title == header and (unit is None or has_units and unit == below_it)) or title == f"{header}, {unit}"
        )  # fmt: skip
        values, row = [], top + 1 + has_units
        while page.cell(row, column).value is not None and page.cell(row, 1).value is not None:
            values.append(page.cell(row, column).value)
            row += 1
        return values

    def beside(self, sheet: str, label: str, column: int = 2) -> object:
        """The value beside a label in the first column."""
        page = self.book[sheet]
        return next(page.cell(r, column).value for r in range(1, page.max_row + 1) if page.cell(r, 1).value == label)
