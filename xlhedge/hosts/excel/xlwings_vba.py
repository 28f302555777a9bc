"""xlwings' own VBA (its BSD part), read from the installed package and narrowed to what xlhedge wants of it.

Two functions are replaced. xlwings' own look for settings in the active workbook and in its folder as well, and put that
folder on Python's path. So a workbook from elsewhere could choose the program that Excel starts; here it cannot.
"""

import importlib.util
import re
from pathlib import Path

from .locations import ExcelError

CONFIGURED_NAME = "xlhedge"
"""Names the settings: the sheet xlhedge.conf of the add-in, and the file .xlhedge\\xlhedge.conf in the user's folder."""

SERVER_COMMAND = """cmd.exe /K ""{interpreter}" -P -B -c "import xlwings; xlwings.serve('$(CLSID)')\"\""""
"""The command line by which xlwings' DLL starts Python: as xlwings composes it, but with nothing put on Python's path."""

GET_CONFIG = """
Function GetConfig(configKey As String, Optional default As String = "", Optional source As String = "") As Variant
    ' Written by xlhedge: asks this add-in's sheet and the user's file only, never the active workbook or its folder.
    Dim entry As Range, configValue As String
    GetConfig = default
    For Each entry In ThisWorkbook.Worksheets(PROJECT_NAME & ".conf").UsedRange.Columns(1).Cells
        If UCase$(entry.Value) = UCase$(configKey) Then
            GetConfig = entry.Offset(0, 1).Value
            Exit Function
        End If
    Next entry
    If FileExists(GetConfigFilePath()) Then
        If GetConfigFromFile(GetConfigFilePath(), configKey, configValue) Then GetConfig = ExpandEnvironmentStrings(configValue)
    End If
End Function
"""

COMMAND = """
Function XLPyCommand()
    ' Written by xlhedge: no workbook's folder comes on Python's path.
    XLPyCommand = {command}
End Function
"""

SOURCE, DICTIONARY = "xlwings_custom_addin.bas", "addin/Dictionary.cls"


def server_command(interpreter) -> str:
    """The command line that starts Python as a server for Excel; xlwings' DLL fills in the $(CLSID)."""
    return SERVER_COMMAND.format(interpreter=interpreter)


def xlwings_version() -> str:
    """The version that the DLL beside the interpreter bears in its name."""
    return re.search(r'^__version__ = "([^"]+)"', (_folder() / "__init__.py").read_text(encoding="utf-8"), re.M)[1]


def xlwings_module() -> str:
    """xlwings' module for add-ins, with xlhedge's settings and command line."""
    text = (_folder() / SOURCE).read_text(encoding="ascii").replace("\r\n", "\n")
    before, after = (part.replace('"', '""') for part in SERVER_COMMAND.split("{interpreter}"))
    command = COMMAND.format(command=f'"{before}" & GetConfig("INTERPRETER_WIN", "pythonw") & "{after}"')
    text = _replace(text, r'(?<=PROJECT_NAME As String = )"myaddin"', f'"{CONFIGURED_NAME}"')
    text = _replace(text, r"\nFunction GetConfig\(.*?\nEnd Function\n", GET_CONFIG)
    text = _replace(text, r"\nFunction XLPyCommand\(.*?\nEnd Function\n", command)
    return _replace(text, r'(?<=^Attribute VB_Name = "xlwings"\n)', "Option Private Module\n")


def dictionary_class() -> str:
    """The class that xlwings' module uses on a Mac."""
    return (_folder() / DICTIONARY).read_text(encoding="ascii").replace("\r\n", "\n")


def _folder() -> Path:
    spec = importlib.util.find_spec("xlwings")
    if spec is None:
        raise ExcelError("xlwings is not installed; run: pip install xlwings")
    return Path(spec.origin).parent


def _replace(text: str, pattern: str, by: str) -> str:
    """Replace what must be there exactly once."""
    changed, count = re.subn(pattern, lambda _: by, text, flags=re.S)
    if count != 1:
        raise ExcelError(f"this version of xlwings is not known to xlhedge: {SOURCE} has {count} places like {pattern}")
    return changed
