"""Days, hours and payments."""

HOURS_A_DAY, DAYS_A_YEAR, HOURS_A_YEAR = 24.0, 365.0, 8760.0


def payments(interval_hours, days):
    """Number of funding payments in some days; part intervals count in part."""
    return HOURS_A_DAY * days / interval_hours
