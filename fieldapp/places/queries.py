"""Reads of zones and places for screens, feeds and other packages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, or_, select

from fieldapp.access.models import Organisation
from fieldapp.access.roles import Actor
from fieldapp.infra.db import db
from fieldapp.kernel.geo import LatLon, ring_contains
from fieldapp.places.map_objects import Shape
from fieldapp.places.map_plan import KnownMap, KnownZone
from fieldapp.places.models import GroundShape, Path, Place, Zone
from fieldapp.places.path_plan import KnownPath
from fieldapp.places.plan import DEPTH_MAX, FIELDS, KnownPlace, KnownThings

NAMING_KINDS = ("Building", "Entrance", "Garage", "OutdoorSpace", "Playground", "ParkingSpace", "PointOfInterest")


def zone_in_tenant(zone_id: UUID) -> Zone | None:
    """Return a zone of the tenant."""
    return db.session.get(Zone, zone_id)


def place_in_tenant(place_id: UUID) -> Place | None:
    """Return a place of the tenant."""
    return db.session.get(Place, place_id)


def zones(*, with_ended: bool = False) -> Sequence[Zone]:
    """Return the tenant's zones by code."""
    query = select(Zone).order_by(Zone.code)
    return db.session.scalars(query if with_ended else query.where(Zone.ended_at.is_(None))).all()


def places_by_id(ids: Iterable[UUID]) -> dict[UUID, Place]:
    """Return those of the places that are the tenant's."""
    wanted = set(ids)
    if not wanted:
        return {}
    return {place.id: place for place in db.session.scalars(select(Place).where(Place.id.in_(wanted)))}


def zones_by_id(ids: Iterable[UUID]) -> dict[UUID, Zone]:
    """Return those of the zones that are the tenant's."""
    wanted = set(ids)
    if not wanted:
        return {}
    return {zone.id: zone for zone in db.session.scalars(select(Zone).where(Zone.id.in_(wanted)))}


def places_of_zone(zone_id: UUID) -> Sequence[Place]:
    """Return the living places of a zone by name."""
    return db.session.scalars(
        select(Place).where(Place.zone_id == zone_id, Place.ended_at.is_(None)).order_by(Place.name)
    ).all()


@dataclass(frozen=True, slots=True)
class PlaceFilter:
    """What a list of places shows. None means all; `text` is looked for in name, identity and address."""

    zone_id: UUID | None = None
    kind: str | None = None
    text: str = ""
    is_ended: bool = False


def list_places(wanted: PlaceFilter, after: tuple[str, UUID] | None, limit: int) -> Sequence[Place]:
    """Return places by name, those after (name, id)."""
    query = select(Place).order_by(Place.name, Place.id).limit(limit)
    query = query.where(Place.ended_at.is_not(None) if wanted.is_ended else Place.ended_at.is_(None))
    if wanted.zone_id is not None:
        query = query.where(Place.zone_id == wanted.zone_id)
    if wanted.kind is not None:
        query = query.where(Place.kind == wanted.kind)
    if wanted.text:
        # SQLite folds the case of a–z alone; asking for both cases of the rest finds Östra by östra.
        texts = {wanted.text, wanted.text.upper(), wanted.text.lower(), wanted.text.capitalize()}
        columns = (Place.name, Place.external_id, Place.adress)
        query = query.where(or_(*(column.icontains(text, autoescape=True) for column in columns for text in texts)))
    if after is not None:
        name, place_id = after
        query = query.where(or_(Place.name > name, and_(Place.name == name, Place.id > place_id)))
    return db.session.scalars(query).all()


def count_places_by_zone() -> dict[UUID | None, int]:
    """Return how many living places each zone has."""
    query = select(Place.zone_id, func.count()).where(Place.ended_at.is_(None)).group_by(Place.zone_id)
    return {row[0]: row[1] for row in db.session.execute(query)}


def place_by_external_id(external_id: str) -> Place | None:
    """Return the place of the tenant that the housing company calls so."""
    return db.session.scalar(select(Place).where(Place.external_id == external_id))


def possible_parents(limit: int) -> Sequence[tuple[str, str]]:
    """Return (external id, name) of the living places that most others are in: houses first, then yards."""
    rows = db.session.execute(
        select(Place.external_id, Place.name)
        .where(Place.ended_at.is_(None), Place.kind.in_(("Building", "OutdoorSpace", "Stairwell")))
        .order_by(Place.kind, Place.name)
        .limit(limit)
    )
    return [(row.external_id, row.name) for row in rows]


def places_inside(place_id: UUID) -> Sequence[Place]:
    """Return what is in a place, and in that: its stairwells, their cellars."""
    found: list[Place] = []
    level = [place_id]
    for _depth in range(DEPTH_MAX):
        inner = db.session.scalars(select(Place).where(Place.parent_id.in_(level)).order_by(Place.name)).all()
        found.extend(inner)
        level = [place.id for place in inner]
        if not level:
            break
    return found


def known_things(tenant_id: UUID) -> KnownThings:
    """Return what a register is compared with: the tenant's places and zones, and who may own a place.

    Other tenants are not among the owners: a register must not find out who else uses the installation.
    """
    columns = [Place.id, Place.external_id, Place.ended_at, *(getattr(Place, name) for name in FIELDS)]
    places = {
        row.external_id: KnownPlace(
            row.id, row.external_id, row.ended_at is not None, {name: getattr(row, name) for name in FIELDS}
        )
        for row in db.session.execute(select(*columns))
    }
    all_zones = zones(with_ended=True)
    owners = db.session.execute(
        select(Organisation.slug, Organisation.id).where(or_(Organisation.id == tenant_id, ~Organisation.is_tenant))
    )
    return KnownThings(
        tenant_id,
        places,
        {zone.code: zone.id for zone in all_zones if zone.ended_at is None},
        frozenset(zone.code for zone in all_zones if zone.ended_at is not None),
        {row.slug: row.id for row in owners},
    )


def known_map(tenant_id: UUID) -> KnownMap:
    """Return what a map is compared with: what a register is, and the outlines of zones and the path network."""
    all_zones = [
        KnownZone(zone.id, zone.code, zone.name, zone.outline, zone.ended_at is not None)
        for zone in zones(with_ended=True)
    ]
    return KnownMap(known_things(tenant_id), all_zones, known_paths(), ground_by_ref())


def ground() -> Sequence[Shape]:
    """Return the tenant's ground by its refs."""
    rows = db.session.scalars(select(GroundShape).order_by(GroundShape.ref))
    return [Shape(row.ref, row.kind, row.name, row.lines) for row in rows]


def ground_by_ref() -> dict[str, Shape]:
    """Return the tenant's ground, each shape by its ref."""
    return {shape.ref: shape for shape in ground()}


def known_paths() -> list[KnownPath]:
    """Return what new pieces are compared with: all that are or were."""
    columns = (Path.id, Path.external_id, Path.source, Path.line, Path.branches, Path.length_m, Path.ended_at)
    excluded = (Path.excluded_by_id, Path.excluded_at, Path.excluded_reason)
    return [
        KnownPath(
            *row[:6],
            is_ended=row[6] is not None,
            excluded_by_id=row[7],
            is_excluded=row[8] is not None,
            excluded_reason=row[9],
        )
        for row in db.session.execute(select(*columns, *excluded))
    ]


def zone_at(position: LatLon, among: Sequence[Zone]) -> Zone | None:
    """Return the first zone whose outline holds the position."""
    return next((zone for zone in among if zone.outline and ring_contains(zone.outline, position)), None)


def paths() -> Sequence[Path]:
    """Return the tenant's living paths that count: not those a supervisor left out."""
    return db.session.scalars(select(Path).where(Path.ended_at.is_(None), Path.excluded_at.is_(None))).all()


def network() -> Sequence[Path]:
    """Return all the tenant's living paths, those that were left out too: for who looks after them."""
    return db.session.scalars(select(Path).where(Path.ended_at.is_(None))).all()


def living_paths_by_id(ids: Iterable[UUID]) -> Sequence[Path]:
    """Return those of the paths that are the tenant's and living."""
    return db.session.scalars(select(Path).where(Path.id.in_(set(ids)), Path.ended_at.is_(None))).all()


def positions_of_places() -> Sequence[tuple[float, float, str]]:
    """Return (lat, lon, address or name) of the living places outdoors: what a piece of a path is near."""
    rows = db.session.execute(
        select(Place.lat, Place.lon, Place.adress, Place.name).where(
            Place.ended_at.is_(None), Place.lat.is_not(None), Place.kind.in_(NAMING_KINDS)
        )
    )
    return [(row.lat, row.lon, row.adress or row.name) for row in rows]


def places_with_outline() -> Sequence[Place]:
    """Return the tenant's living places that have an outline: buildings and yards for a map."""
    return db.session.scalars(select(Place).where(Place.ended_at.is_(None), Place.outline.is_not(None))).all()


def pull_zones(_actor: Actor, ids: Sequence[UUID]) -> Mapping[UUID, dict[str, Any]]:
    """Give zones to a phone."""
    return {
        zone.id: {
            "code": zone.code,
            "name": zone.name,
            "outline": zone.outline,
            "ended": zone.ended_at is not None,
        }
        for zone in zones_by_id(ids).values()
    }


def pull_places(_actor: Actor, ids: Sequence[UUID]) -> Mapping[UUID, dict[str, Any]]:
    """Give places to a phone."""
    return {
        place.id: {
            "zone": str(place.zone_id) if place.zone_id else None,
            "parent": str(place.parent_id) if place.parent_id else None,
            "kind": place.kind,
            "name": place.name,
            "lat": place.lat,
            "lon": place.lon,
            "ended": place.ended_at is not None,
        }
        for place in places_by_id(ids).values()
    }
