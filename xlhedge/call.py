"""How a worksheet function is called, whoever the host: conversion, domain checks, broadcasting, errors."""

import math
import re
from collections.abc import Sequence

from .blanks import without_idle_blanks
from .elementary import snapped, total
from .errors import Described, DomainError, InputError, NoResultError, XlhedgeError, as_percent, shown
from .registry import COMPARE, Function, Parameter

LISTS = ("vector", "words", "times")
"""The kinds of arguments whose elements belong together, one by one."""

BROADCAST = ("number", "vector")

BLOCK = 8192
"""Elements of a large array that are computed at a time, so that the intermediate results stay in the cache."""


class Table:
    """A result with a header row: the headers and, below each, a column of equal length."""

    def __init__(self, headers: Sequence, columns: Sequence[Sequence], *, is_grid: bool = False) -> None:
        self.headers, self.columns, self.is_grid = list(headers), columns, is_grid

    def rows(self) -> list[list]:
        """The header row and the rows below it."""
        return [self.headers, *map(list, zip(*self.columns))]

    def frame(self):
        """The table as a pandas DataFrame; the first column of a grid becomes its index."""
        import pandas

        data = {header: list(column) for header, column in zip(self.headers, self.columns)}
        frame = pandas.DataFrame(data)
        return frame.set_index(self.headers[0]) if self.is_grid else frame


def evaluate(function: Function, values: Sequence):
    """Check the arguments, run the body, and check the result.

    A wrong single number raises; a wrong element of an array becomes NaN and leaves the others alone.
    """
    bound = [convert(p, value) for p, value in zip(function.parameters, without_idle_blanks(function, values))]
    if any(p.kind == "text" for p in function.parameters):
        return _each_element(function, bound)
    check_needed(function, bound)
    bound = _align_vectors(function, bound)
    arrays = [i for i, p in enumerate(function.parameters) if p.kind == "number" and hasattr(bound[i], "ndim")]
    columns = [
        i
        for i, p in enumerate(function.parameters)
        if p.kind == "vector" and max(getattr(bound[i], "shape", ())[1:], default=1) > 1
    ]
    if columns and any(p.kind == "matrix" for p in function.parameters):
        _refuse_several(function, bound, columns[0])
    if (arrays or columns) and function.returns.kind in ("vector", "table"):
        _refuse_several(function, bound, (arrays or columns)[0])
    if arrays or columns:
        return _over_arrays(function, bound, arrays, columns)
    check_scalars(function, bound)
    return _checked(function, bound, _run(function, bound))


def _refuse_several(function: Function, bound: list, place: int) -> None:
    """Say that an argument has more values, or columns of values, than the function has a use for."""
    parameter = function.parameters[place]
    rule = "must be one number, not a range" if parameter.kind == "number" else "must be one list, not several columns"
    raise InputError(parameter.name, rule, Described(f"{bound[place].size} values"))


def convert(parameter: Parameter, value):
    """Turn one argument into what its kind asks for, or raise an InputError that names the rule."""
    if value is None:
        if parameter.default is None:
            return None
        if parameter.required:
            raise InputError(parameter.name, "is required", None)
        value = parameter.default
    if parameter.kind == "word":
        word = value.strip().lower() if isinstance(value, str) else value
        if word not in parameter.choices:
            raise InputError(parameter.name, parameter.rule, value)
        return word
    if parameter.kind == "words":
        return _words(parameter, value)
    if parameter.kind == "flag":
        if getattr(value, "ndim", 0) or value not in (True, False):
            raise InputError(parameter.name, parameter.rule, value)
        return bool(value)
    if parameter.kind == "text":
        return value
    if parameter.kind == "times":
        return _times(parameter, value)
    return _numbers(parameter, value)


def _words(parameter: Parameter, value):
    if isinstance(value, str):
        return convert(parameter._replace(kind="word"), value)
    import numpy

    each = [convert(parameter._replace(kind="word"), item) for item in numpy.asarray(value, dtype=object).flat]
    return numpy.array(each, dtype=str)


def check_needed(function: Function, bound: list) -> None:
    """Raise an InputError where an argument is left out that a word of the call asks for."""
    for parameter, value in zip(function.parameters, bound):
        if value is None and parameter.needed_with:
            name, choice = parameter.needed_with
            word = function.value_of(name, bound)
            if (word == choice) is True or (hasattr(word, "ndim") and (word == choice).any()):
                raise InputError(parameter.name, f"must be given with {name} {choice}", None)


def _numbers(parameter: Parameter, value):
    try:
        if parameter.kind == "number" and value.__class__ in (float, int, bool):
            return float(value)
        import numpy

        array = numpy.asarray(value)
        is_object = array.dtype.kind == "O"
        if array.dtype.kind not in "fiubO" or (is_object and any(isinstance(item, str) for item in array.flat)):
            raise ValueError
        array = array.astype(float)
    except (TypeError, ValueError):
        _refuse_header(parameter, parameter.rule, value)
        raise InputError(parameter.name, parameter.rule, value) from None
    except OverflowError:
        raise DomainError(parameter.name, parameter.rule, value) from None
    if parameter.kind == "number":
        return float(array) if array.ndim == 0 else array
    if parameter.kind == "matrix":
        if array.ndim > 2:
            raise InputError(parameter.name, parameter.rule, Described(f"{array.ndim} dimensions"))
        array = numpy.atleast_2d(array)
    elif parameter.kind == "axis" or parameter.increasing or (array.ndim and min(array.shape) <= 1):
        array = array.ravel()
    _check_vector(parameter, array)
    return array


def _refuse_header(parameter: Parameter, rule: str, value) -> None:
    """Say so where a list begins with the text above it, as a whole column of a table does."""
    if isinstance(value, (list, tuple)) and len(value) > 1:
        first, second = (row[0] if isinstance(row, (list, tuple)) and row else row for row in value[:2])
        if isinstance(first, str) and first.strip() and not isinstance(second, str):
            raise InputError(parameter.name, f"{rule}: leave the header row out", first)


def _out_of_domain(parameter: Parameter, value: float) -> DomainError:
    """The refusal of a number; one that is allowed as so many percent is told how to be written."""
    is_percent = parameter.unit == "fraction" and 2 <= value < math.inf
    hint = f": {as_percent(value)}" if is_percent and all(parameter.domain.conditions(value / 100)) else ""
    return DomainError(parameter.name, parameter.rule + hint, value)


def _check_vector(parameter: Parameter, array) -> None:
    import numpy

    good = numpy.isfinite(array)
    for condition in parameter.domain.conditions(array):
        good = good & condition
    if not good.all():
        raise _out_of_domain(parameter, float(array[~good].ravel()[0]) if array.ndim else float(array))
    if array.size == 0:
        raise InputError(parameter.name, parameter.rule, Described("an empty list"))
    if parameter.increasing and (array[0] != 0 or (numpy.diff(array) <= 0).any()):
        raise DomainError(parameter.name, parameter.rule, list(map(float, array)))


def _times(parameter: Parameter, value) -> list:
    times = list(value) if hasattr(value, "__iter__") and not isinstance(value, str) else [value]
    try:
        backwards = next((later for earlier, later in zip(times, times[1:]) if later < earlier), None)
    except TypeError:
        rule = "must be times of one kind, all dates or all numbers"
        _refuse_header(parameter, rule, times)
        raise InputError(parameter.name, rule, value) from None
    if backwards is not None:
        raise InputError(parameter.name, "must not go back in time", backwards)
    return times


def _align_vectors(function: Function, bound: list) -> list:
    """Bring vectors to one length and lay them along the first axis, before the axes of array arguments.

    A list of several columns (accounts, say) keeps them as further axes, which broadcast with those of the numbers.
    """
    lists = [i for i, p in enumerate(function.parameters) if p.kind in LISTS]
    if not lists:
        return bound
    import numpy

    sizes = {
        function.parameters[i].name: len(bound[i])
        for i in lists
        if hasattr(bound[i], "__len__") and numpy.ndim(bound[i])
    }
    length = max(sizes.values(), default=1)
    for name, size in sizes.items():
        if size != length:
            longest = max(sizes, key=sizes.get)
            raise InputError(name, f"must have as many values as {longest} ({length})", size)
    for i, parameter in enumerate(function.parameters):
        if parameter.kind == "matrix" and bound[i] is not None:
            bound[i] = _fitting(parameter, bound[i], length)
    axes = max(
        (numpy.ndim(bound[i]) - (p.kind != "number") for i, p in enumerate(function.parameters) if p.kind in BROADCAST),
        default=0,
    )
    for i in lists:
        is_number = function.parameters[i].kind == "vector" and bound[i] is not None
        if is_number or hasattr(bound[i], "ndim"):
            values = numpy.asarray(bound[i], dtype=float) if is_number else bound[i]
            values = values if values.ndim else numpy.broadcast_to(values, (length,))
            bound[i] = values.reshape(length, *(1,) * (axes + 1 - values.ndim), *values.shape[1:])
    return bound


def _fitting(parameter: Parameter, matrix, length: int):
    """The table with a column for each element of the lists, and a row too where it is square."""
    if matrix.shape[1] != length and length == matrix.shape[0] == 1:
        matrix = matrix.T
    for size, side in zip(matrix.shape, ("row", "column")):
        if size != length and (side == "column" or parameter.square):
            rule = f"must have one {side} for each of the {length} assets"
            raise InputError(parameter.name, rule, Described(f"{size} {side}{'s' if size != 1 else ''}"))
    return matrix


def check_scalars(function: Function, bound: list) -> None:
    """Raise a DomainError for the first single number out of its domain or against a rule; None is passed over."""
    for parameter, value in zip(function.parameters, bound):
        if parameter.kind == "number" and value is not None:
            finite = math.isfinite(value) or (parameter.allows_none and value == math.inf)
            if not (finite and all(parameter.domain.conditions(value))):
                raise _out_of_domain(parameter, value)
    for rule in function.rules:
        if not rule_condition(function, rule, bound):
            left, operator, right = _COMPARISON.split(rule)
            raise DomainError(left, f"must be {operator} {right}", _sum_named(function, left, bound))


_COMPARISON = re.compile(r" ([<>]=?) ")


def rule_condition(function: Function, rule: str, bound: Sequence):
    """Whether a rule such as 'low <= ratio' or 'mmr + fee < 1' holds, for numbers, arrays or cells.

    It holds when an argument that it names is not given.
    """
    left, operator, right = _COMPARISON.split(rule)
    left, right = _sum_named(function, left, bound), _sum_named(function, right, bound)
    return True if left is None or right is None else COMPARE[operator](left, right)


def _sum_named(function: Function, names: str, bound: Sequence):
    """The sum of arguments or numbers written as 'mmr + fee', or None when one of them is not given.

    The sum over a vector, written as 'sum(targets)', is taken to the millionth: ten times 0.1 is 1.
    """
    values = {p.name: value for p, value in zip(function.parameters, bound)}
    if names.startswith("sum("):
        vector = values[names[4:-1]]
        return None if vector is None else snapped(1.0 * total(vector))
    terms = [values[name] if name in values else float(name) for name in names.split(" + ")]
    return None if any(term is None for term in terms) else sum(terms)


def _run(function: Function, bound: list):
    """Run the body on scalars; where plain floats raise (1/0, log of 0), run it again by the rules of IEEE 754."""
    if not any(hasattr(value, "ndim") for value in bound):
        try:
            return function.body(*bound)
        except (ArithmeticError, ValueError):
            pass
    return _run_by_ieee(function, bound)


def _run_by_ieee(function: Function, bound: list):
    """Run the body with numpy's numbers, for which 1/0 is infinite and log(-1) NaN."""
    import numpy

    with numpy.errstate(all="ignore"):
        return function.body(*(numpy.float64(v) if v.__class__ is float else v for v in bound))


def _checked(function: Function, bound: list, result):
    kind = function.returns.kind
    if kind == "flag":
        return bool(result)
    if kind == "vector":
        import numpy

        result = numpy.where(numpy.isfinite(result), result, numpy.nan)
        if function.no_result and numpy.isnan(result).all():
            raise no_result(function, bound)
        return result
    if kind == "number" and not isinstance(result, str):
        result = float(result)
        if math.isnan(result) or (math.isinf(result) and not (function.returns.allows_none and result > 0)):
            raise no_result(function, bound)
    return result


def no_result(function: Function, bound: Sequence) -> NoResultError:
    """The error for arguments that are each allowed but have no result together."""
    given = ", ".join(
        f"{p.name} = {shown(v, 24)}" for p, v in zip(function.parameters, bound) if v is not None and p.kind == "number"
    )
    why = function.no_result or "the result is not a finite number"
    return NoResultError(f"{function.name}: {why}" + (f" (got {given})" if given else ""))


def _over_arrays(function: Function, bound: list, arrays: list[int], columns: list[int]):
    """The body over array arguments and over lists of several columns, which broadcast with one another."""
    import numpy

    spread = sorted([*arrays, *columns])
    shapes = [bound[i].shape[1:] if i in columns else bound[i].shape for i in spread]
    try:
        shape = numpy.broadcast_shapes(*shapes)
    except ValueError:
        names = ", ".join(function.parameters[i].name for i in spread)
        raise InputError(
            names, "must have shapes that fit each other", Described(" and ".join(map(str, shapes)))
        ) from None
    scalars = [v if i not in arrays else None for i, v in enumerate(bound)]
    check_scalars(function, [v if v.__class__ is float else None for v in scalars])
    with numpy.errstate(all="ignore"):
        size = math.prod(shape)
        same = all(bound[i].shape == shape for i in arrays)
        if size <= 2 * BLOCK or not same or any(p.kind in LISTS for p in function.parameters):
            return numpy.broadcast_to(_array_body(function, bound, arrays), shape).copy()
        flat = {i: bound[i].reshape(-1) for i in arrays}
        result = numpy.empty(size, dtype=bool if function.returns.kind == "flag" else float)
        for start in range(0, size, BLOCK):
            part = [flat[i][start : start + BLOCK] if i in flat else v for i, v in enumerate(bound)]
            result[start : start + BLOCK] = _array_body(function, part, arrays)
        return result.reshape(shape)


def _array_body(function: Function, bound: list, arrays: list[int]):
    """The body over arrays, with NaN where an element is out of its domain or has no finite result."""
    import numpy

    good = True
    for i in arrays:
        parameter = function.parameters[i]
        fine = numpy.isfinite(bound[i])
        if parameter.allows_none:
            fine = fine | (bound[i] == numpy.inf)
        for condition in parameter.domain.conditions(bound[i]):
            fine = fine & condition
        good = good & fine
    for rule in function.rules:
        good = good & rule_condition(function, rule, bound)
    try:
        result = function.body(*bound)
    except (ArithmeticError, ValueError):  # from the single numbers among the arrays
        result = _run_by_ieee(function, bound)
    if function.returns.kind == "flag":
        return numpy.where(good, result, numpy.nan) if not numpy.all(good) else result
    good = good & ((result < numpy.inf) if not function.returns.allows_none else True) & (result > -numpy.inf)
    return result if good.all() else numpy.where(good, result, numpy.nan)


def _each_element(function: Function, bound: list):
    """Run a look-up for one set of arguments, or for each element when an argument is a list."""
    import numpy

    listed = [i for i, v in enumerate(bound) if not isinstance(v, str) and numpy.ndim(v)]
    if not listed:
        check_scalars(function, bound)
        for parameter, value in zip(function.parameters, bound):
            if parameter.kind == "text" and not isinstance(value, str):
                raise InputError(parameter.name, parameter.rule, value)
        return _checked(function, bound, _run(function, bound))
    spread = numpy.broadcast_arrays(*(numpy.asarray(v, dtype=object) for v in bound))
    results = numpy.empty(spread[0].shape, dtype=object)
    for position in numpy.ndindex(results.shape):
        try:
            results[position] = _each_element(function, [array[position] for array in spread])
        except XlhedgeError:
            results[position] = numpy.nan
    return results
