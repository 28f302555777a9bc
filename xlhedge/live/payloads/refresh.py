"""The payloads of a venue as it answers them today, by ccxt, read as those from files are."""

from contextlib import suppress
from typing import NamedTuple

from xlhedge.live.exchange import NOT_ASKED, PATIENCE, Unanswered, client, in_words
from xlhedge.live.payloads import QUESTIONS
from xlhedge.live.payloads.join import Joined, join
from xlhedge.live.payloads.recognise import Empty, Reading, parsed, told

PRIVATE = {
    "binance": "its maintenance tiers (leverageBracket) are given to a client's key alone: save that answer and --read it",
}
"""What a venue does not tell the public."""


class Refreshed(NamedTuple):
    """What a venue answered, put together list by list, and what it does not tell the public."""

    joined: tuple[Joined, ...]
    notes: tuple[str, ...]


def refreshed(
    venue: str, day: str, *, base: str | None = None, seconds: float = PATIENCE, pause: float | None = None
) -> Refreshed:
    """Ask a venue for its contracts and tiers.

    Arguments: venue, one of QUESTIONS; day, today as an ISO date, for payloads without a time; base, the address of a server
    that stands in for the venue; seconds, how long an answer may take; pause [s] before the second try. Unanswered where the
    venue cannot be asked, does not answer, or answers with something else.
    """
    if venue not in QUESTIONS:
        raise Unanswered(
            venue, f"cannot be asked: {NOT_ASKED.get(venue, 'no public payload of its contracts is known')}"
        )
    exchange = client(venue, seconds=seconds, base=base, **({} if pause is None else {"pause": pause}))

    def asked(method: str, wanted: dict) -> object:
        with in_words(venue, seconds):
            return getattr(exchange, method)(wanted)

    groups = [_readings(venue, payloads) for payloads in QUESTIONS[venue](asked)]
    if not any(groups):
        raise Unanswered(venue, "lists no contracts")
    notes = (f"{venue}: {PRIVATE[venue]}",) if venue in PRIVATE else ()
    return Refreshed(tuple(join(group, day, venue) for group in groups if group), notes)


def _readings(venue: str, payloads: list[object]) -> list[Reading]:
    """What answers tell, but for those that list nothing; one that is no JSON comes as text."""
    name, found = f"the answer of {venue}", []
    for payload in payloads:
        payload = parsed(payload.encode(), name) if isinstance(payload, str) else payload
        with suppress(Empty):
            found.append(told(payload, name)._replace(goes_on=False))
    return found
