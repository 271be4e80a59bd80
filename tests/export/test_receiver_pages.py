"""An administrator adds receivers and changes them; what has stopped is seen, and sent again."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy import select

from fieldapp.access.roles import Role
from fieldapp.export.models import Delivery, Receiver
from fieldapp.infra.db import db
from tests.damage.conftest import Cases
from tests.make.world import World

FORM = {"name": "Driften", "adapter": "webhook", "url": "https://driften.example/cases", "secret": "first-secret"}


def _receiver(world: World) -> Receiver:
    with world.as_home():
        return db.session.scalars(select(Receiver)).one()


def _post(world: World, path: str, form: dict[str, str]) -> int:
    return world.desk(role=Role.ADMINISTRATOR).post(path, form).status_code


def test_a_secret_is_kept_and_never_shown(world: World) -> None:
    assert _post(world, "/desk/receivers/new", FORM) == 302
    made = _receiver(world)
    assert made.secret == "first-secret"
    desk = world.desk(role=Role.ADMINISTRATOR)
    assert "first-secret" not in desk.get(f"/desk/receivers/{made.id}").text


def test_a_new_secret_counts_beside_the_former_and_none_keeps_both(world: World) -> None:
    _post(world, "/desk/receivers/new", FORM)
    path = f"/desk/receivers/{_receiver(world).id}"
    _post(world, path, {**FORM, "secret": "second-secret"})
    _post(world, path, {**FORM, "secret": ""})
    assert _receiver(world).secret.splitlines() == ["second-secret", "first-secret"]


@pytest.mark.parametrize("url", ["ftp://x.example/", "https://user:pw@x.example/", "javascript:alert(1)", "https://"])
def test_an_address_of_another_form_is_told_at_its_field(world: World, url: str) -> None:
    assert _post(world, "/desk/receivers/new", {**FORM, "url": url}) == 422


def test_the_services_of_an_endpoint_are_lines(world: World) -> None:
    form = {**FORM, "adapter": "open311", "services": "SK02=GRAF\n*=007"}
    _post(world, "/desk/receivers/new", form)
    settings = _receiver(world).settings
    assert (settings["services"], settings["other_service"]) == ({"SK02": "GRAF"}, "007")


def test_what_has_stopped_is_sent_again_and_looked_for_first(world: World) -> None:
    _post(world, "/desk/receivers/new", FORM)
    Cases(world).log(severity=3)
    with world.as_home(write=True):
        delivery = db.session.scalars(select(Delivery)).one()
        delivery.state, delivery.tries, delivery.answer = "dead", 15, "503: nothing here"
        delivery_id: uuid.UUID = delivery.id
    desk = world.desk(role=Role.SUPERVISOR)
    assert "503: nothing here" in desk.get(f"/desk/deliveries/{delivery_id}").text
    assert desk.post(f"/desk/deliveries/{delivery_id}/again", {}).status_code == 302
    with world.as_home():
        again = db.session.get_one(Delivery, delivery_id)
        assert (again.state, again.tries, again.is_unknown) == ("queued", 0, True)
    assert desk.post(f"/desk/deliveries/{delivery_id}/again", {}).status_code == 302


def test_the_list_of_deliveries_is_filtered_by_state(world: World) -> None:
    _post(world, "/desk/receivers/new", FORM)
    case = Cases(world).log(severity=3)
    desk = world.desk(role=Role.SUPERVISOR)
    assert f"{case.case_no}.1" in desk.get("/desk/deliveries?state=queued").text
    assert f"{case.case_no}.1" not in desk.get("/desk/deliveries?state=dead").text
