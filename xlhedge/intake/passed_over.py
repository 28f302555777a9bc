"""What somebody put into the sheets of a workbook of ours and a new one will not have: told by sheet and cells.

Values typed over formulas, formulas where values are typed, what stands beside what is read, and comments. The sheets
dress their formulas, typed cells and texts, each in its own way; a cell in another font is somebody else's.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from ..nodes import letters
from ..ooxml.calamine import pages
from ..ooxml.dress import Held, Place, comments, held, looks
from ..ooxml.guard import Archive
from ..workbook.grid.record import SheetRecord
from ..workbook.grid.theme import BLUE, BORDER, FONT
from ..workbook.grid.typed import FilledSheet, Form, Misplaced, TypedTable
from ..workbook.sheets.functions import FUNCTIONS_SHEET
from ..workbook.sheets.stress import STRESS, TABLE, move_columns

MOST_TOLD = 5
OVER = "what was typed over formulas is not carried over"
BESIDE = "what stands beside or below its tables is not carried over"
COMMENTS = "comments are not carried over"
FORMULAS = "formulas in cells that are typed are carried over as their values"


class Looked(NamedTuple):
    """A sheet of ours: its record, its cells, and the places of those that are read."""

    record: SheetRecord
    filled: FilledSheet
    read: frozenset[Place] = frozenset()


def looked(record: SheetRecord, filled: FilledSheet, followed: Mapping[str, Sequence[str | None]]) -> Looked:
    """A sheet with the places that are read of it; `followed` has the asset of each row of Inputs and of Positions, None for a blank one."""
    found: set[Place] = set()
    for declared in (TABLE,) if record is STRESS else record.typed:
        try:
            values = {(each.row, each.column) for each in declared.read(filled)} - _unheld(declared, filled, followed)
        except Misplaced:
            continue  # told already
        labels = {(row, declared.column) for row, _ in values} if isinstance(declared, Form) else ()
        found |= values.union(labels)  # somebody may have added rows with labels of their own
    if record is STRESS and found:
        columns = move_columns(filled, followed["assets"])
        found |= {(row, column) for row in {row for row, _ in found} for column in columns}
    return Looked(record, filled, frozenset(found))


def _unheld(declared, filled: FilledSheet, followed: Mapping[str, Sequence[str | None]]) -> set[Place]:
    """The places of a table that follows the assets or the positions, in rows where there is none."""
    if not isinstance(declared, TypedTable) or not declared.follows:
        return set()
    first, held = declared.first_row(filled), followed[declared.follows]
    there = {first + i for i, asset in enumerate(held) if asset is not None}
    return {(each.row, each.column) for each in declared.read(filled) if each.row not in there}


def passed_over(archive: Archive, sheets: Iterable[Looked]) -> Iterator[str]:
    """A note for each sheet and kind of thing that is not carried over."""
    styles, by_name = looks(archive), {f"{archive.name} {page.title}": page for page in pages(archive) or ()}
    for sheet in sheets:
        page = by_name.get(sheet.filled.name)
        if page is None:
            continue
        kinds = {OVER: [], BESIDE: [], FORMULAS: [], COMMENTS: comments(archive, page)}
        for cell in held(archive, page, styles):
            if what := _what(sheet, cell):
                kinds[what].append(cell.place)
        yield from (f"sheet {page.title} {_listed(places)}: {what}" for what, places in kinds.items() if places)


def _what(sheet: Looked, cell: Held) -> str:
    """What is to be told of a cell, "" for nothing."""
    if cell.place in sheet.read:
        # LibreOffice writes a flag that is typed as =TRUE().
        return FORMULAS if cell.is_formula and not isinstance(sheet.filled.at(*cell.place), bool) else ""
    if cell.look.font != FONT:
        return BESIDE
    if cell.look.border != BORDER or cell.is_formula or _is_fixed(sheet, cell.place):
        return ""
    if cell.look.color == BLUE:
        return "" if sheet.record is FUNCTIONS_SHEET else BESIDE
    return OVER


def _is_fixed(sheet: Looked, place: Place) -> bool:
    value = sheet.filled.at(*place)
    return not isinstance(value, bool) and value in sheet.record.fixed


def _listed(places: list[Place]) -> str:
    told = ", ".join(f"{letters(column)}{row}" for row, column in places[:MOST_TOLD])
    return told + (f" and {len(places) - MOST_TOLD:,} more" if len(places) > MOST_TOLD else "")
