"""Scenario sets from a file: named scenarios of price moves by asset, funding and basis, in one or several steps."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from ..errors import FileError, shown
from ..ooxml.cells import BOOKS, SheetRows, read_sheets
from ..registry import Domain
from .fields import InputField
from .mistakes import RowError, RowErrors
from .tables import header_and_rows, normal_name, read_csv
from .values import Broken, read_value

FIELDS = (
    InputField("set", "text", "name of the sheet that the scenario goes to"),
    InputField("scenario", "text", "name; rows of one name are steps, each on top of the one before", required=True),
    InputField("other", "number", "price move of the coins without a column", "fraction", Domain.parse("> -1, <= 100"), (), 0.0),
    InputField("funding_rate", "number", "funding rate meanwhile", "fraction", Domain.parse("> -1, < 1"), (), 0.0),
    InputField("days", "number", "days that it takes", "days", Domain.parse(">= 0, <= 3650"), (), 0.0),
    InputField("basis", "number", "gain of the hedges from basis, as a share of them", "fraction", Domain.parse("> -1, < 1"), (), 0.0),
)  # fmt: skip
BY_NAME = {field.name: field for field in FIELDS}
NAMES = ("scenario", "funding_rate", "days", "basis")
"""The columns of a workbook's own scenarios before those of the assets."""
DEFAULT_SET = "Own scenarios"
MOST_LISTED = 20


class Scenario(NamedTuple):
    """A named scenario: price moves by asset in capitals, and what the hedges pay meanwhile; other coins move by `other`."""

    name: str
    moves: dict[str, float]
    other: float = 0.0
    funding_rate: float = 0.0
    days: float = 0.0
    basis: float = 0.0


def read_scenarios(path: Path, assets: Iterable[str]) -> tuple[dict[str, tuple[Scenario, ...]], list[RowError]]:
    """Read the scenario sets of a file by their names; every column that is no field is the move of one of `assets`."""
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
        values, wrong = _checked(name, header, moves, row)
        errors += wrong
        if not wrong:
            found = sets.setdefault(values.set or DEFAULT_SET, [])
            found.append(_step(found, values))
    if not sets and not errors:
        raise FileError(f"{name}: has a header but no scenarios below it")
    return {title: tuple(scenarios) for title, scenarios in sets.items()}, errors


def scenario_sets(path: Path | None, assets: Iterable[str]) -> dict[str, tuple[Scenario, ...]]:
    """The scenario sets of a file, none without one; RowErrors for mistakes in it."""
    sets, errors = read_scenarios(path, assets) if path is not None else ({}, [])
    if errors:
        raise RowErrors(errors)
    return sets


def sheet_scenarios(sheet: SheetRows | None, errors: list[RowError]) -> tuple[Scenario, ...] | None:
    """The scenarios typed on a workbook's Stress sheet, each row by itself; mistakes are added to `errors`."""
    if sheet is None or not sheet.rows:
        return None
    header, *rows = sheet.rows
    rule = Domain.parse("> -1, <= 100")
    fields = [
        BY_NAME[column] if i < len(NAMES) else InputField(column.upper(), "number", "price move", "fraction", rule)
        for i, column in enumerate(header.cells)
    ]
    found = []
    for row in rows:
        values = []
        for field, cell in zip(fields, row.cells):
            try:
                values.append(read_value(field, cell))
            except Broken as broken:
                errors.append(RowError(sheet.name, row.number, field.name, cell, broken.rule))
                values.append(None)
        name, *figures = values[: len(NAMES)]
        if name is None and row.cells[0] is None:
            errors.append(RowError(sheet.name, row.number, "scenario", None, "is required"))
        moves = {field.name: move or 0.0 for field, move in zip(fields[len(NAMES) :], values[len(NAMES) :])}
        found.append(Scenario(name, moves, 0.0, *(figure or 0.0 for figure in figures)))
    return tuple(found)


def _moves(name: str, header: list[str], assets: Iterable[str]) -> dict[str, InputField]:
    """The columns that are moves of assets, as fields."""
    known = {normal_name(asset): asset.upper() for asset in sorted(assets)}
    unknown = [shown(column) for column in header if column and column not in BY_NAME and column not in known]
    if unknown or "scenario" not in header:
        columns = "columns" if unknown[1:] else "column"
        what = f"unknown {columns} {', '.join(unknown)}" if unknown else "column scenario is missing"
        held = ", ".join([*known.values()][:MOST_LISTED]) + ", ..." * (len(known) > MOST_LISTED)
        raise FileError(f"{name}: {what}; the columns are {', '.join(BY_NAME)} and the assets {held}")
    for column in dict.fromkeys(filter(None, header)):
        if header.count(column) > 1:
            raise FileError(f"{name}: column {shown(column)} appears {header.count(column)} times")
    rule = Domain.parse("> -1, <= 100")
    return {
        c: InputField(known[c], "number", "price move", "fraction", rule)
        for c in header
        if c in known and c not in BY_NAME
    }


class _Step(NamedTuple):
    """A row of the table: its set, its scenario, what it costs, and the moves of single assets."""

    set: str | None
    scenario: str | None
    other: float
    funding_rate: float
    days: float
    basis: float
    moves: dict[str, float]


def _checked(file: str, header: list[str], moves: dict[str, InputField], row) -> tuple[_Step, list[RowError]]:
    values, own, errors = {field.name: field.default for field in FIELDS}, {}, []
    for column, cell in zip(header, row.cells):
        field = BY_NAME.get(column) or moves.get(column)
        if field is None:
            continue
        try:
            value = read_value(field, cell)
        except Broken as broken:
            errors.append(RowError(file, row.number, column, cell, broken.rule))
            continue
        if value is not None and column in moves:
            own[field.name] = value
        elif value is not None:
            values[column] = value
    if values["scenario"] is None and not errors:
        errors.append(RowError(file, row.number, "scenario", None, "is required"))
    return _Step(**values, moves=own), errors


def _step(before: list[Scenario], values: _Step) -> Scenario:
    """A scenario, or the next step of the one before it when that has the same name: moves compound, days add up."""
    steps = list(_steps_of(before, values.scenario))
    if not steps:
        return Scenario(values.scenario, values.moves, values.other, values.funding_rate, values.days, values.basis)
    last, days = steps[-1], steps[-1].days + values.days
    names = {*last.moves, *values.moves}
    moves = {n: (1 + last.moves.get(n, last.other)) * (1 + values.moves.get(n, values.other)) - 1 for n in names}
    other = (1 + last.other) * (1 + values.other) - 1
    rate = (last.funding_rate * last.days + values.funding_rate * values.days) / days if days else 0.0
    name = f"{values.scenario}, step {len(steps) + 1}"
    return Scenario(name, moves, other, rate, days, last.basis + values.basis)


def _steps_of(before: list[Scenario], name: str) -> Iterator[Scenario]:
    for scenario in before:
        if scenario.name == name or scenario.name.startswith(f"{name}, step "):
            yield scenario
