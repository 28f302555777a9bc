"""A workbook as Excel leaves it when it only saves it: what it moves, shares and adds, on bytes that it never saw here.

Texts go to a part of their own, formulas that were filled down are stated once, the order of calculation, the printer's
settings and who saved it are added, and an add-in gets the path where it was found.
"""

import io
import re
import zipfile
from html import escape, unescape

from openpyxl.formula.translate import Translator
from openpyxl.utils.cell import coordinate_from_string

CELL = re.compile(r'<c r="(\w+)"((?:\s[^>/]*)?)>(.*?)</c>', re.DOTALL)
TEXT = re.compile(r"<is><t[^>]*>([^<]*)</t></is>")
SHARED = re.compile(r'<f t="shared"[^>]* si="(\d+)"')
FORMULA = re.compile(r"<f>([^<]*)</f>")
RELATION = '<Relationship Id="rIdX{}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{}" Target="{}"/>'
ADDIN_PATH = "file:///C:\\Users\\jo\\AppData\\Roaming\\Microsoft\\Excel\\XLSTART\\xlhedge.xlam"


def excel_saved(content: bytes, most_shared: int = 400) -> bytes:
    """The bytes of the workbook after Excel; the formulas of so many cells of a sheet at most are stated once for several."""
    out, texts = io.BytesIO(), {}
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        parts = {name: before.read(name) for name in before.namelist()}
        sheets = sorted(name for name in parts if name.startswith("xl/worksheets/sheet"))
        for name in sheets:
            parts[name] = _sheet(parts[name].decode(), texts, most_shared).encode()
            _relate(parts, name, 1, "printerSettings", "../printerSettings/printerSettings1.bin")
        _relate(parts, "xl/workbook.xml", 1, "sharedStrings", "sharedStrings.xml")
        _relate(parts, "xl/workbook.xml", 2, "calcChain", "calcChain.xml")
        items = "".join(f'<si><t xml:space="preserve">{text}</t></si>' for text in texts)
        main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
        parts["xl/sharedStrings.xml"] = (
            f'<sst {main} count="{len(texts)}" uniqueCount="{len(texts)}">{items}</sst>'.encode()
        )
        parts["xl/calcChain.xml"] = f'<calcChain {main}><c r="B3" i="1"/></calcChain>'.encode()
        parts["xl/printerSettings/printerSettings1.bin"] = bytes(range(256)) * 4
        types = parts["[Content_Types].xml"].decode()
        kind = '<Override PartName="/xl/{}.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.{}+xml"/>'
        told = kind.format("sharedStrings", "sharedStrings") + kind.format("calcChain", "calcChain")
        told += '<Default Extension="bin" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.printerSettings"/>'
        parts["[Content_Types].xml"] = types.replace("</Types>", f"{told}</Types>").encode()
        core = parts["docProps/core.xml"].decode()
        core = re.sub(r"(<dcterms:modified[^>]*>)[^<]*", r"\g<1>2026-11-30T08:00:00Z", core)
        parts["docProps/core.xml"] = core.replace(
            "<dc:creator>", "<cp:lastModifiedBy>Jo</cp:lastModifiedBy><dc:creator>", 1
        ).encode()
        for name in parts:
            if name.startswith("xl/externalLinks/_rels/"):
                parts[name] = parts[name].replace(b"xlhedge.xlam", ADDIN_PATH.encode())
            after.writestr(name, parts[name])
    return out.getvalue()


def _relate(parts: dict[str, bytes], part: str, number: int, kind: str, target: str) -> None:
    folder, _, name = part.rpartition("/")
    rels, told = f"{folder}/_rels/{name}.rels", RELATION.format(number, kind, target)
    empty = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
    text = re.sub(
        r"<Relationships([^>]*)/>", r"<Relationships\1></Relationships>", parts.get(rels, empty.encode()).decode()
    )
    parts[rels] = text.replace("</Relationships>", f"{told}</Relationships>").encode()


def _sheet(text: str, texts: dict[str, int], most_shared: int) -> str:
    """A sheet with its texts elsewhere, and the formulas of a column that say the same stated once."""
    cells = {found[1]: found[3] for found in CELL.finditer(text)}
    formulas = {ref: unescape(found[1]) for ref, inner in cells.items() if (found := FORMULA.search(inner))}
    shared, runs = {}, 1 + max(map(int, SHARED.findall(text)), default=-1)
    for ref, formula in formulas.items():
        column, row = coordinate_from_string(ref)
        if ref in shared or len(shared) > most_shared:
            continue
        last = row
        while (
            (below := f"{column}{last + 1}") in formulas
            and below not in shared
            and (Translator(f"={formula}", ref).translate_formula(below) == f"={formulas[below]}")
        ):
            last += 1
        if last > row:
            shared[ref] = f'<f t="shared" ref="{ref}:{column}{last}" si="{runs}">{escape(formula, quote=False)}</f>'
            shared |= {f"{column}{i}": f'<f t="shared" si="{runs}"/>' for i in range(row + 1, last + 1)}
            runs += 1

    def cell(found: re.Match) -> str:
        ref, attributes, inner = found.groups()
        if typed := TEXT.search(inner):
            number = texts.setdefault(typed[1], len(texts))
            attributes = attributes.replace(' t="inlineStr"', ' t="s"')
            return f'<c r="{ref}"{attributes}><v>{number}</v></c>'
        return f'<c r="{ref}"{attributes}>{FORMULA.sub(lambda _: shared[ref], inner) if ref in shared else inner}</c>'

    return CELL.sub(cell, text)
