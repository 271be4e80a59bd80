"""A walk looks like what a phone records of people on foot."""

import math
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from shapely.geometry import MultiLineString, Point

from fieldapp.demonstration.district import District
from fieldapp.demonstration.network import Network
from fieldapp.demonstration.walks import MANNERS, NOISE_M, Walk, walk_round
from fieldapp.kernel.geo import LocalPlane

STARTED_AT = datetime(2026, 11, 20, 18, 30, tzinfo=UTC)
DURATION_S = 4200
ZONES = ("NB1", "NB2", "NB3")


def make_walk(district: District, network: Network, *, zone_code: str = "NB1", seed: int = 1, **more: object) -> Walk:
    return walk_round(district, zone_code, STARTED_AT, DURATION_S, seed, network=network, **more)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def walks(district: District, network: Network) -> list[Walk]:
    return [make_walk(district, network, zone_code=ZONES[seed % 3], seed=seed) for seed in range(18)]


def test_a_seed_walks_the_same_walk_again(district: District, network: Network, walks: list[Walk]) -> None:
    assert walk_round(district, "NB1", STARTED_AT, DURATION_S, 0, network=network) == walks[0]


def test_another_seed_walks_another_walk(district: District, network: Network, walks: list[Walk]) -> None:
    assert make_walk(district, network, seed=99) != walks[0]


def test_everything_happens_between_start_and_end_and_in_order(walks: list[Walk]) -> None:
    for walk in walks:
        fixes = [fix.at for fix in walk.fixes]
        assert fixes == sorted(set(fixes))
        assert walk.started_at <= fixes[0] <= fixes[-1] <= walk.ended_at
        assert all(walk.started_at <= gap.from_at < gap.to_at <= walk.ended_at for gap in walk.gaps)
        assert all(walk.started_at <= visit.at < visit.left_at <= walk.ended_at for visit in walk.visits)


def test_a_walk_lasts_about_as_long_as_asked(walks: list[Walk]) -> None:
    for walk in walks:
        assert 0.8 * DURATION_S < (walk.ended_at - walk.started_at).total_seconds() < 1.35 * DURATION_S


def test_no_fix_lies_in_a_gap(walks: list[Walk]) -> None:
    for walk in walks:
        for gap in walk.gaps:
            assert not any(gap.from_at <= fix.at <= gap.to_at for fix in walk.fixes), gap


def test_gaps_do_not_overlap(walks: list[Walk]) -> None:
    for walk in walks:
        assert all(gap.to_at <= following.from_at for gap, following in pairwise(walk.gaps))


def test_where_no_gap_is_told_fixes_come_every_few_seconds(walks: list[Walk]) -> None:
    for walk in walks:
        for fix, following in pairwise(walk.fixes):
            is_gap = any(fix.at <= gap.from_at and gap.to_at <= following.at for gap in walk.gaps)
            assert is_gap or (following.at - fix.at).total_seconds() < 6.0


def test_fixes_come_as_often_as_asked(district: District, network: Network) -> None:
    walk = make_walk(district, network, fix_every_s=10.0)
    steps = sorted((after.at - fix.at).total_seconds() for fix, after in pairwise(walk.fixes))
    assert steps[len(steps) // 2] == pytest.approx(10.0, abs=0.8)


def test_nobody_runs(district: District, walks: list[Walk]) -> None:
    plane = LocalPlane(district.origin)
    for walk in walks:
        for fix, after in pairwise(walk.fixes):
            seconds = (after.at - fix.at).total_seconds()
            assert math.dist(plane.to_xy(fix.position), plane.to_xy(after.position)) / seconds < 4.0
        assert all(fix.speed_mps is None or 0.0 <= fix.speed_mps < 2.2 for fix in walk.fixes)


def test_fixes_stay_near_paths_and_doors(district: District, walks: list[Walk]) -> None:
    plane = LocalPlane(district.origin)
    paths = MultiLineString([[plane.to_xy(point) for point in way.points] for way in district.ways])
    away = [paths.distance(Point(plane.to_xy(fix.position))) for walk in walks for fix in walk.fixes]
    assert max(away) < 3.5 * NOISE_M[1]
    assert sorted(away)[len(away) * 95 // 100] < 15.0


def test_accuracy_follows_the_error(district: District, walks: list[Walk]) -> None:
    plane = LocalPlane(district.origin)
    paths = MultiLineString([[plane.to_xy(point) for point in way.points] for way in district.ways])
    fixes = sorted((fix for walk in walks for fix in walk.fixes), key=lambda fix: fix.accuracy_m)
    away = [paths.distance(Point(plane.to_xy(fix.position))) for fix in fixes]
    third = len(away) // 3
    assert sum(away[:third]) * 1.2 < sum(away[-third:])
    assert fixes[0].accuracy_m >= 2.0
    assert fixes[-1].accuracy_m < 80.0


def test_most_visits_indoors_leave_a_gap_and_none_out_of_doors(district: District, walks: list[Walk]) -> None:
    kinds = {place.external_id: place.kind for place in district.places}
    indoors = [(visit, walk) for walk in walks for visit in walk.visits if MANNERS[kinds[visit.place_id]].gap_reason]
    silent = [any(gap.from_at <= visit.at <= gap.to_at for gap in walk.gaps) for visit, walk in indoors]
    assert sum(silent) > 0.7 * len(silent)
    for walk in walks:
        for visit in walk.visits:
            if not MANNERS[kinds[visit.place_id]].gap_reason:
                assert not any(gap.from_at <= visit.at < gap.to_at for gap in walk.gaps)


def test_gaps_have_the_reasons_of_a_season(district: District, network: Network) -> None:
    reasons = {gap.reason for seed in range(45) for gap in make_walk(district, network, seed=seed).gaps}
    assert reasons == {"hidden", "locked_or_killed", "no_fix", "permission", "user_pause", "low_accuracy"}


def test_places_that_must_be_visited_nearly_always_are(district: District, network: Network) -> None:
    wanted = [
        place.external_id for place in district.places if place.kind == "LaundryRoom" and place.zone_code == "NB1"
    ][:4]
    visited = [
        {visit.place_id for visit in make_walk(district, network, seed=seed, must_visit=wanted).visits}
        for seed in range(10)
    ]
    assert sum(len(places & set(wanted)) for places in visited) >= 0.75 * len(visited) * len(wanted)


def test_a_round_starts_and_ends_at_the_hosts_room(district: District, walks: list[Walk]) -> None:
    plane = LocalPlane(district.origin)
    base = next(place for place in district.places if place.external_id == district.base_id)
    for walk in walks:
        if walk.fixes[0].at - walk.started_at < timedelta(seconds=10):
            assert math.dist(plane.to_xy(walk.fixes[0].position), plane.to_xy(base.position)) < 60.0


def test_an_unknown_zone_is_refused(district: District, network: Network) -> None:
    with pytest.raises(ValueError, match="no zone"):
        walk_round(district, "NB9", STARTED_AT, DURATION_S, 1, network=network)


def test_a_naive_start_is_refused(district: District, network: Network) -> None:
    with pytest.raises(ValueError, match="naive"):
        walk_round(district, "NB1", datetime(2026, 11, 20, 18, 30), DURATION_S, 1, network=network)  # noqa: DTZ001
