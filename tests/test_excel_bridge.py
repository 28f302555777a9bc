"""The generated VBA executed by pyopenvba's interpreter, with stand-ins for Python: what LibreOffice cannot show.

That is real error values in cells, errors among the arguments, and what happens when Python cannot be started or ends.
"""

import re

import pytest

from xlhedge.hosts.excel.functions import functions_module, help_module
from xlhedge.hosts.excel.modules import ERROR_CODES, OPENING, bridge
from xlhedge.hosts.excel.ribbon import RIBBON_MODULE
from xlhedge.hosts.excel.starting import starting_module

excel = pytest.importorskip("pyopenvba.apps.excel", reason="pyopenvba is missing (pip install pyopenvba)")

STARTING = """Public Const NOT_STARTED As Long = 1000
Public Starts As Long, Calls As Long, FailedStarts As Long, FailedCalls As Long
Public Function StartedPython() As Object
    Starts = Starts + 1
    If Starts <= FailedStarts Then Err.Raise NOT_STARTED, , "no such interpreter"
    Set StartedPython = New StandIn
End Function
"""
STAND_IN = """Public Function CallUDF(ByVal moduleName As String, ByVal functionName As String, ByVal given As Variant) As Variant
    Calls = Calls + 1
    If Calls <= FailedCalls Then Err.Raise 462, , "the server is gone"
    If functionName = "CARRY_QTY" Then CallUDF = given(0) Else CallUDF = functionName & UBound(given)
    If functionName = "WEIGHTS" Then CallUDF = ShapeOf(given(0)) & " " & ShapeOf(given(1))
    If functionName = "DRIFT" Then CallUDF = IsError(given(0)(2, 1)) & IsEmpty(given(0)(1, 1)) & IsEmpty(given(3))
End Function
Private Function ShapeOf(ByVal cells As Variant) As String
    If IsArray(cells) Then ShapeOf = UBound(cells, 1) & "x" & UBound(cells, 2) Else ShapeOf = TypeName(cells)
End Function
"""


@pytest.fixture
def run():
    """Run lines of VBA in a fresh Excel of pyopenvba's and return its sheet."""
    app = excel.ExcelApplication()
    app.add_workbook()
    modules = {"functions": functions_module(), "bridge": bridge(), "starting_stand_in": STARTING}
    for name, text in modules.items():
        app.add_module(text, name=name)
    app.add_module(STAND_IN, name="StandIn", kind="class")

    def execute(*lines: str):
        app.add_module("\n".join(["Sub Main()", *lines, "End Sub"]), name="steps")
        app.run("Main")
        return app.sheet(1)

    return execute


@pytest.mark.parametrize("word, code", ERROR_CODES.items())
def test_an_error_word_becomes_the_error(run, word, code):
    sheet = run(f'Range("A1").Value = CStr(CARRY_QTY("{word}", 1)) & IsError(CARRY_QTY("{word}", 1))')
    assert sheet.value("A1") == f"Error {code}True"


def test_other_texts_stay_texts(run):
    sheet = run('Range("A1").Value = CARRY_QTY("none", 1)', 'Range("A2").Value = CARRY_QTY("#hash", 1)')
    assert [sheet.value("A1"), sheet.value("A2")] == ["none", "#hash"]


def test_errors_blanks_and_omitted_arguments_arrive_as_such(run):
    sheet = run('Range("B2").Value = CVErr(2042)', 'Range("A1").Value = DRIFT(Range("B1:B2"), 1, 2)')
    assert sheet.value("A1") == "TrueTrueTrue"


WHOLE = [  # what is typed, the arguments, and the rows and columns that travel
    (["A1", "A10", "B3"], "A:A", "B:B", "10x1 10x1"),
    (["A1", "A10", "B12"], "A:A", "B:B", "12x1 12x1"),
    (["A1", "A10", "B12"], "A2:A1048576", "B2:B1048576", "11x1 11x1"),
    (["A10", "C20"], "A:A", "A1:A20", "10x1 20x1"),  # what is no whole column is as it was chosen
    (["A10"], "A:A", "A2:A1048576", "10x1 9x1"),  # no cell comes beside one of another row
    (["A10", "C5"], "A:C", "A1", "10x3 Double"),
    (["A10"], "B:B", "C:C", "Empty Empty"),  # one blank cell each
    (["A1", "Z5000"], "A:A", "A1:A1", "Double Double"),
    (["A10"], "A20:A1048576", "A1", "Empty Double"),
]


@pytest.mark.parametrize("typed, first, second, shapes", WHOLE)
def test_whole_columns_travel_as_far_as_they_are_filled(run, typed, first, second, shapes):
    lines = [f'Range("{where}").Value = 1' for where in {*typed, "A1"}]
    call = f'Range("H1").Value = WEIGHTS(Range("{first}"), Range("{second}"))'
    assert run(*lines, call).value("H1") == shapes


def test_formats_below_the_values_do_not_travel(run):
    sheet = run(
        'Range("A1:A10").Value = 1',
        'Range("A1000000").NumberFormat = "0.00"',
        "Rows(900000).RowHeight = 30",
        'Range("H1").Value = WEIGHTS(Range("A:A"), Range("B:B"))',
    )
    assert sheet.value("H1") == "10x1 10x1"


def test_python_is_started_once(run):
    sheet = run(
        "Dim i As Long",
        "For i = 1 To 20",
        "    ROE 1, 2, 3, 4",
        "Next i",
        'Range("A1").Value = Starts & " starts, " & Calls & " calls"',
    )
    assert sheet.value("A1") == "1 starts, 20 calls"


def test_python_that_has_ended_is_started_again(run):
    sheet = run(
        "FailedCalls = 1",
        'Range("A1").Value = ROE(1, 2, 3, 4)',
        'Range("A2").Value = Starts & " starts, " & Calls & " calls" & LastTrouble',
    )
    assert [sheet.value("A1"), sheet.value("A2")] == ["ROE4", "2 starts, 2 calls"]


def test_python_that_cannot_be_started_is_tried_once_and_told(run):
    sheet = run(
        "FailedStarts = 1",
        'Range("A1").Value = CStr(ROE(1, 2, 3, 4)) & CStr(ROE(1, 2, 3, 4)) & Starts',
        'Range("A2").Value = XLHEDGE_VERSION()',
        "ForgetPython",
        'Range("A3").Value = ROE(1, 2, 3, 4)',
    )
    assert sheet.value("A1") == "Error 2029Error 20291"
    told = (
        "xlhedge cannot reach its Python; run xlhedge doctor, or the bundle's Check xlhedge.bat (no such interpreter)"
    )
    assert sheet.value("A2") == told
    assert sheet.value("A3") == "ROE4"


ENDED = "Python process exited before it was possible to create the interface object."
SAID = ENDED + "\nCommand: C:\\p.exe server.py {ab-1}\nWorking Dir: <unspecified>"
REASONS = [  # what xlwings' DLL says (as read in its source and seen under Wine), the script's number and reason, what is told
    (SAID, "{AB-1}", "ImportError: numpy", "ImportError: numpy"),
    (SAID, "{AB-2}", "ImportError: of an earlier start", f"C:\\p.exe: {ENDED}"),
    (SAID, "", "", f"C:\\p.exe: {ENDED}"),
    ("Could not create Python process.\nError message: File not found.\r\n\nCommand: x {ab-1}", "try", "ImportError: numpy",
     "C:\\p.exe: Could not create Python process. Error message: File not found."),
    ("", "{AB-1}", "ImportError: numpy", "C:\\p.exe ended before it answered"),
]  # fmt: skip


@pytest.mark.parametrize("said, number, reason, told", REASONS)
def test_the_reason_is_that_of_this_start(said, number, reason, told):
    app = excel.ExcelApplication()
    app.add_workbook()
    (chosen,) = re.findall(r"^Private (Function ChosenReason.*?^End Function\n)", starting_module(), re.S | re.M)
    app.add_module(chosen, name="starting")
    said = '"' + said.replace("\r", '" & vbCr & "').replace("\n", '" & vbLf & "') + '"'
    app.add_module(
        f'Sub Main()\nRange("A1").Value = ChosenReason("C:\\p.exe", {said}, "{number}", "{reason}")\nEnd Sub', name="s"
    )
    app.run("Main")
    assert app.sheet(1).value("A1") == told


@pytest.mark.parametrize(
    "text",
    [help_module(), RIBBON_MODULE, OPENING, starting_module()],
    ids=["help", "ribbon", "opening", "starting"],
)
def test_what_needs_excel_itself_is_at_least_vba(text):
    excel.ExcelApplication().add_module(text, name="parsed")


CHECKS = [
    (0, "All checks pass.", 16),
    (2, "These checks fail:\r\n\r\n- check 1 ", 126),
    (40, "\r\nand 24 more, on the sheet Checks", 902),
]


@pytest.mark.parametrize("failing, told, length", CHECKS)
def test_the_failing_checks_fit_into_a_message_box(failing, told, length):
    """VBA shows 1,024 characters of a message; each name here has 49, as the longest of a built workbook have about."""
    app = excel.ExcelApplication()
    app.add_workbook()
    stand_in = (
        STARTING
        + "Public Function Setting(ByVal n As String)\nEnd Function\nPublic Function IsFile(ByVal p As String)\nEnd Function"
    )
    for name, text in {"bridge": bridge(), "ribbon": RIBBON_MODULE, "starting_stand_in": stand_in}.items():
        app.add_module(text, name=name)
    names = [f"check {number} ".ljust(49, "x") for number in range(1, failing + 1)]
    lines = [
        'ActiveSheet.Name = "Checks"', f'Range("C1").Value = {not names}', 'ActiveWorkbook.Names.Add "checks_pass", "=Checks!$C$1"',
        *(f'Range("A{row}").Value = "{name}": Range("C{row}").Value = False' for row, name in enumerate(names, 2)),
        "XlhedgeRunChecks Nothing",
    ]  # fmt: skip
    app.add_module("\n".join(["Sub Main()", *lines, "End Sub"]), name="steps")
    app.run("Main")
    (dialog,) = app.dialogs
    assert told in dialog[1] and len(dialog[1]) == length
