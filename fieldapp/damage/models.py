"""Tables of cases: what follows from an observation of damage."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from fieldapp.damage.rules import STATUSES
from fieldapp.infra.db import Base, Instant, Key, Tenanted, UtcDateTime


class CaseCounter(Tenanted, Base):
    """The last case number given out in a tenant."""

    __tablename__ = "case_counters"
    tenant_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True)
    last_no: Mapped[int] = mapped_column(Integer, default=0)


class Case(Tenanted, Base):
    """A damage on its way to being mended. Outside the organisation it is known by `case_no` or `public_id` alone."""

    __tablename__ = "cases"
    id: Mapped[Key]
    observation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("observations.id"))
    case_no: Mapped[int] = mapped_column(Integer)
    public_id: Mapped[UUID] = mapped_column(Uuid, unique=True)
    revision: Mapped[int] = mapped_column(Integer, default=1)
    status: Mapped[str] = mapped_column(String(16), default="ny")
    status_reason: Mapped[str] = mapped_column(Text, default="")
    opened_at: Mapped[Instant]
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    updated_at: Mapped[Instant]
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    __table_args__ = (
        Index("uq_cases_tenant_id_case_no", "tenant_id", "case_no", unique=True),
        Index("uq_cases_tenant_id_observation_id", "tenant_id", "observation_id", unique=True),
        Index("ix_cases_tenant_id_status", "tenant_id", "status"),
        CheckConstraint("status IN (" + ", ".join(f"'{status}'" for status in STATUSES) + ")", name="status"),
    )
