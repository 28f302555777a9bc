"""Scenario sets made inside a spreadsheet: a blank one in every workbook, copies of it in Calc, and what is read back of them."""

import pytest
from books import SAMPLES, build_sample
from openpyxl import load_workbook
from test_stress_oracle import ended, followed, opened, read_as

import xlhedge
from xlhedge.check import check_workbook
from xlhedge.intake import read_portfolios
from xlhedge.nodes import letters
from xlhedge.portfolio.scenarios import Scenario
from xlhedge.rows import Row
from xlhedge.workbook.file.writer import write
from xlhedge.workbook.grid.typed import FilledSheet
from xlhedge.workbook.model import build_model
from xlhedge.workbook.sheets.stress import NAMED, move_columns
from xlhedge.workbook.sheets.stress_plan import FIRST_COLUMN
from xlhedge.workbook.sheets.stress_rows import TABLE

PLAIN = {"method": "mark", "fee": 0.0, "amount": 0.0, "slope": 0.0, "is_laddered": False}
ASSETS = [
    PLAIN | {"asset": "BTC", "coins": 100.0, "price": 60_000.0, "qty": -1_200_000.0, "entry": 62_000.0, "margin": 8.0, "mmr": 0.005},
    PLAIN | {"asset": "ETH", "coins": 900.0, "price": 3_000.0, "qty": -600_000.0, "entry": 2_900.0, "margin": 100.0, "mmr": 0.01},
    PLAIN | {"asset": "SOL", "coins": 5_000.0, "price": 150.0, "qty": 30_000.0, "entry": 150.0, "margin": 260.0, "mmr": 0.02},
]  # fmt: skip
CASH = 50_000.0
WINTER = (
    Scenario("Slide", {"BTC": -0.2}, -0.3, -0.0002, 30.0),
    Scenario("Slide, then squeeze", {"BTC": 0.1}, -0.1, -0.0004, 10.0, None, 0.9, True),
    Scenario("Squeeze, then calm", {}, 0.0, 0.0001, 60.0, 0.01, None, True),
    Scenario("Calm", {"ETH": 0.05}, 0.0, 0.0001, 365.0),
    Scenario("Basis", {}, 0.4, None, None, -0.05),
)
SHOCKS = (
    Scenario("Fall", {}, -0.5), Scenario("Rally", {"SOL": 1.0}, 0.4), Scenario("All move", {"BTC": 0.2, "ETH": -0.3, "SOL": -0.6}),
    Scenario("Doubling", {}, 1.0), Scenario("Up and back", {}, 0.0, peak=0.8),
)  # fmt: skip
FIRST = 10
"""The first row of a set: below the title, the state, two notes and two rows of heads."""


def typing(scenarios) -> dict[str, object]:
    """The cells that a user types for some scenarios."""
    cells = {}
    for row, each in enumerate(scenarios, FIRST):
        told = (
            each.name,
            "yes" if each.continues else None,
            each.other,
            each.peak,
            each.funding_rate,
            each.days,
            each.basis,
        )
        moves = {FIRST_COLUMN + i: each.moves.get(one["asset"]) for i, one in enumerate(ASSETS)}
        cells |= {f"{letters(column)}{row}": value for column, value in (dict(enumerate(told, 1)) | moves).items()}
    return {address: value for address, value in cells.items() if value is not None}


LOOK = {  # what is typed on a set whose rows are wrong, and what its rows say
    "A10": "First", "B10": "yes", "C10": 0.1,  # nothing stands above it
    "C11": 0.1,
    "A12": "Text", "C12": "5 x",
    "A13": "Untold", "Q13": -0.3,
    "A14": "Cash needs none", "Q14": -0.3, "R14": 0.0, "S14": 0.0,
    "A15": "Goes on", "B15": "yes", "C15": 0.0,
    "A31": "below",
}  # fmt: skip
SAID = {
    10: "it continues no row", 11: "the scenario has no name", 12: "a text stands where a number is due", 13: "a coin has no move",
    14: "", 15: "",
}  # fmt: skip


@pytest.fixture(scope="module")
def filled(plain_office, tmp_path_factory):
    """A workbook whose blank set was copied in Calc, the copies filled in and saved there; and what Calc shows of its sheets."""
    folder = tmp_path_factory.mktemp("sets")
    write(build_model(read_as(folder, ASSETS, CASH)), folder / "book.xlsx")
    with plain_office.running().open(folder / "book.xlsx") as book:
        for name, cells in {"Winter": typing(WINTER), "Shocks (2)": typing(SHOCKS), "Wrong": LOOK}.items():
            book.copy_sheet("Scenario set", name)
            for address, value in cells.items():
                book.set(name, address, value)
        book.copy_sheet("Stress", "Stress (2)")
        book.recalculate()
        shown = {name: book.cells(name) for name in ("Scenario set", "Winter", "Shocks (2)", "Wrong", "Checks")}
        for address in LOOK:
            book.set("Wrong", address, None)
        book.set("Wrong", "H29", "=1+1")
        book.recalculate()
        book.save(folder / "saved.xlsx")
    return folder / "saved.xlsx", shown


def rows(cells: dict, count: int, column: str) -> list:
    return [cells[f"{column}{row}"] for row in range(FIRST, FIRST + count)]


def test_a_copy_says_what_the_account_says(filled):
    """Funding, basis, a peak and steps, which go on from what was liquidated above them."""
    cells = filled[1]["Winter"]
    told = [followed(one, WINTER, 8) for one in ASSETS]
    values = [CASH + sum(worth for worth, _ in row) for row in zip(*told)]
    unhedged = [CASH + sum(opened(one) * ended(one, row) for one in ASSETS) for row in WINTER]
    gone = [sum(is_gone for _, is_gone in row) for row in zip(*told)]
    assert rows(cells, 5, "H") == pytest.approx(values, rel=1e-9) and rows(cells, 5, "K") == pytest.approx(
        unhedged, rel=1e-9
    )
    assert rows(cells, 5, "L") == gone == [0, 2, 2, 0, 0]
    both = "BTC desk BTCUSD and 1 more"
    assert rows(cells, 5, "M") == ["", both, both, "", ""]
    before = CASH + sum(one["coins"] * one["price"] for one in ASSETS)
    assert rows(cells, 5, "N") == ["█" * int(10 * value / before + 0.5) for value in values]
    assert rows(cells, 5, "O") == ["░" * int(10 * value / before + 0.5) for value in unhedged]
    assert (cells["B3"], cells["C3"], rows(cells, 5, "P")) == ("complete", "", [""] * 5)


def test_a_copy_says_what_stress_says(filled):
    cells = filled[1]["Shocks (2)"]
    columns = [[one[name] for one in ASSETS] for name in ("qty", "entry", "price", "margin", "mmr")]
    qtys, entries, prices, margins, rates = columns
    moves = [[row.moves.get(one["asset"], row.other) for one in ASSETS] for row in SHOCKS]
    peaks = [[max(move, row.peak or 0.0) if one["qty"] < 0 else move for one, move in zip(ASSETS, row_moves)]
             for row, row_moves in zip(SHOCKS, moves)]  # fmt: skip
    table = xlhedge.stress([opened(one) for one in ASSETS], qtys, entries, prices, moves, margins, rates, peaks=peaks)
    assert rows(cells, 5, "H") == pytest.approx([CASH + value for value in table["value"]], rel=1e-9)
    assert rows(cells, 5, "L") == list(table["liquidations"]) and max(rows(cells, 5, "L")) == 2


def test_each_sheet_says_its_own_state(filled):
    blank, wrong = filled[1]["Scenario set"], filled[1]["Wrong"]
    assert (blank["B3"], blank["C3"]) == ("blank", "")
    area = [f"{letters(column)}{row}" for row in range(FIRST, FIRST + 20) for column in range(1, 80)]
    assert {blank.get(address, "") for address in area} == {""}, "a blank row shows nothing"
    assert {row: wrong[f"P{row}"] for row in SAID} == SAID
    assert (wrong["B3"], wrong["C3"]) == ("look below", "cells below the last row, where no formula looks: 1")
    assert filled[1]["Checks"]["F3"] is True, "the flag of all knows nothing of copies"


def test_build_makes_sets_of_all_copies(filled):
    (portfolio,), errors = read_portfolios(filled[0])
    assert errors == [] and portfolio.notes == ()
    sets = {title: scenarios for title, scenarios in portfolio.sets.items() if scenarios != NAMED}
    assert sets == {"Scenario set": (), "Wrong": (), "Shocks (2)": SHOCKS, "Winter": WINTER}
    book = build_model(portfolio)
    assert [name for name in book.sheets if name in portfolio.sets] == ["Stress (2)", *sets]
    assert [book.sheets[name].rows for name in ("Winter", "Scenario set")] == [20, 20], "what is typed, and spare rows"


def test_check_knows_the_copies(filled):
    """All of them are compared: the one formula that somebody typed over is found."""
    told = [str(finding) for finding in check_workbook(filled[0]) if not finding.is_note]
    instead = '=1+1 in place of =IF($A29<>"",SUMPRODUCT(Stress!$Q$10:$X$10*$AD29:$AK29)+S...'
    assert told == [f"formula: Wrong!H29: was changed: holds {instead}"]


def test_a_set_names_no_cell_of_its_own_sheet_by_name_and_none_of_another_set():
    (portfolio,), _ = read_portfolios(SAMPLES / "six-assets.csv")
    sets = {"Night": (Scenario("Dark", {"BTC": -0.3}, -0.5),), "Scenario set": (Scenario("Mine", {}, 0.1),)}
    book = build_model(portfolio, scenarios=sets)
    blank = "Scenario set 2"
    assert [name for name in book.sheets if name in (*sets, blank)] == ["Night", "Scenario set", blank]
    formulas = book.formulas()
    for name in (*sets, blank):
        assert not any(other in text for text in formulas[name].values() for other in (*sets, blank)), name
        assert not book.sheets[name].tables and not book.sheets[name].charts
    night = {address: text for address, text in formulas["Night"].items() if address not in ("H1", "I1")}
    assert all(formulas[blank][address] == text for address, text in night.items())


@pytest.mark.parametrize("results", [5, 9], ids=["of an older version", "of this one"])
def test_moves_are_read_wherever_they_stand(results):
    """Old workbooks have fewer columns of results; an asset named Move heads a price in the working."""
    heads = [
        *(field.label for field in TABLE.fields),
        *["Result"] * results,
        "Move",
        "Move",
        "Move",
        "BTC bybit BTCUSD",
        "Move",
    ]
    units = [*(field.unit for field in TABLE.fields), *["USD"] * results]
    filled = FilledSheet("old", [Row(5, heads), Row(6, units)])
    first = len(TABLE.fields) + results + 1
    assert move_columns(filled, ["BTC", None, "ETH", "SOL"]) == {first: "BTC", first + 2: "ETH"}


def test_more_rows_than_there_are_make_more(tmp_path):
    path = build_sample(0, tmp_path)
    book = load_workbook(path)
    for i in range(25):
        book["Scenario set"][f"A{FIRST + i}"], book["Scenario set"][f"C{FIRST + i}"] = f"Row {i}", i / 100
    book.save(tmp_path / "filled.xlsx")
    (portfolio,), errors = read_portfolios(tmp_path / "filled.xlsx")
    assert errors == [] and [each.other for each in portfolio.sets["Scenario set"]] == [i / 100 for i in range(25)]
    again = build_model(portfolio)
    assert again.sheets["Scenario set"].rows == 25 + 14 and again.sheets["Scenario set 2"].rows == 20
