"""Decide how a round may change, when it is closed, and which are one walk. Pure: no clock, no database."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from fieldapp.kernel.time import EPOCH

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


@dataclass(frozen=True, slots=True)
class Join:
    """A host said that their round belongs with another; with itself: that it walks alone."""

    round_id: UUID
    other_id: UUID
    at: datetime


def walks(round_ids: Collection[UUID], joins: Collection[Join]) -> dict[UUID, UUID]:
    """Return the walk of each round: the smallest id of all that are tied to it, directly or through others.

    `joins` are between these rounds. A tie is cut where one of its two was said to walk alone then or later.
    """
    alone_at: dict[UUID, datetime] = {}
    for join in joins:
        if join.other_id == join.round_id:
            alone_at[join.round_id] = max(join.at, alone_at.get(join.round_id, join.at))
    walk_of = {one: one for one in sorted(round_ids)}
    for join in joins:
        if all(alone_at.get(one, EPOCH) < join.at for one in (join.round_id, join.other_id)):
            first, last = sorted((walk_of[join.round_id], walk_of[join.other_id]))
            walk_of.update({one: first for one, walk in walk_of.items() if walk == last})
    return walk_of
