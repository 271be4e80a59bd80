"""Accounts: one-time codes, passwords, sessions and devices; what is answered to whom, and what the audit keeps of it."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from fieldapp.access import audit, service
from fieldapp.access.commands import AddUser, ChangeUser
from fieldapp.access.models import AuditEvent, Device, User
from fieldapp.access.roles import Role
from fieldapp.infra.db import ACROSS_TENANTS, TenantMissing, db, transaction
from tests.make.world import PASSWORD, Phone, World

NEW = "ny lösenmening 7"


def add_user(world: World, login: str = "nykomling@bergsbo") -> tuple[User, str]:
    with world.as_home(write=True):
        return service.add_user(world.home.id, AddUser(login, "Ny Värd", (Role.HOST,)), clock=world.clock)


def first_sign_in(phone: Phone, login: str, code: str, new_password: str = NEW) -> tuple[int, str | None]:
    body = {
        "login": login,
        "code": code,
        "new_password": new_password,
        "device": phone.device,
        "db_id": str(uuid.uuid4()),
        "app": "1.0.0",
    }
    answer = phone.http.post("/api/v1/phone/first-sign-in", json=body, headers=phone.headers)
    return answer.status_code, (answer.json or {}).get("code")


def unused_phone(world: World) -> Phone:
    return Phone(world.app, world.clock, world.home)


def test_a_one_time_code_becomes_a_password_once(world: World) -> None:
    _user, code = add_user(world)
    phone = unused_phone(world)
    assert first_sign_in(phone, "nykomling@bergsbo", code.lower()) == (200, None)
    assert first_sign_in(unused_phone(world), "nykomling@bergsbo", code) == (401, "wrong_credentials")
    assert unused_phone(world).sign_in("nykomling@bergsbo", NEW).status_code == 200


def test_a_code_is_void_after_seven_days_and_when_a_new_one_is_given(world: World) -> None:
    user, old = add_user(world)
    with world.as_home(write=True):
        new = service.issue_code(db.session.get_one(User, user.id), clock=world.clock)
    assert first_sign_in(unused_phone(world), "nykomling@bergsbo", old)[0] == 401
    world.clock.advance(timedelta(days=7, seconds=1))
    assert first_sign_in(unused_phone(world), "nykomling@bergsbo", new)[0] == 401


def test_a_forgotten_password_is_replaced_by_a_new_code(world: World) -> None:
    host = world.home.users[Role.HOST]
    with world.as_home(write=True):
        code = service.issue_code(db.session.get_one(User, host.id), clock=world.clock)
    assert unused_phone(world).sign_in(host.login, PASSWORD).status_code == 200
    assert first_sign_in(unused_phone(world), host.login, code) == (200, None)
    assert unused_phone(world).sign_in(host.login, PASSWORD).status_code == 401


@pytest.mark.parametrize("weak", ["short", "aaaaaaaaaaaa", "nykomling123"])
def test_a_weak_password_is_refused_and_the_code_is_kept(world: World, weak: str) -> None:
    _user, code = add_user(world)
    assert first_sign_in(unused_phone(world), "nykomling@bergsbo", code, weak) == (422, "weak_password")
    assert first_sign_in(unused_phone(world), "nykomling@bergsbo", code) == (200, None)


def test_the_code_given_as_password_says_that_a_password_is_to_be_chosen(world: World) -> None:
    _user, code = add_user(world)
    answer = unused_phone(world).sign_in("nykomling@bergsbo", code)
    assert (answer.status_code, answer.json["code"]) == (403, "code_required")


def test_nobody_learns_which_logins_exist(world: World) -> None:
    add_user(world)
    with world.as_home(write=True):
        db.session.get_one(User, world.home.users[Role.PARTNER].id).is_active = False
    answers = {
        unused_phone(world).sign_in(login, "fel lösenord 1").data
        for login in ("finns@inte", "host@bergsbo", "nykomling@bergsbo", "partner@bergsbo")
    }
    assert len(answers) == 1
    assert unused_phone(world).sign_in("partner@bergsbo").status_code == 401


def test_changing_ones_password_needs_the_old_one(world: World) -> None:
    phone = world.phone()
    wrong = {"password": "fel lösenord 1", "new_password": NEW}
    assert phone.http.post("/api/v1/phone/password", json=wrong, headers=phone.headers).status_code == 401
    right = {"password": PASSWORD, "new_password": NEW}
    assert phone.http.post("/api/v1/phone/password", json=right, headers=phone.headers).status_code == 204
    assert unused_phone(world).sign_in(world.home.users[Role.HOST].login, NEW).status_code == 200


def test_one_phone_serves_two_users_and_sends_what_the_first_left(world: World) -> None:
    phone = world.phone()
    left = phone.record()
    second = Phone(world.app, world.clock, world.home)
    second.http = phone.http
    assert second.sign_in(world.home.users[Role.SUPERVISOR].login).status_code == 200
    assert phone.acks(left)[0]["st"] == "ok"
    assert second.acks(second.record())[0]["st"] == "ok"


def test_a_store_of_another_user_is_not_given_away(world: World) -> None:
    phone = world.phone()
    answer = phone.sign_in(world.home.users[Role.SUPERVISOR].login)
    assert (answer.status_code, answer.json["code"]) == (409, "device_of_another")


def test_a_phone_that_lost_its_cookie_comes_back_with_its_store(world: World) -> None:
    phone = world.phone()
    record = phone.record()
    phone.http = world.app.test_client()
    assert phone.push(record).status_code == 401
    assert phone.sign_in(world.home.users[Role.HOST].login).status_code == 200
    assert phone.acks(record)[0]["st"] == "ok"


def test_a_revoked_device_cannot_sign_in_again(world: World) -> None:
    phone = world.phone()
    with world.as_home(write=True):
        device = db.session.get_one(Device, uuid.UUID(phone.device))
        service.revoke_device(world.home.actor(Role.SUPERVISOR), device, "stolen", clock=world.clock)
    answer = phone.sign_in(world.home.users[Role.HOST].login)
    assert (answer.status_code, answer.json["code"], answer.json["wipe"]) == (403, "device_revoked", "now")


def test_cookies_are_http_only_and_lax(world: World) -> None:
    phone = unused_phone(world)
    cookie = phone.sign_in(world.home.users[Role.HOST].login).headers["Set-Cookie"]
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= {part.strip() for part in cookie.split(";")}


def test_a_desk_session_ends_after_twelve_idle_hours(world: World) -> None:
    desk = world.desk()
    world.clock.advance(timedelta(hours=11))
    assert desk.get("/desk/account").status_code == 200
    world.clock.advance(timedelta(hours=11))
    assert desk.get("/desk/account").status_code == 200
    world.clock.advance(timedelta(hours=12, minutes=1))
    assert desk.get("/desk/account").status_code == 302


def test_a_user_who_is_shut_out_is_out_at_once(world: World) -> None:
    desk, phone = world.desk(role=Role.HOST), world.phone()
    with world.as_home(write=True):
        user = db.session.get_one(User, world.home.users[Role.HOST].id)
        command = ChangeUser(user.name, (Role.HOST,), is_active=False)
        service.change_user(world.home.actor(Role.ADMINISTRATOR), user, command, clock=world.clock)
    assert desk.get("/desk/account").status_code == 302
    assert phone.http.get("/api/v1/sync/pull", headers=phone.headers).status_code == 401


def test_signing_out_ends_the_session_on_the_server(world: World) -> None:
    desk = world.desk()
    cookie = desk.http.get_cookie("rond")
    assert cookie is not None
    desk.post("/desk/sign-out")
    desk.http.set_cookie("rond", cookie.value)
    assert desk.get("/desk/account").status_code == 302


@pytest.mark.parametrize("target", ["https://example.com/", "//example.com", "/\\example.com", "/pwa/", "javascript:1"])
def test_sign_in_leads_nowhere_but_to_our_own_pages(world: World, target: str) -> None:
    from tests.make.world import Desk

    desk = Desk(world.app)
    form = {"login": world.home.users[Role.SUPERVISOR].login, "password": PASSWORD}
    answer = desk.post("/desk/sign-in", form, query_string={"next": target})
    assert answer.headers["Location"] == "/desk/"


def test_a_form_without_its_token_changes_nothing(world: World) -> None:
    desk = world.desk()
    answer = desk.http.post("/desk/account/language", data={"language": "en"})
    assert answer.status_code == 400
    with world.as_home():
        assert db.session.get_one(User, world.home.users[Role.SUPERVISOR].id).language == "sv"


def test_the_audit_is_a_chain_that_shows_a_change(any_world: World) -> None:
    any_world.phone()
    with any_world.as_home():
        assert audit.broken_link() is None
        assert len(db.session.scalars(select(AuditEvent)).all()) > 8
    with any_world.as_home(write=True):
        db.session.execute(update(AuditEvent).where(AuditEvent.number == 3).values(action="nothing:happened"))
    with any_world.as_home():
        assert audit.broken_link() == 3


def test_a_tenants_table_cannot_be_read_before_somebody_says_whose(world: World) -> None:
    with world.app.app_context(), transaction(write=False), pytest.raises(TenantMissing):
        db.session.scalars(select(User)).all()


def test_rows_of_other_tenants_are_not_there(world: World) -> None:
    with world.as_home():
        logins = set(db.session.scalars(select(User.login)))
        everybody = set(db.session.scalars(select(User.login), execution_options=ACROSS_TENANTS))
    assert logins == {user.login for user in world.home.users.values()}
    assert len(everybody) == 2 * len(logins)
