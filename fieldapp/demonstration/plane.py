"""Draw in a plane of metres: frames, curves, lines that meet.

Points are `(x, y)` in metres, x to the east and y to the north of the district's origin. Angles are degrees,
counter-clockwise.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

XY = tuple[float, float]
Line = tuple[XY, ...]

SNAP_M = 3.6  # Vertices closer than this are one junction; a shorter piece of path is a slip of the pen.
DOOR_SNAP_M = 1.0
STUB_M = 14.0  # A path drawn this little across another ends there.
REACH_M = 10.0  # A path that ends this close to another was meant to meet it.


@dataclass(frozen=True, slots=True)
class Frame:
    """A turned sheet of paper laid on the plane: `(u, v)` on the sheet, `(x, y)` on the plane."""

    x: float
    y: float
    angle_deg: float = 0.0

    def at(self, u: float, v: float) -> XY:
        """Return the plane's point for a point of the sheet."""
        cos, sin = math.cos(math.radians(self.angle_deg)), math.sin(math.radians(self.angle_deg))
        return (self.x + u * cos - v * sin, self.y + u * sin + v * cos)

    def sheet(self, u: float, v: float, angle_deg: float = 0.0) -> "Frame":
        """Lay a smaller sheet on this one, turned by `angle_deg` against it."""
        x, y = self.at(u, v)
        return Frame(x, y, self.angle_deg + angle_deg)

    def rectangle(self, width_m: float, depth_m: float) -> Line:
        """Return the four corners of a rectangle centred on the sheet, counter-clockwise."""
        half_u, half_v = width_m / 2, depth_m / 2
        return self.line(((-half_u, -half_v), (half_u, -half_v), (half_u, half_v), (-half_u, half_v)))

    def line(self, points: Iterable[XY]) -> Line:
        """Return the plane's line for a line of the sheet."""
        return tuple(self.at(u, v) for u, v in points)


def distance(a: XY, b: XY) -> float:
    """Return metres between two points."""
    return math.hypot(b[0] - a[0], b[1] - a[1])


def length(line: Sequence[XY]) -> float:
    """Return the metres along a line."""
    return sum(distance(a, b) for a, b in pairwise(line))


def middle_of(corners: Sequence[XY]) -> XY:
    """Return the mean of an outline's corners."""
    return sum(x for x, _ in corners) / len(corners), sum(y for _, y in corners) / len(corners)


def along(line: Sequence[XY], metres: float) -> tuple[XY, float]:
    """Return the point `metres` from the start of a line, and the line's direction there in degrees."""
    left = metres
    for a, b in pairwise(line):
        step = distance(a, b)
        if left <= step or b is line[-1]:
            share = left / step if step else 0.0
            heading = math.degrees(math.atan2(b[1] - a[1], b[0] - a[0]))
            return (a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share), heading
        left -= step
    raise ValueError("a line needs two points")


def curve(knots: Sequence[XY], *, step_m: float = 14.0, is_closed: bool = False) -> Line:
    """Draw a smooth curve through the knots (uniform Catmull-Rom), a point about every `step_m`."""
    count = len(knots)
    spans = count if is_closed else count - 1
    drawn: list[XY] = []
    for i in range(spans):
        if is_closed:
            p0, p1, p2, p3 = (knots[(i + k) % count] for k in (-1, 0, 1, 2))
        else:
            p0, p1, p2, p3 = knots[max(i - 1, 0)], knots[i], knots[i + 1], knots[min(i + 2, count - 1)]
        pieces = max(1, round(distance(p1, p2) / step_m))
        drawn.extend(_catmull_rom(p0, p1, p2, p3, k / pieces) for k in range(pieces))
    drawn.append(knots[0] if is_closed else knots[-1])
    return tuple(drawn)


def _catmull_rom(p0: XY, p1: XY, p2: XY, p3: XY, t: float) -> XY:
    def axis(a: float, b: float, c: float, d: float) -> float:
        return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)

    return axis(p0[0], p1[0], p2[0], p3[0]), axis(p0[1], p1[1], p2[1], p3[1])


def beside(line: Sequence[XY], metres: float) -> Line:
    """Return a line that runs `metres` to the left of another (to the right when negative)."""
    shifted: list[XY] = []
    for i, (x, y) in enumerate(line):
        before, after = line[max(i - 1, 0)], line[min(i + 1, len(line) - 1)]
        if line[0] == line[-1] and i in (0, len(line) - 1):
            before, after = line[-2], line[1]
        run = distance(before, after)
        shifted.append((x - (after[1] - before[1]) / run * metres, y + (after[0] - before[0]) / run * metres))
    return tuple(shifted)


def nearest_on_segment(point: XY, a: XY, b: XY) -> XY:
    """Return the point of the segment a–b nearest to `point`."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    square = dx * dx + dy * dy
    share = ((point[0] - a[0]) * dx + (point[1] - a[1]) * dy) / square if square else 0.0
    share = min(1.0, max(0.0, share))
    return a[0] + dx * share, a[1] + dy * share


def nearest_on_line(point: XY, line: Sequence[XY]) -> XY:
    """Return the point of a line nearest to `point`."""
    candidates = (nearest_on_segment(point, a, b) for a, b in pairwise(line))
    return min(candidates, key=lambda found: distance(point, found))


def join_lines(lines: Sequence[Line]) -> list[Line]:
    """Give lines a common vertex wherever they cross or touch; let loose ends reach the nearest line and no further.

    Vertices within SNAP_M of each other become the same vertex, so that equal coordinates mean "joined"; a line shorter
    than that shrinks to one vertex.
    """
    crossed = _cross(lines)
    loose = _users(crossed)
    return _cross([_reach_out(line, crossed, loose) for line in crossed])


def _cross(lines: Sequence[Line]) -> list[Line]:
    """Join lines where they meet, and cut ends that stick out STUB_M or less beyond a junction."""
    inserts: dict[tuple[int, int], list[XY]] = {}
    by_west = sorted(_segments(lines), key=lambda segment: min(segment[2][0], segment[3][0]))
    for n, (i, k, a, b) in enumerate(by_west):
        east = max(a[0], b[0]) + SNAP_M
        for j, m, c, d in by_west[n + 1 :]:
            if c[0] > east and d[0] > east:
                break
            if i != j or abs(m - k) > 1:
                for where in _meetings(a, b, c, d):
                    inserts.setdefault((i, k), []).append(where)
                    inserts.setdefault((j, m), []).append(where)
    snap = _Snap(SNAP_M)
    joined = [snap.line(_with_inserts(line, i, inserts)) for i, line in enumerate(lines)]
    users = _users(joined)
    return [_without_stub(_without_stub(line, users)[::-1], users)[::-1] for line in joined]


def _users(lines: Sequence[Line]) -> Counter[XY]:
    return Counter(vertex for line in lines for vertex in line)


def junctions(lines: Sequence[Line]) -> list[XY]:
    """Return the vertices that several of some joined lines share."""
    return [vertex for vertex, count in _users(lines).items() if count > 1]


def _reach_out(line: Line, lines: Sequence[Line], users: Counter[XY]) -> Line:
    others = [other for other in lines if other is not line and len(other) > 1]
    ends: list[Line] = []
    for end in (line[0], line[-1]):
        near = [nearest_on_line(end, other) for other in others] if users[end] == 1 else []
        target = min(near, key=partial(distance, end), default=end)
        ends.append((target,) if SNAP_M < distance(target, end) < REACH_M else ())
    return (*ends[0], *line, *ends[1])


def insert_vertices(lines: Sequence[Line], points: Iterable[XY]) -> list[Line]:
    """Give the nearest line a vertex where each point projects onto it; a vertex already within DOOR_SNAP_M serves."""
    segments = _segments(lines)
    inserts: dict[tuple[int, int], list[XY]] = {}
    for point in points:
        i, k, where = _nearest_segment(point, segments)
        inserts.setdefault((i, k), []).append(where)
    snap = _Snap(DOOR_SNAP_M)
    for line in lines:
        snap.line(line)  # Existing vertices first: a new one must not displace a junction.
    return [snap.line(_with_inserts(line, i, inserts)) for i, line in enumerate(lines)]


def _segments(lines: Sequence[Line]) -> list[tuple[int, int, XY, XY]]:
    return [(i, k, a, b) for i, line in enumerate(lines) for k, (a, b) in enumerate(pairwise(line))]


def _without_stub(line: Line, users: Counter[XY]) -> Line:
    if users[line[0]] > 1:
        return line
    reach = 0.0
    for k in range(1, len(line) - 1):
        reach += distance(line[k - 1], line[k])
        if users[line[k]] > 1:
            return line[k:] if reach <= STUB_M else line
    return line


def _nearest_segment(point: XY, segments: Sequence[tuple[int, int, XY, XY]]) -> tuple[int, int, XY]:
    best = math.inf
    found: tuple[int, int, XY] | None = None
    for i, k, a, b in segments:
        if best < min(a[0], b[0]) - point[0] or best < point[0] - max(a[0], b[0]):
            continue
        if best < min(a[1], b[1]) - point[1] or best < point[1] - max(a[1], b[1]):
            continue
        where = nearest_on_segment(point, a, b)
        gap = distance(point, where)
        if gap < best:
            best, found = gap, (i, k, where)
    if found is None:
        raise ValueError("no lines to be near to")
    return found


def _meetings(a: XY, b: XY, c: XY, d: XY) -> Iterator[XY]:
    """Yield where two segments cross, and ends of one that touch the other."""
    reach = SNAP_M
    if max(a[0], b[0]) + reach < min(c[0], d[0]) or max(c[0], d[0]) + reach < min(a[0], b[0]):
        return
    if max(a[1], b[1]) + reach < min(c[1], d[1]) or max(c[1], d[1]) + reach < min(a[1], b[1]):
        return
    for end, p, q in ((a, c, d), (b, c, d), (c, a, b), (d, a, b)):
        if distance(end, nearest_on_segment(end, p, q)) < reach:
            yield end
    r, s = (b[0] - a[0], b[1] - a[1]), (d[0] - c[0], d[1] - c[1])
    cross = r[0] * s[1] - r[1] * s[0]
    if abs(cross) < 1e-9:
        return
    t = ((c[0] - a[0]) * s[1] - (c[1] - a[1]) * s[0]) / cross
    u = ((c[0] - a[0]) * r[1] - (c[1] - a[1]) * r[0]) / cross
    if 0 < t < 1 and 0 < u < 1:
        yield a[0] + r[0] * t, a[1] + r[1] * t


def _with_inserts(line: Line, index: int, inserts: dict[tuple[int, int], list[XY]]) -> Iterator[XY]:
    for k, a in enumerate(line[:-1]):
        yield a
        yield from sorted(inserts.get((index, k), ()), key=lambda point: distance(a, point))
    yield line[-1]


class _Snap:
    """Remember every vertex given out, and give the same one again to whoever comes within reach of it."""

    def __init__(self, reach_m: float) -> None:
        self._reach_m = reach_m
        self._cells: dict[tuple[int, int], list[XY]] = {}

    def line(self, points: Iterable[XY]) -> Line:
        snapped: list[XY] = []
        for point in points:
            vertex = self._vertex(point)
            if not snapped or vertex != snapped[-1]:
                snapped.append(vertex)
        return tuple(snapped)

    def _cell(self, point: XY) -> tuple[int, int]:
        return math.floor(point[0] / self._reach_m), math.floor(point[1] / self._reach_m)

    def _vertex(self, point: XY) -> XY:
        column, row = self._cell(point)
        for i in (column - 1, column, column + 1):
            for j in (row - 1, row, row + 1):
                for known in self._cells.get((i, j), ()):
                    if distance(known, point) < self._reach_m:
                        return known
        vertex = (round(point[0], 2), round(point[1], 2))
        self._cells.setdefault(self._cell(vertex), []).append(vertex)
        return vertex
