"""Tables of receivers, and of what is handed to them: one delivery for each version of a case and receiver."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, String, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from fieldapp.infra.db import Base, Instant, Json, Key, Tenanted, UtcDateTime

ACTIONS = ("create", "update", "cancel")
STATES = ("queued", "sending", "sent", "dead", "paused")
EXTERNAL_ID_MAX = 64


def _one_of(column: str, words: tuple[str, ...]) -> str:
    return f"{column} IN (" + ", ".join(f"'{word}'" for word in words) + ")"


class Receiver(Tenanted, Base):
    """Who gets cases, and how. `categories` empty: all damage. `secret` is never shown again."""

    __tablename__ = "receivers"
    id: Mapped[Key]
    name: Mapped[str] = mapped_column(String(80))
    adapter: Mapped[str] = mapped_column(String(16))
    settings: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    secret: Mapped[str] = mapped_column(Text, default="")
    categories: Mapped[list[str]] = mapped_column(Json, default=list)
    is_paused: Mapped[bool] = mapped_column(Boolean, default=False)
    created_at: Mapped[Instant]


class Delivery(Tenanted, Base):
    """One version of one case to one receiver. Outside it is known by the case and its revision, never by its own id.

    `is_unknown`: it was tried, and nobody knows whether it was done; it is looked for before it is sent again.
    """

    __tablename__ = "deliveries"
    id: Mapped[Key]
    receiver_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("receivers.id"))
    case_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("cases.id"))
    revision: Mapped[int] = mapped_column(Integer)
    action: Mapped[str] = mapped_column(String(8))
    state: Mapped[str] = mapped_column(String(8), default="queued")
    queued_at: Mapped[Instant]
    next_try_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    tries: Mapped[int] = mapped_column(Integer, default=0)
    is_unknown: Mapped[bool] = mapped_column(Boolean, default=False)
    token: Mapped[str] = mapped_column(Text, default="")
    external_id: Mapped[str | None] = mapped_column(String(EXTERNAL_ID_MAX))
    answer: Mapped[str] = mapped_column(Text, default="")
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    __table_args__ = (
        Index("uq_deliveries_tenant_id_receiver_id_case_id_revision", "tenant_id", "receiver_id", "case_id", "revision",
              unique=True),
        Index("ix_deliveries_tenant_id_receiver_id_external_id", "tenant_id", "receiver_id", "external_id"),
        Index("ix_deliveries_tenant_id_case_id", "tenant_id", "case_id"),
        Index("ix_deliveries_state_next_try_at", "state", "next_try_at"),
        CheckConstraint(_one_of("action", ACTIONS), name="action"),
        CheckConstraint(_one_of("state", STATES), name="state"),
    )  # fmt: skip


class DeliveryTry(Tenanted, Base):
    """One try of a delivery, never changed: what was sent (its digest, and no more of it than is kept) and what was answered."""

    __tablename__ = "delivery_tries"
    id: Mapped[Key]
    delivery_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("deliveries.id"))
    at: Mapped[Instant]
    sent_sha256: Mapped[str] = mapped_column(String(64))
    sent: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str] = mapped_column(String(16))
    answer: Mapped[str] = mapped_column(Text, default="")
    __table_args__ = (Index("ix_delivery_tries_tenant_id_delivery_id_at", "tenant_id", "delivery_id", "at"),)
