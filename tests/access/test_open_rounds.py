"""Every page, list, file and answer, as every role: where a round that is going on is, and who walks, is in none of them.

The routes are those the application has, so that a new one is asked too. A canary stands for what must not come out: a
coordinate that only the tracks of an open round have, and a name that only its host has.
"""

from __future__ import annotations

import io
import uuid
import zipfile
from typing import Any

import pytest
from sqlalchemy import update

from fieldapp.access.models import User
from fieldapp.access.roles import Role
from fieldapp.infra.db import db
from fieldapp.kernel.time import to_ms
from tests.access.requests_of_routes import ask, routes, subject_argument
from tests.access.scene import UNKNOWN, Things, make_things
from tests.make.world import Phone, World

pytestmark = pytest.mark.slow  # every route as every role

LAT_MICRODEG, LON_MICRODEG = 57_761_357, 11_992_468
POSITIONS = ("57.76135", "11.99246", "57761357", "11992468", "57,76135", "11,99246")
NAME, LOGIN = "Kanarie Fågelsson", "host@bergsbo"
OF_USERS = ("/desk/users", "/desk/audit", "/desk/held", "/desk/devices")
"""Pages whose subject is accounts, their phones, and what a phone sent that waits for a decision."""
OF_ONESELF = ("/desk/account", "/api/v1/phone/me")


def walk_on(phone: Phone) -> str:
    """Start a round with a track and a gap, and do not end it."""
    round_id, at = phone.start_round(), to_ms(phone.clock.now())
    steps = 60
    track = {
        "round": round_id, "part": 0, "carried": 0, "t0": at, "lat0": LAT_MICRODEG, "lon0": LON_MICRODEG,
        "dt": [0] + [1000] * (steps - 1), "dlat": [0] * steps, "dlon": [0] * steps, "acc": [50] * steps,
    }  # fmt: skip
    gap = {"round": round_id, "from": at + 60_000, "to": at + 360_000, "reason": "hidden"}
    acks = phone.acks(phone.operation("track.segment", data=track), phone.operation("gap.record", data=gap))
    assert [ack["st"] for ack in acks] == ["ok", "ok"]
    return round_id


@pytest.fixture
def things(world: World) -> Things:
    """Everything a route may be asked about, the round among it being one that goes on."""
    found = make_things(world, world.home)
    home = world.home.users[Role.HOST]
    with world.as_home(write=True):
        db.session.execute(
            update(User).where(User.id == home.id).values(name=NAME),
            execution_options={"synchronize_session": False},
        )
    assert home.login == LOGIN
    return Things(**{**vars(found), "round_id": walk_on(world.phone())})


def text_of(answer: Any) -> str:
    """Return all that an answer says; of a workbook, the text of its sheets."""
    body: bytes = answer.data
    if body[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(body)) as parts:
            body = b"\n".join(parts.read(name) for name in parts.namelist())
    return body.decode("utf-8", "replace")


def answers(world: World, things: Things) -> dict[tuple[str, str], str]:
    """Ask every route that only reads, as every role. Return what each said."""
    said = {}
    for name, route in routes(world.app).items():
        if route[0] != "GET":
            continue
        about = things if subject_argument(route[1]) else UNKNOWN
        for role in Role:
            said[name.removeprefix("GET "), role.value] = text_of(ask(world, name, route, role, about))
    return said


def test_no_answer_tells_where_an_open_round_is_or_who_walks(world: World, things: Things) -> None:
    said = answers(world, things)
    assert len(said) > 200
    where = {at for at, text in said.items() if any(position in text for position in POSITIONS)}
    assert where == set()
    named = {
        (path, role)
        for (path, role), text in said.items()
        if (NAME in text or LOGIN in text or str(world.home.users[Role.HOST].id) in text)
        and not path.startswith(OF_USERS)
        and not (path.startswith(OF_ONESELF) and role == Role.HOST)
    }
    assert named == set()


def test_a_closed_round_that_is_opened_shows_what_the_test_above_looks_for(world: World, things: Things) -> None:
    """The canary sings where it may: otherwise the test above would look for something nobody ever shows."""
    phone = world.phone()
    round_id = walk_on(phone)
    phone.acks(phone.operation("round.end", round_id, {"reason": "done"}))
    desk = world.desk(role=Role.SUPERVISOR)
    opened = desk.post(f"/desk/rounds/{uuid.UUID(round_id)}", {"reason": "Uppföljning av en skada"})
    shown = desk.get(opened.headers["Location"]).text
    assert any(position in shown for position in POSITIONS)
