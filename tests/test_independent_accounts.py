"""Cross accounts of two to five contracts of every method on a ladder like a venue's: prices of liquidation by bisection.

The sheet takes a few straight lines of maintenance on either side, and the account of the model is followed to the last bit.
"""

import math
import random

import pytest
from independent_plan import account_figures, grouped, planned

from xlhedge.intake import read_portfolios
from xlhedge.plan import plan_of

PRICES = {
    "BTC": 60_000.0,
    "ETH": 3_000.0,
    "SOL": 150.0,
    "XRP": 0.5,
    "LTC": 80.0,
    "ADA": 0.4,
    "DOGE": 0.15,
    "LINK": 14.0,
}
FLOORS = (0, 5, 10, 20, 50, 100, 200, 400, 1000)  # BTC, illustrative and like Binance's
RATES = (0.004, 0.005, 0.01, 0.025, 0.05, 0.1, 0.125, 0.15, 0.25)
RULES = {
    "LADDER": {"liq_method": "mark"}, "CHARGED": {"liq_method": "mark", "liq_price_fee": 0.0006},
    "STEPPED": {"liq_method": "product", "liq_price_fee": 0.0007}, "FLAT": {"liq_method": "mark", "mmr": 0.005},
    "SPARED": {"liq_method": "mark", "mmr": 0.02, "amount": 0.33}, "PRODUCT": {"liq_method": "product", "mmr": 0.012},
    "FROZEN": {"liq_method": "entry", "mmr": 0.01}, "STEEP": {"liq_method": "slope", "mmr": 0.01, "slope": 0.00005},
}  # fmt: skip
"""Contracts by their liquidation rule, with sizes in BTC; one without a rate has the ladder."""


def contracts():
    """The lines of a table with all of them on every coin, sizes scaled by its price."""
    yield "venue,symbol,field,value"
    for coin, price in PRICES.items():
        scale = 60_000 / price
        ladder = {"floors": ";".join(f"{floor * scale:.6g}" for floor in FLOORS), "rates": ";".join(map(str, RATES))}
        ladder |= {"tier_unit": "coin", "tier_type": "marginal"}
        for name, rule in RULES.items():
            facts = {"kind": "inverse", "coin": coin, "taker": 0.0005, "face": 1} | rule
            facts |= {"amount": 0.33 * scale} if "amount" in rule else {}
            facts |= {"slope": 0.00005 / scale} if "slope" in rule else {}
            facts |= {} if "mmr" in rule else ladder
            yield from (f"desk,{coin}-{name},{field},{value}" for field, value in facts.items())


def holdings(rng, count):
    """The lines of some portfolios, each with an account in every coin; a mark near the price, well and badly margined."""
    yield "portfolio,asset,coins,price,venue,contract,account,mark,qty,entry,margin"
    for number in range(count):
        for coin, usual in PRICES.items():
            price, base = float(f"{usual * rng.uniform(0.7, 1.4):.5g}"), 10 ** rng.uniform(5, 8)
            yield f"p{number},{coin},{base * 50 / price:.6g},{price},,,,,,,"
            for name in rng.sample([*RULES], rng.randint(2, 5)):
                qty = round(rng.choice((-1, -1, 1)) * base * rng.uniform(0.05, 1))
                mark, entry = (float(f"{price * rng.uniform(*ends):.6g}") for ends in ((0.97, 1.05), (0.85, 1.18)))
                margin = abs(qty) / price * rng.choice((0.1, 0.25, 0.5, 1.0))
                yield f"p{number},{coin},,,desk,{coin}-{name},{coin},{mark},{qty},{entry},{margin:.6g}"


@pytest.mark.parametrize("batch", range(2))
def test_an_account_is_liquidated_where_its_equity_meets_its_maintenance(tmp_path, batch):
    (tmp_path / "h.csv").write_text("\n".join(holdings(random.Random(f"accounts {batch}"), 10)) + "\n")
    (tmp_path / "c.csv").write_text("\n".join(contracts()) + "\n")
    portfolios, errors = read_portfolios(tmp_path / "h.csv", contracts=tmp_path / "c.csv")
    assert not errors
    met = []
    for portfolio in portfolios:
        told = {each["account"].lower(): each for each in plan_of(portfolio).figures["accounts"]}
        for members in grouped(planned(portfolio)[1]):
            expected, found = account_figures(members), told[members[0]["told"].account]
            for side in ("liq_above", "liq_below"):
                price = expected.get(side)
                if price is not None:
                    assert found[side] == ("none" if price == math.inf else pytest.approx(price, rel=1e-9)), members
            met.append((expected.get("liq_above", math.inf) < math.inf, expected.get("liq_below", math.inf) < math.inf))
    assert len(met) == 80 and {*met} >= {(True, True), (True, False), (False, True)}
