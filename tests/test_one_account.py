"""A ledger, a table of positions and the holdings tell of one position: it is one, and what they tell of it is compared."""

import pytest
from test_ledger_opens import ADD, SELL, lines, near

from xlhedge.intake import Asked, read_portfolios
from xlhedge.ledger.entry import COLUMNS

HELD, BESIDE = "asset,coins,price,hedge_ratio,venue,contract", "asset,venue,contract,account,qty,entry,margin,leverage"
PLAN = "BTC,50,60000,20%,bybit,BTCUSD"
DEPOSIT = lines(("transfer", "", "", "", 5), contract="BTC", day=2)
WALLET = 5 - 0.00275  # the fee of SELL


@pytest.fixture
def read(tmp_path):
    """A function that gives the portfolio of a holding, a row of positions and a ledger, and the mistakes."""

    def portfolio(held: str, beside: str, ledger: list[str]):
        for name, rows in (
            ("h.csv", [HELD, held]),
            ("p.csv", [BESIDE, beside]),
            ("l.csv", [",".join(COLUMNS), *ledger]),
        ):
            (tmp_path / name).write_text("\n".join(rows) + "\n")
        found, errors = read_portfolios(
            Asked(tmp_path / "h.csv", positions=tmp_path / "p.csv", ledger=tmp_path / "l.csv")
        )
        return found[0] if found else None, [str(error) for error in errors]

    return portfolio


def of(name: str, rows: list[str]) -> list[str]:
    """Rows of a ledger as those of an account."""
    return [row.replace("Z,,", f"Z,{name},", 1) for row in rows]


@pytest.mark.parametrize("held", [PLAN, "BTC,50,60000,20%,,"])
@pytest.mark.parametrize(
    ("theirs", "ours"),  # what the row of positions and what the ledger call the account
    [("bybit BTC", ""), ("bybit", ""), ("bybit BTC", "bybit"), ("Bybit", "bybit"), ("", "bybit"), ("", "")],
)
def test_the_position_of_a_ledger_is_never_added_to_itself(read, held, theirs, ours):
    portfolio, errors = read(held, f"BTC,bybit,BTCUSD,{theirs},-300000,60000,,5", of(ours, lines(SELL)))
    assert not errors
    (position,) = portfolio.positions
    assert (position.values.qty, position.values.entry, position.values.account) == (-300_000, 60_000, theirs or None)
    assert position.values.leverage == 5 and position.values.hedge_ratio == 0.2
    assert not any("is open as typed" in note for note in portfolio.filled)


def test_a_position_of_another_account_stays_one_of_its_own(read):
    """Of two accounts of the ledger each has its row; what the ledger has in neither is told with its account."""
    ledger = of("a", lines(SELL)) + of("b", lines(ADD, day=2))
    _, errors = read("BTC,50,60000,20%,,", "BTC,bybit,BTCUSD,cold,-1000,60000,,", ledger)
    assert errors == [
        "l.csv row 2, bybit BTCUSD, account a: is open with -300,000 USD, and the account of its row is another one: cold",
        "l.csv row 3, bybit BTCUSD, account b: is open with -200,000 USD, and the account of its row is another one: cold",
    ]


def test_what_differs_is_a_mistake_that_names_both(read):
    _, errors = read(PLAN, "BTC,bybit,BTCUSD,bybit BTC,-200000,60000,,5", lines(SELL))
    assert errors == ["l.csv row 2, bybit BTCUSD: is -200,000 USD in h.csv row 2, and l.csv comes to -300,000"]


@pytest.mark.parametrize(
    ("margin", "mistake"),
    [
        ("", None),
        (f"{WALLET:.4f}", None),  # rounded
        ("2", "margin is 2 BTC in p.csv row 2, and l.csv leaves 4.99725 in the wallet"),
        ("6", "margin is 6 BTC in p.csv row 2, and l.csv leaves 4.99725 in the wallet"),
    ],
)
def test_a_margin_is_what_the_ledger_leaves_in_the_wallet(read, margin, mistake):
    portfolio, errors = read(
        "BTC,50,60000,20%,,", f"BTC,bybit,BTCUSD,main,-300000,60000,{margin},5", lines(SELL) + DEPOSIT
    )
    assert errors == ([f"l.csv row 2, bybit BTCUSD: {mistake}"] if mistake else [])
    if not mistake:
        (position,) = portfolio.positions
        assert position.values.margin == near(WALLET) and position.traded.gained == near(WALLET)
        assert [row.transfer for row in position.traded.log] == [None, 5]
