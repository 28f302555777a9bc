"""One account in the layouts of seven venues: each comes to the ledger that was worked out by hand.

The account, in USD and USD/coin. Bitcoin: sold 40,000 at 80,000 (0.5 BTC) and 60,000 at 62,500 (0.96 BTC), so that
-100,000 cost 1.46 BTC (entry 100,000/1.46); bought 15,000 and 10,000 at 50,000 (profit 0.3 - 0.219 = 0.081 and
0.2 - 0.146 = 0.054) and 100,000 at 40,000, which closes 75,000 (1.875 - 1.095 = 0.78) and opens 25,000 at 40,000.
Ether: bought 10,000 at 2,500, sold 4,000 at 2,000 (4,000/2,500 - 4,000/2,000 = -0.4). A dated contract: sold 1,000 at 80,000,
settled at 62,500 (1,000/62,500 - 1,000/80,000 = 0.0035). Fees 0.00025 + 0.00048 + 0.00015 + 0.0001 - 0.0005 (a rebate) BTC and
0.002 + 0.001 ETH; funding 0.00012 - 0.00004 BTC and -0.0003 ETH.
"""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from xlhedge.errors import XlhedgeError
from xlhedge.ledger.exports import read_exports
from xlhedge.ledger.formats import FORMATS

DATA = Path(__file__).parent / "data/exports"
BLOFIN = "venue,symbol,field,value\n" + "".join(
    f"blofin,{coin}-USD,{field},{value}\n" for coin in ("BTC", "ETH") for field, value in (("kind", "inverse"), ("face", 1), ("coin", coin))
)  # fmt: skip
TOTALS = {  # position, entry, realised, fees, funding, lumps
    "BTC": (25_000, 40_000, 0.915, 0.00048, 0.00008, 0.0),
    "ETH": (6_000, 2_500, -0.4, 0.003, -0.0003, 0.0),
    "dated": (0, None, 0.0035, 0.0, 0.0, 0.0),
}
CLOSED = {("KuCoin realised", "BTC"): 0.00048 + 0.000125}
"""Fees where an export tells those of closed positions alone: without a quarter of the last, which opens the next one."""
FILLS = (  # time, contract, qty, price, fee
    ("01-05 09:00:00", "BTC", -40_000, 80_000, 0.00025),
    ("01-05 09:00:05", "BTC", -60_000, 62_500, 0.00048),
    ("01-05 11:00:00", "ETH", 10_000, 2_500, 0.002),
    ("01-06 10:30:00", "BTC", 15_000, 50_000, 0.00015),
    ("01-06 10:30:00", "BTC", 10_000, 50_000, 0.0001),
    ("01-07 12:00:00", "ETH", -4_000, 2_000, 0.001),
    ("01-07 18:45:10", "BTC", 100_000, 40_000, -0.0005),
)
BINANCE = "Binance-Futures-Trade-History-202601110900(UTC+3).csv"
DERIBIT = [f"transaction_log-7003-{coin}-1767571200-1768003200.csv" for coin in ("BTC", "ETH")]
TWO = {"BTC": "BTCUSD", "ETH": "ETHUSD"}
WALLETS = 2  # a wallet for each coin whose balance the venue tells

# files; contracts; what the export does not tell; rows left out; the venue's own figures that agree
CASES = {
    "Binance trades": ([BINANCE], TWO, ("funding",), {"linear contracts (BTCUSDT)": 1}, 2),
    "Binance transactions": (
        ["binance_transaction_history.csv"], TWO, ("position", "realised"), {"linear contracts (BTCUSDT)": 1}, 0,
    ),
    "Binance both": (
        [BINANCE, "binance_transaction_history.csv"], TWO, (), {"linear contracts (BTCUSDT)": 2}, 2,
    ),
    "OKX": (
        ["okx_trading_history.csv"], {"BTC": "BTC-USD", "ETH": "ETH-USD", "dated": "BTC-USD-260109"}, (),
        {"linear contracts (BTC-USDT-SWAP)": 1}, 6 + WALLETS,
    ),
    "Deribit": (
        DERIBIT, {"BTC": "BTC-PERPETUAL", "ETH": "ETH-PERPETUAL", "dated": "BTC-9JAN26"}, (),
        {"spot trades (BTC_USDC)": 1, "options (BTC-30JAN26-100000-C)": 1}, 3,
    ),
    "Kraken": (
        ["kraken_account_log.csv"], {"BTC": "PI_XBTUSD", "ETH": "PI_ETHUSD", "dated": "FI_XBTUSD_260130"}, (),
        {"linear contracts (pf_xbtusd)": 2, "rows of other wallets (flex)": 1}, 8 + WALLETS,
    ),
    "KuCoin fills": (
        ["kucoin_fills.csv"], {"BTC": "XBTUSDM", "ETH": "ETHUSDM"}, ("funding",), {"linear contracts (XBTUSDTM)": 1}, 0,
    ),
    "KuCoin realised": (
        ["kucoin_realised_pnl.csv"], {"BTC": "XBTUSDM", "ETH": "ETHUSDM"}, ("position", "realised"),
        {"linear contracts (XBTUSDTM)": 1}, 0,
    ),
    "KuCoin both": (
        ["kucoin_fills.csv", "kucoin_realised_pnl.csv"], {"BTC": "XBTUSDM", "ETH": "ETHUSDM"}, (),
        {"linear contracts (XBTUSDTM)": 2}, 0,
    ),
    "MEXC": (
        ["mexc_orders.csv"], {"BTC": "BTC_USD", "ETH": "ETH_USD"}, ("funding",),
        {"linear contracts (BTC_USDT)": 1, "orders without a fill": 1}, 2,
    ),
    "BloFin": (
        ["blofin_funding.csv"], {"BTC": "BTC-USD", "ETH": "ETH-USD"}, ("position", "realised", "fees"),
        {"linear contracts (BTC-USDT)": 1}, 0,
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def ledgers(tmp_path_factory):
    table = tmp_path_factory.mktemp("own") / "blofin.csv"
    table.write_text(BLOFIN)
    return {name: read_exports([DATA / file for file in files], contracts=table) for name, (files, *_) in CASES.items()}


@pytest.mark.parametrize("name", CASES)
def test_each_comes_to_the_same_totals(ledgers, name):
    _, contracts, untold, left_out, witnesses = CASES[name]
    ledger = ledgers[name]
    lines = {line.contract: line for line in ledger.reconciliation.lines}
    assert {*lines} == {*contracts.values()}
    for contract, symbol in contracts.items():
        line = lines[symbol]
        position, entry, realised, fees, funding, lumps = TOTALS[contract]
        if "position" in untold:
            position, entry, realised, lumps = None, None, None, 0.0 if "fees" in untold else realised
        fees = CLOSED.get((name, contract), fees)
        fees, funding = 0.0 if "fees" in untold else fees, 0.0 if "funding" in untold else funding
        assert (line.position, line.gaps) == (position, 0)
        assert line.entry == pytest.approx(entry, abs=1e-9) and line.realised == pytest.approx(realised, abs=1e-12)
        assert (line.fees, line.funding, line.lumps) == pytest.approx((fees, funding, lumps), abs=1e-12)
    assert ledger.left_out == left_out
    both = (*ledger.reconciliation.lines, *ledger.reconciliation.wallets)
    assert [each.name for one in both for each in one.differences] == ["agrees"] * witnesses


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if "position" not in case[2]])
def test_each_tells_the_same_fills(ledgers, name):
    by_symbol = {symbol: contract for contract, symbol in CASES[name][1].items()}
    rows = ledgers[name].rows
    rows = rows[(rows["type"] == "fill") & rows["contract"].map(by_symbol).astype(object).isin(("BTC", "ETH"))]
    rows = rows.assign(
        time=rows["time"].dt.strftime("%m-%d %H:%M:%S"), contract=rows["contract"].astype(object).map(by_symbol)
    )
    told = rows[["time", "contract", "qty", "price", "fee"]].values.tolist()
    if len(told) == len(FILLS) + 1:  # the last fill in two rows: what closes and what opens
        told[-2:] = [[*told[-1][:2], told[-2][2] + told[-1][2], told[-1][3], told[-2][4] + told[-1][4]]]
    for ours, fill in zip(sorted(told), sorted(FILLS), strict=True):
        assert ours[:2] == [*fill[:2]] and ours[2:] == pytest.approx(fill[2:], abs=1e-12)


def test_ids_accounts_and_transfers_are_kept(ledgers):
    told = {
        name: (
            {*ledgers[name].rows["account"]},
            [*ledgers[name].rows["id"][:3]],
            dict(ledgers[name].rows.query("type == 'transfer'")[["contract", "amount"]].values.tolist()),
        )
        for name in ("Binance both", "OKX", "Deribit", "Kraken", "MEXC")
    }
    moved = {"BTC": 3.0, "ETH": 10.0}
    assert told == {
        "Binance both": ({"7001"}, ["4001", "4002", "9101"], moved),
        "OKX": ({"7002"}, ["2000", "2001", "2002"], moved),
        "Deribit": ({"7003"}, ["31001", "32001", "31002"], moved),
        "Kraken": ({""}, ["k-1", "k-2", "k-3"], moved),
        "MEXC": ({"7005"}, ["", "", ""], {}),
    }


def test_what_is_inferred_is_told(ledgers):
    notes = "\n".join(note for ledger in ledgers.values() for note in ledger.notes)
    assert all(
        text in notes
        for text in (
            "Quantity is taken as a number of contracts", "amounts in coins are taken as whole contracts",
            "balances are compared where nothing is open", "Filled Amount is taken as a number of contracts",
            "Realized PNL is taken as after funding and fees", "an order is one fill at its average price",
            "funding is taken as amounts of the coin", "times without a zone are taken as UTC",
        )
    )  # fmt: skip


KRAKEN = "uid,dateTime,account,type,symbol,change,new balance,new average entry price,trade price,mark price,funding rate,realized pnl,fee,realized funding,collateral\n"
OKX = (DATA / "okx_trading_history.csv").read_text().split("\n")[1].lstrip("\ufeff") + "\n"
BINANCE_HEADER = "Time,Symbol,Side,Price,Quantity,Amount,Fee,Realized Profit,Trade ID\n"
DERIBIT_HEADER = (DATA / DERIBIT[0]).read_text().split("\n")[0] + "\n"
SMALL = {  # file, its text, the columns of the row that is meant, and a part of the notes
    "Kraken without a column of contracts, fee in KFEE": (
        "log.csv",
        KRAKEN + "a,2021-02-01 08:19:06,f-xbt:usd,futures trade,pi_xbtusd,500,500,40000,40000,40000,,,,,\n"
        "b,2021-02-01 08:19:06,cash,kfee applied,kfee,-3,97,,,,,,,,\n"
        "c,2021-02-01 12:00:00,f-xbt:usd,funding rate change,xbt,-0.0000002,1,,,40000,1e-9,,,-0.0000002,\n",
        [("fill", 500.0, 40000.0, None, None), ("funding", None, 40000.0, None, -2e-7)], "",
    ),
    "Kraken: pairs of one second and price are told apart by size": (
        "log.csv",
        KRAKEN + "a,2021-02-01 08:19:06,f-xbt:usd,futures trade,xbt,0,1,,40000,40000,,0,0.00005,,BTC\n"
        "b,2021-02-01 08:19:06,f-xbt:usd,futures trade,pi_xbtusd,100,100,40000,40000,40000,,,,,\n"
        "c,2021-02-01 08:19:06,f-xbt:usd,futures trade,xbt,0,1,,40000,40000,,0,0.0001,,BTC\n"
        "d,2021-02-01 08:19:06,f-xbt:usd,futures trade,pi_xbtusd,200,300,40000,40000,40000,,,,,\n",
        [("fill", 100.0, 40000.0, 0.00005, None), ("fill", 200.0, 40000.0, 0.0001, None)], "",
    ),
    "OKX in net mode, no positions": (
        "okx.csv",
        "UID:1,Account Type:Main,Time Zone:UTC-5\n" + OKX
        + "1,1,2026-01-10 03:00:00,Swap,BTC-USD-SWAP,Sell,3,cont,60000,0,-0.000002,BTC,0,0,-0.000002,1,BTC\n"
        "2,1,2026-01-10 03:00:01,Swap,BTC-USD-SWAP,ADL close short,3,cont,60000,0,0,BTC,0,0,0,1,BTC\n"
        "3,1,2026-01-10 03:00:02,Spot,BTC-USD,Buy,0.1,BTC,60000,0,0,BTC,0,0,0.1,1.1,BTC\n",
        [("fill", -300.0, 60000.0, 2e-6, None), ("fill", 300.0, 60000.0, 0.0, None), ("transfer", None, None, None, 0.1)],
        "okx.csv: 1 row that is left out moved the wallet of BTC and counts as a transfer",
    ),
    "OKX long and short at once": (
        "okx.csv",
        "UID:1,Account Type:Main,Time Zone:UTC\n" + OKX
        + "1,1,2026-01-10 03:00:00,Swap,BTC-USD-SWAP,Open long,3,cont,60000,0,0,BTC,3,3,0,1,BTC\n"
        "2,1,2026-01-10 03:00:01,Swap,BTC-USD-SWAP,Open short,1,cont,60000,0,0,BTC,1,1,0,1,BTC\n",
        [("fill", 300.0, 60000.0, 0.0, None), ("fill", -100.0, 60000.0, 0.0, None)], "held long and short at once",
    ),
    "Binance: a fee in another coin": (
        "Trades(UTC--6).csv",
        BINANCE_HEADER + "26-01-01 00:00:00,BTCUSD_PERP,BUY,50000,2,0.004,0.00001 BNB,0,7\n",
        [("fill", 200.0, 50000.0, None, None)], "1 fee in BNB, not in the coin of the contract",
    ),
    "Deribit: a position moved in and, which is a gap, out": (
        "transaction_log-1-BTC-1.csv",
        DERIBIT_HEADER + "3,1,2026-01-05 09:00:02,,correction,,,,,,,,0,0,,0,0,0.5,3,3,,,,\n"
        "2,1,2026-01-05 09:00:01,BTC-PERPETUAL,position move,-,100,0.1,0,80000,80000,80000,0,0,,0,0,0,3,3,,,To,\n"
        "1,1,2026-01-05 09:00:00,BTC-PERPETUAL,position move,open buy,100,0.1,100,80000,80000,80000,0,0,,0,0,0,3,3,,,From,\n",
        [("fill", 100.0, 80000.0, 0.0, None), ("transfer", None, None, None, 0.5)], "position moves (1) that tell no side",
    ),
    "Deribit: a fee of the fee balance, sizes in coins": (
        "transaction_log-1-BTC-1.csv",
        DERIBIT_HEADER.replace("Amount,Base Amount", "Base Amount")
        + "1,1,2026-01-05 09:00:00,BTC-PERPETUAL,trade,open sell,0.5,-40000,80000,80000,80000,0,0,0.0005,0.00025,1,0,3,3,1,1,,\n",
        [("fill", -40000.0, 80000.0, 0.0, None)], "base amount is taken as coins",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SMALL)
def test_what_a_few_rows_come_to(tmp_path, name):
    file, text, expected, note = SMALL[name]
    (tmp_path / file).write_text(text)
    ledger = read_exports([tmp_path / file])
    rows = ledger.rows[["type", "qty", "price", "fee", "amount"]]
    told = [tuple(None if cell != cell else cell for cell in row) for row in rows.itertuples(index=False)]
    assert told == expected and note in "\n".join(ledger.notes)
    assert len(ledger.gaps) == ("gap" in name)


def test_a_zone_of_the_files_name_is_taken(tmp_path):
    path = tmp_path / "Trades(UTC--6).csv"
    path.write_text(BINANCE_HEADER + "26-01-01 00:00:00,BTCUSD_PERP,BUY,50000,2,0.004,0.00001 BTC,0,7\n")
    assert read_exports([path], "Europe/Berlin").rows["time"][0] == datetime(2026, 1, 1, 6, tzinfo=UTC)


WRONG = {
    "a side": (BINANCE_HEADER + "26-01-01 00:00:00,BTCUSD_PERP,LONG,50000,2,1,0 BTC,0,7\n", "row 2, side: must be one of buy, sell"),
    "a price": (BINANCE_HEADER + "26-01-01 00:00:00,BTCUSD_PERP,BUY,0,2,1,0 BTC,0,7\n", "row 2, price: must be a number > 0"),
    "a fee": (BINANCE_HEADER + "26-01-01 00:00:00,BTCUSD_PERP,BUY,50000,2,1,free!,0,7\n", "row 2, fee: must be a number with its unit"),
    "a time": (BINANCE_HEADER + "26-13-01 00:00:00,BTCUSD_PERP,BUY,50000,2,1,0 BTC,0,7\n", "row 2, time: must be a time such as"),
    "a contract": (BINANCE_HEADER + "26-01-01 00:00:00,QQQUSD_PERP,BUY,50000,2,1,0 BTC,0,7\n", "binance has no contract 'QQQUSD_PERP' here"),
    "a unit": (
        "UID:1\n" + OKX + "1,1,2026-01-10 03:00:00,Swap,BTC-USD-SWAP,Sell,3,lots,60000,0,0,BTC,0,0,0,1,BTC\n",
        "row 3, trading_unit: must be cont or the coin of the contract",
    ),
    "a column of times": (
        (DATA / "kucoin_fills.csv").read_text().replace("Filled Time(UTC+08:00)", "When"), "has no column of times that begins with filled_time",
    ),
    "a venue without contracts": ((DATA / "blofin_funding.csv").read_text(), "there is no venue 'blofin' here"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_a_mistake_is_told_in_one_sentence(tmp_path, name):
    text, message = WRONG[name]
    (tmp_path / "export.csv").write_text(text)
    with pytest.raises(XlhedgeError, match=r"export\.csv") as error:
        read_exports([tmp_path / "export.csv"])
    assert message in str(error.value)


def test_every_format_of_these_venues_has_a_file(ledgers):
    told = {found.format.name for ledger in ledgers.values() for found in ledger.recognised}
    older = {"Deribit transaction log (older, Base Amount)", "Kraken Futures account log (older)"}  # small ones above
    others = {each.name for each in FORMATS if each.venue in ("bitmex", "bybit", "")}
    assert told | older | others == {each.name for each in FORMATS}


def test_every_format_is_on_the_page():
    page = " ".join((DATA.parents[2] / "docs/your-data.md").read_text("utf-8").split())
    assert [each.name for each in FORMATS if f"**{each.name}**" not in page] == []
    assert [each.venue for each in FORMATS if f"### {each.venue}" not in page.lower() and each.venue] == []


SPLIT = [
    BINANCE, "binance_transaction_history.csv", "okx_trading_history.csv", *DERIBIT, "kraken_account_log.csv",
    "kucoin_fills.csv", "kucoin_realised_pnl.csv", "mexc_orders.csv",
]  # fmt: skip


@pytest.mark.parametrize("file", SPLIT)
def test_overlapping_halves_are_the_whole(tmp_path, file):
    lines = (DATA / file).read_text("utf-8").splitlines()
    above = 2 if file.startswith("okx") else 1
    head, rows = lines[:above], lines[above:]
    middle, begin = len(rows) // 2, file.partition(".csv")[0]
    for name, part in (("newer", rows[: middle + 2]), ("older", rows[max(middle - 2, 0) :])):
        (tmp_path / f"{begin}-{name}.csv").write_text("\n".join((*head, *part)), "utf-8")
    whole, halves = (read_exports([path]).rows.drop(columns=["file", "row"]) for path in (DATA / file, tmp_path))
    assert halves.astype({"account": object}).equals(whole.astype({"account": object}))


def test_an_export_without_an_account_is_of_the_only_one(tmp_path):
    text = (DATA / BINANCE).read_text("utf-8")
    (tmp_path / "other(UTC).csv").write_text(text.replace("7001,", "7009,"), "utf-8")
    one = [DATA / BINANCE, DATA / "binance_transaction_history.csv"]
    two = [*one, tmp_path / "other(UTC).csv"]
    assert {*read_exports(one).rows["account"]} == {"7001"}
    assert "binance_transaction_history.csv: names no account and is taken as of 7001" in read_exports(one).notes
    assert {*read_exports(two).rows["account"]} == {"7001", "7009"}  # the fees of 7009 are of other hours
    text = (DATA / "binance_transaction_history.csv").read_text("utf-8").splitlines()
    (tmp_path / "moves.csv").write_text("\n".join((text[0], *(row for row in text if "TRANSFER" in row))), "utf-8")
    assert {*read_exports([two[0], *tmp_path.iterdir()]).rows["account"]} == {"7001", "7009", ""}
    assert {*read_exports(one, account="main").rows["account"]} == {"main"}


def test_balances_of_deribit_are_compared_where_nothing_is_open(tmp_path):
    """3 BTC; 50,000 USD bought at 50,000 (1 BTC) and sold at 40,000 (1.25 BTC), fees 0.0005 + 0.0006; at 45,000 the session
    between pays 1 - 50,000/45,000 = -0.1111... for what is open, and the last one the rest of -0.25."""
    path, between = tmp_path / "transaction_log-1-BTC-1.csv", 1 - 50_000 / 45_000
    paid = 3 - 0.0005 + between
    rows = (
        "1,1,2026-01-05 07:00:00,,deposit,-,,,,,,,,,,0,0,3,3,3,,,,",
        "2,2,2026-01-05 09:00:00,BTC-PERPETUAL,trade,open buy,50000,1,50000,50000,50000,50000,0,0,,0.0005,0,-0.0005,2.9995,2.9,,,,",
        f"3,3,2026-01-06 08:00:00,BTC-PERPETUAL,settlement,long,50000,1,50000,45000,45000,45000,{between},0,,0,0,{between},{paid},{paid},,,,",
        f"4,4,2026-01-06 09:00:00,BTC-PERPETUAL,trade,close sell,50000,1,0,40000,40000,40000,{-0.25 - between},0,,0.0006,0,-0.0006,{paid - 0.0006},2.7,,,,",
        f"5,5,2026-01-07 08:00:00,BTC-PERPETUAL,settlement,-,0,0,0,40000,40000,40000,{-0.25 - between},0,,0,0,{-0.25 - between},2.7489,2.7489,,,,",
    )  # fmt: skip
    for lines in (rows, rows[::-1]):
        path.write_text(DERIBIT_HEADER + "\n".join(lines) + "\n")
        (wallet,) = read_exports([path]).reconciliation.wallets
        (found,) = wallet.differences
        assert (found.ours, found.theirs, found.name) == (pytest.approx(-0.2511), pytest.approx(-0.2511), "agrees")
    path.write_text(DERIBIT_HEADER + "\n".join(rows[:3]) + "\n")
    assert read_exports([path]).reconciliation.wallets[0].differences == ()
