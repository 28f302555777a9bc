"""The type stub of the package, written from the registry: which types each function takes, and which it then gives.

Where the type of the result follows the arguments there is an overload for each case, in this order: every one of
them single; arrays among them; a Series for a certain one that is required; a Series for one that may be left out.
"""

from collections.abc import Callable, Iterator
from functools import partial

from . import functions  # noqa: F401 - fills the registry
from .document import docstring
from .registry import FUNCTIONS, Function, Parameter

HEAD = """\
# Written by `bash install/refresh.sh` from the registry: change that, not this.
# fmt: off
# ruff: noqa
# An overload for single numbers stands before the one for arrays, which takes single numbers too. Checkers would rather
# have them apart; that takes an overload for each way to place an array, and nobody could read their messages then.
# So a value that is said to be a number or an array counts as an array.
# mypy: disable-error-code="overload-overlap"
# pyright: reportOverlappingOverload=false
import datetime
from collections.abc import Hashable, Iterable, Sequence
from typing import Any, Literal, Protocol, SupportsFloat, TypeAlias, overload

import numpy as np
import pandas as pd
from numpy.typing import NDArray

__all__ = [
{names}
]

__version__: str

# A number of any kind. What can change, an array above all, has no hash.
class _Number(SupportsFloat, Hashable, Protocol): ...

_Numeric: TypeAlias = NDArray[np.floating[Any] | np.integer[Any] | np.bool_ | np.object_]
_Series: TypeAlias = pd.Series[float] | pd.Series[int] | pd.Series[bool]
# Broadcast against the others. An element that is missing or not allowed makes that element of the result NaN.
_Array: TypeAlias = Sequence[_Number | None | Sequence[_Number | None]] | _Numeric | pd.DataFrame | pd.Index[Any]
# A list taken as a whole, or one number for all of its elements.
_List: TypeAlias = _Number | Sequence[_Number] | _Numeric | pd.Index[Any]
_Table: TypeAlias = _List | _Series | Sequence[Sequence[_Number]] | pd.DataFrame
_Time: TypeAlias = _Number | str | datetime.date | np.datetime64
_Texts: TypeAlias = list[str] | tuple[str, ...] | NDArray[np.str_ | np.object_] | pd.Index[Any]
# Numbers where an element is NaN.
_Flags: TypeAlias = NDArray[np.bool_] | NDArray[np.float64]
_FlagSeries: TypeAlias = pd.Series[bool] | pd.Series[float]
"""

SINGLE, ARRAY, SERIES, ANY = range(4)
TAKEN = {
    "number": ("_Number", "_Number | _Array", "_Series", "_Number | _Array | _Series"),
    "vector": ("_List", "_List", "_Series", "_List | _Series"),
    "text": ("str", "str | _Texts", "pd.Series[str]", "str | _Texts | pd.Series[str]"),
}
"""The types of an argument that the result follows: single, single or array, Series, and any of these."""

FIXED = {
    "number": "_Number", "vector": "_List | _Series", "axis": "_List | _Series", "matrix": "_Table",
    "times": "_Time | Iterable[_Time]", "flag": "bool | np.bool_",
}  # fmt: skip
"""The type of an argument that the type of the result does not follow."""

GIVEN = {
    "number": ("float", "NDArray[np.float64]", "pd.Series[float]"),
    "flag": ("bool", "_Flags", "_FlagSeries"),
    "vector": ("NDArray[np.float64]", "NDArray[np.float64]", "pd.Series[float]"),
    "table": ("pd.DataFrame",) * 3,
    "text": ("str",) * 3,
    "any": ("float | str | tuple[float, ...]",) * 3,
}
"""The type of a result: of single arguments, of arrays, of Series."""

LOOKED_UP = ("NDArray[np.object_]", "pd.Series[Any]")
"""The same for a look-up, which is called for each element."""


def stub() -> str:
    """The text of xlhedge/__init__.pyi."""
    names = sorted(function.python_name for function in FUNCTIONS.values())
    lines = [HEAD.replace("{names}", "\n".join(f'    "{name}",' for name in names))]
    return "\n".join([*lines, *(line for function in FUNCTIONS.values() for line in _function(function))])


def _function(function: Function) -> Iterator[str]:
    """The overloads of a function; the first carries its help, which editors show."""
    overloads = list(_overloads(function))
    text = "\n".join(f"    {line}".rstrip() for line in docstring(function).splitlines()).strip()
    for number, (shape_of, given) in enumerate(overloads):
        taken = ", ".join(_argument(function, p, shape_of(p)) for p in function.parameters)
        if len(overloads) > 1:
            yield "@overload"
        yield f"def {function.python_name}({taken}) -> {given}:" + (" ..." if number else f'\n    """{text}\n    """')
    yield ""


def _overloads(function: Function) -> Iterator[tuple[Callable[[Parameter], int], str]]:
    """For each overload the shape of every argument that the result follows, and the type of the result."""
    single, array, series = GIVEN[function.returns.kind]
    if any(p.kind == "text" for p in function.parameters):
        array, series = LOOKED_UP
    leading = [p for p in function.parameters if _leads(function, p)]
    if function.returns.kind != "vector" or not leading:
        yield lambda p: SINGLE, single
    if not leading:
        return
    yield lambda p: ARRAY, array
    for parameter in leading:
        if parameter.required:
            yield partial(_one_series, parameter), series
    if not all(p.required for p in leading):
        yield lambda p: ARRAY if p.required else ANY, series


def _one_series(chosen: Parameter, parameter: Parameter) -> int:
    return SERIES if parameter is chosen else ANY


def _leads(function: Function, parameter: Parameter) -> bool:
    """Whether the result has the shape of this argument."""
    kinds = {"vector": ("vector",), "table": ()}.get(function.returns.kind, ("number", "text"))
    return parameter.kind in kinds


def _argument(function: Function, parameter: Parameter, shape: int) -> str:
    """An argument with its type, and with its default where it may be left out or None."""
    if parameter.choices:
        kind = "Literal[" + ", ".join(f'"{word}"' for word in parameter.choices) + "]"
    else:
        kind = TAKEN[parameter.kind][shape] if _leads(function, parameter) else FIXED[parameter.kind]
    if parameter.required:
        return f"{parameter.name}: {kind}"
    default = f'"{parameter.default}"' if parameter.choices else parameter.default
    return f"{parameter.name}: {kind} | None = {default}"
