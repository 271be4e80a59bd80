"""Tables of packs: the pack of each zone as it was last made."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from fieldapp.infra.db import Base, Instant, Json, Tenanted


class DistrictPack(Tenanted, Base):
    """What a phone keeps of a zone to show a map without a network. Derived: it can be made anew at any time."""

    __tablename__ = "district_packs"
    tenant_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True)
    zone_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("zones.id"), primary_key=True)
    version: Mapped[str] = mapped_column(String(32))
    """A hash of the content: the same for the same content, whenever it is made."""
    made_from: Mapped[str] = mapped_column(String(64))
    """A hash of what says that zones, places, paths or ground have changed."""
    made_at: Mapped[Instant]
    manifest: Mapped[dict[str, Any]] = mapped_column(Json)
    content: Mapped[bytes] = mapped_column(LargeBinary)
