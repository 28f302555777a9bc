"""Evaluate a typed spreadsheet expression such as `LIQ_DISTANCE(LIQ_PRICE(-600000, 60000, 2.5, 0.005), 60000)`.

The grammar is a spreadsheet's own: numbers, 12.5%, "text", TRUE and FALSE (also in German and French), {1;2} arrays
(; between rows, commas between columns), + - * / ^, parentheses, and calls of worksheet functions. `separators` brings a
formula with decimal commas and ; between arguments into this spelling first. What a spreadsheet knows and this does not,
such as cells, is refused with a sentence.
"""

import re
from collections.abc import Callable
from difflib import get_close_matches

import xlhedge.functions  # noqa: F401 - registers the functions that a name can mean

from .errors import InputError
from .registry import FUNCTIONS, Function, Parameter
from .separators import ExpressionError, plain

_TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?P<text>\"(?:[^\"]|\"\")*\")"
    r"|(?P<name>[^\W\d][\w.]*)|(?P<symbol>[-+*/^%(){},;=]))"
)

_QUOTED_TEXT = re.compile(r'"(?:[^"]|"")*"')
_CELL = r"\$?[A-Za-z]{1,3}\$?[0-9]{1,7}"
_AREA = rf"{_CELL}(?::{_CELL})?|\$?[A-Za-z]{{1,3}}:\$?[A-Za-z]{{1,3}}|\$?[0-9]{{1,7}}:\$?[0-9]{{1,7}}"
_REFERENCE = re.compile(
    rf"(?<![\w.$])(?:(?:'[^']+'|[^\W\d][\w.]*)!(?:{_AREA}|\w+)|(?:{_AREA})(?![\w.(!])|[^\W\d][\w.]*\[[^\]]*\])"
)
"""A1, $B$2, A1:B3, A:A, Sheet1!A1, 'My sheet'!A1, Table1[qty]."""
_ERROR_WORD = re.compile(r"#[^\W\d_]+(?:/[^\W\d_]+|/0)?[!?]?")
"""#N/A, #DIV/0!, #NAME?, and what they are in other languages: #NV, #WERT!, #ZAHL!."""
_OTHER_QUOTES = re.compile("['‘’‚“”„«]([^'‘’‚“”„«»\"]*)['‘’“”»]")

TRUTHS = {"TRUE": True, "FALSE": False, "WAHR": True, "FALSCH": False, "VRAI": True, "FAUX": False}
NEAR = 0.75
"""How alike two names must be, from 0 to 1, for the one to be a slip for the other."""

COMMAS = " (commas are decimals here, as ; separates arguments)"


class Call:
    """A call that was read: the function and its arguments as values."""

    def __init__(self, function: Function, arguments: list) -> None:
        self.function, self.arguments = function, arguments


def parse_call(text: str, call: Callable) -> tuple[Call | None, object]:
    """Evaluate `text`, calling functions through `call(function, arguments)`.

    Returns the outermost call (None when the expression is not one plain call) and the value.
    """
    parser = _Parser(text, call)
    value = parser.sum()
    parser.end()
    return parser.outermost, value


def parse_value(text: str):
    """Read a constant: a number, a text, TRUE, FALSE or an array such as {1,2;3,4} (a list of rows)."""
    return parse_call(text, _no_calls)[1]


def _no_calls(function: Function, arguments: list):
    raise ExpressionError("a constant holds no function call")


def function_named(name: str) -> Function:
    """The worksheet function of a name in any case, or an error that lists similar names."""
    found = FUNCTIONS.get(name.upper())
    if found is None:
        raise ExpressionError(f"{name.upper()} is not a worksheet function of xlhedge; {near_functions(name)}")
    return found


def near_functions(name: str) -> str:
    """What to say of a name that no function has: those that it may be a slip for, or how to find one."""
    name = name.upper()
    holding = [known for known in FUNCTIONS if name in known.split("_")]
    if len(holding) > 3:
        return f"`xlhedge functions {name.lower()}` lists those with this word"
    near = holding or get_close_matches(name, FUNCTIONS, 3, NEAR)
    return f"did you mean {' or '.join(near)}?" if near else "`xlhedge functions` lists all functions"


def _refuse_what_only_a_sheet_has(text: str) -> None:
    """Cells, error words and other quotes, which would be told as what cannot be read."""
    text = _QUOTED_TEXT.sub(lambda match: " " * len(match[0]), text)
    if found := _REFERENCE.search(text):
        many, how = any(sign in found[0] for sign in ":["), ", as in {1;2;3}"
        what = f"values of {found[0]}{how}" if many else f"value of {found[0]}"
        raise ExpressionError(f"eval sees no cells: write the {what}")
    if found := _ERROR_WORD.search(text):
        raise ExpressionError(f"{found[0]} is an error, not a value: write what should be there in its place")
    if found := _OTHER_QUOTES.search(text):
        raise ExpressionError(f'{found[0]} is not in double quotes: write "{found[1]}"')


class _Parser:
    """Recursive descent over the tokens of one expression."""

    def __init__(self, text: str, call: Callable) -> None:
        self.text, self.call = text, call
        typed = text.strip().removeprefix("=")
        _refuse_what_only_a_sheet_has(typed)
        spelled = plain(typed)
        self.hint = COMMAS if "," in typed and spelled != typed else ""
        self.tokens, self.position = list(self._split(spelled)), 0
        self.outermost: Call | None = None
        self.parameter: Parameter | None = None  # of the innermost call, while its argument is read

    def _split(self, text: str):
        at = 0
        text = text.rstrip()
        while at < len(text):
            match = _TOKEN.match(text, at)
            if not match:
                raise ExpressionError(f"cannot read {text[at:].strip()[:20]!r} in {self.text!r}")
            at = match.end()
            yield match.lastgroup, match.group(match.lastgroup)

    def peek(self) -> str | None:
        kind, token = self.tokens[self.position] if self.position < len(self.tokens) else (None, None)
        return token if kind == "symbol" else None

    def take(self, *symbols: str) -> str | None:
        """Consume the next token if it is one of the symbols."""
        token = self.peek()
        if token in symbols:
            self.position += 1
            return token
        return None

    def expect(self, symbol: str) -> None:
        if not self.take(symbol):
            found = self.tokens[self.position][1] if self.position < len(self.tokens) else "the end"
            raise ExpressionError(f"expected {symbol!r} but found {found} in {self.text!r}")

    def end(self) -> None:
        if self.position < len(self.tokens):
            found = self.tokens[self.position][1]
            how = ": write decimals with a point, or put ; between the arguments of the call" if found == "," else ""
            raise ExpressionError(f"unexpected {found!r} in {self.text!r}{how}")

    def sum(self):
        value = self.product()
        while operator := self.take("+", "-"):
            value = self._combine(operator, value, self.product())
        return value

    def product(self):
        value = self.power()
        while operator := self.take("*", "/"):
            value = self._combine(operator, value, self.power())
        return value

    def power(self):
        value = self.unary()
        while self.take("^"):
            value = self._combine("^", value, self.unary())
        return value

    def unary(self):
        """A sign binds closer than ^, as in every spreadsheet: -2^2 = 4."""
        if operator := self.take("-", "+"):
            value = self.unary()
            return self._combine("*", -1.0, value) if operator == "-" else value
        value = self.atom()
        while self.take("%"):
            value = self._combine("/", value, 100.0)
        return value

    def atom(self):
        if self.position >= len(self.tokens):
            raise ExpressionError(f"{self.text!r} ends too early")
        kind, token = self.tokens[self.position]
        self.position += 1
        if kind == "number":
            return float(token)
        if kind == "text":
            return token[1:-1].replace('""', '"')
        if kind == "name":
            return self._name(token)
        if token == "(":
            value = self.sum()
            self.expect(")")
            return value
        if token == "{":
            return self._array()
        raise ExpressionError(f"unexpected {token!r} in {self.text!r}")

    def _array(self) -> list[list]:
        rows = [[self.sum()]]
        while separator := self.take(",", ";"):
            rows[-1].append(self.sum()) if separator == "," else rows.append([self.sum()])
        self.expect("}")
        if len({len(row) for row in rows}) > 1:
            raise ExpressionError(f"the rows of an array must be equally long in {self.text!r}")
        return rows

    def _name(self, name: str):
        if name.upper() in TRUTHS:
            if self.take("("):
                self.expect(")")
            return TRUTHS[name.upper()]
        if name.lower() == "none":
            return "none"
        if name.upper() not in FUNCTIONS and self.peek() != "(":
            raise ExpressionError(self._bare_word(name))
        function = function_named(name)
        start = self.position - 1
        self.expect("(")
        arguments = []
        if not self.take(")"):
            arguments.append(self._argument(function, 0))
            while self.take(","):
                arguments.append(self._argument(function, len(arguments)))
            self.expect(")")
        most = len(function.parameters)
        if len(arguments) > most:
            raise InputError(function.name, f"takes at most {most} arguments", len(arguments))
        missing = next((p.name for p in function.parameters[len(arguments) :] if p.required), None)
        if missing:
            raise ExpressionError(f"{function.name} needs {missing}: {function.signature}{self.hint}")
        if start == 0 and self.position == len(self.tokens):
            self.outermost = Call(function, arguments)
        return self.call(function, arguments)

    def _argument(self, function: Function, place: int):
        """An argument; nothing between two commas stands for the default."""
        if self.peek() in (",", ")"):
            return None
        around = self.parameter
        self.parameter = function.parameters[place] if place < len(function.parameters) else None
        value = self.sum()
        self.parameter = around
        return value

    def _bare_word(self, word: str) -> str:
        """What to say of a word that is neither in quotes nor a call."""
        if self.parameter is None:
            return f"{word} is neither a number, a call nor a text in quotes; {near_functions(word)}"
        if self.parameter.kind in ("word", "words", "text"):
            return f'{self.parameter.name} is a text: write "{word}" in quotes'
        return f"{self.parameter.name} {self.parameter.rule} (got the word {word})"

    def _combine(self, operator: str, left, right):
        numbers = (float, int)
        if not (isinstance(left, numbers) and isinstance(right, numbers)):
            raise ExpressionError(f"{operator} works on single numbers in {self.text!r}")
        try:
            return {"+": lambda: left + right, "-": lambda: left - right, "*": lambda: left * right,
                    "/": lambda: left / right, "^": lambda: left**right}[operator]()  # fmt: skip
        except ArithmeticError:
            raise ExpressionError(f"{left:g} {operator} {right:g} has no finite result in {self.text!r}") from None
