"""Our workbooks are calm in Excel, readable in Google Sheets and legible: each rule finds the fault that is planted for it."""

import re
import zipfile

import pytest
from books import SAMPLES

from xlhedge import books
from xlhedge.ooxml.habits import RULES, habits

BOOK, STYLES, INPUTS, CORE = "xl/workbook.xml", "xl/styles.xml", "xl/worksheets/sheet2.xml", "docProps/core.xml"
CHART, DRAWING = "xl/charts/chart1.xml", "xl/drawings/drawing1.xml"

PLANTED = {  # rule: part, what stands there, what is put there, what is told
    "calm": (
        (BOOK, r"<calcPr ", '<calcPr fullCalcOnLoad="1" ', "asks for a recalculation whenever it is opened"),
        (BOOK, r'calcId="\d+"', 'calcId="124519"', "of the engine 124519"),
        (INPUTS, r"<f>", "<f>NOW()+", "NOW is computed anew"),
        (INPUTS, r"<f>", "<f>OFFSET(A1,1,1)+", "OFFSET is computed anew"),
    ),
    "number_formats": (
        (STYLES, r'formatCode="yyyy-mm-dd"', 'formatCode="0.##"', "'0.##' leaves a point"),
        (STYLES, r'formatCode="yyyy-mm-dd"', 'formatCode="#,##0.#;-#,##0.0"', "leaves a point"),
    ),
    "flags": ((INPUTS, r"<formula1>true_or_false<", '<formula1>"TRUE,FALSE"<', "which other languages do not know"),),
    "conditions": (
        (INPUTS, r"<formula>H1=", "<formula>checks_pass=", "looks elsewhere"),
        (INPUTS, r"<formula>H1=", "<formula>Checks!F3=", "looks elsewhere"),
    ),
    "charts": (
        (CHART, r'<roundedCorners val="0" ?/>', "", "rounded corners"),
        (CHART, r"<numCache>.*?</numCache>", "", "has no values of"),
        (DRAWING, r' descr="[^"]*"', "", "no alternative text"),
    ),
    "panes": (
        (INPUTS, r'ySplit="\d+"', 'ySplit="13"', "13 rows"),
        (INPUTS, r'<col width="[\d.]+"', '<col width="61"', "61 characters"),
    ),
    "protection": (
        (INPUTS, r"<sheetProtection [^>]*>", "", "is not protected"),
        (INPUTS, r"<sheetProtection ", '<sheetProtection password="CC1A" ', "by a password"),
        (INPUTS, r'formatColumns="0"', 'formatColumns="1"', "does not allow formatColumns"),
    ),
    "times": (
        (CORE, r"(<dcterms:created[^>]*>)[^<]*", r"\g<1>2026-11-01T00:00:00Z", "changed 2026-11-20T08:00:00Z"),
        (CORE, r"2026-11-20", "2000-01-01", "is made up"),
    ),
    "corners": ((INPUTS, r"<ignoredErrors>.*?</ignoredErrors>", "", "green corners"),),
    "contrast": (
        (STYLES, r'<color rgb="0059616E" ?/>', '<color rgb="006B7280" />', "6B7280 on F1F3F5 has a contrast of 4.3"),
        (STYLES, r'formatCode="yyyy-mm-dd"', 'formatCode="0;[Red]-0"', "is red"),
    ),
    "sheets_of_google": ((INPUTS, r"<f>", "<f>AGGREGATE(9,6,A1)+", "AGGREGATE is no function of Google Sheets"),),
    "arrays": (
        (INPUTS, r"<f>", "<f>SUMPRODUCT(MAX(IF(A1&gt;0,$C$1:$C$9+1,0)))+", "$C$1:$C$9 is taken as one cell by IF"),
        (INPUTS, r"<f>", "<f>1+$C$1:$C$9+", "$C$1:$C$9 is taken as one cell, that of the formula's row"),
        (INPUTS, r"<f>", "<f>SUM(ABS($C$1:$C$9))+", "$C$1:$C$9 is taken as one cell, that of the formula's row"),
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """The sample of the README as xlhedge writes it."""
    (portfolio,) = books.read(SAMPLES / "btc-50.csv", settings=SAMPLES / "btc-50.settings.csv")
    return books.build(portfolio).write(tmp_path_factory.mktemp("habits") / "btc-50.xlsx")


def test_a_workbook_of_ours_has_all_of_them(book):
    assert habits(book) == []


def test_every_rule_has_a_planted_fault():
    assert {rule.__name__ for rule in RULES} == {*PLANTED}


@pytest.mark.parametrize(
    "rule,part,old,new,told", [(rule, *fault) for rule, faults in PLANTED.items() for fault in faults]
)
def test_each_rule_finds_the_fault_that_is_planted_for_it(book, tmp_path, rule, part, old, new, told):
    target = tmp_path / "planted.xlsx"
    with zipfile.ZipFile(book) as before, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            text = before.read(name).decode()
            if name == part:
                text, count = re.subn(old, new, text, count=1 if rule in ("calm", "charts", "sheets_of_google") else 0)
                assert count, f"{old} is not in {part}"
            after.writestr(name, text)
    found = habits(target)
    assert found and all(told in each for each in found), found
