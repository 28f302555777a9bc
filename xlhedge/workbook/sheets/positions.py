"""The Positions sheet: with what each asset is hedged, a row for each position, and what follows from the row itself."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from ...elementary import NONE, both, given, larger, where
from ...formula import Cell, as_cell
from ...nodes import Template
from ...portfolio.fields import POSITION_COLUMNS
from ...portfolio.hedge import OWN, SAME_COIN
from ...ranges import blank_as_0, picked, position, position_of_text, same_text, sum_where, words
from ...rows import Row
from ..grid.cells import Rule
from ..grid.columns import Columns
from ..grid.panel import Panel
from ..grid.record import SheetRecord
from ..grid.sheet import Sheet
from ..grid.typed import ASSET, NUMBER, FilledSheet, Typed, TypedTable
from ..portfolios import Portfolios, padded, stacked
from .contracts import UNKNOWN, ContractColumns
from .inputs import Choice, Held, Settings, asset_rule, holding_field, plain_rows

NOTE = (
    "An asset may have several positions; the shares say how its hedge is split, and blank ones share what is left evenly. "
    "Positions of one account share their margin. A contract on another coin is a proxy and needs a beta."
)
ONE_NOTE = (
    "A dated contract has a name of its own and the row of its series, such as bybit BTCUSD{MYY}, beside it; it needs its own "
    "price under Mark, and its expiry. What is posted follows no price."
)

TABLE = TypedTable("", (
    Typed("asset", "Asset", "text", rule=ASSET, comment="An asset of Inputs."),
    Typed("contract", "Contract", "text", "text", "contract", "As the Contracts sheet lists it, or the name of a contract of a series.", width=30),
    Typed("listed_as", "Listed as", "text", "text", "listed", "Row of the Contracts sheet, where that has another name: a series.", width=30),
    holding_field("share", "Share", "share", 10),
    holding_field("account", "Account", "text", 12),
    holding_field("expiry", "Expiry", "time", 17),
    holding_field("mark", "Mark", "price"),
    holding_field("beta", "Beta", "number", 9),
    holding_field("qty", "Qty", "usd", blank=0.0),
    holding_field("entry", "Entry", "price"),
    holding_field("margin", "Margin", "coin"),
    holding_field("leverage", "Leverage", "factor", 10),
    holding_field("funding_rate", "Funding rate", "rate"),
    holding_field("face", "Own face", "number"),
    holding_field("mmr", "Own maintenance rate", "rate"),
    holding_field("fee", "Own fee", "rate"),
), is_last=True)  # fmt: skip
DATED, PERPETUAL = "dated", "perpetual"
COMPUTED = (
    "Position", "Row on Inputs", "Row on Contracts", "Coin", "Row of the coin", "Price of the coin", "Mark used", "Kind", "Dated without an expiry",
    "Days to expiry", "No share told", "Share used", "Beta used", "USD of exposure for a USD of face", "Open hedge", NUMBER, "Account used", "Account number", "Venue", "There",
    "On another coin without a beta", "A beta beside its own coin", "Of another coin or venue than its account", "Contract and account",
    "Filled without an asset", "One with a row above at the venue",
)  # fmt: skip


class PositionColumns(NamedTuple):
    """What is typed of each position, and what follows: which asset it hedges, in which coin, at which prices, in which account.

    `row` is the place of the asset on Inputs, `coin_row` that of the coin of the margin (0 where it is not held), `spot` the
    price of that coin and `price` that of the contract; `worth` are the USD of exposure to the asset of a USD of face; `names` are the labels by the name of their column. `group`
    is the number of the first position of the account, its own where it is isolated. `days` is "none" where they are not known.
    """

    asset: Cell
    contract: Cell
    listed_as: Cell
    share: Cell
    account: Cell
    expiry: Cell
    mark: Cell
    beta: Cell
    qty: Cell
    entry: Cell
    margin: Cell
    leverage: Cell
    funding_rate: Cell
    face: Cell
    mmr: Cell
    fee: Cell
    label: Cell
    names: Cell
    row: Cell
    place: Cell
    coin: Cell
    coin_row: Cell
    spot: Cell
    price: Cell
    kind: Cell
    days: Cell
    part: Cell
    beta_used: Cell
    worth: Cell
    hedge: Cell
    number: Cell
    group: Cell
    venue: Cell
    there: Cell
    is_on_another: Cell
    is_strange: Cell
    alike: Cell
    is_nameless: Cell
    is_dateless: Cell
    has_own_beta: Cell
    is_twin: Cell
    filled: dict[str, np.ndarray]

    @property
    def is_dated(self) -> Cell:
        """Whether its contract expires."""
        return self.kind == DATED

    @property
    def count(self) -> int:
        """How many rows there are, blank ones included."""
        return self.asset.node.rows


def positions(
    sheet: Sheet, portfolios: Portfolios, held: Held, settings: Settings, contracts: ContractColumns
) -> PositionColumns:
    """The positions, with blank rows for further ones."""
    sheet.note(NOTE)
    sheet.note(ONE_NOTE)
    rows = portfolios.room.positions
    table = Columns(sheet, rows, row=sheet.below(1), may_be_blank=True)
    sheet.freeze = f"B{table.first}"
    listed = Rule("range", contracts.key.node, "must be a row of the Contracts sheet")
    rules = asset_rule(held) | {
        "listed": listed,
        "contract": listed._replace(kind="hint"),
    }
    cells, filled = {}, {}
    for field in TABLE.fields:
        values = stacked([padded([row[field.name] for row in each], rows) for each in portfolios.positions])
        how = {"rule": rules[field.rule]} if isinstance(field.rule, str) else {}
        cells[field.name] = table.typed(field, values, **how)
        filled[field.name] = np.not_equal(values, None).sum(axis=0, keepdims=True)
    sheet.working(table.row, table.column)
    return PositionColumns(**cells, **_computed(table, cells, held, settings, contracts), filled=filled)


def _computed(
    table: Columns, typed: dict[str, Cell], held: Held, settings: Settings, contracts: ContractColumns
) -> dict[str, Cell]:
    heads = iter(COMPUTED)

    def put(unit: str, format: str, cell, **how) -> Cell:
        return table.computed(next(heads), unit, cell, format, **how)

    asset, is_there = typed["asset"], typed["asset"] != ""
    label = words(
        asset,
        where(typed["contract"] == "", "", typed["contract"]),
        where(typed["account"] == "", "", typed["account"]),
    )
    label = put("text", "text", where(is_there, label, ""), width=34)
    names = table.sheet.named("position_names", label)
    row = put("number", "number", where(is_there, position(asset, held.asset), 0), role="link")
    key = where(typed["listed_as"] == "", typed["contract"], typed["listed_as"])
    place = put("number", "number", where(key == "", 0, position(key, contracts.key)), role="link")
    listed = where(place > 0, picked(contracts.coin, place), "")
    coin = put(
        "text",
        "text",
        where((listed == "") | (listed == UNKNOWN), where(is_there, asset, ""), listed),
        role="link",
        width=9,
    )
    # Without a beta the contract must be on the asset itself, which a check sees to.
    own = where(typed["beta"] > 0, position_of_text(coin, held.asset), row)
    coin_row = put("number", "number", own, role="link")
    price = where(coin_row > 0, picked(held.price, coin_row), typed["mark"])
    spot = put("USD/coin", "price", where(price > 0, price, 1.0), role="link")
    mark = put("USD/coin", "price", where(typed["mark"] > 0, typed["mark"], spot))
    expires = where(place > 0, picked(contracts.expiry, place), typed["expiry"])
    expiry = where(given(typed["expiry"]), typed["expiry"], expires)
    # A row of Contracts that is a series has a { in its name: what is listed as one expires, whether the day is told or not.
    series = key.traced('ISNUMBER(FIND("{{",{0}))', _has_brace, (key,))
    is_dated = given(expiry) | series
    kind = put("text", "text", where(is_dated, DATED, where(is_there, PERPETUAL, "")), width=11)
    dateless = put("TRUE or FALSE", "flag", both(is_dated, ~given(expiry)), alarm="bad")
    days = where(both(given(expiry), given(settings.price_time)), larger(expiry - settings.price_time, 0.0), NONE)
    days = put("days or none", "days", days)
    blank = put("1 or 0", "number", where(given(typed["share"]), 0.0, 1.0))
    left = larger(1 - sum_where(blank_as_0(typed["share"]), row, row), 0.0) / sum_where(blank, row, row)
    part = put("fraction", "share", where(given(typed["share"]), typed["share"], left))
    beta = put("factor", "number", where(typed["beta"] > 0, typed["beta"], 1.0))
    worth = put("factor", "number", spot / mark / beta, width=15)
    hedge = put("USD of the asset", "usd", typed["qty"] * worth)
    number = table.numbered(next(heads), "of the row", width=9)
    account = typed["account"]
    group = put("number", "number", where(account == "", number, position_of_text(account, account)))
    venue = put("text", "text", key.traced('LEFT({0}&" ",FIND(" ",{0}&" ")-1)', _first_words, (key,)))
    there = put("1 or 0", "number", where(is_there, 1.0, 0.0))
    is_other = both(both(is_there, ~given(typed["beta"])), _is_another(coin, asset))
    is_other = put("TRUE or FALSE", "flag", is_other, alarm="bad", width=15)
    own_beta = both(both(is_there, typed["beta"] > 0), both(~_is_another(coin, asset), typed["beta"] != 1))
    own_beta = put("TRUE or FALSE", "flag", own_beta, alarm="bad", width=15)
    same = both(same_text(coin, picked(coin, group)), same_text(venue, picked(venue, group)))
    strange = put("TRUE or FALSE", "flag", both(is_there, ~same), alarm="bad", width=15)
    # A venue keeps one position of a contract in an account: here several rows are reckoned apart.
    alike = words(typed["contract"], where(account == "", "", account))
    alike = put("text", "text", where(both(is_there, typed["contract"] != ""), alike, ""), width=30)
    filled = Cell(Template("COUNTA({0}:{1})", (typed["contract"].node, typed["fee"].node)), 1.0 * (asset.value != ""))
    nameless = put("TRUE or FALSE", "flag", both(asset == "", filled > 0), alarm="bad", width=15)
    twin = both(alike != "", position(alike, alike) != number)
    twin = put("TRUE or FALSE", "flag", twin, alarm="notice", width=15)
    return {
        "label": label, "names": names, "row": row, "place": place, "coin": coin, "coin_row": coin_row, "spot": spot, "price": mark,
        "kind": kind, "days": days, "part": part, "beta_used": beta, "worth": worth, "hedge": hedge, "number": number, "group": group, "venue": venue,
        "there": there, "is_on_another": is_other, "is_strange": strange,
        "alike": alike, "is_nameless": nameless, "is_dateless": dateless,
        "has_own_beta": own_beta, "is_twin": twin,
    }  # fmt: skip


def _has_brace(names: np.ndarray) -> np.ndarray:
    return np.frompyfunc(lambda name: "{" in str(name), 1, 1)(names).astype(bool)


def _is_another(coin: Cell, asset: Cell) -> Cell:
    """Whether the coin of a contract is another than its asset, for which BTC and XBT are two names of one."""
    other = ~same_text(coin, asset)
    for name, same in SAME_COIN.items():
        other = both(other, ~both(same_text(asset, as_cell(name)), same_text(coin, as_cell(same))))
    return other


def _first_words(texts: np.ndarray) -> np.ndarray:
    return np.frompyfunc(lambda text: str(text).partition(" ")[0], 1, 1)(texts)


def first_of(panel: Panel, chosen: Choice, positions: PositionColumns) -> Cell:
    """A line with the number of the first position of an asset that is chosen, 0 where it has none; and one with its name."""
    first = where(chosen.row > 0, position(chosen.row, positions.row), 0)
    first = panel.computed("Its first position, 0 if none", "number", first, "number", role="link")
    name = where(first > 0, picked(positions.label, first), "none")
    panel.computed("Position shown", "text", name, "text", name="position", role="link")
    return first


def read_positions(filled: FilledSheet, name: str | None, own_contracts) -> Iterator[Row]:
    """The plain table of the positions: the contract's name split into venue and symbol.

    `own_contracts` are the names on the Contracts sheet that are no venue and symbol.
    """
    rows = plain_rows(TABLE, filled, name, COMPUTED)
    header = next(rows).cells
    at, listed = header.index("contract"), header.index("listed_as")
    yield Row(0, ["portfolio", "venue", *(column for column in header[1:] if column != "listed_as")])
    for number, cells in rows:
        told = str(cells[at] or "")
        venue, _, symbol = (OWN, "", told) if told in own_contracts else told.partition(" ")
        is_described = (venue == OWN and symbol not in own_contracts) or (told and not symbol)
        cells = [*cells]
        cells[at] = symbol or (told or None)
        del cells[listed]
        yield Row(number, [cells[0], None if is_described else venue or None, *cells[1:]])


POSITIONS = SheetRecord(
    "Positions",
    "With what each asset is hedged: contracts, shares, what is open and what is posted. Blue cells are typed.",
    (positions,),
    tables=(TABLE,),
    freeze="",
    tab="typed",
)
assert {*POSITION_COLUMNS} - {"venue"} <= {field.name for field in TABLE.fields}
