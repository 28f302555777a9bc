"""Exports in, one ledger out: files and folders of them, a chunk of rows at a time, with every mistake told."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, tzinfo
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ..errors import InputError, Unreadable
from ..files import LARGEST_STREAMED, files_in
from ..ooxml.cells import BOOKS, open_book, sheets_of, titles_of
from ..portfolio.mistakes import RowError, RowErrors
from ..portfolio.tables import check_file, read_csv
from ..rows import Grouped, Row, Uncalculated
from .entry import COLUMNS, STATEMENT, WITNESS, Chunk, Format, Told
from .frame import UnclearDatesError, zone_in, zone_of
from .recognise import LOOKED_THROUGH, Header, delimiter_of, find_header, unknown

if TYPE_CHECKING:
    import pandas as pd

TABLES = (".csv", ".tsv", ".txt", *BOOKS)
AT_ONCE = 20_000
"""Rows that are held as texts at a time."""
MOST_WAITING = 10
"""Chunks whose dates no row has told the order of yet."""
SUMS = ("total", "totals", "sum", "subtotal", "grand total")
"""What the first cell of a row of sums is, in small letters."""
LONGEST_TEXT = 200
WORDS = ("account", "venue", "contract", "type", "file")
"""Columns with few different texts."""


class Recognised(NamedTuple):
    """One table that was read: how errors call it, its format, its rows, those that came into the ledger, and what is told.

    `left_out` counts rows by reason; `notes` are sentences; `zone` is the zone that its times were taken in,
    `netted` are contracts that are held long and short at once.
    """

    file: str
    format: Format
    rows: int
    kept: int
    left_out: dict[str, int]
    notes: tuple[str, ...]
    zone: str
    netted: tuple[str, ...] = ()


class Table(NamedTuple):
    """A table of a file: how errors call it, its rows, and whether they are of a workbook; `beside` others, in a folder or a book."""

    name: str
    rows: Iterator[Row]
    is_book: bool = False
    delimiter: str = ""
    beside: bool = False


def zone_named(name: str) -> tzinfo:
    """A time zone by its name, such as Europe/Berlin, UTC or UTC+3; InputError where there is none."""
    from zoneinfo import ZoneInfo

    offset = zone_of(name) if name.strip().upper().startswith("UTC") else None
    try:
        return offset or ZoneInfo(name.strip())
    except (ValueError, OSError, KeyError):
        raise InputError("zone", "must be a time zone such as Europe/Berlin, UTC or UTC+3", name) from None


def tables_of(paths: Iterable[str | Path]) -> Iterator[Table]:
    """The tables of files and of the files in folders; a workbook may have several."""
    for path in map(Path, paths):
        found = [*files_in(path, TABLES)] if path.is_dir() else [path]
        if not found:
            raise Unreadable(path, f"holds no file that ends in {', '.join(TABLES)}")
        for file in found:
            if file.suffix.lower() in BOOKS:
                yield from _sheets(file, path.is_dir())
            else:
                check_file(file, LARGEST_STREAMED)
                delimiter = delimiter_of(file)
                yield Table(file.name, read_csv(file, LARGEST_STREAMED, delimiter), False, delimiter, path.is_dir())


def _sheets(path: Path, beside: bool) -> Iterator[Table]:
    """The visible sheets of a workbook that hold anything."""
    archive = open_book(path)
    titles = [*titles_of(archive)]
    for title in titles:
        key = title.strip().lower()
        sheet = sheets_of(archive, (key,))[key]
        rows = iter(sheet.rows)
        if first := next(rows, None):
            yield Table(sheet.name, chain((first,), rows), is_book=True, beside=beside or len(titles) > 1)


def read_table(
    table: Table, told: Told, zone: tzinfo | None, progress: Callable[[int], None]
) -> "tuple[Recognised, pd.DataFrame]":
    """One table as a ledger's rows. Unreadable or RowErrors say what is wrong."""
    rows = iter(table.rows)
    first = [*islice(rows, LOOKED_THROUGH)]
    header = find_header(first)
    if header is None:
        raise unknown(table.name, first)
    format = header.format
    own = zone_in(table.name) or next(filter(None, map(zone_of, chain(header.cells, *header.above))), None)
    told = told._replace(
        file=table.name,
        zone=(own or zone or UTC) if format.zone == "browser" else UTC,
        above=header.above,
        header=header.cells,
        day_first=[],
        local=[],
    )
    notes: dict[str, None] = {}
    netted: dict[str, None] = {}
    left_out: dict[str, int] = {}
    parts, count = {}, 0
    stream = _checked(chain(first[header.place + 1 :], rows), header, table, notes)
    for place, chunk, number in _chunks(stream, header, table, told):
        count += number
        parts[place] = compact(chunk.rows)
        notes |= dict.fromkeys((*chunk.notes, *_twice(parts[place]["time"], told)))
        netted |= dict.fromkeys(chunk.netted)
        for reason, alike in chunk.left_out.items():
            left_out[reason] = left_out.get(reason, 0) + alike
        progress(number)
    if format.zone == "browser" and zone is None and own is None and told.local:
        notes = {"times without a zone are taken as UTC; --zone names another": None} | notes
    frame = joined([parts.pop(place) for place in sorted(parts)]) if parts else blank()
    if format.join:
        frame = compact(format.join(frame))
    return Recognised(
        table.name, format, count, events(frame), left_out, tuple(notes), str(told.zone), tuple(netted)
    ), frame


def _chunks(stream: Iterable[Row], header: Header, table: Table, told: Told) -> Iterator[tuple[int, Chunk, int]]:
    """The chunks of a table, each with its place and the number of its rows; all mistakes are raised at the end.

    Rows of which no time of the file has told yet whether the day or the month stands first wait until one has.
    """
    errors, waiting = [], []

    def read(place: int, block: list[Row], can_wait: bool) -> Iterator[tuple[int, Chunk, int]]:
        try:
            chunk = header.format.read(_frame(block, header, table), told)
            _check_texts(chunk.rows, told)
        except RowErrors as error:
            if can_wait and isinstance(error, UnclearDatesError):
                waiting.append((place, block))
            else:
                errors.extend(error.errors)
        else:
            yield place, chunk, len(block)

    place = 0
    while block := [*islice(stream, AT_ONCE)]:
        yield from read(place, block, len(waiting) < MOST_WAITING)
        place += 1
    for place, block in waiting:
        yield from read(place, block, False)
    if errors:
        raise RowErrors(sorted(errors, key=lambda error: error.row))


def _checked(rows: Iterable[Row], header: Header, table: Table, notes: dict[str, None]) -> Iterator[Row]:
    """The rows below a header, each as wide as it; those that are blank or name the columns again are passed over."""
    width = len(header.cells)
    for row in rows:
        cells = row.cells
        if cells.count(None) == len(cells):
            continue
        if len(cells) > width and any(cell is not None for cell in cells[width:]):
            raise Unreadable(table.name, f"has {len(cells)} cells where the header names {width} columns", row.number)
        if len(cells) < width and not table.is_book:
            what = f"has {len(cells)} cells where the header names {width} columns: is the file cut off?"
            raise Unreadable(table.name, what, row.number)
        if str(cells[0]).strip(" :").lower() in SUMS:
            raise Unreadable(table.name, f"is a row of sums ({cells[0]}) and no event: take it out", row.number)
        if cells[0] == header.cells[0] and tuple(cells[:width]) == header.cells:
            notes[f"row {row.number} names the columns again and is passed over"] = None
            continue
        yield row


def _frame(block: list[Row], header: Header, table: Table) -> "pd.DataFrame":
    """Rows as a frame of texts, by the names of their columns and with their numbers as index."""
    import pandas as pd

    width = len(header.cells)
    cells = [row.cells[:width] for row in block]
    if table.is_book:
        cells = [
            [_text(cell, row.number, table) for cell in each] + [""] * (width - len(each))
            for row, each in zip(block, cells)
        ]
    elif table.delimiter == ";":
        cells = _with_points(block, cells, table)
    columns = zip(*cells)
    names = header.names
    index = pd.Index([row.number for row in block], dtype="int64")
    filled = {name: pd.Series(column, index, dtype=object).fillna("") for name, column in zip(names, columns)}
    return pd.DataFrame(filled)


def _text(cell: object, row: int, table: Table) -> str:
    """A cell of a workbook as a CSV file would have it."""
    if cell is None:
        return ""
    if isinstance(cell, Uncalculated):
        rule = "is a formula that was never calculated: open the file in a spreadsheet, save it and try again"
        raise RowErrors([RowError(table.name, row, "(cell)", str(cell), rule)])
    if isinstance(cell, datetime):
        return cell.isoformat(" ")
    return repr(cell) if isinstance(cell, float) else str(cell).strip()


COMMAS = re.compile(r"[+-]?(\d+|\d{1,3}(\.\d{3})+)(,\d+)?", re.ASCII)
PLAIN_COMMA = re.compile(r"[+-]?(0,\d+|\d+,(\d{1,2}|\d{4,})|\d{1,3}(\.\d{3})+,\d+)", re.ASCII)
"""Numbers with commas for decimals and points for thousands, and those of them that cannot have commas for thousands."""


def _with_points(block: list[Row], cells: list[list], table: Table) -> list[list]:
    """The cells of a file separated by semicolons, as Excel saves it where commas are decimal ones, with points for these.

    Without a number that shows it, 60.000 is refused where none shows that points are decimal ones either.
    """
    decimal = re.compile(r"[+-]?\d*\.\d+", re.ASCII)
    texts = [cell for each in cells for cell in each if isinstance(cell, str)]
    has_commas = any(PLAIN_COMMA.fullmatch(cell) for cell in texts)
    has_points = any(decimal.fullmatch(cell) and not isinstance(cell, Grouped) for cell in texts)
    if has_commas and not has_points:
        return [
            [cell.replace(".", "").replace(",", ".") if cell and COMMAS.fullmatch(cell) else cell for cell in each]
            for each in cells
        ]
    grouped = [
        (row.number, place, cell)
        for row, each in zip(block, cells)
        for place, cell in enumerate(each)
        if isinstance(cell, Grouped)
    ]
    if grouped and not has_points:
        rule = "may have a point for thousands or for decimals, and no number of the file tells which"
        raise RowErrors(
            [RowError(table.name, row, f"column {place + 1}", str(cell), rule) for row, place, cell in grouped]
        )
    return cells


def _check_texts(rows: "pd.DataFrame", told: Told) -> None:
    """Refuse texts that no venue writes: they would be carried into a ledger and a workbook."""
    for name in ("account", "contract", "id"):
        texts = rows[name].astype(object)
        if "".join(texts).isprintable() and (not len(texts) or max(map(len, texts)) <= LONGEST_TEXT):
            continue
        wrong = texts.map(lambda text: len(text) > LONGEST_TEXT or not text.isprintable())
        rule = f"must be printable text of at most {LONGEST_TEXT} characters"
        raise RowErrors([RowError(told.file, int(rows["row"][i]), name, texts[i], rule) for i in rows.index[wrong]])


def _twice(times: "pd.Series", told: Told) -> list[str]:
    """What is told of times in hours that the clocks of the zone go through twice."""
    from datetime import timezone

    if isinstance(told.zone, timezone) or not len(times):
        return []
    local = times.dt.tz_convert(told.zone).dt.tz_localize(None)
    twice = local[local.dt.tz_localize(told.zone, ambiguous="NaT", nonexistent="NaT").isna()]
    return [
        f"on {day} clocks in {told.zone} go through an hour twice, in which times stand: which one is known by the order of rows alone"
        for day in sorted({*twice.dt.strftime("%Y-%m-%d")})
    ]


def compact(rows: "pd.DataFrame") -> "pd.DataFrame":
    """The same rows in less memory: texts that come again and again by number, and no minus before a zero.

    The frame is used up, so that no second copy of all of it is held.
    """
    import pandas as pd

    columns = {}
    for name in (*COLUMNS, *WITNESS):
        column = rows.pop(name).reset_index(drop=True)
        if name == "time":
            columns[name] = pd.to_datetime(column, utc=True).dt.as_unit("us")
        elif name in WORDS:
            columns[name] = column.astype("category")
        elif name == "id":
            columns[name] = pd.Series(column.tolist(), dtype=object)
        elif name == "row":
            columns[name] = column.astype("int64")
        else:
            columns[name] = column.astype(float) + 0.0
    return pd.DataFrame(columns, copy=False)


def events(frame: "pd.DataFrame") -> int:
    """How many rows move anything, and are no figures of the venue alone."""
    return int(((frame["type"] != STATEMENT) | frame["amount"].notna()).sum())


def blank() -> "pd.DataFrame":
    """A ledger without rows."""
    import pandas as pd

    return compact(pd.DataFrame(columns=[*COLUMNS, *WITNESS], dtype=object))


def joined(parts: "Sequence[pd.DataFrame]") -> "pd.DataFrame":
    """Frames one below the other, a column at a time; texts by number stay so. The parts are used up."""
    import pandas as pd
    from pandas.api.types import union_categoricals

    if len(parts) == 1:
        return parts[0]
    columns = {}
    for name in (*COLUMNS, *WITNESS):
        pieces = [part.pop(name) for part in parts]
        columns[name] = union_categoricals(pieces) if name in WORDS else pd.concat(pieces, ignore_index=True)
    return pd.DataFrame(columns, copy=False)
