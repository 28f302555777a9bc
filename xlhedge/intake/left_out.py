"""Rows of a table that are no holdings: totals, coins of which there are none, and remarks below the table."""

from collections.abc import Iterator

from ..portfolio.values import SMALLEST
from ..rows import Row, Unclear
from .body import Body, listed
from .subtotals import is_total, says_total, subtotals

APART = 0.01
"""Share by which what a total is worth may differ from its sum."""


def left_out(body: Body, is_tracker: bool) -> Iterator[str]:
    """Take the rows that are no holdings out of a table, and say which; a total that is not that of its rows stays as a mistake.

    A tracker goes on listing coins of which there are none; in a table of our own they are meant, and so is a coin called SUM.
    """
    yield from _remarks(body)
    yield from subtotals(body, is_tracker)
    yield from _totals(body, is_tracker)
    if is_tracker:
        yield from _nothing(body)


def _remarks(body: Body) -> Iterator[str]:
    """What stands below the last row that has coins or a value, in one cell and several words."""
    has_coins = [
        i for i, row in enumerate(body.rows) if body.cell(row, "coins") is not None or body.worth(row) is not None
    ]
    after = body.rows[has_coins[-1] + 1 :] if has_coins else []
    remarks = [row for row in after if _only_text(row) and not _is_called_total(body, row)]
    if remarks:
        body.take_out(remarks)
        yield f"{_numbered(remarks)} below the table {'is' if len(remarks) == 1 else 'are'} not read"


def _only_text(row: Row) -> bool:
    filled = [cell for cell in row.cells if cell is not None]
    return len(filled) == 1 and isinstance(filled[0], str) and " " in filled[0].strip()


def _totals(body: Body, is_tracker: bool) -> Iterator[str]:
    found, since, above = [], 0.0, 0.0
    for row in body.rows:
        worth = body.worth(row)
        told = body.worth(row)
        is_sum = told is not None and any(_is_near(told, each) for each in (since, above) if each)
        is_called = _is_called_total(body, row)
        is_holding = body.cell(row, "asset") is not None and body.cell(row, "coins") is not None
        if is_holding and not (is_tracker and is_called) or not (is_called or is_sum):
            since, above = since + (worth or 0.0), above + (worth or 0.0)
            continue
        if told is not None and not is_sum:
            rule = (
                f"is read as a total, and what it is worth, {told:,.2f}, is not that of the rows above, {above:,.2f}: leave the row out, or "
                "call a coin of this name otherwise"
            )
            body.put(row, "asset", Unclear(str(_called(body, row)), rule))
            continue
        since = 0.0
        found.append((row, told is not None))
    body.take_out([row for row, _ in found])
    for row, is_compared in found:
        name = f"row {row.number} ({_called(body, row)})"
        yield (
            f"{name} is the sum of rows above and is left out" if is_compared else f"{name} is a total and is left out"
        )


def _is_near(told: float, total: float) -> bool:
    return abs(told - total) <= max(APART * abs(total), 0.01)


def _is_called_total(body: Body, row: Row) -> bool:
    """Whether the asset of a row is called a total, by one of its words where there are no coins; a name or a place where it has none."""
    asset = body.cell(row, "asset")
    if asset is None:
        return any(map(says_total, body.words(row)))
    has_none = body.cell(row, "coins") is None and body.cell(row, "contract") is None
    return says_total(asset) if has_none else is_total(asset)


def _called(body: Body, row: Row) -> object:
    return next((name for name in (body.cell(row, "asset"), *body.words(row)) if name is not None), "without an asset")


def _nothing(body: Body) -> Iterator[str]:
    """Rows of no coins that have neither a price nor a value; of less than can be counted there are none."""
    found = []
    for row in body.rows:
        coins = body.figure(row, "coins")
        if coins is None or abs(coins) >= SMALLEST or body.cell(row, "asset") is None:
            continue
        if body.figure(row, "price"):
            body.put(row, "coins", "0")
        else:
            found.append(row)
    if found and len(found) < len(body.rows):
        body.take_out(found)
        names = listed(body.cell(row, "asset") for row in found)
        yield f"{_numbered(found)} without coins {'is' if len(found) == 1 else 'are'} left out: {names}"


def _numbered(rows: list[Row]) -> str:
    return f"row{'' if len(rows) == 1 else 's'} {listed(row.number for row in rows)}"
