"""What fixes say is kept in quarters of an hour and counted when their round is over."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select

from fieldapp.coverage.models import PieceBin, PlaceBin
from fieldapp.coverage.queries import clocks
from fieldapp.coverage.rules import NOT_SEEN, SEEN, UNKNOWN
from fieldapp.coverage.states import day_part_matrix, states, visits
from fieldapp.infra.db import db
from tests.coverage.evening import add_place, end_round, fold, lay_street, ring, segments, send, walk
from tests.make.world import World

FRIDAY = date(2026, 11, 20)


def _states(world: World, ids: list[UUID]) -> list[str]:
    with world.as_home():
        found = states(FRIDAY, FRIDAY)
    return [found[one].state for one in ids]


def test_a_walk_is_seen_piece_by_piece_when_its_round_is_over(any_world: World) -> None:
    world = any_world
    with world.as_home(write=True):
        street = lay_street(world)
    phone = world.phone()
    round_id = phone.start_round()
    fixes = walk([(5, 0), (395, 0)], world.clock.now())
    world.clock.advance(fixes[-1].at - world.clock.now())
    send(phone, segments(phone, round_id, fixes))
    fold(world)
    assert _states(world, street) == [NOT_SEEN] * 12
    end_round(phone, round_id)
    fold(world)
    assert _states(world, street) == [SEEN] * 8 + [NOT_SEEN] * 4
    with world.as_home():
        assert set(clocks()) == set(street[:8])
        cells = day_part_matrix(None, FRIDAY, FRIDAY)
        assert cells[4, "evening"].seen_count == 8
        assert cells[4, "night"].seen_count == 0
        assert visits(FRIDAY, FRIDAY)[street[0]] == [((FRIDAY, "evening"), 1)]
    assert fold(world) == 0


def test_a_silence_makes_unknown_what_could_be_reached_in_it_and_no_more(world: World) -> None:
    with world.as_home(write=True):
        street = lay_street(world)
    phone = world.phone()
    round_id = phone.start_round()
    before = walk([(5, 0), (145, 0)], world.clock.now())
    # 90 s of silence: 135 m at a walk, from 145 m to 205 m and 37 m to and fro besides.
    after = walk([(205, 0), (345, 0)], before[-1].at + timedelta(seconds=90))
    world.clock.advance(after[-1].at - world.clock.now())
    send(phone, [*segments(phone, round_id, before), *segments(phone, round_id, after)])
    end_round(phone, round_id)
    fold(world)
    assert _states(world, street) == [SEEN] * 3 + [UNKNOWN] + [SEEN] * 3 + [NOT_SEEN] * 5


def test_a_segment_that_comes_late_fills_the_silence(world: World) -> None:
    with world.as_home(write=True):
        street = lay_street(world)
    phone = world.phone()
    round_id = phone.start_round()
    fixes = walk([(5, 0), (545, 0)], world.clock.now())
    world.clock.advance(fixes[-1].at - world.clock.now())
    first, second, *rest = segments(phone, round_id, fixes)
    send(phone, [first, *rest])
    end_round(phone, round_id)
    fold(world)
    assert UNKNOWN in _states(world, street)
    send(phone, [second])
    fold(world)
    assert _states(world, street) == [SEEN] * 11 + [NOT_SEEN]


def test_a_yard_is_seen_from_inside_and_an_entrance_from_beside_it(world: World) -> None:
    with world.as_home(write=True):
        lay_street(world)
        yard = add_place(world, "Playground", 100, 30, outline=ring(80, 15, 120, 45))
        passed = add_place(world, "Playground", 300, 30, outline=ring(280, 15, 320, 45))
        door = add_place(world, "Entrance", 200, 8)
        far = add_place(world, "Entrance", 200, 40)
        attic = add_place(world, "Attic", 200, 8)
    phone = world.phone()
    round_id = phone.start_round()
    fixes = walk([(5, 0), (100, 0), (100, 30), (100, 0), (395, 0)], world.clock.now())
    world.clock.advance(fixes[-1].at - world.clock.now())
    send(phone, segments(phone, round_id, fixes))
    end_round(phone, round_id)
    fold(world)
    assert _states(world, [yard, passed, door, far, attic]) == [SEEN, NOT_SEEN, SEEN, NOT_SEEN, NOT_SEEN]


def test_a_check_says_how_it_is_known_and_is_counted_when_the_round_is_over(world: World) -> None:
    phone = world.phone()
    round_id = phone.start_round()
    cellar = world.home.places["cellar"].id
    data = {"round": round_id, "place": str(cellar), "position": None, "how": "qr"}
    send(phone, [phone.operation("visit.check", data=data)])
    with world.as_home():
        assert db.session.scalars(select(PlaceBin.source)).all() == ["qr"]
        assert clocks() == {}
        assert set(clocks(with_open_rounds=True)) == {cellar}
    end_round(phone, round_id)
    fold(world)
    assert _states(world, [cellar]) == [SEEN]
    with world.as_home():
        assert set(clocks()) == {cellar}
        assert db.session.scalars(select(PieceBin)).all() == []
