"""The paths hang together and are measured right."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fieldapp.demonstration.district import ORIGIN, District, Way
from fieldapp.demonstration.network import Network
from fieldapp.kernel.geo import LatLon, LocalPlane

PLANE = LocalPlane(ORIGIN)


def make_way(name: str, *points: tuple[float, float], is_lit: bool = True) -> Way:
    return Way(name, name, "footway", is_lit, tuple(PLANE.to_latlon(*point) for point in points))


def at(x: float, y: float) -> LatLon:
    return PLANE.to_latlon(x, y)


def make_ladder() -> Network:
    """Build two rails with two rungs, and a tail."""
    return Network(
        [
            make_way("south", (0, 0), (50, 0), (100, 0)),
            make_way("north", (0, 40), (50, 40), (100, 40)),
            make_way("west", (0, 0), (0, 40), is_lit=False),
            make_way("east", (100, 0), (100, 40)),
            make_way("tail", (100, 40), (160, 40)),
        ],
        ORIGIN,
    )


def test_every_path_of_a_district_can_be_reached(both_districts: tuple[District, District]) -> None:
    assert all(Network.of(district).is_connected() for district in both_districts)


def test_two_paths_that_never_meet_are_not_connected() -> None:
    assert not Network([make_way("a", (0, 0), (10, 0)), make_way("b", (0, 50), (10, 50))], ORIGIN).is_connected()


def test_the_shortest_way_is_taken() -> None:
    path = make_ladder().shortest_path(at(50, 0), at(0, 40))
    assert path == (at(50, 0), at(0, 0), at(0, 40))


def test_length_is_in_metres() -> None:
    ladder = make_ladder()
    assert ladder.length_m(ladder.shortest_path(at(0, 0), at(160, 40))) == pytest.approx(200.0, abs=0.01)


def test_a_way_to_where_one_stands_is_one_vertex() -> None:
    assert make_ladder().shortest_path(at(0, 0), at(0, 0)) == (at(0, 0),)


def test_no_way_is_an_error() -> None:
    apart = Network([make_way("a", (0, 0), (10, 0)), make_way("b", (0, 50), (10, 50))], ORIGIN)
    with pytest.raises(ValueError, match="no path"):
        apart.shortest_path(at(0, 0), at(0, 50))


def test_pieces_end_at_junctions_and_keep_their_lamps() -> None:
    pieces = make_ladder().pieces()
    # The corners at (0, 0), (0, 40) and (100, 0) are bends from one path to the next, each path a piece of its own.
    assert [(piece.way_id, round(piece.length_m), piece.is_lit) for piece in pieces] == [
        ("south", 100, True),
        ("north", 100, True),
        ("west", 40, False),
        ("east", 40, True),
        ("tail", 60, True),
    ]


def test_a_ring_is_cut_where_others_meet_it_and_not_where_it_was_begun() -> None:
    ring = make_way("ring", (0, 0), (40, 0), (40, 40), (0, 40), (0, 0))
    spur = make_way("spur", (40, 40), (90, 40))
    pieces = Network([ring, spur], ORIGIN).pieces()
    assert [(piece.way_id, round(piece.length_m)) for piece in pieces] == [("ring", 160), ("spur", 50)]
    assert pieces[0].points[0] == at(40, 40)


def test_pieces_cover_every_metre_once(network: Network) -> None:
    pieces = network.pieces()
    stretches = [frozenset(pair) for piece in pieces for pair in zip(piece.points, piece.points[1:], strict=False)]
    assert len(stretches) == len(set(stretches))
    assert 14_000 < sum(piece.length_m for piece in pieces) < 17_000


def test_pieces_have_identities_of_their_own(network: Network) -> None:
    ids = [piece.external_id for piece in network.pieces()]
    assert len(set(ids)) == len(ids)


@settings(max_examples=40, deadline=None)
@given(st.randoms(use_true_random=False))
def test_ways_there_and_back_are_as_long_and_never_shorter_than_the_crow_flies(
    network: Network, random: object
) -> None:
    start, goal = random.sample(network.vertices, 2)  # type: ignore[attr-defined]
    there = network.length_m(network.shortest_path(start, goal))
    assert there == pytest.approx(network.length_m(network.shortest_path(goal, start)))
    (x0, y0), (x1, y1) = network.xy(start), network.xy(goal)
    assert there >= ((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5 - 1e-6
