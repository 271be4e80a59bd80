"""Many distances at once are the distances one by one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldapp.kernel.geo import LatLon, distance_m, distances_m

POSITIONS = st.builds(LatLon, st.floats(-90, 90), st.floats(-180, 180))
NEAR = st.builds(LatLon, st.floats(57.7, 57.71), st.floats(11.9, 11.92))


@given(st.lists(st.tuples(POSITIONS, POSITIONS) | st.tuples(NEAR, NEAR), max_size=20))
def test_two_libraries_agree_to_a_micrometre_wherever_on_earth(pairs: list[tuple[LatLon, LatLon]]) -> None:
    one_by_one = [distance_m(start, end) for start, end in pairs]
    assert distances_m([start for start, _ in pairs], [end for _, end in pairs]) == pytest.approx(one_by_one, abs=1e-6)
