"""Workbooks from a script: read holdings, build, look at the figures, write, check, and many at once.

>>> from xlhedge import books
>>> (portfolio,) = books.read("workbooks/samples/btc-50.csv", settings={"rally": "60%"})
>>> plan = books.build(portfolio)
>>> plan.figures["contracts"], plan.failed_checks
(-600000.0, [])

Everything that a user may get wrong raises `xlhedge.errors.XlhedgeError`, whose text is ready to be shown; mistakes in
rows raise `Mistakes`, with all of them in `errors`.
"""

from __future__ import annotations

import operator
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from .errors import InputError
from .portfolio.mistakes import RowErrors as Mistakes

if TYPE_CHECKING:
    from .batch.run import RunResult
    from .check import Finding
    from .intake import Asked
    from .portfolio import Portfolio
    from .workbook.grid.sheet import Book

__all__ = ["Mistakes", "Plan", "batch", "build", "check", "read", "template"]

Name = str | os.PathLike[str]
Functions = Literal["native", "addin", "calc", "lambda"]


class Plan:
    """The workbook of a portfolio before it is written: its figures, its checks, and the file that it becomes."""

    def __init__(self, book: Book) -> None:
        self._book = book

    @property
    def figures(self) -> dict[str, float | str]:
        """The figures of the portfolio as results.csv has them; docs/batch.md tells their meanings, units and signs."""
        return {
            name: values[0].item() if hasattr(values[0], "item") else values[0]
            for name, values in self._book.figures.items()
        }

    @property
    def failed_checks(self) -> list[str]:
        """The names of the checks that the workbook does not pass."""
        from .workbook.model import failed_checks

        return failed_checks(self._book)

    @property
    def sheets(self) -> list[str]:
        """The names of the sheets, in their order."""
        return [*self._book.sheets]

    def formulas(self) -> dict[str, dict[str, str]]:
        """The text of every formula, by sheet and address."""
        return self._book.formulas()

    def to_bytes(self) -> bytes:
        """The finished .xlsx; the same portfolio gives the same bytes."""
        from .workbook.file.writer import render

        return render(self._book)

    def write(self, path: Name, *, force: bool = False) -> Path:
        """Write the workbook whole or not at all, and return its path.

        FileError where it cannot be written, and, unless `force` says so, where a file stands that xlhedge did not
        write or that somebody saved since.
        """
        from .ooxml.as_written import check_replaceable
        from .workbook.file.writer import write

        target = _path("path", path)
        if target.suffix.lower() != ".xlsx":
            raise InputError("path", "must end in .xlsx", str(path))
        if not force:
            check_replaceable(target)
        write(self._book, target)
        return target


def read(
    holdings: Name, *, positions: Name | None = None, settings: Mapping[str, object] | Name | None = None,
    contracts: Name | None = None, prices: Name | None = None, ledger: Name | None = None, ignore_columns: bool = False,
) -> list[Portfolio]:  # fmt: skip
    """Read the portfolios of a holdings file: CSV, XLSX, Parquet, or a workbook of ours that somebody filled in.

    `positions` is a table of positions beside those of the holdings; `settings` is a file of settings, or their values by
    name (docs/inputs.md lists them); `contracts` a table of contracts of one's own; `prices` a snapshot of the market that
    fills in what is blank; `ledger` the rows that the positions and their log come from. `ignore_columns` leaves out columns
    that are not known. Mistakes in rows raise `Mistakes`; a file that cannot be read raises FileError.
    """
    from .intake import read_portfolios

    files = {"contracts": contracts, "positions": positions, "prices": prices, "ledger": ledger}
    portfolios, errors = read_portfolios(_asked(holdings, settings, ignore_columns, **files))
    if errors:
        raise Mistakes(errors)
    return portfolios


def build(
    portfolio: Portfolio, *, functions: Functions = "native", scenarios: Name | None = None, room: int = 0
) -> Plan:
    """Build the workbook of a portfolio, with its values.

    `functions` says how formulas are written: as plain arithmetic, as calls of the add-in, or as LAMBDA names;
    `scenarios` is a file of scenario sets, and `room` the least number of assets that there is room for.
    """
    from .portfolio import Portfolio
    from .portfolio.scenarios import scenario_sets
    from .workbook.model import build_model
    from .workbook.portfolios import Room

    if not isinstance(portfolio, Portfolio):
        raise InputError("portfolio", "must be one of the portfolios that read gives", portfolio)
    sets = scenario_sets(_optional("scenarios", scenarios), portfolio.assets)
    return Plan(build_model(portfolio, _mode(functions), Room(_whole("room", room, 0)), sets))


def template(*, functions: Functions = "native", prices: Name | None = None) -> Plan:
    """The template: the model with room for twenty assets and an example to type over, at the prices of a snapshot if given."""
    from .template import build_template, example

    return Plan(build_template(_mode(functions), example(_optional("prices", prices))))


def check(path: Name) -> list[Finding]:
    """Verify a workbook, ours or an edited one, as `xlhedge check` does; what is wrong has `is_note` False."""
    from .check import check_workbook

    return check_workbook(_path("path", path))


def batch(
    holdings: Name, out: Name, *, positions: Name | None = None, settings: Mapping[str, object] | Name | None = None,
    contracts: Name | None = None, prices: Name | None = None, ledger: Name | None = None, ignore_columns: bool = False,
    functions: Functions = "native", jobs: int = 1, resume: bool = False, force: bool = False,
    sheets: str | None = None, summary: Name | None = None,
) -> RunResult:  # fmt: skip
    """Write a workbook for every portfolio of a file or a folder, with results.csv, errors.csv and manifest.json.

    All that is read beside the holdings is as `read` takes it. A portfolio with a mistake fails alone: `totals` of the result says how many were written and how many failed.
    `sheets` names those to have, such as "Inputs,Checks", or to leave out, such as "-Replay"; `summary` is a workbook of
    all clients to write as well, whose path ends in .xlsx.
    With more than one of `jobs` the script must be guarded by `if __name__ == "__main__":`.
    """
    from .batch.progress import QUIET, Progress
    from .batch.run import Options, run
    from .intake.source import Source
    from .workbook.selection import left_out

    files = {"contracts": contracts, "positions": positions, "prices": prices, "ledger": ledger}
    asked = _asked(holdings, settings, ignore_columns, **files)
    target = out if isinstance(out, str) else str(_path("out", out))
    options = Options(
        target, _mode(functions), _whole("jobs", jobs, 1), resume=resume, force=force, settings=asked.overrides,
        left=() if sheets is None else left_out(sheets)[0], summary=_optional("summary", summary),
    )  # fmt: skip
    return run(Source(asked), options, Progress(QUIET))


def _asked(
    holdings: Name, settings: Mapping[str, object] | Name | None, ignore_columns: bool, **beside: Name | None
) -> Asked:
    """What is to be read, of arguments that are checked: the settings, and the files beside the holdings by their names."""
    from .intake import Asked

    file, given = _settings(settings)
    files = {name: _optional(name, value) for name, value in beside.items()}
    return Asked(
        _path("holdings", holdings), file, given, files["contracts"], files["positions"], files["prices"],
        files["ledger"], ignore_columns=ignore_columns,
    )  # fmt: skip


def _settings(settings: Mapping[str, object] | Name | None) -> tuple[Path | None, dict[str, str]]:
    """A file of settings, or their texts by name."""
    if settings is None:
        return None, {}
    if isinstance(settings, Mapping):
        for name in settings:
            if not isinstance(name, str):
                raise InputError("settings", "must have the names of settings as keys", name)
        return None, {name: _text(value) for name, value in settings.items()}
    return _path("settings", settings, "must be the path of a file, or values by name"), {}


def _path(name: str, value: object, rule: str = "must be the path of a file") -> Path:
    """An argument that names a file."""
    if not isinstance(value, (str, os.PathLike)):
        raise InputError(name, rule, value)
    return Path(value)


def _optional(name: str, value: Name | None) -> Path | None:
    """An argument that names a file, or None."""
    return None if value is None else _path(name, value)


def _mode(functions: str) -> str:
    """How formulas are written, checked."""
    if functions not in get_args(Functions):
        raise InputError("functions", f"must be one of {', '.join(get_args(Functions))}", functions)
    return functions


def _whole(name: str, value: int, least: int) -> int:
    """A whole number, one of numpy included."""
    try:
        number = operator.index(value)
    except TypeError:
        raise InputError(name, f"must be a whole number >= {least}", value) from None
    if number < least:
        raise InputError(name, f"must be a whole number >= {least}", value)
    return number


def _text(value: object) -> str:
    """A setting as a settings file spells it: a list has ; between its numbers."""
    if hasattr(value, "tolist"):  # numbers and arrays of numpy
        value = value.tolist()
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (list, tuple)):
        return ";".join(map(_text, value))
    return repr(value) if isinstance(value, float) else str(value)
