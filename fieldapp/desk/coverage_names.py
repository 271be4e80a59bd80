"""What the targets of coverage are called and how they are drawn, kept by tenant as long as they are the same.

Naming 5,000 pieces by what they are near takes longer than a page may.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import select

from fieldapp.coverage.rules import PIECE
from fieldapp.coverage.targets import Targets
from fieldapp.infra.db import db
from fieldapp.places import queries
from fieldapp.places.models import Place
from fieldapp.places.path_list import piece_lines

TENANTS_KEPT = 8
_DECIMALS = 6


@dataclass(frozen=True, slots=True)
class TargetName:
    """What a target is called. `kind` is `piece` or a kind of place; `name` is a place's, or what a piece is near, if anything.

    `drawn` is its geometry as GeoJSON, or empty; `key` is the housing company's own identity of a place.
    """

    kind: str
    name: str
    length_m: int
    key: str
    drawn: str


Names = Mapping[UUID, TargetName]


def target_names(tenant_id: UUID, asked: Targets) -> Names:
    """Return the names of what is asked for, by id."""
    kept: dict[UUID, tuple[Targets, Names]] = current_app.extensions.setdefault("rond_coverage_names", {})
    known = kept.get(tenant_id)
    if known is not None and known[0] is asked:
        return known[1]
    made = _make()
    kept.pop(tenant_id, None)
    while len(kept) >= TENANTS_KEPT:
        kept.pop(next(iter(kept)), None)
    kept[tenant_id] = asked, made
    return made


def _make() -> Names:
    columns = (Place.id, Place.kind, Place.name, Place.external_id, Place.lat, Place.lon)
    found = {
        row.id: TargetName(row.kind, row.name, 0, row.external_id, _point(row.lat, row.lon))
        for row in db.session.execute(select(*columns).where(Place.ended_at.is_(None)))
    }
    for line in piece_lines(queries.paths(), queries.positions_of_places(), ()):
        parts = [[[round(lon, _DECIMALS), round(lat, _DECIMALS)] for lon, lat, *_height in part] for part in line.lines]
        found[line.id] = TargetName(PIECE, line.near, line.length_m, "", _written("MultiLineString", parts))
    return found


def _point(lat: float | None, lon: float | None) -> str:
    return "" if lat is None or lon is None else _written("Point", [round(lon, _DECIMALS), round(lat, _DECIMALS)])


def _written(kind: str, coordinates: Any) -> str:
    return json.dumps({"type": kind, "coordinates": coordinates}, separators=(",", ":"))
