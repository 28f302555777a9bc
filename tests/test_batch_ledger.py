"""A batch with a ledger: a row of no portfolio stops no other one, and prices that are old are told in the table and at the end."""

import csv
import json

import pytest
from commands import run
from test_ledger_opens import SELL, lines

from xlhedge.ledger.entry import COLUMNS

OLD = "Prices are fresh now, where their time is given"
HOLDINGS = "portfolio,asset,coins,price,hedge_ratio,venue,contract\nA,BTC,10,60000,20%,bybit,BTCUSD\nB,BTC,10,60000,20%,bybit,BTCUSD\n"


@pytest.fixture
def batch(tmp_path):
    """A function that runs a batch with a ledger, and gives its outcome, its line at the end and two of its tables."""

    def outcome(ledger: list[str], *options):
        (tmp_path / "h.csv").write_text(HOLDINGS)
        (tmp_path / "l.csv").write_text("\n".join([",".join(COLUMNS), *ledger]) + "\n")
        out = tmp_path / "out"
        done = run("batch", tmp_path / "h.csv", "--ledger", tmp_path / "l.csv", "--out", out, "--jobs", 1, *options)
        tables = []
        for name in ("results.csv", "errors.csv") if out.exists() else ():
            with open(out / name, newline="", encoding="utf-8-sig") as file:
                tables.append([*csv.DictReader(file)])
        return done, *tables

    return outcome


def test_a_row_of_no_portfolio_is_told_and_stops_no_other_one(batch):
    ledger = lines(SELL, account="A") + lines(SELL, account="C", day=2) + lines(SELL, account="B", day=3)
    done, results, errors = batch(ledger, "--set", "price_time=2024-11-01T08:00")
    assert done.exit_code == 3
    assert [(row["portfolio"], row["status"], row["contracts"]) for row in results] == [
        ("A", "written", "180000.0"),  # from -300,000 USD of the ledger to -20 % of 600,000
        ("B", "written", "180000.0"),
    ]
    rule = "must be the name of one of the portfolios, as there are several"
    assert [(row["portfolio"], row["file"], row["row"], row["value"], row["rule"]) for row in errors] == [
        ("", "l.csv", "3", "C", rule)
    ]
    assert all(OLD in row["ambers"].split("; ") for row in results)
    assert ", 2 workbooks with an amber check, 2 with old prices, 1 mistake in no portfolio" in done.stdout


def test_a_row_without_an_account_may_be_of_any_of_them(batch):
    (done,) = batch(lines(SELL))
    assert (
        done.exit_code == 3
        and done.stderr == "xlhedge: l.csv row 2, account: is required, as there are several portfolios\n"
    )


def test_prices_of_now_are_not_old(batch):
    done, results, _ = batch(lines(SELL, account="A"), "--json")
    totals = json.loads(done.stdout)
    assert totals["old_prices"] == 0 and not any(OLD in row["ambers"] for row in results)
