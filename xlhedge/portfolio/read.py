"""Assemble portfolios from the rows of a holdings table and of settings."""

import math
from collections.abc import Iterable
from pathlib import Path
from types import SimpleNamespace
from typing import NamedTuple

from ..contracts import Table, read_table, rows_table
from ..contracts.tables import TableError
from ..errors import FileError
from .check import REQUIRED, RowChecker, completed, found_contract, portfolio_errors
from .fields import HOLDING_FIELDS
from .hedge import HedgeContract
from .own import is_own, own_sheets
from .mistakes import RowError, RowErrors
from .settings import Settings, read_settings
from .sheets import BOOKS, Sheet, read_sheets
from .tables import Row, check_header, header_and_rows, read_csv
from .values import LONGEST_TEXT

HOLDING_SHEETS = ("holdings", "inputs", "portfolio", "portfolios")
SIDE_SHEETS = ("settings", "contracts", "scenarios")
NOTES = ("note", "notes", "comment", "comments")


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
    """A portfolio: its name, its holdings and its settings, all checked."""

    name: str
    holdings: tuple[Holding, ...]
    settings: SimpleNamespace
    source: str


class Group:
    """The rows of one portfolio: those that passed with their numbers, and the mistakes of the others."""

    def __init__(self) -> None:
        self.checked: list[tuple[int, SimpleNamespace]] = []
        self.wrong: list[RowError] = []


def read_portfolios(
    holdings: Path, settings: Path | None = None, overrides: dict[str, str] | None = None, contracts: Path | None = None
) -> tuple[list[Portfolio], list[RowError]]:
    """Read every portfolio of a holdings file; those with a mistake are left out and all mistakes returned.

    `settings` is a file of settings, `overrides` are settings given one by one, `contracts` a table of the user's own.
    A mistake that may touch every portfolio (its `portfolio` is "") leaves all of them out.
    """
    holdings = Path(holdings)
    is_book = holdings.suffix.lower() in BOOKS
    sheets = read_sheets(holdings, HOLDING_SHEETS, SIDE_SHEETS) if is_book else {}
    if "holdings" in sheets and is_own(sheets["holdings"]):
        sheets = own_sheets(sheets["holdings"], sheets.get("contracts"), sheets.get("scenarios"))
    file, rows = sheets.get("holdings") or (holdings.name, read_csv(holdings))
    table = own_table(contracts, sheets.get("contracts"))
    groups, errors = _grouped(file, rows, _name_of(holdings))
    told = read_settings(sheets.get("settings"), settings, overrides or {}, errors)
    errors += told.without_holdings(groups)
    spoiled = {error.portfolio for error in errors}
    portfolios = []
    for name, group in groups.items():
        portfolio = _portfolio(file, holdings.name, name, group, told, table)
        errors += group.wrong
        if not group.wrong and not spoiled & {"", name}:
            portfolios.append(portfolio)
    if not groups and not errors:
        raise FileError(f"{file}: has a header but no holdings below it")
    return portfolios, errors


def _portfolio(file: str, source: str, name: str, group: Group, told: Settings, table: Table | None) -> Portfolio:
    """Complete the rows of a portfolio and find their contracts; mistakes are added to the group."""
    settings, is_whole, wrong = told.of(name), not group.wrong, []
    for row, values in group.checked:
        wrong += completed(file, row, values)
    value = math.fsum(values.coins * (values.price or 0.0) for _, values in group.checked)
    built = []
    for row, values in group.checked:
        hedge, errors = found_contract(file, row, values, value, settings, table)
        built.append(Holding(row, values, hedge))
        wrong += errors
    wrong += portfolio_errors(file, group.checked, settings, is_whole)
    group.wrong += [error._replace(portfolio=name) for error in wrong]
    group.wrong.sort(key=lambda error: error.row)
    return Portfolio(name, tuple(built), settings, source)


def _grouped(file: str, rows: Iterable[Row], default: str) -> tuple[dict[str, Group], list[RowError]]:
    """The checked rows of each portfolio in the order of the file, and mistakes in rows of no portfolio."""
    header, rows = header_and_rows(file, iter(rows))
    check_header(file, header, HOLDING_FIELDS, REQUIRED, NOTES)
    checker = RowChecker(file, header)
    groups: dict[str, Group] = {}
    unnamed: list[int] = []
    lost: list[RowError] = []
    for row in rows:
        values, wrong = checker.check(row)
        if any(error.column == "portfolio" for error in wrong):
            lost += wrong
            continue
        if values.portfolio is None:
            unnamed.append(row.number)
        group = groups.setdefault(values.portfolio or default, Group())
        group.wrong += [error._replace(portfolio=values.portfolio or default) for error in wrong]
        if not wrong:
            group.checked.append((row.number, values))
    if unnamed and (len(groups) > 1 or lost):
        rule = "is required, as other rows name a portfolio"
        lost += [RowError(file, row, "portfolio", None, rule) for row in unnamed]
    return groups, lost


def _name_of(path: Path) -> str:
    """The name of a portfolio that has none: the file's, as far as it can be shown."""
    name = "".join(character if character.isprintable() else " " for character in path.stem)
    return name[:LONGEST_TEXT].strip().lstrip("=") or "portfolio"


def own_table(path: Path | None, sheet: Sheet | None = None) -> Table | None:
    """The user's own table of contracts: the file if there is one, else the sheet; RowErrors for mistakes in it."""
    try:
        if path is not None:
            return read_table(path)
        return _sheet_table(sheet) if sheet is not None and sheet.rows else None
    except TableError as error:
        raise RowErrors([RowError(p.file, p.row, p.column, p.value, p.rule) for p in error.problems]) from None


def _sheet_table(sheet: Sheet) -> Table | None:
    header, rows = header_and_rows(sheet.name, iter(sheet.rows))
    by_number = {row.number: dict.fromkeys(header) | dict(zip(header, row.cells)) for row in rows}
    if not by_number:
        return None
    first = min(by_number)
    numbered = [by_number.get(number, {}) for number in range(first, max(by_number) + 1)]  # blanks keep rows in step
    return rows_table(numbered, sheet.name, first)
