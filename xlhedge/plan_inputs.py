"""What a plan rests on, as JSON: the inputs that `plan --json` tells beside its figures, and the portfolio read back from them.

The holdings and the settings are those of docs/inputs.md. Of each contract every known fact is told, the shipped ones too:
the plan comes out the same where another version has other facts.
"""

import datetime
import json
from collections.abc import Iterator
from pathlib import Path

from .contracts import FIELDS, Fact
from .contracts.tables import UNKNOWN
from .errors import Unreadable, shown
from .files import file_bytes
from .ooxml.cells import SheetRows
from .portfolio import HOLDINGS, Portfolio, RowError, own_table
from .portfolio.assemble import Heading, Reader
from .portfolio.fields import HOLDING_FIELDS
from .portfolio.hedge import contract_of
from .portfolio.settings import Settings, sheet_layer
from .portfolio.values import Broken, read_value
from .rows import Row

COLUMNS = tuple(field.name for field in HOLDINGS)
FACT_COLUMNS = ("venue", "symbol", "field", "value", "as_of", "source", "verified", "note")


def inputs_of(portfolio: Portfolio) -> dict[str, object]:
    """What the plan of a portfolio rests on, as JSON holds it: a row for each holding and each further position."""
    rows = {each.row: each.values for each in (*portfolio.holdings, *portfolio.positions)}
    return {
        "holdings": [_told(rows[row]._asdict()) for row in sorted(rows)],
        "settings": _told(portfolio.settings._asdict()),
        "contracts": [*_facts(portfolio)],
    }


def _told(values: dict[str, object]) -> dict[str, object]:
    """The values that are not blank, as JSON holds them."""
    return {name: _plain(value) for name, value in values.items() if value is not None}


def _plain(value: object) -> object:
    if isinstance(value, datetime.datetime):
        return value.isoformat()
    return [*value] if isinstance(value, tuple) else value


def _facts(portfolio: Portfolio) -> Iterator[dict[str, object]]:
    """Every known fact of every contract that a position names, under the name of the contract or of its series."""
    seen = set()
    for position in portfolio.positions:
        found = contract_of(position.values, portfolio.contracts)
        if found is None or (found.venue, found.series or found.symbol) in seen:
            continue
        seen.add((found.venue, found.series or found.symbol))
        for field in FIELDS:
            if field in found.facts and not (found.series and field == "expiry"):  # which follows from the name
                yield _fact(found.facts[field], found.venue, found.series or found.symbol)


def _fact(fact: Fact, venue: str, symbol: str) -> dict[str, object]:
    told = (venue, symbol, fact.field, _plain(fact.value), fact.as_of, fact.source, fact.verified, fact.note)
    return dict(zip(FACT_COLUMNS, told))


def read_plan(path: Path) -> tuple[Portfolio, list[RowError]]:
    """The portfolio of a file that `plan --json` wrote, and every mistake in it; with one it is not to be used.

    Unreadable for what is no such file.
    """
    plan = _json(path)
    inputs = plan.get("inputs") if isinstance(plan, dict) else None
    if not isinstance(inputs, dict) or not isinstance(plan.get("portfolio"), str):
        told = isinstance(plan, dict) and {"portfolio", "assets", "positions"} <= plan.keys()
        rule = "has no inputs, as plans of earlier versions: print it anew" if told else "is no plan of xlhedge"
        raise Unreadable(path.name, rule)
    try:
        name = read_value(HOLDING_FIELDS["portfolio"], plan["portfolio"])
    except Broken as broken:
        raise Unreadable(path.name, f"portfolio {broken.rule}") from None
    holdings, facts = (_table(path, inputs, each) for each in ("holdings", "contracts"))
    settings = inputs.get("settings")
    if not isinstance(settings, dict):
        raise Unreadable(path.name, "has no settings among its inputs")
    errors: list[RowError] = []
    rows = [Row(0, ["setting", "value"]), *(Row(0, [name, _cell(path, value)]) for name, value in settings.items())]
    layer = sheet_layer(SheetRows(f"{path.name} inputs.settings", rows), errors)
    file = f"{path.name} inputs.contracts"
    cells = [Row(number, [row.get(column) for column in FACT_COLUMNS]) for number, row in _completed(facts)]
    table = own_table(None, [SheetRows(file, [Row(0, [*FACT_COLUMNS]), *cells])])
    heading = Heading(f"{path.name} inputs.holdings", COLUMNS)
    reader = Reader([heading], path.name, Settings([layer]), table)
    told = ((number, _cells(path, row)) for number, row in enumerate(holdings, 1))
    portfolio, wrong = reader.read(name or path.stem, (Row(number, row) for number, row in told))
    if not portfolio.holdings and not wrong:
        raise Unreadable(path.name, "has no holdings among its inputs")
    return portfolio, [*errors, *wrong]


def _json(path: Path) -> object:
    """What a JSON file holds; a number that is none is refused."""

    def no_number(name: str) -> None:
        raise ValueError(f"{name} is no number")

    try:
        return json.loads(file_bytes(path).decode("utf-8-sig"), parse_constant=no_number)
    except (ValueError, RecursionError) as error:  # UnicodeDecodeError and JSONDecodeError are ValueErrors
        raise Unreadable(path.name, f"is no JSON ({' '.join(str(error).split())})") from None


def _table(path: Path, inputs: dict, name: str) -> list[dict[str, object]]:
    rows = inputs.get(name)
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Unreadable(path.name, f"has no list of {name} among its inputs")
    return [{key: _cell(path, value) for key, value in row.items()} for row in rows]


def _cell(path: Path, value: object) -> object:
    """A value as a table of rows has it: a list has ; between its numbers."""
    if isinstance(value, list):
        return ";".join(map(str, value))
    if isinstance(value, dict):
        raise Unreadable(path.name, f"has {shown(value)} among its inputs where a number or a text belongs")
    return value


def _cells(path: Path, row: dict[str, object]) -> list:
    if unknown := row.keys() - {*COLUMNS}:
        raise Unreadable(path.name, f"has the unknown column {shown(min(unknown))} among its holdings")
    return [row.get(column) for column in COLUMNS]


def _completed(facts: list[dict[str, object]]) -> Iterator[tuple[int, dict[str, object]]]:
    """The facts by number, and of each contract that what they do not tell is not known."""
    told: dict[tuple[object, object], set[object]] = {}
    for number, fact in enumerate(facts, 1):
        told.setdefault((fact.get("venue"), fact.get("symbol")), set()).add(fact.get("field"))
        yield number, fact
    for (venue, symbol), fields in told.items():
        for field in FIELDS:
            if field not in fields:
                yield 0, {"venue": venue, "symbol": symbol, "field": field, "value": UNKNOWN}
