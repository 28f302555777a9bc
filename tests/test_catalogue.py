"""The catalogue (data/catalogue.md) against the registry, and names that every host can live with."""

import re
from pathlib import Path

import pytest
from openpyxl.utils import FORMULAE

import xlhedge.functions
from xlhedge.registry import FUNCTIONS, excel_literal

CATALOGUE = (Path(__file__).parent / "data" / "catalogue.md").read_text(encoding="utf-8")

# Arguments that we have beyond the catalogue, always last, and why.
ADDED = {
    "CARRY_GRID": (["unit"], "the price would otherwise have no use: it turns USD into coin"),
    "MARGIN_FOR_MOVE": (["fee", "method", "slope"], "so that it inverts LIQ_PRICE for every method"),
    "SAFE_MARGIN": (["method", "slope"], "so that it holds for every method"),
    "SAFE_HEDGE": (["amount", "method", "slope"], "so that it inverts SAFE_MARGIN for every method"),
}

UNITLESS = {"times", "word", "words", "text", "flag"}

# The reserved identifiers of VBA ([MS-VBAL] 3.3.5.2): none may be the name of an argument. (Output, which only the
# Open statement knows, is not one of them: `Dim output As String` is ordinary VBA.)
VBA_WORDS = set(
    """abs addressof and any array as attribute boolean byref byte byval call case cbool cbyte ccur cdate cdbl cdec
    cdecl cint circle clng clnglng clngptr close const csng cstr currency cvar cverr date debug decimal declare
    defbool defbyte defcur defdate defdbl defdec defint deflng deflnglng deflngptr defobj defsng defstr defvar
    dim do doevents double each else elseif empty end endif enum eqv erase event exit false fix for friend
    function get global gosub goto if imp implements in input inputb int integer is lbound len lenb let like
    lineinput lock long longlong longptr loop lset me mod new next not nothing null on open option optional or
    paramarray preserve print private pset public put raiseevent redim rem resume return rset scale seek select
    set sgn shared single spc static stop string sub tab then to true type typeof ubound unlock until variant
    wend while with withevents write xor""".split()  # noqa: SIM905
)

NEWER_THAN_OPENPYXL = set(
    """ACOT ACOTH AGGREGATE ARABIC ARRAYTOTEXT BASE BINOM.DIST BITAND BITLSHIFT BITOR BITRSHIFT BITXOR BYCOL BYROW
    CEILING.MATH CHOOSECOLS CHOOSEROWS COMBINA CONCAT COT COTH COPILOT CSC CSCH DAYS DECIMAL DETECTLANGUAGE DROP
    ENCODEURL EXPAND FILTER FILTERXML FIELDVALUE FLOOR.MATH FORMULATEXT GAMMA GAUSS GROUPBY HSTACK IFNA IFS
    IMAGE IMCOSH IMCOT IMCSC ISFORMULA ISOMITTED ISOWEEKNUM LAMBDA LET MAKEARRAY MAP MAXIFS MINIFS MUNIT
    NUMBERVALUE PDURATION PERCENTOF PERMUTATIONA PHI PIVOTBY PY RANDARRAY REDUCE REGEXEXTRACT REGEXREPLACE
    REGEXTEST RRI SCAN SEC SECH SEQUENCE SHEET SHEETS SINGLE SKEW.P SORT SORTBY STOCKHISTORY SWITCH TAKE
    TEXTAFTER TEXTBEFORE TEXTJOIN TEXTSPLIT TOCOL TOROW TRANSLATE TRIMRANGE UNICHAR UNICODE UNIQUE VALUETOTEXT
    VSTACK WEBSERVICE WRAPCOLS WRAPROWS XLOOKUP XMATCH XOR""".split()  # noqa: SIM905
)
CELL = re.compile(r"[A-Z]{1,3}\d+|R\d*(C\d*)?|C\d*", re.IGNORECASE)


def catalogue() -> dict[str, tuple[str, list[tuple[str, str]]]]:
    """Each function of the catalogue: its group, and its arguments as (name, default)."""
    found, group = {}, ""
    for line in CATALOGUE.splitlines():
        group = line[3:].strip() if line.startswith("## ") else group
        if line.startswith("| "):
            for name, arguments in re.findall(r"\b([A-Z][A-Z_]+)\(([^)]*)\)", line.split("|")[1]):
                found[name] = (group, [argument(text) for text in filter(None, arguments.split(", "))])
    return found


def argument(text: str) -> tuple[str, str]:
    """An argument as the catalogue writes it: name, [name] or [name=default]."""
    name, equals, default = text.strip("[]").partition("=")
    return name, (default if equals else "optional") if text.startswith("[") else "required"


def agrees(parameter, name: str, default: str) -> bool:
    """Whether our argument is the catalogue's; a default that it leaves open is ours to choose."""
    ours = "required" if parameter.required else "optional" if default == "optional" else parameter.default_text
    return (parameter.name, ours) == (name, default)


WANTED = catalogue()
PARAMETERS = [(function, parameter) for function in FUNCTIONS.values() for parameter in function.parameters]


def one_each(pairs):
    return pytest.mark.parametrize(("function", "parameter"), pairs, ids=[f"{f.name}-{p.name}" for f, p in pairs])


each_function = pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)


def test_the_catalogue_was_read():
    assert len(WANTED) >= 62
    assert len({group for group, _ in WANTED.values()}) == 8
    assert WANTED["LIQ_DISTANCE"] == ("Margin and liquidation", [("liq", "required"), ("price", "required")])


def test_nothing_is_missing_and_nothing_is_unlisted():
    assert set(WANTED) == set(FUNCTIONS)


@pytest.mark.parametrize("name", WANTED)
def test_group_arguments_and_defaults(name):
    group, arguments = WANTED[name]
    function, (added, _) = FUNCTIONS[name], ADDED.get(name, ([], ""))
    extra = function.parameters[len(arguments) :]
    assert function.group == group
    assert all(agrees(p, *wanted) for p, wanted in zip(function.parameters, arguments)), function.signature
    assert [p.name for p in extra] == added, f"{name} has arguments that ADDED does not explain"
    assert not any(p.required for p in extra), "what we add must be optional"


@each_function
def test_function_is_documented(function):
    told = (function.summary, function.formula, function.sources, function.examples, function.returns.kind)
    assert all(told), told
    assert function.summary.endswith(".") and "\n" not in function.summary
    assert function.returns.unit or function.returns.kind == "text"
    assert all(example.call.startswith(function.name + "(") and example.expected for example in function.examples)
    assert callable(getattr(xlhedge, function.python_name)) and function.python_name in dir(xlhedge)


@one_each(PARAMETERS)
def test_parameter_is_documented(function, parameter):
    assert parameter.meaning and len(parameter.help()) <= 255, parameter.help()
    assert parameter.unit or parameter.kind in UNITLESS, "a number has a unit"
    assert parameter.choices or parameter.kind not in ("word", "words"), "a word has choices"


@one_each([(f, p) for f, p in PARAMETERS if p.unit == "USD/coin" and p.name != "cost_basis"])
def test_price_is_above_zero(function, parameter):
    assert (">", 0.0) in parameter.domain.bounds


@one_each([(f, p) for f, p in PARAMETERS if p.kind in ("number", "vector") and isinstance(p.default, float)])
def test_default_is_in_its_own_domain(function, parameter):
    assert all(parameter.domain.conditions(parameter.default)), excel_literal(parameter.default)


@one_each(PARAMETERS)
def test_argument_name_is_legal_everywhere(function, parameter):
    name = parameter.name
    assert re.fullmatch(r"[a-z][a-z0-9_]*", name)
    assert name not in VBA_WORDS, f"{name} is a word of VBA"
    assert not CELL.fullmatch(name), f"{name} reads as a cell in a LAMBDA"
    assert name.upper() not in FUNCTIONS or name in ("basis", "roe", "drift"), "an argument must not hide a function"


@each_function
def test_function_name_is_free_everywhere(function):
    assert re.fullmatch(r"[A-Z][A-Z_]*[A-Z]", function.name)
    assert not CELL.fullmatch(function.name), f"{function.name} reads as a cell"
    assert function.name not in FORMULAE | NEWER_THAN_OPENPYXL, "a function that Excel has already"
    assert function.name.lower() == function.python_name


@pytest.mark.parametrize("name", ["DELTA", "EFFECT", "XLOOKUP", "LET", "IRR"])
def test_the_list_of_built_in_names_knows(name):
    assert name in FORMULAE or name in NEWER_THAN_OPENPYXL


@pytest.mark.parametrize("name", ["LOG10", "A1", "XFD1048576", "R1C1", "RC", "R", "c", "R2"])
def test_the_pattern_of_cell_references_knows(name):
    assert CELL.fullmatch(name)
