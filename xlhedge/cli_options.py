"""What several commands share: exit codes, options, and how a line is told."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import reduce, wraps
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .errors import counted, shown

if TYPE_CHECKING:
    from .intake import Asked

DONE, UNEXPECTED, USAGE, ROW_ERRORS, CHECK_FAILED = range(5)
EXIT_CODES = {
    DONE: "done",
    UNEXPECTED: "unexpected",
    USAGE: "usage, or a file that cannot be read or written",
    ROW_ERRORS: "mistakes in rows",
    CHECK_FAILED: "a check failed",
}
PATH = click.Path(readable=False, path_type=Path)  # who opens a file says what is wrong with it
OWN_TABLE = "Your own contract table (CSV): venue, symbol, field, value; wins over the shipped one."

PRICES = click.option(
    "--prices", type=PATH, help="A snapshot of the market (CSV) that fills in blank prices, marks and funding rates."
)
POSITIONS = click.option(
    "--positions", type=PATH, help="Positions (CSV, XLSX or Parquet) beside those of the holdings: a row for each."
)
HOLDINGS = (
    click.argument("holdings", type=PATH),
    POSITIONS,
    click.option("--settings", type=PATH, help="Settings (CSV or XLSX): columns setting and value."),
    click.option(
        "--set", "overrides", multiple=True, metavar="NAME=VALUE", help="One setting, over any file; may be repeated."
    ),
    click.option("--contracts", "table", type=PATH, help=OWN_TABLE),
    PRICES,
    click.option("--ledger", type=PATH, help="A ledger (CSV, of import): its positions and its log."),
    click.option(
        "--ignore-columns", is_flag=True, help="Leave out columns of the holdings that are not known, and say which."
    ),
)
"""The holdings, and all that is read beside them."""
SCENARIOS = click.option(
    "--scenarios", type=PATH, help="Own scenarios (CSV or XLSX): a sheet for each set, a row for each scenario."
)
FORCE = click.option(
    "--force", is_flag=True, help="Write over a file that xlhedge did not write, or that was changed since."
)
INTO = click.option(
    "--into", type=PATH, metavar="BOOK.xlsx", help="A workbook of xlhedge to put it into, which is written anew."
)
SHEETS = click.option(
    "--sheets",
    default="",
    metavar="NAMES",
    help="Sheets to have, such as Inputs,Checks, or to leave out, such as -Replay.",
)
MODE = click.option(
    "--functions", "mode", type=click.Choice(["native", "addin", "calc", "lambda"]), default="native", show_default=True,
    help="Formulas as plain arithmetic, as worksheet functions of Excel's or LibreOffice's add-in, or as LAMBDA names.",
)  # fmt: skip


def reads_holdings(command: Callable) -> Callable:
    """Give a command the holdings and what is read beside them, as its argument `asked`."""

    @wraps(command)
    def with_asked(holdings, settings, overrides, table, positions, prices, ledger, ignore_columns, **others):
        from .intake import Asked

        beside = {"prices": prices, "ledger": ledger, "ignore_columns": ignore_columns}
        return command(Asked(holdings, settings, pairs(overrides), table, positions, **beside), **others)

    return reduce(lambda wrapped, option: option(wrapped), reversed(HOLDINGS), with_asked)


def tell(message: str) -> None:
    """Print to stderr, each line with the program's name before it."""
    for line in message.splitlines():
        click.echo(f"xlhedge: {line}", err=True)


def tell_of(portfolio, mode: str) -> None:
    """Tell what somebody should know of a portfolio before relying on what comes of it, with formulas of a mode."""
    for note in portfolio.notes_on(mode):
        tell(f"note: {note}")
    for warning in portfolio.warnings:
        tell(f"warning: {warning}")


def left_out(sheets: str, tell_note: Callable[[str], None]) -> tuple[str, ...]:
    """The sheets that --sheets leaves out; those that others need are kept, and told of."""
    if not sheets:
        return ()
    from .errors import InputError
    from .workbook.selection import left_out as found

    try:
        left, kept = found(sheets)
    except InputError as error:
        raise click.UsageError(f"--{error}") from None
    if kept:
        tell_note(f"sheets kept because others need them: {', '.join(kept)}")
    return left


def written(book, out: Path, assets: int, say: Callable[[str], None] = click.echo) -> int:
    """Say that a workbook was written, and tell which of its checks fail; returns the exit code."""
    from .workbook.model import checked

    say(f"wrote {out} ({counted(assets, 'asset')}, {out.stat().st_size / 1024:.0f} kB)")
    failed = [line for line in checked(book) if not line.passed]
    for line in failed:
        tell(failing(line.severity, line.name, line.subject))
    return CHECK_FAILED if any(line.severity == "red" for line in failed) else DONE


def failing(severity: str, name: str, subject: str | None) -> str:
    """A check that fails, in words: what it is, and the first thing that fails it."""
    what = "check failed" if severity == "red" else "amber"
    return f"{what}: {name}{f': {subject}' if subject else ''}"


def pairs(texts: tuple[str, ...]) -> dict[str, str]:
    """The settings given as NAME=VALUE, checked."""
    from .portfolio import override_mistakes

    found = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise click.UsageError(f"--set takes NAME=VALUE (got {text!r})")
        found[name.strip()] = value.strip()
    if mistakes := override_mistakes(found):
        tell("\n".join(map(str, mistakes)))
        raise click.exceptions.Exit(USAGE)
    return found


def chosen_portfolio(asked: "Asked", name: str | None, what: str):
    """The portfolio of a name, or None, and whether the files have mistakes, which are told; `what` comes of them."""
    from .intake import read_portfolios

    return told_portfolio(*read_portfolios(asked), name, asked.holdings.name, what)


def told_portfolio(portfolios: list, errors: list, name: str | None, file: str, what: str):
    """The portfolio asked for of those of a file, or None, and whether there are mistakes, which are told; `what` comes of them."""
    chosen = _chosen(portfolios, errors, name, file)
    if errors:
        from .portfolio import RowErrors

        tell(str(RowErrors(errors)))
    if chosen is None:
        tell(f"{counted(len(errors), 'mistake')}; {what}")
    return chosen, bool(errors)


@contextmanager
def or_nothing() -> Iterator[None]:
    """Say of a file that cannot be read here that nothing was written."""
    from .errors import FileError

    try:
        yield
    except FileError as error:
        raise FileError(f"{error}; nothing was written") from None


def scenarios_of(path: Path | None, assets, tell_note: Callable[[str], None], left: tuple[str, ...] = ()):
    """The scenario sets of a file; its mistakes are told, and that nothing was written.

    Moves that are left out are told too, and sets whose sheets, beside all but those `left` out, are called otherwise.
    """
    if path is None:
        return {}
    from .portfolio import RowErrors
    from .portfolio.scenarios import scenario_sets, unheld
    from .workbook.model import set_names
    from .workbook.selection import without

    try:
        sets = scenario_sets(path, assets)
        for title, name in zip(sets, set_names(sets, without(left))):
            if name != title:
                why = "as its own name is taken or may not be that of a sheet"
                tell_note(f"{path.name}: set {shown(title)} is on the sheet {shown(name)}, {why}")
        if words := unheld(sets, assets):
            tell_note(f"{path.name}: {words}")
        return sets
    except RowErrors as error:
        tell(str(error))
        tell(f"{counted(len(error.errors), 'mistake')}; nothing was written")
        raise click.exceptions.Exit(ROW_ERRORS) from None


def _chosen(portfolios: list, errors: list, name: str | None, file: str):
    """The portfolio asked for; None when mistakes stand in its way."""
    by_name = {portfolio.name: portfolio for portfolio in portfolios}
    spoiled = [error.portfolio for error in errors]
    if name is None:
        if not errors and len(portfolios) > 1:
            held = f"{len(portfolios):,} portfolios; choose one with --portfolio: {_names(by_name)}"
            raise click.UsageError(f"{file} holds {held}")
        return None if errors else portfolios[0]
    if name not in by_name and name not in spoiled and "" not in spoiled:
        from difflib import get_close_matches

        known = dict.fromkeys([*by_name, *filter(None, spoiled)])
        close = get_close_matches(name, known, 3)
        hint = f"did you mean {_names(close)}?" if close else f"it holds {_names(known)}"
        raise click.UsageError(f"{file} holds no portfolio {shown(name)} ({hint})")
    return by_name.get(name)


def _names(names) -> str:
    names = [*names]
    return ", ".join(names[:10]) + (f" and {len(names) - 10:,} more" if len(names) > 10 else "")
