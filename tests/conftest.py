"""What several test files share: LibreOffice and the venues' server, running once for all of them, the order of the files, the quick lane."""

import pytest
from lanes import LONGEST, is_left_out
from ooxml import missing

from xlhedge.hosts import calc as calc_host
from xlhedge.hosts.calc import Calc
from xlhedge.hosts.office import write_addin

LEFT_OUT = pytest.StashKey[int]()


def pytest_addoption(parser):
    parser.addoption("--quick", action="store_true", help="leave out the long tests and those that need other programs")


def pytest_collection_modifyitems(config, items):
    """The longest files first: whoever does the tests side by side then ends at one time."""
    place = {name: i for i, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(item.path.name, len(place)))
    if config.getoption("quick"):
        found = len(items)
        items[:] = [item for item in items if not is_left_out(item)]
        config.stash[LEFT_OUT] = found - len(items)


def pytest_sessionfinish(session):
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["left out"] = session.config.stash.get(LEFT_OUT, 0)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node):
    """Every worker of pytest-xdist has collected the same tests."""
    node.config.stash[LEFT_OUT] = getattr(node, "workeroutput", {}).get("left out", 0)


def pytest_terminal_summary(terminalreporter, config):
    if config.getoption("quick"):
        count = config.stash.get(LEFT_OUT, 0)
        terminalreporter.write_line(
            f"{count} tests left out (tests/lanes.py says which); all of them: bash install/test.sh"
        )


@pytest.fixture(scope="session")
def answering():
    """The server that answers in the venues' place, for all tests of a process."""
    from venue_server import serving

    with serving() as server:
        yield server


@pytest.fixture
def server(answering):
    """That server, without faults and with nothing asked of it yet."""
    before = dict(answering.answers)
    answering.faults, answering.skew = {}, 0.0
    answering.asked.clear()
    yield answering
    answering.answers = before


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
