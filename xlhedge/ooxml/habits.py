"""What a workbook of ours is beside being sound: calm in Excel, readable in Google Sheets, legible to everybody.

    habits("plan.xlsx")  ->  ["xl/workbook.xml: asks for a recalculation whenever it is opened"]

A file that somebody saved with another program may break these rules and be none the worse: `check` does not apply them.
One rule is one function, as in `lint`.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from .arrays import arrays
from .lint import CHART, QUOTED
from .package import MAIN, Package

DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing}"
LEAST_ENGINE = 191029
"""The engine of Excel 2019: values of an older one are computed anew, and the file wants to be saved, whenever it is opened."""
VOLATILE = re.compile(r"(?<![\w.])(NOW|TODAY|RAND|RANDBETWEEN|OFFSET|INDIRECT|CELL|INFO)\(", re.IGNORECASE)
HANGING_POINT = re.compile(r"[0#?]\.(?![0#?]*0)[#?]*(?=$|[;%\"E])")
"""A decimal point after which no digit must stand: Excel shows 8 as "8."."""
ELSEWHERE = re.compile(r"!|(?<![\w.$(])[A-Za-z_][A-Za-z_.]*(?![\w.(])")
"""In a condition: another sheet, or a name; words such as TRUE are taken out before."""
WORDS = re.compile(r"(?<![\w.])(TRUE|FALSE)(?![\w.(])|\$?[A-Z]{1,3}\$?[0-9]+", re.IGNORECASE)
FROZEN_ROWS, FROZEN_WIDTH = 12, 60
"""Rows and characters of width that may stay in sight: a third of a laptop's screen of 1366 x 768."""
USUAL_WIDTH = 8.43
LEAST_CONTRAST = 4.5
"""Of text on what is behind it, by the Web Content Accessibility Guidelines 2.1, level AA."""
KEPT_OUT_OF_SHEETS = ("CELL", "INFO", "AGGREGATE", "CUBEVALUE", "WEBSERVICE", "RTD", "PHONETIC", "SQL.REQUEST")
"""Functions of Excel that Google Sheets' list of functions does not have."""
UNKNOWN_THERE = re.compile(rf"(?<![\w.])({'|'.join(map(re.escape, KEPT_OUT_OF_SHEETS))})\(", re.IGNORECASE)


def habits(path) -> list[str]:
    """Every habit that an .xlsx file of ours breaks, as sentences that begin with the part."""
    package = Package.open(Path(path))
    return [finding for rule in RULES for finding in rule(package)]


def calm(package: Package) -> Iterator[str]:
    """Values are taken as they are: nothing is computed, and nothing asks to be saved, because somebody looked."""
    for told in package.tree(package.workbook).iter(f"{MAIN}calcPr"):
        if told.get("fullCalcOnLoad", "0") not in ("0", "false"):
            yield f"{package.workbook}: asks for a recalculation whenever it is opened"
        if int(told.get("calcId", "0")) < LEAST_ENGINE:
            yield f"{package.workbook}: values are of the engine {told.get('calcId')}, older than {LEAST_ENGINE}"
    for sheet in package.sheets:
        for cell in sheet.cells:
            if cell.formula and (found := VOLATILE.search(QUOTED.sub("", cell.formula))):
                yield f"{sheet.part} {cell.ref}: {found[1]} is computed anew whenever somebody looks"


def number_formats(package: Package) -> Iterator[str]:
    """No number is shown with a decimal point and nothing behind it."""
    for each in package.tree("xl/styles.xml").iter(f"{MAIN}numFmt"):
        if HANGING_POINT.search(QUOTED.sub("", each.get("formatCode", ""))):
            yield f"xl/styles.xml: the format {each.get('formatCode')!r} leaves a point without digits"


def flags(package: Package) -> Iterator[str]:
    """A flag is chosen from cells: the words TRUE and FALSE of a list are not translated."""
    for sheet in package.sheets:
        for each in sheet.root.iter(f"{MAIN}dataValidation"):
            if "TRUE" in (each.findtext(f"{MAIN}formula1") or "").strip('"').split(","):
                yield f"{sheet.part} {each.get('sqref')}: TRUE is a word of the list, which other languages do not know"


def conditions(package: Package) -> Iterator[str]:
    """A condition looks at cells of its own sheet: Google Sheets drops one with a name or another sheet in it."""
    for sheet in package.sheets:
        for each in sheet.root.iter(f"{MAIN}conditionalFormatting"):
            for formula in each.iter(f"{MAIN}formula"):
                if ELSEWHERE.search(WORDS.sub("", QUOTED.sub("", formula.text or ""))):
                    yield f"{sheet.part} {each.get('sqref')}: the condition {formula.text!r} looks elsewhere"


def charts(package: Package) -> Iterator[str]:
    """A chart has square corners, the values that it shows, and a text that says what it shows."""
    for part in package.parts:
        if re.fullmatch(r"xl/charts/chart[^/]*\.xml", part):
            root = package.tree(part)
            corners = root.find(f"{CHART}roundedCorners")
            if corners is None or corners.get("val", "1") not in ("0", "false"):
                yield f"{part}: has rounded corners"
            for kind, cache in (("numRef", "numCache"), ("strRef", "strCache")):
                for each in root.iter(CHART + kind):
                    if each.find(CHART + cache) is None:
                        yield f"{part}: has no values of {each.findtext(f'{CHART}f')}"
        if re.fullmatch(r"xl/drawings/drawing[^/]*\.xml", part):
            for each in package.tree(part).iter(f"{DRAWING}cNvPr"):
                if not each.get("descr"):
                    yield f"{part}: {each.get('name')} has no alternative text"


def panes(package: Package) -> Iterator[str]:
    """What stays in sight leaves room for the rest."""
    for sheet in package.sheets:
        widths = {}
        for each in sheet.root.iter(f"{MAIN}col"):
            for column in range(int(each.get("min")), min(int(each.get("max")), 50) + 1):
                widths[column] = float(each.get("width", USUAL_WIDTH))
        for pane in sheet.root.iter(f"{MAIN}pane"):
            rows, columns = (int(float(pane.get(name, "0"))) for name in ("ySplit", "xSplit"))
            width = sum(widths.get(column, USUAL_WIDTH) for column in range(1, columns + 1))
            if rows > FROZEN_ROWS or width > FROZEN_WIDTH:
                yield f"{sheet.part}: {rows} rows and {width:.0f} characters are frozen (at most {FROZEN_ROWS} and {FROZEN_WIDTH})"


def protection(package: Package) -> Iterator[str]:
    """Formulas are kept from slips without a password, and widths, formats, sorting and filtering stay free."""
    for sheet in package.sheets:
        told = sheet.root.find(f"{MAIN}sheetProtection")
        if told is None or told.get("sheet") not in ("1", "true"):
            yield f"{sheet.part}: is not protected"
        elif told.get("password") or told.get("hashValue"):
            yield f"{sheet.part}: is protected by a password"
        else:
            for name in ("formatCells", "formatColumns", "formatRows", "sort", "autoFilter"):
                if told.get(name, "1") not in ("0", "false"):
                    yield f"{sheet.part}: the protection does not allow {name}"


def times(package: Package) -> Iterator[str]:
    """A file says when it was made, and that nothing happened to it since."""
    text = package.parts.get("docProps/core.xml", b"").decode()
    found = dict(re.findall(r"<dcterms:(created|modified)[^>]*>([^<]*)<", text))
    if len(found) != 2 or found["created"] != found["modified"]:
        yield f"docProps/core.xml: created {found.get('created')}, changed {found.get('modified')}"
    elif found["created"] < "2009":  # before there was a coin
        yield f"docProps/core.xml: the time {found['created']} is made up"


def corners(package: Package) -> Iterator[str]:
    """Excel's green corners are off where formulas differ from their neighbours on purpose."""
    for sheet in package.sheets:
        if any(cell.formula for cell in sheet.cells) and sheet.root.find(f"{MAIN}ignoredErrors") is None:
            yield f"{sheet.part}: green corners are not off"


def contrast(package: Package) -> Iterator[str]:
    """Text can be read on what is behind it, numbers in a colour of their format too."""
    root = package.tree("xl/styles.xml")
    fonts = [_color(font.find(f"{MAIN}color"), "000000") for font in root.find(f"{MAIN}fonts")]
    fills = [_color(fill.find(f"{MAIN}patternFill/{MAIN}fgColor"), "FFFFFF") for fill in root.find(f"{MAIN}fills")]
    pairs = {(int(xf.get("fontId", 0)), int(xf.get("fillId", 0))) for xf in root.find(f"{MAIN}cellXfs")}
    for font, fill in sorted(pairs):
        if (ratio := _contrast(fonts[font], fills[fill])) < LEAST_CONTRAST:
            yield f"xl/styles.xml: {fonts[font]} on {fills[fill]} has a contrast of {ratio:.1f}"
    for dxf in root.iter(f"{MAIN}dxf"):
        behind = dxf.find(f"{MAIN}fill/{MAIN}patternFill/{MAIN}bgColor")
        if behind is not None:
            one, other = _color(dxf.find(f"{MAIN}font/{MAIN}color"), "000000"), _color(behind, "FFFFFF")
            if (ratio := _contrast(one, other)) < LEAST_CONTRAST:
                yield f"xl/styles.xml: an alarm of {one} on {other} has a contrast of {ratio:.1f}"
    for each in root.iter(f"{MAIN}numFmt"):
        if "[Red]" in each.get("formatCode", ""):
            yield f"xl/styles.xml: the format {each.get('formatCode')!r} is red, which on white has a contrast of 4.0"


def sheets_of_google(package: Package) -> Iterator[str]:
    """Every function is one that Google Sheets has."""
    for sheet in package.sheets:
        for cell in sheet.cells:
            if cell.formula and (found := UNKNOWN_THERE.search(QUOTED.sub("", cell.formula))):
                yield f"{sheet.part} {cell.ref}: {found[1]} is no function of Google Sheets"


def _color(element, usual: str) -> str:
    return usual if element is None or not element.get("rgb") else element.get("rgb")[-6:]


def _contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21 (WCAG 2.1, 1.4.3)."""
    low, high = sorted(map(_luminance, (one, other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(color: str) -> float:
    parts = (int(color[i : i + 2], 16) / 255 for i in (0, 2, 4))
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


RULES = (
    calm, number_formats, flags, conditions, charts, panes, protection, times, corners, contrast, sheets_of_google, arrays,
)  # fmt: skip
