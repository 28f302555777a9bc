"""A blank entry where there is no position: STRESS needs none there, and asks for every other."""

import math

import pytest

import xlhedge
from xlhedge.registry import FUNCTIONS
from xlhedge.sheet import sheet_call

PRICES, MOVES = [[60000], [3000]], [[-0.5, -0.6], [1, 0.5]]
TABLE = sheet_call(FUNCTIONS["STRESS"], [[[50], [200]], [[-600000], [0]], [[60000], [3000]], PRICES, MOVES])


def stressed(qtys, entries, coins=((50,), (200,)), prices=PRICES, moves=MOVES):
    return sheet_call(FUNCTIONS["STRESS"], [[*map(list, coins)], qtys, entries, prices, moves])


@pytest.mark.parametrize("blank", [None, ""])
def test_a_blank_entry_beside_no_position(blank):
    assert stressed([[-600000], [0]], [[60000], [blank]]) == TABLE
    across = sheet_call(FUNCTIONS["STRESS"], [[[50, 200]], [[-600000, 0]], [[60000, blank]], [[60000, 3000]], MOVES])
    assert across == TABLE
    alone = sheet_call(FUNCTIONS["STRESS"], [50, 0, blank, 60000, [[-0.5], [1]]])
    assert [row[1] for row in alone] == ["value", 1_500_000, 6_000_000]
    assert stressed([[0], [0]], blank)[1:] == stressed([[0], [0]], 1)[1:]


@pytest.mark.parametrize("qtys, entries", [
    ([[-600000], [1]], [[60000], [None]]), ([[-600000], [0]], [[None], [3000]]), ([[0], [1]], None),
    ([[-600000], [None]], [[60000], [None]]), ([[-600000], [0]], [[60000], ["x"]]),
])  # fmt: skip
def test_any_other_blank_is_refused(qtys, entries):
    assert stressed(qtys, entries) == "#VALUE!"


def test_a_row_that_is_blank_throughout_is_left_out():
    rows = [[[50], [None], [200]], [[-600000], [None], [0]], [[60000], [None], [None]], [[60000], [None], [3000]]]
    assert sheet_call(FUNCTIONS["STRESS"], [*rows, [[-0.5, None, -0.6], [1, None, 0.5]]]) == TABLE


@pytest.mark.parametrize("missing", [None, math.nan])
def test_python(missing):
    table = xlhedge.stress([50, 200], [-600000, 0], [60000, missing], [60000, 3000], MOVES)
    assert table["value"].tolist() == [row[1] for row in TABLE[1:]]
