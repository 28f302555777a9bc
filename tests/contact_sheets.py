"""Draw docs/samples: a picture of each sample with all sheets of its workbook that are its own side by side, as they are built.

Each carries the digest of all its sheets, so that a test can tell when it must be drawn anew.
"""

import hashlib
import tempfile
from functools import cache
from pathlib import Path

from books import SAMPLE_FILES
from one_sheet import sample
from pictures import DPI, SCREEN, digests, png_of
from PIL import Image, ImageDraw, ImageFont

from xlhedge.hosts.calc import Calc
from xlhedge.workbook.file.writer import write
from xlhedge.workbook.grid.sheet import Book
from xlhedge.workbook.model import build_model

FOLDER = Path(__file__).parents[1] / "docs/samples"
SAME = ("Contracts", "Tiers", "Functions")
"""Sheets that are the same in each."""
SHOWN = ("btc-50", "six-assets", "miner", "dao", "fund")
ACROSS, SCALE, GAP, TITLE, COLOURS = 4, 0.4, 12, 22, 48
MOST_KB = 400


@cache
def book_of(name: str) -> Book:
    """The model of a sample."""
    (number,) = (i for i, (holdings, _) in enumerate(SAMPLE_FILES) if holdings == f"{name}.csv")
    return build_model(sample(number))


@cache
def known(name: str) -> str:
    """The digest of all sheets of a sample as they are now."""
    return hashlib.sha256(repr((digests(book_of(name)), ACROSS, SCALE, COLOURS)).encode()).hexdigest()[:16]


@cache
def drawn(name: str) -> bytes:
    """The picture of a sample."""
    with tempfile.TemporaryDirectory() as scratch, Calc(timeout=300) as calc:
        path = Path(scratch) / "sample.xlsx"
        write(book_of(name), path)
        with calc.open(path) as document:
            pages = dict(zip(document.sheets(), document.to_png(scratch, DPI)))
        made = together({sheet: tile(Image.open(page)) for sheet, page in pages.items() if sheet not in SAME})
    return png_of(made, known(name))


def tile(page: Image.Image) -> Image.Image:
    """What a screen shows of a sheet, smaller."""
    width, height = SCREEN[2:]
    screen = Image.new("RGB", (width, height), "white")
    screen.paste(page.convert("RGB").crop((0, 0, min(width, page.width), min(height, page.height))))
    return screen.resize((round(width * SCALE), round(height * SCALE)), Image.Resampling.LANCZOS)


def together(tiles: dict[str, Image.Image]) -> Image.Image:
    """The sheets side by side, each below its name, in few colours."""
    width, height = next(iter(tiles.values())).size
    down = -(-len(tiles) // ACROSS)
    whole = Image.new("RGB", (ACROSS * (width + GAP) + GAP, down * (height + GAP + TITLE) + GAP), "white")
    pen, font = ImageDraw.Draw(whole), ImageFont.load_default(TITLE - 6)
    for place, (sheet, image) in enumerate(tiles.items()):
        left, top = GAP + place % ACROSS * (width + GAP), GAP + place // ACROSS * (height + GAP + TITLE)
        pen.text((left, top), sheet, "black", font)
        whole.paste(image, (left, top + TITLE))
        pen.rectangle((left, top + TITLE, left + width, top + TITLE + height), outline="gray")
    return whole.quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
