"""The errors that xlhedge raises, and the Excel error value that each one becomes in a cell."""

NUM, VALUE, NA, DIV0, NAME, REF, NULL = "#NUM!", "#VALUE!", "#N/A", "#DIV/0!", "#NAME?", "#REF!", "#NULL!"
EXCEL_ERRORS = frozenset((NUM, VALUE, NA, DIV0, NAME, REF, NULL, "#SPILL!", "#CALC!", "#GETTING_DATA"))


class XlhedgeError(Exception):
    """Any mistake that a user can mend; its text is one readable sentence."""

    word = VALUE


class InputError(XlhedgeError):
    """An argument of the wrong type or shape, a missing one or an unknown word: #VALUE! in a cell."""

    def __init__(self, parameter: str, rule: str, value: object) -> None:
        self.parameter, self.rule, self.value = parameter, rule, value
        super().__init__(f"{parameter} {rule} (got {shown(value)})")


class DomainError(InputError):
    """A number outside the domain of its argument: #NUM! in a cell."""

    word = NUM


class NoResultError(XlhedgeError):
    """Arguments that are each allowed but together have no result: #NUM! in a cell."""

    word = NUM


class NotAvailableError(XlhedgeError):
    """Something that is not known, such as an unlisted contract or a value with no source: #N/A in a cell."""

    word = NA


class FileError(XlhedgeError):
    """A file that cannot be read or written as asked."""


class Unreadable(FileError):
    """A file that cannot be read as what it should be: which one, the rule that it breaks, and the row (0 = none)."""

    def __init__(self, file: object, rule: str, row: int = 0) -> None:
        self.file, self.rule, self.row = str(file), rule, row
        super().__init__(f"{file} row {row}: {rule}" if row else f"{file}: {rule}")

    def __reduce__(self) -> tuple:
        return type(self), (self.file, self.rule, self.row)


class Described(str):
    """Words about a value, to be printed as they are: "2 values", "an empty list"."""


def as_percent(value: float) -> str:
    """How to write a number that was meant in percent: 20 % is 0.2."""
    return f"{value:.10g} % is {value / 100:.12f}".rstrip("0").rstrip(".")


def shown(value: object, longest: int = 60) -> str:
    """Print a value for an error message: short, on one line, text in quotes."""
    if value is None:
        return "nothing"
    is_text = isinstance(value, str) and not isinstance(value, Described)
    text = f"{value:.10g}" if isinstance(value, float) else repr(value) if is_text else str(value)
    text = " ".join(text.split())
    return text if len(text) <= longest else text[: longest - 3] + "..."


def unexpected(error: Exception) -> str:
    """An error that nobody expected, in words for a report among others."""
    return f"unexpected {type(error).__name__}: {' '.join(str(error).split())[:200]}; please report it"


def counted(number: int, noun: str) -> str:
    """A number of things in words: 1 file, 2 files."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
