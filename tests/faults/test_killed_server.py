"""Kill the server outright under the load of twenty phones: everything acknowledged is there, once, photos whole.

`make kill KILLS=200 DATABASE=both` is the long form; a run of all tests kills ten times on each database.
"""

from __future__ import annotations

import hashlib
import logging
import os
import random
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import Select, delete, func, select, text

from fieldapp.access import service
from fieldapp.access.commands import AddUser
from fieldapp.access.roles import Role
from fieldapp.infra.blobs import BlobStore
from fieldapp.infra.db import db
from fieldapp.kernel.time import FixedClock
from fieldapp.observations.models import Observation, ObservationEdit, ObservationPhoto
from fieldapp.sync.models import LedgerEntry
from fieldapp.sync.protocol import canonical_sha256
from tests.faults.http_phone import HttpPhone
from tests.faults.load import Told, Walker
from tests.faults.served import Served
from tests.make.world import PASSWORD, World

log = logging.getLogger("kill")
KILLS = int(os.environ.get("ROND_TEST_KILLS", "10"))
PHONES = 20
PROGRESS_S = 60.0
"""However often it is killed, the server goes on acknowledging within this time."""
EVENING_END_S = 90.0


@dataclass
class Evening:
    """A served installation with twenty phones at work."""

    world: World
    server: Served
    walkers: list[Walker]
    seen_whole: set[str] = field(default_factory=set)

    @property
    def told(self) -> list[Told]:
        return [walker.told for walker in self.walkers]

    def acknowledged(self) -> dict[str, int]:
        """Return every operation that any phone was told is on the server, with its seq."""
        return {id_: seq for told in self.told for id_, seq in list(told.acknowledged.items())}

    def store(self) -> BlobStore:
        return BlobStore(self.server.data_dir / "blobs")


def host(world: World, number: int) -> str:
    """Make a host; return the login."""
    login = f"host{number}@bergsbo"
    user, _code = service.add_user(world.home.id, AddUser(login, login, (Role.HOST,)), clock=world.clock)
    service.set_first_password(user, PASSWORD)
    return login


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime.now(UTC))


@pytest.fixture
def evening(any_app: Flask, any_world: World) -> Iterator[Evening]:
    with any_world.as_home(write=True):
        logins = [host(any_world, number) for number in range(PHONES)]
    server = Served(any_app.extensions["rond_settings"].data_dir, any_app.config["SQLALCHEMY_DATABASE_URI"])
    server.start()
    walkers = []
    try:
        for number, login in enumerate(logins):
            phone = HttpPhone(any_app, any_world.clock, any_world.home, port=server.port)
            assert phone.sign_in(login).status_code == 200
            walkers.append(Walker(phone, number))
        yield Evening(any_world, server, walkers)
    finally:
        for walker in walkers:
            walker.give_up()
        server.stop()


def check_acknowledged(evening: Evening) -> None:
    """See that everything acknowledged until now is in the database with its content, and photos on the disk."""
    acknowledged = evening.acknowledged()
    whole = {sha256 for told in evening.told for sha256 in list(told.whole)}
    with evening.world.as_home():
        ledger = {str(id_): (seq, sha) for id_, seq, sha in db.session.execute(_ledger())}
    made = {id_: operation for told in evening.told for id_, operation in list(told.made.items())}
    assert acknowledged.keys() - ledger.keys() == set(), "acknowledged and not there"
    assert {id_: ledger[id_] for id_ in acknowledged} == {
        id_: (seq, canonical_sha256(made[id_])) for id_, seq in acknowledged.items()
    }
    for sha256 in whole - evening.seen_whole:
        stored = evening.store().received_path(evening.world.home.id, sha256).read_bytes()
        assert hashlib.sha256(stored).hexdigest() == sha256
    evening.seen_whole |= whole


def _ledger() -> Select[uuid.UUID, int, str]:
    return select(LedgerEntry.id, LedgerEntry.seq, LedgerEntry.sha256)


def wait_for_progress(evening: Evening, since: int) -> None:
    """Wait until something more has been acknowledged, so that each kill meets a server at work."""
    end = time.monotonic() + PROGRESS_S
    while len(evening.acknowledged()) <= since:
        for walker in evening.walkers:
            assert walker.fault is None, repr(walker.fault)
        assert time.monotonic() < end, f"nothing acknowledged for {PROGRESS_S:.0f} s"
        time.sleep(0.01)


def kill_often(evening: Evening, kills: int, dice: random.Random) -> Counter[str]:
    """Kill processes of a server at work; after each, see that nothing acknowledged is gone."""
    killed: Counter[str] = Counter()
    for number in range(kills):
        wait_for_progress(evening, len(evening.acknowledged()))
        time.sleep(dice.uniform(0, 0.3))
        which = "master" if number % 20 == 5 else "all" if number % 10 == 9 else "worker"
        if which == "worker":
            evening.server.kill_worker(dice.choice)
        elif which == "master":
            evening.server.kill_master()
        else:
            evening.server.kill_all()
        killed[which] += 1
        check_acknowledged(evening)
    return killed


def let_the_evening_end(evening: Evening) -> None:
    """Let the phones send what is left, and pull all."""
    for walker in evening.walkers:
        walker.end_evening()
    end = time.monotonic() + EVENING_END_S
    for walker in evening.walkers:
        walker.join(max(0.1, end - time.monotonic()))
        assert walker.fault is None, repr(walker.fault)
        assert not walker.is_alive(), "a phone could not send what it had"
    for walker in evening.walkers:
        walker.pull()


def check_whole(evening: Evening) -> None:
    """See that each thing made is there exactly once, and nothing else, whole, and was pulled without a hole."""
    made = {id_: operation for told in evening.told for id_, operation in told.made.items()}
    records = {each["entity"] for each in made.values() if each["type"] == "observation.record"}
    corrections = [each for each in made.values() if each["type"] == "observation.correct"]
    revs = Counter(each["entity"] for each in corrections)
    floors = {each["entity"]: each["data"]["set"]["floor"] for each in corrections}
    photos = {sha256: photo for told in evening.told for sha256, photo in told.photos.items()}
    with evening.world.as_home():
        ledger = db.session.execute(select(LedgerEntry.id, LedgerEntry.outcome, LedgerEntry.seq)).all()
        found = db.session.execute(select(Observation.id, Observation.rev, Observation.floor)).all()
        edits = db.session.execute(select(func.count()).select_from(ObservationEdit)).scalar_one()
        states = Counter(db.session.execute(select(ObservationPhoto.sha256, ObservationPhoto.state)).all())
    assert Counter(str(row.id) for row in ledger) == Counter(made.keys())
    assert {row.outcome for row in ledger} == {"applied"}
    assert len({row.seq for row in ledger}) == len(ledger)
    assert {str(id_): (rev, floor) for id_, rev, floor in found} == {
        id_: (1 + revs[id_], floors.get(id_, "")) for id_ in records
    }
    assert edits == len(corrections)
    assert states == Counter((sha256, "received") for sha256 in photos)
    checked = evening.store().verify(evening.world.home.id)
    assert (checked.received_count, checked.mismatches) == (len(photos), ())
    for walker in evening.walkers:
        check_phone(walker)


def check_phone(walker: Walker) -> None:
    """See that the server misses nothing of a phone, and that what it pulled bit by bit is what a new phone gets."""
    phone = walker.phone
    audit = phone.http.get("/api/v1/sync/audit", headers=phone.headers).json
    assert audit == {"max_n": phone.n, "missing": [], "photos_missing": []}
    anew = {(row["kind"], row["id"]): row for row in phone.pull(anew=True)}
    assert walker.told.pulled == anew
    own = {each["entity"] for each in walker.told.made.values() if each["type"] == "observation.record"}
    assert {id_ for kind, id_ in anew if kind == "observation"} == own


@pytest.mark.slow
@pytest.mark.timeout(120 + 8 * KILLS)
def test_everything_acknowledged_outlives_kills_of_the_server_under_load(evening: Evening) -> None:
    begun = time.monotonic()
    for walker in evening.walkers:
        walker.start()
    killed = kill_often(evening, KILLS, random.Random(KILLS))
    let_the_evening_end(evening)
    check_acknowledged(evening)
    check_whole(evening)
    if evening.server.database_url.startswith("sqlite"):
        with evening.world.as_home():
            assert db.session.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"
    database = evening.server.database_url.split(":", maxsplit=1)[0]
    log.info(
        "%s: %d kills (%s), %d operations and %d photos acknowledged, each there once; %d requests unanswered; %.0f s",
        database,
        killed.total(),
        ", ".join(f"{count} {which}" for which, count in sorted(killed.items())),
        len(evening.acknowledged()),
        sum(len(told.whole) for told in evening.told),
        sum(walker.unanswered for walker in evening.walkers),
        time.monotonic() - begun,
    )


@pytest.mark.slow
@pytest.mark.parametrize("any_app", ["sqlite"], indirect=True)
def test_one_acknowledged_operation_that_is_gone_would_be_found(evening: Evening) -> None:
    for walker in evening.walkers[:2]:
        walker.start()
    wait_for_progress(evening, 0)
    evening.walkers[2:] = []
    let_the_evening_end(evening)
    check_whole(evening)
    with evening.world.as_home(write=True):
        gone = uuid.UUID(next(iter(evening.acknowledged())))
        db.session.execute(delete(LedgerEntry).where(LedgerEntry.id == gone))
    with pytest.raises(AssertionError, match="acknowledged and not there"):
        check_acknowledged(evening)
