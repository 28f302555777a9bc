"""File names of portfolios: legal everywhere, inside the folder, each one's own, and the same in any order."""

import random
import unicodedata
from pathlib import PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlhedge.batch.names import MOST_BYTES, Names

DEVICES = [
    "CON",
    "PRN",
    "AUX",
    "NUL",
    "COM1",
    "COM9",
    "LPT1",
    "COM0",
    "CONIN$",
    "CONOUT$",
    "CLOCK$",
    "COM\u00b9",
    "LPT\u00b3",
    "\uff23\uff2f\uff2e",
]


@pytest.mark.parametrize("name,expected", [
    ("Fund 7", "Fund 7.xlsx"), ("fund.xlsx", "fund.xlsx.xlsx"), ("a/b", "a_b.xlsx"), ("..", "_.xlsx"), (".", "_.xlsx"),
    ("../../etc/passwd", "_.._.._etc_passwd.xlsx"), ("C:\\Windows\\x", "C__Windows_x.xlsx"),
    ("/etc/passwd", "_etc_passwd.xlsx"), ("~$book", "_~$book.xlsx"), (".hidden", "_.hidden.xlsx"), ("", "_.xlsx"),
    (" . ", "_.xlsx"), ("trailing. . ", "trailing.xlsx"), ("a\tb\nc\x00d", "a b cd.xlsx"), ("a\u202eb\u200bc", "abc.xlsx"),
    ("cafe\u0301", "caf\u00e9.xlsx"), ("\U0001f680 moon", "\U0001f680 moon.xlsx"), ("\u05e9\u05dc\u05d5\u05dd", "\u05e9\u05dc\u05d5\u05dd.xlsx"),
    ("=cmd|' /C calc'!A0", "=cmd_' _C calc'!A0.xlsx"), ("a\u00a0b", "a b.xlsx"), ("\ud800x", "x.xlsx"),
    *((device, f"_{device}.xlsx") for device in DEVICES), ("con.txt", "_con.txt.xlsx"), ("nul .x", "_nul .x.xlsx"), ("console", "console.xlsx"),
])  # fmt: skip
def test_a_name_becomes_a_legal_one(name, expected):
    assert Names([name])[name] == expected


NAMES = st.one_of(
    st.text(max_size=80), st.sampled_from(DEVICES + ["..", "a/b", "a_b", "A_B"]),
    st.from_regex(r"(Fund|fund|FUND|ﬁ)[ .]{0,2}[a-c]?(-[0-9a-f]{12})?", fullmatch=True),
    st.text("\u0301\u00e9eE\U0001f468\u200d\U0001f680\u05d0\u202e .\uff23", max_size=64),
)  # fmt: skip


def folded(name: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


def is_legal(name: str) -> bool:
    stem = folded(name.split(".")[0].rstrip())
    return (
        PurePosixPath(name).parts == PureWindowsPath(name).parts == (name,)
        and stem not in {folded(device) for device in DEVICES}
        and unicodedata.is_normalized("NFC", name)
        and len(name.encode()) <= MOST_BYTES
        and name.endswith(".xlsx") and name[0] not in ". ~" and name[-6] not in ". "
        and not any(c in '<>:"/\\|?*' or unicodedata.category(c) in ("Cc", "Cf", "Cs") for c in name)
    )  # fmt: skip


@given(NAMES)
def test_every_name_is_legal(name):
    assert is_legal(Names([name])[name])


@given(st.lists(NAMES, unique=True), st.randoms())
def test_no_two_meet_and_the_order_does_not_matter(names, chance):
    found = Names(names)
    given = {name: found[name] for name in names}
    assert len({folded(file) for file in given.values()}) == len(names)
    assert all(map(is_legal, given.values()))
    again = Names(chance.sample(names, len(names)))
    assert {name: again[name] for name in names} == given


@given(st.lists(NAMES, unique=True))
def test_a_name_that_meets_no_other_stays_plain(names):
    found = Names([*names, "Treasury"])
    assert found["Treasury"] == "Treasury.xlsx" or "treasury" in map(folded, names)


@pytest.mark.parametrize("names", [
    ["fund", "Fund", "FUND"], ["a/b", "a_b", "a:b"], ["caf\u00e9", "cafe\u0301"], ["\ufb01t", "fit"], ["stra\u00dfe", "STRASSE"],
    ["x" * 200, "x" * 201], ["\uff21", "A", "a"], ["a", "a.", "a ", " a"],
])  # fmt: skip
def test_all_that_meet_are_told_apart(names):
    files = [Names(names)[name] for name in names]
    assert len(set(files)) == len(names)
    assert all(file[-18] == "-" for file in files)


def test_a_name_that_looks_told_apart_is_told_apart_itself():
    first = Names(["a", "A"])["a"]
    assert Names(["a", "A", first.removesuffix(".xlsx")])[first.removesuffix(".xlsx")] != first


def test_names_by_the_hundred_thousand():
    names = [f"Fund {i // 2}" if i % 2 else f"fund {i // 2}" for i in range(100_000)]
    random.Random(1).shuffle(names)
    found = Names(names)
    assert len({found[name] for name in names}) == len(names)
