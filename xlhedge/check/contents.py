"""What the check compares of a workbook: its formulas, its cached values, and what its mark says of it."""

import re
from collections.abc import Iterator
from os.path import commonprefix
from typing import NamedTuple

from ..errors import Described, XlhedgeError, shown
from ..ooxml.as_written import CORE
from ..ooxml.package import Cell, Package
from ..workbook.portfolios import Room

MARK = re.compile(r"xlhedge (\S+) (native|addin|calc|lambda) for (\d{1,9}(?: \d{1,9})*) rows(?: without (.*))?")
DESCRIPTION = "{http://purl.org/dc/elements/1.1/}description"
FLAG_CALL, LITERAL = re.compile(r"\b(TRUE|FALSE)\(\)"), re.compile(r"(?<![\w$.])\d+(?:\.\d+)?(?:E[+-]?\d+)?")
CALL, TYPED_FLAGS = re.compile(r"[A-Za-z_][\w.]*(?=\()"), ("=TRUE()", "=FALSE()")
"""LibreOffice writes these words as calls, numbers to fifteen digits, names of functions that it does not know in small
letters, and a flag that was typed as a formula."""
SAME_TOLD = 20
"""Characters that are told of what two formulas have in common."""


class Contents(NamedTuple):
    """Formulas and cached values of a workbook by sheet and address, its defined names, and what its properties say of it."""

    formulas: dict[str, dict[str, str]]
    values: dict[str, dict[str, object]]
    names: dict[str, str]
    version: str
    mode: str
    room: Room
    left_out: tuple[str, ...]

    @property
    def count(self) -> int:
        """The number of its formulas."""
        return sum(map(len, self.formulas.values()))


def contents_of(package: Package) -> Contents:
    """The contents of a package that can be read; Unreadable where an address, a name or a part is none."""
    try:
        package.check_areas()
        return _contents(package)
    except XlhedgeError:
        raise
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise package.damaged(error) from None


def _contents(package: Package) -> Contents:
    formulas = {sheet.name: {c.ref: f"={c.formula}" for c in sheet.cells if c.formula} for sheet in package.sheets}
    values = {sheet.name: dict(_values(package, sheet.cells)) for sheet in package.sheets}
    mark = MARK.search(_description(package))
    version, mode, room, without = mark.groups("") if mark else ("", "", "", "")
    most = sum(map(len, formulas.values()))  # whatever the mark says, each row of these tables has a formula
    room = Room.of([min(int(rows), most) for rows in room.split()])
    return Contents(
        formulas, values, dict(package.names), version, mode, room, tuple(filter(None, without.split(", ")))
    )


def _values(package: Package, cells: list[Cell]) -> Iterator[tuple[str, object]]:
    """The cells that hold something, each with its value as a formula has it."""
    for cell in cells:
        if cell.formula is not None or cell.value is not None:
            yield cell.ref, _value(package, cell)


def _value(package: Package, cell: Cell) -> object:
    if cell.value is None or cell.kind == "s":
        return package.text(cell)
    if cell.kind == "b":
        return cell.value not in ("0", "")
    if cell.kind != "n" or not cell.value:
        return cell.value or None
    try:
        return float(cell.value)
    except ValueError:  # a fault of the file, which is told as such
        return cell.value


def _description(package: Package) -> str:
    return package.tree(CORE).findtext(DESCRIPTION, "") if CORE in package.parts else ""


def is_written(there: str | None, text: str) -> bool:
    """Whether a formula is there, as it was written or as LibreOffice saves it."""
    return there == text or (there is not None and _as_saved(there) == _as_saved(text))


def instead(there: object, text: str) -> str:
    """What stands in the place of a formula, and that formula, both from shortly before they differ."""
    is_formula = isinstance(there, str) and there.startswith("=")
    at = max(0, len(commonprefix([there, text])) - SAME_TOLD) if is_formula else 0
    told = shown(Described("..." * bool(at) + there[at:])) if is_formula else word(there)
    return f"{told} in place of {shown(Described('...' * bool(at) + text[at:]))}"


def _as_saved(formula: str) -> str:
    named = CALL.sub(lambda found: found[0].upper(), FLAG_CALL.sub(r"\1", formula))
    return LITERAL.sub(lambda found: f"{float(found[0]):.15g}", named)


def word(value: object) -> str:
    """A value as it is told."""
    if value is None:
        return "nothing"
    return str(value).upper() if isinstance(value, bool) else shown(value)
