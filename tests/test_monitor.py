"""The Monitor sheet: typed fills and funding against the worksheet functions, in LibreOffice."""

from types import SimpleNamespace

import pytest
from one_sheet import Reader, address, write_sample
from openpyxl import load_workbook

import xlhedge
from xlhedge.workbook.sheets.monitor import LOG_ROWS, NO_PRICE

# Rows of a log: fill [USD], price, fee [coin], funding [coin].
LOGS = {
    "opened in two parts": [(-400_000, 60_000, 0.004, None), (-200_000, 50_000, 0.0024, None)],
    "reduced": [(-600_000, 60_000, 0.006, None), (None,) * 4, (200_000, 50_000, 0.002, None)],
    "funded": [(-600_000, 60_000, 0.006, None), (None, 61_000, None, 0.001), (None, 40_000, None, -0.004)],
    "reversed": [(-100_000, 60_000, None, None), (250_000, 50_000, 0.003, 0.0001), (-50_000, 70_000, None, None)],
    "closed": [(-100_000, 60_000, None, None), (100_000, 50_000, 0.001, None)],
    "to the last row": [(-1_000.0 * i, 50_000 + 100 * i, 0.0001, 0.0002) for i in range(1, LOG_ROWS + 1)],
}

POSITION, MARGIN = "Position and gain, after the log", "Re-hedge and margin"
UNWIND = "Unwind: close the hedge, then convert"
FOUND = {
    "unrealized_usd": (POSITION, "Unrealised PnL", "USD"), "realized": (POSITION, "Realised PnL, before fees"),
    "funding": (POSITION, "Funding received"), "funding_usd": (POSITION, "Funding received, at its own prices"),
    "fees": (POSITION, "Fees paid"), "ratio": (MARGIN, "Hedge ratio"), "trade": (MARGIN, "Re-hedge trade, sell < 0", "contracts"),
    "margin": (MARGIN, "Margin balance, before unrealised PnL"), "used": (MARGIN, "Margin ratio, 1 is liquidation"),
    "liq": (MARGIN, "Liquidation price"), "closing": (UNWIND, "Trade that closes, sell < 0"),
    "closed": (UNWIND, "PnL that it realises, after the fee"), "converted_usd": (UNWIND, "Their worth"),
    "kept": (UNWIND, "Coins kept, free of the hedge"),
}  # fmt: skip


def near(expected, tolerance=1e-9):
    return pytest.approx(expected, rel=tolerance, abs=tolerance) if not isinstance(expected, str) else expected


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    path = tmp_path_factory.mktemp("monitor") / "monitor.xlsx"
    book = write_sample(path)
    return path, book.parts["log"], figures(book)


def figures(book) -> SimpleNamespace:
    """The figures after the log by short names: those that the sheet offers to others, and those that a reader finds."""
    reader, monitor = Reader(book, "Monitor"), book.parts["monitor"]
    found = {name: reader.beside(*told) for name, told in FOUND.items()}
    return SimpleNamespace(**found, coins=book.parts["watched"].coins, **monitor._asdict())


@pytest.fixture
def book(calc, built):
    with calc.open(built[0]) as opened:
        yield opened


def place(built, name: str) -> str:
    """The address of a named input."""
    workbook = load_workbook(built[0])
    return workbook.defined_names[f"monitor_{name}"].attr_text.split("!")[1].replace("$", "")


def type_log(book, log, rows) -> None:
    """Type rows over the log; the typed columns lie from B to F."""
    first = log.read.node.row
    for i, row in enumerate([*rows, *[(None,) * 4] * (2 if len(rows) < LOG_ROWS else 0)]):
        for column, value in zip("CDEF", row):
            book.set("Monitor", f"{column}{first + i}", value)
    book.recalculate()


def figure(book, cell):
    return book.get("Monitor", address(cell))


def test_ships_with_an_empty_log(built):
    out = built[2]
    assert out.qty.value.item() == 0 and out.fees.value.item() == 0 and out.ratio.value.item() == 0
    assert out.margin.value.item() == near(5.0055)  # posted, and the fee of 10 coins x 0.055 % that opens the hedge


def test_after_the_trade_of_the_plan_it_says_what_the_plan_says(book, built):
    _, log, out = built
    type_log(book, log, [(-600_000, 60_000, 0.0055, None)])
    assert figure(book, out.qty) == -600_000 and figure(book, out.entry) == near(60_000)
    assert figure(book, out.margin) == near(5) and figure(book, out.ratio) == near(10 / 49.9945)
    assert figure(book, out.liq) == near(600_000 * 0.995 / 5) and figure(book, out.used) == near(0.05 / 5)


@pytest.mark.parametrize("name", LOGS)
def test_typed_log_is_the_worksheet_functions(book, built, name):
    _, log, out = built
    rows, now = LOGS[name], 55_000.0
    book.set("Monitor", place(built, "price_now"), now)
    type_log(book, log, rows)
    fills = [(fill, price, fee or 0.0) for fill, price, fee, _ in rows if fill is not None]
    qtys, prices, fees = (list(column) for column in zip(*fills))
    paid = [(funding, price) for _, price, _, funding in rows if funding is not None]
    qty = sum(qtys)
    entry = xlhedge.avg_entry(qtys, prices) if qty else now
    open_pnl = xlhedge.inverse_pnl(qty, entry, now)
    booked = xlhedge.realized_pnl(qtys, prices, fees) + sum(coin for coin, _ in paid)
    margin = 5.0055 + booked  # posted, and the fee that opens the hedge of the plan
    expected = {
        "qty": qty, "entry": entry, "unrealized": open_pnl, "unrealized_usd": open_pnl * now, "fees": sum(fees),
        "realized": xlhedge.realized_pnl(qtys, prices), "funding": sum(coin for coin, _ in paid),
        "funding_usd": sum(coin * price for coin, price in paid), "booked": booked, "gain": booked + open_pnl,
        "margin": margin, "used": xlhedge.margin_ratio(qty, entry, now, margin, 0.005), "coins": 50 + booked + open_pnl,
        "liq": _word(xlhedge.liq_price(qty, entry, margin, 0.005)), "ratio": xlhedge.hedge_ratio(50 + booked + open_pnl, qty, now),
        "closing": -qty, "unread": 0,
    }  # fmt: skip
    assert {name: figure(book, getattr(out, name)) for name in expected} == {
        name: near(value) for name, value in expected.items()
    }


def _word(price: float):
    return "none" if price == float("inf") else price


def test_blank_row_carries_the_position_on(book, built):
    _, log, out = built
    type_log(book, log, LOGS["reduced"])
    columns = (log.read, log.qty, log.entry)
    read, qty, entry = ([book.get("Monitor", address(column, i)) for i in range(4)] for column in columns)
    assert [text or "" for text in read] == ["fill", "", "fill", ""]
    assert qty == [-600_000, -600_000, -400_000, -400_000] and entry == [near(60_000)] * 4


def test_row_without_a_price_is_told_and_not_counted(book, built):
    _, log, out = built
    type_log(book, log, [(-600_000, 60_000, None, None), (100_000, None, 0.5, 0.5), (None, 50_000, None, None)])
    assert [book.get("Monitor", address(log.read, i)) for i in (1, 2)] == [NO_PRICE, "nothing"]
    assert (figure(book, out.unread), figure(book, out.qty), figure(book, out.booked)) == (1, -600_000, 0)


def test_position_from_before_the_log(book, built):
    _, log, out = built
    for name, value in (("start_qty", -200_000.0), ("start_entry", 40_000.0), ("price_now", 50_000.0)):
        book.set("Monitor", place(built, name), value)
    type_log(book, log, [(-300_000, 50_000, None, None)])
    assert figure(book, out.entry) == near(xlhedge.avg_entry([-200_000, -300_000], [40_000, 50_000]))
    # The plan's 50 coins counted the loss of that position up to 60,000.
    before = xlhedge.inverse_pnl(-200_000, 40_000, 60_000)
    assert figure(book, out.coins) == near(50 - before + xlhedge.inverse_pnl(-200_000, 40_000, 50_000))


def test_back_to_80_20_and_unwind(book, built):
    """The worked example: at 50,000 the 52 coins need a short of 520,000 and the hedge has gained 2 coins."""
    _, log, out = built
    book.set("Monitor", place(built, "price_now"), 50_000.0)
    type_log(book, log, [(-600_000, 60_000, None, None)])
    assert [figure(book, cell) for cell in (out.coins, out.ratio, out.trade)] == [near(52), near(0.6 / 2.6), 80_000]
    fee = xlhedge.trade_fee(-600_000, 50_000, 0.00055)
    assert figure(book, out.closed) == near(2 - fee)
    assert figure(book, out.converted_usd) == near((2 - fee) * 50_000) and figure(book, out.kept) == near(50)
    for name in ("band_below", "band_above"):
        book.set("Monitor", place(built, name), 0.05)
    book.recalculate()
    assert figure(book, out.trade) == 0


def test_typed_coins_and_margin_win(book, built):
    _, log, out = built
    book.set("Monitor", place(built, "coins_now"), 60.0)
    book.set("Monitor", place(built, "margin_now"), 1.0)
    type_log(book, log, [(-600_000, 60_000, None, None)])
    assert (figure(book, out.coins), figure(book, out.ratio)) == (60, near(1 / 6))
    assert figure(book, out.liq) == near(xlhedge.liq_price(-600_000, 60_000, 1.0, 0.005))
