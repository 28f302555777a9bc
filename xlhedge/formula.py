"""Traced cells: ordinary arithmetic on them gives a formula and its value in one execution.

A `Cell` carries an expression and a number (or an array of numbers: rows of a table along the first axis, columns
along the second, portfolios along the third). The bodies of worksheet functions run on cells unchanged, because
`elementary` hands their operations over to `Cell.traced`. The expression is rendered afterwards, as plain arithmetic
(native), as the call of a worksheet function (addin) or as the call of a LAMBDA name (lambda). Whoever does
arithmetic on cells without values in their domain sets numpy's errstate.
"""

from collections.abc import Callable, Sequence

import numpy as np

from .call import check_scalars, convert, rule_condition
from .elementary import NO_RESULT, total, where
from .errors import InputError, XlhedgeError
from .nodes import (
    COMPARISON,
    HERE,
    POWER,
    PRODUCT,
    SUM,
    Const,
    Context,
    FunctionCall,
    Infix,
    Name,
    Negative,
    Ref,
    Shared,
    Template,
    Whole,
)
from .registry import Function


class Cell:
    """An expression and its value. Arithmetic, comparisons and `elementary` operations give further cells.

    A cell without a node carries a value alone, and so does all that is calculated from it.
    """

    __slots__ = ("node", "value")
    __array_ufunc__ = None  # numpy scalars on the left hand over to the reflected operators
    __hash__ = None

    def __init__(self, node, value) -> None:
        self.node, self.value = node, value

    def text(self, context: Context = HERE) -> str:
        """The expression as formula text, without the leading =."""
        return self.node.render(context)[0]

    def traced(self, excel: str, function: Callable, arguments: Sequence) -> "Cell":
        """Apply an elementary operation: `excel` its text, `function` its arithmetic on arrays."""
        cells = [as_cell(argument) for argument in arguments]
        value = function(*[c.value for c in cells])
        nodes = tuple([c.node for c in cells])
        return Cell(None if None in nodes else Template(excel, nodes), value)

    def reduced(self, excel: str, function: Callable) -> "Cell":
        """Reduce along the rows of a table (its first axis)."""
        if isinstance(self.node, Ref) and excel == "SUMPRODUCT({0})":
            excel = "SUM({0})"
        function = {np.sum: summed, np.mean: _averaged}.get(function, function)
        value = function(np.asarray(self.value), axis=0, keepdims=True) if np.ndim(self.value) else self.value
        return Cell(Template(excel, (Whole(self.node),)), value)

    def shared(self, name: str) -> "Cell":
        """The cell under a name by which a LAMBDA computes it once; elsewhere it is written out."""
        return Cell(self.node and Shared(name, self.node), self.value)

    def trace_call(self, function: Function, values: Sequence) -> "Cell":
        """Run a worksheet function on cells."""
        return trace(function, values)

    def __neg__(self):
        if isinstance(self.node, Const):
            return as_cell(-self.node.value)
        return Cell(self.node and Negative(self.node), np.negative(self.value))

    def __abs__(self):
        return self.traced("ABS({0})", np.abs, (self,))

    def __and__(self, other):
        return self.traced("AND({0},{1})", np.logical_and, (self, other))

    def __or__(self, other):
        return self.traced("OR({0},{1})", np.logical_or, (self, other))

    def __invert__(self):
        return self.traced("NOT({0})", np.logical_not, (self,))

    def __bool__(self):
        raise TypeError("a traced cell has no single truth value: use where(), both() or &")


def _operator(symbol: str, precedence: int, function: Callable, *, reflected: bool = False) -> Callable:
    def operate(self: Cell, other):
        left, right = (as_cell(other), self) if reflected else (self, as_cell(other))
        first, second = left.node, right.node
        if first.__class__ is Const or second.__class__ is Const:
            simpler = _simplified(symbol, left, right)
            if simpler is not None:
                return simpler
        value = function(left.value, right.value)
        if first is None or second is None:
            return Cell(None, value)
        return Cell(Infix(symbol, precedence, first, second), value)

    return operate


for _name, _symbol, _precedence, _function in (
    ("add", "+", SUM, np.add), ("sub", "-", SUM, np.subtract), ("mul", "*", PRODUCT, np.multiply),
    ("truediv", "/", PRODUCT, np.divide), ("pow", "^", POWER, np.power),
):  # fmt: skip
    setattr(Cell, f"__{_name}__", _operator(_symbol, _precedence, _function))
    setattr(Cell, f"__r{_name}__", _operator(_symbol, _precedence, _function, reflected=True))
for _name, _symbol, _function in (
    ("lt", "<", np.less), ("le", "<=", np.less_equal), ("gt", ">", np.greater), ("ge", ">=", np.greater_equal),
    ("eq", "=", np.equal), ("ne", "<>", np.not_equal),
):  # fmt: skip
    setattr(Cell, f"__{_name}__", _operator(_symbol, COMPARISON, _function))


def _simplified(symbol: str, first: Cell, second: Cell) -> Cell | None:
    """The operation without the zeros and ones that omitted arguments leave behind, or None to keep it."""
    left, right = first.node, second.node
    is_zero, is_one = (lambda node: node == Const(0.0)), (lambda node: node == Const(1.0))
    if (symbol in "+-" and is_zero(right)) or (symbol in "*/" and is_one(right) and not _is_flag(first)):
        return first
    if (symbol == "+" and is_zero(left)) or (symbol == "*" and is_one(left) and not _is_flag(second)):
        return second
    if (symbol in "*/" and is_zero(left)) or (symbol == "*" and is_zero(right)):
        return as_cell(0.0)
    return -second if symbol == "-" and is_zero(left) else None


def _is_flag(cell: Cell) -> bool:
    """Whether a cell is TRUE or FALSE, which a spreadsheet adds up only after it has been multiplied by 1."""
    return np.asarray(cell.value).dtype == bool


def summed(values: np.ndarray, axis: int, keepdims: bool = True) -> np.ndarray:
    """The sum along an axis, one after the other, so that it does not depend on how many portfolios there are."""
    rows = np.moveaxis(values, axis, 0)
    total = rows[0] + 0.0
    for row in rows[1:]:
        total = total + row
    return np.expand_dims(total, axis) if keepdims else total


def _averaged(values: np.ndarray, axis: int, keepdims: bool = True) -> np.ndarray:
    return summed(values, axis, keepdims) / values.shape[axis]


def as_cell(value) -> Cell:
    """A cell as it is; a plain number or text as a literal."""
    return value if isinstance(value, Cell) else Cell(Const(value), value)


def trace(function: Function, values: Sequence, *, guarded: bool = False) -> Cell:
    """Run the body of a worksheet function on cells: the result is its call, its arithmetic and its value.

    A word may be a cell too: the formula then chooses among the words. `guarded` adds the domain of every argument,
    so that arguments out of their domain give #NUM! as they do in the function itself.
    """
    if not function.traceable:
        raise XlhedgeError(f"{function.name} cannot be written as one formula of plain arithmetic")
    bound = [v if isinstance(v, Cell) else convert(p, v) for p, v in zip(function.parameters, values)]
    bound = [
        Cell(v.node, np.char.lower(np.asarray(v.value, dtype=str))) if p.choices and isinstance(v, Cell) else v
        for p, v in zip(function.parameters, bound)
    ]  # = is blind to case
    check_scalars(function, [v if v.__class__ is float else None for v in bound])
    with np.errstate(all="ignore"):
        result = as_cell(_expanded(function, bound, 0))
        if guarded:
            result = as_cell(_guarded(function, bound, result))
    if result.node is None:
        return result
    shown = len(bound)
    while shown and not function.parameters[shown - 1].required and not isinstance(bound[shown - 1], Cell) and (
        bound[shown - 1] == function.parameters[shown - 1].default
    ):  # fmt: skip
        shown -= 1
    arguments = tuple(as_cell(value).node for value in bound[:shown])
    return Cell(FunctionCall(function.name, arguments, result.node), result.value)


def _expanded(function: Function, bound: list, start: int):
    """The body's result; a word that is a cell becomes a choice among the results for each word."""
    for i in range(start, len(bound)):
        choices = function.parameters[i].choices
        if function.parameters[i].kind == "word" and isinstance(bound[i], Cell):
            results = [_expanded(function, [*bound[:i], choice, *bound[i + 1 :]], i + 1) for choice in choices]
            word = bound[i]
            result = NO_RESULT
            for choice, meant in zip(reversed(choices), reversed(results)):
                result = where(word == choice, meant, result)
            return result
    return function.body(*bound)


def _guarded(function: Function, bound: list, result: Cell):
    conditions = []
    for parameter, value in zip(function.parameters, bound):
        if isinstance(value, Cell) and parameter.kind in ("number", "vector"):
            tests = parameter.domain.conditions(value)
            conditions += tests if parameter.kind == "number" else [_all_of(test) for test in tests]
    ruled = (rule_condition(function, rule, bound) for rule in function.rules)
    conditions += [condition for condition in ruled if isinstance(condition, Cell)]
    if not conditions:
        return result
    value = np.logical_and.reduce(np.broadcast_arrays(*(c.value for c in conditions)))
    guard = Cell(
        Template(
            "AND(" + ",".join(f"{{{i}}}" for i in range(len(conditions))) + ")", tuple(c.node for c in conditions)
        ),
        value,
    )
    return where(guard, result, NO_RESULT)


def _all_of(test: Cell) -> Cell:
    """Whether a test holds in every cell of a range, without an array formula."""
    node = Infix("=", COMPARISON, Template("SUMPRODUCT(1-({0}))", (Whole(test.node),)), Const(0.0))
    return Cell(node, np.all(test.value, axis=0, keepdims=True))


def lambda_definition(function: Function, *, prefixed: bool = False) -> str:
    """The function as LAMBDA text for a defined name; `prefixed` spells it as a workbook file stores it.

    An omitted argument gets its default in a LET, under the argument's name with a _ behind it.
    """
    new, own, optional = ("_xlfn.", "_xlpm.", "_xlop.{}") if prefixed else ("", "", "[{}]")
    cells, heads, lets, missing, lacking = [], [], [], [], []
    for i, parameter in enumerate(function.parameters):
        if parameter.kind not in ("number", "vector", "word", "words", "flag"):
            raise InputError(parameter.name, "must be a number, a word or a flag in a LAMBDA", parameter.kind)
        name = own + parameter.name
        heads.append(name if parameter.required else optional.format(parameter.name))
        is_omitted = Cell(Name(f"{new}ISOMITTED({name})"), np.False_)
        if parameter.needed_with:
            lacking.append((is_omitted, *parameter.needed_with))
        if parameter.default is None and not parameter.needed_with:
            missing.append((i, is_omitted))
        elif not parameter.required:
            lets.append(f"{name}_,IF({is_omitted.text()},{parameter.default_literal},{name})")
            name += "_"
        cells.append(Cell(Name(name), _sample(parameter)))
    result = trace(function, cells, guarded=True)
    for i, is_omitted in missing:
        result = where(is_omitted, trace(function, [*cells[:i], None, *cells[i + 1 :]], guarded=True), result)
    for is_omitted, word, choice in lacking:
        words = function.value_of(word, cells)
        is_chosen = words == choice if np.ndim(words.value) == 0 else total(1 * (words == choice)) > 0
        result = where(is_omitted & is_chosen, NO_RESULT, result)
    context = Context("native", shared={}, prefix=own)
    body = result.text(context)
    lets += [f"{name},{text}" for name, text in context.shared.values()]
    body = f"{new}LET({','.join([*lets, body])})" if lets else body
    return f"{new}LAMBDA({','.join([*heads, body])})"


def _sample(parameter):
    """Any allowed value: a LAMBDA is traced for its text alone."""
    if parameter.kind == "vector":
        return np.full((3, 1, 1), 0.5)
    if parameter.kind == "words":
        return np.full((3, 1, 1), parameter.choices[0])
    return parameter.choices[0] if parameter.choices else np.False_ if parameter.kind == "flag" else np.float64(0.5)
