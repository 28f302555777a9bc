"""The UNO side of calc.py, run by a Python that can import uno: JSON requests in, JSON answers out, one a line.

It holds no state but the open documents. When its input closes (its parent is done, or was killed) it ends the
LibreOffice it serves, removes the profile folder and ends.
"""

import contextlib
import hashlib
import json
import os
import pathlib
import queue
import shutil
import signal
import subprocess
import sys
import threading
import time

LOGICAL = 1024  # com.sun.star.util.NumberFormat.LOGICAL
FORMULA_CELLS, ALL_CELLS = 16, 23  # com.sun.star.sheet.CellFlags: FORMULA; VALUE + DATETIME + STRING + FORMULA
ERROR_RESULT = 4  # com.sun.star.sheet.FormulaResult.ERROR
EXCEL_A1 = 3  # com.sun.star.sheet.AddressConvention.XL_OOX
LARGEST_BLOCK = 1_000_000  # cells that one read may transfer


def kill(pid):
    """Kill a process with all that it started; it leads a process group of its own."""
    if os.name == "nt":
        subprocess.run(["taskkill", "/F", "/T", "/PID", str(pid)], capture_output=True)
    else:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)


def ended(pid, patience):
    """Wait until a process group has ended by itself; its leader counts until its parent has taken note of its end."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        if os.name == "posix":
            try:
                os.killpg(pid, 0)
            except ProcessLookupError:
                return True
        time.sleep(0.02)
    return False


def remove(folder):
    """Remove the profile of a LibreOffice that has ended and its two sockets, whose names follow from the profile's."""
    profile = pathlib.Path(folder)
    digest = hashlib.md5(profile.as_uri().encode("utf-16-le"), usedforsecurity=False).digest()
    single = "".join(f"{byte:x}" for byte in digest)  # as LibreOffice spells it, without leading zeros
    for name in (profile.name, f"SingleOfficeIPC_{single}") if os.name == "posix" else ():
        pathlib.Path(f"/tmp/OSL_PIPE_{os.getuid()}_{name}").unlink(missing_ok=True)
    for _ in range(20):
        shutil.rmtree(profile, ignore_errors=True)
        if not profile.exists():
            return
        time.sleep(0.1)  # what was killed a moment ago may still hold a file


def address(column, row):
    """Name a cell by its zero-based column and row: (1, 2) is B3."""
    letters = ""
    column += 1
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(65 + letter) + letters
    return f"{letters}{row + 1}"


class Server:
    """The requests, one method each; every argument and result is plain JSON."""

    def __init__(self, pipe, patience):
        import uno

        self.uno, self.books, self.count = uno, {}, 0
        local = uno.getComponentContext()
        resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
        self.context = self.connect(resolver, f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext", patience)
        self.desktop = self.service("com.sun.star.frame.Desktop")

    @staticmethod
    def connect(resolver, url, patience):
        """Return LibreOffice's component context as soon as it accepts connections."""
        end = time.monotonic() + patience
        while True:
            try:
                return resolver.resolve(url)
            except Exception:
                if time.monotonic() > end:
                    raise
                time.sleep(0.05)

    def service(self, name):
        return self.context.ServiceManager.createInstanceWithContext(name, self.context)

    def properties(self, **values):
        made = []
        for name, value in values.items():
            made.append(self.uno.createUnoStruct("com.sun.star.beans.PropertyValue"))
            made[-1].Name, made[-1].Value = name, value
        return tuple(made)

    def alive(self):
        try:
            self.desktop.getCurrentComponent()
        except Exception:
            return False
        return True

    def terminate(self):
        with contextlib.suppress(Exception):  # the connection breaks before the answer comes
            self.desktop.terminate()

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

    def cell(self, book, sheet, where):
        try:
            return self.sheet(book, sheet).getCellRangeByName(where).getCellByPosition(0, 0)
        except self.uno.getClass("com.sun.star.uno.RuntimeException"):
            raise ValueError(f"{where!r} is not the address of a cell") from None

    def recalculate(self, book):
        self.books[book].calculateAll()

    def cells(self, book, sheet):
        """Return the value of every cell that is not blank, by address."""
        place = self.sheet(book, sheet)
        areas = [area for area in place.queryContentCells(ALL_CELLS).RangeAddresses]
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
        for area in place.queryFormulaCells(ERROR_RESULT).RangeAddresses:
            for row in range(area.StartRow, area.EndRow + 1):
                for column in range(area.StartColumn, area.EndColumn + 1):
                    code = place.getCellByPosition(column, row).getError()
                    values[address(column, row)] = {"error": code}
        return values

    def read_block(self, book, place, block, values):
        """Add the numbers, texts and booleans of one rectangle to values; blank and error cells both read as ''."""
        area = place.getCellRangeByPosition(*block)
        left, top = block[:2]
        for row, (data, formulas) in enumerate(zip(area.getDataArray(), area.getFormulaArray()), top):
            for column, (value, formula) in enumerate(zip(data, formulas), left):
                if formula == "":
                    continue
                if value in (0.0, 1.0) and self.logical(book, place.getCellByPosition(column, row)):
                    value = bool(value)
                values[address(column, row)] = value

    def logical(self, book, cell):
        """Tell whether a number is shown as TRUE or FALSE: Calc keeps booleans as numbers with that format."""
        return bool(self.books[book].NumberFormats.getByKey(cell.NumberFormat).Type & LOGICAL)

    def get(self, book, sheet, where):
        cell = self.cell(book, sheet, where)
        if cell.getError():
            return {"error": cell.getError()}
        kind = cell.FormulaResultType2 if cell.Type.value == "FORMULA" else cell.Type.value
        if kind == "EMPTY":
            return None
        if kind in ("VALUE", 1):  # com.sun.star.sheet.FormulaResult.VALUE
            return bool(cell.Value) if self.logical(book, cell) else cell.Value
        return cell.String

    def set(self, book, sheet, where, value):
        cell = self.cell(book, sheet, where)
        if value is None:
            cell.clearContents(ALL_CELLS)
        elif isinstance(value, bool):
            document = self.books[book]
            cell.Value = float(value)
            cell.NumberFormat = document.NumberFormats.getStandardFormat(LOGICAL, document.CharLocale)
        elif isinstance(value, str) and value.startswith("="):
            cell.setTokens(self.parser(book).parseFormula(value[1:], cell.CellAddress))
        elif isinstance(value, str):
            cell.String = value
        else:
            cell.Value = value

    def parser(self, book):
        """Return a parser and printer of formulas as Excel's files spell them."""
        parser = self.books[book].createInstance("com.sun.star.sheet.FormulaParser")
        parser.CompileEnglish, parser.FormulaConvention = True, EXCEL_A1
        return parser

    def formulas(self, book, sheet):
        """Return the formula of every formula cell, in Excel's spelling."""
        place, parser, found = self.sheet(book, sheet), self.parser(book), {}
        for area in place.queryContentCells(FORMULA_CELLS).RangeAddresses:
            for row in range(area.StartRow, area.EndRow + 1):
                for column in range(area.StartColumn, area.EndColumn + 1):
                    cell = place.getCellByPosition(column, row)
                    formula = parser.printFormula(cell.getTokens(), cell.CellAddress)
                    if formula:  # else a constant error value, which Calc keeps as a formula cell
                        found[address(column, row)] = f"={formula}"
        return found

    def save(self, book, url, filter, password, one_page_sheets):
        options = {"FilterName": filter}
        if password:
            options["Password"] = password
        if one_page_sheets:
            data = self.uno.Any("[]com.sun.star.beans.PropertyValue", self.properties(SinglePageSheets=True))
            options["FilterData"] = data
        self.books[book].storeToURL(url, self.properties(**options))


def answer(server, request):
    """Carry out one request; say whether LibreOffice itself is gone."""
    name = request.pop("do")
    try:
        return {"ok": getattr(server, name)(**request)}
    except Exception as error:
        message = getattr(error, "Message", None) or str(error) or type(error).__name__
        return {"error": message.strip(), "gone": not server.alive()}


def end(server, pid, folder):
    """End LibreOffice, politely if it listens, then this process, whatever its main thread waits for."""
    polite = threading.Thread(target=server.terminate if server else str, daemon=True)
    polite.start()
    polite.join(2)
    if not server or polite.is_alive() or not ended(pid, 3):
        kill(pid)
    remove(folder)
    os._exit(0)


def main(pid, folder, patience):
    """Serve requests to the LibreOffice with this process id and profile folder until the input closes."""
    out, requests, server = os.fdopen(os.dup(1), "w", encoding="utf-8"), queue.SimpleQueue(), None
    os.dup2(2, 1)  # what libraries print must not get between the answers

    def read():
        for line in sys.stdin:
            requests.put(json.loads(line))
        end(server, int(pid), folder)

    def send(message):
        out.write(json.dumps(message) + "\n")
        out.flush()

    threading.Thread(target=read, daemon=True).start()
    try:
        server = Server(pathlib.Path(folder).name, float(patience))
        send({"ok": server.version()})
    except Exception as error:
        send({"error": f"LibreOffice did not start: {getattr(error, 'Message', error)}", "gone": True})
    while True:
        send(answer(server, requests.get()))


if __name__ == "__main__":
    main(*sys.argv[1:])
