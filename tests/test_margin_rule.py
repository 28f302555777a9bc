"""One rule of maintenance in every function: against bisection on the account equation, simulation, and one another."""

import math
import random
from functools import partial

import numpy as np
import pytest

import xlhedge
from xlhedge.contracts import read_table
from xlhedge.errors import InputError, NoResultError
from xlhedge.registry import FUNCTIONS
from xlhedge.sheet import sheet_call

METHODS = ("mark", "product", "entry", "slope")
ACCOUNTS = 5000
FURTHEST = 1e5  # times today's price: where the search ends


def asked(method, qty, entry, price, mmr, fee, slope):
    """Coins that the venue asks for at a price, written from the four rules and not from the code."""
    coins, s = abs(qty) / price, math.copysign(1, qty)
    if method == "entry":
        return (mmr + fee) * abs(qty) / entry
    if method == "product":
        return mmr * coins + fee * coins + s * mmr * fee * coins
    return mmr * coins + fee * coins + (slope * coins * coins if method == "slope" else 0.0)


def equity_and_owed(position, price):
    """PnL of one position (qty, entry, mmr, amount, fee, method, slope) at its own price, and the formula's maintenance."""
    qty, entry, mmr, amount, fee, method, slope = position
    return qty / entry - qty / price, asked(method, qty, entry, price, mmr, fee, slope) - amount


def spare(positions, price, margin, bases=(0.0,)):
    """Equity less the maintenance of an account, which is never below 0."""
    each = [equity_and_owed(one, price * (1 + basis)) for one, basis in zip(positions, bases)]
    return margin + sum(gained for gained, _ in each) - max(0.0, sum(owed for _, owed in each))


def lacking(position, price, paid, margin):
    """What a margin is short of at a price, after funding."""
    return -spare([position], price, margin - paid)


def bisected(function, sound, beyond):
    """Where a function that is positive at `sound` becomes negative on the way to `beyond`; none if it never does."""
    if function(beyond) > 0:
        return math.inf
    low, high = math.log(sound), math.log(beyond)
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if function(math.exp(middle)) > 0 else (low, middle)
    return math.exp(high)


def random_position(rng, price, method=None, side=None):
    qty = (
        rng.choice((-1, 1)) * price * 10 ** rng.uniform(-1, 3.5)
        if side is None
        else side * price * 10 ** rng.uniform(-1, 3.5)
    )
    method = method or rng.choice(METHODS)
    slope = 10 ** rng.uniform(-7, -4) if method == "slope" else 0.0
    mmr, fee = rng.uniform(0.001, 0.05), rng.choice((0.0, rng.uniform(0, 0.01)))
    entry = price * math.exp(rng.gauss(0, 0.2))
    return qty, entry, mmr, rng.choice((0.0, rng.uniform(0, 0.5) * mmr * abs(qty) / price)), fee, method, slope


def agree(ours, found, tolerance=1e-9):
    return ours == found or abs(ours - found) <= tolerance * abs(found)


def test_an_account_of_several_contracts_on_both_sides():
    """Two to five contracts, mixed methods, long and short, perpetual and dated, against bisection."""
    rng, off, both_sides, tried = random.Random(12), [], 0, 0
    while tried < ACCOUNTS:
        price = 10 ** rng.uniform(-1, 5)
        held = [random_position(rng, price) for _ in range(rng.randint(2, 5))]
        bases = [rng.choice((0.0, rng.uniform(-0.1, 0.2))) for _ in held]
        margin = sum(abs(p[0]) for p in held) / price * rng.uniform(0.02, 1.2)

        account = partial(spare, held, margin=margin, bases=bases)
        if account(price) <= 0:
            continue
        tried += 1
        qtys, entries, mmrs, amounts, fees, methods, slopes = map(list, zip(*held))
        given = (qtys, entries, mmrs, margin, bases, amounts, fees, methods, slopes)
        wanted = bisected(account, price, price * FURTHEST), bisected(account, price, price / FURTHEST)
        ours = [xlhedge.liq_price_cross(*given, side) for side in ("above", "below")]
        both_sides += math.inf not in wanted
        for one, other, end in zip(ours, wanted, (price * FURTHEST, price / FURTHEST)):
            beyond = other == math.inf and (one > end if end > price else one < end)
            if not (agree(one, other, 1e-7) or beyond):
                off.append((given, ours, wanted))
        net = sum(q / (1 + b) for q, b in zip(qtys, bases))
        adverse, opposite = (xlhedge.liq_price_cross(*given, side) for side in ("adverse", "other"))
        main, second = ours if net < 0 else ours[::-1]
        gives_way = main == math.inf and not any(slopes)
        assert (adverse, opposite) == ((second, math.inf) if gives_way else (main, second))
    assert not off, (len(off), off[0])
    assert both_sides > ACCOUNTS / 20


def test_accounts_side_by_side_are_the_accounts_one_by_one():
    rng, price, count = random.Random(3), 50_000.0, 40
    each = [[random_position(rng, price) for _ in range(4)] for _ in range(count)]
    qtys, entries, mmrs, amounts, fees, _, slopes = (
        np.array([[p[i] for p in held] for held in each], dtype=None if i == 5 else float).T for i in range(7)
    )
    methods = ["slope", "mark", "entry", "product"]
    balances = np.abs(qtys).sum(axis=0) / price * 0.3
    together = xlhedge.liq_price_cross(qtys, entries, mmrs, balances, 0.0, amounts, fees, methods, slopes, "above")
    assert together.shape == (count,)
    for i in range(count):
        columns = (
            qtys[:, i],
            entries[:, i],
            mmrs[:, i],
            balances[i],
            0.0,
            amounts[:, i],
            fees[:, i],
            methods,
            slopes[:, i],
        )
        try:
            alone = xlhedge.liq_price_cross(*columns, "above")
        except NoResultError:
            alone = math.nan
        assert together[i] == alone or (math.isnan(alone) and math.isnan(together[i]))


@pytest.mark.parametrize("method", METHODS)
def test_both_sides_of_a_position_and_its_margin_ratio(method):
    rng, seen = random.Random(method), set()
    for _ in range(ACCOUNTS // 4):
        price = 10 ** rng.uniform(-1, 5)
        position = random_position(rng, price, method)
        qty, entry, mmr, amount, fee, _, slope = position
        margin = abs(qty) / price * rng.uniform(0.05, 1.2)
        if spare([position], price, margin) <= 0:
            continue
        ends = (price * FURTHEST, price / FURTHEST)
        above, below = (bisected(partial(spare, [position], margin=margin), price, end) for end in ends)
        rule = (amount, fee, method, slope)
        adverse, other = (xlhedge.liq_price(qty, entry, margin, mmr, *rule, side) for side in ("adverse", "other"))
        for one, found, end in zip(
            (adverse, other), (above, below) if qty < 0 else (below, above), ends if qty < 0 else ends[::-1]
        ):
            beyond = found == math.inf and (one > end if end > price else one < end)
            assert agree(one, found, 1e-7) or beyond, (position, margin, one, found)
            seen.add((one < math.inf, found < math.inf))
            if one == math.inf or beyond:
                continue
            assert xlhedge.margin_ratio(qty, entry, one, margin, mmr, *rule) == 1
            if one != price:
                safer = one + (price - one) * 1e-4
                assert xlhedge.margin_ratio(qty, entry, safer, margin, mmr, *rule) < 1
    assert (True, True) in seen


@pytest.mark.parametrize("method", METHODS)
def test_margin_call_price_is_where_the_ratio_is_reached(method):
    rng, found_some = random.Random("call " + method), 0
    for _ in range(ACCOUNTS // 4):
        price = 10 ** rng.uniform(-1, 5)
        qty, entry, mmr, amount, fee, _, slope = random_position(rng, price, method)
        ratio, margin = rng.uniform(0.2, 1.0), abs(qty) / price * rng.uniform(0.05, 1.2)

        def short_of(
            at, qty=qty, entry=entry, mmr=mmr, amount=amount, fee=fee, slope=slope, ratio=ratio, margin=margin
        ):
            needed = max(0.0, asked(method, qty, entry, at, mmr, fee, slope) - amount)
            return ratio * (margin + qty / entry - qty / at) - needed

        if short_of(price) <= 0:
            continue
        found_some += 1
        wanted = bisected(short_of, price, price * FURTHEST if qty < 0 else price / FURTHEST)
        ours = xlhedge.margin_call_price(qty, entry, margin, mmr, ratio, amount, fee, method, slope)
        is_far = wanted == math.inf and ours > price * FURTHEST
        assert agree(ours, wanted, 1e-7) or is_far, (qty, entry, margin, ours, wanted)
        if wanted < math.inf:
            liq = xlhedge.liq_price(qty, entry, margin, mmr, amount, fee, method, slope)
            assert ours <= liq if qty < 0 else ours >= liq, "the call comes before the liquidation"
    assert found_some > 500


@pytest.mark.parametrize("method", METHODS)
def test_safe_margin_against_bisection_and_safe_hedge_inverts_it(method):
    rng = random.Random("safe " + method)
    for _ in range(ACCOUNTS // 4):
        price = 10 ** rng.uniform(-1, 5)
        qty, _, mmr, _, fee, _, slope = random_position(rng, price, method, side=rng.choice((-1, 1)))
        move = rng.uniform(0.05, 0.9)
        rate, hours, days = rng.uniform(0, 0.0005), rng.choice((1, 4, 8)), rng.uniform(0, 120)
        moved = price * (1 - math.copysign(move, qty))
        paid = sum(
            rate * abs(qty) / price for _ in range(int(24 * days / hours))
        )  # payment by payment, at today's price
        rest = 24 * days / hours - int(24 * days / hours)
        paid += rest * rate * abs(qty) / price
        position = (qty, price, mmr, 0.0, fee, method, slope)
        coins = abs(qty) / price
        wanted = bisected(partial(lacking, position, moved, paid), 1e-9 * coins, 1e4 * coins)
        ours = xlhedge.safe_margin(qty, price, move, mmr, rate, hours, days, fee, 0, method, slope)
        assert agree(ours, wanted, 1e-9), (position, move, rate, ours, wanted)
        if qty < 0:
            face = price * coins / 10 ** rng.uniform(1, 4)
            contracts = xlhedge.safe_hedge(ours, price, move, mmr, rate, hours, days, face, fee, 0, method, slope)
            assert abs(contracts - math.floor(-qty / face + 1e-6)) <= 1e-6 * contracts + 1e-9
            more = xlhedge.safe_margin(
                -(contracts + 1) * face, price, move, mmr, rate, hours, days, fee, 0, method, slope
            )
            assert more > ours * (1 - 1e-9)


def simulated(price, liq, volatility, days, drift, rng, paths=400_000, steps=12):
    """Share of paths that touch a price: end points of steps, and between them the bridge's own chance of having touched."""
    step = days / 365 / steps
    away = np.full(paths, math.log(price / liq))
    spared = np.ones(paths)
    upward = liq > price
    for _ in range(steps):
        moved = away + (drift - volatility**2 / 2) * step + volatility * math.sqrt(step) * rng.standard_normal(paths)
        alive = (moved < 0) if upward else (moved > 0)
        with np.errstate(over="ignore"):
            spared *= np.where(alive, 1 - np.exp(-2 * away * moved / (volatility**2 * step)), 0.0)
        away = np.where(alive, moved, away)
    touched = 1 - spared
    return touched.mean(), touched.std() / math.sqrt(paths)


@pytest.mark.parametrize(
    ("price", "liq", "volatility", "days", "drift"),
    [(60_000, 79_600, 0.6, 30, 0.0), (60_000, 92_343, 0.6, 90, 0.0), (60_000, 40_000, 0.8, 90, 0.0),
     (60_000, 90_000, 1.0, 365, 0.5), (60_000, 30_000, 0.7, 365, 0.4), (3_000, 3_100, 0.5, 2, 0.0)],
)  # fmt: skip
def test_probability_against_simulation(price, liq, volatility, days, drift):
    found, error = simulated(price, liq, volatility, days, drift, np.random.default_rng(7))
    assert xlhedge.liq_probability(price, liq, volatility, days, drift) == pytest.approx(found, abs=4 * error)


def test_probability_at_the_ends():
    assert xlhedge.liq_probability(60_000, math.inf, 0.6, 30) == 0
    assert xlhedge.liq_probability(60_000, 60_000, 0.6, 30) == pytest.approx(1, abs=1e-15)
    assert xlhedge.liq_probability(60_000, 79_600, 0.6, 0) == 0
    assert xlhedge.liq_probability(60_000, 60_000, 0.6, 0) == 1
    grid = [
        xlhedge.liq_probability(100, 200, v, d, g)
        for v in (0.001, 0.01, 0.3, 5)
        for d in (0.1, 30, 1e4)
        for g in (-9, 0, 9)
    ]
    assert all(0 <= p <= 1 for p in grid)
    # A price that grows for certain: the barrier is reached where the growth alone takes it there.
    assert xlhedge.liq_probability(100, 200, 0.001, 365, 0.7) == pytest.approx(1)
    assert xlhedge.liq_probability(100, 200, 0.001, 365, 0.68) == pytest.approx(0)


def test_a_slope_that_is_left_out_is_refused():
    for function, given in (
        (xlhedge.liq_price, (-3e8, 60_000, 2368.33, 0.01)), (xlhedge.margin_ratio, (-3e8, 60_000, 60_000, 2368.33, 0.01)),
        (xlhedge.liq_price_after_funding, (-3e8, 60_000, 2368.33, 0.01, 0.0, 8, 0)),
    ):  # fmt: skip
        with pytest.raises(InputError, match="slope must be given with method slope"):
            function(*given, method="slope")
        assert function(*given, method="slope", slope=5e-5) > 0
    with pytest.raises(InputError, match="slopes must be given with methods slope"):
        xlhedge.liq_price_cross([-3e8, 1e6], [6e4, 6e4], [0.01, 0.01], 2368.33, methods=["mark", "slope"])
    after = xlhedge.liq_price_after_funding(-3e8, 60_000, 2368.33, 0.01, 0.0, 8, 0, method="slope", slope=5e-5)
    assert after == pytest.approx(94_823.148, abs=5e-4)


# ---- a peak on the way


LADDER = ((50, -600_000, 60_000, [30_000.0, 60_000.0, 79_000.0, 80_000.0, 150_000.0], 2.5, 0.005), {})


def test_a_peak_at_the_end_point_is_the_ladder_without_one():
    given, _ = LADDER
    old = xlhedge.scenario_ladder(*given)
    for method, slope in (("mark", None), ("product", None), ("entry", None), ("slope", 1e-4)):
        rule = {"fee": 0.0006, "method": method, "slope": slope}
        plain = xlhedge.scenario_ladder(*given, **rule)
        assert plain.equals(xlhedge.scenario_ladder(*given, **rule, peak=given[3]))
        for row in plain.itertuples():
            price = row.price
            used = xlhedge.margin_ratio(-600_000, 60_000, price, 2.5, 0.005, 0, 0.0006, method, slope)
            assert row[9] == used and row.liquidated == (used >= 1)
    assert old.equals(xlhedge.scenario_ladder(*given, peak=[1.0]))


def test_what_a_peak_has_liquidated_stays_gone():
    """Up 120 % and back with 5 of 50 BTC posted: 45 BTC at 60,000, not 3,000,000 (DOMAIN 7.9)."""
    ladder = xlhedge.scenario_ladder(50, -600_000, 60_000, [60_000, 30_000], 5, 0.005, peak=132_000, squeeze=True)
    assert ladder["net value"].tolist() == [2_700_000, 1_350_000] == ladder["after a squeeze"].tolist()
    assert ladder["exposure coin"].tolist() == [45, 45] and ladder["liquidated"].all()
    grid = xlhedge.scenario_grid(50, 60_000, [60_000, 30_000], [0, 0.2], "net_value", 5, 0.005, peak=[132_000, 132_000])
    assert grid[0.2].tolist() == [2_700_000, 1_350_000] and grid[0].tolist() == [3_000_000, 1_500_000]
    stressed = xlhedge.stress([50], [-600_000], [60_000], [60_000], [[0.0], [-0.5]], [5], [0.005], peaks=[[1.2], [1.2]])
    assert stressed["value"].tolist() == [2_700_000, 1_350_000] and stressed["liquidations"].tolist() == [1, 1]
    path = ([1, 2, 3], [60_000, 60_000, 30_000], [0, 0, 0.01], 50, 0.2)
    replay = xlhedge.hedge_replay(*path, margin=5, mmr=0.005, peaks=[60_000, 132_000, 60_000])
    assert replay["hedged"].tolist() == [3_000_000, 2_700_000, 1_350_000]
    assert replay["funding coin"].tolist() == [0, 0, 0], "no funding on a hedge that is gone"
    assert not xlhedge.hedge_replay(*path, margin=5, mmr=0.005)["liquidated"].any()


def test_a_peak_of_the_wrong_length_is_refused():
    with pytest.raises(InputError, match="peak must be one price, or one for each of the 2 prices"):
        xlhedge.scenario_ladder(50, -600_000, 60_000, [1, 2], 5, peak=[1, 2, 3])
    with pytest.raises(InputError, match="peaks must have one row for each of the 1 shocks"):
        xlhedge.stress([50], [-1], [1], [1], [[0]], [5], [0.005], peaks=[[1], [2]])


def test_stress_takes_each_assets_own_rule():
    coins, qtys, prices, margins = [5000.0, 50.0], [-3e8, -600_000.0], [60_000.0, 60_000.0], [2368.33, 2.5]
    rule = {"mmrs": [0.01, 0.005], "methods": ["slope", "mark"], "slopes": [5e-5, 0.0]}
    for rise, hit in ((0.32, 0), (0.33, 1), (0.58, 1), (0.581, 2)):
        table = xlhedge.stress(coins, qtys, prices, prices, [[rise, rise]], margins, **rule)
        assert table["liquidations"].tolist() == [hit], rise


# ---- tiers at the liquidation size

COIN_LADDER = ((0, 5, 10, 20, 50, 100, 200, 400, 1000), (0.004, 0.005, 0.01, 0.025, 0.05, 0.1, 0.125, 0.15, 0.25))


@pytest.mark.parametrize("kind", ["marginal", "whole-position"])
def test_the_venue_s_tier_is_that_of_the_liquidation_size(tmp_path, monkeypatch, kind):
    """Bisection on maintenance by tiers, long and short: the first price on the way at which the equity is used up."""
    floors, rates = COIN_LADDER
    table = tmp_path / "own.csv"
    facts = {
        "kind": "inverse", "face": "100", "coin": "BTC", "taker": "0.0005", "liq_method": "mark", "tier_type": kind,
        "tier_unit": "coin", "floors": ";".join(map(str, floors)), "rates": ";".join(map(str, rates)),
    }  # fmt: skip
    rows = ["venue,symbol,field,value,unit,as_of,source,verified,note"]
    rows += [f'own,BTCUSD,{field},"{value}",,,test,no,' for field, value in facts.items()]
    table.write_text("\n".join(rows), encoding="utf-8")
    read_table(table)
    monkeypatch.setenv("XLHEDGE_CONTRACTS", str(table))

    def needed(coins):
        if kind == "marginal":
            caps = [*floors[1:], math.inf]
            return sum(rate * max(0.0, min(coins, cap) - floor) for floor, cap, rate in zip(floors, caps, rates))
        return coins * next(rate for floor, rate in zip(reversed(floors), reversed(rates)) if floor <= coins)

    rng, compared = random.Random(kind), 0
    while compared < 300:
        entry = 60_000.0
        qty = rng.choice((-1, 1)) * entry * 10 ** rng.uniform(0, 2.9)
        margin = abs(qty) / entry * rng.uniform(0.3, 1.1)

        def left(price, qty=qty, margin=margin, entry=entry):
            return margin + qty / entry - qty / price - needed(abs(qty) / price)

        if left(entry) <= 0:
            continue
        # Steps fine enough that no tier is stepped over; then bisection within the step.
        steps = [entry * math.exp(math.copysign(i / 400, -qty)) for i in range(3000)]
        hit = next((i for i, price in enumerate(steps) if left(price) <= 0), None)
        wanted = math.inf if hit is None else bisected(left, steps[hit - 1], steps[hit])
        ours = xlhedge.liq_price_venue("own", "BTCUSD", qty, entry, margin)
        assert agree(ours, wanted, 1e-6) or (wanted == math.inf and ours > steps[-1]), (qty, margin, ours, wanted)
        compared += 1


def test_the_illustrative_ladder_of_a_large_short():
    """Short 6,060,000 at 60,000: +50 % takes 35.428 BTC; with 33.795 it is liquidated at 87,759 (DOMAIN 7.6)."""
    floors, rates = map(list, COIN_LADDER)
    assert xlhedge.liq_price_tiered(-6_060_000, 60_000, 33.795, floors, rates) == pytest.approx(87_759, abs=1)
    assert xlhedge.liq_price_tiered(-6_060_000, 60_000, 35.428, floors, rates) == pytest.approx(90_000, abs=2)


def test_a_blank_slope_beside_its_method_is_no_zero():
    stress, cross = FUNCTIONS["STRESS"], FUNCTIONS["LIQ_PRICE_CROSS"]
    books = (
        [[50.0], [200.0]],
        [[-600_000.0], [-100_000.0]],
        [[60_000.0], [3000.0]],
        [[60_000.0], [3000.0]],
        [[0.0, 0.5]],
    )
    rest = ([[5.0], [13.7]], [[0.005], [0.01]], 0.0, 0.0, [["mark"], ["Slope"]])
    assert sheet_call(stress, [*books, *rest, [[0.0005], [None]]]) == "#VALUE!"
    assert sheet_call(stress, [*books, *rest, [[None], [0.0005]]])[1][0] == 1.0
    given = ([[-3e8], [1e6]], [[6e4], [6e4]], [[0.01], [0.01]], 2368.33, 0.0, 0.0, 0.0, [["slope"], ["mark"]])
    assert sheet_call(cross, [*given, [[None], [5e-5]], "above"]) == "#VALUE!"
    assert sheet_call(cross, [*given, [[5e-5], [None]], "above"]) > 60_000
