"""Sheets that can be built alone: no fault in the file, and cached values that LibreOffice confirms, for the smallest sample and the largest."""

import pytest
from books import SAMPLE_FILES
from one_sheet import build_sheet
from ooxml import validate
from test_referee import differences, formula_cells

from xlhedge.ooxml.lint import lint
from xlhedge.workbook.sheets.monitor import build_monitor
from xlhedge.workbook.sheets.replay import build_replay

LEAST_FORMULAS = {"Monitor": (build_monitor, 700), "Replay": (build_replay, 2_500)}
each_sheet = pytest.mark.parametrize("name", LEAST_FORMULAS)
each_sample = pytest.mark.parametrize("number", (0, len(SAMPLE_FILES) - 1))


@each_sheet
@each_sample
@pytest.mark.parametrize("mode", ["native", "addin"])
def test_file_is_clean(tmp_path, name, number, mode):
    path = tmp_path / "book.xlsx"
    build_sheet(LEAST_FORMULAS[name][0], path, number, mode)
    assert lint(path) == [] and validate(path) == []


@each_sheet
@each_sample
def test_recalculates_to_its_cached_values(calc, tmp_path, name, number):
    path, (builder, least) = tmp_path / "book.xlsx", LEAST_FORMULAS[name]
    build_sheet(builder, path, number)
    with calc.open(path) as book:
        book.recalculate()
        assert differences(path, book) == []
    assert sum(sheet == name for sheet, _ in formula_cells(path)) > least
