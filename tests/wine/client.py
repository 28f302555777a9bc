"""Inside Wine: a COM client that makes the calls in a JSON file, as our VBA bridge would, and writes their results.

    python client.py REQUESTS RESULTS [CLSID]

A request is [function name, arguments], and the module where it is not xlhedge.udfs. An argument is a cell or a list of rows; a cell is a number, a text, true, false,
null when blank, an Excel error word for a cell that holds this error, or {"missing": true} or {"date": [year, ...]}.
Writes {"results": [...], "seconds": [...]}, a result being a cell or a list of rows.

It is written with comtypes: pywin32, which the server is written with, cannot send an error value.
"""

import json
import sys
import time
from ctypes import byref, c_long, c_ulong, c_void_p, oledll, windll
from datetime import datetime

import comtypes
from comtypes.automation import VARIANT, VT_ARRAY, VT_ERROR, VT_VARIANT, IDispatch

CLSID = "{506e67c3-55b5-48c3-a035-eed5deea7d6d}"
CODES = {"#NULL!": 2000, "#DIV/0!": 2007, "#VALUE!": 2015, "#REF!": 2023, "#NAME?": 2029, "#NUM!": 2036, "#N/A": 2042}
CODES |= {"#GETTING_DATA": 2043, "#SPILL!": 2045, "#CALC!": 2050}

windll.oleaut32.SafeArrayCreate.restype = c_void_p
put_element = oledll.oleaut32.SafeArrayPutElement
put_element.argtypes = c_void_p, c_void_p, c_void_p


def connect(clsid=CLSID, patience=90.0):
    """The running server: what VBA gets of the DLL."""
    end = time.monotonic() + patience
    while True:
        try:
            clsid = comtypes.GUID(str(clsid))
            return comtypes.CoCreateInstance(clsid, IDispatch, comtypes.CLSCTX_LOCAL_SERVER)
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)


def array(items, *shape):
    """A VBA array of variants, given by rows."""
    sizes = (c_ulong * (2 * len(shape)))(*(number for size in shape for number in (size, 0)))
    made = windll.oleaut32.SafeArrayCreate(VT_VARIANT, len(shape), sizes)
    for i, item in enumerate(items):
        index = (c_long * len(shape))(*(divmod(i, shape[1]) if len(shape) == 2 else (i,)))
        put_element(made, index, byref(item))
    result = VARIANT()
    result.vt, result._.c_void_p = VT_ARRAY | VT_VARIANT, made
    return result


def variant(cell):
    """An argument as Excel hands it to VBA: a range as a two-dimensional array, an error as an error; or an array of VBA's own."""
    if isinstance(cell, list) and not isinstance(cell[0], list):
        return array([variant(item) for item in cell], len(cell))
    if isinstance(cell, list):
        return array([variant(item) for row in cell for item in row], len(cell), len(cell[0]))
    if isinstance(cell, dict):
        return VARIANT.missing if "missing" in cell else VARIANT(datetime(*cell["date"]))
    if isinstance(cell, str) and cell in CODES:
        error = VARIANT()
        error.vt, error._.VT_I4 = VT_ERROR, CODES[cell] - 2146828288
        return error
    return VARIANT.empty if cell is None else VARIANT(cell)


def plain(result):
    """A result without COM's types; the server makes a table of one row flat."""
    if isinstance(result, tuple):
        rows = result if isinstance(result[0], tuple) else [result]
        return [[plain(cell) for cell in row] for row in rows]
    if isinstance(result, datetime):
        return {"date": [*result.timetuple()[:6]]}
    return result


def call(server, name, arguments, module="xlhedge.udfs"):
    """The result of one call, or a record of the exception; with the time that it took."""
    (number,) = server.GetIDsOfNames("CallUDF")
    variants = array(list(map(variant, arguments)), len(arguments))
    start = time.perf_counter()
    try:
        result = plain(server.Invoke(number, module, name, variants))
    except comtypes.COMError as error:
        result = {"exception": str(error)}
    return result, time.perf_counter() - start


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        requests = json.load(file)
    server = connect(*sys.argv[3:])
    answers = [call(server, *request) for request in requests]
    with open(sys.argv[2], "w", encoding="utf-8") as file:
        json.dump(dict(zip(("results", "seconds"), zip(*answers))), file)
