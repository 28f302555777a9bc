"""Assemble portfolios from the rows of a holdings table and from settings."""

import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import MappingProxyType, SimpleNamespace
from typing import NamedTuple

from ..contracts import Table, read_table, rows_table
from ..contracts.tables import TableError
from ..ooxml.cells import SheetRows
from ..rows import Row
from .check import RowChecker, completed, found_contract, portfolio_errors
from .hedge import HedgeContract
from .mistakes import RowError, RowErrors
from .opened import Naming, open_holdings
from .own_typed import Typed
from .scenarios import Scenario, sheet_scenarios
from .settings import Settings, read_settings
from .tables import header_and_rows


class Holding(NamedTuple):
    """One asset of a portfolio: the checked row, and the contract that hedges it (None for cash and unhedged coins)."""

    row: int
    values: SimpleNamespace
    hedge: HedgeContract | None

    @property
    def is_cash(self) -> bool:
        """Whether the row is cash or a stablecoin."""
        return self.values.kind == "cash"


class Portfolio(NamedTuple):
    """A portfolio: its name, its holdings and its settings, all checked, and the user's own contracts and stresses.

    `typed` is what stands on sheets of the workbook that it was read from.
    """

    name: str
    holdings: tuple[Holding, ...]
    settings: SimpleNamespace
    source: str
    contracts: Table | None = None
    stress: tuple[Scenario, ...] | None = None
    typed: Typed = MappingProxyType({})


def read_portfolios(
    holdings: Path, settings: Path | None = None, overrides: dict[str, str] | None = None, contracts: Path | None = None
) -> tuple[list[Portfolio], list[RowError]]:
    """Read every portfolio of a holdings file; those with a mistake are left out and all mistakes returned.

    `settings` is a file of settings, `overrides` are settings given one by one, `contracts` a table of the user's own.
    A mistake that may touch every portfolio (its `portfolio` is "") leaves all of them out.
    """
    opened = open_holdings(Path(holdings))
    table = own_table(contracts, opened.contracts)
    naming, groups = Naming(opened), {}
    for row in opened.rows:
        name = naming.of(row)
        if name is not None:
            groups.setdefault(name, []).append(row)
    naming.check_any()
    nameless = groups.pop("", None)
    if nameless and not naming.is_named:
        groups[opened.default] = nameless
    errors = naming.lost()
    told = read_settings(opened.settings, settings, overrides or {}, errors)
    errors += told.without_holdings(groups)
    stress = sheet_scenarios(opened.stress, errors)
    spoiled = {error.portfolio for error in errors}
    reader = Reader(opened.file, opened.source, opened.header, told, table, stress, opened.typed)
    portfolios = []
    for name, rows in groups.items():
        portfolio, wrong = reader.read(name, rows)
        errors += wrong
        if not wrong and not spoiled & {"", name}:
            portfolios.append(portfolio)
    return portfolios, errors


class Reader:
    """Reads the portfolios of one table: checks their rows, completes them and finds their contracts."""

    def __init__(
        self, file: str, source: str, header: Sequence[str], told: Settings, table: Table | None,
        stress: tuple[Scenario, ...] | None = None, typed: Typed = MappingProxyType({}),
    ) -> None:  # fmt: skip
        self._file, self._source, self._told, self._table = file, source, told, table
        self._beside = stress, typed
        self._checker = RowChecker(file, header)

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
            hedge, mistakes = found_contract(self._file, row, values, value, self._table)
            built.append(Holding(row, values, hedge))
            wrong += mistakes
        wrong += portfolio_errors(self._file, checked, settings, is_whole)
        wrong = sorted((error._replace(portfolio=name) for error in wrong), key=lambda error: error.row)
        return Portfolio(name, tuple(built), settings, self._source, self._table, *self._beside), wrong


def own_table(path: Path | None, sheet: SheetRows | None = None) -> Table | None:
    """The user's own table of contracts: the file if there is one, else the sheet; RowErrors for mistakes in it."""
    try:
        if path is not None:
            return read_table(path)
        return _sheet_table(sheet) if sheet is not None and sheet.rows else None
    except TableError as error:
        raise RowErrors([RowError(p.file, p.row, p.column, p.value, p.rule) for p in error.problems]) from None


def _sheet_table(sheet: SheetRows) -> Table | None:
    header, rows = header_and_rows(sheet.name, iter(sheet.rows))
    by_number = {row.number: dict.fromkeys(header) | dict(zip(header, row.cells)) for row in rows}
    if not by_number:
        return None
    first = min(by_number)
    numbered = [by_number.get(number, {}) for number in range(first, max(by_number) + 1)]  # blanks keep rows in step
    return rows_table(numbered, sheet.name, first)
