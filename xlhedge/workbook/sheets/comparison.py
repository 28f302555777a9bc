"""What the Compare sheet starts from: the assumptions that are typed on it, and what the other sheets say of the asset."""

from typing import NamedTuple

from ...elementary import NONE, given, larger, smaller, where
from ...formula import Cell, as_cell
from ...ranges import highest_where, look_up
from ..grid.cells import Rule
from ..grid.panel import Panel
from ..grid.sheet import Sheet
from ..grid.typed import ASSET, Form, Typed, number_rule
from ..portfolios import Portfolios
from .allocation import Weights
from .inputs import Choice, Held, Settings, asset_rule, choice
from .margin_rule import rule_rows
from .plan_figures import LABEL_WIDTH, Exposure, Links, Maintenance
from .positions import PositionColumns, first_of

WIDTHS = {1: 46, 2: LABEL_WIDTH, 3: 29, 4: 29, 5: 29, 6: 29, 7: 16, 8: 16, 9: 16}
WORKING_ROW = 104


def _assumption(name: str, label: str, unit: str, format: str, domain: str, comment: str) -> Typed:
    return Typed(name, label, unit, format, number_rule(domain), comment)


FORM = Form("Assumptions of this sheet; the others are on Inputs", (
    Typed("asset", "Asset", "text", "text", ASSET, "One asset of the portfolio."),
    _assumption("share", "Share of its coins to reduce by", "fraction", "share", ">= 0, <= 1", "Blank: the hedge ratio of the Hedge plan."),
    _assumption("spot_fee", "Fee of a spot trade", "fraction", "rate", ">= 0, < 1",
                "With the spread; paid on the coins sold, for good or for margin."),
    _assumption("premium", "Dated future above spot", "fraction", "share", "> -1, <= 10",
                "Future / spot - 1, quoted today. Of a dated position its price and expiry count instead."),
    _assumption("days", "Days to its expiry", "days", "days", "> 0, <= 3650",
                "Blank: the horizon. Later: its premium shrinks evenly. Earlier: rolled at no premium."),
    _assumption("linear_fee", "Fee of the linear contract", "fraction", "rate", "> -1, < 1", "Paid when opening and when closing."),
    _assumption("linear_mmr", "Maintenance rate of the linear contract", "fraction", "rate", ">= 0, < 1", "An assumption: see the venue."),
    _assumption("linear_rate", "Funding rate of the linear contract", "fraction", "rate", "> -1, < 1",
                "Expected, each interval; a short receives it when > 0. Blank: that of Inputs."),
    _assumption("linear_hours", "Paid every", "hours", "hours", "> 0, <= 24", "Of the linear contract. Blank: the hours of Inputs."),
    Typed("collateral", "Coins are taken as its collateral", "TRUE or FALSE", "flag", Rule("flag", (), "must be TRUE or FALSE"),
          "FALSE: coins are sold for stablecoin margin. TRUE: they are posted."),
    _assumption("haircut", "Haircut on that collateral", "fraction", "share", ">= 0, < 1",
                "What the venue takes off the value of posted coins."),
), prefix="compare_")  # fmt: skip


class Assumed(NamedTuple):
    """The assumptions of this sheet; blank ones of the linear contract are those of Inputs."""

    asset: Cell
    share: Cell
    spot_fee: Cell
    premium: Cell
    days: Cell
    linear_fee: Cell
    linear_mmr: Cell
    linear_rate: Cell
    linear_hours: Cell
    collateral: Cell
    haircut: Cell


class Subject(NamedTuple):
    """What the other sheets say of the asset, and what follows from it for all four ways; `end` is the row below it."""

    price: Cell
    coins: Cell
    ratio: Cell
    contract: Cell
    face: Cell
    lot: Cell
    taker: Cell
    funding_rate: Cell
    funding_hours: Cell
    method: Cell
    mmr: Cell
    amount: Cell
    slope: Cell
    liq_fee: Cell
    cost: Cell
    step: Cell
    reduced: Cell
    future: Cell
    expiry: Cell
    exit: Cell
    stable: Cell
    posted: Cell
    sold: Cell
    choice: Choice
    end: int


def assumed(sheet: Sheet, portfolios: Portfolios, held: Held, settings: Settings) -> Assumed:
    """What is typed on this sheet, each with a name, a unit and a comment."""
    sheet.widths = dict(WIDTHS)
    sheet.stand_apart(WORKING_ROW)
    sheet.fold(WORKING_ROW + 1)
    row = sheet.below()
    values = {
        "asset": portfolios.of_shown(lambda holding: holding.values.asset), "share": None, "spot_fee": 0.001,
        "premium": 0.02, "days": None, "linear_fee": portfolios.each(lambda p: p.settings.fee), "linear_mmr": 0.005,
        "linear_rate": None, "linear_hours": None, "collateral": False, "haircut": 0.05,
    }  # fmt: skip
    cells = FORM.write(sheet, row, values, asset_rule(held))
    for offset, field in enumerate(FORM.fields, row + 1):
        sheet.text(offset, 4, field.comment, "note")
    rate, hours = cells["linear_rate"], cells["linear_hours"]
    cells["linear_rate"] = where(given(rate), rate, settings.funding_rate)
    cells["linear_hours"] = where(given(hours), hours, settings.funding_hours)
    return Assumed(**cells)


def subject(
    sheet: Sheet, held: Held, settings: Settings, positions: PositionColumns, weights: Weights, links: Links,
    exposure: Exposure, maintenance: Maintenance, assumed: Assumed,
) -> Subject:  # fmt: skip
    """The working of one asset, far below the table that it is for."""
    panel, cells = Panel(sheet, "Working: the asset, folded away", WORKING_ROW, prefix="compare"), {}
    chosen = choice(panel, assumed.asset, held, weights.number)

    def put(name: str, label: str, unit: str, format: str, cell: Cell, role: str = "calc") -> None:
        cells[name] = panel.computed(label, unit, cell, format, name=name, role=role)

    cells |= panel.of_row(chosen.row, (
        ("price", "Price", "USD/coin", "price", weights.price, 1.0), ("coins", "Coins", "coin", "coin", held.coins, 0.0),
        ("ratio", "Hedge ratio of the plan", "fraction", "share", exposure.ratio, 0.0),
    ))  # fmt: skip
    place = first_of(panel, chosen, positions)
    rule = rule_rows(links, maintenance)
    cells |= panel.of_row(place, (
        ("contract", "Contract", "text", "text", positions.contract, "none known"),
        ("face", "Face", "USD", "number", links.face, 0.0), ("lot", "Lot", "contracts", "number", links.lot, 1.0),
        ("taker", "Taker fee", "fraction", "rate", links.taker, settings.fee),
        ("funding_rate", "Funding rate", "fraction", "rate", links.funding_rate, settings.funding_rate),
        ("funding_hours", "Funding every", "hours", "hours", links.funding_hours, settings.funding_hours),
        *(row for row in rule if row[0] in ("method", "mmr", "amount", "slope", "liq_fee")),
    ))  # fmt: skip
    cost = look_up(chosen.used, held.asset, held.cost_basis)
    put("cost", "Cost basis, the price if blank", "USD/coin", "price", where(given(cost), cost, cells["price"]))
    # How much to reduce by, the dated future, and the margin of the linear contract.
    price, coins = cells["price"], cells["coins"]
    put("step", "Smallest step of its size, 0 if not known", "USD", "number", cells["face"] * cells["lot"])
    share = where(given(assumed.share), assumed.share, larger(smaller(cells["ratio"], 1.0), 0.0))
    put("reduced", "Coins to reduce by", "coin", "coin", share * coins)
    premium, expiry = _dated(panel, chosen, positions, links, assumed, settings)
    put("future", "Price of the dated future", "USD/coin", "price", price * (1 + premium))
    put("expiry", "Days to its expiry", "days", "days", expiry)
    left = larger(1 - settings.horizon_days / cells["expiry"], 0.0)
    put("exit", "Future / spot at the horizon", "factor", "number", 1 + premium * left)
    # Loss of a short of one coin up to the rally, and maintenance there, as a share of its value now.
    need = settings.rally + assumed.linear_mmr * (1 + settings.rally)
    put("need", "Linear margin, share of the hedge", "fraction", "share", need)
    need = cells.pop("need")
    put("stable", "In stablecoin, share of the hedge", "fraction", "share", where(assumed.collateral, 0.0, need))
    posted = where(assumed.collateral, need / ((1 + settings.rally) * (1 - assumed.haircut)), 0.0)
    put("posted", "In coins, share of the hedge", "fraction", "share", posted)
    # Coins sold for margin need no hedge: sold (1 - fee) = stable (reduced - sold).
    sold = cells["reduced"] * cells["stable"] / (1 - assumed.spot_fee + cells["stable"])
    put("sold", "Coins sold for linear margin", "coin", "coin", sold)
    return Subject(**cells, choice=chosen, end=panel.below())


def _dated(
    panel: Panel, chosen: Choice, positions: PositionColumns, links: Links, assumed: Assumed, settings: Settings
) -> tuple[Cell, Cell]:
    """What a dated future is above spot, and the days to its expiry: those of the asset's last dated position, else as typed."""
    lives = positions.is_dated * (positions.days < NONE) * (positions.days > 0)
    place = highest_where(positions.number, (positions.row, "=", chosen.row), (lives, "=", as_cell(1.0)))
    place = panel.computed("Its last dated position, 0 if none", "number", place, "number", role="link")
    own = panel.of_row(place, (
        ("dated_price", "Price of that contract", "USD/coin", "price", links.price, 1.0),
        ("dated_spot", "Price of its coin", "USD/coin", "price", positions.spot, 1.0),
        ("dated_days", "Days it has left", "days", "days", positions.days, 0.0),
    ))  # fmt: skip
    days = where(given(assumed.days), assumed.days, settings.horizon_days)
    premium = where(place > 0, own["dated_price"] / own["dated_spot"] - 1, assumed.premium)
    return premium, where(place > 0, own["dated_days"], days)
