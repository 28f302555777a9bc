"""What coins are worth, cost and should be, by the columns of a tracker: values for prices, costs of all, targets in percent."""

import math
from collections.abc import Iterator, Sequence

from ..errors import Unreadable
from ..portfolio.fields import DOLLARS
from ..rows import Row, Unclear
from .body import Body
from .headings import ALL, ASSET, COINS, EACH, PRESENT, PRICE, QUOTE, TARGET, VALUE

APART = 0.01
"""Share by which a price and a value may differ: trackers round them, and they may be of two moments."""
CENT = 0.01
ROUNDED = 0.005
"""Share by which the percentages of a tracker are rounded."""


def prices(body: Body, value: str, quote: str, beyond: int) -> Iterator[str]:
    """Give each row its price; `value` and `quote` are the headers of the columns of values and of currencies.

    A table without a column of prices gets one at the place `beyond`.

    Where a price and a value stand they must agree; one in another currency than the dollar is refused in its row.
    """
    if QUOTE in body.read:
        _refuse_currencies(body, quote)
    if VALUE not in body.read:
        return
    has_price, made = PRICE in body.read, 0
    if not has_price:
        body.read[PRICE] = beyond  # the values stay what they are: shares are told by them
    for row in body.rows:
        told, coins = body.cell(row, VALUE), body.figure(row, COINS)
        worth, price = body.figure(row, VALUE), body.figure(row, PRICE) if has_price else None
        if has_price and (body.cell(row, PRICE) is not None or worth is None):
            if worth is not None and price is not None and coins is not None:
                _compare(body, row, coins, price, worth, value)
        elif worth is not None:
            body.put(row, PRICE, worth / coins if coins and worth else None)
            made += 1
        else:
            body.put(row, PRICE, told)
    if made:
        yield (
            f"price is {value} divided by the coins"
            if not has_price
            else f"where price is blank it is {value} divided by the coins"
        )


def _compare(body: Body, row, coins: float, price: float, worth: float, value: str) -> None:
    if abs(coins * price - worth) > max(APART * abs(worth), CENT):
        rule = f"times {coins:.10g} coins is {coins * price:,.2f}, and {value} is {worth:,.2f}: they must agree within 1 %; leave one out"
        body.put(row, PRICE, Unclear(f"{price:.10g}", rule))


def _refuse_currencies(body: Body, quote: str) -> None:
    for row in body.rows:
        code = str(body.cell(row, QUOTE) or "USD").strip().upper()
        for role in (PRICE, VALUE):
            if code not in DOLLARS and body.cell(row, role) is not None:
                rule = f"must be in USD, and column {quote} says {code}"
                body.put(row, role, Unclear(str(body.cell(row, role)), rule))


def costs(file: str, body: Body, cost: str, may_be_all: bool) -> Iterator[str]:
    """Give each row what a coin cost; `cost` is the header of that column.

    A cost of all coins is divided by them. `may_be_all` says that the column may be either: the one is taken that is nearer to
    the prices; Unreadable where none is.
    """
    if EACH in body.read and may_be_all:
        if not (is_all := _is_of_all(file, body, cost)):
            return
        body.read[ALL] = body.read.pop(EACH)
    elif EACH in body.read or ALL not in body.read:
        return
    else:
        is_all = True
    body.read[EACH] = body.read.pop(ALL)
    for row in body.rows:
        told, coins = body.figure(row, EACH), body.figure(row, COINS)
        if told is not None and is_all:
            body.put(row, EACH, told / coins if coins else None)
    yield f"cost_basis is {cost}, what all coins cost, divided by the coins"


def _is_of_all(file: str, body: Body, cost: str) -> bool:
    """Whether a column called cost basis is that of all coins, by how far it is from the prices and from the values."""
    each, of_all = 0.0, 0.0
    for row in body.rows:
        told, coins, price = (body.figure(row, role) for role in (EACH, COINS, PRICE))
        if told and coins and price and min(told, coins, price) > 0:
            each += abs(math.log(told / price))
            of_all += abs(math.log(told / (price * coins)))
    if each != of_all and max(each, of_all) < 2 * min(each, of_all):
        raise Unreadable(
            file,
            f"column {cost} may be of one coin or of all: call it cost_basis for one coin or total cost for all of them",
        )
    return of_all < each


def targets(body: Body, header: str, may_be_target: bool) -> Iterator[str]:
    """Give each row its target weight; `header` is that of the column.

    A column of the shares that are held now is no target; `may_be_target` says that its name may mean either.
    """
    if TARGET not in body.read:
        if PRESENT not in body.read:
            return
        if not may_be_target or _is_present(body) is not False:
            if may_be_target:
                yield f"column {header} is not read: it is the share held now; call it target where it is a target"
            return
        body.read[TARGET] = body.read[PRESENT]
        yield f"column {header} is not the share held now, and is read as target_weight"
    if _in_percent(body, TARGET, header):
        for row in body.rows:
            cell = body.cell(row, TARGET)
            if body.figure(row, TARGET) is not None:
                body.put(row, TARGET, f"{cell}%")
        yield f"column {header} is read in percent"


def _in_percent(body: Body, role: str, header: str) -> bool:
    """Whether the numbers of a column are percentages without their sign: above 1, and 100 in each portfolio, or said by its header."""
    cells = [body.cell(row, role) for row in body.rows]
    if any(isinstance(cell, str) and cell.endswith("%") for cell in cells):
        return False
    sums = [_sum(body, role, rows) for rows in body.portfolios()]
    if not sums or max(sums) <= 1 + ROUNDED:
        return False
    return all(each <= 100.5 for each in sums) if "%" in header else all(abs(each - 100) <= 0.5 for each in sums)


def _sum(body: Body, role: str, rows: Sequence[Row]) -> float:
    """The sum of a column; the target of an asset, which each of its rows tells again, counts once."""
    told = {
        str(body.cell(row, ASSET)).upper() if role == TARGET else row.number: body.figure(row, role) for row in rows
    }
    return math.fsum(each or 0.0 for each in told.values())


def _is_present(body: Body) -> bool | None:
    """Whether a column is the share that each asset has now; None where no values tell it."""
    scale = 0.01 if _in_percent(body, PRESENT, "%") else 1.0
    for rows in body.portfolios():
        worth = [body.worth(row) for row in rows]
        total = math.fsum(each or 0.0 for each in worth)
        if not total or None in worth:
            return None
        shares = [(body.figure(row, PRESENT) or 0.0) * scale for row in rows]
        if any(abs(share - each / total) > ROUNDED for share, each in zip(shares, worth)):
            return False
    return True
