"""Every worksheet function for xlwings, made from the registry when this module is imported.

The add-in for Excel on Windows calls it. It also serves xlwings' own add-in (name xlhedge.udfs under UDF Modules, press
Import Functions) and xlwings Lite, on a Mac and on the web:

    from xlhedge.udfs import *
"""

import textwrap
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from inspect import Parameter as Argument
from inspect import Signature

import xlwings

from . import functions  # noqa: F401 - fills the registry
from .errors import VALUE
from .registry import FUNCTIONS, Function, Parameter
from .sheet import sheet_call
from .whole_columns import trimmed

CATEGORY = "xlhedge"
LONGEST_HELP = 255
"""Characters that Excel's function wizard shows of a text."""

OPTIONS = {"ndim": 2, "err_to_str": True}
"""How xlwings hands an argument over: always as rows of cells, whatever its shape, and errors as Excel's words."""

ERROR_CODES = {2043: "#GETTING_DATA", 2045: "#SPILL!", 2050: "#CALC!"}
SCODE = -2146828288
"""An error in a cell that xlwings does not know arrives as this number plus its code in Excel."""

PLAIN = {float, str, bool, type(None)}
EPOCH, DAY = datetime(1899, 12, 30), timedelta(days=1)


def _udf(function: Function) -> Callable:
    """The function as xlwings calls it: cells in, a cell or rows of cells out, never an exception."""

    def udf(*cells):
        return sheet_call(function, [_plain(p, cell) for p, cell in zip(function.parameters, trimmed(cells))])

    udf.__name__ = udf.__qualname__ = function.name
    udf.__doc__ = short(function.summary)
    kind = Argument.POSITIONAL_OR_KEYWORD
    defaults = (Argument.empty if p.required else None for p in function.parameters)
    udf.__signature__ = Signature([Argument(p.name, kind, default=d) for p, d in zip(function.parameters, defaults)])
    for parameter in function.parameters:
        udf = xlwings.arg(parameter.name, doc=short(parameter.help()), **OPTIONS)(udf)
    return xlwings.func(udf, category=CATEGORY)  # last: arg() would reset the category


def _plain(parameter: Parameter, cells):
    """One cell as sheet_call knows it, or each cell of a row or of rows."""
    if isinstance(cells, (list, tuple)):
        return cells if {*map(type, cells)} <= PLAIN else [_plain(parameter, cell) for cell in cells]
    if isinstance(cells, int) and SCODE + 2000 <= cells < SCODE + 2100:
        return ERROR_CODES.get(cells - SCODE, VALUE)
    if isinstance(cells, Decimal):  # a cell that is formatted as currency
        return float(cells)
    if isinstance(cells, datetime) and parameter.kind != "times":  # a number that is formatted as a date
        return (cells - EPOCH) / DAY
    return cells


def short(text: str) -> str:
    """A text cut at the end of a word to what Excel's function wizard shows."""
    return textwrap.shorten(text, LONGEST_HELP, placeholder="...")


UDFS = {name: _udf(function) for name, function in FUNCTIONS.items()}
"""Every function by its name; on Windows each carries what xlwings knows about it in __xlfunc__."""

globals().update(UDFS)
__all__ = list(UDFS)
