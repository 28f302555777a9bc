"""What looks like a slip in holdings and settings, by file, row and column: warnings, for nothing of it is refused."""

from collections.abc import Iterator

from ..contracts import FactTable, contract, largest_leverage
from ..errors import XlhedgeError
from ..plausible import doubts, rules_of
from .check import largest_size
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
        if size := largest_size(values, value):
            given["venue_leverage"] = _known_leverage(found, size, values.price)
    for field in DOUBTED:
        number = getattr(values, field.name)
        if number and (told := doubts(field, number, given)):
            yield f"{file} row {row}, {field.name}: {told}"


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
