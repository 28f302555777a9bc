"""Properties that hold for all arguments: inverses, conservation, and scalar = array = traced value."""

import math
import random

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from strategies import (
    FACES,
    FEES,
    LENGTH,
    LEVERAGES,
    MMRS,
    PRICES,
    QTYS,
    SIGNS,
    TRACEABLE,
    arguments,
    out_of_domain,
    values,
)  # fmt: skip

import xlhedge
from xlhedge.call import BLOCK, evaluate
from xlhedge.errors import XlhedgeError
from xlhedge.formula import Cell, trace
from xlhedge.nodes import Ref
from xlhedge.registry import FUNCTIONS

settings.register_profile("xlhedge", max_examples=50, deadline=None, derandomize=True, database=None)
settings.load_profile("xlhedge")

UNITS = st.sampled_from(["coin", "usd"])
BASES = st.sampled_from(["entry", "mark"])
MARGINS = st.floats(0.01, 3.0)  # as a share of the position's coins at entry
MOVES = st.floats(0.01, 0.9)


def close(a, b, scale=1.0, tolerance=1e-9):
    """Whether two numbers agree within a tolerance of the size of the numbers that they were made from."""
    return abs(a - b) <= tolerance * max(abs(a), abs(b), abs(scale))


# ---- liquidation and maintenance


@given(QTYS, PRICES, MARGINS, MMRS, FEES, st.floats(0.0, 0.01))
def test_at_the_liquidation_price_equity_is_maintenance(qty, entry, share, mmr, fee, amount_share):
    coins = abs(qty) / entry
    margin, amount = share * coins, amount_share * coins
    price = xlhedge.liq_price(qty, entry, margin, mmr, amount, fee)
    assume(price < math.inf and amount <= mmr * abs(qty) / price)  # an amount is part of its tier's maintenance
    owed = xlhedge.maint_margin(qty, price, mmr, amount) + xlhedge.trade_fee(qty, price, fee)
    assert close(margin + xlhedge.inverse_pnl(qty, entry, price), owed, coins + coins * entry / price)


@given(QTYS, PRICES, MARGINS, MMRS, FEES)
def test_product_charges_the_fee_on_the_maintained_position(qty, entry, share, mmr, fee):
    margin, s = share * abs(qty) / entry, math.copysign(1, qty)
    price = xlhedge.liq_price(qty, entry, margin, mmr, 0, fee, "product")
    assume(price < math.inf)
    left = margin + qty / entry - qty * (1 + s * mmr) * (1 + s * fee) / price
    assert close(left, 0, margin + abs(qty) / entry + abs(qty) / price)


@given(QTYS, PRICES, MARGINS, MMRS)
def test_entry_freezes_maintenance(qty, entry, share, mmr):
    margin = share * abs(qty) / entry
    price = xlhedge.liq_price(qty, entry, margin, mmr, method="entry")
    assume(price < math.inf)
    equity = margin + xlhedge.inverse_pnl(qty, entry, price)
    assert close(equity, xlhedge.maint_margin(qty, entry, mmr), margin + abs(qty) / entry + abs(qty) / price)


@given(QTYS, PRICES, MARGINS, MMRS, st.floats(1e-9, 1e-4))
def test_slope_raises_maintenance_with_size(qty, entry, share, mmr, slope):
    coins = abs(qty) / entry
    assume(mmr + slope * coins < 0.3)
    price = xlhedge.liq_price(qty, entry, share * coins, mmr, method="slope", slope=slope)
    assume(price < math.inf)
    size = abs(qty) / price
    owed = (mmr + slope * size) * size
    assert close(share * coins + xlhedge.inverse_pnl(qty, entry, price), owed, coins + size + owed)


@given(QTYS, PRICES, MARGINS, MMRS, FEES)
def test_slope_without_a_slope_is_mark(qty, entry, share, mmr, fee):
    margin = share * abs(qty) / entry
    sloped = xlhedge.liq_price(qty, entry, margin, mmr, 0, fee, "slope", 0)
    marked = xlhedge.liq_price(qty, entry, margin, mmr, 0, fee)
    assume(marked < 1e9 * entry or marked == math.inf)
    assert sloped == marked or close(sloped, marked, tolerance=1e-6)


@given(QTYS, PRICES, MOVES, MMRS, FEES, st.sampled_from(["mark", "product", "entry", "slope"]), st.floats(0.0, 1e-8))
def test_margin_for_move_inverts_liq_price(qty, entry, move, mmr, fee, method, slope):
    margin = xlhedge.margin_for_move(qty, entry, move, mmr, 0, fee, method, slope)
    price = xlhedge.liq_price(qty, entry, margin, mmr, 0, fee, method, slope)
    assert close(price, entry * (1 - math.copysign(move, qty)), tolerance=1e-7)


@given(SIGNS, MOVES, st.floats(0.001, 0.1), PRICES)
def test_max_leverage_survives_exactly_the_move(sign, move, mmr, entry):
    leverage = xlhedge.max_leverage(sign, move, mmr)
    margin = xlhedge.initial_margin(sign * 1e6, entry, leverage)
    assert close(xlhedge.liq_price(sign * 1e6, entry, margin, mmr), entry * (1 - sign * move), tolerance=1e-8)


@given(QTYS, PRICES, MARGINS, FEES)
def test_nothing_is_left_at_the_bankruptcy_price(qty, entry, share, fee):
    margin = share * abs(qty) / entry
    price = xlhedge.bankruptcy_price(qty, entry, margin, fee)
    assume(price < math.inf)
    left = margin + xlhedge.inverse_pnl(qty, entry, price, fee_close=fee)
    assert close(left, 0, margin + abs(qty) / entry + abs(qty) / price)


@given(QTYS, PRICES, MARGINS, MMRS)
def test_margin_ratio_is_one_at_the_liquidation_price(qty, entry, share, mmr):
    margin = share * abs(qty) / entry
    price = xlhedge.liq_price(qty, entry, margin, mmr + 0.001)
    assume(price < 100 * entry)
    safer = price * (1 + math.copysign(1e-6, qty))
    assert xlhedge.margin_ratio(qty, entry, price * (1 - math.copysign(1e-6, qty)), margin, mmr + 0.001) == 1
    assert 0.9 < xlhedge.margin_ratio(qty, entry, safer, margin, mmr + 0.001) < 1


@given(QTYS, PRICES, MARGINS, MMRS)
def test_one_position_is_liquidated_alike_alone_and_crossed(qty, entry, share, mmr):
    margin = share * abs(qty) / entry
    alone, crossed = xlhedge.liq_price(qty, entry, margin, mmr), xlhedge.liq_price_cross([qty], [entry], [mmr], margin)
    assert alone == crossed or close(alone, crossed, tolerance=1e-6)


STEPS = st.lists(st.tuples(st.floats(1.0, 50.0), st.floats(0.001, 0.05)), min_size=1, max_size=5)


def ladder(steps):
    """Tiers from their widths and rises: floors from 0, rates that rise."""
    floors = [0.0, *np.cumsum([width for width, _ in steps[:-1]]).tolist()]
    return floors, np.cumsum([rise for _, rise in steps]).tolist()


@given(STEPS)
def test_tiers_are_continuous(steps):
    floors, rates = ladder(steps)
    amounts = xlhedge.maint_amounts(floors, rates)
    for floor, below, above, c_below, c_above in zip(floors[1:], rates, rates[1:], amounts, amounts[1:]):
        assert close(below * floor - c_below, above * floor - c_above, floor)


@given(STEPS, st.floats(0.0, 300.0))
def test_tier_is_the_one_that_holds_the_notional(steps, notional):
    floors, rates = ladder(steps)
    tier = max(i for i, floor in enumerate(floors) if floor <= notional)
    assert close(xlhedge.maint_tier(notional, floors, rates), rates[tier])
    amount = xlhedge.maint_tier(notional, floors, rates, "amount")
    assert close(amount, xlhedge.maint_amounts(floors, rates)[tier])


# ---- PnL and prices


@given(QTYS, PRICES, PRICES, UNITS)
def test_target_price_inverts_inverse_pnl(qty, entry, price, unit):
    pnl = xlhedge.inverse_pnl(qty, entry, price, unit)
    assume(0.001 < price / entry < 1000)
    assert close(xlhedge.target_price(qty, entry, pnl, unit), price, tolerance=1e-8)


@given(QTYS, PRICES, PRICES, LEVERAGES, BASES)
def test_target_price_roe_inverts_roe(qty, entry, price, leverage, basis):
    assume(0.001 < price / entry < 1000)
    roe = xlhedge.roe(qty, entry, price, leverage, basis)
    assert close(xlhedge.target_price_roe(qty, entry, leverage, roe, basis), price, tolerance=1e-8)


@given(QTYS, PRICES, PRICES, LEVERAGES)
def test_roe_is_pnl_over_margin(qty, entry, price, leverage):
    pnl = xlhedge.inverse_pnl(qty, entry, price)
    scale = leverage * (1 + entry / price)
    assert close(xlhedge.roe(qty, entry, price, leverage), pnl / xlhedge.initial_margin(qty, entry, leverage), scale)
    assert close(xlhedge.roe(qty, entry, price, leverage, "mark"), pnl / xlhedge.initial_margin(qty, price, leverage),
                 leverage * (1 + price / entry))  # fmt: skip


@given(QTYS, PRICES, FEES, FEES, st.floats(-0.1, 0.1))
def test_break_even_leaves_nothing(qty, entry, fee_open, fee_close, funding_share):
    funding = funding_share * abs(qty) / entry
    price = xlhedge.break_even(qty, entry, fee_open, fee_close, funding)
    assert close(xlhedge.inverse_pnl(qty, entry, price, "coin", fee_open, fee_close, funding), 0, abs(qty) / entry)


@given(QTYS, PRICES, PRICES)
def test_usd_pnl_is_linear_in_the_price(qty, entry, price):
    assert close(xlhedge.inverse_pnl(qty, entry, price, "usd"), qty * (price / entry - 1), abs(qty))


FILLS = st.lists(st.tuples(SIGNS, st.integers(1, 10**6), st.floats(100.0, 1e5)), min_size=1, max_size=8)


@given(FILLS, PRICES)
def test_realised_and_unrealised_pnl_are_the_cash_flows_of_the_fills(fills, last):
    """Each fill q at p exchanges q USD for q/p coin; what is open is worth its qty at the last price."""
    qtys, prices = [sign * size for sign, size, _ in fills], [price for _, _, price in fills]
    flows = sum(q / p for q, p in zip(qtys, prices)) - sum(qtys) / last
    realised, scale = xlhedge.realized_pnl(qtys, prices), sum(abs(q) / min(*prices, last) for q in qtys)
    unrealised = 0.0
    if sum(qtys):
        unrealised = xlhedge.inverse_pnl(sum(qtys), xlhedge.avg_entry(qtys, prices), last)
    assert close(realised + unrealised, flows, scale)


@given(st.lists(st.tuples(st.floats(1.0, 1e6), PRICES), min_size=1, max_size=8), SIGNS)
def test_average_entry_of_fills_that_add_is_harmonic(fills, sign):
    qtys, prices = [sign * q for q, _ in fills], [p for _, p in fills]
    assert close(xlhedge.avg_entry(qtys, prices), sum(qtys) / sum(q / p for q, p in zip(qtys, prices)))


# ---- sizing and portfolios


@given(st.floats(0.01, 1e4), PRICES, st.floats(0.1, 10.0))
def test_a_full_hedge_is_worth_the_same_at_any_price(coins, entry, factor):
    qty = -coins * entry
    value = coins * entry * factor + xlhedge.inverse_pnl(qty, entry, entry * factor, "usd")
    assert close(value, coins * entry, coins * entry * factor)
    assert close(xlhedge.hedge_ratio(coins, qty, entry), 1)


@given(st.floats(0.0, 1e4), PRICES, st.floats(0.0, 1.0), FACES, st.integers(-(10**5), 10**5))
def test_less_never_over_hedges_and_is_within_one_contract(coins, price, ratio, face, open_contracts):
    target, qty = -ratio * coins * price, open_contracts * face
    after = qty + face * xlhedge.hedge_size(coins, price, ratio, face, qty)
    noise = face * 1e-6 + abs(target) * 1e-12
    assert target - noise <= after < target + face + noise
    assert not xlhedge.over_hedged(coins, after, price, face)


@given(st.floats(0.01, 1e4), PRICES, QTYS, st.floats(0.0, 1.0), FACES)
def test_rehedge_trades_to_the_target_or_leaves_the_band_alone(coins, price, qty, ratio, face):
    low, high = ratio * 0.9, ratio * 1.1
    traded, now = xlhedge.rehedge(coins, qty, price, ratio, low, high, face), xlhedge.hedge_ratio(coins, qty, price)
    expected = 0 if low <= now <= high else xlhedge.hedge_size(coins, price, ratio, face, qty)
    assert traded == expected


ASSETS = st.tuples(st.floats(0.1, 1e4), PRICES, st.floats(0.01, 1.0), st.floats(-1.0, 0.0))
PORTFOLIO = st.lists(ASSETS, min_size=1, max_size=6)


@given(PORTFOLIO)
def test_weights_and_drifts_sum(assets):
    coins, prices, wanted, hedged = zip(*assets)
    targets, worth = np.array(wanted) / sum(wanted), np.array(coins) * prices
    assert close(xlhedge.weights(coins, prices).sum(), 1)
    cash = (np.array(hedged) * worth).sum() / worth.sum()
    assert close(xlhedge.weights(coins, prices, np.array(hedged) * worth).sum() - cash, 1)
    assert close(xlhedge.drift(coins, prices, targets).sum(), 0)


@given(PORTFOLIO)
def test_rebalance_trades_reach_the_target_and_cost_nothing(assets):
    coins, prices, wanted, _ = map(np.array, zip(*assets))
    targets = wanted / sum(wanted)
    trades = xlhedge.rebalance_trades(coins, prices, targets)
    assert close((trades * prices).sum(), 0, (coins * prices).sum(), 1e-8)
    assert xlhedge.weights(coins + trades, prices) == pytest.approx(targets, abs=1e-6)


@given(PORTFOLIO, FACES)
def test_rebalance_hedges_reach_the_target_within_one_contract(assets, face):
    coins, prices, wanted, _ = map(np.array, zip(*assets))
    targets, worth = wanted / sum(wanted), (coins * prices).sum()
    contracts = xlhedge.rebalance_hedges(coins, prices, targets, face)
    missed = xlhedge.drift(coins, prices, targets, contracts * face) * worth
    assert np.abs(missed).max() <= face + 1e-6 * face + 1e-9 * worth


# ---- one body: scalar = array = traced value


def reference(function, given):
    """The value of one call as numbers: NaN where it raises."""
    try:
        return np.asarray(evaluate(function, given), dtype=float)
    except XlhedgeError:
        return np.full(1, math.nan)


def agree(a, b) -> bool:
    return bool(np.allclose(a, b, rtol=1e-12, atol=0, equal_nan=True))


NUMBERS = [
    f for f in FUNCTIONS.values()
    if f.returns.kind in ("number", "flag") and {p.kind for p in f.parameters} & {"number", "text"} == {"number"}
]  # fmt: skip
by_name = {"ids": lambda function: function.name}


@settings(max_examples=18)
@pytest.mark.parametrize("function", NUMBERS, **by_name)
@given(data=st.data())
def test_scalar_is_array(function, data):
    """Three sets of numbers as arrays give the three scalar results, and a wrong element fails alone."""
    first, wide = data.draw(arguments(function)), [p.kind == "number" for p in function.parameters]
    lengths = max((len(v) for v in first if isinstance(v, list)), default=LENGTH)
    each = list(zip(function.parameters, wide, first))
    sets = [first, *([data.draw(values(p, lengths)) if w else v for p, w, v in each] for _ in "ab")]
    sets.append([math.nan if w else v for _, w, v in each])
    arrays = [np.array([one[i] for one in sets], dtype=float) if w else first[i] for i, w in enumerate(wide)]
    result = np.asarray(evaluate(function, arrays), dtype=float)
    assert agree(result, [reference(function, one).item() for one in sets]), sets


@settings(max_examples=18)
@pytest.mark.parametrize("function", TRACEABLE, **by_name)
@given(data=st.data())
def test_scalar_is_traced_value(function, data):
    given = data.draw(arguments(function))
    cells = [Cell(Ref("S", i + 1, 1, rows=np.size(v) if np.ndim(v) else 0), np.asarray(v)) for i, v in enumerate(given)]
    wanted, traced = reference(function, given), np.ravel(trace(function, cells, guarded=True).value)
    traced = np.asarray(traced, dtype=float)
    if not function.returns.allows_none:
        traced = np.where(np.isfinite(traced), traced, math.nan)
    assert agree(np.broadcast_to(traced, wanted.shape) if wanted.size > traced.size else traced, wanted), given


@pytest.mark.parametrize("function", TRACEABLE, **by_name)
def test_out_of_domain_raises(function):
    rng = random.Random(function.name)
    for _ in range(20):
        given = out_of_domain(function, rng)
        if given is not None:
            with pytest.raises(XlhedgeError):
                evaluate(function, given)


HUGE = [
    ("max_qty", (1e305, 1, 1)), ("hedge_size", (1e305, 1)), ("coins_to_contracts", (-1e305, 1, 1)), ("round_lot", (1e305, 1)),
]  # fmt: skip


@pytest.mark.parametrize(("name", "given"), HUGE)
def test_huge_numbers_are_rounded_alike_alone_and_in_arrays(name, given):
    function = getattr(xlhedge, name)
    assert function(*given) == function(np.array([given[0]] * 2), *given[1:])[0]


def test_numpy_scalars_do_not_warn(recwarn):
    with pytest.raises(XlhedgeError):
        xlhedge.target_price(np.float64(-600000), 60000, -10)
    assert not recwarn.list


def test_blocks_of_a_large_array_are_one_array():
    prices = np.linspace(1.0, 200_000.0, 5 * BLOCK + 17)
    prices[BLOCK + 1] = -1
    whole = xlhedge.inverse_pnl(-600000, 60000, prices)
    parts = np.concatenate([xlhedge.inverse_pnl(-600000, 60000, part) for part in np.array_split(prices, 50)])
    assert np.array_equal(whole, parts, equal_nan=True) and np.isnan(whole).sum() == 1
