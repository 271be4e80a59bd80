"""What is wrong with a part of a photo, or with any other call of a phone: the exact answer, and nothing changed."""

from __future__ import annotations

import base64
import gzip
import hashlib
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from fieldapp.infra.http import API_BYTES_MAX
from fieldapp.sync.protocol import PART_BYTES_MAX, PHOTO_BYTES_MAX
from tests.faults.full_batch import photo
from tests.faults.measuring import MIB, problem, within_memory
from tests.faults.whole_state import whole_state
from tests.make.world import Phone, World

PART_MEMORY_MAX = 4 * MIB
"""Four times the largest part: the body, and what is compared and written of it."""
CALL_MEMORY_MAX = 4 * MIB
"""64 times the largest body of a call."""
PHOTO = photo("a photo in parts", 1_000)
SHA256 = hashlib.sha256(PHOTO).hexdigest()
OTHER = bytes(reversed(PHOTO))
DIGEST_FORM = ["String does not match expected pattern."]
RANGE = ["Must be greater than or equal to {} and less than or equal to {}."]


def digest(part: bytes) -> str:
    """Return a part's digest as its header says it."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(part).digest()).decode()}:"


def bomb() -> bytes:
    """Return 100 MB in 100 kB."""
    packer = zlib.compressobj(9, wbits=31)
    return b"".join(packer.compress(bytes(1_000_000)) for _ in range(100)) + packer.flush()


def invalid(name: str, *messages: str) -> dict[str, Any]:
    return problem(422, "invalid", errors={name: list(messages)})


@dataclass(frozen=True)
class Wrong:
    """A part that is wrong, where it says that it goes, and the answer's JSON. 400 bytes are there already."""

    answer: dict[str, Any]
    part: Callable[[], bytes] = lambda: PHOTO[400:500]
    headers: dict[str, str] = field(default_factory=dict)


PACKED = problem(415, "unsupported_media_type")
TOO_LARGE = problem(413, "too_large", "too_large", limit_bytes=PART_BYTES_MAX)
WRONG: dict[str, Wrong] = {
    "mis-hashed": Wrong(
        problem(400, "digest_mismatch", "digest_mismatch"), headers={"Content-Digest": digest(b"other bytes")}
    ),
    "begins before": Wrong(problem(409, "wrong_offset", "wrong_offset", off=400), headers={"Upload-Offset": "300"}),
    "begins beyond": Wrong(problem(409, "wrong_offset", "wrong_offset", off=400), headers={"Upload-Offset": "401"}),
    "begins at nothing": Wrong(
        invalid("Upload-Offset", RANGE[0].format(0, PHOTO_BYTES_MAX)), headers={"Upload-Offset": "-1"}
    ),
    "begins beyond all photos": Wrong(
        invalid("Upload-Offset", RANGE[0].format(0, PHOTO_BYTES_MAX)),
        headers={"Upload-Offset": str(PHOTO_BYTES_MAX + 1)},
    ),
    "an offset that is no number": Wrong(
        invalid("Upload-Offset", "Not a valid integer."), headers={"Upload-Offset": "x"}
    ),
    "another length": Wrong(
        problem(413, "too_large", "too_large", limit_bytes=len(PHOTO)), headers={"Upload-Length": "1001"}
    ),
    "a length beyond all photos": Wrong(
        invalid("Upload-Length", RANGE[0].format(1, PHOTO_BYTES_MAX)),
        headers={"Upload-Length": str(PHOTO_BYTES_MAX + 1)},
    ),
    "neither last nor not": Wrong(
        invalid("Upload-Complete", "Must be one of: ?0, ?1."), headers={"Upload-Complete": "yes"}
    ),
    "a digest of another kind": Wrong(invalid("Content-Digest", *DIGEST_FORM), headers={"Content-Digest": "md5=:x:"}),
    "nothing": Wrong(problem(422, "invalid", "the part is empty or longer than its file"), part=lambda: b""),
    "beyond the end": Wrong(
        problem(422, "invalid", "the part reaches beyond the end of its file"), part=lambda: PHOTO[400:] + b"x"
    ),
    "larger than a part may be": Wrong(TOO_LARGE, part=lambda: bytes(PART_BYTES_MAX + 1)),
    "packed": Wrong(PACKED, part=lambda: gzip.compress(PHOTO[400:500]), headers={"Content-Encoding": "gzip"}),
    "packed otherwise": Wrong(PACKED, headers={"Content-Encoding": "br"}),
    "a bomb": Wrong(PACKED, part=bomb, headers={"Content-Encoding": "gzip"}),
}


def send(phone: Phone, part: bytes, **headers: str) -> Any:
    sent = {
        **phone.headers,
        "Content-Type": "application/octet-stream",
        "Upload-Offset": "400",
        "Upload-Length": str(len(PHOTO)),
        "Upload-Complete": "?0",
        "Content-Digest": digest(part),
        **headers,
    }
    return phone.http.patch(f"/api/v1/sync/blobs/{SHA256}", data=part, headers=sent)


@pytest.fixture
def phone(world: World) -> Phone:
    """A phone that has sent 400 bytes of its photo."""
    phone = world.phone()
    phone.acks(phone.record_with_photo(PHOTO))
    assert phone.send_part(PHOTO, 0, 400).json == {"off": 400, "done": False}
    return phone


@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_part_is_refused_and_nothing_is_stored(world: World, phone: Phone, what: str) -> None:
    wrong = WRONG[what]
    part = wrong.part()
    before = whole_state(world.app)
    with within_memory(PART_MEMORY_MAX):
        answer = send(phone, part, **wrong.headers)
    assert answer.json == wrong.answer
    assert (answer.status_code, answer.content_type) == (wrong.answer["status"], "application/problem+json")
    assert whole_state(world.app).digest == before.digest
    assert phone.send_part(PHOTO, 400).json == {"off": len(PHOTO), "done": True}


def test_a_whole_that_is_not_the_named_one_begins_again_and_leaves_nothing(world: World) -> None:
    phone = world.phone()
    phone.acks(phone.record_with_photo(PHOTO))
    before = whole_state(world.app)
    answer = send(phone, OTHER, **{"Upload-Offset": "0", "Upload-Complete": "?1"})
    assert (answer.status_code, answer.json) == (200, {"off": 0, "done": False})
    assert whole_state(world.app).digest == before.digest


def test_a_hash_that_this_phone_never_named_is_not_found(any_world: World) -> None:
    other, stranger, foreign = any_world.phone(), any_world.phone(), any_world.phone(any_world.foreign)
    other.acks(other.record_with_photo(PHOTO))
    before = whole_state(any_world.app)
    for phone in (stranger, foreign):
        answer = phone.send_part(PHOTO)
        assert (answer.status_code, answer.json) == (404, problem(404, "not_found", "not_found"))
        have = phone.http.post("/api/v1/sync/blobs/have", json={"sha256": [SHA256]}, headers=phone.headers)
        assert (have.status_code, have.json) == (200, {"blobs": {}})
    assert whole_state(any_world.app).digest == before.digest


@pytest.mark.parametrize("name", ["A" * 64, "a" * 63, "a" * 65, "..%2f" * 12, "%00" * 64, "g" * 64])
def test_a_name_that_is_no_hash_is_not_found(world: World, phone: Phone, name: str) -> None:
    before = whole_state(world.app)
    headers = {"Upload-Offset": "0", "Upload-Length": "1", "Upload-Complete": "?1", "Content-Digest": digest(b"x")}
    answer = phone.http.patch(f"/api/v1/sync/blobs/{name}", data=b"x", headers={**phone.headers, **headers})
    assert (answer.status_code, answer.json["code"]) == (404, "not_found")
    assert whole_state(world.app).digest == before.digest


MUCH = ",".join(['"' + SHA256 + '"'] * 501)
CALLS: dict[str, tuple[bytes, dict[str, Any]]] = {
    "no JSON": (b"{", problem(400, "malformed", errors={"json": ["Invalid JSON body."]})),
    "not what is asked": (
        b'{"sha256": "x"}',
        problem(422, "invalid", errors={"json": {"sha256": ["Not a valid list."]}}),
    ),
    "too many": (
        f'{{"sha256": [{MUCH}]}}'.encode(),
        problem(422, "invalid", errors={"json": {"sha256": ["Longer than maximum length 500."]}}),
    ),
    "too many of nothing": (
        f'{{"sha256": [{",".join(["[]"] * 20_000)}]}}'.encode(),
        problem(422, "invalid", errors={"json": {"sha256": ["Longer than maximum length 500."]}}),
    ),
    "longer than allowed by one": (b'{"sha256": []}'.ljust(API_BYTES_MAX + 1), problem(413, "too_large")),
}


@pytest.mark.parametrize("what", CALLS)
def test_a_wrong_question_for_photos_is_refused(world: World, phone: Phone, what: str) -> None:
    body, expected = CALLS[what]
    before = whole_state(world.app)
    headers = {**phone.headers, "Content-Type": "application/json"}
    with within_memory(CALL_MEMORY_MAX):
        answer = phone.http.post("/api/v1/sync/blobs/have", data=body, headers=headers)
    assert (answer.status_code, answer.json) == (expected["status"], expected)
    assert whole_state(world.app).digest == before.digest


def test_a_sign_in_of_any_length_costs_no_more_than_a_call(world: World) -> None:
    """Nobody is signed in yet: whoever can reach the server can send this."""
    phone = world.phone()
    before = whole_state(world.app)
    stores = b'{"login": "x", "vanished": [' + b",".join([b"{}"] * 2_000_000) + b"]}"
    few = b'{"login": "x", "vanished": [' + b",".join([b"{}"] * 20_000) + b"]}"
    headers = {**phone.headers, "Content-Type": "application/json"}
    for body, status in ((stores, 413), (few, 422)):
        with within_memory(CALL_MEMORY_MAX):
            answer = phone.http.post("/api/v1/phone/sign-in", data=body, headers=headers)
        assert answer.status_code == status
    assert whole_state(world.app).digest == before.digest
