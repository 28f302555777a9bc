"""Stamped workbooks against those that openpyxl builds one by one."""

import io
import json
import math
import zipfile
import zlib
from itertools import groupby

import numpy as np
import pytest
from books import SAMPLE_FILES, SAMPLES
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from random_holdings import write_random

from xlhedge.intake import read_portfolios
from xlhedge.portfolio.scenarios import read_scenarios
from xlhedge.workbook.file import packing
from xlhedge.workbook.file.stamp import stamp
from xlhedge.workbook.file.writer import render
from xlhedge.workbook.grid import numbers
from xlhedge.workbook.grid.numbers import number_text, number_texts
from xlhedge.workbook.model import build_model, failed_checks
from xlhedge.workbook.portfolios import shape


def members(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {info.filename: archive.read(info) for info in archive.infolist()}


def unlike(first: bytes, second: bytes) -> list[str]:
    """The parts that differ, with the place where each begins to."""
    a, b = members(first), members(second)
    assert list(a) == list(b)
    found = []
    for name in a:
        if a[name] != b[name]:
            at = next((i for i, (x, y) in enumerate(zip(a[name], b[name])) if x != y), -1)
            found.append(f"{name}: {a[name][at - 80 : at + 40]} / {b[name][at - 80 : at + 40]}")
    return found


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    """Random portfolios by shape."""
    portfolios, errors = read_portfolios(write_random(tmp_path_factory.mktemp("many") / "many.csv", 60, seed=1))
    assert not errors, errors
    ordered = sorted(portfolios, key=lambda portfolio: repr(shape(portfolio)))
    return [list(group) for _, group in groupby(ordered, key=lambda portfolio: repr(shape(portfolio)))]


def samples():
    return [read_portfolios(SAMPLES / a, b and SAMPLES / b)[0][0] for a, b in SAMPLE_FILES]


@pytest.mark.parametrize("mode", ["native", "addin", "lambda"])
def test_a_stamped_workbook_is_the_one_that_is_built_part_for_part(many, mode):
    group = max(many, key=len)
    assert len(group) > 4
    for portfolio, stamped in list(zip(group, stamp(group, mode)))[:: len(group) // 3]:
        assert not unlike(render(build_model(portfolio, mode)), stamped.content), portfolio.name


def test_every_shape_is_stamped_as_it_is_built(many):
    assert len(many) > 10
    for group in many:
        stamped = list(stamp(group))[-1]
        assert not unlike(render(build_model(group[-1])), stamped.content), group[-1].name


@pytest.mark.parametrize("portfolio", samples(), ids=[name for name, _ in SAMPLE_FILES])
def test_the_samples_are_stamped_with_own_scenarios(portfolio, tmp_path):
    (tmp_path / "own.csv").write_text("set,scenario,other,days\nMy set,Down,-0.3,10\nMy set,Up,0.3,\n")
    sets, errors = read_scenarios(tmp_path / "own.csv", [holding.values.asset for holding in portfolio.holdings])
    assert not errors
    stamped = next(stamp([portfolio], scenarios=sets))
    assert not unlike(render(build_model(portfolio, scenarios=sets)), stamped.content)
    assert "My set" in load_workbook(io.BytesIO(stamped.content)).sheetnames


def test_the_bytes_do_not_depend_on_who_is_stamped_together(many):
    group = max(many, key=len)[:5]
    together = [stamped.content for stamped in stamp(group)]
    alone = [next(stamp([portfolio])).content for portfolio in group]
    assert [a == b for a, b in zip(together, alone)] == [True] * len(group)
    assert list(stamp(group[::-1]))[0].content == together[-1]


def test_checks_and_figures_are_those_of_the_book(many):
    for group in many[:6]:
        for portfolio, stamped in zip(group, stamp(group)):
            book = build_model(portfolio)
            assert stamped.failed == tuple(failed_checks(book))
            figures = {name: values.tolist()[0] for name, values in book.figures.items()}
            assert repr(stamped.figures) == repr(figures)  # nan is nan


def test_figures_are_those_of_the_sheets():
    stamped = next(stamp([samples()[0]]))
    book = load_workbook(io.BytesIO(stamped.content), data_only=True)
    shown = {cell.value for row in book["Hedge plan"] for cell in row}
    figures = stamped.figures
    assert figures["value_usd"] == 3_000_000 and figures["contracts"] < 0 < figures["margin_usd"]
    for name in ("contracts", "net_trade_usd", "net_position_usd", "nearest_asset", "nearest_liquidation"):
        assert figures[name] in shown, name


def test_without_isal_and_orjson_every_part_is_the_same(many, monkeypatch):
    group = max(many, key=len)[:3]
    fast = [stamped.content for stamped in stamp(group)]
    monkeypatch.setattr(packing, "isal_zlib", None)
    monkeypatch.setattr(numbers, "orjson", None)
    for ours, stamped in zip(fast, stamp(group)):
        assert not unlike(ours, stamped.content)


@pytest.mark.parametrize("is_end", [True, False])
@pytest.mark.parametrize("size", [0, 1, 7, 8, 9, 24, 25, 40, 300, 70_000, 1_000_000])
def test_packing_begins_with_a_block_of_its_own_and_reads_back(size, is_end):
    """Why: see packing.PRIMER. Every length around the limits of ISA-L's loops, and more than its window."""
    data = b"".join(b'<c r="A%d"><v>%d</v></c>' % (n, n * n) for n in range(size // 20 + 1))[:size]
    packed = packing.fast(data, is_end)
    reader = zlib.decompressobj(-15)
    assert reader.decompress(packed) == data and reader.eof == is_end
    if packing.isal_zlib is not None and size >= packing.PRIMER:
        flushed = b"\0\0\xff\xff"
        first = packed[: packed.index(flushed) + len(flushed)]
        assert zlib.decompressobj(-15).decompress(first) == data[: packing.PRIMER]


@pytest.mark.parametrize(
    ("change", "same"),
    [("", True), ("BTC,2,50000,,", True), ("-BTC,1,60000,,", False), ("BTC,1,60000,,\nETH,1,3000,,", True),
     ("BTC,1,60000,,\nETH,1,3000,,\nSOL,1,150,,\nXRP,1,1,,", False), ("BTC,1,60000,bybit,20%", True)],
)  # fmt: skip
def test_portfolios_of_one_shape(tmp_path, change, same):
    """Tables have four rows, and eight once no fourth is left blank: of assets here, and so of positions."""
    head = "asset,coins,price,venue,hedge_ratio\n"
    shapes = []
    for name, rows in (("a.csv", "BTC,1,60000,,"), ("b.csv", change or "BTC,1,60000,,")):
        (tmp_path / name).write_text(head + rows)
        (portfolio,), errors = read_portfolios(tmp_path / name)
        assert not errors
        shapes.append(shape(portfolio))
    assert (shapes[0] == shapes[1]) is same


numbers_of_sheets = st.floats(allow_nan=False, allow_infinity=False)


@given(st.lists(numbers_of_sheets, min_size=1, max_size=20))
def test_numbers_are_written_alike_and_read_back(values):
    array = np.array(values) + 0.0
    texts = number_texts(array)
    assert texts == [number_text(value) for value in values]
    assert [float(text) for text in texts] == values


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, b"0"), (-0.0, b"0"), (60000.0, b"60000"), (1e-5, b"0.00001"), (2.5e-5, b"0.000025"), (-1e-7, b"-1e-7"),
     (1e22, b"1e+22"), (0.1 + 0.2, b"0.30000000000000004"), (5e-324, b"5e-324")],
)  # fmt: skip
def test_spelling_of_numbers(value, text, monkeypatch):
    assert number_text(value) == text and number_texts(np.array([value]) + 0.0) == [text]
    monkeypatch.setattr(numbers, "orjson", None)
    assert number_texts(np.array([value, value]) + 0.0) == [text, text]
    assert json.loads(text) == value and math.copysign(1, float(text)) == (1 if value == 0 else math.copysign(1, value))
