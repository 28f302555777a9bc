"""Packages that were damaged or made to do harm: each door says one sentence about them, and none is taken by surprise."""

import io
import random
import zipfile

import pytest
from click.testing import CliRunner
from openpyxl import Workbook

from xlhedge import __version__, check, cli
from xlhedge.check import check_workbook
from xlhedge.errors import FileError, Unreadable, XlhedgeError
from xlhedge.ooxml import guard
from xlhedge.ooxml.as_written import is_as_written, is_whole
from xlhedge.ooxml.cells import read_sheets
from xlhedge.ooxml.guard import Archive, Damaged
from xlhedge.ooxml.lint import lint
from xlhedge.intake import read_portfolios

SEEDS = 240
SHEET, CORE = "xl/worksheets/sheet1.xml", "docProps/core.xml"


@pytest.fixture(scope="module")
def sound():
    """A small workbook that build reads, check finds well and the mark calls whole."""
    book, content = Workbook(), io.BytesIO()
    book.active.title = "Holdings"
    for cells in (["asset", "coins", "price"], ["BTC", 50, 60000], ["ETH", 0.5, 3000]):
        book.active.append(cells)
    book.save(content)
    return content.getvalue()


def repacked(content: bytes, change, packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A package with its parts, by name, changed."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", packing) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return made.getvalue()


# Ways to damage a package, from a source of chance


def truncated(content: bytes, chance: random.Random) -> bytes:
    return content[: chance.randrange(len(content))]


def flipped(content: bytes, chance: random.Random) -> bytes:
    """Bits changed anywhere."""
    made = bytearray(content)
    for _ in range(chance.choice((1, 3, 20))):
        made[chance.randrange(len(made))] ^= 1 << chance.randrange(8)
    return bytes(made)


def misled(content: bytes, chance: random.Random) -> bytes:
    """Bytes changed in the list of members, which says where they are, how long and how packed."""
    made = bytearray(content)
    for _ in range(chance.choice((1, 3))):
        made[chance.randrange(content.index(b"PK\1\2"), len(made))] = chance.randrange(256)
    return bytes(made)


def swapped(content: bytes, chance: random.Random) -> bytes:
    """Two headers, each where the other was."""
    headers = [at for at in range(len(content) - 4) if content[at : at + 4] in (b"PK\3\4", b"PK\1\2", b"PK\5\6")]
    one, two = sorted(chance.sample(headers, 2))
    length, made = chance.choice((4, 22)), bytearray(content)
    made[one : one + length], made[two : two + length] = content[two : two + length], content[one : one + length]
    return bytes(made)


def rewritten(content: bytes, chance: random.Random) -> bytes:
    """A sound archive of a part cut short, left out, or with other letters and digits."""

    def change(parts: dict[str, bytes]) -> None:
        name, kind = chance.choice([*parts]), chance.randrange(4)
        part = bytearray(parts.pop(name))
        places = [at for at, byte in enumerate(part) if chr(byte).isalnum()]
        for at in chance.sample(places, 3):
            part[at] = chance.choice(b"0129AZaz-.:!")
        if kind:
            parts[name] = bytes(part[: chance.randrange(len(part))] if kind == 1 else part)

    return repacked(content, change)


WAYS = (truncated, flipped, misled, swapped, rewritten)


@pytest.mark.parametrize("way", WAYS)
def test_no_corruption_surprises_input_check_or_mark(sound, tmp_path, monkeypatch, way):
    monkeypatch.setattr(check, "engine", lambda: None)
    path, sentences = tmp_path / "h.xlsx", set()
    for seed in range(SEEDS // len(WAYS)):
        content = way(sound, random.Random(seed))
        path.write_bytes(content)
        for door in (read_portfolios, check_workbook):
            try:
                door(path)
            except FileError as error:
                sentences.add(str(error))
        assert is_whole(content) in (True, False) and not is_as_written(content)
    assert sentences and all(text.startswith("h.xlsx") and "\n" not in text for text in sentences), sentences


@pytest.mark.parametrize("seed", range(12))
def test_the_engine_of_the_check_may_refuse_what_others_read(sound, tmp_path, monkeypatch, seed):
    pytest.importorskip("formualizer")
    monkeypatch.setattr("xlhedge.hosts.calc.find", lambda: None)
    path = tmp_path / "h.xlsx"
    path.write_bytes(misled(sound, random.Random(seed)))
    assert all(str(finding) for finding in check_workbook(path))


def test_a_place_before_the_beginning_of_the_file_is_damage(sound):
    """The list of members begins later than it says, so that the first member would lie before the file."""
    end = sound.rindex(b"PK\5\6")
    content = sound[: end + 16] + (2**31).to_bytes(4, "little") + sound[end + 20 :]
    with pytest.raises(
        Unreadable, match=r"is (not a workbook that can be read|not an .xlsx workbook) \(it is cut short"
    ):
        for part in Archive("h.xlsx", content).parts:
            Archive("h.xlsx", content).read(part)


# What is made to do harm


def with_part(name: str, part: bytes):
    return lambda parts: parts.update({name: part})


def sheet_with(text: str, before: bytes = b"</worksheet>"):
    return lambda parts: parts.update({SHEET: parts[SHEET].replace(before, text.encode() + before)})


def deep(parts: dict[str, bytes]) -> None:
    parts["docProps/app.xml"] = b"<a>" * 100_000 + b"</a>" * 100_000


HARM = [
    ("bomb", with_part("xl/media/a.png", b"\0" * 60_000_000), "would unpack from"),
    ("many parts", lambda parts: parts.update({f"{i}": b"" for i in range(2001)}), "would unpack from"),
    ("same part in capitals", lambda parts: parts.update({SHEET.upper(): b"<x/>"}), "a part is there twice"),
    ("entities", with_part("docProps/app.xml", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"), "declares entities"),
    ("deep", deep, "docProps/app.xml is nested more than 64 deep"),
    ("merged over every cell", sheet_with('<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'),
     "mergeCell over more than 2,000,000 cells"),
    ("linked from every cell", sheet_with('<hyperlinks><hyperlink ref="XFD1048576:A1" location="A1"/></hyperlinks>'),
     "hyperlink over more than 2,000,000 cells"),
    ("a cell far away", sheet_with('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>', b"</sheetData>"), ""),
    ("a mark with room for many", lambda parts: parts.update({CORE: parts[CORE].replace(
        b"</cp:coreProperties>", f"<dc:description>xlhedge {__version__} native for 999999999 rows</dc:description>"
        "</cp:coreProperties>".encode())}), ""),
]  # fmt: skip


@pytest.mark.parametrize("change,told", [pytest.param(*rest, id=name) for name, *rest in HARM])
def test_check_tells_of_harm_and_comes_to_none(sound, tmp_path, monkeypatch, change, told):
    monkeypatch.setattr(check, "engine", lambda: None)
    path = tmp_path / "h.xlsx"
    path.write_bytes(repacked(sound, change))
    findings = [str(finding) for finding in check_workbook(path)]
    assert told in "\n".join(findings)


def test_the_command_line_tells_of_a_bomb(sound, tmp_path):
    path = tmp_path / "h.xlsx"
    path.write_bytes(repacked(sound, HARM[0][1]))
    told = CliRunner().invoke(cli.main, ["check", str(path)])
    assert told.exit_code == 4 and told.output.startswith("file: h.xlsx: would unpack from")
    assert lint(path) == [told.output.splitlines()[0].removeprefix("file: ")]


@pytest.mark.parametrize("packing", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_packings_are_refused_for_they_unpack_to_any_size(sound, packing):
    with pytest.raises(Damaged, match="packed as no spreadsheet program does it"):
        Archive("h.xlsx", repacked(sound, lambda parts: None, packing))


def test_a_part_is_unpacked_no_further_than_it_says(sound, monkeypatch):
    content, asked = repacked(sound, with_part("a", b" " * 900_000)), []
    archive = Archive("h.xlsx", content)
    archive.parts["a"].file_size = 1000
    whole = zipfile.ZipExtFile.read
    monkeypatch.setattr(zipfile.ZipExtFile, "read", lambda file, n=-1: asked.append(n) or whole(file, n))
    with pytest.raises(Damaged, match="Bad CRC-32"):
        archive.read("a")
    assert asked == [1001]


def test_macros_are_refused_as_input_and_reported_by_lint(sound, tmp_path):
    path = tmp_path / "h.xlsx"

    def change(parts: dict[str, bytes]) -> None:
        parts["xl/innocent.bin"] = b"x"
        kind = b'<Override PartName="/xl/innocent.bin" ContentType="application/vnd.ms-office.vbaProject"/></Types>'
        parts[guard.TYPES] = parts[guard.TYPES].replace(b"</Types>", kind)

    path.write_bytes(repacked(sound, change))
    with pytest.raises(Unreadable, match="holds macros"):
        read_sheets(path, ("holdings",))
    assert lint(path) == ["xl/innocent.bin: the part is a macro, a control or an embedded object"]


# Whose work a file may hold


def test_a_workbook_that_is_locked_or_large_may_be_somebodys_work(sound):
    locked = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600
    for content in (sound, locked, repacked(sound, HARM[0][1]), repacked(sound, lambda parts: parts.pop(CORE))):
        assert is_whole(content) and not is_as_written(content)
    for content in (b"", b"text", sound[:-30], b"PK\3\4" + b"\0" * 600):
        assert not is_whole(content) and not is_as_written(content)


def test_mistakes_are_errors_that_a_user_can_mend():
    assert issubclass(Damaged, Unreadable) and issubclass(Unreadable, FileError) and issubclass(FileError, XlhedgeError)
