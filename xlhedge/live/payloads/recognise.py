"""From the bytes of a payload to what it tells: which venue's it is, by its content alone, and the mistakes it may have."""

import json
import re
from collections.abc import Iterator
from typing import NamedTuple

from xlhedge.errors import Unreadable, shown
from xlhedge.live.payloads import ENDPOINTS
from xlhedge.live.payloads.told import Endpoint, Item, LeftOut, Malformed, Remark, Row, Spec, moment

SYMBOL = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,59}", re.ASCII)
FINE = (0, "0", 200, "200", "200000", None, "")
"""Codes of an answer that is no error."""


class Empty(Unreadable):
    """A payload that is a list of nothing."""


class Reading(NamedTuple):
    """What one payload tells; `day` is its own date, "" where it states none."""

    name: str
    endpoint: Endpoint
    day: str
    items: tuple[Item, ...]
    goes_on: bool


def read_payload(content: bytes, name: str) -> Reading:
    """Read a payload that was saved under a name; Unreadable, in one sentence, for what is none that is known.

    Arguments: content, the bytes of the file; name, that by which errors call it.
    """
    return told(parsed(content, name), name)


def parsed(content: bytes, name: str) -> object:
    """The JSON value of a file's bytes."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable(name, "is not UTF-8 text, as JSON must be") from None
    if not text.strip():
        raise Unreadable(name, "is empty")
    if text.lstrip().startswith("<"):
        raise Unreadable(name, "is a web page and not the JSON that the payload's address answers with")
    try:
        return json.loads(text, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        broken = error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated")
        what = "breaks off" if broken else "is not JSON"
        raise Unreadable(name, f"{what} at line {error.lineno}, column {error.colno}: ask for it again") from None
    except Malformed as error:
        raise Unreadable(name, str(error)) from None
    except ValueError:
        raise Unreadable(name, "holds a number of too many digits") from None
    except RecursionError:
        raise Unreadable(name, "is nested too deeply for a payload of contracts") from None


def _no_number(word: str) -> float:
    raise Malformed(f"holds {word}, which is no number")


def told(payload: object, name: str) -> Reading:
    """What a payload tells, recognised by where its rows are and what they are called."""
    if (refused := refusal(payload)) is not None:
        raise Unreadable(name, f"is no list of contracts but the venue's error {refused}")
    endpoint, rows = _recognised(payload, name)
    try:
        time = endpoint.time(payload) if endpoint.time else None
        day = moment(time, endpoint.time_unit) if time else ""
    except Malformed as error:
        raise Unreadable(name, str(error)) from None
    items = tuple(item for row in rows for item in _items(endpoint, row, name))
    return Reading(name, endpoint, day, items, bool(endpoint.more and endpoint.more(payload)))


def refusal(payload: object) -> str | None:
    """What a venue says when it answers with an error, or None."""
    if not isinstance(payload, dict):
        return None
    inner = payload.get("error")
    said = next((payload[each] for each in ("retMsg", "msg", "message", "err_msg", "err-msg") if payload.get(each)), "")
    if isinstance(inner, dict):
        return _cited(inner.get("code") or inner.get("name"), inner.get("message"))
    if inner or payload.get("result") == "error" or payload.get("status") == "error" or payload.get("success") is False:
        return _cited(payload.get("err_code") or payload.get("err-code") or payload.get("code"), inner or said)
    code = next((payload[each] for each in ("retCode", "code") if each in payload), None)
    if code not in FINE:
        return _cited(code, said)
    return _cited(payload["label"], said) if "label" in payload else None


def _cited(code: object, words: object) -> str:
    return " ".join(
        shown(each) if isinstance(each, str) else str(each) for each in (code, words) if each not in (None, "")
    )


def _recognised(payload: object, name: str) -> tuple[Endpoint, list[Row]]:
    """The endpoint whose names the rows of a payload have."""
    is_empty = False
    for endpoint in ENDPOINTS:
        found = endpoint.rows(payload)
        rows = [found] if isinstance(found, dict) else found if isinstance(found, list) else None
        is_empty |= rows == []
        if rows and any(isinstance(row, dict) and endpoint.keys <= row.keys() for row in rows):
            if any(not isinstance(row, dict) for row in rows):
                wrong = next(row for row in rows if not isinstance(row, dict))
                raise Unreadable(name, f"{endpoint.name}: every row must be an object (got {shown(wrong)})")
            return endpoint, [Row(row) for row in rows]
    if is_empty:
        raise Empty(name, "holds no contracts: its list is empty")
    known = ", ".join(dict.fromkeys(endpoint.venue for endpoint in ENDPOINTS))
    raise Unreadable(name, f"is JSON, but no payload of contracts that is known here (those of {known} are)")


def _items(endpoint: Endpoint, row: Row, name: str) -> Iterator[Item]:
    """What a row says; a mistake in it is told with the contract."""
    called = next(
        (row.text(key) for key in ("symbol", "instId", "instrument_name", "name", "contract_code") if row.get(key)), ""
    )
    try:
        for item in endpoint.read(row):
            if isinstance(item, Spec) and not item.symbol:
                raise Malformed("the contract has no name")
            if not isinstance(item, LeftOut | Remark) and item.symbol and not SYMBOL.fullmatch(item.symbol):
                raise Malformed(
                    f"the name of a contract must be letters, digits and - _ . : (got {shown(item.symbol)})"
                )
            yield item
    except Malformed as error:
        raise Unreadable(name, f"{endpoint.name}{f', {called[:60]}' if called else ''}: {error}") from None
