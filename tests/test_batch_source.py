"""The input of a batch: split into portfolios as a stream, told apart, and the same as when it is read at once."""

import pickle
import random
from contextlib import nullcontext
from pathlib import Path

import pytest
from batches import batch
from openpyxl import Workbook
from test_holdings import HUGE, ROWS, a_folder, no_permission
from users import ordinary_user

from xlhedge.errors import XlhedgeError
from xlhedge.intake import read_portfolios
from xlhedge.intake.by_portfolio import Intake
from xlhedge.intake.source import Group, Refused, Source
from xlhedge.intake.tables import open_holdings
from xlhedge.ooxml import cells as reading
from xlhedge.portfolio import Portfolio, RowErrors
from xlhedge.portfolio.settings import told_layers
from xlhedge.rows import Row

HEAD = "portfolio,asset,coins,price\n"
TWO = HEAD + "a,BTC,1,60000\na,USDT,1000,\nb,ETH,5,3000\n"
NAMELESS = "is required, as other rows name a portfolio"


def written(folder: Path, text: str, name: str = "h.csv") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def told(source: Source) -> dict[str, str]:
    """What becomes of every portfolio: its holdings, or its mistakes."""
    found = {}
    for group in source.groups():
        made = source.checker.check(group) if isinstance(group, Group) else group
        found[made.name] = (
            "; ".join(map(str, made.errors)) if isinstance(made, Refused)
            else ", ".join(f"{h.values.asset} {h.values.coins:g}" for h in made.holdings)
        )  # fmt: skip
    return found


def digests(source: Source) -> dict[str, str]:
    return {group.name: group.digest for group in source.groups()}


def at_once(path: Path) -> tuple[dict, set[str]]:
    try:
        portfolios, errors = read_portfolios(path)
    except XlhedgeError as error:
        return {}, set(str(error).splitlines())
    return {portfolio.name: comparable(portfolio) for portfolio in portfolios}, set(map(str, errors))


def comparable(portfolio: Portfolio) -> Portfolio:
    """A portfolio whose own contracts are compared by what they say."""
    return portfolio._replace(contracts=portfolio.contracts and portfolio.contracts.facts)


def streamed(path: Path) -> tuple[dict, set[str]]:
    try:
        source = Source(path)
    except XlhedgeError as error:
        return {}, set(str(error).splitlines())
    portfolios, errors = {}, set(map(str, source.finish()))
    for group in source.groups():
        made = source.checker.check(group) if isinstance(group, Group) else group
        if isinstance(made, Refused):
            errors |= set(map(str, made.errors))
        else:
            portfolios[made.name] = comparable(made)
    return portfolios, errors


SMALL = [pytest.param(make, id=name) for name, make, _ in ROWS if not (name in HUGE or make is a_folder)]


@pytest.mark.parametrize("make", SMALL)
def test_streamed_and_at_once_say_the_same(tmp_path, make):
    path = make(tmp_path)
    with ordinary_user(tmp_path) if make is no_permission else nullcontext():
        assert streamed(path) == at_once(path)


def opened(path: Path) -> object:
    try:
        found = open_holdings(path)
        beside = found.positions and found.positions._replace(rows=spelled(found.positions.rows))
        return found._replace(rows=spelled(found.rows), positions=beside)
    except XlhedgeError as error:
        return str(error)


def spelled(rows) -> list[tuple]:
    return [(row.number, row.cells, [*map(type, row.cells)]) for row in map(cut, rows)]


def cut(row: Row) -> Row:
    """A row without the blank cells at its end, which only one of the two counts."""
    while row.cells and row.cells[-1] is None:
        row.cells.pop()
    return row


ODD = [
    [["asset", "coins", "price", None, "note"], ["BTC", 1.5, 2**53, None, " long " * 100], [], [None, "  "], ["0012", 1e300, -0.0]],
    [[], [], [None, None, "asset", "coins"], [None, None, "BTC", 1]],
    [["asset"], ["=1+1"], ["_x000D_"], ["a\nb"], [True], ["#N/A"]],
    [["asset", "coins"], ["BTC", '=IF(TRUE,"",1)'], ["ETH", 1]],
]  # fmt: skip


def workbooks(folder: Path) -> list[Path]:
    """Every workbook of the table of hostile files, the template and the samples, and some odd ones."""
    paths = []
    for i, (name, make, _) in enumerate(ROWS):
        if name in HUGE:
            continue
        (folder / f"{i}").mkdir()
        path = make(folder / f"{i}")
        paths += [path] if path.suffix in reading.BOOKS else []
    for i, rows in enumerate(ODD):
        book = Workbook()
        for cells in rows:
            book.active.append(cells)
        book.save(folder / f"odd{i}.xlsx")
        paths.append(folder / f"odd{i}.xlsx")
    return paths + sorted((Path(__file__).parents[1] / "workbooks").glob("*.xlsx"))


def test_calamine_and_openpyxl_say_the_same(tmp_path, monkeypatch):
    pytest.importorskip("python_calamine")
    paths = workbooks(tmp_path)
    quickly = [opened(path) for path in paths]
    monkeypatch.setattr(reading, "calamine_rows", lambda archive, chosen: None)
    assert len(paths) > 25
    for path, found in zip(paths, quickly):
        assert found == opened(path), path


def test_most_workbooks_are_read_quickly(monkeypatch):
    pytest.importorskip("python_calamine")
    monkeypatch.setattr(reading, "_read", None)
    for path in sorted((Path(__file__).parents[1] / "workbooks").glob("*.xlsx")):
        assert opened(path).is_filled_in


def test_parquet_and_csv_say_the_same(tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")
    csv = pytest.importorskip("pyarrow.csv")
    path = written(tmp_path, HEAD + "a,BTC,1,60000\na,USDT,1000,\nb,ETH,-5,3000\n")
    parquet.write_table(csv.read_csv(path), tmp_path / "h.parquet")
    assert told(Source(tmp_path / "h.parquet")) == {
        "a": "BTC 1, USDT 1000", "b": "h.parquet row 3, coins: must be >= 0 and <= 1e+15 coin (got -5)",
    }  # fmt: skip


def test_parquet_without_pyarrow_is_told(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    with pytest.raises(
        XlhedgeError, match=r"^h.parquet: is Parquet, which needs pyarrow: pip install xlhedge\[parquet\]$"
    ):
        Source(written(tmp_path, "PAR1", "h.parquet"))


# Groups


def test_groups_come_in_the_order_in_which_they_first_appear(tmp_path):
    text = HEAD + "b,ETH,5,3000\na,BTC,1,60000\nb,USDT,7,\nc,BTC,2,60000\na,USDT,1000,\n"
    source = Source(written(tmp_path, text))
    groups = [*source.groups()]
    assert [(group.index, group.name, group.size) for group in groups] == [(0, "b", 2), (1, "a", 2), (2, "c", 1)]
    assert [*source.names()] == ["b", "a", "c"]
    assert told(source) == {"b": "ETH 5, USDT 7", "a": "BTC 1, USDT 1000", "c": "BTC 2"}
    assert [*source.groups()] == groups


def test_the_order_of_the_portfolios_does_not_matter(tmp_path):
    lines = [f"P{i},{asset},{i + 1},{price}" for i in range(300) for asset, price in (("BTC", 60000), ("ETH", 3000))]
    tidy = Source(written(tmp_path, HEAD + "\n".join(lines), "h.csv"))
    first, second = lines[::2], lines[1::2]
    random.Random(6).shuffle(second)
    (tmp_path / "other").mkdir()
    mixed = Source(written(tmp_path / "other", HEAD + "\n".join(first + second), "h.csv"))
    assert digests(mixed) == digests(tidy)
    assert told(mixed) == told(tidy)


def test_a_checker_and_its_groups_can_be_sent_to_other_processes(tmp_path):
    path = written(tmp_path, TWO)
    source = Source(path, None, {"rally": "80%"})
    checker = pickle.loads(pickle.dumps(source.checker))
    groups = pickle.loads(pickle.dumps([*source.groups()]))
    assert [checker.check(group) for group in groups] == read_portfolios(path, None, {"rally": "80%"})[0]


def test_a_portfolio_of_many_rows_is_one_group(tmp_path):
    text = HEAD + "".join(f"a,C{i},1,1\n" for i in range(2500)) + "b,BTC,1,1\n" + "a,last,1,1\n"
    source = Source(written(tmp_path, text))
    assert [(group.name, group.size) for group in source.groups()] == [("a", 2501), ("b", 1)]
    assert told(source)["a"].endswith("C2499 1, last 1")


# Digests


def changed(folder: Path, text: str, settings: str = "setting,value\nband,1%\n", **more) -> set[str]:
    """The portfolios whose digests another input changes."""
    path, beside = written(folder, TWO), written(folder, "setting,value\nband,1%\n", "s.csv")
    before = digests(Source(path, beside, {"rally": "80%"}))
    after = digests(Source(written(folder, text), written(folder, settings, "s.csv"), {"rally": "80%"} | more))
    return {name for name in before | after if before.get(name) != after.get(name)}


@pytest.mark.parametrize("text,settings,more,names", [
    (TWO, "setting,value\nband,1%\n", {}, set()),
    ("\n# a note\n\n" + TWO, "setting,value\n\nband,0.01\n", {}, set()),
    (TWO.replace("3000", "3001"), "setting,value\nband,1%\n", {}, {"b"}),
    (TWO + "a,SOL,1,1\n", "setting,value\nband,1%\n", {}, {"a"}),
    (TWO, "setting,value\nband,2%\n", {}, {"a", "b"}),
    (TWO, "setting,value,portfolio\nband,1%,\nband,2%,b\n", {}, {"b"}),
    (TWO, "setting,value\nband,1%\n", {"fall": "20%"}, {"a", "b"}),
    (TWO.replace("price", "price [USD]"), "setting,value\nband,1%\n", {}, set()),
    (TWO.replace("price", "cost_basis"), "setting,value\nband,1%\n", {}, {"a", "b"}),
    (TWO.replace("b,", "c,"), "setting,value\nband,1%\n", {}, {"b", "c"}),
])  # fmt: skip
def test_a_digest_stands_for_what_concerns_the_portfolio(tmp_path, text, settings, more, names):
    assert changed(tmp_path, text, settings, **more) == names


def test_own_contracts_are_part_of_the_digest_and_reach_other_processes(tmp_path, monkeypatch):
    text = "portfolio,asset,coins,price,venue,hedge_ratio\na,BTC,1,60000,mine,.2\n"
    path = written(tmp_path, text)
    facts = "venue,symbol,field,value\n" + "".join(
        f"mine,BTCUSD,{field},{value}\n" for field, value in (("kind", "inverse"), ("coin", "BTC"), ("face", 100), ("mmr", 0.01), ("liq_method", "mark"))
    )  # fmt: skip
    table = written(tmp_path, facts, "contracts.csv")
    given = Source(path, None, {}, table)
    monkeypatch.setenv("XLHEDGE_CONTRACTS", str(table))
    found = Source(path)
    monkeypatch.delenv("XLHEDGE_CONTRACTS")
    without = Source(path)
    assert digests(given)["a"] == digests(found)["a"] != digests(without)["a"]
    assert told(given) == told(found) == {"a": "BTC 1"}
    assert "there is no venue 'mine' here" in told(without)["a"]
    assert [each[:2] for each in found.files] == [("contracts", "contracts.csv"), ("holdings", "h.csv")]


# Mistakes


@pytest.mark.parametrize("rows,expected,lost", [
    ("a,BTC,1,1\nb,BTC,x,1\nc,BTC,1,1\n", {"b"}, []),
    ("a,BTC,1,1\n,ETH,1,1\na,SOL,1,1\nb,BTC,1,1\n", {"a"}, []),
    ("a,BTC,1,1\n,ETH,1,1\nb,SOL,1,1\nc,BTC,1,1\n", {"a", "b"}, []),
    (",BTC,1,1\na,ETH,1,1\nb,SOL,1,1\n", {"a"}, []),
    ("a,BTC,1,1\nb,ETH,1,1\n,SOL,1,1\n,XRP,1,1\n", {"b"}, []),
    ("a,BTC,1,1\n\u202ea,ETH,1,1\nb,SOL,1,1\n", set(), [3]),
    (",BTC,1,1\n\u202ea,ETH,1,1\n", set(), [2, 3]),
    ("h,BTC,1,1\n,ETH,1,1\n", {"h"}, []),
    ("a,BTC,1,1\n\u202ea,ETH,1,1\na,SOL,1,1\nb,SOL,1,1\n", {"a"}, []),
])  # fmt: skip
def test_who_fails(tmp_path, rows, expected, lost):
    source = Source(written(tmp_path, HEAD + rows))
    refused = {name for name, text in told(source).items() if ": " in text}
    assert refused == expected
    assert [error.row for error in source.finish()] == lost
    assert {*source.names()} <= {"a", "b", "c", "h"}


def test_rows_without_a_name_belong_to_the_file_when_there_is_no_other(tmp_path):
    assert told(Source(written(tmp_path, HEAD + ",BTC,1,1\n,ETH,2,1\n"))) == {"h": "BTC 1, ETH 2"}


def test_a_mistake_in_the_settings_of_one_portfolio_is_told_beside_its_own(tmp_path):
    path = written(tmp_path, TWO.replace("1000", "x"))
    source = Source(path, written(tmp_path, "setting,value,portfolio\nband,9,a\nband,1%,nobody\n", "s.csv"))
    number = "must be a plain number such as 1234.5, with a point and no other separator or sign"
    assert told(source) == {
        "a": "s.csv row 2, band: must be >= 0 and <= 1, such as 0.2 or 20% (got '9'); "
        f"h.csv row 3, coins: {number} (got 'x')",
        "b": "ETH 5",
    }
    assert [str(error) for error in source.finish()] == ["s.csv row 3, portfolio: has no holdings (got 'nobody')"]


def test_a_mistake_in_the_settings_of_all_ends_the_run(tmp_path):
    with pytest.raises(RowErrors, match="^s.csv row 2, band: must be"):
        Source(written(tmp_path, TWO), written(tmp_path, "setting,value\nband,9\n", "s.csv"))


# A folder


def test_a_folder_holds_tables_and_filled_in_workbooks(tmp_path):
    from xlhedge.intake.tables import tables_in

    made = Path(__file__).parents[1] / "workbooks/xlhedge-template.xlsx"
    (tmp_path / "Fund 1.xlsx").write_bytes(made.read_bytes())
    (tmp_path / "Fund 2.xlsx").write_bytes(made.read_bytes())
    written(tmp_path, TWO, "table.csv")
    written(tmp_path, "asset,coins,price\nBTC,1,1\n", "alone.CSV")
    for name in ("~$Fund 1.xlsx", ".hidden.csv", "README.txt"):
        written(tmp_path, "", name)
    source = Source(tmp_path)
    assert [path.name for path in tables_in(tmp_path)] == ["Fund 1.xlsx", "Fund 2.xlsx", "alone.CSV", "table.csv"]
    assert [*source.names()] == ["Fund 1", "Fund 2", "alone", "a", "b"]
    assert told(source)["Fund 1"] == ", ".join(
        f"{h.values.asset} {h.values.coins:g}" for h in read_portfolios(made)[0][0].holdings
    )
    assert [each.name for each in source.files] == ["Fund 1.xlsx", "Fund 2.xlsx", "alone.CSV", "table.csv"]
    first, second = [*source.groups()][:2]
    assert (first.size, first.digest != second.digest) == (second.size, True)


@pytest.mark.parametrize("files,expected", [
    ({"1.csv": TWO, "2.csv": HEAD + "b,BTC,1,1\nc,BTC,1,1\n"},
     {"a": "BTC 1, USDT 1000", "b": "2.csv row 2, portfolio: stands in 1.csv already; keep one of the two (got 'b')", "c": "BTC 1"}),
    ({"1.csv": HEAD + "a,BTC,1,1\n,ETH,1,1\nb,BTC,1,1\nc,BTC,1,1\n", "2.csv": "portfolio,asset,price,coins\nc,ETH,3000,9\n"},
     {"a": f"1.csv row 3, portfolio: {NAMELESS}", "b": f"1.csv row 3, portfolio: {NAMELESS}",
      "c": "2.csv row 2, portfolio: stands in 1.csv already; keep one of the two (got 'c')"}),
    ({"1.csv": HEAD + "2,BTC,1,1\n", "2.csv": HEAD + "a,BTC,1,1\n,ETH,1,1\nb,BTC,1,1\nc,BTC,1,1\n"},
     {"2": "BTC 1", "a": f"2.csv row 3, portfolio: {NAMELESS}", "b": f"2.csv row 3, portfolio: {NAMELESS}", "c": "BTC 1"}),
    ({"1.csv": HEAD + "2,BTC,1,1\n", "2.csv": "asset,coins,price\nETH,1,1\n", "3.csv": HEAD + ",SOL,1,1\n"},
     {"2": "2.csv row 2, portfolio: stands in 1.csv already; keep one of the two (got '2')", "3": "SOL 1"}),
    ({"1.csv": 'asset,coins,price\nETH,1,1\n"', "2.csv": "asset,coins,price\nBTC,1,1\n"},
     {"1": '1.csv row 3, (file): a quote (") is opened here and never closed', "2": "BTC 1"}),
    ({"1.csv": HEAD + "\u202ea,BTC,1,1\n", "2.csv": TWO}, {"a": "BTC 1, USDT 1000", "b": "ETH 5"}),
    ({"1.csv": "", "2.csv": TWO},
     {"1": "1.csv (file): is empty; it needs a header row and at least one row below it", "a": "BTC 1, USDT 1000", "b": "ETH 5"}),
    ({"1.csv": TWO + 'c,"BTC,1,1\n'},
     dict.fromkeys("ab", '1.csv row 5, (file): a quote (") is opened here and never closed')),
    ({"1.csv": HEAD, "1.xlsx": "x"},
     {"1": "1.csv (file): has a header but no holdings below it; 1.xlsx portfolio: stands in 1.csv already; keep one of the two (got '1'); "
           "1.xlsx (file): is not an .xlsx workbook (it is text, perhaps CSV); save it as .xlsx or CSV UTF-8"}),
    ({"1.xls": "x"}, {"1": "1.xls (file): the first row must name the columns, such as portfolio, asset, coins, price, kind, target_weight (it holds 'x')"}),
])  # fmt: skip
def test_a_file_of_a_folder_fails_alone(tmp_path, files, expected):
    for name, text in files.items():
        written(tmp_path, text, name)
    assert told(Source(tmp_path)) == expected


def test_an_empty_file_is_an_input_too(tmp_path):
    written(tmp_path, "", "1.csv")
    written(tmp_path, TWO, "2.csv")
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert ("holdings", "1.csv", empty) in Source(tmp_path).files


def test_a_file_written_to_while_it_is_read_is_refused(tmp_path, monkeypatch):
    def meddled(path: Path, *told):
        found = open_holdings(path, *told)
        if path.name == "1.csv":
            path.write_text(path.read_text() + "\n")
        return found

    monkeypatch.setattr("xlhedge.intake.source.open_holdings", meddled)
    path, rule = written(tmp_path, HEAD + "a,BTC,1,1\n", "1.csv"), "changed while it was read; run again"
    with pytest.raises(XlhedgeError, match=f"^1.csv: {rule}$"):
        Source(path)
    written(tmp_path, HEAD + "b,BTC,1,1\n", "2.csv")
    assert told(Source(tmp_path)) == {"a": f"1.csv (file): {rule}", "b": "BTC 1"}


def test_settings_written_to_while_they_are_read_are_refused(tmp_path, monkeypatch):
    def meddled(path: Path, *more):
        path.write_text("setting,value\nband,2%\n")
        return told_layers(path, *more)

    monkeypatch.setattr("xlhedge.intake.source.told_layers", meddled)
    settings = written(tmp_path, "setting,value\nband,1%\n", "s.csv")
    with pytest.raises(XlhedgeError, match="^s.csv: changed while it was read; run again$"):
        Source(written(tmp_path, TWO), settings)


def test_ctrl_c_while_the_input_is_read_is_told(tmp_path, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(Intake, "take", interrupted)
    result = batch(written(tmp_path, TWO), "--out", tmp_path / "out", code=130)
    assert result.stderr.startswith("xlhedge: stopped: ") and not (tmp_path / "out").exists()


def test_links_in_a_folder_are_not_followed(tmp_path):
    written(tmp_path, TWO, "1.csv")
    (tmp_path / "2.csv").symlink_to("/etc/passwd")
    assert told(Source(tmp_path))["2"] == "2.csv (file): is a link; links in a folder are not followed"


def test_a_folder_of_nothing(tmp_path):
    with pytest.raises(XlhedgeError, match="holds no file that ends in .csv, "):
        Source(tmp_path)
