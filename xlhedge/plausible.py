"""Values that are allowed and yet look like a slip, such as a ratio of 20 that was meant as 20 %.

One table of rules, by what the records of arguments, columns and settings say of themselves: name, unit and meaning.
A doubt is one sentence; it is told as a warning, and nothing is refused for it.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple, Protocol

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
    return f"{100 * value:,.6g} %"


def _as_percent(value: float) -> str:
    """20 % is 0.2."""
    return f"{value:,.10g} % is {value / 100:.12f}".rstrip("0").rstrip(".")


def _meant(value: float) -> str:
    return f"{value:,.10g} = {_percent(value)}; {_as_percent(value)}"


def _ratio(value: float, beside: Mapping) -> str:
    return f"a ratio above 2: {_meant(value)}" if abs(value) > 2 * SLACK else ""


def _move(value: float, beside: Mapping) -> str:
    return f"a move above 300 %: {_meant(value)}" if value > 3 * SLACK else ""


def _fee(value: float, beside: Mapping) -> str:
    return f"a fee beyond 1 %: {_meant(value)}" if abs(value) > 0.01 * SLACK else ""


def _funding(value: float, beside: Mapping) -> str:
    hours = _first(beside, ("interval_hours", "funding_hours")) or USUAL_HOURS
    annual = value * HOURS_A_YEAR / hours
    if abs(annual) <= SLACK:
        return ""
    return (
        f"funding beyond 100 % a year: {value:.10g} per {hours:g} h is {_percent(annual)} a year; {_as_percent(value)}"
    )


def _size(value: float, beside: Mapping) -> str:
    """Below the face of one contract; where that is not known, below any face and worth under a thousandth of a coin.

    A size of just 1 USD is an amount for each dollar.
    """
    face = _first(beside, ("face",))
    if abs(value) == 1 or (face and abs(value) >= face / SLACK):
        return ""
    if face:
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
    Rule(r"(hedge_)?ratios?|low|high", "fraction", "", _ratio),
    Rule(r"moves?|shocks?|rally|rallies|fall|peaks?", "fraction", "", _move),
    Rule(r"(adverse_|carry_)?(funding_)?rates?", "fraction", "funding rate", _funding),
    Rule(r"(\w+_)?fees?(_\w+)?", "fraction", "", _fee),
    Rule(r"(existing_)?qtys?", "USD", "", _size),
    Rule(r"leverage", "x", "", _leverage),
)


def doubts(field: Field, value: object, beside: Mapping[str, object]) -> str:
    """What is doubtful about a value, or about the first such number of a list or of rows; "" if nothing is."""
    for rule in rules_of(field.name, field.unit, field.meaning):
        for number in _numbers(value):
            if number and (told := rule.doubt(number, beside)):
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
