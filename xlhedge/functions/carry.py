"""Funding, basis and carry: what holding the hedge pays or costs."""

from ..call import Table
from ..elementary import NONE, log, total, where
from ..parameters import (
    DAYS,
    ENTRY,
    FEE_CLOSE,
    FEE_OPEN,
    FUNDING_QTYS,
    FUNDING_RATES,
    FUTURE,
    INTERVAL_HOURS,
    MARK,
    MARKS,
    QTY,
    RATE,
    SPOT,
    TIMES,
    UNIT,
    Parameter,
    number,
    word,
)  # fmt: skip
from ..registry import Returns, worksheet
from .calendar import DAYS_A_YEAR, HOURS_A_YEAR, payments
from .pnl import COIN_OR_USD

GROUP = "Funding, basis and carry"
USD = Returns("USD")
FRACTION = Returns("fraction")
PER_YEAR = Returns("fraction a year")

TO_EXPIRY = number("days to expiry", "days", "> 0")


@worksheet(GROUP, COIN_OR_USD)
def funding_payment(qty: QTY, mark: MARK, rate: RATE, unit: UNIT = "coin"):
    """Funding received for one interval; paid is negative.

    Formula: coin: -rate Q/mark; USD: -rate Q
    Source: Kraken 360022835911 example 1: a short of 100,000 at 7,000 and 0.01785 % receives 0.00255 BTC
    Example: FUNDING_PAYMENT(-600000, 60000, 0.0001) = 0.001
    Example: FUNDING_PAYMENT(-600000, 60000, 0.0001, "usd") = 60
    """
    received = -rate * qty
    return received / mark if unit == "coin" else received


@worksheet(GROUP, COIN_OR_USD)
def funding_total(qty: FUNDING_QTYS, rates: FUNDING_RATES, marks: MARKS, unit: UNIT = "coin"):
    """Funding received over a history; in USD each payment is valued at its own mark.

    Coin and USD totals can differ in sign: coin received at low prices is worth less than coin paid at high ones.
    One qty holds for every payment; where the position changed, give one for each.

    Formula: coin: -sum(Q rate/mark); USD: -sum(Q rate)
    Source: FUNDING_PAYMENT summed
    Example: FUNDING_TOTAL(-600000, {0.0001;-0.0001}, {50000;60000}) = 0.0002
    Example: FUNDING_TOTAL(-600000, {0.0001;-0.0001}, {50000;60000}, "usd") = 0
    Example: FUNDING_TOTAL({-600000;-300000}, {0.0001;0.0001}, {50000;60000}, "usd") = 90
    """
    return -total(qty * rates / marks if unit == "coin" else qty * rates + 0 * marks)


@worksheet(GROUP, Returns("coin and USD", "table"), traceable=False)
def funding_ledger(qty: FUNDING_QTYS, times: TIMES, rates: FUNDING_RATES, marks: MARKS):
    """Every funding payment of a history with running totals.

    One qty holds for every payment; where the position changed, give one for each. Rows go oldest first.

    Formula: coin = -rate Q/mark; USD = -rate Q; running sums of both
    Source: FUNDING_PAYMENT
    Example: FUNDING_LEDGER(-600000, {1;2}, {0.0001;-0.0002}, {60000;50000}) = {"time","rate","mark","coin","USD","running coin","running USD";1,0.0001,60000,0.001,60,0.001,60;2,-0.0002,50000,-0.0024,-120,-0.0014,-60}
    """
    usd = -rates * qty
    coin = usd / marks
    return Table(
        ["time", "rate", "mark", "coin", "USD", "running coin", "running USD"],
        [times, rates, marks, coin, usd, coin.cumsum(), usd.cumsum()],
    )


@worksheet(GROUP, USD)
def funding_cost(qty: QTY, rate: RATE, interval_hours: INTERVAL_HOURS, days: DAYS):
    """Funding received over a horizon at one rate; negative is a cost.

    Formula: -rate Q 24 days / interval_hours
    Source: FUNDING_PAYMENT in USD times the number of payments
    Example: FUNDING_COST(-600000, 0.0001, 8, 30) = 5400
    Example: FUNDING_COST(-600000, 0.0001, 8, 365) = 65700
    """
    return -rate * qty * payments(interval_hours, days)


@worksheet(GROUP, PER_YEAR)
def funding_apr(
    rate: RATE, interval_hours: INTERVAL_HOURS,
    compound: Parameter("flag", "reinvest every payment") = False,
):  # fmt: skip
    """Funding rate of one interval as an annual rate.

    Formula: simple: rate 8760/h; compound: (1 + rate)^(8760/h) - 1
    Source: 365 days of 24 hours
    Example: FUNDING_APR(0.0001, 8) = 0.1095
    Example: FUNDING_APR(0.0001, 8, TRUE) = 0.11571396279167323
    """
    intervals = HOURS_A_YEAR / interval_hours
    return where(compound, (1 + rate) ** intervals - 1, rate * intervals)


@worksheet(GROUP, Returns("{unit}"))
def basis(future: FUTURE, spot: SPOT, unit: word("unit of the result", "fraction", "usd") = "fraction"):
    """Basis of a future: what it trades above spot.

    Formula: fraction: F/S - 1; USD: F - S
    Source: CME Group, education: understanding basis
    Example: BASIS(61200, 60000) = 0.02
    Example: BASIS(61200, 60000, "usd") = 1200
    """
    return (future - spot) / spot if unit == "fraction" else future - spot


@worksheet(GROUP, PER_YEAR)
def basis_apr(
    future: FUTURE, spot: SPOT, days: TO_EXPIRY,
    mode: word("how to annualise", "simple", "compound", "log") = "simple",
):  # fmt: skip
    """Basis of a dated future as an annual rate.

    Formula: simple: (F/S - 1) 365/d; compound: (F/S)^(365/d) - 1; log: ln(F/S) 365/d
    Source: a year of 365 days
    Example: BASIS_APR(61200, 60000, 73) = 0.1
    Example: BASIS_APR(61200, 60000, 73, "compound") = 0.1040808032
    Example: BASIS_APR(61200, 60000, 73, "log") = 0.0990131364809
    """
    years = days / DAYS_A_YEAR
    if mode == "simple":
        return (future - spot) / spot / years
    return (future / spot) ** (1 / years) - 1 if mode == "compound" else log(future / spot) / years


@worksheet(GROUP, USD)
def carry_qty(coins: number("coins whose USD value at expiry is to be fixed", "coin", ">= 0"), future: FUTURE):
    """Position in a dated inverse future that fixes the USD value of some coins at expiry.

    Formula: -coins F (not -coins S): the end value is then coins F USD at any settlement price
    Source: coins P + coins F (P/F - 1) (-1) = coins F
    Example: CARRY_QTY(10, 61200) = -612000
    """
    return -coins * future


@worksheet(GROUP, Returns("coin"))
def delivery_pnl(
    qty: QTY, entry: ENTRY,
    settlement: number("price at which the contract is settled, an average of the index", "USD/coin", "> 0"),
    delivery_fee: number("fee rate of the delivery", "fraction", "> -1, < 1") = 0.0, fee_open: FEE_OPEN = 0.0,
):  # fmt: skip
    """PnL of a dated inverse future that is held to its delivery, after fees.

    Formula: Q (1/E - 1/S) - |Q| delivery_fee/S - |Q| fee_open/E, S = settlement
    Source: INVERSE_PNL; Deribit, inverse futures: settled in coin at the average of the index over the last half hour
    Example: DELIVERY_PNL(-600000, 61200, 50000, 0.0005) = 2.1900784313725493
    Example: DELIVERY_PNL(-612000, 61200, 61200, 0.0005, 0.0005) = -0.01
    """
    fees = abs(qty) * (delivery_fee / settlement + fee_open / entry)
    return qty * (settlement - entry) / (entry * settlement) - fees


@worksheet(GROUP, PER_YEAR, rules=("days_near < days_far",))
def roll_apr(
    near: number("price of the future that expires first", "USD/coin", "> 0"),
    far: number("price of the future that expires later", "USD/coin", "> 0"),
    days_near: number("days to the first expiry", "days", ">= 0"), days_far: number("days to the later expiry", "days", "> 0"),
    fees: number("fees of closing the one and opening the other, as a share of the size", "fraction") = 0.0,
):  # fmt: skip
    """What a short earns a year by rolling from one dated future into a later one.

    Formula: (far/near - 1 - fees) 365 / (days_far - days_near)
    Source: BASIS_APR between two expiries; CME Group, education: calendar spread and cost of carry
    Example: ROLL_APR(61000, 62200, 30, 120) = 0.07978142076502732
    Example: ROLL_APR(61000, 62200, 30, 120, 0.001) = 0.07572586520947176
    """
    return ((far - near) / near - fees) * DAYS_A_YEAR / (days_far - days_near)


@worksheet(GROUP, Returns("fraction"))
def implied_funding(future: FUTURE, spot: SPOT, days: TO_EXPIRY, interval_hours: INTERVAL_HOURS):
    """Funding rate of an interval at which a perpetual and a dated future pay a short the same.

    Formula: (F/S - 1) h / (24 d)
    Source: BASIS spread over the funding payments until expiry
    Example: IMPLIED_FUNDING(61200, 60000, 90, 8) = 0.00007407407407407407
    """
    return (future - spot) / spot / payments(interval_hours, days)


@worksheet(GROUP, Returns("fraction"))
def break_even_funding(
    fee_open: FEE_OPEN, fee_close: FEE_CLOSE, days: number("horizon", "days", "> 0"), interval_hours: INTERVAL_HOURS,
    basis: number("gain of the hedge from a change of basis, as a share of its size", "fraction") = 0.0,
):  # fmt: skip
    """Funding rate of an interval at which a short has repaid its fees at the horizon.

    Formula: (fee_open + fee_close - basis) h / (24 d)
    Source: HEDGE_COST = 0 of a short, solved for the rate
    Example: BREAK_EVEN_FUNDING(0.0005, 0.0005, 90, 8) = 0.000003703703703703704
    Example: BREAK_EVEN_FUNDING(0.0005, 0.0005, 90, 8, 0.001) = 0
    """
    return (fee_open + fee_close - basis) / payments(interval_hours, days)


@worksheet(GROUP, PER_YEAR)
def dollar_apr(
    ratio: number("share of the coins that is hedged; 1 = a synthetic dollar", "fraction", ">= 0"), rate: RATE,
    interval_hours: INTERVAL_HOURS, days: number("days that the hedge is held", "days", "> 0"),
    fees: number("fees of opening and closing, as a share of the size", "fraction") = 0.0,
):  # fmt: skip
    """Yield a year of a synthetic dollar: coins and a short that fixes their value, paid by funding.

    Formula: ratio (rate 8760/h - fees 365/d)
    Source: FUNDING_APR of the hedged share less its fees; Galoy stablesats and Ethena describe such dollars
    Example: DOLLAR_APR(1, 0.0001, 8, 365, 0.001) = 0.1085
    Example: DOLLAR_APR(1, -0.0001, 8, 365, 0.001) = -0.1105
    """
    return ratio * (rate * HOURS_A_YEAR / interval_hours - fees * DAYS_A_YEAR / days)


@worksheet(GROUP, Returns("USD and fraction a year", "table"), traceable=False)
def carry_value(
    coins: number("coins whose USD value at expiry is fixed", "coin", "> 0"), future: FUTURE, spot: SPOT, days: TO_EXPIRY,
    fees: number("fees of opening and settling", "USD") = 0.0,
):  # fmt: skip
    """Gain that a short in a dated inverse future locks in, and its annual rate before fees.

    Formula: coins (F - S) - fees; (F/S - 1) 365/d
    Source: CARRY_QTY and BASIS_APR
    Example: CARRY_VALUE(10, 61200, 60000, 73, 600) = {"gain USD","annual rate";11400,0.1}
    """
    return Table(["gain USD", "annual rate"], [[coins * (future - spot) - fees], [basis_apr(future, spot, days)]])


@worksheet(GROUP, USD)
def hedge_cost(
    qty: QTY, days: DAYS, rate: RATE, interval_hours: INTERVAL_HOURS, fee_open: FEE_OPEN, fee_close: FEE_CLOSE,
    basis: number("gain of the hedge from a change of basis, as a share of its size", "fraction") = 0.0,
):  # fmt: skip
    """Cost of holding a hedge over a horizon: fees, funding and basis; negative is a cost.

    Formula: -|Q| (fee_open + fee_close) - rate Q 24 days/interval_hours + basis |Q|
    Source: TRADE_FEE and FUNDING_COST
    Example: HEDGE_COST(-600000, 30, 0.0001, 8, 0.0005, 0.0005) = 4800
    Example: HEDGE_COST(-600000, 30, -0.0001, 8, 0.0005, 0.0005) = -6000
    """
    return funding_cost(qty, rate, interval_hours, days) + abs(qty) * (basis - fee_open - fee_close)


@worksheet(GROUP, Returns("days", allows_none=True))
def break_even_days(qty: QTY, rate: RATE, interval_hours: INTERVAL_HOURS, fee_open: FEE_OPEN, fee_close: FEE_CLOSE):
    """Days until funding has repaid the fees, or "none" if it never does.

    Formula: |Q| (fee_open + fee_close) / (-rate Q 24/interval_hours), 0 when there is nothing to repay
    Source: HEDGE_COST = 0 solved for the days
    Example: BREAK_EVEN_DAYS(-600000, 0.0001, 8, 0.0005, 0.0005) = 3.3333333333333335
    Example: BREAK_EVEN_DAYS(-600000, -0.0001, 8, 0.0005, 0.0005) = "none"
    """
    fees = abs(qty) * (fee_open + fee_close)
    daily = funding_cost(qty, rate, interval_hours, 1.0)
    return where(fees <= 0, 0.0, where(daily > 0, fees / daily, NONE))
