"""Whole columns as the hosts hand them over: as many rows in and out as the call's columns are filled."""

import pytest

from xlhedge import udfs
from xlhedge.examples import same
from xlhedge.whole_columns import trimmed

ROWS = 1048576


def column(*values, blank="", rows=ROWS):
    """A column of a sheet, as a tuple of rows."""
    return (*((value,) for value in values), *((blank,),) * (rows - len(values)))


@pytest.mark.parametrize("blank", ["", None])
def test_rows_that_are_blank_in_every_whole_column_are_left_out(blank):
    prices, qtys, chosen = column(1.0, 2.0, blank, 4.0, blank=blank), column(5.0, blank=blank), column(7.0, rows=20)
    cut = trimmed([prices, qtys, chosen, 3.0, None, "mark"])
    assert [len(cells) for cells in cut[:3]] == [4, 4, 20]
    assert cut[0] == ((1.0,), (2.0,), (blank,), (4.0,)) and cut[2] is chosen
    assert cut[3:] == [3.0, None, "mark"]


def test_columns_that_begin_in_other_rows_stay_apart():
    assert [len(cells) for cells in trimmed([column(1.0, 2.0, 3.0), column(2.0, 3.0, rows=ROWS - 1)])] == [3, 2]


def test_what_is_filled_to_the_end_or_not_at_all():
    full = column(*[1.0] * ROWS)
    assert trimmed([full, 1.0]) == [full, 1.0]
    assert trimmed([column(), column()]) == [(("",),)] * 2
    assert len(trimmed([column(*[""] * 5000, 1.0)])[0]) == 5001
    assert trimmed([]) == [] and trimmed([[], 1.0]) == [[], 1.0]


def test_several_columns_and_flat_rows():
    wide = (*((1.0, ""), ("", 2.0)), *(("", ""),) * (ROWS - 2))
    assert trimmed([wide])[0] == ((1.0, ""), ("", 2.0))
    assert trimmed([[1.0, 2.0, *[None] * (ROWS - 2)]]) == [[1.0, 2.0]]


FILLED = [60000.0, 50000.0, 40000.0]


@pytest.mark.parametrize(("name", "arguments"), [
    ("INVERSE_PNL", (-600000.0, 60000.0, FILLED)),
    ("WEIGHTS", (FILLED, FILLED)),
    ("AVG_ENTRY", ([-100.0, -200.0, -100.0], FILLED)),
])  # fmt: skip
def test_a_call_with_whole_columns_is_the_call_with_their_cells(name, arguments):
    def given(rows):
        return [column(*a, blank=None, rows=rows) if isinstance(a, list) else a for a in arguments]

    result, wanted = udfs.UDFS[name](*given(ROWS)), udfs.UDFS[name](*given(3))
    assert same(result, wanted) and (not isinstance(wanted, list) or len(result) == 3)


@pytest.mark.parametrize(("name", "before"), [
    ("HISTORICAL_VAR", ([[1000.0], [500.0]],)),
    ("STRESS", ([[50.0], [200.0]], [[-6e5], [0.0]], [[6e4], [3e3]], [[6e4], [3e3]])),
])  # fmt: skip
def test_a_table_of_whole_columns_is_the_table_of_their_cells(name, before):
    rows = ((0.01, 0.02), (-0.03, -0.05), (0.02, 0.01))
    result = udfs.UDFS[name](*before, (*rows, *((None, None),) * (ROWS - 3)))
    assert same(result, udfs.UDFS[name](*before, rows)) and result != "#VALUE!"
