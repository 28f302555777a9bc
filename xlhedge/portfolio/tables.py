"""Read tables of rows: CSV here, workbooks through `ooxml`; cells stay as they are typed."""

import codecs
import csv
import re
from collections.abc import Collection, Iterable, Iterator
from difflib import get_close_matches
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import TextIO

from ..errors import EXCEL_ERRORS, Unreadable, shown
from ..files import LARGEST_AT_ONCE, OLE, ordinary_size
from ..rows import EMPTY, MOST_COLUMNS, Pointed, Row, read_grouped

LONGEST_LINE = 8 * 2**20
LOOKED_AT = 65536
ZIP = b"PK\x03\x04"
TITLES = 50
"""Lines among which the header of a table is looked for."""
UTF16 = (b"\xff\xfe", b"\xfe\xff")


def read_csv(path: Path, largest: int = LARGEST_AT_ONCE, delimiter: str = "") -> Iterator[Row]:
    """Stream the rows of a CSV file in UTF-8 (a byte order mark is fine), comma, semicolon or tab separated.

    Without a `delimiter` the first row that holds anything tells which.
    """
    check_file(path, largest)
    number = 1
    try:
        delimiter, first = (delimiter, 1) if delimiter else _delimiter(beginning(path))
        with open(path, encoding="utf-8-sig", newline="") as file:
            lines = _Lines(file)
            reader = csv.reader(lines, delimiter=delimiter, strict=True)
            has_points = None
            for cells in reader:
                if number >= first:
                    cells = [cell.strip() or None for cell in cells]
                    if delimiter == ";":
                        cells = [*map(read_grouped, cells)]
                    elif lines.had_quotes and any(cell and "," in cell for cell in cells):
                        has_points = _has_points(path, delimiter) if has_points is None else has_points
                        cells = [Pointed(cell) if has_points and cell and "," in cell else cell for cell in cells]
                    yield Row(number, cells)
                number, lines.had_quotes = reader.line_num + 1, False
    except OSError as error:
        raise Unreadable(path, f"cannot be read: {error.strerror}") from None
    except UnicodeError:
        raise _not_text(path) from None
    except csv.Error as error:
        raise Unreadable(path.name, _csv_reason(str(error)), number) from None


def delimiter_of(path: Path) -> str:
    """What separates the cells of a CSV file."""
    return _delimiter(beginning(path))[0]


def beginning(path: Path) -> str:
    """The text that a CSV file begins with; other kinds of files are refused."""
    with open(path, "rb") as file:
        content = file.read(4 * LOOKED_AT)
    if content.startswith(ZIP):
        raise Unreadable(path.name, "is a zip archive such as .xlsx and not CSV; give it the ending of its type")
    if content.startswith(OLE):
        what = "is an old .xls or a password-protected workbook and not CSV; save it as CSV UTF-8"
        raise Unreadable(path.name, what)
    if content.startswith(UTF16):
        raise Unreadable(path.name, "is UTF-16 text; save it as CSV UTF-8")
    return content.decode("utf-8-sig", "ignore")[:LOOKED_AT]


class _Lines:
    """The lines of a file, and whether one had quotes; raises UnicodeError for a NUL, which the csv module would take."""

    def __init__(self, file: TextIO) -> None:
        self._file, self.had_quotes = file, False

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._file.readline(LONGEST_LINE)
        if not line:
            raise StopIteration
        if "\0" in line:
            raise UnicodeError("NUL")
        if len(line) == LONGEST_LINE:
            raise csv.Error("line too long")
        self.had_quotes = self.had_quotes or '"' in line
        return line


def _has_points(path: Path, delimiter: str) -> bool:
    """Whether the beginning of a CSV file tells that its decimals have points, and nothing there tells otherwise."""
    from .numerals import spelling

    rows = enumerate(csv.reader(beginning(path).splitlines(), delimiter=delimiter), 1)
    told = spelling((number, cell.strip()) for number, cells in rows for cell in cells)
    return told.decimal == "." and not told.other


def _not_text(path: Path) -> Unreadable:
    """Where and why a file is not UTF-8 text: found by a second look, so that the first one is quick."""
    decode, row = codecs.getincrementaldecoder("utf-8")().decode, 1
    with open(path, "rb") as file:
        while content := file.read(2**20):
            at = content.find(b"\0")
            try:
                decode(content if at < 0 else content[:at])
            except UnicodeDecodeError as error:
                row += error.object[: error.start].count(b"\n")
                return Unreadable(path.name, _not_utf8(error.object[error.start : error.start + 1]), row)
            if at >= 0:
                row += content[:at].count(b"\n")
                return Unreadable(path.name, "holds a NUL byte; save the file as CSV UTF-8", row)
            row += content.count(b"\n")
    return Unreadable(path.name, "ends within a character; save the file as CSV UTF-8", row)


def _not_utf8(byte: bytes) -> str:
    guess = byte.decode("cp1252", "ignore")
    meant = f" ({guess} in Windows-1252)" if guess.isprintable() and guess else ""
    return f"byte 0x{byte.hex()}{meant} is not UTF-8; save the file as CSV UTF-8"


def check_file(path: Path, largest: int = LARGEST_AT_ONCE) -> None:
    """Refuse what is not a file of an ordinary size, and one that holds nothing."""
    if not ordinary_size(path, largest):
        raise Unreadable(path.name, EMPTY)


def filled(rows: Iterable[Row]) -> Iterator[Row]:
    """The rows that are neither blank nor comments."""
    return (row for row in rows if row.cells.count(None) < len(row.cells) and not _is_comment(row))


def header_and_rows(name: str, rows: Iterable[Row]) -> tuple[list[str], Iterator[Row]]:
    """The normalised header of a table and the rows below it, blank rows and comment rows left out."""
    rows = filled(rows)
    header = next(rows, None)
    if header is None:
        raise Unreadable(name, EMPTY)
    width = max(i for i, cell in enumerate(header.cells, 1) if cell is not None)
    if width > MOST_COLUMNS:
        raise Unreadable(name, f"names {width:,} columns; at most {MOST_COLUMNS} can be read", header.number)
    names = [normal_name(cell) for cell in header.cells[:width]]
    while names and not names[-1]:
        names.pop()
    return names, rows


def check_header(
    name: str,
    header: list[str],
    known: Collection[str],
    required: Collection[str],
    ignored: Collection[str],
    option: str = "",
) -> None:
    """Refuse unknown, duplicate and missing columns: a misspelt column must not be ignored in silence.

    `option` is what else has them ignored.
    """
    if not set(header) & {*known}:
        held = ", ".join(shown(column) for column in header[:5])
        such = ", ".join([*known][:6])
        raise Unreadable(name, f"the first row must name the columns, such as {such} (it holds {held})")
    problems, meant, unknown = [], set(), []
    for column in dict.fromkeys(filter(None, header)):
        if header.count(column) > 1 and column not in ignored:
            problems.append(f"column {shown(column)} appears {header.count(column)} times")
        if column not in known and column not in ignored:
            close = get_close_matches(column, [c for c in known if c not in header], 1)
            meant.update(close)
            if close:
                problems.append(f"unknown column {shown(column)} (did you mean {close[0]}?)")
            else:
                unknown.append(shown(column))
    if unknown:
        which = f"columns {', '.join(unknown)} (call each" if unknown[1:] else f"column {unknown[0]} (call it"
        problems.append(f"unknown {which} note{option} to have it ignored; columns are {', '.join(known)})")
    problems += [f"column {column} is missing" for column in required if column not in header and column not in meant]
    if problems:
        raise Unreadable(name, "; ".join(problems))


@lru_cache(maxsize=2048, typed=True)
def normal_name(cell: object) -> str:
    """A header as a field name: lower case, _ between words, units in brackets dropped."""
    text = "" if cell is None else str(cell)
    text = re.split(r"[\[(]", text)[0].strip() or text
    return "_".join(text.replace("-", " ").replace("_", " ").lower().split())


def starts_like_a_comment(row: Row) -> bool:
    """Whether a row begins with a mark of comments; an Excel error value is not one."""
    first = row.cells[0]
    return isinstance(first, str) and first.startswith(("#", "//")) and first.upper() not in EXCEL_ERRORS


def _is_comment(row: Row) -> bool:
    """A row that begins with # and a space, or with //, or that has # in its only cell.

    '#Fund 1,BTC,50' is no comment: a holding must not vanish because of its name.
    """
    if not starts_like_a_comment(row):
        return False
    alone = not any(cell is not None for cell in row.cells[1:])
    return alone or row.cells[0] == "#" or row.cells[0].startswith(("# ", "//"))


def _delimiter(text: str) -> tuple[str, int]:
    """The separator, and the row that the table begins on: Excel's own line sep=; names the separator."""
    lines = text.splitlines()
    told = re.fullmatch(r'"?sep=(.)"?', lines[0].strip("\r\n"), re.IGNORECASE) if lines else None
    if told:
        return told[1], 2
    lines = [line for line in lines if line.strip() and not line.startswith(("#", "//"))][:TITLES]
    for line, after in pairwise([*lines, None]):
        found = max(",;\t", key=line.count)
        if found in line and (after is None or found in after):
            return found, 1  # a line above the header has none, or one that is only a comma between words
    return max(",;\t", key=(lines or [""])[0].count), 1


def _csv_reason(error: str) -> str:
    if "end of data" in error:
        return 'a quote (") is opened here and never closed'
    if "too long" in error:
        return f"is longer than {LONGEST_LINE // 2**20} million characters; is this a table of rows?"
    if "field limit" in error:
        return 'a cell is longer than 131,072 characters; is a quote (") never closed?'
    if "expected after" in error:
        return 'a quoted cell goes on after its closing quote; write a quote inside a cell as ""'
    return f"is not a row of a CSV table ({error})"
