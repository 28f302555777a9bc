"""The portfolios of a run as a stream: split and told apart here, checked by whoever builds them."""

import hashlib
import os
import pickle
from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

from ..contracts import ENVIRONMENT, FactTable, environment_table
from ..contracts.quotes import Snapshot
from ..errors import FileError, Unreadable, shown
from ..files import LARGEST_STREAMED
from ..portfolio import Portfolio, RowError, RowErrors, own_table
from ..portfolio.assemble import NO_SETS, NOTHING, Heading, Kept, Reader, ReadFrom, Sets
from ..portfolio.doubts import setting_doubts
from ..portfolio.mistakes import BEYOND, file_mistake
from ..portfolio.prices import Prices, open_snapshot
from ..portfolio.scenarios import Scenario, sheet_scenarios
from ..portfolio.settings import Settings, Told, sheet_layer, told_layers
from ..portfolio.tables import check_file
from ..portfolio.trades import Account
from ..rows import Row
from .asked import Asked
from .by_portfolio import Intake
from .digests import Digests
from .extent import extent
from .logged import with_coins, with_log
from .spool import rows_of
from .tables import TABLES, Opened, name_of, open_holdings, open_positions, tables_in

SHEET, FILE = BEYOND, 2 * BEYOND
"""Where the rows of a sheet of positions are numbered from, and those of a file of positions."""
NO_TABLE = Heading("", ())
NO_LEDGERS: Mapping[str, Account] = {}


class Input(NamedTuple):
    """A file that a run reads: what it is read for, its name, and the sha256 of its content."""

    role: str
    name: str
    sha256: str


class Origin(NamedTuple):
    """What the rows of one table share: its headings, those of its positions included, its file, and what its sheets tell."""

    headings: tuple[Heading, ...]
    source: str
    settings: list[Told]
    table: FactTable | None
    stress: tuple[Scenario, ...] | None = None
    sets: Sets = NO_SETS
    kept: Kept = NOTHING
    notes: tuple[str, ...] = ()
    functions: str = ""
    room: tuple[int, int, int] = (0, 0, 0)
    read_from: ReadFrom = ReadFrom()


class Content(NamedTuple):
    """The rows of a group as they were kept, and their origin where there are several."""

    numbers: str
    cells: str
    origin: bytes


class Group(NamedTuple):
    """A portfolio as it stands in the input, for a `Checker` to make a Portfolio of.

    `index` is its place among the portfolios, `digest` stands for all of the input that concerns it, `size` is the
    number of its rows, and `extent` about how many assets and positions they have. `mark` is the digest without what a
    workbook says that it was made from.
    """

    index: int
    name: str
    digest: str
    size: int
    content: Content
    extent: tuple[int, int] = (1, 1)
    mark: str = ""


class Refused(NamedTuple):
    """A portfolio that cannot be built, with every mistake in it."""

    name: str
    errors: tuple[RowError, ...]


class Checker:
    """Makes portfolios of groups; it can be sent to other processes."""

    def __init__(
        self,
        origin: Origin | None,
        layers: list[list[Told]],
        table: FactTable | None,
        snapshot: Snapshot | None = None,
        replaces: bool = False,
        ledgers: Mapping[str, Account] = NO_LEDGERS,
    ) -> None:
        self._given = origin, layers, table, snapshot, replaces, ledgers
        self._origin, self._layers, self._table, self.snapshot = self._given[:4]
        self._prices = Prices(snapshot, replaces) if snapshot else None
        self._replaces, self.ledgers = replaces, ledgers
        self._last: tuple[bytes, Reader] | None = None

    def __reduce__(self) -> tuple:
        return Checker, self._given

    def with_ledgers(self, ledgers: Mapping[str, Account]) -> "Checker":
        """One for portfolios with these ledgers, by their names."""
        return Checker(*self._given[:5], ledgers)

    def check(self, group: Group) -> Portfolio | Refused:
        """The portfolio of a group, or every mistake in it."""
        numbers, cells, at = group.content
        if self._last is None or self._last[0] != at:
            origin = self.origin(at)
            settings, table = self.settings(origin), self.table(origin)
            self._last = (
                at,
                Reader(origin.headings, origin.source, settings, table, origin[4:], self._prices, self._replaces),
            )
        ledger = self.ledgers.get(group.name)
        portfolio, wrong = self._last[1].read(group.name, rows_of(numbers, cells), ledger)
        portfolio = portfolio if wrong else with_coins(portfolio)._replace(digest=group.mark)
        if not wrong and ledger:
            try:
                return with_log(portfolio, ledger)
            except RowErrors as error:
                wrong = error.errors
        return Refused(group.name, tuple(wrong)) if wrong else portfolio

    def origin(self, content: bytes) -> Origin:
        """The origin of a group's rows: its own, or that of all."""
        return pickle.loads(content) if content else self._origin

    def settings(self, origin: Origin) -> Settings:
        """The settings of the portfolios of an origin."""
        return Settings([origin.settings, *self._layers])

    def table(self, origin: Origin) -> FactTable | None:
        """The user's own contracts for the portfolios of an origin."""
        return origin.table or self._table


class Source:
    """The input of a run, read once; its portfolios come as a stream of groups.

    `files` are all the files that were read, and `checker` makes portfolios of the groups. A mistake that may touch
    every portfolio raises RowErrors at once, or is among `common` where all mistakes are asked for; a file that cannot
    be read raises FileError. It takes an `Asked`, or what one is made of.
    """

    def __init__(self, *told, all_mistakes: bool = False, **named) -> None:
        asked = Asked.of(*told, **named)
        self._intake, self._all_mistakes = Intake(), all_mistakes
        self._opens_as = LARGEST_STREAMED, asked.ignore_columns, asked.prices is not None, asked.tells
        self.common: list[RowError] = []
        self.files: list[Input] = []
        contracts = asked.contracts or os.environ.get(ENVIRONMENT)
        errors, beside = [], {"settings": asked.settings, "contracts": contracts, "prices": asked.prices}
        with ExitStack() as inputs:
            self.files += [inputs.enter_context(unchanged(role, Path(path))) for role, path in beside.items() if path]
            given = own_table(asked.contracts)
            self._layers = told_layers(asked.settings, asked.overrides or {}, errors)
            self._table = given or environment_table()
            self._reads_contracts = given is None
            self._market = open_snapshot(asked.prices), asked.replaces
        self._told(errors)
        self._ledger_name = asked.ledger.name if asked.ledger else ""
        self.checker = self._read_both(Path(asked.holdings), asked.positions)
        if asked.ledger:
            self._read_ledger(asked.ledger, Path(contracts) if contracts else None)
        spool, wrong = self._intake.spool, self._intake.wrong
        self._lost = self._intake.lost + Settings(self._layers).without_holdings(spool)
        for name in [name for name in wrong if name not in spool]:
            self._lost += wrong.pop(name)

    def names(self) -> Iterator[str]:
        """The name of every portfolio, in the order of the input."""
        return iter(self._intake.spool)

    @property
    def assets(self) -> set[str]:
        """Every asset that a portfolio holds, as it is spelled there."""
        return {str(asset) for asset in self._intake.assets if asset is not None}

    def doubts(self) -> list[str]:
        """What looks like a slip in the settings that are told for every portfolio, beside the holdings."""
        return [*setting_doubts(Settings(self._layers))]

    def finish(self) -> list[RowError]:
        """The mistakes of no one portfolio: rows whose portfolio cannot be read, settings of absent portfolios."""
        return self._lost

    def groups(self) -> Iterator[Group | Refused]:
        """Every portfolio, in the order of the input."""
        wrong, digests = self._intake.wrong, Digests(self.checker)
        for kept in self._intake.spool.kept():
            if not kept.cells:
                yield Refused(kept.name, tuple(wrong[kept.name]))
                continue
            content = Content(kept.numbers, kept.cells, kept.origin)
            size, mark = kept.numbers.count(" ") + 1, digests.of(kept)
            digest = hashlib.sha256(f"{mark}{digests.made_from}".encode()).hexdigest()
            about = extent(digests.header, kept.numbers, kept.cells)
            group = Group(kept.index, kept.name, digest, size, content, about, mark)
            if kept.name not in wrong:
                yield group
                continue
            found = self.checker.check(group)
            also = found.errors if isinstance(found, Refused) else ()
            yield Refused(kept.name, (*wrong[kept.name], *also))

    def _told(self, errors: list[RowError]) -> None:
        """Remember mistakes in settings; one that touches every portfolio ends it all."""
        common = [error for error in errors if not error.portfolio]
        if common and not self._all_mistakes:
            raise RowErrors(errors)
        self.common += common
        for error in errors:
            if error.portfolio:
                self._intake.blame(error.portfolio, [error])

    def _read_both(self, holdings: Path, positions: Path | None) -> Checker:
        """Take in the holdings, then the positions that stand in a file of their own."""
        self._positions = NO_TABLE
        if positions is None:
            return self._read(holdings)
        with unchanged("positions", Path(positions)) as told:
            self.files.append(told)
            table = open_positions(Path(positions), LARGEST_STREAMED)
            self._positions = Heading(table.file, tuple(table.header))
            checker = self._read(holdings)
            self._intake.take_positions(table, self._intake.spool, FILE)
        return checker

    def _read(self, holdings: Path) -> Checker:
        """Take in the one table, or every table of a folder."""
        if holdings.is_dir():
            self._read_folder(holdings)
            return Checker(None, self._layers, self._table, *self._market)
        with unchanged("holdings", holdings) as told:
            self.files.append(told)
            opened = open_holdings(holdings, *self._opens_as)
            errors: list[RowError] = []
            origin = self._origin(opened, errors)
            self._told(errors)
            names = self._take(opened)
        self._intake.lost += Settings([origin.settings]).without_holdings(names)
        return Checker(origin, self._layers, self._table, *self._market)

    def _read_ledger(self, path: Path, contracts: Path | None) -> None:
        """Give each portfolio its part of the ledger; rows of an account that is none of theirs are mistakes of no one portfolio."""
        from ..ledger.positions import read_accounts

        errors: list[RowError] = []
        with unchanged("ledger", path) as told:
            self.files.append(told)
            ledgers = read_accounts(path, [*self._intake.spool], contracts, self._table, errors)
        self._intake.lost += [error for error in errors if error.value is not None]
        self._told([error for error in errors if error.value is None])
        self.checker = self.checker.with_ledgers(ledgers)

    def _read_folder(self, folder: Path) -> None:
        """Take in every table of a folder; one that cannot be read is a portfolio refused, called as its file."""
        found = False
        for path in tables_in(folder):
            found = True
            try:
                if path.is_symlink():
                    raise Unreadable(path.name, "is a link; links in a folder are not followed")
                with unchanged("holdings", path) as told:
                    self.files.append(told)
                    self._read_one_of_many(path)
            except RowErrors as error:
                self._intake.refuse(name_of(path), path.name, error.errors)
            except FileError as error:
                told = error if isinstance(error, Unreadable) else Unreadable(path.name, str(error))
                self._intake.refuse(name_of(path), path.name, [file_mistake(told)])
        if not found:
            raise Unreadable(folder, f"holds no file that ends in {', '.join(TABLES)}")

    def _read_one_of_many(self, path: Path) -> None:
        opened = open_holdings(path, *self._opens_as)
        errors: list[RowError] = []
        origin = self._origin(opened, errors)
        if opened.is_filled_in:  # its title may still be the template's: the file's name tells it apart
            rows = (Row(row.number, [None, *row.cells[1:]]) for row in opened.rows)
            opened = opened._replace(rows=rows)
        names = self._take(opened, pickle.dumps(origin))
        errors += Settings([origin.settings]).without_holdings(names)
        for error in errors:
            for name in [error.portfolio] if error.portfolio in names else names:
                self._intake.blame(name, [error])

    def _take(self, opened: Opened, origin: bytes = b"") -> Collection[str]:
        """Take in the rows of a table, with those of its sheet of positions, and return the names of its portfolios."""
        names = self._intake.take(opened, origin)
        if opened.positions:
            self._intake.take_positions(opened.positions, names, SHEET)
        return names

    def _origin(self, opened: Opened, errors: list[RowError]) -> Origin:
        """What the rows of a table share; mistakes in what stands beside it are added to `errors`."""
        errors += opened.mistakes
        settings = [told for sheet in opened.settings for told in sheet_layer(sheet, errors)]
        errors += _told_twice(settings)
        table = own_table(None, opened.contracts) if self._reads_contracts else None
        stress = sheet_scenarios(opened.stress, errors)
        read = ((title, sheet_scenarios(sheet, errors)) for title, sheet in opened.sets.items())
        sets = {title: scenarios for title, scenarios in read if scenarios is not None}
        beside = opened.positions
        sheet = Heading(beside.file, tuple(beside.header)) if beside else NO_TABLE
        ledger = Heading(self._ledger_name, ())
        headings = (Heading(opened.file, tuple(opened.header)), sheet, self._positions, ledger)
        return Origin(
            headings, opened.source, settings, table, stress, sets, opened.kept, opened.notes, opened.functions,
            opened.room, opened.read_from,
        )  # fmt: skip


def _told_twice(settings: list[Told]) -> Iterator[RowError]:
    """The settings that two sheets of a workbook tell otherwise."""
    first: dict[tuple[str, str], Told] = {}
    for told in settings:
        earlier = first.setdefault((told.portfolio, told.name), told)
        if earlier.value != told.value:
            rule = f"is {shown(earlier.value)} in {earlier.file} row {earlier.row}; keep one of the two"
            yield RowError(told.file, told.row, told.name, told.value, rule, told.portfolio)


@contextmanager
def unchanged(role: str, path: Path) -> Iterator[Input]:
    """A file that is read meanwhile, whose content must be the same afterwards."""
    told = Input(role, path.name, _hashed(path))
    yield told
    if _hashed(path) != told.sha256:
        raise Unreadable(path.name, "changed while it was read; run again")


def _hashed(path: Path) -> str:
    try:
        if path.is_file() and not path.stat().st_size:  # an input as well; whoever reads it says that it is empty
            return hashlib.sha256().hexdigest()
        check_file(path, LARGEST_STREAMED)
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise Unreadable(path, f"cannot be read: {error.strerror}") from None
