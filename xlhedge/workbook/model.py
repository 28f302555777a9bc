"""The hedge workbook of a portfolio: the parts of its sheets, each laid out once the figures that it takes are there."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from ..elementary import where
from ..errors import shown
from ..portfolio import Portfolio
from ..portfolio.fields import SETTING_FIELDS
from ..portfolio.scenarios import Scenario
from .figures import figures_of
from .grid.cells import LayoutError, Style
from .grid.overlap import check_overlaps
from .grid.record import SheetRecord, fields, needs, wants
from .grid.sheet import UNDATED, Book, Sheet
from .grid.theme import FAILS, LEVELS, PASSES, PASSES_BUT, ROLES
from .portfolios import NO_ROOM, Portfolios, Room
from .sheets import SHEETS
from .sheets.contracts import CONTRACTS
from .sheets.scenario_set import BLANK_SET, is_of_scenarios, set_record
from .sheets.tiers import TIERS

FLAG_WIDTH = 16
LEVELS_ROW = 3
"""Row of the alarm levels of distances: it is frozen, so that they are in sight of what they colour."""
EMPTY: Mapping = MappingProxyType({})
NOT_SHOWN = ("ladder_prices",)
"""Settings that no sheet shows: the prices of the ladder stand there as moves."""


def build_model(
    portfolios: Portfolio | Sequence[Portfolio],
    mode: str = "native",
    room: Room = NO_ROOM,
    scenarios: Mapping[str, tuple[Scenario, ...]] = EMPTY,
    records: Sequence[SheetRecord] = SHEETS,
    exactly: bool = False,
) -> Book:
    """Build the workbook's sheets, formulas and values, with room for at least so many rows, or `exactly` so many.

    Several portfolios, all of one shape, are computed together. `scenarios` are further scenario sets, which take the
    place of the portfolio's own of the same title, each on a sheet of its own behind the Stress sheet. Unless one of them
    is blank, or the workbook is to be `exactly` as it was, a blank set follows.
    """
    together = Portfolios([portfolios] if isinstance(portfolios, Portfolio) else portfolios, room, exactly)
    with np.errstate(all="ignore"):
        sets = [*{**together.first.sets, **scenarios}.items()]
        if not exactly and all(each for _, each in sets):
            sets.append((BLANK_SET, ()))
        return _Model(together, mode, _with_sets(records, sets)).build()


def _with_sets(records: Sequence[SheetRecord], sets: Sequence[tuple[str, Sequence[Scenario]]]) -> list[SheetRecord]:
    """The records of all sheets, those of scenario sets behind Stress."""
    found = [*records]
    names = set_names([title for title, _ in sets], records)
    for number, (name, (_, scenarios)) in enumerate(zip(names, sets), 1):
        last = max((i for i, record in enumerate(found) if is_of_scenarios(record)), default=len(found) - 1)
        found.insert(last + 1, set_record(name, scenarios, number))
    return found


def set_names(titles: Iterable[str], records: Sequence[SheetRecord]) -> list[str]:
    """The names of the sheets of scenario sets of these titles, beside the sheets of some records."""
    taken = [record.name for record in records]
    for title in titles:
        taken.append(legal_sheet_name(title, taken))
    return taken[len(records) :]


class _Model:
    """The sheets of a workbook, and the figures that their parts have returned so far."""

    def __init__(self, portfolios: Portfolios, mode: str, records: Sequence[SheetRecord]) -> None:
        self._portfolios, self._records = portfolios, records
        self._book = Book(mode)
        self._book.count = len(portfolios)
        names = {record.name for record in records}
        self._book.left_out = tuple(record.name for record in SHEETS if record.name not in names)
        self._figures = {"portfolios": portfolios, "mode": mode, "records": records}
        self._places = _places(records)
        self._done: dict[str, int] = {}
        self._asked: list[str] = []

    def build(self) -> Book:
        """Lay out every part of every sheet."""
        _check_settings(self._records)
        for record in self._records:
            sheet = self._book.sheet(record.name, record.purpose, record.names, self._portfolios.kept(record.name))
            sheet.freeze, sheet.flag_column, sheet.tab = record.freeze, record.flag_column, record.tab
            sheet.is_printed, sheet.printed_with = record.printed, record.printed_with
        for record in self._records:
            self._lay_out(record, len(record.parts))
        for name in ("held", "positions", "checks"):  # the workbook needs them whatever its sheets are
            if name not in self._figures:
                raise LayoutError(f"no part of a sheet in the list returns {name}")
        self._heads()
        for record in self._records:
            _check_typed(record, self._book.sheets[record.name])
            check_overlaps(self._book.sheets[record.name])
        given, book = self._figures, self._book
        book.titles = [f"xlhedge: {portfolio.name}" for portfolio in self._portfolios.portfolios]
        book.times = [portfolio.settings.price_time or UNDATED for portfolio in self._portfolios.portfolios]
        book.room, book.checks = self._room().numbers, given["checks"].lines
        book.parts = {name: given[name] for name in self._places if given[name] is not None}
        book.figures = figures_of(**{name: given[name] for name in needs(figures_of)})._asdict()
        return book

    def _room(self) -> Room:
        """The rows of every table that has spare ones."""
        rows = {record.name: self._book.sheets[record.name].rows for record in self._records}
        scenarios = tuple(rows[record.name] for record in self._records if is_of_scenarios(record))
        contracts, tiers = (rows.get(record.name, 0) for record in (CONTRACTS, TIERS))
        return self._portfolios.room._replace(contracts=contracts, tiers=tiers, scenarios=scenarios)

    def _lay_out(self, record: SheetRecord, count: int) -> None:
        """Lay out the first parts of a sheet, from the top down, each with the figures that it names."""
        sheet = self._book.sheets[record.name]
        for i in range(self._done.get(record.name, 0), count):
            part = record.parts[i]
            names = (*needs(part), *(name for name in wants(part) if name in self._places))
            taken = {name: sheet if name == "sheet" else self._figure(name, part) for name in names}
            if self._done.get(record.name, 0) > i:
                continue  # somebody further on needed it meanwhile
            made = part(**taken)
            self._done[record.name] = i + 1
            if self._places.get(_name(part)) == (record.name, i):
                self._figures[_name(part)] = made

    def _figure(self, name: str, part: Callable):
        """What another part returns, which is laid out first where it is not yet."""
        if name not in self._figures:
            if name not in self._places:
                raise LayoutError(f"{_name(part)} takes {name}, which no part of a sheet in the list returns")
            if name in self._asked:
                raise LayoutError(f"parts need each other in a circle: {', '.join(self._asked)} and {name}")
            self._asked.append(name)
            sheet, i = self._places[name]
            self._lay_out(next(record for record in self._records if record.name == sheet), i + 1)
            self._asked.pop()
        return self._figures[name]

    def _heads(self) -> None:
        """Title, purpose and the master flag at the top of every sheet."""
        checks = self._figures["checks"]
        flag = where(checks.master, where(checks.clean, PASSES, PASSES_BUT), FAILS)
        for sheet in self._book.sheets.values():
            title = self._portfolios.each(lambda portfolio, sheet=sheet: f"{portfolio.name}: {sheet.name}")
            sheet.text(1, 1, title, "title")
            sheet.text(2, 1, sheet.purpose, "purpose")
            if sheet.name != "Checks":
                sheet.widen(sheet.flag_column, FLAG_WIDTH)
                sheet.computed(1, sheet.flag_column, flag, Style("flag", "text", "master"))
                sheet.computed(1, sheet.flag_column + 1, checks.first, Style("failing"))
            if any(block.style.alarm == "distance" for block in sheet.blocks):
                _put_levels(sheet, self._figures["settings"])


def _put_levels(sheet: Sheet, settings) -> None:
    """The alarm levels beside what else stands in their row, where the conditional formats of the sheet find them."""
    taken = [block.column + block.shape[1] for block in sheet.blocks if block.row == LEVELS_ROW]
    column = max(sheet.flag_column, *taken, 0) + 1
    for color, (label, name) in LEVELS.items():
        sheet.text(LEVELS_ROW, column, label, "unit")
        level = sheet.computed(LEVELS_ROW, column + 1, getattr(settings, name), Style("link", "share"))
        sheet.levels[color] = level.node
        column += 2


def _name(part: Callable) -> str:
    """The name of what a part returns."""
    return getattr(part, "__name__", "")


def _places(records: Sequence[SheetRecord]) -> dict[str, tuple[str, int]]:
    """Where each figure comes from: the sheet and the part of it."""
    places: dict[str, tuple[str, int]] = {}
    for record in records:
        for i, part in enumerate(record.parts):
            name = _name(part)
            if name in places:
                raise LayoutError(f"{places[name][0]} and {record.name} both have a part {name}")
            if name:
                places[name] = record.name, i
    return places


def _check_settings(records: Sequence[SheetRecord]) -> None:
    """Every setting stands on a sheet, once."""
    shown = [field.name for record in records for declared in record.settings for field in fields(declared)]
    missing = {*SETTING_FIELDS} - {*shown} - {*NOT_SHOWN}
    twice = {name for name in shown if shown.count(name) > 1}
    for names, what in (
        (missing, "no sheet shows"),
        (twice, "are shown twice"),
        ({*shown} - {*SETTING_FIELDS}, "are none"),
    ):
        if names:
            raise LayoutError(f"settings that {what}: {', '.join(sorted(names))}")


def _check_typed(record: SheetRecord, sheet: Sheet) -> None:
    """What is typed on the sheet is what the record declares; any other value that looks like a formula's is declared fixed."""
    declared = Counter(field.name for each in record.typed for field in fields(each))
    written = Counter(block.typed for block in sheet.blocks if block.typed)
    for name in declared.keys() | written.keys():
        if declared[name] != written[name] and not (name in record.optional and not written[name]):
            raise LayoutError(
                f"{record.name}: {name} is declared {declared[name]} times and there {written[name]} times"
            )
    for block in sheet.blocks:
        if ROLES[block.style.role].border and block.node is None and not block.typed:
            if other := {*block.values.flat} - {*record.fixed}:
                raise LayoutError(
                    f"{record.name}!{block.area} looks like a formula and holds {shown(other.pop())}, which is not fixed"
                )


def legal_sheet_name(title: str, taken: Iterable[str]) -> str:
    """A title as a sheet name that every spreadsheet takes: at most 31 characters, none of []:*?/\\, not yet taken."""
    plain = "".join(" " if c in "[]:*?/\\'" else c for c in title).strip()[:31].strip() or "Scenarios"
    plain = f"{plain} scenarios"[:31] if plain.lower() == "history" else plain
    used, number, name = {t.casefold() for t in taken}, 1, plain
    while name.casefold() in used:
        number += 1
        name = f"{plain[: 31 - len(str(number)) - 1]} {number}"
    return name


class CheckLine(NamedTuple):
    """What a check says of one portfolio: whether it passes, the first asset that fails it or "", its figure and limit."""

    name: str
    severity: str
    passed: bool
    subject: str
    figure: float
    limit: float


def failed_checks(book: Book, portfolio: int = 0, severity: str = "red") -> list[str]:
    """The names of the checks of a severity that say FALSE for a portfolio."""
    return [line.name for line in checked(book, portfolio) if line.severity == severity and not line.passed]


def checked(book: Book, portfolio: int = 0) -> list[CheckLine]:
    """Every check of a portfolio, in the order of the sheet."""
    return [
        CheckLine(name, line.severity, *(values[min(portfolio, len(values) - 1)] for values in line[1:]))
        for name, line in book.checks.items()
    ]
