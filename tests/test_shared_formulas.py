"""Formulas that a file states once for several cells: each reference moves along, and what only looks like one stays."""

import pytest
from openpyxl.formula.translate import Translator

from xlhedge.ooxml.shared_formulas import SharedFormula

MOVED = [  # as it stands in B3, in C5 by hand
    ("A1+$A1+A$1+$A$1", "B3+$A3+B$1+$A$1"),
    ("SUM(B2:B3)*2", "SUM(C4:C5)*2"),
    ("SUM(A:A)+SUM($A:B)+SUM(1:3)+SUM($1:3)", "SUM(B:B)+SUM($A:C)+SUM(3:5)+SUM($1:5)"),
    ("LOG10(A1)+BTC1!A1", "LOG10(B3)+BTC1!B3"),
    ("'A1 B2'!A1&\"A1 \"\"B2\"\"\"", "'A1 B2'!B3&\"A1 \"\"B2\"\"\""),
    ("price_hours*A1+Table1[A1]+x.A1", "price_hours*B3+Table1[A1]+x.A1"),
    ("Z1+AZ9", "AA3+BA11"),
    ("1E5+A1*2.5", "1E5+B3*2.5"),
    ("[1]!LIQ_PRICE($F3,D7,\"none\")", "[1]!LIQ_PRICE($F5,E9,\"none\")"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "moved"), MOVED)
def test_a_formula_moves_with_its_cell(text, moved):
    shared = SharedFormula(text, 3, 2)
    assert shared.at(3, 2) == text and shared.at(5, 3) == moved


@pytest.mark.parametrize("text", [text for text, _ in MOVED if "!" not in text and "[" not in text])
def test_openpyxl_moves_it_alike(text):
    moved = Translator(f"={text}", "B3").translate_formula("C5")
    assert f"={SharedFormula(text, 3, 2).at(5, 3)}" == moved
