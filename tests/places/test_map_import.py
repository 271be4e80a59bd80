"""A map becomes places, zones and a path network; the same map again changes nothing; what is gone ends, never changes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path as FilePath
from typing import Any

import pytest
from sqlalchemy import func, select

from fieldapp.access.models import AuditEvent
from fieldapp.access.roles import Role
from fieldapp.infra import changes
from fieldapp.infra.db import as_tenant, db
from fieldapp.places import map_import, service
from fieldapp.places.commands import AddZone
from fieldapp.places.map_files import read_map
from fieldapp.places.map_objects import MapFile
from fieldapp.places.map_plan import MapPlan
from fieldapp.places.models import Path, PathSuccession, Place, Zone
from fieldapp.places.zones_file import ZoneChoices
from tests.make.world import World
from tests.places.map_files import OsmMap, latlon, yard


def run_import(world: World, made: OsmMap | bytes) -> MapPlan:
    raw = made if isinstance(made, bytes) else made.raw()
    with world.as_home(write=True):
        return map_import.import_map(world.home.id, read_map(raw, ZoneChoices()), clock=world.clock)


def head(world: World) -> int:
    with world.as_home():
        return changes.head_seq(world.home.id)


def place(world: World, external_id: str) -> Place:
    with world.as_home():
        return db.session.scalars(select(Place).where(Place.external_id == external_id)).one()


def paths(world: World, *, ended: bool = False) -> list[Path]:
    with world.as_home():
        query = select(Path).where(
            Path.source == "osm", Path.ended_at.is_not(None) if ended else Path.ended_at.is_(None)
        )
        return list(db.session.scalars(query.order_by(Path.external_id)))


def successions(world: World) -> list[PathSuccession]:
    with world.as_home():
        return list(db.session.scalars(select(PathSuccession)))


def one_path(*points: tuple[float, float], **tags: Any) -> OsmMap:
    made = OsmMap()
    made.way(1, points, highway="footway", **tags)
    return made


def test_a_map_gives_places_and_pieces(world: World) -> None:
    plan = run_import(world, yard())
    assert plan.places.counts() == {"added": 3, "changed": 0, "ended": 0, "resumed": 0, "unchanged": 0}
    assert place(world, "osm:node/1000").parent_id == place(world, "osm:way/1").id
    assert [(round(piece.length_m), piece.is_lit, piece.origin) for piece in paths(world)].count(
        (35, True, "osm:way/3")
    )


def test_places_lie_in_the_zone_that_is_there(world: World) -> None:
    run_import(world, yard())
    assert place(world, "osm:way/2").zone_id == world.home.zone.id


def test_the_same_map_again_changes_nothing_and_is_told_to_nobody(world: World) -> None:
    run_import(world, yard())
    before = head(world)
    plan = run_import(world, yard())
    assert (plan.changes_something(), plan.paths.counts()["unchanged"], head(world)) == (
        False,
        len(paths(world)),
        before,
    )


def test_an_import_is_in_the_audit_once(world: World) -> None:
    run_import(world, yard())
    run_import(world, yard())
    with world.as_home():
        assert db.session.scalar(select(func.count()).where(AuditEvent.action == "map:import")) == 1


def test_a_preview_changes_nothing(world: World) -> None:
    with world.as_home():
        plan = map_import.plan_map(world.home.id, read_map(yard().raw(), ZoneChoices()))
    assert plan.changes_something()
    assert paths(world) == []


def test_a_place_that_is_gone_from_the_files_extent_ends(world: World) -> None:
    run_import(world, yard())
    run_import(world, one_path((0, 0), (40, 0)))
    assert place(world, "osm:way/2").ended_at is not None


@pytest.mark.parametrize("box", [None, ((100, 100), (200, 200))])
def test_a_place_outside_what_the_file_is_all_of_stays(world: World, box: Any) -> None:
    run_import(world, yard())
    other = one_path((0, 100), (40, 100))
    other.box = box
    run_import(world, other)
    assert place(world, "osm:way/2").ended_at is None
    assert paths(world, ended=True) == []


def test_a_place_whose_object_is_faulty_now_stays(world: World) -> None:
    run_import(world, yard())
    other = one_path((0, 100), (40, 100))
    other.way(2, [(40, 0), (50, 0), (50, 10)], leisure="playground")
    run_import(world, other)
    assert place(world, "osm:way/2").ended_at is None


def test_what_a_supervisor_named_and_ended_stays_so(world: World) -> None:
    run_import(world, yard())
    actor = world.home.actor(Role.SUPERVISOR)
    with world.as_home(write=True):
        house, playground = (
            db.session.scalars(select(Place).where(Place.external_id == ref)).one()
            for ref in ("osm:way/1", "osm:way/2")
        )
        house.name = "Punkthuset"
        service.end_place(actor, playground, clock=world.clock)
    assert not run_import(world, yard()).changes_something()
    assert (place(world, "osm:way/1").name, place(world, "osm:way/2").ended_at) == ("Punkthuset", world.clock.now())


def test_places_of_the_register_are_left_alone(world: World) -> None:
    run_import(world, yard())
    with world.as_home():
        query = select(func.count()).where(Place.external_id.not_like("osm:%"), Place.ended_at.is_not(None))
        assert db.session.scalar(query) == 0


def test_a_path_that_was_redrawn_ends_and_is_succeeded(any_world: World) -> None:
    run_import(any_world, one_path((0, 0), (40, 0)))
    [old] = paths(any_world)
    run_import(any_world, one_path((0, 0), (20, 1), (40, 0)))
    [new], [ended] = paths(any_world), paths(any_world, ended=True)
    assert (ended.id, ended.line) == (old.id, old.line)
    assert [(one.predecessor_id, one.successor_id) for one in successions(any_world)] == [(old.id, new.id)]
    assert successions(any_world)[0].overlap_m == pytest.approx(40, abs=0.5)


def test_a_path_that_is_lit_now_is_succeeded_too(world: World) -> None:
    run_import(world, one_path((0, 0), (40, 0)))
    run_import(world, one_path((0, 0), (40, 0), lit="yes"))
    assert [(piece.is_lit, bool(piece.ended_at)) for piece in (*paths(world), *paths(world, ended=True))] == [
        (True, False),
        (False, True),
    ]


def test_a_redrawn_path_ends_even_where_the_file_is_not_all_of_anything(world: World) -> None:
    run_import(world, one_path((0, 0), (40, 0)))
    other = one_path((0, 0), (20, 1), (40, 0))
    other.box = None
    run_import(world, other)
    assert (len(paths(world)), len(paths(world, ended=True))) == (1, 1)


def test_a_path_that_only_crosses_inherits_nothing(world: World) -> None:
    run_import(world, one_path((0, 0), (40, 0)))
    run_import(world, one_path((20, -20), (20, 20)))
    assert (len(paths(world, ended=True)), successions(world)) == (1, [])


def test_a_path_that_comes_back_is_another_piece_with_the_old_ones_clock(world: World) -> None:
    drawn = one_path((0, 0), (40, 0)), one_path((0, 0), (20, 1), (40, 0)), one_path((0, 0), (40, 0))
    for made in drawn:
        run_import(world, made)
    [now] = paths(world)
    assert now.external_id.endswith(".2")
    assert len(paths(world, ended=True)) == len(successions(world)) == 2


def test_a_piece_that_was_left_out_leaves_out_its_successor(world: World) -> None:
    run_import(world, one_path((0, 0), (40, 0)))
    user_id = world.home.users[Role.SUPERVISOR].id
    with world.as_home(write=True):
        [piece] = db.session.scalars(select(Path).where(Path.source == "osm"))
        piece.excluded_at, piece.excluded_by_id = world.clock.now(), user_id
    run_import(world, one_path((0, 0), (20, 1), (40, 0)))
    [new] = paths(world)
    assert (new.excluded_at, new.excluded_by_id) == (world.clock.now(), user_id)


def test_a_network_upon_another_sources_is_refused(world: World) -> None:
    file = read_map(yard().raw(), ZoneChoices())
    run_import(world, yard())
    with world.as_home(write=True):
        other = map_import.import_map(world.home.id, replace(file, source="nvdb"), clock=world.clock)
    assert [(fault.code, fault.facts) for fault in other.faults] == [("other_network", {"source": "osm"})]


def test_a_network_beside_another_sources_is_taken(world: World) -> None:
    file = read_map(one_path((-40, -5), (0, -5), (0, 60)).raw(), ZoneChoices())
    run_import(world, one_path((-40, 0), (0, 0), (40, 0)))
    with world.as_home(write=True):
        other = map_import.import_map(world.home.id, replace(file, source="nvdb"), clock=world.clock)
    assert (other.faults, len(other.paths.added)) == ([], 2)


def test_nothing_of_another_organisation_is_touched_or_known(world: World) -> None:
    run_import(world, yard())
    with world.app.app_context(), as_tenant(world.foreign.id, write=True):
        plan = map_import.import_map(world.foreign.id, read_map(yard().raw(), ZoneChoices()), clock=world.clock)
    assert plan.places.counts()["added"] == 3
    assert {place.id for place in plan.places.places}.isdisjoint({place(world, "osm:way/1").id})


def zones_of(*codes: str) -> bytes:
    corners = [latlon(at) for at in ((0, 0), (90, 0), (90, 90), (0, 90), (0, 0))]
    ring = str([[at.lon, at.lat] for at in corners])
    one = '{"type":"Feature","properties":{"code":"%s","name":"Ny"},"geometry":{"type":"Polygon","coordinates":[%s]}}'
    return f'{{"features":[{",".join(one % (code, ring) for code in codes)}]}}'.encode()


def test_zones_are_added_then_known_again(world: World) -> None:
    assert run_import(world, zones_of("B", "C")).zone_counts() == {"added": 2, "changed": 0, "unchanged": 0}
    assert not run_import(world, zones_of("B", "C")).changes_something()


def test_a_zone_of_the_same_code_is_drawn_anew(world: World) -> None:
    code = world.home.zone.code
    assert run_import(world, zones_of(code)).zone_counts()["changed"] == 1
    with world.as_home():
        zone = db.session.get_one(Zone, world.home.zone.id)
        assert (zone.name, len(zone.outline or [])) == ("Ny", 5)


def test_an_ended_zone_refuses_the_whole_file(world: World) -> None:
    actor = world.home.actor(Role.SUPERVISOR)
    with world.as_home(write=True):
        zone = service.add_zone(actor, AddZone("Gammal", "Gammal", None), clock=world.clock)
        service.end_zone(actor, zone, clock=world.clock)
    plan = run_import(world, zones_of("B", "Gammal"))
    assert [fault.code for fault in plan.faults] == ["ended_zone"]
    with world.as_home():
        assert db.session.scalars(select(Zone).where(Zone.code == "B")).all() == []


@pytest.mark.parametrize("name", ["malmo_sorgenfri_2013.osm", "malmo_sorgenfri_2013.osm.pbf"])
def test_a_real_district_imports_once(any_world: World, shared: FilePath, name: str) -> None:
    raw = (shared / "osm" / name).read_bytes()
    first = run_import(any_world, raw)
    again = run_import(any_world, raw)
    assert (first.places.counts()["added"], first.paths.counts()["added"]) == (1050, 2813)
    assert not again.changes_something()


@pytest.mark.parametrize("name", ["primaromraden", "deso"])
def test_the_areas_of_hisingen_import_once(world: World, shared: FilePath, name: str) -> None:
    raw = (shared / "areas" / f"{name}_hisingen.geojson").read_bytes()
    first = run_import(world, raw)
    before = head(world)
    again = run_import(world, raw)
    assert first.zone_counts()["added"] == again.zone_counts()["unchanged"] > 0
    assert (again.changes_something(), head(world)) == (False, before)


def test_a_plan_tells_itself_from_another(world: World) -> None:
    def digest(made: OsmMap) -> str:
        file: MapFile = read_map(made.raw(), ZoneChoices())
        with world.as_home():
            return map_import.plan_map(world.home.id, file).digest()

    assert digest(yard()) == digest(yard()) != digest(one_path((0, 0), (40, 0)))
