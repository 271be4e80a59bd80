"""Push: each operation exactly once, none in another's way, whatever is wrong with it is held and kept."""

import json
import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, select

from fieldapp.access import service as accounts
from fieldapp.access.models import Device, User
from fieldapp.access.roles import Role
from fieldapp.damage.models import Case
from fieldapp.infra import db as db_module
from fieldapp.infra.db import db
from fieldapp.infra.feature import Arrival, Outcome
from fieldapp.observations import service as observations
from fieldapp.observations.commands import RecategoriseObservation
from fieldapp.observations.models import Observation, ObservationEdit
from fieldapp.rounds.models import Gap, Round, TrackSegment
from fieldapp.sync import judging
from fieldapp.sync import push as push_module
from fieldapp.sync.models import LedgerEntry
from fieldapp.sync.protocol import canonical_sha256
from tests.make.world import World


def count(world: World, model: type, **where: object) -> int:
    with world.as_home():
        query = select(func.count()).select_from(model)
        for name, value in where.items():
            query = query.where(getattr(model, name) == value)
        return db.session.execute(query).scalar_one()


def test_a_whole_round_is_stored(any_world: World) -> None:
    phone = any_world.phone()
    start = phone.operation("round.start", data={"zone": str(any_world.home.zone.id), "party_size": 3})
    round_id = start["entity"]
    segment = {
        "round": round_id,
        "part": 0,
        "carried": 0,
        "t0": start["at"],
        "lat0": 57_750_000,
        "lon0": 11_980_000,
        "dt": [0, 5000, 5000],
        "dlat": [0, 40, 40],
        "dlon": [0, -10, 0],
        "acc": [65, None, 80],
    }
    gap = {"round": round_id, "from": start["at"] + 10_000, "to": start["at"] + 70_000, "reason": "hidden"}
    check = {"round": round_id, "place": str(any_world.home.places["yard"].id), "position": None, "how": "tap"}
    acks = phone.acks(
        start,
        phone.operation("track.segment", data=segment),
        phone.operation("gap.record", data=gap),
        phone.operation("visit.check", data=check),
        phone.record(round_id),
        phone.operation("round.pause", round_id),
        phone.operation("round.resume", round_id),
        phone.operation("round.end", round_id, {"reason": "done"}),
    )
    assert [ack["st"] for ack in acks] == ["ok"] * 8
    assert count(any_world, Round, state="ended", party_size=3) == 1
    assert count(any_world, TrackSegment, fix_count=3) == 1
    assert count(any_world, Gap, reason="hidden") == 1
    assert count(any_world, Observation, category_code="PO06") == 1
    assert count(any_world, Case, status="granskad", case_no=1) == 1


def test_a_batch_sent_again_changes_nothing_and_is_answered_the_same(any_world: World) -> None:
    phone = any_world.phone()
    operations = [phone.record(), phone.record(category="RE01", severity=2)]
    first = phone.acks(*operations)
    again = phone.acks(*operations)
    assert [ack["st"] for ack in again] == ["dup", "dup"]
    assert [ack["seq"] for ack in again] == [ack["seq"] for ack in first]
    assert count(any_world, Observation) == 2
    assert count(any_world, LedgerEntry) == 2
    assert count(any_world, Case) == 2


def test_an_operation_twice_in_one_batch_is_applied_once(any_world: World) -> None:
    phone = any_world.phone()
    operation = phone.record()
    assert [ack["st"] for ack in phone.acks(operation, operation)] == ["ok", "dup"]
    assert count(any_world, Observation) == 1


def test_the_order_of_keys_does_not_matter_to_what_an_operation_is(world: World) -> None:
    phone = world.phone()
    operation = phone.record()
    phone.acks(operation)
    assert phone.acks(dict(reversed(operation.items())))[0]["st"] == "dup"


def test_an_operation_waits_for_its_round_and_applies_itself_when_it_comes(any_world: World) -> None:
    phone = any_world.phone()
    start = phone.operation("round.start", data={"zone": None, "party_size": 2})
    record = phone.record(start["entity"])
    correct = phone.operation("observation.correct", record["entity"], {"set": {"severity": 1}}, base=1)
    acks = phone.acks(correct, record)
    assert [(ack["st"], ack["why"]) for ack in acks] == [("held", "waits_for")] * 2
    assert acks[1]["waits_for"] == start["entity"]
    assert count(any_world, Observation) == 0
    phone.acks(start)
    assert count(any_world, Observation, severity=1, rev=2) == 1
    assert {row["state"] for row in phone.pulled("op").values()} == {"released"}
    assert phone.acks(record)[0]["st"] == "dup"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"type": "round.teleport"}, "unknown_type"),
        ({"v": 7}, "unknown_version"),
        ({"data": {"colour": "red"}}, "invalid"),
        ({"by": str(uuid.UUID(int=7))}, "not_signed_in_here"),
        ({"at": -5}, "invalid"),
        ({"blobs": "none"}, "invalid"),
        ({"surprise": 1}, "invalid"),
        ({"type": "x" * 4000}, "invalid"),
    ],
)
def test_a_bad_operation_is_held_alone_and_kept_verbatim(world: World, change: dict[str, Any], why: str) -> None:
    phone = world.phone()
    before, bad, after = phone.record(), {**phone.record(), **change}, phone.record()
    acks = phone.acks(before, bad, after)
    assert [ack["st"] for ack in acks] == ["ok", "held", "ok"]
    assert acks[1]["why"] == why
    assert count(world, Observation) == 2
    with world.as_home():
        assert db.session.scalar(select(LedgerEntry.body).where(LedgerEntry.outcome == "held")) == bad
    assert phone.pulled("op")[bad["id"]]["why"] == why


@pytest.mark.parametrize("text", ["\x00 nul", "\ud83d half a pair", "a\x07bell"])
def test_text_no_database_can_store_is_held(any_world: World, text: str) -> None:
    phone = any_world.phone()
    acks = phone.acks(phone.record(note=text), phone.record())
    assert [ack["st"] for ack in acks] == ["held", "ok"]


def test_a_handler_that_fails_holds_its_operation_alone(any_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    registry = any_world.app.extensions["rond_registry"]
    kind = registry.operations["observation.record"]

    def fail_on_poison(arrivals: Sequence[Arrival]) -> Sequence[Outcome]:
        if any(arrival.command.floor == "gift" for arrival in arrivals):
            raise ValueError("poison")
        outcomes: Sequence[Outcome] = kind.handler(arrivals)
        return outcomes

    poisoned = {**registry.operations, "observation.record": replace(kind, handler=fail_on_poison)}
    monkeypatch.setitem(
        any_world.app.extensions, "rond_registry", type(registry)(poisoned, registry.pulls, registry.documents)
    )
    phone = any_world.phone()
    acks = phone.acks(phone.record(), phone.record(floor="gift"), phone.record())
    assert [ack["st"] for ack in acks] == ["ok", "held", "ok"]
    assert count(any_world, Observation) == 2


def test_nothing_of_a_batch_is_stored_when_its_transaction_fails(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    phone = world.phone()

    def stop(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError("stopped before the ledger")

    with monkeypatch.context() as patched:
        patched.setattr(push_module, "_write", stop)
        assert phone.push(phone.record()).status_code == 500
    assert count(world, Observation) == 0
    assert count(world, LedgerEntry) == 0


def test_a_second_record_of_the_same_entity_is_an_edit(any_world: World) -> None:
    phone = any_world.phone()
    first = phone.record(severity=3)
    second = phone.operation("observation.record", first["entity"], phone.record_data(severity=2))
    assert [ack["rev"] for ack in phone.acks(first, second)] == [1, 2]
    assert count(any_world, Observation, severity=2) == 1


def test_disjoint_fields_merge_and_the_same_field_changed_since_is_a_conflict(world: World) -> None:
    phone = world.phone()
    record = phone.record()
    phone.acks(record)
    with world.as_home(write=True):
        _recategorise(world, record["entity"], "SK03")
    phone.acks(phone.operation("observation.correct", record["entity"], {"set": {"severity": 2}}, base=1))
    assert count(world, Observation, severity=2, category_code="SK03", is_conflict=False) == 1
    phone.acks(phone.operation("observation.correct", record["entity"], {"set": {"category": "SK05"}}, base=1))
    assert count(world, Observation, category_code="SK05", is_conflict=True) == 1
    assert count(world, ObservationEdit) == 3


def _recategorise(world: World, observation_id: str, code: str) -> None:

    observation = db.session.get_one(Observation, uuid.UUID(observation_id))
    command = RecategoriseObservation(code)
    observations.recategorise(world.home.actor(Role.SUPERVISOR), observation, command, clock=world.clock)


def test_a_withdrawn_record_stays_and_its_case_is_rejected(any_world: World) -> None:
    phone = any_world.phone()
    record = phone.record()
    withdraw = phone.operation("observation.withdraw", record["entity"], {"reason": "mistake"})
    again = phone.operation("observation.withdraw", record["entity"], {"reason": "mistake"})
    assert [ack["st"] for ack in phone.acks(record, withdraw, again)] == ["ok", "ok", "ok"]
    assert count(any_world, Observation, state="withdrawn", rev=2) == 1
    assert count(any_world, Case, status="avvisad", status_reason="återtagen") == 1
    late = phone.operation("observation.correct", record["entity"], {"set": {"severity": 1}}, base=2)
    assert phone.acks(late)[0]["why"] == "illegal_transition"


def test_an_ended_round_stays_ended(world: World) -> None:
    phone = world.phone()
    round_id = phone.start_round()
    phone.acks(phone.operation("round.end", round_id, {"reason": "done"}))
    acks = phone.acks(
        phone.operation("round.end", round_id, {"reason": "other"}), phone.operation("round.resume", round_id)
    )
    assert [(ack["st"], ack.get("why")) for ack in acks] == [("ok", None), ("held", "illegal_transition")]


def test_a_colleague_cannot_change_anothers_record(world: World) -> None:
    phone = world.phone()
    record = phone.record()
    phone.acks(record)
    colleague = world.phone(role=Role.SUPERVISOR)
    change = colleague.operation("observation.correct", record["entity"], {"set": {"severity": 1}}, base=1)
    assert colleague.acks(change)[0]["why"] == "forbidden"
    assert count(world, Observation, severity=3) == 1


def test_another_tenants_round_place_and_record_are_unknown(any_world: World) -> None:
    theirs = any_world.phone(any_world.foreign)
    round_id = theirs.start_round()
    record = theirs.record()
    theirs.acks(record)
    phone = any_world.phone()
    foreign_place = str(any_world.foreign.places["cellar"].id)
    acks = phone.acks(
        phone.record(round_id),
        phone.record(place=foreign_place),
        phone.operation("observation.withdraw", record["entity"], {"reason": "other"}),
        phone.operation("round.end", round_id, {"reason": "done"}),
        phone.operation("round.start", data={"zone": str(any_world.foreign.zone.id), "party_size": 2}),
    )
    assert {(ack["st"], ack["why"]) for ack in acks} == {("held", "waits_for")}


def test_photos_are_refused_where_people_would_be_in_them(world: World) -> None:
    phone = world.phone()
    acks = phone.acks(*(phone.record_with_photo(b"x" * 10, category=code) for code in ("OR01", "NA02", "PO02", "SK01")))
    assert [ack["st"] for ack in acks] == ["held", "held", "held", "ok"]


def test_a_photo_whose_bytes_the_operation_does_not_name_is_held(world: World) -> None:
    phone = world.phone()
    operation = phone.record_with_photo(b"x" * 10)
    operation["blobs"] = []
    assert phone.acks(operation)[0]["why"] == "invalid"


def test_a_revoked_devices_operations_are_kept_but_held(world: World) -> None:

    phone = world.phone()
    with world.as_home(write=True):
        device = db.session.get_one(Device, uuid.UUID(phone.device))
        accounts.revoke_device(world.home.actor(Role.SUPERVISOR), device, "lost", clock=world.clock)
    assert phone.acks(phone.record())[0] | {"seq": 0, "id": ""} == {"st": "held", "why": "revoked", "seq": 0, "id": ""}
    pull = phone.http.get("/api/v1/sync/pull", headers=phone.headers)
    assert (pull.status_code, pull.json["code"], pull.json["wipe"]) == (403, "device_revoked", "after_sync")


def test_a_user_who_signed_out_or_was_shut_out_still_delivers(world: World) -> None:

    phone = world.phone()
    assert phone.http.post("/api/v1/phone/sign-out", json={}, headers=phone.headers).status_code == 204
    assert phone.acks(phone.record())[0]["st"] == "ok"
    assert phone.http.get("/api/v1/sync/pull", headers=phone.headers).status_code == 401
    with world.as_home(write=True):
        db.session.get_one(User, world.home.users[Role.HOST].id).is_active = False
    assert phone.acks(phone.record())[0]["why"] == "forbidden"


def test_notes_are_scanned_again_and_masked(world: World) -> None:
    phone = world.phone()
    operation = phone.record(note="Ring 070-123 45 67 om porten", note_confirmed=True)
    assert phone.acks(operation)[0]["st"] == "ok"
    body = phone.pulled("observation")[operation["entity"]]
    assert "123 45 67" not in body["note"]
    with world.as_home():
        row = db.session.get_one(Observation, uuid.UUID(operation["entity"]))
        assert (row.note_state, row.note) == ("confirmed", "Ring 070-123 45 67 om porten")


def test_a_phone_whose_clock_is_ahead_is_not_believed(world: World) -> None:
    phone = world.phone()
    operation = phone.record()
    operation["at"] += 7 * 24 * 3600 * 1000
    phone.acks(operation)
    with world.as_home():
        row = db.session.get_one(Observation, uuid.UUID(operation["entity"]))
        assert row.occurred_at == world.clock.now()


def test_a_compressed_batch_is_taken(world: World) -> None:
    phone = world.phone()
    answer = phone.push(phone.record(), compress=True)
    assert answer.json["acks"][0]["st"] == "ok"


def test_what_is_missing_is_told_by_number(world: World) -> None:
    phone = world.phone()
    one, two, three = phone.record(), phone.record(), phone.record_with_photo(b"photo")
    phone.acks(one, three)
    missing = phone.http.get("/api/v1/sync/audit", headers=phone.headers).json
    assert (missing["max_n"], missing["missing"]) == (3, [2])
    assert missing["photos_missing"] == [three["blobs"][0]["sha256"]]
    phone.acks(two)
    assert phone.http.get("/api/v1/sync/audit", headers=phone.headers).json["missing"] == []


def test_canonical_content_survives_a_round_trip() -> None:

    operation = {"b": [1.5, None, "å\ud800"], "a": {"y": 1, "x": True}}
    assert canonical_sha256(operation) == canonical_sha256(json.loads(json.dumps(operation)))


def test_what_came_with_a_batch_is_not_counted_as_unsent(world: World) -> None:
    phone = world.phone()
    for count, left in ((2, 0), (5, 3)):
        unsent = {"count": count, "oldest": phone.record()["at"]}
        assert phone.push(phone.record(), phone.record(), unsent=unsent).status_code == 200
        with world.as_home():
            device = db.session.get_one(Device, uuid.UUID(phone.device))
            assert device.unsent_count == left
            assert (device.oldest_unsent_at is None) == (left == 0)


def test_a_batch_is_read_while_others_may_write(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    read, transaction = judging.read, db_module.transaction

    def reading(*what: Any) -> Any:
        done.append("read")
        return read(*what)

    def begun(*, write: bool) -> Any:
        done.append("begun")
        return transaction(write=write)

    monkeypatch.setattr(push_module, "read", reading)
    monkeypatch.setattr(push_module, "transaction", begun)
    phone = world.phone()
    twice = phone.record()
    assert [ack["st"] for ack in phone.acks(twice, phone.record(), twice)] == ["ok", "ok", "dup"]
    assert done == ["read", "read", "begun"]


def test_batches_of_records_may_overtake_each_other(any_world: World) -> None:
    phone = any_world.phone()
    start = phone.operation("round.start", data={"zone": None, "party_size": 2})
    assert phone.acks(start)[0]["st"] == "ok"
    earlier = [phone.record(start["entity"]), phone.record(start["entity"])]
    later = [phone.record(start["entity"]), phone.record(start["entity"])]
    assert [ack["st"] for ack in [*phone.acks(*later), *phone.acks(*earlier)]] == ["ok"] * 4
    assert count(any_world, Observation, round_id=uuid.UUID(start["entity"]), is_conflict=False, rev=1) == 4
    assert count(any_world, Case, revision=1) == 4
