"""Whatever happens to the ways of a map, no piece is changed, and none is lost without a reason."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from fieldapp.places.map_objects import Extent
from fieldapp.places.network import Way, make_pieces
from fieldapp.places.path_plan import KnownPath, PathPlan, plan_paths
from tests.places.map_files import latlon

TENANT = uuid.UUID(int=1)
EVERYWHERE: Extent = (-180.0, -90.0, 180.0, 90.0)
POINTS = st.tuples(st.integers(0, 8), st.integers(0, 8)).map(lambda at: (at[0] * 9.0, at[1] * 9.0))
MAPS = st.lists(st.lists(POINTS, min_size=2, max_size=5), min_size=1, max_size=6)
Map = Sequence[Sequence[tuple[float, float]]]


def plan(drawn: Map, known: Sequence[KnownPath], extent: Extent | None, source: str = "osm") -> PathPlan:
    ways = [
        Way(f"way/{number}", [[latlon(at).lon, latlon(at).lat] for at in points]) for number, points in enumerate(drawn)
    ]
    return plan_paths(TENANT, source, make_pieces(ways), known, extent)


def after(done: PathPlan, known: Sequence[KnownPath]) -> list[KnownPath]:
    """Return what is known when a plan has been done."""
    ended = {path.id for path in done.ended}
    kept = [replace(path, is_ended=path.is_ended or path.id in ended) for path in known]
    added = [
        KnownPath(
            new.id, new.external_id, done.source, new.piece.line, new.piece.branches, new.piece.length_m, is_ended=False
        )
        for new in done.added
    ]
    return [*kept, *added]


def living(known: Sequence[KnownPath]) -> set[str]:
    return {str((path.line, path.branches)) for path in known if not path.is_ended}


@given(st.lists(MAPS, min_size=1, max_size=3))
def test_what_is_living_in_the_end_is_the_last_map(maps: list[Map]) -> None:
    known: list[KnownPath] = []
    for drawn in maps:
        known = after(plan(drawn, known, EVERYWHERE), known)
    assert living(known) == living(after(plan(maps[-1], [], EVERYWHERE), []))


@given(MAPS, MAPS)
def test_the_same_map_again_changes_nothing(first: Map, second: Map) -> None:
    known = after(plan(first, [], None), [])
    known = after(plan(second, known, None), known)
    again = plan(second, known, None)
    assert (again.added, again.ended, again.successions) == ([], [], {})


@given(MAPS, MAPS)
def test_no_identity_is_used_twice(first: Map, second: Map) -> None:
    known: list[KnownPath] = []
    for drawn in (first, second, first, second):
        known = after(plan(drawn, known, EVERYWHERE), known)
    assert len({path.id for path in known}) == len({path.external_id for path in known}) == len(known)


def test_two_ways_that_are_cut_into_the_same_piece_give_it_once() -> None:
    drawn = [[(0, 0), (18, 0), (54, 0)], [(0, 0), (54, 0), (0, 9), (18, 0)]]
    external_ids = [new.external_id for new in plan(drawn, [], None).added]
    assert (len(external_ids), len(set(external_ids))) == (4, 4)


@given(MAPS, MAPS)
def test_only_what_ends_is_succeeded_and_only_by_what_is_new(first: Map, second: Map) -> None:
    known = after(plan(first, [], None), [])
    done = plan(second, known, EVERYWHERE)
    ended, added = {path.id for path in done.ended}, {new.id for new in done.added}
    assert {old for old, _new in done.successions} <= ended
    assert {new for _old, new in done.successions} <= added


@given(MAPS, MAPS)
def test_a_successor_inherits_no_more_than_its_predecessor_was_long(first: Map, second: Map) -> None:
    known = after(plan(first, [], None), [])
    lengths = {path.id: path.length_m for path in known}
    done = plan(second, known, EVERYWHERE)
    assert all(metres <= lengths[old] * 1.01 for (old, _new), metres in done.successions.items())


@given(MAPS, MAPS)
def test_another_source_is_left_alone(first: Map, second: Map) -> None:
    known = after(plan(first, [], None, "nvdb"), [])
    assert plan(second, known, EVERYWHERE).ended == []
