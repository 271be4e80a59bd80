"""A small district for tests of what is kept of coverage: a street in pieces, a cross street, yards, and phones that walk there."""

from __future__ import annotations

import math
import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

from fieldapp.coverage.fold import fold_tracks
from fieldapp.infra.db import db
from fieldapp.infra.feature import Installation
from fieldapp.kernel.geo import LatLon, LocalPlane
from fieldapp.places.models import Path, Place
from fieldapp.rounds.track import Fix, encode
from tests.make.world import Phone, Tenant, World

ORIGIN = LatLon(57.75, 11.98)
PLANE = LocalPlane(ORIGIN)
PIECE_M = 50.0
PIECES = 12
SPEED_M_S = 1.25


def lonlat(x: float, y: float) -> list[float]:
    """Return `[lon, lat]` of a point in metres from the origin."""
    at = PLANE.to_latlon(x, y)
    return [at.lon, at.lat]


def lay_street(world: World, tenant: Tenant | None = None) -> list[UUID]:
    """Lay a street eastward from the origin in pieces of 50 m. Return their ids from west to east. In a write transaction."""
    tenant = tenant or world.home
    ids = [uuid.uuid5(tenant.id, f"piece {number}") for number in range(PIECES)]
    for number, one in enumerate(ids):
        line = [lonlat(number * PIECE_M, 0.0), lonlat((number + 1) * PIECE_M, 0.0)]
        db.session.add(
            Path(
                id=one, tenant_id=tenant.id, external_id=f"P{number}", line=line, length_m=PIECE_M, is_lit=True,
                created_at=world.clock.now(),
            )
        )  # fmt: skip
    return ids


def add_place(world: World, kind: str, x: float, y: float, **fields: Any) -> UUID:
    """Add a place at a point in metres. In a write transaction."""
    place = Place(
        id=uuid.uuid4(), tenant_id=world.home.id, external_id=str(uuid.uuid4()), zone_id=world.home.zone.id,
        owner_id=world.home.id, kind=kind, name=kind, lat=lonlat(x, y)[1], lon=lonlat(x, y)[0],
        created_at=world.clock.now(), **fields,
    )  # fmt: skip
    db.session.add(place)
    db.session.flush()
    return place.id


def ring(west: float, south: float, east: float, north: float) -> list[list[float]]:
    """Return the outline of a rectangle."""
    return [lonlat(*at) for at in ((west, south), (east, south), (east, north), (west, north), (west, south))]


def walk(
    points: Sequence[tuple[float, float]], begins: datetime, every_s: float = 2.0, speed: float = SPEED_M_S
) -> list[Fix]:
    """Return fixes of a walk along points in metres, exact ones: what is tried here is what is kept, not the engine."""
    fixes: list[Fix] = []
    at = begins
    for (ax, ay), (bx, by) in pairwise(points):
        steps = max(1, round(math.hypot(bx - ax, by - ay) / speed / every_s))
        for step in range(steps):
            share = step / steps
            fixes.append(Fix(at, PLANE.to_latlon(ax + (bx - ax) * share, ay + (by - ay) * share), 5.0))
            at += timedelta(seconds=every_s)
    fixes.append(Fix(at, PLANE.to_latlon(*points[-1]), 5.0))
    return fixes


def segments(
    phone: Phone, round_id: str, fixes: Sequence[Fix], size: int = 60, carried: int = 15
) -> list[dict[str, Any]]:
    """Return `track.segment` operations of fixes, each with the last 30 s of the one before."""
    found = []
    for part, start in enumerate(range(0, len(fixes), size)):
        before = min(carried, start)
        some = fixes[start - before : start + size]
        data = encode(some, round_id=round_id, part=part, carried=before)
        found.append(phone.operation("track.segment", data=data))
    return found


def send(phone: Phone, operations: Iterable[dict[str, Any]]) -> None:
    """Push operations that are all taken."""
    acks = phone.acks(*operations)
    assert {ack["st"] for ack in acks} <= {"ok", "dup"}, acks


def end_round(phone: Phone, round_id: str) -> None:
    """End a round."""
    send(phone, [phone.operation("round.end", round_id, {"reason": "done"})])


def fold(world: World) -> int:
    """Let the worker fold and count until there is nothing more to do."""
    total = 0
    with world.app.app_context():
        extensions = world.app.extensions
        installation = Installation(extensions["rond_clock"], extensions["rond_blobs"], None)  # type: ignore[arg-type]
        while done := fold_tracks(installation):
            total += done
        db.session.remove()
    return total
