"""The pictures of docs/pictures: one of every sheet, small, and the links to them."""

import re

import contact_sheets
import pytest
from PIL import Image
from pictures import FOLDER, MOST_KB, MOST_KB_TOGETHER, PICTURES, known

from xlhedge.workbook.sheets.scenario_set import BLANK_SET

README = (FOLDER.parents[1] / "README.md").read_text("utf-8")
FILES = sorted(FOLDER.glob("*.png"))
SAMPLES = sorted(contact_sheets.FOLDER.glob("*.png"))
PAGE = contact_sheets.FOLDER.with_suffix(".md")


def test_every_sheet_has_a_picture_and_no_picture_is_left_over():
    assert {sheet for sheet, _ in PICTURES.values()} == set(known()) - {BLANK_SET}  # which is Stress without scenarios
    assert sorted(path.stem for path in FILES) == sorted(PICTURES)


def test_they_are_small():
    sizes = {path.name: path.stat().st_size / 1000 for path in FILES}
    assert max(sizes.values()) <= MOST_KB and sum(sizes.values()) <= MOST_KB_TOGETHER, sizes


def test_five_samples_have_a_picture_of_all_their_sheets_which_a_page_shows():
    assert [path.stem for path in SAMPLES] == sorted(contact_sheets.SHOWN) and len(SAMPLES) == 5
    assert max(path.stat().st_size / 1000 for path in SAMPLES) <= contact_sheets.MOST_KB
    shown = re.findall(r"!\[[^\]]+\]\(samples/([^)]+)\.png\)", PAGE.read_text("utf-8"))
    assert shown == [*contact_sheets.SHOWN] and "docs/samples.md" in README


@pytest.mark.parametrize("path", FILES + SAMPLES, ids=[path.stem for path in FILES + SAMPLES])
def test_no_picture_is_blank_or_without_contrast(path):
    """Most of it white or pale, some of it as dark as text, in gray too."""
    counts = Image.open(path).convert("L").histogram()
    dark, pale = sum(counts[:100]) / sum(counts), sum(counts[200:]) / sum(counts)
    assert 0.003 < dark < 0.3 and pale > 0.6


def test_the_readme_shows_some_and_links_all():
    shown = re.findall(r"!\[[^\]]+\]\((docs/pictures/[^)]+)\)", README)
    linked = re.findall(r"\]\((docs/pictures/[^)]+)\)", README)
    assert 3 <= len(shown) <= 6 and set(linked) == {f"docs/pictures/{path.name}" for path in FILES}
