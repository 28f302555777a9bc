"""What a worksheet function is: one record, made from one plain Python function.

The record is read by every host: the Python call, the spreadsheet add-ins, the command line, the reference
pages and the tests. Nothing about a function is written anywhere else.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

REQUIRED = object()
"""The default of an argument that must be given."""


class Domain(NamedTuple):
    """The numbers that an argument allows, as bounds such as ((">", 0.0), ("<", 1.0))."""

    bounds: tuple[tuple[str, float], ...] = ()

    @classmethod
    def parse(cls, text: str) -> "Domain":
        """Read a domain written as '> 0' or '>= 0, < 1' or '!= 0'."""
        pairs = (part.split() for part in text.split(",") if part.strip())
        return cls(tuple((operator, float(number)) for operator, number in pairs))

    @property
    def text(self) -> str:
        """The domain in words for messages and help: '>= 0 and < 1'."""
        return " and ".join(f"{operator} {number:g}" for operator, number in self.bounds)

    def conditions(self, x) -> list:
        """The comparisons that x must pass: on a float, an array or a traced cell."""
        return [COMPARE[operator](x, number) for operator, number in self.bounds]


COMPARE: dict[str, Callable] = {
    ">": lambda x, y: x > y,
    ">=": lambda x, y: x >= y,
    "<": lambda x, y: x < y,
    "<=": lambda x, y: x <= y,
    "!=": lambda x, y: x != y,
}


class Parameter(NamedTuple):
    """One argument: its kind, unit, meaning, domain and default.

    Kinds: number (one, or any range of them: results broadcast), vector (a list taken as a whole), matrix,
    word (one of `choices`), words (a list of them), flag (TRUE or FALSE), text, times (dates or numbers). A square matrix
    has a row and a column for each element of the vectors beside it, any other matrix a column. `needed_with` names a
    word argument and the word with which this one may not be left out; `idle_with` names a list beside this one, where 0
    says that a blank here is not needed.
    """

    kind: str
    meaning: str
    unit: str = ""
    domain: Domain = Domain()
    choices: tuple[str, ...] = ()
    allows_none: bool = False
    increasing: bool = False
    needed_with: tuple[str, str] | tuple[()] = ()
    idle_with: str = ""
    square: bool = False
    name: str = ""
    default: object = REQUIRED

    @property
    def required(self) -> bool:
        """Whether the caller must give this argument."""
        return self.default is REQUIRED

    @property
    def rule(self) -> str:
        """What a value must be, as the end of a sentence that begins with the argument's name."""
        if self.choices:
            return f"must be {'words of' if self.kind == 'words' else 'one of'} " + ", ".join(self.choices)
        what = {
            "number": "a number",
            "vector": "a list of numbers",
            "axis": "a list of numbers",
            "matrix": "a table of numbers",
        }.get(self.kind)
        if self.kind == "flag":
            return "must be TRUE or FALSE"
        if what is None:
            return "must be a list of times" if self.kind == "times" else "must be a text"
        if self.domain.bounds:
            what = self.domain.text if self.kind == "number" else f"{what} {self.domain.text}"
        order = ", increasing from 0" if self.increasing else ""
        unit = f" {self.unit}" if self.domain.bounds else f" [{self.unit}]" if self.unit else ""
        return f"must be {what}{order}{unit}"

    def help(self) -> str:
        """One line for a function wizard: meaning, unit, domain or words, default."""
        unit = f" [{self.unit}]" if self.unit else ""
        allowed = f"; {self.domain.text}" if self.domain.bounds else ""
        words = f"; {' | '.join(self.choices)}" if self.choices else ""
        default = "" if self.required else f"; default {self.default_text}"
        return f"{self.meaning}{unit}{allowed}{words}{default}"

    @property
    def default_text(self) -> str:
        """The default as a user would type it in a sheet."""
        return "none" if self.default is None and not self.needed_with else self.default_literal

    @property
    def default_literal(self) -> str:
        """The default as a formula spells it; 0 for an argument that only some word of the call asks for."""
        return "0" if self.needed_with else excel_literal(self.default)


UNIT_NAMES = {"usd": "USD", "rate": "fraction", "amount": "coin"}
"""Units of the results that a word of the call asks for, where it is not the unit itself."""


class Returns(NamedTuple):
    """A result: kind (number, flag, text, vector, table), unit, and whether it may be "none"."""

    unit: str = ""
    kind: str = "number"
    allows_none: bool = False

    def unit_for(self, words: dict[str, object]) -> str:
        """The unit when it depends on a word of the call, as in '{unit}'; "" where it is not known here."""
        if self.kind == "any":
            return ""
        unit = self.unit.format(**words) if "{" in self.unit else self.unit
        return UNIT_NAMES.get(unit, unit)


class Example(NamedTuple):
    """A worked example in a spreadsheet's own spelling: the call and the result that it must give."""

    call: str
    expected: str


class Function(NamedTuple):
    """A worksheet function and everything that is known about it."""

    name: str
    group: str
    summary: str
    parameters: tuple[Parameter, ...]
    returns: Returns
    formula: str
    sources: tuple[str, ...]
    examples: tuple[Example, ...]
    notes: str
    no_result: str
    rules: tuple[str, ...]
    traceable: bool
    body: Callable

    @property
    def python_name(self) -> str:
        """The snake_case name under which xlhedge exports it."""
        return self.body.__name__

    @property
    def signature(self) -> str:
        """The call as the catalogue writes it: NAME(required, [optional=default])."""
        shown = (p.name if p.required else f"[{p.name}={p.default_text}]" for p in self.parameters)
        return f"{self.name}({', '.join(shown)})"

    @property
    def result_unit(self) -> str:
        """The unit of the result; where a word of the call decides it, all that it can be."""
        words = {p.name: " or ".join(UNIT_NAMES.get(word, word) for word in p.choices) for p in self.parameters}
        return self.returns.unit.format(**words)

    @property
    def result_in_words(self) -> str:
        """The kind of the result and its unit, and what decides it."""
        if self.returns.kind == "any":
            return f"number or text; its unit is {self.returns.unit}"
        for p in self.parameters:
            if p.name != "unit" and f"{{{p.name}}}" in self.returns.unit:
                units = ", ".join(f"{UNIT_NAMES.get(word, word)} for {p.name} {word}" for word in p.choices)
                return f"{self.returns.kind}; its unit is {units}"
        return self.returns.kind + (f" [{self.result_unit}]" if self.returns.unit else "")

    def value_of(self, name: str, values):
        """The value of the argument of this name among those of a call."""
        return next(value for parameter, value in zip(self.parameters, values) if parameter.name == name)

    def words(self, values) -> dict[str, object]:
        """The word arguments of a call by name, for units that depend on them."""
        return {p.name: value for p, value in zip(self.parameters, values) if p.choices}


FUNCTIONS: dict[str, Function] = {}
"""Every worksheet function by its spreadsheet name, in the order of the catalogue."""


def worksheet(group: str, returns: Returns, *, rules: tuple[str, ...] = (), traceable: bool = True) -> Callable:
    """Register the decorated plain function as a worksheet function of `group`.

    Its annotations are `Parameter` records, its docstring a sentence followed by labelled lines (Formula, Source,
    Example, No result) and notes. `rules` relate arguments to one another, each as 'name < expression',
    where an expression is a sum of names and numbers, or sum(name) for a vector.
    `traceable` says that its body is arithmetic which can also be written as one spreadsheet formula.
    """

    def register(body: Callable) -> Callable:
        labelled = _labelled_lines(body.__doc__)
        defaults = body.__defaults__ or ()
        names = body.__code__.co_varnames[: body.__code__.co_argcount]
        given = dict(zip(names[len(names) - len(defaults) :], defaults))
        parameters = tuple(
            body.__annotations__[name]._replace(name=name, default=given.get(name, REQUIRED)) for name in names
        )
        function = Function(
            name=body.__name__.upper(),
            group=group,
            summary=labelled["summary"][0],
            parameters=parameters,
            returns=returns,
            formula=" ".join(labelled["Formula"]),
            sources=tuple(labelled["Source"]),
            examples=tuple(Example(*re.split(r" = (?=[^=]*$)", text)) for text in labelled["Example"]),
            notes=" ".join(labelled["notes"]),
            no_result=" ".join(labelled["No result"]),
            rules=rules,
            traceable=traceable,
            body=body,
        )
        FUNCTIONS[function.name] = function
        return body

    return register


def _labelled_lines(docstring: str) -> dict[str, list[str]]:
    """Split a docstring into its summary, its labelled lines (continued by indentation) and its notes."""
    found = {label: [] for label in ("summary", "Formula", "Source", "Example", "No result", "notes")}
    lines = docstring.strip().splitlines()
    found["summary"].append(lines[0].strip())
    for line in filter(None, (line.strip() for line in lines[1:])):
        label, colon, text = line.partition(": ")
        if colon and label in found:
            found[label].append(text)
            last = found[label]
        elif line.startswith("... "):
            last[-1] += " " + line[4:]
        else:
            found["notes"].append(line)
    return found


def excel_literal(value: object) -> str:
    """Write a constant as a spreadsheet formula spells it."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, str):
        return '"' + value.replace('"', '""') + '"'
    text = repr(float(value))
    return text[:-2] if text.endswith(".0") else text.replace("e", "E")
