"""Fixes of a segment become bins: how much of which piece was walked, in which quarter of an hour. Pure, no framework, no I/O.

A segment is folded alone. It repeats the last half minute of the one before (`carried`), so that what is cut in two by
segments is seen whole in one. Per round, piece and bin the greatest share counts (`together`), never a sum: order,
lateness and repetition change nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from fieldapp.coverage.ground import Floats, Ground, Ints, to_plane
from fieldapp.coverage.matching import Net, Noise
from fieldapp.coverage.rules import BIN_MS, SEEN_SHARE
from fieldapp.coverage.steps import STEP_MS
from fieldapp.coverage.visits import fold_segments

VERSION = 2
"""Goes up when the same fixes may give other bins; bins that are there stay as they are."""
SHARE_MIN = 0.1
"""Less of a piece than this is no evidence."""
ACCURACY_UNKNOWN_M = 8.0
ACCURACY_M_MAX = 60.0
ACCURACY_M_MIN = 4.5
PER_AXIS = 1.515
"""Accuracy is the radius that holds 68 % of positions: 1.515 deviations on each axis (Rayleigh)."""

Bin = tuple[int, int]
"""Number of the piece in its network, number of the quarter of an hour since 1970."""
Bins = dict[Bin, float]


@dataclass(frozen=True, slots=True)
class Parameters:
    """What the engine takes for true of walkers and of positions. Lengths in metres; costs are negative logarithms."""

    memory_s: float = 13.0
    memory_share: float = 1.1
    innovation: float = 0.91
    grain_m: float = 1.3
    reach_sd: float = 3.0
    beam: float = 7.0
    cost_max: float = 23.0
    anew_cost: float = 16.6
    off_step: float = 4.0
    off_enter: float = 9.0
    off_leave: float = 7.0
    step_m: float = 3.3
    step_sd_m: float = 5.5
    stay_cost: float = 0.56
    turn_cost: float = 0.85


PARAMETERS = Parameters()


@dataclass(frozen=True, slots=True)
class Network:
    """A ground with the costs of its ways: make it once, fold many segments on it."""

    ground: Ground
    net: Net
    noise: Noise


def make_network(ground: Ground, parameters: Parameters = PARAMETERS) -> Network:
    """Cost the ways of a ground."""
    p = parameters
    cost = np.where(ground.walked_m == 0.0, p.stay_cost, (ground.walked_m - p.step_m) ** 2 / (2 * p.step_sd_m**2))
    source = np.repeat(np.arange(len(ground.out) - 1), np.diff(ground.out))
    cost[(ground.walked_m == 0.0) & (ground.leads_to != source)] += p.turn_cost
    net = Net(
        ground.x,
        ground.y,
        ground.out,
        ground.leads_to,
        ground.via,
        cost,
        ground.corner,
        ground.cells,
        ground.cell_start,
        ground.cell_bead,
        ground.piece,
        ground.metres,
    )
    noise = Noise(
        p.memory_s,
        p.memory_share,
        p.innovation,
        0.0,
        p.grain_m,
        p.reach_sd,
        p.beam,
        p.cost_max,
        p.anew_cost,
        p.off_step,
        p.off_enter,
        p.off_leave,
    )
    return Network(ground, net, noise)


@dataclass(frozen=True, slots=True)
class Fixes:
    """Fixes of one segment: times in ms, x and y (n, 2) on the ground's plane, accuracy in metres (NaN: unknown).

    The first `carried` of them repeat the end of the segment before.
    """

    t: Ints
    xy: Floats
    accuracy_m: Floats
    carried: int = 0


def fixes_of(network: Network, t: Ints | Sequence[int], lonlat: Floats, accuracy_m: Floats, carried: int = 0) -> Fixes:
    """Put positions on the network's plane."""
    return Fixes(np.asarray(t, np.int64), to_plane(network.ground.plane, lonlat), accuracy_m, carried)


def fold(fixes: Fixes, network: Network) -> Bins:
    """Return the share walked of each piece in each quarter of an hour, of one segment."""
    return fold_many([fixes], network)[0]


def fold_many(segments: Sequence[Fixes], network: Network) -> list[Bins]:
    """Fold segments, each alone."""
    if not segments:
        return []
    ready = [in_order(fixes) for fixes in segments]
    begins = np.concatenate([[0], np.cumsum([len(t) for t, _xy, _sd in ready])]).astype(np.int64)
    until = np.array([carried_until(fixes) for fixes in segments], np.int64)
    t = np.concatenate([one[0] for one in ready])
    xy = np.concatenate([one[1] for one in ready])
    sd = np.concatenate([one[2] for one in ready])
    number, piece, when, share = fold_columns(begins, until, t, xy, sd, network)
    found: list[Bins] = [{} for _ in segments]
    for k, a, b, s in zip(number.tolist(), piece.tolist(), when.tolist(), share.tolist(), strict=True):
        if s > found[k].get((a, b), 0.0):
            found[k][a, b] = s
    return found


def fold_columns(
    begins: Ints, carried_until_ms: Ints, t: Ints, xy: Floats, sd: Floats, network: Network
) -> tuple[Ints, Ints, Ints, Floats]:
    """Fold segments that lie in columns, each in order of time. Return of each visit its segment, piece, bin and share."""
    x, y = np.ascontiguousarray(xy[:, 0]), np.ascontiguousarray(xy[:, 1])
    of_segment, tally = fold_segments(begins, t, x, y, sd, network.net, network.noise, network.ground.piece_count)
    count = int(tally.used[0])
    piece = tally.piece[:count]
    share = np.minimum(tally.metres[:count] / network.ground.piece_m[piece], 1.0)
    when = (tally.first[:count] + tally.last[:count]) * STEP_MS // 2 // BIN_MS
    number = np.repeat(np.arange(len(begins) - 1), np.diff(of_segment))
    # What was over before the segment's own first fix has been told by the segment before, which saw more of it.
    keep = (share >= SHARE_MIN) & ((tally.last[:count] + 1) * STEP_MS > carried_until_ms[number])
    return number[keep], piece[keep], when[keep], share[keep]


def deviation(accuracy_m: Floats) -> Floats:
    """Return the deviation on each axis that a phone's accuracy means."""
    known = np.where(np.isfinite(accuracy_m) & (accuracy_m > 0), accuracy_m, ACCURACY_UNKNOWN_M)
    return np.clip(known, ACCURACY_M_MIN, None) / PER_AXIS


def in_order(fixes: Fixes) -> tuple[Ints, Floats, Floats]:
    """Return a segment's fixes in order of time, each once, without those that say they know nothing."""
    known = np.where(np.isfinite(fixes.accuracy_m), fixes.accuracy_m, ACCURACY_UNKNOWN_M) <= ACCURACY_M_MAX
    t, xy, accuracy = fixes.t[known], fixes.xy[known], fixes.accuracy_m[known]
    if len(t) > 1 and not (np.diff(t) > 0).all():
        order = np.lexsort((xy[:, 1], xy[:, 0], t))
        order = order[np.concatenate([[True], np.diff(t[order]) > 0])]
        t, xy, accuracy = t[order], xy[order], accuracy[order]
    return t, xy, deviation(accuracy)


def carried_until(fixes: Fixes) -> int:
    """Return the time of the last fix that a segment repeats, in ms; 0: it repeats none."""
    if not 0 < fixes.carried < len(fixes.t):
        return 0
    return int(fixes.t[fixes.carried - 1])


def together(parts: Iterable[Mapping[Bin, float]]) -> Bins:
    """Return the greatest share of each bin: of the segments of a round, of all its phones."""
    found: Bins = {}
    for part in parts:
        for at, share in part.items():
            if share > found.get(at, 0.0):
                found[at] = share
    return found


def seen(bins: Mapping[Bin, float]) -> set[Bin]:
    """Return the bins in which at least half of the piece was walked."""
    return {at for at, share in bins.items() if share >= SEEN_SHARE}
