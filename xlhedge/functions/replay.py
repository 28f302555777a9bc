"""A hedge replayed over a history of prices and funding rates."""

from typing import NamedTuple

from ..call import Table
from ..parameters import AMOUNT, FEE, LIQ_FEE, LIQ_METHOD, METHOD_SLOPE, MMR, TIMES, number, vector
from ..registry import Returns, worksheet
from .position import FLAT, Fill, after_fill
from .scenarios import GROUP, MARGIN_OR_ALL, Rule, used_margin
from .sizing import OWNED

BAND_EDGE = "hedge ratio {} which the hedge is set back to its target; never unless given"


class Step(NamedTuple):
    """The state after one time step. Balances are coins without unrealised PnL; `account` is the posted margin's."""

    position: Fill
    wallet: float
    account: float
    funding: float
    ratio: float
    traded: float
    liquidated: bool

    def equity(self, price):
        """All coins owned, unrealised PnL included."""
        return self.wallet + self.account + self.position.cost - self.position.qty / price


def trade(step: Step, fill, price, fee) -> Step:
    """Change the position by `fill` at a price and charge the fee."""
    position = after_fill(step.position, fill, price)
    account = step.account + position.realized - abs(fill) * fee / price
    return step._replace(position=position, account=account, traded=fill)


def tested(step: Step, prices, rule: Rule | None) -> Step:
    """The margin tested by the rule, if there is one, at some prices: from a ratio of 1 on the hedge is gone with it."""
    qty = step.position.qty
    if not qty or rule is None:
        return step
    used = max(used_margin(qty, step.position.entry, price, step.account, rule) for price in prices)
    if used < 1:
        return step._replace(ratio=used)
    return step._replace(position=FLAT, account=0.0, ratio=used, traded=step.traded - qty, liquidated=True)


def advance(step: Step, price, peak, rate, ratio, low, high, fee, rule: Rule | None) -> Step:
    """One time step: pay funding on the coin size of now, test the margin, then re-hedge by band.

    The margin is tested at the price and at the highest price since the last step.
    """
    qty = step.position.qty
    funding = -rate * qty / price
    step = step._replace(account=step.account + funding, funding=funding, traded=0.0)
    step = tested(step, {price, max(peak, price)}, rule)
    if step.liquidated:
        return step
    worth = step.equity(price) * price
    current = -qty / worth if worth > 0 else ratio
    if (low is not None and current < low) or (high is not None and current > high):
        return trade(step, -ratio * worth - qty, price, fee)
    return step


@worksheet(
    GROUP, Returns("coin and USD", "table"), rules=("margin <= coins", "low <= ratio", "ratio <= high"), traceable=False
)
def hedge_replay(
    times: TIMES, prices: vector("price at each time", "USD/coin", "> 0"),
    rates: vector("funding rate paid at each time", "fraction", "> -1"), coins: OWNED,
    ratio: number("share of the coins to hedge", "fraction", ">= 0"),
    low: number(BAND_EDGE.format("below"), "fraction") = None,
    high: number(BAND_EDGE.format("above"), "fraction") = None,
    fee: FEE = 0.0, margin: MARGIN_OR_ALL = 0.0, mmr: MMR = 0.0,
    amount: AMOUNT = 0.0, liq_fee: LIQ_FEE = 0.0, method: LIQ_METHOD = "mark", slope: METHOD_SLOPE = None,
    peaks: vector("highest price since the time before; the price itself unless given", "USD/coin", "> 0") = None,
):  # fmt: skip
    """A holding and its hedge along a history: funding, fees, re-hedges and, where the margin fails, liquidation.

    The hedge opens at the first time, and its margin is tested at that price. At each later time the order is: funding on
    the coin size of the moment, test of the margin left, at the price and at the peak on the way to it, re-hedge by band. A
    liquidation closes the hedge at zero margin for good. Times go oldest first.

    Formula: hedged = (wallet + margin account, PnL included) P; that account is margin + funding + realised PnL - fees
    ... + Q (1/E - 1/P)
    Source: FUNDING_PAYMENT, MARGIN_RATIO and REHEDGE step by step, contracts not rounded
    Example: HEDGE_REPLAY({1;2}, {60000;50000}, {0;0.0001}, 50, 0.2) = {"time","price","unhedged","hedged","qty","funding coin","margin account, PnL included","margin ratio","re-hedge","liquidated";1,60000,3000000,3000000,-600000,0,0,0,-600000,FALSE;2,50000,2500000,2600060,-600000,0.0012,0,0,0,FALSE}
    """
    is_modelled = margin > 0
    rule = Rule(mmr, amount, liq_fee, method, slope) if is_modelled else None
    step = Step(FLAT, coins - margin, margin, 0.0, 0.0, 0.0, False)
    rows = []
    highest = prices if peaks is None else peaks
    for i, (time, price, peak, rate) in enumerate(zip(times, prices.tolist(), highest.tolist(), rates.tolist())):
        if i == 0:
            step = tested(trade(step, -ratio * coins * price, price, fee), {price}, rule)
        else:
            step = advance(step, price, peak, rate, ratio, low, high, fee, rule)
        equity = step.equity(price)
        left = equity - step.wallet if is_modelled else 0.0
        rows.append(
            (
                time,
                price,
                coins * price,
                equity * price,
                step.position.qty,
                step.funding,
                left,
                step.ratio,
                step.traded,
                step.liquidated,
            )
        )
    headers = (
        "time",
        "price",
        "unhedged",
        "hedged",
        "qty",
        "funding coin",
        "margin account, PnL included",
        "margin ratio",
        "re-hedge",
        "liquidated",
    )
    return Table(headers, list(zip(*rows)))
