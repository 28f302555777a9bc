"""Text and numbers fit their cells: measured with the widths of Arial's characters, in the samples and the template."""

import math
from pathlib import Path

import cellrune
import pytest
from books import SAMPLE_FILES, build_sample, build_text, template_model, write_template
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from xlhedge.workbook.sheets.functions import PAGE_ROWS

HEADER = "asset,coins,price,hedge_ratio,face,mmr,leverage\n"
LARGE = {
    "dear": "BTC,50000,99999.5,40%,1,0.005,10\nETH,400000,4999.5,30%,1,0.005,10\n",
    "cheap": "DOGE,9000000,0.0812345,70%,10,0.02,2\nXRP,8000000,2.125,70%,1,0.01,2\n",
}
LARGEST = ("XRP,999999999,0.55,50%,10,0.01,2\nSHIB,1000000000000000,0.0000051,50%,10,0.02,2\n",)
# Widths of the characters from space to ~ in thousandths of the font's size; other characters count as an m.
REGULAR = """278 278 355 556 556 889 667 191 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 556 556 278 278
584 584 584 556 1015 667 667 722 722 667 611 778 722 278 500 667 556 833 722 778 667 778 722 667 611 722 667 944 667 667 611
278 278 278 469 556 333 556 556 500 556 556 278 556 556 222 222 500 222 833 556 556 556 556 333 500 278 556 500 722 500 500
500 334 260 334 584"""
BOLD = """278 333 474 556 556 889 722 238 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 556 556 333 333
584 584 584 611 975 722 722 722 722 667 611 778 722 278 556 722 611 833 722 778 667 778 722 667 611 722 667 944 667 667 611
333 278 333 584 556 333 556 611 556 611 556 333 611 611 278 278 556 278 889 611 611 611 611 389 556 333 611 556 778 556 556
500 389 280 389 584"""
WIDTHS = {bold: [int(width) for width in text.split()] for bold, text in ((False, REGULAR), (True, BOLD))}
PIXELS_A_POINT = 96 / 72
PIXELS_A_UNIT = 7  # of a column's width, with the default font of a workbook
INDENT = 9
PADDING = 5  # pixels of a cell that hold no text
STANDARD_WIDTH = 8.43
LEAST_SHRINKAGE = 0.85  # of a text or number that shrinks to fit
LEAST_READABLE = 0.6  # of a number at the limit of what may be typed


def width(text: str, cell) -> float:
    """Pixels that a text takes in the font of a cell."""
    known = WIDTHS[bool(cell.font.b)]
    widths = (known[ord(c) - 32] if " " <= c <= "~" else 833 for c in text)
    return sum(widths) / 1000 * cell.font.sz * PIXELS_A_POINT


def room(page, column: int, columns: int = 1) -> float:
    """Pixels for text in some columns."""
    letters = (get_column_letter(column + k) for k in range(columns))
    widths = (page.column_dimensions[c].width if c in page.column_dimensions else STANDARD_WIDTH for c in letters)
    return sum(widths) * PIXELS_A_UNIT - PADDING


def shown(cell) -> str:
    """What a cell shows; a number with its format."""
    value = cell.value
    if isinstance(value, bool):
        return str(value).upper()
    if hasattr(value, "isoformat"):
        return value.strftime("%Y-%m-%d %H:%M" if "hh" in cell.number_format else "%Y-%m-%d")
    if isinstance(value, (int, float)) and cell.number_format != "General":
        return cellrune.format_display_text({"kind": "number", "value": float(value)}, cell.number_format)
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def free(page, cell) -> float:
    """Pixels that a text may take to its right: up to the next cell with content, without end if there is none."""
    for column in range(cell.column + 1, page.max_column + 1):
        if page.cell(cell.row, column).value not in (None, ""):
            return room(page, cell.column, column - cell.column)
    return math.inf


def misfits(path: Path, least: float = LEAST_SHRINKAGE) -> list[str]:
    """Cells whose content does not fit."""
    told = []
    for page in load_workbook(path, data_only=True):
        for row in page.iter_rows():
            for cell in row:
                if cell.value in (None, ""):
                    continue
                text, is_text = shown(cell), isinstance(cell.value, str)
                if cell.alignment.wrap_text:
                    needs = max(width(word, cell) for word in text.split())
                    has = room(page, cell.column)
                elif cell.alignment.shrink_to_fit:
                    needs, has = least * width(text, cell), room(page, cell.column)
                else:
                    runs_on = is_text and cell.alignment.horizontal in (None, "general", "left")
                    needs = width(text, cell)
                    has = free(page, cell) if runs_on else room(page, cell.column)
                needs += INDENT * cell.alignment.indent
                if needs > has:
                    told.append(f"{page.title}!{cell.coordinate} {text!r} needs {needs:.0f} of {has:.0f} pixels")
    return told


@pytest.mark.parametrize("number", range(len(SAMPLE_FILES)))
def test_samples(tmp_path, number):
    assert misfits(build_sample(number, tmp_path)) == []


@pytest.mark.parametrize("holdings", LARGE)
def test_large_holdings(tmp_path, holdings):
    assert misfits(build_text(tmp_path, HEADER + LARGE[holdings]).path) == []


@pytest.mark.parametrize("holdings", LARGEST)
def test_the_largest_holdings_shrink_and_can_be_read(tmp_path, holdings):
    assert misfits(build_text(tmp_path, HEADER + holdings).path, LEAST_READABLE) == []


def test_template(tmp_path):
    write_template(tmp_path / "template.xlsx")
    assert misfits(tmp_path / "template.xlsx") == []


def test_a_printed_page_of_functions_starts_with_a_function():
    sheet = template_model().sheets["Functions"]
    starts = {block.row for block in sheet.blocks if block.column == 1 and block.style.role in ("section", "title")}
    assert sheet.breaks and set(sheet.breaks) <= starts
    assert max(below - above for above, below in zip([1, *sheet.breaks], sheet.breaks)) <= PAGE_ROWS
