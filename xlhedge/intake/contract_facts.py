"""The Contracts and Tiers sheets of a filled-in workbook as facts: those that are not the shipped ones.

Figures become facts. What is told of them (date, source, whether verified) and where a tier ends are taken over as they
stand, beside the facts.
"""

import datetime
from collections.abc import Collection, Iterator

from ..contracts import FIELDS, Listed, Tier
from ..portfolio.hedge import OWN
from ..portfolio.mistakes import RowError
from ..rows import Row
from ..workbook.sheets import contracts as sheet
from ..workbook.sheets import tiers
from ..workbook.sheets.contracts import BY_TIERS, FACTS, NO_FIGURE, TEXTS, UNKNOWN, as_shipped

FIGURES = tuple(field.name for field in sheet.TABLE.fields if field.name not in ("key", *TEXTS))
BESIDE_RATE = ("amount", "slope", "imr", "cap")
TOGETHER = ({"mmr", *BESIDE_RATE}, {"method", "liq_fee"})
"""Figures that are stated together: one of them alone would change what the others are taken to be."""

LADDER = {"floors": "From", "rates": "Maintenance rate", "amounts": "Amount", "cap": "Up to"}
"""The facts of a ladder, and the headers of their columns on Tiers."""

TYPED = "typed into the workbook"
HEADER = ["venue", "symbol", "field", "value", "as_of", "source", "verified"]

Texts = dict[object, dict[str, object]]
"""Cells that a new sheet takes over, by what tells its rows apart, and by column."""


def contract_facts(file: str, rows: list, mistakes: list[RowError]) -> tuple[list[Row], Texts]:
    """A header and a row for each figure that somebody typed; and the texts that are not the shipped ones."""
    facts, texts, shipped, first = [], {}, as_shipped(), {}
    for number, key, cells in rows:
        if not key:
            mistakes.append(RowError(file, number, "Contract", None, "is required beside the figures of a contract"))
            continue
        earlier = first.setdefault(key.lower(), number)
        if earlier != number:
            mistakes.append(RowError(file, number, "Contract", cells["key"], f"stands in row {earlier} already"))
            continue
        venue, _, symbol = key.partition(" ")
        listed, usual = shipped.get(key.lower(), (None, {}))
        told = {name: cells[name] for name in TEXTS if cells[name] != usual.get(name)}
        if usual.get("mmr") == BY_TIERS and not _is_number(cells["mmr"]):  # without a rate these count for nothing
            unused = {name: cells[name] for name in BESIDE_RATE if _is_number(cells[name])}
            cells = cells | dict.fromkeys(unused, BY_TIERS)
            texts.setdefault(listed.key, {}).update(unused)
        stated = dict(_stated(cells, usual, is_whole=bool(told) and listed is not None))
        if wrong := [*_broken(file, number, cells, stated)]:
            mistakes += wrong
            continue
        if listed is None:
            stated = {"kind": "inverse"} | stated
        if told and (listed is not None or any(value is not None for value in told.values())):
            texts.setdefault(_listed_as(key, listed), {}).update(told)
        facts += _rows(number, (venue, symbol), stated, cells, {*told}, listed and listed.source)
    return ([Row(0, HEADER), *facts] if facts else []), {key: cells for key, cells in texts.items() if cells}


def _broken(file: str, number: int, cells: dict[str, object], stated: dict[str, object]) -> Iterator[RowError]:
    """The figures that break the rules of their facts, by the headers of their columns."""
    for field in sheet.TABLE.fields:
        fact = FACTS.get(field.name, field.name)
        if fact in stated and stated[fact] != UNKNOWN and (rule := _rule(fact, stated[fact])):
            yield RowError(file, number, field.label, cells[field.name], rule)


def _rule(fact: str, value: object) -> str | None:
    """The rule of a fact, where a value breaks it."""
    try:
        FIELDS[fact].read(str(value))
    except ValueError:
        return FIELDS[fact].rule
    return None


def _listed_as(key: str, known: Listed | None) -> str:
    """The name under which a new sheet lists a contract."""
    venue, _, symbol = key.partition(" ")
    return known.key if known else f"{venue.lower()} {symbol.upper()}"


def _stated(cells: dict[str, object], usual: dict[str, object], is_whole: bool) -> Iterator[tuple[str, object]]:
    """The facts that a row states: figures other than the usual, with those that belong to them, or all of them."""
    changed = {name for name in FIGURES if not _is_same(cells[name], usual.get(name, UNKNOWN))}
    for group in TOGETHER:
        changed |= group if changed & group else set()
    for name in FIGURES:
        value, before = cells[name], usual.get(name, UNKNOWN)
        if name not in changed and not is_whole:
            continue
        if not _is_no_figure(value):
            yield FACTS.get(name, name), value.date() if isinstance(value, datetime.datetime) else value
        elif not _is_no_figure(before):
            yield FACTS.get(name, name), UNKNOWN


def _is_no_figure(value: object) -> bool:
    return value is None or str(value).lower() in NO_FIGURE


def _is_same(value: object, before: object) -> bool:
    return value == before or (_is_no_figure(value) and _is_no_figure(before))


def tier_facts(file: str, rows: list, contracts: list, mistakes: list[RowError]) -> tuple[list[Row], Texts]:
    """A header and the ladders that are not the shipped ones; and the texts and ends of tiers that are not.

    `contracts` are the rows of the Contracts sheet; a rate that stands there takes the place of the contract's tiers.
    """
    facts, texts, shipped = [], {}, as_shipped()
    listed = {key.lower(): _is_number(cells["mmr"]) for _, key, cells in contracts}
    ladders: dict[str, list[tuple[int, dict]]] = {}
    for number, cells in rows:
        key = str(cells["key"] or "")
        key = key if " " in key else f"{OWN} {key}"
        if cells["key"] is None:
            mistakes.append(RowError(file, number, "Contract", None, "is required beside the figures of a tier"))
        elif key.lower() not in listed:
            mistakes.append(
                RowError(file, number, "Contract", cells["key"], "must be a contract of the Contracts sheet")
            )
        else:
            ladders.setdefault(key, []).append((number, cells))
    for key, ladder in ladders.items():
        ladder.sort(key=lambda numbered: _number(numbered[1]["start"]) if _is_number(numbered[1]["start"]) else 0.0)
        known = shipped.get(key.lower(), (None, {}))[0]
        venue, _, symbol = key.partition(" ")
        stated = dict(_ladder([cells for _, cells in ladder], known.tiers if known else ()))
        number, first = ladder[0]
        if wrong := [*_broken_tiers(file, ladder, stated)]:
            mistakes += wrong
            continue
        own_texts = _tier_texts(_listed_as(key, known), [cells for _, cells in ladder], known, "floors" in stated)
        if listed[key.lower()]:
            if stated or own_texts:
                rule = "has a maintenance rate on Contracts, which takes the place of its tiers: keep one of the two"
                mistakes.append(RowError(file, number, "Contract", first["key"], rule))
            continue
        number_of_last, last = ladder[-1]
        if _is_number(last["end"]) and _is_number(last["start"]) and last["end"] <= last["start"]:
            rule = f"must be more than {last['start']:.10g}, where the tier begins"
            mistakes.append(RowError(file, number_of_last, "Up to", last["end"], rule))
            continue
        texts |= own_texts
        told = {name for name in TEXTS if first[name] != _tier_text(known, name)}
        facts += _rows(number, (venue, symbol), stated, first, told, known and known.tiers_source)
    return ([Row(0, HEADER), *facts] if facts else []), texts


def _broken_tiers(file: str, ladder: list[tuple[int, dict]], stated: dict[str, object]) -> Iterator[RowError]:
    """The figures of a ladder that break their rules, each by its row, or all of a column by the first row."""
    told = False
    for number, cells in ladder:
        for field in tiers.TABLE.fields:
            value = cells[field.name]
            is_wrong = value is not None and not _is_number(value) and not _is_no_figure(value)
            if field.name in ("start", "end", "rate", "amount", "imr") and is_wrong:
                told = True
                yield RowError(file, number, field.label, value, field.rule.message)
    for fact, label in LADDER.items():
        if not told and fact in stated and (rule := _rule(fact, stated[fact])):
            yield RowError(file, ladder[0][0], label, stated[fact], rule)


def _ladder(rows: list[dict], shipped: tuple[Tier, ...]) -> Iterator[tuple[str, object]]:
    """The tiers of a contract, unless they are those shipped; its largest size is where the last tier ends."""
    stated = [tuple(_number(row[name]) for name in ("start", "rate", "amount")) for row in rows]
    end = None if _is_no_figure(rows[-1]["end"]) else rows[-1]["end"]
    if shipped and stated == [(t.floor, t.mmr, t.amount) for t in shipped]:
        if end is not None and end != shipped[-1].cap:
            yield "cap", end
        return
    for field, values in zip(("floors", "rates", "amounts"), zip(*stated)):
        yield field, ";".join(map(str, values))
    if end is not None:
        yield "cap", end


def _tier_texts(key: str, rows: list[dict], known: Listed | None, is_restated: bool) -> Texts:
    """The cells of each tier that a new sheet would show otherwise: its end, its initial rate, and what is told of it.

    A ladder that is stated anew leaves the shipped one behind, with its initial rates.
    """
    texts: Texts = {}
    floors = [_number(row["start"]) for row in rows]
    initial = {tier.floor: imr for tier, imr in zip(known.tiers, known.tier_imrs)} if known else {}
    is_told = any(cells[name] != _tier_text(known, name) for cells in rows for name in TEXTS)
    for i, (floor, cells) in enumerate(zip(floors, rows)):
        told = {name: cells[name] for name in TEXTS} if is_told else {}
        following = floors[i + 1] if i + 1 < len(floors) else None
        end = cells["end"]
        if following is not None and end != following:
            told["end"] = end
        elif (
            following is None
            and _is_no_figure(end)
            and known
            and known.tiers
            and end != _shown_end(known.tiers[-1].cap)
        ):
            told["end"] = end
        if is_restated or cells["imr"] != initial.get(floor):
            told["imr"] = cells["imr"]
        if told:
            texts[key, floor] = told
    return texts


def _tier_text(known: Listed | None, name: str) -> str | None:
    """What is told of a shipped ladder, as it is read: "" is blank."""
    return getattr(known, f"tiers_{name}") or None if known else None


def _shown_end(cap: float) -> object:
    """The end of a ladder as its cell holds it."""
    return "none" if cap == float("inf") else cap


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float))


def _number(value: object) -> object:
    """A number that was typed; a blank counts as 0, as in the sheet."""
    return 0.0 if value is None else float(value) if _is_number(value) else value


def _rows(
    number: int, contract: tuple[str, str], facts: dict, cells: dict, told: Collection[str], source: str | None
) -> Iterator[Row]:
    """Rows of facts; under the shipped source a figure that was changed has been typed, and is not what was verified."""
    is_typed = not cells["source"] or cells["source"] == source
    verified = "yes" if cells["verified"] == "yes" and (not is_typed or "verified" in told) else "no"
    as_of = cells["as_of"] if not is_typed or "as_of" in told else None
    for field, value in facts.items():
        yield Row(number, [*contract, field, str(value), as_of, TYPED if is_typed else str(cells["source"]), verified])
