"""Simulated walks on real path networks, with known truth: what of each piece was walked while positions were recorded.

Nothing here knows how the engine works: walks follow the pieces' lines, and positions get noise that lasts (AR(1) on each
axis), outliers, pauses and gaps.
"""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
import shapely.ops
from numpy.typing import NDArray

from fieldapp.kernel.geo import LatLon, LocalPlane
from fieldapp.places.network import Piece, Way, make_pieces
from fieldapp.places.nvdb_file import is_geopackage, read_nvdb
from fieldapp.places.osm_file import read_osm

Floats = NDArray[np.float64]
Generator = np.random.Generator

SPEED_M_S, SPEED_SPREAD = 1.2, 0.15
PAUSE_EACH_S, PAUSE_S = 480.0, (30.0, 240.0)
GAPS, GAP_S = (1, 4), (60.0, 480.0)
TURN_SHARE = 0.03
"""How often one turns round in the middle of a line."""
OUTLIER_SHARE, OUTLIER_M = 0.02, (40.0, 160.0)
ACCURACY_SPREAD = 0.2
BESIDE_M = (10.0, 15.0)
PARALLEL_LIMITS_M = (8.0, 16.0)
PER_AXIS = 1.515
START_MS = 1_780_000_000_000


@dataclass(frozen=True)
class District:
    """A network to walk on: pieces, their lines in metres, and which have a parallel beside them."""

    name: str
    pieces: Sequence[Piece]
    lines: Sequence[tuple[int, Floats]]
    length_m: Floats
    has_parallel: NDArray[np.bool_]
    plane: LocalPlane


@dataclass(frozen=True)
class Walk:
    """Positions of one walk and what is true of it. `recorded_m`, `unrecorded_m`: metres walked of each piece, each once."""

    t: NDArray[np.int64]
    xy: Floats
    accuracy_m: Floats
    recorded_m: Floats
    unrecorded_m: Floats


def make_district(name: str, path: Path, parallel_share: float, seed: int) -> District:
    """Make the network of a map file as the product does, and lay a path 10–15 m beside some of its pieces."""
    raw = path.read_bytes()
    plain = make_pieces((read_nvdb(raw) if is_geopackage(raw) else read_osm(raw)).ways)
    lon, lat = plain[0].line[0]
    plane = LocalPlane(LatLon(lat, lon))
    rng = np.random.default_rng(seed)
    ways = [Way(f"real:{n}", line) for n, piece in enumerate(plain) for line in (piece.line, *piece.branches)]
    shapes = [shapely.LineString(_metres(plane, piece.line)) for piece in plain]
    tree = shapely.STRtree(shapes)
    for number in rng.permutation(len(plain))[: int(parallel_share * len(plain))]:
        beside = _beside(shapes[number], tree, rng)
        if beside is not None:
            lonlat = [[at.lon, at.lat] for at in (plane.to_latlon(*point) for point in beside)]
            # It begins and ends at the very ends of the piece, so that one can go over to it there.
            ways.append(Way(f"beside:{number}", [plain[number].line[0], *lonlat, plain[number].line[-1]]))
    pieces = make_pieces(ways)
    lines = [(n, _metres(plane, line)) for n, piece in enumerate(pieces) for line in (piece.line, *piece.branches)]
    length_m = np.zeros(len(pieces))
    for number, xy in lines:
        length_m[number] += np.hypot(*np.diff(xy, axis=0).T).sum()
    return District(name, pieces, lines, length_m, _parallels(lines, len(pieces)), plane)


def _metres(plane: LocalPlane, line: Sequence[Sequence[float]]) -> Floats:
    return np.array([plane.to_xy(LatLon(lat, lon)) for lon, lat in line])


def _beside(shape: shapely.LineString, tree: shapely.STRtree, rng: Generator) -> Floats | None:
    """Return a line 10–15 m beside a piece, or None where others are in the way."""
    if shape.length < 30.0:
        return None
    offset = rng.uniform(*BESIDE_M) * rng.choice([-1.0, 1.0])
    moved = shapely.offset_curve(shapely.simplify(shape, 1.0), offset, join_style="mitre")
    if moved.geom_type != "LineString" or moved.is_empty or abs(moved.length - shape.length) > 0.3 * shape.length:
        return None
    inner = shapely.ops.substring(moved, 2.0, moved.length - 2.0)
    near = tree.query(inner, predicate="dwithin", distance=6.0)
    return None if len(near) else np.asarray(inner.coords)


def _parallels(lines: Sequence[tuple[int, Floats]], count: int) -> NDArray[np.bool_]:
    """Tell of each piece whether at least half of it runs 8–16 m beside another that goes the same way."""
    segments, piece_of = [], []
    for piece, xy in lines:
        for a, b in itertools.pairwise(xy):
            segments.append((a, b))
            piece_of.append(piece)
    ends = np.array(segments)
    owner = np.array(piece_of)
    direction = np.arctan2(*(ends[:, 1] - ends[:, 0]).T[::-1])
    tree = shapely.STRtree(np.asarray(shapely.linestrings(ends)))
    beside_m, whole_m = np.zeros(count), np.zeros(count)
    for at, (a, b) in enumerate(ends):
        length = math.hypot(*(b - a))
        n = max(1, round(length / 2))
        points = shapely.points(a + (b - a) * ((np.arange(n) + 0.5) / n)[:, None])
        of_point, other = tree.query(points, predicate="dwithin", distance=PARALLEL_LIMITS_M[1])
        turn = np.abs(np.sin(direction[other] - direction[at]))
        away = shapely.get_coordinates(points)[of_point] - ends[other, 0]
        aside = np.abs(away[:, 0] * np.sin(direction[other]) - away[:, 1] * np.cos(direction[other]))
        good = (owner[other] != owner[at]) & (turn < math.sin(math.radians(20))) & (aside >= PARALLEL_LIMITS_M[0])
        beside_m[owner[at]] += len(np.unique(of_point[good])) * length / n
        whole_m[owner[at]] += length
    return beside_m * 2 >= whole_m


@dataclass(frozen=True)
class _Leg:
    """One way along a line: from and to which metre of it."""

    line: int
    from_m: float
    to_m: float


class Walker:
    """Walks a district's largest connected part."""

    def __init__(self, district: District) -> None:
        self.district = district
        self.along = [
            np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))]) for _piece, xy in district.lines
        ]
        self.at_node: dict[tuple[int, int], list[tuple[int, bool]]] = defaultdict(list)
        for number, (_piece, xy) in enumerate(district.lines):
            self.at_node[self._node(xy[0])].append((number, True))
            self.at_node[self._node(xy[-1])].append((number, False))
        self.largest = self._largest()

    @staticmethod
    def _node(point: Floats) -> tuple[int, int]:
        return round(point[0] * 20), round(point[1] * 20)

    def _largest(self) -> list[int]:
        left, best = set(range(len(self.district.lines))), list[int]()
        while left:
            waiting, found = [left.pop()], list[int]()
            while waiting:
                line = waiting.pop()
                found.append(line)
                xy = self.district.lines[line][1]
                for end in (xy[0], xy[-1]):
                    beside = {other for other, _start in self.at_node[self._node(end)]} & left
                    left -= beside
                    waiting.extend(beside)
            best = max(best, found, key=len)
        return sorted(best)

    def legs(self, metres: float, rng: Generator) -> list[_Leg]:
        """Walk: rather where one has been seldom, seldom turning round."""
        visits = defaultdict[int, int](int)
        line = int(rng.choice(self.largest))
        at, ahead = rng.uniform(0.1, 0.9) * self.along[line][-1], bool(rng.random() < 0.5)
        legs, walked = list[_Leg](), 0.0
        while walked < metres:
            visits[line] += 1
            end = self.along[line][-1] if ahead else 0.0
            if rng.random() < TURN_SHARE:
                turn = at + (end - at) * rng.uniform(0.1, 0.9)
                legs.append(_Leg(line, at, turn))
                walked += abs(turn - at)
                at, ahead = turn, not ahead
                continue
            legs.append(_Leg(line, at, end))
            walked += abs(end - at)
            node = self._node(self.district.lines[line][1][-1 if ahead else 0])
            choices = [one for one in self.at_node[node] if one != (line, not ahead)] or [(line, not ahead)]
            weights = np.array([1.0 / (1 + visits[number]) ** 2 for number, _start in choices])
            line, ahead = choices[int(rng.choice(len(choices), p=weights / weights.sum()))]
            at = 0.0 if ahead else self.along[line][-1]
        return legs

    def walk(self, minutes: float, interval_s: float, sigma_m: float, tau_s: float, rng: Generator) -> Walk:
        """Walk and measure."""
        seconds = minutes * 60.0
        legs = self.legs(seconds * SPEED_M_S * 1.3, rng)
        marks, where, legs_at = self._line_of(legs)
        clock, walked = _pace(seconds, rng)
        gaps = [(a, a + rng.uniform(*GAP_S)) for a in rng.uniform(60, seconds - 120, rng.integers(*GAPS))]
        t = np.arange(0.0, seconds, interval_s) + rng.uniform(0, 0.3, math.ceil(seconds / interval_s))
        t = t[~np.any([(t > a) & (t < b) for a, b in gaps], axis=0)]
        at = np.interp(t, clock, walked)
        xy = np.column_stack([np.interp(at, marks, where[:, axis]) for axis in (0, 1)]) + _noise(t, sigma_m, tau_s, rng)
        wild = rng.random(len(t)) < OUTLIER_SHARE
        far, turn = rng.uniform(*OUTLIER_M, wild.sum()), rng.uniform(0, 2 * math.pi, wild.sum())
        xy[wild] += np.column_stack([far * np.cos(turn), far * np.sin(turn)])
        accuracy = PER_AXIS * sigma_m * np.exp(rng.normal(0, ACCURACY_SPREAD, len(t)))
        silent = [(a, b) for a, b in itertools.pairwise(t) if b - a > 30.0]
        spans = np.interp(np.array(silent, float).reshape(-1, 2), clock, walked)
        begun, ended = np.interp(t[[0, -1]], clock, walked)
        recorded, unrecorded = self._truth(legs, legs_at, spans, float(begun), float(ended))
        return Walk((START_MS + t * 1000).astype(np.int64), xy, accuracy, recorded, unrecorded)

    def _line_of(self, legs: Sequence[_Leg]) -> tuple[Floats, Floats, Floats]:
        """Return metres from the start, positions there, and the metres at which each leg begins."""
        marks, where, begins, total = [0.0], [self._position(legs[0].line, legs[0].from_m)], [], 0.0
        for leg in legs:
            begins.append(total)
            along = self.along[leg.line]
            low, high = sorted((leg.from_m, leg.to_m))
            inner = along[(along > low) & (along < high)]
            for mark in [*(inner if leg.to_m > leg.from_m else inner[::-1]), leg.to_m]:
                marks.append(total + abs(mark - leg.from_m))
                where.append(self._position(leg.line, mark))
            total += abs(leg.to_m - leg.from_m)
        return np.array(marks), np.array(where), np.array([*begins, total])

    def _position(self, line: int, metre: float) -> tuple[float, float]:
        xy = self.district.lines[line][1]
        return (
            float(np.interp(metre, self.along[line], xy[:, 0])),
            float(np.interp(metre, self.along[line], xy[:, 1])),
        )

    def _truth(
        self, legs: Sequence[_Leg], at: Floats, silent: Floats, begun: float, ended: float
    ) -> tuple[Floats, Floats]:
        known = defaultdict[int, list[tuple[float, float]]](list)
        dark = defaultdict[int, list[tuple[float, float]]](list)
        cuts = np.unique(np.concatenate([[begun, ended], silent.ravel()]))
        for leg, start, end in zip(legs, at, at[1:], strict=False):
            marks = np.concatenate([[start], cuts[(cuts > start) & (cuts < end)], [end]])
            for a, b in itertools.pairwise(marks):
                middle = (a + b) / 2
                if not begun <= middle <= ended:
                    continue
                sign = 1.0 if leg.to_m >= leg.from_m else -1.0
                span = sorted((leg.from_m + sign * (a - start), leg.from_m + sign * (b - start)))
                is_dark = bool(((silent[:, 0] <= middle) & (middle <= silent[:, 1])).any())
                (dark if is_dark else known)[leg.line].append((span[0], span[1]))
        return self._per_piece(known), self._per_piece(dark)

    def _per_piece(self, spans: dict[int, list[tuple[float, float]]]) -> Floats:
        metres = np.zeros(len(self.district.pieces))
        for line, parts in spans.items():
            reached = 0.0
            for start, end in sorted(parts):
                metres[self.district.lines[line][0]] += max(0.0, end - max(start, reached))
                reached = max(reached, end)
        return metres


def _pace(seconds: float, rng: Generator) -> tuple[Floats, Floats]:
    """Return times and the metres walked by then: speed changes slowly, and now and then one stands."""
    clock = np.arange(0.0, seconds + 1.0)
    drift = _noise(clock, SPEED_SPREAD, 120.0, rng)[:, 0]
    speed = np.clip(SPEED_M_S * (1.0 + drift), 0.5, 2.0)
    at = rng.exponential(PAUSE_EACH_S)
    while at < seconds:
        long = rng.uniform(*PAUSE_S)
        speed[(clock >= at) & (clock < at + long)] = 0.0
        at += long + rng.exponential(PAUSE_EACH_S)
    return clock, np.concatenate([[0.0], np.cumsum(speed)[:-1]])


def _noise(t: Floats, sigma: float, tau_s: float, rng: Generator) -> Floats:
    """Return noise on two axes whose correlation falls to 1/e in `tau_s` (AR(1) at uneven times)."""
    fresh = rng.normal(0.0, sigma, (len(t), 2))
    rho = np.exp(-np.diff(t, prepend=t[0]) / tau_s)
    rho[0] = 0.0
    found = np.empty_like(fresh)
    last = np.zeros(2)
    for k in range(len(t)):
        last = rho[k] * last + math.sqrt(1.0 - rho[k] ** 2) * fresh[k]
        found[k] = last
    return found
