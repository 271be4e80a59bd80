"""The operations that phones make are taken, and the bad ones answered as phones expect: the same examples on both sides."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.make.world import Phone, World

EXAMPLES = json.loads((Path(__file__).parents[1] / "contract" / "operations.json").read_text(encoding="utf-8"))
PLACE = "00000000-0000-7000-8000-000000000200"
ZONE = "00000000-0000-7000-8000-000000000300"


def here(phone: Phone, operation: dict[str, Any]) -> dict[str, Any]:
    """Return an example as this phone's user would make it, with a zone and a place that exist."""
    text = json.dumps(operation)
    for example, own in (
        (EXAMPLES["user"], phone.user_id),
        (PLACE, str(phone.tenant.places["cellar"].id)),
        (ZONE, str(phone.tenant.zone.id)),
    ):
        text = text.replace(example, own)
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def test_every_good_example_is_taken_in_one_batch(any_world: World) -> None:
    phone = any_world.phone()
    acks = phone.acks(*(here(phone, example["operation"]) for example in EXAMPLES["good"]))
    assert {ack["st"] for ack in acks} == {"ok"}


def test_the_examples_are_of_every_type(world: World) -> None:
    shown = {example["operation"]["type"] for example in EXAMPLES["good"]}
    assert shown == set(world.app.extensions["rond_registry"].operations)


@pytest.mark.parametrize("example", EXAMPLES["bad"], ids=lambda example: example["what"])
def test_a_bad_example_is_answered_as_phones_expect(world: World, example: dict[str, Any]) -> None:
    phone = world.phone()
    answer = phone.push(here(phone, example["operation"]))
    if "refused" in example["answer"]:
        assert answer.status_code == example["answer"]["refused"]
        return
    [ack] = answer.json["acks"]
    assert (ack["st"], ack["why"]) == ("held", example["answer"]["held"])
