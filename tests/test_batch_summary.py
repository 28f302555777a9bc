"""The summary of all clients: its order, its totals worked out by hand, its links, and what it is never written over."""

import math

import pytest
from batches import batch, good, holdings, manifest
from ooxml import validate
from openpyxl import load_workbook

from xlhedge.batch import summary
from xlhedge.batch.destination import Folder
from xlhedge.batch.journal import Line, Rows
from xlhedge.batch.summary import write_summary
from xlhedge.ooxml.as_written import is_as_written
from xlhedge.plan import FRESH
from xlhedge.workbook.figures import Figures

HEAD = 6
"""The row of the units, right above the first client where there are two notes."""
NONE, UNKNOWN = math.inf, math.nan


def row(number: int, name: str, distance: float, checks=(), later: float = 0.5, **told) -> dict:
    """The row of a client of 1,000 USD, 800 of them exposed after the trades."""
    figures = dict.fromkeys(Figures._fields, 0.0) | {"nearest_asset": "BTC", "nearest_liquidation": 70_000.0}
    figures |= {"value_usd": 1000.0, "exposure_before_usd": 900.0, "exposure_after_usd": 800.0, "orders": 2.0}
    figures |= {
        "nearest_distance": distance,
        "later_distance": later,
        "post_usd": 10.0,
        "take_back_usd": -3.0,
        "carry_expected_usd": -1.5,
    }
    return {
        "number": number, "portfolio": name, "status": "written", "file": f"{name.strip('=')}.xlsx", "figures": figures,
        "checks": [*checks], "ambers": [], "price_time": "2026-11-29T18:00:00Z",
    } | told  # fmt: skip


FAILED = {
    "number": 6,
    "portfolio": "Bad",
    "status": "failed",
    "errors": [{"message": "h.csv row 3, coins: is required"}],
}
ROWS = (
    row(0, "Nothing open", NONE, later=NONE), row(1, "Far", 0.4, price_time=None), row(2, "=Near", 0.1, ["a", "b"]),
    row(3, "Near too", 0.1, ["b"]), row(4, "Near and later", 0.1, ["b"], 0.05), row(5, "Not\x01known", UNKNOWN), FAILED,
)  # fmt: skip


@pytest.fixture
def written(tmp_path):
    """A function that writes the summary of rows; the clients' workbooks are in the folder out beside it."""

    def write(rows=ROWS, name="risk.xlsx"):
        kept = Rows()
        for each in rows:
            kept.add(Line.of(each))
        (tmp_path / "deep").mkdir(exist_ok=True)
        write_summary(tmp_path / name, kept, Folder(tmp_path / "out", "all"))
        return tmp_path / name

    return write


def clients(path) -> list[tuple]:
    return [*load_workbook(path)["Clients"].iter_rows(min_row=HEAD + 1, values_only=True)]


def test_the_nearest_liquidation_is_first_an_unknown_one_above_all_then_more_failed_checks(written):
    told = [(line[0], line[1], line[4], line[16]) for line in clients(written())]
    assert told == [
        (1, "Not_known", "unknown", 0), (2, "=Near", 0.1, 2), (3, "Near and later", 0.1, 1), (4, "Near too", 0.1, 1),
        (5, "Far", 0.4, 0), (6, "Nothing open", "none", 0),
    ]  # fmt: skip


def test_a_row_has_the_figures_under_their_titles_and_units(written):
    page = load_workbook(written())["Clients"]
    heads, units, line = ([cell.value for cell in page[number]] for number in (HEAD - 1, HEAD, HEAD + 2))
    assert dict(zip(zip(heads, units), line)) == {
        ("Rank", "number"): 2, ("Client", None): "=Near", ("Nearest", "asset"): "BTC", ("Liquidated at", "USD/coin"): 70_000,
        ("Distance", "fraction"): 0.1, ("After adverse funding", "fraction"): 0.5, ("Value", "USD"): 1000,
        ("Net exposure before", "USD"): 900, ("Net exposure after", "USD"): 800, ("After, of value", "fraction"): 0.8,
        ("Orders", "number"): 2, ("Margin to post", "USD"): 10, ("To take back", "USD"): -3,
        ("Margin now or planned", "USD"): 0, ("Carry", "USD"): -1.5,
        ("Carry, adverse", "USD"): 0, ("Failed checks", "number"): 2, ("Amber", "number"): 0, ("Which", None): "a; b",
        ("Prices of", "UTC"): "2026-11-29 18:00",
    }  # fmt: skip
    assert page.freeze_panes == f"C{HEAD + 1}" and page.auto_filter.ref == f"A{HEAD}:T{HEAD + 6}"
    assert [cell.column_letter for cell in page[HEAD + 2] if cell.alignment.wrap_text] == ["S"]  # Which
    assert page.cell(HEAD + 2, 2).data_type == "s"  # a name that begins with = is no formula


TOTALS = {  # six workbooks of 1,000 USD; one client failed
    "Workbooks written": 6, "Not written, for a mistake": 1, "With a failed check": 3, "With an amber check": 0,
    "Value": 6000, "Net exposure before": 5400, "Net exposure after": 4800, "Orders": 12, "Margin to post": 60,
    "Margin to take back": -18, "Margin now or planned": 0, "Carry": -9, "Carry, adverse": 0, "Distance not known": 1, "Below 15%": 3, "15% to 30%": 0,
    "30% and more": 1, "Nothing is liquidated at any price": 1, "b": 3, "a": 1, "Earliest": "2026-11-29 18:00",
    "Latest": "2026-11-29 18:00", "Clients whose time is not given": 1,
}  # fmt: skip


def test_totals_are_of_all_clients_listed_or_not(written, monkeypatch):
    def totals():
        return {
            name: value
            for name, value, _ in load_workbook(path)["Totals"].iter_rows(min_row=3, values_only=True)
            if value is not None
        }

    path = written()
    assert totals() == TOTALS and len(clients(path)) == 6
    monkeypatch.setattr(summary, "MOST", 2)
    path = written()
    notes = [cell.value for cell in load_workbook(path)["Clients"]["A"][1:4]]
    assert "Only the most urgent 2 are listed: 4 more are in results.csv." in notes
    assert totals() == TOTALS and [line[1] for line in clients(path)[1:]] == ["Not_known", "=Near"]
    assert [*load_workbook(path)["Not written"].iter_rows(min_row=3, values_only=True)] == [
        ("Bad", "h.csv row 3, coins: is required")
    ]


@pytest.mark.parametrize("name, root", [("risk.xlsx", "out/"), ("out.xlsx", "out/"), ("deep/risk.xlsx", "../out/")])
def test_a_client_leads_to_its_workbook_from_wherever_the_summary_lies(name, root, written):
    page = load_workbook(written(name=name))["Clients"]
    assert page.cell(HEAD + 3, 2).hyperlink.target == f"{root}Near%20and%20later.xlsx"


def test_the_same_rows_give_the_same_bytes_which_every_program_takes(written):
    first = written().read_bytes()
    assert first == written(name="again.xlsx").read_bytes() and is_as_written(first)
    assert validate(written()) == []


def test_prices_that_are_old_by_now_are_amber(written):
    lines = clients(
        written([row(0, "Old", 0.4, fresh_until="2020-01-01T00:00:00+00:00"), row(1, "New", 0.4, fresh_until="2999")])
    )
    assert [(line[1], line[17], line[18]) for line in lines] == [("Old", 1, FRESH), ("New", 0, None)]


def test_nobody_is_no_fault(written):
    assert clients(written([])) == [] and validate(written([])) == []


def test_the_command_writes_it_and_keeps_what_is_not_its_own(tmp_path):
    given, out = holdings(tmp_path / "h.csv", 2, good("Bad", coins=-1)), tmp_path / "out"
    risk = out / "risk.xlsx"
    command = given, "--out", out, "--jobs", 1, "--sheets", "-Replay,-Compare,-Functions"
    assert "must end in .xlsx" in batch(*command, "--summary", tmp_path / "risk.csv", code=2).stderr
    assert "there is no folder" in batch(*command, "--summary", tmp_path / "no/risk.xlsx", code=2).stderr
    assert not out.exists()
    assert batch(*command, "--summary", risk, code=3).stdout.endswith(f"; the summary is {risk}\n")
    first = risk.read_bytes()
    assert {line[1] for line in clients(risk)} == {"Fund 00000", "Fund 00001"} and manifest(out)["left"] == []
    assert manifest(out)["without_sheets"] == ["Compare", "Replay", "Functions"]
    risk.unlink()
    batch(*command, "--summary", risk, "--resume", code=3)
    assert risk.read_bytes() == first
    taken = batch(*command, "--summary", out / "Fund 00001.xlsx", "--resume", code=2).stderr
    assert "Fund 00001.xlsx: is the workbook of a client; choose another name" in taken
    risk.write_bytes(b"mine")
    assert "a file of this name is there" in batch(*command, "--summary", risk, "--resume", code=2).stderr
    assert risk.read_bytes() == b"mine"
    batch(*command, "--summary", risk, "--resume", "--force", code=3)
    assert risk.read_bytes() == first
