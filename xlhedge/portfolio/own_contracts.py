"""Read the Contracts and Tiers sheets of a workbook that xlhedge wrote as facts: those that are not the shipped ones."""

from collections.abc import Iterable, Iterator

from ..contracts import SHIPPED, Listed, Tier, listing
from ..rows import Row
from .tables import normal_name

# The columns of the Contracts sheet and the facts that they state.
FACTS = {
    "face": "face", "lot": "lot", "maker_fee": "maker", "taker_fee": "taker", "funding_every": "funding_hours",
    "liquidation_method": "liq_method", "maintenance_rate": "mmr", "maintenance_amount": "amount", "rate_slope": "slope",
    "fee_in_the_liquidation_price": "liq_price_fee", "rate_is_known_up_to": "cap", "sizes_in": "tier_unit",
}  # fmt: skip
NO_FIGURE = ("unknown", "tiers", "taker fee", "none")
TYPED = "typed into the workbook"
HEADER = ["venue", "symbol", "field", "value", "as_of", "source", "verified"]


def own_facts(contracts: list[Row], tiers: list[Row]) -> Iterator[list]:
    """A header, then a row for each fact that somebody typed or that came from a table of the user's own."""
    yield HEADER
    shipped = {listed.key.lower(): listed for listed in listing(SHIPPED)}
    ladders = _ladders(tiers)
    for cells in _cells(contracts, "face"):
        key = str(cells.get("contract") or "")
        venue, _, symbol = key.partition(" ")
        if not symbol:
            continue
        known = shipped.get(key.lower())
        facts = dict(_facts(cells, known))
        yield from _rows(venue, symbol, facts, cells, known and known.source)
    for key, rows in ladders.items():
        venue, _, symbol = key.partition(" ")
        known = shipped.get(key.lower())
        facts = dict(_ladder_facts(rows, known.tiers if known else ()))
        if facts and symbol:
            yield from _rows(venue, symbol, facts, rows[0], known and known.tiers_source)


def _cells(rows: list[Row], second: str) -> Iterator[dict[str, object]]:
    """The rows below the header and its units, by column name; the header is found by its first two cells."""
    header, units = None, False
    for row in rows:
        names = [normal_name(cell) for cell in row.cells]
        if header is None:
            header = names if names[:2] == ["contract", second] else None
        elif not units:
            units = True
        else:
            yield dict(zip(header, row.cells))


def _facts(cells: dict[str, object], known: Listed | None) -> Iterator[tuple[str, object]]:
    """The figures of a row that are not those shipped of it."""
    if known is None:
        yield "kind", "inverse"
    for column, field in FACTS.items():
        value = cells.get(column)
        if value is None or str(value).lower() in NO_FIGURE:
            continue
        if known is None or value != getattr(known, field):
            yield field, value


def _ladders(rows: list[Row]) -> dict[str, list[dict]]:
    """The rows of the Tiers sheet by contract, from the smallest size on."""
    ladders: dict[str, list[dict]] = {}
    for cells in _cells(rows, "from"):
        if cells.get("contract"):
            ladders.setdefault(str(cells["contract"]), []).append(cells)
    return {key: sorted(rows, key=_start) for key, rows in ladders.items()}


def _start(cells: dict[str, object]) -> float:
    value = cells.get("from")
    return value if isinstance(value, (int, float)) else 0.0


def _ladder_facts(rows: list[dict], shipped: tuple[Tier, ...]) -> Iterator[tuple[str, object]]:
    """The tiers of a contract, unless they are those shipped; its largest size is where the last tier ends."""
    stated = [tuple(_number(row.get(name)) for name in ("from", "maintenance_rate", "amount")) for row in rows]
    end = rows[-1].get("up_to")
    end = None if str(end).lower() in NO_FIGURE else end
    if shipped and stated == [(t.floor, t.mmr, t.amount) for t in shipped]:
        last = shipped[-1].cap
        if end is None or end == last:
            return
        yield "cap", end
        return
    for field, values in zip(("floors", "rates", "amounts"), zip(*stated)):
        yield field, ";".join(map(str, values))
    if end is not None:
        yield "cap", end


def _number(value: object) -> object:
    """A number that was typed; a blank counts as 0, as in the sheet."""
    return 0.0 if value is None else float(value) if isinstance(value, (int, float)) else value


def _rows(venue: str, symbol: str, facts: dict, cells: dict, source: str | None) -> Iterable[list]:
    """Rows of facts; a figure that was changed under the shipped source has been typed."""
    told = str(cells.get("source") or "")
    is_typed = not told or told == source
    verified = "yes" if cells.get("verified") == "yes" and not is_typed else "no"
    for field, value in facts.items():
        yield [
            venue,
            symbol,
            field,
            str(value),
            cells.get("as_of") if not is_typed else None,
            TYPED if is_typed else told,
            verified,
        ]
