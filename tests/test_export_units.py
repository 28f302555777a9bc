"""BitMEX's amounts in satoshi (XBt) and in coins (XBT): the same money, or a sentence that says what to change.

Worked out by hand: 127 contracts at 8,564.5 are 0.01482865 BTC, at 0.075 % a fee of 0.00001112; a deposit of 0.5 BTC and a
funding of 0.00170453.
"""

import pytest

from xlhedge.ledger import read_exports
from xlhedge.portfolio.mistakes import RowErrors

TRADES = "transactTime,symbol,execType,side,lastQty,lastPx,execCost,execComm\n"
WALLET = "transactTime,transactType,amount,fee,address,transactStatus,walletBalance\n"
API = "transactTime,transactType,transactStatus,currency,amount,fee,walletBalance,transactID,address\n"
POSITIONS = "timestamp,symbol,currency,currentQty,avgEntryPrice,posCost\n"
TIME = "2026-01-26 18:32:04"
RULE = "must be whole satoshi (XBt): amounts in coins need a column currency that says XBT"


def read(tmp_path, text: str):
    (tmp_path / "a.csv").write_text(text)
    return read_exports([tmp_path / "a.csv"], "UTC")


@pytest.mark.parametrize(
    ("value", "fee", "paid"),
    [
        ("1482865", "1112", 0.00001112),
        ("-1482865", "-371", -0.00000371),
        ("0.01482852", "0.00001112", 0.00001112),  # the value tells the unit of the fee beside it
        ("-0.01482852", "-0.00000371", -0.00000371),
        ("", "1112", 0.00001112),
    ],
)
def test_fees_of_trades(tmp_path, value, fee, paid):
    ledger = read(tmp_path, f"{TRADES}{TIME},XBTUSD,Trade,Sell,127,8564.5,{value},{fee}\n")
    assert ledger.rows["fee"].tolist() == [paid]


@pytest.mark.parametrize(
    ("currency", "amounts"), [("XBt", ("50000000", "170453", "-170453")), ("XBT", ("0.5", "0.00170453", "-0.00170453"))]
)
def test_a_wallet_by_its_currency(tmp_path, currency, amounts):
    deposit, funding, fee = amounts
    balance = {"XBt": "50170453", "XBT": "0.50170453"}[currency]
    ledger = read(
        tmp_path,
        f"{API}{TIME},Deposit,Completed,{currency},{deposit},0,{deposit},1,x\n"
        f"2026-01-27 04:00:00,Funding,Completed,{currency},{funding},{fee},{balance},2,XBTUSD\n",
    )
    (wallet,) = ledger.reconciliation.wallets
    assert ledger.rows["amount"].tolist() == [0.5, 0.00170453] and not ledger.left_out
    assert [each.name for each in wallet.differences] == ["agrees"]


def test_an_opening_fee_in_coins_is_one_fee(tmp_path):
    row = f"{TIME},RealisedPNL,Completed,XBT,-0.0000626,0.0000626,0.5,1,XBTUSD\n"
    assert read(tmp_path, API + row).rows[["type", "fee"]].values.tolist() == [["fee", 0.0000626]]


@pytest.mark.parametrize(("currency", "cost"), [("XBt", "250000000"), ("XBT", "2.5")])
def test_positions_by_their_currency(tmp_path, currency, cost):
    ledger = read(tmp_path, f"{POSITIONS}{TIME},XBTUSD,{currency},-100000,40000.1,{cost}\n")
    (told,) = (each for each in ledger.reconciliation.lines[0].differences if each.what == "entry")
    assert told.theirs == 40_000  # the price beside it is rounded


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        (f"{WALLET}{TIME},Deposit,0.05,null,,Completed,0.05\n", f"a.csv row 2, amount: {RULE} (got '0.05')"),
        (
            f"{TRADES}{TIME},XBTUSD,Trade,Sell,127,8564.5,1482865,0.00001112\n",
            f"a.csv row 2, execcomm: {RULE} (got '0.00001112')",
        ),
        (f"{API}{TIME},Deposit,Completed,XBt,0.5,0,0.5,1,x\n", f"a.csv row 2, amount: {RULE} (got '0.5')"),
        (f"{POSITIONS}{TIME},XBTUSD,XBt,-100000,40000.1,2.5\n", f"a.csv row 2, poscost: {RULE} (got '2.5')"),
    ],
)
def test_a_fraction_of_a_satoshi_is_refused(tmp_path, text, mistake):
    with pytest.raises(RowErrors) as refused:
        read(tmp_path, text)
    assert str(refused.value.errors[0]) == mistake


def test_the_page_of_the_venue_takes_the_column_that_is_asked_for(tmp_path):
    header = WALLET.replace("\n", ",currency\n")
    assert read(tmp_path, f"{header}{TIME},Deposit,0.05,null,,Completed,0.05,XBT\n").rows["amount"].tolist() == [0.05]


def test_positions_alone_are_no_ledger_and_that_is_said(tmp_path):
    ledger = read(tmp_path, f"{POSITIONS}{TIME},XBTUSD,XBt,-100000,40000.1,250000000\n")
    assert not len(ledger.rows) and "no row is an event: the venue's figures are shown" in ledger.notes[-1]
