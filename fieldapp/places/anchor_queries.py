"""Reads of labels at places, for screens and feeds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from fieldapp.access.roles import Actor
from fieldapp.infra.db import db
from fieldapp.places import queries
from fieldapp.places.models import Anchor, Place
from fieldapp.places.plan import DEPTH_MAX


def anchor_in_tenant(anchor_id: UUID) -> Anchor | None:
    """Return a label of the tenant."""
    return db.session.get(Anchor, anchor_id)


def living_anchors(place_ids: Iterable[UUID]) -> Sequence[Anchor]:
    """Return the labels of these places that have not ended."""
    return db.session.scalars(
        select(Anchor).where(Anchor.place_id.in_(set(place_ids)), Anchor.ended_at.is_(None))
    ).all()


def anchors_of_zone(zone_id: UUID) -> Sequence[tuple[Anchor, Place]]:
    """Return the labels of a zone's places, ended ones too, by place and time, each with its place."""
    rows = db.session.execute(
        select(Anchor, Place)
        .join(Place, Place.id == Anchor.place_id)
        .where(Place.zone_id == zone_id)
        .order_by(Place.name, Place.id, Anchor.created_at)
    )
    return [(row.Anchor, row.Place) for row in rows]


def with_ancestors(places: Iterable[Place]) -> dict[UUID, Place]:
    """Return these places and what they are in, up to the outermost."""
    found = {place.id: place for place in places}
    level = set(found.values())
    for _depth in range(DEPTH_MAX):
        missing = {place.parent_id for place in level if place.parent_id} - found.keys()
        if not missing:
            break
        level = set(queries.places_by_id(missing).values())
        found |= {place.id: place for place in level}
    return found


def pull_anchors(_actor: Actor, ids: Sequence[UUID]) -> Mapping[UUID, dict[str, Any]]:
    """Give labels to a phone."""
    return {
        anchor.id: {
            "place": str(anchor.place_id),
            "token": anchor.token,
            "kind": anchor.kind,
            "ended": anchor.ended_at is not None,
        }
        for anchor in db.session.scalars(select(Anchor).where(Anchor.id.in_(set(ids))))
    }
