"""The Excel add-in xlhedge.xlam, built without Excel: VBA, a sheet of settings, the ribbon tab, the help.

pyopenvba brings a blank add-in and writes VBA into it; the rest is a zip file. The same versions of xlhedge, xlwings and
pyopenvba give the same bytes.
"""

import hashlib
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from xml.sax.saxutils import escape

from xlhedge import __version__
from xlhedge.nodes import ADDIN_SHEET

from .functions import generated_modules
from .help import INTELLISENSE, help_page, intellisense_xml
from .modules import OPENING
from .locations import ADDIN, HELP_PAGE, INTELLISENSE_FILE, LACKS, SERVER, TEMPLATE, TEMPLATE_HASH, ExcelError
from .reading import SETTINGS_PART
from .ribbon import ribbon_xml
from .starting import starting_module, xlwings_version

NOWHERE: Mapping[str, str] = MappingProxyType({})
"""An add-in that is not placed yet."""
CREATED = (1980, 1, 1, 0, 0, 0)
XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"

RIBBON_PART = "customUI/customUI14.xml"
RIBBON_RELATION = "http://schemas.microsoft.com/office/2007/relationships/ui/extensibility"

PROPERTIES = f"""{XML}<ds:datastoreItem ds:itemID="{{5D4C0E1B-8B0B-4C53-9E0F-6A1F0C6B7A11}}" \
xmlns:ds="{OFFICE}/customXml"><ds:schemaRefs><ds:schemaRef ds:uri="{INTELLISENSE}"/></ds:schemaRefs></ds:datastoreItem>"""
CORE = f"""{XML}<cp:coreProperties xmlns:cp="{PACKAGE}/metadata/core-properties" \
xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>xlhedge {__version__}</dc:title>\
<dc:creator>xlhedge</dc:creator><cp:version>{__version__}</cp:version></cp:coreProperties>"""
SHEET = f"""{XML}<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">\
<sheetPr codeName="Sheet1"/><sheetData>{{rows}}</sheetData></worksheet>"""
CELL = '<c r="{ref}" t="inlineStr"><is><t>{text}</t></is></c>'


def build_addin(folder, computer: Mapping[str, str] = NOWHERE) -> list[Path]:
    """Write the add-in, its IntelliSense help, the help page, the template and the server into a folder; return the files.

    `computer` is what the add-in is to know of where it will stand: INTERPRETER, SERVER and TEMPLATE as full paths.
    """
    from xlhedge.template import build_template
    from xlhedge.workbook.file.writer import write

    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    write(build_template(), folder / TEMPLATE)  # in plain arithmetic: it works for whoever is sent it
    if computer:
        computer = {**computer, TEMPLATE_HASH: hashlib.sha256((folder / TEMPLATE).read_bytes()).hexdigest()}
    files = {
        ADDIN: addin_bytes(computer),
        INTELLISENSE_FILE: intellisense_xml().encode(),
        HELP_PAGE: help_page().encode(),
        SERVER: Path(__file__).with_name(SERVER).read_bytes(),
    }
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return [folder / name for name in (*files, TEMPLATE)]


def settings(computer: Mapping[str, str] = NOWHERE) -> dict[str, str]:
    """What the add-in knows, in its sheet: its versions, and where things are on the computer it is made for."""
    return {"XLHEDGE VERSION": __version__, "XLWINGS VERSION": xlwings_version(), **computer}


def vba_modules() -> dict[str, str]:
    """Every module of code by name, with VBA's line ends."""
    modules = {"xlhedge_python": starting_module(), **generated_modules()}
    return {name: text.replace("\n", "\r\n") for name, text in modules.items()}


def addin_bytes(computer: Mapping[str, str] = NOWHERE) -> bytes:
    """The add-in as a file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / ADDIN
        _write_vba(path)
        with zipfile.ZipFile(path) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in _completed(parts, computer).items():
                entry = zipfile.ZipInfo(name, CREATED)
                entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
                archive.writestr(entry, content)
        return path.read_bytes()


def _write_vba(path: Path) -> None:
    """A blank add-in with our code in it."""
    try:
        from pyopenvba import ExcelFile, VBAModuleKind
    except ImportError:
        raise ExcelError(LACKS.format(package="pyopenvba")) from None
    with ExcelFile.create_new(path) as book:
        project = book.vba_project()
        project.delete_module("Module1")
        for name, text in vba_modules().items():
            project.add_module(name, text, kind=VBAModuleKind.standard)
        book.set_module("ThisWorkbook", OPENING.replace("\n", "\r\n"))
        book.save()


def _completed(parts: dict[str, bytes], computer: Mapping[str, str]) -> dict[str, bytes]:
    """The parts of the blank add-in with our sheet, ribbon tab, help and document properties."""
    rows = "".join(_row(number, *item) for number, item in enumerate(settings(computer).items(), 1))
    for part in ("xl/workbook.xml", "docProps/app.xml"):
        parts[part] = _replace(parts[part], "Sheet1", ADDIN_SHEET)
    types = _override(
        "/customXml/itemProps1.xml", "application/vnd.openxmlformats-officedocument.customXmlProperties+xml"
    )
    parts["[Content_Types].xml"] = _replace(parts["[Content_Types].xml"], "</Types>", types + "</Types>")
    for part, relation in (
        ("_rels/.rels", _relation("rIdRibbon", RIBBON_RELATION, RIBBON_PART)),
        (
            "xl/_rels/workbook.xml.rels",
            _relation("rIdHelp", f"{OFFICE}/relationships/customXml", "../customXml/item1.xml"),
        ),
    ):
        parts[part] = _replace(parts[part], "</Relationships>", relation + "</Relationships>")
    return parts | {
        SETTINGS_PART: SHEET.format(rows=rows).encode(),
        "docProps/core.xml": CORE.encode(),
        RIBBON_PART: ribbon_xml().encode(),
        "customXml/item1.xml": intellisense_xml().encode(),
        "customXml/itemProps1.xml": PROPERTIES.encode(),
        "customXml/_rels/item1.xml.rels": (
            f'{XML}<Relationships xmlns="{PACKAGE}/relationships">'
            f"{_relation('rId1', f'{OFFICE}/relationships/customXmlProps', 'itemProps1.xml')}</Relationships>"
        ).encode(),
    }


def _row(number: int, name: str, value: str) -> str:
    cells = CELL.format(ref=f"A{number}", text=escape(name)) + CELL.format(ref=f"B{number}", text=escape(value))
    return f'<row r="{number}">{cells}</row>'


def _override(part: str, kind: str) -> str:
    return f'<Override PartName="{part}" ContentType="{kind}"/>'


def _relation(name: str, kind: str, target: str) -> str:
    return f'<Relationship Id="{name}" Type="{kind}" Target="{target}"/>'


def _replace(part: bytes, old: str, new: str) -> bytes:
    text = part.decode()
    if text.count(old) != 1:
        raise ExcelError(
            f"this version of pyopenvba is not known to xlhedge: its blank add-in has {text.count(old)} times {old}"
        )
    return text.replace(old, new).encode()
