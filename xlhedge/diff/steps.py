"""The way from one portfolio to another: one group of inputs after the other is taken from the new one.

What is between the two is put together from checked values; it is reckoned and never written or shown. An asset that only
the new one has comes with its price in the step holdings, its positions come in the step positions with the facts of their
contracts. The positions of an asset that is gone stay until that step.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from ..contracts import FactTable
from ..contracts.tables import EVERY, symbol_key
from ..portfolio import Holding, Portfolio
from ..portfolio.assemble import NO_SETS, Kept
from ..portfolio.fields import ASSET_COLUMNS, SETTING_FIELDS, SettingValues
from ..portfolio.positions import Position, same_coin
from .groups import OF_CONTRACTS, PRICE_SETTINGS

OF_THE_ASSET = ("asset", *(name for name in ASSET_COLUMNS if name not in ("portfolio", "asset", "coins")))
OF_FACTS = ("Contracts", "Tiers")
"""Sheets whose texts belong to the facts of contracts."""
LISTS = tuple(field.name for field in SETTING_FIELDS.values() if field.kind == "numbers")
"""Settings that no figure of a plan follows: the rows and columns of tables."""


def steps(old: Portfolio, new: Portfolio) -> list[Portfolio]:
    """The old portfolio, then with one group after the other as in the new one, which is the last."""
    new = _plain(new, new.settings)
    begin = _plain(old, new.settings)._replace(name=new.name)
    prices = _with_prices(begin, new)
    holdings = _with_holdings(prices, new)
    positions = _with_positions(holdings, new)
    return [begin, prices, holdings, positions, positions._replace(settings=new.settings), new]


def _plain(portfolio: Portfolio, settings: SettingValues) -> Portfolio:
    """A portfolio with no more than its figures rest on, so that all of the way can be computed together."""
    beside = {name: getattr(settings, name) for name in LISTS} | {"scenario_asset": None}
    return portfolio._replace(
        settings=replace(portfolio.settings, **beside), stress=None, sets=NO_SETS, kept=_kept(portfolio)
    )


def _kept(portfolio: Portfolio) -> Kept:
    return {sheet: texts for sheet, texts in portfolio.kept.items() if sheet in OF_FACTS}


def by_asset(portfolio: Portfolio) -> dict[str, Holding]:
    """The holdings by the names of their assets in upper case."""
    return {holding.values.asset.upper(): holding for holding in portfolio.holdings}


def by_name(portfolio: Portfolio) -> dict[str, Position]:
    """The positions by what tells them apart, in lower case: asset, contract and account."""
    return {position.name.lower(): position for position in portfolio.positions}


def _taken(values, other, names: Iterable[str]):
    """Values with some of them as others have them."""
    return replace(values, **{name: getattr(other, name) for name in names})


def _with_prices(old: Portfolio, new: Portfolio) -> Portfolio:
    held, open_now = by_asset(new), by_name(new)
    holdings = [
        holding._replace(values=_taken(holding.values, held[asset].values, ("price",))) if asset in held else holding
        for asset, holding in by_asset(old).items()
    ]
    moves = {
        same_coin(now.values.asset): now.values.price / before.values.price
        for before, now in zip(old.holdings, holdings)
    }
    positions = []
    for name, position in by_name(old).items():
        values, there = position.values, open_now.get(name)
        if there:
            values = _taken(values, there.values, ("mark", "funding_rate"))
        elif values.mark is not None:  # which nothing tells any more: it keeps its premium
            values = replace(values, mark=values.mark * moves.get(position.coin, 1.0))
        positions.append(position._replace(values=values))
    settings = _taken(old.settings, new.settings, PRICE_SETTINGS)
    return _placed(old._replace(settings=settings), holdings, positions)


def _with_holdings(old: Portfolio, new: Portfolio) -> Portfolio:
    held, hedged = by_asset(new), {position.values.asset.upper() for position in old.positions}
    gone = [
        holding._replace(values=replace(holding.values, coins=0.0, target_weight=None, hedge_ratio=None))
        for asset, holding in by_asset(old).items()
        if asset not in held and asset in hedged
    ]
    return _placed(old, [*new.holdings, *gone], old.positions)


def _with_positions(old: Portfolio, new: Portfolio) -> Portfolio:
    before = by_name(old)
    positions = [
        position._replace(values=_taken(position.values, before[name].values, OF_CONTRACTS))
        if name in before
        else position
        for name, position in by_name(new).items()
    ]
    contracts = _with_facts(old.contracts, new.contracts, *(_named(each) for each in (old, new)))
    return _placed(old._replace(contracts=contracts), new.holdings, positions)


def _placed(portfolio: Portfolio, holdings: Iterable[Holding], positions: Iterable[Position]) -> Portfolio:
    """A portfolio with these holdings and positions, each at the place of its asset and with what is told of that."""
    held = tuple(holdings)
    places = {holding.values.asset.upper(): place for place, holding in enumerate(held)}
    found = []
    for position in positions:
        place = places[position.values.asset.upper()]
        values = _taken(position.values, held[place].values, OF_THE_ASSET)
        found.append(position._replace(values=values, holding=place))
    return portfolio._replace(holdings=held, positions=tuple(found))


Named = Mapping[str, set[str]]
"""Contracts and series by venue, as they are compared."""


def _named(portfolio: Portfolio) -> Named:
    """The contracts that the positions of a portfolio name, and the series of dated ones."""
    found: dict[str, set[str]] = {}
    for position in portfolio.positions:
        if position.hedge.venue:
            names = {symbol_key(position.hedge.symbol), symbol_key((position.hedge.series or "").partition(" ")[2])}
            found.setdefault(position.hedge.venue, set()).update(names - {""})
    return found


def _with_facts(old: FactTable | None, new: FactTable | None, before: Named, now: Named) -> FactTable | None:
    """The old facts, with the new ones of contracts that only the new portfolio names."""

    def is_new(fact) -> bool:
        if fact.symbol == EVERY:
            return fact.venue in now and fact.venue not in before
        key = symbol_key(fact.symbol)
        return key in now.get(fact.venue, ()) and key not in before.get(fact.venue, ())

    kept = [fact for fact in (old.facts if old else ()) if not is_new(fact)]
    come = [fact for fact in (new.facts if new else ()) if is_new(fact)]
    if not come and (old is None or len(kept) == len(old.facts)):
        return old
    return FactTable(new.name if old is None else old.name, (*kept, *come))
