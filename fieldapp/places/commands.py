"""What can be asked of zones and places. Made by schemas and by imports: shapes and ranges hold."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

Ring = list[list[float]]
"""Positions `[lon, lat]` around an area, the last one the first again."""


@dataclass(frozen=True, slots=True)
class AddZone:
    """Give hosts a new area. Its code is what imports name it by."""

    code: str
    name: str
    outline: Ring | None


@dataclass(frozen=True, slots=True)
class ChangeZone:
    """Rename an area or draw it anew; no outline takes the old one away."""

    name: str
    outline: Ring | None


@dataclass(frozen=True, slots=True)
class AddPlace:
    """Add a place. `external_id` is the housing company's own identity of it; `parent` is one too."""

    external_id: str
    kind: str
    name: str
    parent: str | None
    zone_id: UUID | None
    lat: float | None
    lon: float | None
    fastighet_beteckning: str
    fastighet_nr: str
    byggnad_nr: str
    adress: str
    postnr: str
    postort: str
    uppgang: str
    plan: str


@dataclass(frozen=True, slots=True)
class ChangePlace:
    """Change a place; its identity and its outline stay."""

    kind: str
    name: str
    parent: str | None
    zone_id: UUID | None
    lat: float | None
    lon: float | None
    fastighet_beteckning: str
    fastighet_nr: str
    byggnad_nr: str
    adress: str
    postnr: str
    postort: str
    uppgang: str
    plan: str


@dataclass(frozen=True, slots=True)
class ApplyImport:
    """Do what a preview said: the file by its hash, the plan by its digest."""

    sha256: str
    digest: str
    create_zones: bool


@dataclass(frozen=True, slots=True)
class ReadMap:
    """What a person says of a map file: what it is (None: look), what it is all of, and of zones how to read them."""

    kind: str | None
    extent: tuple[float, float, float, float] | None
    epsg: int | None
    code_field: str | None
    name_field: str | None


@dataclass(frozen=True, slots=True)
class ApplyMap:
    """Do what a preview of a map said: what was read by its hash, the plan by its digest."""

    sha256: str
    digest: str


@dataclass(frozen=True, slots=True)
class ExcludePaths:
    """Leave pieces out of what is covered and suggested, each for the same reason."""

    pieces: list[UUID]
    reason: str


@dataclass(frozen=True, slots=True)
class IncludePaths:
    """Take pieces back that were left out."""

    pieces: list[UUID]


@dataclass(frozen=True, slots=True)
class AddPath:
    """Add a path that no map has: positions `[lon, lat]` along it."""

    line: Ring
    is_lit: bool


@dataclass(frozen=True, slots=True)
class MakeAnchors:
    """Make labels of a kind for places that have none of it."""

    places: list[UUID]
    kind: str
