"""How a worksheet function is called from Python: floats, arrays and Series in, the same out; tables as DataFrames.

Single numbers take a short generated path and never load numpy. Everything else goes through `evaluate`.
"""

import math
from collections.abc import Callable

from .call import Table, evaluate
from .errors import InputError
from .registry import Function, Parameter

ALONG = {"number": "element", "text": "element", "vector": "list", "times": "list"}
"""The kinds of arguments whose elements belong together; an axis and a table stand alone."""


def python_function(function: Function) -> Callable:
    """Make the public snake_case function: a short path for plain numbers in front of `evaluate`.

    The path is generated because a loop over parameter records would cost ten times the arithmetic.
    """
    names = [p.name for p in function.parameters]
    defaults = {f"_default_{p.name}": p.default for p in function.parameters if not p.required}
    signature = ", ".join(n if p.required else f"{n}=_default_{n}" for n, p in zip(names, function.parameters))
    arguments = ", ".join(names) + ("," if len(names) == 1 else "")
    lines = [f"def {function.python_name}({signature}):"]
    if function.returns.kind in ("number", "flag") and names and all(map(_is_plain, function.parameters)):
        needed = [
            f"({p.name} is not None or {p.needed_with[0]} != {p.needed_with[1]!r})"
            for p in function.parameters
            if p.needed_with
        ]
        tests = " and ".join([*map(_fast_test, function.parameters), *needed, *function.rules])
        answers = (
            "result.__class__ is bool"
            if function.returns.kind == "flag"
            else (
                "result.__class__ in plain and "
                + ("result == result" if function.returns.allows_none else "-inf < result < inf")
            )
        )
        lines += [
            "    try:",
            f"        if {tests}:",
            f"            result = body({arguments})",
            f"            if {answers}:",
            f"                return {'result' if function.returns.kind == 'flag' else 'float(result)'}",
            "    except (TypeError, ValueError, ArithmeticError):",
            "        pass",
        ]
    lines.append(f"    return evaluate(function, ({arguments}))")
    scope = {"function": function, "body": function.body, "evaluate": python_evaluate, "inf": math.inf}
    scope |= defaults | {"plain": frozenset((float, int)), "__name__": "xlhedge"}
    exec("\n".join(lines), scope)
    made = scope[function.python_name]
    made.worksheet_function = function
    made.__wrapped__ = _unannotated(function.body)
    return made


def _unannotated(body: Callable) -> Callable:
    """The body for inspect: its source and its signature, without the records that annotate its arguments."""
    return type(body)(body.__code__, body.__globals__, body.__name__, body.__defaults__, body.__closure__)


def _is_plain(parameter: Parameter) -> bool:
    return parameter.kind in ("number", "word", "flag")


def _fast_test(parameter: Parameter) -> str:
    """The Python expression that lets a plain scalar argument pass; anything else takes the long way."""
    name = parameter.name
    if parameter.choices:
        return f"{name} in {parameter.choices!r}"
    if parameter.kind == "flag":
        return f"{name}.__class__ is bool"
    low, high = "-inf <", "<= inf" if parameter.allows_none else "< inf"
    unequal = ""
    for operator, number in parameter.domain.bounds:
        if operator == "!=":
            unequal = f" and {name} != {number!r}"
        elif operator in (">", ">="):
            low = f"{number!r} {operator.replace('>', '<')}"
        else:
            high = f"{operator} {number!r}"
    test = f"{low} {name} {high}{unequal}"
    if parameter.required:
        test = f"{name}.__class__ in plain and {test}"  # numpy's scalars would warn where plain floats raise
    return f"({name} is None or {test})" if parameter.default is None else test


def python_evaluate(function: Function, values: tuple):
    """Call a function as Python users expect: floats, arrays and Series in, the same out; tables as DataFrames."""
    for value in values:
        if hasattr(value, "trace_call"):
            return value.trace_call(function, values)
    index = _shared_index(function, values)
    result = evaluate(function, values)
    if isinstance(result, Table):
        return result.frame()
    if index is not None and getattr(result, "ndim", 0) == 1 and len(result) == len(index):
        import pandas

        return pandas.Series(result, index=index)
    return result


def _shared_index(function: Function, values: tuple):
    """The pandas index of the Series that the result is laid along, if there are any.

    Series that are taken as a whole lie along one another, so they must share an index too.
    """
    found = {}
    for parameter, value in zip(function.parameters, values):
        if type(value).__module__.startswith("pandas") and hasattr(value, "index") and value.ndim == 1:
            index = found.setdefault(ALONG.get(parameter.kind, parameter.name), value.index)
            if not index.equals(value.index):
                raise InputError(parameter.name, "must have the same index as the other Series", list(value.index)[:5])
    return found.get("list" if function.returns.kind == "vector" else "element")
