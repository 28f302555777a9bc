"""The command account: positions, wallets and moves of an account, by a key that can only read, into a ledger and a table."""

import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .cli_options import CHECK_FAILED, DONE, OWN_TABLE, PATH, counted, tell

if TYPE_CHECKING:
    import pandas as pd

    from .ledger import Ledger
    from .live.account import Account
    from .live.fetch import Base


@click.command(short_help="Read an account by a key that can only read.")
@click.argument("venue")
@click.option("--out", type=PATH, metavar="LEDGER.csv", help="The ledger to write or to add to (CSV).")
@click.option(
    "--positions", type=PATH, metavar="FILE.csv", help="The open positions (CSV), as --positions of plan takes them."
)
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="Moves from this day (UTC) on; else all that the venue tells.",
)
@click.option(
    "--account", "name", default="",
    help="What the ledger calls the account; as it does so far unless given, or as the venue is called.",
)  # fmt: skip
@click.option("--contracts", "table", type=PATH, help=OWN_TABLE)
@click.option(
    "--timeout", type=click.FloatRange(min=1, max=600), default=30, show_default=True, metavar="S",
    help="Seconds for each answer.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print positions, wallets and the reconciliation for a program.")
@click.option("--force", is_flag=True, help="Write over a file that is no ledger, or no table of positions.")
@click.pass_obj
def account(
    base: "Base",
    venue: str,
    out: Path | None,
    positions: Path | None,
    since: datetime | None,
    name: str,
    table: Path | None,
    timeout: float,
    as_json: bool,
    force: bool,
) -> int:
    """Read the account at VENUE: open positions, wallets, and the fills, funding and transfers of inverse contracts.

    The key comes from XLHEDGE_<VENUE>_KEY, _SECRET and, where it has one, _PASSWORD, or from the system's keyring (service
    xlhedge, users "<venue> key" and so on); it is never written anywhere. A key that may trade or withdraw is refused where
    the venue tells. What the rows come to stands beside the venue's own positions and wallets. Where something could not be
    had or a difference has no explanation, the command ends with exit code 4. Needs ccxt: pip install "xlhedge[live]".
    """
    from .ledger import check_replaceable, write_ledger
    from .live.account import access_of, read_account
    from .live.exchange import library
    from .live.keys import credentials
    from .portfolio.assemble import own_table

    venue = venue.strip().lower()
    access_of(venue)
    if since and since.replace(tzinfo=UTC) > datetime.now(UTC):
        raise click.UsageError(f"--since {since:%Y-%m-%d} is still to come, so that nothing would be read")
    for path in filter(None, (out, positions)):
        if not path.parent.is_dir():
            raise click.UsageError(f"there is no folder {path.parent} for {path.name}")
    if out and positions and out.resolve() == positions.resolve():
        raise click.UsageError("--out and --positions must be two files")
    if out:
        check_replaceable(out, force)
    if positions:
        _check_table(positions, force)
    contracts = own_table(table)
    typed = name.strip()
    name = typed or _name_in(out, venue)
    library()
    found = read_account(
        venue,
        credentials(venue),
        since and since.replace(tzinfo=UTC),
        name,
        contracts,
        seconds=timeout,
        base=base,
    )
    for gap in found.gaps:
        tell(str(gap))
    had = {gap.symbol for gap in found.gaps}
    ledger = None if found.rows is None else _ledger(found, out, contracts, typed)
    if out and ledger:
        write_ledger(ledger.written(), out, force)
    written = positions if positions and "positions" not in had else None
    if written:
        _write_table(written, found)
    compared = ledger and ledger.reconciliation
    wrong = bool(found.gaps) or bool(compared and (compared.incomplete or compared.unexplained))
    code = CHECK_FAILED if wrong else DONE
    if as_json:
        click.echo(json.dumps(_figures(found, ledger, code, out, written), indent=2, allow_nan=False))
    else:
        click.echo("\n".join(_lines(found, ledger, out, written)))
    return code


def _name_in(out: Path | None, venue: str) -> str:
    """What a ledger that is added to calls its only account at a venue; the venue's name where it has none or several."""
    from .ledger import read_ledger

    rows = read_ledger(out).rows if out and _is_ledger(out) else None
    names = [] if rows is None else rows["account"][rows["venue"] == venue].astype(str).unique()
    return names[0] if len(names) == 1 else venue


def _ledger(found: "Account", out: Path | None, contracts, name: str) -> "Ledger":
    """The rows that were read, together with those of the ledger that is to be added to, and what they come to.

    Of a row that stands in both the ledger's stays, with the venue's own figures of now beside it.
    """
    from .ledger import Ledger, read_ledger
    from .ledger.entry import STATEMENT, Format
    from .ledger.merge import merged
    from .ledger.read import Recognised, compact, joined
    from .ledger.reconcile import reconcile
    from .ledger.same import told_otherwise, with_one_name
    from .portfolio.mistakes import RowErrors

    rows = compact(found.rows)
    kept = int((rows["type"] != STATEMENT).sum())
    by_key = Format("read by key", found.venue, (), "UTC", read=lambda frame, told: None)
    new = Recognised(f"account at {found.venue}", by_key, kept, kept, found.left_out, found.notes, "UTC")
    tables, again = [(new, rows)], 0
    if out and _is_ledger(out):
        before = read_ledger(out)
        old = joined([before.rows, before.statements])
        if name:  # the venue's own name is what an account without one was called
            unnamed = (old["venue"] == found.venue) & (old["account"] == found.venue)
            old = compact(old.assign(account=old["account"].astype(object).mask(unnamed, "")))
        (new, rows), old = with_one_name([(new, rows), (before.recognised[0], old)], name)
        if errors := [*told_otherwise([(new, rows), old])]:
            raise RowErrors(errors)
        tables = [(new, _not_in(old[1], rows)), old]
        again = len(rows) - len(tables[0][1])
    put = merged(tables)
    doubles = put.doubles | ({"id": put.doubles.get("id", 0) + again} if again else {})
    compared = reconcile(put.rows, put.statements, contracts)
    recognised = tuple(each for each, _ in tables)
    return Ledger(put.rows, put.statements, recognised, found.left_out, (*(note for each, _ in tables for note in each.notes), *put.notes), doubles, compared.gaps, compared)  # fmt: skip


def _is_ledger(path: Path) -> bool:
    """Whether there is a ledger to add to; what else is there was allowed to be written over."""
    from .errors import FileError
    from .ledger import check_replaceable

    try:
        check_replaceable(path, False)
    except FileError:
        return False
    return path.exists()


def _not_in(old: "pd.DataFrame", new: "pd.DataFrame") -> "pd.DataFrame":
    """The new rows that an old ledger does not have; to those that it has, by the venue's id, the venue's figures are added."""
    from .ledger.entry import WITNESS

    events = ["account", "venue", "contract", "type", "id"]
    place = {event: i for i, event in zip(old.index, zip(*(old[name].astype(str) for name in events))) if event[-1]}
    found = [place.get(event) for event in zip(*(new[name].astype(str) for name in events))]
    known = [i is not None for i in found]
    for name in WITNESS:
        old.loc[[i for i in found if i is not None], name] = new.loc[known, name].to_numpy()
    return new[[not each for each in known]]


def _check_table(path: Path, force: bool) -> None:
    """Refuse to write positions over what is no table of them, unless that is asked for."""
    from .errors import FileError
    from .files import file_bytes
    from .live.account import Position

    if path.is_dir():
        raise click.UsageError(f"--positions {path} is a folder; name a file in it")
    if path.exists() and not force:
        first = file_bytes(path).split(b"\n", 1)[0].decode("utf-8-sig", "replace").strip()
        if first != ",".join(Position._fields):
            raise FileError(
                f"{path} is there and is no table of positions that was written here; --force writes over it"
            )


def _write_table(path: Path, found: "Account") -> None:
    """Write the positions whole, or not at all."""
    from .errors import FileError
    from .files import replacing
    from .live.account import Position
    from .rows import safe_text

    text = io.StringIO(newline="")
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(Position._fields)
    lines.writerows(["" if each is None else repr(each) if isinstance(each, float) else safe_text(each) for each in row] for row in found.positions)  # fmt: skip
    try:
        with replacing(path, ".positions-") as file:
            file.write(text.getvalue().encode("utf-8"))
    except OSError as error:
        raise FileError(f"{path} cannot be written: {error.strerror}") from None


def _figures(found: "Account", ledger: "Ledger | None", code: int, out: Path | None, positions: Path | None) -> dict:
    """What was read, for a program."""
    from .ledger.told import as_figures

    unread = {gap.symbol for gap in found.gaps}
    return {
        "exit_code": code,
        "venue": found.venue,
        "out": str(out) if out and ledger else None,
        "positions_file": positions and str(positions),
        "positions": None if "positions" in unread else [row._asdict() for row in found.positions],
        "balances": None
        if "wallets" in unread
        else [{"coin": each.coin, "amount": each.amount} for each in found.wallets],
        "gaps": [{"venue": gap.venue, "what": gap.symbol, "reason": gap.reason} for gap in found.gaps],
        "ledger": ledger and as_figures(ledger),
    }


def _lines(found: "Account", ledger: "Ledger | None", out: Path | None, positions: Path | None):
    """What was read, in words."""
    from .cli_import import told_lines

    unread = {gap.symbol for gap in found.gaps}
    told = (("position", "positions", found.positions), ("wallet", "wallets", found.wallets))
    counts = (f"{what} not had" if what in unread else counted(len(had), one) for one, what, had in told)
    yield f"{found.venue}: {', '.join(counts)}"
    for row in found.positions:
        margin = "" if row.margin is None else f", margin {row.margin:.8f} {row.asset}"
        shared = f" in the account {row.account}" if row.account else ""
        yield f"  {row.contract} {row.qty:+,.10g} USD at {row.entry:,.8g}{margin}{shared}"
    for wallet in found.wallets:
        yield f"  wallet {wallet.amount:.8f} {wallet.coin}"
    if positions:
        yield f"wrote {positions} ({counted(len(found.positions), 'position')})"
    if ledger:
        yield from told_lines(ledger, out)
    else:
        yield f"{out} stays as it was" if out and out.exists() else "no ledger is made"
