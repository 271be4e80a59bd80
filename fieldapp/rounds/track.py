"""Tracks in columns: decode what phones send, encode what files hold, and what a map draws. Pure.

Delta-coded whole numbers (milliseconds, millionths of a degree = 11 cm, decimetres) are a seventh of the size of plain JSON
and can still be read by a person.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from fieldapp.kernel.geo import LatLon, distance_m
from fieldapp.kernel.time import WIRE_MS_MAX, from_ms, to_ms
from fieldapp.rounds.commands import AddSegment

FIXES_MAX = 400
MICRODEG = 1_000_000
SILENT_AFTER = timedelta(seconds=60)
"""Two fixes farther apart than this are not joined on a map, whatever the phone said of the time between."""
LEAP_FREE_M = 50.0
LEAP_SPEED_M_S = 12.0
"""Nobody on a round moves faster than a tram: two fixes farther apart than 50 m and this speed allow are a measuring fault.

After a long time without satellites a phone's first fixes are often kilometres away, and a second later they are right.
"""
LEAP = "leap"
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
    found: list[list[Fix]] = [[ordered[0]]]
    for before, after in pairwise(ordered):
        is_gap = any(start < after.at and end > before.at for start, end in gaps)
        if is_gap or after.at - before.at > SILENT_AFTER or is_leap(before, after):
            found.append([])
        found[-1].append(after)
    return [Stretch(tuple(part)) for part in found]


def is_leap(before: Fix, after: Fix) -> bool:
    """Tell whether nobody can have walked from one fix to the next."""
    allowed_m = LEAP_FREE_M + LEAP_SPEED_M_S * (after.at - before.at).total_seconds()
    return distance_m(before.position, after.position) > allowed_m


def length_m(parts: Iterable[Stretch]) -> float:
    """Return the metres walked in all stretches."""
    return sum(distance_m(a.position, b.position) for part in parts for a, b in pairwise(part.fixes))


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


def breaks(parts: Sequence[Stretch], gaps: Sequence[tuple[datetime, datetime, str]]) -> list[Break]:
    """Return every time of which nothing is known, in order: between stretches, and gaps before, after or without any.

    `gaps` are (from, to, reason). A gap that lies between two stretches explains the break there and is not told twice.
    """
    found = [_between(before.fixes[-1], after.fixes[0], gaps) for before, after in pairwise(parts)]
    for start, end, reason in gaps:
        if any(start < known.to_at and end > known.from_at for known in found):
            continue
        before = next((part.fixes[-1] for part in reversed(parts) if part.fixes[-1].at <= start), None)
        after = next((part.fixes[0] for part in parts if part.fixes[0].at >= end), None)
        found.append(Break(start, end, (reason,), before, after))
    return sorted(found, key=lambda known: known.from_at)


def _between(before: Fix, after: Fix, gaps: Sequence[tuple[datetime, datetime, str]]) -> Break:
    reasons = [reason for start, end, reason in gaps if start < after.at and end > before.at]
    if not reasons and is_leap(before, after):
        reasons = [LEAP]
    return Break(before.at, after.at, tuple(dict.fromkeys(reasons)), before, after)


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
