"""Write the LibreOffice add-in to a file: python -m xlhedge.hosts.office --out xlhedge.oxt."""

import argparse

from .addin import write_addin

parser = argparse.ArgumentParser(prog="python -m xlhedge.hosts.office", description="Write the LibreOffice add-in.")
parser.add_argument("--out", metavar="FILE.oxt", default="xlhedge.oxt", help="the file to write (default: %(default)s)")
write_addin(parser.parse_args().out)
