"""The plan against a second model of it, which shares no arithmetic with it: `tests/independent.py`.

Random portfolios of one to eight coins, with own contracts of every liquidation method and every kind of tier; every
figure of `xlhedge plan` to a billionth, prices of liquidation by bisection on the account.
"""

import math
from collections import Counter

import pytest
from independent import liquidation, position, rule_of, touched, trades, weights
from independent_portfolios import write_portfolios

import xlhedge.contracts as contracts
from xlhedge.intake import read_portfolios
from xlhedge.plan import plan_of

BATCHES, EACH = 8, 25


def near(expected):
    if not isinstance(expected, float):
        return expected
    return pytest.approx(expected, rel=1e-9, abs=1e-9) if math.isfinite(expected) else "none"


def read(folder, count, seed):
    """Random portfolios, read as a user's files are."""
    holdings, settings, own = write_portfolios(folder, count, seed)
    portfolios, errors = read_portfolios(holdings, settings, contracts=own)
    assert not errors and len(portfolios) == count
    return portfolios


def rules(portfolio):
    """The rule of each row; None where it has no contract."""
    found = []
    for holding in portfolio.holdings:
        values, facts = holding.values, None
        if values.venue:
            facts = contracts.contract(values.venue, values.contract or values.asset, table=portfolio.contracts)
        found.append(rule_of(values, facts, portfolio.settings) if holding.hedge else None)
    return found


def reckoned(portfolio):
    """Each row with its rule, its weights and trades, and its position, by the independent model."""
    settings, rows = portfolio.settings, [holding.values for holding in portfolio.holdings]
    for row, rule, weight in zip(rows, rules(portfolio), weights(rows, settings)):
        found = weight | trades(row, weight, rule, settings)
        yield row, rule, found, position(row, found, rule, settings) if rule else None


def asset_figures(row, found, held, settings):
    coins = row.coins + (found["spot_coins"] if settings.mode == "spot" else 0.0)
    qty = held["qty"] if held else 0.0
    return {
        "asset": row.asset, "coins": row.coins, "price": row.price, "weight_before": found["hedged_weight"],
        "weight_after": found["weight_after"], "exposure_coin": coins + qty / row.price, "exposure_usd": coins * row.price + qty,
        "ratio": -qty / coins / row.price if coins > 0 else 0.0,
        "spot_trade_coins": found["spot_coins"] if settings.mode == "spot" else 0.0,
        "target": None if row.target_weight is None and row.hedge_ratio is None else found["goal"],
    }  # fmt: skip


def prices_of(row, held, settings):
    """The figures that rest on a price of liquidation."""
    account, after = held["state"], held["after"]
    (above, below), volatility = liquidation(account), row.volatility or settings.volatility
    adverse = above if account.qty < 0 else below
    found = {
        "liq_above": above, "liq_below": below, "distance": adverse / row.price - 1,
        "probability": touched(row.price, adverse, volatility, settings.horizon_days) if account.qty else 0.0,
    }  # fmt: skip
    if account.qty >= 0:
        return found | {"liq_above_after_funding": math.inf}
    return found | ({"liq_above_after_funding": liquidation(after)[0]} if after.ratio() < 1 else {})


@pytest.mark.parametrize("batch", range(BATCHES))
def test_the_plan_is_that_of_the_independent_model(tmp_path, batch):
    met = Counter()
    for portfolio in read(tmp_path, EACH, f"plan {batch}"):
        plan, settings = plan_of(portfolio).figures, portfolio.settings
        positions = {told["asset"]: told for told in plan["positions"]}
        for told, (row, rule, found, held) in zip(plan["assets"], reckoned(portfolio), strict=True):
            assert told == {k: near(v) for k, v in asset_figures(row, found, held, settings).items()}, portfolio.name
            if not held or not (held["qty"] or held["contracts"]):
                continue
            told, where = positions.pop(row.asset), (portfolio.name, row, rule)
            expected = {name: value for name, value in held.items() if name in told}
            is_alive = held["state"].ratio() < 1
            if is_alive:
                expected |= prices_of(row, held, settings)
            assert {name: told[name] for name in expected} == {k: near(v) for k, v in expected.items()}, where
            met[rule.method, bool(rule.tiers), held["qty"] > 0, is_alive] += 1
        assert not positions
    assert len(met) >= 12, "every method must occur, with tiers and without, on both sides"
