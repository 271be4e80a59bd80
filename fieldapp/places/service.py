"""The only writer of zones and places. Nothing is ever removed, only ended: what was logged stays where it was."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import func, insert, select

from fieldapp.access import audit
from fieldapp.access.roles import Actor
from fieldapp.infra import changes
from fieldapp.infra.db import db
from fieldapp.kernel.errors import Conflict, Invalid
from fieldapp.kernel.ids import uuid7
from fieldapp.kernel.time import Clock
from fieldapp.places import queries
from fieldapp.places.commands import AddPlace, AddZone, ChangePlace, ChangeZone
from fieldapp.places.imports import PlaceRow
from fieldapp.places.matching import adopted
from fieldapp.places.models import Place, Zone
from fieldapp.places.plan import DEPTH_MAX, ImportPlan, PlannedPlace, plan_import

ZONE, PLACE = "zone", "place"
AT_ONCE = 500
_Id = TypeVar("_Id", UUID, str)
"""How many rows one statement names: databases take some thousands of values, a feed row has three."""


class CodeTaken(Conflict):
    """A zone's code or a place's identity is somebody's already, perhaps an ended one's: it means the same for ever."""

    code = "code_taken"


class ZoneInUse(Conflict):
    """The zone has living places; `details["places"]` says how many."""

    code = "zone_in_use"


def add_zone(actor: Actor, command: AddZone, *, clock: Clock) -> Zone:
    """Add a zone.

    Raises:
        CodeTaken: the code exists, perhaps ended.
    """
    if db.session.scalar(select(Zone.id).where(Zone.code == command.code)):
        raise CodeTaken
    now = clock.now()
    zone = Zone(
        id=uuid7(now),
        tenant_id=actor.tenant_id,
        code=command.code,
        name=command.name,
        outline=command.outline,
        created_at=now,
    )
    db.session.add(zone)
    _tell(actor, ZONE, zone.id, "zone:add", now, code=zone.code)
    return zone


def change_zone(actor: Actor, zone: Zone, command: ChangeZone, *, clock: Clock) -> None:
    """Rename a zone or draw it anew. Records keep the zone they were logged in."""
    changed = _set(zone, asdict(command))
    if changed:
        _tell(actor, ZONE, zone.id, "zone:change", clock.now(), fields=changed)


def end_zone(actor: Actor, zone: Zone, *, clock: Clock) -> None:
    """End a zone that no living place is in.

    Raises:
        ZoneInUse: some are.
    """
    count = db.session.scalar(
        select(func.count()).select_from(Place).where(Place.zone_id == zone.id, Place.ended_at.is_(None))
    )
    if count:
        raise ZoneInUse(places=count)
    if zone.ended_at is None:
        zone.ended_at = clock.now()
        _tell(actor, ZONE, zone.id, "zone:end", clock.now())


def resume_zone(actor: Actor, zone: Zone, *, clock: Clock) -> None:
    """Take an ended zone into use again."""
    if zone.ended_at is not None:
        zone.ended_at = None
        _tell(actor, ZONE, zone.id, "zone:resume", clock.now())


def add_place(actor: Actor, command: AddPlace, *, clock: Clock) -> Place:
    """Add a place of the own organisation.

    Raises:
        CodeTaken: the identity exists, perhaps ended.
        Invalid: parent or zone is unknown.
    """
    if db.session.scalar(select(Place.id).where(Place.external_id == command.external_id)):
        raise CodeTaken
    now = clock.now()
    values = _resolved(command)
    place = Place(
        id=uuid7(now),
        tenant_id=actor.tenant_id,
        owner_id=actor.tenant_id,
        created_at=now,
        **values,
    )
    db.session.add(place)
    _tell(actor, PLACE, place.id, "place:add", now, external_id=place.external_id)
    return place


def change_place(actor: Actor, place: Place, command: ChangePlace, *, clock: Clock) -> None:
    """Change a place.

    Raises:
        Invalid: parent or zone is unknown, or the place would end up inside itself.
    """
    values = _resolved(command)
    _check_not_inside(place.id, values["parent_id"])
    changed = _set(place, values)
    if changed:
        _tell(actor, PLACE, place.id, "place:change", clock.now(), fields=changed)


def end_place(actor: Actor, place: Place, *, clock: Clock) -> int:
    """End a place and all that is in it: a house that is torn down takes its cellar along. Return how many ended."""
    now = clock.now()
    ended = [inner for inner in (place, *queries.places_inside(place.id)) if inner.ended_at is None]
    for inner in ended:
        inner.ended_at = now
        audit.write(actor.tenant_id, "place:end", at=now, actor=actor, subject=(PLACE, inner.id))
    note(actor.tenant_id, PLACE, [inner.id for inner in ended], now)
    return len(ended)


def resume_place(actor: Actor, place: Place, *, clock: Clock) -> None:
    """Take an ended place into use again; what was in it stays ended until it is asked for too."""
    if place.ended_at is not None:
        place.ended_at = None
        _tell(actor, PLACE, place.id, "place:resume", clock.now())


def plan_places(tenant_id: UUID, rows: Sequence[PlaceRow], *, create_zones: bool = False) -> ImportPlan:
    """Say what an import of a register would do. Changes nothing."""
    return plan_import(rows, adopted(rows, queries.known_things(tenant_id)), create_zones=create_zones)


def import_places(
    tenant_id: UUID, rows: Sequence[PlaceRow], *, clock: Clock, actor: Actor | None = None, create_zones: bool = False
) -> ImportPlan:
    """Do what `plan_places` says, all of it; nothing where it has faults. Return what was done.

    The same rows a second time change nothing and are told to nobody.
    """
    plan = plan_places(tenant_id, rows, create_zones=create_zones)
    if plan.faults:
        return plan
    now = clock.now()
    for code, new_id in plan.new_zones.items():
        zone = {"id": new_id, "tenant_id": tenant_id, "code": code, "name": code, "created_at": now}
        db.session.execute(insert(Zone), [zone])
    write_places(tenant_id, plan, now)
    note(tenant_id, ZONE, list(plan.new_zones.values()), now)
    touched = plan.those("added", "changed", "ended", "resumed")
    note(tenant_id, PLACE, [place.id for place in touched], now)
    if touched or plan.new_zones:
        facts: dict[str, Any] = {**plan.counts(), "new_zones": len(plan.new_zones)}
        audit.write(tenant_id, "place:import", at=now, actor=actor, **facts)
    return plan


def write_places(tenant_id: UUID, plan: ImportPlan, now: datetime) -> None:
    """Insert new places, parents first, and set what changed in those that are known."""
    new = [
        {
            "id": place.id,
            "tenant_id": tenant_id,
            "external_id": place.external_id,
            "created_at": now,
            "ended_at": now if place.is_ended else None,
            **place.values,
        }
        for place in plan.those("added")
    ]
    if new:
        db.session.execute(insert(Place), new)
    planned = {place.id: place for place in plan.those("changed", "ended", "resumed")}
    for part in parts(list(planned)):
        for known in queries.places_by_id(part).values():
            _set_planned(known, planned[known.id], now)
    db.session.flush()


def _set_planned(place: Place, planned: PlannedPlace, now: datetime) -> None:
    _set(place, planned.values)
    if planned.what == "ended":
        place.ended_at = now
    elif planned.what == "resumed":
        place.ended_at = None


def _set(row: Zone | Place, values: Any) -> list[str]:
    """Set what differs. Return the names of what did."""
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, values[name])
    return changed


def _resolved(command: AddPlace | ChangePlace) -> dict[str, Any]:
    """Return a command's values as columns, its parent looked up.

    Raises:
        Invalid: parent or zone is unknown or ended.
    """
    values = asdict(command)
    parent = values.pop("parent")
    values["parent_id"] = None
    if parent is not None:
        found = queries.place_by_external_id(parent)
        if found is None:
            raise Invalid("no such place", errors={"parent": ["unknown_parent"]})
        values["parent_id"] = found.id
    if command.zone_id is not None:
        zone = queries.zone_in_tenant(command.zone_id)
        if zone is None or zone.ended_at is not None:
            raise Invalid("no such zone", errors={"zone_id": ["unknown_zone"]})
    return values


def _check_not_inside(place_id: UUID, parent_id: UUID | None) -> None:
    """Walk up from the new parent; the place itself must not be met."""
    for _step in range(DEPTH_MAX):
        if parent_id is None:
            return
        if parent_id == place_id:
            break
        parent = queries.place_in_tenant(parent_id)
        parent_id = parent.parent_id if parent is not None else None
    raise Invalid("inside itself", errors={"parent": ["circle"]})


def _tell(actor: Actor, kind: str, entity_id: UUID, action: str, at: datetime, **facts: Any) -> None:
    db.session.flush()
    changes.note(actor.tenant_id, kind, entity_id, at=at)
    audit.write(actor.tenant_id, action, at=at, actor=actor, subject=(kind, entity_id), **facts)


def note(tenant_id: UUID, kind: str, ids: Sequence[UUID], at: datetime) -> None:
    """Tell the phones of zones or places."""
    for part in parts(ids):
        changes.note_many(tenant_id, [(kind, entity_id, changes.EVERYBODY) for entity_id in part], at=at)


def parts(ids: Sequence[_Id]) -> Iterator[Sequence[_Id]]:
    """Yield as many ids at once as one statement may name."""
    return (ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE))
