"""The Positions sheet: shares, rows typed into its spare rows, the limits of the template, and what Monitor makes of the plan."""

import pytest
from books import build_text, loaded, template_model, write_template
from one_sheet import address, from_text
from test_checks import red_lines
from test_referee import differences

from xlhedge.hosts.calc import CellError
from xlhedge.nodes import letters
from xlhedge.template import ROOM
from xlhedge.workbook.file.writer import write
from xlhedge.workbook.grid.sheet import Book
from xlhedge.workbook.model import build_model, failed_checks

HEAD = "asset,coins,price,hedge_ratio,venue,contract,share,account,qty,entry,margin,leverage\n"
ONE = HEAD + "BTC,50,60000,0.2,deribit,BTC-PERPETUAL,,,,,,10\n"


def near(expected):
    return pytest.approx(expected, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize(("shares", "contracts", "left"), [
    # 20 % of 50.0005 BTC at 60,000 are 600,006 USD; a contract of deribit is 10 USD, one of bybit 1.
    (("0.25", ""), [-15_000, -450_004], 2), (("", ""), [-30_000, -300_003], 3), (("0", "1"), [0, -600_006], 0),
    (("1", "0"), [-60_000, 0], 6), (("0.5", "0.5"), [-30_000, -300_003], 3),
])  # fmt: skip
def test_shares_split_the_hedge_and_what_rounding_leaves_is_told(tmp_path, shares, contracts, left):
    rows = (
        f"BTC,50.0005,60000,0.2,deribit,BTC-PERPETUAL,{shares[0]},,,,,10\n",
        f"BTC,,,,bybit,BTCUSD,{shares[1]},,,,,10\n",
    )
    cells = build_text(tmp_path, HEAD + "".join(rows))
    assert cells.column("Hedge plan", "Size", "Contracts to trade") == contracts
    assert cells.column("Hedge plan", "Exposure", "Hedge to reach") == [near(-600_006)]
    assert cells.column("Hedge plan", "Exposure", "Left open by shares, rounding or band") == [near(-left)]


def test_two_positions_of_which_nothing_else_is_told_do_nothing(tmp_path):
    rows = "BTC,50,60000,,deribit,BTC-PERPETUAL,,,,,,\nBTC,,,,bybit,BTCUSD,,,,,,\n"
    cells = build_text(tmp_path, HEAD + rows)
    assert cells.column("Positions", "", "Share used") == [0.5, 0.5]
    assert cells.column("Hedge plan", "Size", "Contracts to trade") == [0, 0]
    assert cells.column("Hedge plan", "Margin", "Margin required") == [0, 0]
    assert failed_checks(build_model(from_text(tmp_path, HEAD + rows))) == []


def typed(model: Book, sheet: str, name: str, row: int = 0) -> tuple[str, str]:
    """Sheet and address of what is typed under a name, in a row of its column."""
    block = next(block for block in model.sheets[sheet].blocks if block.typed == name)
    return sheet, f"{letters(block.column)}{block.row + row}"


def type_row(document, model: Book, sheet: str, row: int, **cells) -> None:
    """Type cells of a row, by their names."""
    for name, value in cells.items():
        document.set(*typed(model, sheet, name, row), value)


def test_a_position_typed_into_the_first_spare_row_is_as_if_it_had_been_built(calc, tmp_path):
    """Every cell of every sheet is that of the workbook of both rows."""
    text, folder = ONE + "BTC,,,,bybit,BTCUSD,,,,,,\n", tmp_path
    one, both = build_model(from_text(folder, ONE)), build_model(from_text(folder, text))
    write(one, folder / "one.xlsx")
    write(both, folder / "both.xlsx")
    with calc.open(folder / "one.xlsx") as document:
        type_row(document, one, "Positions", 1, asset="BTC", contract="bybit BTCUSD")
        document.recalculate()
        assert red_lines(document) == {}
        assert differences(folder / "both.xlsx", document) == []


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """The template, and where it is written."""
    model, path = template_model(), tmp_path_factory.mktemp("template") / "template.xlsx"
    return model, write_template(path)


def figure(document, sheet: str, cell, row: int = 0):
    return document.get(sheet, address(cell, row))


def test_the_template_at_its_limits(calc, template):
    """Asset 20, position 40 and row 1,500 of the log count."""
    model, path = template
    parts = model.parts
    with calc.open(path) as document:
        whole = figure(document, "Allocation", parts["weights"].whole)
        type_row(document, model, "Inputs", ROOM.assets - 1, asset="SOL", kind="coin", coins=1000.0, price=150.0)
        type_row(document, model, "Positions", ROOM.positions - 1, asset="SOL", contract="bybit SOLUSD", qty=-30_000.0,
                 entry=150.0, margin=150.0, mmr=0.01)  # fmt: skip
        type_row(document, model, "Monitor", ROOM.log - 1, position="SOL bybit SOLUSD", fill=-600.0, price=150.0)
        type_row(
            document, model, "Monitor", ROOM.positions - 1, start_qty=-30_000.0, start_entry=150.0, start_margin=150.0
        )
        document.recalculate()
        assert figure(document, "Allocation", parts["weights"].whole) == near(whole + 150_000)
        assert figure(document, "Hedge plan", parts["exposure"].hedge, ROOM.assets - 1) == near(-30_000)
        assert figure(document, "Monitor", parts["watched"].qty, ROOM.positions - 1) == near(-30_600)
        # Whose weight falls below its target by the new asset is not hedged the other way.
        assert {*red_lines(document)} == {"Every asset reaches its target", LOGGED}


LOGGED = "Positions holds what the log has come to"
BENEATH, ORDER = (
    "Nothing stands below the tables of Inputs, Positions, Contracts and Tiers",
    "Log and history are in order, and nothing stands below them",
)


@pytest.mark.parametrize(("sheet", "row", "told", "line"), [
    ("Inputs", ROOM.assets + 1, {"asset": "SOL"}, BENEATH), ("Positions", ROOM.positions, {"asset": "BTC"}, BENEATH),
    ("Monitor", ROOM.log, {"position": "BTC", "fill": 1.0}, ORDER),
])  # fmt: skip
def test_what_stands_beyond_the_template_is_told(calc, template, sheet, row, told, line):
    with calc.open(template[1]) as document:
        type_row(document, template[0], sheet, row, **told)
        document.recalculate()
        assert [*red_lines(document)] == [line]


def test_other_coins_leave_no_error_cell(calc, template):
    model, path = template
    with calc.open(path) as document:
        for row, (asset, contract, price) in enumerate((("SOL", "bybit SOLUSD", 150.0), ("XRP", "bybit XRPUSD", 1.1))):
            type_row(document, model, "Inputs", row, asset=asset, price=price)
            type_row(document, model, "Positions", row, asset=asset, contract=contract, mmr=0.01)
        document.recalculate()
        cells = {(sheet, at): value for sheet in loaded(path).sheetnames for at, value in document.cells(sheet).items()}
    assert {place: value for place, value in cells.items() if isinstance(value, CellError)} == {}
    assert "SOL bybit SOLUSD" in cells.values() and "BTC" not in {
        value for (sheet, _), value in cells.items() if sheet in ("Allocation", "Hedge plan", "Monitor")
    }


def test_a_price_moves_no_posted_margin(calc, tmp_path):
    text = (
        HEAD
        + "BTC,50,60000,,bybit,BTCUSD,,,-600000,60000,5,10\nETH,100,3000,,deribit,ETH-PERPETUAL,,,-30000,3000,,10\n"
    )
    model = build_model(from_text(tmp_path, text))
    write(model, tmp_path / "book.xlsx")
    margins, watched = model.parts["margins"], model.parts["watched"]
    with calc.open(tmp_path / "book.xlsx") as document:
        before = [figure(document, "Monitor", watched.margin, row) for row in (0, 1)]
        type_row(document, model, "Inputs", 0, price=48_000.0)
        type_row(document, model, "Inputs", 1, price=2_400.0)
        document.recalculate()
        assert figure(document, "Hedge plan", margins.posted) == near(5) == before[0]
        assert [figure(document, "Monitor", watched.margin, row) for row in (0, 1)] == before


PLANS = {
    "isolated, new": "BTC,50,60000,0.3,bybit,BTCUSD,,,,,,10\nBTC,,,,deribit,BTC-PERPETUAL,0.25,,,,,10\n",
    "isolated, one open": "BTC,50,60000,0.3,bybit,BTCUSD,,,-1200000,58000,9,10\nBTC,,,,deribit,BTC-PERPETUAL,0.25,,,,,10\n",
    "cross, new": "ETH,900,3000,0.3,bybit,ETHUSD,,main,,,,10\nBTC,50,60000,0.3,bybit,BTCUSD,0.6,one,,,,10\n"
                  "BTC,,,,bybit,BTCUSDZ26,0.4,one,,,,10\n",
}  # fmt: skip


@pytest.mark.parametrize("name", PLANS)
def test_once_the_plan_is_logged_monitor_says_what_it_said(calc, tmp_path, name):
    """Each trade at its price with its fee; the transfer, less the top-up of what was posted, on which the plan rests."""
    text = HEAD.replace("leverage", "leverage,mark,mmr")
    rows = "".join(f"{row},{'60300,0.01' if 'Z26' in row else ','}\n" for row in PLANS[name].splitlines())
    model = build_model(from_text(tmp_path, text + rows, price_time="2026-11-29"))
    write(model, tmp_path / "book.xlsx")
    parts, count = model.parts, len(PLANS[name].splitlines())
    positions, size, links, margins, watched = (
        parts[part] for part in ("positions", "size", "links", "margins", "watched")
    )
    with calc.open(tmp_path / "book.xlsx") as document:
        for row in range(count):
            trade, price, transfer, top_up = (
                cell.value[row].item() for cell in (size.trade, links.price, margins.transfer, margins.top_up)
            )
            fee, is_posted = abs(trade) / price * links.taker.value[row].item(), margins.is_posted.value[row].item()
            type_row(document, model, "Monitor", row, position=positions.label.value[row].item(), fill=trade, price=price,
                     fee=fee, transfer=transfer - top_up if is_posted else transfer)  # fmt: skip
        document.recalculate()
        pairs = ((watched.qty, size.qty), (watched.entry, margins.entry), (watched.margin, margins.margin),
                 (watched.liq, margins.liq), (watched.ratio, margins.ratio))  # fmt: skip
        for row in range(count):
            found = [figure(document, "Monitor", cell, row) for cell, _ in pairs]
            assert found == [near(figure(document, "Hedge plan", cell, row)) for _, cell in pairs], row
        assert {*red_lines(document)} == {LOGGED}  # which says to type it on Positions before planning again
