"""Reckon in working time: hours of the days and times when an organisation's maintenance works. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

WEEKDAYS = tuple(range(1, 8))
DAYS_MAX = 366 * 20
"""No clock runs longer: what has not ended by then never does."""


@dataclass(frozen=True, slots=True)
class WorkTime:
    """Weekdays (Monday is 1), minutes of the local day [from, to), days off, and whose local time."""

    weekdays: frozenset[int]
    from_min: int
    to_min: int
    days_off: frozenset[date]
    timezone: ZoneInfo

    def is_worked(self, day: date) -> bool:
        """Tell whether anybody works that day."""
        return day.isoweekday() in self.weekdays and day not in self.days_off


def after_working(since: datetime, hours: int, worked: WorkTime) -> datetime | None:
    """Return when so many hours have been worked after `since`, or None where they never are.

    A day on which the clocks change has as many hours as it has.
    """
    left = timedelta(hours=hours)
    for begin, end in _spans(since, worked):
        start = max(begin, since)
        if start < end:
            if left <= end - start:
                return start + left
            left -= end - start
    return None


def _spans(since: datetime, worked: WorkTime) -> Iterator[tuple[datetime, datetime]]:
    first = since.astimezone(worked.timezone).date()
    for number in range(DAYS_MAX):
        day = first + timedelta(days=number)
        if worked.is_worked(day):
            yield _instant(day, worked.from_min, worked.timezone), _instant(day, worked.to_min, worked.timezone)


def _instant(day: date, minute: int, timezone: ZoneInfo) -> datetime:
    if minute >= 24 * 60:
        return _instant(day + timedelta(days=1), 0, timezone)
    return datetime.combine(day, time(minute // 60, minute % 60), timezone).astimezone(UTC)
