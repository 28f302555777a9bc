"""What every format needs: texts of an export to numbers, times and contracts, and the frame of a ledger's rows."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import TYPE_CHECKING

from ..contracts import FactTable, RefusedContractError, contract, spec
from ..contracts.tables import symbol_key
from ..errors import counted, InputError, NotAvailableError, Unreadable
from ..portfolio.mistakes import RowError, RowErrors
from .entry import COLUMNS, WITNESS, Told

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

BLANKS = ("", "-", "--", "null", "Null", "NULL", "none", "None", "NONE", "n/a", "N/A")
"""How exports write that there is nothing."""
SATOSHIS = 1e8
"""The satoshi of a coin: what is whole in them is divided by so many, which gives the nearest number."""

_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", re.ASCII)
_WITH_UNIT = r"^\s*([+-]?[\d.,]+(?:[eE][+-]?\d+)?)?\s*([A-Za-z][A-Za-z0-9]*)?\s*$"
_OFFSET = re.compile(r"UTC\s*(?:([+-])\s*(\d{1,2})(?::?(\d\d))?)?\s*$", re.IGNORECASE)

OTHER_KINDS = {
    "coin-sized": "contracts sized in coins",
    "quanto": "quanto contracts",
    "other-currency": "contracts in another currency than USD",
    "usd-settled": "contracts settled in USD",
    "none": "contracts that are not inverse",
}
"""How what is left out is told, by the kind that the tables of contracts give."""
LINEAR, OPTIONS = "linear contracts", "options"
MONEY = ("USD", "USDT", "USDC", "BUSD", "FDUSD", "TUSD", "USDE", "DAI", "EUR")
"""Currencies that no inverse contract is settled in."""
_LINEAR = re.compile(rf"^P[FV]_|({'|'.join(MONEY[1:])})M?(\d{{6}}|\d{{1,2}}[A-Z]{{3}}\d\d)?$", re.ASCII)
_OPTION = re.compile(r"-\d+(D\d+)?-[CP](-[A-Z]+)?$", re.ASCII)


@lru_cache(maxsize=4096)
def exported_name(cell: str) -> str:
    """A header by its normal name: small letters and digits, _ for whatever is between them.

    "Filled Qty (Cont.)" is filled_qty_cont, "Realized P&L" is realized_p_l, "Time(UTC)" is time_utc.
    """
    return re.sub(r"[^a-z0-9]+", "_", cell.lower()).strip("_")


def refuse(told: Told, column: "pd.Series", wrong: "pd.Series", rule: str) -> None:
    """Raise the mistakes of a column, one for each row that is wrong; nothing where none is."""
    if wrong.any():
        name = str(column.name)
        raise RowErrors([RowError(told.file, int(row), name, value, rule) for row, value in column[wrong].items()])


def is_blank(column: "pd.Series") -> "pd.Series":
    """Which cells of a column hold nothing, or a sign that stands for nothing."""
    return column.isin(BLANKS)


def small(column: "pd.Series") -> "pd.Series":
    """The words of a column in small letters; each different one is looked at once."""
    return column.map({word: word.lower() for word in column.unique()})


def numbers(column: "pd.Series", told: Told, needed: bool = False) -> "pd.Series":
    """The numbers of a column of texts; NaN for a blank one, which is a mistake where a number is needed.

    Commas between groups of three digits are thousands where that is plain; a decimal comma is refused.
    """
    import numpy as np
    import pandas as pd

    text, blank = column, is_blank(column)
    if needed:
        refuse(told, column, blank, "must be a number")
    found = pd.Series(_floats(text.mask(blank, "nan")), column.index, name=column.name)
    odd = found.isna() & ~blank
    if odd.any():
        grouped = odd & text.map(lambda cell: bool(_THOUSANDS.fullmatch(cell)))
        plain = text.str.contains(".", regex=False) | (text.str.count(",") > 1)
        unclear = grouped & ~plain & (not plain.any())
        refuse(told, column, unclear, "may have a comma for thousands or for decimals: write it without")
        found[grouped] = _floats(text[grouped].str.replace(",", ""))
    wrong = ~blank & ~np.isfinite(found)
    refuse(told, column, wrong, "must be a plain number such as 1234.5, with a point for decimals")
    return found


def _floats(text: "pd.Series") -> "pd.Series":
    """The nearest float of each text; NaN where it is no number."""
    import numpy as np

    try:
        if "_" not in "".join(text):
            return text.to_numpy(dtype=object).astype(float)
    except ValueError:
        pass
    return np.array([_float(cell) for cell in text], dtype=float)


def _float(cell: str) -> float:
    try:
        return float("nan") if "_" in cell else float(cell)
    except ValueError:
        return float("nan")


def with_units(column: "pd.Series", told: Told) -> "tuple[pd.Series, pd.Series]":
    """The numbers of a column such as "0.29528919 USDC", and their units in capitals, "" where there is none."""
    parts = column.where(~is_blank(column), "").str.extract(_WITH_UNIT)
    wrong = parts[0].isna() & ~is_blank(column)
    refuse(told, column, wrong, "must be a number with its unit, such as 0.5 BTC")
    return numbers(parts[0].fillna("").rename(column.name), told), parts[1].fillna("").str.upper()


def positive(found: "pd.Series", column: "pd.Series", told: Told) -> "pd.Series":
    """The numbers of a column, each of which must be above 0."""
    refuse(told, column, ~(found > 0), "must be a number > 0")
    return found


def above_zero(column: "pd.Series", told: Told) -> "pd.Series":
    """The numbers of a column, each of which must be there and above 0."""
    return positive(numbers(column, told, needed=True), column, told)


def choices(column: "pd.Series", told: Told, meanings: Mapping[str, object], needed: bool = True) -> "pd.Series":
    """What each word of a column stands for, in any case of letters; a word that is none of them is a mistake."""
    words = small(column)
    wrong = ~words.isin(list(meanings))
    if not needed:
        wrong &= ~is_blank(column)
    refuse(told, column, wrong, f"must be one of {', '.join(meanings)}")
    return words.map(meanings)


ISO = "ISO8601"
DOTTED = ("%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M")
"""How Excel saves a time where days come first."""
ISO_SECONDS, ISO_SECONDS_AS = "2026-01-10 11:00:00", "%Y-%m-%d %H:%M:%S"


def times(column: "pd.Series", told: Told, layouts: Sequence[str] = (ISO,), zone: tzinfo | None = None) -> "pd.Series":
    """The times of a column in UTC.

    `layouts` are tried in turn on what is not read yet, as strptime spells them, or ISO for 2026-01-10 11:00:00 and its
    like. A time without an offset is in `zone`, or in that of the file. What is no time, or falls into the hour that clocks
    skip, is a mistake; of an hour that they go through twice, the second is known by the order of the rows alone.
    """
    import pandas as pd

    text, zone = column, zone or told.zone
    found = pd.Series(pd.NaT, column.index, dtype="datetime64[us, UTC]", name=column.name)
    if ISO in layouts and {*map(len, text)} == {len(ISO_SECONDS)}:
        layouts = (ISO_SECONDS_AS, *layouts)
    if ISO in layouts and text.str.match(r"\d\d?\.\d\d?\.\d{4} ", na=False).any():
        layouts = (*layouts, *DOTTED)
    for layout in layouts:
        if not (open_ := found.isna()).any():
            break
        if layout == ISO:
            dated = open_ & text.str.match(r"\d{4}-\d\d-\d\d", na=False)
            offset = dated & text.str.contains(r"\d(?:Z|UTC| UTC|[+-]\d\d:?\d\d)$", na=False)
            told_by_row = pd.to_datetime(
                text[offset].str.replace(r" ?UTC$", "Z", regex=True), format=ISO, errors="coerce", utc=True
            )
            found[offset] = told_by_row.dt.as_unit("us")
            open_ = dated & ~offset
        local = pd.to_datetime(text[open_], format=layout, errors="coerce").dt.as_unit("us")
        if len(local):
            found[open_] = _in_utc(local, zone, column, told)
    refuse(told, column, found.isna(), "must be a time such as 2026-01-10 11:00:00")
    return found


_DATED = r"^(\d{1,2})([/.])(\d{1,2})\2(\d{4}),? *(\d.*)$"
AMERICAN = "%m/%d/%Y, %I:%M:%S %p"
AS_BROWSERS_WRITE = ("%Y-%m-%d %I:%M:%S %p", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M")
NOT_BOTH = "must not have the day and the month the other way round than other times of the file"
UNCLEAR = "may have the day or the month first, and no time of the file tells which"


class UnclearDatesError(RowErrors):
    """Times of which nothing read so far tells whether the day or the month stands first."""


def browser_times(column: "pd.Series", told: Told) -> "pd.Series":
    """The times, in UTC, of a column that a browser wrote in its own country's way, such as 1/26/2020, 6:32:04 PM.

    With points the day stands first. With slashes a number above 12 tells which is the day, for all of the file; or AM and PM
    in capitals, which the United States write. Raises UnclearDatesError where nothing tells.
    """
    import pandas as pd

    text, known = column, told.day_first or []
    if not "".join(text).isascii():
        text = text.str.replace("[\u00a0\u202f]", " ", regex=True)
    is_american = text.str.endswith(("AM", "PM"))
    if known != [True] and is_american.all():
        local = pd.to_datetime(text, format=AMERICAN, errors="coerce").dt.as_unit("us")
        if len(local) and local.notna().all():
            _tell_order(told, False)
            return _in_utc(local, told.zone, column, told)
    parts = text.str.extract(_DATED)
    first, second = (parts[place].astype(float) for place in (0, 2))
    slashes = parts[1] == "/"
    day_first, month_first = slashes & (first > 12), slashes & (second > 12)
    refuse(told, column, day_first & (month_first.any() or known == [False]), NOT_BOTH)
    refuse(told, column, month_first & (known == [True]), NOT_BOTH)
    unclear = slashes & ~is_american
    if day_first.any():
        _tell_order(told, True)
    elif month_first.any() or (slashes & is_american).any():
        _tell_order(told, False)
    elif unclear.any() and not known:
        name = str(column.name)
        raise UnclearDatesError(
            [RowError(told.file, int(row), name, cell, UNCLEAR) for row, cell in column[unclear].items()]
        )
    begins_with_day = (parts[1] == ".") | bool(day_first.any() or known == [True])
    day, month = first.where(begins_with_day, second), second.where(begins_with_day, first)
    sound = day.between(1, 31) & month.between(1, 12)
    text = text.astype(object).rename(column.name)
    dated = zip(parts[3][sound], month[sound], day[sound], parts[4][sound].str.upper())
    text[sound] = [f"{year}-{month:02.0f}-{day:02.0f} {hour}" for year, month, day, hour in dated]
    return times(text, told, (*AS_BROWSERS_WRITE, ISO))


def _tell_order(told: Told, day_first: bool) -> None:
    """Keep what a time has told, for the rows of the file that do not."""
    if told.day_first is not None:
        told.day_first[:] = [day_first]


def microseconds(times: "pd.Series") -> "np.ndarray":
    """Times of a ledger as whole microseconds since 1970."""
    return times.astype("int64").to_numpy()


def _in_utc(local: "pd.Series", zone: tzinfo, column: "pd.Series", told: Told) -> "pd.Series":
    """Local times, NaT among them, in UTC."""
    if told.local is not None and local.notna().any():
        told.local[:] = [True]
    found = local.dt.tz_localize(zone, ambiguous="NaT", nonexistent="NaT")
    lost = local[found.isna() & local.notna()]
    if len(lost):
        summer = [True] * len(lost)
        first = lost.dt.tz_localize(zone, ambiguous=summer, nonexistent="NaT")
        gone = first.isna().reindex(column.index, fill_value=False)
        refuse(told, column, gone, f"does not exist in {zone}, where clocks were put forward: is it another zone?")
        known = local.dropna()
        walk = lost if known.iloc[0] <= known.iloc[-1] else lost[::-1]
        is_second = (
            walk.groupby(walk.dt.date).transform(lambda each: (each.diff() < timedelta(0)).cummax()).astype(bool)
        )
        second = lost.dt.tz_localize(zone, ambiguous=[False] * len(lost), nonexistent="NaT")
        found[lost.index] = first.where(~is_second.reindex(lost.index), second)
    return found.dt.tz_convert("UTC")


def zone_of(text: str) -> tzinfo | None:
    """The zone that a text ends in, such as "Time Zone:UTC+3" or "Time(UTC+08:00)"; None where it tells none."""
    told = _OFFSET.search(text.strip().rstrip(")"))
    if not told:
        return None
    sign, hours, minutes = told.groups()
    ahead = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    return timezone(-ahead if sign == "-" else ahead) if ahead else UTC


def zone_in(name: str) -> tzinfo | None:
    """The zone that the name of a file tells in brackets, such as Trade-History(UTC+3).csv or (UTC--6); None where it tells none."""
    told = re.search(r"\(UTC-?([+-][\d:]+)?\)", name, re.IGNORECASE)
    return zone_of("UTC" + (told[1] or "")) if told else None


def times_of(frame: "pd.DataFrame", told: Told, begins: str) -> "pd.Series":
    """The times in UTC of the column whose name begins so: exports put their zone behind it."""
    name = next((name for name in frame if str(name).startswith(begins)), None)
    if name is None:
        raise Unreadable(told.file, f"has no column of times that begins with {begins}")
    return times(frame[name], told)


def accounts(frame: "pd.DataFrame", told: Told, name: str = "uid") -> "pd.Series | str":
    """The account of each row by a column of the export, that of the file where it is blank or there is no such column."""
    return frame[name].str.strip().mask(is_blank(frame[name]), told.account) if name in frame else told.account


def listed(symbols: "pd.Series", venue: str, told: Told) -> "pd.DataFrame":
    """Look up the contract of each row: its name in the tables, its face [USD], its coin, and why it is left out.

    `left_out` is "" for an inverse contract, else the reason with the symbol, such as "linear contracts (BTCUSDT)". A
    contract that no table knows is a mistake.
    """
    import pandas as pd

    spelt = symbols
    found = {symbol: _looked_up(venue, symbol, told.contracts) for symbol in spelt.unique()}
    for symbol, (_, _, _, _, rule) in found.items():
        if rule:
            refuse(told, symbols, spelt == symbol, rule)
    columns = {
        name: spelt.map({symbol: record[place] for symbol, record in found.items()})
        for place, name in enumerate(("contract", "face", "coin", "left_out"))
    }
    texts = dict.fromkeys(("contract", "coin", "left_out"), object)
    return pd.DataFrame(columns, index=symbols.index).astype(texts | {"face": float})


@lru_cache(maxsize=4096)
def _looked_up(venue: str, symbol: str, table: FactTable | None) -> tuple[str, float, str, str, str]:
    """The contract, face, coin and reason to leave out of a symbol, and the rule that it breaks."""
    try:
        known = contract(venue, symbol, table=table)
        return known.symbol, known["face"], known["coin"], "", ""
    except RefusedContractError as error:
        kind = _kind(venue, symbol, table)
        if kind == "none" and (reason := by_its_name(symbol)):
            kind = reason
        return symbol, float("nan"), "", f"{OTHER_KINDS.get(kind, kind) or error} ({symbol})", ""
    except (NotAvailableError, InputError) as error:
        if reason := by_its_name(symbol):
            return symbol, float("nan"), "", f"{reason} ({symbol})", ""
        return symbol, float("nan"), "", "", str(error)


def _kind(venue: str, symbol: str, table: FactTable | None) -> str:
    try:
        return str(spec(venue, symbol, "kind", table=table))
    except (NotAvailableError, InputError):
        return "none"


def by_its_name(symbol: str) -> str:
    """What a symbol that no table has is by its name, where it is no inverse contract."""
    if _OPTION.search(symbol.upper()):
        return OPTIONS
    bare = symbol.upper() if symbol.upper().startswith(("PF_", "PV_")) else symbol_key(symbol)
    return LINEAR if _LINEAR.search(bare) else ""


def other_coins(units: "pd.Series", coins: "pd.Series") -> tuple[str, ...]:
    """What is told of fees in another coin than that of the contract: they are not counted."""
    other = units[(units != "") & (units != coins)]
    return tuple(
        f"{counted(count, 'fee')} in {unit}, not in the coin of the contract, {'is' if count == 1 else 'are'} not counted"
        for unit, count in other.value_counts(sort=False).items()
    )


def as_fills(words: "pd.Series") -> list[str]:
    """What is told of trades of other types than are known, by the words of the export: they are taken as fills."""
    return _taken_as("fill", words, "type")


def as_transfers(words: "pd.Series", what: str = "type") -> list[str]:
    """What is told of rows of other types than are known, by the words of the export: they are taken as transfers."""
    return _taken_as("transfer", words, what)


def _taken_as(kind: str, words: "pd.Series", what: str) -> list[str]:
    return [
        f"{counted(count, 'row')} of {what} {word or '(blank)'} {f'is taken as a {kind}' if count == 1 else f'are taken as {kind}s'}"
        for word, count in words.str.strip().value_counts().items()
    ]


def reasons(left_out: "pd.Series") -> dict[str, int]:
    """How many rows are left out for each reason; "" is none."""
    return {str(reason): int(count) for reason, count in left_out[left_out != ""].value_counts(sort=False).items()}


def ledger_rows(told: Told, index: "pd.Index", venue: "str | pd.Series", **columns: object) -> "pd.DataFrame":
    """The rows of a ledger from columns that were worked out, which are series or stand for every row.

    What is not given is blank; `account` is the one of the file unless given, `row` the index.
    """
    import numpy as np
    import pandas as pd

    unknown = [name for name in columns if name not in (*COLUMNS, *WITNESS)]
    assert not unknown, f"a ledger has no columns {unknown}"
    given = {
        "account": told.account,
        "venue": venue,
        "contract": "",
        "id": "",
        "file": told.file,
        "row": index,
    } | columns
    return pd.DataFrame({name: given.get(name, np.nan) for name in (*COLUMNS, *WITNESS)}, index=index)
