"""Many workbooks at once: processes look at them, one LibreOffice recalculates; the same is said as by one after the other."""

import multiprocessing
import shutil
import threading
import time
from types import SimpleNamespace
from xml.etree.ElementTree import fromstring

import pytest
from books import build_sample
from hypothesis import given
from hypothesis import strategies as st
from ooxml import missing
from test_check import TAMPERED, patched

from xlhedge import check
from xlhedge.check import Report, side_by_side
from xlhedge.check.recalculation import Calc
from xlhedge.errors import Unreadable
from xlhedge.hosts import calc as host
from xlhedge.ooxml.bare import bare_copy
from xlhedge.ooxml.guard import DEEPEST, Archive
from xlhedge.ooxml.package import Package


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Sound workbooks of two kinds, changed ones, text that calls itself a workbook, and a file that is not there."""
    folder = tmp_path_factory.mktemp("side")
    sound = [build_sample(number, folder) for number in (1, 2)]
    changed = []
    for number in (0, 1):
        (folder / str(number)).mkdir()
        changed.append(patched(sound[1], folder / str(number), *TAMPERED[number][1:4]))
    (folder / "text.xlsx").write_text("asset,coins\n")
    again = [shutil.copy(sound[0], folder / f"again {i}.xlsx") for i in range(2)]
    return [*sound, *changed, folder / "text.xlsx", folder / "none.xlsx", *again]


@pytest.fixture
def needs_calc():
    if host.find() is None:
        missing("LibreOffice", "bash install/calc.sh")


def test_the_same_is_said_as_by_one_after_the_other(files, needs_calc):
    assert len(files) >= check.FEWEST
    together = [*check.check_files(files)]
    with Calc() as recalculates:
        alone = [*check._one_after_another(files, recalculates)]
    assert [report.file for report in together] == files
    assert together == alone
    told = [report.verdict for report in together]
    assert told[:2] == ["nothing wrong"] * 2 and "there is no such file" in told[5] and told[2] == "1 thing wrong"


def test_a_process_that_is_killed_costs_its_own_file_alone(files, needs_calc):
    """Whatever ends it: what it had in hand is told as an error, and another process goes on."""
    paths, before = [files[0]] * check.FEWEST, {each.pid for each in multiprocessing.active_children()}

    def kill() -> None:
        while not (begun := [each for each in multiprocessing.active_children() if each.pid not in before]):
            time.sleep(0.01)
        time.sleep(0.5)
        begun[0].kill()

    killer = threading.Thread(target=kill)
    killer.start()
    reports = [*check.check_files(paths)]
    killer.join()
    lost = [report.error for report in reports if report.error]
    assert lost == [f"{files[0]}: the process that looked at it was killed (SIGKILL)"]
    assert [report.verdict for report in reports if not report.error] == ["nothing wrong"] * (check.FEWEST - 1)
    assert not [each for each in multiprocessing.active_children() if each.pid not in before and each.is_alive()]


def test_what_nobody_expected_stops_no_other_file(monkeypatch, tmp_path):
    """The recalculation that was under way when it happened is not taken for that of the next file."""
    ours, theirs = multiprocessing.Pipe()

    def begun(path, recalculates):
        future = recalculates._pool.submit(lambda: theirs.send("copy") or theirs.recv())
        if path == "bad":
            raise KeyError("nothing")
        return SimpleNamespace(report=lambda: Report(path, engine=future.result()))

    monkeypatch.setattr(side_by_side, "serve", lambda: None)
    monkeypatch.setattr(side_by_side, "Begun", begun)
    served = threading.Thread(target=side_by_side._serve, args=(theirs, tmp_path))
    served.start()
    told = []
    for path in ("bad", "good"):
        ours.send(path)
        assert ours.recv() == "copy"
        ours.send(f"recalculated for {path}")
        told.append(ours.recv())
    ours.send(None)
    served.join()
    assert told[0] == Report("bad", error="bad: unexpected KeyError: 'nothing'; please report it")
    assert told[1].engine == "recalculated for good" and not [*tmp_path.iterdir()]


def test_a_bare_copy_has_the_values_of_the_whole_workbook(files, calc, tmp_path):
    """It has no looks: flags are flags and numbers numbers all the same."""
    (tmp_path / "bare.xlsx").write_bytes(bare_copy(Package.open(files[1])))
    found = calc.results(tmp_path / "bare.xlsx")
    with calc.open(files[1]) as book:
        book.recalculate()
        for sheet, cells in found.items():
            whole = book.cells(sheet)
            seen = {at: (type(value), value) for at, value in cells.items() if value != ""}
            assert seen == {at: (type(whole[at]), whole[at]) for at in seen}, sheet
    assert sum(isinstance(value, bool) for cells in found.values() for value in cells.values()) > 100


TEXT = st.sampled_from(["", "x", "/>", "a > b", "]]&gt;"])
NOISE = st.sampled_from(
    ['<b c="/>"/>', "<b/>", '<b c="&lt;/a&gt;">x</b>', "<!-- <a><a> -->", "<![CDATA[<a>]]>", "<?a <a ?>", "\n"]
)


@given(
    st.integers(DEEPEST - 3, DEEPEST + 3),
    st.lists(st.tuples(TEXT, NOISE), max_size=6),
    st.sampled_from(["", '<?xml version="1.0"?>', "<!-- begin -->"]),
)
def test_xml_is_refused_by_its_depth_whatever_looks_like_a_tag(levels, noise, head):
    inside = "".join(text + each for text, each in noise)
    content = f"{head}{'<a>' * levels}{inside}{'</a>' * levels}".encode()
    depth, deepest = 0, 0
    stack = [(fromstring(content), 1)]
    while stack:
        element, depth = stack.pop()
        deepest = max(deepest, depth)
        stack += [(child, depth + 1) for child in element]
    archive = Archive.__new__(Archive)
    archive.name = "book.xlsx"
    if deepest <= DEEPEST:
        archive.check_xml("part", content)
    else:
        with pytest.raises(Unreadable, match="nested more than"):
            archive.check_xml("part", content)
