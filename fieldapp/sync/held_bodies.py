"""What is kept of operations that are held: no more than their organisation keeps now, also of those that came before it chose.

Who turns to keeping no tracks does so also for segments that wait for somebody to decide.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from fieldapp.infra.db import ACROSS_TENANTS, as_tenant, db, transaction
from fieldapp.infra.feature import Installation, OperationType
from fieldapp.sync.judging import can_read, storable
from fieldapp.sync.models import HELD, LedgerEntry
from fieldapp.sync.registry import Registry


def condense_held(registry: Registry, _installation: Installation) -> int:
    """Leave of held operations what may be stored of them now. Return how many were shortened."""
    kinds = {name: kind for name, kind in registry.operations.items() if kind.condense is not None}
    of_kinds = (LedgerEntry.outcome == HELD, LedgerEntry.type.in_(kinds))
    with transaction(write=False):
        tenants = db.session.scalars(
            select(LedgerEntry.tenant_id).where(*of_kinds).distinct(), execution_options=ACROSS_TENANTS
        ).all()
    return sum(_condense_of(tenant, kinds, of_kinds) for tenant in tenants)


def _condense_of(tenant_id: UUID, kinds: Mapping[str, OperationType], of_kinds: Any) -> int:
    with as_tenant(tenant_id, write=False):
        entries = db.session.execute(select(LedgerEntry.id, LedgerEntry.type, LedgerEntry.body).where(*of_kinds)).all()
        shorter = {
            entry.id: body
            for entry in entries
            if (body := _shorter(tenant_id, kinds[entry.type], entry.body)) is not None
        }
    if shorter:
        with as_tenant(tenant_id, write=True):
            for entry_id, body in shorter.items():
                db.session.execute(
                    update(LedgerEntry)
                    .where(LedgerEntry.id == entry_id, LedgerEntry.outcome == HELD)
                    .values(body=body),
                    execution_options={"synchronize_session": False},
                )
    return len(shorter)


def _shorter(tenant_id: UUID, kind: OperationType, body: Any) -> Any:
    """Return what is left of a stored operation; None: it is as short as it may be."""
    if kind.condense is None or not isinstance(body, dict) or not body.get("data"):
        return None
    if not can_read(kind.schema, body["data"]) and can_read(kind.condensed_schema, body["data"]):
        return None
    data = kind.condense(tenant_id, body["data"])
    return None if data == body["data"] else storable({**body, "data": data})
