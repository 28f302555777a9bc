"""What changed in the inputs of a portfolio, cell by cell and by name."""

import datetime
from collections.abc import Iterator
from typing import NamedTuple

from ..contracts import FIELDS
from ..portfolio import Holding, Portfolio
from ..portfolio.fields import HOLDING_FIELDS, SETTING_FIELDS
from ..portfolio.hedge import contract_of
from ..portfolio.positions import Position
from .groups import GROUPS, HOLDING_CELLS, OF_CONTRACTS, POSITION_CELLS, PRICE_SETTINGS, group_of
from .steps import by_asset, by_name

CHANGED, ADDED, REMOVED = "changed", "added", "removed"
HELD_CELLS = ("price", *HOLDING_CELLS)
OPEN_CELLS = ("mark", "funding_rate", *POSITION_CELLS, *OF_CONTRACTS)
SETTING, CHOSEN = "setting", "scenario_asset"


class Change(NamedTuple):
    """A cell that differs: its group, whether it was changed, added or removed, of what it is, its name, values and unit."""

    group: str
    kind: str
    of: str
    cell: str
    old: object
    new: object
    unit: str


def changes_of(old: Portfolio, new: Portfolio) -> list[Change]:
    """Every cell that differs, by groups; one that comes or goes with its row belongs to the group of the row."""
    found = [*_holdings(old, new), *_positions(old, new), *_settings(old, new), *_facts(old, new)]
    return sorted(found, key=lambda change: GROUPS.index(change.group))


def _holdings(old: Portfolio, new: Portfolio) -> Iterator[Change]:
    before, now = by_asset(old), by_asset(new)
    for asset in dict.fromkeys((*before, *now)):
        pair = before.get(asset), now.get(asset)
        name = (pair[1] or pair[0]).values.asset
        yield from _rows(name, "holdings", HELD_CELLS, *(_values(each, HELD_CELLS) for each in pair))


def _positions(old: Portfolio, new: Portfolio) -> Iterator[Change]:
    before, now = by_name(old), by_name(new)
    for name in dict.fromkeys((*before, *now)):
        pair = before.get(name), now.get(name)
        yield from _rows(
            (pair[1] or pair[0]).name, "positions", OPEN_CELLS, *(_values(each, OPEN_CELLS) for each in pair)
        )


def _values(row: Holding | Position | None, cells: tuple[str, ...]) -> dict[str, object] | None:
    """The cells of a row; None where it is not there. A dated contract expires whether its row says so or its name."""
    if row is None:
        return None
    values = {name: getattr(row.values, name) for name in cells}
    if isinstance(row, Position):
        values |= {"expiry": row.hedge.expiry, "contract": row.hedge.key or row.hedge.symbol}
    return values


def _rows(of: str, group: str, cells: tuple[str, ...], old: dict | None, new: dict | None) -> Iterator[Change]:
    kind = ADDED if old is None else REMOVED if new is None else CHANGED
    for name in cells:
        before, now = (row[name] if row else None for row in (old, new))
        if before != now:
            its = group_of(name) if kind == CHANGED else group
            yield Change(its, kind, of, name, _plain(before), _plain(now), HOLDING_FIELDS[name].unit)


def _settings(old: Portfolio, new: Portfolio) -> Iterator[Change]:
    for name, field in SETTING_FIELDS.items():
        before, now = getattr(old.settings, name), getattr(new.settings, name)
        is_chosen = name == CHOSEN and None in (before, now)  # a workbook has one where nobody chose one
        if before != now and not is_chosen:
            group = "prices" if name in PRICE_SETTINGS else "settings"
            yield Change(group, CHANGED, SETTING, name, _plain(before), _plain(now), field.unit)


def _facts(old: Portfolio, new: Portfolio) -> Iterator[Change]:
    """The facts that differ of contracts that both portfolios name."""
    before, now = _known(old), _known(new)
    for name in (name for name in now if name in before):
        for fact, field in FIELDS.items():
            pair = before[name].get(fact), now[name].get(fact)
            if pair[0] != pair[1]:
                yield Change("contracts", CHANGED, name, fact, *map(_plain, pair), field.unit)


def _known(portfolio: Portfolio) -> dict[str, dict[str, object]]:
    """The values of the facts of each contract that a position names."""
    found = {}
    for position in portfolio.positions:
        if named := contract_of(position.values, portfolio.contracts):
            facts = {field: fact.value for field, fact in named.facts.items()}
            found[f"{named.venue} {named.symbol}"] = facts
    return found


def _plain(value: object) -> object:
    """A value as JSON holds it."""
    if isinstance(value, datetime.datetime):
        return value.isoformat()
    return [*value] if isinstance(value, tuple) else value
