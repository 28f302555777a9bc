"""Stress sheets: the whole portfolio under named scenarios, one row each, one column of price moves for each asset."""

from types import SimpleNamespace

import numpy as np

from ..elementary import NONE, where
from ..formula import Cell, sum_across, turned
from ..portfolio.scenarios import Scenario
from .book import LEAST_WIDTH, Book, Style
from .stack import Stack

ASSET_ROW = 6
FIRST_COLUMN = 9  # of the assets; before it the name, funding, days, basis and the results
SPARE = 14


NAMED = (
    Scenario("Crash", {}, -0.5),
    Scenario("Fall", {}, -0.2),
    Scenario("Rise", {}, 0.2),
    Scenario("Rally", {}, 0.5),
    Scenario("Doubling", {}, 1.0),
    Scenario("BTC falls, the others twice as far", {"BTC": -0.25}, -0.5),
    Scenario("Rally with funding paid for 90 days", {}, 0.5, -0.0003, 90.0),
    Scenario("Flat year, funding received", {}, 0.0, 0.0001, 365.0),
)


def build_stress(
    book: Book, title: str, scenarios: tuple[Scenario, ...], stack: Stack, held, settings, plan
) -> SimpleNamespace:
    """A stress sheet."""
    purpose = "The portfolio under named scenarios. Type moves into the blue cells; blank rows take further scenarios."
    sheet = book.sheet(title, purpose)
    facts = _facts(sheet, held, plan)
    out = SimpleNamespace(sheet=sheet, now=facts.now)
    first, rows = facts.end + 3, len(scenarios) + SPARE
    blanks = [None] * SPARE

    def typed(column: int, header: str, unit: str, values: list, format: str, width: float, **how) -> Cell:
        _head(sheet, first, column, header, unit, width)
        return sheet.typed(first + 2, column, [*values, *blanks], Style("input", format), rows=rows, **how)

    def computed(column: int, header: str, unit: str, cell: Cell, format: str, alarm: str = "") -> Cell:
        _head(sheet, first, column, header, unit, 15)
        return sheet.computed(first + 2, column, cell, Style("calc", format, alarm), rows=rows)

    out.name = typed(1, "Scenario", "text", [s.name for s in scenarios], "text", 36)
    out.rate = typed(
        2, "Funding rate", "fraction", [s.funding_rate for s in scenarios], "rate", LEAST_WIDTH["usd"], blank=0.0
    )
    out.days = typed(3, "Days", "days", [s.days for s in scenarios], "days", 9, blank=0.0)
    out.basis = typed(4, "Gain from basis", "fraction", [s.basis for s in scenarios], "share", 13, blank=0.0)
    table = np.full((rows, held.count, len(stack)), np.nan)
    moves = {}
    for k, holdings in enumerate(stack.rows):
        for j, row in enumerate(holdings):
            asset = row["asset"], row["kind"]
            if asset not in moves:
                moves[asset] = np.array([_move(scenario, *asset) for scenario in scenarios], dtype=float)
            table[: len(scenarios), j, k] = moves[asset]
    out.move = sheet.typed(
        first + 2, FIRST_COLUMN, table, Style("input", "share"), rows=rows, columns=held.count, blank=0.0
    )
    for i in range(held.count):
        _head(sheet, first, FIRST_COLUMN + i, "Move", "fraction", LEAST_WIDTH["coin"])
    _results(out, facts, settings, computed)
    sheet.hidden_rows.append(SimpleNamespace(first=first + 2, rows=rows, column=FIRST_COLUMN))
    sheet.freeze = f"B{first + 2}"
    return out


def _facts(sheet, held, plan) -> SimpleNamespace:
    """The figures of the plan turned from a column to a row, so that a scenario's moves stand below their assets."""
    facts, label = SimpleNamespace(), FIRST_COLUMN - 3
    numbers = [float(i + 1) for i in range(held.count)]
    for column in range(label, FIRST_COLUMN):
        sheet.text(ASSET_ROW - 1, column, "Row of the asset" if column == label + 1 else None, "unit")
        sheet.text(ASSET_ROW, column, "Asset" if column == label + 1 else None, "header")
    position = sheet.typed(ASSET_ROW - 1, FIRST_COLUMN, numbers, Style("unit", "number"), columns=held.count)
    asset = turned(held.asset, position)
    sheet.computed(ASSET_ROW, FIRST_COLUMN, where(asset == "", "", asset), Style("header"), columns=held.count)
    qty, entry, price = (turned(column, position) for column in (plan.qty, plan.entry, plan.links.price))
    pnl = qty * (price - entry) / (entry * price)
    liq = turned(plan.liq, position)
    rows = (
        ("price", "Price [USD/coin]", price, "price"),
        ("opened", "Coins before hedge PnL [coin]", turned(plan.coins, position) - pnl, "coin"),
        ("qty", "Position [USD]", qty, "usd"),
        ("cost", "Position at entry [coin]", qty / entry, "coin"),
        ("margin", "Margin [coin]", turned(plan.margin, position), "coin"),
        ("above", "Liquidated from [USD/coin]", where(qty < 0, liq, NONE), "price"),
        ("below", "Liquidated down from [USD/coin]", where(qty > 0, liq, 0.0), "price"),
    )
    for offset, (name, title, cell, format) in enumerate(rows, 1):
        sheet.text(ASSET_ROW + offset, label, title)
        style = Style("calc", format)
        setattr(facts, name, sheet.computed(ASSET_ROW + offset, FIRST_COLUMN, cell, style, columns=held.count))
    facts.end, facts.proceeds = ASSET_ROW + len(rows), plan.proceeds
    now = plan.proceeds + sum_across(facts.opened * facts.price + facts.cost * facts.price - facts.qty)
    sums = (
        ("now", "Value now", now),
        ("face", "All positions", sum_across(facts.qty)),
        ("size", "All positions, without sign", sum_across(abs(facts.qty))),
    )
    for offset, (name, title, cell) in enumerate(sums):
        sheet.text(ASSET_ROW + offset, 1, title)
        setattr(facts, name, sheet.computed(ASSET_ROW + offset, 2, cell, Style("calc", "usd")))
        sheet.text(ASSET_ROW + offset, 3, "USD", "unit")
    return facts


def _results(out: SimpleNamespace, facts: SimpleNamespace, settings, computed) -> None:
    """Value, change and liquidations of each scenario; a liquidated hedge has lost its margin and is gone."""
    price = facts.price * (1 + out.move)
    is_gone = 1 * (price >= facts.above) + 1 * (price <= facts.below)
    alive = facts.opened * price + facts.cost * price - facts.qty
    lost = (facts.opened - facts.margin) * price
    paid = out.rate * facts.face * 24.0 * out.days / settings.funding_hours
    value = sum_across((1 - is_gone) * alive + is_gone * lost) - paid + out.basis * facts.size
    value = value + facts.proceeds
    out.value = computed(5, "Value", "USD", value, "usd")
    out.change = computed(6, "Change", "USD", out.value - facts.now, "usd")
    out.share = computed(7, "Change", "fraction", out.change / facts.now, "share")
    out.liquidated = computed(8, "Hedges liquidated", "number", sum_across(is_gone * (facts.qty != 0)), "contracts")


def _head(sheet, row: int, column: int, header: str, unit: str, width: float) -> None:
    sheet.text(row, column, header, "header")
    sheet.text(row + 1, column, unit, "unit")
    sheet.widths[column] = max(width, sheet.widths.get(column, 0))


def _move(scenario: Scenario, asset: str, kind: str) -> float | None:
    """The move of an asset: its own, or that of the other coins; cash stands still."""
    own = scenario.moves.get(asset.upper())
    return own if own is not None else 0.0 if kind == "cash" else scenario.other
