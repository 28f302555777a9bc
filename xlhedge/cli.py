"""The command line: build, plan, diff, batch, template, import, prices, account, check, eval, functions, contracts and more."""

import math
import os
import sys
from functools import partial
from importlib import import_module
from keyword import iskeyword
from pathlib import Path

import click

from . import __version__
from .cli_options import (
    CHECK_FAILED, DONE, EXIT_CODES, FORCE, MODE, PATH, PRICES, ROW_ERRORS, SCENARIOS, SHEETS, UNEXPECTED, USAGE,
    chosen_portfolio, failing, left_out, or_nothing, reads_holdings, scenarios_of, tell, tell_of, written,
)  # fmt: skip
from .errors import XlhedgeError, shown
from .hosts.excel.commands import COMMANDS

LAZY = {
    "account": "xlhedge.cli_account", "batch": "xlhedge.cli_batch", "check": "xlhedge.cli_check",
    "contracts": "xlhedge.cli_contracts", "diff": "xlhedge.cli_diff", "import": "xlhedge.cli_import",
    "pdf": "xlhedge.cli_pdf", "plan": "xlhedge.cli_plan", "prices": "xlhedge.cli_market",
    "settings": "xlhedge.cli_settings",
}  # fmt: skip
"""Commands in modules of their own, which the others need not wait for."""


class Friendly(click.Group):
    """A group of commands that tells a mistake in one line and an unexpected error in one, never by a traceback."""

    def list_commands(self, ctx):
        """Every command, those too that are not loaded."""
        return sorted({*self.commands, *LAZY})

    def get_command(self, ctx, name):
        """A command by its name, loaded when it is asked for."""
        if name in LAZY and name not in self.commands:
            self.add_command(getattr(import_module(LAZY[name]), f"{name}_" if iskeyword(name) else name))
        return super().get_command(ctx, name)

    def resolve_command(self, ctx, args):
        """The command that is asked for; of one that there is not, what was meant or what there is."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            from difflib import get_close_matches

            names = self.list_commands(ctx)
            close = get_close_matches(args[0], names, 1)
            hint = f"did you mean {close[0]}?" if close else f"commands are {', '.join(names)}"
            raise click.UsageError(f"there is no command {shown(args[0])}; {hint}", error.ctx) from None

    def main(self, *args, **kwargs):
        """Run; the exit code says what kind of end it was."""
        try:
            code = super().main(*args, **kwargs, standalone_mode=False)
            sys.stdout.flush()
            sys.exit(code if isinstance(code, int) else DONE)
        except click.exceptions.Exit as stop:
            sys.exit(stop.exit_code)
        except (click.Abort, KeyboardInterrupt):
            _fail("stopped", UNEXPECTED)
        except click.UsageError as error:
            if type(error).__name__ == "NoArgsIsHelpError":  # click >= 8.2
                click.echo(error.ctx.get_help(), err=True)
                sys.exit(USAGE)
            command = error.ctx.command_path if error.ctx else "xlhedge"
            _fail(f"{error.format_message()} ({command} --help tells more)", USAGE)
        except click.ClickException as error:
            _fail(error.format_message(), USAGE)
        except XlhedgeError as error:
            _fail(str(error), ROW_ERRORS if hasattr(error, "errors") else USAGE)
        except BrokenPipeError:  # the reader of the output has seen enough, as in `xlhedge functions | head`
            sys.stdout = open(os.devnull, "w")
            sys.exit(DONE)
        except Exception as error:
            what = f"{type(error).__name__}: {' '.join(str(error).split())}"
            _fail(f"unexpected {what}; please report it with the command", UNEXPECTED)


def _fail(message: str, code: int) -> None:
    tell(message)
    sys.exit(code)


HELP = f"""Hedge and rebalance coin portfolios with inverse (coin-margined) futures.

Exit codes: {"; ".join(f"{code} {meaning}" for code, meaning in EXIT_CODES.items())}.
"""


@click.group(
    cls=Friendly, help=HELP, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110}
)
@click.version_option(__version__, prog_name="xlhedge", message="%(prog)s %(version)s")
def main() -> None:
    """What every command goes through."""


@main.command("eval", context_settings={"ignore_unknown_options": True}, short_help="Evaluate a formula.")
@click.argument("expression", nargs=-1, required=True)
def evaluate(expression: tuple[str, ...]) -> int:
    """Evaluate EXPRESSION as a spreadsheet would and print the result with its unit.

    For example "LIQ_PRICE(-600000, 60000, 2.5, 0.005)". Quote it, so that the shell leaves it alone. Ranges are
    {1;2;3} down a column and {1,2,3} along a row; words are in double quotes, each with a backslash before it. A
    formula may be spelled with decimal commas too: "LIQ_PRICE(-600000; 60000; 2,5; 0,005)", where ranges are {1;2}
    down and {1\\2} along.

    A number that looks like a slip, such as a ratio of 20, is told as a warning beside the result. Where some cells of a
    result show an error word, one line says which is the first, and why.
    """
    from . import functions  # noqa: F401 - fills the registry
    from .expression import ExpressionError, parse_call

    text, notes = " ".join(expression), {}
    try:
        call, value = parse_call(text, partial(_strict_call, notes))
    except RecursionError:
        raise ExpressionError("the expression is nested too deeply") from None
    finally:
        for note in notes:
            tell(note)
    if isinstance(value, complex) or value != value or value in (math.inf, -math.inf):
        raise ExpressionError(f"{text!r} has no finite real result")
    unit = call.function.returns.unit_for(_words(call)) if call and call.function.returns.kind != "table" else ""
    for row in value if isinstance(value, list) else [[value]]:
        told = "\t".join(map(_shown, row))
        has_number = any(isinstance(cell, (int, float)) and not isinstance(cell, bool) for cell in row)
        click.echo(f"{told} {unit}" if unit and has_number else told)
    return DONE


def _strict_call(notes: dict[str, None], function, arguments: list):
    """Call a function as a sheet does, but with the whole sentence where a cell shows an error word.

    What is doubtful about the arguments, and why the first of some cells shows an error, is added to `notes`.
    """
    from .call import evaluate as python_call
    from .plausible import call_doubts
    from .sheet import first_error, sheet_call

    doubts = call_doubts(function.name, function.parameters, arguments)
    notes.update(dict.fromkeys(f"warning: {doubt}" for doubt in doubts))
    result = sheet_call(function, arguments)
    if _is_all_errors(result):
        plain = [float("inf") if a == "none" else a for a in arguments]
        python_call(function, [*plain, *[None] * (len(function.parameters) - len(arguments))])
    if told := first_error(function, arguments, result):
        notes[told] = None
    return result


def _is_all_errors(result) -> bool:
    """Whether a cell, or every cell of a range, shows an error word."""
    if isinstance(result, list):
        return all(map(_is_all_errors, result))
    return isinstance(result, str) and result.startswith("#")


def _words(call) -> dict[str, object]:
    values = [*call.arguments, *(p.default for p in call.function.parameters[len(call.arguments) :])]
    return call.function.words([p.default if v is None else v for p, v in zip(call.function.parameters, values)])


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return f"{value:.15g}" if isinstance(value, float) else str(value)


@main.command(short_help="List or search the worksheet functions, or print one in full.")
@click.argument("word", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Print the reference as JSON.")
def functions(word: tuple[str, ...], as_json: bool) -> int:
    """List the worksheet functions, or those that have every WORD in their name, summary, arguments, units or group.

    The name of a function prints its reference: units, formula, source, example.
    """
    from . import functions  # noqa: F401
    from .document import as_record, docstring, found_functions
    from .registry import FUNCTIONS

    one = FUNCTIONS.get(word[0].upper()) if len(word) == 1 else None
    chosen = [one] if one else found_functions(word)
    if as_json:
        import json

        records = [as_record(function) for function in chosen]
        click.echo(json.dumps(records[0] if one else records, indent=2))
    elif one:
        click.echo(f"{one.signature}\n\n{docstring(one)}", nl=False)
    else:
        group = ""
        for function in sorted(chosen, key=lambda f: list(dict.fromkeys(g.group for g in chosen)).index(f.group)):
            if function.group != group:
                group = function.group
                click.echo(f"\n{group}")
            click.echo(f"  {function.signature}\n      {function.summary}")
    return DONE


@main.command(short_help="Write a hedge workbook.")
@click.option("--out", required=True, type=PATH, help="The workbook to write (.xlsx).")
@click.option("--portfolio", help="Which portfolio, when the file holds several.")
@reads_holdings
@SCENARIOS
@SHEETS
@MODE
@FORCE
def build(asked, out, portfolio, scenarios, sheets, mode, force) -> int:
    """Write a hedge workbook for the portfolio in HOLDINGS (CSV, XLSX or ODS), or in the export of a tracker or an exchange.

    HOLDINGS has a row for each asset; the columns asset and coins are needed, price for all but dollars and
    stablecoins. A row with the contract that hedges the asset may be followed by others without coins, one for each
    further position; they may stand in a table of their own (--positions), or on a sheet Positions. Every mistake in it is told by row and column, and nothing is written for a portfolio with one.
    """
    _check_out(out, [*asked.files, *filter(None, [scenarios])], force)
    left = left_out(sheets, lambda words: tell(f"note: {words}"))
    chosen, has_errors = chosen_portfolio(asked, portfolio, "nothing was written")
    if chosen is None:
        return ROW_ERRORS
    from .plan import FRESH, old_prices
    from .workbook.model import build_model
    from .workbook.selection import typed_on, without

    tell_of(chosen, mode)
    with or_nothing():
        sets = scenarios_of(scenarios, chosen.assets, lambda text: tell(f"note: {text}"), left)
    for name in typed_on(chosen.kept, left):
        tell(f"note: what was typed on {name} is left out with its sheet")
    book = build_model(chosen, mode, scenarios=sets, records=without(left))
    code = _write(book, out, len(chosen.holdings))
    if age := old_prices(chosen):
        tell(failing("amber", FRESH, age))
    return ROW_ERRORS if has_errors and code == DONE else code


@main.command(short_help="Write the template workbook.")
@click.option("--out", required=True, type=PATH, help="The workbook to write (.xlsx).")
@PRICES
@MODE
@FORCE
def template(out, prices, mode, force) -> int:
    """Write the template: the model with room for twenty assets and forty positions, and an example to type over.

    With a snapshot the example is at the prices of that.
    """
    from .template import build_template, example

    _check_out(out, [prices] if prices else [], force)
    portfolio = example(prices)
    if prices:
        tell_of(portfolio, mode)
    book = build_template(mode, portfolio)
    return _write(book, out, book.room[0])


def _check_out(out: Path, inputs: list[Path], force: bool) -> None:
    """Refuse what cannot be written, or must not be written over, before anything is read."""
    from .ooxml.as_written import check_replaceable

    if out.is_dir():
        raise click.UsageError(f"--out {out} is a folder; name a file in it that ends in .xlsx")
    if out.suffix.lower() != ".xlsx":
        raise click.UsageError(f"--out must end in .xlsx (got {str(out)!r})")
    if not out.parent.is_dir():
        raise click.UsageError(f"--out: there is no folder {out.parent}")
    if any(path.exists() and out.exists() and path.samefile(out) for path in inputs):
        raise click.UsageError(f"--out {out} is also an input and would be lost; choose another name")
    if not force:
        check_replaceable(out)


def _write(book, out: Path, assets: int) -> int:
    from .workbook.file.writer import write

    write(book, out)
    return written(book, out, assets)


@main.command(short_help="Run every worked example.")
def selftest() -> int:
    """Run every worked example and print a table."""
    from . import functions  # noqa: F401
    from .examples import run_all

    outcomes = run_all()
    for outcome in outcomes:
        mark = "ok  " if outcome.passed else "FAIL"
        call, expected = outcome.example
        shown = expected if len(expected) <= 40 else expected[:37] + "..."
        click.echo(f"{mark} {call} = {shown}{'' if outcome.passed else '   ' + outcome.error}")
    failed = sum(not outcome.passed for outcome in outcomes)
    click.echo(f"{len(outcomes) - failed} examples passed, {failed} failed")
    return CHECK_FAILED if failed else DONE


for _command in COMMANDS:
    main.add_command(_command)

if __name__ == "__main__":
    main()
