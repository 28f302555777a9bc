"""The plan against a second model of it, which shares no arithmetic with it: `tests/independent.py`.

Random portfolios of one to eight coins, with own contracts of every liquidation method and every kind of tier; every
figure of `xlhedge plan` to a billionth, prices of liquidation by bisection on the account.
"""

import math
import random
from collections import Counter
from itertools import islice

import pytest
from independent import liquidation, position, rule_of, touched, trades, weights
from independent_portfolios import write_portfolios
from independent_sheets import (
    Start,
    Told,
    allocation,
    by_margin,
    carried,
    carry,
    heat_map,
    ladder,
    monitor,
    pinned,
    replay,
    survived,
)
from one_sheet import Reader
from test_monitor import figures

import xlhedge.contracts as contracts
from xlhedge.intake import read_portfolios
from xlhedge.plan import plan_of
from xlhedge.workbook.model import build_model

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


SHEETS = 20
LOG = ("fill", "price", "fee", "funding", "transfer")


def sheet_cases(folder):
    """Portfolios with an open position that is alive in the asset shown, as the sheets of one asset need."""
    for portfolio in read(folder, 5 * SHEETS, "sheets"):
        each = [*reckoned(portfolio)]
        places = [i for i, one in enumerate(each) if one[3]]
        shown = max(places, key=lambda i: each[i][2]["value"], default=None)
        is_alive = all(held["state"].ratio() < 1 for *_, held in each if held)
        if shown is None or not is_alive:
            continue
        is_owned = [*told_of(portfolio, each)][shown].coins > 0  # spot trades beside an open long can sell more
        if each[shown][3]["qty"] and is_owned:
            yield portfolio, each, shown


def told_of(portfolio, each):
    """The assets after the trades of the plan."""
    is_spot = portfolio.settings.mode == "spot"
    for row, _, found, held in each:
        coins = row.coins + (found["spot_coins"] if is_spot else 0.0)
        yield Told(row, coins, held and held["state"], row.kind == "cash")


def differences(ours, theirs):
    """Cells of two tables that differ; None is one that the model does not tell, and inf is "none"."""
    assert len(ours) == len(theirs)
    pairs = ((i, j, a, b) for i, lines in enumerate(zip(ours, theirs)) for j, (a, b) in enumerate(zip(*lines)))
    return [pair for pair in pairs if pair[2] is not None and pair[3] != exactly(pair[2])]


def exactly(value):
    """A text, a flag or "none" as it is, a number to a billionth."""
    return value if isinstance(value, str | bool) or value == math.inf else pytest.approx(value, rel=1e-9, abs=1e-9)


def random_log(rng, qty, price):
    """Fills, fees, funding and transfers of margin; a row without a price now and then."""
    for _ in range(rng.randint(1, 12)):
        fill = round(qty * rng.uniform(-1.3, 0.6), 0) if rng.random() < 0.6 else None
        at = round(price * rng.uniform(0.8, 1.25), 8) if rng.random() < 0.9 else None
        size = abs(qty) / price
        fee, funding = size * 5e-4 if fill else None, size * rng.uniform(-1e-3, 1e-3) if rng.random() < 0.5 else None
        yield fill, at, fee, funding, size * rng.uniform(-0.01, 0.1) if rng.random() < 0.3 else None


def random_history(rng, price):
    """Prices of a wild walk, funding rates, and a high since the row before where one is told."""
    for _ in range(rng.randint(30, 120)):
        yield price, rng.uniform(-1e-3, 2e-3), price * rng.uniform(1.0, 1.2) if rng.random() < 0.3 else None
        price = float(f"{price * math.exp(rng.gauss(0.0, 0.05)):.8g}")


def test_the_sheets_are_those_of_the_independent_model(tmp_path):
    for number, (portfolio, each, shown) in enumerate(islice(sheet_cases(tmp_path), SHEETS)):
        rng, settings = random.Random(number), portfolio.settings
        row, rule, found, held = each[shown]
        everything, account = [*told_of(portfolio, each)], held["state"]
        told, now = everything[shown], float(f"{row.price * rng.uniform(0.9, 1.1):.6g}")
        log, history = [*random_log(rng, account.qty, row.price)], [*random_history(rng, row.price)]
        kept = dict(zip(LOG, zip(*log))) | {"price_now": now}
        prices, rates, peaks = zip(*history)
        blank = (None,) * (120 - len(history))
        past = {"price": prices + blank, "rate": rates + blank, "peak": peaks + blank, "time": (None,) * 120}
        book = build_model(portfolio._replace(kept={"Monitor": kept, "Replay": past}))
        scenarios = Reader(book, "Scenarios")
        proceeds = -sum(one["spot_usd"] for _, _, one, _ in each) if settings.mode == "spot" else 0.0
        tables = {
            "Price ladder": ladder(told, everything, proceeds, settings.shocks),
            "Coins to survive a move against the position, from its entry": survived(
                account, told.coins, settings.rallies
            ),
            "Liquidation price for a posted margin": by_margin(account, settings.margin_shares),
        }
        grids = {
            "Heat map in USD: price move (down) and hedge ratio (across), hedged at today's price": heat_map(
                told, settings.shocks, settings.ratios
            ),
            "Carry table in USD: funding rate each interval (down) and days (across); received > 0": carry(
                told, settings.carry_rates, settings.carry_days
            ),
        }
        for title, table in tables.items():
            assert not differences(table, scenarios.rows(title)), (number, title, account)
        for title, table in grids.items():
            assert not differences(table, [line[1:] for line in scenarios.rows(title)][-len(table) :]), (number, title)
        weighed, ways = zip(*(allocation(row, rule, found, settings) for row, rule, found, _ in each))
        for title, table in (("Weights and drift", weighed), ("Two ways back to target", ways)):
            assert not differences(table, Reader(book, "Allocation").rows(title)[: len(table)]), (number, title)
        lines = Reader(book, "Hedge plan").rows("Carry: received > 0, paid < 0")
        for line, one in zip(lines, each):
            assert not one[3] or not differences([carried(*one, settings)], [line]), (number, "Carry", one)
        before = account.margin - held["realized"] + held["fee"]
        goal = row.qty if settings.mode == "spot" else found["goal_qty"]
        start = Start(row.qty, row.entry, before, told.coins, goal, row.price, pinned(account))
        expected = monitor(start, log, now, settings.band or 0.02)
        got = vars(figures(book))
        ours = {name: (value, got[name].value.item()) for name, value in expected.items()}
        wrong = {n: (a, b) for n, (a, b) in ours.items() if differences([[a]], [[b]])}
        assert not wrong, (number, "Monitor", wrong, account)
        expected = replay(told, history, settings.band or 0.02, 365.0)
        ours = {n: (value, getattr(book.parts["replay"], n).value.item()) for n, value in expected.items()}
        wrong = {n: (a, b) for n, (a, b) in ours.items() if differences([[a]], [[b]])}
        assert not wrong, (number, "Replay", wrong, account)
