"""The figures of every position of a portfolio as plain numbers: what `plan` prints and positions.csv holds."""

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from ..portfolio import Portfolio
from ..portfolio.hedge import OWN
from .grid.sheet import Book

NO_PRICE = "none"


class Figure(NamedTuple):
    """A figure of a position: its key, and the part of the workbook and the column of it that it comes from.

    `kind` is number, price (a number, or "none" where no price liquidates), or text.
    """

    key: str
    part: str
    column: str
    kind: str = "number"


FIGURES = (
    Figure("mark", "positions", "price"), Figure("face", "links", "face"), Figure("contracts", "size", "contracts"), Figure("side", "ticket", "side", "text"),
    Figure("limit", "ticket", "limit"), Figure("effect", "ticket", "effect", "text"), Figure("qty", "size", "qty"),
    Figure("entry", "margins", "entry"), Figure("posted", "margins", "posted"), Figure("required", "margins", "required"),
    Figure("planned", "margins", "planned"), Figure("top_up", "margins", "top_up"), Figure("transfer", "margins", "transfer"),
    Figure("initial", "margins", "initial"), Figure("maintenance", "margins", "maintenance"),
    Figure("margin_ratio", "margins", "ratio"), Figure("liq_above", "margins", "above", "price"),
    Figure("liq_below", "margins", "below", "price"), Figure("liq_above_after_funding", "carry", "above", "price"),
    Figure("liq_below_after_funding", "carry", "below", "price"), Figure("distance", "margins", "distance", "price"),
    Figure("probability", "margins", "probability"), Figure("carries_contracts", "margins", "carried"),
    Figure("carry_expected_usd", "carry", "expected"), Figure("carry_adverse_usd", "carry", "adverse"),
    Figure("basis_usd", "carry", "basis"), Figure("fees_usd", "carry", "fees"), Figure("residual_usd", "size", "goal_qty"),
)  # fmt: skip
OF_THE_ROW = ("asset", "venue", "contract", "kind", "account", "coin", "share", "expiry", "beta")
KEYS = (*OF_THE_ROW, *(figure.key for figure in FIGURES))


class PositionRows:
    """The positions of all portfolios of a book, read from its figures once."""

    def __init__(self, book: Book) -> None:
        self._columns = {figure.key: self._listed(book, figure.part, figure.column) for figure in FIGURES}
        self._trade = self._listed(book, "size", "trade")
        self._posted, self._cross = (
            self._listed(book, "margins", "is_posted"),
            self._listed(book, "account", "is_cross"),
        )

    @staticmethod
    def _listed(book: Book, part: str, column: str) -> list[list]:
        """The values of a column, a list for each portfolio."""
        values = np.asarray(getattr(book.parts[part], column).value)
        rows = book.parts["positions"].count
        return np.broadcast_to(values, (rows, 1, book.count))[:, 0].T.tolist()

    def of(self, portfolio: Portfolio, k: int = 0) -> Iterator[dict[str, object]]:
        """Each position of the k-th portfolio that is open or traded, by KEYS; None is unknown, or nothing that applies."""
        columns = {key: values[k] for key, values in self._columns.items()}
        for i, position in enumerate(portfolio.positions):
            hedge, qty = position.hedge, columns["qty"][i]
            if qty == 0 and self._trade[k][i] == 0:
                continue
            row = {
                "asset": position.values.asset,
                "venue": None if hedge.venue in (None, OWN) else hedge.venue,
                "contract": hedge.symbol,
                "kind": "dated" if hedge.is_dated else "perpetual",
                "account": position.values.account,
                "coin": position.coin,
                "share": position.share,
                "expiry": f"{hedge.expiry:%Y-%m-%d}" if hedge.is_dated else None,
                "beta": position.values.beta,
            }
            row |= {figure.key: _READ[figure.kind](columns[figure.key][i]) for figure in FIGURES}
            row["entry"] = row["entry"] if qty else None
            row["posted"] = row["posted"] if self._posted[k][i] else None
            row["carries_contracts"] = None if self._cross[k][i] else row["carries_contracts"]
            row["fees_usd"] = None if row["fees_usd"] is None else 0.0 - row["fees_usd"]
            row["residual_usd"] = plain_number(round(columns["residual_usd"][i] - qty, 6))
            yield row


def plain_number(value: float) -> float | None:
    """A number as JSON may hold it; what is unknown is None."""
    number = float(value)
    return number + 0.0 if math.isfinite(number) else None


def plain_price(value: float) -> float | str | None:
    """A price, "none" where there is none."""
    return NO_PRICE if value == math.inf else plain_number(value)


_READ = {"number": plain_number, "price": plain_price, "text": lambda value: str(value) or None}
