"""Holdings as a tracker, an exchange or a bank exports them, made a table of ours; all that is read into them is said.

Columns stand for ours, numbers are spelled as the whole table tells, a value stands for a price, and rows that are no holdings
are left out. A cell that cannot be read stays where it is, with the rule that it breaks.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from itertools import islice
from typing import NamedTuple

from ..errors import Unreadable, shown
from ..portfolio.fields import DOLLARS, HOLDING_FIELDS
from ..portfolio.hedge import is_same
from ..portfolio.tables import filled, normal_name
from ..rows import Row, Unclear
from .body import Body, listed
from .headings import (
    ALL, ASSET, COINS, DATE, EACH, PART, PLACE, PRESENT, PRICE, QUOTE, TARGET, VALUE, Columns, coin_of, columns,
    is_header, is_list, is_position, standing_for,
)  # fmt: skip
from .left_out import left_out
from ..portfolio.numerals import read_number, spelling
from .together import add_up
from .worth import costs, prices, targets

MOST_ROWS = 200_000
"""Rows of a table that is understood as a whole, in memory."""
LOOKED_AT = 50
"""Rows among which the header is looked for."""
NOTE = "note"
"""What a column is called that is not read."""
NOTES = (NOTE, "notes", "comment", "comments")
KRAKEN = {
    "XXBT": "BTC", "XBT": "BTC", "XETH": "ETH", "XLTC": "LTC", "XXRP": "XRP", "XXLM": "XLM", "XXMR": "XMR", "XETC": "ETC",
    "XZEC": "ZEC", "XREP": "REP", "XMLN": "MLN", "XXDG": "DOGE", "XDG": "DOGE", "ETH2": "ETH", "ZUSD": "USD", "ZEUR": "EUR",
    "ZGBP": "GBP", "ZCAD": "CAD", "ZJPY": "JPY", "ZAUD": "AUD",
}  # fmt: skip
"""Kraken's own codes of assets; behind a point it adds how they are held, such as .S for staked."""
_HELD = re.compile(r"([A-Z0-9]+?)(?:\d\d)?\.(?:S|M|B|F|P|T|HOLD)")
_IN_BRACKETS = re.compile(r".*\S\s*\(([A-Za-z0-9]{1,10})\)")
_TIME = re.compile(r",?[T ]+\d{1,2}:")
"""What stands between a day and its time."""
_UNITS = {COINS: "coin", PRICE: "USD", VALUE: "USD", EACH: "USD", ALL: "USD", TARGET: "fraction", PRESENT: "fraction"}


class Understood(NamedTuple):
    """A table of ours that another was made: its header, its rows, and what is to be said."""

    header: list[str]
    rows: list[Row]
    notes: tuple[str, ...]


def understand(
    file: str, rows: Iterable[Row], ignore_columns: bool = False, has_prices: bool = False, has_commas: bool = False
) -> Understood:
    """A table of ours made of one that may be another's; Unreadable where it cannot be told what a column is.

    `has_prices` says that prices come from elsewhere too, `has_commas` that commas separate the cells of the file.
    """
    told = [*islice(filled(rows), MOST_ROWS + LOOKED_AT)]
    at = _place_of_header(told[:LOOKED_AT])
    header, below = told[at], told[at + 1 :]
    if len(below) > MOST_ROWS:
        raise Unreadable(
            file, f"has more than {MOST_ROWS:,} rows; so many are read with the columns of docs/inputs.md only"
        )
    width = max((i for i, cell in enumerate(header.cells, 1) if cell is not None), default=0)
    names = header.cells[:width]
    body = [Row(row.number, [*row.cells]) for row in below if row.cells[:width] != names]
    found = columns(file, names, [row.cells for row in body])
    if ASSET not in found.read:
        return Understood([*map(normal_name, names)], body, ())
    read = {role: i for i, role in enumerate(found.roles) if role in HOLDING_FIELDS} | found.read
    made = Body(body, read, found.words_at())
    stands = [*standing_for(found)]
    is_tracker = bool(stands) or VALUE in found.read or PLACE in found.roles
    notes = [*_above(told[:at], header)]
    notes += [f"column {', '.join(stands)}".replace(" as ", " read as ", 1)] if stands else []
    notes += _numbers(found, made, has_commas)
    notes += _codes(made) if stands else ()
    notes += left_out(made, is_tracker)
    _refuse_other_coins(made, found)
    notes += _days(file, made, found)
    if is_tracker and not has_prices:
        _refuse_worthless(file, made, found)
    notes += prices(
        made, _text(found, VALUE), _text(found, QUOTE), max([len(names), *(len(row.cells) for row in made.rows)])
    )
    cost = _text(found, EACH if EACH in read else ALL)
    notes += costs(file, made, cost, bool(stands) and normal_name(cost) == EACH)
    share = TARGET if TARGET in read else PRESENT
    may_be_target = share in read and found.titles[read[share]].name in ("allocation", "weight")
    notes += targets(made, _text(found, share), may_be_target)
    final, ignored = _header(found, made.read, ignore_columns, may_be_target)
    notes += [f"column{'' if len(ignored) == 1 else 's'} not needed and not read: {listed(ignored)}"] if ignored else []
    notes += add_up(made) if is_tracker and not is_position(final) else ()
    return Understood(final, made.rows, tuple(notes))


def _place_of_header(rows: Sequence[Row]) -> int:
    """The place of the first row that names columns of holdings, else of transactions, else of the first row."""
    for names_columns in (is_header, is_list):
        for i, row in enumerate(rows):
            if names_columns(row.cells):
                return i
    return 0


def _text(found: Columns, role: str) -> str:
    """The header of the column of a role, as it is written."""
    return found.titles[found.read[role]].text if role in found.read else ""


def _above(rows: Sequence[Row], header: Row) -> Iterator[str]:
    if rows:
        which = f"row {rows[0].number}" if len(rows) == 1 else f"rows {rows[0].number} to {rows[-1].number}"
        yield f"{which} above the header, which is row {header.number}, {'is' if len(rows) == 1 else 'are'} not read"


def _numbers(found: Columns, body: Body, has_commas: bool) -> Iterator[str]:
    """Read the numbers of a table, and say what tells how they are spelled where it is not as in our own."""
    units = {at: unit for role, at in body.read.items() if (unit := _UNITS.get(role) or _unit(role)) is not None}
    looked = {*units, *(i for i, role in enumerate(found.roles) if role == PART)}
    cells = ((row.number, cell) for row in body.rows for at, cell in enumerate(row.cells) if at in looked)
    spelled = spelling(cells, has_commas)
    asset, changed = body.read.get(ASSET), ""
    for number, cells in body.rows:
        coin = str(cells[asset]) if asset is not None and asset < len(cells) else ""
        for at, unit in units.items():
            if at < len(cells) and isinstance(cells[at], str):
                read = read_number(cells[at], spelled, unit, coin)
                if read != cells[at] and isinstance(read, str) and not isinstance(read, Unclear) and read[-1:] != "%":
                    changed = changed or f"{cells[at]} in row {number}"
                cells[at] = read
    if spelled.decimal and changed and (spelled.decimal == "," or spelled.sure):
        signs = (
            "commas are decimals and points thousands"
            if spelled.decimal == ","
            else "points are decimals and commas thousands"
        )
        yield f"{signs}, as {spelled.told_by} tells"
    elif changed:
        yield f"numbers are read without their signs and units, such as {changed}"


def _unit(role: str) -> str | None:
    """The unit of a column of ours as numbers are read by it; None for one that holds no numbers."""
    field = HOLDING_FIELDS.get(role)
    if field is None or field.kind != "number":
        return None
    return "fraction" if field.is_fraction else field.unit.partition("/")[0]


def _codes(body: Body) -> Iterator[str]:
    """Read the codes of assets: that in the brackets behind a name, and those that Kraken has of its own."""
    met = {str(body.cell(row, ASSET)) for row in body.rows}
    is_kraken, said = bool(({*KRAKEN} - {"XBT", "ETH2"}) & met), {}
    for row in body.rows:
        told = body.cell(row, ASSET)
        if not isinstance(told, str):
            continue
        code = found[1] if (found := _IN_BRACKETS.fullmatch(told)) else told
        if is_kraken:
            code = found[1] if (found := _HELD.fullmatch(code)) else code
            code = KRAKEN.get(code, code)
        if code != told:
            body.put(row, ASSET, code)
            said[told] = code
    if said:
        yield f"asset {listed(f'{told} is {code}' for told, code in said.items())}"


def _refuse_other_coins(body: Body, found: Columns) -> None:
    """Refuse, by row, coins of another asset in a column that says of which coin it is."""
    each = found.titles[found.read[COINS]] if COINS in found.read else None
    coin = coin_of(each) if each else ""
    assets = [str(body.cell(row, ASSET)) for row in body.rows]
    if coin and (coin in ("BTC", "SATS") or any(is_same(coin, asset) for asset in assets)):
        for row, asset in zip(body.rows, assets):
            told = body.cell(row, COINS)
            if body.figure(row, COINS) and not is_same(coin, asset):
                body.put(row, COINS, Unclear(str(told), f"must be in {asset}, and column {each.text} says {coin}"))


def _days(file: str, body: Body, found: Columns) -> Iterator[str]:
    """Refuse what was held on several days, or bought, as an asset must not be counted again for each; days of several assets are said."""
    days: dict[object, set[str]] = {}
    for row in body.rows if DATE in found.read else ():
        day = body.cell(row, DATE)
        if day is not None:
            asset = (body.cell(row, "portfolio"), str(body.cell(row, ASSET)).upper())
            days.setdefault(asset, set()).add(_TIME.split(str(day))[0])
    if again := next((asset for (_, asset), each in days.items() if len(each) > 1), None):
        raise Unreadable(
            file,
            f"holds {again} on several days (column {_text(found, DATE)}): leave the rows of one day, or give what is a list of "
            "transactions to xlhedge import",
        )
    met = [*dict.fromkeys(day for each in days.values() for day in each)]
    if met[1:]:
        yield f"column {_text(found, DATE)} tells several days ({listed(met)}), and what is held is taken to be of one moment"


def _refuse_worthless(file: str, body: Body, found: Columns) -> None:
    """Refuse a table that says nowhere what its coins are worth."""
    if COINS not in body.read or PRICE in body.read or VALUE in body.read:
        return  # the first of which the header is refused for
    if all(str(body.cell(row, ASSET)).upper() in DOLLARS for row in body.rows):
        return
    others = [each.text for each, role in zip(found.titles, found.roles) if role in (PRICE, VALUE)]
    told = f" (not {listed(others)})" if others else ""
    raise Unreadable(
        file, f"has no prices or values in USD{told}: add a column price, or give a snapshot of prices (--prices FILE)"
    )


def _header(
    found: Columns, read: dict[str, int], ignore_columns: bool, says_share: bool
) -> tuple[list[str], list[str]]:
    """The columns as ours, those that are not read called notes, and the headers of these.

    `says_share` says that the column of shares held now was told already.
    """
    header, ignored, of = [], [], {at: role for role, at in read.items() if role in HOLDING_FIELDS}
    for i, (each, role) in enumerate(zip(found.titles, found.roles)):
        if i in of or role in HOLDING_FIELDS:
            header.append(of.get(i, role))
        elif each.name in NOTES:
            header.append(NOTE)
        elif role or (ignore_columns and each.text):
            header.append(NOTE)
            if i not in {read.get(each) for each in (VALUE, DATE, ALL, QUOTE, *((PRESENT,) if says_share else ()))}:
                ignored.append(each.text if role else _perhaps(each.text))
        else:
            header.append(NOTE if ignore_columns else normal_name(each.text) if each.text else "")
    return [*header, *(of.get(at, "") for at in range(len(header), max(of) + 1))], ignored


def _perhaps(text: str) -> str:
    """A header that is ignored because that is asked for, with what it may have been meant for."""
    close = get_close_matches(normal_name(text), HOLDING_FIELDS, 1)
    return f"{shown(text)} (perhaps {close[0]}?)" if close else text
