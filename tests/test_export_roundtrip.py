"""Random fills and fundings, written in every layout, come back as the same ledger, in whatever order the rows stand."""

import tempfile
from pathlib import Path

import pytest
from export_writers import BEGIN, LAYOUTS, Event, steps, write
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st
from test_export_formats import BLOFIN

from xlhedge.ledger.exports import read_exports
from xlhedge.ledger.formats import FORMATS

ORDERS = ("oldest first", "newest first", "shuffled")
VENUE = {each.name: each.venue for each in FORMATS}


@st.composite
def histories(draw):
    """Events a second or more apart, some fills of which are in two parts; a funding only where there is a position."""
    events, held, second = [], [0, 0], 0
    for _ in range(draw(st.integers(2, 8))):
        second += draw(st.sampled_from((1, 60, 3_600, 40_000)))
        which, price = draw(st.integers(0, 1)), draw(st.sampled_from((20_000, 31_999, 64_000)))
        if held[which] and draw(st.booleans()):
            events.append(Event(second, which, 0, price, draw(st.sampled_from((-1, 1, 12_345)))))
            continue
        qty = draw(st.sampled_from((-held[which] or 100, -100, 1_000, -70_000)))
        parts = (qty // 200 * 100, qty - qty // 200 * 100) if draw(st.booleans()) and abs(qty) > 100 else (qty,)
        rate = draw(st.sampled_from((-0.0001, 0.0005)))
        events += [Event(second, which, part, price, round(rate * 1e8 * abs(part) / price)) for part in parts]
        held[which] += qty
    return events


def told(rows, layout, kind: str) -> list[list]:
    """Rows of a type as (second, contract, price, figures), those of one second, contract and price added up."""
    short = [
        symbol.lower().replace("btcusd_perp", "btcusd").replace("ethusd_perp", "ethusd").removesuffix("-swap")
        for symbol in layout.symbols
    ]
    added: dict[tuple, list[float]] = {}
    for row in rows[rows["type"] == kind].itertuples():
        key = (
            (row.time - BEGIN).total_seconds() // 1,
            short.index(row.contract.lower()),
            row.price if kind == "fill" else 0,
        )
        figures = (row.qty, row.fee) if kind == "fill" else (row.fee,) if kind == "fee" else (row.amount,)
        added[key] = [a + b for a, b in zip(added.get(key, [0.0] * 2), figures)]
    return sorted([*key, *figures] for key, figures in added.items())


def written(events, layout, kind: str) -> list[list]:
    """What `told` should be, from the events themselves."""
    added: dict[tuple, list[float]] = {}
    for step in steps([event for event in events if layout.only in (None, event.which)]):
        if step.funded != (kind == "funding") or kind == "realised" and not step.profit:
            continue
        key = ((step.time - BEGIN).total_seconds(), step.which, step.price if kind == "fill" else 0)
        coins = step.satoshi / 1e8
        figures = (step.qty, coins) if kind == "fill" else (float(step.profit),) if kind == "realised" else (coins,)
        added[key] = [a + b for a, b in zip(added.get(key, [0.0] * 2), figures)]
    return sorted([*key, *figures] for key, figures in added.items())


def several(names) -> list[list[str]]:
    """Names of formats in as few lots as there are formats of one venue, no venue twice in a lot."""
    lots: list[list[str]] = []
    for name in names:
        lot = next((lot for lot in lots if VENUE[name] not in map(VENUE.get, lot)), None)
        lots.append([name]) if lot is None else lot.append(name)
    return lots


TURNS = [  # a short that grows, shrinks and turns round, and a long that shrinks, is closed, and opened short
    Event(60, 0, -40_000, 64_000, 31_250), Event(61, 0, -20_000, 20_000, 50_000), Event(3_600, 0, 0, 20_000, 12_345),
    Event(3_661, 0, 10_000, 31_999, -3_125), Event(3_661, 0, 20_000, 31_999, -6_250), Event(7_200, 0, 0, 20_000, -777),
    Event(7_201, 0, 50_000, 20_000, 125_001), Event(60, 1, 5_000, 20_000, 12_500), Event(70, 1, -2_000, 31_999, 3_125),
    Event(3_600, 1, 0, 20_000, -1), Event(9_000, 1, -3_000, 64_000, 2_344), Event(9_001, 1, -1_000, 20_000, 2_500),
]  # fmt: skip


@settings(max_examples=3, deadline=None, phases=(Phase.explicit, Phase.generate))
@given(events=histories(), order=st.sampled_from(ORDERS))
@example(events=TURNS, order="newest first")
@example(events=TURNS, order="shuffled")
def test_every_layout_comes_back_as_the_same_ledger(events, order):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "own").mkdir()
        (folder / "own/blofin.csv").write_text(BLOFIN)
        for lot in several(LAYOUTS):
            paths = [write(folder, LAYOUTS[each], events, order) for each in lot]
            ledger = read_exports(paths, contracts=folder / "own/blofin.csv")
            for each in lot:
                layout, rows = LAYOUTS[each], ledger.rows[ledger.rows["file"] == LAYOUTS[each].file]
                for kind in layout.tells:
                    assert told(rows, layout, kind) == [
                        pytest.approx(row, abs=1e-12) for row in written(events, layout, kind)
                    ], (each, order, kind)
            if order != "shuffled":
                assert ledger.reconciliation.unexplained == 0 and not ledger.gaps, (lot, ledger.reconciliation)


def test_every_format_that_tells_events_has_a_layout():
    lumps = {
        "BitMEX wallet history", "BitMEX positions (API)", "Bybit closed positions", "KuCoin futures realised profit",
        "xlhedge ledger", "plain table of payments",
    }  # fmt: skip
    assert {*LAYOUTS} | lumps == {each.name for each in FORMATS}
