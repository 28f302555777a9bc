"""All portfolios of a file at once, with every mistake in it."""

from pathlib import Path

from ..portfolio import Portfolio, RowError
from ..portfolio.tables import check_file
from .source import Refused, Source


def read_portfolios(
    holdings: Path,
    settings: Path | None = None,
    overrides: dict[str, str] | None = None,
    contracts: Path | None = None,
    positions: Path | None = None,
) -> tuple[list[Portfolio], list[RowError]]:
    """Read every portfolio of a holdings file; those with a mistake are left out and all mistakes returned.

    `settings` is a file of settings, `overrides` are settings given one by one, `contracts` a table of the user's own, and
    `positions` a table of positions beside the holdings' own.
    A mistake that may touch every portfolio (its `portfolio` is "") leaves all of them out.
    """
    check_file(Path(holdings))
    source = Source(holdings, settings, overrides, contracts, positions, all_mistakes=True)
    portfolios, errors = [], [*source.finish(), *source.common]
    for group in source.groups():
        found = group if isinstance(group, Refused) else source.checker.check(group)
        if isinstance(found, Refused):
            errors += found.errors
        else:
            portfolios.append(found)
    if any(not error.portfolio for error in errors):
        portfolios = []
    return portfolios, errors
