"""The only writer of packs and of the ground under them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, update

from fieldapp.access import audit
from fieldapp.infra.db import as_tenant, db, transaction
from fieldapp.infra.feature import Installation
from fieldapp.kernel.time import Clock
from fieldapp.pack import queries
from fieldapp.pack.district import Pack, make_pack
from fieldapp.pack.models import DistrictPack, GroundShape
from fieldapp.pack.osm_ground import Ground, Shape
from fieldapp.places.map_objects import Extent, within

AT_ONCE = 500
_STALE = ""
"""Made from nothing that is: to be made anew."""


def make_due_packs(installation: Installation) -> int:
    """Make one pack that is missing or was made from what has changed since. Return 1, or 0 where none is due."""
    with transaction(write=False):
        found = queries.tenants()
    for tenant_id in found:
        with as_tenant(tenant_id, write=False):
            due = queries.zones_to_make(queries.made_from(tenant_id))
        for zone_id in due:
            # One without a place on the map is looked at again each time: it costs one small read.
            if remake(tenant_id, zone_id, installation.clock) is not None:
                return 1
    return 0


def remake(tenant_id: UUID, zone_id: UUID, clock: Clock) -> Pack | None:
    """Make the pack of a zone in transactions of its own. None where nothing says where the zone is."""
    with as_tenant(tenant_id, write=False):
        made_from = queries.made_from(tenant_id)
        district = queries.district(zone_id)
    if district is None:
        return None
    # Outside any transaction: it takes seconds, and nobody else's write should wait for them.
    pack = make_pack(district)
    with as_tenant(tenant_id, write=True):
        _keep(tenant_id, zone_id, pack, made_from, clock.now())
        for ended in queries.ended_packs():
            db.session.delete(ended)
    return pack


def _keep(tenant_id: UUID, zone_id: UUID, pack: Pack, made_from: str, now: datetime) -> None:
    known = queries.pack_of(zone_id)
    if known is None:
        known = DistrictPack(tenant_id=tenant_id, zone_id=zone_id, version=_STALE)
        db.session.add(known)
    known.made_from = made_from
    if known.version != pack.version:
        known.version, known.manifest, known.content, known.made_at = pack.version, pack.manifest, pack.content, now


@dataclass(frozen=True, slots=True)
class GroundChange:
    """How many shapes an import of ground adds, changes, leaves and removes."""

    added: int
    changed: int
    unchanged: int
    removed: int


def import_ground(tenant_id: UUID, ground: Ground, *, clock: Clock) -> GroundChange:
    """Keep the ground of an extract instead of what was there in its area. The same file a second time changes nothing."""
    known = queries.ground_by_ref()
    given = {shape.ref: shape for shape in ground.shapes}
    added = [shape for ref, shape in given.items() if ref not in known]
    changed = [shape for ref, shape in given.items() if ref in known and known[ref] != shape]
    gone = [ref for ref, shape in known.items() if ref not in given and _lies_in(shape, ground.extent)]
    for part in _parts([*gone, *(shape.ref for shape in changed)]):
        db.session.execute(delete(GroundShape).where(GroundShape.ref.in_(part)))
    rows = [_row(tenant_id, shape) for shape in (*added, *changed)]
    if rows:
        db.session.execute(insert(GroundShape), rows)
    change = GroundChange(len(added), len(changed), len(given) - len(added) - len(changed), len(gone))
    if rows or gone:
        db.session.execute(update(DistrictPack).values(made_from=_STALE))
        facts: dict[str, Any] = {"added": change.added, "changed": change.changed, "removed": change.removed}
        audit.write(tenant_id, "pack:ground", at=clock.now(), **facts)
    return change


def _row(tenant_id: UUID, shape: Shape) -> dict[str, object]:
    return {
        "tenant_id": tenant_id, "ref": shape.ref, "kind": shape.kind, "name": shape.name, "lines": shape.lines
    }  # fmt: skip


def _lies_in(shape: Shape, extent: Extent | None) -> bool:
    """Tell whether all of a shape lies in what the file is all of: only then does its absence mean anything."""
    return extent is not None and all(within(extent, lon, lat) for line in shape.lines for lon, lat in line)


def _parts(refs: Sequence[str]) -> Iterator[Sequence[str]]:
    return (refs[start : start + AT_ONCE] for start in range(0, len(refs), AT_ONCE))
