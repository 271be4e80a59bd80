"""Reads of packs, and of what packs are made of."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select

from fieldapp.access.models import Organisation
from fieldapp.infra.changes import FeedRow
from fieldapp.infra.db import ACROSS_TENANTS, db
from fieldapp.kernel.geo import LatLon, from_geojson
from fieldapp.pack.district import FORMAT, District, PackPath, PackPlace, PackZone, box_around
from fieldapp.pack.models import DistrictPack
from fieldapp.places.models import GroundShape, Path, Place, Zone
from fieldapp.places.osm_file import SOURCE
from fieldapp.places.queries import ground, paths, places_of_zone, zones

OSM_ATTRIBUTION = "© OpenStreetMap"
"""As the Open Database Licence wants it shown wherever the map is."""


def tenants() -> Sequence[UUID]:
    """Return the organisations that packs are made for."""
    found = select(Organisation.id).where(Organisation.is_tenant).order_by(Organisation.id)
    return db.session.scalars(found.execution_options(**ACROSS_TENANTS)).all()


def pack_of(zone_id: UUID) -> DistrictPack | None:
    """Return the pack of a zone as it was last made."""
    return db.session.scalar(select(DistrictPack).where(DistrictPack.zone_id == zone_id))


def made_from(tenant_id: UUID) -> str:
    """Return a hash that is another one when a zone, a place or a path of the tenant has changed since.

    Of zones and places the feed tells; a path is only added, ended or left out, each at its time.
    """
    # The feed's entries of a tenant are few beside its records: these two kinds are what a register and a map have.
    newest = db.session.scalar(select(func.max(FeedRow.seq)).where(FeedRow.kind.in_(("zone", "place"))))
    pieces = db.session.execute(
        select(
            func.count(),
            func.count(Path.ended_at),
            func.count(Path.excluded_at),
            func.max(Path.created_at),
            func.max(Path.ended_at),
            func.max(Path.excluded_at),
        ).select_from(Path)
    ).one()
    shapes = db.session.scalar(select(func.count()).select_from(GroundShape))
    facts = repr((FORMAT, str(tenant_id), newest, [str(value) for value in pieces], shapes))
    return hashlib.sha256(facts.encode()).hexdigest()


def zones_to_make(current: str) -> Sequence[UUID]:
    """Return the living zones whose pack is missing or was made from something else."""
    made = select(DistrictPack.zone_id, DistrictPack.made_from)
    known = {row.zone_id: row.made_from for row in db.session.execute(made)}
    return [zone.id for zone in zones() if known.get(zone.id) != current]


def ended_packs() -> Sequence[DistrictPack]:
    """Return the packs of zones that have ended."""
    query = select(DistrictPack).join(Zone, Zone.id == DistrictPack.zone_id).where(Zone.ended_at.is_not(None))
    return db.session.scalars(query).all()


def district(zone_id: UUID) -> District | None:
    """Return what the pack of a zone is made of; None where nothing says where the zone is."""
    every_zone = [PackZone(zone.id, zone.name, zone.outline) for zone in zones()]
    zone = next((zone for zone in every_zone if zone.id == zone_id), None)
    if zone is None:
        return None
    # Little is read before it is known that there is something to make: a zone that is nowhere is asked about each time.
    own = [] if zone.outline else [at for place in places_of_zone(zone_id) if (at := _position(place)) is not None]
    box = box_around([from_geojson(at) for at in zone.outline] if zone.outline else own)
    if box is None:
        return None
    rows = _places()
    places = [PackPlace(row.id, row.kind, row.name, _position(row), row.outline) for row in rows]
    pieces = [
        PackPath(path.id, [path.line, *path.branches], path.is_lit)
        for path in sorted(paths(), key=lambda path: path.external_id)
    ]
    near = _Near(box)
    shapes = [shape for shape in ground() if any(near.has(line) for line in shape.lines[:1])]
    is_osm = bool(shapes) or any(row.external_id.startswith(f"{SOURCE}:") for row in rows)
    return District(
        zone,
        box,
        [known for known in every_zone if known.outline and near.has(known.outline)],
        [place for place in places if near.has_place(place)],
        [piece for piece in pieces if any(near.has(line) for line in piece.lines)],
        shapes,
        OSM_ATTRIBUTION if is_osm else "",
    )


class _Near:
    """Tells what may be seen in a box."""

    def __init__(self, box: tuple[float, float, float, float]) -> None:
        self.west, self.south, self.east, self.north = box

    def has(self, line: Sequence[Sequence[float]]) -> bool:
        """Tell whether the box of a line meets this one."""
        lons, lats = [at[0] for at in line], [at[1] for at in line]
        if not lons:
            return False
        return min(lons) <= self.east and max(lons) >= self.west and min(lats) <= self.north and max(lats) >= self.south

    def has_place(self, place: PackPlace) -> bool:
        """Tell whether a place or its outline may be seen."""
        if place.outline and self.has(place.outline):
            return True
        at = place.position
        return at is not None and self.has([[at.lon, at.lat]])


def _places() -> Sequence[Place]:
    return db.session.scalars(select(Place).where(Place.ended_at.is_(None)).order_by(Place.external_id)).all()


def _position(place: Place) -> LatLon | None:
    return LatLon(place.lat, place.lon) if place.lat is not None and place.lon is not None else None
