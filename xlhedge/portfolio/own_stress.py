"""Read the Stress sheet of a workbook that xlhedge wrote as a plain table of scenarios: a column for each asset."""

from ..rows import Row

NAMES = ("scenario", "funding_rate", "days", "basis")
FIRST_MOVE = 8
"""Index of the first asset's column; between the names and it stand the results."""


def own_stress(rows: list[Row], assets: list[str | None]) -> list[Row]:
    """The header, then every scenario with something typed; a blank move counts as 0, as it does in the sheet.

    `assets` are those of Inputs in the order of its rows, None for a blank row.
    """
    places = {FIRST_MOVE + i: asset for i, asset in enumerate(assets) if asset}
    at = next((i for i, row in enumerate(rows) if row.cells[:1] == ["Scenario"]), None)
    if at is None:
        return []
    table = [Row(rows[at].number, [*NAMES, *places.values()])]
    for row in rows[at + 2 :]:
        cells = [*row.cells, *[None] * (FIRST_MOVE + len(assets))]
        typed = cells[: len(NAMES)] + [cells[place] for place in places]
        if any(cell is not None for cell in typed):
            table.append(Row(row.number, typed))
    return table
