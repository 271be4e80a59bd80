"""Tables of coverage: the clock of each place."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ForeignKey, Index, Integer, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from fieldapp.infra.db import Base, Instant, Tenanted


class PlaceClock(Tenanted, Base):
    """When a place was last seen. Written only by this package's reactions; knows no host and no round."""

    __tablename__ = "place_clocks"
    tenant_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True)
    place_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("places.id"), primary_key=True)
    last_seen_at: Mapped[Instant]
    seen_count: Mapped[int] = mapped_column(Integer, default=0)
    __table_args__ = (Index("ix_place_clocks_tenant_id_last_seen_at", "tenant_id", "last_seen_at"),)
