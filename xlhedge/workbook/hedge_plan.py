"""The Hedge plan sheet: size, margin and liquidation, carry, each asset on a row."""

from types import SimpleNamespace

import xlhedge

from ..elementary import NO_RESULT, both, given, total, where
from ..formula import Cell, picked, position
from ..functions.position import Fill, after_fill
from .book import Book, Columns, Style
from .contracts_sheet import METHODS, UNKNOWN
from .maintenance import build_maintenance, table_of_assets

FIRST_ROW = 5


def build_links(
    book: Book, held: SimpleNamespace, settings: SimpleNamespace, contracts: SimpleNamespace
) -> SimpleNamespace:
    """The figures of each holding's contract; 0 where there is no contract, or no face is known."""
    sheet = book.sheet(
        "Hedge plan", "What to trade, what margin it takes, where it would be liquidated, and what it costs to carry."
    )
    _offer(book, held.contract, contracts.key)
    sheet.text(FIRST_ROW - 1, 1, "Contract figures, from the Contracts sheet and the own figures on Inputs", "section")
    table = Columns(sheet, FIRST_ROW, held.count, may_be_blank=True)
    table.computed("Asset", "text", where(held.asset == "", "", held.asset), "text", role="link")
    table.computed("Contract", "text", where(held.contract == "", "", held.contract), "text", role="link", width=25)
    links = SimpleNamespace(end=table.first + held.count, contracts=contracts)
    place = where(held.contract == "", 0, position(held.contract, contracts.key))
    links.place = place = table.computed("Row on Contracts", "number", place, "number", role="link")

    def listed(name: str, otherwise) -> Cell:
        found = picked(getattr(contracts, name), place)
        return where(place > 0, where(given(found), found, otherwise), otherwise)

    def column(name: str, header: str, unit: str, format: str, cell: Cell) -> None:
        setattr(links, name, table.computed(header, unit, cell, format, role="link"))

    column("face", "Face", "USD", "number", where(given(held.face), held.face, listed("face", 0.0)))
    column("lot", "Lot", "contracts", "number", listed("lot", 1.0))
    column("taker", "Taker fee", "fraction", "rate", where(given(held.fee), held.fee, listed("taker", settings.fee)))
    column("funding_hours", "Funding every", "hours", "hours", listed("funding_hours", settings.funding_hours))
    column("method", "Liquidation method", "word", "text", _method(held, links, contracts))
    fee = where(links.method == "product", links.taker, 0.0)
    fee = where(both(given(held.fee), links.method == "product"), held.fee, listed("liq_fee", fee))
    column("liq_fee", "Fee in the liquidation price", "fraction", "rate", fee)
    rate = settings.funding_rate * links.funding_hours / settings.funding_hours
    rate = where(given(held.funding_rate), held.funding_rate, rate)
    links.funding_rate = table.computed("Funding rate", "fraction", rate, "rate")
    # A row without an asset counts as one of price 1 and leverage 1, so that nothing divides by a blank.
    links.price = table.computed("Price", "USD/coin", where(held.price > 0, held.price, 1.0), "price", role="link")
    leverage = where(given(held.leverage), held.leverage, 1.0)
    links.leverage = table.computed("Leverage", "x", leverage, "factor", role="link")
    sheet.freeze = "B4"
    return links


def _offer(book: Book, cell: Cell, choices: Cell) -> None:
    """Let the Contract column of Inputs be chosen from those of the Contracts sheet."""
    blocks = book.sheets["Inputs"].blocks
    at = next(i for i, b in enumerate(blocks) if (b.row, b.column) == (cell.node.row, cell.node.column))
    rule = ("range", choices.node, "must be a contract of the Contracts sheet, whose blank rows take your own")
    blocks[at] = blocks[at]._replace(
        validation=rule, comment="Contract that hedges this asset, as the Contracts sheet lists it."
    )


def _method(held, links, contracts) -> Cell:
    """The liquidation method; a contract that its row on Inputs describes is liquidated at the mark price."""
    found = picked(contracts.method, links.place)
    described = where(both(given(held.face), given(held.mmr)), METHODS[0], UNKNOWN)
    unlisted = where(held.contract == "", METHODS[0], described)
    return where(links.place > 0, where(found == "", UNKNOWN, found), unlisted)


def build_plan(book: Book, held, settings, links, allocation) -> SimpleNamespace:
    """Size, margin and carry of the hedge after the trades of the plan; returns the columns by name."""
    sheet = book.sheets["Hedge plan"]
    plan = SimpleNamespace(links=links)
    # Below size, maintenance, margin and carry, each with a title, two rows of headers, a total and a blank row.
    plan.working = table_of_assets(
        sheet, links.end + 2 + 4 * (held.count + 6) + 1, "Working: each figure by each liquidation method", held
    )
    row = _size(sheet, links.end + 2, held, settings, links, allocation, plan)
    row = build_maintenance(sheet, row, held, links, plan.qty)
    row = _margin(sheet, row, held, settings, links, plan)
    _carry(sheet, row, held, settings, links, plan)
    return plan


def _end(table: Columns, held) -> int:
    return table.first + held.count + 1


def _size(sheet, row, held, settings, links, allocation, plan) -> int:
    table = table_of_assets(sheet, row, "Size: short < 0, sell < 0", held)
    coins = held.coins + where(settings.mode == "spot", allocation.spot_coins, 0.0)
    plan.coins = table.computed("Coins after", "coin", coins, "coin")
    wanted = where(links.face > 0, -allocation.ratio_goal * held.coins * links.price, 0.0)
    plan.goal_qty = table.computed("Target position", "USD", where(settings.mode == "spot", held.qty, wanted), "usd")
    plan.contracts = table.computed("Contracts to trade", "contracts", allocation.contracts, "contracts", role="link")
    plan.trade = table.computed("Trade", "USD", plan.contracts * links.face, "usd")
    plan.qty = table.computed("Position after", "USD", held.qty + plan.trade, "usd")
    plan.size = table.computed("Position after", "coin", xlhedge.notional_coin(plan.qty, links.price), "coin")
    plan.residual = table.computed("Left open by rounding or band", "USD", plan.goal_qty - plan.qty, "usd2")
    plan.exposure = table.computed(
        "Net exposure", "coin", xlhedge.net_exposure(plan.coins, plan.qty, links.price), "coin"
    )
    plan.exposure_usd = table.computed(
        "Net exposure", "USD", xlhedge.net_exposure(plan.coins, plan.qty, links.price, "usd"), "usd"
    )
    ratio = where(plan.coins > 0, xlhedge.hedge_ratio(plan.coins, plan.qty, links.price), 0.0)
    plan.ratio = table.computed("Hedge ratio after", "fraction", ratio, "share")
    plan.is_over_hedged = table.computed(
        "Over-hedged",
        "TRUE or FALSE",
        xlhedge.over_hedged(plan.coins, plan.qty, links.price, links.face),
        "flag",
        alarm="bad",
    )
    total_row = table.first + held.count
    sheet.text(total_row, 1, "Total", "total")
    sheet.text(total_row + 1, 1, "Cash from spot trades")
    cash = where(settings.mode == "spot", -total(allocation.spot_usd), 0.0)
    plan.proceeds = sheet.computed(total_row + 1, 2, cash, Style("calc", "usd"))
    sheet.text(total_row + 1, 3, "USD", "unit")
    for cell in (plan.goal_qty, plan.trade, plan.qty, plan.residual, plan.exposure_usd):
        table.total(cell, "usd")
    return _end(table, held) + 2


def _margin(sheet, row, held, settings, links, plan) -> int:
    table = table_of_assets(sheet, row, "Margin and liquidation", held)
    entry_now = where(given(held.entry), held.entry, links.price)
    opened = table.computed("Size at entry, before", "coin", held.qty / entry_now, "coin")
    cost = after_fill(Fill(held.qty, opened, 0.0), plan.trade, links.price).cost
    cost = table.computed("Size at entry, after", "coin", cost, "coin")
    plan.entry = table.computed("Entry after", "USD/coin", where(plan.qty == 0, links.price, plan.qty / cost), "price")
    plan.initial = table.computed(
        "Initial margin", "coin", xlhedge.initial_margin(plan.qty, links.price, links.leverage), "coin"
    )
    plan.maintenance = table.computed(
        "Maintenance margin", "coin", xlhedge.maint_margin(plan.qty, links.price, links.mmr, links.amount), "coin"
    )
    rise = links.price * (1 + settings.rally) / plan.entry - 1
    drop = 1 - links.price * (1 - settings.fall) / plan.entry
    plan.move = table.computed("Move to survive, from entry", "fraction", where(plan.qty > 0, drop, rise), "share")
    plan.needed = table.computed(
        "Coins to survive it",
        "coin",
        _by_method(xlhedge.margin_for_move, "Coins to survive", plan.move, links, plan, "coin", "coin"),
        "coin",
    )
    spare = plan.needed * (1 + settings.margin_buffer)
    at_least = where(spare > plan.initial, spare, plan.initial)
    plan.margin = table.computed(
        "Margin planned", "coin", where(plan.qty == 0, 0.0, where(given(held.margin), held.margin, at_least)), "coin"
    )
    plan.top_up = table.computed(
        "Top-up, sweep < 0", "coin", at_least - where(given(held.margin), held.margin, 0.0), "coin"
    )
    plan.liq = table.computed(
        "Liquidation price",
        "USD/coin or none",
        _by_method(xlhedge.liq_price, "Liquidation", plan.margin, links, plan, "price", "USD/coin or none"),
        "price",
    )
    plan.distance = table.computed(
        "Distance to it", "fraction or none", xlhedge.liq_distance(plan.liq, links.price), "share", alarm="distance"
    )
    plan.used = table.computed(
        "Margin ratio",
        "fraction",
        xlhedge.margin_ratio(plan.qty, plan.entry, links.price, plan.margin, links.mmr, links.amount),
        "share",
    )
    sheet.text(
        table.first + held.count,
        1,
        'Posted coins stay yours. "none": the margin covers the position at any price. Margin ratio 1 is liquidation.',
        "note",
    )
    return _end(table, held) + 1


def _by_method(function, title: str, third, links, plan, format: str, unit: str):
    """LIQ_PRICE of a margin, or MARGIN_FOR_MOVE of a move, by each row's method; the four figures are in the working."""
    result = NO_RESULT
    for method in reversed(METHODS):
        slope = (links.slope,) if method == "slope" else ()
        one = function(plan.qty, plan.entry, third, links.mmr, links.amount, links.liq_fee, method, *slope)
        one = plan.working.computed(f"{title}: {method}", unit, one, format)
        result = where(links.method == method, one, result)
    return result


def _carry(sheet, row, held, settings, links, plan) -> None:
    table = table_of_assets(sheet, row, "Carry: received > 0, paid < 0", held)
    qty, rate, hours = plan.qty, links.funding_rate, links.funding_hours
    plan.funding_coin = table.computed(
        "Funding each interval", "coin", xlhedge.funding_payment(qty, links.price, rate), "coin"
    )
    plan.funding_usd = table.computed(
        "Funding each interval", "USD", xlhedge.funding_payment(qty, links.price, rate, "usd"), "usd2"
    )
    plan.month_usd = table.computed("Funding, 30 days", "USD", xlhedge.funding_cost(qty, rate, hours, 30.0), "usd")
    plan.month_coin = table.computed("Funding, 30 days", "coin", plan.month_usd / links.price, "coin")
    plan.year = table.computed("Funding rate a year", "fraction", xlhedge.funding_apr(rate, hours), "share")
    plan.fees = table.computed("Fees, open and close", "USD", -(abs(plan.trade) + abs(plan.qty)) * links.taker, "usd")
    plan.cost = table.computed(
        "Carry to the horizon", "USD", xlhedge.funding_cost(qty, rate, hours, settings.horizon_days) + plan.fees, "usd"
    )
    plan.even = table.computed(
        "Funding repays the fees in",
        "days or none",
        xlhedge.break_even_days(qty, rate, hours, links.taker, links.taker),
        "days",
    )
    sold = -where(plan.trade < 0, plan.trade, 0.0) / links.price
    cost = where(given(held.cost_basis), held.cost_basis, links.price)
    received = xlhedge.funding_cost(-sold * links.price, rate, hours, settings.horizon_days)
    fees = 2.0 * sold * links.price * links.taker
    better = xlhedge.tax_deferral(
        sold, links.price, cost, settings.tax_spot, settings.tax_futures, settings.horizon_days, links.price,
        settings.discount_rate, received, fees,
    )  # fmt: skip
    plan.better = table.computed("Better than selling, price unchanged", "USD today", better, "usd")
    against = settings.adverse_funding_rate * where(qty > 0, 1.0, -1.0)
    paid = xlhedge.funding_cost(qty, against, settings.funding_hours, settings.horizon_days)
    plan.left = table.computed("Margin after adverse funding", "coin", plan.margin + paid / links.price, "coin")
    left = where(plan.left > 0, plan.left, 0.0)  # a margin that is used up is no less than nothing
    plan.liq_after = table.computed(
        "Liquidation price then",
        "USD/coin or none",
        _by_method(xlhedge.liq_price, "After funding", left, links, plan, "price", "USD/coin or none"),
        "price",
    )
    total_row = table.first + held.count
    sheet.text(total_row, 1, "Total", "total")
    for cell, format in (
        (plan.funding_usd, "usd2"),
        (plan.month_usd, "usd"),
        (plan.fees, "usd"),
        (plan.cost, "usd"),
        (plan.better, "usd"),
    ):
        table.total(cell, format)
