"""Make the path network: walked ways are cut into pieces that are seen or not seen as a whole. Pure.

Ways are taken apart into the stretches between their positions, each kept once however many ways run over it, and put
together again between junctions: where ways meet, end, or where light begins. A stretch from 15 m on is cut evenly into
pieces of at most 60 m. What is shorter is no piece of its own: short stretches that hang together make pieces, and one
that is left over goes to the piece beside it. Only what is shorter than 15 m as a whole and touches nothing stays as it is.

The same ways give the same pieces in whatever order they come. Positions are kept as whole units of 1e-7 degrees (1 cm).
"""

from __future__ import annotations

import hashlib
import itertools
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from fieldapp.kernel.geo import EARTH_RADIUS_M

PIECE_M_MIN = 15.0
PIECE_M_MAX = 60.0
_CUT_M = 59.5
"""Pieces are made a little shorter than the most, so that rounding never makes one longer than it."""
_UNIT = 10_000_000

Node = tuple[int, int]
"""(lon, lat) in units of 1e-7 degrees."""
Chain = tuple[Node, ...]
Segment = tuple[Node, Node]


@dataclass(frozen=True, slots=True)
class Way:
    """A walked way: its own id in its source, positions `[lon, lat]`, and whether it is lit."""

    ref: str
    line: Sequence[Sequence[float]]
    is_lit: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of the network: the longest line of it, what branches off that, and the way most of it comes from."""

    line: list[list[float]]
    branches: list[list[list[float]]]
    length_m: float
    is_lit: bool
    origin: str

    def key(self) -> str:
        """Return what tells this piece from any other: 16 hexadecimal digits of where it runs and whether it is lit."""
        return hashlib.sha256(repr((self.line, self.branches, self.is_lit)).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class _Edge:
    """A stretch between two junctions."""

    nodes: Chain
    length_m: float
    is_lit: bool
    origin: str


@dataclass(frozen=True, slots=True)
class _Bundle:
    length_m: float
    edges: tuple[_Edge, ...]


_NOTHING = _Bundle(0.0, ())


def make_pieces(ways: Iterable[Way]) -> list[Piece]:
    """Return the pieces of a network, in an order of their own."""
    edges = _edges(_segments(ways))
    short = [edge for edge in edges if edge.length_m < PIECE_M_MIN]
    long = [edge for edge in edges if edge.length_m >= PIECE_M_MIN]
    bundles: list[_Bundle] = []
    ends: dict[tuple[Chain, bool], _Bundle] = {}
    at_node = _by_end(long)
    for component in _components(short):
        found = _bundles(component)
        if len(found) > 1 or found[0].length_m >= PIECE_M_MIN or not _hang_on(found[0], at_node, ends):
            bundles.extend(found)
    pieces = [_piece([(edge.nodes, edge) for edge in bundle.edges]) for bundle in bundles]
    for edge in long:
        pieces.extend(_cut(edge, ends.get((edge.nodes, True), _NOTHING), ends.get((edge.nodes, False), _NOTHING)))
    return sorted(pieces, key=lambda piece: (piece.line, piece.branches))


def length_m(chain: Sequence[Node]) -> float:
    """Return the length of a line in metres (equirectangular on the mean sphere, each stretch at its own latitude)."""
    return math.fsum(_distance_m(a, b) for a, b in itertools.pairwise(chain))


def line_m(line: Sequence[Sequence[float]]) -> float:
    """Return the length of a line of `[lon, lat]` in metres, to the centimetre."""
    return round(length_m([(round(lon * _UNIT), round(lat * _UNIT)) for lon, lat, *_height in line]), 2)


def _distance_m(a: Node, b: Node) -> float:
    k = math.cos(math.radians((a[1] + b[1]) / 2 / _UNIT))
    return math.radians(math.hypot((b[0] - a[0]) * k, b[1] - a[1]) / _UNIT) * EARTH_RADIUS_M


def _segments(ways: Iterable[Way]) -> dict[Segment, tuple[bool, str]]:
    """Return every stretch between two positions once; it is lit where any of its ways is."""
    found: dict[Segment, tuple[bool, str]] = {}
    for way in ways:
        nodes = [(round(lon * _UNIT), round(lat * _UNIT)) for lon, lat, *_height in way.line]
        for a, b in itertools.pairwise(nodes):
            if a == b:
                continue
            segment = (a, b) if a < b else (b, a)
            known = found.get(segment)
            found[segment] = (known[0] or way.is_lit, min(known[1], way.ref)) if known else (way.is_lit, way.ref)
    return found


def _edges(segments: Mapping[Segment, tuple[bool, str]]) -> list[_Edge]:
    """Return the stretches between junctions, each in the direction in which it reads smaller."""
    next_to: dict[Node, list[Node]] = defaultdict(list)
    for a, b in sorted(segments):
        next_to[a].append(b)
        next_to[b].append(a)

    def is_lit(a: Node, b: Node) -> bool:
        return segments[min(a, b), max(a, b)][0]

    junctions = [
        node
        for node, beside in sorted(next_to.items())
        if len(beside) != 2 or is_lit(node, beside[0]) != is_lit(node, beside[1])
    ]
    stops = set(junctions)
    seen: set[Segment] = set()
    # What no junction is on goes round: it begins at its smallest position.
    chains = [
        _walk(start, step, next_to, stops, seen)
        for start in (*junctions, *sorted(next_to))
        for step in sorted(next_to[start])
        if (min(start, step), max(start, step)) not in seen
    ]
    return sorted((_edge(chain, segments) for chain in chains), key=lambda edge: edge.nodes)


def _walk(start: Node, step: Node, next_to: Mapping[Node, list[Node]], stops: set[Node], seen: set[Segment]) -> Chain:
    chain = [start, step]
    seen.add((min(start, step), max(start, step)))
    while chain[-1] not in stops and chain[-1] != start:
        before, at = chain[-2:]
        beside = next_to[at]
        onward = beside[1] if beside[0] == before else beside[0]
        seen.add((min(at, onward), max(at, onward)))
        chain.append(onward)
    return tuple(chain)


def _edge(chain: Chain, segments: Mapping[Segment, tuple[bool, str]]) -> _Edge:
    nodes = min(chain, chain[::-1])
    of_origin: dict[str, float] = defaultdict(float)
    for a, b in itertools.pairwise(nodes):
        of_origin[segments[min(a, b), max(a, b)][1]] += _distance_m(a, b)
    lit = segments[min(nodes[0], nodes[1]), max(nodes[0], nodes[1])][0]
    origin = min(of_origin, key=lambda ref: (-round(of_origin[ref], 3), ref))
    return _Edge(nodes, length_m(nodes), lit, origin)


def _by_end(edges: Sequence[_Edge]) -> dict[Node, list[_Edge]]:
    found: dict[Node, list[_Edge]] = defaultdict(list)
    for edge in edges:
        for node in {edge.nodes[0], edge.nodes[-1]}:
            found[node].append(edge)
    return found


def _components(edges: Sequence[_Edge]) -> list[list[_Edge]]:
    """Return the edges that hang together, each component in the order of its edges."""
    at = _by_end(edges)
    component_of: dict[Chain, int] = {}
    found: list[list[_Edge]] = []
    for first in edges:
        if first.nodes in component_of:
            continue
        component_of[first.nodes] = len(found)
        waiting, component = [first], []
        while waiting:
            edge = waiting.pop()
            component.append(edge)
            for other in (*at[edge.nodes[0]], *at[edge.nodes[-1]]):
                if other.nodes not in component_of:
                    component_of[other.nodes] = len(found)
                    waiting.append(other)
        found.append(sorted(component, key=lambda edge: edge.nodes))
    return found


def _bundles(component: Sequence[_Edge]) -> list[_Bundle]:
    """Part short edges that hang together into bundles that do too, each of 15 to 45 m where there is so much of them.

    Seen as a tree from its smallest junction: from the leaves upward, what comes together at a junction is gathered
    until it is enough; what is not goes on with the edge toward the root. An edge that closes a circle is a leaf.
    """
    upward, order, leaves = _tree(component)
    hanging: dict[Node, list[_Bundle]] = defaultdict(list)
    for node, edges in leaves.items():
        hanging[node].extend(_Bundle(edge.length_m, (edge,)) for edge in edges)
    done: list[_Bundle] = []
    for node in reversed(order):
        rest = _gather(hanging[node], done)
        if node in upward:
            parent, edge = upward[node]
            hanging[parent].append(_join(rest, _Bundle(edge.length_m, (edge,))))
        elif rest.edges and done:
            beside = _nodes_of(rest)
            best = min((b for b in done if beside & _nodes_of(b)), key=lambda b: (b.length_m, b.edges[0].nodes))
            done[done.index(best)] = _join(best, rest)
        elif rest.edges:
            done.append(rest)
    return done


def _tree(
    component: Sequence[_Edge],
) -> tuple[dict[Node, tuple[Node, _Edge]], list[Node], dict[Node, list[_Edge]]]:
    """Return of each junction the one above it, all from the root downward, and the edges that hang as leaves."""
    at = _by_end(component)
    root = min(at)
    upward: dict[Node, tuple[Node, _Edge]] = {}
    leaves: dict[Node, list[_Edge]] = defaultdict(list)
    order, used = [root], set[Chain]()
    for node in order:
        for edge in at[node]:
            if edge.nodes in used:
                continue
            used.add(edge.nodes)
            other = edge.nodes[-1] if edge.nodes[0] == node else edge.nodes[0]
            if other == root or other in upward:
                leaves[node].append(edge)
            else:
                upward[other] = (node, edge)
                order.append(other)
    return upward, order, leaves


def _gather(hanging: Sequence[_Bundle], done: list[_Bundle]) -> _Bundle:
    """Take bundles together until they are long enough for `done`; return what is left."""
    rest = _NOTHING
    for bundle in sorted(hanging, key=lambda one: (-one.length_m, one.edges[0].nodes)):
        if bundle.length_m >= PIECE_M_MIN:
            done.append(bundle)
            continue
        rest = _join(rest, bundle)
        if rest.length_m >= PIECE_M_MIN:
            done.append(rest)
            rest = _NOTHING
    return rest


def _join(a: _Bundle, b: _Bundle) -> _Bundle:
    return _Bundle(a.length_m + b.length_m, (*a.edges, *b.edges))


def _nodes_of(bundle: _Bundle) -> set[Node]:
    return {node for edge in bundle.edges for node in (edge.nodes[0], edge.nodes[-1])}


def _hang_on(stub: _Bundle, at_node: Mapping[Node, Sequence[_Edge]], ends: dict[tuple[Chain, bool], _Bundle]) -> bool:
    """Give a stub to the end of the shortest long edge it touches. Return whether there is one."""
    nodes = _nodes_of(stub)
    beside = [edge for node in sorted(nodes) for edge in at_node.get(node, ())]
    if not beside:
        return False
    edge = min(beside, key=lambda one: (one.length_m, one.nodes))
    ends[edge.nodes, edge.nodes[0] in nodes] = stub
    return True


def _cut(edge: _Edge, at_start: _Bundle, at_end: _Bundle) -> list[Piece]:
    """Cut a long edge evenly, counting to its first and last piece the stubs that hang there."""
    total_m = at_start.length_m + edge.length_m + at_end.length_m
    count = max(1, math.ceil(total_m / _CUT_M))
    marks = [number * total_m / count - at_start.length_m for number in range(1, count)]
    parts: list[list[tuple[Chain, _Edge]]] = [[(chain, edge)] for chain in _chains_between(edge.nodes, marks)]
    parts[0] += [(stub.nodes, stub) for stub in at_start.edges]
    parts[-1] += [(stub.nodes, stub) for stub in at_end.edges]
    return [_piece(part) for part in parts]


def _chains_between(nodes: Chain, marks: Sequence[float]) -> list[Chain]:
    """Cut a line at distances in metres from its start, in rising order and inside it."""
    chains: list[Chain] = []
    current, walked_m, left = [nodes[0]], 0.0, list(marks)
    for a, b in itertools.pairwise(nodes):
        step_m = _distance_m(a, b)
        while left and left[0] <= walked_m + step_m:
            share = (left.pop(0) - walked_m) / step_m
            cut = (round(a[0] + (b[0] - a[0]) * share), round(a[1] + (b[1] - a[1]) * share))
            chains.append(tuple(current) if current[-1] == cut else (*current, cut))
            current = [cut]
        if current[-1] != b:
            current.append(b)
        walked_m += step_m
    return [*chains, tuple(current)]


def _piece(parts: Sequence[tuple[Chain, _Edge]]) -> Piece:
    lengths = [length_m(chain) for chain, _edge in parts]
    lit_m = math.fsum(length for length, (_chain, edge) in zip(lengths, parts, strict=True) if edge.is_lit)
    longest = min(range(len(parts)), key=lambda i: (-round(lengths[i], 3), parts[i][0]))
    whole_m = math.fsum(lengths)
    lines = [[[lon / _UNIT, lat / _UNIT] for lon, lat in chain] for chain in _merged([part[0] for part in parts])]
    return Piece(lines[0], lines[1:], round(whole_m, 2), lit_m * 2 > whole_m, parts[longest][1].origin)


def _merged(chains: Sequence[Chain]) -> list[Chain]:
    """Join lines where just two of them meet; the longest comes first."""
    import shapely

    if len(chains) == 1:
        return [min(chains[0], chains[0][::-1])]
    merged = shapely.line_merge(shapely.MultiLineString([list(chain) for chain in sorted(chains)]))
    lines = getattr(merged, "geoms", [merged])
    found = [tuple((int(x), int(y)) for x, y in line.coords) for line in lines]
    return sorted((min(line, line[::-1]) for line in found), key=lambda line: (-round(length_m(line), 3), line))
