"""A ledger and the exports of the same money count once, and what cannot be both ways is a mistake by its row."""

import pytest
from commands import run

LEDGER = "time,account,venue,contract,type,qty,price,fee,amount,id,file,row\n"
TRANSACTIONS = (  # 300,000 sold at 60,000, 100,000 of them bought back at 50,000: 100,000 (1/50,000 - 1/60,000) = 1/3 BTC
    '"Date(UTC)","Type","Amount","Asset","Symbol","Transaction ID"\n'
    '"2026-11-02 09:34:12","COMMISSION","-0.0025","BTC","BTCUSD_PERP","1"\n'
    '"2026-11-03 00:00:00","FUNDING_FEE","0.0005","BTC","BTCUSD_PERP","2"\n'
    '"2026-11-05 09:34:12","REALIZED_PNL","0.33333333","BTC","BTCUSD_PERP","3"\n'
    '"2026-11-05 09:34:12","COMMISSION","-0.001","BTC","BTCUSD_PERP","4"\n'
)
TRADES = (
    "Time,Symbol,Side,Price,Quantity,Amount,Fee,Realized Profit,Trade ID\n"
    "2026-11-05 09:34:12,BTCUSD_PERP,BUY,50000,1000,2,0.001 BTC,0.33333333,12\n"
    "2026-11-02 09:34:12,BTCUSD_PERP,SELL,60000,3000,5,0.0025 BTC,0,11\n"
)
BITMEX = (
    '"transactTime","symbol","execType","side","lastQty","lastPx","execCost","commission","execComm"\n'
    '"11/13/2026, 1:31:07 PM","XBTUSD","Trade","Sell","300000","60000","500000000","0.0005","250000"\n'
)
UTA = (
    "Uid,Currency,Contract,Type,Direction,Quantity,Position,Filled Price,Funding,Fee Paid,Cash Flow,Change,Wallet Balance,"
    "Action,Time(UTC)\n77,BTC,BTCUSD,TRADE,SELL,300000,300000,60000,0,-0.00275,0,-0.00275,4.99725,OPEN,2026-11-02 08:00:00\n"
)
CLOSED = (  # no account is named
    "Market,Order Quantity,Entry Price,Exit Price,Opening Fee,Closing Fee,Funding Fee,Realized P&L,Trade Time\n"
    "BTCUSD,1000,60000,50000,0,0,0,0.00333333,10:00 2026-12-05\n"
)


def made(folder, name, text, *names):
    """A ledger of an export."""
    (folder / name).write_text(text)
    assert run("import", folder / name, "--out", folder / "L.csv", *names).exit_code == 0


def both(folder, name, text, *asked):
    """What the ledger and an export come to."""
    (folder / name).write_text(text)
    return run("import", folder / "L.csv", folder / name, *asked)


def test_a_ledger_of_sums_and_then_the_fills(tmp_path):
    made(tmp_path, "sums.csv", TRANSACTIONS, "--account", "main")
    told = both(tmp_path, "trades.csv", TRADES, "--account", "main").stdout
    assert "note: L.csv: 3 rows of money that another export tells one by one, counted once" in told
    assert "realised   +0.33333333 BTC\n    fees       0.00350000 BTC paid\n    funding    +0.00050000 BTC" in told


def test_two_ledgers_of_which_one_has_sums(tmp_path):
    made(tmp_path, "sums.csv", TRANSACTIONS, "--account", "main")
    (tmp_path / "L.csv").rename(tmp_path / "sums-L.csv")
    made(tmp_path, "trades.csv", TRADES, "--account", "main")
    told = run("import", tmp_path / "L.csv", tmp_path / "sums-L.csv").stdout
    assert "realised   +0.33333333 BTC\n    fees       0.00350000 BTC paid\n    funding    +0.00050000 BTC" in told


def test_a_ledger_alone_stays_as_it_is(tmp_path):
    made(tmp_path, "sums.csv", TRANSACTIONS, "--account", "main")
    both(tmp_path, "trades.csv", TRADES, "--account", "main", "--out", tmp_path / "whole.csv")
    run("import", tmp_path / "L.csv", tmp_path / "trades.csv", "--account", "main", "--out", tmp_path / "whole.csv")
    run("import", tmp_path / "whole.csv", "--out", tmp_path / "again.csv")
    assert (tmp_path / "again.csv").read_text() == (tmp_path / "whole.csv").read_text() != LEDGER


@pytest.mark.parametrize("name", ["77", "main"])
def test_an_export_without_a_name_is_of_the_account_of_the_ledger(tmp_path, name):
    made(tmp_path, "uta.csv", UTA, *(("--account", name) if name != "77" else ()))
    told = both(tmp_path, "closed.csv", CLOSED).stdout
    assert f"note: closed.csv: names no account and is taken as of {name}" in told
    assert told.count("bybit, account") == 1 and f"bybit, account {name}" in told


def test_a_ledger_without_a_name_is_of_the_account_of_the_exports(tmp_path):
    made(tmp_path, "closed.csv", CLOSED)
    told = both(tmp_path, "uta.csv", UTA).stdout
    assert "note: L.csv: its rows of bybit name no account and are taken as of 77" in told
    assert told.count("bybit, account 77\n") == 1 and "bybit\n" not in told


def test_two_names_are_two_accounts_and_how_they_become_one_is_told(tmp_path):
    made(tmp_path, "uta.csv", UTA, "--account", "main")
    later = (
        UTA.replace("2026-11-02", "2026-11-09").replace(",300000,60000", ",600000,60000").replace("4.99725", "4.9945")
    )
    told = both(tmp_path, "later.csv", later).stdout
    assert "L.csv: its account main at bybit is taken as another one than 77; --account main makes them one" in told
    assert "position   -600,000 USD at 60,000" in both(tmp_path, "later.csv", later, "--account", "main").stdout


def test_an_id_of_the_venue_under_two_names_is_a_mistake(tmp_path):
    made(tmp_path, "sums.csv", TRANSACTIONS, "--account", "main")
    other = (tmp_path / "L.csv").read_text().replace(",main,", ",other,")
    found = both(tmp_path, "other.csv", LEDGER + other.splitlines()[1] + "\n")
    assert found.exit_code == 3 and (
        "other.csv row 2, id: is a row of account main in L.csv and of other here: one account must have one name (got '1')"
        in found.stderr
    )


def test_the_same_row_in_two_zones_is_a_mistake(tmp_path):
    """A clock in New York shows 1:31 PM in November at 18:31 UTC."""
    made(tmp_path, "bitmex.csv", BITMEX)
    found = both(tmp_path, "bitmex.csv", BITMEX, "--zone", "America/New_York")
    assert found.exit_code == 3 and (
        "bitmex.csv row 2, time: is 2026-11-13T18:31:07Z in the zone America/New_York, and 2026-11-13T13:31:07Z in L.csv"
        in found.stderr
    )
    assert "position   -300,000 USD" in both(tmp_path, "bitmex.csv", BITMEX).stdout
