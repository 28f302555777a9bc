"""What Excel's Python runs: it answers the add-in until Excel ends, or says why it cannot.

    pythonw -P -B server.py {number under which Excel looks for it}

It stands outside the environment, so that it can also tell that a package is missing there.
"""

import sys
from importlib import import_module
from pathlib import Path

TRY = "try"
"""In place of a number: load everything and end."""
ENDING, ENCODING = ".trouble.txt", "mbcs" if sys.platform == "win32" else "utf-8"
"""Of the file beside this one that says why it could not serve."""
TROUBLE = Path(__file__ + ENDING)
NEEDED = ("numpy", "xlwings", "xlhedge.udfs")
"""What the functions cannot do without: loaded now rather than in the first cell."""


def main(number: str) -> None:
    """Serve under a number; a reason not to is written beside this file: the number in a line, then the reason in one."""
    TROUBLE.unlink(missing_ok=True)
    try:
        for name in NEEDED:
            import_module(name)
    except BaseException as error:
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        TROUBLE.write_text(f"{number}\n{reason}\n", encoding=ENCODING, errors="replace")
        raise SystemExit(1) from None
    if number != TRY:
        import xlwings

        xlwings.serve(number)


if __name__ == "__main__":
    main(sys.argv[1])
