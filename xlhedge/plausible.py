"""Values that are allowed and yet look like a slip, such as a ratio of 20 that was meant as 20 %.

One table of rules, by what the records of arguments, columns and settings say of themselves: name, unit and meaning.
A doubt is one sentence; it is told as a warning, and nothing is refused for it.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple, Protocol

from .errors import as_percent
from .registry import Domain

HOURS_A_YEAR = 8760.0
USUAL_HOURS = 8.0
"""Hours between funding payments where nothing says how many."""
SLACK = 1 + 1e-9
"""What is a limit to ten digits does not exceed it."""
LARGEST_FACE = 100.0
PRICES = ("price", "mark", "entry", "spot")


class Field(Protocol):
    """An argument of a function, a column of holdings, or a setting."""

    name: str
    unit: str
    meaning: str
    domain: Domain


class Rule(NamedTuple):
    """Which fields it looks at, and the sentence about a doubtful value, "" for any other.

    `names` and `meaning` are patterns for the whole name and for a part of the meaning. `doubt` is given the value and
    the numbers that stand beside it in the call, the row or the settings, by their names.
    """

    names: str
    unit: str
    meaning: str
    doubt: Callable[[float, Mapping[str, object]], str]


def _percent(value: float) -> str:
    return f"{_plain(100 * value)} %"


def _plain(value: float) -> str:
    """A number without separators of thousands, which a reader of decimal commas takes for those."""
    return f"{value:.10g}" if abs(value) < 1e10 else f"{value:.6g}"


def _meant(value: float) -> str:
    return f"{_plain(value)} = {_percent(value)}; {as_percent(value)}"


def _funding(value: float, beside: Mapping) -> str:
    hours = _first(beside, ("interval_hours", "funding_hours")) or USUAL_HOURS
    annual = value * HOURS_A_YEAR / hours
    if abs(annual) <= SLACK:
        return ""
    return (
        f"funding beyond 100 % a year: {value:.10g} per {hours:g} h is {_percent(annual)} a year; {as_percent(value)}"
    )


def _above(limit: float, what: str) -> Callable[[float, Mapping[str, object]], str]:
    """The doubt about whatever is beyond a limit, on either side of 0."""
    return lambda value, beside: f"{what}: {_meant(value)}" if abs(value) > limit * SLACK else ""


def _return(value: float, beside: Mapping) -> str:
    return f"prices? a return is 0.01 for 1 %, and {_plain(value)} is {_percent(value)}" if abs(value) > 10 else ""


def _size(value: float, beside: Mapping) -> str:
    """Below the face of one contract; or several contracts that are together worth under a thousandth of a coin.

    A size of just 1 USD is an amount for each dollar, and one of just a contract is meant.
    """
    face = _first(beside, ("face",))
    if abs(value) in (1, face):
        return ""
    if face and abs(value) < face / SLACK:
        return f"{value:.10g} USD is less than one contract of {face:g} USD; a size is in USD, not in coins"
    price = _first(beside, PRICES)
    if price and abs(value) < min(LARGEST_FACE, price / 1000):
        return f"{value:.10g} USD is {abs(value) / price:.2g} coins; a size is in USD, not in coins"
    return ""


def _leverage(value: float, beside: Mapping) -> str:
    largest = _first(beside, ("venue_leverage",))
    if not largest or value <= largest * SLACK:
        return ""
    return f"{value:.10g}x is above the venue's {largest:.4g}x for a position of this size"


RULES = (
    Rule(r"(hedge_)?ratios?|low|high", "fraction", "", _above(2, "a ratio above 2")),
    Rule(r"moves?|shocks?|rally|rallies|fall|peaks?", "fraction", "", _above(3, "a move above 300 %")),
    Rule(r"(adverse_|carry_)?(funding_)?rates?", "fraction", "funding rate", _funding),
    Rule(r"(\w+_)?fees?(_\w+)?", "fraction", "", _above(0.01, "a fee beyond 1 %")),
    Rule(r"rates?", "fraction", "fee rate", _above(0.01, "a fee beyond 1 %")),
    Rule(r"mmrs?", "fraction", "", _above(0.25, "a maintenance rate above 25 %")),
    Rule(r"volatility|volatilities", "fraction a year", "", _above(5, "a volatility above 500 % a year")),
    Rule(r"discount_rate|drift", "fraction a year", "", _above(2, "a rate beyond 200 % a year")),
    Rule(r"band", "fraction", "", _above(1, "a band above 100 %")),
    Rule(r"beta", "fraction", "", _above(10, "a beta beyond 10")),
    Rule(r"(\w+_)?returns|(un)?hedged", "fraction", "returns", _return),
    Rule(r"(existing_)?qtys?", "USD", "", _size),
    Rule(r"leverage", "x", "", _leverage),
)


def doubts(field: Field, value: object, beside: Mapping[str, object]) -> str:
    """What is doubtful about a value, or about the first such number of a list or of rows; "" if nothing is.

    A number that the field does not allow is refused by whoever reads it, with a sentence of its own.
    """
    for rule in rules_of(field.name, field.unit, field.meaning):
        for number in _numbers(value):
            if number and all(field.domain.conditions(number)) and (told := rule.doubt(number, beside)):
                return told
    return ""


@lru_cache(maxsize=1024)
def rules_of(name: str, unit: str, meaning: str) -> tuple[Rule, ...]:
    """The rules that look at a field."""
    return tuple(
        rule for rule in RULES if rule.unit == unit and re.fullmatch(rule.names, name) and rule.meaning in meaning
    )


def call_doubts(name: str, parameters: Sequence[Field], arguments: Sequence[object]) -> Iterator[str]:
    """What is doubtful about the arguments of a call."""
    beside = {p.name: argument for p, argument in zip(parameters, arguments)}
    for parameter, argument in zip(parameters, arguments):
        if told := doubts(parameter, argument, beside):
            yield f"{name} {parameter.name}: {told}"


def _numbers(value: object) -> Iterator[float]:
    if isinstance(value, (list, tuple)):
        for item in value:
            yield from _numbers(item)
    elif isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e300:
        yield value


def _first(beside: Mapping, names: Sequence[str]) -> float | None:
    """The first number above 0 among those of these names."""
    found = (number for name in names for number in _numbers(beside.get(name)))
    return next((number for number in found if number > 0), None)
