"""Compare the pieces of a network with those that are known: which are new, which end, what succeeds what. Pure.

A piece is known again by where it runs (`Piece.key`). One that is not there any more ends where the file is all of its
surroundings, and anyhow where new pieces run over half of it: nothing is walked twice. Pieces of other sources are left
alone, but for those that somebody drew: what a map has too need not be drawn any more.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from fieldapp.kernel.geo import LatLon, LocalPlane
from fieldapp.places.map_objects import Extent, within
from fieldapp.places.network import Piece

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

BESIDE_M = 3.0
"""A line redrawn this near runs where the old one ran; a parallel path is farther away."""
DRAWN = "drawn"
"""The source of pieces that a supervisor drew."""
RUN_OVER_SHARE = 0.1
"""More of a network than this along another source's is the same network again."""
OVERLAP_M_MIN = 7.5
"""Two pieces that only cross share up to twice `BESIDE_M`; half a shortest piece is more than a crossing."""


@dataclass(frozen=True, slots=True)
class KnownPath:
    """A piece as it is now."""

    id: UUID
    external_id: str
    source: str
    line: Sequence[Sequence[float]]
    branches: Sequence[Sequence[Sequence[float]]]
    length_m: float
    is_ended: bool
    excluded_by_id: UUID | None = None
    is_excluded: bool = False
    excluded_reason: str = ""


@dataclass(frozen=True, slots=True)
class NewPath:
    """A piece that becomes known. It is left out where most of what it succeeds was."""

    id: UUID
    external_id: str
    piece: Piece
    is_excluded: bool = False
    excluded_by_id: UUID | None = None
    excluded_reason: str = ""


@dataclass(frozen=True, slots=True)
class PathPlan:
    """All that becomes of a network; `successions`: (ended piece, new piece) → metres."""

    source: str
    added: Sequence[NewPath] = ()
    ended: Sequence[KnownPath] = ()
    unchanged: int = 0
    successions: Mapping[tuple[UUID, UUID], float] = field(default_factory=dict)
    run_over: str | None = None
    """A source whose living pieces a good part of the new ones runs along: the same ground would be counted twice."""

    def counts(self) -> dict[str, int]:
        """Return how many pieces become what."""
        succeeding = len({successor for _ended, successor in self.successions})
        return {
            "added": len(self.added),
            "succeeding": succeeding,
            "ended": len(self.ended),
            "unchanged": self.unchanged,
        }


def path_id(tenant_id: UUID, external_id: str) -> UUID:
    """Return the id of a piece that came by a map."""
    return uuid.uuid5(tenant_id, f"path {external_id}")


def plan_paths(
    tenant_id: UUID, source: str, pieces: Sequence[Piece], known: Iterable[KnownPath], extent: Extent | None
) -> PathPlan:
    """Compare the pieces made of one source with what is known of it."""
    all_known = list(known)
    of_source = {path.external_id: path for path in all_known if path.source == source}
    added, kept = new_and_kept(tenant_id, source, pieces, of_source)
    gone = [path for path in of_source.values() if not path.is_ended and path.external_id not in kept]
    shared = _shared_m(gone, added)
    run_over = {path.id: sum(m for (ended, _new), m in shared.items() if ended == path.id) for path in gone}
    ended = [
        path
        for path in sorted(gone, key=lambda path: path.external_id)
        if run_over[path.id] * 2 >= path.length_m or (extent and _lies_in(extent, path))
    ]
    ids = {path.id for path in ended}
    successions = {pair: metres for pair, metres in shared.items() if pair[0] in ids}
    by_id = {path.id: path for path in ended}
    left_out = [_left_out(new, successions, by_id) for new in added]
    replaced, taken_over = _taken_over(all_known, source, left_out)
    others = [path for path in all_known if path.source not in {source, DRAWN} and not path.is_ended]
    return PathPlan(
        source, left_out, [*ended, *replaced], len(kept), {**successions, **taken_over}, _run_over(others, added)
    )


def _taken_over(
    known: Sequence[KnownPath], source: str, added: Sequence[NewPath]
) -> tuple[list[KnownPath], dict[tuple[UUID, UUID], float]]:
    """Return the drawn pieces that a map runs over half of now, and by what they are succeeded.

    What is left out takes nothing over: a path drawn anew in its stead stays.
    """
    drawn = [path for path in known if path.source == DRAWN != source and not (path.is_ended or path.is_excluded)]
    shared = _shared_m(drawn, [new for new in added if not new.is_excluded])
    run_over = {path.id: sum(m for (old, _new), m in shared.items() if old == path.id) for path in drawn}
    replaced = [path for path in drawn if run_over[path.id] * 2 >= path.length_m]
    ids = {path.id for path in replaced}
    return replaced, {pair: metres for pair, metres in shared.items() if pair[0] in ids}


def shared_m(known: Sequence[KnownPath], pieces: Sequence[NewPath]) -> float:
    """Return how many metres of known pieces run along new ones."""
    return sum(_shared_m(known, pieces).values())


def _run_over(others: Sequence[KnownPath], added: Sequence[NewPath]) -> str | None:
    shared = _shared_m(others, added)
    new_m = sum(new.piece.length_m for new in added)
    if sum(shared.values()) <= RUN_OVER_SHARE * new_m:
        return None
    source_of = {path.id: path.source for path in others}
    return min(source_of[old] for old, _new in shared)


def new_and_kept(
    tenant_id: UUID, source: str, pieces: Sequence[Piece], known: Mapping[str, KnownPath]
) -> tuple[list[NewPath], set[str]]:
    """Return the pieces that become known, and the identities of those that are known and living."""
    added, kept = [], set[str]()
    # Ways drawn upon each other with other corners may be cut into the same piece twice: one is enough.
    for key, piece in {piece.key(): piece for piece in pieces}.items():
        external_id = f"{source}:{key}"
        turn = 1
        # What has ended stays so: a piece that comes back is another piece, of the same place.
        while external_id in known and known[external_id].is_ended:
            turn += 1
            external_id = f"{source}:{key}.{turn}"
        if external_id in known:
            kept.add(external_id)
        else:
            added.append(NewPath(path_id(tenant_id, external_id), external_id, piece))
    return added, kept


def _lies_in(extent: Extent, path: KnownPath) -> bool:
    return all(within(extent, lon, lat) for line in (path.line, *path.branches) for lon, lat in line)


def _shared_m(gone: Sequence[KnownPath], added: Sequence[NewPath]) -> dict[tuple[UUID, UUID], float]:
    """Return how many metres of each piece that is gone run along each new one."""
    import numpy as np
    import shapely

    if not gone or not added:
        return {}
    lon, lat = gone[0].line[0]
    plane = LocalPlane(LatLon(lat, lon))
    old = [_shape(plane, (path.line, *path.branches)) for path in gone]
    new = [_shape(plane, (path.piece.line, *path.piece.branches)) for path in added]
    beside = shapely.buffer(np.array(new, dtype=object), BESIDE_M, cap_style="flat")
    found = {}
    tree = shapely.STRtree(old)
    for at_new, at_old in zip(*tree.query(beside, predicate="intersects").tolist(), strict=True):
        metres = round(float(shapely.intersection(old[at_old], beside[at_new]).length), 2)
        if metres >= OVERLAP_M_MIN:
            found[gone[at_old].id, added[at_new].id] = metres
    return dict(sorted(found.items()))


def _shape(plane: LocalPlane, lines: Iterable[Sequence[Sequence[float]]]) -> BaseGeometry:
    import shapely

    flat: list[Any] = [[plane.to_xy(LatLon(lat, lon)) for lon, lat in line] for line in lines]
    return shapely.MultiLineString(flat)


def _left_out(new: NewPath, successions: Mapping[tuple[UUID, UUID], float], ended: Mapping[UUID, KnownPath]) -> NewPath:
    """Leave a piece out where half of it succeeds what a supervisor has left out."""
    before = [(ended[old], metres) for (old, to), metres in successions.items() if to == new.id]
    excluded = [(path, metres) for path, metres in before if path.is_excluded]
    if sum(metres for _path, metres in excluded) * 2 < new.piece.length_m or not excluded:
        return new
    most = max(excluded, key=lambda one: one[1])[0]
    return replace(new, is_excluded=True, excluded_by_id=most.excluded_by_id, excluded_reason=most.excluded_reason)
