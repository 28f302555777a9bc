"""Run the worked examples: each call as Python and as a sheet, each result against the one written beside it."""

import math
from typing import NamedTuple

from .expression import parse_call, parse_value
from .registry import FUNCTIONS, Example, Function
from .sheet import sheet_call

TOLERANCE = 1e-9
"""Examples are written with ten digits or more."""


class ExampleResult(NamedTuple):
    """One worked example and what came out."""

    function: Function
    example: Example
    result: object
    error: str

    @property
    def passed(self) -> bool:
        """Whether the result is the expected one."""
        return not self.error


def example_arguments(function: Function, example: Example) -> list:
    """The arguments of an example as a sheet would hand them over."""
    call, _ = parse_call(example.call, lambda *_: None)
    return call.arguments


def run_example(function: Function, example: Example) -> ExampleResult:
    """Run one example; an exception counts as a failure and is told."""
    try:
        result = sheet_call(function, example_arguments(function, example))
        expected = parse_value(example.expected)
    except Exception as error:
        return ExampleResult(function, example, None, f"{type(error).__name__}: {error}")
    return ExampleResult(function, example, result, "" if same(result, expected) else f"gave {result!r}")


def run_all() -> list[ExampleResult]:
    """Run every worked example of every function."""
    return [run_example(function, example) for function in FUNCTIONS.values() for example in function.examples]


def same(result, expected, tolerance: float = TOLERANCE) -> bool:
    """Whether two cells or two ranges are equal, numbers within a relative tolerance."""
    if isinstance(expected, list):
        return (
            isinstance(result, list)
            and len(result) == len(expected)
            and all(len(a) == len(b) and all(map(same, a, b)) for a, b in zip(result, expected))
        )
    if isinstance(expected, bool) or isinstance(result, bool):
        return result is expected
    if isinstance(expected, (float, int)) and isinstance(result, (float, int)):
        return math.isclose(result, expected, rel_tol=tolerance, abs_tol=1e-12)
    return result == expected
