"""What can be asked of coverage: a review of it, and to hear what hosts tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

DAYS_USUAL = 7
DAYS_LONGEST = 366


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days of coverage, both included."""

    first: date
    last: date

    @property
    def length(self) -> int:
        """Return how many days it has."""
        return (self.last - self.first).days + 1

    def before(self) -> Period:
        """Return the period of the same length that ends where this begins."""
        return Period(self.first - timedelta(days=self.length), self.first - timedelta(days=1))


@dataclass(frozen=True, slots=True)
class ReviewCoverage:
    """What a page of the review is asked to show, as its address says it. None means all, or the usual days.

    `kind` is `piece`, `place` or one of the kinds of places; `state` one of the three, or `unseen`: whatever was not surely
    seen; `order` is `age`, or `maybe`: what fewest walks may have seen first. `then_from_on` and `then_to_on` are the days
    that a comparison begins with.
    """

    from_on: date | None = None
    to_on: date | None = None
    zone: UUID | None = None
    part: str | None = None
    kind: str | None = None
    state: str | None = None
    order: str | None = None
    then_from_on: date | None = None
    then_to_on: date | None = None

    def period(self, today: date) -> Period:
        """Return the days asked for; without any, the week that ends today."""
        if self.to_on is None and self.from_on is not None:
            last = min(max(today, self.from_on), self.from_on + timedelta(days=DAYS_LONGEST - 1))
        else:
            last = self.to_on or today
        return Period(self.from_on or last - timedelta(days=DAYS_USUAL - 1), last)

    def then(self, today: date) -> Period:
        """Return the days to compare with; without any, as many as the period has, before it."""
        usual = self.period(today).before()
        last = self.then_to_on or (usual.last if self.then_from_on is None else max(usual.last, self.then_from_on))
        return Period(self.then_from_on or last - timedelta(days=usual.length - 1), last)


@dataclass(frozen=True, slots=True)
class TellWalk:
    """Hosts passed pieces and places in a gap of their round; `gap` None: one that is still open. Wire times."""

    round: UUID
    gap: UUID | None
    from_ms: int
    to_ms: int
    paths: Sequence[UUID]
    places: Sequence[UUID]


@dataclass(frozen=True, slots=True)
class UntellWalk:
    """Take back what was told."""
