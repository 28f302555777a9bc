"""docs/design.md: its example runs as printed, and its rooms are those that there are."""

import contextlib
import io
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs/design.md").read_text("utf-8")


def test_the_worked_example_prints_what_the_page_says():
    code, expected = re.search(r"```python\n(.*?)```\n\n```\n(.*?)```", PAGE, re.DOTALL).groups()
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(compile(code, "design.md", "exec"), {})
    assert printed.getvalue() == expected


def test_every_folder_is_on_the_page_and_every_file_it_names_is_there():
    folders = {path.parent.relative_to(ROOT / "xlhedge").as_posix() for path in ROOT.glob("xlhedge/*/**/*.py")}
    named = {name.rstrip("/") for name in re.findall(r"`((?:\w+/)+)`", PAGE)}
    assert {folder.split("/")[0] for folder in folders} - {"template", "workbook"} <= named
    assert {f"workbook/{name}" for name in ("sheets", "grid", "file")} <= named
    for name in re.findall(r"`((?:\w+/)*\w+\.py)`", PAGE):
        assert any((ROOT / base / name).exists() for base in (".", "xlhedge", "xlhedge/workbook")), name
