"""The Compare sheet against independent arithmetic, and against LibreOffice."""

import math

import numpy as np
import pytest
from one_sheet import Reader, from_text, sample
from ooxml import validate
from openpyxl import load_workbook
from test_referee import differences

import xlhedge
from xlhedge.hosts.calc import CellError
from xlhedge.workbook.file.writer import write
from xlhedge.workbook.grid.sheet import Book
from xlhedge.ooxml.lint import lint
from xlhedge.workbook.model import build_model
from xlhedge.workbook.sheets.compare import MOVES, VALUES_TITLE, WAYS

SPOT, PERPETUAL, DATED, LINEAR = range(4)
RALLY, HORIZON, SPOT_FEE, PREMIUM, LINEAR_FEE, LINEAR_MMR, FUNDING = 0.5, 90.0, 0.001, 0.02, 0.0005, 0.005, 0.0001


COST, TAX = (
    "Cost < 0 or income > 0 to the horizon, price unchanged",
    "Tax, price unchanged; a loss is taken to earn a credit < 0",
)
HOW_LARGE = "What they are, and how large"
LINES = {  # section, label, and unit where labels repeat
    "reduction": (HOW_LARGE, "Reduction of exposure"), "contracts": (HOW_LARGE, "Inverse contracts"),
    "qty": (HOW_LARGE, "Inverse position; not rounded if no contract is known"), "sold": (HOW_LARGE, "Coins sold now"),
    "size": (HOW_LARGE, "Linear position"), "margin": (HOW_LARGE, "Margin to survive the rally", "coin"),
    "stable": (HOW_LARGE, "Margin to survive the rally", "USD stablecoin"), "conversion": (COST, "Conversion of coins"),
    "fees": (COST, "Fees, open and close"), "funding": (COST, "Funding"), "basis": (COST, "Basis"),
    "interest": (COST, "Interest on what was sold"), "total": (COST, "Together"),
    "yearly": (COST, "Together, of the reduction, a year"), "quoted": (COST, "Rate before fees: interest, funding, basis"),
    "days": (COST, "Income repays fees and conversion in"), "even": (COST, "Better than holding below a price of"),
    "tax_now": (TAX, "Tax now, on coins sold"), "tax_later": (TAX, "Tax at the horizon, on the hedge"),
    "tax_latent": (TAX, "Tax on the hedged coins, once they are sold"),
    "better": (TAX, "Hedging, then selling, over selling now, after tax"),
}  # fmt: skip


def compared(portfolio) -> Reader:
    """The Compare sheet of a portfolio's workbook."""
    return Reader(build_model(portfolio), "Compare")


def numbers(sheet: Reader, name: str) -> list[float]:
    """A line of the sheet: a figure of each way."""
    return sheet.beside(*LINES[name]).value[0, :, 0].tolist()


def values(sheet: Reader, way: int) -> list[float]:
    """The value of a way at the horizon for each move of the price."""
    return sheet.below(VALUES_TITLE, WAYS[way]).value[:, 0, 0].tolist()


def near(x):
    return pytest.approx(x, rel=1e-9, abs=1e-9)


@pytest.fixture(scope="module")
def btc():
    """10 of 50 BTC at 60,000: fee 0.055 %, contracts of 1 USD, maintenance 0.5 %."""
    return compared(sample(0))


def test_the_four_ways_reduce_by_the_same(btc):
    assert numbers(btc, "reduction") == [near(10)] * 4
    assert numbers(btc, "qty") == [0, -600_000, -612_000, 0]
    assert numbers(btc, "contracts") == [0, -600_000, -612_000, 0]


def test_selling_now_is_flat_on_the_coins_sold(btc):
    for (_, move), value in zip(MOVES, values(btc, SPOT), strict=True):
        assert value == near(40 * 60_000 * (1 + move) + 600_000 * (1 - SPOT_FEE))


def test_inverse_perpetual_is_holding_plus_pnl_funding_and_fees(btc):
    funding = FUNDING * 600_000 * HORIZON * 24 / 8
    for (_, move), value in zip(MOVES, values(btc, PERPETUAL), strict=True):
        price = 60_000 * (1 + move)
        coins = (
            50 - 600_000 * (1 / 60_000 - 1 / price) - 600_000 * 0.00055 * (1 / 60_000 + 1 / price) + funding / 60_000
        )
        assert value == near(coins * price)
    assert values(btc, PERPETUAL)[2] == near(3_000_000 + funding - 660)


def test_dated_locks_the_future_price(btc):
    future = 60_000 * (1 + PREMIUM)
    for (_, move), value in zip(MOVES, values(btc, DATED), strict=True):
        price = 60_000 * (1 + move)
        fees = 612_000 * 0.00055 * (price / future + 1)
        assert value == near(40 * price + 10 * future - fees)
    assert numbers(btc, "basis")[DATED] == near(10 * (future - 60_000))
    assert numbers(btc, "quoted")[DATED] == near(xlhedge.basis_apr(future, 60_000, HORIZON))


def test_a_dated_position_tells_the_premium_and_the_expiry(tmp_path):
    """That of 26 March 2027 on 26 December 2026: 90 days at 61,500 over 60,000; the horizon is 45 days."""
    rows = "asset,coins,price,hedge_ratio,venue,contract,share,mark\nBTC,50,60000,20%,bybit,BTCUSD,60%,\nBTC,,,,deribit,BTC-26MAR27,40%,61500\n"
    settings = {"price_time": "2026-12-26", "horizon_days": "45", "mmr": "0.01"}
    sheet = compared(from_text(tmp_path, rows, **settings))
    assert numbers(sheet, "quoted")[DATED] == near(0.025 * 365 / 90)
    future = -numbers(sheet, "qty")[DATED] / numbers(sheet, "reduction")[DATED]
    assert future == near(61_500)
    kept = 1 - 61_500 / (60_000 * (1 + 0.025 / 2))  # half the premium is left when it is bought back
    assert numbers(sheet, "basis")[DATED] == near(numbers(sheet, "qty")[DATED] * kept / 61_500 * 60_000)


def test_linear_sells_coins_for_margin_that_just_survives_the_rally(btc):
    sold, size, margin = (numbers(btc, name)[LINEAR] for name in ("sold", "size", "stable"))
    assert sold - size == near(10) and sold * 60_000 * (1 - SPOT_FEE) == near(margin)
    top = 60_000 * (1 + RALLY)
    assert margin + size * (top - 60_000) == near(-size * top * LINEAR_MMR)
    funding = FUNDING * -size * 60_000 * HORIZON * 24 / 8
    for (_, move), value in zip(MOVES, values(btc, LINEAR), strict=True):
        price = 60_000 * (1 + move)
        pnl = size * (price - 60_000) + size * LINEAR_FEE * (60_000 + price) + funding
        assert value == near((50 - sold) * price + margin + pnl)


def test_margins_of_the_inverse_ways(btc):
    expected = xlhedge.margin_for_move(-600_000, 60_000, RALLY, 0.005)
    assert numbers(btc, "margin") == [0, near(expected), near(expected), 0]


def test_costs_add_up_to_the_flat_value(btc):
    parts = np.sum([numbers(btc, name) for name in ("conversion", "fees", "funding", "basis", "interest")], axis=0)
    assert parts.tolist() == [near(x) for x in numbers(btc, "total")]
    flat = [values(btc, way)[2] for way in range(len(WAYS))]
    assert flat == [near(3_000_000 + x) for x in numbers(btc, "total")]
    assert numbers(btc, "yearly")[PERPETUAL] == near(numbers(btc, "total")[PERPETUAL] / 600_000 * 365 / HORIZON)
    cost = xlhedge.hedge_cost(-600_000, HORIZON, FUNDING, 8, 0.00055, 0.00055)
    assert numbers(btc, "total")[PERPETUAL] == near(cost)


def test_break_even_days_and_prices(btc):
    assert numbers(btc, "days")[PERPETUAL] == near(xlhedge.break_even_days(-600_000, FUNDING, 8, 0.00055, 0.00055))
    assert numbers(btc, "days")[SPOT] == math.inf
    even = numbers(btc, "even")
    assert even[SPOT] == near(60_000 * (1 - SPOT_FEE))
    assert even[PERPETUAL] == near(xlhedge.break_even(-600_000, 60_000, 0.00055, 0.00055, 0.27))
    assert even[DATED] == near(xlhedge.break_even(-612_000, 61_200, 0.00055, 0.00055))
    sold, size, margin, paid = (numbers(btc, name)[LINEAR] for name in ("sold", "size", "stable", "funding"))
    pnl = xlhedge.linear_pnl(size, 60_000, even[LINEAR], LINEAR_FEE, LINEAR_FEE, paid)
    assert margin + pnl == near(sold * even[LINEAR])


def test_taxes_now_and_later(btc):
    """Taxes of 25 % on both, a cost basis of 21,000."""
    sold, kept = numbers(btc, "sold"), [0, 10, 10, 10 - numbers(btc, "sold")[LINEAR]]
    assert numbers(btc, "tax_now") == [near(0.25 * coins * 39_000) for coins in sold]
    assert numbers(btc, "tax_latent") == [near(0.25 * coins * 39_000) for coins in kept]
    gains = [f + g + b for f, g, b in zip(*(numbers(btc, name) for name in ("fees", "funding", "basis")))]
    assert numbers(btc, "tax_later") == [near(0.25 * gain) for gain in gains]
    better = xlhedge.tax_deferral(10, 60_000, 21_000, 0.25, 0.25, HORIZON, 60_000, 0, 16_200, 660)
    assert numbers(btc, "better")[:2] == [0, near(better)]


def test_interest_horizon_and_rally_come_from_the_settings():
    out = compared(sample(0, discount_rate="5%", horizon_days="365", rally="100%"))
    assert numbers(out, "interest") == [near(599_400 * 0.05), 0, 0, near(0)]
    assert numbers(out, "margin")[PERPETUAL] == near(5.025)
    assert out.below(VALUES_TITLE, "Past the rally").value[:, 0, 0].tolist() == [False] * 6


def test_an_asset_without_a_plan_or_contract(tmp_path):
    out = compared(from_text(tmp_path, "asset,coins,price\nDOGE,900000,0.2\n"))
    assert numbers(out, "reduction") == [0] * 4 and numbers(out, "even") == [math.inf] * 4
    expected = [near(180_000 * (1 + move)) for _, move in MOVES]
    assert [values(out, way) for way in range(len(WAYS))] == [expected] * 4


def overlaps(book: Book) -> list[tuple]:
    """Cells of the Compare sheet that two blocks claim."""
    seen, twice = set(), []
    for block in book.sheets["Compare"].blocks:
        for i, j in np.ndindex(block.shape):
            place = (block.row + i, block.column + j)
            twice += [place] if place in seen else []
            seen.add(place)
    return twice


@pytest.mark.parametrize("number", [0, 2])
def test_written_and_recalculated(calc, tmp_path, number):
    book = build_model(sample(number))
    assert overlaps(book) == []
    path = tmp_path / "book.xlsx"
    write(book, path)
    assert lint(path) == [] and validate(path) == []
    with calc.open(path) as opened:
        opened.recalculate()
        assert differences(path, opened) == []


def test_the_calls_of_the_addin_give_the_same(addin_calc, tmp_path):
    path = tmp_path / "book.xlsx"
    write(build_model(sample(0), "calc"), path)
    with addin_calc.open(path) as book:
        book.recalculate()
        assert differences(path, book) == []


def address(path, name: str) -> str:
    return load_workbook(path).defined_names[f"compare_{name}"].attr_text.split("!")[1].replace("$", "")


def test_every_asset_and_share_without_an_error(calc, tmp_path):
    portfolio, path = sample(2), tmp_path / "book.xlsx"
    write(build_model(portfolio), path)
    asset, part = (address(path, name) for name in ("asset", "share"))
    with calc.open(path) as book:
        for name in (holding.values.asset for holding in portfolio.holdings):
            for share in (None, 0.5, 1.0):
                book.set("Compare", asset, name)
                book.set("Compare", part, share)
                book.recalculate()
                errors = {a: v for a, v in book.cells("Compare").items() if isinstance(v, CellError)}
                assert errors == {}, (name, share)


def test_coins_as_collateral_just_survive_the_rally(calc, tmp_path):
    path = tmp_path / "book.xlsx"
    write(build_model(sample(0)), path)
    with calc.open(path) as book:
        book.set("Compare", address(path, "collateral"), True)
        book.recalculate()
        cells = book.cells("Compare")
    labels = {v: a for a, v in cells.items() if a.startswith("A")}
    at = {label: cells["F" + labels[label][1:]] for label in ("Coins sold now", "Linear position")}
    posted = next(
        cells[f"F{a[1:]}"]
        for a, v in cells.items()
        if v == "Margin to survive the rally" and cells[f"B{a[1:]}"] == "coin"
    )
    top = 60_000 * (1 + RALLY)
    assert at == {"Coins sold now": 0, "Linear position": -10}
    assert posted * top * (1 - 0.05) - 10 * (top - 60_000) == near(10 * top * LINEAR_MMR)


def test_text_stays_text(tmp_path):
    portfolio = from_text(tmp_path, 'asset,coins,price\n"=1+1",1,100\n')
    write(build_model(portfolio), tmp_path / "book.xlsx")
    page = load_workbook(tmp_path / "book.xlsx")["Compare"]
    found = page[address(tmp_path / "book.xlsx", "asset")]
    assert (found.value, found.data_type) == ("=1+1", "s") and lint(tmp_path / "book.xlsx") == []


def test_not_advice_and_every_line_has_a_unit():
    sheet = build_model(sample(0)).sheets["Compare"]
    assert "not advice" in sheet.purpose
    units = {b.row for b in sheet.blocks if b.style.role == "unit"}
    tables = {b.row for b in sheet.blocks if b.style.role in ("calc", "link") and b.shape[0] == 1}
    assert tables - units == set()
