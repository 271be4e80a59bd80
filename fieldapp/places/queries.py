"""Reads of zones and places for screens, feeds and other packages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from fieldapp.access.roles import Actor
from fieldapp.infra.db import db
from fieldapp.kernel.geo import LatLon, ring_contains
from fieldapp.places.models import Path, Place, Zone


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


def zone_at(position: LatLon, among: Sequence[Zone]) -> Zone | None:
    """Return the first zone whose outline holds the position."""
    return next((zone for zone in among if zone.outline and ring_contains(zone.outline, position)), None)


def paths() -> Sequence[Path]:
    """Return the tenant's living paths."""
    return db.session.scalars(select(Path).where(Path.ended_at.is_(None))).all()


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
