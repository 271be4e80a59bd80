"""Fill an organisation with what is counted of many rounds, straight into the tables: for measuring and counting statements."""

from __future__ import annotations

import random
import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import insert

from fieldapp.coverage.days import PARTS, bin_of
from fieldapp.coverage.models import (
    CoverageDay,
    CoverageTarget,
    PathClock,
    PieceBin,
    PlaceBin,
    PlaceClock,
    RoundCoverage,
    WalkDay,
)
from fieldapp.coverage.packed import pack_counts, pack_numbers
from fieldapp.infra import changes
from fieldapp.infra.db import db
from fieldapp.kernel.geo import LatLon, LocalPlane
from fieldapp.places.models import Path, Place, Zone
from fieldapp.rounds.models import Gap, Round

PLANE = LocalPlane(LatLon(57.75, 11.98))
PIECE_M = 40.0
REASONS = ("no_fix", "hidden", "locked_or_killed", "user_pause")
KINDS = ("BasementLevel", "Stairwell", "OutdoorSpace", "LaundryRoom")
CHUNK = 2_000


@dataclass(frozen=True, slots=True)
class Size:
    """How much there is."""

    rounds: int
    pieces: int
    places: int
    zones: int = 6
    rounds_a_day: int = 14
    pieces_a_round: int = 150
    places_a_round: int = 20
    quarters_a_round: int = 8


def fill(tenant_id: UUID, author_id: UUID, until: datetime, size: Size, seed: int = 1) -> None:
    """Fill the tenant; the last round ends before `until`. In a write transaction."""
    chance = random.Random(seed)  # noqa: S311 - the same store each time
    zones = _zones(tenant_id, size, until)
    pieces, places = _ground(tenant_id, size, zones, until)
    targets = [*pieces, *places]
    _put(
        CoverageTarget,
        [
            {"tenant_id": tenant_id, "number": n, "kind": "piece" if n < len(pieces) else "place", "target_id": one}
            for n, one in enumerate(targets)
        ],
    )
    _rounds(tenant_id, author_id, until, size, chance, zones, targets)
    _clocks(tenant_id, until, chance, pieces, places)


def _zones(tenant_id: UUID, size: Size, now: datetime) -> list[UUID]:
    side = _side(size.pieces) * PIECE_M
    ids = [uuid.uuid4() for _ in range(size.zones)]
    rows = []
    for number, one in enumerate(ids):
        west, east = side * number / size.zones, side * (number + 1) / size.zones
        outline = [_at(*corner) for corner in ((west, -9), (east, -9), (east, side), (west, side), (west, -9))]
        fields = {"code": f"Z{number}", "name": f"Område {number + 1}", "outline": outline, "created_at": now}
        rows.append({"id": one, "tenant_id": tenant_id, **fields})
    _put(Zone, rows)
    changes.note_many(tenant_id, [("zone", one, changes.EVERYBODY) for one in ids], at=now)
    return ids


def _side(pieces: int) -> int:
    return int(pieces**0.5) + 1


def _at(x: float, y: float) -> list[float]:
    at = PLANE.to_latlon(x, y)
    return [at.lon, at.lat]


def _ground(tenant_id: UUID, size: Size, zones: Sequence[UUID], now: datetime) -> tuple[list[UUID], list[UUID]]:
    side = _side(size.pieces)
    pieces, places = [uuid.uuid4() for _ in range(size.pieces)], [uuid.uuid4() for _ in range(size.places)]
    rows: list[dict[str, Any]] = []
    for n, one in enumerate(pieces):
        x, y = n % side * PIECE_M, n // side * PIECE_M
        line = [_at(x, y), _at(x + PIECE_M / 2, y + 3), _at(x + PIECE_M, y)]
        fields = {"line": line, "branches": [], "length_m": PIECE_M, "is_lit": True, "created_at": now}
        rows.append(
            {"id": one, "tenant_id": tenant_id, "external_id": f"P{n}", "source": "osm", "origin": "", **fields}
        )
    _put(Path, rows)
    rows = []
    for n, one in enumerate(places):
        lon, lat = _at(n * 7919 % (side * side) % side * PIECE_M, n * 7919 % (side * side) // side * PIECE_M)
        named = {
            "external_id": f"L{n}",
            "kind": KINDS[n % len(KINDS)],
            "name": f"Bergsbogatan {n}",
            "lat": lat,
            "lon": lon,
        }
        rows.append({"id": one, "tenant_id": tenant_id, "zone_id": zones[n % len(zones)], "created_at": now, **named})
    _put(Place, rows)
    changes.note_many(tenant_id, [("place", one, changes.EVERYBODY) for one in places], at=now)
    return pieces, places


def _rounds(
    tenant_id: UUID,
    author_id: UUID,
    until: datetime,
    size: Size,
    chance: random.Random,
    zones: Sequence[UUID],
    targets: Sequence[UUID],
) -> None:
    rows: Mapping[Any, list[dict[str, Any]]] = defaultdict(list)
    sums: dict[tuple[date, str], tuple[Any, Any]] = {}
    for n in range(size.rounds):
        day = (until - timedelta(days=2 + n // size.rounds_a_day)).date()
        part = chance.choices(PARTS, (1, 2, 6, 1))[0]
        hour = {"morning": 9, "afternoon": 14, "evening": 18, "night": 22}[part]
        began = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
        round_id = uuid.uuid4()
        usual = {"tenant_id": tenant_id, "party_size": 2, "state": "ended", "end_reason": "done", "received_at": began}
        times = {"started_at": began, "ended_at": began + timedelta(hours=2), "zone_id": zones[n % len(zones)]}
        identity = {"id": round_id, "walk_id": round_id, "author_id": author_id, "rev": 1, "source": "phone"}
        rows[Round].append({**identity, **usual, **times})
        counted = {"tenant_id": tenant_id, "round_id": round_id, "counted_walk_id": round_id, "is_stale": False}
        rows[RoundCoverage].append(counted)
        for number in range(2):
            at = began + timedelta(minutes=20 + 40 * number)
            span = {"from_at": at, "to_at": at + timedelta(minutes=chance.choice((3, 8, 20, 45)))}
            gap = {"id": uuid.uuid4(), "tenant_id": tenant_id, "round_id": round_id, "reason": chance.choice(REASONS)}
            rows[Gap].append({**gap, **span})
        seen, unknown = _seen(size, chance, len(targets))
        _bins(rows, tenant_id, round_id, bin_of(began), size, seen, targets)
        packed = {"seen": pack_numbers(seen), "told": b"", "unknown": pack_numbers(unknown)}
        rows[WalkDay].append({"tenant_id": tenant_id, "walk_id": round_id, "day": day, "part": part, **packed})
        if (day, part) not in sums:
            sums[day, part] = (np.zeros(len(targets), np.int64), np.zeros(len(targets), np.int64))
        sums[day, part][0][seen] += 1
        sums[day, part][1][unknown] += 1
    for model in (Round, RoundCoverage, Gap, PieceBin, PlaceBin, WalkDay):
        _put(model, rows[model])
    _put(
        CoverageDay,
        [
            {"tenant_id": tenant_id, "day": day, "part": part, "seen": pack_counts(seen), "told": b"",
             "unknown": pack_counts(unknown)}
            for (day, part), (seen, unknown) in sums.items()
        ],
    )  # fmt: skip


def _seen(size: Size, chance: random.Random, count: int) -> tuple[list[int], list[int]]:
    begin = chance.randrange(max(1, size.pieces - size.pieces_a_round))
    pieces = list(range(begin, min(begin + size.pieces_a_round, size.pieces)))
    places = chance.sample(range(size.pieces, count), min(size.places_a_round, count - size.pieces))
    unknown = [number for number in range(begin - 60, begin) if number >= 0]
    return [*pieces, *places], unknown


def _bins(
    rows: Mapping[Any, list[dict[str, Any]]],
    tenant_id: UUID,
    round_id: UUID,
    first: int,
    size: Size,
    seen: Sequence[int],
    targets: Sequence[UUID],
) -> None:
    for order, number in enumerate(seen):
        at = first + order * size.quarters_a_round // len(seen)
        usual = {"tenant_id": tenant_id, "round_id": round_id, "bin": at, "share": 1.0, "engine": 1}
        if number < size.pieces:
            rows[PieceBin].append({**usual, "path_id": targets[number], "source": "walked"})
        else:
            rows[PlaceBin].append({**usual, "place_id": targets[number], "source": "check"})


def _clocks(
    tenant_id: UUID, until: datetime, chance: random.Random, pieces: Sequence[UUID], places: Sequence[UUID]
) -> None:
    def at() -> datetime:
        return until - timedelta(hours=chance.randrange(24, 24 * 60))

    _put(
        PathClock,
        [{"tenant_id": tenant_id, "path_id": one, "last_seen_at": at(), "is_inherited": False} for one in pieces],
    )
    usual = {"tenant_id": tenant_id, "seen_count": 3}
    _put(PlaceClock, [{**usual, "place_id": one, "last_seen_at": (t := at()), "closed_seen_at": t} for one in places])


def _put(model: Any, rows: Sequence[Mapping[str, Any]]) -> None:
    for start in range(0, len(rows), CHUNK):
        db.session.execute(insert(model.__table__), list(rows[start : start + CHUNK]))
