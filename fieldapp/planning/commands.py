"""What can be asked of planning."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True, slots=True)
class MakePlan:
    """A plan: what of a zone should be seen, how often and when.

    The targets are the zone's pieces of path, its places of some kinds, or chosen places. Minutes are after 06:00.
    """

    zone_id: UUID
    covers_paths: bool
    kinds: tuple[str, ...]
    place_ids: tuple[UUID, ...]
    times_a_week: int | None
    weekdays: tuple[int, ...]
    from_min: int
    to_min: int
    starts_on: date
    until_on: date | None = None
    predecessor_id: UUID | None = None
    is_preview: bool = False


@dataclass(frozen=True, slots=True)
class SetMeetingPoint:
    """Where the rounds of a zone begin; None: its middle."""

    place_id: UUID | None = None
