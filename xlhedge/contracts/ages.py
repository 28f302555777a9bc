"""How old the facts are, by the dates that they state."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from xlhedge.contracts.tables import Fact


class Aged(NamedTuple):
    """A fact and its age [days], None where it has no date."""

    fact: Fact
    days: int | None


def age(as_of: str, today: date) -> int | None:
    """Return the days since a date; a year or a month counts from its first day, and no date has no age."""
    return (today - date.fromisoformat(f"{as_of}-01-01"[:10])).days if as_of else None


def aged(facts: Iterable[Fact], today: date, older_than: float | None = None) -> list[Aged]:
    """Return the facts with their ages; with `older_than` those that are older than so many days, or have no date."""
    every = (Aged(fact, age(fact.as_of, today)) for fact in facts)
    return [each for each in every if older_than is None or each.days is None or each.days > older_than]
