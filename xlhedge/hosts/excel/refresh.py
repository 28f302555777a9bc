"""What the button Refresh prices does to an open workbook: which cells get which figures of the market, and what is said.

Excel hands over what stands on the sheets, and types what it gets back. A cell with a formula is never among that.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import NamedTuple

from xlhedge.contracts import FactTable
from xlhedge.contracts.quotes import EXPIRY, Quote, Snapshot, utc
from xlhedge.contracts.snapshot import FILE, snapshot_path
from xlhedge.errors import FileError, NotAvailableError, Unreadable, XlhedgeError
from xlhedge.intake.filled_in import LAID_OUT, read_filled_in
from xlhedge.intake.named import Named, named_in
from xlhedge.live.exchange import INSTALL, library
from xlhedge.live.fetch import Base, snapshot
from xlhedge.live.plausible import Gap
from xlhedge.live.table import Row as MarketRow
from xlhedge.nodes import letters
from xlhedge.ooxml.cells import SheetRows
from xlhedge.portfolio import own_table
from xlhedge.portfolio.check import RowChecker
from xlhedge.portfolio.fields import CASH_CODES, HoldingValues, SettingValues
from xlhedge.portfolio.mistakes import BEYOND, RowErrors, Tables
from xlhedge.portfolio.positions import split
from xlhedge.portfolio.prices import Filled, Missing, Prices, open_snapshot
from xlhedge.portfolio.settings import Settings, sheet_layer
from xlhedge.portfolio.tables import header_and_rows
from xlhedge.rows import Row
from xlhedge.workbook.grid.typed import FilledSheet
from xlhedge.workbook.sheets.inputs import FORM, INPUTS
from xlhedge.workbook.sheets.inputs import TABLE as HELD
from xlhedge.workbook.sheets.positions import POSITIONS
from xlhedge.workbook.sheets.positions import TABLE as OPEN

SECONDS = 20.0
"""How long the venues have, all of them together: Excel waits."""
LONGEST = 1000
"""Characters that a message box of VBA shows."""
MOST_NAMED = 8
"""How many of a kind are named in it."""

WORDS = {"price": "price", "mark": "mark", "funding_rate": "funding rate"}
"""The columns that are filled, and what they are called."""
OF_PRICES = ("price", "mark")
"""Those whose time is the time of the prices."""


class Page(NamedTuple):
    """A sheet as Excel hands it over: the values of its cells and their formulas, in rows from A1 on."""

    values: Sequence[Sequence[object]]
    formulas: Sequence[Sequence[object]]

    @property
    def rows(self) -> list[Row]:
        """The rows on which anything stands, as those of a file."""
        rows = (Row(number, [*map(_cell, cells)]) for number, cells in enumerate(self.values, 1))
        return [row for row in rows if any(cell is not None for cell in row.cells)]

    def is_formula(self, row: int, column: int) -> bool:
        """Whether a cell, counted from 1, holds a formula."""
        return str(self.formulas[row - 1][column - 1]).startswith("=")


class Put(NamedTuple):
    """What is to be typed into a cell, counted from 1."""

    sheet: str
    row: int
    column: int
    value: float | str | datetime


class Refreshed(NamedTuple):
    """What is said in the message box, and what is to be typed."""

    told: str
    cells: tuple[Put, ...] = ()


class Market(NamedTuple):
    """Figures of the market, what was not had, and how a message says where they are from."""

    snapshot: Snapshot
    gaps: tuple[Gap, ...] = ()
    source: str = ""


def of_market(named: Named, base: Base = None, pause: float = 1.0) -> Market:
    """The figures of what a workbook names: the venues' where ccxt is installed, else those of the snapshot that MARKET reads.

    `base` and `pause` are those of `xlhedge.live.fetch.snapshot`. NotAvailableError where there is neither.
    """
    try:
        library()
    except NotAvailableError:
        path = snapshot_path()
        if path is None:
            raise NotAvailableError(f"{INSTALL}; or set {FILE} to a snapshot of the market") from None
        return Market(open_snapshot(path), (), f" from {path.name} (no venue is asked without ccxt)")
    found = snapshot(named.contracts, named.coins, SECONDS, base=base, pause=pause)
    venues = ", ".join(sorted({row.venue for row in found.rows}))
    return Market(Snapshot(venues, (*map(_quote, found.rows),)), found.gaps)


def _quote(row: MarketRow) -> Quote:
    value = date.fromisoformat(str(row.value)) if row.field == EXPIRY else row.value
    return Quote(row.venue, row.symbol, row.field, value, utc(row.time), row.source)


def refreshed(pages: Mapping[str, Page], market: Callable[[Named], Market] = of_market) -> Refreshed:
    """What is to be typed into an open workbook, given by its sheets, and what is said; a mistake is said, and nothing typed."""
    try:
        book = _Book(pages)
        return book.with_prices(market(book.named))
    except XlhedgeError as error:
        return Refreshed(_short(f"Nothing was changed: {error}"))


class _Book:
    """The open workbook: its rows of holdings and positions, its settings and its own contracts."""

    def __init__(self, pages: Mapping[str, Page]) -> None:
        for record in (INPUTS, POSITIONS):
            if record.name not in pages:
                raise FileError(
                    f"this workbook has no sheet {record.name}: xlhedge has not made it, or the sheet was renamed"
                )
        self._pages = pages
        sheets = {name: SheetRows(name, page.rows) for name, page in pages.items()}
        found = read_filled_in(
            {"holdings" if name == INPUTS.name else name.lower(): sheet for name, sheet in sheets.items()}, {}
        )
        wrong = [*found.mistakes]
        self._settings = Settings([sheet_layer(sheet, wrong) for sheet in found.settings])
        if moved := next((error for error in wrong if error.rule == LAID_OUT), None):
            rule = f"is laid out by another version of xlhedge or was rearranged: it lacks {moved.column}"
            raise Unreadable(moved.file, rule)
        if wrong:
            raise RowErrors(wrong)
        self._table: FactTable | None = own_table(None, found.contracts)
        self._filled = {name: FilledSheet(name, sheets[name].rows) for name in (INPUTS.name, POSITIONS.name)}
        tables = [_headed(sheet) for sheet in (found.holdings, found.positions)]
        self.named = named_in(tables)
        self._read(tables)

    def _read(self, tables: list[tuple[list[str], list[Row]]]) -> None:
        """The rows as values, without the prices that stand in them; a row with a mistake is told and passed over."""
        self._tables, self._wrong, checked = Tables([*self._filled]), [], []
        for number, (name, (header, rows)) in enumerate(zip(self._filled, tables)):
            checker = RowChecker(name, header)
            for row in rows:
                cells = [None if column == "price" else cell for column, cell in zip(header, row.cells)]
                values, wrong = checker.check(Row(row.number, cells))
                self._wrong += wrong
                if not wrong:
                    values.coins = (values.coins or 0.0) if number == 0 else None
                    checked.append((number * BEYOND + row.number, values))
        self._held, self._further, wrong = split(self._tables, checked, not self._wrong)
        self._wrong += wrong

    def with_prices(self, market: Market) -> Refreshed:
        """The cells that change by figures of the market, and the message."""
        was = self._settings.of("")
        prices = Prices(market.snapshot, replaces=True)
        filled = prices.fill(self._tables, self._held, self._further, was, {*self._settings.told("")}, self._table)
        rows: dict[int, HoldingValues] = dict((*self._held, *self._further))
        missing = [each for each in filled.missing if not _is_cash(rows[each.row])]
        cells, left = [], []
        for (row, column), quote in filled.cells.items():
            put = self._at(row, column, getattr(rows[row], column))
            (left if self._is_formula(put) else cells).append((column, quote, put))
        keeps_time = any(self._is_old(each) for each in missing)
        beside = self._times(filled, was, left, keeps_time) if _priced(cells) else ()
        parts = [_counts(cells) + market.source]
        parts += _listed("not had: ", _not_had(missing, market.gaps))
        parts += _listed("left as formulas: ", (_address(put) for _, _, put in left))
        parts += _listed("not read: ", map(str, self._wrong))
        if keeps_time and _priced(cells):
            parts.append("price_time stays, for the prices that are still the old ones")
        return Refreshed(_short("; ".join(parts)), (*(put for _, _, put in cells), *beside))

    def _at(self, row: int, column: str, value: float) -> Put:
        """Where a column of a row stands."""
        table, (name, filled) = (HELD, OPEN)[row // BEYOND], [*self._filled.items()][row // BEYOND]
        return Put(name, row % BEYOND, table.headers(filled)[1][column], value)

    def _is_formula(self, put: Put) -> bool:
        return self._pages[put.sheet].is_formula(put.row, put.column)

    def _is_old(self, missing: Missing) -> bool:
        """Whether a price that could not be had stands in its cell from before, typed."""
        if missing.column not in OF_PRICES:
            return False
        put = self._at(missing.row, missing.column, 0.0)
        return self._filled[put.sheet].at(put.row, put.column) is not None and not self._is_formula(put)

    def _times(self, filled: Filled, was: SettingValues, left: list, keeps_time: bool) -> list[Put]:
        """The time and the source of the prices, where they are typed; those that are formulas are added to `left`."""
        if keeps_time and was.price_time:
            return []
        puts = []
        for found in FORM.read(self._filled[INPUTS.name]):
            if found.name in ("price_time", "price_source"):
                put = Put(INPUTS.name, found.row, found.column, getattr(filled.settings, found.name))
                if self._is_formula(put):
                    left.append((found.name, None, put))
                else:
                    puts.append(put)
        return puts


def _headed(sheet: SheetRows) -> tuple[list[str], list[Row]]:
    header, rows = header_and_rows(sheet.name, iter(sheet.rows))
    return header, [*rows]


def _cell(value: object) -> object:
    """The value of a cell as a file has it: texts without blanks around them, money as a number."""
    if isinstance(value, str):
        return value.strip() or None
    return float(value) if isinstance(value, Decimal) else value


def _is_cash(values: HoldingValues) -> bool:
    return values.kind == "cash" or values.asset.upper() in CASH_CODES


def _priced(cells: Iterable[tuple[str, Quote, Put]]) -> bool:
    return any(column in OF_PRICES for column, _, _ in cells)


def _counts(cells: Sequence[tuple[str, Quote, Put]]) -> str:
    """How many figures were had of each kind, and of what time."""
    if not cells:
        return "No price, mark or funding rate was had"
    columns = [column for column, _, _ in cells]
    told = [f"{columns.count(name)} {word}{'' if columns.count(name) == 1 else 's'}" for name, word in WORDS.items()]
    times = [f"{quote.time.astimezone(UTC):%Y-%m-%d %H:%M} UTC" for _, quote, _ in cells]
    later = " and later" if max(times) > min(times) else ""
    return f"{', '.join(told[:2])} and {told[2]} of {min(times)}{later}"


def _not_had(missing: Iterable[Missing], gaps: Sequence[Gap]) -> Iterator[str]:
    """What was asked for in vain: the reasons of the venues, and figures that no reason is told for."""
    yield from (f"{' '.join(filter(None, (gap.venue, gap.symbol)))} ({gap.reason})" for gap in gaps)
    for each in missing:
        venue, _, symbol = each.of.rpartition(" ")
        if not any(gap.venue == venue and gap.symbol in ("", symbol) for gap in gaps):
            yield f"{WORDS[each.column]} of {each.of}"


def _listed(title: str, items: Iterable[str]) -> list[str]:
    """Some items behind a title; nothing where there are none."""
    every = [*dict.fromkeys(items)]
    more = [f"and {len(every) - MOST_NAMED} more"] if len(every) > MOST_NAMED else []
    return [title + ", ".join([*every[:MOST_NAMED], *more])] if every else []


def _address(put: Put) -> str:
    return f"{put.sheet}!{letters(put.column)}{put.row}"


def _short(text: str) -> str:
    """A text as long as a message box shows it."""
    return text if len(text) <= LONGEST else text[: LONGEST - 4] + " ..."
