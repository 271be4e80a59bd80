"""A request that is wrong as a whole gets a 4xx with problem JSON, changes nothing and costs no more than its bound."""

import gzip
import json
import zlib
from typing import Any

import pytest
from sqlalchemy import func, select

from fieldapp.infra.db import db
from fieldapp.sync.models import LedgerEntry
from tests.make.world import Phone, World

JSON = {"Content-Type": "application/json"}


def post(phone: Phone, body: bytes, **headers: str) -> Any:
    return phone.http.post("/api/v1/sync/push", data=body, headers={**phone.headers, **JSON, **headers})


def stored(world: World) -> int:
    with world.as_home():
        return db.session.execute(select(func.count()).select_from(LedgerEntry)).scalar_one()


def bodies(phone: Phone) -> dict[str, tuple[bytes, dict[str, str], int, str]]:
    batch = phone.batch(phone.record())
    good = json.dumps(batch).encode()
    bomb = gzip.compress(b" " * 50_000_000)
    deep = good.replace(b'"floor": null', b'"floor": ' + b"[" * 20_000 + b"]" * 20_000)
    return {
        "nothing": (b"", {}, 400, "malformed"),
        "no JSON": (b"{", {}, 400, "malformed"),
        "a list": (b"[]", {}, 400, "malformed"),
        "not a number": (good.replace(b'"tz": 60', b'"tz": NaN'), {}, 400, "malformed"),
        "not UTF-8": (good.replace(b"SK01", b"SK\xff1"), {}, 400, "malformed"),
        "too deep": (deep, {}, 400, "malformed"),
        "other media type": (good, {"Content-Type": "text/plain"}, 400, "malformed"),
        "too long": (b" " * 300_000, {}, 413, "too_large"),
        "a bomb": (bomb, {"Content-Encoding": "gzip"}, 413, "too_large"),
        "cut gzip": (gzip.compress(good)[:-9], {"Content-Encoding": "gzip"}, 400, "malformed"),
        "no gzip": (good, {"Content-Encoding": "gzip"}, 400, "malformed"),
        "two gzip members": (gzip.compress(good) * 2, {"Content-Encoding": "gzip"}, 400, "malformed"),
        "another coding": (zlib.compress(good), {"Content-Encoding": "deflate"}, 400, "malformed"),
        "too many operations": (
            json.dumps({**batch, "ops": [{} for _ in range(201)]}).encode(),
            {},
            413,
            "too_large",
        ),
        "another protocol": (json.dumps({**batch, "proto": 2}).encode(), {}, 422, "invalid"),
        "an unknown key": (json.dumps({**batch, "tenant": "x"}).encode(), {}, 422, "invalid"),
        "no clock": (json.dumps({k: v for k, v in batch.items() if k != "clock"}).encode(), {}, 422, "invalid"),
        "an operation without id": (json.dumps({**batch, "ops": [{"n": 1}]}).encode(), {}, 422, "invalid"),
        "an operation that is text": (json.dumps({**batch, "ops": ["x"]}).encode(), {}, 422, "invalid"),
    }


WHATS = (
    "nothing",
    "no JSON",
    "a list",
    "not a number",
    "not UTF-8",
    "too deep",
    "other media type",
    "too long",
    "a bomb",
    "cut gzip",
    "no gzip",
    "two gzip members",
    "another coding",
    "too many operations",
    "another protocol",
    "an unknown key",
    "no clock",
    "an operation without id",
    "an operation that is text",
)


@pytest.mark.parametrize("what", WHATS)
def test_a_batch_that_cannot_be_read_is_refused_whole(world: World, what: str) -> None:
    phone = world.phone()
    body, headers, status, code = bodies(phone)[what]
    answer = post(phone, body, **headers)
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    assert answer.json["code"] == code
    assert stored(world) == 0


def test_a_push_without_the_clients_header_is_refused(world: World) -> None:
    phone = world.phone()
    headers = {"X-Rond-Device": phone.device, **JSON}
    answer = phone.http.post("/api/v1/sync/push", data=json.dumps(phone.batch(phone.record())), headers=headers)
    assert (answer.status_code, answer.json["code"]) == (403, "csrf")
    foreign = post(phone, json.dumps(phone.batch(phone.record())).encode(), **{"Sec-Fetch-Site": "cross-site"})
    assert (foreign.status_code, foreign.json["code"]) == (403, "csrf")
    assert stored(world) == 0


@pytest.mark.parametrize("device", ["", "nonsense", "00000000-0000-0000-0000-000000000000"])
def test_a_device_that_is_not_on_this_phone_is_signed_out(world: World, device: str) -> None:
    phone = world.phone()
    answer = post(phone, b"{}", **{"X-Rond-Device": device})
    assert (answer.status_code, answer.json["code"]) == (401, "signed_out")


def test_another_phones_device_is_signed_out(world: World) -> None:
    phone, other = world.phone(), world.phone()
    answer = post(phone, json.dumps(phone.batch()).encode(), **{"X-Rond-Device": other.device})
    assert answer.status_code == 401


def test_a_token_that_is_too_old_is_signed_out(world: World) -> None:
    from datetime import timedelta

    phone = world.phone()
    world.clock.advance(timedelta(days=91))
    assert phone.push(phone.record()).status_code == 401
    assert phone.sign_in(world.home.users[next(iter(world.home.users))].login).status_code == 200


def test_a_method_or_address_that_is_none_is_a_problem(world: World) -> None:
    phone = world.phone()
    assert phone.http.get("/api/v1/sync/push", headers=phone.headers).json["code"] == "method_not_allowed"
    missing = phone.http.get("/api/v1/nothing", headers=phone.headers)
    assert (missing.status_code, missing.json["code"]) == (404, "not_found")
