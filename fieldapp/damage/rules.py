"""Decide what follows from a damage: a case or none, its clock, how it may go on. Pure: no clock, no database."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

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
OPEN_STATUSES = ("ny", "granskad", "skickad", "bekraftad", "pagar")
"""Somebody has something to do before the damage is mended."""
MENDED_STATUSES = ("atgardad", "kontrollerad", "stangd")
SET_ASIDE_STATUSES = ("avvisad", "dubblett")
WITHDRAWN = "återtagen"
RECATEGORISED = "inte en skada"
BY_RECEIVER = "mottagaren avvisar"

STEPS: Mapping[str, tuple[str, ...]] = {
    "ny": ("granskad", *SET_ASIDE_STATUSES),
    "granskad": ("skickad", "bekraftad", "pagar", "atgardad", *SET_ASIDE_STATUSES),
    "skickad": ("bekraftad", "pagar", "atgardad", *SET_ASIDE_STATUSES),
    "bekraftad": ("pagar", "atgardad", *SET_ASIDE_STATUSES),
    "pagar": ("atgardad", *SET_ASIDE_STATUSES),
    "atgardad": ("kontrollerad", "ateroppnad"),
    "kontrollerad": ("stangd", "ateroppnad"),
    "stangd": ("ateroppnad",),
    "avvisad": ("ny",),
    "dubblett": ("ny",),
    "ateroppnad": (),
}
"""Where a case may go from where it stands. One that is opened again ends: the new case names it."""

MENDING_STEPS = frozenset({"bekraftad", "pagar", "atgardad"})
"""What whoever mends says."""
REVIEW_STEPS = frozenset({"granskad", "avvisad", "ny", "kontrollerad", "stangd"})
"""What a supervisor decides. A duplicate and what is opened again name another case: they are asked for by themselves."""
REASON_NEEDED = frozenset({"avvisad", "ateroppnad"})


class Verdict(StrEnum):
    """What becomes of a step that is asked for."""

    CHANGE = "change"
    CONFIRMED = "confirmed"
    REFUSED = "refused"


def judge_step(status: str, to: str) -> Verdict:
    """Judge a step. The status a case has already is confirmed, so that what is asked twice does nothing twice."""
    if to == status:
        return Verdict.CONFIRMED
    return Verdict.CHANGE if to in STEPS.get(status, ()) else Verdict.REFUSED


def is_new_to_receivers(status: str, to: str) -> bool:
    """Tell whether a step gives a case a new revision: who may have received it hears that it is set aside, or taken up again."""
    return to == "ny" or (to in SET_ASIDE_STATUSES and status != "ny")


def is_reviewed_by_rule(*, is_direct: bool, note_state: str) -> bool:
    """Tell whether a damage goes on without a person: its category does, and the scanner found nothing in its text."""
    return is_direct and note_state == "clean"


DEFAULT_HOURS: Mapping[int, int] = {3: 24, 4: 24}
"""Damage is mended within 24 hours; severity 1 and 2 are planned work without a clock, until an organisation sets one."""
HOURS_MAX = 24 * 90


def due_at(severity: int, since: datetime, hours: Mapping[int, int] = DEFAULT_HOURS) -> datetime | None:
    """Return when a damage should be mended, or None where no clock runs."""
    within = hours.get(severity)
    return since + timedelta(hours=within) if within else None


def is_open(status: str) -> bool:
    """Tell whether work remains."""
    return status in OPEN_STATUSES


def is_overdue(status: str, due: datetime | None, now: datetime) -> bool:
    """Tell whether a case should have been mended by now."""
    return due is not None and is_open(status) and now > due


BY_HOUR_MIN = 48 * 60


def mend_bucket_h(minutes: int) -> int:
    """Return how long mending took in whole hours; from two days on, the hours of whole days."""
    return minutes // 60 if minutes < BY_HOUR_MIN else minutes // (24 * 60) * 24


def half_within(hours: Mapping[int, int]) -> int | None:
    """Return within how many whole hours at least half were mended, from how many took how long."""
    total, seen = sum(hours.values()), 0
    for hour in sorted(hours):
        seen += hours[hour]
        if 2 * seen >= total:
            return hour + 1
    return None
