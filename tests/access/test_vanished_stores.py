"""A phone tells at sign-in of stores that its browser has erased; the office sees it."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest

from fieldapp.access.models import Device
from fieldapp.access.queries import count_troubled_devices
from fieldapp.access.roles import Role
from fieldapp.infra.db import as_tenant, db
from fieldapp.kernel.time import to_ms
from tests.make.world import PASSWORD, Phone, Tenant, World


def sign_in_telling(world: World, phone: Phone, tenant: Tenant, vanished: list[dict[str, Any]]) -> int:
    """Sign a host in with a new store on a phone, telling of lost ones."""
    body = {
        "login": tenant.users[Role.HOST].login,
        "password": PASSWORD,
        "device": str(uuid.uuid4()),
        "db_id": str(uuid.uuid4()),
        "app": "1.0.0",
        "vanished": vanished,
    }
    status: int = phone.http.post("/api/v1/phone/sign-in", json=body, headers=phone.headers).status_code
    return status


def store_of(world: World, phone: Phone) -> Device:
    with world.app.app_context(), as_tenant(phone.tenant.id, write=False):
        return db.session.get_one(Device, uuid.UUID(phone.device))


def both_ids(world: World, phone: Phone) -> dict[str, Any]:
    return {"device": phone.device, "db_id": str(store_of(world, phone).db_id)}


def troubled(world: World) -> int:
    with world.as_home():
        return count_troubled_devices(world.clock.now())


def test_a_store_that_a_phone_has_lost_is_shown_to_the_office(world: World) -> None:
    phone = world.phone()
    assert sign_in_telling(world, phone, world.home, [both_ids(world, phone)]) == 200
    assert store_of(world, phone).store_lost_at == world.clock.now()
    desk = world.desk()
    assert "posterna på telefonen försvann idag" in desk.get("/desk/devices").text
    assert "telefon att se till" in desk.get("/desk/").text
    assert "har försvunnit" in world.desk(role=Role.DPO).get("/desk/audit").text


def test_it_is_told_once_and_not_forever(world: World) -> None:
    phone = world.phone()
    told = [both_ids(world, phone)]
    sign_in_telling(world, phone, world.home, told)
    first = world.clock.now()
    world.clock.advance(timedelta(days=15))
    sign_in_telling(world, phone, world.home, told)
    assert store_of(world, phone).store_lost_at == first
    assert troubled(world) == 0


def test_only_who_knows_both_ids_of_a_store_can_tell_that_it_is_lost(world: World) -> None:
    phone = world.phone()
    assert sign_in_telling(world, phone, world.home, [{"device": phone.device, "db_id": str(uuid.uuid4())}]) == 200
    assert store_of(world, phone).store_lost_at is None


def test_another_tenants_store_cannot_be_told_lost(world: World) -> None:
    foreign, phone = world.phone(world.foreign), world.phone()
    assert sign_in_telling(world, phone, world.home, [both_ids(world, foreign)]) == 200
    assert store_of(world, foreign).store_lost_at is None


@pytest.mark.parametrize("vanished", [["x"], [{"device": "x", "db_id": "y"}], [{}] * 21, {}])
def test_a_report_that_does_not_fit_is_refused_and_nobody_is_signed_in(world: World, vanished: Any) -> None:
    assert sign_in_telling(world, world.phone(), world.home, vanished) == 422


def test_a_phone_that_holds_something_for_more_than_a_day_is_somebodys_task(world: World) -> None:
    phone = world.phone()
    phone.push(unsent={"count": 3, "oldest": to_ms(world.clock.now())})
    world.clock.advance(timedelta(hours=24))
    assert troubled(world) == 0
    world.clock.advance(timedelta(seconds=1))
    assert troubled(world) == 1
    phone.push(unsent={"count": 0, "oldest": None})
    assert troubled(world) == 0
