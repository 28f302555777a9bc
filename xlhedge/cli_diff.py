"""The command diff: what changed between two plans of a portfolio, and where the change of the figures comes from."""

import json
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import click

from .cli_options import DONE, PATH, ROW_ERRORS, counted, told_portfolio
from .errors import Unreadable

NOTHING = "there is no comparison"
WITHOUT_SETTINGS = (".csv", ".tsv", ".parquet")
"""Endings of holdings files that hold no settings."""
PLAN = ".json"


@click.command(short_help="Say what changed between two plans of a portfolio, and why.")
@click.argument("old", type=PATH)
@click.argument("new", type=PATH)
@click.option("--portfolio", help="Which portfolio, when the files hold several.")
@click.option("--json", "as_json", is_flag=True, help="Print the comparison for a program (docs/diff.md).")
def diff(old: Path, new: Path, portfolio: str | None, as_json: bool) -> int:
    """Say what changed from OLD to NEW in the inputs, and which part of the change of the figures comes from what.

    Each of the two is a workbook of xlhedge, a holdings file, or what `plan --json` printed (.json); a holdings file has no
    settings, so that the usual ones count. The way from OLD to NEW goes by one group at a time: prices, holdings, positions,
    settings, contract facts. The part of a group is what it changes when those before it are already as in NEW; so the parts
    add up to the whole.
    """
    if old.exists() and new.exists() and old.samefile(new):
        raise click.UsageError(f"OLD and NEW are one file, {new.name}: name two")
    sides = [_side(each, portfolio) for each in (old, new)]
    if None in sides:
        return ROW_ERRORS
    from .diff import diff_of

    found = diff_of(*sides)
    read = (f"{side.source}: {note}" for side in sides for note in side.notes)
    notes = [*read, *(note for each in (old, new) for note in _without_settings(each)), *found.notes]
    record = _record(sides, found, notes)
    if as_json:
        click.echo(json.dumps(record, indent=2, allow_nan=False))
    else:
        click.echo("\n".join(_lines(record)))
    return DONE


def _side(path: Path, name: str | None):
    """The portfolio of one of the two files, or None where it has mistakes, which are told."""
    from .intake import read_portfolios
    from .intake.filled_in import LAID_OUT

    if path.suffix.lower() == PLAN:
        from .plan_inputs import read_plan

        portfolio, errors = read_plan(path)
        portfolios = [] if errors else [portfolio]
        errors = [error._replace(portfolio=portfolio.name) for error in errors]
    else:
        portfolios, errors = read_portfolios(path)
    if moved := next((error for error in errors if error.rule == LAID_OUT), None):
        raise Unreadable(
            path.name,
            f"is laid out by another version of xlhedge or was rearranged ({moved.file} lacks {moved.column}): build it anew",
        )
    return told_portfolio(portfolios, errors, name, path.name, NOTHING)[0]


def _without_settings(path: Path) -> Iterator[str]:
    if path.suffix.lower() in WITHOUT_SETTINGS:
        yield f"{path.name} has no settings: the usual ones count (the output of plan --json has them)"


def _record(sides: list, found, notes: list[str]) -> dict[str, object]:
    """The comparison as JSON holds it."""
    from .diff import GROUPS

    ends = [
        {"file": side.source, "portfolio": side.name, "price_time": time.isoformat() if time else None}
        for side in sides
        for time in (side.settings.price_time,)
    ]
    return {
        "old": ends[0],
        "new": ends[1],
        "order": [*GROUPS],
        "changes": [change._asdict() for change in found.changes],
        "figures": [
            {
                "figure": part.figure.name, "of": part.figure.of or None, "unit": part.figure.unit,
                "old": part.old.value, "old_of": part.old.whose or None, "new": part.new.value,
                "new_of": part.new.whose or None, "change": part.change, "parts": part.parts, "told": [*part.told],
            }
            for part in found.figures
        ],
        "notes": notes,
    }  # fmt: skip


NAMES = {
    "value_usd": "value", "exposure_usd": "net exposure", "hedge_to_reach_usd": "hedge to reach",
    "margin_required": "margin required", "margin_planned": "margin planned", "carry_expected_usd": "carry expected",
    "nearest_liquidation": "nearest liquidation",
}  # fmt: skip
HEADS = ("figure", "old", "new", "change")
FIRST, REST = 28, 14


def _lines(record: dict) -> Iterator[str]:
    """The comparison in words; a group in which nothing changed has no column."""
    for word in ("old", "new"):
        side = record[word]
        when = f"prices of {side['price_time']} UTC" if side["price_time"] else "time of the prices not given"
        yield f"{word}: {side['portfolio']}, {side['file']}, {when}"
    for note in record["notes"]:
        yield f"note: {note}"
    yield ""
    if not record["changes"]:
        yield "No input changed."
    for group, changes in groupby(record["changes"], lambda change: change["group"]):
        yield from _changes(group, [*changes])
    yield ""
    shown = [group for group in record["order"] if any(change["group"] == group for change in record["changes"])]
    yield f"Parts of the change, by one group at a time, in this order: {', '.join(record['order'])}"
    yield _row([*HEADS, *shown])
    for figure in record["figures"]:
        numbers = (figure["old"], figure["new"], figure["change"], *(figure["parts"][group] for group in shown))
        name = f"{NAMES[figure['figure']]}, {figure['unit']}"
        yield _row([name, *(_number(figure["unit"], number, i > 1) for i, number in enumerate(numbers))])
        for told in figure["told"]:
            yield f"  {told}"
        if figure["old_of"] == figure["new_of"] and figure["new_of"]:
            yield f"  of {figure['new_of']}"


def _row(cells: list[str]) -> str:
    return f"{cells[0]:{FIRST}}" + "".join(f"{cell:>{REST}}" for cell in cells[1:])


def _number(unit: str, value: float | str | None, is_signed: bool) -> str:
    """A number by its unit, a change with its sign; - where there is none."""
    if value is None or isinstance(value, str):
        return value or ("-" if is_signed else "unknown")
    digits = 0 if unit == "USD" else 2 if unit == "USD/coin" else 8
    rounded = round(value, digits) + 0.0
    text = f"{rounded:{'+' if is_signed and rounded else ''},.{digits}f}"
    return text.rstrip("0").rstrip(".") if digits else text


def _changes(group: str, changes: list[dict]) -> Iterator[str]:
    """What changed in a group: a row that came or went on one line, any other cell on its own."""
    yield f"{group} ({counted(len(changes), 'cell')})"
    for (kind, of), cells in groupby(changes, lambda change: (change["kind"], change["of"])):
        if kind == "changed":
            for cell in cells:
                unit = f" {cell['unit']}" if cell["unit"] else ""
                yield f"  {of} {cell['cell']}: {_moved(cell['old'], cell['new'])}{unit}"
        else:
            side = "new" if kind == "added" else "old"
            yield f"  {of} {kind}: " + ", ".join(f"{cell['cell']} {_cell(cell[side])}" for cell in cells)


def _moved(old: object, new: object) -> str:
    """Two values, with all their digits where they would look alike."""
    texts = [_cell(value) for value in (old, new)]
    return " -> ".join(texts if texts[0] != texts[1] else map(repr, (old, new)))


def _cell(value: object) -> str:
    if value is None:
        return "blank"
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, list):
        return "; ".join(map(_cell, value))
    return f"{value:,.10g}" if isinstance(value, (int, float)) else str(value)
