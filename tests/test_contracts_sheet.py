"""The Contracts and Tiers sheets: the whole table, the tier of a position's size, what is unknown, and reading back."""

import pytest
from books import Cells, build_text, letter_of, loaded, write_template
from openpyxl import load_workbook

from xlhedge.contracts import SHIPPED, FactTable, contract, ladder, listing, maintenance, rows_table, spec, upper_limit
from xlhedge.errors import NotAvailableError
from xlhedge.intake import read_portfolios
from xlhedge.workbook.file.writer import write
from xlhedge.ooxml.lint import lint
from xlhedge.workbook.model import build_model
from xlhedge.workbook.portfolios import Room
from xlhedge.workbook.sheets.contracts import UNKNOWN

HEAD = "portfolio,asset,coins,price,venue,contract,qty,entry\n"
PRICE = 50_000.0
TIERED = [listed for listed in listing(SHIPPED) if listed.tiers and "{" not in listed.symbol]
OWN = {
    "kind": "inverse", "face": 10, "liq_method": "mark", "tier_type": "marginal", "tier_unit": "coin",
    "floors": "0;5;10;20", "rates": "0.004;0.005;0.01;0.025", "cap": 50,
}  # fmt: skip


def own_table(**facts) -> FactTable:
    """A contract of one's own with marginal tiers."""
    return rows_table({"venue": "desk", "symbol": "BTC", "field": f, "value": v} for f, v in (OWN | facts).items())


def sizes(venue: str, symbol: str, table: FactTable | None = None) -> list[float]:
    """USD sizes on the boundaries of a contract's tiers and beside them."""
    found = contract(venue, symbol, table=table)
    unit = {"coin": PRICE, "contracts": found["face"], "USD": 1.0}[found["tier_unit"]]
    ends = [tier.floor for tier in ladder(found)] + [tier.cap for tier in ladder(found) if tier.cap < 1e9]
    inside = [end * unit + step for end in ends for step in (-1.0, 0.0, 1.0)]
    return [size for size in inside if 0 < size <= ends[-1] * unit]


def page_of(path, sheet: str):
    return load_workbook(path, data_only=True)[sheet]


def found_row(page, key: str) -> int:
    return next(row for row in range(1, page.max_row + 1) if page.cell(row, 1).value == key)


TOLD = ("Face", "Lot", "Tick", "Maintenance rate", "Listed until", "Source")


def test_every_inverse_contract_stands_on_the_sheet_with_its_source(tmp_path):
    page = page_of(build_text(tmp_path, "asset,coins,price\nBTC,1,60000\n").path, "Contracts")
    for listed in listing(SHIPPED):
        row = found_row(page, listed.key)
        face, lot, tick, mmr, until, source = (page[f"{letter_of(page, header)}{row}"].value for header in TOLD)
        assert (face, lot, tick) == (listed.face, listed.lot or UNKNOWN, listed.tick or UNKNOWN), listed.key
        assert mmr == (listed.mmr or ("tiers" if listed.tiers else UNKNOWN)) and source == listed.source, listed.key
        assert (until and f"{until:%Y-%m-%d}") == listed.listed_until, listed.key
    assert len(listing(SHIPPED)) >= 95


@pytest.mark.parametrize("venue,symbol,table", [
    *((each.venue, each.symbol, None) for each in TIERED), ("desk", "BTC", own_table()),
    ("desk", "BTC", own_table(tier_unit="USD", floors="0;500;9000", rates="0.01;0.02;0.05", cap=20_000)),
    ("desk", "BTC", own_table(tier_unit="contracts", amounts="0;1;2;3")),
])  # fmt: skip
@pytest.mark.parametrize("sign", [-1, 1])
def test_the_sheet_takes_the_tier_that_python_takes(tmp_path, venue, symbol, table, sign):
    found, told = contract(venue, symbol, table=table), sizes(venue, symbol, table)
    source, coin = tmp_path / "h.csv", found.get("coin") or "BTC"
    source.write_text(
        HEAD
        + "".join(f"P{i},{coin},1e6,{PRICE},{venue},{symbol},{sign * size},{PRICE}\n" for i, size in enumerate(told))
    )
    (tmp_path / "own.csv").write_text("venue,symbol,field,value\n" + "".join(
        f"{fact.venue},{fact.symbol},{fact.field},{';'.join(map(str, fact.value)) if isinstance(fact.value, tuple) else fact.value}\n"
        for fact in (table.facts if table else ())
    ))  # fmt: skip
    own = tmp_path / "own.csv" if table else None
    portfolios, errors = read_portfolios(source, None, {"band": "1"}, own)
    assert errors == [] and len(portfolios) == len(told) > 3
    figures = build_model(portfolios).parts["maintenance"]
    for k, size in enumerate(told):
        rate, amount, limit = (column.value[0, 0, k] for column in (figures.mmr, figures.amount, figures.cap))
        expected = maintenance(found, size, PRICE)
        if found.get("tier_unit") == "coin" or not expected.amount:
            assert (rate, amount) == (expected.mmr, pytest.approx(expected.amount, rel=1e-12)), size
        else:  # an amount in contracts or USD is worth fewer coins as the price rises: it lowers the rate
            coins = abs(size) / PRICE
            assert (rate, amount) == (pytest.approx(expected.mmr - expected.amount / coins, rel=1e-12), 0), size
        assert limit == pytest.approx(upper_limit(found, size, PRICE), rel=1e-12), size


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    return write_template(tmp_path_factory.mktemp("template") / "template.xlsx")


@pytest.fixture(scope="module")
def typed_at(template):
    """The sheet and the cell of the first asset, or of its first position, under a header."""
    pages = loaded(template)

    def place(header: str) -> tuple[str, str]:
        sheet, row = ("Inputs", 7) if header in ("Target weight", "Coins") else ("Positions", 8)
        return sheet, f"{letter_of(pages[sheet], header)}{row}"

    return place


def rate_of_btc(book) -> object:
    rows = book.cells("Hedge plan")
    first = next(int(address[1:]) for address, value in rows.items() if str(value).startswith("Maintenance:"))
    return rows[f"G{first + 3}"]


def test_position_and_contract_move_the_rate_without_a_formula_edited(calc, template, typed_at):
    with calc.open(template) as book:
        for key, qty, expected in (
            ("bitmex XBTUSD", -199 * 50_000, 0.005), ("bitmex XBTUSD", -200 * 50_000, 0.01), ("bitmex XBTUSD", -500 * 50_000, 0.02),
            ("okx BTC-USD", -199_900, 0.004), ("okx BTC-USD", -200_000, 0.005), ("okx BTC-USD", -2_000_000, 0.0125),
            ("kraken PI_XBTUSD", -500_000, 0.02), ("kraken PI_XBTUSD", -24_000_000, 0.15), ("binance BTCUSD", -6_060_000, 0.1), ("deribit BTC-PERPETUAL", -500_000, 0.01),
        ):  # fmt: skip
            typed = {"Target weight": None, "Coins": 1000.0, "Contract": key, "Qty": float(qty), "Entry": 50_000.0}
            for header, value in typed.items():
                book.set(*typed_at(header), value)
            book.recalculate()
            assert rate_of_btc(book) == expected, (key, qty)


def test_an_unknown_figure_is_red_and_says_which(calc, template, typed_at):
    with calc.open(template) as book:
        checks = {value: address[1:] for address, value in book.cells("Checks").items() if address.startswith("A")}
        for key, check, words in (
            ("htx BTC-USD", "The maintenance rate of every contract is known", "maintenance rate. "),
            ("nobody BTC", "Every position has a contract whose face is known", "face. maintenance rate. liquidation method. "),
            ("bingx BTC-USD", "The liquidation method of every contract is known", "maintenance rate. liquidation method. "),
        ):  # fmt: skip
            book.set(*typed_at("Contract"), key)
            book.recalculate()
            assert book.get("Checks", f"F{checks[check]}") is False, key
            assert book.get("Checks", "F3") is False and book.get("Inputs", "H1") == "see Checks:"
            assert words in book.cells("Hedge plan").values()
        book.set(*typed_at("Own maintenance rate"), 0.01)
        book.set(*typed_at("Contract"), "htx BTC-USD")
        book.recalculate()
        assert rate_of_btc(book) == 0.01 and book.get("Checks", "F3") is True


def test_a_new_hedge_on_a_contract_that_has_ended_is_red(calc, template):
    with calc.open(template) as book:
        checks = {value: address[1:] for address, value in book.cells("Checks").items() if address.startswith("A")}
        line = f"F{checks['No new hedge on a contract that is no longer listed']}"
        book.set("Inputs", "E7", None)
        for key, ratio, qty, passes in (
            ("bitmex XBTUSD", 0.5, 0, False), ("bitmex XBTUSD", 0.5, -100_000, False), ("bitmex XBTUSD", None, -100_000, True),
            ("bitmex XBTUSD", 0, -100_000, True), ("bitmex XBTUSD", 0.1, 300_000, False), ("okx BTC-USD", 0.5, 0, True),
            ("binance WIFUSD", 0.5, 0, False),
        ):  # fmt: skip
            book.set("Inputs", "F7", ratio)
            for address, typed in {"B8": key, "I8": float(qty), "J8": 50_000.0, "O8": 0.01}.items():
                book.set("Positions", address, typed)
            book.recalculate()
            assert book.get("Checks", line) is passes, (key, ratio, qty)


def test_the_setting_mmr_stands_in_for_a_rate_that_is_not_known(calc, template):
    with calc.open(template) as book:
        cells = {value: address[1:] for address, value in book.cells("Inputs").items() if address.startswith("A")}
        for key, setting, rate, note in (
            ("htx BTC-USD", 0.02, 0.02, True), ("okx BTC-USD", 0.02, 0.005, False), ("htx BTC-USD", 0.03, 0.03, True),
        ):  # fmt: skip
            book.set("Positions", "B8", key)
            book.set("Inputs", f"C{cells['Mmr']}", setting)
            book.recalculate()
            assert rate_of_btc(book) == rate, key
            line = next(
                a[1:]
                for a, v in book.cells("Checks").items()
                if a[0] == "A" and v == "Every maintenance rate has a source"
            )
            assert book.get("Checks", f"F{line}") is not note and book.get("Checks", "F3") is True, key


def filled(template, folder, cells: dict[tuple[str, str], object]):
    """The template with cells typed by somebody."""
    book = load_workbook(template)
    for (sheet, address), value in cells.items():
        book[sheet][address] = value
    path = folder / "filled.xlsx"
    book.save(path)
    return path


def test_nothing_typed_gives_no_facts(template):
    assert read_portfolios(template)[0][0].contracts is None


def test_typed_figures_win_and_unknown_ones_stay_unknown(template, tmp_path, typed_at):
    contracts, tiers = load_workbook(template)["Contracts"], load_workbook(template)["Tiers"]
    okx, bybit = (found_row(contracts, key) for key in ("okx BTC-USD", "bybit BTCUSD"))
    own, tier = (next(row for row in range(8, 200) if page.cell(row, 1).value is None) for page in (contracts, tiers))
    bitmex = found_row(tiers, "bitmex XBTUSD")
    rate, face = (letter_of(contracts, header) for header in ("Maintenance rate", "Face"))
    ours = {
        "Contract": "desk BTC-X",
        "Face": 50,
        "Lot": 2,
        "Taker fee": 0.0003,
        "Liquidation method": "mark",
        "Sizes in": "USD",
    }
    tops = {"From": 100, "Up to": 500, "Maintenance rate": 0.03, "Amount": 1.0}
    lows = {"From": 0, "Up to": 100, "Maintenance rate": 0.02, "Amount": 0}
    typed = {
        ("Contracts", f"{rate}{okx}"): 0.02, ("Contracts", f"{face}{bybit}"): 5,
        ("Tiers", f"{letter_of(tiers, 'Maintenance rate')}{bitmex}"): 0.006,
        **{("Contracts", f"{letter_of(contracts, header)}{own}"): value for header, value in ours.items()},
        **{("Tiers", f"{letter_of(tiers, header)}{row}"): value for row, cells in ((tier, tops), (tier + 2, lows))
           for header, value in ({"Contract": "desk BTC-X"} | cells).items()},
        **{typed_at(header): value for header, value in
           {"Target weight": None, "Contract": "desk BTC-X", "Qty": -100, "Entry": 50_000}.items()},
    }  # fmt: skip
    portfolios, errors = read_portfolios(filled(template, tmp_path, typed), None, {"band": "1"})
    assert errors == []
    table = portfolios[0].contracts
    assert spec("okx", "BTC-USD", "mmr", table=table) == 0.02
    assert maintenance(contract("okx", "BTC-USD", table=table), -9e9, 60_000).mmr == 0.02
    assert spec("bybit", "BTCUSD", "face", table=table) == 5 and spec("bybit", "BTCUSD", "mmr", table=table) == 0.005
    assert spec("bitmex", "XBTUSD", "rates", table=table) == (0.006, 0.01, 0.015, 0.02)
    assert [(f.field, f.source, f.verified) for f in table.facts if f.venue == "bybit"] == [
        ("face", "typed into the workbook", False)
    ]
    with pytest.raises(NotAvailableError):
        spec("htx", "BTC-USD", "mmr", table=table)
    mine = contract("desk", "BTC-X", table=table)
    assert [tuple(tier) for tier in ladder(mine)] == [(0, 100, 0.02, 0), (100, 500, 0.03, 1)]
    write(build_model(portfolios[0], room=Room(20)), tmp_path / "again.xlsx")
    page = page_of(tmp_path / "again.xlsx", "Contracts")
    again = {key: found_row(page, key) for key in ("okx BTC-USD", "bybit BTCUSD", "desk BTC-X")}
    limit = letter_of(page, "Rate is known up to")
    assert [page[f"{column}{again['okx BTC-USD']}"].value for column in (rate, limit)] == [0.02, UNKNOWN]
    assert page[f"{face}{again['bybit BTCUSD']}"].value == 5 and page[f"{rate}{again['desk BTC-X']}"].value == "tiers"
    assert Cells(tmp_path / "again.xlsx").column("Hedge plan", "Maintenance:", "Maintenance rate")[0] == (
        pytest.approx(0.03 - 1 / 100, rel=1e-12)  # 3 % of 100 USD less the amount of 1 USD
    )
    assert lint(tmp_path / "again.xlsx") == []


def test_figures_of_a_row_come_before_the_table(tmp_path):
    cells = build_text(
        tmp_path, "asset,coins,price,hedge_ratio,venue,contract,margin,face,mmr,fee\nBTC,50,60000,0.2,okx,BTC-USD,5,10,0.008,0.0001\n"
    )  # fmt: skip
    assert cells.column("Hedge plan", "Contract figures", "Face")[0] == 10
    assert cells.column("Hedge plan", "Contract figures", "Taker fee")[0] == 0.0001
    assert cells.column("Hedge plan", "Contract figures", "Fee in the liquidation price")[0] == 0.0001
    assert cells.column("Hedge plan", "Maintenance:", "Maintenance rate")[0] == 0.008
    assert cells.column("Hedge plan", "Maintenance:", "Maintenance amount")[0] == 0
    assert cells.column("Hedge plan", "Maintenance:", "Known limit of the rate", "USD or none")[0] == "none"
    # 600,000 USD at a face of 10 are 60,000 contracts.
    assert cells.column("Hedge plan", "Maintenance:", "Venue's initial rate, 0 if unknown")[0] == 0.03
    again, errors = read_portfolios(cells.path)
    assert errors == [] and again[0].positions[0].values.mmr == 0.008
