"""Text that a spreadsheet would take for a formula: it stays text, or is refused where it has no place."""

import io
import re
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape, unescape

import pytest
from batches import outcome
from test_holdings import NUMBER, SUPPLY, file, row

from xlhedge.batch.names import Names
from xlhedge.contracts import venues
from xlhedge.intake.source import Refused, Source
from xlhedge.workbook.file.stamp import stamp

FORMULAS = [
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(1,1)",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://x","y")',
    "=IMPORTXML(1,2)",
    "{=1+1}",
]
SOME = FORMULAS[::4]


def in_csv(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def lines(template: str, formulas: list[str]) -> str:
    return "portfolio,asset,coins,price,contract,hedge_ratio,face,mmr\n" + "\n".join(
        template.format(in_csv(f), i) for i, f in enumerate(formulas)
    )


@pytest.mark.parametrize("texts,template,source", [
    *(pytest.param([formula], "{0},BTC,50,60000,,,,", "", id=f"portfolio {formula}") for formula in SOME),
    pytest.param(FORMULAS, "me,{0},50,60000,,,,", "", id="asset"),
    pytest.param(FORMULAS, "me,A{1},50,60000,{0},20%,100,0.5%", "", id="contract"),
    *(pytest.param([formula], "me,BTC,50,60000,,,,", formula, id=f"price_source {formula}") for formula in SOME),
])  # fmt: skip
def test_formula_text_stays_text_down_to_the_cells(tmp_path, texts, template, source):
    path = file(lines(template, texts))(tmp_path)
    given = Source(path, None, {"price_source": source} if source else {})
    (group,) = given.groups()
    made = given.checker.check(group)
    assert not isinstance(made, Refused), made
    (stamped,) = stamp([made])
    with zipfile.ZipFile(io.BytesIO(stamped.content)) as archive:
        sheets = [archive.read(name).decode() for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
    formulas = " ".join(formula for sheet in sheets for formula in re.findall("<f[^>]*>([^<]*)</f>", sheet))
    shown = {unescape(text) for sheet in sheets for text in re.findall("<t[^>]*>([^<]*)</t>", sheet)}
    for text in texts:
        assert any(text in cell for cell in shown), "the text is shown somewhere"
        assert escape(text) not in formulas and text not in unescape(formulas)


@pytest.mark.parametrize("formula", FORMULAS)
def test_formula_text_as_a_name_stays_in_the_folder(formula):
    name = Names([formula])[formula]
    assert Path(name).name == name and not set(name) & set('<>:"/\\|?*')


@pytest.mark.parametrize("column,header,rule", [
    ("venue", "venue,hedge_ratio", f"there is no venue '=1+1' here (there is {', '.join(venues())}); {SUPPLY} (got '=1+1')"),
    ("kind", "kind", "must be one of coin, cash, perpetual, dated (got '=1+1')"),
    ("leverage", "leverage", f"{NUMBER} (got '=1+1')"),
])  # fmt: skip
def test_formula_text_where_it_has_no_place_is_refused(tmp_path, column, header, rule):
    path = row("BTC,50,60000,=1+1" + ",.2" * header.count(","), f"asset,coins,price,{header}")(tmp_path)
    assert outcome(path) == f"h: h.csv row 2, {column}: {rule}"
