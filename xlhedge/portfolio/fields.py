"""The columns of a holdings table and the settings: name, unit, meaning, domain and default of each.

The reader checks against this table, the workbook shows it, and the reference page prints it.
"""

from dataclasses import make_dataclass
from typing import NamedTuple

from ..registry import Domain

LARGEST = 1e15
"""No price, amount or size may exceed this, so that no product of them overflows."""


class InputField(NamedTuple):
    """One column or setting: kind is number, text, word, flag, numbers (a list) or time."""

    name: str
    kind: str
    meaning: str
    unit: str = ""
    domain: Domain = Domain()
    choices: tuple[str, ...] = ()
    default: object = None
    required: bool = False

    @property
    def is_fraction(self) -> bool:
        """Whether 20% may stand for 0.2."""
        return self.unit.startswith("fraction")

    @property
    def rule(self) -> str:
        """What a value must be, as the end of a sentence that begins with the column's name."""
        if self.choices:
            return "must be one of " + ", ".join(self.choices)
        if self.kind in ("number", "numbers"):
            each = "a list of numbers, each " if self.kind == "numbers" else ""
            unit = "" if self.is_fraction else f" {self.unit}".rstrip()
            return f"must be {each}{self.domain.text or 'a number'}{unit}{', such as 0.2 or 20%' if self.is_fraction else ''}"
        return _RULES[self.kind]


_RULES = {
    "flag": "must be TRUE or FALSE",
    "time": "must be a time such as 2026-01-31 08:00",
    "text": "must be text of at most 64 characters, without control characters",
}


def _number(name, meaning, unit, domain="", default=None, *, required=False) -> InputField:
    bounded = f"{domain}, <= {LARGEST:g}" if domain and "<" not in domain else domain
    return InputField(name, "number", meaning, unit, Domain.parse(bounded), (), default, required)


HOLDINGS: tuple[InputField, ...] = (
    InputField("portfolio", "text", "name of the portfolio that the row belongs to"),
    InputField(
        "asset",
        "text",
        "coin or currency held; further rows of it, without coins, are further positions",
        required=True,
    ),
    _number(
        "coins",
        "all coins owned, those posted as margin included once; blank in a row that is a further position",
        "coin",
        ">= 0",
    ),
    _number("price", "price; may be left out for cash and stablecoins, which count 1", "USD/coin", "> 0"),
    InputField(
        "kind",
        "word",
        "cash is never hedged, found by its code unless given; of a position perpetual or dated, found by its contract",
        choices=("coin", "cash", "perpetual", "dated"),
    ),
    _number("target_weight", "share of the portfolio's value to be exposed to this asset", "fraction", ">= 0, <= 1"),
    _number("hedge_ratio", "share of these coins to hedge, whatever their weight", "fraction", ">= 0, <= 2"),
    _number("cost_basis", "what a coin cost on average", "USD/coin", ">= 0"),
    InputField("venue", "text", "where the hedge trades, such as bybit"),
    InputField("contract", "text", "inverse contract on that venue; the asset's own unless given"),
    _number(
        "share",
        "share of the asset's hedge that this position carries; blank ones share what is left evenly",
        "fraction",
        ">= 0, <= 1",
    ),
    InputField(
        "account",
        "text",
        "cross account whose margin the position shares with others of one venue and coin; isolated unless given",
    ),
    InputField("expiry", "time", "day on which a dated contract is settled; its name's unless given"),
    _number(
        "mark",
        "the contract's own price; that of the coin unless given, and never left out for a dated one",
        "USD/coin",
        "> 0",
    ),
    _number(
        "beta", "move of the asset for a move of 1 of the contract's coin: names a proxy", "fraction", "> 0, <= 100"
    ),
    _number("qty", "signed USD face of the position already open, short < 0", "USD", f">= -{LARGEST:g}", 0.0),
    _number("entry", "average entry price of that position", "USD/coin", "> 0"),
    _number(
        "margin", "coins posted as margin, part of the coins; planned to survive the rally unless given", "coin", ">= 0"
    ),
    _number("leverage", "leverage of the initial margin", "x", "> 0", 10.0),
    _number("face", "USD face of one contract; the venue's unless given", "USD", "> 0"),
    _number("mmr", "maintenance margin rate; the venue's unless given", "fraction", ">= 0, < 1"),
    _number("fee", "fee rate of a trade, rebate < 0; the venue's unless given", "fraction", "> -1, < 1"),
    _number(
        "funding_rate",
        "funding rate expected on this contract each interval; the setting unless given",
        "fraction",
        "> -1, < 1",
    ),
    _number("volatility", "annual volatility of the price; the setting unless given", "fraction a year", "> 0, <= 10"),
)

SETTINGS: tuple[InputField, ...] = (
    InputField("mode", "word", "how to go back to target: hedge and adjust, or trade spot", choices=("hedge", "spot"), default="hedge"),
    InputField("long_underweight", "flag", "also go long futures on what is below its target", default=False),
    _number("band", "drift from target that is left alone", "fraction", ">= 0, <= 1", 0.0),
    _number("min_trade", "spot trades of a smaller value are left out", "USD", ">= 0", 0.0),
    _number("rally", "rise of the price that every short must survive", "fraction", "> 0, <= 100", 0.5),
    _number("fall", "fall of the price that every long must survive", "fraction", "> 0, < 1", 0.5),
    _number("amber_distance", "distance to liquidation that is shown in amber", "fraction", "> 0, <= 10", 0.3),
    _number("red_distance", "distance to liquidation that is shown in red", "fraction", "> 0, <= 10", 0.15),
    _number("margin_buffer", "margin planned above what the move and adverse funding need, as a share of it", "fraction", ">= 0, <= 10", 0.05),
    _number("horizon_days", "time that the hedge is held", "days", "> 0, <= 3650", 90.0),
    _number("funding_rate", "funding rate expected, for the funding hours below; a short receives it when > 0", "fraction", "> -1, < 1", 0.0001),
    _number("adverse_funding_rate", "funding rate that the hedge pays in the adverse case, for the funding hours below", "fraction", ">= 0, < 1", 0.0003),
    _number("funding_hours", "hours that these rates are for; also the time between payments where the venue's is not known", "hours", "> 0, <= 24", 8.0),
    _number("volatility", "annual volatility of the prices, an assumption, where the asset has none of its own", "fraction a year", "> 0, <= 10", 0.7),
    _number("fee", "fee rate of a trade where the venue's is not known", "fraction", "> -1, < 1", 0.0005),
    _number("mmr", "maintenance rate assumed for contracts for which no source establishes one; none unless given", "fraction", "> 0, < 1"),
    _number("tax_spot", "tax rate on gains of coins sold", "fraction", ">= 0, <= 1", 0.0),
    _number("tax_futures", "tax rate on gains of the hedge", "fraction", ">= 0, <= 1", 0.0),
    _number("roll_premium", "annual premium at which a dated contract is rolled that expires before the horizon", "fraction a year", "> -1, <= 10", 0.0),
    _number("discount_rate", "annual rate that money earns meanwhile", "fraction a year", "> -1, <= 10", 0.0),
    InputField("scenario_asset", "text", "asset of the price ladder and the heat map; the largest that has a contract unless given"),
    InputField("shocks", "numbers", "price moves of the ladder and the heat map", "fraction", Domain.parse("> -1, <= 100"), (),
          (-0.9, -0.75, -0.5, -0.35, -0.2, -0.1, 0.0, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0, 1.5, 2.0)),
    InputField("ladder_prices", "numbers", "prices of the ladder, in place of the shocks", "USD/coin", Domain.parse(f"> 0, <= {LARGEST:g}")),
    InputField("ratios", "numbers", "hedge ratios of the heat map", "fraction", Domain.parse(">= 0, <= 2"), (),
          (0.0, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0)),
    InputField("rallies", "numbers", "rallies to survive, for the table of margins", "fraction", Domain.parse("> 0, <= 100"), (),
          (0.1, 0.2, 0.25, 0.5, 1.0)),
    InputField("margin_shares", "numbers", "margins posted, for the table of liquidation prices: shares of the hedge", "fraction",
          Domain.parse(">= 0, <= 10"), (), (0.01, 0.1, 0.25, 0.5, 1.0)),
    InputField("grid_shows", "word", "what the heat map shows: value, PnL of the hedge, or net exposure", choices=("value", "pnl", "exposure"), default="value"),
    InputField("carry_rates", "numbers", "funding rates of the carry table", "fraction", Domain.parse("> -1, < 1"), (),
          (-0.0005, -0.0003, -0.0001, 0.0, 0.0001, 0.0003, 0.0005)),
    InputField("carry_days", "numbers", "horizons of the carry table", "days", Domain.parse("> 0, <= 3650"), (),
          (1.0, 7.0, 30.0, 90.0, 180.0, 365.0)),
    InputField("price_time", "time", "time of the prices, UTC"),
    InputField("as_of", "time", "time at which the prices must still be fresh, UTC; their own unless given"),
    _number("price_hours", "age of the prices above which they are stale", "hours", "> 0, <= 87600", 24.0),
    _number("fact_days", "age of what is known of a contract, at the time of the prices, above which it is old", "days", "> 0, <= 36500", 1826.0),
    InputField("price_source", "text", "where the prices come from"),
)  # fmt: skip

POSITION_COLUMNS = (
    "venue", "contract", "share", "account", "expiry", "mark", "beta", "qty", "entry", "margin", "leverage", "face", "mmr", "fee",
    "funding_rate",
)  # fmt: skip
"""Columns that tell of a position; the others tell of the asset that it hedges."""

ASSET_COLUMNS = tuple(field.name for field in HOLDINGS if field.name not in (*POSITION_COLUMNS, "kind"))

HOLDING_FIELDS = {field.name: field for field in HOLDINGS}
SETTING_FIELDS = {field.name: field for field in SETTINGS}

CASH_CODES = frozenset(
    "USD EUR GBP CHF JPY EURC CASH USDT USDC DAI BUSD TUSD FDUSD PYUSD USDP USDE GUSD LUSD FRAX USDD".split()
)
"""Codes that count as cash unless the row says otherwise; currencies other than the dollar need a price."""

DOLLARS = CASH_CODES - frozenset("EUR GBP CHF JPY EURC".split())
"""Cash that counts 1 USD unless the row gives its price."""


class _Values:
    """What a row or the settings come to, by the names of their fields."""

    __slots__ = ()

    def _asdict(self) -> dict[str, object]:
        return {name: getattr(self, name) for name in self.__slots__}


_HERE = {"__module__": __name__}

HoldingValues = make_dataclass("HoldingValues", [*HOLDING_FIELDS], bases=(_Values,), slots=True, namespace=_HERE)
"""The values of a row of holdings."""

SettingValues = make_dataclass("SettingValues", [*SETTING_FIELDS], bases=(_Values,), slots=True, namespace=_HERE)
"""The settings of a portfolio."""
