"""The whole workbook of a portfolio before it is written, and its figures as a reader finds them."""

from pathlib import Path

import numpy as np
from books import SAMPLE_FILES, SAMPLES

from xlhedge.formula import Cell
from xlhedge.intake import read_portfolios
from xlhedge.nodes import Ref, letters
from xlhedge.portfolio import Portfolio
from xlhedge.workbook.file.writer import write
from xlhedge.workbook.grid.cells import Block
from xlhedge.workbook.grid.sheet import Book
from xlhedge.workbook.model import build_model


def sample(number: int, **overrides: str) -> Portfolio:
    """The portfolio of a sample."""
    holdings, settings = SAMPLE_FILES[number]
    portfolios, errors = read_portfolios(SAMPLES / holdings, settings and SAMPLES / settings, overrides)
    assert not errors, errors
    return portfolios[0]


def from_text(folder: Path, text: str, **overrides: str) -> Portfolio:
    """The portfolio of a holdings file of this text."""
    source = folder / "holdings.csv"
    source.write_text(text)
    portfolios, errors = read_portfolios(source, overrides=overrides)
    assert not errors, errors
    return portfolios[0]


def write_sample(path: Path, number: int = 0, mode: str = "native") -> Book:
    """Write a sample's workbook; return what was written."""
    book = build_model(sample(number), mode)
    write(book, path)
    return book


def address(cell: Cell, row: int = 0) -> str:
    """The address of a cell, or of one row of a column."""
    return f"{letters(cell.node.column)}{cell.node.row + row}"


class Reader:
    """Finds figures on a sheet of a built workbook: below a section's title, by label or header, and by unit where they repeat."""

    def __init__(self, book: Book, sheet: str) -> None:
        self._sheet, self._texts, self._blocks = sheet, {}, {}
        for block in book.sheets[sheet].blocks:
            is_text = block.node is None and not block.typed
            for i, j in np.ndindex(block.shape):
                place = block.row + i, block.column + j
                if is_text:
                    self._texts[place] = block.values[i, j, 0]
                else:
                    self._blocks[place] = block

    def beside(self, section: str, label: str, unit: str = "") -> Cell:
        """All figures to the right of a label that stands in the column of its section's title."""
        title = self._section(section)
        row, column = next(p for p in self._found(label, title) if p[1] == title[1] and unit in ("", self._unit(p)))
        first = last = min(c for r, c in self._blocks if r == row and c > column)
        while (row, last + 1) in self._blocks:
            last += 1
        cells = [self._value(row, c)[:1] for c in range(first, last + 1)]
        values = np.concatenate(np.broadcast_arrays(*cells), axis=1)
        return Cell(Ref(self._sheet, first, row, columns=values.shape[1]), values)

    def below(self, section: str, header: str, unit: str = "") -> Cell:
        """The column of figures below a header, and below its unit where headers repeat."""
        places = self._found(header, self._section(section))
        row, column = next((r, c) for r, c in places if unit in ("", self._texts.get((r + 1, c))))
        row = next(r for r in range(row + 1, row + 4) if (r, column) in self._blocks)
        values = self._value(row, column)
        return Cell(Ref(self._sheet, column, row, rows=len(values)), values)

    def rows(self, section: str, column: int = 1) -> list[list]:
        """All figures below a section's title, from a column on, row by row down to the first gap."""
        row, found = self._section(section)[0] + 1, []
        while (row, column) not in self._blocks:
            row += 1
        while (row, column) in self._blocks:
            last = column
            while (row, last + 1) in self._blocks:
                last += 1
            found.append([self._value(row, c)[0, 0, 0] for c in range(column, last + 1)])
            row += 1
        return found

    def _section(self, title: str) -> tuple[int, int]:
        return next(place for place, text in self._texts.items() if text == title)

    def _found(self, text: str, title: tuple[int, int]):
        return iter(sorted(p for p, found in self._texts.items() if found == text and p[0] > title[0]))

    def _unit(self, label: tuple[int, int]) -> str:
        """The next text to the right."""
        return self._texts[min(place for place in self._texts if place[0] == label[0] and place > label)]

    def _value(self, row: int, column: int) -> np.ndarray:
        """The values of a block from a row of it on, in one column."""
        block: Block = self._blocks[row, column]
        return np.asarray(block.values)[row - block.row :, column - block.column : column - block.column + 1]
