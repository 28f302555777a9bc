"""A sheet and a workbook before they are written."""

from datetime import datetime
from collections.abc import Collection, Iterable, Mapping

import numpy as np

from ...formula import Cell, as_cell
from ...nodes import Name, Ref, called, letters
from .cells import (
    TYPED_ROLES,
    Block,
    LayoutError,
    Rule,
    Style,
    block_values,
    full_shape,
    holds_text,
    typed_numbers,
)  # fmt: skip
from .chart import Chart
from .theme import ALARMS, FORMATS, ROLES

LEAST_WIDTH = {"coin": 18, "usd": 15, "usd2": 16, "contracts": 15, "limit": 15, "price": 14}
"""Widths that numbers of a format need: ten million coins of a cheap asset, ten thousand million USD."""

COLUMN_WIDTH, USUAL_WIDTH = 0.2, 8.43
"""Centimetres of one character of a column's width; characters of a column of no set width."""

MOST_ROWS = 2**20

WORKING = "Working"
"""What the title of a section begins with that is not printed."""

UNDATED = datetime(2026, 1, 1)
"""The time of a workbook whose prices have none: the same values give the same bytes."""

KNOWN_ALARMS = {"", "date", "stale", *ALARMS}
"""None, the two whose conditions need more than the cell's own value, and those of the theme."""


def numbered(typed: object) -> Iterable[tuple[int, object]]:
    """What was typed under a name with its place below it: a single value, the values of all rows, or those of some."""
    if isinstance(typed, Mapping):
        return typed.items()
    return enumerate(typed if isinstance(typed, tuple) else (typed,))


class Sheet:
    """One sheet: blocks, column widths, charts, table objects and print settings.

    `rows` are those of its table where that has spare ones, `levels` the cells with the alarm levels of distances, by
    colour, `jumps` the cells that lead to another sheet, `folded` the rows of working that are folded away, `workings` the cells
    from which on, to the right and down to a last row, or 0 for the next section, stands what is not printed; `ends` are the last filled rows of blocks, by their
    numbers, once they are asked for. `kept` holds, for each portfolio, what was typed into an earlier
    workbook that it was read from, by name; `declared`
    are the names of all that a user may type here.
    """

    def __init__(
        self, name: str, purpose: str, names: dict[str, Ref], declared: Collection[str] = (),
        kept: tuple[Mapping[str, object], ...] = (),
    ) -> None:  # fmt: skip
        self.name, self.purpose = name, purpose
        self.blocks: list[Block] = []
        self.widths: dict[int, float] = {}
        self.charts: list[Chart] = []
        self.scales: list[Ref] = []
        self.hidden_rows: list = []
        self.tables: list = []
        self.jumps: dict[str, str] = {}
        self.folded: list[range] = []
        self.rows = 0
        self.levels: dict[str, Ref] = {}
        self.freeze, self.tab = "", "plan"
        self.flag_column = 8
        self.breaks: list[int] = []
        self.scale = 100
        self.is_printed, self.printed_with = True, frozenset()
        self.ends: dict[int, list[int]] = {}
        self.workings: list[tuple[int, int, int]] = []
        self._names, self._declared, self._kept = names, declared, kept
        self._end, self._apart = 2, MOST_ROWS

    def stand_apart(self, row: int) -> None:
        """From this row on stands what is not to push down what comes above it."""
        self._apart = row

    def below(self, blanks: int = 1) -> int:
        """The row after all that stands here, below so many blank ones."""
        return self._end + 1 + blanks

    def text(self, row: int, column: int, text: str | np.ndarray | None, role: str = "label") -> None:
        """A fixed text, or one for each portfolio; None is a blank cell that only looks like its neighbours."""
        if role == "section" and isinstance(text, str) and text.startswith(WORKING):
            self.working(row, column)
        self._add(Block(row, column, None, block_values(text, 1, 1), Style(role), is_own=isinstance(text, np.ndarray)))

    def fold(self, row: int, rows: int = 0) -> None:
        """Fold working rows away: so many from a row on, or all to the last; the title above them opens them again."""
        self.folded.append(range(row, row + rows if rows else MOST_ROWS))

    def jump(self, row: int, column: int, name: str) -> None:
        """The name of a sheet, which leads there."""
        self.text(row, column, name, "jump")
        self.jumps[f"{letters(column)}{row}"] = name

    def section(self, title: str, blanks: int = 1, column: int = 1) -> int:
        """A title below all that stands here and so many blank rows; returns the row below it."""
        row = self.below(blanks)
        self.text(row, column, title, "section")
        return row + 1

    def working(self, row: int, column: int, last: int = 0) -> None:
        """From this cell on, to the right and down to a last row or the next section, stands what is not printed; told again, the end counts."""
        self.workings = [each for each in self.workings if each[:2] != (row, column)] + [(row, column, last)]

    def note(self, text: str, blanks: int = 0) -> None:
        """A note below all that stands here."""
        self.text(self.below(blanks), 1, text, "note")

    def typed(
        self, row, column, value, style: Style, *, name="", rows=0, columns=0, comment="", rule: Rule | None = None,
        blank=np.nan,
    ) -> Cell:  # fmt: skip
        """Values that a user types, or fixed ones; None is a blank cell, "" among texts and `blank` among numbers.

        A spreadsheet counts a blank as 0 in arithmetic: `blank` must be 0 where formulas use it without asking.
        `name` is the one under which the sheet's record declares what a user types.
        """
        if (style.role in TYPED_ROLES) != bool(name) or (name and name not in self._declared):
            where = f"{self.name}!{letters(column)}{row}"
            raise LayoutError(f"{where} is typed as {name!r}, which the sheet's record does not declare")
        raw, is_own = block_values(value, rows, columns), isinstance(value, np.ndarray)
        if any(name in kept for kept in self._kept):
            raw, is_own = self._with_kept(raw, name), True
        if style.format not in ("text", "flag"):
            numbers = typed_numbers(raw)
            raw = raw if holds_text(raw) else numbers
        self._add(Block(row, column, None, raw, style, comment, rule and rule.checked(), is_own=is_own, typed=name))
        if style.format == "text":
            values = np.where(np.equal(raw, None), "", raw)
        elif style.format == "flag":
            values = raw.astype(bool)
        else:
            values = np.where(np.equal(raw, None) | (raw != raw), blank, numbers)
        return Cell(Ref(self.name, column, row, rows, columns), values)

    def _with_kept(self, first: np.ndarray, name: str) -> np.ndarray:
        """What was typed into the workbooks that portfolios were read from, else what is typed at first."""
        raw = np.array(np.broadcast_to(first, (*first.shape[:2], len(self._kept))), dtype=object)
        raw[raw != raw] = None  # noqa: PLR0124 - blanks among numbers
        for k, kept in enumerate(self._kept):
            if name in kept:
                for i, value in numbered(kept[name]):
                    raw[i, 0, k] = value
        return raw

    def is_used(self, portfolio: int) -> bool:
        """Whether something was typed into the workbook that a portfolio was read from of what the sheet is printed with."""
        kept = self._kept[portfolio] if self._kept else {}
        typed = (value for name in self.printed_with for _, value in numbered(kept.get(name, ())))
        return not self.printed_with or any(value is not None for value in typed)

    def filled(self, name: str) -> np.ndarray:
        """Which of the cells that are typed under a name hold something, whatever it is."""
        return next(block.is_filled for block in self.blocks if block.typed == name)

    def computed(self, row, column, cell, style: Style, *, rows=0, columns=0, shown=None) -> Cell:
        """A formula over a block, with "" where it is not `shown`; the result refers to the block."""
        cell = as_cell(cell)
        values = np.broadcast_to(np.asarray(cell.value), full_shape(cell.value, rows, columns))
        if shown is not None:
            shown = np.broadcast_to(shown, values.shape)
        self._add(Block(row, column, cell.node, values, style, is_single=(rows == 0, columns == 0), shown=shown))
        return Cell(Ref(self.name, column, row, rows, columns), values)

    def _add(self, block: Block) -> None:
        for what, word, known in (
            ("role", block.style.role, ROLES), ("format", block.style.format, FORMATS), ("alarm", block.style.alarm, KNOWN_ALARMS),
        ):  # fmt: skip
            if word not in known:
                raise LayoutError(f"{self.name}!{block.area}: {word!r} is no {what} of a cell")
        self.blocks.append(block)
        if block.row < self._apart:
            self._end = max(self._end, block.row + block.shape[0] - 1)

    def chart(self, chart: Chart) -> None:
        """A chart; what comes below stands below it too."""
        self.charts.append(chart.checked(self.name))
        self._end = max(self._end, chart.row + chart.rows - 1)

    def widen(self, column: int, width: float) -> None:
        """Make a column at least so wide."""
        self.widths[column] = max(width, self.widths.get(column, 0))

    def named(self, name: str, cell: Cell) -> Cell:
        """Give a cell a defined name; formulas then use the name."""
        if name in self._names:
            raise LayoutError(f"the name {name} is given to two cells: {self._names[name]} and {cell.node}")
        self._names[name] = cell.node
        return Cell(Name(name), cell.value)


class Book:
    """A workbook: sheets in order, those left out, defined names, the mode of its formulas, and how many portfolios it holds.

    `parts` is what each part of a sheet returned, by its name: the figures that sheets declare, as named tuples.
    """

    def __init__(self, mode: str = "native") -> None:
        self.mode = mode
        self.count = 1
        self.sheets: dict[str, Sheet] = {}
        self.names: dict[str, Ref] = {}
        self.titles = ["xlhedge"]
        self.times = [UNDATED]
        self.figures: dict[str, np.ndarray] = {}
        self.checks: dict[str, tuple] = {}
        self.parts: dict[str, tuple] = {}
        self.room: tuple[int, ...] = ()
        self.left_out: tuple[str, ...] = ()

    def sheet(self, name: str, purpose: str, declared: Collection[str] = (), kept=()) -> Sheet:
        """A new sheet."""
        if name in self.sheets:
            raise LayoutError(f"two sheets of the list are called {name}")
        self.sheets[name] = Sheet(name, purpose, self.names, declared, kept)
        return self.sheets[name]

    def formulas(self) -> dict[str, dict[str, str]]:
        """The text of every formula by sheet and address."""
        return {
            sheet.name: {
                f"{letters(block.column + j)}{block.row + i}": text
                for block in sheet.blocks if block.node is not None
                for i, row in enumerate(block.formulas(self.mode, sheet.name)) for j, text in enumerate(row)
            }
            for sheet in self.sheets.values()
        }  # fmt: skip

    def functions(self) -> list[str]:
        """The worksheet functions that the formulas call."""
        blocks = (block for sheet in self.sheets.values() for block in sheet.blocks if block.node is not None)
        return sorted(set().union(*(called(block.node) for block in blocks)))
