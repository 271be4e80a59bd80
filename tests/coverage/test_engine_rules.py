"""Rules of folding, whatever the walk: order, repetition and lateness change nothing; two phones give the union."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fieldapp.coverage.engine import Bins, Fixes, fold, fold_many, seen, together
from tests.coverage.walks import in_segments, network, street, walk

TOWN = network(
    *street(8), *street(8, north=50.0), *([(50.0 * n, 0.0), (50.0 * n, 50.0)] for n in range(9)), *street(8, north=12.0)
)
corners = st.lists(
    st.tuples(st.integers(0, 8).map(lambda n: 50.0 * n), st.sampled_from([0.0, 50.0])),
    min_size=2,
    max_size=8,
    unique=True,
)


@st.composite
def walks(draw: st.DrawFn) -> Fixes:
    return walk(draw(corners), noise_m=draw(st.sampled_from([0.0, 4.0, 12.0])), seed=draw(st.integers(0, 99)))


@settings(deadline=None, max_examples=60)
@given(walks(), st.integers(20, 120), st.randoms(use_true_random=False))
def test_order_repetition_and_lateness_of_segments_change_nothing(fixes: Fixes, new: int, random: object) -> None:
    segments = in_segments(fixes, new)
    at_once = together(fold_many(segments, TOWN))
    again = [*segments, *segments[: len(segments) // 2 + 1]]
    random.shuffle(again)  # type: ignore[attr-defined]
    kept: Bins = {}
    for segment in again:
        kept = together([kept, fold(segment, TOWN)])
    assert kept == at_once


@settings(deadline=None, max_examples=40)
@given(walks(), st.randoms(use_true_random=False))
def test_the_order_of_fixes_in_a_segment_changes_nothing_nor_does_a_fix_twice(fixes: Fixes, random: object) -> None:
    order = [*range(len(fixes.t)), *range(0, len(fixes.t), 3)]
    random.shuffle(order)  # type: ignore[attr-defined]
    mixed = Fixes(fixes.t[order], fixes.xy[order], fixes.accuracy_m[order])
    assert fold(mixed, TOWN) == fold(fixes, TOWN)


@settings(deadline=None, max_examples=40)
@given(walks(), walks())
def test_two_phones_on_one_round_give_the_union_of_their_bins(one: Fixes, other: Fixes) -> None:
    ones, others = together(fold_many(in_segments(one), TOWN)), together(fold_many(in_segments(other), TOWN))
    assert seen(together([ones, others])) == seen(ones) | seen(others)


@settings(deadline=None, max_examples=40)
@given(walks(), st.integers(2, 40))
def test_what_is_folded_together_is_what_is_folded_alone(fixes: Fixes, new: int) -> None:
    segments = in_segments(fixes, new)
    assert fold_many(segments, TOWN) == [fold(segment, TOWN) for segment in segments]


@pytest.mark.parametrize("side", [(0.0, 6000.0), (0.0, -6000.0), (6000.0, 0.0), (-6000.0, 0.0), (6000.0, 6000.0)])
def test_far_from_every_path_nothing_is_seen_and_nothing_is_read_beyond_the_tables(side: tuple[float, float]) -> None:
    t = np.arange(120) * 1000
    positions = np.array(side) + np.column_stack([t / 1000.0, np.zeros(120)])
    assert fold(Fixes(t.astype(np.int64), positions, np.full(120, 5.0)), TOWN) == {}


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 3_000_000),
            st.floats(-5000, 9000),
            st.floats(-5000, 9000),
            st.floats(0.1, 200) | st.just(np.nan),
        ),
        max_size=60,
    )
)
def test_any_positions_give_shares_between_nothing_and_all(rows: list[tuple[int, float, float, float]]) -> None:
    columns = np.array(rows, float).reshape(-1, 4)
    bins = fold(Fixes(columns[:, 0].astype(np.int64), columns[:, 1:3], columns[:, 3]), TOWN)
    assert all(0.0 < share <= 1.0 for share in bins.values())
