"""An .xlsx file as the parts that it is made of: what the file says, not what a library makes of it."""

import itertools
import posixpath
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import NamedTuple
from xml.etree.ElementTree import ParseError, fromstring

from ..files import file_bytes
from ..nodes import letters
from .area import CELL, Area, column_number
from .guard import TYPES, XML, Archive, Damaged
from .shared_formulas import SharedFormula, shared_formula

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
FORMULA, VALUE, INLINE = f"{MAIN}f", f"{MAIN}v", f"{MAIN}is"
RELATION_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
MOST_JOINED = 2_000_000


class Cell(NamedTuple):
    """A cell as the file has it: kind is the t attribute, formula and value are None where the element is missing.

    Row and column are one-based numbers. A formula that is stated once for several cells is written out in each.
    """

    row: int
    column: int
    ref: str
    kind: str
    formula: str | None
    value: str | None
    metadata: str | None


class SheetPart(NamedTuple):
    """A worksheet: its name, part, parsed XML, cells and tables."""

    name: str
    part: str
    root: object
    cells: list[Cell]
    tables: list[tuple[str, object]]


class Package:
    """The parts of an .xlsx file, parsed when asked for; a part that cannot be parsed is refused at once."""

    def __init__(self, archive: Archive) -> None:
        self._archive, self.name, self.content = archive, archive.name, archive.content
        self.parts = {part: archive.read(part) for part in archive.parts}
        for part, content in self.parts.items():
            if part.endswith(XML):
                archive.check_xml(part, content)
        self._trees = {}

    @classmethod
    def open(cls, path: Path) -> "Package":
        """Read a file; one that is no sound package raises Unreadable."""
        return cls(Archive(path.name, file_bytes(path)))

    def tree(self, part: str):
        """Return the parsed XML of a part; the guard has refused what declares entities, so that the quick parser will do."""
        if part not in self._trees:
            if part not in self.parts:
                raise self.damaged(f"a part is missing: {part}")
            if not part.endswith(XML):
                self._archive.check_xml(part, self.parts[part])
            try:
                self._trees[part] = fromstring(self.parts[part])
            except ParseError as error:  # a prefix that stands for no namespace, which only the tree minds
                raise self.damaged(f"{part}: not well-formed XML, {error}") from None
        return self._trees[part]

    def damaged(self, reason: object) -> Damaged:
        """The error for a package whose insides are wrong."""
        return self._archive.damaged(reason)

    def content_type(self, part: str) -> str:
        """What the package says that a part is, by the part's name or by its ending."""
        return self._types.get(f"/{part}".lower()) or self._types.get(part.rpartition(".")[2].lower(), "")

    def relations(self, part: str) -> Iterator[tuple[str, str, str, bool]]:
        """Yield id, type, target (a part's name, or an address outside) and whether it is outside."""
        folder, name = posixpath.split(part)
        source = posixpath.join(folder, "_rels", f"{name}.rels")
        for each in self.tree(source) if source in self.parts else ():
            outside, target = each.get("TargetMode") == "External", each.get("Target", "")
            if not outside:
                target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
            yield each.get("Id"), each.get("Type", "").rsplit("/", 1)[-1], target, outside

    def damage(self) -> Iterator[str]:
        """Yield the parts that are not there, though they are needed or referred to."""
        for needed in (TYPES, "_rels/.rels", self.workbook):
            if needed not in self.parts:
                yield f"{needed}: this part is missing"
        for part in ["", *self.parts]:
            for _, kind, target, outside in self.relations(part):
                if not outside and target not in self.parts and kind != "hyperlink":
                    yield f"{part or 'the package'}: refers to {target} ({kind}), which is missing"

    @cached_property
    def _types(self) -> dict[str, str]:
        entries = ((each.get("PartName") or each.get("Extension", ""), each) for each in self.tree(TYPES))
        return {name.lower(): each.get("ContentType", "") for name, each in entries}

    @cached_property
    def workbook(self) -> str:
        """Name of the workbook part."""
        found = (target for _, kind, target, _ in self.relations("") if kind == "officeDocument")
        return next(found, "xl/workbook.xml")

    @cached_property
    def texts(self) -> list[str]:
        """The shared strings."""
        parts = (target for _, kind, target, _ in self.relations(self.workbook) if kind == "sharedStrings")
        return [_text(item) for part in parts for item in self.tree(part).iter(f"{MAIN}si")]

    @cached_property
    def sheets(self) -> list[SheetPart]:
        """The worksheets, in order; chart sheets have no cells and are left out."""
        targets = {identity: (kind, target) for identity, kind, target, _ in self.relations(self.workbook)}
        found = []
        for entry in self.tree(self.workbook).iter(f"{MAIN}sheet"):
            kind, part = targets.get(entry.get(RELATION_ID), ("worksheet", f"of sheet {entry.get('name')}"))
            if kind == "worksheet":
                root = self.tree(part)
                tables = [(at, self.tree(at)) for _, kind, at, _ in self.relations(part) if kind == "table"]
                found.append(SheetPart(entry.get("name"), part, root, list(_cells(root)), tables))
        return found

    @cached_property
    def names(self) -> list[tuple[str, str]]:
        """The defined names with their formulas, without Excel's own such as _xlnm.Print_Area."""
        entries = self.tree(self.workbook).iter(f"{MAIN}definedName")
        named = ((each.get("name", ""), each.text or "") for each in entries)
        return [(name, text) for name, text in named if not name.startswith("_xlnm.")]

    def check_areas(self) -> None:
        """Refuse merged and linked areas of many millions of cells: openpyxl makes an object of each."""
        for sheet in self.sheets:
            for tag in ("mergeCell", "hyperlink"):
                areas = (Area.parse(each.get("ref", "")) for each in sheet.root.iter(MAIN + tag))
                if sum(area.size for area in areas) > MOST_JOINED:
                    raise self.damaged(f"{sheet.part}: {tag} over more than {MOST_JOINED:,} cells")

    def text(self, cell: Cell) -> str | None:
        """The text of a cell with constant text, else None."""
        if cell.formula is not None or cell.value is None:
            return None
        if cell.kind == "s":
            number = int(cell.value) if cell.value.isdigit() else len(self.texts)
            return self.texts[number] if number < len(self.texts) else None
        return cell.value if cell.kind in ("inlineStr", "str") else None

    def formulas(self) -> Iterator[tuple[str, str, str]]:
        """Yield the part, place and text of every formula: cells, conditional formats, validations and defined names."""
        for name, formula in self.names:
            yield self.workbook, f"name {name}", formula
        for sheet in self.sheets:
            for cell in sheet.cells:
                if cell.formula:
                    yield sheet.part, cell.ref, cell.formula
            for group in ("conditionalFormatting", "dataValidation"):
                for each in sheet.root.iter(MAIN + group):
                    for tag in ("formula", "formula1", "formula2"):
                        for formula in each.iter(MAIN + tag):
                            yield sheet.part, f"{each.get('sqref')} {group}", formula.text or ""


def _cells(root) -> Iterator[Cell]:
    """Yield the cells of a sheet; a row or cell that does not say where it is follows the one before it."""
    row_number, shared = 0, {}
    for row in root.iterfind(f"{MAIN}sheetData/{MAIN}row"):
        row_number, column = int(row.get("r", row_number + 1)), 0
        for each in row:
            ref = each.get("r") or f"{letters(column + 1)}{row_number}"
            if place := CELL.fullmatch(ref):
                row_at, column = int(place[2]), column_number(place[1])
            else:
                column, row_at, *_ = Area.parse(ref)
            formula = text = inline = None
            for child in each:
                tag = child.tag
                if tag == VALUE and text is None:
                    text = child.text or ""
                elif tag == FORMULA and formula is None:
                    formula = _written_out(child, row_at, column, shared)
                elif tag == INLINE and inline is None:
                    inline = _text(child)
            yield Cell(
                row_at, column, ref, each.get("t", "n"), formula, text if inline is None else inline, each.get("cm")
            )


def _written_out(formula, row: int, column: int, shared: dict[str, SharedFormula]) -> str:
    """The text of a formula in a cell; `shared` are those of its sheet that several cells share, by their numbers."""
    text, number = formula.text or "", formula.get("si")
    if formula.get("t") != "shared" or number is None:
        return text
    if text:
        shared[number] = shared_formula(text, row, column)
    return text or (shared[number].at(row, column) if number in shared else "")


def _text(item) -> str:
    """Join the runs of a rich text, without its phonetic hints."""
    runs = itertools.chain(item.findall(f"{MAIN}t"), item.findall(f"{MAIN}r/{MAIN}t"))
    return "".join(run.text or "" for run in runs)
