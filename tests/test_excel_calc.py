"""The generated VBA executed by LibreOffice: the functions and the bridge, with a stand-in for the Python behind it.

The stand-in is a VBA class that plays back what sheet_call answers, if it is asked exactly what Excel would ask; to any
other question it says what it was asked. So each cell shows that the arguments arrived and what became of the answer.
"""

import math
import re
import zipfile
from decimal import Decimal
from html import escape

import pytest

from xlhedge import __version__
from xlhedge.examples import example_arguments
from xlhedge.hosts.excel.addin import SHEET
from xlhedge.hosts.excel.functions import functions_module
from xlhedge.hosts.excel.modules import ERROR_CODES, bridge
from xlhedge.registry import FUNCTIONS
from xlhedge.sheet import sheet_call

pyopenvba = pytest.importorskip("pyopenvba", reason="pyopenvba is missing (pip install pyopenvba)")

STARTING = """Attribute VB_Name = "stand_in_for_python"
Public Const NOT_STARTED As Long = 1000
Public Function StartedPython() As Object
    Set StartedPython = New StandIn
End Function
"""

# LibreOffice takes the name of a function, inside it, for a call of itself: so every text grows in a variable.
STAND_IN = """Option Explicit
Public Function CallUDF(ByVal moduleName As String, ByVal functionName As String, ByVal given As Variant) As Variant
    Dim i As Long, asked As String
    asked = moduleName & "." & functionName
    For i = 0 To UBound(given)
        asked = asked & "," & TextOf(given(i))
    Next i
    CallUDF = AnswerTo(asked)
End Function

Private Function TextOf(ByVal value As Variant) As String
    Dim i As Long, j As Long, text As String
    If Not IsArray(value) Then
        TextOf = CellOf(value)
        Exit Function
    End If
    For i = LBound(value, 1) To UBound(value, 1)
        For j = LBound(value, 2) To UBound(value, 2)
            text = text & CellOf(value(i, j)) & "|"
        Next j
        text = text & "/"
    Next i
    TextOf = text
End Function

Private Function CellOf(ByVal value As Variant) As String
    If IsEmpty(value) Then
        CellOf = "blank"
    ElseIf VarType(value) = vbString Then
        CellOf = "'" & value
    Else
        CellOf = UCase(CStr(value))
    End If
End Function
"""


def text_of(cell) -> str:
    """The same text as the stand-in's TextOf."""
    if isinstance(cell, list):
        return "".join("".join(text_of(item) + "|" for item in row) + "/" for row in cell)
    if cell is None:
        return "blank"
    if isinstance(cell, str):
        return f"'{cell}"
    return f"{Decimal(f'{cell:.15g}'):f}"


def vba_value(result) -> str:
    """A cell as VBA spells it."""
    if isinstance(result, str):
        return f'"{result}"'
    return str(result)


def answer_lines(number: int, asked: str, result) -> tuple[str, str]:
    """The line that chooses an answer, and the function that gives it when it is a table."""
    if not isinstance(result, list):
        return f'    Case "{asked}": AnswerTo = {vba_value(result)}', ""
    if len(result) == 1:  # xlwings hands a single row over without its brackets
        return f'    Case "{asked}": AnswerTo = Array({", ".join(map(vba_value, result[0]))})', ""
    lines = [
        f"Private Function Table{number}() As Variant",
        f"    Dim cells({len(result) - 1}, {len(result[0]) - 1}) As Variant",
    ]
    lines += [f"    cells({i}, {j}) = {vba_value(v)}" for i, row in enumerate(result) for j, v in enumerate(row)]
    lines += [f"    Table{number} = cells", "End Function"]
    return f'    Case "{asked}": AnswerTo = Table{number}()', "\n".join(lines)


def stand_in(answers: dict[str, object]) -> str:
    cases, tables = zip(*(answer_lines(number, *item) for number, item in enumerate(answers.items())))
    chosen = "Private Function AnswerTo(ByVal asked As String) As Variant\n    Select Case asked\n"
    end = '    Case Else: AnswerTo = "asked " & asked\n    End Select\nEnd Function\n'
    return STAND_IN + chosen + "\n".join(cases) + "\n" + end + "\n".join(filter(None, tables)) + "\n"


class Sheet:
    """Formulas and where their results will be, one under the other."""

    def __init__(self):
        self.row, self.rows, self.places = 10, [], {}
        self.rows.append('<row r="1"><c r="A1"><v>1.5</v></c></row>')
        self.rows.append('<row r="3"><c r="A3"><v>-3</v></c><c r="B3" t="str"><v>none</v></c></row>')

    def add(self, formula: str, height: int = 1, width: int = 1) -> None:
        end = f"{chr(64 + width)}{self.row + height - 1}"
        array = f' t="array" ref="A{self.row}:{end}"' if (height, width) != (1, 1) else ""
        self.rows.append(f'<row r="{self.row}"><c r="A{self.row}"><f{array}>{escape(formula)}</f></c></row>')
        self.places[formula] = (self.row, height, width)
        self.row += height

    def write(self, path, modules, classes) -> None:
        """A macro workbook with this sheet."""
        with pyopenvba.ExcelFile.create_new(path) as book:
            project = book.vba_project()
            project.delete_module("Module1")
            for name, text in modules.items():
                project.add_module(name, text.replace("\n", "\r\n"))
            for name, text in classes.items():
                project.add_module(name, text.replace("\n", "\r\n"), kind=pyopenvba.VBAModuleKind.other)
            book.save()
        with zipfile.ZipFile(path) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        parts["xl/worksheets/sheet1.xml"] = SHEET.format(rows="".join(self.rows)).encode()
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in parts.items():
                archive.writestr(name, content)

    def calculated(self, office, path) -> dict[str, list[list]]:
        """Every formula's result, calculated by LibreOffice, as rows of cells."""
        with office.open(path, macros=True) as book:
            book.recalculate()
            cells = book.cells(book.sheets()[0])
        return {
            formula: [[cells.get(f"{chr(65 + j)}{row + i}") for j in range(width)] for i in range(height)]
            for formula, (row, height, width) in self.places.items()
        }


EXAMPLES = {
    e.call: (function, example_arguments(function, e)) for function in FUNCTIONS.values() for e in function.examples
}

ECHOES = {  # what the stand-in says it was asked; LibreOffice hands TRUE over as 1
    "ROE(1,2,3,4)": "ROE,1,2,3,4,blank",
    'ROE(1,2,3,4,"mark")': "ROE,1,2,3,4,'mark",
    "ROE(A1,A2:A3,TRUE,4)": "ROE,1.5,blank|/-3|/,1,4,blank",
    "ROE(A1:A1,A2,3,4)": "ROE,1.5,blank,3,4,blank",
    "ROE(A3:B3,2,3,4)": "ROE,-3|'none|/,2,3,4,blank",
    "ROE({1,2,3},{1;2},3,4)": "ROE,1|2|3|/,1|/2|/,3,4,blank",
    "XLHEDGE_VERSION()": None,  # answered
}
WHOLE_COLUMN = "ROE(A:A,1,2,3)"


def asked(function, arguments) -> str:
    given = [*arguments, *[None] * (len(function.parameters) - len(arguments))]
    return ",".join([f"xlhedge.udfs.{function.name}", *map(text_of, given)])


@pytest.fixture(scope="module")
def results(plain_office, tmp_path_factory):
    """Everything calculated in one go."""
    sheet, answers = Sheet(), {}
    for call, (function, arguments) in EXAMPLES.items():
        result = sheet_call(function, arguments)
        answers[asked(function, arguments)] = result
        sheet.add(call, *((len(result), len(result[0])) if isinstance(result, list) else ()))
    for number, word in enumerate(ERROR_CODES):
        answers[f"xlhedge.udfs.CARRY_QTY,{number},0"] = word
        answers[f"xlhedge.udfs.CARRY_QTY,{number},1"] = [[1.0, word, "none"]]
        answers[f"xlhedge.udfs.CARRY_QTY,{number},2"] = [[1.0, word], [word, True]]
        sheet.add(f"CARRY_QTY({number},0)")
        sheet.add(f"CARRY_QTY({number},1)", 1, 3)
        sheet.add(f"CARRY_QTY({number},2)", 2, 2)
    for formula in (*ECHOES, WHOLE_COLUMN):
        sheet.add(formula)
    # LibreOffice takes Output for a word of its language wherever it stands; VBA does so only in Open.
    functions = re.sub(r"\boutput\b", "output_", functions_module())
    path = tmp_path_factory.mktemp("excel") / "functions.xlsm"
    sheet.write(
        path,
        {"functions": functions, "bridge": bridge(), "stand_in_for_xlwings": STARTING},
        {"StandIn": stand_in(answers)},
    )
    return sheet.calculated(plain_office.running(), path)


def shown(result) -> list[list]:
    """A result as LibreOffice shows it: an Excel error from a macro is the text 'Error 2036' there."""
    rows = result if isinstance(result, list) else [[result]]
    return [[f"Error {ERROR_CODES[cell]}" if cell in ERROR_CODES else cell for cell in row] for row in rows]


def same(one, other) -> bool:
    if isinstance(one, (float, int)) and isinstance(other, (float, int)):
        return math.isclose(one, other, rel_tol=1e-12)
    return one == other


@pytest.mark.parametrize("call", EXAMPLES)
def test_the_wrappers_hand_over_every_example(results, call):
    expected = shown(sheet_call(*EXAMPLES[call]))
    assert all(same(a, b) for got, want in zip(results[call], expected) for a, b in zip(got, want, strict=True)), (
        results[call]
    )


@pytest.mark.parametrize("number, word", [*enumerate(ERROR_CODES)])
def test_error_words_become_errors_in_cells_rows_and_tables(results, number, word):
    error = f"Error {ERROR_CODES[word]}"
    assert results[f"CARRY_QTY({number},0)"] == [[error]]
    assert results[f"CARRY_QTY({number},1)"] == [[1.0, error, "none"]]
    assert results[f"CARRY_QTY({number},2)"] == [[1.0, error], [error, True]]


@pytest.mark.parametrize("formula", ECHOES)
def test_arguments_arrive(results, formula):
    expected = f"asked xlhedge.udfs.{ECHOES[formula]}" if ECHOES[formula] else __version__
    assert results[formula] == [[expected]]


def test_a_whole_column_is_taken_as_far_as_the_sheet_is_filled(results):
    ((told,),) = results[WHOLE_COLUMN]
    assert told.startswith("asked xlhedge.udfs.ROE,1.5|/blank|/-3|/blank|/")
    assert told.count("/") < 1000
