"""What several test files share: LibreOffice, running once for all of them, and the order of the files."""

import pytest
from ooxml import missing

from xlhedge.hosts import calc as calc_host
from xlhedge.hosts.calc import Calc
from xlhedge.hosts.office import write_addin

LONGEST = (
    "test_wine_install.py", "test_batch_faults.py", "test_stamp_recalculated.py", "test_variants.py", "test_wine.py",
    "test_referee.py", "test_own_typed.py",
)  # fmt: skip


def pytest_collection_modifyitems(items):
    """The longest files first: whoever does the tests side by side then ends at one time."""
    place = {name: i for i, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(item.path.name, len(place)))


class Office:
    """A LibreOffice for all tests of a process: started when the first needs it, and anew after one that ended it."""

    def __init__(self, *extensions) -> None:
        self.extensions, self.calc = extensions, None

    def running(self) -> Calc:
        if self.calc is None or self.calc._ended:
            self.calc = Calc(timeout=300, extensions=self.extensions)
            self.calc.start()
        return self.calc

    def stop(self) -> None:
        if self.calc:
            self.calc.stop()


@pytest.fixture(scope="session")
def plain_office():
    """LibreOffice as it is installed."""
    if calc_host.find() is None:
        missing("LibreOffice", "bash install/calc.sh")
    office = Office()
    yield office
    office.stop()


@pytest.fixture(scope="session")
def addin_office(tmp_path_factory):
    """LibreOffice with the project's add-in."""
    if calc_host.find() is None:
        missing("LibreOffice", "bash install/calc.sh")
    office = Office(write_addin(tmp_path_factory.mktemp("addin") / "xlhedge.oxt"))
    yield office
    office.stop()


@pytest.fixture
def calc(plain_office) -> Calc:
    """A running LibreOffice Calc."""
    return plain_office.running()


@pytest.fixture
def addin_calc(addin_office) -> Calc:
    """A running LibreOffice Calc with the project's add-in."""
    return addin_office.running()
