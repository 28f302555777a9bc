"""What changed from one plan of a portfolio to another, and which part of the change of its figures comes from what."""

from .compared import Diff, diff_of
from .groups import GROUPS

__all__ = ["GROUPS", "Diff", "diff_of"]
