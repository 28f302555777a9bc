"""xlhedge: hedging and rebalancing coin portfolios with inverse (coin-margined) futures.

Every worksheet function is here under its snake_case name: `xlhedge.inverse_pnl`, `xlhedge.liq_price`, ...
"""

__version__ = "0.1.0"


def __getattr__(name: str):
    """Make a worksheet function's Python form when it is first used, so that importing xlhedge costs nothing."""
    if name.startswith("_"):
        raise AttributeError(name)
    from . import functions  # noqa: F401
    from .call import python_function
    from .document import docstring
    from .registry import FUNCTIONS

    function = FUNCTIONS.get(name.upper())
    if function is None or name != function.python_name:
        raise AttributeError(f"module 'xlhedge' has no attribute {name!r}")
    made = python_function(function)
    made.__doc__ = docstring(function)
    globals()[name] = made
    return made


def __dir__() -> list[str]:
    from . import functions  # noqa: F401
    from .registry import FUNCTIONS

    return sorted([*globals(), *(function.python_name for function in FUNCTIONS.values())])
