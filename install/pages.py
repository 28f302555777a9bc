"""The project's pages as HTML that links to itself: README, docs and changelog, with their pictures."""

import os
import re
from html import escape
from pathlib import Path, PurePosixPath

from markdown_it import MarkdownIt

PAGE = """<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>{title}</title><meta name="viewport" content="width=device-width">
<style>
body {{ font: 16px/1.5 "Segoe UI", sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #222; }}
table {{ border-collapse: collapse; display: block; overflow-x: auto; }}
th, td {{ border: 1px solid #bbb; padding: .2rem .5rem; text-align: left; vertical-align: top; }}
pre, code {{ font-family: Consolas, monospace; background: #f3f3f3; }} pre {{ padding: .6rem; overflow-x: auto; }}
img {{ max-width: 100%; }}
</style></head>
<body><p><a href="{home}">xlhedge</a></p>
{body}</body></html>
"""
HOME = "README.md"
SOURCES = ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "docs/*.md")


def html_pages(project: Path) -> dict[str, bytes]:
    """Every page and picture by its path in the folder of pages; README.md is index.html."""
    sources = sorted(path.relative_to(project).as_posix() for pattern in SOURCES for path in project.glob(pattern))
    pages, pictures = {}, set()
    for source in sources:
        text = (project / source).read_text(encoding="utf-8")
        pages[_target(source)] = _page(text, source, set(sources), pictures).encode()
    return pages | {_target(name): (project / name).read_bytes() for name in sorted(pictures)}


def _target(source: str) -> str:
    """Where a file of the project stands among the pages."""
    path = source.removeprefix("docs/")
    return "index.html" if path == HOME else re.sub(r"\.md$", ".html", path)


def _page(text: str, source: str, sources: set[str], pictures: set[str]) -> str:
    reader = MarkdownIt("commonmark").enable("table")
    tokens = reader.parse(text)
    title = next((inner.content for head, inner in zip(tokens, tokens[1:]) if head.type == "heading_open"), source)
    for head, inner in zip(tokens, tokens[1:]):
        if head.type == "heading_open":
            head.attrSet("id", _anchor(inner.content))
    for token in (child for each in tokens for child in each.children or ()):
        for attribute in ("href", "src"):
            if attribute in token.attrs:
                token.attrSet(attribute, _link(str(token.attrs[attribute]), source, sources, pictures))
        if token.attrs.get("href") == "":
            del token.attrs["href"]
    home = _relative("index.html", _target(source))
    return PAGE.format(title=escape(title), home=home, body=reader.renderer.render(tokens, reader.options, {}))


def _anchor(heading: str) -> str:
    """The name by which a heading is linked to, as code hosts make it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _link(link: str, source: str, sources: set[str], pictures: set[str]) -> str:
    """A link of a page, to another page or picture; nothing for what the bundle does not hold."""
    if re.match(r"[a-z]+:|#", link):
        return link
    path, mark, anchor = link.partition("#")
    whole = os.path.normpath(PurePosixPath(source).parent / path)
    if whole.endswith(".png"):
        pictures.add(whole)
    elif whole not in sources:
        return ""
    return _relative(_target(whole), _target(source)) + mark + anchor


def _relative(target: str, source: str) -> str:
    return os.path.relpath(target, PurePosixPath(source).parent)
