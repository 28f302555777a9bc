"""LibreOffice Calc as a referee: what it reads, how it fails, and that it leaves nothing behind."""

import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

import pytest
from calc_samples import ADD_IN, MACRO_BOOK
from ooxml import missing
from openpyxl import Workbook, load_workbook

from xlhedge.hosts import calc as calc_module
from xlhedge.hosts.calc import Calc, CalcError, CellError, find


@pytest.fixture(scope="module", autouse=True)
def office():
    """Every test here needs LibreOffice."""
    return find() or missing("LibreOffice 25.2 or later", "bash install/calc.sh")


def saved(path, cells, sheet="Plan"):
    """Write a workbook with openpyxl, which leaves formulas without values."""
    book = Workbook()
    book.active.title = sheet
    for address, value in cells.items():
        book.active[address] = value
    book.save(path)
    return path


def traces(folder):
    """What is left of a Calc: its profile, its sockets and the processes of its group."""
    name = folder.name
    left = [path for path in Path(tempfile.gettempdir()).glob(f"*{name}*")]
    return left + [line for line in processes() if name in line]


def processes():
    """Command lines of the processes that run; what has ended but was not yet collected has none."""
    return subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout.splitlines()


VALUES = {
    "A1": (2, 2.0),
    "A2": ("text", "text"),
    "A3": (True, True),
    "A4": ("=A1*3.5", 7.0),
    "A5": ('=A2&"!"', "text!"),
    "A6": ("=A1<3", True),
    "A7": ("=AND(A6,FALSE)", False),
    "A8": ('=""', ""),
    "A9": (1, 1.0),
    "A10": ("=SUM(A1,A4)/3", 3.0),
    "A11": ("=_xlfn.STDEV.S(A1,A4)", 3.5355339059327378),
    "A12": ("=IFERROR(1/0,-1)", -1.0),
    "A13": ("=_xlfn.LET(_xlpm.x,A1,_xlpm.x^10)", 1024.0),
    "B1": ("=1/0", "#DIV/0!"),
    "B2": ("=SQRT(-1)", "#NUM!"),
    "B3": ("=LN(0)", "#NUM!"),
    "B4": ("=NA()", "#N/A"),
    "B5": ("=A2*1", "#VALUE!"),
    "B6": ("=NO_SUCH_FUNCTION(1)", "#NAME?"),
    "B7": ("=A1:A2 B1:B2", "#NULL!"),
    "B8": ("=INDEX(A1:A3,9)", "#REF!"),
    "B9": ("=B4+1", "#N/A"),
    "B10": ("=LET(x,1,x)", "#NAME?"),
    "B11": ("=10^309", "#NUM!"),
}


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A small workbook: one formula of each kind, none with a value."""
    return saved(tmp_path_factory.mktemp("calc") / "small.xlsx", {where: given for where, (given, _) in VALUES.items()})


def test_cells_have_the_values_and_types_that_excel_shows(calc, small):
    expected = {where: value for where, (_, value) in VALUES.items()}
    with calc.open(small) as book:
        book.recalculate()
        cells = book.cells("Plan")
        assert book.sheets() == ["Plan"]
        assert {where: book.get("Plan", where) for where in expected} == expected
    assert cells == expected
    assert {where: type(value) for where, value in cells.items()} == {
        where: CellError if where.startswith("B") else type(value) for where, value in expected.items()
    }


def test_formulas_are_read_as_excel_spells_them(calc, small):
    with calc.open(small) as book:
        formulas = book.formulas("Plan")
    for where in ("A4", "A5", "A6", "A10", "A11", "A12", "A13", "B1", "B8"):
        assert formulas[where] == VALUES[where][0]
    assert "A1" not in formulas


@pytest.mark.parametrize(("given", "value", "follows"), [
    (5, 5.0, 10.0), (0.1, 0.1, 0.2), (True, True, 2.0), ("7", "7", 14.0), (None, None, 0.0), ("a", "a", "#VALUE!"),
    ("=1+1", 2.0, 4.0), ('=IF(B1>0,SUM(B1,2.5),"none")', 3.5, 7.0), ("=_xlfn.STDEV.S(1,2)", 0.5**0.5, 2 * 0.5**0.5),
    ("=1/0", "#DIV/0!", "#DIV/0!"),
])  # fmt: skip
def test_what_is_set_is_read_back_and_what_depends_on_it_follows(calc, tmp_path, given, value, follows):
    with calc.open(saved(tmp_path / "what-if.xlsx", {"A1": 1, "A2": "=A1*2", "B1": 1})) as book:
        assert book.get("Plan", "A2") == 2.0
        book.set("Plan", "A1", given)
        got = book.get("Plan", "A1")
        assert (got, type(got) is bool, book.get("Plan", "A2")) == (value, type(given) is bool, follows)


def test_a_number_in_place_of_a_boolean_is_a_number(calc, tmp_path):
    with calc.open(saved(tmp_path / "boolean.xlsx", {"A1": True})) as book:
        for value in (1.0, 0.0, True, "=2-1", 3.0):
            book.set("Plan", "A1", value)
            assert type(book.get("Plan", "A1")) is type(book.cells("Plan")["A1"]) is (bool if value is True else float)


def test_a_wrong_cached_value_does_not_survive(calc, tmp_path):
    source = saved(tmp_path / "right.xlsx", {"A1": 3, "A2": "=A1*2"})
    with zipfile.ZipFile(source) as before, zipfile.ZipFile(tmp_path / "wrong.xlsx", "w") as after:
        for name in before.namelist():
            after.writestr(name, re.sub(rb"</f><v ?/>", b"</f><v>999</v>", before.read(name)))
    assert load_workbook(tmp_path / "wrong.xlsx", data_only=True)["Plan"]["A2"].value == 999
    with calc.open(tmp_path / "wrong.xlsx") as book:
        assert book.get("Plan", "A2") == 6.0


def test_a_saved_copy_holds_the_values(calc, small, tmp_path):
    with calc.open(small) as book:
        copy = book.save(tmp_path / "copy.xlsx")
    assert load_workbook(copy, data_only=True)["Plan"]["A4"].value == 7


def test_sheets_are_drawn_one_picture_each(calc, tmp_path):
    book = Workbook()
    for name in ("Long & wide", "P-L"):
        sheet = book.create_sheet(name)
        for row in range(200):
            sheet.append([row] * 30)
    book.remove(book.worksheets[0])
    book.save(tmp_path / "two.xlsx")
    with calc.open(tmp_path / "two.xlsx") as opened:
        assert opened.to_pdf(tmp_path / "two.pdf").read_bytes().startswith(b"%PDF")
        pictures = opened.to_png(tmp_path / "pictures")
    assert [picture.name for picture in pictures] == ["Long _ wide.png", "P-L.png"]
    assert sorted((tmp_path / "pictures").iterdir()) == sorted(pictures)
    assert all(picture.read_bytes().startswith(b"\x89PNG") for picture in pictures)


def test_mistakes_are_said_in_words_and_do_no_harm(calc, small):
    with calc.open(small) as book:
        for ask, said in (
            (lambda: book.get("Nope", "A1"), r"no sheet 'Nope' \(the sheets are: Plan\)"),
            (lambda: book.get("Plan", "hello world"), "'hello world' is not the address of a cell"),
            (lambda: book.set("Plan", "A1", float("nan")), "a cell cannot hold nan"),
            (lambda: book.save("plan.docx"), "cannot save plan.docx: its suffix must be one of .xlsx"),
        ):
            with pytest.raises(CalcError, match=said):
                ask()
        assert book.get("Plan", "A4") == 7.0


def test_files_that_do_not_load_are_refused_with_the_reason(calc, small, tmp_path):
    with calc.open(small) as book:
        book.save(tmp_path / "locked.xlsx", password="secret")
        book.save(tmp_path / "locked.ods", password="secret")
    data = small.read_bytes()
    (tmp_path / "cut.xlsx").write_bytes(data[: len(data) // 2])
    (tmp_path / "bytes.xlsx").write_bytes(random.Random(1).randbytes(5000))
    (tmp_path / "letter.txt").write_text("Dear reader,\n\nthis is no spreadsheet.\n")
    with zipfile.ZipFile(small) as before, zipfile.ZipFile(tmp_path / "half.xlsx", "w") as after:
        for name in before.namelist():
            text = before.read(name)
            after.writestr(name, text[: len(text) // 2] if "sheet1" in name else text)
    for name, said in {
        "locked.xlsx": "is not an .xlsx workbook .it is protected by a password",
        "locked.ods": "LibreOffice cannot read it .*password-protected",
        "cut.xlsx": "is not an .xlsx workbook .it is cut short or damaged",
        "bytes.xlsx": "is not an .xlsx workbook .it is damaged or of another type",
        "half.xlsx": "is not a workbook that can be read .xl/worksheets/sheet1.xml: not well-formed",
        "letter.txt": "it is not a spreadsheet|LibreOffice cannot read it",
        "none.xlsx": "there is no such file",
        "none.csv": "there is no such file",
    }.items():
        with pytest.raises(CalcError, match=f"cannot open {name}: {said}"):
            calc.open(tmp_path / name)
    assert not list(tmp_path.glob(".~lock*"))


def test_a_five_megabyte_file_is_read_whole(calc, tmp_path):
    numbers, book, rows = random.Random(2), Workbook(write_only=True), 24_000
    sheet = book.create_sheet("Big")
    for row in range(1, rows + 1):
        sheet.append([numbers.random(), numbers.random(), numbers.randbytes(200).hex(), f"=A{row}+B{row}+LEN(C{row})"])
    book.save(tmp_path / "big.xlsx")
    assert (tmp_path / "big.xlsx").stat().st_size > 5e6
    with calc.open(tmp_path / "big.xlsx") as opened:
        cells = opened.cells("Big")
    assert len(cells) == rows * 4
    assert all(cells[f"D{row}"] == cells[f"A{row}"] + cells[f"B{row}"] + 400 for row in range(1, rows + 1))


def test_macros_run_only_if_asked_for(calc, tmp_path):
    path = tmp_path / "macro.fods"
    path.write_text(MACRO_BOOK)
    with calc.open(path) as book:
        assert isinstance(book.get("Sheet1", "A1"), CellError)
    with calc.open(path, macros=True) as book:
        assert book.get("Sheet1", "A1") == 42.0


@pytest.mark.parametrize("packed", [True, False])
def test_an_add_in_is_loaded_and_found_by_its_plain_name(tmp_path, packed):
    for name, text in ADD_IN.items():
        (tmp_path / "addin" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "addin" / name).write_text(text)
    extension = tmp_path / "addin"
    if packed:
        extension = tmp_path / "addin.oxt"
        with zipfile.ZipFile(extension, "w") as archive:
            for name, text in ADD_IN.items():
                archive.writestr(name, text)
    path = saved(tmp_path / "calls.xlsx", {"A1": "hedge", "A2": "=TEST_SHOUT(A1)", "A3": "=TEST_SHOUT(A2)&1"})
    with Calc(extensions=[extension]) as calc, calc.open(path) as book:
        assert (book.get("Plan", "A2"), book.get("Plan", "A3")) == ("HEDGE!", "HEDGE!!1")
        assert book.formulas("Plan")["A2"] == "=TEST_SHOUT(A1)"


def test_nothing_is_left_after_a_session_and_an_exception(small):
    with pytest.raises(ZeroDivisionError), Calc() as calc, calc.open(small):
        folder = calc.folder
        assert traces(folder)
        raise ZeroDivisionError
    assert traces(folder) == []
    with pytest.raises(CalcError, match="not running: it was stopped; start a new Calc"):
        calc.open(small)


def test_a_killed_calc_is_said_to_be_killed_and_a_fresh_one_works(small):
    with Calc() as calc, calc.open(small) as book:
        folder = calc.folder
        os.killpg(calc.pid, signal.SIGKILL)
        with pytest.raises(CalcError, match="killed or crashed during 'get'; start a new Calc"):
            book.get("Plan", "A1")
        assert traces(folder) == []
        with pytest.raises(CalcError, match="not running: it was killed or crashed"):
            book.get("Plan", "A1")
    with Calc() as fresh, fresh.open(small) as book:
        assert book.get("Plan", "A4") == 7.0


def test_a_calc_that_hangs_is_stopped_after_its_time(small):
    with Calc(timeout=20) as calc, calc.open(small) as book:
        folder, calc.timeout = calc.folder, 1
        os.killpg(calc.pid, signal.SIGSTOP)
        with pytest.raises(CalcError, match="did not answer 'recalculate' within 1 s and was stopped"):
            book.recalculate()
        assert traces(folder) == []


def test_a_server_that_is_killed_takes_calc_with_it(small):
    with Calc() as calc:
        folder = calc.folder
        calc._server.kill()
        with pytest.raises(CalcError, match="killed or crashed"):
            calc.open(small)
        assert traces(folder) == []


def test_nothing_is_left_when_the_parent_is_killed():
    program = "\n".join(
        (
            "import time",
            "from xlhedge.hosts.calc import Calc",
            "calc = Calc()",
            "calc.start()",
            "print(calc.folder, flush=True)",
            "time.sleep(99)",
        )
    )
    home = Path(calc_module.__file__).parents[2]
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, cwd=home)
    folder = Path(parent.stdout.readline().strip())
    assert traces(folder)
    parent.kill()
    parent.wait()
    end = time.monotonic() + 15
    while traces(folder) and time.monotonic() < end:
        time.sleep(0.1)
    assert traces(folder) == []


def test_without_libreoffice_the_message_says_how_to_get_it(monkeypatch):
    monkeypatch.setattr(calc_module, "_uno_python", lambda program: None)
    assert find() is None
    with pytest.raises(CalcError, match=r"LibreOffice was not found.*install/calc\.sh"):
        Calc().start()
