"""Who signs in to the measured installation."""

PASSWORD = "mätning i lugn och ro"  # noqa: S105 - of an installation that lives for a minute
SUPERVISOR = "ledare"


def host_login(number: int) -> str:
    """Return what the host of a device signs in with."""
    return f"värd{number}"
