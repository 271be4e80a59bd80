"""Tables of cases: what follows from an observation of damage."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, String, Text, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from fieldapp.damage.rules import STATUSES
from fieldapp.infra.db import Base, Instant, Json, Key, Tenanted, UtcDateTime

_KNOWN_STATUS = "status IN (" + ", ".join(f"'{status}'" for status in STATUSES) + ")"
_LIVING = text("status <> 'ateroppnad'")
_DUPLICATES, _REOPENS = text("duplicate_of_id IS NOT NULL"), text("reopens_id IS NOT NULL")
_UNSEEN = text("seen_at IS NULL")
_IN_LIST = ("tenant_id", "status", "case_no", "category_code", "zone_id", "severity", "due_at", "opened_at")
_IN_MONTHS = ("tenant_id", "opened_at", "status", "due_at", "mended_at")
_IN_FIGURES = (
    "tenant_id", "category_code", "zone_id", "mend_bucket_h", "status", "opened_at", "due_at", "mended_at"
)  # fmt: skip
"""All that lists are filtered and counted by, and all that figures are made of: neither reads the table's own rows.

Figures are read in the order in which they are grouped: SQLite need not sort 100,000 rows."""


class CaseCounter(Tenanted, Base):
    """The last case number given out in a tenant."""

    __tablename__ = "case_counters"
    tenant_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True)
    last_no: Mapped[int] = mapped_column(Integer, default=0)


class Case(Tenanted, Base):
    """A damage on its way to being mended. Outside the organisation it is known by `case_no` or `public_id` alone.

    `zone_id`, `category_code` and `severity` are the observation's, kept here as well so that a list needs no other table.
    `mend_bucket_h` is `mend_minutes` in whole hours, from 48 in whole days: what figures count by.
    """

    __tablename__ = "cases"
    id: Mapped[Key]
    observation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("observations.id"))
    zone_id: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("zones.id"))
    category_code: Mapped[str] = mapped_column(String(8))
    severity: Mapped[int] = mapped_column(Integer)
    case_no: Mapped[int] = mapped_column(Integer)
    public_id: Mapped[UUID] = mapped_column(Uuid, unique=True)
    revision: Mapped[int] = mapped_column(Integer, default=1)
    status: Mapped[str] = mapped_column(String(16), default="ny")
    status_reason: Mapped[str] = mapped_column(Text, default="")
    duplicate_of_id: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("cases.id"))
    reopens_id: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("cases.id"))
    opened_at: Mapped[Instant]
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    mended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    mend_minutes: Mapped[int | None] = mapped_column(Integer)
    mend_bucket_h: Mapped[int | None] = mapped_column(Integer)
    verified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    updated_at: Mapped[Instant]
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    __table_args__ = (
        Index("uq_cases_tenant_id_case_no", "tenant_id", "case_no", unique=True),
        Index(
            "uq_cases_tenant_id_observation_id",
            "tenant_id",
            "observation_id",
            unique=True,
            sqlite_where=_LIVING,
            postgresql_where=_LIVING,
        ),
        Index("ix_cases_list", *_IN_LIST),
        Index("ix_cases_figures", *_IN_FIGURES),
        Index("ix_cases_opened", *_IN_MONTHS),
        Index("ix_cases_duplicate_of_id", "duplicate_of_id", sqlite_where=_DUPLICATES, postgresql_where=_DUPLICATES),
        Index("ix_cases_reopens_id", "reopens_id", sqlite_where=_REOPENS, postgresql_where=_REOPENS),
        CheckConstraint(_KNOWN_STATUS, name="status"),
    )


class CaseEvent(Tenanted, Base):
    """One step of a case, never changed; `number` counts them. `user_id` is None where a rule took it; `rule` then says which."""

    __tablename__ = "case_events"
    id: Mapped[Key]
    case_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("cases.id"))
    number: Mapped[int] = mapped_column(Integer)
    revision: Mapped[int] = mapped_column(Integer)
    from_status: Mapped[str] = mapped_column(String(16))
    to_status: Mapped[str] = mapped_column(String(16))
    at: Mapped[Instant]
    user_id: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("users.id"))
    by_role: Mapped[str] = mapped_column(String(16), default="")
    rule: Mapped[str] = mapped_column(String(16), default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    __table_args__ = (
        Index("uq_case_events_tenant_id_case_id_number", "tenant_id", "case_id", "number", unique=True),
        CheckConstraint("(user_id IS NULL) = (rule <> '')", name="who"),
    )


class CaseClock(Tenanted, Base):
    """Within how many hours damage of a severity should be mended; None: no clock runs. Without a row the usual hours hold.

    `is_working_time`: only hours of the organisation's calendar count.
    """

    __tablename__ = "case_clocks"
    tenant_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True)
    severity: Mapped[int] = mapped_column(Integer, primary_key=True)
    hours: Mapped[int | None] = mapped_column(Integer)
    is_working_time: Mapped[bool] = mapped_column(Boolean, default=False)
    __table_args__ = (
        CheckConstraint("severity BETWEEN 1 AND 4", name="severity"),
        CheckConstraint("hours BETWEEN 1 AND 2160", name="hours"),
    )


class WorkWeek(Tenanted, Base):
    """When an organisation's maintenance works: weekdays (Monday is 1), minutes of the local day, and days off."""

    __tablename__ = "work_weeks"
    tenant_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True)
    weekdays: Mapped[list[int]] = mapped_column(Json)
    from_min: Mapped[int] = mapped_column(Integer)
    to_min: Mapped[int] = mapped_column(Integer)
    days_off: Mapped[list[str]] = mapped_column(Json)
    __table_args__ = (CheckConstraint("from_min >= 0 AND to_min <= 1440 AND to_min - from_min >= 60", name="hours"),)


class CaseEscalation(Tenanted, Base):
    """Who is told when a clock has run out, and how many hours after."""

    __tablename__ = "case_escalations"
    tenant_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("users.id"), primary_key=True)
    after_hours: Mapped[int] = mapped_column(Integer, default=0)
    __table_args__ = (CheckConstraint("after_hours BETWEEN 0 AND 720", name="after_hours"),)


class CaseNotice(Tenanted, Base):
    """What a user was told: that this case's clock, which ran until `due_at`, has run out. Told once for each such time."""

    __tablename__ = "case_notices"
    tenant_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("users.id"), primary_key=True)
    case_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("cases.id"), primary_key=True)
    due_at: Mapped[Instant] = mapped_column(primary_key=True)
    at: Mapped[Instant]
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    __table_args__ = (
        Index("ix_case_notices_unseen", "tenant_id", "user_id", sqlite_where=_UNSEEN, postgresql_where=_UNSEEN),
    )
