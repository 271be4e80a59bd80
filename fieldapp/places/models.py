"""Tables of zones, places, labels at places, the path network and the ground under the map."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Float, ForeignKey, Index, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from fieldapp.infra.db import Base, Instant, Json, Key, Tenanted, UtcDateTime
from fieldapp.places.ground import GROUND_KINDS
from fieldapp.places.kinds import ANCHOR_KINDS, PLACE_KINDS


class Zone(Tenanted, Base):
    """A supervisor's area. Never removed, only ended."""

    __tablename__ = "zones"
    id: Mapped[Key]
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(120))
    outline: Mapped[list[list[float]] | None] = mapped_column(Json)
    created_at: Mapped[Instant]
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    __table_args__ = (Index("uq_zones_tenant_id_code", "tenant_id", "code", unique=True),)


class Place(Tenanted, Base):
    """Something that can be seen on a round: building, stairwell, cellar, yard. Never removed, only ended.

    `external_id` is the housing company's own identity of it; the ladder of property identifiers follows domain practice.
    """

    __tablename__ = "places"
    id: Mapped[Key]
    external_id: Mapped[str] = mapped_column(String(64))
    map_ref: Mapped[str | None] = mapped_column(String(64))
    """Which house of a map it is, where its identity is a register's: `osm:way/123`."""
    parent_id: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("places.id"))
    zone_id: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("zones.id"))
    owner_id: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("organisations.id"))
    kind: Mapped[str] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(String(120))
    lat: Mapped[float | None] = mapped_column(Float)
    lon: Mapped[float | None] = mapped_column(Float)
    outline: Mapped[Any | None] = mapped_column(Json)
    fastighet_beteckning: Mapped[str] = mapped_column(String(80), default="")
    fastighet_nr: Mapped[str] = mapped_column(String(40), default="")
    byggnad_nr: Mapped[str] = mapped_column(String(40), default="")
    adress: Mapped[str] = mapped_column(String(120), default="")
    postnr: Mapped[str] = mapped_column(String(10), default="")
    postort: Mapped[str] = mapped_column(String(60), default="")
    uppgang: Mapped[str] = mapped_column(String(20), default="")
    plan: Mapped[str] = mapped_column(String(20), default="")
    created_at: Mapped[Instant]
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    __table_args__ = (
        Index("uq_places_tenant_id_external_id", "tenant_id", "external_id", unique=True),
        Index("ix_places_tenant_id_zone_id", "tenant_id", "zone_id"),
        CheckConstraint("lat BETWEEN -90 AND 90 AND lon BETWEEN -180 AND 180", name="position"),
        CheckConstraint("(lat IS NULL) = (lon IS NULL)", name="position_whole"),
        CheckConstraint("kind IN (" + ", ".join(f"'{kind}'" for kind in PLACE_KINDS) + ")", name="kind"),
    )


class Path(Tenanted, Base):
    """A piece of the path network, seen or not seen as a whole: `[[lon, lat] …]`, and lines that branch off it.

    A piece is never changed. Where the map changes, the piece ends and others succeed it (`PathSuccession`).
    """

    __tablename__ = "paths"
    id: Mapped[Key]
    external_id: Mapped[str] = mapped_column(String(64))
    line: Mapped[list[list[float]]] = mapped_column(Json)
    branches: Mapped[list[list[list[float]]]] = mapped_column(Json, default=list)
    length_m: Mapped[float] = mapped_column(Float)
    is_lit: Mapped[bool]
    source: Mapped[str] = mapped_column(String(16), default="register")
    """What it was made from: a register that was written as a whole, a map (osm, nvdb), or a supervisor's hand (drawn)."""
    origin: Mapped[str] = mapped_column(String(64), default="")
    """The identity in its source of the way that most of it is from."""
    created_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """None for pieces older than this column."""
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    excluded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    excluded_by_id: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("users.id"))
    excluded_reason: Mapped[str] = mapped_column(String(200), default="")
    __table_args__ = (Index("uq_paths_tenant_id_external_id", "tenant_id", "external_id", unique=True),)


class PathSuccession(Tenanted, Base):
    """Which piece runs where an ended one ran, and for how many metres: what it inherits that one's clock by."""

    __tablename__ = "path_successions"
    predecessor_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("paths.id"), primary_key=True)
    successor_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("paths.id"), primary_key=True)
    overlap_m: Mapped[float] = mapped_column(Float)
    __table_args__ = (Index("ix_path_successions_tenant_id_successor_id", "tenant_id", "successor_id"),)


class Anchor(Tenanted, Base):
    """A label at a place, read where no satellite reaches. Never changed, only ended: another takes its place.

    `token` is what the QR code and the NFC tag hold and what is typed (`kernel/codes`); it says nothing of the place.
    """

    __tablename__ = "anchors"
    id: Mapped[Key]
    place_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("places.id"))
    token: Mapped[str] = mapped_column(String(8))
    kind: Mapped[str] = mapped_column(String(8))
    created_at: Mapped[Instant]
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    __table_args__ = (
        Index("uq_anchors_tenant_id_token", "tenant_id", "token", unique=True),
        Index("ix_anchors_tenant_id_place_id", "tenant_id", "place_id"),
        CheckConstraint("kind IN (" + ", ".join(f"'{kind}'" for kind in ANCHOR_KINDS) + ")", name="kind"),
    )


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
