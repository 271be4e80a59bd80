"""Fill an organisation with many cases, straight into the tables: for measuring and counting statements."""

from __future__ import annotations

import random
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from fieldapp.damage.models import Case, CaseCounter, CaseEvent
from fieldapp.damage.rules import mend_bucket_h
from fieldapp.infra.db import db
from fieldapp.observations.models import Observation
from fieldapp.places.models import Place, Zone

CHUNK = 2_000
CODES = (
    ("SK01", 3),
    ("SK02", 3),
    ("SK03", 3),
    ("SK07", 2),
    ("BE01", 3),
    ("BE03", 1),
    ("RE01", 2),
    ("RE04", 1),
    ("TI01", 3),
)
DONE = (
    ("stangd",) * 30
    + ("kontrollerad",) * 4
    + ("atgardad",) * 3
    + ("avvisad",) * 2
    + ("dubblett",) * 2
    + ("ateroppnad",)
)
OPEN = ("ny", "granskad", "skickad", "skickad", "bekraftad", "pagar")
MINUTES_BETWEEN = 16
"""Between two cases: 90 a day, so that 100,000 are those of three years."""


@dataclass(frozen=True, slots=True)
class CaseSize:
    """How much there is, and how many of the latest cases are open for the most part."""

    cases: int
    places: int = 1_000
    zones: int = 6
    recent: int = 4_000


def fill_cases(tenant_id: UUID, author_id: UUID, until: datetime, size: CaseSize, seed: int = 1) -> None:
    """Fill the tenant; the last case was opened just before `until`. In a write transaction."""
    chance = random.Random(seed)  # noqa: S311 - the same store each time
    zones, places = _ground(tenant_id, size, until)
    records, cases, events = [], [], []
    for number in range(1, size.cases + 1):
        opened_at = until - timedelta(minutes=MINUTES_BETWEEN * (size.cases + 1 - number))
        code, severity = chance.choice(CODES)
        spot = chance.randrange(size.places)
        is_recent = number > size.cases - size.recent and chance.random() < 0.6
        status = chance.choice(OPEN if is_recent else DONE)
        common = {
            "tenant_id": tenant_id,
            "zone_id": zones[spot % size.zones],
            "category_code": code,
            "severity": severity,
        }
        record = _record(common, author_id, places[spot], opened_at, chance)
        case = _case(common, record["id"], number, status, opened_at, chance)
        records.append(record)
        cases.append(case)
        events += _events(case, author_id)
    for model, rows in ((Observation, records), (Case, cases), (CaseEvent, events)):
        _put(model, rows)
    _put(CaseCounter, [{"tenant_id": tenant_id, "last_no": size.cases}])


def _ground(tenant_id: UUID, size: CaseSize, now: datetime) -> tuple[list[UUID], list[UUID]]:
    zones, places = [uuid.uuid4() for _ in range(size.zones)], [uuid.uuid4() for _ in range(size.places)]
    outline = [[11.9, 57.7], [12.0, 57.7], [12.0, 57.8], [11.9, 57.8], [11.9, 57.7]]
    _put(
        Zone,
        [
            {
                "id": one,
                "tenant_id": tenant_id,
                "code": f"Z{n}",
                "name": f"Område {n + 1}",
                "outline": outline,
                "created_at": now,
            }
            for n, one in enumerate(zones)
        ],
    )
    _put(
        Place,
        [
            {"id": one, "tenant_id": tenant_id, "zone_id": zones[n % size.zones], "created_at": now, "external_id": f"L{n}",
             "kind": "Stairwell", "name": f"Bergsbogatan {n}", "lat": 57.7 + n % 97 / 1000, "lon": 11.9 + n % 89 / 1000}
            for n, one in enumerate(places)
        ],
    )  # fmt: skip
    return zones, places


def _record(
    common: Mapping[str, Any], author_id: UUID, place_id: UUID, at: datetime, chance: random.Random
) -> dict[str, Any]:
    where = {
        "place_id": place_id,
        "place_source": "chosen",
        "lat": 57.7 + chance.random() / 10,
        "lon": 11.9,
        "accuracy_m": 9.0,
    }
    times = {"occurred_at": at, "received_at": at, "updated_at": at}
    what = {"kind": "D", "note": "På dörren", "note_masked": "På dörren", "note_state": "clean"}
    return {"id": uuid.uuid4(), "author_id": author_id, **common, **where, **times, **what}


def _case(
    common: Mapping[str, Any], observation_id: UUID, number: int, status: str, at: datetime, chance: random.Random
) -> dict[str, Any]:
    minutes = int(chance.lognormvariate(6.3, 1.2))
    is_mended = status in {"atgardad", "kontrollerad", "stangd", "ateroppnad"}
    ended_at = at + timedelta(minutes=minutes)
    return {
        "id": uuid.uuid4(),
        **common,
        "observation_id": observation_id,
        "case_no": number,
        "public_id": uuid.uuid4(),
        "status": status,
        "status_reason": "redan gjort" if status == "avvisad" else "",
        "opened_at": at,
        "due_at": at + timedelta(hours=24) if common["severity"] >= 3 else None,
        "mended_at": ended_at if is_mended else None,
        "mend_minutes": minutes if is_mended else None,
        "mend_bucket_h": mend_bucket_h(minutes) if is_mended else None,
        "verified_at": ended_at if status in {"kontrollerad", "stangd"} else None,
        "closed_at": ended_at if status in {"stangd", "avvisad", "dubblett", "ateroppnad"} else None,
        "updated_at": ended_at,
    }


def _events(case: Mapping[str, Any], user_id: UUID) -> list[dict[str, Any]]:
    steps = [("ny", "granskad")] if case["status"] != "ny" else []
    if case["status"] not in {"ny", "granskad"}:
        steps.append(("granskad", case["status"]))
    return [
        {"id": uuid.uuid4(), "tenant_id": case["tenant_id"], "case_id": case["id"], "number": number, "revision": 1,
         "from_status": before, "to_status": after, "at": case["updated_at"], "user_id": user_id, "by_role": "supervisor"}
        for number, (before, after) in enumerate(steps, start=1)
    ]  # fmt: skip


def _put(model: Any, rows: Sequence[Mapping[str, Any]]) -> None:
    for start in range(0, len(rows), CHUNK):
        db.session.execute(insert(model.__table__), list(rows[start : start + CHUNK]))
