"""The server's process stops at each step of a push: before each statement, before and after each commit.

After every one of them the phone sends the same again, and everything is there exactly once: ledger, records, feed,
cases, audit and the photos named are what an undisturbed run leaves. `make crash` takes every step; a run of all tests
takes every ninth and each commit.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest

from fieldapp.infra.db import db
from fieldapp.infra.feature import Arrival, Outcome
from fieldapp.sync import push as push_module
from tests.faults.choice import chosen
from tests.faults.full_batch import FullBatch, prepare
from tests.faults.resets import Reset, resets
from tests.faults.stopping_database import Steps, stopping
from tests.faults.whole_state import UUID, WholeState, whole_state
from tests.make.world import World


@dataclass
class Scene:
    """A server before a batch, that can be brought back to this moment."""

    world: World
    batch: FullBatch
    reset: Reset

    def push(self, steps: Steps | None = None) -> dict[str, Any] | None:
        """Send the batch to a server that stops where `steps` say. Return the answer, if one came."""
        answers: list[Any] = []
        with stopping(self.world.app, steps or Steps()):
            answers.append(self.batch.phone.push(*self.batch.operations))
        if not answers:
            return None
        assert answers[0].status_code == 200, answers[0].text
        return dict(answers[0].json)

    def state(self) -> WholeState:
        return whole_state(self.world.app)


@pytest.fixture
def scene(any_world: World) -> Iterator[Scene]:
    batch = prepare(any_world)
    with resets(any_world.app) as reset:
        yield Scene(any_world, batch, reset)


def told(answer: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Return what an answer says of each operation, whether it is the first answer or a repeated one."""
    names = ("id", "seq", "rev", "why", "waits_for")
    return [tuple(ack.get(name) for name in names) for ack in answer["acks"]]


def stop_everywhere(scene: Scene, *, since: str = "") -> tuple[list[str], list[bool]]:
    """Stop at every step of a push, send again each time, and compare. Return the steps, and whether each left all or nothing.

    `since`: begin with the first step that begins like this.
    """
    before = scene.state()
    counted = Steps()
    undisturbed = scene.push(counted)
    assert undisturbed is not None
    known = before.identifiers | set(UUID.findall(json.dumps(scene.batch.operations)))
    after = scene.state().named_alike(known)
    first = next(number for number, what in enumerate(counted.done) if what.startswith(since))
    left_all: list[bool] = []
    for step in chosen(counted.done, first):
        where = f"step {step}: {counted.done[step]}"
        scene.reset()
        assert scene.push(Steps(stop_at=step)) is None, where
        left = scene.state()
        left_all.append(left != before)
        assert left == before or left.named_alike(known) == after, f"half of it is there after {where}"
        again = scene.push()
        assert again is not None
        assert (told(again), again["want"]) == (told(undisturbed), undisturbed["want"]), where
        assert scene.state().named_alike(known) == after, where
    return counted.done, left_all


@pytest.mark.slow
def test_a_stop_at_any_step_of_a_push_leaves_all_or_nothing_and_ends_equal(scene: Scene) -> None:
    steps, left_all = stop_everywhere(scene)
    assert left_all == sorted(left_all), "all comes with one commit, and stays"
    assert not left_all[0]
    assert left_all[-1]
    assert sum("INSERT INTO" in step for step in steps) > 10, "the batch is a full one"


@pytest.mark.slow
def test_a_stop_while_a_batch_is_taken_one_by_one_leaves_all_or_nothing_and_ends_equal(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    poison(scene.world, monkeypatch)
    steps, left_all = stop_everywhere(scene, since="SAVEPOINT")
    assert left_all == sorted(left_all)
    assert sum(step.startswith("SAVEPOINT") for step in steps) > 10


def poison(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the handler of records fail at whatever concerns a telephone number."""
    registry = world.app.extensions["rond_registry"]
    kind = registry.operations["observation.record"]
    handler: Callable[[Sequence[Arrival]], Sequence[Outcome]] = kind.handler

    def fail_on_poison(arrivals: Sequence[Arrival]) -> Sequence[Outcome]:
        outcomes = handler(arrivals)
        if any("070" in (arrival.command.note or "") for arrival in arrivals):
            raise ValueError("poison")
        return outcomes

    poisoned = {**registry.operations, kind.name: replace(kind, handler=fail_on_poison)}
    monkeypatch.setitem(world.app.extensions, "rond_registry", replace(registry, operations=poisoned))


@pytest.mark.slow
def test_effects_and_ledger_in_two_commits_would_be_found(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    write = push_module._write

    def write_apart(*arguments: Any) -> Any:
        db.session.commit()
        return write(*arguments)

    monkeypatch.setattr(push_module, "_write", write_apart)
    with pytest.raises(AssertionError, match="half of it is there"):
        stop_everywhere(scene)


def test_every_operation_of_the_full_batch_is_answered_as_it_should(scene: Scene) -> None:
    answer = scene.push()
    assert answer is not None
    first: dict[str, str] = {}
    for ack in answer["acks"]:
        first.setdefault(ack["id"], ack.get("why") or ack["st"])
    assert first == scene.batch.acknowledged
    types = {operation["type"] for operation in scene.batch.operations}
    assert types >= set(scene.world.app.extensions["rond_registry"].operations)
