"""Inside Wine: xlwings' DLL starts Python as Excel's VBA lets it, from a settings file; calls that server and ends it.

    python activate.py CONF COMMAND REQUESTS RESULTS

COMMAND is a file with the command line that VBA composes, {python} standing for the settings' INTERPRETER_WIN.
"""

import json
import os
import sys
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
        raise SystemExit(f"XLPyDLLActivateAuto: {result.value}")
    return result


if __name__ == "__main__":
    conf, template, requests, results = map(Path, sys.argv[1:])
    settings = dict(line.strip('"').split('","') for line in conf.read_text(encoding="mbcs").splitlines())
    interpreter = settings["INTERPRETER_WIN"]
    command = template.read_text(encoding="utf-8").replace("{python}", interpreter)
    holder = activate(interpreter, command, START)
    server = cast(holder._.c_void_p, POINTER(IDispatch))
    server.AddRef()
    answers = [call(server, *request) for request in json.loads(requests.read_text(encoding="utf-8"))]
    results.write_text(json.dumps(dict(zip(("results", "seconds"), zip(*answers)))), encoding="utf-8")
    activate(interpreter, command, END)
