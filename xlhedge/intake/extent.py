"""How large the workbook of a portfolio becomes, from its rows as they were kept, before anybody checks them."""

import json
from collections.abc import Sequence

from ..portfolio.mistakes import BEYOND

ASSET, POSITION = "asset", ("venue", "face")
"""The column of the assets, and those of which a row that is a position fills one."""


def extent(header: Sequence[str], numbers: str, cells: str) -> tuple[int, int]:
    """About how many assets and positions the rows have; those of further tables are positions."""
    asset, position = _at(header, (ASSET,)), _at(header, POSITION)
    assets, positions = set(), 0
    for number, row in zip(numbers.split(), json.loads(f"[{cells}]")):
        if int(number) >= BEYOND:
            positions += 1
            continue
        assets.update(str(row[i]) for i in asset if i < len(row))
        positions += any(i < len(row) and row[i] not in (None, "") for i in position)
    return len(assets), positions


def _at(header: Sequence[str], names: Sequence[str]) -> list[int]:
    return [i for i, name in enumerate(header) if name in names]
