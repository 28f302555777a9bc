"""The figures of a portfolio in a list of many: a column each of results.csv."""

from typing import NamedTuple

import numpy as np

from ..formula import summed
from .portfolios import Portfolios
from .sheets.allocation import Weights
from .sheets.inputs import Held
from .sheets.plan_figures import Carry, Exposure, Links, Margins, Size
from .sheets.positions import PositionColumns


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
    later_distance: np.ndarray
    exposure_before_usd: np.ndarray
    exposure_after_usd: np.ndarray
    orders: np.ndarray
    post_usd: np.ndarray
    take_back_usd: np.ndarray
    carry_expected_usd: np.ndarray
    carry_adverse_usd: np.ndarray


def figures_of(
    portfolios: Portfolios, held: Held, positions: PositionColumns, weights: Weights, links: Links, size: Size,
    exposure: Exposure, margins: Margins, carry: Carry,
) -> Figures:  # fmt: skip
    """The figures of each portfolio, from the columns of its assets and its positions."""
    count = len(portfolios)

    def each(values: np.ndarray) -> np.ndarray:
        return np.broadcast_to(values.reshape(-1), count)

    def total(values: np.ndarray) -> np.ndarray:
        return each(summed(values, axis=0))

    trade, qty, moved = size.trade.value, size.qty.value, margins.transfer.value * positions.spot.value
    is_cash = held.kind.value == "cash"
    asset, liquidation, distance = _nearest(count, positions, qty, margins)
    return Figures(
        value_usd=each(weights.whole.value),
        largest_drift=each(np.fmax.reduce(np.abs(weights.hedged_drift.value))),
        contracts=each(_contracts(size.contracts.value, links.face.value)),
        gross_trade_usd=total(np.abs(trade)),
        net_trade_usd=total(trade),
        gross_position_usd=total(np.abs(qty)),
        net_position_usd=total(qty),
        margin_usd=total(margins.margin.value * positions.spot.value),
        nearest_asset=asset,
        nearest_liquidation=liquidation,
        nearest_distance=distance,
        later_distance=each(np.abs(carry.later.value).min(axis=0)),
        exposure_before_usd=total(np.where(is_cash, 0.0, weights.value.value + weights.hedge.value)),
        exposure_after_usd=total(np.where(is_cash, 0.0, exposure.usd.value)),
        orders=total(1.0 * (trade != 0)),
        post_usd=total(np.maximum(moved, 0.0)),
        take_back_usd=total(np.minimum(moved, 0.0)),
        carry_expected_usd=total(carry.expected.value),
        carry_adverse_usd=total(carry.adverse.value),
    )


def _contracts(contracts: np.ndarray, face: np.ndarray) -> np.ndarray:
    """Contracts to trade, where all that trade have one face and one direction; of others no sum means anything."""
    face = np.where(contracts == 0, np.nan, np.sign(contracts) * face)
    differ = np.fmax.reduce(face) > np.fmin.reduce(face)
    return np.where(differ, np.nan, summed(contracts, axis=0))


def _nearest(count: int, positions: PositionColumns, qty: np.ndarray, margins: Margins) -> tuple[np.ndarray, ...]:
    """The asset whose liquidation is nearest, its liquidation price and the distance; an unknown one counts as nearest."""
    distance = np.where(qty == 0, np.inf, np.abs(margins.distance.value))
    distance = np.broadcast_to(distance, (*distance.shape[:2], count))
    row = np.where(np.isnan(distance), 0.0, distance).argmin(axis=0)[None]

    def there(values) -> np.ndarray:
        return np.take_along_axis(np.broadcast_to(values, distance.shape), row, axis=0)[0, 0]

    is_none = there(distance) == np.inf
    asset = np.where(is_none, "none", there(positions.asset.value).astype(str))
    return asset, np.where(is_none, np.inf, there(margins.liq.value)), there(distance)
