"""What a host sees of tonight before the round: places by how long ago they were seen, and what earlier shifts left."""

from __future__ import annotations

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from fieldapp.access.queries import organisation_of
from fieldapp.access.roles import Actor
from fieldapp.coverage.queries import last_seen, seen_themselves
from fieldapp.damage import rules
from fieldapp.damage.models import Case
from fieldapp.infra.db import db
from fieldapp.kernel.time import EPOCH, to_ms
from fieldapp.observations.models import Observation
from fieldapp.places.queries import places_of_zone, zone_in_tenant

PLACES_MAX = 400
HANDOVER_MAX = 20


def tonight(actor: Actor, zone_id: UUID) -> dict[str, Any] | None:
    """Return tonight's document of a zone, most overdue first; None for an unknown zone.

    The handover names what and where and on which day: no reporter, minute or text.
    """
    if zone_in_tenant(zone_id) is None:
        return None
    places = seen_themselves(places_of_zone(zone_id))
    seen = last_seen(place.id for place in places)
    ordered = sorted(places, key=lambda place: (seen.get(place.id, EPOCH), place.name))[:PLACES_MAX]
    return {
        "zone": str(zone_id),
        "places": [
            {"place": str(place.id), "last_seen_at": to_ms(seen[place.id]) if place.id in seen else None}
            for place in ordered
        ],
        "handover": _handover(zone_id, ZoneInfo(organisation_of(actor.tenant_id).timezone)),
    }


def _handover(zone_id: UUID, timezone: ZoneInfo) -> list[dict[str, Any]]:
    query = (
        select(Observation.category_code, Observation.place_id, Observation.severity, Observation.occurred_at)
        .join(Case, Case.observation_id == Observation.id)
        .where(Observation.zone_id == zone_id, Case.status.in_(rules.OPEN_STATUSES))
        .order_by(Observation.severity.desc(), Observation.occurred_at.desc())
        .limit(HANDOVER_MAX)
    )
    return [
        {
            "category": row.category_code,
            "place": str(row.place_id) if row.place_id else None,
            "severity": row.severity,
            "on": row.occurred_at.astimezone(timezone).date().isoformat(),
        }
        for row in db.session.execute(query)
    ]
