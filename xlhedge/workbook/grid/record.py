"""The record of a sheet: its name and purpose, the parts that it is laid out from, and what a user types on it."""

import inspect
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

from .typed import Form, Typed, TypedRow, TypedTable


class SheetRecord(NamedTuple):
    """One sheet of the workbook.

    `parts` are functions, from the top of the sheet to its bottom. Each takes the sheet and, by their names, the figures
    that other parts return, of this sheet or another; what it returns, a named tuple, goes by its own name.
    `typed` declares what is read back as settings, `kept` what a new workbook takes over as it stands, and `tables` what
    the record turns into plain tables itself; `tab` is the kind of sheet (see `theme.TABS`), `optional` are the names of what
    some modes leave out. A sheet that is not `printed`, or on which a user has typed nothing of what it is `printed_with`, has
    no print area.
    """

    name: str
    purpose: str
    parts: tuple[Callable, ...]
    settings: tuple[Form | TypedTable | TypedRow, ...] = ()
    kept: tuple[Form | TypedTable | TypedRow, ...] = ()
    tables: tuple[TypedTable, ...] = ()
    freeze: str = "B4"
    flag_column: int = 8
    tab: str = "plan"
    optional: frozenset[str] = frozenset()
    fixed: tuple[object, ...] = ()
    printed: bool = True
    printed_with: frozenset[str] = frozenset()

    @property
    def typed(self) -> tuple[Form | TypedTable | TypedRow, ...]:
        """All that a user types here."""
        return (*self.settings, *self.kept, *self.tables)

    @property
    def names(self) -> frozenset[str]:
        """The names of all that a user types here."""
        return frozenset(field.name for declared in self.typed for field in fields(declared))


def fields(declared: Form | TypedTable | TypedRow) -> tuple[Typed, ...]:
    """The single things of a declaration."""
    return (declared.field,) if isinstance(declared, TypedRow) else declared.fields


@cache
def needs(part: Callable) -> tuple[str, ...]:
    """The names of what a part takes, but for what it has a default of."""
    return tuple(name for name, each in inspect.signature(part).parameters.items() if each.default is each.empty)


@cache
def wants(part: Callable) -> tuple[str, ...]:
    """The names of what a part takes where there is a sheet that returns it, and goes without where there is none."""
    return tuple(name for name, each in inspect.signature(part).parameters.items() if each.default is None)
