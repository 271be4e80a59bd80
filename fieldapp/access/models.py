"""Tables of organisations, users, phones, devices, sessions and audit."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, CheckConstraint, ForeignKey, Index, Integer, String, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from fieldapp.infra.db import Base, Instant, Json, Key, Tenanted, UtcDateTime

ORGANISATION_KINDS = (
    "housing_company",
    "municipality",
    "police",
    "social_services",
    "school",
    "association",
    "property_owner",
    "other",
)


class Organisation(Base):
    """A legal party. One that employs hosts is a tenant: its rows carry its id."""

    __tablename__ = "organisations"
    id: Mapped[Key]
    slug: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(24))
    is_tenant: Mapped[bool] = mapped_column(Boolean, default=True)
    is_demonstration: Mapped[bool] = mapped_column(Boolean, default=False)
    on_call_name: Mapped[str] = mapped_column(String(80), default="")
    on_call_phone: Mapped[str] = mapped_column(String(32), default="")
    timezone: Mapped[str] = mapped_column(String(40), default="Europe/Stockholm")
    track_retention_hours: Mapped[int] = mapped_column(Integer, default=72)
    created_at: Mapped[Instant]
    __table_args__ = (
        CheckConstraint("kind IN (" + ", ".join(f"'{kind}'" for kind in ORGANISATION_KINDS) + ")", name="kind"),
        CheckConstraint("track_retention_hours BETWEEN 0 AND 744", name="track_retention_hours"),
    )


class User(Tenanted, Base):
    """A person with an account: the only place where persons are."""

    __tablename__ = "users"
    id: Mapped[Key]
    login: Mapped[str] = mapped_column(String(120), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    roles: Mapped[list[str]] = mapped_column(Json)
    trades: Mapped[list[str]] = mapped_column(Json, default=list)
    language: Mapped[str] = mapped_column(String(2), default="sv")
    password_hash: Mapped[str | None] = mapped_column(String(200))
    code_hash: Mapped[str | None] = mapped_column(String(200))
    code_expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    is_active: Mapped[bool] = mapped_column(Boolean, default=True)
    created_at: Mapped[Instant]
    __table_args__ = (
        Index("ix_users_tenant_id_name", "tenant_id", "name"),
        CheckConstraint("language IN ('sv', 'en')", name="language"),
    )


class DeskSession(Tenanted, Base):
    """A sign-in in a browser at a desk. The cookie holds the token; here is only its hash."""

    __tablename__ = "desk_sessions"
    id: Mapped[Key]
    user_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("users.id"))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[Instant]
    last_seen_at: Mapped[Instant]
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    __table_args__ = (Index("ix_desk_sessions_tenant_id_user_id", "tenant_id", "user_id"),)


class Phone(Base):
    """One browser on one handset. Several users, even of several tenants, may share it; it holds one token."""

    __tablename__ = "phones"
    id: Mapped[Key]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[Instant]
    last_seen_at: Mapped[Instant]
    expires_at: Mapped[Instant]


class Device(Tenanted, Base):
    """One user's store on one phone: the thing whose operations are counted."""

    __tablename__ = "devices"
    id: Mapped[Key]
    phone_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("phones.id"))
    user_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("users.id"))
    db_id: Mapped[UUID] = mapped_column(Uuid)
    app_version: Mapped[str] = mapped_column(String(40), default="")
    created_at: Mapped[Instant]
    signed_in_at: Mapped[Instant]
    signed_out_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_contact_at: Mapped[Instant]
    unsent_count: Mapped[int] = mapped_column(Integer, default=0)
    oldest_unsent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    store_lost_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoke_kind: Mapped[str | None] = mapped_column(String(8))
    __table_args__ = (
        Index("ix_devices_tenant_id_user_id", "tenant_id", "user_id"),
        Index("ix_devices_phone_id", "phone_id"),
        CheckConstraint("revoke_kind IN ('lost', 'stolen')", name="revoke_kind"),
        CheckConstraint("unsent_count >= 0", name="unsent_count"),
    )


class AuditEvent(Tenanted, Base):
    """One line of a tenant's audit: each carries the hash of the line before, so that none can be taken out unseen."""

    __tablename__ = "audit_events"
    tenant_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    at: Mapped[Instant]
    actor_id: Mapped[UUID | None] = mapped_column(Uuid)
    action: Mapped[str] = mapped_column(String(40))
    subject_kind: Mapped[str] = mapped_column(String(32))
    subject_id: Mapped[UUID | None] = mapped_column(Uuid)
    reason: Mapped[str] = mapped_column(Text, default="")
    facts: Mapped[dict[str, Any]] = mapped_column(Json)
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
