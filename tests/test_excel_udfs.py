"""The functions as xlwings calls them: with its own converters, which run on any system, and its options for each argument."""

import inspect
from datetime import datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest
from xlwings import conversion
from xlwings.conversion.framework import ConversionContext

from xlhedge import udfs
from xlhedge.examples import example_arguments
from xlhedge.registry import FUNCTIONS
from xlhedge.sheet import sheet_call

ERRORS = {-2146826281: "#DIV/0!", -2146826246: "#N/A", -2146826259: "#NAME?", -2146826288: "#NULL!", -2146826252: "#NUM!",
          -2146826265: "#REF!", -2146826273: "#VALUE!"}  # fmt: skip
SPILL, CALC, GETTING_DATA, BLOCKED = (-2146828288 + code for code in (2045, 2050, 2043, 2047))
MISSING = -2147352572


class WindowsEngine:
    """What xlwings' engine for Windows does to values, as read in its _xlwindows.py: it cannot be imported elsewhere."""

    @staticmethod
    def clean_value_data(data, dates, empty, numbers, err_to_str):
        def clean(cell):
            if cell in ("", None):
                return empty
            return ERRORS[cell] if type(cell) is int and cell in ERRORS and err_to_str else cell

        return [[clean(cell) for cell in row] for row in data]

    @staticmethod
    def prepare_xl_data_element(cell, options):
        return "" if cell is None or cell != cell else cell


@pytest.fixture(autouse=True)
def windows(monkeypatch):
    engine = SimpleNamespace(impl=WindowsEngine)

    def start(self, rng=None, value=None, engine_name=None):
        self.range, self.engine, self.value, self.source_value, self.meta = rng, engine, value, value, {}

    monkeypatch.setattr(ConversionContext, "__init__", start)


def call(name, *arguments):
    """The steps of xlwings' call_udf, which needs Windows' COM: missing arguments, reading, the call, writing."""
    udf, given = udfs.UDFS[name], []
    for parameter, argument in zip(inspect.signature(udf).parameters.values(), arguments):
        default = None if parameter.default is inspect.Parameter.empty else parameter.default
        is_missing = type(argument) is int and argument == MISSING
        given.append(default if is_missing else conversion.read(None, argument, udfs.OPTIONS))
    rows = conversion.write(udf(*given, *[None] * (len(inspect.signature(udf).parameters) - len(given))), None, {})
    return rows[0][0] if len(rows) == len(rows[0]) == 1 else rows


def as_variant(argument):
    """A range as COM hands it over: a tuple of rows."""
    return tuple(map(tuple, argument)) if isinstance(argument, list) else argument


EXAMPLES = [(f, e) for f in FUNCTIONS.values() for e in f.examples]


@pytest.mark.parametrize("function, example", EXAMPLES, ids=lambda each: getattr(each, "call", ""))
def test_every_example_through_xlwings_converters(function, example):
    arguments = example_arguments(function, example)
    assert call(function.name, *map(as_variant, arguments)) == sheet_call(function, arguments)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_xlwings_can_take_the_function(name):
    udf = udfs.UDFS[name]
    assert udf is getattr(udfs, name) and name in udfs.__all__
    assert udf.__name__ == name and not udf.__annotations__
    assert 0 < len(udf.__doc__) <= 255
    assert all(p.kind is p.POSITIONAL_OR_KEYWORD for p in inspect.signature(udf).parameters.values())


POSITION = (-600000.0, 60000.0, 2.5, 0.005)


def test_ranges_keep_their_shape():
    column = call("LIQ_PRICE", -600000.0, ((60000.0,), (50000.0,)), 2.5, 0.005)
    row = call("LIQ_PRICE", -600000.0, (60000.0, 50000.0), 2.5, 0.005)  # COM hands a single row over as a flat tuple
    assert [len(column), len(column[0])] == [2, 1] and [len(row), len(row[0])] == [1, 2]
    assert [cell for (cell,) in column] == row[0]


def test_a_missing_or_blank_argument_takes_its_default():
    wanted = call("LIQ_PRICE", *POSITION)
    assert wanted == 79600
    assert call("LIQ_PRICE", *POSITION, MISSING, None, "") == wanted
    assert call("LIQ_PRICE", *POSITION, ((None,),)) == wanted
    assert call("LIQ_PRICE", -600000.0, 60000.0) == "#VALUE!"


@pytest.mark.parametrize("code, word", ERRORS.items())
def test_an_error_in_is_the_same_error_out(code, word):
    assert call("LIQ_PRICE", -600000.0, code, 2.5, 0.005) == word
    assert call("LIQ_PRICE", -600000.0, ((60000.0,), (code,)), 2.5, 0.005) == [[79600], [word]]


@pytest.mark.parametrize(
    "code, word", {SPILL: "#SPILL!", CALC: "#CALC!", GETTING_DATA: "#GETTING_DATA", BLOCKED: "#VALUE!"}.items()
)
def test_an_error_that_xlwings_does_not_know_is_no_number(code, word):
    assert call("LIQ_PRICE", -600000.0, code, 2.5, 0.005) == word
    assert call("LIQ_PRICE", -600000.0, ((60000.0,), (code,)), 2.5, 0.005) == [[79600], [word]]


def test_money_and_dates_are_numbers_but_times_stay_dates():
    assert call("LIQ_PRICE", Decimal("-600000"), Decimal("60000"), 2.5, 0.005) == 79600
    assert call("FUNDING_COST", -6e5, 0.0001, 8.0, datetime(1900, 1, 29)) == call(
        "FUNDING_COST", -6e5, 0.0001, 8.0, 30.0
    )
    day = datetime(2026, 11, 20, 8)
    assert call("FUNDING_LEDGER", -6e5, day, 0.0001, 60000.0)[1][0] == day


@pytest.mark.parametrize("wrong", ["text", True, ((1.0, "text"),), ((),)])
def test_whatever_comes_in_no_exception_comes_out(wrong):
    for name, function in FUNCTIONS.items():
        result = (
            call(name, *[wrong] * len(function.parameters))
            if wrong != ((),)
            else udfs.UDFS[name](*[wrong] * len(function.parameters))
        )
        cells = [cell for row in result for cell in row] if isinstance(result, list) else [result]
        assert all(cell == cell and "Traceback" not in str(cell) for cell in cells), name


def test_help_is_cut_at_a_word():
    assert udfs.short("word " * 100) == ("word " * 50).strip() + "..."
    assert udfs.short("short") == "short"
