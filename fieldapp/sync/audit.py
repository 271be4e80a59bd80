"""What is missing: holes in a device's gapless count, and photos that were named and have not come."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select

from fieldapp.infra.db import db
from fieldapp.sync.models import LedgerEntry, NamedBlob

MISSING_MAX = 1000


def missing(device_id: UUID) -> dict[str, Any]:
    """Return the highest number received from a device, the numbers below it that were not, and photos not received."""
    numbers = db.session.scalars(
        select(LedgerEntry.n).where(LedgerEntry.device_id == device_id).order_by(LedgerEntry.n).distinct()
    ).all()
    holes: list[int] = []
    before = 0
    for number in numbers:
        holes.extend(range(before + 1, min(number, before + 1 + MISSING_MAX)))
        before = number
    photos = db.session.scalars(
        select(NamedBlob.sha256)
        .where(NamedBlob.device_id == device_id, NamedBlob.received_at.is_(None))
        .order_by(NamedBlob.sha256)
        .limit(MISSING_MAX)
    ).all()
    return {"max_n": before, "missing": holes[:MISSING_MAX], "photos_missing": list(photos)}
