"""The command plan: what to trade and to transfer, where it would be liquidated and what it costs, without a workbook."""

import json
from collections.abc import Iterator

import click

from .cli_options import (
    CHECK_FAILED, DONE, ROW_ERRORS, chosen_portfolio, failing, reads_holdings, tell_of,
)  # fmt: skip


@click.command(short_help="Print the order ticket and the figures of a hedge.")
@click.option("--portfolio", help="Which portfolio, when the file holds several.")
@reads_holdings
@click.option("--json", "as_json", is_flag=True, help="Print the plan for a program (docs/plan.md).")
def plan(asked, portfolio: str | None, as_json: bool) -> int:
    """Print what to trade and to transfer for the portfolio in HOLDINGS (CSV or XLSX), and what comes of it.

    The figures are those of the workbook that `build` writes. Margin is in coin, everything else in USD unless it says
    otherwise. A check that fails is named with the asset; a red one ends with exit code 4.
    """
    chosen, has_errors = chosen_portfolio(asked, portfolio, "there is no plan")
    if chosen is None:
        return ROW_ERRORS
    from .plan import plan_of

    tell_of(chosen, chosen.functions)
    made = plan_of(chosen)
    if as_json:
        click.echo(json.dumps(made.figures, indent=2, allow_nan=False))
    else:
        click.echo("\n".join(_lines(made.figures, chosen.settings)))
    return ROW_ERRORS if has_errors else DONE if made.passes else CHECK_FAILED


def _lines(figures: dict, settings) -> Iterator[str]:
    """The plan in words."""
    when = f", prices of {figures['price_time']} UTC" if figures["price_time"] else ", time of the prices not given"
    yield f"{figures['portfolio']}: {figures['value_usd']:,.0f} USD{when}"
    for position in figures["positions"]:
        yield ""
        yield from _position(position, settings)
    for account in figures["accounts"]:
        if account["positions"] > 1:
            yield ""
            yield _account(account)
    if not figures["positions"]:
        yield "Nothing is hedged, and nothing is to be traded."
    yield ""
    yield f"{'asset':10}{'coins':>18}{'weight':>10}{'after':>10}{'target':>10}{'exposure USD':>18}{'spot trade, coins':>20}"
    for asset in figures["assets"]:
        yield (
            f"{asset['asset']:10}{_coins(asset['coins']):>18}{_share(asset['weight_before']):>10}"
            f"{_share(asset['weight_after']):>10}{_share(asset['target']):>10}{_usd(asset['exposure_usd']):>18}"
            f"{_coins(asset['spot_trade_coins']) if asset['spot_trade_coins'] else '-':>20}"
        )
    yield ""
    failed = [check for check in figures["checks"] if not check["passed"]]
    if not failed:
        yield "All checks pass."
    for check in failed:
        yield failing(check["severity"], check["name"], check["subject"])


EFFECTS = {
    "opens": "opens the position", "adds": "adds to the position", "reduces": "reduces the position",
    "closes": "closes the position", "reverses": "takes the position to the other side",
}  # fmt: skip


def _position(position: dict, settings) -> Iterator[str]:
    coin = position["coin"]
    name = " ".join(filter(None, (position["venue"], position["contract"]))) or "own contract"
    told = [f"for {position['asset']}"] if position["coin"] != position["asset"] else []
    told += [f"account {position['account']}"] if position["account"] else []
    told += [f"expires {position['expiry']}"] if position["expiry"] else []
    if position["side"]:
        told.append(EFFECTS[position["effect"]])
        traded = (
            f"{position['side'].capitalize()} {abs(position['contracts']):,.0f} contracts of {position['face']:g} USD, {name}, at "
            f"{_price(position['limit'])}"
        )
        yield f"{traded} ({', '.join(told)})"
    else:
        yield f"Keep {name}{' (' + ', '.join(told) + ')' if told else ''}"
    word = "to transfer" if (position["transfer"] or 0) >= 0 else "may be taken back"
    yield f"  margin     {_coins(abs(position['transfer'] or 0))} {coin} {word}; {_margin(position, coin)}"
    if position["qty"]:
        yield from _risk(position, coin, settings)
    basis = f", basis of {_usd(position['basis_usd'])} USD" if position["expiry"] else ""
    yield (
        f"  carry      expected {_usd(position['carry_expected_usd'])} USD, adverse {_usd(position['carry_adverse_usd'])} USD "
        f"to the horizon{basis}, fees of {_usd(position['fees_usd'])} USD in both"
    )


def _risk(position: dict, coin: str, settings) -> Iterator[str]:
    """Where an open position is liquidated, that of its account where it shares one."""
    yield (
        f"  position   {_usd(position['qty'])} USD, entry {_price(position['entry'])}; maintenance "
        f"{_coins(position['maintenance'])} {coin}, margin ratio {_share(position['margin_ratio'])}"
    )
    rests = "planned" if position["posted"] is None else "posted"
    yield (
        f"  by the margin {rests} liquidated above {_price(position['liq_above'])}, below {_price(position['liq_below'])}; above "
        f"{_price(position['liq_above_after_funding'])}, below {_price(position['liq_below_after_funding'])} once adverse "
        "funding is paid"
    )
    yield (
        f"  risk       {_share(position['distance'])} away; touched within {settings.horizon_days:g} days with probability "
        f"{_share(position['probability'])}"
    )


def _account(account: dict) -> str:
    posted = "none is told" if account["posted"] is None else f"{_coins(account['posted'])} posted"
    return (
        f"Account {account['account']}, {account['positions']:g} positions: required {_coins(account['required'])} "
        f"{account['coin']}, with the buffer {_coins(account['planned'])}, {posted}, "
        f"{_coins(abs(account['top_up'] or 0))} {'to transfer' if (account['top_up'] or 0) >= 0 else 'may be taken back'}; liquidated where {account['coin']} is above "
        f"{_price(account['liq_above'])} or below {_price(account['liq_below'])}"
    )


def _margin(position: dict, coin: str) -> str:
    posted = (
        "none is told" if position["posted"] is None else f"{_coins(position['posted'])} {coin} posted after the trade"
    )
    return f"required {_coins(position['required'])}, with the buffer {_coins(position['planned'])}, {posted}"


def _usd(value: float | None) -> str:
    return "unknown" if value is None else f"{value:,.0f}"


def _coins(value: float | None) -> str:
    return (
        "unknown" if value is None else f"{value:,.8f}".rstrip("0").rstrip(".") if abs(value) < 1e6 else f"{value:,.2f}"
    )


def _price(value: float | str | None) -> str:
    if value is None or isinstance(value, str):
        return value or "unknown"
    return f"{value:,.2f}" if value >= 100 else f"{value:,.8g}"


def _share(value: float | str | None) -> str:
    if value is None or isinstance(value, str):
        return value or "-"
    return f"{100 * value:.1f} %"
