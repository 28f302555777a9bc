"""Random arguments for every worksheet function, drawn from the domains in the registry.

One table of scales says what is ordinary for a unit (a price is not 1e300); the registry's bounds cut it. The same
intervals serve Hypothesis (`arguments`) and seeded random sets (`random_arguments`).
"""

import itertools
import math
import random

from hypothesis import strategies as st

import xlhedge.functions  # noqa: F401 - fills the registry
from xlhedge.registry import FUNCTIONS, Function, Parameter

# Unit: lowest and highest ordinary value. Values of wide intervals are spread evenly over their magnitudes.
SCALES = {
    "USD/coin": (0.01, 1e6),
    "USD": (-1e9, 1e9),
    "coin": (-1e5, 1e5),
    "coin or USD": (-1e5, 1e5),
    "contracts": (-1e7, 1e7),
    "x": (0.1, 200.0),
    "hours": (0.25, 168.0),
    "days": (0.0, 3650.0),
    "1/coin": (0.0, 1e-3),
    "fraction a year": (-0.5, 1.0),
    "fraction": (-2.0, 5.0),
}

# A fraction of this name is far smaller than the domain allows.
RATES = {
    "rate": (-0.003, 0.003), "rates": (-0.003, 0.003), "fee": (-0.001, 0.01), "fee_open": (-0.001, 0.01),
    "fee_close": (-0.001, 0.01), "mmr": (0.0, 0.2), "basis": (-0.1, 0.1), "mmrs": (0.0, 0.2),
}  # fmt: skip
SMALLEST = 1e-3
NUDGES = {"days": 0.25}  # a compound rate over minutes overflows, or underflows, which Calc calls an error
LENGTH = 4
SHARES = {"targets"}
"""Shares of one whole, which may not sum to more than 1."""


def interval(parameter: Parameter) -> tuple[float, float]:
    """The ordinary values of an argument that are in its domain, both ends included."""
    is_rate = parameter.unit == "fraction" and parameter.name in RATES
    low, high = RATES[parameter.name] if is_rate else SCALES[parameter.unit]
    for operator, bound in parameter.domain.bounds:
        nudge = NUDGES.get(parameter.unit, SMALLEST) if operator in "<>" else 0.0
        low = max(low, bound + nudge) if operator in (">", ">=") else low
        high = min(high, bound - nudge) if operator in ("<", "<=") else high
    return low, high


def allowed(parameter: Parameter, value: float) -> bool:
    return all(parameter.domain.conditions(value))


def numbers(parameter: Parameter) -> st.SearchStrategy[float]:
    """One number of an argument's domain, with round numbers and zero among them."""
    low, high = interval(parameter)
    whole = st.integers(math.ceil(low), math.floor(high)).map(float) if high - low > 1 else st.just(high)
    tame = st.one_of(st.floats(low, high), whole).filter(lambda x: allowed(parameter, x) and (x == 0 or abs(x) > 1e-9))
    return st.one_of(tame, st.just(math.inf)) if parameter.allows_none else tame


def values(parameter: Parameter, length: int = LENGTH) -> st.SearchStrategy:
    """Any allowed value of an argument."""
    if parameter.kind == "word":
        return st.sampled_from(parameter.choices)
    if parameter.kind == "flag":
        return st.booleans()
    if parameter.kind == "number":
        return numbers(parameter)
    if parameter.kind == "words":
        return st.lists(st.sampled_from(parameter.choices), min_size=length, max_size=length)
    if parameter.square:
        return st.floats(0.0, 0.9).map(lambda each: alike(each, length))
    if parameter.kind == "matrix":
        return st.lists(st.lists(numbers(parameter), min_size=length, max_size=length), min_size=2, max_size=LENGTH)
    drawn = st.lists(numbers(parameter), min_size=length, max_size=length)
    if parameter.name in SHARES:
        return drawn.map(parts)
    return drawn.map(rising) if parameter.increasing else drawn


def parts(shares: list[float]) -> list[float]:
    """Numbers of which each is at most its part of 1."""
    return [share / len(shares) for share in shares]


def rising(steps: list[float]) -> list[float]:
    """Numbers that increase from 0, made of their steps."""
    return [0.0, *itertools.accumulate(step + 1 for step in steps[1:])]


def alike(correlation: float, length: int) -> list[list[float]]:
    """A matrix in which every two correlate alike."""
    return [[1.0 if i == j else correlation for j in range(length)] for i in range(length)]


@st.composite
def arguments(draw, function: Function) -> list:
    """Every argument of a function, in order."""
    length = draw(st.integers(1, LENGTH))
    return [draw(values(parameter, length)) for parameter in function.parameters]


def random_number(parameter: Parameter, rng: random.Random) -> float:
    """One number, wide intervals by magnitude, sometimes an end of the interval or "none"."""
    low, high = interval(parameter)
    ends = [end for end in (low, high, 0.0) if allowed(parameter, end) and low <= end <= high]
    if parameter.allows_none:
        ends.append(math.inf)
    if ends and rng.random() < 0.1:
        return rng.choice(ends)
    largest = max(abs(low), abs(high))
    if largest <= 10:
        return rng.uniform(low, high)
    size = math.exp(rng.uniform(math.log(max(low, SMALLEST)), math.log(largest)))
    return -size if low < 0 and rng.random() < 0.5 else size


def random_value(parameter: Parameter, rng: random.Random, length: int = LENGTH):
    if parameter.kind == "word":
        return rng.choice(parameter.choices)
    if parameter.kind == "flag":
        return rng.random() < 0.5
    if parameter.kind == "number":
        return random_number(parameter, rng)
    if parameter.kind == "words":
        return [rng.choice(parameter.choices) for _ in range(length)]
    if parameter.square:
        return alike(rng.uniform(0.0, 0.9), length)
    if parameter.kind == "matrix":
        return [[random_number(parameter, rng) for _ in range(length)] for _ in range(LENGTH)]
    drawn = [random_number(parameter, rng) for _ in range(length)]
    if parameter.name in SHARES:
        return parts(drawn)
    return rising(drawn) if parameter.increasing else drawn


def random_arguments(function: Function, rng: random.Random, length: int = LENGTH) -> list:
    """Every argument of a function, in order; the arguments behind a random point take their defaults."""
    drawn = [random_value(parameter, rng, length) for parameter in function.parameters]
    given = rng.randint(sum(p.required for p in function.parameters), len(drawn))
    taken = [v if i < given else p.default for i, (p, v) in enumerate(zip(function.parameters, drawn))]
    return [
        v if needed and is_asked_for(function, p, taken) else t
        for p, v, t, needed in zip(function.parameters, drawn, taken, (p.needed_with for p in function.parameters))
    ]


def is_asked_for(function: Function, parameter: Parameter, values: list) -> bool:
    """Whether a word among the values asks for an argument that may be left out otherwise."""
    name, choice = parameter.needed_with
    word = function.value_of(name, values)
    return choice in word if isinstance(word, list) else word == choice


def out_of_domain(function: Function, rng: random.Random) -> list | None:
    """Arguments of which one single number breaks its domain, or None when every number is allowed."""
    bounded = [i for i, p in enumerate(function.parameters) if p.kind == "number" and p.domain.bounds]
    if not bounded:
        return None
    drawn, broken = random_arguments(function, rng), rng.choice(bounded)
    operator, bound = rng.choice(function.parameters[broken].domain.bounds)
    beyond = {">": -1.0, ">=": -1.0, "<": 1.0, "<=": 1.0, "!=": 0.0}[operator] * rng.choice((1e-6, 1.0, 1e3))
    drawn[broken] = bound if operator in (">", "<") and rng.random() < 0.3 else bound + beyond
    return drawn


TRACEABLE = [function for function in FUNCTIONS.values() if function.traceable]

# Positions as the property tests want them: moderate sizes, so that no identity drowns in rounding.
PRICES = st.floats(1.0, 200_000.0)
FACES = st.sampled_from([1.0, 10.0, 100.0])
SIGNS = st.sampled_from([-1.0, 1.0])
QTYS = st.builds(lambda sign, size: sign * round(size, 2), SIGNS, st.floats(100.0, 1e8))
MMRS = st.floats(0.0, 0.1)
FEES = st.floats(0.0, 0.002)
LEVERAGES = st.floats(0.2, 100.0)
