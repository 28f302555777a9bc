"""The typed face: what a type checker says of the functions, and that they do what it says."""

import ast
import doctest
import inspect
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import xlhedge
from xlhedge.document import python_example
from xlhedge.errors import XlhedgeError
from xlhedge.registry import FUNCTIONS

PACKAGE = Path(xlhedge.__file__).parent
NAMES = [function.python_name for function in FUNCTIONS.values()]
SETUP = """
import datetime
import math
from decimal import Decimal
import numpy as np
import pandas as pd
import xlhedge
from xlhedge import basis, liq_price
series = pd.Series([1.0, 2.0])
frame = pd.DataFrame({"venue": ["bybit", "bybit"], "qty": [-1.0, -2.0]})
array = np.array([1.0, 2.0])
"""
ARRAY, SERIES, TABLE = "ndarray[tuple[Any, ...], dtype[float64]]", "Series[float]", "DataFrame"
OBJECTS = ARRAY.replace("float64", "object_")

# Each is what the checker reveals, and what comes out.
RIGHT = [
    ("liq_price(-600_000, 60_000, 5, 0.005)", "float"),
    ("xlhedge.liq_price(-600_000, 60_000, margin=10, mmr=0.005)", "float"),
    ("liq_price(np.float32(-1), Decimal(2), np.int64(1), False, None, slope=None)", "float"),
    ('liq_price(-1, 2, 1, 0.005, method="product")', "float"),
    ("liq_price(-600_000, 60_000, [0.1, 1, 5, 10], 0.005)", ARRAY),
    ("liq_price(-1, (2, 3.5), [1], 0.005)", ARRAY),
    ("liq_price(range(-9, -1), 60_000, 5, 0.005)", ARRAY),
    ("liq_price([[-1, -2], [-3, -4.5]], 2, 1, 0.005)", ARRAY),
    ("liq_price([None, -1], 2, 1, 0.005)", ARRAY),
    ("liq_price(-array, 2, 1, 0.005)", ARRAY),
    ("liq_price(np.arange(-3, -1), 2, 1, 0.005)", ARRAY),
    ('liq_price(frame[["qty"]], 2, 1, 0.005)', ARRAY),
    ("liq_price(-1, 2, 1, 0.005, fee=[0.0, 0.1])", ARRAY),
    ('liq_price(-1, 2, 1, 0.005, 0.0, array / 10, "product")', ARRAY),
    ("liq_price(series, 2, 1, 0.005)", SERIES),
    ('liq_price(frame["qty"], array, series, 0.005)', SERIES),
    ("liq_price(-1, 2, 1, 0.005, fee=series / 10)", SERIES),
    ("basis(61_200, 60_000)", "float"),
    ("xlhedge.over_hedged(50, -1, 2)", "bool"),
    ("xlhedge.over_hedged([50, 2], -1, 2)", f"{ARRAY.replace('float64', 'bool[bool]')} | {ARRAY}"),
    ("xlhedge.over_hedged([50, -2], -1, 2)", f"{ARRAY.replace('float64', 'bool[bool]')} | {ARRAY}"),
    ("xlhedge.over_hedged(series, -1, 2)", "Series[bool] | Series[float]"),
    ("xlhedge.funding_apr(0.0001, 8, True)", "float"),
    ("xlhedge.avg_entry(series, [1, 2])", "float"),
    ("xlhedge.funding_total(-1, [0.1, 0.2], series)", "float"),
    ("xlhedge.tier_leverage([1, 2], [0.0, 1.0], series)", ARRAY),
    ("xlhedge.maint_tier(series, [0.0, 1.0], [0.1, 0.2])", SERIES),
    ("xlhedge.funding_total([-1, -2], series, 1)", "float"),
    ("xlhedge.portfolio_var([1, 2], 0.6, [[1, 0.5], [0.5, 1]], series)", SERIES),
    ('xlhedge.market("sample", "BTCUSD", "mark")', "float | str | tuple[float, ...]"),
    ("xlhedge.weights([1, 2], 3)", ARRAY),
    ("xlhedge.weights(array, [1, 2])", ARRAY),
    ("xlhedge.weights([1, 2], series)", SERIES),
    ("xlhedge.weights([1, 2], [1, 2], series)", SERIES),
    ("xlhedge.rebalance_trades([1, 2], [1, 2], [0.5, 0.5], never_sell=True)", ARRAY),
    ("xlhedge.scenario_ladder(50, -1, 60_000, [50_000, 70_000])", TABLE),
    ("xlhedge.stress([50, 200], 0, series, 1, [[-0.5, -0.6], [1, 0.5]])", TABLE),
    ("xlhedge.funding_ledger(-1, [datetime.date(2026, 1, 1)], [0.1], 1)", TABLE),
    ('xlhedge.funding_ledger(-1, pd.date_range("2026-01-01", periods=2), 0.1, series)', TABLE),
    ("xlhedge.hedge_replay([1, 2], [2, 3], 0.0, 50, 0.2, None, 0.3)", TABLE),
    ('xlhedge.contract_spec("bybit", "BTCUSD", "face")', "float | str | tuple[float, ...]"),
    ('xlhedge.contract_spec(["bybit", "okx"], "BTCUSD", "face")', OBJECTS),
    ('xlhedge.contract_spec(frame["venue"], "BTCUSD", "face")', "Series[Any]"),
    ('xlhedge.liq_price_venue("bybit", "BTCUSD", -600_000, 60_000, 2.5)', "float"),
    ('xlhedge.liq_price_venue("bybit", "BTCUSD", [-600_000], 60_000, 2.5)', OBJECTS),
    ('xlhedge.liq_price_venue("bybit", "BTCUSD", series, 60_000, 2.5)', "Series[Any]"),
    ("xlhedge.xlhedge_version()", "str"),
    ("xlhedge.__version__", "str"),
]

# Each is refused by the checker, with these words, and where it is a mistake at run time too by the function.
WRONG = [
    ('liq_price(-1, 2, 1, 0.005, method="marc")', "No overload variant"),
    ('liq_price(-1, 2, [1, 2], 0.005, method="marc")', "No overload variant"),
    ('xlhedge.avg_entry("1", 2)', "incompatible type"),
    ('xlhedge.scenario_grid(1, 2, [1], [1], "pnl")', "expected \"Literal['net_value', "),
    ("liq_price(-1, 2, 1, 0.005, metod=1)", 'did you mean "method"'),
    ("liq_price(-1, 2, 1)", "No overload variant"),
    ('liq_price("-1", 2, 1, 0.005)', "incompatible type"),
    ('liq_price(["-1"], 2, 1, 0.005)', "incompatible type"),
    ("liq_price(None, 2, 1, 0.005)", "No overload variant"),
    ("liq_price({1, 2}, 2, 1, 0.005)", "No overload variant"),
    ("liq_price(1j, 2, 1, 0.005)", "No overload variant"),
    ('liq_price(pd.Series(["a"]), 2, 1, 0.005)', "incompatible type"),
    ("xlhedge.scenario_ladder([50], -1, 60_000, [50_000])", "incompatible type"),
    ("xlhedge.funding_apr(0.0001, 8, [True])", "No overload variant"),
    ('xlhedge.contract_spec(5, "BTCUSD", "face")', "No overload variant"),
    ("xlhedge.liq_prise(1)", 'maybe "liq_price"'),
]


@pytest.fixture(scope="module")
def told(tmp_path_factory) -> dict[str, dict[int, str]]:
    """What mypy says, strict, by file and line: of the stub, of right and wrong calls, and of every worked example."""
    folder = tmp_path_factory.mktemp("typing")
    parser, calls = doctest.DocTestParser(), []
    for function in FUNCTIONS.values():
        for i in range(len(function.examples)):
            calls += [example.source.strip() for example in parser.get_examples(python_example(function, i))]
    files = {
        "right": [f"reveal_type({call})" for call, _ in RIGHT],
        "wrong": [call for call, _ in WRONG],
        "examples": calls,
    }
    for name, lines in files.items():
        (folder / f"{name}.py").write_text("\n".join([*lines_before(), *lines]), "utf-8")
    arguments = ["--strict", "--cache-dir", str(folder / "cache"), "--no-error-summary", "--no-pretty"]
    paths = [str(PACKAGE / "__init__.pyi"), *(str(folder / f"{name}.py") for name in files)]
    run = subprocess.run(
        [sys.executable, "-m", "mypy", *arguments, *paths], capture_output=True, text=True, cwd=folder,
        env={**os.environ, "MYPYPATH": str(PACKAGE.parent)},
    )  # fmt: skip
    assert run.returncode in (0, 1), run.stderr
    said: dict[str, dict[int, str]] = {name: {} for name in files}
    for line in run.stdout.splitlines():
        place, number, text = re.fullmatch(r"(.+?):(\d+): (.*)", line).groups()
        name, number = Path(place).stem, int(number) - len(lines_before())
        said.setdefault(name, {})[number] = said.get(name, {}).get(number, "") + text
    return said


def lines_before() -> list[str]:
    return SETUP.strip().splitlines()


def value_of(call: str):
    """What a call gives."""
    scope: dict = {}
    exec(SETUP, scope)
    return eval(call, scope)


@pytest.mark.parametrize(("number", "call", "revealed"), [(i, *case) for i, case in enumerate(RIGHT, 1)])
def test_the_checker_knows_what_comes_out(told, number, call, revealed):
    found = re.search('Revealed type is "(.*)"', told["right"].get(number, "nothing"))
    assert found and re.sub(r"\w[\w.]*\.(\w+)", r"\1", found[1]) == revealed, told["right"].get(number)
    kinds = {alternative.split("[")[0] for alternative in revealed.split(" | ")}
    assert type(value_of(call)).__name__ in kinds


@pytest.mark.parametrize(("number", "call", "words"), [(i, *case) for i, case in enumerate(WRONG, 1)])
def test_the_checker_refuses_what_the_function_refuses(told, number, call, words):
    assert words in told["wrong"].get(number, "nothing")
    with pytest.raises((XlhedgeError, TypeError, AttributeError)):
        value_of(call)


def test_every_worked_example_is_right(told):
    assert told["examples"] == {}


def test_the_stub_is_clean(told):
    assert "__init__" not in told


def test_the_stub_has_every_function_with_its_arguments_and_defaults():
    tree = ast.parse((PACKAGE / "__init__.pyi").read_text("utf-8"))
    defined = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    assert list(dict.fromkeys(node.name for node in defined)) == NAMES
    for node in defined:
        parameters = inspect.signature(getattr(xlhedge, node.name)).parameters.values()
        assert [a.arg for a in node.args.args] == [p.name for p in parameters]
        assert [ast.literal_eval(d) for d in node.args.defaults] == [
            p.default for p in parameters if p.default is not p.empty
        ]


def test_import_star_gives_the_functions_and_nothing_else():
    scope: dict = {}
    exec("from xlhedge import *", scope)
    assert set(scope) - {"__builtins__"} == set(NAMES) == set(xlhedge.__all__)


@pytest.mark.parametrize("name", NAMES)
def test_inspect_tells_the_body(name):
    made = getattr(xlhedge, name)
    assert (
        f"def {name}(" in inspect.getsource(made)
        and inspect.unwrap(made).__code__ is FUNCTIONS[name.upper()].body.__code__
    )
    assert {p.annotation for p in inspect.signature(made).parameters.values()} <= {inspect.Parameter.empty}
    assert made.__name__ == name and made.__module__ == "xlhedge" and "Result: " in made.__doc__
