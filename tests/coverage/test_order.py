"""Whatever the order in which segments come, how often and how late, and when their fixes are erased, coverage is the same."""

from __future__ import annotations

import random
import uuid
from collections.abc import Sequence
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from fieldapp.coverage.models import CoverageDay, PathClock, PieceBin, PlaceBin, PlaceClock, RoundCoverage, WalkDay
from fieldapp.coverage.states import states
from fieldapp.infra.db import db
from fieldapp.kernel.geo import LatLon
from fieldapp.places.models import Path
from fieldapp.rounds.models import Round, TrackSegment
from fieldapp.rounds.track import Fix
from tests.coverage.evening import add_place, end_round, fold, lay_street, ring, segments, send, walk
from tests.coverage.test_store import FRIDAY
from tests.make.world import Phone, World

A_FEW = settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
)
STREET_M = 590


def _lay(world: World) -> None:
    with world.as_home(write=True):
        lay_street(world)
        add_place(world, "Playground", 100, 30, outline=ring(80, 15, 120, 45))
        add_place(world, "Entrance", 300, 6)


def _fixes(world: World, seed: int) -> list[Fix]:
    """Return an evening's fixes with noise, a silence in the middle and one piece walked twice."""
    rng = random.Random(seed)
    points = [(5.0, 0.0), (100.0, 0.0), (100.0, 30.0), (100.0, 0.0), (rng.uniform(200, STREET_M), 0.0), (150.0, 0.0)]
    plain = walk(points, world.clock.now())
    silent = rng.randrange(len(plain) // 2)
    kept = plain[:silent] + plain[silent + rng.randrange(20, 60) :]
    return [
        Fix(
            fix.at,
            LatLon(fix.position.lat + rng.gauss(0, 2e-5), fix.position.lon + rng.gauss(0, 4e-5)),
            rng.choice([5.0, 8.0, None]),
        )
        for fix in kept
    ]


def _everything(world: World) -> dict[str, Any]:
    """Return all that is known of coverage, but for rounds' own ids."""
    with world.as_home():
        bins = sorted((row.path_id.hex, row.bin, row.source, row.share) for row in db.session.scalars(select(PieceBin)))
        places = sorted((row.place_id.hex, row.bin, row.source) for row in db.session.scalars(select(PlaceBin)))
        clocks = sorted((row.path_id.hex, row.last_seen_at) for row in db.session.scalars(select(PathClock)))
        found = states(FRIDAY, FRIDAY)
        standing = {one: (s.state, s.seen_count, s.unknown_count) for one, s in found.items()}
    return {"bins": bins, "places": places, "clocks": clocks, "standing": standing}


def _forget(world: World) -> None:
    with world.as_home(write=True):
        for model in (
            PieceBin,
            PlaceBin,
            RoundCoverage,
            TrackSegment,
            WalkDay,
            CoverageDay,
            PathClock,
            PlaceClock,
            Round,
        ):
            db.session.execute(delete(model), execution_options={"synchronize_session": False})


@A_FEW
@given(seed=st.integers(0, 10_000), data=st.data())
def test_order_duplication_and_lateness_never_change_the_result(world: World, seed: int, data: st.DataObject) -> None:
    if not _has_street(world):
        _lay(world)
    phone, fixes = world.phone(), _fixes(world, seed)
    count = len(segments(phone, str(uuid.uuid4()), fixes))
    begun = world.clock.now()
    world.clock.advance(fixes[-1].at - begun)
    in_order = [[(fixes, part) for part in range(count)]]
    shuffled = data.draw(
        st.permutations([*range(count), *data.draw(st.lists(st.sampled_from(range(count)), max_size=3))])
    )
    cut = data.draw(st.integers(0, len(shuffled)))
    results = []
    for batches in (in_order, [[(fixes, part) for part in some] for some in (shuffled[:cut], shuffled[cut:])]):
        _forget(world)
        world.clock.at = begun
        _started(world, phone, batches, fixes)
        results.append(_everything(world))
    world.clock.at = begun
    assert results[0] == results[1]
    assert results[0]["bins"]


def _started(world: World, phone: Phone, batches: Any, fixes: Sequence[Fix]) -> None:
    """Begin the round when the first fix was, and go on when the last was."""
    begun = world.clock.now()
    start = phone.operation("round.start", data={"zone": str(world.home.zone.id), "party_size": 2})
    send(phone, [start])
    world.clock.advance(fixes[-1].at - begun)
    round_id = str(start["entity"])
    for number, batch in enumerate(batches):
        operations = []
        for some, part in batch:
            operation = segments(phone, round_id, some)[part]
            operation["entity"] = str(uuid.uuid5(uuid.UUID(round_id), str(part)))
            operations.append(operation)
        if operations:
            send(phone, operations)
        if number == 0:
            end_round(phone, round_id)
        fold(world)


def _has_street(world: World) -> bool:
    with world.as_home():
        return db.session.scalars(select(Path.id)).first() is not None


def test_erasing_fixes_never_changes_coverage(world: World) -> None:
    _lay(world)
    phone, fixes = world.phone(), _fixes(world, 7)
    _started(world, phone, [[(fixes, part) for part in range(len(segments(phone, str(uuid.uuid4()), fixes)))]], fixes)
    before = _everything(world)
    with world.as_home(write=True):
        db.session.execute(update(TrackSegment).values(columns=None))
        db.session.execute(update(RoundCoverage).values(is_stale=True))
    assert fold(world) > 0
    assert _everything(world) == before


@A_FEW
@given(seeds=st.tuples(st.integers(0, 10_000), st.integers(0, 10_000)), joins_late=st.booleans())
def test_two_phones_on_one_walk_give_the_union_and_count_once(
    world: World, seeds: tuple[int, int], joins_late: bool
) -> None:
    if not _has_street(world):
        _lay(world)
    begun = world.clock.now()
    phone, walks, alone = world.phone(), [_fixes(world, seed) for seed in seeds], []
    for fixes in walks:
        _forget(world)
        world.clock.at = begun
        _started(world, phone, [_all_of(phone, fixes)], fixes)
        alone.append(_everything(world))
    _forget(world)
    for fixes in walks:
        world.clock.at = begun
        _started(world, phone, [_all_of(phone, fixes)], fixes)
        if not joins_late:
            _join(world)
    if joins_late:
        _join(world)
    fold(world)
    world.clock.at = begun
    together = _everything(world)["standing"]
    for target, (state, seen_count, _unknown) in together.items():
        counts = [one["standing"][target][1] for one in alone]
        assert seen_count == max(counts) <= 1
        assert (state == "seen") == any(one["standing"][target][0] == "seen" for one in alone)


def _all_of(phone: Phone, fixes: Sequence[Fix]) -> list[tuple[Sequence[Fix], int]]:
    return [(fixes, part) for part in range(len(segments(phone, str(uuid.uuid4()), fixes)))]


def _join(world: World) -> None:
    """Make all rounds one walk."""
    with world.as_home(write=True):
        first = db.session.scalars(select(Round.id).order_by(Round.id)).first()
        db.session.execute(update(Round).values(walk_id=first))
