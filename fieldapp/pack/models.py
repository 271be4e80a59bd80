"""Tables of packs: the ground under the map, and the pack of each zone as it was last made."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from fieldapp.infra.db import Base, Instant, Json, Tenanted
from fieldapp.pack.kinds import GROUND_KINDS


class GroundShape(Tenanted, Base):
    """A shape that a map is read by and nobody's place: a street, water, a lawn. Replaced by each import of its area."""

    __tablename__ = "ground_shapes"
    tenant_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True)
    ref: Mapped[str] = mapped_column(String(64), primary_key=True)
    """Its identity on the map it is from: `osm:way/123`."""
    kind: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(120), default="")
    lines: Mapped[list[list[list[float]]]] = mapped_column(Json)
    """`[[[lon, lat] …]]`: one line; of an area its outline, and after it the holes."""
    __table_args__ = (
        CheckConstraint("kind IN (" + ", ".join(f"'{kind}'" for kind in GROUND_KINDS) + ")", name="kind"),
    )


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
