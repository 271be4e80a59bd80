"""Tables of planning: plans, where a zone's rounds begin, and the rounds that are suggested."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, CheckConstraint, Date, ForeignKey, Index, Integer, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from fieldapp.infra.db import Base, Instant, Json, Key, Tenanted, UtcDateTime
from fieldapp.planning.rules import Cadence


class Plan(Tenanted, Base):
    """What of a zone should be seen how often and when. Never changed: ended, and succeeded by another."""

    __tablename__ = "plans"
    id: Mapped[Key]
    zone_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("zones.id"))
    covers_paths: Mapped[bool] = mapped_column(Boolean)
    kinds: Mapped[list[str]] = mapped_column(Json)
    place_ids: Mapped[list[str]] = mapped_column(Json)
    """Chosen places; empty where the plan names its places by kind."""
    times_a_week: Mapped[int | None] = mapped_column(Integer)
    weekdays: Mapped[list[int]] = mapped_column(Json)
    from_min: Mapped[int] = mapped_column(Integer)
    to_min: Mapped[int] = mapped_column(Integer)
    starts_on: Mapped[date] = mapped_column(Date)
    until_on: Mapped[date | None] = mapped_column(Date)
    predecessor_id: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("plans.id"))
    created_at: Mapped[Instant]
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    __table_args__ = (
        Index("ix_plans_tenant_id_zone_id", "tenant_id", "zone_id"),
        CheckConstraint("times_a_week BETWEEN 1 AND 7", name="times_a_week"),
        CheckConstraint("0 <= from_min AND from_min < to_min AND to_min <= 1440", name="hours"),
        CheckConstraint("until_on >= starts_on", name="days"),
    )

    @property
    def cadence(self) -> Cadence:
        """Return how often it asks for its targets."""
        weekdays = frozenset(self.weekdays)
        return Cadence(weekdays, self.times_a_week, self.from_min, self.to_min, self.starts_on, self.until_on)


class MeetingPoint(Tenanted, Base):
    """The place where the rounds of a zone begin and end. A zone without one begins in its middle."""

    __tablename__ = "meeting_points"
    tenant_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True)
    zone_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("zones.id"), primary_key=True)
    place_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("places.id"))


class SuggestedRound(Tenanted, Base):
    """The newest suggestion for a zone, a day and a number of minutes. Knows no host."""

    __tablename__ = "suggested_rounds"
    tenant_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True)
    zone_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("zones.id"), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    minutes: Mapped[int] = mapped_column(Integer, primary_key=True)
    made_from: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[Instant]
    body: Mapped[Any] = mapped_column(Json)
