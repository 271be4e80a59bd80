"""Coordinates in the systems that Swedish property systems use, by pyproj.

SWEREF 99 TM is EPSG:3006, national; SWEREF 99 12 00 is EPSG:3007, Göteborg's. Both are given as (north, east) in metres.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from fieldapp.kernel.geo import LatLon

if TYPE_CHECKING:
    from pyproj import Transformer

SWEREF_99_TM = 3006
SWEREF_99_12_00 = 3007


@cache
def _transformer(epsg: int) -> Transformer:
    from pyproj import Transformer  # large, and only an export needs it

    return Transformer.from_crs(4326, epsg, always_xy=True)


def to_plane(position: LatLon, epsg: int) -> tuple[float, float]:
    """Return (north, east) in metres, to the millimetre, in the plane system `epsg`."""
    east, north = _transformer(epsg).transform(position.lon, position.lat)
    return round(north, 3), round(east, 3)
