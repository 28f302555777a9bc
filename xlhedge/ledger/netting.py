"""Contracts that are held long and short at once, which count as what is left of both: the reason of what differs then."""

from collections.abc import Collection

from .reconcile import UNEXPLAINED, Difference, Reconciliation

NETTED = "long and short at once"
"""How a difference is named that comes of netting: the venue keeps an entry and a profit for each side."""


def named(compared: Reconciliation, netted: Collection[tuple[str, str]]) -> Reconciliation:
    """A reconciliation in which differences of some contracts (venue and name), and of their wallets, have this reason."""
    if not netted:
        return compared
    lines = [
        line._replace(differences=_named(line.differences, line.contract))
        if (line.venue, line.contract) in netted
        else line
        for line in compared.lines
    ]
    held: dict[tuple[str, str, str], str] = {}
    for line in compared.lines:
        if (line.venue, line.contract) in netted:
            held[line.account, line.venue, line.coin] = line.contract
    wallets = [
        wallet._replace(differences=_named(wallet.differences, held[of]))
        if (of := (wallet.account, wallet.venue, wallet.coin)) in held
        else wallet
        for wallet in compared.wallets
    ]
    return compared._replace(lines=tuple(lines), wallets=tuple(wallets))


def _named(differences: tuple[Difference, ...], contract: str) -> tuple[Difference, ...]:
    why = f"{contract} counts as what is left of both sides"
    return tuple(
        each._replace(name=NETTED, why=f"{each.why}; {why}") if each.name == UNEXPLAINED else each
        for each in differences
    )
