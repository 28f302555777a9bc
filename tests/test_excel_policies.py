"""What policies of Office and Microsoft Defender the doctor knows, by what the registry holds where they are set.

Where they stand and what they do is Microsoft's documentation: of the Trust Center's policies (AllLocationsDisabled, VBAWarnings,
DisableAllAddins, RequireAddinSig, VBAOff) and of attack surface reduction (group policy, Intune, Set-MpPreference; 1 blocks, 2 only
records, 6 warns). Seen in no real Excel.
"""

import zipfile
from pathlib import Path

import pytest

from xlhedge.hosts.excel import doctor
from xlhedge.hosts.excel.locations import Computer
from xlhedge.hosts.excel.policies import API_CALLS, CHILD_PROCESSES, Policy, read_policy

GROUP = r"SOFTWARE\Policies\Microsoft\Windows Defender\Windows Defender Exploit Guard\ASR\Rules"
OWN = r"SOFTWARE\Microsoft\Windows Defender\Windows Defender Exploit Guard\ASR\Rules"
INTUNE = r"SOFTWARE\Policies\Microsoft\Windows Defender\Policy Manager"
OFFICE, CLOUD, CHOICE = (
    rf"SOFTWARE\{where}\Office\16.0" for where in (r"Policies\Microsoft", r"Policies\Microsoft\Cloud", "Microsoft")
)
SECURITY, TRUSTED, RULE = (
    rf"{OFFICE}\Excel\Security",
    rf"{OFFICE}\Excel\Security\Trusted Locations",
    CHILD_PROCESSES.lower(),
)
REGISTRIES = [  # what is set: key, name and value; what the doctor says of it
    ([], ""),
    ([(SECURITY, "VBAWarnings", 4)], ""), ([(SECURITY, "VBAWarnings", 3)], ""), ([(SECURITY, "VBAWarnings", 2)], ""),
    ([(TRUSTED, "AllLocationsDisabled", 1)], ""),
    ([(TRUSTED, "AllLocationsDisabled", 1), (SECURITY, "VBAWarnings", 1)], ""),
    ([(TRUSTED, "AllLocationsDisabled", 1), (SECURITY, "VBAWarnings", 3)], "Excel runs the macros of add-ins"),
    ([(TRUSTED, "AllLocationsDisabled", 1), (SECURITY, "VBAWarnings", 4)], "Excel runs the macros of add-ins"),
    ([(TRUSTED, "AllLocationsDisabled", 0), (SECURITY, "VBAWarnings", 4)], ""),
    ([(rf"{OFFICE}\Common", "VBAOff", 1)], "Excel runs the macros of add-ins"), ([(rf"{OFFICE}\Common", "VBAOff", 0)], ""),
    ([(SECURITY, "DisableAllAddins", 1)], "Excel opens add-ins"), ([(SECURITY, "RequireAddinSig", 1)], "Excel opens add-ins"),
    ([(rf"{CHOICE}\Excel\Security", "RequireAddinSig", 1)], "Excel opens add-ins"),
    ([(SECURITY, "DisableAllAddins", 0), (rf"{CHOICE}\Excel\Security", "DisableAllAddins", 1)], ""),
    ([(SECURITY, "DisableAllAddins", 0), (rf"{CLOUD}\Excel\Security", "DisableAllAddins", 1)], "Excel opens add-ins"),
    ([(GROUP, RULE, "1")], "Excel may start Python"), ([(GROUP, RULE, "6")], "Excel may start Python"),
    ([(GROUP, RULE, "2")], ""), ([(GROUP, RULE, "0")], ""),
    ([(OWN, RULE, 1)], "Excel may start Python"), ([(OWN, RULE, 6)], "Excel may start Python"), ([(OWN, RULE, 2)], ""),
    ([(INTUNE, "ASRRules", f"{RULE}=1")], "Excel may start Python"),
    ([(INTUNE, "ASRRules", f"{API_CALLS}=2|{RULE}=6")], "Excel may start Python"),
    ([(INTUNE, "ASRRules", f"{RULE}=2|{API_CALLS}=1")], "the add-in's macros may call Windows"),
    ([(INTUNE, "ASRRules", "")], ""), ([(INTUNE, "ASRRules", "no list")], ""),
    ([(GROUP, RULE, "2"), (OWN, RULE, 1)], ""), ([(GROUP, RULE, "5"), (OWN, RULE, 1)], "Excel may start Python"),
    ([(GROUP, API_CALLS, "1")], "the add-in's macros may call Windows"),
]  # fmt: skip


def set_in_registry(values) -> Policy:
    """What is read of a registry that holds these; its names know no upper and lower case."""
    stored = {(key, name.upper()): value for key, name, value in values}
    return read_policy(lambda hive, key, name: stored.get((key, name.upper())))


def computer(policy: Policy, appdata=Path("nowhere")) -> Computer:
    """A Windows computer on which this is set."""
    return Computer(True, appdata, appdata, appdata, (3, 11), 64, 64, "cp1252", policy)


def wrong(policy: Policy, *appdata: Path) -> list[str]:
    return [f"{finding.what}: {finding.fix}" for finding in doctor.policy(computer(policy, *appdata)) if not finding.ok]


@pytest.mark.parametrize("values, told", REGISTRIES)
def test_doctor_knows_what_is_forbidden_and_raises_no_false_alarm(values, told):
    found = wrong(set_in_registry(values))
    assert [line.split(":")[0] for line in found] == ([told] if told else []), found
    assert all("ask your administrator" in line for line in found)


def test_doctor_says_what_is_asked_and_what_a_signature_changes(tmp_path):
    asked = computer(Policy(locations_disabled=True))
    told = "Excel asks each time before it runs the add-in's macros, since no location is trusted"
    assert told in [finding.what for finding in doctor.policy(asked)]
    signed_only = Policy(macros=3, locations_disabled=True, addins_signed=True)
    assert len(wrong(signed_only, tmp_path)) == 2
    addin = computer(signed_only, tmp_path).addin
    addin.parent.mkdir(parents=True)
    with zipfile.ZipFile(addin, "w") as archive:
        archive.writestr("xl/vbaProjectSignature.bin", b"signed")
    assert wrong(signed_only, tmp_path) == []
