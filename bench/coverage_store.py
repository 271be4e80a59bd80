"""One more walk through the real fold with its database: segments as they lie after a push become bins that are written.

The network and the walk are those of `../shared/bench/walkcov`. What is timed is the worker's own job (`fold_everything`):
read the segments that are not folded yet, fold them by the engine, write their bins, and note that they are folded. The round
is open, as it is while its segments arrive.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import func, insert, select

from bench.review import NOW, app_on, make_supervisor
from fieldapp.coverage.fold import fold_everything
from fieldapp.coverage.ground import Floats
from fieldapp.coverage.models import PieceBin
from fieldapp.infra.db import as_tenant, db
from fieldapp.kernel.geo import LatLon, LocalPlane
from fieldapp.places.models import Path, Zone
from fieldapp.rounds.models import Round, TrackSegment
from fieldapp.rounds.track import COLUMNS, Fix, encode

PLANE = LocalPlane(LatLon(57.75, 11.98))
NEW_FIXES, CARRIED_FIXES = 150, 15
TIMES = 9
PAST_COUNT = 3
"""So many walks are folded before: what a server keeps of a network is made then, and its loops are compiled."""
Arrays = Mapping[str, Any]


def one_walk_ms(database: str, one: Arrays, times: int = TIMES) -> dict[str, float]:
    """Return how many milliseconds the fold of the walk takes with its database, all at once and segment by segment (medians)."""
    with app_on(database) as app:
        made, user_id = make_supervisor(app)
        with app.app_context():
            with as_tenant(made.id, write=True):
                zone_id = _lay(made.id, one["seg"])
            parts = _parts(one)
            for _ in range(PAST_COUNT):
                _fold(made.id, _arrive(made.id, user_id, zone_id, parts))
            once, each = list[float](), list[float]()
            for _ in range(times):
                once.append(_fold(made.id, _arrive(made.id, user_id, zone_id, parts)))
                round_id = _arrive(made.id, user_id, zone_id, [])
                each.append(sum(_fold(made.id, _segment(made.id, round_id, part)) for part in parts))
            _check(made.id)
            db.session.remove()
    return {"at_once": median(once), "segment_by_segment": median(each)}


def _lay(tenant_id: UUID, seg: Floats) -> UUID:
    zone_id = uuid.uuid4()
    usual = {"tenant_id": tenant_id, "created_at": NOW}
    zone = {**usual, "id": zone_id, "code": "Z", "name": "Zon", "outline": None}
    db.session.execute(insert(Zone), [zone])
    rows = [
        {
            **usual,
            "id": uuid.uuid4(),
            "external_id": f"P{number}",
            "line": [_lonlat(a - seg[0, :2]), _lonlat(b - seg[0, :2])],
            "branches": [],
            "length_m": float(np.hypot(*(b - a))),
            "is_lit": True,
        }
        for number, (a, b) in enumerate(seg.reshape(-1, 2, 2))
    ]
    db.session.execute(insert(Path), rows)
    return zone_id


def _lonlat(xy: Floats) -> list[float]:
    at = PLANE.to_latlon(float(xy[0]), float(xy[1]))
    return [at.lon, at.lat]


def _parts(one: Arrays) -> list[dict[str, Any]]:
    """Return the columns of the walk's segments, each with the last 30 s of the one before."""
    xy, t = one["xy"] - one["seg"][0, :2], one["t"] - one["t"][0]
    begins = NOW - timedelta(hours=3)
    fixes = [Fix(begins + timedelta(seconds=int(s)), PLANE.to_latlon(*at), None) for s, at in zip(t, xy, strict=True)]
    found = []
    for part, start in enumerate(range(0, len(fixes), NEW_FIXES)):
        carried = min(CARRIED_FIXES, start)
        columns = encode(fixes[start - carried : start + NEW_FIXES], round_id="", part=part, carried=carried)
        found.append({name: columns[name] for name in COLUMNS})
    return found


def _arrive(tenant_id: UUID, author_id: UUID, zone_id: UUID, parts: list[dict[str, Any]]) -> UUID:
    """Let a round begin and its segments come."""
    round_id = uuid.uuid4()
    with as_tenant(tenant_id, write=True):
        row = {
            "id": round_id,
            "tenant_id": tenant_id,
            "author_id": author_id,
            "zone_id": zone_id,
            "party_size": 2,
            "state": "open",
            "started_at": NOW - timedelta(hours=3),
            "received_at": NOW,
            "rev": 1,
        }
        db.session.execute(insert(Round), [row])
    for part in parts:
        _segment(tenant_id, round_id, part)
    return round_id


def _segment(tenant_id: UUID, round_id: UUID, columns: Mapping[str, Any]) -> UUID:
    count = len(columns["dt"])
    first = datetime.fromtimestamp(columns["t0"] / 1000, UTC)
    with as_tenant(tenant_id, write=True):
        row = {
            "id": uuid.uuid4(),
            "tenant_id": tenant_id,
            "round_id": round_id,
            "part": columns["part"],
            "carried": columns["carried"],
            "columns": dict(columns),
            "fix_count": count,
            "first_at": first,
            "last_at": first + timedelta(milliseconds=sum(columns["dt"])),
            "received_at": NOW,
        }
        db.session.execute(insert(TrackSegment), [row])
    return round_id


def _fold(tenant_id: UUID, round_id: UUID) -> float:
    """Return how many milliseconds it takes to fold what has come of a round."""
    start = time.perf_counter()
    fold_everything(tenant_id, NOW)
    return (time.perf_counter() - start) * 1000


def _check(tenant_id: UUID) -> None:
    """Refuse a fold that wrote nothing, or not the same of all at once and segment by segment."""
    with as_tenant(tenant_id, write=False):
        query = select(func.count(), func.sum(PieceBin.share)).group_by(PieceBin.round_id)
        counts = {(count, round(share, 6)) for count, share in db.session.execute(query)}
    if len(counts) != 1 or next(iter(counts))[0] < 50:
        raise RuntimeError(f"walks that are the same were folded to different bins: {counts}")
