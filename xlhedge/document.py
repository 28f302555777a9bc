"""Docstrings of the public functions, written from the registry."""

import textwrap
from collections.abc import Sequence

from .errors import NotAvailableError, shown
from .expression import near_functions, parse_call
from .registry import FUNCTIONS, Function

_ERRORS = (
    "InputError: an argument has the wrong type or shape, is missing, or is an unknown word (#VALUE! in a sheet).",
    "DomainError: a single number is out of its domain; in an array only that element is NaN (#NUM! in a sheet).",
)


def docstring(function: Function) -> str:
    """The full docstring: one sentence, arguments, result, errors, formula, source, and an example that runs."""
    parts = [function.summary]
    if function.notes:
        parts.append(_wrapped(function.notes))
    if function.parameters:
        parts.append(
            "Arguments:\n" + "\n".join(_item(p.name, p.help() + "; " + _shape(p.kind)) for p in function.parameters)
        )
    none = "; inf when there is none" if function.returns.allows_none else ""
    parts.append(_item("Result", f"{function.result_in_words}{none}", indent=""))
    errors = [*_ERRORS] if function.parameters else []
    if function.no_result:
        errors.append(f"NoResultError: {function.no_result}.")
    if errors:
        parts.append("Errors:\n" + "\n".join(_item(*error.split(": ", 1)) for error in errors))
    parts.append(_item("Formula", function.formula, indent=""))
    parts += [_item("Source", source, indent="") for source in function.sources]
    parts.append("Example:\n" + python_example(function))
    return "\n\n".join(parts) + "\n"


def python_example(function: Function, number: int = 0) -> str:
    """One worked example as a doctest."""
    example = function.examples[number]
    call, _ = parse_call(example.call, lambda *_: None)
    shown = ", ".join(_python_literal(p.kind, a) for p, a in zip(function.parameters, call.arguments))
    expected = example.expected
    text = f"    >>> xlhedge.{function.python_name}({shown})"
    if function.returns.kind == "table":
        return text + "  # doctest: +SKIP"
    return f"{text}\n    {_python_result(expected)}"


def _python_literal(kind: str, argument) -> str:
    if isinstance(argument, list):
        rows = argument if kind == "matrix" else [[item for row in argument for item in row]]
        inner = ["[" + ", ".join(_python_literal("", item) for item in row) + "]" for row in rows]
        return inner[0] if kind != "matrix" else "[" + ", ".join(inner) + "]"
    if argument == "none":
        return "math.inf"
    if isinstance(argument, float) and argument.is_integer():
        return str(int(argument))
    return repr(argument)


def _python_result(expected: str) -> str:
    if expected == '"none"':
        return "inf"
    if expected in ("TRUE", "FALSE"):
        return expected.capitalize()
    if expected.startswith('"'):
        return repr(expected[1:-1])
    if expected.startswith("{"):
        return "array([" + ", ".join(_float_text(item) for item in expected[1:-1].split(";")) + "])"
    return _float_text(expected)


def _float_text(text: str) -> str:
    return repr(float(text))


def _shape(kind: str) -> str:
    return {"number": "number or array", "vector": "list or number", "words": "list or word", "axis": "list", "matrix": "table",
            "times": "list"}.get(kind, "one value")  # fmt: skip


def _item(head: str, text: str, indent: str = "    ") -> str:
    return textwrap.fill(f"{head}: {text}", 110, initial_indent=indent, subsequent_indent=indent + "    ")


def _wrapped(text: str) -> str:
    return textwrap.fill(text, 110)


def as_record(function: Function) -> dict:
    """Everything about a function as plain data, for JSON."""
    return {
        "name": function.name,
        "python": f"xlhedge.{function.python_name}",
        "group": function.group,
        "signature": function.signature,
        "summary": function.summary,
        "notes": function.notes,
        "arguments": [
            {"name": p.name, "kind": p.kind, "unit": p.unit, "meaning": p.meaning, "domain": p.domain.text,
             "words": list(p.choices), "required": p.required, "default": None if p.required else p.default}
            for p in function.parameters
        ],
        "result": {"unit": function.result_unit, "kind": function.returns.kind, "none": function.returns.allows_none},
        "no_result": function.no_result,
        "formula": function.formula,
        "sources": list(function.sources),
        "examples": [{"call": example.call, "result": example.expected} for example in function.examples],
    }  # fmt: skip


def found_functions(words: Sequence[str]) -> list[Function]:
    """The functions in which each of some words occurs; all of them without a word. NotAvailableError for none.

    Looked through, in any case, are names, summaries, groups, and the names, meanings, units and words of arguments.
    """
    sought = [word.casefold() for word in words]
    found = [f for f in FUNCTIONS.values() if all(word in _searched(f) for word in sought)]
    if not found:
        hint = near_functions("_".join(words))
        where = "in its name, summary, arguments, units or group"
        raise NotAvailableError(f"no worksheet function has {' and '.join(map(shown, words))} {where}; {hint}")
    return found


def _searched(function: Function) -> str:
    arguments = (text for p in function.parameters for text in (p.name, p.meaning, p.unit, *p.choices))
    texts = (function.name, function.summary, function.group, function.result_unit, *arguments)
    return "\n".join(texts).casefold()
