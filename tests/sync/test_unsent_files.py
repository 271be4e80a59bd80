"""What a phone could not send comes in by a file: once, whatever else has happened, and told line by line where it is damaged."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import uuid
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from fieldapp.access.models import Device
from fieldapp.access.roles import Role
from fieldapp.infra.db import as_tenant, db
from fieldapp.kernel.time import to_ms
from fieldapp.observations.models import Observation
from fieldapp.sync.models import LedgerEntry, NamedBlob
from fieldapp.sync.unsent_files import LINE_BYTES_MAX, _lines
from tests.make.world import Phone, World

PHOTO = bytes(range(256)) * 40


def head(phone: Phone, **changes: Any) -> dict[str, Any]:
    return {"rond": "unsent", "v": 1, "device": phone.device, "app": "1.0.0", "saved_at": 0, **changes}


def parts(photo: bytes, size: int = 4096) -> list[dict[str, Any]]:
    sha256 = hashlib.sha256(photo).hexdigest()
    return [
        {"photo": sha256, "off": at, "part": base64.b64encode(photo[at : at + size]).decode()}
        for at in range(0, len(photo), size)
    ]


def written(lines: Iterable[Mapping[str, Any]]) -> bytes:
    return b"".join(json.dumps(line).encode() + b"\n" for line in lines)


def bring(world: World, content: bytes, role: Role = Role.SUPERVISOR) -> Any:
    desk, where = world.desk(role=role), "/desk/devices/import"
    file = FileStorage(io.BytesIO(content), "osant.rond", "file")
    boundary, body = encode_multipart({"file": file, "csrf_token": desk.token(where)})
    return desk.http.post(where, data=body, content_type=f"multipart/form-data; boundary={boundary}")


def counts(world: World, phone: Phone) -> tuple[int, int, int]:
    """Return how many operations, records and whole photos the server has of a phone."""
    with world.app.app_context(), as_tenant(phone.tenant.id, write=False):
        operations = db.session.scalar(select(func.count()).where(LedgerEntry.device_id == uuid.UUID(phone.device)))
        records = db.session.scalar(select(func.count()).select_from(Observation))
        photos = db.session.scalar(select(func.count()).where(NamedBlob.received_at.is_not(None)))
    return operations or 0, records or 0, photos or 0


def test_records_and_photos_of_a_file_are_there_as_if_the_phone_had_sent_them(any_world: World) -> None:
    phone = any_world.phone()
    ops = [phone.record(), phone.record_with_photo(PHOTO)]
    answer = bring(any_world, written([head(phone), *({"op": op} for op in ops), *parts(PHOTO)]))
    assert answer.status_code == 200
    assert counts(any_world, phone) == (2, 2, 1)
    assert [ack["st"] for ack in phone.acks(*ops)] == ["dup", "dup"]


def test_a_file_brought_twice_and_what_the_phone_has_sent_since_come_once(world: World) -> None:
    phone = world.phone()
    sent, photo = phone.record(), phone.record_with_photo(PHOTO)
    content = written([head(phone), {"op": sent}, {"op": photo}, *parts(PHOTO)])
    phone.acks(sent)
    for _ in range(2):
        assert bring(world, content).status_code == 200
    assert counts(world, phone) == (2, 2, 1)


def test_a_file_goes_on_where_the_phone_had_stopped_in_a_photo(world: World) -> None:
    phone = world.phone()
    record = phone.record_with_photo(PHOTO)
    phone.acks(record)
    assert phone.send_part(PHOTO, 0, 4096).json["off"] == 4096
    assert "gick inte att läsa" not in bring(world, written([head(phone), {"op": record}, *parts(PHOTO)])).text
    assert counts(world, phone)[2] == 1


def test_bringing_a_file_is_not_a_contact_of_the_phone(world: World) -> None:
    phone = world.phone()
    phone.push(unsent={"count": 7, "oldest": to_ms(world.clock.now())})
    with world.as_home():
        before = db.session.get_one(Device, uuid.UUID(phone.device)).last_contact_at
    world.clock.advance(timedelta(hours=1))
    bring(world, written([head(phone), {"op": phone.record()}]))
    with world.as_home():
        device = db.session.get_one(Device, uuid.UUID(phone.device))
        assert (device.last_contact_at, device.unsent_count) == (before, 7)


def test_what_a_revoked_phone_had_unsent_is_held_also_from_a_file(world: World) -> None:
    phone = world.phone()
    record = phone.record()
    world.desk().post(f"/desk/devices/{phone.device}/revoke", {"kind": "stolen"})
    assert bring(world, written([head(phone), {"op": record}])).status_code == 200
    with world.as_home():
        entry = db.session.scalars(select(LedgerEntry)).one()
    assert (entry.outcome, entry.why) == ("held", "revoked")


def test_lines_that_cannot_be_read_are_told_by_number_and_keep_nothing_else_out(world: World) -> None:
    phone = world.phone()
    stranger = hashlib.sha256(b"nobody named this").hexdigest()
    first, gap = parts(PHOTO)[0], parts(PHOTO)[2]
    lines = [
        written([head(phone)]),
        b"not json\n",
        written([{"op": {"id": "x"}}]),
        written([{"op": 7}]),
        written([{"photo": stranger, "off": 0, "part": "AAAA"}]),
        written([{"op": phone.record_with_photo(PHOTO)}, first, gap]),
        b'{"op": NaN}\n',
        b'"' + b"x" * (LINE_BYTES_MAX + 10) + b'"\n',
        written([{"op": phone.record()}])[:-1],
    ]
    page = bring(world, b"".join(lines)).text
    told = {number for number in range(1, 12) if f"Rad {number}:" in page}
    assert told == {2, 3, 4, 5, 8, 9, 10}
    assert counts(world, phone)[:2] == (2, 2)


@pytest.mark.parametrize("content", [b"", b"\x00\xff", b"[]\n", b'{"rond": "unsent"}\n', b"7\n" * 1000])
def test_what_is_no_such_file_changes_nothing(world: World, content: bytes) -> None:
    answer = bring(world, content)
    assert (answer.status_code, "ingen fil som Rond" in answer.text) == (422, True)


def test_a_file_of_another_organisations_phone_changes_nothing(world: World) -> None:
    foreign = world.phone(world.foreign)
    answer = bring(world, written([head(foreign), {"op": foreign.record()}]))
    assert answer.status_code == 422
    assert counts(world, foreign) == (0, 0, 0)


def test_a_file_may_be_larger_than_other_requests_for_who_is_signed_in_only(world: World) -> None:
    phone = world.phone()
    large = written([head(phone), {"op": phone.record()}]) + b"x" * (9 * 1024 * 1024)
    assert bring(world, large).status_code == 200
    kind = "multipart/form-data; boundary=x"
    nobody = world.app.test_client().post("/desk/devices/import", data=large, content_type=kind)
    assert nobody.status_code == 413


def test_who_brought_a_file_is_in_the_audit(world: World) -> None:
    phone = world.phone()
    bring(world, written([head(phone)]), Role.ADMINISTRATOR)
    assert "läste in en fil med osänt" in world.desk(role=Role.DPO).get("/desk/audit").text


@settings(max_examples=60)
@given(st.lists(st.binary(max_size=40)))
def test_whatever_is_in_a_file_every_line_is_numbered_once(lines: list[bytes]) -> None:
    whole = [line.replace(b"\n", b"") for line in lines]
    numbered = list(_lines(io.BytesIO(b"".join(line + b"\n" for line in whole))))
    assert [number for number, _document in numbered] == list(range(1, len(whole) + 1))
