"""Whole sheets against the independent model, cell by cell: portfolios whose shown asset has a position that is alive."""

import math
import random
from itertools import islice

import pytest
from independent_monitor import Entry, monitor, replay
from independent_plan import planned
from independent_portfolios import PRICE_TIME, random_scenarios
from independent_sheets import (
    ACCOUNTS,
    allocation,
    by_margin,
    carried_row,
    carry_grid,
    exposed,
    heat_map,
    labelled,
    ladder,
    margin_rows,
    shared_row,
    sized,
    survived,
)
from independent_stress import compared, stressed
from one_sheet import Reader
from test_independent import read
from test_referee import differences as cells_that_differ
from test_stress_oracle import on_the_sheet

from xlhedge.portfolio import ends
from xlhedge.workbook.file.writer import write
from xlhedge.workbook.model import build_model
from xlhedge.workbook.portfolios import LOG_STEPS, padded, room_for
from xlhedge.workbook.sheets.compare import MOVES
from xlhedge.workbook.sheets.monitor import ASSETS_TITLE, STARTS

SHEETS = 20


def cases(folder):
    """Portfolios with a position that is open and alive in the asset shown, and the place of that asset."""
    for portfolio in read(folder, 5 * SHEETS, "sheets"):
        assets, everyone = planned(portfolio)
        places = {one["told"].asset for one in everyone}
        shown = max(places, key=lambda place: assets[place]["value"], default=None)
        if shown is None or not all(one["account"].lives() for one in everyone if one["account"].size):
            continue
        first = next(one for one in everyone if one["told"].asset == shown)
        if first["qty"] and assets[shown]["coins"] > 0:
            yield portfolio, assets, everyone, shown, first


def differences(ours, theirs):
    """Cells of two tables that differ; None is one that the model does not tell, and inf is "none"."""
    assert len(ours) == len(theirs)
    return [
        (i, j, a, b)
        for i, lines in enumerate(zip(ours, theirs))
        for j, (a, b) in enumerate(zip(*lines, strict=True))
        if a is not None and b != exactly(a, last_digit(lines[0]))
    ]


def exactly(value, last_digit=0.0):
    """A text, a flag or "none" as it is, a number to a billionth."""
    if isinstance(value, str | bool) or value == math.inf:
        return value
    return pytest.approx(value, rel=1e-9, abs=max(1e-9, last_digit))


def last_digit(row):
    """What the last digit of the largest number of a row is worth: a difference of two such numbers is no finer."""
    return max((math.ulp(each) for each in row if isinstance(each, float) and math.isfinite(each)), default=0.0)


def random_log(rng, everyone):
    """Fills, fees, funding and transfers of several positions; rows that nobody can read now and then."""
    for _ in range(rng.randint(4, 40)):
        place = rng.randrange(len(everyone))
        leg = everyone[place]["leg"]
        size = max(leg.size, 1 / leg.now)
        fill = round(-leg.side * size * leg.now * rng.uniform(-0.6, 1.3), 0) if rng.random() < 0.5 else None
        price = round(leg.now * rng.uniform(0.8, 1.25), 8) if rng.random() < 0.9 else None
        fee, funding = size * 5e-4 if fill else None, size * rng.uniform(-1e-3, 1e-3) if rng.random() < 0.5 else None
        moved = size * rng.uniform(-0.01, 0.1) if rng.random() < 0.3 else None
        word = rng.choice((None, None, None, "fill", "funding", "transfer"))
        if any(each is not None for each in (fill, price, fee, funding, moved)):
            yield Entry(None if rng.random() < 0.05 else place, word, fill, price, fee, funding, moved)


def typed_log(everyone, log):
    """The columns of the log as they are typed."""
    names = [labelled(one) for one in everyone]
    columns = {"position": ["nobody's" if entry.place is None else names[entry.place] for entry in log]}
    columns |= {name: [getattr(entry, name) for entry in log] for name in Entry._fields[1:]}
    return {name: tuple(column) + (None,) * (LOG_STEPS[0] - len(log)) for name, column in columns.items()}


def random_history(rng, price):
    """Prices of a wild walk, funding rates, and a high since the row before where one is told."""
    for _ in range(rng.randint(30, 120)):
        yield price, rng.uniform(-1e-3, 2e-3), price * rng.uniform(1.0, 1.2) if rng.random() < 0.3 else None
        price = float(f"{price * math.exp(rng.gauss(0.0, 0.05)):.8g}")


class Case:
    """A portfolio with a log, a history and scenarios, its workbook, and what the model says of it."""

    def __init__(self, number, portfolio, assets, everyone, shown, first) -> None:
        rng = random.Random(number)
        self.settings, self.assets, self.everyone, self.shown, self.first = (
            portfolio.settings,
            assets,
            everyone,
            shown,
            first,
        )
        self.price = assets[shown]["row"].price
        self.log, self.history = [*random_log(rng, everyone)], [*random_history(rng, self.price)]
        told = [
            float(f"{each['row'].price * rng.uniform(0.9, 1.1):.6g}") if rng.random() < 0.7 else None for each in assets
        ]
        self.prices = [each["row"].price if price is None else price for each, price in zip(assets, told)]
        self.marks = [
            float(f"{one['leg'].now * rng.uniform(0.95, 1.1):.6g}") if rng.random() < 0.2 else None for one in everyone
        ]
        self.scenarios = random_scenarios(rng, [each["row"].asset for each in assets])
        sold = -sum(each["spot_usd"] for each in assets) if self.settings.mode == "spot" else 0.0
        self.proceeds = sold - assets[0]["cost"]
        rows = room_for(portfolio)
        room = {"price_now": (*padded(told, rows.assets),), "mark_now": (*padded(self.marks, rows.positions),)}
        prices, rates, peaks = zip(*self.history)
        blank = (None,) * (120 - len(self.history))
        past = {"price": prices + blank, "rate": rates + blank, "peak": peaks + blank, "time": (None,) * 120}
        kept = {"Monitor": typed_log(everyone, self.log) | room, "Replay": past}
        self.book = build_model(portfolio._replace(kept=kept), scenarios={"Set": self.scenarios})

    def rows(self, sheet, title):
        return Reader(self.book, sheet).rows(title)


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """The cases, built once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ends, "today", lambda: PRICE_TIME.date())
        folder = tmp_path_factory.mktemp("sheets")
        return [Case(number, *told) for number, told in enumerate(islice(cases(folder), SHEETS))]


def test_allocation(found):
    for number, case in enumerate(found):
        weights, trades = zip(*(allocation(each) for each in case.assets))
        reader, title = (
            Reader(case.book, "Allocation"),
            "Weights and drift",
        )  # in whose fifth column stand the numbers of rows
        found_there = [[*a, *b[:-1]] for a, b in zip(reader.rows(title), reader.rows(title, 6))]  # and in the last
        assert not differences(weights, found_there[: len(weights)]), (number, title)
        assert not differences(trades, reader.rows("Two ways back to target")[: len(trades)]), number


def test_the_hedge_plan(found):
    for number, case in enumerate(found):
        settings, everyone, assets = case.settings, case.everyone, case.assets
        tables = {
            "Size: short < 0, sell < 0": [sized(one, assets) for one in everyone],
            "Exposure of each asset after these trades": [exposed(i, each, everyone) for i, each in enumerate(assets)],
            "Margin": [margin_rows(one, settings)[0] for one in everyone],
            "Liquidation, and what the margin carries": [margin_rows(one, settings)[1] for one in everyone],
            "Carry: received > 0, paid < 0": [
                carried_row(one, assets[one["told"].asset], settings) for one in everyone
            ],
        }
        for title, ours in tables.items():
            theirs = [line[: len(ours[0])] for line in case.rows("Hedge plan", title)[: len(ours)]]
            assert not differences(ours, theirs), (number, title)


def test_cross_accounts(found):
    title = "Cross accounts: positions that share their margin; prices as a multiple of the coin's price now"
    crossed = 0
    for number, case in enumerate(found):
        reader = Reader(case.book, "Hedge plan")
        columns = [reader.below(title, header).value[:, 0, 0] for header in ACCOUNTS]
        ours = [shared_row(one, case.settings) for one in case.everyone]
        assert not differences(ours, [*zip(*columns)][: len(ours)]), number
        crossed += sum(one["is_cross"] for one in case.everyone)
    assert crossed >= 10


def test_scenarios(found):
    for number, case in enumerate(found):
        settings, asset, leg = case.settings, case.assets[case.shown], case.first["leg"]
        tables = {
            "Price ladder": ladder(case.shown, case.assets, case.everyone, case.proceeds, settings.shocks),
            "Coins to survive a move against the position, from its entry": survived(
                leg, asset["coins"], settings.rallies
            ),
            "Liquidation price for a posted margin": by_margin(leg, settings.margin_shares),
        }
        grids = {
            "Heat map in USD: price move (down) and hedge ratio (across), hedged at today's price": heat_map(
                asset["coins"], case.price, settings.shocks, settings.ratios
            ),
            "Carry table of the first position in USD: funding rate each interval (down) and days (across); received > 0":
                carry_grid(leg, settings.carry_rates, settings.carry_days),
        }  # fmt: skip
        for title, ours in tables.items():
            theirs = [line[: len(ours[0])] for line in case.rows("Scenarios", title)]
            assert not differences(ours, theirs), (number, title, leg)
        for title, ours in grids.items():
            assert not differences(ours, [line[1:] for line in case.rows("Scenarios", title)][-len(ours) :]), (
                number,
                title,
            )


def test_stress(found):
    """Accounts die as a whole, at the end of a row or on the way, and stay gone in the rows that go on from it."""
    seen = {"account": 0, "peak": 0, "step": 0, "funding": 0}
    for number, case in enumerate(found):
        rows, hours = case.scenarios, case.settings.funding_hours

        def gone(rows, case=case, hours=hours):
            return [count for _, count, _ in stressed(case.assets, case.everyone, case.proceeds, rows, hours)]

        ours, theirs = stressed(case.assets, case.everyone, case.proceeds, rows, hours), on_the_sheet(case.book, "Set")
        headers = "Value USD", "Hedges liquidated number", "To be looked at text"
        ours = [(value, count, "a coin has no move" if untold else "") for value, count, untold in ours]
        for header, column in zip(headers, zip(*ours)):
            assert not differences([column], [theirs[header]]), (number, header)
        for what, without in (("peak", {"peak": None}), ("step", {"continues": False}), ("funding", {"days": None})):
            seen[what] += gone(rows) != gone([row._replace(**without) for row in rows])
        seen["account"] += max(gone(rows)) > 1 and any(one["is_cross"] for one in case.everyone)
    assert min(seen.values()) > 3, seen


def test_the_monitor(found):
    for number, case in enumerate(found):
        band = case.settings.band or 0.02
        ours = monitor(case.assets, case.everyone, case.log, case.prices, case.marks, band)
        reader = Reader(case.book, "Monitor")
        for title, rows in ((STARTS.title, ours["positions"]), (ASSETS_TITLE, ours["assets"])):
            for header in rows[0].keys() - {"spot", "gain", "open"}:
                column = reader.below(title, header).value[: len(rows), 0, 0].tolist()
                wrong = differences([[row[header] for row in rows]], [column])
                assert not wrong, (number, header, wrong)
        assert case.book.parts["monitor"].unread.value.item() == ours["unread"], number


def test_replay(found):
    followed = 0
    for number, case in enumerate(found):
        told, coins = case.first["told"], case.assets[case.shown]["coins"]
        if told.owner != case.shown:
            continue
        ours = replay(case.first, coins, case.price, case.history, case.settings.band or 0.02, 365.0)
        theirs = {name: getattr(case.book.parts["replay"], name).value.item() for name in ours}
        assert not differences([[*ours.values()]], [[*theirs.values()]]), number
        followed += 1
    assert followed >= SHEETS / 2


def test_compare(found):
    for number, case in enumerate(found):
        moves = [move for _, move in MOVES]
        ours = compared(case.assets[case.shown], case.first, case.settings, moves)
        reader = Reader(case.book, "Compare")
        values = reader.below("Value at the horizon before tax, USD", "Inverse perpetual").value[:, 0, 0].tolist()
        assert not differences([ours.pop("values")], [values]), number
        titles = ("What they are, and how large", "Cost < 0 or income > 0 to the horizon, price unchanged")
        for label, value in ours.items():
            title = titles[label in ("Fees, open and close", "Funding paid in coin", "Funding", "Together")]
            found_there = reader.beside(title, label).value[0, 1, 0]
            assert found_there == exactly(value), (number, label)


@pytest.mark.parametrize("number", (3, 17))
def test_calc_says_the_same(calc, tmp_path, found, number):
    write(found[number].book, tmp_path / "book.xlsx")
    with calc.open(tmp_path / "book.xlsx") as book:
        book.recalculate()
        assert cells_that_differ(tmp_path / "book.xlsx", book) == []
