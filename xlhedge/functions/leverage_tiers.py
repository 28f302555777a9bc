"""The leverage that a venue allows at a size."""

from ..parameters import FLOORS, number, vector
from ..registry import Returns, worksheet
from .margin import GROUP, of_tier

LEVERAGES = vector("largest leverage of each tier", "x", "> 0")


@worksheet(GROUP, Returns("x"), traceable=False)
def tier_leverage(
    notional: number("size of the position, in the unit of the floors", "coin", ">= 0"), floors: FLOORS,
    leverages: LEVERAGES,
):  # fmt: skip
    """Largest leverage that a venue allows for a position of some size.

    Formula: the leverage of the tier with floor <= notional < next floor
    Source: Binance FAQ ceccfcfb (leverage and maintenance margin of coin-margined contracts)
    Example: TIER_LEVERAGE(20, {0;10;50}, {125;100;50}) = 100
    Example: TIER_LEVERAGE(50, {0;10;50}, {125;100;50}) = 50
    """
    return of_tier(notional, floors, leverages)
