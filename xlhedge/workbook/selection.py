"""Which sheets a workbook has: all of them, or those that are asked for and what they rest on."""

from collections.abc import Mapping, Sequence

from ..errors import InputError
from .figures import figures_of
from .grid.record import SheetRecord, needs
from .sheets import SHEETS
from .sheets.scenario_set import BLANK_SET

ALWAYS = ("held", "positions", "checks")
"""The figures that a workbook needs whatever its sheets are."""


def left_out(asked: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The sheets that a workbook does without, and those that it has although they were not asked for.

    `asked` names sheets with commas between them: those to have, or, each with a - before it, those to leave out. InputError
    where a name is that of no sheet, where the two ways are mixed, and where another sheet needs one that is to be left out.
    """
    names = [name.strip() for name in asked.split(",") if name.strip()]
    leaves = [name.startswith("-") for name in names]
    if not names:
        raise InputError(
            "sheets", "must name the sheets to have, such as Inputs,Checks, or to leave out, such as -Replay", asked
        )
    if any(leaves) != all(leaves):
        rule = "must not mix the two ways: name the sheets to have, such as Inputs,Checks, or those to leave out, each with a -"
        raise InputError("sheets", rule, asked)
    chosen = [_record(name.removeprefix("-").strip()) for name in names]
    resting = _resting()
    if all(leaves):
        rest = [record.name for record in SHEETS if record.name not in chosen]
        for name in chosen:
            if name in _needed(resting, rest):
                users = [user for user in rest if name in resting[user] and name not in _always()] or ["every workbook"]
                raise InputError("sheets", f"cannot leave {name} out, which {users[0]} needs", asked)
        return tuple(record.name for record in SHEETS if record.name in chosen), ()
    whole = _needed(resting, chosen)
    left = tuple(record.name for record in SHEETS if record.name not in whole)
    return left, tuple(record.name for record in SHEETS if record.name in whole and record.name not in chosen)


def without(left: Sequence[str]) -> tuple[SheetRecord, ...]:
    """The records of the sheets but for those that are left out."""
    return tuple(record for record in SHEETS if record.name not in left)


def typed_on(kept: Mapping[str, object], left: Sequence[str]) -> list[str]:
    """The sheets that are left out and on which something was typed that a workbook with them would keep."""
    return [name for name in left if kept.get(name)]


def _record(name: str) -> str:
    found = next((record.name for record in SHEETS if record.name.casefold() == name.casefold()), None)
    if name.casefold() == BLANK_SET.casefold():
        raise InputError("sheets", "cannot choose Scenario set, which stands beside Stress in every workbook", name)
    if found is None:
        raise InputError("sheets", f"must be among {', '.join(record.name for record in SHEETS)}", name)
    return found


def _resting() -> dict[str, set[str]]:
    """The sheets that each sheet rests on directly."""
    places = {getattr(part, "__name__", ""): record.name for record in SHEETS for part in record.parts}
    return {
        record.name: {places[name] for part in record.parts for name in needs(part) if name in places} - {record.name}
        for record in SHEETS
    }


def _always() -> set[str]:
    """The sheets that every workbook has for their own sake."""
    places = {getattr(part, "__name__", ""): record.name for record in SHEETS for part in record.parts}
    always = {places[name] for name in (*ALWAYS, *needs(figures_of)) if name in places}
    return always | {record.name for record in SHEETS if record.settings}


def _needed(resting: Mapping[str, set[str]], wanted: Sequence[str]) -> set[str]:
    """Some sheets, those that they rest on, and those that every workbook has."""
    found, waiting = set(), [*wanted, *_always()]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += resting[name]
    return found
