"""The worker keeps a suggestion for each zone with a plan, and makes it anew when what it is made from has changed."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from fieldapp.access.roles import Role
from fieldapp.infra.db import db
from fieldapp.places.models import Path
from fieldapp.planning import service
from fieldapp.planning.suggesting import remake
from tests.make.plans import every_evening
from tests.make.streets import blocks
from tests.make.world import World


@pytest.fixture
def network(world: World) -> None:
    with world.as_home(write=True):
        rows = [
            {
                "id": one.id,
                "tenant_id": world.home.id,
                "external_id": f"v{one.id.int}",
                "line": one.lines[0],
                "branches": [],
                "length_m": 50.0,
                "is_lit": True,
                "created_at": world.clock.now(),
            }
            for one in blocks(4)
        ]
        db.session.execute(insert(Path), rows)


def plan(world: World, **changed: Any) -> uuid.UUID:
    with world.as_home(write=True):
        made = service.make_plan(
            world.home.actor(Role.SUPERVISOR), every_evening(world.home.zone.id, **changed), clock=world.clock
        )
        return made.id


def is_remade(world: World) -> bool:
    with world.app.app_context():
        return remake(world.home.id, world.home.zone.id, world.clock.now())


def tonight(world: World) -> Any:
    phone = world.phone()
    return phone.http.get(f"/api/v1/sync/docs/tonight/{world.home.zone.id}", headers=phone.headers).json


@pytest.mark.usefixtures("network")
def test_tonights_document_has_a_round_for_each_number_of_minutes(world: World) -> None:
    plan(world, covers_paths=True)
    assert tonight(world)["suggested"] == []
    assert is_remade(world)
    found = tonight(world)["suggested"]
    assert [one["minutes"] for one in found] == [45, 90, 150]
    assert found[1]["places"] == [1, 1]
    assert found[1]["pieces"] == [40, 40]


@pytest.mark.usefixtures("network")
def test_it_is_made_anew_only_when_something_has_changed(world: World) -> None:
    plan(world, covers_paths=True)
    assert [is_remade(world), is_remade(world)] == [True, False]
    plan(world, kinds=("OutdoorSpace",))
    assert [is_remade(world), is_remade(world)] == [True, False]


@pytest.mark.usefixtures("network")
def test_for_clocks_alone_it_rests_between(world: World) -> None:
    plan(world, covers_paths=True)
    assert is_remade(world)
    phone = world.phone()
    phone.acks(phone.record())
    assert not is_remade(world)
    world.clock.advance(timedelta(minutes=11))
    assert is_remade(world)
    assert tonight(world)["suggested"][0]["places"] == [0, 0]


@pytest.mark.usefixtures("network")
def test_a_plan_that_ended_suggests_nothing(world: World) -> None:
    plan_id = plan(world, covers_paths=True)
    is_remade(world)
    with world.as_home(write=True):
        from fieldapp.planning.queries import plan_in_tenant

        ended = plan_in_tenant(plan_id)
        assert ended is not None
        service.end_plan(world.home.actor(Role.SUPERVISOR), ended, clock=world.clock)
    assert tonight(world)["suggested"] == []


def test_without_a_network_nothing_is_suggested_and_it_is_not_looked_again(world: World) -> None:
    plan(world)
    assert [is_remade(world), is_remade(world)] == [True, False]
    assert tonight(world)["suggested"] == []
