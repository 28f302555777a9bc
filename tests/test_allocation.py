"""The Allocation sheet: two table objects, and a picture that spreads the assets in use over its width."""

import re
import zipfile

import pytest
from books import Cells, build_sample, build_text, write_template
from ooxml import validate
from openpyxl import load_workbook

from xlhedge.intake import read_portfolios
from xlhedge.workbook.file.writer import write
from xlhedge.ooxml.lint import lint
from xlhedge.workbook.model import build_model
from xlhedge.workbook.portfolios import Room

NAMES = {"Allocation_weights": "A5:M13", "Allocation_trades": "A18:J26"}
PICTURE = "Physical weight now", "Hedged weight now", "Target", "Hedged weight after"


@pytest.fixture(scope="module")
def six(tmp_path_factory):
    return build_sample(2, tmp_path_factory.mktemp("six"))


def test_both_tables_are_table_objects_without_filter_buttons(six):
    page = load_workbook(six)["Allocation"]
    assert {table.displayName: table.ref for table in page.tables.values()} == NAMES
    for table in page.tables.values():
        headers = [cell.value for cell in page[table.ref][0]]
        assert [column.name for column in table.tableColumns] == headers
        assert len({header.lower() for header in headers}) == len(headers)
        assert table.autoFilter is None and table.headerRowCount == 1 and not table.totalsRowCount
    assert lint(six) == [] and validate(six) == []


def test_columns_as_a_reader_finds_them(six):
    cells = Cells(six)
    found = {
        name: cells.column("Allocation", "Weights", name)
        for name in ("Asset", "Coins", "Price, USD/coin", "Value, USD", "Physical weight")
    }
    assert found["Asset"][0] == "BTC" and found["Coins"][0] * found["Price, USD/coin"][0] == found["Value, USD"][0]
    assert cells.column("Hedge plan", "Size", "Contracts to trade", "contracts")[2] == -32_450
    assert cells.column("Allocation", "Two ways", "Hedge trade in USD")[2] == -324_500


def test_what_spot_trades_cost_leaves_the_portfolio(tmp_path):
    """10 of 50 BTC are sold at 60,000: 300 USD of fees and 25 % of a gain of 400,000 USD leave 3,899,700 of 4,000,000 USD."""
    rows = "asset,coins,price,target_weight,cost_basis\nBTC,50,60000,60%,20000\nUSDC,1000000,1,,\n"
    cells = build_text(tmp_path, rows, mode="spot", fee="0.0005", tax_spot="0.25")
    columns = ("Spot trade, USD", "Tax on the sale now, USD", "Fee of the spot trade, USD", "Hedged weight after")
    (btc, usdc) = zip(*(cells.column("Allocation", "Two ways", name) for name in columns))
    assert btc == pytest.approx((-600_000, 100_000, 300, 2_400_000 / 3_899_700), rel=1e-12)
    assert usdc == pytest.approx((0, 0, 0, 1_000_000 / 3_899_700), rel=1e-12)
    label = "Cash of spot trades, less fees, tax"
    assert cells.beside("Hedge plan", label) == pytest.approx(600_000 - 100_300, rel=1e-12)


def test_the_picture_has_four_bars_an_asset_that_keep_their_colours(six):
    with zipfile.ZipFile(six) as archive:
        charts = [archive.read(name).decode() for name in archive.namelist() if re.match(r"xl/charts/chart\d", name)]
    (bars,) = [chart for chart in charts if "Weights before and after" in chart]
    assert bars.count('invertIfNegative val="0"') == 4 and 'pattFill prst="wdUpDiag"' in bars
    assert all(title in bars for title in PICTURE) and "asset" in bars and "share of the portfolio" in bars


@pytest.mark.parametrize(("used", "room"), [(7, 20), (5, 0)])
def test_every_asset_has_one_place_and_they_are_spread_evenly(tmp_path, used, room):
    source, path = tmp_path / "h.csv", tmp_path / "book.xlsx"
    source.write_text("asset,coins,price\n" + "".join(f"A{i},1,{i + 1}\n" for i in range(used)))
    write(build_model(read_portfolios(source)[0][0], Room(room)), path)
    rows = picture(path)
    assert [row for row in rows if row] == list(range(1, used + 1))
    places = [place for place, row in enumerate(rows, 1) if row]
    assert {after - before for before, after in zip(places, places[1:])} == {len(rows) // used}


def picture(path) -> list[float]:
    """The row of the asset at each place of the picture."""
    page = load_workbook(path, data_only=True)["Allocation"]
    top = next(row for row in range(1, page.max_row) if page.cell(row, 2).value == "Row of the asset")
    end = next(row for row in range(top + 2, page.max_row + 2) if page.cell(row, 1).value is None)
    return [page.cell(row, 2).value for row in range(top + 2, end)]


def test_an_asset_typed_into_the_template_joins_the_picture(calc, tmp_path):
    path = tmp_path / "template.xlsx"
    write_template(path)
    with calc.open(path) as book:
        for address, typed in {"A9": "SOL", "B9": "coin", "C9": 1000.0, "D9": 150.0}.items():
            book.set("Inputs", address, typed)
        book.recalculate()
        shown = [
            value
            for address, value in book.cells("Allocation").items()
            if address.startswith("C") and value in ("BTC", "ETH", "SOL")
        ]
    assert shown == ["BTC", "ETH", "SOL"]
