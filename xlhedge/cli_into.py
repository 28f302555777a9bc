"""What `prices --into` and `import --into` share: a workbook is changed by a snapshot or a ledger, and what changed is told."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import click

from .cli_options import tell, tell_of, written


class Put(NamedTuple):
    """What became of a workbook: the exit code, and for a program its file, what changed in it, and the checks that fail."""

    code: int
    figures: dict[str, object]


def check_into(path: Path | None) -> None:
    """Refuse what is no workbook, before anything is asked or read for it."""
    if path and path.suffix.lower() != ".xlsx":
        raise click.UsageError(f"--into must end in .xlsx (got {str(path)!r})")
    if path and not path.is_file():
        raise click.UsageError(f"--into: there is no file {path}")


def put_into(
    path: Path, kind: str, name: str, save: Callable[[Path], None], *, contracts: Path | None = None, force: bool = False,
    is_json: bool = False,
) -> Put:  # fmt: skip
    """Put "prices" or a "ledger" into a workbook, which `save` writes under a name that is told."""
    from .into import into
    from .workbook.model import checked

    with TemporaryDirectory() as folder:
        file = Path(folder) / name
        save(file)
        renewed = into(path, contracts=contracts, force=force, **{kind: file})
    portfolio = renewed.portfolio
    tell_of(portfolio, portfolio.functions)
    code = written(renewed.book, path, len(portfolio.holdings), tell if is_json else click.echo)
    checks = [line._asdict() for line in checked(renewed.book) if not line.passed]
    figures = {
        "file": str(path), "notes": [*portfolio.notes_on(portfolio.functions)], "warnings": [*portfolio.warnings],
        "failed": [{name: each[name] or None for name in ("name", "severity", "subject")} for each in checks],
    }  # fmt: skip
    return Put(code, figures)
