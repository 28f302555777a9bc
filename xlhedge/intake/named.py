"""What a holdings file names of the market: its contracts and its coins, whatever else is still blank or wrong in it."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from ..portfolio.fields import CASH_CODES
from ..portfolio.hedge import OWN
from ..portfolio.positions import same_coin
from ..rows import Row
from .tables import open_holdings, open_positions


class Named(NamedTuple):
    """Pairs of venue and contract, and coins, each once and in the order of the file."""

    contracts: tuple[tuple[str, str], ...]
    coins: tuple[str, ...]


def named(holdings: Path, positions: Path | None = None) -> Named:
    """What a holdings file or a workbook names, and a table of positions beside it; FileError where one cannot be read."""
    opened = open_holdings(holdings, ignore_columns=True, has_prices=True)
    tables = [(opened.header, opened.rows)]
    for beside in (opened.positions, open_positions(positions) if positions else None):
        if beside:
            tables.append((beside.header, beside.rows))
    return named_in(tables)


def named_in(tables: Iterable[tuple[list[str], Iterable[Row]]]) -> Named:
    """What tables name, given by their headers and the rows below these."""
    lines = [line for header, rows in tables for line in _lines(header, rows)]
    contracts = dict.fromkeys(
        (line["venue"].lower(), line.get("contract") or line["asset"])
        for line in lines
        if line.get("venue", OWN) != OWN
    )
    coins = dict.fromkeys(
        same_coin(line["asset"])
        for line in lines
        if line["asset"].upper() not in CASH_CODES and line.get("kind", "").lower() != "cash"
    )
    return Named(tuple(contracts), tuple(coins))


def _lines(header: list[str], rows: Iterable[Row]) -> Iterator[dict[str, str]]:
    """The texts of the rows that name an asset, by column, without blank cells."""
    for row in rows:
        line = {name: cell.strip() for name, cell in zip(header, row.cells) if isinstance(cell, str) and cell.strip()}
        if line.get("asset"):
            yield line
