"""How far a run is: a bar on a terminal, a plain line now and then elsewhere."""

import sys
import time

import click

EVERY = 10.0
"""Seconds between two plain lines."""
QUIET, NORMAL, VERBOSE = -1, 0, 1


class Progress:
    """Tells of a run on stderr: `level` is QUIET (mistakes only), NORMAL or VERBOSE (each file too)."""

    def __init__(self, level: int) -> None:
        self._level, self._bar, self._total = level, None, None
        self._begun = self._told = time.monotonic()
        self.written = self.skipped = self.failed = 0

    @property
    def rate(self) -> float:
        """Workbooks and failures a second so far."""
        return (self.written + self.failed) / max(time.monotonic() - self._begun, 1e-9)

    def begin(self, total: int | None) -> None:
        """The number of portfolios is known now, and work begins."""
        self._begun, self._total = time.monotonic(), total
        if self._level == NORMAL and total and sys.stderr.isatty():
            self._bar = click.progressbar(
                length=total, file=sys.stderr, item_show_func=self._shown, show_pos=True, show_eta=True
            )
            self._bar.__enter__()

    def row(self, status: str, name: str) -> None:
        """One portfolio more is written, skipped, checked or failed."""
        if status == "failed":
            self.failed += 1
        elif status == "skipped":
            self.skipped += 1
        else:
            self.written += 1
        if self._bar:
            self._bar.update(1, f"{self.rate:,.1f} a second")
        if self._level == VERBOSE and status != "failed":
            self.line(f"{status} {name}")
        elif self._level == NORMAL and not self._bar and time.monotonic() - self._told > EVERY:
            self._told = time.monotonic()
            self.line(self.summary() + self._left())

    def summary(self) -> str:
        """The counts and the rate."""
        return f"{self.written:,} written, {self.skipped:,} skipped, {self.failed:,} failed, {self.rate:,.1f} a second"

    def note(self, text: str) -> None:
        """Something worth knowing that is no mistake."""
        if self._level > QUIET:
            self.line(text)

    def line(self, text: str) -> None:
        """A line of its own, below the bar if there is one."""
        for part in text.splitlines():
            click.echo(f"{chr(13) + chr(27) + '[K' if self._bar else ''}xlhedge: {part}", err=True)

    def end(self) -> None:
        """The last portfolio is done, or the run stops."""
        if self._bar:
            self._bar.__exit__(None, None, None)
            self._bar = None

    def _left(self) -> str:
        done = self.written + self.skipped + self.failed
        if not self._total or not self.rate:
            return ""
        left = int((self._total - done) / self.rate)
        return f", {left // 3600:d}:{left // 60 % 60:02d}:{left % 60:02d} left"

    @staticmethod
    def _shown(item: object) -> str | None:
        return item if isinstance(item, str) else None
