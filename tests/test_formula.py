"""Traced cells against an independent engine: formualizer recalculates the formula texts in one workbook.

Every traceable function runs on its examples and on seeded random arguments of its domains, each as a native formula
with and without the guard of the domains. The text must give what Python gives: number, "none" or an error.
"""

import functools
import math
import random
import re

import formualizer
import numpy as np
import openpyxl
import pytest
from strategies import TRACEABLE, out_of_domain, random_arguments

from xlhedge.call import evaluate
from xlhedge.elementary import both, exists, floor, larger, nearest, sign, smaller, total, where
from xlhedge.errors import DomainError, InputError, XlhedgeError
from xlhedge.examples import example_arguments
from xlhedge.formula import Cell, lambda_definition, trace
from xlhedge.hosts.calc import CellError
from xlhedge.nodes import MODES, Const, Context, Name, Ref, letters
from xlhedge.registry import FUNCTIONS, REQUIRED

SHEET = "Cells"
RANDOM_SETS, BROKEN_SETS = 30, 10
ERROR = "an error"
LONGEST_FORMULA = 8192  # characters in a cell of Excel; a choice among several words of long formulas is beyond it


class Book:
    """One sheet of inputs and formulas, by (row, column), to be recalculated in one go by an engine."""

    def __init__(self) -> None:
        self.inputs, self.formulas, self.row = {}, {}, 1

    def put(self, column: int, values: list) -> Ref:
        """Write values from the current row down; the reference to them."""
        for i, value in enumerate(values):
            self.inputs[self.row + i, column] = "none" if value == math.inf else value
        return Ref(SHEET, column, self.row, rows=len(values) if len(values) > 1 else 0)

    def write(self, column: int, text: str, offset: int = 0) -> tuple[int, int]:
        """Write a formula into the current row; its place."""
        self.formulas[self.row + offset, column] = "=" + text
        return self.row + offset, column


def by_formualizer(book: Book) -> dict:
    """What formualizer makes of each formula: a number, a text, TRUE or FALSE, or ERROR."""
    engine = formualizer.Workbook()
    engine.register_function("ABS", lifted_abs, min_args=1, max_args=1, allow_override_builtin=True)
    sheet = engine.sheet(SHEET)
    for place, value in book.inputs.items():
        sheet.set_value(*place, value)
    for place, text in book.formulas.items():
        sheet.set_formula(*place, text)
    engine.evaluate_all()
    found = {place: sheet.get_cell(*place).value for place in book.formulas}
    return {place: ERROR if isinstance(value, dict) else value for place, value in found.items()}


def lifted_abs(value):
    """ABS over a range too, as every spreadsheet has it; formualizer's own gives #VALUE! (tested below)."""
    return [[abs(x) for x in row] for row in value] if isinstance(value, list) else abs(value)


def by_calc(calc, book: Book, path) -> dict:
    """What LibreOffice Calc makes of each formula."""
    made = openpyxl.Workbook()
    made.active.title = SHEET
    for (row, column), value in (book.inputs | book.formulas).items():
        made.active.cell(row, column, value)
    made.save(path)
    with calc.open(path) as opened:
        opened.recalculate()
        cells = opened.cells(SHEET)
    found = {place: cells.get(letters(place[1]) + str(place[0])) for place in book.formulas}
    return {place: ERROR if isinstance(value, CellError) else value for place, value in found.items()}


def python_result(function, given):
    """What the function itself gives as a list of cells, and the error that it raises, if any."""
    try:
        result = np.ravel(evaluate(function, given)).tolist()
    except XlhedgeError as error:
        return [ERROR], error
    return ["none" if x == math.inf else ERROR if math.isnan(x) else x for x in result], None


class Trial:
    """One set of arguments as cells of the book, with the formulas of the traced call."""

    def __init__(self, book: Book, function, given: list, *, words_are_cells: bool) -> None:
        self.function, self.given = function, given
        self.expected, self.error = python_result(function, given)
        self.value, self.texts = self.written(book, words_are_cells)
        if max(len(text) for texts in self.texts for text in texts) > LONGEST_FORMULA:
            self.value, self.texts = self.written(book, words_are_cells=False)
        places = ([book.write(20 + n, t, i) for i, t in enumerate(texts)] for n, texts in enumerate(self.texts))
        self.bare, self.guarded = places
        book.row += max((len(value) for value in given if isinstance(value, list)), default=1)

    def written(self, book: Book, words_are_cells: bool):
        """The value of the guarded formula, and both formulas' texts, one for each row of the result."""
        cells = [self.cell(book, i, value, words_are_cells) for i, value in enumerate(self.given)]
        results = [trace(self.function, cells, guarded=guarded) for guarded in (False, True)]
        several = len(self.expected) if self.function.returns.kind == "vector" else 1
        texts = [[r.text(Context("native", SHEET, row=i)) for i in range(several)] for r in results]
        return results[1].value, texts

    def cell(self, book, i, value, words_are_cells):
        """An argument as a cell; defaults stay out of the formula, and words too in every other trial."""
        parameter = self.function.parameters[i]
        is_default = not parameter.required and value == parameter.default
        if is_default or (parameter.kind == "word" and not words_are_cells):
            return value
        values = value if isinstance(value, list) else [value]
        return Cell(book.put(i + 1, values), np.asarray(value))

    def misses(self, results: dict, places, n: int) -> list:
        """The cells of one formula that are not what Python gives."""
        found = [results[place] for place in places]
        wanted = self.expected * len(found) if len(self.expected) == 1 else self.expected
        return [(self.given, self.texts[n][i], w, f) for i, (w, f) in enumerate(zip(wanted, found)) if not agree(w, f)]


def agree(wanted, found) -> bool:
    """Whether the engine's cell is Python's: to 1e-12 for numbers, exactly for everything else."""
    if isinstance(wanted, str) or isinstance(found, str):
        return wanted == found
    return math.isclose(wanted, found, rel_tol=1e-12, abs_tol=1e-300)


def column(argument):
    return [item for row in argument for item in row] if isinstance(argument, list) else argument


def argument_sets(function) -> list[list]:
    """The examples of a function and seeded random sets, all in their domains, every argument given."""
    rng, sets = random.Random(function.name), []
    for example in function.examples:
        given = [math.inf if a == "none" else column(a) for a in example_arguments(function, example)]
        sets.append(given + [p.default for p in function.parameters[len(given) :]])
    return sets + [random_arguments(function, rng, length=rng.randint(2, 5)) for _ in range(RANDOM_SETS)]


def broken_sets(function) -> list[list]:
    rng = random.Random(function.name)
    return list(filter(None, (out_of_domain(function, rng) for _ in range(BROKEN_SETS))))


@functools.cache
def trials() -> tuple[Book, dict, dict]:
    """The book with every trial of every function: allowed sets and broken ones."""
    book, allowed, broken = Book(), {}, {}
    for f in TRACEABLE:
        allowed[f.name] = [Trial(book, f, s, words_are_cells=i % 2 == 0) for i, s in enumerate(argument_sets(f))]
        broken[f.name] = [Trial(book, f, s, words_are_cells=i % 2 == 0) for i, s in enumerate(broken_sets(f))]
    return book, allowed, broken


@functools.cache
def recalculated() -> tuple[dict, dict, dict]:
    book, allowed, broken = trials()
    return by_formualizer(book), allowed, broken


each = pytest.mark.parametrize("name", [function.name for function in TRACEABLE])


@each
def test_guarded_formula_gives_what_python_gives(name):
    book, allowed, _ = recalculated()
    assert len(allowed[name]) >= 25
    assert [miss for trial in allowed[name] for miss in trial.misses(book, trial.guarded, 1)] == []


@each
def test_bare_formula_gives_what_python_gives(name):
    """Without the guard only arguments that break no rule among themselves are comparable."""
    book, allowed, _ = recalculated()
    trials = [trial for trial in allowed[name] if not isinstance(trial.error, DomainError)]
    assert len(trials) >= 10
    assert [miss for trial in trials for miss in trial.misses(book, trial.bare, 0)] == []


@each
def test_guarded_formula_fails_where_python_raises(name):
    book, _, broken = recalculated()
    for trial in broken[name]:
        assert isinstance(trial.error, (DomainError, InputError))
        assert not trial.misses(book, trial.guarded, 1)


def test_libreoffice_agrees(calc, tmp_path):
    """A second engine on the same book, where it is installed."""
    book, allowed, broken = trials()
    results = by_calc(calc, book, tmp_path / "cells.xlsx")
    everything = [trial for each in (allowed, broken) for trials in each.values() for trial in trials]
    assert [miss for trial in everything for miss in trial.misses(results, trial.guarded, 1)] == []


def test_what_formualizer_cannot_do():
    """Its ABS takes no range, hence `lifted_abs`; when this fails the substitute can go."""
    engine = formualizer.Workbook()
    sheet = engine.sheet(SHEET)
    sheet.set_value(1, 1, -1.0)
    sheet.set_value(2, 1, 2.0)
    sheet.set_formula(1, 2, "=SUMPRODUCT(ABS(A1:A2))")
    assert engine.evaluate_cell(SHEET, 1, 2)["type"] == "Error"


def test_results_of_every_kind_are_met():
    _, allowed, broken = recalculated()
    met = {kind for trials in allowed.values() for t in trials for kind in map(type, t.expected)}
    texts = {x for trials in allowed.values() for t in trials for x in t.expected if isinstance(x, str)}
    assert met == {float, str, bool} or met == {float, str, int}, met
    assert texts == {"none", ERROR}
    assert sum(map(len, broken.values())) > 200


# ---- order of operations and brackets, on random expressions


def expression(rng, depth, leaves) -> Cell:
    """A random expression of cells, numbers and operations."""
    if depth == 0 or rng.random() < 0.1:
        return rng.choice(leaves) if rng.random() < 0.8 else rng.choice((2.0, -3.0, 0.5, 1.0, 0.0))
    a, b = (expression(rng, depth - 1, leaves) for _ in "ab")
    operations = [
        lambda: a + b, lambda: a - b, lambda: a * b, lambda: a / (1 + abs(as_cell(b))), lambda: -as_cell(a),
        lambda: abs(as_cell(a)),
        lambda: abs(as_cell(a)) ** 2, lambda: (-as_cell(a)) ** 3, lambda: 2.0 ** smaller(as_cell(a), 5.0),
        lambda: where(as_cell(a) > b, a, b), lambda: where(both(as_cell(a) <= b, as_cell(b) > 1), a, -as_cell(b)),
        lambda: larger(as_cell(a), b), lambda: sign(as_cell(a)), lambda: floor(as_cell(a)), lambda: nearest(as_cell(a)),
        lambda: as_cell(a) - (as_cell(b) - 1), lambda: as_cell(a) / (2 / (as_cell(b) * b + 3)),
        lambda: 1 * (as_cell(a) < b) + 1,
        lambda: where((as_cell(a) < b) == (as_cell(b) < 2), 1.0, 2.0), lambda: where(~(as_cell(a) > 0), 3.0, a),
    ]  # fmt: skip
    return rng.choice(operations)()


def as_cell(value) -> Cell:
    return value if isinstance(value, Cell) else Cell(Const(float(value)), np.float64(value))


def test_operators_bind_as_in_python():
    rng, book = random.Random(2), Book()
    leaves = [Cell(book.put(i + 1, [value]), np.float64(value)) for i, value in enumerate((2.0, -3.5, 0.25, 7.0))]
    places = []
    for _ in range(1500):
        cell = as_cell(expression(rng, rng.randint(1, 4), leaves))
        places.append((cell, book.write(10, cell.text(Context(sheet=SHEET)))))
        book.row += 1
    results = by_formualizer(book)
    pairs = [(cell.text(), float(cell.value), results[place]) for cell, place in places if np.isfinite(cell.value)]
    assert len(pairs) > 1000
    assert [pair for pair in pairs if not agree(*pair[1:])] == []


A, B, N = (Cell(Ref("", i + 1, 1), np.float64(v)) for i, v in enumerate((2.0, 3.0, 4.0)))
BRACKETS = [
    (A - (B - N), "$A$1-($B$1-$C$1)"),
    ((A - B) - N, "$A$1-$B$1-$C$1"),
    (A + (B + N), "$A$1+($B$1+$C$1)"),
    ((A + B) * N, "($A$1+$B$1)*$C$1"),
    (A / (B * N), "$A$1/($B$1*$C$1)"),
    (A / B / N, "$A$1/$B$1/$C$1"),
    ((A**B) ** N, "$A$1^$B$1^$C$1"),
    (A ** (B**N), "$A$1^($B$1^$C$1)"),
    ((-A) ** B, "-$A$1^$B$1"),  # in a spreadsheet a sign binds closer than ^
    (-(A**B), "-($A$1^$B$1)"),
    (A - (0 - B), "$A$1--$B$1"),
    (A ** (-B), "$A$1^-$B$1"),
    (0 - (0 - A), "-(-$A$1)"),
    ((A < B) == (B < N), "$A$1<$B$1=($B$1<$C$1)"),
    ((A + B) < (B * N), "$A$1+$B$1<$B$1*$C$1"),
    (A + 0, "$A$1"),
    (0 + A, "$A$1"),
    (1 * A, "$A$1"),
    (A * 0, "0"),
    (0 - A, "-$A$1"),
    (1 * (A < B), "1*($A$1<$B$1)"),
    (where(A > 0, math.inf, B), 'IF($A$1>0,"none",$B$1)'),
    (where(exists(A), A, math.nan), 'IF($A$1<>"none",$A$1,SQRT(-1))'),
    (A * 1e-9 + 1e21, "$A$1*1E-09+1E+21"),
]


@pytest.mark.parametrize(("cell", "text"), BRACKETS, ids=[text for _, text in BRACKETS])
def test_brackets_where_they_are_needed(cell, text):
    assert cell.text() == text


# ---- references, modes and LAMBDA

RATES = Ref("Data", 2, 5, rows=3)
REFERENCES = [
    (Ref("S", 2, 5), Context(sheet="S"), "$B$5"),
    (Ref("S", 2, 5), Context(sheet="T", row=3), "S!$B$5"),
    (Ref("Two words", 28, 5), Context(), "'Two words'!$AB$5"),
    (Ref("It's", 1, 1), Context(), "'It''s'!$A$1"),
    (RATES, Context(sheet="Data"), "$B$5:$B$7"),
    (RATES, Context(), "Data!$B$5:$B$7"),
    (RATES, Context(sheet="Data", row=2), "$B7"),
    (Ref("", 2, 5, columns=3), Context(column=1), "C$5"),
    (Ref("", 2, 5, columns=3), Context(row=1), "$B$5:$D$5"),
    (Ref("", 2, 5, rows=4, columns=3), Context(row=1, column=2), "D6"),
    (Ref("", 2, 5, rows=4, columns=3), Context(), "$B$5:$D$8"),
    (Name("qty"), Context(), "qty"),
]


@pytest.mark.parametrize(("node", "context", "text"), REFERENCES, ids=[text for *_, text in REFERENCES])
def test_references_by_row_by_column_and_whole(node, context, text):
    assert node.render(context)[0] == text


def test_a_sum_takes_the_whole_range_where_its_row_takes_one_cell():
    values = Cell(Ref("", 1, 1, rows=3), np.array([1.0, 2.0, 5.0]))
    share = values / total(values * values)
    assert share.text(Context(row=1)) == "$A2/SUMPRODUCT($A$1:$A$3*$A$1:$A$3)"
    assert (values / total(values)).text(Context(row=0)) == "$A1/SUM($A$1:$A$3)"
    assert share.value.tolist() == [1 / 30, 2 / 30, 5 / 30]


@each
def test_addin_and_lambda_texts_are_the_plain_call(name):
    function = FUNCTIONS[name]
    rng = random.Random(name)
    given = [v if v is not None else 1.0 for v in random_arguments(function, rng)]
    cells = [Cell(Ref("", i + 1, 1, rows=3 if isinstance(v, list) else 0), np.asarray(v)) for i, v in enumerate(given)]
    columns = [letters(i + 1) for i in range(len(given))]
    refs = [f"${c}$1:${c}$3" if isinstance(v, list) else f"${c}$1" for c, v in zip(columns, given)]
    for mode in ("calc", "lambda"):
        assert trace(function, cells).text(Context(mode)) == f"{name}({','.join(refs)})"
    assert MODES == ("native", "addin", "calc", "lambda")


CALLS = [
    ("LIQ_PRICE", [A, B, N, 0.005, 0, 0, "mark", None], "LIQ_PRICE($A$1,$B$1,$C$1,0.005)"),
    ("LIQ_PRICE", [A, B, N, 0.005, 0, 0, "entry", None], 'LIQ_PRICE($A$1,$B$1,$C$1,0.005,0,0,"entry")'),
    ("FUNDING_APR", [A, 8, True], "FUNDING_APR($A$1,8,TRUE)"),
    ("LIQ_PRICE_AFTER_FUNDING", [A, B, N, 0, 0, 8, 30, None, "entry"],
     'LIQ_PRICE_AFTER_FUNDING($A$1,$B$1,$C$1,0,0,8,30,,"entry")'),
    ("NOTIONAL_COIN", [trace(FUNCTIONS["CARRY_QTY"], [A, B]), N],
     "NOTIONAL_COIN(CARRY_QTY($A$1,$B$1),$C$1)"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "values", "text"), CALLS, ids=[text for *_, text in CALLS])
def test_addin_text_leaves_defaults_out(name, values, text):
    assert trace(FUNCTIONS[name], values).text(Context("calc")) == text
    assert trace(FUNCTIONS[name], values).text(Context("addin")) == re.sub(r"(?=[A-Z_]+\()(?<![A-Z_])", "[1]!", text)


@each
def test_lambda_definition_is_well_formed(name):
    function = FUNCTIONS[name]
    plain, stored = (lambda_definition(function, prefixed=prefixed) for prefixed in (False, True))
    heads = [p.name if p.required else f"[{p.name}]" for p in function.parameters]
    assert plain.startswith("LAMBDA(" + ",".join(heads) + ",")
    bare = re.sub(r"[][]", "", plain)
    assert re.sub(r"_xl(pm|fn|op)\.", "", stored) == bare, "a file stores the same text with prefixes"
    unquoted = re.sub(r'"[^"]*"', "", plain)
    assert unquoted.count("(") == unquoted.count(")") and formualizer.parse("=" + bare)
    used = set(re.findall(r"(?<![A-Za-z_.])[a-z][a-z_0-9]*", unquoted.partition(heads[-1] + ",")[2]))
    defaulted = {f"{p.name}_" for p in function.parameters if p.default not in (REQUIRED, None) or p.needed_with}
    once = {name for name in used if re.search(rf"[,(]{name},", unquoted) and re.fullmatch(r"[a-z]+_\d+", name)}
    assert all(len(re.findall(rf"\b{name}\b", unquoted)) > 1 for name in once), "what is computed once is used"
    assert used - once == {p.name for p in function.parameters} | defaulted, (
        "every parameter is used and nothing else is named"
    )


@pytest.mark.parametrize("word", ["usd", "USD", "Usd"])
def test_words_in_cells_are_read_in_any_case(word):
    cell = trace(FUNCTIONS["INVERSE_PNL"], [-600000.0, 60000.0, A * 25000, Cell(Ref("", 4, 1), np.asarray(word))])
    assert float(cell.value) == 100000


def test_constants_out_of_their_domain_are_refused():
    with pytest.raises(DomainError, match="entry must be > 0"):
        trace(FUNCTIONS["INVERSE_PNL"], [A, -5.0, B])
    with pytest.raises(InputError, match="unit must be one of"):
        trace(FUNCTIONS["INVERSE_PNL"], [A, B, N, "btc"])


def test_what_is_no_formula_says_so():
    with pytest.raises(XlhedgeError, match="AVG_ENTRY cannot be written as one formula"):
        trace(FUNCTIONS["AVG_ENTRY"], [A, B])
    with pytest.raises(TypeError, match="no single truth value"):
        bool(A > B)
