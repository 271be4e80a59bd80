"""Steps of many segments in columns, and what of a network is nearest to a position. Compiled."""

from __future__ import annotations

import math

import numpy as np

from fieldapp.coverage.compiled import compiled
from fieldapp.coverage.ground import CELL_M, Flags, Floats, Ints
from fieldapp.coverage.matching import Net
from fieldapp.coverage.steps import SILENT_MS, STEP_MS, make_steps


@compiled
def walked_steps(begins: Ints, t: Ints, x: Floats, y: Floats, sd: Floats) -> tuple[Ints, Ints, Floats, Floats, Floats]:
    """Return of every step of the segments `begins[k]` to `begins[k + 1]` that is no ride: segment, time, x, y, deviation."""
    room = len(t) * (SILENT_MS // STEP_MS + 1) + 2 * len(begins)
    segment, at = np.empty(room, np.int64), np.empty(room, np.int64)
    east, north, deviation = np.empty(room), np.empty(room), np.empty(room)
    made = 0
    for k in range(len(begins) - 1):
        a, b = begins[k], begins[k + 1]
        if b == a:
            continue
        steps = make_steps(t[a:b], x[a:b], y[a:b], sd[a:b])
        for n in range(len(steps.at)):
            if not steps.is_ride[n]:
                segment[made], at[made] = k, steps.at[n]
                east[made], north[made], deviation[made] = steps.x[n], steps.y[n], steps.sd[n]
                made += 1
    return segment[:made], at[:made], east[:made], north[:made], deviation[:made]


@compiled
def nearest_piece(net: Net, x: float, y: float, reach_m: float) -> int:
    """Return the piece with the bead nearest to a position, or -1 when none is within reach."""
    best, found = reach_m * reach_m, -1
    west, east = int((x - reach_m - net.corner[0]) // CELL_M), int((x + reach_m - net.corner[0]) // CELL_M)
    south, north = int((y - reach_m - net.corner[1]) // CELL_M), int((y + reach_m - net.corner[1]) // CELL_M)
    for column in range(max(west, 0), min(east + 1, net.cells[0])):
        first = column * net.cells[1]
        low, high = first + max(south, 0), first + min(north + 1, net.cells[1])
        if low >= high:
            continue
        for n in range(net.cell_start[low], net.cell_start[high]):
            bead = net.cell_bead[n]
            far = (x - net.x[bead]) ** 2 + (y - net.y[bead]) ** 2
            if far < best:
                best, found = far, net.piece[bead]
    return found


@compiled
def long_runs(group: Ints, at: Ints, needed: int) -> Flags:
    """Mark the members of runs of at least `needed` steps, one after another in one group. They are in order of group and time."""
    kept = np.zeros(len(at), np.bool_)
    begin = 0
    for k in range(1, len(at) + 1):
        if k == len(at) or group[k] != group[begin] or at[k] != at[k - 1] + 1:
            if k - begin >= needed:
                kept[begin:k] = True
            begin = k
    return kept


@compiled
def likely_within(radius_m: float, away_m: Floats, sd: Floats) -> Floats:
    """Return how likely one is within a radius of a point, measured so far from it with such a deviation on each axis.

    The chance of a noncentral chi-squared with two degrees of freedom, by its cube root being nearly normal (Abdel-Aty 1954).
    """
    found = np.empty(len(away_m))
    for k in range(len(away_m)):
        off = (away_m[k] / sd[k]) ** 2
        mean = 2.0 + off
        spread = 2.0 * (2.0 + 2.0 * off) / (9.0 * mean * mean)
        z = (((radius_m / sd[k]) ** 2 / mean) ** (1.0 / 3.0) - (1.0 - spread)) / math.sqrt(spread)
        found[k] = 0.5 * math.erfc(-z / math.sqrt(2.0))
    return found
