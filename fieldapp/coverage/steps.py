"""Fixes become steps of five seconds: outliers left out, the rest averaged by accuracy, rides and silences cut away. Compiled.

The steps lie on one grid of time for all phones and segments, so that what two segments share is the same in both.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from fieldapp.coverage.compiled import compiled
from fieldapp.coverage.ground import Flags, Floats, Ints

STEP_MS = 5_000
SILENT_MS = 30_000
"""Between two fixes farther apart than this nothing is known."""
RIDE_M_S = 4.0
RIDE_STEPS = 6
"""30 s: who moves faster than `RIDE_M_S` for so long does not walk."""
DETOUR_M = 30.0
WALK_M_S = 1.5
SPARSE_MS = 4_000
"""With more time between fixes a walk is not straight enough to tell errors from turns."""
MEMORY_S_MIN, MEMORY_S_MAX = 5.0, 90.0


class Steps(NamedTuple):
    """The steps of one segment; `is_first`: nothing is known of the time before it."""

    at: Ints
    x: Floats
    y: Floats
    sd: Floats
    is_first: Flags
    is_ride: Flags


@compiled
def is_outlier(t: Ints, x: Floats, y: Floats, sd: Floats, before: int, at: int, after: int) -> bool:
    """Tell whether going over a fix is a long way round between the one before and the one after."""
    dx, dy, free_m = x[at] - x[before], y[at] - y[before], DETOUR_M + 2.0 * sd[at]
    # No way round is longer than there and back.
    if 4.0 * (dx * dx + dy * dy) <= free_m * free_m:
        return False
    way = math.hypot(x[at] - x[before], y[at] - y[before]) + math.hypot(x[after] - x[at], y[after] - y[at])
    straight = math.hypot(x[after] - x[before], y[after] - y[before])
    seconds = (t[after] - t[before]) / 1000.0
    return bool(way - straight > free_m + WALK_M_S * seconds)


@compiled
def make_steps(t: Ints, x: Floats, y: Floats, sd: Floats) -> Steps:
    """Return the steps of fixes in order of time (ms); x, y and the deviation `sd` on each axis in metres."""
    count = len(t)
    room = 2 + count * (SILENT_MS // STEP_MS + 1)
    room = min(room, 2 + count + (t[count - 1] - t[0]) // STEP_MS if count else 2)
    steps = Steps(
        np.empty(room, np.int64),
        np.empty(room),
        np.empty(room),
        np.empty(room),
        np.zeros(room, np.bool_),
        np.zeros(room, np.bool_),
    )
    made, before, weight = 0, -1, 0.0
    for k in range(count):
        if count > 2:
            last = before if before >= 0 else (k + 2 if k + 2 < count else k - 1)
            after = k + 1 if k + 1 < count else k - 2
            if last != after and is_outlier(t, x, y, sd, last, k, after):
                continue
            if k + 2 < count and last != k + 2 and is_outlier(t, x, y, sd, last, k, k + 2):
                continue
        slot = t[k] // STEP_MS
        if before >= 0 and t[k] - t[before] <= SILENT_MS:
            if slot == steps.at[made - 1]:
                weight = add_to_step(steps, made - 1, x[k], y[k], sd[k], weight)
                before = k
                continue
            made = fill(steps, made, slot, x[k], y[k])
        else:
            steps.is_first[made] = True
        steps.at[made], steps.x[made], steps.y[made], steps.sd[made] = slot, x[k], y[k], sd[k]
        weight = 1.0 / (sd[k] * sd[k])
        made += 1
        before = k
    found = Steps(
        steps.at[:made], steps.x[:made], steps.y[:made], steps.sd[:made], steps.is_first[:made], steps.is_ride[:made]
    )
    mark_rides(found)
    return found


@compiled
def add_to_step(steps: Steps, at: int, x: float, y: float, sd: float, weight: float) -> float:
    """Average a fix into a step by accuracy. Return the weight of all of it; noise that lasts gets no better by many fixes."""
    more = 1.0 / (sd * sd)
    whole = weight + more
    steps.x[at] += (x - steps.x[at]) * more / whole
    steps.y[at] += (y - steps.y[at]) * more / whole
    steps.sd[at] += (sd - steps.sd[at]) * more / whole
    return whole


@compiled
def fill(steps: Steps, made: int, slot: int, x: float, y: float) -> int:
    """Put steps on the straight line to the next fix where a phone measures more seldom than the steps come."""
    last = made - 1
    missing = slot - steps.at[last] - 1
    for k in range(missing):
        share = (k + 1.0) / (missing + 1.0)
        steps.at[made] = steps.at[last] + k + 1
        steps.x[made] = steps.x[last] + (x - steps.x[last]) * share
        steps.y[made] = steps.y[last] + (y - steps.y[last]) * share
        steps.sd[made] = steps.sd[last] * 1.5
        made += 1
    return made


@compiled
def mark_rides(steps: Steps) -> None:
    """Mark the steps of every half minute over which one was carried."""
    count = len(steps.at)
    far = RIDE_M_S * RIDE_STEPS * STEP_MS / 1000.0
    unbroken = 0
    for k in range(count):
        unbroken = 0 if steps.is_first[k] else unbroken + 1
        if unbroken >= RIDE_STEPS:
            a = k - RIDE_STEPS
            if math.hypot(steps.x[k] - steps.x[a], steps.y[k] - steps.y[a]) > far:
                steps.is_ride[a : k + 1] = True


@compiled
def memory_s(t: Ints, x: Floats, y: Floats, sd: Floats, usual_s: float) -> float:
    """Return how long the error of positions lasts (the time in which its correlation falls to 1/e), in seconds.

    Walking straight leaves the second differences of positions to their errors. With a correlation r from fix to fix
    those have the variance 2 sd² (1 - r) (3 - r); their median tells it whatever a few turns and outliers do.
    """
    count = len(t)
    if count < 20:
        return usual_s
    rough = np.empty(2 * count)
    made, spacing = 0, 0.0
    for k in range(1, count - 1):
        before, after = t[k] - t[k - 1], t[k + 1] - t[k]
        if before > SPARSE_MS or abs(after - before) > before // 2:
            continue
        rough[made] = abs(x[k + 1] - 2.0 * x[k] + x[k - 1]) / sd[k]
        rough[made + 1] = abs(y[k + 1] - 2.0 * y[k] + y[k - 1]) / sd[k]
        made += 2
        spacing += before
    if made < 30:
        return usual_s
    deviation = np.median(rough[:made]) / 0.6745
    correlation = 2.0 - math.sqrt(1.0 + deviation * deviation / 2.0)
    if correlation <= 0.05:
        return MEMORY_S_MIN
    spacing_s = spacing / (made / 2) / 1000.0
    return min(max(-spacing_s / math.log(min(correlation, 0.9999)), MEMORY_S_MIN), MEMORY_S_MAX)
