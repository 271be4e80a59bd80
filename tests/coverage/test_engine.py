"""What the engine credits, and what it does not."""

from __future__ import annotations

import numpy as np
import pytest

from fieldapp.coverage.engine import Fixes, Network, fixes_of, fold, fold_many, seen, together
from fieldapp.coverage.ground import make_ground, to_plane
from fieldapp.kernel.geo import LatLon, LocalPlane
from tests.coverage.walks import NINE_O_CLOCK, in_segments, joined, network, pieces_seen, stand, street, walk


def credited(fixes: Fixes, on: Network) -> set[int]:
    return pieces_seen(seen(together(fold_many(in_segments(fixes), on))))


def test_the_pieces_that_were_walked_are_seen_and_no_others() -> None:
    assert credited(walk([(55.0, 0), (245.0, 0)], noise_m=3.0), network(*street(8))) == {1, 2, 3, 4}


def test_a_piece_of_which_less_than_half_was_walked_is_not_seen() -> None:
    on = network(*street(3))
    assert pieces_seen(seen(fold(walk([(0, 0), (65.0, 0)]), on))) == {0}
    assert pieces_seen(seen(fold(walk([(0, 0), (90.0, 0)]), on))) == {0, 1}


def test_the_path_across_the_lawn_is_not_credited() -> None:
    both = network(*street(8), *street(8, north=12.0), [(0, 0), (0, 12)], [(400, 0), (400, 12)])
    assert credited(walk([(2.0, 0), (398.0, 0)], noise_m=5.0, accuracy_m=8.0), both) == set(range(8))


def test_a_path_beside_is_not_credited_though_all_positions_are_off_toward_it_for_a_minute() -> None:
    both = network(*street(8), *street(8, north=12.0), [(0, 0), (0, 12)], [(400, 0), (400, 12)])
    fixes = walk([(2.0, 0), (398.0, 0)], accuracy_m=12.0)
    drift = 8.0 * np.exp(-(((fixes.t - fixes.t.mean()) / 40_000.0) ** 2))
    off = Fixes(fixes.t, fixes.xy + np.column_stack([np.zeros(len(drift)), drift]), fixes.accuracy_m)
    assert pieces_seen(seen(fold(off, both))) == set(range(8))


def test_a_ride_is_not_credited_and_the_walk_to_it_is() -> None:
    ride = walk([(150.0, 0), (700.0, 0)], start_s=150.0, speed=9.0, noise_m=3.0)
    on_foot = walk([(0.0, 0), (150.0, 0)], noise_m=3.0)
    assert credited(joined(on_foot, ride), network(*street(20))) <= {0, 1, 2}
    assert credited(joined(on_foot, ride), network(*street(20))) >= {0, 1}


@pytest.mark.parametrize("noise_m", [5.0, 10.0, 15.0])
def test_who_stands_still_sees_no_piece(noise_m: float) -> None:
    crossing = network(*street(4), [(100, 0), (100, 50)], [(100, 0), (100, -50)])
    assert credited(stand((100.0, 0.0), 900.0, noise_m=noise_m), crossing) == set()


def test_nothing_is_credited_across_a_silence() -> None:
    before = walk([(0, 0), (100, 0)])
    after = walk([(300, 0), (400, 0)], start_s=83.0 + 170.0)
    assert credited(joined(before, after), network(*street(8))) == {0, 1, 6, 7}


def test_a_walk_off_the_network_credits_nothing() -> None:
    assert credited(walk([(0, 80), (400, 80)], noise_m=4.0), network(*street(8))) == set()


def test_wild_positions_change_nothing() -> None:
    fixes = walk([(0, 0), (200, 0)], noise_m=2.0)
    wild = fixes.xy.copy()
    wild[::17] += [70.0, -60.0]
    on = network(*street(4), *street(4, north=-60.0))
    assert credited(Fixes(fixes.t, wild, fixes.accuracy_m), on) == {0, 1, 2, 3}


def test_positions_that_say_they_know_nothing_credit_nothing() -> None:
    fixes = walk([(0, 0), (200, 0)])
    assert credited(Fixes(fixes.t, fixes.xy, np.full(len(fixes.t), 120.0)), network(*street(4))) == set()


def test_a_visit_is_in_the_quarter_of_an_hour_of_its_middle() -> None:
    bins = fold(walk([(0, 0), (50, 0)], start_s=890.0), network(*street(1)))
    assert seen(bins) == {(0, NINE_O_CLOCK // 900_000 + 1)}


def test_a_piece_that_two_segments_share_is_seen_whole_in_one_of_them() -> None:
    on = network(*street(8))
    fixes = walk([(0, 0), (400, 0)])
    for new in range(40, 90, 5):
        assert pieces_seen(seen(together(fold_many(in_segments(fixes, new), on)))) == set(range(8)), new


def test_a_phone_that_measures_every_ten_seconds_is_understood() -> None:
    assert credited(walk([(0, 0), (300, 0)], every_s=10.0, noise_m=3.0), network(*street(6))) == set(range(6))


def test_a_line_that_ends_on_anothers_corner_meets_it_there() -> None:
    tee = network([(0, 0), (50, 0), (80, 0)], [(50, 0), (50, 60)])
    assert credited(walk([(0, 0), (50, 0), (50, 60)], noise_m=1.0), tee) == {0, 1}


def test_degrees_are_put_on_the_plane_as_one_position_is() -> None:
    plane = LocalPlane(LatLon(57.7, 11.97))
    assert to_plane(plane, np.array([[11.98, 57.69]]))[0] == pytest.approx(plane.to_xy(LatLon(57.69, 11.98)), abs=1e-6)


def test_a_network_of_degrees_is_walked_in_degrees() -> None:
    from fieldapp.coverage.engine import make_network

    on = make_network(make_ground([[[[11.97, 57.7], [11.971, 57.7]]], [[[11.971, 57.7], [11.972, 57.7]]]]))
    lon = np.linspace(11.97, 11.972, 60)
    fixes = fixes_of(
        on, NINE_O_CLOCK + 2000 * np.arange(60), np.column_stack([lon, np.full(60, 57.7)]), np.full(60, 5.0)
    )
    assert pieces_seen(seen(fold(fixes, on))) == {0, 1}


def test_a_network_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing"):
        make_ground([[]])
