"""Spreadsheets in the OpenDocument format, and texts in workbooks, are read as tables are, or refused in one sentence."""

import re
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook
from trackers import BTC, ETH, NO_COST, NO_TARGETS, WALLET_NOTES, WALLETS, held, outcome

from xlhedge import books
from xlhedge.ooxml.money import money_of


def workbook(path: Path) -> Path:
    made = Workbook()
    for cells in WALLETS:
        made.active.append(cells)
    made.save(path)
    return path


ODS = "application/vnd.oasis.opendocument.spreadsheet"
SPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text", "style")
)


def ods_cell(value: object) -> str:
    if value is None:
        return "<table:table-cell/>"
    if isinstance(value, str):
        return (
            value
            if value.startswith("<")
            else f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'
        )
    return f'<table:table-cell office:value-type="float" office:value="{value}"><text:p>{value}</text:p></table:table-cell>'


def ods(path: Path, rows: list[list], manifest: str = "<m/>", change=("", "")) -> Path:
    """A spreadsheet of one sheet, one of whose texts is changed in the XML."""
    lines = "".join(f"<table:table-row>{''.join(map(ods_cell, cells))}</table:table-row>" for cells in rows)
    content = f'<office:document-content {SPACES}><office:body><office:spreadsheet><table:table table:name="Sheet1">{lines}</table:table></office:spreadsheet></office:body></office:document-content>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", ODS)
        archive.writestr("content.xml", content.replace(*change) if change[0] else content)
        archive.writestr("META-INF/manifest.xml", manifest)
    return path


@pytest.mark.parametrize("path", ["w.xlsx", "w.ods"])
def test_workbooks(tmp_path, path):
    make = workbook if path.endswith(".xlsx") else lambda target: ods(target, WALLETS)
    assert held(make(tmp_path / path)) == ((BTC, ETH), NO_COST, NO_TARGETS, WALLET_NOTES)


OWN = [["asset", "coins", "price"], ["BTC", 0.5, 60000]]
ROW = '<table:table-cell office:value-type="float" office:value="{}" {}><text:p>{}</text:p></table:table-cell>'
ODS_FILES = {  # how it is made, and what is read or told
    "plain": (lambda path: ods(path, OWN), (BTC,)),
    "text with a remark": (lambda path: ods(path, [OWN[0], ["BTC", '<table:table-cell office:value-type="string"><office:annotation><text:p>my remark'
        '</text:p></office:annotation><text:p>0<text:span>.5</text:span></text:p></table:table-cell>', 60000]]), (BTC,)),
    "a percentage": (lambda path: ods(path, [[*OWN[0], "target_weight"], ["BTC", 0.5, 60000, ROW.format(0.6, "", "60 %").replace("float", "percentage")]]), (BTC,)),
    "blank rows and cells repeated": (lambda path: ods(path, OWN, change=("</table:table>",
        '<table:table-row table:number-rows-repeated="1048570"><table:table-cell table:number-columns-repeated="16384"/></table:table-row></table:table>')), (BTC,)),
    "euros": (lambda path: ods(path, [OWN[0], ["BTC", 0.5, ROW.format(55000, 'office:currency="EUR"', "55.000 €").replace("float", "currency")]]),
              "h.ods Sheet1 row 2, price: must be in USD, and this is in EUR (got '55000 EUR')"),
    "an error": (lambda path: ods(path, [OWN[0], ["BTC", 0.5, '<table:table-cell table:formula="of:=1/0" office:value-type="string" office:string-value=""><text:p>#DIV/0!</text:p></table:table-cell>']]),
                 "h.ods Sheet1 row 2, price: is an error value: mend the formula that gives it (got '#DIV/0!')"),
    "a formula never calculated": (lambda path: ods(path, [OWN[0], ["BTC", 0.5, '<table:table-cell table:formula="of:=2*3"/>']]),
        "h.ods Sheet1 row 2, price: is a formula that was never calculated: open the file in a spreadsheet, save it and try again (got 'of:=2*3')"),
    "a password": (lambda path: ods(path, OWN, '<m><encryption-data/></m>'), "h.ods: is protected by a password; save it without one"),
    "entities": (lambda path: ods(path, OWN, change=("<office:document-content", '<!DOCTYPE a [<!ENTITY a "a">]><office:document-content')),
                 "h.ods: is not a workbook that can be read (its XML declares entities, which no spreadsheet program writes)"),
    "cut short": (lambda path: path.write_bytes(ods(path, OWN).read_bytes()[:-60]) and path,
                  "h.ods: is not an .xlsx workbook (it is cut short or damaged); save it as .xlsx or CSV UTF-8"),
    "a row a million times": (lambda path: ods(path, OWN, change=("<table:table-row>", '<table:table-row table:number-rows-repeated="1048577">')),
                              "h.ods Sheet1: has more than 1,048,576 rows"),
    "twelve million cells": (lambda path: ods(path, [["x"], ['<table:table-cell table:number-columns-repeated="200" office:value-type="float" office:value="1"/>']],
        change=("<table:table-row>", '<table:table-row table:number-rows-repeated="60000">')), "h.ods: has more than 10,000,000 cells"),
    "a cell 300 times": (lambda path: ods(path, [OWN[0], [*OWN[1], '<table:table-cell table:number-columns-repeated="300" office:value-type="float" office:value="1"/>']]),
                         "h.ods Sheet1 row 2: has cells beyond column 200, which are not read"),
    "a bad number": (lambda path: ods(path, [OWN[0], ["BTC", 0.5, ROW.format("sixty", "", "60")]]),
                     "h.ods: is not a workbook that can be read (could not convert string to float: 'sixty')"),
}  # fmt: skip


@pytest.mark.parametrize("make,expected", ODS_FILES.values(), ids=ODS_FILES)
def test_ods(tmp_path, make, expected):
    assert outcome(make(tmp_path / "h.ods")) == expected


@pytest.mark.parametrize("coins,expected", [
    (1, "h.xlsx Sheet row 2, price: may have a point for thousands or for decimals: write 60000 or 60.0 (got '60.000')"),
    ("0,5", (BTC,)),
])  # fmt: skip
def test_texts_of_a_workbook_are_read_as_those_of_a_table(tmp_path, coins, expected):
    made = Workbook()
    for cells in (["asset", "coins", "price"], ["BTC", coins, "60.000"]):
        made.active.append(cells)
    made.save(tmp_path / "h.xlsx")
    assert outcome(tmp_path / "h.xlsx") == expected


FORMATS = {  # number formats and the currency that they show
    "General": "", "0.00": "", "#,##0.00 [$€-407]": "€", '#,##0.00\\ "€"': "€", "#,##0.00 €": "€", "[$CHF-807] #,##0": "CHF", '#,##0 "kr"': "kr",
    "[$£-809]#,##0;[Red]-[$£-809]#,##0": "£", "[$R$-416] 0": "R$", "#,##0\\ \\E\\U\\R": "EUR", "[$$-409]#,##0.00": "", '"US$" 0': "", "[$USD] 0": "",
    '0.00 "BTC"': "", "[$₿] 0.0": "", '0.0"x"': "", "[$-407]0.00": "",
    "_-* #,##0.00\\ _€_-;\\-* #,##0.00\\ _€_-": "",  # room as wide as the sign, as Excel of Germany writes the comma style
    '_-* #,##0.00\\ "€"_-;\\-* #,##0.00\\ "€"_-': "€",
}  # fmt: skip


def test_currencies_that_formats_show():
    assert {code: money_of(code) for code in FORMATS} == FORMATS


@pytest.mark.parametrize("names", [("asset", "coins", "price"), ("Symbol", "Quantity", "Current price")])
@pytest.mark.parametrize("code", FORMATS)
def test_a_price_that_a_workbook_shows_in_another_currency(tmp_path, names, code):
    made = Workbook()
    for cells in (names, ("BTC", 0.5, 60000)):
        made.active.append(cells)
    made.active["C2"].number_format = code
    made.save(tmp_path / "h.xlsx")
    sign = FORMATS[code]
    called = {"€": "EUR", "£": "GBP", "R$": "BRL", "kr": "KR"}.get(sign, sign)
    refused = f"h.xlsx Sheet row 2, price: must be in USD, and this is in {called} (got '60000 {sign}')"
    assert outcome(tmp_path / "h.xlsx") == (refused if sign else (BTC,))


def test_a_formula_that_is_shown_in_euros(tmp_path):
    made = Workbook()
    for cells in (["asset", "coins", "price"], ["BTC", 0.5, "=30000*2"]):
        made.active.append(cells)
    made.active["C2"].number_format = "#,##0.00 [$€-407]"
    made.save(tmp_path / "made.xlsx")
    with zipfile.ZipFile(tmp_path / "made.xlsx") as read, zipfile.ZipFile(tmp_path / "h.xlsx", "w") as out:
        for part in read.namelist():  # as a spreadsheet saves it: with its value
            out.writestr(part, re.sub(rb"</f><v ?/?>(</v>)?", b"</f><v>60000</v>", read.read(part)))
    assert (
        outcome(tmp_path / "h.xlsx") == "h.xlsx Sheet row 2, price: must be in USD, and this is in EUR (got '60000 €')"
    )


def test_settings_may_be_a_spreadsheet(tmp_path):
    settings = ods(tmp_path / "s.ods", [["setting", "value"], ["rally", 0.6]])
    (portfolio,) = books.read(ods(tmp_path / "h.ods", OWN), settings=settings)
    assert portfolio.settings.rally == 0.6
