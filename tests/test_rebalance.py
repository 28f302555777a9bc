"""REBALANCE_TRADES without sales against a search for the least new total, and its promises one by one."""

import random

import numpy as np
import pytest

import xlhedge


def drawn(rng):
    """Values, targets and a band: dust, targets of 0, assets on target, a rest that is cash."""
    count = rng.randint(1, 6)
    values = [rng.choice((0.0, 0.01, rng.uniform(0, 100))) for _ in range(count)]
    shares = [rng.choice((0.0, 0.001, rng.uniform(0, 1))) for _ in range(count)]
    scale = rng.choice((1.0, 0.8)) / (sum(shares) or 1.0)
    return values, [share * scale for share in shares], rng.choice((0.0, 0.02, 0.1, 0.5))


def searched(values, targets, band):
    """What to buy: double and bisect a total until nothing that is beyond its band today is above its target."""
    aimed = [(value, target) for value, target in zip(values, targets) if target > 0]
    today = sum(value for value, _ in aimed)
    heavy = [(value, target) for value, target in aimed if value / (today or 1) - target > band]

    def is_enough(total):
        return all(value <= target * total for value, target in heavy)

    low, high = today, today
    while not is_enough(high):
        low, high = high, 2 * high
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (low, middle) if is_enough(middle) else (middle, high)
    return [t * high - v if t * high - v > band * high + 1e-9 * high else 0.0 for v, t in zip(values, targets)]


def test_the_least_purchases_that_leave_nothing_beyond_its_band_overweight():
    rng, bought = random.Random("purchases"), 0
    for _ in range(3000):
        values, targets, band = drawn(rng)
        prices = [10 ** rng.uniform(-2, 5) for _ in values]
        trades = xlhedge.rebalance_trades([v / p for v, p in zip(values, prices)], prices, targets, band, 0, True)
        assert (trades * prices).tolist() == pytest.approx(searched(values, targets, band), rel=1e-8, abs=1e-5)
        bought += (trades > 0).any()
    assert bought > 500


def test_without_a_band_the_weights_are_the_targets_in_proportion_and_nothing_is_left_to_buy():
    rng = random.Random("proportion")
    for _ in range(1000):
        values, targets, _ = drawn(rng)
        ones = [1.0] * len(values)
        after = values + xlhedge.rebalance_trades(values, ones, targets, 0, 0, True)
        aimed = np.array(targets) > 0
        assert (after >= values).all() and (after == values)[~aimed].all()
        assert after[aimed] / max(after[aimed].sum(), 1e-9) == pytest.approx(
            np.array(targets)[aimed] / sum(targets) if after[aimed].sum() else 0.0, abs=1e-6
        )
        assert xlhedge.rebalance_trades(after, ones, targets, 0, 0, True) == pytest.approx(0, abs=1e-5)


@pytest.mark.parametrize(("values", "targets", "band", "expected"), [
    ([85, 15], [0.7, 0.3], 0.0, [0, 85 / 0.7 - 100]),
    ([1, 60, 39], [0.001, 0.6, 0.399], 0.05, [0, 0, 0]),  # dust within its band moves nothing
    ([1, 70, 29], [0.001, 0.6, 0.399], 0.05, [0, 0, 0.399 * 70 / 0.6 - 29]),
    ([1, 70, 29], [0, 0.5, 0.5], 0.0, [0, 0, 41]),  # dust that cannot be sold stays
    ([1, 60, 40], [0, 0.6, 0.4], 0.0, [0, 0, 0]),
    ([5, 5], [0, 0], 0.0, [0, 0]),
    ([0, 0], [0.5, 0.5], 0.0, [0, 0]),
    ([50, 30, 20], [0.4, 0.3, 0.3], 0.0, [0, 7.5, 17.5]),  # on target today, below it once the total has grown
    ([19, *[9] * 9], [0.1] * 10, 0.05, [0, *[10] * 9]),
    ([55, 25, 20], [0.5, 0.2, 0.3], 0.06, [0, 0, 10]),  # nothing is overweight beyond its band
])  # fmt: skip
def test_purchases(values, targets, band, expected):
    trades = xlhedge.rebalance_trades(values, [1.0] * len(values), targets, band, 0, True)
    assert trades.tolist() == pytest.approx(expected, abs=1e-9)


def test_a_smaller_purchase_than_the_least_trade_is_left_out():
    assert xlhedge.rebalance_trades([50, 30, 20], [1, 1, 1], [0.4, 0.3, 0.3], 0, 10, True).tolist() == [0, 0, 17.5]
