"""The vocabulary of contract facts: each field with its unit, its meaning and the rule its value must meet."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from xlhedge.errors import InputError

Value = float | str | tuple[float, ...]

DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FactField:
    """One thing that can be known of a contract; `read` turns its text into a value that meets `rule`."""

    unit: str
    meaning: str
    rule: str
    convert: Callable[[str], Value]
    holds: Callable[[Value], bool]

    def read(self, text: str) -> Value:
        """Return the value that a text states, or raise ValueError."""
        value = self.convert(text.strip())
        if not self.holds(value):
            raise ValueError(self.rule)
        return value


def read_number(text: str) -> float:
    """Read a plain finite decimal number: no thousands separator, no decimal comma, no percent sign."""
    if not NUMBER.fullmatch(text) or not math.isfinite(value := float(text)):
        raise ValueError("must be a number")
    return value


def numbers(text: str) -> tuple[float, ...]:
    """Read numbers separated by semicolons."""
    return tuple(read_number(part.strip()) for part in text.split(";"))


def read_day(text: str) -> str:
    """Read a date such as 2026-09-23; it stays text, which sorts and compares as the days do."""
    if not DAY.fullmatch(text):
        raise ValueError("must be a date such as 2026-09-23")
    return date.fromisoformat(text).isoformat()


def rising(values: tuple[float, ...]) -> bool:
    return all(low < high for low, high in pairwise(values))


def _word(meaning: str, *words: str) -> FactField:
    return FactField("text", meaning, "must be one of " + ", ".join(words), str.lower, lambda text: text in words)


def _text(meaning: str) -> FactField:
    return FactField("text", meaning, "must not be empty", str, bool)


def _upper(meaning: str) -> FactField:
    return FactField("text", meaning, "must not be empty", str.upper, bool)


def _day(meaning: str) -> FactField:
    return FactField("date", meaning, "must be a date such as 2026-09-23", read_day, bool)


def _positive(unit: str, meaning: str) -> FactField:
    return FactField(unit, meaning, "must be a number > 0", read_number, lambda x: x > 0)


def _not_negative(unit: str, meaning: str) -> FactField:
    return FactField(unit, meaning, "must be a number >= 0", read_number, lambda x: x >= 0)


def _rate(meaning: str) -> FactField:
    return FactField("fraction", meaning, "must be a number > 0 and < 1", read_number, lambda x: 0 < x < 1)


def _fee(meaning: str) -> FactField:
    return FactField("fraction", meaning, "must be a number > -1 and < 1", read_number, lambda x: -1 < x < 1)


def _list(unit: str, meaning: str, rule: str, holds: Callable[[tuple[float, ...]], bool]) -> FactField:
    return FactField(unit, meaning, f"must be numbers separated by semicolons, {rule}", numbers, holds)


def _rates(meaning: str) -> FactField:
    return _list("fraction", meaning, "each > 0 and < 1", lambda x: all(0 < rate < 1 for rate in x))


# A unit of "tier_unit" is the unit that the contract's own `tier_unit` names.
FIELDS: dict[str, FactField] = {
    "kind": _word(
        "what the contract is; only inverse ones, perpetual or dated, can be priced here",
        "inverse",
        "dated",
        "coin-sized",
        "quanto",
        "other-currency",
        "usd-settled",
        "none",
    ),
    "listed_until": _day("day on which trading ends; no new hedge from that day on"),
    "calendar": _word(
        "days on which dated contracts expire: the last Friday of March, June, September and December, the "
        "last Friday of a month, or a Friday",
        "quarter",
        "month",
        "week",
    ),
    "expiry": _day("day on which a dated contract is settled"),
    "settlement": _text("price at which a dated contract is settled"),
    "settlement_fee": _fee("fee of the settlement of a dated contract, as a share of notional"),
    "ticker": _upper("name of the contract on the market"),
    "coin": _upper("coin that it is margined and settled in"),
    "face": _positive("USD", "USD value of one contract"),
    "lot": _positive("contracts", "smallest step of the number of contracts"),
    "tick": _positive("USD/coin", "smallest step of the price"),
    "maker": _fee("fee of a resting order, as a share of notional; negative is a rebate"),
    "taker": _fee("fee of an order that trades at once, as a share of notional"),
    "liq_fee": _fee("fee charged on a liquidation, as a share of notional"),
    "funding_hours": _positive("hours", "time between two funding payments"),
    "funding_formula": _text("how the venue computes a funding payment"),
    "tier_type": _word(
        "how maintenance grows with the position: each tier's rate on its own slice, one rate on all "
        "of it, or a rate that rises in a straight line",
        "marginal",
        "whole-position",
        "slope",
    ),
    "tier_unit": FactField(
        "text",
        "unit in which tiers measure a position",
        "must be one of coin, contracts, USD",
        lambda text: {"usd": "USD"}.get(text.lower(), text.lower()),
        lambda text: text in ("coin", "contracts", "USD"),
    ),
    "floors": _list(
        "tier_unit",
        "position at which each maintenance tier begins",
        "rising from 0",
        lambda x: x[0] == 0 and rising(x),
    ),
    "rates": _rates("maintenance rate of each tier"),
    "amounts": _list(
        "tier_unit",
        "maintenance amount of each tier; worked out where each rate holds for its own slice",
        "each >= 0",
        lambda x: min(x) >= 0,
    ),
    "imrs": _rates("initial margin rate of each tier"),
    "mmr": _rate("maintenance rate of the first tier; with a slope, the rate of a position near 0"),
    "amount": _not_negative("coin", "maintenance amount that is subtracted from mmr x notional"),
    "slope": _not_negative("fraction/coin", "rise of the maintenance rate with each coin of position"),
    "imr": _rate("initial margin rate of the first tier; with a slope, the rate of a position near 0"),
    "slope_im": _not_negative("fraction/coin", "rise of the initial margin rate with each coin of position"),
    "cap": _positive("tier_unit", "largest position for which the maintenance rates are established here"),
    "max_leverage": FactField(
        "x", "largest leverage of a small position", "must be a number >= 1", read_number, lambda x: x >= 1
    ),
    "leverages": _list("x", "largest leverage of each bracket", "each >= 1", lambda x: min(x) >= 1),
    "leverage_caps": _list(
        "tier_unit",
        "largest position of each leverage bracket",
        "rising from above 0",
        lambda x: x[0] > 0 and rising(x),
    ),
    "liq_method": _word("method of LIQ_PRICE that fits the venue", "mark", "product", "entry", "slope"),
    "liq_price_fee": _fee("fee that the venue counts in its liquidation price; with method product the taker fee"),
    "liq_formula": _text("liquidation price in the venue's own terms"),
}

MAINTENANCE = ("floors", "rates", "amounts", "mmr", "amount", "slope", "tier_type", "tier_unit")
"""Fields that are compared together, by what they come to."""


def known_field(name: str) -> str:
    """Return the field that a name means, in any case of letters."""
    if type(name) is str and name in FIELDS:
        return name
    field = name.strip().lower() if isinstance(name, str) else None
    if field not in FIELDS:
        raise InputError("field", "must be one of " + ", ".join(FIELDS), name)
    return field
