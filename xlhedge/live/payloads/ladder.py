"""Tiers as rows of a payload have them, put in order, checked, and written as facts."""

from collections.abc import Sequence
from itertools import pairwise

from xlhedge.contracts import Value
from xlhedge.live.payloads.told import Malformed, Tier, TierRule


def ladder_facts(tiers: Sequence[Tier], rule: TierRule) -> dict[str, Value]:
    """Return the facts of a ladder; Malformed where its tiers leave a gap, overlap, or ask less of a larger position."""
    tiers = sorted(tiers, key=lambda tier: tier.floor if tier.cap is None else tier.cap)
    floors = _floors(tiers, rule.tier_unit)
    for place, (below, tier) in enumerate(pairwise(tiers), 2):
        if tier.rate < below.rate:
            raise Malformed(
                f"tier {place} has a maintenance rate of {tier.rate:.10g}, below that of the tier before it"
            )
    facts: dict[str, Value] = {
        "tier_type": rule.tier_type,
        "tier_unit": rule.tier_unit,
        "floors": floors,
        "rates": tuple(tier.rate for tier in tiers),
    }
    if all(tier.imr is not None for tier in tiers):
        facts["imrs"] = tuple(tier.imr for tier in tiers)
    elif all(tier.leverage and tier.cap for tier in tiers):
        facts["leverages"] = tuple(tier.leverage for tier in tiers)
        facts["leverage_caps"] = tuple(tier.cap for tier in tiers)
    if rule.tier_type == "marginal" and all(tier.amount is not None for tier in tiers):
        facts["amounts"] = tuple(tier.amount for tier in tiers)
    if tiers[-1].cap is not None:
        facts["cap"] = tiers[-1].cap
    if tiers[0].leverage:
        facts["max_leverage"] = tiers[0].leverage
    return facts


def _floors(tiers: Sequence[Tier], unit: str) -> tuple[float, ...]:
    """Where each tier begins: as stated, else where the one before it ends; contracts are counted one by one."""
    step = 1.0 if unit == "contracts" else 0.0
    floors = [tier.floor for tier in tiers]
    if floors[0] is None:
        floors[0] = 0.0
    if floors[0] != 0:
        raise Malformed(f"the first tier must begin at 0 {unit} (got {floors[0]:.10g})")
    for place, below in enumerate(tiers[:-1], 1):
        if floors[place] is None:
            floors[place] = below.cap
        begins = floors[place]
        ends = begins if below.cap is None else below.cap
        if begins <= floors[place - 1]:
            raise Malformed(f"two tiers begin at {begins:.10g} {unit}")
        if not 0 <= begins - ends <= step:
            raise Malformed(
                f"tier {place + 1} begins at {begins:.10g} {unit}, and the one before it ends at {ends:.10g}"
            )
    if tiers[-1].cap is not None and tiers[-1].cap <= floors[-1]:
        raise Malformed(f"the last tier begins at {floors[-1]:.10g} {unit} and ends at {tiers[-1].cap:.10g}")
    return tuple(floors)


def joins(facts: dict[str, Value]) -> str:
    """Say where the amounts of a marginal ladder make the maintenance jump from one tier to the next, "" where nowhere."""
    if "amounts" not in facts:
        return ""
    floors, rates, amounts = facts["floors"], facts["rates"], facts["amounts"]
    for place in range(1, len(floors)):
        jump = floors[place] * (rates[place] - rates[place - 1]) - (amounts[place] - amounts[place - 1])
        if abs(jump) > 1e-6 * max(floors[place] * rates[place], 1e-12):
            return f"maintenance jumps by {jump:.6g} {facts['tier_unit']} where tier {place + 1} begins"
    return ""
