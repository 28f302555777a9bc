"""In Pyodide: every worked example as a sheet calls it, as one line of JSON; and the functions that xlwings Lite would get."""

import json
import logging
import sys

logging.disable()


class NoNumpy:
    """Notes that numpy was asked for, which neither registry offers for Pyodide."""

    asked = False

    def find_spec(self, name, path=None, target=None):
        if name == "numpy":
            self.asked = True


watch = NoNumpy()
sys.meta_path.insert(0, watch)

from xlhedge import functions  # noqa: E402, F401 - fills the registry
from xlhedge.examples import example_arguments  # noqa: E402
from xlhedge.registry import FUNCTIONS  # noqa: E402
from xlhedge.sheet import sheet_call  # noqa: E402

results = {}
for function in FUNCTIONS.values():
    for example in function.examples:
        watch.asked = False
        result = sheet_call(function, example_arguments(function, example))
        results[example.call] = None if watch.asked else result

import xlhedge.udfs  # noqa: E402

print(
    json.dumps(
        {"results": results, "udfs": xlhedge.udfs.__all__, "heavy": sorted({"numpy", "pandas"} & set(sys.modules))}
    )
)
