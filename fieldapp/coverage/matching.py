"""Where on the network somebody walked, given steps with noise that lasts: the likeliest way, by Viterbi. Compiled.

A step's error is taken to follow from the one before: `rho` times it and something new (AR(1)), so that positions that are
ten metres off for a minute do not pull the way onto the path across the lawn. Hence a cost belongs to a pair of states.
Beside the states of the network there is one off it, and from each one may begin anew: neither is credited.

Formulas: Rabiner 1989 (Viterbi); Newson and Krumm 2009 (map matching with a hidden Markov model), here on beads instead of
projections, with the errors' own memory.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from fieldapp.coverage.compiled import compiled
from fieldapp.coverage.ground import CELL_M, Floats, Int32s, Ints
from fieldapp.coverage.steps import Steps

STATES_MAX = 768
STRETCH_STEPS_MAX = 2048
"""So many steps (2.8 h) are searched at once: there is room for all their states, and nothing is written beyond it."""
OFF = -1
"""The state off the network."""
ANEW = -1
"""The way into a state that does not follow from the one before."""


class Net(NamedTuple):
    """What the kernels read of a `Ground`, and what each way out of a state costs."""

    x: Floats
    y: Floats
    out: Ints
    leads_to: Ints
    via: Ints
    way_cost: Floats
    corner: Floats
    cells: Ints
    cell_start: Ints
    cell_bead: Ints
    piece: Ints
    metres: Floats


class Point(NamedTuple):
    """A measured position and its deviation on each axis, in metres."""

    x: float
    y: float
    sd: float


class Noise(NamedTuple):
    """How positions are wrong, and what it costs to leave the network."""

    memory_s: float
    memory_share: float
    innovation: float
    rho: float
    grain_m: float
    reach_sd: float
    beam: float
    cost_max: float
    anew_cost: float
    off_step: float
    off_enter: float
    off_leave: float


class Paths(NamedTuple):
    """Room for a search: of each step its states, their costs, what they follow from, and by which way."""

    begins: Ints
    state: Int32s
    cost: Floats
    ex: Floats
    ey: Floats
    back: Int32s
    way: Int32s
    slot: Int32s
    stamp: Int32s


@compiled
def room_for(steps: int, states: int) -> Paths:
    """Return room for the searches of a segment of so many steps."""
    size = min(steps, STRETCH_STEPS_MAX) * STATES_MAX
    return Paths(
        np.zeros(steps + 2, np.int64),
        np.empty(size, np.int32),
        np.empty(size),
        np.empty(size),
        np.empty(size),
        np.empty(size, np.int32),
        np.empty(size, np.int32),
        np.empty(states, np.int32),
        np.full(states, -1, np.int64),
    )


@compiled
def relax(net: Net, paths: Paths, end: int, state: int, stamp: int, point: Point) -> int:
    """Return where a state is listed in the step `stamp`; list it at `end` if it is new there."""
    if paths.stamp[state] == stamp:
        return int(paths.slot[state])
    paths.stamp[state], paths.slot[state] = stamp, end
    paths.state[end], paths.cost[end] = state, np.inf
    paths.ex[end], paths.ey[end] = point.x - net.x[state >> 1], point.y - net.y[state >> 1]
    return end


@compiled
def begin_anew(net: Net, noise: Noise, paths: Paths, at: int, stamp: int, point: Point, base: float, back: int) -> None:
    """Let the way begin at any state near a position, at the cost `base` and of how far off the state is."""
    x, y, end = point.x, point.y, paths.begins[at + 1]
    limit = min(paths.begins[at] + STATES_MAX, len(paths.state)) - 2
    reach = noise.reach_sd * point.sd + CELL_M / 4
    still = 1.0 / (2.0 * point.sd * point.sd)
    west, east = int((x - reach - net.corner[0]) // CELL_M), int((x + reach - net.corner[0]) // CELL_M)
    south, north = int((y - reach - net.corner[1]) // CELL_M), int((y + reach - net.corner[1]) // CELL_M)
    for column in range(max(west, 0), min(east + 1, net.cells[0])):
        first = column * net.cells[1]
        low, high = first + max(south, 0), first + min(north + 1, net.cells[1])
        if low >= high:
            continue  # north or south of every cell: what is read beyond the table is anything
        for n in range(net.cell_start[low], net.cell_start[high]):
            bead = net.cell_bead[n]
            dx, dy = x - net.x[bead], y - net.y[bead]
            far = dx * dx + dy * dy
            if far > reach * reach:
                continue
            for state in (2 * bead, 2 * bead + 1):
                if end >= limit:
                    break
                k = relax(net, paths, end, state, stamp, point)
                end = max(end, k + 1)
                if base + far * still < paths.cost[k]:
                    paths.cost[k], paths.back[k], paths.way[k] = base + far * still, back, ANEW
    paths.begins[at + 1] = end


@compiled
def start(net: Net, noise: Noise, paths: Paths, stamp: int, point: Point) -> None:
    """Cost the states of a first step by how far off they are."""
    paths.begins[0], paths.begins[1] = 0, 1
    paths.state[0], paths.cost[0], paths.back[0], paths.way[0] = OFF, noise.off_enter, -1, ANEW
    begin_anew(net, noise, paths, 0, stamp, point, 0.0, -1)


@compiled
def cheapest(paths: Paths, at: int) -> int:
    """Return the state of a step that costs least."""
    costs, first, end = paths.cost, paths.begins[at], paths.begins[at + 1]
    best = first
    for k in range(first + 1, end):
        if costs[k] < costs[best]:
            best = k
    return int(best)


@compiled
def advance(net: Net, noise: Noise, paths: Paths, at: int, stamp: int, point: Point) -> None:
    """Cost the states of a step by those of the one before."""
    before, begin = paths.begins[at - 1], paths.begins[at]
    best = cheapest(paths, at - 1)
    least, off = paths.cost[best], paths.cost[before]
    enters = least + noise.off_enter < off
    paths.state[begin], paths.ex[begin], paths.ey[begin] = OFF, 0.0, 0.0
    paths.cost[begin] = noise.off_step + (least + noise.off_enter if enters else off)
    paths.back[begin], paths.way[begin] = best if enters else before, ANEW
    end, cheapest_now = go_on(net, noise, paths, at, stamp, point, best)
    paths.begins[at + 1] = end
    base = min(least + noise.anew_cost, off + noise.off_leave)
    if base < min(cheapest_now, paths.cost[begin]) + noise.beam:
        back = best if least + noise.anew_cost < off + noise.off_leave else before
        begin_anew(net, noise, paths, at, stamp, point, base, back)


@compiled
def go_on(net: Net, noise: Noise, paths: Paths, at: int, stamp: int, point: Point, best: int) -> tuple[int, float]:
    """Walk on from every state of the step before that is in the beam. Return the end of the list and the least cost.

    The `best` state goes first: what comes after it and costs more than the beam allows need not even be listed.
    """
    # In names of their own, and without a call in the loop: handing arrays over costs more than the loop itself.
    xs, ys, out, leads_to, way_cost = net.x, net.y, net.out, net.leads_to, net.way_cost
    states, costs, exs, eys, backs, ways = paths.state, paths.cost, paths.ex, paths.ey, paths.back, paths.way
    stamps, slots, rho, beam, cost_max = paths.stamp, paths.slot, noise.rho, noise.beam, noise.cost_max
    before, begin = paths.begins[at - 1], paths.begins[at]
    end, limit, least = begin + 1, min(begin + STATES_MAX, len(states)) - 2, np.inf
    most = costs[best] + beam
    fresh = noise.innovation * point.sd
    moved = 0.5 / (fresh * fresh * (1.0 - rho * rho) + noise.grain_m * noise.grain_m)
    for n in range(before, begin):
        k0 = best if n == before else n
        cost0 = costs[k0]
        if cost0 > most or k0 == before or (n == best and n != before):
            continue
        state = states[k0]
        # Where it would have to be for the error to be as before.
        x, y = point.x - rho * exs[k0], point.y - rho * eys[k0]
        for w in range(out[state], out[state + 1]):
            to = leads_to[w]
            dx, dy = x - xs[to >> 1], y - ys[to >> 1]
            cost = cost0 + way_cost[w] + min((dx * dx + dy * dy) * moved, cost_max)
            if cost > least + beam or end >= limit:
                continue
            k = slots[to]
            if stamps[to] != stamp:
                k, stamps[to], slots[to] = end, stamp, end
                states[k], exs[k], eys[k] = to, point.x - xs[to >> 1], point.y - ys[to >> 1]
                end += 1
            elif cost >= costs[k]:
                continue
            costs[k], backs[k], ways[k] = cost, k0, w
            least = min(least, cost)
    return end, least


@compiled
def search(net: Net, noise: Noise, steps: Steps, first: int, last: int, paths: Paths, stamp: int) -> int:
    """Find the costs of every way through steps `first` to `last` (exclusive). Return the next free stamp."""
    start(net, noise, paths, stamp, Point(steps.x[first], steps.y[first], steps.sd[first]))
    for k in range(first + 1, last):
        stamp += 1
        advance(net, noise, paths, k - first, stamp, Point(steps.x[k], steps.y[k], steps.sd[k]))
    return stamp


@compiled
def trace(paths: Paths, count: int, states: Int32s, ways: Int32s) -> None:
    """Write down the state of each step of the cheapest way, and the way by which it came."""
    of_state, of_way, back = paths.state, paths.way, paths.back
    k = cheapest(paths, count - 1)
    for at in range(count - 1, -1, -1):
        states[at], ways[at] = of_state[k], of_way[k]
        k = back[k]
