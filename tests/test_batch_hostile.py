"""Hostile inputs of a batch: each gives exact sentences or the right portfolios, within two seconds and in little memory.

One row each: a name, how the input is made, and what must come out: "portfolio: asset coins in file" for what would be
built, "portfolio: sentence" for what is refused, and a sentence alone for what is of no portfolio or ends the run.
"""

import os
import re
import resource
import time
import zipfile
from pathlib import Path

import pytest
from batches import outcome
from click.testing import CliRunner
from test_holdings import EMPTY, NUMBER, TEXT, bomb, book, cells, file, patched, row, truncated, zipped

from xlhedge import cli

SECONDS, MEGABYTES = 2, 200
HEAD = "portfolio,asset,coins,price\n"
FIRST = "the first row must name the columns, such as portfolio, asset, coins, price, kind, target_weight"
UNREADABLE = "h.xlsx: is not a workbook that can be read"
ENTITIES = f"{UNREADABLE} (its XML declares entities, which no spreadsheet program writes)"
NEEDLESS = ", which no holdings file needs; save it as .xlsx without"
BTC = "h: BTC 50 in h.xlsx"


# How inputs are made


def named(*names: str):
    """A table of portfolios with these names, each with one BTC."""
    return file(HEAD + "".join(f'"{name}",BTC,1,60000\n' for name in names))


def beside(parts: dict[str, bytes], types: str = "", **replaced):
    """A sound workbook with other parts beside its own."""

    def make(folder: Path) -> Path:
        path = cells("BTC", 50, 60000)(folder)
        with zipfile.ZipFile(path) as archive:
            found = {name: archive.read(name) for name in archive.namelist()}
        found["[Content_Types].xml"] = found["[Content_Types].xml"].replace(b"</Types>", types.encode() + b"</Types>")
        return zipped(found | parts)(folder)

    return make


def typed(part: str, kind: str) -> str:
    return f'<Override PartName="/{part}" ContentType="{kind}"/>'


def deep(levels: int):
    """XML with many elements inside one another."""

    def change(text: str) -> str:
        at = text.rindex("</")
        return text[:at] + "<a>" * levels + "</a>" * levels + text[at:]

    return change


def marked(change):
    """A sound workbook whose list of members is changed before it is closed: what it says of itself is not true."""

    def make(folder: Path) -> Path:
        path = cells("BTC", 50, 60000)(folder)
        with zipfile.ZipFile(path, "a") as archive:
            change(archive)
            archive._didModify = True
        return path

    return make


def claims(size: int):
    def change(archive: zipfile.ZipFile) -> None:
        archive.getinfo("xl/worksheets/sheet1.xml").file_size = size

    return marked(change)


def hides(folder: Path) -> Path:
    """A part of 60 MB that says it has 1,000 bytes."""
    path = patched(lambda text: text.replace("</worksheet>", " " * 60_000_000 + "</worksheet>"))(folder)
    with zipfile.ZipFile(path, "a") as archive:
        archive.getinfo("xl/worksheets/sheet1.xml").file_size = 1000
        archive._didModify = True
    return path


def protected(archive: zipfile.ZipFile) -> None:
    for member in archive.infolist():
        member.flag_bits |= 1


def twice(folder: Path) -> Path:
    path = cells("BTC", 50, 60000)(folder)
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/worksheets/sheet1.xml", "<worksheet/>")
    return path


def shared(*texts: str, before: str = "", rows: str = ""):
    """A sound workbook whose asset is a shared text, after others, and further rows."""

    def make(folder: Path) -> Path:
        found = cells("BTC", 50, 60000)(folder)
        with zipfile.ZipFile(found) as archive:
            parts = {name: archive.read(name).decode() for name in archive.namelist()}
        sheet = parts["xl/worksheets/sheet1.xml"].replace(
            't="inlineStr"><is><t>BTC</t></is>', f't="s"><v>{len(texts)}</v>'
        )
        parts["xl/worksheets/sheet1.xml"] = sheet.replace("</sheetData>", rows + "</sheetData>")
        items = "".join(f'<si><t xml:space="preserve">{text}</t></si>' for text in [*texts, "BTC"])
        parts["xl/sharedStrings.xml"] = (
            f'{before}<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{items}</sst>'
        )
        kind = typed(
            "xl/sharedStrings.xml", "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
        )
        parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace("</Types>", kind + "</Types>")
        relation = '<Relationship Id="texts" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/>'
        at = "xl/_rels/workbook.xml.rels"
        parts[at] = parts[at].replace("</Relationships>", relation + "</Relationships>")
        return zipped({name: content.encode() for name, content in parts.items()})(folder)

    return make


def with_positions(path: Path) -> Path:
    """A workbook with a further position of its asset."""
    holdings = [["portfolio", "asset", "coins", "price"], ["a", "BTC", 2, 3]]
    return book(("holdings", holdings), ("positions", [["asset", "venue"], ["BTC", "bybit"]]), name=path.name)(
        path.parent
    )


NOISE = " " + "".join(chr(97 + i * i % 23) for i in range(1_000_000))
MANY = "".join(f'<row r="{i}"><c r="A{i}" t="s"><v>0</v></c></row>' for i in range(3, 10_003))


def folder_of(**makers):
    """A folder of files, each made in it by name."""

    def make(folder: Path) -> Path:
        given = folder / "given"
        given.mkdir()
        for name, maker in makers.items():
            if isinstance(maker, str):
                (given / name).write_text(maker)
            else:
                maker(given / name)
        return given

    return make


def link(folder: Path) -> Path:
    row("BTC,50,60000")(folder).rename(folder / "other.csv")
    (folder / "h.csv").symlink_to("other.csv")
    return folder / "h.csv"


def loop(folder: Path) -> Path:
    (folder / "h.csv").symlink_to("h.csv")
    return folder / "h.csv"


def pipe(folder: Path) -> Path:
    os.mkfifo(folder / "h.csv")
    return folder / "h.csv"


def not_there(folder: Path) -> Path:
    return folder / "h.csv"


def called(name: str):
    """A table in a file of this name."""
    return file("asset,coins,price\nBTC,1,60000\n", name)


VBA = typed("xl/innocent.bin", "application/vnd.ms-office.vbaProject")
RELATED = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r" Type="t" Target="{}" TargetMode="External"/></Relationships>'
LINKED = "xl/externalLinks/externalLink1.xml"


def related(target: str) -> dict[str, bytes]:
    return {LINKED: b"<a/>", "xl/externalLinks/_rels/externalLink1.xml.rels": RELATED.format(target).encode()}


ATTRIBUTES = " ".join(f'a{i}="1"' for i in range(100_000))

CASES = [
    # Archives
    ("zip bomb", zipped({"xl/worksheets/sheet1.xml": b"\0" * 60_000_000}), "h.xlsx: would unpack from 57 kB to 57 MB in 1 parts, which no workbook needs"),
    ("zip that claims 4 GB", claims(2**32 - 2), " to 4,096 MB in 9 parts, which no workbook needs"),
    ("zip that hides its size", hides, f"{UNREADABLE} (Bad CRC-32 for file 'xl/worksheets/sheet1.xml')"),
    ("zip of 2,001 parts", zipped({f"{i}": b"" for i in range(2001)}), "h.xlsx: would unpack from 4 kB to 0 kB in 2001 parts, which no workbook needs"),
    ("zip in a zip", zipped({"h.xlsx": b"PK\x03\x04" + b"\0" * 100}), UNREADABLE),
    ("part there twice", twice, f"{UNREADABLE} (a part is there twice)"),
    ("part that is protected", marked(protected), "h.xlsx: is protected by a password; save it without one"),
    ("parts named to climb out", beside({"../../etc/passwd": b"x", "/abs": b"x", "C:\\x": b"x"}), BTC),
    ("cut short", truncated, "h.xlsx: is not an .xlsx workbook (it is cut short or damaged); save it as .xlsx or CSV UTF-8"),
    ("picture called .xlsx", file(b"\x89PNG\r\n\x1a\n" + b"\0" * 99, "h.xlsx"),
     "h.xlsx: is not an .xlsx workbook (it is damaged or of another type); save it as .xlsx or CSV UTF-8"),
    ("workbook without sheets", patched(lambda text: re.sub("<sheets>.*</sheets>", "<sheets/>", text), "xl/workbook.xml"), "h.xlsx: has no worksheet"),
    ("sheet that is not there", patched(lambda text: text.replace("sheet1.xml", "sheet9.xml"), "xl/_rels/workbook.xml.rels"), "h.xlsx: has no worksheet"),
    ("sheet outside the archive", patched(lambda text: text.replace("/xl/worksheets/sheet1.xml", "file:///etc/passwd"), "xl/_rels/workbook.xml.rels"), "h.xlsx: has no worksheet"),
    # XML
    ("entities in the sheet", patched(bomb), ENTITIES),
    ("entities in the workbook", patched(lambda text: "<!DOCTYPE a [<!ENTITY b 'c'>]>" + text.split("?>", 1)[-1], "xl/workbook.xml"), ENTITIES),
    ("entities in the texts", shared(before="<!DOCTYPE a [<!ENTITY b 'c'>]>"), ENTITIES),
    ("shared texts", shared("other"), BTC),
    ("entity of a file", patched(lambda text: '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>' + text.split("?>", 1)[-1]), ENTITIES),
    ("quadratic XML", patched(lambda text: f"<!DOCTYPE a [<!ENTITY b '{'c' * 50_000}'>]>" + text.replace("<sheetData>", f"<sheetData>{'&b;' * 3000}")), ENTITIES),
    ("sheet nested 5,000 deep", patched(deep(5000)), f"{UNREADABLE} (xl/worksheets/sheet1.xml is nested more than 64 deep)"),
    ("workbook nested 5,000 deep", patched(deep(5000), "xl/workbook.xml"), f"{UNREADABLE} (xl/workbook.xml is nested more than 64 deep)"),
    ("XML cut short", patched(lambda text: text[:-40]), UNREADABLE),
    ("100,000 attributes", patched(lambda text: text.replace("<sheetData>", f"<sheetData {ATTRIBUTES}>")), BTC),
    # What a workbook holds beside cells
    ("macros", beside({"xl/vbaProject.bin": b"x"}), f"h.xlsx: holds macros{NEEDLESS}"),
    ("macros by another name", beside({"xl/innocent.bin": b"x"}, VBA), f"h.xlsx: holds macros{NEEDLESS}"),
    ("Excel 4 macros", beside({"xl/macrosheets/sheet1.xml": b"<a/>"}), f"h.xlsx: holds macros{NEEDLESS}"),
    ("link to another file", beside(related("file:///C:/x.xlsx")), f"h.xlsx: holds links to other files{NEEDLESS}"),
    ("link without a target", beside({LINKED: b"<a/>"}), f"h.xlsx: holds links to other files{NEEDLESS}"),
    ("link to an add-in", beside(related("file:///C:/Add-ins/xlhedge.xlam")), BTC),
    ("OLE object", beside({"xl/embeddings/oleObject1.bin": b"x"}), f"h.xlsx: holds embedded objects{NEEDLESS}"),
    ("ActiveX", beside({"xl/activeX/activeX1.xml": b"<a/>"}), f"h.xlsx: holds embedded objects{NEEDLESS}"),
    (".xlsm without macros", book(("Sheet1", [["asset", "coins", "price"], ["BTC", 50, 60000]]), name="h.xlsm"), BTC),
    ("password", file(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600, "h.xlsx"),
     "h.xlsx: is not an .xlsx workbook (it is protected by a password); save it as .xlsx or CSV UTF-8"),
    # Size
    ("a million columns", file(f"{'a,' * 1_000_000}\nBTC\n"), "h.csv row 1: names 1,000,000 columns; at most 200 can be read"),
    ("a row of a million cells", row("1," * 1_000_000), "h: h.csv row 2, (row): has more than the 3 cells of the header (got '1')"),
    ("a line of nine million characters", row("x" * 9_000_000), "h.csv row 2: is longer than 8 million characters; is this a table of rows?"),
    ("cell in column XFD", patched(lambda text: text.replace('r="C2"', 'r="XFD2"')), "h.xlsx Sheet1 row 2: has cells beyond column 200, which are not read"),
    ("sheet that claims every cell", patched(lambda text: text.replace('ref="A1:C2"', 'ref="A1:XFD1048576"')), BTC),
    ("text of a megabyte in 10,000 cells", shared(NOISE, rows=MANY), "h: h.xlsx Sheet1 row 3, asset: must be text of at most 64 characters, without control characters (got '"),
    ("a cell of 200,000 characters", row(f"{'x' * 200_000},1,1"), 'h.csv row 2: a cell is longer than 131,072 characters; is a quote (") never closed?'),
    # Text
    ("no bytes", file(""), f"h.csv: {EMPTY}"),
    ("only a header", file(HEAD), "h.csv: has a header but no holdings below it"),
    ("UTF-16", file(f"{HEAD}a,BTC,1,1".encode("utf-16")), "h.csv: is UTF-16 text; save it as CSV UTF-8"),
    ("two encodings", file(f"{HEAD}\u00e9,BTC,1,1\n".encode() + "caf\u00e9,BTC,1,1\n".encode("latin-1")),
     "h.csv row 3: byte 0xe9 (\u00e9 in Windows-1252) is not UTF-8; save the file as CSV UTF-8"),
    ("cut within a character", file(f"{HEAD}a,BTC,1,1\ncaf\u00e9".encode()[:-1]), "h.csv row 3: ends within a character; save the file as CSV UTF-8"),
    ("NUL", file(f"{HEAD}a,BTC,1,1\nb,B\0TC,1,1\n"), "h.csv row 3: holds a NUL byte; save the file as CSV UTF-8"),
    ("compressed", file(b"\x1f\x8b\x08\0" + b"\xff" * 99), "h.csv row 1: byte 0x8b (\u2039 in Windows-1252) is not UTF-8; save the file as CSV UTF-8"),
    ("a web page", file("<html><body>Error 404</body></html>\n"), f"h.csv: {FIRST} (it holds '<html><body>error_404</body></html>')"),
    ("JSON", file('{"portfolio": "a"}\n'), f"h.csv: {FIRST}"),
    ("quote never closed", file(f'{HEAD}a,BTC,1,1\n"b,BTC,1,1\n'), 'h.csv row 3: a quote (") is opened here and never closed'),
    ("mark of byte order amid the file", file(f"{HEAD}a,BTC,1,1\n\ufeffb,BTC,1,1\nc,BTC,1,1\n"),
     f"a: BTC 1 in a.xlsx\nc: BTC 1 in c.xlsx\nh.csv row 3, portfolio: {TEXT} (got '\\ufeffb')"),
    ("carriage returns alone", file(HEAD.replace("\n", "\r") + "a,BTC,1,1\r"), "a: BTC 1 in a.xlsx"),
    ("misspelt column", file("portfolio,aset,coins,price\na,BTC,1,1\n"), "h.csv: unknown column 'aset' (did you mean asset?)"),
    # Numbers
    *((f"coins of {text[:20]!r}", row(f'BTC,"{text}",60000'), f"h: h.csv row 2, coins: {rule}")
      for text, rule in (
          ("1e999", "must be >= 0 and <= 1e+15 coin (got '1e999')"), ("1e308", "must be >= 0 and <= 1e+15 coin (got '1e308')"),
          ("9" * 5000, f"must be >= 0 and <= 1e+15 coin (got '{'9' * 56}...)"), ("1e-320", "must not be nearer to 0 than 1e-12 (got '1e-320')"),
          ("nan", f"{NUMBER} (got 'nan')"), ("-1", "must be >= 0 and <= 1e+15 coin (got '-1')"), ("1;5", f"{NUMBER} (got '1;5')"),
          ("\u0665", f"{NUMBER} (got '\u0665')"), ("=1+1", f"{NUMBER} (got '=1+1')"), ("0x10", f"{NUMBER} (got '0x10')"))),
    ("coins of many digits", row("BTC,49." + "9" * 5000 + ",60000"), BTC),
    ("one negative number among many", file(HEAD + "".join(f"P{i},BTC,{'-' * (i == 7)}1,60000\n" for i in range(1000))), "P7: h.csv row 9, coins: must be >= 0 and <= 1e+15 coin (got '-1')"),
    # Names
    ("name that climbs out", named("../../etc/passwd", "/etc/passwd", "..\\..\\x", "C:\\x"),
     "../../etc/passwd: BTC 1 in _.._.._etc_passwd.xlsx\n..\\..\\x: BTC 1 in _.._.._x.xlsx\n/etc/passwd: BTC 1 in _etc_passwd.xlsx\nC:\\x: BTC 1 in C__x.xlsx"),
    ("names of dots", named(".", "..", "..."), "...: BTC 1 in _-ab5df625bc76.xlsx\n..: BTC 1 in _-5ec1f7e700f3.xlsx\n.: BTC 1 in _-cdb4ee2aea69.xlsx"),
    ("names of devices", named("CON", "nul.txt", "COM\u00b9", "lpt9 .x"),
     "COM\u00b9: BTC 1 in _COM\u00b9.xlsx\nCON: BTC 1 in _CON.xlsx\nlpt9 .x: BTC 1 in _lpt9 .x.xlsx\nnul.txt: BTC 1 in _nul.txt.xlsx"),
    ("names that differ in case", named("fund", "Fund"), "Fund: BTC 1 in Fund-f57a935b4c11.xlsx\nfund: BTC 1 in fund-"),
    ("names that differ in how accents are written", named("caf\u00e9", "cafe\u0301"), "cafe\u0301: BTC 1 in caf\u00e9-"),
    ("names that differ in width", named("A", "\uff21"), "A: BTC 1 in A-559aead08264.xlsx"),
    ("names that differ in a dot", named("a", "a."), "a.: BTC 1 in a-"),
    ("name of emoji", named("\U0001f680\U0001f315"), "\U0001f680\U0001f315: BTC 1 in \U0001f680\U0001f315.xlsx"),
    ("name from right to left", named("\u05e7\u05e8\u05df \u05d4\u05d1\u05d9\u05ea"), "\u05e7\u05e8\u05df \u05d4\u05d1\u05d9\u05ea: BTC 1 in \u05e7\u05e8\u05df \u05d4\u05d1\u05d9\u05ea.xlsx"),
    ("name that turns the direction of text", named("a", "a\u202ecod.exe", "b"), f"h.csv row 3, portfolio: {TEXT} (got 'a\\u202ecod.exe')"),
    ("name with a blank of no width", named("a\u200bb"), f"h.csv row 2, portfolio: {TEXT} (got 'a\\u200bb')"),
    ("name of two lines", named("a\nb"), f"h.csv row 2, portfolio: {TEXT} (got 'a\\nb')"),
    ("name of 64 characters of four bytes", named("\U0001f680" * 64), f"in {chr(0x1f680) * 25}-"),
    ("name of 65 characters", named("x" * 65), f"h.csv row 2, portfolio: {TEXT} (got '{'x' * 56}...)"),
    ("name like Excel's own lock", named("~$a"), "~$a: BTC 1 in _~$a.xlsx"),
    ("file called in emoji", called("\U0001f680.csv"), "\U0001f680: BTC 1 in \U0001f680.xlsx"),
    ("file called with a line feed", called("a\nb.csv"), "a b: BTC 1 in a b.xlsx"),
    ("file called like a formula", called("=1+1.csv"), "1+1: BTC 1 in 1+1.xlsx"),
    ("duplicate assets", file(f"{HEAD}a,BTC,1,1\na,btc,1,1\nb,BTC,1,1\n"), "a: h.csv row 3, asset: stands in row 2 already; add the two up, or leave the coins of a further position blank (got 'btc')\nb: BTC 1 in b.xlsx"),
    ("rows without a name", file(f"{HEAD}a,BTC,1,1\n,ETH,1,1\nb,BTC,1,1\nc,BTC,1,1\n"),
     "a: h.csv row 3, portfolio: is required, as other rows name a portfolio\nb: h.csv row 3, portfolio: is required, as other rows name a portfolio\nc: BTC 1 in c.xlsx"),
    # Places
    ("missing", not_there, "{folder}/h.csv: there is no such file"),
    ("link to a file", link, BTC),
    ("link to itself", loop, "{folder}/h.csv: cannot be read: Too many levels of symbolic links"),
    ("pipe", pipe, "{folder}/h.csv: is not an ordinary file"),
    ("device", lambda _: Path("/dev/zero"), "/dev/zero: is not an ordinary file"),
    ("memory of a process", lambda _: Path("/proc/self/mem"), "mem: is empty"),
    ("folder of nothing", folder_of(), "{folder}/given: holds no file that ends in .csv, .tsv, .xlsx, .xlsm, .ods, .parquet, .xls, .xlsb, .numbers"),
    ("folder of links, pipes and folders", folder_of(**{"a.csv": lambda p: p.symlink_to("/etc/passwd"), "b.csv": os.mkfifo, "c.csv": Path.mkdir, "d.csv": f"{HEAD}d,BTC,1,1\n"}),
     "a: a.csv (file): is a link; links in a folder are not followed\nb: b.csv (file): is not an ordinary file\nc: c.csv (file): is a folder, not a file\nd: BTC 1 in d.xlsx"),
    ("one portfolio in two files", folder_of(**{"1.csv": f"{HEAD}a,BTC,1,1\nb,BTC,1,1\n", "2.csv": f"{HEAD}a,ETH,1,1\n"}),
     "a: 2.csv row 2, portfolio: stands in 1.csv already; keep one of the two (got 'a')\nb: BTC 1 in b.xlsx"),
    ("a table beside a workbook with positions of its name", folder_of(**{"a.csv": "asset,coins,price\nBTC,1,1\n", "a.xlsx": with_positions, "b.csv": f"{HEAD}b,BTC,1,1\n"}),
     "a: a.xlsx row 2, portfolio: stands in a.csv already; keep one of the two (got 'a')\nb: BTC 1 in b.xlsx"),
    ("folder with a file that breaks off", folder_of(**{"1.csv": f'{HEAD}a,BTC,1,1\n"b', "2.csv": f"{HEAD}c,BTC,1,1\n"}),
     'a: 1.csv row 3, (file): a quote (") is opened here and never closed\nc: BTC 1 in c.xlsx'),
]  # fmt: skip


def peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


@pytest.mark.parametrize("make,expected", [pytest.param(*rest, id=name) for name, *rest in CASES])
def test_what_comes_out(tmp_path, make, expected):
    path = make(tmp_path)
    start, before = time.process_time(), peak()
    found = outcome(path)
    assert time.process_time() - start < SECONDS
    assert peak() - before < MEGABYTES
    assert expected.replace("{folder}", str(tmp_path)) in found


def test_the_cases_are_many_and_differ():
    assert len({name for name, *_ in CASES}) == len(CASES) >= 60


@pytest.mark.parametrize(
    "name",
    [
        "zip bomb",
        "entities in the sheet",
        "macros",
        "link to another file",
        "two encodings",
        "quote never closed",
        "a million columns",
    ],
)
def test_build_says_the_same_and_writes_nothing(tmp_path, name):
    make, expected = next(rest for case, *rest in CASES if case == name)
    path, out = make(tmp_path), tmp_path / "out"
    out.mkdir()
    run = CliRunner().invoke(cli.main, ["build", str(path), "--out", str(out / "book.xlsx")])
    assert (run.exit_code, [*out.iterdir()]) == (2, [])
    assert run.stderr.startswith(f"xlhedge: {expected}")
