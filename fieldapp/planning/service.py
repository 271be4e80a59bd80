"""The only writer of plans and meeting points. A plan is never changed, only ended and succeeded."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fieldapp.access import audit
from fieldapp.access.roles import Actor
from fieldapp.infra.db import db
from fieldapp.kernel.errors import Conflict, Invalid
from fieldapp.kernel.ids import uuid7
from fieldapp.kernel.time import Clock
from fieldapp.places.models import Zone
from fieldapp.places.queries import place_in_tenant, places_by_id, zone_in_tenant
from fieldapp.planning import queries
from fieldapp.planning.commands import MakePlan, SetMeetingPoint
from fieldapp.planning.models import MeetingPoint, Plan


class AlreadyEnded(Conflict):
    """The plan has ended: it can be neither ended nor succeeded once more."""

    code = "plan_ended"


def make_plan(actor: Actor, command: MakePlan, *, clock: Clock) -> Plan:
    """Make a plan, and end the one it succeeds.

    Raises:
        Invalid: the zone is not there, or the plan names nothing, or a place of another zone.
        AlreadyEnded: the one it succeeds has ended.
    """
    judge(command)
    now = clock.now()
    if command.predecessor_id is not None:
        before = queries.plan_in_tenant(command.predecessor_id)
        if before is None:
            raise Invalid(errors={"predecessor_id": ["unknown_plan"]})
        _end(before, clock)
    plan = Plan(
        id=uuid7(now),
        tenant_id=actor.tenant_id,
        zone_id=command.zone_id,
        covers_paths=command.covers_paths,
        kinds=[] if command.place_ids else sorted(command.kinds),
        place_ids=[str(one) for one in command.place_ids],
        times_a_week=command.times_a_week,
        weekdays=sorted(command.weekdays),
        from_min=command.from_min,
        to_min=command.to_min,
        starts_on=command.starts_on,
        until_on=command.until_on,
        predecessor_id=command.predecessor_id,
        created_at=now,
    )
    db.session.add(plan)
    db.session.flush()
    facts: dict[str, Any] = {"succeeds": str(command.predecessor_id)} if command.predecessor_id else {}
    audit.write(actor.tenant_id, "plan:make", at=now, actor=actor, subject=("plan", plan.id), **facts)
    return plan


def judge(command: MakePlan) -> None:
    """Look whether a plan could be made.

    Raises:
        Invalid: it could not; `details["errors"]` has codes by field.
    """
    zone = zone_in_tenant(command.zone_id)
    if zone is None or zone.ended_at is not None:
        raise Invalid(errors={"zone_id": ["unknown_zone"]})
    if not (command.covers_paths or command.kinds or command.place_ids):
        raise Invalid(errors={"kinds": ["names_nothing"]})
    known = places_by_id(command.place_ids)
    if any(one not in known or known[one].zone_id != zone.id for one in command.place_ids):
        raise Invalid(errors={"place_ids": ["unknown_place"]})


def end_plan(actor: Actor, plan: Plan, *, clock: Clock) -> None:
    """End a plan: nothing is due by it any more. What was planned and done stays to be read.

    Raises:
        AlreadyEnded: it has.
    """
    _end(plan, clock)
    db.session.flush()
    audit.write(actor.tenant_id, "plan:end", at=clock.now(), actor=actor, subject=("plan", plan.id))


def _end(plan: Plan, clock: Clock) -> None:
    if plan.ended_at is not None:
        raise AlreadyEnded
    plan.ended_at = clock.now()


def set_meeting_point(actor: Actor, zone: Zone, command: SetMeetingPoint, *, clock: Clock) -> None:
    """Say at which of its places a zone's rounds begin, or that they begin in its middle.

    Raises:
        Invalid: the place is not a living one of the zone.
    """
    known = db.session.get(MeetingPoint, (actor.tenant_id, zone.id))
    place = place_in_tenant(command.place_id) if command.place_id else None
    if command.place_id is not None and (place is None or place.zone_id != zone.id or place.ended_at is not None):
        raise Invalid(errors={"place_id": ["unknown_place"]})
    _put(actor.tenant_id, zone.id, known, place.id if place else None)
    db.session.flush()
    audit.write(actor.tenant_id, "zone:meet", at=clock.now(), actor=actor, subject=("zone", zone.id))


def _put(tenant_id: UUID, zone_id: UUID, known: MeetingPoint | None, place_id: UUID | None) -> None:
    if place_id is None:
        if known is not None:
            db.session.delete(known)
    elif known is not None:
        known.place_id = place_id
    else:
        db.session.add(MeetingPoint(tenant_id=tenant_id, zone_id=zone_id, place_id=place_id))
