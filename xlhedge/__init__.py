"""xlhedge: hedging and rebalancing coin portfolios with inverse (coin-margined) futures.

Every worksheet function is here under its snake_case name: `xlhedge.inverse_pnl`, `xlhedge.liq_price`, ...
"""

import importlib

__version__ = "0.1.0"


def __getattr__(name: str):
    """Make a worksheet function's Python form when it is first used, so that importing xlhedge costs nothing."""
    if name == "__all__":
        return [function.python_name for function in _functions().values()]
    function = None if name.startswith("_") else _functions().get(name.upper())
    if function is None or name != function.python_name:
        raise AttributeError(f"module 'xlhedge' has no attribute {name!r}")
    made = importlib.import_module("xlhedge.python").python_function(function)
    made.__doc__ = importlib.import_module("xlhedge.document").docstring(function)
    globals()[name] = made
    return made


def __dir__() -> list[str]:
    return sorted([*globals(), *(function.python_name for function in _functions().values())])


def _functions() -> dict:
    """The registry, with every group of functions loaded."""
    # Through importlib: `from . import functions` would ask __getattr__ for the name first.
    importlib.import_module("xlhedge.functions")
    return importlib.import_module("xlhedge.registry").FUNCTIONS
