"""What a ledger lacks stays told: in its file, at plan and --into, until the exports that have it come."""

import pytest
from commands import run

UTA = (
    "UID: 77,Company Name: ,Country:\n"
    "Uid,Currency,Contract,Type,Direction,Quantity,Position,Filled Price,Funding,Fee Paid,Cash Flow,Change,Wallet Balance,"
    "Action,Time(UTC)\n"
)
IN = "77,BTC,,TRANSFER_IN,,0,0,0,0,0,5,5,5,,2026-11-01 08:00:00\n"
FIRST = "77,BTC,BTCUSD,TRADE,SELL,300000,300000,60000,0,-0.00275,0,-0.00275,4.99725,OPEN,2026-11-02 08:00:00\n"
SECOND = "77,BTC,BTCUSD,TRADE,SELL,300000,600000,60000,0,-0.00275,0,-0.00275,4.9945,OPEN,2026-11-02 09:00:00\n"
PAID = "77,BTC,BTCUSD,SETTLEMENT,SELL,600000,600000,50000,0.001,0,0,0.001,4.9955,,2026-11-03 08:00:00\n"
# 100,000 bought back at 50,000 of what was sold at 60,000: 100,000 (1/50,000 - 1/60,000) = 1/3 BTC
BACK = "77,BTC,BTCUSD,TRADE,BUY,100000,500000,50000,0,-0.0011,0.333333333333,0.332233333333,5.327733333333,CLOSE,2026-11-05 08:00:00\n"
MONTHS = {
    "nov.csv": IN + FIRST + SECOND,
    "dec.csv": PAID + BACK,
    "gap.csv": IN + FIRST + PAID,
    "lost.csv": SECOND,
    "all.csv": IN + FIRST + SECOND + PAID + BACK,
}
OPENED = "600,000 USD sold are missing before the first row (2026-11-03 07:59:59 UTC)"
GAP = "300,000 USD sold are missing after 2026-11-02 08:00:00 up to 2026-11-03 08:00:00 UTC (gap.csv row 5)"
CASES = {  # the month, its row of type missing, and how it is told
    "an opening": ("dec.csv", "2026-11-03T07:59:59.999999Z,77,bybit,BTCUSD,missing,-600000.0,,,,,dec.csv,3", OPENED),
    "a gap": ("gap.csv", "2026-11-03T08:00:00Z,77,bybit,BTCUSD,missing,-300000.0,,,,,gap.csv,5", GAP),
}


@pytest.fixture
def folder(tmp_path):
    for name, rows in MONTHS.items():
        (tmp_path / name).write_text(UTA + rows)
    (tmp_path / "h.csv").write_text("asset,coins,price,hedge_ratio,venue,contract\nBTC,50,60000,20%,bybit,BTCUSD\n")
    return tmp_path


def ledger_of(folder, *names, out="L.csv", code=0):
    result = run("import", *(folder / name for name in names), "--out", folder / out, "--force")
    assert result.exit_code == code, result.output
    return result.stdout


@pytest.mark.parametrize("name", CASES)
def test_it_stays_in_the_ledger_and_plan_refuses_it(folder, name):
    month, row, told = CASES[name]
    assert "and 1 row of type missing)" in ledger_of(folder, month, code=4)
    assert row in (folder / "L.csv").read_text().splitlines()
    ledger_of(folder, "L.csv", out="again.csv", code=4)
    assert (folder / "again.csv").read_text() == (folder / "L.csv").read_text()
    remedy = f"L.csv bybit 77 BTCUSD: {told}: give import the exports that have them too, or type the price of that row"
    result = run("plan", folder / "h.csv", "--ledger", folder / "L.csv")
    assert result.exit_code == 3 and remedy in result.stderr


def test_a_workbook_is_not_changed_by_it_and_the_remedy_is_told(folder):
    ledger_of(folder, "dec.csv", code=4)
    assert run("build", folder / "h.csv", "--out", folder / "B.xlsx").exit_code in (0, 4)
    before = (folder / "B.xlsx").read_bytes()
    result = run("import", folder / "L.csv", "--into", folder / "B.xlsx")
    assert result.exit_code == 2
    assert f"stays as it was: bybit BTCUSD: {OPENED}: give import the exports that have them too" in result.stderr
    assert (folder / "B.xlsx").read_bytes() == before


@pytest.mark.parametrize("month, other", [("dec.csv", "nov.csv"), ("gap.csv", "lost.csv")])
def test_it_goes_when_the_exports_come_that_have_it(folder, month, other):
    ledger_of(folder, month, code=4)
    told = ledger_of(folder, "L.csv", other, out="whole.csv")
    assert "L.csv: all that it lacked is told by the other files" in told
    assert "missing" not in (folder / "whole.csv").read_text()
    assert f"position   {'-500,000' if month == 'dec.csv' else '-600,000'} USD at 60,000" in told


def test_some_of_it_stays(folder):
    (folder / "some.csv").write_text(UTA + FIRST)  # 300,000 of the 600,000 that were sold
    ledger_of(folder, "dec.csv", code=4)
    told = ledger_of(folder, "L.csv", "some.csv", out="some-L.csv", code=4)
    assert "gap: bybit 77 BTCUSD: 300,000 USD sold are missing after 2026-11-02 08:00:00" in told
    assert ",missing,-300000.0," in (folder / "some-L.csv").read_text()


def test_a_price_typed_beside_it_makes_it_a_fill(folder):
    ledger_of(folder, "dec.csv", code=4)
    text = (folder / "L.csv").read_text().replace("missing,-600000.0,,", "missing,-600000.0,60000,")
    (folder / "L.csv").write_text(text)
    told = ledger_of(folder, "L.csv", out="priced.csv")
    assert "position   -500,000 USD at 60,000" in told and "realised   +0.33333333 BTC" in told
    # 20 % of 50 BTC at 60,000 is 600,000 USD: 100,000 more are sold, as all exports together say
    plan = run("plan", folder / "h.csv", "--ledger", folder / "priced.csv").stdout
    assert "Sell 100,000 contracts of 1 USD, bybit BTCUSD" in plan
