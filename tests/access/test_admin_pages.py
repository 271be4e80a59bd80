"""The administration's pages: what they show, what they refuse in a sentence, and what they never show twice."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from sqlalchemy import select, update

from fieldapp.access import audit
from fieldapp.access.models import AuditEvent, DeskSession, Organisation, User
from fieldapp.access.roles import Role
from fieldapp.infra.db import db
from tests.make.world import PASSWORD, Desk, World

CODE = re.compile(r"<strong>([2-9A-Z]{4}-[2-9A-Z]{4})</strong>")
NEW = {"login": "Nils@bergsbo", "name": "Nils Ny", "roles": ["host", "supervisor"]}


def user(world: World, login: str) -> User:
    with world.as_home():
        return db.session.scalars(select(User).where(User.login == login)).one()


def address(world: World, role: Role, more: str = "") -> str:
    return f"/desk/users/{world.home.users[role].id}{more}"


def choose(desk: Desk, login: str, code: str) -> int:
    return desk.post(
        "/desk/choose-password",
        {"login": login, "code": code, "new_password": "natt och stjärnor"},
        token_from="/desk/choose-password",
    ).status_code


def test_a_new_user_gets_a_code_that_is_shown_once_and_works(world: World) -> None:
    desk = world.desk()
    answer = desk.post("/desk/users/new", NEW)
    [code] = CODE.findall(answer.text)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert code not in desk.get("/desk/users").text
    assert code not in str(answer.headers)
    assert choose(Desk(world.app), "nils@bergsbo", code) == 302
    assert choose(Desk(world.app), "nils@bergsbo", code) == 401
    assert user(world, "nils@bergsbo").roles == ["host", "supervisor"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"login": "ny användare"}, "Användarnamnet ska vara"),
        ({"login": "a\x00bcd"}, "Användarnamnet ska vara"),
        ({"name": ""}, "Skriv ett namn"),
        ({"name": "x" * 121}, "Skriv ett namn"),
        ({"roles": []}, "Välj minst en roll"),
        ({"roles": ["kung"]}, "Välj minst en roll"),
        ({"tenant_id": "x"}, "Formuläret är inte det som visades"),
    ],
)
def test_a_form_that_does_not_fit_comes_back_with_a_sentence(world: World, change: dict[str, Any], words: str) -> None:
    answer = world.desk().post("/desk/users/new", {**NEW, **change})
    assert answer.status_code == 422
    assert words in answer.text
    assert ("Nils@bergsbo" in answer.text) is ("login" not in change)
    with world.as_home():
        assert not db.session.scalars(select(User).where(User.login == "nils@bergsbo")).all()


def test_a_user_name_taken_anywhere_is_taken(world: World) -> None:
    answer = world.desk().post("/desk/users/new", {**NEW, "login": "HOST@annan"})
    assert (answer.status_code, "Det finns redan en användare" in answer.text) == (409, True)


def test_a_new_code_replaces_a_forgotten_password(world: World) -> None:
    answer = world.desk().post(address(world, Role.HOST, "/code"))
    [code] = CODE.findall(answer.text)
    assert choose(Desk(world.app), "host@bergsbo", code) == 302


def test_who_may_not_sign_in_any_more_is_signed_out_at_once(world: World) -> None:
    other = world.desk(role=Role.COORDINATOR)
    assert other.get("/desk/places").status_code == 200
    changed = world.desk().post(address(world, Role.COORDINATOR), {"name": "Sam", "roles": ["coordinator"]})
    assert changed.status_code == 302
    assert other.get("/desk/places").status_code == 302
    with world.as_home():
        ended = db.session.scalars(
            select(DeskSession.ended_at).where(DeskSession.user_id == world.home.users[Role.COORDINATOR].id)
        ).all()
    assert all(ended)


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.DPO])
def test_a_supervisor_cannot_become_or_touch_who_oversees_them(world: World, role: Role) -> None:
    desk = world.desk()
    assert desk.get(address(world, role)).status_code == 403
    assert desk.post(address(world, role, "/code")).status_code == 403
    assert desk.post(address(world, role), {"name": "X", "roles": ["host"]}).status_code == 403
    assert desk.post("/desk/users/new", {**NEW, "roles": [role.value]}).status_code == 403
    host = {"name": "X", "roles": ["host", role.value], "is_active": "true"}
    assert desk.post(address(world, Role.HOST), host).status_code == 403
    page = desk.get("/desk/users").text
    assert str(world.home.users[role].id) not in page


def test_an_administrator_may_touch_everybody(world: World) -> None:
    desk = world.desk(role=Role.ADMINISTRATOR)
    form = {"name": "Dag", "roles": ["dpo", "administrator"], "is_active": "true"}
    assert desk.post(address(world, Role.DPO), form).status_code == 302
    assert user(world, "dpo@bergsbo").roles == ["administrator", "dpo"]


@pytest.mark.parametrize("form", [{"roles": ["administrator"]}, {"roles": ["host"], "is_active": "true"}])
def test_nobody_shuts_themselves_out(world: World, form: dict[str, Any]) -> None:
    desk = world.desk(role=Role.ADMINISTRATOR)
    assert desk.post(address(world, Role.ADMINISTRATOR), {"name": "Adam", **form}).status_code == 409


def test_ones_own_name_may_be_changed(world: World) -> None:
    desk = world.desk(role=Role.ADMINISTRATOR)
    page = desk.get(address(world, Role.ADMINISTRATOR)).text
    assert 'type="hidden" name="roles" value="administrator"' in page
    form = {"name": "Ada", "roles": ["administrator"], "is_active": "true"}
    assert desk.post(address(world, Role.ADMINISTRATOR), form).status_code == 302
    assert user(world, "administrator@bergsbo").name == "Ada"


def test_the_list_says_how_each_account_stands(world: World) -> None:
    desk = world.desk()
    desk.post("/desk/users/new", NEW)
    page = desk.get("/desk/users").text
    assert "engångskod väntar" in page
    assert "i bruk" in page
    assert PASSWORD not in page


def test_what_hosts_see_of_the_organisation_reaches_their_phones(world: World) -> None:
    phone, desk = world.phone(), world.desk(role=Role.ADMINISTRATOR)
    form = {"name": "Bergsbo", "on_call_name": "Jour", "on_call_phone": "031-765 43 21", "track_retention_hours": "48"}
    assert desk.post("/desk/organisation", form).status_code == 302
    [body] = phone.pulled("organisation").values()
    assert (body["on_call_name"], body["on_call_phone"]) == ("Jour", "031-765 43 21")
    with world.as_home():
        assert db.session.get_one(Organisation, world.home.id).track_retention_hours == 48


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("name", ""),
        ("on_call_phone", "ring mig"),
        ("on_call_phone", "112; rm -rf"),
        ("track_retention_hours", "-1"),
        ("track_retention_hours", "745"),
        ("track_retention_hours", "12.5"),
    ],
)
def test_an_impossible_setting_is_refused_and_nothing_changes(world: World, name: str, value: str) -> None:
    form = {"name": "Nytt", "on_call_name": "", "on_call_phone": "", "track_retention_hours": "72", name: value}
    answer = world.desk(role=Role.ADMINISTRATOR).post("/desk/organisation", form)
    assert (answer.status_code, "Något behöver rättas" in answer.text) == (422, True)
    with world.as_home():
        assert db.session.get_one(Organisation, world.home.id).name == "Bergsbo Bostäder AB"


def test_the_audit_is_read_page_by_page(world: World) -> None:
    desk = world.desk(role=Role.ADMINISTRATOR)
    with world.as_home(write=True):
        for number in range(40):
            audit.write(world.home.id, "photo:view", at=world.clock.now(), count=number)
    first = desk.get("/desk/audit").text
    [older] = re.findall(r'href="/desk/audit\?before=(\d+)" rel="next"', first)
    second = desk.get(f"/desk/audit?before={older}").text
    numbers = [
        int(found) for page in (first, second) for found in re.findall(r'<td class="number"[^>]*>(\d+)</td>', page)
    ]
    assert numbers == sorted(numbers, reverse=True)
    assert numbers[-1] == 1
    assert len(set(numbers)) == len(numbers)


def test_an_audit_that_was_changed_behind_our_back_is_found_out(world: World) -> None:
    desk = world.desk(role=Role.DPO)
    assert "Kedjan är hel" in desk.get("/desk/audit?check=true").text
    with world.as_home(write=True):
        db.session.execute(update(AuditEvent).where(AuditEvent.number == 3).values(reason="inget särskilt"))
    assert "Kedjan är bruten vid rad 3" in desk.get("/desk/audit?check=true").text


@pytest.mark.parametrize("query", ["before=x", "before=-1", "check=kanske"])
def test_an_address_of_the_audit_that_makes_no_sense_is_refused(world: World, query: str) -> None:
    assert world.desk(role=Role.DPO).get(f"/desk/audit?{query}").status_code == 422


@pytest.mark.parametrize(
    ("role", "pages"),
    [
        (Role.SUPERVISOR, {"users", "devices", "zones", "places", "paths", "categories", "receivers", "held"}),
        (
            Role.ADMINISTRATOR,
            {"users", "devices", "zones", "places", "paths", "categories", "receivers", "organisation", "audit"},
        ),
        (Role.COORDINATOR, {"zones", "places", "paths"}),
        (Role.DPO, {"audit"}),
    ],
)
def test_the_front_page_shows_what_the_reader_may_open(world: World, role: Role, pages: set[str]) -> None:
    page = world.desk(role=role).get("/desk/administration").text
    doors = set(re.findall(r'class="door" href="/desk/([a-z]+)"', page))
    assert doors == pages
    desk = world.desk(role=role)
    assert {desk.get(f"/desk/{name}").status_code for name in doors} == {200}


def test_every_page_of_the_administration_opens_on_each_kind_of_database(any_world: World) -> None:
    phone = any_world.phone()
    phone.acks(phone.record(), phone.record(str(uuid.uuid4())), phone.record_with_photo(b"a photo"))
    for role in (Role.SUPERVISOR, Role.ADMINISTRATOR):
        desk = any_world.desk(role=role)
        doors = re.findall(r'class="door" href="([^"]+)"', desk.get("/desk/administration").text)
        more = ["/desk/places?text=gård&kind=OutdoorSpace", f"/desk/places/{any_world.home.places['building'].id}"]
        assert {address: desk.get(address).status_code for address in [*doors, *more]} == dict.fromkeys(
            [*doors, *more], 200
        )
