"""What is asked for: the pieces and places that a supervisor wants seen, kept in the process until one of them changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from fieldapp.coverage.heirs import Heirs, read_heirs
from fieldapp.coverage.kept import Kept
from fieldapp.coverage.queries import seen_themselves
from fieldapp.coverage.rules import PIECE, PLACE
from fieldapp.infra.changes import FeedRow
from fieldapp.infra.db import db
from fieldapp.places.models import Path, PathSuccession, Place, Zone
from fieldapp.places.plan import DEPTH_MAX

TENANTS_KEPT = 16


@dataclass(frozen=True, slots=True)
class Target:
    """A piece or a place that is asked for, the zone it is in, and where its middle is."""

    id: UUID
    kind: str
    """`piece` or `place`."""
    zone_id: UUID | None
    length_m: float
    """0 for a place."""
    lat: float | None
    lon: float | None
    """Of a place without a position, that of what it is in."""


@dataclass(frozen=True)
class Targets:
    """Everything that is asked for. Pieces that are ended or left out, ended places and buildings seen in their parts are not."""

    all: Sequence[Target]
    heirs: Heirs = field(default_factory=dict)
    """Pieces that succeed others, also those that have ended themselves."""

    @cached_property
    def by_id(self) -> dict[UUID, Target]:
        """Return them by id."""
        return {target.id: target for target in self.all}

    @cached_property
    def by_zone(self) -> Mapping[UUID | None, Sequence[Target]]:
        """Return them by zone; None: in no zone."""
        found: dict[UUID | None, list[Target]] = {}
        for target in self.all:
            found.setdefault(target.zone_id, []).append(target)
        return found


_KEPT: Kept[Targets] = Kept(TENANTS_KEPT)


def targets() -> Targets:
    """Return the tenant's targets: two statements while nothing of them has changed."""
    return _KEPT.get((*network_version(), *places_version()), _read)


def network_version() -> tuple[Any, ...]:
    """Return what changes whenever a piece of the path network is made, ended, left out or taken back."""
    times = (Path.created_at, Path.ended_at, Path.excluded_at)
    query = select(func.count(Path.id), *(func.count(time) for time in times), *(func.max(time) for time in times))
    return tuple(db.session.execute(query).one())


def places_version() -> tuple[Any, ...]:
    """Return what changes whenever a place or a zone does: the feed tells of each."""
    query = select(func.max(FeedRow.seq)).where(FeedRow.kind.in_(("place", "zone")))
    return (db.session.scalar(query),)


def _read() -> Targets:
    paths = db.session.execute(
        select(Path.id, Path.line, Path.length_m).where(Path.ended_at.is_(None), Path.excluded_at.is_(None))
    ).all()
    living = db.session.execute(
        select(Place.id, Place.kind, Place.parent_id, Place.zone_id, Place.lat, Place.lon)
        .where(Place.ended_at.is_(None))
        .order_by(Place.id)
    ).all()
    of_place = {place.id: place for place in living}
    middles = [middle(path.line) for path in paths]
    zones = zones_at(middles)
    pieces = [
        Target(path.id, PIECE, zone, path.length_m, lat, lon)
        for path, zone, (lon, lat) in zip(paths, zones, middles, strict=True)
    ]
    places = [
        Target(place.id, PLACE, place.zone_id, 0.0, *_position(place, of_place)) for place in seen_themselves(living)
    ]
    successions = select(PathSuccession.successor_id, PathSuccession.predecessor_id, PathSuccession.overlap_m)
    return Targets(
        (*pieces, *places), read_heirs([(row[0], row[1], row[2]) for row in db.session.execute(successions)])
    )


def _position(place: Any, of_place: Mapping[UUID, Any]) -> tuple[float | None, float | None]:
    """Return where a place is, or what it is in."""
    above: Any = place
    for _depth in range(DEPTH_MAX):
        if above is None or above.lat is not None:
            break
        above = of_place.get(above.parent_id)
    return (None, None) if above is None else (above.lat, above.lon)


def middle(line: Sequence[Sequence[float]]) -> tuple[float, float]:
    """Return longitude and latitude half along a line, as it is drawn."""
    lengths = [
        ((b[0] - a[0]) ** 2 / 4 + (b[1] - a[1]) ** 2) ** 0.5 for a, b in pairwise(line)
    ]  # a degree of longitude is about half of one of latitude where there are hosts
    left = sum(lengths) / 2
    for (a, b), length in zip(pairwise(line), lengths, strict=True):
        if left <= length:
            share = left / length if length else 0.0
            return a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share
        left -= length
    return line[-1][0], line[-1][1]


def zones_at(positions: Sequence[tuple[float, float]]) -> list[UUID | None]:
    """Return the zone that each position (longitude, latitude) is in: the first by code whose outline holds it."""
    import numpy as np

    query = select(Zone.id, Zone.outline).where(Zone.ended_at.is_(None)).order_by(Zone.code)
    outlines = [(row.id, row.outline) for row in db.session.execute(query) if row.outline]
    lonlat = np.array(positions, float).reshape(-1, 2)
    found = np.full(len(lonlat), -1)
    for number, (_id, outline) in enumerate(outlines):
        found[(found < 0) & inside(outline, lonlat)] = number
    return [outlines[number][0] if number >= 0 else None for number in found.tolist()]


def inside(ring: Iterable[Sequence[float]], xy: Any) -> Any:
    """Tell of each of (n, 2) positions whether a closed ring holds it (even-odd rule, as `ring_contains`)."""
    import numpy as np

    corners = np.array([corner[:2] for corner in ring], float)
    is_inside = np.zeros(len(xy), bool)
    for (xi, yi), (xj, yj) in zip(corners, np.roll(corners, 1, axis=0), strict=True):
        crosses = (yi > xy[:, 1]) != (yj > xy[:, 1])
        with np.errstate(divide="ignore", invalid="ignore"):
            is_inside ^= crosses & (xy[:, 0] < (xj - xi) * (xy[:, 1] - yi) / (yj - yi) + xi)
    return is_inside
