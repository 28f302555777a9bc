"""The four pictures of the Dashboard: exposure step by step, liquidations, the carry day by day, and the stress scenarios."""

from ...formula import Cell
from ..grid.chart import INVISIBLE, Chart, Series
from ..grid.sheet import Sheet
from .dashboard_working import GONE, Bars, CarryPath, Falls, LiqMap

FIRST_ROW, SECOND_ROW = 23, 39
LEFT, RIGHT = 1, 7
WIDTH, HEIGHT = 19.4, 7.9


def pictures(sheet: Sheet, falls: Falls, liq_map: LiqMap, carry_path: CarryPath, stress_bars: Bars) -> None:
    """The charts, two and two below the order ticket."""
    for made in (_exposure(falls), _liquidation(liq_map), _carry(carry_path), _stress(stress_bars)):
        sheet.chart(made)


def _series(x: Cell, *told: tuple[str, Cell, str]) -> tuple[Series, ...]:
    return tuple(Series(name, x.node, cell.node, look) for name, cell, look in told)


def _chart(kind: str, titles: tuple[str, str, str], series: tuple[Series, ...], row: int, column: int, **axes) -> Chart:
    return Chart(kind, *titles, series, row, column, width=WIDTH, height=HEIGHT, **axes)


def _exposure(falls: Falls) -> Chart:
    """From the exposure before over each order to that after."""
    series = _series(
        falls.label,
        ("Base", falls.base, INVISIBLE),
        ("Net exposure", falls.level, "dark"),
        ("Bought", falls.rise, "rise"),
        ("Bought", falls.rise_below, "rise"),
        ("Sold", falls.fall, "fall"),
        ("Sold", falls.fall_below, "fall"),
        ("Target", falls.target, "target"),
    )
    titles = "Net exposure before, each order, after", "order", "USD"
    return _chart("stacked", titles, series, FIRST_ROW, LEFT, x_axis="text")


def _liquidation(liq_map: LiqMap) -> Chart:
    """How far the price may go against each position."""
    series = _series(
        liq_map.label,
        ("Survived at once", liq_map.now, "dark"),
        ("Survived after adverse funding", liq_map.later, "hatched"),
        ("Move to survive", liq_map.move, "rally"),
        ("Amber", liq_map.amber, "amber"),
        ("Red", liq_map.red, "red"),
    )
    title = f"Move to liquidation, cut at twice the highest line; {GONE} is liquidated"
    titles = title, "position", "fraction"
    return _chart("bars", titles, series, FIRST_ROW, RIGHT, x_axis="text", y_axis="share")


def _carry(path: CarryPath) -> Chart:
    """What the plan has earned or cost by each day."""
    series = (
        *_series(path.day, ("Expected", path.expected, "main"), ("Adverse funding", path.adverse, "plain")),
        *_series(path.mark_day, ("Breaks even", path.mark, "now")),
    )
    titles = "Carry of the whole plan, closed on that day", "day", "USD"
    return _chart("scatter", titles, series, SECOND_ROW, LEFT, x_axis="number")


def _stress(bars: Bars) -> Chart:
    """What each scenario does to the value, hedged and unhedged."""
    series = _series(bars.label, ("Hedged", bars.hedged, "dark"), ("Unhedged", bars.unhedged, "middle"))
    titles = f"Change of the value in each scenario of Stress; {GONE} liquidates hedges", "scenario", "USD"
    return _chart("bars", titles, series, SECOND_ROW, RIGHT, x_axis="text")
