"""The command import: exports of venues in, one ledger out, and how it agrees with the venue's own figures."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .cli_into import check_into, put_into
from .cli_options import CHECK_FAILED, DONE, INTO, OWN_TABLE, PATH, counted, tell
from .errors import FileError

if TYPE_CHECKING:
    from .ledger import Ledger


@click.command("import", short_help="Make one ledger of exports of venues.")
@click.argument("export", type=PATH, nargs=-1, required=True)
@click.option(
    "--out", type=PATH, metavar="LEDGER.csv", help="The ledger to write (CSV); nothing is written without it."
)
@INTO
@click.option(
    "--zone", metavar="ZONE", help="Time zone of exports that a browser wrote, such as Europe/Berlin; else UTC, told."
)
@click.option("--account", default="", help="Name of the account, where the exports of each venue are of one.")
@click.option("--contracts", "table", type=PATH, help=OWN_TABLE)
@click.option("--json", "as_json", is_flag=True, help="Print what was read and the reconciliation for a program.")
@click.option(
    "--force", is_flag=True,
    help="Write over a file that is no ledger or has rows that would be lost, or into a workbook although fills are missing or something in it is lost.",
)  # fmt: skip
def import_(
    export: tuple[Path, ...],
    out: Path | None,
    into: Path | None,
    zone: str | None,
    account: str,
    table: Path | None,
    as_json: bool,
    force: bool,
) -> int:
    """Read each EXPORT (CSV or XLSX, or a folder of them), known by its header, and print what the rows come to.

    Rows of all files become one ledger in the order of time: fills, funding, fees and transfers of inverse contracts, in USD
    and coin. What stands in several exports counts once. Position, entry, realised profit, fees and funding of each contract
    stand beside the venue's own figures, and each difference is named. Where one has no explanation, a fill is
    missing or a position was open before the first row, the command ends with exit code 4; the ledger is written all the
    same, with a row of type missing for each fill that it lacks. A ledger is not written over where rows of it would be lost.

    With --into its positions and its rows take the place of those of the workbook: of Positions and of the log.
    """
    from .ledger import check_replaceable, read_exports, write_ledger
    from .memory import return_large_blocks

    return_large_blocks()
    check_into(into)
    if out:
        check_replaceable(out, force)
        is_read = _is_read(out, export)
    found = read_exports(export, zone, account.strip(), table, _progress())
    if out:
        if not is_read and not force:
            _check_kept(found, out, table)
        write_ledger(found.written(), out, force)
    compared = found.reconciliation
    code, figures = CHECK_FAILED if compared.incomplete or compared.unexplained else DONE, None
    if not as_json:
        click.echo("\n".join(told_lines(found, out)))
    if into:
        _check_whole(found, into, force)
        save = partial(write_ledger, found.rows)
        put = put_into(into, "ledger", _name(found, out), save, contracts=table, force=force, is_json=as_json)
        code, figures = code or put.code, put.figures
    if as_json:
        from .ledger.told import as_figures

        click.echo(
            json.dumps(
                {"exit_code": code, "out": out and str(out), "into": figures} | as_figures(found),
                indent=2,
                allow_nan=False,
            )
        )
    return code


def _name(found: "Ledger", out: Path | None) -> str:
    """What a workbook calls the ledger: the file that is written, or the only one that was read."""
    files = [each.file for each in found.recognised]
    return out.name if out else files[0] if len(files) == 1 and files[0].lower().endswith(".csv") else "the exports"


def _check_whole(found: "Ledger", into: Path, force: bool) -> None:
    """Refuse to put positions into a workbook that are not what is open at the venue."""
    from .ledger.reconcile import REMEDY

    if (lacking := found.reconciliation.incomplete) and not force:
        raise FileError(f"{into} stays as it was: {'; '.join(lacking)}: {REMEDY}, or --force writes all the same")


def _is_read(out: Path, exports: Iterable[Path]) -> bool:
    """Whether the file to be written is also one that is read, which only a ledger may be."""
    from .files import files_in
    from .ledger import check_replaceable
    from .ledger.read import TABLES

    if not out.exists():
        return False
    files = (file for path in exports for file in (files_in(path, TABLES) if path.is_dir() else (path,)))
    is_read = any(file.exists() and file.samefile(out) for file in files)
    if is_read:
        try:
            check_replaceable(out, False)
        except FileError:
            what = f"--out {out} is also an export and would be lost; choose another name"
            raise click.UsageError(what) from None
    return is_read


def _check_kept(found: "Ledger", out: Path, table: Path | None) -> None:
    """Refuse to write over a ledger that has rows which the new one lacks."""
    from .ledger import lacking, read_ledger

    if out.exists() and (lost := lacking(found.rows, (old := read_ledger(out, table)).rows)):
        what = f"{lost:,} of its {counted(len(old.rows), 'row')} would be lost"
        raise FileError(f"{out} stays as it was: {what}; give it as an export too, or --force writes over it")


def _progress() -> Callable[[int], None]:
    """Tells how many rows were read: on a terminal in one line that grows, else now and then in a line of its own."""
    done, is_terminal = 0, sys.stderr.isatty()
    every = 100_000 if is_terminal else 500_000

    def progress(rows: int) -> None:
        nonlocal done
        before, done = done, done + rows
        if done // every > before // every:
            if is_terminal:
                click.echo(f"\rxlhedge: {done:,} rows read", nl=False, err=True)
            else:
                tell(f"{done:,} rows read")

    return progress


def told_lines(found: "Ledger", out: Path | None) -> Iterator[str]:
    """What was read, and what it comes to, in words."""
    for table in found.recognised:
        kept = "" if table.kept == table.rows else f", {counted(table.kept, 'row')} of the ledger come of them"
        yield f"{table.file}: {table.format.name}, {counted(table.rows, 'row')}{kept}"
    for note in found.notes:
        yield f"note: {note}"
    for reason, count in sorted(found.left_out.items(), key=lambda each: (-each[1], each[0])):
        yield f"left out: {counted(count, 'row')}, {reason}"
    for word, why in (("id", "of the venue's same id"), ("content", "equal in all that is told")):
        if count := found.doubles.get(word):
            yield f"counted once: {counted(count, 'row')} told elsewhere too, {why}"
    account = None
    for line in found.reconciliation.lines:
        if account != (account := (line.venue, line.account)):
            yield ""
            yield _of(line)
        yield from _contract(line)
    for wallet in found.reconciliation.wallets:
        yield from _wallet(wallet)
    if found.gaps:
        yield ""
        yield from map(str, found.gaps)
    yield ""
    yield _written(found, out)


def _of(line) -> str:
    return ", ".join(filter(None, (line.venue or "no venue", line.account and f"account {line.account}")))


def _contract(line) -> Iterator[str]:
    """The figures of a contract, and the venue's beside them."""
    coin = line.coin or "coin"
    lump = f"; {line.lumps:+,.8f} more in sums that the venue does not break down" if line.lumps else ""
    yield f"  {line.contract}: {counted(line.fills, 'fill')} from {line.first:%Y-%m-%d} to {line.last:%Y-%m-%d}"
    if line.opening:
        yield f"    opening    {line.opening:+,.10g} USD open before the first row"
    at = f" at {line.entry:,.8g}" if line.entry else " at an entry that is not known" if line.position else ""
    if line.position is not None:
        yield f"    position   {line.position:+,.10g} USD{at}" if line.position else "    position   none"
    realised = "not known" if line.realised is None else f"{line.realised:+,.8f} {coin}"
    yield f"    realised   {realised}{lump}"
    yield f"    fees       {line.fees:,.8f} {coin} paid"
    yield f"    funding    {line.funding:+,.8f} {coin}"
    yield from _compared(line.differences)


def _wallet(wallet) -> Iterator[str]:
    yield ""
    yield f"{_of(wallet)}, wallet in {wallet.coin}"
    yield f"    transfers  {wallet.transfers:+,.8f} {wallet.coin}"
    if wallet.since is not None:
        yield f"    balance    compared from {wallet.since:%Y-%m-%d %H:%M:%S} to {wallet.until:%Y-%m-%d %H:%M:%S} UTC"
    if wallet.balance is not None and not wallet.differences:
        yield f"    venue      wallet {wallet.balance:,.8f} {wallet.coin}, its only balance: no change to compare with"
        return
    if wallet.balance is not None:
        yield f"    venue      wallet {wallet.balance:,.8f} {wallet.coin} in the end"
    yield from _compared(wallet.differences)


def _compared(differences: tuple) -> Iterator[str]:
    """The venue's own figures, and how they agree with ours."""
    if not differences:
        yield "    venue      tells no figure to compare with"
    for each in differences:
        digits = ".8f" if "/" not in each.unit and each.unit != "USD" else ".10g"
        why = f" ({each.why})" if each.why else ""
        yield f"    venue      {each.what} {each.theirs:{',' + digits}} {each.unit}: {each.name}{why}"


def _written(found: "Ledger", out: Path | None) -> str:
    rows = found.rows
    if not len(rows):
        span = "no rows"
    else:
        span = f"{counted(len(rows), 'row')} from {rows['time'].iloc[0]:%Y-%m-%d} to {rows['time'].iloc[-1]:%Y-%m-%d}"
    if lacking := len(found.written()) - len(rows):
        span += f" and {counted(lacking, 'row')} of type missing"
    return f"wrote {out} ({span})" if out else f"a ledger of {span}; --out LEDGER.csv writes it"
