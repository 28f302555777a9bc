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

    A tier counted in coins is that of the size at the liquidation price, not at the entry; one counted in contracts or USD
    does not move with the price, and with method entry it is that of the entry. The fee is the liq_price_fee of the table,
    or else the taker fee with method product and none with the others. What a venue adds for the next funding payment is
    not in it.

    Formula: LIQ_PRICE with the method, fee and slope of the venue's table, tier by tier on the way to a loss
    Source: named by `xlhedge contracts VENUE`
    Example: LIQ_PRICE_VENUE("bybit", "BTCUSD", -600000, 60000, 2.5) = 79600
    """
    from ..contracts import contract, liq_price_fee, maintenance, sizes

    found = contract(venue, symbol)
    method, fee = found["liq_method"], liq_price_fee(found)
    if fee is None:
        fee = found["taker"]
    if method in ("slope", "entry"):  # no tiers, or those of the entry
        mmr, amount, slope = maintenance(found, qty, entry)
        slope = found["slope"] if method == "slope" else slope  # which nothing stands for where it is not established
        return liq_price(qty, entry, margin, mmr, amount, fee, method, slope)
    return _first_on_the_way(sizes(found, qty, entry), qty, entry, margin, fee, method, found)


def _first_on_the_way(tiers, qty, entry, margin, fee, method, contract):
    """The price at which equity first meets the maintenance of the tier that the position is in by then.

    A short shrinks from tier to tier as the price rises; a long grows as it falls, and can be liquidated where it enters a
    tier of a higher rate.
    """
    from ..contracts import check_cap

    size, is_long = abs(qty) / entry, qty > 0
    met = [tier for tier in tiers if (tier.cap > size if is_long else tier.floor <= size)]
    for tier in met if is_long else reversed(met):
        price = liq_price(qty, entry, margin, tier.mmr, tier.amount, fee, method)
        coins = abs(qty) / price
        if is_long and coins < tier.floor:
            return qty / tier.floor if tier is not met[0] else price
        if coins < tier.cap if is_long else coins >= tier.floor:
            return price
    if is_long and coins > tiers[-1].cap:
        check_cap(contract, coins)
    return price


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
