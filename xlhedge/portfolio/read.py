"""Assemble portfolios from the rows of a holdings table and a settings table."""

import math
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from pathlib import Path
from types import SimpleNamespace
from typing import NamedTuple

from ..contracts import Table, read_table, rows_table
from ..errors import FileError, XlhedgeError, shown
from .fields import CASH_CODES, DOLLARS, HOLDING_FIELDS, SETTING_FIELDS
from .hedge import HedgeContract, hedge_contract
from .tables import Row, header_and_rows, normal_name, read_csv, read_sheets
from .values import Broken, read_value

MOST_TOLD = 50
NOTES = ("note", "notes", "comment", "comments")


class RowError(NamedTuple):
    """One mistake: where it is, the value met, and the rule that it breaks."""

    file: str
    row: int
    column: str
    value: object
    rule: str

    def __str__(self) -> str:
        return f"{self.file} row {self.row}, {self.column}: {self.rule} (got {shown(self.value)})"


class RowErrors(XlhedgeError):
    """All mistakes of an input, at once."""

    def __init__(self, errors: list[RowError]) -> None:
        self.errors = errors
        told = [str(error) for error in errors[:MOST_TOLD]]
        if len(errors) > MOST_TOLD:
            told.append(f"... and {len(errors) - MOST_TOLD} more")
        super().__init__("\n".join(told))


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


def read_portfolios(
    holdings: Path, settings: Path | None = None, overrides: dict[str, str] | None = None, contracts: Path | None = None
) -> tuple[list[Portfolio], list[RowError]]:
    """Read every portfolio of a holdings file; those with a mistake are left out and their mistakes returned.

    `settings` is a file of settings, `overrides` are settings given one by one, `contracts` a table of the user's own.
    """
    holdings = Path(holdings)
    errors: list[RowError] = []
    sheets = read_sheets(holdings) if holdings.suffix.lower() in (".xlsx", ".xlsm") else {}
    table = _contract_table(contracts, sheets, holdings.name)
    rows = _holding_rows(holdings, sheets)
    by_portfolio = _setting_values(holdings, settings, sheets, overrides or {}, errors)
    portfolios = []
    for name, checked, wrong in _grouped(holdings, rows):
        settings_of = _settings_of(by_portfolio, name)
        for row, values in checked:
            _complete(holdings.name, row, values, wrong)
        value = math.fsum(values.coins * (values.price or 0.0) for _, values in checked)
        built = [_holding(holdings.name, row, values, value, settings_of, table, wrong) for row, values in checked]
        wrong += _portfolio_errors(holdings.name, checked, settings_of)
        errors += wrong
        if not wrong:
            portfolios.append(Portfolio(name, tuple(built), settings_of, holdings.name))
    errors += _unknown_portfolios(by_portfolio, {p.name for p in portfolios}, errors)
    if not portfolios and not errors:
        raise FileError(f"{holdings.name}: has a header but no holdings below it")
    return portfolios, errors


def _contract_table(path: Path | None, sheets: dict, name: str) -> Table | None:
    if path is not None:
        return read_table(path)
    if "contracts" not in sheets or "venue" not in (header := header_and_rows(name, iter(sheets["contracts"])))[0]:
        return None
    names, rows = header
    return rows_table([dict(zip(names, row.cells)) for row in rows], f"{name} Contracts")


def _holding_rows(path: Path, sheets: dict) -> Iterator[Row]:
    if not sheets:
        return read_csv(path)
    found = next((sheets[name] for name in ("holdings", "portfolio", "portfolios") if name in sheets), None)
    if found is None:
        if len(sheets) > 1:
            raise FileError(f"{path.name}: has no sheet Holdings (its sheets: {', '.join(sheets)})")
        found = next(iter(sheets.values()))
    return iter(found)


def _grouped(path: Path, rows: Iterator[Row]) -> Iterator[tuple[str, list, list[RowError]]]:
    """The checked rows of each portfolio with the mistakes among them, in the order of the file."""
    header, rows = header_and_rows(path.name, rows)
    _check_header(path.name, header)
    groups: dict[str, tuple[list, list[RowError]]] = {}
    for row in rows:
        values, wrong = _checked_row(path.name, header, row)
        name = values.portfolio or path.stem
        checked, mistakes = groups.setdefault(name, ([], []))
        mistakes += wrong
        if not wrong:
            checked.append((row.number, values))
    for name, (checked, mistakes) in groups.items():
        yield name, checked, mistakes


def _check_header(name: str, header: list[str]) -> None:
    """Refuse unknown, duplicate and missing columns: a misspelt column must not be ignored in silence."""
    problems = []
    for column in dict.fromkeys(header):
        if header.count(column) > 1 and column:
            problems.append(f"column {column} appears {header.count(column)} times")
        if column and column not in HOLDING_FIELDS and column not in NOTES:
            close = get_close_matches(column, HOLDING_FIELDS, 1)
            hint = f"did you mean {close[0]}?" if close else "name it note to have it ignored"
            problems.append(f"unknown column {column!r} ({hint})")
    problems += [f"column {f.name} is missing" for f in HOLDING_FIELDS.values() if f.required and f.name not in header]
    if problems:
        raise FileError(f"{name}: {'; '.join(problems)}; the columns are {', '.join(HOLDING_FIELDS)}")


def _checked_row(file: str, header: list[str], row: Row) -> tuple[SimpleNamespace, list[RowError]]:
    values, errors = {name: None for name in HOLDING_FIELDS}, []
    extra = [cell for cell in row.cells[len(header) :] if cell is not None]
    if extra:
        errors.append(RowError(file, row.number, "(row)", extra[0], f"has more than the {len(header)} cells of the header"))
    for name, cell in zip(header, row.cells):
        field = HOLDING_FIELDS.get(name)
        if field is None:
            if not name and cell is not None:
                errors.append(RowError(file, row.number, "(no header)", cell, "stands in a column without a header"))
            continue
        try:
            values[name] = read_value(field, cell)
        except Broken as broken:
            errors.append(RowError(file, row.number, name, cell, broken.rule))
    told = {error.column for error in errors}
    for name, field in HOLDING_FIELDS.items():
        if values[name] is None and name not in told:
            if field.required:
                errors.append(RowError(file, row.number, name, None, "is required"))
            values[name] = field.default
    return SimpleNamespace(**values), errors


def _complete(file: str, row: int, values, errors: list[RowError]) -> None:
    """Fill in what follows from the row itself, and check its columns against one another."""

    def wrong(column: str, value: object, rule: str) -> None:
        errors.append(RowError(file, row, column, value, rule))

    code = values.asset.upper()
    values.kind = values.kind or ("cash" if code in CASH_CODES else "coin")
    if values.price is None and values.kind == "cash" and code in DOLLARS:
        values.price = 1.0
    if values.price is None:
        wrong("price", None, "is required, except for dollars and stablecoins")
    if values.margin is not None and values.margin > values.coins:
        wrong("margin", values.margin, f"must not exceed the {values.coins:g} coins that include it")
    if values.qty and values.entry is None:
        wrong("entry", None, "is required with an open qty")
    if values.kind == "cash":
        for column in ("venue", "hedge_ratio", "qty", "margin"):
            if getattr(values, column):
                wrong(column, getattr(values, column), "must be blank for cash, which is never hedged")
    elif (values.hedge_ratio or values.qty) and not (values.venue or values.face):
        wrong("venue", None, "is required for a hedge, or give face and mmr")


def _holding(file: str, row: int, values, value: float, settings, table: Table | None, errors: list[RowError]) -> Holding:
    """Find the contract of a row in a portfolio of some value; mistakes are added to `errors`."""
    if values.kind == "cash" or values.price is None or not (values.venue or values.contract or values.face):
        return Holding(row, values, None)
    try:
        return Holding(row, values, hedge_contract(values, settings, _largest_size(values, value), table))
    except XlhedgeError as error:
        column = getattr(error, "parameter", "venue" if values.contract is None else "contract")
        errors.append(RowError(file, row, column, values.contract or values.venue, str(error)))
    return Holding(row, values, None)


def _largest_size(values, value: float) -> float:
    """The USD size that a hedge of this row can have: the one open, that of its ratio, or that of its target."""
    planned = 0.0
    if values.hedge_ratio is not None:
        planned = values.hedge_ratio * values.coins * values.price
    elif values.target_weight is not None:
        planned = abs(values.target_weight * value - values.coins * values.price)
    return max(abs(values.qty or 0.0), planned)


def _portfolio_errors(file: str, checked: list, settings) -> list[RowError]:
    """Mistakes that show only in the whole portfolio: duplicates, weights above 1, no value, an unknown asset."""
    errors, seen = [], {}
    for row, values in checked:
        first = seen.setdefault(values.asset.upper(), row)
        if first != row:
            errors.append(RowError(file, row, "asset", values.asset, f"stands in row {first} already; add the two up"))
    targets = [(row, v.target_weight) for row, v in checked if v.target_weight is not None]
    total = math.fsum(weight for _, weight in targets)
    has_cash_target = any(v.kind == "cash" and v.target_weight is not None for _, v in checked)
    if total > 1 + 1e-9 or (targets and has_cash_target and len(targets) == len(checked) and abs(total - 1) > 1e-9):
        errors.append(RowError(file, targets[-1][0], "target_weight", total, "of all rows must add up to 1"))
    if checked and not math.fsum(v.coins * (v.price or 0) for _, v in checked) > 0 and not errors:
        errors.append(RowError(file, checked[0][0], "coins", 0, "of all rows must have a value above 0 USD"))
    if settings.scenario_asset and settings.scenario_asset.upper() not in seen:
        rule = f"must be an asset of the portfolio: {', '.join(v.asset for _, v in checked)}"
        errors.append(RowError(file, checked[0][0] if checked else 0, "scenario_asset", settings.scenario_asset, rule))
    return errors


def _setting_values(path: Path, settings: Path | None, sheets: dict, overrides: dict, errors: list[RowError]) -> dict:
    """Settings by portfolio name ("" for all): from the workbook's Settings sheet, the settings file, the overrides."""
    layers: list[tuple[str, Iterable[Row]]] = []
    if "settings" in sheets:
        layers.append((f"{path.name} Settings", sheets["settings"]))
    if settings is not None:
        settings = Path(settings)
        is_book = settings.suffix.lower() in (".xlsx", ".xlsm")
        layers.append((settings.name, next(iter(read_sheets(settings).values())) if is_book else read_csv(settings)))
    found: dict[str, dict] = {"": {}}
    for name, rows in layers:
        header, rows = header_and_rows(name, iter(rows))
        if "setting" not in header or "value" not in header:
            raise FileError(f"{name}: needs the columns setting and value (and portfolio, when it differs)")
        for row in rows:
            cells = dict(zip(header, row.cells))
            _one_setting(name, row.number, cells.get("portfolio"), cells.get("setting"), cells.get("value"), found, errors)
    for setting, value in overrides.items():
        _one_setting("--set", 0, None, setting, value, found, errors)
    return found


def _one_setting(file: str, row: int, portfolio, setting, value, found: dict, errors: list[RowError]) -> None:
    field = SETTING_FIELDS.get(normal_name(setting))
    if field is None:
        close = get_close_matches(normal_name(setting), SETTING_FIELDS, 1)
        rule = f"is not a setting{f'; did you mean {close[0]}?' if close else ''}"
        errors.append(RowError(file, row, "setting", setting, rule))
        return
    try:
        read = read_value(field, value)
    except Broken as broken:
        errors.append(RowError(file, row, field.name, value, broken.rule))
        return
    if read is not None:
        found.setdefault(str(portfolio) if portfolio is not None else "", {})[field.name] = read


def _settings_of(by_portfolio: dict, name: str) -> SimpleNamespace:
    defaults = {name: field.default for name, field in SETTING_FIELDS.items()}
    return SimpleNamespace(**defaults | by_portfolio[""] | by_portfolio.get(name, {}))


def _unknown_portfolios(by_portfolio: dict, names: set[str], errors: list[RowError]) -> list[RowError]:
    if errors:
        return []
    return [RowError("settings", 0, "portfolio", name, "has no holdings") for name in by_portfolio if name and name not in names]
