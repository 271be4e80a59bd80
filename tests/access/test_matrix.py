"""Every route, every pulled kind and every operation answers each role as the hand-written table says.

`expected.csv`: a request, whose thing it is about (`-` none, `own`, `foreign`), and the status for each role; `nobody` is
signed out. Kinds and operations answer with a word instead of a status.
"""

from __future__ import annotations

import csv
import re
import uuid
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from fieldapp.access import permissions
from fieldapp.access.permissions import RULES, Permission, is_permitted
from fieldapp.access.roles import Actor, Role
from fieldapp.infra.changes import FeedRow
from fieldapp.infra.db import as_tenant, db
from fieldapp.kernel.time import to_ms
from tests.access.requests_of_routes import ask, routes, subject_argument
from tests.access.scene import UNKNOWN, Things, make_things
from tests.make.world import Phone, Tenant, World

pytestmark = pytest.mark.slow  # every route as every role

TABLE = list(csv.DictReader((Path(__file__).parent / "expected.csv").read_text(encoding="utf-8").splitlines()))
ROUTE_ROWS = [row for row in TABLE if row["request"].split()[0] in {"GET", "POST", "PATCH"}]
PULL_ROWS = [row for row in TABLE if row["request"].startswith("pull ")]
MAY_ROWS = [row for row in TABLE if row["request"].startswith("may ")]
OPERATION_ROWS = [row for row in TABLE if row["request"].startswith("op ")]
ROLES: list[Role | None] = [*Role, None]


def row_name(row: dict[str, str]) -> str:
    return f"{row['request']} ({row['subject']})"


def column(role: Role | None) -> str:
    return role.value if role is not None else "nobody"


def test_the_table_has_every_route_and_nothing_else(world: World) -> None:
    expected = {(row["request"], row["subject"]) for row in ROUTE_ROWS}
    found = set()
    for name, (_method, rule) in routes(world.app).items():
        subjects = ("own", "foreign") if subject_argument(rule) else ("-",)
        found |= {(name, subject) for subject in subjects}
    assert found - expected == set()
    assert expected - found == set()


@pytest.mark.parametrize("row", ROUTE_ROWS, ids=row_name)
def test_a_route_answers_each_role_as_the_table_says(world: World, row: dict[str, str]) -> None:
    things = _things(world, row["subject"])
    route = routes(world.app)[row["request"]]
    answers = {column(role): str(ask(world, row["request"], route, role, things).status_code) for role in ROLES}
    assert answers == {name: row[name] for name in answers}


def _things(world: World, subject: str) -> Things:
    if subject == "foreign":
        return make_things(world, world.foreign)
    return make_things(world, world.home) if subject == "own" else UNKNOWN


@pytest.mark.parametrize("name", sorted({row["request"] for row in ROUTE_ROWS if row["subject"] == "foreign"}))
def test_a_foreign_thing_is_answered_byte_for_byte_like_an_unknown_one(world: World, name: str) -> None:
    route = routes(world.app)[name]
    foreign = make_things(world, world.foreign)
    for role in (Role.SUPERVISOR, Role.ADMINISTRATOR, Role.HOST):
        theirs, none = (ask(world, name, route, role, things) for things in (foreign, UNKNOWN))
        assert theirs.status_code == none.status_code
        assert _without_chance(theirs) == _without_chance(none)
        assert theirs.status_code in {403, 404}


def _without_chance(answer: Any) -> tuple[bytes, list[tuple[str, str]]]:
    """Return body and headers without what differs from request to request: tokens against forgery and cookies."""
    body = re.sub(rb'(name="csrf_token"[^>]*value=|name="csrf-token"[^>]*content=)"[^"]*"', b"", answer.data)
    return body, sorted((name, value) for name, value in answer.headers if name not in {"Set-Cookie", "Content-Length"})


@pytest.mark.parametrize("row", PULL_ROWS, ids=row_name)
def test_a_pulled_kind_reaches_each_role_as_the_table_says(world: World, row: dict[str, str]) -> None:
    kind = row["request"].removeprefix("pull ")
    tenant = world.foreign if row["subject"] == "foreign" else world.home
    make_things(world, tenant)
    _hold_something(world, tenant)
    theirs = _ids_of(world, tenant, kind)
    assert theirs
    for role in Role:
        phone = world.phone(world.home, role)
        answer = phone.http.get("/api/v1/sync/pull", headers=phone.headers)
        if row[role.value] == "403":
            assert answer.status_code == 403
            continue
        seen = {found["id"] for found in phone.pull(anew=True) if found["kind"] == kind} & theirs
        assert ("yes" if seen else "no") == row[role.value], role


def _hold_something(world: World, tenant: Tenant) -> None:
    phone = world.phone(tenant)
    phone.acks(phone.operation("round.unknown"))


def _ids_of(world: World, tenant: Tenant, kind: str) -> set[str]:
    """Return the ids of a kind that anybody of the tenant may pull: its feed, whatever the audience."""
    with world.app.app_context(), as_tenant(tenant.id, write=False):
        return {str(found) for found in db.session.scalars(select(FeedRow.entity_id).where(FeedRow.kind == kind))}


@pytest.mark.parametrize("row", OPERATION_ROWS, ids=row_name)
def test_an_operation_of_each_role_ends_as_the_table_says(world: World, row: dict[str, str]) -> None:
    type_ = row["request"].removeprefix("op ")
    for role in Role:
        phone = world.phone(world.home, role)
        if row[role.value] == "403":
            assert phone.push(phone.operation(type_)).status_code == 403, role
            continue
        [ack] = phone.acks(_operation(phone, _owner(world, row["subject"], phone, role), type_))
        word = ack["st"] if ack["st"] == "ok" else f"held:{ack['why']}"
        assert word == row[role.value], role


def _owner(world: World, subject: str, phone: Phone, role: Role) -> Phone:
    """Return the phone whose things the operation is about."""
    if subject == "own":
        return phone
    if subject == "foreign":
        return world.phone(world.foreign, role)
    return world.phone(world.home, Role.SUPERVISOR if role is Role.HOST else Role.HOST)


def _operation(phone: Phone, target: Phone, type_: str) -> dict[str, Any]:
    """Make an operation of a type on a thing that `target` owns."""
    at = to_ms(phone.clock.now())
    place = str(target.tenant.places["yard"].id)
    if type_ == "round.start":
        return phone.operation(type_, data={"zone": str(target.tenant.zone.id), "party_size": 2})
    if type_ == "observation.record":
        return phone.operation(type_, data=phone.record_data(None, place=place))
    if type_ == "visit.check":
        return phone.operation(type_, data={"round": None, "place": place, "position": None, "how": "tap"})
    if type_.startswith("observation."):
        record = target.record()
        target.acks(record)
        data = {"set": {"severity": 1}} if type_.endswith("correct") else {"reason": "other"}
        return phone.operation(type_, record["entity"], data, base=1)
    start = target.operation("round.start", data={"zone": None, "party_size": 2})
    target.acks(start)
    round_id = start["entity"]
    data = {
        "track.segment": {
            "round": round_id, "part": 0, "carried": 0, "t0": at, "lat0": 57_750_000, "lon0": 11_980_000,
            "dt": [0], "dlat": [0], "dlon": [0], "acc": [50],
        },
        "gap.record": {"round": round_id, "from": at, "to": at, "reason": "hidden"},
        "walk.tell": {"round": round_id, "gap": None, "from": at, "to": at, "paths": [], "places": [place]},
        "round.end": {"reason": "done"},
        "round.join": {"with": None, "code": "K7QF3M"},
    }.get(type_, {})  # fmt: skip
    entity = None if type_ in {"track.segment", "gap.record", "walk.tell"} else round_id
    if type_ == "walk.untell":
        told = {"round": round_id, "gap": None, "from": at, "to": at, "paths": [], "places": [place]}
        target.acks(target.operation("walk.tell", round_id, told))
    return phone.operation(type_, entity, data)


def test_the_table_has_every_kind_and_every_operation(world: World) -> None:
    registry = world.app.extensions["rond_registry"]
    assert {row["request"].removeprefix("pull ") for row in PULL_ROWS} == {*registry.pulls, "op"}
    assert {row["request"].removeprefix("op ") for row in OPERATION_ROWS} == set(registry.operations)


class Subject:
    """Anything that a permission may be about, as the table names it."""

    def __init__(self, actor: Actor, name: str) -> None:
        self.tenant_id = uuid.uuid4() if name == "foreign" else actor.tenant_id
        self.author_id = uuid.uuid4() if name == "colleague" else actor.user_id
        self.is_closed = name != "open"
        self.trade = "EL" if name == "trade" else "KLO"


def _verdicts() -> list[dict[str, str]]:
    """Return what the permission map says, in the words of the table."""
    said = []
    for row in MAY_ROWS:
        found = dict(row)
        for role in Role:
            actor = Actor(uuid.UUID(int=1), uuid.UUID(int=2), frozenset({role}), trades=frozenset({"KLO"}))
            subject = None if row["subject"] == "-" else Subject(actor, row["subject"])
            permission = Permission(row["request"].removeprefix("may "))
            found[role.value] = "yes" if is_permitted(actor, permission, subject) else "no"
        said.append(found)
    return said


def test_the_permission_map_says_what_the_table_says() -> None:
    assert _verdicts() == MAY_ROWS
    assert {row["request"].removeprefix("may ") for row in MAY_ROWS} == {permission.value for permission in Permission}


def test_nobody_without_a_role_may_do_more_than_look_after_their_account() -> None:
    nobody = Actor(uuid.UUID(int=1), uuid.UUID(int=2), frozenset())
    assert {permission for permission in Permission if is_permitted(nobody, permission)} == {Permission.ACCOUNT_OWN}


PREDICATES = [
    (permission, rule, place)
    for permission, rules in RULES.items()
    for rule in range(len(rules))
    for place in range(len(rules[rule]))
    if rules[rule][place] is not permissions.is_anybody
]


@pytest.mark.parametrize(("permission", "rule", "place"), PREDICATES)
def test_a_map_without_one_of_its_predicates_is_not_what_the_table_says(
    monkeypatch: pytest.MonkeyPatch, permission: Permission, rule: int, place: int
) -> None:
    rules = [list(one) for one in RULES[permission]]
    del rules[rule][place]
    monkeypatch.setitem(RULES, permission, tuple(tuple(one) for one in rules))
    assert _verdicts() != MAY_ROWS
