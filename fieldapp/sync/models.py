"""Tables of sync: the ledger of operations, and which photos a device named."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    String,
    Uuid,
    literal_column,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from fieldapp.infra.db import Base, Instant, Json, Key, Tenanted, UtcDateTime

HELD: ColumnElement[str] = literal_column("'held'")
"""Written into a statement, not bound: only so does a database see that the index of held operations is enough."""
_IS_HELD = text("outcome = 'held'")


class LedgerEntry(Tenanted, Base):
    """One operation received, for good. `body` is null for track segments, and erased with the record it made."""

    __tablename__ = "ledger"
    tenant_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True)
    id: Mapped[Key]
    device_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("devices.id"))
    n: Mapped[int] = mapped_column(Integer)
    by_id: Mapped[UUID] = mapped_column(Uuid)
    type: Mapped[str] = mapped_column(String(32))
    entity_id: Mapped[UUID] = mapped_column(Uuid)
    seq: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))
    outcome: Mapped[str] = mapped_column(String(8))
    why: Mapped[str | None] = mapped_column(String(20))
    waits_for: Mapped[UUID | None] = mapped_column(Uuid)
    reason: Mapped[str] = mapped_column(String(500), default="")
    rev: Mapped[int | None] = mapped_column(Integer)
    body: Mapped[dict[str, Any] | None] = mapped_column(Json)
    received_at: Mapped[Instant]
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    __table_args__ = (
        Index("ix_ledger_tenant_id_device_id_n", "tenant_id", "device_id", "n"),
        Index(
            "ix_ledger_tenant_id_waits_for", "tenant_id", "waits_for", sqlite_where=_IS_HELD, postgresql_where=_IS_HELD
        ),
        CheckConstraint("outcome IN ('applied', 'held', 'returned')", name="outcome"),
    )


class NamedBlob(Tenanted, Base):
    """A photo that an operation of a device named: only these may be sent, and only in this size."""

    __tablename__ = "named_blobs"
    tenant_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True)
    device_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("devices.id"), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    size_bytes: Mapped[int] = mapped_column(Integer)
    received_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    named_at: Mapped[Instant]
    __table_args__ = (Index("ix_named_blobs_tenant_id_sha256", "tenant_id", "sha256"),)
