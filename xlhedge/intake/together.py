"""Rows of one asset, in several wallets or on several exchanges, made one."""

import math
from collections.abc import Iterator, Sequence
from decimal import Decimal

from ..errors import shown
from ..portfolio.fields import HOLDING_FIELDS
from ..rows import Row, Unclear
from .body import Body, figure, listed
from .headings import ASSET, COINS, EACH, PRICE
from .worth import APART


def add_up(body: Body) -> Iterator[str]:
    """Add up the rows of each asset of each portfolio, and say which; what they say otherwise of it stays as a mistake."""
    made, unknown, gone = [], [], set()
    for rows in _alike(body):
        first, *others = rows
        others = [row for row in others if not _differ(body, row, first)]
        if not others:
            continue
        asset, rows = body.cell(first, ASSET), [first, *others]
        if EACH in body.read and None in (costs := [body.figure(row, EACH) for row in rows]) and any(costs):
            unknown.append(asset)
        _merge(body, rows)
        made.append(f"{asset} (rows {listed(row.number for row in rows)})")
        gone.update(row.number for row in others)
    body.rows[:] = [row for row in body.rows if row.number not in gone]
    if made:
        yield f"added up: {listed(made)}"
    if unknown:
        yield f"cost_basis of {listed(unknown)} is left blank: not every row tells it"


def _alike(body: Body) -> list[list[Row]]:
    """The rows of each asset that stands in several, those of an amount that can be added."""
    found: dict[tuple, list[Row]] = {}
    for row in body.rows:
        asset, coins = body.cell(row, ASSET), body.figure(row, COINS)
        if asset is not None and coins is not None and 0 <= coins < math.inf:
            found.setdefault((body.cell(row, "portfolio"), str(asset).upper()), []).append(row)
    return [rows for rows in found.values() if rows[1:]]


def _differ(body: Body, row: Row, first: Row) -> bool:
    """Whether a row says otherwise of its asset than the first one does, which is then its mistake; blanks are filled in there."""
    differs = False
    for role in body.read:
        if role not in HOLDING_FIELDS or role in ("portfolio", ASSET, COINS, EACH):
            continue
        told, other = body.cell(first, role), body.cell(row, role)
        if told is None or other is None:
            body.put(first, role, other if told is None else told)
        elif rule := _rule(body, role, told, other, first.number):
            body.put(row, role, Unclear(str(other), rule))
            differs = True
    return differs


def _rule(body: Body, role: str, told: object, other: object, number: int) -> str:
    """The rule that the cell of a row breaks beside that of the first one, "" for none."""
    asked, given = figure(told), figure(other)
    if role == PRICE and asked and given is not None:
        is_near = abs(given - asked) <= APART * abs(asked)
        return (
            ""
            if is_near
            else f"is {asked:.10g} in row {number}: rows of one asset are added up where prices agree within 1 %"
        )
    is_same = given == asked if given is not None else other == told
    return (
        "" if is_same else f"is {shown(told)} in row {number}: rows of one asset are added up, and say the same of it"
    )


def _merge(body: Body, rows: Sequence[Row]) -> None:
    """Put the sum of some rows into the first of them, with the price and the cost of a coin as they weigh."""
    first = rows[0]
    coins = [Decimal(str(body.cell(row, COINS))) for row in rows]
    for role in (PRICE, EACH):
        told = [body.figure(row, role) for row in rows] if role in body.read else []
        if any(each != told[0] for each in told):
            body.put(first, role, _mean(told, coins, is_price=role == PRICE))
    body.put(first, COINS, float(sum(coins)))


def _mean(told: Sequence[float | None], coins: Sequence[Decimal], is_price: bool) -> float | None:
    """The mean of prices, or of costs, weighted by coins; costs are known only where each of them is."""
    known = [(each, held) for each, held in zip(told, coins) if each is not None]
    weight = sum(held for _, held in known)
    if not weight or (len(known) < len(told) and not is_price):
        return None if not is_price else known[0][0]
    return float(sum(Decimal(str(each)) * held for each, held in known) / weight)
