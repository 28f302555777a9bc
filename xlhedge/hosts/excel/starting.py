"""The VBA that starts Python through xlwings' DLL, and what the add-in knows of the computer it is on.

Of xlwings' own VBA nothing is used but the DLL's one entry: that module asks the active workbook and its folder for settings,
so that a workbook from elsewhere could choose the program that Excel starts, and it starts Python through a command window,
which never ends, so that the DLL waits two minutes for a Python that has failed. Here the interpreter is started by itself,
and the DLL gives up as soon as it has ended.
"""

import importlib.util
import re
from pathlib import Path

from .locations import LACKS, ExcelError
from .server import ENDING

SERVER_COMMAND = '"{interpreter}" -P -B "{server}" $(CLSID)'
"""The command line by which xlwings' DLL starts Python: isolated from the folder it is in. The DLL fills in the number."""

MODULE = """Attribute VB_Name = "xlhedge_python"
Option Explicit
Option Private Module

' Starts the Python that answers, through the DLL of xlwings {version}.

#If Win64 Then
    Private Const LIBRARY As String = "xlwings64-{version}.dll"
    Private Declare PtrSafe Function ActivateServer Lib "xlwings64-{version}.dll" Alias "XLPyDLLActivateAuto" (ByRef answer As Variant, ByVal startedBy As String, ByVal mode As Long) As Long
#Else
    Private Const LIBRARY As String = "xlwings32-{version}.dll"
    Private Declare PtrSafe Function ActivateServer Lib "xlwings32-{version}.dll" Alias "XLPyDLLActivateAuto" (ByRef answer As Variant, ByVal startedBy As String, ByVal mode As Long) As Long
#End If
Private Declare PtrSafe Function LoadLibrary Lib "kernel32" Alias "LoadLibraryA" (ByVal path As String) As LongPtr

Public Const NOT_STARTED As Long = 1000
Private Const START As Long = 1

' The server, started if need be; an error says why it cannot be.
Public Function StartedPython() As Object
    Dim python As String, script As String, answer As Variant
    python = Setting("INTERPRETER")
    script = Setting("SERVER")
    If python = "" Then Err.Raise NOT_STARTED, , "this add-in was not installed: it names no Python"
    If Not IsFile(python) Then Err.Raise NOT_STARTED, , "there is no " & python
    If Not IsFile(script) Then Err.Raise NOT_STARTED, , "there is no " & script
    If LoadLibrary(FolderOf(python) & LIBRARY) = 0 Then
        If LoadLibrary(FolderOf(Left$(FolderOf(python), Len(FolderOf(python)) - 1)) & LIBRARY) = 0 Then
            Err.Raise NOT_STARTED, , LIBRARY & " is not beside " & python & " and not a folder above"
        End If
    End If
    ShowStatus "Starting Python ..."
    If ActivateServer(answer, {command}, START) <> 0 Then
        ShowStatus "xlhedge: Python does not start; =XLHEDGE_VERSION() says why"
        Err.Raise NOT_STARTED, , ReasonOf(script, python, answer)
    End If
    ShowStatus ""
    Set StartedPython = answer
End Function

' Why Python did not start, by what the script may have written beside itself: a number and a reason, in a line each.
Private Function ReasonOf(ByVal script As String, ByVal python As String, ByVal answer As Variant) As String
    Dim file As Integer, said As String, number As String, reason As String
    On Error GoTo Done
    If VarType(answer) = vbString Then said = answer
    If IsFile(script & "{ending}") Then
        file = FreeFile
        Open script & "{ending}" For Input As #file
        Line Input #file, number
        Line Input #file, reason
    End If
Done:
    If file > 0 Then Close #file
    ReasonOf = ChosenReason(python, said, number, reason)
End Function

' The script's reason if it is of this start, whose number stands in what the DLL said; else that, without the line by
' which it started Python.
Private Function ChosenReason(ByVal python As String, ByVal said As String, ByVal number As String, ByVal reason As String) As String
    If said = "" Then
        ChosenReason = python & " ended before it answered"
    ElseIf number <> "" And InStr(1, said, number, vbTextCompare) > 0 Then
        ChosenReason = reason
    Else
        ChosenReason = python & ": " & Trim$(Replace(Replace(Split(said, vbLf & "Comm")(0), vbCr, ""), vbLf, " "))
    End If
End Function

' What the installer wrote into this add-in's own sheet: never the active workbook's or its folder's.
Public Function Setting(ByVal name As String) As String
    Dim entry As Range
    For Each entry In ThisWorkbook.Worksheets(1).UsedRange.Columns(1).Cells
        If entry.Value2 = name Then Setting = entry.Offset(0, 1).Value2
    Next entry
End Function

Public Function IsFile(ByVal path As String) As Boolean
    On Error Resume Next
    If path <> "" Then IsFile = (GetAttr(path) And vbDirectory) = 0
End Function

Private Function FolderOf(ByVal path As String) As String
    FolderOf = Left$(path, InStrRev(path, "\\"))
End Function

' Excel may refuse it in the middle of a calculation, which is no reason to fail.
Private Sub ShowStatus(ByVal words As String)
    On Error Resume Next
    If words = "" Then Application.StatusBar = False Else Application.StatusBar = words
End Sub
"""


def server_command(interpreter, server) -> str:
    """The command line that starts Python as a server for Excel; xlwings' DLL fills in the $(CLSID)."""
    return SERVER_COMMAND.format(interpreter=interpreter, server=server)


def xlwings_version() -> str:
    """The version that the DLL beside the interpreter bears in its name."""
    spec = importlib.util.find_spec("xlwings")
    if spec is None:
        raise ExcelError(LACKS.format(package="xlwings"))
    text = Path(spec.origin).read_text(encoding="utf-8")
    return re.search(r'^__version__ = "([^"]+)"', text, re.M)[1]


def starting_module() -> str:
    """The module that starts Python."""
    command = SERVER_COMMAND.replace('"', '""').format(interpreter='" & python & "', server='" & script & "')
    return MODULE.format(version=xlwings_version(), command=f'"{command}"', ending=ENDING)
