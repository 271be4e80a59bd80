"""Identifiers have the version and the time that they say, and are what the class itself makes of the same number."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime
from uuid import RFC_4122, UUID

from hypothesis import given
from hypothesis import strategies as st

from fieldapp.kernel.ids import many_uuid4, many_uuid7, uuid7, uuid_of
from fieldapp.kernel.time import to_ms

AT = datetime(2026, 5, 28, 20, 15, 0, 123_000, tzinfo=UTC)
NUMBERS = st.integers(0, 2**128 - 1)


@given(NUMBERS)
def test_one_made_of_a_number_is_the_one_the_class_makes(value: int) -> None:
    made, known = uuid_of(value), UUID(int=value)
    assert made == known
    assert (hash(made), str(made), made.hex, made.version, made.is_safe) == (
        hash(known),
        str(known),
        known.hex,
        known.version,
        known.is_safe,
    )
    assert pickle.loads(pickle.dumps(made)) == known  # noqa: S301 - of our own making


def test_those_of_one_instant_carry_it_and_differ() -> None:
    made = [uuid7(AT), *many_uuid7(AT, 50)]
    assert {(one.version, one.variant, one.int >> 80) for one in made} == {(7, RFC_4122, to_ms(AT))}
    assert len(set(made)) == len(made)


def test_all_the_rest_of_one_is_chance() -> None:
    all_set = many_uuid7(AT, 1, lambda count: b"\xff" * count)[0]
    none_set = many_uuid7(AT, 1, bytes)[0]
    assert (all_set.int ^ none_set.int).bit_count() == 74
    assert uuid7(AT, lambda count: (1 << count) - 1) == all_set


def test_those_that_tell_nothing_have_their_version_and_differ() -> None:
    made = many_uuid4(50)
    assert {(one.version, one.variant) for one in made} == {(4, RFC_4122)}
    assert len(set(made)) == len(made)
    assert many_uuid4(1, bytes)[0] == UUID(int=0, version=4)
