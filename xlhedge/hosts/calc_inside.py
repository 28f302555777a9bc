"""The requests that calc.py makes, one method each, run inside LibreOffice by its own Python.

calc_server.py has LibreOffice load this file. A call from outside takes milliseconds, so that a sheet takes minutes;
from in here it takes microseconds. Arguments and results are plain JSON. Only a Python with uno can import this.
"""

import functools
import itertools
import json

import uno
import unohelper
from com.sun.star.beans.PropertyState import AMBIGUOUS_VALUE as AMBIGUOUS
from com.sun.star.task import XJob
from com.sun.star.uno import RuntimeException

LOGICAL = 1024  # com.sun.star.util.NumberFormat.LOGICAL
FORMULA_CELLS, ALL_CELLS = 16, 23  # com.sun.star.sheet.CellFlags: FORMULA; VALUE + DATETIME + STRING + FORMULA
VALUE_RESULT, TEXT_RESULT, ERROR_RESULT = 1, 2, 4  # com.sun.star.sheet.FormulaResult
EXCEL_FILES = 3  # com.sun.star.sheet.AddressConvention.XL_OOX
LARGEST_BLOCK = 1_000_000  # cells that one read may take


@functools.cache
def letters(column):
    """Name a column by its zero-based number: 27 is AB."""
    named = ""
    column += 1
    while column:
        column, letter = divmod(column - 1, 26)
        named = chr(65 + letter) + named
    return named


def address(column, row):
    """Name a cell by its zero-based column and row: (1, 2) is B3."""
    return f"{letters(column)}{row + 1}"


def places(areas):
    """Yield the column and row of each cell of some areas."""
    for area in areas:
        for row in range(area.StartRow, area.EndRow + 1):
            for column in range(area.StartColumn, area.EndColumn + 1):
                yield column, row


class Requests(unohelper.Base, XJob):
    """The open documents, by number, and what can be asked of them."""

    def __init__(self, context):
        self.context, self.books, self.count = context, {}, 0
        self.desktop = self.service("com.sun.star.frame.Desktop")

    def execute(self, arguments):
        """Carry out one request, given and answered as JSON; this is the one method that is called from outside."""
        request = json.loads(arguments[0].Value)
        try:
            answer = {"ok": getattr(self, request.pop("do"))(**request)}
        except Exception as error:
            message = getattr(error, "Message", None) or str(error) or type(error).__name__
            answer = {"error": message.strip(), "gone": False}
        return json.dumps(answer)

    def service(self, name):
        return self.context.ServiceManager.createInstanceWithContext(name, self.context)

    def properties(self, **values):
        made = []
        for name, value in values.items():
            made.append(uno.createUnoStruct("com.sun.star.beans.PropertyValue"))
            made[-1].Name, made[-1].Value = name, value
        return tuple(made)

    def version(self):
        """Return LibreOffice's version, such as 25.2.3.2."""
        provider = self.service("com.sun.star.configuration.ConfigurationProvider")
        where = self.properties(nodepath="/org.openoffice.Setup/Product")
        return provider.createInstanceWithArguments(
            "com.sun.star.configuration.ConfigurationAccess", where
        ).ooSetupVersionAboutBox

    def open(self, url, macros, filter):
        """Load a document and return its number; MacroExecutionMode 4 runs macros without asking, 0 never."""
        options = {"Hidden": True, "UpdateDocMode": 0, "MacroExecutionMode": 4 if macros else 0}
        if filter:
            options["FilterName"] = filter
        document = self.desktop.loadComponentFromURL(url, "_blank", 0, self.properties(**options))
        if document is None:
            raise ValueError("LibreOffice cannot read it (damaged, password-protected or of another kind)")
        if not document.supportsService("com.sun.star.sheet.SpreadsheetDocument"):
            document.close(True)
            raise ValueError("it is not a spreadsheet")
        self.count += 1
        self.books[self.count] = document
        return self.count

    def close(self, book):
        self.books.pop(book).close(True)

    def sheets(self, book):
        return list(self.books[book].Sheets.ElementNames)

    def sheet(self, book, name):
        sheets = self.books[book].Sheets
        if not sheets.hasByName(name):
            raise ValueError(f"no sheet {name!r} (the sheets are: {', '.join(sheets.ElementNames)})")
        return sheets.getByName(name)

    def copy_sheet(self, book, sheet, name):
        """Copy a sheet, as Move or Copy does, and put it behind the original under a name."""
        self.sheet(book, sheet)
        sheets = self.books[book].Sheets
        if sheets.hasByName(name):
            raise ValueError(f"there is a sheet {name!r} already")
        sheets.copyByName(sheet, name, sheets.ElementNames.index(sheet) + 1)

    def cell(self, book, sheet, where):
        try:
            return self.sheet(book, sheet).getCellRangeByName(where).getCellByPosition(0, 0)
        except RuntimeException:
            raise ValueError(f"{where!r} is not the address of a cell") from None

    def results(self, url, filter, to):
        """Write the value of every formula cell, by sheet and address, to a file; the document is open for no longer than that.

        All were calculated as it was opened: calc.py sets so for every document.
        """
        book = self.open(url, False, filter)
        try:
            found = {name: self.formula_values(book, self.sheet(book, name)) for name in self.sheets(book)}
        finally:
            self.close(book)
        with open(to, "w", encoding="utf-8") as file:
            json.dump(found, file)

    def formula_values(self, book, place):
        """Return the value of every formula cell of a sheet, by address."""
        values, flags = {}, []
        for area in place.queryFormulaCells(VALUE_RESULT | TEXT_RESULT).RangeAddresses:
            block = place.getCellRangeByPosition(area.StartColumn, area.StartRow, area.EndColumn, area.EndRow)
            for row, data in enumerate(block.getDataArray(), area.StartRow):
                for column, value in enumerate(data, area.StartColumn):
                    values[address(column, row)] = value
                    if value in (0.0, 1.0):
                        flags.append((column, row))
        for column, row in self.logical_among(book, place, sorted(flags)):
            values[address(column, row)] = bool(values[address(column, row)])
        for where in places(place.queryFormulaCells(ERROR_RESULT).RangeAddresses):
            values[address(*where)] = {"error": place.getCellByPosition(*where).getError()}
        return values

    def recalculate(self, book):
        self.books[book].calculateAll()

    def cells(self, book, sheet):
        """Return the value of every cell that is not blank, by address."""
        place = self.sheet(book, sheet)
        areas = place.queryContentCells(ALL_CELLS).RangeAddresses
        if not areas:
            return {}
        left, top = min(a.StartColumn for a in areas), min(a.StartRow for a in areas)
        right, bottom = max(a.EndColumn for a in areas), max(a.EndRow for a in areas)
        blocks = [(left, top, right, bottom)]
        if (right - left + 1) * (bottom - top + 1) > LARGEST_BLOCK:
            blocks = [(a.StartColumn, a.StartRow, a.EndColumn, a.EndRow) for a in areas]
        values = {}
        for block in blocks:
            self.read_block(book, place, block, values)
        for where in places(place.queryFormulaCells(ERROR_RESULT).RangeAddresses):
            values[address(*where)] = {"error": place.getCellByPosition(*where).getError()}
        return values

    def read_block(self, book, place, block, values):
        """Add the numbers, texts and booleans of one rectangle to values; blank and error cells both read as ''."""
        area = place.getCellRangeByPosition(*block)
        left, top = block[:2]
        flags = []
        for row, (data, formulas) in enumerate(zip(area.getDataArray(), area.getFormulaArray(), strict=True), top):
            for column, (value, formula) in enumerate(zip(data, formulas, strict=True), left):
                if formula == "":
                    continue
                values[address(column, row)] = value
                if value in (0.0, 1.0):
                    flags.append((column, row))
        for column, row in self.logical_among(book, place, sorted(flags)):
            values[address(column, row)] = bool(values[address(column, row)])

    def logical_among(self, book, place, cells):
        """Yield those of some cells, column by column, that are booleans: all of a column at once where its format is one."""
        for _, column in itertools.groupby(cells, key=lambda cell: cell[0]):
            waiting = [list(column)]
            while waiting:
                some = waiting.pop()
                (number, first), (_, last) = some[0], some[-1]
                area = place.getCellRangeByPosition(number, first, number, last)
                if area.getPropertyState("NumberFormat") == AMBIGUOUS:
                    waiting += [some[: len(some) // 2], some[len(some) // 2 :]]
                elif self.logical(book, area):
                    yield from some

    def logical(self, book, cell):
        """Tell whether 0 and 1 are shown as FALSE and TRUE: Calc keeps booleans as numbers with that format."""
        return bool(self.books[book].NumberFormats.getByKey(cell.NumberFormat).Type & LOGICAL)

    def get(self, book, sheet, where):
        cell = self.cell(book, sheet, where)
        if cell.getError():
            return {"error": cell.getError()}
        kind = cell.FormulaResultType2 if cell.Type.value == "FORMULA" else cell.Type.value
        if kind == "EMPTY":
            return None
        if kind in ("VALUE", VALUE_RESULT):
            return bool(cell.Value) if cell.Value in (0.0, 1.0) and self.logical(book, cell) else cell.Value
        return cell.String

    def set(self, book, sheet, where, value):
        cell = self.cell(book, sheet, where)
        page = cell.Spreadsheet
        is_locked = page.isProtected() and cell.CellProtection.IsLocked
        if is_locked:  # by no password; what cannot be typed there can be put there
            page.unprotect("")
        try:
            self.put(book, cell, value)
        finally:
            if is_locked:
                page.protect("")

    def put(self, book, cell, value):
        formats, locale = self.books[book].NumberFormats, self.books[book].CharLocale
        if isinstance(value, bool):
            cell.NumberFormat = formats.getStandardFormat(LOGICAL, locale)
        elif self.logical(book, cell):  # else a number that takes the place of a boolean would read as one
            cell.NumberFormat = formats.getStandardIndex(locale)
        if value is None:
            cell.clearContents(ALL_CELLS)
        elif isinstance(value, str) and value.startswith("="):
            cell.setTokens(self.parser(book).parseFormula(value[1:], cell.CellAddress))
        elif isinstance(value, str):
            cell.String = value
        else:
            cell.Value = float(value)

    def parser(self, book):
        """Return a parser and printer of formulas as Excel's files spell them."""
        parser = self.books[book].createInstance("com.sun.star.sheet.FormulaParser")
        parser.CompileEnglish, parser.FormulaConvention = True, EXCEL_FILES
        return parser

    def formulas(self, book, sheet):
        """Return the formula of every formula cell, in Excel's spelling."""
        place, parser, found = self.sheet(book, sheet), self.parser(book), {}
        for where in places(place.queryContentCells(FORMULA_CELLS).RangeAddresses):
            cell = place.getCellByPosition(*where)
            formula = parser.printFormula(cell.getTokens(), cell.CellAddress)
            if formula:  # else a constant error value, which Calc keeps as a formula cell
                found[address(*where)] = f"={formula}"
        return found

    def show_printed(self, book):
        sheets = self.books[book].Sheets
        chosen = [sheet for sheet in map(sheets.getByIndex, range(sheets.Count)) if sheet.getPrintAreas()]
        for name in sheets.ElementNames:
            sheet = sheets.getByName(name)
            sheet.IsVisible = sheet.IsVisible and (not chosen or bool(sheet.getPrintAreas()))

    def save(self, book, url, filter, password, one_page_sheets):
        options = {"FilterName": filter}
        if password:
            options["Password"] = password
        if one_page_sheets:
            data = uno.Any("[]com.sun.star.beans.PropertyValue", self.properties(SinglePageSheets=True))
            options["FilterData"] = data
        self.books[book].storeToURL(url, self.properties(**options))


g_ImplementationHelper = unohelper.ImplementationHelper()
g_ImplementationHelper.addImplementation(Requests, "xlhedge.hosts.calc_inside", ("com.sun.star.task.Job",))
