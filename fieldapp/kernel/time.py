"""Instants in aware UTC, and the clock that is passed in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol

MS = timedelta(milliseconds=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
WIRE_MS_MAX = 4_102_444_800_000  # the year 2100: later than any phone's wrong clock should be believed


class Clock(Protocol):
    """Where services learn what time it is."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        return datetime.now(UTC)


class FixedClock:
    """A clock that stands still until it is told; for tests and for generated history."""

    def __init__(self, at: datetime) -> None:
        self.at = require_utc(at)

    def now(self) -> datetime:
        """Return the instant the clock was set to."""
        return self.at

    def advance(self, by: timedelta) -> None:
        """Move the clock forward."""
        self.at += by


def require_utc(at: datetime) -> datetime:
    """Return `at` in UTC.

    Raises:
        ValueError: `at` is naive: nobody can know what it means.
    """
    if at.tzinfo is None:
        raise ValueError("naive datetime")
    return at.astimezone(UTC)


def from_ms(ms: int) -> datetime:
    """Return the instant of a wire time (milliseconds since 1970 UTC)."""
    return EPOCH + ms * MS


def to_ms(at: datetime) -> int:
    """Return an instant as a wire time, rounded down to a millisecond."""
    return (require_utc(at) - EPOCH) // MS


def quarter_hour(at: datetime) -> datetime:
    """Return the start of the quarter-hour an instant falls in: as fine as a round's timeline is shown."""
    return at.replace(minute=at.minute - at.minute % 15, second=0, microsecond=0)
