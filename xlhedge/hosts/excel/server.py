"""What Excel's Python runs: it answers the add-in until Excel ends, or says why it cannot.

    pythonw -P -B server.py {number under which Excel looks for it}

It stands outside the environment, so that it can also tell that a package is missing there.
"""

import sys
from pathlib import Path

TRY = "try"
"""In place of a number: load everything and end."""
ENDING, ENCODING = ".trouble.txt", "mbcs" if sys.platform == "win32" else "utf-8"
"""Of the file beside this one that says why it could not serve."""
TROUBLE = Path(__file__ + ENDING)


def main(number: str) -> None:
    """Serve under a number; a reason not to is written beside this file, in one line."""
    TROUBLE.unlink(missing_ok=True)
    try:
        import xlwings

        import xlhedge.udfs  # noqa: F401 - now rather than in the first cell
    except BaseException as error:
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        TROUBLE.write_text(f"{reason}\n", encoding=ENCODING, errors="replace")
        raise SystemExit(1) from None
    if number != TRY:
        xlwings.serve(number)


if __name__ == "__main__":
    main(sys.argv[1])
