"""What can be asked of cases. Made by schemas: shapes and ranges hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True, slots=True)
class ListCases:
    """What a list is asked to show, as its address says it. `status` None: what is open; `all`: everything."""

    status: str | None = None
    zone: UUID | None = None
    trade: str | None = None
    severity: int | None = None
    overdue: bool | None = None
    from_on: date | None = None
    to_on: date | None = None


@dataclass(frozen=True, slots=True)
class StepCase:
    """Take a case to another status, and say why where that has to be said."""

    to: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ReviewCases:
    """Take several cases to another status at once."""

    cases: tuple[UUID, ...]
    to: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class MergeCase:
    """Say that a case is the same damage as the case of this number."""

    duplicate_of: int


@dataclass(frozen=True, slots=True)
class ReopenCase:
    """Say that what was told to be mended is not."""

    reason: str


@dataclass(frozen=True, slots=True)
class SetClocks:
    """Within how many hours damage of each severity should be mended (None: no clock runs); of which only working time counts."""

    hours: Mapping[int, int | None]
    working: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class SetWorkWeek:
    """When maintenance works: weekdays (Monday is 1), minutes of the local day, days off."""

    weekdays: tuple[int, ...]
    from_min: int
    to_min: int
    days_off: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class SetEscalation:
    """Who is told so many hours after a clock ran out; None: they are not told any more."""

    user_id: UUID
    after_hours: int | None


@dataclass(frozen=True, slots=True)
class CountCases:
    """Which cases figures are about: those opened on these days, both included, in local time."""

    from_on: date | None = None
    to_on: date | None = None
