"""The command contracts: the figures of the venues' contracts, read anew from their payloads, and what that changes."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from textwrap import wrap
from typing import NamedTuple

import click

from .cli_options import CHECK_FAILED, DONE, OWN_TABLE, PATH, counted, tell

VALUE_WIDTH, SOURCE_WIDTH = 44, 44
MOST_NAMED = 8
READ_THEN = "undated source, read on that day"
"""A note of the tables, for which a star stands."""


@click.command(short_help="List contracts, read them anew, or compare.")
@click.argument("venue", nargs=-1)
@click.option("--contracts", "table", type=PATH, help=OWN_TABLE)
@click.option("--coin", help="Only contracts on this COIN, such as BTC.", metavar="COIN")
@click.option(
    "--older-than", "days", type=click.FloatRange(min=0), help="Only figures older than so many DAYS.", metavar="DAYS"
)
@click.option(
    "--read", "payloads", type=PATH, multiple=True, metavar="PAYLOAD",
    help="Read the venue's own JSON, saved by hand; further ones may follow.",
)  # fmt: skip
@click.option("--venue", "of", metavar="VENUE", help="The venue that the payloads must be of.")
@click.option("--refresh", metavar="VENUE", help="Ask VENUE for its contracts (needs the extra live).")
@click.option("--diff", type=PATH, metavar="TABLE", help="Compare your own TABLE with the shipped one.")
@click.option("--out", type=PATH, help="Your own table (.csv) that takes what was read; what else it holds stays.")
@click.option("--as-of", "day", metavar="DATE", help="The day of payloads that state no time (today if not given).")
@click.option("--json", "as_json", is_flag=True, help="Print for a program.")
def contracts(
    venue: tuple[str, ...],
    table: Path | None,
    coin: str | None,
    days: float | None,
    payloads: tuple[Path, ...],
    of: str | None,
    refresh: str | None,
    diff: Path | None,
    out: Path | None,
    day: str | None,
    as_json: bool,
) -> int:
    """List the venues, or every established figure of VENUE with its date, age and source.

    With --older-than, --coin or --json and no VENUE, the figures of every venue. A year or a month counts from its first
    day; one with a star is the day on which a source without a date was read. A source in brackets says that the figure is
    not verified.

    --read and --refresh make a table of your own for --contracts (docs/contracts.md lists the payloads). --diff, or
    either of them without --out, tells what that changes in the shipped table; it ends with exit code 4 where a contract
    is gone or a figure that a plan rests on got worse.
    """
    asked = [name for name, given in (("--read", payloads), ("--refresh", refresh), ("--diff", diff)) if given]
    if len(asked) > 1:
        raise click.UsageError(f"{' and '.join(asked)} do different things: give one of them")
    for name, given, goes_with in (
        ("--venue", of, "--read"),
        ("--as-of", day, "--read"),
        ("--out", out, "--read --refresh"),
    ):
        if given is not None and not {*asked} & {*goes_with.split()}:
            raise click.UsageError(f"{name} goes with {goes_with.replace(' ', ' or ')}")
    if asked and (table or coin or days is not None):
        raise click.UsageError(
            f"--contracts, --coin and --older-than choose what is listed, and {asked[0]} lists nothing"
        )
    if payloads:
        return _read([*payloads, *map(Path, venue)], of, day, out, as_json)
    if len(venue) > (0 if asked else 1):
        raise click.UsageError(f"Got unexpected extra argument ({venue[-1]})")
    if refresh:
        return _refresh(refresh, out, as_json)
    if diff:
        return _diff(_own(diff), as_json)
    return _list(venue[0] if venue else None, table, coin, days, as_json)


def _own(path: Path):
    from .portfolio import own_table

    return own_table(path)


def _list(venue: str | None, table: Path | None, coin: str | None, days: float | None, as_json: bool) -> int:
    """The venues, or figures."""
    from .contracts import aged, facts, symbols, venues
    from .portfolio.ends import today

    own = _own(table) if table else None
    if venue is None and days is None and coin is None and not as_json:
        for name in venues(table=own):
            listed = symbols(name, table=own)
            click.echo(f"{name:10} {len(listed):3}  {', '.join(listed[:8])}{', ...' if len(listed) > 8 else ''}")
        return DONE
    stated = (fact for name in ([venue] if venue else venues(table=own)) for fact in facts(name, table=own))
    found = aged(stated if coin is None else _on_coin(stated, coin), today(), days)
    if coin is not None and not found:
        tell(f"note: no figure of a contract on {coin.upper()}{f' at {venue}' if venue else ''} is here")
    if as_json:
        rows = [asdict(fact) | {"age_days": age} for fact, age in found]
        click.echo(json.dumps({"today": today().isoformat(), "facts": rows}, indent=2, ensure_ascii=False))
        return DONE
    groups: dict[tuple[str, str], list] = {}
    for each in found:
        groups.setdefault((each.fact.venue, each.fact.symbol), []).append(each)
    for place, ((name, symbol), rows) in enumerate(groups.items()):
        click.echo("\n" * bool(place) + _heading(name, symbol, own))
        click.echo("\n".join(_rows(rows)))
    return DONE


def _on_coin(facts: Iterable, coin: str) -> Iterator:
    """The facts of the contracts on a coin, and those that hold for every contract of a venue that has one."""
    from .contracts.tables import EVERY, symbol_key

    by_venue: dict[str, list] = {}
    for fact in facts:
        by_venue.setdefault(fact.venue, []).append(fact)
    for stated in by_venue.values():
        coins = {fact.symbol: fact.value for fact in stated if fact.field == "coin"}
        on_it = {symbol for symbol, of in coins.items() if symbol_key(of) == symbol_key(coin)}
        if on_it:
            yield from (fact for fact in stated if fact.symbol in on_it or fact.symbol == EVERY)


def _heading(venue: str, symbol: str, table) -> str:
    """What a table of facts is of, in a line."""
    from .contracts import known
    from .contracts.dated import is_series
    from .contracts.tables import EVERY

    if symbol == EVERY:
        return f"{venue}: every contract, unless its own figures say otherwise"
    if is_series(symbol):
        return f"{venue} {symbol}: a series of dated contracts"
    found = known(venue, symbol, table=table)
    if found.refusal:
        return f"{venue} {symbol}: refused, as it {found.refusal.split(' ', 2)[2]}"
    ends = f", trading ends {found.ends}" if found.ends else ""
    return f"{venue} {symbol}: {'dated' if found.is_dated else 'perpetual'}{ends}"


def _rows(aged: Sequence) -> Iterator[str]:
    """A table of facts: field, value, unit, date and age, source."""
    for fact, days in aged:
        notes = [part for part in fact.note.split("; ") if part not in ("", READ_THEN)]
        lines = (wrap(_shown(fact.value), VALUE_WIDTH) or [""]) + wrap("; ".join(notes), 2 * VALUE_WIDTH)
        dated = fact.as_of + "*" * (READ_THEN in fact.note)
        when = "undated" if days is None else f"{dated:11} {days:>5,} d"
        source = fact.source.split("; ")[0]
        source = source if len(source) <= SOURCE_WIDTH else source[: SOURCE_WIDTH - 3] + "..."
        told = source if fact.verified else f"({source})"
        yield f"  {fact.field:16}{lines[0]:{VALUE_WIDTH}}  {fact.unit:13} {when:19}  {told}"
        yield from (f"  {'':16}{line}" for line in lines[1:])


def _shown(value: object) -> str:
    from .contracts import written

    if value is None:
        return "unknown"
    return written(value).replace(";", "; ") if isinstance(value, tuple) else written(value)


class _Payload(NamedTuple):
    """What payloads of a venue tell, put together, group by group."""

    venue: str
    groups: tuple
    extra: tuple[str, ...] = ()


def _read(paths: list[Path], venue: str | None, day: str | None, out: Path | None, as_json: bool) -> int:
    """Read payloads from files."""
    from .files import file_bytes
    from .live.payloads.join import join
    from .live.payloads.recognise import read_payload
    from .portfolio.ends import today

    _check_out(out)
    readings = [read_payload(file_bytes(path), path.name) for path in paths]
    joined = join(readings, _day(day) if day else today().isoformat(), _known_venue(venue) if venue else "")
    return _take(_Payload(joined.venue, (joined,)), out, as_json)


def _day(text: str) -> str:
    from datetime import date

    from .portfolio.ends import today

    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise click.UsageError(f"--as-of must be a date such as 2026-11-29 (got {text!r})") from None
    if day > today():
        raise click.UsageError(f"--as-of must not be later than today (got {day})")
    return day.isoformat()


def _known_venue(name: str) -> str:
    """A venue whose payloads are known, by its name."""
    from .live.payloads import ENDPOINTS

    known = list(dict.fromkeys(endpoint.venue for endpoint in ENDPOINTS))
    if name.lower() not in known:
        raise click.UsageError(f"no payloads of {name!r} are known here (those of {', '.join(known)} are)")
    return name.lower()


def _check_out(out: Path | None) -> None:
    """Refuse an output that cannot be a table, before anything is read or asked."""
    if out is None:
        return
    if out.suffix.lower() != ".csv":
        raise click.UsageError(f"--out must end in .csv (got {str(out)!r})")
    if not out.parent.is_dir():
        raise click.UsageError(f"--out: there is no folder {out.parent}")


def _refresh(venue: str, out: Path | None, as_json: bool) -> int:
    """Ask a venue."""
    from .live.payloads.refresh import refreshed
    from .portfolio.ends import today

    _check_out(out)
    joined, extra = refreshed(_known_venue(venue), today().isoformat())
    return _take(_Payload(venue.lower(), joined, extra), out, as_json)


def _take(payload: _Payload, out: Path | None, as_json: bool) -> int:
    """Tell what was read, and lay it over the table, or compare it with the shipped one."""
    from .contracts import save, stay_newer, updated
    from .errors import FileError

    old = _own(out) if out and out.exists() else None
    facts = [fact for joined in payload.groups for fact in joined.facts]
    symbols = list(dict.fromkeys(symbol for joined in payload.groups for symbol in joined.contracts))
    name = out.name if out else "what was read"
    _refuse_newer(updated(old, facts, name), facts, out)
    taken, stay = stay_newer(facts)
    after = updated(old, taken, name)
    if out and not taken:
        raise FileError(f"{out} stays as it was: the shipped figures differ from all that was read, and are newer")
    found = [
        *payload.extra,
        *_shipped(stay),
        *(note for joined in payload.groups for note in joined.notes),
        *_kept(after, payload, out),
    ]
    notes = list(dict.fromkeys(found))
    left_out: dict[str, int] = {}
    for joined in payload.groups:
        for why, number in joined.left_out.items():
            left_out[why] = left_out.get(why, 0) + number
    if out:
        save(after.table, out)
    told = {
        "venue": payload.venue, "contracts": symbols, "figures": len(facts), "as_of": max(fact.as_of for fact in facts),
        "left_out": left_out, "notes": notes, "out": str(out) if out else None,
    }  # fmt: skip
    if not as_json:
        click.echo(
            f"{payload.venue}, {told['as_of']}: {counted(len(symbols), 'inverse contract')}, {counted(len(facts), 'figure')}"
        )
        for why, number in left_out.items():
            click.echo(f"left out: {number:,} {why}")
        for note in notes:
            tell(f"note: {note}")
    if out is None:
        return _diff(after.table, as_json, told)
    click.echo(
        json.dumps(told, indent=2, ensure_ascii=False)
        if as_json
        else f"wrote {out} ({counted(len(after.table.facts), 'figure')})"
    )
    return DONE


def _refuse_newer(after, facts: list, out: Path | None) -> None:
    """Refuse to lay what was read over newer figures."""
    from .errors import Unreadable

    day = max(fact.as_of for fact in facts)
    newer = [fact for fact in after.replaced if fact.as_of > day]
    if newer:
        latest = max(fact.as_of for fact in newer)
        told = f"has {counted(len(newer), 'figure')} of these contracts that are newer (of {latest}) than what was read (of {day})"
        raise Unreadable(out.name, f"{told}: choose another --out")


def _shipped(stay: Sequence) -> Iterator[str]:
    """What stays as it is shipped, because that is newer than what was read."""
    if stay:
        figures = ", ".join(f"{fact.symbol} {fact.field}" for fact in stay[:MOST_NAMED])
        more = f" and {len(stay) - MOST_NAMED:,} more" if len(stay) > MOST_NAMED else ""
        yield f"the shipped table has newer figures than what was read (of {max(fact.as_of for fact in stay)}), which stay: {figures}{more}"


def _kept(after, payload: _Payload, out: Path | None) -> Iterator[str]:
    """What a table keeps that is not in the payloads."""
    if after.kept and any(joined.listed for joined in payload.groups):
        yield f"{out.name} keeps {', '.join(after.kept)} as before: no payload that was read has {'it' if len(after.kept) == 1 else 'them'}"
    others = [fact for fact in after.replaced if not fact.source.startswith(f"{payload.venue} /")]
    if others:
        yield f"{out.name}: replaced what is not of such a payload: {', '.join(f'{fact.symbol} {fact.field} {_shown(fact.value)}' for fact in others)}"
    newest = max(fact.as_of for joined in payload.groups for fact in joined.facts)
    older = [fact.as_of for fact in after.older if fact.as_of < newest]
    if older:
        oldest = min(older) or "no date"
        yield f"{out.name} keeps {counted(len(older), 'older figure')} of these contracts (the oldest of {oldest}): they were not read anew"


def _diff(table, as_json: bool, told: dict | None = None) -> int:
    """Compare a table with the shipped one."""
    from .contracts import changes
    from .portfolio.ends import today

    found = changes(table, today().isoformat())
    if as_json:
        rows = [{
            "venue": each.venue, "contract": each.symbol, "field": each.field, "old": each.old and each.old.value,
            "old_as_of": each.old and each.old.as_of, "new": each.new and each.new.value,
            "new_as_of": each.new and each.new.as_of, "worse": each.is_worse,
        } for each in found.changed]  # fmt: skip
        named = {name: [" ".join(each) for each in of] for name, of in (("new", found.new), ("gone", found.gone))}
        click.echo(
            json.dumps(
                (told or {}) | {"changed": rows} | named | {"partial": [*found.partial], "worse": found.is_worse},
                indent=2,
                ensure_ascii=False,
            )
        )
    else:
        click.echo("\n".join(_changes(found)))
    return CHECK_FAILED if found.is_worse else DONE


def _changes(found) -> Iterator[str]:
    """The changes in words."""
    contract = None
    for each in found.changed:
        if (each.venue, each.symbol) != contract:
            contract = each.venue, each.symbol
            yield f"{each.venue} {each.symbol}"
        yield f"  {each.field:16}{_was(each.old)} -> {_was(each.new)}{'  worse' if each.is_worse else ''}"
    for what, named in (("new", found.new), ("gone, no longer listed", found.gone)):
        if named:
            yield f"{what}: {', '.join(' '.join(each) for each in named)}"
    for venue in found.partial:
        yield f"{venue}: contracts on one coin alone were read, which says nothing of the others"
    if not (found.changed or found.new or found.gone):
        yield "nothing differs from the shipped table"


def _was(fact) -> str:
    if fact is None:
        return "nothing"
    return f"{_shown(fact.value)} ({fact.as_of or 'undated'})"
