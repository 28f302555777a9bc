"""Monitor and Replay in whole workbooks: no fault in the file, and cached values that LibreOffice confirms, for one asset and for seven."""

import pytest
from one_sheet import write_sample
from ooxml import validate
from test_referee import differences, formula_cells

from xlhedge.ooxml.lint import lint

LEAST_FORMULAS = {"Monitor": 700, "Replay": 2_500}
each_sample = pytest.mark.parametrize("number", (0, 2))


@each_sample
@pytest.mark.parametrize("mode", ["native", "addin"])
def test_file_is_clean(tmp_path, number, mode):
    path = tmp_path / "book.xlsx"
    write_sample(path, number, mode)
    assert lint(path) == [] and validate(path) == []


@each_sample
def test_recalculates_to_its_cached_values(calc, tmp_path, number):
    path = tmp_path / "book.xlsx"
    write_sample(path, number)
    with calc.open(path) as book:
        book.recalculate()
        assert differences(path, book) == []
    sheets = [sheet for sheet, _ in formula_cells(path)]
    assert {name: sheets.count(name) > least for name, least in LEAST_FORMULAS.items()} == dict.fromkeys(
        LEAST_FORMULAS, True
    )
