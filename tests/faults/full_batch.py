"""One batch with every kind of operation and every kind of answer, and what must be on the server before it."""

from __future__ import annotations

import copy
import hashlib
import uuid
from dataclasses import dataclass
from typing import Any

from fieldapp.access.roles import Role
from tests.make.world import Phone, World

Operation = dict[str, Any]


def photo(name: str, size: int = 300) -> bytes:
    """Return bytes that are nobody's picture, always the same for a name."""
    return hashlib.shake_256(name.encode()).digest(size)


@dataclass
class FullBatch:
    """A phone about to send. `photos`: by hash, all that the batch and what came before it name."""

    phone: Phone
    operations: list[Operation]
    photos: dict[str, bytes]
    acknowledged: dict[str, str]
    """What each distinct operation is answered the first time it comes, by id: `ok`, `dup`, `mismatch`, or why it is held."""


def prepare(world: World) -> FullBatch:
    """Let a phone have sent some, and a colleague too, and make the batch that comes next."""
    phone = world.phone()
    colleague = world.phone(role=Role.SUPERVISOR)
    theirs = colleague.record()
    colleague.acks(theirs)
    round_id = phone.start_round()
    photos = {hashlib.sha256(each).hexdigest(): each for each in map(photo, ("here", "awaited", "new", "held", "bad"))}
    here, awaited, new, held, bad = photos.values()
    first, with_photo = phone.record(round_id), phone.record_with_photo(here, round_id)
    missing = phone.operation("round.start", data={"zone": None, "party_size": 2})
    waiting = phone.record_with_photo(awaited, missing["entity"])
    correcting = phone.operation("observation.correct", waiting["entity"], {"set": {"severity": 1}}, base=1)
    phone.acks(first, with_photo, waiting, correcting)
    for each in (here, awaited):
        assert phone.send_part(each).json["done"]
    changed = copy.deepcopy(first)
    changed["data"]["severity"] = 1
    fresh = [
        (missing, "ok"),
        *_walked(world, phone, round_id),
        (phone.record_with_photo(new, round_id), "ok"),
        (phone.record_with_photo(here), "ok"),
        (phone.record(note="Ring 070-174 06 05", note_confirmed=True), "ok"),
        (phone.operation("observation.correct", first["entity"], {"set": {"severity": 4}}, base=1), "ok"),
        (phone.operation("observation.withdraw", with_photo["entity"], {"reason": "mistake"}), "ok"),
        *((phone.operation(f"round.{verb}", round_id), "ok") for verb in ("pause", "resume")),
        (phone.operation("round.end", round_id, {"reason": "done"}), "ok"),
        (phone.operation("round.resume", round_id), "illegal_transition"),
        (phone.operation("observation.correct", theirs["entity"], {"set": {"severity": 1}}, base=1), "forbidden"),
        (phone.record_with_photo(held, str(uuid.uuid4())), "waits_for"),
        (phone.record_with_photo(bad, colour="red"), "invalid"),
        ({**phone.record(), "type": "round.teleport"}, "unknown_type"),
        ({**phone.record(), "v": 7}, "unknown_version"),
        ({**phone.record(), "by": str(uuid.uuid4())}, "not_signed_in_here"),
    ]
    operations = [operation for operation, _answer in fresh]
    answers = {operation["id"]: answer for operation, answer in fresh} | {
        waiting["id"]: "dup",
        changed["id"]: "mismatch",
    }
    return FullBatch(phone, [*operations, operations[0], waiting, changed], photos, answers)


def _walked(world: World, phone: Phone, round_id: str) -> list[tuple[Operation, str]]:
    """Return what a walk makes by itself: a segment of the track, a gap, a calm check."""
    start = phone.record()["at"]
    segment = {"round": round_id, "part": 0, "carried": 0, "t0": start, "lat0": 57_750_000, "lon0": 11_980_000}
    columns = {"dt": [0, 5000, 5000], "dlat": [0, 40, 40], "dlon": [0, -10, 0], "acc": [65, None, 80]}
    gap = {"round": round_id, "from": start + 10_000, "to": start + 70_000, "reason": "hidden"}
    check = {"round": round_id, "place": str(world.home.places["yard"].id), "position": None, "how": "tap"}
    made = (("track.segment", {**segment, **columns}), ("gap.record", gap), ("visit.check", check))
    join = phone.operation("round.join", round_id, {"with": None, "code": "K7QF3M"})
    told = {
        "round": round_id,
        "gap": None,
        "from": start,
        "to": start + 60_000,
        "paths": [],
        "places": [check["place"]],
    }
    tell = phone.operation("walk.tell", data=told)
    taken_back = phone.operation("walk.untell", tell["entity"])
    walked = [phone.operation(name, data=data) for name, data in made]
    return [(operation, "ok") for operation in (*walked, join, tell, taken_back)]
