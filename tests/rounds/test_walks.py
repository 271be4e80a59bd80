"""Several phones on one walk: whatever the order in which rounds and joins arrive, one walk comes of it, and it is told."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from fieldapp.access.roles import Role
from fieldapp.infra.db import db
from fieldapp.kernel.codes import join_code
from fieldapp.kernel.time import to_ms
from fieldapp.rounds import service
from fieldapp.rounds.models import Round, RoundJoin
from fieldapp.sync.models import LedgerEntry
from tests.make.world import Phone, World

START = {"zone": None, "party_size": 2}


def start_of(phone: Phone, round_id: str) -> dict[str, Any]:
    return phone.operation("round.start", round_id, START)


def join_of(phone: Phone, round_id: str, other: str, *, by_code: bool) -> dict[str, Any]:
    data = {"with": None, "code": join_code(UUID(other))} if by_code else {"with": other, "code": None}
    return phone.operation("round.join", round_id, data)


def walk_ids(world: World, rounds: list[str]) -> dict[str, str]:
    with world.as_home():
        found = db.session.execute(select(Round.id, Round.walk_id).where(Round.id.in_([UUID(one) for one in rounds])))
        return {str(row.id): str(row.walk_id) for row in found}


def round_body(phone: Phone, round_id: str) -> dict[str, Any]:
    return next(row["body"] for row in phone.pull(anew=True) if row["id"] == round_id)


@pytest.mark.parametrize("by_code", [False, True])
def test_a_colleague_joins_by_id_or_by_code(world: World, *, by_code: bool) -> None:
    first, second = world.phone(), world.phone(role=Role.SUPERVISOR)
    one, other = first.start_round(), second.start_round()
    assert [ack["st"] for ack in second.acks(join_of(second, other, one, by_code=by_code))] == ["ok"]
    assert set(walk_ids(world, [one, other]).values()) == {min(one, other)}
    assert [round_body(first, one)["phones"], round_body(second, other)["phones"]] == [2, 2]


@pytest.mark.parametrize("by_code", [False, True])
def test_a_join_that_comes_before_the_round_it_means_is_kept_and_said_to_be_open(
    world: World, *, by_code: bool
) -> None:
    first, second = world.phone(), world.phone(role=Role.SUPERVISOR)
    one, other = str(uuid.uuid4()), second.start_round()
    assert [ack["st"] for ack in second.acks(join_of(second, other, one, by_code=by_code))] == ["ok"]
    assert round_body(second, other)["joining"] is True
    first.acks(start_of(first, one))
    assert round_body(second, other) | {"phones": 2, "joining": False} == round_body(second, other)
    assert set(walk_ids(world, [one, other]).values()) == {min(one, other)}


def test_a_round_of_another_evening_is_not_joined(world: World) -> None:
    first, second = world.phone(), world.phone(role=Role.SUPERVISOR)
    one = first.start_round()
    world.clock.at += timedelta(hours=13)
    other = second.start_round()
    second.acks(join_of(second, other, one, by_code=True), join_of(second, other, one, by_code=False))
    assert walk_ids(world, [one, other]) == {one: one, other: other}
    assert round_body(second, other)["joining"] is True


def test_a_round_of_another_organisation_is_not_joined(world: World) -> None:
    theirs, ours = world.phone(world.foreign), world.phone()
    one, other = theirs.start_round(), ours.start_round()
    ours.acks(join_of(ours, other, one, by_code=True), join_of(ours, other, one, by_code=False))
    assert walk_ids(world, [other]) == {other: other}
    assert round_body(theirs, one)["phones"] == 1


def test_typing_ones_own_code_changes_nothing(world: World) -> None:
    phone = world.phone()
    one = phone.start_round()
    assert [ack["st"] for ack in phone.acks(join_of(phone, one, one, by_code=True))] == ["ok"]
    assert round_body(phone, one) | {"phones": 1, "joining": False} == round_body(phone, one)


def test_only_ones_own_round_is_joined_to_another(world: World) -> None:
    first, second = world.phone(), world.phone(role=Role.SUPERVISOR)
    one, other = first.start_round(), second.start_round()
    [ack] = second.acks(join_of(second, one, other, by_code=False))
    assert (ack["st"], ack["why"]) == ("held", "forbidden")


def test_who_leaves_walks_alone_whoever_had_joined_whom(world: World) -> None:
    for leaver in (0, 1):
        (first, one), (second, other) = pair = joined(world)
        world.clock.at += timedelta(minutes=1)
        phone, round_id = pair[leaver]
        assert [ack["st"] for ack in phone.acks(join_of(phone, round_id, round_id, by_code=False))] == ["ok"]
        assert walk_ids(world, [one, other]) == {one: one, other: other}
        assert [round_body(first, one)["phones"], round_body(second, other)["phones"]] == [1, 1]


def test_who_leaves_waits_for_nobody_and_may_join_again(world: World) -> None:
    first, second = world.phone(), world.phone(role=Role.SUPERVISOR)
    one, other = str(uuid.uuid4()), second.start_round()
    second.acks(join_of(second, other, one, by_code=True))
    world.clock.at += timedelta(minutes=1)
    second.acks(join_of(second, other, other, by_code=False))
    assert round_body(second, other)["joining"] is False
    first.acks(start_of(first, one))
    assert walk_ids(world, [one, other]) == {one: one, other: other}
    world.clock.at += timedelta(minutes=1)
    second.acks(join_of(second, other, one, by_code=True))
    assert set(walk_ids(world, [one, other]).values()) == {min(one, other)}


def test_opening_one_round_of_a_walk_is_told_to_all_its_hosts(world: World) -> None:
    first, second = world.phone(), world.phone(role=Role.SUPERVISOR)
    one, other = first.start_round(), second.start_round()
    second.acks(join_of(second, other, one, by_code=True))
    with world.as_home(write=True):
        opened = db.session.get_one(Round, UUID(one))
        service.open_round(world.home.actor(Role.SUPERVISOR), opened, "Uppföljning av skada", clock=world.clock)
    for phone, round_id in ((first, one), (second, other)):
        [viewing] = round_body(phone, round_id)["viewings"]
        assert viewing["reason"] == "Uppföljning av skada"


def joined(world: World) -> tuple[tuple[Phone, str], tuple[Phone, str]]:
    first, second = world.phone(), world.phone(role=Role.SUPERVISOR)
    one, other = first.start_round(), second.start_round()
    second.acks(join_of(second, other, one, by_code=True))
    return (first, one), (second, other)


def end(phone: Phone, round_id: str) -> None:
    phone.acks(phone.operation("round.end", round_id, {"reason": "done"}))


def test_the_desk_shows_a_walk_as_one_round_when_all_its_phones_have_ended(world: World) -> None:
    (first, one), (second, other) = joined(world)
    world.clock.at += timedelta(hours=1)
    end(first, one)
    desk = world.desk()
    page = desk.get("/desk/rounds").text
    assert "En rond pågår." in page
    assert f"/desk/rounds/{one}" not in page
    assert desk.get(f"/desk/rounds/{one}").status_code == 403
    end(second, other)
    page = desk.get("/desk/rounds").text
    assert (page.count("Öppna …"), page.count("2 telefoner")) == (1, 1)
    assert "1 avslutad rond" in page


def test_an_opened_walk_has_what_each_phone_recorded(world: World) -> None:
    phones = joined(world)
    for number, (phone, round_id) in enumerate(phones):
        phone.acks(phone.record(round_id), phone.operation("track.segment", data=_segment(phone, round_id, number)))
        end(phone, round_id)
    desk = world.desk()
    answer = desk.post(f"/desk/rounds/{phones[1][1]}", {"reason": "Uppföljning av en skada"})
    page = desk.get(answer.location).text
    assert "2 telefoner" in page
    assert "2 poster" in page
    assert page.count("&#34;layer&#34;: &#34;walked&#34;") + page.count('"layer": "walked"') == 2


def _segment(phone: Phone, round_id: str, number: int) -> dict[str, Any]:
    start = {"part": 0, "carried": 0, "t0": to_ms(phone.clock.now()), "lat0": 57_750_000 + number, "lon0": 11_980_000}
    return {"round": round_id, **start, "dt": [0, 5000], "dlat": [0, 20], "dlon": [0, 20], "acc": [50, 50]}


@st.composite
def evenings(draw: st.DrawFn) -> tuple[int, list[tuple[int, int, bool]], list[int]]:
    """Draw how many phones, who joins whom (oneself: leaves) and how, in order of time, and an order of all they send."""
    count = draw(st.integers(2, 4))
    pairs = [(a, b) for a in range(count) for b in range(count)]
    joins = draw(st.lists(st.tuples(st.sampled_from(pairs), st.booleans()), min_size=1, max_size=5))
    order = draw(st.permutations(range(count + len(joins))))
    return count, [(a, b, by_code and a != b) for (a, b), by_code in joins], order


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(evenings())
@example((3, [(0, 0, False), (0, 0, False), (0, 1, False), (2, 0, False), (2, 2, False)], [0, 1, 2, 3, 4, 6, 7, 5]))
@example((2, [(0, 0, False)], [0, 2, 1]))
def test_whatever_the_order_the_same_rounds_are_one_walk(
    world: World, evening: tuple[int, list[tuple[int, int, bool]], list[int]]
) -> None:
    count, joins, order = evening
    phones = _phones(world)[:count]
    ids = [str(uuid.uuid4()) for _ in range(count)]
    sent = [(phone, start_of(phone, round_id)) for phone, round_id in zip(phones, ids, strict=True)]
    sent += [
        (
            phones[a],
            join_of(phones[a], ids[a], ids[b], by_code=by_code) | {"at": to_ms(world.clock.now()) - 100 + number},
        )
        for number, (a, b, by_code) in enumerate(joins)
    ]
    for place in order:
        phone, operation = sent[place]
        phone.acks(operation)
    assert walk_ids(world, ids) == _walks(ids, joins)
    with world.as_home():
        assert db.session.scalars(select(RoundJoin.id).where(RoundJoin.joined_id.is_(None))).all() == []
        assert db.session.scalars(select(LedgerEntry.id).where(LedgerEntry.outcome == "held")).all() == []


def _phones(world: World) -> list[Phone]:
    if not hasattr(world, "walkers"):
        world.walkers = [world.phone(role=role) for role in (Role.HOST, Role.SUPERVISOR) * 2]  # type: ignore[attr-defined]
    return world.walkers  # type: ignore[attr-defined, no-any-return]


def _walks(ids: list[str], joins: list[tuple[int, int, bool]]) -> dict[str, str]:
    """Return the smallest id of all that are tied to each round, by following every tie until nothing changes."""
    ties: list[set[str]] = []
    for a, b, _by_code in joins:
        ties = [tie for tie in ties if ids[a] not in tie] if a == b else [*ties, {ids[a], ids[b]}]
    walks = {one: one for one in ids}
    for _ in ids:
        for tie in ties:
            walks.update(dict.fromkeys(tie, min(walks[one] for one in tie)))
    return walks
