"""The path network as a list and as a layer of a map: each piece by what it is near. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from fieldapp.kernel.geo import LatLon, LocalPlane, ring_contains
from fieldapp.places.models import Path, Zone
from fieldapp.places.path_plan import DRAWN

NEAR_M = 80.0
_DECIMALS = 6


@dataclass(frozen=True, slots=True)
class PieceLine:
    """A piece as a list shows it. `near` is empty where no place is within `NEAR_M`."""

    id: UUID
    near: str
    zone: Zone | None
    length_m: int
    is_lit: bool
    source: str
    excluded_at: datetime | None
    excluded_reason: str
    lines: Sequence[Sequence[Sequence[float]]]


@dataclass(frozen=True, slots=True)
class PathFilter:
    """What a list of pieces shows. None means all; `text` is looked for in what a piece is near and why it is left out."""

    zone_id: UUID | None = None
    state: str | None = None
    text: str = ""

    def takes(self, line: PieceLine) -> bool:
        """Tell whether a piece is shown."""
        if self.zone_id is not None and (line.zone is None or line.zone.id != self.zone_id):
            return False
        if self.state is not None and self.state not in _states(line):
            return False
        return self.text.casefold() in f"{line.near} {line.excluded_reason}".casefold()


def _states(line: PieceLine) -> set[str]:
    found = {"excluded" if line.excluded_at else "counted"}
    return found | {"drawn"} if line.source == DRAWN else found


def piece_lines(
    paths: Sequence[Path], places: Sequence[tuple[float, float, str]], zones: Sequence[Zone]
) -> list[PieceLine]:
    """Return the pieces by what they are near. `places` are (lat, lon, what one says); pieces near none come last."""
    if not paths:
        return []
    middles = [path.line[len(path.line) // 2] for path in paths]
    near = _near(middles, places)
    drawn = [zone for zone in zones if zone.outline]
    lines = [
        PieceLine(
            path.id,
            near[number],
            _zone_at(middles[number], drawn),
            round(path.length_m),
            path.is_lit,
            path.source,
            path.excluded_at,
            path.excluded_reason,
            [path.line, *path.branches],
        )
        for number, path in enumerate(paths)
    ]
    return sorted(lines, key=lambda line: (line.near == "", line.near.casefold(), str(line.id)))


def _near(middles: Sequence[Sequence[float]], places: Sequence[tuple[float, float, str]]) -> list[str]:
    """Return for each middle what the nearest place is called."""
    import shapely

    if not places:
        return [""] * len(middles)
    plane = LocalPlane(LatLon(middles[0][1], middles[0][0]))
    tree = shapely.STRtree([shapely.Point(*plane.to_xy(LatLon(lat, lon))) for lat, lon, _name in places])
    points = [shapely.Point(*plane.to_xy(LatLon(lat, lon))) for lon, lat, *_height in middles]
    found = [""] * len(middles)
    pairs = tree.query_nearest(points, max_distance=NEAR_M, all_matches=False).tolist()
    for at_middle, at_place in zip(*pairs, strict=True):
        found[at_middle] = places[at_place][2]
    return found


def _zone_at(middle: Sequence[float], zones: Iterable[Zone]) -> Zone | None:
    position = LatLon(middle[1], middle[0])
    return next((zone for zone in zones if ring_contains(zone.outline or [], position)), None)


def network_layer(lines: Iterable[PieceLine]) -> dict[str, Any]:
    """Return the pieces as GeoJSON; `state` is counted or excluded, `label` what a list of chosen pieces says."""
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "geometry": {
                    "type": "MultiLineString",
                    "coordinates": [
                        [[round(lon, _DECIMALS), round(lat, _DECIMALS)] for lon, lat, *_height in part]
                        for part in line.lines
                    ],
                },
                "properties": {
                    "id": str(line.id),
                    "state": "excluded" if line.excluded_at else "counted",
                    "lit": line.is_lit,
                    "label": f"{line.near or '–'}, {line.length_m} m",
                },
            }
            for line in lines
        ],
    }
