"""Each chart shows the cells that it claims, with their values in the file, and can be read in grey."""

import io
import re
import zipfile
from functools import cache
from itertools import combinations
from pathlib import PurePosixPath
from xml.etree import ElementTree

import pytest
from books import SAMPLE_FILES, SAMPLES
from openpyxl import load_workbook
from openpyxl.utils import range_boundaries

from xlhedge.intake import read_portfolios
from xlhedge.nodes import Ref
from xlhedge.ooxml.habits import charts as habits
from xlhedge.ooxml.lint import bar_charts
from xlhedge.ooxml.package import Package
from xlhedge.workbook.file.writer import render
from xlhedge.workbook.grid.chart import BARS, INVISIBLE, LINES, Chart, Series
from xlhedge.workbook.grid.sheet import Book
from xlhedge.workbook.model import build_model

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
TWENTY = "asset,coins,price,hedge_ratio,face,mmr\n" + "".join(f"C{k},1000,{k},{2 * k}%,1,0.01\n" for k in range(1, 21))
"""Twenty coins, each hedged in a contract of its own."""
PORTFOLIOS = {
    "six assets": SAMPLES / SAMPLE_FILES[2][0],
    "one asset": SAMPLES / SAMPLE_FILES[0][0],
    "twenty assets": TWENTY,
    "nothing to hedge": "asset,coins,price\nUSDC,1000,1\n",
    "everything liquidated": (
        "asset,coins,price,hedge_ratio,face,mmr,qty,entry,margin\n"
        "BTC,10,60000,50%,1,0.01,-300000,40000,0.1\nETH,100,3000,50%,1,0.01,-150000,2000,0.5\n"
    ),
}


@cache
def built(name: str, folder) -> tuple[Book, bytes]:
    """The model of a portfolio and its workbook."""
    source = PORTFOLIOS[name]
    if isinstance(source, str):
        source = folder / "holdings.csv"
        source.write_text(PORTFOLIOS[name])
    portfolios, mistakes = read_portfolios(source)
    assert not mistakes, mistakes
    book = build_model(portfolios[0])
    return book, render(book)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("charts")


def drawn(content: bytes) -> dict[str, list[ElementTree.Element]]:
    """The charts of each sheet as the file has them, in their order, found through its relationships."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:

        def related(part: str, kind: str) -> list[str]:
            folder, name = PurePosixPath(part).parent, PurePosixPath(part).name
            rels = f"{folder}/_rels/{name}.rels"
            if rels not in archive.namelist():
                return []
            links = ElementTree.fromstring(archive.read(rels))
            found = (e for e in links if e.get("Type").endswith(f"/{kind}"))
            return [
                e.get("Target").lstrip("/") for e in sorted(found, key=lambda e: int(re.sub(r"\D", "", e.get("Id"))))
            ]

        sheets = ElementTree.fromstring(archive.read("xl/workbook.xml")).iter(f"{MAIN}sheet")
        found = {}
        for number, sheet in enumerate(sheets, 1):
            drawings = related(f"xl/worksheets/sheet{number}.xml", "drawing")
            parts = [part for drawing in drawings for part in related(drawing, "chart")]
            found[sheet.get("name")] = [ElementTree.fromstring(archive.read(part)) for part in parts]
        return found


def claimed(book: Book) -> list[tuple[str, Chart]]:
    """Every chart that a book declares, with its sheet."""
    return [(sheet.name, chart) for sheet in book.sheets.values() for chart in sheet.charts]


def in_order(chart: Chart) -> list[Series]:
    """The series as they are drawn: bars first, lines over them."""
    return sorted(chart.series, key=lambda series: chart.kind != "scatter" and series.look in LINES)


def cells_of(text: str, page) -> list:
    """The values of the cells that a reference such as 'Hedge plan'!$B$3:$B$9 names."""
    assert text.rpartition("!")[0].strip("'").replace("''", "'") == page.title
    left, top, right, bottom = range_boundaries(text.rpartition("!")[2].replace("$", ""))
    return [page.cell(row, column).value for row in range(top, bottom + 1) for column in range(left, right + 1)]


def cached_in(ref: ElementTree.Element, count: int) -> list:
    """The values that a chart has of its own, None where it has none."""
    (cache,) = (child for child in ref if child.tag in (f"{C}numCache", f"{C}strCache"))
    assert int(cache.find(f"{C}ptCount").get("val")) == count
    found = [None] * count
    for point in cache.iter(f"{C}pt"):
        text = point.findtext(f"{C}v")
        found[int(point.get("idx"))] = float(text) if cache.tag == f"{C}numCache" else text
    return found


def shown(value):
    """A cell's value as a chart has it: no text among numbers, and nothing for a blank text."""
    return None if value in ("", None) else value


def area(ref: Ref) -> tuple[int, int, int, int]:
    """First column and row, last column and row."""
    return ref.column, ref.row, ref.column + max(ref.columns, 1) - 1, ref.row + max(ref.rows, 1) - 1


@pytest.mark.parametrize("name", PORTFOLIOS)
def test_a_chart_has_the_cells_that_it_claims_and_their_values(folder, name):
    book, content = built(name, folder)
    pages, found = load_workbook(io.BytesIO(content), data_only=True), drawn(content)
    charts = [(sheet, root) for sheet, roots in found.items() for root in roots]
    assert [sheet for sheet, _ in charts] == [sheet for sheet, _ in claimed(book)] and len(charts) >= 5
    for (sheet, chart), (_, root) in zip(claimed(book), charts):
        series = root.findall(f".//{C}ser")
        assert len(series) == len(chart.series)
        for claim, one in zip(in_order(chart), series):
            refs = {
                child.tag.removeprefix(C): child[0]
                for child in one
                if child.tag in (f"{C}tx", f"{C}xVal", f"{C}cat", f"{C}yVal", f"{C}val")
            }
            x, y = refs.get("xVal", refs.get("cat")), refs.get("yVal", refs.get("val"))
            for ref, wanted in ((x, claim.x), (y, claim.y), *([(refs["tx"], claim.label)] if claim.label else [])):
                text = ref.findtext(f"{C}f")
                assert range_boundaries(text.rpartition("!")[2].replace("$", "")) == area(wanted)
                values = [shown(value) for value in cells_of(text, pages[sheet])]
                assert cached_in(ref, len(values)) == values
            if not claim.label:
                assert one.findtext(f"{C}tx/{C}v") == claim.name
            assert any(
                isinstance(value, float) for value in cached_in(y, max(claim.y.rows, 1) * max(claim.y.columns, 1))
            )


def of_series(folder, name: str, sheet: str, title: str, series: str) -> tuple[str | None, list, list]:
    """What the legend says of a series of a chart, its places and its values, as the file has them."""
    book, content = built(name, folder)
    number, chart = next((i, c) for i, c in enumerate(book.sheets[sheet].charts) if c.title.startswith(title))
    at = [one.name for one in in_order(chart)].index(series)
    one = drawn(content)[sheet][number].findall(f".//{C}ser")[at]
    x, y = ([float(e.text) for e in one.findall(f"{C}{kind}//{C}v")] for kind in ("xVal", "yVal"))
    return one.findtext(f"{C}tx//{C}v"), x, y


MARKED = [
    # 600,000 USD short from 60,000 with 5 BTC and 0.5 %: 5 + 600,000 / P - 10 = 0.5 % of 600,000 / P at P = 119,400
    ("one asset", "Scenarios", "Value", "First position liquidated", "First position liquidated", [0.99, 0.99]),
    ("one asset", "Scenarios", "Value", "Now", "Now", [0, 0]),
    ("one asset", "Replay", "Value", "Liquidated", "Never liquidated", [0, 0]),
    # 300,000 USD short from 40,000 with 0.1 BTC and 1 %: 0.1 + 300,000 / P - 7.5 = 3,000 / P at P = 297,000 / 7.4 = 40,135.14
    ("everything liquidated", "Scenarios", "Margin", "First position liquidated", "First position liquidated",
     [297_000 / 7.4 / 60_000 - 1] * 2),
    ("everything liquidated", "Replay", "Value", "Liquidated", "Liquidated", [1, 1]),  # 0.1 BTC, less fees, are gone at the first rise
    ("nothing to hedge", "Scenarios", "Value", "First position liquidated", "First position liquidated: not in this picture", [-0.9, -0.9]),
    ("nothing to hedge", "Replay", "Value", "Liquidated", "Never liquidated", [0, 0]),
]  # fmt: skip
"""Portfolio, sheet, chart, line, what the legend says, and where it stands."""


@pytest.mark.parametrize(("name", "sheet", "title", "series", "label", "at"), MARKED)
def test_places_are_marked(folder, name, sheet, title, series, label, at):
    told, x, y = of_series(folder, name, sheet, title, series)
    assert (told, x) == (label, pytest.approx(at, rel=1e-12))
    assert (y[0] < y[1]) == (told == series)


HEADERS = [
    ("Dashboard", "Net exposure", "Base", "Bar", "Base"),
    ("Dashboard", "Net exposure", "Net exposure", "Bar", "Exposure"),
    ("Dashboard", "Net exposure", "Bought", "Bar", "Bought"),
    ("Dashboard", "Net exposure", "Bought", "Bar", "Bought, below zero"),
    ("Dashboard", "Net exposure", "Sold", "Bar", "Sold"),
    ("Dashboard", "Net exposure", "Sold", "Bar", "Sold, below zero"),
    ("Dashboard", "Net exposure", "Target", "Bar", "Target"),
    ("Dashboard", "Move to", "Survived at once", "Label", "Move survived at once"),
    ("Dashboard", "Move to", "Survived after adverse funding", "Label", "After adverse funding"),
    ("Dashboard", "Move to", "Move to survive", "Label", "Move to survive"),
    ("Dashboard", "Move to", "Amber", "Label", "Amber"),
    ("Dashboard", "Move to", "Red", "Label", "Red"),
    ("Dashboard", "Carry", "Expected", "Day", "Expected"),
    ("Dashboard", "Carry", "Adverse funding", "Day", "Adverse"),
    ("Dashboard", "Carry", "Breaks even", "Day", "USD"),
    ("Dashboard", "Change of", "Hedged", "Label", "Hedged"),
    ("Dashboard", "Change of", "Unhedged", "Label", "Unhedged"),
    ("Allocation", "Weights before", "Physical weight now", "Asset shown", "Physical weight now"),
    ("Allocation", "Weights before", "Hedged weight now", "Asset shown", "Hedged weight now"),
    ("Allocation", "Weights before", "Target", "Asset shown", "Target"),
    ("Allocation", "Weights before", "Hedged weight after", "Asset shown", "Hedged weight after"),
    ("Scenarios", "Value along", "Unhedged", "Move", "Unhedged value"),
    ("Scenarios", "Value along", "Hedged", "Move", "Hedged value"),
    ("Scenarios", "Value along", "Hedge gain from now", "Move", "Hedge gain from now"),
    ("Scenarios", "Value along", "Now", "x from", "y from"),
    ("Scenarios", "Value along", "First position liquidated", "x from", "y from"),
    ("Scenarios", "Margin ratio", "Margin ratio", "Move", "Margin ratio, first position"),
    ("Scenarios", "Margin ratio", "Liquidation at 100%", "x from", "y from"),
    ("Scenarios", "Margin ratio", "Now", "x from", "y from"),
    ("Scenarios", "Margin ratio", "First position liquidated", "x from", "y from"),
    ("Compare", "Value at the horizon", "Sell spot now: 0", "x from", "y from"),
    ("Compare", "Value at the horizon", "Inverse perpetual", "Move", "Inverse perpetual"),
    ("Compare", "Value at the horizon", "Dated inverse", "Move", "Dated inverse"),
    ("Compare", "Value at the horizon", "Linear perpetual", "Move", "Linear perpetual"),
    ("Compare", "Value at the horizon", "Now", "x from", "y from"),
    ("Compare", "Value at the horizon", "Rally that the margin survives", "x from", "y from"),
    ("Replay", "Value along", "Unhedged", "For the chart: step", "For the chart: unhedged"),
    ("Replay", "Value along", "Hedged", "For the chart: step", "For the chart: hedged"),
    ("Replay", "Value along", "Hedged less unhedged", "For the chart: step", "For the chart: difference"),
    ("Replay", "Value along", "Liquidated", "x from", "y from"),
]
"""Sheet, how its chart's title begins, series, and the headings above the cells of x and of y."""


def heading(sheet, ref: Ref) -> str:
    """The header next above the first of some cells."""
    above = [b for b in sheet.blocks if b.style.role == "header" and b.column == ref.column and b.row < ref.row]
    return max(above, key=lambda block: block.row).value(0, 0, 0)


def test_the_cells_stand_below_the_headings_that_the_names_promise(folder):
    book, _ = built("six assets", folder)
    found = {
        (sheet, chart.title, series.name, *(heading(book.sheets[sheet], ref) for ref in (series.x, series.y)))
        for sheet, chart in claimed(book) for series in chart.series
    }  # fmt: skip
    assert len(found) == len(HEADERS)
    for sheet, title, *rest in HEADERS:
        assert any((s, *r) == (sheet, *rest) and t.startswith(title) for s, t, *r in found), (sheet, title, rest)


# ---- in grey


def luma(color: str) -> float:
    """How light a colour is, 0 to 1, as ITU-R BT.601 weighs its parts."""
    red, green, blue = bytes.fromhex(color)
    return (0.299 * red + 0.587 * green + 0.114 * blue) / 255


def test_no_two_looks_of_a_line_have_the_same_dash_and_marker():
    assert len({(look.dash, look.marker) for look in LINES.values()}) == len(LINES)


def test_bars_of_a_chart_differ_in_lightness_or_pattern(folder):
    for _, chart in claimed(built("six assets", folder)[0]):
        looks = {series.look for series in chart.series} & {*BARS} - {INVISIBLE}
        for one, other in combinations(looks, 2):
            one, other = BARS[one], BARS[other]
            assert one.pattern != other.pattern or abs(luma(one.color) - luma(other.color)) > 0.15


def test_lightness_is_weighed():
    """White is 1; pure green weighs 0.587."""
    assert luma("FFFFFF") == pytest.approx(1) and luma("00FF00") == pytest.approx(0.587)


# ---- what a spreadsheet is told


def test_the_rules_of_files_are_kept(folder, tmp_path):
    _, content = built("six assets", folder)
    (tmp_path / "book.xlsx").write_bytes(content)
    package = Package.open(tmp_path / "book.xlsx")
    assert [*habits(package), *bar_charts(package)] == []


def test_folded_rows_are_drawn_and_titles_have_units(folder):
    for roots in drawn(built("six assets", folder)[1]).values():
        for root in roots:
            assert root.find(f".//{C}plotVisOnly").get("val") == "0"
            texts = "".join(root.itertext())
            assert "USD (M = million)" in texts or "fraction" in texts or "share of the portfolio" in texts
