"""The VBA modules made from the registry: one line that calls Python per function, and the function wizard's help."""

from collections.abc import Iterator

from xlhedge.registry import FUNCTIONS, Function, Parameter
from xlhedge.udfs import CATEGORY, short

from .modules import bridge
from .ribbon import RIBBON_MODULE

FUNCTIONS_HEAD = """Attribute VB_Name = "xlhedge_functions"
Option Explicit

' Written by xlhedge from its registry of functions: change that, not this.
"""

HELP_HEAD = """Attribute VB_Name = "xlhedge_help"
Option Explicit
Option Private Module

' Written by xlhedge from its registry of functions: change that, not this.

' Gives the function wizard its texts; False if Excel refuses them.
Public Function DescribeFunctions() As Boolean
    On Error GoTo Refused
{groups}
    DescribeFunctions = True
Refused:
End Function

Private Sub Describe(ByVal functionName As String, ByVal about As String, ByVal arguments As Variant)
    Dim macroName As String
    macroName = "'" & ThisWorkbook.Name & "'!" & functionName
    If UBound(arguments) < 0 Then
        Application.MacroOptions Macro:=macroName, Description:=about, Category:="{category}"
    Else
        Application.MacroOptions Macro:=macroName, Description:=about, Category:="{category}", ArgumentDescriptions:=arguments
    End If
End Sub
"""


def generated_modules() -> dict[str, str]:
    """The modules of the add-in by name, but for the one that starts Python."""
    return {
        "xlhedge_functions": functions_module(),
        "xlhedge_help": help_module(),
        "xlhedge_bridge": bridge(),
        "xlhedge_ribbon": RIBBON_MODULE,
    }


def functions_module() -> str:
    """The worksheet functions, each a single call."""
    return FUNCTIONS_HEAD + "".join(map(_function, FUNCTIONS.values()))


def _function(function: Function) -> str:
    names = [_argument(p) for p in function.parameters]
    given = ", ".join(name if p.required else f"Optional {name}" for p, name in zip(function.parameters, names))
    call = f'CallPython("{function.name}", Array({", ".join(names)}))'
    return f"\nPublic Function {function.name}({given})\n    {function.name} = {call}\nEnd Function\n"


def _argument(parameter: Parameter) -> str:
    """The name of an argument; VBA spells a word alike wherever it stands, so it must not be a function's name too."""
    return f"{parameter.name}_" if parameter.name.upper() in FUNCTIONS else parameter.name


def help_module() -> str:
    """The texts for the function wizard; a procedure per group, because VBA limits their size."""
    groups: dict[str, list[Function]] = {}
    for function in FUNCTIONS.values():
        groups.setdefault(function.group, []).append(function)
    calls = "\n".join(f"    Describe{number}" for number in range(1, len(groups) + 1))
    text = HELP_HEAD.format(groups=calls, category=CATEGORY)
    for number, (group, members) in enumerate(groups.items(), 1):
        lines = "\n".join(line for function in members for line in _description(function))
        text += f"\n' {group}\nPrivate Sub Describe{number}()\n{lines}\nEnd Sub\n"
    return text


def _description(function: Function) -> Iterator[str]:
    """One statement, a line per argument: VBA allows 1,023 characters in a line."""
    opening = f"    Describe {quoted(function.name)}, {quoted(short(function.summary))}, Array("
    texts = [quoted(short(p.help())) for p in function.parameters]
    if not texts:
        yield opening + ")"
        return
    yield opening + " _"
    yield from (f"        {text}, _" for text in texts[:-1])
    yield f"        {texts[-1]})"


def quoted(text: str) -> str:
    """A text as VBA spells it."""
    return '"' + text.replace('"', '""') + '"'
