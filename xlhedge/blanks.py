"""Blanks in a list that need no value, because the list beside it says so: the entry price where there is no position."""

from collections.abc import Sequence

from .errors import Described, InputError, shown
from .registry import Function


def without_idle_blanks(function: Function, values: Sequence) -> Sequence:
    """The arguments with 1, or any number, for each blank of a list where 0 in the list beside it says that none is needed."""
    for place, parameter in enumerate(function.parameters[: len(values)]):
        items = _flat(values[place]) if parameter.idle_with else []
        if not any(map(_is_missing, items)):
            continue
        beside = _flat(function.value_of(parameter.idle_with, values))
        length = max(len(items), len(beside))
        pairs = zip(*(each * length if len(each) == 1 else each for each in (items, beside)))
        if wrong := next((row for row, (item, size) in enumerate(pairs, 1) if _is_missing(item) and size != 0), 0):
            rule = f"{parameter.rule}, blank only where {parameter.idle_with} is 0"
            raise InputError(
                parameter.name, rule, Described(f"a blank beside {shown(beside[min(wrong, len(beside)) - 1])}")
            )
        filled = [1.0 if _is_missing(item) else item for item in items]
        is_list = hasattr(values[place], "__len__") and not isinstance(values[place], str)
        values = [*values[:place], filled if is_list else filled[0], *values[place + 1 :]]
    return values


def _flat(value) -> list:
    """The items of a list, or of the rows of a range; a single value as a list of one."""
    if isinstance(value, str) or not hasattr(value, "__len__"):
        return [value]
    return [item for row in value for item in _flat(row)]


def _is_missing(item) -> bool:
    return item is None or item == "" or item != item
