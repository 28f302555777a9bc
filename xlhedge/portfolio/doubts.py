"""What looks like a slip in holdings and settings, by file, row and column: warnings, for nothing of it is refused."""

from collections.abc import Iterator

from ..contracts import SHIPPED, Contract, FactTable, contract, facts, largest_leverage, venues
from ..errors import XlhedgeError
from ..plausible import doubts, rules_of
from .check import largest_size
from .ends import warning
from .fields import HOLDINGS, SETTING_FIELDS, HoldingValues
from .hedge import OWN, HedgeContract
from .settings import Settings

DOUBTED = [field for field in HOLDINGS if rules_of(field.name, field.unit, field.meaning)]


def holding_doubts(
    file: str,
    row: int,
    values: HoldingValues,
    hedge: HedgeContract | None,
    value: float,
    beside: dict,
    table: FactTable | None,
) -> Iterator[str]:
    """What is doubtful in a row of a portfolio of some value, with settings beside it."""
    given = {**beside, "price": values.price, "face": values.face}
    if hedge and hedge.venue and hedge.venue != OWN:
        found = contract(hedge.venue, hedge.symbol, table=table)
        given["face"] = values.face or found.get("face")
        given["interval_hours"] = found.get("funding_hours")
        size = largest_size(values, value)
        if size:
            given["venue_leverage"] = _known_leverage(found, size, values.price)
            if rate := first_tier_rate(found, values):
                yield (
                    f"{file} row {row}, contract: {found.venue} {found.symbol}: the maintenance rate of {rate:.4g} is that of "
                    "small positions; it rises with the size, and no source says where"
                )
        if told := warning(found, values):
            yield f"{file} row {row}, contract: {told}"
        if hedge.assumed is not None and size:
            yield (
                f"{file} row {row}, contract: {found.venue} {found.symbol}: no source establishes a maintenance rate; the "
                f"setting mmr, {hedge.assumed:.4g}, is assumed"
            )
    for field in DOUBTED:
        number = getattr(values, field.name)
        if number and (told := doubts(field, number, given)):
            yield f"{file} row {row}, {field.name}: {told}"


def first_tier_rate(found: Contract, values: HoldingValues) -> float | None:
    """The shipped maintenance rate that a row relies on, where it is of the first tier and the end of that is not known."""
    if values.mmr is not None or found.facts.keys() & {"rates", "cap", "slope"} or "mmr" not in found.facts:
        return None
    fact = found.facts["mmr"]
    is_known = found.venue in venues(table=SHIPPED)
    is_shipped = is_known and any(fact is each for each in facts(found.venue, table=SHIPPED))
    return fact.value if is_shipped else None


def _known_leverage(found, size: float, price: float) -> float | None:
    try:
        return largest_leverage(found, size, price)
    except XlhedgeError:  # a table of one's own may state half of it; whoever needs it says so
        return None


def setting_doubts(settings: Settings, portfolio: str = "") -> Iterator[str]:
    """What is doubtful among the settings that were told for a portfolio, or for all."""
    hours = settings.of(portfolio).funding_hours
    for name, told in settings.told(portfolio).items():
        if doubt := doubts(SETTING_FIELDS[name], told.value, {"funding_hours": hours}):
            yield f"{told.file} row {told.row}, {name}: {doubt}" if told.row else f"{told.file} {name}: {doubt}"
