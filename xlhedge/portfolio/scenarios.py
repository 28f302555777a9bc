"""Scenario sets: named scenarios of price moves by asset, funding and basis, in one or several steps."""

import re
from collections.abc import Collection, Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple

from ..errors import FileError, shown
from ..ooxml.cells import BOOKS, SheetRows, read_sheets
from ..registry import Domain
from ..rows import Row
from .fields import CASH_CODES, InputField
from .mistakes import RowError, RowErrors
from .tables import header_and_rows, normal_name, read_csv
from .values import SMALLEST, Broken, read_value

MOVE = Domain.parse("> -1, <= 100")
FIELDS = (
    InputField("set", "text", "name of the sheet that the scenario goes to"),
    InputField("scenario", "text", "name; rows of one name are steps, each on top of the one before", required=True),
    InputField("other", "number", "price move of the coins whose own is blank", "fraction", MOVE),
    InputField("peak", "number", "move from today that all coins with a contract make on the way, for longs the lowest", "fraction", MOVE),
    InputField("funding_rate", "number", "funding rate meanwhile", "fraction", Domain.parse("> -1, < 1")),
    InputField("days", "number", "days that it takes", "days", Domain.parse(">= 0, <= 3650")),
    InputField("basis", "number", "gain of the hedges from basis, as a share of them", "fraction", Domain.parse("> -1, < 1")),
)  # fmt: skip
BY_NAME = {field.name: field for field in FIELDS}
CONTINUES = InputField("continues", "word", "whether the scenario goes on from the row above", choices=("yes",))
NAMES = ("scenario", "continues", "other", "peak", "funding_rate", "days", "basis")
"""The columns of a workbook's own scenarios before those of the assets."""
DEFAULT_SET = "Own scenarios"
MOST_LISTED = 20
COIN = re.compile(r"[a-z0-9.]{1,15}")
"""What a column that is neither a field nor an asset held may be called to be the moves of a coin."""
SLIP = 0.8
"""How alike a column and a field are when the one is taken for a slip of the other."""


class Scenario(NamedTuple):
    """A named scenario: price moves from today by asset in capitals, and what happens to the hedges meanwhile.

    Other coins move by `other`, None if nobody says how far. One that `continues` follows on the scenario before it: what
    that has liquidated is gone, and funding and basis are added to its.
    """

    name: str
    moves: dict[str, float]
    other: float | None = None
    funding_rate: float | None = None
    days: float | None = None
    basis: float | None = None
    peak: float | None = None
    continues: bool = False


def read_scenarios(path: Path, assets: Iterable[str]) -> tuple[dict[str, tuple[Scenario, ...]], list[RowError]]:
    """Read the scenario sets of a file by their names; every column that is no field is the move of a coin, held or not.

    `assets` are those held, as they are spelled.
    """
    path = Path(path)
    if path.suffix.lower() in BOOKS:
        sheet = read_sheets(path, ("scenarios",))["scenarios"]
        name, rows = sheet.name, iter(sheet.rows)
    else:
        name, rows = path.name, read_csv(path)
    header, rows = header_and_rows(name, rows)
    moves = _moves(name, header, assets)
    sets: dict[str, list[Scenario]] = {}
    errors: list[RowError] = []
    for row in rows:
        title, scenario, wrong = _checked(name, header, moves, row)
        errors += wrong
        if not wrong:
            _add(sets.setdefault(title or DEFAULT_SET, []), scenario)
    if not sets and not errors:
        raise FileError(f"{name}: has a header but no scenarios below it")
    return {title: tuple(scenarios) for title, scenarios in sets.items()}, errors


def scenario_sets(path: Path | None, assets: Iterable[str]) -> dict[str, tuple[Scenario, ...]]:
    """The scenario sets of a file, none without one; RowErrors for mistakes in it, FileError where no coin of it is held."""
    if path is None:
        return {}
    assets = [*assets]
    sets, errors = read_scenarios(path, assets)
    if errors:
        raise RowErrors(errors)
    if wrong := none_held(sets, assets):
        raise FileError(f"{Path(path).name}: {wrong}")
    return sets


def unheld(sets: Mapping[str, tuple[Scenario, ...]], assets: Collection[str]) -> str:
    """That the moves of coins which nobody holds are left out, in words; "" where all are held."""
    coins = [coin for coin in _coins(sets) if coin not in _capitals(assets)]
    return f"moves of coins that are not held are left out: {_listed(coins)}{_meant(coins, assets)}" if coins else ""


def none_held(sets: Mapping[str, tuple[Scenario, ...]], assets: Collection[str]) -> str:
    """That not one of the coins that are moved is held, in words; "" where one is, or where other coins move too."""
    coins, each = _coins(sets), [scenario for scenarios in sets.values() for scenario in scenarios]
    if not coins or not coins.isdisjoint(_capitals(assets)) or any(scenario.other is not None for scenario in each):
        return ""
    held = _listed(_capitals(assets))
    return f"must move a coin that is held, or other coins (it moves {_listed(coins)}; held are {held}){_meant(coins, assets)}"


def _meant(coins: Iterable[str], assets: Iterable[str]) -> str:
    """The end of a sentence on coins that are not held: the first that looks like one that is."""
    held = _capitals(assets)
    close = ((coin, each) for coin in sorted(coins) for each in get_close_matches(coin, held, 1, SLIP))
    return next((f"; did you mean {each} by {coin}?" for coin, each in close), "")


def _coins(sets: Mapping[str, tuple[Scenario, ...]]) -> set[str]:
    return {coin for scenarios in sets.values() for scenario in scenarios for coin in scenario.moves}


def _capitals(assets: Iterable[str]) -> set[str]:
    return {asset.upper() for asset in assets}


def _listed(names: Iterable[str]) -> str:
    found = sorted(names)
    return ", ".join(found[:MOST_LISTED]) + ", ..." * (len(found) > MOST_LISTED)


def sheet_scenarios(sheet: SheetRows | None, errors: list[RowError]) -> tuple[Scenario, ...] | None:
    """The scenarios typed on a workbook's Stress sheet, a row each; mistakes are added to `errors`."""
    if sheet is None or not sheet.rows:
        return None
    header, *rows = sheet.rows
    known = BY_NAME | {CONTINUES.name: CONTINUES}
    fields = [
        known[column] if i < len(NAMES) else InputField(column.upper(), "number", "price move", "fraction", MOVE)
        for i, column in enumerate(header.cells)
    ]
    found, last = [], None
    for row in rows:
        values = []
        for field, cell in zip(fields, row.cells):
            try:
                values.append(read_value(field, cell))
            except Broken as broken:
                errors.append(RowError(sheet.name, row.number, field.name, cell, broken.rule))
                values.append(None)
        told = dict(zip(NAMES, values))
        name, continues = told.pop("scenario"), told.pop("continues") is not None
        if name is None and row.cells[0] is None:
            errors.append(RowError(sheet.name, row.number, "scenario", None, "is required"))
        if continues and last != row.number - 1:
            rule = "has no scenario right above it to go on from"
            errors.append(RowError(sheet.name, row.number, "continues", row.cells[NAMES.index("continues")], rule))
        typed = zip(fields[len(NAMES) :], values[len(NAMES) :])
        moves = {field.name: move for field, move in typed if move is not None}
        found.append(Scenario(name, moves, **told, continues=continues))
        last = row.number
    return tuple(found)


def _moves(name: str, header: list[str], assets: Iterable[str]) -> dict[str, InputField]:
    """The columns that are moves of coins, as fields."""
    known = {normal_name(asset): asset.upper() for asset in sorted(assets)}
    others = {column for column in header if column and column not in BY_NAME and column not in known}
    unknown = [shown(c) for c in header if c in others and not (COIN.fullmatch(c) and not _slips(c))]
    if unknown or "scenario" not in header:
        columns = "columns" if unknown[1:] else "column"
        what = f"unknown {columns} {', '.join(unknown)}" if unknown else "column scenario is missing"
        raise FileError(
            f"{name}: {what}; the columns are {', '.join(BY_NAME)} and the assets {_listed(known.values())}"
        )
    known |= {column: column.upper() for column in others}
    for column in dict.fromkeys(filter(None, header)):
        if header.count(column) > 1:
            raise FileError(f"{name}: column {shown(known.get(column, column))} appears {header.count(column)} times")
    return {
        c: InputField(known[c], "number", "price move", "fraction", MOVE)
        for c in header
        if c in known and c not in BY_NAME
    }


def _slips(column: str) -> list[str]:
    """The fields that a column may be meant to be."""
    return get_close_matches(column, BY_NAME, 1, SLIP)


def _checked(
    file: str, header: list[str], moves: dict[str, InputField], row: Row
) -> tuple[str | None, Scenario, list[RowError]]:
    """The set that a row belongs to, its scenario, and what is wrong with it."""
    values, own, errors = dict.fromkeys(BY_NAME), {}, []
    for column, cell in zip(header, row.cells):
        field = BY_NAME.get(column) or moves.get(column)
        if field is None:
            continue
        try:
            value = read_value(field, cell)
        except Broken as broken:
            errors.append(RowError(file, row.number, field.name, cell, broken.rule))
            continue
        if value is not None and column in moves:
            own[field.name] = value
        elif value is not None:
            values[column] = value
    if values["scenario"] is None and not errors:
        errors.append(RowError(file, row.number, "scenario", None, "is required"))
    elif not errors and not own and all(values[name] is None for name in BY_NAME if name not in ("set", "scenario")):
        rule = "moves no coin and tells nothing else; give it a move, such as -20%, or take the row out"
        errors.append(RowError(file, row.number, "scenario", values["scenario"], rule))
    return values.pop("set"), Scenario(values.pop("scenario"), own, **values), errors


def _add(found: list[Scenario], step: Scenario) -> None:
    """Put a scenario behind the others; the next step of one behind that, with the moves of both together."""
    marks = step.name, f"{step.name}, step "
    steps = [i for i, each in enumerate(found) if each.name == marks[0] or each.name.startswith(marks[1])]
    if not steps:
        found.append(step)
        return
    last = found[steps[-1]]
    names = dict.fromkeys([*last.moves, *step.moves])
    moves = {name: _together(_move(last, name), _move(step, name)) for name in names}
    name, other = f"{step.name}, step {len(steps) + 1}", _together(last.other, step.other)
    found.insert(steps[-1] + 1, step._replace(name=name, moves=moves, other=other, continues=True))


def _move(scenario: Scenario, asset: str) -> float | None:
    """The move of an asset: its own, else that of the other coins; cash stands still."""
    return scenario.moves.get(asset, 0.0 if asset in CASH_CODES else scenario.other)


def _together(first: float | None, second: float | None) -> float | None:
    """One move on top of another, 0 where they undo each other but for rounding; None where nobody says how far."""
    if first is None and second is None:
        return None
    move = (1 + (first or 0.0)) * (1 + (second or 0.0)) - 1
    return move if abs(move) >= SMALLEST else 0.0
