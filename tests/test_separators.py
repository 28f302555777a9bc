"""Formulas as a spreadsheet with decimal commas spells them: what is read, and what is refused with a sentence."""

import re
from pathlib import Path

import pytest

from xlhedge.expression import ExpressionError, parse_call
from xlhedge.separators import plain
from xlhedge.sheet import sheet_call

READ = [
    ("INVERSE_PNL(-600000;60000;50000)", "INVERSE_PNL(-600000,60000,50000)"),
    ("=LIQ_PRICE(-600000;60000;2,5;0,005)", "=LIQ_PRICE(-600000,60000,2.5,0.005)"),
    ("LIQ_PRICE(-600000;60000;2.5;0.005)", "LIQ_PRICE(-600000,60000,2.5,0.005)"),  # as in Swiss Excel
    ("LIQ_PRICE(-600000;60000;1;0,5%)", "LIQ_PRICE(-600000,60000,1,0.5%)"),
    ("LIQ_PRICE(-600000;60000;2,5;0,005;;;\"mark\")", "LIQ_PRICE(-600000,60000,2.5,0.005,,,\"mark\")"),
    ("F(\"a;b,c\";1)", "F(\"a;b,c\",1)"),
    ("{1,2;3,4}", "{1,2;3,4}"),
    ("F({1;2})", "F({1;2})"),
    ("F({1;2};{3;4})", "F({1;2},{3;4})"),
    ("F({1\\2;3\\4};1)", "F({1,2;3,4},1)"),
    ("F({1\\2;3\\4})", "F({1,2;3,4})"),
    ("F({1,5\\2;3\\4,5};1)", "F({1.5,2;3,4.5},1)"),
    ("F({1,5;2,5};0,5)", "F({1.5;2.5},0.5)"),
    ("F({0,05;0,5};1)", "F({0.05;0.5},1)"),
    ("F({1,5;2};1)", "F({1.5;2},1)"),  # columns of unlike length are none
    ("F({1.2;3.4};0,5)", "F({1,2;3,4},0.5)"),  # points between columns, as in German Excel
    ("F({1,5.2;3.4};0,5)", "F({1.5,2;3,4},0.5)"),
    ("F({1.2.3};1)", "F({1,2,3},1)"),
    ("F({1.5;2.5};0.5)", "F({1.5;2.5},0.5)"),
    ("F({1.5\\2};1)", "F({1.5,2},1)"),
    ("F({1.125;2.250};0.5)", "F({1.125;2.250},0.5)"),
    ("F(1.125;0.5)", "F(1.125,0.5)"),
    ("F(60000,50;0,0010;0,250;0,125)", "F(60000.50,0.0010,0.250,0.125)"),
    ("0,5*F(1;2)", "0.5*F(1,2)"),
]  # fmt: skip

REFUSED = [
    ("F(1;2;3, 4)", "arguments are separated by ; here, so that a comma stands inside numbers alone"),
    ("F(-1;G(2,-3);4)", "arguments are separated by ; here, so that a comma stands inside numbers alone"),
    ("F(1;2,3,4)", "2,3,4 is no number where arguments are separated by ;: write 1234,5 or 1234.5"),
    ("F(1.234,5;2)", "1.234,5 is no number where arguments are separated by ;: write 1234.5 or 1234,5"),
    ("F(-600.000,00;2,5)", "600.000,00 is no number where arguments are separated by ;: write 600000"),
    ("F(1.234.567,89;2)", "1.234.567,89 is no number where arguments are separated by ;: write 1234567.89 or 1234567,89"),
    ("F(600,000.00;2,5)", "600,000.00 is no number where arguments are separated by ;: write 600000"),
    ("F(-600.000,00, 2)", "decimals are points where arguments are separated by commas: write 600000 for 600.000,00"),
    ("AVG_ENTRY({1.200;2.400};{5.100,5;6.200})", "5.100,5 is no number where arguments are separated by ;: write 5100.5"),
    ("AVG_ENTRY({1.200;2.400};{5100,5;6.200})", "decimals are commas here (5100,5): write 1200, or 1,2 for decimals"),
    ("F(50;-600000;{1.500;2.500};5;0,005)", "decimals are commas here (0,005): write 1500, or 1,5 for decimals"),
    ("F({-600.500;-300.500};60000;2,5)", "decimals are commas here (2,5): write 600500, or 600,5 for decimals"),
    ("F(-600000;{40.500\\80.500};\"usd\";0,0005)", "decimals are commas here (0,0005): write 40500, or 40,5 for decimals"),
    ("WEIGHTS({8,5;15};{10.000;1.000})", "decimals are commas here (8,5): write 10000, or 10 for decimals"),
    ("F({1.200;2.400};1)", "1.200 may have a point for thousands or for decimals: write 1200, or 1,2 for decimals"),
    ("F({1.200\\2.400};1)", "1.200 may have a point for thousands or for decimals: write 1200, or 1,2 for decimals"),
    ("F({1.200.300};1)", "1.200.300 may have a point for thousands or for decimals: write 1200300"),
    ("F({1.5\\2};0,5)", "decimals are commas here (0,5): write 1,5 for 1.5"),
    ("F({1,500\\2,500};0,5)", "1,500 may be one number or two columns: write 1500 or 1,5 for one, 1\\500 for two"),
    ("F({0.005;0.01};0,5)", "{0.005} may be columns or decimals"),
    ("F(0,5;2.5)", "decimals are commas here (0,5): write 2,5 for 2.5"),
    ("F(60.000;2)", "60.000 may have a point for thousands or for decimals: write 60000, or 60 for decimals"),
    ("F(0,5;60.000)", "decimals are commas here (0,5): write 60000, or 60 for decimals"),
    ("F(60,000;2)", "60,000 may be one number or two arguments: write 60000 or 60 for one, 60;000 for two"),
    ("F(-600000,60000;50000;66000)", "600000,60000 may be one number or two arguments: write 600000,6 for one"),
    ("F(1.234.567;2)", "1.234.567 may have a point for thousands or for decimals: write 1234567"),
    ("F({1,2;3,4};1)", "{1,2} may be columns or decimals: where arguments are separated by ;, write {1\\2} for columns"),
    ("F({1.2;3.4};1)", "{1.2} may be columns or decimals: where arguments are separated by ;, write {1\\2} for columns"),
    ("F({1,2,3};1)", "arguments are separated by ; here: write {1\\2\\3} for the columns {1,2,3}"),
    ("F({1,2};0.5)", "arguments are separated by ; here: write {1\\2} for the columns {1,2}"),
    ("F({1, 2};5)", "arguments are separated by ; here: write \\ between the columns of an array"),
    ("F({1\\2},3)", "arguments are separated by ; here, so that a comma stands inside numbers alone"),
    ("F(-600000,60000,2,5,0,005)", "decimals are points where arguments are separated by commas: write 0.005 for 0,005"),
]  # fmt: skip


@pytest.mark.parametrize("typed, spelled", READ)
def test_a_formula_with_decimal_commas(typed, spelled):
    assert plain(typed) == spelled


@pytest.mark.parametrize("typed, sentence", REFUSED)
def test_what_can_be_read_in_two_ways_is_refused(typed, sentence):
    with pytest.raises(ExpressionError) as told:
        plain(typed)
    assert str(told.value).startswith(sentence)


def test_a_comma_between_arguments_of_a_call_with_semicolons_is_told():
    with pytest.raises(ExpressionError) as told:
        parse_call("INVERSE_PNL(-600000;60000,51234)", lambda *_: None)
    assert str(told.value).startswith("INVERSE_PNL needs price: ")
    assert str(told.value).endswith("(commas are decimals here, as ; separates arguments)")


PAGE = (Path(__file__).parents[1] / "docs/excel.md").read_text(encoding="utf-8")
SHOWN = re.findall(r"^\| `(=.*?)` \| `(=.*?)` \| (.*?) \|$", PAGE, re.M)


@pytest.mark.parametrize("with_points, with_commas, result", SHOWN)
def test_the_calls_that_the_page_shows(with_points, with_commas, result):
    value = parse_call(with_commas, sheet_call)[1]
    assert value == parse_call(with_points, sheet_call)[1]
    cells = [cell for row in value for cell in row] if isinstance(value, list) else [value]
    assert cells == pytest.approx([float(number) for number in result.split(" and ")], rel=1e-9)


def test_the_page_shows_every_kind_of_call():
    shown = " ".join(with_commas for _, with_commas, _ in SHOWN)
    assert len(SHOWN) == 6 and all(part in shown for part in ("2,5;0,005", '"usd"', "%", "TRUE", "{100;200}", "\\"))
