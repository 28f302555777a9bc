"""Read a workbook that xlhedge wrote, and that somebody may have filled in since, as holdings, settings and contracts."""

from collections.abc import Iterator

from .sheets import Sheet
from .tables import Row, normal_name

MAIN = "inputs"
SIDE = "scenarios"

# Lists that are typed on the Scenarios sheet: the setting, and the title of the section that begins with it.
LISTS_DOWN = {
    "shocks": "Price ladder", "rallies": "Coins to survive", "margin_shares": "Liquidation price for",
}  # fmt: skip
LISTS_ACROSS = {"ratios": "Heat map", "carry_days": "Carry table"}
LEFT = {"carry_rates": "Carry table"}

# The columns of the Contracts sheet and the facts that they state.
FACTS = {
    "face": "face", "lot": "lot", "taker_fee": "taker", "funding_every": "funding_hours", "liquidation_method": "liq_method",
    "maintenance_rate": "mmr", "maintenance_amount": "amount", "rate_slope": "slope", "rate_holds_up_to": "cap",
}  # fmt: skip


def is_own(sheet: Sheet) -> bool:
    """Whether the sheet is the Inputs sheet of a workbook that xlhedge wrote."""
    return sheet.name.lower().endswith(f" {MAIN}") and _section(sheet.rows, "Holdings") is not None


def own_sheets(inputs: Sheet, contracts: Sheet | None, scenarios: Sheet | None) -> dict[str, Sheet]:
    """The workbook's holdings, settings and contracts as the plain tables that other files have."""
    found = {"holdings": Sheet(inputs.name, list(_holdings(inputs.rows)))}
    settings = [Row(0, ["setting", "value"]), *_settings(inputs.rows)]
    if scenarios is not None:
        settings += _lists(scenarios.rows)
    found["settings"] = Sheet(inputs.name, settings)
    if contracts is not None:
        facts = enumerate(_contracts(contracts.rows), 1)
        found["contracts"] = Sheet(
            f"{contracts.name}, figure by figure,", [Row(number, cells) for number, cells in facts]
        )
    return found


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
    for i, row in enumerate(_block(rows, "Holdings")):
        cells = list(row.cells)
        while cells and cells[-1] is None:
            cells.pop()
        if i == 0:
            header = [normal_name(cell) for cell in cells]
            yield Row(row.number, ["portfolio", "venue", *header])
            continue
        at = header.index("contract")
        cells += [None] * (len(header) - len(cells))
        venue, _, symbol = str(cells[at] or "").partition(" ")
        cells[at] = symbol or None
        yield Row(row.number, [name, venue or None, *cells])


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


def _contracts(rows: list[Row]) -> Iterator[list]:
    """The wide Contracts sheet as a row for each figure."""
    yield ["venue", "symbol", "field", "value", "as_of", "source", "verified"]
    header = None
    for row in rows:
        names = [normal_name(cell) for cell in row.cells]
        if header is None:
            header = names if names[:2] == ["contract", "face"] else None
            continue
        cells = dict(zip(header, row.cells))
        venue, _, symbol = str(cells.get("contract") or "").partition(" ")
        if not symbol or cells.get("face") == "USD":
            continue
        told = [
            cells.get("as_of"),
            cells.get("source") or "the workbook's Contracts sheet",
            cells.get("verified") or "no",
        ]
        stated = {"kind": "inverse", "tier_unit": "USD"} | {field: cells.get(name) for name, field in FACTS.items()}
        for field, value in stated.items():
            if value is not None and value != "none":
                yield [venue, symbol, field, str(value), *told]
