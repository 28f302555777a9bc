"""Formulas that stand once for many cells: only those that Excel shares, and every reader sees what was written."""

import io
import re
import zipfile
from itertools import count

import numpy as np
import pytest
from books import SAMPLES
from openpyxl import load_workbook

from xlhedge.intake import read_portfolios
from xlhedge.ooxml.area import Area
from xlhedge.workbook.file.shared import elements
from xlhedge.workbook.file.writer import render
from xlhedge.workbook.grid.cells import Block, Style
from xlhedge.workbook.model import build_model

LONG = "+0.0123456789012345678901234567"
"""Makes a formula long enough to be worth a number."""
FORMULA = re.compile(r'<c r="([A-Z]+\d+)"[^>]*><f(?: t="shared"(?: ref="([^"]*)")? si="(\d+)")?(?:/>|>([^<]*)</f>)')


def shared(grid: list[list[str]], mode: str = "native") -> list[list[str]]:
    """The elements of a block whose first cell is B2, without their ends."""
    block = Block(2, 2, "a formula", np.zeros((len(grid), len(grid[0]), 1)), Style("calc"))
    found = elements(block, [[f"={text}{LONG}" for text in row] for row in grid], mode, count().__next__)
    return [[text.decode().replace(LONG, "").removeprefix("<f").removesuffix("</f>") for text in row] for row in found]


WHOLE, NUMBER = ' t="shared" ref="B2:{}" si="0">', ' t="shared" si="0"/>'


@pytest.mark.parametrize("grid, expected", [
    ([["A2*$C$1"], ["A3*$C$1"]], [[WHOLE.format("B3") + "A2*$C$1"], [NUMBER]]),
    ([["A2", "B2"], ["A3", "B3"]], [[WHOLE.format("C3") + "A2", NUMBER], [NUMBER, NUMBER]]),
    ([["$A2", "$A2"], ["$A3", "$A3"]], [[WHOLE.format("C3") + "$A2", NUMBER], [NUMBER, NUMBER]]),
    ([["SUM(A$1:A2)"], ["SUM(A$1:A3)"]], [[WHOLE.format("B3") + "SUM(A$1:A2)"], [NUMBER]]),
    ([["A2", "$Z$9"], ["A3", "$Z$8"]], [[WHOLE.format("B3") + "A2", ">$Z$9"], [NUMBER, ">$Z$8"]]),
    ([["A2"], ["A4"]], [[">A2"], [">A4"]]), ([["$A$2"], ["$A$3"]], [[">$A$2"], [">$A$3"]]),
    ([["1+A2"], ["2+A3"]], [[">1+A2"], [">2+A3"]]), ([['"A2"&A2'], ['"A3"&A3']], [['>"A2"&amp;A2'], ['>"A3"&amp;A3']]),
    ([['"A2"&A2'], ['"A2"&A3']], [[WHOLE.format("B3") + '"A2"&amp;A2'], [NUMBER]]),
    ([["LOG10(A2)"], ["LOG10(A3)"]], [[WHOLE.format("B3") + "LOG10(A2)"], [NUMBER]]),
    ([["price_x2*A2"], ["price_x2*A3"]], [[WHOLE.format("B3") + "price_x2*A2"], [NUMBER]]),
    ([["Inputs!A2"], ["Inputs!A3"]], [[">Inputs!A2"], [">Inputs!A3"]]),
    ([["A2*Inputs!$C$1"], ["A3*Inputs!$C$1"]], [[">A2*Inputs!$C$1"], [">A3*Inputs!$C$1"]]),
    ([["SUM(A2*{1,2})"], ["SUM(A3*{1,2})"]], [[">SUM(A2*{1,2})"], [">SUM(A3*{1,2})"]]),
    ([["SUM(INDEX(A2:A9,1):A2)"], ["SUM(INDEX(A3:A10,1):A3)"]], [[">SUM(INDEX(A2:A9,1):A2)"], [">SUM(INDEX(A3:A10,1):A3)"]]),
    ([["A2&\"!{\""], ["A3&\"!{\""]], [[WHOLE.format("B3") + 'A2&amp;"!{"'], [NUMBER]]), ([["A2"]], [[">A2"]]),
])  # fmt: skip
def test_what_is_shared(grid, expected):
    assert shared(grid) == expected


@pytest.mark.parametrize("mode", ["addin", "calc", "lambda"])
def test_calls_of_functions_of_ours_are_written_out(mode):
    assert shared([["LIQ_PRICE(A2)"], ["LIQ_PRICE(A3)"]], mode) == [[">LIQ_PRICE(A2)"], [">LIQ_PRICE(A3)"]]


@pytest.fixture(scope="module")
def book():
    (portfolio,), errors = read_portfolios(SAMPLES / "six-assets.csv")
    assert not errors
    return build_model(portfolio)


@pytest.fixture(scope="module")
def content(book) -> bytes:
    return render(book)


def test_a_reader_sees_every_formula_as_it_was_written(book, content):
    pages = load_workbook(io.BytesIO(content))
    for name, formulas in book.formulas().items():
        assert {address: pages[name][address].value for address in formulas} == formulas, name


def test_each_number_is_told_before_it_is_used_and_only_where_excel_shares(content):
    met = 0
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            areas = {}
            for cell, area, number, text in (
                FORMULA.findall(archive.read(name).decode()) if "sheets/sheet" in name else ()
            ):
                if area:
                    areas[number] = Area.parse(area)
                    assert not re.search("[!{]", re.sub('"[^"]*"', "", text)), (name, cell, text)
                if number:
                    met += 1
                    assert Area.parse(cell).meets(areas[number]), (name, cell)
    assert met > 4_000
