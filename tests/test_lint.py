"""Each lint rule finds the fault that is planted for it, and nothing in a clean workbook."""

import re
import zipfile

import pytest
from ooxml import program, validate
from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Font, PatternFill
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table

from xlhedge.ooxml import lint as rules
from xlhedge.ooxml.lint import RULES, lint

SHEET, BOOK, TABLE, CHART = (
    "xl/worksheets/sheet1.xml",
    "xl/workbook.xml",
    "xl/tables/table1.xml",
    "xl/charts/chart1.xml",
)
RELATIONS, TYPES = "xl/_rels/workbook.xml.rels", "[Content_Types].xml"
RELATION = '<Relationship Id="x1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{}" {}/>'
TEXT = '<c r="{}" t="inlineStr"><is><t>{}</t></is></c>'


@pytest.fixture(scope="module")
def clean(tmp_path_factory):
    """A workbook with one of everything that the rules look at, and a value for each formula."""
    book = Workbook()
    sheet = book.active
    sheet.title = "Plan"
    for row in (["Asset", "Qty", "Value"], ["BTC", 0.5, "=B2*2"], ["ETH", -4, "=B3*2"]):
        sheet.append(row)
    sheet.add_table(Table(displayName="Holdings", ref="A1:C3"))
    sheet["E1"], sheet["E2"], sheet["A6"] = "Side", "long", "a merged note: LET(x) is =not a formula"
    sheet.auto_filter.ref = "E1:E2"
    sheet.merge_cells("A6:B6")
    sheet.merge_cells("A7:B7")
    sheet["A6"].font = Font(bold=True, italic=True, size=14, color="FF0000")
    sheet["A8"].hyperlink = "https://example.org"
    sides = DataValidation("list", formula1='"long,short"')
    sides.add("E2")
    sheet.add_data_validation(sides)
    sheet.conditional_formatting.add("B2:B3", FormulaRule(["$B2<0"], fill=PatternFill(bgColor="FF0000")))
    book.defined_names["price"] = DefinedName("price", attr_text="Plan!$B$2")
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=2, min_row=1, max_row=3), titles_from_data=True)
    chart.series[0].invertIfNegative = False
    sheet.add_chart(chart, "G2")
    book.create_sheet("Data")["A1"] = 1
    path = tmp_path_factory.mktemp("lint") / "openpyxl.xlsx"
    book.save(path)
    return patched(path, path.with_name("clean.xlsx"), SHEET, r"</f><v ?/>", "</f><v>1</v>")


def patched(source, target, part, old, new):
    """Copy a workbook with a regular expression replaced in one part; old None adds the part."""
    with zipfile.ZipFile(source) as before, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            text = before.read(name)
            if name == part:
                text, count = re.subn(old.encode(), new.encode(), text)
                assert count, f"{old} is not in {part}"
            after.writestr(name, text)
        if old is None:
            after.writestr(part, new)
    return target


def test_a_clean_workbook_has_no_findings(clean):
    assert lint(clean) == []


def test_the_validator_agrees_that_it_is_clean(clean):
    assert validate(clean) == []


FAULTS = [
    ("table_headers", TABLE, 'name="Qty"', 'name="Amount"', f"{SHEET} B1: the header says 'Qty'"),
    ("table_headers", TABLE, 'name="Qty"', 'name="ASSET"', "2 columns are called 'asset'"),
    (
        "table_headers",
        SHEET,
        TEXT.format("B1", "Qty"),
        '<c r="B1"><v>2024</v></c>',
        "B1: the header of column 'Qty' is not",
    ),
    ("table_headers", TABLE, 'ref="A1:C3"', 'ref="A1:D3"', "3 columns in a table over A1:D3"),
    ("table_names", TABLE, 'displayName="Holdings"', 'displayName="Price"', "'Price' is also a defined name"),
    ("table_names", TABLE, 'displayName="Holdings"', 'displayName="My table"', "'My table' is not legal"),
    ("table_names", TABLE, 'displayName="Holdings"', 'displayName="TAX2026"', "'TAX2026' reads like the address"),
    ("filters_over_tables", SHEET, '<autoFilter ref="E1:E2"', '<autoFilter ref="C1:E2"', "the filter lies over table"),
    ("defined_names", BOOK, 'name="price"', 'name="spot price"', "'spot price' is not legal"),
    ("defined_names", BOOK, 'name="price"', 'name="LP1"', "'LP1' reads like the address"),
    ("defined_names", BOOK, 'name="price"', 'name="R2C3"', "'R2C3' reads like the address"),
    ("sheet_names", BOOK, 'name="Plan"', f'name="{"p" * 32}"', "is longer than 31 characters"),
    ("sheet_names", BOOK, 'name="Plan"', 'name="Profit/loss"', "'Profit/loss' is not allowed"),
    ("sheet_names", BOOK, 'name="Plan"', 'name="history"', "'history' is not allowed"),
    ("sheet_names", BOOK, 'name="Data"', 'name="PLAN"', "2 sheets are called 'plan'"),
    ("long_lists", SHEET, '"long,short"', f'"{"x" * 256}"', "E2: the list of choices is longer"),
    ("formula_text", SHEET, "<formula>", "<formula>=", "B2:B3 conditionalFormatting: the stored formula begins"),
    ("formula_text", BOOK, r"Plan!\$B\$2", "LAMBDA(x,x*2)", "name price: LAMBDA must be stored as _xlfn.LAMBDA"),
    ("formula_text", SHEET, r"B2\*2", "LET(a,1,a)", "C2: LET must be stored as _xlfn.LET"),
    ("formula_text", SHEET, r"B2\*2", "1" * 8193, "C2: the formula is longer than 8192"),
    ("merges", SHEET, 'mergeCell ref="A7:B7"', 'mergeCell ref="B6:B7"', "B6:B7: the merged area overlaps A6:B6"),
    ("merges", SHEET, 'mergeCell ref="A7:B7"', 'mergeCell ref="C3:C7"', "C3:C7: the merged area overlaps A1:C3"),
    ("bar_charts", CHART, '<(\\w*:?)invertIfNegative val="0" ?/>', "", "bar series 1 does not set invertIfNegative"),
    ("bar_charts", CHART, 'invertIfNegative val="0"', 'invertIfNegative val="1"', "bar series 1 does not set"),
    ("cached_values", SHEET, "</f><v>1</v>", "</f><v></v>", f"{SHEET} C2, C3: the formula has no cached value"),
    ("cell_values", SHEET, "<v>0.5</v>", "<v>nan</v>", "B2: 'nan' is not a value of type 'n'"),
    ("cell_values", SHEET, 'r="B2" t="n"', 'r="B2" t="s"', "B2: '0.5' is not a value of type 's'"),
    ("cell_values", SHEET, "<t>long</t>", f"<t>{'x' * 32768}</t>", "E2: the text is longer than 32767"),
    ("cell_order", SHEET, 'r="B2"', 'r="C2"', "C2: the cell is out of order or there twice"),
    ("spills", SHEET, 'r="C2"', 'r="C2" cm="1"', "C2: cm='1' but the workbook has no metadata"),
    (
        "outside_links",
        RELATIONS,
        "</Relationships>",
        RELATION.format("oleLink", 'Target="file:///other.xlsx" TargetMode="External"') + "</Relationships>",
        "file:///other.xlsx",
    ),
    ("macros", "xl/vbaProject.bin", None, "VBA", "xl/vbaProject.bin: the part is a macro"),
]


@pytest.mark.parametrize(("rule", "part", "old", "new", "expected"), FAULTS)
def test_a_planted_fault_is_found_by_its_rule_alone(clean, tmp_path, rule, part, old, new, expected):
    path = patched(clean, tmp_path / "faulty.xlsx", part, old, new)
    findings = lint(path)
    assert any(expected in finding for finding in findings), findings
    assert findings == list(getattr(rules, rule)(rules.Package.open(path)))


def test_every_rule_has_a_planted_fault():
    assert {rule.__name__ for rule in RULES} == {fault[0] for fault in FAULTS}


DAMAGE = [
    (SHEET, "</sheetData>", "", "not well-formed XML"),
    (SHEET, "^", '<!DOCTYPE x [<!ENTITY a "b">]>', "declares entities"),
    (RELATIONS, "worksheets/sheet1", "worksheets/sheet9", "sheet9.xml (worksheet), which is missing"),
    (SHEET.upper(), None, "<x/>", "a part is there twice"),
]


@pytest.mark.parametrize(("part", "old", "new", "expected"), DAMAGE)
def test_damage_to_the_package_is_found_first(clean, tmp_path, part, old, new, expected):
    findings = lint(patched(clean, tmp_path / "damaged.xlsx", part, old, new))
    assert expected in findings[0]


def test_what_is_no_workbook_is_said_to_be_none(tmp_path):
    (tmp_path / "text.xlsx").write_text("hello")
    assert lint(tmp_path / "text.xlsx") == ["text.xlsx: is not an .xlsx workbook (it is text, perhaps CSV)"]
    assert lint(tmp_path / "none.xlsx") == [f"{tmp_path}/none.xlsx: there is no such file"]


def test_the_validator_still_finds_schema_errors_in_styles(clean, tmp_path):
    path = patched(clean, tmp_path / "styles.xlsx", "xl/styles.xml", "<fills", "<nonsense/><fills")
    assert len(validate(path)) == 1


def test_a_missing_validator_skips_except_in_continuous_integration(clean, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert program() is None
    for setting, outcome in (("", pytest.skip.Exception), ("true", pytest.fail.Exception)):
        monkeypatch.setenv("CI", setting)
        with pytest.raises(outcome, match="validator is missing"):
            validate(clean)
