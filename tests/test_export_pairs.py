"""Kraken tells a trade in two rows, of which files may hold one, both or neither: each trade and each fee counts once.

Sold in one second at 50,000, after a deposit of 1 BTC: 40,000 as maker (0.8 BTC at 0.02 %: 0.00016), 20,000 and 10,000 as taker (0.4 and
0.2 BTC at 0.05 %: 0.0002 and 0.0001). The larger fee is not that of the larger trade. Fees 0.00046, wallet 0.99954.
"""

import pytest

from xlhedge.ledger import read_exports

HEADER = "uid,dateTime,account,type,symbol,contract,change,new balance,new average entry price,trade price,mark price,funding rate,realized pnl,fee,realized funding,collateral"
TIME = "2026-03-02 10:00:00,f-xbt:usd,futures trade"
DEPOSIT = "u0,2026-03-01 00:00:00,f-xbt:usd,cross-exchange transfer,xbt,,1,1,,,,,,,,XBT"
TRADES = ((40_000, 40_000, 0.00016, 0.99984), (20_000, 60_000, 0.0002, 0.99964), (10_000, 70_000, 0.0001, 0.99954))
ROWS = [DEPOSIT] + [
    row
    for i, (qty, position, fee, wallet) in enumerate(TRADES)
    for row in (
        f"p{i},{TIME},pi_xbtusd,pi_xbtusd,-{qty},-{position},50000,50000,50000,,,,,",
        f"w{i},{TIME},xbt,pi_xbtusd,-{fee},{wallet},,50000,50000,,0,{fee},,XBT",
    )
]
FILLS = [(-40_000, 0.00016), (-20_000, 0.0002), (-10_000, 0.0001)]


def read(tmp_path, parts: list[slice], order: int = 1, older: int = -1):
    """The rows of some parts as files; the one whose number is `older` is without the column of contracts."""
    for number, part in enumerate(parts):
        lines = [HEADER, *ROWS[part][::order]]
        if number == older:
            lines = [",".join(cells[:5] + cells[6:]) for cells in (line.split(",") for line in lines)]
        (tmp_path / f"{number}.csv").write_text("\n".join(lines) + "\n")
    return read_exports([tmp_path / f"{number}.csv" for number in range(len(parts))])


@pytest.mark.parametrize("order", [1, -1], ids=["oldest first", "newest first"])
@pytest.mark.parametrize(
    ("parts", "twice", "older"),
    [
        ([slice(0, 7)], 0, -1),
        ([slice(0, 7)], 0, 0),
        ([slice(0, 4), slice(4, 7)], 0, -1),  # cut between the two rows of the second trade
        ([slice(0, 4), slice(0, 7)], 4, -1),  # the first file holds the second trade without its fee
        ([slice(0, 5), slice(4, 7)], 1, -1),  # the second file begins with a fee that the first has too
        ([slice(0, 5), slice(2, 7)], 3, 0),
        ([slice(0, 7), slice(0, 7)], 7, 1),
    ],
)
def test_each_trade_has_its_own_fee(tmp_path, parts, twice, older, order):
    ledger = read(tmp_path, parts, order, older)
    (line,), (wallet,) = ledger.reconciliation.lines, ledger.reconciliation.wallets
    fills = ledger.rows[ledger.rows["type"] == "fill"]
    assert sorted(zip(fills["qty"], fills["fee"])) == FILLS and len(ledger.rows) == 4
    assert (line.position, line.fees) == (-70_000, pytest.approx(0.00046)) and not ledger.gaps
    assert [each.name for each in (*line.differences, *wallet.differences)] == ["agrees"] * 4
    assert ledger.doubles.get("id", 0) == twice


def test_a_fee_without_its_trade_is_a_fee(tmp_path):
    ledger = read(tmp_path, [slice(4, 5)])
    assert ledger.rows[["type", "fee"]].values.tolist() == [["fee", 0.0002]]
