"""Positions: which rows of a table are holdings and which are further positions of an asset, and what must hold among them."""

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from .fields import ASSET_COLUMNS, HoldingValues, SettingValues
from .hedge import SAME_COIN, HedgeContract
from .mistakes import BEYOND, RowError, Tables
from .trades import Traded

SHARE_TOLERANCE = 1e-9
WALLET_SLACK = 1e-4
"""Share by which a wallet may exceed what follows from the coins: equity, entry and price are seldom of one moment."""

OF_THE_ASSET = tuple(name for name in ASSET_COLUMNS if name not in ("portfolio", "asset", "coins"))
"""Columns that belong into the row with the coins."""


class Position(NamedTuple):
    """A position that hedges an asset: its row, its checked values, its contract, and the place of the asset among the holdings.

    `share` is its share of the hedge, `spot` the price of the coin that it is margined in, or of its contract where nothing says
    that. Its values have the price of the asset; a row that is a holding too has both. `traded` is what a ledger says of it.
    """

    row: int
    values: HoldingValues
    hedge: HedgeContract
    holding: int
    share: float
    spot: float
    traded: Traded | None = None

    @property
    def account(self) -> str:
        """The name of its cross account in lower case, "" where it is isolated."""
        return (self.values.account or "").lower()

    @property
    def coin(self) -> str:
        """The coin that it is margined in."""
        return same_coin(self.hedge.coin or self.values.asset)

    @property
    def mark(self) -> float:
        """The price of its contract."""
        return self.values.mark or self.spot

    @property
    def name(self) -> str:
        """What tells it from the others: asset, contract and account."""
        return " ".join(filter(None, (self.values.asset, self.hedge.key, self.values.account)))


def same_coin(asset: str) -> str:
    """A coin by one name, in upper case."""
    return SAME_COIN.get(asset.upper(), asset.upper())


def names_contract(values: HoldingValues) -> bool:
    """Whether a row says which contract hedges it."""
    return bool(values.venue) or (values.face is not None and values.mmr is not None)


def split(
    tables: Tables, checked: Iterable[tuple[int, HoldingValues]], is_whole: bool = True
) -> tuple[list, list, list[RowError]]:
    """The rows that are holdings, those that are further positions of them, and the mistakes.

    A further position takes the spelling, the price and the volatility of its asset. A row is one where its coins are blank
    and it names a contract. Where rows are missing (not `is_whole`) one without its asset is passed over.
    """
    holdings, further, wrong, first = [], [], [], {}
    for row, values in checked:
        asset = values.asset.upper()
        if values.coins is None:
            further.append((row, values))
        elif asset in first:
            rule = f"stands in {tables.other(first[asset][0], row)} already; add the two up, or leave the coins of a further position blank"
            wrong.append(tables.error(row, "asset", values.asset, rule))
        else:
            first[asset] = row, values
            holdings.append((row, values))
    positions = []
    for row, values in further:
        if values.asset.upper() not in first:
            if not is_whole and (_is_position(values) or row >= BEYOND):
                continue
            wrong.append(_without_holding(tables, row, values, [values.asset for _, values in holdings]))
            continue
        at, holding = first[values.asset.upper()]
        if not _is_position(values):
            where = tables.other(at, row)
            rule = f"is required, or a contract of a further position of {values.asset}, which stands in {where}"
            missing = tables.error(row, "venue", None, "is required, unless face and mmr are both given")
            wrong.append(missing if row >= BEYOND else tables.error(row, "coins", None, rule))
            continue
        for name in OF_THE_ASSET:
            told = getattr(values, name)
            if told is not None and told != getattr(holding, name):
                rule = f"belongs into {tables.other(at, row)}, which holds the coins"
                wrong.append(tables.error(row, name, told, rule))
        if values.kind == "cash":
            wrong.append(tables.error(row, "kind", values.kind, "must be perpetual, dated or blank for a position"))
            values.kind = None
        values.asset = holding.asset
        positions.append((row, values))
    return holdings, positions, wrong


def _without_holding(tables: Tables, row: int, values: HoldingValues, assets: list[str]) -> RowError:
    """The mistake of a further row whose asset no row holds."""
    if row >= BEYOND:
        return tables.error(row, "asset", values.asset, f"must be an asset of the portfolio: {', '.join(assets[:20])}")
    rule = "is required: no other row holds this asset" if _is_position(values) else "is required"
    return tables.error(row, "coins", None, rule)


def _is_position(values: HoldingValues) -> bool:
    """Whether a row names a contract, though it may leave its venue out."""
    return names_contract(values) or bool(values.contract)


def take_over(values: HoldingValues, holding: HoldingValues) -> None:
    """Give a further position what is told of its asset."""
    for name in OF_THE_ASSET:
        setattr(values, name, getattr(holding, name))


def shares(
    tables: Tables, rows: Iterable[tuple[int, HoldingValues]], is_whole: bool = True
) -> tuple[dict[int, float], list[RowError]]:
    """The share that each row's position has of the hedge of its asset, by row: blank ones share what is left evenly.

    Where rows are missing (not `is_whole`) those that are there need not come to the whole hedge.
    """
    of_asset: dict[str, list[tuple[int, HoldingValues]]] = {}
    for row, values in rows:
        of_asset.setdefault(values.asset, []).append((row, values))
    found, wrong = {}, []
    for asset, group in of_asset.items():
        told = [values.share for _, values in group]
        sum_told, blanks = math.fsum(share for share in told if share is not None), told.count(None)
        if sum_told > 1 + SHARE_TOLERANCE or (is_whole and not blanks and sum_told < 1 - SHARE_TOLERANCE):
            row = next(row for row, values in reversed(group) if values.share is not None)
            wrong.append(tables.error(row, "share", sum_told, f"of all positions of {asset} must add up to 1"))
        left = max(1 - sum_told, 0.0)
        found |= {row: left / blanks if share is None else share for (row, _), share in zip(group, told)}
    return found, wrong


def position_errors(tables: Tables, holdings: Sequence, positions: Sequence[Position]) -> Iterator[RowError]:
    """Mistakes that show only among positions: twice the same, accounts of two kinds, more margin than coins."""
    seen: dict[str, int] = {}
    for position in positions:
        earlier = seen.setdefault(position.name.lower(), position.row)
        if earlier != position.row:
            rule = f"stands in {tables.other(earlier, position.row)} already for {position.values.asset}; add the two up, or name their accounts"
            yield tables.error(position.row, "contract", position.values.contract or position.values.venue, rule)
    yield from _account_errors(tables, positions)
    yield from _margin_errors(tables, holdings, positions)


def twins(positions: Sequence[Position]) -> Iterator[tuple[Position, Position]]:
    """Positions of different assets on one contract in one account, which are one position at the venue; each with the first."""
    first: dict[tuple, Position] = {}
    for position in positions:
        if position.hedge.key:
            one = first.setdefault((position.hedge.key, position.account), position)
            if one is not position:
                yield position, one


def _account_errors(tables: Tables, positions: Sequence[Position]) -> Iterator[RowError]:
    first: dict[str, Position] = {}
    for position in positions:
        if not position.account:
            continue
        one = first.setdefault(position.account, position)
        for mine, other in ((position.hedge.venue, one.hedge.venue), (position.coin, one.coin)):
            if mine != other:
                where = tables.other(one.row, position.row)
                rule = f"must be of one venue and one coin: in {where} it is of {other}, here of {mine}"
                yield tables.error(position.row, "account", position.values.account, rule)
                break


def _margin_errors(tables: Tables, holdings: Sequence, positions: Sequence[Position]) -> Iterator[RowError]:
    """More margin in a coin than a wallet can hold: the coins, which count the unrealised PnL, without it."""
    coins = {same_coin(holding.values.asset): holding.values.coins for holding in holdings}
    posted: dict[str, list[Position]] = {}
    for position in positions:
        posted.setdefault(position.coin, []).append(position)
    for coin, group in posted.items():
        total = math.fsum(position.values.margin or 0.0 for position in group)
        last = next((position for position in reversed(group) if position.values.margin), None)
        if last is None:
            continue
        if coin not in coins:
            rule = f"is in {coin}, which the portfolio does not hold: list the {coin} that is posted as coins"
            yield tables.error(last.row, "margin", last.values.margin, rule)
            continue
        pnl = math.fsum(unrealized(position) for position in group)
        most = coins[coin] - pnl
        if total > most * (1 + WALLET_SLACK):
            left_out = (
                f", the unrealised PnL of {'the position' if len(group) == 1 else 'its positions'} left out"
                if any(position.values.qty for position in group)
                else ""
            )
            of_all = "" if len(group) == 1 else f" of all positions in {coin}"
            rule = f"{of_all} must not exceed the {most:.10g} coins that a wallet can hold{left_out}".strip()
            yield tables.error(last.row, "margin", total, rule)


def unrealized(position: Position) -> float:
    """Unrealised PnL of a position [coin that it is margined in]."""
    values = position.values
    return values.qty * (1 / values.entry - 1 / position.mark) if values.qty and values.entry else 0.0


def worth(position: Position) -> float:
    """What a dollar of the face of a position is worth of exposure to its asset [USD]."""
    return position.spot / position.mark / (position.values.beta or 1.0)


def goals(holding: HoldingValues, positions: Sequence[Position], settings: SettingValues, value: float) -> list[float]:
    """What each position of an asset is to become [USD], as the Hedge plan has it.

    All stay where nothing is asked, and where neither the asset is beyond the band nor one of them beyond it from its share.
    """
    held, coins_worth = [p.values.qty or 0.0 for p in positions], holding.coins * holding.price
    rates = [worth(position) for position in positions]
    hedged = math.fsum(qty * rate for qty, rate in zip(held, rates))
    if holding.hedge_ratio is not None:
        exposure = (1 - holding.hedge_ratio) * coins_worth
    elif holding.target_weight is not None:
        exposure = holding.target_weight * value
    else:
        return held
    goal = exposure - coins_worth if settings.long_underweight else min(exposure - coins_worth, 0.0)
    if settings.mode == "spot" or coins_worth <= 0:
        return held
    band = (settings.band + SNAP) * value
    wanted = [goal * position.share / rate for position, rate in zip(positions, rates)]
    offs = (abs(target - qty) * rate for target, qty, rate in zip(wanted, held, rates))
    is_off = abs(coins_worth + hedged - exposure) > band or any(off > band for off in offs)
    return wanted if is_off else held


SNAP = 1e-9
"""A drift this far beyond the band is within it, as on the Allocation sheet."""
