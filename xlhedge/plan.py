"""The plan of a portfolio as plain figures: what to trade, what margin it takes, what it costs, and what fails.

Everything here is read from the figures that the sheets declare, so that the terminal, the JSON and the workbook say the same.
"""

import datetime
import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from .plan_inputs import inputs_of
from .portfolio import Portfolio
from .portfolio.hedge import OWN
from .workbook.grid.sheet import Book
from .workbook.model import CheckLine, build_model, checked
from .workbook.position_rows import PositionRows, plain_number, plain_price


class Plan(NamedTuple):
    """A plan as JSON holds it, and whether no red check fails."""

    figures: dict[str, object]
    passes: bool


def now() -> datetime.datetime:
    """The time of now [UTC]."""
    return datetime.datetime.now(datetime.UTC).replace(tzinfo=None)


def plan_of(portfolio: Portfolio) -> Plan:
    """The plan of a portfolio: the figures of its workbook, without the workbook, and how old its prices are."""
    book = build_model(portfolio)
    lines = [*checked(book), prices_now(portfolio)]
    told = portfolio.settings.price_time
    return Plan(
        {
            "portfolio": portfolio.name,
            "price_time": told.isoformat() if told else None,
            "value_usd": plain_number(value_at(book.parts["weights"].whole, 0)),
            "assets": [*_assets(portfolio, book)],
            "positions": [*PositionRows(book).of(portfolio)],
            "accounts": [*_accounts(portfolio, book)],
            "checks": [
                {
                    "name": line.name,
                    "passed": bool(line.passed),
                    "severity": line.severity,
                    "subject": line.subject or None,
                    "figure": plain_number(line.figure),
                    "limit": plain_number(line.limit),
                }
                for line in lines
            ],
            "warnings": [*portfolio.warnings],
            "notes": [*portfolio.notes_on(portfolio.functions)],
            "inputs": inputs_of(portfolio),
        },
        all(line.passed for line in lines if line.severity == "red"),
    )


FRESH = "Prices are fresh now, where their time is given"
"""The amber check that a workbook, which is opened later, cannot make."""


def fresh_until(portfolio: Portfolio) -> datetime.datetime | None:
    """The time after which the prices are old [UTC]; None where their own is not given."""
    told = portfolio.settings.price_time
    return told + datetime.timedelta(hours=portfolio.settings.price_hours) if told else None


def prices_now(portfolio: Portfolio) -> CheckLine:
    """Whether the prices are fresh now, in hours."""
    told, limit = portfolio.settings.price_time, portfolio.settings.price_hours
    age = (now() - told).total_seconds() / 3600 if told else math.nan
    return CheckLine(FRESH, "amber", not age > limit, "", age, limit)


def old_prices(portfolio: Portfolio) -> str:
    """How old the prices are now, in words, where they are too old; "" where they are not."""
    fresh = prices_now(portfolio)
    return "" if fresh.passed else f"they are {fresh.figure:,.0f} hours old, of at most {fresh.limit:,.0f}"


def _assets(portfolio: Portfolio, book: Book) -> Iterator[dict[str, object]]:
    weights, ways, exposure, goals = (book.parts[name] for name in ("weights", "ways_back", "exposure", "goals"))
    is_spot = portfolio.settings.mode == "spot"
    for i, holding in enumerate(portfolio.holdings):
        yield {
            "asset": holding.values.asset,
            "coins": holding.values.coins,
            "price": holding.values.price,
            "weight_before": plain_number(value_at(weights.hedged_weight, i)),
            "weight_after": plain_number(value_at(ways.weight_after, i)),
            "target": plain_number(value_at(weights.goal, i)) if _has_target(holding.values) else None,
            "exposure_coin": plain_number(value_at(exposure.coin, i)),
            "exposure_usd": plain_number(value_at(exposure.usd, i)),
            "ratio": plain_number(value_at(exposure.ratio, i)),
            "spot_trade_coins": plain_number(value_at(goals.spot_coins, i)) if is_spot else 0.0,
        }


def _has_target(values) -> bool:
    return values.target_weight is not None or values.hedge_ratio is not None


def _accounts(portfolio: Portfolio, book: Book) -> Iterator[dict[str, object]]:
    """Each cross account as a whole: sums over its positions, and the prices of the coin at which it is liquidated."""
    margins, size, positions = (book.parts[name] for name in ("margins", "size", "positions"))
    of_account: dict[str, list[int]] = {}
    for i, position in enumerate(portfolio.positions):
        if position.account:
            of_account.setdefault(position.account, []).append(i)
    for members in of_account.values():
        first = portfolio.positions[members[0]]

        def summed(column, members=members) -> float | None:
            return plain_number(sum(value_at(column, i) for i in members))

        def price(column, i=members[0]) -> float | str | None:
            return plain_price(value_at(column, i) / value_at(positions.price, i) * value_at(positions.spot, i))

        yield {
            "account": first.values.account,
            "venue": None if first.hedge.venue in (None, OWN) else first.hedge.venue,
            "coin": first.coin,
            "positions": float(len(members)),
            "qty": summed(size.qty),
            "posted": summed(margins.posted) if value_at(margins.is_posted, members[0]) else None,
            "required": summed(margins.required),
            "planned": summed(margins.planned),
            "top_up": summed(margins.top_up),
            "initial": summed(margins.initial),
            "maintenance": summed(margins.maintenance),
            "margin_ratio": plain_number(value_at(margins.ratio, members[0])),
            "liq_above": price(margins.above),
            "liq_below": price(margins.below),
        }


def value_at(column, row: int, k: int = 0):
    """The value of a row of a column, or of a single cell, of the k-th portfolio of a book."""
    values = np.asarray(column.value)
    return values[min(row, len(values) - 1), 0, min(k, values.shape[2] - 1)] if values.ndim == 3 else values
