"""Every worksheet function through xlwings on Windows, under Wine: a Windows Python serves xlhedge.udfs, a COM client of
its own calls it as our VBA does, and the results are those of Python on this machine."""

import json
import math
import shutil
from datetime import datetime, timedelta

import pytest
from books import build_sample, loaded
from wine.tier import PROJECT, SERVED, Wine, windows

from xlhedge.errors import EXCEL_ERRORS, NUM
from xlhedge.examples import example_arguments
from xlhedge.hosts.excel.starting import server_command
from xlhedge.registry import FUNCTIONS
from xlhedge.sheet import sheet_call

ERRORS = sorted(EXCEL_ERRORS)
MISSING = {"missing": True}
"""An argument that is left out, as xlwings' own VBA hands it over; ours makes it a blank."""

XLWINGS_COMMAND = (
    """cmd.exe  /K ""{python}" -B -c "import sys, os;import xlwings.utils;"""
    r"""xlwings.utils.prepare_sys_path(\"false;;;;;;\");import xlwings; xlwings.serve('$(CLSID)')"""
    '""'
)
"""XLPyCommand of xlwings' own add-in, of a workbook that lies nowhere."""


LONGEST_WAIT = 5
"""Seconds until a dead start is told, on a busy machine with Wine between: two on an idle one, where 120 were waited before."""


class Calls:
    """Calls with the results that they should have."""

    def __init__(self) -> None:
        self.requests, self.wanted, self.about = [], [], []

    def add(self, function, arguments, about: str, given=None) -> None:
        self.requests.append([function.name, [as_json(cell) for cell in given or arguments]])
        self.wanted.append(as_json(sheet_call(function, arguments)))
        self.about.append(about)


def as_json(cell):
    """A cell or rows of cells as the client knows them: numbers are floating, as in Excel."""
    if isinstance(cell, list):
        return [as_json(item) for item in cell]
    if isinstance(cell, datetime):
        return {"date": [*cell.timetuple()[:6]]}
    return float(cell) if isinstance(cell, int) and not isinstance(cell, bool) else cell


def changed(arguments: list, position: int, value) -> list:
    return [*arguments[:position], value, *arguments[position + 1 :]]


def add_calls(calls: Calls, function) -> None:
    """The examples of a function, then its first one with each argument changed in turn."""
    for example in function.examples:
        arguments = example_arguments(function, example)
        left_out = len(function.parameters) - len(arguments)
        calls.add(function, arguments + [None] * left_out, example.call)
        calls.add(function, arguments, f"{example.call} with xlwings' VBA", arguments + [MISSING] * left_out)
    arguments = example_arguments(function, function.examples[0])
    for i, parameter in enumerate(function.parameters[: len(arguments)]):
        name, argument, error = parameter.name, arguments[i], ERRORS[len(calls.wanted) % len(ERRORS)]
        calls.add(function, changed(arguments, i, error), f"an error in {name}")
        calls.add(function, changed(arguments, i, None), f"blank {name}")
        calls.add(function, changed(arguments, i, "no such word"), f"a text in {name}")
        calls.add(function, changed(arguments, i, True), f"TRUE in {name}")
        if isinstance(argument, list):
            wrong = [list(row) for row in argument]
            wrong[-1][-1] = error
            calls.add(function, changed(arguments, i, wrong), f"an error within {name}")
        elif parameter.kind == "number":
            column = [[argument], [error], [None], ["text"], [-1.0], [0.0]]
            calls.add(function, changed(arguments, i, column), f"{name} a column")
            calls.add(function, changed(arguments, i, [list(cells) for cells in zip(*column)]), f"{name} a row")


def add_long(calls: Calls, function) -> None:
    """The first example with its first number as a range of 10,000 cells."""
    arguments = example_arguments(function, function.examples[0])
    numbers = [
        i
        for i, p in enumerate(function.parameters[: len(arguments)])
        if p.kind == "number" and type(arguments[i]) is float
    ]
    if numbers:
        column = [[arguments[numbers[0]] * (1 + i / 1e6)] for i in range(10_000)]
        calls.add(function, changed(arguments, numbers[0], column), "10,000 cells")


def add_dates(calls: Calls, function) -> None:
    """Dates in place of numbers of days, as a cell's Value has them: they come back as dates."""
    arguments = example_arguments(function, function.examples[0])
    for i, parameter in enumerate(function.parameters[: len(arguments)]):
        if parameter.kind == "times":
            days = [[datetime(2024, 1, 31, 8 * (j % 3)) + timedelta(j)] for j in range(sum(map(len, arguments[i])))]
            calls.add(function, changed(arguments, i, days), f"dates in {parameter.name}")


def add_sequence(calls: Calls) -> None:
    """A thousand calls in a row, all different."""
    for i in range(1000):
        calls.add(FUNCTIONS["LIQ_PRICE"], [-600000.0 + i, 60000.0, 2.5, 0.005], "in a row")


def difference(got, wanted) -> float:
    """The largest relative difference of two results; infinite if they are not of one kind and shape."""
    if isinstance(wanted, list) and isinstance(got, list):
        alike = len(got) == len(wanted) and all(len(a) == len(b) for a, b in zip(got, wanted) if isinstance(b, list))
        return max(map(difference, got, wanted), default=0.0) if alike else math.inf
    if type(got) is float and type(wanted) is float:
        return abs(got - wanted) / max(abs(got), abs(wanted)) if got != wanted else 0.0
    return 0.0 if type(got) is type(wanted) and got == wanted else math.inf


FROM_LIBRARIES = {"LIQ_PROBABILITY": 1e-14}
"""Functions that take erfc or exp from the C library, whose last digits are each system's own."""


@pytest.fixture(scope="module")
def wine(tmp_path_factory):
    """Windows Python and a drive C of its own; in the end all its programs are ended."""
    wine = Wine(tmp_path_factory.mktemp("wine"), *SERVED)
    yield wine
    wine.stop()


@pytest.fixture(scope="module")
def calls(wine, tmp_path_factory):
    """All calls and their results, from one server."""
    calls = Calls()
    for function in FUNCTIONS.values():
        add_calls(calls, function)
        add_long(calls, function)
        add_dates(calls, function)
    add_sequence(calls)
    with wine.start("server.py") as server:
        try:
            assert "server running" in server.stdout.readline()
            # One client for all: the server ends when its last client leaves.
            requests = [["NO_SUCH_FUNCTION", [1.0]], *calls.requests]
            answers = wine.ask(tmp_path_factory.mktemp("calls"), requests, "client.py")
            calls.unknown, *calls.got = answers["results"]
            calls.ended, calls.printed = server.wait(timeout=20), server.stdout.read()
        finally:
            wine.stop()
    return calls


@pytest.mark.parametrize("name", FUNCTIONS)
def test_function_on_windows_is_the_function_here(calls, name):
    mine = [i for i, request in enumerate(calls.requests) if request[0] == name]
    wrong = {
        calls.about[i]: (calls.got[i], calls.wanted[i])
        for i in mine
        if not difference(calls.got[i], calls.wanted[i]) <= FROM_LIBRARIES.get(name, 1e-15)
    }
    assert len(mine) >= 2
    assert {about: tuple(str(side)[:200] for side in sides) for about, sides in wrong.items()} == {}


def test_the_calls_cover_every_kind_of_result(calls):
    scalars = [wanted for wanted in calls.wanted if not isinstance(wanted, list)]
    assert {type(wanted) for wanted in scalars} >= {float, bool, str}
    assert set(scalars) >= EXCEL_ERRORS
    assert calls.about.count("10,000 cells") > 40 and calls.about.count("in a row") == 1000


def test_the_server_lives_through_an_exception_and_ends_with_its_client(calls):
    assert "NO_SUCH_FUNCTION" in calls.unknown["exception"]
    assert (calls.ended, calls.printed.count("pythoncom error")) == (0, 1)


def test_xlwings_imports_every_function_into_a_stand_in_for_a_workbook(wine, tmp_path):
    run = wine.run("import_functions.py", windows(tmp_path / "vba.json"))
    assert run.returncode == 0, run.stdout
    made = json.loads((tmp_path / "vba.json").read_text(encoding="utf-8"))
    for function in FUNCTIONS.values():
        optional = ", ".join(p.name if p.required else f"Optional {p.name}" for p in function.parameters)
        assert f"Function {function.name}({optional})" in made["vba"]
        told = made["help"].pop(f"'Book1.xlsm'!{function.name}")
        assert told["Category"] == "xlhedge" and 0 < len(told["Description"]) <= 255
        assert len(told["ArgumentDescriptions"] or []) == len(function.parameters)
    assert made["help"] == {}
    assert max(map(len, made["vba"].splitlines())) < 1024


SERVER = windows(PROJECT / "xlhedge/hosts/excel/server.py")


def started(wine, folder, command: str, requests=()) -> dict:
    """What becomes of a command line that the DLL starts: the answers, or the trouble and the seconds until it was told."""
    (folder / "command").write_text(command.replace("{python}", wine.python))
    return wine.ask(folder, [*requests], "activate.py", wine.python, windows(folder / "command"))


@pytest.mark.parametrize(
    "command", [server_command("{python}", SERVER), XLWINGS_COMMAND], ids=["our command", "xlwings' command"]
)
def test_the_dll_of_xlwings_starts_python_by_the_command_line(wine, tmp_path, command):
    arguments = [[-600000.0, 60000.0, 2.5, 0.005], [-600000.0, [[60000.0], [0.0]], 2.5, 0.005]]
    got = started(wine, tmp_path, command, [["LIQ_PRICE", each] for each in arguments])["results"]
    assert got == [sheet_call(FUNCTIONS["LIQ_PRICE"], each) for each in arguments]
    assert got[1][1] == [NUM]


QUOTES = """venue,symbol,field,value,time,source
desk,BTC,price,61000,2026-11-20T11:05:00Z,desk
bybit,BTCUSD,funding rate,0.0002,2026-11-20T11:05:00Z,desk
"""


def test_the_buttons_through_the_bridge(wine, tmp_path):
    """A stand-in for the open workbook: the values and the formulas of its sheets, as the button's VBA hands them over."""
    path, market = build_sample(0, tmp_path), tmp_path / "market.csv"
    market.write_text(QUOTES)
    wine.environment["XLHEDGE_MARKET"] = windows(market)
    values, formulas = loaded(path, data_only=True), loaded(path)
    pages = [
        [[as_json(cell) if book is values else str(cell or "") for cell in row] for row in book[name].values]
        for name in ("Inputs", "Positions", "Contracts")
        for book in (values, formulas)
    ]
    typed = [*pages[1]]
    typed[6] = ["BTC", "", "50", "=LAST(A1)", *typed[6][4:]]
    given = [[*pages, None, None], [pages[0], typed, *pages[2:], None, None], [None] * 8]
    asked = [["refresh_prices", each, "xlhedge.hosts.excel.buttons"] for each in given]
    blank = [[as_json(cell) for cell in row] for row in values["Scenario set"].values]
    filled = [*blank[:9], ["Crash", *blank[9][1:]], *blank[10:]]
    sets = [["Inputs", "Scenario set"], "Scenario set", filled]
    asked += [["new_scenario_set", each, "xlhedge.hosts.excel.buttons"] for each in (sets, [["Inputs"]])]
    got = started(wine, tmp_path, server_command("{python}", SERVER), asked)["results"]
    told, is_formula, nothing, copied, refused = got
    since = "of 2026-11-20 11:05 UTC from market.csv (no venue is asked without ccxt)"
    rate, end = ["Positions", 8, 13, 0.0002], ["", "", "", ""]
    assert told == [
        [f"1 price, 0 marks and 1 funding rate {since}", "", "", ""], ["Inputs", 7, 4, 61000.0], rate,
        ["Inputs", 34, 3, {"date": [2026, 11, 20, 11, 5, 0]}], ["Inputs", 38, 3, "desk"], end,
    ]  # fmt: skip
    left = f"0 prices, 0 marks and 1 funding rate {since}; left as formulas: Inputs!D7"
    assert is_formula == [[left, "", "", ""], rate, end]
    assert nothing[0][0].startswith("Nothing was changed: this workbook has no sheet Inputs") and nothing[1:] == [end]
    areas = [[f"{column}10:{column}29", ""] for column in "ABCDEFGQRST"]
    assert copied == [["Scenario set", "Scenario set 2"], *areas, ["", ""]]
    assert (
        refused[0][0].startswith("Nothing was changed: this workbook has no sheet of scenarios") and refused[0][1] == ""
    )


DEAD = {  # what is wrong: the command line, with {server} for a copy of the server, and what that writes
    "no interpreter": ('"C:\\nowhere\\pythonw.exe" -P -B "{server}" $(CLSID)', None),
    "no package": (
        '"{python}" -c "import runpy, sys; sys.modules[\'numpy\'] = None; '
        "runpy.run_path(r'{server}', run_name='__main__')\" $(CLSID)",
        "ModuleNotFoundError: import of numpy halted; None in sys.modules",
    ),
    "ends at once": ('"{python}" -c "raise SystemExit(7)" $(CLSID)', None),
}


@pytest.mark.parametrize("command, told", DEAD.values(), ids=list(DEAD))
def test_a_start_that_fails_is_told_at_once(wine, tmp_path, command, told):
    """The DLL waits two minutes for a Python that may still come, but not for one that has ended."""
    server = tmp_path / "server.py"
    shutil.copy(PROJECT / "xlhedge/hosts/excel/server.py", server)
    found = started(wine, tmp_path, command.replace("{server}", windows(server)))
    assert found["trouble"] and found["after"] < LONGEST_WAIT, found
    trouble = server.with_name("server.py.trouble.txt")
    number, reason = trouble.read_text().splitlines() if trouble.exists() else ("", None)
    assert reason == told and number.lower() in found["trouble"].lower(), "the add-in takes a reason by its number"


def test_nothing_runs_on_afterwards(wine):
    wine.stop()
    assert not wine.programs()
