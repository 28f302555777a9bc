"""The Tiers sheet: maintenance rates that rise with the position, and blank rows for tiers of one's own."""

from collections.abc import Iterator
from typing import NamedTuple

from ...contracts import listing
from ...elementary import where
from ...formula import Cell
from ...ranges import picked, position
from ..grid.cells import Rule
from ..grid.columns import Columns
from ..grid.record import SheetRecord
from ..grid.sheet import Sheet
from ..grid.typed import FilledSheet, Typed, TypedTable, number_rule
from ..portfolios import Portfolios, rows_of
from .contracts import BY_TIERS, UNKNOWN, ContractColumns, with_numbers

SPARE = 20
NOTE = (
    "A position on a tier's lower end belongs to it. Rows may stand in any order; blank rows take further tiers, for "
    f'contracts whose maintenance rate on Contracts says "{BY_TIERS}" or is blank.'
)


def _figure(name: str, label: str, unit: str, format: str, domain: str, comment: str, **more) -> Typed:
    return Typed(name, label, unit, format, number_rule(domain), comment, **more)


TABLE = TypedTable("", (
    Typed("key", "Contract", "venue and symbol", "text", "contract", "As on the Contracts sheet.", width=30),
    _figure("start", "From", "as named beside", "number", ">= 0", "Size at which the tier begins.", blank=0.0),
    _figure("end", "Up to", "as named beside", "number", "> 0", "Size up to which its rate is known; none: no limit is known."),
    _figure("rate", "Maintenance rate", "fraction", "rate", ">= 0, < 1", "Rate of a position of this size.", blank=0.0),
    _figure("amount", "Amount", "as named beside", "number", ">= 0", "Subtracted from rate x size.", blank=0.0),
    _figure("imr", "Initial rate", "fraction", "rate", "> 0, < 1", "Initial margin rate of a position of this size."),
    Typed("as_of", "As of", "date", comment="The latest date of the source.", width=12),
    Typed("verified", "Verified", "text", comment="Whether the source was checked: yes or no.", width=11),
    Typed("source", "Source", "text", comment="Where the rates come from.", width=70),
))  # fmt: skip

LOOKED_UP = ("key", "start", "end", "rate", "amount", "imr", "number")
"""Columns that other sheets look through: by a name of their own, as a formula that names another sheet is stored for each cell."""


class TierColumns(NamedTuple):
    """The columns of the Tiers sheet, from the `first` on; `place` is the row of the contract on Contracts, `number` that of the tier here."""

    first: Cell
    key: Cell
    start: Cell
    end: Cell
    place: Cell
    unit: Cell
    rate: Cell
    amount: Cell
    imr: Cell
    number: Cell
    as_of: Cell
    verified: Cell
    source: Cell


def tiers(sheet: Sheet, portfolios: Portfolios, contracts: ContractColumns) -> TierColumns:
    """The tiers of every contract that has some, with blank rows at their end."""
    sheet.note(NOTE)
    kept = portfolios.first.kept.get(TIERS.name, {})
    rows = [
        {"key": each.key, "start": tier.floor, "end": tier.cap, "rate": tier.mmr, "amount": tier.amount, "imr": imr}
        | {"as_of": each.tiers_as_of, "verified": each.tiers_verified, "source": each.tiers_source}
        | kept.get((each.key, tier.floor), {})
        for each in listing(portfolios.first.contracts) for tier, imr in zip(each.tiers, each.tier_imrs)
    ]  # fmt: skip
    sheet.rows = count = rows_of(len(rows), SPARE, portfolios.room.tiers)
    table, spare = Columns(sheet, count, row=sheet.below(1), may_be_blank=True), [None] * (count - len(rows))
    rule = Rule("range", contracts.key.node, "must be a contract of the Contracts sheet")

    def column(name: str) -> Cell:
        field = next(field for field in TABLE.fields if field.name == name)
        values = [*(row[name] for row in rows), *spare]
        return table.typed(field, values, **({"rule": rule} if name == "key" else {}))

    key, start, end = map(column, ("key", "start", "end"))
    place = where(key == "", 0, position(key, contracts.key))
    place = table.computed("Row on Contracts", "number", place, "number", role="link")
    unit = where(key == "", "", where(place > 0, picked(contracts.unit, place), UNKNOWN))
    unit = table.computed("Unit", "word", unit, "text", role="link")
    rate, amount, imr = map(column, ("rate", "amount", "imr"))
    number = table.numbered("Number", "of the row", width=9)
    sheet.freeze = f"B{table.first}"
    found = TierColumns(
        key, key, start, end, place, unit, rate, amount, imr, number, *map(column, ("as_of", "verified", "source"))
    )
    return found._replace(**{name: sheet.named(f"tiers_{name}", getattr(found, name)) for name in LOOKED_UP})


def read_tiers(filled: FilledSheet) -> Iterator[tuple[int, dict[str, object]]]:
    """The rows of a filled-in sheet that hold anything: their number and their cells by name."""
    for number, cells in TABLE.read_rows(filled).items():
        if any(cell is not None for cell in cells.values()):
            yield number, with_numbers(TABLE, cells)


TIERS = SheetRecord(
    "Tiers",
    "Maintenance rates that rise with the position. The Hedge plan takes the tier of each position by its size.",
    (tiers,),
    tables=(TABLE,),
    freeze="",
    flag_column=6,
    tab="reference",
    printed=False,
)
