"""The log of the Monitor sheet: fills, funding, fees and transfers of every position, and the state after each row."""

from typing import NamedTuple

import numpy as np

from ...elementary import both, given, where
from ...formula import Cell
from ...functions.position import Fill, after_fill
from ...nodes import Above, Template
from ...ranges import is_one_of, picked, position_of_text, times_found
from ..grid.cells import Rule, Style
from ..grid.running import Running
from ..grid.sheet import Sheet
from ..grid.typed import NUMBER, Typed, TypedTable, number_rule
from .frames import out_of_frame
from .positions import PositionColumns

NO_PRICE, NO_POSITION, NO_FIGURE, NO_TYPE = "price missing", "position unknown", "figure missing", "type unknown"
UNREAD = (NO_PRICE, NO_POSITION, NO_FIGURE, NO_TYPE)
TYPES = ("fill", "settlement", "funding", "fee", "transfer")
ABOVE_0, ANY_NUMBER = number_rule("> 0"), number_rule("")
BEFORE = "Before the log"


def _typed(name: str, label: str, unit: str, format: str, rule: Rule = ANY_NUMBER) -> Typed:
    return Typed(name, label, unit, format, rule)


LOG = TypedTable("Log: fills (buy > 0, sell < 0), fees (paid > 0), funding (received > 0), margin moved in > 0, out < 0", (
    Typed("position", "Position", "as on Positions", rule="position", width=34),
    Typed("time", "Time", "UTC", "time", ABOVE_0, width=17),
    Typed("type", "Type", "word, or blank", rule=Rule("list", TYPES, "must be one of " + ", ".join(TYPES)), width=12),
    _typed("fill", "Fill", "USD", "usd"),
    _typed("price", "Price", "USD/coin", "price", ABOVE_0),
    _typed("fee", "Fee", "coin", "coin"),
    _typed("funding", "Funding", "coin", "coin"),
    _typed("transfer", "Margin moved", "coin", "coin"),
    Typed("note", "Note", "text", width=30),
), first=3, is_last=True)  # fmt: skip


class LogRow(NamedTuple):
    """What is typed into the log."""

    position: Cell
    time: Cell
    type: Cell
    fill: Cell
    price: Cell
    fee: Cell
    funding: Cell
    transfer: Cell
    note: Cell


class Log(NamedTuple):
    """The rows of the log: of which position each is, 0 where it is not read, the state after it, and what it realised.

    `number` counts the rows; `unread` and `outside` say how many rows are not read and how many cells are out of the frame.
    """

    typed: LogRow
    number: Cell
    place: Cell
    qty: Cell
    cost: Cell
    realized: Cell
    unread: Cell
    outside: Cell


def is_priced(price: Cell) -> Cell:
    """Whether a cell holds a price."""
    return both(given(price), price > 0)


def write_log(sheet: Sheet, row: int, rows: int, positions: PositionColumns, start_qty: Cell, start_cost: Cell) -> Log:
    """The log from a row on: what is typed, how each row is read, and the state of its position after it.

    `start_qty` [USD] and `start_cost` [coin] are the columns of the positions before the log.
    """
    sheet.text(row, 1, LOG.title, "section")
    table = Running(sheet, rows, row=row + 1, column=2)
    sheet.text(table.start, 1, BEFORE, "note")
    rule = Rule("range", positions.label.node, "must be a position of the Positions sheet")
    typed, filled = {}, 0.0
    for field in LOG.fields:
        how = {"rule": rule} if field.rule == "position" else {}
        typed[field.name] = table.typed(field, [None] * rows, **how)
        filled = filled + sheet.filled(field.name)
    at = LogRow(**typed)
    read_as = _read_as(at, filled, positions)
    read_as = Running(sheet, rows, row=row + 1).computed("Read as", "text", read_as, "text")
    sheet.working(row, table.column)
    sheet.typed(table.start, table.column, 0.0, Style("unit", "number"))
    number = table.numbered(NUMBER, "of the row", width=9)
    state = _State(table)
    counts = np.isin(np.asarray(read_as.value, object).astype(str), ("", "nothing", *UNREAD), invert=True)
    place = position_of_text(at.position, positions.names)
    is_read = read_as.traced(_is_read_text(), lambda value: counts, (read_as,))
    place = state.put("Position used", "number", where(is_read, place, 0), "number")
    before = state.above(place, number)
    before = state.put("Its row before", "number", before, "number")
    fill = where(both(is_priced(at.price), given(at.fill)), at.fill, 0.0)
    fill = state.put("Fill used", "USD", fill, "usd")
    price = where(is_priced(at.price), at.price, 1.0)
    price = state.put("Price used", "USD/coin", price, "price")
    qty, cost, realized = state.run(place, before, fill, price, start_qty, start_cost)
    latest = state.latest(at.time)
    sheet.hidden_rows.append(table)
    unread = sum(times_found(read_as, word) for word in UNREAD)
    outside = out_of_frame(sheet, at, latest)
    return Log(at, number, place, qty, cost, realized, unread, outside)


def _is_read_text() -> str:
    return "AND(" + ",".join(f'{{0}}<>"{word}"' for word in ("", "nothing", *UNREAD)) + ")"


def _read_as(row: LogRow, filled: np.ndarray, positions: PositionColumns) -> Cell:
    """How a row is read, of which so many cells are filled; an empty text only where the whole row is blank."""
    typed = Cell(Template("COUNTA({0}:{1})", (row.position.node, row.note.node)), filled)
    is_known = position_of_text(row.position, positions.names) > 0
    read = where(given(row.fee), "fee", "nothing")
    for word, cell in (("transfer", row.transfer), ("funding", row.funding), ("fill", row.fill)):
        read = where(given(cell), word, read)
    # The word of a settlement is for the reader: it is a fill.
    told = where(row.type == "settlement", "fill", row.type)
    figures = {"fill": row.fill, "funding": row.funding, "fee": row.fee, "transfer": row.transfer}
    lacks = False
    for word, cell in figures.items():
        lacks = where(told == word, ~given(cell), lacks)
    read = where(both(row.type != "", lacks), NO_FIGURE, read)
    read = where(both(given(row.fill), ~is_priced(row.price)), NO_PRICE, read)
    read = where(is_one_of(row.type, ("", *TYPES)), read, NO_TYPE)
    return where(typed == 0, "", where(both(row.position != "", is_known), read, NO_POSITION))


class _State:
    """The columns of the log that build on rows above; a row refers to those above it alone."""

    def __init__(self, table: Running) -> None:
        self.sheet, self.table, self.start, self.rows = table.sheet, table, table.start, table.rows

    def put(self, title: str, unit: str, cell: Cell, format: str) -> Cell:
        """A column of the table."""
        return self.table.computed(title, unit, cell, format)

    def above(self, place: Cell, number: Cell) -> Cell:
        """The number of the last row above of the same position; 0 where there is none."""
        places = np.asarray(place.value)
        found = np.zeros(places.shape)
        for i in range(1, self.rows):
            same = places[:i] == places[i]
            found[i] = np.where(same, np.arange(1.0, i + 1)[:, None, None], 0.0).max(axis=0)
        found = np.where(places > 0, found, 0.0)
        nodes = (Above(self.sheet.name, place.node.column, self.start), place.node)
        nodes += (Above(self.sheet.name, number.node.column, self.start),)
        text = "IF({1}>0,SUMPRODUCT(MAX(({0}={1})*{2})),0)"
        return Cell(Template(text, nodes), found)

    def run(self, place: Cell, before: Cell, fill: Cell, price: Cell, start_qty: Cell, start_cost: Cell):
        """Position and size at entry after each row, and what it realised [coin]."""
        column = self.table.column
        values = self._walk(
            *(np.asarray(cell.value, float) for cell in (place, before, fill, price, start_qty, start_cost))
        )

        def earlier(at: int, start: Cell, value: np.ndarray) -> Cell:
            above = Above(self.sheet.name, at, self.start)
            row = Cell(Template("INDEX({0},{1}+1)", (above, before.node)), value)
            begun = where(place > 0, picked(start, place), 0.0)
            return where(before > 0, row, begun)

        held_qty = self.put("Position before", "USD", earlier(column + 2, start_qty, values[3]), "usd")
        held_cost = self.put("Size at entry before", "coin", earlier(column + 3, start_cost, values[4]), "coin")
        after = after_fill(Fill(held_qty, held_cost, 0.0), fill, price)
        qty = self.put("Position after", "USD", _valued(after.qty, values[0]), "usd")
        cost = self.put("Size at entry after", "coin", _valued(after.cost, values[1]), "coin")
        realized = held_cost + fill / price - cost
        return qty, cost, self.put("Realised", "coin", _valued(realized, values[2]), "coin")

    def _walk(self, place, before, fill, price, start_qty, start_cost) -> tuple[np.ndarray, ...]:
        shape = np.broadcast_shapes(place.shape, fill.shape, price.shape, (self.rows, 1, start_qty.shape[2]))
        place, before, fill, price = (np.broadcast_to(each, shape) for each in (place, before, fill, price))
        starts = [np.broadcast_to(each, (len(each), 1, shape[2])) for each in (start_qty, start_cost)]
        qty, cost, realized, old_qty, old_cost = (np.zeros(shape) for _ in range(5))
        for i in range(self.rows):
            index = np.maximum(place[i], 1).astype(int) - 1
            begun = [np.where(place[i] > 0, np.take_along_axis(each, index[None], axis=0)[0], 0.0) for each in starts]
            row = np.maximum(before[i], 1).astype(int) - 1
            for old, column, start in ((old_qty, qty, begun[0]), (old_cost, cost, begun[1])):
                old[i] = np.where(before[i] > 0, np.take_along_axis(column, row[None], axis=0)[0], start)
            after = after_fill(Fill(old_qty[i], old_cost[i], 0.0), fill[i], price[i])
            qty[i], cost[i] = after.qty, after.cost
            realized[i] = old_cost[i] + fill[i] / price[i] - cost[i]
        return qty, cost, realized, old_qty, old_cost

    def latest(self, time: Cell) -> Cell:
        """The latest time so far, that of the row included."""
        values = np.asarray(time.value, float)
        highest = np.maximum.accumulate(np.where(np.isnan(values), 0.0, values), axis=0)
        above = Above(self.sheet.name, time.node.column, self.start)
        cell = Cell(Template("MAX({0},{1})", (above, time.node)), highest)
        return self.put("Latest time so far", "UTC", cell, "number")


def _valued(cell: Cell, value: np.ndarray) -> Cell:
    return Cell(cell.node, value)
