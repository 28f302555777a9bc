"""The Compare sheet: four ways to the same reduction of one asset's exposure, side by side.

Selling spot, an inverse perpetual, a dated inverse future, a linear perpetual. Every way is described by the same
few figures (coins sold, position, size, price opened at, fee, funding, basis), so that most rows are one formula.
The price is taken to stay until the horizon and then to move.
"""

import textwrap
from types import SimpleNamespace

import numpy as np

import xlhedge

from ..elementary import NO_RESULT, NONE, given, larger, smaller, where
from ..formula import Cell, look_up
from ..functions.calendar import DAYS_A_YEAR
from ..registry import Domain
from .book import Book, Chart, Sheet, Style
from .hedge_plan import METHODS
from .stack import Stack

FIRST_ROW, WAYS_ROW, WORKING_ROW = 5, 17, 104
WAYS_COLUMN = 3
WAYS = ("Sell spot now", "Inverse perpetual", "Dated inverse", "Linear perpetual")
WIDTHS = {1: 46, 2: 25, 3: 29, 4: 29, 5: 29, 6: 29, 7: 16, 8: 16, 9: 16}
LINE = 31
MOVES = (
    ("Crash", -0.5), ("Fall", -0.2), ("Flat", 0.0), ("Rise", 0.2), ("Rally", 0.5), ("Doubling", 1.0),
)  # fmt: skip

CONVERSIONS = (
    "coins to USD, all at once",
    "none: margin, gain and loss are coin",
    "none: margin, gain and loss are coin",
    "coins to stablecoin for margin, unless taken as collateral; gain and loss are stablecoin",
)
SUITS = (
    "a lasting reduction; no margin, no liquidation; tax is due now",
    "a hedge of open length; funding is received or paid and changes sign",
    "a hedge to a date at a rate known today; to go on, it is rolled",
    "who holds stablecoin anyway, or margins many assets together",
)


def build_compare(book: Book, stack: Stack, held, settings, plan) -> SimpleNamespace:
    """The Compare sheet; returns its rows over the four ways, and its tables of values, by name."""
    sheet = book.sheet(
        "Compare", "Four ways to the same reduction of exposure: margin, cost, tax and value. A comparison, not advice."
    )
    sheet.widths = dict(WIDTHS)
    inputs = _assumptions(book, sheet, stack, held)
    inputs.linear_rate = where(given(inputs.linear_rate), inputs.linear_rate, settings.funding_rate)
    inputs.linear_hours = where(given(inputs.linear_hours), inputs.linear_hours, settings.funding_hours)
    out = SimpleNamespace(inputs=inputs)
    facts = _facts(book, sheet, inputs, held, settings, plan)
    row = _size(sheet, WAYS_ROW, inputs, facts, settings, out)
    row = _cost(sheet, row, inputs, facts, settings, out)
    row = _tax(sheet, row, inputs, facts, settings, out)
    _values(sheet, row, inputs, facts, settings, out)
    sheet.freeze = "B4"
    return out


def _number(domain: str) -> tuple:
    return ("number", Domain.parse(domain).bounds, f"must be {Domain.parse(domain).text}")


def _assumptions(book: Book, sheet: Sheet, stack: Stack, held) -> SimpleNamespace:
    """What is typed on this sheet, each with a name, a unit and a comment."""
    asset = stack.of_shown(lambda holding: holding.values.asset)
    rows = (
        ("asset", "Asset", "text", "text", asset, ("range", held.asset.node, "must be an asset held"),
         "One asset of the portfolio."),
        ("share", "Share of its coins to reduce by", "fraction", "share", None, _number(">= 0, <= 1"),
         "Blank: the hedge ratio of the Hedge plan."),
        ("spot_fee", "Fee of a spot trade", "fraction", "rate", 0.001, _number(">= 0, < 1"),
         "With the spread; paid on the coins sold, for good or for margin."),
        ("premium", "Dated future above spot", "fraction", "share", 0.02, _number("> -1, <= 10"),
         "Future price / spot price - 1. An assumption: type the price quoted today."),
        ("days", "Days to its expiry", "days", "days", None, _number("> 0, <= 3650"),
         "Blank: the horizon. Later: its premium shrinks evenly. Earlier: rolled at no premium."),
        ("linear_fee", "Fee of the linear contract", "fraction", "rate", stack.each(lambda p: p.settings.fee), _number("> -1, < 1"),
         "Paid when opening and when closing."),
        ("linear_mmr", "Maintenance rate of the linear contract", "fraction", "rate", 0.005, _number(">= 0, < 1"),
         "An assumption: see the venue."),
        ("linear_rate", "Funding rate of the linear contract", "fraction", "rate", None,
         _number("> -1, < 1"), "Expected, each interval; a short receives it when > 0. Blank: that of Inputs."),
        ("linear_hours", "Paid every", "hours", "hours", None, _number("> 0, <= 24"),
         "Of the linear contract. Blank: the hours of Inputs."),
        ("collateral", "Coins are taken as its collateral", "TRUE or FALSE", "flag", False,
         ("flag", (), "must be TRUE or FALSE"), "FALSE: coins are sold for stablecoin margin. TRUE: they are posted."),
        ("haircut", "Haircut on that collateral", "fraction", "share", 0.05, _number(">= 0, < 1"),
         "What the venue takes off the value of posted coins."),
    )  # fmt: skip
    sheet.text(FIRST_ROW - 1, 1, "Assumptions of this sheet; the others are on Inputs", "section")
    cells = SimpleNamespace()
    for row, (name, label, unit, format, value, validation, comment) in enumerate(rows, FIRST_ROW):
        sheet.text(row, 1, label)
        sheet.text(row, 3, unit, "unit")
        cell = sheet.typed(row, 2, value, Style("input", format), comment=comment, validation=validation)
        sheet.text(row, 4, comment, "note")
        setattr(cells, name, book.named(f"compare_{name}", cell))
    return cells


class _Lines:
    """A list of single figures down the sheet, each with a name, a label and a unit."""

    def __init__(self, book: Book, sheet: Sheet, row: int, title: str) -> None:
        self.book, self.sheet, self.row, self.cells = book, sheet, row, SimpleNamespace()
        sheet.text(row, 1, title, "section")

    def add(self, name: str, label: str, unit: str, format: str, cell: Cell, role: str = "calc") -> None:
        """One figure, which becomes a named cell."""
        self.row += 1
        self.sheet.text(self.row, 1, label)
        self.sheet.text(self.row, 3, unit, "unit")
        made = self.sheet.computed(self.row, 2, cell, Style(role, format))
        setattr(self.cells, name, self.book.named(f"compare_{name}", made))


def _facts(book: Book, sheet: Sheet, inputs, held, settings, plan) -> SimpleNamespace:
    """What the other sheets say of the asset, and what follows from it for all four ways."""
    lines, links = _Lines(book, sheet, WORKING_ROW, "Working: the asset"), plan.links
    facts = lines.cells

    def link(name: str, label: str, unit: str, format: str, column: Cell) -> None:
        lines.add(name, label, unit, format, look_up(inputs.asset, held.asset, column), "link")

    link("price", "Price", "USD/coin", "price", links.price)
    link("coins", "Coins", "coin", "coin", held.coins)
    link("ratio", "Hedge ratio of the plan", "fraction", "share", plan.ratio)
    contract = look_up(inputs.asset, held.asset, held.contract)
    lines.add("contract", "Contract", "text", "text", where(contract == "", "none known", contract), "link")
    for name, label, unit, format in (
        ("face", "Face", "USD", "number"), ("lot", "Lot", "contracts", "number"), ("taker", "Taker fee", "fraction", "rate"),
        ("funding_rate", "Funding rate", "fraction", "rate"), ("funding_hours", "Funding every", "hours", "hours"),
        ("method", "Liquidation method", "word", "text"), ("mmr", "Maintenance rate", "fraction", "rate"),
        ("amount", "Maintenance amount", "coin", "coin"), ("slope", "Rate slope", "1/coin", "slope"),
        ("liq_fee", "Liquidation fee", "fraction", "rate"),
    ):  # fmt: skip
        link(name, label, unit, format, getattr(links, name))
    cost = look_up(inputs.asset, held.asset, held.cost_basis)
    lines.add("cost", "Cost basis, the price if blank", "USD/coin", "price", where(given(cost), cost, facts.price))
    _follow(lines, inputs, settings)
    facts.end = lines.row + 2
    return facts


def _follow(lines: _Lines, inputs, settings) -> None:
    """How much to reduce by, the dated future, and the margin of the linear contract."""
    facts = lines.cells
    lines.add("step", "Smallest step of its size, 0 if not known", "USD", "number", facts.face * facts.lot)
    share = where(given(inputs.share), inputs.share, larger(smaller(facts.ratio, 1.0), 0.0))
    lines.add("reduced", "Coins to reduce by", "coin", "coin", share * facts.coins)
    lines.add("future", "Price of the dated future", "USD/coin", "price", facts.price * (1 + inputs.premium))
    lines.add(
        "expiry", "Days to its expiry", "days", "days", where(given(inputs.days), inputs.days, settings.horizon_days)
    )
    left = larger(1 - settings.horizon_days / facts.expiry, 0.0)
    lines.add("exit", "Future / spot at the horizon", "factor", "number", 1 + inputs.premium * left)
    # Loss of a short of one coin up to the rally, and maintenance there, as a share of its value now.
    need = settings.rally + inputs.linear_mmr * (1 + settings.rally)
    lines.add("need", "Linear margin, share of the hedge", "fraction", "share", need)
    stable = where(inputs.collateral, 0.0, facts.need)
    lines.add("stable", "In stablecoin, share of the hedge", "fraction", "share", stable)
    posted = where(inputs.collateral, facts.need / ((1 + settings.rally) * (1 - inputs.haircut)), 0.0)
    lines.add("posted", "In coins, share of the hedge", "fraction", "share", posted)
    # Coins sold for margin need no hedge: sold (1 - fee) = stable (reduced - sold).
    sold = facts.reduced * facts.stable / (1 - inputs.spot_fee + facts.stable)
    lines.add("sold", "Coins sold for linear margin", "coin", "coin", sold)


def _margin(sheet: Sheet, row: int, facts, settings, out) -> Cell:
    """Coins that each inverse position needs to survive the rally: by every liquidation method, and by the asset's."""
    sheet.text(row, 1, "Working: margin to survive the rally by liquidation method", "section")
    for column, header in enumerate(("Method", "Unit", *WAYS), 1):
        sheet.text(row + 1, column, header, "header")
    chosen = NO_RESULT
    for offset, method in enumerate(METHODS, row + 2):
        sheet.text(offset, 1, method)
        sheet.text(offset, 2, "coin", "unit")
        slope = (facts.slope,) if method == "slope" else ()
        needed = xlhedge.margin_for_move(
            out.qty, out.opened, settings.rally, facts.mmr, facts.amount, facts.liq_fee, method, *slope
        )
        needed = sheet.computed(offset, WAYS_COLUMN, needed, Style("calc", "coin"), columns=len(WAYS))
        chosen = where(facts.method == method, needed, chosen)
    return chosen


class _Ways:
    """A table of which each row is one figure, and each column one of the four ways."""

    def __init__(self, sheet: Sheet, row: int, title: str) -> None:
        self.sheet, self.row = sheet, row + 2
        sheet.text(row, 1, title, "section")
        for column, header in enumerate(("", "Unit", *WAYS), 1):
            sheet.text(row + 1, column, header, "header")

    def texts(self, label: str, texts: tuple) -> None:
        """A row of texts; a long one goes on in the rows below."""
        self._head(label, "text")
        columns = [textwrap.wrap(text, LINE) if isinstance(text, str) else [text] for text in texts]
        for column, lines in enumerate(columns, WAYS_COLUMN):
            for row, line in enumerate(lines, self.row - 1):
                if isinstance(line, Cell):
                    self.sheet.computed(row, column, line, Style("label"))
                else:
                    self.sheet.text(row, column, line)
        self.row += max(map(len, columns)) - 1

    def each(self, label: str, unit: str, format: str, cells) -> Cell:
        """A row with a formula for each way."""
        self._head(label, unit)
        made = [self.sheet.computed(self.row - 1, column, cell, Style("calc", format))
                for column, cell in enumerate(cells, WAYS_COLUMN)]  # fmt: skip
        values = np.broadcast_arrays(*(cell.value for cell in made))
        return Cell(made[0].node._replace(columns=len(made)), np.concatenate(values, axis=1))

    def same(self, label: str, unit: str, format: str, cell: Cell, role: str = "calc", alarm: str = "") -> Cell:
        """A row with one formula for all ways."""
        self._head(label, unit)
        return self.sheet.computed(self.row - 1, WAYS_COLUMN, cell, Style(role, format, alarm), columns=len(WAYS))

    def _head(self, label: str, unit: str) -> None:
        self.sheet.text(self.row, 1, label)
        self.sheet.text(self.row, 2, unit, "unit")
        self.row += 1


def _size(sheet: Sheet, row: int, inputs, facts, settings, out) -> int:
    ways = _Ways(sheet, row, "What they are, and how large")
    ways.texts("Contract", ("none", facts.contract, "of the same kind, dated", "linear, quoted in USD"))
    ways.texts("Margin", ("none", inputs.asset, inputs.asset, where(inputs.collateral, inputs.asset, "stablecoin")))
    ways.texts("Gain and loss in", ("none", inputs.asset, inputs.asset, "stablecoin"))
    ways.texts("Conversions", CONVERSIONS)
    ways.texts("Suits", SUITS)
    price, future = facts.price, facts.future
    out.sold = ways.each("Coins sold now", "coin", "coin", (facts.reduced, 0.0, 0.0, facts.sold))
    goal = (0.0, xlhedge.carry_qty(facts.reduced, price), xlhedge.carry_qty(facts.reduced, future), 0.0)
    out.goal = ways.each("Inverse position aimed at", "USD", "usd", goal)
    qty = where(facts.step > 0, xlhedge.round_lot(out.goal, facts.step, "down"), out.goal)
    out.qty = ways.same("Inverse position; not rounded if no contract is known", "USD", "usd", qty)
    contracts = where(facts.face > 0, out.qty / facts.face, 0.0)
    out.contracts = ways.same("Inverse contracts", "contracts", "contracts", contracts)
    out.size = ways.each("Linear position", "coin", "coin", (0.0, 0.0, 0.0, facts.sold - facts.reduced))
    out.opened = ways.each("Opened at", "USD/coin", "price", (price, price, future, price))
    out.reduction = ways.same("Reduction of exposure", "coin", "coin", out.sold - out.qty / out.opened - out.size)
    margin = _margin(sheet, facts.end, facts, settings, out) + abs(out.size) * facts.posted
    out.margin = ways.same("Margin to survive the rally", "coin", "coin", margin)
    stable = abs(out.size) * price * facts.stable
    out.stable = ways.same("Margin to survive the rally", "USD stablecoin", "usd", stable)
    enough = facts.coins - out.sold >= out.margin
    out.enough = ways.same("Coins are enough for it", "TRUE or FALSE", "flag", enough, "flag", "flag")
    return ways.row + 1


def _cost(sheet: Sheet, row: int, inputs, facts, settings, out) -> int:
    ways = _Ways(sheet, row, "Cost < 0 or income > 0 to the horizon, price unchanged")
    price, horizon = facts.price, settings.horizon_days
    out.fee = ways.each("Fee of the contract", "fraction", "rate", (0.0, facts.taker, facts.taker, inputs.linear_fee))
    out.rate = ways.each("Funding rate", "fraction", "rate", (0.0, facts.funding_rate, 0.0, inputs.linear_rate))
    hours = (facts.funding_hours, facts.funding_hours, facts.funding_hours, inputs.linear_hours)
    out.hours = ways.each("Funding every", "hours", "hours", hours)
    out.exit = ways.each("Contract / spot at the horizon", "factor", "number", (1.0, 1.0, facts.exit, 1.0))
    out.conversion = ways.same("Conversion of coins", "USD", "usd", -out.sold * price * inputs.spot_fee)
    inverse = xlhedge.trade_fee(out.qty, out.opened, out.fee) + xlhedge.trade_fee(out.qty, price * out.exit, out.fee)
    linear = abs(out.size) * (out.opened + price) * out.fee
    out.fees = ways.same("Fees, open and close", "USD", "usd", -inverse * price - linear)
    funding_coin = xlhedge.funding_cost(out.qty, out.rate, out.hours, horizon) / price
    out.funding_coin = ways.same("Funding paid in coin", "coin", "coin", funding_coin)
    funding_usd = xlhedge.funding_cost(out.size * price, out.rate, out.hours, horizon)
    out.funding_usd = ways.same("Funding paid in stablecoin", "USD", "usd", funding_usd)
    out.funding = ways.same("Funding", "USD", "usd", out.funding_coin * price + out.funding_usd)
    basis = xlhedge.inverse_pnl(out.qty, out.opened, price * out.exit) * price
    out.basis = ways.same("Basis", "USD", "usd", basis)
    cash = out.sold * price * (1 - inputs.spot_fee) - out.stable
    growth = (1 + settings.discount_rate) ** (horizon / DAYS_A_YEAR) - 1
    out.interest = ways.same("Interest on what was sold", "USD", "usd", cash * growth)
    total = out.conversion + out.fees + out.funding + out.basis + out.interest
    out.total = ways.same("Together", "USD", "usd", total, "total")
    base = out.reduction * price
    yearly = where(base > 0, out.total / base * DAYS_A_YEAR / horizon, 0.0)
    out.yearly = ways.same("Together, of the reduction, a year", "fraction", "share", yearly)
    quoted = (
        settings.discount_rate, xlhedge.funding_apr(facts.funding_rate, facts.funding_hours),
        xlhedge.basis_apr(facts.future, price, facts.expiry), xlhedge.funding_apr(inputs.linear_rate, inputs.linear_hours),
    )  # fmt: skip
    out.quoted = ways.each("Rate before fees: interest, funding, basis", "a year", "share", quoted)
    costs, income = out.conversion + out.fees, out.funding + out.basis + out.interest
    days = where(costs >= 0, 0.0, where(income > 0, -costs * horizon / where(income > 0, income, 1.0), NONE))
    out.days = ways.same("Income repays fees and conversion in", "days or none", "days", days)
    proceeds = out.sold * price * (1 - inputs.spot_fee) + out.interest + out.funding_usd
    sold = (proceeds + abs(out.size) * price * (1 - out.fee)) / (out.sold + abs(out.size) * (1 + out.fee))
    inverse = xlhedge.break_even(out.qty, out.opened, out.fee, out.fee, out.funding_coin) / out.exit
    even = where(out.reduction == 0, NONE, where(out.qty == 0, sold, inverse))
    out.even = ways.same("Better than holding below a price of", "USD/coin", "price", even)
    return ways.row + 1


def _tax(sheet: Sheet, row: int, inputs, facts, settings, out) -> int:
    ways = _Ways(sheet, row, "Tax, price unchanged; a loss is taken to earn a credit < 0")
    gain = facts.price - facts.cost
    out.tax_now = ways.same("Tax now, on coins sold", "USD", "usd", settings.tax_spot * out.sold * gain)
    result = settings.tax_futures * (out.fees + out.funding + out.basis)
    out.tax_later = ways.same("Tax at the horizon, on the hedge", "USD", "usd", result)
    kept = out.reduction - out.sold
    latent = settings.tax_spot * kept * gain
    out.tax_latent = ways.same("Tax on the hedged coins, once they are sold", "USD", "usd", latent)
    better = xlhedge.tax_deferral(
        kept, facts.price, facts.cost, settings.tax_spot, settings.tax_futures, settings.horizon_days, facts.price,
        settings.discount_rate, out.funding + out.basis, -out.fees,
    )  # fmt: skip
    out.better = ways.same("Hedging, then selling, over selling now, after tax", "USD today", "usd", better)
    return ways.row + 1


def _values(sheet: Sheet, row: int, inputs, facts, settings, out) -> None:
    """Value of all the asset's coins and of each way, before tax, at the horizon, for some moves of the price."""
    count, first = len(MOVES), row + 2
    _head(
        sheet,
        row,
        "Value at the horizon before tax, USD",
        ("Name", "Move", *WAYS, "Price", "Not reduced", "Past the rally"),
    )
    sheet.typed(first, 1, [name for name, _ in MOVES], Style("input"), rows=count)
    rule = _number("> -1, <= 100")
    out.move = sheet.typed(first, 2, [move for _, move in MOVES], Style("input", "share"), rows=count, validation=rule)
    out.price = sheet.computed(first, 7, facts.price * (1 + out.move), Style("calc", "price"), rows=count)
    out.unhedged = sheet.computed(first, 8, facts.coins * out.price, Style("calc", "usd"), rows=count)
    out.past = sheet.computed(first, 9, out.move > settings.rally, Style("flag", "flag", "bad"), rows=count)
    inverse = xlhedge.inverse_pnl(out.qty, out.opened, out.price * out.exit, "coin", out.fee, out.fee, out.funding_coin)
    linear = xlhedge.linear_pnl(out.size, out.opened, out.price, out.fee, out.fee, out.funding_usd)
    cash = out.sold * facts.price * (1 - inputs.spot_fee) + out.interest
    value = (facts.coins - out.sold + inverse) * out.price + cash + linear
    out.value = sheet.computed(first, WAYS_COLUMN, value, Style("calc", "usd"), rows=count, columns=len(WAYS))
    note = (
        "The price is taken to stay until the horizon and then to move. "
        "Past the rally that the margin survives, the values hold only if margin is topped up in time."
    )
    sheet.text(first + count, 1, note, "note")
    row = first + count + 2
    _head(sheet, row, "The same, against selling spot now, USD", ("Name", "Move", *WAYS))
    names = Cell(
        out.move.node._replace(column=1), np.array([name for name, _ in MOVES], dtype=object).reshape(-1, 1, 1)
    )
    sheet.computed(row + 2, 1, names, Style("label"), rows=count)
    sheet.computed(row + 2, 2, out.move, Style("calc", "share"), rows=count)
    selling = Cell(out.value.node._replace(columns=0), out.value.value[:, :1])
    out.against = sheet.computed(
        row + 2, WAYS_COLUMN, out.value - selling, Style("calc", "usd"), rows=count, columns=len(WAYS)
    )
    row += count + 3
    charts = (("A", "Value at the horizon", out.value), ("E", "Value against selling spot now", out.against))
    for column, title, table in charts:
        series = tuple((way, table.node._replace(column=WAYS_COLUMN + i, columns=0)) for i, way in enumerate(WAYS))
        sheet.charts.append(Chart("line", title, "price move", "USD", out.move.node, series, f"{column}{row}"))


def _head(sheet: Sheet, row: int, title: str, headers) -> None:
    sheet.text(row, 1, title, "section")
    for column, header in enumerate(headers, 1):
        sheet.text(row + 1, column, header, "header")
