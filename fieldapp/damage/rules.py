"""Decide what follows from a damage: a case or none, its clock, its end. Pure: no clock, no database."""

from __future__ import annotations

from datetime import datetime, timedelta

STATUSES = (
    "ny",
    "granskad",
    "skickad",
    "bekraftad",
    "pagar",
    "atgardad",
    "kontrollerad",
    "stangd",
    "avvisad",
    "dubblett",
    "ateroppnad",
)
OPEN_STATUSES = ("ny", "granskad", "skickad", "bekraftad", "pagar", "ateroppnad")
WITHDRAWN = "återtagen"
RECATEGORISED = "inte en skada"

DUE_AFTER = {3: timedelta(hours=24), 4: timedelta(hours=24)}
"""Damage is mended within 24 hours; severity 1 and 2 are planned work without a clock."""


def due_at(severity: int, occurred_at: datetime) -> datetime | None:
    """Return when a damage should be mended, or None where no clock runs."""
    after = DUE_AFTER.get(severity)
    return occurred_at + after if after else None


def is_open(status: str) -> bool:
    """Tell whether work remains."""
    return status in OPEN_STATUSES
