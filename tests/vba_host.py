"""An Excel of pyopenvba's with the add-in's modules: a stand-in for Excel, with one more in Python's place."""

import pytest

from xlhedge.hosts.excel.modules import bridge
from xlhedge.hosts.excel.ribbon import RIBBON_MODULE

NO_PYTHON = "Python does not answer. Run xlhedge doctor, or the bundle's Check xlhedge.bat.\r\n\r\nno such interpreter"
"""What a box tells where the stand-in for Python ends at once."""

STARTING = """Public Const NOT_STARTED As Long = 1000
Public Answer As Variant, Asked As String, Ends As Boolean
Public Function StartedPython() As Object
    If Ends Then Err.Raise NOT_STARTED, , "no such interpreter"
    Set StartedPython = New StandIn
End Function
Public Function Setting(ByVal name As String) As String
End Function
Public Function IsFile(ByVal path As String) As Boolean
End Function
"""
CALLED = """Public Function CallUDF(ByVal moduleName As String, ByVal functionName As String, ByVal given As Variant) As Variant
    Asked = moduleName & "." & functionName & " " & {asked}
    CallUDF = Answer
End Function
"""


class VbaHost:
    """A workbook in such an Excel; `asked` is the VBA of what the stand-in keeps of the arguments `given`."""

    def __init__(self, asked: str, more: str = "") -> None:
        apps = pytest.importorskip("pyopenvba.apps.excel", reason="pyopenvba is missing (pip install pyopenvba)")
        self.app = apps.ExcelApplication()
        self.app.add_workbook()
        for name, text in {
            "bridge": bridge(),
            "ribbon": RIBBON_MODULE,
            "stand_in_for_xlwings": STARTING + more,
        }.items():
            self.app.add_module(text, name=name)
        self.app.add_module(CALLED.format(asked=asked), name="StandIn", kind="class")

    def run(self, *lines: str) -> list[str]:
        """The texts of the boxes that lines of VBA show."""
        self.app.add_module("\n".join(["Sub Main()", *lines, "End Sub"]), name="steps")
        self.app.run("Main")
        return [dialog[1] for dialog in self.app.dialogs]

    def value(self, sheet: str, cell: str) -> object:
        return self.app.sheet(sheet).value(cell)
