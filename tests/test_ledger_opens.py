"""A ledger becomes the positions of a portfolio and the log of its workbook; every figure is worked out by hand."""

import json
import math

import pandas as pd
import pytest
from commands import fails, run
from one_sheet import Reader

from xlhedge.functions.position import FLAT, after_fill
from xlhedge.intake import Asked, read_portfolios
from xlhedge.ledger import positions
from xlhedge.ledger.entry import COLUMNS
from xlhedge.plan import plan_of
from xlhedge.portfolio.mistakes import RowErrors
from xlhedge.workbook.model import build_model, checked
from xlhedge.workbook.sheets.monitor import ASSETS_TITLE, STARTS

HOLDINGS = "asset,coins,price,hedge_ratio,venue,contract,account,qty,entry"
SELL = ("fill", -300_000, 60_000, 0.00275, "")  # 5 BTC
ADD = ("fill", -200_000, 50_000, 0.0022, "")  # 4 BTC: 9 BTC for 500,000 USD
REDUCE = ("fill", 250_000, 62_500, 0.002, "")  # half of it, 4.5 BTC when it was opened, for 4 BTC: 0.5 BTC lost
FLIP = ("fill", 350_000, 50_000, "", "")  # the other half for 5 BTC: 0.5 BTC won, and 100,000 USD long at 50,000
PAID, TOLD = ("funding", "", 60_000, "", 0.0005), ("funding", "", "", "", -0.0002)


def near(expected):
    return pytest.approx(expected, rel=1e-12, abs=1e-12)


def lines(*rows: tuple, contract: str = "BTCUSD", account: str = "", venue: str = "bybit", day: int = 1) -> list[str]:
    """Rows of a ledger of one contract, an hour apart: type, qty, price, fee and amount of each."""
    return [
        f"2026-11-{day:02}T{hour:02}:00:00Z,{account},{venue},{contract},{','.join(map(str, row))},{contract}{day}-{hour},x.csv,2"
        for hour, row in enumerate(rows)
    ]


@pytest.fixture
def opened(tmp_path):
    """A function that gives the portfolios of rows of holdings with a ledger beside them, and the mistakes."""

    def read(rows: str, ledger: list[str], header: str = HOLDINGS, *, replaces: bool = False, **settings):
        (tmp_path / "h.csv").write_text(f"{header}\n{rows}\n")
        (tmp_path / "ledger.csv").write_text("\n".join([",".join(COLUMNS), *ledger]) + "\n")
        asked = Asked(tmp_path / "h.csv", overrides=settings, ledger=tmp_path / "ledger.csv", replaces=replaces)
        portfolios, errors = read_portfolios(asked)
        return portfolios, [str(error) for error in errors]

    return read


@pytest.mark.parametrize(
    ("rows", "qty", "entry", "gained"),
    [
        ([SELL], -300_000, 60_000, -0.00275),
        ([SELL, ADD], -500_000, 500_000 / 9, -0.00495),
        ([SELL, ADD, REDUCE], -250_000, 500_000 / 9, -0.5 - 0.00695),
        ([SELL, ADD, REDUCE, FLIP], 100_000, 50_000, -0.00695),
        ([SELL, PAID, TOLD, ("fee", "", "", 0.0001, "")], -300_000, 60_000, 0.0005 - 0.0002 - 0.0001 - 0.00275),
        ([SELL, ("realised", "", "", "", 0.25)], -300_000, 60_000, 0.25 - 0.00275),
    ],
)
def test_a_position_after_all_rows(opened, rows, qty, entry, gained):
    (portfolio,), errors = opened("BTC,100,60000,,,,,,", lines(*rows))
    assert not errors
    (position,) = portfolio.positions
    assert (position.values.qty, position.values.entry) == (qty, near(entry))
    assert position.traded.gained == near(gained)
    assert position.name == "BTC bybit BTCUSD"


SETTLED = lines(("fill", -1000, 60_000, "", ""), ("settlement", 1000, 50_000, "", ""), contract="BTCUSDZ25")


@pytest.mark.parametrize(
    ("holdings", "ledger", "found"),
    [  # positions by name and qty
        ("BTC,100,60000,,bybit,,,,", lines(SELL), {"BTC bybit BTCUSD": -300_000}),
        ("BTC,100,60000,,bybit,BTCUSD,Hot,,", lines(SELL, account="hot"), {"BTC bybit BTCUSD Hot": -300_000}),
        ("BTC,100,60000,,bybit,BTCUSD,,,", lines(SELL, account="hot"), {"BTC bybit BTCUSD": -300_000}),
        ("BTC,100,60000,,bybit,BTCUSD,,-300000,60000", lines(SELL), {"BTC bybit BTCUSD": -300_000}),
        ("BTC,100,60000,,kraken,,,-1000,60000", [], {"BTC kraken PI_XBTUSD": -1000}),  # the ledger does not have it
        (
            "BTC,100,60000,,,,,,", lines(SELL, account="a") + lines(FLIP, account="b", day=2),
            {"BTC bybit BTCUSD a": -300_000, "BTC bybit BTCUSD b": 350_000},
        ),
        (  # one account of two coins, which are two accounts here: of BTC and of ETH
            "BTC,100,60000,,,,,,\nETH,900,3000,,,,,,",
            lines(SELL, account="a") + lines(("fill", -600, 3_000, "", ""), contract="ETHUSD", account="a", day=2),
            {"BTC bybit BTCUSD a BTC": -300_000, "ETH bybit ETHUSD a ETH": -600},
        ),
        ("BTC,100,60000,,,,,,", SETTLED, {}),
        ("BTC,100,60000,,,,,,", lines(("fill", 0.1, 9, "", ""), ("fill", 0.2, 9, "", ""), ("fill", -0.3, 9, "", "")), {}),
    ],
)  # fmt: skip
def test_which_rows_are_filled_in_and_added(opened, holdings, ledger, found):
    portfolios, errors = opened(holdings, ledger)
    assert not errors
    assert {position.name: position.values.qty for position in portfolios[0].positions} == found


def test_what_the_ledger_does_not_have_and_what_is_closed_is_told(opened):
    (portfolio,), _ = opened("BTC,100,60000,,bybit,,,-1000,60000", [])
    assert portfolio.filled[1:] == ("h.csv row 2 is open as typed: ledger.csv has no row of its contract",)

    (portfolio,), _ = opened("BTC,100,60000,,,,,,", SETTLED)
    assert portfolio.filled == (
        "0 open positions and 0 rows of the log from ledger.csv",
        "bybit BTCUSDZ25 is closed and of no row of the portfolio: its rows are not in the log",
    )


@pytest.mark.parametrize(
    ("holdings", "ledger", "mistake"),
    [
        (
            "BTC,100,60000,,bybit,BTCUSD,,-200000,60000", lines(SELL),
            "ledger.csv row 2, bybit BTCUSD: is -200,000 USD in h.csv row 2, and ledger.csv comes to -300,000",
        ),
        (
            "ETH,100,3000,,,,,,", lines(SELL),
            "ledger.csv row 2, bybit BTCUSD: is open with -300,000 USD, and no row of the portfolio holds BTC",
        ),
        (
            "BTC,100,60000,0.5,kraken,PI_XBTUSD,,,", lines(SELL),
            "ledger.csv row 2, bybit BTCUSD: is open with -300,000 USD, and BTC is hedged with kraken PI_XBTUSD: add a row for it",
        ),
        (
            "BTC,100,60000,0.5,bybit,BTCUSD,cold,,", lines(SELL, account="hot"),
            "ledger.csv row 2, bybit BTCUSD, account hot: is open with -300,000 USD, and the account of its row is another one: cold",
        ),
        (
            "BTC,100,60000,0.5,bybit,BTCUSD,,,", lines(PAID, TOLD),
            "ledger.csv row 3, bybit BTCUSD: has funding, fees or profit, and no fills that say what is open: import the export of its trades too",
        ),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_a_mistake_that_names_both(opened, holdings, ledger, mistake):
    assert opened(holdings, ledger)[1] == [mistake]


def test_a_row_without_a_venue_is_a_mistake(opened):
    with pytest.raises(RowErrors, match="^ledger.csv row 2, venue: must be the name of a venue, such as bybit"):
        opened("BTC,100,60000,,,,,,", lines(SELL, venue=""))


def test_with_several_portfolios_the_account_is_the_name_of_one(opened):
    header, rows = f"portfolio,{HOLDINGS}", "Fund,BTC,100,60000,,,,,,\nOther,BTC,1,60000,,,,,,"
    portfolios, errors = opened(rows, lines(SELL, account="fund") + lines(ADD, account="Other", day=2), header)
    assert not errors
    assert [portfolio.positions[0].values.qty for portfolio in portfolios] == [-300_000, -200_000]
    wrong = [*opened(rows, lines(SELL, account="else"), header)[1], *opened(rows, lines(SELL), header)[1]]
    assert wrong == [
        "ledger.csv row 2, account: must be the name of one of the portfolios, as there are several (got 'else')",
        "ledger.csv row 2, account: is required, as there are several portfolios",
    ]


def test_what_a_ledger_changes_is_told_where_it_wins(opened):
    ledger = (
        lines(SELL)
        + lines(("transfer", "", "", "", 6), contract="BTC", day=2)
        + lines(("fill", 600, 3_000, "", ""), contract="ETHUSD", day=3)
    )
    (portfolio,), _ = opened("BTC,100,60000,,bybit,BTCUSD,,-1000,50000\nETH,9,3000,,,,,,", ledger, replaces=True)
    assert portfolio.filled == (
        "2 open positions and 3 rows of the log from ledger.csv",
        "BTC bybit BTCUSD qty: -1000 -> -300000",
        "BTC bybit BTCUSD entry: 50000 -> 60000",
        "ETH bybit ETHUSD is added: 600 USD at 3000",
        "BTC bybit BTCUSD margin: blank -> 5.99725",
    )


def test_plan_and_monitor_are_the_ledger(opened):
    deposit = lines(("transfer", "", "", "", 5), contract="BTC", account="main")
    rows = lines(SELL, PAID, ADD, REDUCE, TOLD, ("fee", "", "", 0.0001, ""), account="main", day=2)
    (portfolio,), errors = opened("BTC,100,60000,,,,,,", deposit + rows)
    assert not errors
    margin = 5 - 0.5 + 0.0003 - 0.00705  # moved, realised, funding, fees
    (told,) = plan_of(portfolio).figures["positions"]
    assert (told["qty"], told["entry"], told["posted"]) == (-250_000, near(500_000 / 9), near(margin))
    book = build_model(portfolio)
    reader, expected = Reader(book, "Monitor"), {
        "Qty": -250_000, "Average entry; the price used when flat": 500_000 / 9, "Realised PnL, before fees": -0.5,
        "Fees paid": 0.00705, "Funding received": 0.0003, "Funding rows without a price": 1, "Margin moved": 5,
        "Unrealised PnL": -1 / 3, "Margin balance": margin, "Differs from Positions": 0,
    }  # fmt: skip
    usd = {"Qty": "USD", "Unrealised PnL": "coin"}
    found = {name: reader.below(STARTS.title, name, usd.get(name, "")).value[0].item() for name in expected}
    assert found == {name: near(value) for name, value in expected.items()}
    assert reader.below(ASSETS_TITLE, "Coins owned").value[0].item() == 100  # which have gained already
    lines_of = {line.name: line.passed for line in checked(book)}
    assert lines_of["Positions holds what the log has come to"]
    assert book.parts["monitor"].unread.value.item() == book.parts["monitor"].outside.value.item() == 0


def test_a_cross_account_holds_the_wallet_once(opened):
    """3 BTC were moved in, 0.001 and 0.002 paid, and a contract that has ended won 1,000/40,000 - 1,000/50,000 = 0.005."""
    header = "asset,coins,price,venue,contract,account,mark"
    holdings = "BTC,100,60000,bybit,BTCUSD,main,\nBTC,,,bybit,BTCUSDZ26,main,61000"
    ledger = lines(("transfer", "", "", "", 3), contract="BTC", account="main")
    ledger += lines(
        ("fill", -1000, 50_000, "", ""),
        ("settlement", 1000, 40_000, "", ""),
        contract="BTCUSDZ25",
        account="main",
        day=2,
    )
    ledger += lines(("fill", -60_000, 60_000, 0.001, ""), account="main", day=3)
    ledger += lines(("fill", -50_000, 50_000, 0.002, ""), contract="BTCUSDZ26", account="main", day=4)
    (portfolio,), errors = opened(holdings, ledger, header, mmr="0.01")
    assert not errors
    assert [position.values.margin for position in portfolio.positions] == [near(3.002), 0]
    (account,) = plan_of(portfolio).figures["accounts"]
    assert (account["qty"], account["posted"]) == (-110_000, near(3.002))
    margins = Reader(build_model(portfolio), "Monitor").below(STARTS.title, "Margin balance").value[:2].sum()
    assert margins == near(3.002)


@pytest.mark.parametrize("most", [5000, 60])
def test_a_long_ledger_is_carried_as_sums_and_its_last_rows(monkeypatch, most):
    monkeypatch.setattr(positions, "MOST", most)
    monkeypatch.setattr(positions, "LAST", 40)
    rows = pd.DataFrame(
        {
            "time": pd.date_range("2026-01-01", periods=300, freq="h", tz="UTC"),
            "account": "",
            "venue": "bybit",
            "contract": "BTCUSD",
            "type": ["funding" if i % 3 == 0 else "fill" for i in range(300)],
            "qty": [math.nan if i % 3 == 0 else (-1) ** (i // 7) * (1000.0 + 10 * i) for i in range(300)],
            "price": [50_000.0 + 37 * (i % 11) for i in range(300)],
            "fee": [math.nan if i % 3 == 0 else 1e-6 * i for i in range(300)],
            "amount": [1e-5 * (i - 100) if i % 3 == 0 else math.nan for i in range(300)],
            "id": "",
        }
    )
    account = positions.account_of("ledger.csv", rows, [*range(2, 302)])
    (traded,) = account.traded
    position, realised, fills = FLAT, 0.0, rows[rows["type"] == "fill"]
    for qty, price in zip(fills["qty"], fills["price"]):
        position = after_fill(position, qty, price)
        realised += position.realized
    logged, booked = FLAT, 0.0
    for row in traded.log:
        logged = after_fill(logged, row.fill, row.price) if row.fill else logged._replace(realized=0.0)
        booked += logged.realized
    assert len(traded.log) == (
        300 if most == 5000 else 47
    )  # 40 rows; longs and shorts closed, what is open, fees and funding as sums
    assert (traded.qty, logged.qty, logged.cost) == (position.qty, position.qty, near(position.cost))
    assert booked == near(realised)
    for name in ("fee", "amount"):
        column = "funding" if name == "amount" else name
        assert math.fsum(getattr(row, column) or 0.0 for row in traded.log) == near(rows[name].sum())
    paid = (rows["amount"] * rows["price"]).sum()
    assert math.fsum(row.funding * row.price for row in traded.log if row.funding) == near(paid)
    assert bool(account.notes) == (most == 60)


def test_the_commands_take_it(tmp_path):
    (tmp_path / "h.csv").write_text("asset,coins,price\nBTC,100,60000\n")
    (tmp_path / "ledger.csv").write_text("\n".join([",".join(COLUMNS), *lines(SELL, ADD, REDUCE)]) + "\n")
    plan = json.loads(run("plan", tmp_path / "h.csv", "--ledger", tmp_path / "ledger.csv", "--json").stdout)
    assert plan["positions"][0]["qty"] == -250_000 and plan["positions"][0]["entry"] == near(500_000 / 9)
    assert plan["notes"] == ["1 open position and 3 rows of the log from ledger.csv"]
    (tmp_path / "ledger.csv").write_text("time,account\n")
    assert "ledger.csv" in fails(2, "plan", tmp_path / "h.csv", "--ledger", tmp_path / "ledger.csv")


def test_what_a_closed_position_leaves_in_the_wallet_is_posted_for_the_next(opened):
    """1.85 coins came in, and two fees of 0.00275 and 0.001 went: 1.84625 are there, whatever is hedged next."""
    wallet = lines(("transfer", "", "", "", 1.85), contract="BTC")
    closed = lines(SELL, ("fill", 300_000, 60_000, 0.001, ""), day=2)
    (portfolio,), errors = opened("BTC,100,60000,0.5,bybit,BTCUSD,,,", [*wallet, *closed])
    (plan,) = plan_of(portfolio).figures["positions"]
    assert errors == [] and plan["posted"] == near(1.84625)
    assert plan["top_up"] == near(plan["planned"] - 1.84625) and plan["qty"] == -3_000_000
