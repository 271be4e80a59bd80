"""An organisation that keeps no tracks has coverage all the same, and no coordinate of a fix is written anywhere."""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text, update

from fieldapp.access.models import Organisation
from fieldapp.backup.create import create as create_backup
from fieldapp.coverage.models import PieceBin
from fieldapp.infra.db import db
from fieldapp.infra.feature import Installation
from fieldapp.rounds.models import TrackSegment
from fieldapp.sync.models import LedgerEntry
from tests.coverage.evening import PLANE, end_round, fold, lay_street, segments, send, walk
from tests.make.world import World

CANARY = (173.25, 4.5)
"""Somewhere on the street, to the millionth of a degree: nothing else is there."""


def _keep(world: World, hours: int) -> None:
    with world.as_home(write=True):
        db.session.execute(
            update(Organisation).where(Organisation.id == world.home.id).values(track_retention_hours=hours)
        )


def _walk_with_canary(world: World) -> list[Any]:
    return walk([(5, 0), CANARY, (395, 0)], world.clock.now())


def _traces() -> list[bytes]:
    """Return the forms in which the canary could be written: steps, degrees, millionths of them, as text and in bytes."""
    at = PLANE.to_latlon(*CANARY)
    found: list[bytes] = [b'"dlat"', b'"dlon"']
    for degrees in (at.lat, at.lon):
        micro = round(degrees * 1_000_000)
        found += [str(micro).encode(), f"{degrees:.6f}".encode(), f"{degrees:.5f}".encode()]
        found += [micro.to_bytes(4, "big"), micro.to_bytes(4, "little")]
    return found


def _everything_in(folder: Path) -> Iterator[tuple[Path, bytes]]:
    """Yield every file's bytes, and of every database each segment's and held operation's positions summed up from its steps."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            raw = path.read_bytes()
            yield path, raw
            if raw.startswith(b"SQLite format 3"):
                yield path, _summed(path).encode()


def _summed(path: Path) -> str:
    """Return every number that steps from a start add up to, wherever a database has such columns."""
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as connection:
        texts = [
            str(value)
            for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
            for row in connection.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - the database's own names
            for value in row
            if value is not None
        ]
    sums = []
    for one in texts:
        if '"dlat"' in one:
            document = json.loads(one)
            columns = document.get("data", document)
            for start, steps in (("lat0", "dlat"), ("lon0", "dlon")):
                total = columns[start]
                for step in columns[steps]:
                    total += step
                    sums.append(str(total))
    return "\n".join([*texts, *sums])


def _found(folder: Path) -> list[str]:
    traces = _traces()
    return [str(path) for path, raw in _everything_in(folder) for trace in traces if trace in raw]


@contextmanager
def _logged(folder: Path) -> Iterator[None]:
    """Write all that is logged to a file in the data folder."""
    handler = logging.FileHandler(folder / "all.log")
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        root.removeHandler(handler)
        root.setLevel(before)
        handler.close()


def _live_through(world: World, folder: Path) -> None:
    """Send the canary in every way a fix can come: in time, before its round, out of form, from who is not signed in there."""
    phone, other = world.phone(), world.phone()
    fixes = _walk_with_canary(world)
    round_id = phone.start_round()
    world.clock.advance(fixes[-1].at - world.clock.now())
    send(phone, segments(phone, round_id, fixes))
    start = other.operation("round.start", data={"zone": None, "party_size": 1})
    for held in segments(other, str(start["entity"]), fixes):
        assert other.acks(held)[0]["st"] == "held"
    broken = segments(phone, round_id, fixes)[1]
    broken["data"]["part"] = -1
    future = {**segments(phone, round_id, fixes)[1], "v": 9}
    foreign = {**segments(other, round_id, fixes)[1], "by": str(world.foreign.id)}
    assert [ack["st"] for ack in phone.acks(broken, future)] == ["held", "held"]
    assert other.acks(foreign)[0]["st"] == "held"
    end_round(phone, round_id)
    fold(world)
    create_backup(world.app.extensions["rond_settings"], datetime.now(UTC))


def test_a_canary_is_in_no_table_log_or_backup_where_no_tracks_are_kept(world: World, tmp_path: Path) -> None:
    with world.as_home(write=True):
        lay_street(world)
    _keep(world, 0)
    with _logged(tmp_path):
        _live_through(world, tmp_path)
    assert (tmp_path / "rond.sqlite3-wal").stat().st_size > 0
    assert _found(tmp_path) == []


def test_the_canary_is_found_where_tracks_are_kept(world: World, tmp_path: Path) -> None:
    with world.as_home(write=True):
        lay_street(world)
    with _logged(tmp_path):
        _live_through(world, tmp_path)
    assert {Path(name).name for name in _found(tmp_path)} == {"rond.sqlite3", "rond.sqlite3-wal", "database.sqlite3"}


@pytest.mark.parametrize("hours", [0, 72])
def test_bins_are_the_same_whether_tracks_are_kept_or_not(world: World, hours: int) -> None:
    with world.as_home(write=True):
        street = lay_street(world)
    _keep(world, hours)
    phone = world.phone()
    round_id = phone.start_round()
    fixes = walk([(5, 0), (395, 0)], world.clock.now())
    world.clock.advance(fixes[-1].at - world.clock.now())
    send(phone, segments(phone, round_id, fixes))
    fold(world)
    with world.as_home():
        found = {row.path_id: round(row.share, 3) for row in db.session.scalars(select(PieceBin))}
        kept = [columns is not None for columns in db.session.scalars(select(TrackSegment.columns))]
    assert set(found) == set(street[:8])
    assert all(kept) == (hours > 0)
    assert found[street[1]] == 1.0


def test_a_held_segment_keeps_its_bins_instead_of_its_columns_and_counts_when_its_round_comes(world: World) -> None:
    with world.as_home(write=True):
        street = lay_street(world)
    _keep(world, 0)
    phone = world.phone()
    start = phone.operation("round.start", data={"zone": None, "party_size": 1})
    fixes = walk([(5, 0), (145, 0)], world.clock.now())
    world.clock.advance(fixes[-1].at - world.clock.now())
    [segment] = segments(phone, str(start["entity"]), fixes)
    assert phone.acks(segment)[0]["st"] == "held"
    with world.as_home():
        body: Any = db.session.scalars(select(LedgerEntry.body).where(LedgerEntry.type == "track.segment")).one()
        assert "lat0" not in body["data"]
        assert db.session.scalars(select(PieceBin)).all() == []
    assert phone.acks(start)[0]["st"] == "ok"
    assert phone.acks(segment)[0]["st"] == "dup"
    with world.as_home():
        assert set(db.session.scalars(select(PieceBin.path_id))) == set(street[:3])


def test_who_turns_to_keeping_no_tracks_does_so_for_what_is_held_too(any_world: World, tmp_path: Path) -> None:
    world = any_world
    with world.as_home(write=True):
        street = lay_street(world)
    phone = world.phone()
    start = phone.operation("round.start", data={"zone": None, "party_size": 1})
    fixes = _walk_with_canary(world)
    world.clock.advance(fixes[-1].at - world.clock.now())
    held = segments(phone, str(start["entity"]), fixes)
    broken = phone.operation("track.segment", data={**held[0]["data"], "part": -1})
    assert {ack["st"] for ack in phone.acks(*held, broken)} == {"held"}
    assert _condense(world) == 0
    _keep(world, 0)
    assert _condense(world) == len(held) + 1
    assert _condense(world) == 0
    with world.as_home():
        bodies: Any = db.session.scalars(select(LedgerEntry.body).where(LedgerEntry.type == "track.segment")).all()
    assert [name for body in bodies for name in ("lat0", "dlat", "dlon") if name in json.dumps(body)] == []
    if (tmp_path / "rond.sqlite3").exists():
        with world.app.app_context():
            db.session.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
        assert _found(tmp_path) == []
    assert phone.acks(start)[0]["st"] == "ok"
    with world.as_home():
        assert set(db.session.scalars(select(PieceBin.path_id))) == set(street[:8])


def _condense(world: World) -> int:
    extensions = world.app.extensions
    [job] = [job for job in extensions["rond_jobs"] if job.name == "condense_held"]
    with world.app.app_context():
        done: int = job.run(Installation(extensions["rond_clock"], extensions["rond_blobs"], None))  # type: ignore[arg-type]
        db.session.remove()
    return done
