"""Check one row of holdings, then the rows of a portfolio against one another."""

import math
from collections.abc import Callable, Sequence

from ..contracts import Contract, FactTable
from ..errors import InputError, NotAvailableError, XlhedgeError
from ..rows import Row
from .ends import has_ended, no_longer
from .fields import CASH_CODES, DOLLARS, HOLDING_FIELDS, InputField, HoldingValues, SettingValues
from .hedge import HedgeContract, contract_of, hedge_contract
from .mistakes import RowError, Tables
from .positions import names_contract
from .settings import Told
from .tables import starts_like_a_comment
from .values import Broken, read_value

WEIGHT_TOLERANCE = 1e-9
REQUIRED = [field.name for field in HOLDING_FIELDS.values() if field.required]
DEFAULTS = {field.name: field.default for field in HOLDING_FIELDS.values() if field.default is not None}
BLANK = dict.fromkeys(HOLDING_FIELDS)
MOST_REMEMBERED = 1000
NEVER_CASH = ("venue", "contract", "hedge_ratio", "qty", "margin", "share", "account", "expiry", "mark", "beta")
TOLD_OF_A_POSITION = ("margin", "share", "account", "expiry", "mark", "beta")
"""What a row without a contract cannot have."""
IN_THE_HEADER = ("asset", "coins")
"""Columns that every table of holdings has."""


class RowChecker:
    """Checks the rows below one header."""

    def __init__(self, file: str, header: Sequence[str]) -> None:
        self.file, self.width = file, len(header)
        known = {*HOLDING_FIELDS, ""}
        self._columns = [(i, name, HOLDING_FIELDS.get(name), {}) for i, name in enumerate(header) if name in known]

    def check(self, row: Row) -> tuple[HoldingValues, list[RowError]]:
        """The values of a row by column, with every mistake among its cells."""
        values, errors, told = BLANK.copy(), [], set()
        cells, width = row.cells, len(row.cells)

        def wrong(column: str, value: object, rule: str) -> None:
            errors.append(RowError(self.file, row.number, column, value, rule))
            told.add(column)

        if starts_like_a_comment(row):
            wrong("(row)", cells[0], "begins with #: put a space after # to leave the row out, or take the # away")
        for i, name, field, seen in self._columns:
            cell = cells[i] if i < width else None
            if cell is None:
                continue
            if field is None:
                wrong("(no name)", cell, "has no header above it")
                continue
            try:
                values[name] = seen[cell] if type(cell) is str and cell in seen else _read(field, cell, seen)
            except Broken as broken:
                wrong(name, cell, broken.rule)
        if width > self.width:
            extra = next((cell for cell in cells[self.width :] if cell is not None), None)
            if extra is not None:
                wrong("(row)", extra, f"has more than the {self.width} cells of the header")
        if values["entry"] is not None and values["qty"] is None and "qty" not in told:
            wrong("qty", None, "is required with an entry (0 when no position is open)")
        for name in REQUIRED:
            if values[name] is None and name not in told:
                wrong(name, None, "is required")
        for name, default in DEFAULTS.items():
            if values[name] is None:
                values[name] = default
        return HoldingValues(**values), errors


def _read(field: InputField, cell: object, seen: dict[str, object]) -> object:
    """The value of a cell; texts are remembered, as columns repeat themselves."""
    value = read_value(field, cell)
    if type(cell) is str:
        if len(seen) == MOST_REMEMBERED:
            seen.clear()
        seen[cell] = value
    return value


def completed(tables: Tables, row: int, values: HoldingValues, has_position: bool = False) -> list[RowError]:
    """Fill in what follows from the row itself, and check its columns against one another.

    `has_position` says that another row names a contract for the asset.
    """
    errors = []

    def wrong(column: str, value: object, rule: str) -> None:
        errors.append(tables.error(row, column, value, rule))

    code = values.asset.upper()
    values.kind = values.kind or ("cash" if code in CASH_CODES and values.coins is not None else "coin")
    if values.price is None and values.kind == "cash" and code in DOLLARS:
        values.price = 1.0
    if values.price is None:
        wrong("price", None, "is required, except for dollars and stablecoins")
    if values.qty and values.entry is None:
        wrong("entry", None, "is required with an open qty")
    if values.kind == "cash":
        for column in NEVER_CASH:
            if getattr(values, column):
                wrong(column, getattr(values, column), "must be blank for cash, which is never hedged")
    elif not names_contract(values):
        if values.qty or (values.hedge_ratio and not has_position):
            wrong("venue", None, "is required for a hedge, unless face and mmr are both given")
        for column in TOLD_OF_A_POSITION:
            if getattr(values, column):
                wrong(column, getattr(values, column), "is of a position, and this row names no contract")
    return errors


def found_contract(
    tables: Tables,
    row: int,
    values: HoldingValues,
    size: float,
    price: float | None,
    mmr: float | None,
    table: FactTable | None,
) -> tuple[HedgeContract | None, Contract | None, list[RowError]]:
    """The contract of a row whose hedge is of some USD size, and what is known of it, or why there is none.

    `price` is that of its coin where the row has no mark of its own; None where nothing says it. `mmr` is the setting.
    """
    if values.kind == "cash" or values.price is None:
        return None, None, []
    if not names_contract(values):
        if values.contract and not (values.hedge_ratio or values.qty):
            rule = "is required with a contract, unless face and mmr are both given"
            return None, None, [tables.error(row, "venue", None, rule)]
        return None, None, []
    found = None
    try:
        found = contract_of(values, table)
        if price is None and values.mark is None:
            rule = f"is required: the portfolio has no price of {found['coin']}, the coin of the contract"
            return None, None, [tables.error(row, "mark", None, rule)]
        hedge = hedge_contract(values, size, values.mark or price, found, mmr)
    except XlhedgeError as error:
        wrong = _contract_error(tables, row, values, error)
    else:
        if values.mark is not None or not hedge.is_dated:
            return hedge, found, []
        wrong = tables.error(row, "mark", None, "is required for a dated contract, which has a price of its own")
    if found and found.ends and has_ended(found.ends) and not values.qty:  # which is the reason to say first
        wrong = tables.error(row, "contract", values.contract or values.venue, no_longer(found))
    return None, None, [wrong]


def _contract_error(tables: Tables, row: int, values: HoldingValues, error: XlhedgeError) -> RowError:
    column = "contract" if values.contract else "venue"
    value = values.contract or values.venue
    if isinstance(error, InputError):
        if error.parameter in HOLDING_FIELDS:
            return tables.error(row, error.parameter, getattr(values, error.parameter), error.rule)
        return tables.error(row, column, value, f"{error.parameter} {error.rule}")
    text = str(error)
    if text.startswith("there is no venue"):
        column, value = "venue", values.venue
    if isinstance(error, NotAvailableError) and (": mmr (" in text or "maintenance is established" in text):
        text += ", or give mmr in this row"
        if ": mmr (" in text:
            text += " or as a setting (--set mmr=0.02)"
    return tables.error(row, column, value, text)


def largest_size(values: HoldingValues, holding: HoldingValues, share: float, value: float) -> float:
    """The USD size that a position can have: the one open, that of its share of the ratio, or that of the target."""
    planned = 0.0
    if holding.price is None:
        return abs(values.qty or 0.0)
    if holding.hedge_ratio is not None:
        planned = holding.hedge_ratio * holding.coins * holding.price
    elif holding.target_weight is not None:
        planned = abs(holding.target_weight * value - holding.coins * holding.price)
    return max(abs(values.qty or 0.0), planned * share * (values.beta or 1.0))


def portfolio_errors(
    tables: Tables, checked: list, settings: SettingValues, is_whole: bool, told: Callable[[str], Told | None]
) -> list[RowError]:
    """Mistakes that show only in the whole portfolio; of sums and absent assets only when no row is missing.

    `told` says where a setting stands that somebody gave.
    """
    errors, seen = [], {values.asset.upper() for _, values in checked}
    if settings.red_distance > settings.amber_distance:
        rule = f"must not exceed amber_distance {settings.amber_distance:g}"
        where = told("red_distance") or told("amber_distance")
        errors.append(RowError(where.file, where.row, "red_distance", settings.red_distance, rule))
    if not is_whole or errors or not checked:
        return errors
    errors += _weight_errors(tables, checked)
    if not math.fsum(v.coins * (v.price or 0) for _, v in checked) > 0 and all(v.price for _, v in checked):
        errors.append(tables.error(checked[0][0], "coins", 0, "of all rows must have a value above 0 USD"))
    if settings.scenario_asset and settings.scenario_asset.upper() not in seen:
        rule = f"must be an asset of the portfolio: {', '.join(v.asset for _, v in checked[:20])}"
        where = told("scenario_asset")
        errors.append(RowError(where.file, where.row, "scenario_asset", settings.scenario_asset, rule))
    return errors


def _weight_errors(tables: Tables, checked: list) -> list[RowError]:
    """Targets above 1, or short of 1 where a cash row takes the rest; without one the rest is hedged into cash."""
    targets = [(row, v.target_weight) for row, v in checked if v.target_weight is not None]
    total = math.fsum(weight for _, weight in targets)
    takes_all = len(targets) == len(checked) and any(v.kind == "cash" for _, v in checked)
    if total > 1 + WEIGHT_TOLERANCE:
        return [tables.error(targets[-1][0], "target_weight", total, "of all rows must add up to 1 or less")]
    if takes_all and total < 1 - WEIGHT_TOLERANCE:
        rule = "of all rows must add up to 1, as cash has a target too"
        return [tables.error(targets[-1][0], "target_weight", total, rule)]
    return []
