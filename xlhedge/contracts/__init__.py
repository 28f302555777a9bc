"""Contracts of the venues: dated, sourced facts, a user's own laid over them, and look-up by venue and symbol.

One file in `data` is one venue; a fact with no source is left out, and looking it up says how to supply it.
"""

from xlhedge.contracts.ages import Aged, age, aged
from xlhedge.contracts.changes import Change, Changes, changes
from xlhedge.contracts.fields import FIELDS, FactField, Value
from xlhedge.contracts.listing import SHIPPED, Listed, liq_price_fee, listing
from xlhedge.contracts.lookup import (
    ENVIRONMENT,
    Contract,
    RefusedContractError,
    contract,
    environment_table,
    facts,
    known,
    newest,
    spec,
    symbols,
    venues,
)
from xlhedge.contracts.own import Updated, save, stay_newer, updated, written
from xlhedge.contracts.tables import Fact, Problem, FactTable, TableError, read_table, rows_table
from xlhedge.contracts.tiers import (
    Maintenance,
    Tier,
    check_cap,
    ladder,
    largest_leverage,
    maintenance,
    sizes,
    upper_limit,
)

__all__ = [
    "ENVIRONMENT",
    "FIELDS",
    "SHIPPED",
    "Aged",
    "Change",
    "Changes",
    "Contract",
    "Fact",
    "FactField",
    "Listed",
    "Maintenance",
    "Problem",
    "RefusedContractError",
    "FactTable",
    "TableError",
    "Tier",
    "Updated",
    "Value",
    "age",
    "aged",
    "changes",
    "check_cap",
    "contract",
    "environment_table",
    "facts",
    "known",
    "ladder",
    "largest_leverage",
    "liq_price_fee",
    "listing",
    "maintenance",
    "newest",
    "read_table",
    "rows_table",
    "save",
    "sizes",
    "spec",
    "stay_newer",
    "symbols",
    "updated",
    "upper_limit",
    "venues",
    "written",
]
