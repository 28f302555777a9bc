"""Inside Wine: xlwings' DLL starts Python as Excel's VBA lets it; calls that server and ends it, or says why not, and when.

    python activate.py LIBRARY COMMAND REQUESTS RESULTS

LIBRARY is the interpreter beside which, or a folder above which, the DLL lies; COMMAND a file with the command line.
"""

import json
import os
import sys
import time
from ctypes import POINTER, byref, c_char_p, c_long, cast, windll
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
sys.path.append(os.environ["TIER_SITE"])  # comtypes, where the Python that runs this has no packages of the tier

from client import call  # noqa: E402
from comtypes.automation import VARIANT, IDispatch  # noqa: E402

START, END = 1, -1


def activate(interpreter, command, mode):
    """The server, as `XLPyDLLActivateAuto XLPy, XLPyCommand, mode` gives it to VBA, which passes texts in 8 bits."""
    folders = Path(interpreter).parents[:2]  # where VBA looks for the DLL, one after the other
    library = next(path for folder in folders for path in folder.glob("xlwings64-*.dll"))
    entry = windll.LoadLibrary(str(library)).XLPyDLLActivateAuto
    entry.argtypes, entry.restype = (POINTER(VARIANT), c_char_p, c_long), c_long
    result = VARIANT()
    if entry(byref(result), command.encode("mbcs"), mode):
        raise RuntimeError(result.value)
    return result


if __name__ == "__main__":
    interpreter, command, requests, results = map(Path, sys.argv[1:])
    command, begun = command.read_text(encoding="utf-8"), time.monotonic()
    try:
        holder = activate(interpreter, command, START)
    except RuntimeError as error:
        told = {"results": [], "trouble": str(error), "after": time.monotonic() - begun}
        results.write_text(json.dumps(told), encoding="utf-8")
        raise SystemExit(0) from None
    server = cast(holder._.c_void_p, POINTER(IDispatch))
    server.AddRef()
    answers = [call(server, *request) for request in json.loads(requests.read_text(encoding="utf-8"))]
    results.write_text(json.dumps(dict(zip(("results", "seconds"), zip(*answers)))), encoding="utf-8")
    activate(interpreter, command, END)
