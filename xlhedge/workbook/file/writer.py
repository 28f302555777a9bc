"""Write a Book as .xlsx. The only module that uses openpyxl for output; `parts` puts the values in."""

import contextlib
import io
from functools import cache
from pathlib import Path

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.formatting.rule import CellIsRule, ColorScaleRule, FormulaRule, Rule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.styles.numbers import NumberFormat
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table, TableColumn, TableStyleInfo

from ... import __version__
from ...errors import FileError
from ...files import replacing
from ...formula import lambda_definition
from ...nodes import Context, Ref, letters
from ...registry import FUNCTIONS
from ..grid.cells import Block, Style
from ..grid.columns import TableObject
from ..grid.sheet import Book, Sheet
from ..grid.theme import ALARMS, BORDER, DATE, DATES_FROM, FILLS, FLAG_WORDS, FONT, FORMATS, ROLES, TABS, WHITE
from .addin_link import addin_link
from .drawn import drawn
from .part import Part, Place
from .printing import set_up
from .slots import TITLE, cut, filled, places, stays_text

CALC_ID = 191029
"""The engine that the values are told to come from: that of Excel 2019 and later, which then takes them as they are."""


def write(book: Book, path: Path, portfolio: int = 0) -> None:
    """Write the book with the values of one portfolio; the file appears whole or not at all."""
    save(render(book, portfolio), Path(path))


def save(content: bytes, path: Path) -> None:
    """Write a file whole, or say why it cannot be written."""
    try:
        with contextlib.ExitStack() as stack:
            try:
                file = stack.enter_context(replacing(path, f".{path.name[:40]}."))
            except OSError as error:
                raise FileError(f"{path}: the folder cannot be written to: {error.strerror}") from None
            file.write(content)
    except OSError as error:
        raise FileError(f"{path}: cannot be written: {error.strerror}; is it open in a spreadsheet?") from None


def render(book: Book, portfolio: int = 0) -> bytes:
    """The bytes of the finished .xlsx."""
    return filled(template(book), book, portfolio)


def template(book: Book) -> list[Part]:
    """The parts of the workbook, without the values of formulas and of what belongs to a portfolio."""
    workbook, plain = _workbook(book), io.BytesIO()
    looks: dict[tuple, int] = {}
    styled = [_styled(workbook[sheet.name], sheet, looks) for sheet in book.sheets.values()]
    workbook.save(plain)
    return cut(plain.getvalue(), book, styled)


def _workbook(book: Book) -> Workbook:
    """The workbook without its cells, which `slots` writes."""
    workbook = Workbook()
    workbook.remove(workbook.active)
    workbook.properties.creator = "xlhedge"
    workbook.properties.title = TITLE
    without = f" without {', '.join(book.left_out)}" if book.left_out else ""
    rows = " ".join(map(str, book.room))
    workbook.properties.description = f"xlhedge {__version__} {book.mode} for {rows} rows{without}"
    workbook.calculation.calcId, workbook.calculation.fullCalcOnLoad = CALC_ID, None
    for sheet in book.sheets.values():
        _sheet(workbook, book, sheet)
    for name, ref in book.names.items():
        text = ref.render(Context())[0]
        workbook.defined_names[name] = DefinedName(name, attr_text=text)
    for name in book.functions() if book.mode == "lambda" else ():
        text = lambda_definition(FUNCTIONS[name], prefixed=True)
        workbook.defined_names[name] = DefinedName(name, attr_text=text)
    if book.mode == "addin":
        workbook._external_links.append(addin_link(book.functions()))
    return workbook


def _sheet(workbook: Workbook, book: Book, sheet: Sheet) -> None:
    page = workbook.create_sheet(sheet.name)
    page.sheet_view.showGridLines = False
    page.sheet_properties.tabColor = TABS[sheet.tab]
    page.freeze_panes = sheet.freeze or None
    set_up(page, sheet)
    if sheet.folded:
        page.sheet_properties.outlinePr.summaryBelow = False
        page.sheet_format.outlineLevelRow = 1
    _protect(page)
    for column, width in sheet.widths.items():
        page.column_dimensions[letters(column)].width = width
    page.column_dimensions["A"].width = max(22, sheet.widths.get(1, 0))
    for block in sheet.blocks:
        if block.rule or block.comment:
            page.add_data_validation(_validation(block))
        for rule in _alarm(book, sheet, block) if block.style.alarm else ():
            page.conditional_formatting.add(block.area, rule)
    for ref in sheet.scales:
        rule = ColorScaleRule(
            "min",
            start_color="F4B6AE",
            mid_type="percentile",
            mid_value=50,
            mid_color="FFF6D6",
            end_type="max",
            end_color="B7DDBE",
        )
        page.conditional_formatting.add(_area(ref), rule)
    for table in sheet.hidden_rows:
        area = f"A{table.first}:{letters(table.column - 1)}{table.first + table.rows - 1}"
        page.conditional_formatting.add(area, _hidden(f'$A{table.first}=""'))
    for table in sheet.tables:
        page.add_table(_table(table))
    for chart in sheet.charts:
        page.add_chart(drawn(chart), chart.anchor)


def _protect(page) -> None:
    """Keep formulas from being typed over by a slip: without a password, and with all allowed that changes none."""
    page.protection.sheet = True
    for freed in (
        "formatCells",
        "formatColumns",
        "formatRows",
        "sort",
        "autoFilter",
        "insertHyperlinks",
        "objects",
        "scenarios",
    ):
        setattr(page.protection, freed, False)


def _styled(page, sheet: Sheet, looks: dict[tuple, int]) -> list[tuple[Place, int]]:
    """The cells of a sheet in their order, each with the number of its style; `looks` are those that have one already."""
    kinds, found = [(block.style, isinstance(block.node, Ref)) for block in sheet.blocks], []
    for place in places(sheet):
        look = *kinds[place.block], stays_text(sheet.blocks[place.block], place)
        if look not in looks:
            looks[look] = _style(page, *look)
        found.append((place, looks[look]))
    return found


@cache
def _parts(style: Style, is_link: bool):
    role = ROLES["link" if is_link and style.role == "calc" else style.role]
    side, is_text = Side(style="thin", color=BORDER), style.format == "text"
    shrinks = role.shrink or (role.border and not is_text)  # a number that is too long becomes ####
    return (
        Font(
            name=FONT,
            size=role.size,
            bold=role.bold,
            italic=role.italic,
            color=role.color,
            underline="single" if role.underline else None,
        ),
        PatternFill("solid", start_color=role.fill) if role.fill else None,
        Border(bottom=side, top=side, left=side, right=side) if role.border else None,
        Alignment(
            horizontal=role.align or ("right" if not is_text else "left" if role.border else None),
            vertical="center",
            wrap_text=role.wrap or None,
            shrink_to_fit=shrinks or None,
            indent=1 if role.indent or (role.border and not role.align and is_text) else 0,
        ),
        Protection(locked=role.locked),
        FORMATS[style.format],
    )


def _style(page, style: Style, is_link: bool, stays_text: bool) -> int:
    cell = Cell(page, 1, 1)
    font, fill, border, alignment, protection, number_format = _parts(style, is_link)
    cell.font, cell.alignment, cell.protection, cell.number_format = font, alignment, protection, number_format
    if fill:
        cell.fill = fill
    if border:
        cell.border = border
    if stays_text:  # even when somebody edits the cell
        cell.quotePrefix = True
    return cell.style_id


def _validation(block: Block) -> DataValidation:
    """What may be typed, the message when it is something else, and the message shown when the cell is chosen."""
    made = DataValidation(**_RULES[block.rule.kind](block.rule.detail) if block.rule else {}, allow_blank=True)
    if block.rule:
        made.error, made.errorTitle, made.showErrorMessage = (
            block.rule.message[:220],
            "xlhedge",
            block.rule.kind != "hint",
        )
    if block.comment:
        made.prompt, made.showInputMessage = block.comment[:250], True
    made.add(block.area)
    return made


def _words(words: tuple[str, ...]) -> dict:
    return {"type": "list", "formula1": '"' + ",".join(words)[:250] + '"'}


def _bounds(domain: tuple) -> dict:
    low = next((number for operator, number in domain if operator in (">", ">=")), -1e15)
    high = next((number for operator, number in domain if operator in ("<", "<=")), 1e15)
    return {"type": "decimal", "operator": "between", "formula1": f"{low!r}", "formula2": f"{high!r}"}


_RULES = {
    "list": _words,
    "flag": lambda _: {"type": "list", "formula1": FLAG_WORDS},
    "range": lambda node: {"type": "list", "formula1": node.render(Context())[0]},
    "hint": lambda node: {"type": "list", "formula1": node.render(Context())[0]},
    "number": _bounds,
}
"""What openpyxl is told of each kind of rule."""


def _alarm(book: Book, sheet: Sheet, block: Block):
    corner = f"{letters(block.column)}{block.row}"
    if block.style.alarm == "date":
        dated = DifferentialStyle(numFmt=NumberFormat(numFmtId=201, formatCode=DATE))
        yield Rule(type="expression", formula=[f"AND(ISNUMBER({corner}),{corner}>={DATES_FROM})"], dxf=dated)
    if block.style.alarm == "stale":
        fill, text = FILLS["amber"]
        hours = sheet.levels.get("stale", book.names["price_hours"]).render(Context(sheet=sheet.name))[0]
        old = f"AND(ISNUMBER({corner}),(NOW()-{corner})*24>{hours})"
        yield FormulaRule([old], fill=PatternFill("solid", bgColor=fill), font=Font(color=text, bold=True))
    for color, (fill, text) in FILLS.items():
        dressed = {"fill": PatternFill("solid", bgColor=fill), "font": Font(color=text, bold=True)}
        for kind, value, wanted in ALARMS.get(block.style.alarm, ()):
            if wanted != color:
                continue
            if kind == "is":
                yield CellIsRule("equal", [str(value).upper()], **dressed)
            elif kind == "text":
                yield FormulaRule([f'{corner}="{value}"' if value else f"LEN({corner})>0"], **dressed)
            else:
                level = sheet.levels[value].render(Context(sheet=sheet.name))[0]
                yield FormulaRule([f"AND(ISNUMBER({corner}),ABS({corner}){kind}{level})"], stopIfTrue=True, **dressed)


def _table(table: TableObject) -> Table:
    """A table object without filter buttons, in a style that leaves the cells their own look."""
    last = f"{letters(table.column + len(table.headers) - 1)}{table.row + table.rows}"
    made = Table(displayName=table.name, name=table.name, ref=f"{letters(table.column)}{table.row}:{last}")
    made.tableColumns = [TableColumn(id=i, name=header) for i, header in enumerate(table.headers, 1)]
    made.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=False)
    return made


def _hidden(condition: str) -> Rule:
    """Show nothing while a condition holds: white on white, and no format with a colour of its own."""
    nothing = DifferentialStyle(font=Font(color=WHITE), numFmt=NumberFormat(numFmtId=200, formatCode=";;;"))
    return Rule(type="expression", formula=[condition], stopIfTrue=True, dxf=nothing)


def _area(ref) -> str:
    return ref.render(Context(sheet=ref.sheet))[0].replace("$", "")
