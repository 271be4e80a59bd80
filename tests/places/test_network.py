"""Whatever ways there are, the network made of them keeps every metre, in pieces that can be walked."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldapp.kernel.geo import LatLon, LocalPlane
from fieldapp.places.network import PIECE_M_MAX, PIECE_M_MIN, Piece, Way, length_m, make_pieces

PLANE = LocalPlane(LatLon(57.75, 11.98))
ROUNDING_M = 0.1


def way(*points: tuple[float, float], ref: str = "way/1", is_lit: bool = False) -> Way:
    """Return a way through points in metres east and north of an origin."""
    positions = [PLANE.to_latlon(x, y) for x, y in points]
    return Way(ref, [[at.lon, at.lat] for at in positions], is_lit)


def nodes(line: Sequence[Sequence[float]]) -> list[tuple[int, int]]:
    return [(round(lon * 1e7), round(lat * 1e7)) for lon, lat in line]


def lines(piece: Piece) -> list[list[tuple[int, int]]]:
    return [nodes(line) for line in (piece.line, *piece.branches)]


def lengths(ways: Sequence[Way]) -> list[float]:
    return sorted(round(piece.length_m, 1) for piece in make_pieces(ways))


@pytest.mark.parametrize(
    ("metres", "expected"), [(14, [14]), (15.5, [15.5]), (59, [59]), (62, [31, 31]), (180, [45] * 4)]
)
def test_a_lone_way_is_cut_evenly(metres: float, expected: list[float]) -> None:
    assert lengths([way((0, 0), (metres / 3, 0), (metres, 0))]) == pytest.approx(expected, abs=ROUNDING_M)


def test_ways_are_cut_where_another_meets_them() -> None:
    assert lengths([way((0, 0), (40, 0), (70, 0)), way((40, 0), (40, 25))]) == pytest.approx([25, 30, 40], abs=0.1)


def test_a_way_that_goes_on_as_another_is_no_junction() -> None:
    assert lengths([way((0, 0), (25, 0)), way((25, 0), (50, 0), ref="way/2")]) == pytest.approx([50], abs=ROUNDING_M)


def test_a_stub_belongs_to_the_piece_beside_it() -> None:
    pieces = make_pieces([way((0, 0), (40, 0), (70, 0)), way((40, 0), (40, 8))])
    assert sorted(piece.length_m for piece in pieces) == pytest.approx([38, 40], abs=ROUNDING_M)


def test_many_stubs_at_one_place_make_pieces_of_their_own_with_branches() -> None:
    star = [way((0, 0), (9 * math.cos(angle), 9 * math.sin(angle)), ref=f"way/{angle}") for angle in range(5)]
    pieces = make_pieces(star)
    assert sorted(piece.length_m for piece in pieces) == pytest.approx([18, 27], abs=ROUNDING_M)
    assert sorted(len(piece.branches) for piece in pieces) == [0, 2]


def test_light_begins_a_piece() -> None:
    pieces = make_pieces([way((0, 0), (20, 0), is_lit=True), way((20, 0), (50, 0), ref="way/2")])
    assert sorted((round(piece.length_m), piece.is_lit, piece.origin) for piece in pieces) == [
        (20, True, "way/1"),
        (30, False, "way/2"),
    ]


def test_a_way_drawn_twice_counts_once() -> None:
    assert lengths([way((0, 0), (30, 0)), way((30, 0), (0, 0), ref="way/2")]) == pytest.approx([30], abs=ROUNDING_M)


def test_a_way_round_a_yard_is_cut_like_any_other() -> None:
    assert lengths([way((0, 0), (25, 0), (25, 25), (0, 25), (0, 0))]) == pytest.approx([50, 50], abs=ROUNDING_M)


def test_a_way_without_length_gives_nothing() -> None:
    assert make_pieces([way((0, 0), (0, 0)), Way("way/2", [[11.9, 57.7]])]) == []


def test_a_change_far_away_leaves_a_piece_its_key() -> None:
    before = [way((0, 0), (100, 0)), way((0, 0), (0, 50)), way((0, 0), (0, -50))]
    after = [*before, way((0, 50), (30, 50)), way((0, 50), (-30, 50))]
    assert {piece.key() for piece in make_pieces(before)} <= {piece.key() for piece in make_pieces(after)}


def test_what_is_lit_has_another_key() -> None:
    [dark], [lit] = make_pieces([way((0, 0), (30, 0))]), make_pieces([way((0, 0), (30, 0), is_lit=True)])
    assert dark.key() != lit.key()


POINTS = st.tuples(st.integers(0, 12), st.integers(0, 12)).map(lambda at: (at[0] * 6.5, at[1] * 6.5))
WAYS = st.lists(
    st.builds(
        lambda points, is_lit: way(*points, is_lit=is_lit), st.lists(POINTS, min_size=2, max_size=7), st.booleans()
    ),
    min_size=1,
    max_size=9,
)


def segments(ways: Sequence[Way]) -> dict[frozenset[tuple[int, int]], float]:
    pairs = [pair for one in ways for pair in itertools.pairwise(nodes(one.line))]
    return {frozenset(pair): length_m(pair) for pair in pairs if pair[0] != pair[1]}


def reached_from(start: tuple[int, int], joined: dict[frozenset[tuple[int, int]], float]) -> float:
    """Return how many metres of stretches hang together with a position."""
    inside = {start}
    while grown := {node for pair in joined if pair & inside for node in pair} - inside:
        inside |= grown
    return sum(metres for pair, metres in joined.items() if pair <= inside)


@given(WAYS)
def test_every_metre_is_kept_once(ways: list[Way]) -> None:
    whole_m = sum(segments(ways).values())
    assert sum(piece.length_m for piece in make_pieces(ways)) == pytest.approx(
        whole_m, abs=0.05 * (1 + len(segments(ways)))
    )


@given(WAYS)
def test_a_piece_is_15_to_60_m_unless_all_that_it_touches_is_shorter(ways: list[Way]) -> None:
    joined = segments(ways)
    for piece in make_pieces(ways):
        assert piece.length_m <= PIECE_M_MAX
        if piece.length_m < PIECE_M_MIN - ROUNDING_M:
            whole_m = reached_from(nodes(piece.line)[0], joined)
            assert piece.length_m == pytest.approx(whole_m, abs=ROUNDING_M)


@given(WAYS)
def test_no_line_of_15_m_runs_past_a_junction(ways: list[Way]) -> None:
    """Only lines joined of stubs do, and no line of a stub is that long."""
    degree: dict[tuple[int, int], int] = {}
    for pair in segments(ways):
        for node in pair:
            degree[node] = degree.get(node, 0) + 1
    for piece in make_pieces(ways):
        for line in lines(piece):
            inner = [at for at, node in enumerate(line[1:-1], 1) if degree.get(node, 0) > 2]
            between = [line[a : b + 1] for a, b in itertools.pairwise([0, *inner, len(line) - 1])]
            longer = [part for part in between if length_m(part) >= PIECE_M_MIN]
            assert not inner or len(longer) <= 1


@given(WAYS, st.randoms(use_true_random=False))
def test_the_order_and_direction_of_the_ways_change_nothing(ways: list[Way], rng: random.Random) -> None:
    other = [Way(one.ref, list(one.line)[:: rng.choice((1, -1))], one.is_lit) for one in ways]
    rng.shuffle(other)
    assert make_pieces(other) == make_pieces(ways)


@given(WAYS)
def test_a_piece_hangs_together(ways: list[Way]) -> None:
    for piece in make_pieces(ways):
        own = {frozenset(pair): 1.0 for line in lines(piece) for pair in itertools.pairwise(line)}
        assert reached_from(nodes(piece.line)[0], own) == len(own)
