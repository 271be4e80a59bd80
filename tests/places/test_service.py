"""Zones and places of one organisation: added, changed, ended, imported; phones are told, nothing is removed."""

from __future__ import annotations

import uuid
from dataclasses import asdict
from typing import Any

import pytest
from sqlalchemy import select

from fieldapp.access import audit
from fieldapp.access.models import AuditEvent, Organisation
from fieldapp.access.roles import Role
from fieldapp.infra import changes
from fieldapp.infra.db import as_tenant, db, transaction
from fieldapp.kernel.errors import Invalid
from fieldapp.places import queries, service
from fieldapp.places.commands import AddPlace, AddZone, ChangePlace, ChangeZone
from fieldapp.places.imports import read_places
from fieldapp.places.models import Place, Zone
from fieldapp.places.plan import ImportPlan
from fieldapp.places.queries import zones
from tests.make.world import ZONE_OUTLINE, World

REGISTER = """\
place_id;parent_id;kind;name;fastighet_beteckning;adress;lat;lon;zone_id;active
K2;B2;BasementLevel;Källare;;;;;N;1
B2;;Building;Bergsbogatan 2;GÖTEBORG BACKA 1:2;Bergsbogatan 2;57,751;11,981;N;ja
"""
TEXTS = dict.fromkeys(
    ("fastighet_beteckning", "fastighet_nr", "byggnad_nr", "adress", "postnr", "postort", "uppgang", "plan"), ""
)


def make_add_place(**overrides: Any) -> AddPlace:
    given = {"external_id": "B9", "kind": "Building", "name": "Nio", "parent": None, "zone_id": None}
    return AddPlace(**{**given, "lat": None, "lon": None, **TEXTS, **overrides})


def make_change(place: Place, **overrides: Any) -> ChangePlace:
    names = ("kind", "name", "zone_id", "lat", "lon", *TEXTS)
    return ChangePlace(**{**{name: getattr(place, name) for name in names}, "parent": None, **overrides})


def run_import(world: World, text: str, **options: Any) -> ImportPlan:
    with world.as_home(write=True):
        return service.import_places(
            world.home.id, read_places(text.encode()).rows, clock=world.clock, actor=actor(world), **options
        )


def actor(world: World) -> Any:
    return world.home.actor(Role.SUPERVISOR)


def head(world: World) -> int:
    with world.as_home():
        return changes.head_seq(world.home.id)


def actions(world: World) -> list[str]:
    with world.as_home():
        return list(db.session.scalars(select(AuditEvent.action).order_by(AuditEvent.number)))


def test_an_added_zone_reaches_the_phones(any_world: World) -> None:
    phone = any_world.phone()
    with any_world.as_home(write=True):
        zone = service.add_zone(actor(any_world), AddZone("S", "Södra", ZONE_OUTLINE), clock=any_world.clock)
    assert phone.pulled("zone")[str(zone.id)] == {
        "code": "S",
        "name": "Södra",
        "outline": ZONE_OUTLINE,
        "ended": False,
    }
    assert "zone:add" in actions(any_world)


def test_a_zone_s_code_is_never_used_again(world: World) -> None:
    with pytest.raises(service.CodeTaken), world.as_home(write=True):
        service.add_zone(actor(world), AddZone("N", "Nya", None), clock=world.clock)


def test_two_organisations_may_use_one_code(world: World) -> None:
    with world.as_home(write=True):
        service.add_zone(actor(world), AddZone("S", "Södra", None), clock=world.clock)
    foreign = world.foreign.actor(Role.SUPERVISOR)
    with world.app.app_context(), as_tenant(world.foreign.id, write=True):
        service.add_zone(foreign, AddZone("S", "Södra", None), clock=world.clock)
    for tenant in (world.home, world.foreign):
        with world.app.app_context(), as_tenant(tenant.id, write=False):
            [zone] = [found for found in zones() if found.code == "S"]
            assert zone.tenant_id == tenant.id


def test_a_zone_with_living_places_cannot_be_ended(world: World) -> None:
    with pytest.raises(service.ZoneInUse) as refused, world.as_home(write=True):
        service.end_zone(actor(world), db.session.get_one(Zone, world.home.zone.id), clock=world.clock)
    assert refused.value.details["places"] == 3


def test_an_empty_zone_is_ended_and_taken_up_again(world: World) -> None:
    with world.as_home(write=True):
        zone = service.add_zone(actor(world), AddZone("S", "Södra", None), clock=world.clock)
    for change, is_ended in ((service.end_zone, True), (service.resume_zone, False)):
        with world.as_home(write=True):
            change(actor(world), db.session.get_one(Zone, zone.id), clock=world.clock)
        assert world.phone().pulled("zone")[str(zone.id)]["ended"] is is_ended


def test_saving_a_zone_as_it_is_tells_nobody(world: World) -> None:
    before = head(world)
    with world.as_home(write=True):
        service.change_zone(
            actor(world),
            db.session.get_one(Zone, world.home.zone.id),
            ChangeZone("Norra", ZONE_OUTLINE),
            clock=world.clock,
        )
    assert head(world) == before


def test_an_added_place_reaches_the_phones(world: World) -> None:
    phone = world.phone()
    with world.as_home(write=True):
        command = make_add_place(parent="B14", zone_id=world.home.zone.id, lat=57.7, lon=11.9)
        place = service.add_place(actor(world), command, clock=world.clock)
    body = phone.pulled("place")[str(place.id)]
    assert (body["name"], body["parent"], body["ended"]) == ("Nio", str(world.home.places["building"].id), False)


@pytest.mark.parametrize(("field", "value"), [("parent", "finns inte"), ("zone_id", uuid.uuid4())])
def test_a_place_in_something_unknown_is_refused(world: World, field: str, value: Any) -> None:
    with pytest.raises(Invalid) as refused, world.as_home(write=True):
        service.add_place(actor(world), make_add_place(**{field: value}), clock=world.clock)
    assert field in str(refused.value.details["errors"])


def test_a_foreign_zone_is_as_unknown_as_none(world: World) -> None:
    with pytest.raises(Invalid), world.as_home(write=True):
        service.add_place(actor(world), make_add_place(zone_id=world.foreign.zone.id), clock=world.clock)


def test_a_place_cannot_be_put_inside_itself(world: World) -> None:
    with world.as_home(write=True):
        building = db.session.get_one(Place, world.home.places["building"].id)
        change = make_change(building, parent="B14-K")
        with pytest.raises(Invalid):
            service.change_place(actor(world), building, change, clock=world.clock)


def test_a_house_that_ends_takes_its_cellar_along(world: World) -> None:
    with world.as_home(write=True):
        building = db.session.get_one(Place, world.home.places["building"].id)
        assert service.end_place(actor(world), building, clock=world.clock) == 2
    ended = {body["name"]: body["ended"] for body in world.phone().pulled("place").values()}
    assert ended == {
        "Bergsbogatan 14": True,
        "Källare, Bergsbogatan 14": True,
        "Gården vid Bergsbogatan": False,
    }


def test_every_change_leaves_a_line_in_an_unbroken_audit(world: World) -> None:
    with world.as_home(write=True):
        zone = service.add_zone(actor(world), AddZone("S", "Södra", None), clock=world.clock)
        service.change_zone(actor(world), zone, ChangeZone("Södra sidan", None), clock=world.clock)
        service.end_zone(actor(world), zone, clock=world.clock)
        place = service.add_place(actor(world), make_add_place(), clock=world.clock)
        service.change_place(actor(world), place, make_change(place, name="Tio"), clock=world.clock)
        service.end_place(actor(world), place, clock=world.clock)
    expected = ["zone:add", "zone:change", "zone:end", "place:add", "place:change", "place:end"]
    assert actions(world)[-6:] == expected
    with world.as_home():
        assert audit.broken_link() is None


def test_a_register_is_imported_with_parents_anywhere_in_the_file(any_world: World) -> None:
    plan = run_import(any_world, REGISTER)
    assert plan.counts() == {"added": 2, "changed": 0, "ended": 0, "resumed": 0, "unchanged": 0}
    with any_world.as_home():
        cellar, building = (queries.place_by_external_id(name) for name in ("K2", "B2"))
        assert cellar is not None
        assert building is not None
        assert cellar.parent_id == building.id
        assert (building.lat, building.lon, building.fastighet_beteckning) == (57.751, 11.981, "GÖTEBORG BACKA 1:2")
        assert building.owner_id == any_world.home.id
    assert len(any_world.phone().pulled("place")) == 5


def test_the_same_register_again_changes_nothing_and_tells_nobody(any_world: World) -> None:
    run_import(any_world, REGISTER)
    before, lines = head(any_world), actions(any_world)
    assert run_import(any_world, REGISTER).counts()["unchanged"] == 2
    assert (head(any_world), actions(any_world)) == (before, lines)


def test_a_place_keeps_its_identity_when_its_row_changes(world: World) -> None:
    run_import(world, REGISTER)
    with world.as_home():
        before = queries.place_by_external_id("B2")
    plan = run_import(world, "place_id,kind,name\nB2,Building,Bergsbogatan 2 A\nB14,Building,Bergsbogatan 14\n")
    [changed] = plan.those("changed")
    assert dict(changed.changes) == {"name": ("Bergsbogatan 2", "Bergsbogatan 2 A")}
    assert before is not None
    assert changed.id == before.id


def test_a_place_absent_from_the_file_is_left_alone(world: World) -> None:
    run_import(world, REGISTER)
    with world.as_home():
        yard = queries.place_by_external_id("G1")
    assert yard is not None
    assert yard.ended_at is None


def test_a_place_that_is_not_active_ends_and_an_active_one_is_taken_up_again(world: World) -> None:
    run_import(world, REGISTER)
    row = "place_id,kind,name,active\nB2,Building,Bergsbogatan 2,{}\n"
    assert run_import(world, row.format(0)).counts()["ended"] == 1
    assert run_import(world, row.format("")).counts()["resumed"] == 1
    with world.as_home():
        place = queries.place_by_external_id("B2")
    assert place is not None
    assert place.ended_at is None


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("A;;Building;A;S;;1", [(2, "zone_id", "unknown_zone")]),
        ("A;X;Building;A;;;1", [(2, "parent_id", "unknown_parent")]),
        ("A;A;Building;A;;;1", [(2, "parent_id", "own_parent")]),
        ("A;B;Building;A;;;1\nB;A;Building;B;;;1", [(2, "parent_id", "circle"), (3, "parent_id", "circle")]),
        ("B14;B14-K;Building;A;;;1", [(2, "parent_id", "circle")]),
        ("A;;Building;A;;annan;1", [(2, "owner_org", "unknown_owner")]),
        ("A;;Building;A;N;bergsbo;1", []),
    ],
)
def test_rows_that_refer_to_nothing_are_faults_of_their_line(
    world: World, rows: str, expected: list[tuple[int, str, str]]
) -> None:
    text = f"place_id;parent_id;kind;name;zone_id;owner_org;active\n{rows}\n"
    plan = run_import(world, text)
    assert [(fault.line, fault.column, fault.code) for fault in plan.faults] == expected


def test_a_register_with_one_fault_changes_nothing_at_all(world: World) -> None:
    before, lines = head(world), actions(world)
    plan = run_import(world, REGISTER + "B3;;Building;B3;;;;;Ö;1\n")
    assert [fault.code for fault in plan.faults] == ["unknown_zone"]
    assert (head(world), actions(world)) == (before, lines)


def test_unknown_zones_are_made_only_on_request(world: World) -> None:
    text = "place_id,kind,name,zone_id\nA,Building,A,S\nB,Building,B,S\n"
    assert run_import(world, text).faults
    plan = run_import(world, text, create_zones=True)
    assert list(plan.new_zones) == ["S"]
    assert run_import(world, text, create_zones=True).counts()["unchanged"] == 2


def test_an_owner_is_the_own_organisation_or_one_that_is_no_tenant(world: World) -> None:
    with world.app.app_context(), transaction(write=True):
        club = Organisation(
            id=uuid.uuid4(),
            slug="klubben",
            name="Klubben",
            kind="association",
            is_tenant=False,
            created_at=world.clock.now(),
        )
        db.session.add(club)
    run_import(world, "place_id,kind,name,owner_org\nA,Building,A,Klubben\nB,Building,B,\n")
    with world.as_home():
        owners = [queries.place_by_external_id(name) for name in "AB"]
    assert [place.owner_id if place else None for place in owners] == [club.id, world.home.id]


def test_a_deep_chain_is_told_as_a_circle(world: World) -> None:
    rows = "".join(f"P{number};{f'P{number - 1}' if number else ''};Level;L\n" for number in range(22))
    plan = run_import(world, f"place_id;parent_id;kind;name\n{rows}")
    assert {fault.code for fault in plan.faults} == {"circle"}


def test_a_large_register_is_imported_in_a_few_statements_a_thousand(world: World) -> None:
    rows = "".join(f"P{number},Building,Hus {number}\n" for number in range(3000))
    assert run_import(world, f"place_id,kind,name\n{rows}").counts()["added"] == 3000
    assert run_import(world, f"place_id,kind,name\n{rows}".replace("Hus", "Huset")).counts()["changed"] == 3000


def test_a_search_finds_places_by_name_identity_and_address_in_either_case(world: World) -> None:
    run_import(world, "place_id,kind,name,adress\nX1,Building,Östra huset,Älvgatan 3\n")
    with world.as_home():
        for text in ("östra", "ÖSTRA", "x1", "älvgatan", "hus"):
            found = queries.list_places(queries.PlaceFilter(text=text), None, 10)
            assert [place.external_id for place in found] == ["X1"], text
        assert not queries.list_places(queries.PlaceFilter(text="%"), None, 10)


def test_places_are_read_page_by_page_each_once(world: World) -> None:
    run_import(world, "place_id,kind,name\n" + "".join(f"P{number},Building,Samma\n" for number in range(25)))
    seen: list[str] = []
    after = None
    with world.as_home():
        while page := queries.list_places(queries.PlaceFilter(text="Samma"), after, 10):
            seen += [place.external_id for place in page]
            after = (page[-1].name, page[-1].id)
    assert sorted(seen) == sorted(f"P{number}" for number in range(25))


def test_a_command_holds_every_field_that_a_place_shows(world: World) -> None:
    place = world.home.places["building"]
    assert {name for name in asdict(make_change(place)) if name != "parent"} <= set(Place.__table__.c.keys())
