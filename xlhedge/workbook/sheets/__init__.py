"""The sheets of the workbook, a module each. The list of their records is their order."""

from ..grid.record import SheetRecord
from .about import ABOUT
from .allocation import ALLOCATION
from .checks import CHECKS
from .compare import COMPARE
from .contracts import CONTRACTS
from .dashboard import DASHBOARD
from .functions import FUNCTIONS_SHEET
from .hedge_plan import HEDGE_PLAN
from .inputs import INPUTS
from .monitor import MONITOR
from .positions import POSITIONS
from .replay import REPLAY
from .scenarios import SCENARIOS
from .stress import STRESS
from .tiers import TIERS

SHEETS: tuple[SheetRecord, ...] = (
    DASHBOARD,
    INPUTS,
    POSITIONS,
    HEDGE_PLAN,
    ALLOCATION,
    SCENARIOS,
    STRESS,
    COMPARE,
    MONITOR,
    REPLAY,
    CHECKS,
    CONTRACTS,
    TIERS,
    FUNCTIONS_SHEET,
    ABOUT,
)
