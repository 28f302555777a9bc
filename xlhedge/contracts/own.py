"""A user's own table of contracts as a file: how a fact is written, and how new facts are laid over those that it has."""

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from xlhedge.contracts.fields import MAINTENANCE, Value
from xlhedge.contracts.listing import SHIPPED
from xlhedge.contracts.lookup import known, laid_over
from xlhedge.contracts.tables import EVERY, OPTIONAL, REQUIRED, UNKNOWN, Fact, FactTable, symbol_key
from xlhedge.errors import FileError
from xlhedge.files import replacing

COLUMNS = REQUIRED + OPTIONAL


class Updated(NamedTuple):
    """A table after new facts were laid over it, the contracts that it keeps though they are not among those, and of the
    other contracts the facts that it keeps from before and those that are replaced.
    """

    table: FactTable
    kept: tuple[str, ...]
    older: tuple[Fact, ...]
    replaced: tuple[Fact, ...]


def stay_newer(read: Iterable[Fact]) -> tuple[list[Fact], list[Fact]]:
    """Split what was read into what is taken, and what stays as it is shipped: another figure, of a later date.

    Figures of maintenance, which belong together, stay together.
    """
    read, taken, stay = [*read], [], []
    for place in dict.fromkeys((fact.venue, fact.symbol) for fact in read):
        found, own = known(*place, table=SHIPPED), [fact for fact in read if (fact.venue, fact.symbol) == place]
        shipped = found.facts if found else {}
        later = {fact.field for fact in own if fact.field in shipped and _is_later(shipped[fact.field], fact)}
        later |= {*MAINTENANCE} if later & {*MAINTENANCE} else set()
        for fact in own:
            (stay if fact.field in later else taken).append(fact)
    return taken, stay


def _is_later(shipped: Fact, read: Fact) -> bool:
    return shipped.value != read.value and shipped.as_of > read.as_of


def updated(old: FactTable | None, new: Sequence[Fact], name: str) -> Updated:
    """Lay facts over a table, contract by contract; nothing that they do not replace is lost.

    A contract that they show trading after the day on which it was to end is no longer one that ends.

    Arguments: old, the table (None = there is none yet); new, the facts; name, that of the table.
    """
    layers: list[dict[tuple[str, str], dict[str, Fact]]] = []
    for facts in (old.facts if old else (), new):
        layer: dict[tuple[str, str], dict[str, Fact]] = {}
        for fact in facts:
            layer.setdefault((fact.venue, symbol_key(fact.symbol)), {})[fact.field] = fact
        layers.append(layer)
    below, above = layers
    for stated in above.values():
        if back := _taken_back(stated, old):
            stated["listed_until"] = back
    both = {
        key: laid_over(below.get(key, {}), above.get(key, {}))
        for key in (*below, *(k for k in above if k not in below))
    }
    venues = {venue for venue, _ in above}
    kept = tuple(
        _symbol(stated)
        for key, stated in below.items()
        if "kind" in stated and key[0] in venues and key not in above and key[1] != EVERY
    )
    before = [(both[key], fact) for key in above for fact in below.get(key, {}).values()]
    older = tuple(fact for now, fact in before if now.get(fact.field) is fact)
    replaced = tuple(fact for now, fact in before if now.get(fact.field) is not fact)
    return Updated(FactTable(name, tuple(_one_name(both.values()))), kept, older, replaced)


def _taken_back(stated: dict[str, Fact], old: FactTable | None) -> Fact | None:
    """That a contract does not end, where it is stated to trade after the day on which it was to end."""
    seen = stated.get("kind")
    if seen is None or seen.value not in ("inverse", "dated") or "listed_until" in stated:
        return None
    before = known(seen.venue, seen.symbol, table=old or FactTable("", ()))
    ended = before and before.facts.get("listed_until")
    if not ended or not ended.value < seen.as_of:
        return None
    note = f"{ended.value} was stated, but it trades on that day"
    return Fact(seen.venue, seen.symbol, "listed_until", None, ended.unit, seen.as_of, seen.source, seen.verified, note)


def _symbol(stated: dict[str, Fact]) -> str:
    return next(iter(stated.values())).symbol


def _one_name(contracts: Iterable[dict[str, Fact]]) -> Iterable[Fact]:
    for stated in contracts:
        yield from stated.values()


def save(table: FactTable, path: Path) -> None:
    """Write a table as a CSV file, whole or not at all.

    Arguments: table, the facts; path, the file, which is replaced. FileError where it cannot be written.
    """
    text = io.StringIO(newline="")
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(COLUMNS)
    for fact in table.facts:
        value = UNKNOWN if fact.value is None else written(fact.value)
        verified = "yes" if fact.verified else "no"
        source = "" if fact.source == f"user table {table.name}" else fact.source
        rows.writerow((fact.venue, fact.symbol, fact.field, value, fact.unit, fact.as_of, source, verified, fact.note))
    try:
        with replacing(path, ".xlhedge-") as file:
            file.write(text.getvalue().encode())
    except OSError as error:
        raise FileError(f"{path} cannot be written: {error.strerror or error}") from None


def written(value: Value) -> str:
    """Write a value as a table states it, so that reading it gives the same value again."""
    if isinstance(value, tuple):
        return ";".join(map(written, value))
    if isinstance(value, str):
        return value
    return repr(float(value)).removesuffix(".0")
