"""Write what a map gives, all of it or nothing: places, zones, and the pieces of the path network."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, update

from fieldapp.access import audit
from fieldapp.access.roles import Actor
from fieldapp.infra import changes
from fieldapp.infra.db import db
from fieldapp.kernel.time import Clock
from fieldapp.places import map_plan, queries, service
from fieldapp.places.ground import GroundPlan
from fieldapp.places.map_objects import MapFile, Shape
from fieldapp.places.map_plan import MapPlan, PlannedZone
from fieldapp.places.models import GroundShape, Path, PathSuccession, Zone
from fieldapp.places.network import Piece
from fieldapp.places.path_plan import NewPath, PathPlan


def plan_map(tenant_id: UUID, file: MapFile, pieces: Sequence[Piece] | None = None) -> MapPlan:
    """Say what an import of a map would do. Changes nothing. `pieces` as in `map_plan.plan_map`."""
    return map_plan.plan_map(tenant_id, file, queries.known_map(tenant_id), pieces)


def import_map(
    tenant_id: UUID, file: MapFile, pieces: Sequence[Piece] | None = None, *, clock: Clock, actor: Actor | None = None
) -> MapPlan:
    """Do what `plan_map` says, all of it; nothing where it has faults. Return what was done.

    The same file a second time changes nothing and is told to nobody.
    """
    plan = plan_map(tenant_id, file, pieces)
    carry_out(tenant_id, file.source, plan, clock=clock, actor=actor)
    return plan


def carry_out(tenant_id: UUID, source: str, plan: MapPlan, *, clock: Clock, actor: Actor | None = None) -> None:
    """Do what a plan says that was made in this transaction; nothing where it has faults, or changes nothing."""
    if plan.faults or not plan.changes_something():
        return
    now = clock.now()
    zones = [zone for zone in plan.zones if zone.what != "unchanged"]
    for zone in zones:
        _write_zone(tenant_id, zone, now)
    service.write_places(tenant_id, plan.places, now)
    _write_paths(tenant_id, plan.paths, now)
    _write_ground(tenant_id, plan.ground)
    service.note(tenant_id, service.ZONE, [zone.id for zone in zones], now)
    touched = plan.places.those("added", "changed", "ended", "resumed")
    service.note(tenant_id, service.PLACE, [place.id for place in touched], now)
    facts: dict[str, Any] = {
        "source": source,
        "places": plan.places.counts(),
        "zones": plan.zone_counts(),
        "paths": plan.paths.counts(),
        "ground": plan.ground.counts(),
    }
    audit.write(tenant_id, "map:import", at=now, actor=actor, **facts)


def _write_zone(tenant_id: UUID, planned: PlannedZone, now: datetime) -> None:
    if planned.what == "added":
        row = {"id": planned.id, "tenant_id": tenant_id, "code": planned.code, "created_at": now, **planned.values}
        db.session.execute(insert(Zone), [row])
    else:
        db.session.execute(update(Zone).where(Zone.id == planned.id).values(**planned.values))


def _write_paths(tenant_id: UUID, plan: PathPlan, now: datetime) -> None:
    """End pieces, add pieces, and keep which succeeds which: no piece is ever changed."""
    for part in service.parts([path.id for path in plan.ended]):
        db.session.execute(update(Path).where(Path.id.in_(part)).values(ended_at=now))
    _insert(Path, [path_row(tenant_id, plan.source, new, now) for new in plan.added])
    successions = [
        {"tenant_id": tenant_id, "predecessor_id": old, "successor_id": new, "overlap_m": metres}
        for (old, new), metres in plan.successions.items()
    ]
    _insert(PathSuccession, successions)


def _write_ground(tenant_id: UUID, plan: GroundPlan) -> None:
    """Keep the ground of a map instead of what was there. It has no history: it is nobody's place."""
    for part in service.parts([*plan.removed, *(shape.ref for shape in plan.changed)]):
        db.session.execute(delete(GroundShape).where(GroundShape.ref.in_(part)))
    _insert(GroundShape, [_shape_row(tenant_id, shape) for shape in (*plan.added, *plan.changed)])
    if plan.changes_something():
        changes.announce("ground_changed", tenant_id)


def _shape_row(tenant_id: UUID, shape: Shape) -> dict[str, Any]:
    return {
        "tenant_id": tenant_id, "ref": shape.ref, "kind": shape.kind, "name": shape.name, "lines": shape.lines
    }  # fmt: skip


def _insert(model: type[GroundShape | Path | PathSuccession], rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        db.session.execute(insert(model), rows)


def path_row(tenant_id: UUID, source: str, new: NewPath, now: datetime) -> dict[str, Any]:
    """Return the row of a piece that becomes known."""
    piece = new.piece
    return {
        "id": new.id,
        "tenant_id": tenant_id,
        "external_id": new.external_id,
        "line": piece.line,
        "branches": piece.branches,
        "length_m": piece.length_m,
        "is_lit": piece.is_lit,
        "source": source,
        "origin": piece.origin,
        "created_at": now,
        "ended_at": None,
        "excluded_at": now if new.is_excluded else None,
        "excluded_by_id": new.excluded_by_id,
        "excluded_reason": new.excluded_reason,
    }
