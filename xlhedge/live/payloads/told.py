"""The words in which a venue's payload is told: its endpoints, its rows, and what a row says of a contract or a tier."""

import math
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import NamedTuple

from xlhedge.contracts import Value
from xlhedge.errors import shown

OTHER_CURRENCY, QUANTO, LINEAR, NO_FUTURE, NOT_YET = (
    "priced in another currency than USD",
    "quanto",
    "linear",
    "no future",
    "not trading yet",
)
"""Why a contract is left out."""

COINS = {"XBT": "BTC"}
FIRST_YEAR = 2009
"""No time of a coin is earlier."""


class Malformed(ValueError):
    """A payload that does not hold what its form asks for: the rule that it breaks."""


class Spec(NamedTuple):
    """What a row tells of one inverse contract; a fact of None is not in the row.

    `tiers` is the name under which the venue lists its tiers, where that is not the symbol; `inferred` says by field why a
    fact is no word of the payload; `halted` is the venue's word for why it does not trade now, "" where it does.
    """

    symbol: str
    facts: dict[str, Value | None]
    tiers: str = ""
    inferred: dict[str, str] = {}
    halted: str = ""


class LeftOut(NamedTuple):
    """A contract that the formulas do not fit, and why."""

    symbol: str
    why: str


class Remark(NamedTuple):
    """Something that a payload tells of a contract and that no figure can hold."""

    symbol: str
    words: str


class Tier(NamedTuple):
    """One tier of a ladder, in the unit of its rule; what is None is not in the row.

    `symbol` names the contract, or those that share the ladder; "" where the payload names none.
    """

    symbol: str
    floor: float | None
    cap: float | None
    rate: float
    imr: float | None = None
    amount: float | None = None
    leverage: float | None = None


Item = Spec | LeftOut | Remark | Tier


class TierRule(NamedTuple):
    """How the rates of a venue's tiers hold, and in which unit; `why` says so of the fields that the payload does not state.

    `of_one_kind` is set where the tiers of perpetuals and of dated contracts have the same name.
    """

    tier_type: str
    tier_unit: str
    why: dict[str, str] = {}
    of_one_kind: bool = False


class Row:
    """One row of a payload; what is missing, empty or null is None."""

    def __init__(self, cells: dict) -> None:
        self.cells = cells

    def get(self, *path: str) -> object:
        """Return what stands under names one within the other, or None."""
        found: object = self.cells
        for name in path:
            found = found.get(name) if isinstance(found, dict) else None
        return None if found == "" else found

    def number(self, *path: str) -> float | None:
        """Return a finite number, which may be written as a text."""
        found = self.get(*path)
        if found is None:
            return None
        try:
            value = math.nan if isinstance(found, bool | list | dict) else float(found)
        except (ValueError, OverflowError):
            value = math.nan
        if not math.isfinite(value):
            raise Malformed(f"{'.'.join(path)} must be a number (got {shown(found)})")
        return value

    def needed(self, *path: str) -> float:
        """Return a number without which the row says nothing."""
        found = self.number(*path)
        if found is None:
            raise Malformed(f"{'.'.join(path)} is missing")
        return found

    def text(self, *path: str) -> str:
        """Return a text, "" where there is none."""
        found = self.get(*path)
        return "" if found is None else str(found).strip()

    def coin(self, *path: str) -> str:
        """Return a coin by its usual name, in capitals."""
        name = self.text(*path).upper()
        return COINS.get(name, name)

    def day(self, *path: str, unit: float = 1000) -> str | None:
        """Return the day in UTC of a time in parts of a second, or of an ISO text; 0 is no time."""
        found = self.get(*path)
        if isinstance(found, str) and "-" in found:
            return moment(found, unit)
        count = self.number(*path)
        return moment(count, unit) if count else None

    def rows(self, *path: str) -> "list[Row]":
        """Return the rows of a list within this one, none where it is missing."""
        found = self.get(*path)
        if found is None:
            return []
        if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
            raise Malformed(f"{'.'.join(path)} must be a list of objects (got {shown(found)})")
        return [Row(each) for each in found]


class Endpoint(NamedTuple):
    """One public payload of a venue: where its rows are, the names that tell it from others, and how a row is read.

    `address` is where it is asked for, `tells` what it says of a contract, in words. `time` finds the payload's own time [parts of a second given by `time_unit`], or None; `more` whether further pages follow.
    """

    venue: str
    path: str
    address: str
    tells: str
    rows: Callable[[object], object]
    keys: frozenset[str]
    read: Callable[[Row], Iterable[Item]]
    rule: TierRule | None = None
    time: Callable[[object], object] | None = None
    time_unit: float = 1000
    more: Callable[[object], object] | None = None

    @property
    def name(self) -> str:
        """How the payload is cited."""
        return f"{self.venue} {self.path}"


Ask = Callable[[str, dict], object]
"""How a venue is asked: the name of ccxt's method for a path, and its parameters, for the payload as it came."""


def at(*path: str) -> Callable[[object], object]:
    """Find what stands in a payload under names one within the other."""
    return lambda payload: Row(payload).get(*path) if isinstance(payload, dict) else None


def itself(payload: object) -> object:
    """A payload that is its own list of rows."""
    return payload if isinstance(payload, list) else None


def moment(value: object, unit: float = 1000) -> str:
    """Return the day in UTC of a count of parts of a second since 1970, or of an ISO text."""
    try:
        if isinstance(value, str) and "-" in value:
            when = datetime.fromisoformat(value.strip().replace("Z", "+00:00"))
            when = (when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone(UTC)
        else:
            when = datetime.fromtimestamp(float(value) / unit, UTC)
        if when.year < FIRST_YEAR:
            raise ValueError
        return when.date().isoformat()
    except (ValueError, TypeError, OverflowError, OSError):
        raise Malformed(f"has a time that cannot be read (got {shown(value)})") from None


def unless(word: str, *trading: str) -> str:
    """The status of a contract, "" where it is one of those that trade, or none is stated."""
    return "" if word in ("", *trading) else word


def kind(expiry: str | None) -> str:
    """The kind of an inverse contract."""
    return "dated" if expiry else "inverse"
