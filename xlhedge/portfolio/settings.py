"""The settings of each portfolio: from the workbook's Settings sheet, a settings file, and overrides given one by one.

What comes later wins; within one place a row that names a portfolio wins over one that names none.
"""

from collections.abc import Collection, Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple

from ..ooxml.cells import BOOKS, SheetRows, read_sheets
from ..rows import Row
from .fields import HOLDING_FIELDS, SETTING_FIELDS, SettingValues
from .mistakes import RowError
from .tables import check_header, header_and_rows, normal_name, read_csv
from .values import Broken, read_value

COLUMNS = ("setting", "value", "portfolio")
IGNORED = ("note", "notes", "comment", "comments", "unit", "meaning", "source")
OVERRIDES = "--set"
MOST_COMPARED = 2000  # names; to look for a close one among more takes longer than it helps


class Told(NamedTuple):
    """One setting as it was told: where, and for which portfolio ("" = all)."""

    file: str
    row: int
    portfolio: str
    name: str
    value: object


class Settings:
    """What was told of settings, in layers; a later layer wins."""

    def __init__(self, layers: list[list[Told]]) -> None:
        self._layers: list[dict[str, list[Told]]] = []
        for layer in layers:
            by_portfolio: dict[str, list[Told]] = {}
            for told in layer:
                by_portfolio.setdefault(told.portfolio, []).append(told)
            self._layers.append(by_portfolio)
        self._common = self._values("")

    def of(self, portfolio: str) -> SettingValues:
        """All settings of a portfolio, defaults included."""
        return SettingValues(**(self._values(portfolio) if self.has_own(portfolio) else self._common))

    def has_own(self, portfolio: str) -> bool:
        """Whether any setting was told for this portfolio by name."""
        return any(portfolio in layer for layer in self._layers)

    def told(self, portfolio: str) -> dict[str, Told]:
        """Where each setting that a portfolio goes by was told; defaults are not."""
        told = {}
        for layer in self._layers:
            for named in ("", portfolio):
                told |= {each.name: each for each in layer.get(named, ())}
        return told

    def _values(self, portfolio: str) -> dict[str, object]:
        values = {name: field.default for name, field in SETTING_FIELDS.items()}
        return values | {name: told.value for name, told in self.told(portfolio).items()}

    def without_holdings(self, names: Collection[str]) -> list[RowError]:
        """A mistake for each portfolio that has settings but no holdings, at its first row."""
        first = {told.portfolio: told for layer in self._layers for told in (each[0] for each in layer.values())}
        return [
            RowError(told.file, told.row, "portfolio", name, f"has no holdings{close_to(name, names)}")
            for name, told in first.items() if name and name not in names
        ]  # fmt: skip


def setting_records() -> list[dict[str, object]]:
    """Every setting as plain values: name, kind, unit, meaning, rule, choices, and its default, also as a file spells it."""
    return [
        {
            "name": field.name,
            "kind": field.kind,
            "unit": field.unit or None,
            "meaning": field.meaning,
            "rule": field.rule,
            "choices": [*field.choices] or None,
            "default": [*field.default] if isinstance(field.default, tuple) else field.default,
            "default_text": None if field.default is None else _spelled(field.default),
        }
        for field in SETTING_FIELDS.values()
    ]


def _spelled(value: object) -> str:
    """A value as a settings file has it."""
    if isinstance(value, tuple):
        return ";".join(map(_spelled, value))
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def read_settings(
    sheet: SheetRows | None, path: Path | None, overrides: Mapping[str, str], errors: list[RowError]
) -> Settings:
    """Read every layer; mistakes are added to `errors`."""
    beside = [sheet_layer(sheet, errors)] if sheet is not None else []
    return Settings(beside + told_layers(path, overrides, errors))


def sheet_layer(sheet: SheetRows, errors: list[RowError]) -> list[Told]:
    """What a sheet tells of settings; mistakes are added to `errors`."""
    return _layer(sheet.name, sheet.rows, errors)


def told_layers(path: Path | None, overrides: Mapping[str, str], errors: list[RowError]) -> list[list[Told]]:
    """What a settings file and settings given one by one tell, a layer each; mistakes are added to `errors`."""
    layers = []
    if path is not None:
        path = Path(path)
        if path.suffix.lower() in BOOKS:
            layers.append(_layer(*read_sheets(path, ("settings",))["settings"], errors))
        else:
            layers.append(_layer(path.name, read_csv(path), errors))
    given = []
    for name, value in overrides.items():
        _one(OVERRIDES, 0, "", name, value, given, errors)
    return [*layers, given]


def override_mistakes(overrides: Mapping[str, str]) -> list[RowError]:
    """The mistakes among settings given one by one."""
    errors = []
    read_settings(None, None, overrides, errors)
    return errors


def _layer(file: str, rows: Iterable[Row], errors: list[RowError]) -> list[Told]:
    header, rows = header_and_rows(file, iter(rows))
    check_header(file, header, COLUMNS, ("setting", "value"), IGNORED)
    layer, first = [], {}
    for row in rows:
        cells = dict.fromkeys(COLUMNS) | dict(zip(header, row.cells))
        extra = next((cell for cell in row.cells[len(header) :] if cell is not None), None)
        if extra is not None:
            rule = f"has more than the {len(header)} cells of the header; a list has ; between its numbers"
            errors.append(RowError(file, row.number, "(row)", extra, rule))
            continue
        try:
            portfolio = read_value(HOLDING_FIELDS["portfolio"], cells["portfolio"]) or ""
        except Broken as broken:
            errors.append(RowError(file, row.number, "portfolio", cells["portfolio"], broken.rule))
            continue
        name = normal_name(cells["setting"])
        earlier = first.setdefault((portfolio, name), row.number)
        if earlier != row.number:
            rule = f"stands in row {earlier} already"
            errors.append(RowError(file, row.number, "setting", cells["setting"], rule, portfolio))
        else:
            _one(file, row.number, portfolio, cells["setting"], cells["value"], layer, errors)
    return layer


def _one(file: str, row: int, portfolio: str, setting, value, layer: list[Told], errors: list[RowError]) -> None:
    """Check one setting and add it to the layer; a blank value leaves the setting as it is."""
    name = normal_name(setting)
    field = SETTING_FIELDS.get(name)
    if field is None:
        rule = (
            f"is not a setting{close_to(name, SETTING_FIELDS, all_of_them=True)}"
            if name
            else "is required beside a value"
        )
        column, got = (str(setting), None) if file == OVERRIDES else ("setting", setting)
        errors.append(RowError(file, row, column, got, rule, portfolio))
        return
    try:
        read = read_value(field, value)
    except Broken as broken:
        errors.append(RowError(file, row, field.name, value, broken.rule, portfolio))
        return
    if read is not None:
        layer.append(Told(file, row, portfolio, field.name, read))
    elif file == OVERRIDES:
        errors.append(RowError(file, row, field.name, None, "needs a value after ="))


def close_to(name: str, names: Collection[str], all_of_them: bool = False) -> str:
    """The end of a sentence on an unknown name: the known one that it resembles, or all of them."""
    close = get_close_matches(name, names, 1) if len(names) <= MOST_COMPARED else ()
    if close:
        return f"; did you mean {close[0]}?"
    return f"; settings are {', '.join(names)}" if all_of_them else ""
