"""Positions of an asset, as they are read: what is told of them, and what must hold among them.

One row each: a name, the holdings, the positions beside them, and what comes out: the positions ("asset contract account,
share, what is told"), or the mistakes and warnings, one sentence a line. The sentences are those of the rules; the shares are
worked out by hand.
"""

import csv
import io
from datetime import date

import pytest
from click.testing import CliRunner
from openpyxl import Workbook, load_workbook

from xlhedge import books, cli
from xlhedge.errors import XlhedgeError
from xlhedge.portfolio import ends

TODAY = date(2026, 11, 29)
HEAD = "asset,coins,price,hedge_ratio,venue,contract,share"
OPEN = f"{HEAD},qty,entry,margin"
DATED = f"{HEAD},expiry,mark,mmr,kind"
ACCOUNT = f"{HEAD},account"
PROXY = f"{HEAD},beta,mark"
SIDE = "asset,venue,contract,share"
ONE = f"{HEAD}\nBTC,10,60000,50%,bybit,BTCUSD,\n"
BARE = f"{HEAD}\nBTC,10,60000,50%,,,\n"
TWO = "portfolio,asset,coins,price,hedge_ratio\nA,BTC,10,60000,50%\nB,BTC,2,60000,10%\n"
ALREADY = "for BTC; add the two up, or name their accounts (got 'BTCUSD')"
NO_VENUE = "is required, unless face and mmr are both given"
EXPIRY_UNKNOWN = "the days to it are not known without a price_time, so that no gain or loss of its basis is counted"
IS_PROXY = "is a proxy: its margin and its gains are BTC, and what LDO does beyond 1.4 times the move of BTC stays open"

CASES = [
    # Shares.
    ("two venues, 60 and 40 %", f"{HEAD}\nBTC,10,60000,50%,bybit,BTCUSD,60%\nBTC,,,,kraken,PI_XBTUSD,40%\n", "",
     "BTC bybit BTCUSD, 60%\nBTC kraken PI_XBTUSD, 40%"),
    ("blank shares are even", f"{HEAD}\nBTC,10,60000,50%,bybit,BTCUSD,\nBTC,,,,kraken,PI_XBTUSD,\n", "",
     "BTC bybit BTCUSD, 50%\nBTC kraken PI_XBTUSD, 50%"),
    ("blank shares take what is left", f"{HEAD}\nBTC,10,60000,50%,bybit,BTCUSD,40%\nBTC,,,,kraken,PI_XBTUSD,\nBTC,,,,deribit,BTC-PERPETUAL,\n", "",
     "BTC bybit BTCUSD, 40%\nBTC kraken PI_XBTUSD, 30%\nBTC deribit BTC-PERPETUAL, 30%"),
    ("a share of 0", f"{HEAD}\nBTC,10,60000,50%,bybit,BTCUSD,100%\nBTC,,,,kraken,PI_XBTUSD,0\n", "",
     "BTC bybit BTCUSD, 100%\nBTC kraken PI_XBTUSD, 0%"),
    ("shares above 1", f"{HEAD}\nBTC,10,60000,50%,bybit,BTCUSD,70%\nBTC,,,,kraken,PI_XBTUSD,40%\n", "",
     "h.csv row 3, share: of all positions of BTC must add up to 1 (got 1.1)"),
    ("shares below 1", f"{HEAD}\nBTC,10,60000,50%,bybit,BTCUSD,60%\nBTC,,,,kraken,PI_XBTUSD,30%\n", "",
     "h.csv row 3, share: of all positions of BTC must add up to 1 (got 0.9)"),
    ("shares of 1 with a blank one", f"{HEAD}\nBTC,10,60000,50%,bybit,BTCUSD,100%\nBTC,,,,kraken,PI_XBTUSD,\n", "",
     "BTC bybit BTCUSD, 100%\nBTC kraken PI_XBTUSD, 0%"),
    ("a share alone", f"{HEAD}\nBTC,10,60000,50%,bybit,BTCUSD,60%\n", "",
     "h.csv row 2, share: of all positions of BTC must add up to 1 (got 0.6)"),
    ("a share that is none", f"{HEAD}\nBTC,10,60000,50%,bybit,BTCUSD,60\n", "",
     "h.csv row 2, share: must be >= 0 and <= 1, such as 0.2 or 20% (got '60')"),
    ("shares where a row is wrong", f"{HEAD}\nBTC,10,60000,50%,bybit,BTCUSD,60%\nBTC,,,,kraken,PI_XBTUSD,x\n", "",
     "h.csv row 3, share: must be a plain number such as 0.2 or 20%, with a point and no other separator or sign (got 'x')"),
    ("a share of cash", f"{HEAD}\nBTC,10,60000,50%,bybit,BTCUSD,\nUSDC,5,,,,,50%\n", "",
     "h.csv row 3, share: must be blank for cash, which is never hedged (got 0.5)"),
    # Rows.
    ("a further row before its asset", f"{HEAD}\nBTC,,,,kraken,PI_XBTUSD,40%\nBTC,10,60000,50%,bybit,BTCUSD,60%\n", "",
     "BTC kraken PI_XBTUSD, 40%\nBTC bybit BTCUSD, 60%"),
    ("another spelling of the asset", f"{HEAD}\nBTC,10,60000,50%,bybit,BTCUSD,\nbtc,,,,kraken,PI_XBTUSD,\n", "",
     "BTC bybit BTCUSD, 50%\nBTC kraken PI_XBTUSD, 50%"),
    ("positions of an asset stand together", f"{HEAD}\nBTC,10,60000,50%,bybit,BTCUSD,\nETH,100,3000,20%,bybit,ETHUSD,\nBTC,,,,kraken,PI_XBTUSD,\n", "",
     "BTC bybit BTCUSD, 50%\nBTC kraken PI_XBTUSD, 50%\nETH bybit ETHUSD, 100%"),
    ("only further rows have contracts", f"{HEAD}\nBTC,10,60000,50%,,,\nBTC,,,,bybit,BTCUSD,\n", "", "BTC bybit BTCUSD, 100%"),
    ("the price repeated", f"{HEAD}\nBTC,10,60000,50%,bybit,BTCUSD,\nBTC,,60000,,kraken,PI_XBTUSD,\n", "",
     "BTC bybit BTCUSD, 50%\nBTC kraken PI_XBTUSD, 50%"),
    ("another price", f"{HEAD}\nBTC,10,60000,50%,bybit,BTCUSD,\nBTC,,61000,,kraken,PI_XBTUSD,\n", "",
     "h.csv row 3, price: belongs into row 2, which holds the coins (got 61000)"),
    ("a ratio of its own", f"{HEAD}\nBTC,10,60000,50%,bybit,BTCUSD,\nBTC,,,20%,kraken,PI_XBTUSD,\n", "",
     "h.csv row 3, hedge_ratio: belongs into row 2, which holds the coins (got 0.2)"),
    ("an asset that nothing holds", f"{HEAD}\nBTC,10,60000,50%,bybit,BTCUSD,\nETH,,,,kraken,PI_ETHUSD,\n", "",
     "h.csv row 3, coins: is required: no other row holds this asset"),
    ("no coins and no contract", f"{HEAD}\nBTC,10,60000,50%,bybit,BTCUSD,\nBTC,,,,,,50%\n", "",
     "h.csv row 3, coins: is required, or a contract of a further position of BTC, which stands in row 2"),
    ("an asset twice", f"{HEAD}\nBTC,10,60000,50%,bybit,BTCUSD,\nBTC,5,60000,,kraken,PI_XBTUSD,\n", "",
     "h.csv row 3, asset: stands in row 2 already; add the two up, or leave the coins of a further position blank (got 'BTC')"),
    ("a position twice", f"{HEAD}\nBTC,10,60000,50%,bybit,BTCUSD,\nBTC,,,,bybit,BTCUSD,\n", "",
     f"h.csv row 3, contract: stands in row 2 already {ALREADY}"),
    ("a contract without its venue", f"{HEAD}\nBTC,10,60000,50%,bybit,BTCUSD,\nBTC,,,,,PI_XBTUSD,\n", "",
     "h.csv row 3, venue: is required for a hedge, unless face and mmr are both given"),
    ("cash with a position", f"{HEAD}\nBTC,10,60000,50%,bybit,BTCUSD,\nUSDC,5,,,,,\nUSDC,,,,bybit,BTCUSD,\n", "",
     "h.csv row 4, asset: is cash, which is never hedged (got 'USDC')"),
    # Accounts.
    ("two accounts of one contract", f"{ACCOUNT}\nBTC,10,60000,50%,bybit,BTCUSD,,main\nBTC,,,,bybit,BTCUSD,,Second\n", "",
     "BTC bybit BTCUSD main, 50%\nBTC bybit BTCUSD Second, 50%"),
    ("an account is spelled as at first", f"{ACCOUNT},mark,mmr\nBTC,10,60000,50%,bybit,BTCUSD,,Main,,\nBTC,,,,bybit,BTCUSDH27,,mAIN,61000,0.006\n", "",
     f"BTC bybit BTCUSD Main, 50%\nBTC bybit BTCUSDH27 Main, 50%, expires 2027-03-26, at 61000\nh.csv row 3, expiry: {EXPIRY_UNKNOWN}"),
    ("an account of two venues", f"{ACCOUNT}\nBTC,10,60000,50%,bybit,BTCUSD,,main\nBTC,,,,kraken,PI_XBTUSD,,MAIN\n", "",
     "h.csv row 3, account: must be of one venue and one coin: in row 2 it is of bybit, here of kraken (got 'main')"),
    ("an account of two coins", f"{ACCOUNT}\nBTC,10,60000,50%,bybit,BTCUSD,,main\nETH,100,3000,20%,bybit,ETHUSD,,main\n", "",
     "h.csv row 3, account: must be of one venue and one coin: in row 2 it is of BTC, here of ETH (got 'main')"),
    # Dated contracts.
    ("dated, by its name", f"{DATED}\nBTC,10,60000,50%,bybit,BTCUSDH27,,,61000,0.006,\n", "",
     f"BTC bybit BTCUSDH27, 100%, expires 2027-03-26, at 61000\nh.csv row 2, expiry: {EXPIRY_UNKNOWN}"),
    ("dated without a mark", f"{DATED}\nBTC,10,60000,50%,bybit,BTCUSDH27,,,,0.006,\n", "",
     "h.csv row 2, mark: is required for a dated contract, which has a price of its own"),
    ("another expiry than its name", f"{DATED}\nBTC,10,60000,50%,bybit,BTCUSDH27,,2027-03-27,61000,0.006,\n", "",
     "h.csv row 2, expiry: must be that of bybit BTCUSDH27, 2027-03-26 (got 2027-03-27 00:00:00)"),
    ("an expiry of a perpetual", f"{DATED}\nBTC,10,60000,50%,bybit,BTCUSD,,2027-03-26,61000,,\n", "",
     "h.csv row 2, expiry: must be blank: bybit BTCUSD is a perpetual (got 2027-03-26 00:00:00)"),
    ("an own contract that expires", f"{DATED},face\nBTC,10,60000,50%,,DEC26,,2026-12-25,60500,0.01,,100\n", "",
     f"BTC own DEC26, 100%, expires 2026-12-25, at 60500\nh.csv row 2, expiry: {EXPIRY_UNKNOWN}"),
    ("kind dated without an expiry", f"{DATED},face\nBTC,10,60000,50%,,DEC26,,,60500,0.01,dated,100\n", "",
     "h.csv row 2, expiry: is required for a dated contract"),
    ("kind dated of a perpetual", f"{DATED}\nBTC,10,60000,50%,bybit,BTCUSD,,,,,dated\n", "",
     "h.csv row 2, expiry: is required for a dated contract"),
    ("kind perpetual", f"{DATED}\nBTC,10,60000,50%,bybit,BTCUSD,,,,,Perpetual\n", "", "BTC bybit BTCUSD, 100%"),
    ("kind perpetual of a dated one", f"{DATED}\nBTC,10,60000,50%,bybit,BTCUSDH27,,,61000,0.006,perpetual\n", "",
     "h.csv row 2, kind: must be dated or blank for a contract that expires (got 'perpetual')"),
    ("kind cash of a position", f"{DATED}\nBTC,10,60000,50%,bybit,BTCUSD,,,,,\nBTC,,,,kraken,PI_XBTUSD,,,,,cash\n", "",
     "h.csv row 3, kind: must be perpetual, dated or blank for a position (got 'cash')"),
    # Proxies.
    ("a proxy without a beta", f"{PROXY}\nBTC,10,60000,,,,,,\nLDO,1000,2,50%,bybit,BTCUSD,,,\n", "",
     "h.csv row 3, contract: bybit BTCUSD is margined and settled in BTC, and this row holds LDO: a hedge of one coin with the contract of "
     "another leaves the difference between the two open; to take it as a proxy give its beta, the move of LDO for a move of 1 of BTC "
     "(got 'BTCUSD')"),
    ("a proxy with a beta", f"{PROXY}\nBTC,10,60000,,,,,,\nLDO,1000,2,50%,bybit,BTCUSD,,1.4,\n", "",
     f"LDO bybit BTCUSD, 100%, in BTC, at 60000\nh.csv row 3, beta: bybit BTCUSD {IS_PROXY}"),
    ("a proxy on a coin that is not held", f"{PROXY}\nLDO,1000,2,50%,bybit,BTCUSD,,1.4,\n", "",
     "h.csv row 2, mark: is required: the portfolio has no price of BTC, the coin of the contract"),
    ("the same with a mark", f"{PROXY}\nLDO,1000,2,50%,bybit,BTCUSD,,1.4,60100\n", "",
     f"LDO bybit BTCUSD, 100%, in BTC, at 60100\nh.csv row 2, beta: bybit BTCUSD {IS_PROXY}"),
    ("a beta of the coin itself", f"{PROXY}\nBTC,10,60000,50%,bybit,BTCUSD,,1.4,\n", "",
     "h.csv row 2, beta: must be blank or 1 for a contract on BTC itself (got 1.4)"),
    # Margin.  10 coins; the second gained 30,000 (1/61,000 - 1/60,000) coins = -0.0081967: 10.0081967 less nothing posted.
    ("margin of several positions", f"{OPEN}\nBTC,10,60000,50%,bybit,BTCUSD,,,,6\nBTC,,,,kraken,PI_XBTUSD,,,,4\n", "",
     "BTC bybit BTCUSD, 50%\nBTC kraken PI_XBTUSD, 50%"),
    ("more margin than the wallet", f"{OPEN}\nBTC,10,60000,50%,bybit,BTCUSD,,,,6\nBTC,,,,kraken,PI_XBTUSD,,,,4.1\n", "",
     "h.csv row 3, margin: of all positions in BTC must not exceed the 10 coins that a wallet can hold (got 10.1)"),
    ("more margin than the wallet and PnL", f"{OPEN}\nBTC,10,60000,50%,bybit,BTCUSD,,-30000,61000,6\nBTC,,,,kraken,PI_XBTUSD,,,,4.1\n", "",
     "h.csv row 3, margin: of all positions in BTC must not exceed the 9.991803279 coins that a wallet can hold, the unrealised PnL of "
     "its positions left out (got 10.1)"),
    ("margin without a contract", f"{OPEN}\nBTC,10,60000,,,,,,,1\n", "", "h.csv row 2, margin: is of a position, and this row names no contract (got 1)"),
    ("a price missing in one of them", f"{OPEN}\nBTC,10,60000,50%,bybit,BTCUSD,,,,\nBTC,,,,kraken,PI_XBTUSD,,-500,,\n", "",
     "h.csv row 3, entry: is required with an open qty"),
    # In a table of their own.
    ("beside", ONE, f"{SIDE}\nBTC,kraken,PI_XBTUSD,40%\n", "BTC bybit BTCUSD, 60%\nBTC kraken PI_XBTUSD, 40%"),
    ("alone", BARE, f"{SIDE}\nbtc,kraken,PI_XBTUSD,\nBTC,bybit,,\n", "BTC kraken PI_XBTUSD, 50%\nBTC bybit BTCUSD, 50%"),
    ("of several portfolios", TWO, f"portfolio,{SIDE}\nB,BTC,kraken,PI_XBTUSD,\nA,BTC,bybit,BTCUSD,\nB,BTC,bybit,BTCUSD,75%\n",
     "A: BTC bybit BTCUSD, 100%\nB: BTC kraken PI_XBTUSD, 25%\nB: BTC bybit BTCUSD, 75%"),
    ("of which portfolio", TWO, f"{SIDE}\nBTC,bybit,BTCUSD,\n",
     "p.csv row 2, portfolio: is required, as there are several portfolios\n"
     "h.csv row 2, venue: is required for a hedge, unless face and mmr are both given\n"
     "h.csv row 3, venue: is required for a hedge, unless face and mmr are both given"),
    ("of no portfolio", ONE, f"portfolio,{SIDE}\nFund,BTC,kraken,PI_XBTUSD,\n", "p.csv row 2, portfolio: has no holdings (got 'Fund')"),
    ("of a portfolio misspelt", TWO.replace("A,", "Growth,"), f"portfolio,{SIDE}\nGrwoth,BTC,kraken,PI_XBTUSD,\nB,BTC,kraken,PI_XBTUSD,\nGrowth,BTC,kraken,PI_XBTUSD,\n",
     "p.csv row 2, portfolio: has no holdings; did you mean Growth? (got 'Grwoth')"),
    ("of an asset that is not held", ONE, f"{SIDE}\nETH,kraken,PI_ETHUSD,\n", "p.csv row 2, asset: must be an asset of the portfolio: BTC (got 'ETH')"),
    ("of cash", f"{ONE}USDC,5,,,,,\n", f"{SIDE}\nUSDC,bybit,BTCUSD,\n", "p.csv row 2, asset: is cash, which is never hedged (got 'USDC')"),
    ("without a contract", ONE, f"{SIDE}\nBTC,,,40%\n", f"p.csv row 2, venue: {NO_VENUE}"),
    ("twice, in both tables", ONE, f"{SIDE}\nBTC,bybit,BTCUSD,\n", f"p.csv row 2, contract: stands in h.csv row 2 already {ALREADY}"),
    ("twice in it", BARE, f"{SIDE}\nBTC,bybit,BTCUSD,\nBTC,bybit,BTCUSD,\n", f"p.csv row 3, contract: stands in row 2 already {ALREADY}"),
    ("shares of both tables", ONE.replace("BTCUSD,", "BTCUSD,70%"), f"{SIDE}\nBTC,kraken,PI_XBTUSD,40%\n",
     "p.csv row 2, share: of all positions of BTC must add up to 1 (got 1.1)"),
    ("with a wrong number", ONE, f"{SIDE}\nBTC,kraken,PI_XBTUSD,lots\n",
     "p.csv row 2, share: must be a plain number such as 0.2 or 20%, with a point and no other separator or sign (got 'lots')"),
    ("with an unknown column", ONE, "asset,venue,qtty\nBTC,kraken,\n", "p.csv: unknown column 'qtty' (did you mean qty?)"),
    ("with a column of the asset", ONE, "asset,venue,price\nBTC,kraken,60000\n",
     "p.csv: unknown column 'price' (call it note to have it ignored; columns are portfolio, asset, kind, venue, contract, share, account, "
     "expiry, mark, beta, qty, entry, margin, leverage, face, mmr, fee, funding_rate)"),
    ("without the asset", ONE, "venue,contract\nkraken,PI_XBTUSD\n", "p.csv: column asset is missing"),
    ("with a note", BARE, "asset,venue,note\nBTC,bybit,mine\n", "BTC bybit BTCUSD, 100%"),
    ("holdings for positions", ONE, ONE, "p.csv: has a column coins, as holdings have; positions stand in a table without"),
    ("positions for holdings", f"{SIDE}\nBTC,bybit,BTCUSD,\n", "", "h.csv: column coins is missing"),
    ("a header alone", ONE, f"{SIDE}\n", "p.csv: has a header but no positions below it"),
    ("nothing at all", ONE, "\n", "p.csv: is empty; it needs a header row and at least one row below it"),
]  # fmt: skip


def shown(portfolios) -> list[str]:
    """The positions of portfolios, a line each, then the warnings."""
    lines = []
    for portfolio in portfolios:
        name = f"{portfolio.name}: " if portfolios[1:] else ""
        for position in portfolio.positions:
            told = [position.name, f"{position.share:.0%}"]
            told += [f"expires {position.hedge.expiry:%Y-%m-%d}"] if position.hedge.is_dated else []
            told += [f"in {position.coin}"] if position.coin != position.values.asset else []
            told += [f"at {position.mark:g}"] if len(told) > 2 else []
            lines.append(name + ", ".join(told))
    return [*lines, *(warning for portfolio in portfolios for warning in portfolio.warnings)]


def result(read) -> str:
    """What reading comes to: positions and warnings, or the mistakes."""
    try:
        return "\n".join(line for line in shown(read()) if ": the maintenance rate of" not in line)
    except XlhedgeError as error:
        return str(error)


@pytest.fixture(autouse=True)
def _day(monkeypatch):
    monkeypatch.setattr(ends, "today", lambda: TODAY)


@pytest.mark.parametrize(
    ("holdings", "positions", "expected"), [row[1:] for row in CASES], ids=[row[0] for row in CASES]
)
def test_what_comes_out(tmp_path, holdings, positions, expected):
    (tmp_path / "h.csv").write_text(holdings)
    (tmp_path / "p.csv").write_text(positions)
    beside = tmp_path / "p.csv" if positions else None
    assert result(lambda: books.read(tmp_path / "h.csv", positions=beside)) == expected


BESIDE = f"{SIDE},qty,entry\nBTC,kraken,PI_XBTUSD,40%,-10000,60000\nBTC,bybit,BTCUSD,60%,,\n"


def as_parquet(path, rows):
    parquet = pytest.importorskip("pyarrow.parquet")
    from pyarrow import table

    header, *rest = rows
    parquet.write_table(table({name: [row[i] or None for row in rest] for i, name in enumerate(header)}), path)


def as_book(path, rows, title="Positions", others=()):
    made = Workbook()
    made.active.title = title
    for name, cells in ((title, rows), *others):
        page = made[name] if name in made.sheetnames else made.create_sheet(name)
        for row in cells:
            page.append([cell or None for cell in row])
    made.save(path)


def cells(text: str) -> list[list[str]]:
    return [*csv.reader(io.StringIO(text))]


@pytest.mark.parametrize("ending", [".csv", ".xlsx", ".parquet"])
def test_a_table_of_any_kind(tmp_path, ending):
    (tmp_path / "h.csv").write_text(BARE)
    path = tmp_path / f"p{ending}"
    {".csv": lambda path, _: path.write_text(BESIDE), ".xlsx": as_book, ".parquet": as_parquet}[ending](
        path, cells(BESIDE)
    )
    (portfolio,) = books.read(tmp_path / "h.csv", positions=path)
    assert [(p.name, p.share, p.values.qty) for p in portfolio.positions] == [
        ("BTC kraken PI_XBTUSD", 0.4, -10000), ("BTC bybit BTCUSD", 0.6, 0),
    ]  # fmt: skip


@pytest.mark.parametrize(("beside", "expected"), [
    (BESIDE, "BTC kraken PI_XBTUSD, 40%\nBTC bybit BTCUSD, 60%"),
    (f"{SIDE}\nBTC,kraken,,\nETH,bybit,,\n", "h.xlsx Positions row 3, asset: must be an asset of the portfolio: BTC (got 'ETH')"),
    ("asset,price\nBTC,5\n", "h.xlsx Positions: unknown column 'price'"),
    ("", "h.xlsx Holdings row 2, venue: is required for a hedge, unless face and mmr are both given"),
])  # fmt: skip
def test_a_sheet_beside_the_holdings(tmp_path, beside, expected):
    as_book(tmp_path / "h.xlsx", cells(BARE), "Holdings", [("Positions", cells(beside))])
    assert result(lambda: books.read(tmp_path / "h.xlsx")).startswith(expected)


def test_a_sheet_and_a_file_add_up(tmp_path):
    as_book(tmp_path / "h.xlsx", cells(ONE), "Holdings", [("Positions", cells(f"{SIDE}\nBTC,kraken,PI_XBTUSD,30%\n"))])
    for contract, expected in (
        ("BTC-PERPETUAL", "BTC bybit BTCUSD, 50%\nBTC kraken PI_XBTUSD, 30%\nBTC deribit BTC-PERPETUAL, 20%"),
        (
            "",
            "p.csv row 2, contract: stands in h.xlsx Positions row 2 already for BTC; add the two up, or name their accounts",
        ),
    ):
        venue = "deribit" if contract else "kraken"
        (tmp_path / "p.csv").write_text(f"{SIDE}\nBTC,{venue},{contract or 'PI_XBTUSD'},20%\n")
        assert result(lambda: books.read(tmp_path / "h.xlsx", positions=tmp_path / "p.csv")).startswith(expected)


def told(*arguments) -> tuple[int, str]:
    """The exit code of a command, and what it tells."""
    outcome = CliRunner().invoke(cli.main, [*map(str, arguments)])
    return outcome.exit_code, outcome.output


@pytest.mark.parametrize(("command", "code", "expected"), [
    ("plan {h} --positions {p}", 0, "Sell 180,000 contracts of 1 USD, bybit BTCUSD"),  # 60 % of 300,000
    ("plan {h} --positions {folder}/none.csv", 2, "none.csv: there is no such file"),
    ("plan {h} --positions", 2, "Option '--positions' requires an argument"),
    ("plan {h} --position {p}", 2, "No such option '--position'"),
    ("plan {p}", 2, "p.csv: column coins is missing"),
    ("build {h} --positions {h} --out {folder}/x.xlsx", 2, "h.csv: has a column coins, as holdings have"),
    ("build {h} --positions {folder}/b.xlsx --out {folder}/b.xlsx", 2, "is also an input and would be lost"),
    ("batch {h} --positions {folder}/none.csv --out {folder}/out", 2, "none.csv: there is no such file"),
])  # fmt: skip
def test_commands(tmp_path, command, code, expected):
    paths = {"folder": tmp_path, "h": tmp_path / "h.csv", "p": tmp_path / "p.csv"}
    paths["h"].write_text(BARE)
    paths["p"].write_text(f"{SIDE}\nBTC,kraken,PI_XBTUSD,40%\nBTC,bybit,BTCUSD,60%\n")
    as_book(tmp_path / "b.xlsx", cells(BESIDE))
    found = told(*(part.format(**paths) for part in command.split()))
    assert found[0] == code and expected in found[1]


def test_a_batch_depends_on_the_positions(tmp_path):
    """A workbook is done again where a row of its positions changed, and only there."""
    (tmp_path / "h.csv").write_text(TWO)
    counts = []
    for qty in (0, 0, -500):
        (tmp_path / "p.csv").write_text(
            f"portfolio,{SIDE},qty,entry,margin\nB,BTC,kraken,PI_XBTUSD,,{qty},60000,1\nA,BTC,bybit,BTCUSD,,0,,\n"
        )
        made = books.batch(tmp_path / "h.csv", tmp_path / "out", positions=tmp_path / "p.csv", resume=bool(counts))
        counts.append((made.totals["written"], made.skipped))
    assert counts == [(2, 0), (2, 2), (2, 1)]
    manifest = (tmp_path / "out" / "manifest.json").read_text()
    assert '"name": "p.csv", "role": "positions"' in manifest


def test_a_batch_of_workbooks_takes_positions_for_them(tmp_path):
    """Rows of a file name the workbooks of a folder, which have sheets of positions too."""
    (tmp_path / "in").mkdir()
    (tmp_path / "h.csv").write_text(ONE)
    (portfolio,) = books.read(tmp_path / "h.csv")
    for name in "AB":
        books.build(portfolio).write(tmp_path / "in" / f"{name}.xlsx")
    (tmp_path / "p.csv").write_text(f"portfolio,{SIDE}\nB,BTC,kraken,PI_XBTUSD,25%\n")
    made = books.batch(tmp_path / "in", tmp_path / "out", positions=tmp_path / "p.csv")
    assert made.totals["written"] == 2
    found = [shown(books.read(tmp_path / "out" / f"{name}.xlsx")) for name in "AB"]
    assert found == [["BTC bybit BTCUSD, 100%"], ["BTC bybit BTCUSD, 75%", "BTC kraken PI_XBTUSD, 25%"]]


def test_a_workbook_without_the_sheet_is_refused(tmp_path):
    """Its positions would be lost."""
    (tmp_path / "h.csv").write_text(ONE)
    books.build(books.read(tmp_path / "h.csv")[0]).write(tmp_path / "first.xlsx")
    book = load_workbook(tmp_path / "first.xlsx")
    del book["Positions"]
    book.save(tmp_path / "h.xlsx")
    rule = "stands in a workbook without the sheet Positions: another version built it, or the sheet was removed"
    assert result(lambda: books.read(tmp_path / "h.xlsx")) == f"h.xlsx Inputs: {rule}"


ALL_KINDS = f"""{HEAD},account,expiry,mark,beta,qty,entry,margin,mmr
BTC,100,60000,50%,bybit,BTCUSD,60%,,,,,-500000,58000,5,
BTC,,,,kraken,PI_XBTUSD,20%,,,,,,,,
BTC,,,,bybit,BTCUSDH27,20%,,,61000,,,,,0.006
ETH,800,3000,20%,deribit,ETH-PERPETUAL,50%,Main,,,,-300000,3100,30,
ETH,,,,deribit,ETH-26MAR27,50%,main,,3050,,100000,2900,10,0.01
LDO,100000,2,40%,bybit,BTCUSD,,prox,,,1.4,,,,
SOL,6000,150,,,,,,,,,,,,
USDC,350000,,,,,,,,,,,,,
"""


def test_a_workbook_reads_back_to_the_same_portfolio(tmp_path):
    """The third workbook is the second, byte by byte; the first differs from it in the name of what it was built from."""
    (tmp_path / "h.csv").write_text(ALL_KINDS)
    (portfolio,) = books.read(tmp_path / "h.csv")
    found = [shown([portfolio])[:6]]
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        path = books.build(portfolio).write(tmp_path / name / "h.xlsx")
        (portfolio,) = books.read(path)
        found.append(shown([portfolio])[:6])
    assert found[0] == found[1] == found[2] and "ETH deribit ETH-26MAR27 Main" in found[0][4]
    assert books.build(portfolio).to_bytes() == path.read_bytes()
    assert [finding for finding in books.check(path) if finding.kind != "check"] == []  # its margin is too small


def test_what_is_kept_follows_its_row(tmp_path):
    """A position and an asset are taken out of the middle, and one is added at the end: the rows of Monitor stay with theirs."""
    (tmp_path / "h.csv").write_text(ALL_KINDS)
    path = books.build(books.read(tmp_path / "h.csv")[0]).write(tmp_path / "first.xlsx")
    book = load_workbook(path)
    inputs, rows, monitor = (book[name] for name in ("Inputs", "Positions", "Monitor"))
    starts, owned = (max(c.row for c in monitor["A"] if c.value == header) + 2 for header in ("Position", "Asset"))
    for i in range(6):
        monitor.cell(starts + i, 6, i / 100)  # margin now
    for i in range(5):
        monitor.cell(owned + i, 2, 1000 + i)  # price now
    for column in range(1, 17):
        for row in (9, 13):  # kraken PI_XBTUSD, and the proxy of LDO
            rows.cell(row, column).value = None
    rows.cell(10, 4).value = None  # the share of what is left
    for column in range(1, 9):
        inputs.cell(9, column).value = None  # LDO
    for column, value in enumerate(("SOL", "binance SOLUSD", *(None,) * 12, 0.02), 1):
        rows.cell(14, column).value = value
    book.save(tmp_path / "filled.xlsx")
    (portfolio,) = books.read(tmp_path / "filled.xlsx")
    kept = portfolio.kept["Monitor"]
    margins = {portfolio.positions[place].hedge.key: value for place, value in kept["margin_now"].items()}
    prices = {portfolio.assets[place]: value for place, value in kept["price_now"].items()}
    assert margins == {
        "bybit BTCUSD": 0, "bybit BTCUSDH27": 0.02, "deribit ETH-PERPETUAL": 0.03, "deribit ETH-26MAR27": 0.04, "binance SOLUSD": None,
    }  # fmt: skip
    assert prices == {"BTC": 1000, "ETH": 1001, "SOL": 1003, "USDC": 1004}
