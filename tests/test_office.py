"""The LibreOffice add-in itself: its files, its worker, what a cell says when it fails, installing and removing it."""

import ast
import json
import os
import re
import signal
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
import zipfile
from pathlib import Path

import pytest
from ooxml import missing
from openpyxl import Workbook

import xlhedge
from xlhedge.hosts.calc import Calc, find
from xlhedge.hosts.office import OfficeError, install, install_libreoffice, uninstall_libreoffice, write_addin
from xlhedge.hosts.office.addin import ADVICE, addin_files
from xlhedge.hosts.office.typelib import Method, type_library
from xlhedge.hosts.office.worker import answer
from xlhedge.registry import FUNCTIONS

CALL = "LIQ_PRICE(-600000,60000,2.5,0.005)"
OWN = "{http://openoffice.org/2001/registry}"


@pytest.fixture
def office():
    return find() or missing("LibreOffice Calc", "bash install/calc.sh")


@pytest.fixture
def sheet(tmp_path):
    """A workbook as Excel writes it, with plain names."""
    book = Workbook()
    book.active.title = "S"
    cells = {
        "A1": f"={CALL}", "A2": "=XLHEDGE_VERSION()", "A3": '=IF(LIQ_PRICE(-600000,60000,10,0.005)="none",1,2)',
        "A4": "=SUM(INVERSE_PNL(-600000,60000,{50000;55000}))", "A5": "=SUM(LIQ_PRICE(-600000,60000,{1;2.5},0.005))",
    }  # fmt: skip
    for where, formula in cells.items():
        book.active[where] = formula
    book.save(tmp_path / "sheet.xlsx")
    return tmp_path / "sheet.xlsx"


# ---- the files


def test_the_same_bytes_again(tmp_path):
    first = write_addin(tmp_path / "first.oxt").read_bytes()
    command = [sys.executable, "-m", "xlhedge.hosts.office", "--out", tmp_path / "second.oxt"]
    subprocess.run(command, check=True, timeout=60)
    assert (tmp_path / "second.oxt").read_bytes() == first


def test_every_function_has_its_names_and_help():
    files = addin_files()
    tree = ElementTree.fromstring(files["functions.xcu"])
    listed = {node.get(OWN + "name"): node for node in tree.findall("./node/node/node/node")}
    assert list(listed) == list(FUNCTIONS)
    for name, function in FUNCTIONS.items():
        texts = {prop.get(OWN + "name"): prop.findtext("value") for prop in listed[name].findall("prop")}
        assert texts["DisplayName"] == texts["CompatibilityName"] == name
        assert texts["Description"] == f"{function.summary} ({function.group})"
        arguments = listed[name].findall("node/node")
        helps = {node.get(OWN + "name"): [value.text for value in node.iter("value")] for node in arguments}
        assert helps == {p.name: [p.name, p.help()] for p in function.parameters}


def test_the_other_files_are_sound():
    files = addin_files()
    for name in ("META-INF/manifest.xml", "description.xml", "add-in.components"):
        ElementTree.fromstring(files[name])
    assert f'version value="{xlhedge.__version__}"' in files["description.xml"]
    for name in ("component.py", "pythonpath/xlhedge_whole_columns.py"):
        ast.parse(files[name], feature_version=(3, 8))
    named = re.findall(r'full-path="([^"]*)"', files["META-INF/manifest.xml"])
    assert set(named) <= set(files)


def test_type_library_is_what_unoidl_write_makes():
    """Its bytes but for the banner of 52 that it puts in, by which every offset is less here."""
    library = type_library("a.XB", [Method("F", "any", [("x", "any"), ("y", "double")])])
    assert library == (
        b"UNOIDL\xff\0\x80\0\0\0\x01\0\0\0"
        b"\x05\x01\0\0\0\x1b\0\0\0com.sun.star.uno.XInterface" + bytes(8) + b"\x01\0\0\0"
        b"\x01\0\0\0F\x03\0\0\0any\x02\0\0\0\0\x01\0\0\0x\x45\0\0\x80\0\x01\0\0\0y\x06\0\0\0double" + bytes(4) +
        b"XB\0\0\x01\0\0\0\x6e\0\0\0\x10\0\0\0a\0\x7e\0\0\0\x71\0\0\0"
    )  # fmt: skip


# ---- the worker


def test_worker_answers_line_by_line_and_ends_with_its_input():
    calls = [["LIQ_PRICE", [-600000.0, 60000.0, 2.5, 0.005, *[None] * 5]], ["NOTIONAL_COIN", [[[1.0], ["x"]], 2]]]
    command, requests = json.loads(addin_files()["add-in.json"])["command"], "\n".join(map(json.dumps, calls))
    run = subprocess.run(command, input=requests, capture_output=True, text=True, timeout=60)
    answers = [json.loads(line) for line in run.stdout.splitlines()]
    assert answers == [xlhedge.__version__, 79600.0, [[0.5], ["#VALUE!"]]]
    assert (run.returncode, run.stderr) == (0, "")


UNITS = [(0.0, -2.0), (None, -2.0), ("coin", -2.0), ("", -2.0), ("usd", -100000.0), (7.0, "#VALUE!")]


@pytest.mark.parametrize(("given", "result"), UNITS)
def test_a_blank_cell_for_a_word_is_the_default(given, result):
    assert answer("INVERSE_PNL", [600000.0, 60000.0, 50000.0, given, None, None, None]) == result


# ---- what a cell says


def with_command(oxt: Path, command: list[str]) -> Path:
    """The add-in with another command for its worker."""
    changed = oxt.with_name("changed.oxt")
    with zipfile.ZipFile(oxt) as before, zipfile.ZipFile(changed, "w") as after:
        for name in before.namelist():
            content = before.read(name)
            if name == "add-in.json":
                content = json.dumps(json.loads(content) | {"command": command})
            after.writestr(name, content)
    return changed


BROKEN = [(["/no/such/python"], "No such file"), ([sys.executable, "-c", "exit(3)"], "exit code 3")]


@pytest.mark.parametrize(("command", "why"), BROKEN)
def test_without_its_python_every_cell_is_name_and_the_version_says_why(office, sheet, tmp_path, command, why):
    oxt = with_command(write_addin(tmp_path / "xlhedge.oxt"), command)
    with Calc(extensions=[oxt]) as calc, calc.open(sheet) as book:
        cells = book.cells("S")
    assert (cells["A1"], cells["A4"]) == ("#NAME?", "#NAME?")
    assert cells["A2"].startswith(ADVICE) and why in cells["A2"]


def workers(group: int) -> list[int]:
    """The workers among the processes of a group."""
    listed = subprocess.run(["ps", "-wweo", "pid=,pgid=,args="], capture_output=True, text=True, check=True).stdout
    found = (line.split(None, 2) for line in listed.splitlines())
    return [int(pid) for pid, member_of, command in found if int(member_of) == group and "office.worker" in command]


@pytest.mark.skipif(os.name != "posix", reason="process groups are POSIX")
def test_a_killed_worker_starts_again_and_none_is_left(office, sheet, tmp_path):
    with Calc(extensions=[write_addin(tmp_path / "xlhedge.oxt")]) as calc, calc.open(sheet) as book:
        group = calc.pid
        assert book.get("S", "A1") == 79600.0
        [first] = workers(group)
        os.kill(first, signal.SIGKILL)
        book.recalculate()
        [second] = workers(group)
        assert second != first
        assert book.get("S", "A1") == 79600.0
    assert workers(group) == []


def test_a_text_answer_can_be_compared(office, sheet, tmp_path):
    with Calc(extensions=[write_addin(tmp_path / "xlhedge.oxt")]) as calc, calc.open(sheet) as book:
        assert [book.get("S", where) for where in ("A1", "A3")] == [79600.0, 1.0]
        assert book.get("S", "A4") == pytest.approx(2 + 10 / 11)
        assert book.get("S", "A5") == pytest.approx(79600 + 66333 + 1 / 3)
        copy = book.save(tmp_path / "copy.ods")
        again = book.save(tmp_path / "again.xlsx")
        for path in (copy, again):
            with calc.open(path) as other:
                assert other.get("S", "A1") == 79600.0 and other.formulas("S")["A1"] == f"={CALL}"
    with zipfile.ZipFile(copy) as archive:
        assert f"XLHEDGE.CALC.{CALL.partition('(')[0]}(" in archive.read("content.xml").decode()


def test_whole_columns_are_taken_as_far_as_they_are_filled(office, tmp_path):
    book = Workbook()
    for row, (qty, price) in enumerate([(-100, 60000), (-300, 50000), (-100, 40000)], 1):
        book.active.cell(row, 1, qty), book.active.cell(row, 2, price)
    formulas = {"E1": "=ROWS(INVERSE_PNL(-600000,60000,B:B))", "F1": "=AVG_ENTRY(A:A,B:B)-AVG_ENTRY(A1:A3,B1:B3)"}
    for where, formula in formulas.items():
        book.active[where] = formula
    book.active.title = "S"
    book.save(tmp_path / "whole.xlsx")
    with Calc(timeout=300, extensions=[write_addin(tmp_path / "xlhedge.oxt")]) as calc:
        with calc.open(tmp_path / "whole.xlsx") as opened:
            assert [opened.get("S", where) for where in formulas] == [3.0, 0.0]


# ---- install and uninstall


def calculated(office, profile: Path, sheet: Path) -> list[str]:
    """The cells of a workbook as a LibreOffice with this profile calculates them."""
    out = profile.parent / "csv"
    command = [office.soffice, "--headless", *install.profile_arguments(profile), "--convert-to", "csv"]
    subprocess.run([*command, "--outdir", out, sheet], check=True, capture_output=True, timeout=120)
    return (out / f"{sheet.stem}.csv").read_text().splitlines()


def test_install_and_uninstall_each_twice(office, sheet, tmp_path):
    profile = tmp_path / "profile"
    for _ in range(2):
        assert (install_libreoffice(profile) / "soffice.bin").exists() or sys.platform != "linux"
    assert calculated(office, profile, sheet)[:3] == ["79600", xlhedge.__version__, "1"]
    assert [uninstall_libreoffice(profile) for _ in range(2)] == [True, False]
    assert calculated(office, profile, sheet)[:2] == ["#NAME?", "#NAME?"]


def test_without_libreoffice_it_says_so(monkeypatch):
    monkeypatch.setattr(install, "find", lambda: None)
    for do in (install_libreoffice, uninstall_libreoffice):
        with pytest.raises(OfficeError, match="LibreOffice with its Python was not found; install LibreOffice 25.2"):
            do()


def test_while_libreoffice_runs_it_says_so(office, tmp_path):
    with Calc() as calc:
        with pytest.raises(OfficeError, match="LibreOffice is running: close it and try again"):
            install_libreoffice(calc.folder)


def test_what_unopkg_says_is_passed_on(office, tmp_path, monkeypatch):
    monkeypatch.setattr(install, "write_addin", lambda path: path.with_name("none.oxt"))
    with pytest.raises(OfficeError, match="unopkg failed to add the add-in: Exception occurred: .*none.oxt"):
        install_libreoffice(tmp_path / "profile")
