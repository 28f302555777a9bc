"""The plan against a second model of it, which shares no arithmetic with it: `tests/independent*.py`.

Random portfolios of one to eight coins with up to four positions each: own contracts of every liquidation method and every
kind of tier, dated ones, proxies, cross accounts; every figure of `xlhedge plan` to a billionth, prices of liquidation by
bisection on the account.
"""

import math
from collections import Counter

import pytest
from independent_plan import account_figures, asset_figures, grouped, planned, position_figures
from independent_portfolios import PRICE_TIME, write_portfolios

from xlhedge.intake import read_portfolios
from xlhedge.plan import plan_of
from xlhedge.portfolio import ends

BATCHES, EACH = 5, 25


@pytest.fixture(autouse=True)
def on_the_day_of_the_prices(monkeypatch):
    """Dated contracts of venues, which expire one day, are traded on the day of the prices."""
    monkeypatch.setattr(ends, "today", lambda: PRICE_TIME.date())


def near(name, expected):
    """A figure to a billionth; what the plan rounds to six digits after the point, to half of the last."""
    if not isinstance(expected, float):
        return expected
    if math.isinf(expected):
        return "none"
    return pytest.approx(expected, rel=1e-9, abs=5.001e-7 if name == "residual_usd" else 1e-9)


def read(folder, count, seed):
    """Random portfolios, read as a user's files are."""
    holdings, settings, own = write_portfolios(folder, count, seed)
    portfolios, errors = read_portfolios(holdings, settings, contracts=own)
    assert not errors and len(portfolios) == count
    return portfolios


def wrong(told, expected):
    """The figures of the plan that are not those of the model, each with what it is there."""
    return {name: (told[name], value) for name, value in expected.items() if told[name] != near(name, value)}


@pytest.mark.parametrize("batch", range(BATCHES))
def test_the_plan_is_that_of_the_independent_model(tmp_path, batch):
    met = Counter()
    for portfolio in read(tmp_path, EACH, f"plan {batch}"):
        plan, settings = plan_of(portfolio).figures, portfolio.settings
        assets, everyone = planned(portfolio)
        for told, one in zip(plan["assets"], assets, strict=True):
            assert not wrong(told, asset_figures(one, settings)), (portfolio.name, one)
        traded = [one for one in everyone if one["qty"] or one["trade"]]
        for told, one in zip(plan["positions"], traded, strict=True):
            assert not wrong(told, position_figures(one, settings)), (portfolio.name, one)
            rule, kind = (
                one["leg"].rule,
                "dated" if one["told"].days is not None else "proxy" if one["told"].row.beta else "own",
            )
            met[rule.method, bool(rule.tiers), one["is_cross"], one["qty"] > 0, kind, one["account"].lives()] += 1
        accounts = {members[0]["told"].account: members for members in grouped(everyone) if members[0]["told"].account}
        for told in plan["accounts"]:
            members = accounts.pop(told["account"].lower())
            assert not wrong(told, account_figures(members)), (portfolio.name, members)
        assert not accounts
    for place, every in enumerate((METHODS, BOTH, BOTH, BOTH, ("own", "dated", "proxy"), BOTH)):
        assert {key[place] for key in met} == {*every}, "every kind must occur"
    assert len(met) >= 45, "and most of them together"


METHODS, BOTH = ("mark", "product", "entry", "slope"), (True, False)
