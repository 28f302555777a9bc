"""The maintenance rate of a position, by the tiers that a contract's facts state."""

import math
from itertools import accumulate, pairwise
from typing import NamedTuple

from xlhedge.contracts.lookup import HOW_TO_SUPPLY, Contract
from xlhedge.errors import DomainError, InputError, NotAvailableError


class Tier(NamedTuple):
    """The maintenance rule of positions of `floor` up to `cap`; both and `amount` in the contract's tier_unit."""

    floor: float
    cap: float
    mmr: float
    amount: float


class Maintenance(NamedTuple):
    """Maintenance of a position of N coins: (mmr + slope N) N - amount, in coin."""

    mmr: float
    amount: float
    slope: float


def ladder(contract: Contract) -> tuple[Tier, ...]:
    """Return the tiers that a contract lists; whole-position tiers have no amounts.

    A marginal tier takes its rate on its own slice only: c_n = c_(n-1) + floor_n (m_n - m_(n-1)).
    """
    floors, rates, cap = contract["floors"], contract["rates"], contract.get("cap", math.inf)
    if len(floors) != len(rates):
        raise InputError("rates", f"must have one entry for each of the {len(floors)} floors", len(rates))
    if cap <= floors[-1]:
        raise InputError("cap", f"must be > {floors[-1]:.10g}, the last of the floors", cap)
    amounts = contract.get("amounts", (0.0,) * len(rates))
    if len(amounts) != len(rates):
        raise InputError("amounts", f"must have one entry for each of the {len(rates)} rates", len(amounts))
    if "amounts" not in contract.facts and contract["tier_type"] == "marginal":
        steps = (floor * (rate - below) for floor, (below, rate) in zip(floors[1:], pairwise(rates)))
        # The dust of binary sums goes: a spreadsheet keeps 15 digits, and a ladder is to be itself again when it is read.
        amounts = (0.0, *(float(f"{amount:.15g}") for amount in accumulate(steps)))
    return tuple(map(Tier, floors, (*floors[1:], cap), rates, amounts))


def maintenance(contract: Contract, qty: float, price: float) -> Maintenance:
    """Return the maintenance rate, amount [coin] and slope [1/coin] of a position of qty [USD] at price [USD/coin].

    A position on the floor of a tier belongs to that tier. NotAvailableError where no rate is established, and for
    a position beyond the part of the ladder that is.
    """
    if not math.isfinite(qty):
        raise DomainError("qty", "must be a finite number of USD", qty)
    if not (math.isfinite(price) and price > 0):
        raise DomainError("price", "must be > 0 USD/coin", price)
    if "cap" in contract.facts:
        check_cap(contract, abs(qty) / _unit_usd(contract, price))
    if "rates" not in contract.facts:
        return Maintenance(contract["mmr"], contract.get("amount", 0.0), contract.get("slope", 0.0))
    unit = _unit_usd(contract, price)
    tier = next(tier for tier in reversed(ladder(contract)) if tier.floor <= abs(qty) / unit)
    return Maintenance(tier.mmr, tier.amount * unit / price, 0.0)


def sizes(contract: Contract, qty: float, price: float) -> tuple[Tier, ...]:
    """Return the tiers that a position of qty [USD] opened at price can come into, in coins, smallest first.

    Tiers counted in coins are all of them, as the size in coins changes with the price; of tiers counted in contracts or
    USD there is the one that the position is in, its amount turned into a lower rate. NotAvailableError as for maintenance.
    """
    now = maintenance(contract, qty, price)
    moves = contract.get("tier_unit") == "coin"
    if "rates" not in contract.facts:
        return (Tier(0.0, contract.get("cap", math.inf) if moves else math.inf, now.mmr, now.amount),)
    if moves:
        return ladder(contract)
    spared = now.amount * price / abs(qty) if qty else 0.0
    return (Tier(0.0, math.inf, now.mmr - spared, 0.0),)


def upper_limit(contract: Contract, qty: float, price: float) -> float:
    """Return the size [USD] up to which the maintenance of a position of qty [USD] holds; inf where nothing limits it."""
    if "cap" not in contract.facts and "rates" not in contract.facts:
        return math.inf
    unit = _unit_usd(contract, price)
    if "rates" not in contract.facts:
        return contract["cap"] * unit
    return next(tier.cap for tier in reversed(ladder(contract)) if tier.floor <= abs(qty) / unit) * unit


def largest_leverage(contract: Contract, qty: float, price: float) -> float | None:
    """Return the largest leverage of a position of qty [USD] at price [USD/coin]; None where nothing states it."""
    facts, size = contract.facts, abs(qty)
    if "leverages" in facts and "leverage_caps" in facts:
        size /= _unit_usd(contract, price)
        brackets = zip(contract["leverage_caps"], contract["leverages"])
        return next((leverage for cap, leverage in brackets if size <= cap), contract["leverages"][-1])
    if "imrs" in facts and "floors" in facts:
        size /= _unit_usd(contract, price)
        tiers = [*zip(contract["floors"], contract["imrs"])]
        rate = next((rate for floor, rate in reversed(tiers) if floor <= size), 0.0)
    else:
        rate = contract.get("imr", 0.0) + contract.get("slope_im", 0.0) * size / price
    most = contract.get("max_leverage")
    return min(1 / rate, most or math.inf) if rate > 0 else most


def _unit_usd(contract: Contract, price: float) -> float:
    """Return what one tier_unit of position is worth [USD]."""
    match contract["tier_unit"]:
        case "coin":
            return price
        case "contracts":
            return contract["face"]
        case _:
            return 1.0


def check_cap(contract: Contract, size: float) -> None:
    """Raise NotAvailableError for a size, in the contract's tier_unit, beyond what is established of its ladder."""
    if size > contract["cap"]:
        raise NotAvailableError(
            f"{contract.venue} {contract.symbol}: maintenance is established up to {contract['cap']:.10g} "
            f"{contract['tier_unit']} only, and this position is {size:.10g}: {HOW_TO_SUPPLY}"
        )
