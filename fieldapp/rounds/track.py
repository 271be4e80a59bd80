"""Tracks in columns: decode what phones send, encode what files hold, and what a map draws. Pure.

Delta-coded whole numbers (milliseconds, millionths of a degree = 11 cm, decimetres) are a seventh of the size of plain JSON
and can still be read by a person.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate, pairwise
from typing import Any

from fieldapp.kernel.geo import LatLon, distances_m
from fieldapp.kernel.time import WIRE_MS_MAX, from_ms, to_ms
from fieldapp.rounds.commands import AddSegment

FIXES_MAX = 400
SEGMENT_FIXES = 300
"""As many as a phone puts in one segment, beside those that it repeats."""
CARRIED = timedelta(seconds=30)
"""A segment repeats so much of the one before: what is cut in two by segments is seen whole in one."""
CARRIED_MAX = FIXES_MAX - SEGMENT_FIXES
MICRODEG = 1_000_000
SILENT_AFTER = timedelta(seconds=60)
"""Two fixes farther apart than this are not joined on a map, whatever the phone said of the time between."""
LEAP_FREE_M = 50.0
LEAP_SPEED_M_S = 12.0
"""Nobody on a round moves faster than a tram: two fixes farther apart than 50 m and this speed allow are a measuring fault.

After a long time without satellites a phone's first fixes are often kilometres away, and a second later they are right.
"""
LEAP = "leap"
Span = tuple[datetime, datetime, str]
"""From, to, reason."""
COLUMNS = ("part", "carried", "t0", "lat0", "lon0", "dt", "dlat", "dlon", "acc")


@dataclass(frozen=True, slots=True)
class Fix:
    """One measured position; accuracy in metres, None when unknown."""

    at: datetime
    position: LatLon
    accuracy_m: float | None


def decode(segment: AddSegment) -> list[Fix]:
    """Return a segment's fixes.

    Raises:
        ValueError: a position is not on the earth, or a time is out of range.
    """
    t, lat, lon = segment.t0, segment.lat0, segment.lon0
    fixes: list[Fix] = []
    for dt, dlat, dlon, acc in zip(segment.dt, segment.dlat, segment.dlon, segment.acc, strict=True):
        t, lat, lon = t + dt, lat + dlat, lon + dlon
        if not 0 <= t <= WIRE_MS_MAX:
            raise ValueError("time out of range")
        fixes.append(Fix(from_ms(t), LatLon(lat / MICRODEG, lon / MICRODEG), None if acc is None else acc / 10))
    return fixes


def encode(fixes: Sequence[Fix], *, round_id: object, part: int, carried: int = 0) -> dict[str, object]:
    """Return fixes as the data of a `track.segment` operation."""
    t0 = to_ms(fixes[0].at)
    lat0, lon0 = (round(value * MICRODEG) for value in (fixes[0].position.lat, fixes[0].position.lon))
    dt, dlat, dlon, acc = [], [], [], []
    t, lat, lon = t0, lat0, lon0
    for fix in fixes:
        ms, lat_now, lon_now = to_ms(fix.at), round(fix.position.lat * MICRODEG), round(fix.position.lon * MICRODEG)
        dt.append(ms - t)
        dlat.append(lat_now - lat)
        dlon.append(lon_now - lon)
        acc.append(None if fix.accuracy_m is None else round(fix.accuracy_m * 10))
        t, lat, lon = ms, lat_now, lon_now
    columns = (part, carried, t0, lat0, lon0, dt, dlat, dlon, acc)
    return {"round": str(round_id), **dict(zip(COLUMNS, columns, strict=True))}


def columns_of_fixes(fixes: Sequence[Fix], of_round: object, part: int, start: int) -> dict[str, Any]:
    """Return the columns of a segment that begins at a fix and, as a phone's, repeats the last half minute before it."""
    first = start
    while first > 0 and start - first < CARRIED_MAX and fixes[start].at - fixes[first - 1].at <= CARRIED:
        first -= 1
    some = fixes[first : start + SEGMENT_FIXES]
    columns = encode(some, round_id=of_round, part=part, carried=start - first)
    return {name: columns[name] for name in COLUMNS}


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a route without a gap."""

    fixes: tuple[Fix, ...]


def stretches(fixes: Iterable[Fix], gaps: Sequence[tuple[datetime, datetime]]) -> list[Stretch]:
    """Split fixes, in time order and each once, where a gap was recorded, nothing was heard for a minute, or a position leapt.

    Never interpolates: between stretches nothing is known.
    """
    ordered = sorted({(fix.at, fix.position): fix for fix in fixes}.values(), key=lambda fix: fix.at)
    if not ordered:
        return []
    known_gaps = _Spans([(start, end, "") for start, end in gaps])
    found: list[list[Fix]] = [[ordered[0]]]
    for before, after, is_leap in zip(ordered, ordered[1:], _leaps(ordered[:-1], ordered[1:]), strict=False):
        if is_leap or after.at - before.at > SILENT_AFTER or known_gaps.touch(before.at, after.at):
            found.append([])
        found[-1].append(after)
    return [Stretch(tuple(part)) for part in found]


def _leaps(before: Sequence[Fix], after: Sequence[Fix]) -> Iterator[bool]:
    """Tell of each fix and its counterpart whether nobody can have walked from the one to the other."""
    away_m = distances_m([fix.position for fix in before], [fix.position for fix in after])
    for start, end, distance_m in zip(before, after, away_m, strict=True):
        yield distance_m > LEAP_FREE_M + LEAP_SPEED_M_S * (end.at - start.at).total_seconds()


def length_m(parts: Iterable[Stretch]) -> float:
    """Return the metres walked in all stretches."""
    steps = [step for part in parts for step in pairwise(fix.position for fix in part.fixes)]
    return sum(distances_m([start for start, _end in steps], [end for _start, end in steps]))


@dataclass(frozen=True, slots=True)
class Break:
    """A time of which nothing is known: why, if a gap was recorded, and the known fixes around it, if there are any.

    `reasons` are those of recorded gaps, or `LEAP` alone.
    """

    from_at: datetime
    to_at: datetime
    reasons: tuple[str, ...]
    before: Fix | None
    after: Fix | None

    @property
    def length(self) -> timedelta:
        """Return how long nothing is known."""
        return self.to_at - self.from_at


def breaks(parts: Sequence[Stretch], gaps: Sequence[Span]) -> list[Break]:
    """Return every time of which nothing is known, in order: between stretches, and gaps before, after or without any.

    A gap that lies between two stretches explains the break there and is not told twice.
    """
    known_gaps = _Spans(gaps)
    between = _between([part.fixes[-1] for part in parts[:-1]], [part.fixes[0] for part in parts[1:]], known_gaps)
    told = _Spans([(known.from_at, known.to_at, "") for known in between])
    alone = _apart(gap for gap in known_gaps.in_order if not told.touch(gap[0], gap[1]))
    return sorted([*between, *(_around(gap, parts) for gap in alone)], key=lambda known: known.from_at)


def _between(before: Sequence[Fix], after: Sequence[Fix], gaps: _Spans) -> list[Break]:
    """Return the breaks from each stretch's last fix to the next one's first."""
    found = []
    for start, end, is_leap in zip(before, after, _leaps(before, after), strict=True):
        reasons = gaps.reasons(start.at, end.at) or ([LEAP] if is_leap else [])
        found.append(Break(start.at, end.at, tuple(dict.fromkeys(reasons)), start, end))
    return found


def _around(gap: Span, parts: Sequence[Stretch]) -> Break:
    """Return the break of a gap that lies before, after or without any stretch."""
    start, end, reason = gap
    ended = bisect_right(parts, start, key=lambda part: part.fixes[-1].at)
    begins = bisect_left(parts, end, key=lambda part: part.fixes[0].at)
    before = parts[ended - 1].fixes[-1] if ended > 0 else None
    after = parts[begins].fixes[0] if begins < len(parts) else None
    return Break(start, end, (reason,), before, after)


def _apart(spans: Iterable[Span]) -> Iterator[Span]:
    """Leave out those that begin within one before them. They are in order of their starts."""
    reached: datetime | None = None
    for span in spans:
        if reached is None or span[0] >= reached:
            reached = span[1]
            yield span


class _Spans:
    """Spans of time in the order of their starts, which tell quickly whether they meet another."""

    def __init__(self, spans: Iterable[Span]) -> None:
        self.in_order = sorted(spans, key=lambda span: span[0])
        self._starts = [start for start, _end, _reason in self.in_order]
        self._reached = list(accumulate((end for _start, end, _reason in self.in_order), max))

    def touch(self, from_at: datetime, to_at: datetime) -> bool:
        """Tell whether a span begins before `to_at` and ends after `from_at`."""
        begun = bisect_left(self._starts, to_at)
        return begun > 0 and self._reached[begun - 1] > from_at

    def reasons(self, from_at: datetime, to_at: datetime) -> list[str]:
        """Return the reasons of the spans that begin before `to_at` and end after `from_at`, in order."""
        found = []
        for number in range(bisect_left(self._starts, to_at) - 1, -1, -1):
            if self._reached[number] <= from_at:
                break
            if self.in_order[number][1] > from_at:
                found.append(self.in_order[number][2])
        return found[::-1]


def union_length(spans: Sequence[tuple[datetime, datetime]]) -> timedelta:
    """Return how long at least one of the spans lasts. `spans` are in order of their starts."""
    total = timedelta(0)
    covered: datetime | None = None
    for start, end in spans:
        begin = start if covered is None or start > covered else covered
        if end > begin:
            total += end - begin
            covered = end
    return total
