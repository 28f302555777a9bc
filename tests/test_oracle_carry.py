"""A second oracle: delivery, rolls, proxies, purchases and fills, by loops, payments one by one and exact fractions."""

import math
import random
from decimal import Decimal
from fractions import Fraction

import pytest
from test_oracle import COUNT, cases, fees, pnl, position, random_ladder, single

import xlhedge
from xlhedge.errors import NotAvailableError


def test_delivery_is_the_pnl_at_the_settlement_less_both_fees():
    for qty, entry, _, rate, fee, _ in cases("delivery", single):
        settlement = entry * random.Random(qty).uniform(0.3, 3.0)
        paid = fees(qty, entry, fee, rate / 10, settlement)
        assert math.isclose(
            xlhedge.delivery_pnl(qty, entry, settlement, rate / 10, fee),
            pnl(qty, entry, settlement) - paid,
            rel_tol=1e-9,
        )


def carry(rng):
    """A short's size, prices of spot and future, days, hours of an interval and two fees."""
    spot = 10 ** rng.uniform(1, 5)
    days, hours = float(rng.randint(1, 400)), rng.choice((1.0, 4.0, 8.0, 24.0))
    return (
        -(10 ** rng.uniform(3, 8)),
        spot,
        spot * rng.uniform(0.9, 1.2),
        days,
        hours,
        rng.uniform(0, 0.001),
        rng.uniform(0, 0.001),
    )


def test_funding_that_a_dated_future_implies_and_that_repays_the_fees():
    for qty, spot, future, days, hours, fee_open, fee_close in cases("carry", carry):
        implied = xlhedge.implied_funding(future, spot, days, hours)
        received = sum(-implied * qty for _ in range(round(24 * days / hours)))
        assert math.isclose(received, abs(qty) * (future / spot - 1), rel_tol=1e-9, abs_tol=1e-9 * abs(qty))
        even = xlhedge.break_even_funding(fee_open, fee_close, days, hours, 0.0001)
        left = xlhedge.hedge_cost(qty, days, even, hours, fee_open, fee_close, 0.0001)
        assert abs(left) <= 1e-12 * abs(qty)


def test_yield_of_a_synthetic_dollar_payment_by_payment():
    """Coins worth a dollar, a share of them shorted at once and closed at the end, funding laid aside."""
    for _, _, _, days, hours, fee_open, fee_close in cases("dollar", carry):
        ratio, rate = random.Random(days).uniform(0, 1), random.Random(hours).uniform(-0.0005, 0.0005)
        purse = -ratio * (fee_open + fee_close)
        for _ in range(round(24 * days / hours)):
            purse += ratio * rate
        ours = xlhedge.dollar_apr(ratio, rate, hours, days, fee_open + fee_close)
        assert math.isclose(ours, purse * 365 / days, rel_tol=1e-9, abs_tol=1e-12)


def test_roll_is_the_basis_between_two_expiries():
    for _, near, far, days, _, fee_open, fee_close in cases("roll", carry):
        start = random.Random(days).uniform(0, 100)
        ours = xlhedge.roll_apr(near, far, start, start + days, fee_open + fee_close)
        grown = near * (1 + (ours * days / 365 + fee_open + fee_close))
        assert math.isclose(grown, far, rel_tol=1e-9)


def test_a_proxy_offsets_the_moves_that_beta_explains():
    for _, price, _, _, _, _, _ in cases("proxy", carry):
        rng = random.Random(price)
        value, beta, face = rng.uniform(1e3, 1e7), rng.uniform(0.2, 2), rng.choice((1.0, 10.0, 100.0))
        held = face * rng.randint(-1000, 0)
        after = held + face * xlhedge.beta_hedge(value, beta, price, face, held)
        move = rng.uniform(-0.5, 0.5)
        gained = value * beta * move + xlhedge.inverse_pnl(after, price, price * (1 + move), "usd")
        assert -value * beta - 1e-6 <= after < -value * beta + face and abs(gained) <= face * abs(move) + 1e-6
        assert after - face <= held + face * xlhedge.beta_hedge(value, beta, price, face, held, "more") <= after + 1e-6


def test_tier_leverage_by_walking_up_the_ladder():
    rng = random.Random("leverage")
    for _ in range(COUNT):
        floors, _ = random_ladder(rng, 100.0)
        leverages = sorted((rng.uniform(1, 125) for _ in floors), reverse=True)
        size = rng.choice((rng.uniform(0, 1000), rng.choice(floors)))
        found = None
        for floor, leverage in zip(floors, leverages):
            found = leverage if size >= floor else found
        assert xlhedge.tier_leverage(size, floors, leverages) == found


def test_purchases_without_sales_reach_the_target_with_the_least_new_money():
    rng = random.Random("never sell")
    for _ in range(COUNT):
        count = rng.randint(1, 6)
        coins, prices = (
            [rng.choice((0.0, rng.uniform(0.1, 100))) for _ in range(count)],
            [10 ** rng.uniform(0, 5) for _ in range(count)],
        )
        wanted = [rng.uniform(0.01, 1) for _ in range(count)]
        targets = [share / sum(wanted) for share in wanted]
        bought = xlhedge.rebalance_trades(coins, prices, targets, 0, 0, True)
        after = [(c + b) * p for c, b, p in zip(coins, bought, prices)]
        assert all(b >= 0 for b in bought)
        if sum(after):
            assert [value / sum(after) for value in after] == pytest.approx(targets, abs=1e-9)
            assert min(bought[i] for i in range(count) if coins[i]) == 0, "with less money something held would be sold"


def exact_fills(qtys, prices):
    """Entry and realised PnL in exact fractions of the decimal figures, as a person keeps the book."""
    qty, cost, realised = Fraction(0), Fraction(0), Fraction(0)
    for fill, price in zip(map(Fraction, qtys), map(Fraction, prices)):
        if qty * fill < 0:
            closed = min(abs(fill), abs(qty)) * (1 if qty > 0 else -1)
            share = cost * closed / qty
            realised += share - closed / price
            qty, cost, fill = qty - closed, cost - share, fill + closed
        qty, cost = qty + fill, cost + fill / price
    return (qty / cost if qty else None), realised


def test_fills_of_decimal_figures_against_exact_fractions():
    """Tenths have no exact binary form, so closing them leaves dust that a person's book does not have."""
    rng, flat = random.Random("dust"), 0
    for _ in range(COUNT):
        qtys = [f"{rng.randint(-9, 9) / 10:.1f}" for _ in range(rng.randint(1, 30))]
        if rng.random() < 0.5:
            qtys.append(str(-sum(map(Decimal, qtys))))
        prices = [str(rng.randint(1, 99)) for _ in qtys]
        entry, realised = exact_fills(qtys, prices)
        given = [float(q) for q in qtys], [float(p) for p in prices]
        assert xlhedge.realized_pnl(*given) == pytest.approx(float(realised), abs=1e-12)
        if entry is None:
            flat += 1
            with pytest.raises(NotAvailableError):
                xlhedge.avg_entry(*given)
        else:
            assert xlhedge.avg_entry(*given) == pytest.approx(float(entry), rel=1e-9)
    assert flat > COUNT / 3


def test_rehedge_without_coins_closes_and_every_rounding_is_within_a_contract():
    for qty, price, *_ in cases("rehedge", position):
        rng = random.Random(qty)
        face, ratio = rng.choice((1.0, 10.0, 100.0)), rng.uniform(0, 1)
        assert xlhedge.rehedge(0, face * round(qty / face), price, ratio, 0, 2, face) == -round(qty / face)
        coins = rng.uniform(0, 3) * abs(qty) / price
        trades = [
            xlhedge.rehedge(coins, qty, price, ratio, ratio, ratio, face, "target", r)
            for r in ("more", "nearest", "less")
        ]
        assert trades == sorted(trades) and trades[2] - trades[0] <= 1
        assert qty + face * trades[2] >= -ratio * coins * price - 1e-6 * face - 1e-9 * abs(qty)
