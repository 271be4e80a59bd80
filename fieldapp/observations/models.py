"""Tables of categories, observations, their photos, history and comments."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, CheckConstraint, Float, ForeignKey, Index, Integer, String, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from fieldapp.infra.db import Base, Instant, Json, Key, Tenanted, UtcDateTime


class Category(Tenanted, Base):
    """One code of the organisation's set. A code means the same for ever: it is ended, never reused."""

    __tablename__ = "categories"
    id: Mapped[Key]
    code: Mapped[str] = mapped_column(String(8))
    group: Mapped[str] = mapped_column("group_code", String(4))
    kind: Mapped[str] = mapped_column(String(1))
    name_sv: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(80))
    severity: Mapped[int] = mapped_column(Integer)
    trade: Mapped[str] = mapped_column(String(8), default="")
    share: Mapped[str] = mapped_column(String(1))
    is_direct: Mapped[bool] = mapped_column(Boolean, default=False)
    sort: Mapped[int] = mapped_column(Integer)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    __table_args__ = (
        Index("uq_categories_tenant_id_code", "tenant_id", "code", unique=True),
        CheckConstraint("kind IN ('D', 'O', 'P')", name="kind"),
        CheckConstraint("severity BETWEEN 1 AND 4", name="severity"),
        CheckConstraint("share IN ('A', 'B', 'C')", name="share"),
    )


class Observation(Tenanted, Base):
    """What a host logged: where, what, how bad; never who was there."""

    __tablename__ = "observations"
    id: Mapped[Key]
    author_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("users.id"))
    device_id: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("devices.id"))
    round_id: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("rounds.id"))
    zone_id: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("zones.id"))
    place_id: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("places.id"))
    place_source: Mapped[str] = mapped_column(String(10))
    floor: Mapped[str] = mapped_column(String(20), default="")
    category_code: Mapped[str] = mapped_column(String(8))
    kind: Mapped[str] = mapped_column(String(1))
    severity: Mapped[int] = mapped_column(Integer)
    lat: Mapped[float | None] = mapped_column(Float)
    lon: Mapped[float | None] = mapped_column(Float)
    accuracy_m: Mapped[float | None] = mapped_column(Float)
    note: Mapped[str] = mapped_column(Text, default="")
    note_masked: Mapped[str] = mapped_column(Text, default="")
    note_state: Mapped[str] = mapped_column(String(12), default="clean")
    state: Mapped[str] = mapped_column(String(10), default="recorded")
    withdraw_reason: Mapped[str | None] = mapped_column(String(12))
    how: Mapped[str | None] = mapped_column(String(4))
    is_conflict: Mapped[bool] = mapped_column(Boolean, default=False)
    is_recategorised: Mapped[bool] = mapped_column(Boolean, default=False)
    rev: Mapped[int] = mapped_column(Integer, default=1)
    occurred_at: Mapped[Instant]
    received_at: Mapped[Instant]
    updated_at: Mapped[Instant]
    __table_args__ = (
        Index("ix_observations_tenant_id_occurred_at", "tenant_id", "occurred_at"),
        Index("ix_observations_tenant_id_round_id", "tenant_id", "round_id"),
        Index("ix_observations_tenant_id_place_id_occurred_at", "tenant_id", "place_id", "occurred_at"),
        CheckConstraint("kind IN ('D', 'O', 'P')", name="kind"),
        CheckConstraint("severity BETWEEN 1 AND 4", name="severity"),
        CheckConstraint("state IN ('recorded', 'withdrawn')", name="state"),
        CheckConstraint("note_state IN ('clean', 'confirmed', 'unconfirmed', 'sensitive')", name="note_state"),
        CheckConstraint("place_source IN ('suggested', 'chosen', 'none')", name="place_source"),
        CheckConstraint("lat BETWEEN -90 AND 90 AND lon BETWEEN -180 AND 180", name="position"),
        CheckConstraint("(lat IS NULL) = (lon IS NULL)", name="position_whole"),
        CheckConstraint("length(note) <= 500", name="note"),
    )


class ObservationEdit(Tenanted, Base):
    """One change after the first record: `changes` maps a field to [before, after]; the note's text is kept as masked."""

    __tablename__ = "observation_edits"
    id: Mapped[Key]
    observation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("observations.id"))
    rev: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(String(16))
    by_role: Mapped[str] = mapped_column(String(16))
    user_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("users.id"))
    changes: Mapped[dict[str, Any]] = mapped_column(Json)
    at: Mapped[Instant]
    __table_args__ = (
        Index("ix_observation_edits_tenant_id_observation_id", "tenant_id", "observation_id"),
        CheckConstraint("kind IN ('correct', 'withdraw', 'recategorise', 'record_again')", name="kind"),
    )


class ObservationComment(Tenanted, Base):
    """What the desk says to the host about a record."""

    __tablename__ = "observation_comments"
    id: Mapped[Key]
    observation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("observations.id"))
    user_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("users.id"))
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[Instant]
    __table_args__ = (Index("ix_observation_comments_tenant_id_observation_id", "tenant_id", "observation_id"),)


class ObservationPhoto(Tenanted, Base):
    """One photo of an observation, by slot: the same bytes twice are two references to one file."""

    __tablename__ = "observation_photos"
    id: Mapped[Key]
    observation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("observations.id"))
    author_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("users.id"))
    slot: Mapped[int] = mapped_column(Integer)
    sha256: Mapped[str] = mapped_column(String(64))
    size_bytes: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(8), default="named")
    refused_why: Mapped[str] = mapped_column(String(24), default="")
    clean_sha256: Mapped[str | None] = mapped_column(String(64))
    thumb_sha256: Mapped[str | None] = mapped_column(String(64))
    width_px: Mapped[int | None] = mapped_column(Integer)
    height_px: Mapped[int | None] = mapped_column(Integer)
    __table_args__ = (
        Index(
            "uq_observation_photos_tenant_id_observation_id_slot", "tenant_id", "observation_id", "slot", unique=True
        ),
        Index("ix_observation_photos_tenant_id_sha256", "tenant_id", "sha256"),
        Index("ix_observation_photos_state", "state"),
        CheckConstraint("slot BETWEEN 1 AND 3", name="slot"),
        CheckConstraint("state IN ('named', 'received', 'clean', 'refused')", name="state"),
    )
