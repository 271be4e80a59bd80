"""Walk a round: hosts follow the paths, go in and out of doors, and a phone records what it can.

The truth is a line in time; what the phone has of it are fixes with noise, and gaps with their reasons. A fix never
lies inside a gap.
"""

import math
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Literal

from fieldapp.demonstration.district import District, Place
from fieldapp.demonstration.network import Network
from fieldapp.kernel.geo import LatLon, LocalPlane
from fieldapp.kernel.time import require_utc

GapReason = Literal["hidden", "locked_or_killed", "no_fix", "permission", "user_pause", "low_accuracy"]
How = Literal["tap", "qr", "nfc"]
XY = tuple[float, float]
_Sample = tuple[float, XY, float, float | None]

PACE_MPS = (1.1, 1.4)
SECONDS_PER_PLACE = 150
OVERTIME = 1.1  # So much longer hosts walk for a place they were asked to see.
BREAK_CHANCE = 0.35
CLOCK_STEP_S = 0.002  # Moments this close may be the same millisecond.
NOISE_MEMORY_S = 90.0  # How long a receiver stays wrong in the same direction.
NOISE_M = (3.0, 12.0)
BEHIND_WALLS = 2.6  # By so much worse the receiver thinks of itself where it still gets a fix indoors.
NOISE_STEP_MAX = 2.2  # Cut tails: a receiver's filter does not let a walker jump.


@dataclass(frozen=True, slots=True)
class _Manner:
    """How hosts see a kind of place: how long, how readily chosen, and what the phone loses there."""

    stay_s: tuple[float, float]
    weight: float
    gap_reason: GapReason | None = None


MANNERS: dict[str, _Manner] = {
    "Stairwell": _Manner((50, 150), 6.0, "no_fix"),
    "BasementLevel": _Manner((80, 240), 7.0, "no_fix"),
    "LaundryRoom": _Manner((40, 100), 8.0, "no_fix"),
    "BicycleGarage": _Manner((35, 80), 3.0, "no_fix"),
    "ElevatorShaft": _Manner((30, 60), 0.5, "no_fix"),
    "Attic": _Manner((60, 130), 3.0, "no_fix"),
    "WasteManagementRoom": _Manner((25, 60), 9.0),
    "Garage": _Manner((60, 150), 8.0, "low_accuracy"),
    "OutdoorSpace": _Manner((20, 70), 6.0),
    "Playground": _Manner((20, 60), 7.0),
    "ParkingSpace": _Manner((25, 70), 6.0),
    "PointOfInterest": _Manner((15, 50), 5.0),
    "Entrance": _Manner((20, 90), 3.0),
}
OTHERWISE = _Manner((20, 60), 0.0)


@dataclass(frozen=True, slots=True)
class Fix:
    """What the phone recorded at one moment."""

    at: datetime
    position: LatLon
    accuracy_m: float
    speed_mps: float | None


@dataclass(frozen=True, slots=True)
class Gap:
    """A time when nothing was recorded."""

    from_at: datetime
    to_at: datetime
    reason: GapReason


@dataclass(frozen=True, slots=True)
class Visit:
    """A stay at a place; `how` the hosts would tell the phone where they are."""

    place_id: str
    at: datetime
    left_at: datetime
    how: How


@dataclass(frozen=True, slots=True)
class Walk:
    """A round's movement as recorded, in UTC, everything in order of time."""

    zone_code: str
    started_at: datetime
    ended_at: datetime
    fixes: tuple[Fix, ...]
    gaps: tuple[Gap, ...]
    visits: tuple[Visit, ...]


def walk_round(
    district: District,
    zone_code: str,
    started_at: datetime,
    duration_s: float,
    seed: int | str,
    *,
    network: Network | None = None,
    must_visit: Sequence[str] = (),
    fix_every_s: float = 5.0,
) -> Walk:
    """Walk from the hosts' room through a zone and back within about `duration_s`.

    `must_visit` names places (external ids) of the district that are on the way for sure, as far as the time allows.

    Raises:
        ValueError: `started_at` is naive, or the district has no such zone.
    """
    if zone_code not in {zone.code for zone in district.zones}:
        raise ValueError(f"no zone {zone_code}")
    rng = Random(f"walk-{zone_code}-{seed}")
    track = _Track(rng, district, network or Network.of(district))
    places = _choose(rng, district, zone_code, duration_s, must_visit)
    break_after = rng.randrange(4, 12) if rng.random() < BREAK_CHANCE else -1
    for number, place in enumerate(_in_walking_order(rng, track, places)):
        allowed_s = duration_s * (OVERTIME if place.external_id in must_visit else 1.0)
        if track.elapsed_s + track.return_s() > allowed_s:
            continue
        track.visit(place)
        if number == break_after:
            track.take_break()
    track.return_to_base()
    spans = _silences(rng, track)
    visits = [stay for stay in track.stays if not _is_phone_silent(stay, spans)]
    start = require_utc(started_at)
    fixes = _record(rng, track, spans, fix_every_s)
    return Walk(
        zone_code,
        start,
        _after(start, track.elapsed_s),
        tuple(Fix(_after(start, at_s), track.earth(xy), accuracy_m, speed) for at_s, xy, accuracy_m, speed in fixes),
        tuple(Gap(_after(start, gap.from_s), _after(start, gap.to_s), gap.reason) for gap in spans),
        tuple(Visit(stay.place_id, _after(start, stay.at_s), _after(start, stay.left_s), stay.how) for stay in visits),
    )


def _is_phone_silent(stay: "_Stay", spans: list["_Span"]) -> bool:
    """Tell whether the phone was away, not merely without a fix, when the hosts would have told it where they are."""
    return any(span.from_s <= stay.at_s < span.to_s and span.reason != stay.gap_reason for span in spans)


def _after(start: datetime, seconds: float) -> datetime:
    return start + timedelta(milliseconds=round(seconds * 1000))


@dataclass(frozen=True, slots=True)
class _Span:
    from_s: float
    to_s: float
    reason: GapReason


@dataclass(frozen=True, slots=True)
class _Stay:
    place_id: str
    at_s: float
    left_s: float
    how: How
    gap_reason: GapReason | None


class _Track:
    """The true movement: moments and points between which the hosts walk in a straight line."""

    def __init__(self, rng: Random, district: District, network: Network) -> None:
        self._rng = rng
        self._network = network
        self._plane = LocalPlane(district.origin)
        base = next(place for place in district.places if place.external_id == district.base_id)
        self._base = network.nearest_vertex(base.position)
        self._vertex = self._base
        self.times_s = [0.0]
        self.points = [network.xy(self._base)]
        self.walking: list[tuple[float, float]] = []
        self.indoors: list[_Span] = []
        self.breaks: list[_Span] = []
        self.stays: list[_Stay] = []

    @property
    def elapsed_s(self) -> float:
        """Seconds since the start."""
        return self.times_s[-1]

    def xy(self, position: LatLon) -> XY:
        """Project a position."""
        return self._plane.to_xy(position)

    def earth(self, xy: XY) -> LatLon:
        """Return a point's position with the phone's six decimals."""
        position = self._plane.to_latlon(*xy)
        return LatLon(round(position.lat, 6), round(position.lon, 6))

    def return_s(self) -> float:
        """Estimate the seconds back to base, detours included."""
        return math.dist(self.points[-1], self._network.xy(self._base)) * 1.3 / PACE_MPS[0]

    def return_to_base(self) -> None:
        """Walk back to where the round started."""
        self._walk_to(self._base)

    def visit(self, place: Place) -> None:
        """Walk to a place, go in if it has a door, stay a while and come back out to the path."""
        self._walk_to(self._network.nearest_vertex(place.position))
        outside = self.points[-1]
        door = self.xy(place.position)
        manner = MANNERS.get(place.kind, OTHERWISE)
        gap_reason = manner.gap_reason
        if gap_reason:
            self._step_to(door)
        entered_s = self.elapsed_s
        self._wait(self._rng.uniform(*manner.stay_s))
        how: How = self._rng.choices(("tap", "qr", "nfc"), (6, 3, 1))[0] if gap_reason else "tap"
        told_s = self._rng.uniform(entered_s + 8, self.elapsed_s - 4)
        self.stays.append(_Stay(place.external_id, told_s, self.elapsed_s, how, gap_reason))
        if gap_reason:
            self.indoors.append(_Span(entered_s + 1, self.elapsed_s - 1, gap_reason))
            self._step_to(outside)

    def take_break(self) -> None:
        """Stand still with the round paused."""
        started_s = self.elapsed_s + 5
        self._wait(self._rng.uniform(420, 840))
        self.breaks.append(_Span(started_s, self.elapsed_s - 5, "user_pause"))

    def at(self, moment_s: float) -> tuple[XY, float]:
        """Return where the hosts are, and how fast they walk."""
        k = min(bisect_right(self.times_s, moment_s), len(self.times_s) - 1)
        (x0, y0), (x1, y1) = self.points[k - 1], self.points[k]
        run_s = self.times_s[k] - self.times_s[k - 1]
        share = min(1.0, (moment_s - self.times_s[k - 1]) / run_s) if run_s else 1.0
        return (x0 + (x1 - x0) * share, y0 + (y1 - y0) * share), math.dist((x0, y0), (x1, y1)) / run_s if run_s else 0.0

    def _walk_to(self, vertex: LatLon) -> None:
        started_s = self.elapsed_s
        for step in self._network.shortest_path(self._vertex, vertex)[1:]:
            self._step_to(self._network.xy(step))
        self._vertex = vertex
        if self.elapsed_s > started_s:
            self.walking.append((started_s, self.elapsed_s))

    def _step_to(self, xy: XY) -> None:
        metres = math.dist(self.points[-1], xy)
        if metres:
            self.times_s.append(self.elapsed_s + metres / self._rng.uniform(*PACE_MPS))
            self.points.append(xy)

    def _wait(self, seconds: float) -> None:
        self.times_s.append(self.elapsed_s + seconds)
        self.points.append(self.points[-1])


def _choose(
    rng: Random, district: District, zone_code: str, duration_s: float, must_visit: Sequence[str]
) -> list[Place]:
    """Draw about as many places as the time allows, by weight and without replacement (Efraimidis & Spirakis 2006)."""
    wanted = set(must_visit)
    certain = [place for place in district.places if place.external_id in wanted]
    in_zone = [place for place in district.places if place.zone_code == zone_code and place.kind in MANNERS]
    others = [place for place in in_zone if place.external_id not in wanted]
    drawn = sorted(others, key=lambda place: -(rng.random() ** (1.0 / MANNERS[place.kind].weight)))
    return certain + drawn[: max(0, round(duration_s / SECONDS_PER_PLACE) - len(certain))]


def _in_walking_order(rng: Random, track: _Track, places: list[Place]) -> Iterator[Place]:
    """Go to the nearest next, more or less."""
    left = [(track.xy(place.position), place) for place in places]
    while left:
        here = track.points[-1]
        nearest = min(left, key=lambda item: math.dist(here, item[0]) * rng.uniform(1.0, 1.4))
        left.remove(nearest)
        yield nearest[1]


def _silences(rng: Random, track: _Track) -> list[_Span]:
    """Decide when the phone recorded nothing: indoors, pocketed, killed, refused; later reasons cover earlier ones."""
    long_enough = [span for span in track.indoors if span.to_s - span.from_s > 20]
    spans = [span for span in long_enough if span.reason != "no_fix" or rng.random() < 0.85]
    legs = [leg for leg in track.walking if leg[1] - leg[0] > 60]
    for from_s, to_s in rng.sample(legs, min(len(legs), rng.choice((0, 1, 1, 2, 3)))):
        length_s = rng.uniform(30, min(240.0, to_s - from_s - 20))
        spans = _over(spans, _Span(at_s := rng.uniform(from_s + 5, to_s - length_s - 5), at_s + length_s, "hidden"))
    rare: tuple[tuple[GapReason, float, tuple[float, float]], ...] = (
        ("locked_or_killed", 0.14, (180, 540)),
        ("permission", 0.05, (60, 200)),
    )
    for reason, chance, lengths_s in rare:
        if rng.random() < chance and track.elapsed_s > 3 * lengths_s[1]:
            at_s = rng.uniform(0.2, 0.7) * track.elapsed_s
            spans = _over(spans, _Span(at_s, min(at_s + rng.uniform(*lengths_s), track.elapsed_s - 5), reason))
    for span in track.breaks:
        spans = _over(spans, span)
    return sorted(spans, key=lambda span: span.from_s)


def _over(spans: list[_Span], new: _Span) -> list[_Span]:
    """Lay a span over others; what is left of them before and after it stays if it is longer than a moment."""
    kept = [new]
    for span in spans:
        for from_s, to_s in ((span.from_s, min(span.to_s, new.from_s)), (max(span.from_s, new.to_s), span.to_s)):
            if to_s - from_s > 15:
                kept.append(_Span(from_s, to_s, span.reason))
    return kept


def _record(rng: Random, track: _Track, spans: list[_Span], fix_every_s: float) -> list[_Sample]:
    """Sample the movement as a receiver does: autoregressive errors, an accuracy that follows them, silence in gaps.

    A sample is seconds, the point, the accuracy in metres and the speed in metres a second or None.
    """
    fixes: list[_Sample] = []
    error_x, error_y, spread = rng.gauss(0, 1), rng.gauss(0, 1), rng.gauss(0, 1)
    waiting = list(spans)
    at_s, before_s, cold = rng.uniform(1.0, 3.0), 0.0, 1.0
    while at_s < track.elapsed_s:
        if waiting and at_s >= waiting[0].from_s - CLOCK_STEP_S:
            at_s, cold = max(at_s, waiting.pop(0).to_s + rng.uniform(1.0, 3.0)), 1.0
            continue
        run_s = at_s - before_s
        error_x, error_y, spread = (_drift(rng, value, run_s) for value in (error_x, error_y, spread))
        cold *= math.exp(-run_s / 15.0) if before_s else 1.0
        noise_m = min(NOISE_M[1], max(NOISE_M[0], 5.5 * math.exp(0.35 * spread)))
        (x, y), speed_mps = track.at(at_s)
        is_indoors = any(span.from_s <= at_s <= span.to_s for span in track.indoors)
        accuracy_m = noise_m * (1.0 + cold) * (BEHIND_WALLS if is_indoors else 1.25) * math.exp(rng.gauss(0, 0.12))
        reported = None if rng.random() < 0.15 else round(max(0.0, speed_mps + rng.gauss(0, 0.12)), 2)
        fixes.append((at_s, (x + error_x * noise_m * 0.7, y + error_y * noise_m * 0.7), round(accuracy_m, 1), reported))
        before_s = at_s
        at_s += fix_every_s * rng.uniform(0.88, 1.12)
    return fixes


def _drift(rng: Random, value: float, run_s: float) -> float:
    keep = math.exp(-run_s / NOISE_MEMORY_S)
    step = min(NOISE_STEP_MAX, max(-NOISE_STEP_MAX, rng.gauss(0, 1)))
    return value * keep + step * math.sqrt(1 - keep * keep)
