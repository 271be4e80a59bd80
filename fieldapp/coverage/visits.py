"""What of each piece was walked on the likeliest way: visits, each with its metres and its time. Compiled."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from fieldapp.coverage.compiled import compiled
from fieldapp.coverage.ground import Floats, Int32s, Ints
from fieldapp.coverage.matching import ANEW, OFF, STRETCH_STEPS_MAX, Net, Noise, Paths, room_for, search, trace
from fieldapp.coverage.steps import STEP_MS, Steps, make_steps, memory_s

AWAY_STEPS = 24
"""Who comes back to a piece after two minutes visits it anew."""


class Tally(NamedTuple):
    """Visits so far, and what of the network the latest ones are on."""

    used: Ints
    piece: Ints
    first: Ints
    last: Ints
    metres: Floats
    visit_of_piece: Ints
    visit_of_bead: Ints


@compiled
def empty_tally(room: int, pieces: int, beads: int) -> Tally:
    """Return a tally of nothing."""
    return Tally(
        np.zeros(1, np.int64),
        np.empty(room, np.int64),
        np.empty(room, np.int64),
        np.empty(room, np.int64),
        np.empty(room),
        np.full(pieces, -1, np.int64),
        np.full(beads, -1, np.int64),
    )


@compiled
def credit(net: Net, steps: Steps, first: int, states: Int32s, ways: Int32s, tally: Tally, base: int) -> None:
    """Count what was walked in one stretch: every bead on the way to each step, from its end backward.

    Visits before `base` are over.
    """
    # In names of their own, and without a call in the loop: handing arrays over costs more than the loop itself.
    out, leads_to, via, piece_of, metres_of = net.out, net.leads_to, net.via, net.piece, net.metres
    pieces, firsts, lasts, metres = tally.piece, tally.first, tally.last, tally.metres
    visit_of_piece, visit_of_bead, slots, used = tally.visit_of_piece, tally.visit_of_bead, steps.at, tally.used[0]
    for n in range(len(states)):
        state, way, at = states[n], ways[n], slots[first + n]
        if state == OFF:
            continue
        while True:
            bead = state >> 1
            piece = piece_of[bead]
            visit = visit_of_piece[piece]
            if visit < base or at - lasts[visit] > AWAY_STEPS:
                if used >= len(pieces):
                    break
                visit, used = used, used + 1
                visit_of_piece[piece] = visit
                pieces[visit], firsts[visit], metres[visit] = piece, at, 0.0
            lasts[visit] = at
            if visit_of_bead[bead] != visit:
                visit_of_bead[bead] = visit
                metres[visit] += metres_of[bead]
            if way == ANEW or via[way] == states[n - 1]:
                break
            state = via[way]
            way = out[states[n - 1]]
            while leads_to[way] != state:
                way += 1
    tally.used[0] = used


@compiled
def fold_segments(
    begins: Ints, t: Ints, x: Floats, y: Floats, sd: Floats, net: Net, noise: Noise, piece_count: int
) -> tuple[Ints, Tally]:
    """Match segments, fixes `begins[k]` to `begins[k + 1]` of each. Return where the visits of each begin, and the visits."""
    segments = len(begins) - 1
    tally = empty_tally(len(t) * 4 + 64, piece_count, len(net.x))
    of_segment = np.zeros(segments + 1, np.int64)
    paths = room_for(64, len(net.out) - 1)
    stamp = 0
    for k in range(segments):
        a, b = begins[k], begins[k + 1]
        if b > a:
            steps = make_steps(t[a:b], x[a:b], y[a:b], sd[a:b])
            if len(steps.at) > len(paths.begins) - 2:
                paths = room_for(len(steps.at) + 64, len(net.out) - 1)
            lasts_s = memory_s(t[a:b], x[a:b], y[a:b], sd[a:b], noise.memory_s)
            stamp = match_segment(steps, net, lasting(noise, lasts_s), tally, paths, stamp)
        of_segment[k + 1] = tally.used[0]
    return of_segment, tally


@compiled
def lasting(noise: Noise, memory_s: float) -> Noise:
    """Return the noise of a segment whose errors last so long."""
    rho = math.exp(-STEP_MS / 1000.0 / (memory_s * noise.memory_share))
    return Noise(
        memory_s,
        noise.memory_share,
        noise.innovation,
        rho,
        noise.grain_m,
        noise.reach_sd,
        noise.beam,
        noise.cost_max,
        noise.anew_cost,
        noise.off_step,
        noise.off_enter,
        noise.off_leave,
    )


@compiled
def match_segment(steps: Steps, net: Net, noise: Noise, tally: Tally, paths: Paths, stamp: int) -> int:
    """Match every stretch of a segment without a silence or a ride in it; a very long one in parts."""
    count, base, first = len(steps.at), tally.used[0], 0
    while first < count:
        last = first + 1
        if not steps.is_ride[first]:
            most = min(count, first + STRETCH_STEPS_MAX)
            while last < most and not steps.is_first[last] and not steps.is_ride[last]:
                last += 1
            stamp = search(net, noise, steps, first, last, paths, stamp + 1)
            states = np.empty(last - first, np.int32)
            ways = np.empty(last - first, np.int32)
            trace(paths, last - first, states, ways)
            credit(net, steps, first, states, ways, tally, base)
        first = last
    return stamp
