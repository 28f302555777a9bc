"""What is printed: sections whole, no cut chart, no working, no empty frame; and the command that does it."""

import io
import re
import shutil
import subprocess

import pytest
from books import build_sample, build_text, loaded
from commands import fails, run
from openpyxl import Workbook
from openpyxl.utils import range_boundaries
from openpyxl.utils.units import cm_to_EMU

from xlhedge import pdf
from xlhedge.hosts import calc as calc_host
from xlhedge.workbook.sheets import SHEETS

UNPRINTED = {record.name for record in SHEETS if not record.printed}
COLUMN, ROW = cm_to_EMU(0.185), cm_to_EMU(0.529)
"""A character of a column's width and a row of 15 points, as LibreOffice has them."""


@pytest.fixture(scope="module", params=[2, 5], ids=["six-assets", "fund"])
def book(request, tmp_path_factory):
    path = build_sample(request.param, tmp_path_factory.mktemp("printed"))
    return loaded(path), loaded(path, data_only=True)


def areas(page) -> list[tuple[int, int, int, int]]:
    """Left, top, right and bottom of each rectangle of the print area."""
    return [range_boundaries(area.rpartition("!")[2]) for area in (page.print_area or "").split(",") if area]


def test_reference_sheets_have_no_print_area(book):
    assert {"Contracts", "Tiers", "Functions", "About"} == UNPRINTED
    assert not any(areas(book[0][name]) for name in UNPRINTED)


def test_all_else_in_which_something_stands_is_printed(book):
    """Nothing is logged on Monitor, the set is blank, and Replay shows an example."""
    printed = [page.title for page in book[0] if areas(page)]
    assert printed == [
        name for name in book[0].sheetnames if name not in {*UNPRINTED, "Monitor", "Scenario set", "Replay"}
    ]


def test_every_chart_lies_in_one_rectangle(book):
    """On a sheet that is printed, by the width of the columns and the height of the rows."""
    assert sum(len(page._charts) for page in book[0] if areas(page)) >= 4
    for page in book[0]:
        for chart in page._charts if areas(page) else ():
            column, row = chart.anchor._from.col + 1, chart.anchor._from.row + 1
            width, height = chart.anchor.ext.width, chart.anchor.ext.height
            last = row + -(-height // ROW) - 1
            right = column
            while (width := width - COLUMN * page.column_dimensions[page.cell(1, right).column_letter].width) > 0:
                right += 1
            boxes = [box for box in areas(page) if box[1] <= row <= box[3]]
            assert boxes and boxes[0][2] >= right and boxes[0][3] >= last, page.title
            assert not any(row < break_.id + 1 <= last for break_ in page.row_breaks.brk), page.title


NO_ORDER = {
    "cash": "asset,coins,price\nUSDC,1000,1\n",
    "no hedge": "asset,coins,price\nBTC,50,60000\n",
    "only margin": "asset,coins,price,venue,contract,qty,entry,margin\nBTC,50,60000,bybit,BTCUSD,-600000,50000,1\n",
}


@pytest.mark.parametrize("holdings", NO_ORDER.values(), ids=[*NO_ORDER])
def test_the_answer_is_printed_where_there_is_nothing_to_order(tmp_path, holdings):
    page = loaded(build_text(tmp_path, holdings).path)["Dashboard"]
    assert areas(page)[0][:2] == (1, 1) and areas(page)[0][3] >= 50


def test_no_working_and_no_blank_last_row(book):
    for page, values in zip(*book):
        for left, top, right, bottom in areas(page):
            cells = [cell.value for row in values.iter_rows(top, bottom, left, right) for cell in row]
            assert not any(isinstance(value, str) and value.startswith("Working") for value in cells), page.title
            below = [cell.value for row in values.iter_rows(bottom, bottom, left, right) for cell in row]
            reached = [chart.anchor._from.row + chart.anchor.ext.height / ROW for chart in page._charts]
            assert any(value not in (None, "") for value in below) or any(end > bottom - 3 for end in reached), (
                page.title
            )


def test_breaks_stand_at_sections(book):
    for page in book[0]:
        for break_ in page.row_breaks.brk if areas(page) else ():
            charts = {chart.anchor._from.row for chart in page._charts}
            assert break_.id in charts or page.cell(break_.id + 1, 1).font.bold, (page.title, break_.id)


def foreign() -> bytes:
    """A workbook that another program made."""
    made, content = Workbook(), io.BytesIO()
    made.save(content)
    return content.getvalue()


FOREIGN = [
    ("folder.xlsx", b"", "folder.xlsx: is a folder, not a file"), ("other.xlsx", foreign(), "other.xlsx: is not a workbook of xlhedge, "),
    ("h.csv", b"asset,coins,price\nBTC,1,1\n", "h.csv: is not an .xlsx workbook (it is text, perhaps CSV)"),
]  # fmt: skip


def test_pdf_of_six_assets(tmp_path):
    """Thirteen pages; a PDF of ours is written over, any other file only by --force."""
    if calc_host.find() is None or shutil.which("pdftotext") is None:
        from ooxml import missing

        missing("LibreOffice or pdftotext", "bash install/calc.sh")
    book, out = build_sample(2, tmp_path), tmp_path / "six.pdf"
    assert re.match(rf"wrote {out} \(\d+ pages, [\d,]+ kB\)\n", run("pdf", book, "--out", out).stdout)
    texts = subprocess.run(["pdftotext", "-layout", out, "-"], capture_output=True, text=True, check=True).stdout
    pages = texts.split("\f")[:-1]
    titles = [re.search(r"(\w[\w ]*), page (\d+) of (\d+)", page) for page in pages]
    assert len(pages) == 13 and {int(found[3]) for found in titles} == {len(pages)}
    assert not UNPRINTED & {found[1].strip() for found in titles}
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
    assert pdf._is_ours(out)
    out.write_bytes(b"%PDF-1.7 somebody's")
    for name, content, told in FOREIGN:
        (tmp_path / name).write_bytes(content) if content else (tmp_path / name).mkdir()
        assert told in fails(2, "pdf", tmp_path / name, "--out", tmp_path / "other.pdf")
    assert not (tmp_path / "other.pdf").exists()
    assert fails(2, "pdf", book, "--out", out).endswith("no PDF of a workbook of xlhedge; move it, or use --force")
    assert out.read_bytes() == b"%PDF-1.7 somebody's"


@pytest.mark.parametrize(("arguments", "told"), [
    (["--out", "plan.txt"], "--out must end in .pdf (got 'plan.txt')"),
    (["--out", "nowhere/plan.pdf"], "there is no folder nowhere"),
    (["--out", "plan.pdf"], "to print needs LibreOffice, which is not here: install LibreOffice 25.2 or later"),
])  # fmt: skip
def test_what_cannot_be_printed(tmp_path, monkeypatch, arguments, told):
    monkeypatch.setattr(calc_host, "find", lambda: None)
    monkeypatch.chdir(tmp_path)
    assert told in fails(2, "pdf", "book.xlsx", *arguments)
