"""The contract that hedges a holding: its name, once the figures that the plan needs are known."""

import datetime
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

    Venue and symbol are None when the row alone describes it and gives it no name. `assumed` is the maintenance rate of the
    settings, where it stands in for one that no source establishes. `coin` is what it is margined in, where that is stated,
    `expiry` the day of a dated one, and `series` the row of the Contracts sheet that holds its figures, where that is another.
    """

    venue: str | None
    symbol: str | None
    verified: bool = False
    assumed: float | None = None
    coin: str | None = None
    expiry: datetime.datetime | None = None
    series: str | None = None

    @property
    def key(self) -> str | None:
        """The name under which the workbook's Contracts sheet lists it."""
        return f"{self.venue} {self.symbol}" if self.venue else None

    @property
    def is_dated(self) -> bool:
        """Whether it expires."""
        return self.expiry is not None


def contract_of(values, table: FactTable | None = None) -> Contract | None:
    """Find the contract that a checked row names; None where the row alone describes it."""
    if values.venue is None:
        return None
    return contract(values.venue, values.contract or values.asset, table=table)


def hedge_contract(
    values, size: float, price: float, found: Contract | None, mmr: float | None = None
) -> HedgeContract:
    """The contract of a checked row, with face, liquidation method and maintenance at a USD size and a price known.

    `mmr` is what the settings assume where nothing states a maintenance rate.
    """
    expiry = expiry_of(values, found)
    if found is None:
        if values.face is None or values.mmr is None:
            raise InputError("venue", "is required, or give both face and mmr", values.venue)
        named = (OWN, values.contract) if values.contract else (None, None)
        return HedgeContract(*named, expiry=expiry)
    coin = found.get("coin")
    if coin and not is_same(coin, values.asset) and values.beta is None:
        raise OtherCoinError(
            f"{found.venue} {found.symbol} is margined and settled in {coin}, and this row holds {values.asset}: a hedge of "
            f"one coin with the contract of another leaves the difference between the two open; to take it as a proxy give "
            f"its beta, the move of {values.asset} for a move of 1 of {coin}"
        )
    if values.beta is not None and coin and is_same(coin, values.asset) and values.beta != 1:
        raise InputError("beta", f"must be blank or 1 for a contract on {coin} itself", values.beta)
    if values.face is None:
        found["face"]
    found["liq_method"]
    is_assumed = values.mmr is None and mmr is not None and not found.facts.keys() & {"mmr", "rates"}
    if values.mmr is None and not is_assumed:
        maintenance(found, -size, price)
    facts = (found.facts.get(field) for field in NEEDED)
    verified = not is_assumed and all(fact.verified for fact in facts if fact)
    series = f"{found.venue} {found.series}" if found.series else None
    return HedgeContract(found.venue, found.symbol, verified, mmr if is_assumed else None, coin, expiry, series)


def expiry_of(values, found: Contract | None) -> datetime.datetime | None:
    """When the contract of a row expires, by its name or its row; None for a perpetual one. InputError where they disagree."""
    stated = found.get("expiry") if found else None
    day = datetime.datetime.fromisoformat(stated) if stated else None
    if day and values.expiry and values.expiry.date() != day.date():
        raise InputError(
            "expiry", f"must be that of {found.venue} {found.symbol}, {day:%Y-%m-%d}", f"{values.expiry:%Y-%m-%d}"
        )
    if values.kind == "perpetual" and (day or values.expiry):
        raise InputError("kind", "must be dated or blank for a contract that expires", values.kind)
    if found and found.get("funding_hours") and values.expiry and not day:
        name = f"{found.venue} {found.symbol}"
        raise InputError("expiry", f"must be blank: {name} is a perpetual", f"{values.expiry:%Y-%m-%d}")
    if values.kind == "dated" and not (day or values.expiry):
        raise InputError("expiry", "is required for a dated contract", None)
    return values.expiry or day


def is_same(coin: str, asset: str) -> bool:
    """Whether both are names of one coin."""
    return SAME_COIN.get(asset.upper(), asset.upper()) == SAME_COIN.get(coin.upper(), coin.upper())
