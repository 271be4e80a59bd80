"""What may have been seen in a silence: where one could walk to in it, and where a phone that listened would have been heard."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from sqlalchemy import delete, select

from fieldapp.coverage.gaps import Hole, is_within, silence_of
from fieldapp.coverage.models import RoundCoverage
from fieldapp.coverage.rules import NOT_SEEN, UNKNOWN
from fieldapp.coverage.states import states
from fieldapp.coverage.walking import make_walkable
from fieldapp.infra.db import db
from fieldapp.places.models import Path
from tests.coverage.evening import add_place, end_round, fold, lay_street, lonlat, segments, send, walk
from tests.coverage.test_store import FRIDAY
from tests.make.world import Phone, World

MIN = 60_000


def _hole(from_min: float, to_min: float) -> Hole:
    return Hole(int(from_min * MIN), int(to_min * MIN), None, None)


@pytest.mark.parametrize(
    ("gaps", "is_told"),
    [
        ([(0, 5, "no_fix")], True),
        ([(0, 3, "no_fix"), (3, 5, "low_accuracy")], True),
        ([(0, 3, "no_fix")], False),
        ([(0, 5, "hidden")], False),
        ([(0, 5, "no_fix"), (2, 3, "locked_or_killed")], False),
        ([(0, 5, "no_fix"), (5.2, 12, "no_fix")], False),
    ],
)
def test_a_phone_listened_when_gaps_say_so_for_all_of_a_silence_and_not_for_long(
    gaps: list[tuple[float, float, str]], is_told: bool
) -> None:
    said = silence_of((int(begin * MIN), int(end * MIN), reason) for begin, end, reason in gaps)
    assert is_within(_hole(0.1, 5), said.listening) is is_told


def test_ways_lead_over_lawns_and_round_houses() -> None:
    piece = uuid.uuid4()
    # A path of 100 m, and two that start 20 m and 40 m beside its beginning.
    lines = {piece: [(0, 0), (100, 0)], uuid.uuid4(): [(0, 20), (0, 40)], uuid.uuid4(): [(0, 80), (100, 80)]}
    ground = make_walkable([(one, [np.array(line, float)]) for one, line in lines.items()])
    assert ground is not None
    first, end, _middle = ground.points_of[list(lines)[1]]
    far = ground.from_piece(piece, 1000.0)
    assert far[first] == pytest.approx(20.0)
    assert far[end - 1] == pytest.approx(40.0)
    first, end, _middle = ground.points_of[list(lines)[2]]
    assert np.isinf(far[first:end]).all()


def _round(world: World, gaps: Sequence[tuple[float, float, str]], silent_s: int, check: UUID | None = None) -> Phone:
    """Walk 145 m, hear nothing for so long, and walk on from the same spot; gaps are told in shares of the silence."""
    phone = world.phone()
    round_id = phone.start_round()
    before = walk([(5, 0), (145, 0)], world.clock.now())
    silent_at = before[-1].at
    after = walk([(150, 0), (5, 0)], silent_at + timedelta(seconds=silent_s))
    world.clock.advance(after[-1].at - world.clock.now())
    told = [
        {
            "round": round_id,
            "from": _ms(silent_at, begin * silent_s),
            "to": _ms(silent_at, end * silent_s),
            "reason": reason,
        }
        for begin, end, reason in gaps
    ]
    send(phone, [*segments(phone, round_id, before), *segments(phone, round_id, after)])
    send(phone, [phone.operation("gap.record", data=data) for data in told])
    if check is not None:
        data = {"round": round_id, "place": str(check), "position": None, "how": "qr"}
        send(phone, [phone.operation("visit.check", data=data) | {"at": _ms(silent_at, silent_s / 2)}])
    end_round(phone, round_id)
    fold(world)
    return phone


def _ms(at: Any, seconds: float) -> int:
    return int((at.timestamp() + seconds) * 1000)


def _unknown(world: World) -> set[UUID]:
    with world.as_home():
        return {one.target.id for one in states(FRIDAY, FRIDAY).values() if one.state == UNKNOWN}


def _district(world: World) -> tuple[list[UUID], UUID, UUID]:
    """Lay a street, a cellar beside where the walk falls silent, and one far along the street."""
    with world.as_home(write=True):
        street = lay_street(world)
        return street, add_place(world, "BasementLevel", 150, 10), add_place(world, "BasementLevel", 420, 10)


def test_who_hears_nothing_awake_is_indoors_where_the_silence_began(world: World) -> None:
    street, near, far = _district(world)
    _round(world, [(0, 1, "no_fix")], 480)
    assert _unknown(world) & {near, far} == {near}
    assert not _unknown(world) & set(street[4:])


@pytest.mark.parametrize("gaps", [[], [(0, 1, "hidden")], [(0, 0.5, "no_fix"), (0.5, 1, "hidden")]])
def test_who_did_not_listen_may_have_been_anywhere_on_the_way(world: World, gaps: Any) -> None:
    street, near, far = _district(world)
    _round(world, gaps, 480)
    # 240 s away and 240 s back: 336 m, from the end of the third piece.
    assert _unknown(world) >= {near, far, *street[4:10]}
    assert not _unknown(world) & set(street[10:])


def test_a_pause_that_ends_where_it_began_stood_still(world: World) -> None:
    street, near, far = _district(world)
    _round(world, [(0, 1, "user_pause")], 1800)
    assert _unknown(world) & {near, far, *street[4:]} == {near}


def test_a_label_read_in_a_silence_parts_it(world: World) -> None:
    street, _near, far = _district(world)
    _round(world, [(0, 1, "hidden")], 480, check=far)
    # 240 s there and 240 s back: 336 m each way, 270 m of them along the street.
    assert set(street[4:9]) <= _unknown(world)
    assert street[11] not in _unknown(world)


def test_a_gap_that_comes_late_has_the_round_counted_anew(world: World) -> None:
    _street, near, far = _district(world)
    phone = _round(world, [], 480)
    assert far in _unknown(world)
    with world.as_home():
        round_id = db.session.scalars(select(RoundCoverage.round_id)).one()
    ends = _ms(world.clock.now(), 0)
    data = {"round": str(round_id), "from": ends - 1_200_000, "to": ends, "reason": "no_fix"}
    send(phone, [phone.operation("gap.record", data=data)])
    assert fold(world) > 0
    assert _unknown(world) & {near, far} == {near, far}  # twenty minutes: too long for a phone that only listens
    data = {"round": str(round_id), "from": ends - 1_200_000, "to": ends, "reason": "user_pause"}
    send(phone, [phone.operation("gap.record", data=data)])
    fold(world)
    assert _unknown(world) & {near, far} == {near}


def test_where_no_path_leads_to_nothing_is_unknown(world: World) -> None:
    street, _near, _far = _district(world)
    with world.as_home(write=True):
        db.session.execute(
            delete(Path).where(Path.id.in_(street[6:8])), execution_options={"synchronize_session": False}
        )
        island = UUID(int=7)
        db.session.add(
            Path(
                id=island, tenant_id=world.home.id, external_id="island", line=[lonlat(150, 90), lonlat(200, 90)],
                length_m=50.0, is_lit=True, created_at=world.clock.now(),
            )
        )  # fmt: skip
    _round(world, [(0, 1, "hidden")], 480)
    with world.as_home():
        found = {one.target.id: one.state for one in states(FRIDAY, FRIDAY).values()}
    assert [found[one] for one in (street[5], street[9], island)] == [UNKNOWN, NOT_SEEN, NOT_SEEN]
