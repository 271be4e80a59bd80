"""What the desk sees of phones: devices with what they have not sent, and operations that are held."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldapp.access.models import Device
from fieldapp.access.roles import Role
from fieldapp.infra.db import db
from fieldapp.kernel.time import to_ms
from fieldapp.sync.held_view import held_line
from fieldapp.sync.models import LedgerEntry
from fieldapp.sync.queries import WAITS_UNSEEN
from tests.make.world import World

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=4),
    max_leaves=12,
)


def device(world: World, device_id: str) -> Device:
    with world.as_home():
        return db.session.get_one(Device, uuid.UUID(device_id))


def test_the_list_says_what_a_phone_has_not_sent(world: World) -> None:
    phone = world.phone()
    yesterday = to_ms(world.clock.now() - timedelta(days=1))
    phone.push(phone.record(), unsent={"count": 4, "oldest": yesterday})
    page = world.desk().get("/desk/devices").text
    assert "3 poster" in page
    assert "äldst igår" in page


def test_the_list_tells_holes_in_a_phones_numbering_and_photos_that_have_not_come(world: World) -> None:
    phone = world.phone()
    first, _lost, third = phone.record(), phone.record(), phone.record_with_photo(b"a photo")
    phone.acks(first, third)
    page = world.desk().get("/desk/devices").text
    assert "1 post<" in page
    assert "1 foto<" in page


def test_a_phone_from_which_nothing_is_missing_says_so(world: World) -> None:
    phone = world.phone()
    phone.push(phone.record(), unsent={"count": 0, "oldest": None})
    assert world.desk().get("/desk/devices").text.count(">inget") == 2


@pytest.mark.parametrize(("kind", "wipe"), [("lost", "after_sync"), ("stolen", "now")])
def test_a_revoked_device_pulls_no_more_and_what_it_sends_is_held(world: World, kind: str, wipe: str) -> None:
    phone, desk = world.phone(), world.desk()
    assert desk.post(f"/desk/devices/{phone.device}/revoke", {"kind": kind}).status_code == 302
    answer = phone.http.get("/api/v1/sync/pull", headers=phone.headers)
    assert (answer.status_code, answer.json["wipe"]) == (403, wipe)
    assert [ack["st"] for ack in phone.acks(phone.record())] == ["held"]
    assert "Spärrade" in desk.get("/desk/devices").text


def test_a_device_is_revoked_once(world: World) -> None:
    phone, desk = world.phone(), world.desk()
    for _ in range(2):
        assert desk.post(f"/desk/devices/{phone.device}/revoke", {"kind": "lost"}).status_code == 302
        world.clock.advance(timedelta(hours=1))
    assert device(world, phone.device).revoked_at == world.clock.now() - timedelta(hours=2)
    assert "redan spärrad" in desk.get(f"/desk/devices/{phone.device}/revoke").text


@pytest.mark.parametrize("form", [{}, {"kind": "trasig"}])
def test_why_a_device_is_revoked_must_be_said(world: World, form: dict[str, str]) -> None:
    phone = world.phone()
    answer = world.desk().post(f"/desk/devices/{phone.device}/revoke", form)
    assert (answer.status_code, "borttappad eller stulen" in answer.text) == (422, True)
    assert device(world, phone.device).revoked_at is None


def test_a_held_operation_is_shown_with_what_why_and_when(world: World) -> None:
    phone = world.phone()
    phone.acks(phone.record(str(uuid.uuid4()), note="Ring 070-123 45 67 om lampan", category="BE02"))
    world.clock.advance(WAITS_UNSEEN)
    page = world.desk().get("/desk/held").text
    assert "en iakttagelse eller skada" in page
    assert "Väntar på något annat" in page
    assert "BE02" in page
    assert "om lampan" in page
    assert "123 45 67" not in page
    assert "1 post, senast mottagen först" in page


def test_a_foreign_operation_is_in_nobody_elses_list(world: World) -> None:
    foreign = world.phone(world.foreign)
    foreign.acks(foreign.operation("round.unknown"))
    assert "Inget väntar" in world.desk().get("/desk/held").text


def test_a_long_list_of_held_operations_goes_on_where_it_stopped(world: World) -> None:
    phone = world.phone()
    phone.acks(*(phone.operation("round.unknown", data={"note": f"nummer {number}"}) for number in range(120)))
    desk, address, seen = world.desk(), "/desk/held", []
    while address:
        page = desk.get(address).text
        seen += re.findall(r"nummer (\d+)", page)
        more = re.findall(r'href="(/desk/held\?after=[^"]+)"', page)
        address = more[0] if more else ""
    assert sorted(map(int, seen)) == list(range(120))


def test_who_looked_at_held_operations_is_in_the_audit(world: World) -> None:
    world.desk().get("/desk/held")
    assert "såg poster som väntar" in world.desk(role=Role.DPO).get("/desk/audit").text


@given(JSON)
def test_whatever_stands_in_a_held_operation_it_can_be_shown(body: Any) -> None:
    entry = LedgerEntry(id=uuid.uuid4(), type="x", why="invalid", by_id=uuid.uuid4(), body={"data": body, "at": body})
    line = held_line(entry)
    assert isinstance(line.note, str)
    assert line.severity in {None, 1, 2, 3, 4}
