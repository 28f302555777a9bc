"""Rows of exports that tell the side of a position, or how a contract ended, in words of their own.

Worked out by hand, in USD and BTC: 50,000 sold at 62,500 (0.8) and closed at 50,000 (1.0) is a profit of 0.2; fees 0.0004 + 0.0005.
"""

import pytest

from xlhedge.ledger import read_exports

BYBIT = "UID: 1\nUid,Currency,Contract,Type,Direction,Quantity,Position,Filled Price,Funding,Fee Paid,Cash Flow,Change,Wallet Balance,Action,Time(UTC)\n"
OKX = "UID:5,Time Zone:UTC\nid,Order id,Time,Trade Type,Symbol,Action,Amount,Trading Unit,Filled Price,PnL,Fee,Fee Unit,Position Change,Position Balance,Balance Change,Balance,Balance Unit\n"


def ledger_of(tmp_path, text: str, name: str = "export.csv"):
    (tmp_path / name).write_text(text)
    return read_exports([tmp_path / name])


def bybit(kind: str, side: str, qty: object, position: int, action: str, hour: int) -> str:
    price, funding = ("--", 0.0002) if kind == "SETTLEMENT" else (50_000, 0)
    return f"1,BTC,BTCUSD,{kind},{side},{qty},{position},{price},{funding},0,0,{funding},3,{action},2026-03-01 {hour:02}:00:00\n"


@pytest.mark.parametrize(
    ("rows", "opening", "position", "unsure"),
    [
        ([("SETTLEMENT", "SELL", "--", 150_000, "SETTLEMENT")] * 2, -150_000, -150_000, False),
        ([("SETTLEMENT", "BUY", "--", 150_000, "SETTLEMENT")] * 2, 150_000, 150_000, False),
        ([("TRADE", "SELL", 50_000, 50_000, "CLOSE")], 100_000, 50_000, False),  # half of a long was closed
        ([("TRADE", "BUY", 50_000, 50_000, "CLOSE")], -100_000, -50_000, False),
        ([("TRADE", "SELL", 50_000, 150_000, "OPEN")], -100_000, -150_000, False),
        ([("TRADE", "SELL", 50_000, 0, "CLOSE")], 50_000, 0, False),
        # 20,000 left of 70,000, or 30,000 turned round: nothing tells which, until a funding tells the side
        ([("TRADE", "SELL", 50_000, 20_000, "CLOSE")], 30_000, -20_000, True),
        ([("TRADE", "SELL", 50_000, 20_000, "CLOSE"), ("SETTLEMENT", "SELL", "--", 20_000, "SETTLEMENT")], 30_000, -20_000, False),
        ([("TRADE", "SELL", 50_000, 20_000, "CLOSE"), ("SETTLEMENT", "BUY", "--", 20_000, "SETTLEMENT")], 70_000, 20_000, False),
    ],
)  # fmt: skip
def test_bybit_tells_the_side_of_a_position(tmp_path, rows, opening, position, unsure):
    ledger = ledger_of(tmp_path, BYBIT + "".join(bybit(*row, hour) for hour, row in enumerate(rows, 8)))
    (line,) = ledger.reconciliation.lines
    (compared, *_) = line.differences
    assert (line.opening, line.position, line.gaps) == (opening, position, 0)
    assert compared.name == "opened before the export"
    assert ("do not tell whether long or short" in compared.why) == unsure


def okx(number: int, day: int, symbol: str, action: str, *cells: object) -> str:
    amount, price, profit, fee, change, left, moved, wallet = cells
    return f"{number},9,2026-03-{day:02} 08:00:00,Futures,{symbol},{action},{amount},cont,{price},{profit},{fee},BTC,{change},{left},{moved},{wallet},BTC\n"


SOLD = (500, 62_500, 0, -0.0004, 500, 500, -0.0004, 0.9996)
BOUGHT_BACK = (500, 50_000, 0.2, -0.0005, -500, 0, 0.1995, 1.1991)


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize(
    ("action", "kind", "told"),
    [
        ("Close short", "fill", False),
        ("Close short (ADL)", "fill", False),
        ("Partial liquidation short", "fill", False),
        ("Delivery short", "settlement", False),
        ("Delivery", "settlement", True),
        ("Delivered", "settlement", True),
        ("Expired", "settlement", True),
        ("Liquidation", "fill", True),
    ],
)
def test_okx_closes_a_position_by_any_word(tmp_path, action, kind, told, order):
    rows = [okx(1, 1, "BTC-USD-260327", "Open short", *SOLD), okx(2, 27, "BTC-USD-260327", action, *BOUGHT_BACK)]
    ledger = ledger_of(tmp_path, OKX + "".join(rows[::order]))
    (line,) = ledger.reconciliation.lines
    (wallet,) = ledger.reconciliation.wallets
    assert [*ledger.rows["type"]] == ["fill", kind] and [*ledger.rows["qty"]] == [-50_000, 50_000]
    assert (line.position, line.realised, line.fees) == (0, pytest.approx(0.2), pytest.approx(0.0009))
    assert [each.name for each in (*line.differences, *wallet.differences)] == ["agrees"] * 3
    assert any("tell no side" in note for note in ledger.notes) == told


@pytest.mark.parametrize(
    ("opened", "gaps"), [([], 0), ([okx(1, 1, "BTC-USD-SWAP", "Open short", *SOLD)], 1)]
)  # a word that opens, or closes what is not in the file, is no fill of ours
def test_okx_says_what_it_cannot_count(tmp_path, opened, gaps):
    last = (500, 50_000, 0, -0.0005, 500, 1000, -0.0005, 0.9991) if opened else BOUGHT_BACK
    ledger = ledger_of(tmp_path, OKX + "".join([*opened, okx(2, 27, "BTC-USD-SWAP", "Takeover", *last)]))
    assert [gap.missing for gap in ledger.gaps] == [-50_000] * gaps
    assert "transfer" not in {*ledger.rows["type"]}
    assert "export.csv: 1 rows of action Takeover tell no side" in "\n".join(ledger.notes)


def test_okx_funding_by_any_word(tmp_path):
    paid = (500, 60_000, 0, 0, 0, 500, -0.0001)
    words = ("Funding fee expense", "Funding expense", "Expense")
    rows = [okx(i, i, "BTC-USD-SWAP", word, *paid, 0.9996 - (i - 1) / 1e4) for i, word in enumerate(words, 2)]
    ledger = ledger_of(tmp_path, OKX + okx(1, 1, "BTC-USD-SWAP", "Sell", *SOLD) + "".join(rows))
    (line,) = ledger.reconciliation.lines
    assert (line.position, line.funding) == (-50_000, pytest.approx(-0.0003)) and not ledger.reconciliation.unexplained


def test_okx_names_the_netting_of_a_long_and_a_short(tmp_path):
    long = (300, 60_000, 0, -0.0003, 300, 300, -0.0003, 0.9997)
    short = (500, 62_500, 0, -0.0004, 500, 500, -0.0004, 0.9993)
    rows = okx(1, 1, "BTC-USD-SWAP", "Open long", *long) + okx(2, 2, "BTC-USD-SWAP", "Open short", *short)
    assert any("counts as what is left of both" in note for note in ledger_of(tmp_path, OKX + rows).notes)
