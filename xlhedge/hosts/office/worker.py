"""The Python that installed the add-in, answering its calls: requests and answers are lines of JSON.

A request is the function's name and its arguments as Calc hands them over; an answer is a cell or a list of rows.
The process ends when its input does, that is, with LibreOffice.
"""

import json
import sys

import xlhedge.functions  # noqa: F401 - fills the registry
from xlhedge import __version__
from xlhedge.registry import FUNCTIONS, Parameter
from xlhedge.sheet import sheet_call


def answer(name: str, arguments: list):
    """Call a function with what Calc handed over."""
    function = FUNCTIONS[name]
    return sheet_call(function, [_cell(*pair) for pair in zip(function.parameters, arguments, strict=True)])


def _cell(parameter: Parameter, value):
    """An argument as a cell: Calc gives 0 for a reference to a blank cell, and 0 is never a word."""
    return None if parameter.kind in ("word", "text") and value == 0 else value


def serve(requests, answers) -> None:
    """Answer requests until there are no more; the first line says which version answers."""
    print(json.dumps(__version__), file=answers, flush=True)
    for line in requests:
        print(json.dumps(answer(*json.loads(line))), file=answers, flush=True)


if __name__ == "__main__":
    serve(sys.stdin, sys.stdout)
