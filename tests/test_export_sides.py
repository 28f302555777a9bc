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
    assert "export.csv: 1 row of action Takeover tell no side" in "\n".join(ledger.notes)


def test_okx_funding_by_any_word(tmp_path):
    paid = (500, 60_000, 0, 0, 0, 500, -0.0001)
    words = ("Funding fee expense", "Funding expense", "Expense")
    rows = [okx(i, i, "BTC-USD-SWAP", word, *paid, 0.9996 - (i - 1) / 1e4) for i, word in enumerate(words, 2)]
    ledger = ledger_of(tmp_path, OKX + okx(1, 1, "BTC-USD-SWAP", "Sell", *SOLD) + "".join(rows))
    (line,) = ledger.reconciliation.lines
    assert (line.position, line.funding) == (-50_000, pytest.approx(-0.0003)) and not ledger.reconciliation.unexplained


def test_okx_names_the_netting_of_a_long_and_a_short(tmp_path):
    """Long 30,000 at 60,000 (0.5 BTC) and short 50,000 at 62,500 (0.8), which is bought back at 50,000 (1.0): 0.2 for the venue.

    Netted, the sale closes the long (0.5 - 0.48 = 0.02) and opens -20,000 at 62,500; buying closes those (0.4 - 0.32 = 0.08).
    """
    rows = (
        ("Open long", 300, 60_000, 0, 0, 300, 300, 0, 1),
        ("Open short", 500, 62_500, 0, 0, 500, 500, 0, 1),
        ("Close short", 500, 50_000, 0.2, 0, -500, 0, 0.2, 1.2),
    )
    text = OKX + "".join(okx(i, i, "BTC-USD-SWAP", *row) for i, row in enumerate(rows, 1))
    ledger = ledger_of(tmp_path, text)
    (line,), (wallet,) = ledger.reconciliation.lines, ledger.reconciliation.wallets
    assert any("held long and short at once and counts as what is left of both" in note for note in ledger.notes)
    assert (line.position, line.realised, ledger.reconciliation.unexplained) == (30_000, pytest.approx(0.1), 0)
    for each in (*line.differences, *wallet.differences):
        assert (each.name, each.theirs) == ("long and short at once", pytest.approx(0.2))
        assert "+0.10000000 BTC" in each.why and "BTC-USD counts as what is left of both sides" in each.why


# Binance: what a delivery and a liquidation leave in the wallet alone

TRADES = "Uid,Time,Symbol,Side,Price,Quantity,Amount,Fee,Realized Profit,Buyer,Maker,Trade ID,Order ID\n"
MOVES = "Date(UTC),type,Amount,Asset,Symbol,Transaction ID\n"
DATED, PERPETUAL = "BTCUSD_260327", "BTCUSD_PERP"


def trade(day: int, symbol: str, side: str, price: int, fee: str, profit: float, number: int) -> str:
    return f"1,26-03-{day:02} 08:00:00,{symbol},{side},{price},500,5,{fee} BTC,{profit},true,true,{number},9\n"


def moved(day: int, kind: str, amount: float, symbol: str, number: int) -> str:
    return f"2026-03-{day:02} 08:00:00,{kind},{amount},BTC,{symbol},{number}\n"


def both_of(tmp_path, trades: str, moves: str):
    (tmp_path / "trades(UTC).csv").write_text(TRADES + trades)
    (tmp_path / "moves.csv").write_text(MOVES + moves)
    return read_exports([tmp_path / "trades(UTC).csv", tmp_path / "moves.csv"])


@pytest.mark.parametrize(("last", "gaps"), [(28, 1), (27, 0)])
def test_a_contract_that_expired_is_not_left_open(tmp_path, last, gaps):
    """The delivery tells no size: that the contract is still open is a gap once a day has passed."""
    ledger = both_of(
        tmp_path,
        trade(1, DATED, "SELL", 62_500, "0.0004", 0, 1),
        moved(1, "COMMISSION", -0.0004, DATED, 1)
        + moved(27, "DELIVERED_SETTELMENT", 0.2, DATED, 2)
        + moved(last, "TRANSFER", 1, "", 3),
    )
    (line,) = ledger.reconciliation.lines
    assert (line.position, line.fees, line.gaps) == (-50_000, 0.0004, gaps)
    assert [(gap.missing, gap.expired) for gap in ledger.gaps] == [(50_000, "2026-03-27")] * gaps
    assert "agrees" not in [each.name for each in line.differences if each.what == "position"]
    assert (ledger.rows["amount"].sum(), [*ledger.rows["type"]][1:]) == (1.2, ["realised", "transfer"])
    assert "1 row of type DELIVERED_SETTELMENT, +0.20000000 BTC, counts in the wallet" in "\n".join(ledger.notes)


def test_a_gap_of_an_expired_contract_is_told_whatever_the_venue(tmp_path):
    rows = okx(1, 1, "BTC-USD-260327", "Open short", *SOLD) + okx(
        2, 30, "ETH-USD-SWAP", "Transfer in", 0, 0, 0, 0, 0, 0, 1, 2
    )
    ledger = ledger_of(tmp_path, OKX + rows)
    (line,) = ledger.reconciliation.lines
    assert [each.name for each in line.differences] == ["a fill is missing", "agrees"]
    assert str(*ledger.gaps) == (
        "gap: okx 5 BTC-USD-260327: 50,000 USD bought are missing after 2026-03-01 08:00:00 up to 2026-03-30 08:00:00 UTC "
        "(export.csv row 4); it expired on 2026-03-27 and no row settles it"
    )  # fmt: skip


def test_what_a_liquidation_costs_counts_beside_the_fills(tmp_path):
    """Sold 50,000 at 62,500 and bought back at 50,000: profit 0.2, fees 0.0004 + 0.0005, and 0.003 to the insurance fund."""
    ledger = both_of(
        tmp_path,
        trade(1, PERPETUAL, "SELL", 62_500, "0.0004", 0, 1) + trade(2, PERPETUAL, "BUY", 50_000, "0.0005", 0.2, 2),
        moved(1, "COMMISSION", -0.0004, PERPETUAL, 1)
        + moved(2, "COMMISSION", -0.0005, PERPETUAL, 2)
        + moved(2, "REALIZED_PNL", 0.2, PERPETUAL, 2)
        + moved(2, "INSURANCE_CLEAR", -0.003, PERPETUAL, 3),
    )
    (line,) = ledger.reconciliation.lines
    assert (line.realised, line.fees, line.lumps) == (pytest.approx(0.2), pytest.approx(0.0039), 0)
    assert ledger.rows["fee"].sum() == pytest.approx(0.0039)
    assert "1 row of fees or profits" in "\n".join(ledger.notes)


# A trade of a type that is not known is a fill where its row tells side, size and price

DERIBIT = "ID,UserSeq,Date,Instrument,Type,Side,Amount,Base Amount,Position,Price,Mark Price,Index Price,Cash Flow,Funding,Fee Rate,Fee Charged,Fee Balance,Change,Balance,Equity,Trade ID,Order ID,Info,Note\n"
KRAKEN = "uid,dateTime,account,type,symbol,contract,change,new balance,new average entry price,trade price,mark price,funding rate,realized pnl,fee,realized funding,collateral\n"
CLOSED = {  # sold 50,000 at 62,500 and closed at 50,000 by a word of the venue
    "bybit.csv": BYBIT
    + "1,BTC,BTCUSD,TRADE,SELL,50000,50000,62500,0,-0.0004,0,-0.0004,0.9996,OPEN,2026-03-01 08:00:00\n"
    + "1,BTC,BTCUSD,{},BUY,50000,0,50000,0,-0.0005,0.2,0.1995,1.1991,CLOSE,2026-03-27 08:00:00\n",
    "transaction_log-1-BTC-1.csv": DERIBIT
    + "1,1,1 Mar 2026 08:00:00,BTC-PERPETUAL,trade,open sell,50000,0.8,-50000,62500,62500,62500,0,0,0,0.0004,0,-0.0004,0.9996,0.9996,t,o,,\n"
    + "2,2,27 Mar 2026 08:00:00,BTC-PERPETUAL,{},close buy,50000,1,0,50000,50000,50000,0.2,0,0,0.0005,0,-0.0005,1.1991,1.1991,t,o,,\n",
    "kraken.csv": KRAKEN
    + "p1,2026-03-01 08:00:00,f-xbt:usd,futures trade,pi_xbtusd,pi_xbtusd,-50000,-50000,62500,62500,62500,,,,,\n"
    + "w1,2026-03-01 08:00:00,f-xbt:usd,futures trade,xbt,pi_xbtusd,-0.0004,0.9996,,62500,62500,,0,0.0004,,XBT\n"
    + "p2,2026-03-27 08:00:00,f-xbt:usd,{0},pi_xbtusd,pi_xbtusd,50000,0,62500,50000,50000,,,,,\n"
    + "w2,2026-03-27 08:00:00,f-xbt:usd,{0},xbt,pi_xbtusd,0.1995,1.1991,,50000,50000,,0.2,0.0005,,XBT\n",
}


@pytest.mark.parametrize("name", CLOSED)
def test_a_trade_of_an_unknown_type_is_a_fill_and_that_is_said(tmp_path, name):
    ledger = ledger_of(tmp_path, CLOSED[name].format("take-over"), name)
    (line,) = ledger.reconciliation.lines
    assert (line.position, line.realised, line.fees) == (0, pytest.approx(0.2), pytest.approx(0.0009))
    assert [*ledger.rows["type"]] == ["fill", "fill"] and not ledger.gaps
    assert f"{name}: 1 row of type take-over is taken as a fill" in ledger.notes
