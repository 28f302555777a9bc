"""What the columns are called in tables of holdings that other programs write, and which of ours each of them is.

Trackers, exchanges and banks call one thing by many names. A column of our own name is what it is; another stands for it only
where ours is not there, and that is said. What is here in lower case is a header without its unit.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from ..errors import Unreadable
from ..portfolio.fields import DOLLARS, HOLDING_FIELDS, POSITION_COLUMNS
from ..portfolio.tables import normal_name
from ..portfolio.numerals import CURRENCIES, SIGNS

ASSET, COINS, PRICE, VALUE, EACH, ALL, TARGET, PRESENT, QUOTE, PLACE, DATE, TYPE, PART, NAME, IDLE = (
    "asset", "coins", "price", "value", "cost_basis", "cost", "target_weight", "present", "quote", "place", "date", "type",
    "part", "name", "idle",
)  # fmt: skip
"""What a column can be: value and cost are of all coins, present is the share that is held now, quote the currency of the
prices, place where coins lie, part some of the coins, name that of a coin; idle is never needed."""

_NAMES = {
    ASSET: (
        "symbol ticker code coin_symbol asset_symbol asset_code currency_code ticker_symbol kürzel",
        "coin token crypto cryptocurrency crypto_asset digital_asset asset_type",
        "currency währung",
        "name coin_name asset_name currency_name bezeichnung",
    ),
    COINS: (
        "quantity amount balance holdings holding units coins_owned coins_held total_quantity total_amount total_balance "
        "total_holdings quantity_owned amount_owned quantity_held amount_held coin_amount coin_balance asset_balance "
        "asset_amount crypto_amount balance_quantity current_balance closing_balance ending_balance anzahl stück stückzahl "
        "menge bestand guthaben",
        "total gesamt",
        "qty count shares tokens number_of_coins",
        "equity total_equity wallet_balance margin_balance",
    ),
    PRICE: (
        "current_price last_price market_price price_per_coin price_per_unit unit_price spot_price latest_price coin_price "
        "live_price asset_price last kurs preis aktueller_kurs marktpreis",
    ),
    VALUE: (
        "value market_value total_value current_value holdings_value holding_value balance_value position_value worth total_worth "
        "fiat_value net_value current_market_value usd wert gesamtwert marktwert kurswert",
        "total gesamt",
    ),
    EACH: (
        "avg_cost average_cost avg_buy_price average_buy_price avg_price average_price avg_purchase_price "
        "average_purchase_price buy_price purchase_price cost_per_coin cost_per_unit unit_cost average_cost_basis "
        "avg_cost_basis cost_basis_per_coin entry_price average_buy avg_open average_open avg_open_price average_open_price einstandskurs einstandspreis kaufkurs durchschnittskurs",
    ),
    ALL: (
        "total_cost total_cost_basis cost total_invested invested amount_invested purchase_value acquisition_cost "
        "einstandswert kaufwert",
    ),
    TARGET: (
        "target target_allocation target_share target_percent target_percentage target_pct target_ratio goal goal_weight "
        "desired_allocation ziel zielgewicht zielanteil",
    ),
    PRESENT: (
        "allocation weight percentage percent_of_portfolio share_of_portfolio portfolio_share current_allocation "
        "current_weight of_portfolio anteil",
    ),
    QUOTE: ("price_currency quote_currency value_currency fiat_currency fiat base_currency currency währung",),
    PLACE: (
        "wallet wallet_name exchange exchange_name account_name location platform network chain blockchain source depot "
        "custodian product subaccount storage börse",
    ),
    DATE: ("date time datetime timestamp date_time utc_time time_utc date_utc created_at snapshot_date as_of datum zeit",),
    TYPE: ("type side operation action buy_sell art direction",),
    PART: (
        "available available_balance available_amount free in_order in_orders locked frozen on_hold hold reserved staked "
        "staking in_use unavailable earn verfügbar gesperrt",
    ),
    IDLE: ("p_l g_l pl nr no status description number row index in_out",),
}  # fmt: skip
RANKS = {role: tuple(frozenset(names.split()) for names in ranks) for role, ranks in _NAMES.items()}
"""The names of each role, those that are meant first before the others."""
IDLE_WORDS = frozenset(
    "change 24h 1h 7d 30d 1y ytd pnl profit loss gain gains return returns roi roe rank icon logo image cap volume note notes "
    "comment comments updated update ath atl supply apy apr sparkline link url uuid id isin wkn color favorite favourite tag tags "
    "category sector class aclass performance realized realised unrealized unrealised gewinn verlust veränderung rendite notiz bemerkung "
    "open high low days commission".split()
)
"""Words of columns that every tracker has and no hedge needs."""
OF_ALL = frozenset(("portfolio", "of_portfolio", "holdings", "of_holdings", "of_total", "share", "of_assets"))
"""What a column in % is the share of that an asset has now."""
DATES = frozenset(("date", "time", "datetime", "timestamp", "datum"))
TYPES = frozenset(("type", "side", "operation", "action", "direction", "art"))
"""Words of columns that say when and what a transaction was."""
IDS = frozenset(("txid", "tx_hash", "transaction_id", "refid", "trade_id", "order_id", "tx_id", "hash"))
"""Columns that only a list of transactions has."""
KINDS = "buy sell deposit withdraw trade receive send transfer fee reward kauf verkauf einzahlung funding".split()
"""What the rows of a list of transactions are called, or contain."""
IN_PERCENT = {COINS: PRESENT, VALUE: PRESENT, PRICE: IDLE, EACH: IDLE, ALL: IDLE}
"""What a column in % is that would otherwise be coins or money: the share of them that is held now, or a change."""
REMARKS = frozenset(("note", "notes", "comment", "comments", "remark", "remarks", "bemerkung"))
"""Columns of words beside the holdings."""
NEEDED = {ASSET: "asset", COINS: "coins", PRICE: "price", EACH: "cost_basis", TARGET: "target_weight"}
"""Our columns that others stand for."""


_COIN = re.compile(r"[(\[]\s*([A-Z][A-Z0-9]{1,9})\s*[)\]]")


class Title(NamedTuple):
    """A header as it is written, its name without a unit, and its unit in capitals, "" for none."""

    text: str
    name: str
    unit: str


class Columns(NamedTuple):
    """The roles of the columns by their places, "" for one that is not known; `read` are the places of those that are read."""

    titles: tuple[Title, ...]
    roles: tuple[str, ...]
    read: dict[str, int]

    def texts(self, *roles: str) -> list[str]:
        """The headers of the columns of some roles that are not read."""
        taken = self.read.values()
        return [t.text for i, (t, role) in enumerate(zip(self.titles, self.roles)) if role in roles and i not in taken]

    def words_at(self) -> list[int]:
        """The places of the columns of names, places, types and remarks."""
        return [
            i
            for i, (each, role) in enumerate(zip(self.titles, self.roles))
            if role in (NAME, PLACE, TYPE) or each.name in REMARKS
        ]


def title(cell: object) -> Title:
    """A header taken apart: Price (USD), Price USD, USD price and Price in USD are all a price in USD."""
    text = "" if cell is None else " ".join(str(cell).split())
    before, bracket, inside = re.fullmatch(r"([^(\[]*)([(\[]?)(.*)", text).groups()
    words = re.findall(r"US\$|[^\W_]+|[%$€£¥₿]", before, re.UNICODE)
    unit = _unit(re.split(r"[\s/)\]]", inside.strip())[0]) if bracket else ""
    if words[1:] and (last := _unit(words[-1])):
        words, unit = words[:-1], last
        words = words[:-1] if words[-1].lower() == "in" and words[1:] else words
    elif words[1:] and (first := _unit(words[0])):
        words, unit = words[1:], first
    name = "_".join(words).lower()
    return Title(text, name if name else normal_name(cell), unit)


def _unit(word: str) -> str:
    """The code of a currency, % for a percentage, or "" for any other word."""
    code = SIGNS.get(word.upper(), word.upper())
    if code in ("%", "PERCENT", "PCT", "PROZENT"):
        return "%"
    return code if code in CURRENCIES else ""


def coin_of(each: Title) -> str:
    """The coin that a header names beside what it holds, such as BTC in Amount (BTC); "" for none."""
    told = _COIN.search(each.text)
    return told[1] if told else each.unit if each.unit in ("BTC", "SATS") else ""


def is_header(cells: Iterable[object]) -> bool:
    """Whether a row names, in any of their names, the asset and its coins, or its value, and holds no number."""
    cells = [cell for cell in cells if cell is not None]
    if not all(isinstance(cell, str) for cell in cells):
        return False
    titles = [title(cell) for cell in cells]
    return _has(titles, ASSET) and any(_has(titles, role) for role in (COINS, VALUE, PART))


def is_list(cells: Iterable[object]) -> bool:
    """Whether a row names the columns of a list of transactions: when each was, and what."""
    names = [{*title(cell).name.split("_")} for cell in cells if isinstance(cell, str)]
    return any(DATES & words for words in names) and any(TYPES & words for words in names)


def _has(titles: Sequence[Title], role: str) -> bool:
    return any(each.name == role or any(each.name in rank for rank in RANKS[role]) for each in titles)


def columns(file: str, header: Sequence[object], rows: Sequence[Sequence[object]]) -> Columns:
    """What the columns of a table are; Unreadable where two may be one, or what is needed is in another currency."""
    titles = tuple(map(title, header))
    names = {each.name for each in titles}
    roles, money = [_role(each, names) for each in titles], []
    for i, each in enumerate(titles):
        if roles[i] == COINS != each.name and (each.unit in CURRENCIES - {"BTC"} or _holds_money(rows, i)):
            roles[i], money = VALUE, [*money, i]
    _refuse_transactions(file, titles, roles, rows)
    read = {}
    for role in (ASSET, COINS, PRICE, VALUE, EACH, ALL, TARGET, PRESENT, QUOTE, DATE):
        found = _chosen(file, role, titles, roles, rows)
        if found is not None:
            read[role] = found
        if role == ASSET:
            roles = [_quote_or(each, titles[i], i == found) for i, each in enumerate(roles)]
    roles = [_settled(i, role, read, titles) for i, role in enumerate(roles)]
    if COINS not in read and PART in roles:
        parts = " and ".join(titles[i].text for i, role in enumerate(roles) if role == PART)
        raise Unreadable(file, f"has only parts of the coins ({parts}): add a column coins with all of them")
    if COINS not in read and money:
        each = titles[money[0]]
        such = next((f" (such as {cell})" for cell in _column(rows, money[0]) if cell is not None), "")
        raise Unreadable(
            file, f"column {each.text} is an amount of money{such}, and no column tells the coins: add a column coins"
        )
    return Columns(titles, tuple(roles), read)


def _role(each: Title, names: Collection[str]) -> str:
    """The role of a column by its name alone, and by the names of all columns."""
    name, has_position = each.name, bool({"venue", "contract", "face", "entry"} & {*names})
    if name == "account" and not has_position:
        return PLACE
    if each.unit == "%" and name in OF_ALL:
        return PRESENT
    if name == "qty" and not has_position and "coins" not in names:
        return COINS
    if name in HOLDING_FIELDS:
        return name
    found = next((role for role, ranks in RANKS.items() if any(name in rank for rank in ranks)), "")
    if each.unit == "%" and found in IN_PERCENT:
        return IN_PERCENT[found]
    return found or (IDLE if IDLE_WORDS & {*name.split("_")} else "")


def _quote_or(role: str, each: Title, is_asset: bool) -> str:
    """The role of a column beside that of the asset: a currency there is that of the prices."""
    return QUOTE if role == ASSET and not is_asset and each.name in RANKS[QUOTE][0] else role


def _holds_money(rows: Sequence[Sequence[object]], at: int) -> bool:
    """Whether a cell of a column begins with a sign of a currency."""
    signs = ("$", "€", "£", "US$")
    return any(isinstance(cell, str) and cell.startswith(signs) for cell in _column(rows, at))


def _column(rows: Iterable[Sequence[object]], at: int) -> Iterator[object]:
    return (cells[at] for cells in rows if at < len(cells))


def _chosen(
    file: str, role: str, titles: Sequence[Title], roles: Sequence[str], rows: Sequence[Sequence[object]]
) -> int | None:
    """The place of the column that is read for a role; None where there is none."""
    own = NEEDED.get(role)
    places = [i for i, each in enumerate(roles) if each == role]
    proper = [i for i in places if titles[i].name == own]
    if not places and role == VALUE:  # Total, beside what is the coins
        places = [i for i, each in enumerate(titles) if each.name in RANKS[VALUE][1] and roles[i] == COINS]
        places = places if len([each for each in roles if each == COINS]) > 1 else []
    if role in (PRICE, VALUE, EACH, ALL):
        in_dollars = [i for i in places if titles[i].unit in ("", *DOLLARS)]
        if places and not in_dollars:
            _refuse_currency(file, role, titles, roles, places[0])
            return None
        places, proper = in_dollars, [i for i in proper if i in in_dollars]
    if proper:
        return proper[0]  # twice is told with the other mistakes of the header
    for rank in RANKS.get(role, ()):
        alike = [i for i in places if titles[i].name in rank]
        if alike:
            _refuse_two(file, role, alike, titles, rows)
            return alike[0]
    return places[0] if places else None


def _refuse_two(file: str, role: str, alike: Sequence[int], titles: Sequence[Title], rows: Sequence) -> None:
    """Refuse two columns that may be one of ours and do not hold the same."""
    held = [[cells[i] if i < len(cells) else None for cells in rows] for i in alike]
    if role in (*NEEDED, VALUE) and any(each != held[0] for each in held):
        which = " and ".join(titles[i].text for i in alike)
        called = NEEDED.get(role, "value (USD)")
        raise Unreadable(file, f"columns {which} may both be {called}: call the one that is meant {called}")


def _refuse_currency(file: str, role: str, titles: Sequence[Title], roles: Sequence[str], at: int) -> None:
    """Refuse prices, or values without a price, that are all in another currency; those in a coin are told beside others."""
    others = [i for i, each in enumerate(roles) if each == (VALUE if role == PRICE else PRICE)]
    has_dollars = any(titles[i].unit in ("", *DOLLARS) for i in others)
    each = titles[at]
    if role in (PRICE, VALUE) and not has_dollars and each.unit not in ("BTC", "SATS"):
        raise Unreadable(
            file,
            f"column {each.text} is in {each.unit}, and prices are in USD: export it in USD, or multiply it by the USD price "
            f"of {each.unit} and call it {role} (USD)",
        )


def _refuse_transactions(file: str, titles: Sequence[Title], roles: Sequence[str], rows: Sequence) -> None:
    """Refuse a list of transactions, which holds no holdings."""
    words = [
        {*each.name.split("_")} if role not in (ASSET, *HOLDING_FIELDS) else set() for each, role in zip(titles, roles)
    ]
    dates, types = ([i for i, each in enumerate(words) if each & told] for told in (DATES, TYPES))
    signs = [i for i, each in enumerate(titles) if each.name in IDS or each.name.startswith(("sent_", "received_"))]
    met = {str(cells[i]).lower() for cells in rows for i in types if i < len(cells)} if dates else ()
    is_kind = any(kind in word for word in met for kind in KINDS)
    if dates and (signs or types and (is_kind or ASSET not in roles)):
        which = ", ".join(titles[i].text for i in sorted({*dates, *types, *signs}))
        raise Unreadable(
            file, f"is a list of transactions (columns {which}), not of holdings: give it to xlhedge import"
        )


def _settled(at: int, role: str, read: dict[str, int], titles: Sequence[Title]) -> str:
    """The role of a column once those that are read are known, "" for one that is none of ours."""
    each = titles[at]
    if at in read.values():
        return next(told for told, place in read.items() if place == at)
    if role == each.name and role in HOLDING_FIELDS:
        return IDLE if role in (PRICE, EACH) and each.unit not in ("", *DOLLARS) else role
    if role == ASSET:
        return NAME if COINS in read else ""
    if role in NEEDED:
        return IDLE
    return role


def is_position(roles: Iterable[str]) -> bool:
    """Whether columns of positions are among the roles."""
    return bool({*POSITION_COLUMNS} & {*roles})


def standing_for(found: Columns) -> Iterator[str]:
    """What is to be said of the columns that stand for ours."""
    for role, at in found.read.items():
        each = found.titles[at]
        if role in NEEDED and normal_name(each.text) != NEEDED[role]:
            yield f"{each.text} as {NEEDED[role]}"
