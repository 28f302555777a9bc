"""Batch runs for tests: an input of many portfolios, the command in this process or in its own, and all that it wrote."""

import json
import signal
import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner

from xlhedge.batch.names import Names
from xlhedge.cli import main
from xlhedge.errors import XlhedgeError
from xlhedge.intake.source import Group, Refused, Source

COMMAND = [sys.executable, "-m", "xlhedge.cli", "batch"]
HEADER = "portfolio,asset,coins,price,venue,hedge_ratio\n"


def good(name: object, asset: str = "BTC", coins: float = 50, price: float = 60000) -> str:
    """The row of a portfolio with one hedged asset."""
    return f"{name},{asset},{coins},{price},bybit,20%\n"


def holdings(path: Path, count: int, extra: str = "", sizes: int = 1) -> Path:
    """An input of `count` portfolios of one row, or of up to three in turn, and rows of one's own at its end."""
    rows = []
    for i in range(count):
        rows.append(good(f"Fund {i:05d}", "BTC", 5 + i % 40, 60000 + i))
        rows += [good(f"Fund {i:05d}", "ETH", 5 + i % 7, 3000)] * (i % sizes > 0)
        rows += [f"Fund {i:05d},USDT,{1000 + i},,,\n"] * (i % sizes > 1)
    path.write_text(HEADER + "".join(rows) + extra, encoding="utf-8")
    return path


def batch(*arguments: object, code: int = 0, unexpected: bool = False):
    """Run the command in this process; it must end with a code and without a traceback."""
    result = CliRunner().invoke(main, ["batch", *map(str, arguments)], terminal_width=110)
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output and ("unexpected" in result.output) == unexpected
    return result


def start(*arguments: object) -> subprocess.Popen:
    """Start the command in a process of its own."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen([*COMMAND, *map(str, arguments)], **pipes, start_new_session=True, preexec_fn=_hears_ctrl_c)


def _hears_ctrl_c() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # a shell's background jobs, and what they start, ignore it


def outcome(path: Path) -> str:
    """What would be built or refused, a line each, as the table spells it."""
    try:
        source = Source(path)
        files = Names(source.names())
        lines = []
        for group in source.groups():
            made = source.checker.check(group) if isinstance(group, Group) else group
            if isinstance(made, Refused):
                lines += [f"{made.name}: {error}" for error in made.errors]
            else:
                held = ", ".join(f"{h.values.asset} {h.values.coins:g}" for h in made.holdings)
                lines.append(f"{made.name}: {held} in {files[made.name]}")
        return "\n".join(sorted(lines) + [str(error) for error in source.finish()])
    except XlhedgeError as error:
        return str(error)


def tree(folder: Path, journal: bool = True) -> dict[str, bytes]:
    """Every file below a folder with its bytes; locks are left out, and the journal too if it is not wanted."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.suffix != ".lock")
    found = {str(path.relative_to(folder)): path.read_bytes() for path in files}
    return {name: content for name, content in found.items() if journal or not name.startswith(".xlhedge")}


def manifest(folder: Path) -> dict:
    """The manifest of a run."""
    return json.loads((folder / "manifest.json").read_text("utf-8"))
