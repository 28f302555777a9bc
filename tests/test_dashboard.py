"""The Dashboard: its figures are those of plan --json, its pictures close, and it holds for nothing to hedge and for all liquidated."""

import math

import numpy as np
import pytest
from one_sheet import Reader, from_text, sample

from xlhedge.plan import plan_of
from xlhedge.workbook.model import build_model

NOTHING = "asset,coins,price\nBTC,10,60000\nUSDT,1000,1\n"
DEAD = "asset,coins,price,hedge_ratio,venue,contract,qty,entry,margin\nBTC,10,60000,50%,bybit,BTCUSD,-300000,30000,1\n"
LONG = "asset,coins,price,hedge_ratio,venue,contract,qty,entry,margin\nBTC,1,60000,150%,bybit,BTCUSD,50000,60000,0.9\n"
CASES = (
    "worked example",
    "six assets",
    "miner",
    "dao",
    "fund",
    "nothing to hedge",
    "liquidated",
    "beyond zero",
    "spot",
)


@pytest.fixture(scope="module", params=CASES)
def case(request, tmp_path_factory):
    """A portfolio, its book and its plan."""
    folder = tmp_path_factory.mktemp("dashboard")
    texts = {"nothing to hedge": NOTHING, "liquidated": DEAD, "beyond zero": LONG}
    numbers = {"worked example": 0, "six assets": 2, "miner": 3, "dao": 4, "fund": 5}
    if request.param in texts:
        portfolio = from_text(folder, texts[request.param])
    elif request.param == "spot":
        portfolio = sample(2, mode="spot")
    else:
        portfolio = sample(numbers[request.param])
    return portfolio, build_model(portfolio), plan_of(portfolio).figures


def figures(book) -> dict[str, object]:
    """The six tiles: what stands beside each label, under its heading."""
    found, sheet = {}, book.sheets["Dashboard"]
    texts = {(b.row, b.column): b.values[0, 0, 0] for b in sheet.blocks if b.node is None}
    values = {(b.row, b.column): b.value(0, 0, 0) for b in sheet.blocks if b.node is not None}
    for column in range(1, 13, 2):
        for row in range(5, 9):
            found[f"{texts[4, column]}: {texts[row, column]}"] = values[row, column + 1]
    return found


def told(numbers) -> list[float]:
    return [number for number in numbers if isinstance(number, float)]


def later(position: dict) -> float:
    """How far a position's liquidation is once adverse funding is paid, 0 where it is passed by then."""
    if position["distance"] == 0:
        return 0.0
    above, below = (position[f"liq_{side}_after_funding"] for side in ("above", "below"))
    ways = [above / position["mark"] - 1] if above != "none" else []
    ways += [1 - below / position["mark"]] if below != "none" else []
    return max(0.0, min(ways, default=math.inf))


def test_the_figures_are_those_of_the_plan(case):
    portfolio, book, plan = case
    shown, positions = figures(book), plan["positions"]
    price = {each["asset"]: each["price"] for each in plan["assets"]}
    coins = [each["asset"] for each, row in zip(plan["assets"], portfolio.holdings) if row.values.kind != "cash"]
    spot = {place: book.parts["positions"].spot.value[place, 0, 0] for place in range(len(positions))}
    open_ones = [each for each in positions if each["qty"]]
    is_spot = portfolio.settings.mode == "spot"
    spot_orders = [each for each in plan["assets"] if is_spot and each["asset"] in coins and each["spot_trade_coins"]]
    distances = [abs(each["distance"]) for each in open_ones if isinstance(each["distance"], float)]
    expected = {
        "Value: Value, USD": plan["value_usd"],
        "Net exposure: After, USD": sum(each["exposure_usd"] for each in plan["assets"] if each["asset"] in coins),
        "Orders: Orders": sum(each["contracts"] != 0 for each in positions) + len(spot_orders),
        "Margin: Margin then, USD": sum(each["planned"] * spot[i] for i, each in enumerate(positions)),
        "Nearest liquidation: At once": min(distances, default=math.inf),
        "Carry to the horizon: Expected, USD": math.fsum(each["carry_expected_usd"] for each in positions),
        "Carry to the horizon: Adverse, USD": math.fsum(each["carry_adverse_usd"] for each in positions),
        "Carry to the horizon: Fees in both, USD": -math.fsum(each["fees_usd"] for each in positions),
    }
    assert {name: shown[name] for name in expected} == pytest.approx(expected, rel=1e-9, abs=1e-6)
    if distances:
        nearest = min(open_ones, key=lambda each: abs(each["distance"]) if each["distance"] != "none" else math.inf)
        assert shown["Nearest liquidation: Chance by horizon"] == pytest.approx(nearest["probability"], abs=1e-12)
    assert shown["Nearest liquidation: After adverse funding"] == pytest.approx(
        min(map(later, open_ones), default=math.inf)
    )
    before = sum(
        row.values.coins * price[asset] for asset, row in zip(price, portfolio.holdings) if asset in coins
    ) + float(np.sum(book.parts["weights"].hedge.value))
    assert shown["Net exposure: Before, USD"] == pytest.approx(before, rel=1e-12)


def test_the_waterfall_goes_from_the_exposure_before_to_that_after(case):
    _, book, _ = case
    falls, net = book.parts["falls"], book.parts["net"]
    labels = [label for label in falls.label.value[:, 0, 0] if label]
    assert labels[0] == "Before" and labels[-1] == "After"
    base, level, rise, rise_below, fall, fall_below = (np.asarray(column.value)[:, 0, 0] for column in falls[1:7])
    before, after = net.before.value.item(), net.after.value.item()
    assert [*level[np.isin(falls.label.value[:, 0, 0], ("Before", "After"))]] == pytest.approx([before, after])
    moved = (rise - rise_below) - (fall - fall_below)
    assert before + math.fsum(moved) == pytest.approx(after, rel=1e-9, abs=1e-6)
    height = before
    for low, up, down in zip(base, rise - rise_below, fall - fall_below):
        if up or down:  # a bar lies between the height before it and the one after
            ends = sorted((height, height + up - down))
            assert low == pytest.approx(min(ends, key=abs) if ends[0] * ends[1] > 0 else 0.0, rel=1e-9, abs=1e-6)
            height += up - down


def test_the_path_of_the_carry_ends_at_the_carry_to_the_horizon(case):
    _, book, _ = case
    path, carry = book.parts["carry_path"], book.parts["carry"]
    ends = path.expected.value[-1].item(), path.adverse.value[-1].item()
    assert ends == pytest.approx((carry.expected.value.sum(), carry.adverse.value.sum()), rel=1e-9, abs=1e-6)
    even = path.break_even.value.item()
    if even < math.inf:
        days, expected = path.day.value[:, 0, 0], path.expected.value[:, 0, 0]
        assert np.interp(even, days, expected) == pytest.approx(0.0, abs=1e-9 * np.abs(expected).max())
    else:
        assert not ((path.expected.value[:-1] < 0) & (path.expected.value[1:] >= 0)).any()


def test_the_map_has_every_open_position(case):
    portfolio, book, plan = case
    liq_map, places = book.parts["liq_map"], book.parts["liq_map"].label.value[:, 0, 0] != ""
    open_ones, furthest = (
        [each for each in plan["positions"] if each["qty"]],
        2 * max(portfolio.settings.rally, portfolio.settings.fall, portfolio.settings.amber_distance),
    )
    survived = [furthest if each["distance"] == "none" else min(abs(each["distance"]), furthest) for each in open_ones]
    assert [*liq_map.now.value[places, 0, 0]] == pytest.approx(survived, rel=1e-9)
    assert (liq_map.later.value <= liq_map.now.value + 1e-9).all() or any(each["qty"] > 0 for each in open_ones)


def test_an_order_for_each_trade_and_a_link_for_each_failing_check(case):
    _, book, plan = case
    reader = Reader(book, "Dashboard")
    sides = [side for side in reader.below("Order ticket", "Side").value[:, 0, 0] if side]
    traded = [each for each in plan["positions"] if each["contracts"]]
    assert sides == ["sell" if each["contracts"] < 0 else "buy" for each in traded][:8]
    shown = [name for name in reader.below("First failing checks", "Check").value[:, 0, 0] if name]
    failing = [each for each in plan["checks"] if not each["passed"] and each["name"] in book.checks]
    failing.sort(key=lambda each: each["severity"] == "amber")
    told = [": ".join(filter(None, (each["name"], each["subject"]))) for each in failing]
    assert shown == told[:8]


def test_margin_that_moves_without_a_trade_is_on_the_ticket(case):
    """Behind the trades, with the coins to move."""
    _, book, plan = case
    reader = Reader(book, "Dashboard")
    effects, moved = (reader.below("Order ticket", name).value[:, 0, 0] for name in ("Effect", "Margin to transfer"))
    only = [each for each in plan["positions"] if not each["contracts"] and round(each["transfer"], 6)]
    expected = [("margin in" if each["transfer"] > 0 else "margin out", each["transfer"]) for each in only]
    traded = sum(each["contracts"] != 0 for each in plan["positions"])
    told = [*zip(effects, moved)][traded : traded + len(only)]
    assert [name for name, _ in told] == [name for name, _ in expected][: 8 - traded]
    assert [coins for _, coins in told] == pytest.approx([coins for _, coins in expected][: 8 - traded], abs=1e-9)


def test_bars_of_the_first_scenarios(case):
    _, book, _ = case
    bars, stress = book.parts["stress_bars"], book.parts["stress"]
    named = (stress.scenario.value[:, 0, 0] != "").nonzero()[0][: len(bars.label.value)]
    places = (bars.label.value[:, 0, 0] != "").nonzero()[0]
    names = [*stress.scenario.value[named, 0, 0]]
    gone = stress.results.liquidated.value[named, 0, 0] > 0
    assert [*bars.label.value[places, 0, 0]] == [name[:16] + " †" * bool(lost) for name, lost in zip(names, gone)]
    assert bars.hedged.value[places, 0, 0] == pytest.approx(stress.results.change.value[named, 0, 0], rel=1e-12)
    unhedged = stress.results.unhedged.value[named, 0, 0] - stress.panel.assets.unhedged.value.item()
    assert bars.unhedged.value[places, 0, 0] == pytest.approx(unhedged, rel=1e-12)


def test_of_positions_equally_far_from_their_liquidation_the_first_is_named(tmp_path):
    """Three shorts with the same margin for the same rally; in binary their distances differ in the last digits."""
    rows = "".join(f"C{k},1000,{k},{2 * k}%,1,0.01\n" for k in range(1, 4))
    book = build_model(from_text(tmp_path, f"asset,coins,price,hedge_ratio,face,mmr\n{rows}"))
    assert [
        block.value(0, 0, 0) for block in book.sheets["Dashboard"].blocks if (block.row, block.column) == (9, 9)
    ] == ["C1"]
