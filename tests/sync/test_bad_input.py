"""A batch that is wrong as a whole: the exact answer, nothing changed anywhere, and no more memory than its bound.

One place for all that can be wrong with a push: here what is refused whole; `test_bad_input_operations` what is
answered for one operation; `test_bad_input_photos` what is wrong with photos and the other calls.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from fieldapp.sync.protocol import PUSH_BYTES_MAX
from tests.faults.measuring import MIB, problem, within_memory
from tests.faults.whole_state import whole_state
from tests.make.world import Phone, World

BATCH_MEMORY_MAX = 16 * MIB
"""64 times the largest body: what JSON of the emptiest lists and shortest keys becomes in Python."""

Batch = dict[str, Any]


@dataclass(frozen=True)
class Wrong:
    """A body and headers that are wrong, and the answer's JSON."""

    body: Callable[[Batch], bytes]
    answer: dict[str, Any]
    headers: dict[str, str] = field(default_factory=dict)


def as_json(batch: Any) -> bytes:
    return json.dumps(batch).encode()


def having(**change: Any) -> Callable[[Batch], bytes]:
    """Return what makes the batch with other values."""
    return lambda batch: as_json({**batch, **change})


def with_operation(**change: Any) -> Callable[[Batch], bytes]:
    """Return what makes the batch with another operation in it."""
    return lambda batch: as_json({**batch, "ops": [{**batch["ops"][0], **change}]})


def replaced(old: bytes, new: bytes) -> Callable[[Batch], bytes]:
    """Return what makes the batch's text with other bytes in it."""

    def make(batch: Batch) -> bytes:
        text = as_json(batch)
        assert old in text
        return text.replace(old, new)

    return make


def filled(item: Callable[[int], str], before: str, after: str) -> Callable[[Batch], bytes]:
    """Return what fills a body with as many items as it may be long."""

    def make(_batch: Batch) -> bytes:
        items: list[str] = []
        size = len(before) + len(after)
        for number in count():
            size += len(item(number)) + 1
            if size > PUSH_BYTES_MAX:
                return f"{before}{','.join(items)}{after}".encode()
            items.append(item(number))
        raise AssertionError

    return make


def bomb(_batch: Batch) -> bytes:
    """Return 100 MB of spaces in 100 kB."""
    packer = zlib.compressobj(9, wbits=31)
    return b"".join(packer.compress(b" " * 1_000_000) for _ in range(100)) + packer.flush()


NOT_JSON = problem(400, "malformed", "a batch is JSON")
CUT = problem(400, "malformed", "the gzip body is cut short or has something after it")
TOO_LONG = problem(413, "too_large", "too_large", limit_bytes=PUSH_BYTES_MAX)
TOO_MANY = problem(413, "too_large", "too_large", limit_ops=200)
GZIP = {"Content-Encoding": "gzip"}
HEAD = '{"proto": 1, "epoch": null, "app": "1", "clock": {"wall": 1, "mono": 1}, "unsent": {"count": 0, "oldest": null}'
MISSING = ["Missing data for required field."]


def invalid(**errors: Any) -> dict[str, Any]:
    return problem(422, "invalid", errors=errors)


def in_first(**errors: list[str]) -> dict[str, Any]:
    return invalid(ops={"0": errors})


WRONG: dict[str, Wrong] = {
    "nothing": Wrong(lambda _: b"", NOT_JSON),
    "cut JSON": Wrong(lambda batch: as_json(batch)[:-20], NOT_JSON),
    "a list": Wrong(lambda _: b"[]", problem(400, "malformed", "a batch is an object")),
    "not a number": Wrong(replaced(b'"tz": 60', b'"tz": NaN'), NOT_JSON),
    "infinite": Wrong(replaced(b'"tz": 60', b'"tz": -Infinity'), NOT_JSON),
    "a number of 100,000 digits": Wrong(replaced(b'"tz": 60', b'"tz": ' + b"9" * 100_000), NOT_JSON),
    "not UTF-8": Wrong(replaced(b"SK01", b"SK\xff1"), NOT_JSON),
    "too deep": Wrong(replaced(b'"floor": null', b'"floor": ' + b"[" * 20_000 + b"]" * 20_000), NOT_JSON),
    "other media type": Wrong(
        as_json, problem(400, "malformed", "a batch is application/json"), {"Content-Type": "text/plain"}
    ),
    "longer than allowed by one": Wrong(lambda batch: as_json(batch).ljust(PUSH_BYTES_MAX + 1), TOO_LONG),
    "inflated longer by one": Wrong(
        lambda batch: gzip.compress(as_json(batch).ljust(PUSH_BYTES_MAX + 1)), TOO_LONG, GZIP
    ),
    "a bomb": Wrong(bomb, TOO_LONG, GZIP),
    "cut gzip": Wrong(lambda batch: gzip.compress(as_json(batch))[:-9], CUT, GZIP),
    "two gzip members": Wrong(lambda batch: gzip.compress(as_json(batch)) * 2, CUT, GZIP),
    "no gzip": Wrong(as_json, problem(400, "malformed", "not gzip"), GZIP),
    "gzip with a wrong checksum": Wrong(
        lambda batch: gzip.compress(as_json(batch))[:-8] + bytes(8), problem(400, "malformed", "not gzip"), GZIP
    ),
    "another coding": Wrong(
        lambda batch: zlib.compress(as_json(batch)),
        problem(400, "malformed", "unknown content encoding"),
        {"Content-Encoding": "deflate"},
    ),
    "too many operations": Wrong(having(ops=[{}] * 201), TOO_MANY),
    "as many empty lists as there is room for": Wrong(filled(lambda _: "[]", HEAD + ', "ops": [', "]}"), TOO_MANY),
    "another protocol": Wrong(
        having(proto=2), invalid(proto=["Must be greater than or equal to 1 and less than or equal to 1."])
    ),
    "a protocol that is text": Wrong(having(proto="1"), invalid(proto=["Not a valid integer."])),
    "an unknown key": Wrong(having(tenant="x"), invalid(tenant=["Unknown field."])),
    "no clock": Wrong(
        lambda batch: as_json({key: value for key, value in batch.items() if key != "clock"}), invalid(clock=MISSING)
    ),
    "an epoch too long": Wrong(having(epoch="e" * 65), invalid(epoch=["Length must be between 1 and 64."])),
    "an app too long": Wrong(having(app="1" * 41), invalid(app=["Length must be between 1 and 40."])),
    "a clock beyond time": Wrong(
        having(clock={"wall": 2**63, "mono": 1}),
        invalid(clock={"wall": ["Must be greater than or equal to 0 and less than or equal to 4102444800000."]}),
    ),
    "unsent below nothing": Wrong(
        having(unsent={"count": -1, "oldest": None}),
        invalid(unsent={"count": ["Must be greater than or equal to 0 and less than or equal to 2147483647."]}),
    ),
    "an operation that is text": Wrong(having(ops=["x"]), invalid(ops={"0": ["Not a valid mapping type."]})),
    "an operation without identity": Wrong(having(ops=[{"n": 1}]), in_first(id=MISSING, entity=MISSING, by=MISSING)),
    "a number that is none of a device's": Wrong(
        with_operation(n=0), in_first(n=["Must be greater than or equal to 1 and less than or equal to 2147483647."])
    ),
    "an id in capitals": Wrong(
        with_operation(id="018F3C5A-0000-7000-8000-00000000000A"), in_first(id=["Not a valid UUID."])
    ),
}


def post(phone: Phone, body: bytes, **headers: str) -> Any:
    sent = {**phone.headers, "Content-Type": "application/json", **headers}
    return phone.http.post("/api/v1/sync/push", data=body, headers=sent)


@pytest.mark.parametrize("what", WRONG)
def test_a_batch_that_cannot_be_read_is_refused_whole(world: World, what: str) -> None:
    phone, wrong = world.phone(), WRONG[what]
    body = wrong.body(phone.batch(phone.record()))
    before = whole_state(world.app)
    with within_memory(BATCH_MEMORY_MAX):
        answer = post(phone, body, **wrong.headers)
    assert answer.json == wrong.answer
    assert (answer.status_code, answer.content_type) == (wrong.answer["status"], "application/problem+json")
    assert whole_state(world.app).digest == before.digest


def test_a_batch_of_another_epoch_is_refused_whole(any_world: World) -> None:
    phone = any_world.phone()
    before = whole_state(any_world.app)
    answer = phone.push(phone.record(), epoch="eold")
    assert (answer.status_code, answer.json) == (
        409,
        problem(409, "epoch_changed", "epoch_changed", epoch=phone.epoch),
    )
    assert whole_state(any_world.app).digest == before.digest


LONGEST = {
    "unknown keys": filled(lambda number: f'"{number:x}":1', HEAD + ', "ops": [], ', "}"),
    "unknown keys of the unsent": filled(
        lambda number: f'"{number:x}":1', HEAD.split('"unsent"', maxsplit=1)[0] + '"unsent": {', '}, "ops": []}'
    ),
    "an operation of unknown keys": filled(lambda number: f'"{number:x}":1', HEAD + ', "ops": [{', "}]}"),
}


@pytest.mark.parametrize("what", LONGEST)
def test_the_costliest_refusals_stay_within_the_bound(world: World, what: str) -> None:
    phone = world.phone()
    body = LONGEST[what]({})
    before = whole_state(world.app)
    with within_memory(BATCH_MEMORY_MAX):
        answer = post(phone, body)
    assert (answer.status_code, answer.json["code"]) == (422, "invalid")
    assert whole_state(world.app).digest == before.digest


def test_the_longest_batch_is_taken(world: World) -> None:
    phone = world.phone()
    body = as_json(phone.batch(phone.record())).ljust(PUSH_BYTES_MAX)
    assert post(phone, body).json["acks"][0]["st"] == "ok"
    body = as_json(phone.batch(phone.record())).ljust(PUSH_BYTES_MAX)
    assert post(phone, gzip.compress(body), **GZIP).json["acks"][0]["st"] == "ok"


def test_a_body_that_does_not_tell_its_length_is_bounded_all_the_same(world: World) -> None:
    phone = world.phone()
    before = whole_state(world.app)
    for body, answer in ((b" " * 3_000_000, TOO_LONG), (b" ", NOT_JSON)):
        with within_memory(BATCH_MEMORY_MAX):
            refused = phone.http.post(
                "/api/v1/sync/push",
                data=body,
                headers={**phone.headers, "Content-Type": "application/json"},
                environ_overrides={"CONTENT_LENGTH": "", "wsgi.input_terminated": True},
            )
        assert refused.json == answer
    assert whole_state(world.app).digest == before.digest


def test_a_push_without_the_clients_header_is_refused(world: World) -> None:
    phone = world.phone()
    body = as_json(phone.batch(phone.record()))
    before = whole_state(world.app)
    headers = {"X-Rond-Device": phone.device, "Content-Type": "application/json"}
    bare = phone.http.post("/api/v1/sync/push", data=body, headers=headers)
    foreign = post(phone, body, **{"Sec-Fetch-Site": "cross-site"})
    for answer in (bare, foreign):
        assert (answer.status_code, answer.json) == (403, problem(403, "csrf", "csrf"))
    assert whole_state(world.app).digest == before.digest


@pytest.mark.parametrize("device", ["", "nonsense", "00000000-0000-0000-0000-000000000000"])
def test_a_device_that_is_not_on_this_phone_is_signed_out(world: World, device: str) -> None:
    phone = world.phone()
    before = whole_state(world.app)
    answer = post(phone, as_json(phone.batch(phone.record())), **{"X-Rond-Device": device})
    assert (answer.status_code, answer.json) == (401, problem(401, "signed_out", "signed_out"))
    assert whole_state(world.app).digest == before.digest


def test_another_phones_device_is_signed_out(world: World) -> None:
    phone, other, foreign = world.phone(), world.phone(), world.phone(world.foreign)
    before = whole_state(world.app)
    for device in (other.device, foreign.device):
        answer = post(phone, as_json(phone.batch(phone.record())), **{"X-Rond-Device": device})
        assert (answer.status_code, answer.json) == (401, problem(401, "signed_out", "signed_out"))
    assert whole_state(world.app).digest == before.digest


def test_a_token_that_is_too_old_is_signed_out(world: World) -> None:
    phone = world.phone()
    world.clock.advance(timedelta(days=91))
    assert phone.push(phone.record()).status_code == 401
    assert phone.sign_in(world.home.users[next(iter(world.home.users))].login).status_code == 200


def test_a_method_or_address_that_is_none_is_a_problem(world: World) -> None:
    phone = world.phone()
    wrong = phone.http.get("/api/v1/sync/push", headers=phone.headers)
    missing = phone.http.get("/api/v1/nothing", headers=phone.headers)
    assert (wrong.status_code, wrong.json) == (405, problem(405, "method_not_allowed"))
    assert (missing.status_code, missing.json) == (404, problem(404, "not_found"))
