"""What a user types on a sheet, declared once: the sheet writes it from the declaration, and a filled-in file is read by it.

A declaration finds its cells by the exact texts beside and above them, which the same declaration wrote.
"""

import datetime
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np

from ...errors import EXCEL_ERRORS
from ...formula import Cell
from ...registry import Domain
from .cells import Rule, Style
from .sheet import Sheet

NUMBER = "Number"
"""The header above the numbers of the rows of a table."""

LONGEST = 1000
"""Signs of a text that is taken over from a filled-in workbook."""

ASSET = "asset"
"""Stands for the rule that a cell holds an asset of the portfolio, until the sheet knows where the assets stand."""


class Typed(NamedTuple):
    """One thing that a user types: the name for code, its label or header, unit, look, rule and comment."""

    name: str
    label: str
    unit: str = ""
    format: str = "text"
    rule: Rule | str | None = None
    comment: str = ""
    blank: float = np.nan
    width: float = 13
    role: str = "input"
    alarm: str = ""

    @property
    def how(self) -> dict:
        """What Sheet.typed is to know of it."""
        return {"name": self.name, "rule": self.rule, "comment": self.comment, "blank": self.blank}


def number_rule(domain: str) -> Rule:
    """The rule of a number in a domain such as "> 0, <= 24"."""
    parsed = Domain.parse(domain)
    return Rule("number", parsed.bounds, f"must be a number {parsed.text}".strip())


class Found(NamedTuple):
    """A value that was typed: under which name, in which row and column, and what."""

    name: str
    row: int
    column: int
    value: object


class Misplaced(Exception):
    """A text that a declaration looks for is not on its sheet."""

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__(text)


class FilledSheet:
    """The cells of a sheet of a filled-in workbook, by row and column from 1."""

    def __init__(self, name: str, rows) -> None:
        self.name = name
        self.rows = {row.number: row.cells for row in rows}

    def at(self, row: int, column: int):
        """A cell; None where nothing is."""
        cells = self.rows.get(row, ())
        return cells[column - 1] if column <= len(cells) else None

    def between(self, first: int, end: int) -> "FilledSheet":
        """The rows from one to before another, as a sheet of their own."""
        part = FilledSheet(self.name, ())
        part.rows = {row: cells for row, cells in self.rows.items() if first <= row < end}
        return part

    def find(self, text: str, column: int, first: int = 1) -> int:
        """The first row from `first` on that holds a text in a column; Misplaced where there is none."""
        row = next((r for r in sorted(self.rows) if r >= first and self.at(r, column) == text), None)
        if row is None:
            raise Misplaced(text)
        return row

    def after(self, row: int) -> int:
        """The next row on which anything stands; the row itself where there is none."""
        return min((r for r in self.rows if r > row), default=row)


class Form(NamedTuple):
    """Labelled cells below a title: labels in a column, values so many columns to the right, units behind them.

    With a prefix every value gets a defined name. An open form may have further rows, added by somebody; they are read
    under their labels.
    """

    title: str
    fields: tuple[Typed, ...]
    column: int = 1
    span: int = 1
    prefix: str = ""
    is_open: bool = False

    def write(
        self, sheet: Sheet, row: int, values: Mapping[str, object], rules: Mapping[str, Rule] = {}
    ) -> dict[str, Cell]:
        """Write title, labels, units and values from a row on; returns the cells by name."""
        if self.title:
            sheet.text(row, self.column, self.title, "section")
        cells, at = {}, self.column + self.span
        for place, field in enumerate(self.fields, row + bool(self.title)):
            sheet.text(place, self.column, field.label)
            if field.unit:
                sheet.text(place, at + 1, field.unit, "unit")
            how = field.how | ({"rule": rules[field.rule]} if isinstance(field.rule, str) else {})
            cell = sheet.typed(place, at, values[field.name], Style(field.role, field.format, field.alarm), **how)
            cells[field.name] = sheet.named(f"{self.prefix}{field.name}", cell) if self.prefix else cell
        return cells

    def read(self, filled: FilledSheet) -> Iterator[Found]:
        """What stands beside each label; a titled form ends at its first row without one."""
        first = filled.find(self.title, self.column) + 1 if self.title else 1
        last, end, at = first, first, self.column + self.span
        while self.title and filled.at(end, self.column) is not None:
            end += 1
        part = filled.between(first, end) if self.title else filled
        for field in self.fields:
            row = part.find(field.label, self.column, first)
            last = max(row, last)
            yield Found(field.name, row, at, filled.at(row, at))
        while self.is_open and filled.at(last := last + 1, self.column) is not None:
            yield Found(str(filled.at(last, self.column)), last, at, filled.at(last, at))


class TypedTable(NamedTuple):
    """Columns of typed cells below a title: headers, units, then rows, to the next of the titles or for `rows` rows.

    `first` says how many rows below the headers the first row is; nothing stands below a table that `is_last`. A table that
    `follows` the assets or the positions has a row for each row of those, in the same order.
    """

    title: str
    fields: tuple[Typed, ...]
    rows: int = 0
    first: int = 2
    before: tuple[str, ...] = ()
    is_last: bool = False
    follows: str = ""

    def read(self, filled: FilledSheet) -> Iterator[Found]:
        """Every typed cell of the table, row by row; blank ones too, but for rows on which nothing stands."""
        row, columns = self.headers(filled)
        first = row + self.first
        last = self._last(filled, first)
        for row in range(first, last + 1):
            if self.rows or row in filled.rows:
                at = ((field.name, columns[field.name]) for field in self.fields)
                yield from (Found(name, row, column, filled.at(row, column)) for name, column in at)

    def first_row(self, filled: FilledSheet) -> int:
        """Its first row."""
        return self.headers(filled)[0] + self.first

    def headers(self, filled: FilledSheet) -> tuple[int, dict[str, int]]:
        """The row of the headers and the column of each field; Misplaced where a header, or the unit below it, is not there.

        They stand right below the title, from the left to the right as they are declared: formulas may have a header alike.
        """
        rows = [filled.after(filled.find(self.title, 1))] if self.title else sorted(filled.rows)
        labels = fewest = [field.label for field in self.fields]
        for row in rows:
            cells = filled.rows.get(row, ())
            if all(label in cells for label in labels):  # nearly all rows are told by a look
                columns = self._columns(filled, row)
                if len(columns) == len(self.fields):
                    return row, columns
        for row in rows:
            there = self._columns(filled, row, from_the_right=True)  # a formula's header may have been taken above
            fewest = min([field.label for field in self.fields if field.name not in there], fewest, key=len)
        raise Misplaced(fewest[0])

    def _columns(self, filled: FilledSheet, row: int, *, from_the_right: bool = False) -> dict[str, int]:
        """The column of each field whose header stands in a row, each beyond that of the one before."""
        places = [*range(1, len(filled.rows.get(row, ())) + 1)]
        fields, columns = self.fields, {}
        if from_the_right:
            places, fields = places[::-1], fields[::-1]
        for field in fields:
            found = next((i for i, column in enumerate(places) if self._is_head(filled, row, column, field)), None)
            if found is not None:
                columns[field.name] = places[found]
                places = places[found + 1 :]
        return columns

    def _is_head(self, filled: FilledSheet, row: int, column: int, field: Typed) -> bool:
        """Whether the header of a field stands in a cell, with its unit below it where units have a row."""
        has_unit = self.first == 1 or not field.unit or filled.at(row + 1, column) == field.unit
        return filled.at(row, column) == field.label and has_unit

    def read_rows(self, filled: FilledSheet) -> dict[int, dict[str, object]]:
        """The cells of every row by name, by the number of the row."""
        rows: dict[int, dict[str, object]] = {}
        for found in self.read(filled):
            rows.setdefault(found.row, {})[found.name] = found.value
        return rows

    def numbered(self, filled: FilledSheet) -> int:
        """How many rows the table has, by the numbers that stand beside them; 0 where none do."""
        top, columns = self.headers(filled)
        heads = enumerate(filled.rows[top], 1)
        at = next((column for column, head in heads if head == NUMBER and column > max(columns.values())), None)
        row = first = top + self.first
        while at and filled.at(row, at) == row - first + 1:
            row += 1
        return row - first

    def beyond(self, filled: FilledSheet) -> list[tuple[Typed, int, object]]:
        """What somebody typed below the last of its rows: in which column and row, and what."""
        top, columns = self.headers(filled)
        return [
            (field, row, value)
            for row in sorted(filled.rows) if row >= top + self.first + self.rows
            for field in self.fields if (value := filled.at(row, columns[field.name])) is not None
        ]  # fmt: skip

    def _last(self, filled: FilledSheet, first: int) -> int:
        """The last row that belongs to the table."""
        if self.rows:
            return first + self.rows - 1
        ends = (r - 1 for r in filled.rows if r >= first and filled.at(r, 1) in self.before)
        return min(ends, default=max(filled.rows, default=0))


class TypedRow(NamedTuple):
    """Values to the right of a head that stands below a title."""

    title: str
    head: str
    field: Typed

    def read(self, filled: FilledSheet) -> Iterator[Found]:
        """What stands to the right of the head."""
        row = filled.after(filled.find(self.title, 1))
        if filled.at(row, 1) != self.head:
            raise Misplaced(self.head)
        yield from (Found(self.field.name, row, column, v) for column, v in enumerate(filled.rows[row][1:], 2))


def wrong_value(field: Typed, value: object, is_calculated: bool = True) -> str | None:
    """The rule that a value breaks which is to be taken over from a filled-in workbook, or None."""
    if not is_calculated:
        return "is a formula that was never calculated"
    if isinstance(value, str):
        if value.upper() in EXCEL_ERRORS:
            return "is an error value"
        if len(value) > LONGEST or not all(c.isprintable() or c == "\n" for c in value):
            return f"must be printable text of at most {LONGEST:,} signs"
    return None


FIRST_SURE_DAY = datetime.datetime(1900, 3, 1)
"""Spreadsheets number the days before it as if 1900 had been a leap year."""


def as_stored(value):
    """A value in which every time is a datetime, as many days after a spreadsheet's day zero as the file stores."""
    if isinstance(value, datetime.datetime) and value >= FIRST_SURE_DAY:
        return value
    if isinstance(value, (datetime.date, datetime.time, datetime.timedelta)):
        from openpyxl.utils.datetime import WINDOWS_EPOCH, to_excel

        return WINDOWS_EPOCH + datetime.timedelta(days=to_excel(value))
    return value
