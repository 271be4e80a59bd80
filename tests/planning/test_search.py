"""The walk that is sought goes along the network, is home in time, and sees more than going to the nearest does."""

from __future__ import annotations

import uuid
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.suggested_evenings import nearest_first
from fieldapp.planning.graph import Spot, make_graph
from fieldapp.planning.search import Effort, seek
from fieldapp.planning.suggested import Evening, WaitingPlace, seen_by, suggest
from fieldapp.planning.walk import PACE_M_PER_S, Step, Task, nodes_of, seen_pieces, value_of, walk_seconds
from tests.make.streets import at, blocks, piece

LITTLE = Effort(first_width=8, width=12, far_ends=2, rounds=6)
GRID = make_graph(blocks(5), [Spot(uuid.UUID(int=1000 + n), at(40 * n - 80, 60), 120.0) for n in range(5)])
MIDDLE = GRID.nearest_node(at(0, 0))
ZONE = uuid.UUID(int=7)

values = st.dictionaries(st.integers(0, len(GRID.pieces) - 1), st.floats(0.1, 14), max_size=40)
stop_values = st.dictionaries(st.integers(0, len(GRID.stops) - 1), st.floats(0.1, 42), max_size=5)


@settings(max_examples=40, deadline=None)
@given(values, stop_values, st.floats(60, 3600), st.integers(0, 5))
def test_a_walk_that_is_sought_is_a_walk_and_is_home_in_time(
    pieces: dict[int, float], stops: dict[int, float], seconds: float, seed: int
) -> None:
    task = Task(GRID, pieces, stops, MIDDLE, seconds)
    steps = seek(task, seed, LITTLE)
    assert nodes_of(GRID, MIDDLE, steps)[-1] == MIDDLE
    assert walk_seconds(GRID, steps) <= seconds + 1e-6
    made = [stop for step in steps for stop in step.stops]
    assert len(made) == len(set(made))
    assert set(made) <= set(stops)


@settings(max_examples=20, deadline=None)
@given(values, stop_values, st.floats(300, 3600))
def test_the_nearest_first_walk_is_a_walk_and_is_home_in_time(
    pieces: dict[int, float], stops: dict[int, float], seconds: float
) -> None:
    task = Task(GRID, pieces, stops, MIDDLE, seconds)
    steps = nearest_first(task)
    assert nodes_of(GRID, MIDDLE, steps)[-1] == MIDDLE
    assert walk_seconds(GRID, steps) <= seconds + 1e-6


def test_with_time_for_all_of_it_all_of_it_is_seen() -> None:
    task = Task(GRID, dict.fromkeys(range(10), 1.0), {0: 3.0, 4: 3.0}, MIDDLE, 7200)
    assert value_of(task, seek(task, 1)) == pytest.approx(16)


def test_what_waits_far_off_for_much_is_gone_to_past_what_waits_near_for_little() -> None:
    # Ten pieces west and ten east of the start, and time for a walk to one end alone.
    graph = make_graph([piece(n + 11, (50 * n, 0), (50 * n + 50, 0)) for n in range(-10, 10)])
    task = Task(graph, {0: 14.0, 12: 1.0}, {}, graph.nearest_node(at(0, 0)), 1010 / PACE_M_PER_S)
    assert seen_pieces(graph, nearest_first(task))[-1] == 12
    assert 0 in seen_pieces(graph, seek(task, 1))


def test_a_piece_is_seen_when_half_of_it_was_walked_and_not_before() -> None:
    graph = make_graph([piece(1, (0, 0), (20, 0), (60, 0)), piece(2, (20, 0), (20, 30))])
    short, long = sorted(graph.edges_of[0], key=lambda edge: graph.edges[edge].length_m)
    assert seen_pieces(graph, [Step(short)]) == []
    assert seen_pieces(graph, [Step(long)]) == [0]


def test_a_walk_that_leaps_is_none() -> None:
    with pytest.raises(ValueError, match="leaps"):
        nodes_of(GRID, MIDDLE, [Step(0), Step(40)])


def evening(day: date = date(2026, 11, 23), **changed: object) -> Evening:
    waiting = {one.id: 1.0 + number % 5 for number, one in enumerate(blocks(12))}
    places = [WaitingPlace(uuid.UUID(int=2000 + n), "BasementLevel", at(70 * n - 200, -100), 2.0) for n in range(6)]
    made = {
        "zone_id": ZONE,
        "day": day,
        "network": blocks(12),
        "waiting_pieces": waiting,
        "waiting_places": places,
        "start": at(0, 0),
        "seen_yesterday": {},
    }
    return Evening(**{**made, **changed})  # type: ignore[arg-type]


def test_the_same_evening_gives_the_same_rounds_in_whatever_order_it_is_told() -> None:
    turned = evening(network=blocks(12)[::-1], waiting_places=evening().waiting_places[::-1])
    assert suggest(evening(), LITTLE) == suggest(turned, LITTLE)


def test_another_evening_gives_another_round_that_has_less_of_what_yesterdays_had() -> None:
    first = suggest(evening(), LITTLE)[45]
    second = suggest(evening(date(2026, 11, 24), seen_yesterday={45: seen_by(first)}), LITTLE)[45]
    shared = seen_by(first) & seen_by(second)
    assert len(shared) < 0.8 * len(seen_by(second))


def test_legs_go_on_from_each_other_and_come_home() -> None:
    body = suggest(evening(), LITTLE)[90]
    legs = body["legs"]
    assert [leg[1] for leg in legs[1:]] == [leg[2] for leg in legs[:-1]]
    assert legs[0][1] == legs[-1][2] == 0
    assert sum(leg[3] + sum(stop[1] for stop in leg[5]) for leg in legs) == pytest.approx(body["seconds"], abs=60)
    assert sum(leg[4] + sum(stop[2] for stop in leg[5]) for leg in legs) == pytest.approx(body["value"], abs=1)


def test_where_nothing_waits_nothing_is_suggested() -> None:
    assert suggest(evening(waiting_pieces={}, waiting_places=[]), LITTLE) == {}
