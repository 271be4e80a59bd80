"""Reads of the ledger for the desk: what is held, and what the server knows to be missing from each device."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select

from fieldapp.infra.db import db
from fieldapp.sync.models import HELD, LedgerEntry, NamedBlob

WAITS_UNSEEN = timedelta(hours=24)
"""What waits for something else mostly gets it by itself: it is nobody's task before this has passed."""


@dataclass(frozen=True, slots=True)
class Missing:
    """What a device has counted and the server has not got: operations below the highest number, and photos named."""

    operations: int = 0
    photos: int = 0


def missing_by_device() -> dict[UUID, Missing]:
    """Return what is missing from each device of the tenant; one from which nothing is missing may be absent."""
    counted = db.session.execute(
        select(LedgerEntry.device_id, func.max(LedgerEntry.n) - func.count(LedgerEntry.n.distinct())).group_by(
            LedgerEntry.device_id
        )
    )
    operations: dict[UUID, int] = {row[0]: row[1] for row in counted}
    named = db.session.execute(
        select(NamedBlob.device_id, func.count()).where(NamedBlob.received_at.is_(None)).group_by(NamedBlob.device_id)
    )
    photos: dict[UUID, int] = {row[0]: row[1] for row in named}
    return {
        device: Missing(operations.get(device, 0), photos.get(device, 0))
        for device in operations.keys() | photos.keys()
    }


def _needs_somebody(now: datetime) -> ColumnElement[bool]:
    return and_(
        LedgerEntry.outcome == HELD,
        or_(LedgerEntry.why != "waits_for", LedgerEntry.received_at <= now - WAITS_UNSEEN),
    )


def count_held(now: datetime) -> int:
    """Return how many operations are held and need somebody to decide."""
    return db.session.execute(select(func.count()).select_from(LedgerEntry).where(_needs_somebody(now))).scalar_one()


def held_operations(now: datetime, after: tuple[datetime, UUID] | None, limit: int) -> Sequence[LedgerEntry]:
    """Return held operations that need somebody, latest received first, those after (received at, id)."""
    query = (
        select(LedgerEntry)
        .where(_needs_somebody(now))
        .order_by(LedgerEntry.received_at.desc(), LedgerEntry.id.desc())
        .limit(limit)
    )
    if after is not None:
        at, last_id = after
        query = query.where(
            or_(LedgerEntry.received_at < at, and_(LedgerEntry.received_at == at, LedgerEntry.id < last_id))
        )
    return db.session.scalars(query).all()


def ledger_entry(entry_id: UUID) -> LedgerEntry | None:
    """Return an operation of the tenant."""
    return db.session.scalar(select(LedgerEntry).where(LedgerEntry.id == entry_id))


def held_or_decided(entry_id: UUID) -> LedgerEntry | None:
    """Return an operation of the tenant that is held, or was until somebody or something decided it."""
    query = select(LedgerEntry).where(LedgerEntry.id == entry_id)
    return db.session.scalar(query.where(or_(LedgerEntry.outcome != "applied", LedgerEntry.decided_at.is_not(None))))
