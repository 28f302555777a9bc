"""A venue as ccxt reaches it: which ones it knows, with what patience they are asked, and what their errors mean in words."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from ..errors import NotAvailableError, XlhedgeError, shown

if TYPE_CHECKING:
    import ccxt
    import requests

CCXT = {
    "binance": "binancecoinm", "bingx": "bingx", "bybit": "bybit", "deribit": "deribit", "gate": "gate", "htx": "htx",
    "kraken": "krakenfutures", "kucoin": "kucoinfutures", "mexc": "mexc", "okx": "okx", "phemex": "phemex",
}  # fmt: skip
"""The venues of our tables that can be asked, and what ccxt calls the part of each that has inverse contracts."""

NOT_ASKED = {
    "bitget": "its coin-margined contracts are sized in coins, and not in USD as the formulas need",
    "bitmex": "the venue closed on 2026-09-23",
    "weex": "no inverse contract of it is known",
}
"""The venues of our tables that are not asked, and why."""

INSTALL = 'this needs ccxt: pip install "xlhedge[live]"'
PATIENCE = 30.0
"""Seconds that a venue has to answer, unless told otherwise."""
PAUSE = 1.0
"""Seconds before a venue is asked for the second and last time."""

SILENT = logging.Logger("xlhedge.live.silent")
SILENT.disabled = True
"""The logger of every client: what ccxt would write holds signed addresses and headers."""


class Unanswered(XlhedgeError):
    """What a venue did not tell, and why, in a sentence of our own: no text of the venue's or of ccxt's is in it."""

    def __init__(self, venue: str, reason: str) -> None:
        self.venue, self.reason = venue, reason
        super().__init__(f"{venue}: {reason}")

    def __reduce__(self) -> tuple:
        return type(self), (self.venue, self.reason)


class Credentials(NamedTuple):
    """What signs a request; it is never printed."""

    key: str
    secret: str
    password: str = ""

    def __repr__(self) -> str:
        return "Credentials(...)"

    __str__ = __repr__


def library() -> "type[ccxt]":
    """Import ccxt, or say in one sentence what to install."""
    try:
        import ccxt
    except ImportError:
        raise NotAvailableError(INSTALL) from None
    return ccxt


def client(
    venue: str,
    *,
    seconds: float = PATIENCE,
    credentials: Credentials | None = None,
    base: str | None = None,
    pause: float = PAUSE,
) -> "ccxt.Exchange":
    """Make the client of a venue, which asks within ccxt's own rate limit and once more where asking failed.

    `seconds` is the time for one request and its repetition; `pause` [s] lies between the two. `base` is the address of
    a server that stands in for all of the venue's, such as http://127.0.0.1:8000/kraken; paths stay as they are.
    NotAvailableError for a venue that cannot be asked.
    """
    if venue in NOT_ASKED:
        raise Unanswered(venue, f"cannot be asked: {NOT_ASKED[venue]}")
    if venue not in CCXT:
        raise NotAvailableError(f"there is no venue {shown(venue)} that can be asked (there is {', '.join(CCXT)})")
    made = getattr(library(), CCXT[venue])({
        "enableRateLimit": True,
        "timeout": 1000 * max(seconds - pause, seconds / 2) / 2,
        "logger": SILENT,
        "requests_trust_env": base is None,
        "options": {"maxRetriesOnFailure": 1, "maxRetriesOnFailureDelay": 1000 * pause},
        **({"apiKey": credentials.key, "secret": credentials.secret, "password": credentials.password} if credentials else {}),
    })  # fmt: skip
    made.session.hooks["response"] = partial(_by_status, venue)
    if credentials:  # below this urllib3 writes addresses into a log, which are signed
        logging.getLogger("urllib3").setLevel(logging.INFO)
    if base:
        made.urls["api"] = _moved(made.urls["api"], base)
    return made


def _by_status(venue: str, response: "requests.Response", **_: object) -> None:
    """Judge an answer by its status before its text is: ccxt does by the text, which may be anybody's.

    A redirection would carry the signed headers elsewhere.
    """
    import ccxt

    if response.status_code in (418, 429):
        raise ccxt.RateLimitExceeded(venue)
    if response.status_code >= 500:
        raise ccxt.ExchangeNotAvailable(venue)
    if 300 <= response.status_code < 400:
        raise Unanswered(venue, "sends the question on to another address, which is not asked")


def _moved(address: str | Mapping, base: str) -> str | dict:
    """An address, or each of a nest of them, with its scheme and host replaced."""
    if isinstance(address, str):
        return base + urlsplit(address).path
    return {name: _moved(each, base) for name, each in address.items()}


@contextmanager
def in_words(venue: str, seconds: float = PATIENCE) -> Iterator[None]:
    """Turn whatever goes wrong while a venue is asked into Unanswered, so that no text of its error is ever shown."""
    try:
        yield
    except XlhedgeError:
        raise
    except Exception as error:
        raise Unanswered(venue, reason_of(error, seconds)) from None


def reason_of(error: Exception, seconds: float) -> str:
    """What an error of ccxt means, from the most special of its classes that is known here."""
    known = {kind.__name__ for kind in type(error).__mro__}
    for name, words in REASONS.items():
        if name in known:
            return words.format(seconds=f"{seconds:g}")
    return UNKNOWN


UNKNOWN = "its answer is an error, or not of the form that is known"
REASONS = {
    "RateLimitExceeded": "asks to be left alone for a while (too many requests), at a second try too",
    "DDoSProtection": "asks to be left alone for a while (too many requests), at a second try too",
    "RequestTimeout": "did not answer within {seconds} s",
    "OnMaintenance": "is closed for maintenance",
    "ExchangeNotAvailable": "is not available (an error of its server), at a second try too",
    "InvalidNonce": "finds this computer's clock wrong; set the clock and run again",
    "PermissionDenied": "denies the key what is read here; it needs the right to read the account, from this address",
    "AuthenticationError": "does not accept the key, the secret or the password",
    "RestrictedLocation": "does not serve this place",
    "NetworkError": "cannot be reached, or breaks off",
    "BadSymbol": "does not know one of the contracts",
    "NotSupported": "cannot be asked for this by ccxt",
}
"""Classes of errors of ccxt, the more special ones first, and what each means."""
