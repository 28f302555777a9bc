"""One sheet on its own: built into the workbook of a sample, with the cells that its builder returns."""

from pathlib import Path

import numpy as np
from books import SAMPLE_FILES, SAMPLES

from xlhedge.formula import Cell
from xlhedge.intake import read_portfolios
from xlhedge.nodes import letters
from xlhedge.workbook.file.writer import write
from xlhedge.workbook.grid.sheet import Book
from xlhedge.workbook.model import build_model
from xlhedge.workbook.portfolios import Stack
from xlhedge.workbook.sheets.allocation import build_allocation
from xlhedge.workbook.sheets.contracts import build_contracts
from xlhedge.workbook.sheets.hedge_plan import build_links, build_plan
from xlhedge.workbook.sheets.inputs import build_inputs


def build_sheet(builder, path: Path, number: int = 0, mode: str = "native"):
    """Write a sample's workbook with the builder's sheet in it; return what the builder returns."""
    holdings, settings = SAMPLE_FILES[number]
    portfolios, errors = read_portfolios(SAMPLES / holdings, settings and SAMPLES / settings)
    assert not errors, errors
    book, spare = build_model(portfolios[0], mode), Book(mode)
    with np.errstate(all="ignore"):
        held, chosen = build_inputs(spare, Stack(portfolios[:1]), 0)
        links = build_links(spare, held, chosen, build_contracts(spare, portfolios[0]))
        plan = build_plan(spare, held, chosen, links, build_allocation(spare, held, chosen, links))
        out = builder(book, Stack(portfolios[:1]), held, chosen, links, plan)
    write(book, path)
    return out


def address(cell: Cell, row: int = 0) -> str:
    """The address of a cell, or of one row of a column."""
    return f"{letters(cell.node.column)}{cell.node.row + row}"
