"""The link by which a workbook names the add-in that its formulas call, as Excel itself stores it.

Excel writes a function of an add-in as `[1]!LIQ_PRICE(...)`, where 1 is the number of a linked book; the add-in stands there
by its bare name, to be found where Excel starts it from. A plain name is a #NAME? in Excel until it is entered again.
"""

from collections.abc import Iterable

from openpyxl.packaging.relationship import Relationship
from openpyxl.workbook.external_link.external import (
    ExternalBook,
    ExternalDefinedName,
    ExternalLink,
    ExternalSheetNames,
)

from ...nodes import ADDIN_FILE, ADDIN_SHEET

STARTUP = "http://schemas.microsoft.com/office/2006/relationships/xlExternalLinkPath/xlStartup"


def addin_link(functions: Iterable[str]) -> ExternalLink:
    """The link to the add-in, with the functions that are called."""
    names = tuple(ExternalDefinedName(name=name) for name in sorted(functions))
    book = ExternalBook(sheetNames=ExternalSheetNames(sheetName=(ADDIN_SHEET,)), definedNames=names, id="rId1")
    link = ExternalLink(externalBook=book)
    link.file_link = Relationship(Type=STARTUP, Target=ADDIN_FILE, TargetMode="External", Id="rId1")
    return link
