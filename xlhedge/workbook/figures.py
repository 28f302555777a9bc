"""The figures of a portfolio in a list of many: a column each of results.csv."""

from types import SimpleNamespace
from typing import NamedTuple

import numpy as np

from ..formula import summed


class Figures(NamedTuple):
    """A figure of every portfolio each; docs/batch.md tells their meanings, units and signs."""

    value_usd: np.ndarray
    largest_drift: np.ndarray
    contracts: np.ndarray
    gross_trade_usd: np.ndarray
    net_trade_usd: np.ndarray
    gross_position_usd: np.ndarray
    net_position_usd: np.ndarray
    margin_usd: np.ndarray
    nearest_asset: np.ndarray
    nearest_liquidation: np.ndarray
    nearest_distance: np.ndarray
    cost_usd: np.ndarray


def figures_of(portfolios: int, held: SimpleNamespace, allocation: SimpleNamespace, plan: SimpleNamespace) -> Figures:
    """The figures of so many portfolios, from the columns of their assets."""

    def each(values: np.ndarray) -> np.ndarray:
        return np.broadcast_to(values.reshape(-1), portfolios)

    def total(values: np.ndarray) -> np.ndarray:
        return each(summed(values, axis=0))

    trade, qty = plan.trade.value, plan.qty.value
    asset, liquidation, distance = _nearest(portfolios, held, plan)
    return Figures(
        value_usd=each(allocation.whole.value),
        largest_drift=each(np.fmax.reduce(np.abs(allocation.hedged_drift.value))),
        contracts=each(_contracts(plan)),
        gross_trade_usd=total(np.abs(trade)),
        net_trade_usd=total(trade),
        gross_position_usd=total(np.abs(qty)),
        net_position_usd=total(qty),
        margin_usd=total(plan.margin.value * plan.links.price.value),
        nearest_asset=asset,
        nearest_liquidation=liquidation,
        nearest_distance=distance,
        cost_usd=total(-plan.cost.value),
    )


def _contracts(plan: SimpleNamespace) -> np.ndarray:
    """Contracts to trade, where all that trade have one face and one direction; of others no sum means anything."""
    contracts = plan.contracts.value
    face = np.where(contracts == 0, np.nan, np.sign(contracts) * plan.links.face.value)
    differ = np.fmax.reduce(face) > np.fmin.reduce(face)
    return np.where(differ, np.nan, summed(contracts, axis=0))


def _nearest(portfolios: int, held: SimpleNamespace, plan: SimpleNamespace) -> tuple[np.ndarray, ...]:
    """The asset whose liquidation is nearest, its liquidation price and the distance; an unknown one counts as nearest."""
    distance = np.where(plan.qty.value == 0, np.inf, np.abs(plan.distance.value))
    distance = np.broadcast_to(distance, (*distance.shape[:2], portfolios))
    row = np.where(np.isnan(distance), 0.0, distance).argmin(axis=0)[None]

    def there(values) -> np.ndarray:
        return np.take_along_axis(np.broadcast_to(values, distance.shape), row, axis=0)[0, 0]

    is_none = there(distance) == np.inf
    asset = np.where(is_none, "none", there(held.asset.value).astype(str))
    return asset, np.where(is_none, np.inf, there(plan.liq.value)), there(distance)
