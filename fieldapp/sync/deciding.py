"""A person decides what becomes of an operation that is held: it is carried out after all, or sent back to its host."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from fieldapp.access import audit
from fieldapp.access.models import Device, User
from fieldapp.access.roles import Actor
from fieldapp.infra import changes
from fieldapp.infra.blobs import BlobStore
from fieldapp.infra.db import db
from fieldapp.kernel.errors import Invalid
from fieldapp.kernel.personal_data import scan
from fieldapp.sync.commands import DecideHeld
from fieldapp.sync.models import LedgerEntry
from fieldapp.sync.registry import Registry
from fieldapp.sync.waiting import carry_out, wake


def decide(
    actor: Actor, entry: LedgerEntry, asked: DecideHeld, registry: Registry, store: BlobStore, at: datetime
) -> bool:
    """Carry a decision out and tell the phone. Return whether it took effect; one that could not be released stays held.

    Raises:
        Invalid: the reason looks like personal data.
    """
    if scan(asked.reason):
        raise Invalid("the reason holds personal data", errors={"reason": ["personal_data"]})
    if entry.outcome != "held":
        return False
    if asked.decision == "return":
        _send_back(actor.tenant_id, entry, asked.reason, at)
    elif not _release(actor.tenant_id, entry, asked.reason, registry, store, at):
        return False
    audit.write(
        actor.tenant_id,
        f"held:{asked.decision}",
        at=at,
        actor=actor,
        subject=("operation", entry.id),
        reason=asked.reason,
        type=entry.type,
    )
    return True


def _release(
    tenant_id: UUID, entry: LedgerEntry, reason: str, registry: Registry, store: BlobStore, at: datetime
) -> bool:
    """Do what the host asked for as that host, whatever role and device the host has left."""
    author = db.session.get(User, entry.by_id)
    if author is None:
        return False
    is_done = carry_out(tenant_id, entry, author, registry, store, at, is_released=True)
    if is_done:
        entry.reason = reason
        wake(tenant_id, {entry.entity_id}, registry, store, at)
    return is_done


def _send_back(tenant_id: UUID, entry: LedgerEntry, reason: str, at: datetime) -> None:
    device: Any = db.session.get_one(Device, entry.device_id)
    entry.outcome, entry.reason, entry.decided_at, entry.waits_for = "returned", reason, at, None
    entry.seq = changes.note(tenant_id, "op", entry.id, at=at, audience=[device.user_id])
