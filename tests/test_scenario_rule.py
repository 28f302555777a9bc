"""Scenarios by the one rule of maintenance: what a squeeze can and cannot liquidate, and a replay from its opening on."""

import pytest

import xlhedge
from xlhedge.contracts import read_table
from xlhedge.errors import NotAvailableError
from xlhedge.registry import FUNCTIONS
from xlhedge.sheet import sheet_call

PRICES = [30_000.0, 60_000.0, 79_000.0, 150_000.0]


@pytest.mark.parametrize(("qty", "margin", "how", "can_be_liquidated"), [
    (-600_000, 2.5, {}, True),
    (-600_000, 10, {}, False),  # the margin covers the notional
    (-600_000, 10, {"method": "entry"}, True),
    (-600_000, 9.99, {"amount": 0.05}, True),
    (-600_000, 10, {"method": "slope", "slope": 1e-4}, False),
    (-600_000, 0, {}, False),  # margin is not modelled
    (0, 2.5, {}, False),
    (600_000, 2.5, {}, True),
    (-600_000, 9.9, {"funding": 0.1}, False),
])  # fmt: skip
def test_after_a_squeeze_only_what_can_be_liquidated_is_lost(qty, margin, how, can_be_liquidated):
    ladder = xlhedge.scenario_ladder(50, qty, 60_000, PRICES, margin, 0.005, squeeze=True, **how)
    left = [(50 - margin) * price for price in PRICES]
    assert ladder["after a squeeze"].tolist() == (left if can_be_liquidated else ladder["net value"].tolist())


@pytest.mark.parametrize(("margin", "fee", "ratio", "is_gone"), [
    (5.0, 0.0, 0.01, False),
    (0.06, 0.0, 0.05 / 0.06, False),
    (0.05, 0.0, 1.0, True),  # no more than the maintenance
    (0.06, 0.001, 1.0, True),  # the opening fee takes what was above it
    (0.005, 0.001, 1.0, True),  # and more than there is
    (0.0, 0.0, 0.0, False),
])  # fmt: skip
def test_the_margin_is_tested_at_the_opening(margin, fee, ratio, is_gone):
    table = xlhedge.hedge_replay([1, 2], [60_000, 50_000], [0, 0.01], 50, 0.2, None, None, fee, margin, 0.005)
    assert table["margin ratio"][0] == pytest.approx(ratio) and table["liquidated"].tolist() == [is_gone] * 2
    assert table["qty"].tolist() == [0.0 if is_gone else -600_000] * 2
    assert table["re-hedge"].tolist() == [0.0 if is_gone else -600_000, 0]
    if is_gone:
        assert table["hedged"].tolist() == [(50 - margin) * 60_000, (50 - margin) * 50_000]
        assert table["funding coin"].tolist() == [0, 0] == table["margin account, PnL included"].tolist()


def test_a_venue_of_method_slope_without_its_slope_is_not_established(tmp_path, monkeypatch):
    table = tmp_path / "own.csv"
    facts = {"kind": "inverse", "face": "10", "coin": "BTC", "liq_method": "slope", "mmr": "0.01"}
    rows = ["venue,symbol,field,value,unit,as_of,source,verified,note"]
    table.write_text("\n".join([*rows, *(f"own,BTCUSD,{f},{v},,,test,no," for f, v in facts.items())]))
    read_table(table)
    monkeypatch.setenv("XLHEDGE_CONTRACTS", str(table))
    with pytest.raises(NotAvailableError, match="own BTCUSD: slope .* is not established; supply it"):
        xlhedge.liq_price_venue("own", "BTCUSD", -3e8, 60_000, 2368.33)
    assert sheet_call(FUNCTIONS["LIQ_PRICE_VENUE"], ["own", "BTCUSD", -3e8, 60_000, 2368.33]) == "#N/A"
    assert xlhedge.liq_price_venue("deribit", "BTC", -3e8, 60_000, 2368.33) == pytest.approx(94_823.148, abs=5e-4)


RETURNS = [[0.01, 0.02], [-0.03, -0.05], [0.02, 0.01]]


@pytest.mark.parametrize(("returns", "expected"), [
    ([RETURNS[0], [None, None], *RETURNS[1:], ["", ""]], 17.5),
    ([RETURNS[0], [None, 0.1], *RETURNS[1:]], "#VALUE!"),
])  # fmt: skip
def test_blank_rows_of_returns_are_left_out(returns, expected):
    found = sheet_call(FUNCTIONS["HISTORICAL_VAR"], [[[1000.0], [500.0]], returns, 0.75])
    assert found == (expected if isinstance(expected, str) else pytest.approx(expected))


def test_a_gap_among_numbered_shocks_is_refused():
    held = [[[50.0], [2.0]], [[0.0], [0.0]], [[1.0], [1.0]], [[1.0], [10.0]]]
    assert sheet_call(FUNCTIONS["STRESS"], [*held, [[0.1, 0.1], [None, None], [0.2, 0.2]]]) == "#VALUE!"


@pytest.mark.parametrize("volatility", [1e3, 1e154, 1e200, 1e307])
def test_a_volatility_beyond_all_squares(volatility):
    """The price then falls to nothing for certain, but touches a higher one first with the probability P/L."""
    assert xlhedge.liq_probability(60_000, 79_600, volatility, 30) == pytest.approx(60_000 / 79_600, rel=1e-12)
    assert xlhedge.liq_probability(60_000, 40_000, volatility, 30) == pytest.approx(1, rel=1e-12)
    assert xlhedge.liq_probability(60_000, 79_600, 1 / volatility, 30) == 0
