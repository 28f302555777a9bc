"""Anything that a sheet can hold, given to every function: numbers, texts, blanks and error words come back, nothing else.

Seeded, so that a fault is found again. Most arguments are of the right kind, since a call that fails at its first
argument tries nothing else; their sizes are all that a spreadsheet knows, 1e-308 to 1e308.
"""

import logging
import math
import random
from datetime import date, datetime

import pytest

import xlhedge.functions  # noqa: F401 - fills the registry
from xlhedge.errors import EXCEL_ERRORS
from xlhedge.registry import FUNCTIONS, Function, Parameter
from xlhedge.sheet import sheet_call

CALLS = 300_000
LESS_OFTEN = {"table": 0.25, "text": 0.25, "any": 0.25}
"""Functions whose calls take long, by the kind of their result; those that look something up count as text."""

SIZES = (0.0, 1.0, -1.0, 0.5, 2, 100, 1e-308, -1e-308, 5e-324, 1e308, -1e308, 1.7e308, 1e154, 1e-154, 0.1, 0.3, 60000)
NO_NUMBERS = (
    None, None, "", "", "text", "Price", "none", "None", "1", "coin", "=A1", True, False, date(2026, 1, 2),
    datetime(2026, 1, 2, 8), *sorted(EXCEL_ERRORS),
)  # fmt: skip
SHAPES = ([], [[]], [[], []], [[1.0], [1.0, 2.0]], [[1.0, 2.0], [3.0]], [None], [[None]], [[None], [None]], [1.0, 2.0])
TEXTS = ("binance", "bybit", "deribit", "okx", "nowhere", "BTCUSD", "BTC", "face", "mmr", "mark", " ", "*", "x" * 300)


def number(rng: random.Random, parameter: Parameter) -> float:
    """A number of any size; three of four are in the domain of the argument."""
    for _ in range(4 if rng.random() < 0.75 else 1):
        kind = rng.random()
        if kind < 0.3:
            found = rng.choice(SIZES)
        elif kind < 0.5:
            found = rng.choice((1, -1)) * 10 ** rng.uniform(-308, 308)
        else:
            found = rng.choice((1, 1, -1)) * 10 ** rng.uniform(-4, 6)
        if all(parameter.domain.conditions(found)):
            break
    return found


def cell(rng: random.Random, parameter: Parameter):
    """One cell: mostly what the argument asks for."""
    if rng.random() < 0.04:
        return rng.choice(NO_NUMBERS)
    if parameter.kind == "word":
        return rng.choice(parameter.choices)
    if parameter.kind == "flag":
        return rng.choice((True, False, 0, 1.0))
    if parameter.kind == "text":
        return rng.choice(TEXTS)
    return number(rng, parameter)


def block(rng: random.Random, parameter: Parameter, height: int, width: int) -> list[list]:
    """A range of cells, with rows that are blank and, where the argument asks for it, numbers that increase."""
    rows = [[cell(rng, parameter) for _ in range(width)] for _ in range(height)]
    if (parameter.increasing or parameter.kind == "times") and rng.random() < 0.8:
        numbers = sorted(abs(number(rng, parameter)) for _ in range(height * width))
        rows = [[numbers[i * width + j] for j in range(width)] for i in range(height)]
        rows[0][0] = 0.0
    if rng.random() < 0.1:
        rows[rng.randrange(height)] = [rng.choice((None, ""))] * width
    return rows


def argument(rng: random.Random, parameter: Parameter, length: int):
    """One argument: a cell, or a range of the call's length, or now and then of any other shape."""
    luck, listed = rng.random(), parameter.kind in ("vector", "times", "axis", "matrix")
    if luck < 0.02:
        return rng.choice(SHAPES)
    if luck < 0.06:
        return block(rng, parameter, rng.randint(1, 5), rng.randint(1, 3))
    if not listed and luck < (0.88 if parameter.kind == "number" else 0.98):
        return cell(rng, parameter)
    if listed and luck < 0.12:
        return cell(rng, parameter)
    if parameter.kind == "matrix":
        return block(rng, parameter, length if rng.random() < 0.5 else rng.randint(1, 4), length)
    return block(rng, parameter, 1, length) if luck > 0.95 else block(rng, parameter, length, 1)


def arguments(rng: random.Random, function: Function) -> list:
    """The arguments of a call: seldom too few or too many."""
    length, luck = rng.choice((1, 2, 2, 3, 5)), rng.random()
    count = len(function.parameters)
    if luck < 0.3:
        count = rng.randint(sum(p.required for p in function.parameters), count)
    given = [argument(rng, parameter, length) for parameter in function.parameters[:count]]
    return given[:-1] if luck > 0.99 else [*given, 1.0] if luck > 0.985 else given


def calls(function: Function) -> int:
    """How many calls a function gets."""
    shares = {f.name: share(f) for f in FUNCTIONS.values()}
    return math.ceil(CALLS * shares[function.name] / sum(shares.values()))


def share(function: Function) -> float:
    looks_up = any(p.kind == "text" for p in function.parameters)
    return LESS_OFTEN["text"] if looks_up else LESS_OFTEN.get(function.returns.kind, 1.0)


def is_cell(found: object) -> bool:
    """Whether a value can stand in a cell: a finite number, a text or an error word, TRUE or FALSE, a blank, a date."""
    if isinstance(found, str):
        return not found.startswith("#") or found in EXCEL_ERRORS
    if isinstance(found, (bool, type(None), date)):
        return True
    return type(found) in (int, float) and math.isfinite(found)


def is_result(found: object) -> bool:
    """Whether a result is a cell, or rows of one width of them."""
    if not isinstance(found, list):
        return is_cell(found)
    return bool(found) and len({*map(len, found)}) == 1 and all(is_cell(item) for row in found for item in row)


class Heard(logging.Handler):
    """What sheet_call logs: it logs an error of the program, and nothing else."""

    def __init__(self) -> None:
        super().__init__()
        self.told = []

    def emit(self, record: logging.LogRecord) -> None:
        self.told.append(f"{record.exc_info[0].__name__}: {record.exc_info[1]}")


@pytest.fixture
def heard():
    handler, log = Heard(), logging.getLogger("xlhedge.sheet")
    log.addHandler(handler)
    log.propagate = False
    yield handler.told
    log.removeHandler(handler)
    log.propagate = True


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", FUNCTIONS)
def test_only_cells_come_back_and_nothing_unexpected_happens(name, heard):
    function, rng, faults, outcomes = FUNCTIONS[name], random.Random(name), {}, set()
    for _ in range(calls(function)):
        given = arguments(rng, function)
        result = sheet_call(function, given)
        outcomes.add(result if isinstance(result, str) and result in EXCEL_ERRORS else type(result).__name__)
        if heard or not is_result(result):
            faults.setdefault(heard[0].partition(" (")[0] if heard else f"gives {result!r}"[:40], (given, result))
            heard.clear()
    assert faults == {}
    assert function.parameters == () or len(outcomes) > 1, "the calls must reach a result now and then"


def test_there_are_enough_calls():
    assert sum(calls(function) for function in FUNCTIONS.values()) >= CALLS
