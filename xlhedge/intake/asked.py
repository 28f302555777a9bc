"""What is asked to be read: the holdings, and what stands beside them in files of its own."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple


class Asked(NamedTuple):
    """The files of a portfolio, or of many, and the settings that are given one by one.

    `contracts` is a table of the user's own contracts, `positions` one of positions beside those of the holdings, `prices` a
    snapshot of the market that fills in what is blank, and `ledger` the rows that positions and their log come from; with
    `replaces` the two take the place of what is typed. `ignore_columns` leaves out columns of the holdings that are not known.
    `tells` is whether a workbook of ours is looked through for what is not read of it, which is then told.
    """

    holdings: Path
    settings: Path | None = None
    overrides: Mapping[str, str] = MappingProxyType({})
    contracts: Path | None = None
    positions: Path | None = None
    prices: Path | None = None
    ledger: Path | None = None
    replaces: bool = False
    ignore_columns: bool = False
    tells: bool = True

    @classmethod
    def of(cls, *told, **named) -> "Asked":
        """The one that is given, or one of its fields."""
        return told[0] if told and isinstance(told[0], cls) else cls(*told, **named)

    @property
    def files(self) -> tuple[Path, ...]:
        """Every file that is to be read."""
        return tuple(each for each in self if isinstance(each, Path))
