"""What could have been reached in the gaps of rounds, of all that is asked for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import select

from fieldapp.coverage.days import DayPart
from fieldapp.coverage.gaps import End, Hole, Lay, holes, parts_of, reachable
from fieldapp.coverage.ground import to_plane
from fieldapp.coverage.rules import PIECE
from fieldapp.coverage.targets import Target, middle, targets
from fieldapp.infra.db import db
from fieldapp.kernel.geo import LatLon, LocalPlane
from fieldapp.places.models import Path, Place

PLACE_M = 20.0
"""Who records something at a place is within this of its position."""


def _reach_m(kind: str, length_m: float) -> float:
    return length_m / 2 if kind == PIECE else PLACE_M


Found = dict[DayPart, dict[UUID, str]]


class Reach:
    """Targets on a plane, and the pieces at the ends of gaps, also those that have ended since."""

    def __init__(self, heard: Iterable[Sequence[Any]]) -> None:
        self._ends: dict[UUID, End] = {}
        self._targets: list[Target] = [target for target in targets().all if target.lat is not None]
        self._by_zone = targets().by_zone
        names = {UUID(name) for spans in heard for span in spans for name in (span[1], span[3]) if name is not None}
        if not self._targets:
            return
        self._plane = LocalPlane(LatLon(self._targets[0].lat or 0.0, self._targets[0].lon or 0.0))
        xy = to_plane(self._plane, np.array([(target.lon, target.lat) for target in self._targets], float))
        self._lay = Lay(xy[:, 0], xy[:, 1])
        self._ends = self._read_ends(names)

    def _read_ends(self, names: set[UUID]) -> dict[UUID, End]:
        lonlat: list[tuple[UUID, float, float, float]] = []
        number_of = {target.id: number for number, target in enumerate(self._targets)}
        missing = names - number_of.keys()
        if missing:
            query = select(Path.id, Path.line, Path.length_m).where(Path.id.in_(missing))
            lonlat += [(row.id, *middle(row.line), _reach_m(PIECE, row.length_m)) for row in db.session.execute(query)]
            places = select(Place.id, Place.lat, Place.lon).where(Place.id.in_(missing), Place.lat.is_not(None))
            lonlat += [(row.id, row.lon, row.lat, PLACE_M) for row in db.session.execute(places)]
        ends = {
            name: End(
                float(self._lay.x[at]),
                float(self._lay.y[at]),
                _reach_m(self._targets[at].kind, self._targets[at].length_m),
            )
            for name in names & number_of.keys()
            for at in [number_of[name]]
        }
        for name, lon, lat, reach_m in lonlat:
            x, y = to_plane(self._plane, np.array([[lon, lat]], float))[0]
            ends[name] = End(float(x), float(y), reach_m)
        return ends

    def unknown(
        self,
        from_ms: int,
        to_ms: int,
        heard: Iterable[Sequence[Any]],
        zone_id: UUID | None,
        spans: Mapping[DayPart, tuple[int, int]],
    ) -> Found:
        """Return what a round may have seen in its silences, by part of day: ids, and whether each is a piece or a place."""
        found: Found = defaultdict(dict)
        if not self._targets:
            return found
        known = [span for span in heard if span[1] is None or UUID(span[1]) in self._ends or span[0] != span[2]]
        for hole in holes(from_ms, to_ms, known):
            if hole.is_open_before and hole.is_open_after:
                self._add_zone(found, hole, zone_id, spans)
                continue
            window = reachable(hole, self._lay, self._ends)
            if window is not None:
                for part, numbers in parts_of(*window, spans).items():
                    found[part].update({self._targets[at].id: self._targets[at].kind for at in numbers.tolist()})
        return found

    def _add_zone(
        self, found: Found, hole: Hole, zone_id: UUID | None, spans: Mapping[DayPart, tuple[int, int]]
    ) -> None:
        """Take a round without any position to have been anywhere in its zone."""
        if zone_id is None:
            return
        for part, (begin, end) in spans.items():
            if hole.from_ms < end and hole.to_ms >= begin:
                found[part].update({target.id: target.kind for target in self._by_zone.get(zone_id, ())})
