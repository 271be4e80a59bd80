"""A path that a supervisor draws becomes pieces of the network. Pure.

Its corners are put onto those of the network that are near, so that rounds can go from one to the other; it is cut as the
ways of a map are.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from fieldapp.kernel.geo import LatLon, LocalPlane
from fieldapp.places.network import PIECE_M_MIN, Way, line_m, make_pieces
from fieldapp.places.path_plan import DRAWN, KnownPath, NewPath, new_and_kept, shared_m

if TYPE_CHECKING:
    import shapely

POINTS_MAX = 200
LENGTH_M_MAX = 3_000.0
SNAP_M = 6.0
"""Nearer than this a corner was meant to be the network's: half of what tells a path from the one beside it."""
_THERE_SHARE = 0.5


class NotDrawable(ValueError):
    """A path that cannot be added. `code` says why; the screens have a sentence for each."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def plan_drawn(
    tenant_id: UUID, line: Sequence[Sequence[float]], *, is_lit: bool, known: Sequence[KnownPath]
) -> list[NewPath]:
    """Return the pieces of a drawn line of `[lon, lat]`.

    Raises:
        NotDrawable: `path_too_short`, `path_too_long`, `path_there`: half of it or more runs along what is there.
    """
    counted = [path for path in known if not (path.is_ended or path.is_excluded)]
    snapped = _snapped(line, counted)
    length_m = line_m(snapped)
    if length_m < PIECE_M_MIN:
        raise NotDrawable("path_too_short")
    if length_m > LENGTH_M_MAX:
        raise NotDrawable("path_too_long")
    pieces = make_pieces([Way("", snapped, is_lit)])
    own = {path.external_id: path for path in known if path.source == DRAWN}
    added, kept = new_and_kept(tenant_id, DRAWN, pieces, own)
    if kept or shared_m(counted, added) > _THERE_SHARE * length_m:
        raise NotDrawable("path_there")
    return added


def _snapped(line: Sequence[Sequence[float]], known: Sequence[KnownPath]) -> list[list[float]]:
    import shapely

    lon, lat = line[0]
    plane = LocalPlane(LatLon(lat, lon))
    corners = [position for path in known for part in (path.line, *path.branches) for position in part]
    tree = shapely.STRtree([_point(plane, corner) for corner in corners])
    snapped: list[list[float]] = []
    for position in line:
        near = tree.query_nearest(_point(plane, position), max_distance=SNAP_M, all_matches=False).tolist()
        put = [float(number) for number in (corners[near[0]] if near else position)]
        if not snapped or snapped[-1] != put:
            snapped.append(put)
    return snapped


def _point(plane: LocalPlane, position: Sequence[Any]) -> shapely.Point:
    import shapely

    return shapely.Point(*plane.to_xy(LatLon(position[1], position[0])))
