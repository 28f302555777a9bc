"""Worked examples of venues and peers (data/cases.csv): each reproduced within its tolerance, or known to be wrong."""

import csv
import json
from pathlib import Path

import pytest

import xlhedge

with open(Path(__file__).parent / "data" / "cases.csv", encoding="utf-8", newline="") as file:
    CASES = {row["id"]: row for row in csv.DictReader(file)}
AGREE = [name for name, row in CASES.items() if row["agree"] == "agree"]

# What the sources that disagree should have printed; the reason is the note of the case.
TRUE_VALUES = {"NT15": 0.0035, "KC07": 4975.124378109453, "KR01": 0.0014285714285714286 / 24}

SIDES = {"long": 1.0, "short": -1.0}


def signed(given: dict) -> float:
    """The signed USD face: the only place where a source's side and unsigned size are translated."""
    if "qty_usd" in given:
        face = given["qty_usd"]
    elif "contracts" in given:
        face = given["contracts"] * given["contract_size"]
    else:
        face = given.get("size_coin", 1.0) * given["entry"]
    return SIDES[given.get("side", "long")] * face


def posted(given: dict) -> float:
    """The posted margin in coin: as given, or the initial margin at the entry price."""
    if "balance" in given:
        return given["balance"]
    return xlhedge.initial_margin(signed(given), given["entry"], given["leverage"])


def pnl(given):
    return xlhedge.inverse_pnl(signed(given), given["entry"], given["price"])


def pnl_usd(given):
    return xlhedge.inverse_pnl(signed(given), 1.0, 1.0 + given["price_change"], "usd")


def pnl_capped(given):
    """An isolated position loses its margin and no more: the ladder books a liquidation as exactly that loss."""
    margin = posted(given)
    ladder = xlhedge.scenario_ladder(margin, signed(given), given["entry"], [given["price"]], margin)
    return ladder["PnL coin"].iloc[0]


def fee(given):
    return xlhedge.trade_fee(signed(given), given["price"], given["rate"])


def notional(given):
    return xlhedge.notional_coin(signed(given), given["price"])


def margin(given):
    """Initial margin by rate or leverage, else maintenance; a rate that depends on size is found first."""
    if "size_coin" in given:  # Deribit: the rate rises by a slope per coin; at 1 USD a coin is a dollar
        coins = given["size_coin"]
        return xlhedge.maint_margin(coins, 1.0, given["base"] + given["slope_per_coin"] * coins)
    if "notional_coin" in given:
        return xlhedge.maint_margin(given["notional_coin"], 1.0, mmr(given))
    if "mmr" in given:
        return xlhedge.maint_margin(signed(given), given["price"], given["mmr"], given.get("cum", 0.0))
    leverage = given["leverage"] if "leverage" in given else 1 / given["imr"]
    return xlhedge.initial_margin(signed(given), given["price"], leverage)


def mmr(given):
    """BitMEX: the rate of the step applies to the whole position, with no amount deducted; each step adds one base."""
    floors = [0.0, *(given["base_limit"] + given["step"] * n for n in range(3))]
    return xlhedge.maint_tier(given["notional_coin"], floors, [given["base_mmr"] * (n + 1) for n in range(4)])


def mm_amount(given):
    """One step of the recursion: the shipped function starts it at 0, the case at the tier before."""
    step = xlhedge.maint_amounts([0.0, given["floor"]], [given["mmr_prev"], given["mmr_n"]])[-1]
    return given["cum_prev"] + step


def roe(given):
    leverage = abs(signed(given)) / given["entry"] / given["margin"]
    return xlhedge.roe(signed(given), given["entry"], given["price"], leverage)


def avg_entry(given):
    return xlhedge.avg_entry(*zip(*given["fills"]))


def bankruptcy(given):
    return xlhedge.bankruptcy_price(signed(given), given["entry"], posted(given), given.get("taker_fee", 0.0))


def liq(given):
    """Maintenance frozen at entry unless said; a fee is charged at the bankruptcy price and so lowers the margin."""
    qty, left = signed(given), posted(given)
    if "taker_fee" in given:
        left -= xlhedge.trade_fee(qty, bankruptcy(given), given["taker_fee"])
    return xlhedge.liq_price(qty, given["entry"], left, given["mmr"], method=given.get("mm_basis", "entry"))


def hedge_contracts(given):
    """A dollar liability backed by its worth of coins, hedged in full with Galoy's bands; one USD a coin will do."""
    qty = -given["short_exposure_usd"]
    return xlhedge.rehedge(given["liability_usd"], qty, 1.0, 1.0, 0.95, 1.03, given["contract_size"])


def hedge_contracts_098(given):
    """The same bands with the target that the peer takes when it is short of hedge."""
    qty = -given["short_exposure_usd"]
    return xlhedge.rehedge(given["liability_usd"], qty, 1.0, given["target"], 0.95, 1.03, given["contract_size"])


def margin_for_move(given):
    return xlhedge.margin_for_move(signed(given), given["entry"], given["move"], given["mmr"])


def break_even(given):
    return xlhedge.break_even(signed(given), given["entry"], 0.0, 0.0, given["funding"])


def basis_apr(given):
    return xlhedge.basis_apr(given["future"], given["spot"], given["days"])


def funding_apr(given):
    return xlhedge.funding_apr(given["rate"], given["hours"])


def funding(given):
    return xlhedge.funding_payment(signed(given), given["index"], given["rate"])


def funding_rate(given):
    """Kraken's premium rule has no worksheet function (a rate is an input): premium / divisor, clamped to the cap."""
    rate, cap = given["premium"] / given["divisor"], given.get("cap", float("inf"))
    return max(-cap, min(rate, cap))


def funding_rate_abs(given):
    """Coin per contract-hour: what a short of one contract of 1 USD receives."""
    return xlhedge.funding_payment(-1.0, given["index"], given["relative"])


KINDS = {
    function.__name__: function
    for function in (
        pnl, pnl_usd, pnl_capped, fee, notional, margin, mmr, mm_amount, roe, avg_entry, bankruptcy, liq,
        hedge_contracts, hedge_contracts_098, funding, funding_rate, funding_rate_abs, funding_apr, basis_apr,
        margin_for_move, break_even,
    )
}  # fmt: skip


def ours(case: dict) -> float:
    return KINDS[case["kind"]](json.loads(case["inputs"]))


def published(case: dict) -> float:
    """The expected value; contracts to trade are printed unsigned, with SELL or BUY in the note."""
    return float(case["expected"]) * (-1.0 if case["note"].startswith("SELL") else 1.0)


@pytest.mark.parametrize("name", AGREE)
def test_case_is_reproduced(name):
    case = CASES[name]
    assert ours(case) == pytest.approx(published(case), rel=0, abs=float(case["tolerance"])), case["source"]


@pytest.mark.parametrize("name", TRUE_VALUES)
def test_known_error_of_a_source_is_not_reproduced(name):
    case = CASES[name]
    assert ours(case) == pytest.approx(TRUE_VALUES[name], rel=1e-12), case["note"]
    assert abs(ours(case) - published(case)) > float(case["tolerance"]), f"{name} no longer differs: {case['note']}"


def test_every_case_is_tested():
    assert set(AGREE) | set(TRUE_VALUES) == set(CASES)
    assert len(CASES) == 172
    assert {case["kind"] for case in CASES.values()} == set(KINDS)
