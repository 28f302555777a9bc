"""Value at risk against simulation and against Python's own quantiles; coins as collateral by hand.

data/weekly_returns_2017.csv: BTC-USD by the week, from the daily closes of Coinbase in QuantConnect/Lean (Apache 2.0).
"""

import csv
import itertools
import math
import random
import statistics
from pathlib import Path

import numpy as np
import pytest

import xlhedge
from xlhedge.expression import parse_call
from xlhedge.sheet import sheet_call

with open(Path(__file__).parent / "data" / "weekly_returns_2017.csv", encoding="utf-8", newline="") as file:
    WEEKS = [float(row["return"]) for row in csv.DictReader(file)]

DEVIATION = math.sqrt(
    1381200**2 + 863250**2 + 546725**2
    + 2 * (0.85 * 1381200 * 863250 + 0.75 * 1381200 * 546725 + 0.8 * 863250 * 546725)
)  # fmt: skip
"""A year's standard deviation of three exposures times their volatilities."""

# DOMAIN.md section 8, each to 1e-9 of the figure's own formula; there they are printed to fewer digits.
SECTION_8 = [
    ("DELIVERY_PNL(-600000, 61200, 50000, 0.0005)", -600000 * (1 / 61200 - 1 / 50000) - 600000 * 0.0005 / 50000, 2.1900784314),
    ("ROLL_APR(61000, 62200, 30, 120)", (62200 / 61000 - 1) * 365 / 90, 0.0797814208),
    ("IMPLIED_FUNDING(61200, 60000, 90, 8)", 0.02 / 270, 0.0000740740741),
    ("BREAK_EVEN_FUNDING(0.0005, 0.0005, 90, 8)", 0.001 / 270, 0.0000037037037),
    ("DOLLAR_APR(1, 0.0001, 8, 365, 0.001)", 0.1085, 0.1085),
    ("BETA_HEDGE(900000, 1.3, 60000, 100)", -11700, -11700),
    ("PORTFOLIO_VAR({2302000;1151000;575500}, {0.6;0.75;0.95}, {1,0.85,0.75;0.85,1,0.8;0.75,0.8,1}, 10)",
     1.6448536269514715 * DEVIATION * math.sqrt(10 / 365), 713431.02),
    ('PORTFOLIO_VAR({2302000;1151000;575500}, {0.6;0.75;0.95}, {1,0.85,0.75;0.85,1,0.8;0.75,0.8,1}, 10, 0.95, "es")',
     0.10313564037537139 / 0.05 * DEVIATION * math.sqrt(10 / 365), 894671.28),
]  # fmt: skip


@pytest.mark.parametrize(("call", "exact", "printed"), SECTION_8, ids=[call for call, *_ in SECTION_8])
def test_the_examples_of_the_reference(call, exact, printed):
    result = parse_call(call, sheet_call)[1]
    assert result == pytest.approx(exact, rel=1e-9)
    assert result == pytest.approx(printed, rel=5e-8)


def random_correlations(rng, size):
    """Those of random loadings on a few factors: so some returns have them."""
    loads = rng.normal(size=(size, size + 1))
    covariance = loads @ loads.T
    scale = np.sqrt(covariance.diagonal())
    return covariance / scale / scale[:, None]


@pytest.mark.parametrize("size", [1, 2, 5])
@pytest.mark.parametrize("level", [0.9, 0.95, 0.99])
def test_portfolio_var_against_simulation(size, level):
    rng = np.random.default_rng(size)
    exposures, volatilities = rng.uniform(-1e6, 3e6, size), rng.uniform(0.3, 1.2, size)
    correlations, days = random_correlations(rng, size), 10
    factor = np.linalg.cholesky(correlations + 1e-12 * np.eye(size))
    moves = rng.normal(size=(400_000, size)) @ factor.T * volatilities * math.sqrt(days / 365)
    losses = -(moves @ exposures)
    simulated = np.quantile(losses, level)
    assert xlhedge.portfolio_var(exposures, volatilities, correlations, days, level) == pytest.approx(
        simulated, rel=0.015
    )
    beyond = losses[losses >= simulated].mean()
    shortfall = xlhedge.portfolio_var(exposures, volatilities, correlations, days, level, "es")
    assert shortfall == pytest.approx(beyond, rel=0.015)


@pytest.mark.parametrize("level", [0.5, 0.9, 0.95, 0.99])
def test_historical_var_of_normal_returns_is_portfolio_var(level):
    rng = np.random.default_rng(7)
    exposures, volatilities = np.array([2e6, -5e5]), np.array([0.3, 0.4])
    correlations = np.array([[1.0, 0.6], [0.6, 1.0]])
    moves = rng.normal(size=(400_000, 2)) @ np.linalg.cholesky(correlations).T * volatilities * math.sqrt(1 / 365)
    for item in ("var", "es"):
        by_history = xlhedge.historical_var(exposures, moves, level, item)
        by_formula = xlhedge.portfolio_var(exposures, volatilities, correlations, 1, level, item)
        assert by_history == pytest.approx(by_formula, rel=0.02, abs=200)


@pytest.mark.parametrize("level", [0.5, 0.75, 0.9, 0.95, 0.99])
def test_historical_var_of_a_year_of_weeks(level):
    """The quantile as Python's statistics has it (inclusive, which is PERCENTILE.INC), and the tail by hand."""
    losses = [-1e6 * change for change in WEEKS]
    quantile = statistics.quantiles(losses, n=100, method="inclusive")[round(level * 100) - 1]
    assert xlhedge.historical_var(1e6, WEEKS, level) == pytest.approx(quantile, rel=1e-12)
    tail = [loss for loss in losses if loss >= quantile - 1e-6]
    assert xlhedge.historical_var(1e6, WEEKS, level, "es") == pytest.approx(statistics.fmean(tail), rel=1e-12)


def test_a_year_of_weeks_in_figures():
    assert len(WEEKS) == 52 and min(WEEKS) == pytest.approx(-0.266116)
    loss = xlhedge.historical_var(1e6, WEEKS, [0.9, 0.95])
    assert loss[0] < loss[1] < xlhedge.historical_var(1e6, WEEKS, 0.95, "es") < 1e6 * -min(WEEKS)


def test_a_full_hedge_has_no_risk_and_a_short_the_risk_of_the_long():
    assert xlhedge.portfolio_var([1e6, -1e6], [0.6, 0.6], [[1, 1], [1, 1]], 10) == pytest.approx(0, abs=1e-3)
    assert xlhedge.portfolio_var([-1e6], [0.6], [[1]], 10) == xlhedge.portfolio_var([1e6], [0.6], [[1]], 10) > 0
    assert xlhedge.historical_var([1.0, -1.0], np.repeat(np.array(WEEKS)[:, None], 2, axis=1)) == 0
    assert xlhedge.portfolio_var(0.0, 0.6, 1.0, 10) == 0


def test_levels_and_days_may_be_ranges():
    each = [xlhedge.portfolio_var([1e6], [0.6], [[1]], d, p) for d, p in ((1, 0.9), (10, 0.99))]
    assert xlhedge.portfolio_var([1e6], [0.6], [[1]], [1, 10], [0.9, 0.99]) == pytest.approx(each)
    assert np.isnan(xlhedge.portfolio_var([1e6], [0.6], [[1]], [1, -1], [1.5, 0.9])).tolist() == [True, True]


def test_correlations_need_only_be_semidefinite_within_rounding():
    """Three coins of which one is the mean of the others, written to six digits."""
    third = round(math.sqrt(0.5), 9)
    assert xlhedge.portfolio_var([1, 1, 1], [1, 1, 1], [[1, 0, third], [0, 1, third], [third, third, 1]], 365) > 0


def test_collateral_by_hand():
    rng = random.Random(3)
    for _, size in itertools.product(range(50), (1, 2, 5)):
        coins, prices = ([rng.uniform(0, 100) for _ in range(size)] for _ in "ab")
        cuts = [rng.random() for _ in range(size)]
        by_hand = sum(c * p - c * p * h for c, p, h in zip(coins, prices, cuts))
        assert xlhedge.collateral_value(coins, prices, cuts) == pytest.approx(by_hand, rel=1e-12)
