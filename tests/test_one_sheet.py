"""Sheets that can be built alone: no fault in the file, and cached values that LibreOffice confirms, for the smallest sample and the largest."""

from functools import cache
from pathlib import Path

import pytest
from books import SAMPLE_FILES
from one_sheet import build_sheet
from ooxml import validate
from test_referee import differences, formula_cells

from xlhedge.workbook.lint import lint
from xlhedge.workbook.monitor import build_monitor
from xlhedge.workbook.replay_sheet import build_replay

LEAST_FORMULAS = {"Monitor": (build_monitor, 700), "Replay": (build_replay, 2_500)}
each_sheet = pytest.mark.parametrize("name", LEAST_FORMULAS)
each_sample = pytest.mark.parametrize("number", (0, len(SAMPLE_FILES) - 1))


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A function that gives the workbook of a sample with the sheet in it, built once."""
    folder = tmp_path_factory.mktemp("built")

    @cache
    def build(name: str, number: int, mode: str) -> Path:
        path = folder / f"{name}-{number}-{mode}.xlsx"
        build_sheet(LEAST_FORMULAS[name][0], path, number, mode)
        return path

    return build


@each_sheet
@each_sample
@pytest.mark.parametrize("mode", ["native", "addin"])
def test_file_is_clean(built, name, number, mode):
    path = built(name, number, mode)
    assert lint(path) == [] and validate(path) == []


@each_sheet
@each_sample
def test_recalculates_to_its_cached_values(calc, built, name, number):
    path, least = built(name, number, "native"), LEAST_FORMULAS[name][1]
    with calc.open(path) as book:
        book.recalculate()
        assert differences(path, book) == []
    assert sum(sheet == name for sheet, _ in formula_cells(path)) > least
