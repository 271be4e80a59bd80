"""Lines that meet share a vertex."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldapp.demonstration.plane import (
    SNAP_M,
    Frame,
    along,
    beside,
    curve,
    distance,
    insert_vertices,
    join_lines,
    junctions,
    length,
    nearest_on_segment,
)

coordinates = st.floats(-500, 500)
points = st.tuples(coordinates, coordinates)


def test_crossing_lines_share_the_crossing() -> None:
    joined = join_lines([((0.0, 0.0), (100.0, 0.0)), ((50.0, -50.0), (50.0, 50.0))])
    assert junctions(joined) == [(50.0, 0.0)]


def test_a_loose_end_reaches_the_line_it_was_meant_to_meet() -> None:
    joined = join_lines([((0.0, 0.0), (100.0, 0.0)), ((50.0, 8.0), (50.0, 60.0))])
    assert (50.0, 0.0) in joined[0]
    assert joined[1][0] == (50.0, 0.0)


def test_an_end_that_sticks_out_a_little_is_cut() -> None:
    joined = join_lines([((0.0, 0.0), (100.0, 0.0)), ((50.0, -7.0), (50.0, 60.0))])
    assert joined[1] == ((50.0, 0.0), (50.0, 60.0))


def test_an_end_that_leads_somewhere_stays() -> None:
    joined = join_lines([((0.0, 0.0), (100.0, 0.0)), ((50.0, -40.0), (50.0, 60.0))])
    assert joined[1] == ((50.0, -40.0), (50.0, 0.0), (50.0, 60.0))


def test_a_line_too_short_to_walk_shrinks_to_a_vertex() -> None:
    joined = join_lines([((0.0, 0.0), (100.0, 0.0)), ((50.0, 0.0), (50.0, SNAP_M / 2))])
    assert len(joined[1]) == 1


def test_a_door_gives_the_nearest_line_a_vertex() -> None:
    lines = [((0.0, 0.0), (100.0, 0.0)), ((0.0, 30.0), (100.0, 30.0))]
    assert insert_vertices(lines, [(40.0, 7.0)]) == [((0.0, 0.0), (40.0, 0.0), (100.0, 0.0)), lines[1]]


def test_doors_never_displace_a_junction() -> None:
    lines = [((0.0, 0.0), (50.0, 0.0), (100.0, 0.0)), ((50.0, 0.0), (50.0, 40.0))]
    assert junctions(insert_vertices(lines, [(50.6, 3.0)])) == [(50.0, 0.0)]


@given(points, points, points)
def test_no_point_of_a_segment_is_nearer_than_the_nearest(
    point: tuple[float, float], a: tuple[float, float], b: tuple[float, float]
) -> None:
    nearest = distance(point, nearest_on_segment(point, a, b))
    middle = ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2)
    assert nearest <= min(distance(point, other) for other in (a, b, middle)) + 1e-6


@given(points, st.floats(-360, 360), points, points)
def test_a_sheet_keeps_distances(
    origin: tuple[float, float], angle_deg: float, a: tuple[float, float], b: tuple[float, float]
) -> None:
    frame = Frame(*origin, angle_deg)
    assert distance(frame.at(*a), frame.at(*b)) == pytest.approx(distance(a, b), abs=1e-6)


def test_a_curve_passes_through_its_knots() -> None:
    knots = ((0.0, 0.0), (60.0, 20.0), (90.0, -30.0))
    assert set(knots) <= set(curve(knots))


def test_a_line_beside_a_circle_keeps_its_distance() -> None:
    circle = [(100 * math.cos(k / 20 * math.tau), 100 * math.sin(k / 20 * math.tau)) for k in range(20)]
    inner = beside((*circle, circle[0]), 10.0)
    assert {round(math.hypot(*point)) for point in inner} == {90}


def test_along_counts_metres_from_the_start() -> None:
    line = ((0.0, 0.0), (10.0, 0.0), (10.0, 10.0))
    assert along(line, 15.0) == ((10.0, 5.0), 90.0)
    assert length(line) == 20.0
