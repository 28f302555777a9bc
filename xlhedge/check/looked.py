"""What is to be said of one workbook: what it holds, its formulas, and its values against those of a recalculation."""

import datetime
import math
from collections import OrderedDict
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import NamedTuple

from .. import __version__
from ..errors import NAME, Unreadable, XlhedgeError, counted
from ..files import file_bytes
from ..ooxml.guard import LINKS, MACROS, OBJECTS, Archive
from ..ooxml.lint import faults, is_uncalculated
from ..ooxml.package import Package
from ..portfolio import Portfolio
from ..sheet import is_error
from ..workbook.grid.numbers import sheet_number
from ..workbook.grid.typed import as_stored
from ..workbook.portfolios import Room
from .contents import TYPED_FLAGS, Contents, contents_of, instead, is_written, word
from .recalculation import Engine, Results

TOLERANCE = 1e-9
CLEAN = "F4"
"""Whether nothing amber is to be known, on the sheet Checks."""
MOST_TOLD = 12
MOST_TOLD_OF_ERROR = 120
MOST_SHAPES = 64
"""Kinds of workbooks whose formulas are kept, to be compared with those of the next one of the kind."""

LACKING = {
    "addin": "the functions of the add-in", "calc": "the functions of the add-in for LibreOffice", "lambda": "LAMBDA",
}  # fmt: skip
"""What the formulas of a mode need."""


class Finding(NamedTuple):
    """One thing that is wrong, or (a note) only worth knowing."""

    kind: str
    place: str
    text: str
    is_note: bool = False

    def __str__(self) -> str:
        return f"{'note: ' if self.is_note else ''}{self.kind}: {self.place}{': ' if self.place else ''}{self.text}"


class Report(NamedTuple):
    """What became of a file: what is to be said of it, and what was looked at.

    `functions` is how its formulas are written, `recalculated` how many of them the engine calculated, `held` what it
    holds beside cells (macros, links, embedded objects), `is_read` whether its cells were looked at; `error` says why a file cannot be looked at, and "" is none.
    """

    file: Path
    findings: tuple[Finding, ...] = ()
    version: str = ""
    functions: str = ""
    formulas: int = 0
    recalculated: int = 0
    engine: str = ""
    checks: int = 0
    held: tuple[str, ...] = ()
    is_read: bool = False
    error: str = ""

    @property
    def wrong(self) -> tuple[Finding, ...]:
        """What is wrong."""
        return tuple(finding for finding in self.findings if not finding.is_note)

    @property
    def verdict(self) -> str:
        """What comes of it, in words."""
        if self.error:
            return self.error
        return f"{counted(len(self.wrong), 'thing')} wrong" if self.wrong else "nothing wrong"

    @property
    def done(self) -> str:
        """What was looked at, in words."""
        if not self.is_read:
            return "its cells were not looked at"
        by = f"{counted(self.recalculated, 'formula')} recalculated by {self.engine}"
        told = by if self.recalculated else f"none of {counted(self.formulas, 'formula')} recalculated"
        return ", ".join([told, counted(self.checks, "check"), *_held(self.held)])


def _held(held: tuple[str, ...]) -> Iterator[str]:
    yield LINKS if LINKS in held else "no links"
    yield MACROS if MACROS in held else "no macros"
    if OBJECTS in held:
        yield OBJECTS


class Begun:
    """A workbook that is looked at, and recalculated meanwhile."""

    def __init__(self, path: Path, recalculates: Engine | None) -> None:
        self._engine, self._contents, self._future, self._is_uncalculated = recalculates, None, None, False
        self._report = Report(path)
        found: list[Finding] = []
        try:
            content = file_bytes(path)
        except XlhedgeError as error:
            self._report = Report(path, error=str(error))
            return
        try:
            archive = Archive(path.name, content)
            package = Package(archive)
            self._report = self._report._replace(held=tuple(archive.holds()))
            found += [Finding("file", "", fault) for fault in faults(package)]
            self._contents, self._is_uncalculated = contents_of(package), is_uncalculated(package)
            self._future = recalculates and recalculates.results(package)
        except Unreadable as error:
            found = found or [Finding("file", "", str(error))]
        if self._contents:
            found += _looked_through(path, self._contents)
        self._report = self._report._replace(findings=tuple(found))

    def report(self) -> Report:
        """The whole of it, as soon as the engine is done."""
        contents = self._contents
        if contents is None:
            return self._report
        fresh, trouble = _fresh(contents, self._engine, self._future)
        if self._is_uncalculated:
            contents = _calculated(contents, fresh or {})
        lost, is_done = _lost(contents, fresh or {}), fresh is not None
        checks = contents.values.get("Checks", {}) | (fresh.get("Checks", {}) if lost else {})
        found = [
            *_errors(contents, lost), *_own_checks(contents, checks), *_without_functions(contents, lost), *trouble,
        ]  # fmt: skip
        if is_done:
            found += _wrong_values(contents, fresh, self._engine.name, lost)
        return self._report._replace(
            findings=(*self._report.findings, *found), version=contents.version, functions=contents.mode,
            is_read=True, formulas=contents.count, recalculated=contents.count if is_done else 0, checks=len([*_lines(contents)]),
            engine=self._engine.told(contents.mode) if self._engine and is_done else "",
        )  # fmt: skip


def _looked_through(path: Path, contents: Contents) -> Iterator[Finding]:
    """What is to be said without a recalculation."""
    yield from _version(contents)
    yield from _definitions(contents)
    yield from _formulas(path, contents)


def _version(contents: Contents) -> Iterator[Finding]:
    if not contents.version:
        yield Finding(
            "version", "", "not written by xlhedge, or its mark was removed: formulas cannot be compared", True
        )
    elif contents.version != __version__:
        yield Finding("version", "", f"written by xlhedge {contents.version}, checked by {__version__}", True)


def _errors(contents: Contents, lost: set[tuple[str, str]]) -> Iterator[Finding]:
    """Cells that show an error, but for those that only lack functions."""
    for sheet, cells in contents.values.items():
        found = [(a, value) for a, value in cells.items() if is_error(value) and (sheet, a) not in lost]
        yield from _told("error value", sheet, found, "shows {}")


def _lines(contents: Contents) -> Iterator[str]:
    """The rows of the Checks sheet that hold a check."""
    cells = contents.values.get("Checks", {})
    yield from (address[1:] for address, value in cells.items() if address[0] == "G" and value in ("red", "amber"))


def _own_checks(contents: Contents, cells: dict[str, object]) -> Iterator[Finding]:
    """The lines of the Checks sheet, whose values are given, that do not say TRUE."""
    for address, value in cells.items():
        if address.startswith("F") and address in contents.formulas["Checks"] and value is not True:
            label = cells.get(f"A{address[1:]}", address)
            is_amber = cells.get(f"G{address[1:]}") == "amber" or address == CLEAN
            yield Finding("check", f"Checks!{address}", f"{label}: says {word(value)}", is_amber)


def _definitions(contents: Contents) -> Iterator[Finding]:
    """Functions that the workbook defines by LAMBDA otherwise than xlhedge does."""
    if contents.version == __version__ and contents.mode == "lambda":
        for name, text in _lambdas().items():
            if name in contents.names and not is_written(contents.names[name], text):
                yield Finding("formula", name, "the function that this name defines was changed")


@cache
def _lambdas() -> dict[str, str]:
    """The definition of every worksheet function that can be one, as a file stores it."""
    from .. import functions  # noqa: F401 - fills the registry
    from ..formula import lambda_definition
    from ..registry import FUNCTIONS

    found = {}
    for name, function in FUNCTIONS.items():
        with suppress(XlhedgeError):  # functions of tables are none
            found[name] = lambda_definition(function, prefixed=True)
    return found


def _formulas(path: Path, contents: Contents) -> Iterator[Finding]:
    """Formulas that differ from those that xlhedge writes for the same holdings."""
    if contents.version != __version__:
        return
    from ..intake import read_portfolios
    from ..plan import FRESH, old_prices
    from ..workbook.sheets.scenario_set import rows_there
    from ..workbook.sheets.stress import STRESS

    try:
        portfolios, errors = read_portfolios(path, tells=False)
    except XlhedgeError as error:
        yield Finding("input", "Inputs", str(error))
        return
    if errors or len(portfolios) != 1:
        yield from (Finding("input", "", str(error)) for error in errors[:MOST_TOLD])
        return
    if age := old_prices(portfolios[0]):
        yield Finding("check", "Inputs", f"{FRESH}: {age}", True)
    sets = portfolios[0].sets
    rows = (rows_there(contents.formulas.get(title, {})) for title in (STRESS.name, *sets))
    room = contents.room._replace(scenarios=tuple(rows))  # somebody may have copied a set since
    try:
        expected = _expected(portfolios[0], contents.mode, room, contents.left_out)
    except XlhedgeError as error:  # what was typed on another sheet than Inputs
        yield Finding("input", "", str(error))
        return
    for sheet, formulas in expected.items():
        there = contents.formulas.get(sheet, {})
        if sheet in sets and there.keys() == expected[STRESS.name].keys():  # a copy of Stress is a set too
            formulas = expected[STRESS.name]
        values = contents.values.get(sheet, {})
        wrong = [
            (a, instead(there.get(a, values.get(a)), text))
            for a, text in formulas.items() if not is_written(there.get(a), text)
        ]  # fmt: skip
        yield from _told("formula", sheet, wrong, "was changed: holds {}")
        extra = [(a, text) for a, text in there.items() if a not in formulas and text not in TYPED_FLAGS]
        yield from _told("formula", sheet, extra, "was added: {}", True)


_formulas_of: OrderedDict[tuple, dict[str, dict[str, str]]] = OrderedDict()


def _expected(portfolio: Portfolio, mode: str, room: Room, left_out: tuple[str, ...]) -> dict[str, dict[str, str]]:
    """The formulas that xlhedge writes for a portfolio, without the sheets left out; those of one shape have the same."""
    from ..workbook.model import EMPTY, build_model
    from ..workbook.portfolios import rows_in_use, shape
    from ..workbook.selection import without

    key = shape(portfolio), rows_in_use(portfolio).larger(room), mode, left_out
    if key not in _formulas_of:
        _formulas_of[key] = build_model(portfolio, mode, room, EMPTY, without(left_out), exactly=True).formulas()
        while len(_formulas_of) > MOST_SHAPES:
            _formulas_of.popitem(last=False)
    _formulas_of.move_to_end(key)
    return _formulas_of[key]


def _fresh(
    contents: Contents, recalculates: Engine | None, future: Future[Results] | None
) -> tuple[Results | None, list[Finding]]:
    """What an independent recalculation gives, or None and why there is none."""
    if recalculates is None:
        return None, [Finding("recalculation", "", "left out: neither LibreOffice nor formualizer is here", True)]
    try:
        fresh = future.result()
    except Exception as error:  # the engines are stricter with packages than others, each in its own words
        told = " ".join(str(error).split())[:MOST_TOLD_OF_ERROR]
        return None, [Finding("recalculation", "", f"{recalculates.name} cannot read the workbook ({told})")]
    if contents.mode in LACKING and _lacks_functions(contents, fresh, recalculates.has_functions):
        told = f"left out: the formulas need {LACKING[contents.mode]}, which {recalculates.name} does not have here"
        return None, [Finding("recalculation", "", told, True)]
    return fresh, []


def _calculated(contents: Contents, fresh: Results) -> Contents:
    """Contents whose formulas have no values, with those of the recalculation."""
    both = {sheet: cells | fresh.get(sheet, {}) for sheet, cells in contents.values.items()}
    return contents._replace(
        values={sheet: {a: v for a, v in cells.items() if v is not None} for sheet, cells in both.items()}
    )


def _lost(contents: Contents, fresh: Results) -> set[tuple[str, str]]:
    """Cells that show an error and have none when they are recalculated with the functions that they need."""
    return {
        (sheet, a)
        for sheet, formulas in contents.formulas.items() for a in formulas
        if contents.mode in LACKING and is_error(contents.values[sheet].get(a))
        and a in fresh.get(sheet, {}) and not is_error(fresh[sheet][a])
    }  # fmt: skip


def _without_functions(contents: Contents, lost: set[tuple[str, str]]) -> Iterator[Finding]:
    """That a workbook was saved by a program that could not calculate it."""
    if lost:
        told = f"{counted(len(lost), 'cell')} of {len({sheet for sheet, _ in lost})} sheets show errors: it was last calculated"
        remedy = "open it where they are and recalculate, or build it with --functions native"
        yield Finding("value", "", f"{told} by a program without {LACKING[contents.mode]}; {remedy}")


def _wrong_values(contents: Contents, fresh: Results, engine: str, lost: set[tuple[str, str]]) -> Iterator[Finding]:
    """Cached values that the recalculation does not give; those that follow from lost ones are no news."""
    for sheet, formulas in contents.formulas.items() if not lost else ():
        old, new = contents.values[sheet], fresh.get(sheet, {})
        wrong = [
            (a, f"{word(old.get(a))}, {engine} gives {word(new.get(a))}")
            for a in formulas
            if not _same(old.get(a), new.get(a))
        ]
        yield from _told("value", sheet, wrong, "holds {}")


def _lacks_functions(contents: Contents, fresh: Results, has_functions: bool) -> bool:
    """Whether a cell that shows a value gives an error where it is recalculated: that of an unknown name, or any."""
    sign = NAME if has_functions else "#"
    return any(
        not is_error(contents.values[sheet].get(a)) and str(fresh.get(sheet, {}).get(a)).startswith(sign)
        for sheet, formulas in contents.formulas.items() for a in formulas
    )  # fmt: skip


def _same(old: object, new: object) -> bool:
    old, new = (sheet_number(as_stored(v)) if isinstance(v, datetime.date) else v for v in (old, new))
    if isinstance(old, bool) or isinstance(new, bool):
        return old == new
    if isinstance(old, (int, float)) and isinstance(new, (int, float)):
        return math.isclose(old, new, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
    if is_error(old) and isinstance(new, str) and new.startswith("#"):
        return True
    return (old or "") == (new or "")


def _told(
    kind: str, sheet: str, cells: list[tuple[str, object]], text: str, is_note: bool = False
) -> Iterator[Finding]:
    for address, detail in cells[:MOST_TOLD]:
        yield Finding(kind, f"{sheet}!{address}", text.format(detail), is_note)
    if len(cells) > MOST_TOLD:
        yield Finding(kind, sheet, f"and {len(cells) - MOST_TOLD} more", is_note)
