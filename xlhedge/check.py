"""Verify a workbook, ours or one that somebody edited: values, formulas, checks, faults, foreign parts.

for finding in check_workbook(Path("plan.xlsx")): print(finding)
"""

import datetime
import io
import math
import re
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from . import __version__
from .errors import Unreadable, XlhedgeError, shown
from .files import file_bytes
from .workbook.grid.numbers import sheet_number
from .workbook.grid.typed import as_stored
from .workbook.portfolios import Room
from .ooxml.guard import Archive
from .ooxml.lint import faults
from .ooxml.package import Package
from .sheet import is_error

TOLERANCE = 1e-9
CLEAN = "F4"
"""Whether nothing amber is to be known, on the sheet Checks."""
MOST_TOLD = 12
MOST_TOLD_OF_ERROR = 120
MARK = re.compile(r"xlhedge (\S+) (native|addin|calc|lambda) for (\d{1,9}(?: \d{1,9})*) rows(?: without (.*))?")

FLAG_CALL, LITERAL = re.compile(r"\b(TRUE|FALSE)\(\)"), re.compile(r"(?<![\w$.])\d+(?:\.\d+)?(?:E[+-]?\d+)?")
TYPED_FLAGS = ("=TRUE()", "=FALSE()")
"""LibreOffice writes these words as calls, numbers to fifteen digits, and a flag that was typed as a formula."""


class Finding(NamedTuple):
    """One thing that is wrong, or (a note) only worth knowing."""

    kind: str
    place: str
    text: str
    is_note: bool = False

    def __str__(self) -> str:
        return f"{self.kind}: {self.place}{': ' if self.place else ''}{self.text}"


class Contents(NamedTuple):
    """Formulas and cached values of a workbook by sheet and address, and what its properties say of it."""

    formulas: dict[str, dict[str, str]]
    values: dict[str, dict[str, object]]
    version: str
    mode: str
    room: Room
    left_out: Sequence[str]


def check_workbook(path: Path) -> list[Finding]:
    """All findings about a workbook; a file that cannot be read at all raises FileError."""
    path = Path(path)
    content, found = file_bytes(path), []
    try:
        package = Package(Archive(path.name, content))
        found += [Finding("file", "", fault) for fault in faults(package)]
        contents = _read(package)
    except Unreadable as error:
        return found or [Finding("file", "", str(error))]
    return found + [
        *_version(contents), *_errors(contents), *_own_checks(contents), *_formulas(path, contents),
        *_recalculation(path, contents),
    ]  # fmt: skip


def _read(package: Package) -> Contents:
    from openpyxl import load_workbook

    try:
        package.check_areas()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of styles and extensions that do not matter here
            with_formulas, with_values = (
                load_workbook(io.BytesIO(package.content), data_only=only) for only in (False, True)
            )
    except XlhedgeError:
        raise
    except Exception as error:  # openpyxl raises whatever its parsers meet in a damaged file
        raise package.damaged(error) from None
    formulas, values = {}, {}
    for page in with_formulas.worksheets:
        cells = [cell for cell in _cells(page) if cell.value is not None]
        formulas[page.title] = {c.coordinate: _formula_text(c.value) for c in cells if c.data_type == "f"}
        cached = with_values[page.title]
        values[page.title] = {cell.coordinate: cached[cell.coordinate].value for cell in cells}
    mark = MARK.search(with_formulas.properties.description or "")
    version, mode, room, without = mark.groups("") if mark else ("", "", "", "")
    most = sum(map(len, formulas.values()))  # whatever the mark says, each row of these tables has a formula
    return Contents(
        formulas, values, version, mode, Room.of([min(int(rows), most) for rows in room.split()]), without.split(", ")
    )


def _cells(page) -> list:
    """The cells that a sheet has, row by row; iter_rows would make those that lie between them and a far one."""
    return [page._cells[place] for place in sorted(page._cells)]


def _formula_text(value: object) -> str:
    return value if isinstance(value, str) else getattr(value, "text", None) or str(value)


def _version(contents: Contents) -> Iterator[Finding]:
    if not contents.version:
        yield Finding(
            "version", "", "not written by xlhedge, or its mark was removed: formulas cannot be compared", True
        )
    elif contents.version != __version__:
        yield Finding("version", "", f"written by xlhedge {contents.version}, checked by {__version__}", True)


def _errors(contents: Contents) -> Iterator[Finding]:
    """Cells that show an error, and formulas with a text that should have given a number."""
    for sheet, cells in contents.values.items():
        found = [address for address, value in cells.items() if is_error(value)]
        yield from _told("error value", sheet, [(a, cells[a]) for a in found], "shows {}")


def _own_checks(contents: Contents) -> Iterator[Finding]:
    """The lines of the Checks sheet that do not say TRUE."""
    cells = contents.values.get("Checks", {})
    for address, value in cells.items():
        if address.startswith("F") and address in contents.formulas["Checks"] and value is not True:
            label = cells.get(f"A{address[1:]}", address)
            is_amber = cells.get(f"G{address[1:]}") == "amber" or address == CLEAN
            yield Finding("check", f"Checks!{address}", f"{label}: says {_word(value)}", is_amber)


def _formulas(path: Path, contents: Contents) -> Iterator[Finding]:
    """Formulas that differ from those that xlhedge writes for the same holdings."""
    if contents.version != __version__:
        return
    from .intake import read_portfolios
    from .plan import prices_now
    from .workbook.model import EMPTY, build_model
    from .workbook.selection import without

    try:
        portfolios, errors = read_portfolios(path)
    except XlhedgeError as error:
        yield Finding("input", "Inputs", str(error))
        return
    if errors or len(portfolios) != 1:
        yield from (Finding("input", "", str(error)) for error in errors[:MOST_TOLD])
        return
    fresh = prices_now(portfolios[0])
    if not fresh.passed:
        text = f"{fresh.name}: they are {fresh.figure:,.0f} hours old, of at most {fresh.limit:,.0f}"
        yield Finding("check", "Inputs", text, True)
    try:
        records = without(contents.left_out)
        expected = build_model(portfolios[0], contents.mode, contents.room, EMPTY, records, exactly=True).formulas()
    except XlhedgeError as error:  # what was typed on another sheet than Inputs
        yield Finding("input", "", str(error))
        return
    for sheet, formulas in expected.items():
        there = contents.formulas.get(sheet, {})
        wrong = [(a, there.get(a, "no formula")) for a, text in formulas.items() if not _is_written(there.get(a), text)]
        yield from _told("formula", sheet, wrong, "was changed: {}")
        extra = [(a, text) for a, text in there.items() if a not in formulas and text not in TYPED_FLAGS]
        yield from _told("formula", sheet, extra, "was added: {}", True)


def _is_written(there: str | None, text: str) -> bool:
    """Whether a formula is there, as it was written or as LibreOffice saves it."""
    return there == text or (there is not None and _as_saved(there) == _as_saved(text))


def _as_saved(formula: str) -> str:
    return LITERAL.sub(lambda found: f"{float(found[0]):.15g}", FLAG_CALL.sub(r"\1", formula))


def _recalculation(path: Path, contents: Contents) -> Iterator[Finding]:
    """Cached values that an independent recalculation does not give."""
    engine, recalculate = _engine()
    if recalculate is None:
        yield Finding("recalculation", "", "left out: neither LibreOffice nor formualizer is here", True)
        return
    try:
        fresh = recalculate(path)
    except Exception as error:  # the engines are stricter with packages than openpyxl, each in its own words
        told = " ".join(str(error).split())[:MOST_TOLD_OF_ERROR]
        yield Finding("recalculation", "", f"{engine} cannot read the workbook ({told})")
        return
    if contents.mode != "native" and _lacks_functions(contents, fresh):
        what = "the functions of the add-in" if contents.mode == "addin" else "LAMBDA"
        yield Finding(
            "recalculation", "", f"left out: the formulas need {what}, which {engine} does not have here", True
        )
        return
    for sheet, formulas in contents.formulas.items():
        old, new = contents.values[sheet], fresh.get(sheet, {})
        wrong = [
            (a, f"{_word(old.get(a))}, {engine} gives {_word(new.get(a))}")
            for a in formulas
            if not _same(old.get(a), new.get(a))
        ]
        yield from _told("value", sheet, wrong, "holds {}")


def _lacks_functions(contents: Contents, fresh: dict[str, dict[str, object]]) -> bool:
    """Whether a cell that shows a value gives an error where it is recalculated."""
    return any(
        not is_error(contents.values[sheet].get(a)) and str(fresh.get(sheet, {}).get(a)).startswith("#")
        for sheet, formulas in contents.formulas.items() for a in formulas
    )  # fmt: skip


def _engine() -> tuple[str, Callable[[Path], dict] | None]:
    from .hosts import calc

    if calc.find():
        return "LibreOffice", _by_calc
    try:
        import formualizer  # noqa: F401
    except ImportError:
        return "", None
    return "formualizer", _by_formualizer


def _by_calc(path: Path) -> dict[str, dict[str, object]]:
    from .hosts.calc import Calc

    with Calc() as calc, calc.open(path) as book:
        book.recalculate()
        return {sheet: book.cells(sheet) for sheet in book.sheets()}


def _by_formualizer(path: Path) -> dict[str, dict[str, object]]:
    import formualizer
    from openpyxl import load_workbook

    def counted(function: Callable) -> Callable:
        """A function of numbers that takes a blank cell for 0."""
        return lambda value: function(0.0 if value is None else value)

    def lifted(function: Callable) -> Callable:
        """A function over a range too, as every spreadsheet has it; formualizer's own gives #VALUE!."""
        return lambda value: (
            [[function(x) for x in row] for row in value] if isinstance(value, list) else function(value)
        )

    engine = formualizer.Workbook.from_path(str(path))
    for name, function in (("ABS", counted(abs)), ("INT", counted(math.floor)), ("ISNUMBER", _is_number)):
        engine.register_function(name, lifted(function), min_args=1, max_args=1, allow_override_builtin=True)
    engine.evaluate_all()
    found = {}
    for page in load_workbook(path).worksheets:
        cells = [cell for cell in _cells(page) if cell.data_type == "f"]
        values = {cell.coordinate: engine.get_value(page.title, cell.row, cell.column) for cell in cells}
        found[page.title] = {a: f"#{v.get('kind', '')}" if isinstance(v, dict) else v for a, v in values.items()}
    return found


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _same(old: object, new: object) -> bool:
    old, new = (sheet_number(as_stored(v)) if isinstance(v, datetime.date) else v for v in (old, new))
    if isinstance(old, bool) or isinstance(new, bool):
        return old == new
    if isinstance(old, (int, float)) and isinstance(new, (int, float)):
        return math.isclose(old, new, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
    if is_error(old) and isinstance(new, str) and new.startswith("#"):
        return True
    return (old or "") == (new or "")


def _told(
    kind: str, sheet: str, cells: list[tuple[str, object]], text: str, is_note: bool = False
) -> Iterator[Finding]:
    for address, detail in cells[:MOST_TOLD]:
        yield Finding(kind, f"{sheet}!{address}", text.format(detail), is_note)
    if len(cells) > MOST_TOLD:
        yield Finding(kind, sheet, f"and {len(cells) - MOST_TOLD} more", is_note)


def _word(value: object) -> str:
    if value is None:
        return "nothing"
    return str(value).upper() if isinstance(value, bool) else shown(value)
