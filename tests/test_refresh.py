"""Everything that is generated and committed is up to date, and the command that says so can be believed."""

import pytest
import refresh
from pictures import PICTURES
from refresh import COUNTS, MADE, ROOT, TEMPLATES, Made, in_words, main, readme

from xlhedge.workbook.sheets import SHEETS

SMALL = ["docs/inputs.md", "docs/cli.md"]


@pytest.mark.parametrize("made", MADE, ids=[made.path for made in MADE])
def test_it_is_up_to_date(made):
    assert made.is_fresh(), "run bash install/refresh.sh"


def test_nothing_beside_it_is_left_over():
    paths = [made.path for made in MADE]
    assert len(paths) == len(set(paths))
    for pattern in ("docs/pictures/*", "docs/samples/*", "tests/data/excel/*.bas", "workbooks/*.xlsx"):
        there = {path.relative_to(ROOT).as_posix() for path in ROOT.glob(pattern)}
        assert there <= set(paths), "nothing writes these any more"


def test_check_says_what_is_stale_and_writes_nothing(tmp_path, capsys):
    assert main(["--check", *SMALL], tmp_path) == 1
    assert capsys.readouterr().out.splitlines() == [f"{path} is out of date: bash install/refresh.sh" for path in SMALL]
    assert list(tmp_path.iterdir()) == []


def test_it_writes_what_is_stale_and_then_nothing(tmp_path, capsys):
    assert main(SMALL, tmp_path) == 0
    (tmp_path / SMALL[1]).write_text("changed")
    assert main(SMALL, tmp_path) == 0 and main(["--check", *SMALL], tmp_path) == 0
    wrote = [f"wrote {path}" for path in [*SMALL, SMALL[1]]]
    assert capsys.readouterr().out.splitlines() == [*wrote, "2 files are up to date"]


def test_folders_choose_and_pictures_can_be_left_out(tmp_path, capsys):
    assert main(["--check", "--no-pictures", "docs"], tmp_path) == 1
    told = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
    assert told == ["docs/functions.md", "docs/inputs.md", "docs/contracts.md", "docs/cli.md"]
    with pytest.raises(SystemExit, match="2"):
        main(["xlhedge/cli.py"], tmp_path)
    assert "nothing there is written by a program: xlhedge/cli.py" in capsys.readouterr().err


@pytest.mark.parametrize("path", [TEMPLATES["native"], f"docs/pictures/{next(iter(PICTURES))}.png"])
def test_one_that_shows_something_else_is_stale(path, tmp_path):
    others = {TEMPLATES["native"]: TEMPLATES["addin"]}
    (made,) = (made for made in MADE if made.path == path)
    other = ROOT / others.get(path, "docs/pictures/checks.png")
    (tmp_path / path).parent.mkdir(parents=True)
    (tmp_path / path).write_bytes(other.read_bytes())
    assert made.is_fresh() and not made.is_fresh(tmp_path)


def test_counts_are_in_the_readme_and_keep_their_spelling(monkeypatch):
    told = readme()
    assert all(f" {noun}" in told for noun in COUNTS)
    for noun in COUNTS:
        monkeypatch.setitem(COUNTS, noun, lambda: 33)
    assert "33 worksheet functions" in readme() and "thirty-three venues" in readme()


def test_the_readme_lists_every_sheet_anew(monkeypatch):
    monkeypatch.setattr(refresh, "SHEETS", SHEETS[:2])
    assert readme().count("\n* [") == (ROOT / "README.md").read_text("utf-8").count("\n* [") - len(SHEETS) + 2
    assert f"\n* [Inputs](docs/pictures/inputs.png): {SHEETS[1].purpose}\n" in readme()


def test_numbers_in_words():
    assert [in_words(number) for number in (4, 14, 20, 62, 99)] == [
        "four",
        "fourteen",
        "twenty",
        "sixty-two",
        "ninety-nine",
    ]


def test_a_text_is_utf_8_with_plain_ends_of_line():
    assert Made("a", lambda: "Ü\n").content() == b"\xc3\x9c\n"
