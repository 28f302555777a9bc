"""What several test files share: a running Calc."""

import pytest
from ooxml import missing

from xlhedge.hosts import calc as calc_host
from xlhedge.hosts.calc import Calc


@pytest.fixture(scope="module")
def calc():
    """LibreOffice, started once for a test file."""
    if calc_host.find() is None:
        missing("LibreOffice", "bash install/calc.sh")
    with Calc() as running:
        yield running
