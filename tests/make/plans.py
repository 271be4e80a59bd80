"""Plans for tests."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from fieldapp.planning.commands import MakePlan

EVENING = (720, 960)
BEGINS = date(2026, 11, 1)


def every_evening(zone_id: UUID, **changed: Any) -> MakePlan:
    """Return a plan that asks for the cellars of a zone every evening 18-22, changed as asked."""
    wanted: dict[str, Any] = {
        "covers_paths": False,
        "kinds": ("BasementLevel",),
        "place_ids": (),
        "times_a_week": None,
        "weekdays": (1, 2, 3, 4, 5, 6, 7),
        "from_min": EVENING[0],
        "to_min": EVENING[1],
        "starts_on": BEGINS,
    }
    return MakePlan(zone_id=zone_id, **{**wanted, **changed})
