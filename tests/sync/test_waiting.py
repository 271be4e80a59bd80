"""What waits is told why it goes on waiting."""

from tests.make.world import World


def test_a_phone_learns_that_what_waited_is_held_for_another_reason_now(any_world: World) -> None:
    phone = any_world.phone()
    record = phone.record()
    withdraw = phone.operation("observation.withdraw", record["entity"], {"reason": "mistake"})
    correct = phone.operation("observation.correct", record["entity"], {"set": {"severity": 1}})
    phone.acks(withdraw, correct)
    assert {row["body"]["why"] for row in phone.pull() if row["kind"] == "op"} == {"waits_for"}
    phone.acks(record)
    told = {row["id"]: row["body"] for row in phone.pull() if row["kind"] == "op"}
    assert (told[correct["id"]]["state"], told[correct["id"]]["why"]) == ("held", "illegal_transition")
    assert told[withdraw["id"]]["state"] == "released"
