"""What looks like a slip in holdings and settings, by file, row and column: warnings, for nothing of it is refused."""

import math
from collections.abc import Iterator, Sequence

from ..contracts import SHIPPED, Contract, FactTable, contract, facts, largest_leverage, venues
from ..errors import XlhedgeError
from ..plausible import doubts, rules_of
from .check import largest_size
from .ends import warning
from .fields import HOLDINGS, SETTING_FIELDS, HoldingValues, SettingValues
from .hedge import OWN, is_same
from .mistakes import Tables
from .positions import Position, twins
from .settings import Settings

DOUBTED = [field for field in HOLDINGS if rules_of(field.name, field.unit, field.meaning)]


def row_doubts(tables: Tables, row: int, values: HoldingValues, given: dict) -> Iterator[str]:
    """What is doubtful among the numbers of a row, with what stands beside them."""
    for field in DOUBTED:
        number = getattr(values, field.name)
        if number and (told := doubts(field, number, given)):
            yield f"{tables.at(row)}, {field.name}: {told}"


def position_doubts(tables: Tables, position: Position, read, beside: dict, table: FactTable | None) -> Iterator[str]:
    """What is doubtful in the row of a position of a portfolio, with settings beside it."""
    row, values, hedge, place, share = position[:5]
    given = {**beside, "price": position.mark, "face": values.face}
    if hedge.venue and hedge.venue != OWN:
        found = contract(hedge.venue, hedge.symbol, table=table)
        name = f"{found.venue} {found.symbol}"
        given["face"] = values.face or found.get("face")
        given["interval_hours"] = found.get("funding_hours")
        value = math.fsum(holding.values.coins * holding.values.price for holding in read.holdings)
        size = largest_size(values, read.holdings[place].values, share, value)
        if size:
            given["venue_leverage"] = _known_leverage(found, size, position.mark)
            if rate := first_tier_rate(found, values):
                yield (
                    f"{tables.at(row)}, contract: {name}: the maintenance rate of {rate:.4g} is that of small positions; it "
                    "rises with the size, and no source says where"
                )
        if told := warning(found):
            yield f"{tables.at(row)}, contract: {told}"
        if hedge.assumed is not None and size:
            yield (
                f"{tables.at(row)}, contract: {name}: no source establishes a maintenance rate; the setting mmr, "
                f"{hedge.assumed:.4g}, is assumed"
            )
        if hedge.coin and not is_same(hedge.coin, values.asset):
            yield (
                f"{tables.at(row)}, beta: {name} is a proxy: its margin and its gains are {hedge.coin}, and what {values.asset} "
                f"does beyond {values.beta:g} times the move of {hedge.coin} stays open"
            )
    yield from _expiry_doubts(tables, position, read.settings)
    yield from row_doubts(tables, row, values, given)


def twin_doubts(tables: Tables, positions: Sequence[Position]) -> Iterator[str]:
    """Positions that are one at the venue, where nothing says that they are in different accounts."""
    for position, one in twins(positions):
        yield (
            f"{tables.at(position.row)}, account: the venue keeps one position of {position.hedge.key} in an account, and this "
            f"row and {tables.other(one.row, position.row)} are reckoned apart; name their sub-accounts if they have some"
        )


def _expiry_doubts(tables: Tables, position: Position, settings: SettingValues) -> Iterator[str]:
    """What the plan does not know of a dated contract, or assumes of it."""
    if not position.hedge.is_dated:
        return
    where, told = f"{tables.at(position.row)}, expiry", settings.price_time
    if told is None:
        yield f"{where}: the days to it are not known without a price_time, so that no gain or loss of its basis is counted"
    elif (position.hedge.expiry - told).total_seconds() < settings.horizon_days * 86400:
        yield (
            f"{where}: {position.hedge.expiry:%Y-%m-%d} is before the horizon of {settings.horizon_days:g} days; it is rolled "
            f"then at the setting roll_premium, {settings.roll_premium:g} a year"
        )


def first_tier_rate(found: Contract, values: HoldingValues) -> float | None:
    """The shipped maintenance rate that a row relies on, where it is of the first tier and the end of that is not known."""
    if values.mmr is not None or found.facts.keys() & {"rates", "cap", "slope"} or "mmr" not in found.facts:
        return None
    fact = found.facts["mmr"]
    is_shipped = found.venue in venues(table=SHIPPED) and fact in facts(found.venue, table=SHIPPED)
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
