"""The Compare sheet: four ways to the same reduction of one asset's exposure, side by side.

Selling spot, an inverse perpetual, a dated inverse future, a linear perpetual. Every way is described by the same
few figures (coins sold, position, size, price opened at, fee, funding, basis), so that most rows are one formula.
The price is taken to stay until the horizon and then to move.
"""

import textwrap
from typing import NamedTuple

import xlhedge

from ...elementary import NONE, where
from ...formula import Cell
from ...functions.calendar import DAYS_A_YEAR
from ...ranges import beside, column_of
from ..grid.cells import Style
from ..grid.record import SheetRecord
from ..grid.chart import Chart, Series
from ..grid.sheet import Sheet
from ..grid.typed import Typed, TypedTable, number_rule
from .comparison import FORM, WORKING_ROW, Assumed, Subject, assumed, subject
from .chart_cells import Marks
from .contracts import METHODS, by_method
from .inputs import Settings

WAYS_COLUMN = 3
WAYS = ("Sell spot now", "Inverse perpetual", "Dated inverse", "Linear perpetual")
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


VALUES_TITLE = "Value at the horizon before tax, USD"
VALUES = TypedTable(
    VALUES_TITLE,
    (Typed("move_name", "Name"), Typed("move", "Move", "fraction", "share", number_rule("> -1, <= 100"))),
    rows=len(MOVES),
    first=1,
)


class Traded(NamedTuple):
    """Each of the four ways: coins sold, inverse position [USD], linear position [coin], price opened at, reduction [coin]."""

    sold: Cell
    qty: Cell
    size: Cell
    opened: Cell
    reduction: Cell
    stable: Cell


class Costs(NamedTuple):
    """What each way costs to the horizon [USD], but for its rate of a fee, its price at the end and funding in coin."""

    fee: Cell
    exit: Cell
    fees: Cell
    funding: Cell
    funding_coin: Cell
    funding_usd: Cell
    basis: Cell
    interest: Cell


class _Ways:
    """A table of which each row is one figure, and each column one of the four ways."""

    def __init__(self, sheet: Sheet, title: str) -> None:
        row = sheet.section(title)
        self.sheet, self.row = sheet, row + 1
        for column, header in enumerate(("", "Unit", *WAYS), 1):
            sheet.text(row, column, header, "header")

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
        style = Style("calc", format)
        return beside(*(self.sheet.computed(self.row - 1, c, cell, style) for c, cell in enumerate(cells, WAYS_COLUMN)))

    def same(self, label: str, unit: str, format: str, cell: Cell, role: str = "calc", alarm: str = "") -> Cell:
        """A row with one formula for all ways."""
        self._head(label, unit)
        return self.sheet.computed(self.row - 1, WAYS_COLUMN, cell, Style(role, format, alarm), columns=len(WAYS))

    def _head(self, label: str, unit: str) -> None:
        self.sheet.text(self.row, 1, label)
        self.sheet.text(self.row, 2, unit, "unit")
        self.row += 1


def traded(sheet: Sheet, settings: Settings, assumed: Assumed, subject: Subject) -> Traded:
    """What the ways are, and how large."""
    ways = _Ways(sheet, "What they are, and how large")
    asset = subject.choice.used
    ways.texts("Contract", ("none", subject.contract, "of the same kind, dated", "linear, quoted in USD"))
    ways.texts("Margin", ("none", asset, asset, where(assumed.collateral, asset, "stablecoin")))
    ways.texts("Gain and loss in", ("none", asset, asset, "stablecoin"))
    ways.texts("Conversions", CONVERSIONS)
    ways.texts("Suits", SUITS)
    price, future = subject.price, subject.future
    sold = ways.each("Coins sold now", "coin", "coin", (subject.reduced, 0.0, 0.0, subject.sold))
    goal = (0.0, xlhedge.carry_qty(subject.reduced, price), xlhedge.carry_qty(subject.reduced, future), 0.0)
    goal = ways.each("Inverse position aimed at", "USD", "usd", goal)
    qty = where(subject.step > 0, xlhedge.round_lot(goal, subject.step, "down"), goal)
    qty = ways.same("Inverse position; not rounded if no contract is known", "USD", "usd", qty)
    contracts = where(subject.face > 0, qty / subject.face, 0.0)
    ways.same("Inverse contracts", "contracts", "contracts", contracts)
    size = ways.each("Linear position", "coin", "coin", (0.0, 0.0, 0.0, subject.sold - subject.reduced))
    opened = ways.each("Opened at", "USD/coin", "price", (price, price, future, price))
    reduction = ways.same("Reduction of exposure", "coin", "coin", sold - qty / opened - size)
    margin = _margin(sheet, subject, settings, qty, opened) + abs(size) * subject.posted
    margin = ways.same("Margin to survive the rally", "coin", "coin", margin)
    stable = abs(size) * price * subject.stable
    stable = ways.same("Margin to survive the rally", "USD stablecoin", "usd", stable)
    enough = subject.coins - sold >= margin
    ways.same("Coins are enough for it", "TRUE or FALSE", "flag", enough, "flag", "flag")
    return Traded(sold, qty, size, opened, reduction, stable)


def _margin(sheet: Sheet, subject: Subject, settings: Settings, qty: Cell, opened: Cell) -> Cell:
    """Coins that each inverse position needs to survive the rally: by every liquidation method, and by the asset's."""
    row = subject.end
    sheet.text(row, 1, "Working: margin to survive the rally by liquidation method", "section")
    for column, header in enumerate(("Method", "Unit", *WAYS), 1):
        sheet.text(row + 1, column, header, "header")

    def needed(method: str, *slope: Cell) -> Cell:
        at, figures = row + 2 + METHODS.index(method), (subject.mmr, subject.amount, subject.liq_fee)
        sheet.text(at, 1, method)
        sheet.text(at, 2, "coin", "unit")
        one = xlhedge.margin_for_move(qty, opened, settings.rally, *figures, method, *slope)
        return sheet.computed(at, WAYS_COLUMN, one, Style("calc", "coin"), columns=len(WAYS))

    return by_method(subject.method, subject.slope, needed)


def costs(sheet: Sheet, settings: Settings, assumed: Assumed, subject: Subject, traded: Traded) -> Costs:
    """Fees, funding, basis and interest to the horizon at an unchanged price."""
    ways = _Ways(sheet, "Cost < 0 or income > 0 to the horizon, price unchanged")
    price, horizon, qty, opened = subject.price, settings.horizon_days, traded.qty, traded.opened
    fee = ways.each("Fee of the contract", "fraction", "rate", (0.0, subject.taker, subject.taker, assumed.linear_fee))
    rate = ways.each("Funding rate", "fraction", "rate", (0.0, subject.funding_rate, 0.0, assumed.linear_rate))
    hours = (subject.funding_hours, subject.funding_hours, subject.funding_hours, assumed.linear_hours)
    hours = ways.each("Funding every", "hours", "hours", hours)
    end = ways.each("Contract / spot at the horizon", "factor", "price", (1.0, 1.0, subject.exit, 1.0))
    conversion = ways.same("Conversion of coins", "USD", "usd", -traded.sold * price * assumed.spot_fee)
    inverse = xlhedge.trade_fee(qty, opened, fee) + xlhedge.trade_fee(qty, price * end, fee)
    linear = abs(traded.size) * (opened + price) * fee
    fees = ways.same("Fees, open and close", "USD", "usd", -inverse * price - linear)
    funding_coin = xlhedge.funding_cost(qty, rate, hours, horizon) / price
    funding_coin = ways.same("Funding paid in coin", "coin", "coin", funding_coin)
    funding_usd = xlhedge.funding_cost(traded.size * price, rate, hours, horizon)
    funding_usd = ways.same("Funding paid in stablecoin", "USD", "usd", funding_usd)
    funding = ways.same("Funding", "USD", "usd", funding_coin * price + funding_usd)
    basis = xlhedge.inverse_pnl(qty, opened, price * end) * price
    basis = ways.same("Basis", "USD", "usd", basis)
    cash = traded.sold * price * (1 - assumed.spot_fee) - traded.stable
    interest = ways.same("Interest on what was sold", "USD", "usd", cash * (_growth(settings) - 1))
    total = ways.same("Together", "USD", "usd", conversion + fees + funding + basis + interest, "total")
    base = traded.reduction * price
    yearly = where(base > 0, total / base * DAYS_A_YEAR / horizon, 0.0)
    ways.same("Together, of the reduction, a year", "fraction", "share", yearly)
    quoted = (
        settings.discount_rate, xlhedge.funding_apr(subject.funding_rate, subject.funding_hours),
        xlhedge.basis_apr(subject.future, price, subject.expiry), xlhedge.funding_apr(assumed.linear_rate, assumed.linear_hours),
    )  # fmt: skip
    ways.each("Rate before fees: interest, funding, basis", "a year", "share", quoted)
    paid, income = conversion + fees, funding + basis + interest
    days = where(paid >= 0, 0.0, where(income > 0, -paid * horizon / where(income > 0, income, 1.0), NONE))
    ways.same("Income repays fees and conversion in", "days or none", "days", days)
    proceeds = traded.sold * price * (1 - assumed.spot_fee) + interest + funding_usd
    sold = (proceeds + abs(traded.size) * price * (1 - fee)) / (traded.sold + abs(traded.size) * (1 + fee))
    inverse = xlhedge.break_even(qty, opened, fee, fee, funding_coin) / end
    even = where(traded.reduction == 0, NONE, where(qty == 0, sold, inverse))
    ways.same("Better than holding below a price of", "USD/coin", "price", even)
    return Costs(fee, end, fees, funding, funding_coin, funding_usd, basis, interest)


def _growth(settings: Settings) -> Cell:
    """What a dollar comes to by the horizon."""
    return (1 + settings.discount_rate) ** (settings.horizon_days / DAYS_A_YEAR)


def tax(sheet: Sheet, settings: Settings, subject: Subject, traded: Traded, costs: Costs) -> None:
    """What is due now, at the horizon and later."""
    ways = _Ways(sheet, "Tax, price unchanged; a loss is taken to earn a credit < 0")
    gain = subject.price - subject.cost
    ways.same("Tax now, on coins sold", "USD", "usd", settings.tax_spot * traded.sold * gain)
    result = settings.tax_futures * (costs.fees + costs.funding + costs.basis)
    ways.same("Tax at the horizon, on the hedge", "USD", "usd", result)
    kept = traded.reduction - traded.sold
    latent = settings.tax_spot * kept * gain
    ways.same("Tax on the hedged coins, once they are sold", "USD", "usd", latent)
    better = xlhedge.tax_deferral(
        kept, subject.price, subject.cost, settings.tax_spot, settings.tax_futures, settings.horizon_days, subject.price,
        settings.discount_rate, costs.funding + costs.basis, -costs.fees,
    )  # fmt: skip
    # What is locked as stablecoin margin earns nothing, while the proceeds of selling now do.
    locked = traded.stable * (1 - 1 / _growth(settings))
    ways.same("Interest lost on stablecoin margin", "USD today", "usd", -locked)
    ways.same("Hedging, then selling, over selling now, after tax", "USD today", "usd", better - locked)


def values(sheet: Sheet, settings: Settings, assumed: Assumed, subject: Subject, traded: Traded, costs: Costs) -> None:
    """Value of all the asset's coins and of each way, before tax, at the horizon, for some moves of the price."""
    count, name, move = len(MOVES), *VALUES.fields
    first = _head(sheet, VALUES_TITLE, (name.label, move.label, *WAYS, "Price", "Not reduced", "Past the rally"))
    names = sheet.typed(first, 1, [name for name, _ in MOVES], Style("input"), rows=count, **name.how)
    moves = [move for _, move in MOVES]
    moves = sheet.typed(first, 2, moves, Style("input", "share"), rows=count, **move.how)
    price = sheet.computed(first, 7, subject.price * (1 + moves), Style("calc", "price"), rows=count)
    sheet.computed(first, 8, subject.coins * price, Style("calc", "usd"), rows=count)
    sheet.computed(first, 9, moves > settings.rally, Style("flag", "flag", "bad"), rows=count)
    inverse = xlhedge.inverse_pnl(
        traded.qty, traded.opened, price * costs.exit, "coin", costs.fee, costs.fee, costs.funding_coin
    )
    linear = xlhedge.linear_pnl(traded.size, traded.opened, price, costs.fee, costs.fee, costs.funding_usd)
    cash = traded.sold * subject.price * (1 - assumed.spot_fee) + costs.interest
    value = (subject.coins - traded.sold + inverse) * price + cash + linear
    value = sheet.computed(first, WAYS_COLUMN, value, Style("calc", "usd"), rows=count, columns=len(WAYS))
    sheet.note(
        "The price is taken to stay until the horizon and then to move. "
        "Past the rally that the margin survives, the values hold only if margin is topped up in time."
    )
    first = _head(sheet, "The same, against selling spot now, USD", (name.label, move.label, *WAYS))
    sheet.computed(first, 1, names, Style("label"), rows=count)
    sheet.computed(first, 2, moves, Style("calc", "share"), rows=count)
    against = value - column_of(value, 0)
    against = sheet.computed(first, WAYS_COLUMN, against, Style("calc", "usd"), rows=count, columns=len(WAYS))
    row = sheet.below()
    marks = Marks(sheet, WORKING_ROW, 5, moves, against)
    looks = ("main", "second", "third")
    series = tuple(Series(WAYS[i], moves.node, column_of(against, i).node, look) for i, look in enumerate(looks, 1))
    selling = marks.across(f"{WAYS[0]}: 0", "plain path", 0.0)
    marked = (
        marks.upright("Now", "now", 0.0),
        marks.upright("Rally that the margin survives", "rally", settings.rally),
    )
    title = "Value at the horizon, against selling spot now"
    sheet.chart(Chart("scatter", title, "price move", "USD", (selling, *series, *marked), row, 1))


def _head(sheet: Sheet, title: str, headers: tuple[str, ...]) -> int:
    """A title and a row of headers; returns the row below."""
    row = sheet.section(title)
    for column, header in enumerate(headers, 1):
        sheet.text(row, column, header, "header")
    return row + 1


COMPARE = SheetRecord(
    "Compare",
    "Four ways to the same reduction of exposure: margin, cost, tax and value. A comparison, not advice.",
    (assumed, subject, traded, costs, tax, values),
    kept=(FORM, VALUES),
)
