"""Every number of docs/domain.md section 13, and the popular claims of section 10 that are numbers, by three paths.

A call is written as in a spreadsheet. An expected value that is rounded is written with ~ and its digits.
"""

import math

import pytest

import xlhedge
from xlhedge.expression import parse_call
from xlhedge.sheet import sheet_call

POSITION = "-600000, 60000"

# price: short PnL BTC, short PnL USD, 50 BTC spot change USD, net USD, portfolio USD
PRICES = {
    40000: ("5", 200000, -1000000, -800000, 2200000),
    50000: ("2", 100000, -500000, -400000, 2600000),
    60000: ("0", 0, 0, 0, 3000000),
    66000: ("~-0.90909091", -60000, 300000, 240000, 3240000),
    72000: ("~-1.66666667", -120000, 600000, 480000, 3480000),
    80000: ("-2.5", -200000, 1000000, 800000, 3800000),
    120000: ("-5", -600000, 3000000, 2400000, 5400000),
}
USD_PNL = 'INVERSE_PNL(-600000, 60000, {price}, "usd")'
SPOT = "LINEAR_PNL(50, 60000, {price})"
LADDER = [
    row
    for price, (coin, usd, spot, net, portfolio) in PRICES.items()
    for row in (
        (f"INVERSE_PNL({POSITION}, {price})", coin),
        (USD_PNL.format(price=price), str(usd)),
        (SPOT.format(price=price), str(spot)),
        (f"{SPOT}+{USD_PNL}".format(price=price), str(net)),
        (f"50*{price}+{USD_PNL}".format(price=price), str(portfolio)),
    )
]

EXAMPLE = [
    ("HEDGE_SIZE(50, 60000, 20%)", "-600000"),
    ("HEDGE_SIZE(50, 60000, 20%, 10)", "-60000"),
    ("HEDGE_SIZE(50, 60000, 20%, 100)", "-6000"),
    ("NOTIONAL_COIN(-600000, 60000)", "-10"),
    ("INITIAL_MARGIN(-600000, 60000, 1/1%)", "0.1"),
    ("INITIAL_MARGIN(-600000, 60000, 1/1%)*60000", "6000"),
    ("HEDGED_WEIGHT(0.2, 60000, 60000)", "0.8"),
    ("HEDGED_WEIGHT(0.2, 60000, 50000)", "~0.769231"),
    ("HEDGED_WEIGHT(0.2, 60000, 90000)", "~0.857143"),
    ("HEDGE_SIZE(50+INVERSE_PNL(-600000, 60000, 50000), 50000, 0.2)", "-520000"),
    ("HEDGE_SIZE(50+INVERSE_PNL(-600000, 60000, 50000), 50000, 0.2, 1, -600000)", "80000"),
    ("REHEDGE(52, -600000, 50000, 0.2, 0.2, 0.2)", "80000"),
    ("LIQ_PRICE(-600000, 60000, 0.1, 0.5%)", "~60303.03"),
    ("LIQ_PRICE(-600000, 60000, 1, 0.5%)", "~66333.33"),
    ("LIQ_PRICE(-600000, 60000, 2.5, 0.5%)", "79600"),
    ("LIQ_PRICE(-600000, 60000, 5, 0.5%)", "119400"),
    ("LIQ_PRICE(-600000, 60000, 10, 0.5%)", "none"),
    ("LIQ_PRICE(-600000, 60000, 10.001, 0.5%)", "none"),
    ("LIQ_PRICE(-600000, 60000, 50, 0.5%)", "none"),
    ("MARGIN_FOR_MOVE(-600000, 60000, 10%, 0.5%)", "~0.954545"),
    ("MARGIN_FOR_MOVE(-600000, 60000, 20%, 0.5%)", "~1.708333"),
    ("MARGIN_FOR_MOVE(-600000, 60000, 25%, 0.5%)", "2.04"),
    ("MARGIN_FOR_MOVE(-600000, 60000, 50%, 0.5%)", "~3.366667"),
    ("MARGIN_FOR_MOVE(-600000, 60000, 100%, 0.5%)", "5.025"),
    ('FUNDING_PAYMENT(-600000, 60000, 0.01%, "usd")', "60"),
    ("FUNDING_PAYMENT(-600000, 60000, 0.01%)", "0.001"),
    ("FUNDING_PAYMENT(-600000, 60000, 0.01%)*3*30", "0.09"),
    ("FUNDING_COST(-600000, 0.01%, 8, 30)/60000", "0.09"),
    ("FUNDING_APR(0.01%, 8)", "0.1095"),
    ("REBALANCE_TRADES({100;100}, {0.85;0.15}, {0.7;0.3})", "{~-17.6471;100}"),
    *((f'2*{price}+INVERSE_PNL(-16000, 8000, {price}, "usd")', "16000") for price in (1, 4000, 8000, 64000, 1000000)),
    ("HEDGE_RATIO(2, -16000, 8000)", "1"),
]

# Section 10, by the number of the claim
CLAIMS = [
    ("1 a short loses when spot rises", "INVERSE_PNL(-600000, 60000, 66000)", "~-0.90909091"),
    ("2 a flat price gives neither gain nor loss", "INVERSE_PNL(-600000, 60000, 60000)", "0"),
    ("2 only funding and fees flow", 'INVERSE_PNL(-600000, 60000, 60000, "coin", 0.0005, 0.0005, 0.09)', "0.08"),
    ("3 the underweight asset is bought", "REBALANCE_TRADES({85;15}, {1;1}, {0.7;0.3})", "{-15;15}"),
    ("4 85 to 70 % sells 15/85 of the coin", "REBALANCE_TRADES({100;1}, {85;1500}, {0.7;0.3})", "{~-17.6471;1}"),
    ("5 0.1 BTC liquidates at +0.505 %", "LIQ_DISTANCE(LIQ_PRICE(-600000, 60000, 0.1, 0.005), 60000)", "~0.00505"),
    ("5 posted coins are counted once", "NET_EXPOSURE(50, -600000, 60000)", "40"),
    ("6 the coin size drifts with the price", "NOTIONAL_COIN(-600000, 50000)", "-12"),
    ("6 the coin size drifts with the price", "NOTIONAL_COIN(-600000, 80000)", "-7.5"),
    ("7 a dated contract has basis", 'BASIS(61200, 60000, "usd")', "1200"),
    ("7 and locks it in when sized at the future's price", "CARRY_QTY(10, 61200)", "-612000"),
    ("8 coin received", "FUNDING_TOTAL(-600000, {0.0001;-0.00015}, {30000;60000})", "0.0005"),
    ("8 and USD paid by the same history", 'FUNDING_TOTAL(-600000, {0.0001;-0.00015}, {30000;60000}, "usd")', "-30"),
    ("9 the hedge has taxes of its own", "TAX_DEFERRAL(10, 60000, 20000, 0.25, 0.25, 365, 50000, 0)", "0"),
    ("9 and a worse rate on it costs", "TAX_DEFERRAL(10, 60000, 20000, 0.25, 0.5, 365, 50000, 0)", "-25000"),
    ("10 a hedge is not free", "HEDGE_COST(-600000, 30, -0.0001, 8, 0.0005, 0.0005)", "-6000"),
]

CALLS = [*LADDER, *EXAMPLE, *((call, expected) for _, call, expected in CLAIMS)]


def by_python(function, arguments):
    """The public function, with ranges as flat lists, as a Python user would call it."""
    flat = [[cell for row in a for cell in row] if isinstance(a, list) else a for a in arguments]
    result = getattr(xlhedge, function.python_name)(*(math.inf if a == "none" else a for a in flat))
    if hasattr(result, "tolist"):
        return [[item] for item in result.tolist()]
    return "none" if result == math.inf else result


def by_ranges(function, arguments):
    """Every number as a range of three equal cells; the three results must be one."""
    numbers = [parameter.kind == "number" for parameter in function.parameters]
    if function.returns.kind == "vector" or not any(numbers):  # a list, or of lists alone
        return sheet_call(function, arguments)
    result = sheet_call(function, [[[a]] * 3 if wide else a for a, wide in zip(arguments, numbers)])
    assert result == [result[0]] * 3, f"{function.name} gives different results for equal cells: {result}"
    return result[0][0]


PATHS = {"python": by_python, "eval": sheet_call, "ranges": by_ranges}


def agrees(result, expected: str) -> bool:
    """Whether a cell is the expected one: to the digits printed after ~, else to 1e-12."""
    if isinstance(result, list):
        return all(agrees(row[0], text) for row, text in zip(result, expected.strip("{}").split(";"), strict=True))
    if isinstance(result, str):
        return result == expected
    digits = expected.lstrip("~")
    rounding = 0.5 * 10.0 ** -len(digits.partition(".")[2]) if expected != digits else 0.0
    return math.isclose(result, float(digits), rel_tol=1e-12, abs_tol=max(rounding, 1e-12))


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(("call", "expected"), CALLS, ids=[call for call, _ in CALLS])
def test_number_of_the_worked_example(call, expected, path):
    _, result = parse_call(call, PATHS[path])
    assert agrees(result, expected), f"{call} by {path} gave {result!r}, not {expected}"


def test_ladder_is_the_table_of_the_worked_example():
    ladder = xlhedge.scenario_ladder(50, -600000, 60000, list(PRICES))
    for (price, (coin, usd, spot, net, portfolio)), row in zip(PRICES.items(), ladder.to_dict("records"), strict=True):
        shown = (row["PnL USD"], row["spot value"] - 3000000, row["net value"] - 3000000, row["net value"])
        assert agrees(row["PnL coin"], coin), price
        assert shown == pytest.approx((usd, spot, net, portfolio), rel=1e-12, abs=1e-6), price


def test_a_full_hedge_is_a_synthetic_dollar_on_the_ladder():
    ladder = xlhedge.scenario_ladder(2, -16000, 8000, [1, 4000, 8000, 64000, 1e6])
    assert ladder["net value"].tolist() == pytest.approx([16000] * 5, rel=1e-12)
