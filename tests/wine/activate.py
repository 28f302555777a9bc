"""Inside Wine: xlwings' DLL starts Python by a command line, as VBA lets it; then calls that server and ends it.

    python activate.py COMMAND_FILE REQUESTS RESULTS
"""

import json
import sys
from ctypes import POINTER, byref, c_char_p, c_long, cast, windll
from pathlib import Path

from comtypes.automation import VARIANT, IDispatch

sys.path.insert(0, str(Path(__file__).parent))
from client import call  # noqa: E402

START, END = 1, -1


def activate(command, mode):
    """The server, as `XLPyDLLActivateAuto XLPy, XLPyCommand, mode` gives it to VBA, which passes texts in 8 bits."""
    (library,) = Path(sys.executable).parent.glob("xlwings64-*.dll")
    entry = windll.LoadLibrary(str(library)).XLPyDLLActivateAuto
    entry.argtypes, entry.restype = (POINTER(VARIANT), c_char_p, c_long), c_long
    result = VARIANT()
    if entry(byref(result), command.encode("mbcs"), mode):
        raise SystemExit(f"XLPyDLLActivateAuto: {result.value}")
    return result


if __name__ == "__main__":
    command = Path(sys.argv[1]).read_text(encoding="utf-8")
    holder = activate(command, START)
    server = cast(holder._.c_void_p, POINTER(IDispatch))
    server.AddRef()
    answers = [call(server, *request) for request in json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))]
    Path(sys.argv[3]).write_text(json.dumps(dict(zip(("results", "seconds"), zip(*answers)))), encoding="utf-8")
    activate(command, END)
