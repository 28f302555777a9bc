"""What Office and Windows are set to allow, as Windows' registry tells: whether the add-in is opened, and may start Python."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from types import MappingProxyType
from typing import NamedTuple

Read = Callable[[str, str, str], object]
"""Reads a value of the registry by its hive, key and name; None where there is none."""

USER, MACHINE = "HKEY_CURRENT_USER", "HKEY_LOCAL_MACHINE"
POLICIES = (r"SOFTWARE\Policies\Microsoft\Cloud\Office\16.0", r"SOFTWARE\Policies\Microsoft\Office\16.0")
OFFICES = (*POLICIES, r"SOFTWARE\Microsoft\Office\16.0")
"""Where Office's settings stand: a policy, from the cloud or of a group, comes before the user's own choice."""
ASK, SIGNED_MACROS, NO_MACROS = 2, 3, 4
"""VBAWarnings: macros are asked for (as where it is not set), only signed ones run, none run."""

DEFENDERS = (r"SOFTWARE\Policies\Microsoft\Windows Defender", r"SOFTWARE\Microsoft\Windows Defender")
"""Where Microsoft Defender's settings stand: those of a policy, and those of the computer itself."""
RULES = r"Windows Defender Exploit Guard\ASR\Rules"
CHILD_PROCESSES = "D4F940AB-401B-4EFC-AADC-AD5F3C50688A"
API_CALLS = "92E97FA1-2EDF-4476-BDD6-9DD0B4DDDC7B"
BLOCK, WARN, NOT_SET = 1, 6, 5
"""States of a rule of Microsoft Defender; in the others (0 off, 2 audit) it keeps nothing from happening."""


class Policy(NamedTuple):
    """What Office and Windows are set to allow."""

    macros: int | None = None
    """VBAWarnings; what it forbids, it forbids outside trusted locations only."""
    locations_disabled: bool = False
    """Whether no location is trusted, XLSTART neither."""
    addins_disabled: bool = False
    addins_signed: bool = False
    """Whether add-ins must be signed by a trusted publisher."""
    vba_off: bool = False
    """Whether no Office program runs any macro."""
    defender: Mapping[str, int] = MappingProxyType({})
    """The state of Microsoft Defender's rules that bear on the add-in, where they are set."""


def read_policy(read: Read) -> Policy:
    """What is set for Excel and Microsoft Defender."""
    states = {rule: _state(read, rule) for rule in (CHILD_PROCESSES, API_CALLS)}
    return Policy(
        macros=_excel(read, "Security", "VBAWarnings"),
        locations_disabled=_excel(read, r"Security\Trusted Locations", "AllLocationsDisabled") == 1,
        addins_disabled=_excel(read, "Security", "DisableAllAddins") == 1,
        addins_signed=_excel(read, "Security", "RequireAddinSig") == 1,
        vba_off=any(read(hive, rf"{office}\Common", "VBAOff") == 1 for hive in (USER, MACHINE) for office in POLICIES),
        defender={rule: state for rule, state in states.items() if state is not None},
    )


def _excel(read: Read, key: str, name: str):
    """A setting of Excel's, as a policy or the Trust Center gives it."""
    return _first(read(USER, rf"{office}\Excel\{key}", name) for office in OFFICES)


def _state(read: Read, rule: str) -> int | None:
    """The state of a rule of Microsoft Defender: a group policy comes before Intune, and both before Set-MpPreference."""
    group, own = (read(MACHINE, rf"{defender}\{RULES}", rule) for defender in DEFENDERS)
    listed = str(read(MACHINE, rf"{DEFENDERS[0]}\Policy Manager", "ASRRules") or "")
    intune = dict(each.strip().upper().split("=", 1) for each in listed.split("|") if "=" in each)
    return _first(map(_number, (group, intune.get(rule), own)))


def _number(value) -> int | None:
    """A state that is set, stored as a number or a text."""
    with suppress(TypeError, ValueError):
        return None if int(value) == NOT_SET else int(value)
    return None


def _first(values):
    return next((value for value in values if value is not None), None)


def registry(hive: str, key: str, name: str):
    """A value of Windows' registry, or None; of its 64-bit part."""
    import winreg

    with (
        suppress(OSError),
        winreg.OpenKey(getattr(winreg, hive), key, 0, winreg.KEY_READ | winreg.KEY_WOW64_64KEY) as opened,
    ):
        return winreg.QueryValueEx(opened, name)[0]
    return None
