"""What a ledger comes to by account, venue and contract, beside the venue's own figures, with each difference named."""

import math
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from ..contracts import FactTable, contract
from ..errors import XlhedgeError, counted
from .expired import unsettled
from .entry import FEE, FILL, FUNDING, REALISED, SETTLEMENT, TRANSFER
from .frame import microseconds
from .rounding import ROUNDING, Rounding, decimals_told, rounded_off
from .walk import NEAR, Gap, Steps, Walked, walk

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

SATOSHI = 1e-8
SECOND = 1_000_000
"""Microseconds of a second."""
REMEDY = "give import the exports that have them too"
"""What is to be done where fills are missing."""
AGREES, ROUNDED, OPENED, MISSING, UNEXPLAINED = (
    "agrees", "rounding", "opened before the export", "a fill is missing", "unexplained",
)  # fmt: skip
"""How a difference is named; only the last has no explanation."""


class Difference(NamedTuple):
    """A figure of ours beside the venue's: ours is None where it is not known; `name` is one of those above, `why` a sentence.

    `by_rule` is ours with the venue's own rounding, where that is known.
    """

    what: str
    unit: str
    ours: float | None
    theirs: float
    name: str
    why: str
    by_rule: float | None = None


class Line(NamedTuple):
    """What the rows of one contract come to; None is not known.

    `position` [USD, long > 0; None where no row tells of one], `entry` [USD/coin] harmonic, `realised` [coin] at average cost and without fees, `lumps` [coin]
    that the venue does not break down, `fees` [coin, paid > 0], `funding` [coin, received > 0], `opening` [USD] open before the
    first row, `gaps` counted.
    """

    account: str
    venue: str
    contract: str
    coin: str
    first: "pd.Timestamp"
    last: "pd.Timestamp"
    fills: int
    position: float | None
    entry: float | None
    realised: float | None
    lumps: float
    fees: float
    funding: float
    opening: float
    gaps: int
    differences: tuple[Difference, ...]

    @property
    def opened(self) -> str:
        """What was open before the first row, in words."""
        what = f"{abs(self.opening):,.10g} USD {'bought' if self.opening > 0 else 'sold'}"
        return f"{what} are missing before the first row ({self.first:%Y-%m-%d %H:%M:%S} UTC)"


class Wallet(NamedTuple):
    """What the rows of all contracts of a coin moved in [coin], beside the change of the venue's balance between two times.

    `balance` [coin] is the last that the venue tells, None where it tells none.
    """

    account: str
    venue: str
    coin: str
    transfers: float
    since: "pd.Timestamp | None"
    until: "pd.Timestamp | None"
    differences: tuple[Difference, ...]
    balance: float | None = None


class Reconciliation(NamedTuple):
    """A line for each contract, a wallet for each coin, and the gaps in the order of time."""

    lines: tuple[Line, ...]
    wallets: tuple[Wallet, ...]
    gaps: tuple[Gap, ...]

    @property
    def incomplete(self) -> list[str]:
        """The fills that are missing, each in words: what was open before the first row, and gaps."""
        opened = (f"{line.venue} {line.contract}: {line.opened}" for line in self.lines if line.opening)
        return [*opened, *(f"{gap.venue} {gap.contract}: {gap.told}" for gap in self.gaps)]

    @property
    def unexplained(self) -> int:
        """How many differences have no explanation."""
        every = (*self.lines, *self.wallets)
        return sum(difference.name == UNEXPLAINED for each in every for difference in each.differences)


class _Moves(NamedTuple):
    """What the rows of a contract moved in the wallet [coin], exactly and by the venue's rounding, and when."""

    times: "np.ndarray"
    exact: "np.ndarray"
    rounded: "np.ndarray"


def reconcile(rows: "pd.DataFrame", statements: "pd.DataFrame", contracts: FactTable | None = None) -> Reconciliation:
    """Reconcile a ledger with what its venues say.

    Args: `rows` of a ledger and the `statements` beside them, both in the order of time; `contracts` the user's own table.
    """
    import pandas as pd

    lines, gaps = [], []
    moves: dict[tuple[str, str, str], list[_Moves]] = {}
    both = rows
    if len(statements):
        both = pd.concat([rows, statements], ignore_index=True).sort_values("time", kind="stable", ignore_index=True)
    ends: dict[tuple[str, str], int] = {}
    for (account, venue, name), places in _groups(both):
        ends[account, venue] = max(ends.get((account, venue), 0), int(places[-1]))
        coin = coin_of(venue, name, contracts)
        if coin == name:
            continue
        line, moved, missing = _line(both, places, account, venue, name, coin)
        gaps += missing
        moves.setdefault((account, venue, coin), []).append(moved)
        if line:
            lines.append(line)
    for place, line in enumerate(lines):
        of = line.account, line.venue, line.contract
        if line.position and (gap := unsettled(of, line.position, line.last, both.iloc[ends[of[:2]]], contracts)):
            gaps.append(gap)
            lines[place] = _expired(line, gap)
    wallets = [
        *_wallets(
            both,
            moves,
            {(line.account, line.venue, line.coin): line for line in lines if line.opening or line.gaps},
            contracts,
        )
    ]
    gaps.sort(key=lambda gap: gap.time)
    return Reconciliation(tuple(lines), tuple(wallets), tuple(gaps))


def _expired(line: Line, gap: Gap) -> Line:
    """A line whose position is of a contract that expired: that the venue told it before agrees with nothing now."""
    why = f"it expired on {gap.expired} and no row settles it"
    differences = (
        each._replace(name=MISSING, why=why) if each.what == "position" else each for each in line.differences
    )
    return line._replace(gaps=line.gaps + 1, differences=tuple(differences))


def _groups(frame: "pd.DataFrame") -> Iterator[tuple[tuple[str, str, str], "np.ndarray"]]:
    """The places of the rows of each account, venue and contract, by name."""
    found = frame.groupby(["account", "venue", "contract"], observed=True, sort=True).indices
    yield from sorted(found.items())


@lru_cache(maxsize=4096)
def coin_of(venue: str, name: str, contracts: FactTable | None = None) -> str:
    """The coin that a contract of a ledger is settled in; the name itself where it is that of a coin, "" where none is known."""
    if name.isalnum() and len(name) <= 5 and not name.endswith("USD"):
        return name
    try:
        return contract(venue, name, table=contracts)["coin"]
    except XlhedgeError:
        return ""


def _line(both: "pd.DataFrame", rows: "np.ndarray", account: str, venue: str, name: str, coin: str):
    import numpy as np

    types = both["type"]
    is_trade = _at(types.isin((FILL, SETTLEMENT)).to_numpy(), rows)
    times = _at(microseconds(both["time"]), rows)
    is_told = both[["position", "size", "entry"]].notna().any(axis=1).to_numpy()
    places = np.flatnonzero(is_trade | _at(is_told, rows))
    told = {name: _at(_at(both[name].to_numpy(), rows), places) for name in ("qty", "price", "position", "size")}
    steps = Steps(_at(times, places), **told | {"qty": np.where(_at(is_trade, places), told["qty"], np.nan)})
    rounding = ROUNDING.get(venue)
    exact = walk(steps)
    rounded = walk(steps, rounding.after) if rounding else exact

    fees, amounts = (np.nan_to_num(_at(both[name].to_numpy(), rows)) for name in ("fee", "amount"))
    moved = [_cash(places, exact, amounts - fees)]
    moved.append(_cash(places, rounded, amounts - fees) if rounding else moved[0])
    missing = [
        _gap(both, account, venue, name, rows[places[row]], None if before is None else rows[places[before]], lost)
        for row, before, lost in exact.missing
    ]
    if not _at(types.isin((FILL, SETTLEMENT, FUNDING, FEE, REALISED)).to_numpy(), rows).any() and not len(places):
        return None, _Moves(times, *moved), missing
    position = exact.position
    known = len(places) > 0 and not np.isnan(exact.realised).any()
    lumps, funding = (math.fsum(amounts[_at((types == type).to_numpy(), rows)]) for type in (REALISED, FUNDING))
    line = Line(
        account=account, venue=venue, contract=name, coin=coin,
        first=both["time"].iloc[rows[0]], last=both["time"].iloc[rows[-1]],
        fills=int(is_trade.sum()), position=position.qty if len(places) else None,
        entry=None if not position.qty or math.isnan(position.cost) else position.entry,
        realised=math.fsum(exact.realised) if known else None,
        lumps=lumps, fees=math.fsum(fees), funding=funding,
        opening=exact.opening, gaps=len(missing), differences=(),
    )  # fmt: skip
    entry, profit = (_at(_at(both[name].to_numpy(), rows), places) for name in ("entry", "profit"))
    differences = tuple(_differences(line, steps, entry, profit, exact, rounded, rounding))
    return line._replace(differences=differences), _Moves(times, *moved), missing


def _at(column: "np.ndarray", places: "np.ndarray") -> "np.ndarray":
    """What stands at some places, which are in order; all of it without a copy."""
    return column if len(places) == len(column) else column[places]


def _cash(places: "np.ndarray", walked: Walked, paid: "np.ndarray") -> "np.ndarray":
    """What each row moved in the wallet: what it says, and the profit of a fill."""
    paid[places] += walked.realised
    return paid


def _gap(both: "pd.DataFrame", account: str, venue: str, name: str, place: int, before: int | None, lost: float) -> Gap:
    row = both.iloc[place]
    since = None if before is None else both["time"].iloc[before]
    return Gap(account, venue, name, row["time"], since, lost, str(row["file"]), int(row["row"]))


def _differences(
    line: Line,
    steps: Steps,
    entry: "np.ndarray",
    profit: "np.ndarray",
    exact: Walked,
    rounded: Walked,
    rounding: Rounding | None,
) -> Iterator[Difference]:
    """Position, entry and profit of a contract beside the venue's, whose `entry` and `profit` stand beside the steps."""
    import numpy as np

    told = np.flatnonzero(~np.isnan(steps.position) | ~np.isnan(steps.size))
    if len(told) and not line.gaps:
        yield _position(line, steps, told, exact.unsure)
    entries = np.flatnonzero(~np.isnan(entry))
    if len(entries) and line.position and np.isnan(steps.qty[entries[-1] + 1 :]).all():
        yield _entry(line, float(entry[entries[-1]]), exact, rounded, rounding)
    profits = np.flatnonzero(~np.isnan(profit))
    if len(profits):
        theirs = math.fsum(profit[profits])
        ours, by_rule = (math.fsum(walked.realised[profits]) for walked in (exact, rounded))
        yield _money("realised", line.coin, ours, by_rule, theirs, decimals_told(profit), len(profits), rounding, line)


def _position(line: Line, steps: Steps, told: "np.ndarray", is_unsure: bool) -> Difference:
    """Our position beside the one that the venue tells last; of several at one time the nearest, for their order is not told."""
    import numpy as np

    end = int(np.searchsorted(steps.time, steps.time[told[-1]], "right"))
    ours = math.fsum(np.nan_to_num(steps.qty[:end])) + line.opening
    last = told[steps.time[told] == steps.time[told[-1]]]
    signed = np.where(np.isnan(steps.position[last]), np.copysign(steps.size[last], ours), steps.position[last])
    theirs = float(signed[np.abs(signed - ours).argmin()])
    off, why = theirs - ours, ""
    if abs(off) > NEAR * max(1.0, abs(ours), abs(theirs)):
        return Difference("position", "USD", ours, theirs, UNEXPLAINED, f"{off:+,.10g} USD")
    if line.opening:
        why = f"{line.opening:,.10g} USD were open before the first row, or fills are missing"
        why += "; the venue's sizes do not tell whether long or short" if is_unsure else ""
    elif not np.isnan(steps.qty[end:]).all():
        why = f"before the last fills, on {datetime.fromtimestamp(steps.time[end - 1] / 1e6, UTC):%Y-%m-%d %H:%M} UTC"
    return Difference("position", "USD", ours, theirs, OPENED if line.opening else AGREES, why)


def _entry(line: Line, theirs: float, exact: Walked, rounded: Walked, rounding: Rounding | None) -> Difference:
    """The average entry beside the venue's, which may be rounded as it is shown or by the values of its contracts."""
    if line.entry is None:
        name = OPENED if line.opening else MISSING
        return Difference(
            "entry", "USD/" + line.coin, None, theirs, name, "the entry of what was open is not in the export"
        )
    off = abs(line.entry - theirs)
    digits = len(repr(theirs).partition(".")[2]) if "e" not in repr(theirs) else 12
    name, why = UNEXPLAINED, f"{theirs - line.entry:+.10g}"
    if off <= 1e-9 * theirs:
        name, why = AGREES, ""
    elif off <= 0.5000001 * 10.0**-digits:
        name, why = ROUNDED, f"the venue shows it with {digits} decimals"
    elif rounding and abs(line.position / theirs - rounded.position.cost) <= SATOSHI * 1.5:
        name, why = ROUNDED, rounding.rule
    return Difference("entry", "USD/" + line.coin, line.entry, theirs, name, why)


def _money(
    what: str,
    coin: str,
    ours: float,
    by_rule: float,
    theirs: float,
    decimals: int,
    count: int,
    rounding: Rounding | None,
    line: Line | None,
) -> Difference:
    """An amount of coin, the sum of `count` that are told to some decimals, beside the venue's: the same, or named why not."""
    name, why = UNEXPLAINED, f"{theirs - ours:+.8f} {coin}"
    if math.isnan(ours):
        name, why = (OPENED if line and line.opening else MISSING), "the entry of what was closed is not in the export"
        return Difference(what, coin, None, theirs, name, why)
    if abs(ours - theirs) < 0.5 * SATOSHI:
        name, why = AGREES, ""
    elif rounding and abs(by_rule - theirs) <= 1.001 * SATOSHI:
        name, why = ROUNDED, rounding.rule
    elif not rounding and abs(ours - theirs) <= rounded_off(decimals, count):
        name, why = ROUNDED, f"each amount of the export is rounded to {decimals} decimals"
    elif line and line.gaps:
        name, why = MISSING, f"{why}; {counted(line.gaps, 'gap')} told"
    return Difference(what, coin, ours, theirs, name, why, by_rule if rounding else None)


def _wallets(both: "pd.DataFrame", moves: dict, spoiled: dict, contracts: FactTable | None) -> Iterator[Wallet]:
    """Each coin's wallet: what our rows moved between the first and the last balance that the venue tells."""
    import numpy as np

    rows_of: dict[tuple[str, str, str], list] = {}
    for (account, venue, name), places in _groups(both):
        if coin := coin_of(venue, name, contracts):
            rows_of.setdefault((account, venue, coin), []).append((name, places))
    for (account, venue, coin), groups in rows_of.items():
        every = np.sort(np.concatenate([places for _, places in groups])) if len(groups) > 1 else groups[0][1]
        own = [places for name, places in groups if name == coin]
        transfers = both.iloc[own[0]] if own else both.iloc[:0]
        is_transfer = (transfers["type"] == TRANSFER).to_numpy()
        paid = np.nan_to_num(transfers["amount"].to_numpy()) - np.nan_to_num(transfers["fee"].to_numpy())
        known = [
            *moves.get((account, venue, coin), ()),
            _Moves(microseconds(transfers["time"]), paid, paid),
        ]
        every = every[~np.isnan(_at(both["balance"].to_numpy(), every))]
        balance = _at(both["balance"].to_numpy(), every)
        seconds = _at(microseconds(both["time"]), every) // SECOND
        wallet = Wallet(account, venue, coin, math.fsum(paid[is_transfer]), None, None, ())
        if len(every):
            wallet = wallet._replace(balance=float(balance[-1]))
        if len(every) < 2 or seconds[0] == seconds[-1]:
            if is_transfer.any() or len(every):
                yield wallet
            continue
        begin, end = np.searchsorted(seconds, seconds[0], "right") - 1, len(every) - 1
        since, until = (seconds[begin] + 1) * SECOND, (seconds[end] + 1) * SECOND
        within = [(moved.times >= since) & (moved.times < until) for moved in known]
        ours = math.fsum(float(part) for moved, chosen in zip(known, within) for part in moved.exact[chosen])
        by_rule = math.fsum(float(part) for moved, chosen in zip(known, within) for part in moved.rounded[chosen])
        count = sum(int(chosen.sum()) for chosen in within)
        paid = (_at(both[name].to_numpy(), places) for name in ("amount", "fee") for _, places in groups)
        decimals = decimals_told(balance, *paid)
        difference = _money(
            "change of the wallet", coin, ours, by_rule, float(balance[end] - balance[begin]), decimals, count,
            ROUNDING.get(venue), spoiled.get((account, venue, coin)),
        )  # fmt: skip
        times = both["time"]
        if difference.name in (UNEXPLAINED, MISSING, OPENED):
            off = _first_off(known, seconds, balance, decimals)
            if off is not None:
                row = both.iloc[every[off]]
                first = f"first off by {row['time']:%Y-%m-%d %H:%M:%S} UTC, {row['file']} row {row['row']}"
                difference = difference._replace(why=f"{difference.why}; {first}")
        yield wallet._replace(since=times.iloc[every[begin]], until=times.iloc[every[end]], differences=(difference,))


def _first_off(known: "list[_Moves]", seconds: "np.ndarray", balance: "np.ndarray", decimals: int) -> int | None:
    """The place of the first balance, of those that the venue tells, that what was moved since the first does not come to."""
    import numpy as np

    times = np.concatenate([moved.times for moved in known]) // SECOND
    order = np.argsort(times, kind="stable")
    sums = np.concatenate(([0.0], np.cumsum(np.concatenate([moved.rounded for moved in known])[order])))
    places = np.flatnonzero(np.append(seconds[1:] != seconds[:-1], True))
    counts = np.searchsorted(times[order], seconds[places], "right")
    off = np.abs((sums[counts] - sums[counts[0]]) - (balance[places] - balance[places[0]]))
    off = off > rounded_off(decimals, counts - counts[0])
    return int(places[off.argmax()]) if off.any() else None
