"""Assemble a portfolio from the rows of a holdings table and from settings, all checked."""

import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from ..contracts import FactTable, read_table, rows_table
from ..contracts.tables import TableError
from ..ooxml.cells import SheetRows
from ..rows import Row
from .check import RowChecker, completed, found_contract, portfolio_errors
from .doubts import holding_doubts, setting_doubts
from .fields import HoldingValues, SettingValues
from .hedge import HedgeContract
from .mistakes import RowError, RowErrors
from .scenarios import Scenario
from .settings import Settings
from .tables import header_and_rows

Kept = Mapping[str, Mapping[object, object]]
"""What was typed on each sheet by its name: under the name of a cell or a column, its value or values."""

NOTHING: Kept = {}


Sets = Mapping[str, tuple[Scenario, ...]]
"""Scenario sets by the titles of their sheets."""

NO_SETS: Mapping = {}


class Holding(NamedTuple):
    """One asset of a portfolio: the checked row, and the contract that hedges it (None for cash and unhedged coins)."""

    row: int
    values: HoldingValues
    hedge: HedgeContract | None

    @property
    def is_cash(self) -> bool:
        """Whether the row is cash or a stablecoin."""
        return self.values.kind == "cash"


class Portfolio(NamedTuple):
    """A portfolio: its name, its holdings and its settings, all checked, and the user's own contracts and scenarios.

    `kept` is what a new workbook takes over as it was typed into the one that the portfolio was read from, and `notes`
    say what it does not take over; `functions` is how its formulas were written, "" where it was no workbook of ours.
    `warnings` tell of values that look like a slip, by file, row and column.
    """

    name: str
    holdings: tuple[Holding, ...]
    settings: SettingValues
    source: str
    contracts: FactTable | None = None
    stress: tuple[Scenario, ...] | None = None
    sets: Sets = NO_SETS
    kept: Kept = NOTHING
    notes: tuple[str, ...] = ()
    functions: str = ""
    warnings: tuple[str, ...] = ()

    def notes_on(self, functions: str) -> tuple[str, ...]:
        """The notes on a new workbook whose formulas are written in this way."""
        if self.functions in ("", functions):
            return self.notes
        return (
            *self.notes,
            f"its formulas were {self.functions}; those of the new one are {functions} (see --functions)",
        )

    @property
    def assets(self) -> list[str]:
        """What is held, in the order of the rows."""
        return [holding.values.asset for holding in self.holdings]


class Reader:
    """Reads the portfolios of one table: checks their rows, completes them and finds their contracts.

    `beside` is what the workbook says of all of them: the fields of a Portfolio from `stress` on.
    """

    def __init__(
        self, file: str, source: str, header: Sequence[str], told: Settings, table: FactTable | None, beside: tuple = ()
    ) -> None:
        self._file, self._source, self._told, self._table, self._beside = file, source, told, table, beside
        self._checker = RowChecker(file, header)
        self._common_doubts = tuple(setting_doubts(told))

    def read(self, name: str, rows: Iterable[Row]) -> tuple[Portfolio, list[RowError]]:
        """The portfolio of these rows, with every mistake in them; with a mistake it is not to be used."""
        checked, wrong = [], []
        for row in rows:
            values, mistakes = self._checker.check(row)
            wrong += mistakes
            if not mistakes:
                checked.append((row.number, values))
        settings, is_whole = self._told.of(name), not wrong
        for row, values in checked:
            wrong += completed(self._file, row, values)
        value = math.fsum(values.coins * (values.price or 0.0) for _, values in checked)
        built = []
        for row, values in checked:
            hedge, mistakes = found_contract(self._file, row, values, settings, value, self._table)
            built.append(Holding(row, values, hedge))
            wrong += mistakes
        wrong += portfolio_errors(self._file, checked, settings, is_whole, self._told.told(name).get)
        wrong = sorted((error._replace(portfolio=name) for error in wrong), key=lambda error: error.row)
        read = Portfolio(name, tuple(built), settings, self._source, self._table, *self._beside)
        return (read if wrong else read._replace(warnings=self._doubts(read, value))), wrong

    def _doubts(self, read: Portfolio, value: float) -> tuple[str, ...]:
        """What is doubtful in a portfolio of some value."""
        told, beside = [], {"funding_hours": read.settings.funding_hours}
        for row, values, hedge in read.holdings:
            told += holding_doubts(self._file, row, values, hedge, value, beside, self._table)
        own = self._told.has_own(read.name)
        return (*told, *(setting_doubts(self._told, read.name) if own else self._common_doubts))


def own_table(path: Path | None, sheets: Sequence[SheetRows] = ()) -> FactTable | None:
    """The user's own table of contracts: the file if there is one, else the sheets; RowErrors for mistakes in it."""
    try:
        if path is not None:
            return read_table(path)
        tables = [_sheet_table(sheet) for sheet in sheets]
    except TableError as error:
        told = dict.fromkeys(RowError(p.file, p.row, p.column, p.value, p.rule) for p in error.problems)
        raise RowErrors([*told]) from None
    tables = [table for table in tables if table and table.facts]
    return FactTable(tables[0].name, tuple(fact for table in tables for fact in table.facts)) if tables else None


def _sheet_table(sheet: SheetRows) -> FactTable | None:
    rows = [*sheet.rows]
    if not rows:
        return None
    header, rows = header_and_rows(sheet.name, iter(rows))
    rows = [*rows]
    cells = [dict.fromkeys(header) | dict(zip(header, row.cells)) for row in rows]
    return rows_table(cells, sheet.name, [row.number for row in rows])
