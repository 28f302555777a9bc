"""Read a workbook that xlhedge wrote, and that somebody may have filled in since, as the plain tables of other files.

What stands where is told by the records of the sheets, which wrote it; a text that they look for in vain is a mistake.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from ..errors import Unreadable
from ..ooxml.cells import SheetRows
from ..portfolio.assemble import Beside, Kept, ReadFrom
from ..portfolio.fields import SETTING_FIELDS, InputField
from ..portfolio.mistakes import BEYOND, RowError
from ..portfolio.values import Broken, read_value
from ..rows import Row, Uncalculated
from ..workbook.grid.record import SheetRecord, fields
from ..workbook.grid.typed import ASSET, FilledSheet, Form, Found, Misplaced, Typed, TypedTable, as_stored, wrong_value
from ..workbook.sheets import SHEETS
from ..workbook.sheets.contracts import CONTRACTS, as_listed, read_contracts
from ..workbook.sheets.about import ABOUT, read_made_by, read_mode
from ..workbook.sheets.function_examples import read_functions
from ..workbook.sheets.functions import FUNCTIONS_SHEET
from ..workbook.sheets.inputs import HOLDINGS, INPUTS, TABLE, read_holdings, rows_shown
from ..workbook.sheets.log import LOG
from ..workbook.sheets.monitor import MONITOR
from ..workbook.sheets.positions import POSITIONS, read_positions
from ..workbook.sheets.positions import TABLE as POSITIONS_TABLE
from ..workbook.sheets.stress import STRESS, is_set, read_stress
from ..workbook.sheets.tiers import TIERS, read_tiers
from .contract_facts import contract_facts, tier_facts
from .passed_over import Looked, looked

NAMES = tuple(record.name.lower() for record in SHEETS if record.typed)
"""The sheets that are read back, as `sheets_of` names them."""

FORMER = {"cover": ABOUT.name.lower()}
"""What sheets were called in 0.1.0."""

MOST_LOGGED = 5000
"""Rows of a log: each looks through those above it."""

FLAG = InputField("", "flag", "")
LAID_OUT = "is not on the sheet, which is laid out by another version or was rearranged"


class FilledIn(NamedTuple):
    """What a filled-in workbook says, as plain tables; and every text that was looked for in vain."""

    holdings: SheetRows
    positions: SheetRows
    settings: tuple[SheetRows, ...]
    contracts: tuple[SheetRows, ...]
    stress: SheetRows | None
    sets: dict[str, SheetRows]
    kept: Kept
    mistakes: tuple[RowError, ...]
    notes: tuple[str, ...]
    looked: tuple[Looked, ...]
    functions: str
    room: tuple[int, int, int]
    read_from: ReadFrom


def is_filled_in(sheet: SheetRows) -> bool:
    """Whether a sheet is the Inputs sheet of a workbook that xlhedge wrote."""
    return any(row.cells[:1] == [HOLDINGS] for row in sheet.rows)


def read_filled_in(sheets: Mapping[str, SheetRows], others: Mapping[str, SheetRows]) -> FilledIn:
    """Read the sheets of a filled-in workbook, given by their names in lower case, and `others` by their titles."""
    sheets, others = _by_title(sheets, others)
    reading = _Reading(sheets)
    assets = reading.rows(INPUTS, lambda filled: _assets(TABLE, filled))
    kept = {}
    for record in SHEETS:
        if record.kept and (typed := reading.kept(record, assets)):
            kept[record.name] = typed
    contracts, tiers = reading.rows(CONTRACTS, read_contracts), reading.rows(TIERS, read_tiers)
    facts, texts = contract_facts(reading.name(CONTRACTS), contracts, reading.mistakes)
    known = contracts if reading.has(CONTRACTS) else as_listed()
    ladders, tier_texts = tier_facts(reading.name(TIERS), tiers, known, reading.mistakes)
    examples = reading.rows(FUNCTIONS_SHEET, lambda filled: read_functions(filled).items())
    for record, found in ((CONTRACTS, texts), (TIERS, tier_texts), (FUNCTIONS_SHEET, dict(examples))):
        if found:
            kept[record.name] = found
    own = {key.partition(" ")[2] for _, key, cells in contracts if key and " " not in str(cells["key"])}
    holdings = reading.rows(INPUTS, read_holdings)
    positions = reading.rows(POSITIONS, lambda filled: read_positions(filled, None, own))
    stress = reading.rows(STRESS, lambda filled: read_stress(filled, assets))
    filled = {title: FilledSheet(sheet.name, sheet.rows) for title, sheet in others.items()}
    sets = {t: SheetRows(sheet.name, [*read_stress(sheet, assets)]) for t, sheet in filled.items() if is_set(sheet)}
    if not reading.has(POSITIONS):
        rule = "stands in a workbook without the sheet Positions: another version built it, or the sheet was removed"
        raise Unreadable(reading.name(INPUTS), rule)
    missing = (record.name for record in SHEETS if record.typed and not reading.has(record) and record is not POSITIONS)
    notes = [f"there is no sheet {name}: the new one is as xlhedge begins it" for name in missing]
    settings = tuple(reading.settings(record) for record in SHEETS if record.settings and reading.has(record))
    notes += reading.notes
    notes += [f"sheet {title} is not one of xlhedge's and is not carried over" for title in others if title not in sets]
    hedged = reading.rows(POSITIONS, lambda filled: _assets(POSITIONS_TABLE, filled))
    followed = {"assets": assets, "positions": hedged}
    seen = [looked(record, reading.filled(record), followed) for record in SHEETS if reading.has(record)]
    seen += [looked(STRESS, sheet, followed) for sheet in filled.values() if is_set(sheet)]
    return FilledIn(
        SheetRows(reading.name(INPUTS), holdings),
        SheetRows(reading.name(POSITIONS), positions),
        settings,
        tuple(SheetRows(reading.name(record), rows) for record, rows in ((CONTRACTS, facts), (TIERS, ladders)) if rows),
        SheetRows(reading.name(STRESS), stress) if stress else None,
        sets,
        kept,
        tuple(reading.mistakes),
        tuple(notes),
        tuple(seen),
        read_mode(reading.filled(ABOUT)) if reading.has(ABOUT) else "",
        _room(reading),
        read_made_by(reading.filled(ABOUT)) if reading.has(ABOUT) else ReadFrom(),
    )


def _room(reading: "_Reading") -> tuple[int, int, int]:
    """The rows that the workbook has for assets, for positions and for the log; 0 where that cannot be seen."""
    rows = [rows_shown(reading.filled(INPUTS))]
    for record, table in ((POSITIONS, POSITIONS_TABLE), (MONITOR, LOG)):
        counts = reading.rows(record, lambda filled, table=table: [table.numbered(filled)])
        rows.append(next(iter(counts), 0))
    return tuple(rows)


def _by_title(
    sheets: Mapping[str, SheetRows], others: Mapping[str, SheetRows]
) -> tuple[dict[str, SheetRows], dict[str, SheetRows]]:
    """The sheets, with those that somebody renamed under their own names, which their titles still say; and the rest."""
    found, rest = dict(sheets), {}
    for title, sheet in others.items():
        first = FilledSheet(sheet.name, sheet.rows).at(1, 1)
        said = str(first or "").rpartition(": ")[2].lower()
        said = FORMER.get(said, said)
        if said in (*NAMES, *FORMER.values()) and said not in found:
            found[said] = sheet
        else:
            rest[title] = sheet
    return found, rest


def _assets(table: TypedTable, filled: FilledSheet) -> Iterator[str | None]:
    """The assets of the table of Inputs or of Positions by row, None where a row is blank."""
    rows = table.read_rows(filled)
    for row in range(table.first_row(filled), max(rows, default=0) + 1):
        asset = rows.get(row, {}).get("asset")
        yield None if asset is None else str(asset)


class _Reading:
    """The sheets of one workbook, read by their records; mistakes are collected."""

    def __init__(self, sheets: Mapping[str, SheetRows]) -> None:
        self._sheets = sheets
        self._filled: dict[str, FilledSheet] = {}
        self.mistakes: list[RowError] = []
        self.notes: list[str] = []

    def has(self, record: SheetRecord) -> bool:
        """Whether the workbook has the sheet; somebody may have removed it."""
        key = "holdings" if record is INPUTS else record.name.lower()
        if record.name not in self._filled and key in self._sheets:
            self._filled[record.name] = FilledSheet(self._sheets[key].name, self._sheets[key].rows)
        return record.name in self._filled

    def filled(self, record: SheetRecord) -> FilledSheet:
        """The cells of a sheet that the workbook has."""
        return self._filled[record.name]

    def name(self, record: SheetRecord) -> str:
        """How errors call the sheet."""
        return self._filled[record.name].name if self.has(record) else record.name

    def rows(self, record: SheetRecord, read) -> list:
        """What a function reads from a sheet, or nothing where it is missing or laid out otherwise."""
        if not self.has(record):
            return []
        try:
            return [*read(self._filled[record.name])]
        except Misplaced as misplaced:
            self._add(record, 0, misplaced.text, None, LAID_OUT)
            return []

    def settings(self, record: SheetRecord) -> SheetRows:
        """The settings that are typed on a sheet as a plain table; a list has ; between its numbers."""
        rows = [Row(0, ["setting", "value"])]
        for declared in record.settings:
            found = self.rows(record, declared.read)
            self._note_blanks(record, declared, found)
            if isinstance(declared, Form):
                rows += (Row(each.row, [each.name, each.value]) for each in found)
                continue
            values = [each.value for each in found if each.value is not None]
            if values:
                name = fields(declared)[0].name
                rows.append(Row(found[0].row, [name, ";".join(v if isinstance(v, str) else repr(v) for v in values)]))
        return SheetRows(self.name(record), rows)

    def _note_blanks(self, record: SheetRecord, declared, found: Sequence[Found]) -> None:
        """A setting or a list that is blank gets its usual value again, where it has one."""
        filled = {each.name for each in found if each.value is not None}
        for field in fields(declared):
            if found and field.name not in filled and SETTING_FIELDS[field.name].default:
                self.notes.append(f"sheet {record.name}: {field.name} is blank; the new one has its usual value")

    def kept(self, record: SheetRecord, assets: Sequence[str | None]) -> dict[str, object]:
        """What is taken over as it stands, by name; an asset that is chosen must be one of those held."""
        held = {asset.casefold(): asset for asset in assets if asset}
        typed: dict[str, object] = {}
        for declared in record.kept:
            found = self.rows(record, declared.read)
            known = {field.name: field for field in fields(declared)}
            values: dict[str, dict[int, object]] = {}
            for each in found:
                value = self._value(record, known[each.name], each.row, each.value)
                if known[each.name].rule == ASSET and held:
                    value = held.get(str(value or "").strip().casefold())
                    if value is None:
                        rule = f"must be an asset of the portfolio: {', '.join([*held.values()][:20])}"
                        self._add(record, each.row, known[each.name].label, each.value, rule)
                values.setdefault(each.name, {})[each.row] = value
            if isinstance(declared, Form):
                typed |= {name: next(iter(each.values())) for name, each in values.items()}
            elif found:
                typed |= self._table(record, declared, values)
                if declared.is_last and declared.rows:
                    self._check_end(record, declared, found[-1].row)
        return typed

    def _table(
        self, record: SheetRecord, declared: TypedTable, values: Mapping[str, dict[int, object]]
    ) -> dict[str, object]:
        """The columns of a table by their names: of all rows to the last that is not blank, or by the rows that they follow."""
        first = declared.first_row(self._filled[record.name])
        if declared.follows:
            begin = self._beginning(declared.follows) - first
            return {
                name: Beside(declared.follows, {begin + row: value for row, value in column.items()})
                for name, column in values.items()
            }
        filled = [row for column in values.values() for row, value in column.items() if value is not None]
        end = first + declared.rows if declared.rows else max(filled, default=first - 1) + 1
        if end - first > MOST_LOGGED:
            self._add(
                record, end - 1, declared.fields[0].label, None, f"stands beyond the {MOST_LOGGED:,} rows that are read"
            )
            end = first
        return {name: tuple(column.get(row) for row in range(first, end)) for name, column in values.items()}

    def _beginning(self, of: str) -> int:
        """The number of the first row of the assets or of the positions, as the reader of the portfolio counts them."""
        record, table, beyond = (INPUTS, TABLE, 0) if of == "assets" else (POSITIONS, POSITIONS_TABLE, BEYOND)
        return beyond + next(iter(self.rows(record, lambda filled: [table.first_row(filled)])), 0)

    def _check_end(self, record: SheetRecord, declared, last: int) -> None:
        """What stands below the last row of a table would be lost."""
        beyond = declared.beyond(self._filled[record.name])
        for field, row, value in beyond:
            rule = f"stands below the last of the {declared.rows} rows, which end in row {last}: it would be lost"
            self._add(record, row, field.label, value, rule)

    def _value(self, record: SheetRecord, field: Typed, row: int, value):
        rule = wrong_value(field, value, not isinstance(value, Uncalculated))
        if field.format == "flag" and not rule:
            try:
                value = read_value(FLAG, value)
            except Broken as broken:
                rule = broken.rule
        if rule:
            self._add(record, row, field.label, value, rule)
        return as_stored(value)

    def _add(self, record: SheetRecord, row: int, column: str, value, rule: str) -> None:
        mistake = RowError(self.name(record), row, column, value, rule)
        if mistake not in self.mistakes:
            self.mistakes.append(mistake)
