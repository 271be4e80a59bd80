"""Decide how a round may change, and when it is closed. Pure: no clock, no database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

GAP_REASONS = ("hidden", "locked_or_killed", "no_fix", "permission", "user_pause", "low_accuracy")
END_REASONS = ("done", "weather", "called_away", "unsafe", "equipment", "forgotten", "other")
ROUND_LONGEST = timedelta(hours=12)
"""A round nobody ended counts as closed after this: a phone may have died in the evening."""

_NEXT = {"round.pause": "paused", "round.resume": "open", "round.end": "ended"}


@dataclass(frozen=True, slots=True)
class Transition:
    """What an operation does to a round: the state after it, and whether anything changes."""

    state: str
    is_change: bool


def transition(state: str, operation_type: str) -> Transition | None:
    """Return what `operation_type` does to a round in `state`, or None when that is impossible.

    Asking for the state already held is a confirmation. An ended round stays ended.
    """
    wanted = _NEXT[operation_type]
    if wanted == state:
        return Transition(state, is_change=False)
    if state == "ended":
        return None
    return Transition(wanted, is_change=True)


def is_closed(state: str, started_at: datetime, now: datetime) -> bool:
    """Tell whether a round is over, so that its route may be looked at."""
    return state == "ended" or now - started_at > ROUND_LONGEST
