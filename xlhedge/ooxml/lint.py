"""Faults for which Excel repairs a workbook, or silently changes it, and that the Open XML SDK validator lets pass.

    lint("plan.xlsx")  ->  ["xl/worksheets/sheet1.xml D4: the formula has no cached value"]

One rule is one function that yields findings from a Package; RULES lists them.
"""

import itertools
import math
import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path

from ..errors import EXCEL_ERRORS, Unreadable, counted
from ..nodes import ADDIN_FILE, letters
from .area import COLUMNS, ROWS, Area
from .guard import ACTIVE, MACROS, OBJECTS
from .package import MAIN, Cell, Package, SheetPart

CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"

# Functions that came after Excel 2007 and that a file must spell with the prefix _xlfn.
FUTURE = frozenset(
    """
BYCOL BYROW CHOOSECOLS CHOOSEROWS CONCAT COVARIANCE.P COVARIANCE.S DAYS DROP EXPAND FILTER FORMULATEXT HSTACK IFNA IFS
ISFORMULA ISOMITTED LAMBDA LET LOGNORM.DIST LOGNORM.INV MAKEARRAY MAP MAXIFS MINIFS NORM.DIST NORM.INV NORM.S.DIST
NORM.S.INV PERCENTILE.EXC PERCENTILE.INC QUARTILE.EXC QUARTILE.INC RANDARRAY RANK.AVG RANK.EQ REDUCE SCAN SEQUENCE SHEET
SHEETS SORT SORTBY STDEV.P STDEV.S SWITCH TAKE TEXTAFTER TEXTBEFORE TEXTJOIN TEXTSPLIT TOCOL TOROW UNIQUE VAR.P VAR.S
VSTACK WRAPCOLS WRAPROWS XLOOKUP XMATCH XOR
""".split()
)
NO_DIGITS = str.maketrans("", "", "0123456789")
"""None of these names has a digit."""
CALLED = re.compile(r"(?<![\w.])([\w.]++)\(")
QUOTED = re.compile(r'"(?:[^"]|"")*"|\'(?:[^\']|\'\')*\'')
CELL_LIKE = re.compile(r"[A-Z]{1,3}[1-9]\d{0,6}", re.IGNORECASE)
R1C1_LIKE = re.compile(r"R\d*|C\d*|R\d*C\d*", re.IGNORECASE)
ILLEGAL_SHEET_NAME = re.compile(r"|'.*|.*'|.*[\[\]:*?/\\].*|history", re.IGNORECASE)
LEGAL_NAME = re.compile(r"(?:[^\W\d]|\\)[\w.?\\]*")
PROGRAMS = (ACTIVE[MACROS], ACTIVE[OBJECTS], re.compile("ctrlprops", re.IGNORECASE))
ADDIN = re.compile(rf"(^|[/\\]){re.escape(ADDIN_FILE)}$", re.IGNORECASE)
"""Our add-in, by its bare name as we write it or by a path as Excel saves it."""
EVERYWHERE = Area(1, 1, COLUMNS, ROWS)
LONGEST_NAME, LONGEST_SHEET_NAME, LONGEST_LIST, LONGEST_TEXT, LONGEST_FORMULA = 255, 31, 255, 32_767, 8_192
SHOWN_OF_ERROR = 120
SHOWN = 3  # cells named in one finding; the others are counted


def lint(path) -> list[str]:
    """Return every fault found in an .xlsx file, as sentences that begin with the part and the cell."""
    try:
        return faults(Package.open(Path(path)))
    except Unreadable as error:
        return [str(error)]


def faults(package: Package) -> list[str]:
    """Return every fault found in a package that can be read; parts that are missing keep the rules from being tried."""
    found = list(package.damage()) or [finding for rule in RULES for finding in _findings(rule, package)]
    return list(dict.fromkeys(found))


def _findings(rule: Callable[[Package], Iterator[str]], package: Package) -> list[str]:
    try:
        return list(rule(package))
    except Unreadable as error:
        return [str(error)]
    except (LookupError, TypeError, ValueError, AttributeError) as error:  # a sheet says what no rule looks for
        told = " ".join(str(error).split())[:SHOWN_OF_ERROR]
        return [f"{package.name}: holds an address, a name or a number that is missing or is none ({told})"]


def table_headers(package: Package) -> Iterator[str]:
    """A table's header cells are texts, all different, that say exactly what its columns are called."""
    for sheet, part, table in _tables(package):
        columns = [_unescaped(each.get("name")) for each in table.iter(f"{MAIN}tableColumn")]
        area = Area.parse(table.get("ref"))
        if len(columns) != area.right - area.left + 1:
            yield f"{part}: {len(columns)} columns in a table over {table.get('ref')}"
        for name, count in Counter(name.lower() for name in columns).items():
            if count > 1:
                yield f"{part}: {count} columns are called {name!r}"
        if table.get("headerRowCount") == "0":
            continue
        cells = {cell.ref: cell for cell in sheet.cells}
        for number, name in enumerate(columns):
            ref = f"{letters(area.left + number)}{area.top}"
            text = package.text(cells[ref]) if ref in cells else None
            if text is None:
                yield f"{sheet.part} {ref}: the header of column {name!r} is not a text (a number, a formula or blank)"
            elif _unescaped(text) != name:
                yield f"{sheet.part} {ref}: the header says {text!r} but the table column is called {name!r}"


def table_names(package: Package) -> Iterator[str]:
    """A table's name is legal and used for nothing else; tables do not overlap."""
    defined = {name.lower() for name, _ in package.names}
    seen = set()
    for _, part, table in _tables(package):
        name = table.get("displayName")
        yield from (f"{part}: the table name {name!r} {why}" for why in _name_faults(name))
        if name.lower() in defined:
            yield f"{part}: the table name {name!r} is also a defined name"
        if name.lower() in seen:
            yield f"{part}: another table is called {name!r} too"
        seen.add(name.lower())
    for sheet in package.sheets:
        areas = [(table.get("displayName"), Area.parse(table.get("ref"))) for _, table in sheet.tables]
        for (one, first), (two, second) in itertools.combinations(areas, 2):
            if first.meets(second):
                yield f"{sheet.part}: the tables {one!r} and {two!r} overlap"


def filters_over_tables(package: Package) -> Iterator[str]:
    """A sheet's own filter lies over no table, which has its own."""
    for sheet in package.sheets:
        for each in sheet.root.findall(f"{MAIN}autoFilter"):
            for _, table in sheet.tables:
                if Area.parse(each.get("ref")).meets(Area.parse(table.get("ref"))):
                    yield f"{sheet.part} {each.get('ref')}: the filter lies over table {table.get('displayName')!r}"


def defined_names(package: Package) -> Iterator[str]:
    """Defined names are legal."""
    for name, _ in package.names:
        yield from (f"{package.workbook}: the defined name {name!r} {why}" for why in _name_faults(name))


def sheet_names(package: Package) -> Iterator[str]:
    """Sheet names are legal and differ by more than case."""
    names = [each.get("name") for each in package.tree(package.workbook).iter(f"{MAIN}sheet")]
    for name in names:
        if len(name) > LONGEST_SHEET_NAME:
            yield f"{package.workbook}: the sheet name {name!r} is longer than {LONGEST_SHEET_NAME} characters"
        if ILLEGAL_SHEET_NAME.fullmatch(name):
            yield f"{package.workbook}: {name!r} is not allowed as a sheet name"
    for name, count in Counter(name.lower() for name in names).items():
        if count > 1:
            yield f"{package.workbook}: {count} sheets are called {name!r}"


def long_lists(package: Package) -> Iterator[str]:
    """A list of choices that is written into a validation is short; longer ones live in cells."""
    for sheet in package.sheets:
        for each in sheet.root.iter(f"{MAIN}dataValidation"):
            text = each.findtext(f"{MAIN}formula1") or ""
            if each.get("type") == "list" and text.startswith('"') and len(text) - 2 > LONGEST_LIST:
                yield f"{sheet.part} {each.get('sqref')}: the list of choices is longer than {LONGEST_LIST} characters"


def formula_text(package: Package) -> Iterator[str]:
    """A formula is stored without its equals sign, with the prefix that newer functions need, and not too long."""
    for part, place, formula in package.formulas():
        yield from (f"{part} {place}: {told}" for told in _told_of(formula))


@lru_cache(maxsize=32_768)
def _told_of(formula: str) -> tuple[str, ...]:
    """What is wrong with the text of a formula; the next workbook is likely to have the same ones."""
    told = ["the stored formula begins with '='"] if formula.startswith("=") else []
    if len(formula) > LONGEST_FORMULA:
        told.append(f"the formula is longer than {LONGEST_FORMULA} characters")
    calls = _future_calls(formula.translate(NO_DIGITS))
    return (*told, *(f"{name} must be stored as _xlfn.{name}" for name in calls))


@lru_cache(maxsize=4096)
def _future_calls(formula: str) -> tuple[str, ...]:
    """The functions without their prefix that a formula calls: what is left of it without digits is the same down a column."""
    return tuple(sorted(FUTURE & {found.upper() for found in CALLED.findall(QUOTED.sub("", formula))}))


def merges(package: Package) -> Iterator[str]:
    """Merged areas do not overlap, neither each other nor a table."""
    for sheet in package.sheets:
        merged = [each.get("ref") for each in sheet.root.iter(f"{MAIN}mergeCell")]
        taken = [(table.get("ref"), Area.parse(table.get("ref"))) for _, table in sheet.tables]
        for ref in merged:
            area = Area.parse(ref)
            for other, place in taken:
                if area.meets(place):
                    yield f"{sheet.part} {ref}: the merged area overlaps {other}"
            taken.append((ref, area))


def bar_charts(package: Package) -> Iterator[str]:
    """Every bar says that it keeps its colour when it is negative; Excel paints it white otherwise."""
    for part in package.parts:
        if re.fullmatch(r"xl/charts/chart[^/]*\.xml", part):
            for kind in ("barChart", "bar3DChart"):
                for series in package.tree(part).findall(f".//{CHART}{kind}/{CHART}ser"):
                    flag = series.find(f"{CHART}invertIfNegative")
                    if flag is None or flag.get("val", "1") not in ("0", "false"):
                        number = int(series.find(f"{CHART}idx").get("val")) + 1
                        yield f"{part}: bar series {number} does not set invertIfNegative to false"


def cached_values(package: Package) -> Iterator[str]:
    """Every formula has a value, for readers that do not calculate; an empty text is one."""
    if is_uncalculated(package):
        count = sum(len(_bare(sheet)) for sheet in package.sheets)
        yield (
            f"no cached value is in any of {counted(count, 'formula')}: the file was saved by a program that does not calculate; "
            "open it in Excel or LibreOffice and save it"
        )
        return
    for sheet in package.sheets:
        if bare := _bare(sheet):
            yield f"{sheet.part} {_some(bare)}: the formula has no cached value"


def is_uncalculated(package: Package) -> bool:
    """Whether a package has more formulas than could be named, and a value for none of them."""
    count = 0
    for cell in (cell for sheet in package.sheets for cell in sheet.cells if cell.formula is not None):
        if not _is_bare(cell):  # the first one, in nearly every file
            return False
        count += 1
    return count > SHOWN


def _bare(sheet: SheetPart) -> list[str]:
    """The formulas of a sheet that have no value."""
    return [cell.ref for cell in sheet.cells if cell.formula is not None and _is_bare(cell)]


def _is_bare(cell: Cell) -> bool:
    return not (cell.value or cell.kind == "str")


def cell_values(package: Package) -> Iterator[str]:
    """A cell holds what its type says: a finite number, a shared string, 0 or 1, an error word, a short text."""
    for sheet in package.sheets:
        for cell in sheet.cells:
            if cell.value and not _fits(cell, len(package.texts)):
                yield f"{sheet.part} {cell.ref}: {cell.value!r} is not a value of type {cell.kind!r}"
            elif len(package.text(cell) or "") > LONGEST_TEXT:
                yield f"{sheet.part} {cell.ref}: the text is longer than {LONGEST_TEXT} characters"


def cell_order(package: Package) -> Iterator[str]:
    """Cells come row by row and from left to right, each once."""
    for sheet in package.sheets:
        for one, two in itertools.pairwise(sheet.cells):
            if one[:2] >= two[:2]:
                yield f"{sheet.part} {two.ref}: the cell is out of order or there twice"


def spills(package: Package) -> Iterator[str]:
    """A cell that refers to metadata (cm, as spilling formulas do) needs the metadata part."""
    if not any(kind == "sheetMetadata" for _, kind, _, _ in package.relations(package.workbook)):
        for sheet in package.sheets:
            for cell in sheet.cells:
                if cell.metadata:
                    yield f"{sheet.part} {cell.ref}: cm={cell.metadata!r} but the workbook has no metadata part"


def outside_links(package: Package) -> Iterator[str]:
    """The workbook takes nothing from other files, databases or the net; hyperlinks are only followed on a click."""
    for part in ["", *package.parts]:
        for _, kind, target, outside in package.relations(part):
            if kind == "externalLink" and _is_addin(package, target) or outside and ADDIN.search(target):
                continue
            if kind in ("externalLink", "connections", "queryTable") or outside and kind != "hyperlink":
                yield f"{part or 'the package'}: refers to {target} ({kind}), which is outside the workbook"


def _is_addin(package: Package, part: str) -> bool:
    """Whether a linked book is our add-in, which formulas of the flavour `addin` name."""
    return all(ADDIN.search(target) for _, _, target, _ in package.relations(part))


def macros(package: Package) -> Iterator[str]:
    """The workbook holds no program: VBA, Excel 4 macro sheets, ActiveX controls or embedded objects."""
    for part in package.parts:
        told = f"{part} {package.content_type(part)}"
        if any(sign.search(told) for sign in PROGRAMS):
            yield f"{part}: the part is a macro, a control or an embedded object"


RULES = (
    table_headers,
    table_names,
    filters_over_tables,
    defined_names,
    sheet_names,
    long_lists,
    formula_text,
    merges,
    bar_charts,
    cached_values,
    cell_values,
    cell_order,
    spills,
    outside_links,
    macros,
)


def _tables(package: Package) -> Iterator[tuple[SheetPart, str, object]]:
    for sheet in package.sheets:
        for part, table in sheet.tables:
            yield sheet, part, table


def _name_faults(name: str) -> Iterator[str]:
    if not LEGAL_NAME.fullmatch(name) or len(name) > LONGEST_NAME:
        yield "is not legal (letters, digits, _ and . only, no digit first)"
    elif R1C1_LIKE.fullmatch(name) or CELL_LIKE.fullmatch(name) and EVERYWHERE.meets(Area.parse(name)):
        yield "reads like the address of a cell"


def _fits(cell: Cell, texts: int) -> bool:
    if cell.kind == "n":
        try:
            return math.isfinite(float(cell.value))
        except ValueError:
            return False
    if cell.kind == "s":
        return cell.value.isdigit() and int(cell.value) < texts
    return {"b": cell.value in ("0", "1"), "e": cell.value in EXCEL_ERRORS}.get(cell.kind, True)


def _unescaped(text: str) -> str:
    return re.sub(r"_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found[1], 16)), text)


def _some(refs: list[str]) -> str:
    more = len(refs) - SHOWN
    return ", ".join(refs[:SHOWN]) + (f" and {more} more" if more > 0 else "")
