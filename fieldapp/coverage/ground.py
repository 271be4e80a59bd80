"""The path network as the engine walks it: beads on a string every four metres, and what can be reached from each. Pure.

A bead stands for a few metres of one piece. A state is a bead and the way one goes past it: `2 * bead` in the direction
in which the piece is drawn, `2 * bead + 1` against it. To turn round is a step of its own, so that a scattered position
does not look like a walk up a side path and back.
"""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fieldapp.kernel.geo import EARTH_RADIUS_M, LatLon, LocalPlane

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Int32s = NDArray[np.int32]
Flags = NDArray[np.bool_]
Line = Sequence[Sequence[float]]

BEAD_M = 4.0
CELL_M = 20.0
REACH_M = 16.0
"""What can be walked in one step of the engine, at most."""
_UNIT = 10_000_000


@dataclass(frozen=True, slots=True)
class Ground:
    """A network made ready. Arrays: of each bead (n), of each state (2n), of each way into a state, of each cell."""

    plane: LocalPlane
    piece_count: int
    piece_m: Floats
    x: Floats
    y: Floats
    metres: Floats
    piece: Ints
    out: Ints
    """(2n + 1) where the ways out of a state begin in `leads_to`, `via` and `walked_m`."""
    leads_to: Ints
    via: Ints
    """The state just before the end of the way: how the whole way is found again."""
    walked_m: Floats
    corner: Floats
    """(2) the least x and y of the cells."""
    cells: Ints
    """(2) how many cells there are east and north."""
    cell_start: Ints
    cell_bead: Ints


def make_ground(pieces: Sequence[Iterable[Line]]) -> Ground:
    """Make a network ready: of each piece its lines of `[lon, lat]`.

    Raises:
        ValueError: there is no line at all.
    """
    lines = [[line for line in piece if len(line) > 1] for piece in pieces]
    first = next((line[0] for piece in lines for line in piece), None)
    if first is None:
        raise ValueError("a network of nothing")
    plane = LocalPlane(LatLon(first[1], first[0]))
    flat = [
        (number, to_plane(plane, np.asarray(line, float)[:, :2]))
        for number, piece in enumerate(lines)
        for line in piece
    ]
    return ground_of_lines(plane, flat, len(pieces))


def to_plane(plane: LocalPlane, lonlat: Floats) -> Floats:
    """Project (n, 2) of longitude and latitude to x and y in metres, as `LocalPlane` does one."""
    origin = plane.origin
    degree_m = math.radians(1.0) * EARTH_RADIUS_M
    return (lonlat - [origin.lon, origin.lat]) * [degree_m * math.cos(math.radians(origin.lat)), degree_m]


def ground_of_lines(plane: LocalPlane, lines: Sequence[tuple[int, Floats]], piece_count: int) -> Ground:
    """Make a network ready from (piece, its x and y) of each line in metres."""
    parts = list(_parts(lines))
    beads = [_beads(xy) for _piece, xy in parts]
    counts = np.array([len(x) for x, _y, _m in beads])
    x, y, metres = (np.concatenate([bead[axis] for bead in beads]) for axis in range(3))
    piece = np.repeat([number for number, _xy in parts], counts)
    after, step_m = _steps(parts, counts, metres)
    out, leads_to, via, walked_m = _ways(after, step_m, 2 * len(x))
    corner, cells, cell_start, cell_bead = _grid(x, y)
    piece_m = np.bincount(piece, weights=metres, minlength=piece_count).astype(float)
    return Ground(
        plane,
        piece_count,
        piece_m,
        x,
        y,
        metres,
        piece,
        out,
        leads_to,
        via,
        walked_m,
        corner,
        cells,
        cell_start,
        cell_bead,
    )


def _key(point: Floats) -> tuple[int, int]:
    """Return a position in whole units of 2 cm: what meets within that is one."""
    return round(point[0] * 50), round(point[1] * 50)


def _parts(lines: Sequence[tuple[int, Floats]]) -> Iterator[tuple[int, Floats]]:
    """Part lines where another ends on one of their corners."""
    ends = {_key(xy[at]) for _piece, xy in lines for at in (0, -1)}
    for piece, xy in lines:
        marks = [0, *(at for at in range(1, len(xy) - 1) if _key(xy[at]) in ends), len(xy) - 1]
        for start, end in itertools.pairwise(marks):
            part = xy[start : end + 1]
            if np.hypot(*np.diff(part, axis=0).T).sum() > 0:
                yield piece, part


def _beads(xy: Floats) -> tuple[Floats, Floats, Floats]:
    """Return x, y and the metres each stands for, of beads in the middle of equal parts of a line."""
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))])
    count = max(1, round(along[-1] / BEAD_M))
    at = (np.arange(count) + 0.5) * along[-1] / count
    return np.interp(at, along, xy[:, 0]), np.interp(at, along, xy[:, 1]), np.full(count, along[-1] / count)


def _steps(parts: Sequence[tuple[int, Floats]], counts: Ints, metres: Floats) -> tuple[Ints, Floats]:
    """Return pairs (state, the next one) and the metres between them, without turning round."""
    first = np.concatenate([[0], np.cumsum(counts)[:-1]])
    last = first + counts - 1
    inner = np.setdiff1d(np.arange(len(metres)), last)
    pairs = [np.column_stack([2 * inner, 2 * inner + 2]), np.column_stack([2 * inner + 3, 2 * inner + 1])]
    leaving: dict[tuple[int, int], list[int]] = defaultdict(list)
    for number, (_piece, xy) in enumerate(parts):
        leaving[_key(xy[-1])].append(2 * int(last[number]))
        leaving[_key(xy[0])].append(2 * int(first[number]) + 1)
    # Who leaves a part at a junction comes into any other part there, the other way round than one would leave it.
    joins = [(a, b ^ 1) for there in leaving.values() for a in there for b in there if a != b]
    pairs.append(np.array(joins, dtype=np.int64).reshape(-1, 2))
    after = np.concatenate(pairs)
    return after, (metres[after[:, 0] // 2] + metres[after[:, 1] // 2]) / 2


def _ways(after: Ints, step_m: Floats, states: int) -> tuple[Ints, Ints, Ints, Floats]:
    """Return every way of at most `REACH_M` out of each state, the shortest between two: none, steps on, a turn."""
    order = np.argsort(after[:, 0], kind="stable")
    after, step_m = after[order], step_m[order]
    begins = np.searchsorted(after[:, 0], np.arange(states + 1))
    own = np.arange(states)
    front = (own, own, np.zeros(states))
    found = [(own, own, own, np.zeros(states)), (own, own ^ 1, own, np.zeros(states))]
    while len(front[0]):
        start, at, walked = front
        more = begins[at + 1] - begins[at]
        step = np.repeat(begins[at], more) + np.arange(more.sum()) - np.repeat(np.cumsum(more) - more, more)
        reached, metres = after[step, 1], np.repeat(walked, more) + step_m[step]
        keep = metres <= REACH_M
        front = (np.repeat(start, more)[keep], reached[keep], metres[keep])
        found.append((front[0], front[1], np.repeat(at, more)[keep], front[2]))
    source, to, via, walked = (np.concatenate([part[column] for part in found]) for column in range(4))
    order = np.lexsort((walked, to, source))
    source, to, via, walked = source[order], to[order], via[order], walked[order]
    is_first = np.concatenate([[True], (to[1:] != to[:-1]) | (source[1:] != source[:-1])])
    source, to, via, walked = source[is_first], to[is_first], via[is_first], walked[is_first]
    return np.searchsorted(source, np.arange(states + 1)), to, via, walked


def _grid(x: Floats, y: Floats) -> tuple[Floats, Ints, Ints, Ints]:
    corner = np.array([x.min(), y.min()])
    column, row = ((x - corner[0]) // CELL_M).astype(np.int64), ((y - corner[1]) // CELL_M).astype(np.int64)
    cells = np.array([column.max() + 1, row.max() + 1])
    cell = column * cells[1] + row
    order = np.argsort(cell, kind="stable")
    return corner, cells, np.searchsorted(cell[order], np.arange(cells[0] * cells[1] + 1)), order
