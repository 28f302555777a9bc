"""An .xlsx file as the parts that it is made of: what the file says, not what a library makes of it."""

import itertools
import posixpath
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import NamedTuple
from xml.parsers import expat

from defusedxml.ElementTree import fromstring

from ..errors import FileError
from ..nodes import letters
from .guard import DAMAGED_ZIP

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATION_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
MOST_BYTES = 1 << 30  # unpacked; more is a zip bomb
ROWS, COLUMNS = 1_048_576, 16_384
CORNER = re.compile("([A-Z]*)([0-9]*)")


class Area(NamedTuple):
    """A rectangle of cells, by one-based numbers, both ends included."""

    left: int
    top: int
    right: int
    bottom: int

    @classmethod
    def parse(cls, ref: str) -> "Area":
        """Read A1, A1:C9, A:C or 1:9."""
        first, _, last = ref.replace("$", "").upper().partition(":")
        left, top = CORNER.fullmatch(first).groups()
        right, bottom = CORNER.fullmatch(last or first).groups()
        return cls(_number(left) or 1, int(top or 1), _number(right) or COLUMNS, int(bottom or ROWS))

    def meets(self, other: "Area") -> bool:
        return (
            self.left <= other.right
            and other.left <= self.right
            and self.top <= other.bottom
            and other.top <= self.bottom
        )


class Cell(NamedTuple):
    """A cell as the file has it: kind is the t attribute, formula and value are None where the element is missing."""

    ref: str
    kind: str
    formula: str | None
    value: str | None
    metadata: str | None


class Sheet(NamedTuple):
    """A worksheet: its name, part, parsed XML, cells and tables."""

    name: str
    part: str
    root: object
    cells: list[Cell]
    tables: list[tuple[str, object]]


class Package:
    """The parts of an .xlsx file, parsed when asked for."""

    def __init__(self, path) -> None:
        path = Path(path)
        try:
            head = path.read_bytes()
            if head.startswith(b"\xd0\xcf\x11\xe0") and "EncryptedPackage".encode("utf-16-le") in head:
                raise FileError("it is password-protected")
            with zipfile.ZipFile(path) as archive:
                if sum(member.file_size for member in archive.infolist()) > MOST_BYTES:
                    raise FileError("it unpacks to more than 1 GB")
                self.members = archive.namelist()
                self.parts = {name: archive.read(name) for name in self.members if not name.endswith("/")}
        except FileNotFoundError:
            raise FileError("no such file") from None
        except DAMAGED_ZIP as error:
            raise FileError(f"it is damaged or not a workbook ({error})") from None
        self._trees = {}

    def tree(self, part: str):
        """Return the parsed XML of a part."""
        if part not in self._trees:
            self._trees[part] = fromstring(self.parts[part])
        return self._trees[part]

    def relations(self, part: str) -> Iterator[tuple[str, str, str, bool]]:
        """Yield id, type, target (a part's name, or an address outside) and whether it is outside."""
        folder, name = posixpath.split(part)
        source = posixpath.join(folder, "_rels", f"{name}.rels")
        for each in self.tree(source) if source in self.parts else ():
            outside, target = each.get("TargetMode") == "External", each.get("Target")
            if not outside:
                target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
            yield each.get("Id"), each.get("Type").rsplit("/", 1)[-1], target, outside

    def damage(self) -> Iterator[str]:
        """Yield what keeps the parts from being read: names given twice, broken XML, parts that are not there."""
        for name, count in Counter(name.lower() for name in self.members).items():
            if count > 1:
                yield f"{name}: the package holds this part {count} times"
        for part, data in self.parts.items():
            fault = _xml_fault(data) if part.endswith((".xml", ".rels")) else None
            if fault:
                yield f"{part}: {fault}"
                return
        for needed in ("[Content_Types].xml", "_rels/.rels", self.workbook):
            if needed not in self.parts:
                yield f"{needed}: this part is missing"
        for part in ["", *self.parts]:
            for _, kind, target, outside in self.relations(part):
                if not outside and target not in self.parts and kind != "hyperlink":
                    yield f"{part or 'the package'}: refers to {target} ({kind}), which is missing"

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
    def sheets(self) -> list[Sheet]:
        """The worksheets, in order; chart sheets have no cells and are left out."""
        targets = {identity: (kind, target) for identity, kind, target, _ in self.relations(self.workbook)}
        found = []
        for entry in self.tree(self.workbook).iter(f"{MAIN}sheet"):
            kind, part = targets[entry.get(RELATION_ID)]
            if kind == "worksheet":
                root = self.tree(part)
                tables = [(at, self.tree(at)) for _, kind, at, _ in self.relations(part) if kind == "table"]
                found.append(Sheet(entry.get("name"), part, root, list(_cells(root)), tables))
        return found

    @cached_property
    def names(self) -> list[tuple[str, str]]:
        """The defined names with their formulas, without Excel's own such as _xlnm.Print_Area."""
        entries = self.tree(self.workbook).iter(f"{MAIN}definedName")
        return [(each.get("name"), each.text or "") for each in entries if not each.get("name").startswith("_xlnm.")]

    def text(self, cell: Cell) -> str | None:
        """The text of a cell with constant text, else None."""
        if cell.formula is not None or cell.value is None:
            return None
        if cell.kind == "s":
            number = int(cell.value) if cell.value.isdigit() else len(self.texts)
            return self.texts[number] if number < len(self.texts) else None
        return cell.value if cell.kind in ("inlineStr", "str") else None

    def formulas(self) -> Iterator[tuple[str, str]]:
        """Yield the place and text of every formula: cells, conditional formats, validations and defined names."""
        for name, formula in self.names:
            yield f"{self.workbook} name {name}", formula
        for sheet in self.sheets:
            for cell in sheet.cells:
                if cell.formula:
                    yield f"{sheet.part} {cell.ref}", cell.formula
            for group in ("conditionalFormatting", "dataValidation"):
                for each in sheet.root.iter(MAIN + group):
                    for tag in ("formula", "formula1", "formula2"):
                        for formula in each.iter(MAIN + tag):
                            yield f"{sheet.part} {each.get('sqref')} {group}", formula.text or ""


def _xml_fault(data: bytes) -> str | None:
    """Say why a part is not the plain XML that it should be."""
    doctypes = []
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = lambda *_: doctypes.append(True)
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        return f"not well-formed XML ({error})"
    return "it declares a document type, which may hide entities" if doctypes else None


def _number(letters: str) -> int:
    """Number of a column, one-based: AB is 28."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _cells(root) -> Iterator[Cell]:
    """Yield the cells of a sheet; a row or cell that does not say where it is follows the one before it."""
    row_number = 0
    for row in root.iterfind(f"{MAIN}sheetData/{MAIN}row"):
        row_number, column = int(row.get("r", row_number + 1)), 0
        for each in row:
            ref = each.get("r") or f"{letters(column + 1)}{row_number}"
            column = Area.parse(ref).left
            formula, value, inline = (each.find(MAIN + tag) for tag in ("f", "v", "is"))
            text = _text(inline) if inline is not None else None if value is None else value.text or ""
            formula = None if formula is None else formula.text or ""
            yield Cell(ref, each.get("t", "n"), formula, text, each.get("cm"))


def _text(item) -> str:
    """Join the runs of a rich text, without its phonetic hints."""
    runs = itertools.chain(item.findall(f"{MAIN}t"), item.findall(f"{MAIN}r/{MAIN}t"))
    return "".join(run.text or "" for run in runs)
