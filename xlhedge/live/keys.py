"""Keys of accounts: from the environment or the system's keyring and from nowhere else, and never into any output."""

import os
from collections.abc import Iterable, Mapping

from ..errors import NotAvailableError
from .exchange import INSTALL, Credentials

SERVICE = "xlhedge"
"""The name under which a keyring holds them."""
WITH_PASSWORD = ("kucoin", "okx")
"""Venues whose keys have a password, which they call a passphrase, too."""
SHORTEST = 6
"""Characters from which on a part of a key is told from an ordinary word or number in an output."""


def credentials(venue: str, environment: Mapping[str, str] = os.environ) -> Credentials:
    """The key of a venue: XLHEDGE_<VENUE>_KEY, _SECRET and, where it has one, _PASSWORD, or else those of the keyring.

    NotAvailableError, which names what is missing, where there is none.
    """
    parts = ("key", "secret", "password") if venue in WITH_PASSWORD else ("key", "secret")
    names = [f"XLHEDGE_{venue.upper()}_{part.upper()}" for part in parts]
    found = [environment.get(name, "").strip() for name in names]
    if not any(found):
        found = [_from_keyring(f"{venue} {part}") for part in parts]
        names = [f"'{venue} {part}' in the keyring's service {SERVICE}" for part in parts]
        if not any(found):
            raise NotAvailableError(_how_to(venue, parts))
    for name, value in zip(names, found):
        if not value:
            raise NotAvailableError(f"the key of {venue} is not whole: {name} is missing")
        if not (value.isascii() and value.isprintable()):
            raise NotAvailableError(f"{name} must be printable ASCII, as the venue shows it")
    return Credentials(*found)


def _how_to(venue: str, parts: Iterable[str]) -> str:
    names = [f"XLHEDGE_{venue.upper()}_{part.upper()}" for part in parts]
    kept = [f"'{venue} {part}'" for part in parts]
    return (
        f"there is no key of {venue}: set {' and '.join(names)}, or keep {' and '.join(kept)} in the system's keyring "
        f"(keyring set {SERVICE} {kept[0]})"
    )


def _from_keyring(user: str) -> str:
    """What the system's keyring holds, "" where it holds nothing or there is none."""
    try:
        import keyring
    except ImportError:
        raise NotAvailableError(INSTALL) from None
    try:
        return (keyring.get_password(SERVICE, user) or "").strip()
    except Exception:  # a keyring that is locked or broken, in the words of whatever system it is of
        return ""


def holds_secret(texts: Iterable[object], credentials: Credentials) -> bool:
    """Whether a part of a key stands in one of the texts, so that they must not be told."""
    parts = [part for part in credentials if len(part) >= SHORTEST]
    return any(part in text for text in texts if isinstance(text, str) for part in parts)
