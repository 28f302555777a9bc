"""Random stamped workbooks of every shape, recalculated by LibreOffice: what is cached is what comes out."""

import datetime
import io
import math

import pytest
from ooxml import validate
from python_calamine import CalamineWorkbook
from random_holdings import write_random

from xlhedge.intake import read_portfolios
from xlhedge.nodes import letters
from xlhedge.ooxml.guard import Archive
from xlhedge.ooxml.lint import lint
from xlhedge.ooxml.package import Package
from xlhedge.workbook.file.stamp import stamp
from xlhedge.workbook.grid.numbers import sheet_number
from xlhedge.workbook.grid.typed import as_stored
from xlhedge.workbook.portfolios import shape

PORTFOLIOS, RECALCULATED, TOLERANCE = 200, 80, 1e-9
"""So many are stamped together; Calc takes two seconds for each, so some of every shape go through it."""
NOISE = 1e-13
"""Calc takes a difference of two numbers that are equal to 15 digits for 0; beside those it is nothing."""


@pytest.fixture(scope="module")
def shapes(tmp_path_factory):
    """Random portfolios by shape: the finished workbook of each."""
    path = write_random(tmp_path_factory.mktemp("random") / "random.csv", PORTFOLIOS, seed=2, most=4)
    portfolios, errors = read_portfolios(path)
    assert not errors and len(portfolios) == PORTFOLIOS
    groups: dict = {}
    for portfolio in portfolios:
        groups.setdefault(shape(portfolio), []).append(portfolio)
    assert len(groups) >= 8
    return {key: [stamped.content for stamped in stamp(group)] for key, group in groups.items()}


@pytest.fixture(scope="module")
def addresses(shapes):
    """Where each shape has formulas."""
    return {key: formula_addresses(contents[0]) for key, contents in shapes.items()}


def formula_addresses(content: bytes) -> dict[str, list[str]]:
    package = Package(Archive("stamped.xlsx", content))
    return {sheet.name: [cell.ref for cell in sheet.cells if cell.formula is not None] for sheet in package.sheets}


def cached_values(content: bytes) -> dict[str, dict[str, object]]:
    """The values that are stored in the file, by an independent reader."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {
        name: {
            f"{letters(j)}{i}": as_calc_has_it(value)
            for i, row in enumerate(book.get_sheet_by_name(name).to_python(skip_empty_area=False), 1)
            for j, value in enumerate(row, 1)
        }
        for name in book.sheet_names
    }


def as_calc_has_it(value: object) -> object:
    """A value of a cell, a day as its number."""
    return sheet_number(as_stored(value)) if isinstance(value, datetime.date) else value


def is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def is_same(old: object, new: object, row: list) -> bool:
    """Whether two values are the same; where Calc makes 0 of a difference, beside the numbers of its row."""
    if not (is_number(old) and is_number(new)):
        return (old or "") == (new or "")
    noise = NOISE * max(map(abs, filter(is_number, row)), default=0.0) if new == 0 else 0.0
    return math.isclose(old, new, rel_tol=TOLERANCE, abs_tol=max(TOLERANCE, noise))


def row_of(cached: dict, place: str) -> list:
    """The values in the row of a cell."""
    number = place.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return [value for address, value in cached.items() if address.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ") == number]


@pytest.mark.parametrize("number", range(RECALCULATED))
def test_what_is_cached_is_what_calc_calculates(calc, shapes, addresses, tmp_path, number):
    turns = ((i, key, content) for key, contents in shapes.items() for i, content in enumerate(contents))
    _, key, content = sorted(turns, key=lambda turn: turn[0])[
        number
    ]  # one of every shape, then a second one, and so on
    path = tmp_path / "stamped.xlsx"
    path.write_bytes(content)
    cached, told, cells = cached_values(content), [], 0
    with calc.open(path) as book:
        for sheet, places in addresses[key].items():
            new = book.cells(sheet)
            cells += len(places)
            told += [
                f"{sheet}!{place}: {cached[sheet].get(place)!r}, recalculated {new.get(place)!r}"
                for place in places
                if not is_same(cached[sheet].get(place), new.get(place), [])
                and not is_same(cached[sheet].get(place), new.get(place), row_of(cached[sheet], place))
            ]
    assert not told, f"{len(told)} of {cells} cells differ: {told[:5]}"
    assert cells > 4000


def test_one_of_every_shape_is_clean(shapes, tmp_path):
    for number, contents in enumerate(shapes.values()):
        path = tmp_path / f"{number}.xlsx"
        path.write_bytes(contents[-1])
        assert not lint(path)
        assert not validate(path)
