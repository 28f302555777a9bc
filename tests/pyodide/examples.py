"""In Pyodide: every worked example as a sheet calls it, as one line of JSON; and the functions that xlwings Lite would get."""

import json
import logging
import sys

logging.disable()


class Watch:
    """Notes that numpy was asked for."""

    asked = False

    def find_spec(self, name, path=None, target=None):
        if name == "numpy":
            self.asked = True


watch = Watch()
sys.meta_path.insert(0, watch)

from xlhedge import functions  # noqa: E402, F401 - fills the registry
from xlhedge.examples import example_arguments  # noqa: E402
from xlhedge.registry import FUNCTIONS  # noqa: E402
from xlhedge.sheet import sheet_call  # noqa: E402

heavy = sorted({"numpy", "pandas"} & set(sys.modules))  # before xlwings, which imports both where they are

import xlhedge.udfs  # noqa: E402

results, asked = {}, []
for function in FUNCTIONS.values():
    for example in function.examples:
        watch.asked = False
        results[example.call] = sheet_call(function, example_arguments(function, example))
        if watch.asked:
            asked.append(example.call)

numpy = getattr(sys.modules.get("numpy"), "__version__", None)
print(json.dumps({"results": results, "asked": asked, "udfs": xlhedge.udfs.__all__, "heavy": heavy, "numpy": numpy}))
