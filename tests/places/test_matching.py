"""A house of the register and of a map is one place, whichever came first; what might be another house stays apart."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from sqlalchemy import select

from fieldapp.access.roles import Role
from fieldapp.infra.db import db
from fieldapp.places import queries, service
from fieldapp.places.imports import read_places
from fieldapp.places.map_plan import MapPlan
from fieldapp.places.matching import House, match_houses
from fieldapp.places.models import Place
from fieldapp.places.plan import ImportPlan
from tests.make.world import World
from tests.places.map_files import OsmMap, latlon, square, yard
from tests.places.test_map_import import run_import

SQUARE = [[latlon(at).lon, latlon(at).lat] for at in square(0, 0, 20)]
INSIDE, OUTSIDE = latlon((10, 10)), latlon((60, 60))


def register(world: World, *rows: str) -> ImportPlan:
    text = "place_id;kind;name;adress;postnr;lat;lon\n" + "\n".join(rows)
    with world.as_home(write=True):
        return service.import_places(world.home.id, read_places(text.encode()).rows, clock=world.clock)


def places(world: World) -> dict[str, Place]:
    with world.as_home():
        return {place.external_id: place for place in db.session.scalars(select(Place))}


@pytest.mark.parametrize(
    ("own", "other", "is_one"),
    [
        ({"adress": "Bergsgatan 4"}, {"adress": "bergsgatan  4"}, True),
        ({"adress": "Bergsgatan 4 A"}, {"adress": "Bergsgatan 4a"}, True),
        ({"adress": "Bergsgatan 4"}, {"adress": "Bergsgatan 4a"}, False),
        ({"adress": "Bergsgatan"}, {"adress": "Bergsgatan"}, False),
        ({"adress": "Bergsgatan 4", "postnr": "42246"}, {"adress": "Bergsgatan 4", "postnr": "422 46"}, True),
        ({"adress": "Bergsgatan 4", "postnr": "42246"}, {"adress": "Bergsgatan 4", "postnr": "211 11"}, False),
        ({"adress": "Bergsgatan 4", "lat": 55.6, "lon": 13.0}, {"adress": "Bergsgatan 4"}, False),
        ({"lat": INSIDE.lat, "lon": INSIDE.lon}, {}, True),
        ({"lat": OUTSIDE.lat, "lon": OUTSIDE.lon}, {}, False),
        ({"adress": "Bergsgatan 4–8", "lat": INSIDE.lat, "lon": INSIDE.lon}, {"adress": "Bergsgatan 4"}, True),
        ({"adress": "Dalgatan 4", "lat": INSIDE.lat, "lon": INSIDE.lon}, {"adress": "Bergsgatan 4"}, False),
        ({}, {}, False),
    ],
)
def test_a_house_is_known_again_or_not(own: dict[str, Any], other: dict[str, Any], is_one: bool) -> None:
    on_map = House("osm:way/1", lat=INSIDE.lat, lon=INSIDE.lon, outline=SQUARE)
    given = House("osm:way/1", **{"lat": on_map.lat, "lon": on_map.lon, "outline": SQUARE, **other})
    assert match_houses([House("B4", **own)], [given]) == ({"osm:way/1": "B4"} if is_one else {})


def test_what_two_houses_could_be_is_neither() -> None:
    one, two = House("B4", "Bergsgatan 4"), House("B5", "Bergsgatan 4")
    a, b = House("osm:way/1", "Bergsgatan 4"), House("osm:way/2", "Bergsgatan 4")
    assert match_houses([one], [a, b]) == match_houses([one, two], [a]) == {}
    here = [House(ref, lat=INSIDE.lat, lon=INSIDE.lon) for ref in ("B4", "B5")]
    assert match_houses(here, [House("osm:way/1", outline=SQUARE)]) == {}


def test_a_map_after_the_register_adds_to_the_registers_house(world: World) -> None:
    register(world, "B4;Building;Fyran;Bergsgatan 4;;;")
    plan = run_import(world, yard())
    found = places(world)
    assert "osm:way/1" not in found
    house = found["B4"]
    assert (house.name, house.map_ref, house.postnr, len(house.outline or [])) == ("Fyran", "osm:way/1", "422 46", 6)
    assert found["osm:node/1000"].parent_id == house.id
    assert (plan.places.matched(), plan.places.counts()["added"]) == (1, 2)


def test_a_register_after_the_map_takes_over_the_maps_house(world: World) -> None:
    run_import(world, yard())
    before = places(world)["osm:way/1"]
    plan = register(world, "B4;Building;Fyran;Bergsgatan 4;;;", "K4;BasementLevel;Källaren;;;;")
    found = places(world)
    assert "osm:way/1" not in found
    house = found["B4"]
    assert (house.id, house.name, house.map_ref, house.outline) == (before.id, "Fyran", "osm:way/1", before.outline)
    assert (plan.matched(), plan.counts()["added"], plan.counts()["changed"]) == (1, 1, 1)


@pytest.mark.parametrize("is_map_first", [True, False])
def test_either_again_changes_nothing(any_world: World, is_map_first: bool) -> None:
    def import_map() -> MapPlan:
        return run_import(any_world, yard())

    def import_register() -> ImportPlan:
        return register(any_world, "B4;Building;Fyran;Bergsgatan 4;422 46;;")

    import_register() if not is_map_first else import_map()
    import_map()
    import_register()
    import_map()
    register_again = import_register()
    assert not import_map().changes_something()
    assert register_again.those("added", "changed", "ended", "resumed") == []
    assert len([place for place in places(any_world).values() if place.adress == "Bergsgatan 4"]) == 2


def test_a_house_that_the_map_lacks_now_stays_the_registers(world: World) -> None:
    register(world, "B4;Building;Fyran;Bergsgatan 4;;;")
    run_import(world, yard())
    other = OsmMap()
    other.way(3, [(-60, -30), (80, -30)], highway="footway")
    run_import(world, other)
    assert places(world)["B4"].ended_at is None


def test_a_house_that_was_ended_is_not_added_again_by_the_map(world: World) -> None:
    register(world, "B4;Building;Fyran;Bergsgatan 4;;;")
    run_import(world, yard())
    with world.as_home(write=True):
        house = queries.place_by_external_id("B4")
        assert house is not None
        service.end_place(world.home.actor(Role.SUPERVISOR), house, clock=world.clock)
    run_import(world, yard())
    assert "osm:way/1" not in places(world)
    assert places(world)["B4"].ended_at is not None


def test_two_places_that_are_there_already_stay_two(world: World) -> None:
    run_import(world, yard())
    register(world, "B9;Building;Nian;Dalgatan 9;;;")
    with world.as_home(write=True):
        nine = queries.place_by_external_id("B9")
        assert nine is not None
        nine.adress = "Bergsgatan 4"
    assert not run_import(world, yard()).changes_something()


def test_a_register_that_names_the_maps_house_itself_takes_nothing_over(world: World) -> None:
    run_import(world, yard())
    plan = register(world, "osm:way/1;Building;Fyran;Bergsgatan 4;;;", "B4;Building;Fyran;Bergsgatan 4;;;")
    assert (plan.matched(), plan.counts()["added"]) == (0, 1)


def test_the_previews_say_what_was_matched(world: World) -> None:
    desk = world.desk()
    file = (io.BytesIO(b"place_id;kind;name;adress\nB4;Building;Fyran;Bergsgatan 4\n"), "x.csv")
    run_import(world, yard())
    page = desk.post("/desk/places/import", {"file": file}).text
    assert "1 hus finns både i registret och på kartan" in page
    assert re.search(r"id: <s>osm:way/1</s> → <strong>B4</strong>", page)
    register(world, "B5;Building;Femman;Bergsgatan 5;;;")
    made = yard()
    made.way(9, square(200, 0, 20), building="yes", addr__street="Bergsgatan", addr__housenumber="5")
    page = desk.post("/desk/places/import-map", {"file": (io.BytesIO(made.raw()), "x.osm")}).text
    assert "1 hus finns både i registret och på kartan" in page
    assert re.search(r"på kartan: <s>–</s> → <strong>osm:way/9</strong>", page)
