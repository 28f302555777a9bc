"""Contracts: what venues list, and rounding to lots and ticks."""

from .. import __version__
from ..parameters import ENTRY, LOT_ROUNDING, MARGIN, PRICE, QTY, Parameter, number
from ..registry import Returns, worksheet
from .liquidation import PRICE_OR_NONE, liq_price
from .margin import GROUP as MARGIN_GROUP
from .sizing import whole_lots

GROUP = "Contracts"

VENUE = Parameter("text", "venue, such as binance or deribit")
SYMBOL = Parameter("text", "contract or coin on that venue, such as BTCUSD or BTC")


@worksheet(GROUP, Returns("that of the field", "any"), traceable=False)
def contract_spec(venue: VENUE, symbol: SYMBOL, field: Parameter("text", "field, such as face, tick, taker or mmr")):
    """A venue's published contract detail; #N/A when it is not established.

    Formula: the user's own table first, then the dated and sourced table that ships with xlhedge
    Source: named for every value, with its date, by `xlhedge contracts VENUE`
    Example: CONTRACT_SPEC("binance", "BTCUSD", "face") = 100
    Example: CONTRACT_SPEC("bybit", "BTC", "face") = 1
    """
    from ..contracts import spec

    return spec(venue, symbol, field)


@worksheet(MARGIN_GROUP, PRICE_OR_NONE, traceable=False)
def liq_price_venue(venue: VENUE, symbol: SYMBOL, qty: QTY, entry: ENTRY, margin: MARGIN):
    """Liquidation price by the venue's own rule and tiers, or "none"; #N/A where they are not known.

    Formula: LIQ_PRICE with the method, rate, amount and slope that the venue's table gives for this size
    Source: named by `xlhedge contracts VENUE`
    Example: LIQ_PRICE_VENUE("bybit", "BTCUSD", -600000, 60000, 2.5) = 79600
    """
    from ..contracts import contract, maintenance

    found = contract(venue, symbol)
    mmr, amount, slope = maintenance(found, qty, entry)
    fee = found["taker"] if found["liq_method"] == "product" else 0.0
    return liq_price(qty, entry, margin, mmr, amount, fee, found["liq_method"], slope)


@worksheet(GROUP, Returns("contracts"))
def round_lot(
    contracts: number("contracts, sell < 0", "contracts"), lot: number("smallest step", "contracts", "> 0"),
    rounding: LOT_ROUNDING = "nearest",
):  # fmt: skip
    """Contracts rounded to whole lots; halves go away from zero.

    Formula: lot round(contracts / lot)
    Source: BitMEX XBTUSD trades in lots of 100
    Example: ROUND_LOT(-6049, 100) = -6000
    Example: ROUND_LOT(-6050, 100) = -6100
    Example: ROUND_LOT(-6099, 100, "down") = -6000
    """
    return lot * whole_lots(contracts / lot, rounding)


@worksheet(GROUP, Returns("USD/coin"))
def round_tick(
    price: PRICE, tick: number("smallest price step", "USD/coin", "> 0"), rounding: LOT_ROUNDING = "nearest",
):  # fmt: skip
    """Price rounded to the venue's tick; halves go up.

    Formula: tick round(P / tick)
    Source: Bybit help 360039261334 rounds 5,739.08 up to 5,739.5
    Example: ROUND_TICK(5739.08, 0.5) = 5739
    Example: ROUND_TICK(5739.08, 0.5, "up") = 5739.5
    """
    return tick * whole_lots(price / tick, rounding)


@worksheet(GROUP, Returns("", "text"), traceable=False)
def xlhedge_version():
    """Version of xlhedge that answers.

    Formula: text
    Source: this package
    Example: XLHEDGE_VERSION() = "0.1.0"
    """
    return __version__
