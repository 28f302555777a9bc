"""Two plans of a portfolio compared: what changed in their inputs, and where the change of each figure comes from."""

from collections.abc import Iterator
from typing import NamedTuple

from ..errors import FileError
from ..portfolio import Portfolio
from ..portfolio.assemble import Sets
from .changes import Change, changes_of
from .figures import NEAREST, Figure, Figures, Value, figures_of
from .groups import GROUPS
from .steps import by_asset, steps

NO_VALUE = {"margin_required": 0.0, "margin_planned": 0.0}
"""What a figure is where its coin has no position."""


class Part(NamedTuple):
    """A figure before and now, its change, and the part of each group; None, and words in `told`, where there is no number."""

    figure: Figure
    old: Value
    new: Value
    change: float | None
    parts: dict[str, float | None]
    told: tuple[str, ...]


class Diff(NamedTuple):
    """The cells that changed, the figures with their parts, and what is not compared."""

    changes: list[Change]
    figures: list[Part]
    notes: tuple[str, ...]


def diff_of(old: Portfolio, new: Portfolio) -> Diff:
    """What changed from one plan of a portfolio to another; FileError where they have no asset in common."""
    if not by_asset(old).keys() & by_asset(new).keys():
        raise FileError(
            f"{old.source} and {new.source} have no asset in common ({_few(old.assets)}; {_few(new.assets)}): "
            "a diff is of one portfolio at two times"
        )
    way = figures_of(steps(old, new))
    every = dict.fromkeys(figure for figures in way for figure in figures)
    order = sorted(every, key=lambda figure: _order(figure, [*every]))
    return Diff(changes_of(old, new), [_part(figure, way) for figure in order], tuple(_notes(old, new)))


def _order(figure: Figure, every: list[Figure]) -> tuple[int, int]:
    """Figures of one name stand together, in the order in which they are met."""
    names = [*dict.fromkeys(each.name for each in every)]
    return names.index(figure.name), every.index(figure)


def _few(assets: list[str]) -> str:
    return ", ".join(assets[:5]) + (" ..." if len(assets) > 5 else "")


def _part(figure: Figure, way: list[Figures]) -> Part:
    values = [figures.get(figure, Value(NO_VALUE.get(figure.name))) for figures in way]
    is_split = all(value.is_number and value.whose == values[0].whose for value in values)
    pairs = dict(zip(GROUPS, zip(values, values[1:])))
    parts = {group: _difference(*pair) if is_split else None for group, pair in pairs.items()}
    ends = values[0], values[-1]
    told = () if is_split else tuple(_words(figure, pairs))
    return Part(figure, *ends, _difference(*ends), parts, told)


def _difference(before: Value, now: Value) -> float | None:
    """How much a figure grows; None where it is no number, or another position's."""
    if not (before.is_number and now.is_number and before.whose == now.whose):
        return None
    return now.value - before.value


def _words(figure: Figure, pairs: dict[str, tuple[Value, Value]]) -> Iterator[str]:
    """What each group makes of a figure that is not a number all along, or not of one position."""
    for group, (before, now) in pairs.items():
        if before != now:
            yield f"{group}: {in_words(figure, before)} -> {in_words(figure, now)}"


def in_words(figure: Figure, value: Value) -> str:
    """A value of a figure with whose it is: "79,600 of BTC bybit BTCUSD", "none", "unknown"."""
    if value.value is None:
        return f"unknown of {value.whose}" if value.whose else "unknown"
    told = f"{value.value:,.10g}" if value.is_number else str(value.value)
    return f"{told} of {value.whose}" if figure.name == NEAREST and value.whose and value.is_number else told


def _notes(old: Portfolio, new: Portfolio) -> Iterator[str]:
    """What differs and is not compared; what only workbooks hold is looked at where both are."""
    if old.name != new.name:
        yield f"the portfolio is called {old.name} in {old.source} and {new.name} in {new.source}"
    if not (old.functions and new.functions):
        return
    if (old.stress, _filled(old.sets)) != (new.stress, _filled(new.sets)):
        yield "scenarios differ; no figure here follows them, and they are not compared"
    sheets = [sheet for sheet in dict.fromkeys((*old.kept, *new.kept)) if old.kept.get(sheet) != new.kept.get(sheet)]
    if sheets:
        yield f"what is typed on {', '.join(sheets)} differs; no figure here follows it, and it is not compared"


def _filled(sets: Sets) -> Sets:
    """The scenario sets that are not blank."""
    return {title: scenarios for title, scenarios in sets.items() if scenarios}
