"""A made-up history of prices and funding, which the Replay sheet ships with."""

import math
import random
from functools import cache

import numpy as np

SHIPPED = 90
"""How many days."""
SEED = 20
VOLATILITY, STEPS_A_YEAR = 0.6, 365.0
USUAL_FUNDING, FUNDING_NOISE, REVERSION = 0.0003, 0.0002, 0.2


def example_history(price: float, rows: int = SHIPPED) -> list[tuple[float, float, float]]:
    """Made-up days: number, price (a random walk without drift), funding rate (it reverts to its usual level)."""
    factors, rates = walk(rows)
    return list(zip(map(float, range(rows)), six_digits(price * factors).tolist(), rates))


def six_digits(numbers: np.ndarray) -> np.ndarray:
    """Positive numbers as one would type them: an integer of six digits times or by a power of ten."""
    digits = 5 - np.floor(np.log10(numbers))
    up, down = 10.0 ** np.maximum(digits, 0.0), 10.0 ** np.maximum(-digits, 0.0)
    return np.rint(numbers * up / down) / up * down


@cache
def walk(rows: int) -> tuple[np.ndarray, list[float]]:
    """The price, as a multiple of the first, and the funding rate of each day."""
    source, factors, rates = random.Random(SEED), [], []
    step, rate, factor = VOLATILITY / math.sqrt(STEPS_A_YEAR), USUAL_FUNDING, 1.0
    for _ in range(rows):
        factors.append(factor)
        rates.append(round(rate, 6))
        factor *= math.exp(step * source.gauss(0.0, 1.0) - step * step / 2)
        rate += REVERSION * (USUAL_FUNDING - rate) + FUNDING_NOISE * source.gauss(0.0, 1.0)
    return np.array(factors), rates
