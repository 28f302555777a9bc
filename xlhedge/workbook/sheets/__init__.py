"""The sheets of the workbook, a module each. The list of their records is their order."""

from ..grid.record import SheetRecord
from .allocation import ALLOCATION
from .checks import CHECKS
from .compare import COMPARE
from .contracts import CONTRACTS
from .cover import COVER
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
    COVER,
    INPUTS,
    POSITIONS,
    CONTRACTS,
    TIERS,
    ALLOCATION,
    HEDGE_PLAN,
    SCENARIOS,
    STRESS,
    COMPARE,
    MONITOR,
    REPLAY,
    FUNCTIONS_SHEET,
    CHECKS,
)
