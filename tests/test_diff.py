"""`xlhedge diff`: one change at a time with the parts worked out by hand, all at once, and what is told beside the figures."""

import json
import math
import random
from pathlib import Path

import pytest
from books import SAMPLES, build_sample, loaded
from commands import fails, run
from random_holdings import random_rows

from xlhedge.diff import GROUPS, diff_of
from xlhedge.diff.groups import group_of
from xlhedge.diff.steps import steps
from xlhedge.intake import read_portfolios
from xlhedge.plan import plan_of
from xlhedge.plan_inputs import read_plan
from xlhedge.portfolio.fields import HOLDING_FIELDS

HEAD = "portfolio,asset,coins,price,hedge_ratio,venue,contract,qty,entry,margin,mark,mmr\n"
HEDGED = "me,BTC,50,60000,20%,bybit,BTCUSD,-600000,60000,5"
KEPT = HEDGED.replace("20%", "")
"""The same position without a target: it stays as it is."""

NEED = 10 * (0.5 + 0.005) / 1.5  # coins of a short of 10 BTC to survive +50 % at a maintenance rate of 0.5 %
ADVERSE = 0.0003 * 270 * 10  # 270 intervals of 8 hours in 90 days
REQUIRED = NEED + ADVERSE
FUNDING, FEE = 0.0001 * 270, 0.00055  # received on a dollar of short; bybit's taker fee

PAGE = (Path(__file__).parents[1] / "docs/diff.md").read_text(encoding="utf-8")


def near(expected):
    return pytest.approx(expected, rel=1e-9, abs=1e-9)


@pytest.fixture
def read(tmp_path):
    """A function that reads a portfolio from rows, settings and facts of a contract."""

    def of(rows: str, facts: str = "", **settings):
        holdings, table = tmp_path / "h.csv", tmp_path / "own.csv"
        holdings.write_text(HEAD + rows + "\n")
        table.write_text(f"venue,symbol,field,value\n{facts}")
        portfolios, errors = read_portfolios(holdings, overrides=settings, contracts=table if facts else None)
        assert not errors, errors
        return portfolios[0]

    return of


def parts_of(found) -> dict[tuple[str, str], dict[str, float]]:
    """The parts that are not 0, by figure and of what it is."""
    return {
        (part.figure.name, part.figure.of): moved
        for part in found.figures
        if part.figure.name != "nearest_liquidation"
        if (moved := {group: value for group, value in part.parts.items() if abs(value) > 1e-9})
    }


def of_margin(change: float) -> dict:
    """The change of what is required, and of what is planned with a buffer of 5 %."""
    return {("margin_required", "BTC"): change, ("margin_planned", "BTC"): 1.05 * change}


ONE = {  # what is changed: old, new, the group, the parts, and the change of the nearest liquidation price
    # 10,000 more are sold at 61,000, which adds 10,000/61,000 BTC to the 10 BTC sold; all 10 BTC of 610,000 at 61,000.
    "a price": (
        (HEDGED, {}), (HEDGED.replace(",60000,20%", ",61000,20%"), {}), "prices",
        {("value_usd", ""): 50_000, ("exposure_usd", ""): 40_000, ("hedge_to_reach_usd", ""): -10_000,
         ("carry_expected_usd", ""): 10_000 * FUNDING - 20_000 * FEE} | of_margin(10_000 / 61_000),
        610_000 * 0.995 / (10 + 10_000 / 61_000 - (5 - 10_000 * FEE / 61_000)) - 119_400,
    ),
    # Everything grows by 4 %; the fee of the further 24,000 is paid of the margin that is posted.
    "coins": (
        (HEDGED, {}), (HEDGED.replace("BTC,50", "BTC,52"), {}), "holdings",
        {("value_usd", ""): 120_000, ("exposure_usd", ""): 96_000, ("hedge_to_reach_usd", ""): -24_000,
         ("carry_expected_usd", ""): 24_000 * FUNDING - 48_000 * FEE} | of_margin(0.04 * REQUIRED),
        624_000 * 0.995 / (10.4 - (5 - 24_000 * FEE / 60_000)) - 119_400,
    ),
    "a setting of the move": (
        (HEDGED, {}), (HEDGED, {"rally": "60%"}), "settings", of_margin(10 * (0.6 + 0.005) / 1.6 - NEED), 0,
    ),
    "a setting of funding": (
        (HEDGED, {}), (HEDGED, {"funding_rate": "0.0002"}), "settings", {("carry_expected_usd", ""): 600_000 * FUNDING}, 0,
    ),
    "a position closed": (
        (KEPT, {}), ("me,BTC,50,60000,,bybit,BTCUSD", {}), "positions",
        {("exposure_usd", ""): 600_000, ("hedge_to_reach_usd", ""): 600_000,
         ("carry_expected_usd", ""): -600_000 * (FUNDING - FEE)} | of_margin(-REQUIRED), None,
    ),
    "margin added": (
        (KEPT, {}), (KEPT.replace("60000,5", "60000,6"), {}), "positions", {}, 600_000 * 0.995 / (10 - 6) - 119_400,
    ),
    "an asset added": (
        (HEDGED, {}), (HEDGED + "\nme,ETH,100,3000", {}), "holdings",
        {("value_usd", ""): 300_000, ("exposure_usd", ""): 300_000}, 0,
    ),
    # Above 5 BTC the rate is 1 % less 0.025 BTC: 6.6667 BTC after the rise, and q - 5 = 0.01 q - 0.025 where it is liquidated.
    "a changed tier": (
        (HEDGED, {}), (HEDGED, {"facts": "bybit,BTCUSD,floors,0;5\nbybit,BTCUSD,rates,0.005;0.01\n"}), "contracts",
        of_margin((0.01 - 0.005) * 20 / 3 - 0.025), 600_000 * 0.99 / 4.975 - 119_400,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "group", "parts", "liquidation"), ONE.values(), ids=[*ONE])
def test_one_change_is_told_and_split(read, old, new, group, parts, liquidation):
    found = diff_of(*(read(rows, **more) for rows, more in (old, new)))
    assert {change.group for change in found.changes} == {group}
    assert parts_of(found) == {figure: {group: near(value)} for figure, value in parts.items()}
    nearest = found.figures[-1]
    assert nearest.figure.name == "nearest_liquidation" and nearest.old.value == near(119_400)
    if liquidation is None:
        assert nearest.told == ("positions: 119,400 of BTC bybit BTCUSD -> none",) and nearest.change is None
    else:
        assert nearest.parts == {each: near(liquidation if each == group else 0) for each in GROUPS}


ALL = "me,BTC,52,61000,30%,bybit,BTCUSD,-500000,60500,6\nme,ETH,100,3000"


def test_all_at_once_goes_in_the_order_that_is_told(read):
    """The price moves 50 BTC, then 2 BTC more count at the new one; the ratio changes the hedge before the position does."""
    found = diff_of(read(HEDGED), read(ALL, facts="bybit,BTCUSD,mmr,0.01\n", rally="60%", price_time="2026-11-20"))
    moved = parts_of(found)
    assert moved["value_usd", ""] == {"prices": near(50_000), "holdings": near(2 * 61_000 + 300_000)}
    assert moved["hedge_to_reach_usd", ""] == {"prices": near(-10_000), "holdings": near(-(0.3 * 52 - 10) * 61_000)}
    # 15.6 BTC are hedged; the entry is what was open and what is sold at 61,000. Only what each step changes counts.
    sizes = [10 + 351_600 / 61_000, 500_000 / 60_500 + 451_600 / 61_000]  # sold before and after the position changed
    assert moved["margin_required", "BTC"] == {
        "prices": near(10_000 / 61_000),
        "holdings": near(sizes[0] - 15.6 / 1.5 + 0.005 * 15.6 / 1.5 + 1.56 * ADVERSE - REQUIRED - 10_000 / 61_000),
        "positions": near(sizes[1] - sizes[0]),
        "settings": near(15.6 * (1 / 1.5 - 1 / 1.6) * 0.995),
        "contracts": near(0.005 * 15.6 / 1.6),
    }
    assert [(change.group, change.of, change.cell) for change in found.changes] == [
        ("prices", "BTC", "price"), ("prices", "setting", "price_time"), ("holdings", "BTC", "coins"),
        ("holdings", "BTC", "hedge_ratio"), ("holdings", "ETH", "price"), ("holdings", "ETH", "kind"),
        ("holdings", "ETH", "coins"), ("positions", "BTC bybit BTCUSD", "qty"), ("positions", "BTC bybit BTCUSD", "entry"),
        ("positions", "BTC bybit BTCUSD", "margin"), ("settings", "setting", "rally"), ("contracts", "bybit BTCUSD", "mmr"), ("contracts", "bybit BTCUSD", "cap"),
    ]  # fmt: skip


OF_GROUP = {
    "prices": "price mark funding_rate", "holdings": "kind coins target_weight hedge_ratio cost_basis volatility",
    "positions": "venue contract share account expiry beta qty entry margin leverage", "contracts": "face mmr fee",
}  # fmt: skip


def test_every_column_has_its_group():
    told = {column: group for group, columns in OF_GROUP.items() for column in columns.split()}
    assert {name: group_of(name) for name in HOLDING_FIELDS if name not in ("portfolio", "asset")} == told


ROWS = {  # rows of the old and the new portfolio, and what the parts of net exposure are
    "an asset and its position gone": (KEPT + "\nme,ETH,100,3000,,deribit,ETH-PERPETUAL,-60000,3000,10", KEPT, {"holdings": -300_000, "positions": 60_000}),
    "a position rolled": (KEPT, KEPT.replace("BTCUSD", "BTCUSDH27") + ",60600,1%", {"positions": 600_000 - 600_000 * 60_000 / 60_600}),
    "a mark that goes keeps its premium": (KEPT.replace("BTCUSD", "BTCUSDH27") + ",60600,1%", "me,BTC,50,66000", {"prices": 300_000, "positions": 600_000 / 1.01}),
    "a contract that only the new one has": ("me,BTC,50,60000", "me,BTC,50,60000,20%,deribit", {"positions": -600_000}),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "parts"), ROWS.values(), ids=[*ROWS])
def test_rows_that_come_and_go(read, old, new, parts):
    moved = parts_of(diff_of(read(old, price_time="2026-11-20"), read(new, price_time="2026-11-20")))
    assert moved["exposure_usd", ""] == {group: near(value) for group, value in parts.items()}


def portfolio_of(read, rows: list[dict], **settings):
    columns = HEAD.strip().split(",")
    told = [{**row, "portfolio": "me", "margin": None} for row in rows]
    lines = (",".join("" if row.get(name) is None else str(row[name]) for name in columns) for row in told)
    return read("\n".join(lines), **settings)


@pytest.mark.parametrize("seed", range(4))
def test_the_parts_of_any_pair_add_up_to_what_the_two_plans_say(read, seed):
    source = random.Random(seed)
    pair = []
    for number in range(2):
        rows = [row for row in random_rows(source, number, 4) if row["asset"] in ("BTC", "ETH", "USDT")]
        for row in rows:
            if row.get("hedge_ratio") is not None:
                row["venue"] = source.choice(("bybit", "deribit"))
        rows = (
            rows
            if any(row["asset"] == "BTC" for row in rows)
            else [*rows, {"asset": "BTC", "coins": 10, "price": 60000 + 1000 * number}]
        )
        settings = {"rally": f"{source.uniform(0.2, 0.9):.4f}", "horizon_days": str(source.randint(1, 365))}
        pair.append(portfolio_of(read, rows, **settings))
    found = diff_of(*pair)
    for part in found.figures:
        if None not in part.parts.values():
            scale = max(1.0, abs(part.old.value), abs(part.new.value))
            assert abs(math.fsum(part.parts.values()) - (part.new.value - part.old.value)) <= 1e-12 * scale
    for side, portfolio in zip(("old", "new"), pair):
        plan = plan_of(portfolio).figures
        told = {(part.figure.name, part.figure.of): getattr(part, side).value for part in found.figures}
        assert told["value_usd", ""] == plan["value_usd"]
        assert told["exposure_usd", ""] == math.fsum(asset["exposure_usd"] for asset in plan["assets"])
        assert told["carry_expected_usd", ""] == math.fsum(each["carry_expected_usd"] for each in plan["positions"])
        for coin in {each["coin"] for each in plan["positions"]}:
            planned = math.fsum(each["planned"] for each in plan["positions"] if each["coin"] == coin)
            assert told["margin_planned", coin] == planned


def test_the_way_begins_and_ends_with_the_two(read):
    old, new = read(HEDGED), read(ALL, rally="60%")
    way = steps(old, new)
    assert len(way) == len(GROUPS) + 1
    assert (way[0].holdings, way[0].positions) == (old.holdings, old.positions)
    assert (way[-1].holdings, way[-1].positions) == (new.holdings, new.positions)
    assert way[-1].settings == new.settings


@pytest.fixture
def pair(tmp_path) -> tuple[Path, Path]:
    """Two holdings files of which the price differs."""
    files = tmp_path / "old.csv", tmp_path / "new.csv"
    for file, price in zip(files, (60_000, 61_000)):
        file.write_text(HEAD + HEDGED.replace(",60000,20%", f",{price},20%") + "\n")
    return files


def planned(path: Path, *more: str) -> Path:
    """What plan prints of a file, in a file."""
    made = path.with_suffix(".json")
    made.write_text(run("plan", path, "--json", *more).stdout)
    return made


def test_plans_files_and_workbooks_say_the_same(pair, tmp_path):
    wanted = json.loads(run("diff", *pair, "--json").stdout)
    books = [file.with_suffix(".xlsx") for file in pair]
    for file, book in zip(pair, books):
        assert run("build", file, "--out", book).exit_code == 0
    plans = [planned(file) for file in pair]
    replay = "what is typed on Replay differs; no figure here follows it, and it is not compared"  # a price history
    for files, notes in ((books, [replay]), (plans, []), ([plans[0], books[1]], [])):
        told = json.loads(run("diff", *files, "--json").stdout)
        assert told["changes"] == wanted["changes"] and told["figures"] == wanted["figures"]
        assert [note for note in told["notes"] if "settings" not in note] == notes


def test_a_plan_in_json_is_built_again_from_its_inputs(tmp_path):
    """Whatever it says but the age of its prices, which grow older, and its inputs too."""
    plan = json.loads(run("plan", SAMPLES / "six-assets.csv", "--json", "--set=price_time=2026-11-20").stdout)
    (tmp_path / "plan.json").write_text(json.dumps(plan))
    portfolio, errors = read_plan(tmp_path / "plan.json")
    again = json.loads(json.dumps(plan_of(portfolio).figures))
    assert errors == []
    for each in (plan, again):
        del each["checks"][-1]
    assert again == plan


def test_what_a_plan_in_json_says_of_its_contracts_wins_over_what_is_shipped(pair):
    path = planned(pair[0])
    plan = json.loads(path.read_text())
    facts = {fact["field"]: fact for fact in plan["inputs"]["contracts"]}
    facts["mmr"]["value"] = 0.01
    del plan["inputs"]["contracts"][[*facts].index("max_leverage")]
    path.write_text(json.dumps(plan))
    portfolio, _ = read_plan(path)
    (position,) = plan_of(portfolio).figures["positions"]
    assert position["maintenance"] == near(0.1)
    told = json.loads(run("diff", path, pair[0], "--json").stdout)["changes"]
    assert [(c["cell"], c["old"], c["new"]) for c in told] == [("mmr", 0.01, 0.005), ("max_leverage", None, 100)]


def test_every_key_is_documented(pair):
    told = json.loads(run("diff", *pair, "--json").stdout)
    found = {"What `--json` prints": told, "`old` and `new`": told["old"], "`changes`": told["changes"][0]}
    for title, record in (found | {"`figures`": told["figures"][0]}).items():
        section = PAGE.split(f"# {title}\n", 1)[1].split("\n#")[0]
        keys = [line.split("`")[1] for line in section.splitlines() if line.startswith("| `")]
        assert keys == [*record], title
    assert told["order"] == [*GROUPS] == [*told["figures"][0]["parts"]]


def test_what_the_terminal_says(pair):
    result = run("diff", *pair)
    assert result.exit_code == 0 and result.stderr == ""
    lines = result.stdout.splitlines()
    assert "  BTC price: 60,000 -> 61,000 USD/coin" in lines
    assert (
        "Parts of the change, by one group at a time, in this order: prices, holdings, positions, settings, contracts"
        in lines
    )
    assert next(line.split() for line in lines if line.startswith("value")) == [
        "value,", "USD", "3,000,000", "3,050,000", "+50,000", "+50,000",
    ]  # fmt: skip
    assert "note: old.csv has no settings: the usual ones count (the output of plan --json has them)" in lines


def test_the_page_shows_what_is_said(tmp_path):
    given = "--settings", SAMPLES / "btc-50.settings.csv", "--portfolio", "btc-50", "--json"
    later = tmp_path / "btc-50.csv"
    later.write_text(
        (SAMPLES / "btc-50.csv").read_text().replace("50,60000", "50,63000").replace("BTCUSD,5", "BTCUSD,6")
    )
    friday = "--set=rally=80%", "--set=price_time=2026-11-24T08:00"
    (tmp_path / "monday.json").write_text(run("plan", SAMPLES / "btc-50.csv", *given).stdout)
    (tmp_path / "friday.json").write_text(run("plan", later, *given, *friday).stdout)
    shown = PAGE.split("```\nold: ", 1)[1].split("```")[0]
    assert run("diff", tmp_path / "monday.json", tmp_path / "friday.json").stdout == f"old: {shown}"


def test_values_that_look_alike_are_told_with_all_their_digits(pair):
    pair[1].write_text(pair[0].read_text().replace("60000,5", "60000.00000000001,5"))
    assert "  BTC bybit BTCUSD entry: 60000.0 -> 60000.00000000001 USD/coin" in run("diff", *pair).stdout.splitlines()


def test_nothing_changed(pair):
    pair[1].write_bytes(pair[0].read_bytes())
    assert "No input changed." in run("diff", *pair).stdout.splitlines()


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("new.csv", HEAD + "me,ETH,5,3000\n", "old.csv and new.csv have no asset in common (BTC; ETH): a diff is of one portfolio at two times"),
        ("new.json", "[1, 2", "new.json: is no JSON (Expecting ',' delimiter: line 1 column 6 (char 5))"),
        ("new.json", "[NaN]", "new.json: is no JSON (NaN is no number)"),
        ("new.json", "[" * 100_000, "new.json: is no JSON (maximum recursion depth exceeded while decoding a JSON array from a unicode string)"),
        ("new.json", '{"a": 1}', "new.json: is no plan of xlhedge"),
        ("new.json", '{"portfolio": "me", "assets": [], "positions": []}', "new.json: has no inputs, as plans of earlier versions: print it anew"),
        ("new.json", '{"portfolio": "me", "inputs": {"holdings": [1]}}', "new.json: has no list of holdings among its inputs"),
        ("new.json", '{"portfolio": "me", "inputs": {"holdings": [], "contracts": []}}', "new.json: has no settings among its inputs"),
        ("new.json", '{"portfolio": "me", "inputs": {"holdings": [], "contracts": [], "settings": {}}}', "new.json: has no holdings among its inputs"),
        ("new.json", '{"portfolio": "me", "inputs": {"holdings": [{"asset": {}}], "contracts": [], "settings": {}}}', "new.json: has {} among its inputs where a number or a text belongs"),
        ("new.json", '{"portfolio": "me", "inputs": {"holdings": [{"coin": 1}], "contracts": [], "settings": {}}}', "new.json: has the unknown column 'coin' among its holdings"),
        ("new.json", '{"portfolio": "m\\u0007e", "inputs": {}}', "new.json: portfolio must be text of at most 64 characters, without control characters"),
        ("new.xlsx", "no workbook", "new.xlsx: is not an .xlsx workbook (it is text, perhaps CSV); save it as .xlsx or CSV UTF-8"),
    ],
)  # fmt: skip
def test_what_cannot_be_compared_is_one_sentence(pair, tmp_path, name, content, told):
    (tmp_path / name).write_text(content)
    assert fails(2, "diff", pair[0], tmp_path / name).startswith(told)


def test_a_file_twice_and_a_file_that_is_not_there(pair, tmp_path):
    told = fails(2, "diff", pair[0], tmp_path / "." / "old.csv")
    assert told.startswith("OLD and NEW are one file, old.csv: name two")
    assert "there is no such file" in fails(2, "diff", pair[0], tmp_path / "gone.csv")


def test_mistakes_in_rows_are_told_by_row(pair, tmp_path):
    pair[1].write_text(HEAD + "me,BTC,x,60000\n")
    result = run("diff", *pair)
    assert (result.exit_code, result.stdout) == (3, "") and result.stderr.endswith(
        "1 mistake; there is no comparison\n"
    )
    path = planned(pair[0])
    path.write_text(path.read_text().replace('"coins": 50.0', '"coins": -50.0'))
    result = run("diff", pair[0], path)
    assert result.exit_code == 3 and "old.json inputs.holdings row 1, coins: must be >= 0" in result.stderr


def test_a_workbook_that_is_laid_out_otherwise_is_one_sentence(tmp_path):
    path = build_sample(0, tmp_path)
    book = loaded(path)
    page = book["Inputs"]
    title = next(cell for row in page.iter_rows(max_col=1) for cell in row if cell.value == "Settings")
    title.value = "Assumptions"
    book.save(tmp_path / "other.xlsx")
    title.value = "Settings"
    told = fails(2, "diff", path, tmp_path / "other.xlsx")
    assert told == (
        "other.xlsx: is laid out by another version of xlhedge or was rearranged (other.xlsx Inputs lacks Settings): build it anew"
    )


def test_portfolios_are_chosen_by_name_and_another_name_is_told(tmp_path):
    files = tmp_path / "old.csv", tmp_path / "new.csv"
    for file in files:
        file.write_text(HEAD + HEDGED + "\nyou,ETH,5,3000\n")
    assert "holds 2 portfolios; choose one with --portfolio: me, you" in fails(2, "diff", *files)
    told = json.loads(run("diff", *files, "--portfolio", "you", "--json").stdout)
    assert [figure["old"] for figure in told["figures"][:2]] == [15_000, 15_000] and told["changes"] == []
    path = planned(files[0], "--portfolio", "me")
    assert "holds no portfolio 'you'" in fails(2, "diff", files[0], path, "--portfolio", "you")
    files[1].write_text(HEAD + HEDGED.replace("me,", "mine,") + "\n")
    told = json.loads(run("diff", path, files[1], "--json").stdout)["notes"]
    assert "the portfolio is called me in old.json and mine in new.csv" in told
