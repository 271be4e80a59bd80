"""What fixes of a tenant are folded on: its path network and its spots, made ready once for each version of them.

Loads the engine, and with it a compiler: only the worker and who folds at once (`service`: nothing is kept) come here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import select

from fieldapp.coverage.engine import Network, make_network
from fieldapp.coverage.ground import make_ground, to_plane
from fieldapp.coverage.kept import Kept
from fieldapp.coverage.presence import Spot, Spots
from fieldapp.coverage.presence_loops import nearest_piece
from fieldapp.coverage.targets import network_version, places_version
from fieldapp.infra.db import db
from fieldapp.kernel.geo import LatLon, LocalPlane
from fieldapp.places.models import Path, Place

NEAR_M = 100.0
"""Who is farther than this from every piece is not on the network."""
YARDS = ("OutdoorSpace", "Playground", "ParkingSpace", "PointOfInterest")
"""Kinds of places that are seen by being in them; without an outline, beside their position."""
ENTRANCE = "Entrance"
TENANTS_KEPT = 8


@dataclass(frozen=True)
class Ways:
    """A tenant's network (None without pieces), the ids of its pieces by number, its spots, and the plane they lie on."""

    plane: LocalPlane
    network: Network | None
    piece_ids: Sequence[UUID]
    spots: Spots
    place_ids: Sequence[UUID]
    place_xy: Any
    """(n, 2) of the places that have a position."""

    def nearest(self, x: float, y: float) -> UUID | None:
        """Return the piece nearest to a position on the plane, or where there is no network, the place; None: none is near."""
        if self.network is not None:
            found = nearest_piece(self.network.net, x, y, NEAR_M)
            return self.piece_ids[found] if found >= 0 else None
        if not len(self.place_ids):
            return None
        away = np.hypot(*(self.place_xy - [x, y]).T)
        found = int(away.argmin())
        return self.place_ids[found] if away[found] <= NEAR_M else None


_KEPT: Kept[Ways | None] = Kept(TENANTS_KEPT)


def ways() -> Ways | None:
    """Return what the tenant's fixes are folded on: two statements while nothing of it has changed. None: there is nothing."""
    return _KEPT.get((*network_version(), *places_version()), _make)


def _make() -> Ways | None:
    # Pieces that were left out are walked on all the same: without them the walk would be matched to what lies beside.
    pieces = db.session.execute(
        select(Path.id, Path.line, Path.branches).where(Path.ended_at.is_(None)).order_by(Path.id)
    ).all()
    places = db.session.execute(
        select(Place.id, Place.kind, Place.parent_id, Place.lat, Place.lon, Place.outline)
        .where(Place.ended_at.is_(None), Place.lat.is_not(None))
        .order_by(Place.id)
    ).all()
    if not pieces and not places:
        return None
    network = make_network(make_ground([[row.line, *row.branches] for row in pieces])) if pieces else None
    plane = network.ground.plane if network else LocalPlane(LatLon(places[0].lat, places[0].lon))
    buildings = set(db.session.scalars(select(Place.id).where(Place.kind == "Building", Place.ended_at.is_(None))))
    spots = [spot for place in places if (spot := _spot(place, plane, buildings)) is not None]
    lonlat = np.array([(place.lon, place.lat) for place in places], float).reshape(-1, 2)
    xy = to_plane(plane, lonlat)
    return Ways(plane, network, [row.id for row in pieces], Spots(spots), [place.id for place in places], xy)


def _spot(place: Any, plane: LocalPlane, buildings: set[UUID]) -> Spot | None:
    """Return where one has to be to see a place, or None when that is not told by where one is."""
    if place.kind == ENTRANCE:
        house = (place.parent_id,) if place.parent_id in buildings else ()
        return Spot(to_plane(plane, np.array([[place.lon, place.lat]], float))[0], False, (place.id, *house))
    if place.kind not in YARDS:
        return None
    if place.outline and len(place.outline) > 3:
        ring = to_plane(plane, np.array([corner[:2] for corner in place.outline], float))
        return Spot(ring, True, (place.id,))
    return Spot(to_plane(plane, np.array([[place.lon, place.lat]], float))[0], False, (place.id,))
