"""The command prices: a snapshot of what the venues tell of the market."""

import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .cli_into import check_into, put_into
from .cli_options import CHECK_FAILED, DONE, INTO, PATH, POSITIONS, counted, tell

if TYPE_CHECKING:
    from .live.fetch import Base


@click.command(short_help="Write a snapshot of prices and funding.")
@click.argument("venue", nargs=-1)
@click.option("--out", type=PATH, help="The snapshot to write or to renew (CSV).")
@INTO
@click.option("--force", is_flag=True, help="Write into a workbook although something in it is not carried over.")
@click.option("--holdings", type=PATH, help="Holdings or a workbook: only the contracts and coins that it names.")
@POSITIONS
@click.option(
    "--timeout", type=click.FloatRange(min=1, max=600), default=30, show_default=True, metavar="S",
    help="Seconds for all of it.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print the figures and the gaps for a program.")
@click.pass_obj
def prices(
    base: "Base",
    venue: tuple[str, ...],
    out: Path | None,
    into: Path | None,
    force: bool,
    holdings: Path | None,
    positions: Path | None,
    timeout: float,
    as_json: bool,
) -> int:
    """Ask each VENUE for marks, indexes, funding and expiries of all its inverse contracts, and write a snapshot.

    With --holdings also, or only, what a holdings file or a workbook names, with the prices of its coins. A figure that
    could not be had keeps its old value and time in the snapshot; it is told, and the command ends with exit code 4.

    With --into the prices, marks and funding rates of what the workbook names take the place of those typed in it, which are
    told from what to what; a snapshot is written only with --out.

    Needs ccxt: pip install "xlhedge[live]".
    """
    from .live import fetch, table

    wanted, coins = [(each.lower(), fetch.EVERY) for each in venue], ()
    holdings = holdings or into
    _check(venue, out, into, holdings, positions)
    before = table.read(out) if out and out.exists() else []
    if holdings:
        from .intake.named import named

        found = named(holdings, positions)
        wanted, coins = [*wanted, *found.contracts], found.coins
    new = fetch.snapshot(wanted, coins, timeout, base=base)
    made = table.laid_over(before, new.rows)
    for gap in new.gaps:
        tell(str(gap))
    if new.rows and out:
        table.write(out, made.rows)
    code, put = CHECK_FAILED if new.gaps else DONE, None
    if into and new.rows:
        save = partial(table.write, rows=made.rows)
        put = put_into(into, "prices", out.name if out else "the venues", save, force=force, is_json=as_json)
        code = put.code or code
    if as_json:
        told = {
            "exit_code": code,
            "written": bool(new.rows),
            "out": str(out) if out and new.rows else None,
            "into": put and put.figures,
            "rows": [row._asdict() for row in made.rows if row not in made.kept],
            "kept": [row._asdict() for row in made.kept],
            "gaps": [gap._asdict() for gap in new.gaps],
        }
        click.echo(json.dumps(told, indent=2, allow_nan=False))
    elif out:
        click.echo(_summary(out, made, bool(new.rows)))
    return code


def _check(
    venues: tuple[str, ...], out: Path | None, into: Path | None, holdings: Path | None, positions: Path | None
) -> None:
    """Refuse what cannot be asked or written before anything is."""
    from .contracts import venues as known

    if not out and not into:
        raise click.UsageError("name a snapshot with --out, or a workbook with --into")
    check_into(into)
    if not venues and not holdings:
        raise click.UsageError("name a VENUE, or give --holdings")
    if positions and not holdings:
        raise click.UsageError("--positions stands beside --holdings")
    for each in venues:
        if each.lower() not in known():
            raise click.UsageError(f"there is no venue {each!r} (there is {', '.join(known())})")
    if not out:
        return
    if out.is_dir():
        raise click.UsageError(f"--out {out} is a folder; name a file in it")
    if not out.parent.is_dir():
        raise click.UsageError(f"--out: there is no folder {out.parent}")
    for path in filter(None, (holdings, positions)):
        if path.exists() and out.exists() and path.samefile(out):
            raise click.UsageError(f"--out {out} is also an input and would be lost; choose another name")


def _summary(out: Path, made, is_written: bool) -> str:
    """What became of the snapshot, in one line."""
    kept = made.kept
    old = (
        f", {counted(len(kept), 'figure')} of before kept, the oldest of {min(row.time for row in kept)}"
        if kept
        else ""
    )
    if not is_written:
        return f"nothing was had; {out} {'stays as it was' if kept else 'is not written'}{old}"
    return f"wrote {out} ({counted(len(made.rows) - len(kept), 'figure')}{old})"
