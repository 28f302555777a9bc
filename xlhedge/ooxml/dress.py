"""What the cells of a worksheet hold and how they look, read from its XML: readers of values tell neither."""

import posixpath
import re
from collections.abc import Iterator
from typing import NamedTuple

from defusedxml.ElementTree import fromstring

from .area import column_number
from .calamine import STYLES, Page
from .guard import Archive

_CELL = re.compile(rb"<(?:\w+:)?c\b([^<>]*?)(?:/>|>(.*?)</(?:\w+:)?c>)", re.DOTALL)
_PLACE = re.compile(rb"""\br=["']([A-Z]+)([0-9]+)["']""")
_STYLE = re.compile(rb"""\bs=["']([0-9]+)["']""")
_FORMULA = re.compile(rb"<(?:\w+:)?f\b")
_VALUE = re.compile(rb"<(?:\w+:)?(?:v>[^<]|is\b)")
_COMMENT = re.compile(rb"""<(?:\w+:)?comment\b[^<>]*\bref=["']([A-Z]+)([0-9]+)["']""")
_COMMENTS = re.compile(rb"""\bTarget=["']([^"']*comment[^"'/]*\.xml)["']""", re.IGNORECASE)

Place = tuple[int, int]
"""Row and column of a cell, from 1."""


class Look(NamedTuple):
    """How a cell looks: the name of its font, and the colours (RRGGBB) of its text and of its left border."""

    font: str = ""
    color: str = ""
    border: str = ""


class Held(NamedTuple):
    """A cell that holds something: where, how it looks, and whether that is a formula."""

    place: Place
    look: Look
    is_formula: bool


def looks(archive: Archive) -> list[Look]:
    """The looks of the styles of a workbook, by the numbers that cells have of them."""
    if STYLES not in archive.parts:
        return []
    content = archive.read(STYLES)
    archive.check_xml(STYLES, content)
    lists = {_name(each): [*each] for each in fromstring(content)}
    fonts = [(_value(font, "name"), _color(font)) for font in lists.get("fonts", ())]
    borders = [
        next((_color(side) for side in border if _name(side) == "left"), "") for border in lists.get("borders", ())
    ]
    found = []
    for xf in lists.get("cellXfs", ()):
        font, border = int(xf.get("fontId", 0)), int(xf.get("borderId", 0))
        told = fonts[font] if font < len(fonts) else ("", "")
        found.append(Look(*told, borders[border] if border < len(borders) else ""))
    return found


def held(archive: Archive, page: Page, styles: list[Look]) -> Iterator[Held]:
    """The cells of a worksheet that hold something."""
    for attributes, content in _CELL.findall(archive.read(page.part)):
        if not content:
            continue
        place, is_formula = _PLACE.search(attributes), _FORMULA.search(content) is not None
        if place is None or not (is_formula or _VALUE.search(content)):
            continue
        style = _STYLE.search(attributes)
        number = int(style[1]) if style else 0
        yield Held(_place(place), styles[number] if number < len(styles) else Look(), is_formula)


def comments(archive: Archive, page: Page) -> list[Place]:
    """The cells of a worksheet that somebody commented."""
    folder, name = posixpath.split(page.part)
    relations = f"{folder}/_rels/{name}.rels"
    found = set()
    for target in _COMMENTS.findall(archive.read(relations)) if relations in archive.parts else ():
        part = posixpath.normpath(posixpath.join("/", folder, target.decode("utf-8", "replace"))).lstrip("/")
        if part in archive.parts:
            found |= {_place(each) for each in _COMMENT.finditer(archive.read(part))}
    return sorted(found)


def _place(found: re.Match) -> Place:
    return int(found[2]), column_number(found[1].decode())


def _name(element) -> str:
    return element.tag.rpartition("}")[2]


def _value(element, name: str) -> str:
    return next((each.get("val", "") for each in element if _name(each) == name), "")


def _color(element) -> str:
    return next((each.get("rgb", "")[-6:] for each in element if _name(each) == "color"), "")
