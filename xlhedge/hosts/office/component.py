"""What runs inside LibreOffice: it hands each call of a worksheet function to worker.py and the answer back to Calc.

LibreOffice's own Python runs this file (3.8 or later), from the installed add-in; add-in.json beside it says which
Python to ask. That one runs in a process of its own, because LibreOffice's is often another version, which could not
import what is installed there.

What Calc hands over                            and arrives as
    number, TRUE and FALSE, date                float (TRUE is 1.0)
    text                                        str
    reference to one blank cell                 0.0, like a zero
    omitted argument                            None
    range or array                              a tuple of rows; a blank cell in it is ""; of whole columns every row
    error in one cell                           nothing: Calc gives the error as the result without a call
    error in an array that a formula made       a NaN that carries Calc's error code
    error in a range                            nothing: Calc (25.2) gives #VALUE! (Err:504) without a call

What it takes back: numbers, text, and NaN with the code of an error, alone or in rows. Not booleans (in rows Calc reads
them as anything), and text in rows equals no other text there (see addin.py).
"""

import json
import math
import os
import struct
import subprocess
import threading

import uno
import unohelper
from com.sun.star.lang import XServiceInfo
from xlhedge_whole_columns import trimmed  # in the folder pythonpath beside this file: xlhedge/whole_columns.py

with open(os.path.join(os.path.dirname(__file__), "add-in.json"), encoding="utf-8") as file:
    SETTINGS = json.load(file)

# A NaN carries Calc's error code in its lower half. Calc shows the error in a cell as well as in each cell of an array,
# and hands over the error in an array in the same way.
CODES = SETTINGS["errors"]
ERRORS = {word: struct.unpack("<d", struct.pack("<II", code, 0x7FF80000))[0] for word, code in CODES.items()}
WORDS = {code: word for word, code in CODES.items()}


class Worker:
    """The process that calculates. It starts with the first call, and again if it was killed."""

    def __init__(self):
        self.process, self.trouble, self.lock = None, None, threading.Lock()

    def ask(self, name, arguments):
        """Return the answer to one call, or None if there is none to be had; trouble then says why."""
        request = json.dumps([name, arguments]) + "\n"
        with self.lock:
            for _ in range(2):
                if self.process is None and not self.trouble:
                    self.start()
                if self.trouble:
                    return None
                line = self.exchange(request)
                if line:
                    return json.loads(line)
                self.process.kill()
                self.process.wait()
                self.process = None
        return None

    def exchange(self, request):
        try:
            self.process.stdin.write(request)
            self.process.stdin.flush()
            return self.process.stdout.readline()
        except OSError:
            return ""

    def start(self):
        """Start the process; if it cannot start, say so once and for all: each try would cost every cell its time."""
        # LibreOffice sets these for its own Python.
        environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONHOME", "PYTHONPATH")}
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "encoding": "utf-8", "env": environment}
        if os.name == "nt":
            pipes["creationflags"] = subprocess.CREATE_NO_WINDOW
        try:
            self.process = subprocess.Popen(SETTINGS["command"], **pipes)
        except OSError as error:
            self.trouble = str(error)
            return
        if not self.process.stdout.readline():
            self.trouble = f"exit code {self.process.wait()}"


WORKER = Worker()


def incoming(value):
    """An argument as JSON can carry it: a number, a text, None when omitted, rows of a range, an error's word."""
    if isinstance(value, tuple):
        return [incoming(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return WORDS.get(struct.unpack("<II", struct.pack("<d", value))[0], "#VALUE!")
    return value


def outgoing(value):
    """A cell of a result: an error's word becomes the error, a whole number a number as Calc knows them."""
    if isinstance(value, str):
        return ERRORS.get(value, value)
    return float(value) if isinstance(value, int) else value


def call(name, arguments):
    """Calculate one cell or rows of them. Without a worker it is #NAME?, as if there were no add-in."""
    result = WORKER.ask(name, [incoming(argument) for argument in trimmed(arguments)])
    if result is None:
        result = "#NAME?"
        if name == SETTINGS["version_function"]:
            why = WORKER.trouble or "it ended while it calculated"
            result = f"{SETTINGS['advice']} ({why})"
    if SETTINGS["functions"][name]:
        return ERRORS["#VALUE!"] if isinstance(result, list) else outgoing(result)
    return tuple(tuple(map(outgoing, row)) for row in (result if isinstance(result, list) else [[result]]))


class AddIn(unohelper.Base, XServiceInfo, uno.getClass(SETTINGS["interface"])):
    """The worksheet functions, one method each."""

    def __init__(self, context):
        pass

    def getImplementationName(self):
        return SETTINGS["service"]

    def supportsService(self, name):
        return name == SETTINGS["service"]

    def getSupportedServiceNames(self):
        return (SETTINGS["service"],)


def method(name):
    return lambda self, *arguments: call(name, arguments)


for function in SETTINGS["functions"]:
    setattr(AddIn, function, method(function))

g_ImplementationHelper = unohelper.ImplementationHelper()
g_ImplementationHelper.addImplementation(AddIn, SETTINGS["service"], (SETTINGS["service"],))
