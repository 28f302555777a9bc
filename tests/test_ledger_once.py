"""What several exports tell counts once, however each tells it; and what the venue's own figures do not agree with is no rounding.

Binance: 1,000 contracts of 100 USD sold at 60,000 and bought back at 50,000, so that 100,000 USD make 2 - 5/3 = 1/3 BTC; fees 0.00083333 and
0.001. Bybit: fills of 1,000 USD at 60,000.
"""

import pytest

from xlhedge.ledger import read_exports, write_ledger

TRADES = "Uid,Time,Symbol,Side,Price,Quantity,Amount,Fee,Realized Profit,Buyer,Maker,Trade ID,Order ID"
MONEY = "Date(UTC),type,Amount,Asset,Symbol,Transaction ID"
UTA = "Uid,Currency,Contract,Type,Direction,Quantity,Position,Filled Price,Funding,Fee Paid,Cash Flow,Change,Wallet Balance,Action,Time(UTC)"
LOG = "Time,Currency,Contract,Type,Direction,Quantity,Position,Filled Price,Funding,Fee Paid,Cash Flow,Change,Wallet Balance,Fee Rate,Trade ID,Order ID"
KUCOIN = "UID,Account Type,Order ID,Filled Time(UTC),Symbol,Side,Filled Amount,Filled Price,Filled Volume,Filled Volume  (USDT),Fee Rate,Fee,Order Type"


@pytest.fixture
def read(tmp_path):
    """A function that reads exports, each a header with its rows, as the ledger of all of them."""

    def of(**files: tuple[str, ...]):
        for name, lines in files.items():
            (tmp_path / f"{name}.csv").write_text("\n".join(lines) + "\n")
        return read_exports([tmp_path / f"{name}.csv" for name in files], "UTC")

    return of


# Binance: trades, and what moved the wallet for each of them

SOLD, BOUGHT = (
    "5,26-03-01 10:00:05,BTCUSD_PERP,SELL,60000,1000,1.66,0.00083333 BTC,0,f,f,1,1",
    "5,26-03-02 10:00:59,BTCUSD_PERP,BUY,50000,1000,2,0.001 BTC,0.33333333,f,f,2,2",
)
PAID, PAID_2 = (
    "2026-03-01 10:00:05,COMMISSION,-0.00083333,BTC,BTCUSD_PERP,1", "2026-03-02 10:00:59,COMMISSION,-0.001,BTC,BTCUSD_PERP,2",
)  # fmt: skip
PROFIT = "2026-03-02 10:01:00,REALIZED_PNL,0.33333333,BTC,BTCUSD_PERP,3"
CLEARED = "2026-03-02 10:00:59,INSURANCE_CLEAR,-0.02,BTC,BTCUSD_PERP,4"
OTHER = "2026-03-02 10:00:58,COMMISSION,-0.0005,BTC,BTCUSD_PERP,5"
AGAIN = "2026-03-02 10:00:59,COMMISSION,-0.001,BTC,BTCUSD_PERP,6"

BINANCE = {  # trades, rows of the wallet; realised, lumps, fees; what is told of the rows of the wallet
    "a profit a second later, over the minute": ((SOLD, BOUGHT), (PAID, PAID_2, PROFIT), (1 / 3, 0, 0.00183333), "3 rows of money"),
    "what cleared a liquidation is no fee of a trade": (
        (SOLD, BOUGHT), (PAID, PAID_2, PROFIT, CLEARED), (1 / 3, 0, 0.02183333), "1 row of fees or profits",
    ),
    "a fee a second before the first trade": ((BOUGHT,), (OTHER, PAID_2, PROFIT), (0, 0, 0.0015), "2 rows of money"),
    "one of two equal fees": ((SOLD, BOUGHT), (PAID, PAID_2, PROFIT, AGAIN), (1 / 3, 0, 0.00283333), "1 row of fees or profits"),
    "a profit of a trade that is not there": ((SOLD,), (PAID, PAID_2, PROFIT), (0, 0.33333333, 0.00183333), "1 row of money"),
}  # fmt: skip


@pytest.mark.parametrize(("trades", "money", "figures", "told"), BINANCE.values(), ids=[*BINANCE])
def test_each_row_of_the_wallet_is_of_one_trade(read, trades, money, figures, told):
    ledger = read(trades=(TRADES, *trades), money=(MONEY, *money))
    (line,) = ledger.reconciliation.lines
    assert (line.realised, line.lumps, line.fees) == pytest.approx(figures, abs=1e-12)
    assert any(told in note for note in ledger.notes)


def test_a_ledger_of_the_wallet_meets_the_trades_as_its_export_does(read, tmp_path):
    write_ledger(read(money=(MONEY, PAID, PAID_2, PROFIT, CLEARED)).rows, tmp_path / "ledger.csv")
    (tmp_path / "trades.csv").write_text("\n".join((TRADES, SOLD, BOUGHT)))
    (line,) = read_exports([tmp_path / "ledger.csv", tmp_path / "trades.csv"], "UTC").reconciliation.lines
    assert (line.realised, line.lumps, line.fees) == pytest.approx((1 / 3, 0, 0.02183333), abs=1e-12)


# Bybit: one account in two exports, and two accounts


def uta(fee: str, balance: str, position: int = 1000, uid: int = 77, second: int = 10) -> str:
    """A fill of the unified account, of which all of the change is the fee."""
    return f"{uid},BTC,BTCUSD,TRADE,SELL,1000,{-position},60000,0,-{fee},0,-{fee},{balance},OPEN,2026-03-01 00:00:{second:02}"


def log(fee: str, balance: str, position: int = 1000, number: int = 1, second: int = 10) -> str:
    return f"2026-03-01 00:00:{second:02},BTC,BTCUSD,TRADE,Sell,1000,{-position},60000,0,{fee},0,-{fee},{balance},0,t{number},o"


LONG, SHORT = "0.00000123456789012345", "0.00000123"


def test_an_export_of_20_decimals_and_one_of_8_tell_one_fill(read):
    ledger = read(uta=(UTA, uta(LONG, "0.99999876543210987655")), log=(LOG, log(SHORT, "0.99999877")))
    (line,) = ledger.reconciliation.lines
    assert (line.fills, line.position, line.account) == (1, -1000, "77") and ledger.doubles == {"content": 1}


def test_the_15_digits_of_a_spreadsheet_tell_the_same_row(read):
    kept = uta("1.23456789012345E-06", "0.999998765432110")
    ledger = read(csv=(UTA, uta(LONG, "0.99999876543210987655")), kept=(UTA, kept))
    assert ledger.reconciliation.lines[0].fills == 1 and ledger.doubles == {"content": 1}


TWO = {"one": (UTA, uta(LONG, "0.9")), "two": (UTA, uta(LONG, "0.9", uid=78), uta(LONG, "0.8", 2000, 78, 20))}
OF_WHOM = {  # rows of a log that names no account; the fills of each account, what is told
    "of 78": ((log(SHORT, "0.8", 2000, 2, 20),), {"77": 1, "78": 2}, "is taken as of 78, by what both tell"),
    "of both alike": ((log(SHORT, "0.9"),), {"": 1, "77": 1, "78": 2}, "exports of several are there (77, 78): nothing tells"),
    "of none": ((log("0.5", "0.4", second=50),), {"": 1, "77": 1, "78": 2}, "exports of several are there (77, 78): nothing tells"),
}  # fmt: skip


@pytest.mark.parametrize(("rows", "fills", "told"), OF_WHOM.values(), ids=[*OF_WHOM])
def test_a_log_without_an_account_beside_two(read, rows, fills, told):
    ledger = read(**TWO, log=(LOG, *rows))
    assert {line.account: line.fills for line in ledger.reconciliation.lines} == fills
    assert [note for note in ledger.notes if told in note and note.startswith("log.csv: names no account")]


# Files cut inside a second


def kucoin(count: int, second: str) -> tuple[str, ...]:
    """Equal fills of 100 contracts of a dollar."""
    return (f"9,futures,o-1,2026-01-06 10:30:{second},XBTUSDM,BUY,100,50000,0.002,100,0.0005,0.000001,MARKET",) * count


CUT = {  # the fills of two files by second; how many count, and whether it is told that they may be more
    "cut inside a second": ((kucoin(4, "00"), kucoin(2, "00") + kucoin(1, "01")), 5, True),
    "overlapping": ((kucoin(1, "00") + kucoin(2, "01"), kucoin(2, "01") + kucoin(1, "00")), 3, False),
    "cut between": ((kucoin(2, "00"), kucoin(2, "01")), 4, False),
}  # fmt: skip


@pytest.mark.parametrize(("files", "fills", "is_told"), CUT.values(), ids=[*CUT])
def test_files_that_only_touch_are_said(read, files, fills, is_told):
    ledger = read(a=(KUCOIN, *files[0]), b=(KUCOIN, *files[1]))
    assert ledger.reconciliation.lines[0].fills == fills
    assert any("only touch, at 2026-01-06 10:30:00 UTC: 2 equal rows" in note for note in ledger.notes) == is_told


def test_the_venues_balance_tells_equal_fills_of_two_files_apart(read):
    rows = [uta("0.000001", f"{1 - number / 10**6:.6f}", 1000 * number) for number in range(1, 7)]
    begin = "77,BTC,,TRANSFER_IN,--,--,--,--,0,0,1,1,1,--,2026-03-01 00:00:00"
    for files in ({"a": (*rows[2::-1], begin), "b": rows[:2:-1]}, {"b": rows[:2:-1], "a": (*rows[2::-1], begin)}):
        ledger = read(**{name: (UTA, *lines) for name, lines in files.items()})
        (line,), (wallet,) = ledger.reconciliation.lines, ledger.reconciliation.wallets
        told = [(each.what, each.theirs, each.name) for each in (*line.differences, *wallet.differences)]
        assert told[0] == ("position", -6000, "agrees") and told[-1][1:] == (pytest.approx(-6e-6), "agrees")
        assert not any("only touch" in note for note in ledger.notes)


# A difference that no rounding makes


def of_fundings(count: int, missing: int | None, off: float = 0.0) -> tuple[str, ...]:
    """Fundings of 0.00001486 received, hour by hour, with a balance after each that may be off; one of them may be missing."""
    rows = []
    for number in range(count):
        balance = 1 + 0.00001486 * number + (off if number == count - 1 else 0.0)
        at = f"2026-{3 + number // 24 // 28:02}-{number // 24 % 28 + 1:02} {number % 24:02}:00:00"
        rows.append(f"77,BTC,BTCUSD,SETTLEMENT,SELL,1000,-1000,60000,0.00001486,0,0,0.00001486,{balance:.8f},--,{at}")
    return tuple(row for number, row in enumerate(rows) if number != missing)


TOLD = {  # fundings, the one that is missing, how far the last balance is off; how the change of the wallet is named
    "all there": (2000, None, 0.0, "agrees"),
    "one missing of 2,000": (2000, 700, 0.0, "unexplained"),
    "as much as roundings of 2,000 add up to": (2000, None, 6.7e-7, "rounding"),  # (1 + 1.5 x 1999^0.5) satoshi are 68.07
    "more than they add up to": (2000, None, 6.9e-7, "unexplained"),
    "2 satoshi of 2": (2, None, 2e-8, "rounding"),  # the balances' own, and that of one funding
    "3 satoshi of 2": (2, None, 3e-8, "unexplained"),
}  # fmt: skip


@pytest.mark.parametrize(("count", "missing", "off", "name"), TOLD.values(), ids=[*TOLD])
def test_rounding_explains_no_more_than_independent_roundings_do(read, count, missing, off, name):
    (wallet,) = read(uta=(UTA, *of_fundings(count, missing, off))).reconciliation.wallets
    assert [each.name for each in wallet.differences] == [name]
