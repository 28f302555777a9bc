"""A request to the server that answers in the venues' place, and an answer of it."""

import json
from collections.abc import Callable
from typing import NamedTuple


class Asked(NamedTuple):
    """A request: whose, which path, its query, its headers in lower case, and the server's time [ms since 1970]."""

    venue: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    now: int


class Reply(NamedTuple):
    """An answer other than 200 with JSON."""

    status: int = 200
    body: bytes = b""
    kind: str = "application/json"
    delay: float = 0.0
    length: int | None = None


def as_json(payload: object, status: int, change: Callable[[str], str]) -> Reply:
    """A payload with a status, as a text that is changed."""
    return Reply(status, change(json.dumps(payload)).encode())
