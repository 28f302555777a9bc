"""Inside Wine: xlwings' own "Import Functions" on xlhedge.udfs, with a stand-in for the workbook that Excel would give.

    python import_functions.py RESULT

Writes the VBA module that xlwings makes and the help that it tells Excel, as JSON.
"""

import json
import sys
from pathlib import Path

import pywintypes
import xlwings.udfs


class Components:
    """Stands in for the workbook's VBA modules: it has none yet, and keeps the text of the one that comes."""

    text = ""

    def __call__(self, name):
        raise pywintypes.com_error(-2146828279, "no such module", None, None)

    def Remove(self, component):
        raise AssertionError("there is none to remove")

    def Import(self, path):
        self.text = Path(path).read_text(encoding="mbcs")


class Workbook:
    """Stands in for a workbook, its VBA project and its Excel, which keeps the help it is told."""

    Name, Version = "Book1.xlsm", "16.0"

    def __init__(self):
        self.VBProject = self.Application = self
        self.VBComponents, self.help = Components(), {}

    def MacroOptions(self, macro, **options):
        self.help[macro] = options


workbook = Workbook()
xlwings.udfs.get_udf_module("xlhedge.udfs", None)  # known before, so that xlwings does not ask COM for the workbook
xlwings.udfs.import_udfs("xlhedge.udfs", workbook)
result = {"vba": workbook.VBComponents.text, "help": workbook.help}
Path(sys.argv[1]).write_text(json.dumps(result), encoding="utf-8")
