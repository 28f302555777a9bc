"""Every inverse contract of the tables on one row, and its tiers: what the workbook's Contracts and Tiers sheets hold."""

from collections.abc import Iterator
from typing import NamedTuple

from xlhedge.contracts.dated import is_series
from xlhedge.contracts.lookup import Contract, RefusedContractError, all_series, contract, symbols, venues
from xlhedge.contracts.tables import FactTable
from xlhedge.contracts.tiers import Tier, ladder
from xlhedge.errors import InputError, NotAvailableError

SHIPPED = FactTable("shipped", ())
"""A table without facts of its own: with it, only what is shipped counts."""

SOURCED = (
    "face", "lot", "tick", "maker", "taker", "funding_hours", "liq_method", "mmr", "amount", "slope", "rates", "tier_unit",
    "cap", "liq_price_fee", "imr", "slope_im", "listed_until", "expiry", "settlement_fee",
)  # fmt: skip

PLAIN = ("coin", "face", "lot", "tick", "maker", "taker", "funding_hours", "liq_method")


class Listed(NamedTuple):
    """A contract as the workbook lists it; None is what no source establishes. A contract with tiers has no mmr."""

    venue: str
    symbol: str
    coin: str | None
    face: float | None
    lot: float | None
    tick: float | None
    maker: float | None
    taker: float | None
    funding_hours: float | None
    liq_method: str | None
    mmr: float | None
    amount: float
    slope: float
    imr: float | None
    slope_im: float
    liq_price_fee: float | None
    cap: float | None
    tier_unit: str | None
    listed_until: str | None
    expiry: str | None
    settlement_fee: float | None
    tiers: tuple[Tier, ...]
    tier_imrs: tuple[float | None, ...]
    as_of: str
    verified: str
    source: str
    tiers_as_of: str
    tiers_verified: str
    tiers_source: str

    @property
    def key(self) -> str:
        """The name under which the workbook lists it."""
        return f"{self.venue} {self.symbol}"


def listing(table: FactTable | None = None) -> tuple[Listed, ...]:
    """List every inverse contract: the shipped ones, always in the same order, then those of the user's own table.

    A series of dated contracts is a row; what differs among its contracts is their expiry.
    """
    shipped = {each: None for venue in venues(table=SHIPPED) for each in _names(venue, SHIPPED)}
    own = {each: None for venue in venues(table=table) for each in _names(venue, table)}
    found = (_found(venue, symbol, table) for venue, symbol in shipped | own)
    return tuple(_listed(each) for each in found if each)


def _names(venue: str, table: FactTable | None) -> Iterator[tuple[str, str]]:
    """The contracts of a venue, then its series."""
    yield from ((venue, symbol) for symbol in symbols(venue, table=table))
    yield from ((venue, each.symbol) for each in all_series(venue, table=table))


def _found(venue: str, symbol: str, table: FactTable | None) -> Contract | None:
    if is_series(symbol):
        return next(each for each in all_series(venue, table=table) if each.symbol == symbol)
    try:
        return contract(venue, symbol, table=table)
    except (RefusedContractError, NotAvailableError):
        return None


def _listed(found: Contract) -> Listed:
    tiers = _tiers(found)
    used = [found.facts[field] for field in SOURCED if field in found.facts]
    rates = [found.facts["rates"]] if tiers else []
    return Listed(
        venue=found.venue,
        symbol=found.symbol,
        **{field: found.get(field) for field in PLAIN},
        mmr=None if tiers else found.get("mmr"),
        amount=0.0 if tiers else found.get("amount", 0.0),
        slope=0.0 if tiers else found.get("slope", 0.0),
        imr=None if tiers else _initial_rate(found),
        slope_im=found.get("slope_im", 0.0),
        liq_price_fee=liq_price_fee(found),
        cap=None if tiers else found.get("cap"),
        tier_unit=found.get("tier_unit"),
        listed_until=found.get("listed_until"),
        expiry=found.get("expiry"),
        settlement_fee=found.get("settlement_fee"),
        tiers=tiers,
        tier_imrs=tuple(_tier_initial(found, i, tier) for i, tier in enumerate(tiers)),
        **dict(zip(("as_of", "verified", "source"), _origin(used))),
        **dict(zip(("tiers_as_of", "tiers_verified", "tiers_source"), _origin(rates))),
    )


def _tiers(found: Contract) -> tuple[Tier, ...]:
    """The tiers, or none where the facts do not make a ladder; looking up a maintenance rate then says why."""
    try:
        return ladder(found) if "rates" in found.facts else ()
    except (InputError, NotAvailableError):
        return ()


def _initial_rate(found: Contract) -> float | None:
    """The initial margin rate of a small position, or that of the largest leverage; None where neither is established."""
    most = found.get("max_leverage")
    return found.get("imr", 1 / most if most else None)


def _tier_initial(found: Contract, index: int, tier: Tier) -> float | None:
    """The initial margin rate of a tier: its own, or that of the largest leverage just above its floor."""
    if "imrs" in found.facts:
        imrs = found["imrs"]
        return imrs[index] if index < len(imrs) else None
    if "leverages" in found.facts and "leverage_caps" in found.facts:
        above = (leverage for cap, leverage in zip(found["leverage_caps"], found["leverages"]) if cap > tier.floor)
        return 1 / next(above, found["leverages"][-1])
    return _initial_rate(found)


def liq_price_fee(found: Contract) -> float | None:
    """Return the fee in the venue's liquidation price: none by most formulas, the taker fee (None here) in a product."""
    return found.get("liq_price_fee", None if found.get("liq_method") in (None, "product") else 0.0)


def _origin(facts: list) -> tuple[str, str, str]:
    """The oldest date of some facts, which of them are verified, and their sources, each once."""
    sources = dict.fromkeys(part for fact in facts for part in fact.source.split("; "))
    doubtful = [fact.field.replace("_", " ") for fact in facts if not fact.verified]
    verified = "no" if len(doubtful) == len(facts) else f"all but {', '.join(doubtful)}" if doubtful else "yes"
    return min((fact.as_of for fact in facts if fact.as_of), default=""), verified, "; ".join(sources)
