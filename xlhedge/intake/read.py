"""All portfolios of a file at once, with every mistake in it."""

from pathlib import Path

from ..portfolio import Portfolio, RowError
from ..portfolio.tables import check_file
from .asked import Asked
from .source import Refused, Source


def read_portfolios(*told, **named) -> tuple[list[Portfolio], list[RowError]]:
    """Read every portfolio of a holdings file; those with a mistake are left out and all mistakes returned.

    It takes an `Asked`, or what one is made of. A mistake that may touch every portfolio (its `portfolio` is "") leaves all
    of them out.
    """
    asked = Asked.of(*told, **named)
    check_file(Path(asked.holdings))
    source = Source(asked, all_mistakes=True)
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
