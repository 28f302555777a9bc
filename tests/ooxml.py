"""The Open XML SDK validator as a test helper, and what a test does where a tool is missing."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

# Stock openpyxl writes the children of a font in an order of its own. The standard allows any order (CT_Font is a
# choice, repeated), and so does Excel; the SDK alone expects a sequence. Only this finding, about these children, is
# dropped.
FONT = re.compile(r"/x:styleSheet\[1\]/x:(fonts\[1\]|dxfs\[1\]/x:dxf\[\d+\])/x:font\[\d+\]")
FONT_CHILD = re.compile(
    r"unexpected child element 'http://schemas\.openxmlformats\.org/spreadsheetml/2006/main:"
    "(b|i|strike|condense|extend|outline|shadow|u|vertAlign|sz|color|name|family|charset|scheme)'"
)


def missing(tool: str, remedy: str) -> None:
    """Skip the test, saying why, where a tool is missing; in continuous integration fail instead."""
    report = pytest.fail if os.environ.get("CI") else pytest.skip
    report(f"{tool} is missing ({remedy})")


def program() -> Path | None:
    """Return the validator that install/validator.sh has put into the cache folder."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    found = (cache / "xlhedge/node_modules/@xarsh").glob("ooxml-validator-*/ooxml-validator*")
    return next((path for path in found if path.suffix in ("", ".exe")), None)


def validate(path) -> list[str]:
    """Return what the Open XML SDK finds wrong in a workbook, one sentence each."""
    tool = program()
    if tool is None:
        missing("the Open XML SDK validator", "bash install/validator.sh")
    run = subprocess.run([tool, path], capture_output=True, text=True, timeout=120, check=True)
    errors = json.loads(run.stdout)["errors"]
    return [f"{each['path']} {each['xPath']}: {each['description']}" for each in errors if not _false_positive(each)]


def _false_positive(error: dict) -> bool:
    return (
        error["path"] == "/xl/styles.xml"
        and error["id"] == "Sch_UnexpectedElementContentExpectingComplex"
        and FONT.fullmatch(error["xPath"]) is not None
        and FONT_CHILD.search(error["description"]) is not None
    )
