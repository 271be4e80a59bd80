"""Seek the walk that sees the most in its time: an orienteering problem on a network (Golden, Levy and Vohra 1987). Pure.

Two means. A *beam* builds a way from one node to another step by step: of all ways that take about as long it keeps the few
that have seen most, and never one that could not be home in time. Then parts of the walk are taken out again and again and
a beam seeks a better way there, with all the time that is left (large neighbourhood search, Shaw 1998). Nothing depends on
the clock: the same task and seed give the same walk.
"""

from __future__ import annotations

import bisect
import heapq
import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fieldapp.planning.walk import PACE_M_PER_S, Step, Task, nodes_of, stop_seconds, walk_seconds

_TICK_S = 20.0
_PER_NODE = 2
_CELL_M = 200.0
_EPSILON = 1e-6
_ROUNDS_TO_SHORTEN = 10
"""Once all there is has been seen, no more are spent on a shorter way."""
_Option = tuple[tuple[int, ...], float, float, int]
"""Stops made together, what they gain, how many seconds they take, their bits."""
_State = tuple[float, float, int, int, int, "tuple[_State, Step] | None"]
"""A way so far: gain, seconds, node, last edge, bits of what was seen, and the way before its last step."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How hard to seek: ways kept by the first beams and by the later ones, far ends tried, parts sought anew."""

    first_width: int = 40
    width: int = 32
    far_ends: int = 12
    rounds: int = 60
    part_s: tuple[float, float] = (240.0, 2700.0)


DEFAULT = Effort()


class _Prizes:
    """What each edge and each stop is worth, as bits of one number: a way knows what it has seen by one such number."""

    def __init__(self, task: Task) -> None:
        graph = task.graph
        self.graph = graph
        self.seconds = [edge.length_m / PACE_M_PER_S for edge in graph.edges]
        self.gain = [0.0] * len(graph.edges)
        self.bit = [0] * len(graph.edges)
        self.options: list[list[_Option]] = [[] for _ in graph.edges]
        self.stop_bits: dict[int, int] = {}
        self.stop_values = task.stop_values
        bit = 1
        for piece, value in sorted(task.piece_values.items()):
            for edge in graph.edges_of[piece]:
                self.gain[edge] = value * graph.edges[edge].length_m / graph.lengths_m[piece]
                self.bit[edge] = bit
                bit <<= 1
        beside: dict[int, list[int]] = {}
        for stop in sorted(task.stop_values):
            self.stop_bits[stop] = bit
            bit <<= 1
            beside.setdefault(graph.stops[stop].edge, []).append(stop)
        for edge, stops in beside.items():
            self.options[edge] = self._options(stops)

    def _options(self, stops: list[int]) -> list[_Option]:
        """Return which stops of an edge are made together: all of them, or the half that gives most for its time."""
        graph, values = self.graph, self.stop_values
        stops.sort(key=lambda stop: (-values[stop] / stop_seconds(graph, stop), stop))
        sizes = sorted({len(stops), (len(stops) + 1) // 2})
        return [
            (
                tuple(stops[:size]),
                sum(values[stop] for stop in stops[:size]),
                sum(stop_seconds(graph, stop) for stop in stops[:size]),
                sum(self.stop_bits[stop] for stop in stops[:size]),
            )
            for size in sizes
        ]

    def mask_of(self, steps: Sequence[Step]) -> int:
        """Return the bits of all that is seen on the way."""
        mask = 0
        for step in steps:
            mask |= self.bit[step.edge]
            for stop in step.stops:
                mask |= self.stop_bits[stop]
        return mask

    def gain_of(self, steps: Sequence[Step], mask: int) -> float:
        """Return what is gained by steps when what `mask` says was seen already."""
        gain = 0.0
        for step in steps:
            if self.bit[step.edge] & ~mask:
                gain += self.gain[step.edge]
                mask |= self.bit[step.edge]
            for stop in step.stops:
                if self.stop_bits[stop] & ~mask:
                    gain += self.stop_values[stop]
                    mask |= self.stop_bits[stop]
        return gain


def seek(task: Task, seed: int, effort: Effort = DEFAULT) -> list[Step]:
    """Return a walk from the task's start and back that sees as much as was found; the same for the same task and seed."""
    chance = random.Random(seed)  # noqa: S311 - the same every time
    prizes = _Prizes(task)
    best: list[Step] = []
    for far in (task.start, *_far_ends(task, prizes, chance, effort.far_ends)):
        found = _there_and_back(task, prizes, far, effort.first_width)
        if prizes.gain_of(found, 0) > prizes.gain_of(best, 0):
            best = found
    everything = sum(prizes.gain) + sum(task.stop_values.values())
    for number in range(effort.rounds if best else 0):
        if number >= _ROUNDS_TO_SHORTEN and prizes.gain_of(best, 0) > everything - _EPSILON:
            break
        best = _sought_anew(task, prizes, best, chance, effort)
    return best


def _far_ends(task: Task, prizes: _Prizes, chance: random.Random, count: int) -> list[int]:
    """Return nodes in the middle of where most is to be seen, each in a square of its own, that one can come home from."""
    graph = task.graph
    reach = graph.distances(task.start, task.seconds * PACE_M_PER_S / 2)
    worth: dict[tuple[int, int], float] = {}
    inside: dict[tuple[int, int], list[int]] = {}
    for node in sorted(reach):
        x, y = graph.nodes[node]
        cell = (int(x // _CELL_M), int(y // _CELL_M))
        inside.setdefault(cell, []).append(node)
        gains = sum(prizes.gain[edge] + sum(o[1] for o in prizes.options[edge][-1:]) for edge, _ in graph.next_to[node])
        worth[cell] = worth.get(cell, 0.0) + gains
    ranked = sorted(worth, key=lambda cell: (-worth[cell] * chance.uniform(0.85, 1.0), cell))
    return [max(inside[cell], key=lambda node: (len(graph.next_to[node]), -node)) for cell in ranked[:count]]


def _there_and_back(task: Task, prizes: _Prizes, far: int, width: int) -> list[Step]:
    if far == task.start:
        return _beam(prizes, far, far, task.seconds, 0, width) or []
    there = _beam(prizes, task.start, far, task.seconds / 2, 0, width)
    if there is None:
        return []
    left = task.seconds - walk_seconds(task.graph, there)
    back = _beam(prizes, far, task.start, left, prizes.mask_of(there), width)
    return there + back if back is not None else []


def _sought_anew(task: Task, prizes: _Prizes, steps: list[Step], chance: random.Random, effort: Effort) -> list[Step]:
    """Return the walk with one part of it sought anew, where that sees more or takes less time."""
    times = [0.0]
    for step in steps:
        times.append(times[-1] + prizes.seconds[step.edge] + sum(stop_seconds(task.graph, stop) for stop in step.stops))
    length = chance.uniform(*effort.part_s)
    begins = chance.uniform(-length / 2, times[-1] - length / 2)
    first = max(0, bisect.bisect_right(times, begins) - 1)
    last = min(len(steps), bisect.bisect_left(times, begins + length))
    nodes = nodes_of(task.graph, task.start, steps)
    mask = prizes.mask_of(steps[:first]) | prizes.mask_of(steps[last:])
    allowed = task.seconds - times[-1] + times[last] - times[first]
    found = _beam(prizes, nodes[first], nodes[last], allowed, mask, effort.width)
    if found is None:
        return steps
    more = prizes.gain_of(found, mask) - prizes.gain_of(steps[first:last], mask)
    is_quicker = walk_seconds(task.graph, found) < times[last] - times[first]
    if more > _EPSILON or (more > -_EPSILON and is_quicker):
        return [*steps[:first], *found, *steps[last:]]
    return steps


def _seconds_to(prizes: _Prizes, target: int, source: int, seconds: float) -> dict[int, float]:
    """Return how far in seconds nodes are from the target, as far as a way from the source can lead in the time there is."""
    found: dict[int, float] = {}
    heap = [(0.0, target)]
    limit = seconds
    next_to, length = prizes.graph.next_to, prizes.seconds
    while heap:
        so_far, node = heapq.heappop(heap)
        if so_far > limit:
            break
        if node in found:
            continue
        found[node] = so_far
        if node == source:
            limit = (seconds + so_far) / 2
        for edge, other in next_to[node]:
            if other not in found:
                heapq.heappush(heap, (so_far + length[edge], other))
    return found


def _beam(prizes: _Prizes, source: int, target: int, seconds: float, mask: int, width: int) -> list[Step] | None:
    """Return the way from source to target in the time there is that gains most of those looked at; None: there is none."""
    home = _seconds_to(prizes, target, source, seconds)
    if home.get(source, math.inf) > seconds:
        return None
    ticks: list[list[_State]] = [[] for _ in range(int(seconds / _TICK_S) + 1)]
    ticks[0].append((0.0, 0.0, source, -1, mask, None))
    best: _State | None = ticks[0][0] if source == target else None
    for tick, states in enumerate(ticks):
        for state in _kept(states, width):
            for made in _steps_from(prizes, state, home, seconds):
                # A step shorter than a tick goes to the next all the same: this one has been looked through.
                ticks[min(max(tick + 1, int(made[1] / _TICK_S)), len(ticks) - 1)].append(made)
                if made[2] == target and (best is None or (made[0], -made[1]) > (best[0], -best[1])):
                    best = made
        states.clear()
    return _way_of(best) if best is not None else None


def _kept(states: list[_State], width: int) -> list[_State]:
    """Return the ways that have gained most, few at any one node, so that they do not all go the same way."""
    states.sort(key=lambda state: (-state[0], state[1], state[2]))
    at_node: dict[int, int] = {}
    kept: list[_State] = []
    for state in states:
        count = at_node.get(state[2], 0)
        if count < _PER_NODE:
            at_node[state[2]] = count + 1
            kept.append(state)
            if len(kept) == width:
                break
    return kept


def _steps_from(prizes: _Prizes, state: _State, home: dict[int, float], limit: float) -> Iterator[_State]:
    """Give the ways that go on from one by one edge, without and with the stops beside it, and can still be home in time."""
    gain, seconds, node, last, mask, _ = state
    ends_here = len(prizes.graph.next_to[node]) == 1
    for edge, other in prizes.graph.next_to[node]:
        at = seconds + prizes.seconds[edge]
        left = limit - at - home.get(other, math.inf)
        # Nobody turns on the spot but where a way ends, or where there was something to be seen.
        if left < 0 or (edge == last and not ends_here and not prizes.bit[edge] and not prizes.options[edge]):
            continue
        bit = prizes.bit[edge]
        gained = gain if mask & bit or not bit else gain + prizes.gain[edge]
        seen = mask | bit
        yield (gained, at, other, edge, seen, (state, Step(edge)))
        for stops, more, longer, bits in prizes.options[edge]:
            if longer <= left and not mask & bits:
                yield (gained + more, at + longer, other, edge, seen | bits, (state, Step(edge, stops)))


def _way_of(state: _State) -> list[Step]:
    steps = []
    before = state[5]
    while before is not None:
        state, step = before
        steps.append(step)
        before = state[5]
    return steps[::-1]
