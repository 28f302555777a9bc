"""LibreOffice as referee: every built workbook recalculates to its cached values, and follows its inputs."""

import datetime
import io
import math
from functools import lru_cache

import pytest
from books import SAMPLE_FILES, SAMPLES, build_sample, letter_of, loaded
from ooxml import validate
from openpyxl import load_workbook

import xlhedge
from xlhedge.workbook.grid.numbers import sheet_number
from xlhedge.contracts import rows_table
from xlhedge.intake import read_portfolios
from xlhedge.workbook.file.writer import write
from xlhedge.workbook.model import build_model

TOLERANCE = 1e-9


def formula_cells(path) -> dict[tuple[str, str], object]:
    """The cached value of every formula cell."""
    return _formula_cells(path.read_bytes())


@lru_cache(maxsize=8)
def _formula_cells(content: bytes) -> dict[tuple[str, str], object]:
    formulas, cached = load_workbook(io.BytesIO(content)), load_workbook(io.BytesIO(content), data_only=True)
    return {
        (page.title, cell.coordinate): cached[page.title][cell.coordinate].value
        for page in formulas for row in page.iter_rows() for cell in row if cell.data_type == "f"
    }  # fmt: skip


def differences(path, book) -> list[str]:
    """Formula cells whose cached value is not what the recalculation gives."""
    cells = {sheet: book.cells(sheet) for sheet in book.sheets()}
    told = []
    for (sheet, address), old in formula_cells(path).items():
        new = cells[sheet].get(address)
        old = sheet_number(old) if isinstance(old, datetime.datetime) else old  # LibreOffice has days as numbers
        numbers = isinstance(old, (int, float)) and isinstance(new, (int, float)) and not isinstance(old, bool)
        if not (
            math.isclose(old, new, rel_tol=TOLERANCE, abs_tol=TOLERANCE) if numbers else (old or "") == (new or "")
        ):
            told.append(f"{sheet}!{address}: cached {old!r}, recalculated {new!r}")
    return told


@pytest.mark.parametrize("number", range(len(SAMPLE_FILES)))
def test_samples_recalculate_to_their_cached_values(calc, tmp_path, number):
    path = build_sample(number, tmp_path)
    with calc.open(path) as book:
        book.recalculate()
        assert differences(path, book) == []
    assert len(formula_cells(path)) > 300


@pytest.mark.parametrize("number", range(len(SAMPLE_FILES)))
def test_the_open_xml_validator_is_quiet(tmp_path, number):
    assert validate(build_sample(number, tmp_path)) == []


# What-if: the setting or column that is changed, its cell, and the new value.
WHAT_IFS = [
    ("price", "Inputs", "D7", 52_000.0), ("hedge ratio", "Inputs", "F7", 0.35), ("posted margin", "Positions", "K8", 7.5),
    ("coins", "Inputs", "C7", 61.0), ("rally", "Inputs", "rally", 0.8), ("funding rate", "Inputs", "funding_rate", -0.0002),
    ("mode", "Inputs", "mode", "spot"), ("maintenance rate", "Contracts", "mmr", 0.01), ("face", "Contracts", "face", 100.0),
]  # fmt: skip


@pytest.fixture(scope="module")
def before(plain_office, tmp_path_factory) -> dict[str, dict]:
    """Every cell of the first sample as LibreOffice calculates it."""
    with plain_office.running().open(build_sample(0, tmp_path_factory.mktemp("before"))) as book:
        book.recalculate()
        return {name: book.cells(name) for name in book.sheets()}


@pytest.mark.parametrize("what,sheet,cell,value", WHAT_IFS, ids=[row[0] for row in WHAT_IFS])
def test_what_if_changes_every_dependent_cell(calc, before, tmp_path, what, sheet, cell, value):
    """A changed input in the file gives, everywhere, what Python computes when it is built with that input."""
    path = build_sample(0, tmp_path)
    portfolio = read_portfolios(SAMPLES / SAMPLE_FILES[0][0], SAMPLES / SAMPLE_FILES[0][1])[0][0]
    fresh = tmp_path / "fresh.xlsx"
    write(build_model(changed(portfolio, what, value)), fresh)
    address = cell if cell[0].isupper() else (figure_address if sheet == "Contracts" else setting_address)(path, cell)
    with calc.open(path) as book:
        book.set(sheet, address, value)
        book.recalculate()
        # The example rows on Monitor and Replay are typed from the plan and the price of the day of the build.
        told = differences(fresh, book)
        assert [line for line in told if not line.startswith(("Monitor!", "Replay!"))] == []
        assert {name: book.cells(name) for name in book.sheets()} != before, "nothing followed"


def changed(portfolio, what: str, value):
    """The portfolio with one input changed, as the reader would have made it."""
    holding, position, settings = portfolio.holdings[0], portfolio.positions[0], portfolio.settings
    column = {"price": "price", "hedge ratio": "hedge_ratio", "coins": "coins"}.get(what)
    figure = {"maintenance rate": "mmr", "face": "face"}.get(what)
    if what == "posted margin":
        position.values.margin = value
    elif column:
        setattr(holding.values, column, value)
        if column == "price":  # the ladder of the file keeps its moves, which came from prices
            settings.shocks = tuple(p / 60_000 - 1 for p in settings.ladder_prices)
            settings.ladder_prices = None
    elif figure:
        facts = {figure: value, "cap": 150.0}  # a rate of one's own would otherwise leave no limit
        table = rows_table({"venue": "bybit", "symbol": "BTCUSD", "field": f, "value": v} for f, v in facts.items())
        return portfolio._replace(contracts=table)
    else:
        setattr(settings, what.replace(" ", "_"), value)
    return portfolio


def setting_address(path, name: str) -> str:
    """The cell of a setting on the Inputs sheet."""
    page = loaded(path)["Inputs"]
    label = name.replace("_", " ").capitalize()
    row = next(row for row in range(1, page.max_row + 1) if page.cell(row, 1).value == label)
    return f"C{row}"


def figure_address(path, name: str) -> str:
    """The cell of a figure of bybit's BTCUSD on the Contracts sheet."""
    page = loaded(path)["Contracts"]
    row = next(row for row in range(1, page.max_row + 1) if page.cell(row, 1).value == "bybit BTCUSD")
    return letter_of(page, {"face": "Face", "mmr": "Maintenance rate"}[name]) + str(row)


def test_liquidation_follows_the_margin_to_the_number(calc, tmp_path):
    path = build_sample(0, tmp_path)
    cell = next(a for (s, a), v in formula_cells(path).items() if s == "Hedge plan" and v == 119_400)
    with calc.open(path) as book:
        for margin in (0.1, 1.0, 2.5, 5.0, 10.0):
            book.set("Positions", "K8", margin)
            book.recalculate()
            expected = xlhedge.liq_price(-600_000, 60_000, margin, 0.005)
            found = book.get("Hedge plan", cell)
            assert found == "none" if math.isinf(expected) else math.isclose(found, expected, rel_tol=1e-12), margin


def test_pictures_of_every_sheet(calc, tmp_path):
    path = build_sample(2, tmp_path)
    with calc.open(path) as book:
        pictures = book.to_png(tmp_path / "pictures")
        sheets = book.sheets()
    assert [picture.stem for picture in pictures] == sheets
    assert min(picture.stat().st_size for picture in pictures) > 5_000
