"""Write anew whatever in the repository is written by a program, or say what of it is out of date.

    bash install/refresh.sh                  writes what is out of date
    bash install/refresh.sh --check          only says what is, and then exits 1
    bash install/refresh.sh docs xlhedge     the same for files in these folders alone

The pictures need LibreOffice to be drawn, but not to be checked; --no-pictures leaves them out.
"""

import argparse
import io
import re
import sys
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

import contact_sheets
import pictures
from PIL import Image

from xlhedge.cli_reference import cli_page
from xlhedge.contracts import venues
from xlhedge.hosts.excel.functions import generated_modules
from xlhedge.reference import PAGES
from xlhedge.registry import FUNCTIONS
from xlhedge.stubs import stub
from xlhedge.template import build_template
from xlhedge.workbook.file.writer import render
from xlhedge.workbook.sheets import SHEETS

ROOT = Path(__file__).parents[1]
TEMPLATES = {
    "native": "workbooks/xlhedge-template.xlsx",
    "addin": "workbooks/xlhedge-template-addin.xlsx",
    "lambda": "workbooks/xlhedge-template-lambda.xlsx",
}
PICTURES, SHEETS_OF_SAMPLES = "docs/pictures", "docs/samples"
COUNTS: dict[str, Callable[[], int]] = {"worksheet functions": lambda: len(FUNCTIONS), "venues": lambda: len(venues())}
"""What the README counts, in digits or in words."""
LIST_OF_SHEETS = re.compile(rf"(?:^\* \[[^]]+\]\({PICTURES}/.*\n)+", re.MULTILINE)
"""Where the README lists the sheets."""


class Made(NamedTuple):
    """A file that is written by a program: its path in the repository, its content, and how both are compared."""

    path: str
    make: Callable[[], str | bytes]
    compare: Callable[["Made", bytes], bool] = lambda made, there: made.content() == there

    def content(self) -> bytes:
        """What the file must hold; texts are UTF-8."""
        made = self.make()
        return made if isinstance(made, bytes) else made.encode()

    def is_fresh(self, root: Path = ROOT) -> bool:
        """Whether the file holds what the program would write."""
        return (root / self.path).exists() and self.compare(self, (root / self.path).read_bytes())

    def write(self, root: Path = ROOT) -> None:
        """Write the file, with its folder."""
        (root / self.path).parent.mkdir(parents=True, exist_ok=True)
        (root / self.path).write_bytes(self.content())


def has_same_parts(made: Made, there: bytes) -> bool:
    """Whether every part of two packages is the same in order, time and bytes; machines may deflate differently."""
    return _parts(made.content()) == _parts(there)


def _parts(package: bytes) -> list[tuple]:
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        return [(info.filename, info.date_time, archive.read(info)) for info in archive.infolist()]


def shows(known: Callable[[str], str]) -> Callable[[Made, bytes], bool]:
    """A comparison of pictures: each must carry the digest that is known of its name now."""
    return lambda made, there: Image.open(io.BytesIO(there)).text.get("digest") == known(Path(made.path).stem)


def digest_of_sheet(name: str) -> str:
    """The digest of the sheet that a picture of docs/pictures shows."""
    return pictures.known()[pictures.PICTURES[name][0]]


def readme() -> str:
    """The README with its counts as they are now, each spelt as it was, and its list of the sheets."""
    told = LIST_OF_SHEETS.sub(lambda _: list_of_sheets(), (ROOT / "README.md").read_text("utf-8"))
    numbers = "|".join(sorted(map(in_words, range(1, 100)), key=len, reverse=True))
    for noun, count in COUNTS.items():
        right = count()
        told = re.sub(
            rf"\b(\d+|{numbers})(?= {noun}\b)",
            lambda found, right=right: str(right) if found[0].isdigit() else in_words(right),
            told,
        )
    return told


def list_of_sheets() -> str:
    """A line for each sheet: its name and picture, further pictures of it, and its purpose."""
    lines = []
    for sheet in SHEETS:
        more = [f"[{called}]({PICTURES}/{name}.png)" for name, of, called, _ in pictures.DETAILS if of == sheet.name]
        links = " with ".join([f"[{sheet.name}]({PICTURES}/{pictures.name_of(sheet.name)}.png)", *more])
        lines.append(f"* {links}: {sheet.purpose}\n")
    return "".join(lines)


def in_words(number: int) -> str:
    """A number below a hundred in words."""
    small = (
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
        "eighteen nineteen"
    ).split()
    tens = "twenty thirty forty fifty sixty seventy eighty ninety".split()
    if number < 20:
        return small[number]
    return tens[number // 10 - 2] + (f"-{small[number % 10]}" if number % 10 else "")


MADE = [
    *(Made(f"docs/{name}", page) for name, page in PAGES.items()),
    Made("docs/cli.md", cli_page),
    Made("README.md", readme),
    Made("xlhedge/__init__.pyi", stub),
    *(Made(f"tests/data/excel/{name}.bas", lambda code=code: code) for name, code in generated_modules().items()),
    *(Made(path, lambda mode=mode: render(build_template(mode)), has_same_parts) for mode, path in TEMPLATES.items()),
    *(
        Made(f"{PICTURES}/{name}.png", lambda name=name: pictures.drawn()[name], shows(digest_of_sheet))
        for name in pictures.PICTURES
    ),
    *(
        Made(
            f"{SHEETS_OF_SAMPLES}/{name}.png", lambda name=name: contact_sheets.drawn(name), shows(contact_sheets.known)
        )
        for name in contact_sheets.SHOWN
    ),
]


def chosen(paths: Iterable[str], *, with_pictures: bool) -> list[Made]:
    """The files at these paths or in these folders, all unless some are named."""
    places = [Path(path) for path in paths]
    files = [made for made in MADE if with_pictures or not made.path.endswith(".png")]
    return [m for m in files if not places or any(Path(m.path).is_relative_to(place) for place in places)]


def main(arguments: list[str] | None = None, root: Path = ROOT) -> int:
    """Refresh or check; the exit code."""
    parser = argparse.ArgumentParser(
        prog="install/refresh.sh", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("paths", nargs="*", help="files or folders, all unless given")
    parser.add_argument("--check", action="store_true", help="write nothing; say what is out of date and exit 1")
    parser.add_argument("--no-pictures", action="store_true", help="leave out docs/pictures and docs/samples")
    asked = parser.parse_args(arguments)
    files = chosen(asked.paths, with_pictures=not asked.no_pictures)
    if not files:
        parser.error(f"nothing there is written by a program: {' '.join(asked.paths)}")
    stale = [made for made in files if not made.is_fresh(root)]
    for made in stale:
        if asked.check:
            print(f"{made.path} is out of date: bash install/refresh.sh")
        else:
            made.write(root)
            print(f"wrote {made.path}")
    if not stale:
        print(f"{len(files)} files are up to date")
    return 1 if stale and asked.check else 0


if __name__ == "__main__":
    sys.exit(main())
