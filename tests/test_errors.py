"""Wrong calls and the exact sentence that each one gets; and what comes out of a sheet's wrong and blank cells."""

import datetime
import math

import numpy as np
import pandas as pd
import pytest

import xlhedge.functions
from xlhedge import errors
from xlhedge.errors import DomainError, InputError, NoResultError, NotAvailableError, XlhedgeError
from xlhedge.registry import FUNCTIONS
from xlhedge.sheet import sheet_call

NAN = math.nan
OVERSIZED = 10**400

# function, arguments, error, sentence
WRONG = [
    ("inverse_pnl", (-600000, -5, 50000), DomainError, "entry must be > 0 USD/coin (got -5)"),
    ("inverse_pnl", (-600000, 0, 50000), DomainError, "entry must be > 0 USD/coin (got 0)"),
    ("inverse_pnl", (-600000, 60000, NAN), DomainError, "price must be > 0 USD/coin (got nan)"),
    ("inverse_pnl", (math.inf, 60000, 50000), DomainError, "qty must be a number [USD] (got inf)"),
    ("inverse_pnl", ("many", 60000, 50000), InputError, "qty must be a number [USD] (got 'many')"),
    ("inverse_pnl", (None, 60000, 50000), InputError, "qty is required (got nothing)"),
    ("inverse_pnl", (-600000, "60000", 50000), InputError, "entry must be > 0 USD/coin (got '60000')"),
    ("inverse_pnl", (-600000, 1j, 50000), InputError, "entry must be > 0 USD/coin (got 1j)"),
    ("inverse_pnl", (-600000, {}, 50000), InputError, "entry must be > 0 USD/coin (got {})"),
    ("inverse_pnl", (-600000, [[1, 2], [3]], 5), InputError, "entry must be > 0 USD/coin (got [[1, 2], [3]])"),
    ("inverse_pnl", (-600000, datetime.date(2026, 1, 2), 5), InputError, "entry must be > 0 USD/coin (got 2026-01-02)"),
    ("inverse_pnl", (-600000, np.datetime64("2026-01-02"), 5), InputError,
     "entry must be > 0 USD/coin (got 2026-01-02)"),
    ("inverse_pnl", (-600000, 60000, 50000, "btc"), InputError, "unit must be one of coin, usd (got 'btc')"),
    ("inverse_pnl", (-600000, 60000, 50000, 7), InputError, "unit must be one of coin, usd (got 7)"),
    ("inverse_pnl", (-600000, 60000, 50000, "coin", 1), DomainError, "fee_open must be > -1 and < 1 fraction (got 1)"),
    ("inverse_pnl", (-600000, [1, 2], [1, 2, 3]), InputError,
     "entry, price must have shapes that fit each other (got (2,) and (3,))"),
    ("linear_pnl", (-10, 60000, -1.5), DomainError, "price must be > 0 USD/coin (got -1.5)"),
    ("avg_entry", ([1, 2], [1, 2, 3]), InputError, "qtys must have as many values as prices (3) (got 2)"),
    ("avg_entry", ([], []), InputError, "qtys must be a list of numbers [USD] (got an empty list)"),
    ("avg_entry", ([100, 200], [5000, 0]), DomainError, "prices must be a list of numbers > 0 USD/coin (got 0)"),
    ("avg_entry", ([100, "x"], [5000, 6000]), InputError, "qtys must be a list of numbers [USD] (got [100, 'x'])"),
    ("avg_entry", ([100, -100], [5000, 6000]), NotAvailableError, "AVG_ENTRY: the fills leave no open position"),
    ("target_price", (0, 60000, 1), DomainError, "qty must be != 0 USD (got 0)"),
    ("target_price", (-600000, 60000, -10), NoResultError,
     "TARGET_PRICE: no price above 0 gives this PnL (got qty = -600000, entry = 60000, pnl = -10)"),
    ("hedge_size", (-1, 60000), DomainError, "coins must be >= 0 coin (got -1)"),
    ("hedge_size", (1, 60000, 1, 100, 0, "up"), InputError, "rounding must be one of less, nearest, more (got 'up')"),
    ("hedged_weight", (1.5, 60000, 50000), DomainError, "ratio must be >= 0 and <= 1 fraction (got 1.5)"),
    ("hedged_weight", (20, 60000, 50000), DomainError, "ratio must be >= 0 and <= 1 fraction: 20 % is 0.2 (got 20)"),
    ("portfolio_var", ([1], [1], [[1]], 1, 95), DomainError, "level must be >= 0.5 and < 1 fraction: 95 % is 0.95 (got 95)"),
    ("portfolio_var", ([1], [1], [[1]], 1, 5), DomainError, "level must be >= 0.5 and < 1 fraction (got 5)"),
    ("drift", ([1, 1], [1, 1], [60, 40]), DomainError,
     "targets must be a list of numbers >= 0 and <= 1 fraction: 60 % is 0.6 (got 60)"),
    ("rehedge", (52, -600000, 50000, 0.2, 0.3, 0.4), DomainError, "low must be <= ratio (got 0.3)"),
    ("rehedge", (52, -600000, 50000, 0.5, 0.3, 0.4), DomainError, "ratio must be <= high (got 0.5)"),
    ("min_var_hedge", ([1, 2], [1, 2]), NoResultError,
     "MIN_VAR_HEDGE: there are fewer than three returns, or the futures returns do not vary"),
    ("liq_price", (-600000, 60000, 2.5, 1), DomainError, "mmr must be >= 0 and < 1 fraction (got 1)"),
    ("liq_price", (-600000, 60000, 0.1, 0.75, 0, 0.5), DomainError, "mmr + fee must be < 1 (got 1.25)"),
    ("liq_price", (-600000, 60000, 1, 0.005, 0, 0, "isolated"), InputError,
     "method must be one of mark, product, entry, slope (got 'isolated')"),
    ("liq_price_tiered", (-600000, 60000, 1, [0, 5], [0.02, 0.01]), NoResultError,
     "LIQ_PRICE_TIERED: a rate is below that of the tier before, or with the fee it is 1 or more "
     "(got qty = -600000, entry = 60000, margin = 1, fee = 0)"),
    ("liq_price_cross", ([1000, -1000], [100, 50], [0, 0], 1), NoResultError,
     "LIQ_PRICE_CROSS: the account is below its maintenance at every price (got balance = 1)"),
    ("margin_for_move", (1000, 60000, 1, 0.005), NoResultError,
     "MARGIN_FOR_MOVE: a long cannot survive a fall of 100 % or more "
     "(got qty = 1000, entry = 60000, move = 1, mmr = 0.005, amount = 0, fee = 0)"),
    ("maint_tier", (20, [1, 10], [0.1, 0.2]), DomainError,
     "floors must be a list of numbers >= 0, increasing from 0 coin (got [1.0, 10.0])"),
    ("maint_tier", (20, [0, 10, 5], [0.1, 0.2, 0.3]), DomainError,
     "floors must be a list of numbers >= 0, increasing from 0 coin (got [0.0, 10.0, 5.0])"),
    ("funding_apr", (0.0001, 8, "yes"), InputError, "compound must be TRUE or FALSE (got 'yes')"),
    ("funding_apr", (0.0001, 8, np.array([True, False])), InputError,
     "compound must be TRUE or FALSE (got [ True False])"),
    ("funding_ledger", (-1, [2, 1], [0, 0], [1, 1]), InputError, "times must not go back in time (got 1)"),
    ("funding_ledger", (-1, ["a", 1], [0, 0], [1, 1]), InputError,
     "times must be times of one kind, all dates or all numbers: leave the header row out (got 'a')"),
    ("funding_ledger", (-1, [1, "a"], [0, 0], [1, 1]), InputError,
     "times must be times of one kind, all dates or all numbers (got [1, 'a'])"),
    ("avg_entry", (["Size", 100], ["Price", 5000]), InputError,
     "qtys must be a list of numbers [USD]: leave the header row out (got 'Size')"),
    ("avg_entry", ([1e-308], [1e20]), NoResultError,
     "AVG_ENTRY: the sizes are too small or too large to reckon with"),
    ("avg_entry", ([0.1, 0.2, -0.3], [5000, 5000, 6000]), NotAvailableError,
     "AVG_ENTRY: the fills leave no open position"),
    ("funding_total", ([-1, -2], [0.1, 0.2, 0.3], [1, 1, 1]), InputError,
     "qty must have as many values as rates (3) (got 2)"),
    ("funding_ledger", ([-1, -2, -3], [1, 2], [0.1, 0.2], [1, 1]), InputError,
     "times must have as many values as qty (3) (got 2)"),
    ("rebalance_trades", ([1, 1], [1, 1], [0.7, 0.4]), DomainError, "sum(targets) must be <= 1 (got 1.1)"),
    ("roll_apr", (61000, 62200, 30, 30), DomainError, "days_near must be < days_far (got 30)"),
    ("portfolio_var", ([1, 1], [1, 1], [[1, 0.5], [0.4, 1]], 1), DomainError,
     "correlations must be symmetric (got 0.5 in row 1, column 2 and 0.4 in row 2, column 1)"),
    ("portfolio_var", ([1, 1], [1, 1], [[1, 0.5], [0.5, 0.9]], 1), DomainError,
     "correlations must be 1 on the diagonal (got 0.9)"),
    ("portfolio_var", ([1, 1], [1, 1], [[1, 1.5], [1.5, 1]], 1), DomainError,
     "correlations must be >= -1 and <= 1 (got 1.5)"),
    ("portfolio_var", ([1, 1], [1, 1], [[1, 0.5]], 1), InputError,
     "correlations must have one row for each of the 2 assets (got 1 row)"),
    ("portfolio_var", ([1, 1, 1], [1, 1, 1], [[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1]], 1), NoResultError,
     "PORTFOLIO_VAR: the correlations contradict each other: no returns can have them (they are not positive "
     "semidefinite) (got days = 1, level = 0.95)"),
    ("historical_var", ([1, 1], [[0.1, 0.2]]), InputError, "returns must have two rows or more (got 1 row)"),
    ("historical_var", ([1, 1], [[0.1], [0.2]]), InputError,
     "returns must have one column for each of the 2 assets (got 1 column)"),
    ("market", ("binance", "BTCUSD", "mark"), NotAvailableError,
     "there is no snapshot of the market: set XLHEDGE_MARKET to one, or put market.csv beside your own table of contracts "
     "(XLHEDGE_CONTRACTS), "
     "with the columns venue, symbol, field, value, time"),
    ("tier_leverage", (20, [1, 10], [125, 100]), DomainError,
     "floors must be a list of numbers >= 0, increasing from 0 coin (got [1.0, 10.0])"),
    ("hedge_replay", ([1, 2], [1, 1], [0, 0], 1, 1, None, None, 0, 2), DomainError, "margin must be <= coins (got 2)"),
    ("scenario_ladder", ([1, 2], -5, 1, [1]), InputError, "coins must be one number, not a range (got 2 values)"),
    ("stress", ([1, 2], [0, 0], [1, 1], [1, 1], [[0.1]]), InputError,
     "shocks must have one column for each of the 2 assets (got 1 column)"),
    ("stress", ([1, 2], [0, 5], [1, None], [1, 1], [[0.1, 0.1]]), InputError,
     "entries must be a list of numbers > 0 USD/coin, blank only where qtys is 0 (got a blank beside 5)"),
    ("contract_spec", (5, "BTCUSD", "face"), InputError, "venue must be a text (got 5)"),
    ("inverse_pnl", (OVERSIZED, 60000, 50000), DomainError, f"qty must be a number [USD] (got {str(OVERSIZED)[:57]}...)"),
]  # fmt: skip

WORDS = [
    (XlhedgeError, "#VALUE!"), (InputError, "#VALUE!"), (DomainError, "#NUM!"), (NoResultError, "#NUM!"),
    (NotAvailableError, "#N/A"), (errors.FileError, "#VALUE!"),
]  # fmt: skip
MISSPELLED = ["inverse_pnl(1, 2)", "inverse_pnl(1, 2, 3, price=4)", "inverse_pnl(1, 2, 3, side=4)", "nothing()"]


@pytest.mark.parametrize(("name", "arguments", "error", "sentence"), WRONG, ids=[wrong[0] for wrong in WRONG])
def test_wrong_call_gets_its_sentence(name, arguments, error, sentence):
    with pytest.raises(XlhedgeError) as caught:
        getattr(xlhedge, name)(*arguments)
    assert (type(caught.value), str(caught.value)) == (error, sentence)


@pytest.mark.parametrize(("error", "word"), WORDS)
def test_error_is_a_word_in_a_cell(error, word):
    assert error.word == word and word in errors.EXCEL_ERRORS and issubclass(error, XlhedgeError)


def test_error_carries_parameter_rule_and_value():
    error = DomainError("entry", "must be > 0 USD/coin", -5)
    assert (error.parameter, error.rule, error.value) == ("entry", "must be > 0 USD/coin", -5)


def test_series_must_share_their_index():
    with pytest.raises(InputError, match="price must have the same index as the other Series"):
        xlhedge.inverse_pnl(-1, pd.Series([1.0, 2.0]), pd.Series([1.0, 2.0], index=["a", "b"]))
    with pytest.raises(InputError, match="marks must have the same index as the other Series"):
        xlhedge.funding_total(-1, pd.Series([0.1, 0.2]), pd.Series([1.0, 2.0], index=["a", "b"]))


def test_series_that_lie_along_different_things_need_not_share_an_index():
    accounts, payments = pd.Series([1.0, 2.0], index=["a", "b"]), pd.Series([0.1, 0.2, 0.3])
    tiers = pd.Series([0.01, 0.02, 0.03])
    assert xlhedge.maint_tier(accounts, [0.0, 5.0, 9.0], tiers).index.tolist() == ["a", "b"]
    assert isinstance(xlhedge.maint_tier([1.0, 2.0, 3.0], [0.0, 5.0, 9.0], tiers), np.ndarray)
    assert xlhedge.carry_grid(-1, 1.0, payments, accounts).shape == (3, 2)


def test_values_in_messages_are_short_and_on_one_line():
    assert errors.shown("a\nb") == "'a\\nb'"
    assert errors.shown(np.zeros((3, 3))) == "[[0. 0. 0.] [0. 0. 0.] [0. 0. 0.]]"
    assert len(errors.shown("x" * 1000)) == 60


@pytest.mark.parametrize("call", MISSPELLED)
def test_python_mistakes_are_python_errors(call):
    with pytest.raises((TypeError, AttributeError)):
        eval("xlhedge." + call)


# ---- cells: blanks, errors and wrong types, one by one and in ranges

COLUMN = [[60000], ["text"], [None], [-1], ["#REF!"], [True]]
CELLS = [
    ("INVERSE_PNL", [-600000, 60000, 50000], 2.0),
    ("INVERSE_PNL", [-600000, 60000, 50000, None, ""], 2.0),  # blank optional cells are their defaults
    ("INVERSE_PNL", [-600000, 60000, 50000, " USD "], 100000.0),
    ("INVERSE_PNL", [-600000, 60000, [[50000]]], 2.0),
    ("INVERSE_PNL", [-600000, None, 50000], "#VALUE!"),
    ("INVERSE_PNL", [-600000, "", 50000], "#VALUE!"),
    ("INVERSE_PNL", [-600000, "60000", 50000], "#VALUE!"),
    ("INVERSE_PNL", [-600000, True, 50000], "#VALUE!"),
    ("INVERSE_PNL", [-600000, "none", 50000], "#VALUE!"),
    ("INVERSE_PNL", [-600000, 60000], "#VALUE!"),
    ("INVERSE_PNL", [-600000, 60000, 50000, "coin", 0, 0, 0, 0], "#VALUE!"),
    ("INVERSE_PNL", [-600000, 60000, 50000, "btc"], "#VALUE!"),
    ("INVERSE_PNL", [-600000, 60000, 50000, [["coin"], ["usd"]]], "#VALUE!"),
    ("INVERSE_PNL", [-600000, -5, 50000], "#NUM!"),
    ("INVERSE_PNL", [-600000, 0, "#DIV/0!"], "#DIV/0!"),
    ("INVERSE_PNL", ["#N/A", "#REF!", 50000], "#N/A"),
    ("INVERSE_PNL", ["#NAME?", 60000, 50000], "#NAME?"),
    ("INVERSE_PNL", [-600000, 60000, COLUMN], [[0.0], ["#VALUE!"], ["#VALUE!"], ["#NUM!"], ["#REF!"], ["#VALUE!"]]),
    ("INVERSE_PNL", [-600000, [["#N/A"], [60000]], [[50000, "#REF!"]]], [["#N/A", "#N/A"], [2.0, "#REF!"]]),
    ("INVERSE_PNL", [-600000, [[60000], ["x"]], [[1], [2], [3]]], "#VALUE!"),
    ("LIQ_PRICE", [-600000, 60000, 10, 0.005], "none"),
    ("LIQ_PRICE", [-600000, 60000, 2.5, 0.5, 0, 0.5], "#NUM!"),
    ("LIQ_PRICE", [-600000, 60000, [[2.5], [10], [-1]], 0.005], [[79600.0], ["none"], ["#NUM!"]]),
    ("LIQ_DISTANCE", ["none", 60000], "none"),
    ("LIQ_DISTANCE", [[["none"], ["None"], ["#NUM!"], [66000]], 60000], [["none"], ["#VALUE!"], ["#NUM!"], [0.1]]),
    ("LIQ_PRICE_AFTER_FUNDING", [-600000, 60000, 2.5, 0.005, 0, 8, 30, [[None], [5]]], [[79600.0], [79600.0]]),
    ("AVG_ENTRY", [[[100], [-100]], [[5000], [6000]]], "#N/A"),
    ("AVG_ENTRY", [[[100], [None]], [[5000], [None]]], 5000.0),  # a row that is blank in every list is no fill
    ("AVG_ENTRY", [[[100], [None]], [[5000], [6000]]], "#VALUE!"),
    ("AVG_ENTRY", [[["Size"], [100]], [["Price"], [5000]]], "#VALUE!"),
    ("AVG_ENTRY", [[[1e-308]], [[1e20]]], "#NUM!"),
    ("AVG_ENTRY", [[[0.1], [0.2], [-0.3]], [[5000], [5000], [6000]]], "#N/A"),
    ("AVG_ENTRY", [[*[[0.1]] * 1000, [-100]], [[5000]] * 1001], "#N/A"),
    ("AVG_ENTRY", [[*[[0.1]] * 1000, [-100], [7e-9]], [[5000]] * 1001 + [[6000]]], 6000.0),  # flat, then a new position
    ("REALIZED_PNL", [[[100], [None], [-50]], [[5000], [""], [4000]], [[0], [None], [0.1]]], -0.1025),
    ("COIN_GAMMA", [-600000, [[1e308], [60000]]], [[0.0], [1 / 180e6]]),
    ("COIN_GAMMA", [-600000, 1e308], 0.0),
    ("REHEDGE", [1, -1e300, 5e-324, 1, 0, [[1e10], [1e20]], 1e-300, "edge"], [["#NUM!"], ["#NUM!"]]),
    ("REHEDGE", [0, 0, 60000, 0.2, 0.18, 0.22], 0.0),
    ("FUNDING_TOTAL", [[[-1], [-2]], [[0.1], [0.2], [0.3]], [[1], [1], [1]]], "#VALUE!"),
    ("FUNDING_TOTAL", [[[-1], [""], [-2]], [[0.1], [None], [0.2]], [[1], [""], [1]], "usd"], 0.5),
    ("MAINT_TIER", [20, 0, 0.004], 0.004),
    ("MAINT_TIER", [[[20], [0]], 0, 0.004], [[0.004], [0.004]]),
    ("MAINT_TIER", [[[5], [20]], [[0, 10]], [[0.1, 0.2]]], [[0.1], [0.2]]),  # tiers along a row, sizes down a column
    ("MAINT_AMOUNTS", [0, 0.004], [[0.0]]),
    ("MAINT_AMOUNTS", [[[0, 10]], [[0.004, 0.01]]], [[0.0, 0.06]]),
    ("LIQ_PRICE_TIERED", [-600000, 60000, 2.5, 0, 0.005], 79600.0),
    ("TIER_LEVERAGE", [20, 0, 50], 50.0),
    ("TIER_LEVERAGE", [[[5], [-1], [60]], [[0], [50], [None]], [[125], [50], [None]]], [[125.0], ["#NUM!"], [50.0]]),
    ("MARKET", ["sample", [["BTCUSD"], ["btcusd"]], "mark"], [[60000.0], [60000.0]]),
    ("MARKET", ["nowhere", "BTCUSD", "mark"], "#N/A"),
    ("AVG_ENTRY", [[[100], ["#N/A"]], [[5000], [6000]]], "#N/A"),
    ("OVER_HEDGED", [[[50], [1], [-1], ["x"]], -600000, 60000], [[False], [True], ["#NUM!"], ["#VALUE!"]]),
    ("WEIGHTS", [[[1, 3]], [[1, 1]]], [[0.25, 0.75]]),
    ("WEIGHTS", [[[1], [3]], [[1], [1]]], [[0.25], [0.75]]),
    ("WEIGHTS", [[[1], [None], [3], [""]], [[1], [""], [1], [None]]], [[0.25], [""], [0.75], [""]]),
    ("WEIGHTS", [[[1, None, 3]], [[1, None, 1]]], [[0.25, "", 0.75]]),
    ("WEIGHTS", [[[1], [None], [3]], [[1], [1], [1]]], "#VALUE!"),  # a price without coins is no blank row
    ("WEIGHTS", [[[None], [None]], [[None], [None]]], "#VALUE!"),
    ("DRIFT", [[[1], [None], [3]], [[1], [None], [1]], [[0.5], [None], [0.5]]], [[-0.25], [""], [0.25]]),
    ("REBALANCE_TRADES", [[[8.5], [""], [15]], [[10000], [""], [1000]], [[0.7], [""], [0.3]]], [[-1.5], [""], [15.0]]),
    ("REBALANCE_TRADES", [[[8.5], [15]], [[10000], [1000]], [[0.7], [0.3]], 0, 0, True], [[0.0], [150 / 7]]),
    ("REBALANCE_TRADES", [[[1], [None], [1]], [[1], [None], [1]], [[1], [None], [0]], 0, 0, True],
     [[0.0], [""], [0.0]]),
    ("REBALANCE_TRADES", [[[1], [1]], [[1], [1]], [[0.7], [0.4]]], "#NUM!"),
    ("REBALANCE_TRADES", [[[1]] * 10, [[1]] * 10, [[0.1]] * 10], [[0.0]] * 10),
    ("REBALANCE_HEDGES", [[[8.5], [None], [15]], [[10000], [None], [1000]], [[0.7], [None], [0.3]], 10],
     [[-1500.0], [""], [1500.0]]),
    ("STRESS", [[[50], [None], [2]], [[0], [None], [0]], [[1], [None], [1]], [[1], [None], [10]], [[-0.5, 9, 1], [None] * 3]],
     [["shock", "value", "PnL", "change", "liquidations"], [1.0, 65.0, -5.0, -1 / 14, 0.0]]),
    ("PORTFOLIO_VAR", [[[1], [None], [1]], [[1], [None], [1]], [[1, None, 1], [None] * 3, [1, None, 1]], 365, 0.975],
     2 * 1.959963984540054),
    ("HISTORICAL_VAR", [[[100], [100]], [[0.1, 0.1], [-0.1, -0.1], [None, ""], ["", None]], 0.5], 0.0),
    ("WEIGHTS", [[[0], [0]], [[1], [1]], 5], [["#NUM!"], ["#NUM!"]]),
    ("WEIGHTS", [[[0], [0]], [[1], [1]]], [["#NUM!"], ["#NUM!"]]),
    ("SCENARIO_LADDER", [[[1], [2]], -5, 1, [[1]]], "#VALUE!"),
    ("FUNDING_APR", [0.0001, 8, 0], 0.1095),
    ("FUNDING_APR", [0.0001, 8, "TRUE"], "#VALUE!"),
    ("HEDGE_RATIO", [50, 0, 60000], 0.0),
    ("CONTRACT_SPEC", ["nowhere", "BTCUSD", "face"], "#N/A"),
    ("CONTRACT_SPEC", ["binance", "BTCUSD", "shoesize"], "#VALUE!"),
    ("CONTRACT_SPEC", ["binance", [["BTCUSD"], ["NOPE"]], "face"], [[100.0], ["#N/A"]]),
    ("LIQ_PRICE_VENUE", ["binance", "BTCUSD", -600000, -1, 1], "#NUM!"),
    ("XLHEDGE_VERSION", [1], "#VALUE!"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "cells", "expected"), CELLS, ids=[name for name, *_ in CELLS])
def test_cells_in_and_out(name, cells, expected, caplog):
    result = sheet_call(FUNCTIONS[name], cells)
    flat = [item for row in result for item in row] if isinstance(result, list) else [result]
    wanted = [item for row in expected for item in row] if isinstance(expected, list) else [expected]
    assert isinstance(result, list) == isinstance(expected, list) and len(flat) == len(wanted), result
    assert [a if isinstance(a, (str, bool)) else pytest.approx(a, rel=1e-12) for a in wanted] == flat, result
    assert not caplog.records, "a wrong cell is no unexpected error"
