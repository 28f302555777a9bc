"""The few elementary operations that arithmetic bodies need beyond + - * / ** and comparisons.

Each works on a float (with `math`), on an array (with numpy) and on a traced cell (with the Excel text given
here), so that one body serves a single number, a million of them and a worksheet formula.
"""

import math

NONE = math.inf
"""A price that does not exist because nothing can liquidate the position: "none" in a sheet."""

_PLAIN = frozenset((float, int))

NO_RESULT = math.nan
"""Arguments that have no result together: #NUM! in a sheet."""


def _apply(array_name: str, excel: str, *args):
    """Apply an operation to cells, or else to arrays: `excel` is its formula text with {0}, {1} for the arguments."""
    import numpy

    function = getattr(numpy, array_name)
    for arg in args:
        if hasattr(arg, "traced"):
            return arg.traced(excel, function, args)
    return function(*args)


def _reduce(array_name: str, excel: str, vector):
    """Reduce a vector, which lies along the first axis, to one number."""
    import numpy

    function = getattr(numpy, array_name)
    return vector.reduced(excel, function) if hasattr(vector, "reduced") else function(vector, axis=0)


def where(condition, yes, no):
    """`yes` where the condition holds, else `no`; both are computed."""
    if condition is True:
        return yes
    if condition is False:
        return no
    return _apply("where", "IF({0},{1},{2})", condition, yes, no)


def both(first, second):
    """Whether both conditions hold."""
    if first.__class__ is bool and second.__class__ is bool:
        return first and second
    return _apply("logical_and", "AND({0},{1})", first, second)


def sign(x):
    """1, 0 or -1."""
    if x.__class__ in _PLAIN:
        return float((x > 0) - (x < 0))
    return _apply("sign", "SIGN({0})", x)


def floor(x):
    """The whole number at or below x."""
    if x.__class__ in _PLAIN:
        return float(math.floor(x))
    return _apply("floor", "INT({0})", x)


def ceil(x):
    """The whole number at or above x."""
    return 0.0 - floor(-x)


def nearest(x):
    """The nearest whole number, halves away from zero."""
    return sign(x) * floor(abs(x) + 0.5)


def snapped(x):
    """x to the millionth, so that the noise of binary arithmetic never costs or adds a whole contract."""
    if x.__class__ in _PLAIN:
        return round(x, 6)
    return x.traced("ROUND({0},6)", _round6, (x,)) if hasattr(x, "traced") else _round6(x)


def _round6(x):
    import numpy

    # numpy.round multiplies by a million, which can overflow; so large a number has no millionths anyway.
    return numpy.where(numpy.abs(x) < 1e10, numpy.round(x, 6), x)


def sqrt(x):
    """The square root."""
    if x.__class__ in _PLAIN:
        return math.sqrt(x)
    return _apply("sqrt", "SQRT({0})", x)


def log(x):
    """The natural logarithm."""
    if x.__class__ in _PLAIN:
        return math.log(x)
    return _apply("log", "LN({0})", x)


def exp(x):
    """The natural exponential."""
    if x.__class__ in _PLAIN:
        return math.exp(x)
    return _apply("exp", "EXP({0})", x)


def normal(x):
    """The share of a standard normal distribution that lies below x."""
    if x.__class__ in _PLAIN:
        return _normal(x)
    return x.traced("NORMSDIST({0})", _normals, (x,)) if hasattr(x, "traced") else _normals(x)


def _normal(x: float) -> float:
    return math.erfc(-x / math.sqrt(2)) / 2


def _normals(x):
    import numpy

    return numpy.frompyfunc(_normal, 1, 1)(x).astype(float) if numpy.ndim(x) else _normal(float(x))


def larger(first, second):
    """The larger of two numbers."""
    return where(first > second, first, second)


def smaller(first, second):
    """The smaller of two numbers."""
    return where(first < second, first, second)


def at_least(least, x):
    """x, or `least` where x is below it: both are numbers, never "none", so that a formula names each once."""
    if x.__class__ in _PLAIN:
        return least if x < least else x
    return _apply("maximum", "MAX({0},{1})", least, x)


def shared(name: str, x):
    """x, which a LAMBDA computes once under this name and uses wherever it stands."""
    return x.shared(name) if hasattr(x, "traced") else x


def exists(x):
    """Whether a price exists, that is, whether it is not "none"."""
    return x != NONE


def given(x):
    """Whether an optional input holds a number; a blank one is NaN."""
    if x.__class__ in _PLAIN:
        return x == x
    return x.traced("ISNUMBER({0})", _not_nan, (x,)) if hasattr(x, "traced") else _not_nan(x)


def _not_nan(x):
    return x == x


def total(vector):
    """The sum over a vector."""
    return _reduce("sum", "SUMPRODUCT({0})", vector)


def count(vector):
    """The number of elements of a vector."""
    if hasattr(vector, "reduced"):
        return vector.reduced("COUNT({0})", _length) if getattr(vector.value, "ndim", 0) else 1.0
    return _length(vector, axis=0)


def _length(vector, axis, keepdims=False):
    import numpy

    return numpy.isfinite(vector).sum(axis=axis, keepdims=keepdims)


def mean(vector):
    """The mean of a vector."""
    return _reduce("mean", "AVERAGE({0})", vector)


def highest(vector):
    """The largest element of a vector; SUMPRODUCT makes every spreadsheet evaluate it as an array."""
    return _reduce("max", "SUMPRODUCT(MAX({0}))", vector)


def lowest(vector):
    """The smallest element of a vector."""
    return _reduce("min", "SUMPRODUCT(MIN({0}))", vector)
