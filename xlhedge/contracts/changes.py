"""What a user's own table changes in the shipped contracts, and whether a plan is the worse for it."""

import math
from collections.abc import Iterator
from typing import NamedTuple

from xlhedge.contracts.fields import MAINTENANCE
from xlhedge.contracts.listing import SHIPPED
from xlhedge.contracts.lookup import Contract, known, symbols, venues
from xlhedge.contracts.tables import EVERY, Fact, FactTable
from xlhedge.contracts.tiers import ladder
from xlhedge.errors import XlhedgeError

DEARER = ("maker", "taker", "liq_fee", "settlement_fee", "lot", "tick", "imr", "slope_im")
"""Fields of which more is worse."""
SMALLER = ("max_leverage", "cap")
"""Fields of which less is worse."""
ANOTHER = ("kind", "coin", "face", "expiry", "listed_until")
"""Fields of which any change is worse: a plan rests on them."""
WORDS = ("funding_formula", "liq_formula", "ticker")
"""Fields whose wording alone may differ."""


class Change(NamedTuple):
    """A field of a contract: what is shipped and what the table says of it (None = nothing), and whether that is worse."""

    venue: str
    symbol: str
    field: str
    old: Fact | None
    new: Fact | None
    is_worse: bool


class Changes(NamedTuple):
    """What differs in the contracts that both have, those that only the table has, and those that it no longer lists.

    `partial` are venues of which the table has contracts on one coin alone, so that it says nothing of the others.
    """

    changed: tuple[Change, ...]
    new: tuple[tuple[str, str], ...]
    gone: tuple[tuple[str, str], ...]
    partial: tuple[str, ...] = ()

    @property
    def is_worse(self) -> bool:
        """Whether something that a plan depends on got worse."""
        return bool(self.gone) or any(change.is_worse for change in self.changed)


def changes(table: FactTable, today: str) -> Changes:
    """Compare a table of one's own with what is shipped.

    A perpetual is gone where the table lists the perpetuals of its venue (states the kind of some on several coins) without
    it, and the shipped table neither has it end before `today`, an ISO date, nor knows it from a later day than that of the
    list. What a dated contract's list leaves out tells nothing.
    """
    changed, new, named = [], [], set()
    coins = {(fact.venue, fact.symbol): fact.value for fact in table.facts if fact.field == "coin"}
    kinds = [fact for fact in table.facts if fact.field == "kind" and fact.value == "inverse"]
    listed = {fact.venue: max(each.as_of for each in kinds if each.venue == fact.venue) for fact in kinds}
    on_one = {venue for venue in listed if len({coins.get((f.venue, f.symbol)) for f in kinds if f.venue == venue}) < 2}
    for venue, symbol in dict.fromkeys((fact.venue, fact.symbol) for fact in table.facts):
        if symbol == EVERY:
            continue
        before, after = known(venue, symbol, table=SHIPPED), known(venue, symbol, table=table)
        if before is None:
            new.append((venue, symbol))
        elif after:
            named.add((venue, before.symbol))
            changed += _of_one(before, after)
    gone = [*_gone(listed, named, today)]
    partial = tuple(venue for venue in dict.fromkeys(venue for venue, _ in gone) if venue in on_one)
    return Changes(tuple(changed), tuple(new), tuple(each for each in gone if each[0] not in on_one), partial)


def _gone(listed: dict[str, str], named: set[tuple[str, str]], today: str) -> Iterator[tuple[str, str]]:
    """The contracts that lists of venues, each of a day, do not have."""
    for venue in sorted({*listed} & {*venues(table=SHIPPED)}):
        for symbol in symbols(venue, table=SHIPPED):
            found = known(venue, symbol, table=SHIPPED)
            is_later = "kind" in found.facts and found.facts["kind"].as_of > listed[venue]
            if (venue, symbol) not in named and not found.refusal and (found.ends or "9999") > today and not is_later:
                yield venue, symbol


def _of_one(before: Contract, after: Contract) -> Iterator[Change]:
    """The fields of a contract that differ."""
    tougher = _is_tougher(before, after)
    for field in dict.fromkeys((*before.facts, *after.facts)):
        old, new = before.facts.get(field), after.facts.get(field)
        if (old and old.value) == (new and new.value) or field in WORDS:
            continue
        yield Change(before.venue, before.symbol, field, old, new, _is_worse(field, old, new, tougher))


def _is_worse(field: str, old: Fact | None, new: Fact | None, tougher: bool) -> bool:
    if field in MAINTENANCE:
        return tougher and new is not None and field in ("rates", "mmr", "slope")
    if field in ANOTHER:
        return new is not None
    if old is None or new is None:
        return False
    if field in DEARER:
        return new.value > old.value
    return field in SMALLER and new.value < old.value


def _is_tougher(before: Contract, after: Contract) -> bool:
    """Whether some position, of those whose maintenance both establish, needs more of it than before."""
    old, new = _maintenance(before), _maintenance(after)
    if (
        old is None
        or new is None
        or before.get("tier_unit") != after.get("tier_unit")
        or before.get("slope") != after.get("slope")
    ):
        return (after.get("slope") or 0) > (before.get("slope") or 0)
    sizes = {floor for tiers in (old, new) for floor, *_ in tiers} | {
        cap * (1 - 1e-9) for tiers in (old, new) for _, cap, *_ in tiers
    }
    top = min(old[-1][1], new[-1][1])
    tested = sorted(size for size in sizes if 0 < size < top) or [1.0]
    return any(_needed(new, size) > _needed(old, size) * (1 + 1e-9) + 1e-12 for size in (min(tested) * 1e-3, *tested))


def _maintenance(found: Contract) -> tuple[tuple[float, float, float, float], ...] | None:
    """The tiers of a contract, one where it has a single rate; None where no rate is established."""
    try:
        if "rates" in found.facts:
            return tuple(ladder(found))
    except XlhedgeError:
        return None
    mmr = found.get("mmr")
    return None if mmr is None else ((0.0, found.get("cap", math.inf), mmr, found.get("amount", 0.0)),)


def _needed(tiers: tuple, size: float) -> float:
    floor, _, mmr, amount = next(tier for tier in reversed(tiers) if tier[0] <= size)
    return mmr * size - amount
