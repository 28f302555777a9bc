"""The rows of a ledger as the log of the Monitor sheet, in the place of what was typed there of the same positions."""

import datetime
import math
from collections.abc import Iterable, Iterator

from ..portfolio import Portfolio, RowError, RowErrors
from ..portfolio.positions import Position, same_coin
from ..portfolio.trades import Account, Logged
from ..workbook.sheets.log import LOG
from ..workbook.sheets.monitor import MONITOR
from .filled_in import MOST_LOGGED

NAMES = tuple(field.name for field in LOG.fields)
Cells = dict[str, object]


def with_log(portfolio: Portfolio, ledger: Account) -> Portfolio:
    """A portfolio whose log has the rows of its ledger, before which nothing was open; RowErrors where they are too many.

    Rows that were typed of other positions stay, and so do the notes beside rows that the ledger has; what it does not have is told.
    """
    covered = {place: p for place, p in enumerate(portfolio.positions) if p.traded}
    of_label = {_label(position).lower(): position for position in covered.values()}
    typed = dict(portfolio.kept.get(MONITOR.name, {}))
    kept, lost, noted = [], {}, {}
    for row in _rows(typed):
        position = of_label.get(str(row["position"] or "").strip().lower())
        if position is None:
            kept.append(row)
        elif not _is_of(row, position):
            lost[_label(position)] = lost.get(_label(position), 0) + 1
        else:
            noted.setdefault((_label(position), _said(row)), []).append(row["note"])
    new = [_cells(position, logged, noted) for position in covered.values() for logged in position.traded.log]
    rows = _in_time(kept, new)
    if len(rows) > MOST_LOGGED:
        rule = f"with the {len(kept):,} rows that were typed must have at most {MOST_LOGGED:,} rows"
        raise RowErrors([RowError(ledger.name, 0, "log", len(rows), rule, portfolio.name)])
    typed |= {name: tuple(row[name] for row in rows) for name in NAMES}
    for name, value in (("start_qty", 0.0), ("start_entry", None)):
        typed[name] = _beside(typed.get(name)) | dict.fromkeys(covered, value)
    margins = _beside(typed.get("start_margin"))
    typed["start_margin"] = {place: value for place, value in margins.items() if place not in covered}
    gained = {p.coin for p in covered.values() if p.traded.log}
    coins = {
        i: each.values.coins for i, each in enumerate(portfolio.holdings) if same_coin(each.values.asset) in gained
    }
    told = _beside(typed.get("coins_now"))
    changed = tuple(
        f"{portfolio.assets[i]} coins now, on {MONITOR.name}: {told[i]:.15g} -> {count:.15g}, those of the holdings"
        for i, count in coins.items()
        if isinstance(told.get(i), (int, float)) and told[i] != count
    )
    typed["coins_now"] = told | coins
    read_from = portfolio.read_from._replace(ledger=ledger.name, coins={portfolio.assets[i]: coins[i] for i in coins})
    notes = tuple(
        f"sheet {MONITOR.name}: {count} rows of the log of {name} are not in {ledger.name}, whose rows take their place"
        for name, count in lost.items()
    )
    return portfolio._replace(
        kept={**portfolio.kept, MONITOR.name: typed},
        notes=(*portfolio.notes, *notes),
        filled=(*portfolio.filled, *changed),
        read_from=read_from,
    )


def with_coins(portfolio: Portfolio) -> Portfolio:
    """A portfolio whose coins of now, where a ledger brought them and nobody typed others since, are those of the holdings."""
    typed, then = portfolio.kept.get(MONITOR.name, {}), portfolio.read_from.coins
    told, now, changed = _beside(typed.get("coins_now")), {}, []
    for i, holding in enumerate(portfolio.holdings):
        asset, coins = holding.values.asset, holding.values.coins
        before = then.get(asset)
        if (
            before is not None
            and isinstance(told.get(i), (int, float))
            and math.isclose(told[i], before, rel_tol=1e-14)
        ):
            now[i] = coins
            if coins != told[i]:
                changed.append(
                    f"{asset} coins now, on {MONITOR.name}: {told[i]:.15g} -> {coins:.15g}, those of the holdings"
                )
    if not now:
        return portfolio
    assets = portfolio.assets
    return portfolio._replace(
        kept={**portfolio.kept, MONITOR.name: {**typed, "coins_now": told | now}},
        filled=(*portfolio.filled, *changed),
        read_from=portfolio.read_from._replace(coins={assets[i]: now[i] for i in now}),
    )


def _beside(typed: object) -> dict[int, object]:
    return dict(typed) if typed else {}


def _label(position: Position) -> str:
    """What the sheet Positions calls a position."""
    name = position.hedge.key or position.hedge.symbol
    return " ".join(" ".join(filter(None, (position.values.asset, name, position.values.account))).split())


def _rows(typed: Cells) -> Iterator[Cells]:
    """The rows of a log that was typed."""
    columns = [typed.get(name, ()) for name in NAMES]
    for i in range(max(map(len, columns))):
        row = {name: column[i] if i < len(column) else None for name, column in zip(NAMES, columns)}
        if any(value is not None for value in row.values()):
            yield row


def _cells(position: Position, logged: Logged, noted: dict[tuple, list]) -> Cells:
    """A row of a ledger with the note that was typed beside it, if one was; of equal rows each has its own."""
    row = logged._asdict()
    typed = noted.get((_label(position), _said(row)))
    return {"position": _label(position), **row, "note": (typed and typed.pop(0)) or row["note"]}


def _is_of(row: Cells, position: Position) -> bool:
    """Whether a row that was typed is one of the ledger's, or of those that it has summed up."""
    time, summed = row["time"], position.traded.summed
    if summed and isinstance(time, datetime.datetime) and _second(time) <= _second(summed):
        return True
    return _said(row) in {_said(logged._asdict()) for logged in position.traded.log}


def _said(row: Cells) -> tuple:
    """What a row says, to the second."""
    figures = tuple(row[name] or 0.0 for name in ("fill", "price", "fee", "funding", "transfer"))
    return _second(row["time"]), *figures


def _second(time: object) -> object:
    """A time to the nearest second."""
    if not isinstance(time, datetime.datetime):
        return time
    return (time + datetime.timedelta(microseconds=500_000)).replace(microsecond=0)


def _in_time(kept: Iterable[Cells], new: Iterable[Cells]) -> list[Cells]:
    """Rows in the order of their times; one that was typed without a time stays below the one above it."""
    timed, last = [], datetime.datetime.min
    for row in kept:
        last = row["time"] if isinstance(row["time"], datetime.datetime) else last
        timed.append((last, row))
    timed += ((row["time"], row) for row in new)
    return [row for _, row in sorted(timed, key=lambda each: each[0])]
