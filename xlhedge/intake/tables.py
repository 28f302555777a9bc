"""Open a holdings table, whatever it is stored in: its header, the rows below it, and the sheets beside it."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice
from pathlib import Path
from typing import NamedTuple

from ..errors import Unreadable
from ..files import LARGEST_AT_ONCE, files_in
from ..ooxml.cells import BOOKS, SheetRows, open_book, read_sheets, sheets_of, titles_of
from ..ooxml.guard import Archive, Damaged
from ..portfolio import parquet
from ..portfolio.assemble import NO_SETS, NOTHING, Kept, ReadFrom
from ..portfolio.check import IN_THE_HEADER
from ..portfolio.fields import HOLDING_FIELDS, POSITION_COLUMNS
from ..portfolio.mistakes import RowError, RowErrors
from ..portfolio.parquet import read_parquet
from ..portfolio.tables import check_header, delimiter_of, filled, header_and_rows, read_csv
from ..portfolio.values import LONGEST_TEXT
from ..rows import EMPTY, Row
from ..workbook.sheets import SHEETS
from .filled_in import NAMES, is_filled_in, read_filled_in
from .passed_over import passed_over
from .plain import are_plain, is_ours, is_plain_text
from .tracker import MOST_ROWS, NOTES, understand

HOLDING_SHEETS = ("holdings", "inputs", "portfolio", "portfolios")
POSITION_FIELDS = ("portfolio", "asset", "kind", *POSITION_COLUMNS)
"""Columns of a table of positions."""
SIDE_SHEETS = ("settings", *(name for name in NAMES if name not in HOLDING_SHEETS))
PLAIN_SHEETS = ("positions", "settings", "contracts")
UNTYPED = tuple(record.name.lower() for record in SHEETS if not record.typed)
"""Our sheets that nothing is read back from; what somebody typed there is told."""
ODS = ".ods"
TABLES = (".csv", ".tsv", *BOOKS, parquet.ENDING, ".xls", ".xlsb", ".numbers")
"""Endings of tables; those that cannot be read are told, and not passed over in silence."""


class Further(NamedTuple):
    """A table of positions beside the holdings: how errors call it, its header, and its rows."""

    file: str
    header: list[str]
    rows: Iterable[Row]


class Opened(NamedTuple):
    """A holdings table: how errors call it, its file's name, and what is in it; `default` names a nameless portfolio.

    Beside the rows, which may be a stream, stands what the other sheets of a workbook say; `mistakes` are those in its
    layout, `notes` what is no mistake and yet to be said. `kept` is what a new workbook takes over.
    """

    file: str
    source: str
    default: str
    header: list[str]
    rows: Iterator[Row]
    positions: Further | None = None
    settings: tuple[SheetRows, ...] = ()
    contracts: tuple[SheetRows, ...] = ()
    stress: SheetRows | None = None
    sets: Mapping[str, SheetRows] = NO_SETS
    kept: Kept = NOTHING
    is_filled_in: bool = False
    mistakes: tuple[RowError, ...] = ()
    notes: tuple[str, ...] = ()
    functions: str = ""
    room: tuple[int, int, int] = (0, 0, 0)
    read_from: ReadFrom = ReadFrom()


def open_holdings(
    path: Path,
    largest: int = LARGEST_AT_ONCE,
    ignore_columns: bool = False,
    has_prices: bool = False,
    tells: bool = True,
) -> Opened:
    """Open a holdings table: CSV or Parquet of at most so many bytes, or a workbook, ours or any other.

    `ignore_columns` leaves out columns that are not known, which is said; `has_prices` says that prices come from elsewhere too.
    `tells` is whether a workbook of ours is looked through for what is not read of it.
    """
    if path.suffix.lower() not in BOOKS:
        reader = read_parquet if path.suffix.lower() == parquet.ENDING else read_csv
        return _opened(path, SheetRows(path.name, reader(path, largest)), ignore_columns, has_prices)
    archive = open_book(path)
    main = HOLDING_SHEETS
    try:
        sheets = sheets_of(archive, main, SIDE_SHEETS)
    except Damaged:
        raise
    except Unreadable as error:
        main = (HOLDING_SHEETS[0], _renamed_inputs(archive, error).lower())
        sheets = sheets_of(archive, main, SIDE_SHEETS)
    holdings = sheets["holdings"]
    if holdings.name.lower().endswith(" inputs") or _is_ours(titles_of(archive)):
        holdings = sheets["holdings"] = SheetRows(holdings.name, [*holdings.rows])
        if is_filled_in(holdings):
            if path.suffix.lower() == ODS:
                raise Unreadable(
                    path.name, "is a workbook of ours saved as .ods, of which not all can be read; save it as .xlsx"
                )
            known = {record.name.lower() for record in SHEETS}
            others = {title.lower(): title for title in titles_of(archive) if title.lower() not in known}
            others = {name: title for name, title in others.items() if holdings.name != f"{archive.name} {title}"}
            beside = [*others, *(UNTYPED if tells else ())]
            read = sheets_of(archive, main, beside) if beside else {}
            found = read_filled_in(
                sheets | {name: read[name] for name in UNTYPED if name in read},
                {title: read[name] for name, title in others.items() if name in read},
            )
            opened = _filled_in(path, found.holdings, found.mistakes)
            return opened._replace(
                positions=_further(found.positions),
                settings=found.settings,
                contracts=found.contracts,
                stress=found.stress,
                sets=found.sets,
                kept=found.kept,
                is_filled_in=True,
                functions=found.functions,
                room=found.room,
                read_from=found.read_from,
                notes=(*found.notes, *(passed_over(archive, found.looked) if tells else ())),
            )
    beside = {name: (sheets[name],) for name in ("settings", "contracts") if name in sheets}
    positions = _further(sheets["positions"]) if "positions" in sheets else None
    notes = (
        f"sheet {title} is not read; holdings, positions, settings and contracts are, by these names"
        for title in titles_of(archive)
        if title.lower().strip() not in PLAIN_SHEETS and holdings.name != f"{archive.name} {title}"
    )
    opened = _opened(path, holdings, ignore_columns, has_prices)
    return opened._replace(positions=positions, notes=(*opened.notes, *notes), **beside)


def open_positions(path: Path, largest: int = LARGEST_AT_ONCE) -> Further:
    """Open a table of positions: CSV or Parquet, or the sheet Positions of a workbook."""
    if path.suffix.lower() in BOOKS:
        sheet = read_sheets(path, ("positions",))["positions"]
    else:
        reader = read_parquet if path.suffix.lower() == parquet.ENDING else read_csv
        sheet = SheetRows(path.name, reader(path, largest))
    table = _further(sheet)
    first = next(table.rows, None) if table else None
    if first is None:
        raise Unreadable(sheet.name, "has a header but no positions below it" if table else EMPTY)
    return table._replace(rows=chain((first,), table.rows))


def _further(sheet: SheetRows) -> Further | None:
    """A table of positions whose header was checked; None where the sheet is blank."""
    rows = iter(sheet.rows)
    first = next(rows, None)
    if first is None:
        return None
    header, rows = header_and_rows(sheet.name, chain((first,), rows))
    if "coins" in header:
        raise Unreadable(sheet.name, "has a column coins, as holdings have; positions stand in a table without")
    check_header(sheet.name, header, POSITION_FIELDS, ("asset",), NOTES)
    return Further(sheet.name, header, rows)


def _renamed_inputs(archive: Archive, error: Unreadable) -> str:
    """The title of the Inputs sheet of a workbook of ours in which somebody renamed it; the error where there is none."""
    titles = titles_of(archive)
    if not _is_ours(titles):
        raise error
    for title in titles:
        sheet = sheets_of(archive, (title.lower(),))[title.lower()]
        if is_filled_in(SheetRows(sheet.name, [*sheet.rows])):
            return title
    raise Unreadable(
        archive.name, f"has no sheet Inputs, from which holdings are read (its sheets: {', '.join(titles)})"
    )


def _is_ours(titles: list[str]) -> bool:
    """Whether sheets are called as those of our workbooks are."""
    return {*UNTYPED} <= {title.lower() for title in titles}


def _filled_in(path: Path, table: SheetRows, mistakes: tuple[RowError, ...]) -> Opened:
    """The table of holdings of a workbook of ours."""
    if mistakes and not table.rows:
        raise RowErrors(mistakes)
    header, rows = header_and_rows(table.name, iter(table.rows))
    return _checked(path, table.name, header, rows)._replace(mistakes=mistakes)


def _opened(path: Path, table: SheetRows, ignore_columns: bool, has_prices: bool) -> Opened:
    """A table of holdings: one of ours as a stream of its rows, any other as it is understood as a whole."""
    rows = filled(table.rows)
    first = next(rows, None)
    if first is None:
        raise Unreadable(table.name, EMPTY)
    header, _ = header_and_rows(table.name, [first])
    if is_ours(header, first.cells, NOTES):
        if path.suffix.lower() in BOOKS:
            begun = [*islice(rows, MOST_ROWS)]
            is_plain = len(begun) == MOST_ROWS or are_plain(header, begun)
            rows = chain(begun, rows)
        else:
            is_plain = path.suffix.lower() == parquet.ENDING or is_plain_text(path)
        if is_plain:
            return _checked(path, table.name, header, rows)
        begun = [*islice(rows, MOST_ROWS + 1)]
        rows = chain(begun, rows)
        if len(begun) > MOST_ROWS:
            return _checked(path, table.name, header, rows)
    has_commas = path.suffix.lower() not in (*BOOKS, parquet.ENDING) and delimiter_of(path) == ","
    found = understand(table.name, chain((first,), rows), ignore_columns, has_prices, has_commas)
    opened = _checked(path, table.name, found.header, iter(found.rows))
    return opened._replace(notes=found.notes)


def _checked(path: Path, name: str, header: list[str], rows: Iterator[Row]) -> Opened:
    """A table of holdings whose header is checked."""
    check_header(name, header, HOLDING_FIELDS, IN_THE_HEADER, NOTES, ", or give --ignore-columns,")
    return Opened(name, path.name, name_of(path), header, rows)


def tables_in(folder: Path) -> Iterator[Path]:
    """The tables of a folder, by name; hidden files, Excel's locks and files of other kinds are passed over."""
    return files_in(folder, TABLES)


def name_of(path: Path) -> str:
    """The name of a portfolio that has none: the file's, as far as it can be shown."""
    name = "".join(character if character.isprintable() else " " for character in path.stem)
    return name[:LONGEST_TEXT].strip().lstrip("=") or "portfolio"
