"""The plan of a portfolio as plain figures: what to trade, what margin it takes, what it costs, and what fails.

Everything here is read from the figures that the sheets declare, so that the terminal, the JSON and the workbook say the same.
"""

import datetime
import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from .portfolio import Portfolio
from .portfolio.hedge import OWN
from .workbook.grid.sheet import Book
from .workbook.model import CheckLine, build_model, checked

NO_PRICE = "none"


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
    lines = [*checked(book), _age_now(portfolio)]
    told = portfolio.settings.price_time
    return Plan(
        {
            "portfolio": portfolio.name,
            "price_time": told.isoformat() if told else None,
            "value_usd": _number(_cell(book.parts["weights"].whole, 0)),
            "assets": [*_assets(portfolio, book)],
            "positions": [*_positions(portfolio, book)],
            "accounts": [*_accounts(portfolio, book)],
            "checks": [
                {
                    "name": line.name,
                    "passed": bool(line.passed),
                    "severity": line.severity,
                    "subject": line.subject or None,
                    "figure": _number(line.figure),
                    "limit": _number(line.limit),
                }
                for line in lines
            ],
            "warnings": [*portfolio.warnings],
        },
        all(line.passed for line in lines if line.severity == "red"),
    )


def _age_now(portfolio: Portfolio) -> CheckLine:
    """Whether the prices are fresh now, in hours; a workbook, which is opened later, cannot say it."""
    told, limit = portfolio.settings.price_time, portfolio.settings.price_hours
    age = (now() - told).total_seconds() / 3600 if told else math.nan
    return CheckLine("Prices are fresh now, where their time is given", "amber", not age > limit, "", age, limit)


def _assets(portfolio: Portfolio, book: Book) -> Iterator[dict[str, object]]:
    weights, ways, exposure, goals = (book.parts[name] for name in ("weights", "ways_back", "exposure", "goals"))
    is_spot = portfolio.settings.mode == "spot"
    for i, holding in enumerate(portfolio.holdings):
        yield {
            "asset": holding.values.asset,
            "coins": holding.values.coins,
            "price": holding.values.price,
            "weight_before": _number(_cell(weights.hedged_weight, i)),
            "weight_after": _number(_cell(ways.weight_after, i)),
            "target": _number(_cell(weights.goal, i)) if _has_target(holding.values) else None,
            "exposure_coin": _number(_cell(exposure.coin, i)),
            "exposure_usd": _number(_cell(exposure.usd, i)),
            "ratio": _number(_cell(exposure.ratio, i)),
            "spot_trade_coins": _number(_cell(goals.spot_coins, i)) if is_spot else 0.0,
        }


def _has_target(values) -> bool:
    return values.target_weight is not None or values.hedge_ratio is not None


def _positions(portfolio: Portfolio, book: Book) -> Iterator[dict[str, object]]:
    ticket, size, margins, carry, account = (
        book.parts[name] for name in ("ticket", "size", "margins", "carry", "account")
    )
    for i, position in enumerate(portfolio.positions):
        hedge, qty = position.hedge, _cell(size.qty, i)
        if qty == 0 and _cell(size.trade, i) == 0:
            continue

        def figure(column, i=i) -> float | None:
            return _number(_cell(column, i))

        def price(column, i=i) -> float | str | None:
            value = _cell(column, i)
            return NO_PRICE if value == math.inf else _number(value)

        is_cross = bool(_cell(account.is_cross, i))
        yield {
            "asset": position.values.asset,
            "venue": None if hedge.venue in (None, OWN) else hedge.venue,
            "contract": hedge.symbol,
            "kind": "dated" if hedge.is_dated else "perpetual",
            "account": position.values.account,
            "coin": position.coin,
            "share": position.share,
            "mark": position.mark,
            "expiry": f"{hedge.expiry:%Y-%m-%d}" if hedge.is_dated else None,
            "beta": position.values.beta,
            "contracts": figure(size.contracts),
            "side": str(_cell(ticket.side, i)) or None,
            "limit": figure(ticket.limit),
            "effect": str(_cell(ticket.effect, i)) or None,
            "qty": _number(qty),
            "entry": figure(margins.entry) if qty else None,
            "posted": figure(margins.posted) if _cell(margins.is_posted, i) else None,
            "required": figure(margins.required),
            "planned": figure(margins.planned),
            "top_up": figure(margins.top_up),
            "transfer": figure(margins.transfer),
            "initial": figure(margins.initial),
            "maintenance": figure(margins.maintenance),
            "margin_ratio": figure(margins.ratio),
            "liq_above": price(margins.above),
            "liq_below": price(margins.below),
            "liq_above_after_funding": price(carry.above),
            "liq_below_after_funding": price(carry.below),
            "distance": price(margins.distance),
            "probability": figure(margins.probability),
            "carries_contracts": None if is_cross else figure(margins.carried),
            "carry_expected_usd": figure(carry.expected),
            "carry_adverse_usd": figure(carry.adverse),
            "basis_usd": figure(carry.basis),
            "fees_usd": -figure(carry.fees) + 0.0,
            "residual_usd": _number(round(_cell(size.goal_qty, i) - qty, 6)),
        }


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
            return _number(sum(_cell(column, i) for i in members))

        def price(column, i=members[0]) -> float | str | None:
            value = _cell(column, i)
            return NO_PRICE if value == math.inf else _number(value / _cell(positions.price, i) * _cell(positions.spot, i))

        yield {
            "account": first.values.account,
            "venue": None if first.hedge.venue in (None, OWN) else first.hedge.venue,
            "coin": first.coin,
            "positions": _number(len(members)),
            "qty": summed(size.qty),
            "posted": summed(margins.posted) if _cell(margins.is_posted, members[0]) else None,
            "required": summed(margins.required),
            "planned": summed(margins.planned),
            "top_up": summed(margins.top_up),
            "initial": summed(margins.initial),
            "maintenance": summed(margins.maintenance),
            "margin_ratio": _number(_cell(margins.ratio, members[0])),
            "liq_above": price(margins.above),
            "liq_below": price(margins.below),
        }


def _cell(column, row: int):
    """The value of a row of a column, or of a single cell."""
    values = np.asarray(column.value)
    return values[min(row, values.shape[0] - 1), 0, 0] if values.ndim == 3 else values


def _number(value) -> float | None:
    """A number as JSON may hold it; what is unknown is None."""
    number = float(value)
    return number + 0.0 if math.isfinite(number) else None
