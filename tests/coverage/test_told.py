"""What hosts tell of a gap is kept as told, replaced and taken back, and never called walked."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from fieldapp.access.roles import Role
from fieldapp.coverage.days import bin_of, day_of
from fieldapp.coverage.models import PieceBin, PlaceBin
from fieldapp.coverage.states import Standing, states
from fieldapp.infra.db import db
from fieldapp.kernel.time import to_ms
from fieldapp.rounds.models import Round
from tests.coverage.evening import end_round, fold, lay_street, send
from tests.make.world import Phone, World

FIRST_MINUTE, LAST_MINUTE = 5, 12


@dataclass
class Evening:
    """A host on a round with a gap, beside a street of pieces."""

    world: World
    phone: Phone
    street: list[UUID]
    round_id: str
    gap: str
    from_at: datetime
    to_at: datetime

    def telling(self, **data: Any) -> dict[str, Any]:
        """Return what `walk.tell` says of the gap; change any of it by name."""
        return {
            "round": self.round_id,
            "gap": self.gap,
            "from": to_ms(self.from_at),
            "to": to_ms(self.to_at),
            "paths": [str(self.street[0]), str(self.street[1])],
            "places": [],
            **data,
        }

    def tell(self, told: str | None = None, phone: Phone | None = None, **data: Any) -> dict[str, Any]:
        """Push a `walk.tell` and return its acknowledgement."""
        phone = phone or self.phone
        [ack] = phone.acks(phone.operation("walk.tell", told, self.telling(**data)))
        return ack

    def bins(self) -> set[tuple[UUID, int, str]]:
        """Return every bin of a piece or a place: target, quarter of an hour, source."""
        with self.world.as_home():
            pieces = db.session.execute(select(PieceBin.path_id, PieceBin.bin, PieceBin.source)).all()
            places = db.session.execute(select(PlaceBin.place_id, PlaceBin.bin, PlaceBin.source)).all()
        return {(row[0], row[1], row[2]) for row in [*pieces, *places]}

    @property
    def day(self) -> date:
        """Return the day that the gap is of."""
        return day_of(self.from_at, ZoneInfo(self.world.home.organisation.timezone))

    def standing(self) -> dict[UUID, Standing]:
        """End the round, count it, and return how everything stands on its day."""
        end_round(self.phone, self.round_id)
        fold(self.world)
        with self.world.as_home():
            return states(self.day, self.day)


@pytest.fixture
def evening(any_world: World) -> Evening:
    world = any_world
    with world.as_home(write=True):
        street = lay_street(world)
    phone = world.phone()
    round_id = phone.start_round()
    now = world.clock.now()
    from_at, to_at = now + timedelta(minutes=FIRST_MINUTE), now + timedelta(minutes=LAST_MINUTE)
    gap = str(uuid.uuid4())
    data = {"round": round_id, "from": to_ms(from_at), "to": to_ms(to_at), "reason": "hidden"}
    send(phone, [phone.operation("gap.record", gap, data)])
    return Evening(world, phone, street, round_id, gap, from_at, to_at)


def quarters(evening: Evening) -> set[int]:
    return {bin_of(evening.from_at), bin_of(evening.to_at - timedelta(milliseconds=1))}


def test_what_is_told_lies_in_the_quarters_of_the_gap_as_told(evening: Evening) -> None:
    cellar = evening.world.home.places["cellar"].id
    assert evening.tell(places=[str(cellar)])["st"] == "ok"
    targets = {evening.street[0], evening.street[1], cellar}
    assert evening.bins() == {(one, at, "told") for one in targets for at in quarters(evening)}


def test_what_is_told_is_shown_as_told_and_counted_in_no_walk(evening: Evening) -> None:
    evening.tell()
    standing = evening.standing()
    told = standing[evening.street[0]]
    assert (told.state, told.is_told, told.seen_count, told.told_count) == ("seen", True, 0, 1)
    assert standing[evening.street[5]].told_count == 0


def test_what_is_told_again_under_the_same_id_replaces_what_was_told(evening: Evening) -> None:
    told = str(uuid.uuid4())
    evening.tell(told)
    evening.tell(told, paths=[str(evening.street[2])])
    assert {target for target, _bin, _source in evening.bins()} == {evening.street[2]}


def test_what_is_taken_back_counts_for_nothing_and_leaves_what_else_was_told(evening: Evening) -> None:
    told = str(uuid.uuid4())
    evening.tell(told)
    evening.tell(paths=[str(evening.street[1])])
    send(evening.phone, [evening.phone.operation("walk.untell", told)])
    assert {target for target, _bin, _source in evening.bins()} == {evening.street[1]}
    assert evening.standing()[evening.street[0]].told_count == 0


def test_what_is_taken_back_before_the_round_is_counted_or_after_is_the_same(evening: Evening) -> None:
    told = str(uuid.uuid4())
    evening.tell(told)
    assert evening.standing()[evening.street[0]].told_count == 1
    send(evening.phone, [evening.phone.operation("walk.untell", told)])
    fold(evening.world)
    with evening.world.as_home():
        assert states(evening.day, evening.day)[evening.street[0]].told_count == 0


def test_nobody_tells_of_anothers_round(evening: Evening) -> None:
    world = evening.world
    foreign = world.phone(world.foreign)
    assert evening.tell(phone=foreign)["why"] == "waits_for"
    with world.as_home(write=True):
        db.session.get_one(Round, UUID(evening.round_id)).author_id = world.home.users[Role.SUPERVISOR].id
    assert evening.tell()["why"] == "forbidden"
    assert evening.bins() == set()


def test_a_telling_waits_for_its_gap_and_applies_itself(evening: Evening) -> None:
    gap = str(uuid.uuid4())
    assert evening.tell(gap=gap)["why"] == "waits_for"
    data = {
        "round": evening.round_id, "from": to_ms(evening.from_at), "to": to_ms(evening.to_at), "reason": "no_fix"
    }  # fmt: skip
    send(evening.phone, [evening.phone.operation("gap.record", gap, data)])
    assert len(evening.bins()) == 2 * len(quarters(evening))


@pytest.mark.parametrize("longer", ["from", "to"])
def test_more_time_than_the_gap_has_is_not_taken(evening: Evening, longer: str) -> None:
    minute = timedelta(minutes=1)
    ends = {"from": evening.from_at - minute, "to": evening.to_at + minute}
    beyond: dict[str, Any] = {longer: to_ms(ends[longer])}
    assert evening.tell(**beyond)["why"] == "invalid"
    assert evening.bins() == set()


def test_pieces_that_are_unknown_are_passed_over(evening: Evening) -> None:
    evening.tell(paths=[str(uuid.uuid4()), str(evening.street[3])])
    assert {target for target, _bin, _source in evening.bins()} == {evening.street[3]}
