"""Draw the pictures of docs/pictures: every sheet of the six-asset sample, filled in, at the size of a screen.

A picture carries the digest of the sheet that it shows, so that a test can tell when it must be drawn anew.
"""

import hashlib
import io
import tempfile
from functools import cache
from pathlib import Path

import numpy as np
from one_sheet import sample as portfolio_of
from PIL import Image, ImageChops
from PIL.PngImagePlugin import PngInfo

from xlhedge.hosts.calc import OpenDocument
from xlhedge.hosts.calc import Calc
from xlhedge.workbook.file.writer import write
from xlhedge.workbook.grid import theme
from xlhedge.workbook.grid.sheet import Book, Sheet
from xlhedge.workbook.model import build_model
from xlhedge.workbook.sheets import SHEETS
from xlhedge.workbook.sheets.replay import SHIPPED

FOLDER = Path(__file__).parents[1] / "docs/pictures"
SAMPLE = 2
DPI, MARGIN = 96, 12
MOST_KB, MOST_KB_TOGETHER = 80, 800
SCREEN = (0, 0, 2000, 1050)
# The part of a sheet that its picture shows [pixels]: left, top, right, bottom; a screen of it unless it is told here.
CUT = {
    "About": (0, 0, 1160, 800), "Dashboard": (0, 0, 1620, 1145), "Contracts": (0, 0, 1412, 760), "Allocation": (0, 0, 1300, 1020),
    "Hedge plan": (0, 0, 1800, 1055), "Scenarios": (0, 0, 1900, 1036), "Stress": (0, 0, 1960, 620),
    "Compare": (0, 0, 1395, 1135), "Monitor": (0, 0, 2068, 1050), "Replay": (0, 0, 1237, 760),
    "Functions": (0, 0, 900, 800), "Tiers": (0, 0, 1412, 600),
}  # fmt: skip
# Further pictures of a sheet: name, sheet, how the README calls it, the part shown.
DETAILS = (
    ("heat-map", "Scenarios", "its heat map", (0, 1488, 1200, 1840)),
    ("compare-charts", "Compare", "its chart", (0, 1670, 845, 2010)),
    ("replay-chart", "Replay", "its chart", (1356, 55, 2195, 392)),
)


def name_of(sheet: str) -> str:
    """The name of a sheet's own picture."""
    return sheet.lower().replace(" ", "-")


PICTURES = {name_of(sheet.name): (sheet.name, CUT.get(sheet.name, SCREEN)) for sheet in SHEETS} | {
    name: (sheet, part) for name, sheet, _, part in DETAILS
}
"""Name of each picture, its sheet, and the part shown."""
# Texts and fills keep their colours: each ink, and a shade between it and white.
INKS = (theme.INK, theme.NAVY, theme.BLUE, theme.GREEN, theme.GREY, "FF0000")
GROUNDS = (theme.WHITE, theme.PALE_BLUE, theme.PALE_GREY, theme.RED_FILL, theme.AMBER_FILL, theme.GREEN_FILL, "D5DAE0")
SHADES = (0.5,)
LIGHT = 200  # of 255: borders and fills, but no text
FLAT = 300  # pixels between their like that make another colour count
# What is chosen and typed before the picture is taken: sheet, label in column A, value in column B.
CHOSEN = [("Scenarios", "Asset", "SOL"), ("Compare", "Asset", "SOL"), ("Replay", "Asset", "SOL")]
# Rows typed into the log of Monitor: position, time, type, fill, price, fee, funding, transfer, note.
SOL = "SOL binance SOLUSD"
LOG = [
    (SOL, 46022.604, "fill", -324_500.0, 150.0, 1.0817, None, None, "the plan's trade"),
    (SOL, 46022.604, "transfer", None, None, None, None, 957.38, "its margin"),
    (SOL, 46023.333, "funding", None, 153.2, None, 0.254, None, "funding, 8 hours"),
    (SOL, 46024.604, "fill", -30_000.0, 158.5, 0.0946, None, None, "re-hedge after the rise"),
    (SOL, 46027.333, "funding", None, None, None, -0.112, None, "funding paid, price not noted"),
]


def sample() -> Book:
    """The model of the sample."""
    return build_model(portfolio_of(SAMPLE))


def digests(book: Book) -> dict[str, str]:
    """The digest of what each sheet shows."""
    return {name: digest(sheet) for name, sheet in book.sheets.items()}


def digest(sheet: Sheet) -> str:
    """The digest of a sheet's texts, figures, looks, widths and charts, in whatever order, and of what its pictures take."""
    blocks = [(b.row, b.column, b.style, [shown(value) for value in b.values.flat]) for b in sheet.blocks]
    drawn = [sorted(map(repr, each)) for each in (blocks, sheet.widths.items(), sheet.charts, sheet.scales)]
    looks = theme.ROLES, theme.FORMATS, theme.ALARMS, theme.FILLS
    parts = [picture for picture in PICTURES.values() if picture[0] == sheet.name]
    told = repr((drawn, looks, CHOSEN, LOG, parts))
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def shown(value) -> str:
    """A value as far as a picture can tell it."""
    return f"{round(value, 9):.9g}" if isinstance(value, float) else str(value)


def fill_in(book: OpenDocument) -> None:
    """Choose and type what the pictures show; the made-up history takes the price of the asset chosen."""
    for sheet, label, value in CHOSEN:
        book.set(sheet, row_of(book, sheet, label, "B"), value)
    top = int(row_of(book, "Replay", "Day or time", "B", 2)[1:])
    prices = book.cells("Replay")
    share = book.get("Scenarios", row_of(book, "Scenarios", "Price", "B")) / prices[f"B{top}"]
    for row in range(top, top + SHIPPED):
        book.set("Replay", f"B{row}", prices[f"B{row}"] * share)
    first = row_of(book, "Monitor", "Before the log", "B", 1)
    row = int(first[1:])
    for i, typed in enumerate(LOG):
        for column, value in zip("BCDEFGHIJ", typed):
            if value is not None:
                book.set("Monitor", f"{column}{row + i}", value)
    book.recalculate()


def row_of(book: OpenDocument, sheet: str, label: str, column: str, below: int = 0) -> str:
    """The address in a column, in the row of a label in column A or some rows below it."""
    rows = (int(a[1:]) for a, text in book.cells(sheet).items() if a[0] == "A" and a[1:].isdigit() and text == label)
    return f"{column}{min(rows) + below}"


def draw(path: Path, folder: Path) -> dict[str, Path]:
    """A picture of each sheet, whole and as large as on the screen."""
    with Calc(timeout=300) as calc, calc.open(path) as book:
        fill_in(book)
        return dict(zip(book.sheets(), book.to_png(folder, DPI)))


def small(page: Image.Image, box: tuple[int, int, int, int]) -> Image.Image:
    """A part of a page without the white around it, in few colours."""
    page = page.convert("RGB")
    page = page.crop((box[0], box[1], min(box[2], page.width), between_lines(page, box)))
    left, top, right, bottom = ImageChops.difference(page, Image.new("RGB", page.size, "white")).getbbox()
    framed = Image.new("RGB", (right - left + 2 * MARGIN, bottom - top + 2 * MARGIN), "white")
    framed.paste(page.crop((left, top, right, bottom)), (MARGIN, MARGIN))
    return in_colours(framed)


def between_lines(page: Image.Image, box: tuple[int, int, int, int]) -> int:
    """The lowest row of pixels above the bottom of the box, or at it, that cuts no line of text in two."""
    bottom = min(box[3], page.height)
    rows = np.asarray(page.convert("L"))[box[1] : bottom, box[0] : box[2]]
    return box[1] + int(np.flatnonzero((rows > LIGHT).all(axis=1))[-1]) + 1


def in_colours(image: Image.Image) -> Image.Image:
    """The image in the colours of the theme, and in the few that it has beside them, such as those of a heat map."""
    colours = [rgb(ground) for ground in GROUNDS]
    for ink in map(rgb, INKS):
        colours += [ink, *(tuple(round(255 + (part - 255) * share) for part in ink) for share in SHADES)]
    pixels = np.asarray(image)
    is_flat = np.logical_and(*((pixels[:, 1:-1] == beside).all(axis=2) for beside in (pixels[:, :-2], pixels[:, 2:])))
    flat, counts = np.unique(pixels[:, 1:-1][is_flat], axis=0, return_counts=True)
    colours += [tuple(map(int, colour)) for colour in flat[counts > FLAT] if tuple(colour) not in colours]
    found, places = np.unique(pixels.reshape(-1, 3), axis=0, return_inverse=True)
    distances = ((found[:, None, :].astype(int) - np.array(colours)) ** 2).sum(axis=2)
    nearest = distances.argmin(axis=1).astype(np.uint8)
    made = Image.fromarray(nearest[places.ravel()].reshape(image.size[::-1]), "P")
    made.putpalette([part for colour in colours for part in colour])
    return made


def png_of(image: Image.Image, digest: str) -> bytes:
    """A picture that carries the digest of what it shows."""
    told, png = PngInfo(), io.BytesIO()
    told.add_text("digest", digest)
    image.save(png, "png", optimize=True, pnginfo=told)
    return png.getvalue()


def rgb(colour: str) -> tuple[int, ...]:
    """A colour's three parts."""
    return tuple(bytes.fromhex(colour))


@cache
def known() -> dict[str, str]:
    """The digest of each sheet of the sample as it is now."""
    return digests(sample())


@cache
def drawn() -> dict[str, bytes]:
    """Every picture by its name, each with the digest of its sheet."""
    book, made = sample(), {}
    with tempfile.TemporaryDirectory() as scratch:
        write(book, Path(scratch) / "sample.xlsx")
        pages = draw(Path(scratch) / "sample.xlsx", Path(scratch))
        for name, (sheet, box) in PICTURES.items():
            made[name] = png_of(small(Image.open(pages[sheet]), box), known()[sheet])
    return made
