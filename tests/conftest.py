"""What several test files share: a running Calc, and their order."""

import pytest
from ooxml import missing

from xlhedge.hosts import calc as calc_host
from xlhedge.hosts.calc import Calc

LONGEST = (
    "test_wine_install.py", "test_batch_faults.py", "test_stamp_recalculated.py", "test_variants.py", "test_wine.py",
    "test_referee.py", "test_own_typed.py",
)  # fmt: skip


def pytest_collection_modifyitems(items):
    """The longest files first: whoever does the tests side by side then ends at one time."""
    place = {name: i for i, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(item.path.name, len(place)))


@pytest.fixture(scope="module")
def calc():
    """LibreOffice, started once for a test file."""
    if calc_host.find() is None:
        missing("LibreOffice", "bash install/calc.sh")
    with Calc() as running:
        yield running
