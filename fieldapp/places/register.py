"""Write a whole register of zones, places and paths at once, for a tenant that has none of them yet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from fieldapp.infra import changes
from fieldapp.infra.db import db
from fieldapp.places.models import Path, Place, Zone
from fieldapp.places.network import line_m


def write_register(
    tenant_id: UUID,
    *,
    zones: Sequence[dict[str, Any]],
    places: Sequence[dict[str, Any]],
    paths: Sequence[dict[str, Any]],
    at: datetime,
) -> None:
    """Insert rows of the three tables, parents before their children, and tell the phones of zones and places."""
    common = {"tenant_id": tenant_id, "ended_at": None}
    for model, rows in ((Zone, zones), (Place, places)):
        if rows:
            db.session.execute(insert(model), [{**row, **common, "created_at": at} for row in rows])
    if paths:
        rows = [{**row, **common, "created_at": at, "length_m": line_m(row["line"])} for row in paths]
        db.session.execute(insert(Path), rows)
    noted = [("zone", row["id"], changes.EVERYBODY) for row in zones]
    noted += [("place", row["id"], changes.EVERYBODY) for row in places]
    changes.note_many(tenant_id, noted, at=at)
