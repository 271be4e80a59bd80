"""Tables of rounds, their hosts, tracks, gaps and viewings."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from fieldapp.infra.db import Base, Instant, Json, Key, Tenanted, UtcDateTime
from fieldapp.rounds.rules import END_REASONS, GAP_REASONS

_UNFOLDED = text("folded_by IS NULL AND columns IS NOT NULL")


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN (" + ", ".join(f"'{value}'" for value in values) + ")"


class Round(Tenanted, Base):
    """One evening walk. How many walked is a number; who, only that hosts may see their own."""

    __tablename__ = "rounds"
    id: Mapped[Key]
    author_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("users.id"))
    device_id: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("devices.id"))
    zone_id: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("zones.id"))
    party_size: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(8))
    started_at: Mapped[Instant]
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    end_reason: Mapped[str | None] = mapped_column(String(16))
    received_at: Mapped[Instant]
    rev: Mapped[int] = mapped_column(Integer, default=1)
    source: Mapped[str] = mapped_column(String(8), default="phone")
    walk_id: Mapped[UUID] = mapped_column(Uuid, default=lambda context: context.get_current_parameters()["id"])
    """Which rounds are one walk: several phones on the same one. A round by itself is its own walk."""
    join_code: Mapped[str | None] = mapped_column(String(6))
    """What a colleague types to join it; None for a round that no phone walked, or of a time before there were walks."""
    __table_args__ = (
        Index("ix_rounds_tenant_id_walk_id", "tenant_id", "walk_id"),
        Index("ix_rounds_tenant_id_join_code", "tenant_id", "join_code"),
        Index("ix_rounds_tenant_id_started_at", "tenant_id", "started_at"),
        Index("ix_rounds_tenant_id_author_id", "tenant_id", "author_id"),
        CheckConstraint("state IN ('open', 'paused', 'ended')", name="state"),
        CheckConstraint("(state = 'ended') = (ended_at IS NOT NULL)", name="ended"),
        CheckConstraint("party_size BETWEEN 1 AND 20", name="party_size"),
        CheckConstraint(_one_of("end_reason", END_REASONS), name="end_reason"),
        CheckConstraint("source IN ('phone', 'gpx')", name="source"),
    )


class TrackSegment(Tenanted, Base):
    """Up to 400 fixes of a round in columns, as they came; erased `track_retention_hours` after they were received.

    What is left then says when the phone heard positions, and at which pieces of the path network that began and ended.
    """

    __tablename__ = "track_segments"
    id: Mapped[Key]
    round_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("rounds.id"))
    device_id: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("devices.id"))
    part: Mapped[int] = mapped_column(Integer)
    carried: Mapped[int] = mapped_column(Integer, default=0)
    fix_count: Mapped[int] = mapped_column(Integer)
    first_at: Mapped[Instant]
    last_at: Mapped[Instant]
    columns: Mapped[dict[str, Any] | None] = mapped_column(Json)
    received_at: Mapped[Instant]
    folded_by: Mapped[int | None] = mapped_column(Integer)
    """The version of the engine that made its fixes into coverage; None: not yet."""
    heard: Mapped[list[list[Any]] | None] = mapped_column(Json)
    """`[[from_ms, piece, to_ms, piece] …]`: from when to when positions came, and the pieces nearest to both ends."""
    __table_args__ = (
        Index("ix_track_segments_tenant_id_round_id", "tenant_id", "round_id"),
        Index("ix_track_segments_unfolded", "tenant_id", sqlite_where=_UNFOLDED, postgresql_where=_UNFOLDED),
        Index("ix_track_segments_received_at", "received_at"),
        CheckConstraint("fix_count BETWEEN 1 AND 400", name="fix_count"),
    )


class Gap(Tenanted, Base):
    """A time in a round when nothing was recorded, and why."""

    __tablename__ = "gaps"
    id: Mapped[Key]
    round_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("rounds.id"))
    from_at: Mapped[Instant]
    to_at: Mapped[Instant]
    reason: Mapped[str] = mapped_column(String(16))
    __table_args__ = (
        Index("ix_gaps_tenant_id_round_id", "tenant_id", "round_id"),
        CheckConstraint("to_at >= from_at", name="order"),
        CheckConstraint(_one_of("reason", GAP_REASONS), name="reason"),
    )


class RoundJoin(Tenanted, Base):
    """A host said that their round belongs with another: by its id, or by its code. Kept whether the other is known or not.

    `joined_id` is the round that was meant, once it is known.
    """

    __tablename__ = "round_joins"
    id: Mapped[Key]
    round_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("rounds.id"))
    with_id: Mapped[UUID | None] = mapped_column(Uuid)
    code: Mapped[str] = mapped_column(String(6))
    at: Mapped[Instant]
    received_at: Mapped[Instant]
    joined_id: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("rounds.id"))
    __table_args__ = (
        Index("ix_round_joins_tenant_id_code", "tenant_id", "code"),
        Index("ix_round_joins_tenant_id_round_id", "tenant_id", "round_id"),
    )


class RoundViewing(Tenanted, Base):
    """Somebody opened a round: when, in what role, and the reason they gave. The round's hosts see it."""

    __tablename__ = "round_viewings"
    id: Mapped[Key]
    round_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("rounds.id"))
    user_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("users.id"))
    role: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[Instant]
    __table_args__ = (Index("ix_round_viewings_tenant_id_round_id", "tenant_id", "round_id"),)
