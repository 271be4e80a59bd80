"""Two writers at once on PostgreSQL never make a pull skip a row, whichever commits first.

A reader's cursor passes what it has seen: a change that gets a lower number and commits later would be lost to it for
good. Writers therefore hold their tenant's feed row until they commit; here real pushes are kept from committing while
others push and a phone pulls.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any, Literal

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, text
from sqlalchemy.engine import Connection

from fieldapp.infra import changes
from fieldapp.infra import db as db_module
from fieldapp.infra.db import db
from tests.faults.stopping_database import engine_of
from tests.infra.stopping_disk import Stopped
from tests.make.world import Phone, World

SOON_S = 0.05
LONG_S = 30.0
ON_POSTGRES = pytest.mark.parametrize(
    "any_app", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True, ids=["postgres"]
)


class Writer(threading.Thread):
    """A push that stands still before its commit until it may go on, or is stopped there."""

    def __init__(self, phone: Phone) -> None:
        super().__init__(daemon=True)
        self.phone = phone
        self.operation = phone.record(category="OR01", place=None, place_source="none")
        self.is_at_commit, self.may_go_on = threading.Event(), threading.Event()
        self.is_stopped = False
        self.answer: Any = None

    @property
    def entity(self) -> str:
        return str(self.operation["entity"])

    def run(self) -> None:
        try:
            self.answer = self.phone.push(self.operation).json
        except Stopped:
            self.answer = None

    def stand_still(self) -> None:
        """Wait at the commit."""
        self.is_at_commit.set()
        assert self.may_go_on.wait(LONG_S)
        if self.is_stopped:
            raise Stopped

    def go_on(self, *, is_stopped: bool = False) -> None:
        """Let it commit, or stop it before."""
        self.is_stopped = is_stopped
        self.may_go_on.set()

    def finish(self) -> bool:
        """Wait for its end. Return whether its operation was acknowledged."""
        self.may_go_on.set()
        self.join(LONG_S)
        assert not self.is_alive()
        return self.answer is not None and self.answer["acks"][0]["st"] == "ok"


class Reader:
    """A phone that pulls bit by bit and remembers all it was given."""

    def __init__(self, phone: Phone) -> None:
        self.phone = phone
        self.seqs: list[int] = []
        self.seen: set[str] = set()
        self.pull()

    def pull(self) -> None:
        for row in self.phone.pull():
            self.seqs.append(row["seq"])
            self.seen.add(row["id"])


@pytest.fixture
def gate(any_world: World) -> Iterator[None]:
    """Let writers stand still before the commit of what they write."""
    engine = engine_of(any_world.app)

    def before_commit(connection: Connection) -> None:
        writer = threading.current_thread()
        if isinstance(writer, Writer) and connection.get_execution_options().get("is_write"):
            writer.stand_still()

    event.listen(engine, "commit", before_commit)
    yield
    event.remove(engine, "commit", before_commit)


def missed_by_overlap(world: World) -> tuple[list[str], list[str]]:
    """Hold A open, let B commit if it can, pull, let A commit, pull. Return what A and B wrote, and what of it was missed."""
    reader, first, second = Reader(world.phone()), Writer(world.phone()), Writer(world.phone())
    first.start()
    assert first.is_at_commit.wait(LONG_S)
    second.go_on()
    second.start()
    second.join(2.0)
    reader.pull()
    assert first.finish()
    assert second.finish()
    reader.pull()
    written = [first.entity, second.entity]
    return written, [entity for entity in written if entity not in reader.seen]


@ON_POSTGRES
def test_a_pull_between_two_overlapping_commits_misses_nothing(any_world: World, gate: None) -> None:
    _written, missed = missed_by_overlap(any_world)
    assert missed == []


@ON_POSTGRES
def test_without_the_held_feed_row_the_pull_would_miss_the_one_that_commits_later(
    any_world: World, gate: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    number_by_sequence(any_world, monkeypatch)
    written, missed = missed_by_overlap(any_world)
    assert missed == written[:1]


def number_by_sequence(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Take numbers from a sequence of the database, as one would without thinking of readers, and hold no lock."""
    with world.as_home(write=True):
        head = changes.head_seq(world.home.id)
        db.session.execute(text(f"CREATE SEQUENCE numbers START {head + 1}"))

    def take_seqs(_tenant_id: object, count: int) -> range:
        last = max(db.session.execute(text("SELECT nextval('numbers')")).scalar_one() for _ in range(count))
        return range(last - count + 1, last + 1)

    monkeypatch.setattr(changes, "take_seqs", take_seqs)
    monkeypatch.setattr(db_module, "lock_tenant", lambda _tenant_id: None)


Action = tuple[Literal["begin", "commit", "stop", "pull"], int]
ACTIONS = st.tuples(st.sampled_from(("begin", "begin", "commit", "stop", "pull")), st.integers(0, 2))
OVERLAP: list[Action] = [("begin", 0), ("begin", 1), ("commit", 1), ("pull", 0), ("commit", 0), ("pull", 0)]


class Interleaving:
    """Three phones that write and one that reads, step by step as a schedule says."""

    def __init__(self, phones: list[Phone], reader: Reader) -> None:
        self.phones, self.reader = phones, reader
        self.open: dict[int, Writer] = {}
        self.begun: list[Writer] = []

    def do(self, action: Action) -> None:
        verb, who = action
        if verb == "pull":
            self.reader.pull()
        elif verb == "begin" and who not in self.open:
            writer = self.open[who] = Writer(self.phones[who])
            self.begun.append(writer)
            writer.start()
            writer.is_at_commit.wait(SOON_S)
        elif verb in {"commit", "stop"} and who in self.open:
            writer = self.open.pop(who)
            writer.go_on(is_stopped=verb == "stop")
            if writer.is_at_commit.is_set():
                writer.join(LONG_S)
            else:
                self.open[who] = writer  # it waits for another, and will not stand still when its turn comes

    def end(self) -> set[str]:
        """Let all go on, pull once more, and return what was written and never pulled."""
        written = {writer.entity for writer in self.begun if writer.finish()}
        self.reader.pull()
        return written - self.reader.seen


@ON_POSTGRES
def test_no_interleaving_of_writers_and_pulls_misses_a_row(any_world: World, gate: None) -> None:
    phones, reader = [any_world.phone() for _ in range(3)], Reader(any_world.phone())

    @settings(max_examples=20, suppress_health_check=list(HealthCheck))
    @example(OVERLAP)
    @given(st.lists(ACTIONS, max_size=14))
    def check(schedule: list[Action]) -> None:
        interleaving = Interleaving(phones, reader)
        for action in schedule:
            interleaving.do(action)
        assert interleaving.end() == set()
        assert reader.seqs == sorted(set(reader.seqs))

    check()


@ON_POSTGRES
def test_the_interleavings_would_find_a_missing_lock(
    any_world: World, gate: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    number_by_sequence(any_world, monkeypatch)
    interleaving = Interleaving([any_world.phone() for _ in range(2)], Reader(any_world.phone()))
    for action in OVERLAP:
        interleaving.do(action)
        if action == ("begin", 1):
            assert interleaving.open[1].is_at_commit.wait(LONG_S)
    assert interleaving.end() == {interleaving.begun[0].entity}
