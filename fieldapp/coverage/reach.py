"""What could have been reached in the gaps of rounds, of all that is asked for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import select

from fieldapp.coverage.days import DayPart
from fieldapp.coverage.gaps import OUT_M, Hole, Silence, holes, is_within, parts_of, told_by_ends, window
from fieldapp.coverage.ground import Floats, Ints, to_plane
from fieldapp.coverage.kept import Kept
from fieldapp.coverage.rules import PIECE
from fieldapp.coverage.targets import Target, middle, network_version, places_version, targets
from fieldapp.coverage.walking import Walkable, make_walkable
from fieldapp.infra.db import db
from fieldapp.kernel.geo import LatLon, LocalPlane
from fieldapp.places.kinds import OUTDOORS
from fieldapp.places.models import Path, Place
from fieldapp.places.plan import DEPTH_MAX

PLACE_M = 20.0
"""Who records something at a place is within this of its position."""
TENANTS_KEPT = 4
Found = dict[DayPart, dict[UUID, str]]


@dataclass(frozen=True, slots=True)
class End:
    """Where one end of a gap is: within `reach_m` of a position, or somewhere along a piece that is there still."""

    x: float
    y: float
    reach_m: float
    piece: UUID | None


@dataclass(frozen=True)
class Terrain:
    """The targets that have a position, and how one comes to them over the network (None: there is none)."""

    plane: LocalPlane
    targets: Sequence[Target]
    xy: Floats
    house: Ints
    """The number of the house that each is in; -1: it is outdoors."""
    number_of: Mapping[UUID, int]
    walkable: Walkable | None
    doors: tuple[Ints, Ints, Floats] | None
    """Where each target's points begin, those points, and how far each is from the target."""

    def away_m(self, end: End, most_m: float) -> Floats:
        """Return how far every target is to walk from an end of a gap; infinite where that is more than `most_m`."""
        if self.walkable is None or self.doors is None:
            straight = np.hypot(self.xy[:, 0] - end.x, self.xy[:, 1] - end.y)
            return np.maximum(straight - end.reach_m, 0.0)
        begins, points, off_m = self.doors
        found: Floats = np.minimum.reduceat(self._spread(self.walkable, end, most_m)[points] + off_m, begins)
        return found

    def between_m(self, one: End | None, other: End | None, most_m: float) -> float:
        """Return how far it is to walk from one end of a gap to the other."""
        if one is None or other is None or self.walkable is None:
            return 0.0
        far = self._spread(self.walkable, one, most_m)
        if other.piece is not None:
            first, end, _middle = self.walkable.points_of[other.piece]
            return float(far[first:end].min())
        points, away_m = self.walkable.near(other.x, other.y, other.reach_m)
        return float((far[points] + away_m).min())

    @staticmethod
    def _spread(walkable: Walkable, end: End, most_m: float) -> Floats:
        if end.piece is not None:
            return walkable.from_piece(end.piece, most_m)
        return walkable.from_spot(end.x, end.y, end.reach_m, most_m)


_KEPT: Kept[Terrain | None] = Kept(TENANTS_KEPT)


def terrain() -> Terrain | None:
    """Return the tenant's terrain: two statements while nothing of it has changed. None: nothing has a position."""
    return _KEPT.get((*network_version(), *places_version()), _make_terrain)


def _make_terrain() -> Terrain | None:
    asked = [target for target in targets().all if target.lat is not None]
    if not asked:
        return None
    plane = LocalPlane(LatLon(asked[0].lat or 0.0, asked[0].lon or 0.0))
    xy = to_plane(plane, np.array([(target.lon, target.lat) for target in asked], float))
    # Pieces that were left out are walked on all the same.
    lines = db.session.execute(select(Path.id, Path.line, Path.branches).where(Path.ended_at.is_(None)))
    walkable = make_walkable(
        [(row.id, [_xy(plane, line) for line in (row.line, *row.branches) if len(line) > 1]) for row in lines]
    )
    doors = None if walkable is None else _doors(asked, xy, walkable)
    number_of = {target.id: number for number, target in enumerate(asked)}
    return Terrain(plane, asked, xy, _houses(asked), number_of, walkable, doors)


def _xy(plane: LocalPlane, line: Sequence[Sequence[float]]) -> Floats:
    return to_plane(plane, np.asarray(line, float)[:, :2])


def _doors(asked: Sequence[Target], xy: Floats, walkable: Walkable) -> tuple[Ints, Ints, Floats]:
    """Return the points by which each target is reached: a piece by its middle, since who walks half of it comes by there."""
    points, off_m, begins, count = [], [], [], 0
    for target, (x, y) in zip(asked, xy.tolist(), strict=True):
        own = walkable.points_of.get(target.id)
        near = (np.array([own[2]]), np.zeros(1)) if own is not None else walkable.near(x, y, PLACE_M)
        begins.append(count)
        points.append(near[0])
        off_m.append(near[1])
        count += len(near[0])
    return np.array(begins), np.concatenate(points), np.concatenate(off_m)


def _houses(asked: Sequence[Target]) -> Ints:
    """Return the number of the house that each target is in: the highest place above it that is no place outdoors."""
    rows = db.session.execute(select(Place.id, Place.kind, Place.parent_id).where(Place.ended_at.is_(None)))
    of_place = {row.id: row for row in rows}
    numbers: dict[UUID, int] = {}
    return np.array([_house(target, of_place, numbers) for target in asked], np.int64)


def _house(target: Target, of_place: Mapping[UUID, Any], numbers: dict[UUID, int]) -> int:
    place = of_place.get(target.id)
    if target.kind == PIECE or place is None or place.kind in OUTDOORS:
        return -1
    for _depth in range(DEPTH_MAX):
        above = of_place.get(place.parent_id)
        if above is None or above.kind in OUTDOORS:
            break
        place = above
    return numbers.setdefault(place.id, len(numbers))


class Reach:
    """What could have been reached in silences, whose ends are given with what was heard: also pieces that have ended since."""

    def __init__(self, heard: Iterable[Sequence[Any]]) -> None:
        self._terrain = terrain()
        self._by_zone = targets().by_zone
        names = {UUID(name) for spans in heard for span in spans for name in (span[1], span[3]) if name is not None}
        self._ends = {} if self._terrain is None else _ends(self._terrain, names)

    def unknown(
        self,
        hours: tuple[int, int],
        heard: Iterable[Sequence[Any]],
        silence: Silence,
        zone_id: UUID | None,
        spans: Mapping[DayPart, tuple[int, int]],
    ) -> Found:
        """Return what a round may have seen in its silences, by part of day: ids, and whether each is a piece or a place.

        `hours`: from when to when it lasted, in ms; `silence`: what its gaps say.
        """
        found: Found = defaultdict(dict)
        on = self._terrain
        if on is None:
            return found
        known = [span for span in heard if span[1] is None or UUID(span[1]) in self._ends or span[0] != span[2]]
        for hole in holes(*hours, known):
            if hole.is_open_before and hole.is_open_after:
                self._add_zone(found, hole, zone_id, spans)
                continue
            for part, numbers in self._reached(on, hole, silence, spans).items():
                found[part].update({on.targets[at].id: on.targets[at].kind for at in numbers.tolist()})
        return found

    def _reached(
        self, on: Terrain, hole: Hole, silence: Silence, spans: Mapping[DayPart, tuple[int, int]]
    ) -> dict[DayPart, Ints]:
        before, after = (self._ends.get(end) if end is not None else None for end in (hole.before, hole.after))
        if before is None and after is None:
            return {}  # nothing can be said of a gap whose ends nobody knows
        before_m, after_m = (None if end is None else on.away_m(end, hole.walk_m) for end in (before, after))
        from_ms, to_ms = window(hole, before_m, after_m, on.house)
        if is_within(hole, silence.listening) or (_is_taken_up(before, after) and is_within(hole, silence.paused)):
            between_m = on.between_m(before, after, hole.walk_m)
            from_ms[~told_by_ends(before_m, after_m, between_m, on.house)] = np.inf
        return parts_of(from_ms, to_ms, spans)

    def _add_zone(
        self, found: Found, hole: Hole, zone_id: UUID | None, spans: Mapping[DayPart, tuple[int, int]]
    ) -> None:
        """Take a round without any position to have been anywhere in its zone."""
        if zone_id is None:
            return
        for part, (begin, end) in spans.items():
            if hole.from_ms < end and hole.to_ms >= begin:
                found[part].update({target.id: target.kind for target in self._by_zone.get(zone_id, ())})


def _is_taken_up(before: End | None, after: End | None) -> bool:
    """Tell whether a walk goes on where it was paused."""
    if before is None or after is None:
        return False
    return bool(np.hypot(before.x - after.x, before.y - after.y) <= before.reach_m + after.reach_m + OUT_M)


def _ends(on: Terrain, names: set[UUID]) -> dict[UUID, End]:
    found = {}
    for name in names & on.number_of.keys():
        at = on.number_of[name]
        target, (x, y) = on.targets[at], on.xy[at].tolist()
        found[name] = End(x, y, target.length_m / 2 if target.kind == PIECE else PLACE_M, _piece(on, name))
    missing = names - found.keys()
    if not missing:
        return found
    query = select(Path.id, Path.line, Path.length_m).where(Path.id.in_(missing))
    rows = [(row.id, *middle(row.line), row.length_m / 2) for row in db.session.execute(query)]
    places = select(Place.id, Place.lat, Place.lon).where(Place.id.in_(missing), Place.lat.is_not(None))
    rows += [(row.id, row.lon, row.lat, PLACE_M) for row in db.session.execute(places)]
    for name, lon, lat, reach_m in rows:
        x, y = to_plane(on.plane, np.array([[lon, lat]], float))[0].tolist()
        found[name] = End(x, y, reach_m, _piece(on, name))
    return found


def _piece(on: Terrain, name: UUID) -> UUID | None:
    return name if on.walkable is not None and name in on.walkable.points_of else None
