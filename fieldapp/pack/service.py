"""The only writer of packs."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import update

from fieldapp.infra.db import as_tenant, db, transaction
from fieldapp.infra.feature import Installation
from fieldapp.kernel.time import Clock
from fieldapp.pack import queries
from fieldapp.pack.district import Pack, make_pack
from fieldapp.pack.models import DistrictPack

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


def forget_what_was_drawn(_tenant_id: UUID) -> None:
    """Have every pack of the tenant made anew: the ground under its map is another."""
    db.session.execute(update(DistrictPack).values(made_from=_STALE))
