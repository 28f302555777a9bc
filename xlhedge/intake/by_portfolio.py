"""Take tables in row by row: which portfolio a row belongs to, and whom it concerns when that cannot be told."""

from collections.abc import Collection, Iterable

from ..errors import Unreadable
from ..portfolio import RowError
from ..portfolio.check import RowChecker
from ..portfolio.fields import HOLDING_FIELDS
from ..portfolio.settings import close_to
from ..portfolio.values import Broken, read_value
from ..rows import Row
from .spool import Spool
from .tables import Further, Opened

NAMELESS = ""
"""What the rows without a name are kept under until the end of their table tells whose they are."""


class Naming:
    """Says which portfolio a row belongs to, and remembers the rows of which it cannot say it.

    `is_named` tells whether any row so far has a name, one that cannot be read included.
    """

    def __init__(self, opened: Opened | Further) -> None:
        self._file = opened.file
        self._at = opened.header.index("portfolio") if "portfolio" in opened.header else None
        self._checker = RowChecker(opened.file, opened.header)
        self._last: tuple[object, str] = ("", "")
        self.is_named = False
        self.unreadable: list[RowError] = []
        self.unnamed: list[int] = []

    def of(self, row: Row) -> str | None:
        """The name of a row's portfolio, "" when it has none; None when it cannot be read: its mistakes are kept."""
        at = self._at
        cell = row.cells[at] if at is not None and at < len(row.cells) else None
        if cell is None:
            self.unnamed.append(row.number)
            return ""
        if cell != self._last[0] or type(cell) is not str:  # what is equal may be spelled in other ways: 1 and True
            self.is_named = True
            try:
                self._last = cell, read_value(HOLDING_FIELDS["portfolio"], cell)
            except Broken:
                self.unreadable += self._checker.check(row)[1]
                return None
        return self._last[1]

    def nameless(self, row: int) -> RowError:
        """The mistake of a row without a name where other rows have one."""
        why = "other rows name a portfolio" if self.is_named else "there are several portfolios"
        return RowError(self._file, row, "portfolio", None, f"is required, as {why}")

    def check_any(self) -> None:
        """Refuse a table that had no row."""
        if not self.is_named and not self.unnamed:
            raise Unreadable(self._file, "has a header but no holdings below it")


class Intake:
    """The rows of all tables by portfolio, the mistakes of single portfolios, those of none, and the assets met."""

    def __init__(self) -> None:
        self.spool = Spool()
        self.wrong: dict[str, list[RowError]] = {}
        self.lost: list[RowError] = []
        self.assets: set[object] = set()
        self._file_of: dict[str, str] = {}
        self._file = ""
        self._names: dict[str, bool] = {}

    def blame(self, name: str, errors: Iterable[RowError]) -> None:
        """Refuse a portfolio for these mistakes, beside any of its own."""
        self.wrong.setdefault(name, []).extend(error._replace(portfolio=name) for error in errors)

    def refuse(self, name: str, source: str, errors: Iterable[RowError]) -> None:
        """Refuse all portfolios of a table that came to nothing, or take in one of this name to be refused."""
        errors = [*errors]
        if self._file != source:
            self._begin(source, b"")
        self.spool.drop(NAMELESS)
        if not self._names:
            self._is_here(name, 0)
            self.spool.index(name)
        for each in self._names:
            self.blame(each, errors)

    def take(self, opened: Opened, origin: bytes = b"") -> Collection[str]:
        """Take in the rows of a table and return the names of its portfolios."""
        self._begin(opened.source, origin)
        naming, gaps, last = Naming(opened), _Gaps(), None
        asset = opened.header.index("asset")
        for row in opened.rows:
            name = naming.of(row)
            if name != last or not name:
                gaps.met(row.number, name)
            last = name
            if name == NAMELESS or (name and self._is_here(name, row.number)):
                self.spool.add(name, row)
                self.assets.update(row.cells[asset : asset + 1])
        naming.check_any()
        if naming.is_named:
            self.spool.drop(NAMELESS)
            self._blame_beside(naming, gaps)
        elif naming.unnamed and self._is_here(opened.default, naming.unnamed[0]):
            self.spool.rename(NAMELESS, opened.default)
        else:
            self.spool.drop(NAMELESS)
        return self._names

    def take_positions(self, table: Further, names: Collection[str], beyond: int) -> None:
        """Take in a table of positions of portfolios of these names; its rows are numbered from `beyond` on.

        A row without a name is of the only portfolio; where there are several it concerns those above and below it. Rows
        of a portfolio that is another table's are passed over: it is refused already.
        """
        naming, gaps, last = Naming(table), _Gaps(), None
        only = next(iter(names)) if len(names) == 1 else None
        for row in table.rows:
            name = naming.of(row)
            name = only if name == "" and only is not None else name
            if name != last or not name:
                gaps.met(row.number, name)
            last = name
            if name and name not in names:
                rule = f"has no holdings{close_to(name, names)}"
                self.lost.append(RowError(table.file, row.number, "portfolio", name, rule, name))
            elif name and name in self.spool and self._names.get(name, True):
                self.spool.add(name, Row(beyond + row.number, row.cells))
        if only is None:
            self._blame_beside(naming, gaps)
        elif naming.unreadable:
            self.blame(only, naming.unreadable)

    def _begin(self, source: str, origin: bytes) -> None:
        self.spool.begin(origin)
        self._file, self._names = source, {}

    def _is_here(self, name: str, row: int) -> bool:
        """Whether a portfolio is this table's; one of two files is refused, as nothing says which of them is right."""
        first = self._file_of.setdefault(name, self._file)
        if name not in self._names:
            self._names[name] = first == self._file
            if not self._names[name]:
                rule = f"stands in {first} already; keep one of the two"
                self.blame(name, [RowError(self._file, row, "portfolio", name, rule)])
        return self._names[name]

    def _blame_beside(self, naming: Naming, gaps: "_Gaps") -> None:
        """Blame whom rows of no portfolio may concern, as one of them is short of a row.

        A row without a name concerns those above and below it (merged cells leave blanks); one whose name cannot be
        read concerns a portfolio only when it stands amid its rows.
        """
        unreadable: dict[int, list[RowError]] = {}
        for error in naming.unreadable:
            unreadable.setdefault(error.row, []).append(error)
        for above, below, rows in gaps.found():
            for row in rows:
                errors = unreadable.get(row) or [naming.nameless(row)]
                blamed = {above, below} - {None} if row not in unreadable or above == below else ()
                for name in blamed:
                    self.blame(name, errors)
                self.lost += [] if blamed else errors


class _Gaps:
    """The rows of no portfolio, with the portfolios above and below them."""

    def __init__(self) -> None:
        self._above: str | None = None
        self._waiting: list[int] = []
        self._found: list[tuple[str | None, str | None, list[int]]] = []

    def met(self, row: int, name: str | None) -> None:
        """Go on to the next row."""
        if not name:
            self._waiting.append(row)
        elif name != self._above or self._waiting:
            if self._waiting:
                self._found.append((self._above, name, self._waiting))
                self._waiting = []
            self._above = name

    def found(self) -> list[tuple[str | None, str | None, list[int]]]:
        """Every run of such rows."""
        return [*self._found, (self._above, None, self._waiting)]
