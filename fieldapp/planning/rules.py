"""How often something should be seen, and how overdue it is. Pure.

A day begins at 06:00 on the organisation's clock, so an evening past midnight belongs to the day it began on; times of a day
are minutes after that. An *occasion* is a day on which the plan asks for its targets.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from fieldapp.coverage.days import BEGINS, DAY_BEGINS, PARTS, day_of

DAY_MIN = 1440
OCCASIONS_MAX = 14
"""Nothing waits for more: what nobody has seen for two weeks is as overdue as what nobody has ever seen."""
PLACE_WEIGHT = 3.0
"""A check takes about as long as three pieces of path: minute for minute, both are worth the same."""
PIECE_M = 60.0
"""A piece of this length has weight 1, a shorter one less."""
_BEGIN_MIN = [(BEGINS[part] - DAY_BEGINS) * 60 for part in PARTS]
HOURS = dict(zip(PARTS, zip(_BEGIN_MIN, [*_BEGIN_MIN[1:], DAY_MIN], strict=True), strict=True))
"""The parts of a day as minutes of it: [from, to)."""
WHOLE_DAY = (0, DAY_MIN)
WEEKDAYS = (1, 2, 3, 4, 5, 6, 7)


@dataclass(frozen=True, slots=True)
class Cadence:
    """How often: on which weekdays (ISO, 1 is Monday) from when to when; `times_a_week` of them, or all where it is None."""

    weekdays: frozenset[int]
    times_a_week: int | None
    from_min: int
    to_min: int
    starts_on: date
    until_on: date | None

    @property
    def rate(self) -> float:
        """Return how many sightings an occasion asks for: 1, or less where only some days of a week are needed."""
        if self.times_a_week is None:
            return 1.0
        return min(1.0, self.times_a_week / len(self.weekdays))

    @property
    def spacing(self) -> int:
        """Return how many occasions after a sighting the next is due: as many as an even spread over a week allows."""
        return 1 if self.times_a_week is None else max(1, len(self.weekdays) // self.times_a_week)

    def is_occasion(self, day: date) -> bool:
        """Tell whether the plan asks for its targets on a day."""
        is_in_force = day >= self.starts_on and (self.until_on is None or day <= self.until_on)
        return is_in_force and day.isoweekday() in self.weekdays


@dataclass(frozen=True, slots=True, order=True)
class Moment:
    """A minute of a day."""

    day: date
    minute: int


def moment(at: datetime, timezone: ZoneInfo) -> Moment:
    """Return the day an instant belongs to, and its minute of it on the wall clock."""
    return Moment(day_of(at, timezone), minute_of(at.astimezone(timezone).time()))


def minute_of(clock: time) -> int:
    """Return which minute of its day a time on the wall clock is."""
    return (clock.hour * 60 + clock.minute - DAY_BEGINS * 60) % DAY_MIN


def clock_of(minute: int) -> time:
    """Return the time on the wall clock of a minute of a day: what `minute_of` takes; the day's end is its beginning."""
    hour, minutes = divmod((minute + DAY_BEGINS * 60) % DAY_MIN, 60)
    return time(hour, minutes)


def occasions(cadence: Cadence, after: Moment | None, day: date) -> int:
    """Return how many occasions there were up to `day`, itself included, since something was last seen.

    A sighting counts for its day's occasion unless it was before the hours that the plan asks for.
    """
    return sum(1 for one in _latest(cadence, day) if after is None or _is_missed(cadence, one, after))


def _is_missed(cadence: Cadence, day: date, seen: Moment) -> bool:
    return day > seen.day or (day == seen.day and seen.minute < cadence.from_min)


def _latest(cadence: Cadence, day: date) -> Iterator[date]:
    """Give the latest occasions up to a day, at most `OCCASIONS_MAX`."""
    found = 0
    # A plan has at least one weekday: so many weeks hold all that count.
    for back in range(7 * OCCASIONS_MAX):
        one = day - timedelta(days=back)
        if one < cadence.starts_on or found == OCCASIONS_MAX:
            return
        if cadence.is_occasion(one):
            found += 1
            yield one


@dataclass(frozen=True, slots=True)
class Overdue:
    """How a target stands on a day: how many occasions it has waited, and its value: how many sightings it lacks."""

    occasions: int
    value: float
    is_due: bool


NOT_ASKED = Overdue(0, 0.0, is_due=False)


def overdue(cadence: Cadence, last_seen: Moment | None, day: date) -> Overdue:
    """Return how overdue a target is on a day: 0 where it was seen in time, 1 more with each sighting it lacks."""
    if not cadence.is_occasion(day):
        return NOT_ASKED
    count = occasions(cadence, last_seen, day)
    is_due = count >= cadence.spacing or (count > 0 and last_seen is None)
    return Overdue(count, count * cadence.rate, is_due)


def piece_weight(length_m: float) -> float:
    """Return what a piece of path weighs beside a place."""
    return min(1.0, length_m / PIECE_M)
