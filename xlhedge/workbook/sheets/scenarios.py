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
from ..grid.sheet import LEAST_WIDTH, Chart, Sheet
from ..grid.typed import ASSET, Form, Typed, TypedRow, TypedTable
from ..portfolios import Portfolios, stacked
from .inputs import Choice, Held, asset_rule, choice, rule_of
from .plan_figures import CONTRACT_WIDTH, Links, Maintenance, Margins, Size
from .margin_rule import MarginRule, Put, rule_of_panel, rule_rows
from .tiers import TierColumns

SHOWS = SETTING_FIELDS["grid_shows"]
CHOICE = Form("Asset shown", (Typed("scenario_asset", "Asset", "text", rule=ASSET),))
SHOWS_LABEL = "Heat map shows"
LADDER = TypedTable("Price ladder", (Typed("shocks", "Move", "fraction", "share"),), before=(SHOWS_LABEL,))
GRID_SHOWS = Form("", (Typed("grid_shows", SHOWS_LABEL, rule=rule_of(SHOWS), comment=SHOWS.meaning),))
GRID = TypedRow(
    "Heat map in USD: price move (down) and hedge ratio (across), hedged at today's price", "Move / ratio",
    Typed("ratios", "", format="share"),
)  # fmt: skip
CARRY_TITLE, CARRY_HEAD = (
    "Carry table in USD: funding rate each interval (down) and days (across); received > 0",
    "Rate / days",
)
CARRY_DAYS = TypedRow(CARRY_TITLE, CARRY_HEAD, Typed("carry_days", "", format="days"))
MOVES_TITLE = "Coins to survive a move against the position, from its entry"
CARRY_RATES = TypedTable(
    CARRY_TITLE, (Typed("carry_rates", CARRY_HEAD, format="rate"),), first=1, before=(MOVES_TITLE,)
)
SHARES_TITLE = "Liquidation price for a posted margin"
RALLIES = TypedTable(MOVES_TITLE, (Typed("rallies", "Move", "fraction", "share"),), before=(SHARES_TITLE,))
WORKING_COLUMN = 7
LADDER_NOTE = (
    "Rows of the ladder are end points, reached by no worse price than their own. After a squeeze and back: what a price is "
    "worth once the hedge has been liquidated on the way there, with its margin lost."
)
SHARES = TypedTable(SHARES_TITLE, (Typed("margin_shares", "Margin", "share of the hedge", "share"),))


class Shown(NamedTuple):
    """The asset of the ladder, what the plan says of it, and sums over the portfolio that make the ladder's rows short.

    `opened` are the coins at entry: those owned now without the gain that the position has made since.
    """

    price: Cell
    coins: Cell
    qty: Cell
    entry: Cell
    margin: Cell
    liq: Cell
    other: Cell
    hours: Cell
    opened: Cell
    rule: MarginRule
    coin_value: Cell
    cash_value: Cell
    choice: Choice


class Ladder(NamedTuple):
    """The price moves of the ladder."""

    move: Cell


def shown(
    sheet: Sheet,
    portfolios: Portfolios,
    held: Held,
    links: Links,
    size: Size,
    maintenance: Maintenance,
    margins: Margins,
    tiers: TierColumns,
) -> Shown:
    """The choice of an asset, and what the plan says of it and of the whole portfolio."""
    row = sheet.below()
    asset = portfolios.of_shown(lambda holding: holding.values.asset)
    asset = CHOICE.write(sheet, row, {"scenario_asset": asset}, asset_rule(held))["scenario_asset"]
    asset = sheet.named("scenario_asset", asset)
    panel = Panel(sheet, "", row + 1, prefix="scenario")
    chosen = choice(panel, asset, held, links.number)
    cells = panel.of_one(chosen.used, held.asset, (
        ("price", "Price", "USD/coin", "price", links.price), ("coins", "Coins", "coin", "coin", size.coins),
        ("qty", "Position", "USD", "usd", size.qty), ("entry", "Entry", "USD/coin", "price", margins.entry),
        ("margin", "Posted margin", "coin", "coin", margins.margin),
        ("liq", "Liquidates at", "USD/coin or none", "price", margins.liq),
        ("other", "Liquidates on the other side at", "USD/coin or none", "price", margins.other_liq),
        ("hours", "Funding every", "hours", "hours", links.funding_hours),
        *rule_rows(links, maintenance),
    ))  # fmt: skip
    opened = cells["coins"] - xlhedge.inverse_pnl(cells["qty"], cells["entry"], cells["price"])
    opened = panel.computed("Coins before its PnL", "coin", opened, "coin", name="coins_at_entry")
    rule = rule_of_panel(cells, tiers)
    return Shown(**cells, opened=opened, rule=rule, choice=chosen, **_whole(sheet, row, held, links, size, margins))


def _whole(sheet: Sheet, row: int, held: Held, links: Links, size: Size, margins: Margins) -> dict[str, Cell]:
    """What the ladder of the whole portfolio needs: sums over the assets, so that each of its rows is short."""
    at_entry = size.coins * links.price - size.qty * (links.price - margins.entry) / margins.entry
    cash = total(size.coins * links.price * (held.kind == "cash")) + size.proceeds
    rows = (
        (
            "coin_value",
            "Coins of the portfolio, without the gains of its hedges",
            total(at_entry * (held.kind == "coin")),
        ),
        ("cash_value", "Cash of the portfolio", cash),
    )
    cells = {}
    sheet.text(row, 5, "Whole portfolio", "section")
    for offset, (name, label, cell) in enumerate(rows, row + 1):
        sheet.text(offset, 5, label)
        sheet.text(offset, 10, "USD", "unit")
        cells[name] = sheet.named(f"portfolio_{name}", sheet.computed(offset, 9, cell, Style("calc", "usd")))
    return cells


def _moves(portfolio: Portfolio, shown: Holding) -> list[float]:
    if not portfolio.settings.ladder_prices:
        return list(portfolio.settings.shocks)
    return [price / shown.values.price - 1 for price in portfolio.settings.ladder_prices]


def ladder(sheet: Sheet, portfolios: Portfolios, shown: Shown, links: Links, size: Size, margins: Margins) -> Ladder:
    """The holding along the price, and the whole portfolio when all coins move together."""
    moves = stacked([_moves(*one) for one in zip(portfolios.portfolios, portfolios.shown)])
    sheet.note(LADDER_NOTE, 1)
    sheet.section(LADDER.title, 0)
    table = Columns(sheet, len(moves))
    move = table.typed(LADDER.fields[0], moves)
    sheet.named("ladder_moves", move)
    price = table.computed("Price", "USD/coin", shown.price * (1 + move), "price")
    spot_value = table.computed("Unhedged value", "USD", shown.opened * price, "usd")
    up = (price >= shown.liq) | both(shown.other < NONE, price <= shown.other)
    is_gone = where(shown.qty < 0, up, both(shown.qty > 0, price <= shown.liq))
    is_gone = table.computed("Liquidated", "TRUE or FALSE", is_gone, "flag", alarm="bad")
    kept = table.computed("Maintenance margin", "coin", shown.rule.maintenance(shown.qty, shown.entry, price), "coin")
    used = shown.rule.ratio(shown.qty, shown.entry, price, shown.margin, kept)
    used = where(shown.margin > 0, where(is_gone, 1.0, used), 0.0)
    used = table.computed("Margin ratio", "fraction", used, "share")
    pnl = where(is_gone, -shown.margin, xlhedge.inverse_pnl(shown.qty, shown.entry, price))
    pnl_coin = table.computed("Hedge PnL", "coin", pnl, "coin")
    pnl_usd = table.computed("Hedge PnL", "USD", pnl_coin * price, "usd")
    change = shown.opened * (price - shown.price)
    change = table.computed("Change of the coins' value", "USD", change, "usd")
    earlier = xlhedge.inverse_pnl(shown.qty, shown.entry, shown.price, "usd")
    moved = where(is_gone, pnl_usd - earlier, shown.qty * (price - shown.price) / shown.entry)
    table.computed("Net change", "USD", change + moved, "usd")
    net_value = table.computed("Hedged value", "USD", spot_value + pnl_usd, "usd")
    short = where(is_gone, 0.0, xlhedge.notional_coin(shown.qty, price))
    exposure = table.computed("Net exposure", "coin", shown.opened + pnl_coin + short, "coin")
    table.computed("Coin weight", "fraction", exposure * price / net_value, "share")
    squeezed = where(shown.liq == NONE, net_value, (shown.opened - shown.margin) * price)
    squeezed = where(shown.qty == 0, net_value, squeezed)
    table.computed("After a squeeze and back", "USD", squeezed, "usd")
    # Of the whole portfolio all coins move together, and cash stays.
    unhedged = shown.coin_value * (1 + move) + shown.cash_value
    unhedged = table.computed("Portfolio unhedged", "USD", unhedged, "usd")
    gain, gone = _of_all_hedges(links, size, margins, move)
    table.computed("Portfolio hedged", "USD", unhedged + gain, "usd")
    table.computed("Its hedges liquidated", "number", gone, "contracts")
    row, values = sheet.below(2), (("Unhedged", spot_value.node), ("Hedged", net_value.node))
    sheet.chart(Chart("line", "Value along the price", "price move", "USD", move.node, values, row, 1))
    title = "Margin ratio along the price: 100 % is liquidation"
    sheet.chart(Chart("line", title, "price move", "fraction", move.node, (("Margin ratio", used.node),), row, 9))
    return Ladder(move)


def _of_all_hedges(links: Links, size: Size, margins: Margins, move: Cell) -> tuple[Cell, Cell]:
    """PnL of all hedges at a move of every coin [USD], what is liquidated with its margin lost; and how many are liquidated."""
    columns = size.qty, margins.entry, margins.margin, margins.liq, margins.other_liq
    qty, entry, margin, liq, other = map(each_of, columns)
    price = each_of(links.price) * (1 + move)
    gone = (qty < 0) * ((price >= liq) + (other < NONE) * (price <= other)) + (qty > 0) * (price <= liq)
    pnl = (1 - gone) * (qty * (price - entry) / entry) - gone * (margin * price)
    return sum_of(pnl), sum_of(gone)


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
    needed = shown.rule.needed(_beside(table), shown.qty, shown.entry, shown.price, rally)
    needed = table.computed("Margin needed", "coin", needed, "coin")
    share = where(shown.coins > 0, needed / shown.coins, 0.0)
    table.computed("Share of the coins", "fraction", share, "share")
    sheet.section(SHARES.title)
    table = Columns(sheet, len(shares))
    share = table.typed(SHARES.fields[0], shares)
    sheet.named("margin_shares", share)
    size = abs(xlhedge.notional_coin(shown.qty, shown.entry))
    margin = table.computed("Margin", "coin", share * size, "coin")
    liq = shown.rule.liquidation(_beside(table), "Liquidation", shown.qty, shown.entry, shown.price, margin)
    liq = table.computed("Liquidation price", "USD/coin or none", liq, "price")
    distance = xlhedge.liq_distance(liq, shown.price)
    table.computed("Distance to it", "fraction or none", distance, "share", alarm="distance")
    for column in range(3, 9):  # of the heat map
        sheet.widen(column, LEAST_WIDTH["usd"])
    sheet.widths[1], sheet.widths[2] = 28, CONTRACT_WIDTH


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
    (shown, ladder, grid, carry_table, margin_tables),
    settings=(CHOICE, LADDER, GRID_SHOWS, GRID, CARRY_DAYS, CARRY_RATES, RALLIES, SHARES),
)
