"""Reads of the ledger for the desk: what is held, and what the server knows to be missing from each device."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, func, or_, select

from fieldapp.infra.db import db
from fieldapp.sync.models import LedgerEntry, NamedBlob


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


def count_held() -> int:
    """Return how many operations are held."""
    return db.session.execute(
        select(func.count()).select_from(LedgerEntry).where(LedgerEntry.outcome == "held")
    ).scalar_one()


def held_operations(after: tuple[datetime, UUID] | None, limit: int) -> Sequence[LedgerEntry]:
    """Return held operations, latest received first, those after (received at, id)."""
    query = (
        select(LedgerEntry)
        .where(LedgerEntry.outcome == "held")
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
