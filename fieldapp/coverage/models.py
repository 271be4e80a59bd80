"""Tables of coverage: what was seen of each round in quarters of an hour, what is counted of that, and the clocks.

None knows a host or a position. Bins are what was seen; the rest follows from them and can be counted anew.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Boolean, CheckConstraint, Date, Float, ForeignKey, Index, Integer, LargeBinary, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from fieldapp.coverage.days import PARTS
from fieldapp.coverage.rules import SOURCES
from fieldapp.infra.db import Base, Instant, Json, Key, Tenanted, UtcDateTime

_SOURCE = "source IN (" + ", ".join(f"'{source}'" for source in SOURCES) + ")"
_PART = "part IN (" + ", ".join(f"'{part}'" for part in PARTS) + ")"
_BY_KEY = {"sqlite_with_rowid": False}
"""Rows that are only found by their key lie in its order: one tree to write instead of two."""


class PieceBin(Tenanted, Base):
    """How much of a piece was walked in a round in one quarter of an hour: the greatest share that any evidence gives."""

    __tablename__ = "piece_bins"
    round_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("rounds.id"), primary_key=True)
    path_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("paths.id"), primary_key=True)
    bin: Mapped[int] = mapped_column(Integer, primary_key=True)
    source: Mapped[str] = mapped_column(String(8), primary_key=True)
    share: Mapped[float] = mapped_column(Float)
    engine: Mapped[int] = mapped_column(Integer)
    """The version of the engine that found it; 0: no engine."""
    __table_args__ = (CheckConstraint(_SOURCE, name="source"), _BY_KEY)


class PlaceBin(Tenanted, Base):
    """That a place was visited in a round in one quarter of an hour, and how that is known."""

    __tablename__ = "place_bins"
    round_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("rounds.id"), primary_key=True)
    place_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("places.id"), primary_key=True)
    bin: Mapped[int] = mapped_column(Integer, primary_key=True)
    source: Mapped[str] = mapped_column(String(8), primary_key=True)
    share: Mapped[float] = mapped_column(Float)
    engine: Mapped[int] = mapped_column(Integer)
    __table_args__ = (CheckConstraint(_SOURCE, name="source"), _BY_KEY)


class ToldWalk(Tenanted, Base):
    """What hosts say they passed of a gap of their round: pieces and places, their own word and labelled as that.

    The bins of source `told` follow from it; one that is taken back stays, and counts for nothing.
    """

    __tablename__ = "told_walks"
    id: Mapped[Key]
    round_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("rounds.id"))
    gap_id: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("gaps.id"))
    """None: the gap was still open."""
    from_at: Mapped[Instant]
    to_at: Mapped[Instant]
    target_ids: Mapped[list[str]] = mapped_column(Json)
    is_withdrawn: Mapped[bool] = mapped_column(Boolean)
    rev: Mapped[int] = mapped_column(Integer)
    __table_args__ = (
        Index("ix_told_walks_tenant_id_round_id", "tenant_id", "round_id"),
        CheckConstraint("to_at >= from_at", name="order"),
    )


class RoundCoverage(Tenanted, Base):
    """How a round stands with what is counted: as part of which walk it is counted, and whether it must be counted anew."""

    __tablename__ = "round_coverage"
    round_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("rounds.id"), primary_key=True)
    counted_walk_id: Mapped[UUID | None] = mapped_column(Uuid)
    """None: it is not counted yet, as every round that is not over."""
    is_stale: Mapped[bool] = mapped_column(Boolean)


class CoverageTarget(Tenanted, Base):
    """The number that a piece or a place has in what is counted. Given once, never again."""

    __tablename__ = "coverage_targets"
    tenant_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(5))
    target_id: Mapped[UUID] = mapped_column(Uuid)
    __table_args__ = (
        Index("uq_coverage_targets_tenant_id_target_id", "tenant_id", "target_id", unique=True),
        CheckConstraint("kind IN ('piece', 'place')", name="kind"),
        _BY_KEY,
    )


class WalkDay(Tenanted, Base):
    """What one walk counts for in a part of a day: the numbers of its targets, packed (`packed.py`)."""

    __tablename__ = "walk_days"
    walk_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    part: Mapped[str] = mapped_column(String(9), primary_key=True)
    seen: Mapped[bytes] = mapped_column(LargeBinary)
    told: Mapped[bytes] = mapped_column(LargeBinary)
    unknown: Mapped[bytes] = mapped_column(LargeBinary)
    __table_args__ = (Index("ix_walk_days_tenant_id_day", "tenant_id", "day"), CheckConstraint(_PART, name="part"))


class CoverageDay(Tenanted, Base):
    """How many walks saw, told of and may have seen each target in a part of a day: by its number, packed (`packed.py`)."""

    __tablename__ = "coverage_days"
    tenant_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    part: Mapped[str] = mapped_column(String(9), primary_key=True)
    seen: Mapped[bytes] = mapped_column(LargeBinary)
    told: Mapped[bytes] = mapped_column(LargeBinary)
    unknown: Mapped[bytes] = mapped_column(LargeBinary)
    __table_args__ = (CheckConstraint(_PART, name="part"),)


class PlaceClock(Tenanted, Base):
    """When a place was last seen. Written only by this package; knows no host and no round."""

    __tablename__ = "place_clocks"
    tenant_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True)
    place_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("places.id"), primary_key=True)
    last_seen_at: Mapped[Instant]
    """In any record, also of a round that is going on: for phones alone."""
    closed_seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """In a round that is over, or a record outside rounds: what may be shown at the desk."""
    seen_count: Mapped[int] = mapped_column(Integer, default=0)
    __table_args__ = (Index("ix_place_clocks_tenant_id_last_seen_at", "tenant_id", "last_seen_at"),)


class PathClock(Tenanted, Base):
    """When a piece was last seen; `is_inherited`: only the piece that ran there before it was."""

    __tablename__ = "path_clocks"
    tenant_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True)
    path_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("paths.id"), primary_key=True)
    last_seen_at: Mapped[Instant]
    is_inherited: Mapped[bool] = mapped_column(Boolean)
