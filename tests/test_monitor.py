"""The Monitor sheet: typed fills and funding against the worksheet functions, in LibreOffice."""

from types import SimpleNamespace

import pytest
from one_sheet import Reader, address, write_sample

import xlhedge
from xlhedge.nodes import letters
from xlhedge.workbook.portfolios import LOG_STEPS
from xlhedge.workbook.sheets.log import LOG, NO_PRICE
from xlhedge.workbook.sheets.monitor import ASSETS_TITLE, STARTS

LOG_ROWS, POSITION = LOG_STEPS[0], "BTC bybit BTCUSD"
# Rows of a log: fill [USD], price, fee [coin], funding [coin], margin moved [coin].
LOGS = {
    "opened in two parts": [(-400_000, 60_000, 0.004, None), (-200_000, 50_000, 0.0024, None)],
    "reduced": [(-600_000, 60_000, 0.006, None), (None,) * 4, (200_000, 50_000, 0.002, None)],
    "funded": [(-600_000, 60_000, 0.006, None), (None, 61_000, None, 0.001), (None, 40_000, None, -0.004)],
    "reversed": [(-100_000, 60_000, None, None), (250_000, 50_000, 0.003, 0.0001), (-50_000, 70_000, None, None)],
    "closed": [(-100_000, 60_000, None, None), (100_000, 50_000, 0.001, None)],
    "to the last row": [(-1_000.0 * i, 50_000 + 100 * i, 0.0001, 0.0002) for i in range(1, LOG_ROWS + 1)],
}

FOUND = {  # of the position, or of the asset
    "qty": (STARTS.title, "Qty", "USD"), "entry": (STARTS.title, "Average entry; the price used when flat"),
    "unrealized": (STARTS.title, "Unrealised PnL", "coin"), "unrealized_usd": (STARTS.title, "Unrealised PnL, in USD", "USD"),
    "realized": (STARTS.title, "Realised PnL, before fees"), "booked": (STARTS.title, "Booked: realised + funding - fees"),
    "gain": (STARTS.title, "Gain altogether", "coin"), "funding": (STARTS.title, "Funding received"),
    "funding_usd": (STARTS.title, "Funding received, at its own prices"), "fees": (STARTS.title, "Fees paid"),
    "trade": (STARTS.title, "Re-hedge trade, sell < 0", "contracts"), "margin": (STARTS.title, "Margin balance"),
    "used": (STARTS.title, "Margin ratio, 1 is liquidation"), "liq": (STARTS.title, "Liquidation price"),
    "closing": (STARTS.title, "Trade that closes, sell < 0"), "closed": (STARTS.title, "PnL that it realises, after the fee"),
    "converted_usd": (STARTS.title, "Their worth"), "coins": (ASSETS_TITLE, "Coins owned"), "ratio": (ASSETS_TITLE, "Hedge ratio"),
    "kept": (ASSETS_TITLE, "Coins kept, once all is closed"),
}  # fmt: skip


def near(expected, tolerance=1e-9):
    return pytest.approx(expected, rel=tolerance, abs=tolerance) if not isinstance(expected, str) else expected


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    path = tmp_path_factory.mktemp("monitor") / "monitor.xlsx"
    book = write_sample(path)
    return book, book.parts["log"], figures(book), path


def figures(book) -> SimpleNamespace:
    """The figures after the log by short names, each as a reader finds it below its header."""
    reader = Reader(book, "Monitor")
    found = {name: reader.below(*told) for name, told in FOUND.items()}
    return SimpleNamespace(**found, read=reader.below(LOG.title, "Read as"), unread=book.parts["monitor"].unread)


@pytest.fixture
def book(calc, built):
    with calc.open(built[3]) as opened:
        yield opened


def place(built, name: str) -> str:
    """The address of what is typed of the bands, of the position or of the asset."""
    block = next(block for block in built[0].sheets["Monitor"].blocks if block.typed == name)
    return f"{letters(block.column)}{block.row}"


def type_log(book, built, rows) -> None:
    """Type rows over the log, all of one position; those that are blank have none."""
    log = built[1].typed
    for i, row in enumerate([*rows, *[(None,) * 4] * (2 if len(rows) < LOG_ROWS else 0)]):
        told = (None if row == (None,) * 4 else POSITION, *row, *[None] * (5 - len(row)))
        for column, value in zip((log.position, log.fill, log.price, log.fee, log.funding, log.transfer), told):
            book.set("Monitor", address(column, i), value)
    book.recalculate()


def figure(book, cell):
    return book.get("Monitor", address(cell))


def test_ships_with_an_empty_log(built):
    out = built[2]
    assert [getattr(out, name).value[0].item() for name in ("qty", "fees", "ratio")] == [0, 0, 0]
    assert out.margin.value[0].item() == near(5)  # what is posted, and nothing of the plan's trade


def test_after_the_trade_of_the_plan_it_says_what_the_plan_says(book, built):
    _, log, out, _ = built
    plan = built[0].parts["margins"]
    for_fee = (plan.transfer.value - plan.top_up.value)[0].item()
    assert for_fee == near(0.0055)  # 10 coins x 0.055 %
    type_log(book, built, [(-600_000, 60_000, 0.0055, None), (None, None, None, None, for_fee)])
    assert figure(book, out.qty) == -600_000 and figure(book, out.entry) == near(60_000)
    assert figure(book, out.margin) == near(5) and figure(book, out.ratio) == near(10 / 49.9945)
    assert figure(book, out.liq) == near(600_000 * 0.995 / 5) and figure(book, out.used) == near(0.05 / 5)
    assert figure(book, out.liq) == near(plan.liq.value[0].item())
    type_log(book, built, [(-600_000, 60_000, 0.0055, None), (None, None, None, None, plan.transfer.value[0].item())])
    assert figure(book, out.margin) == near(plan.planned.value[0].item())


@pytest.mark.parametrize("name", LOGS)
def test_typed_log_is_the_worksheet_functions(book, built, name):
    _, log, out, _ = built
    rows, now = LOGS[name], 55_000.0
    book.set("Monitor", place(built, "price_now"), now)
    type_log(book, built, rows)
    fills = [(fill, price, fee or 0.0) for fill, price, fee, _ in rows if fill is not None]
    qtys, prices, fees = (list(column) for column in zip(*fills))
    paid = [(funding, price) for _, price, _, funding in rows if funding is not None]
    qty = sum(qtys)
    entry = xlhedge.avg_entry(qtys, prices) if qty else now
    open_pnl = xlhedge.inverse_pnl(qty, entry, now)
    booked = xlhedge.realized_pnl(qtys, prices, fees) + sum(coin for coin, _ in paid)
    margin = 5 + booked  # what is posted
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


def test_a_blank_row_is_of_no_position_and_the_next_goes_on_from_the_one_above_it(book, built):
    _, log, out, _ = built
    type_log(book, built, LOGS["reduced"])
    columns = (out.read, log.qty, log.cost)
    read, qty, cost = ([book.get("Monitor", address(column, i)) for i in range(4)] for column in columns)
    assert [text or "" for text in read] == ["fill", "", "fill", ""]
    assert [value or 0 for value in qty] == [-600_000, 0, -400_000, 0]
    assert [value or 0 for value in cost] == [near(-10), 0, near(-400_000 / 60_000), 0]
    assert (figure(book, out.qty), figure(book, out.entry)) == (-400_000, near(60_000))


def test_row_without_a_price_is_told_and_not_counted(book, built):
    _, log, out, _ = built
    type_log(book, built, [(-600_000, 60_000, None, None), (100_000, None, 0.5, 0.5), (None, 50_000, None, None)])
    assert [book.get("Monitor", address(out.read, i)) for i in (1, 2)] == [NO_PRICE, "nothing"]
    assert (figure(book, out.unread), figure(book, out.qty), figure(book, out.booked)) == (1, -600_000, 0)


def test_position_from_before_the_log(book, built):
    _, log, out, _ = built
    for name, value in (("start_qty", -200_000.0), ("start_entry", 40_000.0), ("price_now", 50_000.0)):
        book.set("Monitor", place(built, name), value)
    type_log(book, built, [(-300_000, 50_000, None, None)])
    assert figure(book, out.entry) == near(xlhedge.avg_entry([-200_000, -300_000], [40_000, 50_000]))
    # The plan's 50 coins counted the loss of that position up to 60,000.
    before = xlhedge.inverse_pnl(-200_000, 40_000, 60_000)
    assert figure(book, out.coins) == near(50 - before + xlhedge.inverse_pnl(-200_000, 40_000, 50_000))


def test_back_to_80_20_and_unwind(book, built):
    """The worked example: at 50,000 the 52 coins need a short of 520,000 and the hedge has gained 2 coins."""
    _, log, out, _ = built
    book.set("Monitor", place(built, "price_now"), 50_000.0)
    type_log(book, built, [(-600_000, 60_000, None, None)])
    assert [figure(book, cell) for cell in (out.coins, out.ratio, out.trade)] == [near(52), near(0.6 / 2.6), 80_000]
    fee = xlhedge.trade_fee(-600_000, 50_000, 0.00055)
    assert figure(book, out.closed) == near(2 - fee)
    assert figure(book, out.converted_usd) == near((2 - fee) * 50_000) and figure(book, out.kept) == near(50)
    for name in ("band_below", "band_above"):
        book.set("Monitor", place(built, name), 0.05)
    book.recalculate()
    assert figure(book, out.trade) == 0


def test_typed_coins_and_margin_win(book, built):
    _, log, out, _ = built
    book.set("Monitor", place(built, "coins_now"), 60.0)
    book.set("Monitor", place(built, "margin_now"), 1.0)
    type_log(book, built, [(-600_000, 60_000, None, None)])
    assert (figure(book, out.coins), figure(book, out.ratio)) == (60, near(1 / 6))
    assert figure(book, out.liq) == near(xlhedge.liq_price(-600_000, 60_000, 1.0, 0.005))
