"""An independent oracle: prices found by bisection on the account equation, never by the closed form.

The account is written from first principles, in coin: an inverse position of Q USD opened at E is worth Q/E - Q/P
more at P, and it is liquidated where the equity falls to the maintenance that the venue asks for at that price.
"""

import math
import random
from functools import partial

import pytest

import xlhedge
from xlhedge.errors import NoResultError

METHODS = ("mark", "product", "entry", "slope")
LOWEST, HIGHEST = 1e-6, 1e6  # of the entry price: where the search ends
COUNT = 150


def pnl(qty, entry, price):
    return qty / entry - qty / price


def account(margin, qty, entry, owed):
    """What is left over at a price: the equity less what the venue asks for there."""
    return lambda price: margin + pnl(qty, entry, price) - owed(price)


def maintenance(method, qty, entry, rate, fee, slope, price):
    """The coins that the venue asks for at a price, closing fee included."""
    coins, sign = abs(qty) / price, math.copysign(1, qty)
    if method == "mark":
        return rate * coins + fee * coins
    if method == "product":  # the fee is charged on the position and on its maintenance
        return rate * coins + fee * (coins + sign * rate * coins)
    if method == "entry":
        return (rate + fee) * abs(qty) / entry
    return (rate + slope * coins) * coins + fee * coins


def tiered(coins, floors, rates):
    """Marginal tiers, as income tax is reckoned: each slice of the size at the rate of its own tier."""
    caps = [*floors[1:], math.inf]
    return sum(rate * max(0.0, min(coins, cap) - floor) for floor, cap, rate in zip(floors, caps, rates))


def tiered_maintenance(method, qty, entry, floors, rates, fee, price):
    """Marginal tiers and the fee on the coins of the moment, or of the entry where the venue froze them."""
    coins = abs(qty) / (entry if method == "entry" else price)
    return tiered(coins, floors, rates) + fee * coins


def root(surplus, start, end):
    """Where a continuous function changes its sign between two prices; None where it does not."""
    low, high = math.log(start), math.log(end)
    if (surplus(start) > 0) == (surplus(end) > 0):
        return None
    positive = surplus(start) > 0
    for _ in range(120):
        middle = (low + high) / 2
        low, high = (middle, high) if (surplus(math.exp(middle)) > 0) == positive else (low, middle)
    return math.exp((low + high) / 2)


def liquidation(surplus, qty, entry):
    """The first price on the way to a loss where nothing is left over, or "none" where something always is."""
    end = entry * (HIGHEST if qty < 0 else LOWEST)
    assert surplus(entry) > 0, "the position must start alive"
    return root(surplus, entry, end) or math.inf


def position(rng):
    """A random position: signed qty, entry, and margin as a share of its coins."""
    qty = rng.choice((-1, 1)) * 10 ** rng.uniform(2, 8)
    entry = 10 ** rng.uniform(0, 5.3)
    return qty, entry, rng.choice((rng.uniform(0.02, 0.3), rng.uniform(0.3, 2.0))) * abs(qty) / entry


def random_ladder(rng, coins):
    """Floors and rising rates around a size, so that the liquidation can fall into any tier."""
    widths = [coins * 10 ** rng.uniform(-1, 0.5) for _ in range(rng.randint(0, 4))]
    floors = [0.0, *(sum(widths[: i + 1]) for i in range(len(widths)))]
    rates = sorted(rng.uniform(0.002, 0.012) * (i + 1) for i in range(len(floors)))
    return floors, rates


def agree(ours, found, tolerance=1e-9):
    """Whether two prices agree; a price beyond the search is as good as none."""
    return math.isclose(ours, found, rel_tol=tolerance) or (ours == found == math.inf)


def cases(name, make):
    """Seeded random cases of one kind, told apart by their number."""
    rng = random.Random(name)
    return [make(rng) for _ in range(COUNT)]


def single(rng):
    qty, entry, margin = position(rng)
    return qty, entry, margin, rng.uniform(0, 0.01), rng.uniform(0, 0.002), rng.uniform(0, 0.1) * entry / abs(qty)


@pytest.mark.parametrize("method", METHODS)
def test_liquidation_price(method):
    kinds = set()
    for qty, entry, margin, rate, fee, slope in cases(method, single):
        slope = slope if method == "slope" else 0.0
        rate = rate if method != "slope" else rate / 10
        surplus = account(margin, qty, entry, partial(maintenance, method, qty, entry, rate, fee, slope))
        if surplus(entry) <= 0:
            continue
        ours = xlhedge.liq_price(qty, entry, margin, rate, 0, fee, method, slope)
        found = liquidation(surplus, qty, entry)
        assert agree(ours, found), (method, qty, entry, margin, rate, fee, slope, ours, found)
        kinds.add((qty > 0, found == math.inf))
    assert kinds == {(True, False), (False, False), (False, True)}, "both sides and both outcomes must occur"


@pytest.mark.parametrize("method", ["mark", "entry", "product"])
def test_tiered_liquidation_price(method):
    rng, tiers_met = random.Random(method), set()
    for qty, entry, margin in cases("tiered " + method, position):
        floors, rates = random_ladder(rng, abs(qty) / entry)
        fee = rng.uniform(0, 0.001) if method != "product" else 0.0
        surplus = account(margin, qty, entry, partial(tiered_maintenance, method, qty, entry, floors, rates, fee))
        if surplus(entry) <= 0:
            continue
        ours = xlhedge.liq_price_tiered(qty, entry, margin, floors, rates, fee, method)
        found = liquidation(surplus, qty, entry)
        assert agree(ours, found), (method, qty, entry, margin, floors, rates, fee, ours, found)
        tiers_met.add((qty > 0, sum(floor <= abs(qty) / found for floor in floors)))
    assert len(tiers_met) >= 7, "the cases must reach several tiers on both sides"


def test_maintenance_amounts_are_the_marginal_tiers():
    rng = random.Random("amounts")
    for _ in range(COUNT):
        floors, rates = random_ladder(rng, 100.0)
        coins = rng.uniform(0, 1000)
        rate, amount = (xlhedge.maint_tier(coins, floors, rates, item) for item in ("rate", "amount"))
        assert math.isclose(xlhedge.maint_margin(coins, 1.0, rate, amount), tiered(coins, floors, rates), rel_tol=1e-9)


def book(rng):
    """Several contracts on one coin, mostly one way: qtys, entries, rates, bases, amounts, and the balance."""
    entry, side, size = 10 ** rng.uniform(1, 5), rng.choice((-1, 1)), rng.randint(1, 4)
    qtys = [side * 10 ** rng.uniform(3, 6), *(rng.choice((-1, 1)) * 10 ** rng.uniform(3, 5) for _ in range(size - 1))]
    entries = [entry * rng.uniform(0.8, 1.2) for _ in qtys]
    rates, bases = [rng.uniform(0, 0.02) for _ in qtys], [rng.uniform(-0.05, 0.05) for _ in qtys]
    amounts = [rng.uniform(0, 0.001) * abs(q) / e for q, e in zip(qtys, entries)]
    return qtys, entries, rates, bases, amounts, rng.uniform(0.05, 1.5) * sum(map(abs, qtys)) / entry


def book_left_over(balance, positions, price):
    """The equity of an account with several contracts, less its maintenance, at a price of the reference."""
    gained = sum(pnl(q, e, price * (1 + b)) for q, e, _, b, _ in positions)
    return balance + gained - max(0.0, sum(m * abs(q) / (price * (1 + b)) - c for q, _, m, b, c in positions))


def test_cross_liquidation_price():
    outcomes = set()
    for qtys, entries, rates, bases, amounts, balance in cases("cross", book):
        each = list(zip(qtys, entries, rates, bases, amounts))
        end = entries[0] * HIGHEST
        found = root(partial(book_left_over, balance, each), entries[0] * LOWEST, end) or math.inf
        ours = xlhedge.liq_price_cross(qtys, entries, rates, balance, bases, amounts)
        assert agree(ours, found, 1e-8) or (found == math.inf and ours > end), (each, balance, ours, found)
        outcomes.add(found == math.inf)
    assert outcomes == {True, False}


@pytest.mark.parametrize("method", METHODS)
def test_none_means_that_equity_never_falls_below_maintenance(method):
    rng = random.Random(method)
    for _ in range(COUNT):
        qty, entry, _ = position(rng)
        qty, rate, fee = -abs(qty), rng.uniform(0, 0.9), rng.uniform(0, 0.0999)
        margin = rng.uniform(0, 3) * abs(qty) / entry
        if xlhedge.liq_price(qty, entry, margin, rate, 0, fee, method, 0.0) < math.inf:
            continue
        surplus = account(margin, qty, entry, partial(maintenance, method, qty, entry, rate, fee, 0.0))
        least = min(surplus(entry * 2.0**power) for power in range(40))
        assert least >= -1e-12 * margin, (method, qty, entry, margin, rate, fee)


def test_a_position_that_is_never_alive_has_no_liquidation_price():
    """Rather than the "none" of a position that is always safe."""
    qtys, entries = [1000.0, -1000.0], [100.0, 50.0]
    assert all(1.0 + sum(map(partial(pnl, price=p), qtys, entries)) < 0 for p in (1, 50, 100, 1e9))
    with pytest.raises(NoResultError, match="below its maintenance at every price"):
        xlhedge.liq_price_cross(qtys, entries, [0.0, 0.0], 1.0)


def left_after_a_move(qty, entry, price, owed, margin):
    return account(margin, qty, entry, owed)(price)


@pytest.mark.parametrize("method", METHODS)
def test_margin_for_a_move(method):
    for qty, entry, _, rate, fee, slope in cases("move " + method, single):
        move = random.Random(qty).uniform(0.01, 0.95)
        price, slope = entry * (1 - math.copysign(move, qty)), slope if method == "slope" else 0.0
        owed = partial(maintenance, method, qty, entry, rate, fee, slope)
        coins = abs(qty) / entry
        found = root(partial(left_after_a_move, qty, entry, price, owed), 1e-9 * coins, 1e3 * coins)
        ours = xlhedge.margin_for_move(qty, entry, move, rate, 0, fee, method, slope)
        assert agree(ours, found), (method, qty, entry, move, rate, fee, slope, ours, found)


def test_liquidation_price_after_funding_paid_one_by_one():
    for qty, entry, margin, rate, *_ in cases("funding", single):
        paid, count = math.copysign(0.0002, qty), 30  # adverse: the side that pays
        left = margin
        for _ in range(count):
            left -= paid * qty / entry
        if left <= rate * abs(qty) / entry:
            continue
        surplus = account(left, qty, entry, partial(maintenance, "mark", qty, entry, rate, 0.0, 0.0))
        found = liquidation(surplus, qty, entry)
        assert agree(xlhedge.liq_price_after_funding(qty, entry, margin, rate, paid, 8, count / 3), found)


def fees(qty, entry, fee_open, fee_close, price):
    return abs(qty) * (fee_open / entry + fee_close / price)


def test_break_even():
    for qty, entry, margin, _, fee, _ in cases("break-even", single):
        funding, fee_open = 0.02 * margin, fee / 2
        gain = account(funding, qty, entry, partial(fees, qty, entry, fee_open, fee))
        found = root(gain, entry * LOWEST, entry * HIGHEST)
        assert agree(xlhedge.break_even(qty, entry, fee_open, fee, funding), found), (qty, entry, fee, funding)


def missing_to(wanted, qty, entry, unit, price):
    """How far a position's PnL in coin or USD is from the one wanted."""
    return pnl(qty, entry, price) * (1 if unit == "coin" else price) - wanted


@pytest.mark.parametrize("unit", ["coin", "usd"])
def test_target_price(unit):
    rng = random.Random(unit)
    for qty, entry, _ in cases("target " + unit, position):
        wanted = rng.uniform(-0.6, 0.6) * (abs(qty) / entry if unit == "coin" else abs(qty))
        found = root(partial(missing_to, wanted, qty, entry, unit), entry * LOWEST, entry * HIGHEST)
        assert agree(xlhedge.target_price(qty, entry, wanted, unit), found), (qty, entry, wanted)


def missing_return(wanted, qty, entry, leverage, basis, price):
    """How far a position's return on its initial margin, at entry or at the mark, is from the one wanted."""
    margin = abs(qty) / (entry if basis == "entry" else price) / leverage
    return pnl(qty, entry, price) / margin - wanted


@pytest.mark.parametrize("basis", ["entry", "mark"])
def test_target_price_of_a_return(basis):
    rng = random.Random(basis)
    for qty, entry, _ in cases("roe " + basis, position):
        leverage = rng.uniform(1, 50)
        wanted = leverage * rng.uniform(-0.6, 0.6)
        found = root(partial(missing_return, wanted, qty, entry, leverage, basis), entry * LOWEST, entry * HIGHEST)
        ours = xlhedge.target_price_roe(qty, entry, leverage, wanted, basis)
        assert agree(ours, found), (qty, entry, leverage, wanted)


def test_largest_position_fits_and_one_more_contract_does_not():
    rng = random.Random("size")
    for _ in range(COUNT):
        balance, price, leverage = rng.uniform(0.01, 100), 10 ** rng.uniform(1, 5), rng.uniform(1, 100)
        face, fee = rng.choice((1, 10, 100)), rng.uniform(0, 0.001)
        contracts = xlhedge.max_qty(balance, price, leverage, fee, face)
        needs = [xlhedge.initial_margin((contracts + more) * face, price, leverage, fee) for more in (0, 1)]
        fits = needs[0] <= balance * (1 + 1e-9) and needs[1] > balance * (1 - 1e-9)
        assert fits, (balance, price, leverage, face, fee)


# ---- scenarios and replay, by marking to market one step at a time


def path(rng):
    """A random history: prices, funding rates, and a holding with its hedge ratio and fee."""
    prices = [10 ** rng.uniform(3, 5)]
    for _ in range(30):
        prices.append(prices[-1] * math.exp(rng.gauss(0, 0.03)))
    rates = [rng.gauss(0.0001, 0.0003) for _ in prices]
    return prices, rates, rng.uniform(1, 100), rng.uniform(0.05, 0.9), rng.uniform(0, 0.001)


def marked_to_market(prices, rates, coins, ratio, fee, rehedges):
    """The USD value at each time: all coins owned are revalued step by step, funding and fees included."""
    qty = -ratio * coins * prices[0]
    coins -= abs(qty) * fee / prices[0]
    values = [coins * prices[0]]
    for before, price, rate in zip(prices, prices[1:], rates[1:]):
        coins += pnl(qty, before, price) - rate * qty / price
        if rehedges:
            wanted = -ratio * coins * price
            coins, qty = coins - abs(wanted - qty) * fee / price, wanted
        values.append(coins * price)
    return values


@pytest.mark.parametrize("rehedges", [False, True])
def test_replay(rehedges):
    for prices, rates, coins, ratio, fee in cases(f"replay {rehedges}", path)[:30]:
        band = (ratio, ratio) if rehedges else (None, None)
        table = xlhedge.hedge_replay(list(range(len(prices))), prices, rates, coins, ratio, *band, fee)
        expected = marked_to_market(prices, rates, coins, ratio, fee, rehedges)
        assert table["hedged"].tolist() == pytest.approx(expected, rel=1e-9)
        assert table["unhedged"].tolist() == pytest.approx([coins * price for price in prices])


def test_replay_reports_a_liquidation_and_loses_exactly_the_margin():
    for prices, _, coins, ratio, _ in cases("liquidated", path)[:30]:
        rally, margin = [prices[0] * 1.02**n for n in range(60)], 0.3 * ratio * coins
        flat = [0.0] * len(rally)
        table = xlhedge.hedge_replay(flat, rally, flat, coins, ratio, None, None, 0, margin, 0.005)
        price = xlhedge.liq_price(-ratio * coins * rally[0], rally[0], margin, 0.005)
        first = next(i for i, each in enumerate(rally) if each >= price)
        assert table["liquidated"].tolist() == [i >= first for i in range(len(rally))]
        assert table["hedged"].tolist()[first:] == pytest.approx([(coins - margin) * each for each in rally[first:]])


def test_ladder_grid_and_stress_agree_with_the_account():
    rng = random.Random("scenarios")
    for _ in range(30):
        entry, coins, ratio = 10 ** rng.uniform(1, 5), rng.uniform(1, 100), rng.uniform(0.05, 1)
        margin, qty = rng.uniform(0.05, 0.9) * coins, -ratio * coins * entry
        prices = [entry * rng.uniform(0.2, 4) for _ in range(8)]
        is_gone = [margin + pnl(qty, entry, p) <= 0.005 * abs(qty) / p for p in prices]
        values = [(coins - margin if gone else coins + pnl(qty, entry, p)) * p for p, gone in zip(prices, is_gone)]
        ladder = xlhedge.scenario_ladder(coins, qty, entry, prices, margin, 0.005)
        grid = xlhedge.scenario_grid(coins, entry, prices, [0, ratio], "net_value", margin, 0.005)
        shocks = [[price / entry - 1] for price in prices]
        stress = xlhedge.stress([coins], [qty], [entry], [entry], shocks, [margin], [0.005])
        for ours in (ladder["net value"], grid[ratio], stress["value"]):
            assert ours.tolist() == pytest.approx(values), (entry, coins, ratio, margin)
        assert ladder["liquidated"].tolist() == is_gone == stress["liquidations"].astype(bool).tolist()
