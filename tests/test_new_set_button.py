"""The button New scenario set: which sheet is copied, how the copy is called, what is blanked on it, and the VBA that does it."""

import pytest
from books import build_sample, loaded
from vba_host import NO_PYTHON, VbaHost

from xlhedge.hosts.excel.new_set import NewSet, new_set

OF_STRESS = tuple(f"{column}30:{column}53" for column in "ABCDEFGQRST")
"""What is typed there on btc-50, with room for four assets: ten scenarios and 14 spare rows."""
BLANKED = tuple(f"{column}10:{column}29" for column in "ABCDEFGQRST")


@pytest.fixture(scope="module")
def pages(tmp_path_factory) -> dict[str, list]:
    """The values of all sheets of a workbook, as Excel hands them over."""
    book = loaded(build_sample(0, tmp_path_factory.mktemp("set")), data_only=True)
    return {page.title: [[*row] for row in page.values] for page in book}


def typed(page: list) -> list:
    """A set with a scenario on it."""
    return [*page[:9], ["Crash", *page[9][1:]], *page[10:]]


MADE = {  # what becomes of the sheets of a workbook, and what is copied, under which name, and blanked
    "the blank set": (lambda sheets: sheets, NewSet("Scenario set", "Scenario set 2")),
    "the blank one of two": (
        lambda sheets: {"scenario set 2": typed(sheets["Scenario set"])} | sheets, NewSet("Scenario set", "Scenario set 3"),
    ),
    "one that is filled": (
        lambda sheets: sheets | {"Scenario set": typed(sheets["Scenario set"])}, NewSet("Scenario set", "Scenario set 2", BLANKED),
    ),
    "a renamed one before Stress": (
        lambda sheets: {"Stress": sheets["Stress"], "Mine": typed(sheets["Scenario set"])}, NewSet("Mine", "Scenario set", BLANKED),
    ),
    "Stress where there is no set": (lambda sheets: {"Stress": sheets["Stress"]}, NewSet("Stress", "Scenario set", OF_STRESS)),
    "nothing": (
        lambda sheets: {"Inputs": sheets["Inputs"], "Empty": []},
        NewSet(told="Nothing was changed: this workbook has no sheet of scenarios that could be copied."),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("change", "made"), MADE.values(), ids=[*MADE])
def test_what_is_copied(pages, change, made):
    sheets = change(dict(pages))
    assert new_set([*sheets], sheets) == made


ANSWER = (
    "Dim made(3, 1) As Variant", 'made(0, 0) = "Mine": made(0, 1) = "Scenario set 2"', 'made(1, 0) = "A2:B9": made(2, 0) = "D2:D9"',
    "Answer = made",
)  # fmt: skip
REFUSAL = ("Dim made(1, 1) As Variant", 'made(0, 0) = "no sheet of scenarios"', 'made(0, 1) = ""', "Answer = made")


BEGIN = (
    'ActiveSheet.Name = "Mine"', 'Range("A1").Value = "Scenario": Range("B2").Value = "yes": Range("C2").Formula = "=1+1"',
    'Range("D2").Value = 7', 'Worksheets.Add.Name = "Cover"',
)  # fmt: skip
END = 'XlhedgeNewScenarioSet Nothing: Worksheets("Cover").Range("Z1").Value = Asked & "|" & ActiveSheet.Name'


@pytest.fixture
def excel():
    """A function that presses the button after lines of VBA: the workbook, what is said, what Python was asked."""
    host = VbaHost('Join(given(0), ",") & " " & UBound(given) & " " & given(1) & " " & given(2)(2, 2)')

    def pressed(*lines: str):
        told = host.run(*BEGIN, *lines, END)
        return host, told, host.value("Cover", "Z1")

    return pressed


def test_the_vba_copies_names_and_blanks(excel):
    host, told, asked = excel(*ANSWER)
    assert asked == "xlhedge.hosts.excel.buttons.new_scenario_set Cover,Mine 2 Mine yes|Scenario set 2" and told == []
    cells = ("A1", "A2", "B2", "C2", "D2")
    assert [host.value("Mine", cell) for cell in cells] == ["Scenario", None, "yes", 2, 7]
    assert [host.value("Scenario set 2", cell) for cell in cells] == ["Scenario", None, None, 2, None]


VBA = {
    "it has no set": (REFUSAL, "no sheet of scenarios"),
    "Python does not start": (("Ends = True",), NO_PYTHON),
}  # fmt: skip


@pytest.mark.parametrize(("lines", "told"), VBA.values(), ids=[*VBA])
def test_the_vba_changes_nothing_where_it_cannot(excel, lines, told):
    _, said, asked = excel(*lines)
    assert said == [told] and asked.endswith("|Cover")
