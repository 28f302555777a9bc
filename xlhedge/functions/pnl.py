"""PnL and prices of an inverse position."""

from ..elementary import NO_RESULT, sign, where
from ..errors import NotAvailableError
from ..parameters import (
    BASIS_OF_ROE,
    ENTRY,
    FEE,
    FEE_CLOSE,
    FEE_OPEN,
    FILL_PRICES,
    FILL_QTYS,
    FUNDING,
    LEVERAGE,
    OPEN_QTY,
    PRICE,
    QTY,
    UNIT,
    UNIT_OF_PNL,
    number,
    vector,
)  # fmt: skip
from ..registry import Returns, worksheet
from .position import run_fills

GROUP = "PnL and prices"
PRICE_RESULT = Returns("USD/coin")
COIN_OR_USD = Returns("{unit}")


def positive(price):
    """A price, which must be above 0 to exist."""
    return where(price > 0, price, NO_RESULT)


@worksheet(GROUP, COIN_OR_USD)
def inverse_pnl(
    qty: QTY, entry: ENTRY, price: PRICE, unit: UNIT = "coin",
    fee_open: FEE_OPEN = 0.0, fee_close: FEE_CLOSE = 0.0, funding: FUNDING = 0.0,
):  # fmt: skip
    """PnL of an inverse position, after fees and funding; in USD it is valued at `price`.

    Formula: coin: Q (1/E - 1/P) - |Q| (fee_open/E + fee_close/P) + funding; USD: the same times P
    Source: BitMEX, inverse perpetual guide; Bybit help 900000404726 (P&L calculations, inverse contracts)
    Example: INVERSE_PNL(-600000, 60000, 50000) = 2
    Example: INVERSE_PNL(-600000, 60000, 50000, "usd") = 100000
    Example: INVERSE_PNL(-600000, 60000, 120000) = -5
    Example: INVERSE_PNL(1000, 1000, 1250) = 0.2
    """
    fees = abs(qty) * (fee_open / entry + fee_close / price)
    pnl = qty * (price - entry) / (entry * price) - fees + funding
    return pnl if unit == "coin" else pnl * price


@worksheet(GROUP, Returns("USD"))
def linear_pnl(
    coins: number("signed coin size of the linear position, short < 0", "coin"), entry: ENTRY, price: PRICE,
    fee_open: FEE_OPEN = 0.0, fee_close: FEE_CLOSE = 0.0,
    funding: number("funding received so far, paid < 0", "USD") = 0.0,
):  # fmt: skip
    """PnL in USD of a linear (stablecoin-margined) position, for comparison.

    Formula: coins (P - E) - |coins| (fee_open E + fee_close P) + funding
    Source: Bybit help 900000404725 (P&L calculations, linear contracts)
    Example: LINEAR_PNL(-10, 60000, 50000) = 100000
    Example: LINEAR_PNL(-10, 60000, 66000, 0.0005, 0.0005) = -60630
    """
    return coins * (price - entry) - abs(coins) * (fee_open * entry + fee_close * price) + funding


@worksheet(GROUP, PRICE_RESULT, traceable=False)
def avg_entry(qtys: FILL_QTYS, prices: FILL_PRICES):
    """Average entry price of the position that is open after all fills: harmonic, because size is in USD.

    A fill that adds moves the average; one that reduces keeps it; one that reverses opens anew at its own price.
    Where the fills leave nothing open there is no entry: #N/A in a sheet, NotAvailableError in Python.
    The fills go oldest first: in another order they are another history.

    Formula: sum(q) / sum(q/p) over the fills that add
    Source: Bybit help 900000404726: 1,000 at 5,000 and 2,000 at 6,000 average 5,625, not 5,666.67
    Example: AVG_ENTRY({1000;2000}, {5000;6000}) = 5625
    Example: AVG_ENTRY({-600000;200000}, {60000;50000}) = 60000
    No result: the sizes are too small or too large to reckon with
    """
    position = run_fills(qtys, prices)[-1]
    if position.qty == 0:
        raise NotAvailableError("AVG_ENTRY: the fills leave no open position")
    return positive(position.entry) if position.cost else NO_RESULT


@worksheet(GROUP, Returns("coin"), traceable=False)
def realized_pnl(qtys: FILL_QTYS, prices: FILL_PRICES, fees: vector("fee paid on each fill", "coin") = 0.0):
    """Coin PnL realised by the fills that reduced, closed or reversed the position, less fees.

    The fills go oldest first: in another order they are another history.

    Formula: sum of k (1/E - 1/p) over the closed parts k, minus the fees
    Source: BitMEX, inverse perpetual guide; entry E as in AVG_ENTRY
    Example: REALIZED_PNL({-600000;200000}, {60000;50000}) = 0.6666666666666667
    Example: REALIZED_PNL({-600000;600000}, {60000;50000}, {0.005;0.006}) = 1.989
    """
    return sum(fill.realized for fill in run_fills(qtys, prices)) - fees.sum()


@worksheet(GROUP, Returns("fraction"))
def roe(qty: QTY, entry: ENTRY, price: PRICE, leverage: LEVERAGE, basis: BASIS_OF_ROE = "entry"):
    """Return on the initial margin, measured at entry or at the mark.

    Formula: entry: s L (1 - E/P); mark: s L (P/E - 1), s the sign of Q
    Source: BingX help 360045680954: 10 coin at 100, price 200, gains 50 % on the entry margin
    Example: ROE(1000, 100, 200, 1) = 0.5
    Example: ROE(-1000, 100, 50, 1) = 1
    Example: ROE(-1000, 100, 50, 1, "mark") = 0.5
    """
    change = 1 - entry / price if basis == "entry" else price / entry - 1
    return sign(qty) * leverage * change


@worksheet(GROUP, PRICE_RESULT)
def target_price(
    qty: OPEN_QTY, entry: ENTRY, pnl: number("PnL wanted, loss < 0", "coin or USD"), unit: UNIT_OF_PNL = "coin",
):  # fmt: skip
    """Price at which the position has a chosen PnL, before fees.

    Formula: coin: Q / (Q/E - pnl); USD: E (1 + pnl/Q)
    Source: INVERSE_PNL solved for the price
    Example: TARGET_PRICE(-600000, 60000, 2) = 50000
    Example: TARGET_PRICE(-600000, 60000, -120000, "usd") = 72000
    No result: no price above 0 gives this PnL
    """
    return positive(qty / (qty / entry - pnl) if unit == "coin" else entry * (1 + pnl / qty))


@worksheet(GROUP, PRICE_RESULT)
def target_price_roe(
    qty: OPEN_QTY, entry: ENTRY, leverage: LEVERAGE, roe: number("return wanted, loss < 0", "fraction"),
    basis: BASIS_OF_ROE = "entry",
):  # fmt: skip
    """Price at which the position has a chosen return on its initial margin, before fees.

    Formula: entry: E / (1 - s r/L); mark: E (1 + s r/L), s the sign of Q
    Source: ROE solved for the price
    Example: TARGET_PRICE_ROE(-600000, 60000, 10, 2) = 50000
    Example: TARGET_PRICE_ROE(-600000, 60000, 10, 2, "mark") = 48000
    No result: no price above 0 gives this return
    """
    step = sign(qty) * roe / leverage
    return positive(entry / (1 - step) if basis == "entry" else entry * (1 + step))


@worksheet(GROUP, PRICE_RESULT)
def break_even(qty: OPEN_QTY, entry: ENTRY, fee_open: FEE_OPEN, fee_close: FEE_CLOSE, funding: FUNDING = 0.0):
    """Price at which the position closes with no gain and no loss, fees and funding included.

    Formula: Q (1 + s fee_close) / ((Q/E)(1 - s fee_open) + funding), s the sign of Q
    Source: INVERSE_PNL with fees and funding, solved for PnL = 0
    Example: BREAK_EVEN(-600000, 60000, 0.0005, 0.0005) = 59940.029985007496
    Example: BREAK_EVEN(-600000, 60000, 0, 0, 0.09) = 60544.904137235115
    No result: no price above 0 breaks even
    """
    s = sign(qty)
    return positive(qty * (1 + s * fee_close) / (qty / entry * (1 - s * fee_open) + funding))


@worksheet(GROUP, Returns("coin"))
def notional_coin(qty: QTY, price: PRICE):
    """Coin size of a position at a price: a fixed USD face is fewer coins at a higher price.

    Formula: Q/P
    Source: Binance FAQ be2c7d9d: 10 contracts of 100 USD at 9,800 are 0.10204 BTC
    Example: NOTIONAL_COIN(-600000, 60000) = -10
    Example: NOTIONAL_COIN(1000, 9800) = 0.1020408163265306
    """
    return qty / price


@worksheet(GROUP, COIN_OR_USD)
def trade_fee(qty: QTY, price: PRICE, rate: FEE, unit: UNIT = "coin"):
    """Fee paid on a trade; a rebate is negative.

    Formula: coin: |Q| rate / P; USD: |Q| rate
    Source: nautilus_trader test_position.py: 100,000 USD at 10,000 and 7.5 bp cost 0.0075 BTC
    Example: TRADE_FEE(100000, 10000, 0.00075) = 0.0075
    Example: TRADE_FEE(-600000, 60000, 0.0005, "usd") = 300
    """
    fee = abs(qty) * rate
    return fee / price if unit == "coin" else fee
