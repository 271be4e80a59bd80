"""The day of coverage and its parts. Pure.

A day begins at six in the morning, local time of the organisation: an evening that goes past midnight is one day. The parts
are those that hosts and supervisors speak of; both ends of the night are its part.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from fieldapp.coverage.rules import BIN_MS
from fieldapp.kernel.time import from_ms, to_ms

MORNING, AFTERNOON, EVENING, NIGHT = "morning", "afternoon", "evening", "night"
PARTS = (MORNING, AFTERNOON, EVENING, NIGHT)
BEGINS = {MORNING: 6, AFTERNOON: 12, EVENING: 18, NIGHT: 22}
"""The local hour at which a part begins; it ends where the next begins, the night with the day."""
DAY_BEGINS = BEGINS[MORNING]
ONE_DAY = timedelta(days=1)


class DayPart(NamedTuple):
    """A day of coverage and a part of it."""

    day: date
    part: str


def day_part(at: datetime, timezone: ZoneInfo) -> DayPart:
    """Return the day and the part that an instant belongs to."""
    local = at.astimezone(timezone)
    day = local.date() if local.hour >= DAY_BEGINS else local.date() - ONE_DAY
    return DayPart(day, _part(local.hour))


def day_of(at: datetime, timezone: ZoneInfo) -> date:
    """Return the day that an instant belongs to."""
    return day_part(at, timezone).day


def _part(hour: int) -> str:
    if hour < DAY_BEGINS:
        return NIGHT
    return next(part for part in reversed(PARTS) if hour >= BEGINS[part])


def part_span(day: date, part: str, timezone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the instants [from, to) of a part of a day, in UTC."""
    after = PARTS.index(part) + 1
    until = _at(day, BEGINS[PARTS[after]], timezone) if after < len(PARTS) else _at(day + ONE_DAY, DAY_BEGINS, timezone)
    return _at(day, BEGINS[part], timezone), until


def day_span(day: date, timezone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the instants [from, to) of a day, in UTC."""
    return _at(day, DAY_BEGINS, timezone), _at(day + ONE_DAY, DAY_BEGINS, timezone)


def _at(day: date, hour: int, timezone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(hour), timezone).astimezone(UTC)


def bin_of(at: datetime) -> int:
    """Return the number of the quarter of an hour that an instant is in."""
    return to_ms(at) // BIN_MS


def bin_begins(number: int) -> datetime:
    """Return when a bin begins."""
    return from_ms(number * BIN_MS)


def days_between(from_day: date, to_day: date) -> Iterator[date]:
    """Yield each day from the first to the last, both included."""
    for number in range((to_day - from_day).days + 1):
        yield from_day + timedelta(days=number)
