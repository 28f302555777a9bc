"""Workbooks that another program only saved, and the variants: no false alarm, and one sentence where functions were missing."""

import re

import pytest
from books import build_sample, loaded
from excel_saved import excel_saved
from test_check import patched

from xlhedge import check
from xlhedge.check import check_files
from xlhedge.hosts import calc as calc_host

DONE = r"([\d,]+) formulas recalculated by LibreOffice \d+\.\d+{}, 52 checks, no links, no macros"
FUNCTIONS = " with the functions of xlhedge"


@pytest.fixture(scope="module")
def saved(tmp_path_factory, plain_office):
    """The workbook of one asset in the modes that differ here, as it is built and as Excel or LibreOffice leaves it."""
    folder, files = tmp_path_factory.mktemp("saved"), {}
    for mode in ("native", "addin", "lambda"):
        files[mode, "built"] = build_sample(0, folder, mode)
    files["native", "Excel"] = folder / "excel.xlsx"
    files["native", "Excel"].write_bytes(excel_saved(files["native", "built"].read_bytes()))
    for mode in ("native", "addin"):
        with plain_office.running().open(files[mode, "built"]) as book:
            files[mode, "LibreOffice"] = book.save(folder / f"libreoffice-{mode}.xlsx")
    return files


@pytest.fixture(scope="module")
def reports(saved):
    """What is said of each of them, by one Calc."""
    return dict(zip(saved, check_files(saved.values()), strict=True))


def test_what_was_only_saved_is_clean(reports):
    wrong = {name: [str(f) for f in report.wrong] for name, report in reports.items() if report.wrong}
    assert list(wrong) == [("addin", "LibreOffice")]


def test_what_was_done_is_said(saved, reports):
    book = loaded(saved["native", "built"])
    count = sum(cell.data_type == "f" for page in book for row in page.iter_rows() for cell in row)
    for mode in ("native", "addin", "lambda"):
        told = re.fullmatch(DONE.format("" if mode == "native" else FUNCTIONS), reports[mode, "built"].done)
        assert told and int(told[1].replace(",", "")) == reports[mode, "built"].recalculated >= count > 3000
    assert reports["native", "built"].recalculated == reports["native", "Excel"].recalculated == count


def test_a_program_without_the_functions_is_told_once(reports):
    """LibreOffice without the add-in leaves #NAME? in its cells, and in the ones that depend on them."""
    (finding,) = reports["addin", "LibreOffice"].wrong
    assert re.fullmatch(
        r"value: [\d,]+ cells of \d+ sheets show errors: it was last calculated by a program without the functions of the "
        r"add-in; open it where they are and recalculate, or build it with --functions native", str(finding),
    )  # fmt: skip


def test_a_function_that_a_workbook_defines_otherwise_is_found(saved, tmp_path, monkeypatch):
    monkeypatch.setattr(check, "engine", lambda: None)
    other = patched(saved["lambda", "built"], tmp_path, "xl/workbook.xml", r'(name="ROE"[^>]*>[^<]*)-1', r"\1-2")
    (report,) = check_files([other])
    assert "formula: ROE: the function that this name defines was changed" in map(str, report.wrong)


def test_without_libreoffice_what_was_not_recalculated_is_said(saved, monkeypatch):
    monkeypatch.setattr(calc_host, "find", lambda: None)
    (report,) = check_files([saved["addin", "built"]])
    assert not report.wrong and report.done.startswith(f"none of {report.formulas:,} formulas recalculated, ")
    assert "left out: the formulas need the functions of the add-in, which formualizer does not have here" in str(
        report.findings[-1]
    )
