"""Totals among the rows of one asset, such as BTC Total below its wallets, or total beside available and locked: no further coins."""

import math
import re
from collections.abc import Iterable, Iterator, Sequence

from ..rows import Row, Unclear
from .body import Body, listed
from .headings import ASSET, COINS

TOTALS = frozenset((
    "total", "totals", "sum", "grand total", "subtotal", "sub total", "sub-total", "total value", "portfolio total", "net worth",
    "summe", "gesamt", "gesamtsumme", "zwischensumme", "insgesamt", "ergebnis",
    "gesamtergebnis", "result", "total result", "grand sum", "total general", "total général",
))  # fmt: skip
"""What a row of sums is called."""
APART = 1e-3
"""Share by which the coins of a total may differ from their sum: trackers round them."""
EXACTLY = 1e-9
"""The same where no word says that it is one."""
_TOTAL = r"(?:(?:sub|zwischen|gesamt)[ -]?)?(?:totals?|sum|summe|ergebnis|result)|gesamt|insgesamt|net worth"
_SAYS = re.compile(rf"\b(?:{_TOTAL})\b", re.IGNORECASE)
_MAY_SAY = re.compile(rf"\b(?:{_TOTAL}|all|alle|overall|combined|together)\b", re.IGNORECASE)
_OF = re.compile(
    rf"(?P<before>.*\S)[\s:-]+(?:{_TOTAL}|all)|(?:{_TOTAL}|all)[\s:-]+(?:of )?(?P<behind>\S.*)", re.IGNORECASE
)


def says_total(cell: object) -> bool:
    """Whether a word of a cell is one for totals."""
    return isinstance(cell, str) and _SAYS.search(cell) is not None


def is_total(cell: object) -> bool:
    """Whether a cell says that its row is a total, and nothing else."""
    return isinstance(cell, str) and cell.strip(" :").lower() in TOTALS


def subtotals(body: Body, is_tracker: bool) -> Iterator[str]:
    """Take the totals of single assets out of a table, and say which; what cannot be told stays as a mistake of its row.

    In a table of our own an asset stands once, which is told elsewhere.
    """
    found: list[Row] = []
    for rows in _alike(body):
        found += _sums(body, rows, is_tracker)
    if found:
        found.sort(key=lambda row: row.number)
        body.take_out(found)
        are = (
            "is the sum of other rows of its asset and is"
            if len(found) == 1
            else "are sums of other rows of their assets and are"
        )
        yield f"row{'' if len(found) == 1 else 's'} {listed(row.number for row in found)} {are} left out: {listed(_called(body, row) for row in found)}"


def _alike(body: Body) -> list[list[Row]]:
    """The rows of each asset of each portfolio that stands in several; one called BTC Total is of BTC where that is held."""
    found: dict[tuple, list[Row]] = {}
    for row in body.rows:
        asset = body.cell(row, ASSET)
        if asset is not None and body.figure(row, COINS) is not None and not is_total(asset):
            found.setdefault((body.cell(row, "portfolio"), _of(asset)), []).append(row)
    return [rows for rows in found.values() if rows[1:]]


def _of(asset: object) -> str:
    """The asset that a row is of, in capitals."""
    told = _OF.fullmatch(str(asset))
    return str(told and (told["before"] or told["behind"]) or asset).upper()


def _sums(body: Body, rows: Sequence[Row], is_tracker: bool) -> Iterator[Row]:
    """The totals among the rows of one asset."""
    names = {str(body.cell(row, ASSET)).upper() for row in rows}
    held = {row.number: body.figure(row, COINS) for row in rows if not _may_be_total(body, row, names)}
    of_all = math.fsum(held.values())
    above, sums, met = [], {"since": 0.0, "above": 0.0}, set()
    for row in rows:
        coins, words = body.figure(row, COINS), {*body.words(row)}
        if row.number in held:
            if is_tracker and len(above) > 1 and coins and words <= met and _is_near(coins, sums.values(), EXACTLY):
                rule = f"is the sum of rows {listed(above)}: leave the row out where it is their total, or add it to one of them where it is not"
                _blame(body, row, rule)
        elif held and _is_near(coins, (of_all, *(sums.values() if above else ())), APART):
            sums["since"] = 0.0
            yield row
            continue
        elif held and _is_surely_total(body, row, names):
            asset = body.cell(next(each for each in rows if each.number in held), ASSET)
            rule = f"is read as a total of {asset}, of which the other rows hold {of_all:.10g}: leave the row out, or do not call it a total"
            _blame(body, row, rule)
        above.append(row.number)
        met |= words
        sums = {name: told + coins for name, told in sums.items()}


def _may_be_total(body: Body, row: Row, names: set[str]) -> bool:
    return _is_surely_total(body, row, names) or any(map(_MAY_SAY.search, body.words(row)))


def _is_surely_total(body: Body, row: Row, names: set[str]) -> bool:
    asset = str(body.cell(row, ASSET)).upper()
    return _of(asset) != asset and _of(asset) in names or any(map(is_total, body.words(row)))


def _is_near(told: float, totals: Iterable[float], share: float) -> bool:
    return any(abs(told - total) <= share * abs(total) for total in totals)


def _blame(body: Body, row: Row, rule: str) -> None:
    body.put(row, COINS, Unclear(str(body.cell(row, COINS)), rule))


def _called(body: Body, row: Row) -> str:
    """The asset of a total, with the words that say that it is one."""
    words = [word for word in body.words(row) if _MAY_SAY.search(word)]
    return " ".join([str(body.cell(row, ASSET)), *words[:1]])
