"""Real connections to a served installation, cut after each byte of each part of a photo: what came is kept."""

from __future__ import annotations

import base64
import hashlib
import socket
import struct
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from fieldapp.access.roles import Role
from fieldapp.kernel.time import FixedClock
from tests.faults.full_batch import photo
from tests.faults.http_phone import HttpClient, HttpPhone
from tests.faults.served import Served
from tests.make.world import World

PHOTO = photo("cut in the air", 300)
SHA256 = hashlib.sha256(PHOTO).hexdigest()
PART = 100


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime.now(UTC))


@pytest.fixture
def phone(world: World) -> Iterator[HttpPhone]:
    """A phone that has named its photo to a server of its own, over HTTP."""
    settings = world.app.extensions["rond_settings"]
    server = Served(settings.data_dir, settings.database_url)
    server.start()
    try:
        phone = HttpPhone(world.app, world.clock, world.home, port=server.port)
        assert phone.sign_in(world.home.users[Role.HOST].login).status_code == 200
        phone.acks(phone.record_with_photo(PHOTO))
        yield phone
    finally:
        server.stop()


def request(phone: HttpPhone, offset: int) -> bytes:
    """Return the request that sends a part, as it travels."""
    part = PHOTO[offset : offset + PART]
    digest = base64.b64encode(hashlib.sha256(part).digest()).decode()
    cookies = cast("HttpClient", phone.http).cookies
    headers = {
        "Host": f"127.0.0.1:{phone.port}",
        **phone.headers,
        "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
        "Content-Type": "application/octet-stream",
        "Content-Length": str(len(part)),
        "Upload-Offset": str(offset),
        "Upload-Length": str(len(PHOTO)),
        "Upload-Complete": "?1" if offset + PART >= len(PHOTO) else "?0",
        "Content-Digest": f"sha-256=:{digest}:",
    }
    lines = [f"PATCH /api/v1/sync/blobs/{SHA256} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + part


def send_and_cut(phone: HttpPhone, sent: bytes, *, is_reset: bool) -> None:
    """Send so much of a request, and break the connection: by its end, or by a reset."""
    with socket.create_connection(("127.0.0.1", phone.port), timeout=20) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if is_reset:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.sendall(sent)


def offset_of(phone: HttpPhone) -> dict[str, Any]:
    have = phone.http.post("/api/v1/sync/blobs/have", json={"sha256": [SHA256]}, headers=phone.headers)
    return dict(have.json["blobs"][SHA256])


def come_to(phone: HttpPhone, offset: int) -> dict[str, Any]:
    """Ask until the server, which notices a cut a moment later, has come to an offset. Return its last answer."""
    end = time.monotonic() + 5
    while (answer := offset_of(phone))["off"] != offset and time.monotonic() < end:
        time.sleep(0.002)
    return answer


@pytest.mark.slow
@pytest.mark.parametrize(("is_reset", "every"), [(False, 1), (True, 9)])
def test_a_connection_cut_after_any_byte_leaves_a_photo_that_goes_on_and_ends_whole(
    world: World, phone: HttpPhone, *, is_reset: bool, every: int
) -> None:
    store = world.app.extensions["rond_blobs"]
    for offset in range(0, len(PHOTO), PART):
        kept = offset
        for missing in range(PART, 0, -every):
            store.discard_received(world.home.id, SHA256)
            if offset:
                phone.send_part(PHOTO, 0, offset)
            send_and_cut(phone, request(phone, offset)[:-missing], is_reset=is_reset)
            kept = offset + PART - missing
            assert come_to(phone, kept) == {"off": kept, "done": False}, f"cut {missing} bytes before the end"
        send_and_cut(phone, request(phone, kept), is_reset=False)  # all has come, and nobody hears the answer
        after = min(kept + PART, len(PHOTO))
        assert come_to(phone, after)["off"] == after
    assert come_to(phone, len(PHOTO)) == {"off": len(PHOTO), "done": True}
    assert store.received_path(world.home.id, SHA256).read_bytes() == PHOTO
