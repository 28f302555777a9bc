"""Assemble a portfolio from the rows of a holdings table and from settings, all checked."""

import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from ..contracts import FactTable, read_table, rows_table
from ..contracts.tables import TableError
from ..errors import XlhedgeError
from ..ooxml.cells import SheetRows
from ..rows import Row
from .check import RowChecker, completed, found_contract, largest_size, portfolio_errors
from .doubts import position_doubts, row_doubts, setting_doubts, twin_doubts
from .ends import refusals
from .fields import HoldingValues, SettingValues
from .hedge import contract_of
from .mistakes import BEYOND, RowError, RowErrors, Tables
from .positions import Position, names_contract, position_errors, same_coin, shares, split, take_over
from .prices import Filled, Prices
from .scenarios import Scenario
from .settings import Settings
from .tables import header_and_rows
from .opening import Opened, opened
from .trades import Account, Traded

Kept = Mapping[str, Mapping[object, object]]
"""What was typed on each sheet by its name: under the name of a cell or a column, its value or values, or its `Beside`."""

NOTHING: Kept = {}


Sets = Mapping[str, tuple[Scenario, ...]]
"""Scenario sets by the titles of their sheets."""

NO_SETS: Mapping = {}


class Beside(NamedTuple):
    """Values that belong to the rows of another sheet, "assets" or "positions", by the numbers of those rows."""

    of: str
    values: Mapping[int, object]


class Heading(NamedTuple):
    """A table of rows: how errors call it, and its columns."""

    file: str
    header: tuple[str, ...]


class Holding(NamedTuple):
    """One asset of a portfolio: the checked row."""

    row: int
    values: HoldingValues

    @property
    def is_cash(self) -> bool:
        """Whether the row is cash or a stablecoin."""
        return self.values.kind == "cash"


class ReadFrom(NamedTuple):
    """What the figures of a portfolio were filled in from: a snapshot and a ledger by their names, "" where there is none.

    `coins` are those of the holdings, by asset, that the Monitor was given with the ledger; `source` is the file that a workbook
    was made from, "" for other files.
    """

    source: str = ""
    prices: str = ""
    ledger: str = ""
    coins: Mapping[str, float] = {}


class Portfolio(NamedTuple):
    """A portfolio: its name, holdings, positions and settings, all checked, and the user's own contracts and scenarios.

    `kept` is what a new workbook takes over as it was typed into the one that the portfolio was read from, and `notes`
    say what it does not take over; `functions` is how its formulas were written, "" where it was no workbook of ours, and
    `room` the rows that it has for assets, positions and the log; `read_from` is what else its figures are from.
    `warnings` tell of values that look like a slip, by file, row and column; `filled` says what was filled in from elsewhere.
    `digest` is the SHA-256 of all of the input that concerns the portfolio, "" where it was not read from files.
    """

    name: str
    holdings: tuple[Holding, ...]
    positions: tuple[Position, ...]
    settings: SettingValues
    source: str
    contracts: FactTable | None = None
    stress: tuple[Scenario, ...] | None = None
    sets: Sets = NO_SETS
    kept: Kept = NOTHING
    notes: tuple[str, ...] = ()
    functions: str = ""
    room: tuple[int, int, int] = (0, 0, 0)
    read_from: ReadFrom = ReadFrom()
    warnings: tuple[str, ...] = ()
    filled: tuple[str, ...] = ()
    digest: str = ""

    def notes_on(self, functions: str) -> tuple[str, ...]:
        """The notes on a new workbook whose formulas are written in this way, and on what was filled in."""
        if self.functions in ("", functions):
            return (*self.notes, *self.filled)
        return (
            *self.notes,
            *self.filled,
            f"its formulas were {self.functions}; those of the new one are {functions} (see --functions)",
        )

    @property
    def assets(self) -> list[str]:
        """What is held, in the order of the rows."""
        return [holding.values.asset for holding in self.holdings]


class Reader:
    """Reads the portfolios of a table of holdings: checks their rows, completes them and finds their contracts.

    `headings` are that table and further ones, of positions, whose rows have numbers beyond BEYOND; `beside` is what the
    workbook says of all portfolios: the fields of a Portfolio from `stress` on. `prices` fill in what is blank; with
    `replaces` they, and a ledger, take the place of what is typed.
    """

    def __init__(
        self, headings: Sequence[Heading], source: str, told: Settings, table: FactTable | None, beside: tuple = (),
        prices: Prices | None = None, replaces: bool = False,
    ) -> None:  # fmt: skip
        self._source, self._told, self._table, self._beside, self._prices = source, told, table, beside, prices
        self._replaces = replaces
        self._tables = Tables([heading.file for heading in headings])
        self._checkers = [RowChecker(*heading) for heading in headings]
        self._common_doubts = tuple(setting_doubts(told))

    def read(self, name: str, rows: Iterable[Row], ledger: Account | None = None) -> tuple[Portfolio, list[RowError]]:
        """The portfolio of these rows, with every mistake in them; with a mistake it is not to be used.

        Its positions are those of the ledger, where there is one.
        """
        checked, wrong = [], []
        for number, cells in rows:
            table, row = divmod(number, BEYOND)
            values, mistakes = self._checkers[table].check(Row(row, cells))
            wrong += mistakes
            if not mistakes:
                checked.append((number, values))
        settings, is_whole = self._told.of(name), not wrong
        held, further, mistakes = split(self._tables, checked, is_whole)
        wrong += mistakes
        of_ledger = Opened({}, further)
        if ledger and is_whole:
            of_ledger = opened(ledger, self._tables, held, further, self._table, self._replaces)
            further, wrong = [*of_ledger.further], [*wrong, *of_ledger.wrong]
        filled = Filled(settings)
        if self._prices:
            filled = self._prices.fill(self._tables, held, further, settings, {*self._told.told(name)}, self._table)
        settings = filled.settings
        hedged, is_lost = {values.asset for _, values in further}, any(map(self._tables.is_further, wrong))
        for row, values in held:
            wrong += completed(self._tables, row, values, is_lost or values.asset in hedged)
        of_asset = {values.asset: (place, values) for place, (_, values) in enumerate(held)}
        for row, values in further:
            holding = of_asset[values.asset][1]
            if holding.kind == "cash":
                wrong.append(self._tables.error(row, "asset", values.asset, "is cash, which is never hedged"))
                continue
            take_over(values, holding)
            wrong += completed(self._tables, row, values)
        positions, mistakes = self._positions(held, further, of_asset, settings, not wrong, of_ledger.of_row)
        wrong += mistakes
        wrong += portfolio_errors(self._tables, held, settings, is_whole, self._told.told(name).get)
        wrong = (error._replace(portfolio=name, rule=error.rule + _lacking(filled, error)) for error in wrong)
        wrong = sorted(wrong, key=self._tables.order)
        holdings = tuple(Holding(row, values) for row, values in held)
        read = Portfolio(name, holdings, tuple(positions), settings, self._source, self._table, *self._beside)
        read = read._replace(kept=_aligned(read), filled=(*of_ledger.notes, *filled.notes))
        if filled.cells:
            read = read._replace(read_from=read.read_from._replace(prices=self._prices.snapshot.name))
        doubts = () if wrong else (*self._doubts(read), *of_ledger.doubts, *filled.doubts)
        return read._replace(warnings=doubts), wrong

    def _positions(
        self, held: list, further: list, of_asset: dict, settings: SettingValues, is_whole: bool,
        traded: Mapping[int, Traded],
    ) -> tuple[list[Position], list[RowError]]:  # fmt: skip
        """Every position, those of one asset together in the order of their rows, and the mistakes in them."""
        value = math.fsum(values.coins * (values.price or 0.0) for _, values in held)
        prices = {same_coin(values.asset): values.price for _, values in held}
        rows, wrong = sorted((*held, *further), key=lambda row: (of_asset[row[1].asset][0], row[0])), []
        named = [(row, values) for row, values in rows if values.kind != "cash" and names_contract(values)]
        shared, mistakes = shares(self._tables, named, is_whole)
        wrong += mistakes
        found, facts = [], []
        accounts: dict[str, str] = {}
        for row, values in rows:
            if values.account:  # formulas compare the spellings
                values.account = accounts.setdefault(values.account.lower(), values.account)
            place, holding = of_asset[values.asset]
            size = largest_size(values, holding, shared.get(row, 1.0), value)
            price = self._price_of_coin(values, prices)
            hedge, listed, mistakes = found_contract(self._tables, row, values, size, price, settings.mmr, self._table)
            wrong += mistakes
            if hedge:
                spot = price or values.mark
                found.append(Position(row, values, hedge, place, shared[row], spot, traded.get(row)))
                facts.append(listed)
        for _, values in rows:
            values.kind = "coin" if values.kind in ("perpetual", "dated") else values.kind
        if not wrong:
            wrong += position_errors(self._tables, [Holding(*each) for each in held], found)
        if is_whole and not wrong:
            wrong += refusals(self._tables, [values for _, values in held], found, facts, settings, value)
        return found, wrong

    def _price_of_coin(self, values: HoldingValues, prices: Mapping[str, float | None]) -> float | None:
        """The price of the coin that the contract of a row is margined in, where the portfolio has it."""
        if values.beta is None or values.venue is None:
            return values.price
        try:
            coin = contract_of(values, self._table).get("coin")
        except XlhedgeError:  # which the contract's own mistake tells
            return values.price
        return prices.get(same_coin(coin or values.asset))

    def _doubts(self, read: Portfolio) -> tuple[str, ...]:
        """What is doubtful in a portfolio."""
        told, beside = [], {"funding_hours": read.settings.funding_hours}
        hedged = {position.row for position in read.positions}
        for row, values in read.holdings:
            if row not in hedged:
                told += row_doubts(self._tables, row, values, beside | {"price": values.price, "face": values.face})
        for position in read.positions:
            told += position_doubts(self._tables, position, read, beside, self._table)
        told += twin_doubts(self._tables, read.positions)
        own = self._told.has_own(read.name)
        return (*told, *(setting_doubts(self._told, read.name) if own else self._common_doubts))


def _lacking(filled: Filled, error: RowError) -> str:
    """What the snapshot lacks of a value that is missing."""
    return filled.lacking.get(error[:3], "") if error.value is None else ""


def _aligned(read: Portfolio) -> Kept:
    """What is kept, with what belongs to the rows of another sheet by the places of the assets or the positions in the new one."""
    places = {
        "assets": {holding.row: place for place, holding in enumerate(read.holdings)},
        "positions": {position.row: place for place, position in enumerate(read.positions)},
    }
    return {sheet: {name: _at(places, typed) for name, typed in names.items()} for sheet, names in read.kept.items()}


def _at(places: Mapping[str, Mapping[int, int]], typed: object) -> object:
    if not isinstance(typed, Beside):
        return typed
    at = places[typed.of]
    return {at[row]: value for row, value in typed.values.items() if row in at}


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
