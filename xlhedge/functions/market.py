"""What the user's last snapshot of the market says."""

from ..registry import Returns, worksheet
from .venues import GROUP, SYMBOL, VENUE, Parameter


@worksheet(GROUP, Returns("that of the field", "any"), traceable=False)
def market(
    venue: VENUE, symbol: SYMBOL,
    field: Parameter("text", "field of the snapshot, such as mark, index, funding rate or time"),
):  # fmt: skip
    """A figure of the user's last snapshot of the market; #N/A where there is none.

    Nothing is fetched: the snapshot is the file that XLHEDGE_MARKET names, or market.csv beside the user's own table of
    contracts, with the columns venue, symbol, field, value and time. The venue "sample" holds made-up figures to try a formula with.

    Formula: the value of the latest row for this venue, symbol and field; time: when that contract was last seen
    Source: the user's own file
    Example: MARKET("sample", "BTCUSD", "mark") = 60000
    Example: MARKET("sample", "BTCUSD", "funding rate") = 0.0001
    """
    from ..contracts.snapshot import market as look_up

    return look_up(venue, symbol, field)
