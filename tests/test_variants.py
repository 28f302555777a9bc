"""The add-in and LAMBDA variants recalculated as a whole: every formula cell is what its file says it is.

The add-in variant by LibreOffice with the add-in installed. The LAMBDA variant by two engines that share no code:
CellRune, which calls the LAMBDA names of the file, and LibreOffice, which knows no LAMBDA and gets each call written
out, from the definitions that the file itself holds.
"""

import html
import math
import re
import zipfile
from functools import cache
from pathlib import Path

import cellrune
import pytest
from openpyxl import load_workbook
from books import SAMPLE_FILES, build_sample, loaded
from openpyxl.utils import get_column_letter
from test_referee import TOLERANCE, differences, formula_cells

from xlhedge.intake import read_portfolios
from xlhedge.template import build_template
from xlhedge.workbook.file.writer import write
from xlhedge.workbook.model import build_model

TEMPLATES = Path(__file__).parents[1] / "workbooks"
FILES = ["template", *(holdings.removesuffix(".csv") for holdings, _ in SAMPLE_FILES)]
FORMULA = re.compile(r"(?<=<f>)[^<]+(?=</f>)")
DEFINITION = re.compile(r'(<definedName name="(\w+)"[^>]*>)(_xlfn\.LAMBDA\([^<]*)(?=</definedName>)')


@pytest.fixture(scope="module")
def workbook(tmp_path_factory):
    """A function that gives the template of a mode, or a sample built in it."""
    folder = tmp_path_factory.mktemp("variants")

    @cache
    def found(file: str, mode: str) -> Path:
        if file == "template":
            if mode == "calc":
                write(build_template(mode), folder / "template.xlsx")
                return folder / "template.xlsx"
            return TEMPLATES / f"xlhedge-template-{mode}.xlsx"
        return build_sample(FILES.index(file) - 1, folder, mode)

    return found


def errors(path: Path) -> dict:
    """Cached error values; the sheets show words where there is no result."""
    return {where: value for where, value in formula_cells(path).items() if str(value).startswith("#")}


# ---- text of formulas


def split(text: str, mark: str = ",") -> list[str]:
    """Parts of a formula between commas that stand in no brackets, braces, quotation marks or sheet names."""
    parts, depth, quote, start = [], 0, "", 0
    for place, char in enumerate(text):
        if quote:
            quote = "" if char == quote else quote
        elif char in "\"'":
            quote = char
        elif char in "({":
            depth += 1
        elif char in ")}":
            depth -= 1
        elif char == mark and not depth:
            parts.append(text[start:place])
            start = place + 1
    return [*parts, text[start:]]


def inside(text: str, start: int) -> str:
    """What stands between the bracket that opens just before start and the one that closes it."""
    depth, quote = 1, ""
    for place in range(start, len(text)):
        char = text[place]
        if quote:
            quote = "" if char == quote else quote
        elif char in "\"'":
            quote = char
        else:
            depth += (char == "(") - (char == ")")
            if not depth:
                return text[start:place]
    raise AssertionError(f"no end of brackets in {text}")


def with_calls(text: str, names, change) -> str:
    """A formula with each call of one of the names changed, the innermost first: change(name, arguments)."""
    found = re.search(rf"(?<![\w.])({'|'.join(names)})\(", text)
    if found is None:
        return text
    arguments = inside(text, found.end())
    rest = text[found.end() + len(arguments) + 1 :]
    changed = change(found[1], [with_calls(argument, names, change) for argument in split(arguments)])
    return text[: found.start()] + changed + with_calls(rest, names, change)


def definitions(path: Path) -> dict[str, tuple[list[str], str]]:
    """The parameters and the body of each LAMBDA name of a file."""
    with zipfile.ZipFile(path) as archive:
        text = archive.read("xl/workbook.xml").decode()
    found = {}
    for _, name, lambda_ in DEFINITION.findall(text):
        *parameters, body = split(inside(html.unescape(lambda_), len("_xlfn.LAMBDA(")))
        found[name] = parameters, body
    return found


def rewritten(path: Path, out: Path, formula, definition=lambda text: text) -> Path:
    """A copy of a workbook with its formulas and its LAMBDA definitions changed as text."""
    with zipfile.ZipFile(path) as before, zipfile.ZipFile(out, "w") as after:
        for name in before.namelist():
            data = before.read(name)
            if name.startswith("xl/worksheets/sheet"):
                data = FORMULA.sub(
                    lambda f: html.escape(formula(html.unescape(f[0])), quote=False), data.decode()
                ).encode()
            elif name == "xl/workbook.xml":
                data = DEFINITION.sub(lambda d: d[1] + definition(d[3]), data.decode()).encode()
            after.writestr(name, data)
    return out


# ---- with the add-in


@pytest.mark.parametrize("file", FILES)
def test_with_the_addin_every_cell_recalculates(addin_calc, workbook, file):
    path = workbook(file, "calc")
    with addin_calc.open(path) as book:
        book.recalculate()
        assert differences(path, book) == []
    assert len(formula_cells(path)) > 4000 and errors(path) == {}


def test_with_the_addin_a_margin_that_funding_uses_up_recalculates(addin_calc, tmp_path):
    """Arguments of every call stay within the function's domain, which native formulas do not mind leaving."""
    source, path = tmp_path / "holdings.csv", tmp_path / "book.xlsx"
    source.write_text(
        "asset,coins,price,venue,hedge_ratio,margin\nBTC,50,60000,bybit,20%,0\nETH,500,3000,deribit,90%,20\n"
    )
    (portfolio,), mistakes = read_portfolios(source, overrides={"adverse_funding_rate": "0.002", "rally": "20"})
    assert not mistakes
    write(build_model(portfolio, "calc"), path)
    with addin_calc.open(path) as book:
        book.recalculate()
        assert differences(path, book) == []
    assert errors(path) == {}


# ---- LAMBDA names called by CellRune


def spelled_out(path: Path, out: Path) -> Path:
    """The file as CellRune 0.2 reads it: it does not know optional parameters, but an argument left empty between commas."""
    known = definitions(path)

    def filled(name: str, arguments: list[str]) -> str:
        return f"{name}({','.join(arguments)}{',' * (len(known[name][0]) - len(arguments))})"

    return rewritten(
        path, out, lambda text: with_calls(text, known, filled), lambda text: text.replace("_xlop.", "_xlpm.")
    )


class Rune:
    """A workbook calculated by CellRune, read like one that is open in LibreOffice."""

    def __init__(self, path: Path) -> None:
        self.path, self.book = path, cellrune.Workbook.open_path(str(path))
        self.report = self.book.calculate()

    def sheets(self) -> list[str]:
        return [sheet["name"] for sheet in self.book.summary()["sheets"]]

    def cells(self, sheet: str) -> dict:
        rows = self.book.read_values(sheet, "A1", loaded(self.path)[sheet].dimensions.split(":")[-1])
        return {
            f"{get_column_letter(column)}{row}": cell.get("value", cell.get("code"))
            for row, line in enumerate(rows, 1) for column, cell in enumerate(line, 1) if cell
        }  # fmt: skip


@pytest.mark.parametrize("file", FILES)
def test_cellrune_calls_the_lambda_names_of_every_cell(workbook, tmp_path, file):
    path = workbook(file, "lambda")
    calculated = Rune(spelled_out(path, tmp_path / "spelled.xlsx"))
    assert calculated.report["value_count"] == calculated.report["formula_count"] == len(formula_cells(path)) > 4000
    assert differences(path, calculated) == [] and errors(path) == {}


def test_cellrune_does_not_know_optional_parameters_yet(workbook):
    """When it does, spelled_out can go."""
    path = workbook("template", "lambda")
    assert len(differences(path, Rune(path))) > 1000


def test_a_wrong_definition_shows(workbook, tmp_path):
    """The fee of a trade taken twice, in the file alone."""
    path, spoiled = workbook("template", "lambda"), tmp_path / "spoiled.xlsx"
    rewritten(
        path,
        spoiled,
        lambda text: text,
        lambda text: text.replace("ABS(_xlpm.qty)*_xlpm.rate", "2*ABS(_xlpm.qty)*_xlpm.rate"),
    )
    told = differences(path, Rune(spelled_out(spoiled, tmp_path / "spelled.xlsx")))
    assert {"Hedge plan", "Compare", "Functions"} <= {line.partition("!")[0] for line in told}


# ---- LAMBDA names written out for LibreOffice


def written_out(path: Path, out: Path) -> Path:
    """The file with each call replaced by the body of its LAMBDA, the arguments in the place of the parameters."""
    known = definitions(path)

    def applied(name: str, arguments: list[str]) -> str:
        parameters, body = known[name]
        named = zip([p.partition(".")[2] for p in parameters], arguments)
        given = {parameter: argument for parameter, argument in named if argument}  # nothing between commas is left out
        names = {p.partition(".")[2] for p in parameters}
        assert set(given) >= {p.partition(".")[2] for p in parameters if p.startswith("_xlpm.")}, (name, arguments)
        body = re.sub(r"_xlfn\.ISOMITTED\(_xlpm\.(\w+)\)", lambda p: "FALSE" if p[1] in given else "TRUE", body)
        body = re.sub(rf"_xlpm\.({'|'.join(names)})\b", lambda p: f"({given.get(p[1], 'NA()')})", body)
        return f"({body})"

    return rewritten(path, out, lambda text: with_calls(text, known, applied))


@pytest.mark.parametrize("file", FILES)
def test_libreoffice_computes_the_bodies_of_the_lambdas(calc, workbook, tmp_path, file):
    path = workbook(file, "lambda")
    plain = written_out(path, tmp_path / "written-out.xlsx")
    with calc.open(plain) as book:
        book.recalculate()
        assert differences(path, book) == []
        assert not any(
            re.search(rf"\b({'|'.join(definitions(path))})\(", f) for f in book.formulas("Functions").values()
        )


# What leaves nothing planned, while the margin before the log is below 0.
BELOW_0 = [
    ("no coins", "Inputs", "C7", None),
    ("no hedge", "Inputs", "F7", 0.0),
    ("no contract", "Positions", "B8", None),
]


@pytest.mark.parametrize("what,sheet,cell,value", BELOW_0, ids=[row[0] for row in BELOW_0])
def test_blanks_and_a_margin_below_0_give_the_same_with_the_addin(calc, addin_calc, workbook, what, sheet, cell, value):
    """A blank cell reaches an add-in as 0, and its functions refuse a margin below 0."""
    native = TEMPLATES / "xlhedge-template.xlsx"
    page = load_workbook(native)["Monitor"]
    margin, balance = (under_head(page, head) for head in ("Its margin", "Margin balance"))
    with calc.open(native) as plain, addin_calc.open(workbook("template", "calc")) as called:
        for book in (plain, called):
            book.set(sheet, cell, value)
            book.set("Monitor", margin, -0.5)
            book.recalculate()
        for name in ("Hedge plan", "Scenarios", "Compare", "Monitor", "Replay", "Checks"):
            assert unlike(called.cells(name), plain.cells(name)) == {}, name
        assert called.get("Monitor", balance) < 0 and "#NUM!" not in called.cells("Monitor").values()


def unlike(first: dict, second: dict) -> dict:
    """Cells of a sheet that differ, numbers by more than the tolerance."""
    pairs = {a: (first.get(a), second.get(a)) for a in {**first, **second}}
    return {a: pair for a, pair in pairs.items() if pair[0] != pair[1] and not near(*pair)}


def near(x, y) -> bool:
    return isinstance(x, float) and isinstance(y, float) and math.isclose(x, y, rel_tol=TOLERANCE, abs_tol=TOLERANCE)


def under_head(page, head: str) -> str:
    """The cell of the first position under a head and its unit."""
    return next(cell.offset(2).coordinate for row in page for cell in row if cell.value == head)
