"""Risk of several coins together: value at risk, and coins as collateral."""

from statistics import NormalDist

from ..elementary import NO_RESULT, sqrt, total, where
from ..errors import Described, DomainError, InputError
from ..parameters import ASSET_COINS, ASSET_PRICES, DAYS, Parameter, number, vector, word
from ..registry import Domain, Returns, worksheet
from .calendar import DAYS_A_YEAR

GROUP = "Risk"
USD = Returns("USD")

EXPOSURES = vector("exposure to each coin, hedges counted, short < 0", "USD")
LEVEL = number("confidence level", "fraction", ">= 0.5, < 1")
ITEM = word("var: the loss that is exceeded with probability 1 - level; es: the mean loss at or beyond it", "var", "es")
ROUNDING = 1e-9
"""How far typed or estimated correlations may be from symmetric, from 1 on the diagonal, from semidefinite."""

NORMAL = NormalDist()


def _each(function, level):
    """A function of one level for a single level, or for each of an array; NaN beside a level that is not allowed."""
    if not getattr(level, "ndim", 0):
        return function(float(level))
    import numpy

    return numpy.vectorize(lambda each: function(float(each)) if 0 < each < 1 else NO_RESULT, otypes=[float])(level)


def _deviations(level: float) -> float:
    return NORMAL.inv_cdf(level)


def _mean_beyond(level: float) -> float:
    return NORMAL.pdf(NORMAL.inv_cdf(level)) / (1 - level)


@worksheet(GROUP, USD)
def collateral_value(coins: ASSET_COINS, prices: ASSET_PRICES, haircuts: vector(
    "share of each coin's value that the venue does not count", "fraction", ">= 0, <= 1"
)):  # fmt: skip
    """Value that a venue counts of coins posted as collateral.

    Formula: sum(coins P (1 - haircut))
    Source: OKX and Bybit publish a discount rate for each coin and tier of size; 1 - haircut is that rate
    Example: COLLATERAL_VALUE({10;100}, {60000;3000}, {0.05;0.1}) = 840000
    """
    return total(coins * prices * (1 - haircuts))


@worksheet(GROUP, USD, traceable=False)
def portfolio_var(
    exposures: EXPOSURES, volatilities: vector("volatility of each coin", "fraction a year", ">= 0"),
    correlations: Parameter(
        "matrix", "correlations from -1 to 1: one row and one column for each coin", "fraction", square=True
    ),
    days: DAYS, level: LEVEL = 0.95, item: ITEM = "var",
):  # fmt: skip
    """Value at risk of several coins by variance and covariance: normal returns without drift.

    Returns of coins have fatter tails than the normal; HISTORICAL_VAR beside it shows by how much.

    Formula: var: z sqrt(w' S w) sqrt(days/365), w = exposure x volatility, S the correlations, z the normal quantile
    ... of the level; es: pdf(z) / (1 - level) instead of z
    Source: J.P. Morgan/Reuters, RiskMetrics Technical Document (1996), delta-normal method
    Source: McNeil, Frey, Embrechts, Quantitative Risk Management, expected shortfall of the normal distribution
    Example: PORTFOLIO_VAR({2302000;1151000}, {0.6;0.75}, {1,0.85;0.85,1}, 10) = 588975.5053222731
    Example: PORTFOLIO_VAR({2302000;1151000}, {0.6;0.75}, {1,0.85;0.85,1}, 10, 0.99, "es") = 954337.7395407555
    No result: the correlations contradict each other: no returns can have them (they are not positive semidefinite)
    """
    import numpy

    if (abs(correlations) > 1 + ROUNDING).any():
        off = float(correlations[abs(correlations) > 1 + ROUNDING][0])
        raise DomainError("correlations", "must be >= -1 and <= 1", off)
    if (abs(correlations - correlations.T) > ROUNDING).any():
        raise DomainError("correlations", "must be symmetric", Described(_first_unlike(correlations)))
    if (abs(correlations.diagonal() - 1) > ROUNDING).any():
        off = next(float(one) for one in correlations.diagonal() if abs(one - 1) > ROUNDING)
        raise DomainError("correlations", "must be 1 on the diagonal", off)
    if numpy.linalg.eigvalsh(correlations).min() < -ROUNDING * len(correlations):
        return NO_RESULT
    moved = (exposures * volatilities).ravel()
    variance = moved @ correlations @ moved
    deviation = sqrt(where(variance > 0, variance, 0.0)) if variance == variance else NO_RESULT
    return _each(_deviations if item == "var" else _mean_beyond, level) * deviation * sqrt(days / DAYS_A_YEAR)


def _first_unlike(table) -> str:
    """The first two correlations of one pair that differ."""
    i, j = next((i, j) for i in range(len(table)) for j in range(i) if abs(table[i, j] - table[j, i]) > ROUNDING)
    return f"{table[j, i]:g} in row {j + 1}, column {i + 1} and {table[i, j]:g} in row {i + 1}, column {j + 1}"


@worksheet(GROUP, USD, traceable=False)
def historical_var(
    exposures: EXPOSURES,
    returns: Parameter(
        "matrix", "simple returns: one row for each period, one column for each coin", "fraction", Domain.parse(">= -1")
    ),
    level: LEVEL = 0.95, item: ITEM = "var",
):  # fmt: skip
    """Value at risk of several coins by what a history of returns would have done to today's exposures.

    The result is for one period of the returns; a loss is positive, and a result below 0 is a gain. In a sheet a row of
    returns that is blank in every column is left out.

    Formula: var: the quantile at the level of -sum(exposure x return), between two losses as PERCENTILE.INC;
    ... es: the mean of the losses at or beyond it
    Source: Jorion, Value at Risk, historical simulation; quantile 7 of Hyndman and Fan (1996), American Statistician 50
    Example: HISTORICAL_VAR({1000;500}, {0.01,0.02;-0.03,-0.05;0.02,0.01}, 0.75) = 17.5
    Example: HISTORICAL_VAR({1000;500}, {0.01,0.02;-0.03,-0.05;0.02,0.01}, 0.75, "es") = 55
    """
    import numpy

    if len(returns) < 2:
        raise InputError("returns", "must have two rows or more", Described(f"{len(returns)} row"))
    losses = numpy.sort(-(returns @ exposures.ravel()))
    if not numpy.isfinite(losses).all():
        return NO_RESULT

    def at(one: float) -> float:
        place = one * (len(losses) - 1)
        below = int(place)
        beyond = min(below + 1, len(losses) - 1)
        loss = losses[below] + (place - below) * (losses[beyond] - losses[below])
        return float(loss if item == "var" else losses[losses >= loss - abs(loss) * ROUNDING].mean())

    return _each(at, level)
