"""The contract that hedges a holding: the venue's facts, with what the row says in their place."""

import math
from typing import NamedTuple

from ..contracts import Table, contract, maintenance, upper_limit
from ..errors import InputError

METHODS_WITH_FEE = ("product",)


class HedgeContract(NamedTuple):
    """What the model needs of a contract, and where each figure comes from."""

    venue: str
    symbol: str
    face: float
    lot: float
    mmr: float
    amount: float
    slope: float
    method: str
    liq_fee: float
    taker: float
    funding_hours: float
    cap: float
    source: str
    as_of: str
    verified: bool

    @property
    def key(self) -> str:
        """The name under which the Contracts sheet lists it."""
        return f"{self.venue} {self.symbol}"

    @property
    def checked(self) -> str:
        """Whether the sources of all its figures were verified."""
        return "yes" if self.verified else "no"


def hedge_contract(values, settings, size: float, table: Table | None = None) -> HedgeContract:
    """Find the contract of a checked row and its maintenance at a USD size; a row without a venue is its own."""
    if values.venue is None:
        if values.face is None or values.mmr is None:
            raise InputError("venue", "is required, or give both face and mmr", values.venue)
        fee = settings.fee if values.fee is None else values.fee
        name = values.contract or f"{values.asset} inverse"
        return HedgeContract(
            "own", name, values.face, 1.0, values.mmr, 0.0, 0.0, "mark", 0.0, fee, settings.funding_hours, math.inf,
            "the holdings file", "", False,
        )  # fmt: skip
    found = contract(values.venue, values.contract or values.asset, table=table)
    method = found["liq_method"]
    taker = values.fee if values.fee is not None else found.get("taker", settings.fee)
    mmr, amount, slope = (values.mmr, 0.0, 0.0) if values.mmr is not None else maintenance(found, -size, values.price)
    face = found["face"] if values.face is None else values.face
    facts = [found.facts[f] for f in ("face", "mmr", "rates", "slope", "liq_method") if f in found.facts]
    return HedgeContract(
        venue=found.venue,
        symbol=found.symbol,
        face=face,
        lot=found.get("lot", 1.0),
        mmr=mmr,
        amount=amount,
        slope=slope,
        method=method,
        liq_fee=taker if method in METHODS_WITH_FEE else 0.0,
        taker=taker,
        funding_hours=found.get("funding_hours", settings.funding_hours),
        cap=math.inf if values.mmr is not None else upper_limit(found, -size, values.price),
        source="; ".join(dict.fromkeys(fact.source for fact in facts)),
        as_of=max((fact.as_of for fact in facts if fact.as_of), default=""),
        verified=all(fact.verified for fact in facts),
    )
