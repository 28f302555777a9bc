"""The contract that hedges a holding: its name, once the figures that the plan needs are known."""

from typing import NamedTuple

from ..contracts import Contract, FactTable, contract, maintenance
from ..errors import InputError, XlhedgeError

OWN = "own"
"""Stands for the venue of a contract that only its holdings row describes."""

SAME_COIN = {"XBT": "BTC"}
"""Names of one coin."""


class OtherCoinError(XlhedgeError):
    """A contract on another coin than the one that is held."""


NEEDED = ("face", "mmr", "rates", "slope", "liq_method")


class HedgeContract(NamedTuple):
    """A contract by venue and symbol, and whether the sources of its figures were verified.

    Venue and symbol are None when the holdings row alone describes it and gives it no name. `assumed` is the maintenance
    rate of the settings, where it stands in for one that no source establishes.
    """

    venue: str | None
    symbol: str | None
    verified: bool = False
    assumed: float | None = None

    @property
    def key(self) -> str | None:
        """The name under which the workbook's Contracts sheet lists it."""
        return f"{self.venue} {self.symbol}" if self.venue else None


def contract_of(values, table: FactTable | None = None) -> Contract | None:
    """Find the contract that a checked row names; None where the row alone describes it."""
    if values.venue is None:
        return None
    return contract(values.venue, values.contract or values.asset, table=table)


def hedge_contract(values, size: float, found: Contract | None, mmr: float | None = None) -> HedgeContract:
    """The contract of a checked row, with face, liquidation method and maintenance at a USD size known.

    `mmr` is what the settings assume where nothing states a maintenance rate.
    """
    if found is None:
        if values.face is None or values.mmr is None:
            raise InputError("venue", "is required, or give both face and mmr", values.venue)
        return HedgeContract(OWN, values.contract) if values.contract else HedgeContract(None, None)
    coin = found.get("coin")
    if coin and SAME_COIN.get(values.asset.upper(), values.asset.upper()) != SAME_COIN.get(coin, coin):
        raise OtherCoinError(
            f"{found.venue} {found.symbol} is margined and settled in {coin}, and this row holds {values.asset}: a hedge of "
            "one coin with the contract of another leaves the difference between the two open"
        )
    if values.face is None:
        found["face"]
    found["liq_method"]
    is_assumed = values.mmr is None and mmr is not None and not found.facts.keys() & {"mmr", "rates"}
    if values.mmr is None and not is_assumed:
        maintenance(found, -size, values.price)
    facts = (found.facts.get(field) for field in NEEDED)
    verified = not is_assumed and all(fact.verified for fact in facts if fact)
    return HedgeContract(found.venue, found.symbol, verified, mmr if is_assumed else None)
