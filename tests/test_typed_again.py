"""Things typed into a workbook that went lost in silence, each by itself: there again in the next one, or told by row."""

from pathlib import Path

import pytest
from books import SAMPLES, loaded, under
from click.testing import CliRunner
from openpyxl import load_workbook
from test_own_typed import edited
from test_survives import down, row_of

from xlhedge.cli import main
from xlhedge.intake import read_portfolios
from xlhedge.portfolio.scenarios import read_scenarios
from xlhedge.workbook.file.writer import write
from xlhedge.workbook.model import build_model
from xlhedge.workbook.sheets import SHEETS
from xlhedge.workbook.sheets.contracts import SPARE

FIGURES = "Contract figures, from the Contracts sheet and the own figures on Positions"
HEAT_MAP = "Heat map in USD: price move (down) and hedge ratio (across), hedged at today's price"


def built(source: Path, path: Path, **settings: str) -> Path:
    """A workbook of the only portfolio of a file, which has no mistake."""
    (portfolio,), errors = read_portfolios(source, overrides=settings)
    assert errors == []
    write(build_model(portfolio), path)
    return path


@pytest.fixture(scope="module")
def first(tmp_path_factory) -> Path:
    return built(SAMPLES / "btc-50.csv", tmp_path_factory.mktemp("first") / "first.xlsx")


@pytest.fixture
def again(first, tmp_path):
    """A function that types into the workbook, builds it again and gives its pages with their values."""

    def build(changes: dict) -> object:
        path = edited(first, tmp_path / "filled.xlsx", changes)
        return load_workbook(built(path, tmp_path / "again.xlsx"), data_only=True)

    return build


@pytest.fixture
def told(first, tmp_path):
    """A function that types into the workbook and gives the mistakes that are told."""

    def read(changes: dict) -> list[tuple]:
        _, errors = read_portfolios(edited(first, tmp_path / "filled.xlsx", changes))
        return [(error.file.removeprefix("filled.xlsx "), error.row, error.column, error.rule) for error in errors]

    return read


def ratios(page) -> list:
    row = row_of(page, "Move / ratio")
    return [page.cell(row, c).value for c in range(2, 10) if page.cell(row, c).value is not None]


def row_with(page, key: str, column: int = 1, occurrence: int = 0) -> int:
    return [r for r in range(1, page.max_row + 1) if page.cell(r, column).value == key][occurrence]


def spare_row(page) -> int:
    """The first blank row of Contracts."""
    return page.max_row - SPARE + 1


# ---- the heat map's ratios


def test_ratios_that_were_set_are_there_again(tmp_path):
    path = built(SAMPLES / "btc-50.csv", tmp_path / "set.xlsx", ratios="0;40%")
    page = load_workbook(built(path, tmp_path / "again.xlsx"))["Scenarios"]
    assert ratios(page) == [0, 0.4]


def test_a_ratio_typed_by_hand_is_there_again_and_a_blank_one_is_left_out(first, again):
    row = row_of(load_workbook(first)["Scenarios"], "Move / ratio")
    found = again({("Scenarios", f"C{row}"): 0.33, ("Scenarios", f"E{row}"): None})["Scenarios"]
    assert ratios(found) == [0, 0.33, 0.2, 0.5, 0.75, 1]


def test_a_blank_amid_the_ladder_does_not_end_it(first, again):
    page = load_workbook(first)["Scenarios"]
    top = row_of(page, "Move")
    before = down(page, top + 2)
    found = again({("Scenarios", f"A{top + 4}"): None})["Scenarios"]
    assert down(found, row_of(found, "Move") + 2) == (*before[:2], *before[3:])


# ---- what is told of a contract, and contracts of one's own


@pytest.mark.parametrize(
    ("header", "value"),
    [("As of", "2026-11-01"), ("Verified", "yes"), ("Verified", "our own desk's check"), ("Source", "venue's page of today")],
)  # fmt: skip
def test_what_is_told_of_unchanged_figures(first, again, header, value):
    place = under(first, "Contracts", header, row_with(loaded(first)["Contracts"], "bybit BTCUSD"))
    pages = again({("Contracts", place): value})
    assert pages["Contracts"][place].value == value
    assert pages["Checks"]["F3"].value == load_workbook(first, data_only=True)["Checks"]["F3"].value


OWN = {
    "Face": 10, "Lot": 1, "Maker fee": 0.0001, "Taker fee": 0.0004, "Funding every": 8, "Liquidation method": "mark",
    "Maintenance rate": 0.01, "Sizes in": "coin",
}  # fmt: skip


def own(first: Path, row: int, name: str) -> dict:
    """A contract of one's own in a spare row, and the position hedged with it."""
    cells = {"Contract": name} | OWN
    return {("Contracts", under(first, "Contracts", header, row)): value for header, value in cells.items()} | {
        ("Positions", "B8"): name
    }


@pytest.mark.parametrize(
    ("name", "listed"), [("desk MINE", "desk MINE"), ("MINE", "own MINE"), ("Desk Mine", "desk MINE")]
)
def test_a_contract_of_ones_own_hedges(first, again, name, listed):
    row = spare_row(load_workbook(first)["Contracts"])
    pages = again(own(first, row, name))
    page, plan = pages["Contracts"], pages["Hedge plan"]
    found = row_with(page, listed)
    assert {header: page[under(first, "Contracts", header, found)].value for header in OWN} == OWN
    assert pages["Positions"]["B8"].value == listed
    figures = row_of(plan, FIGURES) + 3
    assert [plan.cell(figures, c).value for c in (2, 4)] == [listed, 10]


def test_figures_without_a_contract_are_told(first, told):
    row = spare_row(load_workbook(first)["Contracts"])
    assert told({("Contracts", under(first, "Contracts", "Face", row)): 10}) == [
        ("Contracts", row, "Contract", "is required beside the figures of a contract")
    ]


@pytest.mark.parametrize("value", [None, "unknown"])
def test_a_shipped_figure_that_is_taken_back(first, again, value):
    place = under(first, "Contracts", "Lot", row_with(loaded(first)["Contracts"], "bybit BTCUSD"))
    pages = again({("Contracts", place): value})
    plan = pages["Hedge plan"]
    assert pages["Contracts"][place].value == "unknown" and plan.cell(row_of(plan, FIGURES) + 3, 5).value == 1


# ---- tiers


def test_where_a_tier_ends_that_is_not_the_last(first, again):
    row = row_with(load_workbook(first)["Tiers"], "bitmex XBTUSD", occurrence=1)
    assert again({("Tiers", f"C{row}"): 333})["Tiers"][f"C{row}"].value == 333


def test_a_ladder_of_ones_own(first, again):
    pages = load_workbook(first)
    contract, tier = spare_row(pages["Contracts"]), pages["Tiers"].max_row - 19
    changes = own(first, contract, "desk MINE") | {
        ("Contracts", under(first, "Contracts", "Maintenance rate", contract)): None
    }
    for i, (start, end, rate) in enumerate([(0, 5, 0.004), (5, 40, 0.01)], tier):
        changes |= {
            ("Tiers", f"A{i}"): "desk MINE",
            ("Tiers", f"B{i}"): start,
            ("Tiers", f"C{i}"): end,
            ("Tiers", f"F{i}"): rate,
        }
    page = again(changes)["Tiers"]
    row = row_with(page, "desk MINE")
    assert [[page.cell(r, c).value for c in (2, 3, 6)] for r in (row, row + 1)] == [[0, 5, 0.004], [5, 40, 0.01]]


def test_a_rate_in_the_place_of_tiers(first, again, told):
    pages = load_workbook(first)
    row, tier = row_with(pages["Contracts"], "kraken PI_XBTUSD"), row_with(pages["Tiers"], "kraken PI_XBTUSD")
    place = under(first, "Contracts", "Maintenance rate", row)
    rate = {("Contracts", place): 0.02}
    assert again(rate)["Contracts"][place].value == 0.02
    rule = "has a maintenance rate on Contracts, which takes the place of its tiers: keep one of the two"
    assert told(rate | {("Tiers", f"F{tier}"): 0.03}) == [("Tiers", tier, "Contract", rule)]


# ---- the rest


def test_the_tolerance_of_the_checks(again):
    assert again({("Checks", "D3"): 1e-4})["Checks"]["D3"].value == 1e-4


def test_an_example_of_a_function_and_its_result(first, again):
    page = load_workbook(first)["Functions"]
    row = row_of(page, "INVERSE_PNL")
    row = next(r for r in range(row, row + 20) if page.cell(r, 1).value == "Arguments")
    found = again({("Functions", f"D{row + 2}"): 40_000})["Functions"]
    assert (
        found[f"D{row + 2}"].value == 40_000
        and found.cell(row_of(found, "Result"), 2).value == -600_000 / 60_000 + 600_000 / 40_000
    )


def test_what_stands_below_the_history_is_told(first, told):
    row = row_of(load_workbook(first)["Replay"], "Price", 2) + 122
    ((sheet, at, column, rule),) = told({("Replay", f"B{row}"): 50_000})
    assert (sheet, at, column) == ("Replay", row, "Price") and "would be lost" in rule


@pytest.mark.parametrize(("rows", "room"), [(40, 60), (41, 250), (61, 250), (231, 1000)])
def test_the_log_grows_with_what_is_typed(first, again, rows, room):
    """At least twenty rows are blank, and what stands below the last of its rows is read as well; nothing moves."""
    begin = row_of(load_workbook(first)["Monitor"], "Fill", 5) + 3
    page = again({("Monitor", f"J{row}"): "mine" for row in (begin + 1, begin + rows - 1)})["Monitor"]
    assert [row for row in range(begin, page.max_row + 1) if page[f"J{row}"].value] == [begin + 1, begin + rows - 1]
    assert [page[f"K{row}"].value for row in (begin, begin + room - 1, begin + room)] == [1, room, None]


def test_a_log_that_is_too_long_is_told(told):
    assert told({("Monitor", "J9000"): "far below"}) == [
        ("Monitor", 9000, "Position", "stands beyond the 5,000 rows that are read")
    ]


def test_rows_and_columns_of_ones_own_on_inputs_are_told(first, told):
    page = load_workbook(first)["Inputs"]
    below = page.max_row + 1
    (mistake,) = told({("Inputs", f"A{below}"): "Ralley", ("Inputs", f"C{below}"): 0.6})
    assert mistake[:3] == ("Inputs", below, "setting") and "is not a setting" in mistake[3]


def test_an_asset_typed_below_the_last_is_held(again):
    pages = again({("Inputs", f"{c}8"): v for c, v in {"A": "ETH", "B": "coin", "C": 10, "D": 3_000}.items()})
    assert [pages["Inputs"][f"A{r}"].value for r in (7, 8)] == ["BTC", "ETH"] and pages["Allocation"][
        "D10"
    ].value == 3_030_000


def test_an_asset_that_was_renamed_must_be_chosen_anew(told):
    errors = told({("Inputs", "A7"): "XBT"})
    assert {(sheet, column) for sheet, _, column, _ in errors} >= {
        ("Compare", "Asset"), ("Replay", "Asset"), ("Positions", "asset"),
    }  # fmt: skip
    assert all(rule.startswith("must be an asset of the portfolio: XBT") for *_, rule in errors)


@pytest.mark.parametrize(
    ("sheet", "text"), [("Inputs", "Settings"), ("Scenarios", HEAT_MAP), ("Tiers", "Up to"), ("Monitor", "Fill")]
)
def test_a_title_or_header_that_was_changed_is_told(first, told, sheet, text):
    page = load_workbook(first)[sheet]
    place = next(cell.coordinate for row in page for cell in row if cell.value == text)
    errors = told({(sheet, place): "something else"})
    assert (sheet, 0, text, "is not on the sheet, which is laid out by another version or was rearranged") in errors


# ---- scenario sets


def test_scenario_sets_and_what_is_typed_on_them(tmp_path):
    (tmp_path / "sets.csv").write_text(
        "set,scenario,BTC,funding_rate,days\nWinter,Slide,-20%,-0.0001,30\nWinter,Slide,-10%,0,60\nMine,Up,50%,0,0\n"
    )
    (portfolio,), _ = read_portfolios(SAMPLES / "btc-50.csv")
    write(build_model(portfolio, scenarios=read_scenarios(tmp_path / "sets.csv", ["BTC"])[0]), tmp_path / "first.xlsx")
    row = row_of(load_workbook(tmp_path / "first.xlsx")["Winter"], "Slide")
    path = edited(
        tmp_path / "first.xlsx",
        tmp_path / "filled.xlsx",
        {("Winter", f"F{row}"): 45, ("Mine", f"A{row + 1}"): "Down", ("Mine", f"Q{row + 1}"): -0.3},
    )
    pages = load_workbook(built(path, tmp_path / "again.xlsx"))
    assert (
        pages.sheetnames.index("Stress") + 1 == pages.sheetnames.index("Winter") == pages.sheetnames.index("Mine") - 1
    )
    winter, mine = (
        [[page.cell(r, c).value for c in (1, 2, 5, 6, 17)] for r in (row, row + 1)]
        for page in (pages["Winter"], pages["Mine"])
    )
    assert winter == [
        ["Slide", None, -0.0001, 45, -0.2],
        ["Slide, step 2", "yes", 0, 60, pytest.approx(-0.28)],
    ]
    assert mine == [["Up", None, 0, 0, 0.5], ["Down", None, None, None, -0.3]]
    assert len({*pages.sheetnames}) == len(SHEETS) + 3  # and a blank one


def test_a_sheet_of_notes_is_no_scenario_set(first, tmp_path):
    book = load_workbook(first)
    book.create_sheet("Notes")["A1"] = "call the venue"
    book.save(tmp_path / "filled.xlsx")
    assert "Notes" not in load_workbook(built(tmp_path / "filled.xlsx", tmp_path / "again.xlsx")).sheetnames


# ---- whole sheets, contracts twice, assets that are not held


@pytest.mark.parametrize(
    ("old", "new", "column", "below", "value"),
    [
        ("Monitor", "Monitor BTC", "Fill", 5, -7),
        ("Replay", "History", "High since the row before", 2, 61_000),
        ("Scenarios", "Szenarien", "Move", 2, -0.95),
    ],
)
def test_a_sheet_that_was_renamed_is_read_by_its_title(first, tmp_path, old, new, column, below, value):
    book = load_workbook(first)
    page = book[old]
    cell = next(cell for row in page for cell in row if cell.value == column).offset(below)
    cell.value, page.title = value, new
    book.save(tmp_path / "filled.xlsx")
    page = load_workbook(built(tmp_path / "filled.xlsx", tmp_path / "again.xlsx"))[old]
    assert page[cell.coordinate].value == value


def test_sheets_that_are_missing_or_of_ones_own_are_told(first, tmp_path):
    book = load_workbook(first)
    book.create_sheet("Notes")["A1"] = "call the venue"
    del book["Replay"]
    book.save(tmp_path / "filled.xlsx")
    told = CliRunner().invoke(main, ["build", str(tmp_path / "filled.xlsx"), "--out", str(tmp_path / "again.xlsx")])
    assert told.exit_code == 0 and told.stderr.splitlines() == [
        "xlhedge: note: there is no sheet Replay: the new one is as xlhedge begins it",
        "xlhedge: note: sheet Notes is not one of xlhedge's and is not carried over",
    ]


@pytest.mark.parametrize("name", ["bybit BTCUSD", "Bybit btcusd"])
def test_a_contract_that_stands_there_twice_is_told(first, told, name):
    page = load_workbook(first)["Contracts"]
    row, earlier = spare_row(page), row_with(page, "bybit BTCUSD")
    errors = told({("Contracts", f"A{row}"): name, ("Contracts", under(first, "Contracts", "Face", row)): 50})
    assert errors == [("Contracts", row, "Contract", f"stands in row {earlier} already")]


@pytest.mark.parametrize("typed", ["btc", "BTC "])
def test_an_asset_is_chosen_however_it_is_spelled(again, typed):
    pages = again({("Compare", "B5"): typed, ("Replay", "B5"): typed})
    assert pages["Compare"]["B5"].value == pages["Replay"]["B5"].value == "BTC"


@pytest.mark.parametrize(("sheet", "row"), [("Compare", 5), ("Replay", 5)])
def test_an_asset_that_is_not_held_is_told(told, sheet, row):
    assert told({(sheet, f"B{row}"): "SOL"}) == [(sheet, row, "Asset", "must be an asset of the portfolio: BTC")]


# ---- numbers as text, flags as words, settings told twice, Contracts and Inputs


@pytest.mark.parametrize(
    ("sheet", "header", "text", "value"),
    [("Contracts", "Maker fee", "0.03%", 0.0003), ("Tiers", "Maintenance rate", "4%", 0.04)],
)
def test_a_percentage_that_is_typed_as_text(first, again, sheet, header, text, value):
    place = under(first, sheet, header, row_with(loaded(first)[sheet], "bitmex XBTUSD"))
    assert again({(sheet, place): text})[sheet][place].value == pytest.approx(value)


@pytest.mark.parametrize(
    ("sheet", "value", "header", "rule"),
    [
        ("Contracts", "2 bp", "Maker fee", "must be a number > -1 and < 1"),
        ("Contracts", "odd", "Liquidation method", "must be one of mark, product, entry, slope"),
        ("Tiers", "x", "Maintenance rate", "must be a number >= 0 and < 1"),
        ("Tiers", 40, "Maintenance rate", "must be numbers separated by semicolons, each > 0 and < 1"),
    ],
)
def test_a_wrong_figure_of_a_contract_is_told_by_its_column(first, told, sheet, value, header, rule):
    row = row_with(load_workbook(first)[sheet], "bitmex XBTUSD")
    assert told({(sheet, under(first, sheet, header, row)): value}) == [(sheet, row, header, rule)]


def test_a_flag_is_read_alike_on_inputs_and_compare(first, tmp_path):
    flags = {
        ("Inputs", f"C{row_with(load_workbook(first)['Inputs'], 'Long underweight')}"): "yes",
        ("Compare", "B14"): "no",
    }
    (portfolio,), errors = read_portfolios(edited(first, tmp_path / "filled.xlsx", flags))
    assert errors == [] and portfolio.settings.long_underweight is True
    assert portfolio.kept["Compare"]["collateral"] is False


def test_a_setting_that_two_sheets_tell_otherwise(first, told):
    below = load_workbook(first)["Inputs"].max_row + 1
    assert told({("Inputs", f"A{below}"): "grid_shows", ("Inputs", f"C{below}"): "pnl"}) == [
        ("Scenarios", row_of(load_workbook(first)["Scenarios"], "Heat map shows"), "grid_shows",
         f"is 'pnl' in filled.xlsx Inputs row {below}; keep one of the two"),
    ]  # fmt: skip


def test_the_asset_of_the_scenarios_is_told_by_sheet_and_row(told):
    assert ("Scenarios", 5, "scenario_asset", "must be an asset of the portfolio: XBT") in told(
        {("Inputs", "A7"): "XBT"}
    )
