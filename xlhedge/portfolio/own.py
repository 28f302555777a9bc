"""Read a workbook that xlhedge wrote, and that somebody may have filled in since, as holdings, settings and contracts."""

from collections.abc import Iterator, Mapping

from ..ooxml.cells import SheetRows
from ..rows import Row
from .hedge import OWN
from .own_contracts import own_facts
from .own_stress import own_stress
from .tables import normal_name

MAIN = "inputs"

# Lists that are typed on the Scenarios sheet: the setting, and the title of the section that begins with it.
LISTS_DOWN = {
    "shocks": "Price ladder", "rallies": "Coins to survive", "margin_shares": "Liquidation price for",
}  # fmt: skip
LISTS_ACROSS = {"ratios": "Heat map", "carry_days": "Carry table"}
LEFT = {"carry_rates": "Carry table"}

# Columns of the Inputs sheet that the plain table calls otherwise.
HEADERS = {"own_face": "face", "own_maintenance_rate": "mmr", "own_fee": "fee"}


def is_own(sheet: SheetRows) -> bool:
    """Whether the sheet is the Inputs sheet of a workbook that xlhedge wrote."""
    return sheet.name.lower().endswith(f" {MAIN}") and _section(sheet.rows, "Holdings") is not None


def own_sheets(inputs: SheetRows, sheets: Mapping[str, SheetRows]) -> dict[str, SheetRows]:
    """The workbook's holdings, settings, contracts and stresses as the plain tables that other files have."""
    found = {"holdings": SheetRows(inputs.name, list(_holdings(inputs.rows)))}
    settings = [Row(0, ["setting", "value"]), *_settings(inputs.rows)]
    if "scenarios" in sheets:
        settings += _lists(sheets["scenarios"].rows)
    found["settings"] = SheetRows(inputs.name, settings)
    if "contracts" in sheets:
        contracts, tiers = sheets["contracts"], sheets.get("tiers")
        facts = own_facts(contracts.rows, tiers.rows if tiers else [])
        rows = [Row(number, cells) for number, cells in enumerate(facts, 1)]
        found["contracts"] = SheetRows(f"{contracts.name}, figure by figure,", rows)
    if "stress" in sheets:
        found["stress"] = SheetRows(sheets["stress"].name, own_stress([*sheets["stress"].rows], _assets(inputs.rows)))
    return found


def _assets(rows: list[Row]) -> list[str | None]:
    """The assets of Inputs by row, None where a row is blank."""
    at, end = _section(rows, "Holdings"), _section(rows, "Settings")
    by_row = {row.number - rows[at + 1].number - 2: row.cells[0] for row in rows[at + 3 : end]}
    return [str(by_row[i]) if by_row.get(i) is not None else None for i in range(max(by_row, default=-1) + 1)]


def _section(rows: list[Row], title: str) -> int | None:
    """The index of the row whose first cell begins with a title."""
    return next((i for i, row in enumerate(rows) if str(row.cells[0] or "").startswith(title)), None)


def _block(rows: list[Row], title: str) -> Iterator[Row]:
    """The header below a section's title, then the rows below its units, down to a blank first cell."""
    at = _section(rows, title)
    if at is None or at + 2 >= len(rows):
        return
    yield rows[at + 1]
    yield from _run(rows, at + 3)


def _run(rows: list[Row], at: int) -> Iterator[Row]:
    """The rows from an index on, down to the first blank one (blank rows are left out of `rows`) or blank first cell."""
    for i in range(at, len(rows)):
        if rows[i].cells[0] is None or (i > at and rows[i].number != rows[i - 1].number + 1):
            return
        yield rows[i]


def _holdings(rows: list[Row]) -> Iterator[Row]:
    """The holdings table: portfolio first, and the contract's name split into venue and symbol."""
    name = str(rows[0].cells[0] or "").removesuffix(": Inputs") or None
    at, end = _section(rows, "Holdings"), _section(rows, "Settings")
    header = [HEADERS.get(name, name) for name in map(normal_name, _stripped(rows[at + 1].cells))]
    yield Row(rows[at + 1].number, ["portfolio", "venue", *header])
    place = header.index("contract")
    for row in rows[at + 3 : end]:
        cells = _stripped(row.cells)
        cells += [None] * (len(header) - len(cells))
        venue, _, symbol = str(cells[place] or "").partition(" ")
        cells[place] = symbol or None
        yield Row(row.number, [name, None if venue == OWN else venue or None, *cells])


def _stripped(cells: list) -> list:
    """The cells without the blank ones at the end."""
    return cells[: max((i for i, cell in enumerate(cells, 1) if cell is not None), default=0)]


def _settings(rows: list[Row]) -> Iterator[Row]:
    at = _section(rows, "Settings")
    for row in _run(rows, at + 1) if at is not None else ():
        yield Row(row.number, [row.cells[0], row.cells[2]])


def _lists(rows: list[Row]) -> Iterator[Row]:
    """The lists and the asset that are typed on the Scenarios sheet."""
    for setting, title in LISTS_DOWN.items():
        values = [row.cells[0] for row in _block(rows, title)][1:]
        if values:
            yield Row(0, [setting, ";".join(map(repr, values))])
    for setting, title in LISTS_ACROSS.items():
        at = _section(rows, title)
        if at is not None:
            across = [repr(cell) for cell in rows[at + 1].cells[1:] if isinstance(cell, (int, float))]
            yield Row(0, [setting, ";".join(across)])
    for setting, title in LEFT.items():
        at = _section(rows, title)
        if at is not None:
            yield Row(0, [setting, ";".join(repr(row.cells[0]) for row in _run(rows, at + 2))])
    shows = _section(rows, "Heat map shows")
    if shows is not None:
        yield Row(0, ["grid_shows", rows[shows].cells[1]])
    asset = _section(rows, "Asset shown")
    if asset is not None:
        yield Row(0, ["scenario_asset", rows[asset + 1].cells[1]])
