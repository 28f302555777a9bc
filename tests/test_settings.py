"""Settings: what is read, what is refused, and which of several places wins."""

import json
from datetime import datetime
from pathlib import Path

import pytest
from commands import fails, run
from openpyxl import Workbook

from xlhedge.errors import XlhedgeError
from xlhedge.intake import read_portfolios
from xlhedge.portfolio import SETTINGS, override_mistakes

HOLDINGS = "portfolio,asset,coins,price\na,BTC,1,60000\nb,ETH,1,3000\n"
NUMBER = "must be a plain number such as 1234.5, with a point and no other separator or sign"
FRACTION = NUMBER.replace("1234.5", "0.2 or 20%")
LIST = "; a list has ; or spaces between its numbers"
TIME = "must be a time such as 2026-01-31 08:00"
HEADER = "the first row must name the columns, such as setting, value, portfolio"


def read(folder: Path, text: str | None = None, **overrides: str):
    """The settings of portfolio a, or the mistakes as sentences."""
    (folder / "h.csv").write_text(HOLDINGS)
    path = None
    if text is not None:
        path = folder / "s.csv"
        path.write_text(text)
    portfolios, errors = read_portfolios(folder / "h.csv", path, overrides)
    return [str(error) for error in errors] if errors else {p.name: p.settings for p in portfolios}["a"]


def workbook(folder: Path, **sheets: list[list]) -> Path:
    made = Workbook()
    made.remove(made.active)
    for title, rows in sheets.items():
        page = made.create_sheet(title)
        for cells in rows:
            page.append(cells)
    made.save(folder / "h.xlsx")
    return folder / "h.xlsx"


def test_defaults(tmp_path):
    assert read(tmp_path)._asdict() == {field.name: field.default for field in SETTINGS}


@pytest.mark.parametrize("name,text,value", [
    ("band", "5%", 0.05), ("band", "0.05", 0.05), ("band", " 5 % ", 0.05), ("rally", "150%", 1.5), ("horizon_days", "30", 30.0),
    ("funding_rate", "-0.01%", -0.0001), ("discount_rate", "4%", 0.04), ("mode", "SPOT", "spot"),
    ("long_underweight", "yes", True), ("long_underweight", "FALSE", False), ("long_underweight", "1", True),
    ("shocks", "-50%;0; 25 1e0", (-0.5, 0.0, 25.0, 1.0)), ("ladder_prices", "40000;60000", (40000.0, 60000.0)), ("ratios", "20%", (0.2,)),
    ("price_time", "2026-01-31", datetime(2026, 1, 31)), ("price_time", "2026-01-31 08:00", datetime(2026, 1, 31, 8)),
    ("price_time", "2026-01-31T08:00:30Z", datetime(2026, 1, 31, 8, 0, 30)), ("price_time", "2026-01-31 08:00 UTC", datetime(2026, 1, 31, 8)),
    ("price_time", "2026-01-31T08:00+02:00", datetime(2026, 1, 31, 6)), ("price_source", "=desk; 8 am", "=desk; 8 am"),
])  # fmt: skip
def test_a_value_is_read_from_a_file_and_from_the_command_line(tmp_path, name, text, value):
    assert getattr(read(tmp_path, f"setting,value\n{name},{text}\n"), name) == value
    assert getattr(read(tmp_path, None, **{name: text}), name) == value


@pytest.mark.parametrize("name,text,sentence", [
    ("bandd", "1", "--set bandd: is not a setting; did you mean band?"),
    ("mode", "short", "--set mode: must be one of hedge, spot (got 'short')"),
    ("band", "5", "--set band: must be >= 0 and <= 1, such as 0.2 or 20% (got '5')"),
    ("band", "0,05", f"--set band: {FRACTION} (got '0,05')"),
    ("band", "", "--set band: needs a value after ="),
    ("horizon_days", "30%", f"--set horizon_days: {NUMBER} (got '30%')"),
    ("horizon_days", "0", "--set horizon_days: must be > 0 and <= 3650 days (got '0')"),
    ("horizon_days", "nan", f"--set horizon_days: {NUMBER} (got 'nan')"),
    ("long_underweight", "maybe", "--set long_underweight: must be TRUE or FALSE (got 'maybe')"),
    ("shocks", "0.1,0.2", f"--set shocks: {FRACTION}{LIST} (got '0.1,0.2')"),
    ("shocks", "0,5;1", f"--set shocks: {FRACTION} (got '0,5;1')"),
    ("shocks", "-1;0", "--set shocks: must be a list of numbers, each > -1 and <= 100, such as 0.2 or 20% (got '-1;0')"),
    ("shocks", ";", "--set shocks: must be a list of 1 to 50 numbers (got ';')"),
    ("shocks", "0;" * 51, f"--set shocks: must be a list of 1 to 50 numbers (got '{'0;' * 28}...)"),
    ("price_time", "31.01.2026", f"--set price_time: {TIME} (got '31.01.2026')"),
    ("price_time", "2026-02-30", f"--set price_time: {TIME} (got '2026-02-30')"),
    ("price_time", "0001-01-01T00:00+14:00", f"--set price_time: {TIME} (got '0001-01-01T00:00+14:00')"),
    ("price_source", "x" * 65, "--set price_source: must be text of at most 64 characters, without control characters"),
])  # fmt: skip
def test_a_wrong_value_is_told(tmp_path, name, text, sentence):
    told = read(tmp_path, None, **{name: text})
    assert [line[: len(sentence)] for line in told] == [sentence]
    assert [str(mistake) for mistake in override_mistakes({name: text})] == told


def test_an_unknown_setting_with_nothing_close_lists_them(tmp_path):
    assert read(tmp_path, None, xyzzy="1")[0].startswith(
        "--set xyzzy: is not a setting; settings are mode, long_underweight, band"
    )


@pytest.mark.parametrize("text,sentences", [
    ("setting,value\nbandd,1\nrally,x\n\n# note\nmode,1\n",
     ["s.csv row 2, setting: is not a setting; did you mean band? (got 'bandd')", f"s.csv row 3, rally: {FRACTION} (got 'x')",
      "s.csv row 6, mode: must be one of hedge, spot (got '1')"]),
    ("setting,value\nband,1%\nBand,2%\n", ["s.csv row 3, setting: stands in row 2 already (got 'Band')"]),
    ("setting,value\n,5\n", ["s.csv row 2, setting: is required beside a value"]),
    ("setting,value\nshocks,0.1,0.2\n", ["s.csv row 2, (row): has more than the 2 cells of the header; a list has ; between its numbers (got '0.2')"]),
    ("setting,value,portfolio\nband,1%,c\n", ["s.csv row 2, portfolio: has no holdings (got 'c')"]),
    ("setting,value,portfolio\nband,1%,b\u202e\n",
     ["s.csv row 2, portfolio: must be text of at most 64 characters, without control characters (got 'b\\u202e')"]),
    ("setting,value\nscenario_asset,BTC\n", ["s.csv row 2, scenario_asset: must be an asset of the portfolio: ETH (got 'BTC')"]),
    ("setting,value\nred_distance,40%\n", ["s.csv row 2, red_distance: must not exceed amber_distance 0.3 (got 0.4)"] * 2),
])  # fmt: skip
def test_mistakes_in_a_file_are_told_at_once(tmp_path, text, sentences):
    assert read(tmp_path, text) == sentences


@pytest.mark.parametrize("text,sentence", [
    ("", "s.csv: is empty; it needs a header row and at least one row below it"),
    ("band,5%\n", f"s.csv: {HEADER} (it holds 'band', '5%')"),
    ("setting,valu\n", "s.csv: unknown column 'valu' (did you mean value?)"),
    ("setting,portfolio\n", "s.csv: column value is missing"),
    ("setting,value,value\n", "s.csv: column 'value' appears 2 times"),
])  # fmt: skip
def test_a_file_that_is_no_table_of_settings(tmp_path, text, sentence):
    with pytest.raises(XlhedgeError) as caught:
        read(tmp_path, text)
    assert str(caught.value) == sentence


def test_blank_values_and_columns_beside_change_nothing(tmp_path):
    text = "setting,value,unit,note\nband [fraction],,fraction,why\nhorizon days,7,days,a week\n"
    assert (read(tmp_path, text).band, read(tmp_path, text).horizon_days) == (0.0, 7.0)


def test_a_row_of_a_portfolio_wins_over_one_for_all_in_any_order(tmp_path):
    assert read(tmp_path, "setting,value,portfolio\nband,1%,a\nband,2%,\nband,3%,b\n").band == 0.01


def test_a_mistake_for_one_portfolio_leaves_the_other_whole(tmp_path):
    (tmp_path / "h.csv").write_text(HOLDINGS)
    (tmp_path / "s.csv").write_text("setting,value,portfolio\nband,x,a\n")
    portfolios, errors = read_portfolios(tmp_path / "h.csv", tmp_path / "s.csv")
    assert ([p.name for p in portfolios], [e.portfolio for e in errors]) == (["b"], ["a"])


def test_the_command_line_wins_over_the_file_and_the_file_over_the_sheet(tmp_path):
    holdings = workbook(
        tmp_path,
        Holdings=[["portfolio", "asset", "coins", "price"], ["a", "BTC", 1, 60000]],
        Settings=[["setting", "value", "portfolio"], ["band", 0.01, None], ["rally", 0.1, "a"], ["fall", 0.1, "a"],
                  ["price_time", datetime(2026, 1, 31, 8), None], ["long_underweight", True, None], ["shocks", 0.5, None]],
    )  # fmt: skip
    (tmp_path / "s.csv").write_text("setting,value,portfolio\nrally,20%,\nfall,20%,a\n")
    portfolios, errors = read_portfolios(holdings, tmp_path / "s.csv", {"fall": "30%"})
    found = portfolios[0].settings
    assert not errors
    assert (found.band, found.rally, found.fall) == (0.01, 0.2, 0.3)
    assert (found.price_time, found.long_underweight, found.shocks) == (datetime(2026, 1, 31, 8), True, (0.5,))


def test_settings_from_a_workbook_of_their_own(tmp_path):
    path = workbook(tmp_path, Other=[["x"]], Settings=[["setting", "value"], ["band", 0.01], ["rally", "x"]])
    (tmp_path / "h.csv").write_text(HOLDINGS)
    _, errors = read_portfolios(tmp_path / "h.csv", path)
    assert [str(error) for error in errors] == [f"h.xlsx Settings row 3, rally: {FRACTION} (got 'x')"]


def test_each_portfolio_has_settings_of_its_own(tmp_path):
    (tmp_path / "h.csv").write_text(HOLDINGS)
    first, second = read_portfolios(tmp_path / "h.csv")[0]
    first.settings.band = 0.5
    assert second.settings.band == 0.0


FORMATTED = [  # a value as a spreadsheet formats it, in a file whose decimals have points, and alone
    ("min_trade", "$5000", 5000.0, 5000.0), ("min_trade", "5000 USD", 5000.0, 5000.0), ("min_trade", "60 000", 60000.0, 60000.0),
    ("min_trade", "1,234,567", 1234567.0, 1234567.0), ("min_trade", "$1,234.5", 1234.5, 1234.5),
    ("price_hours", "1,000", 1000.0, "may have a comma for thousands or for decimals: write 1000 or 1.0"),
    ("min_trade", "$1,250", 1250.0, "may have a comma for thousands or for decimals: write 1250 or 1.25"),
    ("min_trade", "5000 EUR", "must be in USD, and this is in EUR", "must be in USD, and this is in EUR"),
    ("min_trade", "1.234,5", NUMBER, NUMBER), ("price_hours", "30 hours", NUMBER, NUMBER), ("rally", "0,5", FRACTION, FRACTION),
    ("rally", "$0.5", "must be a share such as 0.2 or 20%", "must be a share such as 0.2 or 20%"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "text", "beside", "alone"), FORMATTED)
def test_numbers_as_a_spreadsheet_formats_them(tmp_path, name, text, beside, alone):
    for other, expected in (("funding_rate,0.0001\n", beside), ("", alone)):
        found = read(tmp_path, f'setting,value\n{other}{name},"{text}"\n')
        if isinstance(expected, str):
            assert found == [f"s.csv row {3 if other else 2}, {name}: {expected} (got {text!r})"]
        else:
            assert getattr(found, name) == expected


def test_every_setting_is_listed():
    records = json.loads(run("settings", "--json").stdout)
    assert [(r["name"], r["unit"] or "", r["meaning"], r["rule"]) for r in records] == [
        (field.name, field.unit, field.meaning, field.rule) for field in SETTINGS
    ]
    lines = run("settings").stdout.splitlines()
    assert "rally = 0.5 [fraction]" in lines[::2]
    assert len(lines) == 2 * len(SETTINGS)
    assert run("settings", "liquidation", "amber").stdout.startswith("amber_distance = 0.3 [fraction]\n")
    assert fails(2, "settings", "nothing-like-it").startswith("no setting has 'nothing-like-it' in its name")


def test_a_listed_default_is_what_a_file_may_say(tmp_path):
    records = json.loads(run("settings", "--json").stdout)
    told = "".join(f"{r['name']},{r['default_text']}\n" for r in records if r["default_text"] is not None)
    assert read(tmp_path, f"setting,value\n{told}")._asdict() == {field.name: field.default for field in SETTINGS}
