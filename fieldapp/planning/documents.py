"""What a host sees of tonight before the round: what is due, a suggested round, and what earlier shifts left."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from fieldapp.access.queries import organisation_of
from fieldapp.access.roles import Actor
from fieldapp.coverage.queries import last_seen
from fieldapp.damage import rules
from fieldapp.damage.models import Case
from fieldapp.infra.db import db
from fieldapp.kernel.time import EPOCH, to_ms
from fieldapp.observations.models import Observation
from fieldapp.places.queries import zone_in_tenant
from fieldapp.planning.due import DueTarget, ZoneDue, due_in
from fieldapp.planning.queries import places_to_see, suggestions

PLACES_MAX = 400
HANDOVER_MAX = 20


def tonight(actor: Actor, zone_id: UUID, now: datetime) -> dict[str, Any] | None:
    """Return tonight's document of a zone, the longest unseen first; None for an unknown zone.

    The handover names what and where and on which day: no reporter, minute or text.
    """
    if zone_in_tenant(zone_id) is None:
        return None
    timezone = ZoneInfo(organisation_of(actor.tenant_id).timezone)
    due = due_in(zone_id, now, timezone)
    places = places_to_see(zone_id)
    seen = last_seen(place.id for place in places)
    ordered = sorted(places, key=lambda place: (seen.get(place.id, EPOCH), place.name))[:PLACES_MAX]
    return {
        "zone": str(zone_id),
        "places": [
            {"place": str(place.id), "last_seen_at": to_ms(seen[place.id]) if place.id in seen else None}
            for place in ordered
        ],
        "handover": _handover(zone_id, timezone),
        "due": _due(due),
        "suggested": [one.body for one in suggestions(zone_id, due.day) if one.body and due.plans],
    }


def _due(due: ZoneDue) -> dict[str, Any]:
    """Return what is due: the plans that ask for it, each place, and of the pieces how many."""
    numbers = {plan.id: number for number, plan in enumerate(due.plans)}
    places = [target for target in due.targets if not target.is_piece]
    return {
        "day": due.day.isoformat(),
        "plans": [
            {
                "plan": str(plan.id),
                "times_a_week": plan.times_a_week,
                "weekdays": plan.weekdays,
                "from_min": plan.from_min,
                "to_min": plan.to_min,
                "pieces": _pieces([one for one in due.targets if one.is_piece and one.plan_id == plan.id]),
            }
            for plan in due.plans
        ],
        "places": [
            {
                "place": str(one.id),
                "plan": numbers[one.plan_id],
                "occasions": one.overdue.occasions,
                "is_seen": one.is_seen,
            }
            for one in places
        ],
    }


def _pieces(targets: Sequence[DueTarget]) -> dict[str, int]:
    waiting = [one for one in targets if not one.is_seen]
    return {
        "waiting": len(waiting),
        "seen": len(targets) - len(waiting),
        "waiting_m": round(sum(one.length_m for one in waiting)),
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
