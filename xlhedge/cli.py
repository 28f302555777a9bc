"""The command line: build, eval, functions, contracts, selftest.

Exit codes: 0 done, 1 unexpected, 2 usage, 3 finished with row errors, 4 a workbook check failed.
"""

import sys
from pathlib import Path

import click

from . import __version__
from .errors import XlhedgeError

DONE, UNEXPECTED, USAGE, ROW_ERRORS, CHECK_FAILED = range(5)


class Friendly(click.Group):
    """A group of commands that tells a user's mistake in one line, and an unexpected error in two."""

    def main(self, *args, **kwargs):
        """Run; a mistake becomes a line on stderr and an exit code, never a traceback."""
        try:
            code = super().main(*args, **kwargs, standalone_mode=False)
            sys.exit(code if isinstance(code, int) else DONE)
        except click.exceptions.Exit as stop:
            sys.exit(stop.exit_code)
        except click.Abort:
            _fail("stopped", UNEXPECTED)
        except click.ClickException as error:
            _fail(error.format_message(), USAGE)
        except XlhedgeError as error:
            _fail(str(error), USAGE)
        except BrokenPipeError:
            sys.exit(DONE)
        except Exception as error:
            _fail(f"unexpected {type(error).__name__}: {error}; please report it with the command", UNEXPECTED)


def _fail(message: str, code: int) -> None:
    click.echo(f"xlhedge: {message}", err=True)
    sys.exit(code)


@click.group(cls=Friendly, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="xlhedge", message="%(prog)s %(version)s")
def main() -> None:
    """Hedge and rebalance coin portfolios with inverse (coin-margined) futures."""


@main.command(context_settings={"ignore_unknown_options": True})
@click.argument("expression", nargs=-1, required=True)
def evaluate(expression: tuple[str, ...]) -> int:
    """Evaluate EXPRESSION as a spreadsheet would, for example 'LIQ_PRICE(-600000, 60000, 2.5, 0.005)'."""
    from . import functions  # noqa: F401 - fills the registry
    from .expression import parse_call

    call, value = parse_call(" ".join(expression), _strict_call)
    if isinstance(value, list):
        for row in value:
            click.echo("\t".join(map(_shown, row)))
        return DONE
    unit = call.function.returns.unit_for(_words(call)) if call and not isinstance(value, str) else ""
    click.echo(f"{_shown(value)} {unit}".rstrip())
    return DONE


def _strict_call(function, arguments: list):
    """Call a function as a sheet does, but with the whole sentence where a cell shows an error word."""
    from .call import evaluate as python_call
    from .sheet import sheet_call

    result = sheet_call(function, arguments)
    if isinstance(result, str) and result.startswith("#"):
        plain = [float("inf") if a == "none" else a for a in arguments]
        python_call(function, [*plain, *[None] * (len(function.parameters) - len(arguments))])
    return result


def _words(call) -> dict[str, object]:
    values = [*call.arguments, *(p.default for p in call.function.parameters[len(call.arguments) :])]
    return call.function.words([p.default if v is None else v for p, v in zip(call.function.parameters, values)])


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return f"{value:.15g}" if isinstance(value, float) else str(value)


@main.command()
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print the reference as JSON.")
def functions(name: str | None, as_json: bool) -> int:
    """List the worksheet functions, or print the reference of NAME."""
    from . import functions  # noqa: F401
    from .document import as_record, docstring
    from .expression import function_named
    from .registry import FUNCTIONS

    chosen = [function_named(name)] if name else list(FUNCTIONS.values())
    if as_json:
        import json

        records = [as_record(function) for function in chosen]
        click.echo(json.dumps(records[0] if name else records, indent=2))
    elif name:
        click.echo(f"{chosen[0].signature}\n\n{docstring(chosen[0])}", nl=False)
    else:
        group = ""
        for function in sorted(chosen, key=lambda f: list(dict.fromkeys(g.group for g in chosen)).index(f.group)):
            if function.group != group:
                group = function.group
                click.echo(f"\n{group}")
            click.echo(f"  {function.signature}\n      {function.summary}")
    return DONE


@main.command()
@click.argument("venue", required=False)
@click.option("--contracts", "table", type=click.Path(path_type=Path), help="Your own contract table (CSV).")
def contracts(venue: str | None, table: Path | None) -> int:
    """List the venues, or every established figure of VENUE with its date and source."""
    from .contracts import facts, read_table, symbols, venues

    own = read_table(table) if table else None
    if venue is None:
        for name in venues(table=own):
            listed = symbols(name, table=own)
            click.echo(f"{name:10} {len(listed):3}  {', '.join(listed[:8])}{', ...' if len(listed) > 8 else ''}")
        return DONE
    for fact in facts(venue, table=own):
        value = "; ".join(f"{item:g}" for item in fact.value) if isinstance(fact.value, tuple) else _shown(fact.value)
        checked = "verified" if fact.verified else "not verified"
        note = f"; {fact.note}" if fact.note else ""
        click.echo(f"{fact.symbol:14} {fact.field:16} {value} {fact.unit}  ({checked}, {fact.as_of or 'undated'}, {fact.source}{note})")
    return DONE


@main.command()
@click.argument("holdings", type=click.Path(path_type=Path))
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The workbook to write.")
@click.option("--settings", type=click.Path(path_type=Path), help="Settings: a table with the columns setting and value.")
@click.option("--set", "overrides", multiple=True, metavar="NAME=VALUE", help="One setting; may be repeated.")
@click.option("--contracts", "table", type=click.Path(path_type=Path), help="Your own contract table (CSV).")
@click.option("--portfolio", help="Which portfolio, when the file holds several.")
@click.option("--functions", "mode", type=click.Choice(["native", "addin", "lambda"]), default="native", show_default=True,
              help="How formulas are written: plain arithmetic, worksheet functions, or LAMBDA names.")  # fmt: skip
def build(holdings, out, settings, overrides, table, portfolio, mode) -> int:
    """Write a hedge workbook for the portfolio in HOLDINGS (CSV or XLSX)."""
    from .portfolio import read_portfolios

    if out.suffix.lower() != ".xlsx":
        raise click.UsageError(f"--out must end in .xlsx (got {str(out)!r})")
    pairs = dict(_pair(text) for text in overrides)
    portfolios, errors = read_portfolios(holdings, settings, pairs, table)
    chosen = _chosen(portfolios, portfolio, holdings, bool(errors))
    if chosen is None or (errors and len(portfolios) == 0):
        for error in errors[:50]:
            click.echo(f"xlhedge: {error}", err=True)
        click.echo(f"xlhedge: {len(errors)} mistakes; no workbook was written", err=True)
        return ROW_ERRORS
    return _write(chosen, out, mode)


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise click.UsageError(f"--set takes NAME=VALUE (got {text!r})")
    return name.strip(), value.strip()


def _chosen(portfolios: list, name: str | None, holdings: Path, has_errors: bool):
    if name is not None:
        found = next((p for p in portfolios if p.name == name), None)
        if found is None and not has_errors:
            names = ", ".join(p.name for p in portfolios)
            raise click.UsageError(f"{holdings.name} holds no portfolio {name!r} (it holds {names})")
        return found
    if has_errors:
        return None
    if len(portfolios) > 1:
        names = ", ".join(p.name for p in portfolios[:10])
        raise click.UsageError(f"{holdings.name} holds {len(portfolios)} portfolios; choose one with --portfolio ({names})")
    return portfolios[0]


def _write(portfolio, out: Path, mode: str) -> int:
    from .workbook.model import build_model, failed_checks
    from .workbook.writer import write

    book = build_model(portfolio, mode)
    write(book, out)
    click.echo(f"wrote {out} ({len(portfolio.holdings)} assets, {out.stat().st_size / 1024:.0f} kB)")
    failed = failed_checks(book)
    for name in failed:
        click.echo(f"xlhedge: check failed: {name}", err=True)
    return CHECK_FAILED if failed else DONE


@main.command()
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


main.add_command(evaluate, "eval")
del main.commands["evaluate"]

if __name__ == "__main__":
    main()
