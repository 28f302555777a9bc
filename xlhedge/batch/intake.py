"""Take tables in row by row: which portfolio a row belongs to, and whom it concerns when that cannot be told."""

from bisect import bisect_right
from collections.abc import Iterable

from ..portfolio import RowError
from ..portfolio.opened import Naming, Opened
from .spool import Spool

NAMELESS = "is required, as other rows name a portfolio"


class Intake:
    """The rows of all tables by portfolio, the mistakes of single portfolios, and those of none."""

    def __init__(self) -> None:
        self.spool = Spool()
        self.wrong: dict[str, list[RowError]] = {}
        self.lost: list[RowError] = []
        self._starts: list[int] = []
        self._files: list[str] = []
        self._names: dict[str, None] = {}

    def blame(self, name: str, errors: Iterable[RowError]) -> None:
        """Refuse a portfolio for these mistakes, beside any of its own."""
        self.wrong.setdefault(name, []).extend(error._replace(portfolio=name) for error in errors)

    def refuse(self, name: str, source: str, errors: Iterable[RowError]) -> None:
        """Refuse all portfolios of a table that came to nothing, or take in one of this name to be refused."""
        errors = [*errors]
        if self._files[-1:] != [source]:
            self._begin(source, b"")
        if not self._names:
            if self._is_elsewhere(name):
                self._blame_for_two(name, source, 0)
            self.spool.index(name)
        for each in self._names or (name,):
            self.blame(each, errors)

    def take(self, opened: Opened, origin: bytes = b"") -> list[str]:
        """Take in the rows of a table and return the names of its portfolios."""
        self._begin(opened.source, origin)
        naming, gaps, names, doubled, last = Naming(opened), _Gaps(), self._names, set(), None
        has_names = "portfolio" in opened.header
        for row in opened.rows:
            name = naming.of(row)
            if has_names and (name != last or not name):
                gaps.met(row.number, name)
            last = name
            if name is None:
                continue
            name = name or opened.default
            if name not in names:
                if self._is_elsewhere(name):
                    self._blame_for_two(name, opened.source, row.number)
                    doubled.add(name)
                names[name] = None
            if name not in doubled:
                self.spool.add(name, row)
        if naming.unreadable or (naming.unnamed and len(names) > 1):
            self._settle(opened, naming, gaps, names)
        return [*names]

    def _begin(self, source: str, origin: bytes) -> None:
        self.spool.begin(origin)
        self._starts.append(len(self.spool))
        self._files.append(source)
        self._names = {}

    def _is_elsewhere(self, name: str) -> bool:
        return name in self.spool and self.spool.index(name) < self._starts[-1]

    def _blame_for_two(self, name: str, source: str, row: int) -> None:
        """Two files hold one portfolio: nothing says which of them is right."""
        first = self._files[bisect_right(self._starts, self.spool.index(name)) - 1]
        self.blame(name, [RowError(source, row, "portfolio", name, f"stands in {first} already")])

    def _settle(self, opened: Opened, naming: Naming, gaps: "_Gaps", names: dict[str, None]) -> None:
        """Blame whom rows of no portfolio may concern, as one of them is short of a row.

        A row without a name concerns those above and below it (merged cells leave blanks); one whose name cannot be
        read concerns a portfolio only when it stands amid its rows.
        """
        unreadable: dict[int, list[RowError]] = {}
        for error in naming.unreadable:
            unreadable.setdefault(error.row, []).append(error)
        if naming.unnamed and opened.default not in gaps.names:
            self.spool.drop(opened.default)
            names.pop(opened.default)
        for above, below, rows in gaps.found():
            for row in rows:
                errors = unreadable.get(row) or [RowError(opened.file, row, "portfolio", None, NAMELESS)]
                blamed = {above, below} - {None} if row not in unreadable or above == below else ()
                for name in blamed:
                    self.blame(name, errors)
                self.lost += [] if blamed else errors


class _Gaps:
    """The rows of no portfolio, with the portfolios above and below them."""

    def __init__(self) -> None:
        self.names: set[str] = set()
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
            self.names.add(name)

    def found(self) -> list[tuple[str | None, str | None, list[int]]]:
        """Every run of such rows."""
        return [*self._found, (self._above, None, self._waiting)]
