"""Walks on small networks, in metres: a street that runs east, and what a phone measures of a walk along lines."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fieldapp.coverage.engine import Fixes, Network, make_network
from fieldapp.coverage.ground import Floats, ground_of_lines
from fieldapp.kernel.geo import LatLon, LocalPlane

PLANE = LocalPlane(LatLon(57.7, 11.97))
NINE_O_CLOCK = 1_780_000_200_000 // 900_000 * 900_000
Point = tuple[float, float]


def network(*lines: Sequence[Point]) -> Network:
    return make_network(
        ground_of_lines(PLANE, [(n, np.array(line, float)) for n, line in enumerate(lines)], len(lines))
    )


def street(pieces: int, north: float = 0.0) -> list[list[Point]]:
    return [[(50.0 * n, north), (50.0 * n + 50.0, north)] for n in range(pieces)]


def walk(
    corners: Sequence[Point],
    *,
    start_s: float = 0.0,
    speed: float = 1.2,
    every_s: float = 2.0,
    noise_m: float = 0.0,
    seed: int = 1,
    accuracy_m: float = 5.0,
) -> Fixes:
    at = np.array(corners, float)
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(at, axis=0).T))])
    seconds = np.arange(0.0, along[-1] / speed, every_s)
    xy: Floats = np.column_stack([np.interp(seconds * speed, along, at[:, axis]) for axis in (0, 1)])
    xy = xy + np.random.default_rng(seed).normal(0.0, noise_m, xy.shape)
    t = (NINE_O_CLOCK + (start_s + seconds) * 1000).astype(np.int64)
    return Fixes(t, xy, np.full(len(t), accuracy_m))


def stand(at: Point, seconds: float, *, noise_m: float, start_s: float = 0.0, seed: int = 1) -> Fixes:
    t = np.arange(0.0, seconds, 2.0)
    xy = np.array(at) + np.random.default_rng(seed).normal(0.0, noise_m, (len(t), 2))
    return Fixes((NINE_O_CLOCK + (start_s + t) * 1000).astype(np.int64), xy, np.full(len(t), noise_m * 1.5))


def joined(*parts: Fixes) -> Fixes:
    return Fixes(
        np.concatenate([part.t for part in parts]),
        np.concatenate([part.xy for part in parts]),
        np.concatenate([part.accuracy_m for part in parts]),
    )


def in_segments(fixes: Fixes, new: int = 75, carried: int = 15) -> list[Fixes]:
    cuts = range(0, len(fixes.t), new)
    return [
        Fixes(
            fixes.t[max(0, a - carried) : a + new],
            fixes.xy[max(0, a - carried) : a + new],
            fixes.accuracy_m[max(0, a - carried) : a + new],
            a - max(0, a - carried),
        )
        for a in cuts
    ]


def pieces_seen(bins: set[tuple[int, int]]) -> set[int]:
    return {piece for piece, _bin in bins}
