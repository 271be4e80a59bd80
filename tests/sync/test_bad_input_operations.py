"""What is wrong with one operation: the exact acknowledgement, the others unharmed, nothing changed but that it is kept."""

from __future__ import annotations

import copy
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from fieldapp.access.roles import Role
from tests.faults.measuring import within_memory
from tests.faults.whole_state import whole_state
from tests.make.world import Phone, World
from tests.sync.test_bad_input import BATCH_MEMORY_MAX

KEEPING = {"ledger", "feed_heads", "feed_rows", "devices", "named_blobs"}
"""Where an operation that is held leaves a trace: kept verbatim, told to its phone, its photos wanted."""
SHA256 = "0" * 64
BLOB = {"sha256": SHA256, "size": 10, "mime": "image/jpeg"}
PHOTO = {"id": str(uuid.UUID(int=5)), "slot": 1, "sha256": SHA256}

Operation = dict[str, Any]


@dataclass(frozen=True)
class Bad:
    """What is changed in a good record, and why it is held."""

    change: Callable[[Operation], dict[str, Any]]
    why: str = "invalid"


def envelope(**change: Any) -> Bad:
    return Bad(lambda _: change)


def content(**change: Any) -> Bad:
    return Bad(lambda operation: {"data": {**operation["data"], **change}})


BAD: dict[str, Bad] = {
    "a type too long": envelope(type="x" * 33),
    "a type longer than a page": envelope(type="x" * 200_000),
    "an unknown type": Bad(lambda _: {"type": "round.teleport"}, "unknown_type"),
    "a version that is to come": Bad(lambda _: {"v": 2}, "unknown_version"),
    "a version beyond all": envelope(v=1001),
    "a base below the first": envelope(base=0),
    "a base too high": envelope(base=2**31),
    "a time before time": envelope(at=-1),
    "a time beyond time": envelope(at=2**62),
    "a running clock beyond time": envelope(mono=2**62),
    "a zone beyond the world": envelope(tz=901),
    "data that is a list": envelope(data=[]),
    "an unknown key": envelope(tenant="x"),
    "four photos": envelope(blobs=[{**BLOB, "sha256": str(digit) * 64} for digit in range(4)]),
    "photos without end": envelope(blobs=[{}] * 60_000),
    "a photo too large": envelope(blobs=[{**BLOB, "size": 15 * 1024 * 1024 + 1}]),
    "a photo of nothing": envelope(blobs=[{**BLOB, "size": 0}]),
    "a hash in capitals": envelope(blobs=[{**BLOB, "sha256": "A" * 64}]),
    "a hash too short": envelope(blobs=[{**BLOB, "sha256": "a" * 63}]),
    "a media type that is none": envelope(blobs=[{**BLOB, "mime": "image"}]),
    "another user's": Bad(lambda _: {"by": str(uuid.UUID(int=7))}, "not_signed_in_here"),
    "a note too long": content(note="x" * 501),
    "a note longer than a page": content(note="x" * 200_000),
    "a floor too long": content(floor="x" * 21),
    "a severity beyond the worst": content(severity=5),
    "a category that is none": content(category="nonsense"),
    "a place that is no identifier": content(place="cellar"),
    "a position off the globe": content(position={"lat": 91, "lon": 11.98, "accuracy_m": 5, "at": 1}),
    "an accuracy that is text": content(position={"lat": 57, "lon": 11.98, "accuracy_m": "5", "at": 1}),
    "four photos in the record": content(photos=[{**PHOTO, "slot": slot} for slot in (1, 2, 3, 1)]),
    "photos in the record without end": content(photos=[{}] * 60_000),
    "lists for photos without end": content(photos=[[]] * 60_000),
    "a photo that no bytes are named for": content(photos=[PHOTO]),
    "a key that nobody knows": content(colour="red"),
    "keys that nobody knows without end": Bad(lambda _: {"data": {f"{number:x}": 1 for number in range(20_000)}}),
}
SEGMENT = {
    "part": 0,
    "carried": 0,
    "t0": 1_790_000_000_000,
    "lat0": 57_750_000,
    "lon0": 11_980_000,
    "dt": [0, 5000],
    "dlat": [0, 40],
    "dlon": [0, -10],
    "acc": [65, None],
}


def check_held(world: World, phone: Phone, bad: Operation, why: str) -> None:
    """See that an operation is held alone, between two good ones, and that it changes nothing."""
    phone.acks(phone.record())
    before = whole_state(world.app)
    with within_memory(BATCH_MEMORY_MAX):
        [ack] = phone.acks(bad)
    assert ack == {"id": bad["id"], "st": "held", "seq": ack["seq"], "why": why}
    assert whole_state(world.app).changed(before) <= KEEPING
    [again] = phone.acks(bad)
    assert again == ack


@pytest.mark.parametrize("what", BAD)
def test_a_bad_operation_is_held_and_changes_nothing(world: World, what: str) -> None:
    phone = world.phone()
    operation = phone.record()
    check_held(world, phone, {**operation, **BAD[what].change(operation)}, BAD[what].why)


@pytest.mark.parametrize(
    "change",
    [
        {"dt": [0] * 401, "dlat": [0] * 401, "dlon": [0] * 401, "acc": [None] * 401},
        {"dt": [0] * 80_000},
        {"dt": []},
        {"dt": [0]},
        {"carried": 3},
        {"t0": 2**62},
        {"lat0": 91_000_000},
        {"dt": ["x"] * 50_000},
    ],
    ids=["401 fixes", "without end", "none", "columns unlike", "carries more", "time", "place", "text without end"],
)
def test_a_bad_segment_is_held_and_changes_nothing(world: World, change: dict[str, Any]) -> None:
    phone = world.phone()
    data = {**SEGMENT, "round": phone.start_round(), **change}
    check_held(world, phone, phone.operation("track.segment", data=data), "invalid")


@pytest.mark.parametrize("party", [0, 21, 2**40, "2", True, 1.5])
def test_a_round_of_an_impossible_party_is_held(world: World, party: object) -> None:
    phone = world.phone()
    data = {"zone": None, "party_size": party}
    check_held(world, phone, phone.operation("round.start", data=data), "invalid")


def test_the_foreign_tenants_things_are_unknown_and_stay_as_they_are(any_world: World) -> None:
    theirs, phone = any_world.phone(any_world.foreign), any_world.phone()
    round_id, record = theirs.start_round(), theirs.record()
    theirs.acks(record)
    place, zone = str(any_world.foreign.places["cellar"].id), str(any_world.foreign.zone.id)
    operations = [
        phone.record(round_id),
        phone.record(place=place),
        phone.operation("observation.correct", record["entity"], {"set": {"severity": 1}}, base=1),
        phone.operation("observation.withdraw", record["entity"], {"reason": "other"}),
        phone.operation("round.end", round_id, {"reason": "done"}),
        phone.operation("round.start", data={"zone": zone, "party_size": 2}),
    ]
    before = whole_state(any_world.app)
    acks = phone.acks(*operations)
    awaited = [round_id, place, record["entity"], record["entity"], round_id, zone]
    assert acks == [
        {"id": operation["id"], "st": "held", "seq": ack["seq"], "why": "waits_for", "waits_for": entity}
        for operation, ack, entity in zip(operations, acks, awaited, strict=True)
    ]
    assert whole_state(any_world.app).changed(before) <= KEEPING
    # A record under an identifier that is taken elsewhere is nobody's: held, and the other one is untouched.
    before = whole_state(any_world.app)
    taken = {**phone.record(), "entity": record["entity"]}
    [ack] = phone.acks(taken)
    assert ack == {"id": taken["id"], "st": "held", "seq": ack["seq"], "why": "invalid"}
    assert whole_state(any_world.app).changed(before) <= KEEPING


def test_a_colleagues_record_is_forbidden_and_stays_as_it_is(world: World) -> None:
    colleague, phone = world.phone(role=Role.SUPERVISOR), world.phone()
    record = colleague.record()
    colleague.acks(record)
    change = phone.operation("observation.correct", record["entity"], {"set": {"severity": 1}}, base=1)
    check_held(world, phone, change, "forbidden")


def test_a_replayed_batch_is_told_the_same_and_changes_nothing(any_world: World) -> None:
    phone = any_world.phone()
    operations = [phone.record(), phone.record_with_photo(b"photo"), {**phone.record(), "v": 7}]
    first = phone.acks(*operations)
    before = whole_state(any_world.app)
    again = phone.acks(*operations)
    assert again == [ack | ({"st": "dup"} if ack["st"] == "ok" else {}) for ack in first]
    assert whole_state(any_world.app).digest == before.digest


def test_other_content_under_a_known_id_is_a_mismatch_and_changes_nothing(any_world: World) -> None:
    phone = any_world.phone()
    operation = phone.record(severity=3)
    phone.acks(operation)
    before = whole_state(any_world.app)
    changed = copy.deepcopy(operation)
    changed["data"]["severity"] = 1
    assert phone.acks(changed) == [{"id": operation["id"], "st": "mismatch"}]
    assert whole_state(any_world.app).digest == before.digest


def test_numbers_out_of_order_are_answered_in_the_order_sent_and_applied_in_their_own(any_world: World) -> None:
    phone = any_world.phone()
    record = phone.record()
    correct = phone.operation("observation.correct", record["entity"], {"set": {"severity": 1}}, base=1)
    late = phone.record()
    assert [(ack["id"], ack["st"], ack["rev"]) for ack in phone.acks(late, correct, record)] == [
        (late["id"], "ok", 1),
        (correct["id"], "ok", 2),
        (record["id"], "ok", 1),
    ]


def test_a_number_that_comes_late_or_twice_is_taken_and_told_of_by_the_audit(any_world: World) -> None:
    phone = any_world.phone()
    first, second, third = phone.record(), phone.record(), phone.record()
    again = {**phone.record(), "n": third["n"]}

    def audit() -> Any:
        return phone.http.get("/api/v1/sync/audit", headers=phone.headers).json

    assert [ack["st"] for ack in phone.acks(third, again)] == ["ok", "ok"]
    assert audit() == {"max_n": 3, "missing": [1, 2], "photos_missing": []}
    assert [ack["st"] for ack in phone.acks(second)] == ["ok"]
    assert [ack["st"] for ack in phone.acks(first)] == ["ok"]
    assert audit() == {"max_n": 3, "missing": [], "photos_missing": []}
