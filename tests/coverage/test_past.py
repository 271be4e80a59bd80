"""A period that is over tells how long before its end things were seen, whatever was seen since."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import update

from fieldapp.infra.db import db
from fieldapp.places.models import Path, PathSuccession
from tests.coverage.evening import end_round, fold, lay_street, lonlat, segments, send, walk
from tests.coverage.test_review_pages import main_of, read
from tests.coverage.test_store import FRIDAY
from tests.make.world import World

HEIR = UUID(int=11)


def _walk(world: World, to_m: float) -> None:
    phone = world.phone()
    round_id = phone.start_round()
    fixes = walk([(5, 0), (to_m, 0)], world.clock.now())
    world.clock.advance(fixes[-1].at - world.clock.now())
    send(phone, [*segments(phone, round_id, fixes), phone.record(round_id)])
    end_round(phone, round_id)
    fold(world)


def _rows(world: World, last: date, query: str = "kind=piece") -> dict[str, dict[str, str]]:
    first = last - timedelta(days=1)
    return {row["target_id"]: row for row in read(world.desk(), "coverage/map", f"from={first}&to={last}&{query}")}


def test_ages_are_those_of_the_end_of_the_period(any_world: World) -> None:
    world = any_world
    with world.as_home(write=True):
        street = [str(one) for one in lay_street(world)]
    _walk(world, 95)
    world.clock.advance(timedelta(days=10))
    _walk(world, 195)
    then = _rows(world, FRIDAY + timedelta(days=4))
    assert [then[one]["days_since_seen"] for one in street[:4]] == ["4", "4", "", ""]
    assert {then[one]["last_seen_on"] for one in street[:2]} == {FRIDAY.isoformat()}
    assert _rows(world, FRIDAY, "part=morning&kind=piece")[street[0]]["days_since_seen"] == "0"
    now = {row["target_id"]: row for row in read(world.desk(), "coverage/map", "kind=piece")}
    assert [now[one]["days_since_seen"] for one in street[:4]] == ["0", "0", "0", "0"]
    cellar = str(world.home.places["cellar"].id)
    assert _rows(world, FRIDAY + timedelta(days=1), "kind=place")[cellar]["days_since_seen"] == "1"
    address = f"/desk/coverage?from={FRIDAY}&to={FRIDAY + timedelta(days=2)}&kind=piece"
    shown = " ".join(main_of(world.desk().get(address).text).split())
    assert shown.index("Inte sedd på ett år dessförinnan") < shown.index("Sedd 2 dagar dessförinnan")
    assert "dagar sedan" not in shown


def test_a_record_outside_of_rounds_counts_for_the_end_of_a_period(world: World) -> None:
    phone = world.phone()
    send(phone, [phone.record(None)])
    world.clock.advance(timedelta(days=5))
    send(phone, [phone.record(None)])
    cellar = str(world.home.places["cellar"].id)
    assert _rows(world, FRIDAY + timedelta(days=3), "kind=place")[cellar]["days_since_seen"] == "3"


def test_a_successor_tells_the_age_of_what_was_there_at_the_end_of_the_period(world: World) -> None:
    with world.as_home(write=True):
        street = lay_street(world)
    _walk(world, 95)
    world.clock.advance(timedelta(days=5))
    with world.as_home(write=True):
        now = world.clock.now()
        db.session.execute(update(Path).where(Path.id == street[0]).values(ended_at=now))
        line = [lonlat(0, 1), lonlat(50, 1)]
        db.session.add(
            Path(id=HEIR, tenant_id=world.home.id, external_id="heir", line=line, length_m=50.0, is_lit=True, created_at=now)
        )  # fmt: skip
        db.session.flush()
        succession = PathSuccession(
            tenant_id=world.home.id, predecessor_id=street[0], successor_id=HEIR, overlap_m=50.0
        )
        db.session.add(succession)
    _walk(world, 95)
    row = _rows(world, FRIDAY + timedelta(days=2))[str(HEIR)]
    assert (row["days_since_seen"], row["is_inherited"]) == ("2", "true")
