# Written by `bash install/refresh.sh` from the registry: change that, not this.
# fmt: off
# ruff: noqa
# An overload for single numbers stands before the one for arrays, which takes single numbers too. Checkers would rather
# have them apart; that takes an overload for each way to place an array, and nobody could read their messages then.
# So a value that is said to be a number or an array counts as an array.
# mypy: disable-error-code="overload-overlap"
# pyright: reportOverlappingOverload=false
import datetime
from collections.abc import Hashable, Iterable, Sequence
from typing import Any, Literal, Protocol, SupportsFloat, TypeAlias, overload

import numpy as np
import pandas as pd
from numpy.typing import NDArray

__all__ = [
    "avg_entry",
    "bankruptcy_price",
    "basis",
    "basis_apr",
    "beta_hedge",
    "break_even",
    "break_even_days",
    "break_even_funding",
    "carry_grid",
    "carry_qty",
    "carry_value",
    "coin_delta",
    "coin_gamma",
    "coins_to_contracts",
    "collateral_value",
    "contract_spec",
    "contracts_to_coins",
    "delivery_pnl",
    "dollar_apr",
    "drift",
    "funding_apr",
    "funding_cost",
    "funding_ledger",
    "funding_payment",
    "funding_total",
    "hedge_cost",
    "hedge_effectiveness",
    "hedge_ratio",
    "hedge_replay",
    "hedge_size",
    "hedged_weight",
    "historical_var",
    "implied_funding",
    "initial_margin",
    "inverse_pnl",
    "linear_pnl",
    "liq_distance",
    "liq_price",
    "liq_price_after_funding",
    "liq_price_cross",
    "liq_price_tiered",
    "liq_price_venue",
    "liq_probability",
    "maint_amounts",
    "maint_margin",
    "maint_tier",
    "margin_call_price",
    "margin_for_move",
    "margin_ratio",
    "market",
    "max_leverage",
    "max_qty",
    "min_var_hedge",
    "net_exposure",
    "notional_coin",
    "over_hedged",
    "portfolio_var",
    "realized_pnl",
    "rebalance_hedges",
    "rebalance_trades",
    "rehedge",
    "roe",
    "roll_apr",
    "round_lot",
    "round_tick",
    "safe_hedge",
    "safe_margin",
    "scenario_grid",
    "scenario_ladder",
    "stress",
    "target_price",
    "target_price_roe",
    "tax_deferral",
    "tier_leverage",
    "trade_fee",
    "weights",
    "xlhedge_version",
]

__version__: str

# A number of any kind. What can change, an array above all, has no hash.
class _Number(SupportsFloat, Hashable, Protocol): ...

_Numeric: TypeAlias = NDArray[np.floating[Any] | np.integer[Any] | np.bool_ | np.object_]
_Series: TypeAlias = pd.Series[float] | pd.Series[int] | pd.Series[bool]
# Broadcast against the others. An element that is missing or not allowed makes that element of the result NaN.
_Array: TypeAlias = Sequence[_Number | None | Sequence[_Number | None]] | _Numeric | pd.DataFrame | pd.Index[Any]
# A list taken as a whole, or one number for all of its elements.
_List: TypeAlias = _Number | Sequence[_Number] | _Numeric | pd.Index[Any]
_Table: TypeAlias = _List | _Series | Sequence[Sequence[_Number]] | pd.DataFrame
_Time: TypeAlias = _Number | str | datetime.date | np.datetime64
_Texts: TypeAlias = list[str] | tuple[str, ...] | NDArray[np.str_ | np.object_] | pd.Index[Any]
# Numbers where an element is NaN.
_Flags: TypeAlias = NDArray[np.bool_] | NDArray[np.float64]
_FlagSeries: TypeAlias = pd.Series[bool] | pd.Series[float]

@overload
def inverse_pnl(qty: _Number, entry: _Number, price: _Number, unit: Literal["coin", "usd"] | None = "coin", fee_open: _Number | None = 0.0, fee_close: _Number | None = 0.0, funding: _Number | None = 0.0) -> float:
    """PnL of an inverse position, after fees and funding; in USD it is valued at `price`.

    Arguments:
        qty: signed USD face of the position, short < 0 [USD]; number or array
        entry: average entry price [USD/coin]; > 0; number or array
        price: price [USD/coin]; > 0; number or array
        unit: unit of the result; coin | usd; default "coin"; one value
        fee_open: fee rate paid when opening, rebate < 0 [fraction]; > -1 and < 1; default 0; number or array
        fee_close: fee rate paid when closing, rebate < 0 [fraction]; > -1 and < 1; default 0; number or array
        funding: funding received so far, paid < 0 [coin]; default 0; number or array

    Result: number [coin or USD]

    Errors:
        InputError: an argument has the wrong type or shape, is missing, or is an unknown word (#VALUE! in a
            sheet).
        DomainError: a single number is out of its domain; in an array only that element is NaN (#NUM! in a
            sheet).

    Formula: coin: Q (1/E - 1/P) - |Q| (fee_open/E + fee_close/P) + funding; USD: the same times P

    Source: BitMEX, inverse perpetual guide; Bybit help 900000404726 (P&L calculations, inverse contracts)

    Example:
        >>> xlhedge.inverse_pnl(-600000, 60000, 50000)
        2.0
    """
@overload
def inverse_pnl(qty: _Number | _Array, entry: _Number | _Array, price: _Number | _Array, unit: Literal["coin", "usd"] | None = "coin", fee_open: _Number | _Array | None = 0.0, fee_close: _Number | _Array | None = 0.0, funding: _Number | _Array | None = 0.0) -> NDArray[np.float64]: ...
@overload
def inverse_pnl(qty: _Series, entry: _Number | _Array | _Series, price: _Number | _Array | _Series, unit: Literal["coin", "usd"] | None = "coin", fee_open: _Number | _Array | _Series | None = 0.0, fee_close: _Number | _Array | _Series | None = 0.0, funding: _Number | _Array | _Series | None = 0.0) -> pd.Series[float]: ...
@overload
def inverse_pnl(qty: _Number | _Array | _Series, entry: _Series, price: _Number | _Array | _Series, unit: Literal["coin", "usd"] | None = "coin", fee_open: _Number | _Array | _Series | None = 0.0, fee_close: _Number | _Array | _Series | None = 0.0, funding: _Number | _Array | _Series | None = 0.0) -> pd.Series[float]: ...
@overload
def inverse_pnl(qty: _Number | _Array | _Series, entry: _Number | _Array | _Series, price: _Series, unit: Literal["coin", "usd"] | None = "coin", fee_open: _Number | _Array | _Series | None = 0.0, fee_close: _Number | _Array | _Series | None = 0.0, funding: _Number | _Array | _Series | None = 0.0) -> pd.Series[float]: ...
@overload
def inverse_pnl(qty: _Number | _Array, entry: _Number | _Array, price: _Number | _Array, unit: Literal["coin", "usd"] | None = "coin", fee_open: _Number | _Array | _Series | None = 0.0, fee_close: _Number | _Array | _Series | None = 0.0, funding: _Number | _Array | _Series | None = 0.0) -> pd.Series[float]: ...

@overload
def linear_pnl(coins: _Number, entry: _Number, price: _Number, fee_open: _Number | None = 0.0, fee_close: _Number | None = 0.0, funding: _Number | None = 0.0) -> float:
    """PnL in USD of a linear (stablecoin-margined) position, for comparison.

    Arguments:
        coins: signed coin size of the linear position, short < 0 [coin]; number or array
        entry: average entry price [USD/coin]; > 0; number or array
        price: price [USD/coin]; > 0; number or array
        fee_open: fee rate paid when opening, rebate < 0 [fraction]; > -1 and < 1; default 0; number or array
        fee_close: fee rate paid when closing, rebate < 0 [fraction]; > -1 and < 1; default 0; number or array
        funding: funding received so far, paid < 0 [USD]; default 0; number or array

    Result: number [USD]

    Errors:
        InputError: an argument has the wrong type or shape, is missing, or is an unknown word (#VALUE! in a
            sheet).
        DomainError: a single number is out of its domain; in an array only that element is NaN (#NUM! in a
            sheet).

    Formula: coins (P - E) - |coins| (fee_open E + fee_close P) + funding

    Source: Bybit help 900000404725 (P&L calculations, linear contracts)

    Example:
        >>> xlhedge.linear_pnl(-10, 60000, 50000)
        100000.0
    """
@overload
def linear_pnl(coins: _Number | _Array, entry: _Number | _Array, price: _Number | _Array, fee_open: _Number | _Array | None = 0.0, fee_close: _Number | _Array | None = 0.0, funding: _Number | _Array | None = 0.0) -> NDArray[np.float64]: ...
@overload
def linear_pnl(coins: _Series, entry: _Number | _Array | _Series, price: _Number | _Array | _Series, fee_open: _Number | _Array | _Series | None = 0.0, fee_close: _Number | _Array | _Series | None = 0.0, funding: _Number | _Array | _Series | None = 0.0) -> pd.Series[float]: ...
@overload
def linear_pnl(coins: _Number | _Array | _Series, entry: _Series, price: _Number | _Array | _Series, fee_open: _Number | _Array | _Series | None = 0.0, fee_close: _Number | _Array | _Series | None = 0.0, funding: _Number | _Array | _Series | None = 0.0) -> pd.Series[float]: ...
@overload
def linear_pnl(coins: _Number | _Array | _Series, entry: _Number | _Array | _Series, price: _Series, fee_open: _Number | _Array | _Series | None = 0.0, fee_close: _Number | _Array | _Series | None = 0.0, funding: _Number | _Array | _Series | None = 0.0) -> pd.Series[float]: ...
@overload
def linear_pnl(coins: _Number | _Array, entry: _Number | _Array, price: _Number | _Array, fee_open: _Number | _Array | _Series | None = 0.0, fee_close: _Number | _Array | _Series | None = 0.0, funding: _Number | _Array | _Series | None = 0.0) -> pd.Series[float]: ...

def avg_entry(qtys: _List | _Series, prices: _List | _Series) -> float:
    """Average entry price of the position that is open after all fills: harmonic, because size is in USD.

    A fill that adds moves the average; one that reduces keeps it; one that reverses opens anew at its own price.
    Where the fills leave nothing open there is no entry: #N/A in a sheet, NotAvailableError in Python. The fills
    go oldest first: in another order they are another history.

    Arguments:
        qtys: signed USD face of each fill, oldest first; sell < 0 [USD]; list or number
        prices: price of each fill, oldest first [USD/coin]; > 0; list or number

    Result: number [USD/coin]

    Errors:
        InputError: an argument has the wrong type or shape, is missing, or is an unknown word (#VALUE! in a
            sheet).
        DomainError: a single number is out of its domain; in an array only that element is NaN (#NUM! in a
            sheet).
        NoResultError: the sizes are too small or too large to reckon with.

    Formula: sum(q) / sum(q/p) over the fills that add

    Source: Bybit help 900000404726: 1,000 at 5,000 and 2,000 at 6,000 average 5,625, not 5,666.67

    Example:
        >>> xlhedge.avg_entry([1000, 2000], [5000, 6000])
        5625.0
    """

def realized_pnl(qtys: _List | _Series, prices: _List | _Series, fees: _List | _Series | None = 0.0) -> float:
    """Coin PnL realised by the fills that reduced, closed or reversed the position, less fees.

    The fills go oldest first: in another order they are another history.

    Arguments:
        qtys: signed USD face of each fill, oldest first; sell < 0 [USD]; list or number
        prices: price of each fill, oldest first [USD/coin]; > 0; list or number
        fees: fee paid on each fill [coin]; default 0; list or number

    Result: number [coin]

    Errors:
        InputError: an argument has the wrong type or shape, is missing, or is an unknown word (#VALUE! in a
            sheet).
        DomainError: a single number is out of its domain; in an array only that element is NaN (#NUM! in a
            sheet).

    Formula: sum of k (1/E - 1/p) over the closed parts k, minus the fees

    Source: BitMEX, inverse perpetual guide; entry E as in AVG_ENTRY

    Example:
        >>> xlhedge.realized_pnl([-600000, 200000], [60000, 50000])
        0.6666666666666667
    """

@overload
def roe(qty: _Number, entry: _Number, price: _Number, leverage: _Number, basis: Literal["entry", "mark"] | None = "entry") -> float:
    """Return on the initial margin, measured at entry or at the mark.

    Arguments:
        qty: signed USD face of the position, short < 0 [USD]; number or array
        entry: average entry price [USD/coin]; > 0; number or array
        price: price [USD/coin]; > 0; number or array
        leverage: leverage [x]; > 0; number or array
        basis: margin that the return is measured on; entry | mark; default "entry"; one value

    Result: number [fraction]

    Errors:
        InputError: an argument has the wrong type or shape, is missing, or is an unknown word (#VALUE! in a
            sheet).
        DomainError: a single number is out of its domain; in an array only that element is NaN (#NUM! in a
            sheet).

    Formula: entry: s L (1 - E/P); mark: s L (P/E - 1), s the sign of Q

    Source: BingX help 360045680954: 10 coin at 100, price 200, gains 50 % on the entry margin

    Example:
        >>> xlhedge.roe(1000, 100, 200, 1)
        0.5
    """
@overload
def roe(qty: _Number | _Array, entry: _Number | _Array, price: _Number | _Array, leverage: _Number | _Array, basis: Literal["entry", "mark"] | None = "entry") -> NDArray[np.float64]: ...
@overload
def roe(qty: _Series, entry: _Number | _Array | _Series, price: _Number | _Array | _Series, leverage: _Number | _Array | _Series, basis: Literal["entry", "mark"] | None = "entry") -> pd.Series[float]: ...
@overload
def roe(qty: _Number | _Array | _Series, entry: _Series, price: _Number | _Array | _Series, leverage: _Number | _Array | _Series, basis: Literal["entry", "mark"] | None = "entry") -> pd.Series[float]: ...
@overload
def roe(qty: _Number | _Array | _Series, entry: _Number | _Array | _Series, price: _Series, leverage: _Number | _Array | _Series, basis: Literal["entry", "mark"] | None = "entry") -> pd.Series[float]: ...
@overload
def roe(qty: _Number | _Array | _Series, entry: _Number | _Array | _Series, price: _Number | _Array | _Series, leverage: _Series, basis: Literal["entry", "mark"] | None = "entry") -> pd.Series[float]: ...

@overload
def target_price(qty: _Number, entry: _Number, pnl: _Number, unit: Literal["coin", "usd"] | None = "coin") -> float:
    """Price at which the position has a chosen PnL, before fees.

    Arguments:
        qty: signed USD face of the position, short < 0 [USD]; != 0; number or array
        entry: average entry price [USD/coin]; > 0; number or array
        pnl: PnL wanted, loss < 0 [coin or USD]; number or array
        unit: unit of the PnL that is wanted; coin | usd; default "coin"; one value

    Result: number [USD/coin]

    Errors:
        InputError: an argument has the wrong type or shape, is missing, or is an unknown word (#VALUE! in a
            sheet).
        DomainError: a single number is out of its domain; in an array only that element is NaN (#NUM! in a
            sheet).
        NoResultError: no price above 0 gives this PnL.

    Formula: coin: Q / (Q/E - pnl); USD: E (1 + pnl/Q)

    Source: INVERSE_PNL solved for the price

    Example:
        >>> xlhedge.target_price(-600000, 60000, 2)
        50000.0
    """
@overload
def target_price(qty: _Number | _Array, entry: _Number | _Array, pnl: _Number | _Array, unit: Literal["coin", "usd"] | None = "coin") -> NDArray[np.float64]: ...
@overload
def target_price(qty: _Series, entry: _Number | _Array | _Series, pnl: _Number | _Array | _Series, unit: Literal["coin", "usd"] | None = "coin") -> pd.Series[float]: ...
@overload
def target_price(qty: _Number | _Array | _Series, entry: _Series, pnl: _Number | _Array | _Series, unit: Literal["coin", "usd"] | None = "coin") -> pd.Series[float]: ...
@overload
def target_price(qty: _Number | _Array | _Series, entry: _Number | _Array | _Series, pnl: _Series, unit: Literal["coin", "usd"] | None = "coin") -> pd.Series[float]: ...

@overload
def target_price_roe(qty: _Number, entry: _Number, leverage: _Number, roe: _Number, basis: Literal["entry", "mark"] | None = "entry") -> float:
    """Price at which the position has a chosen return on its initial margin, before fees.

    Arguments:
        qty: signed USD face of the position, short < 0 [USD]; != 0; number or array
        entry: average entry price [USD/coin]; > 0; number or array
        leverage: leverage [x]; > 0; number or array
        roe: return wanted, loss < 0 [fraction]; number or array
        basis: margin that the return is measured on; entry | mark; default "entry"; one value

    Result: number [USD/coin]

    Errors:
        InputError: an argument has the wrong type or shape, is missing, or is an unknown word (#VALUE! in a
            sheet).
        DomainError: a single number is out of its domain; in an array only that element is NaN (#NUM! in a
            sheet).
        NoResultError: no price above 0 gives this return.

    Formula: entry: E / (1 - s r/L); mark: E (1 + s r/L), s the sign of Q

    Source: ROE solved for the price

    Example:
        >>> xlhedge.target_price_roe(-600000, 60000, 10, 2)
        50000.0
    """
@overload
def target_price_roe(qty: _Number | _Array, entry: _Number | _Array, leverage: _Number | _Array, roe: _Number | _Array, basis: Literal["entry", "mark"] | None = "entry") -> NDArray[np.float64]: ...
@overload
def target_price_roe(qty: _Series, entry: _Number | _Array | _Series, leverage: _Number | _Array | _Series, roe: _Number | _Array | _Series, basis: Literal["entry", "mark"] | None = "entry") -> pd.Series[float]: ...
@overload
def target_price_roe(qty: _Number | _Array | _Series, entry: _Series, leverage: _Number | _Array | _Series, roe: _Number | _Array | _Series, basis: Literal["entry", "mark"] | None = "entry") -> pd.Series[float]: ...
@overload
def target_price_roe(qty: _Number | _Array | _Series, entry: _Number | _Array | _Series, leverage: _Series, roe: _Number | _Array | _Series, basis: Literal["entry", "mark"] | None = "entry") -> pd.Series[float]: ...
@overload
def target_price_roe(qty: _Number | _Array | _Series, entry: _Number | _Array | _Series, leverage: _Number | _Array | _Series, roe: _Series, basis: Literal["entry", "mark"] | None = "entry") -> pd.Series[float]: ...

@overload
def break_even(qty: _Number, entry: _Number, fee_open: _Number, fee_close: _Number, funding: _Number | None = 0.0) -> float:
    """Price at which the position closes with no gain and no loss, fees and funding included.

    Arguments:
        qty: signed USD face of the position, short < 0 [USD]; != 0; number or array
        entry: average entry price [USD/coin]; > 0; number or array
        fee_open: fee rate paid when opening, rebate < 0 [fraction]; > -1 and < 1; number or array
        fee_close: fee rate paid when closing, rebate < 0 [fraction]; > -1 and < 1; number or array
        funding: funding received so far, paid < 0 [coin]; default 0; number or array

    Result: number [USD/coin]

    Errors:
        InputError: an argument has the wrong type or shape, is missing, or is an unknown word (#VALUE! in a
            sheet).
        DomainError: a single number is out of its domain; in an array only that element is NaN (#NUM! in a
            sheet).
        NoResultError: no price above 0 breaks even.

    Formula: Q (1 + s fee_close) / ((Q/E)(1 - s fee_open) + funding), s the sign of Q

    Source: INVERSE_PNL with fees and funding, solved for PnL = 0

    Example:
        >>> xlhedge.break_even(-600000, 60000, 0.0005, 0.0005)
        59940.029985007495
    """
@overload
def break_even(qty: _Number | _Array, entry: _Number | _Array, fee_open: _Number | _Array, fee_close: _Number | _Array, funding: _Number | _Array | None = 0.0) -> NDArray[np.float64]: ...
@overload
def break_even(qty: _Series, entry: _Number | _Array | _Series, fee_open: _Number | _Array | _Series, fee_close: _Number | _Array | _Series, funding: _Number | _Array | _Series | None = 0.0) -> pd.Series[float]: ...
@overload
def break_even(qty: _Number | _Array | _Series, entry: _Series, fee_open: _Number | _Array | _Series, fee_close: _Number | _Array | _Series, funding: _Number | _Array | _Series | None = 0.0) -> pd.Series[float]: ...
@overload
def break_even(qty: _Number | _Array | _Series, entry: _Number | _Array | _Series, fee_open: _Series, fee_close: _Number | _Array | _Series, funding: _Number | _Array | _Series | None = 0.0) -> pd.Series[float]: ...
@overload
def break_even(qty: _Number | _Array | _Series, entry: _Number | _Array | _Series, fee_open: _Number | _Array | _Series, fee_close: _Series, funding: _Number | _Array | _Series | None = 0.0) -> pd.Series[float]: ...
@overload
def break_even(qty: _Number | _Array, entry: _Number | _Array, fee_open: _Number | _Array, fee_close: _Number | _Array, funding: _Number | _Array | _Series | None = 0.0) -> pd.Series[float]: ...

@overload
def notional_coin(qty: _Number, price: _Number) -> float:
    """Coin size of a position at a price: a fixed USD face is fewer coins at a higher price.

    Arguments:
        qty: signed USD face of the position, short < 0 [USD]; number or array
        price: price [USD/coin]; > 0; number or array

    Result: number [coin]

    Errors:
        InputError: an argument has the wrong type or shape, is missing, or is an unknown word (#VALUE! in a
            sheet).
        DomainError: a single number is out of its domain; in an array only that element is NaN (#NUM! in a
            sheet).

    Formula: Q/P

    Source: Binance FAQ be2c7d9d: 10 contracts of 100 USD at 9,800 are 0.10204 BTC

    Example:
        >>> xlhedge.notional_coin(-600000, 60000)
        -10.0
    """
@overload
def notional_coin(qty: _Number | _Array, price: _Number | _Array) -> NDArray[np.float64]: ...
@overload
def notional_coin(qty: _Series, price: _Number | _Array | _Series) -> pd.Series[float]: ...
@overload
def notional_coin(qty: _Number | _Array | _Series, price: _Series) -> pd.Series[float]: ...

@overload
def trade_fee(qty: _Number, price: _Number, rate: _Number, unit: Literal["coin", "usd"] | None = "coin") -> float:
    """Fee paid on a trade; a rebate is negative.

    Arguments:
        qty: signed USD face of the position, short < 0 [USD]; number or array
        price: price [USD/coin]; > 0; number or array
        rate: fee rate of the trade, rebate < 0 [fraction]; > -1 and < 1; number or array
        unit: unit of the result; coin | usd; default "coin"; one value

    Result: number [coin or USD]

    Errors:
        InputError: an argument has the wrong type or shape, is missing, or is an unknown word (#VALUE! in a
            sheet).
        DomainError: a single number is out of its domain; in an array only that element is NaN (#NUM! in a
            sheet).

    Formula: coin: |Q| rate / P; USD: |Q| rate

    Source: nautilus_trader test_position.py: 100,000 USD at 10,000 and 7.5 bp cost 0.0075 BTC

    Example:
        >>> xlhedge.trade_fee(100000, 10000, 0.00075)
        0.0075
    """
@overload
def trade_fee(qty: _Number | _Array, price: _Number | _Array, rate: _Number | _Array, unit: Literal["coin", "usd"] | None = "coin") -> NDArray[np.float64]: ...
@overload
def trade_fee(qty: _Series, price: _Number | _Array | _Series, rate: _Number | _Array | _Series, unit: Literal["coin", "usd"] | None = "coin") -> pd.Series[float]: ...
@overload
def trade_fee(qty: _Number | _Array | _Series, price: _Series, rate: _Number | _Array | _Series, unit: Literal["coin", "usd"] | None = "coin") -> pd.Series[float]: ...
@overload
def trade_fee(qty: _Number | _Array | _Series, price: _Number | _Array | _Series, rate: _Series, unit: Literal["coin", "usd"] | None = "coin") -> pd.Series[float]: ...

@overload
def hedge_size(coins: _Number, price: _Number, ratio: _Number | None = 1.0, face: _Number | None = 1.0, existing_qty: _Number | None = 0.0, rounding: Literal["less", "nearest", "more"] | None = "less") -> float:
    """Contracts to trade so that a share of the coins is hedged; sell < 0.

    Arguments:
        coins: all coins owned, posted margin included once [coin]; >= 0; number or array
        price: price [USD/coin]; > 0; number or array
        ratio: share of the coins to hedge; 1 = all, negative adds exposure [fraction]; default 1; number or array
        face: USD face of one contract [USD]; > 0; default 1; number or array
        existing_qty: signed USD face already open, short < 0 [USD]; default 0; number or array
        rounding: less: never beyond the target; nearest; more: never short of it; less | nearest | more; default
            "less"; one value

    Result: number [contracts]

    Errors:
        InputError: an argument has the wrong type or shape, is missing, or is an unknown word (#VALUE! in a
            sheet).
        DomainError: a single number is out of its domain; in an array only that element is NaN (#NUM! in a
            sheet).

    Formula: (-ratio coins P - existing_qty) / face, rounded

    Source: Q* = -h coins P makes coins + Q*/P = (1 - h) coins

    Example:
        >>> xlhedge.hedge_size(50, 60000, 0.2, 100)
        -6000.0
    """
@overload
def hedge_size(coins: _Number | _Array, price: _Number | _Array, ratio: _Number | _Array | None = 1.0, face: _Number | _Array | None = 1.0, existing_qty: _Number | _Array | None = 0.0, rounding: Literal["less", "nearest", "more"] | None = "less") -> NDArray[np.float64]: ...
@overload
def hedge_size(coins: _Series, price: _Number | _Array | _Series, ratio: _Number | _Array | _Series | None = 1.0, face: _Number | _Array | _Series | None = 1.0, existing_qty: _Number | _Array | _Series | None = 0.0, rounding: Literal["less", "nearest", "more"] | None = "less") -> pd.Series[float]: ...
@overload
def hedge_size(coins: _Number | _Array | _Series, price: _Series, ratio: _Number | _Array | _Series | None = 1.0, face: _Number | _Array | _Series | None = 1.0, existing_qty: _Number | _Array | _Series | None = 0.0, rounding: Literal["less", "nearest", "more"] | None = "less") -> pd.Series[float]: ...
@overload
def hedge_size(coins: _Number | _Array, price: _Number | _Array, ratio: _Number | _Array | _Series | None = 1.0, face: _Number | _Array | _Series | None = 1.0, existing_qty: _Number | _Array | _Series | None = 0.0, rounding: Literal["less", "nearest", "more"] | None = "less") -> pd.Series[float]: ...

@overload
def coins_to_contracts(coins: _Number, price: _Number, face: _Number, rounding: Literal["nearest", "down", "up"] | None = "nearest") -> float:
    """Contracts whose USD face equals the value of some coins.

    Arguments:
        coins: coins, signed [coin]; number or array
        price: price [USD/coin]; > 0; number or array
        face: USD face of one contract [USD]; > 0; number or array
        rounding: nearest; down: toward zero; up: away from zero; nearest | down | up; default "nearest"; one
            value

    Result: number [contracts]

    Errors:
        InputError: an argument has the wrong type or shape, is missing, or is an unknown word (#VALUE! in a
            sheet).
        DomainError: a single number is out of its domain; in an array only that element is NaN (#NUM! in a
            sheet).

    Formula: coins P / face, rounded

    Source: Binance FAQ be2c7d9d (contract size in USD)

    Example:
        >>> xlhedge.coins_to_contracts(10, 60000, 100)
        6000.0
    """
@overload
def coins_to_contracts(coins: _Number | _Array, price: _Number | _Array, face: _Number | _Array, rounding: Literal["nearest", "down", "up"] | None = "nearest") -> NDArray[np.float64]: ...
@overload
def coins_to_contracts(coins: _Series, price: _Number | _Array | _Series, face: _Number | _Array | _Series, rounding: Literal["nearest", "down", "up"] | None = "nearest") -> pd.Series[float]: ...
@overload
def coins_to_contracts(coins: _Number | _Array | _Series, price: _Series, face: _Number | _Array | _Series, rounding: Literal["nearest", "down", "up"] | None = "nearest") -> pd.Series[float]: ...
@overload
def coins_to_contracts(coins: _Number | _Array | _Series, price: _Number | _Array | _Series, face: _Series, rounding: Literal["nearest", "down", "up"] | None = "nearest") -> pd.Series[float]: ...

@overload
def contracts_to_coins(contracts: _Number, price: _Number, face: _Number) -> float:
    """Coins that some contracts stand for at a price.

    Arguments:
        contracts: contracts, sell < 0 [contracts]; number or array
        price: price [USD/coin]; > 0; number or array
        face: USD face of one contract [USD]; > 0; number or array

    Result: number [coin]

    Errors:
        InputError: an argument has the wrong type or shape, is missing, or is an unknown word (#VALUE! in a
            sheet).
        DomainError: a single number is out of its domain; in an array only that element is NaN (#NUM! in a
            sheet).

    Formula: contracts face / P

    Source: Binance FAQ be2c7d9d: 10 contracts of 100 USD at 9,800 are 0.10204 BTC

    Example:
        >>> xlhedge.contracts_to_coins(-6000, 60000, 100)
        -10.0
    """
@overload
def contracts_to_coins(contracts: _Number | _Array, price: _Number | _Array, face: _Number | _Array) -> NDArray[np.float64]: ...
@overload
def contracts_to_coins(contracts: _Series, price: _Number | _Array | _Series, face: _Number | _Array | _Series) -> pd.Series[float]: ...
@overload
def contracts_to_coins(contracts: _Number | _Array | _Series, price: _Series, face: _Number | _Array | _Series) -> pd.Series[float]: ...
@overload
def contracts_to_coins(contracts: _Number | _Array | _Series, price: _Number | _Array | _Series, face: _Series) -> pd.Series[float]: ...

@overload
def net_exposure(coins: _Number, qty: _Number, price: _Number, unit: Literal["coin", "usd"] | None = "coin") -> float:
    """Exposure that is left after the hedge.

    Arguments:
        coins: all coins owned, posted margin included once [coin]; >= 0; number or array
        qty: signed USD face of the position, short < 0 [USD]; number or array
        price: price [USD/coin]; > 0; number or array
        unit: unit of the result; coin | usd; default "coin"; one value

    Result: number [coin or USD]

    Errors:
        InputError: an argument has the wrong type or shape, is missing, or is an unknown word (#VALUE! in a
            sheet).
        DomainError: a single number is out of its domain; in an array only that element is NaN (#NUM! in a
            sheet).

    Formula: coin: coins + Q/P; USD: coins P + Q

    Source: the delta of an inverse position is Q/P coin

    Example:
        >>> xlhedge.net_exposure(50, -600000, 60000)
        40.0
    """
@overload
def net_exposure(coins: _Number | _Array, qty: _Number | _Array, price: _Number | _Array, unit: Literal["coin", "usd"] | None = "coin") -> NDArray[np.float64]: ...
@overload
def net_exposure(coins: _Series, qty: _Number | _Array | _Series, price: _Number | _Array | _Series, unit: Literal["coin", "usd"] | None = "coin") -> pd.Series[float]: ...
@overload
def net_exposure(coins: _Number | _Array | _Series, qty: _Series, price: _Number | _Array | _Series, unit: Literal["coin", "usd"] | None = "coin") -> pd.Series[float]: ...
@overload
def net_exposure(coins: _Number | _Array | _Series, qty: _Number | _Array | _Series, price: _Series, unit: Literal["coin", "usd"] | None = "coin") -> pd.Series[float]: ...

@overload
def hedge_ratio(coins: _Number, qty: _Number, price: _Number) -> float:
    """Share of the coins that a position hedges; 1 is a synthetic dollar.

    Arguments:
        coins: all coins owned, posted margin included once [coin]; > 0; number or array
        qty: signed USD face of the position, short < 0 [USD]; number or array
        price: price [USD/coin]; > 0; number or array

    Result: number [fraction]

    Errors:
        InputError: an argument has the wrong type or shape, is missing, or is an unknown word (#VALUE! in a
            sheet).
        DomainError: a single number is out of its domain; in an array only that element is NaN (#NUM! in a
            sheet).

    Formula: -Q / (coins P)

    Source: NET_EXPOSURE = (1 - ratio) coins

    Example:
        >>> xlhedge.hedge_ratio(50, -600000, 60000)
        0.2
    """
@overload
def hedge_ratio(coins: _Number | _Array, qty: _Number | _Array, price: _Number | _Array) -> NDArray[np.float64]: ...
@overload
def hedge_ratio(coins: _Series, qty: _Number | _Array | _Series, price: _Number | _Array | _Series) -> pd.Series[float]: ...
@overload
def hedge_ratio(coins: _Number | _Array | _Series, qty: _Series, price: _Number | _Array | _Series) -> pd.Series[float]: ...
@overload
def hedge_ratio(coins: _Number | _Array | _Series, qty: _Number | _Array | _Series, price: _Series) -> pd.Series[float]: ...

@overload
def over_hedged(coins: _Number, qty: _Number, price: _Number, face: _Number | None = 0.0) -> bool:
    """Whether the position shorts more than the coins, by more than one contract.

    Arguments:
        coins: all coins owned, posted margin included once [coin]; >= 0; number or array
        qty: signed USD face of the position, short < 0 [USD]; number or array
        price: price [USD/coin]; > 0; number or array
        face: USD face of one contract, the tolerance [USD]; >= 0; default 0; number or array

    Result: flag [TRUE or FALSE]

    Errors:
        InputError: an argument has the wrong type or shape, is missing, or is an unknown word (#VALUE! in a
            sheet).
        DomainError: a single number is out of its domain; in an array only that element is NaN (#NUM! in a
            sheet).

    Formula: coins P + Q < -face

    Source: NET_EXPOSURE in USD

    Example:
        >>> xlhedge.over_hedged(50, -600000, 60000)
        False
    """
@overload
def over_hedged(coins: _Number | _Array, qty: _Number | _Array, price: _Number | _Array, face: _Number | _Array | None = 0.0) -> _Flags: ...
@overload
def over_hedged(coins: _Series, qty: _Number | _Array | _Series, price: _Number | _Array | _Series, face: _Number | _Array | _Series | None = 0.0) -> _FlagSeries: ...
@overload
def over_hedged(coins: _Number | _Array | _Series, qty: _Series, price: _Number | _Array | _Series, face: _Number | _Array | _Series | None = 0.0) -> _FlagSeries: ...
@overload
def over_hedged(coins: _Number | _Array | _Series, qty: _Number | _Array | _Series, price: _Series, face: _Number | _Array | _Series | None = 0.0) -> _FlagSeries: ...
@overload
def over_hedged(coins: _Number | _Array, qty: _Number | _Array, price: _Number | _Array, face: _Number | _Array | _Series | None = 0.0) -> _FlagSeries: ...

@overload
def hedged_weight(ratio: _Number, entry: _Number, price: _Number) -> float:
    """The coin's share of a hedged holding after a move; the rest behaves like cash.

    Arguments:
        ratio: share of the coins hedged at entry [fraction]; >= 0 and <= 1; number or array
        entry: average entry price [USD/coin]; > 0; number or array
        price: price [USD/coin]; > 0; number or array

    Result: number [fraction]

    Errors:
        InputError: an argument has the wrong type or shape, is missing, or is an unknown word (#VALUE! in a
            sheet).
        DomainError: a single number is out of its domain; in an array only that element is NaN (#NUM! in a
            sheet).

    Formula: (1-h) P / ((1-h) P + h E)

    Source: (1-h) coins stay exposed, h coins E are fixed in USD

    Example:
        >>> xlhedge.hedged_weight(0.2, 60000, 60000)
        0.8
    """
@overload
def hedged_weight(ratio: _Number | _Array, entry: _Number | _Array, price: _Number | _Array) -> NDArray[np.float64]: ...
@overload
def hedged_weight(ratio: _Series, entry: _Number | _Array | _Series, price: _Number | _Array | _Series) -> pd.Series[float]: ...
@overload
def hedged_weight(ratio: _Number | _Array | _Series, entry: _Series, price: _Number | _Array | _Series) -> pd.Series[float]: ...
@overload
def hedged_weight(ratio: _Number | _Array | _Series, entry: _Number | _Array | _Series, price: _Series) -> pd.Series[float]: ...

@overload
def coin_delta(qty: _Number, price: _Number, unit: Literal["coin", "usd"] | None = "coin") -> float:
    """Exposure that a position adds to the coins owned, unrealised PnL counted among them.

    Arguments:
        qty: signed USD face of the position, short < 0 [USD]; number or array
        price: price [USD/coin]; > 0; number or array
        unit: unit of the result; coin | usd; default "coin"; one value

    Result: number [coin or USD]

    Errors:
        InputError: an argument has the wrong type or shape, is missing, or is an unknown word (#VALUE! in a
            sheet).
        DomainError: a single number is out of its domain; in an array only that element is NaN (#NUM! in a
            sheet).

    Formula: coin: Q/P; USD: Q

    Source: the value of coins and position together, (W + Q/E) P - Q, moves by W + Q/E = coins now + Q/P per USD

    Example:
        >>> xlhedge.coin_delta(-600000, 60000)
        -10.0
    """
@overload
def coin_delta(qty: _Number | _Array, price: _Number | _Array, unit: Literal["coin", "usd"] | None = "coin") -> NDArray[np.float64]: ...
@overload
def coin_delta(qty: _Series, price: _Number | _Array | _Series, unit: Literal["coin", "usd"] | None = "coin") -> pd.Series[float]: ...
@overload
def coin_delta(qty: _Number | _Array | _Series, price: _Series, unit: Literal["coin", "usd"] | None = "coin") -> pd.Series[float]: ...

@overload
def coin_gamma(qty: _Number, price: _Number) -> float:
    """Curvature of a position's coin PnL in the price; its USD PnL has none.

    Arguments:
        qty: signed USD face of the position, short < 0 [USD]; number or array
        price: price [USD/coin]; > 0; number or array

    Result: number [coin per (USD/coin)^2]

    Errors:
        InputError: an argument has the wrong type or shape, is missing, or is an unknown word (#VALUE! in a
            sheet).
        DomainError: a single number is out of its domain; in an array only that element is NaN (#NUM! in a
            sheet).

    Formula: -2 Q / P^3

    Source: second derivative of Q (1/E - 1/P)

    Example:
        >>> xlhedge.coin_gamma(-600000, 60000)
        5.555555555555556e-09
    """
@overload
def coin_gamma(qty: _Number | _Array, price: _Number | _Array) -> NDArray[np.float64]: ...
@overload
def coin_gamma(qty: _Series, price: _Number | _Array | _Series) -> pd.Series[float]: ...
@overload
def coin_gamma(qty: _Number | _Array | _Series, price: _Series) -> pd.Series[float]: ...

def min_var_hedge(spot_returns: _List | _Series, futures_returns: _List | _Series) -> float:
    """Hedge ratio with the least variance of spot plus hedge.

    Arguments:
        spot_returns: returns, in the same order as the other list [fraction]; list or number
        futures_returns: returns, in the same order as the other list [fraction]; list or number

    Result: number [fraction]

    Errors:
        InputError: an argument has the wrong type or shape, is missing, or is an unknown word (#VALUE! in a
            sheet).
        DomainError: a single number is out of its domain; in an array only that element is NaN (#NUM! in a
            sheet).
        NoResultError: there are fewer than three returns, or the futures returns do not vary.

    Formula: Cov(spot, futures) / Var(futures)

    Source: Ederington (1979), The Hedging Performance of the New Futures Markets, Journal of Finance 34

    Example:
        >>> xlhedge.min_var_hedge([0.01, -0.02, 0.03], [0.011, -0.019, 0.028])
        1.0565038257798705
    """

def hedge_effectiveness(unhedged: _List | _Series, hedged: _List | _Series) -> float:
    """Share of the variance that the hedge removed; 1 is all of it.

    It is no test of hedge accounting: the band of 80 to 125 % was IAS 39's for another ratio, the dollar offset
    of gains and losses, and IFRS 9 has dropped it.

    Arguments:
        unhedged: returns of the holding alone [fraction]; list or number
        hedged: returns of the holding with its hedge, in the same order [fraction]; list or number

    Result: number [fraction]

    Errors:
        InputError: an argument has the wrong type or shape, is missing, or is an unknown word (#VALUE! in a
            sheet).
        DomainError: a single number is out of its domain; in an array only that element is NaN (#NUM! in a
            sheet).
        NoResultError: there are fewer than three returns, or the unhedged returns do not vary.

    Formula: 1 - Var(hedged) / Var(unhedged)

    Source: Ederington (1979), The Hedging Performance of the New Futures Markets, Journal of Finance 34

    Example:
        >>> xlhedge.hedge_effectiveness([0.01, -0.02, 0.03], [0.001, -0.002, 0.003])
        0.99
    """

@overload
def rehedge(coins: _Number, qty: _Number, price: _Number, ratio: _Number, low: _Number, high: _Number, face: _Number | None = 1.0, reset: Literal["target", "edge"] | None = "target", rounding: Literal["less", "nearest", "more"] | None = "less") -> float:
    """Contracts to trade when the hedge ratio has left its band, else 0; sell < 0.

    Without coins there is nothing to hedge: the goal is then 0, and what is open is closed. Of an open size that
    is not whole contracts less than one is left: with rounding "less" a long, with "more" a short.

    Arguments:
        coins: all coins owned, posted margin included once [coin]; >= 0; number or array
        qty: signed USD face of the position, short < 0 [USD]; number or array
        price: price [USD/coin]; > 0; number or array
        ratio: hedge ratio to go back to [fraction]; >= 0; number or array
        low: ratio below which to re-hedge [fraction]; number or array
        high: ratio above which to re-hedge [fraction]; number or array
        face: USD face of one contract [USD]; > 0; default 1; number or array
        reset: go back to the target or to the nearer edge of the band; target | edge; default "target"; one value
        rounding: less: never beyond the target; nearest; more: never short of it; less | nearest | more; default
            "less"; one value

    Result: number [contracts]

    Errors:
        InputError: an argument has the wrong type or shape, is missing, or is an unknown word (#VALUE! in a
            sheet).
        DomainError: a single number is out of its domain; in an array only that element is NaN (#NUM! in a
            sheet).

    Formula: 0 while low coins P <= -Q <= high coins P; else (-ratio coins P - Q) / face, rounded

    Source: HEDGE_SIZE with a band. Galoy stablesats, hedging/src/okex/hedge_adjustment.rs, has the band; outside
        it that program goes to a safe ratio within the band, rounds to the nearest contract, and closes what
        hedges nothing

    Example:
        >>> xlhedge.rehedge(52, -600000, 50000, 0.2, 0.18, 0.22, 100)
        800.0
    """
@overload
def rehedge(coins: _Number | _Array, qty: _Number | _Array, price: _Number | _Array, ratio: _Number | _Array, low: _Number | _Array, high: _Number | _Array, face: _Number | _Array | None = 1.0, reset: Literal["target", "edge"] | None = "target", rounding: Literal["less", "nearest", "more"] | None = "less") -> NDArray[np.float64]: ...
@overload
def rehedge(coins: _Series, qty: _Number | _Array | _Series, price: _Number | _Array | _Series, ratio: _Number | _Array | _Series, low: _Number | _Array | _Series, high: _Number | _Array | _Series, face: _Number | _Array | _Series | None = 1.0, reset: Literal["target", "edge"] | None = "target", rounding: Literal["less", "nearest", "more"] | None = "less") -> pd.Series[float]: ...
@overload
def rehedge(coins: _Number | _Array | _Series, qty: _Series, price: _Number | _Array | _Series, ratio: _Number | _Array | _Series, low: _Number | _Array | _Series, high: _Number | _Array | _Series, face: _Number | _Array | _Series | None = 1.0, reset: Literal["target", "edge"] | None = "target", rounding: Literal["less", "nearest", "more"] | None = "less") -> pd.Series[float]: ...
@overload
def rehedge(coins: _Number | _Array | _Series, qty: _Number | _Array | _Series, price: _Series, ratio: _Number | _Array | _Series, low: _Number | _Array | _Series, high: _Number | _Array | _Series, face: _Number | _Array | _Series | None = 1.0, reset: Literal["target", "edge"] | None = "target", rounding: Literal["less", "nearest", "more"] | None = "less") -> pd.Series[float]: ...
@overload
def rehedge(coins: _Number | _Array | _Series, qty: _Number | _Array | _Series, price: _Number | _Array | _Series, ratio: _Series, low: _Number | _Array | _Series, high: _Number | _Array | _Series, face: _Number | _Array | _Series | None = 1.0, reset: Literal["target", "edge"] | None = "target", rounding: Literal["less", "nearest", "more"] | None = "less") -> pd.Series[float]: ...
@overload
def rehedge(coins: _Number | _Array | _Series, qty: _Number | _Array | _Series, price: _Number | _Array | _Series, ratio: _Number | _Array | _Series, low: _Series, high: _Number | _Array | _Series, face: _Number | _Array | _Series | None = 1.0, reset: Literal["target", "edge"] | None = "target", rounding: Literal["less", "nearest", "more"] | None = "less") -> pd.Series[float]: ...
@overload
def rehedge(coins: _Number | _Array | _Series, qty: _Number | _Array | _Series, price: _Number | _Array | _Series, ratio: _Number | _Array | _Series, low: _Number | _Array | _Series, high: _Series, face: _Number | _Array | _Series | None = 1.0, reset: Literal["target", "edge"] | None = "target", rounding: Literal["less", "nearest", "more"] | None = "less") -> pd.Series[float]: ...
@overload
def rehedge(coins: _Number | _Array, qty: _Number | _Array, price: _Number | _Array, ratio: _Number | _Array, low: _Number | _Array, high: _Number | _Array, face: _Number | _Array | _Series | None = 1.0, reset: Literal["target", "edge"] | None = "target", rounding: Literal["less", "nearest", "more"] | None = "less") -> pd.Series[float]: ...

@overload
def beta_hedge(value: _Number, beta: _Number, price: _Number, face: _Number | None = 1.0, existing_qty: _Number | None = 0.0, rounding: Literal["less", "nearest", "more"] | None = "less") -> float:
    """Contracts of a proxy, such as BTC for an altcoin, whose moves offset those of what is held; sell < 0.

    What the proxy does not explain stays, and the margin is the proxy's coin. The price does not change the
    number of contracts, whose face is in USD; NOTIONAL_COIN turns it into coins of the proxy.

    Arguments:
        value: value of what is held, such as another coin [USD]; number or array
        beta: move of what is held for a move of 1 of the proxy [fraction]; number or array
        price: price of the proxy [USD/coin]; > 0; number or array
        face: USD face of one contract [USD]; > 0; default 1; number or array
        existing_qty: signed USD face already open, short < 0 [USD]; default 0; number or array
        rounding: less: never beyond the target; nearest; more: never short of it; less | nearest | more; default
            "less"; one value

    Result: number [contracts]

    Errors:
        InputError: an argument has the wrong type or shape, is missing, or is an unknown word (#VALUE! in a
            sheet).
        DomainError: a single number is out of its domain; in an array only that element is NaN (#NUM! in a
            sheet).

    Formula: (-beta value - existing_qty) / face, rounded

    Source: beta is MIN_VAR_HEDGE of the returns; Hull, Options, Futures and Other Derivatives, cross hedging

    Example:
        >>> xlhedge.beta_hedge(900000, 1.3, 60000, 100)
        -11700.0
    """
@overload
def beta_hedge(value: _Number | _Array, beta: _Number | _Array, price: _Number | _Array, face: _Number | _Array | None = 1.0, existing_qty: _Number | _Array | None = 0.0, rounding: Literal["less", "nearest", "more"] | None = "less") -> NDArray[np.float64]: ...
@overload
def beta_hedge(value: _Series, beta: _Number | _Array | _Series, price: _Number | _Array | _Series, face: _Number | _Array | _Series | None = 1.0, existing_qty: _Number | _Array | _Series | None = 0.0, rounding: Literal["less", "nearest", "more"] | None = "less") -> pd.Series[float]: ...
@overload
def beta_hedge(value: _Number | _Array | _Series, beta: _Series, price: _Number | _Array | _Series, face: _Number | _Array | _Series | None = 1.0, existing_qty: _Number | _Array | _Series | None = 0.0, rounding: Literal["less", "nearest", "more"] | None = "less") -> pd.Series[float]: ...
@overload
def beta_hedge(value: _Number | _Array | _Series, beta: _Number | _Array | _Series, price: _Series, face: _Number | _Array | _Series | None = 1.0, existing_qty: _Number | _Array | _Series | None = 0.0, rounding: Literal["less", "nearest", "more"] | None = "less") -> pd.Series[float]: ...
@overload
def beta_hedge(value: _Number | _Array, beta: _Number | _Array, price: _Number | _Array, face: _Number | _Array | _Series | None = 1.0, existing_qty: _Number | _Array | _Series | None = 0.0, rounding: Literal["less", "nearest", "more"] | None = "less") -> pd.Series[float]: ...

@overload
def initial_margin(qty: _Number, price: _Number, leverage: _Number, fee: _Number | None = 0.0) -> float:
    """Coins to post when opening; some venues add the closing fee.

    Arguments:
        qty: signed USD face of the position, short < 0 [USD]; number or array
        price: price [USD/coin]; > 0; number or array
        leverage: leverage [x]; > 0; number or array
        fee: fee rate of closing, where the venue reserves it with the margin [fraction]; > -1 and < 1; default 0;
            number or array

    Result: number [coin]

    Errors:
        InputError: an argument has the wrong type or shape, is missing, or is an unknown word (#VALUE! in a
            sheet).
        DomainError: a single number is out of its domain; in an array only that element is NaN (#NUM! in a
            sheet).

    Formula: |Q| / P (1/leverage + fee)

    Source: Bybit help, Initial Margin (Inverse Contract): 12,000 USD at 8,000 and 50x take 0.03 BTC

    Example:
        >>> xlhedge.initial_margin(-600000, 60000, 100)
        0.1
    """
@overload
def initial_margin(qty: _Number | _Array, price: _Number | _Array, leverage: _Number | _Array, fee: _Number | _Array | None = 0.0) -> NDArray[np.float64]: ...
@overload
def initial_margin(qty: _Series, price: _Number | _Array | _Series, leverage: _Number | _Array | _Series, fee: _Number | _Array | _Series | None = 0.0) -> pd.Series[float]: ...
@overload
def initial_margin(qty: _Number | _Array | _Series, price: _Series, leverage: _Number | _Array | _Series, fee: _Number | _Array | _Series | None = 0.0) -> pd.Series[float]: ...
@overload
def initial_margin(qty: _Number | _Array | _Series, price: _Number | _Array | _Series, leverage: _Series, fee: _Number | _Array | _Series | None = 0.0) -> pd.Series[float]: ...
@overload
def initial_margin(qty: _Number | _Array, price: _Number | _Array, leverage: _Number | _Array, fee: _Number | _Array | _Series | None = 0.0) -> pd.Series[float]: ...

@overload
def maint_margin(qty: _Number, price: _Number, mmr: _Number, amount: _Number | None = 0.0, slope: _Number | None = 0.0) -> float:
    """Coins below which the venue liquidates, never below 0.

    Arguments:
        qty: signed USD face of the position, short < 0 [USD]; number or array
        price: price [USD/coin]; > 0; number or array
        mmr: maintenance margin rate [fraction]; >= 0 and < 1; number or array
        amount: maintenance amount deducted by the tier [coin]; >= 0; default 0; number or array
        slope: rise of the maintenance rate per coin of size [1/coin]; >= 0; default 0; number or array

    Result: number [coin]

    Errors:
        InputError: an argument has the wrong type or shape, is missing, or is an unknown word (#VALUE! in a
            sheet).
        DomainError: a single number is out of its domain; in an array only that element is NaN (#NUM! in a
            sheet).

    Formula: (mmr + slope |Q|/P) |Q|/P - amount

    Source: Binance FAQ ceccfcfb: 100 contracts of 100 USD at 25,000 and 0.4 % need 0.0016 BTC

    Source: Deribit support 25944826427293 (slope: 1 % and 0.005 % more for each BTC)

    Example:
        >>> xlhedge.maint_margin(10000, 25000, 0.004)
        0.0016
    """
@overload
def maint_margin(qty: _Number | _Array, price: _Number | _Array, mmr: _Number | _Array, amount: _Number | _Array | None = 0.0, slope: _Number | _Array | None = 0.0) -> NDArray[np.float64]: ...
@overload
def maint_margin(qty: _Series, price: _Number | _Array | _Series, mmr: _Number | _Array | _Series, amount: _Number | _Array | _Series | None = 0.0, slope: _Number | _Array | _Series | None = 0.0) -> pd.Series[float]: ...
@overload
def maint_margin(qty: _Number | _Array | _Series, price: _Series, mmr: _Number | _Array | _Series, amount: _Number | _Array | _Series | None = 0.0, slope: _Number | _Array | _Series | None = 0.0) -> pd.Series[float]: ...
@overload
def maint_margin(qty: _Number | _Array | _Series, price: _Number | _Array | _Series, mmr: _Series, amount: _Number | _Array | _Series | None = 0.0, slope: _Number | _Array | _Series | None = 0.0) -> pd.Series[float]: ...
@overload
def maint_margin(qty: _Number | _Array, price: _Number | _Array, mmr: _Number | _Array, amount: _Number | _Array | _Series | None = 0.0, slope: _Number | _Array | _Series | None = 0.0) -> pd.Series[float]: ...

@overload
def maint_amounts(floors: _List, rates: _List) -> NDArray[np.float64]:
    """Maintenance amounts that make margin continuous from tier to tier.

    Arguments:
        floors: lower bounds of the tiers [coin]; >= 0; list or number
        rates: maintenance rates of the tiers [fraction]; >= 0 and < 1; list or number

    Result: vector [coin]

    Errors:
        InputError: an argument has the wrong type or shape, is missing, or is an unknown word (#VALUE! in a
            sheet).
        DomainError: a single number is out of its domain; in an array only that element is NaN (#NUM! in a
            sheet).

    Formula: c_0 = 0; c_n = c_(n-1) + floor_n (rate_n - rate_(n-1))

    Source: Binance FAQ ceccfcfb (maintenance amount): 0.56 + 50 (0.05 - 0.025) = 1.81

    Example:
        >>> xlhedge.maint_amounts([0, 10, 50], [0.004, 0.01, 0.025])
        array([0.0, 0.06, 0.81])
    """
@overload
def maint_amounts(floors: _Series, rates: _List | _Series) -> pd.Series[float]: ...
@overload
def maint_amounts(floors: _List | _Series, rates: _Series) -> pd.Series[float]: ...

@overload
def maint_tier(notional: _Number, floors: _List | _Series, rates: _List | _Series, item: Literal["rate", "amount"] | None = "rate") -> float:
    """Maintenance rate, or maintenance amount, of the tier that a position falls into.

    Arguments:
        notional: size of the position, in the unit of the floors [coin]; >= 0; number or array
        floors: lower bounds of the tiers [coin]; >= 0; list or number
        rates: maintenance rates of the tiers [fraction]; >= 0 and < 1; list or number
        item: what to look up: the rate or the maintenance amount; rate | amount; default "rate"; one value

    Result: number; its unit is fraction for item rate, coin for item amount

    Errors:
        InputError: an argument has the wrong type or shape, is missing, or is an unknown word (#VALUE! in a
            sheet).
        DomainError: a single number is out of its domain; in an array only that element is NaN (#NUM! in a
            sheet).

    Formula: the tier with floor <= notional < next floor

    Source: Binance FAQ ceccfcfb (leverage and maintenance margin of coin-margined contracts)

    Example:
        >>> xlhedge.maint_tier(20, [0, 10, 50], [0.004, 0.01, 0.025])
        0.01
    """
@overload
def maint_tier(notional: _Number | _Array, floors: _List | _Series, rates: _List | _Series, item: Literal["rate", "amount"] | None = "rate") -> NDArray[np.float64]: ...
@overload
def maint_tier(notional: _Series, floors: _List | _Series, rates: _List | _Series, item: Literal["rate", "amount"] | None = "rate") -> pd.Series[float]: ...

@overload
def margin_ratio(qty: _Number, entry: _Number, price: _Number, margin: _Number, mmr: _Number, amount: _Number | None = 0.0, fee: _Number | None = 0.0, method: Literal["mark", "product", "entry", "slope"] | None = "mark", slope: _Number | None = None) -> float:
    """Maintenance margin as a share of the equity; 1 is liquidation, and the ratio stays there beyond it.

    Arguments:
        qty: signed USD face of the position, short < 0 [USD]; number or array
        entry: average entry price [USD/coin]; > 0; number or array
        price: price [USD/coin]; > 0; number or array
        margin: posted margin [coin]; >= 0; number or array
        mmr: maintenance margin rate [fraction]; >= 0 and < 1; number or array
        amount: maintenance amount deducted by the tier [coin]; >= 0; default 0; number or array
        fee: fee rate of the liquidation, charged at the liquidation price [fraction]; > -1 and < 1; default 0;
            number or array
        method: how the venue values maintenance: at the liquidation price (mark), with the fee multiplied in
            (product), frozen at entry (entry), or rising with size (slope); mark | product | entry | slope;
            default "mark"; one value
        slope: rise of the maintenance rate per coin of size, for method slope and needed there [1/coin]; >= 0;
            default 0; number or array

    Result: number [fraction]

    Errors:
        InputError: an argument has the wrong type or shape, is missing, or is an unknown word (#VALUE! in a
            sheet).
        DomainError: a single number is out of its domain; in an array only that element is NaN (#NUM! in a
            sheet).

    Formula: maintenance / (margin + Q (1/E - 1/P)), 1 where the equity does not exceed the maintenance by more
        than the noise of binary arithmetic; the maintenance is (mmr + fee) |Q|/P - amount for mark, as LIQ_PRICE
        has it for the other methods, and never below 0

    Source: OKX help 10722087776781 gives the inverse of this ratio; Binance shows this one

    Example:
        >>> xlhedge.margin_ratio(-600000, 60000, 60000, 2.5, 0.005)
        0.02
    """
@overload
def margin_ratio(qty: _Number | _Array, entry: _Number | _Array, price: _Number | _Array, margin: _Number | _Array, mmr: _Number | _Array, amount: _Number | _Array | None = 0.0, fee: _Number | _Array | None = 0.0, method: Literal["mark", "product", "entry", "slope"] | None = "mark", slope: _Number | _Array | None = None) -> NDArray[np.float64]: ...
@overload
def margin_ratio(qty: _Series, entry: _Number | _Array | _Series, price: _Number | _Array | _Series, margin: _Number | _Array | _Series, mmr: _Number | _Array | _Series, amount: _Number | _Array | _Series | None = 0.0, fee: _Number | _Array | _Series | None = 0.0, method: Literal["mark", "product", "entry", "slope"] | None = "mark", slope: _Number | _Array | _Series | None = None) -> pd.Series[float]: ...
@overload
def margin_ratio(qty: _Number | _Array | _Series, entry: _Series, price: _Number | _Array | _Series, margin: _Number | _Array | _Series, mmr: _Number | _Array | _Series, amount: _Number | _Array | _Series | None = 0.0, fee: _Number | _Array | _Series | None = 0.0, method: Literal["mark", "product", "entry", "slope"] | None = "mark", slope: _Number | _Array | _Series | None = None) -> pd.Series[float]: ...
@overload
def margin_ratio(qty: _Number | _Array | _Series, entry: _Number | _Array | _Series, price: _Series, margin: _Number | _Array | _Series, mmr: _Number | _Array | _Series, amount: _Number | _Array | _Series | None = 0.0, fee: _Number | _Array | _Series | None = 0.0, method: Literal["mark", "product", "entry", "slope"] | None = "mark", slope: _Number | _Array | _Series | None = None) -> pd.Series[float]: ...
@overload
def margin_ratio(qty: _Number | _Array | _Series, entry: _Number | _Array | _Series, price: _Number | _Array | _Series, margin: _Series, mmr: _Number | _Array | _Series, amount: _Number | _Array | _Series | None = 0.0, fee: _Number | _Array | _Series | None = 0.0, method: Literal["mark", "product", "entry", "slope"] | None = "mark", slope: _Number | _Array | _Series | None = None) -> pd.Series[float]: ...
@overload
def margin_ratio(qty: _Number | _Array | _Series, entry: _Number | _Array | _Series, price: _Number | _Array | _Series, margin: _Number | _Array | _Series, mmr: _Series, amount: _Number | _Array | _Series | None = 0.0, fee: _Number | _Array | _Series | None = 0.0, method: Literal["mark", "product", "entry", "slope"] | None = "mark", slope: _Number | _Array | _Series | None = None) -> pd.Series[float]: ...
@overload
def margin_ratio(qty: _Number | _Array, entry: _Number | _Array, price: _Number | _Array, margin: _Number | _Array, mmr: _Number | _Array, amount: _Number | _Array | _Series | None = 0.0, fee: _Number | _Array | _Series | None = 0.0, method: Literal["mark", "product", "entry", "slope"] | None = "mark", slope: _Number | _Array | _Series | None = None) -> pd.Series[float]: ...

@overload
def margin_for_move(qty: _Number, entry: _Number, move: _Number, mmr: _Number, amount: _Number | None = 0.0, fee: _Number | None = 0.0, method: Literal["mark", "product", "entry", "slope"] | None = "mark", slope: _Number | None = None) -> float:
    """Coins to post so that an adverse move from the entry does not liquidate the position.

    Arguments:
        qty: signed USD face of the position, short < 0 [USD]; number or array
        entry: average entry price [USD/coin]; > 0; number or array
        move: adverse price move from the entry; a favourable one is negative [fraction]; > -1; number or array
        mmr: maintenance margin rate [fraction]; >= 0 and < 1; number or array
        amount: maintenance amount deducted by the tier [coin]; >= 0; default 0; number or array
        fee: fee rate of the liquidation, charged at the liquidation price [fraction]; > -1 and < 1; default 0;
            number or array
        method: how the venue values maintenance: at the liquidation price (mark), with the fee multiplied in
            (product), frozen at entry (entry), or rising with size (slope); mark | product | entry | slope;
            default "mark"; one value
        slope: rise of the maintenance rate per coin of size, for method slope and needed there [1/coin]; >= 0;
            default 0; number or array

    Result: number [coin]

    Errors:
        InputError: an argument has the wrong type or shape, is missing, or is an unknown word (#VALUE! in a
            sheet).
        DomainError: a single number is out of its domain; in an array only that element is NaN (#NUM! in a
            sheet).
        NoResultError: a long cannot survive a fall of 100 % or more.

    Formula: the margin at which LIQ_PRICE is E (1 - s move): move N + maintenance there, N = (|Q|/E) / (1 - s
        move); for mark N (move + mmr + fee) - amount; neither the maintenance nor the result is below 0

    Source: LIQ_PRICE solved for the margin

    Example:
        >>> xlhedge.margin_for_move(-600000, 60000, 0.1, 0.005)
        0.9545454545454545
    """
@overload
def margin_for_move(qty: _Number | _Array, entry: _Number | _Array, move: _Number | _Array, mmr: _Number | _Array, amount: _Number | _Array | None = 0.0, fee: _Number | _Array | None = 0.0, method: Literal["mark", "product", "entry", "slope"] | None = "mark", slope: _Number | _Array | None = None) -> NDArray[np.float64]: ...
@overload
def margin_for_move(qty: _Series, entry: _Number | _Array | _Series, move: _Number | _Array | _Series, mmr: _Number | _Array | _Series, amount: _Number | _Array | _Series | None = 0.0, fee: _Number | _Array | _Series | None = 0.0, method: Literal["mark", "product", "entry", "slope"] | None = "mark", slope: _Number | _Array | _Series | None = None) -> pd.Series[float]: ...
@overload
def margin_for_move(qty: _Number | _Array | _Series, entry: _Series, move: _Number | _Array | _Series, mmr: _Number | _Array | _Series, amount: _Number | _Array | _Series | None = 0.0, fee: _Number | _Array | _Series | None = 0.0, method: Literal["mark", "product", "entry", "slope"] | None = "mark", slope: _Number | _Array | _Series | None = None) -> pd.Series[float]: ...
@overload
def margin_for_move(qty: _Number | _Array | _Series, entry: _Number | _Array | _Series, move: _Series, mmr: _Number | _Array | _Series, amount: _Number | _Array | _Series | None = 0.0, fee: _Number | _Array | _Series | None = 0.0, method: Literal["mark", "product", "entry", "slope"] | None = "mark", slope: _Number | _Array | _Series | None = None) -> pd.Series[float]: ...
@overload
def margin_for_move(qty: _Number | _Array | _Series, entry: _Number | _Array | _Series, move: _Number | _Array | _Series, mmr: _Series, amount: _Number | _Array | _Series | None = 0.0, fee: _Number | _Array | _Series | None = 0.0, method: Literal["mark", "product", "entry", "slope"] | None = "mark", slope: _Number | _Array | _Series | None = None) -> pd.Series[float]: ...
@overload
def margin_for_move(qty: _Number | _Array, entry: _Number | _Array, move: _Number | _Array, mmr: _Number | _Array, amount: _Number | _Array | _Series | None = 0.0, fee: _Number | _Array | _Series | None = 0.0, method: Literal["mark", "product", "entry", "slope"] | None = "mark", slope: _Number | _Array | _Series | None = None) -> pd.Series[float]: ...

@overload
def safe_margin(qty: _Number, price: _Number, move: _Number, mmr: _Number, rate: _Number, interval_hours: _Number, days: _Number, fee: _Number | None = 0.0, amount: _Number | None = 0.0, method: Literal["mark", "product", "entry", "slope"] | None = "mark", slope: _Number | None = None) -> float:
    """Coins to post so that neither a horizon of adverse funding nor an adverse move after it liquidates a position.

    The funding is paid before the move, while the coin amounts are largest for a short. Where the venue asks for
    a larger initial margin, INITIAL_MARGIN says so.

    Arguments:
        qty: signed USD face of the position, short < 0 [USD]; number or array
        price: price [USD/coin]; > 0; number or array
        move: adverse price move from today's price; a favourable one is negative [fraction]; > -1; number or
            array
        mmr: maintenance margin rate [fraction]; >= 0 and < 1; number or array
        rate: adverse funding rate per interval; a cost, on whichever side the position is [fraction]; >= 0 and <
            1; number or array
        interval_hours: hours between funding payments [hours]; > 0; number or array
        days: horizon [days]; >= 0; number or array
        fee: fee rate of the liquidation, charged at the liquidation price [fraction]; > -1 and < 1; default 0;
            number or array
        amount: maintenance amount deducted by the tier [coin]; >= 0; default 0; number or array
        method: how the venue values maintenance: at the liquidation price (mark), with the fee multiplied in
            (product), frozen at entry (entry), or rising with size (slope); mark | product | entry | slope;
            default "mark"; one value
        slope: rise of the maintenance rate per coin of size, for method slope and needed there [1/coin]; >= 0;
            default 0; number or array

    Result: number [coin]

    Errors:
        InputError: an argument has the wrong type or shape, is missing, or is an unknown word (#VALUE! in a
            sheet).
        DomainError: a single number is out of its domain; in an array only that element is NaN (#NUM! in a
            sheet).
        NoResultError: a long cannot survive a fall of 100 % or more.

    Formula: MARGIN_FOR_MOVE from today's price + rate n |Q|/P, n = 24 days / interval_hours; for mark (|Q|/P)
        ((move + mmr + fee) / (1 - s move) + rate n) - amount

    Source: MARGIN_FOR_MOVE and FUNDING_PAYMENT: 3.3666667 for the move and 0.81 for 270 payments

    Example:
        >>> xlhedge.safe_margin(-600000, 60000, 0.5, 0.005, 0.0003, 8, 90)
        4.176666666666667
    """
@overload
def safe_margin(qty: _Number | _Array, price: _Number | _Array, move: _Number | _Array, mmr: _Number | _Array, rate: _Number | _Array, interval_hours: _Number | _Array, days: _Number | _Array, fee: _Number | _Array | None = 0.0, amount: _Number | _Array | None = 0.0, method: Literal["mark", "product", "entry", "slope"] | None = "mark", slope: _Number | _Array | None = None) -> NDArray[np.float64]: ...
@overload
def safe_margin(qty: _Series, price: _Number | _Array | _Series, move: _Number | _Array | _Series, mmr: _Number | _Array | _Series, rate: _Number | _Array | _Series, interval_hours: _Number | _Array | _Series, days: _Number | _Array | _Series, fee: _Number | _Array | _Series | None = 0.0, amount: _Number | _Array | _Series | None = 0.0, method: Literal["mark", "product", "entry", "slope"] | None = "mark", slope: _Number | _Array | _Series | None = None) -> pd.Series[float]: ...
@overload
def safe_margin(qty: _Number | _Array | _Series, price: _Series, move: _Number | _Array | _Series, mmr: _Number | _Array | _Series, rate: _Number | _Array | _Series, interval_hours: _Number | _Array | _Series, days: _Number | _Array | _Series, fee: _Number | _Array | _Series | None = 0.0, amount: _Number | _Array | _Series | None = 0.0, method: Literal["mark", "product", "entry", "slope"] | None = "mark", slope: _Number | _Array | _Series | None = None) -> pd.Series[float]: ...
@overload
def safe_margin(qty: _Number | _Array | _Series, price: _Number | _Array | _Series, move: _Series, mmr: _Number | _Array | _Series, rate: _Number | _Array | _Series, interval_hours: _Number | _Array | _Series, days: _Number | _Array | _Series, fee: _Number | _Array | _Series | None = 0.0, amount: _Number | _Array | _Series | None = 0.0, method: Literal["mark", "product", "entry", "slope"] | None = "mark", slope: _Number | _Array | _Series | None = None) -> pd.Series[float]: ...
@overload
def safe_margin(qty: _Number | _Array | _Series, price: _Number | _Array | _Series, move: _Number | _Array | _Series, mmr: _Series, rate: _Number | _Array | _Series, interval_hours: _Number | _Array | _Series, days: _Number | _Array | _Series, fee: _Number | _Array | _Series | None = 0.0, amount: _Number | _Array | _Series | None = 0.0, method: Literal["mark", "product", "entry", "slope"] | None = "mark", slope: _Number | _Array | _Series | None = None) -> pd.Series[float]: ...
@overload
def safe_margin(qty: _Number | _Array | _Series, price: _Number | _Array | _Series, move: _Number | _Array | _Series, mmr: _Number | _Array | _Series, rate: _Series, interval_hours: _Number | _Array | _Series, days: _Number | _Array | _Series, fee: _Number | _Array | _Series | None = 0.0, amount: _Number | _Array | _Series | None = 0.0, method: Literal["mark", "product", "entry", "slope"] | None = "mark", slope: _Number | _Array | _Series | None = None) -> pd.Series[float]: ...
@overload
def safe_margin(qty: _Number | _Array | _Series, price: _Number | _Array | _Series, move: _Number | _Array | _Series, mmr: _Number | _Array | _Series, rate: _Number | _Array | _Series, interval_hours: _Series, days: _Number | _Array | _Series, fee: _Number | _Array | _Series | None = 0.0, amount: _Number | _Array | _Series | None = 0.0, method: Literal["mark", "product", "entry", "slope"] | None = "mark", slope: _Number | _Array | _Series | None = None) -> pd.Series[float]: ...
@overload
def safe_margin(qty: _Number | _Array | _Series, price: _Number | _Array | _Series, move: _Number | _Array | _Series, mmr: _Number | _Array | _Series, rate: _Number | _Array | _Series, interval_hours: _Number | _Array | _Series, days: _Series, fee: _Number | _Array | _Series | None = 0.0, amount: _Number | _Array | _Series | None = 0.0, method: Literal["mark", "product", "entry", "slope"] | None = "mark", slope: _Number | _Array | _Series | None = None) -> pd.Series[float]: ...
@overload
def safe_margin(qty: _Number | _Array, price: _Number | _Array, move: _Number | _Array, mmr: _Number | _Array, rate: _Number | _Array, interval_hours: _Number | _Array, days: _Number | _Array, fee: _Number | _Array | _Series | None = 0.0, amount: _Number | _Array | _Series | None = 0.0, method: Literal["mark", "product", "entry", "slope"] | None = "mark", slope: _Number | _Array | _Series | None = None) -> pd.Series[float]: ...

@overload
def safe_hedge(margin: _Number, price: _Number, move: _Number, mmr: _Number, rate: _Number, interval_hours: _Number, days: _Number, face: _Number | None = 1.0, fee: _Number | None = 0.0, amount: _Number | None = 0.0, method: Literal["mark", "product", "entry", "slope"] | None = "mark", slope: _Number | None = None) -> float:
    """Largest short, in whole contracts, that a margin carries through adverse funding and a rally.

    Arguments:
        margin: posted margin [coin]; >= 0; number or array
        price: price [USD/coin]; > 0; number or array
        move: adverse price move from today's price; a favourable one is negative [fraction]; > -1; number or
            array
        mmr: maintenance margin rate [fraction]; >= 0 and < 1; number or array
        rate: adverse funding rate per interval; a cost, on whichever side the position is [fraction]; >= 0 and <
            1; number or array
        interval_hours: hours between funding payments [hours]; > 0; number or array
        days: horizon [days]; >= 0; number or array
        face: USD face of one contract [USD]; > 0; default 1; number or array
        fee: fee rate of the liquidation, charged at the liquidation price [fraction]; > -1 and < 1; default 0;
            number or array
        amount: maintenance amount deducted by the tier [coin]; >= 0; default 0; number or array
        method: how the venue values maintenance: at the liquidation price (mark), with the fee multiplied in
            (product), frozen at entry (entry), or rising with size (slope); mark | product | entry | slope;
            default "mark"; one value
        slope: rise of the maintenance rate per coin of size, for method slope and needed there [1/coin]; >= 0;
            default 0; number or array

    Result: number [contracts]

    Errors:
        InputError: an argument has the wrong type or shape, is missing, or is an unknown word (#VALUE! in a
            sheet).
        DomainError: a single number is out of its domain; in an array only that element is NaN (#NUM! in a
            sheet).
        NoResultError: a fall and no cost leave no limit.

    Formula: for mark (margin + amount) P / ((move + mmr + fee) / (1 + move) + rate n) / face, rounded down, and
        no more than margin P / (move / (1 + move) + rate n) / face, where the equity is gone, a favourable move
        counted as 0

    Source: SAFE_MARGIN solved for the size of a short

    Example:
        >>> xlhedge.safe_hedge(2.5, 60000, 0.5, 0.005, 0.0003, 8, 90, 100)
        3591.0
    """
@overload
def safe_hedge(margin: _Number | _Array, price: _Number | _Array, move: _Number | _Array, mmr: _Number | _Array, rate: _Number | _Array, interval_hours: _Number | _Array, days: _Number | _Array, face: _Number | _Array | None = 1.0, fee: _Number | _Array | None = 0.0, amount: _Number | _Array | None = 0.0, method: Literal["mark", "product", "entry", "slope"] | None = "mark", slope: _Number | _Array | None = None) -> NDArray[np.float64]: ...
@overload
def safe_hedge(margin: _Series, price: _Number | _Array | _Series, move: _Number | _Array | _Series, mmr: _Number | _Array | _Series, rate: _Number | _Array | _Series, interval_hours: _Number | _Array | _Series, days: _Number | _Array | _Series, face: _Number | _Array | _Series | None = 1.0, fee: _Number | _Array | _Series | None = 0.0, amount: _Number | _Array | _Series | None = 0.0, method: Literal["mark", "product", "entry", "slope"] | None = "mark", slope: _Number | _Array | _Series | None = None) -> pd.Series[float]: ...
@overload
def safe_hedge(margin: _Number | _Array | _Series, price: _Series, move: _Number | _Array | _Series, mmr: _Number | _Array | _Series, rate: _Number | _Array | _Series, interval_hours: _Number | _Array | _Series, days: _Number | _Array | _Series, face: _Number | _Array | _Series | None = 1.0, fee: _Number | _Array | _Series | None = 0.0, amount: _Number | _Array | _Series | None = 0.0, method: Literal["mark", "product", "entry", "slope"] | None = "mark", slope: _Number | _Array | _Series | None = None) -> pd.Series[float]: ...
@overload
def safe_hedge(margin: _Number | _Array | _Series, price: _Number | _Array | _Series, move: _Series, mmr: _Number | _Array | _Series, rate: _Number | _Array | _Series, interval_hours: _Number | _Array | _Series, days: _Number | _Array | _Series, face: _Number | _Array | _Series | None = 1.0, fee: _Number | _Array | _Series | None = 0.0, amount: _Number | _Array | _Series | None = 0.0, method: Literal["mark", "product", "entry", "slope"] | None = "mark", slope: _Number | _Array | _Series | None = None) -> pd.Series[float]: ...
@overload
def safe_hedge(margin: _Number | _Array | _Series, price: _Number | _Array | _Series, move: _Number | _Array | _Series, mmr: _Series, rate: _Number | _Array | _Series, interval_hours: _Number | _Array | _Series, days: _Number | _Array | _Series, face: _Number | _Array | _Series | None = 1.0, fee: _Number | _Array | _Series | None = 0.0, amount: _Number | _Array | _Series | None = 0.0, method: Literal["mark", "product", "entry", "slope"] | None = "mark", slope: _Number | _Array | _Series | None = None) -> pd.Series[float]: ...
@overload
def safe_hedge(margin: _Number | _Array | _Series, price: _Number | _Array | _Series, move: _Number | _Array | _Series, mmr: _Number | _Array | _Series, rate: _Series, interval_hours: _Number | _Array | _Series, days: _Number | _Array | _Series, face: _Number | _Array | _Series | None = 1.0, fee: _Number | _Array | _Series | None = 0.0, amount: _Number | _Array | _Series | None = 0.0, method: Literal["mark", "product", "entry", "slope"] | None = "mark", slope: _Number | _Array | _Series | None = None) -> pd.Series[float]: ...
@overload
def safe_hedge(margin: _Number | _Array | _Series, price: _Number | _Array | _Series, move: _Number | _Array | _Series, mmr: _Number | _Array | _Series, rate: _Number | _Array | _Series, interval_hours: _Series, days: _Number | _Array | _Series, face: _Number | _Array | _Series | None = 1.0, fee: _Number | _Array | _Series | None = 0.0, amount: _Number | _Array | _Series | None = 0.0, method: Literal["mark", "product", "entry", "slope"] | None = "mark", slope: _Number | _Array | _Series | None = None) -> pd.Series[float]: ...
@overload
def safe_hedge(margin: _Number | _Array | _Series, price: _Number | _Array | _Series, move: _Number | _Array | _Series, mmr: _Number | _Array | _Series, rate: _Number | _Array | _Series, interval_hours: _Number | _Array | _Series, days: _Series, face: _Number | _Array | _Series | None = 1.0, fee: _Number | _Array | _Series | None = 0.0, amount: _Number | _Array | _Series | None = 0.0, method: Literal["mark", "product", "entry", "slope"] | None = "mark", slope: _Number | _Array | _Series | None = None) -> pd.Series[float]: ...
@overload
def safe_hedge(margin: _Number | _Array, price: _Number | _Array, move: _Number | _Array, mmr: _Number | _Array, rate: _Number | _Array, interval_hours: _Number | _Array, days: _Number | _Array, face: _Number | _Array | _Series | None = 1.0, fee: _Number | _Array | _Series | None = 0.0, amount: _Number | _Array | _Series | None = 0.0, method: Literal["mark", "product", "entry", "slope"] | None = "mark", slope: _Number | _Array | _Series | None = None) -> pd.Series[float]: ...

@overload
def max_leverage(qty: _Number, move: _Number, mmr: _Number) -> float:
    """Largest leverage at which an adverse move does not liquidate the position; only the sign of qty counts.

    Arguments:
        qty: signed USD face of the position, short < 0 [USD]; != 0; number or array
        move: adverse price move from the entry; a favourable one is negative [fraction]; > -1; number or array
        mmr: maintenance margin rate [fraction]; >= 0 and < 1; number or array

    Result: number [x]

    Errors:
        InputError: an argument has the wrong type or shape, is missing, or is an unknown word (#VALUE! in a
            sheet).
        DomainError: a single number is out of its domain; in an array only that element is NaN (#NUM! in a
            sheet).
        NoResultError: a long cannot survive a fall of 100 % or more, or neither move nor mmr is above 0.

    Formula: (1 - s move) / (move + mmr)

    Source: MARGIN_FOR_MOVE as a share of |Q|/E

    Example:
        >>> xlhedge.max_leverage(-1, 0.25, 0.005)
        4.901960784313726
    """
@overload
def max_leverage(qty: _Number | _Array, move: _Number | _Array, mmr: _Number | _Array) -> NDArray[np.float64]: ...
@overload
def max_leverage(qty: _Series, move: _Number | _Array | _Series, mmr: _Number | _Array | _Series) -> pd.Series[float]: ...
@overload
def max_leverage(qty: _Number | _Array | _Series, move: _Series, mmr: _Number | _Array | _Series) -> pd.Series[float]: ...
@overload
def max_leverage(qty: _Number | _Array | _Series, move: _Number | _Array | _Series, mmr: _Series) -> pd.Series[float]: ...

@overload
def max_qty(balance: _Number, price: _Number, leverage: _Number, fee: _Number | None = 0.0, face: _Number | None = 1.0) -> float:
    """Largest whole number of contracts that a balance can carry.

    Arguments:
        balance: coins in the account [coin]; >= 0; number or array
        price: price [USD/coin]; > 0; number or array
        leverage: leverage [x]; > 0; number or array
        fee: fee rate of closing, where the venue reserves it with the margin [fraction]; > -1 and < 1; default 0;
            number or array
        face: USD face of one contract [USD]; > 0; default 1; number or array

    Result: number [contracts]

    Errors:
        InputError: an argument has the wrong type or shape, is missing, or is an unknown word (#VALUE! in a
            sheet).
        DomainError: a single number is out of its domain; in an array only that element is NaN (#NUM! in a
            sheet).
        NoResultError: a rebate this large leaves no limit.

    Formula: floor(balance L P / ((1 + fee L) face))

    Source: INITIAL_MARGIN with its fee, solved for the position

    Example:
        >>> xlhedge.max_qty(0.1, 60000, 100, 0, 100)
        6000.0
    """
@overload
def max_qty(balance: _Number | _Array, price: _Number | _Array, leverage: _Number | _Array, fee: _Number | _Array | None = 0.0, face: _Number | _Array | None = 1.0) -> NDArray[np.float64]: ...
@overload
def max_qty(balance: _Series, price: _Number | _Array | _Series, leverage: _Number | _Array | _Series, fee: _Number | _Array | _Series | None = 0.0, face: _Number | _Array | _Series | None = 1.0) -> pd.Series[float]: ...
@overload
def max_qty(balance: _Number | _Array | _Series, price: _Series, leverage: _Number | _Array | _Series, fee: _Number | _Array | _Series | None = 0.0, face: _Number | _Array | _Series | None = 1.0) -> pd.Series[float]: ...
@overload
def max_qty(balance: _Number | _Array | _Series, price: _Number | _Array | _Series, leverage: _Series, fee: _Number | _Array | _Series | None = 0.0, face: _Number | _Array | _Series | None = 1.0) -> pd.Series[float]: ...
@overload
def max_qty(balance: _Number | _Array, price: _Number | _Array, leverage: _Number | _Array, fee: _Number | _Array | _Series | None = 0.0, face: _Number | _Array | _Series | None = 1.0) -> pd.Series[float]: ...

@overload
def liq_price(qty: _Number, entry: _Number, margin: _Number, mmr: _Number, amount: _Number | None = 0.0, fee: _Number | None = 0.0, method: Literal["mark", "product", "entry", "slope"] | None = "mark", slope: _Number | None = None, side: Literal["adverse", "other"] | None = "adverse") -> float:
    """Price at which the position is liquidated, or "none" when the margin covers it at any price.

    Maintenance that grows with the size can liquidate a short on both sides: the coins it asks for grow as the
    price falls. An amount or a rebate never takes the maintenance below 0: the equity is gone at Q / (Q/E +
    margin), which then comes first.

    Arguments:
        qty: signed USD face of the position, short < 0 [USD]; number or array
        entry: average entry price [USD/coin]; > 0; number or array
        margin: posted margin [coin]; >= 0; number or array
        mmr: maintenance margin rate [fraction]; >= 0 and < 1; number or array
        amount: maintenance amount deducted by the tier [coin]; >= 0; default 0; number or array
        fee: fee rate of the liquidation, charged at the liquidation price [fraction]; > -1 and < 1; default 0;
            number or array
        method: how the venue values maintenance: at the liquidation price (mark), with the fee multiplied in
            (product), frozen at entry (entry), or rising with size (slope); mark | product | entry | slope;
            default "mark"; one value
        slope: rise of the maintenance rate per coin of size, for method slope and needed there [1/coin]; >= 0;
            default 0; number or array
        side: adverse: where the position loses; other: the second price, where a slope or several contracts give
            one; adverse | other; default "adverse"; one value

    Result: number [USD/coin]; inf when there is none

    Errors:
        InputError: an argument has the wrong type or shape, is missing, or is an unknown word (#VALUE! in a
            sheet).
        DomainError: a single number is out of its domain; in an array only that element is NaN (#NUM! in a
            sheet).
        NoResultError: the position is below its maintenance margin at every price.

    Formula: mark: Q (1 + s (mmr + fee)) / (Q/E + margin + amount) | product: Q (1 + s mmr)(1 + s fee) / (Q/E +
        margin + amount) | entry: Q / (Q/E + margin + amount - (mmr + fee) |Q|/E) | slope: |Q|/q, q the root of
        margin + amount + s (|Q|/E - q) = (mmr + fee) q + slope q^2, the other root for side other

    Source: Binance FAQ be2c7d9d and Bybit help 2026-05-27 (mark); OKX position payloads (product)

    Source: BitMEX, liquidation, and Bybit help before 2026 (entry); Deribit support 25944826427293 (slope)

    Example:
        >>> xlhedge.liq_price(-600000, 60000, 2.5, 0.005)
        79600.0
    """
@overload
def liq_price(qty: _Number | _Array, entry: _Number | _Array, margin: _Number | _Array, mmr: _Number | _Array, amount: _Number | _Array | None = 0.0, fee: _Number | _Array | None = 0.0, method: Literal["mark", "product", "entry", "slope"] | None = "mark", slope: _Number | _Array | None = None, side: Literal["adverse", "other"] | None = "adverse") -> NDArray[np.float64]: ...
@overload
def liq_price(qty: _Series, entry: _Number | _Array | _Series, margin: _Number | _Array | _Series, mmr: _Number | _Array | _Series, amount: _Number | _Array | _Series | None = 0.0, fee: _Number | _Array | _Series | None = 0.0, method: Literal["mark", "product", "entry", "slope"] | None = "mark", slope: _Number | _Array | _Series | None = None, side: Literal["adverse", "other"] | None = "adverse") -> pd.Series[float]: ...
@overload
def liq_price(qty: _Number | _Array | _Series, entry: _Series, margin: _Number | _Array | _Series, mmr: _Number | _Array | _Series, amount: _Number | _Array | _Series | None = 0.0, fee: _Number | _Array | _Series | None = 0.0, method: Literal["mark", "product", "entry", "slope"] | None = "mark", slope: _Number | _Array | _Series | None = None, side: Literal["adverse", "other"] | None = "adverse") -> pd.Series[float]: ...
@overload
def liq_price(qty: _Number | _Array | _Series, entry: _Number | _Array | _Series, margin: _Series, mmr: _Number | _Array | _Series, amount: _Number | _Array | _Series | None = 0.0, fee: _Number | _Array | _Series | None = 0.0, method: Literal["mark", "product", "entry", "slope"] | None = "mark", slope: _Number | _Array | _Series | None = None, side: Literal["adverse", "other"] | None = "adverse") -> pd.Series[float]: ...
@overload
def liq_price(qty: _Number | _Array | _Series, entry: _Number | _Array | _Series, margin: _Number | _Array | _Series, mmr: _Series, amount: _Number | _Array | _Series | None = 0.0, fee: _Number | _Array | _Series | None = 0.0, method: Literal["mark", "product", "entry", "slope"] | None = "mark", slope: _Number | _Array | _Series | None = None, side: Literal["adverse", "other"] | None = "adverse") -> pd.Series[float]: ...
@overload
def liq_price(qty: _Number | _Array, entry: _Number | _Array, margin: _Number | _Array, mmr: _Number | _Array, amount: _Number | _Array | _Series | None = 0.0, fee: _Number | _Array | _Series | None = 0.0, method: Literal["mark", "product", "entry", "slope"] | None = "mark", slope: _Number | _Array | _Series | None = None, side: Literal["adverse", "other"] | None = "adverse") -> pd.Series[float]: ...

@overload
def margin_call_price(qty: _Number, entry: _Number, margin: _Number, mmr: _Number, ratio: _Number, amount: _Number | None = 0.0, fee: _Number | None = 0.0, method: Literal["mark", "product", "entry", "slope"] | None = "mark", slope: _Number | None = None) -> float:
    """Price at which the margin ratio reaches a level on the way to liquidation, or "none" if it never does.

    Arguments:
        qty: signed USD face of the position, short < 0 [USD]; number or array
        entry: average entry price [USD/coin]; > 0; number or array
        margin: posted margin [coin]; >= 0; number or array
        mmr: maintenance margin rate [fraction]; >= 0 and < 1; number or array
        ratio: margin ratio at which to act; 1 is liquidation [fraction]; > 0 and <= 1; number or array
        amount: maintenance amount deducted by the tier [coin]; >= 0; default 0; number or array
        fee: fee rate of the liquidation, charged at the liquidation price [fraction]; > -1 and < 1; default 0;
            number or array
        method: how the venue values maintenance: at the liquidation price (mark), with the fee multiplied in
            (product), frozen at entry (entry), or rising with size (slope); mark | product | entry | slope;
            default "mark"; one value
        slope: rise of the maintenance rate per coin of size, for method slope and needed there [1/coin]; >= 0;
            default 0; number or array

    Result: number [USD/coin]; inf when there is none

    Errors:
        InputError: an argument has the wrong type or shape, is missing, or is an unknown word (#VALUE! in a
            sheet).
        DomainError: a single number is out of its domain; in an array only that element is NaN (#NUM! in a
            sheet).
        NoResultError: the ratio is beyond the level at every price.

    Formula: mark: Q (1 + s (mmr + fee)/ratio) / (Q/E + margin + amount/ratio); LIQ_PRICE with rate, amount and
        slope over ratio ; a short with mmr + fee >= ratio reaches the level going down: "none" where the margin
        covers the notional

    Source: MARGIN_RATIO solved for the price

    Example:
        >>> xlhedge.margin_call_price(-600000, 60000, 2.5, 0.005, 0.8)
        79500.0
    """
@overload
def margin_call_price(qty: _Number | _Array, entry: _Number | _Array, margin: _Number | _Array, mmr: _Number | _Array, ratio: _Number | _Array, amount: _Number | _Array | None = 0.0, fee: _Number | _Array | None = 0.0, method: Literal["mark", "product", "entry", "slope"] | None = "mark", slope: _Number | _Array | None = None) -> NDArray[np.float64]: ...
@overload
def margin_call_price(qty: _Series, entry: _Number | _Array | _Series, margin: _Number | _Array | _Series, mmr: _Number | _Array | _Series, ratio: _Number | _Array | _Series, amount: _Number | _Array | _Series | None = 0.0, fee: _Number | _Array | _Series | None = 0.0, method: Literal["mark", "product", "entry", "slope"] | None = "mark", slope: _Number | _Array | _Series | None = None) -> pd.Series[float]: ...
@overload
def margin_call_price(qty: _Number | _Array | _Series, entry: _Series, margin: _Number | _Array | _Series, mmr: _Number | _Array | _Series, ratio: _Number | _Array | _Series, amount: _Number | _Array | _Series | None = 0.0, fee: _Number | _Array | _Series | None = 0.0, method: Literal["mark", "product", "entry", "slope"] | None = "mark", slope: _Number | _Array | _Series | None = None) -> pd.Series[float]: ...
@overload
def margin_call_price(qty: _Number | _Array | _Series, entry: _Number | _Array | _Series, margin: _Series, mmr: _Number | _Array | _Series, ratio: _Number | _Array | _Series, amount: _Number | _Array | _Series | None = 0.0, fee: _Number | _Array | _Series | None = 0.0, method: Literal["mark", "product", "entry", "slope"] | None = "mark", slope: _Number | _Array | _Series | None = None) -> pd.Series[float]: ...
@overload
def margin_call_price(qty: _Number | _Array | _Series, entry: _Number | _Array | _Series, margin: _Number | _Array | _Series, mmr: _Series, ratio: _Number | _Array | _Series, amount: _Number | _Array | _Series | None = 0.0, fee: _Number | _Array | _Series | None = 0.0, method: Literal["mark", "product", "entry", "slope"] | None = "mark", slope: _Number | _Array | _Series | None = None) -> pd.Series[float]: ...
@overload
def margin_call_price(qty: _Number | _Array | _Series, entry: _Number | _Array | _Series, margin: _Number | _Array | _Series, mmr: _Number | _Array | _Series, ratio: _Series, amount: _Number | _Array | _Series | None = 0.0, fee: _Number | _Array | _Series | None = 0.0, method: Literal["mark", "product", "entry", "slope"] | None = "mark", slope: _Number | _Array | _Series | None = None) -> pd.Series[float]: ...
@overload
def margin_call_price(qty: _Number | _Array, entry: _Number | _Array, margin: _Number | _Array, mmr: _Number | _Array, ratio: _Number | _Array, amount: _Number | _Array | _Series | None = 0.0, fee: _Number | _Array | _Series | None = 0.0, method: Literal["mark", "product", "entry", "slope"] | None = "mark", slope: _Number | _Array | _Series | None = None) -> pd.Series[float]: ...

@overload
def liq_price_tiered(qty: _Number, entry: _Number, margin: _Number, floors: _List | _Series, rates: _List | _Series, fee: _Number | None = 0.0, method: Literal["mark", "product", "entry"] | None = "mark") -> float:
    """Liquidation price under marginal tiers, whose rates rise with size, or "none".

    Arguments:
        qty: signed USD face of the position, short < 0 [USD]; number or array
        entry: average entry price [USD/coin]; > 0; number or array
        margin: posted margin [coin]; >= 0; number or array
        floors: lower bounds of the tiers [coin]; >= 0; list or number
        rates: maintenance rates of the tiers [fraction]; >= 0 and < 1; list or number
        fee: fee rate of the liquidation, charged at the liquidation price [fraction]; > -1 and < 1; default 0;
            number or array
        method: how the venue values maintenance; mark | product | entry; default "mark"; one value

    Result: number [USD/coin]; inf when there is none

    Errors:
        InputError: an argument has the wrong type or shape, is missing, or is an unknown word (#VALUE! in a
            sheet).
        DomainError: a single number is out of its domain; in an array only that element is NaN (#NUM! in a
            sheet).
        NoResultError: a rate is below that of the tier before, or with the fee it is 1 or more.

    Formula: LIQ_PRICE with each tier's rate and amount; the one that comes first on the way to a loss

    Source: Binance FAQ ceccfcfb and be2c7d9d; maintenance is the largest of the tiers' lines, being continuous
        and convex

    Example:
        >>> xlhedge.liq_price_tiered(-6000000, 60000, 20, [0, 10, 50], [0.004, 0.01, 0.025])
        73872.96375805026
    """
@overload
def liq_price_tiered(qty: _Number | _Array, entry: _Number | _Array, margin: _Number | _Array, floors: _List | _Series, rates: _List | _Series, fee: _Number | _Array | None = 0.0, method: Literal["mark", "product", "entry"] | None = "mark") -> NDArray[np.float64]: ...
@overload
def liq_price_tiered(qty: _Series, entry: _Number | _Array | _Series, margin: _Number | _Array | _Series, floors: _List | _Series, rates: _List | _Series, fee: _Number | _Array | _Series | None = 0.0, method: Literal["mark", "product", "entry"] | None = "mark") -> pd.Series[float]: ...
@overload
def liq_price_tiered(qty: _Number | _Array | _Series, entry: _Series, margin: _Number | _Array | _Series, floors: _List | _Series, rates: _List | _Series, fee: _Number | _Array | _Series | None = 0.0, method: Literal["mark", "product", "entry"] | None = "mark") -> pd.Series[float]: ...
@overload
def liq_price_tiered(qty: _Number | _Array | _Series, entry: _Number | _Array | _Series, margin: _Series, floors: _List | _Series, rates: _List | _Series, fee: _Number | _Array | _Series | None = 0.0, method: Literal["mark", "product", "entry"] | None = "mark") -> pd.Series[float]: ...
@overload
def liq_price_tiered(qty: _Number | _Array, entry: _Number | _Array, margin: _Number | _Array, floors: _List | _Series, rates: _List | _Series, fee: _Number | _Array | _Series | None = 0.0, method: Literal["mark", "product", "entry"] | None = "mark") -> pd.Series[float]: ...

@overload
def liq_price_cross(qtys: _List | _Series, entries: _List | _Series, mmrs: _List | _Series, balance: _Number, basis: _List | _Series | None = 0.0, amounts: _List | _Series | None = 0.0, fees: _List | _Series | None = 0.0, methods: Literal["mark", "product", "entry", "slope"] | None = "mark", slopes: _List | _Series | None = None, side: Literal["adverse", "other", "above", "below"] | None = "adverse") -> float:
    """Reference price at which an account with several contracts on one coin is liquidated, or "none".

    Where maintenance grows with size, or where amounts or rebates would take that of the account below 0, an
    account can be liquidated on both sides; if it has one price without a slope, that is the adverse one wherever
    it lies.

    Arguments:
        qtys: signed USD face of each position, short < 0 [USD]; list or number
        entries: average entry of each position [USD/coin]; > 0; list or number
        mmrs: maintenance rate of each position [fraction]; >= 0 and < 1; list or number
        balance: coins in the account, unrealised PnL excluded [coin]; >= 0; number or array
        basis: price of each contract relative to the reference, minus 1 [fraction]; > -1; default 0; list or
            number
        amounts: maintenance amount of each position [coin]; >= 0; default 0; list or number
        fees: fee rate of each liquidation [fraction]; > -1 and < 1; default 0; list or number
        methods: how the venue values each maintenance; mark | product | entry | slope; default "mark"; list or
            word
        slopes: rise of each maintenance rate per coin of size, needed for method slope [1/coin]; >= 0; default 0;
            list or number
        side: adverse: where the net position loses; other: the opposite; above or below the prices at which the
            account is sound; adverse | other | above | below; default "adverse"; one value

    Result: number [USD/coin]; inf when there is none

    Errors:
        InputError: an argument has the wrong type or shape, is missing, or is an unknown word (#VALUE! in a
            sheet).
        DomainError: a single number is out of its domain; in an array only that element is NaN (#NUM! in a
            sheet).
        NoResultError: the account is below its maintenance at every price.

    Formula: 1/u, u the root of A + B u + C u^2, A = balance + sum(Q/E + amount) - sum((mmr + fee) |Q|/E) over
        method entry, B = -sum((Q + r |Q|) / (1 + basis)), r = mmr + fee (mark, slope), mmr + fee + s mmr fee
        (product), 0 (entry), C = -sum(slope Q^2 / (1 + basis)^2); above: the smaller root, below: the larger one;
        no further than where the equity is gone, sum(Q / (1 + basis)) / (balance + sum(Q/E))

    Source: Binance FAQ be2c7d9d (cross margin), solved for a common reference price; the other methods as in
        LIQ_PRICE

    Example:
        >>> xlhedge.liq_price_cross([-600000], [60000], [0.005], 2.5)
        79600.0
    """
@overload
def liq_price_cross(qtys: _List | _Series, entries: _List | _Series, mmrs: _List | _Series, balance: _Number | _Array, basis: _List | _Series | None = 0.0, amounts: _List | _Series | None = 0.0, fees: _List | _Series | None = 0.0, methods: Literal["mark", "product", "entry", "slope"] | None = "mark", slopes: _List | _Series | None = None, side: Literal["adverse", "other", "above", "below"] | None = "adverse") -> NDArray[np.float64]: ...
@overload
def liq_price_cross(qtys: _List | _Series, entries: _List | _Series, mmrs: _List | _Series, balance: _Series, basis: _List | _Series | None = 0.0, amounts: _List | _Series | None = 0.0, fees: _List | _Series | None = 0.0, methods: Literal["mark", "product", "entry", "slope"] | None = "mark", slopes: _List | _Series | None = None, side: Literal["adverse", "other", "above", "below"] | None = "adverse") -> pd.Series[float]: ...

@overload
def bankruptcy_price(qty: _Number, entry: _Number, margin: _Number, fee: _Number | None = 0.0) -> float:
    """Price at which the posted margin is used up, or "none".

    Arguments:
        qty: signed USD face of the position, short < 0 [USD]; number or array
        entry: average entry price [USD/coin]; > 0; number or array
        margin: posted margin [coin]; >= 0; number or array
        fee: fee rate of the liquidation, charged at the liquidation price [fraction]; > -1 and < 1; default 0;
            number or array

    Result: number [USD/coin]; inf when there is none

    Errors:
        InputError: an argument has the wrong type or shape, is missing, or is an unknown word (#VALUE! in a
            sheet).
        DomainError: a single number is out of its domain; in an array only that element is NaN (#NUM! in a
            sheet).

    Formula: Q (1 + s fee) / (Q/E + margin)

    Source: Bybit help 360039261334: 10,000 long at 8,000 with 0.5 BTC and 7.5 bp is bankrupt at 5,718.57

    Example:
        >>> xlhedge.bankruptcy_price(10000, 8000, 0.5, 0.00075)
        5718.571428571428
    """
@overload
def bankruptcy_price(qty: _Number | _Array, entry: _Number | _Array, margin: _Number | _Array, fee: _Number | _Array | None = 0.0) -> NDArray[np.float64]: ...
@overload
def bankruptcy_price(qty: _Series, entry: _Number | _Array | _Series, margin: _Number | _Array | _Series, fee: _Number | _Array | _Series | None = 0.0) -> pd.Series[float]: ...
@overload
def bankruptcy_price(qty: _Number | _Array | _Series, entry: _Series, margin: _Number | _Array | _Series, fee: _Number | _Array | _Series | None = 0.0) -> pd.Series[float]: ...
@overload
def bankruptcy_price(qty: _Number | _Array | _Series, entry: _Number | _Array | _Series, margin: _Series, fee: _Number | _Array | _Series | None = 0.0) -> pd.Series[float]: ...
@overload
def bankruptcy_price(qty: _Number | _Array, entry: _Number | _Array, margin: _Number | _Array, fee: _Number | _Array | _Series | None = 0.0) -> pd.Series[float]: ...

@overload
def liq_distance(liq: _Number, price: _Number) -> float:
    """Move from the price to the liquidation price; "none" stays "none".

    Arguments:
        liq: liquidation price, or "none" [USD/coin]; > 0; number or array
        price: price [USD/coin]; > 0; number or array

    Result: number [fraction]; inf when there is none

    Errors:
        InputError: an argument has the wrong type or shape, is missing, or is an unknown word (#VALUE! in a
            sheet).
        DomainError: a single number is out of its domain; in an array only that element is NaN (#NUM! in a
            sheet).

    Formula: liq / P - 1

    Source: definition; alarms at 30 % and 15 %

    Example:
        >>> xlhedge.liq_distance(79600, 60000)
        0.32666666666666666
    """
@overload
def liq_distance(liq: _Number | _Array, price: _Number | _Array) -> NDArray[np.float64]: ...
@overload
def liq_distance(liq: _Series, price: _Number | _Array | _Series) -> pd.Series[float]: ...
@overload
def liq_distance(liq: _Number | _Array | _Series, price: _Series) -> pd.Series[float]: ...

@overload
def liq_probability(price: _Number, liq: _Number, volatility: _Number, days: _Number, drift: _Number | None = 0.0) -> float:
    """Probability that the price touches the liquidation price within some days, by a geometric Brownian motion.

    Arguments:
        price: price [USD/coin]; > 0; number or array
        liq: liquidation price, or "none" [USD/coin]; > 0; number or array
        volatility: annual volatility [fraction a year]; > 0; number or array
        days: horizon [days]; >= 0; number or array
        drift: expected growth of the price [fraction a year]; default 0; number or array

    Result: number [fraction]

    Errors:
        InputError: an argument has the wrong type or shape, is missing, or is an unknown word (#VALUE! in a
            sheet).
        DomainError: a single number is out of its domain; in an array only that element is NaN (#NUM! in a
            sheet).

    Formula: N((-a + w T)/(v sqrt T)) + exp(2 w a/v^2) N((-a - w T)/(v sqrt T)), a = |ln(liq/P)|, w = (drift -
        v^2/2) sign(ln(liq/P)), T = days/365; 0 for "none"

    Source: first passage of a Brownian motion with drift (reflection principle), e.g. Harrison, Brownian Motion
        and Stochastic Flow Systems, 1985

    Example:
        >>> xlhedge.liq_probability(60000, 79600, 0.6, 30)
        0.0868796709
    """
@overload
def liq_probability(price: _Number | _Array, liq: _Number | _Array, volatility: _Number | _Array, days: _Number | _Array, drift: _Number | _Array | None = 0.0) -> NDArray[np.float64]: ...
@overload
def liq_probability(price: _Series, liq: _Number | _Array | _Series, volatility: _Number | _Array | _Series, days: _Number | _Array | _Series, drift: _Number | _Array | _Series | None = 0.0) -> pd.Series[float]: ...
@overload
def liq_probability(price: _Number | _Array | _Series, liq: _Series, volatility: _Number | _Array | _Series, days: _Number | _Array | _Series, drift: _Number | _Array | _Series | None = 0.0) -> pd.Series[float]: ...
@overload
def liq_probability(price: _Number | _Array | _Series, liq: _Number | _Array | _Series, volatility: _Series, days: _Number | _Array | _Series, drift: _Number | _Array | _Series | None = 0.0) -> pd.Series[float]: ...
@overload
def liq_probability(price: _Number | _Array | _Series, liq: _Number | _Array | _Series, volatility: _Number | _Array | _Series, days: _Series, drift: _Number | _Array | _Series | None = 0.0) -> pd.Series[float]: ...
@overload
def liq_probability(price: _Number | _Array, liq: _Number | _Array, volatility: _Number | _Array, days: _Number | _Array, drift: _Number | _Array | _Series | None = 0.0) -> pd.Series[float]: ...

@overload
def liq_price_after_funding(qty: _Number, entry: _Number, margin: _Number, mmr: _Number, rate: _Number, interval_hours: _Number, days: _Number, price: _Number | None = None, method: Literal["mark", "product", "entry", "slope"] | None = "mark", amount: _Number | None = 0.0, fee: _Number | None = 0.0, slope: _Number | None = None) -> float:
    """Liquidation price once funding has changed the margin for some days, or "none".

    Arguments:
        qty: signed USD face of the position, short < 0 [USD]; number or array
        entry: average entry price [USD/coin]; > 0; number or array
        margin: posted margin [coin]; >= 0; number or array
        mmr: maintenance margin rate [fraction]; >= 0 and < 1; number or array
        rate: funding rate per interval; a short receives it when > 0 [fraction]; > -1; number or array
        interval_hours: hours between funding payments [hours]; > 0; number or array
        days: horizon [days]; >= 0; number or array
        price: price at which the funding is paid; the entry unless given [USD/coin]; > 0; default none; number or
            array
        method: how the venue values maintenance: at the liquidation price (mark), with the fee multiplied in
            (product), frozen at entry (entry), or rising with size (slope); mark | product | entry | slope;
            default "mark"; one value
        amount: maintenance amount deducted by the tier [coin]; >= 0; default 0; number or array
        fee: fee rate of the liquidation, charged at the liquidation price [fraction]; > -1 and < 1; default 0;
            number or array
        slope: rise of the maintenance rate per coin of size, for method slope and needed there [1/coin]; >= 0;
            default 0; number or array

    Result: number [USD/coin]; inf when there is none

    Errors:
        InputError: an argument has the wrong type or shape, is missing, or is an unknown word (#VALUE! in a
            sheet).
        DomainError: a single number is out of its domain; in an array only that element is NaN (#NUM! in a
            sheet).
        NoResultError: funding uses up the margin before then.

    Formula: LIQ_PRICE with margin - rate n Q/price, n = 24 days / interval_hours

    Source: FUNDING_PAYMENT n times at one price, then LIQ_PRICE

    Example:
        >>> xlhedge.liq_price_after_funding(-600000, 60000, 2.5, 0.005, -0.0001, 8, 30)
        78656.12648221344
    """
@overload
def liq_price_after_funding(qty: _Number | _Array, entry: _Number | _Array, margin: _Number | _Array, mmr: _Number | _Array, rate: _Number | _Array, interval_hours: _Number | _Array, days: _Number | _Array, price: _Number | _Array | None = None, method: Literal["mark", "product", "entry", "slope"] | None = "mark", amount: _Number | _Array | None = 0.0, fee: _Number | _Array | None = 0.0, slope: _Number | _Array | None = None) -> NDArray[np.float64]: ...
@overload
def liq_price_after_funding(qty: _Series, entry: _Number | _Array | _Series, margin: _Number | _Array | _Series, mmr: _Number | _Array | _Series, rate: _Number | _Array | _Series, interval_hours: _Number | _Array | _Series, days: _Number | _Array | _Series, price: _Number | _Array | _Series | None = None, method: Literal["mark", "product", "entry", "slope"] | None = "mark", amount: _Number | _Array | _Series | None = 0.0, fee: _Number | _Array | _Series | None = 0.0, slope: _Number | _Array | _Series | None = None) -> pd.Series[float]: ...
@overload
def liq_price_after_funding(qty: _Number | _Array | _Series, entry: _Series, margin: _Number | _Array | _Series, mmr: _Number | _Array | _Series, rate: _Number | _Array | _Series, interval_hours: _Number | _Array | _Series, days: _Number | _Array | _Series, price: _Number | _Array | _Series | None = None, method: Literal["mark", "product", "entry", "slope"] | None = "mark", amount: _Number | _Array | _Series | None = 0.0, fee: _Number | _Array | _Series | None = 0.0, slope: _Number | _Array | _Series | None = None) -> pd.Series[float]: ...
@overload
def liq_price_after_funding(qty: _Number | _Array | _Series, entry: _Number | _Array | _Series, margin: _Series, mmr: _Number | _Array | _Series, rate: _Number | _Array | _Series, interval_hours: _Number | _Array | _Series, days: _Number | _Array | _Series, price: _Number | _Array | _Series | None = None, method: Literal["mark", "product", "entry", "slope"] | None = "mark", amount: _Number | _Array | _Series | None = 0.0, fee: _Number | _Array | _Series | None = 0.0, slope: _Number | _Array | _Series | None = None) -> pd.Series[float]: ...
@overload
def liq_price_after_funding(qty: _Number | _Array | _Series, entry: _Number | _Array | _Series, margin: _Number | _Array | _Series, mmr: _Series, rate: _Number | _Array | _Series, interval_hours: _Number | _Array | _Series, days: _Number | _Array | _Series, price: _Number | _Array | _Series | None = None, method: Literal["mark", "product", "entry", "slope"] | None = "mark", amount: _Number | _Array | _Series | None = 0.0, fee: _Number | _Array | _Series | None = 0.0, slope: _Number | _Array | _Series | None = None) -> pd.Series[float]: ...
@overload
def liq_price_after_funding(qty: _Number | _Array | _Series, entry: _Number | _Array | _Series, margin: _Number | _Array | _Series, mmr: _Number | _Array | _Series, rate: _Series, interval_hours: _Number | _Array | _Series, days: _Number | _Array | _Series, price: _Number | _Array | _Series | None = None, method: Literal["mark", "product", "entry", "slope"] | None = "mark", amount: _Number | _Array | _Series | None = 0.0, fee: _Number | _Array | _Series | None = 0.0, slope: _Number | _Array | _Series | None = None) -> pd.Series[float]: ...
@overload
def liq_price_after_funding(qty: _Number | _Array | _Series, entry: _Number | _Array | _Series, margin: _Number | _Array | _Series, mmr: _Number | _Array | _Series, rate: _Number | _Array | _Series, interval_hours: _Series, days: _Number | _Array | _Series, price: _Number | _Array | _Series | None = None, method: Literal["mark", "product", "entry", "slope"] | None = "mark", amount: _Number | _Array | _Series | None = 0.0, fee: _Number | _Array | _Series | None = 0.0, slope: _Number | _Array | _Series | None = None) -> pd.Series[float]: ...
@overload
def liq_price_after_funding(qty: _Number | _Array | _Series, entry: _Number | _Array | _Series, margin: _Number | _Array | _Series, mmr: _Number | _Array | _Series, rate: _Number | _Array | _Series, interval_hours: _Number | _Array | _Series, days: _Series, price: _Number | _Array | _Series | None = None, method: Literal["mark", "product", "entry", "slope"] | None = "mark", amount: _Number | _Array | _Series | None = 0.0, fee: _Number | _Array | _Series | None = 0.0, slope: _Number | _Array | _Series | None = None) -> pd.Series[float]: ...
@overload
def liq_price_after_funding(qty: _Number | _Array, entry: _Number | _Array, margin: _Number | _Array, mmr: _Number | _Array, rate: _Number | _Array, interval_hours: _Number | _Array, days: _Number | _Array, price: _Number | _Array | _Series | None = None, method: Literal["mark", "product", "entry", "slope"] | None = "mark", amount: _Number | _Array | _Series | None = 0.0, fee: _Number | _Array | _Series | None = 0.0, slope: _Number | _Array | _Series | None = None) -> pd.Series[float]: ...

@overload
def tier_leverage(notional: _Number, floors: _List | _Series, leverages: _List | _Series) -> float:
    """Largest leverage that a venue allows for a position of some size.

    Arguments:
        notional: size of the position, in the unit of the floors [coin]; >= 0; number or array
        floors: lower bounds of the tiers [coin]; >= 0; list or number
        leverages: largest leverage of each tier [x]; > 0; list or number

    Result: number [x]

    Errors:
        InputError: an argument has the wrong type or shape, is missing, or is an unknown word (#VALUE! in a
            sheet).
        DomainError: a single number is out of its domain; in an array only that element is NaN (#NUM! in a
            sheet).

    Formula: the leverage of the tier with floor <= notional < next floor

    Source: Binance FAQ ceccfcfb (leverage and maintenance margin of coin-margined contracts)

    Example:
        >>> xlhedge.tier_leverage(20, [0, 10, 50], [125, 100, 50])
        100.0
    """
@overload
def tier_leverage(notional: _Number | _Array, floors: _List | _Series, leverages: _List | _Series) -> NDArray[np.float64]: ...
@overload
def tier_leverage(notional: _Series, floors: _List | _Series, leverages: _List | _Series) -> pd.Series[float]: ...

@overload
def funding_payment(qty: _Number, mark: _Number, rate: _Number, unit: Literal["coin", "usd"] | None = "coin") -> float:
    """Funding received for one interval; paid is negative.

    Arguments:
        qty: signed USD face of the position, short < 0 [USD]; number or array
        mark: mark price [USD/coin]; > 0; number or array
        rate: funding rate per interval; a short receives it when > 0 [fraction]; > -1; number or array
        unit: unit of the result; coin | usd; default "coin"; one value

    Result: number [coin or USD]

    Errors:
        InputError: an argument has the wrong type or shape, is missing, or is an unknown word (#VALUE! in a
            sheet).
        DomainError: a single number is out of its domain; in an array only that element is NaN (#NUM! in a
            sheet).

    Formula: coin: -rate Q/mark; USD: -rate Q

    Source: Kraken 360022835911 example 1: a short of 100,000 at 7,000 and 0.01785 % receives 0.00255 BTC

    Example:
        >>> xlhedge.funding_payment(-600000, 60000, 0.0001)
        0.001
    """
@overload
def funding_payment(qty: _Number | _Array, mark: _Number | _Array, rate: _Number | _Array, unit: Literal["coin", "usd"] | None = "coin") -> NDArray[np.float64]: ...
@overload
def funding_payment(qty: _Series, mark: _Number | _Array | _Series, rate: _Number | _Array | _Series, unit: Literal["coin", "usd"] | None = "coin") -> pd.Series[float]: ...
@overload
def funding_payment(qty: _Number | _Array | _Series, mark: _Series, rate: _Number | _Array | _Series, unit: Literal["coin", "usd"] | None = "coin") -> pd.Series[float]: ...
@overload
def funding_payment(qty: _Number | _Array | _Series, mark: _Number | _Array | _Series, rate: _Series, unit: Literal["coin", "usd"] | None = "coin") -> pd.Series[float]: ...

def funding_total(qty: _List | _Series, rates: _List | _Series, marks: _List | _Series, unit: Literal["coin", "usd"] | None = "coin") -> float:
    """Funding received over a history; in USD each payment is valued at its own mark.

    Coin and USD totals can differ in sign: coin received at low prices is worth less than coin paid at high ones.
    One qty holds for every payment; where the position changed, give one for each.

    Arguments:
        qty: signed USD face at each payment, or one for all; short < 0 [USD]; list or number
        rates: funding rate of each interval [fraction]; > -1; list or number
        marks: mark price at each payment [USD/coin]; > 0; list or number
        unit: unit of the result; coin | usd; default "coin"; one value

    Result: number [coin or USD]

    Errors:
        InputError: an argument has the wrong type or shape, is missing, or is an unknown word (#VALUE! in a
            sheet).
        DomainError: a single number is out of its domain; in an array only that element is NaN (#NUM! in a
            sheet).

    Formula: coin: -sum(Q rate/mark); USD: -sum(Q rate)

    Source: FUNDING_PAYMENT summed

    Example:
        >>> xlhedge.funding_total(-600000, [0.0001, -0.0001], [50000, 60000])
        0.0002
    """

def funding_ledger(qty: _List | _Series, times: _Time | Iterable[_Time], rates: _List | _Series, marks: _List | _Series) -> pd.DataFrame:
    """Every funding payment of a history with running totals.

    One qty holds for every payment; where the position changed, give one for each. Rows go oldest first.

    Arguments:
        qty: signed USD face at each payment, or one for all; short < 0 [USD]; list or number
        times: times of the observations, oldest first [date or number]; list
        rates: funding rate of each interval [fraction]; > -1; list or number
        marks: mark price at each payment [USD/coin]; > 0; list or number

    Result: table [coin and USD]

    Errors:
        InputError: an argument has the wrong type or shape, is missing, or is an unknown word (#VALUE! in a
            sheet).
        DomainError: a single number is out of its domain; in an array only that element is NaN (#NUM! in a
            sheet).

    Formula: coin = -rate Q/mark; USD = -rate Q; running sums of both

    Source: FUNDING_PAYMENT

    Example:
        >>> xlhedge.funding_ledger(-600000, [1, 2], [0.0001, -0.0002], [60000, 50000])  # doctest: +SKIP
    """

@overload
def funding_cost(qty: _Number, rate: _Number, interval_hours: _Number, days: _Number) -> float:
    """Funding received over a horizon at one rate; negative is a cost.

    Arguments:
        qty: signed USD face of the position, short < 0 [USD]; number or array
        rate: funding rate per interval; a short receives it when > 0 [fraction]; > -1; number or array
        interval_hours: hours between funding payments [hours]; > 0; number or array
        days: horizon [days]; >= 0; number or array

    Result: number [USD]

    Errors:
        InputError: an argument has the wrong type or shape, is missing, or is an unknown word (#VALUE! in a
            sheet).
        DomainError: a single number is out of its domain; in an array only that element is NaN (#NUM! in a
            sheet).

    Formula: -rate Q 24 days / interval_hours

    Source: FUNDING_PAYMENT in USD times the number of payments

    Example:
        >>> xlhedge.funding_cost(-600000, 0.0001, 8, 30)
        5400.0
    """
@overload
def funding_cost(qty: _Number | _Array, rate: _Number | _Array, interval_hours: _Number | _Array, days: _Number | _Array) -> NDArray[np.float64]: ...
@overload
def funding_cost(qty: _Series, rate: _Number | _Array | _Series, interval_hours: _Number | _Array | _Series, days: _Number | _Array | _Series) -> pd.Series[float]: ...
@overload
def funding_cost(qty: _Number | _Array | _Series, rate: _Series, interval_hours: _Number | _Array | _Series, days: _Number | _Array | _Series) -> pd.Series[float]: ...
@overload
def funding_cost(qty: _Number | _Array | _Series, rate: _Number | _Array | _Series, interval_hours: _Series, days: _Number | _Array | _Series) -> pd.Series[float]: ...
@overload
def funding_cost(qty: _Number | _Array | _Series, rate: _Number | _Array | _Series, interval_hours: _Number | _Array | _Series, days: _Series) -> pd.Series[float]: ...

@overload
def funding_apr(rate: _Number, interval_hours: _Number, compound: bool | np.bool_ | None = False) -> float:
    """Funding rate of one interval as an annual rate.

    Arguments:
        rate: funding rate per interval; a short receives it when > 0 [fraction]; > -1; number or array
        interval_hours: hours between funding payments [hours]; > 0; number or array
        compound: reinvest every payment; default FALSE; one value

    Result: number [fraction a year]

    Errors:
        InputError: an argument has the wrong type or shape, is missing, or is an unknown word (#VALUE! in a
            sheet).
        DomainError: a single number is out of its domain; in an array only that element is NaN (#NUM! in a
            sheet).

    Formula: simple: rate 8760/h; compound: (1 + rate)^(8760/h) - 1

    Source: 365 days of 24 hours

    Example:
        >>> xlhedge.funding_apr(0.0001, 8)
        0.1095
    """
@overload
def funding_apr(rate: _Number | _Array, interval_hours: _Number | _Array, compound: bool | np.bool_ | None = False) -> NDArray[np.float64]: ...
@overload
def funding_apr(rate: _Series, interval_hours: _Number | _Array | _Series, compound: bool | np.bool_ | None = False) -> pd.Series[float]: ...
@overload
def funding_apr(rate: _Number | _Array | _Series, interval_hours: _Series, compound: bool | np.bool_ | None = False) -> pd.Series[float]: ...

@overload
def basis(future: _Number, spot: _Number, unit: Literal["fraction", "usd"] | None = "fraction") -> float:
    """Basis of a future: what it trades above spot.

    Arguments:
        future: price of the future [USD/coin]; > 0; number or array
        spot: spot price [USD/coin]; > 0; number or array
        unit: unit of the result; fraction | usd; default "fraction"; one value

    Result: number [fraction or USD]

    Errors:
        InputError: an argument has the wrong type or shape, is missing, or is an unknown word (#VALUE! in a
            sheet).
        DomainError: a single number is out of its domain; in an array only that element is NaN (#NUM! in a
            sheet).

    Formula: fraction: F/S - 1; USD: F - S

    Source: CME Group, education: understanding basis

    Example:
        >>> xlhedge.basis(61200, 60000)
        0.02
    """
@overload
def basis(future: _Number | _Array, spot: _Number | _Array, unit: Literal["fraction", "usd"] | None = "fraction") -> NDArray[np.float64]: ...
@overload
def basis(future: _Series, spot: _Number | _Array | _Series, unit: Literal["fraction", "usd"] | None = "fraction") -> pd.Series[float]: ...
@overload
def basis(future: _Number | _Array | _Series, spot: _Series, unit: Literal["fraction", "usd"] | None = "fraction") -> pd.Series[float]: ...

@overload
def basis_apr(future: _Number, spot: _Number, days: _Number, mode: Literal["simple", "compound", "log"] | None = "simple") -> float:
    """Basis of a dated future as an annual rate.

    Arguments:
        future: price of the future [USD/coin]; > 0; number or array
        spot: spot price [USD/coin]; > 0; number or array
        days: days to expiry [days]; > 0; number or array
        mode: how to annualise; simple | compound | log; default "simple"; one value

    Result: number [fraction a year]

    Errors:
        InputError: an argument has the wrong type or shape, is missing, or is an unknown word (#VALUE! in a
            sheet).
        DomainError: a single number is out of its domain; in an array only that element is NaN (#NUM! in a
            sheet).

    Formula: simple: (F/S - 1) 365/d; compound: (F/S)^(365/d) - 1; log: ln(F/S) 365/d

    Source: a year of 365 days

    Example:
        >>> xlhedge.basis_apr(61200, 60000, 73)
        0.1
    """
@overload
def basis_apr(future: _Number | _Array, spot: _Number | _Array, days: _Number | _Array, mode: Literal["simple", "compound", "log"] | None = "simple") -> NDArray[np.float64]: ...
@overload
def basis_apr(future: _Series, spot: _Number | _Array | _Series, days: _Number | _Array | _Series, mode: Literal["simple", "compound", "log"] | None = "simple") -> pd.Series[float]: ...
@overload
def basis_apr(future: _Number | _Array | _Series, spot: _Series, days: _Number | _Array | _Series, mode: Literal["simple", "compound", "log"] | None = "simple") -> pd.Series[float]: ...
@overload
def basis_apr(future: _Number | _Array | _Series, spot: _Number | _Array | _Series, days: _Series, mode: Literal["simple", "compound", "log"] | None = "simple") -> pd.Series[float]: ...

@overload
def carry_qty(coins: _Number, future: _Number) -> float:
    """Position in a dated inverse future that fixes the USD value of some coins at expiry.

    Arguments:
        coins: coins whose USD value at expiry is to be fixed [coin]; >= 0; number or array
        future: price of the future [USD/coin]; > 0; number or array

    Result: number [USD]

    Errors:
        InputError: an argument has the wrong type or shape, is missing, or is an unknown word (#VALUE! in a
            sheet).
        DomainError: a single number is out of its domain; in an array only that element is NaN (#NUM! in a
            sheet).

    Formula: -coins F (not -coins S): the end value is then coins F USD at any settlement price

    Source: coins P + coins F (P/F - 1) (-1) = coins F

    Example:
        >>> xlhedge.carry_qty(10, 61200)
        -612000.0
    """
@overload
def carry_qty(coins: _Number | _Array, future: _Number | _Array) -> NDArray[np.float64]: ...
@overload
def carry_qty(coins: _Series, future: _Number | _Array | _Series) -> pd.Series[float]: ...
@overload
def carry_qty(coins: _Number | _Array | _Series, future: _Series) -> pd.Series[float]: ...

@overload
def delivery_pnl(qty: _Number, entry: _Number, settlement: _Number, delivery_fee: _Number | None = 0.0, fee_open: _Number | None = 0.0) -> float:
    """PnL of a dated inverse future that is held to its delivery, after fees.

    Arguments:
        qty: signed USD face of the position, short < 0 [USD]; number or array
        entry: average entry price [USD/coin]; > 0; number or array
        settlement: price at which the contract is settled, an average of the index [USD/coin]; > 0; number or
            array
        delivery_fee: fee rate of the delivery [fraction]; > -1 and < 1; default 0; number or array
        fee_open: fee rate paid when opening, rebate < 0 [fraction]; > -1 and < 1; default 0; number or array

    Result: number [coin]

    Errors:
        InputError: an argument has the wrong type or shape, is missing, or is an unknown word (#VALUE! in a
            sheet).
        DomainError: a single number is out of its domain; in an array only that element is NaN (#NUM! in a
            sheet).

    Formula: Q (1/E - 1/S) - |Q| delivery_fee/S - |Q| fee_open/E, S = settlement

    Source: INVERSE_PNL; Deribit, inverse futures: settled in coin at the average of the index over the last half
        hour

    Example:
        >>> xlhedge.delivery_pnl(-600000, 61200, 50000, 0.0005)
        2.1900784313725494
    """
@overload
def delivery_pnl(qty: _Number | _Array, entry: _Number | _Array, settlement: _Number | _Array, delivery_fee: _Number | _Array | None = 0.0, fee_open: _Number | _Array | None = 0.0) -> NDArray[np.float64]: ...
@overload
def delivery_pnl(qty: _Series, entry: _Number | _Array | _Series, settlement: _Number | _Array | _Series, delivery_fee: _Number | _Array | _Series | None = 0.0, fee_open: _Number | _Array | _Series | None = 0.0) -> pd.Series[float]: ...
@overload
def delivery_pnl(qty: _Number | _Array | _Series, entry: _Series, settlement: _Number | _Array | _Series, delivery_fee: _Number | _Array | _Series | None = 0.0, fee_open: _Number | _Array | _Series | None = 0.0) -> pd.Series[float]: ...
@overload
def delivery_pnl(qty: _Number | _Array | _Series, entry: _Number | _Array | _Series, settlement: _Series, delivery_fee: _Number | _Array | _Series | None = 0.0, fee_open: _Number | _Array | _Series | None = 0.0) -> pd.Series[float]: ...
@overload
def delivery_pnl(qty: _Number | _Array, entry: _Number | _Array, settlement: _Number | _Array, delivery_fee: _Number | _Array | _Series | None = 0.0, fee_open: _Number | _Array | _Series | None = 0.0) -> pd.Series[float]: ...

@overload
def roll_apr(near: _Number, far: _Number, days_near: _Number, days_far: _Number, fees: _Number | None = 0.0) -> float:
    """What a short earns a year by rolling from one dated future into a later one.

    Arguments:
        near: price of the future that expires first [USD/coin]; > 0; number or array
        far: price of the future that expires later [USD/coin]; > 0; number or array
        days_near: days to the first expiry [days]; >= 0; number or array
        days_far: days to the later expiry [days]; > 0; number or array
        fees: fees of closing the one and opening the other, as a share of the size [fraction]; default 0; number
            or array

    Result: number [fraction a year]

    Errors:
        InputError: an argument has the wrong type or shape, is missing, or is an unknown word (#VALUE! in a
            sheet).
        DomainError: a single number is out of its domain; in an array only that element is NaN (#NUM! in a
            sheet).

    Formula: (far/near - 1 - fees) 365 / (days_far - days_near)

    Source: BASIS_APR between two expiries; CME Group, education: calendar spread and cost of carry

    Example:
        >>> xlhedge.roll_apr(61000, 62200, 30, 120)
        0.07978142076502732
    """
@overload
def roll_apr(near: _Number | _Array, far: _Number | _Array, days_near: _Number | _Array, days_far: _Number | _Array, fees: _Number | _Array | None = 0.0) -> NDArray[np.float64]: ...
@overload
def roll_apr(near: _Series, far: _Number | _Array | _Series, days_near: _Number | _Array | _Series, days_far: _Number | _Array | _Series, fees: _Number | _Array | _Series | None = 0.0) -> pd.Series[float]: ...
@overload
def roll_apr(near: _Number | _Array | _Series, far: _Series, days_near: _Number | _Array | _Series, days_far: _Number | _Array | _Series, fees: _Number | _Array | _Series | None = 0.0) -> pd.Series[float]: ...
@overload
def roll_apr(near: _Number | _Array | _Series, far: _Number | _Array | _Series, days_near: _Series, days_far: _Number | _Array | _Series, fees: _Number | _Array | _Series | None = 0.0) -> pd.Series[float]: ...
@overload
def roll_apr(near: _Number | _Array | _Series, far: _Number | _Array | _Series, days_near: _Number | _Array | _Series, days_far: _Series, fees: _Number | _Array | _Series | None = 0.0) -> pd.Series[float]: ...
@overload
def roll_apr(near: _Number | _Array, far: _Number | _Array, days_near: _Number | _Array, days_far: _Number | _Array, fees: _Number | _Array | _Series | None = 0.0) -> pd.Series[float]: ...

@overload
def implied_funding(future: _Number, spot: _Number, days: _Number, interval_hours: _Number) -> float:
    """Funding rate of an interval at which a perpetual and a dated future pay a short the same.

    Arguments:
        future: price of the future [USD/coin]; > 0; number or array
        spot: spot price [USD/coin]; > 0; number or array
        days: days to expiry [days]; > 0; number or array
        interval_hours: hours between funding payments [hours]; > 0; number or array

    Result: number [fraction]

    Errors:
        InputError: an argument has the wrong type or shape, is missing, or is an unknown word (#VALUE! in a
            sheet).
        DomainError: a single number is out of its domain; in an array only that element is NaN (#NUM! in a
            sheet).

    Formula: (F/S - 1) h / (24 d)

    Source: BASIS spread over the funding payments until expiry

    Example:
        >>> xlhedge.implied_funding(61200, 60000, 90, 8)
        7.407407407407407e-05
    """
@overload
def implied_funding(future: _Number | _Array, spot: _Number | _Array, days: _Number | _Array, interval_hours: _Number | _Array) -> NDArray[np.float64]: ...
@overload
def implied_funding(future: _Series, spot: _Number | _Array | _Series, days: _Number | _Array | _Series, interval_hours: _Number | _Array | _Series) -> pd.Series[float]: ...
@overload
def implied_funding(future: _Number | _Array | _Series, spot: _Series, days: _Number | _Array | _Series, interval_hours: _Number | _Array | _Series) -> pd.Series[float]: ...
@overload
def implied_funding(future: _Number | _Array | _Series, spot: _Number | _Array | _Series, days: _Series, interval_hours: _Number | _Array | _Series) -> pd.Series[float]: ...
@overload
def implied_funding(future: _Number | _Array | _Series, spot: _Number | _Array | _Series, days: _Number | _Array | _Series, interval_hours: _Series) -> pd.Series[float]: ...

@overload
def break_even_funding(fee_open: _Number, fee_close: _Number, days: _Number, interval_hours: _Number, basis: _Number | None = 0.0) -> float:
    """Funding rate of an interval at which a short has repaid its fees at the horizon.

    Arguments:
        fee_open: fee rate paid when opening, rebate < 0 [fraction]; > -1 and < 1; number or array
        fee_close: fee rate paid when closing, rebate < 0 [fraction]; > -1 and < 1; number or array
        days: horizon [days]; > 0; number or array
        interval_hours: hours between funding payments [hours]; > 0; number or array
        basis: gain of the hedge from a change of basis, as a share of its size [fraction]; default 0; number or
            array

    Result: number [fraction]

    Errors:
        InputError: an argument has the wrong type or shape, is missing, or is an unknown word (#VALUE! in a
            sheet).
        DomainError: a single number is out of its domain; in an array only that element is NaN (#NUM! in a
            sheet).

    Formula: (fee_open + fee_close - basis) h / (24 d)

    Source: HEDGE_COST = 0 of a short, solved for the rate

    Example:
        >>> xlhedge.break_even_funding(0.0005, 0.0005, 90, 8)
        3.703703703703704e-06
    """
@overload
def break_even_funding(fee_open: _Number | _Array, fee_close: _Number | _Array, days: _Number | _Array, interval_hours: _Number | _Array, basis: _Number | _Array | None = 0.0) -> NDArray[np.float64]: ...
@overload
def break_even_funding(fee_open: _Series, fee_close: _Number | _Array | _Series, days: _Number | _Array | _Series, interval_hours: _Number | _Array | _Series, basis: _Number | _Array | _Series | None = 0.0) -> pd.Series[float]: ...
@overload
def break_even_funding(fee_open: _Number | _Array | _Series, fee_close: _Series, days: _Number | _Array | _Series, interval_hours: _Number | _Array | _Series, basis: _Number | _Array | _Series | None = 0.0) -> pd.Series[float]: ...
@overload
def break_even_funding(fee_open: _Number | _Array | _Series, fee_close: _Number | _Array | _Series, days: _Series, interval_hours: _Number | _Array | _Series, basis: _Number | _Array | _Series | None = 0.0) -> pd.Series[float]: ...
@overload
def break_even_funding(fee_open: _Number | _Array | _Series, fee_close: _Number | _Array | _Series, days: _Number | _Array | _Series, interval_hours: _Series, basis: _Number | _Array | _Series | None = 0.0) -> pd.Series[float]: ...
@overload
def break_even_funding(fee_open: _Number | _Array, fee_close: _Number | _Array, days: _Number | _Array, interval_hours: _Number | _Array, basis: _Number | _Array | _Series | None = 0.0) -> pd.Series[float]: ...

@overload
def dollar_apr(ratio: _Number, rate: _Number, interval_hours: _Number, days: _Number, fees: _Number | None = 0.0) -> float:
    """Yield a year of a synthetic dollar: coins and a short that fixes their value, paid by funding.

    Arguments:
        ratio: share of the coins that is hedged; 1 = a synthetic dollar [fraction]; >= 0; number or array
        rate: funding rate per interval; a short receives it when > 0 [fraction]; > -1; number or array
        interval_hours: hours between funding payments [hours]; > 0; number or array
        days: days that the hedge is held [days]; > 0; number or array
        fees: fees of opening and closing, as a share of the size [fraction]; default 0; number or array

    Result: number [fraction a year]

    Errors:
        InputError: an argument has the wrong type or shape, is missing, or is an unknown word (#VALUE! in a
            sheet).
        DomainError: a single number is out of its domain; in an array only that element is NaN (#NUM! in a
            sheet).

    Formula: ratio (rate 8760/h - fees 365/d)

    Source: FUNDING_APR of the hedged share less its fees; Galoy stablesats and Ethena describe such dollars

    Example:
        >>> xlhedge.dollar_apr(1, 0.0001, 8, 365, 0.001)
        0.1085
    """
@overload
def dollar_apr(ratio: _Number | _Array, rate: _Number | _Array, interval_hours: _Number | _Array, days: _Number | _Array, fees: _Number | _Array | None = 0.0) -> NDArray[np.float64]: ...
@overload
def dollar_apr(ratio: _Series, rate: _Number | _Array | _Series, interval_hours: _Number | _Array | _Series, days: _Number | _Array | _Series, fees: _Number | _Array | _Series | None = 0.0) -> pd.Series[float]: ...
@overload
def dollar_apr(ratio: _Number | _Array | _Series, rate: _Series, interval_hours: _Number | _Array | _Series, days: _Number | _Array | _Series, fees: _Number | _Array | _Series | None = 0.0) -> pd.Series[float]: ...
@overload
def dollar_apr(ratio: _Number | _Array | _Series, rate: _Number | _Array | _Series, interval_hours: _Series, days: _Number | _Array | _Series, fees: _Number | _Array | _Series | None = 0.0) -> pd.Series[float]: ...
@overload
def dollar_apr(ratio: _Number | _Array | _Series, rate: _Number | _Array | _Series, interval_hours: _Number | _Array | _Series, days: _Series, fees: _Number | _Array | _Series | None = 0.0) -> pd.Series[float]: ...
@overload
def dollar_apr(ratio: _Number | _Array, rate: _Number | _Array, interval_hours: _Number | _Array, days: _Number | _Array, fees: _Number | _Array | _Series | None = 0.0) -> pd.Series[float]: ...

def carry_value(coins: _Number, future: _Number, spot: _Number, days: _Number, fees: _Number | None = 0.0) -> pd.DataFrame:
    """Gain that a short in a dated inverse future locks in, and its annual rate before fees.

    Arguments:
        coins: coins whose USD value at expiry is fixed [coin]; > 0; number or array
        future: price of the future [USD/coin]; > 0; number or array
        spot: spot price [USD/coin]; > 0; number or array
        days: days to expiry [days]; > 0; number or array
        fees: fees of opening and settling [USD]; default 0; number or array

    Result: table [USD and fraction a year]

    Errors:
        InputError: an argument has the wrong type or shape, is missing, or is an unknown word (#VALUE! in a
            sheet).
        DomainError: a single number is out of its domain; in an array only that element is NaN (#NUM! in a
            sheet).

    Formula: coins (F - S) - fees; (F/S - 1) 365/d

    Source: CARRY_QTY and BASIS_APR

    Example:
        >>> xlhedge.carry_value(10, 61200, 60000, 73, 600)  # doctest: +SKIP
    """

@overload
def hedge_cost(qty: _Number, days: _Number, rate: _Number, interval_hours: _Number, fee_open: _Number, fee_close: _Number, basis: _Number | None = 0.0) -> float:
    """Cost of holding a hedge over a horizon: fees, funding and basis; negative is a cost.

    Arguments:
        qty: signed USD face of the position, short < 0 [USD]; number or array
        days: horizon [days]; >= 0; number or array
        rate: funding rate per interval; a short receives it when > 0 [fraction]; > -1; number or array
        interval_hours: hours between funding payments [hours]; > 0; number or array
        fee_open: fee rate paid when opening, rebate < 0 [fraction]; > -1 and < 1; number or array
        fee_close: fee rate paid when closing, rebate < 0 [fraction]; > -1 and < 1; number or array
        basis: gain of the hedge from a change of basis, as a share of its size [fraction]; default 0; number or
            array

    Result: number [USD]

    Errors:
        InputError: an argument has the wrong type or shape, is missing, or is an unknown word (#VALUE! in a
            sheet).
        DomainError: a single number is out of its domain; in an array only that element is NaN (#NUM! in a
            sheet).

    Formula: -|Q| (fee_open + fee_close) - rate Q 24 days/interval_hours + basis |Q|

    Source: TRADE_FEE and FUNDING_COST

    Example:
        >>> xlhedge.hedge_cost(-600000, 30, 0.0001, 8, 0.0005, 0.0005)
        4800.0
    """
@overload
def hedge_cost(qty: _Number | _Array, days: _Number | _Array, rate: _Number | _Array, interval_hours: _Number | _Array, fee_open: _Number | _Array, fee_close: _Number | _Array, basis: _Number | _Array | None = 0.0) -> NDArray[np.float64]: ...
@overload
def hedge_cost(qty: _Series, days: _Number | _Array | _Series, rate: _Number | _Array | _Series, interval_hours: _Number | _Array | _Series, fee_open: _Number | _Array | _Series, fee_close: _Number | _Array | _Series, basis: _Number | _Array | _Series | None = 0.0) -> pd.Series[float]: ...
@overload
def hedge_cost(qty: _Number | _Array | _Series, days: _Series, rate: _Number | _Array | _Series, interval_hours: _Number | _Array | _Series, fee_open: _Number | _Array | _Series, fee_close: _Number | _Array | _Series, basis: _Number | _Array | _Series | None = 0.0) -> pd.Series[float]: ...
@overload
def hedge_cost(qty: _Number | _Array | _Series, days: _Number | _Array | _Series, rate: _Series, interval_hours: _Number | _Array | _Series, fee_open: _Number | _Array | _Series, fee_close: _Number | _Array | _Series, basis: _Number | _Array | _Series | None = 0.0) -> pd.Series[float]: ...
@overload
def hedge_cost(qty: _Number | _Array | _Series, days: _Number | _Array | _Series, rate: _Number | _Array | _Series, interval_hours: _Series, fee_open: _Number | _Array | _Series, fee_close: _Number | _Array | _Series, basis: _Number | _Array | _Series | None = 0.0) -> pd.Series[float]: ...
@overload
def hedge_cost(qty: _Number | _Array | _Series, days: _Number | _Array | _Series, rate: _Number | _Array | _Series, interval_hours: _Number | _Array | _Series, fee_open: _Series, fee_close: _Number | _Array | _Series, basis: _Number | _Array | _Series | None = 0.0) -> pd.Series[float]: ...
@overload
def hedge_cost(qty: _Number | _Array | _Series, days: _Number | _Array | _Series, rate: _Number | _Array | _Series, interval_hours: _Number | _Array | _Series, fee_open: _Number | _Array | _Series, fee_close: _Series, basis: _Number | _Array | _Series | None = 0.0) -> pd.Series[float]: ...
@overload
def hedge_cost(qty: _Number | _Array, days: _Number | _Array, rate: _Number | _Array, interval_hours: _Number | _Array, fee_open: _Number | _Array, fee_close: _Number | _Array, basis: _Number | _Array | _Series | None = 0.0) -> pd.Series[float]: ...

@overload
def break_even_days(qty: _Number, rate: _Number, interval_hours: _Number, fee_open: _Number, fee_close: _Number) -> float:
    """Days until funding has repaid the fees, or "none" if it never does.

    Arguments:
        qty: signed USD face of the position, short < 0 [USD]; number or array
        rate: funding rate per interval; a short receives it when > 0 [fraction]; > -1; number or array
        interval_hours: hours between funding payments [hours]; > 0; number or array
        fee_open: fee rate paid when opening, rebate < 0 [fraction]; > -1 and < 1; number or array
        fee_close: fee rate paid when closing, rebate < 0 [fraction]; > -1 and < 1; number or array

    Result: number [days]; inf when there is none

    Errors:
        InputError: an argument has the wrong type or shape, is missing, or is an unknown word (#VALUE! in a
            sheet).
        DomainError: a single number is out of its domain; in an array only that element is NaN (#NUM! in a
            sheet).

    Formula: |Q| (fee_open + fee_close) / (-rate Q 24/interval_hours), 0 when there is nothing to repay

    Source: HEDGE_COST = 0 solved for the days

    Example:
        >>> xlhedge.break_even_days(-600000, 0.0001, 8, 0.0005, 0.0005)
        3.3333333333333335
    """
@overload
def break_even_days(qty: _Number | _Array, rate: _Number | _Array, interval_hours: _Number | _Array, fee_open: _Number | _Array, fee_close: _Number | _Array) -> NDArray[np.float64]: ...
@overload
def break_even_days(qty: _Series, rate: _Number | _Array | _Series, interval_hours: _Number | _Array | _Series, fee_open: _Number | _Array | _Series, fee_close: _Number | _Array | _Series) -> pd.Series[float]: ...
@overload
def break_even_days(qty: _Number | _Array | _Series, rate: _Series, interval_hours: _Number | _Array | _Series, fee_open: _Number | _Array | _Series, fee_close: _Number | _Array | _Series) -> pd.Series[float]: ...
@overload
def break_even_days(qty: _Number | _Array | _Series, rate: _Number | _Array | _Series, interval_hours: _Series, fee_open: _Number | _Array | _Series, fee_close: _Number | _Array | _Series) -> pd.Series[float]: ...
@overload
def break_even_days(qty: _Number | _Array | _Series, rate: _Number | _Array | _Series, interval_hours: _Number | _Array | _Series, fee_open: _Series, fee_close: _Number | _Array | _Series) -> pd.Series[float]: ...
@overload
def break_even_days(qty: _Number | _Array | _Series, rate: _Number | _Array | _Series, interval_hours: _Number | _Array | _Series, fee_open: _Number | _Array | _Series, fee_close: _Series) -> pd.Series[float]: ...

@overload
def weights(coins: _List, prices: _List, qtys: _List | None = 0.0) -> NDArray[np.float64]:
    """Weight of each asset in the portfolio: physical, or with qtys what is left exposed after the hedges.

    The hedged part is a cash sleeve: hedged weights sum to 1 together with it.

    Arguments:
        coins: coins owned of each asset [coin]; >= 0; list or number
        prices: price of each asset [USD/coin]; > 0; list or number
        qtys: signed USD face hedging each asset, short < 0 [USD]; default 0; list or number

    Result: vector [fraction]

    Errors:
        InputError: an argument has the wrong type or shape, is missing, or is an unknown word (#VALUE! in a
            sheet).
        DomainError: a single number is out of its domain; in an array only that element is NaN (#NUM! in a
            sheet).
        NoResultError: the portfolio has no value.

    Formula: (coins P + Q) / sum(coins P)

    Source: NET_EXPOSURE in USD over the portfolio's value

    Example:
        >>> xlhedge.weights([8.5, 15], [10000, 1000])
        array([0.85, 0.15])
    """
@overload
def weights(coins: _Series, prices: _List | _Series, qtys: _List | _Series | None = 0.0) -> pd.Series[float]: ...
@overload
def weights(coins: _List | _Series, prices: _Series, qtys: _List | _Series | None = 0.0) -> pd.Series[float]: ...
@overload
def weights(coins: _List, prices: _List, qtys: _List | _Series | None = 0.0) -> pd.Series[float]: ...

@overload
def drift(coins: _List, prices: _List, targets: _List, qtys: _List | None = 0.0) -> NDArray[np.float64]:
    """Drift of each asset from its target weight; overweight > 0.

    Arguments:
        coins: coins owned of each asset [coin]; >= 0; list or number
        prices: price of each asset [USD/coin]; > 0; list or number
        targets: target weight of each asset [fraction]; >= 0 and <= 1; list or number
        qtys: signed USD face hedging each asset, short < 0 [USD]; default 0; list or number

    Result: vector [fraction]

    Errors:
        InputError: an argument has the wrong type or shape, is missing, or is an unknown word (#VALUE! in a
            sheet).
        DomainError: a single number is out of its domain; in an array only that element is NaN (#NUM! in a
            sheet).
        NoResultError: the portfolio has no value.

    Formula: (coins P + Q) / sum(coins P) - target

    Source: WEIGHTS

    Example:
        >>> xlhedge.drift([8.5, 15], [10000, 1000], [0.7, 0.3])
        array([0.15, -0.15])
    """
@overload
def drift(coins: _Series, prices: _List | _Series, targets: _List | _Series, qtys: _List | _Series | None = 0.0) -> pd.Series[float]: ...
@overload
def drift(coins: _List | _Series, prices: _Series, targets: _List | _Series, qtys: _List | _Series | None = 0.0) -> pd.Series[float]: ...
@overload
def drift(coins: _List | _Series, prices: _List | _Series, targets: _Series, qtys: _List | _Series | None = 0.0) -> pd.Series[float]: ...
@overload
def drift(coins: _List, prices: _List, targets: _List, qtys: _List | _Series | None = 0.0) -> pd.Series[float]: ...

@overload
def rebalance_trades(coins: _List, prices: _List, targets: _List, band: _Number | None = 0.0, min_trade: _Number | None = 0.0, never_sell: bool | np.bool_ | None = False) -> NDArray[np.float64]:
    """Coins of each asset to buy (> 0) or sell (< 0) to go back to target; the overweight one is sold.

    With never_sell an asset with the target 0 stays as it is and is no part of the reckoning; the others come to
    their targets in proportion. An overweight asset within its band moves nothing.

    Arguments:
        coins: coins owned of each asset [coin]; >= 0; list or number
        prices: price of each asset [USD/coin]; > 0; list or number
        targets: target weight of each asset [fraction]; >= 0 and <= 1; list or number
        band: drift that is left alone [fraction]; >= 0; default 0; number or array
        min_trade: trades of a smaller value are left out [USD]; >= 0; default 0; number or array
        never_sell: sell nothing: reach the target by purchases with new money; default FALSE; one value

    Result: vector [coin]

    Errors:
        InputError: an argument has the wrong type or shape, is missing, or is an unknown word (#VALUE! in a
            sheet).
        DomainError: a single number is out of its domain; in an array only that element is NaN (#NUM! in a
            sheet).

    Formula: (target V - coins P) / P where |target V - coins P| > band V, V = sum(coins P); with never_sell where
        target V - coins P > band V, and V is the least value at which nothing beyond its band is overweight:
        max(W, coins P / target where coins P - target W > band W), W = sum(coins P) over the targets above 0

    Source: 85/15 back to 70/30: sell 15 points of the portfolio, 15/85 = 17.65 % of the coin

    Example:
        >>> xlhedge.rebalance_trades([8.5, 15], [10000, 1000], [0.7, 0.3])
        array([-1.5, 15.0])
    """
@overload
def rebalance_trades(coins: _Series, prices: _List | _Series, targets: _List | _Series, band: _Number | None = 0.0, min_trade: _Number | None = 0.0, never_sell: bool | np.bool_ | None = False) -> pd.Series[float]: ...
@overload
def rebalance_trades(coins: _List | _Series, prices: _Series, targets: _List | _Series, band: _Number | None = 0.0, min_trade: _Number | None = 0.0, never_sell: bool | np.bool_ | None = False) -> pd.Series[float]: ...
@overload
def rebalance_trades(coins: _List | _Series, prices: _List | _Series, targets: _Series, band: _Number | None = 0.0, min_trade: _Number | None = 0.0, never_sell: bool | np.bool_ | None = False) -> pd.Series[float]: ...

@overload
def rebalance_hedges(coins: _List, prices: _List, targets: _List, faces: _List, qtys: _List | None = 0.0, band: _Number | None = 0.0, rounding: Literal["less", "nearest", "more"] | None = "less") -> NDArray[np.float64]:
    """Contracts on each asset that bring its hedged weight back to target without selling coins; sell < 0.

    Arguments:
        coins: coins owned of each asset [coin]; >= 0; list or number
        prices: price of each asset [USD/coin]; > 0; list or number
        targets: target weight of each asset [fraction]; >= 0 and <= 1; list or number
        faces: USD face of one contract on each asset; 0 = no contract [USD]; >= 0; list or number
        qtys: signed USD face hedging each asset, short < 0 [USD]; default 0; list or number
        band: drift that is left alone [fraction]; >= 0; default 0; number or array
        rounding: less: never beyond the target; nearest; more: never short of it; less | nearest | more; default
            "less"; one value

    Result: vector [contracts]

    Errors:
        InputError: an argument has the wrong type or shape, is missing, or is an unknown word (#VALUE! in a
            sheet).
        DomainError: a single number is out of its domain; in an array only that element is NaN (#NUM! in a
            sheet).

    Formula: (target V - coins P - Q) / face, V = sum(coins P), where the hedged drift exceeds the band

    Source: HEDGE_SIZE with the target exposure target V

    Example:
        >>> xlhedge.rebalance_hedges([8.5, 15], [10000, 1000], [0.7, 0.3], [100, 10])
        array([-150.0, 1500.0])
    """
@overload
def rebalance_hedges(coins: _Series, prices: _List | _Series, targets: _List | _Series, faces: _List | _Series, qtys: _List | _Series | None = 0.0, band: _Number | None = 0.0, rounding: Literal["less", "nearest", "more"] | None = "less") -> pd.Series[float]: ...
@overload
def rebalance_hedges(coins: _List | _Series, prices: _Series, targets: _List | _Series, faces: _List | _Series, qtys: _List | _Series | None = 0.0, band: _Number | None = 0.0, rounding: Literal["less", "nearest", "more"] | None = "less") -> pd.Series[float]: ...
@overload
def rebalance_hedges(coins: _List | _Series, prices: _List | _Series, targets: _Series, faces: _List | _Series, qtys: _List | _Series | None = 0.0, band: _Number | None = 0.0, rounding: Literal["less", "nearest", "more"] | None = "less") -> pd.Series[float]: ...
@overload
def rebalance_hedges(coins: _List | _Series, prices: _List | _Series, targets: _List | _Series, faces: _Series, qtys: _List | _Series | None = 0.0, band: _Number | None = 0.0, rounding: Literal["less", "nearest", "more"] | None = "less") -> pd.Series[float]: ...
@overload
def rebalance_hedges(coins: _List, prices: _List, targets: _List, faces: _List, qtys: _List | _Series | None = 0.0, band: _Number | None = 0.0, rounding: Literal["less", "nearest", "more"] | None = "less") -> pd.Series[float]: ...

@overload
def tax_deferral(coins: _Number, price: _Number, cost_basis: _Number, tax_spot: _Number, tax_futures: _Number, days: _Number, exit_price: _Number, discount_rate: _Number, funding: _Number | None = 0.0, fees: _Number | None = 0.0) -> float:
    """Advantage today of hedging now and selling at the horizon over selling now; a comparison, not advice.

    Arguments:
        coins: coins to reduce by, or to hedge [coin]; >= 0; number or array
        price: price [USD/coin]; > 0; number or array
        cost_basis: what a coin cost [USD/coin]; >= 0; number or array
        tax_spot: tax rate on the gain, a loss earns a credit, of coins sold [fraction]; >= 0 and <= 1; number or
            array
        tax_futures: tax rate on the gain, a loss earns a credit, of the hedge [fraction]; >= 0 and <= 1; number
            or array
        days: horizon [days]; >= 0; number or array
        exit_price: price at which the coins are sold at the horizon [USD/coin]; > 0; number or array
        discount_rate: annual rate that money earns meanwhile [fraction a year]; > -1; number or array
        funding: funding received until then, paid < 0 [USD]; default 0; number or array
        fees: fees of the hedge [USD]; default 0; number or array

    Result: number [USD]

    Errors:
        InputError: an argument has the wrong type or shape, is missing, or is an unknown word (#VALUE! in a
            sheet).
        DomainError: a single number is out of its domain; in an array only that element is NaN (#NUM! in a
            sheet).

    Formula: ((n P1 - t_spot n (P1 - basis)) + (1 - t_futures)(n (P0 - P1) + funding - fees)) / (1 + r)^(d/365) -
        (n P0 - t_spot n (P0 - basis)), n coins, P0 = price, P1 = exit_price

    Source: linear taxes on both legs; whether a hedge counts as a sale is for the user's own adviser

    Example:
        >>> xlhedge.tax_deferral(10, 60000, 20000, 0.25, 0.25, 365, 60000, 0.05)
        -23809.523809523846
    """
@overload
def tax_deferral(coins: _Number | _Array, price: _Number | _Array, cost_basis: _Number | _Array, tax_spot: _Number | _Array, tax_futures: _Number | _Array, days: _Number | _Array, exit_price: _Number | _Array, discount_rate: _Number | _Array, funding: _Number | _Array | None = 0.0, fees: _Number | _Array | None = 0.0) -> NDArray[np.float64]: ...
@overload
def tax_deferral(coins: _Series, price: _Number | _Array | _Series, cost_basis: _Number | _Array | _Series, tax_spot: _Number | _Array | _Series, tax_futures: _Number | _Array | _Series, days: _Number | _Array | _Series, exit_price: _Number | _Array | _Series, discount_rate: _Number | _Array | _Series, funding: _Number | _Array | _Series | None = 0.0, fees: _Number | _Array | _Series | None = 0.0) -> pd.Series[float]: ...
@overload
def tax_deferral(coins: _Number | _Array | _Series, price: _Series, cost_basis: _Number | _Array | _Series, tax_spot: _Number | _Array | _Series, tax_futures: _Number | _Array | _Series, days: _Number | _Array | _Series, exit_price: _Number | _Array | _Series, discount_rate: _Number | _Array | _Series, funding: _Number | _Array | _Series | None = 0.0, fees: _Number | _Array | _Series | None = 0.0) -> pd.Series[float]: ...
@overload
def tax_deferral(coins: _Number | _Array | _Series, price: _Number | _Array | _Series, cost_basis: _Series, tax_spot: _Number | _Array | _Series, tax_futures: _Number | _Array | _Series, days: _Number | _Array | _Series, exit_price: _Number | _Array | _Series, discount_rate: _Number | _Array | _Series, funding: _Number | _Array | _Series | None = 0.0, fees: _Number | _Array | _Series | None = 0.0) -> pd.Series[float]: ...
@overload
def tax_deferral(coins: _Number | _Array | _Series, price: _Number | _Array | _Series, cost_basis: _Number | _Array | _Series, tax_spot: _Series, tax_futures: _Number | _Array | _Series, days: _Number | _Array | _Series, exit_price: _Number | _Array | _Series, discount_rate: _Number | _Array | _Series, funding: _Number | _Array | _Series | None = 0.0, fees: _Number | _Array | _Series | None = 0.0) -> pd.Series[float]: ...
@overload
def tax_deferral(coins: _Number | _Array | _Series, price: _Number | _Array | _Series, cost_basis: _Number | _Array | _Series, tax_spot: _Number | _Array | _Series, tax_futures: _Series, days: _Number | _Array | _Series, exit_price: _Number | _Array | _Series, discount_rate: _Number | _Array | _Series, funding: _Number | _Array | _Series | None = 0.0, fees: _Number | _Array | _Series | None = 0.0) -> pd.Series[float]: ...
@overload
def tax_deferral(coins: _Number | _Array | _Series, price: _Number | _Array | _Series, cost_basis: _Number | _Array | _Series, tax_spot: _Number | _Array | _Series, tax_futures: _Number | _Array | _Series, days: _Series, exit_price: _Number | _Array | _Series, discount_rate: _Number | _Array | _Series, funding: _Number | _Array | _Series | None = 0.0, fees: _Number | _Array | _Series | None = 0.0) -> pd.Series[float]: ...
@overload
def tax_deferral(coins: _Number | _Array | _Series, price: _Number | _Array | _Series, cost_basis: _Number | _Array | _Series, tax_spot: _Number | _Array | _Series, tax_futures: _Number | _Array | _Series, days: _Number | _Array | _Series, exit_price: _Series, discount_rate: _Number | _Array | _Series, funding: _Number | _Array | _Series | None = 0.0, fees: _Number | _Array | _Series | None = 0.0) -> pd.Series[float]: ...
@overload
def tax_deferral(coins: _Number | _Array | _Series, price: _Number | _Array | _Series, cost_basis: _Number | _Array | _Series, tax_spot: _Number | _Array | _Series, tax_futures: _Number | _Array | _Series, days: _Number | _Array | _Series, exit_price: _Number | _Array | _Series, discount_rate: _Series, funding: _Number | _Array | _Series | None = 0.0, fees: _Number | _Array | _Series | None = 0.0) -> pd.Series[float]: ...
@overload
def tax_deferral(coins: _Number | _Array, price: _Number | _Array, cost_basis: _Number | _Array, tax_spot: _Number | _Array, tax_futures: _Number | _Array, days: _Number | _Array, exit_price: _Number | _Array, discount_rate: _Number | _Array, funding: _Number | _Array | _Series | None = 0.0, fees: _Number | _Array | _Series | None = 0.0) -> pd.Series[float]: ...

def collateral_value(coins: _List | _Series, prices: _List | _Series, haircuts: _List | _Series) -> float:
    """Value that a venue counts of coins posted as collateral.

    Arguments:
        coins: coins owned of each asset [coin]; >= 0; list or number
        prices: price of each asset [USD/coin]; > 0; list or number
        haircuts: share of each coin's value that the venue does not count [fraction]; >= 0 and <= 1; list or
            number

    Result: number [USD]

    Errors:
        InputError: an argument has the wrong type or shape, is missing, or is an unknown word (#VALUE! in a
            sheet).
        DomainError: a single number is out of its domain; in an array only that element is NaN (#NUM! in a
            sheet).

    Formula: sum(coins P (1 - haircut))

    Source: OKX and Bybit publish a discount rate for each coin and tier of size; 1 - haircut is that rate

    Example:
        >>> xlhedge.collateral_value([10, 100], [60000, 3000], [0.05, 0.1])
        840000.0
    """

@overload
def portfolio_var(exposures: _List | _Series, volatilities: _List | _Series, correlations: _Table, days: _Number, level: _Number | None = 0.95, item: Literal["var", "es"] | None = "var") -> float:
    """Value at risk of several coins by variance and covariance: normal returns without drift.

    Returns of coins have fatter tails than the normal; HISTORICAL_VAR beside it shows by how much.

    Arguments:
        exposures: exposure to each coin, hedges counted, short < 0 [USD]; list or number
        volatilities: volatility of each coin [fraction a year]; >= 0; list or number
        correlations: correlations from -1 to 1: one row and one column for each coin [fraction]; table
        days: horizon [days]; >= 0; number or array
        level: confidence level [fraction]; >= 0.5 and < 1; default 0.95; number or array
        item: var: the loss that is exceeded with probability 1 - level; es: the mean loss at or beyond it; var |
            es; default "var"; one value

    Result: number [USD]

    Errors:
        InputError: an argument has the wrong type or shape, is missing, or is an unknown word (#VALUE! in a
            sheet).
        DomainError: a single number is out of its domain; in an array only that element is NaN (#NUM! in a
            sheet).
        NoResultError: the correlations contradict each other: no returns can have them (they are not positive
            semidefinite).

    Formula: var: z sqrt(w' S w) sqrt(days/365), w = exposure x volatility, S the correlations, z the normal
        quantile of the level; es: pdf(z) / (1 - level) instead of z

    Source: J.P. Morgan/Reuters, RiskMetrics Technical Document (1996), delta-normal method

    Source: McNeil, Frey, Embrechts, Quantitative Risk Management, expected shortfall of the normal distribution

    Example:
        >>> xlhedge.portfolio_var([2302000, 1151000], [0.6, 0.75], [[1, 0.85], [0.85, 1]], 10)
        588975.5053222731
    """
@overload
def portfolio_var(exposures: _List | _Series, volatilities: _List | _Series, correlations: _Table, days: _Number | _Array, level: _Number | _Array | None = 0.95, item: Literal["var", "es"] | None = "var") -> NDArray[np.float64]: ...
@overload
def portfolio_var(exposures: _List | _Series, volatilities: _List | _Series, correlations: _Table, days: _Series, level: _Number | _Array | _Series | None = 0.95, item: Literal["var", "es"] | None = "var") -> pd.Series[float]: ...
@overload
def portfolio_var(exposures: _List | _Series, volatilities: _List | _Series, correlations: _Table, days: _Number | _Array, level: _Number | _Array | _Series | None = 0.95, item: Literal["var", "es"] | None = "var") -> pd.Series[float]: ...

@overload
def historical_var(exposures: _List | _Series, returns: _Table, level: _Number | None = 0.95, item: Literal["var", "es"] | None = "var") -> float:
    """Value at risk of several coins by what a history of returns would have done to today's exposures.

    The result is for one period of the returns; a loss is positive, and a result below 0 is a gain. In a sheet a
    row of returns that is blank in every column is left out.

    Arguments:
        exposures: exposure to each coin, hedges counted, short < 0 [USD]; list or number
        returns: simple returns: one row for each period, one column for each coin [fraction]; >= -1; table
        level: confidence level [fraction]; >= 0.5 and < 1; default 0.95; number or array
        item: var: the loss that is exceeded with probability 1 - level; es: the mean loss at or beyond it; var |
            es; default "var"; one value

    Result: number [USD]

    Errors:
        InputError: an argument has the wrong type or shape, is missing, or is an unknown word (#VALUE! in a
            sheet).
        DomainError: a single number is out of its domain; in an array only that element is NaN (#NUM! in a
            sheet).

    Formula: var: the quantile at the level of -sum(exposure x return), between two losses as PERCENTILE.INC; es:
        the mean of the losses at or beyond it

    Source: Jorion, Value at Risk, historical simulation; quantile 7 of Hyndman and Fan (1996), American
        Statistician 50

    Example:
        >>> xlhedge.historical_var([1000, 500], [[0.01, 0.02], [-0.03, -0.05], [0.02, 0.01]], 0.75)
        17.5
    """
@overload
def historical_var(exposures: _List | _Series, returns: _Table, level: _Number | _Array | None = 0.95, item: Literal["var", "es"] | None = "var") -> NDArray[np.float64]: ...
@overload
def historical_var(exposures: _List | _Series, returns: _Table, level: _Number | _Array | _Series | None = 0.95, item: Literal["var", "es"] | None = "var") -> pd.Series[float]: ...

def scenario_ladder(coins: _Number, qty: _Number, entry: _Number, prices: _List | _Series, margin: _Number | None = 0.0, mmr: _Number | None = 0.0, funding: _Number | None = 0.0, amount: _Number | None = 0.0, fee: _Number | None = 0.0, method: Literal["mark", "product", "entry", "slope"] | None = "mark", slope: _Number | None = None, peak: _List | _Series | None = None, squeeze: bool | np.bool_ | None = False) -> pd.DataFrame:
    """A hedged holding along a ladder of prices: PnL, value, exposure, margin.

    Where the margin is used up, at the price or at a peak on the way to it, the hedge has been liquidated: the
    margin is lost and the coins are unhedged. Without a peak the rows are end points, reached by no higher price
    than their own.

    Arguments:
        coins: all coins owned when the hedge was opened, posted margin included once; its PnL and funding come on
            top [coin]; >= 0; number or array
        qty: signed USD face of the position, short < 0 [USD]; number or array
        entry: average entry price [USD/coin]; > 0; number or array
        prices: prices, one row each [USD/coin]; > 0; list
        margin: posted margin, part of the coins; 0 = margin is not modelled [coin]; >= 0; default 0; number or
            array
        mmr: maintenance margin rate [fraction]; >= 0 and < 1; default 0; number or array
        funding: funding received so far, paid < 0 [coin]; default 0; number or array
        amount: maintenance amount deducted by the tier [coin]; >= 0; default 0; number or array
        fee: fee rate of the liquidation, charged at the liquidation price [fraction]; > -1 and < 1; default 0;
            number or array
        method: how the venue values maintenance: at the liquidation price (mark), with the fee multiplied in
            (product), frozen at entry (entry), or rising with size (slope); mark | product | entry | slope;
            default "mark"; one value
        slope: rise of the maintenance rate per coin of size, for method slope and needed there [1/coin]; >= 0;
            default 0; number or array
        peak: highest price on the way (a long: the lowest), one for each row or one for all [USD/coin]; > 0;
            default none; list
        squeeze: add a column: the value at this price had the hedge been liquidated on the way; default FALSE;
            one value

    Result: table [USD and coin]

    Errors:
        InputError: an argument has the wrong type or shape, is missing, or is an unknown word (#VALUE! in a
            sheet).
        DomainError: a single number is out of its domain; in an array only that element is NaN (#NUM! in a
            sheet).

    Formula: net value = (coins + Q (1/E - 1/P) + funding) P; coin weight = exposure P / net value; after a
        squeeze (coins - margin) P, or the net value where no price liquidates the hedge

    Source: INVERSE_PNL, NET_EXPOSURE and MARGIN_RATIO row by row; with a peak the margin ratio is the larger one
        of both prices

    Example:
        >>> xlhedge.scenario_ladder(50, -600000, 60000, [50000, 120000], 10, 0.005)  # doctest: +SKIP
    """

def scenario_grid(coins: _Number, entry: _Number, prices: _List | _Series, ratios: _List | _Series, output: Literal["net_value", "pnl_coin", "pnl_usd", "exposure_coin", "coin_weight", "margin_ratio"] | None = "net_value", margin: _Number | None = 0.0, mmr: _Number | None = 0.0, amount: _Number | None = 0.0, fee: _Number | None = 0.0, method: Literal["mark", "product", "entry", "slope"] | None = "mark", slope: _Number | None = None, peak: _List | _Series | None = None) -> pd.DataFrame:
    """One output of a hedged holding over prices and hedge ratios, as end points or after a peak on the way.

    Arguments:
        coins: all coins owned when the hedge was opened, posted margin included once; its PnL and funding come on
            top [coin]; >= 0; number or array
        entry: average entry price [USD/coin]; > 0; number or array
        prices: prices, one row each [USD/coin]; > 0; list
        ratios: hedge ratios, one column each [fraction]; >= 0; list
        output: what the grid shows; net_value | pnl_coin | pnl_usd | exposure_coin | coin_weight | margin_ratio;
            default "net_value"; one value
        margin: posted margin, part of the coins; 0 = margin is not modelled [coin]; >= 0; default 0; number or
            array
        mmr: maintenance margin rate [fraction]; >= 0 and < 1; default 0; number or array
        amount: maintenance amount deducted by the tier [coin]; >= 0; default 0; number or array
        fee: fee rate of the liquidation, charged at the liquidation price [fraction]; > -1 and < 1; default 0;
            number or array
        method: how the venue values maintenance: at the liquidation price (mark), with the fee multiplied in
            (product), frozen at entry (entry), or rising with size (slope); mark | product | entry | slope;
            default "mark"; one value
        slope: rise of the maintenance rate per coin of size, for method slope and needed there [1/coin]; >= 0;
            default 0; number or array
        peak: highest price on the way (a long: the lowest), one for each row or one for all [USD/coin]; > 0;
            default none; list

    Result: table [depends on output]

    Errors:
        InputError: an argument has the wrong type or shape, is missing, or is an unknown word (#VALUE! in a
            sheet).
        DomainError: a single number is out of its domain; in an array only that element is NaN (#NUM! in a
            sheet).

    Formula: SCENARIO_LADDER with qty = -ratio coins entry

    Source: SCENARIO_LADDER

    Example:
        >>> xlhedge.scenario_grid(50, 60000, [50000, 80000], [0, 0.2, 1])  # doctest: +SKIP
    """

def carry_grid(qty: _Number, price: _Number, rates: _List | _Series, days: _List | _Series, interval_hours: _Number | None = 8.0, unit: Literal["usd", "coin"] | None = "usd") -> pd.DataFrame:
    """Funding received over funding rates and days; negative is a cost.

    Arguments:
        qty: signed USD face of the position, short < 0 [USD]; number or array
        price: price [USD/coin]; > 0; number or array
        rates: funding rates per interval, one row each [fraction]; > -1; list
        days: horizons, one column each [days]; >= 0; list
        interval_hours: hours between funding payments [hours]; > 0; default 8; number or array
        unit: unit of the result; usd | coin; default "usd"; one value

    Result: table [USD or coin]

    Errors:
        InputError: an argument has the wrong type or shape, is missing, or is an unknown word (#VALUE! in a
            sheet).
        DomainError: a single number is out of its domain; in an array only that element is NaN (#NUM! in a
            sheet).

    Formula: -rate Q 24 days/interval_hours; in coin, over price

    Source: FUNDING_COST

    Example:
        >>> xlhedge.carry_grid(-600000, 60000, [-0.0001, 0.0001], [30, 365])  # doctest: +SKIP
    """

def stress(coins: _List | _Series, qtys: _List | _Series, entries: _List | _Series, prices: _List | _Series, shocks: _Table, margins: _List | _Series | None = 0.0, mmrs: _List | _Series | None = 0.0, amounts: _List | _Series | None = 0.0, fees: _List | _Series | None = 0.0, methods: Literal["mark", "product", "entry", "slope"] | None = "mark", slopes: _List | _Series | None = None, peaks: _Table | None = None) -> pd.DataFrame:
    """A hedged portfolio under shocks: value, change of value, and how many hedges are liquidated.

    Arguments:
        coins: coins owned of each asset when the hedge was opened, posted margin included once; its PnL and
            funding come on top [coin]; >= 0; list or number
        qtys: signed USD face hedging each asset, short < 0 [USD]; list or number
        entries: entry price of each hedge; may be blank beside a size of 0 [USD/coin]; > 0; list or number
        prices: price of each asset [USD/coin]; > 0; list or number
        shocks: price moves: one row for each shock, one column for each asset [fraction]; > -1; table
        margins: posted margin of each hedge; 0 = not modelled [coin]; >= 0; default 0; list or number
        mmrs: maintenance rate of each hedge [fraction]; >= 0 and < 1; default 0; list or number
        amounts: maintenance amount of each hedge [coin]; >= 0; default 0; list or number
        fees: fee rate of each liquidation [fraction]; > -1 and < 1; default 0; list or number
        methods: how the venue values each maintenance; mark | product | entry | slope; default "mark"; list or
            word
        slopes: rise of each maintenance rate per coin of size, needed for method slope [1/coin]; >= 0; default 0;
            list or number
        peaks: highest moves on the way (a long: the lowest), rows and columns as the shocks [fraction]; > -1;
            default none; table

    Result: table [USD]

    Errors:
        InputError: an argument has the wrong type or shape, is missing, or is an unknown word (#VALUE! in a
            sheet).
        DomainError: a single number is out of its domain; in an array only that element is NaN (#NUM! in a
            sheet).

    Formula: value = sum((coins + Q (1/E - 1/P)) P) at P (1 + shock); a hedge that the shock, or a peak on the way
        to it, liquidates has lost its margin

    Source: SCENARIO_LADDER for each asset, summed

    Example:
        >>> xlhedge.stress([50, 200], [-600000, 0], [60000, 3000], [60000, 3000], [[-0.5, -0.6], [1, 0.5]])  # doctest: +SKIP
    """

def hedge_replay(times: _Time | Iterable[_Time], prices: _List | _Series, rates: _List | _Series, coins: _Number, ratio: _Number, low: _Number | None = None, high: _Number | None = None, fee: _Number | None = 0.0, margin: _Number | None = 0.0, mmr: _Number | None = 0.0, amount: _Number | None = 0.0, liq_fee: _Number | None = 0.0, method: Literal["mark", "product", "entry", "slope"] | None = "mark", slope: _Number | None = None, peaks: _List | _Series | None = None) -> pd.DataFrame:
    """A holding and its hedge along a history: funding, fees, re-hedges and, where the margin fails, liquidation.

    The hedge opens at the first time, and its margin is tested at that price. At each later time the order is:
    funding on the coin size of the moment, test of the margin left, at the price and at the peak on the way to
    it, re-hedge by band. A liquidation closes the hedge at zero margin for good. Times go oldest first.

    Arguments:
        times: times of the observations, oldest first [date or number]; list
        prices: price at each time [USD/coin]; > 0; list or number
        rates: funding rate paid at each time [fraction]; > -1; list or number
        coins: all coins owned, posted margin included once [coin]; > 0; number or array
        ratio: share of the coins to hedge [fraction]; >= 0; number or array
        low: hedge ratio below which the hedge is set back to its target; never unless given [fraction]; default
            none; number or array
        high: hedge ratio above which the hedge is set back to its target; never unless given [fraction]; default
            none; number or array
        fee: fee rate of the trade, rebate < 0 [fraction]; > -1 and < 1; default 0; number or array
        margin: posted margin, part of the coins; 0 = margin is not modelled [coin]; >= 0; default 0; number or
            array
        mmr: maintenance margin rate [fraction]; >= 0 and < 1; default 0; number or array
        amount: maintenance amount deducted by the tier [coin]; >= 0; default 0; number or array
        liq_fee: fee rate of the liquidation, charged at the liquidation price [fraction]; > -1 and < 1; default
            0; number or array
        method: how the venue values maintenance: at the liquidation price (mark), with the fee multiplied in
            (product), frozen at entry (entry), or rising with size (slope); mark | product | entry | slope;
            default "mark"; one value
        slope: rise of the maintenance rate per coin of size, for method slope and needed there [1/coin]; >= 0;
            default 0; number or array
        peaks: highest price since the time before; the price itself unless given [USD/coin]; > 0; default none;
            list or number

    Result: table [coin and USD]

    Errors:
        InputError: an argument has the wrong type or shape, is missing, or is an unknown word (#VALUE! in a
            sheet).
        DomainError: a single number is out of its domain; in an array only that element is NaN (#NUM! in a
            sheet).

    Formula: hedged = (wallet + margin account, PnL included) P; that account is margin + funding + realised PnL -
        fees + Q (1/E - 1/P)

    Source: FUNDING_PAYMENT, MARGIN_RATIO and REHEDGE step by step, contracts not rounded

    Example:
        >>> xlhedge.hedge_replay([1, 2], [60000, 50000], [0, 0.0001], 50, 0.2)  # doctest: +SKIP
    """

@overload
def contract_spec(venue: str, symbol: str, field: str) -> float | str | tuple[float, ...]:
    """A venue's published contract detail; #N/A when it is not established.

    Arguments:
        venue: venue, such as binance or deribit; one value
        symbol: contract or coin on that venue, such as BTCUSD or BTC; one value
        field: field, such as face, tick, taker or mmr; one value

    Result: number or text; its unit is that of the field

    Errors:
        InputError: an argument has the wrong type or shape, is missing, or is an unknown word (#VALUE! in a
            sheet).
        DomainError: a single number is out of its domain; in an array only that element is NaN (#NUM! in a
            sheet).

    Formula: the user's own table first, then the dated and sourced table that ships with xlhedge

    Source: named for every value, with its date, by `xlhedge contracts VENUE`

    Example:
        >>> xlhedge.contract_spec('binance', 'BTCUSD', 'face')
        100.0
    """
@overload
def contract_spec(venue: str | _Texts, symbol: str | _Texts, field: str | _Texts) -> NDArray[np.object_]: ...
@overload
def contract_spec(venue: pd.Series[str], symbol: str | _Texts | pd.Series[str], field: str | _Texts | pd.Series[str]) -> pd.Series[Any]: ...
@overload
def contract_spec(venue: str | _Texts | pd.Series[str], symbol: pd.Series[str], field: str | _Texts | pd.Series[str]) -> pd.Series[Any]: ...
@overload
def contract_spec(venue: str | _Texts | pd.Series[str], symbol: str | _Texts | pd.Series[str], field: pd.Series[str]) -> pd.Series[Any]: ...

@overload
def liq_price_venue(venue: str, symbol: str, qty: _Number, entry: _Number, margin: _Number) -> float:
    """Liquidation price by the venue's own rule and tiers, or "none"; #N/A where they are not known.

    A tier counted in coins is that of the size at the liquidation price, not at the entry; one counted in
    contracts or USD does not move with the price, and with method entry it is that of the entry. The fee is the
    liq_price_fee of the table, or else the taker fee with method product and none with the others. What a venue
    adds for the next funding payment is not in it.

    Arguments:
        venue: venue, such as binance or deribit; one value
        symbol: contract or coin on that venue, such as BTCUSD or BTC; one value
        qty: signed USD face of the position, short < 0 [USD]; number or array
        entry: average entry price [USD/coin]; > 0; number or array
        margin: posted margin [coin]; >= 0; number or array

    Result: number [USD/coin]; inf when there is none

    Errors:
        InputError: an argument has the wrong type or shape, is missing, or is an unknown word (#VALUE! in a
            sheet).
        DomainError: a single number is out of its domain; in an array only that element is NaN (#NUM! in a
            sheet).

    Formula: LIQ_PRICE with the method, fee and slope of the venue's table, tier by tier on the way to a loss

    Source: named by `xlhedge contracts VENUE`

    Example:
        >>> xlhedge.liq_price_venue('bybit', 'BTCUSD', -600000, 60000, 2.5)
        79600.0
    """
@overload
def liq_price_venue(venue: str | _Texts, symbol: str | _Texts, qty: _Number | _Array, entry: _Number | _Array, margin: _Number | _Array) -> NDArray[np.object_]: ...
@overload
def liq_price_venue(venue: pd.Series[str], symbol: str | _Texts | pd.Series[str], qty: _Number | _Array | _Series, entry: _Number | _Array | _Series, margin: _Number | _Array | _Series) -> pd.Series[Any]: ...
@overload
def liq_price_venue(venue: str | _Texts | pd.Series[str], symbol: pd.Series[str], qty: _Number | _Array | _Series, entry: _Number | _Array | _Series, margin: _Number | _Array | _Series) -> pd.Series[Any]: ...
@overload
def liq_price_venue(venue: str | _Texts | pd.Series[str], symbol: str | _Texts | pd.Series[str], qty: _Series, entry: _Number | _Array | _Series, margin: _Number | _Array | _Series) -> pd.Series[Any]: ...
@overload
def liq_price_venue(venue: str | _Texts | pd.Series[str], symbol: str | _Texts | pd.Series[str], qty: _Number | _Array | _Series, entry: _Series, margin: _Number | _Array | _Series) -> pd.Series[Any]: ...
@overload
def liq_price_venue(venue: str | _Texts | pd.Series[str], symbol: str | _Texts | pd.Series[str], qty: _Number | _Array | _Series, entry: _Number | _Array | _Series, margin: _Series) -> pd.Series[Any]: ...

@overload
def round_lot(contracts: _Number, lot: _Number, rounding: Literal["nearest", "down", "up"] | None = "nearest") -> float:
    """Contracts rounded to whole lots; halves go away from zero.

    Arguments:
        contracts: contracts, sell < 0 [contracts]; number or array
        lot: smallest step [contracts]; > 0; number or array
        rounding: nearest; down: toward zero; up: away from zero; nearest | down | up; default "nearest"; one
            value

    Result: number [contracts]

    Errors:
        InputError: an argument has the wrong type or shape, is missing, or is an unknown word (#VALUE! in a
            sheet).
        DomainError: a single number is out of its domain; in an array only that element is NaN (#NUM! in a
            sheet).

    Formula: lot round(contracts / lot)

    Source: BitMEX XBTUSD trades in lots of 100

    Example:
        >>> xlhedge.round_lot(-6049, 100)
        -6000.0
    """
@overload
def round_lot(contracts: _Number | _Array, lot: _Number | _Array, rounding: Literal["nearest", "down", "up"] | None = "nearest") -> NDArray[np.float64]: ...
@overload
def round_lot(contracts: _Series, lot: _Number | _Array | _Series, rounding: Literal["nearest", "down", "up"] | None = "nearest") -> pd.Series[float]: ...
@overload
def round_lot(contracts: _Number | _Array | _Series, lot: _Series, rounding: Literal["nearest", "down", "up"] | None = "nearest") -> pd.Series[float]: ...

@overload
def round_tick(price: _Number, tick: _Number, rounding: Literal["nearest", "down", "up"] | None = "nearest") -> float:
    """Price rounded to the venue's tick; halves go up.

    Arguments:
        price: price [USD/coin]; > 0; number or array
        tick: smallest price step [USD/coin]; > 0; number or array
        rounding: nearest; down: toward zero; up: away from zero; nearest | down | up; default "nearest"; one
            value

    Result: number [USD/coin]

    Errors:
        InputError: an argument has the wrong type or shape, is missing, or is an unknown word (#VALUE! in a
            sheet).
        DomainError: a single number is out of its domain; in an array only that element is NaN (#NUM! in a
            sheet).

    Formula: tick round(P / tick)

    Source: Bybit help 360039261334 rounds 5,739.08 up to 5,739.5

    Example:
        >>> xlhedge.round_tick(5739.08, 0.5)
        5739.0
    """
@overload
def round_tick(price: _Number | _Array, tick: _Number | _Array, rounding: Literal["nearest", "down", "up"] | None = "nearest") -> NDArray[np.float64]: ...
@overload
def round_tick(price: _Series, tick: _Number | _Array | _Series, rounding: Literal["nearest", "down", "up"] | None = "nearest") -> pd.Series[float]: ...
@overload
def round_tick(price: _Number | _Array | _Series, tick: _Series, rounding: Literal["nearest", "down", "up"] | None = "nearest") -> pd.Series[float]: ...

def xlhedge_version() -> str:
    """Version of xlhedge that answers.

    Result: text

    Formula: text

    Source: this package

    Example:
        >>> xlhedge.xlhedge_version()
        '0.1.0'
    """

@overload
def market(venue: str, symbol: str, field: str) -> float | str | tuple[float, ...]:
    """A figure of the user's last snapshot of the market; #N/A where there is none.

    Nothing is fetched: the snapshot is the file that XLHEDGE_MARKET names, or market.csv beside the user's own
    table of contracts, with the columns venue, symbol, field, value and time. The venue "sample" holds made-up
    figures to try a formula with.

    Arguments:
        venue: venue, such as binance or deribit; one value
        symbol: contract or coin on that venue, such as BTCUSD or BTC; one value
        field: field of the snapshot, such as mark, index, funding rate or time; one value

    Result: number or text; its unit is that of the field

    Errors:
        InputError: an argument has the wrong type or shape, is missing, or is an unknown word (#VALUE! in a
            sheet).
        DomainError: a single number is out of its domain; in an array only that element is NaN (#NUM! in a
            sheet).

    Formula: the value of the latest row for this venue, symbol and field; time: when that contract was last seen

    Source: the user's own file

    Example:
        >>> xlhedge.market('sample', 'BTCUSD', 'mark')
        60000.0
    """
@overload
def market(venue: str | _Texts, symbol: str | _Texts, field: str | _Texts) -> NDArray[np.object_]: ...
@overload
def market(venue: pd.Series[str], symbol: str | _Texts | pd.Series[str], field: str | _Texts | pd.Series[str]) -> pd.Series[Any]: ...
@overload
def market(venue: str | _Texts | pd.Series[str], symbol: pd.Series[str], field: str | _Texts | pd.Series[str]) -> pd.Series[Any]: ...
@overload
def market(venue: str | _Texts | pd.Series[str], symbol: str | _Texts | pd.Series[str], field: pd.Series[str]) -> pd.Series[Any]: ...
