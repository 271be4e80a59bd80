"""A piece that runs where others ran inherits their clock and what was seen of them, and says so."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import numpy as np
import pytest
from sqlalchemy import update

from fieldapp.coverage.fold import fold_everything
from fieldapp.coverage.heirs import Heritage, generations, read_heirs
from fieldapp.coverage.queries import clocks
from fieldapp.coverage.rules import NOT_SEEN, SEEN, UNKNOWN
from fieldapp.coverage.states import Standing, day_part_matrix, seen_in_parts, states, visits
from fieldapp.infra.db import db
from fieldapp.places.models import Path, PathSuccession
from tests.coverage.evening import end_round, fold, lay_street, lonlat, segments, send, walk
from tests.coverage.test_review_pages import main_of, read
from tests.coverage.test_store import FRIDAY
from tests.make.world import World


def _walk(world: World, to_m: float, silent_s: int = 0) -> None:
    phone = world.phone()
    round_id = phone.start_round()
    fixes = walk([(5, 0), (to_m, 0)], world.clock.now())
    world.clock.advance(fixes[-1].at - world.clock.now() + timedelta(seconds=silent_s))
    send(phone, segments(phone, round_id, fixes))
    end_round(phone, round_id)
    fold(world)


def _succeed(world: World, old: Sequence[UUID], overlap_m: Sequence[float]) -> UUID:
    """End pieces, and let one run along so many metres of each."""
    heir = uuid.uuid4()
    with world.as_home(write=True):
        now = world.clock.now()
        db.session.execute(update(Path).where(Path.id.in_(old)).values(ended_at=now))
        db.session.add(
            Path(
                id=heir, tenant_id=world.home.id, external_id=str(heir), line=[lonlat(0, 1), lonlat(100, 1)],
                length_m=100.0, is_lit=True, created_at=now,
            )
        )  # fmt: skip
        db.session.flush()
        for one, metres in zip(old, overlap_m, strict=True):
            db.session.add(
                PathSuccession(tenant_id=world.home.id, predecessor_id=one, successor_id=heir, overlap_m=metres)
            )
    fold(world)
    return heir


def _standing(world: World, one: UUID) -> Standing:
    with world.as_home():
        return states(FRIDAY, FRIDAY)[one]


def test_a_successor_counts_what_was_seen_before_it_and_says_it_is_inherited(any_world: World) -> None:
    world = any_world
    with world.as_home(write=True):
        street = lay_street(world)
    _walk(world, 120)
    heir = _succeed(world, street[:2], [50.0, 50.0])
    found = _standing(world, heir)
    assert (found.state, found.is_inherited, found.seen_count, found.day_count) == (SEEN, True, 1, 1)
    assert found.clock.is_inherited
    with world.as_home():
        assert visits(FRIDAY, FRIDAY)[heir] == [((FRIDAY, "evening"), 1)]
        assert [heir in one.seen for one in seen_in_parts(FRIDAY, FRIDAY)] == [True]
        assert day_part_matrix(None, FRIDAY, FRIDAY)[4, "evening"].seen_count == 1
    [row] = [row for row in read(world.desk(), "coverage/map", "kind=piece") if row["target_id"] == str(heir)]
    assert (row["state"], row["is_inherited"], row["is_state_inherited"]) == ("seen", "true", "true")
    assert "sedd, ärvd" in " ".join(main_of(world.desk().get("/desk/coverage?kind=piece&state=seen").text).split())


def test_a_successor_of_several_is_seen_when_each_of_them_was(world: World) -> None:
    with world.as_home(write=True):
        street = lay_street(world)
    _walk(world, 145)
    heir = _succeed(world, street[2:4], [50.0, 50.0])
    assert _standing(world, heir).state == NOT_SEEN
    assert heir not in clocks_of(world)


def test_what_ran_along_little_of_a_successor_says_nothing_of_it(world: World) -> None:
    with world.as_home(write=True):
        street = lay_street(world)
    _walk(world, 145)
    heir = _succeed(world, street[2:4], [80.0, 20.0])
    assert _standing(world, heir).state == SEEN
    assert heir in clocks_of(world)


def test_a_successor_of_what_was_unknown_is_unknown(world: World) -> None:
    with world.as_home(write=True):
        street = lay_street(world)
    _walk(world, 145, silent_s=300)
    assert _standing(world, street[3]).state == UNKNOWN
    heir = _succeed(world, street[2:4], [50.0, 50.0])
    found = _standing(world, heir)
    assert (found.state, found.is_inherited, found.unknown_count) == (UNKNOWN, False, 1)


def test_a_clock_goes_on_to_the_successor_of_a_successor_until_it_is_seen_itself(world: World) -> None:
    with world.as_home(write=True):
        street = lay_street(world)
    _walk(world, 120)
    first = _succeed(world, street[:1], [50.0])
    second = _succeed(world, [first], [100.0])
    inherited = clocks_of(world)[street[0]]
    assert clocks_of(world)[second] == inherited
    found = _standing(world, second)
    assert (found.state, found.is_inherited, found.clock.is_inherited) == (SEEN, True, True)
    world.clock.advance(timedelta(hours=1))
    phone = world.phone()
    round_id = phone.start_round()
    fixes = walk([(0, 1), (100, 1)], world.clock.now())
    world.clock.advance(fixes[-1].at - world.clock.now())
    send(phone, segments(phone, round_id, fixes))
    end_round(phone, round_id)
    fold(world)
    found = _standing(world, second)
    assert (found.is_inherited, found.clock.is_inherited, found.seen_count) == (False, False, 2)
    with world.as_home():
        tenant = world.home.id
    with world.app.app_context():
        fold_everything(tenant, world.clock.now())
    assert clocks_of(world)[second] > inherited


def clocks_of(world: World) -> dict[UUID, datetime]:
    """Return when each was last seen."""
    with world.as_home():
        return {one: clock.last_seen_at for one, clock in clocks().items() if clock.last_seen_at is not None}


def test_a_ring_of_successions_ends() -> None:
    a, b, c = sorted(uuid.uuid4() for _ in range(3))
    heirs = read_heirs([(a, b, 1.0), (b, a, 1.0), (c, a, 1.0)])
    assert {one for generation in generations(heirs) for one in generation} == {a, b, c}


@pytest.mark.parametrize("told", [0, 1])
def test_unknown_and_told_are_handed_on_by_what_is_least(told: int) -> None:
    a, b, heir = (uuid.uuid4() for _ in range(3))
    counts = [np.array(one) for one in ([2, 0, 0], [0, told, 0], [0, 3, 0])]
    Heritage({heir: [a, b]}, {a: 0, b: 1, heir: 2}).hand_on(*counts)
    assert [int(one[2]) for one in counts] == [0, told, 2 - told]
