"""How the workbook looks: roles, number formats, colours. Banker colours: blue inputs, black formulas, green links."""

from typing import NamedTuple

FONT = "Arial"

BORDER = "D5DAE0"
INK, BLUE, GREEN, GREY, WHITE = "1F2933", "0000C8", "00692B", "59616E", "FFFFFF"
PALE_BLUE, PALE_GREY, NAVY = "E8F0FE", "F1F3F5", "1B3A5C"
RED_FILL, AMBER_FILL, GREEN_FILL = "F8C9C4", "FBE3B5", "D3EBD8"
RED_TEXT, AMBER_TEXT, GREEN_TEXT = "9B1C1C", "8A5300", "14532D"


class Role(NamedTuple):
    """The look of one kind of cell."""

    color: str = INK
    fill: str = ""
    bold: bool = False
    italic: bool = False
    size: int = 10
    border: bool = False
    align: str = ""
    wrap: bool = False
    shrink: bool = False
    locked: bool = True
    underline: bool = False
    indent: bool = False


TABS = {"answer": NAVY, "typed": BLUE, "plan": GREEN, "checks": AMBER_TEXT, "reference": GREY}
"""The colour of a sheet's tab by what is on it: the answer, what is typed, what follows, what is checked, and tables to look up."""

ROLES = {
    "title": Role(NAVY, bold=True, size=16),
    "purpose": Role(GREY, italic=True),
    "section": Role(NAVY, bold=True, size=12),
    "header": Role(WHITE, NAVY, bold=True, align="center", wrap=True),
    "heading": Role(NAVY, PALE_GREY, bold=True, align="left", indent=True),
    "tile": Role(GREY, align="left", indent=True),
    "unit": Role(GREY, PALE_GREY, italic=True, size=9, align="center", shrink=True),
    "label": Role(),
    "note": Role(GREY, size=9),
    "jump": Role(NAVY, underline=True),
    "input": Role(BLUE, PALE_BLUE, border=True, locked=False),
    "memo": Role(BLUE, PALE_BLUE, border=True, wrap=True, locked=False),
    "calc": Role(INK, border=True),
    "link": Role(GREEN, border=True),
    "figure": Role(INK, bold=True, size=12, border=True, shrink=True),
    "total": Role(INK, PALE_GREY, bold=True, border=True),
    "flag": Role(INK, bold=True, align="center", border=True),
    "failing": Role(bold=True),
}

FORMATS = {
    "text": "General",
    "usd": '#,##0;-#,##0;"-"',
    "usd2": '#,##0.00;-#,##0.00;"-"',
    "price": "[>=1]#,##0.00##;[>=0.00001]0.0000####;0.0000E+00",
    "coin": '#,##0.000000;-#,##0.000000;"-"',
    "limit": "#,##0",
    "size": "#,##0.00##",
    "contracts": '#,##0;-#,##0;"-"',
    "share": "0.00%",
    "rate": "0.0000%",
    "factor": '0.0"x"',
    "days": "#,##0.0",
    "hours": "General",
    "number": "General",
    "slope": "0.00000000",
    "time": "yyyy-mm-dd hh:mm",
    "date": "yyyy-mm-dd",
    "flag": "General",
}

PASSES, PASSES_BUT, FAILS = "all checks pass", "pass, but see:", "see Checks:"
"""What the flag at the top of a sheet says."""

COMPLETE, TO_LOOK_AT = "complete", "look below"
"""What a scenario set says of itself, where it is not blank."""

FLAG_WORDS = "true_or_false"
"""The name of the cells from which a flag is chosen: they say it in the language of the spreadsheet."""

LEVELS = {"red": ("Red below", "red_distance"), "amber": ("Amber below", "amber_distance")}
"""The alarm levels of a distance: what stands before each on a sheet that has distances, and its defined name."""

ALARMS = {
    "distance": (("<", "red", "red"), ("<", "amber", "amber")),
    "master": (("text", FAILS, "red"), ("text", PASSES_BUT, "amber"), ("text", PASSES, "green")),
    "flag": (("is", True, "green"), ("is", False, "red")),
    "told": (("is", True, "green"), ("is", False, "amber")),
    "bad": (("is", True, "red"),),
    "notice": (("is", True, "amber"),),
    "unknown": (("text", "unknown", "amber"),),
    "missing": (("text", None, "red"),),
    "example": (("text", "EXAMPLE", "amber"),),
    "amiss": (("text", None, "amber"),),
    "state": (("text", TO_LOOK_AT, "amber"), ("text", COMPLETE, "green")),
}
"""Conditional colours by condition: liquidation distance against the alarm levels, passed or failed flags, a word, any
text. A condition looks at cells of its own sheet alone: Google Sheets drops others."""

DATES_FROM, DATE = 20_000, "yyyy-mm-dd hh:mm"
"""Numbers from here on (1954 and later) are shown as dates where a row may have a date or a number of days."""

FILLS = {"red": (RED_FILL, RED_TEXT), "amber": (AMBER_FILL, AMBER_TEXT), "green": (GREEN_FILL, GREEN_TEXT)}
