"""Operations that waited for something: apply them when it has arrived, in (device, n) order."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from fieldapp.access.login import make_actor
from fieldapp.access.models import Device, User
from fieldapp.infra import changes
from fieldapp.infra.blobs import BlobStore
from fieldapp.infra.db import db
from fieldapp.infra.feature import Applied, Arrival, Held
from fieldapp.infra.rows import TENANT, is_one_of, prepared, run, table_of
from fieldapp.sync import named_blobs
from fieldapp.sync.judging import apply, feed_of, read
from fieldapp.sync.models import HELD, LedgerEntry
from fieldapp.sync.protocol import BODILESS_TYPES, PushedOperation
from fieldapp.sync.registry import Registry

ROUNDS_MAX = 20
"""A chain of things waiting for each other longer than this goes on with the next batch."""


_LEDGER = table_of(LedgerEntry)
_IS_AWAITED = prepared(
    select(_LEDGER.c.id)
    .where(_LEDGER.c.tenant_id == TENANT, _LEDGER.c.outcome == HELD, is_one_of(_LEDGER.c.waits_for, "arrived"))
    .limit(1)
)


def wake(tenant_id: UUID, arrived: set[UUID], registry: Registry, store: BlobStore, at: datetime) -> int:
    """Apply what waited for any of the arrived entities, and what waited for that. Return how many took effect."""
    woken = 0
    for _ in range(ROUNDS_MAX):
        if run(_IS_AWAITED, arrived=list(arrived)).first() is None:
            break
        entries = db.session.scalars(
            select(LedgerEntry)
            .where(LedgerEntry.outcome == HELD, LedgerEntry.waits_for.in_(arrived))
            .order_by(LedgerEntry.device_id, LedgerEntry.n)
        ).all()
        applied = {entry.entity_id for entry in entries if _try_again(tenant_id, entry, registry, store, at)}
        woken += len(applied)
        if not applied:
            break
        arrived = applied
    return woken


def _try_again(tenant_id: UUID, entry: LedgerEntry, registry: Registry, store: BlobStore, at: datetime) -> bool:
    device = db.session.get_one(Device, entry.device_id)
    return carry_out(tenant_id, entry, db.session.get_one(User, device.user_id), registry, store, at)


def carry_out(
    tenant_id: UUID,
    entry: LedgerEntry,
    author: User,
    registry: Registry,
    store: BlobStore,
    at: datetime,
    *,
    is_released: bool = False,
) -> bool:
    """Try a held operation again, as its author. It takes effect under a new seq, which its phone will pull.

    `is_released`: a person answers for it, so its author need not be permitted any more.
    """
    operation = reread(entry)
    device = db.session.get_one(Device, entry.device_id)
    actor = make_actor(author, device.id)
    arrival = read(operation, actor, registry, device.id, entry.received_at, is_released=is_released, is_stored=True)
    if not isinstance(arrival, Arrival):
        return _hold_on(entry, arrival, device.user_id, at)
    outcome = apply([arrival], registry, one_by_one=True)[operation.id]
    if not isinstance(outcome, Applied):
        return _hold_on(entry, outcome, device.user_id, at)
    entry.outcome, entry.why, entry.waits_for = "applied", None, None
    entry.rev, entry.decided_at = outcome.rev, at
    if entry.type in BODILESS_TYPES:
        entry.body = None
    named_blobs.settle(tenant_id, operation.blobs, store, at)
    told = [*feed_of(outcome, entry.id, entry.entity_id, author.id), ("op", entry.id, device.user_id)]
    entry.seq = changes.note_many(tenant_id, told, at=at)[-1]
    return True


def _hold_on(entry: LedgerEntry, held: Held, user_id: UUID, at: datetime) -> bool:
    """Keep an operation held; its phone is told when the reason is another one now."""
    is_news = entry.why != held.why
    entry.why, entry.waits_for = held.why, held.waits_for
    if is_news:
        changes.note(entry.tenant_id, "op", entry.id, at=at, audience=(user_id,))
    return False


def reread(entry: LedgerEntry) -> PushedOperation:
    """Return a held operation as it came."""
    raw: dict[str, Any] = entry.body or {}
    return PushedOperation(
        id=entry.id,
        n=entry.n,
        by=entry.by_id,
        type=entry.type,
        entity=entry.entity_id,
        base=raw.get("base"),
        at=raw.get("at", 0),
        v=raw.get("v", 0),
        data=raw.get("data", {}),
        blobs={blob["sha256"]: (blob["size"], blob["mime"]) for blob in raw.get("blobs", [])},
        verbatim=raw,
        sha256=entry.sha256,
        is_whole=bool(raw),
    )
