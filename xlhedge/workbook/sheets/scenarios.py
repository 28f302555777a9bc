"""The Scenarios sheet: a price ladder, a price x hedge-ratio heat map, carry, margins, and charts."""

from typing import NamedTuple

import numpy as np

import xlhedge

from ...elementary import NONE, both, total, where
from ...formula import Cell
from ...ranges import each_of, sum_of
from ...portfolio import Holding, Portfolio
from ...portfolio.fields import SETTING_FIELDS
from ..grid.cells import Style
from ..grid.columns import Columns
from ..grid.panel import Panel
from ..grid.record import SheetRecord
from ..grid.chart import Chart, Series
from ..grid.sheet import LEAST_WIDTH, Sheet
from ..grid.typed import ASSET, Form, Typed, TypedRow, TypedTable
from ..portfolios import Portfolios, stacked
from .inputs import Choice, Held, asset_rule, choice, rule_of
from .accounts import Account
from .allocation import Weights
from .chart_cells import Marks
from .margin_rule import MarginRule, Put, rule_of_panel, rule_rows
from .plan_figures import LABEL_WIDTH, Exposure, Links, Maintenance, Margins, Size
from .positions import PositionColumns, first_of
from .tiers import TierColumns

SHOWS = SETTING_FIELDS["grid_shows"]
CHOICE = Form("Asset shown", (Typed("scenario_asset", "Asset", "text", rule=ASSET),))
SHOWS_LABEL = "Heat map shows"
LINES_TITLE = "Working: lines of the charts, folded away"
LADDER = TypedTable("Price ladder", (Typed("shocks", "Move", "fraction", "share"),), before=(LINES_TITLE, SHOWS_LABEL))
GRID_SHOWS = Form("", (Typed("grid_shows", SHOWS_LABEL, rule=rule_of(SHOWS), comment=SHOWS.meaning),))
GRID = TypedRow(
    "Heat map in USD: price move (down) and hedge ratio (across), hedged at today's price", "Move / ratio",
    Typed("ratios", "", format="share"),
)  # fmt: skip
CARRY_TITLE, CARRY_HEAD = (
    "Carry table of the first position in USD: funding rate each interval (down) and days (across); received > 0",
    "Rate / days",
)
CARRY_DAYS = TypedRow(CARRY_TITLE, CARRY_HEAD, Typed("carry_days", "", format="days"))
MOVES_TITLE = "Coins to survive a move against the position, from its entry"
CARRY_RATES = TypedTable(
    CARRY_TITLE, (Typed("carry_rates", CARRY_HEAD, format="rate"),), first=1, before=(MOVES_TITLE,)
)
SHARES_TITLE = "Liquidation price for a posted margin"
RALLIES = TypedTable(MOVES_TITLE, (Typed("rallies", "Move", "fraction", "share"),), before=(SHARES_TITLE,))
WORKING_COLUMN, CHART_ROWS = 13, 19
LADDER_NOTE = (
    "Rows of the ladder are end points, reached by no worse price than their own. After a squeeze and back: what a price is "
    "worth once the hedge has been liquidated on the way there, with its margin lost."
)
SHARES = TypedTable(SHARES_TITLE, (Typed("margin_shares", "Margin", "share of the hedge", "share"),))


class Shown(NamedTuple):
    """The asset of the ladder and its first position, what the plan says of both, and sums that make the ladder's rows short.

    `opened` are the coins at entry: those owned now without the gain that the asset's positions in that coin have made since.
    """

    price: Cell
    coins: Cell
    opened: Cell
    qty: Cell
    entry: Cell
    margin: Cell
    mark: Cell
    above: Cell
    below: Cell
    hours: Cell
    is_cross: Cell
    rule: MarginRule
    coin_value: Cell
    cash_value: Cell
    choice: Choice


class Hedges(NamedTuple):
    """The positions as whole columns for every row of a ladder: their figures, and which hedge the asset shown.

    `own` is 1 for those of the asset that are margined in it, `proxies` 1 for those margined in another coin.
    """

    qty: Cell
    entry: Cell
    margin: Cell
    above: Cell
    below: Cell
    mark: Cell
    spot: Cell
    beta: Cell
    worth: Cell
    pnl: Cell
    own: Cell
    proxies: Cell

    def gone(self, grown: Cell) -> Cell:
        """1 for each that is liquidated at a price grown by a factor."""
        price = self.mark * grown
        return 1 * ((price >= self.above) + (self.below < NONE) * (price <= self.below) > 0)

    def of_asset(self, grown: Cell, moved: Cell, gone: Cell) -> Cell:
        """What the asset's own positions and proxies gain from now on [USD]; what is gone has lost its margin.

        `grown` is the factor of their coins' prices, `moved` is that less 1.
        """
        alive = self.qty * moved * (self.own / self.entry + self.proxies / self.mark)
        lost = self.own * (self.margin * grown + self.pnl) + self.proxies * (self.margin + self.pnl) * grown
        return sum_of(self.spot * ((1 - gone) * alive - gone * lost))


class Ladder(NamedTuple):
    """The price moves of the ladder, and whether a hedge is liquidated there."""

    move: Cell
    is_gone: Cell


def shown(
    sheet: Sheet, portfolios: Portfolios, held: Held, positions: PositionColumns, weights: Weights, links: Links, size: Size,
    exposure: Exposure, account: Account, maintenance: Maintenance, margins: Margins, tiers: TierColumns,
) -> Shown:  # fmt: skip
    """The choice of an asset, and what the plan says of it, of its first position and of the whole portfolio."""
    row = sheet.below()
    asset = portfolios.of_shown(lambda holding: holding.values.asset)
    asset = CHOICE.write(sheet, row, {"scenario_asset": asset}, asset_rule(held))["scenario_asset"]
    asset = sheet.named("scenario_asset", asset)
    panel = Panel(sheet, "", row + 1, prefix="scenario")
    chosen = choice(panel, asset, held, weights.number)
    cells = panel.of_row(chosen.row, (
        ("price", "Price", "USD/coin", "price", weights.price, 1.0), ("coins", "Coins", "coin", "coin", exposure.coins, 0.0),
    ))  # fmt: skip
    is_own = (each_of(positions.row) == chosen.row) * (each_of(positions.coin_row) == chosen.row)
    opened = cells["coins"] - sum_of(is_own * each_of(margins.pnl))
    cells["opened"] = panel.computed("Coins before its PnL", "coin", opened, "coin", name="coins_at_entry")
    place, price = first_of(panel, chosen, positions), cells["price"]
    cells |= panel.of_row(place, (
        ("qty", "Position", "USD", "usd", size.qty, 0.0), ("entry", "Entry", "USD/coin", "price", margins.entry, price),
        ("margin", "Posted margin", "coin", "coin", margins.margin, 0.0),
        ("mark", "Price of its contract", "USD/coin", "price", links.price, price),
        ("above", "Liquidated above", "USD/coin or none", "price", margins.above, NONE),
        ("below", "Liquidated below", "USD/coin or none", "price", margins.below, NONE),
        ("hours", "Funding every", "hours", "hours", links.funding_hours, 24.0),
        ("is_cross", "Shares its margin", "TRUE or FALSE", "flag", account.is_cross, False),
        *rule_rows(links, maintenance),
    ))  # fmt: skip
    rule = rule_of_panel(cells, tiers)
    whole = _whole(sheet, row, held, weights, positions, exposure, margins)
    return Shown(**cells, rule=rule, choice=chosen, **whole)


def _whole(
    sheet: Sheet,
    row: int,
    held: Held,
    weights: Weights,
    positions: PositionColumns,
    exposure: Exposure,
    margins: Margins,
) -> dict[str, Cell]:
    """What the ladder of the whole portfolio needs: sums over the assets, so that each of its rows is short."""
    worth = exposure.coins * weights.price
    coins = total(worth * (held.kind == "coin")) - total(margins.pnl * positions.spot)
    rows = (
        ("coin_value", "Coins of the portfolio, without the gains of its hedges", coins),
        ("cash_value", "Cash of the portfolio", total(worth * (held.kind == "cash")) + exposure.proceeds),
    )
    cells = {}
    sheet.text(row, 5, "Whole portfolio", "section")
    for offset, (name, label, cell) in enumerate(rows, row + 1):
        sheet.text(offset, 5, label)
        sheet.text(offset, 10, "USD", "unit")
        cells[name] = sheet.named(f"portfolio_{name}", sheet.computed(offset, 9, cell, Style("calc", "usd")))
    return cells


def hedges(positions: PositionColumns, links: Links, size: Size, margins: Margins, shown: Shown) -> Hedges:
    """The positions as the ladder takes them: a part that writes nothing."""
    own = each_of(positions.row) == shown.choice.row
    same = 1 * (each_of(positions.coin_row) == shown.choice.row)
    columns = (
        size.qty, margins.entry, margins.margin, margins.above, margins.below, links.price, positions.spot,
        positions.beta_used, positions.worth, margins.pnl,
    )  # fmt: skip
    return Hedges(*map(each_of, columns), own=own * same, proxies=own * (1 - same))


def _moves(portfolio: Portfolio, shown: Holding) -> list[float]:
    if not portfolio.settings.ladder_prices:
        return list(portfolio.settings.shocks)
    return [price / shown.values.price - 1 for price in portfolio.settings.ladder_prices]


def ladder(sheet: Sheet, portfolios: Portfolios, shown: Shown, hedges: Hedges) -> Ladder:
    """The holding along the price with all its positions, and the whole portfolio when all coins move together."""
    moves = stacked([_moves(*one) for one in zip(portfolios.portfolios, portfolios.shown)])
    sheet.note(LADDER_NOTE, 1)
    sheet.section(LADDER.title, 0)
    table = Columns(sheet, len(moves))
    move = table.typed(LADDER.fields[0], moves)
    sheet.named("ladder_moves", move)
    price = table.computed("Price", "USD/coin", shown.price * (1 + move), "price")
    spot_value = table.computed("Unhedged value", "USD", shown.opened * price, "usd")
    # A proxy's coin moves so that its beta-th power moves as the asset: by as much, where the contract is on the asset itself.
    grown = (1 + move) ** (1 / hedges.beta)
    gone, moved = hedges.gone(grown), grown - 1
    is_own = hedges.own + hedges.proxies
    lost = table.computed("Hedges liquidated", "number", sum_of(is_own * gone), "contracts")
    is_gone = table.computed("Liquidated", "TRUE or FALSE", lost > 0, "flag", alarm="bad")
    mark = shown.mark * (1 + move)
    kept = shown.rule.maintenance(shown.qty, shown.entry, mark)
    kept = table.computed("Maintenance margin, first position", "coin", kept, "coin", width=15)
    used = shown.rule.ratio(shown.qty, shown.entry, mark, shown.margin, kept)
    used = where(shown.margin > 0, used, 0.0)
    used = table.computed("Margin ratio, first position", "fraction", used, "share", width=15, shown=~shown.is_cross)
    pnl = sum_of(
        hedges.own * ((1 - gone) * hedges.qty * (1 / hedges.entry - 1 / (hedges.mark * grown)) - gone * hedges.margin)
    )
    pnl = table.computed("Hedge PnL in this coin", "coin", pnl, "coin")
    gain = table.computed("Hedge gain from now", "USD", hedges.of_asset(grown, moved, gone), "usd")
    coins_change = shown.opened * (price - shown.price)
    coins_change = table.computed("Change of the coins' value", "USD", coins_change, "usd")
    change = table.computed("Net change", "USD", coins_change + gain, "usd")
    net_value = table.computed("Hedged value", "USD", shown.coins * shown.price + change, "usd")
    short = sum_of(is_own * (1 - gone) * hedges.qty * hedges.worth) / price
    exposure = table.computed("Net exposure", "coin", shown.opened + pnl + short, "coin")
    table.computed("Coin weight", "fraction", exposure * price / net_value, "share")
    # A squeeze takes what any price can liquidate, and comes back to the row's price.
    can = 1 - (1 - (hedges.above < NONE)) * (1 - (hedges.below < NONE))
    squeezed = shown.coins * shown.price + coins_change + hedges.of_asset(grown, moved, can)
    table.computed("After a squeeze and back", "USD", squeezed, "usd")
    # Of the whole portfolio all coins move together, and cash stays.
    unhedged = shown.coin_value * (1 + move) + shown.cash_value
    unhedged = table.computed("Portfolio unhedged", "USD", unhedged, "usd")
    gone = hedges.gone(1 + move)
    kept = (1 - gone) * hedges.qty * ((1 + move) / hedges.entry - 1 / hedges.mark) - gone * hedges.margin * (1 + move)
    table.computed("Portfolio hedged", "USD", unhedged + sum_of(hedges.spot * kept), "usd")
    table.computed("Its hedges liquidated", "number", sum_of(gone), "contracts")
    _charts(sheet, shown, move, spot_value, net_value, gain, used)
    return Ladder(move, is_gone)


def _charts(sheet: Sheet, shown: Shown, move: Cell, unhedged: Cell, hedged: Cell, gain: Cell, used: Cell) -> None:
    """The value and the margin ratio along the price, with the price of now and where the first position is liquidated."""
    row = sheet.below(2)
    working = row + CHART_ROWS
    sheet.text(working - 1, 1, LINES_TITLE, "section")
    limit = where(shown.above < NONE, shown.above, shown.below)
    is_limited = limit < NONE
    limit = where(is_limited, limit, shown.mark) / shown.mark - 1
    places = (("Now", "now", 0.0), ("First position liquidated", "red", limit, is_limited))
    looks = (("Unhedged", unhedged, "plain"), ("Hedged", hedged, "main"), ("Hedge gain from now", gain, "second"))
    marks = Marks(sheet, working, 1, move, *(cell for _, cell, _ in looks))
    lines = tuple(Series(name, move.node, cell.node, look) for name, cell, look in looks)
    lines += tuple(marks.upright(*place) for place in places)
    sheet.chart(Chart("scatter", "Value along the price", "price move", "USD", lines, row, 1))
    marks = Marks(sheet, sheet.below(), 1, move, used, formats=("share", "share"))
    lines = (Series("Margin ratio", move.node, used.node, "main"), marks.across("Liquidation at 100%", "amber", 1.0))
    lines += tuple(marks.upright(*place) for place in places)
    title = "Margin ratio of the first position along the price, unless it shares its margin"
    sheet.chart(Chart("scatter", title, "price move", "fraction", lines, row, 9, y_axis="share"))
    sheet.fold(working, sheet.below(0) - working)


def grid(sheet: Sheet, portfolios: Portfolios, shown: Shown, ladder: Ladder) -> None:
    """A figure of the holding over price moves and hedge ratios, hedged anew at the price of now; margin not modelled."""
    row = sheet.below(2)
    value = {"grid_shows": portfolios.each(lambda p: p.settings.grid_shows)}
    shows = sheet.named("grid_shows", GRID_SHOWS.write(sheet, row, value)["grid_shows"])
    row, ratios, count = sheet.section(GRID.title), _across(portfolios, "ratios"), ladder.move.node.rows
    ratio = _head(sheet, row, GRID, ratios)
    sheet.named("grid_ratios", ratio)
    move = sheet.computed(row + 1, 1, ladder.move, Style("calc", "share"), rows=count)
    price, hedged = shown.price * (1 + move), ratio * shown.coins * shown.price
    pnl = xlhedge.inverse_pnl(-hedged, shown.price, price, "usd")
    exposure = shown.coins * (1 - ratio) * price
    cell = where(shows == "value", shown.coins * price + pnl, where(shows == "pnl", pnl, exposure))
    cells = sheet.computed(row + 1, 2, cell, Style("calc", "usd"), rows=count, columns=ratios.shape[1])
    sheet.scales.append(cells.node)


def carry_table(sheet: Sheet, portfolios: Portfolios, shown: Shown) -> None:
    """Funding received over funding rates and horizons."""
    rates = portfolios.each(lambda p: list(p.settings.carry_rates))
    row, days = sheet.section(CARRY_TITLE), _across(portfolios, "carry_days")
    day, field = _head(sheet, row, CARRY_DAYS, days), CARRY_RATES.fields[0]
    rate = sheet.typed(row + 1, 1, rates, Style("input", field.format), name=field.name, rows=len(rates))
    sheet.named("carry_days", day)
    sheet.named("carry_rates", rate)
    cell = xlhedge.funding_cost(shown.qty, rate, shown.hours, day)
    cells = sheet.computed(row + 1, 2, cell, Style("calc", "usd"), rows=len(rates), columns=days.shape[1])
    sheet.scales.append(cells.node)


def _head(sheet: Sheet, row: int, declared: TypedRow, values: np.ndarray) -> Cell:
    """The head of a table with two sides, and what is typed to the right of it."""
    sheet.text(row, 1, declared.head, "header")
    field = declared.field
    return sheet.typed(row, 2, values, Style("input", field.format), name=field.name, columns=values.shape[1])


def _across(portfolios: Portfolios, setting: str) -> np.ndarray:
    """A list among the settings as a row."""
    return portfolios.each(lambda portfolio: list(getattr(portfolio.settings, setting))).swapaxes(0, 1)


def margin_tables(sheet: Sheet, portfolios: Portfolios, shown: Shown) -> None:
    """Coins to survive some rallies, and liquidation prices for some margins."""
    rallies, shares = (
        portfolios.each(lambda p, n=name: list(getattr(p.settings, n))) for name in ("rallies", "margin_shares")
    )
    sheet.section(RALLIES.title)
    table = Columns(sheet, len(rallies))
    rally = table.typed(RALLIES.fields[0], rallies)
    sheet.named("margin_moves", rally)
    can_be = ~both(shown.qty > 0, rally >= 1)  # no price falls by all of it
    move = where(can_be, rally, 0.0)
    needed = shown.rule.needed(_beside(table), shown.qty, shown.entry, shown.mark, move)
    share = where(shown.coins > 0, needed / shown.coins, 0.0)
    table.computed("Margin needed", "coin", needed, "coin", shown=can_be)
    table.computed("Share of the coins", "fraction", share, "share", shown=can_be)
    sheet.section(SHARES.title)
    table = Columns(sheet, len(shares))
    share = table.typed(SHARES.fields[0], shares)
    sheet.named("margin_shares", share)
    size = abs(xlhedge.notional_coin(shown.qty, shown.entry))
    margin = table.computed("Margin, in coin", "coin", share * size, "coin")
    liq = shown.rule.liquidation(_beside(table), "Liquidation", shown.qty, shown.entry, shown.mark, margin)
    liq = table.computed("Liquidation price", "USD/coin or none", liq, "price")
    distance = xlhedge.liq_distance(liq, shown.mark)
    table.computed("Distance to it", "fraction or none", distance, "share", alarm="distance")
    for column in range(3, 9):  # of the heat map
        sheet.widen(column, LEAST_WIDTH["usd"])
    sheet.widths[1], sheet.widths[2] = 28, LABEL_WIDTH


def _beside(table: Columns) -> Put:
    """Columns for the working to the right of a table."""
    sheet = table.sheet
    sheet.text(table.row - 1, WORKING_COLUMN, "Working: by each liquidation method", "section")
    beside = Columns(sheet, table.rows, row=table.row, column=WORKING_COLUMN)

    def put(title: str, unit: str, cell: Cell, format: str) -> Cell:
        return beside.computed(title, unit, cell, format)

    return put


SCENARIOS = SheetRecord(
    "Scenarios",
    "What the hedged holding is worth along the price, at other hedge ratios and with other margins.",
    (shown, hedges, ladder, grid, carry_table, margin_tables),
    settings=(CHOICE, LADDER, GRID_SHOWS, GRID, CARRY_DAYS, CARRY_RATES, RALLIES, SHARES),
)
