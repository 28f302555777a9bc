"""What people type into eval out of a spreadsheet: truths of other languages, cells, error words, words without quotes."""

import pytest

from xlhedge.errors import XlhedgeError
from xlhedge.expression import parse_call, parse_value
from xlhedge.sheet import sheet_call

LIQ = "LIQ_PRICE(-600000,60000,2.5,0.005"
ERROR = "is an error, not a value: write what should be there in its place"
ALL = "`xlhedge functions` lists all functions"

TRUTHS = [
    ("TRUE", True), ("true", True), ("WAHR", True), ("Vrai", True), ("TRUE()", True),
    ("FALSE", False), ("false", False), ("FALSCH", False), ("faux", False), ("FALSE()", False),
]  # fmt: skip

READ = [
    ("1E5 + 2.5e3", 102500), ('"A1:B3, #N/A, it\'s"', "A1:B3, #N/A, it's"), ("{1;2}", [[1], [2]]),
    ('MARKET("sample", "BTCUSD", "mark")', 60000), (f'{LIQ},0,0,"mark")', 79600),
]  # fmt: skip

REFUSED = [
    ("LIQ_PRICE(A1,60000)", "eval sees no cells: write the value of A1"),
    ("LIQ_PRICE($B$2;60000;2,5;0,005)", "eval sees no cells: write the value of $B$2"),
    ("INVERSE_PNL(1,2,{3;b4})", "eval sees no cells: write the value of b4"),
    ("WEIGHTS(Sheet1!A1:B3, 2)", "eval sees no cells: write the values of Sheet1!A1:B3, as in {1;2;3}"),
    ("WEIGHTS('My sheet'!A1, 2)", "eval sees no cells: write the value of 'My sheet'!A1"),
    ("WEIGHTS(Inputs!A:A, 2)", "eval sees no cells: write the values of Inputs!A:A, as in {1;2;3}"),
    ("WEIGHTS(A:$B, 2)", "eval sees no cells: write the values of A:$B, as in {1;2;3}"),
    ("WEIGHTS(2:3, 2)", "eval sees no cells: write the values of 2:3, as in {1;2;3}"),
    ("WEIGHTS(Table1[coins], 2)", "eval sees no cells: write the values of Table1[coins], as in {1;2;3}"),
    ("Inputs!price * 2", "eval sees no cells: write the value of Inputs!price"),
    *((f"LIQ_PRICE({word};60000;2,5;0,005)", f"{word} {ERROR}")
      for word in ("#NV", "#N/A", "#WERT!", "#ZAHL!", "#DIV/0!", "#NAME?", "#BEZUG!", "#ÜBERLAUF!")),
    (f"{LIQ},0,0,mark)", 'method is a text: write "mark" in quotes'),
    (f"{LIQ},0,0,'mark')", "'mark' is not in double quotes: write \"mark\""),
    (f"{LIQ},0,0,„mark“)", "„mark“ is not in double quotes: write \"mark\""),
    ("MARKET(sample, BTCUSD, mark)", 'venue is a text: write "sample" in quotes'),
    ("LIQ_PRICE(LIQ_DISTANCE(1, 2), much, 2.5, 0.005)", "entry must be > 0 USD/coin (got the word much)"),
    ("INVERSE_PNL(-600000;60000;50000;Münze)", 'unit is a text: write "Münze" in quotes'),
    ("much", f"much is neither a number, a call nor a text in quotes; {ALL}"),
    ("LIQ_PRIC", "LIQ_PRIC is neither a number, a call nor a text in quotes; did you mean LIQ_PRICE?"),
    ("AVERAGE(1)", f"AVERAGE is not a worksheet function of xlhedge; {ALL}"),
    ("SUM(1)", f"SUM is not a worksheet function of xlhedge; {ALL}"),
    ("ROUND(1)", "ROUND is not a worksheet function of xlhedge; did you mean ROUND_LOT or ROUND_TICK?"),
    ("pnl(1)", "PNL is not a worksheet function of xlhedge; `xlhedge functions pnl` lists those with this word"),
]  # fmt: skip


@pytest.mark.parametrize("typed, value", TRUTHS)
def test_true_and_false(typed, value):
    assert parse_value(typed) is value


@pytest.mark.parametrize("typed, value", READ)
def test_what_only_looks_like_cells_or_errors(typed, value):
    assert parse_call(typed, sheet_call)[1] == value


@pytest.mark.parametrize("typed, sentence", REFUSED)
def test_what_eval_does_not_know_gets_a_sentence(typed, sentence):
    with pytest.raises(XlhedgeError) as told:
        parse_call(typed, sheet_call)
    assert str(told.value) == sentence
