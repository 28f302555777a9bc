"""What `prices --into` and `import --into` share: a workbook is changed by a snapshot or a ledger, and what changed is told."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from .cli_options import tell, tell_of, written


def check_into(path: Path | None) -> None:
    """Refuse what is no workbook, before anything is asked or read for it."""
    if path and path.suffix.lower() != ".xlsx":
        raise click.UsageError(f"--into must end in .xlsx (got {str(path)!r})")
    if path and not path.is_file():
        raise click.UsageError(f"--into: there is no file {path}")


def put_into(
    path: Path, kind: str, name: str, save: Callable[[Path], None], *, contracts: Path | None = None, force: bool = False,
    is_json: bool = False,
) -> int:  # fmt: skip
    """Put "prices" or a "ledger" into a workbook, which `save` writes under a name that is told; returns the exit code."""
    from .into import into

    with TemporaryDirectory() as folder:
        file = Path(folder) / name
        save(file)
        renewed = into(path, contracts=contracts, force=force, **{kind: file})
    tell_of(renewed.portfolio, renewed.portfolio.functions)
    return written(renewed.book, path, len(renewed.portfolio.holdings), tell if is_json else click.echo)
