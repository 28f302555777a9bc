"""Inside Wine: the xlwings COM server."""

import logging
import sys

import xlwings

logging.basicConfig(level=logging.INFO, stream=sys.stdout)
xlwings.serve()
