"""Payloads of one venue put together: contracts with their tiers, dated and sourced, what was left out and what is missing."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from xlhedge.contracts import FIELDS, SHIPPED, Fact, Value, known, written
from xlhedge.contracts.tables import symbol_key
from xlhedge.errors import FileError, Unreadable
from xlhedge.live.payloads.ladder import joins, ladder_facts
from xlhedge.live.payloads.recognise import Reading
from xlhedge.live.payloads.told import Endpoint, LeftOut, Malformed, Remark, Spec, Tier

EXPECTED = ("lot", "tick", "maker", "taker", "funding_hours", "max_leverage")
"""What one would like to know of every contract; what no payload states is said."""

FIRST_TIER = ("mmr", "imr")
NO_INSTRUMENT = "tiers of a contract that is in none of these payloads"


class Joined(NamedTuple):
    """The facts that some payloads of a venue tell, how many contracts they left out and why, and what is to be said."""

    venue: str
    facts: tuple[Fact, ...]
    contracts: tuple[str, ...]
    left_out: dict[str, int]
    notes: tuple[str, ...]
    listed: bool


def join(readings: Sequence[Reading], day: str, venue: str = "") -> Joined:
    """Put readings of one venue together; facts of a payload without a date of its own are as of `day`.

    Arguments: readings, in any order; day, an ISO date; venue, that which they must be of ("" = any).
    FileError where they are of several venues, or contradict one another.
    """
    for reading in readings:
        wanted = venue or readings[0].endpoint.venue
        if reading.endpoint.venue != wanted:
            told = f"is a payload of {reading.endpoint.venue}"
            rule = (
                f"{told}, not of {venue}"
                if venue
                else f"{told}, and {readings[0].name} one of {wanted}: read one venue at a time"
            )
            raise Unreadable(reading.name, rule)
    specs, tiers, left_out = _sorted_out(readings)
    made = [_Contract(reading, spec, day) for reading, spec in specs.values()]
    notes = [_goes_on(reading) for reading in readings if reading.goes_on]
    for reading, symbol, rows in tiers:
        _lay_tiers(made, reading, symbol, rows, left_out, day)
    if not made:
        raise FileError(f"{_names(readings)}: no inverse contract is in it{_because(left_out)}")
    remarks = (item for reading in readings for item in reading.items if isinstance(item, Remark))
    notes += [f"{item.symbol}: {item.words}" for item in remarks]
    notes += [note for each in made for note in each.notes()]
    notes += _unstated([each.facts for each in made if each.listed])
    undated = list(dict.fromkeys(reading.name for reading in readings if not reading.day))
    if undated:
        notes.append(f"{', '.join(undated)} {'states' if len(undated) == 1 else 'state'} no time: taken to be of {day}")
    facts = tuple(fact for each in made for fact in each.told())
    is_listed = any(each.listed for each in made)
    why = Counter(reason for reason in left_out.values())
    return Joined(
        readings[0].endpoint.venue, facts, tuple(each.symbol for each in made), dict(why), tuple(notes), is_listed
    )


class _Contract:
    """One contract as its rows tell it: values by field, and where each is from."""

    def __init__(self, reading: Reading, spec: Spec, day: str, listed: bool = True) -> None:
        self.symbol, self.listed, self.tiers = (
            spec.symbol.upper(),
            listed,
            {symbol_key(spec.tiers or spec.symbol), symbol_key(spec.symbol)},
        )
        self.venue, self.name = reading.endpoint.venue, reading.name
        self.facts: dict[str, Value] = {}
        self.origin: dict[str, tuple[Endpoint, str, str]] = {}
        self.day = reading.day or day
        told = {field: value for field, value in spec.facts.items() if value is not None}
        self.add(reading, told, spec.inferred, self.day)
        if spec.halted and "listed_until" not in told:
            why = {"listed_until": f"not trading on that day: {spec.halted}"}
            self.add(reading, {"listed_until": self.day}, why, self.day)
        if "cap" in told and reading.endpoint.rule:
            unit = {"tier_unit": reading.endpoint.rule.tier_unit}
            self.add(reading, unit, {"tier_unit": spec.inferred.get("cap", "")}, self.day)

    def add(self, reading: Reading, told: dict[str, Value], inferred: dict[str, str], day: str) -> None:
        """Take over what a reading tells, each value once it meets its field's rule."""
        for field, value in told.items():
            try:
                self.facts[field] = FIELDS[field].read(written(value))
            except ValueError:
                rule = f"{field} {FIELDS[field].rule} (got {written(value)[:60]})"
                raise Unreadable(reading.name, f"{reading.endpoint.name}, {self.symbol}: {rule}") from None
            self.origin[field] = (reading.endpoint, day, inferred.get(field, ""))

    def notes(self) -> Iterable[str]:
        """What is doubtful about the contract."""
        if "expiry" in self.facts or self.facts.get("kind") == "dated":
            if "expiry" not in self.facts:
                yield f"{self.symbol}: dated, but no expiry is in the payload"
        if jump := joins(self.facts):
            yield f"{self.symbol}: {jump}"
        if "listed_until" in self.facts:
            why = self.origin["listed_until"][2]
            yield f"{self.symbol}: no new hedge from {self.facts['listed_until']} on{f' ({why})' if why else ', when its trading ends'}"

    def told(self) -> Iterable[Fact]:
        """The facts, in the order of the vocabulary."""
        for field in (field for field in FIELDS if field in self.facts):
            endpoint, day, why = self.origin[field]
            unit = FIELDS[field].unit
            yield Fact(self.venue, self.symbol, field, self.facts[field], unit, day, endpoint.name, not why, why)


def _sorted_out(readings: Sequence[Reading]):
    """The contracts by name, the tiers of each name with their reading, and why the others are left out."""
    specs: dict[str, tuple[Reading, Spec]] = {}
    tiers: dict[tuple[str, str], tuple[Reading, list[Tier]]] = {}
    left_out: dict[str, str] = {}
    for reading in readings:
        for item in reading.items:
            key = symbol_key(item.symbol)
            if isinstance(item, Remark):
                continue
            if isinstance(item, Tier):
                rows = tiers.setdefault((reading.endpoint.path, item.symbol), (reading, []))[1]
                if item not in rows:  # a page that was read twice
                    rows.append(item)
            elif isinstance(item, LeftOut):
                left_out[item.symbol or str(len(left_out))] = item.why
            elif key in specs and specs[key][1] != item:
                raise Unreadable(
                    reading.name, f"{item.symbol} is in it and in {specs[key][0].name}, with other figures"
                )
            else:
                specs[key] = reading, item
    return specs, [(reading, symbol, rows) for (_, symbol), (reading, rows) in tiers.items()], left_out


def _lay_tiers(
    made: list[_Contract], reading: Reading, symbol: str, rows: list[Tier], left_out: dict, day: str
) -> None:
    """Give a ladder to the contracts that it is of; one of no contract here only where a shipped inverse one has its name."""
    rule, of = reading.endpoint.rule, f"{reading.endpoint.name}{f', {symbol}' if symbol else ''}"
    listed = [each for each in made if each.listed]
    if not symbol and len(listed) != 1:
        raise Unreadable(
            reading.name, f"{of}: its tiers do not name their contract: read it beside the payload of that contract"
        )
    owners = [each for each in listed if each.symbol == symbol.upper()] or [
        each for each in listed if not symbol or symbol_key(symbol) in each.tiers
    ]
    if rule.of_one_kind and symbol not in (each.symbol for each in listed):
        kinds = {each.facts["kind"] for each in owners}
        if (
            len(kinds) > 1
            or not owners
            and symbol not in left_out
            and known(reading.endpoint.venue, symbol, table=SHIPPED)
        ):
            told = "does not say whether its tiers are those of the perpetual or of the dated contracts"
            raise Unreadable(reading.name, f"{of}: {told}: read it beside the instruments of one of the two alone")
    try:
        facts = ladder_facts(rows, rule)
    except Malformed as error:
        raise Unreadable(reading.name, f"{of}: {error}") from None
    if not owners:
        before = None if rule.of_one_kind else known(reading.endpoint.venue, symbol, table=SHIPPED)
        if symbol in left_out or before is None or before.refusal:
            left_out.setdefault(symbol, NO_INSTRUMENT)
            return
        made.append(_Contract(reading, Spec(symbol, {}), day, listed=False))
        owners = made[-1:]
    for owner in owners:
        for field in FIRST_TIER:
            owner.facts.pop(field, None)
        stated = owner.facts.get("cap") if "cap" not in facts else None
        if stated is not None and stated <= facts["floors"][-1]:
            rule_broken = f"its largest position is {stated:.10g}, within its last tier"
            raise Unreadable(reading.name, f"{of}: {rule_broken}")
        owner.add(reading, facts, rule.why, reading.day or day)


def _unstated(contracts: list[dict[str, Value]]) -> Iterable[str]:
    """What none of the contracts states, though one would like to know."""
    if not contracts:
        return
    perpetual = any("expiry" not in each for each in contracts)
    missing = [
        field
        for field in EXPECTED
        if not any(field in each for each in contracts) and (perpetual or field != "funding_hours")
    ]
    if not any({"mmr", "rates"} & each.keys() for each in contracts):
        missing.append("maintenance")
    if missing:
        yield f"not in these payloads, so that what is known holds: {', '.join(missing)}"
    for field in EXPECTED:
        without = sum(field not in each for each in contracts)
        if 0 < without < len(contracts) and field != "funding_hours":
            yield f"{without} of {len(contracts)} contracts state no {field}"


def _goes_on(reading: Reading) -> str:
    return f"{reading.name} is one page of several: the contracts of the others are not in it"


def _names(readings: Sequence[Reading]) -> str:
    return ", ".join(reading.name for reading in readings)


def _because(left_out: dict[str, str]) -> str:
    counted = ", ".join(f"{number:,} {why}" for why, number in Counter(left_out.values()).items())
    return f" (left out: {counted})" if counted else ""
