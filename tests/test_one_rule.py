"""Maintenance is never below 0, in every function: large amounts, rebates and low levels, against scans of all prices."""

import math
import random

import numpy as np
import pytest

import xlhedge
from xlhedge.errors import NoResultError

METHODS = ("mark", "product", "entry", "slope")
SCANNED = np.exp(np.linspace(math.log(1e-7), math.log(1e7), 40_001))  # as multiples of the entry
STEP = math.log(SCANNED[1] / SCANNED[0])


def owed(method, coins, opened, s, mmr, fee, slope):
    """The formula's maintenance before its amount, written from the four rules and not from the code."""
    if method == "entry":
        return (mmr + fee) * opened
    extra = {"mark": 0.0, "product": s * mmr * fee * coins, "slope": slope * coins * coins}[method]
    return mmr * coins + fee * coins + extra


def drawn(rng, method):
    """A position at a level of the ratio, with amounts up to beyond its maintenance, rebates and rates beyond the level."""
    s, entry = rng.choice((-1, 1)), 10 ** rng.uniform(-1, 5)
    opened = 10 ** rng.uniform(-2, 4)
    mmr, fee = rng.choice((0.0, rng.uniform(0, 0.3))), rng.choice((0.0, rng.uniform(-0.1, 0.1)))
    amount = opened * rng.choice((0.0, rng.uniform(0, 0.3), rng.uniform(0, 2)))
    slope = 10 ** rng.uniform(-3, 1) / opened if method == "slope" else 0.0
    margin = opened * rng.choice((rng.uniform(0, 1.2), rng.uniform(0, 0.2)))
    return s * opened * entry, entry, margin, mmr, amount, fee, slope


def scanned(position, method, level=1.0):
    """Where the equity times the level exceeds the maintenance: the ends of the scan's only run of sound prices."""
    qty, entry, margin, mmr, amount, fee, slope = position
    prices, s, opened = entry * SCANNED, math.copysign(1, qty), abs(qty) / entry
    maintenance = np.maximum(0.0, owed(method, abs(qty) / prices, opened, s, mmr, fee, slope) - amount)
    spare = level * (margin + qty / entry - qty / prices) - maintenance
    # What is sound by no more than rounding counts as neither.
    sound = spare > 1e-12 * (margin + opened + abs(qty) / prices)
    if not sound.any():
        return None
    first, last = sound.argmax(), len(sound) - 1 - sound[::-1].argmax()
    assert sound[first : last + 1].all(), "one run"
    return prices[first] if first else 0.0, prices[last] if last < len(sound) - 1 else math.inf


def or_no_result(function, *arguments):
    try:
        return function(*arguments)
    except NoResultError:
        return None


def is_end(ours, end, direction):
    """Whether a price is within a step beyond the end of the scan's run; none where the run goes on."""
    if end in (0.0, math.inf):
        return ours == math.inf or abs(math.log(ours / 1e4)) > 14
    return -1e-9 <= direction * math.log(ours / end) <= STEP * (1 + 1e-9)


@pytest.mark.parametrize("method", METHODS)
def test_both_liquidation_prices_end_what_a_scan_finds_sound(method):
    rng, outcomes = random.Random("scan " + method), set()
    for _ in range(1500):
        position = drawn(rng, method)
        qty, entry, margin, mmr, amount, fee, slope = position
        run = scanned(position, method)
        given = (qty, entry, margin, mmr, amount, fee, method, slope)
        adverse, other = (or_no_result(xlhedge.liq_price, *given, side) for side in ("adverse", "other"))
        outcomes.add((adverse is None, adverse == math.inf, other == math.inf))
        if run is None:
            # Nowhere sound, but for a run between two scanned prices.
            assert adverse is None or adverse / entry > 1e6 or adverse / entry < 1e-6 or (
                other < math.inf and abs(math.log(adverse / other)) < STEP
            ), (position, adverse, other)  # fmt: skip
            continue
        low, high = run
        upper, lower = (adverse, other) if qty < 0 else (other, adverse)
        assert is_end(upper, high, 1) and is_end(lower, low, -1), (position, run, adverse, other)
        account = xlhedge.liq_price_cross(
            [qty], [entry], [mmr], margin, 0.0, [amount], [fee], [method], [slope], "above" if qty < 0 else "below"
        )
        assert account == pytest.approx(adverse, rel=1e-9), position
    assert {(False, False, True)} < outcomes
    assert any(none for none, _, _ in outcomes) == (method == "slope")


@pytest.mark.parametrize("method", METHODS)
def test_margin_calls_end_what_a_scan_finds_sound(method):
    """Levels from above the rate to far below it."""
    rng, none = random.Random("calls " + method), 0
    for _ in range(1500):
        position, level = drawn(rng, method), rng.choice((1.0, 10 ** rng.uniform(-3, 0)))
        qty, entry, margin, mmr, amount, fee, slope = position
        run = scanned(position, method, level)
        ours = or_no_result(xlhedge.margin_call_price, qty, entry, margin, mmr, level, amount, fee, method, slope)
        if run is None:
            none += 1
            assert ours is None or not 1e-5 < ours / entry < 1e5, (position, level, ours)
            continue
        assert ours is not None, (position, level, run)
        low, high = run
        assert is_end(ours, high, 1) if qty < 0 else is_end(ours, low, -1), (position, level, run, ours)
    assert none > 10


@pytest.mark.parametrize(("call", "expected"), [
    # 101 BTC short, 50.5 posted, 6.605 deducted: the equity is gone at 120,000 where the line of the tier is below 0.
    ((xlhedge.liq_price, -6_060_000, 60_000, 50.5, 0.1, 6.605), 120_000),
    ((xlhedge.liq_price, -600_000, 60_000, 9.5, 0.005, 0.6), 1_200_000),
    ((xlhedge.liq_price_after_funding, -6_060_000, 60_000, 50.5, 0.1, 0.0, 8, 0, None, "mark", 6.605), 120_000),
    ((xlhedge.margin_call_price, -6_060_000, 60_000, 50.5, 0.1, 0.5, 6.605), 120_000),
    ((xlhedge.liq_price_cross, [-6_060_000], [60_000], [0.1], 50.5, 0.0, [6.605]), 120_000),
    ((xlhedge.margin_for_move, -6_060_000, 60_000, 1, 0.1, 6.605), 50.5),
    ((xlhedge.safe_margin, -6_060_000, 60_000, 1, 0.1, 0.0, 8, 0, 0.0, 6.605), 50.5),
    ((xlhedge.safe_hedge, 50.5, 60_000, 1, 0.1, 0, 8, 0, 1, 0, 6.605), 6_060_000),
    ((xlhedge.safe_hedge, 0, 60_000, 1, 0.1, 0, 8, 0, 1, 0, 6.605), 0),
    # A rebate larger than the rate.
    ((xlhedge.liq_price, -600_000, 60_000, 2.5, 0.005, 0, -0.01), 80_000),
    ((xlhedge.liq_price, 600_000, 60_000, 2.5, 0.005, 0, -0.01, "entry"), 48_000),
    ((xlhedge.liq_price_tiered, -600_000, 60_000, 2.5, [0, 50], [0.005, 0.01], -0.01), 80_000),
    ((xlhedge.liq_price_tiered, -600_000, 60_000, 2.5, [0, 50], [0.005, 0.01], -0.01, "entry"), 80_000),
    # A rate at the level or above it: a long has a price, a short none where the margin covers it.
    ((xlhedge.margin_call_price, 600_000, 60_000, 20, 0.01, 0.008), 45_000),
    ((xlhedge.margin_call_price, -600_000, 60_000, 20, 0.01, 0.008), math.inf),
    ((xlhedge.margin_call_price, -600_000, 60_000, 9, 0.01, 0.008), None),
    ((xlhedge.margin_call_price, -600_000, 60_000, 10, 0.01, 0.008), None),
    ((xlhedge.margin_call_price, -600_000, 60_000, 20, 0.01, 0.01), math.inf),
    ((xlhedge.margin_call_price, 600_000, 60_000, 2, 0.01, 0.008, 0, 0, "entry"), None),
    ((xlhedge.margin_call_price, -600_000, 60_000, 20, 0.01, 0.008, 0, 0, "slope", 0.001), math.inf),
])  # fmt: skip
def test_values(call, expected):
    assert or_no_result(*call) == (expected if expected is None else pytest.approx(expected, rel=1e-12))


def test_an_account_between_where_its_equity_is_gone_and_where_its_maintenance_is_not_covered():
    """A short that a long of another contract nearly offsets: random accounts with amounts, against a scan."""
    rng, seen = random.Random("accounts"), set()
    for _ in range(1500):
        entry, count = 10 ** rng.uniform(1, 4), rng.randint(1, 3)
        held = [drawn(rng, rng.choice(METHODS[:3])) for _ in range(count)]
        qtys = [one[0] / one[1] * entry for one in held]
        opened = [abs(qty) / entry for qty in qtys]
        mmrs, amounts, fees = ([one[i] for one in held] for i in (3, 4, 5))
        methods = [rng.choice(METHODS[:3]) for _ in held]
        balance = sum(opened) * rng.uniform(0, 1)
        prices = entry * SCANNED
        line = sum(
            owed(m, abs(q) / prices, o, math.copysign(1, q), r, f, 0.0) - c
            for m, q, o, r, f, c in zip(methods, qtys, opened, mmrs, fees, amounts)
        )
        equity = balance + sum(q / entry - q / prices for q in qtys)
        sound = equity - np.maximum(0.0, line) > 1e-12 * (balance + sum(opened) + sum(map(abs, qtys)) / prices)
        given = (qtys, [entry] * count, mmrs, balance, 0.0, amounts, fees, methods, None)
        above, below = (or_no_result(xlhedge.liq_price_cross, *given, side) for side in ("above", "below"))
        if not sound.any():
            assert above is None or not 1e-5 < min(above, below) / entry < 1e5 or math.log(above / below) < STEP, given
            continue
        first, last = sound.argmax(), len(sound) - 1 - sound[::-1].argmax()
        low, high = prices[first] if first else 0.0, prices[last] if last < len(sound) - 1 else math.inf
        assert is_end(above, high, 1) and is_end(below, low, -1), (given, low, high, above, below)
        seen.add((above < math.inf, below < math.inf))
        adverse, other = (xlhedge.liq_price_cross(*given, side) for side in ("adverse", "other"))
        main, second = (above, below) if sum(qtys) < 0 else (below, above)
        assert (adverse, other) == ((second, math.inf) if main == math.inf else (main, second))
    assert len(seen) == 4


@pytest.mark.parametrize("method", METHODS)
def test_the_ratio_is_exactly_1_at_the_liquidation_price_and_not_before(method):
    """In binary arithmetic too, with or without a rate; so the ladder says that the hedge is gone."""
    rng, compared = random.Random("exactly " + method), 0
    for _ in range(4000):
        qty, entry, margin, mmr, amount, fee, slope = drawn(rng, method)
        rule = (mmr, amount, fee, method, slope)
        price = or_no_result(xlhedge.liq_price, qty, entry, margin, *rule)
        if price is None or not 1e-4 < price / entry < 1e4 or margin == 0:
            continue
        compared += 1
        safer = price * (1 + math.copysign(1e-6, qty))
        assert xlhedge.margin_ratio(qty, entry, price, margin, *rule) == 1
        ladder = xlhedge.scenario_ladder(
            margin + 1, qty, entry, [price, safer], margin, mmr, 0.0, amount, fee, method, slope
        )
        assert ladder["liquidated"][0] and ladder["margin ratio"][0] == 1
        other = xlhedge.liq_price(qty, entry, margin, *rule, "other")
        if other == math.inf or abs(math.log(price / other)) > 1e-3:  # or else sound nowhere near
            assert not ladder["liquidated"][1] and ladder["margin ratio"][1] < 1
    assert compared > 1000


def test_the_ratio_at_the_bankruptcy_price_without_a_rate_is_1():
    rng = random.Random("bankrupt")
    for _ in range(2000):
        qty, entry, margin, *_ = drawn(rng, "mark")
        price = xlhedge.bankruptcy_price(qty, entry, margin)
        if price < math.inf and 1e-4 < price / entry < 1e4:
            assert xlhedge.margin_ratio(qty, entry, price, margin, 0.0) == 1


@pytest.mark.parametrize("method", METHODS)
def test_the_safe_hedge_is_the_largest_that_its_safe_margin_carries(method):
    """Favourable moves and rebates among them: no limit is said only where a short of any size is carried."""
    rng, unlimited = random.Random("largest " + method), 0
    for _ in range(3000):
        price, margin = 10 ** rng.uniform(0, 5), rng.choice((0.0, 10 ** rng.uniform(-2, 4)))
        move, rate = rng.choice((rng.uniform(-0.9, 0), rng.uniform(0, 2))), rng.choice((0.0, 0.0003))
        mmr, fee = rng.choice((0.0, rng.uniform(0, 0.3))), rng.choice((0.0, rng.uniform(-0.1, 0.1)))
        amount = rng.choice((0.0, margin * rng.uniform(0, 1)))
        slope = rng.choice((0.0, 10 ** rng.uniform(-6, -2))) if method == "slope" else 0.0
        face = price / 1000

        def needed(qty, price=price, move=move, mmr=mmr, rate=rate, fee=fee, amount=amount, slope=slope):
            return xlhedge.safe_margin(-qty, price, move, mmr, rate, 8, 60, fee, amount, method, slope)

        contracts = or_no_result(
            xlhedge.safe_hedge, margin, price, move, mmr, rate, 8, 60, face, fee, amount, method, slope
        )
        if contracts is None:
            unlimited += 1
            assert needed(1e15 * price) <= margin, (margin, price, move, mmr, rate, fee, amount, slope)
        else:
            assert needed(contracts * face) <= margin * (1 + 1e-9) + 1e-8
            assert needed((contracts + 1.001) * face) > margin * (1 - 1e-12), (margin, price, move, mmr, rate, fee)
    assert unlimited > 20
