"""Look at everything between a cell in Excel and the Python that answers it, and say how to mend what is wrong."""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from subprocess import DEVNULL
from typing import NamedTuple

from xlhedge import __version__

from .install import FROM_STORE
from .locations import BEFORE, Computer, ExcelError, is_same, this_computer
from .policies import API_CALLS, ASK, BLOCK, CHILD_PROCESSES, NO_MACROS, SIGNED_MACROS, WARN, Policy
from .reading import addin_settings, is_signed
from .server import ENCODING, ENDING, TRY

ADMINISTRATOR = "ask your administrator, or use workbooks in plain arithmetic, which need no add-in"
FORBIDDEN = {CHILD_PROCESSES: "Excel may start Python", API_CALLS: "the add-in's macros may call Windows"}
"""What must be allowed, by the rule of Microsoft Defender that forbids it."""
HOW = {BLOCK: "forbids it", WARN: "forbids it until the user allows it, for 24 hours each time"}
"""What a rule does in a state; in the others nothing."""
LONGEST_START = 120
"""Seconds after which a Python that says nothing is given up, as by xlwings' DLL."""


class Finding(NamedTuple):
    """One thing looked at: what it is and, if it is not in order or could be faster, what to do."""

    ok: bool
    what: str
    fix: str = ""
    is_slow: bool = False

    def __str__(self) -> str:
        if self.ok and not self.is_slow:
            return f"ok    {self.what}"
        return f"{'slow ' if self.ok else 'WRONG'} {self.what}\n      {self.fix}"


def doctor(computer: Computer | None = None) -> list[Finding]:
    """Every check, in the order in which a call from a cell passes."""
    computer = computer or this_computer()
    if not computer.is_windows:
        return [
            Finding(
                False,
                "this is not Windows: Excel's add-in cannot be installed here",
                "use: xlhedge install --libreoffice",
            ),
            *fast_parts(computer),
        ]
    return [finding for check in CHECKS for finding in looked_at(check, computer)]


def looked_at(check: Callable[[Computer], Iterator[Finding]], computer: Computer) -> Iterator[Finding]:
    """The findings of a check; one that lacks a package says which."""
    try:
        yield from check(computer)
    except (ImportError, ExcelError) as error:
        yield Finding(
            False, f"not known whether {check.__doc__[0].lower()}{check.__doc__[1:-1]}: {error}", computer.again
        )


def addin_file(computer: Computer) -> Iterator[Finding]:
    """The add-in lies in XLSTART, and nothing of an earlier installation is left beside Python."""
    yield Finding(computer.addin.is_file(), f"add-in: {computer.addin}", computer.again)
    left = computer.place.with_name(computer.place.name + BEFORE)
    if left.exists():
        fix = f"{computer.again}; it puts back what is in there, your own files too"
        yield Finding(False, f"an installation was interrupted: it left {left}", fix)


def versions(computer: Computer) -> Iterator[Finding]:
    """The add-in is of the versions of xlhedge and xlwings that are installed."""
    from .starting import xlwings_version

    if not computer.addin.is_file():
        return
    built = addin_settings(computer.addin)
    for name, setting, installed in (
        ("xlhedge", "XLHEDGE VERSION", __version__),
        ("xlwings", "XLWINGS VERSION", xlwings_version()),
    ):
        found = built.get(setting, "unknown")
        same = found == installed
        yield Finding(same, f"add-in is made for {name} {found}, installed is {installed}", computer.again)


def policy(computer: Computer) -> Iterator[Finding]:
    """Excel opens add-ins, runs their macros and may start another program, as far as the registry tells."""
    told, signed = computer.policy, is_signed(computer.addin)
    yield _allowed("Excel opens add-ins", _why_not_opened(told, signed))
    yield _allowed("Excel runs the macros of add-ins", _why_no_macros(told, signed))
    if told.locations_disabled and told.macros in (None, ASK):
        yield Finding(True, "Excel asks each time before it runs the add-in's macros, since no location is trusted")
    for rule, what in FORBIDDEN.items():
        how = HOW.get(told.defender.get(rule))
        reason = how and f"a rule of Microsoft Defender (attack surface reduction, {rule}) {how}"
        excluded = "unless Excel or this Python is excluded from it, which is not looked at"
        yield _allowed(what, reason and f"{reason}, {excluded}")


def _allowed(what: str, reason: str | None) -> Finding:
    return Finding(not reason, what, f"{reason}; {ADMINISTRATOR}")


def _why_not_opened(told: Policy, signed: bool) -> str | None:
    if told.addins_disabled:
        return "Trust Center, Add-ins: all are disabled (DisableAllAddins)"
    if told.addins_signed and not signed:
        return "Trust Center, Add-ins: they must be signed by a trusted publisher (RequireAddinSig), and nobody has signed this one"
    return None


def _why_no_macros(told: Policy, signed: bool) -> str | None:
    """What forbids them; XLSTART is a trusted location, where the setting for macros does not count unless none is trusted."""
    if told.vba_off:
        return "no macro runs in Office (VBAOff)"
    if not told.locations_disabled:
        return None
    if told.macros == NO_MACROS:
        return "Trust Center: macros are disabled (VBAWarnings) and trusted locations too, of which XLSTART is one"
    if told.macros == SIGNED_MACROS and not signed:
        return (
            "Trust Center: only signed macros run (VBAWarnings), nobody has signed this add-in, and trusted locations are "
            "disabled, of which XLSTART is one"
        )
    return None


def settings(computer: Computer) -> Iterator[Finding]:
    """The Python, server and template that the add-in names exist."""
    built = addin_settings(computer.addin)
    for name in ("INTERPRETER", "SERVER", "TEMPLATE") if computer.addin.is_file() else ():
        path = built.get(name, "")
        yield Finding(Path(path).is_file(), f"{name}: {path or 'not named in the add-in'}", computer.again)


def python(computer: Computer) -> Iterator[Finding]:
    """The Python that Excel asks is this one, recent enough, not the Store's, and it starts."""
    built = addin_settings(computer.addin)
    asked = built.get("INTERPRETER")
    if asked:
        here = is_same(Path(asked), computer.interpreter)
        yield Finding(
            here, f"Python that runs this: {computer.interpreter}", f"{computer.again} (Excel asks another: {asked})"
        )
    yield Finding(
        not computer.is_from_store, "Python is not the Microsoft Store's", FROM_STORE.format(path=computer.base)
    )
    version = ".".join(map(str, computer.python))
    yield Finding(
        computer.python >= (3, 11), f"Python {version}, {computer.python_bits} bits", "install Python 3.11 or later"
    )
    server = Path(built.get("SERVER", ""))
    if asked and Path(asked).is_file() and server.is_file():
        trouble = why_it_does_not_start(asked, server)
        yield Finding(
            not trouble, "Python starts and loads xlhedge as Excel asks it to", f"{trouble}; {computer.again}"
        )


def why_it_does_not_start(interpreter: str, server: Path) -> str:
    """What the server says when it is started as Excel starts it, but only to try; "" where nothing is wrong."""
    told = server.with_name(server.name + ENDING)
    with suppress(OSError):
        told.unlink()  # of an earlier start
    try:  # no pipe: whatever the server starts could hold it open, and it would be waited for
        run = subprocess.run(
            [interpreter, "-P", "-B", server, TRY], timeout=LONGEST_START, stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL
        )
    except subprocess.TimeoutExpired:
        return f"it did not answer within {LONGEST_START} seconds"
    except OSError as error:
        return f"it cannot be run: {error.strerror or error}"
    if not run.returncode:
        return ""
    lines = told.read_text(encoding=ENCODING, errors="replace").splitlines() if told.is_file() else []
    return lines[-1] if lines else f"it ended with {run.returncode}"


def dll(computer: Computer) -> Iterator[Finding]:
    """xlwings' DLL of Excel's bitness lies where the add-in looks for it: beside the interpreter, or one folder up."""
    from .starting import xlwings_version

    asked = Path(addin_settings(computer.addin).get("INTERPRETER", computer.interpreter))
    folders = (asked.parent, asked.parent.parent)
    bits = computer.excel_bits
    if bits is None:
        yield Finding(True, "Excel does not say whether it is a 32- or 64-bit program: 64 assumed")
    name = f"xlwings{bits or 64}-{xlwings_version()}.dll"
    found = next((folder / name for folder in folders if (folder / name).is_file()), None)
    before = "" if computer.bundle else "run: pip install --force-reinstall xlwings, then "
    fix = f"antivirus software may have taken it away: {before}{computer.again}"
    yield Finding(found is not None, f"DLL: {found or folders[-1] / name}", fix)


def fast_parts(computer: Computer) -> Iterator[Finding]:
    """What xlhedge can do without, at a price: many workbooks are packed, spelled or read by slower means then."""
    for module, package, slow in FAST:
        if is_there(module):
            yield Finding(True, f"fast part: {package}")
        else:
            fix = f"run: pip install {package} (where it has no file for this system, all works without)"
            yield Finding(True, f"fast part: {package} is missing: {slow}", fix, True)


def is_there(module: str) -> bool:
    """Whether a module can be imported."""
    try:
        import_module(module)
    except ImportError:
        return False
    return True


FAST = (
    ("isal", "isal", "batch packs its workbooks several times slower, with other bytes of the same content"),
    ("orjson", "orjson", "batch spells the numbers of its workbooks slower"),
    ("python_calamine", "python-calamine", "large workbooks are read several times slower"),
)
"""Modules that have no file for every system, their packages, and what takes longer without them."""

CHECKS = (addin_file, versions, policy, settings, python, dll, fast_parts)
